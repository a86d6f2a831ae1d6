//! Computes a form's proof of work without blocking the page.

use leptos::prelude::*;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlInputElement, MessageChannel, Performance};

use super::{FormState, widget};
use crate::domain::proof_of_work::{ProofOfWork, Solution};
use crate::islands::{Captcha, CaptchaKind};

/// The `id` and `name` of the field with the challenge, and later with its answer.
pub const FIELD: &str = "captcha";
/// The progress of a proof of work that is done, in percent.
pub const SOLVED: u64 = 100;

/// The length of a slice of the search in milliseconds. Well below the 16 ms of a
/// frame, so that typing stays smooth.
const SLICE: f64 = 10.0;
/// The number of hashes between two checks of the clock: less than a millisecond on a
/// computer, a few milliseconds on the slowest phone.
const BATCH: u32 = 256;
/// The name of the mark and the measure in the browser's performance timeline.
const MEASURE: &str = "captcha";

/// Replaces the challenge, and starts to answer it after the next frame. A press of the
/// button waits for the answer.
pub fn start_challenge(form: FormState, captcha: &Captcha) {
    let field = document().get_element_by_id(FIELD);
    let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else { return };
    field.set_value(&captcha.challenge);
    match &captcha.kind {
        CaptchaKind::Widget(widget) => widget::renew(widget, &field),
        CaptchaKind::PowChallenge(challenge) => {
            form.proof.set(Some(0));
            let work = ProofOfWork::parse(&challenge.seed, &challenge.prefix, challenge.most);
            let target = Target { form, field, challenge: captcha.challenge.clone() };
            request_animation_frame(move || match (work, window().performance(), MessageChannel::new()) {
                (Some(work), Some(clock), Ok(channel)) => Search { target, work, from: 0, clock, channel }.begin(),
                _ => target.answer(None),
            });
        }
    }
}

/// The target of a search.
struct Target {
    form: FormState,
    field: HtmlInputElement,
    challenge: String,
}

impl Target {
    /// Whether the field still holds this challenge.
    fn is_current(&self) -> bool {
        self.field.value() == self.challenge
    }

    /// Appends the solution to the challenge, and sends the form if its button has been
    /// pressed. Without a solution the form is sent as it is, and the server decides.
    fn answer(&self, solution: Option<Solution>) {
        if !self.is_current() {
            return;
        }
        self.form.proof.set(solution.map(|_| SOLVED));
        if let Some(solution) = solution {
            self.field.set_value(&format!("{}.{solution}", self.challenge));
        }
        self.form.release();
    }
}

/// A search in progress, which runs in slices.
struct Search {
    target: Target,
    work: ProofOfWork,
    /// The next counter to try.
    from: u32,
    clock: Performance,
    /// Each slice posts a message that starts the next one, so that the browser can run
    /// other tasks in between. A timer would waste 4 ms per slice, and far more in a
    /// hidden tab.
    channel: MessageChannel,
}

impl Search {
    fn begin(mut self) {
        // Only for the performance timeline, which the benchmarks read.
        let _ = self.clock.mark(MEASURE);
        let (receiver, sender) = (self.channel.port1(), self.channel.port2());
        let slice = Closure::<dyn FnMut()>::new(move || self.run_slice());
        receiver.set_onmessage(Some(slice.into_js_value().unchecked_ref()));
        // Fails only for a message that cannot be cloned.
        let _ = sender.post_message(&JsValue::NULL);
    }

    /// Runs one slice. Stops when all counters have been tried, or when another challenge
    /// has replaced this one.
    fn run_slice(&mut self) {
        let mut solution = None;
        let end = self.clock.now() + SLICE;
        let most = if self.target.is_current() { self.work.most() } else { 0 };
        while solution.is_none() && self.from < most && self.clock.now() < end {
            solution = self.work.search(self.from, BATCH);
            self.from = self.from.saturating_add(BATCH);
        }
        if solution.is_none() && self.from < most {
            self.show();
            let _ = self.channel.port2().post_message(&JsValue::NULL);
        } else {
            self.channel.port1().close();
            let _ = self.clock.measure_with_start_mark(MEASURE, MEASURE);
            self.target.answer(solution);
        }
    }

    /// Updates the progress, which reaches 100 % only at the end.
    fn show(&self) {
        let percent = u64::from(self.from) * SOLVED / u64::from(self.work.most());
        let proof = self.target.form.proof;
        if proof.get_untracked() != Some(percent) {
            proof.set(Some(percent));
        }
    }
}
