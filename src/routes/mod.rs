//! The pages, one file each: path, access rule, loader, markup, and the server functions of its forms.
//!
//! A server function answers on a path at or below its page, so the same request works with and without JavaScript.

pub mod access;
pub mod account;
pub mod admin;
pub mod captcha;
pub mod dashboard;
pub mod email_links;
pub mod form;
pub mod home;
pub mod login;
pub mod mfa;
pub mod next_step;
pub mod not_found;
pub mod otp;
pub mod page;
pub mod password_strength;
pub mod query;
pub mod recover;
pub mod recover_verify;
pub mod register;
pub mod secret;
pub mod session;
pub mod verify;

use access::is_at_or_below;
use page::Page;

pub use secret::Secret;

use crate::paths;

/// Every page. A route that is not listed here does not exist, and a page without an access rule does not compile.
pub const PAGES: [&Page; 26] = [
    &home::PAGE,
    &register::PAGE,
    &verify::PAGE,
    &login::PAGE,
    &mfa::PAGE,
    &recover::PAGE,
    &recover_verify::PAGE,
    &dashboard::PAGE,
    &email_links::PAGE,
    &account::overview::PAGE,
    &account::confirm::PAGE,
    &account::delete::PAGE,
    &account::email_code::PAGE,
    &account::recovery_codes::PAGE,
    &account::security::PAGE,
    &account::security_log::PAGE,
    &account::sessions::PAGE,
    &admin::overview::PAGE,
    &admin::audit::PAGE,
    &admin::invitations::PAGE,
    &admin::mail::PAGE,
    &admin::otps::PAGE,
    &admin::settings::PAGE,
    &admin::user::PAGE,
    &admin::user_action::PAGE,
    &admin::users::PAGE,
];

/// Returns the page with this path, where segments in braces match any one segment.
#[must_use]
pub fn page_at(path: &str) -> Option<&'static Page> {
    PAGES.into_iter().find(|page| page.path == path)
}

/// Paths that belong to a page other than the nearest one at or above them, each with its page.
const BESIDE: [(&str, &str); 5] = [
    (paths::RECOVER_RESEND, paths::RECOVER_VERIFY),
    (paths::ACCOUNT_EMAIL_RESEND, paths::ACCOUNT_EMAIL_VERIFY),
    (paths::ACCOUNT_EMAIL_CANCEL, paths::ACCOUNT_EMAIL_VERIFY),
    (paths::ACCOUNT_SECURITY_LOG, paths::ACCOUNT_SECURITY),
    (paths::RECOVERY_CODES, paths::ACCOUNT_SECURITY),
];

/// Returns the page to go back to after a request to this path, such as the action of a form: the nearest page at or
/// above it, or the path itself.
#[must_use]
pub fn page_of(action: &str) -> &str {
    if let Some((_, page)) = BESIDE.into_iter().find(|(beside, _)| *beside == action) {
        return page;
    }
    let above = PAGES.into_iter().map(|page| page.path).filter(|page| is_at_or_below(action, page));
    above.max_by_key(|page| page.len()).unwrap_or(action)
}

#[cfg(test)]
mod tests {
    use leptos::server_fn::ServerFn;

    use super::access::{Access, is_at_or_below};
    use super::{
        PAGES, email_links, login, mfa, page_of, password_strength, recover, recover_verify, register, verify,
    };
    use crate::paths;

    #[test]
    fn the_forms_answer_where_the_rest_of_the_portal_expects_them() {
        for (form, path) in [
            (register::Register::PATH, paths::REGISTER),
            (verify::Verify::PATH, paths::VERIFY),
            (verify::Resend::PATH, paths::VERIFY_RESEND),
            (login::Login::PATH, paths::LOGIN),
            (login::Logout::PATH, paths::LOGOUT),
            (login::PasskeySignIn::PATH, paths::LOGIN_PASSKEY),
            (mfa::SecondStep::PATH, paths::LOGIN_MFA),
            (mfa::PasskeySecondStep::PATH, paths::LOGIN_MFA_PASSKEY),
            (recover::Recover::PATH, paths::RECOVER),
            (recover_verify::RecoverVerify::PATH, paths::RECOVER_VERIFY),
            (recover_verify::RecoverResend::PATH, paths::RECOVER_RESEND),
            (email_links::FromMail::PATH, paths::FROM_MAIL),
            (password_strength::PasswordStrength::PATH, paths::PASSWORD_STRENGTH),
        ] {
            assert_eq!(form, path);
        }
    }

    #[test]
    fn every_page_of_an_area_has_the_access_rule_of_the_area() {
        for (area, rule) in [(paths::ADMIN, Access::Administrators), (paths::ACCOUNT, Access::SignedIn)] {
            let pages: Vec<_> = PAGES.into_iter().filter(|page| is_at_or_below(page.path, area)).collect();
            assert!(pages.len() > 5, "{area}");
            for page in pages {
                assert_eq!(page.access, rule, "{}", page.path);
            }
        }
    }

    #[test]
    fn a_form_belongs_to_the_nearest_page_at_or_above_its_action() {
        for (action, page) in [
            ("/register", "/register"),
            ("/verify/resend", "/verify"),
            ("/login/mfa", "/login/mfa"),
            ("/login/passkey", "/login"),
            ("/account/username", "/account"),
            ("/account/email", "/account"),
            ("/account/email/verify", "/account/email/verify"),
            ("/account/email/resend", "/account/email/verify"),
            ("/account/security/log", "/account/security"),
            ("/account/security/recovery-codes", "/account/security"),
            ("/recover", "/recover"),
            ("/recover/resend", "/recover/verify"),
            ("/account/security/totp/confirm", "/account/security"),
            ("/admin/invitations/revoke", "/admin/invitations"),
            ("/admin/users/change", "/admin/users"),
            ("/accounts", "/accounts"),
            ("/logout", "/logout"),
        ] {
            assert_eq!(page_of(action), page);
        }
    }
}
