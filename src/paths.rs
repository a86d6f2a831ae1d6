//! The portal's paths.

pub const HOME: &str = "/";
pub const REGISTER: &str = "/register";
/// The query parameter of `/register` with the token of an invitation.
pub const INVITATION: &str = "invitation";
pub const VERIFY: &str = "/verify";
pub const VERIFY_RESEND: &str = "/verify/resend";
/// Called by the password strength meter.
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
/// Asks for the code that was sent to a new email address.
pub const ACCOUNT_EMAIL_VERIFY: &str = "/account/email/verify";
pub const ACCOUNT_EMAIL_RESEND: &str = "/account/email/resend";
pub const ACCOUNT_EMAIL_CANCEL: &str = "/account/email/cancel";
/// Downloads a copy of the user's data.
pub const ACCOUNT_EXPORT: &str = "/account/export";
pub const ACCOUNT_DELETE: &str = "/account/delete";
/// Asks for the password again.
pub const ACCOUNT_CONFIRM: &str = "/account/confirm";
pub const ACCOUNT_CONFIRM_PASSKEY: &str = "/account/confirm/passkey";
pub const ACCOUNT_SECURITY: &str = "/account/security";
/// All activity of the account.
pub const ACCOUNT_SECURITY_LOG: &str = "/account/security/log";
pub const PASSKEYS: &str = "/account/security/passkeys";
/// Starts adding an authenticator app.
pub const TOTP: &str = "/account/security/totp";
pub const TOTP_CONFIRM: &str = "/account/security/totp/confirm";
/// Creates recovery codes, and shows them once.
pub const RECOVERY_CODES: &str = "/account/security/recovery-codes";
pub const ACCOUNT_SESSIONS: &str = "/account/sessions";
/// The admin overview. Other users get a 404 here and below.
pub const ADMIN: &str = "/admin";
pub const ADMIN_USERS: &str = "/admin/users";
/// Carries out an action on a user.
pub const ADMIN_USERS_CHANGE: &str = "/admin/users/change";
/// Downloads the users as a file.
pub const ADMIN_USERS_EXPORT: &str = "/admin/users/export";
/// The page of a user: see [`admin_user`].
pub const ADMIN_USER: &str = "/admin/users/{id}";
/// The page of an action on a user: see [`admin_user_action`].
pub const ADMIN_USER_ACTION: &str = "/admin/users/{id}/{action}";
pub const ADMIN_INVITATIONS: &str = "/admin/invitations";
pub const ADMIN_OTPS: &str = "/admin/otps";
pub const ADMIN_AUDIT: &str = "/admin/audit";
pub const ADMIN_MAIL: &str = "/admin/mail";
pub const ADMIN_SETTINGS: &str = "/admin/settings";
/// Downloads the audit log as a file.
pub const ADMIN_AUDIT_EXPORT: &str = "/admin/audit/export";
/// The downloads of the admin area.
pub const ADMIN_DOWNLOADS: [&str; 2] = [ADMIN_AUDIT_EXPORT, ADMIN_USERS_EXPORT];
/// The target of the links in emails.
pub const FROM_MAIL: &str = "/from-mail";
pub const LOGOUT: &str = "/logout";
pub const LIVEZ: &str = "/livez";
pub const READYZ: &str = "/readyz";
pub const DEV_MAILBOX: &str = "/dev/mailbox";

/// Returns the path of a user's page.
#[must_use]
pub fn admin_user(id: &str) -> String {
    format!("{ADMIN_USERS}/{id}")
}

/// Returns the path of the page that confirms an action on a user.
#[must_use]
pub fn admin_user_action(id: &str, action: &str) -> String {
    format!("{ADMIN_USERS}/{id}/{action}")
}
