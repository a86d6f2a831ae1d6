//! Codes of authenticator apps (TOTP, RFC 6238), and setup by QR code.

use std::fmt::{self, Write as _};

use qrcode::{Color, EcLevel, QrCode};
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

use crate::domain::{OtpCode, Timestamp, Username};
use crate::rng::Rng;

/// Bytes of a secret: 160 bits, as RFC 4226, section 4 recommends.
const SEED: usize = 20;
/// Seconds per time step, and digits per code: values that every app supports.
const STEP: u64 = 30;
const DIGITS: u8 = 6;
/// Accepted time steps before and after the current one, because a phone's clock may be off by half
/// a minute (RFC 6238, section 5.2).
const SKEW: u16 = 1;
/// The quiet zone around a QR code, in modules (ISO/IEC 18004, section 5.3.8).
const QUIET: usize = 4;
/// Characters per group of a secret that is typed.
const GROUP: usize = 4;

/// The TOTP secret shared by an authenticator app and the portal.
#[derive(Clone)]
pub struct Seed(Zeroizing<[u8; SEED]>);

/// A QR code in units of one module: the side length with the quiet zone, and an SVG path that
/// fills the dark modules.
#[derive(Clone, PartialEq, Eq)]
pub struct QrImage {
    pub side: usize,
    pub path: String,
}

impl Seed {
    pub fn generate(rng: &Rng) -> Self {
        Self(Zeroizing::new(rng.bytes()))
    }

    /// Parses a stored secret. `None` if its length is wrong.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    pub fn bytes(&self) -> &[u8] {
        &*self.0
    }

    /// Returns the time step of a code, if it is the current, previous or next one. The caller must
    /// ensure that each step is accepted only once.
    #[must_use]
    pub fn step_of(&self, code: &OtpCode, now: Timestamp) -> Option<i64> {
        let seconds = u64::try_from(now.0.div_euclid(1_000)).ok()?;
        let step = self.totp(None).build().ok()?.check(code.expose(), seconds)?;
        i64::try_from(step).ok()
    }

    /// Returns the secret for typing into an app: base32 (RFC 4648, section 6) in groups of four.
    #[must_use]
    pub fn in_groups(&self) -> String {
        let secret = self.totp(None).build_noncompliant().secret().to_base32();
        let groups = secret.as_bytes().chunks(GROUP).map(|group| String::from_utf8_lossy(group).into_owned());
        groups.collect::<Vec<_>>().join(" ")
    }

    /// Returns the URL with which apps import the secret
    /// (`otpauth://totp/Portal:ann?secret=…&issuer=Portal`). `None` if the names are not allowed in
    /// it.
    #[must_use]
    pub fn url(&self, portal: &str, username: &Username) -> Option<String> {
        // The two names are separated by a colon, so neither may contain one.
        let portal = portal.replace(':', " ");
        self.totp(Some((&portal, username))).build().and_then(|totp: Totp| totp.to_url()).ok()
    }

    fn totp(&self, names: Option<(&str, &Username)>) -> Builder {
        let builder = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_step_duration(STEP)
            .with_skew(SKEW)
            .with_secret(*self.0);
        match names {
            Some((portal, username)) => builder.with_issuer(Some(portal)).with_account_name(username.as_str()),
            None => builder,
        }
    }
}

impl QrImage {
    /// Returns the QR code for a text, or `None` if the text is too long (about 2,000 bytes). It
    /// can still be scanned if a seventh of it is unreadable, for example because of a reflection.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (y, row) in code.to_colors().chunks(width).enumerate() {
            let mut x = 0;
            while x < width {
                let run = row[x..].iter().take_while(|color| **color == Color::Dark).count();
                if run > 0 {
                    // Writing to a `String` cannot fail.
                    let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
                }
                x += run.max(1);
            }
        }
        Some(Self { side: width + 2 * QUIET, path })
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

impl fmt::Debug for QrImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QrImage(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{QrImage, Seed};
    use crate::domain::{OtpCode, Timestamp, Username};
    use crate::rng::Rng;

    fn code(digits: &str) -> OtpCode {
        OtpCode::parse(digits).expect("a valid code")
    }

    /// Uses the secret of RFC 6238, appendix B. The codes there have eight digits; the six-digit
    /// codes are their last six.
    #[test]
    fn codes_match_the_test_vectors_of_rfc_6238() {
        let seed = Seed::from_bytes(b"12345678901234567890").expect("20 bytes");
        for (seconds, digits) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000_i64, "353130")] {
            let step = seconds / 30;
            for (off, found) in [(-2, None), (-1, Some(step)), (0, Some(step)), (1, Some(step)), (2, None)] {
                let now = Timestamp((seconds + 30 * off) * 1_000);
                assert_eq!(seed.step_of(&code(digits), now), found, "{seconds} {off}");
            }
        }
        assert_eq!(seed.step_of(&code("287083"), Timestamp(59_000)), None);
        assert_eq!(seed.step_of(&code("287082"), Timestamp(-59_000)), None, "before 1970");
    }

    #[test]
    fn the_secret_can_be_typed_or_imported_by_url() {
        let seed = Seed::from_bytes(b"12345678901234567890").expect("20 bytes");
        assert_eq!(seed.in_groups(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let username = Username::parse("ann.lee").expect("a valid username");
        let url = seed.url("My: Portal", &username).expect("the names are allowed");
        assert_eq!(
            url,
            "otpauth://totp/My%20%20Portal:ann.lee?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=My%20%20Portal"
        );
        let long = "\u{1f600}".repeat(40);
        assert!(QrImage::of(&seed.url(&long, &username).expect("the name is allowed")).is_some(), "a very long name");
    }

    #[test]
    fn a_qr_code_has_a_quiet_zone_and_finder_patterns() {
        let image = QrImage::of("otpauth://totp/x").expect("a short text");
        assert_eq!(image.side, 25 + 8, "version 2, with four light modules on each side");
        // The top edges of the two upper finder patterns: seven dark modules each.
        assert!(image.path.starts_with("M4 4h7v1h-7z") && image.path.contains("M22 4h7v1h-7z"), "{}", image.path);
    }

    #[test]
    fn secrets_differ_and_are_redacted_in_debug_output() {
        let rng = Rng::from_seed(1);
        assert_ne!(Seed::generate(&rng).bytes(), Seed::generate(&rng).bytes());
        assert_eq!(format!("{:?}", Seed::generate(&rng)), "Seed(…)");
        assert!(Seed::from_bytes(b"short").is_none());
    }
}
