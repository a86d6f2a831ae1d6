//! One file a page. A page is markup made on the server from what is known
//! about the visitor; who may see it was decided before it is made.

mod account;
mod dashboard;
mod from_mail;
mod home;
mod login;
mod not_found;
mod recover;
mod register;
mod verify;

use leptos::prelude::*;

pub use account::{AccountPage, ConfirmPage, DeletePage, EmailCodePage};
pub use dashboard::DashboardPage;
pub use from_mail::FromMailPage;
pub use home::HomePage;
pub use login::LoginPage;
pub use not_found::NotFoundPage;
pub use recover::{RecoverPage, RecoverVerifyPage};
pub use register::RegisterPage;
pub use verify::VerifyPage;

use crate::api::{View, Visitor};
use crate::paths;

/// What the head of the document has to know before the page is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub title: &'static str,
    /// Whether the page has islands, and so needs the browser's module at all.
    pub islands: bool,
}

impl Head {
    /// The head of the page at this path, as this visitor gets it.
    #[must_use]
    pub fn of(path: &str, visitor: &Visitor) -> Self {
        let needs_username = matches!(&visitor.view, View::Verify(pending) if pending.needs_username);
        let (title, islands) = match path {
            paths::HOME => ("Welcome", false),
            paths::REGISTER => ("Register", true),
            paths::VERIFY if needs_username => ("Choose another username", true),
            paths::VERIFY => ("Check your email", true),
            paths::LOGIN => ("Sign in", true),
            paths::RECOVER => ("Set a new password", true),
            paths::RECOVER_VERIFY => ("Enter your code", true),
            paths::DASHBOARD => ("Dashboard", true),
            paths::FROM_MAIL => ("Link from a mail", matches!(&visitor.view, View::FromMail(Some(_)))),
            paths::ACCOUNT => ("Your account", true),
            paths::ACCOUNT_EMAIL_VERIFY => ("Confirm your new address", true),
            paths::ACCOUNT_DELETE => ("Delete your account", true),
            paths::ACCOUNT_CONFIRM => ("Confirm that it is you", true),
            _ => ("Page not found", false),
        };
        Self { title, islands }
    }
}

/// The person the page is made for. Only while the route table is read, at the
/// server's start, is nobody there.
fn visitor() -> Visitor {
    use_context().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use leptos::server_fn::ServerFn;

    use crate::api::{account, account_email, from_mail, login, password, recovery, registration, verification};
    use crate::paths;

    #[test]
    fn every_form_posts_to_the_path_by_which_its_feedback_is_known() {
        assert_eq!(registration::Register::PATH, paths::REGISTER);
        assert_eq!(verification::Verify::PATH, paths::VERIFY);
        assert_eq!(verification::Resend::PATH, paths::VERIFY_RESEND);
        assert_eq!(verification::CorrectEmail::PATH, paths::VERIFY_EMAIL);
        assert_eq!(verification::ChooseUsername::PATH, paths::VERIFY_USERNAME);
        assert_eq!(password::PasswordStrength::PATH, paths::PASSWORD_STRENGTH);
        assert_eq!(recovery::Recover::PATH, paths::RECOVER);
        assert_eq!(recovery::RecoverVerify::PATH, paths::RECOVER_VERIFY);
        assert_eq!(recovery::RecoverResend::PATH, paths::RECOVER_RESEND);
        assert_eq!(login::Login::PATH, paths::LOGIN);
        assert_eq!(login::Logout::PATH, paths::LOGOUT);
        assert_eq!(from_mail::FromMail::PATH, paths::FROM_MAIL);
        assert_eq!(account::ChangeUsername::PATH, paths::ACCOUNT_USERNAME);
        assert_eq!(account::ChangePassword::PATH, paths::ACCOUNT_PASSWORD);
        assert_eq!(account::DeleteAccount::PATH, paths::ACCOUNT_DELETE);
        assert_eq!(account_email::ChangeEmail::PATH, paths::ACCOUNT_EMAIL);
        assert_eq!(account_email::ConfirmEmail::PATH, paths::ACCOUNT_EMAIL_VERIFY);
        assert_eq!(account_email::ResendEmailCode::PATH, paths::ACCOUNT_EMAIL_RESEND);
        assert_eq!(account_email::CancelEmailChange::PATH, paths::ACCOUNT_EMAIL_CANCEL);
        assert_eq!(account::ConfirmPassword::PATH, paths::ACCOUNT_CONFIRM);
    }
}
