//! A table, whose rows become cards on a phone.

use leptos::either::Either;
use leptos::prelude::*;

use super::EmptyList;

/// A table of `<tr>`s of [`Cell`]s. Use a [`ListTable`] if there may be no rows.
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

/// A [`Table`] of the rows of a list, or a sentence if there are none.
#[component]
pub fn ListTable<R: IntoView + 'static>(
    caption: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<R>,
    /// What the rows are, in the plural.
    items: &'static str,
    /// Whether a filter is active.
    #[prop(optional)]
    narrowed: bool,
    /// The sentence if no filter is active, which says how rows get into the list.
    empty: &'static str,
) -> impl IntoView {
    if rows.is_empty() {
        let words = if narrowed { format!("No {items} match. Change or clear the filters.") } else { empty.to_owned() };
        return Either::Left(view! { <EmptyList>{words}</EmptyList> });
    }
    Either::Right(view! {
        <Table caption columns>
            {rows}
        </Table>
    })
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
