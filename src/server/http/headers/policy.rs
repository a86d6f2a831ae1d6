//! What a document may load, run and send (Content Security Policy, level 3).

use std::fmt::Write as _;
use std::sync::Arc;

use axum::http::HeaderValue;

/// For whatever is not a page: it loads nothing, runs nothing, is framed by nobody.
pub const STRICT: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// For an SVG image, which may hold a style for light and dark: some browsers
/// hold the policy against an image as well.
pub const IMAGE: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Another origin that a page may use, such as `https://captcha.example` or
/// `https://*.captcha.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source(String);

impl Source {
    /// Takes scheme, host and port of an https origin; anything else could
    /// mean more than one host, or end the directive it stands in.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let authority = text.strip_prefix("https://")?;
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        let name = host.strip_prefix("*.").unwrap_or(host);
        let plain = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let fits = name.contains('.') && name.split('.').all(plain) && port.parse::<u16>().is_ok();
        fits.then(|| Self(text.to_owned()))
    }
}

/// What pages may use of other origins. Empty unless something is configured
/// that needs it, such as a CAPTCHA of a third party.
#[derive(Clone, Debug, Default)]
pub struct Extra {
    /// For browsers that do not know `'strict-dynamic'`; the others go by the
    /// nonce, which the element that loads the script must carry.
    pub scripts: Vec<Source>,
    pub styles: Vec<Source>,
    pub frames: Vec<Source>,
    pub connections: Vec<Source>,
}

/// The policy of every page but for its nonce. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Policy {
    after_nonce: Arc<str>,
}

const BEFORE_NONCE: &str = "default-src 'none'; script-src 'nonce-";

impl Policy {
    /// Pages run the one script that carries their nonce and what it imports
    /// itself, compile its module, and use what the portal serves; stylesheets
    /// hold small images as `data:`. `upgrade-insecure-requests` would add
    /// nothing: no page names an origin.
    ///
    /// `reload_port` is that of `cargo leptos watch`, whose script connects to
    /// the host the page was opened by.
    #[must_use]
    pub fn new(extra: &Extra, reload_port: Option<u32>) -> Self {
        let list = |sources: &[Source]| sources.iter().fold(String::new(), |list, source| list + " " + &source.0);
        let (scripts, styles, frames) = (list(&extra.scripts), list(&extra.styles), list(&extra.frames));
        let frames = if frames.is_empty() { frames } else { format!("frame-src{frames}; ") };
        let mut connections = list(&extra.connections);
        if let Some(port) = reload_port {
            // A `String` takes whatever is written to it.
            let _ = write!(connections, " ws://*:{port} wss://*:{port}");
        }
        let after_nonce = format!(
            "' 'strict-dynamic' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; img-src 'self' data:; \
             font-src 'self'; connect-src 'self'{connections}; {frames}manifest-src 'self'; form-action 'self'; \
             base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
        );
        Self { after_nonce: after_nonce.into() }
    }

    /// The header of a page whose script carries `nonce`.
    #[must_use]
    pub fn with(&self, nonce: &str) -> HeaderValue {
        let policy = [BEFORE_NONCE, nonce, &*self.after_nonce].concat();
        // A nonce in base64 fits any header; one that does not is given no page to open.
        HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(STRICT))
    }
}

#[cfg(test)]
mod tests {
    use super::{Extra, Policy, Source};

    fn directives(policy: &Policy) -> Vec<String> {
        let header = policy.with("n0nce");
        header.to_str().expect("ASCII").split("; ").map(str::to_owned).collect()
    }

    #[test]
    fn another_origin_is_allowed_where_it_is_named_and_nowhere_else() {
        let captcha = || vec![Source::parse("https://*.captcha.example").expect("an origin")];
        let extra = Extra { scripts: captcha(), frames: captcha(), ..Extra::default() };
        let with = directives(&Policy::new(&extra, None));
        let without = directives(&Policy::new(&Extra::default(), None));
        let added: Vec<_> = with.iter().filter(|directive| !without.contains(directive)).collect();
        assert_eq!(
            added,
            [
                "script-src 'nonce-n0nce' 'strict-dynamic' 'wasm-unsafe-eval' https://*.captcha.example",
                "frame-src https://*.captcha.example"
            ]
        );
    }

    #[test]
    fn the_socket_that_reloads_is_allowed_while_sources_are_watched() {
        let watched = directives(&Policy::new(&Extra::default(), Some(3_001)));
        assert!(watched.contains(&"connect-src 'self' ws://*:3001 wss://*:3001".to_owned()), "{watched:?}");
    }

    #[test]
    fn only_an_https_origin_is_a_source() {
        for good in ["https://captcha.example", "https://*.captcha.example", "https://a-b.example:8443"] {
            assert!(Source::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "*",
            "https:",
            "https://*",
            "https://*.",
            "http://captcha.example",
            "https://captcha.example/path",
            "https://a.example; script-src *",
            "https://a.example 'unsafe-inline'",
            "https://a.example,b",
            "https://a.*.example",
            "https://a.example:port",
            "'unsafe-eval'",
        ] {
            assert!(Source::parse(bad).is_none(), "{bad:?}");
        }
    }
}
