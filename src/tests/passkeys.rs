//! Passkeys: adding, using and managing them.

mod add;
mod manage;
mod places;
mod second_step;
mod sign_in;

use crate::harness::{Answer, Client};

/// The one message for every passkey that is not accepted.
const UNKNOWN: &str = "This passkey wasn't accepted. Try again or choose another way to continue.";

async fn is_signed_in(client: &mut Client) -> bool {
    client.get("/dashboard").await.status == 200
}

/// The message above the form in a script's response.
fn message(answer: &Answer) -> String {
    let refusal: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{answer:?}"));
    refusal["message"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}
