//! The numbers that do not depend on who runs the portal. Those that do are in
//! the server's `limits.rs` and can be set by the environment.

/// Fewest characters of a username.
pub const USERNAME_MIN: usize = 3;
/// Most characters of a username.
pub const USERNAME_MAX: usize = 32;
/// Most octets of an email address (RFC 5321, section 4.5.3.1.3, less the angle brackets).
pub const EMAIL_MAX: usize = 254;
/// Fewest characters of a password (NIST SP 800-63B-4 allows 8 where it is not the only factor; the
/// strength estimate makes up for the rest).
pub const PASSWORD_MIN: usize = 8;
/// Most characters of a password. ASVS 5.0, V6.2.9 asks for at least 64.
pub const PASSWORD_MAX: usize = 128;
/// Digits of a mailed code: 10^6 values, five tries (NIST SP 800-63B-4, section 3.1.3.2).
pub const OTP_DIGITS: usize = 6;
/// Most octets of a request's body.
pub const BODY_MAX: usize = 64 * 1024;
/// Passkeys of an account: more than a person has devices, and few enough for a request's body.
pub const PASSKEYS_MAX: usize = 20;
/// Most characters of a passkey's name.
pub const PASSKEY_NAME_MAX: usize = 64;
/// Most characters of the reason that an administrator gives for a deed.
pub const REASON_MAX: usize = 300;
