//! Refuses limits that are each within their range, but together make guessing easy.

use std::time::Duration;

use super::Mistakes;
use crate::limits::{DAY, Limits, OTP_LIVE};

/// The most guesses at the codes of one email in a day. Each hits one of [`OTP_LIVE`] codes among 10^6, so someone who
/// guesses every day for a year succeeds with a probability of about 2 %.
const CODES_PER_DAY: u64 = 30;
/// The most guesses in a day at a second factor of an account whose password is known. Three codes among 10^6 are valid
/// at a time, so a day of guessing succeeds with a probability of 0.3 %. The owner sees the failures.
const SECOND_FACTORS_PER_DAY: u64 = 1_000;
/// The most guesses at the password of one account in a day from one IP address, after the first few. The password
/// policy makes this many guesses hopeless.
const PASSWORDS_PER_DAY: u64 = 1_000;

const _: () = assert!(OTP_LIVE == 2, "CODES_PER_DAY assumes two live codes");

/// Adds a mistake for each product of limits that is too high. It names one of them, and the others in its text.
pub fn check(limits: &Limits, mistakes: &mut Mistakes) {
    let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let per_day = |pause: Duration| DAY.as_secs() / pause.as_secs().max(1);
    // Each code begins at most one flow, and a flow ends after its tries.
    let codes = number(limits.otp_wrong_per_day).min(u64::from(limits.otp_tries) * number(limits.otp_per_day));
    if codes > CODES_PER_DAY {
        mistakes.add(
            "PORTAL_OTP_WRONG_PER_DAY",
            format_args!(
                "allows {codes} guesses at the codes of an email in a day, with PORTAL_OTP_TRIES times \
                 PORTAL_OTP_PER_DAY; set one of them lower, for at most {CODES_PER_DAY}"
            ),
        );
    }
    let second_factors = u64::from(limits.mfa_failures) * per_day(limits.mfa_lockout);
    if second_factors > SECOND_FACTORS_PER_DAY {
        mistakes.add(
            "PORTAL_MFA_FAILURES",
            format_args!(
                "allows {second_factors} guesses at a second factor in a day, with PORTAL_MFA_LOCKOUT; set a lower \
                 number or a longer lockout, for at most {SECOND_FACTORS_PER_DAY}"
            ),
        );
    }
    let passwords = per_day(limits.login_delay_max).min(u64::from(limits.login_failures_per_ip.most) * 24);
    if passwords > PASSWORDS_PER_DAY {
        mistakes.add(
            "PORTAL_LOGIN_DELAY_MAX",
            format_args!(
                "allows {passwords} guesses at a password in a day from one IP address, with \
                 PORTAL_LOGIN_FAILURES_PER_IP; set a longer delay or a lower number, for at most {PASSWORDS_PER_DAY}"
            ),
        );
    }
}
