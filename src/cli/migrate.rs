//! `portal migrate`.

use super::Failure;
use crate::config::Config;
use crate::rng::Rng;

pub(super) async fn run(config: &Config, rng: Rng) -> Result<(), Failure> {
    let store = super::open_current(config, rng).await?;
    tracing::info!("the database has this version's schema");
    Ok(store.close().await?)
}
