//! All parameters of a fit in one order: fixed effects of the mean, the zero part and the dispersion; those of the response's distribution,
//! of a linear model sigma and the residual correlation; those of the random effects' covariances.

use super::common::Fit;
use super::correlation::CorrelationFit;
use super::kind::Generalised;
use super::nature::Nature;
use super::parameter_ids::SIGMA;
use super::predictors::Role;
use crate::choice::Choice;
use crate::covariance::{Structure, elements, with_ranges};
use crate::family::Scale;
use crate::formula::StructureKind;
use crate::names::unique;
use std::ffi::CStr;

/// In what form parameters are given. Fixed effects, thresholds and nominal effects are the same in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ParameterForm {
    /// As they are estimated: theta, the family's parameters on their working scales, of a linear model log sigma and the residual
    /// correlation on the scale of its interval.
    #[default]
    Working,
    /// As they are reported: standard deviations and correlations of random effects, sigma, the family's parameters.
    Reported,
    /// Variances and covariances of random effects and residuals; the rest as reported.
    Variance,
    /// Without bounds: logarithms of standard deviations, atanh of correlations, the family's parameters on their working scales.
    Log,
}

impl Choice for ParameterForm {
    const LIST: &'static str = "parameter_form";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (ParameterForm::Working, c"working"),
        (ParameterForm::Reported, c"reported"),
        (ParameterForm::Variance, c"variance"),
        (ParameterForm::Log, c"log"),
    ];
}

/// What standard deviations, correlations of two effects, and those of all are called in a form.
struct Words {
    deviation: &'static str,
    correlation: &'static str,
    common: &'static str,
    sigma: &'static str,
    /// Before the name of a residual correlation.
    residual: &'static str,
}

impl Words {
    const fn of(form: ParameterForm) -> Words {
        let reported = Words { deviation: "sd", correlation: "cor", common: "rho", sigma: SIGMA, residual: "" };
        match form {
            ParameterForm::Working | ParameterForm::Reported => reported,
            ParameterForm::Variance => Words { deviation: "var", correlation: "cov", sigma: "sigma^2", ..reported },
            ParameterForm::Log => {
                Words { deviation: "log_sd", correlation: "atanh_cor", common: "logit_rho", sigma: "log_sigma", residual: "logit_" }
            }
        }
    }
}

/// What a term's parameters are called where they are standard deviations and correlations: lme4's names where it has them.
fn covariance_names(structure: Structure, effects: &[String], group: &str, words: &Words) -> Vec<String> {
    let Structure { kind, homogeneous, size: r } = structure;
    let Words { deviation: sd, correlation: cor, common: rho, .. } = words;
    if kind == StructureKind::Unstructured {
        let one = |(i, j): (usize, usize)| {
            if i == j { format!("{sd}_{}|{group}", effects[i]) } else { format!("{cor}_{}.{}|{group}", effects[i], effects[j]) }
        };
        return elements(r).map(one).collect();
    }
    let name = |element: usize| {
        if homogeneous && r > 1 && element == 0 {
            format!("{sd}|{group}")
        } else if !homogeneous && element < r || r == 1 {
            format!("{sd}_{}|{group}", effects[element])
        } else {
            format!("{rho}|{group}")
        }
    };
    (0..structure.n_theta()).map(name).collect()
}

impl Generalised {
    /// Which of the family's parameters are estimated and the same for all rows.
    pub(crate) fn estimated(&self, is_ordinal: bool) -> impl Iterator<Item = usize> {
        let first_varies = self.dispersion.is_some() && !is_ordinal;
        (0..self.psi.len()).filter(move |j| !(self.parameters[*j].fixed || *j == 0 && first_varies))
    }
}

impl Fit {
    /// The ids of all parameters.
    pub fn parameter_ids(&self, form: ParameterForm) -> Vec<String> {
        let mut ids: Vec<String> = Role::ORDER.iter().flat_map(|role| self.fixef_ids(*role)).collect();
        match self.generalised() {
            None if !self.is_linear() => {}
            None => ids.extend([SIGMA.to_owned()].into_iter().chain(self.rho_id())),
            Some(own) => {
                let family = self.family_ids();
                ids.extend(own.estimated(self.ordinal().is_some()).map(|j| family[j].clone()));
            }
        }
        ids.extend(self.term_ids().iter().flat_map(|term| match form {
            ParameterForm::Working => term.theta(),
            // The form says on which scale the parameter is.
            ParameterForm::Reported | ParameterForm::Variance | ParameterForm::Log => term.reported(),
        }));
        ids
    }

    /// Their names for people.
    pub fn parameter_names(&self, form: ParameterForm) -> Vec<String> {
        unique(self.plain_parameter_names(form))
    }

    /// Names of which some may be equal.
    pub(crate) fn plain_parameter_names(&self, form: ParameterForm) -> Vec<String> {
        let mut names = self.fixed.names.clone();
        for (prefix, predictor) in self.named_predictors() {
            names.extend(predictor.fixed.names.iter().map(|name| format!("{prefix}{name}")));
        }
        let words = Words::of(form);
        match self.generalised() {
            None if !self.is_linear() => {}
            None => {
                names.push(words.sigma.to_owned());
                names.extend(self.correlation().map(|own| format!("{}{}", words.residual, CorrelationFit::name(own))));
            }
            Some(own) => names.extend(self.family_names(own, form)),
        }
        match form {
            ParameterForm::Working => names.extend(self.theta_names.iter().map(|name| format!("theta.{name}"))),
            _ => names.extend(self.named_terms().flat_map(|(prefix, term)| {
                let own = covariance_names(term.design.structure, &term.design.effects, &term.design.group, &words);
                own.into_iter().map(move |name| format!("{prefix}{name}"))
            })),
        }
        names
    }

    /// Those of the family's parameters, which say on what scale they are.
    fn family_names(&self, own: &Generalised, form: ParameterForm) -> Vec<String> {
        let (is_ordinal, scales) = (self.ordinal().is_some(), own.family.parameters());
        let name = |j: usize| {
            let name = &own.parameters[j].name;
            if is_ordinal {
                return name.clone();
            }
            match (form, scales[j].scale) {
                (ParameterForm::Variance, Scale::LogVariance) => format!("{name}^2"),
                (ParameterForm::Log, Scale::Log | Scale::LogVariance) => format!("log_{name}"),
                (ParameterForm::Log, Scale::OneToTwo | Scale::Logit) => format!("logit_{name}"),
                _ => name.clone(),
            }
        };
        own.estimated(is_ordinal).map(name).collect()
    }

    /// Their estimates.
    pub fn parameter_values(&self, form: ParameterForm) -> Vec<f64> {
        if form == ParameterForm::Working {
            return self.working_values();
        }
        let reported = self.reported_values();
        let natures = self.natures().into_iter().enumerate();
        match form {
            ParameterForm::Variance => natures.map(|(at, own)| own.variance(at, &reported).0).collect(),
            ParameterForm::Log => natures.map(|(at, own)| own.unbounded(reported[at]).0).collect(),
            ParameterForm::Working | ParameterForm::Reported => reported,
        }
    }

    fn coefficients(&self) -> Vec<f64> {
        let fixed = Role::ORDER.iter().filter_map(|role| self.fixed_of(*role));
        fixed.flat_map(|fixed| fixed.estimate.iter().copied()).collect()
    }

    fn working_values(&self) -> Vec<f64> {
        let mut all = self.coefficients();
        match self.generalised() {
            None if !self.is_linear() => {}
            None => {
                all.push(self.sigma.ln());
                all.extend(self.correlation().map(|own| ((own.estimate - own.lower) / (1.0 - own.estimate)).ln()));
            }
            Some(own) => all.extend(own.estimated(self.ordinal().is_some()).map(|j| own.psi[j])),
        }
        all.extend(&self.theta);
        all
    }

    fn reported_values(&self) -> Vec<f64> {
        let mut all = self.coefficients();
        match self.generalised() {
            None if !self.is_linear() => {}
            None => {
                all.push(self.sigma);
                all.extend(self.correlation().map(|own| own.estimate));
            }
            Some(own) => all.extend(own.estimated(self.ordinal().is_some()).map(|j| own.parameters[j].estimate)),
        }
        all.extend(self.reported_covariances());
        all
    }

    /// How many parameters come before those of variances and of the family: fixed effects, and what an ordinal model has beside them.
    pub(crate) fn n_coefficients(&self) -> usize {
        let ordinal = self.generalised().filter(|_| self.ordinal().is_some());
        self.coefficients().len() + ordinal.map_or(0, |own| own.estimated(true).count())
    }

    /// What each reported parameter is.
    pub(crate) fn natures(&self) -> Vec<Nature> {
        let mut all = vec![Nature::Coefficient; self.n_coefficients()];
        match self.generalised() {
            None if !self.is_linear() => {}
            None => {
                all.push(Nature::Deviation);
                all.extend(self.correlation().map(|own| Nature::Common(own.lower)));
            }
            Some(own) if self.ordinal().is_none() => {
                let scales = own.family.parameters();
                all.extend(own.estimated(false).map(|j| match scales[j].scale {
                    Scale::LogVariance => Nature::Deviation,
                    scale => Nature::Family(scale, own.psi[j]),
                }));
            }
            Some(_) => {}
        }
        for (_, term) in self.named_terms() {
            let (structure, first) = (term.design.structure, all.len());
            if structure.kind == StructureKind::Unstructured {
                let r = structure.size;
                let place = |i: usize| first + i * r - i * i.saturating_sub(1) / 2;
                all.extend(elements(r).map(
                    |(i, j)| {
                        if i == j { Nature::Deviation } else { Nature::Correlation(place(i), place(j)) }
                    },
                ));
                continue;
            }
            let least = structure.lower_bounds();
            let nature = |k: usize| if structure.has_unit(k) { Nature::Deviation } else { Nature::Common(least[k]) };
            all.extend((0..structure.n_theta()).map(nature));
        }
        all
    }

    /// What the standard deviations that theta has are numbers of.
    pub(crate) fn theta_unit(&self) -> f64 {
        if self.is_linear() { self.sigma } else { 1.0 }
    }

    /// Standard deviations and correlations of all terms, as many as there are elements of theta.
    fn reported_covariances(&self) -> Vec<f64> {
        let structures: Vec<Structure> = self.named_terms().map(|(_, term)| term.design.structure).collect();
        let mut all = vec![];
        for ((structure, range), (_, term)) in with_ranges(&structures).zip(self.named_terms()) {
            let r = structure.size;
            if structure.kind == StructureKind::Unstructured {
                all.extend(elements(r).map(|(i, j)| if i == j { term.sd[i] } else { term.corr[j * r + i] }));
                continue;
            }
            let unit = |k: usize| if structure.has_unit(k) { self.theta_unit() } else { 1.0 };
            all.extend(self.theta[range].iter().enumerate().map(|(k, theta)| unit(k) * theta));
        }
        all
    }
}
