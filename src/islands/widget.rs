//! A third party's captcha widget. It adds its own answer field to the form.

use js_sys::{Function, Reflect};
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlInputElement;

use crate::islands::Widget;

/// The global names of the third parties' scripts.
const APIS: [&str; 2] = ["turnstile", "hcaptcha"];

/// Resets the widget, since an answer is valid once. Inserts a widget next to the hidden
/// field if the form has none yet.
pub fn renew(widget: &Widget, field: &HtmlInputElement) {
    let drawn = document().get_elements_by_class_name(&widget.class).length() > 0;
    // Fails only if the page was modified; the server then reports the missing answer.
    let _ = if drawn { reset() } else { insert(widget, field) };
}

fn reset() -> Result<(), JsValue> {
    for api in APIS {
        let api = Reflect::get(&window(), &api.into())?;
        if !api.is_undefined() {
            Reflect::get(&api, &"reset".into())?.dyn_into::<Function>()?.call0(&api)?;
        }
    }
    Ok(())
}

/// Inserts the widget's container and the script that renders it. The content security
/// policy lets a trusted script load another one.
fn insert(widget: &Widget, field: &HtmlInputElement) -> Result<(), JsValue> {
    let container = document().create_element("div")?;
    container.set_class_name(&widget.class);
    container.set_attribute("data-sitekey", &widget.site_key)?;
    if let Some(action) = &widget.action {
        container.set_attribute("data-action", action)?;
    }
    field.insert_adjacent_element("afterend", &container)?;
    let script = document().create_element("script")?;
    script.set_attribute("src", &widget.script)?;
    container.insert_adjacent_element("afterend", &script)?;
    Ok(())
}
