/* What is asked of a fit: tests, means, documents, and what Cox models have of their own. */
#include "interlace_r.h"
#include <string.h>

/* An answer that is a table: the call is made between these two. */
typedef struct {
    SEXP box;
    interlace_frame *out;
    watch heard;
    interlace_error err;
} answer;

static void answer_begin(answer *own, SEXP handle)
{
    own->out = NULL;
    own->box = PROTECT(box_frame());
    watch_begin(&own->heard, handle_options(handle));
}

static SEXP answer_end(answer *own, interlace_status status)
{
    box_fill(own->box, own->out);
    watch_end(&own->heard, status, &own->err);
    SEXP list = frame_list(own->box);
    UNPROTECT(1);
    return list;
}

static interlace_df df_of(SEXP name)
{
    interlace_error err;
    interlace_df code;
    check(interlace_df_from_name(string(name), &code, &err), &err);
    return code;
}

SEXP C_anova(SEXP handle, SEXP data, SEXP type, SEXP df)
{
    answer own;
    interlace_anova_type kind;
    interlace_df degrees = df_of(df);
    check(interlace_anova_type_from_name(string(type), &kind, &own.err), &own.err);
    SEXP frame = PROTECT(frame_box(data));
    answer_begin(&own, handle);
    SEXP list = answer_end(&own, interlace_fit_anova(handle_fit(handle), frame_of(frame), kind, degrees, own.heard.options, &own.out, &own.err));
    UNPROTECT(1);
    return list;
}

SEXP C_drop1(SEXP handle, SEXP data)
{
    answer own;
    SEXP frame = PROTECT(frame_box(data));
    answer_begin(&own, handle);
    SEXP list = answer_end(&own, interlace_fit_drop1(handle_fit(handle), frame_of(frame), own.heard.options, &own.out, &own.err));
    UNPROTECT(1);
    return list;
}

SEXP C_compare(SEXP handles, SEXP chi_bar)
{
    answer own;
    R_xlen_t n = XLENGTH(handles);
    const interlace_fit **fits = (const interlace_fit **)R_alloc((size_t)n, sizeof *fits);
    for (R_xlen_t i = 0; i < n; i++)
        fits[i] = handle_fit(VECTOR_ELT(handles, i));
    answer_begin(&own, VECTOR_ELT(handles, 0));
    return answer_end(&own, interlace_fit_compare(fits, (size_t)n, truth(chi_bar), own.heard.options, &own.out, &own.err));
}

SEXP C_refit_ml(SEXP handle)
{
    interlace_error err;
    interlace_fit *fit = NULL;
    watch heard;
    SEXP box = PROTECT(box_fit());
    watch_begin(&heard, handle_options(handle));
    interlace_status status = interlace_fit_refit_ml(handle_fit(handle), heard.options, &fit, &err);
    box_fill(box, fit);
    watch_end(&heard, status, &err);
    SEXP own = handle_new(box, R_NilValue, R_NilValue);
    UNPROTECT(1);
    return own;
}

/* The settings of marginal means: a list with `at`, `weights`, `scale`, `df`, `comparisons`, `adjust`, `level`, `coefficients`. */
static interlace_means_request means_request(SEXP settings)
{
    interlace_error err;
    interlace_means_request request;
    memset(&request, 0, sizeof request);
    request.struct_size = sizeof request;
    request.at = string(named(settings, "at"));
    request.df = df_of(named(settings, "df"));
    request.level = Rf_asReal(named(settings, "level"));
    check(interlace_weighting_from_name(string(named(settings, "weights")), &request.weighting, &err), &err);
    check(interlace_means_scale_from_name(string(named(settings, "scale")), &request.means_scale, &err), &err);
    check(interlace_comparisons_from_name(string(named(settings, "comparisons")), &request.comparisons, &err), &err);
    check(interlace_adjustment_from_name(string(named(settings, "adjust")), &request.adjustment, &err), &err);
    SEXP weights = named(settings, "coefficients");
    if (weights != R_NilValue) {
        request.coefficients = REAL(weights);
        request.m = request.ldc = (size_t)Rf_nrows(weights);
        request.k = (size_t)Rf_ncols(weights);
        request.names = strings(named(settings, "coefficient_names"));
    }
    return request;
}

SEXP C_means(SEXP handle, SEXP data, SEXP specs, SEXP request, SEXP contrasts)
{
    answer own;
    interlace_means_request wanted = means_request(request);
    SEXP frame = PROTECT(frame_box(data));
    answer_begin(&own, handle);
    interlace_status status = (truth(contrasts) ? interlace_fit_contrasts : interlace_fit_marginal_means)(
        handle_fit(handle), frame_of(frame), string(specs), &wanted, own.heard.options, &own.out, &own.err);
    SEXP list = answer_end(&own, status);
    UNPROTECT(1);
    return list;
}

SEXP C_wald(SEXP handle, SEXP l, SEXP rhs, SEXP joint, SEXP df)
{
    answer own;
    interlace_df degrees = df_of(df);
    size_t k = (size_t)Rf_nrows(l), p = (size_t)Rf_ncols(l);
    answer_begin(&own, handle);
    interlace_status status = interlace_fit_wald_test(handle_fit(handle), REAL(l), k, p, k, rhs == R_NilValue ? NULL : REAL(rhs), truth(joint),
                                                      degrees, own.heard.options, &own.out, &own.err);
    return answer_end(&own, status);
}

SEXP C_r2(SEXP handle)
{
    static const char *const NAMES[] = {"marginal", "conditional", "icc_adjusted", "icc_unadjusted"};
    interlace_error err;
    watch heard;
    double all[4];
    watch_begin(&heard, handle_options(handle));
    watch_end(&heard, interlace_fit_r2(handle_fit(handle), heard.options, all, all + 1, &err), &err);
    watch_begin(&heard, handle_options(handle));
    watch_end(&heard, interlace_fit_icc(handle_fit(handle), heard.options, all + 2, all + 3, &err), &err);
    SEXP list = PROTECT(list_of(NAMES, 4));
    for (int i = 0; i < 4; i++)
        SET_VECTOR_ELT(list, i, Rf_ScalarReal(all[i]));
    UNPROTECT(1);
    return list;
}

SEXP C_overdispersion(SEXP handle)
{
    static const char *const NAMES[] = {"chisq", "ratio", "rdf", "p"};
    interlace_error err;
    double all[4];
    check(interlace_fit_overdispersion(handle_fit(handle), all, all + 1, all + 2, all + 3, &err), &err);
    SEXP list = PROTECT(list_of(NAMES, 4));
    for (int i = 0; i < 4; i++)
        SET_VECTOR_ELT(list, i, Rf_ScalarReal(all[i]));
    UNPROTECT(1);
    return list;
}

SEXP C_variance_parameters(SEXP handle, SEXP form, SEXP limits, SEXP level)
{
    interlace_error err;
    interlace_parameter_form own;
    interlace_parameter_limits scale;
    interlace_frame *out = NULL;
    watch heard;
    check(interlace_parameter_form_from_name(string(form), &own, &err), &err);
    check(interlace_parameter_limits_from_name(string(limits), &scale, &err), &err);
    SEXP box = PROTECT(box_frame());
    watch_begin(&heard, handle_options(handle));
    interlace_status status = interlace_fit_variance_parameters(handle_fit(handle), own, scale, Rf_asReal(level), heard.options, &out, &err);
    box_fill(box, out);
    watch_end(&heard, status, &err);
    SEXP list = frame_list(box);
    UNPROTECT(1);
    return list;
}

SEXP C_vcov_kr(SEXP handle)
{
    interlace_error err;
    watch heard;
    size_t p = interlace_fit_n_fixef(handle_fit(handle), INTERLACE_PREDICTOR_MEAN);
    SEXP out = PROTECT(Rf_allocMatrix(REALSXP, (int)p, (int)p));
    watch_begin(&heard, handle_options(handle));
    watch_end(&heard, interlace_fit_fixef_vcov_kenward_roger(handle_fit(handle), heard.options, REAL(out), p * p, &err), &err);
    UNPROTECT(1);
    return out;
}

/* Residuals of a Cox model for each row and coefficient. */
static SEXP cox_residuals(SEXP handle, const char *kind)
{
    interlace_error err;
    watch heard;
    interlace_fixef_residuals own;
    const interlace_fit *fit = handle_fit(handle);
    size_t n = interlace_fit_n_obs(fit), p = interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_MEAN);
    check(interlace_fixef_residuals_from_name(kind, &own, &err), &err);
    SEXP out = PROTECT(Rf_allocMatrix(REALSXP, (int)n, (int)p));
    watch_begin(&heard, handle_options(handle));
    watch_end(&heard, interlace_fit_fixef_residuals(fit, own, heard.options, REAL(out), n * p, &err), &err);
    UNPROTECT(1);
    return out;
}

SEXP C_cox(SEXP handle, SEXP what, SEXP argument)
{
    answer own;
    const interlace_fit *fit = handle_fit(handle);
    const char *wanted = string(what);
    if (strcmp(wanted, "residuals") == 0)
        return cox_residuals(handle, string(argument));
    interlace_time_transform transform = INTERLACE_TIME_TRANSFORM_KM;
    if (strcmp(wanted, "proportional_hazards") == 0)
        check(interlace_time_transform_from_name(string(argument), &transform, &own.err), &own.err);
    answer_begin(&own, handle);
    if (strcmp(wanted, "hazard_ratios") == 0)
        return answer_end(&own, interlace_fit_hazard_ratios(fit, Rf_asReal(argument), &own.out, &own.err));
    if (strcmp(wanted, "schoenfeld") == 0)
        return answer_end(&own, interlace_fit_schoenfeld_residuals(fit, own.heard.options, &own.out, &own.err));
    return answer_end(&own, interlace_fit_proportional_hazards(fit, transform, own.heard.options, &own.out, &own.err));
}

static void ask(interlace_questions *questions, SEXP names, SEXP values)
{
    interlace_error err;
    for (R_xlen_t i = 0; i < XLENGTH(names); i++) {
        SEXP value = VECTOR_ELT(values, i);
        if (Rf_isString(value)) {
            check(interlace_questions_set(questions, element(names, i), string(value), &err), &err);
            continue;
        }
        SEXP frame = PROTECT(frame_box(value));
        check(interlace_questions_set_frame(questions, element(names, i), frame_of(frame), &err), &err);
        box_empty(frame);
        UNPROTECT(1);
    }
}

SEXP C_document(SEXP handle, SEXP data, SEXP names, SEXP values, SEXP json)
{
    interlace_error err;
    interlace_questions *questions = NULL;
    watch heard;
    char *out = NULL;
    size_t len = 0;
    SEXP asked = PROTECT(box_questions()), box = PROTECT(box_text());
    check(interlace_questions_new(&questions, &err), &err);
    box_fill(asked, questions);
    ask(questions, names, values);
    SEXP frame = PROTECT(frame_box(data));
    watch_begin(&heard, handle_options(handle));
    interlace_status status = (truth(json) ? interlace_fit_to_json : interlace_fit_to_text)(
        handle_fit(handle), handle_spec(handle), frame_of(frame), questions, heard.options, &out, &len, &err);
    box_fill(box, out);
    watch_end(&heard, status, &err);
    if (len > 2147483647)
        Rf_error("the document has %.0f bytes: more than a text of R holds", (double)len);
    SEXP own = PROTECT(Rf_ScalarString(Rf_mkCharLenCE(out, (int)len, CE_UTF8)));
    box_empty(box);
    UNPROTECT(4);
    return own;
}
