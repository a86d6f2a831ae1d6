//! `/account`: the pages of a signed-in user's account.

pub mod confirm;
pub mod delete;
pub mod email_code;
pub mod overview;
pub mod recovery_codes;
pub mod security;
pub mod security_log;
pub mod sessions;

#[cfg(test)]
mod tests {
    use leptos::server_fn::ServerFn;

    use super::security::{app, passkeys};
    use super::{confirm, email_code, recovery_codes};
    use crate::paths;

    #[test]
    fn the_forms_that_other_modules_name_answer_on_these_paths() {
        assert_eq!(confirm::ConfirmPassword::PATH, paths::ACCOUNT_CONFIRM);
        assert_eq!(confirm::ConfirmWithPasskey::PATH, paths::ACCOUNT_CONFIRM_PASSKEY);
        assert_eq!(email_code::ConfirmEmail::PATH, paths::ACCOUNT_EMAIL_VERIFY);
        assert_eq!(email_code::ResendEmailCode::PATH, paths::ACCOUNT_EMAIL_RESEND);
        assert_eq!(email_code::CancelEmailChange::PATH, paths::ACCOUNT_EMAIL_CANCEL);
        assert_eq!(recovery_codes::NewRecoveryCodes::PATH, paths::RECOVERY_CODES);
        assert_eq!(app::BeginApp::PATH, paths::TOTP);
        assert_eq!(app::ConfirmApp::PATH, paths::TOTP_CONFIRM);
        assert_eq!(passkeys::AddPasskey::PATH, paths::PASSKEYS);
    }
}
