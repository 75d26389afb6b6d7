//! Arrays to fits: small designs of all kinds of models, with values that are no data. A fit has finite estimates, or says that it has none.

use crate::common::Rng;
use crate::{End, one_of, run, sound};
use interlace::choice::Choice;
use interlace::design::NaPolicy;
use interlace::family::{links, names};
use interlace::fit::Fit;
use interlace::formula::{CorrelationKind, StructureKind};
use interlace::optimize::Method;
use interlace::options::{FixedEffectsBy, Information, Nodes, Options, StdErrors, Unidentified};
use interlace::saved::{from_bytes, to_bytes};
use interlace::spec::{
    ArrayCorrelation, ArraySpec, ArrayStrata, ArraySurvival, ArrayTerm, CorrelationSpec, ModelKind, PredictorSpec, Source, Spec,
    Threshold, Ties,
};
use interlace::watch::Watch;

/// Values that break what divides, squares or takes logarithms.
const ODD: [f64; 14] = [
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    0.0,
    -0.0,
    1e300,
    -1e300,
    1e-300,
    1e151,
    1e-151,
    1e16,
    f64::MIN_POSITIVE,
    5e-324,
    -1.0,
];

/// Numbers like those of data, few of them odd.
fn column(rng: &mut Rng, n: usize) -> Vec<f64> {
    let odd = if rng.below(6) == 0 { 8 } else { usize::MAX };
    let (unit, centre) = (*one_of(rng, &[1.0, 1.0, 1.0, 1e-6, 1e8]), *one_of(rng, &[0.0, 0.0, 0.0, 1e5]));
    match rng.below(6) {
        0 => vec![*one_of(rng, &[0.0, 1.0, 2.5]); n],
        1 => (0..n).map(|_| rng.below(3) as f64).collect(),
        _ => {
            (0..n).map(|_| if rng.below(odd) == 0 && odd < 9 { *one_of(rng, &ODD) } else { centre + unit * rng.normal() }).collect()
        }
    }
}

/// A response that a family may like.
fn response(rng: &mut Rng, n: usize) -> Vec<f64> {
    let odd = rng.below(12) == 0;
    let way = rng.below(8);
    let value = |rng: &mut Rng| match way {
        0 => rng.below(2) as f64,
        1 | 2 => rng.below(6) as f64,
        3 => rng.uniform(),
        4 => rng.normal().exp(),
        5 => 1.0 + rng.below(4) as f64,
        6 => *one_of(rng, &[0.0, 0.2, 0.5, 0.9, 1.0]),
        _ => rng.normal(),
    };
    (0..n).map(|_| if odd && rng.below(6) == 0 { *one_of(rng, &ODD) } else { value(rng) }).collect()
}

fn levels(rng: &mut Rng, n: usize, count: usize) -> Vec<i64> {
    (0..n).map(|_| if rng.below(60) == 0 { -1 } else { rng.below(count) as i64 }).collect()
}

fn term(rng: &mut Rng, n: usize, number: usize) -> ArrayTerm {
    let (k, n_levels) = (1 + rng.below(2), 1 + rng.below(6));
    let z = (k > 1 || rng.below(4) == 0).then(|| (0..k).flat_map(|_| column(rng, n)).collect());
    let structures = [StructureKind::Unstructured, StructureKind::Diagonal, StructureKind::CompoundSymmetry, StructureKind::Ar1];
    ArrayTerm {
        name: format!("g{number}"),
        effects: vec![],
        z,
        index: levels(rng, n, n_levels),
        n_levels,
        levels: vec![],
        structure: *one_of(rng, &structures),
        homogeneous: *one_of(rng, &[None, None, Some(true), Some(false)]),
    }
}

fn spec(rng: &mut Rng) -> Spec {
    use ModelKind::{Clmm, Coxme, Glmm, Lmm};
    let kind = *one_of(rng, &[Lmm, Lmm, Lmm, Glmm, Clmm, Coxme]);
    let (n, p) = (1 + rng.below(24), rng.below(4));
    let is_cox = kind == Coxme;
    let mut x: Vec<f64> = (0..p).flat_map(|_| column(rng, n)).collect();
    if p > 0 && rng.below(2) == 0 {
        x[..n].fill(1.0);
    }
    let own = ArraySpec {
        n,
        y: if is_cox { vec![] } else { response(rng, n) },
        p,
        x,
        x_names: vec![],
        weights: (rng.below(6) == 0).then(|| response(rng, n)),
        offset: (rng.below(8) == 0).then(|| column(rng, n)),
        survival: is_cox.then(|| ArraySurvival {
            start: (rng.below(4) == 0).then(|| vec![0.0; n]),
            stop: response(rng, n),
            event: (0..n).map(|_| rng.below(2) as f64).collect(),
        }),
        strata: (is_cox && rng.below(4) == 0).then(|| ArrayStrata { index: levels(rng, n, 2), n_strata: 2, labels: vec![] }),
        terms: (0..rng.below(3)).map(|i| term(rng, n, i)).collect(),
    };
    let mut spec = Spec::new(kind, Source::Arrays(own));
    let further = |rng: &mut Rng| PredictorSpec::Arrays { p: 1, x: column(rng, n), x_names: vec![] };
    match kind {
        Lmm if rng.below(6) == 0 => {
            let time = (rng.below(2) == 0).then(|| column(rng, n));
            let kind = *one_of(rng, &[CorrelationKind::Ar1, CorrelationKind::CompoundSymmetry]);
            spec.correlation =
                Some(CorrelationSpec::Arrays(ArrayCorrelation { kind, index: levels(rng, n, 3), n_groups: 3, time }));
        }
        Lmm => {}
        Glmm => {
            spec.family.name = (*one_of(rng, &names())).into();
            spec.family.link = (rng.below(4) == 0).then(|| one_of(rng, links(&spec.family.name)).name().into());
            spec.dispersion = (rng.below(8) == 0).then(|| further(rng));
            spec.zero_inflation = (rng.below(8) == 0).then(|| further(rng));
        }
        Clmm => {
            spec.ordinal.threshold = *one_of(rng, &[Threshold::Flexible, Threshold::Symmetric, Threshold::Equidistant]);
            spec.ordinal.nominal = (rng.below(8) == 0).then(|| further(rng));
            spec.dispersion = (rng.below(8) == 0).then(|| further(rng));
        }
        Coxme => spec.ties = *one_of(rng, &[Ties::Efron, Ties::Breslow]),
    }
    spec
}

fn options(rng: &mut Rng) -> Options {
    let mut options = Options { max_evaluations: 20 + rng.below(200), null_model: true, ..Options::default() };
    options.reml = rng.below(2) == 0;
    options.reml_generalised = rng.below(8) == 0;
    options.unidentified = *one_of(rng, &[Unidentified::Error, Unidentified::Ignore, Unidentified::Warning]);
    options.na = *one_of(rng, &[NaPolicy::Omit, NaPolicy::Pad, NaPolicy::Error]);
    if rng.below(8) == 0 {
        options.optimizer = one_of(rng, Method::ALL).0;
        options.quadrature = *one_of(rng, &[0, 1, 5]);
        options.nodes = *one_of(rng, &[Nodes::Adaptive, Nodes::Fixed]);
        options.information = *one_of(rng, &[Information::Observed, Information::Expected]);
        options.std_errors = *one_of(rng, &[StdErrors::Marginal, StdErrors::Conditional]);
        options.fixed_effects = *one_of(rng, &[FixedEffectsBy::Joint, FixedEffectsBy::Integrated]);
        options.theta0 = (rng.below(4) == 0).then(|| vec![*one_of(rng, &ODD); rng.below(4)]);
    }
    options
}

/// What is said of a fit that converged are numbers.
fn check(fit: &Fit) {
    assert!(fit.warnings().iter().all(|warning| !warning.is_empty() && !warning.contains('\n')));
    if !fit.outcome.converged {
        return;
    }
    let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
    assert!(fit.log_likelihood.is_finite() && finite(&fit.theta) && finite(&fit.fixed.estimate), "{fit:?}");
    assert!(fit.terms.iter().all(|term| finite(&term.modes)), "{fit:?}");
}

#[test]
fn arrays_to_fits() {
    const ONCE_FAILED: &[u64] = &[];
    run("arrays to fits", 3_000, ONCE_FAILED, |rng| {
        let (spec, options) = (spec(rng), options(rng));
        match Fit::new(&spec, None, &options, &Watch::unwatched()) {
            Err(error) => sound(&error),
            Ok(fit) => {
                check(&fit);
                if rng.below(16) == 0 {
                    let bytes = to_bytes(&fit, &options, Some(&spec), true).unwrap_or_else(|error| panic!("{error}"));
                    let again = from_bytes(&bytes).unwrap_or_else(|error| panic!("{error}"));
                    assert_eq!(format!("{:?}", again.fit.theta), format!("{:?}", fit.theta));
                }
                End::Read
            }
        }
    });
}
