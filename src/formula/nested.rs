//! Names of nested groups, from the inside out, as lme4's profiles have them.

/// The name of a parameter, `sd_x|a:b:c`, with its groups from the inside out, `sd_x|c:(b:a)`, if the formula nests them by slashes;
/// otherwise as it is.
pub fn inside_out(formula: &str, name: &str) -> String {
    let Some((before, groups)) = name.rsplit_once('|').filter(|(_, groups)| groups.contains(':')) else { return name.to_owned() };
    if !nests(formula, groups) {
        return name.to_owned();
    }
    let factors: Vec<&str> = groups.split(':').rev().collect();
    let (last, open) = (factors.len() - 1, factors.len() - 2);
    let parts = factors.iter().enumerate().map(|(i, factor)| match last - i {
        0 => (*factor).to_owned(),
        1 => format!("{factor}:"),
        _ => format!("{factor}:("),
    });
    format!("{before}|{}{}", parts.collect::<String>(), ")".repeat(open))
}

/// Whether the formula has the factors of a group, `a:b`, with slashes between them right of a bar.
fn nests(formula: &str, groups: &str) -> bool {
    let written = groups.replace(':', "/");
    formula.split('|').skip(1).any(|part| {
        let bare: String = part.chars().filter(|c| !c.is_whitespace()).collect();
        let continues = |rest: &str| rest.starts_with(|c: char| c == '.' || c == '_' || c.is_alphanumeric());
        bare.strip_prefix(&written).is_some_and(|rest| !continues(rest))
    })
}

#[cfg(test)]
mod tests {
    use super::inside_out;

    #[test]
    fn groups_that_a_formula_nests_are_turned_around() {
        let formula = "y ~ x + (1 | a / b/c) + (1 | d:e)";
        for (name, wanted) in [
            ("sd_(Intercept)|a:b:c", "sd_(Intercept)|c:(b:a)"),
            ("sd_(Intercept)|a:b", "sd_(Intercept)|b:a"),
            ("sd_(Intercept)|d:e", "sd_(Intercept)|d:e"),
            ("sd_(Intercept)|a", "sd_(Intercept)|a"),
            ("sigma", "sigma"),
        ] {
            assert_eq!(inside_out(formula, name), wanted);
        }
        assert_eq!(inside_out("y ~ (1 | a/bc)", "sd_x|a:b"), "sd_x|a:b");
    }
}
