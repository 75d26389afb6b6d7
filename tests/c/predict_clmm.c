/* Predictions of ordinal models. */
#include "check.h"

enum { N = 72, K = 5 };

static interlace_error err;

static interlace_frame *wine(void) {
    const char *const categorical[4] = {"temp", "contact", "bottle", "judge"};
    interlace_frame *frame;
    OK(read_csv("tests/reference/data/wine.csv", categorical, 4, &frame, &err));
    CHECK(interlace_frame_n_rows(frame) == N);
    return frame;
}

static interlace_fit *fit_ratings(const interlace_frame *frame) {
    interlace_spec *spec;
    interlace_fit *fit;
    OK(interlace_spec_new(INTERLACE_MODEL_CLMM, "rating ~ temp + (1 | judge)", &spec, &err));
    OK(interlace_spec_set_nominal(spec, "~ contact", &err));
    OK(interlace_spec_set_scale(spec, "~ temp", &err));
    OK(interlace_fit_new(spec, frame, NULL, &fit, &err));
    interlace_spec_free(spec);
    return fit;
}

static void widths(const interlace_fit *fit, const interlace_fit *linear) {
    const size_t wanted[9] = {0, 1, 0, 0, 1, K, K, K - 1, 1};
    for (int32_t type = 0; type < 9; type++) {
        CHECK(interlace_fit_predict_width(fit, type) == wanted[type]);
        CHECK(interlace_fit_predict_width(linear, type) == (type <= INTERLACE_QUANTITY_MARGINAL));
        CHECK(interlace_fit_predict_width(NULL, type) == 0);
    }
    CHECK(interlace_fit_predict_width(fit, 9) == 0 && interlace_fit_predict_width(fit, -1) == 0);
}

static void predictions(const interlace_fit *fit, const interlace_frame *frame) {
    static double p[N * K], again[N * K], cumulative[N * (K - 1)], class[N], fitted[N], y[N], marginal[N * K];
    const int32_t error = INTERLACE_NEW_LEVELS_ERROR;
    OK(interlace_fit_fitted(fit, fitted, N, &err));
    OK(interlace_fit_response(fit, y, N, &err));
    OK(interlace_fit_predict(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_PROBABILITIES, .new_levels = error), NULL, p, N * K, &err));
    OK(interlace_fit_predict(fit, frame, PREDICT(.quantity = INTERLACE_QUANTITY_PROBABILITIES, .new_levels = error), NULL, again, N * K, &err));
    OK(interlace_fit_predict(fit, frame, PREDICT(.quantity = INTERLACE_QUANTITY_CUMULATIVE, .new_levels = error), NULL, cumulative, N * (K - 1), &err));
    OK(interlace_fit_predict(fit, frame, PREDICT(.quantity = INTERLACE_QUANTITY_CLASS, .new_levels = error), NULL, class, N, &err));
    OK(interlace_fit_predict(fit, frame, PREDICT(.quantity = INTERLACE_QUANTITY_MARGINAL, .new_levels = error), NULL, marginal, N * K, &err));
    for (int i = 0; i < N; i++) {
        double sum = 0, over = 0;
        CLOSE(fitted[i], p[((int)y[i] - 1) * N + i], 1e-14);
        for (int k = 0; k < K; k++) {
            CLOSE(p[k * N + i], again[k * N + i], 1e-13);
            sum += p[k * N + i];
            over += marginal[k * N + i];
            if (k < K - 1) CLOSE(cumulative[k * N + i], sum, 1e-13);
            CHECK(p[k * N + i] <= p[((int)class[i] - 1) * N + i]);
        }
        CLOSE(sum, 1, 1e-14);
        CLOSE(over, 1, 1e-13);
    }
}

static void intervals(const interlace_fit *fit, const interlace_frame *frame) {
    static double p[N * K], se[N * K], lower[N * K], upper[N * K];
    const int32_t type = INTERLACE_QUANTITY_PROBABILITIES, error = INTERLACE_NEW_LEVELS_ERROR;
    const size_t first = 0;
    OK(interlace_fit_predict_interval(fit, frame, PREDICT(.quantity = type, .new_levels = error, .terms = &first, .n_terms = 1, .level = 0.9), NULL, p, se, lower, upper, N * K, &err));
    for (int i = 0; i < N * K; i++) {
        CHECK(0 < lower[i] && lower[i] < p[i] && p[i] < upper[i] && upper[i] < 1 && se[i] > 0);
        double reach = 1.6448536269514722 * se[i] / (p[i] * (1 - p[i]));
        CLOSE(log(upper[i] / (1 - upper[i])) - log(p[i] / (1 - p[i])), reach, 1e-8 * reach);
        CLOSE(log(p[i] / (1 - p[i])) - log(lower[i] / (1 - lower[i])), reach, 1e-8 * reach);
    }
}

static void refused(const interlace_fit *fit, const interlace_fit *linear, const interlace_frame *frame) {
    double out[N * K] = {5};
    const int32_t refused[3] = {INTERLACE_QUANTITY_RESPONSE, INTERLACE_QUANTITY_CONDITIONAL, INTERLACE_QUANTITY_ZERO_PROBABILITY};
    for (int i = 0; i < 3; i++) {
        FAILS(INTERLACE_E_ARGUMENT, "has no mean", interlace_fit_predict(fit, frame, PREDICT(.quantity = refused[i]), NULL, out, N, &err));
        FAILS(INTERLACE_E_ARGUMENT, "ordinal models",
              interlace_fit_predict(linear, frame, PREDICT(.quantity = INTERLACE_QUANTITY_PROBABILITIES + i), NULL, out, N, &err));
    }
    FAILS(INTERLACE_E_ARGUMENT, "exactly 360", interlace_fit_predict(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_PROBABILITIES), NULL, out, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 288", interlace_fit_predict(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_CUMULATIVE), NULL, out, N * K, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out", interlace_fit_predict(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_CLASS), NULL, NULL, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit", interlace_fit_predict(NULL, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_CLASS), NULL, out, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "request->quantity is 13", interlace_fit_predict(fit, NULL, PREDICT(.quantity = 13), NULL, out, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "no standard error",
          interlace_fit_predict_interval(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_CLASS, .level = 0.9), NULL, out, NULL, NULL, NULL, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 360",
          interlace_fit_predict_interval(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_MARGINAL, .level = 0.9), NULL, out, NULL, NULL, NULL, N, &err));

    /* A missing contact has no probabilities; an unknown judge is an error, or an average one. */
    interlace_frame *newdata;
    const char *const temp[2] = {"cold", "warm"}, *const contact[2] = {NULL, "yes"}, *const judge[2] = {"j1", "j99"};
    OK(interlace_frame_new(2, &newdata, &err));
    OK(interlace_frame_add_strings(newdata, "temp", temp, 2, &err));
    FAILS(INTERLACE_E_DATA, "contact", interlace_fit_predict(fit, newdata, PREDICT(.quantity = INTERLACE_QUANTITY_CLASS, .random = INTERLACE_RANDOM_NONE), NULL, out, 2, &err));
    OK(interlace_frame_add_strings(newdata, "contact", contact, 2, &err));
    OK(interlace_frame_add_strings(newdata, "judge", judge, 2, &err));
    FAILS(INTERLACE_E_DATA, "judge", interlace_fit_predict(fit, newdata, PREDICT(.quantity = INTERLACE_QUANTITY_CLASS), NULL, out, 2, &err));
    CHECK(err.position == 1 && out[0] == 5);
    double zero[2 * K], none[2 * K];
    OK(interlace_fit_predict(fit, newdata, PREDICT(.quantity = INTERLACE_QUANTITY_PROBABILITIES, .new_levels = INTERLACE_NEW_LEVELS_ZERO), NULL, zero, 2 * K, &err));
    OK(interlace_fit_predict(fit, newdata, PREDICT(.quantity = INTERLACE_QUANTITY_PROBABILITIES, .random = INTERLACE_RANDOM_NONE), NULL, none, 2 * K, &err));
    for (int k = 0; k < K; k++) {
        CHECK(isnan(zero[2 * k]) && isnan(none[2 * k]));
        CLOSE(zero[2 * k + 1], none[2 * k + 1], 1e-15);
    }
    interlace_frame_free(newdata);
}

/* A model by arrays with columns of nominal effects and of the scale. */
static void arrays(void) {
    enum { ROWS = 120, CATEGORIES = 3 };
    double y[ROWS], x[ROWS], z[ROWS], own[ROWS * CATEGORIES], values[2 * CATEGORIES], se[2 * CATEGORIES];
    int32_t group[ROWS];
    for (int i = 0; i < ROWS; i++) {
        x[i] = i * 37 % 101 / 50.0 - 1;
        z[i] = i * 53 % 97 / 48.0 - 1;
        y[i] = 1 + fmin(2, fmax(0, floor(i * 79 % 113 / 38.0 + 0.6 * x[i])));
        group[i] = i * 13 % 10;
    }
    interlace_spec *spec, *newdata;
    interlace_fit *fit;
    OK(interlace_spec_new_array(INTERLACE_MODEL_CLMM, y, x, ROWS, 1, ROWS, &spec, &err));
    OK(interlace_spec_set_nominal_array(spec, z, ROWS, 1, ROWS, NULL, &err));
    OK(interlace_spec_set_scale_array(spec, x, ROWS, 1, ROWS, NULL, &err));
    OK(interlace_spec_add_term_i32(spec, "g", NULL, ROWS, 1, 0, group, 10, INTERLACE_STRUCTURE_UNSTRUCTURED, INTERLACE_VARIANCES_DEFAULT, &err));
    OK(interlace_fit_new(spec, NULL, NULL, &fit, &err));
    OK(interlace_fit_predict(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_PROBABILITIES), NULL, own, ROWS * CATEGORIES, &err));
    OK(interlace_spec_new_array(INTERLACE_MODEL_CLMM, NULL, x, 2, 1, 2, &newdata, &err));
    OK(interlace_spec_add_term_i32(newdata, "g", NULL, 2, 1, 0, group, 10, INTERLACE_STRUCTURE_UNSTRUCTURED, INTERLACE_VARIANCES_DEFAULT, &err));
    OK(interlace_spec_set_scale_array(newdata, x, 2, 1, 2, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "nominal",
          interlace_fit_predict(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_PROBABILITIES, .arrays = newdata), NULL, values, 2 * CATEGORIES, &err));
    OK(interlace_spec_set_nominal_array(newdata, z, 2, 1, 2, NULL, &err));
    OK(interlace_fit_predict_interval(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_PROBABILITIES, .arrays = newdata), NULL, values, se, NULL, NULL, 2 * CATEGORIES, &err));
    for (int k = 0; k < CATEGORIES; k++)
        for (int i = 0; i < 2; i++) {
            CLOSE(values[2 * k + i], own[ROWS * k + i], 1e-13);
            CHECK(se[2 * k + i] > 0);
        }
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_spec_free(newdata);
}

int main(void) {
    interlace_frame *frame = wine();
    interlace_fit *fit = fit_ratings(frame), *linear;
    interlace_spec *spec;
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "response ~ temp + (1 | judge)", &spec, &err));
    OK(interlace_fit_new(spec, frame, NULL, &linear, &err));
    interlace_spec_free(spec);
    widths(fit, linear);
    predictions(fit, frame);
    intervals(fit, frame);
    refused(fit, linear, frame);
    arrays();
    interlace_fit_free(fit);
    interlace_fit_free(linear);
    interlace_frame_free(frame);
    return 0;
}
