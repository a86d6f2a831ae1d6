//! `portal backup FILE`.

use super::Failure;
use crate::config::Config;

pub(super) async fn run(config: &Config, file: &str) -> Result<(), Failure> {
    if std::path::Path::new(file).exists() {
        return Err(format!("{file}: already exists; choose a new file name").into());
    }
    let store = super::open(config).await?;
    store.backup(file).await?;
    tracing::info!(file, "backed up");
    super::close(store, true).await
}
