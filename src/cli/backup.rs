//! `portal backup FILE`.

use std::path::Path;

use super::Failure;
use crate::config::{Config, access};

pub(super) async fn run(config: &Config, file: &str) -> Result<(), Failure> {
    if Path::new(file).exists() {
        return Err(format!("{file}: already exists; choose a new file name").into());
    }
    access::check_writable(Path::new(file))?;
    let store = super::open(config).await?;
    store.backup(file).await?;
    tracing::info!(file, "backed up");
    super::close(store, true).await
}
