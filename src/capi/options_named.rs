//! Options by name, from text.

use std::ffi::CStr;
use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::target;
use super::c_char;
use super::fit::FitHandle;
use super::handle::need;
use super::options::{
    OptionsHandle, change, set_deadline, set_engine_seed, set_max_evaluations, set_memory_limit, set_method, set_nagq,
    set_random_terms, set_start, set_theta0, set_threads, set_tolerance,
};
use super::status::{ErrorRecord, Status};
use super::strings::{StringTable, text};
use crate::choice::Choice;
use crate::error::{Error, Result};
use crate::names::{nearest, quoted};
use crate::options::{Estimation, Nodes, Options, RandomTerms};

/// Sets an option by name from text, such as "tolerance" from "1e-8". interlace_options_name lists the names. An unknown name is an error,
/// INTERLACE_E_ARGUMENT, as is a value that cannot be read.
/// @param name The name of the option.
/// @param value Its value as text.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set(
    options: Option<&mut OptionsHandle>,
    name: *const c_char,
    value: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        let (name, value) = (text(name, "name")?, text(value, "value")?.trim());
        (NAMED[place_of(name)?].set)(options, value)
    })
}

/// The value of an option by name, as text that interlace_options_set accepts, to `*out`. It lives until the options change or are freed.
/// INTERLACE_E_ARGUMENT for an unknown name.
/// @param options The options.
/// @param name The name of the option.
/// @param out The value [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_get(
    options: Option<&OptionsHandle>,
    name: *const c_char,
    out: *mut *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, out) = (need(options, "options")?, target(out, "out")?);
        out.write(value_of(&handle.options, &handle.texts, name)?);
        Ok(())
    })
}

/// The value of an option that a fit was made with, by name, as text that interlace_options_set accepts, to `*out`. It lives as long as the fit.
/// INTERLACE_E_ARGUMENT for an unknown name.
/// @param name The name of the option.
/// @param out The value [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_option(
    fit: Option<&FitHandle>,
    name: *const c_char,
    out: *mut *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, out) = (need(fit, "fit")?, target(out, "out")?);
        out.write(value_of(&handle.options, &handle.strings.options, name)?);
        Ok(())
    })
}

/// Number of options that interlace_options_set accepts.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_options_count() -> usize {
    NAMED.len()
}

/// Name of an option, by its index from 0; NULL if there is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_options_name(i: usize) -> *const c_char {
    query(null(), || Some(NAMED.get(i)?.name.as_ptr()))
}

/// What an option does, what values it takes and its default, in one line; NULL if there is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_options_doc(i: usize) -> *const c_char {
    query(null(), || Some(NAMED.get(i)?.doc.as_ptr()))
}

/// An option that can be set from text.
struct Named {
    name: &'static CStr,
    doc: &'static CStr,
    set: fn(&mut Options, &str) -> Result<()>,
    get: fn(&Options) -> String,
}

const NAMED: [Named; 18] = [
    Named {
        name: c"method",
        doc: c"reml (default of linear models) or ml (default of generalised ones)",
        set: |options, value| {
            set_method(options, Estimation::from_name(value)?);
            Ok(())
        },
        get: |o| estimation(o).name().into(),
    },
    Named {
        name: c"optimizer",
        doc: c"newton (default), lbfgsb, bobyqa or nelder_mead",
        set: |options, value| choose(&mut options.optimizer, value),
        get: |o| o.optimizer.name().into(),
    },
    Named {
        name: c"theta0",
        doc: c"where the search starts: numbers separated by commas (default: empty, the library chooses)",
        set: |options, value| set_theta0(options, numbers(value)?),
        get: |o| listed(o.theta0.as_deref().unwrap_or_default()),
    },
    Named {
        name: c"start",
        doc: c"where the search starts: parameters by their ids, \"sd[g, x] = 2, fixef[x] = 0\" (default: empty, the library chooses)",
        set: set_start,
        get: |o| o.start.iter().map(|(id, value)| format!("{id} = {value}")).collect::<Vec<_>>().join(", "),
    },
    Named {
        name: c"tolerance",
        doc: c"predicted decrease of the objective at which the optimum is taken as reached (default 1e-13)",
        set: |options, value| set_tolerance(options, number("tolerance", value)?),
        get: |o| format!("{:e}", o.tolerance),
    },
    Named {
        name: c"max_evaluations",
        doc: c"the most evaluations of the objective (default 1000)",
        set: |options, value| set_max_evaluations(options, number("max_evaluations", value)?),
        get: |o| o.max_evaluations.to_string(),
    },
    Named {
        name: c"threads",
        doc: c"the number of threads that one call may use (default 1)",
        set: |options, value| set_threads(options, number("threads", value)?),
        get: |o| o.threads.to_string(),
    },
    Named {
        name: c"deadline",
        doc: c"seconds after which a fit stops with what it has, and any other call with an error (default inf)",
        set: |options, value| set_deadline(options, number("deadline", value)?),
        get: |o| o.deadline.unwrap_or(f64::INFINITY).to_string(),
    },
    Named {
        name: c"na",
        doc: c"rows with missing values: omit (default), error or pad",
        set: |options, value| choose(&mut options.na, value),
        get: |o| o.na.name().into(),
    },
    Named {
        name: c"information",
        doc: c"what the Laplace approximation of a generalised model is made of: observed (default) or expected",
        set: |options, value| choose(&mut options.information, value),
        get: |o| o.information.name().into(),
    },
    Named {
        name: c"nagq",
        doc: c"quadrature points for each random effect of a generalised model, -100 to 100 (default 1, the Laplace approximation; negative: not adaptive)",
        set: |options, value| set_nagq(options, number("nagq", value)?),
        get: |o| nagq(o).to_string(),
    },
    Named {
        name: c"fixed_effects",
        doc: c"what the fixed effects of a Cox model maximise: the penalised likelihood, jointly with the random effects (joint, the default), or the integrated likelihood (integrated)",
        set: |options, value| choose(&mut options.fixed_effects, value),
        get: |o| o.fixed_effects.name().into(),
    },
    Named {
        name: c"std_errors",
        doc: c"standard errors of a generalised model: marginal (default) or conditional on the parameters of the random effects",
        set: |options, value| choose(&mut options.std_errors, value),
        get: |o| o.std_errors.name().into(),
    },
    Named {
        name: c"unidentified",
        doc: c"random effects that the data can't tell from each other or from the residual: error (default), warning or ignore",
        set: |options, value| choose(&mut options.unidentified, value),
        get: |o| o.unidentified.name().into(),
    },
    Named {
        name: c"random_terms",
        doc: c"whether a model must have random terms: required (default) or optional",
        set: |options, value| {
            set_random_terms(options, RandomTerms::from_name(value)?);
            Ok(())
        },
        get: |o| if o.null_model { RandomTerms::Optional } else { RandomTerms::Required }.name().into(),
    },
    Named {
        name: c"engine",
        doc: c"how the random effects of a linear or generalised model are solved for: auto (default), direct (a sparse factorisation) or iterative (for designs too large to factorise; results have a Monte-Carlo error)",
        set: |options, value| choose(&mut options.engine, value),
        get: |o| o.engine.name().into(),
    },
    Named {
        name: c"engine_seed",
        doc: c"an integer that is not negative: of the random signs of the iterative engine (default 0)",
        set: |options, value| set_engine_seed(options, number("engine_seed", value)?),
        get: |o| o.engine_seed.to_string(),
    },
    Named {
        name: c"memory_limit",
        doc: c"bytes that the direct engine may take before auto chooses the iterative one (default 4e9)",
        set: |options, value| set_memory_limit(options, number("memory_limit", value)?),
        get: |o| format!("{:e}", o.memory_limit),
    },
];

/// Which of the options has the name.
fn place_of(name: &str) -> Result<usize> {
    NAMED.iter().position(|entry| entry.name.to_bytes() == name.as_bytes()).ok_or_else(|| {
        let names: Vec<&str> = NAMED.iter().map(|entry| entry.name.to_str().unwrap_or_default()).collect();
        let hint = nearest(name, names.iter().copied()).map(|near| format!("; did you mean {}?", quoted(near)));
        Error::argument(format!("there is no option {}; there are {}{}", quoted(name), names.join(", "), hint.unwrap_or_default()))
    })
}

/// The text of an option's value, out of those of all.
unsafe fn value_of(options: &Options, texts: &StringTable, name: *const c_char) -> Result<*const c_char> {
    let place = place_of(text(name, "name")?)?;
    let found = texts.get_with(|| NAMED.iter().map(|entry| (entry.get)(options)), place);
    if found.is_null() { Err(Error::memory("the values of options", 0)) } else { Ok(found) }
}

fn estimation(options: &Options) -> Estimation {
    match (options.reml, options.reml_generalised) {
        (true, false) => Estimation::Default,
        (_, true) => Estimation::Reml,
        (false, false) => Estimation::Ml,
    }
}

fn nagq(options: &Options) -> i64 {
    let points = i64::try_from(options.quadrature).unwrap_or(i64::MAX);
    if options.nodes == Nodes::Fixed { -points } else { points }
}

fn listed(values: &[f64]) -> String {
    values.iter().map(f64::to_string).collect::<Vec<_>>().join(",")
}

/// Sets a choice from its name.
fn choose<T: Choice>(to: &mut T, value: &str) -> Result<()> {
    *to = T::from_name(value)?;
    Ok(())
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T> {
    value.parse().map_err(|_| Error::argument(format!("{name} is '{value}', it must be a number")))
}

fn numbers(value: &str) -> Result<Vec<f64>> {
    value.split(',').map(str::trim).filter(|v| !v.is_empty()).map(|v| number("theta0", v)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::options::MAX_QUADRATURE;
    use super::*;
    use crate::design::NaPolicy;
    use crate::optimize::Method;
    use crate::options::{Information, StdErrors, Unidentified};

    #[test]
    fn the_listed_defaults_are_the_defaults() {
        let d = Options::default();
        let doc = |name: &str| NAMED.iter().find(|n| n.name.to_str() == Ok(name)).unwrap().doc.to_str().unwrap();
        assert!(d.reml && doc("method").contains("reml (default of linear models)"));
        assert!(!d.reml_generalised && doc("method").contains("ml (default of generalised ones)"));
        assert!(d.optimizer == Method::Newton && doc("optimizer").contains("newton (default)"));
        assert!(doc("tolerance").contains(&format!("(default {:e})", d.tolerance)));
        assert!(doc("max_evaluations").contains(&format!("(default {})", d.max_evaluations)));
        assert!(doc("threads").contains(&format!("(default {})", d.threads)));
        assert!(d.deadline.is_none() && doc("deadline").contains("(default inf)"));
        assert!(d.na == NaPolicy::Omit && doc("na").contains("omit (default)"));
        assert!(d.theta0.is_none());
        assert!(d.information == Information::Observed && doc("information").contains("observed (default)"));
        assert!(
            doc("nagq").contains(&format!("(default {},", d.quadrature))
                && doc("nagq").contains(&format!("-{MAX_QUADRATURE} to {MAX_QUADRATURE}"))
        );
        assert!(d.std_errors == StdErrors::Marginal && doc("std_errors").contains("marginal (default)"));
        assert!(d.unidentified == Unidentified::Error && doc("unidentified").contains("error (default)"));
        for (i, entry) in NAMED.iter().enumerate() {
            let (before, mut after) = ((entry.get)(&d), Options::default());
            (entry.set)(&mut after, &before).unwrap();
            assert_eq!((NAMED[i].get)(&after), before);
        }
        let source = include_str!("options.rs");
        assert!(source.contains(&format!("positive, default {:e}.", d.tolerance)), "the comment of set_tolerance");
        assert!(source.contains(&format!("positive, default {}.", d.max_evaluations)), "the comment of set_max_evaluations");
    }
}
