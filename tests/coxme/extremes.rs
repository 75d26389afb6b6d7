//! Data at the edges: a likelihood without maximum in a covariate of many values, a second minimum beyond zero, frailties that differ by orders.

use crate::common::frames::csv;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::Options;
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec};
use interlace::watch::Watch;

/// t,d,x,z,g: events come the earlier, the larger x is; z does not follow x.
const ORDERED: &str = "\
    122,0,0,0,g0;126,1,0,1,g1;128,1,0,0,g2;124,1,0,1,g3;116,1,1,0,g4;112,1,1,1,g5;118,1,1,0,g0;114,1,1,1,g1;\
    106,1,2,0,g2;102,1,2,1,g3;108,1,2,0,g4;104,0,2,1,g5;92,1,3,0,g0;96,1,3,1,g1;98,0,3,0,g2;94,1,3,1,g3;\
    86,1,4,0,g4;82,0,4,1,g5;88,1,4,0,g0;84,1,4,1,g1;76,0,5,0,g2;72,1,5,1,g3;78,1,5,0,g4;74,1,5,1,g5;\
    62,1,6,0,g0;66,1,6,1,g1;68,1,6,0,g2;64,1,6,1,g3;56,1,7,0,g4;52,1,7,1,g5;58,1,7,0,g0;54,0,7,1,g1;\
    46,1,8,0,g2;42,1,8,1,g3;48,0,8,0,g4;44,1,8,1,g5;32,1,9,0,g0;36,0,9,1,g1;38,1,9,0,g2;34,1,9,1,g3;\
    26,0,10,0,g4;22,1,10,1,g5;28,1,10,0,g0;24,1,10,1,g1;16,1,11,0,g2;12,1,11,1,g3;18,1,11,0,g4;14,1,11,1,g5";

/// e,t,d,x,g: pairs with late entry.
const FEW: &str = "\
    2.0,10.0,1,1.55,g0;2.0,9.0,0,-0.38,g0;14.0,20.0,0,0.6,g1;2.0,19.0,0,0.12,g1;3.0,5.0,1,-1.55,g2;\
    2.0,8.0,1,-2.39,g2;6.0,16.0,1,0.05,g3;9.0,18.0,1,-1.17,g3;5.0,25.0,1,1.04,g4;17.0,23.0,0,-1.07,g4;\
    2.0,7.0,0,1.64,g5;7.0,12.0,0,-0.12,g5;17.0,27.0,1,-0.81,g6;15.0,26.0,1,-0.37,g6;14.0,24.0,0,1.15,g7;\
    11.0,28.0,1,0.62,g7;10.0,15.0,1,0.06,g8;2.0,13.0,1,0.04,g8;4.0,11.0,1,0.03,g9;1.0,6.0,1,1.44,g9;\
    1.0,2.0,1,-0.72,g10;0.0,1.0,1,0.37,g10;0.0,22.0,1,0.06,g11;5.0,21.0,1,0.06,g11;9.0,17.0,1,0.32,g12;\
    10.0,14.0,0,-1.03,g12;0.0,3.0,0,1.05,g13;3.0,4.0,1,0.1,g13";

fn data(header: &str, rows: &str) -> Frame {
    csv(&format!("{header}\n{}", rows.replace(';', "\n")), &["g"])
}

fn fit(formula: &str, data: &Frame, null_model: bool) -> Fit {
    let source = Source::Formula(FormulaSpec { formula: formula.into(), ..FormulaSpec::default() });
    let options = Options { null_model, ..Options::default() };
    Fit::new(&Spec::new(ModelKind::Coxme, source), Some(data), &options, &Watch::unwatched()).unwrap()
}

/// In the limit each risk set has the rows of its largest x only, as if x made strata.
#[test]
fn coefficients_beside_one_without_estimate_are_those_of_the_limit() {
    let frame = data("t,d,x,z,g", ORDERED);
    for random in [" + (1 | g)", ""] {
        let one = fit(&format!("Surv(t, d) ~ x + z{random}"), &frame, true);
        let limit = fit(&format!("Surv(t, d) ~ z + strata(x){random}"), &frame, true);
        assert_eq!(one.cox().unwrap().monotone, ["x"]);
        assert!((one.log_likelihood - limit.log_likelihood).abs() < 1e-9, "{} {}", one.log_likelihood, limit.log_likelihood);
        let pairs = [
            (one.fixed.estimate[1], limit.fixed.estimate[0]),
            (one.fixed.std_error[1], limit.fixed.std_error[0]),
            (one.theta.iter().sum(), limit.theta.iter().sum()),
        ];
        assert!(pairs.iter().all(|(a, b)| (a - b).abs() < 1e-7), "{pairs:?}");
        let null = [&one, &limit].map(|fit| fit.cox().unwrap().loglik_null);
        assert!(null[0] < null[1] - 1.0, "the null model has all rows at risk: {null:?}");
    }
}

/// The figures are those of a program of its own for the dense Laplace approximation.
#[test]
fn a_minimum_beyond_zero_is_found() {
    let one = fit("Surv(e, t, d) ~ x + (1 | g)", &data("e,t,d,x,g", FEW), false);
    assert!(one.outcome.converged && (one.theta[0] - 23.634).abs() < 1e-3, "{:?} {:?}", one.theta, one.outcome);
    assert!((one.log_likelihood + 30.285_294).abs() < 1e-5 && (one.fixed.estimate[0] - 3.8686).abs() < 1e-3);
}
