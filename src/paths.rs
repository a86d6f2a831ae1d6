//! The portal's paths, once, for pages, redirects and tests.

pub const HOME: &str = "/";
pub const REGISTER: &str = "/register";
/// The name, in the query of `/register`, of what the link of an invitation brings.
pub const INVITATION: &str = "invitation";
pub const VERIFY: &str = "/verify";
pub const VERIFY_RESEND: &str = "/verify/resend";
pub const VERIFY_EMAIL: &str = "/verify/email";
pub const VERIFY_USERNAME: &str = "/verify/username";
/// Asked by the meter beside a new password.
pub const PASSWORD_STRENGTH: &str = "/password/strength";
pub const LOGIN: &str = "/login";
/// The second step of signing in.
pub const LOGIN_MFA: &str = "/login/mfa";
pub const LOGIN_PASSKEY: &str = "/login/passkey";
pub const LOGIN_MFA_PASSKEY: &str = "/login/mfa/passkey";
pub const DASHBOARD: &str = "/dashboard";
pub const RECOVER: &str = "/recover";
pub const RECOVER_VERIFY: &str = "/recover/verify";
pub const RECOVER_RESEND: &str = "/recover/resend";
pub const ACCOUNT: &str = "/account";
pub const ACCOUNT_USERNAME: &str = "/account/username";
pub const ACCOUNT_EMAIL: &str = "/account/email";
/// Asks for the code that was mailed to a new address.
pub const ACCOUNT_EMAIL_VERIFY: &str = "/account/email/verify";
pub const ACCOUNT_EMAIL_RESEND: &str = "/account/email/resend";
pub const ACCOUNT_EMAIL_CANCEL: &str = "/account/email/cancel";
pub const ACCOUNT_PASSWORD: &str = "/account/password";
/// Answers with a file of everything that is held about a person.
pub const ACCOUNT_EXPORT: &str = "/account/export";
pub const ACCOUNT_DELETE: &str = "/account/delete";
/// Asks for the password again.
pub const ACCOUNT_CONFIRM: &str = "/account/confirm";
pub const ACCOUNT_CONFIRM_PASSKEY: &str = "/account/confirm/passkey";
pub const ACCOUNT_SECURITY: &str = "/account/security";
/// All that happened to the account.
pub const ACCOUNT_SECURITY_LOG: &str = "/account/security/log";
pub const PASSKEYS: &str = "/account/security/passkeys";
pub const PASSKEY_RENAME: &str = "/account/security/passkeys/rename";
pub const PASSKEY_REMOVE: &str = "/account/security/passkeys/remove";
/// Begins to add an authenticator app.
pub const TOTP: &str = "/account/security/totp";
pub const TOTP_CONFIRM: &str = "/account/security/totp/confirm";
pub const TOTP_CANCEL: &str = "/account/security/totp/cancel";
pub const TOTP_OFF: &str = "/account/security/totp/off";
/// Makes recovery codes, and shows them once.
pub const RECOVERY_CODES: &str = "/account/security/recovery-codes";
pub const FORGET_BROWSER: &str = "/account/security/browsers/forget";
pub const FORGET_BROWSERS: &str = "/account/security/browsers/forget-all";
pub const ACCOUNT_SESSIONS: &str = "/account/sessions";
pub const ACCOUNT_SESSIONS_END: &str = "/account/sessions/end";
pub const ACCOUNT_SESSIONS_END_OTHERS: &str = "/account/sessions/end-others";
/// The administration's overview; to everybody else nothing is there or below it.
pub const ADMIN: &str = "/admin";
pub const ADMIN_USERS: &str = "/admin/users";
/// Does something to a user.
pub const ADMIN_USERS_CHANGE: &str = "/admin/users/change";
/// Answers with a file of the users.
pub const ADMIN_USERS_EXPORT: &str = "/admin/users/export";
/// Somebody's page: see [`admin_user`].
pub const ADMIN_USER: &str = "/admin/users/{id}";
/// What is done to somebody: see [`admin_user_deed`].
pub const ADMIN_USER_DEED: &str = "/admin/users/{id}/{deed}";
pub const ADMIN_INVITATIONS: &str = "/admin/invitations";
pub const ADMIN_INVITATIONS_SEND: &str = "/admin/invitations/send";
pub const ADMIN_INVITATIONS_REVOKE: &str = "/admin/invitations/revoke";
pub const ADMIN_OTPS: &str = "/admin/otps";
pub const ADMIN_AUDIT: &str = "/admin/audit";
pub const ADMIN_MAIL: &str = "/admin/mail";
pub const ADMIN_MAIL_RETRY: &str = "/admin/mail/retry";
pub const ADMIN_MAIL_DROP: &str = "/admin/mail/drop";
pub const ADMIN_MAIL_TEST: &str = "/admin/mail/test";
pub const ADMIN_SETTINGS: &str = "/admin/settings";
/// Answers with the audit log as a file.
pub const ADMIN_AUDIT_EXPORT: &str = "/admin/audit/export";
/// Files of the administration.
pub const ADMIN_DOWNLOADS: [&str; 2] = [ADMIN_AUDIT_EXPORT, ADMIN_USERS_EXPORT];
/// Where the links in mails lead.
pub const FROM_MAIL: &str = "/from-mail";
pub const LOGOUT: &str = "/logout";
pub const LIVEZ: &str = "/livez";
pub const READYZ: &str = "/readyz";
pub const DEV_MAILBOX: &str = "/dev/mailbox";

/// The pages that hold forms, each before those below it.
const WITH_FORMS: [&str; 16] = [
    REGISTER,
    VERIFY,
    LOGIN,
    LOGIN_MFA,
    RECOVER,
    RECOVER_VERIFY,
    ACCOUNT,
    ACCOUNT_EMAIL_VERIFY,
    ACCOUNT_DELETE,
    ACCOUNT_CONFIRM,
    ACCOUNT_SECURITY,
    ACCOUNT_SESSIONS,
    ADMIN_USERS,
    ADMIN_INVITATIONS,
    ADMIN_AUDIT,
    ADMIN_MAIL,
];

/// Forms that stand on another page than the one above them.
const BESIDE: [(&str, &str); 3] = [
    (RECOVER_RESEND, RECOVER_VERIFY),
    (ACCOUNT_EMAIL_RESEND, ACCOUNT_EMAIL_VERIFY),
    (ACCOUNT_EMAIL_CANCEL, ACCOUNT_EMAIL_VERIFY),
];

/// The page of the user with this id.
#[must_use]
pub fn admin_user(id: &str) -> String {
    format!("{ADMIN_USERS}/{id}")
}

/// The page on which something is done to a user, by the deed's word.
#[must_use]
pub fn admin_user_deed(id: &str, deed: &str) -> String {
    format!("{ADMIN_USERS}/{id}/{deed}")
}

/// The page that holds the form with this action: the nearest one at or above
/// it, or the address itself.
#[must_use]
pub fn page_of(action: &str) -> &str {
    if let Some((_, page)) = BESIDE.into_iter().find(|(beside, _)| *beside == action) {
        return page;
    }
    let below = |page: &str| action.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    WITH_FORMS.into_iter().rev().find(|page| below(page)).unwrap_or(action)
}

#[cfg(test)]
mod tests {
    use super::page_of;

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
            ("/recover", "/recover"),
            ("/recover/resend", "/recover/verify"),
            ("/account/security/totp/confirm", "/account/security"),
            ("/admin/invitations/revoke", "/admin/invitations"),
            ("/accounts", "/accounts"),
        ] {
            assert_eq!(page_of(action), page);
        }
    }
}
