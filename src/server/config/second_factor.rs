//! Of whom a second step is demanded when they sign in.

use super::Mistakes;
use super::env::Env;
use crate::server::services::second_factor::Demanded;

/// Reads `PORTAL_REQUIRE_MFA`; when it is not set, two-step sign-in is for those who want it.
pub fn load(env: &Env, mistakes: &mut Mistakes) -> Demanded {
    match env.get("PORTAL_REQUIRE_MFA") {
        None | Some("nobody") => Demanded::OfNobody,
        Some("admins") => Demanded::OfAdministrators,
        Some("everyone") => Demanded::OfEveryone,
        Some(other) => {
            mistakes.add("PORTAL_REQUIRE_MFA", format_args!("must be nobody, admins or everyone, not {other:?}"));
            Demanded::OfNobody
        }
    }
}
