//! Loads the limits.

use std::collections::BTreeMap;

use super::env::Env;
use super::{Mistakes, guessing};
use crate::limits::Limits;

/// Loads the limits; those that are not set keep their default.
pub fn load(env: &Env, mistakes: &mut Mistakes) -> Limits {
    let mut numbers = BTreeMap::new();
    let limits = Limits::from_numbers(&mut |limit| {
        let whole = limit.part_of.and_then(|whole| numbers.get(whole)).copied();
        let default = whole.map_or_else(|| limit.default_number(), |whole: u64| whole.div_ceil(2));
        let number = env.number(limit, whole.unwrap_or(limit.highest), mistakes).unwrap_or(default);
        numbers.insert(limit.name, number);
        number
    });
    if limits.login_delay > limits.login_delay_max {
        mistakes.add("PORTAL_LOGIN_DELAY", "must not be longer than PORTAL_LOGIN_DELAY_MAX");
    }
    if limits.session.idle > limits.session.absolute {
        mistakes.add("PORTAL_SESSION_IDLE", "must not be longer than PORTAL_SESSION_ABSOLUTE");
    }
    guessing::check(&limits, mistakes);
    limits
}
