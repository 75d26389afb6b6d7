/* A fit with its spec and options as one object of R: a vector of bytes (ALTREP) that are made when somebody asks for them, as saveRDS()
 * does, and that become a fit again when they are read. */
#include "interlace_r.h"
#include <R_ext/Altrep.h>
#include <string.h>

static R_altrep_class_t handle_class;

SEXP handle_new(SEXP fit, SEXP spec, SEXP options)
{
    SEXP three = PROTECT(Rf_allocVector(VECSXP, 3));
    SET_VECTOR_ELT(three, 0, fit);
    SET_VECTOR_ELT(three, 1, spec);
    SET_VECTOR_ELT(three, 2, options);
    SEXP handle = R_new_altrep(handle_class, three, R_NilValue);
    UNPROTECT(1);
    return handle;
}

static void *inside(SEXP handle, int i)
{
    if (!ALTREP(handle) || !R_altrep_inherits(handle, handle_class))
        Rf_error("this is not a fit of interlace");
    SEXP box = VECTOR_ELT(R_altrep_data1(handle), i);
    return box == R_NilValue ? NULL : R_ExternalPtrAddr(box);
}

interlace_fit *handle_fit(SEXP handle)
{
    interlace_fit *fit = inside(handle, 0);
    if (!fit)
        Rf_error("the fit is no longer there");
    return fit;
}

interlace_spec *handle_spec(SEXP handle)
{
    return inside(handle, 1);
}

interlace_options *handle_options(SEXP handle)
{
    return inside(handle, 2);
}

static SEXP to_raw(SEXP handle, bool rows)
{
    interlace_error err;
    uint8_t *bytes = NULL;
    size_t len = 0;
    SEXP box = PROTECT(box_bytes());
    check(interlace_fit_to_bytes(handle_fit(handle), handle_spec(handle), rows, &bytes, &len, &err), &err);
    box_fill(box, bytes);
    SEXP raw = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)len));
    memcpy(RAW(raw), bytes, len);
    box_empty(box);
    UNPROTECT(2);
    return raw;
}

static SEXP from_raw(SEXP raw)
{
    interlace_error err;
    interlace_fit *fit = NULL;
    interlace_spec *spec = NULL;
    interlace_options *options = NULL;
    SEXP fit_box = PROTECT(box_fit()), spec_box = PROTECT(box_spec()), options_box = PROTECT(box_options());
    check(interlace_fit_from_bytes(RAW(raw), (size_t)XLENGTH(raw), &fit, &spec, &options, &err), &err);
    box_fill(fit_box, fit);
    box_fill(spec_box, spec);
    box_fill(options_box, options);
    SEXP handle = handle_new(fit_box, spec_box, options_box);
    UNPROTECT(3);
    return handle;
}

static SEXP materialised(SEXP handle)
{
    SEXP raw = R_altrep_data2(handle);
    if (raw == R_NilValue) {
        raw = to_raw(handle, true);
        R_set_altrep_data2(handle, raw);
    }
    return raw;
}

static R_xlen_t length_of(SEXP handle)
{
    return XLENGTH(materialised(handle));
}

static void *pointer_of(SEXP handle, Rboolean writeable)
{
    (void)writeable;
    return RAW(materialised(handle));
}

static const void *pointer_or_null(SEXP handle)
{
    SEXP raw = R_altrep_data2(handle);
    return raw == R_NilValue ? NULL : RAW(raw);
}

static SEXP state_of(SEXP handle)
{
    return to_raw(handle, true);
}

static SEXP revived(SEXP class_, SEXP state)
{
    (void)class_;
    return from_raw(state);
}

/* A fit never changes: a copy is another reference. */
static SEXP copied(SEXP handle, Rboolean deep)
{
    (void)deep;
    return R_new_altrep(handle_class, R_altrep_data1(handle), R_NilValue);
}

static Rboolean inspected(SEXP handle, int pre, int deep, int pvec, void (*subtree)(SEXP, int, int, int))
{
    (void)handle, (void)pre, (void)deep, (void)pvec, (void)subtree;
    Rprintf("a fit of interlace\n");
    return TRUE;
}

void handle_register(DllInfo *dll)
{
    handle_class = R_make_altraw_class("interlace_fit", "interlace", dll);
    R_set_altrep_Length_method(handle_class, length_of);
    R_set_altrep_Inspect_method(handle_class, inspected);
    R_set_altrep_Serialized_state_method(handle_class, state_of);
    R_set_altrep_Unserialize_method(handle_class, revived);
    R_set_altrep_Duplicate_method(handle_class, copied);
    R_set_altvec_Dataptr_method(handle_class, pointer_of);
    R_set_altvec_Dataptr_or_null_method(handle_class, pointer_or_null);
}

SEXP C_is_handle(SEXP handle)
{
    return Rf_ScalarLogical(ALTREP(handle) && R_altrep_inherits(handle, handle_class));
}

SEXP C_from_raw(SEXP bytes)
{
    return from_raw(bytes);
}

SEXP C_to_raw(SEXP handle, SEXP rows)
{
    return to_raw(handle, truth(rows));
}
