/* What a fit has: effects, parameters, terms, rows, matrices, tables. */
#include "interlace_r.h"
#include <string.h>

static interlace_predictor predictor_of(SEXP name)
{
    interlace_error err;
    interlace_predictor code;
    check(interlace_predictor_from_name(string(name), &code, &err), &err);
    return code;
}

static interlace_df df_of(SEXP name)
{
    interlace_error err;
    interlace_df code;
    check(interlace_df_from_name(string(name), &code, &err), &err);
    return code;
}

static void set_names(SEXP vector, SEXP names)
{
    Rf_setAttrib(vector, R_NamesSymbol, names);
}

static void set_dimnames(SEXP matrix, SEXP rows, SEXP columns)
{
    SEXP both = PROTECT(Rf_allocVector(VECSXP, 2));
    SET_VECTOR_ELT(both, 0, rows);
    SET_VECTOR_ELT(both, 1, columns);
    Rf_setAttrib(matrix, R_DimNamesSymbol, both);
    UNPROTECT(1);
}

SEXP C_fixef(SEXP handle, SEXP predictor)
{
    static const char *const NAMES[] = {"estimate", "std_error", "vcov", "dropped"};
    interlace_error err;
    const interlace_fit *fit = handle_fit(handle);
    interlace_predictor own = predictor_of(predictor);
    size_t p = interlace_fit_n_fixef(fit, own), dropped = interlace_fit_n_dropped_columns(fit, own);
    SEXP list = PROTECT(list_of(NAMES, 4)), names = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)p));
    SEXP left = Rf_allocVector(STRSXP, (R_xlen_t)dropped);
    SET_VECTOR_ELT(list, 3, left);
    for (size_t i = 0; i < p; i++)
        SET_STRING_ELT(names, (R_xlen_t)i, text(interlace_fit_fixef_name(fit, own, i)));
    for (size_t i = 0; i < dropped; i++)
        SET_STRING_ELT(left, (R_xlen_t)i, text(interlace_fit_dropped_column(fit, own, i)));
    for (int i = 0; i < 2; i++) {
        SEXP values = Rf_allocVector(REALSXP, (R_xlen_t)p);
        SET_VECTOR_ELT(list, i, values);
        check((i ? interlace_fit_fixef_std_error : interlace_fit_fixef)(fit, own, REAL(values), p, &err), &err);
        set_names(values, names);
    }
    SEXP vcov = Rf_allocMatrix(REALSXP, (int)p, (int)p);
    SET_VECTOR_ELT(list, 2, vcov);
    check(interlace_fit_fixef_vcov(fit, own, REAL(vcov), p * p, &err), &err);
    set_dimnames(vcov, names, names);
    UNPROTECT(2);
    return list;
}

SEXP C_parameters(SEXP handle, SEXP form, SEXP with_vcov)
{
    static const char *const NAMES[] = {"estimate", "id", "vcov"};
    interlace_error err;
    interlace_parameter_form own;
    const interlace_fit *fit = handle_fit(handle);
    size_t n = interlace_fit_n_parameters(fit);
    check(interlace_parameter_form_from_name(string(form), &own, &err), &err);
    SEXP list = PROTECT(list_of(NAMES, 3)), names = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)n));
    SEXP estimate = Rf_allocVector(REALSXP, (R_xlen_t)n);
    SET_VECTOR_ELT(list, 0, estimate);
    SEXP ids = Rf_allocVector(STRSXP, (R_xlen_t)n);
    SET_VECTOR_ELT(list, 1, ids);
    for (size_t i = 0; i < n; i++) {
        SET_STRING_ELT(names, (R_xlen_t)i, text(interlace_fit_parameter_name(fit, own, i)));
        SET_STRING_ELT(ids, (R_xlen_t)i, text(interlace_fit_parameter_id(fit, own, i)));
    }
    check(interlace_fit_parameters(fit, own, REAL(estimate), n, &err), &err);
    set_names(estimate, names);
    if (truth(with_vcov)) {
        watch heard;
        SEXP vcov = Rf_allocMatrix(REALSXP, (int)n, (int)n);
        SET_VECTOR_ELT(list, 2, vcov);
        watch_begin(&heard, handle_options(handle));
        watch_end(&heard, interlace_fit_parameters_vcov(fit, own, heard.options, REAL(vcov), n * n, &err), &err);
        set_dimnames(vcov, names, names);
    }
    UNPROTECT(2);
    return list;
}

typedef interlace_status (*term_matrix)(const interlace_fit *, size_t, double *, size_t, interlace_error *);

static SEXP matrix_of(const interlace_fit *fit, size_t term, term_matrix get, size_t rows, size_t columns)
{
    interlace_error err;
    SEXP own = PROTECT(Rf_allocMatrix(REALSXP, (int)rows, (int)columns));
    check(get(fit, term, REAL(own), rows * columns, &err), &err);
    UNPROTECT(1);
    return own;
}

static SEXP term_list(const interlace_fit *fit, size_t term)
{
    static const char *const NAMES[] = {"group", "predictor", "structure", "effects", "levels", "cov", "sd", "corr", "modes", "full"};
    size_t r = interlace_fit_term_n_effects(fit, term), l = interlace_fit_term_n_levels(fit, term);
    SEXP list = PROTECT(list_of(NAMES, 10));
    SET_VECTOR_ELT(list, 0, Rf_ScalarString(text(interlace_fit_term_group(fit, term))));
    SET_VECTOR_ELT(list, 1, Rf_ScalarString(text(interlace_predictor_name(interlace_fit_term_predictor(fit, term)))));
    SET_VECTOR_ELT(list, 2, Rf_ScalarString(text(interlace_structure_name(interlace_fit_term_structure(fit, term)))));
    SEXP effects = Rf_allocVector(STRSXP, (R_xlen_t)r);
    SET_VECTOR_ELT(list, 3, effects);
    for (size_t i = 0; i < r; i++)
        SET_STRING_ELT(effects, (R_xlen_t)i, text(interlace_fit_term_effect_name(fit, term, i)));
    SEXP levels = Rf_allocVector(STRSXP, (R_xlen_t)l);
    SET_VECTOR_ELT(list, 4, levels);
    for (size_t i = 0; i < l; i++)
        SET_STRING_ELT(levels, (R_xlen_t)i, text(interlace_fit_term_level(fit, term, i)));
    SET_VECTOR_ELT(list, 5, matrix_of(fit, term, interlace_fit_term_cov, r, r));
    SET_VECTOR_ELT(list, 6, matrix_of(fit, term, interlace_fit_term_sd, r, 1));
    SET_VECTOR_ELT(list, 7, matrix_of(fit, term, interlace_fit_term_corr, r, r));
    SET_VECTOR_ELT(list, 8, matrix_of(fit, term, interlace_fit_term_ranef, r, l));
    SET_VECTOR_ELT(list, 9, Rf_ScalarLogical(interlace_fit_term_has_ranef_cov_full(fit, term)));
    UNPROTECT(1);
    return list;
}

SEXP C_terms(SEXP handle)
{
    const interlace_fit *fit = handle_fit(handle);
    size_t n = interlace_fit_n_terms(fit);
    SEXP list = PROTECT(Rf_allocVector(VECSXP, (R_xlen_t)n));
    for (size_t i = 0; i < n; i++)
        SET_VECTOR_ELT(list, (R_xlen_t)i, term_list(fit, i));
    UNPROTECT(1);
    return list;
}

SEXP C_condvar(SEXP handle, SEXP term, SEXP full)
{
    interlace_error err;
    const interlace_fit *fit = handle_fit(handle);
    size_t t = (size_t)Rf_asInteger(term), r = interlace_fit_term_n_effects(fit, t), l = interlace_fit_term_n_levels(fit, t);
    SEXP own = PROTECT(Rf_alloc3DArray(REALSXP, (int)r, (int)r, (int)l));
    term_matrix get = truth(full) ? interlace_fit_term_ranef_cov_full : interlace_fit_term_ranef_cov;
    check(get(fit, t, REAL(own), r * r * l, &err), &err);
    UNPROTECT(1);
    return own;
}

typedef interlace_status (*row_values)(const interlace_fit *, double *, size_t, interlace_error *);
static const struct {
    const char *name;
    row_values get;
} ROWS[] = {{"fitted", interlace_fit_fitted},   {"response", interlace_fit_response},     {"weights", interlace_fit_weights},
            {"offset", interlace_fit_offset},   {"dispersion", interlace_fit_dispersion}, {"zero_probability", interlace_fit_zero_probability}};

static interlace_status other_rows(SEXP handle, const char *what, SEXP kind, double *out, size_t n, interlace_error *err)
{
    const interlace_fit *fit = handle_fit(handle);
    if (strcmp(what, "linear_predictor") == 0)
        return interlace_fit_linear_predictor(fit, predictor_of(kind), out, n, err);
    watch heard;
    bool quantile = strcmp(what, "quantile") == 0;
    interlace_residuals own = INTERLACE_RESIDUALS_RESPONSE;
    if (!quantile)
        check(interlace_residuals_from_name(string(kind), &own, err), err);
    watch_begin(&heard, handle_options(handle));
    watch_end(&heard, quantile ? interlace_fit_quantile_residuals(fit, (uint64_t)Rf_asReal(kind), heard.options, out, n, err)
                               : interlace_fit_residuals(fit, own, heard.options, out, n, err), err);
    return INTERLACE_OK;
}

SEXP C_rows(SEXP handle, SEXP what, SEXP kind)
{
    interlace_error err;
    const interlace_fit *fit = handle_fit(handle);
    size_t n = interlace_fit_n_rows(fit);
    const char *wanted = string(what);
    SEXP out = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)n));
    row_values get = NULL;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (strcmp(ROWS[i].name, wanted) == 0)
            get = ROWS[i].get;
    check(get ? get(fit, REAL(out), n, &err) : other_rows(handle, wanted, kind, REAL(out), n, &err), &err);
    UNPROTECT(1);
    return out;
}

SEXP C_x(SEXP handle)
{
    interlace_error err;
    const interlace_fit *fit = handle_fit(handle);
    size_t n = interlace_fit_n_obs(fit), p = interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_MEAN);
    SEXP x = PROTECT(Rf_allocMatrix(REALSXP, (int)n, (int)p));
    check(interlace_fit_x(fit, REAL(x), n * p, &err), &err);
    UNPROTECT(1);
    return x;
}

SEXP C_term_z(SEXP handle, SEXP term)
{
    const interlace_fit *fit = handle_fit(handle);
    size_t t = (size_t)Rf_asInteger(term);
    return matrix_of(fit, t, interlace_fit_term_z, interlace_fit_n_obs(fit), interlace_fit_term_n_effects(fit, t));
}

/* Compressed sparse columns: the slots of a dgCMatrix. */
SEXP C_z(SEXP handle)
{
    static const char *const NAMES[] = {"p", "i", "x", "dim"};
    interlace_error err;
    const interlace_fit *fit = handle_fit(handle);
    size_t q = interlace_fit_n_ranef(fit), nnz = interlace_fit_z_nnz(fit);
    if (nnz > 2147483647 || q > 2147483646)
        Rf_error("the random-effects model matrix has %.0f entries: more than R's sparse matrices hold", (double)nnz);
    int64_t *pointers = (int64_t *)R_alloc(q + 1, sizeof *pointers), *rows = (int64_t *)R_alloc(nnz + 1, sizeof *rows);
    SEXP list = PROTECT(list_of(NAMES, 4));
    SET_VECTOR_ELT(list, 0, Rf_allocVector(INTSXP, (R_xlen_t)q + 1));
    SET_VECTOR_ELT(list, 1, Rf_allocVector(INTSXP, (R_xlen_t)nnz));
    SET_VECTOR_ELT(list, 2, Rf_allocVector(REALSXP, (R_xlen_t)nnz));
    SET_VECTOR_ELT(list, 3, Rf_allocVector(INTSXP, 2));
    check(interlace_fit_z(fit, pointers, q + 1, rows, REAL(VECTOR_ELT(list, 2)), nnz, &err), &err);
    for (size_t i = 0; i <= q; i++)
        INTEGER(VECTOR_ELT(list, 0))[i] = (int)pointers[i];
    for (size_t i = 0; i < nnz; i++)
        INTEGER(VECTOR_ELT(list, 1))[i] = (int)rows[i];
    INTEGER(VECTOR_ELT(list, 3))[0] = (int)interlace_fit_n_obs(fit);
    INTEGER(VECTOR_ELT(list, 3))[1] = (int)q;
    UNPROTECT(1);
    return list;
}

SEXP C_table(SEXP handle, SEXP name, SEXP df)
{
    interlace_error err;
    interlace_frame *out = NULL;
    watch heard;
    interlace_df own = df_of(df);
    SEXP box = PROTECT(box_frame());
    watch_begin(&heard, handle_options(handle));
    interlace_status status = interlace_fit_table(handle_fit(handle), string(name), own, heard.options, &out, &err);
    box_fill(box, out);
    watch_end(&heard, status, &err);
    SEXP list = frame_list(box);
    UNPROTECT(1);
    return list;
}

SEXP C_coefficients(SEXP handle, SEXP df, SEXP level)
{
    interlace_error err;
    interlace_frame *out = NULL;
    watch heard;
    interlace_df own = df_of(df);
    SEXP box = PROTECT(box_frame());
    watch_begin(&heard, handle_options(handle));
    interlace_status status = interlace_fit_coefficients(handle_fit(handle), own, Rf_asReal(level), heard.options, &out, &err);
    box_fill(box, out);
    watch_end(&heard, status, &err);
    SEXP list = frame_list(box);
    UNPROTECT(1);
    return list;
}

SEXP C_summary(SEXP handle, SEXP df)
{
    interlace_error err;
    const char *out = NULL;
    watch heard;
    interlace_df own = df_of(df);
    watch_begin(&heard, handle_options(handle));
    watch_end(&heard, interlace_fit_summary(handle_fit(handle), own, heard.options, &out, &err), &err);
    return Rf_ScalarString(text(out));
}
