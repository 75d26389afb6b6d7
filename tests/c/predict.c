/* Predictions for the data of a fit and for new ones. */
#include "dyestuff.h"

static interlace_error err;

/* A response varies about its mean, that of an unknown batch about the mean of all. */
static void intervals(const interlace_fit *fit, const interlace_frame *frame, double beta) {
    double values[4], se[4], lower[4], upper[4], cov, variance, sigma = interlace_fit_sigma(fit);
    const double weights[4] = {1, 1, 4, 1};
    const int32_t zero = INTERLACE_NEW_LEVELS_ZERO, prediction = INTERLACE_INTERVAL_PREDICTION;
    OK(interlace_fit_term_cov(fit, 0, &cov, 1, &err));
    OK(interlace_fit_fixef_vcov(fit, INTERLACE_PREDICTOR_MEAN, &variance, 1, &err));
    OK(interlace_fit_predict_interval(fit, frame, PREDICT(.quantity = 0, .new_levels = zero, .interval = prediction, .level = 0.9, .weights = weights), NULL, values, se, lower, upper, 4, &err));
    for (int i = 0; i < 4; i++) {
        double noise = sigma * sigma / weights[i], reach = 1.6448536269514722 * sqrt(se[i] * se[i] + noise);
        CLOSE(upper[i] - values[i], reach, 1e-9);
        CLOSE(values[i] - lower[i], reach, 1e-9);
        if (i > 1) CLOSE(se[i], sqrt(cov + variance), 1e-9);
    }
    OK(interlace_fit_predict_interval(fit, frame, PREDICT(.quantity = INTERLACE_QUANTITY_MARGINAL, .new_levels = zero, .interval = prediction, .level = 0.9), NULL, NULL, NULL, NULL, upper, 4, &err));
    for (int i = 0; i < 4; i++) CLOSE(upper[i], beta + 1.6448536269514722 * sqrt(cov + variance + sigma * sigma), 1e-9);
    FAILS(INTERLACE_E_ARGUMENT, "interval is 2",
          interlace_fit_predict_interval(fit, frame, PREDICT(.quantity = 0, .new_levels = zero, .interval = 2, .level = 0.9), NULL, values, se, lower, upper, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "type",
          interlace_fit_predict_interval(fit, frame, PREDICT(.quantity = INTERLACE_QUANTITY_DISPERSION, .new_levels = zero, .interval = prediction, .level = 0.9), NULL, values, se, lower, upper, 4, &err));
    se[0] = -1;
    FAILS(INTERLACE_E_ARGUMENT, "weights: row 1",
          interlace_fit_predict_interval(fit, frame, PREDICT(.quantity = 0, .new_levels = zero, .interval = prediction, .level = 0.9, .weights = se), NULL, values, NULL, lower, upper, 4, &err));
}

/* Unknown batches share the mean alone; a part of the random effects is given by a formula. */
static void together(const interlace_fit *fit, const interlace_frame *frame) {
    double cov[16], values[4], se[4], none[4], variance;
    interlace_prediction_status status[4];
    OK(interlace_fit_fixef_vcov(fit, INTERLACE_PREDICTOR_MEAN, &variance, 1, &err));
    OK(interlace_fit_predict_covariance(fit, frame, PREDICT(.new_levels = INTERLACE_NEW_LEVELS_ZERO), NULL, cov, 16, &err));
    OK(interlace_fit_predict_interval(fit, frame, PREDICT(.new_levels = INTERLACE_NEW_LEVELS_ZERO), NULL, values, se, NULL, NULL, 4, &err));
    for (int i = 0; i < 4; i++) CLOSE(cov[5 * i], se[i] * se[i], 1e-12 * cov[5 * i]);
    CLOSE(cov[2 * 4 + 3], variance, 1e-9);
    CHECK(cov[1] == cov[4] && fabs(cov[1]) < cov[0]);
    cov[0] = 5;
    FAILS(INTERLACE_E_ARGUMENT, "exactly 16", interlace_fit_predict_covariance(fit, frame, PREDICT(.new_levels = INTERLACE_NEW_LEVELS_ZERO), NULL, cov, 4, &err));
    FAILS(INTERLACE_E_DATA, "Batch", interlace_fit_predict_covariance(fit, frame, NULL, NULL, cov, 16, &err));
    CHECK(cov[0] == 5);

    OK(interlace_fit_predict(fit, frame, PREDICT(.new_levels = INTERLACE_NEW_LEVELS_MISSING), NULL, values, 4, &err));
    OK(interlace_fit_predict_status(fit, frame, PREDICT(.new_levels = INTERLACE_NEW_LEVELS_MISSING), NULL, status, 4, &err));
    CHECK(isfinite(values[1]) && isnan(values[2]) && isnan(values[3]));
    CHECK(status[1] == INTERLACE_PREDICTION_STATUS_OK && status[3] == INTERLACE_PREDICTION_STATUS_NEW_LEVEL);

    OK(interlace_fit_predict(fit, frame, PREDICT(.random_formula = "~ 0"), NULL, none, 4, &err));
    CHECK(none[0] == none[1] && none[0] == none[2]);
    OK(interlace_fit_predict(fit, frame, PREDICT(.random_formula = "(1 | Batch)", .new_levels = INTERLACE_NEW_LEVELS_ZERO), NULL, values, 4, &err));
    CHECK(values[0] != none[0] && values[2] == none[2]);
    OK(interlace_fit_predict(fit, frame, PREDICT(.quantity = INTERLACE_QUANTITY_LATENT, .random = INTERLACE_RANDOM_NONE), NULL, values, 4, &err));
    CHECK(values[0] == none[0]);
    FAILS(INTERLACE_E_ARGUMENT, "it has (Intercept) | Batch", interlace_fit_predict(fit, frame, PREDICT(.random_formula = "(1 | Item)"), NULL, values, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "only one of them", interlace_fit_predict(fit, frame, PREDICT(.random_formula = "(1 | Batch)", .random = INTERLACE_RANDOM_NONE), NULL, values, 4, &err));
}

/* A column of numbers. */
static void reals(const interlace_frame *table, const char *name, double *out, size_t n) {
    size_t column;
    OK(interlace_frame_column_index(table, name, &column, &err));
    OK(interlace_frame_column_f64(table, column, out, n, &err));
}

/* Sums by groups, distributions over the random effects, simulation and draws. */
static void over_rows(const interlace_fit *fit, const interlace_frame *frame) {
    double values[4], mean[4], variance[4], quantiles[8], cov[16], y[8], again[4], k = -1;
    const double probabilities[2] = {0.5, 0.975}, weights[4] = {1, 2, 0, 0};
    const int64_t groups[4] = {1, 1, 0, -1};
    const int32_t zero = INTERLACE_NEW_LEVELS_ZERO;
    interlace_frame *table;
    OK(interlace_fit_predict(fit, frame, PREDICT(.new_levels = zero), NULL, values, 4, &err));
    OK(interlace_fit_predict_covariance(fit, frame, PREDICT(.new_levels = zero), NULL, cov, 16, &err));
    OK(interlace_fit_predict_sums(fit, frame, PREDICT(.new_levels = zero), groups, weights, 4, 2, NULL, &table, &err));
    double estimate[2], se[2], corrected[2];
    reals(table, "estimate", estimate, 2);
    reals(table, "std_error", se, 2);
    reals(table, "corrected", corrected, 2);
    CLOSE(estimate[1], values[0] + 2 * values[1], 1e-9);
    CLOSE(se[1] * se[1], cov[0] + 4 * cov[1] + 4 * cov[5], 1e-9 * cov[0]);
    CLOSE(corrected[1], estimate[1], 1e-9);
    CHECK(estimate[0] == 0 && interlace_frame_n_rows(table) == 2);
    interlace_frame_free(table);
    FAILS(INTERLACE_E_ARGUMENT, "groups: row 1", interlace_fit_predict_sums(fit, frame, PREDICT(.new_levels = zero), groups, NULL, 4, 1, NULL, &table, &err));

    OK(interlace_fit_predict_distribution(fit, frame, PREDICT(.new_levels = zero), probabilities, 2, NULL, mean, variance, quantiles, 4, &err));
    for (int i = 0; i < 4; i++) {
        CLOSE(mean[i], values[i], 1e-9);
        CLOSE(quantiles[i], values[i], 1e-9);
        CLOSE(quantiles[4 + i], values[i] + 1.959963984540054 * sqrt(variance[i]), 1e-9);
    }
    FAILS(INTERLACE_E_ARGUMENT, "between 0 and 1", interlace_fit_predict_distribution(fit, frame, PREDICT(.new_levels = zero), values, 2, NULL, mean, NULL, NULL, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 4", interlace_fit_predict_distribution(fit, frame, PREDICT(.new_levels = zero), probabilities, 2, NULL, mean, NULL, NULL, 3, &err));

    OK(interlace_fit_predict_simulate(fit, frame, PREDICT(.new_levels = INTERLACE_NEW_LEVELS_AVERAGE), 2, 3, NULL, y, 8, &err));
    OK(interlace_fit_predict_simulate(fit, frame, PREDICT(.new_levels = INTERLACE_NEW_LEVELS_AVERAGE), 1, 3, NULL, again, 4, &err));
    for (int i = 0; i < 4; i++) CHECK(isfinite(y[i]) && y[i] == again[i] && y[i] != y[4 + i]);
    FAILS(INTERLACE_E_DATA, "Batch", interlace_fit_predict_simulate(fit, frame, NULL, 1, 3, NULL, y, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 8", interlace_fit_predict_simulate(fit, frame, PREDICT(.new_levels = zero), 2, 3, NULL, y, 4, &err));

    double draws[50];
    OK(interlace_fit_posterior_draws(fit, 50, 1, NULL, &table, &k, &err));
    reals(table, "ranef[Batch, A, (Intercept)]", draws, 50);
    for (int i = 0; i < 50; i++) CHECK(isfinite(draws[i]));
    CHECK(k < 1 && interlace_frame_n_rows(table) == 50 && interlace_frame_n_columns(table) == 2 + 3 + 6);
    interlace_frame_free(table);
    FAILS(INTERLACE_E_ARGUMENT, "0 draws", interlace_fit_posterior_draws(fit, 0, 1, NULL, &table, NULL, &err));
}

int main(void) {
    interlace_fit *fit = dyestuff_fit(NULL);
    double fitted[30], out[30], beta, modes[6];
    OK(interlace_fit_fitted(fit, fitted, 30, &err));
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, &beta, 1, &err));
    OK(interlace_fit_term_ranef(fit, 0, modes, 6, &err));

    OK(interlace_fit_predict(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_RESPONSE), NULL, out, 30, &err));
    for (int i = 0; i < 30; i++) CLOSE(out[i], fitted[i], 1e-9);
    OK(interlace_fit_predict(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_LINK, .random = INTERLACE_RANDOM_NONE), NULL, out, 30, &err));
    for (int i = 0; i < 30; i++) CLOSE(out[i], beta, 1e-9);

    /* Labels decide, not their order; a missing group counts as an unknown one; no response is needed. */
    interlace_frame *frame;
    const char *const batch[4] = {"F", "A", "Z", NULL};
    OK(interlace_frame_new(4, &frame, &err));
    OK(interlace_frame_add_strings(frame, "Batch", batch, 4, &err));
    OK(interlace_fit_predict(fit, frame, PREDICT(.quantity = INTERLACE_QUANTITY_RESPONSE, .new_levels = INTERLACE_NEW_LEVELS_ZERO), NULL, out, 4, &err));
    CLOSE(out[0], beta + modes[5], 1e-9);
    CLOSE(out[1], beta + modes[0], 1e-9);
    CLOSE(out[2], beta, 1e-9);
    CLOSE(out[3], beta, 1e-9);

    out[0] = 5;
    FAILS(INTERLACE_E_DATA, "Batch", interlace_fit_predict(fit, frame, PREDICT(.quantity = INTERLACE_QUANTITY_RESPONSE), NULL, out, 4, &err));
    CHECK(err.position == 2);
    FAILS(INTERLACE_E_ARGUMENT, "exactly 4", interlace_fit_predict(fit, frame, PREDICT(.quantity = 0, .new_levels = INTERLACE_NEW_LEVELS_ZERO), NULL, out, 30, &err));
    FAILS(INTERLACE_E_ARGUMENT, "request->quantity is 13", interlace_fit_predict(fit, frame, PREDICT(.quantity = 13, .new_levels = INTERLACE_NEW_LEVELS_ZERO), NULL, out, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "new_levels is -1", interlace_fit_predict(fit, frame, PREDICT(.quantity = 0, .new_levels = -1), NULL, out, 4, &err));
    CHECK(out[0] == 5);

    intervals(fit, frame, beta);
    together(fit, frame);
    over_rows(fit, frame);
    interlace_frame_free(frame);

    OK(interlace_frame_new(1, &frame, &err));
    OK(interlace_frame_add_f64(frame, "Yield", dyestuff_yield, 1, &err));
    FAILS(INTERLACE_E_DATA, "Batch", interlace_fit_predict(fit, frame, PREDICT(.quantity = 0, .new_levels = INTERLACE_NEW_LEVELS_ZERO), NULL, out, 1, &err));
    interlace_frame_free(frame);

    interlace_spec *formula;
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ x", &formula, &err));
    FAILS(INTERLACE_E_ARGUMENT, "arrays", interlace_fit_predict(fit, NULL, PREDICT(.quantity = 0, .arrays = formula), NULL, out, 1, &err));
    interlace_spec_free(formula);
    interlace_fit_free(fit);
    return 0;
}
