//! `/account/security`: two-step sign-in, passkeys, trusted browsers and recent activity.

pub mod app;
pub mod browsers;
pub mod passkeys;

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::recovery_codes::NewRecoveryCodes;
use super::security_log::{self, RecentEvents};
use crate::paths;
use crate::routes::access::Access;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::routes::session::one_time_secrets;
use crate::services::InternalError;
use crate::services::second_factor::Overview;
use crate::ui::{AccountArea, ActionButton, Icon, IconName, PlainRefusal, Section};

use app::AppPart;
use browsers::TrustedBrowsers;
use passkeys::PasskeySection;

/// With this many recovery codes left or fewer, the page suggests new ones.
const FEW: u64 = 3;

pub const PAGE: Page =
    Page { path: paths::ACCOUNT_SECURITY, access: Access::SignedIn, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let PageRequest { state, by, session, .. } = request;
    let overview = state.second_factor().overview(by).await?;
    let passkeys = state.passkeys().list(by).await?;
    let events = security_log::newest(state, by).await?;
    let unseen = one_time_secrets::any(session).await.map_err(|error| InternalError::Session(error.to_string()))?;
    Ok(Document::new("Security", move |context| {
        let Overview { app_since, adding, factors, recovery_codes_left, browsers, required } = overview;
        let can_turn_off = !required || factors.passkeys > 0;
        let must_enroll = context.account.as_ref().is_some_and(|account| account.must_enroll);
        let relying_party = context.passkeys.clone();
        let flash = context.flash.clone();
        let (of_app, of_codes) = (flash.clone(), flash.clone());
        let codes = factors.any().then(|| view! { <RecoveryCodes left=recovery_codes_left unseen /> });
        let browsers = factors.any().then(|| view! { <TrustedBrowsers browsers flash=flash.clone() /> });
        view! {
            <AccountArea context here=paths::ACCOUNT_SECURITY heading="Security">
                {must_enroll.then(|| view! { <Demanded /> })}
                <Section title="Two-step sign-in" id="two-step">
                    <p>"Sign in with your password plus a code from your phone, or a passkey."</p>
                    <AppPart since=app_since can_turn_off adding flash=of_app />
                    <PlainRefusal flash=of_codes action=NewRecoveryCodes::PATH />
                    {codes}
                    <p class="quiet">
                        "Think someone else has access? After a change here, sign out your other devices under "
                        <a href=paths::ACCOUNT_SESSIONS>"Sessions"</a> "."
                    </p>
                </Section>
                <PasskeySection relying_party passkeys flash />
                {browsers}
                <RecentEvents events />
            </AccountArea>
        }
    }))
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

#[component]
fn RecoveryCodes(
    left: u64,
    /// Whether the user has new codes that were not shown yet.
    unseen: bool,
) -> impl IntoView {
    let words = match left {
        0 => "You have no recovery codes left.".to_owned(),
        1 => "You have one recovery code left.".to_owned(),
        _ => format!("You have {left} recovery codes left."),
    };
    let advice = if left <= FEW { " Get new ones soon." } else { "" };
    view! {
        <h3>"Recovery codes"</h3>
        {unseen.then(|| view! {
            <p>
                <a class="btn btn-primary" href=paths::RECOVERY_CODES>"Show new recovery codes"</a>
            </p>
        })}
        <p>
            <strong>{words}</strong>
            {advice} " Use one if you can't use your phone or passkey. Each works once. New codes replace the old ones."
        </p>
        <ActionButton action=NewRecoveryCodes::PATH label="Get new recovery codes" />
    }
}
