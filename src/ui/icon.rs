//! Icons, always next to text.

use leptos::either::EitherOf4;
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconName {
    Alert,
    Check,
    Chevron,
    Info,
}

/// Each icon is written out in full: static markup is a single string.
#[component]
pub fn Icon(sign: IconName) -> impl IntoView {
    match sign {
        IconName::Alert => EitherOf4::A(view! {
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                <path d="M12 3 2 20h20zM12 10v4m0 3v.01"></path>
            </svg>
        }),
        IconName::Check => EitherOf4::B(view! {
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                <path d="M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0m5 0 3 3 5-6"></path>
            </svg>
        }),
        IconName::Chevron => EitherOf4::C(view! {
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                <path d="m6 9 6 6 6-6"></path>
            </svg>
        }),
        IconName::Info => EitherOf4::D(view! {
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                <path d="M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0m9-1v5m0-8v.01"></path>
            </svg>
        }),
    }
}
