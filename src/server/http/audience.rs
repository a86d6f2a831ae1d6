//! Whom each page is for.

use axum::http::Method;

use crate::paths;
use crate::server::services::Requester;

/// Who may see a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Anyone,
    /// Those who are signed in are led to their dashboard.
    SignedOut,
    /// Others are led to the sign-in, and from there back.
    SignedIn,
    /// Those whose password was accepted and whose second step is due.
    SecondStep,
    /// To others it is not there.
    Administrators,
}

/// Whom the page at this path is for.
#[must_use]
pub fn of(path: &str) -> Audience {
    match path {
        paths::HOME | paths::REGISTER | paths::LOGIN | paths::RECOVER | paths::RECOVER_VERIFY => Audience::SignedOut,
        paths::LOGIN_MFA => Audience::SecondStep,
        paths::DASHBOARD => Audience::SignedIn,
        _ if is_at_or_below(path, paths::ACCOUNT) => Audience::SignedIn,
        _ if is_at_or_below(path, paths::ADMIN) => Audience::Administrators,
        _ => Audience::Anyone,
    }
}

/// What somebody gets who may not be where they ask to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instead {
    /// They are led there.
    To(String),
    /// What anybody gets at an address that leads nowhere.
    NotThere,
}

/// What to answer somebody who may not be where they ask to be; nothing if they may.
#[must_use]
pub fn instead(method: &Method, path: &str, by: &Requester) -> Option<Instead> {
    let administrator = by.member.as_ref().is_some_and(|member| member.administrator);
    if of(path) == Audience::Administrators && !administrator {
        return Some(Instead::NotThere);
    }
    let elsewhere = match *method {
        Method::POST => elsewhere_to_post(path, by),
        Method::GET | Method::HEAD => elsewhere_to_see(path, by),
        // To be told that there is no such method.
        _ => None,
    };
    elsewhere.map(Instead::To)
}

fn elsewhere_to_see(path: &str, by: &Requester) -> Option<String> {
    let audience = of(path);
    if by.second_step.is_some() {
        // Until the second step there is nothing else, whatever else is anybody's.
        let barred = audience != Audience::Anyone || path == paths::VERIFY;
        return (barred && audience != Audience::SecondStep).then(|| paths::LOGIN_MFA.to_owned());
    }
    match (audience, &by.member) {
        (Audience::SignedOut, Some(_)) => Some(paths::DASHBOARD.to_owned()),
        (Audience::SignedIn, None) => Some(sign_in(path)),
        (Audience::SignedIn | Audience::Administrators, Some(member)) if member.must_enrol && !may_enrol(path) => {
            Some(paths::ACCOUNT_SECURITY.to_owned())
        }
        (Audience::SecondStep, Some(_)) => Some(paths::DASHBOARD.to_owned()),
        (Audience::SecondStep, None) => Some(paths::LOGIN.to_owned()),
        _ => None,
    }
}

/// Every function sees to it itself who may use it. What a session may do that
/// is not yet a whole one is the same for all of them, and stands here.
fn elsewhere_to_post(path: &str, by: &Requester) -> Option<String> {
    let always = [paths::LOGOUT, paths::FROM_MAIL, paths::PASSWORD_STRENGTH].contains(&path);
    if always {
        return None;
    }
    if by.second_step.is_some() {
        return (!is_at_or_below(path, paths::LOGIN_MFA)).then(|| paths::LOGIN_MFA.to_owned());
    }
    let must_enrol = by.member.as_ref().is_some_and(|member| member.must_enrol);
    (must_enrol && !may_enrol(path)).then(|| paths::ACCOUNT_SECURITY.to_owned())
}

/// The sign-in that leads back to a page.
#[must_use]
pub fn sign_in(path: &str) -> String {
    format!("{}?next={}", paths::LOGIN, paths::page_of(path))
}

fn may_enrol(path: &str) -> bool {
    is_at_or_below(path, paths::ACCOUNT_SECURITY) || is_at_or_below(path, paths::ACCOUNT_CONFIRM)
}

fn is_at_or_below(path: &str, page: &str) -> bool {
    path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
