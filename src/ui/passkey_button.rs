//! The button that starts a passkey ceremony.

use leptos::prelude::*;

use super::{FormMessage, SubmitButton};
use crate::islands::{Feedback, PasskeyScript};
use crate::paths;

const BUSY: &str = "Use your passkey…";
/// A secondary button, next to the form's own button.
const OUTLINE: &str = "btn btn-outline btn-wide";

/// A passkey ceremony for a [`PasskeyButton`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyUse {
    /// The path that the credential is sent to. The options are at `options` below it.
    pub action: String,
    /// The relying party id of the passkeys.
    pub relying_party: String,
    pub label: String,
    /// Whether to create a passkey instead of using one.
    pub creates: bool,
    /// Whether passkeys are also offered as suggestions for the username.
    pub suggests: bool,
    /// The action of the form whose fields are sent along; may be empty.
    pub beside: String,
}

impl PasskeyUse {
    /// Signs in, with the button or a suggestion for the username.
    #[must_use]
    pub fn sign_in(relying_party: String) -> Self {
        let beside = paths::LOGIN.to_owned();
        Self { suggests: true, beside, ..Self::of(paths::LOGIN_PASSKEY, "Sign in with a passkey", relying_party) }
    }

    /// Completes the second sign-in step.
    #[must_use]
    pub fn second_step(relying_party: String) -> Self {
        let beside = paths::LOGIN_MFA.to_owned();
        Self { beside, ..Self::of(paths::LOGIN_MFA_PASSKEY, "Use a passkey", relying_party) }
    }

    /// Reauthenticates the user.
    #[must_use]
    pub fn confirm(relying_party: String) -> Self {
        Self::of(paths::ACCOUNT_CONFIRM_PASSKEY, "Use a passkey", relying_party)
    }

    /// Adds a passkey to the account.
    #[must_use]
    pub fn add(relying_party: String) -> Self {
        Self { creates: true, ..Self::of(paths::PASSKEYS, "Add a passkey", relying_party) }
    }

    fn of(action: &str, label: &str, relying_party: String) -> Self {
        Self {
            action: action.to_owned(),
            relying_party,
            label: label.to_owned(),
            creates: false,
            suggests: false,
            beside: String::new(),
        }
    }
}

/// Shown only if the browser supports passkeys and runs scripts.
#[component]
pub fn PasskeyButton(passkey: PasskeyUse) -> impl IntoView {
    let PasskeyUse { action, relying_party, label, creates, suggests, beside } = passkey;
    view! {
        <form
            method="post"
            action=action
            novalidate
            hidden
            data-relying-party=relying_party
            data-creates=creates
            data-suggests=suggests
            data-beside=beside
        >
            <FormMessage feedback=Feedback::default() />
            <SubmitButton label busy_label=BUSY.to_owned() class=OUTLINE.to_owned() wait_ms=None />
            <PasskeyScript />
        </form>
    }
}
