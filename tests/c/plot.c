/* Pictures of a fit: kinds and options by name, SVG as bytes, coordinates as a frame. */
#include "check.h"
#include "dyestuff.h"

static interlace_error err;

static void listing(void) {
    size_t n = interlace_plot_options_picture_count(), m = interlace_plot_options_count();
    CHECK(n > 20 && m > 8);
    for (size_t i = 0; i < n; i++) CHECK(strlen(interlace_plot_options_picture_doc(i)) > 10 && strchr(interlace_plot_options_picture_name(i), '-') == NULL);
    for (size_t i = 0; i < m; i++) CHECK(strlen(interlace_plot_options_doc(i)) > 10 && strlen(interlace_plot_options_name(i)) >= 3);
    CHECK(interlace_plot_options_picture_name(n) == NULL && interlace_plot_options_picture_doc(n) == NULL);
    CHECK(interlace_plot_options_name(m) == NULL && interlace_plot_options_doc(m) == NULL);
}

static void setting(interlace_plot_options *options) {
    static const char *const right[][2] = {{"width", "640"}, {"height", "300.5"}, {"title", ""}, {"level", "0.9"}, {"term", "Batch"},
                                           {"effect", "(Intercept)"}, {"levels", "A, \"B, C\""}, {"residual", "Pearson"}, {"seed", "7"}, {"format", "SVG"}, {"dpi", "96"}};
    static const char *const wrong[][3] = {{"width", "10", "from 200 to 4000"}, {"height", "tall", "height is 'tall'"},
                                           {"level", "95", "between 0 and 1"}, {"term", "", "term is empty"}, {"levels", "a,", "between commas"},
                                           {"residual", "raw", "residual is 'raw'"}, {"seed", "x", "not negative"}, {"format", "gif", "must be one of svg, png"}, {"dpi", "1000", "from 24 to 600"},
                                           {"with", "640", "did you mean 'width'?"}};
    for (size_t i = 0; i < COUNT(right); i++) OK(interlace_plot_options_set(options, right[i][0], right[i][1], &err));
    for (size_t i = 0; i < COUNT(wrong); i++)
        FAILS(INTERLACE_E_ARGUMENT, wrong[i][2], interlace_plot_options_set(options, wrong[i][0], wrong[i][1], &err));
    FAILS(INTERLACE_E_ARGUMENT, "plot_options is NULL", interlace_plot_options_set(NULL, "width", "640", &err));
    FAILS(INTERLACE_E_ARGUMENT, "value is NULL", interlace_plot_options_set(options, "width", NULL, &err));
    interlace_plot_options_free(NULL);
}

static void drawing(const interlace_fit *fit, const interlace_frame *data, const interlace_plot_options *options) {
    uint8_t *bytes = NULL, *again = NULL;
    size_t len = 0, len_again = 0, column;
    interlace_frame *table = NULL;
    OK(interlace_fit_plot(fit, "caterpillar", NULL, options, NULL, &bytes, &len, &err));
    CHECK(len > 1000 && memcmp(bytes, "<svg ", 5) == 0 && memcmp(bytes + len - 7, "</svg>\n", 7) == 0);
    OK(interlace_fit_plot(fit, "caterpillar", data, options, NULL, &again, &len_again, &err));
    CHECK(len == len_again && memcmp(bytes, again, len) == 0);
    interlace_bytes_free(again);
    OK(interlace_fit_plot_data(fit, "qq-ranef", data, NULL, NULL, &table, &err));
    CHECK(interlace_frame_n_columns(table) == 12 && interlace_frame_n_rows(table) == 13); /* zero, six intervals, six modes */
    OK(interlace_frame_column_index(table, "x_to", &column, &err));
    interlace_frame_free(table);

    uint8_t *const before = bytes;
    FAILS(INTERLACE_E_ARGUMENT, "there is no picture 'catterpillar'; did you mean 'caterpillar'?",
          interlace_fit_plot(fit, "catterpillar", data, NULL, NULL, &bytes, &len, &err));
    FAILS(INTERLACE_E_ARGUMENT, "no random term has two effects", interlace_fit_plot(fit, "ranef_pairs", data, NULL, NULL, &bytes, &len, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, "only of a Cox model", interlace_fit_plot(fit, "survival", data, NULL, NULL, &bytes, &len, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_plot(NULL, "qq", data, NULL, NULL, &bytes, &len, &err));
    FAILS(INTERLACE_E_ARGUMENT, "picture is NULL", interlace_fit_plot(fit, NULL, data, NULL, NULL, &bytes, &len, &err));
    FAILS(INTERLACE_E_ARGUMENT, "bytes is NULL", interlace_fit_plot(fit, "qq", data, NULL, NULL, NULL, &len, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_plot_data(fit, "qq", data, NULL, NULL, NULL, &err));
    CHECK(bytes == before && len == len_again);
    interlace_bytes_free(bytes);
}

/* Width and height of a PNG; zero if it is none. */
static void size_of(const uint8_t *bytes, size_t len, unsigned long size[2]) {
    size[0] = size[1] = 0;
    if (len < 24 || memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) != 0) return;
    for (int k = 0; k < 8; k++) size[k / 4] = size[k / 4] << 8 | bytes[16 + k];
}

static void pixels(const interlace_fit *fit, const interlace_frame *data) {
    static const struct { const char *width, *dpi; unsigned long across, down; } cases[] = {
        {"640", "192", 1280, 600}, {"300", "96", 300, 300}, {"400.5", "48", 200, 150}, {"4000", "600", 0, 0}};
    interlace_plot_options *options;
    OK(interlace_plot_options_new(&options, &err));
    OK(interlace_plot_options_set(options, "format", "png", &err));
    OK(interlace_plot_options_set(options, "height", "300", &err));
    OK(interlace_plot_options_set(options, "title", "<b> & \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", &err));
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t *bytes = NULL, *again = NULL;
        size_t len = 0, len_again = 0;
        unsigned long size[2];
        OK(interlace_plot_options_set(options, "width", cases[i].width, &err));
        OK(interlace_plot_options_set(options, "dpi", cases[i].dpi, &err));
        if (cases[i].across == 0) {
            FAILS(INTERLACE_E_ARGUMENT, "25000 x 1875 pixels, at most 32 million", interlace_fit_plot(fit, "qq", data, options, NULL, &bytes, &len, &err));
            CHECK(bytes == NULL && len == 0);
            continue;
        }
        OK(interlace_fit_plot(fit, "qq", data, options, NULL, &bytes, &len, &err));
        size_of(bytes, len, size);
        CHECK(size[0] == cases[i].across && size[1] == cases[i].down);
        OK(interlace_fit_plot(fit, "qq", data, options, NULL, &again, &len_again, &err));
        CHECK(len == len_again && memcmp(bytes, again, len) == 0);
        interlace_bytes_free(bytes);
        interlace_bytes_free(again);
    }
    interlace_plot_options_free(options);
}

int main(void) {
    interlace_plot_options *options;
    listing();
    OK(interlace_plot_options_new(&options, &err));
    setting(options);
    interlace_frame *data = dyestuff();
    interlace_fit *fit = dyestuff_fit(NULL);
    drawing(fit, data, options);
    pixels(fit, data);
    interlace_frame_free(data);
    interlace_fit_free(fit);
    interlace_plot_options_free(options);
    return 0;
}
