//! `/dashboard`: what the portal knows about the person, and what to do next.

use leptos::prelude::*;

use crate::api::AccountView;
use crate::components::{LocalTime, SignedIn};
use crate::domain::Timestamp;

#[component]
pub fn DashboardPage() -> impl IntoView {
    let visitor = super::visitor();
    let portal = visitor.portal_name.clone();
    visitor.account.clone().map(|account| {
        let first_time = account.previous_sign_in_at.is_none();
        view! {
            <SignedIn visitor username=account.username.clone()>
                <h1>"Hello, " {account.username.clone()}</h1>
                <p class="quiet">
                    {if first_time { "Your account is open. Good to have you here." } else { "Good to see you again." }}
                </p>
                <div class="cards">
                    <Account account=account.clone() />
                    <SignIns account=account.clone() />
                    <Next portal session_ends_at=account.session_ends_at first_time />
                </div>
            </SignedIn>
        }
    })
}

#[component]
fn Account(account: AccountView) -> impl IntoView {
    let role = account.administrator.then(|| view! { <Fact name="Role">"Administrator"</Fact> });
    view! {
        <Card title="Your account">
            <dl class="facts">
                <Fact name="Username">{account.username}</Fact>
                <Fact name="Email">{account.email}</Fact>
                <Fact name="Email confirmed">{moment(account.verified_at)}</Fact>
                <Fact name="Member since">{moment(account.created_at)}</Fact>
                {role}
            </dl>
        </Card>
    }
}

#[component]
fn SignIns(account: AccountView) -> impl IntoView {
    let last = match account.previous_sign_in_at {
        None => view! { "This is your first sign-in." }.into_any(),
        Some(at) => {
            let from = account.previous_sign_in_from.map(|from| view! { ", from " {from} });
            view! { {moment(at)} {from} }.into_any()
        }
    };
    view! {
        <Card title="Security">
            <dl class="facts">
                <Fact name="Last sign-in">{last}</Fact>
                <Fact name="This session began">{moment(account.signed_in_at)} ", from " {account.signed_in_from}</Fact>
                <Fact name="It ends at the latest">{moment(account.session_ends_at)}</Fact>
            </dl>
        </Card>
    }
}

#[component]
fn Next(portal: String, session_ends_at: Timestamp, first_time: bool) -> impl IntoView {
    let _ = session_ends_at;
    let check = (!first_time).then(|| {
        view! {
            <li>"Look at your last sign-in. If that was not you, tell the people who run " {portal} "."</li>
        }
    });
    view! {
        <Card title="What to do next">
            <ul class="next">
                {first_time.then(|| view! { <li>"Nothing is left to set up."</li> })}
                {check}
                <li>"On a computer that others use, sign out when you leave. Closing the page is not enough."</li>
            </ul>
        </Card>
    }
}

#[component]
fn Card(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="card">
            <div class="card-body">
                <h2>{title}</h2>
                {children()}
            </div>
        </section>
    }
}

#[component]
fn Fact(name: &'static str, children: Children) -> impl IntoView {
    view! {
        <dt>{name}</dt>
        <dd>{children()}</dd>
    }
}

fn moment(at: Timestamp) -> impl IntoView {
    view! { <LocalTime at=at.0 /> }
}
