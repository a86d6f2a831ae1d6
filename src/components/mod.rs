//! Markup that pages share, and the islands: what a person operates.
//!
//! An island is rendered on the server and taken over in the browser, where it
//! knows only its props. None holds another one: the page's script starts them
//! one by one. Everything else is markup that never reaches the browser's module.

pub mod account_area;
pub mod badge;
pub mod bar;
pub mod captcha;
pub mod code_list;
pub mod copy_text;
pub mod countdown;
pub mod facts;
pub mod field;
pub mod form;
pub mod form_field;
pub mod form_message;
pub mod frame;
pub mod icon;
pub mod live;
pub mod local_time;
pub mod mark;
pub mod moment;
pub mod notice;
pub mod other_way;
pub mod pager;
pub mod passkey;
pub mod passkey_button;
pub mod passkey_section;
pub mod plain_form;
pub mod post;
pub mod post_form;
pub mod print_button;
pub mod proof;
pub mod qr_code;
pub mod rows;
pub mod seconds_left;
pub mod section;
pub mod steps;
pub mod strength_meter;
pub mod submission;
pub mod submit_button;
pub mod widget;

pub use account_area::AccountArea;
pub use badge::Badge;
pub use bar::SignedIn;
pub use captcha::{CaptchaField, CaptchaScript};
pub use code_list::CodeList;
pub use copy_text::CopyText;
pub use countdown::Countdown;
pub use facts::{Fact, Facts};
pub use field::{Field, FieldKind};
pub use form::Form;
pub use form_field::FormField;
pub use form_message::FormMessage;
pub use frame::Frame;
pub use icon::{Icon, Sign};
pub use local_time::LocalTime;
pub use mark::Brand;
pub use notice::NoticeBox;
pub use other_way::OtherWay;
pub use pager::Pager;
pub use passkey_button::{PasskeyButton, PasskeyUse};
pub use passkey_section::PasskeySection;
pub use plain_form::{PlainForm, PlainRefusal};
pub use post_form::PostForm;
pub use print_button::PrintButton;
pub use qr_code::QrCode;
pub use rows::{EmptyList, Row, Rows};
pub use section::Section;
pub use steps::{Step, Steps};
pub use strength_meter::{Strength, StrengthMeter};
pub use submission::Submission;
pub use submit_button::SubmitButton;
