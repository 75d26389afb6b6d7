//! What means are asked for: `~ f`, `~ f | g`, `~ f * g`.

use crate::error::{Error, Result};
use crate::formula::{Expr, ExprKind, Op, parse, parse_random};
use crate::names::quoted;

/// The factors of the means, and those for each of whose combinations the means form a group of their own.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct MeansSpec {
    pub factors: Vec<String>,
    pub by: Vec<String>,
    /// Columns that the grid has at these values instead of all levels, or the mean.
    pub at: Vec<(String, Vec<String>)>,
}

impl MeansSpec {
    /// The same on a grid with chosen values: `x = 0, 5; f = a, "b, c"`.
    pub fn at(mut self, text: &str) -> Result<Self> {
        for part in split(text, ';') {
            let wrong =
                || Error::argument(format!("at: wanted columns with their values as 'x = 0, 5; f = a', not {}", quoted(&part)));
            let (name, values) = part.split_once('=').ok_or_else(wrong)?;
            let (name, values) = (unquoted(name), split(values, ',').iter().map(|v| unquoted(v)).collect::<Vec<_>>());
            if name.is_empty() || values.iter().any(String::is_empty) {
                return Err(wrong());
            }
            if self.at.iter().any(|(own, _)| *own == name) {
                return Err(Error::argument(format!("at has the column {} twice", quoted(&name))));
            }
            self.at.push((name, values));
        }
        Ok(self)
    }

    /// Reads a text, with or without the tilde. `+`, `*` and `:` all mean the combinations; `~ 1` is the overall mean.
    pub fn parse(text: &str) -> Result<Self> {
        let expr = if text.contains('~') {
            let parsed = parse(text)?;
            if parsed.response.is_some() {
                return Err(Error::formula(
                    0,
                    "the means are asked for as '~ factors' or '~ factors | groups', with nothing left of '~'",
                ));
            }
            parsed.rhs
        } else {
            parse_random(text)?
        };
        let mut spec = MeansSpec::default();
        let means = match &expr.kind {
            ExprKind::Binary { op: Op::Bar, left, right } => {
                collect(right, &mut spec.by)?;
                left
            }
            _ => &expr,
        };
        if !matches!(means.kind, ExprKind::Number(1.0)) {
            collect(means, &mut spec.factors)?;
        }
        match spec.factors.iter().find(|name| spec.by.contains(name)) {
            None => Ok(spec),
            Some(name) => Err(Error::formula(0, format!("{} is on both sides of '|'", quoted(name)))),
        }
    }
}

/// The pieces between separators that are not within quotation marks.
fn split(text: &str, separator: char) -> Vec<String> {
    let (mut pieces, mut open) = (vec![String::new()], None);
    for c in text.chars() {
        match open {
            Some(mark) if mark == c => open = None,
            None if matches!(c, '"' | '\'' | '`') => open = Some(c),
            None if c == separator => {
                pieces.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
    }
    pieces
}

/// Without blanks around it, and without quotation marks.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inner = ['"', '\'', '`'].iter().find_map(|mark| text.strip_prefix(*mark)?.strip_suffix(*mark));
    inner.unwrap_or(text).to_string()
}

fn collect(expr: &Expr, names: &mut Vec<String>) -> Result<()> {
    let mut pending = vec![expr];
    while let Some(expr) = pending.pop() {
        match &expr.kind {
            ExprKind::Name(name) => {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            ExprKind::Paren(inner) => pending.push(inner),
            ExprKind::Binary { op: Op::Add | Op::Mul | Op::Colon, left, right } => pending.extend([&**right, &**left]),
            _ => {
                let message = "the means are asked for by names of columns, joined by '*', with '|' before the groups";
                return Err(Error::formula(expr.span.start, message));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let spec = |text: &str| {
            let spec = MeansSpec::parse(text).unwrap();
            (spec.factors.join(","), spec.by.join(","))
        };
        let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
        assert_eq!(spec("~ f"), pair("f", ""));
        assert_eq!(spec("f"), pair("f", ""));
        assert_eq!(spec("~ f * (g + `a b`) | h:i"), pair("f,g,a b", "h,i"));
        assert_eq!(spec("~ 1"), pair("", ""));
        assert_eq!(spec("1 | g"), pair("", "g"));
    }

    #[test]
    fn what_is_no_list_of_names() {
        let failure = |text: &str| MeansSpec::parse(text).unwrap_err().message;
        assert!(failure("pairwise ~ f").contains("left of '~'"));
        assert!(failure("~ log(x)").contains("names"));
        assert!(failure("~ f | g | h").contains("names"));
        assert!(failure("~ f + g | f").contains("both sides"));
        assert!(failure("~ 0").contains("names"));
    }
}
