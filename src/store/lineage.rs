//! The sessions that a factor or a session comes from.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::Timestamp;

/// Sessions, each named by its public id (its handle). For a factor: the session that added it, the session that added
/// the factor with which that session was authenticated, and so on. Empty if the origin is unknown.
///
/// A session whose lineage includes another one is its descendant. The chain is stored with each factor, because the
/// rows of sessions do not outlive them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lineage(Vec<Uuid>);

impl Lineage {
    /// Returns the lineage of what `session` adds. `ancestors` is where the factors that it was authenticated with come
    /// from.
    pub fn of(session: Uuid, ancestors: &Self) -> Self {
        Self(vec![session]).join(ancestors)
    }

    /// Whether this comes from `session` or a descendant of it.
    pub fn includes(&self, session: Uuid) -> bool {
        self.0.contains(&session)
    }

    /// Whether `session` itself is the newest in the chain: it added the factor.
    pub fn begins_with(&self, session: Uuid) -> bool {
        self.0.first() == Some(&session)
    }

    /// Whether the same session added both.
    pub fn begins_like(&self, other: &Self) -> bool {
        other.0.first().is_some_and(|session| self.begins_with(*session))
    }

    /// Returns the sessions of both.
    #[must_use]
    pub fn join(mut self, other: &Self) -> Self {
        for session in &other.0 {
            if !self.0.contains(session) {
                self.0.push(*session);
            }
        }
        self
    }

    /// Returns the sessions that began after `since`. An id begins with the time in milliseconds (RFC 9562, version 7).
    #[must_use]
    pub fn begun_after(mut self, since: Timestamp) -> Self {
        let began = |session: &Uuid| i64::try_from(session.as_u128() >> 80).unwrap_or(i64::MAX);
        self.0.retain(|session| began(session) > since.0);
        self
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the stored form: the ids, separated by spaces.
    pub fn to_text(&self) -> String {
        self.0.iter().map(|session| session.simple().to_string()).collect::<Vec<_>>().join(" ")
    }

    /// Reads the stored form. Words that are not ids are left out.
    pub fn of_text(text: &str) -> Self {
        Self(text.split_whitespace().filter_map(|word| Uuid::parse_str(word).ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::Lineage;
    use crate::domain::Timestamp;

    /// A session that began at this time.
    fn session(at: u64) -> Uuid {
        uuid::Builder::from_unix_timestamp_millis(at, &[7; 10]).into_uuid()
    }

    #[test]
    fn a_lineage_includes_each_session_once_and_survives_storage() {
        let [first, second, third] = [1, 2, 3].map(session);
        let lineage = Lineage::of(third, &Lineage::of(second, &Lineage::of(first, &Lineage::default())));
        let joined = lineage.clone().join(&Lineage::of(second, &Lineage::default()));
        assert_eq!(joined, lineage);
        assert!([first, second, third].into_iter().all(|session| lineage.includes(session)));
        assert!(lineage.begins_with(third) && !lineage.begins_with(first) && !lineage.includes(session(4)));
        assert!(lineage.begins_like(&Lineage::of(third, &Lineage::default())));
        assert!(!lineage.begins_like(&Lineage::of(second, &lineage)));
        assert!(!lineage.begins_like(&Lineage::default()) && !Lineage::default().begins_like(&Lineage::default()));
        assert_eq!(Lineage::of_text(&lineage.to_text()), lineage);
        assert!(Lineage::of_text("").is_empty() && Lineage::of_text("x@x.example").is_empty());
    }

    #[test]
    fn sessions_that_no_link_can_refer_to_any_more_are_left_out() {
        let lineage = Lineage::of(session(300), &Lineage::of(session(100), &Lineage::default()));
        assert_eq!(lineage.clone().begun_after(Timestamp(100)), Lineage::of(session(300), &Lineage::default()));
        assert_eq!(lineage.clone().begun_after(Timestamp(99)), lineage);
    }
}
