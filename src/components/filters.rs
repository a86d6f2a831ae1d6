//! What a long list is narrowed down by.

use leptos::prelude::*;

/// A form that asks for the same page by other words in its URL.
///
/// ```text
/// <Filters action=paths::ADMIN_AUDIT narrowed=view.narrowed>
///     <Choice name="action" label="What" options chosen />
///     <Words name="who" label="Who" value />
/// </Filters>
/// ```
#[component]
pub fn Filters(
    action: &'static str,
    /// Whether something is left out now.
    narrowed: bool,
    children: Children,
) -> impl IntoView {
    let all = narrowed.then(|| {
        view! {
            <a class="btn btn-outline" href=action>
                "Show all"
            </a>
        }
    });
    view! {
        <form method="get" action=action class="filters" role="search">
            {children()} <button class="btn btn-outline">"Filter"</button> {all}
        </form>
    }
}

/// One of several, or any; of orders, one of several or the usual one.
#[component]
pub fn Choice(
    name: &'static str,
    label: &'static str,
    /// Each with its value in the URL and its words.
    options: Vec<(String, String)>,
    /// The value that counts now, or nothing.
    chosen: String,
    /// What choosing none of them means.
    #[prop(default = "Any")]
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

/// Words to look for.
#[component]
pub fn Words(name: &'static str, label: &'static str, value: String) -> impl IntoView {
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
