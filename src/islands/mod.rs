//! The code that a browser downloads: the islands, which are the interactive parts of the pages, and the types that
//! they share with the server.
//!
//! An island adds behavior to markup that the server has rendered: it is hydrated inside that markup, and reads from it
//! what it needs to know. It has neither content nor props of its own, so the module needs no code for them. Signals
//! keep the state of an island, and update its part of the page.

pub mod captcha;
pub mod challenge;
pub mod copy_text;
pub mod countdown;
pub mod countdown_timer;
pub mod dom;
pub mod duration;
pub mod feedback;
pub mod form_message;
pub mod form_script;
pub mod form_state;
pub mod js;
pub mod live_rows;
pub mod local_time;
pub mod passkey;
pub mod passkey_button;
pub mod post;
pub mod print_button;
pub mod proof_of_work;
pub mod refusal;
pub mod script;
pub mod strength_meter;
pub mod submit_button;
pub mod widget;

pub use challenge::{Captcha, CaptchaAnswer, CaptchaKind, PowChallenge, Widget};
pub use copy_text::CopyScript;
pub use countdown::CountdownScript;
pub use feedback::{ApiError, Feedback, Flash};
pub use form_script::FormScript;
pub use form_state::FormState;
pub use live_rows::LiveRowsScript;
pub use local_time::LocalTimeScript;
pub use passkey_button::PasskeyScript;
pub use print_button::PrintScript;
pub use strength_meter::StrengthView;
