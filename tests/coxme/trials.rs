//! Simulated trials: survival times with late entry, strata, weights, ties and frailties; and fits to them.

use crate::common::{Data, Rng};
use interlace::error::Result;
use interlace::fit::Fit;
use interlace::options::Options;
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec, Ties};
use interlace::watch::Watch;

pub const FORMULA: &str = "Surv(start, time, status) ~ x + z + f + strata(s) + (1 | g)";

pub fn spec(formula: &str, ties: Ties) -> Spec {
    let source = FormulaSpec { formula: formula.into(), ..Default::default() };
    Spec { ties, ..Spec::new(ModelKind::Coxme, Source::Formula(source)) }
}

/// A fit, which may have no random terms.
pub fn fit_with(formula: &str, ties: Ties, data: &Data, options: Options) -> Result<Fit> {
    Fit::new(&spec(formula, ties), Some(&data.frame()), &Options { null_model: true, ..options }, &Watch::unwatched())
}

pub fn fit(formula: &str, data: &Data) -> Fit {
    fit_with(formula, Ties::Efron, data, Options::default()).unwrap()
}

/// n rows of two covariates x and z, a factor f of three levels, two strata s, groups g with slopes of x, and h.
pub fn trial(n: usize, groups: usize, sd: [f64; 2], seed: u64) -> Data {
    let mut rng = Rng(seed);
    let (x, z) = (rng.normals(n), rng.normals(n));
    let (effects, slopes) = (rng.normals(groups), rng.normals(groups));
    let [g, h, f, s] =
        [groups, 5, 3, 2].map(|levels| (0..n).map(|i| if i < levels { i } else { rng.below(levels) }).collect::<Vec<_>>());
    let (mut start, mut time, mut status) = (vec![], vec![], vec![]);
    for i in 0..n {
        let slope = 0.5 + sd[1] * slopes[g[i]];
        let eta = slope * x[i] - 0.3 * z[i] + 0.4 * f[i] as f64 + sd[0] * effects[g[i]];
        let entry = if rng.below(3) == 0 { (3.0 * rng.uniform()).floor() } else { 0.0 };
        let event = -rng.uniform().ln() * (1.0 + s[i] as f64) / eta.exp();
        let censored = -rng.uniform().ln() / 0.4;
        start.push(entry);
        time.push(entry + (8.0 * event.min(censored)).ceil());
        status.push(f64::from(u8::from(event <= censored)));
    }
    let w = (0..n).map(|_| (1 + rng.below(3)) as f64).collect();
    let d = Data::default().real("start", start).real("time", time).real("status", status).real("x", x).real("z", z).real("w", w);
    d.group("f", &f).group("s", &s).group("g", &g).group("h", &h)
}
