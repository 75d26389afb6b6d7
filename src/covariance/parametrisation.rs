//! What each covariance structure is: a kind, a size, and the rules by which parameters become a factor.

use super::markov::{MarkovFactor, MarkovSlope};
use crate::error::Result;
use crate::formula::StructureKind;

/// A structure with its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Structure {
    pub kind: StructureKind,
    /// One standard deviation for all effects instead of one each.
    pub homogeneous: bool,
    /// The number of effects.
    pub size: usize,
}

/// What one kind of structure knows. Parameters are passed with the right length (`n_theta`), matrices as `size * size`
/// numbers, column-major, zeroed.
pub trait Parametrisation: Sync {
    fn name(&self) -> &'static str;
    fn n_theta(&self, s: Structure) -> usize;
    /// The effect in whose units the k-th parameter is; `None` for a correlation.
    fn effect(&self, s: Structure, k: usize) -> Option<usize>;
    /// The power of that unit that the k-th working parameter is a number of.
    fn degree(&self, s: Structure, k: usize) -> f64 {
        f64::from(u8::from(self.effect(s, k).is_some()))
    }
    fn theta_names(&self, s: Structure, group: &str, effects: &[String]) -> Vec<String>;
    /// The interval of the k-th theta.
    fn bounds(&self, s: Structure, k: usize) -> (f64, f64);
    fn working_from_theta(&self, s: Structure, theta: &[f64], working: &mut [f64]) -> Result<()>;
    fn theta_from_working(&self, s: Structure, working: &[f64], theta: &mut [f64]);
    fn factor(&self, s: Structure, working: &[f64], t: &mut [f64]);
    fn derivative(&self, s: Structure, working: &[f64], i: usize, d: &mut [f64]);
    /// Returns whether any element is other than zero; the default is for factors linear in the parameters.
    fn second_derivative(&self, _s: Structure, _working: &[f64], _i: usize, _j: usize, _d: &mut [f64]) -> bool {
        false
    }
    /// T of effects that are a Markov process, or have partial sums that are one, where T is far from singular.
    fn markov(&self, _s: Structure, _working: &[f64]) -> Option<MarkovFactor> {
        None
    }
    /// dT / d working_i of such a structure.
    fn markov_derivative(&self, _s: Structure, _working: &[f64], _i: usize) -> Option<MarkovSlope> {
        None
    }
    fn start(&self, s: Structure, working: &mut [f64]);
    fn working_from_covariance(&self, s: Structure, covariance: &[f64], working: &mut [f64]);
}

/// `group.effect`; the number of the effect where it has no name.
pub fn effect_name(group: &str, effects: &[String], i: usize) -> String {
    effects.get(i).map_or_else(|| format!("{group}.{}", i + 1), |e| format!("{group}.{e}"))
}

/// Square roots of the diagonal of a covariance, or of its mean for a homogeneous structure; negative numbers count as zero.
pub fn standard_deviations(s: Structure, covariance: &[f64], sds: &mut [f64]) {
    let r = s.size;
    let variance = |i: usize| covariance[i * (r + 1)].max(0.0);
    if s.homogeneous {
        sds[0] = ((0..r).map(variance).sum::<f64>() / r as f64).sqrt();
    } else {
        for (i, sd) in sds.iter_mut().enumerate().take(r) {
            *sd = variance(i).sqrt();
        }
    }
}
