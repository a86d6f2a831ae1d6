//! The status of an OTP, and of the email that contains it, as shown to administrators.

/// The status of an OTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtpStatus {
    /// It can still be entered.
    Waiting,
    Used,
    Expired,
    /// A newer OTP or another email address replaced it, or its flow ended.
    Voided,
    /// Its flow reached the limit of incorrect codes.
    TriesUsed,
}

/// All values with their URL values and their labels.
pub const OUTCOMES: [(OtpStatus, &str, &str); 5] = [
    (OtpStatus::Waiting, "waiting", "Pending"),
    (OtpStatus::Used, "used", "Used"),
    (OtpStatus::Expired, "expired", "Expired"),
    (OtpStatus::Voided, "voided", "Replaced or canceled"),
    (OtpStatus::TriesUsed, "tries_used", "Too many attempts"),
];

/// The delivery of the email with an OTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtpDelivery {
    Waiting,
    /// An attempt failed, and there will be another one.
    Failing,
    Sent,
    GivenUp,
    Expired,
    Dropped,
    /// Not sent: the email address already has an account.
    AddressTaken,
    /// Not sent: no account that can be recovered has the email address.
    NoAccount,
    /// Unknown, because the email was deleted from the outbox.
    Unknown,
}

/// All values with their URL values and their labels. There is no filter for
/// [`OtpDelivery::Unknown`].
pub const DELIVERIES: [(OtpDelivery, &str, &str); 8] = [
    (OtpDelivery::Waiting, "waiting", "Queued"),
    (OtpDelivery::Failing, "failing", "Retrying"),
    (OtpDelivery::Sent, "sent", "Sent"),
    (OtpDelivery::GivenUp, "dead", "Failed"),
    (OtpDelivery::Expired, "expired", "Expired before sending"),
    (OtpDelivery::Dropped, "dropped", "Canceled by an administrator"),
    (OtpDelivery::AddressTaken, "address_taken", "Account already exists"),
    (OtpDelivery::NoAccount, "no_account", "No such account"),
];

impl OtpStatus {
    /// Parses the URL value.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        OUTCOMES.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        OUTCOMES.iter().find(|row| row.0 == self).map_or("", |row| row.2)
    }
}

impl OtpDelivery {
    /// Parses the URL value.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        DELIVERIES.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        DELIVERIES.iter().find(|row| row.0 == self).map_or("Unknown", |row| row.2)
    }
}

#[cfg(test)]
mod tests {
    use super::{DELIVERIES, OUTCOMES, OtpDelivery, OtpStatus};

    #[test]
    fn every_status_has_its_own_url_value_and_label() {
        for (outcome, word, words) in OUTCOMES {
            assert_eq!((OtpStatus::parse(word), outcome.label()), (Some(outcome), words));
        }
        for (delivery, word, words) in DELIVERIES {
            assert_eq!((OtpDelivery::parse(word), delivery.label()), (Some(delivery), words));
        }
        assert_eq!((OtpDelivery::parse(""), OtpStatus::parse("Used")), (None, None));
        assert_eq!(OtpDelivery::Unknown.label(), "Unknown");
    }
}
