//! Exponentials and logarithms in additions, multiplications and divisions only: no branch and no table, so that the compiler makes
//! vector code of a loop over rows, and no fused operation, so that every machine gives the same bits. Errors are below one unit in
//! the last place; ends of the range and what is not a number are as in IEEE 754.

use std::f64::consts::LOG2_E;

use pulp::{Arch, NullaryFnOnce};

/// Adding it and taking it away rounds to a whole number, which then is in the low bits of the sum: 3/2 of 2^52.
const SHIFT: f64 = 6_755_399_441_055_744.0;
/// log 2 in two parts. Products of the first with exponents are exact.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// (e^r - 1 - r) / r^2 for |r| <= log(2)/2: the polynomial of degree 10 with the least relative error of e^r, 6e-19.
const EXP: [f64; 11] = [
    0.5,
    0.166_666_666_666_666_85,
    0.041_666_666_666_666_67,
    0.008_333_333_333_316_487,
    0.001_388_888_888_888_426_2,
    0.000_198_412_698_976_893_18,
    2.480_158_732_328_308e-5,
    2.755_723_359_894_186_7e-6,
    2.755_727_689_155_073e-7,
    2.511_246_470_900_132_8e-8,
    2.091_322_849_143_03e-9,
];

/// (log((1 + s)/(1 - s)) - 2s) / s^3 in s^2, where (1 + s)/(1 - s) is between the root of 1/2 and that of 2: relative error 3e-18.
const LOG: [f64; 7] = [
    0.666_666_666_666_673_4,
    0.399_999_999_994_143_2,
    0.285_714_287_424_746_7,
    0.222_221_985_635_056_07,
    0.181_835_648_657_000_41,
    0.153_140_358_584_643_64,
    0.147_961_052_237_880_28,
];

/// 2^n for a whole number n from -1022 to 1023.
#[allow(clippy::inline_always)]
#[inline(always)]
fn two_to(n: f64) -> f64 {
    f64::from_bits((n + SHIFT).to_bits().wrapping_add(1023) << 52)
}

/// e^x.
#[allow(clippy::inline_always)]
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    // Comparisons, not `clamp`: they let through what is not a number.
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let n = (x * LOG2_E + SHIFT) - SHIFT;
    let (high, low) = (x - n * LN_2_HIGH, n * LN_2_LOW);
    let r = high - low;
    let r2 = r * r;
    // In strands that the processor works at side by side.
    let a = (EXP[0] + r * EXP[1]) + r2 * (EXP[2] + r * EXP[3]);
    let b = (EXP[4] + r * EXP[5]) + r2 * (EXP[6] + r * EXP[7]);
    let c = (EXP[8] + r * EXP[9]) + r2 * EXP[10];
    let power = 1.0 + (high + (r2 * (a + r2 * r2 * (b + r2 * r2 * c)) - low));
    // In two steps: 2^n by itself may be out of range where the result is not.
    let half = (n * 0.5 + SHIFT) - SHIFT;
    power * two_to(half) * two_to(n - half)
}

/// log x.
#[allow(clippy::inline_always)]
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    /// The bits of the root of 1/2, and of 1.
    const HALF_ROOT: u64 = 0x3fe6_a09e_667f_3bcd;
    const ONE: u64 = 0x3ff0_0000_0000_0000;
    let tiny = x < f64::MIN_POSITIVE;
    // 2^54 brings what is tiny into the range where all digits are there.
    let bits = (if tiny { x * 18_014_398_509_481_984.0 } else { x }).to_bits().wrapping_add(ONE - HALF_ROOT);
    // An exponent in the low bits of 2^52 is that number more.
    let exponent = f64::from_bits((bits >> 52) | 0x4330_0000_0000_0000) - 4_503_599_627_370_496.0;
    let k = exponent - if tiny { 1077.0 } else { 1023.0 };
    let f = f64::from_bits((bits & 0x000f_ffff_ffff_ffff).wrapping_add(HALF_ROOT)) - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let z2 = z * z;
    let tail = z * ((LOG[0] + z * LOG[1]) + z2 * ((LOG[2] + z * LOG[3]) + z2 * ((LOG[4] + z * LOG[5]) + z2 * LOG[6])));
    // log(1 + f) = f - f^2/2 + s (f^2/2 + tail): the first term is exact, the others are small beside it.
    let half_square = 0.5 * f * f;
    let value = k * LN_2_HIGH - ((half_square - (s * (half_square + tail) + k * LN_2_LOW)) - f);
    let value = if x == f64::INFINITY { x } else { value };
    let value = if x > 0.0 { value } else { f64::NAN };
    if x == 0.0 { f64::NEG_INFINITY } else { value }
}

/// Runs a loop over numbers, compiled for the widest registers that the processor has. It must be inlined into `call`, as `for` is;
/// the closure of a `for_each` may not be.
pub fn in_wide_registers<F: NullaryFnOnce>(run: F) -> F::Output {
    Arch::new().dispatch(run)
}

/// The logarithm of each number, in its place.
pub fn logarithms(values: &mut [f64]) {
    in_wide_registers(Logarithms(values));
}

struct Logarithms<'a>(&'a mut [f64]);

impl NullaryFnOnce for Logarithms<'_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        for value in self.0 {
            *value = ln(*value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units in the last place between two numbers.
    fn units(a: f64, b: f64) -> u64 {
        if a.is_nan() && b.is_nan() { 0 } else { a.to_bits().abs_diff(b.to_bits()) }
    }

    fn uniform(count: u64) -> impl Iterator<Item = f64> {
        (0..count).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11) as f64 / 9_007_199_254_740_992.0)
    }

    #[test]
    fn powers_and_logarithms_are_within_a_unit_of_the_platform_s() {
        for u in uniform(200_000) {
            for x in [(u - 0.5) * 2.0, (u - 0.5) * 80.0, (u - 0.5) * 1490.0] {
                assert!(units(exp(x), x.exp()) <= 1, "exp({x})");
            }
            for x in [0.5 + u, 1.0 + 1e-5 * (u - 0.5), u * 1e5, u * 1e-300, f64::from_bits((u * 4.6e18) as u64)] {
                assert!(units(ln(x), x.ln()) <= 1, "ln({x:e})");
            }
        }
    }

    #[test]
    fn ends_of_the_range_are_exact() {
        let ends = [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 709.78, 709.79, 1e300, -1e300, -745.1, -745.2];
        for x in ends.into_iter().chain([-708.5, -720.0, 1e-320, 5e-324, -1.0, f64::MAX, f64::MIN_POSITIVE]) {
            assert_eq!(units(exp(x), x.exp()), 0, "exp({x:e})");
            assert_eq!(units(ln(x), x.ln()), 0, "ln({x:e})");
        }
    }

    #[test]
    fn vector_code_gives_the_same_bits() {
        struct All<'a>(&'a [f64], &'a mut [f64]);
        impl NullaryFnOnce for All<'_> {
            type Output = ();

            #[allow(clippy::inline_always)]
            #[inline(always)]
            fn call(self) {
                for (out, x) in self.1.iter_mut().zip(self.0) {
                    *out = exp(*x) + ln(*x);
                }
            }
        }
        let x: Vec<f64> = uniform(1001).map(|u| u * 20.0).collect();
        let mut out = vec![0.0; x.len()];
        in_wide_registers(All(&x, &mut out));
        for (x, out) in x.iter().zip(out) {
            assert_eq!(out.to_bits(), (std::hint::black_box(exp)(*x) + std::hint::black_box(ln)(*x)).to_bits());
        }
    }
}
