//! What may be chosen of a picture, by name.

use std::ffi::CStr;

use crate::choice::Choice;
use crate::diagnostics::ResidualKind;
use crate::error::{Error, Result};
use crate::names::{known, quoted};

/// What is chosen of a picture; where nothing is, the picture chooses.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Pixels.
    pub width: Option<f64>,
    pub height: Option<f64>,
    pub title: Option<String>,
    /// Of intervals and bands.
    pub level: f64,
    /// A grouping factor.
    pub term: Option<String>,
    /// A coefficient, parameter, covariate or factor.
    pub effect: Option<String>,
    /// Levels of a grouping factor.
    pub levels: Option<Vec<String>>,
    pub residual: Option<PlottedResidual>,
    /// Of random numbers.
    pub seed: u64,
    pub format: Format,
    /// Of PNG; at 96 each pixel of the sides is one.
    pub dpi: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            width: None,
            height: None,
            title: None,
            level: 0.95,
            term: None,
            effect: None,
            levels: None,
            residual: None,
            seed: 0,
            format: Format::Svg,
            dpi: 192.0,
        }
    }
}

/// Residuals with one number for each row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlottedResidual {
    Of(ResidualKind),
    Quantile,
}

impl Choice for PlottedResidual {
    const LIST: &'static str = "residual";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (PlottedResidual::Of(ResidualKind::Response), c"response"),
        (PlottedResidual::Of(ResidualKind::Pearson), c"pearson"),
        (PlottedResidual::Of(ResidualKind::Working), c"working"),
        (PlottedResidual::Of(ResidualKind::Deviance), c"deviance"),
        (PlottedResidual::Of(ResidualKind::Normalized), c"normalized"),
        (PlottedResidual::Of(ResidualKind::Standardized), c"standardized"),
        (PlottedResidual::Of(ResidualKind::Marginal), c"marginal"),
        (PlottedResidual::Of(ResidualKind::Cholesky), c"cholesky"),
        (PlottedResidual::Of(ResidualKind::LeastSquares), c"least_squares"),
        (PlottedResidual::Of(ResidualKind::SemiStandardized), c"semi_standardized"),
        (PlottedResidual::Of(ResidualKind::LeastSquaresStandardized), c"least_squares_standardized"),
        (PlottedResidual::Quantile, c"quantile"),
    ];
}

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Svg,
    Png,
}

impl Choice for Format {
    const LIST: &'static str = "format";
    const ALL: &'static [(Self, &'static CStr)] = &[(Format::Svg, c"svg"), (Format::Png, c"png")];
}

/// Why a library without the feature `png` has no such format.
pub fn no_png() -> Error {
    Error::unsupported("format: this library was built without the feature png, its pictures are SVG")
}

/// A setting that can be chosen by name.
#[derive(Debug)]
pub struct Setting {
    pub name: &'static CStr,
    pub doc: &'static CStr,
    set: fn(&mut Settings, &str) -> Result<()>,
}

/// Pixels of a side.
const SIDES: (f64, f64) = (200.0, 4000.0);

/// Dots per inch.
const RESOLUTIONS: (f64, f64) = (24.0, 600.0);

/// All settings.
pub const SETTINGS: [Setting; 11] = [
    Setting {
        name: c"width",
        doc: c"pixels, 200 to 4000 (default 640)",
        set: |own, text| put(&mut own.width, within("width", SIDES, text)),
    },
    Setting {
        name: c"height",
        doc: c"pixels, 200 to 4000 (default: what the picture needs)",
        set: |own, text| put(&mut own.height, within("height", SIDES, text)),
    },
    Setting {
        name: c"title",
        doc: c"the text above the picture (default: what it shows)",
        set: |own, text| put(&mut own.title, Ok(text.to_owned())),
    },
    Setting {
        name: c"level",
        doc: c"the level of intervals and bands, between 0 and 1 (default 0.95)",
        set: |own, text| {
            own.level = number(text).filter(|level| *level > 0.0 && *level < 1.0).ok_or_else(|| {
                Error::argument(format!("level is {}, it must be a number between 0 and 1", quoted(text)))
            })?;
            Ok(())
        },
    },
    Setting {
        name: c"term",
        doc: c"a grouping factor: only its random effects, or groups (default: all, or the first)",
        set: |own, text| put(&mut own.term, named("term", text)),
    },
    Setting {
        name: c"effect",
        doc: c"a coefficient or parameter (of profile_pairs, several between commas), or the covariate or factor along the axis (default: all, or the first)",
        set: |own, text| put(&mut own.effect, named("effect", text)),
    },
    Setting {
        name: c"levels",
        doc: c"levels of the grouping factor to show, \"a, b, c\", a level with a comma in quotes (default: the first ones)",
        set: |own, text| put(&mut own.levels, list("levels", text)),
    },
    Setting {
        name: c"residual",
        doc: c"response, pearson, working, deviance, normalized, standardized, marginal, cholesky, least_squares, semi_standardized, least_squares_standardized or quantile (default: pearson, or standardized against quantiles, of linear models; deviance of Cox models; otherwise quantile)",
        set: |own, text| put(&mut own.residual, PlottedResidual::from_name(text)),
    },
    Setting {
        name: c"seed",
        doc: c"an integer that is not negative: of quantile residuals (default 0)",
        set: |own, text| {
            own.seed = text
                .trim()
                .parse()
                .map_err(|_| Error::argument(format!("seed is {}, it must be an integer that is not negative", quoted(text))))?;
            Ok(())
        },
    },
    Setting {
        name: c"format",
        doc: c"svg or png (default svg)",
        set: |own, text| {
            let format = Format::from_name(text)?;
            // That there is none shows before anything is drawn.
            if format == Format::Png && !cfg!(feature = "png") {
                return Err(no_png());
            }
            own.format = format;
            Ok(())
        },
    },
    Setting {
        name: c"dpi",
        doc: c"the resolution of PNG, 24 to 600: at 96 width and height are pixels of the file (default 192, twice as many)",
        set: |own, text| {
            own.dpi = within("dpi", RESOLUTIONS, text)?;
            Ok(())
        },
    },
];

impl Settings {
    /// Chooses by name, with underscores or hyphens.
    pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
        let wanted = name.replace('-', "_");
        let own_name = |own: &Setting| own.name.to_str().unwrap_or_default();
        let found = SETTINGS.iter().find(|own| own_name(own) == wanted).ok_or_else(|| {
            let names = SETTINGS.iter().map(own_name);
            Error::argument(format!("a picture has no option {}; {}", quoted(name), known("the list", &wanted, names)))
        })?;
        (found.set)(self, value)
    }
}

fn put<T>(place: &mut Option<T>, value: Result<T>) -> Result<()> {
    *place = Some(value?);
    Ok(())
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|x: &f64| x.is_finite())
}

fn within(name: &str, (least, most): (f64, f64), text: &str) -> Result<f64> {
    number(text)
        .filter(|side| (least..=most).contains(side))
        .ok_or_else(|| Error::argument(format!("{name} is {}, it must be a number from {least} to {most}", quoted(text))))
}

fn named(name: &str, text: &str) -> Result<String> {
    if text.trim().is_empty() { Err(Error::argument(format!("{name} is empty, it must be a name"))) } else { Ok(text.to_owned()) }
}

/// Texts between commas, spaces around them taken off; in quotes a text may have commas, and keeps its spaces.
pub fn list(name: &str, text: &str) -> Result<Vec<String>> {
    let (mut items, mut rest) = (vec![], text.trim());
    loop {
        let (item, after) = match rest.strip_prefix('"').and_then(|inside| inside.split_once('"')) {
            Some((item, after)) => (item, after.trim_start()),
            None => rest.find(',').map_or((rest.trim_end(), ""), |at| (rest[..at].trim_end(), &rest[at..])),
        };
        items.push(item.to_owned());
        match after.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None if after.is_empty() => break,
            None => return Err(Error::argument(format!("{name} is {}, wanted names between commas", quoted(text)))),
        }
    }
    if items.iter().any(String::is_empty) {
        return Err(Error::argument(format!("{name} is {}, wanted names between commas", quoted(text))));
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_by_name() {
        let mut own = Settings::default();
        for (name, value) in
            [("width", "800"), ("level", "0.9"), ("levels", "a, \"b, c\" ,d"), ("residual", "pearson"), ("seed", "3")]
        {
            own.set(name, value).unwrap();
        }
        assert_eq!((own.width, own.level, own.seed), (Some(800.0), 0.9, 3));
        assert_eq!(own.levels.unwrap(), ["a", "b, c", "d"]);
        assert_eq!(own.residual, Some(PlottedResidual::Of(ResidualKind::Pearson)));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let wrong = [
            ("widt", "800", "a picture has no option 'widt'; did you mean 'width'?"),
            ("width", "0", "width is '0', it must be a number from 200 to 4000"),
            ("height", "NaN", "height is 'NaN', it must be a number from 200 to 4000"),
            ("level", "1", "level is '1', it must be a number between 0 and 1"),
            ("levels", "a,,b", "levels is 'a,,b', wanted names between commas"),
            ("levels", "\"a\" b", "levels is '\"a\" b', wanted names between commas"),
            ("seed", "-1", "seed is '-1', it must be an integer that is not negative"),
            ("dpi", "1200", "dpi is '1200', it must be a number from 24 to 600"),
            ("format", "gif", "format is 'gif', it must be one of svg, png"),
            ("term", " ", "term is empty, it must be a name"),
        ];
        for (name, value, message) in wrong {
            assert_eq!(Settings::default().set(name, value).unwrap_err().message, message);
        }
        assert!(Settings::default().set("residual", "pearsn").unwrap_err().message.contains("did you mean pearson?"));
    }
}
