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

/// An independent implementation of the contract: six ASCII digits with spaces and
/// hyphens between them, 64 bytes in all.
fn digits_of(typed: &str) -> Option<String> {
    let mut digits = String::new();
    for sign in typed.chars() {
        match sign {
            '0'..='9' => digits.push(sign),
            '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' => {}
            space if space.is_whitespace() => {}
            _ => return None,
        }
    }
    (digits.len() == 6 && typed.len() <= 64).then_some(digits)
}

#[test]
fn a_code_is_six_digits_after_removing_spaces_and_hyphens() {
    hold(Cost::Call, typed(), |typed| {
        let code = OtpCode::parse(&typed).ok();
        prop_assert_eq!(code.as_ref().map(|code| code.expose().to_owned()), digits_of(&typed));
        let Some(code) = code else { return Ok(Verdict::Refused) };
        let number: u32 = code.expose().parse().expect("digits");
        prop_assert!(OtpCode::from_number(number) == code, "leading zeros are kept");
        let printed = format!("{code:?}");
        prop_assert!(!printed.contains(code.expose()));
        Ok(Verdict::Accepted)
    });
}
