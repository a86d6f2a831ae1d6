use portal::crypto::FlowToken;
use portal::rng::Rng;
use proptest::prelude::*;

use super::runner::{Cost, Verdict, hold};
use super::texts::{rubbish, spoilt};

#[test]
fn a_flow_token_is_read_only_from_its_own_cookie() {
    let own = any::<u64>().prop_map(|seed| FlowToken::generate(&Rng::from_seed(seed)).to_cookie());
    let values = prop_oneof![
        4 => spoilt(own),
        2 => "[A-Za-z0-9_-]{43}",
        1 => "[A-Za-z0-9_+/=-]{40,48}",
        1 => rubbish(12),
    ];
    hold(Cost::Call, values, |value| {
        let Some(token) = FlowToken::parse(&value) else {
            let letters = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            // 256 bits are 42 characters of six bits and one of four, whose last two bits are zero.
            let whole = letters && value.len() == 43 && value.ends_with(|last| "AEIMQUYcgkosw048".contains(last));
            prop_assert!(!whole, "256 bits were refused");
            return Ok(Verdict::Refused);
        };
        prop_assert_eq!(token.to_cookie(), value, "a token has one encoding");
        let printed = format!("{token:?}");
        prop_assert!(!printed.contains(&token.to_cookie()));
        Ok(Verdict::Accepted)
    });
}
