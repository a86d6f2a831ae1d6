//! The passkey alternative to a form.

use leptos::prelude::*;

use super::{PasskeyButton, PasskeyUse};

/// The passkey button below a form that asks for a password or a code.
#[component]
pub fn PasskeyAlternative(passkey: PasskeyUse) -> impl IntoView {
    view! {
        <div class="other-way">
            <PasskeyButton passkey />
            <noscript>
                <p class="quiet">"Turn on JavaScript to use a passkey."</p>
            </noscript>
        </div>
    }
}
