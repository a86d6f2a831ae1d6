//! The filters of a list.

use leptos::prelude::*;

/// A form that requests the same page with other query parameters.
///
/// ```text
/// <Filters action=paths::ADMIN_AUDIT narrowed>
///     <SelectFilter name="action" label="Action" options chosen />
///     <TextFilter name="who" label="By" value />
/// </Filters>
/// ```
#[component]
pub fn Filters(
    action: &'static str,
    /// Whether a filter is active.
    narrowed: bool,
    children: Children,
) -> impl IntoView {
    let all = narrowed.then(|| {
        view! {
            <a class="btn btn-outline" href=action>
                "Clear filters"
            </a>
        }
    });
    view! {
        <form method="get" action=action class="filters" role="search">
            {children()} <button class="btn btn-outline">"Apply"</button> {all}
        </form>
    }
}

/// A select with one option that stands for no filter, or for the default order.
#[component]
pub fn SelectFilter(
    name: &'static str,
    label: &'static str,
    /// The options with their URL values and labels.
    options: Vec<(&'static str, &'static str)>,
    /// The selected value; empty for none.
    chosen: String,
    /// The label of the option for none.
    #[prop(default = "All")]
    unchosen: &'static str,
) -> impl IntoView {
    let options = options.into_iter().map(|(value, words)| {
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {words}
            </option>
        }
    });
    view! {
        <div class="field">
            <label class="form-label" for=name>
                {label}
            </label>
            <select class="form-select" id=name name=name>
                <option value="">{unchosen}</option>
                {options.collect::<Vec<_>>()}
            </select>
        </div>
    }
}

/// A search field.
#[component]
pub fn TextFilter(name: &'static str, label: &'static str, value: String) -> impl IntoView {
    view! {
        <div class="field">
            <label class="form-label" for=name>
                {label}
            </label>
            <input
                class="form-control"
                type="search"
                id=name
                name=name
                value=value
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength="254"
            />
        </div>
    }
}
