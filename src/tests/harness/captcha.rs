//! What a page's script does with a challenge.

use altcha::{Challenge, SolveChallengeOptions, solve_challenge};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// The challenge in the form with this action, if there is one.
pub(crate) fn in_page(page: &str, action: &str) -> Option<String> {
    let form = page.split("<form").find(|form| form.contains(&format!("action=\"{action}\"")))?;
    let input = form.split("</form>").next()?.split('<').find(|tag| tag.contains("name=\"captcha\""))?;
    let challenge = input.split_once("value=\"")?.1.split_once('"')?.0;
    Some(challenge.to_owned()).filter(|challenge| !challenge.is_empty())
}

/// The field `captcha` with the challenge solved by the protocol's own library.
pub(crate) fn solve(challenge: &str) -> String {
    let parsed = parse(challenge);
    let found = solve_challenge(SolveChallengeOptions::new(&parsed)).expect("no error").expect("a solution");
    format!("{challenge}.{}.{}", found.counter, found.derived_key)
}

/// The maximum number of hashes that it takes.
pub(crate) fn difficulty(challenge: &str) -> u32 {
    let data = parse(challenge).parameters.data.expect("its data");
    data["most"].as_u64().and_then(|most| most.try_into().ok()).expect("a number")
}

fn parse(challenge: &str) -> Challenge {
    let json = BASE64_URL_SAFE_NO_PAD.decode(challenge).expect("a challenge in base64");
    serde_json::from_slice(&json).expect("a challenge in JSON")
}
