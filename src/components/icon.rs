//! Signs that stand beside a word, never alone.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Alert,
    Check,
    Chevron,
    Info,
}

impl Sign {
    /// The strokes, on a ground of 24 by 24.
    const fn path(self) -> &'static str {
        match self {
            Self::Alert => "M12 3 2 20h20zM12 10v4m0 3v.01",
            Self::Check => "M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0m5 0 3 3 5-6",
            Self::Chevron => "m6 9 6 6 6-6",
            Self::Info => "M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0m9-1v5m0-8v.01",
        }
    }
}

#[component]
pub fn Icon(sign: Sign) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=sign.path()></path>
        </svg>
    }
}
