/* What Stata keeps of a fit: e(b), e(V) and all that `mixed` has in e(). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "actions.h"
#include "host.h"

/* Pairs "name value" for `ereturn scalar`. */
static void add_scalar(call *c, list *all, const char *name, double value)
{
    push(c, all, isfinite(value) ? text_of(c, "%s %.17g", name, value) : text_of(c, "%s .", name));
}

/* A macro for `ereturn local`. */
static void add_local(call *c, list *all, const char *name, const char *value)
{
    push(c, all, name);
    set_macro(c, text_of(c, "e_%s", name), value);
}

/* How many standard deviations, and correlations, the parameters have. */
static void count_random(const fitted *own, size_t *deviations, size_t *correlations)
{
    *deviations = *correlations = 0;
    for (size_t i = own->n_fixed; i < own->n; i++) {
        const char *stripe = own->parameters[i].stripe;
        *deviations += strstr(stripe, "lns") != NULL;
        *correlations += strstr(stripe, "atr") != NULL;
    }
}

static void scalars_of(call *c, const fitted *own)
{
    list all = {0};
    size_t deviations, correlations;
    count_random(own, &deviations, &correlations);
    add_scalar(c, &all, "k", (double)own->n);
    add_scalar(c, &all, "k_f", (double)own->n_fixed);
    add_scalar(c, &all, "k_r", (double)(deviations + correlations));
    add_scalar(c, &all, "k_rs", (double)deviations);
    add_scalar(c, &all, "k_rc", (double)correlations);
    add_scalar(c, &all, "ll", interlace_fit_log_likelihood(own->fit));
    add_scalar(c, &all, "df_m", own->num_df);
    bool is_f = isfinite(own->den_df);
    add_scalar(c, &all, is_f ? "F" : "chi2", own->statistic);
    if (is_f)
        add_scalar(c, &all, "ddf_m", own->den_df);
    add_scalar(c, &all, "p", own->p);
    add_scalar(c, &all, "converged", interlace_fit_converged(own->fit));
    add_scalar(c, &all, "rc", interlace_fit_converged(own->fit) ? 0 : STATA_NOT_CONVERGED);
    add_scalar(c, &all, "ic", (double)interlace_fit_n_evaluations(own->fit));
    add_scalar(c, &all, "rank", (double)interlace_fit_n_parameters(own->fit));
    add_scalar(c, &all, "sigma_e", interlace_fit_sigma(own->fit));
    add_scalar(c, &all, "aic", interlace_fit_aic(own->fit));
    add_scalar(c, &all, "bic", interlace_fit_bic(own->fit));
    add_scalar(c, &all, "singular", interlace_fit_is_singular(own->fit));
    if (interlace_fit_model(own->fit) == INTERLACE_MODEL_CLMM)
        add_scalar(c, &all, "k_cat", (double)interlace_fit_n_categories(own->fit));
    set_macro(c, "scalars", joined(c, &all, " "));
}

static const char *structure_name(const fitted *own, size_t term)
{
    bool is_one = interlace_fit_term_is_homogeneous(own->fit, term);
    if (interlace_fit_term_n_effects(own->fit, term) == 1)
        return "Identity";
    switch (interlace_fit_term_structure(own->fit, term)) {
    case INTERLACE_STRUCTURE_UNSTRUCTURED: return "Unstructured";
    case INTERLACE_STRUCTURE_DIAGONAL: return is_one ? "Identity" : "Independent";
    case INTERLACE_STRUCTURE_COMPOUND_SYMMETRY: return "Exchangeable";
    default: return "AR1";
    }
}

/* Level by level: groups, numbers of effects, their variables, their covariance. */
static void random_macros(call *c, list *all, const fitted *own)
{
    list groups = {0}, dimensions = {0}, variables = {0}, structures = {0};
    for (size_t i = 0; i < own->n_effects; i++) {
        const effect *e = &own->effects[i];
        push(c, &variables, same(e->name, "(Intercept)") ? "_cons" : e->name);
        if (e->number != 1)
            continue;
        push(c, &groups, e->level_name);
        push(c, &dimensions, text_of(c, "%zu", interlace_fit_term_n_effects(own->fit, e->term)));
        push(c, &structures, structure_name(own, e->term));
    }
    add_local(c, all, "ivars", joined(c, &groups, " "));
    add_local(c, all, "redim", joined(c, &dimensions, " "));
    add_local(c, all, "revars", joined(c, &variables, " "));
    add_local(c, all, "vartypes", joined(c, &structures, " "));
}

static const char *title_of(call *c, const fitted *own)
{
    bool reml = interlace_fit_method(own->fit) == INTERLACE_METHOD_REML;
    switch (interlace_fit_model(own->fit)) {
    case INTERLACE_MODEL_LMM: return reml ? "Mixed-effects REML regression" : "Mixed-effects ML regression";
    case INTERLACE_MODEL_CLMM: return text_of(c, "Mixed-effects ordinal regression, %s", interlace_fit_link(own->fit));
    case INTERLACE_MODEL_COXME: return "Mixed-effects Cox regression";
    default: return text_of(c, "Mixed-effects %s regression, %s", interlace_fit_family(own->fit), interlace_fit_link(own->fit));
    }
}

/* A backtick would begin a macro where the text is used. */
static const char *without_backticks(call *c, const char *text)
{
    char *own = copy_of(c, text, strlen(text)), *end = own;
    for (; *text != 0; text++)
        if (*text != '`')
            *end++ = *text;
    *end = 0;
    return own;
}

static void locals_of(call *c, const fitted *own)
{
    list all = {0};
    interlace_model kind = interlace_fit_model(own->fit);
    bool is_generalised = kind == INTERLACE_MODEL_GLMM || kind == INTERLACE_MODEL_CLMM;
    add_local(c, &all, "title", title_of(c, own));
    random_macros(c, &all, own);
    add_local(c, &all, "method", interlace_fit_method(own->fit) == INTERLACE_METHOD_REML ? "REML" : "ML");
    add_local(c, &all, "model", interlace_model_name(kind));
    if (is_generalised) {
        add_local(c, &all, "family", kind == INTERLACE_MODEL_CLMM ? "ordinal" : interlace_fit_family(own->fit));
        add_local(c, &all, "link", interlace_fit_link(own->fit));
        add_local(c, &all, "intpoints", text_of(c, "%d", (int)interlace_fit_nagq(own->fit)));
    }
    if (own->has_df)
        add_local(c, &all, "dfmethod", interlace_df_name(own->df_method));
    if (own->model != NULL && own->model->offset != NULL)
        add_local(c, &all, "offset", own->model->offset);
    if (own->model != NULL && own->model->exposure != NULL)
        add_local(c, &all, "offset", text_of(c, "ln(%s)", own->model->exposure));
    add_local(c, &all, "chi2type", "Wald");
    add_local(c, &all, "vce", "oim");
    add_local(c, &all, "properties", "b V");
    add_local(c, &all, "formula", without_backticks(c, interlace_fit_formula(own->fit)));
    add_local(c, &all, "cmdline", own->command_line);
    add_local(c, &all, "predict", "interlace_p");
    /* Only what predict computes from e(b), whose derivatives margins takes. */
    bool has_default = kind == INTERLACE_MODEL_LMM || kind == INTERLACE_MODEL_COXME, has_columns = has_stata_columns(own);
    add_local(c, &all, "marginsok", !has_columns ? "" : has_default ? "XB default" : kind == INTERLACE_MODEL_GLMM ? "XB MUFixed" : "XB");
    add_local(c, &all, "marginsnotok", !has_columns ? "_ALL" : "MU FITted RESiduals RSTAndard REFfects RESEs STDP ETA PR");
    add_local(c, &all, "fit", own->id);
    set_macro(c, "locals", joined(c, &all, " "));
}

/* A matrix of the macro's name; without values one that is there is left as it is. */
static void matrix_of(call *c, const arguments *given, size_t i, const double *values, size_t rows, size_t columns)
{
    if (rows > 0 && columns > 0)
        set_matrix(c, argument(c, given, i, "the name of a matrix"), values, rows, columns);
}

void results_action(call *c, const arguments *given)
{
    const fitted *own = fitted_of(c, argument(c, given, 0, "the number of a fit"));
    double *b = take(c, own->n, sizeof *b);
    list stripes = {0};
    for (size_t i = 0; i < own->n; i++) {
        b[i] = own->parameters[i].value;
        push(c, &stripes, own->parameters[i].stripe);
    }
    matrix_of(c, given, 1, b, 1, own->n);
    matrix_of(c, given, 2, own->covariance, own->n, own->n);
    for (size_t k = 0; k < 4; k++)
        matrix_of(c, given, 3 + k, own->group_figures + k * own->levels.n, 1, own->levels.n);
    matrix_of(c, given, 7, own->df, 1, own->n_fixed);
    set_macro(c, "stripes", joined(c, &stripes, " "));
    set_macro(c, "depvar", own->depvar);
    scalars_of(c, own);
    locals_of(c, own);
}
