//! NIST StRD one-way analyses of variance: mean squares recovered from the REML fit of `y ~ 1 + (1 | treatment)`. In a balanced
//! design MSE = sigma^2 and MSB = sigma^2 + k sigma_b^2 where the estimate of sigma_b^2 is positive (Searle et al. 1992, 3.8).
//!
//! Data and certified values: NIST/ITL Statistical Reference Datasets; the generated sets follow Simon and Lesage (1989). The
//! certified values were confirmed by exact rational arithmetic on the decimal data. `binary` is the same computation, exact, on
//! the data as rounded to double precision: where there are 13 constant leading digits, reading the numbers already costs all
//! but four of the certified digits, whatever is done afterwards; what the fit itself loses shows against `binary`.

use crate::common::{Data, model};
use interlace::fit::Fit;
use interlace::frame::{CsvOptions, Frame};

struct Case {
    name: &'static str,
    replicates: usize,
    /// Mean squares between and within, as certified.
    certified: (f64, f64),
    binary: (f64, f64),
    /// Digits wanted against the certified values: 9, or as many as the rounded data still have.
    digits: f64,
    data: fn() -> Frame,
}

const CASES: [Case; 11] = [
    Case {
        name: "SiRstv",
        replicates: 5,
        certified: (1.278_656_54e-2, 1.083_182_8e-2),
        binary: (1.278_656_539_999_988e-2, 1.083_182_800_000_082_4e-2),
        digits: 9.0,
        data: || file("SiRstv"),
    },
    Case {
        name: "AtmWtAg",
        replicates: 24,
        certified: (3.638_341_875e-9, 2.281_559_329_710_14e-10),
        binary: (3.638_341_874_790_713e-9, 2.281_559_329_738_580_6e-10),
        digits: 9.0,
        data: || file("AtmWtAg"),
    },
    Case {
        name: "SmLs01",
        replicates: 21,
        certified: (0.21, 0.01),
        binary: (0.210_000_000_000_000_13, 0.010_000_000_000_000_005),
        digits: 9.0,
        data: || generated("1", 21),
    },
    Case {
        name: "SmLs02",
        replicates: 201,
        certified: (2.01, 0.01),
        binary: (2.010_000_000_000_001, 0.010_000_000_000_000_005),
        digits: 9.0,
        data: || generated("1", 201),
    },
    Case {
        name: "SmLs03",
        replicates: 2001,
        certified: (20.01, 0.01),
        binary: (20.010_000_000_000_012, 0.010_000_000_000_000_005),
        digits: 9.0,
        data: || generated("1", 2001),
    },
    Case {
        name: "SmLs04",
        replicates: 21,
        certified: (0.21, 0.01),
        binary: (0.210_000_000_018_626_45, 0.010_000_000_000_517_4),
        digits: 9.0,
        data: || generated("1000000", 21),
    },
    Case {
        name: "SmLs05",
        replicates: 201,
        certified: (2.01, 0.01),
        binary: (2.010_000_000_228_174, 0.010_000_000_000_517_4),
        digits: 9.0,
        data: || generated("1000000", 201),
    },
    Case {
        name: "SmLs06",
        replicates: 2001,
        certified: (20.01, 0.01),
        binary: (20.010_000_002_323_65, 0.010_000_000_000_517_4),
        digits: 9.0,
        data: || generated("1000000", 2001),
    },
    Case {
        name: "SmLs07",
        replicates: 21,
        certified: (0.21, 0.01),
        binary: (0.210_019_533_675_183_7, 0.010_000_543_540_747_708),
        digits: 3.9,
        data: || generated("1000000000000", 21),
    },
    Case {
        name: "SmLs08",
        replicates: 201,
        certified: (2.01, 0.01),
        binary: (2.010_239_285_525_53, 0.010_000_543_470_142_823),
        digits: 3.9,
        data: || generated("1000000000000", 201),
    },
    Case {
        name: "SmLs09",
        replicates: 2001,
        certified: (20.01, 0.01),
        binary: (20.012_436_804_465_64, 0.010_000_543_462_733_014),
        digits: 3.9,
        data: || generated("1000000000000", 2001),
    },
];

fn file(name: &str) -> Frame {
    let options = CsvOptions { categorical: vec!["instrument".into()], ..Default::default() };
    Frame::from_csv_path(format!("tests/nist/{name}.csv"), &options).unwrap()
}

/// Nine treatments; treatment and replicate add .2 if they are the first, .1 if they are even, .3 otherwise. The numbers are
/// written as decimals and read, so that each is the nearest double.
fn generated(leading: &str, replicates: usize) -> Frame {
    let tenths = |i: usize| if i == 1 { 2 } else { 1 + 2 * (i % 2) };
    let rows = (1..=9).flat_map(|t| (1..=replicates).map(move |r| (t, r)));
    let (y, labels): (Vec<_>, Vec<_>) =
        rows.map(|(t, r)| (format!("{leading}.{}", tenths(t) + tenths(r)).parse::<f64>().unwrap(), t.to_string())).unzip();
    Data::default().real("y", y).label("instrument", labels).frame()
}

/// Log relative error: the number of correct digits.
fn digits(got: f64, want: f64) -> f64 {
    -((got - want).abs() / want.abs()).max(1e-16).log10()
}

fn mean_squares(fit: &Fit, replicates: usize) -> (f64, f64) {
    let within = fit.sigma * fit.sigma;
    (within + replicates as f64 * fit.terms[0].cov[0], within)
}

#[test]
fn mean_squares_have_the_certified_digits() {
    for case in &CASES {
        let fit = model("y ~ 1 + (1 | instrument)").try_fit(&(case.data)()).unwrap();
        assert!(fit.outcome.converged && !fit.singular, "{}: {:?}", case.name, fit.outcome);
        let (between, within) = mean_squares(&fit, case.replicates);
        let f = between / within;
        let shown = [
            (between, case.certified.0, case.binary.0),
            (within, case.certified.1, case.binary.1),
            (f, case.certified.0 / case.certified.1, case.binary.0 / case.binary.1),
        ]
        .map(|(got, certified, binary)| (digits(got, certified), digits(got, binary)));
        println!("{:8} certified/binary digits: MSB {:.1?} MSE {:.1?} F {:.1?}", case.name, shown[0], shown[1], shown[2]);
        for (certified, binary) in shown {
            assert!(certified >= case.digits, "{}: {certified} digits of the certified value", case.name);
            assert!(binary >= 9.0, "{}: {binary} digits of the exact value of the rounded data", case.name);
        }
    }
}
