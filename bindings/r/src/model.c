/* Specs, options and fits. */
#include "interlace_r.h"
#include <stdio.h>

SEXP C_version(void)
{
    return Rf_mkString(interlace_version());
}

SEXP C_families(void)
{
    R_xlen_t n = (R_xlen_t)interlace_family_count();
    SEXP list = PROTECT(Rf_allocVector(VECSXP, n)), names = PROTECT(Rf_allocVector(STRSXP, n));
    for (R_xlen_t i = 0; i < n; i++) {
        R_xlen_t k = (R_xlen_t)interlace_family_n_links((size_t)i);
        SEXP links = Rf_allocVector(STRSXP, k);
        SET_VECTOR_ELT(list, i, links);
        for (R_xlen_t j = 0; j < k; j++)
            SET_STRING_ELT(links, j, text(interlace_family_link((size_t)i, (size_t)j)));
        SET_STRING_ELT(names, i, text(interlace_family_name((size_t)i)));
    }
    Rf_setAttrib(list, R_NamesSymbol, names);
    UNPROTECT(2);
    return list;
}

SEXP C_option_names(void)
{
    R_xlen_t n = (R_xlen_t)interlace_options_count();
    SEXP docs = PROTECT(Rf_allocVector(STRSXP, n)), names = PROTECT(Rf_allocVector(STRSXP, n));
    for (R_xlen_t i = 0; i < n; i++) {
        SET_STRING_ELT(docs, i, text(interlace_options_doc((size_t)i)));
        SET_STRING_ELT(names, i, text(interlace_options_name((size_t)i)));
    }
    Rf_setAttrib(docs, R_NamesSymbol, names);
    UNPROTECT(2);
    return docs;
}

typedef interlace_status (*setter)(interlace_spec *, const char *, interlace_error *);
static const struct {
    const char *name;
    setter set;
} SETTERS[] = {
    {"random", interlace_spec_add_random},       {"groups", interlace_spec_add_groups},
    {"weights", interlace_spec_set_weights},     {"offset", interlace_spec_set_offset},
    {"dispersion", interlace_spec_set_dispersion}, {"zero_inflation", interlace_spec_set_zero_inflation},
    {"link", interlace_spec_set_link},           {"nominal", interlace_spec_set_nominal},
    {"scale", interlace_spec_set_scale},         {"correlation", interlace_spec_set_correlation},
    {"prior", interlace_spec_add_prior},
};

static void set_named(interlace_spec *spec, SEXP settings)
{
    interlace_error err;
    SEXP fixed = named(settings, "fix"), contrasts = named(settings, "contrasts");
    for (R_xlen_t i = 0; i < Rf_xlength(fixed); i++)
        check(interlace_spec_fix_parameter(spec, element(Rf_getAttrib(fixed, R_NamesSymbol), i), REAL(fixed)[i], &err), &err);
    for (R_xlen_t i = 0; i < Rf_xlength(contrasts); i++)
        check(interlace_spec_set_contrasts(spec, element(Rf_getAttrib(contrasts, R_NamesSymbol), i), element(contrasts, i), &err), &err);
}

static void set_codes(interlace_spec *spec, SEXP settings)
{
    interlace_error err;
    const char *threshold = string(named(settings, "threshold")), *ties = string(named(settings, "ties"));
    if (threshold) {
        interlace_threshold code;
        check(interlace_threshold_from_name(threshold, &code, &err), &err);
        check(interlace_spec_set_threshold(spec, code, &err), &err);
    }
    if (ties) {
        interlace_ties code;
        check(interlace_ties_from_name(ties, &code, &err), &err);
        check(interlace_spec_set_ties(spec, code, &err), &err);
    }
}

SEXP spec_made(SEXP model, SEXP formula, SEXP settings)
{
    interlace_error err;
    interlace_model kind;
    interlace_spec *spec = NULL;
    SEXP box = PROTECT(box_spec());
    check(interlace_model_from_name(string(model), &kind, &err), &err);
    check(interlace_spec_new(kind, string(formula), &spec, &err), &err);
    box_fill(box, spec);
    SEXP family = named(settings, "family"), functions = named(settings, "family_functions");
    if (functions != R_NilValue)
        family_set(spec, functions, element(family, 0));
    else if (family != R_NilValue)
        check(interlace_spec_set_family(spec, element(family, 0), element(family, 1), &err), &err);
    for (size_t j = 0; j < sizeof SETTERS / sizeof *SETTERS; j++) {
        SEXP values = named(settings, SETTERS[j].name);
        for (R_xlen_t i = 0; i < Rf_xlength(values); i++)
            check(SETTERS[j].set(spec, element(values, i), &err), &err);
    }
    set_named(spec, settings);
    set_codes(spec, settings);
    UNPROTECT(1);
    return box;
}

SEXP options_made(SEXP values, SEXP theta0)
{
    interlace_error err;
    interlace_options *options = NULL;
    SEXP box = PROTECT(box_options());
    check(interlace_options_new(&options, &err), &err);
    box_fill(box, options);
    for (R_xlen_t i = 0; i < Rf_xlength(values); i++)
        check(interlace_options_set(options, element(Rf_getAttrib(values, R_NamesSymbol), i), element(values, i), &err), &err);
    if (Rf_xlength(theta0) > 0)
        check(interlace_options_set_theta0(options, REAL(theta0), (size_t)XLENGTH(theta0), &err), &err);
    UNPROTECT(1);
    return box;
}

SEXP C_fit(SEXP model, SEXP formula, SEXP settings, SEXP data, SEXP options, SEXP theta0)
{
    interlace_error err;
    interlace_fit *fit = NULL;
    watch heard;
    SEXP spec = PROTECT(spec_made(model, formula, settings)), own = PROTECT(options_made(options, theta0));
    SEXP frame = PROTECT(frame_box(data)), box = PROTECT(box_fit());
    watch_begin(&heard, R_ExternalPtrAddr(own));
    interlace_status status = interlace_fit_new(R_ExternalPtrAddr(spec), frame_of(frame), heard.options, &fit, &err);
    box_fill(box, fit);
    if (frame != R_NilValue)
        box_empty(frame);
    watch_end(&heard, status, &err);
    SEXP handle = handle_new(box, spec, own);
    UNPROTECT(4);
    return handle;
}

SEXP C_variables(SEXP model, SEXP formula, SEXP settings)
{
    interlace_error err;
    interlace_frame *out = NULL;
    SEXP spec = PROTECT(spec_made(model, formula, settings)), box = PROTECT(box_frame());
    check(interlace_spec_variables(R_ExternalPtrAddr(spec), &out, &err), &err);
    box_fill(box, out);
    SEXP list = frame_list(box);
    UNPROTECT(2);
    return list;
}

SEXP C_option(SEXP handle, SEXP name)
{
    interlace_error err;
    const char *value = NULL;
    check(interlace_fit_option(handle_fit(handle), string(name), &value, &err), &err);
    return Rf_ScalarString(text(value));
}

typedef const char *(*counted)(const interlace_fit *, size_t);

static SEXP texts(const interlace_fit *fit, size_t n, counted get)
{
    SEXP all = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)n));
    for (size_t i = 0; i < n; i++)
        SET_STRING_ELT(all, (R_xlen_t)i, text(get(fit, i)));
    UNPROTECT(1);
    return all;
}

static const char *const INFO[] = {"model", "formula", "family", "link", "method", "engine", "reason", "correlation", "correlation_group",
                                   "numbers", "boundary", "separated", "warnings", "categories", "thresholds", "has_predictor", "ties"};
static const char *const NUMBERS[] = {"n_obs", "n_rows", "n_data_rows", "df_residual", "n_parameters", "converged", "singular", "evaluations",
                                      "sigma", "log_likelihood", "criterion", "aic", "bic", "scaled_gradient", "n_events", "log_likelihood_null",
                                      "log_likelihood_penalised", "log_likelihood_fitted", "df_penalised", "nagq",
                                      "n_response_columns", "criterion_error", "fit_seconds"};

static SEXP numbers_of(const interlace_fit *fit)
{
    const double all[] = {(double)interlace_fit_n_obs(fit), (double)interlace_fit_n_rows(fit), (double)interlace_fit_n_data_rows(fit),
                          (double)interlace_fit_df_residual(fit), (double)interlace_fit_n_parameters(fit), interlace_fit_converged(fit),
                          interlace_fit_is_singular(fit), (double)interlace_fit_n_evaluations(fit), interlace_fit_sigma(fit),
                          interlace_fit_log_likelihood(fit), interlace_fit_criterion(fit), interlace_fit_aic(fit), interlace_fit_bic(fit),
                          interlace_fit_scaled_gradient(fit), (double)interlace_fit_n_events(fit), interlace_fit_log_likelihood_null(fit),
                          interlace_fit_log_likelihood_penalised(fit), interlace_fit_log_likelihood_fitted(fit),
                          interlace_fit_df_penalised(fit), interlace_fit_nagq(fit),
                          (double)interlace_fit_n_response_columns(fit), interlace_fit_criterion_error(fit), interlace_fit_fit_seconds(fit)};
    int n = sizeof all / sizeof *all;
    SEXP values = PROTECT(Rf_allocVector(REALSXP, n)), names = PROTECT(Rf_allocVector(STRSXP, n));
    for (int i = 0; i < n; i++) {
        REAL(values)[i] = all[i];
        SET_STRING_ELT(names, i, Rf_mkChar(NUMBERS[i]));
    }
    Rf_setAttrib(values, R_NamesSymbol, names);
    UNPROTECT(2);
    return values;
}

SEXP C_info(SEXP handle)
{
    const interlace_fit *fit = handle_fit(handle);
    SEXP list = PROTECT(list_of(INFO, sizeof INFO / sizeof *INFO));
    interlace_correlation correlation = interlace_fit_correlation(fit);
    const char *own[] = {interlace_model_name(interlace_fit_model(fit)), interlace_fit_formula(fit), interlace_fit_family(fit),
                         interlace_fit_link(fit), interlace_method_name(interlace_fit_method(fit)), interlace_fit_engine(fit),
                         interlace_reason_name(interlace_fit_reason(fit)), interlace_correlation_name(correlation),
                         interlace_fit_correlation_group(fit)};
    for (int i = 0; i < 9; i++)
        SET_VECTOR_ELT(list, i, Rf_ScalarString(text(own[i])));
    SET_VECTOR_ELT(list, 9, numbers_of(fit));
    SET_VECTOR_ELT(list, 10, texts(fit, interlace_fit_n_boundary(fit), interlace_fit_boundary));
    SET_VECTOR_ELT(list, 11, texts(fit, interlace_fit_n_separated(fit), interlace_fit_separated));
    SET_VECTOR_ELT(list, 12, texts(fit, interlace_fit_n_warnings(fit), interlace_fit_warning));
    SET_VECTOR_ELT(list, 13, texts(fit, interlace_fit_n_categories(fit), interlace_fit_category));
    SET_VECTOR_ELT(list, 14, texts(fit, interlace_fit_n_thresholds(fit), interlace_fit_threshold_name));
    SEXP has = Rf_allocVector(LGLSXP, 3);
    SET_VECTOR_ELT(list, 15, has);
    for (int i = 0; i < 3; i++)
        LOGICAL(has)[i] = interlace_fit_has_predictor(fit, (interlace_predictor)i);
    SET_VECTOR_ELT(list, 16, Rf_ScalarString(text(interlace_ties_name(interlace_fit_ties(fit)))));
    UNPROTECT(1);
    return list;
}
