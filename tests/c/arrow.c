/* Frames from and to Arrow: values of every format, who releases what, structures that contradict themselves. */
#include "check.h"

/* The address sanitizer ends a program that asks for more memory than there is; without it that is an error. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#endif

static interlace_error err;
static int released; /* tables' structures that were released */

static void release_schema(struct ArrowSchema *own) {
    released++;
    own->release = NULL;
}

static void release_array(struct ArrowArray *own) {
    released++;
    own->release = NULL;
}

#define PARTS 2

/* A table with one column, which may have a dictionary, or runs. */
typedef struct {
    struct ArrowSchema schema, field, dictionary_field, part_fields[PARTS];
    struct ArrowArray array, column, dictionary, parts[PARTS];
    struct ArrowSchema *fields[1], *part_field_list[PARTS];
    struct ArrowArray *columns[1], *part_list[PARTS];
    const void *table_buffers[1], *buffers[6], *dictionary_buffers[6], *part_buffers[PARTS][6];
} table;

static struct ArrowArray array_of(int64_t length, int64_t n_buffers, const void **buffers) {
    struct ArrowArray own;
    memset(&own, 0, sizeof own);
    own.length = length;
    own.null_count = -1;
    own.n_buffers = n_buffers;
    own.buffers = buffers;
    own.release = release_array;
    return own;
}

static struct ArrowSchema schema_of(const char *format, const char *name) {
    struct ArrowSchema own;
    memset(&own, 0, sizeof own);
    own.format = format;
    own.name = name;
    own.flags = ARROW_FLAG_NULLABLE;
    own.release = release_schema;
    return own;
}

/* A column "x" of `length` rows with `n_buffers` buffers, of which `values` is the second. */
static void make(table *own, const char *format, int64_t length, int64_t n_buffers, const void *values) {
    memset(own, 0, sizeof *own);
    own->schema = schema_of("+s", NULL);
    own->schema.n_children = 1;
    own->schema.children = own->fields;
    own->fields[0] = &own->field;
    own->field = schema_of(format, "x");
    own->array = array_of(length, 1, own->table_buffers);
    own->array.n_children = 1;
    own->array.children = own->columns;
    own->columns[0] = &own->column;
    own->column = array_of(length, n_buffers, own->buffers);
    own->buffers[1] = values;
    released = 0;
}

/* Gives the column a dictionary. */
static void with_dictionary(table *own, const char *format, int64_t length, int64_t n_buffers, const void *values) {
    own->dictionary_field = schema_of(format, NULL);
    own->dictionary = array_of(length, n_buffers, own->dictionary_buffers);
    own->dictionary_buffers[1] = values;
    own->field.dictionary = &own->dictionary_field;
    own->column.dictionary = &own->dictionary;
}

/* Makes a column of runs. */
static void make_runs(table *own, int64_t length, const int32_t *ends, int64_t n_runs, const char *format, const void *values) {
    make(own, "+r", length, 0, NULL);
    own->field.n_children = own->column.n_children = PARTS;
    own->field.children = own->part_field_list;
    own->column.children = own->part_list;
    for (int i = 0; i < PARTS; i++) {
        own->part_fields[i] = schema_of(i == 0 ? "i" : format, i == 0 ? "run_ends" : "values");
        own->parts[i] = array_of(n_runs, 2, own->part_buffers[i]);
        own->part_buffers[i][1] = i == 0 ? (const void *) ends : values;
        own->part_field_list[i] = &own->part_fields[i];
        own->part_list[i] = &own->parts[i];
    }
}

/* The table as a frame; both structures are released, once, whatever becomes of it. */
static interlace_status take(table *own, interlace_frame **out) {
    interlace_status status = interlace_frame_from_arrow(&own->schema, &own->array, out, &err);
    CHECK(own->schema.release == NULL && own->array.release == NULL);
    CHECK(released == 2);
    return status;
}

static interlace_frame *taken(table *own) {
    interlace_frame *frame = NULL;
    OK(take(own, &frame));
    return frame;
}

/* The table is refused with a text that has `part` in it. */
static void refused(table *own, const char *part) {
    interlace_frame *frame = NULL;
    FAILS(INTERLACE_E_ARGUMENT, part, take(own, &frame));
    CHECK(frame == NULL);
}

static int same(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

/* The only column as numbers. */
static void has_numbers(interlace_frame *frame, size_t n, const double *wanted) {
    double x[16];
    CHECK(interlace_frame_n_rows(frame) == n && interlace_frame_n_columns(frame) == 1);
    OK(interlace_frame_column_f64(frame, 0, x, n, &err));
    for (size_t i = 0; i < n; i++)
        CHECK(same(x[i], wanted[i]));
    interlace_frame_free(frame);
}

/* The only column as labels, NULL where missing. */
static void has_labels(interlace_frame *frame, size_t n, const char *const *wanted) {
    CHECK(interlace_frame_n_rows(frame) == n && interlace_frame_n_columns(frame) == 1);
    CHECK(interlace_frame_column_kind(frame, 0) == INTERLACE_COLUMN_KIND_CATEGORY);
    for (size_t i = 0; i < n; i++) {
        const char *own = interlace_frame_column_string(frame, 0, i);
        CHECK((own == NULL) == (wanted[i] == NULL));
        if (own != NULL)
            SAME(own, wanted[i]);
    }
    interlace_frame_free(frame);
}

/* Levels in their order. */
static void has_levels(const interlace_frame *frame, size_t n, const char *const *wanted) {
    CHECK(interlace_frame_column_n_levels(frame, 0) == n);
    for (size_t i = 0; i < n; i++)
        SAME(interlace_frame_column_level(frame, 0, i), wanted[i]);
}

/* Four rows, of which the second is missing. */
static const uint8_t second_missing[1] = {0x0d};

static void number_format(const char *format, const void *values, double a, double c, double d) {
    table own;
    make(&own, format, 4, 2, values);
    own.buffers[0] = second_missing;
    const double wanted[4] = {a, NAN, c, d};
    has_numbers(taken(&own), 4, wanted);
    /* The same without a validity, from an offset on. */
    make(&own, format, 2, 2, values);
    own.column.offset = 2;
    own.column.null_count = 0;
    const double last[2] = {c, d};
    has_numbers(taken(&own), 2, last);
}

static void numbers(void) {
    const int8_t c[4] = {-128, 9, 0, 127};
    const uint8_t C[4] = {255, 9, 0, 127};
    const int16_t s[4] = {-32768, 9, 0, 7};
    const uint16_t S[4] = {65535, 9, 0, 7};
    const int32_t i[4] = {INT32_MIN, 9, 0, 7};
    const uint32_t I[4] = {UINT32_MAX, 9, 0, 7};
    const int64_t l[4] = {-9007199254740992, 9, 0, 7};
    const uint64_t L[4] = {9007199254740992u, 9, 0, 7};
    const uint16_t e[4] = {0x3e00, 0, 0xc000, 0x7e00}; /* 1.5, -2, NaN */
    const float f[4] = {0.5f, 9, -0.25f, 1e30f};
    const double g[4] = {0.1, 9, NAN, -INFINITY};
    number_format("c", c, -128, 0, 127);
    number_format("C", C, 255, 0, 127);
    number_format("s", s, -32768, 0, 7);
    number_format("S", S, 65535, 0, 7);
    number_format("i", i, INT32_MIN, 0, 7);
    number_format("I", I, UINT32_MAX, 0, 7);
    number_format("l", l, -9007199254740992.0, 0, 7);
    number_format("L", L, 9007199254740992.0, 0, 7);
    number_format("e", e, 1.5, -2, NAN);
    number_format("f", f, 0.5, -0.25, 1e30f);
    number_format("g", g, 0.1, NAN, -INFINITY);
    /* Durations and times of a day are seconds; points in time too, and dates days, since 1970. */
    const int32_t small[4] = {1500, 9, -500, 0};
    const int64_t large[4] = {1500, 9, -500, 0};
    const int64_t days[4] = {86400000, 9, -86400000, 0};
    number_format("tts", small, 1500, -500, 0);
    number_format("ttm", small, 1.5, -0.5, 0);
    number_format("ttu", large, 1.5e-3, -5e-4, 0);
    number_format("ttn", large, 1.5e-6, -5e-7, 0);
    number_format("tDs", large, 1500, -500, 0);
    number_format("tDm", large, 1.5, -0.5, 0);
    number_format("tDu", large, 1.5e-3, -5e-4, 0);
    number_format("tDn", large, 1.5e-6, -5e-7, 0);
    number_format("tss:", large, 1500, -500, 0);
    number_format("tsm:UTC", large, 1.5, -0.5, 0);
    number_format("tsu:Europe/Berlin", large, 1.5e-3, -5e-4, 0);
    number_format("tsn:", large, 1.5e-6, -5e-7, 0);
    number_format("tdD", small, 1500, -500, 0);
    number_format("tdm", days, 1, -1, 0);
    /* A value may begin at any address. */
    unsigned char bytes[33];
    memcpy(bytes + 1, g, sizeof g);
    number_format("g", bytes + 1, 0.1, NAN, -INFINITY);
}

static void decimals(void) {
    const int64_t two[8] = {314, 0, 9, 9, -100, -1, 1, 0};
    number_format("d:5,2", two, 3.14, -1, 0.01);
    number_format("d:5,2,128", two, 3.14, -1, 0.01);
    number_format("d:5,-2", two, 31400, -10000, 100);
    const int32_t narrow[4] = {314, 9, -100, 1};
    number_format("d:5,2,32", narrow, 3.14, -1, 0.01);
    number_format("d:5,0,32", narrow, 314, -100, 1);
    const int64_t middle[4] = {INT64_MAX, 9, INT64_MIN, 1};
    number_format("d:18,1,64", middle, 922337203685477580.7, -922337203685477580.8, 0.1);
    number_format("d:19,0,64", middle, 9223372036854775807.0, -9223372036854775808.0, 1);
    const int64_t wide[16] = {7, 0, 0, 0, 9, 9, 9, 9, -7, -1, -1, -1, 0, 0, 0, 1};
    number_format("d:76,0,256", wide, 7, -7, 6277101735386680763835789423207666416102355444464034512896.0);

    table own;
    make(&own, "d:38,0", 1, 2, two);
    interlace_frame *frame = taken(&own);
    int64_t integer;
    OK(interlace_frame_column_i64(frame, 0, &integer, 1, &err)); /* whole decimals of 64 bits are integers */
    CHECK(integer == 314);
    interlace_frame_free(frame);
}

static void integers_beyond(void) {
    const uint64_t ids[3] = {UINT64_MAX, 5, 9223372036854775808u};
    const char *const texts[3] = {"18446744073709551615", "5", "9223372036854775808"};
    const char *const levels[3] = {"5", "9223372036854775808", "18446744073709551615"};
    table own;
    make(&own, "L", 3, 2, ids);
    interlace_frame *frame = taken(&own);
    has_levels(frame, 3, levels);
    has_labels(frame, 3, texts);
    const int64_t least[2] = {INT64_MIN, 1};
    const char *const least_texts[2] = {"-9223372036854775808", "1"};
    make(&own, "l", 2, 2, least);
    has_labels(taken(&own), 2, least_texts); /* a value, though a frame's integers have it for missing ones */
}

static void truth(void) {
    const uint8_t bits[2] = {0x05, 0x01}; /* 1 0 1 0 0 0 0 0 1 */
    const uint8_t there[2] = {0xfb, 0x01};
    const char *const wanted[7] = {NULL, "FALSE", "FALSE", "FALSE", "FALSE", "FALSE", "TRUE"};
    const char *const levels[2] = {"FALSE", "TRUE"};
    table own;
    make(&own, "b", 7, 2, bits);
    own.buffers[0] = there;
    own.column.offset = 2;
    interlace_frame *frame = taken(&own);
    has_levels(frame, 2, levels);
    has_labels(frame, 7, wanted);
}

static const char bytes[] = "lowmidhigh and higher";
static const char *const dose[4] = {"mid", NULL, "high and higher", "low"};

/* low, mid, (missing), high and higher, low as views. */
static void views_of(unsigned char views[4][16]) {
    memset(views, 0, 64);
    const int32_t lengths[4] = {3, 99, 15, 3}, place[2] = {0, 6};
    for (int i = 0; i < 4; i++)
        memcpy(views[i], &lengths[i], 4);
    memcpy(views[0] + 4, "mid", 3);
    memcpy(views[2] + 4, "high", 4);
    memcpy(views[2] + 8, place, 8);
    memcpy(views[3] + 4, "low", 3);
}

static void texts(void) {
    const int32_t small[5] = {3, 6, 6, 21, 21};
    const int64_t large[5] = {3, 6, 6, 21, 21};
    const char *const labels[4] = {"mid", NULL, "high and higher", ""};
    table own;
    make(&own, "u", 4, 3, small);
    own.buffers[0] = second_missing;
    own.buffers[2] = bytes;
    has_labels(taken(&own), 4, labels);
    make(&own, "U", 4, 3, large);
    own.buffers[0] = second_missing;
    own.buffers[2] = bytes;
    has_labels(taken(&own), 4, labels);

    unsigned char views[4][16];
    const int64_t sizes[1] = {sizeof bytes - 1};
    views_of(views);
    make(&own, "vu", 4, 4, views);
    own.buffers[0] = second_missing; /* the view of a missing value is not looked at */
    own.buffers[2] = bytes;
    own.buffers[3] = sizes;
    interlace_frame *frame = taken(&own);
    const char *const levels[3] = {"high and higher", "low", "mid"};
    has_levels(frame, 3, levels);
    has_labels(frame, 4, dose);
    make(&own, "vu", 1, 3, views); /* short texts only: no data */
    has_labels(taken(&own), 1, dose);
}

static const int32_t offsets_of_dose[4] = {0, 3, 6, 21};

/* low, mid, high and higher as a dictionary. */
static void with_dose(table *own) {
    with_dictionary(own, "u", 3, 3, offsets_of_dose);
    own->dictionary_buffers[2] = bytes;
}

static void dictionaries(void) {
    const int8_t c[4] = {1, 99, 2, 0}; /* the index of a missing value is not looked at */
    const uint8_t C[4] = {1, 99, 2, 0};
    const int16_t s[4] = {1, 99, 2, 0};
    const uint16_t S[4] = {1, 99, 2, 0};
    const int32_t i[4] = {1, 99, 2, 0};
    const uint32_t I[4] = {1, 99, 2, 0};
    const int64_t l[4] = {1, 99, 2, 0};
    const uint64_t L[4] = {1, 99, 2, 0};
    const char *const formats[8] = {"c", "C", "s", "S", "i", "I", "l", "L"};
    const void *const values[8] = {c, C, s, S, i, I, l, L};
    const char *const sorted[3] = {"high and higher", "low", "mid"}, *const in_order[3] = {"low", "mid", "high and higher"};
    table own;
    for (int k = 0; k < 8; k++) {
        make(&own, formats[k], 4, 2, values[k]);
        own.buffers[0] = second_missing;
        with_dose(&own);
        interlace_frame *frame = taken(&own);
        has_levels(frame, 3, sorted);
        CHECK(!interlace_frame_column_is_ordered(frame, 0));
        has_labels(frame, 4, dose);
    }
    make(&own, "i", 4, 2, i);
    own.buffers[0] = second_missing;
    with_dose(&own);
    own.field.flags |= ARROW_FLAG_DICTIONARY_ORDERED;
    interlace_frame *frame = taken(&own);
    has_levels(frame, 3, in_order);
    CHECK(interlace_frame_column_is_ordered(frame, 0));
    has_labels(frame, 4, dose);

    /* Numbers, with a missing one and one that no row has; ordered, they keep the dictionary's order. */
    const double tens[4] = {20, 10, 0.5, 99};
    const uint8_t third_missing[1] = {0x0b};
    const char *const ten[4] = {"10", NULL, NULL, "20"}, *const ascending[2] = {"10", "20"}, *const given[3] = {"20", "10", "99"};
    for (int ordered = 0; ordered < 2; ordered++) {
        make(&own, "i", 4, 2, i);
        own.buffers[0] = second_missing;
        with_dictionary(&own, "g", 4, 2, tens);
        own.dictionary_buffers[0] = third_missing;
        own.field.flags |= ordered;
        frame = taken(&own);
        has_levels(frame, ordered ? 3 : 2, ordered ? given : ascending);
        has_labels(frame, 4, ten);
    }
    /* Dates as their text. */
    const int32_t days[3] = {19783, 0, -1};
    const char *const dates[4] = {"1970-01-01", NULL, "1969-12-31", "2024-03-01"};
    make(&own, "i", 4, 2, i);
    own.buffers[0] = second_missing;
    with_dictionary(&own, "tdD", 3, 2, days);
    has_labels(taken(&own), 4, dates);
}

static void runs(void) {
    const int32_t ends[3] = {2, 3, 6};
    const double values[3] = {1.5, 2.5, 3.5};
    const uint8_t there[1] = {0x05};
    const double wanted[6] = {1.5, 1.5, NAN, 3.5, 3.5, 3.5};
    table own;
    make_runs(&own, 6, ends, 3, "g", values);
    own.part_buffers[1][0] = there;
    has_numbers(taken(&own), 6, wanted);
    /* From the second row on. */
    make_runs(&own, 4, ends, 3, "g", values);
    own.column.offset = 1;
    own.part_buffers[1][0] = there;
    has_numbers(taken(&own), 4, wanted + 1);

    make_runs(&own, 6, ends, 2, "g", values);
    refused(&own, "its 2 runs end before row 3");
    const int32_t falling[3] = {2, 1, 6};
    make_runs(&own, 6, falling, 3, "g", values);
    refused(&own, "run 1 ends before");
    const int32_t empty[3] = {0, 3, 6}, below[3] = {-2, 3, 6};
    make_runs(&own, 6, empty, 3, "g", values);
    refused(&own, "run 0 ends at 0, wanted 1 or more");
    make_runs(&own, 6, below, 3, "g", values);
    refused(&own, "run 0 ends at -2");
    make_runs(&own, 6, ends, 3, "g", values);
    own.parts[1].length = 2;
    refused(&own, "2 values of runs");
    make_runs(&own, 6, ends, 3, "g", values);
    own.column.n_children = 1;
    refused(&own, "1 children, wanted 2");
    make_runs(&own, 6, ends, 3, "g", values);
    own.part_list[1] = NULL;
    refused(&own, "a child of it is NULL");
    make_runs(&own, 6, ends, 3, "g", values);
    own.parts[0].release = NULL;
    refused(&own, "released or moved before");
}

/* Rows of the table that are missing, and a table that begins later than its columns. */
static void tables(void) {
    const double values[6] = {9, 1, 2, 3, 4, 9};
    const uint8_t rows[1] = {0x0a}; /* of rows 1 to 3 of the table those at 1 and 3 are there */
    const double wanted[3] = {2, NAN, 4};
    table own;
    make(&own, "g", 5, 2, values);
    own.column.offset = 1;
    own.array.offset = 1;
    own.array.length = 3;
    own.table_buffers[0] = rows;
    has_numbers(taken(&own), 3, wanted);

    make(&own, "n", 3, 0, NULL);
    const double none[3] = {NAN, NAN, NAN};
    has_numbers(taken(&own), 3, none);
    make(&own, "n", 3, 1, NULL); /* some producers have a place for a validity */
    has_numbers(taken(&own), 3, none);
    make(&own, "g", 0, 2, NULL);
    has_numbers(taken(&own), 0, none);
    make(&own, "u", 0, 3, NULL);
    has_labels(taken(&own), 0, NULL);
    make(&own, "g", 5, 2, values);
    own.schema.n_children = own.array.n_children = 0;
    interlace_frame *frame = taken(&own);
    CHECK(interlace_frame_n_rows(frame) == 5 && interlace_frame_n_columns(frame) == 0);
    interlace_frame_free(frame);
}

/* A column that can't be read is missed where it is used. */
static void unread(void) {
    static const char *const formats[][2] = {
        {"+l", "'+l' (lists)"}, {"z", "'z' (bytes)"}, {"w:16", "'w:16' (bytes)"}, {"tin", "intervals"}, {"_pli128", "'_pli128' (unknown)"},
        {"", "'' (unknown)"}, {"d:5", "'d:5' (a decimal"}, {"d:5,2,77", "'d:5,2,77'"}, {"d:5,99999", "'d:5,99999'"}, {"+w:3", "'+w:3' (lists)"},
    };
    static const char *const formulas[3] = {"y ~ x + (1 | g)", "y ~ . + (1 | g)", "y ~ 1 + (1 | x)"};
    table own;
    double x[2];
    size_t place = 7;
    for (size_t k = 0; k < COUNT(formats); k++) {
        make(&own, formats[k][0], 2, 2, NULL);
        interlace_frame *frame = taken(&own);
        CHECK(interlace_frame_n_rows(frame) == 2 && interlace_frame_n_columns(frame) == 0);
        FAILS(INTERLACE_E_DATA, formats[k][1], interlace_frame_column_index(frame, "x", &place, &err));
        CHECK(place == 7 && strstr(err.message, "column 'x' has Arrow type") != NULL);
        interlace_spec *spec;
        interlace_fit *fit = NULL;
        OK(interlace_frame_add_f64(frame, "y", (const double[2]){1, 2}, 2, &err));
        OK(interlace_frame_add_i32(frame, "g", (const int32_t[2]){1, 2}, 2, &err));
        OK(interlace_spec_new(INTERLACE_MODEL_LMM, formulas[k % 3], &spec, &err));
        FAILS(INTERLACE_E_DATA, formats[k][1], interlace_fit_new(spec, frame, NULL, &fit, &err));
        interlace_spec_free(spec);
        /* Another column of that name takes its place. */
        OK(interlace_frame_add_f64(frame, "x", (const double[2]){3, 4}, 2, &err));
        OK(interlace_frame_column_f64(frame, 2, x, 2, &err));
        CHECK(x[0] == 3);
        interlace_frame_free(frame);
    }
    /* So are dictionaries of what can't be read, and text that is no text. */
    const int32_t indices[2] = {0, 0};
    make(&own, "i", 2, 2, indices);
    with_dictionary(&own, "+l", 1, 1, NULL);
    interlace_frame *frame = taken(&own);
    FAILS(INTERLACE_E_DATA, "a dictionary of '+l' (lists)", interlace_frame_column_index(frame, "x", &place, &err));
    interlace_frame_free(frame);
    make(&own, "g", 2, 2, indices);
    with_dose(&own);
    frame = taken(&own);
    FAILS(INTERLACE_E_DATA, "with indices 'g'", interlace_frame_column_index(frame, "x", &place, &err));
    interlace_frame_free(frame);
    const int32_t offsets[3] = {0, 1, 3};
    make(&own, "u", 2, 3, offsets);
    own.buffers[2] = "ab\xff";
    frame = taken(&own);
    FAILS(INTERLACE_E_DATA, "not UTF-8 in row 2 (counting from 1)", interlace_frame_column_index(frame, "x", &place, &err));
    CHECK(err.position == 1);
    interlace_frame_free(frame);
    const int32_t nul_offsets[3] = {0, 2, 5};
    make(&own, "u", 2, 3, nul_offsets);
    own.buffers[2] = "aba\0b";
    frame = taken(&own);
    FAILS(INTERLACE_E_DATA, "text with a NUL in row 2 (counting from 1): byte 1 of it", interlace_frame_column_index(frame, "x", &place, &err));
    CHECK(err.position == 1);
    interlace_frame_free(frame);
    const int64_t noon[2] = {86400000, 43200000};
    make(&own, "tdm", 2, 2, noon);
    frame = taken(&own);
    FAILS(INTERLACE_E_DATA, "no whole days", interlace_frame_column_index(frame, "x", &place, &err));
    interlace_frame_free(frame);
    make(&own, "g", 2, 2, noon);
    own.field.name = NULL;
    frame = taken(&own);
    CHECK(interlace_frame_n_columns(frame) == 0);
    interlace_frame_free(frame);
}

static void hostile_schemas(void) {
    const double values[4] = {1, 2, 3, 4};
    table own;
    interlace_frame *frame = NULL;
#define BROKEN(part, change)              \
    do {                                  \
        make(&own, "g", 4, 2, values);    \
        change;                           \
        refused(&own, part);              \
    } while (0)
    BROKEN("schema: its format is NULL", own.schema.format = NULL);
    BROKEN("schema: its format is 'g', not '+s'", own.schema.format = "g");
    BROKEN("schema: n_children is -1", own.schema.n_children = -1);
    BROKEN("schema: n_children is -9223372036854775808", own.schema.n_children = INT64_MIN);
    BROKEN("schema: children", own.schema.n_children = INT64_MAX);
    BROKEN("schema: children is NULL", own.schema.children = NULL);
    BROKEN("schema: column 1 (counting from 1): it is NULL", own.fields[0] = NULL);
    BROKEN("schema: column 1 (counting from 1): its format is NULL", own.field.format = NULL);
    BROKEN("schema: column 1 (counting from 1): a name or format is not UTF-8", own.field.name = "a\xff");
    BROKEN("it has 0 children, its schema 1", own.array.n_children = 0);
    BROKEN("it has 1 children, its schema 0", own.schema.n_children = 0);
    /* The one is released even if there is not the other. */
    make(&own, "g", 4, 2, values);
    FAILS(INTERLACE_E_ARGUMENT, "schema is NULL", interlace_frame_from_arrow(NULL, &own.array, &frame, &err));
    CHECK(released == 1 && own.array.release == NULL);
    FAILS(INTERLACE_E_ARGUMENT, "array is NULL", interlace_frame_from_arrow(&own.schema, NULL, &frame, &err));
    CHECK(released == 2 && own.schema.release == NULL);
    make(&own, "g", 4, 2, values);
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_frame_from_arrow(&own.schema, &own.array, NULL, &err));
    CHECK(released == 2);
    FAILS(INTERLACE_E_ARGUMENT, "schema was released or moved before", interlace_frame_from_arrow(&own.schema, &own.array, &frame, &err));
    CHECK(released == 2 && frame == NULL);
    /* A dictionary of a dictionary, for ever. */
    make(&own, "i", 4, 2, values);
    own.field.dictionary = &own.field;
    own.column.dictionary = &own.column;
    frame = taken(&own);
    CHECK(interlace_frame_n_columns(frame) == 0);
    interlace_frame_free(frame);
    make(&own, "+r", 4, 0, NULL);
    own.field.n_children = 2;
    own.field.children = own.part_field_list;
    own.part_field_list[0] = own.part_field_list[1] = &own.field;
    frame = taken(&own);
    CHECK(interlace_frame_n_columns(frame) == 0);
    interlace_frame_free(frame);
}

static void hostile_arrays(void) {
    const double values[4] = {1, 2, 3, 4};
    table own;
    BROKEN("array: length is -1", own.array.length = -1);
    BROKEN("array: offset is -1", own.array.offset = -1);
    BROKEN("beyond the address space", own.array.offset = INT64_MAX);
    BROKEN("array: children is NULL", own.array.children = NULL);
    BROKEN("array: it has 0 buffers", own.array.n_buffers = 0);
    BROKEN("array: buffers is NULL", own.array.buffers = NULL);
    BROKEN("array: column 'x': it is NULL", own.columns[0] = NULL);
    BROKEN("array: column 'x': it was released or moved before", own.column.release = NULL);
    BROKEN("array: column 'x': length is -4", own.column.length = -4);
    BROKEN("array: column 'x': offset is -1", own.column.offset = -1);
    BROKEN("beyond the address space", own.column.offset = INT64_MAX);
    BROKEN("buffer 1 would be larger than the address space", own.column.offset = INT64_MAX / 4);
    BROKEN("null_count is -2", own.column.null_count = -2);
    BROKEN("null_count is 5", own.column.null_count = 5);
    BROKEN("null_count is 1, but there is no buffer of validity", own.column.null_count = 1);
    BROKEN("n_buffers is -1", own.column.n_buffers = -1);
    BROKEN("it has 1 buffers, wanted 2", own.column.n_buffers = 1);
    BROKEN("it has 3 buffers, wanted 2", own.column.n_buffers = 3);
    BROKEN("buffers is NULL", own.column.buffers = NULL);
    BROKEN("buffer 1 is NULL, wanted 32 bytes", own.buffers[1] = NULL);
    BROKEN("it has 3 values, the table 4 from 0 on", own.column.length = 3);
    BROKEN("it has 4 values, the table 4 from 1 on", own.array.offset = 1);
    const int32_t indices[4] = {0, 1, 2, 3}, negative[4] = {0, 0, -1, 0};
    make(&own, "i", 4, 2, indices);
    with_dose(&own);
    refused(&own, "the index 3 in row 4 (counting from 1) is none of its dictionary of 3");
    make(&own, "i", 4, 2, negative);
    with_dose(&own);
    refused(&own, "the index -1 in row 3");
    make(&own, "i", 4, 2, negative);
    with_dose(&own);
    own.column.dictionary = NULL;
    refused(&own, "its dictionary is NULL");
    make(&own, "i", 4, 2, negative);
    with_dose(&own);
    own.dictionary.length = -1;
    refused(&own, "column 'x': its dictionary: length is -1");
    /* A dictionary that the schema does not know: the values would be read as numbers. */
    make(&own, "i", 4, 2, indices);
    with_dose(&own);
    own.field.dictionary = NULL;
    refused(&own, "column 'x': it has a dictionary, and its schema none");
    make(&own, "g", 4, 2, values);
    own.array.dictionary = &own.dictionary;
    refused(&own, "array: it has a dictionary, and a table has none");
}

/* More rows than memory holds are an error before they are read. */
static void endless_arrays(void) {
#ifndef SANITIZED
    const double values[4] = {1, 2, 3, 4};
    const int32_t ends[3] = {1, 2, 3};
    interlace_frame *frame = NULL;
    table own;
    make(&own, "g", (int64_t) 1 << 50, 2, values);
    FAILS(INTERLACE_E_MEMORY, "Arrow", take(&own, &frame));
    make(&own, "n", (int64_t) 1 << 50, 0, NULL);
    FAILS(INTERLACE_E_MEMORY, "Arrow", take(&own, &frame));
    make(&own, "n", INT64_MAX, 0, NULL);
    FAILS(INTERLACE_E_MEMORY, "Arrow", take(&own, &frame));
    make_runs(&own, INT64_MAX, ends, 3, "g", values);
    FAILS(INTERLACE_E_MEMORY, "Arrow", take(&own, &frame));
    CHECK(frame == NULL);
#endif
}

static void hostile_texts(void) {
    const int32_t falling[4] = {0, 6, 3, 21}, below[4] = {0, -1, 6, 21}, beyond[4] = {0, 3, 99, 21};
    const int64_t below_long[4] = {INT64_MIN, 3, 6, 21};
    table own;
#define BROKEN_TEXT(part, format, offsets)  \
    do {                                    \
        make(&own, format, 3, 3, offsets);  \
        own.buffers[2] = bytes;             \
        refused(&own, part);                \
    } while (0)
    BROKEN_TEXT("offsets 1 and 2 are 6 and 3, of 21 bytes", "u", falling);
    BROKEN_TEXT("offset 1 is -1", "u", below);
    BROKEN_TEXT("offsets 1 and 2 are 3 and 99, of 21 bytes", "u", beyond);
    BROKEN_TEXT("offset 0 is -9223372036854775808", "U", below_long);
    make(&own, "u", 3, 3, offsets_of_dose);
    refused(&own, "buffer 2 is NULL, wanted 21 bytes");
    make(&own, "u", 3, 3, NULL);
    refused(&own, "buffer 1 is NULL, wanted 16 bytes");
    make(&own, "u", INT64_MAX - 1, 3, offsets_of_dose);
    refused(&own, "buffer 1 would be larger than the address space");

    unsigned char views[4][16];
    int64_t sizes[2] = {sizeof bytes - 1, 0};
#define BROKEN_VIEW(part, change)           \
    do {                                    \
        views_of(views);                    \
        make(&own, "vu", 4, 4, views);      \
        own.buffers[0] = second_missing;    \
        own.buffers[2] = bytes;             \
        own.buffers[3] = sizes;             \
        change;                             \
        refused(&own, part);                \
    } while (0)
    const int32_t minus = -1, one = 1, ten = 10, most = INT32_MAX;
    BROKEN_VIEW("view 1 goes beyond its buffer", own.buffers[0] = NULL);
    BROKEN_VIEW("view 2 has a length below 0", memcpy(views[2], &minus, 4));
    BROKEN_VIEW("view 2 is into buffer 1, of 1", memcpy(views[2] + 8, &one, 4));
    BROKEN_VIEW("view 2 is into buffer -1, of 1", memcpy(views[2] + 8, &minus, 4));
    BROKEN_VIEW("view 2 goes beyond its buffer", memcpy(views[2] + 12, &ten, 4));
    BROKEN_VIEW("view 2 goes beyond its buffer", memcpy(views[2] + 12, &minus, 4));
    BROKEN_VIEW("view 2 goes beyond its buffer", memcpy(views[2], &most, 4));
    BROKEN_VIEW("it has 2 buffers, wanted at least 3", own.column.n_buffers = 2);
    BROKEN_VIEW("buffer 3 is NULL, wanted 8 bytes", own.buffers[3] = NULL);
    BROKEN_VIEW("buffer 2 is NULL, wanted 21 bytes", own.buffers[2] = NULL);
    sizes[0] = -1;
    BROKEN_VIEW("the size of buffer 2 is -1", (void) 0);
    sizes[0] = 20;
    BROKEN_VIEW("view 2 goes beyond its buffer", (void) 0);
}

/* A stream of tables, which may fail; it must be asked no more after its end. */
typedef struct {
    struct ArrowSchema schema;
    struct ArrowArray arrays[3];
    int n, at, fails_at, ended, errors;
    const char *text;
} stream_data;

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    stream_data *own = stream->private_data;
    if (own->fails_at == -2)
        return 22;
    *out = own->schema;
    return 0;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    stream_data *own = stream->private_data;
    CHECK(!own->ended);
    if (own->at == own->fails_at) {
        own->ended = 1;
        return own->errors;
    }
    if (own->at == own->n) {
        own->ended = 1;
        out->release = NULL;
        return 0;
    }
    *out = own->arrays[own->at++];
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) { return ((stream_data *) stream->private_data)->text; }

static void release_stream(struct ArrowArrayStream *stream) {
    released++;
    stream->release = NULL;
}

/* A stream of the first n of three tables with the schema of the first. */
static struct ArrowArrayStream stream_of(stream_data *data, table *tables, int n) {
    struct ArrowArrayStream own = {get_schema, get_next, get_last_error, release_stream, NULL};
    own.private_data = data;
    memset(data, 0, sizeof *data);
    data->schema = tables[0].schema;
    for (int i = 0; i < n; i++)
        data->arrays[i] = tables[i].array;
    data->n = n;
    data->fails_at = -1;
    released = 0;
    return own;
}

static void streams(void) {
    /* Three dictionaries for one column: the codes mean another text in each. */
    const int32_t offsets[3][4] = {{0, 1, 2, 3}, {0, 1, 2, 2}, {0, 1, 2, 3}};
    const char *const letters[3] = {"xyw", "zx", "xyw"};
    const int32_t codes[3] = {0, 1, 0};
    const char *const wanted[9] = {"x", "y", "x", "z", "x", "z", "x", "y", "x"}, *const levels[3] = {"x", "y", "z"};
    table own[3];
    stream_data data;
    interlace_frame *frame = NULL;
    for (int k = 0; k < 3; k++) {
        make(&own[k], "i", 3, 2, codes);
        with_dictionary(&own[k], "u", k == 1 ? 2 : 3, 3, offsets[k]);
        own[k].dictionary_buffers[2] = letters[k];
    }
    struct ArrowArrayStream stream = stream_of(&data, own, 3);
    OK(interlace_frame_from_arrow_stream(&stream, &frame, &err));
    CHECK(released == 5 && stream.release == NULL); /* the stream, its schema, three arrays */
    has_levels(frame, 3, levels);
    has_labels(frame, 9, wanted);
    FAILS(INTERLACE_E_ARGUMENT, "stream was released or moved before", interlace_frame_from_arrow_stream(&stream, &frame, &err));

    /* Ordered, one of two has the other's levels; otherwise there is no order. */
    for (int k = 0; k < 2; k++) {
        own[0].field.flags |= ARROW_FLAG_DICTIONARY_ORDERED;
        own[0].dictionary.length = 2;
        own[1].dictionary_buffers[2] = k == 0 ? "xy" : "yx";
        stream = stream_of(&data, own, 3);
        OK(interlace_frame_from_arrow_stream(&stream, &frame, &err));
        if (k == 0) {
            const char *const in_order[3] = {"x", "y", "w"};
            has_levels(frame, 3, in_order);
        } else {
            size_t place;
            FAILS(INTERLACE_E_DATA, "'x' < 'y' and 'y' < 'x' can't be", interlace_frame_column_index(frame, "x", &place, &err));
        }
        interlace_frame_free(frame);
    }

    const double values[2] = {1, 2}, both[4] = {1, 2, 1, 2};
    for (int k = 0; k < 3; k++)
        make(&own[k], "g", 2, 2, values);
    stream = stream_of(&data, own, 2);
    OK(interlace_frame_from_arrow_stream(&stream, &frame, &err));
    has_numbers(frame, 4, both);
    stream = stream_of(&data, own, 0); /* no arrays: the columns are there, without rows */
    OK(interlace_frame_from_arrow_stream(&stream, &frame, &err));
    CHECK(released == 2);
    has_numbers(frame, 0, values);
}

static void failing_streams(void) {
    const double values[2] = {1, 2};
    table own[3];
    stream_data data;
    interlace_frame *frame = NULL;
    for (int k = 0; k < 3; k++)
        make(&own[k], "g", 2, 2, values);
    struct ArrowArrayStream stream = stream_of(&data, own, 3);
    data.fails_at = 2;
    data.errors = 5;
    data.text = "Invalid\nboom";
    FAILS(INTERLACE_E_IO, "stream failed after 4 rows, with code 5: Invalid; boom", interlace_frame_from_arrow_stream(&stream, &frame, &err));
    CHECK(released == 4 && stream.release == NULL && frame == NULL);
    stream = stream_of(&data, own, 3);
    stream.get_last_error = NULL;
    data.fails_at = 0;
    data.errors = 12; /* ENOMEM */
    FAILS(INTERLACE_E_MEMORY, "after 0 rows, with code 12", interlace_frame_from_arrow_stream(&stream, &frame, &err));
    CHECK(released == 2);
    stream = stream_of(&data, own, 3);
    data.fails_at = -2;
    FAILS(INTERLACE_E_IO, "gave no schema, with code 22: it says no more", interlace_frame_from_arrow_stream(&stream, &frame, &err));
    CHECK(released == 1);
    stream = stream_of(&data, own, 3);
    data.schema.release = NULL; /* success, but nothing was given */
    FAILS(INTERLACE_E_ARGUMENT, "stream: schema was released", interlace_frame_from_arrow_stream(&stream, &frame, &err));
    CHECK(released == 1);
    stream = stream_of(&data, own, 3);
    data.arrays[1].n_children = 0;
    FAILS(INTERLACE_E_ARGUMENT, "stream: array 2 (counting from 1): it has 0 children", interlace_frame_from_arrow_stream(&stream, &frame, &err));
    CHECK(released == 4);
    stream = stream_of(&data, own, 3);
    stream.get_next = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "no get_next", interlace_frame_from_arrow_stream(&stream, &frame, &err));
    stream = stream_of(&data, own, 3);
    stream.get_schema = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "no get_schema", interlace_frame_from_arrow_stream(&stream, &frame, &err));
    stream = stream_of(&data, own, 3);
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_frame_from_arrow_stream(&stream, NULL, &err));
    CHECK(released == 1 && stream.release == NULL);
    FAILS(INTERLACE_E_ARGUMENT, "stream is NULL", interlace_frame_from_arrow_stream(NULL, &frame, &err));
    CHECK(frame == NULL);
}

/* A frame with a column of each kind. */
static interlace_frame *of_all_kinds(void) {
    const int64_t moments[3] = {1709294400250, 0, INT64_MIN + 1};
    table own;
    make(&own, "tsm:UTC", 3, 2, moments);
    own.field.name = "moment";
    const uint8_t last_missing[1] = {0x03};
    own.buffers[0] = last_missing;
    interlace_frame *frame = taken(&own);
    const char *const labels[3] = {"b", NULL, "a"}, *const doses[2] = {"low", "high"};
    OK(interlace_frame_add_f64(frame, "real", (const double[3]){0.1, NAN, -3}, 3, &err));
    OK(interlace_frame_add_i64(frame, "integer", (const int64_t[3]){INT64_MAX, INT64_MIN, -3}, 3, &err));
    OK(interlace_frame_add_strings(frame, "text", labels, 3, &err));
    OK(interlace_frame_add_categorical(frame, "dose", (const int32_t[3]){1, -1, 0}, 3, doses, 2, true, &err));
    OK(interlace_frame_add_i32(frame, "full", (const int32_t[3]){1, 2, 3}, 3, &err));
    return frame;
}

static void same_text(const interlace_frame *a, const interlace_frame *b) {
    char path[2][4096], text[2][1024];
    SCRATCH(path[0], "a.csv");
    SCRATCH(path[1], "b.csv");
    OK(interlace_frame_write_csv(a, path[0], &err));
    OK(interlace_frame_write_csv(b, path[1], &err));
    for (int i = 0; i < 2; i++) {
        FILE *file = fopen(path[i], "r");
        text[i][fread(text[i], 1, sizeof text[i] - 1, file)] = 0;
        fclose(file);
    }
    SAME(text[0], text[1]);
    CHECK(strstr(text[0], "2024-03-01T12:00:00.25Z") != NULL);
}

static void round_trips(void) {
    interlace_frame *frame = of_all_kinds(), *again = NULL;
    struct ArrowSchema schema;
    struct ArrowArray array;
    OK(interlace_frame_to_arrow(frame, &schema, &array, &err));
    static const char *const formats[6] = {"tsm:UTC", "g", "l", "i", "i", "l"};
    CHECK(schema.n_children == 6 && array.n_children == 6 && array.length == 3);
    SAME(schema.format, "+s");
    for (int i = 0; i < 6; i++) {
        SAME(schema.children[i]->format, formats[i]);
        SAME(schema.children[i]->name, interlace_frame_column_name(frame, (size_t) i));
        CHECK(array.children[i]->null_count == (i < 5));
    }
    CHECK((schema.children[4]->flags & ARROW_FLAG_DICTIONARY_ORDERED) && !(schema.children[3]->flags & ARROW_FLAG_DICTIONARY_ORDERED));
    SAME(schema.children[3]->dictionary->format, "u");
    OK(interlace_frame_from_arrow(&schema, &array, &again, &err));
    same_text(frame, again);
    CHECK(interlace_frame_column_is_ordered(again, 4) && interlace_frame_column_kind(again, 0) == INTERLACE_COLUMN_KIND_TIME);
    interlace_frame_free(again);

    /* A child may be moved out, and outlives its parent and the frame. */
    OK(interlace_frame_to_arrow(frame, &schema, &array, &err));
    struct ArrowArray child = *array.children[1];
    array.children[1]->release = NULL;
    struct ArrowSchema field = *schema.children[3];
    schema.children[3]->release = NULL;
    array.release(&array);
    schema.release(&schema);
    CHECK(array.release == NULL && schema.release == NULL);

    struct ArrowArrayStream stream;
    OK(interlace_frame_to_arrow_stream(frame, &stream, &err));
    OK(interlace_frame_from_arrow_stream(&stream, &again, &err));
    same_text(frame, again);
    interlace_frame_free(again);
    OK(interlace_frame_to_arrow_stream(frame, &stream, &err));
    interlace_frame_free(frame);
    CHECK(((const double *) child.buffers[1])[2] == -3);
    SAME(field.name, "text");
    child.release(&child);
    field.release(&field);

    for (int i = 0; i < 2; i++) {
        CHECK(stream.get_schema(&stream, &schema) == 0);
        schema.release(&schema);
    }
    CHECK(stream.get_next(&stream, &array) == 0 && array.length == 3);
    array.release(&array);
    for (int i = 0; i < 2; i++)
        CHECK(stream.get_next(&stream, &array) == 0 && array.release == NULL);
    CHECK(stream.get_next(&stream, NULL) != 0 && stream.get_last_error(&stream) != NULL);
    stream.release(&stream);
    CHECK(stream.release == NULL && stream.get_next(&stream, &array) != 0);

    FAILS(INTERLACE_E_ARGUMENT, "frame is NULL", interlace_frame_to_arrow(NULL, &schema, &array, &err));
    FAILS(INTERLACE_E_ARGUMENT, "frame is NULL", interlace_frame_to_arrow_stream(NULL, &stream, &err));
    OK(interlace_frame_new(2, &frame, &err));
    FAILS(INTERLACE_E_ARGUMENT, "schema is NULL", interlace_frame_to_arrow(frame, NULL, &array, &err));
    FAILS(INTERLACE_E_ARGUMENT, "array is NULL", interlace_frame_to_arrow(frame, &schema, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "stream is NULL", interlace_frame_to_arrow_stream(frame, NULL, &err));
    interlace_frame_free(frame);
}

static const char *const backwards[3] = {"z", "m", "a"};

static interlace_frame *of_levels(bool ordered) {
    interlace_frame *frame;
    OK(interlace_frame_new(4, &frame, &err));
    OK(interlace_frame_add_categorical(frame, "x", (const int32_t[4]){2, 0, -1, 2}, 4, backwards, 3, ordered, &err));
    return frame;
}

/* An order that was declared, and a level without rows, come back, whether the order means something or not; text has the order of its bytes. */
static void declared_levels(void) {
    for (int ordered = 0; ordered < 2; ordered++) {
        interlace_frame *frame = of_levels(ordered), *again = NULL;
        struct ArrowSchema schema;
        struct ArrowArray array;
        OK(interlace_frame_to_arrow(frame, &schema, &array, &err));
        CHECK(((schema.children[0]->flags & ARROW_FLAG_DICTIONARY_ORDERED) != 0) == ordered);
        CHECK(schema.metadata == NULL && schema.children[0]->metadata != NULL);
        OK(interlace_frame_from_arrow(&schema, &array, &again, &err));
        has_levels(again, 3, backwards);
        CHECK(interlace_frame_column_is_ordered(again, 0) == ordered);
        interlace_frame_free(frame);
        interlace_frame_free(again);
    }
    const char *const labels[4] = {"b", "a", NULL, "b"}, *const sorted[2] = {"a", "b"};
    interlace_frame *frame, *again = NULL;
    struct ArrowSchema schema;
    struct ArrowArray array;
    OK(interlace_frame_new(4, &frame, &err));
    OK(interlace_frame_add_strings(frame, "x", labels, 4, &err));
    OK(interlace_frame_to_arrow(frame, &schema, &array, &err));
    CHECK(schema.children[0]->metadata == NULL);
    OK(interlace_frame_from_arrow(&schema, &array, &again, &err));
    has_levels(again, 2, sorted);
    interlace_frame_free(frame);
    interlace_frame_free(again);
}

/* Metadata: how many pairs, then keys and values with their lengths. */
static void metadata(void) {
    struct { const char *keys[2], *values[2]; bool declared; } all[] = {
        {{"a key", "interlace:levels"}, {"", "declared"}, true},
        {{"interlace:levels", "b"}, {"declared", ""}, true},
        {{"interlace:levels", "b"}, {"else", "declared"}, false},
    };
    const int32_t codes[2] = {0, 2};
    const char *const in_order[3] = {"low", "mid", "high and higher"}, *const sorted[2] = {"high and higher", "low"};
    table own;
    for (size_t k = 0; k < COUNT(all); k++) {
        char text[128], *at = text;
        int32_t n = 2;
        memcpy(at, &n, 4);
        at += 4;
        for (int i = 0; i < 4; i++) {
            const char *part = i % 2 == 0 ? all[k].keys[i / 2] : all[k].values[i / 2];
            n = (int32_t) strlen(part);
            memcpy(at, &n, 4);
            memcpy(at + 4, part, (size_t) n);
            at += 4 + n;
        }
        make(&own, "i", 2, 2, codes);
        with_dose(&own);
        own.field.metadata = text;
        interlace_frame *frame = taken(&own);
        has_levels(frame, all[k].declared ? 3 : 2, all[k].declared ? in_order : sorted);
        CHECK(!interlace_frame_column_is_ordered(frame, 0));
        interlace_frame_free(frame);
    }
    const int32_t below[3] = {-1, 0, 0}, key_below[3] = {1, -5, 0}, value_below[3] = {1, 0, -7};
    const struct { const int32_t *metadata; const char *part; } broken[] = {
        {below, "the number of its metadata is -1"}, {key_below, "the length of a key of its metadata is -5"},
        {value_below, "the length of a value of its metadata is -7"},
    };
    for (size_t k = 0; k < COUNT(broken); k++) {
        make(&own, "i", 2, 2, codes);
        with_dose(&own);
        own.field.metadata = (const char *) broken[k].metadata;
        refused(&own, broken[k].part);
    }
}

/* Points in time as categories are in the order of time, whatever their text. */
static void times_as_levels(void) {
    const int64_t moments[4] = {1709294400250, 1709294400000, -62167219200001, 253402300800000};
    const char *const wanted[4] = {"-0001-12-31T23:59:59.999Z", "2024-03-01T12:00:00Z", "2024-03-01T12:00:00.25Z", "+10000-01-01T00:00:00Z"};
    table own;
    make(&own, "tsm:Europe/Berlin", 4, 2, moments);
    interlace_frame *frame = taken(&own);
    OK(interlace_frame_make_categorical(frame, "x", &err));
    has_levels(frame, 4, wanted);
    interlace_frame_free(frame);
}

/* Truth values and times in a model: numbers, or groups by their text. */
static void in_models(void) {
    const uint8_t bits[2] = {0x35, 0x0a};
    const double y[12] = {1, 2, 4, 3, 5, 7, 2, 4, 8, 1, 5, 9};
    int32_t days[12], group[12];
    for (int i = 0; i < 12; i++) {
        days[i] = i % 4;
        group[i] = i % 3;
    }
    table own;
    make(&own, "b", 12, 2, bits);
    interlace_frame *frame = taken(&own), *dates;
    make(&own, "tdD", 12, 2, days);
    dates = taken(&own);
    double number[12];
    OK(interlace_frame_column_f64(dates, 0, number, 12, &err));
    OK(interlace_frame_add_f64(frame, "day", number, 12, &err));
    OK(interlace_frame_add_f64(frame, "y", y, 12, &err));
    OK(interlace_frame_add_f64(dates, "y", y, 12, &err));
    OK(interlace_frame_add_i32(frame, "g", group, 12, &err));
    OK(interlace_frame_add_i32(dates, "g", group, 12, &err));
    FAILS(INTERLACE_E_DATA, "has times", interlace_frame_column_i64(dates, 0, (int64_t[12]){0}, 12, &err));
    interlace_spec *spec;
    interlace_fit *fit;
    OK(interlace_spec_new(INTERLACE_MODEL_GLMM, "x ~ y + (1 | g)", &spec, &err));
    OK(interlace_spec_set_family(spec, "binomial", NULL, &err));
    OK(interlace_fit_new(spec, frame, NULL, &fit, &err));
    CHECK(interlace_fit_n_obs(fit) == 12);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    struct { const char *formula; const interlace_frame *data; const char *name; } models[] = {
        {"y ~ x + (1 | g)", frame, "xTRUE"}, {"x ~ y + (1 | g)", frame, "y"}, {"y ~ I(2 * x) + (1 | g)", frame, "I(2 * x)"}, {"y ~ x + (1 | g)", dates, "x"},
        {"y ~ factor(x) + (1 | g)", dates, "factor(x)1970-01-02"}, {"y ~ I(x == \"1970-01-03\") + (1 | g)", dates, "I(x == \"1970-01-03\")TRUE"},
        {"y ~ 1 + (1 | x)", dates, NULL},
    };
    for (size_t k = 0; k < COUNT(models); k++) {
        OK(interlace_spec_new(INTERLACE_MODEL_LMM, models[k].formula, &spec, &err));
        OK(interlace_fit_new(spec, models[k].data, NULL, &fit, &err));
        if (models[k].name != NULL)
            SAME(interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_MEAN, 1), models[k].name);
        else
            SAME(interlace_fit_term_level(fit, 0, 2), "1970-01-03");
        interlace_frame *table_of_fit;
        struct ArrowSchema schema;
        struct ArrowArray array;
        OK(interlace_fit_table(fit, "coefficients", INTERLACE_DF_DEFAULT, NULL, &table_of_fit, &err));
        OK(interlace_frame_to_arrow(table_of_fit, &schema, &array, &err));
        CHECK((size_t) schema.n_children == interlace_frame_n_columns(table_of_fit) && array.length > 0);
        schema.release(&schema);
        array.release(&array);
        interlace_frame_free(table_of_fit);
        interlace_fit_free(fit);
        interlace_spec_free(spec);
    }
    interlace_frame_free(frame);
    interlace_frame_free(dates);
}

int main(void) {
    numbers();
    decimals();
    integers_beyond();
    truth();
    texts();
    dictionaries();
    runs();
    tables();
    unread();
    hostile_schemas();
    hostile_arrays();
    endless_arrays();
    hostile_texts();
    streams();
    failing_streams();
    round_trips();
    declared_levels();
    metadata();
    times_as_levels();
    in_models();
    return 0;
}
