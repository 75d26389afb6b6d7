//! Identities, boundaries, and all that takes degrees of freedom.

use super::{close, fit, series};
use crate::common::Rng;
use crate::common::frames::{frame, reals};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::adjust::Adjustment;
use interlace::inference::anova::{AnovaType, anova_table};
use interlace::inference::contrast::Contrasts;
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, KenwardRoger};
use interlace::inference::marginal_means::{MarginalMeans, MeansSpec, Weighting};
use interlace::watch::Watch;

/// The adjusted covariance and the degrees of freedom of each coefficient.
fn results(fit: &Fit) -> (Vec<f64>, Vec<f64>) {
    let own = KenwardRoger::of(fit, &Watch::unwatched()).unwrap();
    let df = DegreesOfFreedom::KenwardRoger(&own).coefficients(fit).iter().map(|c| c.df).collect();
    (own.vcov, df)
}

fn same(what: &str, got: &Fit, want: &Fit, tolerance: f64) {
    let (got, want) = (results(got), results(want));
    close(&format!("{what}: vcov"), &got.0, &want.0, tolerance);
    close(&format!("{what}: df"), &got.1, &want.1, tolerance);
}

#[test]
fn compound_symmetry_of_residuals_is_a_random_intercept() {
    let frame = series(4);
    let (cs, intercept) = (fit(&frame, "y ~ x + b", "cs(1 | g)", Some("w")), fit(&frame, "y ~ x + b + (1 | g)", "", Some("w")));
    // With weights the two differ: those of compound symmetry are in the covariance between rows as well.
    assert!((cs.criterion - intercept.criterion).abs() > 1e-3);
    let (cs, intercept) = (fit(&frame, "y ~ x + b", "cs(1 | g)", None), fit(&frame, "y ~ x + b + (1 | g)", "", None));
    assert!((cs.criterion - intercept.criterion).abs() < 1e-7);
    same("unbalanced", &cs, &intercept, 1e-6);
    let crossed = |formula: &str, correlation: &str| fit(&frame, formula, correlation, None);
    same("crossed", &crossed("y ~ x + (1 | h)", "cs(1 | g)"), &crossed("y ~ x + (1 | h) + (1 | g)", ""), 1e-5);
}

#[test]
fn balanced_compound_symmetry_is_analysis_of_variance_also_with_negative_correlation() {
    let stool = frame("ergoStool.csv", &["Subject"]);
    let (cs, intercept) =
        (fit(&stool, "effort ~ Type", "cs(1 | Subject)", None), fit(&stool, "effort ~ Type + (1 | Subject)", "", None));
    same("ergoStool", &cs, &intercept, 1e-6);
    close("Type", &results(&cs).1[1..], &[24.0; 3], 1e-6);
    // Batches differ less than their rows would make them.
    let dyestuff = frame("Dyestuff2.csv", &[]);
    let cs = fit(&dyestuff, "Yield ~ 1", "cs(1 | Batch)", None);
    assert!(cs.correlation().unwrap().estimate < -0.05);
    let y = reals(&dyestuff, "Yield");
    let means: Vec<f64> = y.chunks(5).map(|own| own.iter().sum::<f64>() / 5.0).collect();
    let mean = means.iter().sum::<f64>() / 6.0;
    let between = means.iter().map(|m| (m - mean) * (m - mean)).sum::<f64>() / 5.0;
    let (vcov, df) = results(&cs);
    close("Dyestuff2", &[vcov[0], df[0]], &[between / 6.0, 5.0], 1e-6);
}

#[test]
fn units_of_time_and_of_the_response_do_not_matter() {
    let mut frame = series(5);
    let (t, r, y) = (reals(&frame, "t"), reals(&frame, "r"), reals(&frame, "y"));
    for (name, values, factor) in [("tenfold", &t, 10.0), ("days", &t, 1.0 / 24.0), ("short", &r, 0.1), ("large", &y, 1e6)] {
        frame.add_real(name, values.iter().map(|v| factor * v).collect()).unwrap();
    }
    let whole = fit(&frame, "y ~ x + b", "ar1(t | g)", None);
    same("whole numbers", &fit(&frame, "y ~ x + b", "ar1(tenfold | g)", None), &whole, 1e-5);
    same("days", &fit(&frame, "y ~ x + b", "ar1(days | g)", None), &whole, 1e-5);
    let uneven = fit(&frame, "y ~ x + b + (1 | h)", "ar1(r | g)", None);
    same("uneven", &fit(&frame, "y ~ x + b + (1 | h)", "ar1(short | g)", None), &uneven, 1e-5);
    let (vcov, df) = results(&fit(&frame, "large ~ x + b", "ar1(t | g)", None));
    let (want_vcov, want_df) = results(&whole);
    close("df", &df, &want_df, 1e-6);
    close("vcov", &vcov.iter().map(|v| v * 1e-12).collect::<Vec<_>>(), &want_vcov, 1e-6);
}

#[test]
fn two_occasions_are_compound_symmetry() {
    let mut rng = Rng(11);
    let (mut y, mut x, mut g) = (vec![], vec![], vec![]);
    for group in 0..12 {
        let (b, between) = (rng.normal(), rng.normal());
        for k in 0..2 {
            x.push(if group % 3 == 0 { f64::from(k) } else { between });
            y.push(0.4 * x[x.len() - 1] + b + 0.7 * rng.normal());
            g.push(group);
        }
    }
    let mut frame = Frame::new(y.len());
    frame.add_real("y", y).unwrap();
    frame.add_real("x", x).unwrap();
    frame.add_integers("g", g).unwrap();
    let (ar1, cs) = (fit(&frame, "y ~ x", "ar1(1 | g)", None), fit(&frame, "y ~ x", "cs(1 | g)", None));
    assert!((ar1.criterion - cs.criterion).abs() < 1e-8);
    // The same degrees of freedom; adjustments differ by the parameters, rho against a covariance.
    close("df", &results(&ar1).1, &results(&cs).1, 1e-6);
}

/// 25 series of 8 with a negative autocorrelation, at whole times and at others; `d` has no variance between groups besides.
fn alternating() -> Frame {
    let mut rng = Rng(6);
    let (mut y, mut d, mut x, mut t, mut g) = (vec![], vec![], vec![], vec![], vec![]);
    for group in 0..25 {
        let (mut e, b) = (rng.normal(), rng.normal());
        let mut own = vec![];
        for k in 0..8 {
            e = -0.6 * e + 0.8 * rng.normal();
            own.push(e);
            x.push(rng.normal());
            y.push(e + b);
            t.push(f64::from(k) + 0.25);
            g.push(group);
        }
        let mean = own.iter().sum::<f64>() / 8.0;
        d.extend(own.iter().map(|v| v - mean));
    }
    let mut frame = Frame::new(y.len());
    for (name, values) in [("y", y), ("d", d), ("x", x), ("t", t)] {
        frame.add_real(name, values).unwrap();
    }
    frame.add_integers("g", g).unwrap();
    frame
}

#[test]
fn a_correlation_of_zero_is_taken_as_known_and_a_variance_of_zero_is_not() {
    let frame = alternating();
    let zero = fit(&frame, "y ~ x + (1 | g)", "ar1(t | g)", None);
    assert!(zero.correlation().unwrap().estimate < 1e-6 && !zero.singular);
    same("no correlation", &zero, &fit(&frame, "y ~ x + (1 | g)", "", None), 1e-5);
    let own = KenwardRoger::of(&zero, &Watch::unwatched()).unwrap();
    assert!(zero.summary_with(DegreesOfFreedom::KenwardRoger(&own)).unwrap().contains("given the residual correlation"));

    let singular = fit(&frame, "d ~ x + (1 | g)", "ar1(1 | g)", None);
    assert!(singular.singular);
    let (with, without) = (results(&singular).1, results(&fit(&frame, "d ~ x", "ar1(1 | g)", None)).1);
    assert!(with[0] < 0.5 * without[0] && with[0] > 10.0, "{with:?} {without:?}");
}

#[test]
fn an_effect_without_variance_counts_as_one_on_its_own() {
    let mut rng = Rng(8);
    let mut columns = vec![vec![]; 6];
    let (mut g, mut f) = (vec![], vec![]);
    for group in 0..14 {
        let b = rng.normal();
        for occasion in 0..4 {
            let own = rng.normals(3 + group % 2);
            let mean = own.iter().sum::<f64>() / own.len() as f64;
            let effect = b + 0.8 * rng.normal();
            let x = rng.normal();
            for e in &own {
                // The last occasion has no differences between groups.
                columns[0].push(if occasion == 3 { e - mean } else { e + effect });
                columns[1].push(x + 0.5 * rng.normal());
                (0..4).for_each(|k| columns[2 + k].push(f64::from(u8::from(k == occasion))));
                g.push(group as i64);
                f.push(format!("f{occasion}"));
            }
        }
    }
    let mut frame = Frame::new(g.len());
    for (name, values) in ["y", "x", "d0", "d1", "d2", "d3"].into_iter().zip(columns) {
        frame.add_real(name, values).unwrap();
    }
    frame.add_integers("g", g).unwrap();
    frame.add_strings("f", &f.iter().map(|s| Some(s.as_str())).collect::<Vec<_>>()).unwrap();
    for (kind, hom) in [("cs", ""), ("ar1", ", hom = FALSE")] {
        let all = fit(&frame, &format!("y ~ x + {kind}(0 + f | g{hom})"), "", None);
        let apart = fit(&frame, &format!("y ~ x + {kind}(0 + d0 + d1 + d2 | g{hom}) + (0 + d3 | g)"), "", None);
        assert!(all.singular && (all.criterion - apart.criterion).abs() < 1e-6, "{kind}");
        assert_eq!(all.terms[0].sd[3], 0.0, "{kind}");
        same(kind, &all, &apart, 1e-5);
    }
}

#[test]
fn a_correlation_close_to_one_has_finite_results() {
    let mut rng = Rng(12);
    let (mut y, mut x, mut g) = (vec![], vec![], vec![]);
    for group in 0..8 {
        let mut walk = 40.0 * rng.normal();
        for k in 0..12 {
            walk += rng.normal();
            y.push(walk);
            x.push(f64::from(k));
            g.push(group);
        }
    }
    let mut frame = Frame::new(y.len());
    frame.add_real("y", y).unwrap();
    frame.add_real("x", x).unwrap();
    frame.add_integers("g", g).unwrap();
    let walk = fit(&frame, "y ~ x", "ar1(1 | g)", None);
    let rho = walk.correlation().unwrap().estimate;
    assert!(rho > 0.99, "{rho}");
    let (vcov, df) = results(&walk);
    assert!(vcov[0] > 0.0 && vcov[3] > 0.0 && df.iter().all(|d| *d > 1.0 && *d < 96.0), "{rho}: {vcov:?} {df:?}");
}

/// Tables of coefficients, analysis of variance, tests of combinations, means and contrasts.
#[test]
fn whatever_takes_degrees_of_freedom_takes_these() {
    let frame = series(7);
    for (formula, correlation) in
        [("y ~ f * x", "ar1(t | g)"), ("y ~ f * x + (1 | h)", "cs(1 | g)"), ("y ~ f * x + cs(0 + f | g)", "")]
    {
        let fit = fit(&frame, formula, correlation, None);
        let own = KenwardRoger::of(&fit, &Watch::unwatched()).unwrap();
        let freedom = DegreesOfFreedom::KenwardRoger(&own);
        let p = fit.fixed.names.len();
        let table = freedom.coefficients_table(&fit, 0.95).unwrap();
        let unit = |j: usize| -> Vec<f64> { (0..p).map(|i| f64::from(u8::from(i == j))).collect() };
        let df: Vec<f64> = (0..p).map(|j| own.df(&unit(j))).collect();
        close("df", &reals(&table, "df"), &df, 0.0);
        let errors: Vec<f64> = (0..p).map(|j| own.vcov[j * (p + 1)].sqrt()).collect();
        close("standard errors", &reals(&table, "std_error"), &errors, 1e-14);
        // The last term is that of three columns in every type.
        let l: Vec<f64> = (p - 3..p).flat_map(unit).collect();
        let l: Vec<f64> = (0..3 * p).map(|e| l[(e % 3) * p + e / 3]).collect();
        let test = freedom.joint_test(&fit, &l, 3, &[0.0; 3]).unwrap();
        assert!(test.scaling < 1.0 && test.df2 > 3.0, "{test:?}");
        for kind in [AnovaType::I, AnovaType::II, AnovaType::III] {
            let anova = anova_table(&fit, None, kind, freedom, &Watch::unwatched()).unwrap();
            let last = |name: &str| *reals(&anova, name).last().unwrap();
            close("analysis of variance", &[last("den_df"), last("p_value")], &[test.df2, test.p_value], 1e-7);
        }
        let spec = MeansSpec::parse("~ f").unwrap();
        let means = MarginalMeans::of_fit(&fit, Some(&frame), &spec, Weighting::Equal, &Watch::unwatched()).unwrap();
        let pairs = freedom
            .with_coefficients(&fit, |own| {
                means.contrasts(own, &Contrasts::Pairwise, Adjustment::Tukey, None, 0.95, &Watch::unwatched())
            })
            .unwrap();
        // The first pair: the second level's coefficient, and its slope at the mean of x.
        let x = reals(&frame, "x");
        let mut l = vec![0.0; p];
        (l[1], l[p - 3]) = (1.0, x.iter().sum::<f64>() / x.len() as f64);
        close("contrasts", &reals(&pairs, "df")[..1], &[own.df(&l)], 1e-9);
    }
}

#[test]
fn what_fixed_effects_take_up_leaves_the_rest() {
    // Groups as fixed effects: what is left are rows within groups, 200 - 25 - 1.
    let within = fit(&alternating(), "y ~ factor(g) + x", "cs(1 | g)", None);
    let (vcov, df) = results(&within);
    let last = df.len() - 1;
    close("df", &[df[last], vcov[last * (last + 2)]], &[174.0, within.fixed.std_error[last].powi(2)], 1e-6);
}
