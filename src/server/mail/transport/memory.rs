//! A list of mails in memory, for tests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::SendError;
use crate::server::mail::Letter;

/// How the next mails fare.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    #[default]
    Accept,
    /// As a server that answers 4xx, with this text.
    Fail(String),
    /// As a server that answers 5xx, with this text.
    Refuse(String),
    /// As a server that takes the connection and says nothing.
    Hang,
}

/// A list of mails; its clones share it.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    behaviour: Behaviour,
    accepted: Vec<Letter>,
}

impl Memory {
    /// Sets how the next mails fare.
    pub fn behave(&self, behaviour: Behaviour) {
        self.state().behaviour = behaviour;
    }

    /// The mails so far, oldest first.
    #[must_use]
    pub fn accepted(&self) -> Vec<Letter> {
        self.state().accepted.clone()
    }

    pub(super) async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let behaviour = self.state().behaviour.clone();
        match behaviour {
            Behaviour::Accept => self.state().accepted.push(letter.clone()),
            Behaviour::Fail(error) => return Err(SendError::Failed(error)),
            Behaviour::Refuse(error) => return Err(SendError::Refused(error)),
            Behaviour::Hang => std::future::pending().await,
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
