//! The two posts of a passkey ceremony, as the page's script sends them.

use serde_json::Value;

use super::app::PASSWORD;
use super::authenticator::Authenticator;
use super::client::{Answer, Client};
use super::{Mode, TestApp};

pub(crate) const SIGN_IN: &str = "/login/passkey";
pub(crate) const SECOND_STEP: &str = "/login/mfa/passkey";
pub(crate) const CONFIRM: &str = "/account/confirm/passkey";
pub(crate) const ADD: &str = "/account/security/passkeys";

/// Options and state of a ceremony.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) options: String,
    pub(crate) state: String,
}

impl Options {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.options).expect("options in JSON")
    }
}

impl Client {
    /// Requests the options of a ceremony.
    pub(crate) async fn options(&mut self, action: &str) -> Options {
        let answer = self.post_bare(&format!("{action}/options"), &[]).await;
        let given: Value = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("no JSON: {answer:?}"));
        let text = |name: &str| given[name].as_str().unwrap_or_else(|| panic!("no {name}: {answer:?}")).to_owned();
        Options { options: text("options"), state: text("state") }
    }

    /// Posts what an authenticator returned.
    pub(crate) async fn show(&mut self, action: &str, state: &str, credential: &str) -> Answer {
        self.post_bare(action, &[("state", state), ("credential", credential)]).await
    }

    /// Adds a passkey, with both posts.
    pub(crate) async fn add_passkey(&mut self, authenticator: &mut Authenticator) -> Answer {
        let given = self.options(ADD).await;
        let credential = authenticator.create(&given.options);
        self.show(ADD, &given.state, &credential).await
    }

    /// Signs with a passkey, with both posts.
    pub(crate) async fn use_passkey(&mut self, action: &str, authenticator: &mut Authenticator) -> Answer {
        let given = self.options(action).await;
        let credential = authenticator.get(&given.options);
        self.show(action, &given.state, &credential).await
    }
}

impl TestApp {
    /// A user with an account, who just signed in with the password.
    pub(crate) async fn member(&self, username: &str) -> Client {
        self.account(username, &format!("{username}@x.example")).await;
        let mut client = self.client(Mode::Script);
        assert_eq!(client.sign_in(username, PASSWORD).await.location().as_deref(), Some("/dashboard"));
        client
    }

    /// Such a user, and the passkey with this number that they have added.
    pub(crate) async fn member_with_passkey(&self, username: &str, number: u8) -> (Client, Authenticator) {
        let (mut client, mut authenticator) = (self.member(username).await, Authenticator::new(number));
        let added = client.add_passkey(&mut authenticator).await;
        assert_eq!(added.location().as_deref(), Some("/account/security/recovery-codes"), "{added:?}");
        (client, authenticator)
    }
}
