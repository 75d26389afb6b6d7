/* Lengths that lie, sums beyond counting, values that are no numbers, objects freed in every order; every_call.c has what is systematic. */
#include "dyestuff.h"

static interlace_error err;

/* Lengths that no memory holds are errors, not reads past the end and not aborts. */
static void absurd_sizes(void) {
    const double x[2] = {1, 2};
    const int32_t index[2] = {0, 0};
    interlace_frame *frame;
    interlace_spec *spec = NULL;
    OK(interlace_frame_new(SIZE_MAX, &frame, &err));
    CHECK(interlace_frame_add_f64(frame, "x", x, SIZE_MAX, &err) == INTERLACE_E_ARGUMENT);
    CHECK(interlace_frame_add_i32(frame, "x", index, SIZE_MAX / 2, &err) == INTERLACE_E_ARGUMENT);
    FAILS(INTERLACE_E_ARGUMENT, "values", interlace_frame_add_f64(frame, "x", (const double *) ((const char *) x + 1), 1, &err));
    interlace_frame_free(frame);

    CHECK(interlace_spec_new_array(INTERLACE_MODEL_LMM, x, x, 2, SIZE_MAX, 2, &spec, &err) == INTERLACE_E_ARGUMENT);
    CHECK(interlace_spec_new_array(INTERLACE_MODEL_LMM, x, x, SIZE_MAX, 1, SIZE_MAX, &spec, &err) == INTERLACE_E_ARGUMENT);
    CHECK(spec == NULL);
    OK(interlace_spec_new_array(INTERLACE_MODEL_LMM, x, x, 2, 1, 2, &spec, &err));
    CHECK(interlace_spec_add_term_i32(spec, "g", x, 2, SIZE_MAX, 2, index, 1, 0, INTERLACE_VARIANCES_DEFAULT, &err) == INTERLACE_E_ARGUMENT);
    interlace_spec_free(spec);
}

/* A length that is not what the object has is refused before the array is read: of these arrays nothing is behind their first element. */
static void lying_lengths(const interlace_fit *fit) {
    double *x = malloc(sizeof *x);
    int32_t *i = malloc(sizeof *i);
    int64_t *l = malloc(sizeof *l);
    const char **s = malloc(sizeof *s);
    size_t *terms = malloc(sizeof *terms);
    interlace_frame *frame, *out = NULL;
    CHECK(x != NULL && i != NULL && l != NULL && s != NULL && terms != NULL);
    *x = 1, *i = 0, *l = 0, *s = "a", *terms = 0;
    OK(interlace_frame_new(1, &frame, &err));
    FAILS(INTERLACE_E_ARGUMENT, "8 values, the frame has 1 rows", interlace_frame_add_f64(frame, "x", x, 8, &err));
    FAILS(INTERLACE_E_ARGUMENT, "8 values", interlace_frame_add_i32(frame, "x", i, 8, &err));
    FAILS(INTERLACE_E_ARGUMENT, "8 values", interlace_frame_add_i64(frame, "x", l, 8, &err));
    FAILS(INTERLACE_E_ARGUMENT, "8 values", interlace_frame_add_categorical(frame, "x", i, 8, s, 1, false, &err));
    FAILS(INTERLACE_E_ARGUMENT, "8 values", interlace_frame_add_strings(frame, "x", s, 8, &err));
    FAILS(INTERLACE_E_ARGUMENT, "p is 8, wanted 1 columns",
          interlace_fit_wald_test(fit, x, 1, 8, 1, NULL, false, INTERLACE_DF_NORMAL, NULL, &out, &err));
    double value[1];
    FAILS(INTERLACE_E_ARGUMENT, "n_terms is 8, the fit has 1",
          interlace_fit_predict_interval(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_LINK, .terms = terms, .n_terms = 8), NULL, value, NULL, NULL, NULL, 1, &err));
    CHECK(out == NULL && interlace_frame_n_columns(frame) == 0);
    interlace_frame_free(frame);
    free(x), free(i), free(l), free(s), free(terms);
}

/* Numbers that can't be counted any more. */
static void sums_beyond_counting(void) {
    interlace_frame *frame, *other;
    interlace_bootstrap *bootstrap;
    OK(interlace_frame_new(SIZE_MAX, &frame, &err));
    OK(interlace_frame_new(SIZE_MAX, &other, &err));
    FAILS(INTERLACE_E_ARGUMENT, "more than can be counted", interlace_frame_append(frame, other, &err));
    CHECK(interlace_frame_n_rows(frame) == SIZE_MAX);
    interlace_frame_free(frame);
    interlace_frame_free(other);
    OK(interlace_bootstrap_new(&bootstrap, &err));
    FAILS(INTERLACE_E_ARGUMENT, "numbers of replicates", interlace_bootstrap_set_replicates(bootstrap, SIZE_MAX, 2, &err));
    FAILS(INTERLACE_E_ARGUMENT, "numbers of replicates", interlace_bootstrap_set_replicates(bootstrap, (size_t) INT64_MAX, 1, &err));
    interlace_bootstrap_free(bootstrap);
}

/* Wrong lengths leave the output alone. */
static void wrong_lengths(const interlace_fit *fit) {
    double out[40];
    int64_t colptr[7], rowidx[30];
    for (int i = 0; i < 40; i++) out[i] = 7;
    FAILS(INTERLACE_E_ARGUMENT, "exactly 1", interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, out, 0, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 1", interlace_fit_fixef_vcov(fit, INTERLACE_PREDICTOR_MEAN, out, 2, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, NULL, 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 30", interlace_fit_fitted(fit, out, 40, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 6", interlace_fit_term_ranef(fit, 0, out, 5, &err));
    FAILS(INTERLACE_E_ARGUMENT, "term is 1", interlace_fit_term_ranef(fit, 1, out, 6, &err));
    FAILS(INTERLACE_E_ARGUMENT, "residuals is 99", interlace_fit_residuals(fit, 99, NULL, out, 30, &err));
    FAILS(INTERLACE_E_ARGUMENT, "direction is 0", interlace_fit_term_boundary(fit, 0, 0, out, 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 7", interlace_fit_z(fit, colptr, 6, rowidx, out, 30, &err));
    FAILS(INTERLACE_E_ARGUMENT, "rowidx", interlace_fit_z(fit, colptr, 7, rowidx, out, 29, &err));
    FAILS(INTERLACE_E_ARGUMENT, "values is NULL", interlace_fit_z(fit, colptr, 7, rowidx, NULL, 30, &err));
    for (int i = 0; i < 40; i++) CHECK(out[i] == 7);
}

/* Data that are no data: an error or a fit, never a crash. */
static void no_numbers(void) {
    static const double kinds[] = {NAN, INFINITY, -INFINITY, 1e308, 0.0};
    for (size_t k = 0; k < COUNT(kinds); k++) {
        double y[30];
        for (int i = 0; i < 30; i++) y[i] = k % 2 && i < 15 ? 1.0 : kinds[k];
        interlace_frame *frame = dyestuff();
        interlace_spec *spec;
        interlace_fit *fit = NULL;
        OK(interlace_frame_add_f64(frame, "y", y, 30, &err));
        OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ 1 + (1 | Batch)", &spec, &err));
        interlace_status status = interlace_fit_new(spec, frame, NULL, &fit, &err);
        CHECK(status != INTERLACE_E_INTERNAL && (status == INTERLACE_OK) == (fit != NULL));
        interlace_fit_free(fit);
        interlace_spec_free(spec);
        interlace_frame_free(frame);
    }
}

/* All orders of freeing frame, spec, options and fit; the fit works for as long as it lives. */
static void any_order(void) {
    for (int order = 0; order < 256; order++) {
        const int at[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
        if ((1 << at[0] | 1 << at[1] | 1 << at[2] | 1 << at[3]) != 15) continue;
        interlace_frame *frame = dyestuff();
        interlace_spec *spec;
        interlace_options *options;
        interlace_fit *fit;
        OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Yield ~ 1 + (1 | Batch)", &spec, &err));
        OK(interlace_options_new(&options, &err));
        OK(interlace_fit_new(spec, frame, options, &fit, &err));
        for (int i = 0; i < 4; i++) {
            switch (at[i]) {
            case 0: interlace_frame_free(frame); break;
            case 1: interlace_spec_free(spec); break;
            case 2: interlace_options_free(options); break;
            default:
                SAME(interlace_fit_term_level(fit, 0, 0), "A");
                interlace_fit_free(fit);
            }
        }
    }
}

int main(void) {
    absurd_sizes();
    interlace_fit *fit = dyestuff_fit(NULL);
    wrong_lengths(fit);
    lying_lengths(fit);
    sums_beyond_counting();
    interlace_fit_free(fit);
    no_numbers();
    any_order();
    return 0;
}
