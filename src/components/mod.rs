//! Markup that pages share, and the islands: what a person operates.
//!
//! An island is rendered on the server and taken over in the browser, where it
//! knows only its props. None holds another one: the page's script starts them
//! one by one. Everything else is markup that never reaches the browser's module.

pub mod bar;
pub mod captcha;
pub mod code_form;
pub mod correct_email_form;
pub mod countdown;
pub mod field;
pub mod form_message;
pub mod frame;
pub mod icon;
pub mod live;
pub mod local_time;
pub mod login_form;
pub mod mark;
pub mod moment;
pub mod notice;
pub mod password_field;
pub mod post;
pub mod proof;
pub mod register_form;
pub mod resend_form;
pub mod seconds_left;
pub mod steps;
pub mod strength_meter;
pub mod submission;
pub mod submit_button;
pub mod text_field;
pub mod username_form;
pub mod widget;

pub use bar::SignedIn;
pub use captcha::{CaptchaField, CaptchaScript};
pub use code_form::CodeForm;
pub use correct_email_form::CorrectEmailForm;
pub use countdown::Countdown;
pub use form_message::FormMessage;
pub use frame::Frame;
pub use icon::{Icon, Sign};
pub use local_time::LocalTime;
pub use login_form::LoginForm;
pub use mark::Brand;
pub use notice::NoticeBox;
pub use password_field::{PasswordField, PasswordUse};
pub use register_form::RegisterForm;
pub use resend_form::ResendForm;
pub use steps::{Step, Steps};
pub use strength_meter::{Strength, StrengthMeter};
pub use submission::Submission;
pub use submit_button::SubmitButton;
pub use text_field::TextField;
pub use username_form::UsernameForm;
