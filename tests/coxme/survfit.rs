//! Predictions, survival curves and baseline hazards at no variance are those of R's survival.

use crate::common::close::close;
use crate::common::frames::{csv, labels, reals};
use crate::predictions::{curves, fit_of, values};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::predict::{CurveLimits, CurveRequest, NewData, Quantity, Request};
use interlace::spec::{FormulaSpec, Ties};
use interlace::watch::Watch;

/// Ties, late entry, weights, strata and an offset. The variance of g is zero.
pub const DATA: &str = "start,stop,event,x,f,s,w,o,g
1,6,1,0.43,b,u,0.5,0.61,g2\n2,8,1,-0.92,b,v,0.5,-0.32,g2\n2,7,0,-0.62,a,u,2,0.53,g1\n2,9,1,-0.87,a,u,2,0.1,g1
1,2,0,-1.64,b,v,2,-0.16,g5\n2,9,1,-1.33,a,v,2,0.47,g0\n1,3,0,-0.89,b,v,0.5,0.11,g3\n1,5,1,-0.56,b,u,0.5,-0.09,g4
2,7,1,-0.06,a,u,0.5,-0.22,g4\n1,3,0,2.42,a,v,0.5,-0.15,g3\n2,9,1,0.34,a,v,2,-0.05,g3\n2,4,1,0,b,v,2,-0.3,g2
1,7,1,0.03,a,v,1,-0.02,g2\n2,4,0,-0.39,a,v,0.5,-0.09,g4\n1,4,1,-0.79,b,u,0.5,0.16,g5\n2,4,0,-0.31,b,v,2,-0.12,g0
2,9,1,-0.35,b,u,0.5,-0.54,g0\n1,6,1,-0.3,b,u,2,-0.13,g4\n1,7,1,-1.79,a,u,2,-0.05,g0\n2,5,1,0.59,b,u,2,-0.4,g1
0,5,0,1.64,a,u,2,0.48,g5\n2,3,1,-0.65,b,v,1,0.05,g0\n1,7,0,0.62,a,u,2,0.23,g1\n1,8,1,0.24,b,v,1,-0.07,g3
2,6,1,0.85,a,u,2,-0.39,g5\n1,3,1,-0.57,a,v,2,-0.28,g3\n1,3,0,1.12,b,v,2,-0.55,g5\n2,7,0,-1.54,b,u,1,-0.09,g2
0,6,0,-0.44,a,u,1,-0.33,g2\n2,4,1,-0.15,b,v,1,-0.06,g1\n1,6,0,0.52,a,v,0.5,0.17,g0\n0,6,0,0.59,a,u,2,0.36,g5
2,9,0,-0.08,b,v,0.5,-0.13,g1\n0,1,0,-1.17,b,v,2,-0.12,g3\n0,1,0,0.31,a,v,2,0.38,g4\n0,6,0,-1.6,a,u,1,-0.02,g4
";
const NEW: &str = "start,stop,x,f,s,o,g\n0,4,0.5,a,u,0,g1\n1,5,-1,b,v,0.4,g2\n2,8,0,b,u,-0.2,g3\n0,3,2,a,v,0.1,g4\n";

/// Of R's survival 3.5-3: `survfit` of a `coxph` with `newdata` at the times 3, 5 and 8 of each row, the expected events and linear
/// predictors of the first rows, the last cumulative baseline hazards.
struct Figures {
    hazard: [f64; 12],
    std_error: [f64; 12],
    lower: [f64; 12],
    log_log: [f64; 12],
    plain: [f64; 12],
    expected: [f64; 8],
    eta: [f64; 4],
    eta_std_error: [f64; 4],
    baseline: [f64; 10],
}

const EFRON: Figures = Figures {
    hazard: [
        0.0,
        0.08746801138193,
        0.5101175624128,
        0.34899639752109,
        0.87971908511191,
        1.94632642132809,
        0.0,
        0.2192925444737,
        1.27892444877656,
        0.12769134909069,
        0.32187299810733,
        0.71212496253697,
    ],
    std_error: [
        0.0,
        0.05477573409502,
        0.23015079254441,
        0.22482869596608,
        0.43605730550191,
        0.94349227439448,
        0.0,
        0.13659751042364,
        0.58591734860279,
        0.11291398971736,
        0.25849772231807,
        0.5622105891948,
    ],
    lower: [
        1.0,
        0.82297745082505,
        0.38243184415306,
        0.45400251363928,
        0.17651036147497,
        0.02247082902239,
        1.0,
        0.61445551469486,
        0.08827473404658,
        0.70539404566807,
        0.43669545596548,
        0.1629947203671,
    ],
    log_log: [
        1.0,
        0.9746929875092,
        0.8100298524677,
        0.9059841919224,
        0.7167822904196,
        0.4711180274136,
        1.0,
        0.937361830713,
        0.5938951540772,
        0.977686072715,
        0.9354823044576,
        0.8593775885190,
    ],
    plain: [
        1.0,
        0.81788118149193,
        0.32958092227524,
        0.3945587329038,
        0.06030289044792,
        0.0,
        1.0,
        0.58807938198534,
        0.0,
        0.68534685689393,
        0.35757799753292,
        0.0,
    ],
    expected: [
        1.3104738586367,
        0.8646032302267,
        0.7200416229101,
        1.2952129080569,
        0.0,
        1.3647239973291,
        0.2659381781738,
        0.1739663875396,
    ],
    eta: [1.88302542648669, 0.72963394294595, 0.42740539274425, -0.04396340050403],
    eta_std_error: [0.4423468053391, 0.5090089436904, 0.1720878385907, 0.2414780960869],
    baseline: [
        0.01247113281534,
        0.08052241201649,
        0.26772098991451,
        0.46961049975276,
        1.79533239886407,
        0.08298548149537,
        0.20918242244684,
        0.29790602386862,
        0.46280373198213,
        1.33093006733472,
    ],
};

const BRESLOW: Figures = Figures {
    hazard: [
        0.0,
        0.08547933133034,
        0.47461612870012,
        0.33721470063225,
        0.82164019450302,
        1.79636420619382,
        0.0,
        0.20766935206673,
        1.15306498534329,
        0.12547466756476,
        0.30572519546098,
        0.66841155256517,
    ],
    std_error: [
        0.0,
        0.05368510113533,
        0.2166471182138,
        0.21681951915349,
        0.40524159335882,
        0.86203654189039,
        0.0,
        0.12899027617283,
        0.52516663344946,
        0.11185773715797,
        0.24715581005196,
        0.52995672127041,
    ],
    lower: [
        1.0,
        0.82638030308556,
        0.40688012188286,
        0.46665122152891,
        0.19871192372887,
        0.03062542349954,
        1.0,
        0.6309771384762,
        0.11277363801342,
        0.70842448930615,
        0.45378049832037,
        0.18138967893856,
    ],
    log_log: [
        1.0,
        0.9753477296789,
        0.8236599575973,
        0.9087974452738,
        0.7316103153862,
        0.4959263531653,
        1.0,
        0.9403811735609,
        0.6235977818593,
        0.9783732784162,
        0.9392345126946,
        0.8682236600488,
    ],
    plain: [
        1.0,
        0.82147177602572,
        0.35795726549111,
        0.41043911579613,
        0.09046637652351,
        0.0,
        1.0,
        0.60706855516777,
        0.0,
        0.68869383071704,
        0.37977314976861,
        0.0,
    ],
    expected: [
        1.5378556151881,
        0.8856216497351,
        0.6743363096741,
        1.2774710605568,
        0.0,
        1.4328350427078,
        0.2567950542706,
        0.2119941073692,
    ],
    eta: [1.84612161541695, 0.70063104158446, 0.43103395868434, -0.03887170313649],
    eta_std_error: [0.4444606963337, 0.515202251228, 0.1725277571847, 0.2420954012107],
    baseline: [
        0.01268803853099,
        0.07892225738867,
        0.24274770475599,
        0.43820857846124,
        1.32810629968072,
        0.0825049747528,
        0.2010274266699,
        0.29115262996408,
        0.43950925983056,
        1.10733159186518,
    ],
};

pub fn without_variance(ties: Ties, data: &Frame) -> Fit {
    let formula = "Surv(start, stop, event) ~ x + f + strata(s) + offset(o) + (1 | g)".to_owned();
    let own = fit_of(FormulaSpec { formula, weights: Some("w".into()), ..Default::default() }, ties, data);
    assert_eq!(own.theta, [0.0]);
    own
}

#[test]
fn without_variance_they_are_those_of_survfit_and_coxph() {
    let (data, new) = (csv(DATA, &[]), csv(NEW, &[]));
    for (ties, figures) in [(Ties::Efron, &EFRON), (Ties::Breslow, &BRESLOW)] {
        let own = without_variance(ties, &data);
        for (limits, column, want) in [
            (CurveLimits::Log, "lower", &figures.lower),
            (CurveLimits::LogLog, "upper", &figures.log_log),
            (CurveLimits::Plain, "lower", &figures.plain),
        ] {
            let table = curves(
                &own,
                NewData::Frame(&new),
                &CurveRequest { times: Some(vec![3.0, 5.0, 8.0]), limits, ..Default::default() },
            );
            close("hazard", &reals(&table, "cumulative_hazard"), &figures.hazard, 1e-8);
            close("its error", &reals(&table, "cumulative_hazard_std_error"), &figures.std_error, 1e-7);
            close(column, &reals(&table, column), want, 1e-7);
            let survival: Vec<f64> = figures.hazard.iter().map(|h| (-h).exp()).collect();
            close("survival", &reals(&table, "survival"), &survival, 1e-8);
            let errors: Vec<f64> = survival.iter().zip(&figures.std_error).map(|(s, e)| s * e).collect();
            close("its error", &reals(&table, "std_error"), &errors, 1e-7);
            assert_eq!(reals(&table, "time")[..4], [3.0, 5.0, 8.0, 3.0]);
            assert_eq!(labels(&table, "stratum")[2..4], ["u", "v"]);
        }
        close("expected", &values(&own, NewData::Training, Quantity::Response)[..8], &figures.expected, 1e-7);
        let link = Request { quantity: Quantity::Link, level: Some(0.95), ..Request::default() };
        let found = own.predictions(NewData::Training, &link, &Watch::unwatched()).unwrap();
        close("eta", &found.values[..4], &figures.eta, 1e-7);
        close("its error", &found.std_errors[..4], &figures.eta_std_error, 1e-7);
        let table = own.table("baseline_hazard").unwrap();
        close("baseline", &reals(&table, "cumulative_hazard"), &figures.baseline, 1e-7);
        assert_eq!(reals(&table, "weight_at_risk"), [23.5, 23.0, 18.5, 10.0, 2.5, 19.0, 13.0, 7.0, 6.0, 4.5]);
        assert_eq!(reals(&table, "weight_of_events"), [0.5, 2.5, 4.5, 2.5, 2.5, 3.0, 3.0, 1.0, 1.5, 4.0]);
        assert_eq!(reals(&table, "time"), [4.0, 5.0, 6.0, 7.0, 9.0, 3.0, 4.0, 7.0, 8.0, 9.0]);
    }
}
