//! Saved specs and options that somebody has changed by hand. Saved fits are in tests/every_kind/saved.rs.

use crate::common::Rng;
use crate::common::forged::{damage, seal};
use crate::{End, one_of, run, sound};
use interlace::error::{Code, Result};
use interlace::fit::Fit;
use interlace::formula::{CorrelationKind, StructureKind};
use interlace::optimize::Method;
use interlace::options::Options;
use interlace::saved::{from_bytes, options_from_bytes, options_to_bytes, spec_from_bytes, spec_to_bytes};
use interlace::spec::{
    ArrayCorrelation, ArraySpec, ArrayStrata, ArraySurvival, ArrayTerm, CorrelationSpec, FormulaSpec, ModelKind, PredictorSpec,
    Source, Spec, Threshold,
};
use interlace::watch::Watch;

fn arrays(kind: ModelKind) -> Spec {
    let n = 6;
    let term = ArrayTerm {
        name: "g".into(),
        effects: vec!["a".into(), "b".into()],
        z: Some((0..2 * n).map(|i| i as f64).collect()),
        index: vec![0, 1, 2, 0, 1, -1],
        n_levels: 3,
        levels: vec!["u".into(), "v".into(), "w".into()],
        structure: StructureKind::Ar1,
        homogeneous: Some(true),
    };
    let is_cox = kind == ModelKind::Coxme;
    let own = ArraySpec {
        n,
        y: if is_cox { vec![] } else { (0..n).map(|i| 1.0 + i as f64).collect() },
        p: 1,
        x: (0..n).map(|i| (i % 3) as f64).collect(),
        x_names: vec!["x".into()],
        weights: Some(vec![1.0; n]),
        offset: Some(vec![0.5; n]),
        survival: is_cox.then(|| ArraySurvival {
            start: Some(vec![0.0; n]),
            stop: (0..n).map(|i| 1.0 + i as f64).collect(),
            event: (0..n).map(|i| (i % 2) as f64).collect(),
        }),
        strata: is_cox.then(|| ArrayStrata { index: vec![0, 1, 0, 1, 0, 1], n_strata: 2, labels: vec!["m".into(), "f".into()] }),
        terms: vec![term],
    };
    let mut spec = Spec::new(kind, Source::Arrays(own));
    let further = || Some(PredictorSpec::Arrays { p: 1, x: vec![1.0; n], x_names: vec![] });
    match kind {
        ModelKind::Lmm => {
            let (index, time) = (vec![0, 0, 1, 1, 2, 2], Some((0..n).map(|i| i as f64).collect()));
            spec.correlation =
                Some(CorrelationSpec::Arrays(ArrayCorrelation { kind: CorrelationKind::Ar1, index, n_groups: 3, time }));
        }
        ModelKind::Glmm => {
            spec.family.name = "nbinom2".into();
            (spec.dispersion, spec.zero_inflation) = (further(), further());
        }
        ModelKind::Clmm => {
            (spec.ordinal.nominal, spec.ordinal.threshold) = (further(), Threshold::Symmetric);
            spec.ordinal.levels = ["1", "2", "3", "4", "5", "6"].map(String::from).to_vec();
        }
        ModelKind::Coxme => {}
    }
    spec
}

fn formulas(kind: ModelKind) -> Spec {
    let source = FormulaSpec {
        formula: "y ~ x * f + offset(z) + (1 + x | g)".into(),
        random: vec!["(1 | h)".into()],
        groups: vec!["a/b".into()],
        weights: Some("w".into()),
        offset: Some("o".into()),
        contrasts: vec![("f".into(), "contr.sum".into())],
    };
    let mut spec = Spec::new(kind, Source::Formula(source));
    if kind == ModelKind::Glmm {
        spec.family.name = "student_t".into();
        spec.family.link = Some("log".into());
        spec.family.fixed = vec![("df".into(), 5.0)];
        spec.dispersion = Some(PredictorSpec::Formula("~ z + (1 | g)".into()));
    }
    spec
}

fn specs() -> Vec<Spec> {
    use ModelKind::{Clmm, Coxme, Glmm, Lmm};
    [Lmm, Glmm, Clmm, Coxme].into_iter().flat_map(|kind| [formulas(kind), arrays(kind)]).collect()
}

fn some_options() -> Vec<Options> {
    let changed = Options {
        optimizer: Method::Bobyqa,
        theta0: Some(vec![1.0, 0.0, f64::MAX]),
        tolerance: 1e-6,
        deadline: Some(0.5),
        quadrature: 9,
        ..Options::default()
    };
    vec![Options::default(), changed]
}

#[test]
fn specs_and_options_come_back_to_the_bit() {
    for spec in specs() {
        let bytes = spec_to_bytes(&spec).unwrap();
        let again = spec_from_bytes(&bytes).unwrap();
        assert_eq!(format!("{again:?}"), format!("{spec:?}"));
        assert_eq!(spec_to_bytes(&again).unwrap(), bytes);
        let wanted = ["the bytes are not a fit: they are a spec", "the bytes are not options: they are a spec"];
        assert_eq!([from_bytes(&bytes).unwrap_err().message, options_from_bytes(&bytes).unwrap_err().message], wanted);
    }
    for options in some_options() {
        let bytes = options_to_bytes(&options).unwrap();
        assert_eq!(format!("{:?}", options_from_bytes(&bytes).unwrap()), format!("{options:?}"));
        assert_eq!(spec_from_bytes(&bytes).unwrap_err().message, "the bytes are not a spec: they are options");
    }
    // What could not be fitted is not saved.
    let mut half = arrays(ModelKind::Coxme);
    let Source::Arrays(own) = &mut half.source else { panic!() };
    own.survival = None;
    let error = spec_to_bytes(&half).unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("no times and events"), "{error}");
}

/// A file of the first format of each, which every later version reads. INTERLACE_WRITE_SAVED=1 writes those that are not there.
#[test]
fn files_of_each_format_are_read() {
    let path = |name: &str| format!("tests/reference/saved/format_1_{name}");
    let read = |name: &str, bytes: Vec<u8>| {
        if std::env::var_os("INTERLACE_WRITE_SAVED").is_some() && !std::path::Path::new(&path(name)).exists() {
            std::fs::write(path(name), &bytes).unwrap();
        }
        std::fs::read(path(name)).unwrap()
    };
    for (i, spec) in specs().iter().enumerate() {
        let bytes = read(&format!("{i}.spec"), spec_to_bytes(spec).unwrap());
        assert_eq!(format!("{:?}", spec_from_bytes(&bytes).unwrap()), format!("{spec:?}"));
    }
    for (i, options) in some_options().iter().enumerate() {
        let bytes = read(&format!("{i}.options"), options_to_bytes(options).unwrap());
        assert_eq!(format!("{:?}", options_from_bytes(&bytes).unwrap()), format!("{options:?}"));
    }
}

/// What can be asked of a spec without a fit.
fn ask(spec: &Spec) {
    let _ = spec.variables_table().map_err(|error| sound(&error));
    let _ = spec.update(". ~ . + more").map_err(|error| sound(&error));
    let options = Options { null_model: true, ..Options::default() };
    let _ = Fit::objective(spec, None, &options, &[], &Watch::unwatched()).map_err(|error| sound(&error));
    let bytes = spec_to_bytes(spec).unwrap();
    assert_eq!(spec_to_bytes(&spec_from_bytes(&bytes).unwrap()).unwrap(), bytes);
}

#[test]
fn forged_specs_and_options() {
    const ONCE_FAILED: &[u64] = &[];
    let mut all: Vec<Vec<u8>> = specs().iter().map(|spec| spec_to_bytes(spec).unwrap()).collect();
    all.extend(some_options().iter().map(|options| options_to_bytes(options).unwrap()));
    run("forged specs and options", 20_000, ONCE_FAILED, |rng: &mut Rng| {
        let mut bytes = one_of(rng, &all).clone();
        (0..=rng.below(3)).for_each(|_| damage(&mut bytes, rng));
        if rng.below(16) == 0 {
            bytes.truncate(36 + rng.below(bytes.len() - 36));
        }
        seal(&mut bytes);
        let read: Result<()> = match bytes[..4] {
            [b'I', b'L', b'S', b'P'] => spec_from_bytes(&bytes).map(|spec| ask(&spec)),
            _ => options_from_bytes(&bytes).map(|options| drop(options_to_bytes(&options).unwrap())),
        };
        match read {
            Ok(()) => End::Read,
            Err(error) => {
                assert!(matches!(error.code, Code::Data | Code::Memory), "{error:?}");
                sound(&error)
            }
        }
    });
}
