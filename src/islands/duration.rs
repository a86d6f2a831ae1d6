//! Durations as text.

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

#[cfg(test)]
mod tests {
    use super::{format_rounded_up, minutes_and_seconds};

    #[test]
    fn a_duration_is_never_shown_shorter_than_it_is() {
        assert_eq!(minutes_and_seconds(247), "4:07");
        assert_eq!(minutes_and_seconds(0), "0:00");
        assert_eq!(format_rounded_up(1), "1 second");
        assert_eq!(format_rounded_up(42), "42 seconds");
        assert_eq!(format_rounded_up(181), "4 minutes");
        assert_eq!(format_rounded_up(7_201), "3 hours");
    }
}
