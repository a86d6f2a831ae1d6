//! The page for unknown paths, and for pages that the user may not know about.

use leptos::prelude::*;

use crate::paths;
use crate::routes::page::Document;
use crate::ui::CardLayout;

const TITLE: &str = "Page not found";

#[must_use]
pub fn document() -> Document {
    Document::new(TITLE, |context| {
        let (href, label) = if context.account.is_some() {
            (paths::DASHBOARD, "Go to your dashboard")
        } else {
            (paths::HOME, "Go to the home page")
        };
        view! {
            <CardLayout context>
                <h1>{TITLE}</h1>
                <p>"Check that you typed the web address correctly."</p>
                <a class="btn btn-primary btn-wide" href=href>
                    {label}
                </a>
            </CardLayout>
        }
    })
}
