/* Frames: columns in and out, categories, CSV. */
#include "check.h"

static interlace_error err;

static size_t column(const interlace_frame *frame, const char *name) {
    size_t index = 99;
    OK(interlace_frame_column_index(frame, name, &index, &err));
    return index;
}

static void numbers(void) {
    interlace_frame *frame;
    const double real[3] = {1.5, NAN, -2.0};
    const int32_t small[3] = {7, INT32_MIN, -7};
    const int64_t large[3] = {INT64_MAX, INT64_MIN, 0};
    OK(interlace_frame_new(3, &frame, &err));
    OK(interlace_frame_add_f64(frame, "real", real, 3, &err));
    const char *name = interlace_frame_column_name(frame, 0);
    OK(interlace_frame_add_i32(frame, "small", small, 3, &err));
    OK(interlace_frame_add_i64(frame, "gro\xc3\x9f", large, 3, &err));
    CHECK(interlace_frame_n_rows(frame) == 3 && interlace_frame_n_columns(frame) == 3);
    CHECK(name == interlace_frame_column_name(frame, 0)); /* a name stays where it is */
    SAME(name, "real");
    SAME(interlace_frame_column_name(frame, 2), "gro\xc3\x9f");
    CHECK(column(frame, "small") == 1);
    CHECK(interlace_frame_column_kind(frame, 0) == INTERLACE_COLUMN_KIND_REAL);
    CHECK(interlace_frame_column_kind(frame, 1) == INTERLACE_COLUMN_KIND_INTEGER);

    double x[3];
    int64_t i[3];
    OK(interlace_frame_column_f64(frame, 0, x, 3, &err));
    CHECK(x[0] == 1.5 && isnan(x[1]) && x[2] == -2.0);
    OK(interlace_frame_column_f64(frame, 1, x, 3, &err));
    CHECK(x[0] == 7.0 && isnan(x[1]) && x[2] == -7.0);
    OK(interlace_frame_column_i64(frame, 1, i, 3, &err));
    CHECK(i[0] == 7 && i[1] == INT64_MIN && i[2] == -7);
    OK(interlace_frame_column_i64(frame, 2, i, 3, &err));
    CHECK(i[0] == INT64_MAX && i[1] == INT64_MIN && i[2] == 0);

    FAILS(INTERLACE_E_DATA, "'real'", interlace_frame_column_i64(frame, 0, i, 3, &err));
    FAILS(INTERLACE_E_DATA, "small", interlace_frame_column_codes(frame, 1, (int32_t *) x, 3, &err));
    FAILS(INTERLACE_E_ARGUMENT, "real", interlace_frame_add_f64(frame, "real", real, 3, &err));
    FAILS(INTERLACE_E_ARGUMENT, "3 rows", interlace_frame_add_f64(frame, "short", real, 2, &err));
    size_t index = 5;
    FAILS(INTERLACE_E_DATA, "absent", interlace_frame_column_index(frame, "absent", &index, &err));
    CHECK(index == 5 && interlace_frame_n_columns(frame) == 3);
    interlace_frame_free(frame);
}

static void categories(void) {
    interlace_frame *frame;
    const char *const dose[3] = {"low", "mid", "high"};
    const int32_t codes[4] = {2, 0, -1, 2};
    const char *const labels[4] = {"b", NULL, "a", "b"};
    const int32_t number[4] = {10, 9, 10, 9};
    OK(interlace_frame_new(4, &frame, &err));
    OK(interlace_frame_add_categorical(frame, "dose", codes, 4, dose, 3, true, &err));
    OK(interlace_frame_add_strings(frame, "label", labels, 4, &err));
    OK(interlace_frame_add_i32(frame, "number", number, 4, &err));
    CHECK(interlace_frame_column_kind(frame, 0) == INTERLACE_COLUMN_KIND_CATEGORY);
    CHECK(interlace_frame_column_is_ordered(frame, 0) && !interlace_frame_column_is_ordered(frame, 1));
    CHECK(interlace_frame_column_n_levels(frame, 0) == 3);
    SAME(interlace_frame_column_level(frame, 0, 1), "mid");
    SAME(interlace_frame_column_string(frame, 0, 3), "high");
    CHECK(interlace_frame_column_string(frame, 0, 2) == NULL);

    CHECK(interlace_frame_column_n_levels(frame, 1) == 2);
    SAME(interlace_frame_column_level(frame, 1, 0), "a");
    SAME(interlace_frame_column_string(frame, 1, 0), "b");
    CHECK(interlace_frame_column_string(frame, 1, 1) == NULL);
    int32_t out[4];
    OK(interlace_frame_column_codes(frame, 1, out, 4, &err));
    CHECK(out[0] == 1 && out[1] == -1 && out[2] == 0 && out[3] == 1);

    const char *const order[3] = {"b", "a", "unused"};
    OK(interlace_frame_set_levels(frame, "label", order, 3, false, &err));
    SAME(interlace_frame_column_level(frame, 1, 2), "unused");
    SAME(interlace_frame_column_string(frame, 1, 2), "a");
    FAILS(INTERLACE_E_DATA, "label", interlace_frame_set_levels(frame, "label", order, 1, false, &err));
    CHECK(err.position == 2); /* the row whose value isn't among the levels */

    OK(interlace_frame_make_categorical(frame, "number", &err));
    SAME(interlace_frame_column_level(frame, 2, 0), "10");
    SAME(interlace_frame_column_string(frame, 2, 3), "9");

    const int32_t wrong[4] = {0, 1, 3, 0};
    const char *const twice[3] = {"x", "y", "x"};
    FAILS(INTERLACE_E_ARGUMENT, "3", interlace_frame_add_categorical(frame, "wrong", wrong, 4, dose, 3, false, &err));
    FAILS(INTERLACE_E_ARGUMENT, "x", interlace_frame_add_categorical(frame, "twice", codes, 4, twice, 3, false, &err));
    CHECK(interlace_frame_n_columns(frame) == 3);
    interlace_frame_free(frame);
}

static void csv(void) {
    static const char text[] = "id,x,g,note\n1,0.5,308,a\n2,NA,309,\"b, c\"\n3,1e-3,308,NA\n";
    const char *const categorical[1] = {"g"};
    interlace_frame *frame, *again;
    OK(read_csv_bytes(text, sizeof text - 1, categorical, 1, &frame, &err));
    CHECK(interlace_frame_n_rows(frame) == 3 && interlace_frame_n_columns(frame) == 4);
    CHECK(interlace_frame_column_kind(frame, 0) == INTERLACE_COLUMN_KIND_INTEGER);
    CHECK(interlace_frame_column_kind(frame, 1) == INTERLACE_COLUMN_KIND_REAL);
    CHECK(interlace_frame_column_kind(frame, 2) == INTERLACE_COLUMN_KIND_CATEGORY);
    SAME(interlace_frame_column_string(frame, 3, 1), "b, c");

    char path[4096];
    SCRATCH(path, "frame.csv");
    OK(interlace_frame_write_csv(frame, path, &err));
    OK(read_csv(path, categorical, 1, &again, &err));
    double x[3];
    OK(interlace_frame_column_f64(again, column(again, "x"), x, 3, &err));
    CHECK(x[0] == 0.5 && isnan(x[1]) && x[2] == 1e-3);
    SAME(interlace_frame_column_string(again, column(again, "note"), 1), "b, c");
    interlace_frame_free(again);
    interlace_frame_free(frame);

    again = NULL;
    SCRATCH(path, "absent.csv");
    FAILS(INTERLACE_E_IO, "absent.csv", read_csv(path, NULL, 0, &again, &err));
    FAILS(INTERLACE_E_DATA, "", read_csv_bytes("a,b\n1\n", 6, NULL, 0, &again, &err));
    const char *const absent[1] = {"nowhere"};
    FAILS(INTERLACE_E_ARGUMENT, "nowhere", read_csv_bytes(text, sizeof text - 1, absent, 1, &again, &err));
    CHECK(again == NULL);
}

static void empty(void) {
    interlace_frame *frame;
    OK(interlace_frame_new(0, &frame, &err));
    OK(interlace_frame_add_f64(frame, "x", NULL, 0, &err));
    OK(interlace_frame_column_f64(frame, 0, NULL, 0, &err));
    CHECK(interlace_frame_n_rows(frame) == 0 && interlace_frame_n_columns(frame) == 1);
    interlace_frame_free(frame);
}

int main(void) {
    numbers();
    categories();
    csv();
    empty();
    return 0;
}
