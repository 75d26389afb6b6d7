//! The model in which a parameter of a generalised or ordinal model is held, and what its parameters are as they are reported.

use super::held::Held;
use super::likelihood::State;
use super::terms;
use crate::fit::response::AnyResponse;
use crate::glmm::model::Model;

/// What comes last in its model, to be held there.
#[derive(Clone, Copy, Debug)]
pub enum Last {
    Nothing,
    /// Fixed effect j of predictor a.
    Fixed {
        a: usize,
        j: usize,
    },
    /// The effects of a nominal column.
    Nominal {
        column: usize,
    },
}

/// The model.
pub struct HeldModel {
    pub model: Model,
    pub held: Held,
    pub response: AnyResponse,
    pub last: Last,
}

impl HeldModel {
    /// All parameters in the order of the fit, `counts` the numbers of fixed effects of its predictors: NaN where the model leaves one out.
    pub fn read(&self, state: State, counts: &[usize]) -> Vec<f64> {
        let State { mut theta, shared, mut fixed } = state;
        let mut psi = self.response.reported(&shared, self.model.fixed[0].location(&fixed[0]));
        let by = self.model.log_unit(&fixed);
        self.model.in_latent_unit(by, &mut theta, [&mut fixed[0], &mut psi]);
        let mut all = terms::reported(&self.model.structures, &theta, 1.0);
        if let (Last::Nominal { column }, AnyResponse::Ordered(response)) = (self.last, &self.response) {
            let m = response.thresholds.n_alpha();
            psi[(1 + column) * m..].rotate_right(m);
        }
        all.extend(psi);
        for (a, ((part, kept), count)) in self.model.fixed.iter().zip(fixed).zip(counts).enumerate() {
            let mut own = vec![f64::NAN; *count];
            part.kept.iter().zip(kept).for_each(|(j, beta)| own[*j] = beta);
            if let Last::Fixed { a: of, j } = self.last
                && of == a
            {
                own[j..].rotate_right(1);
            }
            all.extend(own);
        }
        all
    }
}
