//! The first post of a passkey's ceremony.

use super::Post;
use crate::api::{ApiError, PasskeyOptions};
use crate::server::crypto::passkey::Begun;
use crate::server::services::ServiceError;

impl Post {
    /// Answers with options for a browser's authenticator. They are of use to a
    /// script alone: a plain form is led to its page.
    ///
    /// # Errors
    /// As [`Post::answer`].
    pub async fn ceremony(self, offer: Result<Begun, ServiceError>) -> Result<PasskeyOptions, ApiError> {
        match offer {
            Ok(Begun { options, state }) => {
                self.only_for_script(&self.page);
                Ok(PasskeyOptions { options, state })
            }
            Err(error) => self.refuse(error).await.map(|()| PasskeyOptions::default()),
        }
    }
}
