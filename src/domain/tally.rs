//! What is counted by the hour, for the administration's charts.

/// One kind of thing. The words in the database never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    /// Somebody asked for an account.
    RegistrationBegun,
    /// They got it. Counted in the hour in which they asked, so that it is a
    /// part of what was begun then.
    RegistrationFinished,
    /// A password was wrong, whether there is such an account or not.
    WrongPassword,
    /// A mailed code was wrong, whatever it was for.
    WrongCode,
    /// A second step was wrong.
    SecondStepFailed,
}

impl Tally {
    pub const ALL: [Self; 5] = [
        Self::RegistrationBegun,
        Self::RegistrationFinished,
        Self::WrongPassword,
        Self::WrongCode,
        Self::SecondStepFailed,
    ];

    /// The word kept in the database.
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

    /// Reads the word kept in the database.
    #[must_use]
    pub fn from_stored(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tally| tally.as_str() == word)
    }
}
