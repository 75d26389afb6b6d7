/* Predictions, simulation, refits, profiles, the bootstrap, cross-validation. */
#include "interlace_r.h"
#include <string.h>

static const size_t *terms_of(SEXP terms)
{
    if (terms == R_NilValue)
        return NULL;
    R_xlen_t n = XLENGTH(terms);
    size_t *own = (size_t *)R_alloc((size_t)n + 1, sizeof *own);
    for (R_xlen_t i = 0; i < n; i++)
        own[i] = (size_t)INTEGER(terms)[i];
    return own;
}

/* A list with `quantity`, `random`, `terms`, `new_levels`, `interval`, `level`, `weights`. */
static interlace_predict_request predict_request(SEXP settings)
{
    interlace_error err;
    interlace_predict_request request;
    memset(&request, 0, sizeof request);
    request.struct_size = sizeof request;
    check(interlace_quantity_from_name(string(named(settings, "quantity")), &request.quantity, &err), &err);
    check(interlace_random_from_name(string(named(settings, "random")), &request.random, &err), &err);
    check(interlace_new_levels_from_name(string(named(settings, "new_levels")), &request.new_levels, &err), &err);
    check(interlace_interval_from_name(string(named(settings, "interval")), &request.interval, &err), &err);
    request.terms = terms_of(named(settings, "terms"));
    request.n_terms = (size_t)Rf_xlength(named(settings, "terms"));
    request.level = Rf_asReal(named(settings, "level"));
    SEXP weights = named(settings, "weights");
    request.weights = weights == R_NilValue ? NULL : REAL(weights);
    return request;
}

/* A matrix [rows,w], or with `uncertainty` four of them: fit, se.fit, lwr, upr. */
SEXP C_predict(SEXP handle, SEXP data, SEXP request)
{
    static const char *const NAMES[] = {"fit", "se.fit", "lwr", "upr"};
    interlace_error err;
    watch heard;
    interlace_predict_request wanted = predict_request(request);
    const interlace_fit *fit = handle_fit(handle);
    bool uncertainty = truth(named(request, "uncertainty"));
    SEXP frame = PROTECT(frame_box(data)), list = PROTECT(list_of(NAMES, uncertainty ? 4 : 1));
    size_t rows = frame == R_NilValue ? interlace_fit_n_rows(fit) : interlace_frame_n_rows(frame_of(frame));
    size_t w = interlace_fit_predict_width(fit, wanted.quantity), len = rows * w;
    double *out[4] = {NULL};
    for (int i = 0; i < (uncertainty ? 4 : 1); i++) {
        SET_VECTOR_ELT(list, i, Rf_allocMatrix(REALSXP, (int)rows, (int)w));
        out[i] = REAL(VECTOR_ELT(list, i));
    }
    watch_begin(&heard, handle_options(handle));
    interlace_status status =
        uncertainty ? interlace_fit_predict_interval(fit, frame_of(frame), &wanted, heard.options, out[0], out[1], out[2], out[3], len, &err)
                    : interlace_fit_predict(fit, frame_of(frame), &wanted, heard.options, out[0], len, &err);
    watch_end(&heard, status, &err);
    if (frame != R_NilValue)
        box_empty(frame);
    UNPROTECT(2);
    return list;
}

static interlace_survival_request survival_request(SEXP settings)
{
    interlace_error err;
    interlace_survival_request request;
    memset(&request, 0, sizeof request);
    request.struct_size = sizeof request;
    check(interlace_random_from_name(string(named(settings, "random")), &request.random, &err), &err);
    check(interlace_new_levels_from_name(string(named(settings, "new_levels")), &request.new_levels, &err), &err);
    check(interlace_curve_limits_from_name(string(named(settings, "limits")), &request.curve_limits, &err), &err);
    request.terms = terms_of(named(settings, "terms"));
    request.n_terms = (size_t)Rf_xlength(named(settings, "terms"));
    request.level = Rf_asReal(named(settings, "level"));
    SEXP times = named(settings, "times");
    request.times = times == R_NilValue ? NULL : REAL(times);
    request.n_times = (size_t)Rf_xlength(times);
    return request;
}

SEXP C_survival(SEXP handle, SEXP data, SEXP what, SEXP request)
{
    interlace_error err;
    watch heard;
    interlace_frame *out = NULL;
    interlace_survival_request wanted = survival_request(request);
    const interlace_fit *fit = handle_fit(handle);
    const char *kind = string(what);
    SEXP probabilities = named(request, "probabilities");
    SEXP frame = PROTECT(frame_box(data)), box = PROTECT(box_frame());
    interlace_status status;
    watch_begin(&heard, handle_options(handle));
    if (strcmp(kind, "curves") == 0)
        status = interlace_fit_survival_curves(fit, frame_of(frame), &wanted, heard.options, &out, &err);
    else if (strcmp(kind, "means") == 0)
        status = interlace_fit_survival_means(fit, frame_of(frame), &wanted, heard.options, &out, &err);
    else
        status = interlace_fit_survival_quantiles(fit, frame_of(frame), &wanted, REAL(probabilities), (size_t)XLENGTH(probabilities),
                                                  heard.options, &out, &err);
    box_fill(box, out);
    watch_end(&heard, status, &err);
    SEXP list = frame_list(box);
    UNPROTECT(2);
    return list;
}

static interlace_simulation simulation_of(SEXP name)
{
    interlace_error err;
    interlace_simulation kind;
    check(interlace_simulation_from_name(string(name), &kind, &err), &err);
    return kind;
}

SEXP C_simulate(SEXP handle, SEXP nsim, SEXP seed, SEXP kind)
{
    interlace_error err;
    watch heard;
    const interlace_fit *fit = handle_fit(handle);
    interlace_simulation own = simulation_of(kind);
    size_t n = (size_t)Rf_asReal(nsim), rows = interlace_fit_n_rows(fit) * interlace_fit_n_response_columns(fit);
    SEXP out = PROTECT(Rf_allocMatrix(REALSXP, (int)rows, (int)n));
    watch_begin(&heard, handle_options(handle));
    watch_end(&heard, interlace_fit_simulate(fit, n, (uint64_t)Rf_asReal(seed), own, heard.options, REAL(out), rows * n, &err), &err);
    UNPROTECT(1);
    return out;
}

SEXP C_refit(SEXP handle, SEXP y)
{
    interlace_error err;
    interlace_fit *fit = NULL;
    watch heard;
    SEXP box = PROTECT(box_fit());
    watch_begin(&heard, handle_options(handle));
    interlace_status status = interlace_fit_refit(handle_fit(handle), REAL(y), (size_t)XLENGTH(y), heard.options, &fit, &err);
    box_fill(box, fit);
    watch_end(&heard, status, &err);
    SEXP own = handle_new(box, R_NilValue, R_NilValue);
    UNPROTECT(1);
    return own;
}

SEXP C_profile(SEXP handle, SEXP level, SEXP scale, SEXP points)
{
    interlace_error err;
    watch heard;
    interlace_frame *out = NULL;
    interlace_profile_request request = {sizeof request, Rf_asReal(level), INTERLACE_PROFILE_SCALE_SD_COR};
    check(interlace_profile_scale_from_name(string(scale), &request.profile_scale, &err), &err);
    SEXP box = PROTECT(box_frame());
    watch_begin(&heard, handle_options(handle));
    interlace_status status = (truth(points) ? interlace_fit_profile : interlace_fit_parameters_confint_profile)(
        handle_fit(handle), &request, heard.options, &out, &err);
    box_fill(box, out);
    watch_end(&heard, status, &err);
    SEXP list = frame_list(box);
    UNPROTECT(1);
    return list;
}

/* A list with `kind` (parametric, groups, rows), `group`, `simulation`, `nsim`, `seed`. */
static SEXP bootstrap_made(SEXP settings)
{
    interlace_error err;
    interlace_bootstrap *bootstrap = NULL;
    SEXP box = PROTECT(box_bootstrap());
    check(interlace_bootstrap_new(&bootstrap, &err), &err);
    box_fill(box, bootstrap);
    const char *kind = string(named(settings, "kind"));
    check(interlace_bootstrap_set_replicates(bootstrap, 0, (size_t)Rf_asReal(named(settings, "nsim")), &err), &err);
    check(interlace_bootstrap_set_seed(bootstrap, (uint64_t)Rf_asReal(named(settings, "seed")), &err), &err);
    if (strcmp(kind, "parametric") == 0)
        check(interlace_bootstrap_set_parametric(bootstrap, simulation_of(named(settings, "simulation")), &err), &err);
    else if (strcmp(kind, "groups") == 0)
        check(interlace_bootstrap_set_groups(bootstrap, string(named(settings, "group")), &err), &err);
    else
        check(interlace_bootstrap_set_rows(bootstrap, &err), &err);
    UNPROTECT(1);
    return box;
}

SEXP C_bootstrap(SEXP handle, SEXP settings, SEXP jackknife)
{
    interlace_error err;
    watch heard;
    interlace_frame *out = NULL;
    SEXP bootstrap = PROTECT(bootstrap_made(settings)), box = PROTECT(box_frame());
    watch_begin(&heard, handle_options(handle));
    interlace_status status = (truth(jackknife) ? interlace_bootstrap_jackknife : interlace_bootstrap_run)(
        R_ExternalPtrAddr(bootstrap), handle_fit(handle), heard.options, &out, &err);
    box_fill(box, out);
    watch_end(&heard, status, &err);
    SEXP list = frame_list(box);
    UNPROTECT(2);
    return list;
}

SEXP C_boot_confint(SEXP handle, SEXP replicates, SEXP jackknife, SEXP level, SEXP kind)
{
    interlace_error err;
    interlace_bootstrap *bootstrap = NULL;
    interlace_frame *out = NULL;
    interlace_bootstrap_interval own;
    check(interlace_bootstrap_interval_from_name(string(kind), &own, &err), &err);
    SEXP holder = PROTECT(box_bootstrap()), box = PROTECT(box_frame());
    check(interlace_bootstrap_new(&bootstrap, &err), &err);
    box_fill(holder, bootstrap);
    SEXP first = PROTECT(frame_box(replicates)), second = PROTECT(frame_box(jackknife));
    interlace_status status = interlace_bootstrap_confint(bootstrap, handle_fit(handle), frame_of(first), frame_of(second), Rf_asReal(level), own,
                                                          &out, &err);
    box_fill(box, out);
    check(status, &err);
    SEXP list = frame_list(box);
    UNPROTECT(4);
    return list;
}

static interlace_spec *spec_needed(SEXP handle)
{
    interlace_spec *spec = handle_spec(handle);
    if (!spec)
        Rf_error("the model of this fit is not known: it was saved without, or comes from a refit");
    return spec;
}

SEXP C_all_optimizers(SEXP handle, SEXP data)
{
    interlace_error err;
    watch heard;
    interlace_frame *out = NULL;
    interlace_spec *spec = spec_needed(handle);
    SEXP frame = PROTECT(frame_box(data)), box = PROTECT(box_frame());
    watch_begin(&heard, handle_options(handle));
    interlace_status status = interlace_spec_all_optimizers(spec, frame_of(frame), heard.options, &out, &err);
    box_fill(box, out);
    watch_end(&heard, status, &err);
    SEXP list = frame_list(box);
    UNPROTECT(2);
    return list;
}

SEXP C_cross_validate(SEXP handle, SEXP data, SEXP group, SEXP folds, SEXP seed)
{
    static const char *const NAMES[] = {"folds", "rows"};
    interlace_error err;
    watch heard;
    interlace_frame *by_fold = NULL, *by_row = NULL;
    interlace_spec *spec = spec_needed(handle);
    SEXP frame = PROTECT(frame_box(data)), first = PROTECT(box_frame()), second = PROTECT(box_frame()), list = PROTECT(list_of(NAMES, 2));
    watch_begin(&heard, handle_options(handle));
    interlace_status status = interlace_spec_cross_validate(spec, frame_of(frame), string(group), (size_t)Rf_asReal(folds),
                                                            (uint64_t)Rf_asReal(seed), heard.options, &by_fold, &by_row, &err);
    box_fill(first, by_fold);
    box_fill(second, by_row);
    watch_end(&heard, status, &err);
    SET_VECTOR_ELT(list, 0, frame_list(first));
    SET_VECTOR_ELT(list, 1, frame_list(second));
    UNPROTECT(4);
    return list;
}
