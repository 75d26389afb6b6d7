//! Influence on models of every kind: refits are fits to the other rows, by any number of threads the same to the last bit.

use crate::common::close::close_by;
use crate::common::frames::frame;
use crate::common::generalised::{Generalised, cbpp, generalised, linear, salamanders};
use interlace::diagnostics::influence::{CaseStatus, Cases, InfluenceMethod, InfluenceOptions};
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::spec::ModelKind;
use interlace::watch::Watch;

const UNWATCHED: Watch<'static> = Watch::unwatched();

fn of_kind(kind: ModelKind, formula: &str, frame: Frame) -> Generalised {
    let mut model = generalised(formula, "", frame);
    model.spec.kind = kind;
    model
}

/// Models with a grouping factor, and the digits that searches for modes leave of the estimates.
pub fn models() -> Vec<(&'static str, Generalised, &'static str)> {
    let wine = || frame("wine.csv", &["judge", "contact", "temp", "bottle"]);
    vec![
        ("binomial", cbpp(), "herd"),
        ("poisson", salamanders("poisson"), "site"),
        ("negative binomial", salamanders("nbinom2"), "site"),
        ("zeros", salamanders("poisson").zero_inflation("~ mined"), "site"),
        ("quadrature", cbpp().options(|o| o.quadrature = 7), "herd"),
        ("ordinal", of_kind(ModelKind::Clmm, "rating ~ temp + contact + (1 | judge)", ordered(wine())), "judge"),
        ("Cox", of_kind(ModelKind::Coxme, "Surv(time, status) ~ rx + (1 | litter)", frame("rats.csv", &["litter"])), "litter"),
    ]
}

/// The wine's ratings in their order.
fn ordered(mut frame: Frame) -> Frame {
    frame.set_levels("rating", ["1", "2", "3", "4", "5"].map(String::from).to_vec(), true).unwrap();
    frame
}

pub fn cases(group: &str, threads: usize) -> InfluenceOptions<'_> {
    InfluenceOptions { cases: Cases::Group(group, None), threads, ..InfluenceOptions::default() }
}

fn estimates(fit: &Fit) -> Vec<f64> {
    let own = fit.generalised();
    let mut all = fit.fixed.estimate.clone();
    all.extend(own.into_iter().flat_map(|own| &own.zero_inflation).flat_map(|zero| zero.fixed.estimate.iter().copied()));
    all.extend(own.into_iter().flat_map(|own| &own.parameters).filter(|p| !p.fixed && !p.estimate.is_nan()).map(|p| p.estimate));
    all.extend_from_slice(&fit.theta);
    all
}

#[test]
fn refits_without_a_group_are_fits_to_the_other_rows() {
    for (name, model, group) in models() {
        let fit = model.fit();
        let own = fit.influence(&cases(group, 2), &UNWATCHED).unwrap();
        let term = &fit.terms[0].design;
        assert_eq!(own.labels.len(), term.levels.len());
        let mut seen = 0;
        for (i, case) in own.cases.iter().enumerate().step_by(1 + own.labels.len() / 5) {
            let level = term.levels.iter().position(|l| *l == own.labels[i]).unwrap() as u32;
            let rest: Vec<usize> = (0..fit.n_obs).filter(|row| term.index[*row] != level).collect();
            let fresh = Generalised { frame: model.frame.select(&rest).unwrap(), ..model.clone() }.fit();
            let case = case.as_ref().unwrap_or_else(|e| panic!("{name} {i}: {e:?}"));
            let want = estimates(&fresh);
            let scale = |j: usize| want[j].abs().max(1.0);
            close_by(&format!("{name} without {}", own.labels[i]), &case.estimates[..want.len()], &want, 1e-8, scale);
            let cook: f64 = {
                let p = fit.fixed.names.len();
                let d: Vec<f64> = (0..p).map(|j| fit.fixed.estimate[j] - fresh.fixed.estimate[j]).collect();
                let inverse = interlace::linalg::dense::inverse(p, &fit.fixed.vcov);
                (0..p * p).map(|e| d[e % p] * inverse[e] * d[e / p]).sum::<f64>() / p as f64
            };
            assert!((case.cooks_distance - cook).abs() < 1e-6 * cook.max(1e-3), "{name}: {} for {cook}", case.cooks_distance);
            assert!(case.displacement > -1e-7 && case.displacement < 50.0, "{name}: {}", case.displacement);
            seen += 1;
        }
        assert!(seen > 3, "{name}");
    }
}

#[test]
fn threads_change_no_bit() {
    let sleepstudy = linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"]));
    let others = models().into_iter().map(|(_, model, group)| (model, group)).filter(|(model, _)| model.frame.n_rows() < 200);
    for (model, group) in [(sleepstudy, "Subject"), (cbpp(), "herd")].into_iter().chain(others) {
        let fit = model.fit();
        for method in [InfluenceMethod::Refit, InfluenceMethod::OneStep] {
            let with = |threads: usize| InfluenceOptions { method, ..cases(group, threads) };
            let bits = |threads: usize| format!("{:?}", fit.influence(&with(threads), &UNWATCHED).unwrap());
            assert_eq!(bits(1), bits(2));
            assert_eq!(bits(1), bits(3));
        }
    }
}

/// A column for each measure, and names that a fixed effect has taken get a number.
#[test]
fn the_table_has_a_row_a_case() {
    let mut data = frame("sleepstudy.csv", &["Subject"]);
    let days = crate::common::frames::reals(&data, "Days");
    data.add_real("rows", days).unwrap();
    let fit = linear("Reaction ~ rows + (1 | Subject)", data).fit();
    let own = fit.influence(&cases("Subject", 1), &UNWATCHED).unwrap();
    let table = own.frame().unwrap();
    let names: Vec<&str> = table.names().collect();
    let want = ["case", "rows", "status", "reason", "cooks_distance", "mdffits", "covtrace", "covratio", "likelihood_displacement"];
    assert_eq!(names[..9], want);
    let rest = ["dfbetas.(Intercept)", "dfbetas.rows", "rvc.sigma", "rvc.sd_(Intercept)|Subject", "(Intercept)", "rows.2", "sigma"];
    assert_eq!(names[9..16], rest, "{names:?}");
    let real = |name: &str| crate::common::frames::reals(&table, name);
    let (change, sigma) = (real("rvc.sigma"), real("sigma"));
    assert!(change.iter().zip(&sigma).all(|(c, s)| (c - ((s / fit.sigma).powi(2) - 1.0)).abs() < 1e-12));
    let order = own.order().unwrap();
    assert!(order.windows(2).all(|w| own.cooks_distances().unwrap()[w[0]] >= own.cooks_distances().unwrap()[w[1]]));
    let apart = own.apart(None).unwrap();
    assert!((apart.threshold - 4.0 / 18.0).abs() < 1e-12);
    assert_eq!(apart.influential, own.cooks_distances().unwrap().iter().filter(|d| **d > 4.0 / 18.0).count());
}

/// Without the only rows of a category there is no likelihood of five categories.
#[test]
fn a_category_that_is_gone_is_told() {
    let model = models().into_iter().find(|(name, ..)| *name == "ordinal").unwrap().1;
    let fit = model.fit();
    let codes: Vec<i32> = fit.y.iter().map(|y| i32::from(*y != 5.0)).collect();
    let own = fit.influence(&InfluenceOptions { cases: Cases::Codes(&codes), ..InfluenceOptions::default() }, &UNWATCHED).unwrap();
    assert_eq!(own.status(0), CaseStatus::Failed);
    let reason = &own.cases[0].as_ref().unwrap_err().1;
    assert!(reason.contains("categor"), "{reason}");
    let error = fit.influence(&InfluenceOptions { method: InfluenceMethod::Fixed, ..cases("judge", 1) }, &UNWATCHED).unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("refit"), "{error}");
}

/// Far from zero R R' has lost the digits that differences between groups need.
#[test]
fn the_origin_of_a_covariate_does_not_matter() {
    let moved = |origin: f64| {
        let mut data = frame("Salamanders.csv", &["site", "mined", "spp"]);
        let day = data.numbers(data.column("DOY").unwrap()).unwrap().iter().map(|day| day + origin).collect();
        data.add_real("day", day).unwrap();
        let fit = generalised("count ~ mined + day + (1 | site)", "poisson", data).fit();
        [InfluenceMethod::Refit, InfluenceMethod::OneStep].map(|method| {
            let own = fit.influence(&InfluenceOptions { method, ..cases("site", 1) }, &UNWATCHED).unwrap();
            own.cases
                .into_iter()
                .map(Result::unwrap)
                .flat_map(|own| [own.cooks_distance, own.covratio, own.covtrace])
                .collect::<Vec<_>>()
        })
    };
    for (near, far) in moved(0.0).iter().zip(&moved(1e7)) {
        assert_eq!(near.len(), 3 * 23);
        close_by("measures", far, near, 1e-5, |i| 1.0 + near[i].abs());
    }
}
