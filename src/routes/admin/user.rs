//! `/admin/users/{id}`: one user with their sessions, OTPs, activity and actions, and no secrets.

use leptos::either::Either;
use leptos::prelude::*;
use uuid::Uuid;

use super::audit::Entries;
use crate::crypto::OtpPurpose;
use crate::domain::{Timestamp, UserAction};
use crate::paths;
use crate::routes::access::Access;
use crate::routes::account::security_log::{self, Events};
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::services::admin::UserPage;
use crate::services::{ServiceError, describe_user_agent};
use crate::store::accounts::Account;
use crate::store::sessions::LiveSession;
use crate::store::users::{IssuedCode, Outcome};
use crate::ui::{
    AdminArea, Cell, DescriptionItem, DescriptionList, EmptyList, Item, ItemList, ListTable, LocalTime, Section,
};

pub const PAGE: Page =
    Page { path: paths::ADMIN_USER, access: Access::Administrators, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let user = request.state.admin().user(account_id(&request)?, request.by).await?;
    Ok(Document::new("User", move |context| {
        let UserPage { account, app_since, passkeys, recovery_codes_left, trusted_browsers, .. } = user;
        let UserPage { sessions, codes, events, entries, names, actions, own, .. } = user;
        let (id, heading) = (account.id, account.username.as_str().to_owned());
        let events: Vec<_> = events.into_iter().map(security_log::view).collect();
        view! {
            <AdminArea context here=paths::ADMIN_USERS within=true heading>
                <About account app_since passkeys recovery_codes_left trusted_browsers />
                <UserActions id actions own />
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
                    <Entries entries names />
                </Section>
            </AdminArea>
        }
    }))
}

/// Returns the user's id in the path. Accepts only its canonical form, so that each page has one URL.
pub(super) fn account_id(request: &PageRequest<'_>) -> Result<Uuid, ServiceError> {
    let id = request.segment(2);
    Uuid::try_parse(id).ok().filter(|parsed| parsed.to_string() == id).ok_or(ServiceError::NotFound)
}

#[component]
fn About(
    account: Account,
    app_since: Option<Timestamp>,
    passkeys: u64,
    recovery_codes_left: u64,
    trusted_browsers: usize,
) -> impl IntoView {
    let state = account.state().label();
    let goes =
        account.delete_after.map(|at| view! { <DescriptionItem name="Will be deleted"><Time at /></DescriptionItem> });
    let last_sign_in = match account.last_sign_in_at {
        None => Either::Left("Never"),
        Some(at) => {
            let from = account.last_sign_in_ip.map(|address| view! { ", from " {address} });
            Either::Right(view! { <Time at /> {from} })
        }
    };
    let app = match app_since {
        None => Either::Left("Off"),
        Some(at) => Either::Right(view! { "On since " <Time at /> }),
    };
    view! {
        <Section title="Details">
            <DescriptionList>
                <DescriptionItem name="Username">{account.username.as_str().to_owned()}</DescriptionItem>
                <DescriptionItem name="Email">{account.email.as_str().to_owned()}</DescriptionItem>
                <DescriptionItem name="Role">{account.role.label()}</DescriptionItem>
                <DescriptionItem name="State">{state}</DescriptionItem>
                {goes}
                <DescriptionItem name="Registered"><Time at=account.created_at /></DescriptionItem>
                <DescriptionItem name="Email confirmed"><Time at=account.verified_at /></DescriptionItem>
                <DescriptionItem name="Password set"><Time at=account.password_changed_at /></DescriptionItem>
                <DescriptionItem name="Last sign-in">{last_sign_in}</DescriptionItem>
                <DescriptionItem name="Authenticator app">{app}</DescriptionItem>
                <DescriptionItem name="Passkeys">{passkeys}</DescriptionItem>
                <DescriptionItem name="Recovery codes left">{recovery_codes_left}</DescriptionItem>
                <DescriptionItem name="Trusted browsers">{trusted_browsers}</DescriptionItem>
            </DescriptionList>
        </Section>
    }
}

#[component]
fn UserActions(
    id: Uuid,
    /// The actions that are available.
    actions: Vec<UserAction>,
    /// Whether it is the administrator's own account.
    own: bool,
) -> impl IntoView {
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
                <a class=class href=paths::admin_user_action(&id.to_string(), action.as_str())>
                    {action.spec().label}
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
fn Sessions(sessions: Vec<LiveSession>) -> impl IntoView {
    if sessions.is_empty() {
        return Either::Left(view! { <EmptyList>"Not signed in anywhere."</EmptyList> });
    }
    let row = |LiveSession { signed_in, last_seen_at }| {
        view! {
            <Item title=describe_user_agent(&signed_in.user_agent)>
                "Signed in "
                <Time at=Timestamp(signed_in.at) />
                ", from "
                {signed_in.ip}
                <br />
                "Last active "
                <Time at=last_seen_at />
            </Item>
        }
    };
    let rows: Vec<_> = sessions.into_iter().map(row).collect();
    Either::Right(view! { <ItemList>{rows}</ItemList> })
}

#[component]
fn RecentOtps(codes: Vec<IssuedCode>) -> impl IntoView {
    let row = |IssuedCode { purpose, issued_at, outcome }| {
        let purpose = OtpPurpose::parse(&purpose).map_or(purpose, |known| known.label().to_owned());
        let outcome = match outcome {
            Outcome::Used => "Used",
            Outcome::Voided => "Replaced or canceled",
            Outcome::Expired => "Expired",
            Outcome::Waiting => "Pending",
        };
        view! {
            <tr role="row">
                <Cell of="Purpose">{purpose}</Cell>
                <Cell of="Created">
                    <Time at=issued_at />
                </Cell>
                <Cell of="Result">{outcome}</Cell>
            </tr>
        }
    };
    let rows: Vec<_> = codes.into_iter().map(row).collect();
    view! {
        <ListTable
            caption="OTPs"
            columns=vec!["Purpose", "Created", "Result"]
            rows
            items="OTPs"
            empty="No recent OTPs."
        />
    }
}

#[component]
fn Time(at: Timestamp) -> impl IntoView {
    view! { <LocalTime at=at.0 with_time=true /> }
}
