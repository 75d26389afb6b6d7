//! Functions of one number, applied value by value.

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Function {
    Log,
    Log2,
    Log10,
    Log1p,
    Exp,
    Expm1,
    Sqrt,
    Abs,
    Sin,
    Cos,
    Tan,
    Tanh,
    Floor,
    Ceiling,
}

/// Name in formulas, and the function.
const TABLE: [(&str, Function); 14] = [
    ("log", Function::Log),
    ("log2", Function::Log2),
    ("log10", Function::Log10),
    ("log1p", Function::Log1p),
    ("exp", Function::Exp),
    ("expm1", Function::Expm1),
    ("sqrt", Function::Sqrt),
    ("abs", Function::Abs),
    ("sin", Function::Sin),
    ("cos", Function::Cos),
    ("tan", Function::Tan),
    ("tanh", Function::Tanh),
    ("floor", Function::Floor),
    ("ceiling", Function::Ceiling),
];

impl Function {
    pub fn named(name: &str) -> Option<Self> {
        TABLE.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }

    /// The names of all functions.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|(name, _)| *name)
    }

    pub fn apply(self, x: f64) -> f64 {
        match self {
            Function::Log => x.ln(),
            Function::Log2 => x.log2(),
            Function::Log10 => x.log10(),
            Function::Log1p => x.ln_1p(),
            Function::Exp => x.exp(),
            Function::Expm1 => x.exp_m1(),
            Function::Sqrt => x.sqrt(),
            Function::Abs => x.abs(),
            Function::Sin => x.sin(),
            Function::Cos => x.cos(),
            Function::Tan => x.tan(),
            Function::Tanh => x.tanh(),
            Function::Floor => x.floor(),
            Function::Ceiling => x.ceil(),
        }
    }
}

/// `x^y` as R computes it: squares are products.
pub fn power(x: f64, y: f64) -> f64 {
    if y == 2.0 { x * x } else { x.powf(y) }
}

/// `round(x, digits)` as R 4 computes it: of the two numbers with so many decimals about x the nearer one, and of two that are as near the
/// one whose last digit is even. Both are taken as they are represented.
pub fn round(x: f64, digits: i32) -> f64 {
    const PRECISION: f64 = 15.0;
    if digits == 0 || !x.is_finite() {
        return x.round_ties_even();
    }
    let size = x.abs();
    if size == 0.0 || f64::from(digits) + size.log10() > PRECISION {
        return x;
    }
    if digits < -f64::MAX_10_EXP {
        return 0.0_f64.copysign(x);
    }
    // Powers of ten up to 1e22 are exact, their inverses are not.
    let unit = 10.0_f64.powi(digits.abs());
    let scaled = if digits > 0 { size * unit } else { size / unit };
    let back = |whole: f64| if digits > 0 { whole / unit } else { whole * unit };
    if !scaled.is_finite() {
        return x;
    }
    let (below, above) = (back(scaled.floor()), back(scaled.ceil()));
    let (down, up) = (size - below, above - size);
    let even = scaled.floor() % 2.0 == 0.0;
    (if down < up || (down == up && even) { below } else { above }).copysign(x)
}

/// `log(x, base)` as R computes it.
pub fn log_base(x: f64, base: f64) -> f64 {
    match base {
        2.0 => x.log2(),
        10.0 => x.log10(),
        _ => x.ln() / base.ln(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_finds_its_function() {
        let expected = [
            ("log", 0.5_f64.ln()),
            ("log1p", 1.5_f64.ln()),
            ("expm1", 0.5_f64.exp() - 1.0),
            ("sqrt", 0.5_f64.sqrt()),
            ("floor", 0.0),
            ("ceiling", 1.0),
            ("tan", 0.5_f64.sin() / 0.5_f64.cos()),
        ];
        for (name, want) in expected {
            assert!((Function::named(name).unwrap().apply(0.5) - want).abs() < 1e-15, "{name}");
        }
        assert_eq!(Function::named("gamma"), None);
        assert!(Function::named("log").unwrap().apply(-1.0).is_nan());
    }

    #[test]
    fn rounding_is_that_of_r() {
        let cases = [
            (0.15, 1, 0.1),
            (0.25, 1, 0.2),
            (0.35, 1, 0.3),
            (0.45, 1, 0.4),
            (5.015, 2, 5.02),
            (0.285, 2, 0.28),
            (0.55, 1, 0.6),
            (2.5, 0, 2.0),
            (-1.5, 0, -2.0),
            (-2.345, 2, -2.35),
            (1234.567, 1, 1234.6),
            (25.0, -1, 20.0),
            (35.0, -1, 40.0),
            (150.0, -2, 200.0),
            (4.0, -1, 0.0),
            (0.1 + 0.2, 15, 0.3),
            (1e300, 5, 1e300),
            (1.25, 400, 1.25),
            (7.0, -400, 0.0),
        ];
        for (x, digits, want) in cases {
            assert_eq!(round(x, digits), want, "round({x}, {digits})");
        }
        assert!(round(f64::NAN, 2).is_nan() && round(f64::INFINITY, 2) == f64::INFINITY);
    }

    #[test]
    fn logarithms_to_a_base_are_those_of_r() {
        assert_eq!(log_base(8.0, 2.0), 3.0);
        assert!((log_base(0.5, 3.0) + 0.630_929_753_571_457_4).abs() < 1e-15);
        assert_eq!(power(-3.0, 2.0), 9.0);
    }
}
