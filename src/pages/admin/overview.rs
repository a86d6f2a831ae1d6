//! `/admin`: figures and charts about the portal.

use leptos::prelude::*;

use super::visitor;
use crate::api::View;
use crate::api::admin::{AdminView, BucketView, FigureView};
use crate::islands::datetime::Moment;
use crate::ui::{AdminArea, Cell, Chart, Section, Table};
use crate::domain::TimeRange;
use crate::paths;

#[component]
pub fn OverviewPage() -> impl IntoView {
    let visitor = visitor();
    let View::Admin(AdminView::Overview(overview)) = visitor.view.clone() else { return None };
    let since = Moment::from_millis(overview.since.0);
    let figures: Vec<_> = overview.figures.into_iter().map(|figure| view! { <Figure figure /> }).collect();
    let charts: Vec<_> = overview.charts.into_iter().map(|chart| view! { <Chart chart /> }).collect();
    Some(view! {
        <AdminArea visitor here=paths::ADMIN heading="Overview">
            <Section title=overview.span.label()>
                <Spans chosen=overview.span />
                <p class="quiet">{format!("Since {}, {} UTC.", since.date(), since.time())}</p>
                <dl class="figures">{figures}</dl>
            </Section>
            <Section title="Trends">
                <div class="charts">{charts}</div>
                <Numbers span=overview.span buckets=overview.buckets />
            </Section>
        </AdminArea>
    })
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

#[component]
fn Figure(figure: FigureView) -> impl IntoView {
    let FigureView { name, value, words } = figure;
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

/// The numbers of the charts as a table.
#[component]
fn Numbers(span: TimeRange, buckets: Vec<BucketView>) -> impl IntoView {
    let columns: Vec<_> = std::iter::once("From").chain(BucketView::COLUMNS).collect();
    let rows: Vec<_> = buckets.into_iter().map(|bucket| view! { <Bucket bucket /> }).collect();
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
fn Bucket(bucket: BucketView) -> impl IntoView {
    let cells = BucketView::COLUMNS.into_iter().zip(bucket.numbers).map(|(of, number)| {
        view! {
            <Cell of number=true>
                {number}
            </Cell>
        }
    });
    view! {
        <tr role="row">
            <Cell of="From">{bucket.when}</Cell>
            {cells.collect::<Vec<_>>()}
        </tr>
    }
}
