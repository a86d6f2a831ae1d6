//! Codes of authenticator apps (TOTP, RFC 6238), and how an app comes by its seed.

use std::fmt::{self, Write as _};

use qrcode::{Color, EcLevel, QrCode};
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

use crate::domain::{OtpCode, Timestamp, Username};
use crate::server::rng::Rng;

/// Octets of a seed: 160 bits, as RFC 4226, section 4 recommends.
const SEED: usize = 20;
/// Seconds of a time step, and digits of a code: what every app can do.
const STEP: u64 = 30;
const DIGITS: u8 = 6;
/// Time steps before and after the present one whose codes count as well: a
/// phone's clock may be off by half a minute (RFC 6238, section 5.2).
const SKEW: u16 = 1;
/// Light modules around a QR code (ISO/IEC 18004, section 5.3.8).
const QUIET: usize = 4;
/// Characters of a typed secret that stand together.
const GROUP: usize = 4;

/// What an authenticator app and the portal both know of an account.
#[derive(Clone)]
pub struct Seed(Zeroizing<[u8; SEED]>);

/// A QR code as squares of 1 by 1: the side of the whole with its quiet zone,
/// and the path of an SVG that fills the dark ones.
#[derive(Clone, PartialEq, Eq)]
pub struct QrImage {
    pub side: usize,
    pub path: String,
}

impl Seed {
    #[must_use]
    pub fn generate(rng: &Rng) -> Self {
        Self(Zeroizing::new(rng.bytes()))
    }

    /// Reads a stored seed; `None` when it is not of a seed's length.
    #[must_use]
    pub fn from_octets(octets: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(octets.try_into().ok()?)))
    }

    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &*self.0
    }

    /// The time step to which a code belongs, if that is now, the one before or
    /// the one after. The caller sees to it that a step is accepted once.
    #[must_use]
    pub fn step_of(&self, code: &OtpCode, now: Timestamp) -> Option<i64> {
        let seconds = u64::try_from(now.0.div_euclid(1_000)).ok()?;
        let step = self.totp(None).build().ok()?.check(code.expose(), seconds)?;
        i64::try_from(step).ok()
    }

    /// The seed as it is typed into an app: base32 (RFC 4648, section 6), in groups of four.
    #[must_use]
    pub fn in_groups(&self) -> String {
        let secret = self.totp(None).build_noncompliant().secret().to_base32();
        let groups = secret.as_bytes().chunks(GROUP).map(|group| String::from_utf8_lossy(group).into_owned());
        groups.collect::<Vec<_>>().join(" ")
    }

    /// The address by which an app takes the seed over, as apps know it
    /// (`otpauth://totp/Portal:ann?secret=…&issuer=Portal`). `None` when the names do not fit.
    #[must_use]
    pub fn url(&self, portal: &str, username: &Username) -> Option<String> {
        // Between the two names stands a colon, and neither may hold one.
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
    /// The QR code of a text; `None` when it is longer than one can hold (about
    /// 2,000 octets). A seventh of it may be hidden by a reflection.
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
                    // A `String` takes whatever is written to it.
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
    use crate::server::rng::Rng;

    fn code(digits: &str) -> OtpCode {
        OtpCode::parse(digits).expect("six digits")
    }

    /// The seed of RFC 6238, appendix B, whose codes are given there with eight
    /// digits: those of six are their ends.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let seed = Seed::from_octets(b"12345678901234567890").expect("20 octets");
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
    fn an_app_is_told_the_seed_in_two_ways() {
        let seed = Seed::from_octets(b"12345678901234567890").expect("20 octets");
        assert_eq!(seed.in_groups(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let username = Username::parse("ann.lee").expect("valid");
        let url = seed.url("My: Portal", &username).expect("it fits");
        assert_eq!(
            url,
            "otpauth://totp/My%20%20Portal:ann.lee?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=My%20%20Portal"
        );
        let long = "\u{1f600}".repeat(40);
        assert!(QrImage::of(&seed.url(&long, &username).expect("it fits")).is_some(), "the longest name there is");
    }

    #[test]
    fn a_qr_code_has_its_quiet_zone_and_its_three_corners() {
        let image = QrImage::of("otpauth://totp/x").expect("short");
        assert_eq!(image.side, 25 + 8, "version 2, with four light modules on each side");
        // The uppermost line of the two upper corners: seven dark modules each.
        assert!(image.path.starts_with("M4 4h7v1h-7z") && image.path.contains("M22 4h7v1h-7z"), "{}", image.path);
    }

    #[test]
    fn seeds_differ_and_print_nothing() {
        let rng = Rng::from_seed(1);
        assert_ne!(Seed::generate(&rng).octets(), Seed::generate(&rng).octets());
        assert_eq!(format!("{:?}", Seed::generate(&rng)), "Seed(…)");
        assert!(Seed::from_octets(b"short").is_none());
    }
}
