//! Estimates don't depend on how the same data are written down.

use crate::common::designs::{Design, data, designs};
use crate::common::{Data, Estimates, Rng, agree, model};

/// Relative to standard errors.
const TOLERANCE: f64 = 1e-6;

fn each(seed: u64, check: impl Fn(&Design, &Estimates)) {
    for design in designs(seed) {
        let fit = design.model.fit(&design.data);
        assert!(fit.outcome.converged, "{}: {:?}", design.name, fit.outcome);
        check(&design, &Estimates::of(&fit));
    }
}

#[test]
fn the_order_of_rows() {
    each(1, |design, want| {
        let order = Rng(7).order(design.data.n());
        let mut got = Estimates::of(&design.model.fit(&design.data.rows(&order)));
        let permuted = std::mem::take(&mut got.fitted);
        got.fitted = vec![0.0; permuted.len()];
        order.iter().zip(permuted).for_each(|(&row, f)| got.fitted[row] = f);
        agree(design.name, &got, want, TOLERANCE);
    });
}

#[test]
fn the_names_of_levels() {
    // Reversing the order of the levels turns round the blocks of the factorisation.
    let renamed = |label: &str| {
        let number: usize = label[1..].parse().unwrap();
        format!("{}{:02}", &label[..1], 50 - number)
    };
    each(2, |design, want| {
        let mut data = design.data.clone();
        for (name, values) in &mut data.labels {
            if ["g", "h", "a", "b"].contains(&name.as_str()) {
                for v in values.iter_mut() {
                    *v = renamed(v);
                }
            }
        }
        let mut got = Estimates::of(&design.model.fit(&data));
        let back = |key: String| {
            let mut parts: Vec<String> = key.splitn(3, '.').map(str::to_owned).collect();
            let old: Vec<String> =
                parts[1].split(':').map(|l| if l.starts_with('f') { l.to_owned() } else { renamed(l) }).collect();
            parts[1] = old.join(":");
            parts.join(".")
        };
        got.modes = got.modes.into_iter().map(|(key, mode)| (back(key), mode)).collect();
        agree(design.name, &got, want, TOLERANCE);
    });
}

#[test]
fn the_order_of_terms() {
    let data = data(3, 240);
    for (one, other) in [
        ("y ~ x + f + (1 | g) + (1 | h)", "y ~ (1 | h) + f + (1 | g) + x"),
        ("y ~ x + z + (1 + x | g) + (1 | h)", "y ~ z + x + (1 | h) + (1 + x | g)"),
        ("y ~ x + (1 | a/b) + (x | g)", "y ~ x + (x | g) + (1 | a) + (1 | a:b)"),
        ("y ~ x + z + (1 + x + z | g)", "y ~ x + z + (1 + z + x | g)"),
        ("y ~ x + diag(1 + x | g)", "y ~ x + (1 + x || g)"),
    ] {
        let mut got = Estimates::of(&model(other).fit(&data));
        let want = Estimates::of(&model(one).fit(&data));
        if one.contains("diag") {
            let zeros: Vec<String> = want.cov.keys().filter(|k| !got.cov.contains_key(*k)).cloned().collect();
            got.cov.extend(zeros.into_iter().map(|k| (k, 0.0)));
        }
        agree(other, &got, &want, TOLERANCE);
    }
}

/// The estimates of data whose response was multiplied by c, in the units of the original.
fn unscaled(mut e: Estimates, c: f64, log_likelihood_rows: f64) -> Estimates {
    e.log_likelihood += log_likelihood_rows * c.ln();
    e.sigma /= c;
    e.beta.values_mut().for_each(|b| *b = (b.0 / c, b.1 / c));
    e.cov.values_mut().for_each(|v| *v = *v / c / c);
    e.modes.values_mut().for_each(|m| *m = (m.0 / c, m.1 / c));
    e.fitted.iter_mut().for_each(|f| *f /= c);
    e
}

#[test]
fn the_unit_of_the_response() {
    each(4, |design, want| {
        let n = design.data.n() as f64;
        let rows = if design.model.options.reml { n - want.beta.len() as f64 } else { n };
        for c in [1e-8, 1e8, 1e-140, 1e140] {
            let data = design.data.map("y", |y| c * y).map("o", |o| c * o);
            let got = Estimates::of(&design.model.fit(&data));
            agree(&format!("{} y * {c:e}", design.name), &unscaled(got, c, rows), want, TOLERANCE);
        }
    });
}

/// Multiplies what belongs to a name (a coefficient or an effect) by c as often as it occurs in the key.
fn in_unit_of_x(mut e: Estimates, c: f64) -> Estimates {
    let has = |name: &str| name.split(':').any(|part| part == "x");
    for (name, b) in &mut e.beta {
        if has(name) {
            *b = (b.0 * c, b.1 * c);
        }
    }
    for (name, v) in &mut e.cov {
        name.split('.').skip(1).filter(|part| has(part)).for_each(|_| *v *= c);
    }
    for (name, m) in &mut e.modes {
        if name.rsplit('.').next().is_some_and(has) {
            *m = (m.0 * c, m.1 * c);
        }
    }
    e
}

#[test]
fn the_unit_of_a_covariate() {
    each(5, |design, want| {
        let columns_of_x = want.beta.keys().filter(|name| name.split(':').any(|part| part == "x")).count() as f64;
        for c in [1e-6, 1e6, 1e-100, 1e100] {
            let mut got = in_unit_of_x(Estimates::of(&design.model.fit(&design.data.map("x", |x| c * x))), c);
            // The restricted likelihood has |X'V^-1 X| in it.
            if design.model.options.reml {
                got.log_likelihood += columns_of_x * c.ln();
            }
            agree(&format!("{} x * {c:e}", design.name), &got, want, TOLERANCE);
        }
    });
}

#[test]
fn the_origin_of_a_covariate() {
    // With an intercept everywhere the model is the same: only the intercepts have another meaning.
    let data = data(6, 240);
    for (formula, reml) in [("y ~ x + (1 | g)", true), ("y ~ x + z + (1 + x | g)", true), ("y ~ x + (1 + x | g) + (x | h)", false)]
    {
        let mut model = model(formula);
        model.options.reml = reml;
        let want = model.fit(&data);
        // The intercepts at a far origin are large differences of what the centred columns give.
        let shifts: &[(f64, f64)] =
            if formula.contains("x |") { &[(100.0, 1e-6), (1e4, 1e-6), (1e6, 1e-5)] } else { &[(100.0, 1e-6), (1e6, 1e-6)] };
        for &(shift, tolerance) in shifts {
            let got = model.fit(&data.map("x", |x| x + shift));
            let what = format!("{formula} + {shift}");
            assert!(got.outcome.converged, "{what}: {:?}", got.outcome);
            let close = |name: &str, got: f64, want: f64, scale: f64| {
                let d = (got - want).abs() / scale;
                assert!(d <= tolerance, "{what} {name}: {got} for {want} ({d:.1e})");
            };
            close("logLik", got.log_likelihood, want.log_likelihood, want.log_likelihood.abs());
            close("sigma", got.sigma, want.sigma, want.sigma);
            close("slope", got.fixed.estimate[1], want.fixed.estimate[1], want.fixed.std_error[1]);
            close("se", got.fixed.std_error[1], want.fixed.std_error[1], want.fixed.std_error[1]);
            let intercept = got.fixed.estimate[0] + shift * got.fixed.estimate[1];
            close("intercept", intercept, want.fixed.estimate[0], want.fixed.std_error[0]);
            for (g, w) in got.terms.iter().zip(&want.terms) {
                if w.design.effects.len() == 2 {
                    close("slope sd", g.sd[1], w.sd[1], w.sd[1]);
                    let at_zero = g.cov[0] + 2.0 * shift * g.cov[1] + shift * shift * g.cov[3];
                    // Terms of size shift^2 cancel: only their rounding limits this one.
                    let rounding = 1e-14 * shift * shift * g.cov[3];
                    close("intercept variance", at_zero, w.cov[0], w.cov[0] + rounding / tolerance);
                }
            }
            for (g, w) in got.fitted.iter().zip(&want.fitted) {
                close("fitted", *g, *w, want.sigma);
            }
        }
    }
}

#[test]
fn the_scale_of_weights() {
    for design in designs(8).into_iter().filter(|d| d.model.formula.weights.is_some()) {
        let want = design.model.fit(&design.data);
        for c in [1e-12, 0.37, 1e12] {
            let got = design.model.fit(&design.data.map("w", |w| c * w));
            let mut e = Estimates::of(&got);
            assert!((e.sigma / want.sigma / f64::sqrt(c) - 1.0).abs() < 1e-9);
            e.sigma = want.sigma;
            agree(&format!("{} w * {c:e}", design.name), &e, &Estimates::of(&want), TOLERANCE);
            for (g, w) in got.theta.iter().zip(&want.theta) {
                assert!((g * f64::sqrt(c) - w).abs() <= 1e-6 * w.abs().max(1.0), "{} w * {c:e}: {g} {w}", design.name);
            }
        }
    }
}

#[test]
fn weights_of_one_are_no_weights() {
    for design in designs(9).into_iter().filter(|d| d.model.formula.weights.is_none()).take(4) {
        let data = design.data.map("w", |_| 1.0);
        let got = Estimates::of(&design.model.clone().weights("w").fit(&data));
        agree(design.name, &got, &Estimates::of(&design.model.fit(&design.data)), 1e-12);
    }
}

#[test]
fn rows_of_weight_zero_are_not_there() {
    let design = &designs(10)[16];
    let half: Vec<usize> = (0..design.data.n()).filter(|i| i % 5 != 2).collect();
    let mut w = design.data.values("w").to_vec();
    (0..w.len()).filter(|i| i % 5 == 2).for_each(|i| w[i] = 0.0);
    let got = design.model.fit(&design.data.clone().real("w", w));
    let want = design.model.fit(&design.data.rows(&half));
    assert_eq!((got.n_obs, got.rows.dropped.len()), (half.len(), design.data.n() - half.len()));
    agree(design.name, &Estimates::of(&got), &Estimates::of(&want), 1e-12);
}

#[test]
fn an_offset_shifts_the_response() {
    for design in designs(11).into_iter().take(6) {
        let want = design.model.fit(&design.data);
        let o = design.data.values("o").to_vec();
        let y = design.data.values("y").iter().zip(&o).map(|(y, o)| y + o).collect();
        let shifted = Data::real(design.data.clone(), "y", y);
        let mut got = Estimates::of(&design.model.clone().offset("o").fit(&shifted));
        let inline = model(&format!("{} + offset(o)", design.model.formula.formula)).fit(&shifted);
        agree(design.name, &Estimates::of(&inline), &got, 1e-13);
        got.fitted.iter_mut().zip(&o).for_each(|(f, o)| *f -= o);
        agree(design.name, &got, &Estimates::of(&want), 1e-8);
    }
}
