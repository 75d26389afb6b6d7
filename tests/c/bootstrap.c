/* Refits to other responses, the bootstrap by groups, the jackknife, BCa intervals, statistics of the caller's. */
#include "dyestuff.h"

#include <math.h>

static interlace_error err;

/* The number in a column of a table. */
static double number(const interlace_frame *table, const char *column, size_t row) {
    double values[64];
    size_t at;
    CHECK(row < interlace_frame_n_rows(table) && interlace_frame_n_rows(table) <= COUNT(values));
    OK(interlace_frame_column_index(table, column, &at, &err));
    OK(interlace_frame_column_f64(table, at, values, interlace_frame_n_rows(table), &err));
    return values[row];
}

static int32_t stop_at_once(const interlace_progress *progress, void *user_data) {
    (void)progress, (void)user_data;
    return 1;
}

static void refits(const interlace_fit *fit) {
    double y[3 * 32];
    interlace_frame *table, *none = NULL;
    OK(interlace_fit_simulate(fit, 2, 7, INTERLACE_SIMULATION_NEW, NULL, y, 60, &err));
    memmove(y + 32, y + 30, 30 * sizeof *y);
    for (size_t i = 0; i < 30; i++)
        y[64 + i] = 4;
    OK(interlace_fit_refit_many(fit, y, 30, 3, 32, true, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 3);
    SAME(interlace_frame_column_name(table, 0), "status");
    double mean = 0;
    for (size_t i = 0; i < 30; i++)
        mean += y[32 + i] / 30;
    CLOSE(number(table, "(Intercept)", 1), mean, 1e-9);
    CHECK(number(table, "se.(Intercept)", 0) > 0 && number(table, "sigma", 1) > 0);
    CHECK(isnan(number(table, "sigma", 2)) && isnan(number(table, "log_likelihood", 2)) && !isnan(number(table, "log_likelihood", 1)));
    interlace_frame_free(table);

    OK(interlace_fit_refit_many(fit, NULL, 30, 0, 30, false, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 0);
    interlace_frame_free(table);
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_refit_many(NULL, y, 30, 1, 32, false, NULL, &none, &err));
    FAILS(INTERLACE_E_ARGUMENT, "ldy is 29", interlace_fit_refit_many(fit, y, 30, 1, 29, false, NULL, &none, &err));
    FAILS(INTERLACE_E_ARGUMENT, "y is NULL", interlace_fit_refit_many(fit, NULL, 30, 1, 30, false, NULL, &none, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_refit_many(fit, y, 32, 1, 32, false, NULL, NULL, &err));
    CHECK(none == NULL);
}

/* What was fitted and what is left. */
static void response_of(const interlace_fit *fit, double *y) {
    double residuals[30];
    OK(interlace_fit_fitted(fit, y, 30, &err));
    OK(interlace_fit_residuals(fit, INTERLACE_RESIDUALS_RESPONSE, NULL, residuals, 30, &err));
    for (size_t i = 0; i < 30; i++)
        y[i] += residuals[i];
}

/* Another response: a fit of its own, and that of the fit gives the fit. */
static void refit(const interlace_fit *fit) {
    double y[30], own[30];
    interlace_fit *other = NULL, *again = NULL;
    OK(interlace_fit_simulate(fit, 1, 7, INTERLACE_SIMULATION_NEW, NULL, y, 30, &err));
    OK(interlace_fit_refit(fit, y, 30, NULL, &other, &err));
    CHECK(interlace_fit_converged(other) && interlace_fit_n_obs(other) == 30);
    SAME(interlace_fit_formula(other), interlace_fit_formula(fit));
    response_of(other, own);
    for (size_t i = 0; i < 30; i++)
        CLOSE(own[i], y[i], 1e-12);
    response_of(fit, y);
    OK(interlace_fit_refit(other, y, 30, NULL, &again, &err));
    CLOSE(interlace_fit_log_likelihood(again), interlace_fit_log_likelihood(fit), 1e-9);
    CHECK(interlace_fit_method(again) == interlace_fit_method(fit));
    interlace_fit_free(again);
    interlace_fit_free(other);
    other = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_refit(NULL, y, 30, NULL, &other, &err));
    FAILS(INTERLACE_E_ARGUMENT, "y has 29 elements, it must have exactly 30", interlace_fit_refit(fit, y, 29, NULL, &other, &err));
    FAILS(INTERLACE_E_ARGUMENT, "y is NULL", interlace_fit_refit(fit, NULL, 30, NULL, &other, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_refit(fit, y, 30, NULL, NULL, &err));
    y[4] = NAN;
    FAILS(INTERLACE_E_DATA, "row 5", interlace_fit_refit(fit, y, 30, NULL, &other, &err));
    CHECK(other == NULL);
}

/* The mean, and how often it was asked for. */
static int32_t mean_of(int64_t replicate, const double *estimates, size_t n_estimates, const double *y, size_t n, double *out,
                       size_t n_out, void *user_data) {
    CHECK(n_out == 1 && n_estimates == 4 && estimates[1] >= 0 && n % 5 == 0 && replicate >= -1);
    ++*(int *)user_data;
    *out = 0;
    for (size_t i = 0; i < n; i++)
        *out += y[i] / (double)n;
    return replicate == 3;
}

static void statistics(const interlace_fit *fit) {
    interlace_bootstrap *bootstrap;
    interlace_frame *replicates, *part, *jackknife, *intervals, *none = NULL;
    const char *names[1] = {"mean"}, *taken[1] = {"sigma"};
    int calls = 0;
    OK(interlace_bootstrap_new(&bootstrap, &err));
    OK(interlace_bootstrap_set_seed(bootstrap, 5, &err));
    OK(interlace_bootstrap_set_groups(bootstrap, "Batch", &err));
    OK(interlace_bootstrap_set_statistic(bootstrap, names, 1, mean_of, &calls, &err));
    OK(interlace_bootstrap_set_replicates(bootstrap, 0, 20, &err));
    OK(interlace_bootstrap_run(bootstrap, fit, NULL, &replicates, &err));
    CHECK(calls == 20);
    CLOSE(number(replicates, "mean", 0), number(replicates, "(Intercept)", 0), 1e-8);
    CHECK(isnan(number(replicates, "mean", 3)) && isnan(number(replicates, "sigma", 3)));

    /* The rest of a run that was stopped. */
    interlace_options *options;
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_threads(options, 2, &err));
    OK(interlace_bootstrap_set_replicates(bootstrap, 20, 20, &err));
    OK(interlace_bootstrap_run(bootstrap, fit, options, &part, &err));
    OK(interlace_frame_append(replicates, part, &err));
    CHECK(interlace_frame_n_rows(replicates) == 40 && number(replicates, "sigma", 25) == number(part, "sigma", 5));
    FAILS(INTERLACE_E_ARGUMENT, "itself", interlace_frame_append(part, part, &err));
    FAILS(INTERLACE_E_ARGUMENT, "other is NULL", interlace_frame_append(part, NULL, &err));

    OK(interlace_bootstrap_jackknife(bootstrap, fit, NULL, &jackknife, &err));
    CHECK(interlace_frame_n_rows(jackknife) == 6);
    SAME(interlace_frame_column_name(jackknife, 0), "left_out");
    OK(interlace_bootstrap_confint(bootstrap, fit, replicates, jackknife, 0.8, INTERLACE_BOOTSTRAP_INTERVAL_BCA, &intervals, &err));
    size_t last = interlace_frame_n_rows(intervals) - 1;
    CLOSE(number(intervals, "estimate", last), dyestuff_intercept, 1e-8);
    CHECK(number(intervals, "lower", last) < dyestuff_intercept && number(intervals, "upper", last) > dyestuff_intercept);
    CLOSE(number(intervals, "upper", last), number(intervals, "upper", 0), 1e-6);
    interlace_frame_free(intervals);

    FAILS(INTERLACE_E_ARGUMENT, "jackknife is NULL",
          interlace_bootstrap_confint(bootstrap, fit, replicates, NULL, 0.8, INTERLACE_BOOTSTRAP_INTERVAL_BCA, &none, &err));
    FAILS(INTERLACE_E_ARGUMENT, "replicates", interlace_bootstrap_confint(bootstrap, fit, NULL, NULL, 0.8, 0, &none, &err));
    OK(interlace_bootstrap_set_statistic(bootstrap, taken, 1, mean_of, &calls, &err));
    FAILS(INTERLACE_E_ARGUMENT, "sigma", interlace_bootstrap_run(bootstrap, fit, NULL, &none, &err));
    FAILS(INTERLACE_E_ARGUMENT, "function is NULL", interlace_bootstrap_set_statistic(bootstrap, names, 1, NULL, NULL, &err));
    OK(interlace_bootstrap_set_statistic(bootstrap, NULL, 0, NULL, NULL, &err));
    OK(interlace_options_set_progress(options, stop_at_once, NULL, &err));
    FAILS(INTERLACE_E_CANCELLED, "cancelled", interlace_bootstrap_run(bootstrap, fit, options, &none, &err));
    OK(interlace_bootstrap_set_groups(bootstrap, "nobody", &err));
    FAILS(INTERLACE_E_ARGUMENT, "grouping factors are Batch", interlace_bootstrap_run(bootstrap, fit, NULL, &none, &err));
    CHECK(none == NULL);

    OK(bootstrap_confint_of(fit, replicates, 0.8, INTERLACE_BOOTSTRAP_INTERVAL_BCA, &intervals, &err));
    CHECK(number(intervals, "lower", 0) < dyestuff_intercept);
    interlace_frame_free(intervals);
    interlace_frame_free(replicates);
    interlace_frame_free(part);
    interlace_frame_free(jackknife);
    interlace_options_free(options);
    interlace_bootstrap_free(bootstrap);
}

static double largest(double *y, size_t n, void *user_data) {
    (void)user_data;
    double most = y[0];
    for (size_t i = 1; i < n; i++)
        most = y[i] > most ? y[i] : most;
    return most;
}

static void response(const interlace_fit *fit) {
    interlace_bootstrap *bootstrap;
    double groups = 0, rows = 0, simulated = 0, most = 0;
    OK(interlace_bootstrap_new(&bootstrap, &err));
    OK(interlace_bootstrap_response_std_error(bootstrap, fit, NULL, NULL, NULL, &simulated, &err));
    OK(interlace_bootstrap_set_groups(bootstrap, NULL, &err));
    OK(interlace_bootstrap_response_std_error(bootstrap, fit, NULL, NULL, NULL, &groups, &err));
    OK(interlace_bootstrap_response_std_error(bootstrap, fit, largest, NULL, NULL, &most, &err));
    OK(interlace_bootstrap_set_rows(bootstrap, &err));
    OK(interlace_bootstrap_response_std_error(bootstrap, fit, NULL, NULL, NULL, &rows, &err));
    CHECK(0 < rows && rows < groups && simulated > 0 && most > 0);
    OK(interlace_bootstrap_set_parametric(bootstrap, INTERLACE_SIMULATION_CONDITIONAL, &err));
    OK(interlace_bootstrap_response_std_error(bootstrap, fit, NULL, NULL, NULL, &rows, &err));
    CHECK(rows < simulated);
    FAILS(INTERLACE_E_ARGUMENT, "simulation is 5", interlace_bootstrap_set_parametric(bootstrap, 5, &err));
    OK(interlace_bootstrap_set_replicates(bootstrap, 0, 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "2 replicates", interlace_bootstrap_response_std_error(bootstrap, fit, NULL, NULL, NULL, &rows, &err));
    FAILS(INTERLACE_E_ARGUMENT, "bootstrap is NULL", interlace_bootstrap_set_seed(NULL, 1, &err));
    interlace_bootstrap_free(bootstrap);
    interlace_bootstrap_free(NULL);
}

int main(void) {
    interlace_fit *fit = dyestuff_fit(NULL);
    refits(fit);
    refit(fit);
    statistics(fit);
    response(fit);
    interlace_fit_free(fit);
    return 0;
}
