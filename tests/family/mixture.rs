//! Zero inflation and hurdles: densities against R, all derivatives against differences.

use crate::common::entries::document;
use interlace::family::{
    Constants, Derivatives, Observations, Order, Psi, ZeroDerivatives, ZeroMixture, ZeroPart, by_name, special::logit,
};

type Values = (Derivatives, ZeroDerivatives);

fn at(mixture: &ZeroMixture, y: f64, weight: f64, eta: f64, zeta: f64, psi: &[f64]) -> Values {
    let (y, weights) = ([y], [weight]);
    let data = Observations { y: &y, weights: &weights };
    let shared: Vec<Psi> = psi.iter().map(|&p| Psi::Shared(p)).collect();
    let mut constants = Constants::new(1, psi.len()).unwrap();
    let (mut base, mut zero) = (Derivatives::new(1, psi.len()).unwrap(), ZeroDerivatives::new(1, psi.len()).unwrap());
    mixture.constants(&data, &shared, Order::Gradient, &mut constants).unwrap();
    mixture.evaluate(&data, [&[eta], &[zeta]], &shared, &constants, Order::Gradient, &mut base, &mut zero).unwrap();
    (base, zero)
}

fn difference(f: impl Fn(f64) -> f64) -> f64 {
    super::differences::difference(0.1, f).0
}

fn near(what: &str, seen: f64, wanted: f64) {
    assert!((seen - wanted).abs() <= 3e-8 * (1.0 + wanted.abs()), "{what}: {seen:e}, by differences {wanted:e}");
}

fn check(mixture: &ZeroMixture, y: f64, weight: f64, eta: f64, zeta: f64, psi: &[f64]) {
    let place = format!("{} {:?} y={y} eta={eta} zeta={zeta} psi={psi:?}", mixture.family.name(), mixture.part);
    let (d, z) = at(mixture, y, weight, eta, zeta, psi);
    let by_eta = |get: &dyn Fn(&Values) -> f64| difference(|h| get(&at(mixture, y, weight, eta + h, zeta, psi)));
    let by_zeta = |get: &dyn Fn(&Values) -> f64| difference(|h| get(&at(mixture, y, weight, eta, zeta + h, psi)));
    near(&format!("{place} s"), d.s[0], by_eta(&|v| v.0.l[0]));
    near(&format!("{place} w"), d.w[0], -by_eta(&|v| v.0.s[0]));
    near(&format!("{place} t"), d.t[0], by_eta(&|v| v.0.w[0]));
    near(&format!("{place} z"), z.z[0], by_zeta(&|v| v.0.l[0]));
    near(&format!("{place} zz"), z.zz[0], by_zeta(&|v| v.1.z[0]));
    near(&format!("{place} zzz"), z.zzz[0], by_zeta(&|v| v.1.zz[0]));
    near(&format!("{place} ez"), z.ez[0], by_zeta(&|v| v.0.s[0]));
    near(&format!("{place} eez"), z.eez[0], -by_zeta(&|v| v.0.w[0]));
    near(&format!("{place} ezz"), z.ezz[0], by_zeta(&|v| v.1.ez[0]));
    for j in 0..psi.len() {
        let by_psi = |get: &dyn Fn(&Values) -> f64| {
            difference(|h| {
                let mut moved = psi.to_vec();
                moved[j] += h;
                get(&at(mixture, y, weight, eta, zeta, &moved))
            })
        };
        near(&format!("{place} f"), d.psi[j].l[0], by_psi(&|v| v.0.l[0]));
        near(&format!("{place} fs"), d.psi[j].s[0], by_psi(&|v| v.0.s[0]));
        near(&format!("{place} fw"), d.psi[j].w[0], by_psi(&|v| v.0.w[0]));
        near(&format!("{place} fz"), z.psi[j].z[0], by_psi(&|v| v.1.z[0]));
        near(&format!("{place} fez"), z.psi[j].ez[0], by_psi(&|v| v.1.ez[0]));
        near(&format!("{place} fzz"), z.psi[j].zz[0], by_psi(&|v| v.1.zz[0]));
    }
}

fn mixture(family: &str, link: &str, part: ZeroPart) -> ZeroMixture {
    ZeroMixture { part, family: by_name(family, Some(link)).unwrap() }
}

#[test]
fn derivatives_agree_with_differences() {
    for eta in [-4.0, -0.5, 1.0, 3.0] {
        for zeta in [-6.0, -0.4, 1.0, 5.0] {
            for y in [0.0, 2.0] {
                check(&mixture("poisson", "log", ZeroPart::Inflation), y, 1.0, eta, zeta, &[]);
                check(&mixture("nbinom2", "log", ZeroPart::Inflation), y, 2.5, eta, zeta, &[0.3]);
                check(&mixture("nbinom1", "log", ZeroPart::Inflation), y, 1.0, eta, zeta, &[0.3]);
                check(&mixture("tweedie", "log", ZeroPart::Inflation), y, 1.0, eta, zeta, &[0.3, 0.1]);
                check(&mixture("binomial", "probit", ZeroPart::Inflation), y / 6.0, 6.0, 0.5 * eta, zeta, &[]);
                check(&mixture("truncated_nbinom2", "log", ZeroPart::Hurdle), y, 2.5, eta, zeta, &[0.3]);
                check(&mixture("gamma", "log", ZeroPart::Hurdle), y, 1.0, eta, zeta, &[0.3]);
            }
        }
    }
}

/// R's tables, and what they are of.
pub const TABLES: [&str; 7] = [
    "zero_inflated_poisson",
    "zero_inflated_nbinom2",
    "zero_inflated_nbinom1",
    "zero_inflated_binomial",
    "hurdle_poisson",
    "hurdle_nbinom2",
    "hurdle_gamma",
];
const CASES: [(&str, &str, ZeroPart, Option<&str>); 7] = [
    ("poisson", "log", ZeroPart::Inflation, None),
    ("nbinom2", "log", ZeroPart::Inflation, Some("size")),
    ("nbinom1", "log", ZeroPart::Inflation, Some("alpha")),
    ("binomial", "logit", ZeroPart::Inflation, None),
    ("truncated_poisson", "log", ZeroPart::Hurdle, None),
    ("truncated_nbinom2", "log", ZeroPart::Hurdle, Some("size")),
    ("gamma", "log", ZeroPart::Hurdle, Some("shape")),
];

#[test]
fn densities_are_those_of_r() {
    let points = document("family_points");
    let mut compared = 0;
    for (facts, (family, link, part, parameter)) in TABLES.into_iter().zip(CASES) {
        let mixture = mixture(family, link, part);
        let columns: Vec<&str> =
            points["families"][facts]["columns"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
        let rows = points["families"][facts]["rows"].as_array().unwrap();
        for row in rows {
            let get = |name: &str| columns.iter().position(|c| *c == name).map(|i| row[i].as_f64().unwrap());
            let trials = get("trials").unwrap_or(1.0);
            let psi: Vec<f64> = parameter.iter().map(|name| get(name).unwrap().ln()).collect();
            let eta = mixture.family.link().linkfun(get("mu").unwrap());
            let (d, _) = at(&mixture, get("y").unwrap() / trials, trials, eta, logit(get("zi").unwrap()), &psi);
            let wanted = get("log_density").unwrap();
            assert!((d.l[0] - wanted).abs() <= 1e-12 * wanted.abs().max(1.0), "{facts} {row}: {}", d.l[0]);
            compared += 1;
        }
    }
    assert_eq!(compared, 156);
}
