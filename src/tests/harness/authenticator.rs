//! A software authenticator: what a browser and a phone do for a passkey.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// User present, user verified, attested credential data (level 3, section 6.1).
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// One passkey, with every property that a test may want to get wrong.
#[derive(Clone)]
pub(crate) struct Authenticator {
    pub(crate) key: SigningKey,
    /// The credential's id.
    pub(crate) id: Vec<u8>,
    /// The user handle, from the options it was created with.
    pub(crate) user_handle: Option<String>,
    /// The page's origin, as the browser reports it.
    pub(crate) origin: String,
    pub(crate) relying_party: String,
    pub(crate) verifies: bool,
    pub(crate) present: bool,
    /// Increases with each use; 0 stays 0, as with a synchronized passkey.
    pub(crate) counter: u32,
    /// Used instead of the challenge that was given.
    pub(crate) challenge: Option<String>,
}

impl Authenticator {
    /// The passkey with this number, on the pages of a development portal.
    pub(crate) fn new(number: u8) -> Self {
        let key = SigningKey::from_slice(&[number; 32]).expect("a private key");
        Self {
            key,
            id: Sha256::digest([number]).to_vec(),
            user_handle: None,
            origin: "http://localhost:3000".to_owned(),
            relying_party: "localhost".to_owned(),
            verifies: true,
            present: true,
            counter: 1,
            challenge: None,
        }
    }

    /// Claims to be another passkey, without having its key.
    pub(crate) fn under_the_id_of(self, other: &Self) -> Self {
        Self { key: self.key, ..other.clone() }
    }

    /// The result of `navigator.credentials.create()`, as `toJSON()` writes it.
    pub(crate) fn create(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options in JSON");
        self.user_handle = options["user"]["id"].as_str().map(str::to_owned);
        let length = u16::try_from(self.id.len()).expect("a short id").to_be_bytes();
        let attested = [[0; 16].as_slice(), &length, &self.id, &self.public_key()].concat();
        let data = [self.data(ATTESTED), attested].concat();
        let length = u16::try_from(data.len()).expect("short").to_be_bytes();
        // CBOR (RFC 8949): a map of `fmt`, `attStmt` and `authData`.
        let object = [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".as_slice(), &length, &data].concat();
        self.credential(json!({
            "attestationObject": base64(&object),
            "clientDataJSON": base64(self.client_data("webauthn.create", &options).as_bytes()),
            "transports": ["internal"],
        }))
    }

    /// The result of `navigator.credentials.get()`, as `toJSON()` writes it.
    pub(crate) fn get(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options in JSON");
        if self.counter > 0 {
            self.counter += 1;
        }
        let (client_data, data) = (self.client_data("webauthn.get", &options), self.data(0));
        let signed = [data.as_slice(), &Sha256::digest(client_data.as_bytes())].concat();
        let signature: Signature = self.key.sign(&signed);
        let mut response = json!({
            "authenticatorData": base64(&data),
            "clientDataJSON": base64(client_data.as_bytes()),
            "signature": base64(signature.to_der().as_bytes()),
        });
        // Omitted where the authenticator does not provide it.
        if let Some(user_handle) = &self.user_handle {
            response["userHandle"] = user_handle.as_str().into();
        }
        self.credential(response)
    }

    /// The id in the form in which options name it.
    pub(crate) fn id(&self) -> String {
        base64(&self.id)
    }

    fn credential(&self, response: Value) -> String {
        let id = self.id();
        json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": { "credProps": { "rk": true } }, "response": response,
        })
        .to_string()
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        let given = options["challenge"].as_str().expect("a challenge");
        let challenge = self.challenge.as_deref().unwrap_or(given);
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string()
    }

    fn data(&self, more: u8) -> Vec<u8> {
        let present = if self.present { PRESENT } else { 0 };
        let verified = if self.verifies { VERIFIED } else { 0 };
        let party = Sha256::digest(self.relying_party.as_bytes());
        [party.as_slice(), &[present | verified | more], &self.counter.to_be_bytes()].concat()
    }

    /// A COSE key (RFC 9053, section 7.1.1): EC2, ES256, P-256 and the coordinates.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice(), x, b"\x22\x58\x20", y].concat()
    }
}

fn base64(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
