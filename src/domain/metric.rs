//! The hourly metrics of the admin charts.

/// A metric. The stored values never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// A registration was started.
    RegistrationBegun,
    /// A registration was completed. Counted in the hour in which it was started, so
    /// that it is a part of those started then.
    RegistrationFinished,
    /// A password was wrong, whether or not the account exists.
    WrongPassword,
    /// An emailed code was wrong, whatever it was for.
    WrongCode,
    /// A second step failed.
    SecondStepFailed,
}

impl Metric {
    pub const ALL: [Self; 5] = [
        Self::RegistrationBegun,
        Self::RegistrationFinished,
        Self::WrongPassword,
        Self::WrongCode,
        Self::SecondStepFailed,
    ];

    /// Returns the stored value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RegistrationBegun => "registration_begun",
            Self::RegistrationFinished => "registration_finished",
            Self::WrongPassword => "wrong_password",
            Self::WrongCode => "wrong_code",
            Self::SecondStepFailed => "second_step_failed",
        }
    }

    /// Parses a stored value.
    #[must_use]
    pub fn from_stored(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tally| tally.as_str() == word)
    }
}
