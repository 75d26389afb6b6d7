//! Fixed effects: the algebra of terms. The expected labels are those of R 4.2.2.

use super::{assert_errors, read, strings};
use crate::formula::{TermList, expand, parse};

/// The intercept, a bar and the labels.
fn summary(list: &TermList) -> String {
    format!("{}|{}", i32::from(list.intercept), list.labels().join(","))
}

/// Text, whether there is an intercept, and the labels.
const CASES: [(&str, &str); 71] = [
    ("~ 1", "1|"),
    ("~ a*b*c - a:b", "1|a,b,c,a:c,b:c,a:b:c"),
    ("~ (a+b)^2", "1|a,b,a:b"),
    ("~ (a+b+c)^2 - a", "1|b,c,a:b,a:c,b:c"),
    ("~ (a+b+c+d)^3", "1|a,b,c,d,a:b,a:c,a:d,b:c,b:d,c:d,a:b:c,a:b:d,a:c:d,b:c:d"),
    ("~ a/b", "1|a,a:b"),
    ("~ a/b/c", "1|a,a:b,a:b:c"),
    ("~ a/(b+c)", "1|a,a:b,a:c"),
    ("~ (a+b)/c", "1|a,b,a:b:c"),
    ("~ (a*b)/c", "1|a,b,a:b,a:b:c"),
    ("~ a/(b*c)", "1|a,a:b,a:c,a:b:c"),
    ("~ a %in% b", "1|a:b"),
    ("~ a %in% (b+c)", "1|a:b:c"),
    ("~ (a+b) %in% c", "1|a:c,b:c"),
    ("~ b %in% a + c", "1|c,b:a"),
    ("~ a*b %in% c", "1|a,b:c,a:b:c"),
    ("~ a %in% b %in% c", "1|a:b:c"),
    ("~ b:a + a", "1|a,b:a"),
    ("~ b:a + a + b", "1|a,b,b:a"),
    ("~ a + b + b:a", "1|a,b,a:b"),
    ("~ c:a + b + a:b", "1|b,c:a,a:b"),
    ("~ (a+b):(c+d)", "1|a:c,a:d,b:c,b:d"),
    ("~ (c+d):(a+b)+a", "1|a,c:a,c:b,d:a,d:b"),
    ("~ d:c + b:a + a:d", "1|d:c,b:a,d:a"),
    ("~ (a+b)^2:c", "1|a:c,b:c,a:b:c"),
    ("~ a*b + c*d", "1|a,b,c,d,a:b,c:d"),
    ("~ a:b:c + a", "1|a,a:b:c"),
    ("~ a:a", "1|a"),
    ("~ a^2", "1|a"),
    ("~ (a/b)^2", "1|a,a:b"),
    ("~ a + a + (a)", "1|a"),
    ("~ ((a)) + (b:c)", "1|a,b:c"),
    ("~ a - a", "1|"),
    ("~ a + b - b:a", "1|a,b"),
    ("~ a*b - b:a", "1|a,b"),
    ("~ a + (b - a)", "1|a,b"),
    ("~ a + b:(c-d)", "1|a,b:c"),
    ("~ (a - e) + b - b + e - c", "1|a,e"),
    ("~ -a + b", "1|b"),
    ("~ 0 + a", "0|a"),
    ("~ a - 1", "0|a"),
    ("~ -1 + a", "0|a"),
    ("~ a + -1", "0|a"),
    ("~ a - 0", "1|a"),
    ("~ a - 1 + 1", "1|a"),
    ("~ 0 + a + 1 - 1", "0|a"),
    ("~ 0 + a - 0", "1|a"),
    ("~ a - (b - 1)", "1|a"),
    ("~ -(a - 1)", "1|"),
    ("~ a - -1", "1|a"),
    ("~ (a - 1)*b", "0|a,b,a:b"),
    ("~ (0 + a):b", "0|a:b"),
    ("~ (1 + a)^2", "1|a"),
    ("~ (1 + a)*b", "1|a,b,a:b"),
    ("~ log(x) + log( x ) + I(x^2)", "1|log(x),I(x^2)"),
    ("~ log(x) + log((x))", "1|log(x),log((x))"),
    ("~ poly(x,2)*f", "1|poly(x, 2),f,poly(x, 2):f"),
    ("~ `a b` + `a b`:c", "1|`a b`,`a b`:c"),
    ("~ x > 3", "1|x > 3"),
    ("~ a:(x>3)", "1|a:x > 3"),
    ("~ !a + b", "1|!a + b"),
    ("~ a & b", "1|a & b"),
    ("~ offset(w) + a", "1|a"),
    ("~ -1 + (a+c)^3 + (x > 3)*b + e", "0|a,c,x > 3,b,e,a:c,x > 3:b"),
    ("~ b/I(x^2) + d + c + c %in% e:a + I(x^2)", "1|b,d,c,I(x^2),b:I(x^2),c:e:a"),
    ("~ (c)^4/log(x)*d + 1", "1|c,d,c:log(x),c:d,c:log(x):d"),
    ("~ (x > 3)*c:c/d", "1|x > 3,c,x > 3:c,x > 3:c:d"),
    ("~ log(x) + log(x) %in% b*d/d", "1|log(x),d,log(x):b,log(x):b:d"),
    ("~ f/(I(x^2)):a:d:f + I(x^2) + e", "1|f,I(x^2),e,f:I(x^2):a:d"),
    ("~ -1 + (a)^4 %in% a + f*d:a:log(x):a", "0|a,f,a:d:log(x),a:f:d:log(x)"),
    ("~ (b*e*a)^4", "1|b,e,a,b:e,b:a,e:a,b:e:a"),
];

#[test]
fn terms_are_those_of_r() {
    for (text, wanted) in CASES {
        assert_eq!(summary(&read(text).expect(text).fixed), wanted, "{text}");
    }
}

#[test]
fn terms_are_sorted_indices_of_the_used_variables() {
    let fixed = read("y ~ z - z + b + a:b + c:a:b").unwrap().fixed;
    assert_eq!(fixed.variables.iter().map(ToString::to_string).collect::<Vec<_>>(), ["b", "a", "c"]);
    assert_eq!(fixed.terms, [vec![0], vec![0, 1], vec![0, 1, 2]]);
}

#[test]
fn a_dot_is_all_columns_but_the_response() {
    let columns = strings(&["y", "a", "b", "c"]);
    let cases = [
        ("log(y) ~ .", "1|a,b,c"),
        ("y ~ . - a", "1|b,c"),
        ("y ~ .^2", "1|a,b,c,a:b,a:c,b:c"),
        ("y ~ c + .", "1|c,a,b"),
        ("y ~ .:a", "1|a,a:b,a:c"),
        ("y ~ .*a", "1|a,b,c,a:b,a:c"),
        ("y ~ a/.", "1|a,a:b,a:c"),
        ("y ~ . %in% a", "1|a,a:b,a:c"),
        ("y ~ (. - a)^2", "1|b,c,b:c"),
        ("cbind(y, a) ~ . + (1 | c)", "1|b,c"),
        ("~ 0 + .", "0|y,a,b,c"),
    ];
    for (text, wanted) in cases {
        assert_eq!(summary(&expand(&parse(text).unwrap(), &[], &[], &columns).unwrap().fixed), wanted, "{text}");
    }
    let odd = expand(&parse("~ .").unwrap(), &[], &[], &strings(&["a b", "x"])).unwrap().fixed;
    assert_eq!(odd.labels(), ["`a b`", "x"]);
}

#[test]
fn a_dot_needs_columns_and_stands_alone() {
    assert_errors(&[("y ~ .", 4, "no columns are known")], read);
    let columns = strings(&["y", "a"]);
    let cases =
        [("y ~ a + log(.)", 8, "not inside 'log(.)'"), (". ~ a", 0, "right of '~'"), ("y ~ a + (. | g)", 9, "in a random term")];
    assert_errors(&cases, |text| expand(&parse(text)?, &[], &[], &columns));
}

#[test]
fn offsets_are_no_terms() {
    let fixed = read("y ~ offset(log(t)) + x + (offset(2*z))").unwrap().fixed;
    assert_eq!(fixed.offsets.iter().map(ToString::to_string).collect::<Vec<_>>(), ["log(t)", "2 * z"]);
    assert_eq!(fixed.variables.len(), 1);
    let cases = [
        ("y ~ x:offset(z)", 6, "alone between +"),
        ("y ~ x - offset(z)", 8, "can't be subtracted"),
        ("y ~ offset(a, b)", 4, "one argument"),
        ("y ~ offset()", 4, "one argument"),
    ];
    assert_errors(&cases, read);
}

#[test]
fn what_is_no_term_is_an_error_at_its_byte() {
    let cases = [
        ("y ~ x + 2", 8, "the number 2"),
        ("y ~ x - 0.5", 8, "the number 0.5"),
        ("y ~ 'a'", 4, "the text \"a\""),
        ("y ~ x + TRUE", 8, "the constant TRUE"),
        ("y ~ 1/x", 4, "arithmetic is written I(...)"),
        ("y ~ z + x:1", 8, "without variables"),
        ("y ~ z + (1 - 1)*x", 8, "without variables"),
        ("y ~ -x:z", 4, "without variables"),
        ("y ~ (a + b)^0", 12, "whole number"),
        ("y ~ a^1.5", 6, "whole number"),
        ("y ~ a^b", 6, "whole number"),
        ("y ~ a^-1", 6, "whole number"),
        ("y ~ x + y", 8, "also right of '~'"),
        ("log(y) ~ x:log( y )", 11, "also right of '~'"),
    ];
    assert_errors(&cases, read);
}

#[test]
fn more_than_64_variables() {
    let names: Vec<String> = (0..150).map(|i| format!("v{i}")).collect();
    let fixed = read(&format!("y ~ ({})^2 - v0:v149", names.join(" + "))).unwrap().fixed;
    assert_eq!(fixed.terms.len(), 150 + 149 * 75 - 1);
    assert_eq!(fixed.label(fixed.terms.len() - 1), "v148:v149");
    assert!(!fixed.terms.contains(&vec![0, 149]));
}

#[test]
fn too_many_terms_are_an_error_soon() {
    let names: Vec<String> = (0..40).map(|i| format!("v{i}")).collect();
    let sum = names.join(" + ");
    let hostile = [
        names.join("*"),
        format!("({sum})^20"),
        format!("({sum})^1000000000"),
        format!("({sum}):({sum}):({sum}):({sum})"),
        "(".repeat(150) + &names[..12].join("*") + &")^2".repeat(150),
    ];
    for rhs in hostile {
        let clock = std::time::Instant::now();
        let error = read(&format!("y ~ {rhs}")).unwrap_err();
        assert!(error.message.contains("too many terms") && error.message.len() < 300, "{error}");
        assert!(clock.elapsed().as_secs() < 20);
    }
    // A huge power of few variables is not large.
    assert_eq!(read("y ~ (a + b + c)^1000000000").unwrap().fixed.terms.len(), 7);
}

#[test]
fn a_formula_of_ten_thousand_characters() {
    let names: Vec<String> = (0..1_500).map(|i| format!("v{i:04}")).collect();
    let formula = read(&format!("y ~ {} + (1 | g) - v0007", names.join("+"))).unwrap();
    assert_eq!(formula.fixed.terms.len(), 1_499);
    assert_eq!(formula.random.len(), 1);
    let alternating = format!("y ~ x{}", " + a - a".repeat(1_200));
    assert_eq!(summary(&read(&alternating).unwrap().fixed), "1|x");
}
