//! Saved objects that somebody has changed by hand: damaged bytes with the right checksum.

use super::Rng;

/// The same as the library's: FNV-1a.
pub fn seal(bytes: &mut [u8]) {
    let body = (bytes.len() - 36) as u64;
    bytes[20..28].copy_from_slice(&body.to_le_bytes());
    let at = bytes.len() - 8;
    let sum = bytes[..at].iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, b| (sum ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
    bytes[at..].copy_from_slice(&sum.to_le_bytes());
}

/// Damages the body in one of many ways.
pub fn damage(bytes: &mut Vec<u8>, rng: &mut Rng) {
    const NUMBERS: [f64; 6] = [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e308, 5e-324];
    let (first, end) = (28, bytes.len() - 8);
    let at = first + rng.below(end - first);
    let len = 1 + rng.below(16.min(end - at));
    match rng.below(8) {
        0 | 1 => bytes[at] ^= 1 << rng.below(8),
        2 => bytes[at] = [0, 1, 2, 0x7f, 0x80, 0xff][rng.below(6)],
        3 if at + 8 <= end => bytes[at..at + 8].copy_from_slice(&NUMBERS[rng.below(6)].to_le_bytes()),
        4 => drop(bytes.drain(at..at + len)),
        5 => {
            let copy = bytes[at..at + len].to_vec();
            bytes.splice(at..at, copy).for_each(drop);
        }
        6 => bytes[at..at + len].fill(0xff),
        _ => bytes[at] = bytes[at].wrapping_add(1),
    }
}
