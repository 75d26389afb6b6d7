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

/* A statistic of the caller's, as a function of R of the estimates and the response. */
typedef struct {
    SEXP function, names, value;
    const double *estimates, *y;
    size_t n_estimates, n, n_out;
} statistic;

/* The function `statistic_value` of this package catches what goes wrong, and gives NULL. */
static void evaluate(void *data)
{
    statistic *own = data;
    SEXP estimates = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)own->n_estimates)), y = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)own->n));
    memcpy(REAL(estimates), own->estimates, own->n_estimates * sizeof(double));
    memcpy(REAL(y), own->y, own->n * sizeof(double));
    Rf_setAttrib(estimates, R_NamesSymbol, own->names);
    SEXP name = PROTECT(Rf_mkString("interlace")), space = PROTECT(R_FindNamespace(name));
    SEXP n = PROTECT(Rf_ScalarReal((double)own->n_out));
    SEXP call = PROTECT(Rf_lang5(Rf_install("statistic_value"), own->function, estimates, y, n));
    SEXP value = PROTECT(Rf_eval(call, space));
    if (TYPEOF(value) == REALSXP && (size_t)XLENGTH(value) == own->n_out)
        memcpy(REAL(own->value), REAL(value), own->n_out * sizeof(double));
    else
        own->n = 0;
    UNPROTECT(7);
}

static int32_t statistic_of(int64_t replicate, const double *estimates, size_t n_estimates, const double *y, size_t n, double *out, size_t n_out,
                            void *user_data)
{
    (void)replicate;
    statistic own = *(statistic *)user_data;
    own.estimates = estimates;
    own.n_estimates = n_estimates;
    own.y = y;
    own.n = n;
    own.n_out = n_out;
    if (!R_ToplevelExec(evaluate, &own) || own.n != n)
        return 1;
    memcpy(out, REAL(own.value), n_out * sizeof(double));
    return 0;
}

/* `statistic` is a function, `statistic_names` and `estimate_names` name what it gives and gets. `own` lives as long as the bootstrap runs, and the
 * caller protects its value. */
static void statistic_set(interlace_bootstrap *bootstrap, SEXP settings, statistic *own)
{
    interlace_error err;
    SEXP names = named(settings, "statistic_names");
    own->function = named(settings, "statistic");
    own->names = named(settings, "estimate_names");
    own->value = PROTECT(Rf_allocVector(REALSXP, Rf_xlength(names)));
    if (own->function != R_NilValue)
        check(interlace_bootstrap_set_statistic(bootstrap, strings(names), (size_t)XLENGTH(names), statistic_of, own, &err), &err);
    UNPROTECT(1);
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
    statistic own;
    SEXP bootstrap = PROTECT(bootstrap_made(settings)), box = PROTECT(box_frame());
    statistic_set(R_ExternalPtrAddr(bootstrap), settings, &own);
    PROTECT(own.value);
    watch_begin(&heard, handle_options(handle));
    interlace_status status = (truth(jackknife) ? interlace_bootstrap_jackknife : interlace_bootstrap_run)(
        R_ExternalPtrAddr(bootstrap), handle_fit(handle), heard.options, &out, &err);
    box_fill(box, out);
    watch_end(&heard, status, &err);
    SEXP list = frame_list(box);
    UNPROTECT(3);
    return list;
}

SEXP C_boot_confint(SEXP handle, SEXP settings, SEXP replicates, SEXP jackknife, SEXP level, SEXP kind)
{
    interlace_error err;
    interlace_frame *out = NULL;
    interlace_bootstrap_interval own;
    statistic statistics;
    check(interlace_bootstrap_interval_from_name(string(kind), &own, &err), &err);
    SEXP holder = PROTECT(bootstrap_made(settings)), box = PROTECT(box_frame());
    interlace_bootstrap *bootstrap = R_ExternalPtrAddr(holder);
    statistic_set(bootstrap, settings, &statistics);
    PROTECT(statistics.value);
    SEXP first = PROTECT(frame_box(replicates)), second = PROTECT(frame_box(jackknife));
    interlace_status status = interlace_bootstrap_confint(bootstrap, handle_fit(handle), frame_of(first), frame_of(second), Rf_asReal(level), own,
                                                          &out, &err);
    box_fill(box, out);
    check(status, &err);
    SEXP list = frame_list(box);
    UNPROTECT(5);
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
