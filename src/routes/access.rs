//! Access control for pages and forms.

use axum::http::Method;

use crate::paths;
use crate::services::{NextStep, RequestContext, ServiceError};

/// The users who may open a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Anyone,
    /// Signed-in users are redirected to the dashboard.
    SignedOut,
    /// Signed-out users are redirected to sign-in, and back to the page afterwards.
    SignedIn,
    /// Users who entered the correct password and still have to complete two-step sign-in.
    SecondStep,
    /// Everyone else gets 404.
    Administrators,
}

/// Checks a request for a path. `page` is the access rule of the page at that path, if there is a page.
///
/// # Errors
/// A redirect, or the same 404 as for an unknown path.
pub fn check(method: &Method, path: &str, page: Option<Access>, by: &RequestContext) -> Result<(), ServiceError> {
    let access = page.unwrap_or_else(|| without_page(path));
    let administrator = by.member.as_ref().is_some_and(|member| member.administrator);
    if access == Access::Administrators && !administrator {
        return Err(ServiceError::NotFound);
    }
    let redirect = match *method {
        Method::POST => redirect_for_post(path, by),
        Method::GET | Method::HEAD => redirect_for_get(path, access, by),
        // Other methods go on to the router, which answers 405.
        _ => None,
    };
    redirect.map_or(Ok(()), |to| Err(NextStep::go(to).into()))
}

/// Returns the access rule of a path without a page: forms, downloads, files and unknown paths. At and below an area,
/// the area's rule applies.
fn without_page(path: &str) -> Access {
    if is_at_or_below(path, paths::ADMIN) {
        Access::Administrators
    } else if is_at_or_below(path, paths::ACCOUNT) {
        Access::SignedIn
    } else {
        Access::Anyone
    }
}

fn redirect_for_get(path: &str, access: Access, by: &RequestContext) -> Option<String> {
    if by.second_step.is_some() {
        // Until the second step is done, only its page and public pages except `/verify` are open.
        let closed = access != Access::Anyone || path == paths::VERIFY;
        return (closed && access != Access::SecondStep).then(|| paths::LOGIN_MFA.to_owned());
    }
    match (access, &by.member) {
        (Access::SignedOut, Some(_)) => Some(paths::DASHBOARD.to_owned()),
        (Access::SignedIn, None) => Some(sign_in_url(path)),
        (Access::SignedIn | Access::Administrators, Some(member)) if member.must_enroll && !may_enroll(path) => {
            Some(paths::ACCOUNT_SECURITY.to_owned())
        }
        (Access::SecondStep, Some(_)) => Some(paths::DASHBOARD.to_owned()),
        (Access::SecondStep, None) => Some(paths::LOGIN.to_owned()),
        _ => None,
    }
}

/// Returns where to redirect a post from a session that may not act yet, if anywhere.
///
/// Each server function checks its own permissions. This check covers sessions that may not act
/// yet, because the second step or an enrollment is pending; it is the same for all functions.
fn redirect_for_post(path: &str, by: &RequestContext) -> Option<String> {
    let always = [paths::LOGOUT, paths::FROM_MAIL, paths::PASSWORD_STRENGTH].contains(&path);
    if always {
        return None;
    }
    if by.second_step.is_some() {
        return (!is_at_or_below(path, paths::LOGIN_MFA)).then(|| paths::LOGIN_MFA.to_owned());
    }
    let must_enroll = by.member.as_ref().is_some_and(|member| member.must_enroll);
    (must_enroll && !may_enroll(path)).then(|| paths::ACCOUNT_SECURITY.to_owned())
}

/// Returns the sign-in URL that leads back to the page at `path`.
#[must_use]
pub fn sign_in_url(path: &str) -> String {
    format!("{}?next={}", paths::LOGIN, super::page_of(path))
}

fn may_enroll(path: &str) -> bool {
    is_at_or_below(path, paths::ACCOUNT_SECURITY) || is_at_or_below(path, paths::ACCOUNT_CONFIRM)
}

/// Whether `path` is that of the page or below it.
#[must_use]
pub fn is_at_or_below(path: &str, page: &str) -> bool {
    path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
