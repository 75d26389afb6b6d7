/* Marginal means, contrasts, Wald tests and likelihood-ratio tests. */
#include "check.h"
#include "cells.h"

static interlace_error err;

enum { WORKERS = 6, MACHINES = 3, REPLICATES = 3, ROWS = WORKERS * MACHINES * REPLICATES };

/* Productivity scores of six workers at three machines, three replicates each (Milliken & Johnson 1984). */
static const double scores[ROWS] = {
    52.0, 52.8, 53.1, 51.8, 52.8, 53.1, 60.0, 60.2, 58.4, 51.1, 52.3, 50.3, 50.9, 51.8, 51.4, 46.4, 44.8, 49.2,
    62.1, 62.6, 64.0, 59.7, 60.0, 59.0, 68.6, 65.8, 69.7, 63.2, 62.8, 62.2, 64.8, 65.0, 65.4, 43.7, 44.2, 43.0,
    67.5, 67.2, 66.9, 61.5, 61.7, 62.3, 70.8, 70.6, 71.0, 64.1, 66.2, 64.0, 72.1, 72.0, 71.1, 62.0, 61.4, 60.5};

static const char *const machine_names[MACHINES] = {"A", "B", "C"};
static const char *const worker_names[WORKERS] = {"1", "2", "3", "4", "5", "6"};

static interlace_frame *machines(void) {
    interlace_frame *frame;
    int32_t machine[ROWS], worker[ROWS];
    double x[ROWS];
    for (int i = 0; i < ROWS; i++) {
        machine[i] = i / (WORKERS * REPLICATES);
        worker[i] = i / REPLICATES % WORKERS;
        x[i] = i % 4;
    }
    OK(interlace_frame_new(ROWS, &frame, &err));
    OK(interlace_frame_add_f64(frame, "score", scores, ROWS, &err));
    OK(interlace_frame_add_f64(frame, "x", x, ROWS, &err));
    OK(interlace_frame_add_categorical(frame, "Machine", machine, ROWS, machine_names, MACHINES, false, &err));
    OK(interlace_frame_add_categorical(frame, "Worker", worker, ROWS, worker_names, WORKERS, false, &err));
    return frame;
}

static interlace_fit *fit_of(const interlace_frame *frame, const char *formula, bool reml) {
    interlace_spec *spec;
    interlace_options *options;
    interlace_fit *fit;
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, formula, &spec, &err));
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_method(options, reml ? INTERLACE_METHOD_REML : INTERLACE_METHOD_ML, &err));
    OK(interlace_fit_new(spec, frame, options, &fit, &err));
    interlace_options_free(options);
    interlace_spec_free(spec);
    return fit;
}

static void means(const interlace_fit *fit) {
    /* emmeans 1.8.4, asymptotic. */
    interlace_frame *table;
    OK(interlace_fit_marginal_means(fit, NULL, "~ Machine", MEANS_OF(.means_scale = INTERLACE_MEANS_SCALE_RESPONSE, .df = INTERLACE_DF_NORMAL), NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == MACHINES && interlace_frame_n_columns(table) == 6);
    SAME(word(table, "Machine", 2), "C");
    CLOSE(number(table, "estimate", 0), 52.3555555556, 1e-6);
    CLOSE(number(table, "estimate", 2), 66.2722222222, 1e-6);
    CLOSE(number(table, "std_error", 1), 2.4858302138, 1e-6);
    CHECK(isinf(number(table, "df", 0)));
    CLOSE(number(table, "lower", 0), 47.4834178648, 1e-5);
    interlace_frame_free(table);

    OK(interlace_fit_contrasts(fit, NULL, "Machine", MEANS_OF(.df = INTERLACE_DF_NORMAL, .adjustment = INTERLACE_ADJUSTMENT_TUKEY), NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 3);
    SAME(word(table, "contrast", 1), "A - C");
    CLOSE(number(table, "statistic", 0), -3.6595114, 1e-5);
    CLOSE(number(table, "p_value", 2), 0.0172537339, 1e-7);
    interlace_frame_free(table);

    const double weights[4] = {-0.5, -0.5, 1, 99};
    const char *const name = "C - others";
    OK(interlace_fit_contrasts(fit, NULL, "~ Machine", MEANS_OF(.df = INTERLACE_DF_RESIDUAL, .adjustment = INTERLACE_ADJUSTMENT_NONE, .coefficients = weights, .m = 3, .k = 1, .ldc = 4, .names = &name), NULL, &table, &err));
    SAME(word(table, "contrast", 0), name);
    CLOSE(number(table, "estimate", 0), 66.2722222222 - (52.3555555556 + 60.3222222222) / 2, 1e-6);
    CHECK(number(table, "df", 0) == ROWS - MACHINES && number(table, "statistic", 0) > 0);
    interlace_frame_free(table);
}

static void wald(const interlace_fit *fit) {
    interlace_frame *table;
    double vcov[9], beta[3];
    OK(interlace_fit_fixef_vcov(fit, INTERLACE_PREDICTOR_MEAN, vcov, 9, &err));
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, beta, 3, &err));
    /* B = C, and B = 2. */
    const double l[6] = {0, 0, 1, 1, -1, 0}, rhs[2] = {0, 2};
    OK(interlace_fit_wald_test(fit, l, 2, 3, 2, rhs, false, INTERLACE_DF_NORMAL, NULL, &table, &err));
    CLOSE(number(table, "estimate", 0), beta[1] - beta[2], 1e-12);
    CLOSE(number(table, "std_error", 0), sqrt(vcov[4] + vcov[8] - 2 * vcov[5]), 1e-12);
    CLOSE(number(table, "statistic", 1), (beta[1] - 2) / sqrt(vcov[4]), 1e-10);
    interlace_frame_free(table);
    OK(interlace_fit_wald_test(fit, l, 2, 3, 2, NULL, true, INTERLACE_DF_RESIDUAL, NULL, &table, &err));
    CHECK(number(table, "num_df", 0) == 2 && number(table, "den_df", 0) == ROWS - 3);
    CHECK(number(table, "statistic", 0) > 0 && number(table, "p_value", 0) < 0.01);
    interlace_frame_free(table);
    FAILS(INTERLACE_E_ARGUMENT, "3 columns", interlace_fit_wald_test(fit, l, 1, 2, 1, NULL, false, 0, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "l is NULL", interlace_fit_wald_test(fit, NULL, 1, 3, 1, NULL, false, 0, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "ldl is 1", interlace_fit_wald_test(fit, l, 2, 3, 1, NULL, false, 0, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "df is 9", interlace_fit_wald_test(fit, l, 2, 3, 2, NULL, false, 9, NULL, &table, &err));
}

static void ratios(const interlace_frame *frame, const interlace_fit *restricted) {
    interlace_fit *fits[2] = {fit_of(frame, "score ~ Machine + (1 | Worker) + (1 | Worker:Machine)", false),
                              fit_of(frame, "score ~ Machine + (1 | Worker)", false)};
    const interlace_fit *list[2] = {fits[0], fits[1]};
    interlace_frame *plain, *mixed;
    OK(interlace_fit_compare(list, 2, false, NULL, &plain, &err));
    OK(interlace_fit_compare(list, 2, true, NULL, &mixed, &err));
    CHECK(number(plain, "fit", 0) == 1 && number(plain, "df", 1) == 1);
    CLOSE(number(plain, "chi_square", 1),
          2 * (interlace_fit_log_likelihood(fits[0]) - interlace_fit_log_likelihood(fits[1])), 1e-9);
    CLOSE(number(mixed, "p_value", 1) / number(plain, "p_value", 1), 0.5, 1e-12);
    SAME(word(mixed, "distribution", 1), "chibarsq");
    CHECK(word(plain, "warning", 1) == NULL);
    interlace_frame_free(plain);
    interlace_frame_free(mixed);
    list[1] = restricted;
    FAILS(INTERLACE_E_ARGUMENT, "refit", interlace_fit_compare(list, 2, false, NULL, &plain, &err));
    list[1] = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "fits[1] is NULL", interlace_fit_compare(list, 2, false, NULL, &plain, &err));
    FAILS(INTERLACE_E_ARGUMENT, "at least 2", interlace_fit_compare(list, 1, false, NULL, &plain, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fits is NULL", interlace_fit_compare(NULL, 2, false, NULL, &plain, &err));
    interlace_fit_free(fits[0]);
    interlace_fit_free(fits[1]);
}

/* Tests of variances: terms left out, draws of the exact test, bootstrapped ratios in parts. */
static void variances(const interlace_frame *frame) {
    interlace_fit *full = fit_of(frame, "score ~ Machine + (1 | Worker)", true), *reduced = fit_of(frame, "score ~ 1 + (1 | Worker)", true);
    interlace_fit *two = fit_of(frame, "score ~ Machine + (1 | Worker) + (1 | Worker:Machine)", true);
    interlace_frame *table = NULL, *parts[2] = {NULL, NULL}, *all = NULL;
    OK(interlace_fit_ranova(two, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 3 && number(table, "df", 1) == 1);
    SAME(word(table, "term", 1), "(1 | Worker)");
    SAME(word(table, "reference", 2), "0.5 chi2_0 + 0.5 chi2_1");
    CLOSE(number(table, "p_value", 2) / number(table, "p_value_chi_square", 2), 0.5, 1e-12);
    interlace_frame_free(table);
    OK(interlace_fit_exact_rlrt(full, 99, 1, NULL, &table, &err));
    SAME(word(table, "method", 0), "RLRT");
    CHECK(number(table, "p_value", 0) == 0.01 && number(table, "draws", 0) == 99);
    interlace_frame_free(table);
    table = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "draws is 0", interlace_fit_exact_rlrt(full, 0, 1, NULL, &table, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, "2 random terms", interlace_fit_exact_rlrt(two, 9, 1, NULL, &table, &err));
    interlace_bootstrap *bootstrap;
    OK(interlace_bootstrap_new(&bootstrap, &err));
    OK(interlace_bootstrap_set_replicates(bootstrap, 0, 5, &err));
    OK(interlace_bootstrap_lrt(bootstrap, reduced, full, NULL, &all, &err));
    for (size_t i = 0; i < 2; i++) {
        OK(interlace_bootstrap_set_replicates(bootstrap, 3 * i, 3 - i, &err));
        OK(interlace_bootstrap_lrt(bootstrap, reduced, full, NULL, &parts[i], &err));
        for (size_t k = 0; k < 3 - i; k++)
            CHECK(number(parts[i], "chi_square", k) == number(all, "chi_square", 3 * i + k));
    }
    OK(interlace_bootstrap_lrt_test(bootstrap, reduced, full, all, 0.95, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 4 && number(table, "n", 0) == 5);
    CLOSE(number(table, "p_value", 1), 1 / 6.0, 1e-12);
    interlace_frame_free(table);
    table = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "not nested", interlace_bootstrap_lrt(bootstrap, full, reduced, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "level is 2", interlace_bootstrap_lrt_test(bootstrap, reduced, full, all, 2, NULL, &table, &err));
    FAILS(INTERLACE_E_DATA, "chi_square", interlace_bootstrap_lrt_test(bootstrap, reduced, full, frame, 0.9, NULL, &table, &err));
    CHECK(table == NULL);
    interlace_frame_free(all);
    interlace_frame_free(parts[0]);
    interlace_frame_free(parts[1]);
    interlace_bootstrap_free(bootstrap);
    interlace_fit_free(full);
    interlace_fit_free(reduced);
    interlace_fit_free(two);
}

/* The test of the only variance; models must be nested. */
static void null_model(const interlace_frame *frame) {
    interlace_spec *specs[3];
    const char *const formulas[3] = {"score ~ Machine + (1 | Worker)", "score ~ Machine", "score ~ x + (1 | Worker)"};
    for (int i = 0; i < 3; i++)
        OK(interlace_spec_new(INTERLACE_MODEL_LMM, formulas[i], &specs[i], &err));
    const interlace_spec *list[2] = {specs[0], specs[1]};
    interlace_frame *table = NULL;
    OK(interlace_spec_lrt(list, 2, frame, true, NULL, &table, &err));
    CHECK(number(table, "fit", 0) == 1 && number(table, "df", 1) == 1 && number(table, "n_obs", 0) == ROWS);
    SAME(word(table, "distribution", 1), "chibarsq");
    CHECK(number(table, "chi_square", 1) > 10 && word(table, "warning", 1) == NULL);
    interlace_frame_free(table);
    table = NULL;
    list[1] = specs[2];
    FAILS(INTERLACE_E_ARGUMENT, "not nested", interlace_spec_lrt(list, 2, frame, false, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "at least 2", interlace_spec_lrt(list, 1, frame, false, NULL, &table, &err));
    list[1] = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "specs[1] is NULL", interlace_spec_lrt(list, 2, frame, false, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_spec_lrt(list, 2, frame, false, NULL, NULL, &err));
    CHECK(table == NULL);
    for (int i = 0; i < 3; i++)
        interlace_spec_free(specs[i]);
}

static void failures(const interlace_frame *frame, const interlace_fit *fit) {
    interlace_frame *table = NULL;
#define MEANS(fit, data, specs, w, s, d, l) \
    interlace_fit_marginal_means(fit, data, specs, MEANS_OF(.weighting = w, .means_scale = s, .df = d, .level = l), NULL, &table, &err)
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", MEANS(NULL, NULL, "~ Machine", 0, 0, 0, 0.95));
    FAILS(INTERLACE_E_ARGUMENT, "specs is NULL", MEANS(fit, NULL, NULL, 0, 0, 0, 0.95));
    FAILS(INTERLACE_E_FORMULA, "", MEANS(fit, NULL, "~ Machine +", 0, 0, 0, 0.95));
    FAILS(INTERLACE_E_ARGUMENT, "'Worker'", MEANS(fit, NULL, "~ Worker", 0, 0, 0, 0.95));
    FAILS(INTERLACE_E_ARGUMENT, "request->weighting is 7", MEANS(fit, NULL, "~ Machine", 7, 0, 0, 0.95));
    FAILS(INTERLACE_E_ARGUMENT, "request->means_scale is 7", MEANS(fit, NULL, "~ Machine", 0, 7, 0, 0.95));
    FAILS(INTERLACE_E_ARGUMENT, "df is 7", MEANS(fit, NULL, "~ Machine", 0, 0, 7, 0.95));
    FAILS(INTERLACE_E_ARGUMENT, "level", MEANS(fit, NULL, "~ Machine", 0, 0, 0, NAN));
    FAILS(INTERLACE_E_ARGUMENT, "request->adjustment is 7",
          interlace_fit_contrasts(fit, NULL, "~ Machine", MEANS_OF(.adjustment = (interlace_adjustment)7), NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "request->comparisons is 7", interlace_fit_contrasts(fit, NULL, "~ Machine", MEANS_OF(.comparisons = (interlace_comparisons)7, .adjustment = INTERLACE_ADJUSTMENT_NONE), NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL",
          interlace_fit_contrasts(fit, NULL, "~ Machine", MEANS_OF(.adjustment = INTERLACE_ADJUSTMENT_NONE), NULL, NULL, &err));
    const double weights[2] = {1, -1};
    const char *const name = "mine";
    FAILS(INTERLACE_E_ARGUMENT, "3 means",
          interlace_fit_contrasts(fit, NULL, "~ Machine", MEANS_OF(.adjustment = INTERLACE_ADJUSTMENT_NONE, .coefficients = weights, .m = 2, .k = 1, .ldc = 2, .names = &name), NULL, &table, &err));

    /* The mean of a covariate comes from the data, which must be those of the fit. */
    interlace_fit *with_x = fit_of(frame, "score ~ Machine + x + (1 | Worker)", true);
    interlace_frame *other;
    FAILS(INTERLACE_E_ARGUMENT, "data is NULL", MEANS(with_x, NULL, "~ Machine", 0, 0, 0, 0.95));
    OK(interlace_frame_new(3, &other, &err));
    FAILS(INTERLACE_E_DATA, "3 rows", MEANS(with_x, other, "~ Machine", 0, 0, 0, 0.95));
    CHECK(table == NULL);
    OK(MEANS(with_x, frame, "~ Machine", INTERLACE_WEIGHTING_PROPORTIONAL, 0, 0, 0.95));
    CHECK(interlace_frame_n_rows(table) == MACHINES);
    interlace_frame_free(table);

    /* At other values of it. */
    interlace_frame *at = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "wanted a number", interlace_fit_marginal_means(with_x, frame, "~ x", MEANS_OF(.at = "x = a"), NULL, &at, &err));
    CHECK(at == NULL);
    OK(interlace_fit_contrasts(with_x, frame, "~ x", MEANS_OF(.at = "x = 0, 1; Machine = A", .comparisons = INTERLACE_COMPARISONS_TREATMENT_CONTROL, .adjustment = INTERLACE_ADJUSTMENT_NONE), NULL, &at, &err));
    double slope, beta[4];
    size_t estimate;
    OK(interlace_frame_column_index(at, "estimate", &estimate, &err));
    OK(interlace_frame_column_f64(at, estimate, &slope, 1, &err));
    OK(interlace_fit_fixef(with_x, INTERLACE_PREDICTOR_MEAN, beta, 4, &err));
    CLOSE(slope, beta[3], 1e-12);
    interlace_frame_free(at);
    interlace_frame_free(other);
    interlace_fit_free(with_x);
}

int main(void) {
    interlace_frame *frame = machines();
    interlace_fit *fit = fit_of(frame, "score ~ Machine + (1 | Worker) + (1 | Worker:Machine)", true);
    means(fit);
    wald(fit);
    ratios(frame, fit);
    null_model(frame);
    variances(frame);
    failures(frame, fit);
    interlace_fit_free(fit);
    interlace_frame_free(frame);
    return 0;
}
