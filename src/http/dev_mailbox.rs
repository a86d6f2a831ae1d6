//! A browser view of the emails that a development server wrote to files. Never mounted in production, and by default
//! shown only to browsers on the same machine.

use std::path::PathBuf;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::local_request;
use super::pages::Pages;
use crate::config::mail::{MailboxReaders, TransportConfig};
use crate::mail::transport::FileBox;
use crate::mail::transport::file::{FileId, FiledMail};
use crate::paths;
use crate::state::AppState;

/// Maximum number of emails in the list.
const SHOWN: usize = 50;
/// The list loads the portal's stylesheet and icon, and nothing else.
const LIST_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
                           form-action 'none'; frame-ancestors 'none'";
/// An email is shown as it was sent, with its inline styles. It cannot load, run or submit anything.
const MAIL_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Clone)]
struct Mailbox {
    files: FileBox,
    css: Arc<str>,
}

#[derive(Template)]
#[template(path = "dev_mailbox.html", config = "src/askama.toml")]
struct Page<'a> {
    css: &'a str,
    here: &'static str,
    register: &'static str,
    mails: Vec<(FileId, FiledMail)>,
}

/// Routes `GET /dev/mailbox` and `GET /dev/mailbox/{id}` for the emails in the folder `dir`. `css`
/// is the path of the stylesheet for the list.
pub fn routes(dir: PathBuf, css: String) -> Router {
    let mailbox = Mailbox { files: FileBox::new(dir), css: css.into() };
    let one = format!("{}/{{id}}", paths::DEV_MAILBOX);
    Router::new().route(paths::DEV_MAILBOX, get(list)).route(&one, get(show)).with_state(mailbox)
}

/// Whether this request may read the mailbox, if there is one.
#[must_use]
pub fn is_shown_to(request: &Request, state: &AppState) -> bool {
    let TransportConfig::File { readers, .. } = &state.config.mail.transport else { return false };
    let is_local = || local_request::is_local(request.headers(), request.extensions(), &state.config.site);
    *readers == MailboxReaders::Everyone || is_local()
}

/// Answers requests that may not read the mailbox as if it did not exist.
pub async fn guard(State(pages): State<Pages>, request: Request, next: Next) -> Response {
    if is_shown_to(&request, pages.state()) {
        return next.run(request).await;
    }
    let mut response = pages.not_found(None);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn list(State(mailbox): State<Mailbox>) -> Response {
    let mails = match mailbox.files.newest(SHOWN).await {
        Ok(mails) => mails,
        Err(error) => return fault(&error),
    };
    let page = Page { css: &mailbox.css, here: paths::DEV_MAILBOX, register: paths::REGISTER, mails };
    match page.render() {
        Ok(html) => answer(LIST_POLICY, html),
        Err(error) => fault(&error),
    }
}

async fn show(State(mailbox): State<Mailbox>, Path(id): Path<String>) -> Response {
    let Some(id) = FileId::parse(&id) else { return missing() };
    match mailbox.files.find(&id).await {
        Ok(Some(mail)) => answer(MAIL_POLICY, mail.html),
        Ok(None) => missing(),
        Err(error) => fault(&error),
    }
}

fn answer(policy: &'static str, html: String) -> Response {
    let headers = [(header::CONTENT_SECURITY_POLICY, policy), (header::CACHE_CONTROL, "no-store")];
    (headers, Html(html)).into_response()
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "Email not found.\n").into_response()
}

fn fault(error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "the development mailbox cannot be read");
    (StatusCode::INTERNAL_SERVER_ERROR, "The mailbox can't be read. See the log for the reason.\n").into_response()
}
