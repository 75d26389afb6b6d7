/* Models fitted again: by maximum likelihood, by all optimisers, without parts of their data; limits of random effects. */
#include "check.h"

enum { N = 180, SUBJECTS = 18, OPTIMIZERS = 4 };

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

static void refits(const interlace_frame *frame, const interlace_spec *spec) {
    interlace_options *options;
    interlace_fit *reml, *ml, *again, *copy;
    OK(interlace_fit_new(spec, frame, NULL, &reml, &err));
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_method(options, INTERLACE_METHOD_ML, &err));
    OK(interlace_fit_new(spec, frame, options, &ml, &err));
    OK(interlace_fit_refit_ml(reml, NULL, &again, &err));
    OK(interlace_fit_refit_ml(ml, NULL, &copy, &err));
    CHECK((interlace_fit_method(reml) == INTERLACE_METHOD_REML) && !(interlace_fit_method(again) == INTERLACE_METHOD_REML));
    CLOSE(interlace_fit_log_likelihood(again), interlace_fit_log_likelihood(ml), 1e-9);
    CLOSE(interlace_fit_log_likelihood(again), -875.9696722315989, 1e-6);
    CHECK(interlace_fit_log_likelihood(copy) == interlace_fit_log_likelihood(ml));
    CHECK(strcmp(interlace_fit_formula(again), interlace_fit_formula(reml)) == 0);

    double modes[2 * SUBJECTS], covs[4 * SUBJECTS], lower[2 * SUBJECTS], upper[2 * SUBJECTS];
    OK(interlace_fit_term_ranef(reml, 0, modes, 2 * SUBJECTS, &err));
    OK(interlace_fit_term_ranef_cov(reml, 0, covs, 4 * SUBJECTS, &err));
    OK(interlace_fit_term_ranef_confint_wald(reml, 0, 0.9, false, lower, upper, 2 * SUBJECTS, &err));
    for (int i = 0; i < 2 * SUBJECTS; i++) {
        double reach = 1.6448536269514722 * sqrt(covs[4 * (i / 2) + 3 * (i % 2)]);
        CLOSE(upper[i] - modes[i], reach, 1e-9);
        CLOSE(modes[i] - lower[i], reach, 1e-9);
    }
    lower[0] = 5;
    FAILS(INTERLACE_E_UNSUPPORTED, "generalised", interlace_fit_term_ranef_confint_wald(reml, 0, 0.9, true, lower, upper, 36, &err));
    FAILS(INTERLACE_E_ARGUMENT, "level is 1", interlace_fit_term_ranef_confint_wald(reml, 0, 1, false, lower, upper, 36, &err));
    FAILS(INTERLACE_E_ARGUMENT, "term is 1", interlace_fit_term_ranef_confint_wald(reml, 1, 0.9, false, lower, upper, 36, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 36", interlace_fit_term_ranef_confint_wald(reml, 0, 0.9, false, lower, upper, 35, &err));
    FAILS(INTERLACE_E_ARGUMENT, "upper", interlace_fit_term_ranef_confint_wald(reml, 0, 0.9, false, lower, NULL, 36, &err));
    CHECK(lower[0] == 5);
    interlace_options_free(options);
    interlace_fit_free(reml);
    interlace_fit_free(ml);
    interlace_fit_free(again);
    interlace_fit_free(copy);
}

static void optimizers(const interlace_frame *frame, const interlace_spec *spec) {
    interlace_frame *table;
    OK(interlace_spec_all_optimizers(spec, frame, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == OPTIMIZERS && strcmp(label(table, "optimizer", 0), "newton") == 0);
    for (size_t i = 0; i < OPTIMIZERS; i++) {
        CHECK(at(table, "converged", i) == 1 && label(table, "error", i) == NULL);
        CLOSE(at(table, "criterion", i), 1743.62827195849, 1e-6);
        CLOSE(at(table, "beta.Days", i), 10.4672859596, 1e-4);
        CHECK(at(table, "max_diff_theta", i) < 1e-3 && at(table, "evaluations", i) > 1);
    }
    interlace_frame_free(table);
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_spec_all_optimizers(spec, frame, NULL, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "data is NULL", interlace_spec_all_optimizers(spec, NULL, NULL, &table, &err));
}

static int32_t count_calls(const interlace_progress *progress, void *user_data) {
    CHECK(progress->n_theta == 0 || (progress->objective > 0 && progress->n_theta == 3 && progress->theta[0] >= 0));
    if (progress->phase == INTERLACE_PHASE_FOLD)
        *(int64_t *)user_data = progress->step;
    return progress->step > 3;
}

static void cross_validation(const interlace_frame *frame, const interlace_spec *spec) {
    interlace_frame *folds, *rows;
    OK(interlace_spec_cross_validate(spec, frame, "Subject", 3, 1, NULL, &folds, &rows, &err));
    CHECK(interlace_frame_n_rows(folds) == 4 && interlace_frame_n_rows(rows) == N);
    CHECK(strcmp(label(folds, "fold", 0), "1") == 0 && strcmp(label(folds, "fold", 3), "all") == 0);
    CHECK(strcmp(label(folds, "status", 0), "converged") == 0 && label(folds, "status", 3) == NULL);
    CHECK(at(folds, "units", 0) == 6 && at(folds, "units", 3) == 18 && at(folds, "rows", 3) == N);
    double squares = 0, scores = 0;
    for (size_t i = 0; i < N; i++) {
        double error = at(rows, "response", i) - at(rows, "prediction", i);
        squares += error * error;
        scores += at(rows, "log_score", i);
        CHECK(at(rows, "row", i) == (double)i && at(rows, "fold", i) >= 1 && at(rows, "fold", i) <= 3);
    }
    CLOSE(at(folds, "rmse", 3), sqrt(squares / N), 1e-9);
    CLOSE(at(folds, "log_score", 3), scores / N, 1e-9);
    interlace_frame_free(rows);

    /* Threads change nothing; without rows only the folds. */
    interlace_options *options;
    interlace_frame *again;
    int64_t calls = 0;
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_threads(options, 2, &err));
    OK(interlace_options_set_progress(options, count_calls, &calls, &err));
    OK(interlace_spec_cross_validate(spec, frame, "Subject", 3, 1, options, &again, NULL, &err));
    CHECK(calls == 3 && at(again, "rmse", 3) == at(folds, "rmse", 3) && at(again, "log_score", 1) == at(folds, "log_score", 1));
    interlace_frame_free(folds);
    folds = NULL;
    FAILS(INTERLACE_E_CANCELLED, "cancelled", interlace_spec_cross_validate(spec, frame, NULL, 5, 1, options, &folds, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "folds is 19", interlace_spec_cross_validate(spec, frame, "Subject", 19, 1, NULL, &folds, NULL, &err));
    FAILS(INTERLACE_E_DATA, "no column", interlace_spec_cross_validate(spec, frame, "Item", 2, 1, NULL, &folds, NULL, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, "frame", interlace_spec_cross_validate(spec, NULL, NULL, 2, 1, NULL, &folds, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "folds_out is NULL", interlace_spec_cross_validate(spec, frame, NULL, 2, 1, NULL, NULL, NULL, &err));
    CHECK(folds == NULL);
    interlace_frame_free(again);
    interlace_options_free(options);
}

int main(void) {
    const char *const categorical[1] = {"Subject"};
    interlace_frame *frame;
    interlace_spec *spec;
    OK(read_csv("tests/reference/data/sleepstudy.csv", categorical, 1, &frame, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Reaction ~ Days + (Days | Subject)", &spec, &err));
    refits(frame, spec);
    optimizers(frame, spec);
    cross_validation(frame, spec);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return 0;
}
