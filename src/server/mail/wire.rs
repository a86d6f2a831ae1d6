//! How the domain's types are written into a sealed payload, for serde's
//! `with`. Reading parses them again: a payload cannot smuggle in what no form
//! would have taken.

/// One module for a type that is written as text.
macro_rules! as_text {
    ($name:ident, $type:ty, $write:expr, $read:expr) => {
        pub(super) mod $name {
            use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

            pub fn serialize<S: Serializer>(value: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                let write: fn(&$type) -> &str = $write;
                serializer.serialize_str(write(value))
            }

            pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                // The parser's own message is for visitors, and the text must not be quoted.
                let text = zeroize::Zeroizing::new(String::deserialize(deserializer)?);
                $read(&text).map_err(|_| D::Error::custom(concat!("not a valid ", stringify!($name))))
            }
        }
    };
}

as_text!(email, crate::domain::Email, crate::domain::Email::as_str, crate::domain::Email::parse);
as_text!(username, crate::domain::Username, crate::domain::Username::as_str, crate::domain::Username::parse);
as_text!(code, crate::domain::OtpCode, crate::domain::OtpCode::expose, crate::domain::OtpCode::parse);

/// Milliseconds, as in the database.
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
