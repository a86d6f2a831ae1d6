//! The portal tested through its public interface: the real router, the real migrations on an
//! SQLite file, email into memory or to an SMTP server on loopback, and a clock
//! that the tests move.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may end by a panic")]

mod account;
mod admin;
mod captcha;
mod commands;
mod configuration;
mod connections;
mod crash;
mod csrf;
mod decoys;
mod devices;
mod directions;
mod documents;
mod email_links;
mod factors;
mod faults;
mod forwarding;
mod fuzz;
mod harness;
mod headers;
mod input;
mod keys;
mod known_address;
mod leaked_passwords;
mod limits;
mod load;
mod login;
mod logs;
mod mail;
mod pages;
mod passkeys;
mod passwords;
mod posts;
mod process;
mod proof_of_work;
mod recovery;
mod registration;
mod registration_modes;
mod request_target;
mod security_log;
mod session_manager;
mod sessions;
mod static_files;
mod strangers;
mod third_party;
mod two_processes;
mod two_step;
mod upgrade;
mod usernames;
mod verification;
