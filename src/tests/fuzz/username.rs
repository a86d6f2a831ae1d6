use portal::domain::Username;
use proptest::prelude::*;

use super::runner::{Cost, Verdict, hold};
use super::texts::{rubbish, spoilt};

fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => spoilt("[A-Za-z0-9_.-]{3,32}"),
        2 => spoilt("[ \t]?[A-Za-z0-9_.-]{1,4}[ \u{a0}\n]?"),
        1 => "[A-Za-z0-9_.-]{30,36}",
        1 => rubbish(8),
    ]
}

/// An independent implementation of the contract: 3 to 32 of the 65 allowed characters,
/// ignoring white space around them.
fn is_a_username(typed: &str) -> bool {
    const SIGNS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
    let name = typed.trim_matches(char::is_whitespace);
    (3..=32).contains(&name.chars().count()) && name.chars().all(|sign| SIGNS.contains(sign))
}

#[test]
fn a_username_is_what_the_contract_says_and_nothing_else() {
    hold(Cost::Call, typed(), |typed| {
        let parsed = Username::parse(&typed);
        prop_assert_eq!(parsed.is_ok(), is_a_username(&typed));
        let Ok(name) = parsed else { return Ok(Verdict::Refused) };
        prop_assert_eq!(Username::parse(name.as_str()), Ok(name.clone()));
        prop_assert!(typed.contains(name.as_str()), "kept as it was typed");
        Ok(Verdict::Accepted)
    });
}

#[test]
fn usernames_have_the_same_key_only_if_they_differ_by_case_alone() {
    let pairs = ("[A-Za-z0-9_.-]{3,32}", any::<u32>(), spoilt("[A-Za-z]{3,5}"));
    hold(Cost::Call, pairs, |(name, turned, other)| {
        let turn = |(n, sign): (usize, char)| match sign.is_ascii_uppercase() {
            _ if turned >> n & 1 == 0 => sign,
            true => sign.to_ascii_lowercase(),
            false => sign.to_ascii_uppercase(),
        };
        let variant: String = name.chars().enumerate().map(turn).collect();
        let key = |name: &str| Username::parse(name).map(|name| name.key());
        let first = key(&name);
        prop_assert!(first.is_ok());
        prop_assert_eq!(&first, &key(&variant));
        let Ok(second) = key(&other) else { return Ok(Verdict::Refused) };
        prop_assert_eq!(first == Ok(second), name.eq_ignore_ascii_case(other.trim()));
        Ok(Verdict::Accepted)
    });
}
