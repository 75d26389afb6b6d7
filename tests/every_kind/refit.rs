//! Other responses of one design, each fitted from the estimates of a fit: as fits of their own, and as rows of a table.

use crate::common::close::close_by;
use crate::common::generalised::cbpp;
use crate::common::watching::reporting;
use crate::common::{Data, Model, Rng, model};
use crate::saved::{Case, cases, data as data_of_cases};
use interlace::error::{Code, Result};
use interlace::fit::Fit;
use interlace::frame::{ColumnData, Frame};
use interlace::options::Options;
use interlace::resample::{RandomEffects, RefitOptions, RefitStatus, Refits};
use interlace::saved::{from_bytes, to_bytes};
use interlace::spec::Source;
use interlace::watch::{Step, Watch};

fn alone(std_errors: bool) -> RefitOptions {
    RefitOptions { std_errors, threads: 1 }
}

fn data() -> Data {
    let mut rng = Rng(11);
    let n = 240;
    let g: Vec<usize> = (0..n).map(|i| i % 24).collect();
    let h: Vec<usize> = (0..n).map(|_| rng.below(7)).collect();
    let x = rng.normals(n);
    let year: Vec<f64> = (0..n).map(|i| 2000.0 + (i / 24) as f64).collect();
    let (u, v) = (rng.normals(24), rng.normals(24));
    let y = (0..n).map(|i| 3.0 + x[i] + u[g[i]] + 0.3 * v[g[i]] * (year[i] - 2004.0) + rng.normal()).collect();
    let w = (0..n).map(|_| 0.5 + rng.uniform()).collect();
    let offset = rng.normals(n);
    Data::default()
        .real("y", y)
        .real("x2", x.iter().map(|v| 2.0 * v - 1.0).collect())
        .real("x", x)
        .real("year", year)
        .real("w", w)
        .real("o", offset)
        .group("g", &g)
        .group("h", &h)
}

fn models() -> Vec<(&'static str, Model)> {
    vec![
        ("intercepts", model("y ~ x + (1 | g)")),
        ("no intercept, ML", model("y ~ 0 + x + (1 | g)").ml()),
        ("crossed, ML", model("y ~ x + (1 | g) + (1 | h)").ml()),
        ("slopes far from zero", model("y ~ year + (year | g)")),
        ("weights and offset", model("y ~ x + (1 + x | g) + (1 | h)").weights("w").offset("o")),
        ("a column too many", model("y ~ x + x2 + year + (1 | g)").weights("w")),
        ("factor", model("y ~ h + (0 + x || g)")),
    ]
}

/// Simulated responses, the last of another location and scale, where no variance of a random effect is left.
fn responses(fit: &Fit) -> Vec<Vec<f64>> {
    let y = fit.simulate(3, 5, RandomEffects::New, &Watch::unwatched()).unwrap();
    let mut all: Vec<Vec<f64>> = y.chunks_exact(fit.n_obs).map(<[f64]>::to_vec).collect();
    let mut rng = Rng(2);
    all.push((0..fit.n_obs).map(|_| 1e5 + 1e3 * rng.normal()).collect());
    all
}

fn close(what: &str, got: f64, want: f64, scale: f64) {
    close_by(what, &[got], &[want], 1e-8, |_| scale);
}

#[test]
fn each_response_is_fitted_as_if_it_were_the_only_one() {
    let data = data();
    for (what, model) in models() {
        let fit = model.fit(&data);
        let all = responses(&fit);
        let refits = fit.refit_many(&all.concat(), &alone(true), &Watch::unwatched()).unwrap();
        let p = fit.fixed.names.len();
        for (i, y) in all.iter().enumerate() {
            let want = model.fit(&data.clone().real("y", y.clone()));
            let value = |j: usize| refits.values[j * refits.len() + i];
            let what = format!("{what}, response {i}");
            close(&what, refits.log_likelihood[i], want.log_likelihood, want.log_likelihood.abs());
            for j in 0..p {
                close(&what, value(j), want.fixed.estimate[j], want.fixed.std_error[j]);
                close(&what, refits.std_errors[j * refits.len() + i], want.fixed.std_error[j], want.fixed.std_error[j]);
            }
            close(&what, value(p), want.sigma, want.sigma);
            for (j, theta) in want.theta.iter().enumerate() {
                close(&what, value(p + 1 + j), *theta, 10.0 * (1.0 + theta.abs()));
            }
            assert_eq!(refits.status[i] == RefitStatus::Singular, want.singular, "{what}");
        }
    }
}

#[test]
fn the_response_of_the_fit_gives_the_fit() {
    let fit = models().remove(4).1.fit(&data());
    let refits = fit.refit_many(&fit.y, &alone(true), &Watch::unwatched()).unwrap();
    close("logLik", refits.log_likelihood[0], fit.log_likelihood, fit.log_likelihood.abs());
    for j in 0..2 {
        close("beta", refits.values[j], fit.fixed.estimate[j], fit.fixed.std_error[j]);
        close("se", refits.std_errors[j], fit.fixed.std_error[j], fit.fixed.std_error[j]);
    }
}

fn bits(refits: &Refits, i: usize) -> Vec<u64> {
    let k = refits.len();
    refits.values.iter().skip(i).step_by(k).chain([&refits.log_likelihood[i]]).map(|v| v.to_bits()).collect()
}

#[test]
fn neither_order_nor_threads_nor_bad_neighbours_change_a_result() {
    let fit = models().remove(4).1.fit(&data());
    let mut all = responses(&fit);
    let n = fit.n_obs;
    let offset = fit.offset.clone().unwrap();
    all.insert(1, offset.iter().map(|o| 7.0 + o).collect());
    all.insert(2, vec![f64::NAN; n]);
    let x = &fit.x[n..];
    all.push((0..n).map(|i| 0.1 + 0.7 * x[i] + offset[i]).collect());
    let refits = fit.refit_many(&all.concat(), &alone(false), &Watch::unwatched()).unwrap();
    let why = |i: usize| refits.reasons[i].clone().unwrap_or_default();
    assert!(
        why(1).contains("no variance to model") && why(2).contains("row 1") && why(6).contains("exactly"),
        "{:?}",
        refits.reasons
    );
    for i in 0..7 {
        assert_eq!(refits.status[i] == RefitStatus::Failed, [1, 2, 6].contains(&i), "{i}");
        assert_eq!(refits.log_likelihood[i].is_nan(), [1, 2, 6].contains(&i), "{i}");
    }
    let threaded = fit.refit_many(&all.concat(), &RefitOptions { std_errors: false, threads: 3 }, &Watch::unwatched()).unwrap();
    all.reverse();
    let reversed = fit.refit_many(&all.concat(), &alone(false), &Watch::unwatched()).unwrap();
    for i in [0, 3, 4, 5] {
        assert_eq!(bits(&refits, i), bits(&threaded, i), "{i}");
        assert_eq!(bits(&refits, i), bits(&reversed, 6 - i), "{i}");
    }
    assert_eq!(refits.frame().unwrap().n_rows(), 7);
}

#[test]
fn padded_rows_are_passed_over_and_the_rest_of_the_shape_is_checked() {
    let data = data().map("x", |v| if v > 1.5 { f64::NAN } else { v });
    let padded = model("y ~ x + (1 | g)").with(|o| *o = Options { na: interlace::design::NaPolicy::Pad, ..Options::default() });
    let (fit, short) = (padded.fit(&data), model("y ~ x + (1 | g)").fit(&data));
    assert!(fit.n_obs < fit.fitted.len());
    let refits = fit.refit_many(data.values("y"), &alone(false), &Watch::unwatched()).unwrap();
    let want = short.refit_many(&short.y, &alone(false), &Watch::unwatched()).unwrap();
    assert_eq!(bits(&refits, 0), bits(&want, 0));
    let error = fit.refit_many(&short.y, &alone(false), &Watch::unwatched()).unwrap_err();
    assert!(error.message.contains("not a multiple of the fit's 240 rows"), "{error}");
    assert!(fit.refit_many(&[], &alone(false), &Watch::unwatched()).unwrap().is_empty());
}

#[test]
fn generalised_models_have_refits_without_standard_errors() {
    let fit = cbpp().fit();
    let y = fit.simulate(2, 3, RandomEffects::New, &Watch::unwatched()).unwrap();
    let table = fit.refit_many(&y, &alone(false), &Watch::unwatched()).unwrap().frame().unwrap();
    let ColumnData::Real(beta) = &*table.column(&fit.fixed.names[1]).unwrap().data else { panic!() };
    assert!(beta.iter().all(|b| (b - fit.fixed.estimate[1]).abs() < 4.0 * fit.fixed.std_error[1]));
    assert_eq!(fit.refit_many(&y, &alone(true), &Watch::unwatched()).unwrap_err().code, Code::Unsupported);
}

#[test]
fn progress_counts_responses_and_cancels() {
    let fit = models().remove(0).1.fit(&data());
    let seen = std::cell::RefCell::new(vec![]);
    let report = |own: &Step<'_>| {
        if own.step > 0 && !own.theta.is_empty() {
            seen.borrow_mut().push((own.step, own.objective.is_finite(), own.theta.len()));
        }
        own.step < 2
    };
    let y = responses(&fit).concat();
    let error = reporting(report, |watch| fit.refit_many(&y, &alone(false), watch)).unwrap_err();
    let mut seen = seen.take();
    seen.dedup();
    assert_eq!((error.code, seen), (Code::Cancelled, vec![(1, true, 1), (2, true, 1)]));
}

/// A column of a frame in the place of another.
fn replaced(frame: &Frame, name: &str, values: &[f64]) -> Frame {
    let mut other = Frame::new(frame.n_rows());
    for column in frame.columns() {
        match &*column.data {
            _ if column.name == name => other.add_real(name, values.to_vec()).unwrap(),
            ColumnData::Real(own) => other.add_real(&column.name, own.clone()).unwrap(),
            ColumnData::Integer(own) => other.add_integers(&column.name, own.clone()).unwrap(),
            ColumnData::Category(own) => {
                other.add_category(&column.name, own.codes.clone(), own.levels.clone(), own.ordered).unwrap();
            }
            ColumnData::Time(_) => unreachable!(),
        }
    }
    other
}

/// The fit of the model to a response that stands in the data, from starts of its own.
fn cold(case: &Case, y: &[f64]) -> Result<Fit> {
    let (mut frame, mut spec) = (data_of_cases(), case.spec.clone());
    let n = frame.n_rows();
    let response = match &mut spec.source {
        Source::Arrays(own) => {
            own.y = y.to_vec();
            String::new()
        }
        Source::Formula(own) => own.formula.split(" ~").next().unwrap().to_owned(),
    };
    match response.as_str() {
        "" => {}
        "cbind(wins, losses)" => {
            frame = replaced(&frame, "wins", &y.iter().map(|p| (12.0 * p).round()).collect::<Vec<_>>());
            frame = replaced(&frame, "losses", &y.iter().map(|p| 12.0 - (12.0 * p).round()).collect::<Vec<_>>());
        }
        "log(positive)" => frame = replaced(&frame, "positive", &y.iter().map(|v| v.exp()).collect::<Vec<_>>()),
        "grade" => {
            let mut all = frame.names().map(String::from).collect::<Vec<_>>();
            all.retain(|name| name != "grade");
            frame = replaced(&frame, "grade", y);
            let levels: Vec<String> = (1..=4).map(|i| i.to_string()).collect();
            frame.set_levels("grade", levels, true)?;
        }
        "Surv(until, event)" | "Surv(from, until, event)" => {
            frame = replaced(&frame, "until", &y[..n]);
            frame = replaced(&frame, "event", &y[n..]);
        }
        plain => frame = replaced(&frame, plain, y),
    }
    Fit::new(&spec, Some(&frame), &case.options, &Watch::unwatched())
}

/// Models of each kind: the search from the estimates of another response ends where one from starts of its own does, and that of a fit that was
/// saved to the same bits.
#[test]
fn a_refit_is_the_fit_of_the_other_response() {
    let (mut same, mut evaluations) = (0, (0, 0));
    for case in cases() {
        let fit = case.fit();
        let y = fit.simulate(1, 12, RandomEffects::New, &Watch::unwatched()).unwrap();
        // A linear predictor that is drawn may be outside the range of the link.
        if y.iter().zip(&of(&fit)).any(|(drawn, own)| drawn.is_nan() && !own.is_nan()) {
            continue;
        }
        let (warm, cold) = (fit.refit(&y, &case.options, &Watch::unwatched()), cold(&case, &y));
        let (warm, cold) = match (warm, cold) {
            (Ok(warm), Ok(cold)) => (warm, cold),
            (Err(warm), Err(cold)) => {
                assert_eq!(warm.code, cold.code, "{}: {warm}; {cold}", case.name);
                continue;
            }
            (warm, cold) => panic!("{}: {:?}, {:?}", case.name, warm.err(), cold.err()),
        };
        let what = &case.name;
        close(what, warm.log_likelihood, cold.log_likelihood, 1.0 + cold.log_likelihood.abs());
        assert_eq!((warm.fixed.names.clone(), &warm.fixed.dropped), (cold.fixed.names.clone(), &cold.fixed.dropped), "{what}");
        for (j, (got, want)) in warm.fixed.estimate.iter().zip(&cold.fixed.estimate).enumerate() {
            close_by(what, &[*got], &[*want], 1e-4, |_| cold.fixed.std_error[j].max(1e-6));
        }
        close_by(what, &warm.theta, &cold.theta, 1e-4, |k| 1.0 + cold.theta[k].abs());
        assert_eq!((warm.singular, warm.outcome.converged), (cold.singular, cold.outcome.converged), "{what}");
        assert_eq!((&warm.formula, warm.n_obs, warm.fitted.len()), (&fit.formula, cold.n_obs, cold.fitted.len()), "{what}");
        let loaded = from_bytes(&to_bytes(&fit, &case.options, None, true).unwrap()).unwrap();
        let again = loaded.fit.refit(&y, &loaded.options, &Watch::unwatched()).unwrap();
        assert_eq!(again.log_likelihood.to_bits(), warm.log_likelihood.to_bits(), "{what}");
        // A fit like others: it can be saved, and refitted to the first response.
        let back = warm.refit(&of(&fit), &case.options, &Watch::unwatched()).unwrap();
        close(what, back.log_likelihood, fit.log_likelihood, 1.0 + fit.log_likelihood.abs());
        evaluations.0 += back.outcome.evaluations;
        evaluations.1 += fit.outcome.evaluations;
        to_bytes(&warm, &case.options, Some(&case.spec), true).unwrap();
        same += 1;
    }
    assert!(same >= 25 && evaluations.0 <= evaluations.1, "{same}, {evaluations:?}");
}

/// The response of a fit as its refits want it.
fn of(fit: &Fit) -> Vec<f64> {
    match fit.cox() {
        Some(own) => {
            let events = own.survival.event.iter().map(|event| f64::from(u8::from(*event)));
            own.survival.stop.iter().copied().chain(events).collect()
        }
        None => fit.y.clone(),
    }
}

#[test]
fn what_is_no_response_is_an_error() {
    let all = cases();
    let fit = all[0].fit();
    let refit = |y: &[f64]| fit.refit(y, &all[0].options, &Watch::unwatched()).unwrap_err();
    let mut y = fit.y.clone();
    assert!(refit(&y[1..]).message.contains("y has 47 values, wanted 48"));
    y[3] = f64::NAN;
    let error = refit(&y);
    assert!(error.code == Code::Data && error.message.contains("NaN in row 4"), "{error}");
    assert_eq!(refit(&[2.0; 48]).code, Code::Data);
    let cox = all.iter().find(|case| case.name == "cox").unwrap();
    let fit = cox.fit();
    let error = fit.refit(&[1.0; 48], &cox.options, &Watch::unwatched()).unwrap_err();
    assert!(error.message.contains("y has 48 values, wanted 2 for each of 48 rows"), "{error}");
    let bytes = to_bytes(&fit, &cox.options, None, false).unwrap();
    let error = from_bytes(&bytes).unwrap().fit.refit(&of(&fit), &cox.options, &Watch::unwatched()).unwrap_err();
    assert!(error.message.contains("saved without them"), "{error}");
}
