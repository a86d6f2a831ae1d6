//! Asking a person who is signed in for the password again.

use super::outcome::ServiceError;
use super::password_check::{Challenge, Claim, PasswordCheck, Right};
use super::requester::Requester;
use crate::domain::{FieldErrors, Timestamp};
use crate::server::clock::Clock;
use crate::server::store::accounts::Account;
use crate::server::store::{Store, accounts};

const EMPTY: &str = "Enter your password.";
const WRONG: &str = "Incorrect password.";

/// The service behind `/account/confirm`, and behind every form of a signed-in
/// person that asks for the password.
#[derive(Clone, Debug)]
pub struct Confirmation {
    pub store: Store,
    pub passwords: PasswordCheck,
    pub clock: Clock,
}

impl Confirmation {
    /// Confirms that the person at the keyboard knows the password. Gives the
    /// moment from which on they count as just having given it.
    ///
    /// # Errors
    /// Nobody is signed in, the password is wrong, or a wait after too many wrong ones.
    pub async fn confirm(&self, password: &str, by: &Requester) -> Result<Timestamp, ServiceError> {
        let (_, right) = self.own_password("password", password, by).await?;
        let tx = self.store.write().await?;
        self.passwords.settle(&tx, right, by).await?;
        tx.commit().await?;
        Ok(self.clock.now())
    }

    /// Looks at the password that a signed-in person typed into `field`. Gives
    /// the account as it was then; settle the rest in the transaction of what
    /// the password was asked for.
    ///
    /// # Errors
    /// As [`Confirmation::confirm`].
    pub async fn own_password(
        &self,
        field: &str,
        password: &str,
        by: &Requester,
    ) -> Result<(Account, Right), ServiceError> {
        let member = by.member()?;
        if password.is_empty() {
            return Err(FieldErrors::one(field, EMPTY).into());
        }
        let place = self.passwords.enter()?;
        let account = accounts::by_id(self.store.reader(), member.account_id).await?.ok_or(ServiceError::SignIn)?;
        let claim = Claim { identifier: "", account: Some(&account), password };
        match self.passwords.check(place, claim, Challenge::Never, by).await? {
            Some(right) => Ok((account, right)),
            None => {
                tracing::info!(event = "confirmation.failed", account = %account.id, ip = %by.ip);
                Err(FieldErrors::one(field, WRONG).into())
            }
        }
    }
}
