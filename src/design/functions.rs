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
    fn logarithms_to_a_base_are_those_of_r() {
        assert_eq!(log_base(8.0, 2.0), 3.0);
        assert!((log_base(0.5, 3.0) + 0.630_929_753_571_457_4).abs() < 1e-15);
        assert_eq!(power(-3.0, 2.0), 9.0);
    }
}
