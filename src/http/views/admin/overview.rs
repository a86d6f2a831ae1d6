//! `/admin`.

use axum::http::Uri;

use super::chart::{self, Bars, Drawn};
use super::query::Query;
use crate::api::admin::{BucketView, ChartView, FigureView, OverviewView};
use crate::islands::datetime::{Moment, format_duration};
use crate::domain::{Metric, TimeRange, Timestamp};
use crate::http::views::LoadError;
use crate::services::RequestContext;
use crate::services::admin::{Bucket, Overview};
use crate::state::AppState;

pub(super) async fn load(state: &AppState, uri: &Uri, by: &RequestContext) -> Result<OverviewView, LoadError> {
    let span = TimeRange::from_query(Query::of(uri).word("span"));
    let overview = state.admin.overview(span, by).await?;
    Ok(OverviewView {
        span,
        since: overview.since(),
        figures: figures(&overview, state.clock.now()),
        charts: vec![registrations(&overview), failures(&overview)],
        buckets: overview.buckets.iter().rev().map(|bucket| row(span, bucket)).collect(),
    })
}

fn figures(overview: &Overview, now: Timestamp) -> Vec<FigureView> {
    let figure = |name, value: String, words| FigureView { name, value, words };
    let (begun, finished) = (overview.count(Metric::RegistrationBegun), overview.count(Metric::RegistrationFinished));
    let (rate, of) = match begun {
        0 => ("–".to_owned(), "No registrations".to_owned()),
        // Registrations that started before the counted period may also finish in it.
        _ => (
            format!("{}%", (finished.min(begun) * 100) / begun),
            format!("{finished} of {}", counted(begun, "registration")),
        ),
    };
    let mail = overview.mail;
    let oldest = mail.oldest.map_or_else(
        || "Nothing queued".to_owned(),
        |oldest| format!("Oldest: {}", format_duration(now.since(oldest).as_secs())),
    );
    let waiting = if overview.waiting_registrations == 1 { "registration" } else { "registrations" };
    let kinds = format!(
        "{}, {}, {}",
        counted(overview.count(Metric::WrongPassword), "wrong password"),
        counted(overview.count(Metric::WrongCode), "wrong code"),
        counted(overview.count(Metric::SecondStepFailed), "failed second step"),
    );
    vec![
        figure("Accounts", grouped(overview.accounts), format!("{} new", grouped(overview.new_accounts))),
        figure("Awaiting confirmation", grouped(overview.waiting_registrations), waiting.to_owned()),
        figure("Completion rate", rate, of),
        figure("Failures", grouped(overview.failures()), kinds),
        figure("Email queued", grouped(mail.waiting), oldest),
        figure("Email failed", grouped(mail.dead), String::new()),
    ]
}

fn registrations(overview: &Overview) -> ChartView {
    let of = |tally| overview.buckets.iter().map(|bucket| bucket.count(tally)).collect();
    let words = format!(
        "{} started, {} completed. {}",
        overview.count(Metric::RegistrationBegun),
        overview.count(Metric::RegistrationFinished),
        most(overview, |bucket| bucket.count(Metric::RegistrationBegun)),
    );
    let bars = [(Bars::Whole, of(Metric::RegistrationBegun)), (Bars::Part, of(Metric::RegistrationFinished))];
    let key = vec![(Bars::Whole.class(), "Started"), (Bars::Part.class(), "Completed")];
    chart_of(overview, "registrations", "Registrations", words, &bars, key)
}

fn failures(overview: &Overview) -> ChartView {
    let words = format!("{} in total. {}", overview.failures(), most(overview, Bucket::failures));
    let bars = [(Bars::Bad, overview.buckets.iter().map(Bucket::failures).collect())];
    let key = vec![(Bars::Bad.class(), "Wrong passwords, wrong codes and failed second steps")];
    chart_of(overview, "failures", "Failures", words, &bars, key)
}

fn chart_of(
    overview: &Overview,
    id: &'static str,
    title: &'static str,
    words: String,
    bars: &[(Bars, Vec<u64>)],
    key: Vec<(&'static str, &'static str)>,
) -> ChartView {
    let span = overview.span;
    let labels: Vec<_> = overview.buckets.iter().map(|bucket| short(span, bucket.at)).collect();
    let drawn = chart::draw(bars, &labels).inspect_err(|error| tracing::error!(%error, "a chart cannot be drawn"));
    let Drawn { width, height, svg } = drawn.unwrap_or_default();
    let words = if svg.is_some() { words } else { "No data for this period.".to_owned() };
    ChartView { id, title, words, width, height, drawing: svg, key }
}

/// Describes the bucket with the highest number.
fn most(overview: &Overview, number: impl Fn(&Bucket) -> u64) -> String {
    // `max_by_key` returns the last maximum, so reverse the order to get the first.
    let top = overview.buckets.iter().rev().max_by_key(|bucket| number(bucket));
    let top = top.map(|bucket| (number(bucket), long(overview.span, bucket.at)));
    top.map_or_else(String::new, |(times, when)| format!("Busiest {}: {times} on {when}.", overview.span.bucket_unit()))
}

fn row(span: TimeRange, bucket: &Bucket) -> BucketView {
    BucketView { when: long(span, bucket.at), numbers: Metric::ALL.map(|tally| bucket.count(tally)) }
}

/// Formats a time as a chart label.
fn short(span: TimeRange, at: Timestamp) -> String {
    let moment = Moment::from_millis(at.0);
    match span {
        TimeRange::Day => moment.time(),
        TimeRange::Week | TimeRange::Month => moment.day(),
    }
}

fn long(span: TimeRange, at: Timestamp) -> String {
    let moment = Moment::from_millis(at.0);
    match span {
        TimeRange::Day => format!("{}, {} UTC", moment.date(), moment.time()),
        TimeRange::Week | TimeRange::Month => moment.date(),
    }
}

/// Formats a number with thousands separators: `1,000,000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let commas = |(place, digit): (usize, char)| {
        let comma = place > 0 && (digits.len() - place).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(commas).collect()
}

fn counted(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn long_numbers_have_thousands_separators() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
