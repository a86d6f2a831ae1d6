//! A decoy passkey.
//!
//! An assertion for an unknown passkey is checked against the decoy, so that its rejection takes as
//! long as any other (ASVS 5.0, V6.3.8).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;

use super::Passkey;

/// Returns the decoy with this id, in the storage format of the library. Its public key is the
/// curve's base point, whose private key is 1. Anyone can therefore sign for it, and a successful
/// check must never be accepted.
pub(super) fn with_id(id: &[u8]) -> Option<Passkey> {
    let base64 = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let credential = json!({
        "cred_id": base64(id),
        "cred": {
            "type_": "ES256",
            "key": { "EC_EC2": { "curve": "SECP256R1", "x": base64(&BASE_X), "y": base64(&BASE_Y) } },
        },
        "counter": 0,
        "transports": null,
        "user_verified": true,
        "backup_eligible": false,
        "backup_state": false,
        "registration_policy": "required",
        "extensions": {},
        "attestation": { "data": "None", "metadata": "None" },
        "attestation_format": "none",
    });
    serde_json::from_value(json!({ "cred": credential })).ok()
}

/// The base point of P-256 (SEC 2, section 2.4.2).
const BASE_X: [u8; 32] = [
    0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d,
    0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
];
const BASE_Y: [u8; 32] = [
    0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33,
    0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_library_parses_the_decoy() {
        let decoy = super::with_id(b"unknown").expect("a passkey");
        assert_eq!(decoy.cred_id(), b"unknown");
    }
}
