//! `/admin/users/{id}/{action}`: confirms an action on an account. Lists its consequences and asks for a reason.

use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use uuid::Uuid;

use super::user::account_id;
use crate::domain::UserAction;
use crate::islands::{ApiError, EnhancedForm, Field, Flash, Form, Icon, IconName};
use crate::paths;
use crate::routes::access::Access;
use crate::routes::form::FormRequest;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::services::ServiceError;
use crate::services::admin::UserActionPage;
use crate::ui::{AdminArea, Section};

pub const PAGE: Page =
    Page { path: paths::ADMIN_USER_ACTION, access: Access::Administrators, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let id = account_id(&request)?;
    let action = UserAction::parse(request.segment(3)).ok_or(ServiceError::NotFound)?;
    let UserActionPage { account, refusal } = request.state.admin.user_action(id, action, request.by).await?;
    let own = request.by.administrator()?.account_id == id;
    Ok(Document::new(action.label(), move |context| {
        let flash = context.flash.clone();
        let name = account.username.as_str().to_owned();
        let heading = heading(action, &name);
        let body = match refusal {
            Some(refusal) => Either::Left(view! {
                <div class="alert alert-danger" tabindex="-1" autofocus>
                    <Icon sign=IconName::Alert />
                    <p role="alert">{refusal}</p>
                </div>
            }),
            None => {
                let username = name.clone();
                Either::Right(view! { <Confirm id action username own flash /> })
            }
        };
        view! {
            <AdminArea context here=paths::ADMIN_USERS within=true heading>
                <Section title="What this does">
                    {body} <p>
                        <a href=paths::admin_user(&id.to_string())>"Back to " {name}</a>
                    </p>
                </Section>
            </AdminArea>
        }
    }))
}

#[component]
fn Confirm(
    id: Uuid,
    action: UserAction,
    username: String,
    /// Whether it is the administrator's own account.
    own: bool,
    flash: Flash,
) -> impl IntoView {
    let form = Form::to(ChangeUser::PATH, &flash)
        .field(Field::hidden("id", id.to_string()))
        .field(Field::hidden("user_action", action.as_str()))
        .field(Field::text("reason", "Reason").hint("Recorded in the audit log. The user won't see it."))
        .submit(action.label(), pending_label(action));
    let form = if is_loss(action) { form.dangerous() } else { form };
    let whose = if own { "your own account".to_owned() } else { username };
    let listed = if own { OWN } else { consequences(action) };
    let what: Vec<_> = listed.iter().map(|consequence| view! { <li>{*consequence}</li> }).collect();
    view! {
        <p>{intro(action)} <strong>{whose}</strong> ":"</p>
        <ul>{what}</ul>
        <EnhancedForm form />
    }
}

/// The consequences of removing the admin role from one's own account, the only action that is available there.
const OWN: &[&str] = &["You lose access to Admin immediately.", "Your account stays active, and you'll get an email."];

fn heading(action: UserAction, username: &str) -> String {
    match action {
        UserAction::Disable => format!("Disable {username}?"),
        UserAction::Enable => format!("Enable {username}?"),
        UserAction::EndSessions => format!("Sign out {username} everywhere?"),
        UserAction::StartRecovery => format!("Require a password reset for {username}?"),
        UserAction::ResetTwoStep => format!("Reset two-step sign-in for {username}?"),
        UserAction::MakeAdministrator => format!("Make {username} an administrator?"),
        UserAction::MakeUser => format!("Remove the admin role from {username}?"),
        UserAction::Delete => format!("Delete {username}?"),
    }
}

fn is_loss(action: UserAction) -> bool {
    !matches!(action, UserAction::Enable | UserAction::MakeAdministrator)
}

fn pending_label(action: UserAction) -> &'static str {
    match action {
        UserAction::Disable => "Disabling…",
        UserAction::Enable => "Enabling…",
        UserAction::EndSessions => "Signing out…",
        UserAction::StartRecovery => "Sending…",
        UserAction::ResetTwoStep => "Resetting…",
        UserAction::MakeAdministrator | UserAction::MakeUser => "Changing…",
        UserAction::Delete => "Deleting…",
    }
}

/// The start of the sentence that ends with the username.
fn intro(action: UserAction) -> &'static str {
    match action {
        UserAction::Disable => "This disables ",
        UserAction::Enable => "This enables ",
        UserAction::EndSessions => "This signs out ",
        UserAction::StartRecovery => "This requires a password reset for ",
        UserAction::ResetTwoStep => "This resets two-step sign-in for ",
        UserAction::MakeAdministrator => "This gives the admin role to ",
        UserAction::MakeUser => "This removes the admin role from ",
        UserAction::Delete => "This permanently deletes ",
    }
}

/// The consequences of an action.
fn consequences(action: UserAction) -> &'static [&'static str] {
    match action {
        UserAction::Disable => &[
            "They're signed out everywhere.",
            "Pending codes, password resets and email changes are canceled, and trusted browsers are removed.",
            "They can't sign in until the account is enabled. No data is deleted.",
            "They'll get an email.",
        ],
        UserAction::Enable => &["They can sign in again with the same password.", "They'll get an email."],
        UserAction::EndSessions => {
            &["All their sessions end immediately.", "Anyone who knows the password can sign in again."]
        }
        UserAction::StartRecovery => &[
            "They're signed out everywhere.",
            "They'll get an email with a link to the page where they set a new password. You won't see it.",
            "The current password works until then. To lock them out, disable the account.",
        ],
        UserAction::ResetTwoStep => &[
            "The authenticator app, all passkeys, the recovery codes and the trusted browsers are removed.",
            "They're signed out everywhere, and sign in with only their password until they set it up again.",
            "They'll get an email. Check first that the request really came from them.",
        ],
        UserAction::MakeAdministrator => &[
            "They can do everything you can, including removing you.",
            "It takes effect immediately, and they'll get an email.",
        ],
        UserAction::MakeUser => {
            &["They lose access to Admin immediately.", "Their account stays active, and they'll get an email."]
        }
        UserAction::Delete => &[
            "Their username and email address are deleted, and others can use them.",
            "Their password, authenticator app, recovery codes and passkeys are deleted.",
            "Their sessions, trusted browsers and security log are deleted.",
            "They'll get an email. This can't be undone. To block sign-in only, disable the account instead.",
        ],
    }
}

/// Carries out an action on an account. The reason is recorded in the audit log.
///
/// # Errors
/// A message for `reason`, or why the action is not available.
#[server(prefix = "", endpoint = "admin/users/change")]
pub async fn change_user(
    #[server(default)] id: String,
    #[server(default)] user_action: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    let post = FormRequest::of::<ChangeUser>()?.keep("reason", &reason);
    let (Ok(id), Some(action)) = (Uuid::try_parse(&id), UserAction::parse(&user_action)) else {
        return post.answer(Err(ServiceError::NotFound)).await;
    };
    let post = post.on_page(paths::admin_user_action(&id.to_string(), action.as_str()));
    let outcome = post.state.admin.change_user(id, action, &reason, &post.requester).await;
    post.answer(outcome).await
}
