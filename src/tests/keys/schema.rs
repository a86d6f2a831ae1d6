//! No encrypted column is forgotten when the key is changed.

use std::collections::BTreeSet;
use std::path::Path;

use portal::store::encrypted_columns::SEALED;

use crate::harness::TestApp;

/// Binary columns without encrypted data, each with a description of what it contains.
/// Nothing that is kept for long depends on the secret key, because it would be lost with it.
const PLAIN: &[(&str, &str)] = &[
    ("attempt.network", "an IP prefix, as in other tables"),
    ("attempt.subject", "a keyed hash, which counts for a month; the previous key\u{2019}s is looked for too"),
    ("audit.hash", "a hash"),
    ("audit.ip_commitment", "a hash of a value and a random one"),
    ("audit.ip_salt", "a random value"),
    ("audit.previous", "a hash"),
    ("audit.reason_commitment", "a hash of a value and a random one"),
    ("audit.reason_salt", "a random value"),
    ("email_verification.flow_digest", "a hash of a random value"),
    ("invitation.digest", "a hash of a random value"),
    ("known_device.digest", "a hash of a random value"),
    ("mail_link.digest", "a hash of a random value"),
    ("otp.digest", "a keyed hash, which counts for minutes; the previous key\u{2019}s is looked for too"),
    ("passkey.credential_id", "is public"),
    ("recovery_code.digest", "a hash of a random value"),
    ("trusted_browser.digest", "a hash of a random value"),
];

/// Data that is encrypted for the minutes of one session. Its rows are not
/// re-encrypted; the previous key decrypts them until they expire.
const FLEETING: &[&str] = &["shown once"];

/// A new binary column is either encrypted, and then listed in `SEALED`, or not,
/// and then listed here.
#[tokio::test]
async fn every_binary_column_is_listed_as_encrypted_or_as_plain() {
    let app = TestApp::new().await;
    let sealed = SEALED.iter().map(ToString::to_string);
    let listed: BTreeSet<_> = sealed.chain(PLAIN.iter().map(|(column, _)| (*column).to_owned())).collect();
    assert_eq!(listed.len(), SEALED.len() + PLAIN.len(), "no column is in both lists");
    let there: BTreeSet<_> = app.binary_columns().await.into_iter().collect();
    assert_eq!(there, listed);
    // The columns can be read, empty or not.
    assert!(app.resealing(super::NEW).await.status().await.is_ok_and(|tallies| tallies.len() == SEALED.len()));
}

/// The encryption and the rotation use the same purposes.
#[test]
fn every_sealer_of_the_portal_has_its_column() {
    // Where the services are constructed, for the server and for the commands.
    let read = |file: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("a file");
    let sources = [("src/services/core.rs", "sealer("), ("src/services/audit/mod.rs", "Sealer::new(")];
    let sources = sources.map(|(file, call)| (read(file), call));
    let purposes: BTreeSet<_> = sources
        .iter()
        .flat_map(|(source, call)| source.split(call).skip(1))
        .map(|rest| rest.split('"').nth(1).expect("its purpose, in quotes"))
        .collect();
    assert!(purposes.contains("mail") && purposes.contains("audit"), "is the test looking in the right place?");
    let known: BTreeSet<_> = SEALED.iter().map(|place| place.purpose).chain(FLEETING.iter().copied()).collect();
    assert_eq!(purposes, known);
}
