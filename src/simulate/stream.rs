//! Streams of random numbers that depend on their name alone.
//!
//! A stream is named by (seed, replicate, purpose) and is a ChaCha8 keystream (Bernstein 2008): the key is the seed and the purpose, the
//! nonce the replicate. So replicate 17 has the same numbers whether it is computed first, last, alone, or on whatever number of threads,
//! and no two streams overlap. The generator's output is fixed by its definition. The variates are those of the `rand_distr` version in
//! Cargo.lock and of the platform's exp and log: the same build gives the same variates, another release may not.

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};
use rand_distr::{Binomial, Distribution, Gamma, Poisson, StandardNormal};

/// What the numbers are for: other purposes of one replicate have streams of their own, so that a change in one leaves the others alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    RandomEffects = 1,
    Response = 2,
    Residuals = 3,
    Resampling = 4,
    Folds = 5,
    Identification = 6,
    Probes = 7,
    Sums = 8,
    Weights = 9,
    Spectrum = 10,
    Posterior = 11,
}

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha8Rng);

/// Means of counts from which a normal approximation is exact to rounding of the count.
const LARGE: f64 = 1e15;

impl Stream {
    pub fn new(seed: u64, replicate: u64, purpose: Purpose) -> Self {
        let mut key = *b"................interlace stream";
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&(purpose as u64).to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(replicate);
        Stream(rng)
    }

    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform on (0, 1), never 0 or 1: the midpoints of 2^52 intervals.
    pub fn uniform(&mut self) -> f64 {
        ((self.next_u64() >> 12) as f64 + 0.5) * 2.0_f64.powi(-52)
    }

    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    /// Gamma of that shape and scale 1; zero where it underflows.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape >= 1.0 { self.large_gamma(shape) } else { self.log_gamma(shape).exp() }
    }

    /// The logarithm of a Gamma variate: small shapes have variates far below the smallest double.
    pub fn log_gamma(&mut self, shape: f64) -> f64 {
        if shape >= 1.0 {
            return self.large_gamma(shape).ln();
        }
        let power = self.uniform().ln() / shape;
        self.large_gamma(shape + 1.0).ln() + power
    }

    /// Shape of at least 1, where the rejection takes a few per cent at most.
    fn large_gamma(&mut self, shape: f64) -> f64 {
        Gamma::new(shape, 1.0).map_or(f64::NAN, |gamma| gamma.sample(&mut self.0))
    }

    /// The logarithms of two Gamma variates differ by the logit of a beta variate, which may be closer to 0 or 1 than a double can be.
    pub fn logit_beta(&mut self, a: f64, b: f64) -> f64 {
        self.log_gamma(a) - self.log_gamma(b)
    }

    pub fn poisson(&mut self, mean: f64) -> f64 {
        if mean.is_nan() || mean < 0.0 {
            return f64::NAN;
        }
        if mean >= LARGE {
            return (mean + mean.sqrt() * self.normal()).round();
        }
        Poisson::new(mean).map_or(0.0, |poisson| poisson.sample(&mut self.0))
    }

    /// The successes of that many trials (a whole number) with probability p, given with its complement.
    pub fn binomial(&mut self, trials: f64, p: f64, complement: f64) -> f64 {
        if !(0.0..=1.0).contains(&p) || !(0.0..LARGE).contains(&trials) {
            return f64::NAN;
        }
        let mut fewer = |p: f64| Binomial::new(trials as u64, p).map_or(f64::NAN, |binomial| binomial.sample(&mut self.0) as f64);
        if p <= 0.5 { fewer(p) } else { trials - fewer(complement) }
    }

    /// A negative binomial count of that size and mean size times `ratio`, as a Poisson count of a Gamma mean.
    pub fn negative_binomial(&mut self, size: f64, ratio: f64) -> f64 {
        let mean = self.gamma(size) * ratio;
        self.poisson(mean)
    }

    /// A count of the logarithmic series distribution, p = ratio/(1 + ratio) (Kemp 1981, algorithm LK).
    pub fn logarithmic(&mut self, ratio: f64) -> f64 {
        let v = self.uniform();
        if v >= ratio / (1.0 + ratio) {
            return 1.0;
        }
        let q = -(-self.uniform() * ratio.ln_1p()).exp_m1();
        if v <= q * q {
            (1.0 + v.ln() / q.ln()).floor()
        } else if v >= q {
            1.0
        } else {
            2.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(mut stream: Stream) -> Vec<u64> {
        (0..8).map(|_| stream.next_u64()).collect()
    }

    #[test]
    fn a_stream_is_its_name() {
        let first = numbers(Stream::new(1, 2, Purpose::Response));
        assert_eq!(first, numbers(Stream::new(1, 2, Purpose::Response)));
        for other in
            [Stream::new(2, 2, Purpose::Response), Stream::new(1, 3, Purpose::Response), Stream::new(1, 2, Purpose::Residuals)]
        {
            assert!(numbers(other).iter().all(|n| !first.contains(n)));
        }
    }

    #[test]
    fn threads_do_not_matter() {
        let draw = |replicate: u64| {
            let mut stream = Stream::new(7, replicate, Purpose::Response);
            [stream.normal(), stream.gamma(0.3), stream.poisson(40.0), stream.binomial(90.0, 0.7, 0.3), stream.uniform()]
        };
        let alone: Vec<_> = (0..8).map(draw).collect();
        let threads: Vec<_> = (0..8).rev().map(|replicate| std::thread::spawn(move || draw(replicate))).collect();
        let mut together: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        together.reverse();
        assert_eq!(alone, together);
    }

    #[test]
    fn uniform_numbers_stay_inside() {
        let mut stream = Stream::new(0, 0, Purpose::Resampling);
        assert!((0..10_000).map(|_| stream.uniform()).all(|u| u > 0.0 && u < 1.0));
    }

    #[test]
    fn extreme_parameters_end_and_stay_numbers() {
        let mut stream = Stream::new(0, 0, Purpose::Response);
        for shape in [1e-300, 1e-8, 1.0, 1e8, 1e300] {
            assert!(stream.gamma(shape) >= 0.0);
            assert!(!stream.logit_beta(shape, shape).is_nan());
        }
        for mean in [0.0, 1e-300, 1e-3, 12.0, 1e9, 1e15, 1e19, 1e300] {
            assert!(stream.poisson(mean) >= 0.0, "{mean}");
        }
        for ratio in [0.0, 1e-300, 1.0, 1e10] {
            assert!(stream.logarithmic(ratio) >= 1.0, "{ratio}");
        }
        assert_eq!([stream.binomial(5.0, 0.0, 1.0), stream.binomial(5.0, 1.0, 0.0)], [0.0, 5.0]);
        assert!(stream.poisson(-1.0).is_nan() && stream.poisson(f64::NAN).is_nan() && stream.binomial(3.0, 1.5, -0.5).is_nan());
    }
}
