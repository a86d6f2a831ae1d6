//! Exporting a user's own data.

use super::AccountSettings;
use crate::domain::{SecurityEvent, Timestamp};
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::store::account_export::{self, AccountExport};

impl AccountSettings<'_> {
    /// Returns all data stored about the user, and the time of the export.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] or [`ServiceError::ReauthenticationRequired`].
    pub async fn export(&self, by: &RequestContext) -> Result<(AccountExport, Timestamp), ServiceError> {
        let member = by.recently_authenticated(self.core.clock.now())?;
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let account = self.own(&tx, member).await?;
        self.core.security_log().record(&tx, account.id, SecurityEvent::DataExported, by).await?;
        let export = account_export::collect(&tx, account.id).await?.ok_or(ServiceError::Unauthenticated)?;
        tx.commit().await?;
        tracing::info!(event = "account.exported", account = %account.id, ip = %by.ip);
        Ok((export, now))
    }
}
