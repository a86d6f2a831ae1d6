//! Positions in the list of users.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The position of a row: its sort value, then its id.
///
/// In a URL it looks like `n.ann~0193…`: a letter for the sort key, the value, and the id after the
/// last `~`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub sorted: Sorted,
    pub id: Uuid,
}

/// The sort value of a row. In a list by username and email, usernames are first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sorted {
    Name(String),
    Address(String),
    /// Milliseconds since 1970.
    Registered(i64),
    /// Milliseconds since 1970, or 0 if the user never signed in.
    SignedIn(i64),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sorted {
            Sorted::Name(name) => write!(f, "n.{name}~{}", self.id),
            Sorted::Address(address) => write!(f, "a.{address}~{}", self.id),
            Sorted::Registered(at) => write!(f, "r.{at}~{}", self.id),
            Sorted::SignedIn(at) => write!(f, "s.{at}~{}", self.id),
        }
    }
}

/// The error for a text that is not a valid key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoKey;

impl FromStr for Key {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let (sorted, id) = text.rsplit_once('~').ok_or(NoKey)?;
        let (letter, value) = sorted.split_once('.').ok_or(NoKey)?;
        let id = Uuid::try_parse(id).map_err(|_| NoKey)?;
        let number = || value.parse().map_err(|_| NoKey);
        let sorted = match letter {
            // No other characters are ever stored, and PostgreSQL rejects some of them.
            "n" | "a" if !value.bytes().all(|byte| byte.is_ascii_graphic()) => return Err(NoKey),
            "n" => Sorted::Name(value.to_owned()),
            "a" => Sorted::Address(value.to_owned()),
            "r" => Sorted::Registered(number()?),
            "s" => Sorted::SignedIn(number()?),
            _ => return Err(NoKey),
        };
        Ok(Self { sorted, id })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Key, NoKey, Sorted};

    #[test]
    fn a_key_survives_a_round_trip_through_a_url() {
        for sorted in [
            Sorted::Name("ann.lee".to_owned()),
            Sorted::Address("a~b.c~@x.example".to_owned()),
            Sorted::Registered(-7),
            Sorted::SignedIn(0),
        ] {
            let key = Key { sorted, id: Uuid::max() };
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        for text in [
            "",
            "n.ann",
            "~",
            "x.ann~ffffffff-ffff-ffff-ffff-ffffffffffff",
            "n.a\0~ffffffff-ffff-ffff-ffff-ffffffffffff",
            "r.x~1",
        ] {
            assert_eq!(text.parse::<Key>(), Err(NoKey), "{text:?}");
        }
    }
}
