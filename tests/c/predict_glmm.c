/* Predictions with errors, residuals and diagnostics of generalised models. */
#include "check.h"

enum { N = 644 };

static interlace_error err;

static interlace_frame *salamanders(void) {
    const char *const categorical[3] = {"site", "mined", "spp"};
    interlace_frame *frame;
    OK(read_csv("tests/reference/data/Salamanders.csv", categorical, 3, &frame, &err));
    CHECK(interlace_frame_n_rows(frame) == N);
    return frame;
}

static interlace_fit *fit_counts(const interlace_frame *frame, const char *family, const char *zero_formula) {
    interlace_spec *spec;
    interlace_fit *fit;
    OK(interlace_spec_new(INTERLACE_MODEL_GLMM, "count ~ mined + (1 | site)", &spec, &err));
    OK(interlace_spec_set_family(spec, family, NULL, &err));
    if (zero_formula != NULL) OK(interlace_spec_set_zero_inflation(spec, zero_formula, &err));
    OK(interlace_fit_new(spec, frame, NULL, &fit, &err));
    interlace_spec_free(spec);
    return fit;
}

static void predictions(const interlace_fit *fit, const interlace_frame *frame) {
    static double response[N], link[N], conditional[N], zero[N], fitted[N], marginal[N], values[N], se[N], lower[N], upper[N];
    const int32_t error = INTERLACE_NEW_LEVELS_ERROR;
    OK(interlace_fit_fitted(fit, fitted, N, &err));
    OK(interlace_fit_predict(fit, frame, PREDICT(.quantity = INTERLACE_QUANTITY_RESPONSE, .new_levels = error), NULL, response, N, &err));
    OK(interlace_fit_predict(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_LINK, .new_levels = error), NULL, link, N, &err));
    OK(interlace_fit_predict(fit, frame, PREDICT(.quantity = INTERLACE_QUANTITY_CONDITIONAL, .new_levels = error), NULL, conditional, N, &err));
    OK(interlace_fit_predict(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_ZERO_PROBABILITY, .new_levels = error), NULL, zero, N, &err));
    OK(interlace_fit_predict(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_MARGINAL, .new_levels = error), NULL, marginal, N, &err));
    double variance;
    OK(interlace_fit_term_cov(fit, 0, &variance, 1, &err));
    for (int i = 0; i < N; i++) {
        CLOSE(response[i], fitted[i], 1e-12);
        CLOSE(conditional[i], exp(link[i]), 1e-12);
        CLOSE(response[i], (1 - zero[i]) * conditional[i], 1e-12);
        CHECK(zero[i] > 0 && zero[i] < 1);
    }

    OK(interlace_fit_predict_interval(fit, frame, PREDICT(.quantity = INTERLACE_QUANTITY_LINK, .random = INTERLACE_RANDOM_NONE, .new_levels = error, .level = 0.9), NULL, values, se, lower, upper, N, &err));
    for (int i = 0; i < N; i++) {
        CLOSE(marginal[i], (1 - zero[i]) * exp(values[i] + 0.5 * variance), 1e-10);
        CLOSE(upper[i] - values[i], 1.6448536269514722 * se[i], 1e-9);
        CLOSE(values[i] - lower[i], 1.6448536269514722 * se[i], 1e-9);
    }
    /* Outputs that are not wanted are left out; a chosen term is that term. */
    const size_t first = 0, second = 1;
    OK(interlace_fit_predict_interval(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_RESPONSE, .new_levels = error, .terms = &first, .n_terms = 1, .level = 0.9), NULL, values, NULL, NULL, upper, N, &err));
    for (int i = 0; i < N; i++) CHECK(fabs(values[i] - response[i]) < 1e-12 && upper[i] > values[i]);

    values[0] = 5;
    FAILS(INTERLACE_E_ARGUMENT, "terms has 1",
          interlace_fit_predict_interval(fit, NULL, PREDICT(.quantity = 0, .new_levels = error, .terms = &second, .n_terms = 1, .level = 0.9), NULL, values, se, lower, upper, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "terms is NULL",
          interlace_fit_predict_interval(fit, NULL, PREDICT(.quantity = 0, .new_levels = error, .n_terms = 1, .level = 0.9), NULL, values, se, lower, upper, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "random is none",
          interlace_fit_predict_interval(fit, NULL, PREDICT(.quantity = 0, .random = INTERLACE_RANDOM_NONE, .new_levels = error, .terms = &first, .n_terms = 1, .level = 0.9), NULL, values, se, lower, upper, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "level is 1",
          interlace_fit_predict_interval(fit, NULL, PREDICT(.quantity = 0, .new_levels = error, .level = 1), NULL, values, se, lower, upper, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 644",
          interlace_fit_predict_interval(fit, NULL, PREDICT(.quantity = 0, .new_levels = error, .level = 0.9), NULL, values, se, lower, upper, N - 1, &err));
    interlace_predict_request request = INTERLACE_PREDICT_REQUEST_INIT;
    request.struct_size = 0;
    FAILS(INTERLACE_E_ARGUMENT, "begin with INTERLACE_PREDICT_REQUEST_INIT",
          interlace_fit_predict_interval(fit, NULL, &request, NULL, values, se, lower, upper, N, &err));
    CHECK(values[0] == 5);
}

static void residuals(const interlace_fit *fit, const interlace_fit *poisson) {
    static double response[N], pearson[N], working[N], deviance[N], quantile[N], again[N], fitted[N];
    OK(interlace_fit_fitted(poisson, fitted, N, &err));
    OK(interlace_fit_residuals(poisson, INTERLACE_RESIDUALS_RESPONSE, NULL, response, N, &err));
    OK(interlace_fit_residuals(poisson, INTERLACE_RESIDUALS_PEARSON, NULL, pearson, N, &err));
    OK(interlace_fit_residuals(poisson, INTERLACE_RESIDUALS_WORKING, NULL, working, N, &err));
    OK(interlace_fit_residuals(poisson, INTERLACE_RESIDUALS_DEVIANCE, NULL, deviance, N, &err));
    double sum = 0;
    for (int i = 0; i < N; i++) {
        double y = response[i] + fitted[i], terms = (y > 0.5 ? y * log(y / fitted[i]) : 0) - response[i];
        CLOSE(pearson[i], response[i] / sqrt(fitted[i]), 1e-9);
        CLOSE(working[i], response[i] / fitted[i], 1e-9);
        CLOSE(deviance[i] * deviance[i], 2 * terms, 1e-7);
        CHECK((deviance[i] > 0) == (response[i] > 0));
        sum += pearson[i] * pearson[i];
    }
    double chi_square, ratio, df, p_value;
    OK(interlace_fit_overdispersion(poisson, &chi_square, &ratio, &df, &p_value, &err));
    CLOSE(chi_square, sum, 1e-8);
    CHECK(df == N - 3 && ratio > 1.2 && p_value < 1e-6);
    CLOSE(ratio, chi_square / df, 1e-12);

    OK(interlace_fit_quantile_residuals(fit, 1, NULL, quantile, N, &err));
    OK(interlace_fit_quantile_residuals(fit, 1, NULL, again, N, &err));
    CHECK(memcmp(quantile, again, sizeof quantile) == 0);
    OK(interlace_fit_quantile_residuals(fit, 2, NULL, again, N, &err));
    CHECK(memcmp(quantile, again, sizeof quantile) != 0);
    for (int i = 0; i < N; i++) CHECK(isfinite(quantile[i]));
    FAILS(INTERLACE_E_UNSUPPORTED, "mixture", interlace_fit_residuals(fit, INTERLACE_RESIDUALS_DEVIANCE, NULL, deviance, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "residuals is 99", interlace_fit_residuals(fit, 99, NULL, deviance, N, &err));
}

static void variances(const interlace_fit *fit, const interlace_fit *poisson) {
    double marginal = 5, conditional, adjusted, unadjusted;
    FAILS(INTERLACE_E_UNSUPPORTED, "R2", interlace_fit_r2(fit, NULL, &marginal, &conditional, &err));
    FAILS(INTERLACE_E_ARGUMENT, "conditional is NULL", interlace_fit_r2(poisson, NULL, &marginal, NULL, &err));
    CHECK(marginal == 5);
    OK(interlace_fit_r2(poisson, NULL, &marginal, &conditional, &err));
    OK(interlace_fit_icc(poisson, NULL, &adjusted, &unadjusted, &err));
    CHECK(marginal > 0 && conditional > marginal && conditional < 1);
    CLOSE(unadjusted, conditional - marginal, 1e-12);
    CLOSE(adjusted, unadjusted / (1 - marginal), 1e-12);
}

/* A model by arrays with a zero part predicts from arrays that have its columns, too. */
static void arrays(const interlace_frame *frame) {
    static double count[N], x[N], values[N], fitted[N], se[N];
    static int32_t site[N];
    size_t column;
    OK(interlace_frame_column_index(frame, "count", &column, &err));
    OK(interlace_frame_column_f64(frame, column, count, N, &err));
    for (int i = 0; i < N; i++) x[i] = 1;
    interlace_spec *spec, *newdata;
    interlace_fit *fit;
    OK(interlace_spec_new_array(INTERLACE_MODEL_GLMM, count, x, N, 1, N, &spec, &err));
    OK(interlace_spec_set_family(spec, "poisson", NULL, &err));
    OK(interlace_spec_set_zero_inflation_array(spec, x, N, 1, N, NULL, &err));
    for (int i = 0; i < N; i++) site[i] = i % 23;
    OK(interlace_spec_add_term_i32(spec, "site", NULL, N, 1, 0, site, 23, INTERLACE_STRUCTURE_UNSTRUCTURED, INTERLACE_VARIANCES_DEFAULT, &err));
    OK(interlace_fit_new(spec, NULL, NULL, &fit, &err));
    OK(interlace_fit_fitted(fit, fitted, N, &err));
    OK(interlace_spec_new_array(INTERLACE_MODEL_GLMM, NULL, x, 2, 1, 2, &newdata, &err));
    OK(interlace_spec_add_term_i32(newdata, "site", NULL, 2, 1, 0, site, 23, INTERLACE_STRUCTURE_UNSTRUCTURED, INTERLACE_VARIANCES_DEFAULT, &err));
    FAILS(INTERLACE_E_ARGUMENT, "zero inflation", interlace_fit_predict(fit, NULL, PREDICT(.quantity = 0, .arrays = newdata), NULL, values, 2, &err));
    OK(interlace_spec_set_zero_inflation_array(newdata, x, 2, 1, 2, NULL, &err));
    OK(interlace_fit_predict_interval(fit, NULL, PREDICT(.quantity = 0, .arrays = newdata), NULL, values, se, NULL, NULL, 2, &err));
    CLOSE(values[1], fitted[1], 1e-12);
    CHECK(se[1] > 0);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_spec_free(newdata);
}

int main(void) {
    interlace_frame *frame = salamanders();
    interlace_fit *fit = fit_counts(frame, "poisson", "~ mined"), *poisson = fit_counts(frame, "poisson", NULL);
    predictions(fit, frame);
    residuals(fit, poisson);
    variances(fit, poisson);
    arrays(frame);
    interlace_fit_free(fit);
    interlace_fit_free(poisson);
    interlace_frame_free(frame);
    return 0;
}
