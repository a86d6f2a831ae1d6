//! Which characters a user can see.

/// Whether a text has a character that no user can see. Joiners are allowed between visible characters, because names
/// in Persian and many emoji need them.
pub(super) fn has_invisible(text: &str) -> bool {
    text.chars().any(is_invisible) || text.chars().all(is_joiner)
}

/// Whether the character is a control character, separates lines, changes the direction of the text around it
/// (Unicode, UAX #9, section 2), or has no width. Joiners are none of these.
pub(super) fn is_invisible(c: char) -> bool {
    let no_width = matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    let direction =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let line = matches!(c, '\u{2028}' | '\u{2029}');
    c.is_control() || no_width || direction || line
}

/// Whether the character joins or separates the letters around it without being visible itself.
pub(super) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::has_invisible;

    #[test]
    fn joiners_are_allowed_between_visible_characters_only() {
        for visible in ["Ann’s phone", "می\u{200c}خواهم", "👩\u{200d}💻"] {
            assert!(!has_invisible(visible), "{visible}");
        }
        for invisible in ["\u{200d}", "a\u{feff}", "soft\u{ad}hyphen", "two\u{2028}lines", "\u{202e}enohp"] {
            assert!(has_invisible(invisible), "{invisible:?}");
        }
    }
}
