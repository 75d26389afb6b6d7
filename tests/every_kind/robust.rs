//! Robust covariances of models that are not linear: beside R's sandwich 3.0-2 and survival, and by one-step changes.

use crate::common::close::near;
use crate::common::frames::frame;
use crate::common::generalised::{Generalised, cbpp, generalised, linear, salamanders};
use interlace::diagnostics::influence::{Cases, InfluenceMethod, InfluenceOptions};
use interlace::fit::{Fit, RobustKind};
use interlace::frame::Frame;
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, DfMethod};
use interlace::options::FixedEffectsBy;
use interlace::spec::ModelKind;
use interlace::watch::Watch;

use RobustKind::{Cr0, Cr1, Cr1s, Cr2};

const UNWATCHED: Watch<'static> = Watch::unwatched();

fn of_kind(kind: ModelKind, formula: &str, frame: Frame) -> Generalised {
    let mut model = generalised(formula, "", frame).options(|own| own.null_model = true);
    model.spec.kind = kind;
    model
}

fn wine() -> Frame {
    let mut own = frame("wine.csv", &["temp", "contact", "judge"]);
    own.set_levels("rating", ["1", "2", "3", "4", "5"].map(String::from).to_vec(), true).unwrap();
    own
}

/// Standard errors by the levels of a column, or by rows.
fn errors(model: &Generalised, kind: RobustKind, group: Option<&str>) -> Vec<f64> {
    let cases = group.map_or(Cases::Rows, |group| Cases::Group(group, Some(&model.frame)));
    model.fit().with_robust(kind, &cases, &UNWATCHED).unwrap().fixed.std_error
}

#[test]
fn without_random_terms_they_are_those_of_r() {
    let counts = generalised("count ~ mined + DOY", "poisson", frame("Salamanders.csv", &["site", "mined", "spp"]))
        .options(|own| own.null_model = true);
    let kidney = of_kind(ModelKind::Coxme, "Surv(time, status) ~ age + sex", frame("kidney.csv", &["id", "disease"]));
    let ratings = of_kind(ModelKind::Clmm, "rating ~ temp + contact", wine());
    for (model, kind, group, wanted, tolerance) in [
        (&counts, Cr0, Some("site"), &[0.094_889_788_063_529_9, 0.316_583_143_633_444_6, 0.050_652_621_858_244_4][..], 1e-8),
        (&counts, Cr1s, Some("site"), &[0.097_173_652_259_381_3, 0.324_202_856_160_048_9, 0.051_871_759_468_822_6], 1e-8),
        (&counts, Cr0, None, &[0.076_808_568_626_126_8, 0.182_930_560_924_229, 0.078_946_471_562_921_4], 1e-8),
        (&kidney, Cr0, Some("id"), &[0.008_088_747_042_784_07, 0.483_463_782_852_259_55], 1e-7),
        (&kidney, Cr0, None, &[0.007_291_225_168_785_5, 0.417_172_275_31], 1e-7),
        (&ratings, Cr0, Some("judge"), &[0.333_661_553_782_23, 0.409_554_133_443_75], 1e-6),
    ] {
        let own = errors(model, kind, group);
        assert_eq!(own.len(), wanted.len());
        own.iter().zip(wanted).for_each(|(own, want)| near("standard error", *own, *want, tolerance));
    }
}

/// The sandwich is the sum of the squares of one-step changes, which are made of the other rows' gradients.
#[test]
fn they_are_made_of_the_changes_by_one_step() {
    let mut judges = generalised("rating ~ temp + contact + (1 | judge)", "", wine());
    judges.spec.kind = ModelKind::Clmm;
    for (name, model, group) in [
        ("binomial", cbpp(), "herd"),
        ("counts", salamanders("nbinom2"), "site"),
        ("zeros", salamanders("poisson").zero_inflation("~ mined"), "site"),
        ("ratings", judges, "judge"),
    ] {
        let fit: Fit = model.fit();
        let options =
            InfluenceOptions { cases: Cases::Group(group, None), method: InfluenceMethod::OneStep, ..InfluenceOptions::default() };
        let steps = fit.influence(&options, &UNWATCHED).unwrap();
        let own = fit.with_robust(Cr1, &Cases::Group(group, None), &UNWATCHED).unwrap();
        let (p, m) = (fit.fixed.names.len(), steps.cases.len() as f64);
        for j in 0..p {
            let squares: f64 =
                steps.cases.iter().map(|case| (case.as_ref().unwrap().estimates[j] - fit.fixed.estimate[j]).powi(2)).sum();
            near(name, own.fixed.std_error[j], (m / (m - 1.0) * squares).sqrt(), 1e-5);
        }
        assert_eq!(own.fixed.estimate, fit.fixed.estimate);
        assert!(own.fixed.std_error.iter().zip(&fit.fixed.std_error).all(|(own, model)| (0.3..3.0).contains(&(own / model))));
        assert!(own.summary().unwrap().contains(&format!("Std. Error: CR1 standard errors by {m} levels of {group}")));
    }
}

/// Clusters that are the levels of a fixed effect: their scores are zero but for rounding.
#[test]
fn what_the_model_fits_exactly_has_no_standard_error() {
    let salamanders = frame("Salamanders.csv", &["site", "mined", "spp"]);
    let null = |model: Generalised| model.options(|own| own.null_model = true);
    for (model, kinds) in [
        (null(linear("count ~ mined", salamanders.clone())), &[Cr0, Cr1, Cr2][..]),
        (null(linear("count ~ mined * DOY", salamanders.clone())), &[Cr1]),
        (null(generalised("count ~ mined", "poisson", salamanders.clone())), &[Cr0, Cr1]),
        (null(generalised("count ~ mined", "nbinom2", salamanders.clone())), &[Cr1]),
    ] {
        for kind in kinds {
            let own = model.fit().with_robust(*kind, &Cases::Group("mined", Some(&model.frame)), &UNWATCHED).unwrap();
            assert!(own.fixed.std_error[1].is_nan(), "{kind:?} {:?}", own.fixed.std_error);
            assert!(own.design_warnings.iter().any(|w| w.contains("no standard error by clusters")));
            let freedom = DegreesOfFreedom::of_robust(&own, DfMethod::Default).unwrap_or(DegreesOfFreedom::Same(f64::INFINITY));
            let p = own.fixed.names.len();
            let l: Vec<f64> = (0..p).map(|j| f64::from(u8::from(j < 2))).collect();
            assert!(freedom.with_coefficients(&own, |own| own.combination(&l)).std_error.is_nan());
            let joint = freedom.joint_test(&own, &l, 1, &[0.0]).unwrap_err();
            assert!(joint.message.contains("that of 2 clusters has only 0"), "{joint}");
        }
    }
}

/// More combinations than clusters tell of.
#[test]
fn a_joint_test_needs_as_many_dimensions() {
    let salamanders = frame("Salamanders.csv", &["site", "mined", "spp"]);
    let null = |model: Generalised| model.options(|own| own.null_model = true);
    let mut thirds = salamanders;
    let labels: Vec<String> = (0..thirds.n_rows()).map(|i| format!("k{}", i / 7 % 4)).collect();
    thirds.add_strings("k", &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    for model in
        [null(linear("count ~ spp + DOY", thirds.clone())), null(generalised("count ~ spp + DOY", "poisson", thirds.clone()))]
    {
        let own = model.fit().with_robust(Cr1, &Cases::Group("k", Some(&thirds)), &UNWATCHED).unwrap();
        let freedom = DegreesOfFreedom::of_robust(&own, DfMethod::Default).unwrap_or(DegreesOfFreedom::Same(f64::INFINITY));
        let p = own.fixed.names.len();
        let tested = |k: usize| {
            let mut l = vec![0.0; k * p];
            (0..k).for_each(|i| l[(1 + i) * k + i] = 1.0);
            freedom.joint_test(&own, &l, k, &vec![0.0; k])
        };
        assert!(tested(2).is_ok());
        let error = tested(6).unwrap_err();
        assert!(error.message.contains("6 combinations") && error.message.contains("that of 4 clusters has only 3"), "{error}");
    }
}

#[test]
fn what_can_not_be_had_says_why() {
    let fit = cbpp().fit();
    let refused = |kind, cases: &Cases<'_>| fit.with_robust(kind, cases, &UNWATCHED).unwrap_err().message;
    assert!(refused(Cr2, &Cases::Group("herd", None)).contains("cr0, cr1 and cr1s"));
    assert!(refused(Cr1, &Cases::Rows).contains("share a level of"));
    let fast = cbpp().options(|own| own.quadrature = 0).fit();
    assert!(fast.with_robust(Cr1, &Cases::Group("herd", None), &UNWATCHED).unwrap_err().message.contains("nagq = 0"));
    let frailty = rats();
    let error = frailty.fit().with_robust(Cr1, &Cases::Rows, &UNWATCHED).unwrap_err();
    assert!(error.message.contains("share a level of"), "{error}");
    let integrated = frailty.options(|own| own.fixed_effects = FixedEffectsBy::Integrated).fit();
    let error = integrated.with_robust(Cr1, &Cases::Group("litter", None), &UNWATCHED).unwrap_err();
    assert!(error.message.contains("integrated"), "{error}");
}

fn rats() -> Generalised {
    let mut rats = generalised("Surv(time, status) ~ rx + (1 | litter)", "", frame("rats.csv", &["litter"]));
    rats.spec.kind = ModelKind::Coxme;
    rats
}

/// A variance near zero is none; many small clusters of the model's own make the sandwich about the model's covariance.
#[test]
fn frailties_belong_to_their_clusters() {
    let fit = rats().fit();
    let own = fit.with_robust(Cr0, &Cases::Group("litter", None), &UNWATCHED).unwrap();
    assert_eq!(own.fixed.estimate, fit.fixed.estimate);
    let ratio = own.fixed.std_error[0] / fit.fixed.std_error[0];
    assert!((0.8..1.25).contains(&ratio), "{ratio}");
}
