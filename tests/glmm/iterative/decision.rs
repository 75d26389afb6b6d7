//! Which engine is chosen, and why.

use interlace::error::Code;
use interlace::fit::Fit;
use interlace::options::Engine;
use interlace::spec::ModelKind;
use interlace::watch::Watch;

use super::{Draw, binary, direct, iterative, two};
use crate::common::generalised::generalised;

#[test]
fn models_of_moderate_size_need_no_forecast() {
    let fit = binary(61).fit();
    assert!(fit.engine().is_none() && fit.iterative().is_none());
}

#[test]
fn iterations_are_chosen_where_memory_does_not_reach() {
    let small = binary(62).options(|options| options.memory_limit = 1e5);
    let fit = small.fit();
    let record = fit.engine().unwrap();
    assert_eq!(record.engine, Engine::Iterative);
    assert!(record.forecast.unwrap().bytes > 1e5);
    assert!(record.decision.contains("more than memory_limit = 1 MB"), "{}", record.decision);
    let forced = direct(&small).fit();
    assert!(forced.engine().is_none() && (forced.theta[0] - fit.theta[0]).abs() < 1e-3);
    // What iterations don't fit is factorised.
    let quadratic = small.options(|options| options.quadrature = 0).fit();
    assert!(quadratic.engine().is_none());
}

#[test]
fn what_iterations_do_not_fit_is_an_error_where_they_are_asked_for() {
    let count = |formula: &str, family: &str| generalised(formula, family, two(64).data(Draw::Count).frame());
    let crossed = "y ~ x + (1 | a) + (1 | b)";
    let mut ordinal = count(crossed, "");
    ordinal.spec.kind = ModelKind::Clmm;
    for (model, want) in [
        (count("y ~ x + (1 | a)", "poisson"), "models with fewer than two random terms: a factorisation of these takes little"),
        (count(crossed, "nbinom2"), "families with a parameter that is estimated"),
        (count(crossed, "poisson").zero_inflation("~ 1"), "models with a zero part or a dispersion formula"),
        (count(crossed, "poisson").link("sqrt"), "families whose log-density is not concave in every linear predictor"),
        (count(crossed, "poisson").options(|own| own.quadrature = 0), "models by restricted likelihood, or by nagq = 0"),
        (
            binary(65).options(|own| own.information = interlace::options::Information::Expected),
            "models by the expected information",
        ),
        (ordinal, "ordinal models"),
    ] {
        let error = iterative(&model).try_fit().unwrap_err();
        assert_eq!(error.code, Code::Argument, "{want}: {error}");
        let message = format!("engine: iterative does not fit {want}; fit with engine = direct");
        assert!(error.message.contains(&message), "{error}");
    }
    let own = iterative(&binary(66));
    let error = Fit::objective(&own.spec, Some(&own.frame), &own.options, &[0.5, 0.4, 0.0, 0.0], &Watch::unwatched()).unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("engine = direct"), "{error}");
}
