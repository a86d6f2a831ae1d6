//! `/admin/users` and the pages below it.

use axum::http::Uri;
use uuid::Uuid;

use super::audit;
use super::query::Query;
use crate::api::admin::{AdminView, UserActionView, UserCodeView, UserRowView, UserSessionView, UserView, UsersView};
use crate::domain::{Timestamp, UserAction};
use crate::crypto::OtpPurpose;
use crate::http::views::{LoadError, security_log};
use crate::services::admin::{UserActionPage, UserPage, UsersPage, UsersQuery};
use crate::services::{RequestContext, describe_user_agent};
use crate::state::AppState;
use crate::store::sessions::LiveSession;
use crate::store::users::{IssuedCode, Outcome, User};

/// Loads the page of the users that the query selects.
pub(super) async fn list(state: &AppState, uri: &Uri, by: &RequestContext) -> Result<UsersView, LoadError> {
    let query = Query::of(uri);
    let asked = UsersQuery {
        q: query.word("q"),
        state: query.word("state"),
        role: query.word("role"),
        sort: query.word("sort"),
    };
    let UsersPage { page, two_step } = state.admin.users(asked, query.place(), by).await?;
    let neighbours = query.neighbours(&page, |user| user.key.to_string());
    Ok(UsersView {
        q: asked.q.to_owned(),
        state: asked.state.to_owned(),
        role: asked.role.to_owned(),
        sort: asked.sort.to_owned(),
        users: page.rows.into_iter().map(|user| row(two_step.contains(&user.id), user)).collect(),
        neighbours,
    })
}

fn row(two_step: bool, user: User) -> UserRowView {
    UserRowView {
        id: user.id.to_string(),
        username: user.username,
        email: user.email,
        role: user.role.label(),
        state: user.state.label(),
        two_step,
        registered_at: user.registered_at,
        last_sign_in_at: user.last_sign_in_at,
    }
}

/// Loads the page of a user, or the page of an action on that user.
pub(super) async fn below(state: &AppState, path: &str, by: &RequestContext) -> Result<AdminView, LoadError> {
    let (id, action) = path.split_once('/').map_or((path, None), |(id, action)| (id, Some(action)));
    // Accept only the canonical form of the ID, so that each page has one URL.
    let id = Uuid::try_parse(id).ok().filter(|parsed| parsed.to_string() == id).ok_or(LoadError::NotFound)?;
    let Some(action) = action else {
        return Ok(AdminView::User(Box::new(user(state.admin.user(id, by).await?))));
    };
    let action = UserAction::parse(action).ok_or(LoadError::NotFound)?;
    let UserActionPage { account, refusal } = state.admin.user_action(id, action, by).await?;
    let own = by.member.as_ref().is_some_and(|member| member.account_id == id);
    let username = account.username.as_str().to_owned();
    Ok(AdminView::UserAction(UserActionView { id: id.to_string(), username, action, refusal, own }))
}

fn user(page: UserPage) -> UserView {
    let UserPage { account, names, .. } = page;
    UserView {
        id: account.id.to_string(),
        username: account.username.as_str().to_owned(),
        email: account.email.as_str().to_owned(),
        role: account.role.label(),
        state: account.state().label(),
        delete_after: account.delete_after,
        registered_at: account.created_at,
        verified_at: account.verified_at,
        password_changed_at: account.password_changed_at,
        last_sign_in_at: account.last_sign_in_at,
        last_sign_in_from: account.last_sign_in_ip,
        app_since: page.app_since,
        passkeys: page.passkeys,
        recovery_codes_left: page.recovery_codes_left,
        trusted_browsers: page.trusted_browsers,
        sessions: page.sessions.into_iter().map(session).collect(),
        codes: page.codes.into_iter().map(code).collect(),
        events: page.events.into_iter().map(security_log::view).collect(),
        entries: page.entries.into_iter().map(|entry| audit::view(entry, &names)).collect(),
        actions: page.actions,
        own: page.own,
    }
}

fn session(session: LiveSession) -> UserSessionView {
    UserSessionView {
        device: describe_user_agent(&session.signed_in.user_agent),
        address: session.signed_in.ip,
        began_at: Timestamp(session.signed_in.at),
        last_seen_at: session.last_seen_at,
    }
}

fn code(code: IssuedCode) -> UserCodeView {
    let purposes = [
        (OtpPurpose::Registration, "Registration"),
        (OtpPurpose::Recovery, "Password reset"),
        (OtpPurpose::EmailChange, "Email change"),
    ];
    let known = purposes.into_iter().find(|(purpose, _)| purpose.as_str() == code.purpose);
    UserCodeView {
        purpose: known.map_or(code.purpose, |(_, words)| words.to_owned()),
        issued_at: code.issued_at,
        outcome: match code.outcome {
            Outcome::Used => "Used",
            Outcome::Voided => "Replaced or canceled",
            Outcome::Expired => "Expired",
            Outcome::Waiting => "Pending",
        },
    }
}
