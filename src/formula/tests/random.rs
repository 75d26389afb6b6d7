//! Random terms: what they expand to and where they may stand.

use super::{assert_errors, read, shown, strings};
use crate::formula::{StructureCall, StructureKind, expand, parse};

#[test]
fn groups_and_effects() {
    let cases: [(&str, &[&str]); 27] = [
        ("y ~ (1|g)", &["(1 | g)"]),
        ("y ~ (x | g)", &["(1 + x | g)"]),
        ("y ~ (0 + x | g)", &["(0 + x | g)"]),
        ("y ~ (x - 1 | g)", &["(0 + x | g)"]),
        ("y ~ (a*x | g)", &["(1 + a + x + a:x | g)"]),
        ("y ~ ((1 + x) | (g))", &["(1 + x | g)"]),
        ("y ~ (1 + x || g)", &["(1 + x || g)"]),
        ("y ~ x + ((1 | g)) + z", &["(1 | g)"]),
        ("y ~ (x + (1 | g)) - 1", &["(1 | g)"]),
        ("y ~ (1|b) + (1|a)", &["(1 | b)", "(1 | a)"]),
        ("y ~ (1|g) + (0 + x|g)", &["(1 | g)", "(0 + x | g)"]),
        ("y ~ (1 | b:a)", &["(1 | b:a)"]),
        ("y ~ (1 | a/b)", &["(1 | a)", "(1 | a:b)"]),
        ("y ~ (1 | (a/b))", &["(1 | a)", "(1 | a:b)"]),
        ("y ~ (x | a/b/c)", &["(1 + x | a)", "(1 + x | a:b)", "(1 + x | a:b:c)"]),
        ("y ~ (1 | a:b/c)", &["(1 | a:b)", "(1 | a:b:c)"]),
        ("y ~ (1 | a/(b + c))", &["(1 | a)", "(1 | a:b)", "(1 | a:c)"]),
        ("y ~ (1 | b + a)", &["(1 | b)", "(1 | a)"]),
        ("y ~ (1 | b*a)", &["(1 | b)", "(1 | a)", "(1 | b:a)"]),
        ("y ~ (1 | b %in% a)", &["(1 | b:a)"]),
        ("y ~ (1 | a:a + a)", &["(1 | a)"]),
        ("y ~ (1 | a:b + b:a)", &["(1 | a:b)"]),
        ("y ~ (1 | factor(g))", &["(1 | factor(g))"]),
        ("y ~ (1 | interaction(b, a))", &["(1 | b:a)"]),
        ("y ~ (1 | interaction(b, a:c):d)", &["(1 | b:a:c:d)"]),
        ("y ~ (log(x) | `my group`)", &["(1 + log(x) | `my group`)"]),
        ("y ~ (x > 2 | g)", &["(1 + x > 2 | g)"]),
    ];
    for (text, wanted) in cases {
        assert_eq!(shown(&read(text).expect(text).random), wanted, "{text}");
    }
}

#[test]
fn the_fixed_part_is_what_is_left() {
    for (text, intercept, labels) in [
        ("y ~ (1|g)", true, &[] as &[&str]),
        ("y ~ 0 + (1|g)", false, &[]),
        ("y ~ (1|g) - 1", false, &[]),
        ("y ~ x + (0 + z|g) + w:x", true, &["x", "x:w"]),
        ("y ~ a*b + +(1|g) - a", true, &["b", "a:b"]),
    ] {
        let fixed = read(text).unwrap().fixed;
        assert_eq!(fixed.intercept, intercept, "{text}");
        assert_eq!(fixed.labels(), labels, "{text}");
    }
    let formula = read("log(y) ~ x + (1|g)").unwrap();
    assert_eq!(formula.response.unwrap().to_string(), "log(y)");
    assert_eq!(formula.text, "log(y) ~ x + (1|g)");
    assert_eq!((formula.random[0].span.start, formula.random[0].span.end), (13, 18));
}

#[test]
fn structures() {
    let call = |kind, homogeneous| StructureCall { kind, homogeneous };
    for (text, wanted) in [
        ("~ us(1 + x | g)", call(StructureKind::Unstructured, None)),
        ("~ diag(x | g)", call(StructureKind::Diagonal, None)),
        ("~ (cs((0 + f | g), hom = FALSE))", call(StructureKind::CompoundSymmetry, Some(false))),
        ("~ ar1(hom = T, 0 + f | g)", call(StructureKind::Ar1, Some(true))),
    ] {
        let random = read(text).expect(text).random;
        assert_eq!(random.len(), 1, "{text}");
        assert_eq!(random[0].structure, wanted, "{text}");
        assert!(!random[0].split);
    }
    assert_eq!(shown(&read("~ diag(x | a/b)").unwrap().random), ["diag(1 + x | a)", "diag(1 + x | a:b)"]);
    let cases = [
        ("~ foo(x | g)", 2, "want us, diag, cs or ar1"),
        ("~ us(x || g)", 7, "'||'"),
        ("~ cs(x | g, hom = 1)", 18, "want TRUE or FALSE"),
        ("~ cs(x | g, het = TRUE)", 18, "'hom = TRUE'"),
        ("~ cs(x | g, TRUE)", 12, "'hom = TRUE'"),
        ("~ cs(x | g, z | h)", 12, "'hom = TRUE'"),
        ("~ cs(x | g, hom = TRUE, hom = TRUE)", 30, "'hom = TRUE'"),
        ("~ cs(a = x | g)", 9, "'hom = TRUE'"),
    ];
    assert_errors(&cases, read);
}

#[test]
fn bars_stand_alone_between_plus() {
    let alone = "stand alone between +";
    let cases = [
        ("y ~ x + 1 | g", 10, "needs parentheses"),
        ("y ~ 1 || g", 6, "needs parentheses"),
        ("y ~ x:(1|g)", 8, alone),
        ("y ~ x*(1|g)", 8, alone),
        ("y ~ (1|g)*x", 6, alone),
        ("y ~ (x + (1|g)):z", 11, alone),
        ("y ~ x/us(1|g)", 10, alone),
        ("y ~ (1|g)^2", 6, alone),
        ("y ~ x %in% (1|g)", 13, alone),
        ("y ~ x - (1|g)", 8, alone),
        ("y ~ -(1|g)", 5, alone),
        ("y ~ x - (z + (1|g))", 13, alone),
        ("y ~ log(1 + (1|g))", 14, alone),
        ("y ~ I(x | g)", 4, alone),
        ("y ~ us(us(x | g))", 12, alone),
        ("y ~ (1|g) == x", 6, alone),
        ("y ~ !(1|g)", 7, alone),
        ("(1|g) ~ x", 2, "left of '~'"),
        // Bars associate to the left: the second one splits effects `1 | g` from the group h.
        ("y ~ (1 | g | h)", 7, "a second bar"),
        ("y ~ (1 + (1|h) | g)", 11, "inside another"),
    ];
    assert_errors(&cases, read);
}

#[test]
fn what_is_no_random_term() {
    let cases = [
        ("y ~ (0 | g)", 5, "no effects"),
        ("y ~ (x - x - 1 | g)", 5, "no effects"),
        ("y ~ (offset(x) | g)", 5, "offset"),
        ("y ~ (1 | 2)", 9, "'2' can't be a group"),
        ("y ~ (1 | g + 1)", 13, "'1' can't be a group"),
        ("y ~ (1 | a - b)", 9, "'a - b' can't be a group"),
        ("y ~ (1 | 'g')", 9, "can't be a group"),
        ("y ~ (1 | .)", 9, "can't be a group"),
        ("y ~ (1 | a^2)", 9, "can't be a group"),
        ("y ~ (1 | TRUE)", 9, "can't be a group"),
        ("y ~ (1 | (1 | g))", 10, "can't be a group"),
        ("y ~ (1 | factor(x | g))", 9, "can't be a group"),
        ("y ~ (1 | interaction(a, b, sep = \"_\"))", 9, "no named arguments"),
        ("y ~ (1 | interaction())", 9, "without factors"),
        ("y ~ (1 | interaction(a/b))", 21, "can't be a group"),
        ("y ~ (2 | g)", 5, "the number 2"),
        ("y ~ (1 | )", 9, "found ')'"),
        ("y ~ ( | g)", 6, "found '|'"),
    ];
    assert_errors(&cases, read);
    let many = vec!["g"; 4_000].iter().enumerate().map(|(i, g)| format!("{g}{i}")).collect::<Vec<_>>();
    for operator in ["+", "*", "/"] {
        let error = read(&format!("y ~ (1 | {})", many.join(operator))).unwrap_err();
        assert!(error.message.contains("more than 1000 groups"), "{error}");
    }
}

#[test]
fn terms_and_groups_beside_the_formula() {
    let parsed = parse("y ~ x + (1 | a)").unwrap();
    let extra = strings(&["(1 + x | g)", "0 + z || b/c", "us(1 | d) + ((w | d))"]);
    let groups = strings(&["e", "f/h", "p/q", "my group"]);
    let columns = strings(&["y", "x", "p/q", "my group"]);
    let formula = expand(&parsed, &extra, &groups, &columns).unwrap();
    let wanted = [
        "(1 | a)",
        "(1 + x | g)",
        "(0 + z || b)",
        "(0 + z || b:c)",
        "(1 | d)",
        "(1 + w | d)",
        "(1 | e)",
        "(1 | f)",
        "(1 | f:h)",
        "(1 | `p/q`)",
        "(1 | `my group`)",
    ];
    assert_eq!(shown(&formula.random), wanted);
    assert_eq!(formula.fixed.labels(), ["x"]);
}

#[test]
fn errors_beside_the_formula_name_the_string() {
    let parsed = parse("y ~ x").unwrap();
    let extra = |texts: &[&str]| expand(&parsed, &strings(texts), &[], &[]).unwrap_err();
    for (text, byte, message) in [
        ("(1 + x | g", 10, "random term 2 '(1 + x | g': "),
        ("x", 0, "'x' is no random term"),
        ("(1 | g) + x", 10, "'x' is no random term"),
        ("(1 | g) - (1 | h)", 0, "is no random term"),
        ("1 | g + 2", 8, "'2' can't be a group"),
        ("1 | g | h", 2, "a second bar"),
        ("", 0, "found the end"),
    ] {
        let error = extra(&["(1 | k)", text]);
        assert_eq!(error.position, byte, "{error}");
        assert!(error.message.contains(message) && error.message.starts_with("random term 2 "), "{error}");
        assert!(error.message.ends_with(&format!("(byte {byte} of this string)")), "{error}");
    }
    let error = expand(&parsed, &[], &strings(&["g", "a b"]), &[]).unwrap_err();
    assert!(error.message.starts_with("group 2 'a b': expected") && error.position == 2, "{error}");
    assert!(expand(&parsed, &[], &strings(&["(1 | g)"]), &[]).unwrap_err().message.contains("can't be a group"));
}

#[test]
fn a_term_twice_is_an_error() {
    let cases = [
        ("y ~ (1|g) + (1|g)", 12, "(1 | g) is there twice"),
        ("y ~ (1|a/b) + (1|a)", 14, "(1 | a) is there twice"),
        ("y ~ (1|a:b) + (1|b:a)", 14, "(1 | b:a) is there twice"),
        ("y ~ (x + z|g) + (z + x|g)", 16, "(1 + z + x | g) is there twice"),
        ("y ~ (a:x|g) + (x:a|g)", 14, "is there twice"),
        ("y ~ (1|g) + diag(1|g)", 12, "is there twice"),
        ("y ~ (1||g) + (1|g)", 13, "is there twice"),
        ("y ~ cs(f|g) + cs(f|g)", 14, "cs(1 + f | g) is there twice"),
    ];
    assert_errors(&cases, read);
    for fine in
        ["y ~ (1|g) + (x|g)", "y ~ (x|g) + (0+x|g)", "y ~ (1|a) + (1|a:b)", "y ~ cs(f|g) + us(f|g)", "y ~ (1|g) + (1|factor(g))"]
    {
        assert_eq!(read(fine).unwrap().random.len(), 2, "{fine}");
    }
    let error = expand(&parse("y ~ (1|g)").unwrap(), &[], &strings(&["g"]), &[]).unwrap_err();
    assert!(error.message.contains("(1 | g) is there twice"), "{error}");
}
