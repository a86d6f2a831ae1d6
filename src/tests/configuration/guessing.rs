//! Limits that are each within their range, but not together.

use super::{load, mistakes};

#[test]
fn limits_that_together_make_guessing_easy_are_refused() {
    for (settings, name, others) in [
        (
            &[("PORTAL_OTP_WRONG_PER_DAY", "100"), ("PORTAL_OTP_TRIES", "10")][..],
            "PORTAL_OTP_WRONG_PER_DAY",
            "OTP_TRIES",
        ),
        (&[("PORTAL_OTP_WRONG_PER_DAY", "31")], "PORTAL_OTP_WRONG_PER_DAY", "PORTAL_OTP_PER_DAY"),
    ] {
        let lines = mistakes(settings);
        assert!(lines.len() == 1 && lines[0].starts_with(&format!("{name}: allows ")), "{lines:?}");
        assert!(lines[0].contains(others), "{lines:?}");
    }
    for settings in [
        &[("PORTAL_OTP_WRONG_PER_DAY", "30"), ("PORTAL_OTP_TRIES", "10")][..],
        &[("PORTAL_OTP_WRONG_PER_DAY", "100"), ("PORTAL_OTP_TRIES", "3")],
        &[("PORTAL_MFA_FAILURES", "100"), ("PORTAL_MFA_LOCKOUT", "60")],
        &[("PORTAL_LOGIN_FAILURES", "100"), ("PORTAL_LOGIN_FAILURES_PER_IP", "1000000")],
    ] {
        let loaded = load(settings);
        assert!(loaded.is_ok(), "{settings:?}: {loaded:?}");
    }
}
