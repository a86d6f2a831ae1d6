use portal::domain::Password;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use unicode_normalization::UnicodeNormalization as _;

use super::runner::{Case, Cost, Verdict, hold};
use super::texts::{odd, spoilt};

/// Characters that decompose into more than one, of every length in
/// bytes: Latin, Greek with three marks, Hangul, Brahmic, Kirat Rai.
const COMPOSED: &[&str] =
    &["é", "ǖ", "ᾂ", "ΐ", "한", "각", "가", "ệ", "\u{1109a}", "\u{1134b}", "\u{16d6a}", "が", "ؤ"];

fn typed() -> impl Strategy<Value = String> {
    let composed = |n: std::ops::Range<usize>| vec(select(COMPOSED), n).prop_map(|parts| parts.concat());
    prop_oneof![
        4 => spoilt("[ -~]{7,20}"),
        2 => vec(odd(), 4..20).prop_map(|parts| parts.concat()),
        2 => composed(6..12),
        2 => composed(100..132),
        1 => "[a-z]{120,136}",
        1 => "😀{120,136}",
    ]
}

/// An independent implementation of the contract.
fn is_a_password(typed: &str) -> bool {
    let length = typed.nfc().count();
    (8..=128).contains(&length)
        && typed.chars().all(|c| !('\0'..'\x20').contains(&c) && !('\x7f'..='\u{9f}').contains(&c))
}

fn exposed(typed: &str) -> Option<String> {
    Password::parse_new(typed).ok().map(|password| password.expose().to_owned())
}

fn holds(typed: &str) -> Case {
    let parsed = exposed(typed);
    prop_assert_eq!(parsed.is_some(), is_a_password(typed), "{} characters", typed.nfc().count());
    let claimed = Password::parse_claimed(typed).map(|password| password.expose().to_owned());
    prop_assert_eq!(&parsed, &claimed, "a valid new password is accepted at sign-in");
    // The same characters, however the keyboard composed them.
    prop_assert_eq!(&parsed, &exposed(&typed.nfc().collect::<String>()));
    prop_assert_eq!(&parsed, &exposed(&typed.nfd().collect::<String>()));
    let Some(password) = parsed else { return Ok(Verdict::Refused) };
    prop_assert_eq!(&password, &typed.nfc().collect::<String>(), "neither trimmed nor truncated nor case-folded");
    Ok(Verdict::Accepted)
}

#[test]
fn a_password_is_8_to_128_characters_untruncated_and_equal_in_every_composition() {
    hold(Cost::Call, typed(), |typed| holds(&typed));
}
