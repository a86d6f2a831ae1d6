//! `/admin`: figures and charts about the portal.

use leptos::prelude::*;

use crate::datetime;
use crate::domain::{Metric, TimeRange, Timestamp};
use crate::paths;
use crate::routes::access::Access;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::routes::query::Query;
use crate::services::admin::{Bucket, Overview};
use crate::ui::chart::{Look, Series};
use crate::ui::{AdminArea, Cell, Chart, Section, Table};

/// The columns of the table, in the order of [`Metric::ALL`].
const COLUMNS: [&str; Metric::ALL.len()] = [
    "Registrations started",
    "Registrations completed",
    "Wrong passwords",
    "Wrong codes",
    "Failed second steps",
    "Emails",
];

pub const PAGE: Page =
    Page { path: paths::ADMIN, access: Access::Administrators, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let span = TimeRange::from_query(Query::of(request.uri).word("span"));
    let overview = request.state.admin().overview(span, request.by).await?;
    Ok(Document::new("Overview", move |context| {
        let since = datetime::date_time(overview.since());
        let figures = figures(&overview, context.now).map(|(name, value, words)| view! { <Figure name value words /> });
        view! {
            <AdminArea context here=paths::ADMIN heading="Overview">
                <Section title=span.label()>
                    <Spans chosen=span />
                    <p class="quiet">{format!("Since {since}.")}</p>
                    <dl class="figures">{figures}</dl>
                </Section>
                <Section title="Trends">
                    <div class="charts">
                        <Registrations overview=overview.clone() />
                        <Failures overview=overview.clone() />
                    </div>
                    <Numbers overview />
                </Section>
            </AdminArea>
        }
    }))
}

/// Links to the time ranges.
#[component]
fn Spans(chosen: TimeRange) -> impl IntoView {
    let links = TimeRange::ALL.map(|span| {
        let current = (span == chosen).then_some("true");
        view! {
            <li>
                <a class="btn btn-outline" href=format!("{}?span={}", paths::ADMIN, span.as_str()) aria-current=current>
                    {span.label()}
                </a>
            </li>
        }
    });
    view! {
        <nav class="spans" aria-label="Time range">
            <ul role="list">{links}</ul>
        </nav>
    }
}

/// A number with its name, and a detail about it that may be empty.
#[component]
fn Figure(name: &'static str, value: String, words: String) -> impl IntoView {
    let words = (!words.is_empty()).then(|| view! { <span class="quiet">{words}</span> });
    view! {
        <div>
            <dt>{name}</dt>
            <dd>
                <strong>{value}</strong>
                {words}
            </dd>
        </div>
    }
}

#[component]
fn Registrations(overview: Overview) -> impl IntoView {
    let (begun, finished) = (Metric::RegistrationBegun, Metric::RegistrationFinished);
    let words = format!(
        "{} started, {} completed. {}",
        overview.count(begun),
        overview.count(finished),
        most(&overview, |bucket| bucket.count(begun)),
    );
    let numbers = |metric| overview.buckets.iter().map(|bucket| bucket.count(metric)).collect();
    let series = vec![
        Series { look: Look::Whole, label: "Started", numbers: numbers(begun) },
        Series { look: Look::Part, label: "Completed", numbers: numbers(finished) },
    ];
    view! { <Chart id="registrations" title="Registrations" words labels=labels(&overview) series /> }
}

#[component]
fn Failures(overview: Overview) -> impl IntoView {
    let words = format!("{} in total. {}", overview.failures(), most(&overview, Bucket::failures));
    let label = "Wrong passwords, wrong codes and failed second steps";
    let numbers = overview.buckets.iter().map(Bucket::failures).collect();
    let series = vec![Series { look: Look::Bad, label, numbers }];
    view! { <Chart id="failures" title="Failures" words labels=labels(&overview) series /> }
}

/// The numbers of the charts as a table, newest first.
#[component]
fn Numbers(overview: Overview) -> impl IntoView {
    let span = overview.span;
    let columns: Vec<_> = std::iter::once("From").chain(COLUMNS).collect();
    let rows = overview.buckets.into_iter().rev().map(|bucket| view! { <BucketRow span bucket /> });
    let rows: Vec<_> = rows.collect();
    view! {
        <details class="numbers">
            <summary>"Show table"</summary>
            <Table caption=format!("Activity by {}", span.bucket_unit()) columns>
                {rows}
            </Table>
        </details>
    }
}

#[component]
fn BucketRow(span: TimeRange, bucket: Bucket) -> impl IntoView {
    let cells = COLUMNS.into_iter().zip(Metric::ALL).map(|(of, metric)| {
        view! {
            <Cell of number=true>
                {bucket.count(metric)}
            </Cell>
        }
    });
    view! {
        <tr role="row">
            <Cell of="From">{long(span, bucket.at)}</Cell>
            {cells.collect::<Vec<_>>()}
        </tr>
    }
}

/// Returns the name, the value and the detail of each figure.
fn figures(overview: &Overview, now: Timestamp) -> [(&'static str, String, String); 6] {
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
        |oldest| format!("Oldest: {}", datetime::duration(now.since(oldest))),
    );
    let waiting = if overview.waiting_registrations == 1 { "registration" } else { "registrations" };
    let kinds = format!(
        "{}, {}, {}",
        counted(overview.count(Metric::WrongPassword), "wrong password"),
        counted(overview.count(Metric::WrongCode), "wrong code"),
        counted(overview.count(Metric::SecondStepFailed), "failed second step"),
    );
    [
        ("Accounts", grouped(overview.accounts), format!("{} new", grouped(overview.new_accounts))),
        ("Awaiting confirmation", grouped(overview.waiting_registrations), waiting.to_owned()),
        ("Completion rate", rate, of),
        ("Failures", grouped(overview.failures()), kinds),
        ("Emails queued", grouped(mail.waiting), oldest),
        ("Emails failed", grouped(mail.dead), String::new()),
    ]
}

/// Describes the bucket with the highest number.
fn most(overview: &Overview, number: impl Fn(&Bucket) -> u64) -> String {
    // `max_by_key` returns the last maximum, so reverse the order to get the first.
    let top = overview.buckets.iter().rev().max_by_key(|bucket| number(bucket));
    let top = top.map(|bucket| (number(bucket), long(overview.span, bucket.at)));
    top.map_or_else(String::new, |(times, when)| format!("Busiest {}: {times} on {when}.", overview.span.bucket_unit()))
}

/// Returns the labels of the buckets in a chart.
fn labels(overview: &Overview) -> Vec<String> {
    let label = |bucket: &Bucket| match overview.span {
        TimeRange::Day => datetime::clock(bucket.at),
        TimeRange::Week | TimeRange::Month => datetime::short_date(bucket.at),
    };
    overview.buckets.iter().map(label).collect()
}

fn long(span: TimeRange, at: Timestamp) -> String {
    match span {
        TimeRange::Day => datetime::date_time(at),
        TimeRange::Week | TimeRange::Month => datetime::date(at),
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
