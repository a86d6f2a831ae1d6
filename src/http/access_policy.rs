//! Which users may open which page.

use axum::http::Method;

use crate::paths;
use crate::services::RequestContext;

/// The users who may open a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessPolicy {
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

/// Returns the access policy of the page at `path`.
#[must_use]
pub fn policy_of(path: &str) -> AccessPolicy {
    match path {
        paths::HOME | paths::REGISTER | paths::LOGIN | paths::RECOVER | paths::RECOVER_VERIFY => {
            AccessPolicy::SignedOut
        }
        paths::LOGIN_MFA => AccessPolicy::SecondStep,
        paths::DASHBOARD => AccessPolicy::SignedIn,
        _ if is_at_or_below(path, paths::ACCOUNT) => AccessPolicy::SignedIn,
        _ if is_at_or_below(path, paths::ADMIN) => AccessPolicy::Administrators,
        _ => AccessPolicy::Anyone,
    }
}

/// The response to a request that the policy of its page does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// A redirect to this path.
    Redirect(String),
    /// The same 404 as for an unknown path.
    NotFound,
}

/// Checks a request against the policy of its page. Returns `None` if the request is allowed.
#[must_use]
pub fn check(method: &Method, path: &str, by: &RequestContext) -> Option<Denied> {
    let administrator = by.member.as_ref().is_some_and(|member| member.administrator);
    if policy_of(path) == AccessPolicy::Administrators && !administrator {
        return Some(Denied::NotFound);
    }
    let redirect = match *method {
        Method::POST => redirect_for_post(path, by),
        Method::GET | Method::HEAD => redirect_for_get(path, by),
        // Other methods go on to the router, which answers 405.
        _ => None,
    };
    redirect.map(Denied::Redirect)
}

fn redirect_for_get(path: &str, by: &RequestContext) -> Option<String> {
    let policy = policy_of(path);
    if by.second_step.is_some() {
        // Until the second step is done, only its page and public pages except `/verify` are open.
        let closed = policy != AccessPolicy::Anyone || path == paths::VERIFY;
        return (closed && policy != AccessPolicy::SecondStep).then(|| paths::LOGIN_MFA.to_owned());
    }
    match (policy, &by.member) {
        (AccessPolicy::SignedOut, Some(_)) => Some(paths::DASHBOARD.to_owned()),
        (AccessPolicy::SignedIn, None) => Some(sign_in_url(path)),
        (AccessPolicy::SignedIn | AccessPolicy::Administrators, Some(member))
            if member.must_enroll && !may_enroll(path) =>
        {
            Some(paths::ACCOUNT_SECURITY.to_owned())
        }
        (AccessPolicy::SecondStep, Some(_)) => Some(paths::DASHBOARD.to_owned()),
        (AccessPolicy::SecondStep, None) => Some(paths::LOGIN.to_owned()),
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
    format!("{}?next={}", paths::LOGIN, paths::page_of(path))
}

fn may_enroll(path: &str) -> bool {
    is_at_or_below(path, paths::ACCOUNT_SECURITY) || is_at_or_below(path, paths::ACCOUNT_CONFIRM)
}

fn is_at_or_below(path: &str, page: &str) -> bool {
    path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
