//! `/admin/users/{id}/{deed}`: confirms an action on an account. Lists its
//! consequences and asks for a reason.

use leptos::either::Either;
use leptos::prelude::*;

use crate::api::admin::{AdminView, UserDeedView};
use crate::api::{Flash, View};
use crate::components::{AdminArea, Field, Form, Icon, PostForm, Section, Sign};
use crate::domain::UserDeed;
use crate::pages::visitor;
use crate::paths;

#[component]
pub fn UserDeedPage() -> impl IntoView {
    let visitor = visitor();
    let View::Admin(AdminView::UserDeed(about)) = visitor.view.clone() else { return None };
    let flash = visitor.flash.clone();
    let heading = heading(about.deed, &about.username);
    let back = paths::admin_user(&about.id);
    let name = about.username.clone();
    let body = match about.refusal {
        Some(refusal) => Either::Left(view! {
            <div class="alert alert-danger" tabindex="-1" autofocus>
                <Icon sign=Sign::Alert />
                <p role="alert">{refusal}</p>
            </div>
        }),
        None => Either::Right(view! { <Confirm about flash /> }),
    };
    Some(view! {
        <AdminArea visitor here=paths::ADMIN_USERS within=true heading>
            <Section title="What this does">
                {body} <p>
                    <a href=back>"Back to " {name}</a>
                </p>
            </Section>
        </AdminArea>
    })
}

#[component]
fn Confirm(about: UserDeedView, flash: Flash) -> impl IntoView {
    let UserDeedView { id, username, deed, own, .. } = about;
    let form = Form::to(paths::ADMIN_USERS_CHANGE, &flash)
        .field(Field::hidden("id", id))
        .field(Field::hidden("deed", deed.as_str()))
        .field(Field::text("reason", "Reason").hint("Recorded in the audit log. The user won't see it."))
        .submit(deed.in_words(), busy(deed));
    let form = if is_loss(deed) { form.dangerous() } else { form };
    let whose = if own { "yourself".to_owned() } else { username };
    let what: Vec<_> = effects(deed).iter().map(|effect| view! { <li>{*effect}</li> }).collect();
    view! {
        <p>{before(deed)} <strong>{whose}</strong> ":"</p>
        <ul>{what}</ul>
        <PostForm form />
    }
}

fn heading(deed: UserDeed, username: &str) -> String {
    match deed {
        UserDeed::Disable => format!("Disable {username}?"),
        UserDeed::Enable => format!("Enable {username}?"),
        UserDeed::EndSessions => format!("Sign out {username} everywhere?"),
        UserDeed::StartRecovery => format!("Require a password reset for {username}?"),
        UserDeed::ResetTwoStep => format!("Reset two-step sign-in for {username}?"),
        UserDeed::MakeAdministrator => format!("Make {username} an administrator?"),
        UserDeed::MakeUser => format!("Remove the admin role from {username}?"),
        UserDeed::Delete => format!("Delete {username}?"),
    }
}

fn is_loss(deed: UserDeed) -> bool {
    !matches!(deed, UserDeed::Enable | UserDeed::MakeAdministrator)
}

fn busy(deed: UserDeed) -> &'static str {
    match deed {
        UserDeed::Disable => "Disabling…",
        UserDeed::Enable => "Enabling…",
        UserDeed::EndSessions => "Signing out…",
        UserDeed::StartRecovery => "Sending…",
        UserDeed::ResetTwoStep => "Resetting…",
        UserDeed::MakeAdministrator | UserDeed::MakeUser => "Changing…",
        UserDeed::Delete => "Deleting…",
    }
}

/// The start of the sentence that ends with the username.
fn before(deed: UserDeed) -> &'static str {
    match deed {
        UserDeed::Disable => "This disables ",
        UserDeed::Enable => "This enables ",
        UserDeed::EndSessions => "This signs out ",
        UserDeed::StartRecovery => "This requires a password reset for ",
        UserDeed::ResetTwoStep => "This resets two-step sign-in for ",
        UserDeed::MakeAdministrator => "This gives the admin role to ",
        UserDeed::MakeUser => "This removes the admin role from ",
        UserDeed::Delete => "This permanently deletes ",
    }
}

/// The consequences of an action.
fn effects(deed: UserDeed) -> &'static [&'static str] {
    match deed {
        UserDeed::Disable => &[
            "signs them out everywhere",
            "cancels pending codes, password resets and email changes, and forgets trusted browsers",
            "they can't sign in until the account is enabled. No data is deleted",
            "they'll get an email",
        ],
        UserDeed::Enable => &["they can sign in again with the same password", "they'll get an email"],
        UserDeed::EndSessions => {
            &["all their sessions end immediately", "anyone who knows the password can sign in again"]
        }
        UserDeed::StartRecovery => &[
            "signs them out everywhere",
            "they'll get an email with a link to the page where they set a new password; you won't see it",
            "the current password works until then; to lock them out, disable the account",
        ],
        UserDeed::ResetTwoStep => &[
            "removes the authenticator app, all passkeys, the recovery codes and the trusted browsers",
            "signs them out everywhere; they sign in with only their password until they set it up again",
            "they'll get an email. Check first that the request really came from them",
        ],
        UserDeed::MakeAdministrator => &[
            "they can do everything you can, including removing you",
            "it takes effect immediately, and they'll get an email",
        ],
        UserDeed::MakeUser => {
            &["they lose access to Admin immediately", "their account stays active, and they'll get an email"]
        }
        UserDeed::Delete => &[
            "their username and email address (others can use them)",
            "their password, authenticator app, recovery codes and passkeys",
            "their sessions, trusted browsers and security log",
            "they'll get an email. This can't be undone. To block sign-in only, disable the account instead",
        ],
    }
}
