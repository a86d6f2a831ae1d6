//! The portal's paths, once, for pages, redirects and tests.

pub const HOME: &str = "/";
pub const REGISTER: &str = "/register";
pub const VERIFY: &str = "/verify";
pub const VERIFY_RESEND: &str = "/verify/resend";
pub const VERIFY_EMAIL: &str = "/verify/email";
pub const VERIFY_USERNAME: &str = "/verify/username";
/// Asked by the meter beside a new password.
pub const PASSWORD_STRENGTH: &str = "/password/strength";
pub const LOGIN: &str = "/login";
pub const DASHBOARD: &str = "/dashboard";
pub const ACCOUNT: &str = "/account";
pub const ACCOUNT_SECURITY: &str = "/account/security";
pub const ACCOUNT_SESSIONS: &str = "/account/sessions";
pub const LOGOUT: &str = "/logout";
pub const LIVEZ: &str = "/livez";
pub const READYZ: &str = "/readyz";
pub const DEV_MAILBOX: &str = "/dev/mailbox";
