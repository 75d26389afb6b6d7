//! A fit of which some parameters have other values: where a search begins.

use super::assign::place_of;
use super::point::Point;
use crate::covariance::{Structure, with_ranges};
use crate::error::Result;
use crate::fit::common::Fit;
use crate::fit::kind::Kind;
use crate::fit::parameters::ParameterForm;
use crate::fit::parts::PredictorFit;

impl Fit {
    /// The same with the parameters of these ids at other values, as far as a search of the model has them. The rest of the fit is as it was.
    pub(in crate::fit) fn begun(mut self, start: &[(String, f64)]) -> Result<Fit> {
        const FORM: ParameterForm = ParameterForm::Reported;
        let (mut values, ids) = (self.parameter_values(FORM), self.parameter_ids(FORM));
        for (id, value) in start {
            values[place_of("start", id, &ids)?] = *value;
        }
        self.check_ranges(FORM, &values)?;
        let Point { mut fixed, shared, mut theta } = self.point(FORM, &values)?;
        let structures: Vec<Structure> = self.named_terms().map(|(_, term)| term.design.structure).collect();
        let unit = if self.is_linear() { shared[0] } else { 1.0 };
        // Without variance a search would stay there.
        self.singular = false;
        for (structure, range) in with_ranges(&structures) {
            let own = &mut theta[range];
            structure.rescale(own, &vec![1.0 / unit; structure.size]);
            self.singular |= own.iter().all(|v| *v == 0.0);
        }
        self.theta = theta;
        let is_ordinal = self.ordinal().is_some();
        self.fixed.estimate = fixed.remove(0);
        match &mut self.kind {
            Kind::Linear(correlation, _) => {
                self.sigma = shared[0];
                correlation.iter_mut().zip(&shared[1..]).for_each(|(own, rho)| own.estimate = *rho);
            }
            Kind::Generalised(own) | Kind::Ordinal(own, _) => {
                let places: Vec<usize> = own.estimated(is_ordinal).collect();
                places.into_iter().zip(&shared).for_each(|(j, psi)| own.psi[j] = *psi);
                let further: Vec<&mut PredictorFit> = own.zero_inflation.iter_mut().chain(&mut own.dispersion).collect();
                further.into_iter().zip(fixed).for_each(|(predictor, beta)| predictor.fixed.estimate = beta);
            }
            Kind::Cox(_) => {}
        }
        Ok(self)
    }
}
