//! Properties of JavaScript objects, such as an answer in JSON that the browser has parsed.
//!
//! Deserializing into Rust types would need much more code in the module.

use js_sys::Reflect;
use leptos::wasm_bindgen::JsValue;

/// Returns a property.
///
/// # Errors
/// If this is not an object.
pub fn get(object: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(object, &name.into())
}

/// Returns a property that is a string.
#[must_use]
pub fn text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name).ok()?.as_string()
}

/// Returns a property that is a whole number.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the server sends whole numbers below 2³²")]
pub fn number(object: &JsValue, name: &str) -> Option<u32> {
    Some(get(object, name).ok()?.as_f64()? as u32)
}
