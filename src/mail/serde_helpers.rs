//! Serialization of domain types in encrypted payloads, for serde's `with`. Deserializing parses
//! the values again, so a payload cannot contain a value that a form would reject.

/// Defines a module for a type that is stored as text.
macro_rules! as_text {
    ($name:ident, $type:ty, $write:expr, $read:expr) => {
        pub(super) mod $name {
            use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

            pub fn serialize<S: Serializer>(value: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                let write: fn(&$type) -> &str = $write;
                serializer.serialize_str(write(value))
            }

            pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                // The parser's own message is meant for users, and errors must not quote the text.
                let text = zeroize::Zeroizing::new(String::deserialize(deserializer)?);
                $read(&text).map_err(|_| D::Error::custom(concat!("not a valid ", stringify!($name))))
            }
        }
    };
}

as_text!(email, crate::domain::Email, crate::domain::Email::as_str, crate::domain::Email::parse);
as_text!(username, crate::domain::Username, crate::domain::Username::as_str, crate::domain::Username::parse);
as_text!(code, crate::domain::EmailCode, crate::domain::EmailCode::expose, crate::domain::EmailCode::parse);

/// Milliseconds since the Unix epoch, as in the database.
pub(super) mod moment {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::domain::Timestamp;

    pub fn serialize<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(moment.0)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(deserializer).map(Timestamp)
    }
}
