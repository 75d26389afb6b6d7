/* CSV text: how it is read, and what is said of text that can't be. */
#include "check.h"

static interlace_error err;

static interlace_status read(const char *text, const interlace_csv_options *options, interlace_frame **frame) {
    return interlace_frame_read_csv_bytes(text, strlen(text), options, frame, &err);
}

static double number(const interlace_frame *frame, const char *name, size_t row) {
    double values[8];
    size_t column;
    OK(interlace_frame_column_index(frame, name, &column, &err));
    OK(interlace_frame_column_f64(frame, column, values, interlace_frame_n_rows(frame), &err));
    return values[row];
}

static void options_change_how_text_is_read(void) {
    interlace_csv_options *options = NULL;
    interlace_frame *frame = NULL;
    const char *const missing[2] = {"NA", "."};
    const char *const categorical[1] = {"id"};
    OK(interlace_csv_options_new(&options, &err));
    OK(interlace_csv_options_set_decimal(options, ',', &err));
    OK(interlace_csv_options_set_na_strings(options, missing, 2, &err));
    OK(interlace_csv_options_set_categorical(options, categorical, 1, &err));
    OK(read("id;x\n01;1,5\n2;.\n", options, &frame));
    CHECK(number(frame, "x", 0) == 1.5 && isnan(number(frame, "x", 1)));
    SAME(interlace_frame_column_level(frame, 0, 0), "01");
    interlace_frame_free(frame);

    OK(interlace_csv_options_set_separator(options, '\t', &err));
    OK(interlace_csv_options_set_decimal(options, '.', &err));
    OK(interlace_csv_options_set_quote(options, '\'', &err));
    OK(read("id\tx\n'a\tb'\t1.5\n", options, &frame));
    SAME(interlace_frame_column_level(frame, 0, 0), "a\tb");
    interlace_frame_free(frame);
    OK(interlace_csv_options_set_quote(options, 0, &err));
    OK(read("id\tx\n'a\t1.5\n", options, &frame));
    SAME(interlace_frame_column_level(frame, 0, 0), "'a");
    interlace_frame_free(frame);

    frame = NULL;
    OK(interlace_csv_options_set_strict_numbers(options, true, &err));
    FAILS(INTERLACE_E_DATA, "line 3 holds 'N/A'", read("id\tx\na\t1\nb\tN/A\nc\t3\n", options, &frame));
    CHECK(err.position == 1 && frame == NULL);
    OK(interlace_csv_options_set_decimal(options, '\t', &err));
    FAILS(INTERLACE_E_ARGUMENT, "decimal mark", read("id\tx\n", options, &frame));
    interlace_csv_options_free(options);
}

static void text_that_looks_otherwise_is_named(void) {
    interlace_frame *frame = NULL;
    FAILS(INTERLACE_E_DATA, "semicolons", read("g;x\na;1\n", NULL, &frame));
    FAILS(INTERLACE_E_DATA, "tabs", read("g\tx\na\t1\n", NULL, &frame));
    FAILS(INTERLACE_E_DATA, "decimal commas", read("g;x\na;1,5\n", NULL, &frame));
    FAILS(INTERLACE_E_DATA, "line 3: a quote is opened", read("g,x\na,1\n\"b,2\nc,3\n", NULL, &frame));
    CHECK(frame == NULL);
}

/* A path is bytes, not text. */
static void paths_of_any_bytes(void) {
    interlace_frame *frame = NULL, *again = NULL;
    char path[4096];
    SCRATCH(path, "m\xfc\x62.csv");
    OK(read("x\n1\n", NULL, &frame));
    OK(interlace_frame_write_csv(frame, path, &err));
    OK(interlace_frame_read_csv(path, NULL, &again, &err));
    CHECK(number(again, "x", 0) == 1);
    interlace_frame_free(frame);
    interlace_frame_free(again);
    SCRATCH(path, "\xfc.csv");
    FAILS(INTERLACE_E_IO, ".csv", interlace_frame_read_csv(path, NULL, &again, &err));
}

static void bad_input(void) {
    interlace_csv_options *options = NULL;
    interlace_frame *frame = NULL;
    const char *const none[1] = {NULL};
    interlace_csv_options_free(NULL);
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_csv_options_new(NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "options is NULL", interlace_csv_options_set_separator(NULL, ';', &err));
    FAILS(INTERLACE_E_ARGUMENT, "options is NULL", interlace_csv_options_set_decimal(NULL, ',', &err));
    FAILS(INTERLACE_E_ARGUMENT, "options is NULL", interlace_csv_options_set_quote(NULL, '"', &err));
    FAILS(INTERLACE_E_ARGUMENT, "options is NULL", interlace_csv_options_set_strict_numbers(NULL, true, &err));
    FAILS(INTERLACE_E_ARGUMENT, "options is NULL", interlace_csv_options_set_na_strings(NULL, none, 0, &err));
    FAILS(INTERLACE_E_ARGUMENT, "options is NULL", interlace_csv_options_set_categorical(NULL, none, 0, &err));
    OK(interlace_csv_options_new(&options, &err));
    FAILS(INTERLACE_E_ARGUMENT, "strings[0] is NULL", interlace_csv_options_set_na_strings(options, none, 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "names is NULL", interlace_csv_options_set_categorical(options, NULL, 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "path is NULL", interlace_frame_read_csv(NULL, options, &frame, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_frame_read_csv("x.csv", options, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "bytes is NULL", interlace_frame_read_csv_bytes(NULL, 1, options, &frame, &err));
    interlace_csv_options_free(options);
    CHECK(frame == NULL);
}

int main(void) {
    options_change_how_text_is_read();
    text_that_looks_otherwise_is_named();
    paths_of_any_bytes();
    bad_input();
    return 0;
}
