//! Code that runs only on the server.

pub mod cli;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod http;
pub mod limits;
pub mod mail;
pub mod rng;
pub mod services;
pub mod sorted_lines;
pub mod state;
pub mod store;
pub mod telemetry;
