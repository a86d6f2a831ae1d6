//! A minimal browser: cookies, two ways to post, no automatic redirects.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt as _;

use super::captcha;

/// How forms are posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// By the page's script, which requests JSON.
    Script,
    /// By the browser itself, which requests a page.
    Form,
}

impl Mode {
    pub(crate) const BOTH: [Self; 2] = [Self::Script, Self::Form];
}

#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    pub(crate) mode: Mode,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) peer: SocketAddr,
    /// Sent with every request.
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Client {
    pub(crate) fn new(router: Router, mode: Mode) -> Self {
        let peer = SocketAddr::from(([192, 0, 2, 7], 40_000));
        Self { router, mode, cookies: BTreeMap::new(), peer, headers: Vec::new() }
    }

    pub(super) fn through(self, router: Router) -> Self {
        Self { router, ..self }
    }

    /// The same portal from another IP address.
    pub(crate) fn at_ip(mut self, ip: &str) -> Self {
        self.peer.set_ip(ip.parse().expect("an IP address"));
        self
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).header(ACCEPT, "text/html"), Body::empty()).await
    }

    /// Fills in the form with this action, as its page contains it, and sends it.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let captcha = self.captcha(path).await;
        let captcha = captcha.as_ref().map(|field| ("captcha", field.as_str()));
        let fields: Vec<_> = fields.iter().copied().chain(captcha).collect();
        self.post_bare(path, &fields).await
    }

    /// Sends these fields and nothing that the page would have added.
    pub(crate) async fn post_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.post_raw(path, "application/x-www-form-urlencoded", body.into()).await
    }

    /// The field `captcha` of the form with this action, solved if scripts run.
    pub(crate) async fn captcha(&mut self, action: &str) -> Option<String> {
        let page = match action {
            "/register" | "/login" | "/recover" => action,
            "/verify/resend" => "/verify",
            "/recover/resend" => "/recover/verify",
            _ => return None,
        };
        let challenge = captcha::in_page(&self.get(page).await.body, action)?;
        Some(if self.mode == Mode::Script { captcha::solve(&challenge) } else { challenge })
    }

    pub(crate) async fn post_raw(&mut self, path: &str, content_type: &str, body: Body) -> Answer {
        let accept = match self.mode {
            Mode::Script => "application/json",
            Mode::Form => "text/html,application/xhtml+xml;q=0.9",
        };
        self.send(Request::post(path).header(ACCEPT, accept).header(CONTENT_TYPE, content_type), body).await
    }

    pub(crate) async fn send(&mut self, mut request: axum::http::request::Builder, body: Body) -> Answer {
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request
            .header(USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0")
            .extension(ConnectInfo(self.peer))
            .body(body)
            .expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        for header in parts.headers.get_all(SET_COOKIE) {
            self.take_cookie(header.to_str().expect("a cookie in ASCII"));
        }
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    fn take_cookie(&mut self, header: &str) {
        let (name, value) = header.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
        if value.is_empty() || header.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    pub(crate) async fn register(&mut self, username: &str, email: &str, password: &str) -> Answer {
        self.post("/register", &[("username", username), ("email", email), ("password", password)]).await
    }

    pub(crate) async fn verify(&mut self, code: &str) -> Answer {
        self.post("/verify", &[("code", code)]).await
    }

    pub(crate) async fn sign_in(&mut self, identifier: &str, password: &str) -> Answer {
        self.post("/login", &[("identifier", identifier), ("password", password)]).await
    }

    /// What the user sees after a post: the script's response, or the page
    /// that the redirect leads to.
    pub(crate) async fn seen(&mut self, answer: Answer) -> String {
        match (self.mode, answer.location()) {
            (_, Some(to)) => self.get(&to).await.body,
            (Mode::Script, None) => answer.body,
            (Mode::Form, None) => panic!("a plain form is answered with a redirect, not {}", answer.status),
        }
    }
}

/// A page or response without its random parts: nonces, challenges, ids.
pub(crate) fn without_random(body: &str) -> String {
    let of_word = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let words = body.split_inclusive(|c| !of_word(c)).map(|piece| {
        let word = piece.trim_end_matches(|c| !of_word(c));
        if word.len() < 20 { piece.to_owned() } else { format!("…{}", &piece[word.len()..]) }
    });
    words.collect()
}

impl Answer {
    /// Where the browser goes next: by 303, or by the header that the script follows.
    pub(crate) fn location(&self) -> Option<String> {
        let location = self.headers.get(LOCATION)?.to_str().ok()?;
        let followed = self.status == StatusCode::SEE_OTHER || self.headers.contains_key("serverfnredirect");
        followed.then(|| location.to_owned())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The `Set-Cookie` header for this cookie.
    pub(crate) fn set_cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies.into_iter().find(|cookie| cookie.starts_with(&format!("{name}=")))
    }
}
