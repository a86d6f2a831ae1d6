//! Mail: what is written, when it is sent, and what a mail server may do.

mod content;
mod delivery;
mod dev_mailbox;
mod encryption;
mod faults;
mod worker;
