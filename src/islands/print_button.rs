//! The script of a button that prints the page.

use leptos::prelude::*;

use super::dom::listen;
use super::script::script;

/// Lets the button around it print the page.
#[island]
pub fn PrintScript() -> impl IntoView {
    script(|button| {
        listen(&button, "click", |_| {
            // Fails only in a frame that is not allowed to print.
            let _ = window().print();
        });
    })
}
