//! A passkey beside what else a person may type.

use leptos::prelude::*;

use super::{PasskeyButton, PasskeyUse};

/// The button below a form that asks for a password or a code.
#[component]
pub fn OtherWay(passkey: PasskeyUse) -> impl IntoView {
    view! {
        <div class="other-way">
            <PasskeyButton passkey />
            <noscript>
                <p class="quiet">"Passkeys need JavaScript, which is switched off in this browser."</p>
            </noscript>
        </div>
    }
}
