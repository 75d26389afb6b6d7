//! All columns of a fit's model matrix, those that the fit left out among them: from its data.

use crate::design::{Design, ModelProgram, Program, RowLedger};
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;

/// `[n, p]` on the rows used. Fails if the data are not those that the fit was made of; `x` is its model matrix of the columns kept.
pub fn all_columns(program: &Program, kept: &[usize], rows: &RowLedger, x: &[f64], data: &Frame) -> Result<Vec<f64>> {
    let (wanted, have) = (rows.n_data, data.n_rows());
    if wanted != have {
        return Err(Error::data(format!("data has {have} rows, those of the fit had {wanted}")));
    }
    let all = program.fixed_matrix_of_data(data, rows)?;
    let n = all.len() / program.fixed_names().len().max(1);
    let same = kept.iter().zip(x.chunks(n.max(1))).all(|(&j, column)| &all[j * n..(j + 1) * n] == column);
    if same { Ok(all) } else { Err(Error::data("data has other values than the data of the fit")) }
}

/// The design of a fit, with all columns of X, for `what` needs them.
pub fn with_all_columns(fit: &Fit, data: Option<&Frame>, what: &str) -> Result<Design> {
    fit.with_factor(what)?;
    let design = fit.design()?;
    match (&fit.program, data) {
        (ModelProgram::Formula(program), _) if fit.kept.len() == program.fixed_names().len() => Ok(design),
        (ModelProgram::Formula(program), Some(data)) => {
            let x = all_columns(program, &fit.kept, &fit.rows, &fit.x, data)?;
            Ok(Design { x, x_names: program.fixed_names().to_vec(), ..design })
        }
        (ModelProgram::Formula(_), None) => {
            Err(Error::argument(format!("data is NULL, but the fit left out columns, and {what} needs the data of the fit then")))
        }
        (ModelProgram::Arrays(_), _) => Ok(design),
    }
}
