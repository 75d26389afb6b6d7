//! Tests and intervals of the fixed effects.

use super::subject::{Subject, Work, about};
use crate::choice::Choice;
use crate::document::questions::{ConfidenceInterval, Drop1Test, Questions};
use crate::error::{Code, Error, Result, try_gather, try_vec};
use crate::fit::{Fit, Role};
use crate::frame::Frame;
use crate::inference::anova::{AnovaType, anova_table};
use crate::inference::degrees_of_freedom::{DegreesOfFreedom, DfMethod};
use crate::inference::drop1::{drop1_f_table, drop1_table};
use crate::inference::effect_sizes::effect_sizes_table;
use crate::inference::linear::{combinations_table, joint_table};
use crate::inference::ordinal_terms::{Beyond, ordinal_terms_table};
use crate::inference::standardized::standardized_table;
use crate::inference::step::step_table;

/// Tests of coefficients and terms.
pub struct FixedEffects<'a> {
    pub method: DfMethod,
    pub freedom: DegreesOfFreedom<'a>,
    pub coefficients: Frame,
    pub p_values: Vec<f64>,
    pub wald: Option<Limits>,
    /// By type.
    pub anova: Vec<(AnovaType, Frame)>,
    pub drop1: Option<Frame>,
    /// The same by F tests.
    pub drop1_f: Option<Frame>,
    /// Backward elimination.
    pub step: Option<Frame>,
    pub hypothesis: Option<Hypothesis>,
    pub standardized: Option<Frame>,
    pub nominal_test: Option<Frame>,
    pub scale_test: Option<Frame>,
}

/// Limits of parameters, in the order of their names.
pub struct Limits {
    pub names: Vec<String>,
    pub ids: Vec<String>,
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
}

/// Linear combinations: a test of each, and of all together.
pub struct Hypothesis {
    pub rows: Frame,
    pub joint: Frame,
    /// Whether other values than zero were given.
    pub has_values: bool,
}

impl<'a> FixedEffects<'a> {
    /// Where nobody has asked for the degrees of freedom that a fit has by default, and no answer depends on them, those of the normal
    /// distribution stand in for such as can't be computed.
    pub fn new(subject: &Subject<'a>, questions: &Questions, work: &Work<'_>) -> Result<Self> {
        let linear = subject.fit.is_linear();
        let by_clusters = subject.fit.robust.as_ref().is_some_and(|own| !own.has_moments());
        let method = match questions.df {
            DfMethod::Default if linear && by_clusters => DfMethod::Default,
            DfMethod::Default if linear && subject.fit.priors.is_empty() => DfMethod::Satterthwaite,
            DfMethod::Default => DfMethod::Normal,
            asked => asked,
        };
        match Self::by(method, subject, questions, work) {
            Err(error) if (error.code == Code::Numeric || !subject.fit.has_rows) && !questions.needs_df() => {
                Self::by(DfMethod::Normal, subject, questions, work)
            }
            answer => answer,
        }
    }

    fn by(method: DfMethod, subject: &Subject<'a>, questions: &Questions, work: &Work<'_>) -> Result<Self> {
        let (fit, data) = (subject.fit, subject.data);
        let freedom = (subject.freedom)(method)?;
        let coefficients = freedom.coefficients_table(fit, questions.level)?;
        let part =
            if questions.selection.part == Role::Mean { None } else { Some(about("part", fit.of_role(questions.selection.part))?) };
        let tested = part.as_ref().unwrap_or(fit);
        let mut anova = vec![];
        for ((kind, _), _) in AnovaType::ALL.iter().zip(questions.anova).filter(|(_, asked)| *asked) {
            let table = if questions.effect_sizes { effect_sizes_table } else { anova_table };
            anova.push((*kind, table(tested, data, *kind, freedom, work.watch)?));
        }
        let (mut drop1, mut drop1_f) = (None, None);
        match questions.drop1_test {
            _ if !questions.drop1 => {}
            Drop1Test::LikelihoodRatio => drop1 = Some(drop1_table(fit, data, work.watch)?),
            Drop1Test::F => drop1_f = Some(drop1_f_table(fit, data, freedom, work.watch)?),
        }
        let step = questions.selection.step.then(|| step_table(fit, questions.selection.step_options, work.watch)).transpose()?;
        let hypothesis = if questions.test.0.is_empty() { None } else { Some(hypothesis(tested, freedom, questions)?) };
        let wald = if questions.asks(ConfidenceInterval::Wald) { Some(Limits::wald(fit, freedom, questions.level)?) } else { None };
        let standardized = if questions.standardized { Some(standardized_table(fit, freedom, questions.level)?) } else { None };
        let beyond = |asked: bool, what: Beyond| asked.then(|| ordinal_terms_table(fit, data, what, work.watch)).transpose();
        let nominal_test = beyond(questions.beyond[0], Beyond::Nominal)?;
        let scale_test = beyond(questions.beyond[1], Beyond::Scale)?;
        let p_values = freedom.coefficients(fit).iter().map(|own| own.p_value(0.0)).collect();
        Ok(FixedEffects {
            method,
            freedom,
            coefficients,
            p_values,
            wald,
            anova,
            drop1,
            drop1_f,
            step,
            hypothesis,
            standardized,
            nominal_test,
            scale_test,
        })
    }

    /// What the degrees of freedom are called in the document.
    pub fn key(&self) -> &'static str {
        if matches!(self.freedom, DegreesOfFreedom::Robust(own) if !own.has_moments()) { "clusters" } else { self.method.name() }
    }

    /// The table of a type.
    pub fn anova_of(&self, kind: AnovaType) -> Option<&Frame> {
        self.anova.iter().find(|(own, _)| *own == kind).map(|(_, table)| table)
    }
}

impl Limits {
    /// Of an ordinal model those of thresholds and nominal effects come first.
    fn wald(fit: &Fit, freedom: DegreesOfFreedom<'_>, level: f64) -> Result<Self> {
        let mut all = Limits { names: vec![], ids: vec![], lower: vec![], upper: vec![] };
        if let (Some(own), Some(_)) = (fit.generalised(), fit.ordinal()) {
            all.names.extend(own.parameters.iter().map(|parameter| parameter.name.clone()));
            all.ids = fit.family_ids();
            (all.lower, all.upper) = fit.parameter_intervals(level)?;
        }
        let (lower, upper) = freedom.intervals(fit, level)?;
        all.names.extend_from_slice(&fit.fixed.names);
        all.ids.extend(fit.fixef_ids(Role::Mean));
        all.lower.extend(lower);
        all.upper.extend(upper);
        Ok(all)
    }

    /// Of the exponentials.
    pub fn exponential(&self) -> Self {
        let exp = |limits: &[f64]| limits.iter().map(|v| v.exp()).collect();
        Limits { names: self.names.clone(), ids: self.ids.clone(), lower: exp(&self.lower), upper: exp(&self.upper) }
    }

    /// The columns `term`, `id`, `lower` and `upper` of a table.
    pub fn of_table(table: &Frame) -> Result<Self> {
        let texts = |name: &str| -> Result<Vec<String>> {
            let column = table.column(name)?;
            try_gather("names of a table", (0..table.n_rows()).map(|row| column.label(row).unwrap_or_default().to_owned()))
        };
        let numbers = |name: &str| table.numbers(table.column(name)?).map(std::borrow::Cow::into_owned);
        Ok(Limits { names: texts("term")?, ids: texts("id")?, lower: numbers("lower")?, upper: numbers("upper")? })
    }
}

/// Each row of L, and all together.
fn hypothesis(fit: &Fit, freedom: DegreesOfFreedom<'_>, questions: &Questions) -> Result<Hypothesis> {
    let (rows, values) = &questions.test;
    let (k, p, fixed) = (rows.len(), rows.first().map_or(0, Vec::len), fit.fixed.names.len());
    if p != fixed {
        return Err(Error::argument(format!("test: a row has {p} coefficients, the model has {fixed} fixed effects")));
    }
    let mut l = try_vec("linear combinations", 0.0, k * p)?;
    for (i, row) in rows.iter().enumerate() {
        row.iter().enumerate().for_each(|(j, weight)| l[i + j * k] = *weight);
    }
    let has_values = values.is_some();
    let rhs = match values {
        Some(values) => values.clone(),
        None => try_vec("linear combinations", 0.0, k)?,
    };
    about(
        "test",
        (|| {
            let mut rows = freedom.with_coefficients(fit, |own| combinations_table(&own.combinations(&l, k)?, &rhs))?;
            let joint = joint_table(&freedom.joint_test(fit, &l, k, &rhs)?)?;
            if has_values {
                rows.add_real("rhs", rhs.clone())?;
            }
            Ok(Hypothesis { rows, joint, has_values })
        })(),
    )
}
