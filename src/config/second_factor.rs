//! Which users have to use two-step sign-in.

use super::Mistakes;
use super::env::Env;
use crate::domain::MfaPolicy;

/// Loads `PORTAL_REQUIRE_MFA`; by default two-step sign-in is optional.
pub fn load(env: &Env, mistakes: &mut Mistakes) -> MfaPolicy {
    match env.get("PORTAL_REQUIRE_MFA") {
        None | Some("nobody") => MfaPolicy::Optional,
        Some("admins") => MfaPolicy::Admins,
        Some("everyone") => MfaPolicy::Everyone,
        Some(other) => {
            mistakes.add("PORTAL_REQUIRE_MFA", format_args!("must be nobody, admins or everyone, not {other:?}"));
            MfaPolicy::Optional
        }
    }
}
