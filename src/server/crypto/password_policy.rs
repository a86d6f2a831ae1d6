//! Whether a new password is strong enough: one rule for every place that sets one.

use zxcvbn::Score;

use crate::domain::Password;

/// The lowest zxcvbn score that is taken: 3, "safely unguessable", about 10^8
/// guesses and more (Wheeler, USENIX Security 2016).
const LOWEST_SCORE: Score = Score::Three;

/// Judges a password with what an attacker would know of its owner.
///
/// # Errors
/// One sentence that says how to mend it.
pub fn judge(password: &Password, username: &str, email: &str) -> Result<(), String> {
    let local_part = email.split('@').next().unwrap_or_default();
    let estimate = zxcvbn::zxcvbn(password.expose(), &[username, email, local_part]);
    if estimate.score() >= LOWEST_SCORE {
        return Ok(());
    }
    let warning = estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning).map(|warning| warning.to_string());
    let reason =
        warning.map_or_else(|| "This password is easy to guess.".to_owned(), |warning| end_with_stop(&warning));
    Err(format!("{reason} A few unrelated words make a better one."))
}

fn end_with_stop(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::domain::Password;

    fn refused(password: &str) -> bool {
        judge(&Password::parse_new(password).expect("valid"), "margaret.hale", "m.hale@milton.example").is_err()
    }

    #[test]
    fn common_and_personal_passwords_are_refused() {
        for weak in [
            "password",
            "password1",
            "12345678",
            "qwertyuiop",
            "iloveyou1",
            "margaret.hale",
            "Margaret.Hale1",
            "m.hale@milton.example",
        ] {
            assert!(refused(weak), "{weak}");
        }
    }

    #[test]
    fn long_and_unrelated_passwords_are_taken_without_rules_on_characters() {
        for strong in ["correct horse battery staple", "tumble rinse obelisk", "kV9$wq2!LmZr", "ünrelated wörds hier"]
        {
            assert!(!refused(strong), "{strong}");
        }
    }
}
