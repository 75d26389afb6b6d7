//! Whether the parts of a fit that was read from bytes go together.

use super::common::Fit;
use crate::error::Result;

impl Fit {
    pub(crate) fn check(&self) -> Result<()> {
        Ok(())
    }
}
