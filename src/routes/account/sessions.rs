//! `/account/sessions`: the user's sessions, with buttons to end them.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::islands::ApiError;
use crate::limits::SESSIONS_MAX;
use crate::paths;
use crate::routes::access::Access;
use crate::routes::form::FormRequest;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::services::describe_user_agent;
use crate::store::sessions::LiveSession;
use crate::ui::{AccountArea, ActionButton, Item, ItemList, LocalTime, PlainRefusal, Section};

pub const PAGE: Page =
    Page { path: paths::ACCOUNT_SESSIONS, access: Access::SignedIn, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let sessions = request.state.session_manager().live(request.by).await?;
    let current = request.by.member()?.session;
    Ok(Document::new("Sessions", move |context| {
        let flash = context.flash.clone();
        let others = sessions.iter().any(|session| session.signed_in.handle != current);
        let rows: Vec<_> = sessions
            .into_iter()
            .map(|session| {
                let current = session.signed_in.handle == current;
                view! { <Session session current /> }
            })
            .collect();
        view! {
            <AccountArea context here=paths::ACCOUNT_SESSIONS heading="Sessions">
                <Section title="Your devices">
                    <PlainRefusal flash action=EndSession::PATH />
                    <p>
                        "Don't recognize a device? End its session, "
                        <a href=paths::ACCOUNT>"change your password"</a>
                        ", and remove the sign-in methods that aren't yours under "
                        <a href=paths::ACCOUNT_SECURITY>"Security"</a> "."
                    </p>
                    <p>
                        {format!(
                            "You can be signed in on {SESSIONS_MAX} devices. After that, the oldest session ends when you \
                             sign in again.",
                        )}
                    </p>
                    <ItemList>{rows}</ItemList>
                </Section>
                {others.then(|| view! { <EndOthers /> })}
            </AccountArea>
        }
    }))
}

#[component]
fn Session(session: LiveSession, current: bool) -> impl IntoView {
    let LiveSession { signed_in, last_seen_at } = session;
    let device = describe_user_agent(&signed_in.user_agent);
    let (badge, label) = if current { ("This device", "Sign out") } else { ("", "End session") };
    let about = if current { String::new() } else { format!("{device}, {}", signed_in.ip) };
    let hidden = vec![("session", signed_in.handle.to_string())];
    let action = move || view! { <ActionButton action=EndSession::PATH label about hidden /> };
    view! {
        <Item title=device badge action>
            "Signed in "
            <LocalTime at=signed_in.at with_time=true />
            ", from "
            {signed_in.ip}
            <br />
            "Last active "
            <LocalTime at=last_seen_at.0 with_time=true />
        </Item>
    }
}

#[component]
fn EndOthers() -> impl IntoView {
    view! {
        <Section title="Other devices">
            <p>"This signs you out everywhere else. You stay signed in here."</p>
            <ActionButton action=EndOtherSessions::PATH label="Sign out on all other devices" danger=true />
        </Section>
    }
}

/// Ends a session. Signs out if it is this one.
///
/// # Errors
/// A message if the session does not exist.
#[server(prefix = "", endpoint = "account/sessions/end")]
pub async fn end_session(#[server(default)] session: String) -> Result<(), ApiError> {
    let post = FormRequest::of::<EndSession>()?;
    let outcome = post.state.session_manager().end(&session, &post.requester).await;
    post.answer(outcome).await
}

/// Ends all other sessions.
#[server(prefix = "", endpoint = "account/sessions/end-others")]
pub async fn end_other_sessions() -> Result<(), ApiError> {
    let post = FormRequest::of::<EndOtherSessions>()?;
    let outcome = post.state.session_manager().end_others(&post.requester).await;
    post.answer(outcome).await
}
