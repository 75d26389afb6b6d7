/* Why rows have no prediction. */
#include "check.h"

enum { N = 48, NEW = 5 };

static interlace_error err;

/* Two factors of which a2 and b2 never come together, eight groups; x is missing in row 7. */
static void fill(const char **a, const char **b, const char **g, double *x, double *y) {
    static const char *const groups[8] = {"g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8"};
    for (int i = 0; i < N; i++) {
        a[i] = i % 3 == 2 ? "a2" : "a1";
        b[i] = i % 3 == 1 ? "b2" : "b1";
        g[i] = groups[i / 6];
        x[i] = i * 7 % 11 / 5.0;
        y[i] = 2 + (i % 3) * 0.7 + (i / 6 * 5 % 8) * 0.6 + (i * 13 % 9) * 0.2 + 0.5 * x[i];
    }
    x[7] = NAN;
}

/* Nothing is written where a call fails. */
static void failures(const interlace_fit *fit, const interlace_frame *newdata) {
    interlace_prediction_status status[N];
    const interlace_quantity response = INTERLACE_QUANTITY_RESPONSE;
    const interlace_new_levels error = INTERLACE_NEW_LEVELS_ERROR, zero = INTERLACE_NEW_LEVELS_ZERO;
    const size_t terms[2] = {0, 1};
    memset(status, 0x5a, sizeof status);
    FAILS(INTERLACE_E_DATA, "new", interlace_fit_predict_status(fit, newdata, PREDICT(.quantity = response, .new_levels = error), NULL, status, NEW, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 5", interlace_fit_predict_status(fit, newdata, PREDICT(.quantity = response, .new_levels = zero), NULL, status, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "request->quantity is 13", interlace_fit_predict_status(fit, newdata, PREDICT(.quantity = 13, .new_levels = zero), NULL, status, NEW, &err));
    FAILS(INTERLACE_E_ARGUMENT, "n_terms is 2",
          interlace_fit_predict_status(fit, newdata, PREDICT(.quantity = response, .new_levels = zero, .terms = terms, .n_terms = 2), NULL, status, NEW, &err));
    FAILS(INTERLACE_E_ARGUMENT, "terms are chosen",
          interlace_fit_predict_status(fit, newdata, PREDICT(.quantity = response, .random = INTERLACE_RANDOM_NONE, .new_levels = zero, .terms = terms, .n_terms = 1), NULL, status, NEW, &err));
    FAILS(INTERLACE_E_ARGUMENT, "new_levels is 7",
          interlace_fit_predict_status(fit, newdata, PREDICT(.quantity = response, .new_levels = 7), NULL, status, NEW, &err));
    FAILS(INTERLACE_E_ARGUMENT, "ordinal",
          interlace_fit_predict_status(fit, newdata, PREDICT(.quantity = INTERLACE_QUANTITY_CLASS, .new_levels = zero), NULL, status, NEW, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL",
          interlace_fit_predict_status(NULL, newdata, PREDICT(.quantity = response, .new_levels = zero), NULL, status, NEW, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out",
          interlace_fit_predict_status(fit, newdata, PREDICT(.quantity = response, .new_levels = zero), NULL, NULL, NEW, &err));
    for (int i = 0; i < NEW; i++) CHECK(status[i] == 0x5a5a5a5a);
}

static void formula(void) {
    static const char *a[N], *b[N], *g[N];
    static double x[N], y[N];
    interlace_frame *frame, *newdata;
    interlace_options *options;
    interlace_spec *spec;
    interlace_fit *fit, *padded;
    interlace_prediction_status status[N];
    double values[NEW], se[NEW];
    const interlace_quantity response = INTERLACE_QUANTITY_RESPONSE;
    const interlace_new_levels error = INTERLACE_NEW_LEVELS_ERROR, zero = INTERLACE_NEW_LEVELS_ZERO;
    fill(a, b, g, x, y);
    OK(interlace_frame_new(N, &frame, &err));
    OK(interlace_frame_add_strings(frame, "a", a, N, &err));
    OK(interlace_frame_add_strings(frame, "b", b, N, &err));
    OK(interlace_frame_add_strings(frame, "g", g, N, &err));
    OK(interlace_frame_add_f64(frame, "x", x, N, &err));
    OK(interlace_frame_add_f64(frame, "y", y, N, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ a * b + x + (1 | g)", &spec, &err));
    OK(interlace_fit_new(spec, frame, NULL, &fit, &err));

    /* Of the rows used all have a prediction; padded, the row that was left out has none. */
    OK(interlace_fit_predict_status(fit, NULL, PREDICT(.quantity = response, .new_levels = error), NULL, status, N - 1, &err));
    for (int i = 0; i < N - 1; i++) CHECK(status[i] == INTERLACE_PREDICTION_STATUS_OK);
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_na(options, INTERLACE_NA_PAD, &err));
    OK(interlace_fit_new(spec, frame, options, &padded, &err));
    OK(interlace_fit_predict_status(padded, NULL, PREDICT(.quantity = response, .random = INTERLACE_RANDOM_NONE, .new_levels = error), NULL, status, N, &err));
    for (int i = 0; i < N; i++) CHECK(status[i] == (i == 7 ? INTERLACE_PREDICTION_STATUS_MISSING : INTERLACE_PREDICTION_STATUS_OK));

    /* A cell without data, missing predictors, a group that is not known. */
    const char *const a_new[NEW] = {"a1", "a2", "a2", NULL, "a2"}, *const b_new[NEW] = {"b2", "b1", "b2", "b1", "b2"};
    const char *const g_new[NEW] = {"g1", "g2", "g3", "g4", "new"};
    const double x_new[NEW] = {1, NAN, 1, 1, 1};
    const interlace_prediction_status wanted[NEW] = {INTERLACE_PREDICTION_STATUS_OK, INTERLACE_PREDICTION_STATUS_MISSING, INTERLACE_PREDICTION_STATUS_NOT_ESTIMABLE,
                                 INTERLACE_PREDICTION_STATUS_MISSING, INTERLACE_PREDICTION_STATUS_NOT_ESTIMABLE};
    OK(interlace_frame_new(NEW, &newdata, &err));
    OK(interlace_frame_add_strings(newdata, "a", a_new, NEW, &err));
    OK(interlace_frame_add_strings(newdata, "b", b_new, NEW, &err));
    OK(interlace_frame_add_strings(newdata, "g", g_new, NEW, &err));
    OK(interlace_frame_add_f64(newdata, "x", x_new, NEW, &err));
    for (int with = 0; with < 2; with++) {
        memset(status, 0x5a, sizeof status);
        OK(interlace_fit_predict_status(fit, newdata, PREDICT(.quantity = response, .random = with ? INTERLACE_RANDOM_ALL : INTERLACE_RANDOM_NONE, .new_levels = zero), NULL, status, NEW, &err));
        for (int i = 0; i < NEW; i++) CHECK(status[i] == wanted[i]);
        OK(interlace_fit_predict_interval(fit, newdata, PREDICT(.quantity = response, .random = with ? INTERLACE_RANDOM_ALL : INTERLACE_RANDOM_NONE, .new_levels = zero, .level = 0.9), NULL, values, se, NULL, NULL, NEW, &err));
        for (int i = 0; i < NEW; i++) CHECK(isnan(values[i]) == (status[i] != INTERLACE_PREDICTION_STATUS_OK) && isnan(values[i]) == isnan(se[i]));
    }
    failures(fit, newdata);
    interlace_frame_free(newdata);
    interlace_frame_free(frame);
    interlace_options_free(options);
    interlace_spec_free(spec);
    interlace_fit_free(padded);
    interlace_fit_free(fit);
}

/* An ordinal fit whose nominal effect has thresholds cross far from the data. */
static void crossing(void) {
    const char *const categorical[3] = {"temp", "contact", "judge"};
    static double x[72];
    interlace_frame *frame, *newdata;
    interlace_spec *spec;
    interlace_fit *fit;
    OK(read_csv("tests/reference/data/wine.csv", categorical, 3, &frame, &err));
    for (int i = 0; i < 72; i++) x[i] = i * 7 % 11 / 5.0 - 1;
    OK(interlace_frame_add_f64(frame, "x", x, 72, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_CLMM, "rating ~ temp + (1 | judge)", &spec, &err));
    OK(interlace_spec_set_nominal(spec, "~ x", &err));
    OK(interlace_fit_new(spec, frame, NULL, &fit, &err));
    const char *const temp[3] = {"cold", "cold", NULL};
    const double far[3] = {0, 1e4, 0};
    interlace_prediction_status status[3];
    OK(interlace_frame_new(3, &newdata, &err));
    OK(interlace_frame_add_strings(newdata, "temp", temp, 3, &err));
    OK(interlace_frame_add_f64(newdata, "x", far, 3, &err));
    OK(interlace_fit_predict_status(fit, newdata, PREDICT(.quantity = INTERLACE_QUANTITY_PROBABILITIES, .random = INTERLACE_RANDOM_NONE), NULL, status, 3, &err));
    CHECK(status[0] == INTERLACE_PREDICTION_STATUS_OK && status[1] == INTERLACE_PREDICTION_STATUS_CROSSED && status[2] == INTERLACE_PREDICTION_STATUS_MISSING);
    /* The location has no thresholds. */
    OK(interlace_fit_predict_status(fit, newdata, PREDICT(.quantity = INTERLACE_QUANTITY_LINK, .random = INTERLACE_RANDOM_NONE), NULL, status, 3, &err));
    CHECK(status[1] == INTERLACE_PREDICTION_STATUS_OK && status[2] == INTERLACE_PREDICTION_STATUS_MISSING);
    interlace_frame_free(newdata);
    interlace_frame_free(frame);
    interlace_spec_free(spec);
    interlace_fit_free(fit);
}

/* The same cell from arrays: the column of the interaction is zero in the data of the fit. */
static void arrays(void) {
    static double x[4 * N], y[N];
    int32_t group[N], levels[NEW] = {0, 1, 2, 3, 8};
    interlace_prediction_status status[NEW];
    interlace_spec *spec, *newdata;
    interlace_fit *fit;
    const interlace_quantity response = INTERLACE_QUANTITY_RESPONSE;
    const interlace_new_levels error = INTERLACE_NEW_LEVELS_ERROR, zero = INTERLACE_NEW_LEVELS_ZERO;
    for (int i = 0; i < N; i++) {
        x[i] = 1;
        x[N + i] = i % 3 == 2;
        x[2 * N + i] = i % 3 == 1;
        x[3 * N + i] = 0;
        group[i] = i / 6;
        y[i] = 2 + (i % 3) * 0.7 + (i / 6 * 5 % 8) * 0.6 + (i * 13 % 9) * 0.2;
    }
    OK(interlace_spec_new_array(INTERLACE_MODEL_LMM, y, x, N, 4, N, &spec, &err));
    OK(interlace_spec_add_term_i32(spec, "g", NULL, N, 1, 0, group, 8, INTERLACE_STRUCTURE_UNSTRUCTURED, INTERLACE_VARIANCES_DEFAULT, &err));
    OK(interlace_fit_new(spec, NULL, NULL, &fit, &err));
    const double columns[4 * NEW] = {1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1};
    const interlace_prediction_status wanted[NEW] = {INTERLACE_PREDICTION_STATUS_OK, INTERLACE_PREDICTION_STATUS_OK, INTERLACE_PREDICTION_STATUS_NOT_ESTIMABLE, INTERLACE_PREDICTION_STATUS_OK,
                                 INTERLACE_PREDICTION_STATUS_NOT_ESTIMABLE};
    OK(interlace_spec_new_array(INTERLACE_MODEL_LMM, NULL, columns, NEW, 4, NEW, &newdata, &err));
    OK(interlace_spec_add_term_i32(newdata, "g", NULL, NEW, 1, 0, levels, 9, INTERLACE_STRUCTURE_UNSTRUCTURED, INTERLACE_VARIANCES_DEFAULT, &err));
    OK(interlace_fit_predict_status(fit, NULL, PREDICT(.quantity = response, .new_levels = zero, .arrays = newdata), NULL, status, NEW, &err));
    for (int i = 0; i < NEW; i++) CHECK(status[i] == wanted[i]);
    memset(status, 0x5a, sizeof status);
    FAILS(INTERLACE_E_DATA, "g", interlace_fit_predict_status(fit, NULL, PREDICT(.quantity = response, .new_levels = error, .arrays = newdata), NULL, status, NEW, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 5",
          interlace_fit_predict_status(fit, NULL, PREDICT(.quantity = response, .new_levels = zero, .arrays = newdata), NULL, status, NEW - 1, &err));
    for (int i = 0; i < NEW; i++) CHECK(status[i] == 0x5a5a5a5a);
    interlace_spec_free(newdata);
    interlace_spec_free(spec);
    interlace_fit_free(fit);
}

int main(void) {
    formula();
    crossing();
    arrays();
    return 0;
}
