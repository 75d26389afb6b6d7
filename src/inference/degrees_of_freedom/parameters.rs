//! The parameters of the random effects' covariance in which Kenward and Roger's method is done, with the derivatives of the covariance.
//!
//! Where a structure's covariance is linear in suitable parameters, as variances and covariances are, it is those; of others they are the
//! variances and the correlation rho. Either way D = `sum gamma_i dD/dgamma_i`, with zero for a correlation's gamma.

use crate::covariance::Structure;
use crate::formula::StructureKind;
use crate::linalg::dense::dot_in_order as dot;
use crate::lmm::variance::{Direction, Variances};

/// All terms' parameters.
pub struct Parameters {
    /// The derivatives of D.
    pub directions: Vec<Direction>,
    /// gamma.
    pub values: Vec<f64>,
    /// Second derivatives that are not zero, of parameters i <= j.
    pub second: Vec<(usize, usize, Direction)>,
}

impl Parameters {
    pub fn of(variances: &Variances<'_>) -> Self {
        let mut own = Parameters { directions: vec![], values: vec![], second: vec![] };
        let mut first = 0;
        for (term, structure) in variances.system.structures.iter().enumerate() {
            let range = first..first + structure.n_theta();
            first = range.end;
            if let Some(basis) = basis(*structure) {
                for k in basis {
                    let direction = Direction { term, k };
                    own.values.push(coefficient(&direction, &variances.t[term]));
                    own.directions.push(direction);
                }
                continue;
            }
            let mut theta = vec![0.0; structure.n_theta()];
            structure.theta_from_working(&variances.working[range], &mut theta);
            own.add(term, &Correlated::new(*structure, &theta));
        }
        own
    }

    /// Variances and a correlation.
    fn add(&mut self, term: usize, covariance: &Correlated) {
        let (from, n) = (self.directions.len(), covariance.variances() + 1);
        for i in 0..n {
            self.values.push(if i + 1 == n { 0.0 } else { covariance.sd[i] * covariance.sd[i] });
            self.directions.push(Direction { term, k: covariance.matrix(|a, b| covariance.first(i, a, b)) });
        }
        for j in 0..n {
            for i in 0..=j {
                let k = covariance.matrix(|a, b| covariance.second(i, j, a, b));
                if k.iter().any(|v| *v != 0.0) {
                    self.second.push((from + i, from + j, Direction { term, k }));
                }
            }
        }
    }
}

/// An orthogonal basis of the covariances of a structure, `[r, r]` each; `None` where they are no linear space.
fn basis(structure: Structure) -> Option<Vec<Vec<f64>>> {
    let r = structure.size;
    let of = |value: &dyn Fn(usize, usize) -> bool| -> Vec<f64> {
        (0..r * r).map(|e| f64::from(u8::from(value(e % r, e / r)))).collect()
    };
    let element = |a: usize, b: usize| of(&move |i, j| (i, j) == (a, b) || (i, j) == (b, a));
    let elements = || (0..r).flat_map(|b| (b..r).map(move |a| (a, b))).map(|(a, b)| element(a, b)).collect();
    let correlated = matches!(structure.kind, StructureKind::CompoundSymmetry | StructureKind::Ar1);
    match structure.kind {
        _ if r == 1 => Some(elements()),
        StructureKind::Unstructured => Some(elements()),
        StructureKind::Diagonal if structure.homogeneous => Some(vec![of(&|i, j| i == j)]),
        StructureKind::Diagonal => Some((0..r).map(|a| element(a, a)).collect()),
        // Two effects leave nothing but the homogeneity to be special.
        _ if correlated && structure.homogeneous && (r == 2 || structure.kind == StructureKind::CompoundSymmetry) => {
            Some(vec![of(&|i, j| i == j), of(&|i, j| i != j)])
        }
        _ if r == 2 => Some(elements()),
        _ => None,
    }
}

/// The parameter of a direction at D = T T'.
fn coefficient(direction: &Direction, t: &[f64]) -> f64 {
    let r = t.len().isqrt();
    let d = |e: usize| (0..r).map(|c| t[c * r + e % r] * t[c * r + e / r]).sum::<f64>();
    let along: f64 = direction.k.iter().enumerate().map(|(e, k)| k * d(e)).sum();
    along / dot(&direction.k, &direction.k)
}

/// `D_ab` = `sd_a sd_b c_ab(rho)`. Of effects without variance there are no correlations: derivatives leave them out, which would be infinite.
struct Correlated {
    structure: Structure,
    /// Of each effect.
    sd: Vec<f64>,
    rho: f64,
}

impl Correlated {
    fn new(structure: Structure, theta: &[f64]) -> Self {
        let sd = (0..structure.size).map(|a| theta[if structure.homogeneous { 0 } else { a }]).collect();
        Correlated { structure, sd, rho: theta[theta.len() - 1] }
    }

    /// The number of variances.
    fn variances(&self) -> usize {
        if self.structure.homogeneous { 1 } else { self.structure.size }
    }

    fn matrix(&self, value: impl Fn(usize, usize) -> f64) -> Vec<f64> {
        let r = self.structure.size;
        (0..r * r).map(|e| value(e % r, e / r)).collect()
    }

    /// The derivative of `c_ab` by rho, of any order up to the second.
    fn correlation(&self, order: i32, a: usize, b: usize) -> f64 {
        let lag = if self.structure.kind == StructureKind::Ar1 { a.abs_diff(b) as i32 } else { i32::from(a != b) };
        let factor: i32 = (0..order).map(|k| lag - k).product();
        if factor == 0 { 0.0 } else { f64::from(factor) * self.rho.powi(lag - order) }
    }

    /// The derivative of `sd_a sd_b` by variances: `by` of the effects, or of all effects if there is one variance.
    fn scale(&self, by: &[usize], a: usize, b: usize) -> f64 {
        if self.structure.homogeneous {
            return [self.sd[0] * self.sd[0], 1.0, 0.0][by.len()];
        }
        if a == b {
            return match by {
                [] => self.sd[a] * self.sd[a],
                [c] if *c == a => 1.0,
                _ => 0.0,
            };
        }
        // The root of each variance, so many times differentiated.
        let root = |effect: usize| {
            let sd = self.sd[effect];
            match by.iter().filter(|c| **c == effect).count() {
                _ if sd == 0.0 => 0.0,
                0 => sd,
                1 => 0.5 / sd,
                _ => -0.25 / (sd * sd * sd),
            }
        };
        if by.iter().all(|c| *c == a || *c == b) { root(a) * root(b) } else { 0.0 }
    }

    /// The derivative of `D_ab` by parameter i; the last is rho.
    fn first(&self, i: usize, a: usize, b: usize) -> f64 {
        if i == self.variances() {
            return self.scale(&[], a, b) * self.correlation(1, a, b);
        }
        self.scale(&[i], a, b) * self.correlation(0, a, b)
    }

    /// By parameters i <= j.
    fn second(&self, i: usize, j: usize, a: usize, b: usize) -> f64 {
        let rho = self.variances();
        match (i == rho, j == rho) {
            (true, _) => self.scale(&[], a, b) * self.correlation(2, a, b),
            (false, true) => self.scale(&[i], a, b) * self.correlation(1, a, b),
            (false, false) => self.scale(&[i, j], a, b) * self.correlation(0, a, b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_differences() {
        for (kind, homogeneous) in
            [(StructureKind::Ar1, true), (StructureKind::Ar1, false), (StructureKind::CompoundSymmetry, false)]
        {
            let structure = Structure::new(kind, Some(homogeneous), 4);
            let n = structure.n_theta();
            // Variances and rho.
            let point: Vec<f64> = (0..n).map(|i| if i + 1 == n { -0.3 } else { 0.5 + i as f64 }).collect();
            let covariance = |at: &[f64]| {
                let theta: Vec<f64> = at.iter().enumerate().map(|(i, v)| if i + 1 == n { *v } else { v.sqrt() }).collect();
                Correlated::new(structure, &theta)
            };
            let own = covariance(&point);
            let h = 1e-5;
            for j in 0..n {
                let (mut up, mut down) = (point.clone(), point.clone());
                up[j] += h;
                down[j] -= h;
                let (up, down) = (covariance(&up), covariance(&down));
                for e in 0..16 {
                    let (a, b) = (e % 4, e / 4);
                    let value = |c: &Correlated| c.scale(&[], a, b) * c.correlation(0, a, b);
                    let want = (value(&up) - value(&down)) / (2.0 * h);
                    assert!((own.first(j, a, b) - want).abs() < 1e-8, "{kind:?} {j} {a} {b}");
                    for i in 0..=j {
                        let want = (up.first(i, a, b) - down.first(i, a, b)) / (2.0 * h);
                        assert!((own.second(i, j, a, b) - want).abs() < 1e-8, "{kind:?} {i} {j} {a} {b}");
                    }
                }
            }
            // Homogeneous of degree one in the variances.
            let d = own.matrix(|a, b| own.scale(&[], a, b) * own.correlation(0, a, b));
            let sum = own.matrix(|a, b| (0..n - 1).map(|i| point[i] * own.first(i, a, b)).sum());
            assert!(d.iter().zip(&sum).all(|(d, s)| (d - s).abs() < 1e-14), "{kind:?}");
        }
    }
}
