/* A fit as bytes, and back. */
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
    OK(interlace_fit_to_bytes(fit, spec, &bytes, &len, &err));
    CHECK(len > 1000 && memcmp(bytes, "ILFT", 4) == 0);
    OK(interlace_fit_from_bytes(bytes, len, &read, &model, &options, &err));
    CHECK((model == NULL) == (spec == NULL) && options != NULL);
    char *one = document_of(fit), *other = document_of(read);
    SAME(one, other);
    OK(interlace_fit_to_bytes(read, model, &again, &len_again, &err));
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

static void failures(const interlace_fit *fit, const interlace_spec *spec) {
    uint8_t *bytes = NULL, *untouched = NULL;
    size_t len = 0;
    interlace_fit *none = NULL;
    interlace_spec *other = NULL;
    OK(interlace_fit_to_bytes(fit, spec, &bytes, &len, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_to_bytes(NULL, NULL, &untouched, &len, &err));
    FAILS(INTERLACE_E_ARGUMENT, "bytes is NULL", interlace_fit_to_bytes(fit, NULL, NULL, &len, &err));
    FAILS(INTERLACE_E_ARGUMENT, "len is NULL", interlace_fit_to_bytes(fit, NULL, &untouched, NULL, &err));
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
    FAILS(INTERLACE_E_ARGUMENT, "spec is of lmm 'y ~ 1 + (1 | g)'", interlace_fit_to_bytes(fit, other, &untouched, &len, &err));
    interlace_spec_free(other);
    CHECK(untouched == NULL && none == NULL);
    interlace_bytes_free(NULL);
}

int main(void) {
    interlace_spec *spec;
    interlace_frame *data = data_of();
    interlace_fit *fit = fit_of(data, &spec);
    interlace_frame_free(data);
    there_and_back(fit, spec);
    there_and_back(fit, NULL);
    failures(fit, spec);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    return 0;
}
