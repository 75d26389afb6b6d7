//! The spread of linear predictors against the covariances of all effects.

use super::spread::Spread;
use super::work::Work;
use crate::design::NeededTimes;
use crate::fit::Fit;
use crate::frame::Frame;
use crate::options::Options;
use crate::predict::predictors::{Rows, Wanted};
use crate::predict::request::{NewData, NewLevels};
use crate::simulate::{Purpose, Stream};
use crate::spec::{FormulaSpec, ModelKind, Source, Spec};
use crate::watch::Watch;

fn data(n: usize) -> Frame {
    let mut stream = Stream::new(3, 0, Purpose::Response);
    let mut uniform = || stream.uniform();
    let mut frame = Frame::new(n);
    let (g, h): (Vec<usize>, Vec<usize>) = (0..n).map(|_| ((6.0 * uniform()) as usize, (4.0 * uniform()) as usize)).unzip();
    let x: Vec<f64> = (0..n).map(|_| 10.0 + 2.0 * uniform()).collect();
    let rate = |i: usize| ((x[i] - 11.0) * (g[i] as f64 - 2.5) + 0.9 * (g[i] % 3) as f64 - 0.6 * h[i] as f64).exp();
    let time = (0..n).map(|i| -uniform().ln() / rate(i)).collect();
    frame.add_real("time", time).unwrap();
    frame.add_real("event", (0..n).map(|_| f64::from(u8::from(uniform() < 0.7))).collect()).unwrap();
    frame.add_real("x", x).unwrap();
    for (name, index) in [("g", g), ("h", h)] {
        let labels: Vec<String> = index.iter().map(|i| format!("{name}{i}")).collect();
        frame.add_strings(name, &labels.iter().map(|label| Some(label.as_str())).collect::<Vec<_>>()).unwrap();
    }
    frame
}

#[test]
fn the_variance_of_a_predictor_has_the_covariances_of_all_effects() {
    let (frame, watch) = (data(90), Watch::unwatched());
    let formula = "Surv(time, event) ~ x + (1 | h) + (1 + x | g)".into();
    let spec = Spec::new(ModelKind::Coxme, Source::Formula(FormulaSpec { formula, ..Default::default() }));
    let fit = Fit::new(&spec, Some(&frame), &Options::default(), &watch).unwrap();
    assert!(fit.theta[0] != 0.0 && fit.theta[1] != 0.0, "{:?}", fit.theta);
    for chosen in [[true, true], [true, false], [false, true]] {
        let wanted = Wanted { chosen: &chosen, effects: false, new_levels: NewLevels::Error, times: NeededTimes::Nothing };
        let rows = Rows::new(&fit, NewData::Training, &wanted).unwrap();
        let work = Work::new(&fit, fit.cox().unwrap(), &rows, &watch).unwrap();
        let levels = fit.terms[0].design.levels.len();
        let checked = work.with_covariance(|covariance| {
            let spread = Spread::new(90, work.part, Some(covariance), true, &watch)?;
            let mut x = vec![];
            for i in (0..90).step_by(9) {
                spread.fixed_of(i, Some(&[9.0]), &mut x);
                let (h, g) = (fit.terms[0].design.index[i] as usize, fit.terms[1].design.index[i] as usize);
                let z = &fit.terms[1].design.z.as_ref().unwrap()[90..];
                let all = levels + 2 * fit.terms[1].design.levels.len();
                let (a, c) = (covariance.values(1, &[1.0, z[i]]), covariance.values(0, &[1.0]));
                let of_h = (h, c[0], covariance.of_effect(0, h, 0)?);
                let of_g = [
                    (levels + 2 * g, a[0], covariance.of_effect(1, g, 0)?),
                    (levels + 2 * g + 1, a[1], covariance.of_effect(1, g, 1)?),
                ];
                let mut m = vec![(all, x[0], covariance.of_fixed(0)?)];
                m.extend(chosen[0].then_some(of_h));
                m.extend(of_g.into_iter().filter(|_| chosen[1]));
                let want: f64 = m.iter().map(|(_, v, column)| v * m.iter().map(|(k, w, _)| w * column[*k]).sum::<f64>()).sum();
                let found = spread.variance(i, &x);
                assert!((found - want).abs() < 1e-9 * want, "{chosen:?} {i}: {found} {want}");
            }
            Ok(())
        });
        checked.unwrap();
    }
}
