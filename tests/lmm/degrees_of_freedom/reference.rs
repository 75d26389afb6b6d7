use super::*;
use interlace::inference::adjust::Adjustment;
use interlace::inference::anova::{AnovaType, anova_table, hypotheses};
use interlace::inference::contrast::Contrasts;
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, KenwardRoger, Satterthwaite};
use interlace::inference::drop1::drop1_table;
use interlace::inference::marginal_means::{MarginalMeans, MeansSpec, Weighting};
use interlace::watch::Watch;

#[test]
fn satterthwaite_of_coefficients() {
    let mut compared = 0;
    for (fit, _, entry) in references().iter().filter(|r| r.2["satterthwaite"].is_object()) {
        let (id, want) = (text(&entry["id"]), &entry["satterthwaite"]);
        let own = Satterthwaite::of(fit, &Watch::unwatched()).unwrap();
        assert!(!own.indefinite, "{id}");
        let all = DegreesOfFreedom::Satterthwaite(&own).coefficients(fit);
        let df: Vec<f64> = all.iter().map(|c| c.df).collect();
        let p: Vec<f64> = all.iter().map(|c| c.p_value(0.0)).collect();
        // lmerTest's derivatives are finite differences.
        close(&format!("{id} df"), &df, &numbers(&want["df"]), 1e-6);
        close(&format!("{id} p"), &p, &numbers(&want["p_value"]), 2e-5);
        compared += 1;
    }
    assert_eq!(compared, 23);
}

/// Type III of lmerTest has coefficients rounded to seven digits.
const ROUNDED: f64 = 1e-7;

fn check_anova(id: &str, fit: &Fit, want: &Value, freedom: DegreesOfFreedom<'_>, tolerance: f64) -> usize {
    let mut compared = 0;
    for (kind, key) in [(AnovaType::I, "type1"), (AnovaType::II, "type2"), (AnovaType::III, "type3")] {
        let want = &want["anova"][key];
        if want.is_null() || strings(&want["term"]).is_empty() {
            continue;
        }
        let table = anova_table(fit, None, kind, freedom, &Watch::unwatched()).unwrap();
        let column = |name: &str| table.column(name).unwrap().as_real().unwrap().unwrap().to_vec();
        let name = |part: &str| format!("{id} {key} {part}");
        assert_eq!(texts(&table, "term"), strings(&want["term"]), "{id}");
        close(&name("DenDF"), &column("den_df"), &numbers(&want["DenDF"]), tolerance);
        close(&name("F"), &column("statistic"), &numbers(&want["F"]), ROUNDED.max(tolerance));
        close(&name("SumSq"), &column("sum_sq"), &numbers(&want["SumSq"]), ROUNDED.max(tolerance));
        close(&name("p"), &column("p_value"), &numbers(&want["p"]), 2e-5);
        compared += 1;
    }
    compared
}

#[test]
fn anova_by_satterthwaite() {
    let mut compared = 0;
    for (fit, _, entry) in references().iter().filter(|r| r.2["satterthwaite"].is_object()) {
        let own = Satterthwaite::of(fit, &Watch::unwatched()).unwrap();
        let freedom = DegreesOfFreedom::Satterthwaite(&own);
        compared += check_anova(&text(&entry["id"]), fit, &entry["satterthwaite"], freedom, 1e-6);
    }
    assert_eq!(compared, 54);
}

#[test]
fn kenward_roger() {
    let (mut compared, mut vcov, mut dropped) = (0, 0, 0);
    for (fit, _, entry) in references().iter().filter(|r| r.2["kenward_roger"].is_object()) {
        let (id, want) = (text(&entry["id"]), &entry["kenward_roger"]);
        let own = KenwardRoger::of(fit, &Watch::unwatched()).unwrap();
        let freedom = DegreesOfFreedom::KenwardRoger(&own);
        let all = freedom.coefficients(fit);
        close(&format!("{id} df"), &all.iter().map(|c| c.df).collect::<Vec<_>>(), &numbers(&want["df"]), 1e-6);
        close(&format!("{id} se"), &all.iter().map(|c| c.std_error).collect::<Vec<_>>(), &numbers(&want["std_error"]), 1e-7);
        close(&format!("{id} p"), &all.iter().map(|c| c.p_value(0.0)).collect::<Vec<_>>(), &numbers(&want["p_value"]), 1e-5);
        if !want["vcov_adjusted"].is_null() {
            close(&format!("{id} vcov"), &own.vcov, &numbers(&want["vcov_adjusted"]), 1e-6);
            vcov += 1;
        }
        compared += check_anova(&id, fit, want, freedom, 1e-6);
        dropped += check_dropped_terms(&id, fit, &want["drop_term_tests"], freedom);
    }
    assert_eq!((compared, vcov, dropped), (26, 15, 22));
}

/// Tests of a term with all that contain it, by their columns.
fn check_dropped_terms(id: &str, fit: &Fit, tests: &Value, freedom: DegreesOfFreedom<'_>) -> usize {
    let terms = hypotheses(fit, None, AnovaType::I, &Watch::unwatched()).unwrap();
    let p = fit.fixed.names.len();
    for test in tests.as_array().into_iter().flatten() {
        let term = text(&test["term"]);
        let parts: Vec<&str> = term.split(':').collect();
        let contains = |other: &str| parts.iter().all(|part| other.split(':').any(|o| o == *part));
        let mut columns = vec![];
        let mut first = usize::from(fit.fixed.names[0] == "(Intercept)");
        for own in &terms {
            columns.extend((first..first + own.k).filter(|_| contains(&own.term)));
            first += own.k;
        }
        let k = columns.len();
        let mut l = vec![0.0; k * p];
        columns.iter().enumerate().for_each(|(row, &j)| l[j * k + row] = 1.0);
        let got = freedom.joint_test(fit, &l, k, &vec![0.0; k]).unwrap();
        let what = |part: &str| format!("{id} without {term} {part}");
        assert_eq!(got.df1 as f64, test["ndf"].as_f64().unwrap(), "{}", what("ndf"));
        close(&what("ddf"), &[got.df2], &numbers(&test["ddf"]), 1e-6);
        close(&what("scaling"), &[got.scaling], &numbers(&test["F_scaling"]), 1e-7);
        close(&what("F"), &[got.chi_square / got.df1 as f64], &numbers(&test["F_stat"]), 1e-6);
        close(&what("p"), &[got.p_value], &numbers(&test["p_value"]), 1e-5);
    }
    tests.as_array().map_or(0, Vec::len)
}

#[test]
fn models_without_a_term() {
    let mut compared = 0;
    for (fit, _, entry) in references().iter().filter(|r| r.2["drop1"].is_object()) {
        let (id, want) = (text(&entry["id"]), &entry["drop1"]);
        let table = drop1_table(fit, None, &Watch::unwatched()).unwrap();
        assert_eq!(texts(&table, "term"), strings(&want["term"]), "{id}");
        let column = |name: &str| table.column(name).unwrap().as_real().unwrap().unwrap().to_vec();
        close(&format!("{id} AIC"), &column("aic"), &numbers(&want["AIC"]), 1e-9);
        close(&format!("{id} LRT"), &column("chi_square")[1..], &numbers(&want["LRT"])[1..], 1e-6);
        close(&format!("{id} p"), &column("p_value")[1..], &numbers(&want["Pr.Chi."])[1..], 1e-5);
        compared += 1;
    }
    assert_eq!(compared, 7);
}

#[test]
fn marginal_means_and_pairs() {
    let mut compared = 0;
    for (fit, frame, entry) in references().iter().filter(|r| r.2["emmeans"].is_object()) {
        let (id, want) = (text(&entry["id"]), &entry["emmeans"]);
        let (satterthwaite, kenward_roger) =
            (Satterthwaite::of(fit, &Watch::unwatched()).unwrap(), KenwardRoger::of(fit, &Watch::unwatched()).unwrap());
        let spec = MeansSpec::parse(&text(&want["spec"])).unwrap();
        let means = MarginalMeans::of_fit(fit, Some(frame), &spec, Weighting::Equal, &Watch::unwatched()).unwrap();
        let both = [
            ("satterthwaite", DegreesOfFreedom::Satterthwaite(&satterthwaite)),
            ("kenward_roger", DegreesOfFreedom::KenwardRoger(&kenward_roger)),
        ];
        for (key, freedom) in both {
            let want = &want[key];
            let table = freedom.with_coefficients(fit, |own| means.table(own, None, 0.95, &Watch::unwatched())).unwrap();
            let pairs = freedom
                .with_coefficients(fit, |own| {
                    means.contrasts(own, &Contrasts::Pairwise, Adjustment::Tukey, None, 0.95, &Watch::unwatched())
                })
                .unwrap();
            for (table, want, names) in [
                (
                    &table,
                    &want["means"],
                    &[("estimate", "emmean"), ("std_error", "SE"), ("df", "df"), ("lower", "lower.CL"), ("upper", "upper.CL")][..],
                ),
                (
                    &pairs,
                    &want["pairs_tukey"],
                    &[("estimate", "estimate"), ("std_error", "SE"), ("df", "df"), ("statistic", "t.ratio")][..],
                ),
            ] {
                for (column, name) in names {
                    let got = table.column(column).unwrap().as_real().unwrap().unwrap().to_vec();
                    close(&format!("{id} {key} {name}"), &got, &numbers(&want[*name]), 1e-6);
                }
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 6);
}
