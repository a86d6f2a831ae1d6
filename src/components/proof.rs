//! Working out a form's proof of work beside everything else the browser does.

use js_sys::Promise;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlInputElement, MessageChannel};

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
            let challenge = captcha.challenge.clone();
            request_animation_frame(move || leptos::task::spawn_local(answer(form, field, challenge, work)));
        }
    }
}

/// Puts the solution behind its challenge. Without one the form is sent as it
/// is, and the server says what to do.
async fn answer(form: Submission, field: HtmlInputElement, challenge: String, work: Option<ProofOfWork>) {
    let solution = match work {
        Some(work) => search(form, &field, &challenge, &work).await,
        None => None,
    };
    if field.value() != challenge {
        return;
    }
    form.proof.set(solution.map(|_| SOLVED));
    if let Some(solution) = solution {
        field.set_value(&format!("{challenge}.{solution}"));
    }
    if let Some(html_form) = field.form() {
        form.release(html_form);
    }
}

/// Searches in slices, until another challenge is in the field.
async fn search(form: Submission, field: &HtmlInputElement, challenge: &str, work: &ProofOfWork) -> Option<Solution> {
    let performance = window().performance()?;
    let channel = MessageChannel::new().ok()?;
    let (mut from, mut solution) = (0, None);
    // Only for whoever looks at the timeline, as the figures do.
    let _ = performance.mark(MEASURE);
    while solution.is_none() && from < work.most() && field.value() == challenge {
        show(form, from, work.most());
        breathe(&channel).await;
        let end = performance.now() + SLICE;
        while solution.is_none() && from < work.most() && performance.now() < end {
            solution = work.search(from, BATCH);
            from = from.saturating_add(BATCH);
        }
    }
    if solution.is_some() {
        let _ = performance.measure_with_start_mark(MEASURE, MEASURE);
    }
    channel.port1().close();
    solution
}

/// Never shows a search as done that is not.
fn show(form: Submission, tried: u32, most: u32) {
    let percent = (u64::from(tried) * SOLVED / u64::from(most).max(1)).min(SOLVED - 1);
    if form.proof.get_untracked() != Some(percent) {
        form.proof.set(Some(percent));
    }
}

/// Lets the browser do whatever else is due. It sends itself a message, since
/// a timer would be held back by four milliseconds, and in a hidden tab by far more.
async fn breathe(channel: &MessageChannel) {
    let message = Promise::new(&mut |resolve, _| {
        channel.port1().set_onmessage(Some(&resolve));
        // Fails only for a message that cannot be copied.
        let _ = channel.port2().post_message(&JsValue::NULL);
    });
    let _ = JsFuture::from(message).await;
}
