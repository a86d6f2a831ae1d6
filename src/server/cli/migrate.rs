//! `portal migrate`

use super::Failure;
use crate::server::config::Config;

pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let store = super::open(config).await?;
    store.migrate().await?;
    tracing::info!("the database has this version's schema");
    Ok(store.close().await?)
}
