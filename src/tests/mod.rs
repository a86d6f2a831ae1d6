//! The portal from its front door: the real router, the real migrations on an
//! SQLite file, mail into memory or to an SMTP server on loopback, and a clock
//! that the tests move.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may end by a panic")]

mod configuration;
mod directions;
mod faults;
mod harness;
mod known_address;
mod login;
mod logs;
mod mail;
mod pages;
mod posts;
mod process;
mod proof_of_work;
mod registration;
mod sessions;
mod verification;
