/* Residuals as tables: by simulation with tests, of random effects, beside the data; the report of convergence. */
#include "check.h"

enum { N = 180, SUBJECTS = 18 };

static interlace_error err;

static double at(const interlace_frame *table, const char *name, size_t row) {
    static double values[N];
    size_t column, n = interlace_frame_n_rows(table);
    CHECK(n <= N && row < n);
    OK(interlace_frame_column_index(table, name, &column, &err));
    OK(interlace_frame_column_f64(table, column, values, n, &err));
    return values[row];
}

static const char *label(const interlace_frame *table, const char *name, size_t row) {
    size_t column;
    OK(interlace_frame_column_index(table, name, &column, &err));
    return interlace_frame_column_string(table, column, row);
}

static void simulated(const interlace_fit *fit, const interlace_frame *data) {
    interlace_frame *residuals, *tests, *again, *none = (interlace_frame *)&err;
    interlace_options *options;
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_threads(options, 2, &err));
    OK(interlace_fit_simulated_residuals(fit, 250, 3, INTERLACE_SIMULATION_NEW, NULL, NULL, NULL, &residuals, &tests, &err));
    OK(interlace_fit_simulated_residuals(fit, 250, 3, INTERLACE_SIMULATION_NEW, data, NULL, options, &again, NULL, &err));
    CHECK(interlace_frame_n_rows(residuals) == N && interlace_frame_n_rows(tests) == 4);
    for (size_t i = 0; i < N; i++)
        CHECK(at(residuals, "uniform", i) == at(again, "uniform", i) && at(residuals, "row", i) == (double)i);
    static const char *const names[] = {"uniformity", "uniformity_simulated", "dispersion", "outliers"};
    for (size_t i = 0; i < COUNT(names); i++) {
        SAME(label(tests, "test", i), names[i]);
        CHECK(at(tests, "p_value", i) > 0.05 && at(tests, "p_value", i) <= 1);
    }
    CLOSE(at(tests, "statistic", 2), at(tests, "observed", 2) / at(tests, "expected", 2), 1e-12);
    interlace_frame_free(again);
    OK(interlace_fit_simulated_residuals(fit, 20, 3, INTERLACE_SIMULATION_CONDITIONAL, data, "Days", NULL, &again, NULL, &err));
    CHECK(interlace_frame_n_rows(again) == 10);
    SAME(label(again, "group", 9), "9");
    FAILS(INTERLACE_E_ARGUMENT, "nsim is 0", interlace_fit_simulated_residuals(fit, 0, 3, INTERLACE_SIMULATION_NEW, NULL, NULL, NULL, &none, NULL, &err));
    FAILS(INTERLACE_E_DATA, "'Day'", interlace_fit_simulated_residuals(fit, 9, 3, INTERLACE_SIMULATION_NEW, data, "Day", NULL, &none, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "simulation is 9", interlace_fit_simulated_residuals(fit, 9, 3, 9, data, NULL, NULL, &none, NULL, &err));
    FAILS(INTERLACE_E_MEMORY, "simulated responses", interlace_fit_simulated_residuals(fit, (size_t)-1 / 2000, 3, INTERLACE_SIMULATION_NEW, NULL, NULL, NULL, &none, NULL, &err));
    CHECK(none == (interlace_frame *)&err);
    interlace_frame_free(residuals);
    interlace_frame_free(tests);
    interlace_frame_free(again);
    interlace_options_free(options);
}

static void random_effects(const interlace_fit *fit) {
    interlace_frame *table;
    OK(interlace_fit_ranef_residuals(fit, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 2 * SUBJECTS);
    SAME(label(table, "effect", 1), "Days");
    for (size_t i = 0; i < 2 * SUBJECTS; i++)
        CLOSE(at(table, "standardized", i), at(table, "mode", i) / at(table, "std_dev", i), 1e-12);
    CHECK(at(table, "distance", 0) == at(table, "distance", 1));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_ranef_residuals(fit, NULL, NULL, &err));
    interlace_frame_free(table);
}

static void kinds(const interlace_fit *fit) {
    double pearson[N], standardized[N], leverage[N], cholesky[N], groups[N];
    OK(interlace_fit_residuals(fit, INTERLACE_RESIDUALS_PEARSON, NULL, pearson, N, &err));
    OK(interlace_fit_residuals(fit, INTERLACE_RESIDUALS_STANDARDIZED, NULL, standardized, N, &err));
    OK(interlace_fit_leverage(fit, INTERLACE_LEVERAGE_OVERALL, NULL, leverage, N, &err));
    for (size_t i = 0; i < N; i++)
        CLOSE(standardized[i], pearson[i] / (interlace_fit_sigma(fit) * sqrt(1 - leverage[i])), 1e-9);
    /* The first row by hand: the marginal residual by its standard deviation. */
    OK(interlace_fit_residuals(fit, INTERLACE_RESIDUALS_CHOLESKY, NULL, cholesky, N, &err));
    double beta[2], cov[4], sigma = interlace_fit_sigma(fit);
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, beta, 2, &err));
    OK(interlace_fit_term_cov(fit, 0, cov, 4, &err));
    CLOSE(cholesky[0], (249.56 - beta[0]) / sqrt(sigma * sigma + cov[0]), 1e-10);
    OK(interlace_fit_residuals(fit, INTERLACE_RESIDUALS_LEAST_SQUARES, NULL, groups, N, &err));
    CLOSE(groups[0], 5.36733090909, 1e-9);
}

static void augmented(const interlace_fit *fit, const interlace_frame *data) {
    interlace_frame *table;
    double resid[N];
    OK(interlace_fit_augment(fit, data, 1, true, NULL, &table, &err));
    OK(interlace_fit_residuals(fit, INTERLACE_RESIDUALS_RESPONSE, NULL, resid, N, &err));
    CHECK(interlace_frame_n_rows(table) == N && at(table, "Reaction", 0) == 249.56);
    CHECK(at(table, ".resid", 5) == resid[5] && at(table, ".cooks_distance", 5) > 0 && at(table, ".row", 5) == 5);
    FAILS(INTERLACE_E_ARGUMENT, "data is NULL", interlace_fit_augment(fit, NULL, 1, false, NULL, &table, &err));
    interlace_frame_free(table);
}

static void report(const interlace_fit *fit) {
    interlace_frame *table;
    OK(interlace_fit_diagnose(fit, NULL, &table, &err));
    SAME(label(table, "check", 0), "convergence");
    SAME(label(table, "subject", 0), "converged");
    for (size_t i = 0; i < interlace_frame_n_rows(table); i++) {
        SAME(label(table, "status", i), "ok");
        CHECK(label(table, "advice", i) == NULL && strlen(label(table, "meaning", i)) > 20);
    }
    interlace_frame_free(table);
}

int main(void) {
    const char *const subject[] = {"Subject"};
    interlace_frame *data;
    interlace_spec *spec;
    interlace_fit *fit;
    OK(read_csv("tests/reference/data/sleepstudy.csv", subject, 1, &data, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Reaction ~ Days + (Days | Subject)", &spec, &err));
    OK(interlace_fit_new(spec, data, NULL, &fit, &err));
    simulated(fit, data);
    random_effects(fit);
    kinds(fit);
    augmented(fit, data);
    report(fit);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(data);
    return 0;
}
