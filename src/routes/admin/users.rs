//! `/admin/users`: all users, with search, filters and export.

use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::user_action::ChangeUser;
use crate::domain::{AccountState, Role};
use crate::paths;
use crate::routes::access::Access;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::routes::query::{Neighbors, Query};
use crate::services::admin::{UsersPage, UsersQuery};
use crate::store::users::User;
use crate::ui::{
    ActionButton, AdminArea, Cell, Filters, ListTable, LocalTime, Pager, PlainRefusal, Section, SelectFilter, TextCell,
    TextFilter,
};

/// The orders of the list other than by username.
const ORDERS: [(&str, &str); 2] = [("newest", "Newest first"), ("last_sign_in", "Last sign-in first")];

pub const PAGE: Page =
    Page { path: paths::ADMIN_USERS, access: Access::Administrators, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let query = Query::of(request.uri);
    let UsersPage { page, two_step } = request.state.admin().users(filter(&query), query.place(), request.by).await?;
    let Neighbors { newer, older } = query.neighbors(&page, |user| user.key.to_string());
    Ok(Document::new("Users", move |context| {
        let flash = context.flash.clone();
        let shown = ["q", "state", "role", "sort"].map(|name| (name, query.word(name).to_owned()));
        let hidden = shown.to_vec();
        let [q, state, role, sort] = shown.map(|(_, value)| value);
        let narrowed = [&q, &state, &role].into_iter().any(|filter| !filter.is_empty());
        let states = AccountState::ALL.map(|state| (state.as_str(), state.label())).to_vec();
        let roles = Role::ALL.map(|role| (role.as_str(), role.label())).to_vec();
        let orders = ORDERS.to_vec();
        let row = |user: User| view! { <UserRow two_step=two_step.contains(&user.id) user /> };
        let rows: Vec<_> = page.rows.into_iter().map(row).collect();
        view! {
            <AdminArea context here=paths::ADMIN_USERS heading="Users">
                <Section title="All users">
                    <PlainRefusal flash action=ChangeUser::PATH />
                    <Filters action=paths::ADMIN_USERS narrowed>
                        <TextFilter name="q" label="Search by username or email" value=q />
                        <SelectFilter name="state" label="State" options=states chosen=state />
                        <SelectFilter name="role" label="Role" options=roles chosen=role />
                        <SelectFilter name="sort" label="Sort" options=orders chosen=sort unchosen="Username" />
                    </Filters>
                    <ListTable
                        caption="Users"
                        columns=vec!["Username", "Email", "Role", "State", "2-step", "Registered", "Last sign-in"]
                        rows
                        items="users"
                        narrowed
                        empty="No users yet. New accounts will be listed here."
                    />
                    <Pager newer older words=("Previous", "Next") />
                </Section>
                <Section title="Export">
                    <p>"All matching users as a CSV file. Exports are recorded in the audit log."</p>
                    <ActionButton action=paths::ADMIN_USERS_EXPORT label="Download as CSV" hidden />
                </Section>
            </AdminArea>
        }
    }))
}

/// Returns the filter of the page and of its export.
#[must_use]
pub fn filter(query: &Query) -> UsersQuery<'_> {
    UsersQuery { q: query.word("q"), state: query.word("state"), role: query.word("role"), sort: query.word("sort") }
}

#[component]
fn UserRow(user: User, two_step: bool) -> impl IntoView {
    let last_sign_in = match user.last_sign_in_at {
        Some(at) => Either::Left(view! { <LocalTime at=at.0 with_time=true /> }),
        None => Either::Right("Never"),
    };
    view! {
        <tr role="row">
            <Cell of="Username" long=true>
                <a href=paths::admin_user(&user.id.to_string())>{user.username}</a>
            </Cell>
            <TextCell of="Email" text=user.email />
            <Cell of="Role">{user.role.label()}</Cell>
            <Cell of="State">{user.state.label()}</Cell>
            <Cell of="2-step">{if two_step { "On" } else { "Off" }}</Cell>
            <Cell of="Registered">
                <LocalTime at=user.registered_at.0 with_time=false />
            </Cell>
            <Cell of="Last sign-in">{last_sign_in}</Cell>
        </tr>
    }
}
