//! What compiled programs rely on: structures have one layout here, in C, in the description, and in docs/abi.md.
#![cfg(target_pointer_width = "64")]

use std::fmt::Write;
use std::fs::read_to_string;
use std::mem::offset_of;

use interlace::capi::family::FamilyCallbacks;
use interlace::capi::influence::InfluenceRequest;
use interlace::capi::marginal_means::MeansRequest;
use interlace::capi::phase::Progress;
use interlace::capi::power::PowerRequest;
use interlace::capi::predict::PredictRequest;
use interlace::capi::profile::ProfileRequest;
use interlace::capi::status::ErrorRecord;
use interlace::capi::survival_curves::SurvivalRequest;

use crate::toolchain::{cc, cxx, root, succeed};

struct Layout {
    name: &'static str,
    size: usize,
    offsets: Vec<(&'static str, usize)>,
}

macro_rules! layouts {
    ($($type:ident $name:literal: $($member:ident)*;)*) => {
        vec![$(Layout { name: $name, size: size_of::<$type>(), offsets: vec![$((stringify!($member), offset_of!($type, $member))),*] }),*]
    };
}

/// As the library has them.
fn layouts() -> Vec<Layout> {
    layouts! {
        ErrorRecord "interlace_error": code reserved position message;
        FamilyCallbacks "interlace_family_callbacks": struct_size user_data name linkfun linkinv mu_eta variance dev_resids log_density
            derivatives n_parameters parameter_names parameter_scales parameter_starts;
        Progress "interlace_progress": struct_size phase step total objective theta n_theta;
        PredictRequest "interlace_predict_request": struct_size quantity random terms n_terms new_levels interval level weights arrays random_formula;
        SurvivalRequest "interlace_survival_request": struct_size random terms n_terms new_levels times n_times curve_limits level arrays;
        MeansRequest "interlace_means_request": struct_size at weighting means_scale df comparisons adjustment level coefficients m k ldc
            names predictor means_mode bias_sigma;
        PowerRequest "interlace_power_request": struct_size test effects df simulations seed alpha level along within sizes n_sizes;
        ProfileRequest "interlace_profile_request": struct_size level profile_scale;
        InfluenceRequest "interlace_influence_request": struct_size influence_method group codes n_codes;
    }
}

#[test]
fn structures_have_one_layout() {
    let description: serde_json::Value =
        serde_json::from_str(&read_to_string(root().join("include/interlace.json")).unwrap()).unwrap();
    let list = |value: &serde_json::Value, key: &str| -> Vec<(String, serde_json::Value)> {
        value[key].as_array().unwrap().iter().map(|own| (own["name"].as_str().unwrap().to_owned(), own.clone())).collect()
    };
    let described = list(&description, "structs");
    let layouts = layouts();
    let names = |own: &[(String, serde_json::Value)]| own.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&described), layouts.iter().map(|own| own.name).collect::<Vec<_>>());
    let page = read_to_string(root().join("docs/abi.md")).unwrap();
    let mut program = String::from(
        "#include <stddef.h>\n#include \"interlace.h\"\n#ifdef __cplusplus\n#define _Static_assert static_assert\n#endif\n",
    );
    for (Layout { name, size, offsets }, (_, structure)) in layouts.iter().zip(&described) {
        assert_eq!(names(&list(structure, "members")), offsets.iter().map(|own| own.0).collect::<Vec<_>>(), "{name}");
        writeln!(program, "_Static_assert(sizeof({name}) == {size}, \"{name}\");").unwrap();
        for (member, offset) in offsets {
            writeln!(program, "_Static_assert(offsetof({name}, {member}) == {offset}, \"{name}.{member}\");").unwrap();
        }
        assert!(page.contains(&format!("| `{name}` | {size} |")), "docs/abi.md does not say that {name} has {size} bytes");
    }
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path().join("layout.c");
    std::fs::write(&source, program).unwrap();
    for (mut compiler, arguments) in [(cc(), ["-std=c11", "-x", "c"]), (cxx(), ["-std=c++11", "-x", "c++"])] {
        succeed(compiler.args(arguments).args(["-fsyntax-only", "-I"]).arg(root().join("include")).arg(&source));
    }
}
