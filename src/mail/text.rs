//! Renders messages from templates: subject, plain text and HTML. The template engine escapes
//! values in HTML.

use std::fmt;

use askama::Template;

use super::format::{Moment, one_line};
use super::message::{CodeMail, Message, NoticeMail, TestMail};
use super::notice::NoticeText;
use super::sender::Sender;

/// A rendered message.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub subject: String,
    pub plain: String,
    pub html: String,
}

/// The purpose of a code, for its texts.
#[derive(Clone, Copy)]
enum CodeFor {
    Registration,
    Recovery,
    EmailChange,
}

impl CodeFor {
    fn enter(self) -> &'static str {
        match self {
            Self::Registration => "Enter it on the registration page",
            Self::Recovery => "Enter it with your new password on the password reset page",
            Self::EmailChange => "Enter it on the page where you asked to change your email address",
        }
    }

    /// Returns the clause that says what is impossible without the code.
    fn without(self) -> &'static str {
        match self {
            Self::Registration => "without the code, no one can create an account with your email address",
            Self::Recovery => "without the code, no one can reset your password",
            Self::EmailChange => "without the code, the account can't use your email address",
        }
    }
}

/// Template data of an email with a code.
struct Code<'a> {
    purpose: CodeFor,
    username: &'a str,
    code: &'a str,
    until: Moment,
    ip: String,
    browser: String,
}

/// Template data of the email to the owner of an email that someone tried to use for another account.
struct Exists<'a> {
    username: &'a str,
    login: String,
    at: Moment,
    ip: String,
    browser: String,
}

/// Template data of an invitation.
struct Invited {
    link: String,
    until: Moment,
}

/// Template data of a notice.
struct Notice<'a> {
    username: &'a str,
    words: NoticeText,
    at: Moment,
    ip: String,
    browser: String,
}

/// Template data of a test email.
struct Test<'a> {
    username: &'a str,
    at: Moment,
    ip: String,
    browser: String,
}

#[derive(Template)]
#[template(path = "code/subject.txt", config = "src/askama.toml")]
struct CodeSubject<'a> {
    from: &'a Sender,
    mail: &'a Code<'a>,
}

#[derive(Template)]
#[template(path = "code/body.txt", config = "src/askama.toml")]
struct CodePlain<'a> {
    from: &'a Sender,
    mail: &'a Code<'a>,
}

#[derive(Template)]
#[template(path = "code/body.html", config = "src/askama.toml")]
struct CodeHtml<'a> {
    from: &'a Sender,
    mail: &'a Code<'a>,
}

#[derive(Template)]
#[template(path = "account_exists/subject.txt", config = "src/askama.toml")]
struct ExistsSubject<'a> {
    from: &'a Sender,
}

#[derive(Template)]
#[template(path = "account_exists/body.txt", config = "src/askama.toml")]
struct ExistsPlain<'a> {
    from: &'a Sender,
    mail: &'a Exists<'a>,
}

#[derive(Template)]
#[template(path = "account_exists/body.html", config = "src/askama.toml")]
struct ExistsHtml<'a> {
    from: &'a Sender,
    mail: &'a Exists<'a>,
}

#[derive(Template)]
#[template(path = "invitation/subject.txt", config = "src/askama.toml")]
struct InvitedSubject<'a> {
    from: &'a Sender,
}

#[derive(Template)]
#[template(path = "invitation/body.txt", config = "src/askama.toml")]
struct InvitedPlain<'a> {
    from: &'a Sender,
    mail: &'a Invited,
}

#[derive(Template)]
#[template(path = "invitation/body.html", config = "src/askama.toml")]
struct InvitedHtml<'a> {
    from: &'a Sender,
    mail: &'a Invited,
}

#[derive(Template)]
#[template(path = "notice/subject.txt", config = "src/askama.toml")]
struct NoticeSubject<'a> {
    mail: &'a Notice<'a>,
}

#[derive(Template)]
#[template(path = "notice/body.txt", config = "src/askama.toml")]
struct NoticePlain<'a> {
    from: &'a Sender,
    mail: &'a Notice<'a>,
}

#[derive(Template)]
#[template(path = "notice/body.html", config = "src/askama.toml")]
struct NoticeHtml<'a> {
    from: &'a Sender,
    mail: &'a Notice<'a>,
}

#[derive(Template)]
#[template(path = "test/subject.txt", config = "src/askama.toml")]
struct TestSubject<'a> {
    from: &'a Sender,
}

#[derive(Template)]
#[template(path = "test/body.txt", config = "src/askama.toml")]
struct TestPlain<'a> {
    from: &'a Sender,
    mail: &'a Test<'a>,
}

#[derive(Template)]
#[template(path = "test/body.html", config = "src/askama.toml")]
struct TestHtml<'a> {
    from: &'a Sender,
    mail: &'a Test<'a>,
}

impl Text {
    /// Renders a message.
    ///
    /// # Errors
    /// A template failed, which the built-in ones do not.
    pub fn of(message: &Message, from: &Sender) -> Result<Self, askama::Error> {
        match message {
            Message::RegistrationCode(mail) => Self::of_code(CodeFor::Registration, mail, from),
            Message::RecoveryCode(mail) => Self::of_code(CodeFor::Recovery, mail, from),
            Message::EmailChangeCode(mail) => Self::of_code(CodeFor::EmailChange, mail, from),
            Message::Notice(mail) => Self::of_notice(mail, from),
            Message::Invitation { link, .. } => {
                let mail = &Invited { link: from.invitation(&link.token), until: Moment::at(link.until) };
                Ok(Self {
                    subject: InvitedSubject { from }.render()?,
                    plain: InvitedPlain { from, mail }.render()?,
                    html: InvitedHtml { from, mail }.render()?,
                })
            }
            Message::Test(mail) => Self::of_test(mail, from),
            Message::AccountExists { username, requester_ip, browser, at, .. } => {
                let mail = &Exists {
                    username: username.as_str(),
                    login: from.login(),
                    at: Moment::at(*at),
                    ip: one_line(requester_ip),
                    browser: one_line(browser),
                };
                Ok(Self {
                    subject: ExistsSubject { from }.render()?,
                    plain: ExistsPlain { from, mail }.render()?,
                    html: ExistsHtml { from, mail }.render()?,
                })
            }
        }
    }

    fn of_code(purpose: CodeFor, mail: &CodeMail, from: &Sender) -> Result<Self, askama::Error> {
        let mail = &Code {
            purpose,
            username: mail.username.as_str(),
            code: mail.code.expose(),
            until: Moment::at(mail.expires_at),
            ip: one_line(&mail.requester_ip),
            browser: one_line(&mail.browser),
        };
        Ok(Self {
            subject: CodeSubject { from, mail }.render()?,
            plain: CodePlain { from, mail }.render()?,
            html: CodeHtml { from, mail }.render()?,
        })
    }

    fn of_test(mail: &TestMail, from: &Sender) -> Result<Self, askama::Error> {
        let mail = &Test {
            username: mail.username.as_str(),
            at: Moment::at(mail.at),
            ip: one_line(&mail.requester_ip),
            browser: one_line(&mail.browser),
        };
        Ok(Self {
            subject: TestSubject { from }.render()?,
            plain: TestPlain { from, mail }.render()?,
            html: TestHtml { from, mail }.render()?,
        })
    }

    fn of_notice(mail: &NoticeMail, from: &Sender) -> Result<Self, askama::Error> {
        let mail = &Notice {
            username: mail.username.as_str(),
            words: mail.about.texts(mail.username.as_str(), from),
            at: Moment::at(mail.at),
            ip: one_line(&mail.requester_ip),
            browser: one_line(&mail.browser),
        };
        Ok(Self {
            subject: NoticeSubject { mail }.render()?,
            plain: NoticePlain { from, mail }.render()?,
            html: NoticeHtml { from, mail }.render()?,
        })
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text(…)")
    }
}
