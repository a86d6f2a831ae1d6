//! Formats values for emails.

use time::OffsetDateTime;
use time::macros::format_description;

use crate::domain::Timestamp;

/// Maximum number of characters of a value from a request.
const LONGEST: usize = 120;

/// Returns `text` as one line of at most 120 characters. A line break could start a forged header
/// or paragraph; a direction mark could make an email or IP address read backwards.
#[must_use]
pub fn one_line(text: &str) -> String {
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || invisible(c)).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(LONGEST).collect()
}

/// A time in UTC, since the reader's time zone is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// `14:32 UTC`; seconds are cut off, so that no deadline is shown later than it is.
    pub time: String,
    /// `23 November 2026`
    pub date: String,
}

impl Moment {
    /// Formats a time. Times that no calendar can represent become January 1, 1970.
    #[must_use]
    pub fn at(moment: Timestamp) -> Self {
        let utc = OffsetDateTime::from_unix_timestamp(moment.0.div_euclid(1_000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let time = utc.format(format_description!("[hour]:[minute] UTC")).unwrap_or_default();
        let date = utc.format(format_description!("[day padding:none] [month repr:long] [year]")).unwrap_or_default();
        Self { time, date }
    }
}

#[cfg(test)]
mod tests {
    use super::{Moment, one_line};
    use crate::domain::Timestamp;

    #[test]
    fn a_value_has_no_line_breaks_and_no_direction_marks() {
        assert_eq!(one_line("Firefox\r\n\r\nCall 555\u{2028}now"), "Firefox Call 555 now");
        assert_eq!(one_line("a\u{202e}b\0c\u{200b}d"), "a b c d");
        assert_eq!(one_line(&"x".repeat(500)).len(), 120);
    }

    #[test]
    fn a_time_is_formatted_in_utc_without_seconds() {
        let moment = Moment::at(Timestamp(1_795_444_379_999));
        assert_eq!((moment.time.as_str(), moment.date.as_str()), ("14:32 UTC", "23 November 2026"));
        assert_eq!(Moment::at(Timestamp(i64::MAX)).date, "1 January 1970");
    }
}
