//! Every parser that stands at the door, fed with what nobody thought of.
//!
//! Each property says what an accepted text may be and, where that is short,
//! restates the rule in other words: "it does not panic" is never all. The
//! texts are valid ones that were spoilt a little, so that both answers are
//! frequent; [`runner`] counts them.
//!
//! `cargo test` runs a few hundred cases from one seed, the same each time:
//! when it turns red, the code has changed. `make fuzz` runs many more from a
//! new seed. Nothing is written to disk; a failure prints the smallest case
//! that shows it and the seed. Make that case a named test of its parser.

mod bodies;
mod cookies;
mod csv;
mod door;
mod email;
mod forwarded;
mod headers;
mod next_path;
mod otp_code;
mod password;
mod request_target;
mod runner;
mod settings;
mod texts;
mod token;
mod username;
