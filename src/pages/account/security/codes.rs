//! Recovery codes: how many are left, and the page that shows new ones once.

use leptos::prelude::*;

use crate::api::View;
use crate::ui::{AccountArea, ActionButton, CodeList, Section};
use crate::islands::{CopyText, PrintButton};
use crate::pages::visitor;
use crate::paths;

/// With this many codes left or fewer, the page suggests new ones.
const FEW: u64 = 3;
/// The name of the downloaded file.
const FILE: &str = "recovery-codes.txt";

#[component]
pub(super) fn RecoveryCodes(left: u64) -> impl IntoView {
    let words = match left {
        0 => "You have no recovery codes left.".to_owned(),
        1 => "You have one recovery code left.".to_owned(),
        _ => format!("You have {left} recovery codes left."),
    };
    let advice = if left <= FEW { " Get new ones soon." } else { "" };
    view! {
        <h3>"Recovery codes"</h3>
        <p>
            <strong>{words}</strong>
            {advice} " Use one if you can't use your phone or passkey. Each works once. New codes replace the old ones."
        </p>
        <ActionButton action=paths::RECOVERY_CODES label="Get new recovery codes" />
    }
}

/// `/account/security/recovery-codes`
#[component]
pub fn RecoveryCodesPage() -> impl IntoView {
    let visitor = visitor();
    let View::RecoveryCodes(view) = visitor.view.clone() else { return None };
    let body = if view.codes.is_empty() {
        view! { <ShownBefore /> }.into_any()
    } else {
        view! { <Shown codes=view.codes /> }.into_any()
    };
    Some(view! {
        <AccountArea
            visitor
            here=paths::RECOVERY_CODES
            within=paths::ACCOUNT_SECURITY
            heading="Recovery codes"
        >
            {body}
        </AccountArea>
    })
}

#[component]
fn Shown(codes: Vec<String>) -> impl IntoView {
    let text = codes.join("\n");
    // A `data:` URL, since the server cannot show the codes again.
    let file = format!("data:text/plain;charset=utf-8,{}%0A", codes.join("%0A"));
    view! {
        <Section title="Save your recovery codes">
            <p>
                "You won't see them again. Keep them somewhere safe, such as a password manager, but not only on your "
                "phone. Each works once."
            </p>
            <CodeList codes />
            <div class="actions">
                <a class="btn btn-outline" download=FILE href=file>
                    "Download"
                </a>
                <CopyText text />
                <PrintButton />
            </div>
            <p>
                <a class="btn btn-primary" href=paths::ACCOUNT_SECURITY>
                    "I've saved my codes"
                </a>
            </p>
        </Section>
    }
}

#[component]
fn ShownBefore() -> impl IntoView {
    view! {
        <Section title="Your codes can't be shown again">
            <p>
                "If you haven't saved your recovery codes, get new ones. The old ones will stop working."
            </p>
            <ActionButton action=paths::RECOVERY_CODES label="Get new recovery codes" />
            <p>
                <a href=paths::ACCOUNT_SECURITY>"Back to Security"</a>
            </p>
        </Section>
    }
}
