//! Dates, times and durations as text, without a library to keep the WebAssembly module small.

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A date and time, in UTC or shifted by the offset of a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    millis: i64,
    year: i64,
    /// From 1.
    month: usize,
    /// From 1.
    day: i64,
}

impl Moment {
    /// Converts milliseconds since 1970-01-01 00:00.
    ///
    /// Uses Howard Hinnant's `civil_from_days`: years start in March, so that the leap
    /// day is the last day of a year, and 400 years have 146,097 days.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        let days = millis.div_euclid(DAY) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        Self {
            millis,
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: usize::try_from(month).unwrap_or(1),
            day: day_of_year - (153 * march_month + 2) / 5 + 1,
        }
    }

    /// `14:32`
    #[must_use]
    pub fn time(&self) -> String {
        let minutes = self.millis.rem_euclid(DAY) / MINUTE;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// `12 March 2026`
    #[must_use]
    pub fn date(&self) -> String {
        format!("{} {} {}", self.day, MONTHS.get(self.month - 1).unwrap_or(&""), self.year)
    }

    /// `12 Mar`
    #[must_use]
    pub fn day(&self) -> String {
        let month = MONTHS.get(self.month - 1).and_then(|name| name.get(..3)).unwrap_or_default();
        format!("{} {month}", self.day)
    }

    /// `2026-03-12T14:32:05Z`, for a `datetime` attribute in UTC.
    #[must_use]
    pub fn iso8601(&self) -> String {
        let seconds = self.millis.rem_euclid(DAY) / 1_000;
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        format!("{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", self.year, self.month, self.day)
    }
}

/// Formats seconds as minutes and seconds: `4:07`.
#[must_use]
pub fn minutes_and_seconds(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Formats a duration, rounded up: `42 seconds`, `4 minutes`.
#[must_use]
pub fn format_rounded_up(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..=90 => (seconds, "second"),
        91..=5_400 => (seconds.div_ceil(60), "minute"),
        _ => (seconds.div_ceil(3_600), "hour"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// Formats a long duration in whole units: `5 minutes`, `3 days and 4 hours`.
#[must_use]
pub fn format_duration(seconds: u64) -> String {
    let counted = |count: u64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60) {
        (0, 0, 0) => counted(seconds, "second"),
        (0, 0, minutes) => counted(minutes, "minute"),
        (0, hours, 0) => counted(hours, "hour"),
        (0, hours, minutes) => format!("{} and {}", counted(hours, "hour"), counted(minutes, "minute")),
        (days, 0, _) => counted(days, "day"),
        (days, hours, _) => format!("{} and {}", counted(days, "day"), counted(hours, "hour")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Moment, format_duration, format_rounded_up, minutes_and_seconds};

    fn iso(millis: i64) -> String {
        Moment::from_millis(millis).iso8601()
    }

    #[test]
    fn days_around_leap_days_and_centuries_are_named_right() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(-1), "1969-12-31T23:59:59Z");
        assert_eq!(iso(951_782_399_999), "2000-02-28T23:59:59Z");
        assert_eq!(iso(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(iso(1_709_251_199_000), "2024-02-29T23:59:59Z");
        assert_eq!(iso(1_772_323_200_000), "2026-03-01T00:00:00Z");
        assert_eq!(iso(4_107_542_400_000), "2100-03-01T00:00:00Z");
    }

    #[test]
    fn a_moment_is_said_in_words() {
        let moment = Moment::from_millis(1_773_325_925_000);
        assert_eq!(moment.date(), "12 March 2026");
        assert_eq!(moment.time(), "14:32");
        assert_eq!(moment.day(), "12 Mar");
        assert_eq!(Moment::from_millis(5 * 60_000).time(), "00:05");
    }

    #[test]
    fn a_span_is_never_said_shorter_than_it_is() {
        assert_eq!(minutes_and_seconds(247), "4:07");
        assert_eq!(minutes_and_seconds(0), "0:00");
        assert_eq!(format_rounded_up(1), "1 second");
        assert_eq!(format_rounded_up(42), "42 seconds");
        assert_eq!(format_rounded_up(181), "4 minutes");
        assert_eq!(format_rounded_up(7_201), "3 hours");
        assert_eq!(format_duration(59), "59 seconds");
        assert_eq!(format_duration(3_661), "1 hour and 1 minute");
        assert_eq!(format_duration(7_200), "2 hours");
        assert_eq!(format_duration(187_200), "2 days and 4 hours");
        assert_eq!(format_duration(2_592_000), "30 days");
    }
}
