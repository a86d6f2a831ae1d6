//! Loads the page of a request and answers with its document.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_SECURITY_POLICY, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use leptos::nonce::Nonce;
use tower_sessions::Session;

use super::headers::policy::{self, Policy};
use super::{dev_mailbox, error_page};
use crate::app::{self, Assets};
use crate::datetime;
use crate::domain::NextPath;
use crate::islands::Flash;
use crate::paths;
use crate::routes::form::RequestId;
use crate::routes::next_step::{self, Applied};
use crate::routes::page::{Document, Page, PageRequest};
use crate::routes::session::flash;
use crate::routes::{captcha, not_found};
use crate::services::{RequestContext, ServiceError};
use crate::state::AppState;
use crate::ui::{AccountView, PageContext};

/// Answers requests for pages. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pages(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: AppState,
    assets: Assets,
    policy: Policy,
    remember_for: String,
}

/// The result of the access check, for the page that answers the request.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The page at the request's path.
    pub page: Option<&'static Page>,
    /// The signed-in user's account.
    pub account: Option<AccountView>,
    /// Whether the session may hold a flash message.
    pub holds_flash: bool,
}

/// Answers GET and HEAD of a page. Expects a [`Visitor`] and a [`RequestContext`] as extensions.
pub async fn show(State(pages): State<Pages>, session: Session, mut request: Request) -> Response {
    let visitor = request.extensions_mut().remove::<Visitor>();
    let by = request.extensions_mut().remove::<RequestContext>();
    let Some((Visitor { page: Some(page), account, holds_flash }, by)) = visitor.zip(by) else {
        return pages.not_found(None);
    };
    let dev_mailbox = dev_mailbox::is_shown_to(&request, pages.state());
    let context = PageContext { dev_mailbox, ..pages.context(account) };
    let (method, uri) = (request.method(), request.uri());
    let loaded = (page.load)(PageRequest { state: pages.state(), by: &by, method, uri, session: &session }).await;
    let id = request.extensions().get::<RequestId>();
    match loaded {
        Ok(document) => match pages.complete(context, &by, &session, (method, uri), holds_flash).await {
            Ok(context) => pages.respond(document, context),
            Err(error) => error_page::failed(&error, id),
        },
        Err(error) => pages.refuse(error, context.account, &by, &session, id).await,
    }
}

impl Pages {
    #[must_use]
    pub fn new(state: AppState, assets: Assets) -> Self {
        let policy = Policy::new(&policy::third_party_origins(&state), app::reload_port());
        let remember_for = datetime::duration(state.config.limits.session.remember);
        Self(Arc::new(Inner { state, assets, policy, remember_for }))
    }

    #[must_use]
    pub fn state(&self) -> &AppState {
        &self.0.state
    }

    /// Answers a request that is denied or redirected.
    pub async fn refuse(
        &self,
        error: ServiceError,
        account: Option<AccountView>,
        by: &RequestContext,
        session: &Session,
        id: Option<&RequestId>,
    ) -> Response {
        match error {
            ServiceError::NotFound => self.not_found(account),
            ServiceError::Redirect(step) => match next_step::apply(self.state(), by, session, *step).await {
                Ok(Applied { to, cookies }) => {
                    let mut response = see_other(&to);
                    for cookie in cookies {
                        response.headers_mut().append(SET_COOKIE, cookie);
                    }
                    response
                }
                Err(error) => error_page::failed(&error, id),
            },
            // The session ended after the request was authenticated.
            ServiceError::Unauthenticated => see_other(paths::LOGIN),
            ServiceError::ReauthenticationRequired | ServiceError::SecondFactorRequired => {
                see_other(paths::ACCOUNT_CONFIRM)
            }
            error => error_page::failed(&error, id),
        }
    }

    /// Returns the 404 page.
    #[must_use]
    pub fn not_found(&self, account: Option<AccountView>) -> Response {
        let mut response = self.respond(not_found::document(), self.context(account));
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    }

    /// Renders a document, with a new nonce of 128 bits for its scripts (CSP level 3, section 7.1).
    fn respond(&self, document: Document, context: PageContext) -> Response {
        let Inner { state, assets, policy, .. } = &*self.0;
        let nonce = BASE64_URL_SAFE_NO_PAD.encode(state.rng.bytes::<16>());
        let policy = policy.with(&nonce);
        let html = app::render(document, context, Nonce::from_value(nonce), assets);
        // Set here, because axum sets it only for some routes, which would reveal which URLs exist.
        let length = HeaderValue::from(html.len());
        ([(CONTENT_SECURITY_POLICY, policy), (CONTENT_LENGTH, length)], Html(html)).into_response()
    }

    fn context(&self, account: Option<AccountView>) -> PageContext {
        let Inner { state, remember_for, .. } = &*self.0;
        PageContext {
            portal_name: state.config.site.name.clone(),
            account,
            registration: state.config.registration.mode,
            flash: Flash::default(),
            captcha: None,
            next: None,
            passkeys: state.relying_party.as_ref().map(|party| party.id.clone()),
            password_min: state.password_policy.min(),
            remember_for: remember_for.clone(),
            dev_mailbox: false,
            now: state.clock.now(),
        }
    }

    /// Adds the feedback of the previous request, the captcha of the page's form, and the path to open after sign-in.
    async fn complete(
        &self,
        mut context: PageContext,
        by: &RequestContext,
        session: &Session,
        (method, uri): (&Method, &Uri),
        holds_flash: bool,
    ) -> Result<PageContext, tower_sessions::session::Error> {
        let state = self.state();
        if holds_flash && method == Method::GET {
            context.flash = flash::take(session, &state.config, uri.path()).await?;
        }
        let offered = captcha::form_on(uri.path()).and_then(|form| captcha::offer(state, form, by));
        // Sign-in to an account under attack needs a captcha even if the IP address alone does not.
        context.captcha = offered.or_else(|| context.flash.feedback.captcha.as_deref().cloned());
        context.next = next_of(uri);
        Ok(context)
    }
}

/// Returns `next` from the query if it is a path of the portal.
fn next_of(uri: &Uri) -> Option<String> {
    let query = uri.query()?.as_bytes();
    let (_, value) = url::form_urlencoded::parse(query).find(|(name, _)| name == "next")?;
    NextPath::parse(&value).map(|next| next.as_str().to_owned())
}

fn see_other(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static(paths::HOME));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}
