//! Extra zeros: zero inflation and hurdles, as a layer over a family with a second linear predictor zeta, pi = expit(zeta).

use super::facts::ZeroPart;
use super::special::{Logistic, expit, logistic};
use super::{Constants, Cumulative, Derivatives, Family, Observations, Order, Psi, WeightRole, check_length};
use crate::error::{Result, try_vec};
use crate::simulate::Stream;

/// Derivatives in the zero part's predictor z, and mixed ones: l_z, l_zz, l_zzz, l_ez, l_eez, l_ezz (e for eta).
#[derive(Clone, Debug, Default)]
pub struct ZeroDerivatives {
    pub z: Vec<f64>,
    pub zz: Vec<f64>,
    pub zzz: Vec<f64>,
    pub ez: Vec<f64>,
    pub eez: Vec<f64>,
    pub ezz: Vec<f64>,
    /// Per parameter of the family.
    pub psi: Vec<ZeroPsiDerivatives>,
}

/// Derivatives of one parameter f of the family with the zero part's predictor: l_fz, l_fez, l_fzz.
#[derive(Clone, Debug, Default)]
pub struct ZeroPsiDerivatives {
    pub z: Vec<f64>,
    pub ez: Vec<f64>,
    pub zz: Vec<f64>,
}

impl ZeroDerivatives {
    pub fn new(rows: usize, parameters: usize) -> Result<Self> {
        let column = || try_vec("derivatives of the zero part", 0.0, rows);
        let triple = |_| Ok(ZeroPsiDerivatives { z: column()?, ez: column()?, zz: column()? });
        Ok(ZeroDerivatives {
            z: column()?,
            zz: column()?,
            zzz: column()?,
            ez: column()?,
            eez: column()?,
            ezz: column()?,
            psi: (0..parameters).map(triple).collect::<Result<_>>()?,
        })
    }

    fn scale(&mut self, row: usize, by: f64) {
        for column in [&mut self.z, &mut self.zz, &mut self.zzz, &mut self.ez, &mut self.eez, &mut self.ezz] {
            column[row] *= by;
        }
        for column in self.psi.iter_mut().flat_map(|p| [&mut p.z, &mut p.ez, &mut p.zz]) {
            column[row] *= by;
        }
    }
}

/// A family with a zero part.
#[derive(Clone, Debug)]
pub struct ZeroMixture {
    pub part: ZeroPart,
    pub family: Box<dyn Family>,
}

impl ZeroMixture {
    /// What does not depend on the predictors; as [`Family::constants`].
    pub fn constants(&self, data: &Observations, psi: &[Psi], order: Order, out: &mut Constants) -> Result<()> {
        self.family.constants(&self.unweighted(data), psi, order, out)
    }

    /// Log-densities with the derivatives in eta and psi (`base`) and those with zeta (`zero`; from `Order::Mode` on its second order,
    /// from `Order::Gradient` on its third).
    #[allow(clippy::too_many_arguments)]
    pub fn evaluate(
        &self,
        data: &Observations,
        [eta, zeta]: [&[f64]; 2],
        psi: &[Psi],
        constants: &Constants,
        order: Order,
        base: &mut Derivatives,
        zero: &mut ZeroDerivatives,
    ) -> Result<()> {
        check_length("zeta", zeta.len(), data.y.len())?;
        check_length("zero part", zero.z.len(), data.y.len())?;
        self.family.evaluate(&self.unweighted(data), eta, psi, constants, order, base)?;
        for i in 0..data.y.len() {
            self.mix(i, data.y[i] == 0.0, zeta[i], order, base, zero);
            if self.family.weight_role() == WeightRole::Factor && !data.weights.is_empty() {
                base.scale(i, data.weights[i]);
                zero.scale(i, data.weights[i]);
            }
        }
        Ok(())
    }

    /// A response at the linear predictors of the family and of the zero part; as [`Family::simulate`].
    pub fn simulate(&self, [eta, zeta]: [f64; 2], weight: f64, psi: &[f64], stream: &mut Stream) -> f64 {
        if stream.uniform() < expit(zeta) { 0.0 } else { self.family.simulate(eta, weight, psi, stream) }
    }

    /// The distribution function of the mixture; as [`Family::cdf`].
    pub fn cdf(&self, y: f64, [eta, zeta]: [f64; 2], weight: f64, psi: &[f64]) -> Cumulative {
        self.family.cdf(y, eta, weight, psi).with_atom(expit(-zeta), expit(zeta), 0.0, y)
    }

    /// A factor of the log-density is applied to the mixture, not to its part.
    fn unweighted<'a>(&self, data: &Observations<'a>) -> Observations<'a> {
        if self.family.weight_role() == WeightRole::Factor { Observations { weights: &[], ..*data } } else { *data }
    }

    /// Turns the family's values of a row into those of the mixture.
    fn mix(&self, i: usize, is_zero: bool, zeta: f64, order: Order, base: &mut Derivatives, zero: &mut ZeroDerivatives) {
        let Logistic { p: pi, q: rest, log_p: log_pi, log_q: log_rest } = logistic(zeta);
        let spread = pi * rest;
        let lean = spread * (rest - pi);
        zero.set(i, [0.0 - pi, -spread, -lean], [0.0; 3]);
        for p in &mut zero.psi {
            (p.z[i], p.ez[i], p.zz[i]) = (0.0, 0.0, 0.0);
        }
        match (is_zero, self.part) {
            (false, _) => base.l[i] += log_rest,
            (true, ZeroPart::Hurdle) => {
                base.clear(i);
                base.l[i] = log_pi;
                zero.z[i] = rest;
            }
            (true, ZeroPart::Inflation) => inflate(i, zeta, order, base, zero),
        }
    }
}

impl ZeroDerivatives {
    fn set(&mut self, i: usize, [z, zz, zzz]: [f64; 3], [ez, eez, ezz]: [f64; 3]) {
        (self.z[i], self.zz[i], self.zzz[i]) = (z, zz, zzz);
        (self.ez[i], self.eez[i], self.ezz[i]) = (ez, eez, ezz);
    }
}

/// A zero that may be structural or the family's: `base` holds log P(0) = c with its derivatives and gets those of
/// log(e^zeta + e^c) - softplus(zeta). rho and om are the posterior probabilities of the two sorts.
fn inflate(i: usize, zeta: f64, order: Order, base: &mut Derivatives, zero: &mut ZeroDerivatives) {
    let c = base.l[i];
    let Logistic { p: rho, q: om, log_p: log_rho, log_q: log_om } = logistic(zeta - c);
    let Logistic { p: pi, q: rest, log_q: log_rest, .. } = logistic(zeta);
    base.l[i] = zeta.max(c) - log_rho.max(log_om) + log_rest;
    let (c1, c2, c3) = (base.s[i], -base.w[i], -base.t[i]);
    let v = rho * om;
    let dv = v * (om - rho);
    let spread = pi * rest;
    if order == Order::Value {
        return;
    }
    base.s[i] = om * c1;
    base.w[i] = -(om * c2 + v * c1 * c1);
    zero.set(i, [rho - pi, v - spread, dv - spread * (rest - pi)], [-v * c1, -v * c2 + dv * c1 * c1, -dv * c1]);
    if order < Order::Gradient {
        return;
    }
    base.t[i] = -(om * c3 + 3.0 * v * c1 * c2 - dv * c1 * c1 * c1);
    for (p, z) in base.psi.iter_mut().zip(&mut zero.psi) {
        let (f, f1, f2) = (p.l[i], p.s[i], -p.w[i]);
        p.l[i] = om * f;
        p.s[i] = om * f1 + v * f * c1;
        p.w[i] = -(om * f2 + v * f * c2 + 2.0 * v * c1 * f1 - dv * f * c1 * c1);
        z.z[i] = -v * f;
        z.ez[i] = dv * f * c1 - v * f1;
        z.zz[i] = -dv * f;
    }
}
