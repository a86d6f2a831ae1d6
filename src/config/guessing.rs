//! Refuses limits that are each within their range, but together make guessing codes easy. Guesses at passwords and
//! second factors have fixed limits as well, whatever the settings.

use super::Mistakes;
use crate::limits::{Limits, OTP_LIVE};

/// The most guesses at the codes of one email in a day. Each hits one of [`OTP_LIVE`] codes among 10^6, so someone who
/// guesses every day for a year succeeds with a probability of about 2 %.
const CODES_PER_DAY: u64 = 30;

const _: () = assert!(OTP_LIVE == 2, "CODES_PER_DAY assumes two live codes");

/// Adds a mistake if the product of the limits is too high.
pub fn check(limits: &Limits, mistakes: &mut Mistakes) {
    let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    // Each code begins at most one flow, a flow ends after its tries, and after this many wrong codes a day they are long.
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
}
