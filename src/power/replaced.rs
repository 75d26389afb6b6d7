//! Parameters that take the place of estimates: "x = 0.3; sigma = 20; sd_(Intercept)|Subject = 30".

use crate::error::{Error, Result};
use crate::fit::{Fit, FixedEffects, TermFit};
use crate::names::{known, quoted};

impl Fit {
    /// Puts values in the place of fixed effects, of the residual standard deviation of a linear model, and of standard deviations of random
    /// effects, whose correlations stay. Names are those of the bootstrap's table.
    pub(super) fn replace(&mut self, text: &str) -> Result<()> {
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let read = part.rsplit_once('=').and_then(|(name, value)| Some((name.trim(), value.trim().parse::<f64>().ok()?)));
            let Some((name, value)) = read.filter(|(_, value)| value.is_finite()) else {
                return Err(Error::argument(format!("effects has {}, wanted a name and a number, \"x = 0.3\"", quoted(part))));
            };
            self.put(name, value)?;
        }
        Ok(())
    }

    fn put(&mut self, name: &str, value: f64) -> Result<()> {
        if put_fixed(&mut self.fixed, "", name, value) {
            return Ok(());
        }
        let linear = self.is_linear();
        if let Some(own) = self.kind.generalised_mut() {
            for (prefix, part) in [("zi.", &mut own.zero_inflation), ("disp.", &mut own.dispersion)] {
                if let Some(part) = part {
                    if put_fixed(&mut part.fixed, prefix, name, value) {
                        return Ok(());
                    }
                    if put_deviation(&mut part.terms, prefix, name, value)? {
                        return Ok(());
                    }
                }
            }
        }
        if put_deviation(&mut self.terms, "", name, value)? {
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
            "effects names {}, which is no fixed effect or standard deviation of the model; {known}",
            quoted(name)
        )))
    }

    fn replaceable(&self) -> Vec<String> {
        let mut names = self.fixed.names.clone();
        for (prefix, part) in self.named_predictors() {
            names.extend(part.fixed.names.iter().map(|name| format!("{prefix}{name}")));
        }
        names.extend(self.is_linear().then(|| "sigma".to_owned()));
        for (prefix, term) in self.named_terms() {
            names.extend((0..term.design.effects.len()).map(|a| deviation(term, prefix, a)));
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

/// A standard deviation scales the row of its effect in the root of the covariance.
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
        } else if r == 1 {
            term.root[0] = value;
        } else {
            return Err(Error::argument(format!(
                "effects names {}, which the fit has as zero beside other effects of its group: its correlations are not known",
                quoted(name)
            )));
        }
        term.sd[a] = value;
        return Ok(true);
    }
    Ok(false)
}
