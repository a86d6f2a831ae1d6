//! The first request of a passkey ceremony.

use super::FormRequest;
use crate::crypto::passkey::CeremonyStart;
use crate::islands::ApiError;
use crate::services::ServiceError;
use serde::{Deserialize, Serialize};

/// The options that a browser passes to its authenticator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyOptions {
    /// `publicKey` as JSON for `PublicKeyCredential.parse…OptionsFromJSON`. Empty if another
    /// step has to come first; the answer then redirects there.
    pub options: String,
    /// Sent back with the credential.
    pub state: String,
}

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
