//! Recovery codes: how many are left, and the page that shows new ones once.

use leptos::prelude::*;

use crate::api::View;
use crate::components::{AccountArea, CodeList, CopyText, PlainForm, PrintButton, Section};
use crate::pages::visitor;
use crate::paths;

/// From so few codes on it is time for new ones.
const FEW: u64 = 3;
/// The name of the file that holds them.
const FILE: &str = "recovery-codes.txt";

#[component]
pub(super) fn RecoveryCodes(left: u64) -> impl IntoView {
    let words = match left {
        0 => "You have no recovery code left.".to_owned(),
        1 => "You have one recovery code left.".to_owned(),
        _ => format!("You have {left} recovery codes left."),
    };
    let advice = if left <= FEW { " It is time to make new ones." } else { "" };
    view! {
        <h3>"Recovery codes"</h3>
        <p>
            <strong>{words}</strong>
            {advice} " Each lets you in once when your phone or your passkey is not at hand. New ones void the earlier ones."
        </p>
        <PlainForm action=paths::RECOVERY_CODES label="Make new recovery codes" />
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
    // A file without a request: the codes are on this page and nowhere else.
    let file = format!("data:text/plain;charset=utf-8,{}%0A", codes.join("%0A"));
    view! {
        <Section title="Keep these ten codes">
            <p>
                "They are shown this once. Keep them where you keep what matters, on paper or in a password manager, "
                "but not only on the phone that they stand in for. Each lets you in once."
            </p>
            <CodeList codes />
            <div class="actions">
                <a class="btn btn-outline" download=FILE href=file>
                    "Download them"
                </a>
                <CopyText text />
                <PrintButton />
            </div>
            <p>
                <a class="btn btn-primary" href=paths::ACCOUNT_SECURITY>
                    "I have kept them"
                </a>
            </p>
        </Section>
    }
}

#[component]
fn ShownBefore() -> impl IntoView {
    view! {
        <Section title="Codes are shown once">
            <p>
                "Recovery codes are shown once, when they are made, and there are none to show now. If you have not kept "
                "yours, make new ones: the earlier ones then no longer count."
            </p>
            <PlainForm action=paths::RECOVERY_CODES label="Make new recovery codes" />
            <p>
                <a href=paths::ACCOUNT_SECURITY>"Back to Security"</a>
            </p>
        </Section>
    }
}
