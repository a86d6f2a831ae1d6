//! The texts of all kinds of email. Those of notices are in `notice.rs` and `admin_notices.rs`.

use super::content::{Block, Content, Link};
use super::format::one_line;
use super::message::{CodeMail, Message, TestMail};
use super::notice::{self, Link as TokenLink};
use super::sender::Sender;
use crate::datetime::{clock_utc, date};
use crate::domain::{Timestamp, Username};

impl Content {
    /// Returns the content of an email from `from`.
    pub fn of(message: &Message, from: &Sender) -> Self {
        match message {
            Message::RegistrationCode(mail) => code(
                mail,
                anonymous_greeting(),
                from,
                "Enter it on the registration page",
                "no one can create an account with your email address",
            ),
            Message::RecoveryCode(mail) => code(
                mail,
                greeting(&mail.username),
                from,
                "Enter it with your new password on the password reset page",
                "no one can reset your password",
            ),
            Message::EmailChangeCode(mail) => code(
                mail,
                anonymous_greeting(),
                from,
                "Enter it on the page where you asked to change your email address",
                "the account can't use your email address",
            ),
            Message::Notice(mail) => notice::content(mail, from),
            Message::Invitation { link, .. } => invitation(link, from),
            Message::AccountExists { username, requester_ip, browser, at, .. } => {
                account_exists(username, *at, &origin(browser, requester_ip), from)
            }
            Message::Test(mail) => test(mail, from),
        }
    }
}

pub(super) fn greeting(username: &Username) -> Block {
    Block::Text(format!("Hello {},", username.as_str()))
}

/// The greeting in an email to an unverified recipient. It has no username, because anyone can choose both the username
/// and the recipient.
fn anonymous_greeting() -> Block {
    Block::Text("Hello,".to_owned())
}

/// Describes where a request came from: `Firefox on Linux (IP address 203.0.113.7)`.
pub(super) fn origin(browser: &str, ip: &str) -> String {
    format!("{} (IP address {})", one_line(browser), one_line(ip))
}

/// `23 November 2026 at 14:32 UTC`
pub(super) fn moment(at: Timestamp) -> String {
    format!("{} at {}", date(at), clock_utc(at))
}

/// `at 14:32 UTC on 23 November 2026`
pub(super) fn deadline(at: Timestamp) -> String {
    format!("at {} on {}", clock_utc(at), date(at))
}

/// `enter` says where to enter the code, and `without` what is impossible without it.
fn code(mail: &CodeMail, greeting: Block, from: &Sender, enter: &str, without: &str) -> Content {
    let (portal, code, until) = (from.portal(), mail.code.shown(), mail.expires_at);
    Content {
        subject: format!("{code} is your {portal} code"),
        title: format!("Your {portal} code"),
        preview: format!("It expires at {}.", clock_utc(until)),
        body: vec![
            greeting,
            Block::Text(format!("Your code for {portal} is:")),
            Block::Code(code),
            Block::Bold {
                before: format!("{enter}. It expires at "),
                value: clock_utc(until),
                after: format!(" ({}).", date(until)),
            },
        ],
        footer: vec![
            format!("Requested from {}.", origin(&mail.browser, &mail.requester_ip)),
            format!(
                "Not you? You can ignore this email: without the code, {without}. \
                 Never share this code, not even with an administrator."
            ),
        ],
        footer_link: None,
    }
}

fn invitation(link: &TokenLink, from: &Sender) -> Content {
    let portal = from.portal();
    let subject = format!("You're invited to {portal}");
    Content {
        title: subject.clone(),
        subject,
        preview: format!("The link expires on {}.", date(link.until)),
        body: vec![
            anonymous_greeting(),
            Block::Text(format!("You're invited to create a {portal} account with this email address.")),
            Block::ButtonIntro("Open this link to start:"),
            Block::Button(Link { label: "Create account", url: from.invitation(&link.token) }),
            Block::Text(format!("The link can be used once and expires {}.", deadline(link.until))),
        ],
        footer: vec!["If you don't want an account, ignore this email.".to_owned()],
        footer_link: None,
    }
}

fn account_exists(username: &Username, at: Timestamp, origin: &str, from: &Sender) -> Content {
    let (portal, at) = (from.portal(), moment(at));
    let subject = format!("You already have a {portal} account");
    Content {
        title: subject.clone(),
        subject,
        preview: "Nothing has changed.".to_owned(),
        body: vec![
            greeting(username),
            Block::Text(format!(
                "On {at} someone, maybe you, tried to use this email address for a different {portal} account. \
                 It belongs to your account, so nothing has changed."
            )),
            Block::Bold {
                before: "If this was you, your username is ".to_owned(),
                value: username.as_str().to_owned(),
                after: ".".to_owned(),
            },
            Block::ButtonIntro("Sign in here:"),
            Block::Button(Link { label: "Sign in", url: from.login() }),
        ],
        footer: vec![format!(
            "If this wasn't you, you can ignore this email. The request came from {origin} and revealed nothing about \
             your account."
        )],
        footer_link: None,
    }
}

fn test(mail: &TestMail, from: &Sender) -> Content {
    let (portal, at) = (from.portal(), moment(mail.at));
    let subject = format!("Test email from {portal}");
    Content {
        title: subject.clone(),
        subject,
        preview: "Email is working.".to_owned(),
        body: vec![
            greeting(&mail.username),
            Block::Text(format!("Email is working. You requested this test email from {portal} on {at}.")),
        ],
        footer: vec![format!("Requested from {}.", origin(&mail.browser, &mail.requester_ip))],
        footer_link: None,
    }
}
