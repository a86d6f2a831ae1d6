//! Elements of the page, and signals that update them.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use web_sys::{Element, Event};

/// Returns the first element inside `within` that matches, if it has this type.
#[must_use]
pub fn find<E: JsCast>(within: &Element, selector: &str) -> Option<E> {
    // Fails only for an invalid selector.
    within.query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Returns all elements inside `within` that match and have this type.
#[must_use]
pub fn find_all<E: JsCast>(within: &Element, selector: &str) -> Vec<E> {
    // Fails only for an invalid selector.
    let Ok(found) = within.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

/// Returns an attribute that is a whole number.
#[must_use]
pub fn number_of(element: &Element, attribute: &str) -> Option<u64> {
    element.get_attribute(attribute)?.parse().ok()
}

/// Sets or removes an attribute.
pub fn set_attribute(element: &Element, name: &str, value: Option<&str>) {
    // Both fail only for an invalid name.
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

/// Returns the value of a boolean attribute.
#[must_use]
pub fn flag(on: bool) -> Option<String> {
    on.then(String::new)
}

/// Returns the value of an ARIA attribute that is `true` or `false`.
#[must_use]
pub fn truth(on: bool) -> Option<String> {
    Some(on.to_string())
}

/// Calls `run` for each event of this name at an element that stays on the page.
pub fn listen(element: &Element, event: &str, run: impl FnMut(Event) + 'static) {
    let run = Closure::<dyn FnMut(Event)>::new(run).into_js_value();
    // Never fails for a function.
    let _ = element.add_event_listener_with_callback(event, run.unchecked_ref());
}

/// Runs after hydration, and again when the signals it reads change.
pub fn effect(run: impl FnMut() + 'static) {
    // One copy of the framework's generic code for all effects: the module is smaller.
    fn erased(mut run: Box<dyn FnMut()>) {
        Effect::new(move |_: Option<()>| run());
    }
    erased(Box::new(run));
}

/// Keeps the text of an element up to date. A text that stays the same is not set again, because a screen reader would
/// announce it again.
pub fn bind_text(element: Option<Element>, text: impl Fn() -> String + 'static) {
    if let Some(element) = element {
        effect(move || {
            let text = Some(text());
            if element.text_content() != text {
                element.set_text_content(text.as_deref());
            }
        });
    }
}

/// Keeps an attribute of an element up to date.
pub fn bind_attribute(element: Option<Element>, name: &'static str, value: impl Fn() -> Option<String> + 'static) {
    if let Some(element) = element {
        effect(move || set_attribute(&element, name, value().as_deref()));
    }
}
