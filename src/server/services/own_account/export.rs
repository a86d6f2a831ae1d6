//! Exporting a user's own data.

use super::OwnAccount;
use crate::domain::{SecurityEvent, Timestamp};
use crate::server::services::outcome::ServiceError;
use crate::server::services::requester::Requester;
use crate::server::store::holdings::{self, Holdings};

impl OwnAccount {
    /// Returns all data stored about the user, and the time of the export.
    ///
    /// # Errors
    /// [`ServiceError::SignIn`] or [`ServiceError::Confirm`].
    pub async fn export(&self, by: &Requester) -> Result<(Holdings, Timestamp), ServiceError> {
        let member = by.fresh_member(self.clock.now())?;
        let tx = self.store.write().await?;
        let now = tx.now();
        let account = self.own(&tx, member).await?;
        self.log.note(&tx, account.id, SecurityEvent::DataExported, by).await?;
        let holdings = holdings::of(&tx, account.id).await?.ok_or(ServiceError::SignIn)?;
        tx.commit().await?;
        tracing::info!(event = "account.exported", account = %account.id, ip = %by.ip);
        Ok((holdings, now))
    }
}
