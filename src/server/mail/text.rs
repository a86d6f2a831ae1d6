//! Messages put into words: subject, plain text and HTML, from the templates
//! beside this file. What goes into HTML is escaped by the template engine.

use std::fmt;

use askama::Template;

use super::message::Message;
use super::sender::Sender;
use super::words::{Moment, one_line};

/// A message in words.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub subject: String,
    pub plain: String,
    pub html: String,
}

/// What the templates of a code see.
struct Code<'a> {
    username: &'a str,
    code: &'a str,
    until: Moment,
    ip: String,
    browser: String,
}

/// What the templates of a notice see.
struct Notice<'a> {
    username: &'a str,
    login: String,
    at: Moment,
    ip: String,
    browser: String,
}

#[derive(Template)]
#[template(path = "registration_code/subject.txt", config = "src/server/askama.toml")]
struct CodeSubject<'a> {
    from: &'a Sender,
    mail: &'a Code<'a>,
}

#[derive(Template)]
#[template(path = "registration_code/body.txt", config = "src/server/askama.toml")]
struct CodePlain<'a> {
    from: &'a Sender,
    mail: &'a Code<'a>,
}

#[derive(Template)]
#[template(path = "registration_code/body.html", config = "src/server/askama.toml")]
struct CodeHtml<'a> {
    from: &'a Sender,
    mail: &'a Code<'a>,
}

#[derive(Template)]
#[template(path = "account_exists/subject.txt", config = "src/server/askama.toml")]
struct NoticeSubject<'a> {
    from: &'a Sender,
}

#[derive(Template)]
#[template(path = "account_exists/body.txt", config = "src/server/askama.toml")]
struct NoticePlain<'a> {
    from: &'a Sender,
    mail: &'a Notice<'a>,
}

#[derive(Template)]
#[template(path = "account_exists/body.html", config = "src/server/askama.toml")]
struct NoticeHtml<'a> {
    from: &'a Sender,
    mail: &'a Notice<'a>,
}

impl Text {
    /// Puts a message into words.
    ///
    /// # Errors
    /// When a template fails, which none can on these values.
    pub fn of(message: &Message, from: &Sender) -> Result<Self, askama::Error> {
        match message {
            Message::RegistrationCode { username, code, expires_at, requester_ip, browser, .. } => {
                let mail = &Code {
                    username: username.as_str(),
                    code: code.expose(),
                    until: Moment::at(*expires_at),
                    ip: one_line(requester_ip),
                    browser: one_line(browser),
                };
                Ok(Self {
                    subject: CodeSubject { from, mail }.render()?,
                    plain: CodePlain { from, mail }.render()?,
                    html: CodeHtml { from, mail }.render()?,
                })
            }
            Message::AccountExists { username, requester_ip, browser, at, .. } => {
                let mail = &Notice {
                    username: username.as_str(),
                    login: from.login(),
                    at: Moment::at(*at),
                    ip: one_line(requester_ip),
                    browser: one_line(browser),
                };
                Ok(Self {
                    subject: NoticeSubject { from }.render()?,
                    plain: NoticePlain { from, mail }.render()?,
                    html: NoticeHtml { from, mail }.render()?,
                })
            }
        }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text(…)")
    }
}
