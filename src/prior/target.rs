//! The parameters that have a prior: by their ids, or all of a class.

use crate::error::{Error, Result};
use crate::names::{known, quoted};

/// What kind of parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Coefficients.
    Fixef,
    /// Standard deviations of random effects.
    Sd,
    /// Their squares.
    Var,
    /// The correlations of a random term, all of them together.
    Cor,
    /// The covariance matrix of a random term.
    Cov,
    /// The residual standard deviation of a linear model.
    Sigma,
    /// A parameter of the family.
    Family,
}

const CLASSES: [(&str, Class); 7] = [
    ("fixef", Class::Fixef),
    ("sd", Class::Sd),
    ("var", Class::Var),
    ("cor", Class::Cor),
    ("cov", Class::Cov),
    ("sigma", Class::Sigma),
    ("family", Class::Family),
];

impl Class {
    /// Its name in ids.
    pub fn name(self) -> &'static str {
        CLASSES.iter().find(|(_, class)| *class == self).map_or("", |(name, _)| name)
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Class::Fixef => "coefficients",
            Class::Sd => "standard deviations of random effects",
            Class::Var => "variances of random effects",
            Class::Cor => "correlations of random effects",
            Class::Cov => "covariances of random effects",
            Class::Sigma => "the residual standard deviation",
            Class::Family => "parameters of the family",
        }
    }

    pub(super) fn densities(self) -> &'static str {
        match self {
            Class::Fixef => "normal, t, cauchy or jeffreys",
            Class::Sd | Class::Sigma | Class::Family => "half_normal, half_t, half_cauchy, gamma or inverse_gamma",
            Class::Var => "gamma or inverse_gamma",
            Class::Cor => "lkj",
            Class::Cov => "wishart or inverse_wishart",
        }
    }
}

/// Parameters by their id: `fixef[x]`, `sd[g, (Intercept)]`, `cor[g]`, `sigma`; without names all of the class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Empty for the mean, `zi.` or `disp.`.
    pub prefix: String,
    pub class: Class,
    pub names: Vec<String>,
    /// Of terms of a group that have an id in common; 1 without it.
    pub number: usize,
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.prefix, self.class.name())?;
        if !self.names.is_empty() {
            let names: Vec<String> = self.names.iter().map(|name| written(name)).collect();
            write!(f, "[{}]", names.join(", "))?;
        }
        if self.number > 1 { write!(f, "#{}", self.number) } else { Ok(()) }
    }
}

/// A name as it stands in an id.
pub(crate) fn written(name: &str) -> String {
    let is_plain = !name.is_empty() && name.trim() == name && !name.contains([',', '[', ']', '"']);
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

impl Target {
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let end = text.find(['[', '#']).unwrap_or(text.len());
        let (head, rest) = text.split_at(end);
        let head = head.trim();
        let (prefix, class) = head.split_once('.').map_or(("", head), |(prefix, class)| (prefix, class));
        if !matches!(prefix, "" | "zi" | "disp") || (prefix.is_empty() && head.starts_with('.')) {
            return Err(Error::argument(format!("prior: {} is no predictor; wanted zi or disp", quoted(prefix))));
        }
        let Some((_, class)) = CLASSES.iter().find(|(name, _)| *name == class) else {
            let hint = known("a prior", class, CLASSES.iter().map(|(name, _)| *name));
            return Err(Error::argument(format!(
                "prior: there is no class of parameters {}; {hint}; a coefficient x is fixef[x]",
                quoted(class)
            )));
        };
        let (names, rest) = if rest.starts_with('[') { names(rest, text)? } else { (vec![], rest) };
        let number = match rest.trim().strip_prefix('#') {
            None if rest.trim().is_empty() => 1,
            Some(number) if number.parse::<usize>().is_ok_and(|n| n > 0) => number.parse().unwrap_or(1),
            _ => return Err(unreadable(text)),
        };
        let target =
            Target { prefix: if prefix.is_empty() { String::new() } else { format!("{prefix}.") }, class: *class, names, number };
        target.check()?;
        Ok(target)
    }

    fn check(&self) -> Result<()> {
        let most = match self.class {
            Class::Fixef | Class::Cor | Class::Cov | Class::Family => 1,
            Class::Sd | Class::Var => 2,
            Class::Sigma => 0,
        };
        if self.names.len() > most {
            return Err(Error::argument(match self.class {
                Class::Cor => format!("prior: {self}: all correlations of a term have a prior together; wanted cor[group]"),
                Class::Sigma => "prior: sigma has no names".to_owned(),
                _ => format!("prior: {self} has {} names, {} has at most {most}", self.names.len(), self.class.name()),
            }));
        }
        if self.class == Class::Family && self.names.is_empty() {
            return Err(Error::argument("prior: family has no prior as a whole; wanted family[name of the parameter]"));
        }
        if !self.prefix.is_empty() && matches!(self.class, Class::Sigma | Class::Family) {
            return Err(Error::argument(format!(
                "prior: {} is of no predictor; wanted it without {}",
                self.class.name(),
                self.prefix
            )));
        }
        Ok(())
    }
}

fn unreadable(text: &str) -> Error {
    Error::argument(format!(
        "prior: {} is no parameter; wanted an id as fixef[x], sd[g, (Intercept)], cor[g] or sigma",
        quoted(text)
    ))
}

/// Names in brackets, and what comes after these.
fn names<'t>(rest: &'t str, text: &str) -> Result<(Vec<String>, &'t str)> {
    let (mut names, mut name, mut chars) = (vec![], String::new(), rest.char_indices().skip(1).peekable());
    let (mut quoted, mut was_quoted) = (false, false);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if quoted && chars.peek().is_some_and(|(_, next)| *next == '"') => {
                chars.next();
                name.push('"');
            }
            '"' => {
                if !quoted && !name.trim().is_empty() {
                    return Err(unreadable(text));
                }
                name = if quoted { name } else { String::new() };
                (quoted, was_quoted) = (!quoted, true);
            }
            _ if quoted => name.push(c),
            ',' | ']' => {
                let own = if was_quoted { std::mem::take(&mut name) } else { std::mem::take(&mut name).trim().to_owned() };
                if own.is_empty() && !was_quoted {
                    return Err(unreadable(text));
                }
                names.push(own);
                was_quoted = false;
                if c == ']' {
                    return Ok((names, &rest[at + 1..]));
                }
            }
            '[' => return Err(unreadable(text)),
            _ if was_quoted && c.is_whitespace() => {}
            _ if was_quoted => return Err(unreadable(text)),
            _ => name.push(c),
        }
    }
    Err(unreadable(text))
}
