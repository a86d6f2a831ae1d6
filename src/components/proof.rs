//! Working out a form's proof of work beside everything else the browser does.

use leptos::prelude::*;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlInputElement, MessageChannel, Performance};

use super::{Submission, widget};
use crate::api::{Captcha, CaptchaKind};
use crate::domain::proof_of_work::{ProofOfWork, Solution};

/// The `id` and `name` of the field that holds a form's challenge, and later its answer.
pub const FIELD: &str = "captcha";
/// Percent of a sum that is worked out.
pub const SOLVED: u64 = 100;

/// For how many milliseconds the page waits for a slice of the search: well
/// below the 16 from one frame to the next, so that typing stays smooth.
const SLICE: f64 = 10.0;
/// Hashes between two looks at the clock: a fraction of a millisecond on a
/// computer, a few on the slowest phone.
const BATCH: u32 = 256;
/// The mark and the measure that the search leaves in the browser's timeline.
const MEASURE: &str = "captcha";

/// Takes a challenge in place of the one before, and begins to answer it after
/// the next frame is drawn. A press of the button waits for the answer.
pub fn take_up(form: Submission, captcha: &Captcha) {
    let field = document().get_element_by_id(FIELD);
    let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else { return };
    field.set_value(&captcha.challenge);
    match &captcha.kind {
        CaptchaKind::Widget(widget) => widget::renew(widget, &field),
        CaptchaKind::Sum(sum) => {
            form.proof.set(Some(0));
            let work = ProofOfWork::parse(&sum.seed, &sum.prefix, sum.most);
            let target = Target { form, field, challenge: captcha.challenge.clone() };
            request_animation_frame(move || match (work, window().performance(), MessageChannel::new()) {
                (Some(work), Some(clock), Ok(channel)) => Search { target, work, from: 0, clock, channel }.begin(),
                _ => target.answer(None),
            });
        }
    }
}

/// What a search is for.
struct Target {
    form: Submission,
    field: HtmlInputElement,
    challenge: String,
}

impl Target {
    /// Whether the challenge is still the one in the field.
    fn stands(&self) -> bool {
        self.field.value() == self.challenge
    }

    /// Puts the solution behind its challenge, and sends the form if its button
    /// was pressed meanwhile. Without a solution it goes as it is, and the server
    /// says what to do.
    fn answer(&self, solution: Option<Solution>) {
        if !self.stands() {
            return;
        }
        self.form.proof.set(solution.map(|_| SOLVED));
        if let Some(solution) = solution {
            self.field.set_value(&format!("{}.{solution}", self.challenge));
        }
        if let Some(html_form) = self.field.form() {
            self.form.release(html_form);
        }
    }
}

/// A search under way, slice by slice.
struct Search {
    target: Target,
    work: ProofOfWork,
    /// The next counter to try.
    from: u32,
    clock: Performance,
    /// Each slice ends with a message to the next, and the browser does whatever
    /// else is due before it brings it. A timer would lose four milliseconds each
    /// time, and in a hidden tab far more.
    channel: MessageChannel,
}

impl Search {
    fn begin(mut self) {
        // Only for whoever looks at the timeline, as the figures do.
        let _ = self.clock.mark(MEASURE);
        let (receiver, sender) = (self.channel.port1(), self.channel.port2());
        let slice = Closure::<dyn FnMut()>::new(move || self.slice());
        receiver.set_onmessage(Some(slice.into_js_value().unchecked_ref()));
        // Fails only for a message that cannot be copied.
        let _ = sender.post_message(&JsValue::NULL);
    }

    /// Searches for a while. Ends when there is nothing more to try, or when
    /// another challenge took this one's place.
    fn slice(&mut self) {
        let mut solution = None;
        let end = self.clock.now() + SLICE;
        let most = if self.target.stands() { self.work.most() } else { 0 };
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

    /// Never shows a search as done that is not.
    fn show(&self) {
        let percent = u64::from(self.from) * SOLVED / u64::from(self.work.most());
        let proof = self.target.form.proof;
        if proof.get_untracked() != Some(percent) {
            proof.set(Some(percent));
        }
    }
}
