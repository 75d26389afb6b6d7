//! Nested effects against the same model by a dense matrix, and their gradient against differences.

use crate::covariance::Structure;
use crate::coxme::Ties;
use crate::coxme::laplace::Laplace;
use crate::coxme::model::Model;
use crate::coxme::solution::solve;
use crate::design::{Design, SurvivalDesign, TermDesign};
use crate::formula::StructureKind;
use crate::simulate::{Purpose, Stream};
use crate::watch::Watch;

/// What random terms a model has: one of two effects; three nested ones, the second of two effects; one within strata.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Terms {
    Slope,
    Nested,
    Strata,
}

fn term(group: &str, index: Vec<u32>, levels: u32, slope: Option<&[f64]>) -> TermDesign {
    let effects: Vec<String> =
        ["(Intercept)", "x"][..if slope.is_some() { 2 } else { 1 }].iter().map(ToString::to_string).collect();
    TermDesign {
        group: group.into(),
        structure: Structure::new(StructureKind::Unstructured, None, effects.len()),
        effects,
        levels: std::sync::Arc::new((0..levels).map(|l| l.to_string()).collect()),
        z: slope.map(|x| x.iter().map(|_| 1.0).chain(x.iter().copied()).collect()),
        index,
    }
}

/// Rows with ties, late entry, weights and an offset, and 40 groups in 8 in 2.
fn simulated(n: usize, terms: Terms, ties: bool) -> Design {
    let mut stream = Stream::new(71, 0, Purpose::Response);
    let mut uniform = || stream.uniform();
    let x: Vec<f64> =
        (0..2 * n).map(|i| if i < n { 4.0 * uniform() - 2.0 } else { f64::from(u8::from(uniform() < 0.4)) }).collect();
    let g: Vec<u32> = (0..n).map(|_| (40.0 * uniform()) as u32).collect();
    let mut survival = SurvivalDesign { stratum: vec![0; n], ..SurvivalDesign::default() };
    let mut start = vec![];
    for i in 0..n {
        let rate = (0.5 * x[i] - 0.7 * x[n + i] + 0.5 * f64::from(g[i] % 3)).exp();
        let (event, censored, entry) = (-uniform().ln() / rate, -uniform().ln() / 0.4, 0.3 * uniform());
        let stop = entry + event.min(censored);
        let grid = |t: f64| if ties { (t * 12.0).ceil() / 12.0 } else { t };
        start.push(grid(entry) - if ties { 1.0 / 12.0 } else { 0.0 });
        survival.stop.push(grid(stop));
        survival.event.push(event < censored);
        if terms == Terms::Strata {
            survival.stratum[i] = g[i] % 4;
        }
    }
    survival.start = Some(start);
    survival.strata = if terms == Terms::Strata { (0..4).map(|s| s.to_string()).collect() } else { vec![] };
    let slope = &x[..n];
    let upper = |by: u32| g.iter().map(|g| g / by).collect::<Vec<u32>>();
    let terms = match terms {
        Terms::Slope => vec![term("g", g, 40, Some(slope))],
        // The coarsest in the middle.
        Terms::Nested => vec![term("f", upper(5), 8, Some(slope)), term("e", upper(20), 2, None), term("g", g, 40, None)],
        Terms::Strata => vec![term("g", g, 40, None)],
    };
    Design {
        n,
        y: survival.event.iter().map(|e| f64::from(u8::from(*e))).collect(),
        terms,
        weights: Some((0..n).map(|_| 0.5 + uniform()).collect()),
        offset: Some((0..n).map(|_| 0.5 * uniform()).collect()),
        x_names: vec!["x".into(), "sex".into()],
        x,
        survival: Some(survival),
        ..Design::default()
    }
}

fn cases() -> impl Iterator<Item = (Terms, bool, Ties, Vec<f64>)> {
    let thetas = [
        (Terms::Slope, vec![vec![0.8, 0.3, 0.6], vec![0.7, 0.0, 0.0]]),
        (Terms::Nested, vec![vec![0.5, -0.2, 0.4, 0.6, 0.7], vec![0.0, 0.0, 0.4, 0.0, 0.9]]),
        (Terms::Strata, vec![vec![0.9], vec![0.0]]),
    ];
    let all = thetas.into_iter().flat_map(|(terms, thetas)| thetas.into_iter().map(move |theta| (terms, theta)));
    all.flat_map(|(terms, theta)| {
        [(false, Ties::Efron), (true, Ties::Efron), (true, Ties::Breslow)].map(|(tied, ties)| (terms, tied, ties, theta.clone()))
    })
}

fn model(design: &Design, ties: Ties, most: usize) -> Model {
    Model::with_most(design, design.survival.as_ref().unwrap(), ties, most).unwrap()
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs()))
}

#[test]
fn all_is_as_by_a_dense_matrix() {
    for (terms, tied, ties, theta) in cases() {
        let design = simulated(300, terms, tied);
        let (dense, nested) = (model(&design, ties, usize::MAX), model(&design, ties, 0));
        assert!(
            dense.forest.is_none() && nested.forest.as_ref().is_some_and(|f| f.parts == if terms == Terms::Strata { 4 } else { 1 })
        );
        let solved = [&dense, &nested].map(|model| {
            let mut laplace = Laplace::new(model, &Watch::unwatched()).unwrap();
            let mut gradient = vec![0.0; theta.len()];
            let working = model.working_from_theta(&theta).unwrap();
            laplace.evaluate_gradient(&working, &mut gradient).unwrap();
            (solve(&mut laplace, &working).unwrap(), gradient)
        });
        let [(a, g), (b, h)] = solved;
        let what = format!("{terms:?} {tied} {ties:?} {theta:?}");
        assert!(close(a.criterion, b.criterion, 1e-10), "{what}: {} {}", a.criterion, b.criterion);
        assert!(close(a.df_penalised, b.df_penalised, 1e-9), "{what}: {} {}", a.df_penalised, b.df_penalised);
        assert!(g.iter().zip(&h).all(|(a, b)| close(*a, *b, 1e-8)), "{what}: {g:?} {h:?}");
        for (a, b) in a.terms.iter().zip(&b.terms) {
            assert!(a.modes.iter().zip(&b.modes).all(|(a, b)| close(*a, *b, 1e-9)), "{what}: {:?} {:?}", a.modes, b.modes);
            assert!(a.condvar.iter().zip(&b.condvar).all(|(a, b)| close(*a, *b, 1e-9)), "{what}: {:?} {:?}", a.condvar, b.condvar);
        }
        let all = a.beta.iter().chain(&a.vcov).zip(b.beta.iter().chain(&b.vcov));
        all.for_each(|(a, b)| assert!(close(*a, *b, 1e-9), "{what}: {a} {b}"));
    }
}
