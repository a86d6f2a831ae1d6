//! The pages, one file each. A page is markup that the server renders from the
//! request's [`PageContext`]; access is checked before it is rendered.

mod account;
mod admin;
mod dashboard;
mod email_links;
mod home;
mod login;
mod not_found;
mod otp_card;
mod recover;
mod register;
mod second_step;
mod verify;

use leptos::prelude::*;

pub use account::{
    AccountPage, ConfirmPage, DeletePage, EmailCodePage, RecentEvents, RecoveryCodesPage, SecurityLogPage,
    SecurityPage, SessionsPage,
};
pub use admin::{
    AuditPage, InvitationsPage, MailPage, OtpsPage, OverviewPage, SettingsPage, UserActionPage, UserPage, UsersPage,
};
pub use dashboard::DashboardPage;
pub use email_links::FromMailPage;
pub use home::HomePage;
pub use login::LoginPage;
pub use not_found::NotFoundPage;
pub use recover::{RecoverPage, RecoverVerifyPage};
pub use register::RegisterPage;
pub use second_step::SecondStepPage;
pub use verify::VerifyPage;

use crate::api::admin::AdminView;
use crate::ui::PageContext;
use crate::api::View;
use crate::paths;

/// What the head of the document needs before the page is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub title: &'static str,
    /// Whether the page has islands and needs the WebAssembly module.
    pub islands: bool,
}

impl Head {
    /// Returns the head of the page at this path for this visitor.
    #[must_use]
    pub fn of(path: &str, visitor: &PageContext) -> Self {
        let needs_username = matches!(&visitor.view, View::Verify(pending) if pending.needs_username);
        let (title, islands) = match path {
            paths::HOME => ("Welcome", false),
            paths::REGISTER => ("Create account", !matches!(&visitor.view, View::Register(view) if !view.has_form())),
            paths::VERIFY if needs_username => ("Choose another username", true),
            paths::VERIFY => ("Check your email", true),
            paths::LOGIN => ("Sign in", true),
            paths::RECOVER => ("Reset your password", true),
            paths::RECOVER_VERIFY => ("Check your email", true),
            paths::DASHBOARD => ("Dashboard", true),
            paths::ACCOUNT_SESSIONS => ("Sessions", true),
            paths::ACCOUNT_SECURITY_LOG => ("Security log", true),
            paths::LOGIN_MFA => ("Two-step sign-in", true),
            paths::ACCOUNT_SECURITY => ("Security", true),
            paths::RECOVERY_CODES => ("Recovery codes", true),
            paths::FROM_MAIL => ("Link from an email", matches!(&visitor.view, View::EmailLinks(Some(_)))),
            paths::ACCOUNT => ("Your account", true),
            paths::ACCOUNT_EMAIL_VERIFY => ("Confirm your new email address", true),
            paths::ACCOUNT_DELETE => ("Delete your account", true),
            paths::ACCOUNT_CONFIRM => ("Confirm your password", true),
            paths::ADMIN => ("Overview", true),
            paths::ADMIN_SETTINGS => ("Settings", true),
            paths::ADMIN_USERS => ("Users", true),
            paths::ADMIN_INVITATIONS => ("Invitations", true),
            paths::ADMIN_AUDIT => ("Audit log", true),
            paths::ADMIN_OTPS => ("OTP log", true),
            paths::ADMIN_MAIL => ("Email", true),
            _ => match &visitor.view {
                // Their paths contain the user's id.
                View::Admin(AdminView::User(_)) => ("User", true),
                View::Admin(AdminView::UserAction(about)) => (about.action.label(), true),
                _ => ("Page not found", false),
            },
        };
        Self { title, islands }
    }
}

/// Returns the visitor that the page is rendered for. There is none, and the
/// default is used, only when the route table is built at startup.
fn visitor() -> PageContext {
    use_context().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use leptos::server_fn::ServerFn;

    use crate::api::admin::invitations;
    use crate::api::{account, account_email, admin, email_links, login, passkeys, password, recovery, registration, second_factor, sessions, verification};
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
        assert_eq!(passkeys::PasskeySignIn::PATH, paths::LOGIN_PASSKEY);
        assert_eq!(passkeys::PasskeySecondStep::PATH, paths::LOGIN_MFA_PASSKEY);
        assert_eq!(passkeys::ConfirmWithPasskey::PATH, paths::ACCOUNT_CONFIRM_PASSKEY);
        assert_eq!(passkeys::AddPasskey::PATH, paths::PASSKEYS);
        assert_eq!(passkeys::RenamePasskey::PATH, paths::PASSKEY_RENAME);
        assert_eq!(passkeys::RemovePasskey::PATH, paths::PASSKEY_REMOVE);
        assert_eq!(second_factor::SecondStep::PATH, paths::LOGIN_MFA);
        assert_eq!(second_factor::BeginApp::PATH, paths::TOTP);
        assert_eq!(second_factor::ConfirmApp::PATH, paths::TOTP_CONFIRM);
        assert_eq!(second_factor::CancelApp::PATH, paths::TOTP_CANCEL);
        assert_eq!(second_factor::TurnOffApp::PATH, paths::TOTP_OFF);
        assert_eq!(second_factor::NewRecoveryCodes::PATH, paths::RECOVERY_CODES);
        assert_eq!(second_factor::ForgetBrowser::PATH, paths::FORGET_BROWSER);
        assert_eq!(second_factor::ForgetBrowsers::PATH, paths::FORGET_BROWSERS);
        assert_eq!(email_links::FromMail::PATH, paths::FROM_MAIL);
        assert_eq!(account::ChangeUsername::PATH, paths::ACCOUNT_USERNAME);
        assert_eq!(account::ChangePassword::PATH, paths::ACCOUNT_PASSWORD);
        assert_eq!(account::DeleteAccount::PATH, paths::ACCOUNT_DELETE);
        assert_eq!(account_email::ChangeEmail::PATH, paths::ACCOUNT_EMAIL);
        assert_eq!(account_email::ConfirmEmail::PATH, paths::ACCOUNT_EMAIL_VERIFY);
        assert_eq!(account_email::ResendEmailCode::PATH, paths::ACCOUNT_EMAIL_RESEND);
        assert_eq!(account_email::CancelEmailChange::PATH, paths::ACCOUNT_EMAIL_CANCEL);
        assert_eq!(account::ConfirmPassword::PATH, paths::ACCOUNT_CONFIRM);
        assert_eq!(invitations::Invite::PATH, paths::ADMIN_INVITATIONS_SEND);
        assert_eq!(invitations::RevokeInvitation::PATH, paths::ADMIN_INVITATIONS_REVOKE);
        assert_eq!(sessions::EndSession::PATH, paths::ACCOUNT_SESSIONS_END);
        assert_eq!(admin::users::ChangeUser::PATH, paths::ADMIN_USERS_CHANGE);
        assert_eq!(admin::mail::RetryMail::PATH, paths::ADMIN_MAIL_RETRY);
        assert_eq!(admin::mail::DropMail::PATH, paths::ADMIN_MAIL_DROP);
        assert_eq!(admin::mail::SendTestMail::PATH, paths::ADMIN_MAIL_TEST);
        assert_eq!(sessions::EndOtherSessions::PATH, paths::ACCOUNT_SESSIONS_END_OTHERS);
    }
}
