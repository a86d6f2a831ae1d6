//! An authenticator app: the codes of RFC 6238, computed from HMAC alone, so
//! that the tests do not check the TOTP library against itself.

use hmac::{Hmac, KeyInit as _, Mac as _};
use portal::domain::Timestamp;
use sha1::Sha1;

/// A user's phone, with one seed in it.
#[derive(Clone)]
pub(crate) struct Phone {
    pub(crate) seed: Vec<u8>,
    /// The secret as it was typed in.
    pub(crate) secret: String,
}

impl Phone {
    /// Takes the secret that a page shows for manual entry.
    pub(crate) fn of(page: &str) -> Self {
        let shown = page.split_once("<code class=\"secret\">").and_then(|(_, rest)| rest.split('<').next());
        let secret: String = shown.unwrap_or_else(|| panic!("no secret: {page}")).split(' ').collect();
        Self { seed: from_base32(&secret), secret }
    }

    /// The code that it shows when its clock is `off` time steps from the portal's.
    pub(crate) fn code_off_by(&self, now: Timestamp, off: i64) -> String {
        let step = now.0 / 30_000 + off;
        let mac = Hmac::<Sha1>::new_from_slice(&self.seed).expect("a key of any length");
        let mac = mac.chain_update(step.to_be_bytes()).finalize().into_bytes();
        // RFC 4226, section 5.3.
        let at = usize::from(mac[19] & 0xf);
        let cut = u32::from_be_bytes([mac[at] & 0x7f, mac[at + 1], mac[at + 2], mac[at + 3]]);
        format!("{:06}", cut % 1_000_000)
    }

    pub(crate) fn code(&self, now: Timestamp) -> String {
        self.code_off_by(now, 0)
    }
}

fn from_base32(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => u16::from(c - b'A'),
        b'2'..=b'7' => u16::from(c - b'2') + 26,
        _ => panic!("not base32: {text}"),
    };
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0, 0_u16);
    for c in text.bytes() {
        held = held << 5 | value(c);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits).to_be_bytes()[1]);
            held &= (1 << bits) - 1;
        }
    }
    bytes
}

#[test]
fn the_app_shows_the_codes_of_the_standards_test_vectors() {
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let phone = Phone { seed: from_base32(secret), secret: secret.to_owned() };
    assert_eq!(phone.seed, b"12345678901234567890");
    for (seconds, code) in [(59, "287082"), (1_234_567_890, "005924")] {
        assert_eq!(phone.code(Timestamp(seconds * 1_000)), code);
    }
}
