//! The progress of a registration.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Details,
    Email,
    Done,
}

/// The three steps, with the current one marked.
#[component]
pub fn Steps(current: Step) -> impl IntoView {
    let step = |step: Step, words: &'static str| {
        let done = step < current;
        let here = (step == current).then_some("step");
        let spoken = done.then(|| view! { <span class="visually-hidden">", done"</span> });
        view! {
            <li data-done=done.then_some("") aria-current=here>
                {words} {spoken}
            </li>
        }
    };
    view! {
        // VoiceOver does not treat a list without bullets as a list; the role restores that.
        <ol class="steps" role="list" aria-label="Registration">
            {step(Step::Details, "Details")} {step(Step::Email, "Confirm email")} {step(Step::Done, "Done")}
        </ol>
    }
}
