//! The proof of work that a form's captcha asks the browser for.

use std::fmt::{self, Display, Formatter};

use sha2::block_api::compress256;

/// Bytes before the counter: salt and nonce, 16 each.
const SEED: usize = 32;
/// Length of the hashed message in bytes, and in bits.
const MESSAGE: usize = SEED + 4;
const MESSAGE_BITS: u16 = 8 * 36;
/// The initial hash value of SHA-256 (FIPS 180-4, section 5.3.3).
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// A challenge: find the counter below `most` for which SHA-256 over the seed and the
/// counter, as four big-endian bytes, starts with a given prefix (ALTCHA's proof of
/// work, version 2, algorithm `SHA-256`, cost 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofOfWork {
    /// The padded message (FIPS 180-4, section 5.1.1) with counter 0. It fits in a
    /// single block.
    block: [u8; 64],
    /// The prefix of the digest, and the mask of the bits that are compared.
    wanted: [u32; 8],
    mask: [u32; 8],
    most: u32,
}

/// The counter, and the digest that proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Solution {
    pub counter: u32,
    digest: [u32; 8],
}

impl ProofOfWork {
    /// Parses a seed of 32 bytes and a prefix of at most 32 bytes, both in
    /// hexadecimal. Returns `None` if either is invalid.
    #[must_use]
    pub fn parse(seed: &str, prefix: &str, most: u32) -> Option<Self> {
        let (seed, whole) = words(seed)?;
        let (wanted, mask) = words(prefix)?;
        if whole != [u32::MAX; 8] {
            return None;
        }
        let mut block = [0; 64];
        for (bytes, word) in block.as_chunks_mut().0.iter_mut().zip(seed) {
            *bytes = word.to_be_bytes();
        }
        block[MESSAGE] = 0x80;
        block[62..].copy_from_slice(&MESSAGE_BITS.to_be_bytes());
        Some(Self { block, wanted, mask, most })
    }

    /// Returns the exclusive upper bound of the solution.
    #[must_use]
    pub fn most(&self) -> u32 {
        self.most
    }

    /// Tries `count` counters, starting at `from` and staying below `most`.
    #[must_use]
    pub fn search(&self, from: u32, count: u32) -> Option<Solution> {
        let mut block = self.block;
        (from..from.saturating_add(count).min(self.most)).find_map(|counter| {
            block[SEED..MESSAGE].copy_from_slice(&counter.to_be_bytes());
            let mut digest = INITIAL;
            compress256(&mut digest, &[block]);
            self.accepts(&digest).then_some(Solution { counter, digest })
        })
    }

    fn accepts(&self, digest: &[u32; 8]) -> bool {
        let differs = |at: usize| (digest[at] ^ self.wanted[at]) & self.mask[at] != 0;
        !(0..8).any(differs)
    }
}

/// The form field's format: `counter.digest`, with the counter in decimal and the
/// digest in lower-case hexadecimal.
impl Display for Solution {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.", self.counter)?;
        self.digest.iter().try_for_each(|word| write!(f, "{word:08x}"))
    }
}

/// Parses at most 64 hexadecimal digits into words, most significant digit first.
/// Also returns a mask of the bits that the digits cover.
fn words(hex: &str) -> Option<([u32; 8], [u32; 8])> {
    let (mut words, mut mask) = ([0; 8], [0; 8]);
    for (at, digit) in hex.chars().enumerate() {
        let shift = 28 - 4 * (at % 8);
        *words.get_mut(at / 8)? |= digit.to_digit(16)? << shift;
        *mask.get_mut(at / 8)? |= 0xf << shift;
    }
    Some((words, mask))
}

#[cfg(test)]
mod tests {
    use super::ProofOfWork;

    /// The bytes from 0 to 31.
    const COUNTED: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    // Every digest here was computed with Python:
    // hashlib.sha256(seed + counter.to_bytes(4, "big")).hexdigest()

    fn solved(seed: &str, prefix: &str, most: u32) -> Option<String> {
        ProofOfWork::parse(seed, prefix, most).expect("a sum").search(0, most).map(|solution| solution.to_string())
    }

    #[test]
    fn digests_match_those_of_an_independent_implementation() {
        let first = "0.70f4003d52b6eb03da852e93256b5986b5d4883098bb7973bc5318cc66637a84";
        assert_eq!(solved(COUNTED, "", 1).as_deref(), Some(first));
        let other = "70000.108b416c1b2e74b1c22dd99b68c9ac94cd2b0ca83514e8bae36e9a2c45f02ecf";
        assert_eq!(solved(&"ff".repeat(32), "108B416C1b2e74b1c22dd99b68c9ac94", 70_001).as_deref(), Some(other));
        let every_byte =
            ProofOfWork::parse(COUNTED, "f4cf4aec592c589688f3057d187bbfcfe192b163439be07052b1046d85baef7e", u32::MAX);
        let found = every_byte.expect("a sum").search(0x0102_0300, 256).expect("a solution");
        assert_eq!(found.counter, 0x0102_0304);
    }

    #[test]
    fn the_search_finds_the_first_match_however_it_is_sliced() {
        let found = "68362.00001379d7442aba28f06bff78994618e911e7934dc05e96abd6d32fb787d26e";
        assert_eq!(solved(COUNTED, "0000", 100_000).as_deref(), Some(found));
        assert_eq!(solved(COUNTED, "00001", 100_000).as_deref(), Some(found));
        let sum = ProofOfWork::parse(COUNTED, "0000", 100_000).expect("a sum");
        for (from, count) in [(68_362, 1), (68_300, 63), (0, u32::MAX)] {
            assert_eq!(sum.search(from, count).map(|solution| solution.to_string()).as_deref(), Some(found));
        }
        for (from, count) in [(68_300, 62), (68_363, 31_637), (0, 0)] {
            assert_eq!(sum.search(from, count), None, "from {from}");
        }
    }

    #[test]
    fn the_search_stops_before_the_bound() {
        assert_eq!(solved(COUNTED, "0000", 68_362), None);
        assert!(solved(COUNTED, "0000", 68_363).is_some());
        let last = ProofOfWork::parse(COUNTED, "", u32::MAX).expect("a sum");
        assert_eq!(last.search(u32::MAX - 1, u32::MAX).map(|solution| solution.counter), Some(u32::MAX - 1));
        assert_eq!(last.search(u32::MAX, u32::MAX), None);
    }

    #[test]
    fn only_hexadecimal_seeds_and_prefixes_parse() {
        for seed in ["", "00", &COUNTED[2..], &format!("{COUNTED}00"), &format!("+{}", &COUNTED[1..]), &"é".repeat(32)]
        {
            assert_eq!(ProofOfWork::parse(seed, "00", 1), None, "seed {seed}");
        }
        for prefix in ["0g", "-1", "é", &"00".repeat(33)] {
            assert_eq!(ProofOfWork::parse(COUNTED, prefix, 1), None, "prefix {prefix}");
        }
    }
}
