//! How far back the administration's overview looks.

/// A span of time that ends now. It begins with a whole hour or day in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    #[default]
    Day,
    Week,
    Month,
}

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

impl Span {
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The word in the URL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Reads the word in the URL; any other is a day.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|span| span.as_str() == word).unwrap_or_default()
    }

    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Day => "Last 24 hours",
            Self::Week => "Last 7 days",
            Self::Month => "Last 30 days",
        }
    }

    /// What its pieces are called.
    #[must_use]
    pub fn piece(self) -> &'static str {
        match self {
            Self::Day => "hour",
            Self::Week | Self::Month => "day",
        }
    }

    /// How long a piece is, in milliseconds.
    #[must_use]
    pub fn piece_millis(self) -> i64 {
        match self {
            Self::Day => HOUR,
            Self::Week | Self::Month => DAY,
        }
    }

    /// How many pieces it has, the one that is running included.
    #[must_use]
    pub fn pieces(self) -> usize {
        match self {
            Self::Day => 24,
            Self::Week => 7,
            Self::Month => 30,
        }
    }
}
