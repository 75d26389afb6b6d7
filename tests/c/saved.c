/* Fits, specs and options as bytes, and back; a spec changed. */
#include "check.h"

static interlace_error err;

static interlace_fit *fit_of(interlace_frame *data, interlace_spec **spec) {
    interlace_fit *fit;
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ x + (1 | g)", spec, &err));
    OK(interlace_fit_new(*spec, data, NULL, &fit, &err));
    return fit;
}

static interlace_frame *data_of(void) {
    double y[24], x[24];
    const char *g[24];
    static const char *const labels[] = {"a", "b", "c", "d"};
    interlace_frame *data;
    for (int i = 0; i < 24; i++) {
        x[i] = i % 5;
        y[i] = 1 + 0.5 * x[i] + i % 4 + 0.1 * (i * i % 7);
        g[i] = labels[i % 4];
    }
    OK(interlace_frame_new(24, &data, &err));
    OK(interlace_frame_add_f64(data, "y", y, 24, &err));
    OK(interlace_frame_add_f64(data, "x", x, 24, &err));
    OK(interlace_frame_add_strings(data, "g", g, 24, &err));
    return data;
}

/* Without what the clock says. */
static char *document_of(const interlace_fit *fit) {
    char *text, *timing;
    size_t len;
    OK(interlace_fit_to_json(fit, NULL, NULL, NULL, NULL, &text, &len, &err));
    timing = strstr(text, "\"inference\"");
    if (timing != NULL)
        *timing = '\0';
    return text;
}

static void there_and_back(const interlace_fit *fit, const interlace_spec *spec) {
    uint8_t *bytes = NULL, *again = NULL;
    size_t len = 0, len_again = 0;
    interlace_fit *read;
    interlace_spec *model;
    interlace_options *options;
    OK(interlace_fit_to_bytes(fit, spec, true, &bytes, &len, &err));
    CHECK(len > 1000 && memcmp(bytes, "ILFT", 4) == 0);
    OK(interlace_fit_from_bytes(bytes, len, &read, &model, &options, &err));
    CHECK((model == NULL) == (spec == NULL) && options != NULL);
    char *one = document_of(fit), *other = document_of(read);
    SAME(one, other);
    OK(interlace_fit_to_bytes(read, model, true, &again, &len_again, &err));
    CHECK(len == len_again && memcmp(bytes, again, len) == 0);
    interlace_text_free(one);
    interlace_text_free(other);
    interlace_bytes_free(again);
    interlace_fit_free(read);
    interlace_spec_free(model);
    interlace_options_free(options);
    OK(interlace_fit_from_bytes(bytes, len, &read, NULL, NULL, &err));
    interlace_fit_free(read);
    interlace_bytes_free(bytes);
}

/* Estimates and predictions for new data are there; what needs rows says so. */
static void without_rows(const interlace_fit *fit, const interlace_spec *spec, const interlace_frame *data) {
    uint8_t *bytes = NULL, *more = NULL;
    size_t len = 0, len_more = 0;
    double own[24], other[24];
    const char *summary;
    interlace_fit *read, *ml = NULL;
    interlace_frame *table = NULL;
    OK(interlace_fit_to_bytes(fit, spec, true, &more, &len_more, &err));
    OK(interlace_fit_to_bytes(fit, spec, false, &bytes, &len, &err));
    CHECK(len + 24 * 6 * 8 < len_more);
    OK(interlace_fit_from_bytes(bytes, len, &read, NULL, NULL, &err));
    CHECK(interlace_fit_n_rows(read) == 0 && interlace_fit_n_obs(read) == 24);
    OK(interlace_fit_fixef(read, INTERLACE_PREDICTOR_MEAN, own, 2, &err));
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, other, 2, &err));
    CHECK(memcmp(own, other, 2 * sizeof *own) == 0);
    OK(interlace_fit_predict(read, data, NULL, NULL, own, 24, &err));
    OK(interlace_fit_predict(fit, data, NULL, NULL, other, 24, &err));
    CHECK(memcmp(own, other, sizeof own) == 0);
    OK(interlace_fit_term_ranef(read, 0, own, 4, &err));
    OK(interlace_fit_fixef_p_value(read, INTERLACE_PREDICTOR_MEAN, INTERLACE_DF_NORMAL, NULL, own, 2, &err));
    OK(interlace_fit_summary(read, INTERLACE_DF_NORMAL, NULL, &summary, &err));
    CHECK(strstr(summary, "Scaled residuals") == NULL && strstr(summary, "Number of obs: 24") != NULL);
    static const char *const said = "saved without them";
    FAILS(INTERLACE_E_UNSUPPORTED, said, interlace_fit_fitted(read, own, 24, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, said, interlace_fit_x(read, own, 24, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, said, interlace_fit_term_z(read, 0, own, 24, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, said, interlace_fit_predict(read, NULL, NULL, NULL, own, 24, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, said, interlace_fit_summary(read, INTERLACE_DF_DEFAULT, NULL, &summary, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, said, interlace_fit_refit_ml(read, NULL, &ml, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, said, interlace_fit_table(read, "observations", INTERLACE_DF_DEFAULT, NULL, &table, &err));
    CHECK(ml == NULL && table == NULL);
    interlace_fit_free(read);
    interlace_bytes_free(bytes);
    interlace_bytes_free(more);
}

static void failures(const interlace_fit *fit, const interlace_spec *spec) {
    uint8_t *bytes = NULL, *untouched = NULL;
    size_t len = 0;
    interlace_fit *none = NULL;
    interlace_spec *other = NULL;
    OK(interlace_fit_to_bytes(fit, spec, true, &bytes, &len, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_to_bytes(NULL, NULL, true, &untouched, &len, &err));
    FAILS(INTERLACE_E_ARGUMENT, "bytes is NULL", interlace_fit_to_bytes(fit, NULL, true, NULL, &len, &err));
    FAILS(INTERLACE_E_ARGUMENT, "len is NULL", interlace_fit_to_bytes(fit, NULL, true, &untouched, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "bytes is NULL", interlace_fit_from_bytes(NULL, 5, &none, NULL, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_from_bytes(bytes, len, NULL, NULL, NULL, &err));
    FAILS(INTERLACE_E_DATA, "0 bytes, wanted at least", interlace_fit_from_bytes(NULL, 0, &none, &other, NULL, &err));
    FAILS(INTERLACE_E_DATA, "where the first 28 say", interlace_fit_from_bytes(bytes, len - 1, &none, &other, NULL, &err));
    bytes[len / 2] ^= 1;
    FAILS(INTERLACE_E_DATA, "damaged", interlace_fit_from_bytes(bytes, len, &none, &other, NULL, &err));
    bytes[len / 2] ^= 1;
    bytes[8] = 2;
    FAILS(INTERLACE_E_UNSUPPORTED, "format 2, written by interlace " , interlace_fit_from_bytes(bytes, len, &none, &other, NULL, &err));
    interlace_bytes_free(bytes);
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ 1 + (1 | g)", &other, &err));
    FAILS(INTERLACE_E_ARGUMENT, "spec is of lmm 'y ~ 1 + (1 | g)'", interlace_fit_to_bytes(fit, other, true, &untouched, &len, &err));
    interlace_spec_free(other);
    CHECK(untouched == NULL && none == NULL);
    interlace_bytes_free(NULL);
}

/* Specs and options have bytes of their own, which are none of another kind. */
static void specs_and_options(const interlace_fit *fit, const interlace_spec *spec) {
    uint8_t *bytes = NULL, *more = NULL;
    size_t len = 0, len_more = 0;
    interlace_spec *again = NULL;
    interlace_options *options, *other = NULL;
    interlace_fit *none = NULL;
    const char *text;
    OK(interlace_spec_to_bytes(spec, &bytes, &len, &err));
    OK(interlace_spec_from_bytes(bytes, len, &again, &err));
    OK(interlace_spec_to_bytes(again, &more, &len_more, &err));
    CHECK(len == len_more && memcmp(bytes, more, len) == 0 && interlace_spec_n_rows(again) == 0);
    interlace_bytes_free(more);
    interlace_spec_free(again);
    again = NULL;
    FAILS(INTERLACE_E_DATA, "the bytes are not a fit: they are a spec", interlace_fit_from_bytes(bytes, len, &none, NULL, NULL, &err));
    FAILS(INTERLACE_E_DATA, "the bytes are not options: they are a spec", interlace_options_from_bytes(bytes, len, &other, &err));
    FAILS(INTERLACE_E_ARGUMENT, "spec is NULL", interlace_spec_to_bytes(NULL, &more, &len_more, &err));
    FAILS(INTERLACE_E_ARGUMENT, "bytes is NULL", interlace_spec_to_bytes(spec, NULL, &len_more, &err));
    FAILS(INTERLACE_E_ARGUMENT, "len is NULL", interlace_spec_to_bytes(spec, &more, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_spec_from_bytes(bytes, len, NULL, &err));
    FAILS(INTERLACE_E_DATA, "where the first 28 say", interlace_spec_from_bytes(bytes, len - 1, &again, &err));
    bytes[8] = 9;
    FAILS(INTERLACE_E_UNSUPPORTED, "a spec: the bytes are of format 9, written by interlace ", interlace_spec_from_bytes(bytes, len, &again, &err));
    interlace_bytes_free(bytes);
    OK(interlace_fit_to_bytes(fit, NULL, false, &bytes, &len, &err));
    FAILS(INTERLACE_E_DATA, "the bytes are not a spec: they are a fit", interlace_spec_from_bytes(bytes, len, &again, &err));
    interlace_bytes_free(bytes);
    CHECK(again == NULL && other == NULL && none == NULL);

    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set(options, "max_evaluations", "17", &err));
    OK(interlace_options_to_bytes(options, &bytes, &len, &err));
    OK(interlace_options_from_bytes(bytes, len, &other, &err));
    OK(interlace_options_get(other, "max_evaluations", &text, &err));
    SAME(text, "17");
    FAILS(INTERLACE_E_ARGUMENT, "options is NULL", interlace_options_to_bytes(NULL, &more, &len_more, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_options_from_bytes(bytes, len, NULL, &err));
    interlace_bytes_free(bytes);
    interlace_options_free(options);
    interlace_options_free(other);
}

/* A spec from arrays is saved with them, a family of the caller's is not. */
static void other_specs(void) {
    const double y[4] = {1, 2, 3, 4}, x[4] = {1, 1, 1, 1};
    uint8_t *bytes;
    size_t len;
    interlace_spec *spec, *again;
    OK(interlace_spec_new_array(INTERLACE_MODEL_LMM, y, x, 4, 1, 4, &spec, &err));
    OK(interlace_spec_to_bytes(spec, &bytes, &len, &err));
    OK(interlace_spec_from_bytes(bytes, len, &again, &err));
    CHECK(interlace_spec_n_rows(again) == 4 && interlace_spec_n_rows(NULL) == 0);
    interlace_bytes_free(bytes);
    interlace_spec_free(again);
    interlace_spec_free(spec);
    OK(interlace_spec_new_array(INTERLACE_MODEL_COXME, NULL, x, 4, 1, 4, &spec, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, "a spec can't be saved: the arrays of a Cox model have no times", interlace_spec_to_bytes(spec, &bytes, &len, &err));
    interlace_spec_free(spec);
}

/* The formula of a fit as another spec makes it. */
static void has_formula(const interlace_spec *spec, const interlace_frame *data, const char *wanted) {
    interlace_fit *fit;
    OK(interlace_fit_new(spec, data, NULL, &fit, &err));
    SAME(interlace_fit_formula(fit), wanted);
    interlace_fit_free(fit);
}

static void updates(const interlace_spec *spec, const interlace_frame *data) {
    interlace_spec *other = NULL, *third = NULL;
    OK(interlace_spec_update(spec, ". ~ . + I(x^2)", &other, &err));
    has_formula(other, data, "y ~ x + (1 | g) + I(x^2)");
    OK(interlace_spec_add_random(other, "(0 + x | g)", &err));
    OK(interlace_spec_set_weights(other, "x", &err));
    OK(interlace_spec_set_weights(other, NULL, &err));
    OK(interlace_spec_set_offset(other, "x", &err));
    OK(interlace_spec_set_offset(other, NULL, &err));
    OK(interlace_spec_update(other, ". ~ . - x - I(x^2) - (0 + x | g)", &third, &err));
    has_formula(third, data, "y ~ (1 | g)");
    interlace_spec_free(other);
    OK(interlace_spec_update(third, NULL, &other, &err));
    has_formula(other, data, "y ~ (1 | g)");
    interlace_spec_free(third);
    interlace_spec_free(other);
    other = NULL;
    FAILS(INTERLACE_E_FORMULA, "'(1 | h)' is taken out, but the formula has no such term", interlace_spec_update(spec, ". ~ . - (1 | h)", &other, &err));
    CHECK(err.position == 8);
    FAILS(INTERLACE_E_FORMULA, "no '~'", interlace_spec_update(spec, "+ x", &other, &err));
    FAILS(INTERLACE_E_ARGUMENT, "spec is NULL", interlace_spec_update(NULL, ". ~ .", &other, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_spec_update(spec, ". ~ .", NULL, &err));
    CHECK(other == NULL);
}

int main(void) {
    interlace_spec *spec;
    interlace_frame *data = data_of();
    interlace_fit *fit = fit_of(data, &spec);
    there_and_back(fit, spec);
    there_and_back(fit, NULL);
    without_rows(fit, spec, data);
    failures(fit, spec);
    specs_and_options(fit, spec);
    other_specs();
    updates(spec, data);
    interlace_frame_free(data);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    return 0;
}
