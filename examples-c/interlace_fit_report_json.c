/* The JSON document. */
#include <stdio.h>
#include <stdlib.h>

#include "interlace_fit_document.h"
#include "interlace_fit_inference.h"
#include "interlace_fit_report.h"

/* ---- fixed effects ---- */

void put_coefficients(struct document *document, const char *key, int32_t predictor, const double *p_value)
{
    const interlace_fit *fit = document->fit;
    struct json *json = &document->json;
    size_t p = interlace_fit_predictor_n_fixef(fit, predictor);
    double *estimate = fetch_of_predictor(document, interlace_fit_predictor_fixef, predictor, p);
    double *std_error = fetch_of_predictor(document, interlace_fit_predictor_fixef_std_error, predictor, p);
    double *vcov = fetch_of_predictor(document, interlace_fit_predictor_vcov, predictor, p * p);
    if (!document->failed) {
        json_key(json, key);
        json_open(json, '{');
        json_key(json, "names");
        json_open(json, '[');
        for (size_t i = 0; i < p; i++)
            json_string(json, interlace_fit_predictor_fixef_name(fit, predictor, i));
        json_close(json, ']');
        json_key(json, "estimate");
        json_numbers(json, estimate, p);
        json_key(json, "std_error");
        json_numbers(json, std_error, p);
        json_key(json, interlace_fit_model(fit) == INTERLACE_LMM ? "t_value" : "z_value");
        json_open(json, '[');
        for (size_t i = 0; i < p; i++)
            json_number(json, estimate[i] / std_error[i]);
        json_close(json, ']');
        if (p_value != NULL) {
            json_key(json, "p_value");
            json_numbers(json, p_value, p);
        }
        json_key(json, "vcov");
        json_matrix(json, vcov, p, p);
        json_close(json, '}');
    }
    free(estimate);
    free(std_error);
    free(vcov);
}

size_t n_intervals(const interlace_fit *fit)
{
    size_t p = interlace_fit_n_fixef(fit);
    return interlace_fit_model(fit) == INTERLACE_CLMM ? interlace_fit_n_family_parameters(fit) + p : p;
}

const char *interval_name(const interlace_fit *fit, size_t i)
{
    size_t first = n_intervals(fit) - interlace_fit_n_fixef(fit);
    return i < first ? interlace_fit_family_parameter_name(fit, i) : interlace_fit_fixef_name(fit, i - first);
}

static void put_wald(struct document *document, const struct results *results)
{
    size_t n = n_intervals(document->fit);
    struct json *json = &document->json;
    json_key(json, "wald_ci");
    json_open(json, '{');
    put_number(document, "level", results->level);
    put_names(document, "names", interval_name, n);
    json_key(json, "lower");
    json_numbers(json, results->lower, n);
    json_key(json, "upper");
    json_numbers(json, results->upper, n);
    json_close(json, '}');
}

/* ---- rows ---- */

static interlace_status response_residuals(const interlace_fit *fit, double *out, size_t size, interlace_error *error)
{
    return interlace_fit_residuals(fit, INTERLACE_RESIDUALS_RESPONSE, out, size, error);
}

/* Rows are counted from 0, as in the library. */
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

/* Those of the fit, then those of predictions. */
static void put_warnings(struct document *document, const struct results *results)
{
    char text[400];
    json_key(&document->json, "warnings");
    json_open(&document->json, '[');
    for (size_t i = 0; i < interlace_fit_n_warnings(document->fit); i++)
        json_string(&document->json, interlace_fit_warning(document->fit, i));
    for (int32_t status = INTERLACE_PREDICTED_NOT_ESTIMABLE; status <= INTERLACE_PREDICTED_CROSSED; status++)
        if (prediction_warning(results, status, text, sizeof text))
            json_string(&document->json, text);
    json_close(&document->json, ']');
}

/* Three separate things: whether the calls worked (else there is no document), how the optimiser ended (the
 * outcome), and what else the user should know (the warnings). */
static void put_outcome(struct document *document, const struct results *results)
{
    json_key(&document->json, "outcome");
    json_open(&document->json, '{');
    put_bool(document, "converged", interlace_fit_converged(document->fit));
    put_text(document, "reason", interlace_fit_reason_name(document->fit));
    put_count(document, "evaluations", interlace_fit_n_evaluations(document->fit));
    put_number(document, "gradient_norm", interlace_fit_scaled_gradient(document->fit));
    put_names(document, "boundary", interlace_fit_boundary, interlace_fit_n_boundary(document->fit));
    json_close(&document->json, '}');
    put_warnings(document, results);
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

/* How residuals are correlated within groups. */
static void put_correlation(struct document *document, double level)
{
    double estimate, std_error, lower, upper;
    int32_t kind = interlace_fit_correlation_kind(document->fit);
    const char *time = interlace_fit_correlation_time(document->fit);
    if (kind == 0)
        return;
    if (interlace_fit_correlation(document->fit, &estimate, &std_error, document->error) != INTERLACE_OK ||
        interlace_fit_correlation_confint(document->fit, level, &lower, &upper, document->error) != INTERLACE_OK) {
        document->failed = true;
        return;
    }
    json_key(&document->json, "correlation");
    json_open(&document->json, '{');
    put_text(document, "type", kind == INTERLACE_CORRELATION_AR1 ? "ar1" : "cs");
    put_text(document, "group", interlace_fit_correlation_group(document->fit));
    if (time != NULL)
        put_text(document, "time", time);
    put_number(document, "estimate", estimate);
    put_number(document, "std_error", std_error);
    put_number(document, "lower", lower);
    put_number(document, "upper", upper);
    json_close(&document->json, '}');
}

static void put_fit(struct document *document, const struct results *results)
{
    const interlace_fit *fit = document->fit;
    put_text(document, "method", interlace_fit_is_reml(fit) ? "REML" : "ML");
    put_count(document, "nobs", interlace_fit_n_obs(fit));
    put_group_sizes(document);
    put_names(document, "rank_deficient_columns_dropped", interlace_fit_dropped_column, interlace_fit_n_dropped_columns(fit));
    put_coefficients(document, "fixed", INTERLACE_MEAN, results->p_value);
    put_vector(document, "theta", interlace_fit_theta, interlace_fit_n_theta(fit));
    put_names(document, "theta_names", interlace_fit_theta_name, interlace_fit_n_theta(fit));
    put_varcorr(document, "varcorr", INTERLACE_MEAN);
    put_number(document, "sigma", interlace_fit_sigma(fit));
    put_correlation(document, results->level);
    put_number(document, "logLik", interlace_fit_log_likelihood(fit));
    put_number(document, "criterion", interlace_fit_criterion(fit));
    put_number(document, "AIC", interlace_fit_aic(fit));
    put_number(document, "BIC", interlace_fit_bic(fit));
    put_count(document, "npar", interlace_fit_npar(fit));
    put_count(document, "df_residual", interlace_fit_df_residual(fit));
    put_bool(document, "singular", interlace_fit_is_singular(fit));
    put_ranef(document, "ranef", INTERLACE_MEAN);
    put_vector(document, "fitted", interlace_fit_fitted, interlace_fit_n_rows(fit));
    if (interlace_fit_model(fit) != INTERLACE_CLMM)
        put_vector(document, "residuals", response_residuals, interlace_fit_n_rows(fit));
    if (interlace_fit_model(fit) == INTERLACE_GLMM)
        put_generalised(document);
    else if (interlace_fit_model(fit) == INTERLACE_CLMM)
        put_ordinal(document);
    put_dropped_rows(document);
    put_outcome(document, results);
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

/* One number per row, or a row of numbers. */
static void put_rows(struct json *json, const struct results *results, const double *values)
{
    if (prediction_names(results) != NULL)
        json_matrix(json, values, results->n_predictions, results->prediction_width);
    else
        json_numbers(json, values, results->n_predictions);
}

static void put_predictions(struct document *document, const struct results *results)
{
    static const char *const names[] = {"std_error", "lower", "upper"};
    struct json *json = &document->json;
    size_t n = results->n_predictions * results->prediction_width;
    prediction_name name = prediction_names(results);
    json_key(json, "predictions");
    json_open(json, '{');
    if (name != NULL)
        put_names(document, name == interlace_fit_category ? "categories" : "thresholds", name, results->prediction_width);
    json_key(json, "values");
    put_rows(json, results, results->predictions);
    for (size_t i = 0; i < 3 && results->prediction_limits != NULL; i++) {
        json_key(json, names[i]);
        put_rows(json, results, results->prediction_limits + i * n);
    }
    json_close(json, '}');
}

static void put_explained(struct document *document, const struct explained *explained)
{
    json_key(&document->json, "r2");
    json_open(&document->json, '{');
    put_number(document, "marginal", explained->marginal);
    put_number(document, "conditional", explained->conditional);
    put_number(document, "icc_adjusted", explained->icc_adjusted);
    put_number(document, "icc_unadjusted", explained->icc_unadjusted);
    json_close(&document->json, '}');
}

static const char *model_name(int32_t model)
{
    return model == INTERLACE_LMM ? "lmm" : model == INTERLACE_GLMM ? "glmm" : "clmm";
}

bool print_json(const struct results *results, interlace_error *error)
{
    struct document document = {{0}, results->fit, error, false};
    json_open(&document.json, '{');
    put_text(&document, "version", interlace_version());
    put_text(&document, "model", model_name(results->model));
    put_text(&document, "formula", results->formula);
    if (results->fit != NULL)
        put_fit(&document, results);
    if (results->objective != NULL)
        put_block(&document, "objective", "value", results->objective, results->n_objective);
    if (interlace_fit_model(results->fit) == INTERLACE_LMM)
        json_tests(&document.json, &results->tests);
    json_hypothesis(&document.json, &results->tests);
    if (results->tests.df == INTERLACE_DF_KENWARD_ROGER && results->fit != NULL)
        put_matrix(&document, "vcov_kenward_roger", interlace_fit_vcov_kenward_roger, interlace_fit_n_fixef(results->fit));
    if (results->means != NULL)
        json_marginal_means(&document.json, results->means, results->pairs);
    if (results->comparison != NULL)
        json_likelihood_ratio(&document.json, results->comparison);
    if (results->predictions != NULL)
        put_predictions(&document, results);
    json_resampled(&document.json, &results->resampled, results->level, results->formula);
    json_refitted(&document.json, &results->refitted);
    json_validated(&document.json, &results->validated);
    json_diagnosed(&document.json, &results->diagnosed);
    if (results->has_explained)
        put_explained(&document, &results->explained);
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
