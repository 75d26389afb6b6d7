//! The kinds of pictures by name.

use std::ffi::CStr;

use super::binned::{binned, calibration};
use super::categories::probabilities;
use super::coefficients::coefficients;
use super::counts::rootogram;
use super::dashboard::dashboard;
use super::effects::{caterpillar, qq_ranef, ranef_pairs};
use super::groups::groups;
use super::influence::{influence, leverage};
use super::means::means;
use super::profile_pairs::profile_pairs;
use super::profiles::{profile_density, profile_zeta};
use super::residuals::{qq, residuals, scale_location};
use super::scene::Scene;
use super::sheet::Sheet;
use super::shrinkage::shrinkage;
use super::simulated::dharma;
use super::survival::{baseline, survival};
use crate::error::{Error, Result};
use crate::names::{known, quoted};

/// A kind of picture.
#[derive(Debug)]
pub struct Kind {
    pub name: &'static CStr,
    /// What it shows, in one line.
    pub summary: &'static CStr,
    /// Whether it needs rows, of the fit or of its data: estimates and sums do not give it.
    pub needs_rows: bool,
    make: fn(&Scene<'_>) -> Result<Sheet>,
}

/// All kinds.
pub const KINDS: [Kind; 23] = [
    Kind {
        name: c"dashboard",
        summary: c"six pictures that a model of this kind is judged by first, on one sheet",
        needs_rows: true,
        make: dashboard,
    },
    Kind {
        name: c"residuals",
        summary: c"residuals against fitted values, with a smoother (lowess)",
        needs_rows: true,
        make: residuals,
    },
    Kind {
        name: c"scale_location",
        summary: c"roots of the size of standardized residuals against fitted values, with a smoother",
        needs_rows: true,
        make: scale_location,
    },
    Kind { name: c"qq", summary: c"residuals against normal quantiles, with exact limits of each", needs_rows: true, make: qq },
    Kind {
        name: c"dharma",
        summary: c"residuals by simulation: uniform quantiles with limits and tests, and running quartiles along the predictions",
        needs_rows: true,
        make: dharma,
    },
    Kind {
        name: c"influence",
        summary: c"Cook's distances in order, with a cut-off: of rows of linear models, otherwise of groups (term)",
        needs_rows: true,
        make: influence,
    },
    Kind {
        name: c"leverage",
        summary: c"standardized residuals against leverages, sized by Cook's distance (linear models)",
        needs_rows: true,
        make: leverage,
    },
    Kind {
        name: c"qq_ranef",
        summary: c"random effects with intervals against normal quantiles, a panel for each effect",
        needs_rows: false,
        make: qq_ranef,
    },
    Kind {
        name: c"caterpillar",
        summary: c"random effects with intervals, in order, a panel for each effect",
        needs_rows: false,
        make: caterpillar,
    },
    Kind {
        name: c"ranef_pairs",
        summary: c"two random effects of a term against each other, with ellipses of their covariance",
        needs_rows: false,
        make: ranef_pairs,
    },
    Kind {
        name: c"shrinkage",
        summary: c"from each level's own least-squares estimate to its random effect (linear models)",
        needs_rows: true,
        make: shrinkage,
    },
    Kind {
        name: c"groups",
        summary: c"observed and fitted by group over a covariate: the first groups, or those of levels",
        needs_rows: true,
        make: groups,
    },
    Kind { name: c"coefficients", summary: c"fixed effects with intervals", needs_rows: false, make: coefficients },
    Kind {
        name: c"means",
        summary: c"marginal means with intervals, of a factor or along a covariate, by effect = 'f | g'",
        needs_rows: true,
        make: means,
    },
    Kind {
        name: c"profile_zeta",
        summary:
            c"signed roots of the deviance's rise along each parameter, with limits; straight where the likelihood is quadratic",
        needs_rows: false,
        make: profile_zeta,
    },
    Kind {
        name: c"profile_density",
        summary: c"densities of the parameters by their profiles",
        needs_rows: false,
        make: profile_density,
    },
    Kind {
        name: c"profile_pairs",
        summary: c"pairs of parameters: contours of the likelihood by their profiles, above the diagonal as signed roots",
        needs_rows: false,
        make: profile_pairs,
    },
    Kind {
        name: c"binned",
        summary: c"mean residuals in bins of fitted values, with two standard errors",
        needs_rows: true,
        make: binned,
    },
    Kind {
        name: c"calibration",
        summary: c"shares against predicted probabilities, in bins (binary, binomial and ordinal models)",
        needs_rows: true,
        make: calibration,
    },
    Kind { name: c"rootogram", summary: c"frequencies of counts, observed and expected", needs_rows: true, make: rootogram },
    Kind {
        name: c"probabilities",
        summary: c"probabilities of the categories over a covariate or factor (ordinal models)",
        needs_rows: true,
        make: probabilities,
    },
    Kind {
        name: c"survival",
        summary: c"survival curves with limits, for levels of a factor or values of a covariate (Cox models)",
        needs_rows: true,
        make: survival,
    },
    Kind { name: c"baseline", summary: c"cumulative hazards of the strata (Cox models)", needs_rows: true, make: baseline },
];

impl Kind {
    /// The kind of that name, with underscores or hyphens.
    pub fn named(name: &str) -> Result<&'static Kind> {
        let wanted = name.replace('-', "_");
        let own_name = |own: &Kind| own.name.to_str().unwrap_or_default();
        KINDS.iter().find(|own| own_name(own) == wanted).ok_or_else(|| {
            let names = KINDS.iter().map(own_name);
            Error::argument(format!("there is no picture {}; {}", quoted(name), known("the list", &wanted, names)))
        })
    }

    /// The coordinates of a picture.
    pub fn sheet(&self, scene: &Scene<'_>) -> Result<Sheet> {
        Ok((self.make)(scene)?.by(scene.settings))
    }
}
