//! Hostile input: markup that is stored or shown again, marks that nobody
//! sees, and requests that no browser sends.

mod markup;
mod names;
mod requests;
