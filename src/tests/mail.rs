//! Email: its contents, when it is sent, and how mail server faults are handled.

mod content;
mod delivery;
mod delivery_notice;
mod dev_mailbox;
mod encryption;
mod faults;
mod mailbox_readers;
mod worker;
