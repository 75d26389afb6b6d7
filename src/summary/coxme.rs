//! The summary of a Cox model, in coxme's layout.

use super::glmm::formula;
use super::layout::{Align, TextColumn, table};
use super::notes::below;
use super::number::{column, fixed, p_values, rounded};
use super::random_effects::{random_effects, sizes};
use crate::choice::Choice;
use crate::fit::{Cox, Fit};
use crate::options::FixedEffectsBy;
use crate::tails::chi_square_upper;

/// Significant digits of estimates.
const DIGITS: usize = 4;

/// The summary of a fit: likelihoods, fixed effects with hazard ratios, random effects.
pub fn text(fit: &Fit, own: &Cox) -> String {
    let strata = if own.survival.strata.is_empty() { String::new() } else { format!(", {} strata", own.survival.strata.len()) };
    let ties = own.ties.name();
    let effects = if fit.terms.is_empty() { "" } else { "mixed-effects " };
    let mut sections = vec![format!("Cox {effects}model fit by maximum likelihood (ties: {ties}{strata})\n{}", formula(fit))];
    sections.push(format!("Events: {}. {}", own.n_events, sizes(fit)));
    if own.fixed_effects == FixedEffectsBy::Integrated {
        sections[0].push_str("\nFixed effects: at the maximum of the integrated likelihood");
    }
    sections.push(likelihoods(fit, own));
    if !fit.fixed.names.is_empty() {
        sections.push(format!("Fixed coefficients:\n{}", coefficients(fit)));
    }
    sections.push(concordance(own));
    if !fit.terms.is_empty() {
        sections.push(format!("Random effects:\n{}", random_effects(&fit.terms, None, DIGITS)));
    }
    sections.extend(below(fit));
    sections.join("\n")
}

/// The integrated and the penalised likelihood against the one without effects. AIC and BIC are, as in coxme, chi-square less 2 df, and less
/// df log(events): larger is better.
fn likelihoods(fit: &Fit, own: &Cox) -> String {
    let heading = format!(
        "Log partial likelihood: null {}, integrated {}, fitted {}\n",
        fixed(&[own.loglik_null], 4).concat(),
        fixed(&[fit.log_likelihood], 4).concat(),
        fixed(&[own.loglik_fitted], 4).concat()
    );
    let chi_square = [fit.log_likelihood, own.loglik_fitted].map(|l| 2.0 * (l - own.loglik_null));
    let df = [fit.npar as f64, own.df_penalised];
    let each = |f: &dyn Fn(usize) -> f64| [f(0), f(1)];
    let p = each(&|i| if df[i] > 0.0 { chi_square_upper(chi_square[i].max(0.0), df[i]) } else { f64::NAN });
    let aic = each(&|i| chi_square[i] - 2.0 * df[i]);
    let bic = each(&|i| chi_square[i] - df[i] * (own.n_events as f64).ln());
    // Where nothing is at the maximum of the penalised likelihood it has no degrees of freedom.
    let rows = ["Integrated loglik", "Penalized loglik"].map(String::from);
    let shown = if own.df_penalised.is_nan() { 1 } else { 2 };
    let numbers = |name: &str, values: [f64; 2]| TextColumn::new(name, fixed(&values[..shown], 2), Align::Right);
    heading
        + &table(&[
            TextColumn::new("", rows[..shown].to_vec(), Align::Left),
            numbers("Chisq", chi_square),
            numbers("df", df),
            TextColumn::new("p", p_values(&p[..shown], DIGITS - 1), Align::Right),
            numbers("AIC", aic),
            numbers("BIC", bic),
        ])
}

/// As survival prints it.
fn concordance(own: &Cox) -> String {
    let [estimate, error] = [own.concordance.estimate, own.concordance.std_error].map(|v| column(&rounded(&[v], 3), 3).concat());
    format!("Concordance= {estimate}  (se = {error} )\n")
}

fn coefficients(fit: &Fit) -> String {
    let own = &fit.fixed;
    let numbers = |name: &str, values: &[f64]| TextColumn::new(name, column(values, DIGITS), Align::Right);
    let ratios: Vec<f64> = own.estimate.iter().map(|b| b.exp()).collect();
    table(&[
        TextColumn::new("", own.names.clone(), Align::Left),
        numbers("coef", &own.estimate),
        numbers("exp(coef)", &ratios),
        numbers("se(coef)", &own.std_error),
        numbers("z", &rounded(&own.statistics(), DIGITS as i32 - 1)),
        TextColumn::new("p", p_values(&own.p_values(), DIGITS - 1), Align::Right),
    ])
}
