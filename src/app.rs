//! The HTML document around every page, and the routes.

use std::sync::OnceLock;

use leptos::config::{LeptosOptions, get_configuration};
use leptos::hydration::AutoReload;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos::tachys::view::iterators::StaticVec;
use leptos_router::components::{FlatRoutes, FlatRoutesProps, Router};
use leptos_router::{NestedRoute, PartialPathMatch, PathSegment, PossibleRouteMatch, SsrMode};

use crate::routes::not_found::NotFound;
use crate::routes::page::LoadedPage;
use crate::routes::{PAGES, not_found};
use crate::ui::PageContext;

/// The absolute paths of the stylesheet and the WebAssembly module. Resolved once at
/// startup, since the file names contain a hash of the content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    pub css: String,
    pub js: String,
    pub wasm: String,
}

impl Default for Assets {
    fn default() -> Self {
        Self { css: "/pkg/portal.css".into(), js: "/pkg/portal.js".into(), wasm: "/pkg/portal.wasm".into() }
    }
}

/// Renders the whole document. Runs on the server for every request and expects a
/// [`PageContext`], the [`Assets`] and a nonce as context.
pub fn shell() -> impl IntoView {
    // Markup outside of islands is not hydrated and needs no hydration markers.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    let context = use_context::<PageContext>().unwrap_or_default();
    let assets = use_context::<Assets>().unwrap_or_default();
    let head = use_context::<LoadedPage>().and_then(|page| page.head());
    let (name, islands) = head.unwrap_or((not_found::TITLE.into(), false));
    // Without a script, this is what a screen reader reads first after a refusal.
    let refused = if context.flash.feedback.is_none() { "" } else { "Error: " };
    let title = format!("{refused}{name} – {}", context.portal_name);
    let css = assets.css.clone();
    // A page with islands has this in its own script.
    let reload = context.account.is_some() && !islands;
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{title}</title>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
                <link rel="stylesheet" href=css />
                {islands.then(|| view! { <StartIslands assets /> })}
                {reload.then(|| view! { <script nonce=use_nonce()>{RELOAD}</script> })}
                <ReloadWhileWatched />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The content of `<body>`: the page of the request, or the 404 page.
#[component]
pub fn App() -> impl IntoView {
    let routes = FlatRoutesProps::builder().fallback(NotFound).children(ToChildren::to_children(routes)).build();
    view! { <Router>{FlatRoutes(routes)}</Router> }
}

/// The route of a page. All have the same view: the page was loaded before rendering began.
type PageRoute = NestedRoute<At, (), (), fn() -> AnyView>;

fn routes() -> StaticVec<PageRoute> {
    let route = |path| NestedRoute::new(At(path), body as fn() -> AnyView).ssr_mode(SsrMode::Async);
    PAGES.iter().map(|page| route(page.path)).collect::<Vec<_>>().into()
}

fn body() -> AnyView {
    let context = use_context::<PageContext>().unwrap_or_default();
    let page = use_context::<LoadedPage>().unwrap_or_default();
    page.render(context).unwrap_or_else(|| view! { <NotFound /> }.into_any())
}

/// A page's whole path, in which `{…}` matches any one segment. The router's own
/// `StaticSegment` matches only paths of a single segment.
#[derive(Clone, Copy, Debug)]
struct At(&'static str);

impl At {
    fn segments(path: &str) -> impl Iterator<Item = &str> {
        path.trim_matches('/').split('/')
    }

    fn is_parameter(segment: &str) -> bool {
        segment.starts_with('{')
    }
}

impl PossibleRouteMatch for At {
    fn optional(&self) -> bool {
        false
    }

    /// Does not capture the parameters: the page reads them from its request.
    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let mut actual = Self::segments(path);
        let mut expected = Self::segments(self.0);
        let fits =
            |segment: &str, part: &str| if Self::is_parameter(segment) { !part.is_empty() } else { segment == part };
        let matches = expected.by_ref().all(|segment| actual.next().is_some_and(|part| fits(segment, part)));
        (matches && actual.next().is_none()).then(|| PartialPathMatch::new("", Vec::new(), path))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.extend(Self::segments(self.0).map(|segment| match segment.strip_prefix('{') {
            Some(name) => PathSegment::Param(name.trim_end_matches('}').to_owned().into()),
            None => PathSegment::Static(segment.to_owned().into()),
        }));
    }
}

/// Reloads a page that is restored from the back/forward cache, so that it does not look signed in after signing out,
/// or show a button that is still busy.
const RELOAD: &str = "addEventListener(\"pageshow\",e=>e.persisted&&location.reload());";

/// Loads the WebAssembly module and starts each island.
///
/// The script requests both files in parallel. There is no preload link, because a
/// browser without scripts could then download them for nothing.
#[component]
fn StartIslands(assets: Assets) -> impl IntoView {
    let Assets { js, wasm, .. } = assets;
    let script = format!(
        "{RELOAD}\
         const wasm=fetch({wasm:?}),page=await import({js:?});\
         await page.default({{module_or_path:wasm}});\
         page.hydrate();\
         for(const island of document.querySelectorAll(\"leptos-island\"))page[island.dataset.component]?.(island);\
         document.documentElement.dataset.hydrated=\"\""
    );
    view! {
        <script type="module" nonce=use_nonce()>
            {script}
        </script>
    }
}

/// Reloads the page when the sources change, only under `cargo leptos watch`.
#[component]
fn ReloadWhileWatched() -> impl IntoView {
    watched().cloned().map(|options| view! { <AutoReload options /> })
}

/// Returns the port of the reload script, only under `cargo leptos watch`.
#[must_use]
pub fn reload_port() -> Option<u32> {
    watched().map(|options| options.reload_external_port.unwrap_or(options.reload_port))
}

fn watched() -> Option<&'static LeptosOptions> {
    static WATCHED: OnceLock<Option<LeptosOptions>> = OnceLock::new();
    let options = WATCHED.get_or_init(|| {
        std::env::var_os("LEPTOS_WATCH")?;
        get_configuration(None).ok().map(|file| file.leptos_options)
    });
    options.as_ref()
}
