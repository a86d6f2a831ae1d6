//! The definition of a page: its path, its access rule and its loader.

use std::borrow::Cow;
use std::fmt;

use axum::http::{Method, Uri};
use futures_util::future::BoxFuture;
use leptos::prelude::*;
use tower_sessions::Session;

use super::access::Access;
use crate::services::{RequestContext, ServiceError};
use crate::state::AppState;
use crate::ui::PageContext;

/// A page of the portal. Each has its own file, with this constant:
///
/// ```text
/// pub const PAGE: Page = Page {
///     path: paths::ACCOUNT_SESSIONS,
///     access: Access::SignedIn,
///     load: |request| Box::pin(load(request)),
/// };
///
/// async fn load(request: PageRequest<'_>) -> PageResult {
///     let sessions = request.state.session_manager().live(request.by).await?;
///     Ok(Document::new("Sessions", move |context| view! { <AccountArea context …>…</AccountArea> }))
/// }
/// ```
///
/// The page is loaded before rendering starts, so the loader can still redirect or answer with 404.
pub struct Page {
    /// The path. A segment in braces matches any one segment.
    pub path: &'static str,
    pub access: Access,
    pub load: for<'a> fn(PageRequest<'a>) -> BoxFuture<'a, PageResult>,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Page({})", self.path)
    }
}

/// A request of a page by a user who may open it.
#[derive(Clone, Copy, Debug)]
pub struct PageRequest<'a> {
    pub state: &'a AppState,
    pub by: &'a RequestContext,
    pub method: &'a Method,
    pub uri: &'a Uri,
    pub session: &'a Session,
}

impl PageRequest<'_> {
    /// Returns the query string, or an empty one.
    #[must_use]
    pub fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    /// Returns the segment of the path at `index`, counted from 0, or an empty string.
    #[must_use]
    pub fn segment(&self, index: usize) -> &str {
        self.uri.path().split('/').nth(index + 1).unwrap_or_default()
    }
}

/// A loaded page, or why it is not shown: [`ServiceError::Redirect`] redirects to another page, and
/// [`ServiceError::NotFound`] shows the 404 page.
pub type PageResult = Result<Document, ServiceError>;

/// A loaded page that is ready to be rendered.
pub struct Document {
    /// The title, without the portal's name.
    pub title: Cow<'static, str>,
    body: Box<dyn FnOnce(PageContext) -> AnyView + Send>,
}

impl Document {
    /// Creates a page. `body` renders the content of `<body>`.
    #[must_use]
    pub fn new<V: IntoView + 'static>(
        title: impl Into<Cow<'static, str>>,
        body: impl FnOnce(PageContext) -> V + Send + 'static,
    ) -> Self {
        Self { title: title.into(), body: Box::new(move |context| body(context).into_any()) }
    }

    /// Renders the content of `<body>`.
    #[must_use]
    pub fn render(self, context: PageContext) -> AnyView {
        (self.body)(context)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({:?}, …)", self.title)
    }
}
