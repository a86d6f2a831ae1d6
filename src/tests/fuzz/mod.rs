//! Property tests of every parser of untrusted input.
//!
//! Each property says what an accepted text may be and, where that is short,
//! restates the rule independently: "it does not panic" is never the whole property.
//! The texts are slightly corrupted valid ones, so that both outcomes are
//! frequent; [`runner`] counts them.
//!
//! `cargo test` runs a few hundred cases from one fixed seed, so a new failure
//! means that the code has changed. `make fuzz` runs many more from a
//! new seed. Nothing is written to disk; a failure prints the smallest failing
//! case and the seed. Make that case a named test of its parser.

mod bodies;
mod cookies;
mod csv;
mod door;
mod dot_env;
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
