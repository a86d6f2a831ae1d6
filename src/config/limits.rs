//! Loads the limits.

use std::collections::BTreeMap;

use super::env::Env;
use super::{Mistakes, guessing};
use crate::limits::Limits;

/// Loads the limits; those that are not set keep their default.
pub fn load(env: &Env, mistakes: &mut Mistakes) -> Limits {
    let mut numbers = BTreeMap::new();
    let limits = Limits::from_numbers(&mut |limit| {
        let part = limit.part_of.and_then(|(whole, divisor)| Some((*numbers.get(whole)?, divisor)));
        let default =
            part.map_or_else(|| limit.default_number(), |(whole, divisor): (u64, u64)| whole.div_ceil(divisor));
        let number = env.number(limit, part.map_or(limit.highest, |(whole, _)| whole), mistakes).unwrap_or(default);
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
