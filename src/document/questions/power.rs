//! What is asked of power.

use super::values;

/// The test whose power is asked for, and the designs.
#[derive(Clone, Debug)]
pub struct PowerQuestion {
    /// A fixed effect, a term, or the formula of a smaller model.
    pub test: Option<String>,
    /// Parameters in place of the estimates.
    pub effects: Vec<String>,
    pub simulations: usize,
    pub alpha: f64,
    pub along: Option<String>,
    pub within: Option<String>,
    pub sizes: Vec<usize>,
}

impl Default for PowerQuestion {
    fn default() -> Self {
        PowerQuestion { test: None, effects: vec![], simulations: 1000, alpha: 0.05, along: None, within: None, sizes: vec![] }
    }
}

/// "10, 20, 40".
pub fn sizes(text: &str) -> Option<Vec<usize>> {
    text.split(',').map(|size| values::count(size, 1, u64::from(u32::MAX)).map(|size| size as usize)).collect()
}

/// "x = 0.3": a name and a number, or some with semicolons between them.
pub fn effects(text: &str) -> Option<String> {
    let mut parts = text.split(';').map(|part| part.rsplit_once('='));
    let read = |part: Option<(&str, &str)>| {
        part.is_some_and(|(name, value)| !name.trim().is_empty() && values::numbers(value).is_some_and(|own| own.len() == 1))
    };
    parts.all(read).then(|| text.to_owned())
}
