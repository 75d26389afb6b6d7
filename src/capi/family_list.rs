//! The families of generalised models, for programs that offer a choice.

use std::ffi::{CStr, CString};
use std::ptr::null;
use std::sync::OnceLock;

use super::boundary::query;
use super::c_char;
use super::strings::c_string;
use crate::family::{by_name, links, names};

/// A family's names as C reads them.
struct Listed {
    name: CString,
    links: Vec<CString>,
    parameters: Vec<CString>,
}

/// The family of that index. The list is made when first asked for, and is the same for the life of the process.
fn listed(i: usize) -> Option<&'static Listed> {
    static LIST: OnceLock<Vec<Listed>> = OnceLock::new();
    let list = LIST.get_or_init(|| {
        let entry = |name: &str| {
            let links = links(name).iter().map(|link| c_string(link.name())).collect();
            let family = by_name(name, None).ok();
            let parameters = family.iter().flat_map(|family| family.parameters()).map(|p| c_string(&p.name)).collect();
            Listed { name: c_string(name), links, parameters }
        };
        names().into_iter().map(entry).collect()
    });
    list.get(i)
}

fn pointer(text: &'static CStr) -> *const c_char {
    text.as_ptr()
}

/// Number of families that interlace_spec_set_family accepts.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_family_count() -> usize {
    query(0, || Some(names().len()))
}

/// Name of a family, by its index from 0; NULL if there is none. The first is the default without interlace_spec_set_family. A static
/// string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_family_name(i: usize) -> *const c_char {
    query(null(), || Some(pointer(&listed(i)?.name)))
}

/// Number of links that suit a family; 0 if there is no such family.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_family_n_links(i: usize) -> usize {
    query(0, || Some(listed(i)?.links.len()))
}

/// Name of a link of a family, by its index from 0; the first is the family's default. NULL if there is none. A static string.
/// @param link The link, from 0.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_family_link(i: usize, link: usize) -> *const c_char {
    query(null(), || Some(pointer(listed(i)?.links.get(link)?)))
}

/// Number of parameters of a family besides the mean; 0 if there is no such family.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_family_n_parameters(i: usize) -> usize {
    query(0, || Some(listed(i)?.parameters.len()))
}

/// Name of a parameter of a family, by its index from 0, as interlace_spec_fix_parameter takes it. A dispersion formula is for the first.
/// NULL if there is none. A static string.
/// @param parameter The parameter, from 0.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_family_parameter(i: usize, parameter: usize) -> *const c_char {
    query(null(), || Some(pointer(listed(i)?.parameters.get(parameter)?)))
}
