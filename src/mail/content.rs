//! The content of an email, and its rendering as plain text and as HTML.

use askama::Template;

use super::sender::Sender;

/// The content of an email of any kind. No text in it is escaped; the HTML template does that.
pub(super) struct Content {
    pub subject: String,
    /// The title of the HTML part.
    pub title: String,
    /// The text that mail programs show after the subject in a list of emails.
    pub preview: String,
    pub body: Vec<Block>,
    /// Paragraphs below the body, in smaller type.
    pub footer: Vec<String>,
    /// A link at the end of the footer.
    pub footer_link: Option<Link>,
}

/// A part of the body.
pub(super) enum Block {
    Text(String),
    /// A paragraph with one value in bold.
    Bold {
        before: String,
        value: String,
        after: String,
    },
    Code(String),
    /// In plain text, only its URL.
    Button(Link),
    /// A sentence before the URL of a button, for plain text only.
    ButtonIntro(&'static str),
}

/// A link; its label is shown only in HTML.
pub(super) struct Link {
    pub label: &'static str,
    pub url: String,
}

#[derive(Template)]
#[template(path = "email.html", config = "src/askama.toml")]
struct Html<'a> {
    content: &'a Content,
    from: &'a Sender,
}

impl Content {
    /// Renders the plain text part. Each paragraph is one line.
    pub fn plain(&self, from: &Sender) -> String {
        let body = self.body.iter().map(Block::plain);
        let footer = self.footer.iter().chain(self.footer_link.iter().map(|link| &link.url)).cloned();
        let signature = format!("-- \n{}\n{}", from.portal(), from.home());
        body.chain(footer).chain([signature]).collect::<Vec<_>>().join("\n\n")
    }

    /// Renders the HTML part.
    pub fn html(&self, from: &Sender) -> Result<String, askama::Error> {
        Html { content: self, from }.render()
    }
}

impl Block {
    fn plain(&self) -> String {
        match self {
            Self::Text(text) | Self::Code(text) => text.clone(),
            Self::Bold { before, value, after } => format!("{before}{value}{after}"),
            Self::Button(link) => link.url.clone(),
            Self::ButtonIntro(text) => (*text).to_owned(),
        }
    }
}
