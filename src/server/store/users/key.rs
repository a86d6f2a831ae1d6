//! Where somebody stands in the list of users.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The place of a row in a list: what it is sorted by, and then its id.
///
/// In a URL: `n.ann~0193…`, a letter for what it is sorted by, its value, and
/// the id behind the last `~`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub sorted: Sorted,
    pub id: Uuid,
}

/// What a row is sorted by. Of a list of both, names come before addresses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sorted {
    Name(String),
    Address(String),
    /// Milliseconds since 1970.
    Registered(i64),
    /// Milliseconds since 1970; 0 for never.
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

/// A text that is the key of no row.
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
            // Nothing else is ever stored, and PostgreSQL refuses some of it.
            "n" | "a" if !value.bytes().all(|octet| octet.is_ascii_graphic()) => return Err(NoKey),
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
    fn a_key_comes_back_from_a_url_as_it_was() {
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
