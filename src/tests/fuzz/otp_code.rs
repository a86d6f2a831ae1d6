use portal::domain::OtpCode;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::runner::{Cost, Verdict, hold};
use super::texts::{rubbish, spoilt};

fn typed() -> impl Strategy<Value = String> {
    let gap = select(&["", "", "", " ", "-", "\u{a0}", "–", "  ", "\t", "\n"][..]);
    let spaced = vec((gap, "[0-9]"), 5..8)
        .prop_map(|digits| digits.into_iter().map(|(gap, digit)| gap.to_owned() + &digit).collect::<String>());
    prop_oneof![
        4 => spoilt("[0-9]{6}"),
        4 => spoilt(spaced),
        1 => "[0-9]{3}[ -]{50,60}[0-9]{3}",
        1 => "[0-9a-f٠-٩０-９]{6}",
        1 => rubbish(8),
    ]
}

/// The digits of a text in the scripts that are generated here.
fn digits_of(typed: &str) -> String {
    let digit = |sign: char| match sign {
        '0'..='9' => Some(sign),
        '٠'..='٩' => char::from_digit(u32::from(sign) - u32::from('٠'), 10),
        '０'..='９' => char::from_digit(u32::from(sign) - u32::from('０'), 10),
        _ => None,
    };
    typed.chars().filter_map(digit).collect()
}

/// Whether only digits, spaces and hyphens were typed.
fn is_plain(typed: &str) -> bool {
    let plain =
        |sign: char| !digits_of(&sign.to_string()).is_empty() || sign.is_whitespace() || "-‐‑‒–—―−".contains(sign);
    typed.chars().all(plain)
}

#[test]
fn a_code_is_six_digits_of_the_text_in_their_order() {
    hold(Cost::Call, typed(), |typed| {
        let code = OtpCode::parse(&typed).ok();
        let digits = digits_of(&typed);
        if is_plain(&typed) {
            prop_assert_eq!(code.is_some(), digits.len() == 6);
        }
        let Some(code) = code else { return Ok(Verdict::Refused) };
        prop_assert!(digits.contains(code.expose()), "{:?} has no {:?}", typed, code.expose());
        let number: u32 = code.expose().parse().expect("digits");
        prop_assert!(OtpCode::from_number(number) == code, "leading zeros are kept");
        let printed = format!("{code:?}");
        prop_assert!(!printed.contains(code.expose()));
        Ok(Verdict::Accepted)
    });
}
