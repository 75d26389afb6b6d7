//! A fit with other rows: its parameters stay, what is per row is that of another design.

use crate::design::{Design, PredictorDesign, TermDesign};
use crate::error::{Result, try_vec};
use crate::fit::{Fit, Kind, PredictorFit, TermFit};

const WHAT: &str = "values of the rows of a design";

impl Fit {
    /// This fit's model and parameters on the rows of a design with the same columns and terms. It is to simulate from, and to refit: what it says of
    /// rows and levels is nothing.
    pub(super) fn moved(&self, design: Design) -> Result<Fit> {
        let n = design.n;
        let mut fit = self.clone();
        fit.kind = kind(fit.kind, &design)?;
        if let Some(own) = fit.kind.generalised_mut() {
            own.eta = try_vec(WHAT, 0.0, n)?;
            move_predictor(own.zero_inflation.as_mut(), design.zero_inflation, n)?;
            move_predictor(own.dispersion.as_mut(), design.dispersion, n)?;
        }
        move_terms(&mut fit.terms, design.terms)?;
        fit.n_obs = n;
        fit.fitted = try_vec(WHAT, 0.0, n)?;
        (fit.residuals, fit.residuals_pearson) = (vec![], vec![]);
        (fit.y, fit.x, fit.weights, fit.offset) = (design.y, design.x, design.weights, design.offset);
        fit.rows = design.rows;
        Ok(fit)
    }
}

fn kind(kind: Kind, design: &Design) -> Result<Kind> {
    Ok(match kind {
        Kind::Linear(Some(mut own), engine) => {
            if let Some(rows) = &design.correlation {
                own.design = rows.try_clone()?;
            }
            Kind::Linear(Some(own), engine)
        }
        Kind::Ordinal(own, mut ordinal) => {
            if let (Some(nominal), Some(rows)) = (&mut ordinal.nominal, &design.nominal) {
                nominal.x.clone_from(&rows.x);
            }
            Kind::Ordinal(own, ordinal)
        }
        Kind::Cox(mut own) => {
            if let Some(rows) = &design.survival {
                own.survival = rows.try_clone()?;
            }
            own.eta = try_vec(WHAT, 0.0, design.n)?;
            Kind::Cox(own)
        }
        same @ (Kind::Linear(None, _) | Kind::Generalised(_)) => same,
    })
}

fn move_predictor(fit: Option<&mut PredictorFit>, design: Option<PredictorDesign>, n: usize) -> Result<()> {
    let (Some(fit), Some(design)) = (fit, design) else { return Ok(()) };
    fit.eta = try_vec(WHAT, 0.0, n)?;
    (fit.x, fit.offset) = (design.x, design.offset);
    move_terms(&mut fit.terms, design.terms)
}

fn move_terms(fits: &mut [TermFit], designs: Vec<TermDesign>) -> Result<()> {
    for (fit, design) in fits.iter_mut().zip(designs) {
        fit.modes = try_vec(WHAT, 0.0, design.effects.len() * design.levels.len())?;
        (fit.condvar, fit.condvar_full) = (vec![], None);
        fit.design = design;
    }
    Ok(())
}
