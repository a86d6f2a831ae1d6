//! Formats values for emails.

/// Maximum number of characters of a value from a request.
const LONGEST: usize = 120;

/// Returns `text` as one line of at most 120 characters. A line break could start a forged header
/// or paragraph; a direction mark could make an email or IP address read backwards.
#[must_use]
pub fn one_line(text: &str) -> String {
    one_line_up_to(text, LONGEST)
}

/// Same as [`one_line`], but of at most `most` characters.
pub fn one_line_up_to(text: &str, most: usize) -> String {
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || invisible(c)).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_value_has_no_line_breaks_and_no_direction_marks() {
        assert_eq!(one_line("Firefox\r\n\r\nCall 555\u{2028}now"), "Firefox Call 555 now");
        assert_eq!(one_line("a\u{202e}b\0c\u{200b}d"), "a b c d");
        assert_eq!(one_line(&"x".repeat(500)).len(), 120);
    }
}
