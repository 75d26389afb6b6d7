//! Prior densities of parameters, as they are written and as penalties: -2 log of the density, in units of the deviance.

mod density;
mod special;
mod target;
#[cfg(test)]
mod tests;

pub use density::Density;
pub use target::{Class, Target};

use crate::error::{Error, Result};

/// A density, and the parameters that have it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prior {
    pub density: Density,
    pub target: Target,
}

impl std::fmt::Display for Prior {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} on {}", self.density, self.target)
    }
}

impl TryFrom<String> for Prior {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Prior::parse(&text)
    }
}

impl From<Prior> for String {
    fn from(prior: Prior) -> Self {
        prior.to_string()
    }
}

impl Prior {
    /// Reads `normal(0, 2.5) on fixef[x]`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let Some((density, target)) = split_on(text) else {
            return Err(Error::argument(format!(
                "prior: '{text}' has no target; wanted a density and the parameters that have it, as normal(0, 2.5) on fixef[x]"
            )));
        };
        let (density, target) = (Density::parse(density)?, Target::parse(target)?);
        density.check_class(target.class)?;
        if density == Density::Jeffreys && (!target.names.is_empty() || !target.prefix.is_empty()) {
            return Err(Error::argument(format!("prior: {density} is of all coefficients of the mean; wanted {density} on fixef")));
        }
        Ok(Prior { density, target })
    }

    /// Reads priors with semicolons between them; a blank text has none.
    pub fn parse_list(text: &str) -> Result<Vec<Self>> {
        let parts = outside_quotes(text, ';');
        parts.into_iter().filter(|part| !part.trim().is_empty()).map(Self::parse).collect()
    }
}

/// The text before and after the word `on`, which stands behind the density.
fn split_on(text: &str) -> Option<(&str, &str)> {
    let name = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
    let end = if text[name..].trim_start().starts_with('(') { text.find(')')? + 1 } else { name };
    let (density, rest) = text.split_at(end);
    let target = rest.trim_start().strip_prefix("on")?;
    target.starts_with(char::is_whitespace).then(|| (density.trim(), target.trim()))
}

/// The parts of a text between separators that are outside double quotes.
fn outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut quoted) = (vec![], 0, false);
    for (at, c) in text.char_indices() {
        if c == '"' {
            quoted = !quoted;
        } else if c == separator && !quoted {
            parts.push(&text[start..at]);
            start = at + c.len_utf8();
        }
    }
    parts.push(&text[start..]);
    parts
}
