//! A table, whose rows become cards on a phone.

use leptos::prelude::*;

/// A table of `<tr>`s of [`Cell`]s. Use an [`EmptyList`](super::EmptyList) if there are
/// no rows.
///
/// ```text
/// <Table caption="Outbox" columns=vec!["When", "To", "Attempts"]>
///     <tr role="row">
///         <Cell of="When">…</Cell>
///         <Cell of="To">…</Cell>
///         <Cell of="Attempts" number=true>"3"</Cell>
///     </tr>
/// </Table>
/// ```
///
/// The ARIA roles repeat the meaning of the elements, because some screen readers
/// ignore a table that is laid out as cards.
#[component]
pub fn Table(
    /// The caption for screen readers.
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

/// A cell, below the title of its column; next to it on a phone.
#[component]
pub fn Cell(
    of: &'static str,
    /// Whether it is a number, which is aligned with the other rows.
    #[prop(optional)]
    number: bool,
    /// Whether its text can be as long as an email address, and wraps anywhere.
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

/// A [`Cell`] with text of any length. If it is empty, it is hidden on a phone.
#[component]
pub fn TextCell(of: &'static str, text: String) -> impl IntoView {
    view! {
        <Cell of long=true>
            {(!text.is_empty()).then_some(text)}
        </Cell>
    }
}
