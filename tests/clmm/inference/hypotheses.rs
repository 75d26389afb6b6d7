//! Likelihood-ratio tests, Wald tests, marginal means. Expected values: ordinal 2022.11-16 and emmeans 1.8.4.

use crate::common::close::close_above;
use crate::common::entries::{entry, numbers};
use crate::common::frames::reals;
use interlace::fit::Fit;
use interlace::frame::{ColumnData, Frame};
use interlace::inference::adjust::Adjustment;
use interlace::inference::contrast::Contrasts;
use interlace::inference::linear::{Coefficients, SimpleDf};
use interlace::inference::lrt::{Comparison, Null, likelihood_ratio};
use interlace::inference::marginal_means::{MarginalMeans, MeansSpec, Weighting};
use interlace::spec::Threshold;
use interlace::watch::Watch;

use super::{OrdinalModel, six, wine};
use crate::common::generalised::Generalised;

fn compare(fits: [&Fit; 2], chi_bar: bool) -> Comparison {
    likelihood_ratio(&fits, chi_bar, &Watch::unwatched()).unwrap()[1].1.clone().unwrap()
}

fn full() -> Generalised {
    wine("rating ~ temp + contact + (1 | judge)")
}

/// The reference's inner iterations stop early: its likelihoods are good to 1e-4.
#[test]
fn likelihood_ratios_are_those_of_the_reference() {
    let flexible = full().fit();
    let fixed = wine("rating ~ temp + (1 | judge)").fit();
    let equidistant = full().threshold(Threshold::Equidistant).fit();
    let symmetric = full().threshold(Threshold::Symmetric).fit();
    let want = [
        ([&fixed, &flexible], 14.346_811_7, 1, 0.000_152_036_9),
        ([&equidistant, &flexible], 2.979_124_877, 2, 0.225_471_291),
        ([&symmetric, &flexible], 2.901_224_22, 1, 0.088_512_307),
        ([&equidistant, &symmetric], 0.077_900_657, 1, 0.780_162_795),
    ];
    for (fits, chi_square, df, p_value) in want {
        let test = compare(fits, false);
        assert!((test.chi_square - chi_square).abs() < 2e-4 && test.df == df, "{test:?}");
        assert!((test.p_value - p_value).abs() < 2e-4 * p_value && test.warning.is_none(), "{test:?}");
    }
}

#[test]
fn a_variance_more_is_at_the_edge_of_its_range() {
    let (one, two) = (full().fit(), wine("rating ~ temp + contact + (1 | judge) + (1 | bottle)").fit());
    assert_eq!(compare([&one, &two], true).null, Null::ChiBarSquare);
    let tied = full().threshold(Threshold::Equidistant).fit();
    assert_eq!(compare([&tied, &two], true).null, Null::ChiSquare);
}

#[test]
fn thresholds_and_effects_are_nested_or_not() {
    let warning = |smaller: &Fit, larger: &Fit| compare([smaller, larger], false).warning;
    let location = full().fit();
    // What is said of all thresholds can differ between them.
    let nominal = wine("rating ~ temp + (1 | judge)").nominal("~ contact").fit();
    assert_eq!(warning(&location, &nominal), None);
    let both = full().nominal("~ contact").fit();
    assert_eq!(both.fixed.names, ["tempwarm"]);
    assert_eq!(warning(&location, &both), None);
    let scale = full().dispersion("~ contact").fit();
    assert_eq!(warning(&location, &scale), None);
    let other = warning(&scale, &nominal).unwrap();
    assert!(other.contains("lacks the model of the scale"), "{other}");
    // Of six categories symmetric thresholds are more general than equidistant ones; of four they are the same.
    let six = |threshold| six("y6 ~ x + (1 | g)").threshold(threshold).fit();
    let (equidistant, symmetric, flexible) = (six(Threshold::Equidistant), six(Threshold::Symmetric), six(Threshold::Flexible));
    assert_eq!(warning(&equidistant, &symmetric), None);
    assert_eq!(warning(&symmetric, &flexible), None);
    let tied = super::six("y6 ~ x + trt + z + (1 | g)").threshold(Threshold::Equidistant).fit();
    let not = warning(&symmetric, &tied).unwrap();
    assert!(not.contains("lacks thresholds that are symmetric"), "{not}");
    let not = warning(&super::six("y6 ~ x + (1 | g)").threshold(Threshold::Equidistant).nominal("~ z").fit(), &flexible).unwrap();
    assert!(not.contains("lacks the nominal effect 'z'"), "{not}");
    let four = |formula: &str, threshold| {
        let mut model = super::six(formula).threshold(threshold);
        let y = model.frame.column("y6").unwrap().as_real().unwrap().unwrap().iter().map(|y| y.min(4.0)).collect();
        model.frame.add_real("y4", y).unwrap();
        model.fit()
    };
    let (symmetric, equidistant) =
        (four("y4 ~ x + (1 | g)", Threshold::Symmetric), four("y4 ~ x + z + (1 | g)", Threshold::Equidistant));
    assert_eq!(warning(&symmetric, &equidistant), None);
}

#[test]
fn what_can_not_be_compared() {
    let error =
        |a: &Generalised, b: &Generalised| likelihood_ratio(&[&a.fit(), &b.fit()], false, &Watch::unwatched()).unwrap_err().message;
    let message = error(&full(), &full().ordinal_link("probit"));
    assert!(message.contains("their links are logit and probit"), "{message}");
    let mut renamed = full();
    let codes: Vec<i32> = renamed.fit().y.iter().map(|y| *y as i32 - 1).collect();
    let levels = ["a", "b", "c", "d", "e"].map(String::from).to_vec();
    let mut frame = Frame::new(codes.len());
    frame.add_category("rating", codes, levels, true).unwrap();
    for name in ["temp", "contact", "judge"] {
        let ColumnData::Category(c) = &*renamed.frame.column(name).unwrap().data else { panic!("{name}") };
        frame.add_category(name, c.codes.clone(), c.levels.clone(), c.ordered).unwrap();
    }
    renamed.frame = frame;
    let message = error(&full(), &renamed);
    assert!(message.contains("their categories are 1, 2, 3, 4, 5 and a, b, c, d, e"), "{message}");
    let message = error(&full(), &full().options(|o| o.quadrature = 7));
    assert!(message.contains("quadrature points"), "{message}");
}

/// The joint test by its formula for two effects.
#[test]
fn wald_tests_of_the_fixed_effects() {
    let fit = full().fit();
    let own = Coefficients { estimate: &fit.fixed.estimate, root: &fit.fixed.root, df: &|_| f64::INFINITY, robust: None };
    let difference = &own.combinations(&[1.0, -1.0], 1).unwrap()[0];
    // Pairs of emmeans: warm no - cold yes.
    assert!((difference.estimate - 1.228_099_77).abs() < 1e-6 && (difference.std_error - 0.670_063_46).abs() < 1e-5);
    let joint = own.joint_test(&[1.0, 0.0, 0.0, 1.0], 2, &[0.0, 0.0], f64::INFINITY).unwrap();
    let (b, v) = (&fit.fixed.estimate, &fit.fixed.vcov);
    let form = (b[0] * b[0] * v[3] - 2.0 * b[0] * b[1] * v[1] + b[1] * b[1] * v[0]) / (v[0] * v[3] - v[1] * v[1]);
    assert!((joint.chi_square - form).abs() < 1e-9 * form && joint.df1 == 2);
    assert_eq!(SimpleDf::Residual.of(&fit), 72.0 - 2.0 - 4.0);
}

/// A column of a table.
fn close(table: &Frame, name: &str, want: &serde_json::Value, tolerance: f64) {
    close_above(1e-3, name, &reals(table, name), &numbers(want), tolerance);
}

#[test]
fn latent_means_and_their_pairs_are_those_of_the_reference() {
    for (id, threshold) in [("wine_logit", Threshold::Flexible), ("wine_equidistant", Threshold::Equidistant)] {
        let fit = full().threshold(threshold).fit();
        let (estimate, root) = fit.means_coefficients();
        let own = Coefficients { estimate: &estimate, root: &root, df: &|_| f64::INFINITY, robust: None };
        let entry = entry("clmm", id);
        let all = entry["emmeans"].as_array().unwrap();
        assert_eq!(all.len(), 2, "{id}");
        for want in all {
            let specs = MeansSpec::parse(want["specs"].as_str().unwrap()).unwrap();
            let means = MarginalMeans::of_fit(&fit, None, &specs, Weighting::Equal, &Watch::unwatched()).unwrap();
            let table = means.table(&own, None, 0.95, &Watch::unwatched()).unwrap();
            for (name, key) in [("estimate", "emmean"), ("std_error", "SE"), ("lower", "lower"), ("upper", "upper")] {
                close(&table, name, &want[key], 2e-5);
            }
            let pairs = means.contrasts(&own, &Contrasts::Pairwise, Adjustment::Tukey, None, 0.95, &Watch::unwatched()).unwrap();
            for (name, key) in [("estimate", "estimate"), ("std_error", "SE"), ("statistic", "z")] {
                close(&pairs, name, &want["pairs"][key], 2e-5);
            }
            close(&pairs, "p_value", &want["pairs"]["p_tukey"], 1e-3);
        }
    }
}

/// An interaction with empty cells: what can be estimated is what a model with an intercept has.
#[test]
fn means_of_dropped_columns_are_estimable_beside_the_thresholds() {
    let mut model = wine("rating ~ temp * contact + (1 | judge)");
    let category = |name: &str| match &*model.frame.column(name).unwrap().data {
        ColumnData::Category(c) => c.clone(),
        other => panic!("{other:?}"),
    };
    let (temp, contact, judge) = (category("temp"), category("contact"), category("judge"));
    let keep: Vec<usize> = (0..72).filter(|&i| !(temp.codes[i] == 1 && contact.codes[i] == 1)).collect();
    let ratings = model.frame.column("rating").unwrap().as_real().unwrap().unwrap().to_vec();
    let mut frame = Frame::new(keep.len());
    frame.add_real("rating", keep.iter().map(|&i| ratings[i]).collect()).unwrap();
    for (name, own) in [("temp", temp), ("contact", contact), ("judge", judge)] {
        frame.add_category(name, keep.iter().map(|&i| own.codes[i]).collect(), own.levels, false).unwrap();
    }
    model.frame = frame;
    let fit = model.fit();
    assert_eq!(fit.fixed.names.len(), 2);
    let means = MarginalMeans::of_fit(
        &fit,
        Some(&model.frame),
        &MeansSpec::parse("~ temp * contact").unwrap(),
        Weighting::Equal,
        &Watch::unwatched(),
    );
    let means = means.unwrap();
    let found: Vec<bool> = (0..4).map(|i| means.row(i).is_some()).collect();
    assert_eq!(found, [true, true, true, false]);
    assert_eq!(means.row(0).unwrap()[..2], [0.0, 0.0]);
    assert_eq!(means.row(1).unwrap()[..2], [1.0, 0.0]);
    let count = means.row(0).unwrap().len() - 2;
    assert!(means.row(2).unwrap()[2..].iter().all(|c| (c + 1.0 / count as f64).abs() < 1e-14));
}

#[test]
fn scale_and_nominal_effects_have_no_means() {
    let error = |fit: &Fit| {
        MarginalMeans::of_fit(fit, None, &MeansSpec::parse("~ temp").unwrap(), Weighting::Equal, &Watch::unwatched())
            .unwrap_err()
            .message
    };
    let message = error(&full().dispersion("~ contact").fit());
    assert!(message.starts_with("scale: "), "{message}");
    let message = error(&wine("rating ~ temp + (1 | judge)").nominal("~ contact").fit());
    assert!(message.starts_with("nominal: "), "{message}");
}
