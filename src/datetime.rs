//! Times and durations as text. Times are in UTC; the browser converts those on pages to the user's time zone.
//!
//! A time that the calendar of the `time` crate cannot represent is shown as January 1, 1970.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::formatting::Formattable;
use time::macros::format_description;

use crate::domain::Timestamp;

/// `2026-11-23T14:32:59Z` (RFC 3339)
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    format(at, format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z"))
}

/// `2026-11-23T14:32:59.123Z` (RFC 3339), without zeros at the end of the fraction.
#[must_use]
pub fn rfc3339_millis(at: Timestamp) -> String {
    format(at, &Rfc3339)
}

/// `20261123T143259123Z`, for file names that sort by time.
#[must_use]
pub fn compact(at: Timestamp) -> String {
    format(at, format_description!("[year][month][day]T[hour][minute][second][subsecond digits:3]Z"))
}

/// `2026-11-23`
#[must_use]
pub fn iso_date(at: Timestamp) -> String {
    format(at, format_description!("[year]-[month]-[day]"))
}

/// `23 November 2026`
#[must_use]
pub fn date(at: Timestamp) -> String {
    format(at, format_description!("[day padding:none] [month repr:long] [year]"))
}

/// `23 Nov`
#[must_use]
pub fn short_date(at: Timestamp) -> String {
    format(at, format_description!("[day padding:none] [month repr:short]"))
}

/// `14:32`; seconds are cut off, so that no deadline is shown later than it is.
#[must_use]
pub fn clock(at: Timestamp) -> String {
    format(at, format_description!("[hour]:[minute]"))
}

/// `14:32 UTC`
#[must_use]
pub fn clock_utc(at: Timestamp) -> String {
    format!("{} UTC", clock(at))
}

/// `23 November 2026, 14:32 UTC`
#[must_use]
pub fn date_time(at: Timestamp) -> String {
    format!("{}, {}", date(at), clock_utc(at))
}

fn format(at: Timestamp, description: &(impl Formattable + ?Sized)) -> String {
    let utc = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000);
    utc.unwrap_or(OffsetDateTime::UNIX_EPOCH).format(description).unwrap_or_default()
}

/// Formats a duration in whole units: `5 minutes`, `3 days and 4 hours`.
#[must_use]
pub fn duration(time: Duration) -> String {
    let counted = |count: u64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    let seconds = time.as_secs();
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
    use super::*;

    #[test]
    fn a_time_is_formatted_in_utc() {
        let at = Timestamp(1_795_444_379_123);
        assert_eq!(rfc3339(at), "2026-11-23T14:32:59Z");
        assert_eq!(rfc3339_millis(at), "2026-11-23T14:32:59.123Z");
        assert_eq!(rfc3339_millis(Timestamp(0)), "1970-01-01T00:00:00Z");
        assert_eq!(compact(at), "20261123T143259123Z");
        assert_eq!(iso_date(at), "2026-11-23");
        assert_eq!(date(at), "23 November 2026");
        assert_eq!(short_date(at), "23 Nov");
        assert_eq!(clock(at), "14:32");
        assert_eq!(date_time(at), "23 November 2026, 14:32 UTC");
        assert_eq!(clock(Timestamp(5 * 60_000)), "00:05");
        assert_eq!(rfc3339(Timestamp(-1)), "1969-12-31T23:59:59Z");
        assert_eq!(date(Timestamp(i64::MAX)), "1 January 1970");
    }

    #[test]
    fn a_duration_is_formatted_in_whole_units() {
        let text = |seconds| duration(Duration::from_secs(seconds));
        assert_eq!(text(59), "59 seconds");
        assert_eq!(text(3_661), "1 hour and 1 minute");
        assert_eq!(text(7_200), "2 hours");
        assert_eq!(text(187_200), "2 days and 4 hours");
        assert_eq!(text(2_592_000), "30 days");
    }
}
