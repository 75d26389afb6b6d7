//! Influence on linear models: figures of R, the same estimates as fits to the other rows, what rows leave when they go.

use crate::common::close::{close_above, close_by};
use crate::common::designs::crossed_by_weights as data;
use crate::common::entries::{entries, numbers, text};
use crate::common::generalised::{influence_model, linear};
use crate::common::{Data, Rng};
use interlace::design::NaPolicy;
use interlace::diagnostics::influence::{CaseStatus, Cases, Influence, InfluenceMethod, InfluenceOptions, Measures};
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::options::Engine;
use interlace::spec::CorrelationSpec;
use interlace::watch::Watch;

const UNWATCHED: Watch<'static> = Watch::unwatched();

fn by(name: &str) -> Cases<'_> {
    if name == "obs" { Cases::Rows } else { Cases::Group(name, None) }
}

fn influence(fit: &Fit, cases: Cases<'_>, method: InfluenceMethod) -> Influence {
    fit.influence(&InfluenceOptions { cases, method, threads: 1 }, &UNWATCHED).unwrap()
}

/// A measure of the cases with these labels.
fn measured(own: &Influence, labels: &[String], of: impl Fn(&Measures) -> f64) -> Vec<f64> {
    let place = |label: &String| own.labels.iter().position(|l| l == label).unwrap_or_else(|| panic!("no case {label}"));
    labels.iter().map(|label| of(own.cases[place(label)].as_ref().unwrap())).collect()
}

type Of = fn(&Measures) -> f64;

const MEASURES: [(&str, Of); 4] = [
    ("cooks_distance", |m| m.cooks_distance),
    ("mdffits", |m| m.mdffits),
    ("covtrace", |m| m.covtrace),
    ("covratio", |m| m.covratio),
];

/// R's refits by bobyqa are good to five digits.
#[test]
fn refits_have_the_measures_of_r() {
    let mut seen = 0;
    for entry in entries("influence") {
        let fit = influence_model(&entry).fit();
        for block in entry["refit"].as_array().unwrap() {
            let (group, labels) = (text(&block["by"]), block["labels"].as_array().unwrap().iter().map(text).collect::<Vec<_>>());
            let own = influence(&fit, by(&group), InfluenceMethod::Refit);
            let what = |name: &str| format!("{} by {group}, {name}", text(&entry["id"]));
            for (name, of) in
                [("cooks", MEASURES[0].1), ("mdffits", MEASURES[1].1), ("covtrace", MEASURES[2].1), ("covratio", MEASURES[3].1)]
            {
                let want = numbers(&block[name]);
                let largest = want.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
                // The trace is a difference from p.
                let scale = if name == "covtrace" { 1.0 } else { largest };
                close_by(&what(name), &measured(&own, &labels, of), &want, 2e-4, |_| scale);
            }
            let p = fit.fixed.names.len();
            for j in 0..p {
                let deleted: Vec<f64> = block["fixef_deleted"].as_array().unwrap().iter().map(|row| numbers(row)[j]).collect();
                let scale = |_| fit.fixed.std_error[j];
                close_by(&what("fixef"), &measured(&own, &labels, |m| m.estimates[j]), &deleted, 1e-4, scale);
                // R's are the deleted less the full.
                if let Some(rows) = block["dfbetas"].as_array() {
                    let want: Vec<f64> = rows.iter().map(|row| -numbers(row)[j]).collect();
                    close_by(&what("dfbetas"), &measured(&own, &labels, |m| m.dfbetas[j]), &want, 1e-3, |_| 1.0);
                }
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 12);
}

/// HLMdiag's values, which hold the covariances.
#[test]
fn held_covariances_give_the_measures_of_hlmdiag() {
    let mut seen = 0;
    for entry in entries("influence") {
        let fit = influence_model(&entry).fit();
        for block in entry["fixed"].as_array().unwrap() {
            let group = text(&block["by"]);
            let own = influence(&fit, by(&group), InfluenceMethod::Fixed);
            // Its groups are in the order of their first rows, whatever the names say.
            let mut labels = own.labels.clone();
            if group != "obs" {
                let term = fit.terms.iter().find(|term| term.design.group == group).unwrap();
                let first = |label: &String| {
                    let level = term.design.levels.iter().position(|l| l == label).unwrap() as u32;
                    term.design.index.iter().position(|l| *l == level).unwrap()
                };
                labels.sort_by_key(first);
            }
            for (name, of) in MEASURES {
                let want = numbers(&block[name]);
                let largest = want.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
                let what = format!("{} by {group}, {name}", text(&entry["id"]));
                close_by(&what, &measured(&own, &labels, of), &want, 2e-5, |_| largest);
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 14);
}

struct Model {
    formula: &'static str,
    correlation: Option<&'static str>,
    weighted: bool,
    reml: bool,
    group: &'static str,
}

const fn model(formula: &'static str, group: &'static str) -> Model {
    Model { formula, correlation: None, weighted: false, reml: true, group }
}

const MODELS: [Model; 16] = [
    model("y ~ x + (1 | g)", "g"),
    Model { reml: false, ..model("y ~ x + (1 | g)", "g") },
    Model { weighted: true, ..model("y ~ x + (1 | g) + (1 | h)", "h") },
    model("y ~ x + z + (1 + z | g)", "g"),
    Model { weighted: true, ..model("y ~ x * z + (1 + z | g) + (1 | h)", "g") },
    Model { reml: false, ..model("y ~ x + (1 + z || g)", "g") },
    // A column that depends on others is left out.
    model("y ~ I(2 * x) + z + x + (1 | g)", "g"),
    model("y ~ x + (1 | k/g)", "k"),
    model("y ~ x + (1 | k/g)", "k:g"),
    model("y ~ f + offset(o) + (1 | g) + (1 | h)", "g"),
    model("y ~ x + (1 + distant | g)", "g"),
    model("y ~ x + cs(1 + z | g)", "g"),
    model("y ~ x + (1 + z || g) + (1 | h)", "h"),
    Model { correlation: Some("ar1(t | g)"), weighted: true, ..model("y ~ x + (1 | h)", "h") },
    Model { correlation: Some("ar1(s | g)"), reml: false, ..model("y ~ x + (1 + z | g)", "g") },
    Model { correlation: Some("cs(1 | g)"), ..model("y ~ x + (1 | h)", "h") },
];

impl Model {
    fn fit(&self, data: &Data) -> Fit {
        let mut model = linear(self.formula, data.frame()).options(|o| o.reml = self.reml);
        model.spec.correlation = self.correlation.map(|c| CorrelationSpec::Formula(c.into()));
        if self.weighted { model.formula(|f| f.weights = Some("w".into())).fit() } else { model.fit() }
    }

    fn name(&self) -> String {
        format!("{} {} by {}", self.formula, self.correlation.unwrap_or(""), self.group)
    }
}

/// The rows of a case.
fn rows_of(fit: &Fit, group: &str, label: &str) -> Vec<usize> {
    let term = fit.terms.iter().find(|term| term.design.group == group).unwrap();
    let level = term.design.levels.iter().position(|l| l == label).unwrap() as u32;
    (0..fit.n_obs).filter(|i| term.design.index[*i] == level).collect()
}

fn estimates(fit: &Fit) -> Vec<f64> {
    let rho = fit.correlation().map(|c| c.estimate);
    fit.fixed.estimate.iter().copied().chain([fit.sigma]).chain(rho).chain(fit.theta.iter().copied()).collect()
}

/// With squares of theta below one, whose last part of the estimates that is: near zero the likelihood tells variances, not their roots.
fn by_variances(estimates: &[f64], n_theta: usize) -> Vec<f64> {
    let first = estimates.len() - n_theta;
    estimates.iter().enumerate().map(|(i, v)| if i < first || v.abs() > 1.0 { *v } else { v * v.abs() }).collect()
}

#[test]
fn refits_without_a_group_or_a_row_are_fits_to_the_other_rows() {
    let data = data();
    for own in &MODELS {
        let (name, fit) = (own.name(), own.fit(&data));
        let groups = influence(&fit, Cases::Group(own.group, None), InfluenceMethod::Refit);
        let codes: Vec<i32> = (0..data.n() as i32).map(|i| if i % 17 == 3 { i } else { -1 }).collect();
        let rows = influence(&fit, Cases::Codes(&codes), InfluenceMethod::Refit);
        let cases = groups.labels.iter().map(|label| rows_of(&fit, own.group, label)).zip(&groups.cases);
        let single = rows.labels.iter().map(|label| vec![label.parse().unwrap()]).zip(&rows.cases);
        for (gone, case) in cases.chain(single) {
            let rest: Vec<usize> = (0..data.n()).filter(|i| !gone.contains(i)).collect();
            let fresh = own.fit(&data.rows(&rest));
            let case = case.as_ref().unwrap_or_else(|e| panic!("{name}: {e:?}"));
            let (want, n_theta) = (estimates(&fresh), fresh.theta.len());
            let got = by_variances(&case.estimates[..want.len()], n_theta);
            close_above(1.0, &format!("{name} without {gone:?}"), &got, &by_variances(&want, n_theta), 1e-8);
            assert_eq!(case.singular, fresh.singular, "{name} without {gone:?}");
        }
    }
}

/// Without g04 the criterion has two minima; that beside the estimates of all rows is higher by 1.2.
#[test]
fn refits_with_correlated_residuals_find_the_lower_minimum() {
    let y = [3.8, 3.8, 2.7, -0.2, 0.1, -0.3, 4.6, 3.8, 1.9, -2.2, -1.5, -1.0, -0.4, -4.7, -0.7, 4.7, 2.2, 2.8];
    let index = |of: fn(usize) -> usize| (0..y.len()).map(of).collect::<Vec<_>>();
    let data = Data::default().real("y", y.to_vec()).group("g", &index(|i| i / 3)).group("h", &index(|i| i % 3));
    let own = Model { correlation: Some("ar1(1 | h)"), ..model("y ~ 1 + (1 | g)", "g") };
    let fit = own.fit(&data);
    let groups = influence(&fit, Cases::Group("g", None), InfluenceMethod::Refit);
    let rest: Vec<usize> = (0..data.n()).filter(|i| i / 3 != 4).collect();
    let fresh = own.fit(&data.rows(&rest));
    assert!(!fit.singular && !fresh.singular && fresh.correlation().unwrap().estimate < -0.8);
    let (want, case) = (estimates(&fresh), groups.cases[4].as_ref().unwrap());
    close_above(1.0, "without g04", &case.estimates[..want.len()], &want, 1e-6);
}

/// Single rows in closed form, and by their codes one by one.
#[test]
fn the_closed_form_is_that_of_evaluations() {
    let data = data();
    for own in &MODELS {
        let (name, fit) = (own.name(), own.fit(&data));
        let closed = influence(&fit, Cases::Rows, InfluenceMethod::Fixed);
        let codes: Vec<i32> = (0..data.n() as i32).collect();
        let evaluated = influence(&fit, Cases::Codes(&codes), InfluenceMethod::Fixed);
        for i in 0..data.n() {
            let (a, b) = (closed.cases[i].as_ref().unwrap(), evaluated.cases[i].as_ref().unwrap());
            let all = |m: &Measures| -> Vec<f64> {
                let measures = [m.cooks_distance, m.mdffits, m.covtrace, m.covratio, m.displacement];
                measures.into_iter().chain(m.dfbetas.iter().copied()).chain(m.estimates.iter().copied()).collect()
            };
            close_above(1.0, &format!("{name} without {i}"), &all(a), &all(b), 1e-7);
        }
    }
}

/// One step is between held covariances and refits, and much nearer to these.
#[test]
fn one_step_is_near_the_end() {
    let data = data();
    for own in MODELS.iter().filter(|own| !own.formula.contains("distant")) {
        let (name, fit) = (own.name(), own.fit(&data));
        if fit.singular {
            continue;
        }
        let [refit, step, held] = [InfluenceMethod::Refit, InfluenceMethod::OneStep, InfluenceMethod::Fixed]
            .map(|method| influence(&fit, Cases::Group(own.group, None), method));
        let off = |other: &Influence| -> f64 {
            let pairs = refit.cases.iter().zip(&other.cases).filter_map(|(a, b)| Some((a.as_ref().ok()?, b.as_ref().ok()?)));
            pairs.map(|(a, b)| (a.covratio / b.covratio).ln().abs()).fold(0.0, f64::max)
        };
        assert!(off(&step) < 0.7 * off(&held), "{name}: {} {}", off(&step), off(&held));
    }
}

/// Of maximum likelihood the displacement is what the log-likelihood of all rows loses at the estimates without the case.
#[test]
fn displacements_are_losses_of_the_likelihood() {
    let data = data();
    let fit = Model { reml: false, ..model("y ~ x + (1 | g)", "g") }.fit(&data);
    let own = influence(&fit, Cases::Group("g", None), InfluenceMethod::Refit);
    for case in own.cases.iter().map(|case| case.as_ref().unwrap()) {
        let [a, b, sigma, theta] = case.estimates[..4] else { panic!("{:?}", case.estimates) };
        let mut deviance = 0.0;
        for g in 0..10 {
            let rows: Vec<usize> = (0..data.n()).filter(|i| fit.terms[0].design.index[*i] == g).collect();
            let e: Vec<f64> = rows.iter().map(|&i| data.values("y")[i] - a - b * data.values("x")[i]).collect();
            let (n, sum) = (e.len() as f64, e.iter().sum::<f64>());
            let ratio = theta * theta / (1.0 + n * theta * theta);
            let square = e.iter().map(|e| e * e).sum::<f64>() - ratio * sum * sum;
            deviance +=
                n * (2.0 * std::f64::consts::PI * sigma * sigma).ln() + (1.0 + n * theta * theta).ln() + square / (sigma * sigma);
        }
        let want = deviance - fit.criterion;
        assert!((case.displacement - want).abs() < 1e-8 && want > 0.0, "{} for {want}", case.displacement);
    }
}

#[test]
fn rows_that_hold_a_fixed_effect_and_groups_that_are_all_are_told() {
    let mut rng = Rng(9);
    let n = 24;
    let only = (0..n).map(|i| f64::from(u8::from(i == 5))).collect();
    let data = Data::default()
        .real("y", rng.normals(n))
        .real("only", only)
        .real("x", (0..n).map(|i| if i == 7 { 1e9 } else { (i % 5) as f64 }).collect())
        .group("g", &(0..n).map(|i| i / 4).collect::<Vec<_>>())
        .group("one", &vec![0; n])
        .label("f", (0..n).map(|i| if i / 4 == 2 { "rare".to_owned() } else { "other".to_owned() }));
    let fit = linear("y ~ only + f + (1 | g)", data.frame()).fit();
    for method in [InfluenceMethod::Refit, InfluenceMethod::OneStep, InfluenceMethod::Fixed] {
        let rows = influence(&fit, Cases::Rows, method);
        assert_eq!(rows.status(5), CaseStatus::RankLost, "{method:?}");
        assert!(rows.cases[5].as_ref().unwrap_err().1.contains("only"));
        assert!((0..n).all(|i| i == 5 || rows.cases[i].is_ok()), "{method:?}");
        let groups = influence(&fit, Cases::Group("g", None), method);
        assert_eq!(groups.status(2), CaseStatus::RankLost, "{method:?}");
        assert_eq!(groups.status(1), CaseStatus::RankLost, "{method:?}");
        assert!(groups.cases[0].is_ok());
        let frame = data.frame();
        let all = influence(&fit, Cases::Group("one", Some(&frame)), method);
        assert!(all.status(0) == CaseStatus::Failed && all.cases[0].as_ref().unwrap_err().1.contains("all rows"));
        let table = groups.frame().unwrap();
        let distances = table.column("cooks_distance").unwrap().as_real().unwrap().unwrap();
        assert!(distances[2].is_nan() && distances[0] >= 0.0);
    }
    // A row far from all others: little is left of its sums of squares, and the rest must not have its rounding.
    let model = |data: &Data| linear("y ~ x + (1 + x | g)", data.frame()).fit();
    let fit = model(&data);
    let own = influence(
        &fit,
        Cases::Codes(&(0..n as i32).map(|i| if i == 7 { 0 } else { -1 }).collect::<Vec<_>>()),
        InfluenceMethod::Refit,
    );
    let rest: Vec<usize> = (0..n).filter(|i| *i != 7).collect();
    let (got, want) = (&own.cases[0].as_ref().unwrap().estimates, estimates(&model(&data.rows(&rest))));
    close_above(1.0, "without the far row", &got[..3], &want[..3], 1e-8);
}

#[test]
fn cases_are_groups_of_the_model_columns_of_the_data_or_codes() {
    let data = data().with("x", 4, f64::NAN);
    let frame = data.frame();
    let fit = linear("y ~ x + (1 | g) + (1 | h)", frame.clone()).options(|o| o.na = NaPolicy::Omit).fit();
    let method = InfluenceMethod::Fixed;
    let rows = influence(&fit, Cases::Rows, method);
    assert!(rows.labels.len() == data.n() - 1 && rows.labels[3] == "4" && rows.labels[4] == "6");
    let column = influence(&fit, Cases::Group("k", Some(&frame)), method);
    let code = |row: usize| (row / 12) as i32;
    let of_data: Vec<i32> = (0..data.n()).map(code).collect();
    let of_used: Vec<i32> = (0..data.n()).filter(|row| *row != 4).map(code).collect();
    for codes in [&of_data, &of_used] {
        let own = influence(&fit, Cases::Codes(codes), method);
        let bits = |own: &Influence| own.cooks_distances().unwrap().iter().map(|d| d.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&own), bits(&column));
        assert_eq!(own.labels, ["0", "1", "2", "3", "4"]);
        assert_eq!(own.rows, [11, 12, 12, 12, 12]);
    }
    let pairs = influence(&fit, Cases::Group("k:f", Some(&frame)), method);
    let of_pairs: Vec<i32> = (0..data.n()).map(|row| code(row) * 3 + (row % 3) as i32).collect();
    let own = influence(&fit, Cases::Codes(&of_pairs), method);
    assert_eq!(pairs.labels[..4], ["k00:f00", "k00:f01", "k00:f02", "k01:f00"]);
    assert_eq!(pairs.cooks_distances().unwrap(), own.cooks_distances().unwrap());
    let told =
        |cases: Cases<'_>| fit.influence(&InfluenceOptions { cases, method, threads: 1 }, &UNWATCHED).map(|_| ()).unwrap_err();
    let error = told(Cases::Group("k", None));
    assert!(error.code == Code::Argument && error.message.contains("'k'") && error.message.contains("g, h"), "{error}");
    let error = told(Cases::Group("nowhere", Some(&frame)));
    assert!(error.message.contains("nowhere"), "{error}");
    let error = told(Cases::Codes(&[1, 2]));
    assert!(error.message.contains("2 numbers") && error.message.contains("59 used"), "{error}");
    assert!(told(Cases::Codes(&vec![-1; 60])).message.contains("no case"));
    let short = data.rows(&[0, 1, 2]).frame();
    assert!(told(Cases::Group("k", Some(&short))).message.contains("3 rows"));
    let iterative = linear("y ~ x + (1 | g) + (1 | h)", frame).options(|o| o.engine = Engine::Iterative).fit();
    let error = iterative.influence(&InfluenceOptions::default(), &UNWATCHED).map(|_| ()).unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("engine = direct"), "{error}");
}
