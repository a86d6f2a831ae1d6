//! The HTML document around every page, and the routes.

use std::sync::OnceLock;

use leptos::config::{LeptosOptions, get_configuration};
use leptos::hydration::AutoReload;
use leptos::nonce::{Nonce, use_nonce};
use leptos::prelude::*;
use leptos::tachys::view::Position;
use leptos::tachys::view::iterators::StaticVec;
use leptos_router::components::{FlatRoutes, FlatRoutesProps, Router};
use leptos_router::{NestedRoute, PartialPathMatch, PathSegment, PossibleRouteMatch, SsrMode};

use crate::routes::PAGES;
use crate::routes::page::{Document, Page};
use crate::ui::PageContext;

/// The absolute paths of the stylesheet and the WebAssembly module. Resolved once at
/// startup, since the file names contain a hash of the content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    pub css: String,
    pub js: String,
    pub wasm: String,
}

/// The start of the HTML of every island.
const ISLAND: &str = "<leptos-island";
/// The initial size of the buffer for HTML, in bytes. Most pages fit, so the buffer rarely has to grow.
const CAPACITY: usize = 16 * 1_024;

/// Renders the HTML of a document, or of the 404 page.
///
/// The document is complete, because its data was loaded before. The body is rendered first, because the head depends
/// on whether the body contains islands. The router is not needed here: the server has already matched the path, and
/// browsers load whole pages.
#[must_use]
pub fn render(document: Document, context: PageContext, nonce: Nonce, assets: &Assets) -> String {
    let owner = Owner::new_root(None);
    let html = owner.with(|| {
        provide_context(nonce);
        // Without a script, a screen reader reads the title first after a form was refused.
        let refused = if context.flash.feedback.is_none() { "" } else { "Error: " };
        let title = format!("{refused}{} – {}", document.title, context.portal_name);
        let signed_in = context.account.is_some();
        let body = to_html(document.render(context));
        let islands = body.contains(ISLAND);
        // A page with islands has the reload in its own script.
        let reload = signed_in && !islands;
        to_html(shell(title, assets, islands, reload, body))
    });
    owner.unset_with_forced_cleanup();
    html
}

fn to_html(view: impl IntoView) -> String {
    let mut html = String::with_capacity(CAPACITY);
    view.into_view().to_html_with_buf(&mut html, &mut Position::FirstChild, true, false, Vec::new());
    html
}

fn shell(title: String, assets: &Assets, islands: bool, reload: bool, body: String) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{title}</title>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
                <link rel="stylesheet" href=assets.css.clone() />
                {islands.then(|| view! { <StartIslands assets=assets.clone() /> })}
                {reload.then(|| view! { <script nonce=use_nonce()>{RELOAD}</script> })}
                <ReloadWhileWatched />
            </head>
            <body inner_html=body></body>
        </html>
    }
}

/// All pages, as routes of leptos. The server builds its own routes from this list.
pub fn routes() -> impl IntoView {
    let route = |page: &&Page| NestedRoute::new(At(page.path), || ()).ssr_mode(SsrMode::Async);
    let routes: StaticVec<_> = PAGES.iter().map(route).collect::<Vec<_>>().into();
    let routes = FlatRoutesProps::builder().fallback(|| ()).children(ToChildren::to_children(|| routes)).build();
    view! { <Router>{FlatRoutes(routes)}</Router> }
}

/// The path of a page, in which `{…}` stands for any one segment.
#[derive(Clone, Copy, Debug)]
struct At(&'static str);

impl PossibleRouteMatch for At {
    fn optional(&self) -> bool {
        false
    }

    /// Matches nothing: the server matches paths by itself.
    fn test<'a>(&self, _: &'a str) -> Option<PartialPathMatch<'a>> {
        None
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.extend(self.0.trim_matches('/').split('/').map(|segment| match segment.strip_prefix('{') {
            Some(name) => PathSegment::Param(name.trim_end_matches('}').to_owned().into()),
            None => PathSegment::Static(segment.to_owned().into()),
        }));
    }
}

/// Reloads a page that is restored from the back/forward cache. Otherwise it could look signed in after signing out, or
/// show a button that is still busy.
const RELOAD: &str = "addEventListener(\"pageshow\",e=>e.persisted&&location.reload());";

/// Loads the WebAssembly module and starts each island.
///
/// The script requests both files in parallel. There is no preload link, because a
/// browser without scripts would download files that it cannot use.
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
