use portal::domain::{Email, Timestamp, Username};
use portal::mail::{Message, RenderedEmail, Sender};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::runner::{Cost, Verdict, hold, run};
use super::texts::{rubbish, spoilt};
use crate::harness::mail::HEADERS;

const LABELS: &[&str] = &[
    "x",
    "example",
    "EXAMPLE",
    "mail-1",
    "bücher",
    "BÜCHER",
    "xn--bcher-kva",
    "XN--BCHER-KVA",
    "faß",
    "例え",
    "пример",
    "ｅｘａｍｐｌｅ",
    "مثال",
    "xn--a",
    "a--b",
    "-x",
    "x_y",
    "1",
    "127",
];

fn domains() -> impl Strategy<Value = String> {
    let label = prop_oneof![3 => select(LABELS).prop_map(str::to_owned), 2 => "[a-z]([a-z0-9-]{0,60}[a-z0-9])?"];
    let dot = prop_oneof![9 => Just("."), 1 => Just("。")];
    (vec((label, dot), 1..4), select(&["example", "EXAMPLE", "рф", "x"][..]))
        .prop_map(|(labels, last)| labels.into_iter().map(|(label, dot)| label + dot).collect::<String>() + last)
}

fn typed() -> impl Strategy<Value = String> {
    let local = prop_oneof![
        4 => "[A-Za-z0-9]{1,6}([.+_-][A-Za-z0-9]{1,5}){0,2}",
        2 => "[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,12}",
        1 => "[a-z]{60,66}",
    ];
    let address = (local, domains()).prop_map(|(local, domain)| format!("{local}@{domain}"));
    let two = ("[a-z]{1,3}@x.example", select(&[",", ";", " ", "\r\n", ", ", "%2c", "\0"][..]), "[a-z]{1,3}@y.example");
    prop_oneof![
        8 => spoilt(address),
        1 => two.prop_map(|(one, between, two)| one + between + &two),
        1 => ("[a-z ]{0,3}", "[a-z]{1,3}@x.example").prop_map(|(name, address)| format!("{name}<{address}>")),
        1 => rubbish(12),
    ]
}

/// Invisible characters, and characters that change the direction of the text.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

fn key(typed: &str) -> Option<String> {
    Email::parse(typed).ok().map(|email| email.key().to_owned())
}

#[test]
fn an_accepted_email_is_a_single_email_however_it_is_written() {
    hold(Cost::Call, typed(), |typed| {
        let Ok(email) = Email::parse(&typed) else { return Ok(Verdict::Refused) };
        prop_assert_eq!(email.as_str(), typed.trim(), "no part was dropped");
        prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()), "the displayed form parses to the same email");
        prop_assert!(email.as_str().len() <= 254 && email.key().len() <= 254 && email.deliverable().len() <= 254);
        for form in [email.as_str(), email.key(), &email.deliverable()] {
            let foul = |c: char| c.is_control() || c.is_whitespace() || is_unseen(c) || r#",;<>()[]\":"#.contains(c);
            prop_assert!(!form.contains(foul), "{:?}", form);
            prop_assert_eq!(form.matches('@').count(), 1);
        }
        prop_assert!(email.key().is_ascii() && email.deliverable().is_ascii());
        let own = Some(email.key().to_owned());
        prop_assert_eq!(&key(email.key()), &own);
        prop_assert_eq!(&key(&email.deliverable()), &own);
        prop_assert_eq!(&key(&email.as_str().to_ascii_uppercase()), &own);
        prop_assert!(email.deliverable().eq_ignore_ascii_case(email.key()), "mail goes to the email that is compared");
        Ok(Verdict::Accepted)
    });
}

#[test]
fn the_message_has_only_that_recipient_and_no_extra_header() {
    hold(Cost::Call, typed(), |typed| {
        let Ok(email) = Email::parse(&typed) else { return Ok(Verdict::Refused) };
        let message = Message::AccountExists {
            to: email.clone(),
            username: Username::parse("ann").expect("valid"),
            requester_ip: "192.0.2.7".to_owned(),
            browser: "an unknown browser".to_owned(),
            at: Timestamp(0),
        };
        let from = "no-reply@portal.example".parse().expect("an email");
        let letter = RenderedEmail::new(
            uuid::Uuid::nil(),
            &message,
            &Sender::new(from, "Portal", "https://portal.example"),
            Timestamp(0),
        )
        .map_err(|error| TestCaseError::fail(format!("accepted, but no email can be rendered: {error}")))?;
        let to: Vec<&str> = letter.mail.envelope().to().iter().map(AsRef::as_ref).collect();
        prop_assert_eq!(to, vec![email.deliverable()]);
        let bytes = letter.mail.formatted();
        let mail = mail_parser::MessageParser::default().parse(&bytes).expect("an email");
        let mut names: Vec<String> = mail.headers().iter().map(|header| header.name().to_lowercase()).collect();
        names.sort_unstable();
        prop_assert_eq!(names, HEADERS);
        let named: Vec<_> = mail.to().expect("a recipient").iter().collect();
        prop_assert_eq!(named.len(), 1);
        prop_assert_eq!(named[0].address().map(str::to_owned), Some(email.deliverable()));
        prop_assert!(named[0].name().is_none());
        Ok(Verdict::Accepted)
    });
}

#[test]
fn every_plain_email_is_accepted_and_its_full_width_domain_is_the_same() {
    let plain =
        "[A-Za-z0-9]{1,8}([._+-][A-Za-z0-9]{1,8}){0,2}@[A-Za-z][A-Za-z0-9]{0,8}([.][A-Za-z][A-Za-z0-9]{0,8}){1,2}";
    run(Cost::Call, plain, |typed| {
        prop_assert_eq!(key(&typed), Some(typed.to_ascii_lowercase()));
        let (local, domain) = typed.split_once('@').expect("one at sign");
        let wide = |c: char| match c {
            '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
            _ => c,
        };
        let wide = format!("{local}@{}", domain.chars().map(wide).collect::<String>());
        prop_assert_eq!(key(&wide), key(&typed));
        Ok(())
    });
}
