//! The code that a browser downloads: the islands, which are the interactive parts of the pages, and the types that
//! they share with the server.
//!
//! An island is rendered on the server and hydrated in the browser, where it has only its props. Islands are not
//! nested: the page's script hydrates them one by one. All other markup is compiled only for the server.

pub mod captcha;
pub mod challenge;
pub mod copy_text;
pub mod countdown;
pub mod countdown_timer;
pub mod duration;
pub mod dyn_value;
pub mod enhanced_form;
pub mod feedback;
pub mod field;
pub mod form;
pub mod form_field;
pub mod form_message;
pub mod form_state;
pub mod icon;
pub mod live_rows;
pub mod local_time;
pub mod passkey;
pub mod passkey_button;
pub mod post;
pub mod print_button;
pub mod proof_of_work;
pub mod strength_meter;
pub mod submit_button;
pub mod widget;

pub use captcha::{CaptchaField, CaptchaScript};
pub use challenge::{Captcha, CaptchaAnswer, CaptchaKind, PowChallenge, Widget};
pub use copy_text::CopyText;
pub use countdown::Countdown;
pub use enhanced_form::EnhancedForm;
pub use feedback::{ApiError, Feedback, Flash};
pub use field::{Field, FieldKind};
pub use form::Form;
pub use form_field::FormField;
pub use form_message::FormMessage;
pub use form_state::FormState;
pub use icon::{Icon, IconName};
pub use live_rows::{FreshRows, LiveRows};
pub use local_time::ZonedTime;
pub use passkey_button::{PasskeyButton, PasskeyUse};
pub use print_button::PrintButton;
pub use strength_meter::{Strength, StrengthMeter, StrengthView};
pub use submit_button::SubmitButton;
