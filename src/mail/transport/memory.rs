//! Collects emails in memory, for tests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::SendError;
use crate::mail::RenderedEmail;

/// How the transport treats the next emails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Behavior {
    #[default]
    Accept,
    /// Fails with this error.
    Fail(SendError),
    /// Hangs like a server that accepts the connection and never replies.
    Hang,
}

/// The collected emails. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    behavior: Behavior,
    accepted: Vec<RenderedEmail>,
}

impl Memory {
    /// Sets how the next emails are treated.
    pub fn behave(&self, behavior: Behavior) {
        self.state().behavior = behavior;
    }

    /// Returns the emails sent so far, oldest first.
    #[must_use]
    pub fn accepted(&self) -> Vec<RenderedEmail> {
        self.state().accepted.clone()
    }

    pub(super) async fn send(&self, email: &RenderedEmail) -> Result<(), SendError> {
        self.probe().await?;
        self.state().accepted.push(email.clone());
        Ok(())
    }

    pub(super) async fn probe(&self) -> Result<(), SendError> {
        let behavior = self.state().behavior.clone();
        match behavior {
            Behavior::Accept => Ok(()),
            Behavior::Fail(error) => Err(error),
            Behavior::Hang => std::future::pending().await,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
