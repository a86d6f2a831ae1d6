//! `/admin/users/{id}`: one user with their sessions, OTPs, activity and actions.

use leptos::either::Either;
use leptos::prelude::*;

use crate::api::View;
use crate::api::admin::{AdminView, UserCodeView, UserSessionView, UserView};
use crate::ui::{AdminArea, Cell, DescriptionItem, DescriptionList, EmptyList, Item, ItemList, Section, Table};
use crate::islands::LocalTime;
use crate::domain::{Timestamp, UserAction};
use crate::pages::account::Events;
use crate::pages::admin::audit::Entries;
use crate::pages::visitor;
use crate::paths;

#[component]
pub fn UserPage() -> impl IntoView {
    let visitor = visitor();
    let View::Admin(AdminView::User(user)) = visitor.view.clone() else { return None };
    let user = *user;
    let heading = user.username.clone();
    let UserView { sessions, codes, events, entries, .. } = user.clone();
    Some(view! {
        <AdminArea visitor here=paths::ADMIN_USERS within=true heading>
            <About user=user.clone() />
            <UserActions id=user.id actions=user.actions own=user.own />
            <Section title="Sessions">
                <Sessions sessions />
            </Section>
            <Section title="OTPs">
                <RecentOtps codes />
            </Section>
            <Section title="Activity">
                <Events events empty="No activity yet. Sign-ins and changes will be listed here." />
            </Section>
            <Section title="Admin actions">
                <Entries entries narrowed=false />
            </Section>
        </AdminArea>
    })
}

#[component]
fn About(user: UserView) -> impl IntoView {
    let goes =
        user.delete_after.map(|at| view! { <DescriptionItem name="Will be deleted"><Time at /></DescriptionItem> });
    let last_sign_in = match user.last_sign_in_at {
        None => Either::Left("Never"),
        Some(at) => {
            let from = user.last_sign_in_from.map(|address| view! { ", from " {address} });
            Either::Right(view! { <Time at /> {from} })
        }
    };
    let app = match user.app_since {
        None => Either::Left("Off"),
        Some(at) => Either::Right(view! { "On since " <Time at /> }),
    };
    view! {
        <Section title="Details">
            <DescriptionList>
                <DescriptionItem name="Username">{user.username}</DescriptionItem>
                <DescriptionItem name="Email">{user.email}</DescriptionItem>
                <DescriptionItem name="Role">{user.role}</DescriptionItem>
                <DescriptionItem name="State">{user.state}</DescriptionItem>
                {goes}
                <DescriptionItem name="Registered"><Time at=user.registered_at /></DescriptionItem>
                <DescriptionItem name="Email confirmed"><Time at=user.verified_at /></DescriptionItem>
                <DescriptionItem name="Password set"><Time at=user.password_changed_at /></DescriptionItem>
                <DescriptionItem name="Last sign-in">{last_sign_in}</DescriptionItem>
                <DescriptionItem name="Authenticator app">{app}</DescriptionItem>
                <DescriptionItem name="Passkeys">{user.passkeys}</DescriptionItem>
                <DescriptionItem name="Recovery codes left">{user.recovery_codes_left}</DescriptionItem>
                <DescriptionItem name="Trusted browsers">{user.trusted_browsers}</DescriptionItem>
            </DescriptionList>
        </Section>
    }
}

#[component]
fn UserActions(id: String, actions: Vec<UserAction>, own: bool) -> impl IntoView {
    let note = own.then(|| {
        view! {
            <p>
                "This is your own account. Change it under " <a href=paths::ACCOUNT>"Account"</a> "."
            </p>
        }
    });
    let none = (actions.is_empty() && !own).then(|| view! { <EmptyList>"No actions available."</EmptyList> });
    let links: Vec<_> = actions
        .into_iter()
        .map(|action| {
            let class = if action == UserAction::Delete { "btn btn-outline-danger" } else { "btn btn-outline" };
            view! {
                <a class=class href=paths::admin_user_action(&id, action.as_str())>
                    {action.label()}
                </a>
            }
        })
        .collect();
    view! {
        <Section title="Actions">
            {note} {none} <p class="actions">{links}</p>
        </Section>
    }
}

#[component]
fn Sessions(sessions: Vec<UserSessionView>) -> impl IntoView {
    if sessions.is_empty() {
        return Either::Left(view! { <EmptyList>"Not signed in anywhere."</EmptyList> });
    }
    let row = |session: UserSessionView| {
        view! {
            <Item title=session.device>
                "Signed in "
                <Time at=session.began_at />
                ", from "
                {session.address}
                <br />
                "Last active "
                <Time at=session.last_seen_at />
            </Item>
        }
    };
    let rows: Vec<_> = sessions.into_iter().map(row).collect();
    Either::Right(view! { <ItemList>{rows}</ItemList> })
}

#[component]
fn RecentOtps(codes: Vec<UserCodeView>) -> impl IntoView {
    if codes.is_empty() {
        return Either::Left(view! { <EmptyList>"No recent OTPs."</EmptyList> });
    }
    let row = |code: UserCodeView| {
        view! {
            <tr role="row">
                <Cell of="Purpose">{code.purpose}</Cell>
                <Cell of="Created">
                    <Time at=code.issued_at />
                </Cell>
                <Cell of="Result">{code.outcome}</Cell>
            </tr>
        }
    };
    let rows: Vec<_> = codes.into_iter().map(row).collect();
    Either::Right(view! {
        <Table caption="OTPs" columns=vec!["Purpose", "Created", "Result"]>
            {rows}
        </Table>
    })
}

#[component]
fn Time(at: Timestamp) -> impl IntoView {
    view! { <LocalTime at=at.0 with_time=true /> }
}
