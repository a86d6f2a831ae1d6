//! Fixed limits. Configurable ones are in `src/limits/table.rs` and are set by environment
//! variables.

/// Minimum number of characters in a username.
pub const USERNAME_MIN: usize = 3;
/// Maximum number of characters in a username.
pub const USERNAME_MAX: usize = 32;
/// Maximum number of bytes in an email address (RFC 5321, section 4.5.3.1.3, without the angle brackets).
pub const EMAIL_MAX: usize = 254;
/// Minimum number of characters in a password, which `PORTAL_PASSWORD_MIN` can raise for new ones. NIST SP 800-63B-4
/// allows 8 if the password is not the only factor, and requires 15 where it is.
pub const PASSWORD_MIN: usize = 8;
/// Maximum number of characters in a password. ASVS 5.0, V6.2.9 requires at least 64.
pub const PASSWORD_MAX: usize = 128;
/// Digits of an emailed code: 10^6 values and five attempts (NIST SP 800-63B-4, section 3.1.3.2).
pub const OTP_DIGITS: usize = 6;
/// Maximum number of bytes in a request body.
pub const BODY_MAX: usize = 64 * 1024;
/// Maximum number of passkeys of an account: more than a user has devices, and few enough for a request body.
pub const PASSKEYS_MAX: usize = 20;
/// Maximum number of characters in a passkey's name.
pub const PASSKEY_NAME_MAX: usize = 64;
/// Maximum number of characters in the reason for an administrator's action.
pub const REASON_MAX: usize = 300;
