//! Requests that make no sense are refused with the name of what is wrong.

use super::*;
use crate::error::Code;

#[test]
fn messages_name_the_culprit() {
    let frame = with(&small(), |f| f.add_strings("u", &["1", "2", "x", "4", "5", "6", "7"].map(Some)).unwrap());
    let cases = [
        ("y ~ nothere", Code::Data, "'nothere'"),
        ("y ~ log(f)", Code::Data, "column 'f' holds categories"),
        ("y ~ I(f + 1)", Code::Data, "column 'f' holds categories"),
        ("y ~ scale(f)", Code::Data, "column 'f' holds categories"),
        ("f ~ x", Code::Data, "column 'f' holds categories"),
        ("y ~ I(f > \"a\")", Code::Data, "'f'"),
        ("y ~ as.numeric(u)", Code::Data, "'x' in column 'u', row 3"),
        ("y ~ I(3)", Code::Data, "'I(3)' is a constant"),
        ("y ~ gamma(x)", Code::Formula, "unknown function 'gamma'; known are log,"),
        ("cbind(y, x) ~ 1", Code::Unsupported, "cbind"),
        ("y ~ poly(x)+poly(x, 0)", Code::Formula, "at least 1"),
        ("y ~ poly(x, 9)", Code::Data, "'poly(x, 9)'"),
        ("y ~ poly(x, z)", Code::Formula, "'z' must be a constant"),
        ("y ~ poly(x, 2, simple = TRUE)", Code::Formula, "no argument 'simple'"),
        ("y ~ bs(x, df = 1)", Code::Argument, "df = 1 is too small"),
        ("y ~ ns(x, knots = 99)", Code::Data, "knot 99"),
        ("y ~ scale(x, center = c(1, 2))", Code::Formula, "'center' of scale()"),
        ("y ~ C(f, contr.bayes)", Code::Formula, "unknown contrasts 'contr.bayes'"),
        ("y ~ C(f, contr.treatment(base = 5))", Code::Argument, "base = 5"),
        ("y ~ C(f, contr.sum(base = 1))", Code::Formula, "contr.treatment"),
        ("y ~ relevel(f, ref = \"q\")", Code::Formula, "no level 'q'"),
        ("y ~ factor(z, levels = c(1, 1))", Code::Formula, "level '1' twice"),
        ("y ~ factor(f, labels = c(\"a\", \"b\"))", Code::Formula, "2 labels for 4 levels"),
        ("y ~ log(x, 1)", Code::Formula, "'base'"),
        ("y ~ log()", Code::Formula, "needs its argument 'x'"),
        ("y ~ exp(x, z)", Code::Formula, "at most 1"),
        ("y ~ 1 + (1 | nothere)", Code::Data, "'nothere'"),
        ("y ~ 1 + (nothere | g)", Code::Data, "'nothere'"),
        ("y ~ 1 + (1 | poly(x, 2))", Code::Data, "a matrix"),
        ("y ~ 1 + (scale(f) | g)", Code::Data, "'f'"),
    ];
    for (text, code, part) in cases {
        let error = failure(text, &frame);
        assert_eq!(error.code, code, "{text}: {error}");
        assert!(error.message.contains(part), "{text}: {error}");
    }
}

#[test]
fn errors_in_the_formula_have_its_byte() {
    let frame = small();
    assert_eq!(failure("y ~ x + gamma(x)", &frame).position, 8);
    assert_eq!(failure("y ~ log(x + sinh(z))", &frame).position, 12);
    assert_eq!(failure("y ~ poly(x, degree = z)", &frame).position, 21);
    assert_eq!(failure("cbind(y, x) ~ 1", &frame).position, 0);
}

#[test]
fn requests_name_columns_that_exist() {
    let frame = small();
    let formula = formula("y ~ f + x", &frame);
    let base = request(&formula);
    let message = |request: Request| Program::learn(&request, &frame).unwrap_err().message;
    assert!(message(Request { weights: Some("ww"), ..base }).contains("'ww' for the weights"));
    assert!(message(Request { offset: Some("oo"), ..base }).contains("'oo' for the offset"));
    assert!(message(Request { weights: Some("f"), ..base }).contains("'f' holds categories"));
    let contrasts = |name: &str, value: &str| [(name.to_string(), value.to_string())];
    let (x, g, q) = (contrasts("x", "contr.sum"), contrasts("g", "contr.sum"), contrasts("f", "contr.q"));
    assert!(message(Request { contrasts: &x, ..base }).contains("'x', which is no factor"));
    assert!(message(Request { contrasts: &g, ..base }).contains("'g'"));
    assert!(message(Request { contrasts: &q, ..base }).contains("unknown contrasts 'contr.q'"));
}

#[test]
fn a_formula_for_a_fit_needs_a_response() {
    let frame = small();
    assert!(failure("~ x", &frame).message.contains("no response"));
}

#[test]
fn a_model_matrix_beyond_memory_is_refused_before_it_is_named() {
    let n = 3000;
    let mut frame = Frame::new(n);
    let labels: Vec<String> = (0..n).map(|i| i.to_string()).collect();
    for name in ["a", "b", "c"] {
        frame.add_strings(name, &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    }
    frame.add_real("y", vec![1.0; n]).unwrap();
    assert_eq!(failure("y ~ a:b:c", &frame).code, Code::Memory);
}
