//! How much a first visit downloads.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use axum::http::HeaderValue;
use axum::http::header::ACCEPT_ENCODING;

use crate::data::DataFolder;
use crate::process::Portal;
use crate::table::{Figure, Row, Unit};
use crate::{Outcome, load, say};

/// The bodies of the page, its style sheet, its script and its module, as
/// sent to a browser that accepts brotli.
const VISIT: Figure = Figure::new("first visit to /register", Unit::Kilobytes, 90.0, 80.0);
/// The page and its style sheet.
const WITHOUT_SCRIPT: Figure = Figure::new("first visit without JavaScript", Unit::Kilobytes, 20.0, 12.0);
pub(crate) const FIGURES: &[Figure] = &[VISIT, WITHOUT_SCRIPT];

const PAGE: &str = "/register";

pub(crate) async fn measure() -> Outcome<Vec<Row>> {
    let data = DataFolder::new().await?;
    let portal = Portal::start(&data).await?;
    let page = load::once(portal.address, load::get(PAGE)?).await?;
    let page = std::str::from_utf8(page.body())?;
    let html = weigh(portal.address, [PAGE].into()).await?;
    let css = weigh(portal.address, named_in(page, ".css")?).await?;
    let js = weigh(portal.address, named_in(page, ".js")?).await?;
    let wasm = weigh(portal.address, named_in(page, ".wasm")?).await?;
    say(format_args!("{PAGE}: HTML {html:.1}, CSS {css:.1}, JavaScript {js:.1}, WebAssembly {wasm:.1} kB"));
    Ok(vec![VISIT.is(html + css + js + wasm), WITHOUT_SCRIPT.is(html + css)])
}

/// Returns the files of this kind that a page links to, in an attribute or in its script.
fn named_in<'p>(page: &'p str, ending: &str) -> Outcome<BTreeSet<&'p str>> {
    let quoted = page.split(['"', '\'', '`']);
    let paths: BTreeSet<_> = quoted.filter(|text| text.starts_with('/') && text.ends_with(ending)).collect();
    if paths.is_empty() { Err(format!("{PAGE} links to no {ending} file").into()) } else { Ok(paths) }
}

/// Kilobytes of these files as they are transferred.
async fn weigh(address: SocketAddr, paths: BTreeSet<&str>) -> Outcome<f64> {
    let mut bytes = 0;
    for path in paths {
        let mut request = load::get(path)?;
        request.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("br"));
        bytes += load::once(address, request).await?.body().len();
    }
    Ok(f64::from(u32::try_from(bytes)?) / 1_000.0)
}
