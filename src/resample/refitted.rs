//! The model of a fit fitted to another response, as a fit of its own.

use super::refit::set_response;
use crate::error::{Error, Result};
use crate::fit::response::check_categories;
use crate::fit::{Fit, Kind};
use crate::options::Options;
use crate::watch::{Phase, Watch};

impl Fit {
    /// Fits the model to another response on the same rows, `[m, c]` with c as of [`Fit::response_columns`] and m as of `fitted`, of which the
    /// rows used count. The search begins at the estimates of this fit; `options` are those that this fit was made with. What the data had to
    /// say of the design, this fit says.
    pub fn refit(&self, y: &[f64], options: &Options, watch: &Watch<'_>) -> Result<Fit> {
        let watch = &watch.of_fit();
        watch.at(Phase::Start, 0, None)?;
        let mut design = self.design()?;
        let (rows, width) = (self.fitted.len(), self.response_columns());
        if y.len() != rows * width {
            let wanted = if width == 1 { rows.to_string() } else { format!("{width} for each of {rows} rows") };
            return Err(Error::argument(format!("y has {} values, wanted {wanted}", y.len())));
        }
        set_response(&mut design, &self.used_of_each(y)?)?;
        if let Kind::Ordinal(_, own) = &self.kind {
            check_categories(own.categories.len(), &design.y)?;
        }
        design.rows = self.rows.try_clone()?;
        let options = Options { theta0: None, start: vec![], null_model: true, ..options.clone() };
        self.again(design, &options, Some(self), watch)
    }
}
