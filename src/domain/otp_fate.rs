//! What became of a code and of the mail that carries it, as administrators
//! read it.

/// What a code came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtpOutcome {
    /// It can be entered.
    Waiting,
    Used,
    Expired,
    /// A newer code or another address took its place, or what it was for is over.
    Voided,
    /// Its flow saw as many wrong codes as are allowed.
    TriesUsed,
}

/// Each with its word in URLs and its words for people.
pub const OUTCOMES: [(OtpOutcome, &str, &str); 5] = [
    (OtpOutcome::Waiting, "waiting", "Waiting"),
    (OtpOutcome::Used, "used", "Used"),
    (OtpOutcome::Expired, "expired", "Expired"),
    (OtpOutcome::Voided, "voided", "Replaced or withdrawn"),
    (OtpOutcome::TriesUsed, "tries_used", "Tries used up"),
];

/// What became of the mail with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtpDelivery {
    Waiting,
    /// It was tried, and will be again.
    Failing,
    Sent,
    GivenUp,
    Expired,
    Dropped,
    /// None was written: the address has an account already.
    AddressTaken,
    /// None was written: no account that can be recovered has the address.
    NoAccount,
    /// What became of it is not known any more.
    Unknown,
}

/// Each with its word in URLs and its words for people. What is not known
/// cannot be looked for.
pub const DELIVERIES: [(OtpDelivery, &str, &str); 8] = [
    (OtpDelivery::Waiting, "waiting", "Waiting"),
    (OtpDelivery::Failing, "failing", "Failed, will be tried again"),
    (OtpDelivery::Sent, "sent", "Sent"),
    (OtpDelivery::GivenUp, "dead", "Given up"),
    (OtpDelivery::Expired, "expired", "Not sent: it expired first"),
    (OtpDelivery::Dropped, "dropped", "Dropped by an administrator"),
    (OtpDelivery::AddressTaken, "address_taken", "Not sent: the address has an account"),
    (OtpDelivery::NoAccount, "no_account", "Not sent: no open account has the address"),
];

impl OtpOutcome {
    /// Reads the word of a URL.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        OUTCOMES.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    #[must_use]
    pub fn in_words(self) -> &'static str {
        OUTCOMES.iter().find(|row| row.0 == self).map_or("", |row| row.2)
    }
}

impl OtpDelivery {
    /// Reads the word of a URL.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        DELIVERIES.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    #[must_use]
    pub fn in_words(self) -> &'static str {
        DELIVERIES.iter().find(|row| row.0 == self).map_or("Not known any more", |row| row.2)
    }
}

#[cfg(test)]
mod tests {
    use super::{DELIVERIES, OUTCOMES, OtpDelivery, OtpOutcome};

    #[test]
    fn every_fate_has_a_word_of_its_own() {
        for (outcome, word, words) in OUTCOMES {
            assert_eq!((OtpOutcome::parse(word), outcome.in_words()), (Some(outcome), words));
        }
        for (delivery, word, words) in DELIVERIES {
            assert_eq!((OtpDelivery::parse(word), delivery.in_words()), (Some(delivery), words));
        }
        assert_eq!((OtpDelivery::parse(""), OtpOutcome::parse("Used")), (None, None));
        assert_eq!(OtpDelivery::Unknown.in_words(), "Not known any more");
    }
}
