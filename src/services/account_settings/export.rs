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
        let own = self.core.begin_own_reauthenticated(by).await?;
        let (tx, account, now) = (&own.tx, &own.account, own.tx.now());
        self.core.security_log().record(tx, account.id, SecurityEvent::DataExported, by).await?;
        let export = account_export::collect(tx, account.id).await?.ok_or(ServiceError::Unauthenticated)?;
        let account_id = account.id;
        own.commit().await?;
        tracing::info!(event = "account.exported", account = %account_id, ip = %by.ip);
        Ok((export, now))
    }
}
