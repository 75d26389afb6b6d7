/* Leverage, influence, residuals by simulation and of random effects, the convergence report, the data beside the fit. */
#include "interlace_r.h"
#include <string.h>

SEXP C_leverage(SEXP handle, SEXP part)
{
    interlace_error err;
    interlace_leverage own;
    watch heard;
    const interlace_fit *fit = handle_fit(handle);
    size_t n = interlace_fit_n_rows(fit);
    check(interlace_leverage_from_name(string(part), &own, &err), &err);
    SEXP out = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)n));
    watch_begin(&heard, handle_options(handle));
    watch_end(&heard, interlace_fit_leverage(fit, own, heard.options, REAL(out), n, &err), &err);
    UNPROTECT(1);
    return out;
}

SEXP C_influence(SEXP handle, SEXP data, SEXP group, SEXP method)
{
    interlace_error err;
    interlace_influence_request request;
    interlace_frame *out = NULL;
    watch heard;
    memset(&request, 0, sizeof request);
    request.struct_size = sizeof request;
    request.group = string(group);
    check(interlace_influence_method_from_name(string(method), &request.influence_method, &err), &err);
    SEXP frame = PROTECT(frame_box(data)), box = PROTECT(box_frame());
    watch_begin(&heard, handle_options(handle));
    interlace_status status = interlace_fit_influence(handle_fit(handle), frame_of(frame), &request, heard.options, &out, &err);
    box_fill(box, out);
    watch_end(&heard, status, &err);
    SEXP list = frame_list(box);
    UNPROTECT(2);
    return list;
}

SEXP C_diagnose(SEXP handle, SEXP what)
{
    interlace_error err;
    interlace_frame *out = NULL;
    watch heard;
    SEXP box = PROTECT(box_frame());
    watch_begin(&heard, handle_options(handle));
    interlace_status status = (strcmp(string(what), "ranef") == 0 ? interlace_fit_ranef_residuals : interlace_fit_diagnose)(
        handle_fit(handle), heard.options, &out, &err);
    box_fill(box, out);
    watch_end(&heard, status, &err);
    SEXP list = frame_list(box);
    UNPROTECT(1);
    return list;
}

SEXP C_augment(SEXP handle, SEXP data, SEXP seed, SEXP influence)
{
    interlace_error err;
    interlace_frame *out = NULL;
    watch heard;
    SEXP frame = PROTECT(frame_box(data)), box = PROTECT(box_frame());
    watch_begin(&heard, handle_options(handle));
    interlace_status status = interlace_fit_augment(handle_fit(handle), frame_of(frame), (uint64_t)Rf_asReal(seed), truth(influence),
                                                    heard.options, &out, &err);
    box_fill(box, out);
    watch_end(&heard, status, &err);
    SEXP list = frame_list(box);
    UNPROTECT(2);
    return list;
}

/* A list with `residuals` and `tests`. */
SEXP C_simulated(SEXP handle, SEXP nsim, SEXP seed, SEXP kind, SEXP data, SEXP group)
{
    static const char *const NAMES[] = {"residuals", "tests"};
    interlace_error err;
    interlace_simulation own;
    interlace_frame *residuals = NULL, *tests = NULL;
    watch heard;
    check(interlace_simulation_from_name(string(kind), &own, &err), &err);
    SEXP frame = PROTECT(frame_box(data)), first = PROTECT(box_frame()), second = PROTECT(box_frame()), list = PROTECT(list_of(NAMES, 2));
    watch_begin(&heard, handle_options(handle));
    interlace_status status = interlace_fit_simulated_residuals(handle_fit(handle), (size_t)Rf_asReal(nsim), (uint64_t)Rf_asReal(seed), own,
                                                                frame_of(frame), string(group), heard.options, &residuals, &tests, &err);
    box_fill(first, residuals);
    box_fill(second, tests);
    watch_end(&heard, status, &err);
    SET_VECTOR_ELT(list, 0, frame_list(first));
    SET_VECTOR_ELT(list, 1, frame_list(second));
    UNPROTECT(4);
    return list;
}
