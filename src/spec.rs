//! What is fitted: the kind of model, and a formula or arrays. No state of the data.

use std::collections::HashSet;
use std::ffi::CStr;

use crate::choice::Choice;
use crate::envelope::{column, column_if_any};
use crate::error::{Error, Result};
use crate::family::{self, CUMULATIVE_LINKS, Family, Link, Parameter, by_name};
use crate::formula::{self, CorrelationKind, StructureKind, parse, parse_random};
use crate::names::quoted;
use crate::prior::Prior;

/// The kind of model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[repr(i32)]
pub enum ModelKind {
    /// Linear mixed model.
    Lmm = 1,
    /// Generalised linear mixed model.
    Glmm = 2,
    /// Cumulative link mixed model, of an ordered response.
    Clmm = 3,
    /// Cox model with Gaussian frailties.
    Coxme = 4,
}

impl Choice for ModelKind {
    const LIST: &'static str = "model";
    const ALL: &'static [(Self, &'static CStr)] =
        &[(ModelKind::Lmm, c"lmm"), (ModelKind::Glmm, c"glmm"), (ModelKind::Clmm, c"clmm"), (ModelKind::Coxme, c"coxme")];
}

/// What is fitted.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Spec {
    pub kind: ModelKind,
    pub source: Source,
    /// Of generalised models.
    pub family: FamilySpec,
    /// Of ordinal models.
    pub ordinal: OrdinalSpec,
    /// Of Cox models.
    pub ties: Ties,
    /// What the family's first parameter depends on, on its working scale; of an ordinal model the logarithm of the scale of the latent
    /// variable.
    pub dispersion: Option<PredictorSpec>,
    /// The predictor of the logit of the probability of an extra zero.
    pub zero_inflation: Option<PredictorSpec>,
    /// Of the residuals of a linear model.
    pub correlation: Option<CorrelationSpec>,
    /// Of parameters.
    pub priors: Vec<Prior>,
}

impl Spec {
    pub fn new(kind: ModelKind, source: Source) -> Self {
        Spec {
            kind,
            source,
            family: FamilySpec::default(),
            ordinal: OrdinalSpec::default(),
            ties: Ties::default(),
            dispersion: None,
            zero_inflation: None,
            correlation: None,
            priors: vec![],
        }
    }

    /// The same with another formula: that of the mean changed by one such as `. ~ . + x`, in which `.` stands for the old response, or the
    /// old terms with those of `random` and `groups`. Contrasts of columns that the formula has no more are left out.
    pub fn update(&self, change: &str) -> Result<Spec> {
        let Source::Formula(old) = &self.source else {
            return Err(Error::argument("spec was made from arrays, it has no formula to be changed"));
        };
        let mut own = old.clone();
        let mut more = own.random.drain(..).map(|text| parse_random(&text)).collect::<Result<Vec<_>>>()?;
        // What is no plain name may be nested groups or the name of a column: the data decide.
        for group in own.groups.extract_if(.., |group| parse_random(group).is_ok_and(|own| own.is_name() == Some(group))) {
            more.push(parse_random(&format!("(1 | {group})"))?);
        }
        own.formula = formula::update(&parse(&old.formula)?, &more, change)?;
        let names = parse(&own.formula)?.rhs.names();
        own.contrasts.retain(|(column, _)| names.iter().any(|name| name == column || name == "."));
        Ok(Spec { source: Source::Formula(own), ..self.clone() })
    }

    /// The rows of the arrays; 0 for a formula.
    pub(crate) fn n_array_rows(&self) -> usize {
        match &self.source {
            Source::Formula(_) => 0,
            Source::Arrays(arrays) => arrays.n,
        }
    }

    /// Fails where the parts don't go together.
    pub fn check(&self) -> Result<()> {
        if self.kind != ModelKind::Clmm && !self.ordinal.is_default() {
            return Err(Error::argument(
                "a link of its own, thresholds, nominal effects and levels of the response are of ordinal models, not of this one",
            ));
        }
        if self.kind != ModelKind::Coxme && self.ties != Ties::default() {
            return Err(Error::argument("ties: the times of events are of Cox models, not of this one"));
        }
        if self.kind != ModelKind::Coxme
            && let Source::Arrays(arrays) = &self.source
            && (arrays.survival.is_some() || arrays.strata.is_some())
        {
            return Err(Error::argument("survival times and strata are of Cox models, not of this one"));
        }
        if self.kind != ModelKind::Lmm && self.correlation.is_some() {
            return Err(Error::argument(
                "correlation: residuals are correlated in linear models alone; others have random effects for it, as ar1(0 + time | g)",
            ));
        }
        match self.kind {
            ModelKind::Lmm if self.dispersion.is_some() || self.zero_inflation.is_some() => {
                Err(Error::argument("dispersion and zero inflation have predictors in generalised models, not in linear ones"))
            }
            ModelKind::Lmm => Ok(()),
            ModelKind::Glmm => self.check_dispersion(),
            ModelKind::Clmm => self.check_ordinal(),
            ModelKind::Coxme => self.check_cox(),
        }
    }

    fn check_cox(&self) -> Result<()> {
        if !self.family.is_default() {
            return Err(Error::argument("family: a Cox model has neither a family nor a link"));
        }
        if self.dispersion.is_some() || self.zero_inflation.is_some() {
            return Err(Error::argument("a Cox model has one predictor: neither dispersion nor zero inflation"));
        }
        match &self.source {
            Source::Arrays(arrays) if arrays.survival.is_none() => Err(Error::argument(
                "the arrays of a Cox model have no times and events: interlace_spec_set_survival_array sets them",
            )),
            Source::Arrays(arrays) if !arrays.y.is_empty() => {
                Err(Error::argument("y is given, but the response of a Cox model are times and events"))
            }
            Source::Formula(_) | Source::Arrays(_) => Ok(()),
        }
    }

    fn check_dispersion(&self) -> Result<()> {
        let family = self.family.build()?;
        match (&self.dispersion, family.parameters().first()) {
            (Some(_), None) => Err(Error::argument(format!(
                "dispersion: the family {} has no parameter that could depend on the data",
                family.name()
            ))),
            (Some(_), Some(Parameter { name, fixed: Some(value), .. })) => {
                Err(Error::argument(format!("dispersion: the parameter {name} has a formula, but is fixed at {value}")))
            }
            _ => Ok(()),
        }
    }

    fn check_ordinal(&self) -> Result<()> {
        if !self.family.is_default() {
            return Err(Error::argument("family: an ordinal model has a link of its own, but no family"));
        }
        if self.zero_inflation.is_some() {
            return Err(Error::argument(
                "zero inflation: an ordinal model has no zeros, so their probability can't have a predictor",
            ));
        }
        self.ordinal.check()
    }
}

/// The distribution of the response.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct FamilySpec {
    /// Empty: the default, the normal distribution.
    pub name: String,
    /// `None`: the family's usual one.
    pub link: Option<String>,
    /// Parameters that are not estimated, with their values on the reported scale.
    pub fixed: Vec<(String, f64)>,
    /// A family of the caller's; `name` and `link` are then its own.
    #[serde(skip)]
    pub custom: Option<Box<dyn Family>>,
}

impl FamilySpec {
    fn is_default(&self) -> bool {
        let FamilySpec { name, link, fixed, custom } = self;
        name.is_empty() && link.is_none() && fixed.is_empty() && custom.is_none()
    }

    /// The family with its link, the given parameters at their values.
    pub fn build(&self) -> Result<Box<dyn Family>> {
        let mut family = match &self.custom {
            Some(custom) => custom.clone(),
            None if self.name.is_empty() => by_name(family::DEFAULT, self.link.as_deref())?,
            None => by_name(&self.name, self.link.as_deref())?,
        };
        self.fixed.iter().try_for_each(|(parameter, value)| family.fix(parameter, *value))?;
        Ok(family)
    }
}

/// How the thresholds of an ordinal model are tied to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[repr(i32)]
pub enum Threshold {
    /// Not at all, but for their order.
    #[default]
    Flexible = 0,
    /// Symmetric about the middle.
    Symmetric = 1,
    /// Equal distances.
    Equidistant = 2,
}

impl Choice for Threshold {
    const LIST: &'static str = "threshold";
    const ALL: &'static [(Self, &'static CStr)] =
        &[(Threshold::Flexible, c"flexible"), (Threshold::Symmetric, c"symmetric"), (Threshold::Equidistant, c"equidistant")];
}

/// How events at the same time share the risk set of a Cox model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[repr(i32)]
pub enum Ties {
    /// Each of them is at risk in its turn, the others on average (Efron 1977).
    #[default]
    Efron = 0,
    /// All of them are at risk at each (Breslow 1974).
    Breslow = 1,
}

impl Choice for Ties {
    const LIST: &'static str = "ties";
    const ALL: &'static [(Self, &'static CStr)] = &[(Ties::Efron, c"efron"), (Ties::Breslow, c"breslow")];
}

/// What an ordinal model has beside its formula.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct OrdinalSpec {
    /// `None`: logit.
    pub link: Option<String>,
    pub threshold: Threshold,
    /// Effects that differ from threshold to threshold.
    pub nominal: Option<PredictorSpec>,
    /// The categories of a response that is text, from lowest to highest; empty where the data declare them.
    pub levels: Vec<String>,
}

impl OrdinalSpec {
    /// The link that takes the probability of at most a category to its linear predictor.
    pub fn cumulative_link(&self) -> Result<Link> {
        let Some(name) = &self.link else { return Ok(Link::Logit) };
        CUMULATIVE_LINKS.into_iter().find(|link| link.name() == name).ok_or_else(|| {
            let known: Vec<&str> = CUMULATIVE_LINKS.iter().map(|link| link.name()).collect();
            Error::argument(format!("link: {name:?} is none of an ordinal model; expected one of {}", known.join(", ")))
        })
    }

    /// Fails for a link or levels that can't be.
    pub fn check(&self) -> Result<()> {
        self.cumulative_link()?;
        let mut seen = HashSet::new();
        if let Some(twice) = self.levels.iter().find(|level| !seen.insert(level.as_str())) {
            return Err(Error::argument(format!("levels: the levels of the response have {} twice", quoted(twice))));
        }
        match &self.levels[..] {
            [only] => Err(Error::argument(format!("levels: the response has the one level {}, wanted at least 2", quoted(only)))),
            _ => Ok(()),
        }
    }

    fn is_default(&self) -> bool {
        let OrdinalSpec { link, threshold, nominal, levels } = self;
        link.is_none() && *threshold == Threshold::Flexible && nominal.is_none() && levels.is_empty()
    }
}

/// A further linear predictor.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub enum PredictorSpec {
    /// A one-sided formula, `~ z + (1 | g)`.
    Formula(String),
    /// `[n, p]` column-major, of a model given by arrays.
    Arrays { p: usize, x: Vec<f64>, x_names: Vec<String> },
}

/// How residuals are correlated within groups.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub enum CorrelationSpec {
    /// `ar1(time | group)`, `ar1(1 | group)` or `cs(1 | group)`, of a model given by a formula.
    Formula(String),
    /// Of a model given by arrays.
    Arrays(ArrayCorrelation),
}

/// A residual correlation given by arrays.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct ArrayCorrelation {
    pub kind: CorrelationKind,
    /// Group of each row, 0-based; -1 is missing.
    pub index: Vec<i64>,
    pub n_groups: usize,
    /// `None` is the order of the rows.
    pub time: Option<Vec<f64>>,
}

/// Where the design comes from.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub enum Source {
    Formula(FormulaSpec),
    Arrays(ArraySpec),
}

/// A formula, to be read against a frame.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct FormulaSpec {
    pub formula: String,
    /// Further random terms, each as text `(1 + x | g)`, added to those in the formula.
    pub random: Vec<String>,
    /// Names of grouping factors, each short for `(1 | g)`.
    pub groups: Vec<String>,
    /// Column of prior weights.
    pub weights: Option<String>,
    /// Column of the offset, added to any `offset()` in the formula.
    pub offset: Option<String>,
    /// Contrasts by column: (column, "contr.sum" ...); others have treatment contrasts, ordered factors polynomial ones.
    pub contrasts: Vec<(String, String)>,
}

/// Design arrays; matrices are column-major without gaps.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct ArraySpec {
    pub n: usize,
    /// Empty where the arrays are new data to predict at.
    #[serde(deserialize_with = "column")]
    pub y: Vec<f64>,
    pub p: usize,
    #[serde(deserialize_with = "column")]
    pub x: Vec<f64>,
    /// `x1`, `x2`, ... where the caller gave none.
    pub x_names: Vec<String>,
    #[serde(deserialize_with = "column_if_any")]
    pub weights: Option<Vec<f64>>,
    #[serde(deserialize_with = "column_if_any")]
    pub offset: Option<Vec<f64>>,
    /// Of Cox models, whose `y` is empty. New data may do without.
    pub survival: Option<ArraySurvival>,
    pub strata: Option<ArrayStrata>,
    pub terms: Vec<ArrayTerm>,
}

/// A survival response given by arrays; NaN is missing.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct ArraySurvival {
    pub start: Option<Vec<f64>>,
    pub stop: Vec<f64>,
    /// 0 or 1. Empty where the arrays are new data to predict at.
    pub event: Vec<f64>,
}

/// Strata given by arrays.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct ArrayStrata {
    /// Stratum of each row, 0-based; -1 is missing.
    pub index: Vec<i64>,
    pub n_strata: usize,
    /// Labels `[n_strata]`; "1", "2", ... where the caller gave none.
    pub labels: Vec<String>,
}

/// One random term given by arrays.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct ArrayTerm {
    /// `g1`, `g2`, ... where the caller gave none.
    pub name: String,
    pub effects: Vec<String>,
    /// `[n, k]`; `None` is a column of ones.
    #[serde(deserialize_with = "column_if_any")]
    pub z: Option<Vec<f64>>,
    /// Level of each row, 0-based; -1 is missing (fit) or unseen (prediction).
    #[serde(deserialize_with = "column")]
    pub index: Vec<i64>,
    pub n_levels: usize,
    /// Labels `[n_levels]`; "1", "2", ... where the caller gave none.
    pub levels: Vec<String>,
    pub structure: StructureKind,
    pub homogeneous: Option<bool>,
}
