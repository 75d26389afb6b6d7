//! Powell's BOBYQA (crate `bobyqa`, a port of PRIMA), without bounds, restarted from its end with small steps.

use super::end::verified;
use super::problem::End;
use super::session::{Session, Stop};
use super::step::size;
use bobyqa::{Bobyqa, Config, Status};

/// First and last trust-region radius of each cycle, relative to the sizes of the parameters. Values of a smooth function
/// rarely tell parameters apart below 1e-8.
const RADII: [(f64, f64); 2] = [(0.3, 1e-7), (1e-3, 1e-8)];

pub(super) fn run(session: &mut Session, start: &[f64]) -> Result<End, Stop> {
    session.start_value(start)?;
    for (first, last) in RADII {
        cycle(session, first, last)?;
    }
    verified(session)
}

fn cycle(session: &mut Session, first: f64, last: f64) -> Result<(), Stop> {
    let (centre, _) = session.best();
    let n = centre.len();
    let sizes: Vec<f64> = centre.iter().map(|x| size(*x)).collect();
    let mut config = Config::new(n);
    config.rho_begin = first;
    config.rho_end = last;
    // The session keeps count; once it stops, the value -infinity ends the run.
    config.max_fun = session.remaining().saturating_add(config.npt + 2);
    config.f_target = -f64::MAX;
    config.prima_parity = n > 1;
    let failed = |status: Status| Stop::Failed(crate::error::Error::numeric(format!("bobyqa: {status}")));
    let mut solver = Bobyqa::new(n, config).map_err(failed)?;
    let mut stop = None;
    let value = |z: &[f64]| {
        if stop.is_none() {
            let x: Vec<f64> = (0..n).map(|i| centre[i] + sizes[i] * z[i]).collect();
            match session.value(&x) {
                Ok(value) => return value,
                Err(reason) => stop = Some(reason),
            }
        }
        f64::NEG_INFINITY
    };
    solver.minimize(value, &mut vec![0.0; n], &vec![f64::NEG_INFINITY; n], &vec![f64::INFINITY; n]);
    stop.map_or(Ok(()), Err)
}
