//! Where a person is in the registration.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Details,
    Email,
    Done,
}

/// The three steps, with the present one marked.
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
        // Without its bullets a list is none to VoiceOver; the role says that it is one.
        <ol class="steps" role="list" aria-label="Registration">
            {step(Step::Details, "Your details")} {step(Step::Email, "Your email")} {step(Step::Done, "Done")}
        </ol>
    }
}
