//! Expressions of a formula to nodes; here the stateful ones learn from the training data.

use crate::design::arguments::{Arguments, Constant};
use crate::design::contrasts::{CONTRAST_NAMES, Contrast};
use crate::design::functions::Function;
use crate::design::node::{Node, Recode};
use crate::design::poly::PolyBasis;
use crate::design::spline::{SplineBasis, SplineRequest};
use crate::design::stateful::{Setting, center_and_scale};
use crate::design::value::Value;
use crate::error::{Error, Result, row_text, try_gather, try_vec};
use crate::formula::{Argument, Expr, ExprKind, Op};
use crate::frame::Frame;
use crate::names::{known, quoted};

/// The functions that are not of one number, for messages.
const OTHER_FUNCTIONS: &str =
    "I, round, factor, as.factor, ordered, relevel, C, dummy, as.numeric, scale, center, poly, bs, ns, pmin, pmax, ifelse";

/// Compiles an expression against the training data.
pub fn compile(expr: &Expr, frame: &Frame) -> Result<Node> {
    match &expr.kind {
        ExprKind::Number(value) => Ok(Node::Number(*value)),
        ExprKind::Text(text) => Ok(Node::Word(text.clone())),
        ExprKind::Paren(inner) => compile(inner, frame),
        ExprKind::Name(name) => compile_name(name, frame),
        ExprKind::Unary { op, operand } => {
            let argument = compile(operand, frame)?;
            match op {
                Op::Not => Ok(Node::Not(argument.into())),
                // Not 0 - x: the sign of zero.
                Op::Sub => Ok(Node::Binary { op: Op::Mul, left: Node::Number(-1.0).into(), right: argument.into() }),
                Op::Add => Ok(argument),
                _ => Err(Error::formula(expr.span.start, format!("'{expr}' can't be computed"))),
            }
        }
        ExprKind::Binary { op, left, right } => {
            let op = match op {
                Op::DoubleBar | Op::Bar => Op::Or,
                Op::Colon | Op::In => {
                    let message = format!("'{expr}': ':' and '%in%' are for terms of the formula, not for values");
                    return Err(Error::formula(expr.span.start, message));
                }
                other => *other,
            };
            Ok(Node::Binary { op, left: compile(left, frame)?.into(), right: compile(right, frame)?.into() })
        }
        ExprKind::Call { function, arguments } => Call { expr, function, arguments, frame }.compile(),
    }
}

fn compile_name(name: &str, frame: &Frame) -> Result<Node> {
    let constant = match name {
        "TRUE" => 1.0,
        "FALSE" => 0.0,
        "NA" | "NaN" => f64::NAN,
        "Inf" => f64::INFINITY,
        "pi" if !frame.has("pi") => std::f64::consts::PI,
        _ => {
            frame.column(name)?;
            return Ok(Node::Column(name.to_string()));
        }
    };
    Ok(Node::Number(constant))
}

/// What to write for a function that R has for Cox models.
fn instead_of(function: &str) -> Option<&'static str> {
    Some(match function {
        "frailty" | "frailty.gaussian" | "frailty.gamma" | "frailty.t" => "a frailty is written (1 | group)",
        "cluster" => "there is no robust variance; what the rows of a cluster have in common is a frailty, (1 | cluster)",
        "ridge" => "effects that are shrunk are random effects, as (1 | f) for the levels of f",
        "pspline" => "a smooth effect is written ns(x, df = 4) or bs(x)",
        "tt" => "a covariate that changes in time has a row for each interval in which it is constant: Surv(start, stop, event)",
        _ => return None,
    })
}

struct Call<'a> {
    expr: &'a Expr,
    function: &'a str,
    arguments: &'a [Argument],
    frame: &'a Frame,
}

impl<'a> Call<'a> {
    fn compile(&self) -> Result<Node> {
        match self.function {
            "I" | "identity" => self.argument(&["x"]),
            "log" if self.arguments.len() > 1 => self.log(),
            "factor" | "as.factor" | "ordered" | "as.ordered" => self.factor(),
            // Of an interaction: effects by stratum.
            "strata" if self.arguments.len() == 1 => self.factor(),
            "relevel" => self.relevel(),
            "round" => self.round(),
            "dummy" => self.dummy(),
            "C" => self.contrasts(),
            "scale" => self.scale(),
            "center" => self.center(),
            "poly" => self.poly(),
            "bs" | "ns" => self.spline(),
            "as.numeric" | "as.double" => self.as_numeric(),
            "pmin" | "pmax" => self.extreme(),
            "ifelse" => self.if_else(),
            "cbind" => Err(Error {
                position: self.at() as i64,
                ..Error::unsupported("cbind() is not for linear models, nor right of '~': one response is wanted")
            }),
            "cens" => Err(Error {
                position: self.at() as i64,
                ..Error::unsupported("cens() is the response of generalised models, left of '~', not of others")
            }),
            "offset" | "strata" => Err(Error::formula(self.at(), format!("{}() must be a term of its own", self.function))),
            "Surv" => Err(Error {
                position: self.at() as i64,
                ..Error::unsupported("Surv() is the response of Cox models, left of '~', not of others")
            }),
            function if let Some(instead) = instead_of(function) => {
                Err(Error { position: self.at() as i64, ..Error::unsupported(format!("{function}() is not supported; {instead}")) })
            }
            name => match Function::named(name) {
                Some(function) => Ok(Node::Apply { function, argument: self.argument(&["x"])?.into() }),
                None => Err(self.unknown()),
            },
        }
    }

    fn at(&self) -> usize {
        self.expr.span.start
    }

    fn name(&self) -> String {
        self.expr.to_string()
    }

    fn unknown(&self) -> Error {
        let functions: Vec<&str> = Function::names().collect();
        let message = format!("unknown function '{}'; known are {}, {OTHER_FUNCTIONS}", self.function, functions.join(", "));
        Error::formula(self.at(), message)
    }

    fn matched(&self, parameters: &'static [&'static str]) -> Result<Arguments<'a>> {
        Arguments::matched(self.function, self.at(), self.arguments, parameters)
    }

    /// The first argument, as a node, of a call with no other arguments given.
    fn argument(&self, parameters: &'static [&'static str]) -> Result<Node> {
        compile(self.matched(parameters)?.required(parameters[0])?, self.frame)
    }

    fn log(&self) -> Result<Node> {
        let arguments = self.matched(&["x", "base"])?;
        let argument = compile(arguments.required("x")?, self.frame)?;
        match arguments.numbers("base")?.as_deref() {
            Some(&[base]) if base > 0.0 && base != 1.0 => Ok(Node::LogBase { argument: argument.into(), base }),
            _ => Err(Error::formula(self.at(), "the argument 'base' of log() must be a number above 0, not 1")),
        }
    }

    fn round(&self) -> Result<Node> {
        let arguments = self.matched(&["x", "digits"])?;
        let argument = compile(arguments.required("x")?, self.frame)?;
        let digits = match arguments.numbers("digits")?.as_deref() {
            None => 0,
            // Beyond these nothing is rounded, or everything is zero.
            Some(&[digits]) if digits.fract() == 0.0 => digits.clamp(-400.0, 400.0) as i32,
            Some(_) => return Err(Error::formula(self.at(), "the argument 'digits' of round() must be a whole number")),
        };
        Ok(Node::Round { argument: argument.into(), digits })
    }

    /// Without a level, the second of two.
    fn dummy(&self) -> Result<Node> {
        let arguments = self.matched(&["f", "levelsToKeep"])?;
        let argument = compile(arguments.required("f")?, self.frame)?;
        let factor = argument.factor(self.frame)?;
        let levels = used_levels(&factor.codes, &factor.levels)?;
        let level = match (arguments.labels("levelsToKeep")?.as_deref(), &levels[..]) {
            (Some([level]), _) => level.clone(),
            (None, [_, second]) => second.clone(),
            _ => {
                let message = format!("'{}' must name one level, as dummy(f, \"a\"): it is one column", self.name());
                return Err(Error::formula(self.at(), message));
            }
        };
        if !factor.levels.contains(&level) {
            let known = known("the factor", &level, factor.levels.iter().map(String::as_str));
            return Err(Error::formula(self.at(), format!("dummy(): there is no level {}; {known}", quoted(&level))));
        }
        Ok(Node::Indicator { argument: argument.into(), level })
    }

    fn factor(&self) -> Result<Node> {
        let parameters: &[&str] = match self.function {
            "factor" => &["x", "levels", "labels", "ordered"],
            "ordered" => &["x", "levels", "labels"],
            _ => &["x"],
        };
        let arguments = self.matched(parameters)?;
        let argument = compile(arguments.required("x")?, self.frame)?;
        let given = arguments.labels("levels")?;
        // With own labels an unknown level has none, and is missing.
        let closed = given.is_some() || arguments.get("labels").is_some();
        let factor = argument.factor(self.frame)?;
        let levels = given.map_or_else(|| used_levels(&factor.codes, &factor.levels), Ok)?;
        let mut sorted: Vec<&String> = levels.iter().collect();
        sorted.sort_unstable();
        if let Some(twice) = sorted.windows(2).find(|w| w[0] == w[1]) {
            return Err(Error::formula(self.at(), format!("{}() has the level {} twice", self.function, quoted(twice[0]))));
        }
        let labels = arguments.labels("labels")?.unwrap_or_else(|| levels.clone());
        if labels.len() != levels.len() {
            let (l, n) = (labels.len(), levels.len());
            return Err(Error::formula(self.at(), format!("{}() has {l} labels for {n} levels", self.function)));
        }
        let ordered = if self.function.ends_with("ordered") { Some(true) } else { arguments.truth("ordered")? };
        drop(factor);
        Ok(Node::Factor { argument: argument.into(), recode: Recode { levels, labels, closed, ordered } })
    }

    fn relevel(&self) -> Result<Node> {
        let arguments = self.matched(&["x", "ref"])?;
        arguments.required("ref")?;
        let argument = compile(arguments.required("x")?, self.frame)?;
        let levels = argument.factor(self.frame)?.levels.into_owned();
        let reference = match arguments.labels("ref")?.as_deref() {
            Some([one]) => one.clone(),
            _ => return Err(Error::formula(self.at(), "the argument 'ref' of relevel() must be one level")),
        };
        if !levels.contains(&reference) {
            let known = known("the factor", &reference, levels.iter().map(String::as_str));
            return Err(Error::formula(self.at(), format!("relevel(): there is no level {}; {known}", quoted(&reference))));
        }
        let mut order = vec![reference.clone()];
        order.extend(levels.into_iter().filter(|level| *level != reference));
        Ok(Node::Factor {
            argument: argument.into(),
            recode: Recode { labels: order.clone(), levels: order, closed: false, ordered: None },
        })
    }

    fn contrasts(&self) -> Result<Node> {
        let arguments = self.matched(&["object", "contr", "base"])?;
        let argument = compile(arguments.required("object")?, self.frame)?;
        let ordered = argument.factor(self.frame)?.ordered;
        let mut contrast = match arguments.get("contr") {
            None => Contrast::default_for(ordered),
            Some(expr) => contrast_of(expr)?,
        };
        if arguments.get("base").is_some() {
            contrast = with_base(contrast, &arguments, self.at())?;
        }
        Ok(Node::Contrasts { argument: argument.into(), contrast })
    }

    fn scale(&self) -> Result<Node> {
        let arguments = self.matched(&["x", "center", "scale"])?;
        let setting = |parameter| {
            Ok(match arguments.truth_or_number(parameter)? {
                Some(Constant::Truth(false)) => Setting::Off,
                Some(Constant::Numbers(v)) => Setting::Fixed(v[0]),
                _ => Setting::Learn,
            })
        };
        self.scaled(&arguments, setting("center")?, setting("scale")?)
    }

    fn center(&self) -> Result<Node> {
        self.scaled(&self.matched(&["x"])?, Setting::Learn, Setting::Off)
    }

    fn scaled(&self, arguments: &Arguments, center: Setting, scale: Setting) -> Result<Node> {
        let argument = compile(arguments.required("x")?, self.frame)?;
        let (center, scale) = center_and_scale(&self.name(), &self.learnable(&argument)?, center, scale)?;
        Ok(Node::Scale { argument: argument.into(), center, scale })
    }

    fn poly(&self) -> Result<Node> {
        let arguments = self.matched(&["x", "degree", "raw"])?;
        let argument = compile(arguments.required("x")?, self.frame)?;
        let degree = arguments.count("degree")?.unwrap_or(1);
        if degree == 0 {
            return Err(Error::formula(self.at(), "the argument 'degree' of poly() must be at least 1"));
        }
        let basis = if arguments.truth("raw")? == Some(true) {
            PolyBasis::Raw { degree }
        } else {
            PolyBasis::orthogonal(&self.name(), &self.learnable(&argument)?, degree)?
        };
        Ok(Node::Poly { argument: argument.into(), basis })
    }

    fn spline(&self) -> Result<Node> {
        let natural = self.function == "ns";
        let arguments = self.matched(if natural {
            &["x", "df", "knots", "intercept", "Boundary.knots"]
        } else {
            &["x", "df", "knots", "degree", "intercept", "Boundary.knots"]
        })?;
        let argument = compile(arguments.required("x")?, self.frame)?;
        let boundary = match arguments.numbers("Boundary.knots")?.as_deref() {
            None => None,
            Some(&[low, high]) => Some((low, high)),
            Some(_) => return Err(Error::formula(self.at(), "the argument 'Boundary.knots' must be two numbers, c(low, high)")),
        };
        let degree = arguments.count("degree")?.unwrap_or(3);
        if degree == 0 || degree > 20 {
            return Err(Error::formula(self.at(), format!("bs() has degree {degree}, wanted 1 to 20")));
        }
        let request = SplineRequest {
            df: arguments.count("df")?,
            knots: arguments.numbers("knots")?,
            boundary,
            degree,
            intercept: arguments.truth("intercept")?.unwrap_or(false),
            natural,
        };
        let basis = SplineBasis::learn(&self.name(), &self.learnable(&argument)?, &request)?;
        Ok(Node::Spline { argument: argument.into(), basis })
    }

    /// The values that a stateful transform learns from; none may be infinite.
    fn learnable<'b>(&self, argument: &'b Node) -> Result<std::borrow::Cow<'b, [f64]>>
    where
        'a: 'b,
    {
        let values = argument.full_numbers(self.frame)?;
        match values.iter().position(|v| v.is_infinite()) {
            None => Ok(values),
            Some(row) => {
                let message = format!("'{}' needs finite values, but {} has {}", self.name(), row_text(row), values[row]);
                Err(Error::data(message).at(row))
            }
        }
    }

    fn as_numeric(&self) -> Result<Node> {
        let argument = self.argument(&["x"])?;
        let levels = match argument.evaluate(self.frame)? {
            Value::Factor(f) if f.declared => Some(f.levels.into_owned()),
            _ => None,
        };
        Ok(Node::AsNumeric { argument: argument.into(), levels })
    }

    fn extreme(&self) -> Result<Node> {
        let arguments = self.arguments.iter().map(|a| compile(&a.value, self.frame)).collect::<Result<Vec<_>>>()?;
        if arguments.is_empty() || self.arguments.iter().any(|a| a.name.is_some()) {
            return Err(Error::formula(self.at(), format!("{}() takes one or more values, without names", self.function)));
        }
        Ok(Node::Extreme { largest: self.function == "pmax", arguments })
    }

    fn if_else(&self) -> Result<Node> {
        let arguments = self.matched(&["test", "yes", "no"])?;
        let node = |parameter| Ok(Box::new(compile(arguments.required(parameter)?, self.frame)?));
        Ok(Node::IfElse { test: node("test")?, yes: node("yes")?, no: node("no")? })
    }
}

/// The levels that occur, in their order.
fn used_levels(codes: &[i32], levels: &[String]) -> Result<Vec<String>> {
    let mut used = try_vec("levels of a factor", false, levels.len())?;
    codes.iter().filter(|&&c| c >= 0).for_each(|&c| used[c as usize] = true);
    try_gather("levels of a factor", levels.iter().zip(used).filter(|(_, used)| *used).map(|(level, _)| level.clone()))
}

/// `contr.sum`, `"contr.sum"`, `sum`, `contr.treatment(base = 2)`, `contr.treatment(3, base = 2)`.
fn contrast_of(expr: &Expr) -> Result<Contrast> {
    let unknown = |name: &str| Error::formula(expr.span.start, format!("unknown contrasts '{name}'; known are {CONTRAST_NAMES}"));
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Text(name) => Contrast::named(name).ok_or_else(|| unknown(name)),
        ExprKind::Paren(inner) => contrast_of(inner),
        ExprKind::Call { function, arguments } => {
            let contrast = Contrast::named(function).ok_or_else(|| unknown(function))?;
            let arguments = Arguments::matched(function, expr.span.start, arguments, &["n", "base"])?;
            if arguments.get("base").is_some() { with_base(contrast, &arguments, expr.span.start) } else { Ok(contrast) }
        }
        _ => Err(unknown(&expr.to_string())),
    }
}

fn with_base(contrast: Contrast, arguments: &Arguments, at: usize) -> Result<Contrast> {
    match (contrast, arguments.count("base")?) {
        (Contrast::Treatment { .. }, Some(base)) if base > 0 => Ok(Contrast::Treatment { base: Some(base - 1) }),
        (Contrast::Treatment { .. }, _) => Err(Error::formula(at, "the argument 'base' must be the number of a level, from 1")),
        _ => Err(Error::formula(at, "the argument 'base' is for contr.treatment")),
    }
}
