//! Content Security Policies (CSP level 3).

use std::fmt::Write as _;
use std::sync::Arc;

use axum::http::HeaderValue;

use crate::state::AppState;

/// For responses that are not pages: load nothing, run nothing, allow no framing.
pub const STRICT: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// For SVG images, which may contain a style for light and dark mode. Some browsers apply the
/// policy to images too.
pub const IMAGE: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Another origin that pages may use, such as `https://captcha.example` or
/// `https://*.captcha.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source(String);

impl Source {
    /// Parses scheme, host and port of an https origin. Everything else is rejected, since it could
    /// match more than one host or end the directive.
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

/// Other origins that pages may use. Empty unless a setting needs them, such as a third-party captcha.
#[derive(Clone, Debug, Default)]
pub struct Extra {
    /// For browsers without `'strict-dynamic'`. Others ignore this list and require the nonce on
    /// the element that loads the script.
    pub scripts: Vec<Source>,
    pub styles: Vec<Source>,
    pub frames: Vec<Source>,
    pub connections: Vec<Source>,
}

/// The policy of every page, without its nonce. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Policy {
    after_nonce: Arc<str>,
}

const BEFORE_NONCE: &str = "default-src 'none'; script-src 'nonce-";

impl Policy {
    /// Creates the policy. Pages may run the script with their nonce and the modules it imports, compile
    /// WebAssembly, and load what the portal serves; stylesheets contain small images as `data:` URLs.
    /// `upgrade-insecure-requests` would add nothing, since pages contain no `http:` URLs.
    ///
    /// `reload_port` is the port of `cargo leptos watch`, whose script connects to the host in the
    /// page's URL.
    #[must_use]
    pub fn new(extra: &Extra, reload_port: Option<u32>) -> Self {
        let list = |sources: &[Source]| sources.iter().fold(String::new(), |list, source| list + " " + &source.0);
        let (scripts, styles, frames) = (list(&extra.scripts), list(&extra.styles), list(&extra.frames));
        let frames = if frames.is_empty() { frames } else { format!("frame-src{frames}; ") };
        let mut connections = list(&extra.connections);
        if let Some(port) = reload_port {
            // Writing to a `String` cannot fail.
            let _ = write!(connections, " ws://*:{port} wss://*:{port}");
        }
        let after_nonce = format!(
            "' 'strict-dynamic' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; img-src 'self' data:; \
             font-src 'self'; connect-src 'self'{connections}; {frames}manifest-src 'self'; form-action 'self'; \
             base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
        );
        Self { after_nonce: after_nonce.into() }
    }

    /// Returns the header of a page whose script has this `nonce`.
    #[must_use]
    pub fn with(&self, nonce: &str) -> HeaderValue {
        let policy = [BEFORE_NONCE, nonce, &*self.after_nonce].concat();
        // A base64 nonce is always a valid header value; otherwise the page must not run anything.
        HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(STRICT))
    }
}

/// Returns the origins of the third-party captcha that the Content Security Policy has to allow.
#[must_use]
pub fn third_party_origins(state: &AppState) -> Extra {
    let Some(third_party) = &state.captcha.third_party else { return Extra::default() };
    let origins: Vec<_> = third_party.provider.origins().iter().filter_map(|origin| Source::parse(origin)).collect();
    Extra { scripts: origins.clone(), styles: origins.clone(), frames: origins.clone(), connections: origins }
}

#[cfg(test)]
mod tests {
    use super::{Extra, Policy, Source};

    fn directives(policy: &Policy) -> Vec<String> {
        let header = policy.with("n0nce");
        header.to_str().expect("ASCII").split("; ").map(str::to_owned).collect()
    }

    #[test]
    fn another_origin_is_allowed_only_in_the_directives_that_list_it() {
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
    fn the_live_reload_socket_is_allowed_under_cargo_leptos_watch() {
        let watched = directives(&Policy::new(&Extra::default(), Some(3_001)));
        assert!(watched.contains(&"connect-src 'self' ws://*:3001 wss://*:3001".to_owned()), "{watched:?}");
    }

    #[test]
    fn only_https_origins_are_accepted() {
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
