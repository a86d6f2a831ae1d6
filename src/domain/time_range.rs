//! The time ranges of the admin overview.

/// A time range that ends now and starts at a full hour or day in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeRange {
    #[default]
    Day,
    Week,
    Month,
}

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

impl TimeRange {
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// Returns the URL value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Parses the URL value. Any other text is a day.
    #[must_use]
    pub fn from_query(word: &str) -> Self {
        Self::ALL.into_iter().find(|span| span.as_str() == word).unwrap_or_default()
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Day => "Last 24 hours",
            Self::Week => "Last 7 days",
            Self::Month => "Last 30 days",
        }
    }

    /// Returns the unit of a bucket.
    #[must_use]
    pub fn bucket_unit(self) -> &'static str {
        match self {
            Self::Day => "hour",
            Self::Week | Self::Month => "day",
        }
    }

    /// Returns the length of a bucket in milliseconds.
    #[must_use]
    pub fn bucket_millis(self) -> i64 {
        match self {
            Self::Day => HOUR,
            Self::Week | Self::Month => DAY,
        }
    }

    /// Returns the number of buckets, including the current one.
    #[must_use]
    pub fn bucket_count(self) -> usize {
        match self {
            Self::Day => 24,
            Self::Week => 7,
            Self::Month => 30,
        }
    }
}
