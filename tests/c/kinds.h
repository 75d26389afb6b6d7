/* Fits of every kind of model, from a formula and from arrays, for programs that ask the same of all of them. */
#ifndef KINDS_H
#define KINDS_H

#include "check.h"

enum { ROWS = 36, GROUPS = 6, KINDS = 13 };

/* Columns of the data, and the same as arrays: x [n,2] begins with the intercept. */
static double kinds_y[ROWS], kinds_x[2 * ROWS], kinds_z[ROWS], kinds_count[ROWS], kinds_rating[ROWS], kinds_time[ROWS], kinds_event[ROWS];
static int32_t kinds_g[ROWS];
static int64_t kinds_index[ROWS];

static inline void kinds_columns(void) {
    unsigned state = 1;
    for (int i = 0; i < ROWS; i++) {
        double noise[3];
        for (int k = 0; k < 3; k++) {
            state = state * 1103515245u + 12345u;
            noise[k] = (state >> 16) % 1000 / 1000.0;
        }
        kinds_g[i] = i % GROUPS;
        kinds_index[i] = i % GROUPS;
        kinds_x[i] = 1;
        kinds_x[ROWS + i] = (i * 7) % 11 / 11.0;
        kinds_z[i] = (i * 5) % 7 / 7.0;
        const double mean = 1 + kinds_x[ROWS + i] + (kinds_g[i] % 3 - 1) * 0.7 + 0.2 * (kinds_g[i] % 2);
        kinds_y[i] = mean + noise[0] - 0.5;
        kinds_count[i] = floor(mean * 2.5 * noise[1]);
        kinds_rating[i] = 1 + floor(fmin(fmax(mean + 2 * noise[2] - 1, 0), 2.99));
        kinds_time[i] = 1 + floor(20 * (0.05 + noise[0]) / (0.5 + mean));
        kinds_event[i] = noise[1] < 0.75;
    }
}

static inline interlace_frame *kinds_frame(void) {
    static const char *const groups[GROUPS] = {"a", "b", "c", "d", "e", "f"};
    const char *f[ROWS];
    double order[ROWS];
    int64_t id[ROWS];
    int32_t h[ROWS];
    interlace_error err;
    interlace_frame *frame;
    kinds_columns();
    for (int i = 0; i < ROWS; i++) f[i] = groups[(i / 5) % 3], h[i] = (i * 5 + i / 9) % 4, order[i] = i / GROUPS, id[i] = i;
    OK(interlace_frame_new(ROWS, &frame, &err));
    OK(interlace_frame_add_f64(frame, "y", kinds_y, ROWS, &err));
    OK(interlace_frame_add_f64(frame, "x", kinds_x + ROWS, ROWS, &err));
    OK(interlace_frame_add_f64(frame, "z", kinds_z, ROWS, &err));
    OK(interlace_frame_add_f64(frame, "count", kinds_count, ROWS, &err));
    OK(interlace_frame_add_f64(frame, "rating", kinds_rating, ROWS, &err));
    OK(interlace_frame_add_f64(frame, "time", kinds_time, ROWS, &err));
    OK(interlace_frame_add_f64(frame, "event", kinds_event, ROWS, &err));
    OK(interlace_frame_add_f64(frame, "order", order, ROWS, &err));
    OK(interlace_frame_add_categorical(frame, "g", kinds_g, ROWS, groups, GROUPS, false, &err));
    OK(interlace_frame_add_i32(frame, "h", h, ROWS, &err));
    OK(interlace_frame_add_i64(frame, "id", id, ROWS, &err));
    OK(interlace_frame_add_strings(frame, "f", f, ROWS, &err));
    return frame;
}

static inline interlace_spec *kinds_arrays(interlace_model model, const double *y) {
    interlace_error err;
    interlace_spec *spec;
    const int first = model == INTERLACE_MODEL_LMM || model == INTERLACE_MODEL_GLMM ? 0 : 1; /* the others have no intercept */
    kinds_columns();
    OK(interlace_spec_new_array(model, y, kinds_x + first * ROWS, ROWS, 2 - first, ROWS, &spec, &err));
    OK(interlace_spec_add_term_i64(spec, "g", NULL, ROWS, 1, ROWS, kinds_index, GROUPS, INTERLACE_STRUCTURE_UNSTRUCTURED, INTERLACE_VARIANCES_DEFAULT, &err));
    if (model == INTERLACE_MODEL_GLMM) OK(interlace_spec_set_family(spec, "poisson", NULL, &err));
    if (model == INTERLACE_MODEL_COXME) OK(interlace_spec_set_survival_array(spec, NULL, kinds_time, kinds_event, ROWS, &err));
    return spec;
}

static inline interlace_spec *kinds_formula(interlace_model model, const char *formula) {
    interlace_error err;
    interlace_spec *spec;
    OK(interlace_spec_new(model, formula, &spec, &err));
    return spec;
}

/* The spec of a kind. */
static inline interlace_spec *kinds_spec(size_t kind) {
    interlace_error err;
    interlace_spec *spec;
    switch (kind) {
    case 0: return kinds_formula(INTERLACE_MODEL_LMM, "y ~ x + f + (x | g)");
    case 1: return kinds_arrays(INTERLACE_MODEL_LMM, kinds_y);
    case 2:
        spec = kinds_formula(INTERLACE_MODEL_LMM, "y ~ x + (1 | h)");
        OK(interlace_spec_set_correlation(spec, "ar1(order | g)", &err));
        return spec;
    case 3:
        spec = kinds_formula(INTERLACE_MODEL_GLMM, "count ~ x + (1 | g) + (1 | h)");
        OK(interlace_spec_set_family(spec, "poisson", NULL, &err));
        return spec;
    case 4:
        spec = kinds_formula(INTERLACE_MODEL_GLMM, "count ~ x + (1 | g)");
        OK(interlace_spec_set_family(spec, "nbinom2", NULL, &err));
        OK(interlace_spec_set_zero_inflation(spec, "~ 1", &err));
        OK(interlace_spec_set_dispersion(spec, "~ z", &err));
        return spec;
    case 5: return kinds_arrays(INTERLACE_MODEL_GLMM, kinds_count);
    case 6:
        spec = kinds_formula(INTERLACE_MODEL_GLMM, "event ~ x + (1 | g)");
        OK(interlace_spec_set_family(spec, "binomial", "cloglog", &err));
        return spec;
    case 7:
        spec = kinds_formula(INTERLACE_MODEL_CLMM, "rating ~ x + (1 | g)");
        OK(interlace_spec_set_nominal(spec, "~ z", &err));
        return spec;
    case 8: return kinds_formula(INTERLACE_MODEL_CLMM, "rating ~ x + (1 | g) + (1 | h)");
    case 9: return kinds_arrays(INTERLACE_MODEL_CLMM, kinds_rating);
    case 10: return kinds_formula(INTERLACE_MODEL_COXME, "Surv(time, event) ~ x + strata(f) + (1 | g)");
    case 11: return kinds_arrays(INTERLACE_MODEL_COXME, NULL);
    default:
        spec = kinds_formula(INTERLACE_MODEL_GLMM, "time ~ x + (1 | g)");
        OK(interlace_spec_set_family(spec, "gamma", "log", &err));
        return spec;
    }
}

static inline bool kinds_has_data(size_t kind) {
    return kind != 1 && kind != 5 && kind != 9 && kind != 11;
}

/* Its options, to which a caller may add: one kind is fitted by quadrature. */
static inline interlace_options *kinds_options(size_t kind) {
    interlace_error err;
    interlace_options *options;
    OK(interlace_options_new(&options, &err));
    if (kind == 6) OK(interlace_options_set_nagq(options, 5, &err));
    return options;
}

static inline interlace_fit *kinds_fit(size_t kind, const interlace_frame *frame) {
    interlace_error err;
    interlace_fit *fit;
    interlace_spec *spec = kinds_spec(kind);
    interlace_options *options = kinds_options(kind);
    OK(interlace_fit_new(spec, kinds_has_data(kind) ? frame : NULL, options, &fit, &err));
    interlace_options_free(options);
    interlace_spec_free(spec);
    return fit;
}

/* The fit as it comes back from its bytes. */
static inline interlace_fit *kinds_reloaded(const interlace_fit *fit, bool with_rows) {
    interlace_error err;
    interlace_fit *read;
    uint8_t *bytes;
    size_t len;
    OK(interlace_fit_to_bytes(fit, NULL, with_rows, &bytes, &len, &err));
    OK(interlace_fit_from_bytes(bytes, len, &read, NULL, NULL, &err));
    interlace_bytes_free(bytes);
    return read;
}

/* All numbers of a fit that its kind is sure to have. */
enum { DIGITS = 24 };
static inline size_t kinds_digits(const interlace_fit *fit, double digits[DIGITS]) {
    interlace_error err;
    size_t n = 0;
    digits[n++] = interlace_fit_criterion(fit);
    digits[n++] = (double) interlace_fit_n_evaluations(fit);
    const size_t theta = interlace_fit_n_theta(fit), p = interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_MEAN);
    CHECK(n + theta + 2 * p <= DIGITS);
    OK(interlace_fit_theta(fit, digits + n, theta, &err));
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, digits + n + theta, p, &err));
    OK(interlace_fit_fixef_std_error(fit, INTERLACE_PREDICTOR_MEAN, digits + n + theta + p, p, &err));
    return n + theta + 2 * p;
}

static inline void kinds_same(const interlace_fit *fit, const interlace_fit *other) {
    double one[DIGITS], two[DIGITS];
    const size_t n = kinds_digits(fit, one);
    CHECK(n == kinds_digits(other, two));
    CHECK(memcmp(one, two, n * sizeof *one) == 0);
}

#endif
