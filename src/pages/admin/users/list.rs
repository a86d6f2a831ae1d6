//! `/admin/users`: all users, with search, filters and export.

use leptos::either::Either;
use leptos::prelude::*;

use crate::api::View;
use crate::api::admin::{AdminView, UserRowView, UsersView};
use crate::ui::{ActionButton, AdminArea, Cell, EmptyList, Filters, Pager, PlainRefusal, Section, SelectFilter, Table, TextCell, TextFilter};
use crate::islands::LocalTime;
use crate::domain::{AccountState, Role};
use crate::pages::visitor;
use crate::paths;

#[component]
pub fn UsersPage() -> impl IntoView {
    let visitor = visitor();
    let View::Admin(AdminView::Users(list)) = visitor.view.clone() else { return None };
    let (flash, narrowed) = (visitor.flash.clone(), list.narrowed());
    let UsersView { q, state, role, sort, users, neighbours } = list;
    let as_shown = [("q", &q), ("state", &state), ("role", &role), ("sort", &sort)];
    let hidden: Vec<_> = as_shown.into_iter().map(|(name, value)| (name, value.clone())).collect();
    let of_words = |words: (&str, &str)| (words.0.to_owned(), words.1.to_owned());
    let states = AccountState::ALL.map(|state| of_words((state.as_str(), state.label()))).to_vec();
    let roles = Role::ALL.map(|role| of_words((role.as_str(), role.label()))).to_vec();
    let orders = [("newest", "Newest first"), ("last_sign_in", "Last sign-in first")].map(of_words).to_vec();
    Some(view! {
        <AdminArea visitor here=paths::ADMIN_USERS heading="Users">
            <Section title="All users">
                <PlainRefusal flash action=paths::ADMIN_USERS_CHANGE />
                <Filters action=paths::ADMIN_USERS narrowed>
                    <TextFilter name="q" label="Search by username or email" value=q />
                    <SelectFilter name="state" label="State" options=states chosen=state />
                    <SelectFilter name="role" label="Role" options=roles chosen=role />
                    <SelectFilter name="sort" label="Sort" options=orders chosen=sort unchosen="Username" />
                </Filters>
                <Users users narrowed />
                <Pager newer=neighbours.newer older=neighbours.older words=("Previous", "Next") />
            </Section>
            <Section title="Export">
                <p>"All matching users as a CSV file. Exports are recorded in the audit log."</p>
                <ActionButton action=paths::ADMIN_USERS_EXPORT label="Download as CSV" hidden />
            </Section>
        </AdminArea>
    })
}

#[component]
fn Users(users: Vec<UserRowView>, narrowed: bool) -> impl IntoView {
    if users.is_empty() {
        let words = if narrowed {
            "No users match. Change or clear the filters."
        } else {
            "No users yet. New accounts will be listed here."
        };
        return Either::Left(view! { <EmptyList>{words}</EmptyList> });
    }
    let rows: Vec<_> = users.into_iter().map(|user| view! { <User user /> }).collect();
    let columns = vec!["Username", "Email", "Role", "State", "2-step", "Registered", "Last sign-in"];
    Either::Right(view! {
        <Table caption="Users" columns>
            {rows}
        </Table>
    })
}

#[component]
fn User(user: UserRowView) -> impl IntoView {
    let last_sign_in = match user.last_sign_in_at {
        Some(at) => Either::Left(view! { <LocalTime at=at.0 with_time=true /> }),
        None => Either::Right("Never"),
    };
    view! {
        <tr role="row">
            <Cell of="Username" long=true>
                <a href=paths::admin_user(&user.id)>{user.username}</a>
            </Cell>
            <TextCell of="Email" text=user.email />
            <Cell of="Role">{user.role}</Cell>
            <Cell of="State">{user.state}</Cell>
            <Cell of="2-step">{if user.two_step { "On" } else { "Off" }}</Cell>
            <Cell of="Registered">
                <LocalTime at=user.registered_at.0 with_time=false />
            </Cell>
            <Cell of="Last sign-in">{last_sign_in}</Cell>
        </tr>
    }
}
