//! A third party's widget in a form. It answers by itself, into a field of its own.

use js_sys::{Function, Reflect};
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlInputElement;

use crate::api::{Captcha, CaptchaKind, Widget};

/// What the third parties' scripts are known by in a page.
const APIS: [&str; 2] = ["turnstile", "hcaptcha"];

/// The widget that a captcha is, if it is one.
#[must_use]
pub fn of(captcha: Captcha) -> Option<Widget> {
    match captcha.kind {
        CaptchaKind::Widget(widget) => Some(widget),
        CaptchaKind::Sum(_) => None,
    }
}

/// Has the form answered anew, since an answer counts once. A form that had no
/// widget so far gets one beside its hidden field.
pub fn renew(widget: &Widget, field: &HtmlInputElement) {
    let drawn = document().get_elements_by_class_name(&widget.class).length() > 0;
    // Neither fails while the page is whole; the server says if an answer is missing.
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

/// The page came without the script, which draws each container it finds.
/// The content policy lets a script that it trusts bring in another one.
fn insert(widget: &Widget, field: &HtmlInputElement) -> Result<(), JsValue> {
    let container = document().create_element("div")?;
    container.set_class_name(&widget.class);
    container.set_attribute("data-sitekey", &widget.site_key)?;
    field.insert_adjacent_element("afterend", &container)?;
    let script = document().create_element("script")?;
    script.set_attribute("src", &widget.script)?;
    container.insert_adjacent_element("afterend", &script)?;
    Ok(())
}
