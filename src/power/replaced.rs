//! Parameters that take the place of estimates: "x = 0.3; sigma = 20; sd_(Intercept)|Subject = 30; cor_(Intercept).Days|Subject = 0.2".

use crate::error::{Error, Result};
use crate::fit::{Fit, FixedEffects, Generalised, TermFit};
use crate::formula::StructureKind;
use crate::linalg::dense::{semidefinite_cholesky, symmetric_eigen};
use crate::names::{known, quoted};

/// Relative to the number of effects, an eigenvalue of correlations that is not below zero but for rounding.
const NEGATIVE: f64 = -1e-12;

impl Fit {
    /// Puts values in the place of fixed effects, of the residual standard deviation of a linear model, of parameters of a family, and of
    /// standard deviations and correlations of random effects. Names are those of the bootstrap's table. Correlations that the fit does not
    /// have, beside an effect without variance, are zero unless they are given.
    pub(super) fn replace(&mut self, text: &str) -> Result<()> {
        let mut names: Vec<&str> = vec![];
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let read = part.rsplit_once('=').and_then(|(name, value)| Some((name.trim(), value.trim().parse::<f64>().ok()?)));
            let Some((name, value)) = read.filter(|(_, value)| value.is_finite()) else {
                return Err(Error::argument(format!("effects has {}, wanted a name and a number, \"x = 0.3\"", quoted(part))));
            };
            if names.contains(&name) {
                return Err(Error::argument(format!("effects has {} twice, wanted one value of each parameter", quoted(name))));
            }
            self.put(name, value)?;
            names.push(name);
        }
        let mut terms: Vec<&mut TermFit> = self.terms.iter_mut().collect();
        if let Some(own) = self.kind.generalised_mut() {
            terms.extend(own.zero_inflation.iter_mut().chain(&mut own.dispersion).flat_map(|part| &mut part.terms));
        }
        terms.into_iter().try_for_each(settle)
    }

    fn put(&mut self, name: &str, value: f64) -> Result<()> {
        if put_fixed(&mut self.fixed, "", name, value) {
            return Ok(());
        }
        let linear = self.is_linear();
        let is_ordinal = self.ordinal().is_some();
        if let Some(own) = self.kind.generalised_mut() {
            if !is_ordinal && put_parameter(own, name, value)? {
                return Ok(());
            }
            for (prefix, part) in [("zi.", &mut own.zero_inflation), ("disp.", &mut own.dispersion)] {
                if let Some(part) = part {
                    if put_fixed(&mut part.fixed, prefix, name, value) {
                        return Ok(());
                    }
                    if put_deviation(&mut part.terms, prefix, name, value)?
                        || put_correlation(&mut part.terms, prefix, name, value)?
                    {
                        return Ok(());
                    }
                }
            }
        }
        if put_deviation(&mut self.terms, "", name, value)? || put_correlation(&mut self.terms, "", name, value)? {
            return Ok(());
        }
        if linear && name == "sigma" {
            if value <= 0.0 {
                return Err(Error::argument(format!("effects has sigma = {value}, wanted a number above zero")));
            }
            self.sigma = value;
            return Ok(());
        }
        let names = self.replaceable();
        let known = known("the list", name, names.iter().map(String::as_str));
        Err(Error::argument(format!(
            "effects names {}, which is no fixed effect, standard deviation, correlation or parameter of the model; {known}",
            quoted(name)
        )))
    }

    fn replaceable(&self) -> Vec<String> {
        let mut names = self.fixed.names.clone();
        for (prefix, part) in self.named_predictors() {
            names.extend(part.fixed.names.iter().map(|name| format!("{prefix}{name}")));
        }
        names.extend(self.is_linear().then(|| "sigma".to_owned()));
        if let Some(own) = self.generalised().filter(|_| self.ordinal().is_none()) {
            names.extend(replaceable_parameters(own).map(|(_, name)| name));
        }
        for (prefix, term) in self.named_terms() {
            let r = term.design.effects.len();
            names.extend((0..r).map(|a| deviation(term, prefix, a)));
            if term.design.structure.kind == StructureKind::Unstructured {
                names.extend(pairs(r).map(|(a, b)| correlation(term, prefix, a, b)));
            }
        }
        names
    }
}

fn put_fixed(fixed: &mut FixedEffects, prefix: &str, name: &str, value: f64) -> bool {
    let Some(name) = name.strip_prefix(prefix) else { return false };
    let Some(j) = fixed.names.iter().position(|own| own == name) else { return false };
    fixed.estimate[j] = value;
    true
}

fn deviation(term: &TermFit, prefix: &str, effect: usize) -> String {
    format!("{prefix}sd_{}|{}", term.design.effects[effect], term.design.group)
}

fn correlation(term: &TermFit, prefix: &str, a: usize, b: usize) -> String {
    format!("{prefix}cor_{}.{}|{}", term.design.effects[a], term.design.effects[b], term.design.group)
}

/// Pairs of effects, the later one first, as the bootstrap's table has them.
fn pairs(r: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..r).flat_map(move |b| (b + 1..r).map(move |a| (a, b)))
}

/// The parameters of a family that are estimated, and are the same in all rows: their places and names.
fn replaceable_parameters(own: &Generalised) -> impl Iterator<Item = (usize, String)> {
    let varies = usize::from(own.dispersion.is_some());
    own.parameters.iter().enumerate().skip(varies).filter(|(_, p)| !p.fixed).map(|(j, p)| (j, p.name.clone()))
}

fn put_parameter(own: &mut Generalised, name: &str, value: f64) -> Result<bool> {
    let found = replaceable_parameters(own).find(|(_, own)| own == name);
    let Some((j, _)) = found else { return Ok(false) };
    let scale = own.family.parameters()[j].scale;
    let psi = scale.working(value);
    if !psi.is_finite() {
        return Err(Error::argument(format!("effects has {} = {value}, wanted {}", quoted(name), scale.range())));
    }
    (own.psi[j], own.parameters[j].estimate) = (psi, value);
    Ok(true)
}

/// A standard deviation scales the row of its effect in the root of the covariance; one that was zero has none, which `settle` makes.
fn put_deviation(terms: &mut [TermFit], prefix: &str, name: &str, value: f64) -> Result<bool> {
    for term in terms {
        let r = term.design.effects.len();
        let Some(a) = (0..r).find(|a| deviation(term, prefix, *a) == name) else { continue };
        if value < 0.0 {
            return Err(Error::argument(format!("effects has {} = {value}, wanted a number that is not negative", quoted(name))));
        }
        let old = term.sd[a];
        if old > 0.0 {
            (0..r).for_each(|c| term.root[c * r + a] *= value / old);
        } else if r == 1 || term.design.structure.kind == StructureKind::Diagonal {
            term.root[a * r + a] = value;
        } else if term.design.structure.kind != StructureKind::Unstructured {
            return Err(Error::argument(format!(
                "effects names {}, which the fit has as zero beside other effects of its group: its correlations are not known",
                quoted(name)
            )));
        } else if value > 0.0 {
            for b in (0..r).filter(|b| *b != a) {
                if term.corr[a * r + b].is_nan() {
                    (term.corr[a * r + b], term.corr[b * r + a]) = (0.0, 0.0);
                }
            }
            // What `settle` looks for.
            term.corr[a * r + a] = f64::NAN;
        }
        term.sd[a] = value;
        return Ok(true);
    }
    Ok(false)
}

fn put_correlation(terms: &mut [TermFit], prefix: &str, name: &str, value: f64) -> Result<bool> {
    for term in terms.iter_mut().filter(|term| term.design.structure.kind == StructureKind::Unstructured) {
        let r = term.design.effects.len();
        let names =
            |(a, b): &(usize, usize)| correlation(term, prefix, *a, *b) == name || correlation(term, prefix, *b, *a) == name;
        let Some((a, b)) = pairs(r).find(names) else { continue };
        if value.abs() > 1.0 {
            return Err(Error::argument(format!("effects has {} = {value}, wanted a number from -1 to 1", quoted(name))));
        }
        (term.corr[a * r + b], term.corr[b * r + a]) = (value, value);
        term.corr[a * r + a] = f64::NAN;
        return Ok(true);
    }
    Ok(false)
}

/// Makes the root of the covariance of a term anew, of which correlations were given, or an effect had no variance: the diagonal of its
/// correlations says so.
fn settle(term: &mut TermFit) -> Result<()> {
    let r = term.design.effects.len();
    let given = |a: usize| term.corr[a * (r + 1)].is_nan() && term.sd[a] > 0.0;
    if r < 2 || term.design.structure.kind != StructureKind::Unstructured || !(0..r).any(given) {
        return Ok(());
    }
    let corr: Vec<f64> = (0..r * r)
        .map(|e| match (e % r == e / r, term.corr[e]) {
            (true, _) => 1.0,
            (false, own) if own.is_nan() => 0.0,
            (false, own) => own,
        })
        .collect();
    if symmetric_eigen(r, &corr).is_none_or(|(values, _)| values[0] < NEGATIVE * r as f64) {
        return Err(Error::argument(format!(
            "effects: the correlations of the random effects of {} are those of no covariance",
            quoted(&term.design.group)
        )));
    }
    term.cov = (0..r * r).map(|e| corr[e] * term.sd[e % r] * term.sd[e / r]).collect();
    term.root = semidefinite_cholesky(r, &term.cov);
    term.corr = corr;
    Ok(())
}
