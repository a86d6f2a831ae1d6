//! Hostile input: markup that is stored or shown again, invisible characters,
//! and requests that no browser sends.

mod markup;
mod names;
mod requests;
