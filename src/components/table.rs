//! Rows and columns, which on a phone become cards below one another.

use leptos::prelude::*;

/// A table of `<tr>`s of [`Cell`]s. Instead of one without any row, an
/// [`EmptyList`](super::EmptyList).
///
/// ```text
/// <Table caption="Mail that waits" columns=vec!["When", "To", "Tries"]>
///     <tr role="row">
///         <Cell of="When">…</Cell>
///         <Cell of="To">…</Cell>
///         <Cell of="Tries" number=true>"3"</Cell>
///     </tr>
/// </Table>
/// ```
///
/// The roles say again what the elements mean: laid out as cards, a table is
/// none any more to some screen readers.
#[component]
pub fn Table(
    /// What the table is of, for those who do not see its heading.
    #[prop(into)]
    caption: String,
    columns: Vec<&'static str>,
    children: Children,
) -> impl IntoView {
    let columns = columns.into_iter().map(|title| view! { <th scope="col" role="columnheader">{title}</th> });
    view! {
        <table class="table" role="table">
            <caption class="visually-hidden">{caption}</caption>
            <thead role="rowgroup">
                <tr role="row">{columns.collect::<Vec<_>>()}</tr>
            </thead>
            <tbody role="rowgroup">{children()}</tbody>
        </table>
    }
}

/// One cell, under the title of its column; on a phone beside it.
#[component]
pub fn Cell(
    of: &'static str,
    /// Whether it is a number, to be compared with those above and below.
    #[prop(optional)]
    number: bool,
    /// Whether its words may be as long as an address, and are broken anywhere.
    #[prop(optional)]
    long: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <td role="cell" data-label=of class:number=number class:long=long>
            <div>{children()}</div>
        </td>
    }
}

/// A [`Cell`] with what somebody else wrote: of any length, or nothing, which a
/// phone then leaves out.
#[component]
pub fn TextCell(of: &'static str, text: String) -> impl IntoView {
    view! {
        <Cell of long=true>
            {(!text.is_empty()).then_some(text)}
        </Cell>
    }
}
