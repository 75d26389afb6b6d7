/* The JSON document. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace_fit_json.h"
#include "interlace_fit_lists.h"
#include "interlace_fit_report.h"

/* The document being written. After a failure the functions below do nothing, so that only print_json has to look. */
struct document {
    struct json json;
    const interlace_fit *fit;
    interlace_error *error;
    bool failed;
};

/* ---- arrays of a fit ---- */

/* The library fills arrays of the caller: ask for the size, bring the memory, call the getter. Most getters have one of
 * these two shapes. */
typedef interlace_status (*fit_getter)(const interlace_fit *, double *, size_t, interlace_error *);
typedef interlace_status (*term_getter)(const interlace_fit *, size_t, double *, size_t, interlace_error *);

/* The `size` numbers of a getter, which the caller frees; NULL after a failure. */
static double *fetch(struct document *document, fit_getter get, size_t size)
{
    double *values = document->failed ? NULL : new_numbers(size, document->error);
    if (values != NULL && get(document->fit, values, size, document->error) == INTERLACE_OK)
        return values;
    free(values);
    document->failed = true;
    return NULL;
}

static double *fetch_of_term(struct document *document, term_getter get, size_t term, size_t size)
{
    double *values = document->failed ? NULL : new_numbers(size, document->error);
    if (values != NULL && get(document->fit, term, values, size, document->error) == INTERLACE_OK)
        return values;
    free(values);
    document->failed = true;
    return NULL;
}

static void put_vector(struct document *document, const char *key, fit_getter get, size_t size)
{
    double *values = fetch(document, get, size);
    if (values != NULL) {
        json_key(&document->json, key);
        json_numbers(&document->json, values, size);
    }
    free(values);
}

static void put_matrix_of_term(struct document *document, const char *key, term_getter get, size_t term, size_t size)
{
    double *values = fetch_of_term(document, get, term, size * size);
    if (values != NULL) {
        json_key(&document->json, key);
        json_matrix(&document->json, values, size, size);
    }
    free(values);
}

/* ---- names ---- */

/* Names come one at a time, by index. */
typedef const char *(*name_getter)(const interlace_fit *, size_t);

static void put_names(struct document *document, const char *key, name_getter get, size_t count)
{
    json_key(&document->json, key);
    json_open(&document->json, '[');
    for (size_t i = 0; i < count; i++)
        json_string(&document->json, get(document->fit, i));
    json_close(&document->json, ']');
}

static void put_effect_names(struct document *document, size_t term)
{
    size_t effects = interlace_fit_term_n_effects(document->fit, term);
    for (size_t i = 0; i < effects; i++)
        json_string(&document->json, interlace_fit_term_effect_name(document->fit, term, i));
}

/* ---- scalars ---- */

static void put_text(struct document *document, const char *key, const char *value)
{
    json_key(&document->json, key);
    json_string(&document->json, value);
}

static void put_number(struct document *document, const char *key, double value)
{
    json_key(&document->json, key);
    json_number(&document->json, value);
}

static void put_count(struct document *document, const char *key, size_t value)
{
    json_key(&document->json, key);
    json_count(&document->json, value);
}

static void put_bool(struct document *document, const char *key, bool value)
{
    json_key(&document->json, key);
    json_bool(&document->json, value);
}

/* ---- fixed effects ---- */

static void put_fixed(struct document *document, const struct results *results)
{
    size_t p = interlace_fit_n_fixef(document->fit);
    double *estimate = fetch(document, interlace_fit_fixef, p);
    double *std_error = fetch(document, interlace_fit_fixef_std_error, p);
    double *vcov = fetch(document, interlace_fit_vcov, p * p);
    if (!document->failed) {
        struct json *json = &document->json;
        json_key(json, "fixed");
        json_open(json, '{');
        put_names(document, "names", interlace_fit_fixef_name, p);
        json_key(json, "estimate");
        json_numbers(json, estimate, p);
        json_key(json, "std_error");
        json_numbers(json, std_error, p);
        json_key(json, "t_value");
        json_open(json, '[');
        for (size_t i = 0; i < p; i++)
            json_number(json, estimate[i] / std_error[i]);
        json_close(json, ']');
        if (results->p_value != NULL) {
            json_key(json, "p_value");
            json_numbers(json, results->p_value, p);
        }
        json_key(json, "vcov");
        json_matrix(json, vcov, p, p);
        json_close(json, '}');
    }
    free(estimate);
    free(std_error);
    free(vcov);
}

static void put_wald(struct document *document, const struct results *results)
{
    size_t p = interlace_fit_n_fixef(document->fit);
    struct json *json = &document->json;
    json_key(json, "wald_ci");
    json_open(json, '{');
    put_number(document, "level", results->level);
    put_names(document, "names", interlace_fit_fixef_name, p);
    json_key(json, "lower");
    json_numbers(json, results->lower, p);
    json_key(json, "upper");
    json_numbers(json, results->upper, p);
    json_close(json, '}');
}

/* ---- random effects: the library keeps them by term, R by grouping factor ---- */

/* How many terms before `term` have the same grouping factor. */
static size_t earlier_terms_on_group(const interlace_fit *fit, size_t term)
{
    size_t count = 0;
    for (size_t i = 0; i < term; i++)
        count += strcmp(interlace_fit_term_group(fit, i), interlace_fit_term_group(fit, term)) == 0;
    return count;
}

static void put_group_sizes(struct document *document)
{
    json_key(&document->json, "ngroups");
    json_open(&document->json, '{');
    for (size_t term = 0; term < interlace_fit_n_terms(document->fit); term++)
        if (earlier_terms_on_group(document->fit, term) == 0)
            put_count(document, interlace_fit_term_group(document->fit, term), interlace_fit_term_n_levels(document->fit, term));
    json_close(&document->json, '}');
}

/* The name of a term that is unique: "g", then "g.1", "g.2" for further terms on the same group. */
static void put_term_name(struct document *document, size_t term)
{
    const char *group = interlace_fit_term_group(document->fit, term);
    size_t earlier = earlier_terms_on_group(document->fit, term);
    size_t size = strlen(group) + 32;
    char *name = malloc(size);
    if (name == NULL) {
        document->json.failed = true;
        return;
    }
    if (earlier == 0)
        snprintf(name, size, "%s", group);
    else
        snprintf(name, size, "%s.%zu", group, earlier);
    put_text(document, "name", name);
    free(name);
}

static void put_varcorr(struct document *document)
{
    struct json *json = &document->json;
    json_key(json, "varcorr");
    json_open(json, '[');
    for (size_t term = 0; term < interlace_fit_n_terms(document->fit); term++) {
        size_t effects = interlace_fit_term_n_effects(document->fit, term);
        json_open(json, '{');
        put_text(document, "group", interlace_fit_term_group(document->fit, term));
        put_term_name(document, term);
        json_key(json, "terms");
        json_open(json, '[');
        put_effect_names(document, term);
        json_close(json, ']');
        put_matrix_of_term(document, "cov", interlace_fit_term_cov, term, effects);
        double *sd = fetch_of_term(document, interlace_fit_term_sd, term, effects);
        if (sd != NULL) {
            json_key(json, "sd");
            json_numbers(json, sd, effects);
        }
        free(sd);
        put_matrix_of_term(document, "corr", interlace_fit_term_corr, term, effects);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* The random effects of one grouping factor: its terms side by side. */
struct group {
    const char *name;
    size_t first_term;
    size_t n_levels;
    size_t width;   /* effects of all its terms */
    double *modes;  /* [width, n_levels] */
    double *covs;   /* [width, width, n_levels], zero between different terms */
};

/* Copies a term's effects to rows `offset` and following of the group's. */
static void place_term(struct document *document, struct group *group, size_t term, size_t offset)
{
    size_t r = interlace_fit_term_n_effects(document->fit, term);
    double *modes = fetch_of_term(document, interlace_fit_term_ranef, term, r * group->n_levels);
    double *covs = fetch_of_term(document, interlace_fit_term_ranef_cov, term, r * r * group->n_levels);
    for (size_t level = 0; level < group->n_levels && !document->failed; level++) {
        memcpy(group->modes + level * group->width + offset, modes + level * r, r * sizeof *modes);
        for (size_t j = 0; j < r; j++) {
            size_t column = (level * group->width + offset + j) * group->width;
            memcpy(group->covs + column + offset, covs + (level * r + j) * r, r * sizeof *covs);
        }
    }
    free(modes);
    free(covs);
}

static void put_group(struct document *document, const struct group *group)
{
    struct json *json = &document->json;
    json_key(json, group->name);
    json_open(json, '{');
    json_key(json, "levels");
    json_open(json, '[');
    for (size_t level = 0; level < group->n_levels; level++)
        json_string(json, interlace_fit_term_level(document->fit, group->first_term, level));
    json_close(json, ']');
    json_key(json, "terms");
    json_open(json, '[');
    for (size_t term = group->first_term; term < interlace_fit_n_terms(document->fit); term++)
        if (strcmp(interlace_fit_term_group(document->fit, term), group->name) == 0)
            put_effect_names(document, term);
    json_close(json, ']');
    json_key(json, "values");
    json_open(json, '[');
    for (size_t level = 0; level < group->n_levels; level++)
        json_numbers(json, group->modes + level * group->width, group->width);
    json_close(json, ']');
    json_key(json, "condvar");
    json_open(json, '[');
    for (size_t level = 0; level < group->n_levels; level++)
        json_matrix(json, group->covs + level * group->width * group->width, group->width, group->width);
    json_close(json, ']');
    json_close(json, '}');
}

static void put_group_of(struct document *document, size_t first_term)
{
    const interlace_fit *fit = document->fit;
    struct group group = {interlace_fit_term_group(fit, first_term), first_term, interlace_fit_term_n_levels(fit, first_term),
                          0, NULL, NULL};
    for (size_t term = first_term; term < interlace_fit_n_terms(fit); term++)
        if (strcmp(interlace_fit_term_group(fit, term), group.name) == 0)
            group.width += interlace_fit_term_n_effects(fit, term);

    group.modes = new_numbers(group.width * group.n_levels, document->error);
    group.covs = new_numbers(group.width * group.width * group.n_levels, document->error);
    if (group.modes == NULL || group.covs == NULL)
        document->failed = true;

    size_t offset = 0;
    for (size_t term = first_term; term < interlace_fit_n_terms(fit) && !document->failed; term++) {
        if (strcmp(interlace_fit_term_group(fit, term), group.name) == 0) {
            place_term(document, &group, term, offset);
            offset += interlace_fit_term_n_effects(fit, term);
        }
    }
    if (!document->failed)
        put_group(document, &group);
    free(group.modes);
    free(group.covs);
}

static void put_ranef(struct document *document)
{
    json_key(&document->json, "ranef");
    json_open(&document->json, '{');
    for (size_t term = 0; term < interlace_fit_n_terms(document->fit) && !document->failed; term++)
        if (earlier_terms_on_group(document->fit, term) == 0)
            put_group_of(document, term);
    json_close(&document->json, '}');
}

/* ---- rows ---- */

static interlace_status response_residuals(const interlace_fit *fit, double *out, size_t size, interlace_error *error)
{
    return interlace_fit_residuals(fit, INTERLACE_RESIDUALS_RESPONSE, out, size, error);
}

/* Rows are counted from 0, as the library does. */
static void put_dropped_rows(struct document *document)
{
    struct json *json = &document->json;
    json_key(json, "rows_dropped");
    json_open(json, '[');
    for (size_t i = 0; i < interlace_fit_n_dropped_rows(document->fit) && !document->failed; i++) {
        size_t row;
        if (interlace_fit_dropped_row(document->fit, i, &row, document->error) != INTERLACE_OK) {
            document->failed = true;
            break;
        }
        json_open(json, '{');
        put_count(document, "row", row);
        put_text(document, "column", interlace_fit_dropped_row_reason(document->fit, i));
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* ---- the whole ---- */

/* Three things are kept apart: whether the calls worked (else there is no document), how the optimiser ended (the
 * outcome), and what the user should know besides (the warnings). */
static void put_outcome(struct document *document)
{
    json_key(&document->json, "outcome");
    json_open(&document->json, '{');
    put_bool(document, "converged", interlace_fit_converged(document->fit));
    put_text(document, "reason", interlace_fit_reason_name(document->fit));
    put_count(document, "evaluations", interlace_fit_n_evaluations(document->fit));
    put_number(document, "gradient_norm", interlace_fit_scaled_gradient(document->fit));
    put_names(document, "boundary", interlace_fit_boundary, interlace_fit_n_boundary(document->fit));
    json_close(&document->json, '}');
    put_names(document, "warnings", interlace_fit_warning, interlace_fit_n_warnings(document->fit));
}

static void put_timing(struct document *document, const struct results *results)
{
    json_key(&document->json, "timing");
    json_open(&document->json, '{');
    put_number(document, "read", results->read_seconds);
    if (document->fit != NULL) {
        put_number(document, "design", interlace_fit_design_seconds(document->fit));
        put_number(document, "fit", interlace_fit_fit_seconds(document->fit));
        put_number(document, "inference", results->inference_seconds);
    }
    json_close(&document->json, '}');
}

static void put_fit(struct document *document, const struct results *results)
{
    const interlace_fit *fit = document->fit;
    put_count(document, "nobs", interlace_fit_n_obs(fit));
    put_group_sizes(document);
    put_names(document, "rank_deficient_columns_dropped", interlace_fit_dropped_column, interlace_fit_n_dropped_columns(fit));
    put_fixed(document, results);
    put_vector(document, "theta", interlace_fit_theta, interlace_fit_n_theta(fit));
    put_names(document, "theta_names", interlace_fit_theta_name, interlace_fit_n_theta(fit));
    put_varcorr(document);
    put_number(document, "sigma", interlace_fit_sigma(fit));
    put_number(document, "logLik", interlace_fit_log_likelihood(fit));
    put_number(document, "criterion", interlace_fit_criterion(fit));
    put_number(document, "AIC", interlace_fit_aic(fit));
    put_number(document, "BIC", interlace_fit_bic(fit));
    put_count(document, "npar", interlace_fit_npar(fit));
    put_count(document, "df_residual", interlace_fit_df_residual(fit));
    put_bool(document, "singular", interlace_fit_is_singular(fit));
    put_ranef(document);
    put_vector(document, "fitted", interlace_fit_fitted, interlace_fit_n_rows(fit));
    put_vector(document, "residuals", response_residuals, interlace_fit_n_rows(fit));
    put_dropped_rows(document);
    put_outcome(document);
    if (results->lower != NULL)
        put_wald(document, results);
}

/* A block of one array: "key": {"name": [...]}. */
static void put_block(struct document *document, const char *key, const char *name, const double *values, size_t count)
{
    json_key(&document->json, key);
    json_open(&document->json, '{');
    json_key(&document->json, name);
    json_numbers(&document->json, values, count);
    json_close(&document->json, '}');
}

bool print_json(const struct results *results, interlace_error *error)
{
    struct document document = {{0}, results->fit, error, false};
    json_open(&document.json, '{');
    put_text(&document, "version", interlace_version());
    put_text(&document, "model", "lmm");
    put_text(&document, "formula", results->formula);
    if (results->fit != NULL)
        put_fit(&document, results);
    if (results->objective != NULL)
        put_block(&document, "objective", "value", results->objective, results->n_objective);
    if (results->predictions != NULL)
        put_block(&document, "predictions", "values", results->predictions, results->n_predictions);
    json_resampled(&document.json, &results->resampled, results->level);
    put_timing(&document, results);
    json_close(&document.json, '}');

    if (document.json.failed && !document.failed) {
        *error = (interlace_error){INTERLACE_E_MEMORY, 0, -1, "no memory for the JSON document"};
        document.failed = true;
    }
    if (!document.failed)
        fwrite(document.json.text, 1, document.json.length, stdout);
    json_free(&document.json);
    return !document.failed;
}
