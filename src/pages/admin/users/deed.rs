//! `/admin/users/{id}/{deed}`: what will be lost by a deed, why it is done, and
//! the button.

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
    let heading = format!("{}: {}", about.deed.in_words(), about.username);
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
        .field(Field::text("reason", "Why").hint("For the audit log. It is neither mailed nor shown to the person."))
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

fn is_loss(deed: UserDeed) -> bool {
    !matches!(deed, UserDeed::Enable | UserDeed::MakeAdministrator)
}

fn busy(deed: UserDeed) -> &'static str {
    match deed {
        UserDeed::Disable => "Disabling…",
        UserDeed::Enable => "Enabling…",
        UserDeed::EndSessions => "Ending…",
        UserDeed::StartRecovery => "Starting…",
        UserDeed::ResetTwoStep => "Resetting…",
        UserDeed::MakeAdministrator | UserDeed::MakeUser => "Changing…",
        UserDeed::Delete => "Deleting…",
    }
}

/// The words in front of whom it is done to.
fn before(deed: UserDeed) -> &'static str {
    match deed {
        UserDeed::Disable => "This closes the account of ",
        UserDeed::Enable => "This opens the account of ",
        UserDeed::EndSessions => "This signs out ",
        UserDeed::StartRecovery => "This asks for a new password of ",
        UserDeed::ResetTwoStep => "This removes every second step of ",
        UserDeed::MakeAdministrator => "This gives the administration to ",
        UserDeed::MakeUser => "This takes the administration from ",
        UserDeed::Delete => "This deletes, at once and for good, the account of ",
    }
}

/// What will be lost, and what follows.
fn effects(deed: UserDeed) -> &'static [&'static str] {
    match deed {
        UserDeed::Disable => &[
            "every session ends, from the next request on",
            "codes, recoveries and changes of the address that wait are worth nothing any more, and no browser is trusted",
            "nobody can sign in until an administrator enables the account; nothing that is kept is deleted",
            "the person is told by mail",
        ],
        UserDeed::Enable => &["the person can sign in again, with the same password", "they are told by mail"],
        UserDeed::EndSessions => &[
            "every session ends, from the next request on",
            "the person can sign in again at once: whoever knows the password can, too",
        ],
        UserDeed::StartRecovery => &[
            "every session ends, from the next request on",
            "the person is mailed a link to the page where they get a code and set a new password; you see neither",
            "the present password works until then: to shut somebody out, disable the account",
        ],
        UserDeed::ResetTwoStep => &[
            "the authenticator app, every passkey, the recovery codes and the trusted browsers are removed",
            "every session ends; signing in takes the password alone until the person adds a second step again",
            "the person is told by mail. Make sure before that it is really them who asked you",
        ],
        UserDeed::MakeAdministrator => &[
            "they see every account, and can do all that you can, also to you",
            "it counts from their next request on, and they are told by mail",
        ],
        UserDeed::MakeUser => &[
            "the administration is not there for them any more, from the next request on",
            "their account stays as it is, and they are told by mail",
        ],
        UserDeed::Delete => &[
            "the username and the address, which anybody can then use",
            "the password, authenticator app, recovery codes and passkeys",
            "the sessions, trusted browsers and security log",
            "the person is told by mail. Nothing of it can be brought back: to close the account only, disable it",
        ],
    }
}
