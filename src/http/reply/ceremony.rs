//! The first request of a passkey ceremony.

use super::FormRequest;
use crate::islands::ApiError;
use crate::api::PasskeyOptions;
use crate::crypto::passkey::CeremonyStart;
use crate::services::ServiceError;

impl FormRequest {
    /// Answers with options for the browser's authenticator. Only a script can use them; a plain
    /// form is redirected to its page.
    pub async fn ceremony(self, offer: Result<CeremonyStart, ServiceError>) -> Result<PasskeyOptions, ApiError> {
        match offer {
            Ok(CeremonyStart { options, state }) => {
                self.redirect_plain_form(&self.page);
                Ok(PasskeyOptions { options, state })
            }
            Err(error) => self.refuse(error).await.map(|()| PasskeyOptions::default()),
        }
    }
}
