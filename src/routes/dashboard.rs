//! `/dashboard`: the user's account, security facts and recommendations.

use std::future::ready;

use leptos::either::Either;
use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::paths;
use crate::routes::access::Access;
use crate::routes::page::{Document, Page};
use crate::ui::{AccountView, DescriptionItem, DescriptionList, LocalTime, Section, SignedIn};

pub const PAGE: Page =
    Page { path: paths::DASHBOARD, access: Access::SignedIn, load: |_| Box::pin(ready(Ok(document()))) };

fn document() -> Document {
    Document::new("Dashboard", |context| {
        context.account.clone().map(|account| {
            let (first_time, two_step) = (account.previous_sign_in_at.is_none(), account.two_step);
            view! {
                <SignedIn context here=paths::DASHBOARD>
                    <h1>"Hello, " {account.username.clone()}</h1>
                    <div class="cards">
                        <Account account=account.clone() />
                        <Security account />
                        <NextSteps first_time two_step />
                    </div>
                </SignedIn>
            }
        })
    })
}

#[component]
fn Account(account: AccountView) -> impl IntoView {
    let role = account.administrator.then(|| view! { <DescriptionItem name="Role">"Administrator"</DescriptionItem> });
    view! {
        <Section title="Your account">
            <DescriptionList>
                <DescriptionItem name="Username">{account.username}</DescriptionItem>
                <DescriptionItem name="Email">{account.email}</DescriptionItem>
                <DescriptionItem name="Email confirmed">
                    <Day at=account.verified_at />
                </DescriptionItem>
                <DescriptionItem name="Member since">
                    <Day at=account.created_at />
                </DescriptionItem>
                {role}
            </DescriptionList>
        </Section>
    }
}

#[component]
fn Security(account: AccountView) -> impl IntoView {
    let signed_in_with = account.signed_in_with();
    let last = match account.previous_sign_in_at {
        None => Either::Left("This is your first sign-in."),
        Some(at) => {
            let from = account.previous_sign_in_from.map(|address| view! { ", from " {address} });
            Either::Right(view! {
                <Time at />
                {from}
            })
        }
    };
    view! {
        <Section title="Security">
            <DescriptionList>
                <DescriptionItem name="Last sign-in">{last}</DescriptionItem>
                <DescriptionItem name="Signed in with">{signed_in_with}</DescriptionItem>
                <DescriptionItem name="Signed in">
                    <Time at=account.signed_in_at />
                    ", from "
                    {account.signed_in_from}
                </DescriptionItem>
                <DescriptionItem name="Session expires">
                    <Time at=account.session_ends_at />
                </DescriptionItem>
            </DescriptionList>
            <p>
                <a href=paths::ACCOUNT_SESSIONS>"Devices"</a>
                " · "
                <a href=paths::ACCOUNT_SECURITY>"Security"</a>
            </p>
        </Section>
    }
}

#[component]
fn NextSteps(first_time: bool, two_step: bool) -> impl IntoView {
    let first = if first_time {
        Either::Left("Your account is ready.")
    } else {
        Either::Right(view! {
            "Don't recognize your last sign-in? "
            <a href=paths::ACCOUNT_SESSIONS>"Sign out your other devices"</a>
            " and "
            <a href=paths::ACCOUNT>"change your password"</a>
            "."
        })
    };
    let second_step = (!two_step).then(|| {
        view! {
            <li>
                "Protect your account with two-step sign-in. "
                <a href=paths::ACCOUNT_SECURITY>"Set up"</a>
            </li>
        }
    });
    view! {
        <Section title="Recommended" class="card card-wide">
            <ul class="next">
                <li>{first}</li>
                {second_step}
                <li>"On a shared computer, sign out when you're done."</li>
            </ul>
        </Section>
    }
}

#[component]
fn Day(at: Timestamp) -> impl IntoView {
    view! { <LocalTime at=at.0 with_time=false /> }
}

#[component]
fn Time(at: Timestamp) -> impl IntoView {
    view! { <LocalTime at=at.0 with_time=true /> }
}
