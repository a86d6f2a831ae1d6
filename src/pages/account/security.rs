//! `/account/security`: two-step sign-in, passkeys, trusted browsers and recent activity.

mod app;
mod browsers;
mod codes;

use leptos::prelude::*;

pub use codes::RecoveryCodesPage;

use crate::api::View;
use crate::ui::{AccountArea, PasskeySection, PlainRefusal, Section};
use crate::islands::{Icon, IconName};
use crate::pages::{RecentEvents, visitor};
use crate::paths;

use app::AppPart;
use browsers::TrustedBrowsers;
use codes::RecoveryCodes;

#[component]
pub fn SecurityPage() -> impl IntoView {
    let visitor = visitor();
    let View::Security(view) = visitor.view.clone() else { return None };
    let must_enroll = visitor.account.as_ref().is_some_and(|account| account.must_enroll);
    let flash = visitor.flash.clone();
    let (two_step, browsers, passkeys, events) = (view.two_step, view.browsers, view.passkeys, view.events);
    let relying_party = visitor.passkeys.clone();
    let codes = two_step.recovery_codes_left;
    let (of_app, of_codes) = (flash.clone(), flash.clone());
    let browsers = codes.is_some().then(|| view! { <TrustedBrowsers browsers flash=flash.clone() /> });
    Some(view! {
        <AccountArea visitor here=paths::ACCOUNT_SECURITY heading="Security">
            {must_enroll.then(|| view! { <Demanded /> })}
            <Section title="Two-step sign-in" id="two-step">
                <p>
                    "Sign in with your password plus a code from your phone, or a passkey."
                </p>
                <AppPart app=two_step.app flash=of_app />
                <PlainRefusal flash=of_codes action=paths::RECOVERY_CODES />
                {codes.map(|left| view! { <RecoveryCodes left /> })}
                <p class="quiet">
                    "Think someone else has access? After a change here, sign out your other devices under "
                    <a href=paths::ACCOUNT_SESSIONS>"Sessions"</a> "."
                </p>
            </Section>
            <PasskeySection relying_party passkeys flash />
            {browsers}
            <RecentEvents events />
        </AccountArea>
    })
}

/// Explains why the rest of the portal is closed to the user.
#[component]
fn Demanded() -> impl IntoView {
    view! {
        <div class="alert alert-warning">
            <Icon sign=IconName::Alert />
            <p>
                "Two-step sign-in is required. Add an authenticator app or a passkey to continue."
            </p>
        </div>
    }
}
