//! The log of one test, at every level.
//!
//! One subscriber serves the whole process and checks each time whether this
//! thread is listening. A separate subscriber for the thread would miss lines that
//! another test made tracing disable.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;

thread_local! {
    static HEARD: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}
static INSTALLED: Once = Once::new();

/// Listens on this thread until it is dropped.
pub(crate) struct Listener(());

impl Listener {
    pub(crate) fn start() -> Self {
        INSTALLED.call_once(|| {
            let listening = dynamic_filter_fn(|_, _| HEARD.with_borrow(Option::is_some));
            let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| Pen).with_filter(listening);
            tracing::subscriber::set_global_default(tracing_subscriber::registry().with(lines))
                .expect("no other subscriber in the tests");
        });
        HEARD.set(Some(Vec::new()));
        Self(())
    }

    /// All lines so far.
    pub(crate) fn text(&self) -> String {
        let bytes = HEARD.with_borrow(|heard| heard.clone().unwrap_or_default());
        String::from_utf8(bytes).expect("text")
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        HEARD.set(None);
    }
}

struct Pen;

impl io::Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        HEARD.with_borrow_mut(|heard| heard.iter_mut().for_each(|heard| heard.extend_from_slice(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
