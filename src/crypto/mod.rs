//! Hashes, keyed digests and encryption at rest. The result types have a redacted `Debug`, do not
//! implement `Serialize`, and are compiled for the server only.

mod hash_memory;
pub mod hash_queue;
pub mod key;
pub mod key_ring;
pub mod lookup;
pub mod otp_digest;
pub mod passkey;
pub mod password_hash;
pub mod password_policy;
pub mod password_set;
pub mod recovery_codes;
pub mod sealed;
pub mod token;
pub mod totp;

pub use key::{KeyId, SecretKey};
pub use key_ring::KeyRing;
pub use lookup::{LookupKey, LookupKeys};
pub use otp_digest::{OtpDigest, OtpDigester, OtpPurpose};
pub use passkey::Ceremonies;
pub use password_hash::{PasswordHash, PasswordHasher};
pub use password_policy::{PasswordContext, PasswordPolicy};
pub use password_set::PasswordSet;
pub use sealed::Sealer;
pub use token::{FlowToken, TokenDigest};
pub use totp::{QrImage, Seed};
