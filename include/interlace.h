/* interlace.h - mixed-effects models.
 * Generated from src/capi (make header); do not edit. interlace.json says the same for programs.
 *
 * Data go into an interlace_frame; an interlace_spec says what to fit and interlace_options how; interlace_fit_new makes an
 * interlace_fit from them, of which all other results are asked.
 *
 * Rules that hold for every function:
 *  - It returns interlace_status (0 = INTERLACE_OK), or it cannot fail and returns its value. Functions that cannot fail return 0,
 *    false, NULL, NaN, -1 or a code ..._NONE if the object is NULL or an index is out of range.
 *  - Arguments come in the order object, inputs, options, outputs, err. `err` may be NULL and is written only on failure; all other
 *    outputs are written only on success.
 *  - Any call may return INTERLACE_E_ARGUMENT (NULL, wrong length, unknown code), INTERLACE_E_MEMORY or INTERLACE_E_INTERNAL; a call
 *    with options may return INTERLACE_E_CANCELLED or INTERLACE_E_DEADLINE; the comments name the others.
 *  - Codes are enumerations of 32 bits; any other integer is INTERLACE_E_ARGUMENT.
 *  - Requests are structures that begin with their size: start with their _INIT, or with zeros and the size. Zero is the default of
 *    every member, and NULL a request with only defaults.
 *  - Arrays are borrowed during the call; the library copies those it keeps. NULL is allowed if the length is 0.
 *  - Matrices are column-major; [n,p] means n rows and p columns, and element (i, j) is at i + j n. [1] is a single value.
 *  - `len` is the number of elements that the array before it holds, and must match exactly.
 *  - Indices count from 0.
 *  - Strings are NUL-terminated UTF-8. They live as long as the object they came from, and the caller never frees them, except the
 *    documents of interlace_fit_to_json and interlace_fit_to_text: interlace_text_free.
 *  - The caller frees what interlace_*_new and similar functions return with interlace_*_free, which accepts NULL. Objects do not refer
 *    to each other and may be freed in any order.
 *  - Many threads may use a const object at once; only one thread at a time may use any other object. The only global state is the
 *    handler that turns a bug inside the library into INTERLACE_E_INTERNAL.
 *  - The library does not print, read environment variables, install signal handlers or call exit. It leaves the processor's state as the
 *    ABI wants it, in callbacks, too: the upper halves of vector registers are free. */
/* Contents:
 *   Library      version, status, errors
 *   Frame        data go in as named columns, tables come out so; CSV files; Arrow data
 *   Spec         the model: a formula or arrays, family, thresholds, ties, residual correlation
 *   Family       the families of the library, and your own
 *   Options      how a model is fitted; progress, cancelling, deadlines
 *   Fit          a fitted model: criterion, fixed and random effects, parameters, rows, matrices, outcome
 *   Tables       results as frames, the summary
 *   Predictions  for the data of the fit and for new data
 *   Tests        coefficients, analysis of variance, likelihood ratios, variances, marginal means, proportional hazards, R2; power
 *   Simulation   simulated responses, refits to them, profiles
 *   Bootstrap    what is resampled, intervals from replicates
 *   Validation   all optimisers, cross-validation
 *   Diagnostics  residuals by simulation, data beside what the fit says of them, convergence; influence of rows and groups
 *   Pictures     of a fit, drawn or as coordinates
 *   Document     a fit and the answers to questions about it as one text
 *   Saved fits   a fit as bytes, and back
 *   Data in parts linear models of streams, and of data that are spread over workers
 */

#ifndef INTERLACE_H
#define INTERLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version as one number, as interlace_version_number() returns it. */
#define INTERLACE_VERSION_NUMBER (1000000 * INTERLACE_VERSION_MAJOR + 1000 * INTERLACE_VERSION_MINOR + INTERLACE_VERSION_PATCH)

/** Major version of this header. */
#define INTERLACE_VERSION_MAJOR 0

/** Minor version of this header. */
#define INTERLACE_VERSION_MINOR 1

/** Patch version of this header. */
#define INTERLACE_VERSION_PATCH 0

/* ==================================================================================================================
 * Objects: all of them are opaque
 * ================================================================================================================== */

/**
 * The data of a linear mixed model reduced to sums: rows are added and need not be kept; accumulators of parts are
 * merged, in one process or as bytes from others, and what they have is fitted in one place. Its size grows with the
 * levels and the pairs of levels that meet, not with the rows. docs/scale.md says how.
 * @since 0.1
 */
typedef struct interlace_accumulator interlace_accumulator;

/**
 * What is resampled, and what is computed of each replicate.
 * @since 0.1
 */
typedef struct interlace_bootstrap interlace_bootstrap;

/**
 * How to read CSV text. Functions with CSV options accept NULL for the defaults.
 * @since 0.1
 */
typedef struct interlace_csv_options interlace_csv_options;

/**
 * CSV text that is read part by part.
 * @since 0.1
 */
typedef struct interlace_csv_stream interlace_csv_stream;

/**
 * A user-defined family.
 * @since 0.1
 */
typedef struct interlace_family interlace_family;

/**
 * A fitted model. It never changes, borrows nothing from its frame, spec and options, and many threads may use it at
 * once. Strings that its functions return live as long as the fit. Its random terms are numbered from 0 in the order of
 * the formula; those of the zero inflation and then those of the dispersion follow those of the mean.
 * @since 0.1
 */
typedef struct interlace_fit interlace_fit;

/**
 * A data frame: named columns of equal length. Data go in as a frame, and every table of results comes out as a frame.
 * @since 0.1
 */
typedef struct interlace_frame interlace_frame;

/**
 * How to fit a model. Functions with options accept NULL for the defaults.
 * @since 0.1
 */
typedef struct interlace_options interlace_options;

/**
 * A linear mixed model for data that come in parts: what the accumulators of all parts have in common. docs/scale.md
 * says how.
 * @since 0.1
 */
typedef struct interlace_plan interlace_plan;

/**
 * What is chosen of a picture: its size, its title, what it shows.
 * @since 0.1
 */
typedef struct interlace_plot_options interlace_plot_options;

/**
 * What is asked of a fit besides the basics, for interlace_fit_to_json and interlace_fit_to_text.
 * @since 0.1
 */
typedef struct interlace_questions interlace_questions;

/**
 * The model to fit: its kind, and either a formula to be read against a frame, or design arrays. It keeps no state of
 * the data that the formula is read against, so one spec serves many fits.
 * @since 0.1
 */
typedef struct interlace_spec interlace_spec;

#ifdef __cplusplus
extern "C" {
#endif

/* The structures of the Arrow C data interface, word for word: https://arrow.apache.org/docs/format/CDataInterface.html */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif /* ARROW_C_STREAM_INTERFACE */

/* ==================================================================================================================
 * Library: version, status, errors
 * ================================================================================================================== */

/**
 * What a call that can fail returns. It says whether the call succeeded, not whether a model converged: that is the
 * reason of a fit.
 * @since 0.1
 */
typedef enum interlace_status {
    /** The call succeeded. */
    INTERLACE_OK = 0,
    /** An argument is NULL, out of range, of the wrong length, not UTF-8, or unknown. */
    INTERLACE_E_ARGUMENT = 1,
    /** The formula cannot be read. `position` is the byte in the formula, from 0. */
    INTERLACE_E_FORMULA = 2,
    /**
     * The data do not suit the model: a column is absent or of the wrong kind, a level is unknown. `position` is the
     * row, from 0, or -1.
     */
    INTERLACE_E_DATA = 3,
    /** A numerical failure: a matrix is not positive definite, the objective is not finite. */
    INTERLACE_E_NUMERIC = 4,
    /** There is not enough memory for the data. */
    INTERLACE_E_MEMORY = 5,
    /** The progress callback asked to stop. */
    INTERLACE_E_CANCELLED = 6,
    /** A valid request that this version does not support. */
    INTERLACE_E_UNSUPPORTED = 7,
    /** A file cannot be read or written, or a stream of Arrow data failed. */
    INTERLACE_E_IO = 8,
    /**
     * The deadline of the options passed before there was a result. A fit itself never ends so: it is made of what
     * there is at its deadline.
     */
    INTERLACE_E_DEADLINE = 9,
    /** A bug in the library; please report it. Do nothing with the objects of the call except free them. */
    INTERLACE_E_INTERNAL = 99
} interlace_status;

/**
 * What went wrong, in memory that the caller provides: 1,024 bytes, now and in later versions. It needs no
 * initialisation, holds no pointer and is never freed. Only calls that fail write it.
 * @since 0.1
 */
typedef struct interlace_error {
    /** The status that the call returned. */
    interlace_status code;
    /** Zero. */
    int32_t reserved;
    /** Byte of the formula or row of the data, from 0, depending on the code; -1 if there is none. */
    int64_t position;
    /** One line of UTF-8, NUL-terminated, truncated between characters if it is too long. */
    char message[1008];
} interlace_error;

/**
 * The version of the running library, "0.1.0". A static string.
 * @since 0.1
 */
const char *interlace_version(void);

/**
 * The version of the running library as one number: 1000000 major + 1000 minor + patch.
 * @since 0.1
 */
int32_t interlace_version_number(void);

/**
 * The name of a status, such as "argument"; NULL for a number that is none. A static string.
 * @param[in] code What a call that can fail returns.
 * @since 0.1
 */
const char *interlace_status_name(interlace_status code);

/**
 * The status that has the name, to `out`. INTERLACE_E_ARGUMENT if there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_status_from_name(const char *name, interlace_status *out, interlace_error *err);

/* ==================================================================================================================
 * Frame: data go in as named columns, tables come out so; CSV files; Arrow data
 * ================================================================================================================== */

/**
 * Makes a frame of `n_rows` rows and no columns.
 * @param[in] n_rows The number of rows that all columns will have.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_new(size_t n_rows, interlace_frame **out, interlace_error *err);

/**
 * Adds a column of real numbers `values` [n_rows], which are copied. NaN is a missing value. INTERLACE_E_ARGUMENT if
 * `len` is not the number of rows or the name is taken.
 * @param[in,out] frame The frame.
 * @param[in] name The name of the new column.
 * @param[in] values Array [n_rows].
 * @param[in] len The number of elements of `values`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_add_f64(interlace_frame *frame,
                                         const char *name,
                                         const double *values,
                                         size_t len,
                                         interlace_error *err);

/**
 * Adds a column of integers `values` [n_rows], which are copied. INT32_MIN is a missing value. INTERLACE_E_ARGUMENT if
 * `len` is not the number of rows or the name is taken.
 * @param[in,out] frame The frame.
 * @param[in] name The name of the new column.
 * @param[in] values Array [n_rows].
 * @param[in] len The number of elements of `values`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_add_i32(interlace_frame *frame,
                                         const char *name,
                                         const int32_t *values,
                                         size_t len,
                                         interlace_error *err);

/**
 * Adds a column of integers `values` [n_rows], which are copied. INT64_MIN is a missing value. INTERLACE_E_ARGUMENT if
 * `len` is not the number of rows or the name is taken.
 * @param[in,out] frame The frame.
 * @param[in] name The name of the new column.
 * @param[in] values Array [n_rows].
 * @param[in] len The number of elements of `values`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_add_i64(interlace_frame *frame,
                                         const char *name,
                                         const int64_t *values,
                                         size_t len,
                                         interlace_error *err);

/**
 * Adds a column of categories. `codes` [n_rows] are indices into `levels` [n_levels], from 0; -1 is a missing value.
 * The levels keep the order given here; `ordered` says that this order is meaningful (the contrasts are then
 * polynomial). Everything is copied. INTERLACE_E_ARGUMENT if `len` is not the number of rows, the name is taken, a
 * level occurs twice, or a code is out of range.
 * @param[in,out] frame The frame.
 * @param[in] name The name of the new column.
 * @param[in] codes Array [n_rows].
 * @param[in] len The number of elements of `codes`, which must be exact.
 * @param[in] levels Array [n_levels].
 * @param[in] n_levels The number of levels.
 * @param[in] ordered Whether the order of the levels means something, as in an ordered factor.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_add_categorical(interlace_frame *frame,
                                                 const char *name,
                                                 const int32_t *codes,
                                                 size_t len,
                                                 const char *const *levels,
                                                 size_t n_levels,
                                                 bool ordered,
                                                 interlace_error *err);

/**
 * Adds a column of categories from their labels `values` [n_rows], which are copied; a NULL entry is a missing value.
 * The levels are the labels that occur, sorted by their bytes; interlace_frame_set_levels gives them another order.
 * INTERLACE_E_ARGUMENT if `len` is not the number of rows or the name is taken.
 * @param[in,out] frame The frame.
 * @param[in] name The name of the new column.
 * @param[in] values Array [n_rows].
 * @param[in] len The number of elements of `values`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_add_strings(interlace_frame *frame,
                                             const char *name,
                                             const char *const *values,
                                             size_t len,
                                             interlace_error *err);

/**
 * Declares the levels of a column and their order. `levels` [n_levels] must hold every label that occurs, and may hold
 * more; `ordered` says that the order is meaningful. This turns a column of numbers into categories, each number
 * labelled by its shortest text ("308"). Pointers to the column's earlier labels become invalid. INTERLACE_E_DATA if
 * there is no such column or a value is not among the levels.
 * @param[in,out] frame The frame.
 * @param[in] name The name of the column.
 * @param[in] levels Array [n_levels].
 * @param[in] n_levels The number of levels.
 * @param[in] ordered Whether the order of the levels means something.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_set_levels(interlace_frame *frame,
                                            const char *name,
                                            const char *const *levels,
                                            size_t n_levels,
                                            bool ordered,
                                            interlace_error *err);

/**
 * Turns a column of numbers into categories labelled by the numbers' shortest texts, sorted by their bytes ("10" before
 * "9"); times have their ISO text, in the order of time. A column of categories does not change. INTERLACE_E_DATA if
 * there is no such column.
 * @param[in,out] frame The frame.
 * @param[in] name The name of the column.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_make_categorical(interlace_frame *frame,
                                                  const char *name,
                                                  interlace_error *err);

/**
 * Adds the rows of `other`, whose columns must have the same names and types in the same order. Levels that `frame`
 * does not have come last or, if neither column has its own order, in byte order; pointers to the old labels become
 * invalid.
 * @param[in,out] frame The frame.
 * @param[in] other The frame with further rows.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_append(interlace_frame *frame,
                                        const interlace_frame *other,
                                        interlace_error *err);

/**
 * Writes the frame as a CSV file, with a header. Numbers have the shortest text that reads back to the same number,
 * missing values are NA. INTERLACE_E_IO if the file cannot be written.
 * @param[in] frame The frame.
 * @param[in] path The path of the file, which is replaced if it exists.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_write_csv(const interlace_frame *frame,
                                           const char *path,
                                           interlace_error *err);

/**
 * Makes a frame of the rows of another that differ in the columns given: rows that are equal in all of them are one
 * row, where they first occur, and a column of integers says how many they are. Missing values are equal to each other.
 * By the number of rows of both frames a caller sees the gain. Rows of binomial models that are equal, the response
 * included, are fitted as one with the count as weight: the estimates are the same.
 * @param[in] frame The frame.
 * @param[in] columns The names of the columns [n].
 * @param[in] n The number of names, at least 1.
 * @param[in] count The name of the column with the numbers of rows.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_aggregate(const interlace_frame *frame,
                                           const char *const *columns,
                                           size_t n,
                                           const char *count,
                                           interlace_frame **out,
                                           interlace_error *err);

/**
 * Frees a frame. NULL is allowed.
 * @param[in,out] frame NULL is allowed.
 * @since 0.1
 */
void interlace_frame_free(interlace_frame *frame);

/**
 * What a column of a frame holds.
 * @since 0.1
 */
typedef enum interlace_column_kind {
    /** No such column. */
    INTERLACE_COLUMN_KIND_NONE = -1,
    /** Real numbers; NaN is missing. */
    INTERLACE_COLUMN_KIND_REAL = 0,
    /** Integers; INT64_MIN is missing. */
    INTERLACE_COLUMN_KIND_INTEGER = 1,
    /** Categories: codes from 0 into a list of levels; -1 is missing. */
    INTERLACE_COLUMN_KIND_CATEGORY = 2,
    /** Days, or points in time, as numbers days or seconds since 1970-01-01. Only Arrow data have such columns. */
    INTERLACE_COLUMN_KIND_TIME = 3
} interlace_column_kind;

/**
 * The name of a kind of column, such as "category"; NULL for a number that is none. A static string.
 * @param[in] code What a column of a frame holds.
 * @since 0.1
 */
const char *interlace_column_kind_name(interlace_column_kind code);

/**
 * The kind of column that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
 * none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_column_kind_from_name(const char *name,
                                                 interlace_column_kind *out,
                                                 interlace_error *err);

/**
 * Number of rows; 0 for NULL.
 * @param[in] frame The frame.
 * @since 0.1
 */
size_t interlace_frame_n_rows(const interlace_frame *frame);

/**
 * Number of columns; 0 for NULL.
 * @param[in] frame The frame.
 * @since 0.1
 */
size_t interlace_frame_n_columns(const interlace_frame *frame);

/**
 * Name of a column, by its index from 0; NULL if there is none. Lives as long as the frame.
 * @param[in] frame The frame.
 * @param[in] column The column, from 0.
 * @since 0.1
 */
const char *interlace_frame_column_name(const interlace_frame *frame, size_t column);

/**
 * Index of the column of that name. INTERLACE_E_DATA if there is none.
 * @param[in] frame The frame.
 * @param[in] name The name of the column.
 * @param[out] out The index [1], from 0.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_column_index(const interlace_frame *frame,
                                              const char *name,
                                              size_t *out,
                                              interlace_error *err);

/**
 * Kind of a column; INTERLACE_COLUMN_KIND_NONE if there is no such column.
 * @param[in] frame The frame.
 * @param[in] column The column, from 0.
 * @since 0.1
 */
interlace_column_kind interlace_frame_column_kind(const interlace_frame *frame, size_t column);

/**
 * Copies a column of numbers to `out` [n_rows]. Integers are converted, missing ones to NaN; times to days or seconds
 * since 1970. INTERLACE_E_DATA for a column of categories.
 * @param[in] frame The frame.
 * @param[in] column The column, from 0.
 * @param[out] out Array [n_rows].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_column_f64(const interlace_frame *frame,
                                            size_t column,
                                            double *out,
                                            size_t len,
                                            interlace_error *err);

/**
 * Copies a column of integers to `out` [n_rows]; INT64_MIN is missing. INTERLACE_E_DATA for other columns.
 * @param[in] frame The frame.
 * @param[in] column The column, from 0.
 * @param[out] out Array [n_rows].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_column_i64(const interlace_frame *frame,
                                            size_t column,
                                            int64_t *out,
                                            size_t len,
                                            interlace_error *err);

/**
 * Copies the codes of a column of categories to `out` [n_rows]: indices of levels from 0, -1 for missing.
 * INTERLACE_E_DATA for other columns.
 * @param[in] frame The frame.
 * @param[in] column The column, from 0.
 * @param[out] out Array [n_rows].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_column_codes(const interlace_frame *frame,
                                              size_t column,
                                              int32_t *out,
                                              size_t len,
                                              interlace_error *err);

/**
 * Number of levels of a column of categories; 0 for other columns.
 * @param[in] frame The frame.
 * @param[in] column The column, from 0.
 * @since 0.1
 */
size_t interlace_frame_column_n_levels(const interlace_frame *frame, size_t column);

/**
 * Label of a level; NULL if there is none. Lives as long as the frame, unless the column gets other levels.
 * @param[in] frame The frame.
 * @param[in] column The column, from 0.
 * @param[in] level The level, from 0.
 * @since 0.1
 */
const char *interlace_frame_column_level(const interlace_frame *frame, size_t column, size_t level);

/**
 * Whether the order of a column's levels is meaningful.
 * @param[in] frame The frame.
 * @param[in] column The column, from 0.
 * @since 0.1
 */
bool interlace_frame_column_is_ordered(const interlace_frame *frame, size_t column);

/**
 * Label of a row in a column of categories; NULL if it is missing, or if there is no such row or column. Lives as long
 * as the frame, unless the column gets other levels.
 * @param[in] frame The frame.
 * @param[in] column The column, from 0.
 * @param[in] row The row, from 0.
 * @since 0.1
 */
const char *interlace_frame_column_string(const interlace_frame *frame, size_t column, size_t row);

/**
 * Makes CSV options with their default values.
 * @param[out] out The new csv options. The caller frees it with interlace_csv_options_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_csv_options_new(interlace_csv_options **out, interlace_error *err);

/**
 * The separator of cells: an ASCII character such as ',', ';' or '\t', not a letter, digit, sign, point or line break.
 * 0, the default, is a comma, or a semicolon with decimal commas; text that seems to use another separator is then
 * INTERLACE_E_DATA, and the message names it. There is no such check if a separator is given.
 * @param[in,out] options The csv options.
 * @param[in] separator One byte of ASCII.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_csv_options_set_separator(interlace_csv_options *options,
                                                     char separator,
                                                     interlace_error *err);

/**
 * The decimal mark of numbers, '.' (the default) or ','.
 * @param[in,out] options The csv options.
 * @param[in] decimal A point or a comma.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_csv_options_set_decimal(interlace_csv_options *options, char decimal, interlace_error *err);

/**
 * The quote around a cell with separators, quotes or line breaks, '"' by default; 0 treats quotes as ordinary
 * characters.
 * @param[in,out] options The csv options.
 * @param[in] quote One byte of ASCII; 0 for no quotes.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_csv_options_set_quote(interlace_csv_options *options,
                                                 char quote,
                                                 interlace_error *err);

/**
 * The texts `strings` [n_strings] that mean a missing value, ignoring blanks around them, instead of the default: "NA",
 * "NaN" and the empty cell. In a column of numbers an empty cell is always missing.
 * @param[in,out] options The csv options.
 * @param[in] strings Array [n_strings].
 * @param[in] n_strings The number of texts.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_csv_options_set_na_strings(interlace_csv_options *options,
                                                      const char *const *strings,
                                                      size_t n_strings,
                                                      interlace_error *err);

/**
 * The columns `names` [n_names] that are categories whatever they look like; each must exist.
 * @param[in,out] options The csv options.
 * @param[in] names Array [n_names].
 * @param[in] n_names The number of names.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_csv_options_set_categorical(interlace_csv_options *options,
                                                       const char *const *names,
                                                       size_t n_names,
                                                       interlace_error *err);

/**
 * Whether a column of text most of whose cells are numbers, or dates, is INTERLACE_E_DATA with the line and the cell
 * (true), unless it is categorical. The default is false: such a column is text, and a fit that uses it as a covariate
 * warns, or fails where numbers are required.
 * @param[in,out] options The csv options.
 * @param[in] strict Whether such a column is an error.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_csv_options_set_strict_numbers(interlace_csv_options *options,
                                                          bool strict,
                                                          interlace_error *err);

/**
 * Frees CSV options. NULL is allowed.
 * @param[in,out] options NULL is allowed.
 * @since 0.1
 */
void interlace_csv_options_free(interlace_csv_options *options);

/**
 * Reads a CSV file: UTF-8 with a header of distinct names, with the separator of `options` (NULL: a comma). A column is
 * integers if every cell is one, otherwise real numbers if every cell is one, otherwise categories (levels sorted by
 * their bytes); cells that are empty, NA or NaN are missing. The frame keeps the line of each row, for messages. The
 * path may be any bytes that the system accepts. INTERLACE_E_IO if the file cannot be read; INTERLACE_E_DATA if it is
 * not CSV (`position` is the row, from 0); INTERLACE_E_ARGUMENT if the options contradict each other.
 * @param[in] path The path of the file.
 * @param[in] options How to read the text. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_read_csv(const char *path,
                                          const interlace_csv_options *options,
                                          interlace_frame **out,
                                          interlace_error *err);

/**
 * Reads CSV text of `len` bytes from memory; otherwise as interlace_frame_read_csv.
 * @param[in] bytes The text [len].
 * @param[in] len The number of bytes.
 * @param[in] options How to read the text. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_read_csv_bytes(const char *bytes,
                                                size_t len,
                                                const interlace_csv_options *options,
                                                interlace_frame **out,
                                                interlace_error *err);

/**
 * Seconds that reading the CSV text of a frame took; NaN for a frame that was not read from CSV.
 * @param[in] frame The frame.
 * @since 0.1
 */
double interlace_frame_read_seconds(const interlace_frame *frame);

/**
 * Opens a CSV file to be read in parts of 8 MB, of which memory holds one at a time. Parts end between rows, and are
 * the same however the bytes arrive. What is CSV is as in interlace_frame_read_csv, except that the first part decides
 * which columns are numbers: text in such a column later is an error of whatever uses that column of the part, whose
 * message names the line. Columns that need it should be declared as categorical. INTERLACE_E_IO if the file cannot be
 * opened.
 * @param[in] path The path of the file; "-" for the standard input of the process, which nothing else must read then.
 * @param[in] options How to read the text. NULL for the defaults.
 * @param[out] out The new csv stream. The caller frees it with interlace_csv_stream_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_csv_stream_open(const char *path,
                                           const interlace_csv_options *options,
                                           interlace_csv_stream **out,
                                           interlace_error *err);

/**
 * Reads the next part into a frame of its own. A frame without rows says that there are no more; it has the columns
 * nevertheless. After an error the stream has ended. INTERLACE_E_DATA if the text is not CSV (`position` is the row,
 * from 0, counted from the first part); INTERLACE_E_IO if it cannot be read.
 * @param[in,out] stream The csv stream.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_csv_stream_next(interlace_csv_stream *stream,
                                           interlace_frame **out,
                                           interlace_error *err);

/**
 * Closes and frees a stream. NULL is allowed; frames that it gave live on.
 * @param[in,out] stream NULL is allowed.
 * @since 0.1
 */
void interlace_csv_stream_free(interlace_csv_stream *stream);

/**
 * Makes a frame of a table in the Arrow C data interface: a schema of format "+s" and an array. Both are moved out of
 * the structures, which are marked as released, whether the call succeeds or fails; the values are copied.
 * docs/arrow.md says what becomes of each type. A column of a type that is not read, such as a list, is
 * INTERLACE_E_DATA with its name and type, but only once something uses it. INTERLACE_E_ARGUMENT if the structures
 * contradict themselves or were released before.
 * @param[in,out] schema The names and types of the columns. Released by the call.
 * @param[in,out] array The values. Released by the call.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_from_arrow(struct ArrowSchema *schema,
                                            struct ArrowArray *array,
                                            interlace_frame **out,
                                            interlace_error *err);

/**
 * Makes a frame of all arrays of a stream; otherwise as interlace_frame_from_arrow. The arrays of a column may have
 * different dictionaries, and there may be none. INTERLACE_E_IO if the stream fails, with what it says and the number
 * of rows before.
 * @param[in,out] stream The stream, which is read to its end. Released by the call.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_from_arrow_stream(struct ArrowArrayStream *stream,
                                                   interlace_frame **out,
                                                   interlace_error *err);

/**
 * Gives a frame, data or a table of results, to the Arrow C data interface: real numbers as "g", integers as "l",
 * categories as "i" with a dictionary of "u" (truth values as "b"), times as they came. The structures are written
 * over, need no values before, and live apart from the frame: the caller, or who gets them, releases both by their own
 * release, in any thread. Numbers are not copied.
 * @param[in] frame The frame.
 * @param[out] schema The schema [1].
 * @param[out] array The array [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_to_arrow(const interlace_frame *frame,
                                          struct ArrowSchema *schema,
                                          struct ArrowArray *array,
                                          interlace_error *err);

/**
 * Gives a frame as a stream with one array; otherwise as interlace_frame_to_arrow.
 * @param[in] frame The frame.
 * @param[out] stream The stream [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_to_arrow_stream(const interlace_frame *frame,
                                                 struct ArrowArrayStream *stream,
                                                 interlace_error *err);

/* ==================================================================================================================
 * Spec: the model: a formula or arrays, family, thresholds, ties, residual correlation
 * ================================================================================================================== */

/**
 * A kind of model.
 * @since 0.1
 */
typedef enum interlace_model {
    /** No model. */
    INTERLACE_MODEL_NONE = -1,
    /** Linear mixed model. */
    INTERLACE_MODEL_LMM = 1,
    /** Generalised linear mixed model: a family and a link, as interlace_spec_set_family sets them. */
    INTERLACE_MODEL_GLMM = 2,
    /**
     * Cumulative link mixed model for an ordered response: thresholds, and a link as interlace_spec_set_link sets it.
     */
    INTERLACE_MODEL_CLMM = 3,
    /** Cox model with Gaussian frailties for survival times: Surv(time, event) ~ x + (1 | g). */
    INTERLACE_MODEL_COXME = 4
} interlace_model;

/**
 * The covariance structure of the effects of a random term.
 * @since 0.1
 */
typedef enum interlace_structure {
    /** No such term. */
    INTERLACE_STRUCTURE_NONE = -1,
    /** Any positive semidefinite matrix, as with plain bars. */
    INTERLACE_STRUCTURE_UNSTRUCTURED = 0,
    /** No correlations. */
    INTERLACE_STRUCTURE_DIAGONAL = 1,
    /** One correlation for all pairs of effects. */
    INTERLACE_STRUCTURE_COMPOUND_SYMMETRY = 2,
    /** The correlation of effects i and j is rho to the power |i - j|. */
    INTERLACE_STRUCTURE_AR1 = 3
} interlace_structure;

/**
 * Whether all effects of a random term share one variance.
 * @since 0.1
 */
typedef enum interlace_variances {
    /** As in a formula: one for INTERLACE_STRUCTURE_AR1, one for each effect for others. */
    INTERLACE_VARIANCES_DEFAULT = 0,
    /** One variance for all effects. */
    INTERLACE_VARIANCES_HOMOGENEOUS = 1,
    /** A variance for each effect. */
    INTERLACE_VARIANCES_HETEROGENEOUS = 2
} interlace_variances;

/**
 * How residuals of one group are correlated.
 * @since 0.1
 */
typedef enum interlace_correlation {
    /** The residuals are not correlated. */
    INTERLACE_CORRELATION_NONE = -1,
    /** Residuals at distance d in time have the correlation rho^d: autoregressive of order 1. */
    INTERLACE_CORRELATION_AR1 = 1,
    /** Any two residuals have the correlation rho. */
    INTERLACE_CORRELATION_COMPOUND_SYMMETRY = 2
} interlace_correlation;

/**
 * How the thresholds of an ordinal model are tied to each other.
 * @since 0.1
 */
typedef enum interlace_threshold {
    /** No thresholds. */
    INTERLACE_THRESHOLD_NONE = -1,
    /** Ascending, otherwise free. */
    INTERLACE_THRESHOLD_FLEXIBLE = 0,
    /** Symmetric about the middle one, or about the midpoint of the two middle ones. */
    INTERLACE_THRESHOLD_SYMMETRIC = 1,
    /** Equally spaced, given by the first and one distance. */
    INTERLACE_THRESHOLD_EQUIDISTANT = 2
} interlace_threshold;

/**
 * A linear predictor of a model.
 * @since 0.1
 */
typedef enum interlace_predictor {
    /** No predictor: there is no such term. */
    INTERLACE_PREDICTOR_NONE = -1,
    /** That of the mean, on the scale of the link. */
    INTERLACE_PREDICTOR_MEAN = 0,
    /** That of the zero inflation: the logit of the probability of an extra zero. */
    INTERLACE_PREDICTOR_ZERO_INFLATION = 1,
    /**
     * That of the dispersion: the logarithm of the family's first parameter; for gaussian, of its square, the variance;
     * for an ordinal model, the logarithm of the scale.
     */
    INTERLACE_PREDICTOR_DISPERSION = 2
} interlace_predictor;

/**
 * The name of a kind of model, such as "glmm"; NULL for a number that is none. A static string.
 * @param[in] code A kind of model.
 * @since 0.1
 */
const char *interlace_model_name(interlace_model code);

/**
 * The kind of model that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
 * none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_model_from_name(const char *name,
                                           interlace_model *out,
                                           interlace_error *err);

/**
 * The name of a covariance structure, such as "diagonal"; NULL for a number that is none. A static string.
 * @param[in] code The covariance structure of the effects of a random term.
 * @since 0.1
 */
const char *interlace_structure_name(interlace_structure code);

/**
 * The covariance structure that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_structure_from_name(const char *name,
                                               interlace_structure *out,
                                               interlace_error *err);

/**
 * The name of a code for variances, such as "homogeneous"; NULL for a number that is none. A static string.
 * @param[in] code Whether all effects of a random term share one variance.
 * @since 0.1
 */
const char *interlace_variances_name(interlace_variances code);

/**
 * The code for variances that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_variances_from_name(const char *name,
                                               interlace_variances *out,
                                               interlace_error *err);

/**
 * The name of a residual correlation, such as "ar1"; NULL for a number that is none. A static string.
 * @param[in] code How residuals of one group are correlated.
 * @since 0.1
 */
const char *interlace_correlation_name(interlace_correlation code);

/**
 * The residual correlation that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_correlation_from_name(const char *name,
                                                 interlace_correlation *out,
                                                 interlace_error *err);

/**
 * The name of a structure of thresholds, such as "symmetric"; NULL for a number that is none. A static string.
 * @param[in] code How the thresholds of an ordinal model are tied to each other.
 * @since 0.1
 */
const char *interlace_threshold_name(interlace_threshold code);

/**
 * The structure of thresholds that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_threshold_from_name(const char *name,
                                               interlace_threshold *out,
                                               interlace_error *err);

/**
 * The name of a linear predictor, such as "dispersion"; NULL for a number that is none. A static string.
 * @param[in] code A linear predictor of a model.
 * @since 0.1
 */
const char *interlace_predictor_name(interlace_predictor code);

/**
 * The linear predictor that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there
 * is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_predictor_from_name(const char *name,
                                               interlace_predictor *out,
                                               interlace_error *err);

/**
 * Makes a spec from a formula in lme4's language, such as "y ~ x + (1 + x | g)". The response of a binomial model is a
 * proportion with the numbers of trials as weights, "cbind(successes, failures)", or a category whose first level is
 * failure. The response of INTERLACE_MODEL_CLMM is a category with declared levels, from lowest to highest
 * (interlace_frame_add_categorical, interlace_frame_set_levels or, in the formula, "ordered(y, levels = c(...))"); or
 * whole numbers, the codes of the categories; or text, with interlace_spec_set_response_levels. Its thresholds are the
 * intercepts: "y ~ x" and "y ~ 0 + x" are the same. INTERLACE_E_FORMULA if the formula cannot be read. The fit looks up
 * the names of columns.
 * @param[in] model A kind of model.
 * @param[in] formula The formula.
 * @param[out] out The new spec. The caller frees it with interlace_spec_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_new(interlace_model model,
                                    const char *formula,
                                    interlace_spec **out,
                                    interlace_error *err);

/**
 * Makes a spec from another, with its formula changed by `formula` as R's update() does it: "." stands for the old
 * response on the left, and for all old terms on the right, those of interlace_spec_add_random among them, so that ". ~
 * . + x - (1 | g)" adds x and takes (1 | g) out. All else is as in `spec`: family, weights, formulas of further
 * predictors; the functions that set them change the new one. INTERLACE_E_FORMULA if the formula cannot be read, or
 * takes out a term that is not there; INTERLACE_E_ARGUMENT for a spec from arrays.
 * @param[in] spec The spec.
 * @param[in] formula The change, such as ". ~ . + x"; NULL copies the spec, which may then be from arrays.
 * @param[out] out The new spec. The caller frees it with interlace_spec_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_update(const interlace_spec *spec,
                                       const char *formula,
                                       interlace_spec **out,
                                       interlace_error *err);

/**
 * Adds a random term, "(1 + x | g)", to those of the formula. Call it again for further terms. INTERLACE_E_FORMULA if
 * it cannot be read; `position` is then the byte in `term`.
 * @param[in,out] spec The spec.
 * @param[in] term The term, "(1 + x | g)".
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_add_random(interlace_spec *spec, const char *term, interlace_error *err);

/**
 * Adds a random intercept by the grouping factor of that name, short for the term "(1 | name)"; "a/b" means b within a.
 * Call it again for further factors.
 * @param[in,out] spec The spec.
 * @param[in] name A grouping factor, or "a/b".
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_add_groups(interlace_spec *spec, const char *name, interlace_error *err);

/**
 * Names the column of prior weights: the residual variance of a row is sigma^2 / weight; for a binomial proportion the
 * weights are the numbers of trials; in ordinal and Cox models a row of weight w counts as w rows. Rows of weight 0 are
 * left out.
 * @param[in,out] spec The spec.
 * @param[in] column The name of the column; NULL for no weights, as without this call.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_weights(interlace_spec *spec,
                                            const char *column,
                                            interlace_error *err);

/**
 * Names the column of the offset, which is added to any offset() in the formula.
 * @param[in,out] spec The spec.
 * @param[in] column The name of the column; NULL for none, as without this call.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_offset(interlace_spec *spec, const char *column, interlace_error *err);

/**
 * Sets the contrasts of a column of categories by their R name: "contr.treatment", "contr.sum", "contr.helmert",
 * "contr.poly", "contr.SAS" or "contr.sdif"; or by columns of your own, one less than the levels that occur, with a
 * weight for each level, as "1,0,-1; 0,1,-1", or with names "ac: 1,0,-1; bc: 0,1,-1". Without this, categories have
 * treatment contrasts and ordered ones polynomial contrasts. The last call for a column counts.
 * @param[in,out] spec The spec.
 * @param[in] column The name of the column.
 * @param[in] contrasts The name of the contrasts, or their columns.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_contrasts(interlace_spec *spec,
                                              const char *column,
                                              const char *contrasts,
                                              interlace_error *err);

/**
 * The number of rows of a spec made from arrays; 0 for one from a formula, and for NULL.
 * @param[in] spec The spec.
 * @since 0.1
 */
size_t interlace_spec_n_rows(const interlace_spec *spec);

/**
 * Frees a spec. NULL is allowed.
 * @param[in,out] spec NULL is allowed.
 * @since 0.1
 */
void interlace_spec_free(interlace_spec *spec);

/**
 * Makes a spec of a model from the response `y` [n] and the fixed-effects model matrix `x` [n,p], column-major with
 * leading dimension `ldx` >= n (the distance between the starts of columns, in elements). There is no intercept unless
 * `x` has a column of ones. INTERLACE_MODEL_CLMM has thresholds instead: a column named "(Intercept)" is left out, and
 * `y` holds whole numbers, the codes of the categories in their order. INTERLACE_MODEL_COXME has baseline hazards
 * instead: "(Intercept)" is left out, too, `y` is NULL, and interlace_spec_set_survival_array sets the response. Add
 * random terms with interlace_spec_add_term_i32 or _i64. `y` may be NULL for new data for predictions. A row with a NaN
 * has a missing value. All arrays are copied. `n` is at least 1.
 * @param[in] model A kind of model.
 * @param[in] y Array [n]. NULL is allowed.
 * @param[in] x The model matrix [n,p], column-major.
 * @param[in] n The number of rows.
 * @param[in] p The number of columns of the model matrix.
 * @param[in] ldx The leading dimension of `x`, at least n: the distance between the starts of columns, in elements.
 * @param[out] out The new spec. The caller frees it with interlace_spec_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_new_array(interlace_model model,
                                          const double *y,
                                          const double *x,
                                          size_t n,
                                          size_t p,
                                          size_t ldx,
                                          interlace_spec **out,
                                          interlace_error *err);

/**
 * Names the columns of `x`: `names` [p]. Without this they are "x1", "x2" and so on.
 * @param[in,out] spec The spec.
 * @param[in] names Array [p].
 * @param[in] p The number of columns of the model matrix.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_fixef_names(interlace_spec *spec,
                                                const char *const *names,
                                                size_t p,
                                                interlace_error *err);

/**
 * Sets prior weights `weights` [n], which are copied: the residual variance of a row is sigma^2 / weight; for a
 * binomial proportion they are the numbers of trials; in ordinal and Cox models a row of weight w counts as w rows.
 * Rows of weight 0 are left out.
 * @param[in,out] spec The spec.
 * @param[in] weights Array [n].
 * @param[in] n The number of rows.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_weights_array(interlace_spec *spec,
                                                  const double *weights,
                                                  size_t n,
                                                  interlace_error *err);

/**
 * Sets the offset `offset` [n], which is copied: a known part of the linear predictor.
 * @param[in,out] spec The spec.
 * @param[in] offset Array [n].
 * @param[in] n The number of rows.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_offset_array(interlace_spec *spec,
                                                 const double *offset,
                                                 size_t n,
                                                 interlace_error *err);

/**
 * Adds a random term with k effects: `z` [n,k], column-major with leading dimension `ldz` >= n, and the level `index`
 * [n] of each row, from 0 to n_levels - 1; -1 is a missing level (in predictions: a level that the fit does not know).
 * `z` may be NULL for a random intercept; `k` is then 1 and `ldz` is ignored. `name` is the name of the grouping
 * factor; NULL means "g1", "g2" and so on. `variances` says whether all effects share one standard deviation, which an
 * unstructured covariance does not have. The terms are numbered from 0 in the order of these calls. All arrays are
 * copied.
 * @param[in,out] spec The spec.
 * @param[in] name The name of the grouping factor; NULL for "g1", "g2" and so on.
 * @param[in] z Array [n,k]. NULL is allowed.
 * @param[in] n The number of rows.
 * @param[in] k The number of effects.
 * @param[in] ldz The leading dimension of `z`, at least n.
 * @param[in] index Array [n].
 * @param[in] n_levels The number of levels.
 * @param[in] structure The covariance structure of the effects of a random term.
 * @param[in] variances Whether all effects of a random term share one variance.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_add_term_i32(interlace_spec *spec,
                                             const char *name,
                                             const double *z,
                                             size_t n,
                                             size_t k,
                                             size_t ldz,
                                             const int32_t *index,
                                             size_t n_levels,
                                             interlace_structure structure,
                                             interlace_variances variances,
                                             interlace_error *err);

/**
 * Adds a random term whose `index` [n] holds 64-bit integers; otherwise as interlace_spec_add_term_i32.
 * @param[in,out] spec The spec.
 * @param[in] name The name of the grouping factor; NULL for "g1", "g2" and so on.
 * @param[in] z The effects [n,k], column-major; NULL for a random intercept.
 * @param[in] n The number of rows.
 * @param[in] k The number of effects.
 * @param[in] ldz The leading dimension of `z`, at least n.
 * @param[in] index Array [n].
 * @param[in] n_levels The number of levels.
 * @param[in] structure The covariance structure of the effects of a random term.
 * @param[in] variances Whether all effects of a random term share one variance.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_add_term_i64(interlace_spec *spec,
                                             const char *name,
                                             const double *z,
                                             size_t n,
                                             size_t k,
                                             size_t ldz,
                                             const int64_t *index,
                                             size_t n_levels,
                                             interlace_structure structure,
                                             interlace_variances variances,
                                             interlace_error *err);

/**
 * Labels the levels of a term (from 0): `levels` [n_levels]. Without this they are "1", "2" and so on. In new data for
 * predictions, levels with labels match those of the fit by label, levels without by number.
 * @param[in,out] spec The spec.
 * @param[in] term The random term, from 0.
 * @param[in] levels Array [n_levels].
 * @param[in] n_levels The number of levels of the term.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_term_levels(interlace_spec *spec,
                                                size_t term,
                                                const char *const *levels,
                                                size_t n_levels,
                                                interlace_error *err);

/**
 * Names the effects of a term (from 0), which are the columns of its `z`: `names` [k]. Without this they are "z1", "z2"
 * and so on, and "(Intercept)" for a term without `z`.
 * @param[in,out] spec The spec.
 * @param[in] term The random term, from 0.
 * @param[in] names Array [k].
 * @param[in] k The number of effects of the term.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_term_effects(interlace_spec *spec,
                                                 size_t term,
                                                 const char *const *names,
                                                 size_t k,
                                                 interlace_error *err);

/**
 * Sets the distribution of the response of a generalised model by its name, such as "poisson" or "binomial";
 * interlace_family_name lists them, and names that R's packages have for them ("Gamma", "inverse.gaussian",
 * "negative.binomial", "beta_family", "t_family", "ordbeta") are also accepted. `link` is the name of a link function,
 * NULL for the family's default. Without this call the family is gaussian. The call resets parameters fixed before.
 * INTERLACE_E_ARGUMENT for an unknown family, for a link that does not suit it, and for a model that is not
 * INTERLACE_MODEL_GLMM.
 * @param[in,out] spec The spec.
 * @param[in] family The name of a family.
 * @param[in] link The name of a link; NULL for the default of the family.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_family(interlace_spec *spec,
                                           const char *family,
                                           const char *link,
                                           interlace_error *err);

/**
 * Fixes a parameter of the family at a value instead of estimating it, such as the "df" of "student_t" at 5. The value
 * is on the reported scale. Call interlace_spec_set_family first. The last call for a parameter counts.
 * INTERLACE_E_ARGUMENT for a parameter that the family does not have and for a value out of range.
 * @param[in,out] spec The spec.
 * @param[in] name The name of a parameter of the family.
 * @param[in] value Its value, on the reported scale.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_fix_parameter(interlace_spec *spec,
                                              const char *name,
                                              double value,
                                              interlace_error *err);

/**
 * Makes the first parameter of the family (its dispersion, say) depend on the data by a one-sided formula, "~ z + (1 |
 * g)", on the scale on which the parameter is estimated. "~ 1" is one value for all rows, as without this call.
 * INTERLACE_E_FORMULA if it cannot be read or has a response; `position` is then the byte in `formula`.
 * @param[in,out] spec The spec.
 * @param[in] formula A one-sided formula.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_dispersion(interlace_spec *spec,
                                               const char *formula,
                                               interlace_error *err);

/**
 * Adds extra zeros (zero inflation) to the response: a one-sided formula gives the predictor of their probability on
 * the logit scale, "~ z + (1 | g)". "~ 1" is one probability for all rows, "~ 0" none, as without this call.
 * INTERLACE_E_FORMULA if it cannot be read or has a response; `position` is then the byte in `formula`.
 * @param[in,out] spec The spec.
 * @param[in] formula A one-sided formula.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_zero_inflation(interlace_spec *spec,
                                                   const char *formula,
                                                   interlace_error *err);

/**
 * Sets the predictor of interlace_spec_set_dispersion by its model matrix `x` [n,p], column-major with leading
 * dimension `ldx` >= n, for a spec made from arrays. `names` [p] may be NULL: "x1", "x2" and so on. All arrays are
 * copied. New data for predictions need it too.
 * @param[in,out] spec The spec.
 * @param[in] x The model matrix [n,p], column-major.
 * @param[in] n The number of rows.
 * @param[in] p The number of columns of the model matrix.
 * @param[in] ldx The leading dimension of `x`, at least n: the distance between the starts of columns, in elements.
 * @param[in] names Names of the columns [p]; NULL is allowed.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_dispersion_array(interlace_spec *spec,
                                                     const double *x,
                                                     size_t n,
                                                     size_t p,
                                                     size_t ldx,
                                                     const char *const *names,
                                                     interlace_error *err);

/**
 * Sets the predictor of interlace_spec_set_zero_inflation by its model matrix `x` [n,p], column-major with leading
 * dimension `ldx` >= n, for a spec made from arrays. `names` [p] may be NULL: "x1", "x2" and so on. All arrays are
 * copied. New data for predictions need it too.
 * @param[in,out] spec The spec.
 * @param[in] x The model matrix [n,p], column-major.
 * @param[in] n The number of rows.
 * @param[in] p The number of columns of the model matrix.
 * @param[in] ldx The leading dimension of `x`, at least n: the distance between the starts of columns, in elements.
 * @param[in] names Names of the columns [p]; NULL is allowed.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_zero_inflation_array(interlace_spec *spec,
                                                         const double *x,
                                                         size_t n,
                                                         size_t p,
                                                         size_t ldx,
                                                         const char *const *names,
                                                         interlace_error *err);

/**
 * Sets the link of an ordinal model, which maps cumulative probabilities to threshold minus linear predictor: "logit"
 * (the default: proportional odds), "probit", "cloglog" (proportional hazards), "loglog" or "cauchit".
 * INTERLACE_E_ARGUMENT for another link and for a model that is not INTERLACE_MODEL_CLMM.
 * @param[in,out] spec The spec.
 * @param[in] link The name of the link.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_link(interlace_spec *spec,
                                         const char *link,
                                         interlace_error *err);

/**
 * Sets the structure of the thresholds of an ordinal model; INTERLACE_THRESHOLD_FLEXIBLE is the default.
 * INTERLACE_E_ARGUMENT for a model that is not INTERLACE_MODEL_CLMM.
 * @param[in,out] spec The spec.
 * @param[in] threshold How the thresholds of an ordinal model are tied to each other.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_threshold(interlace_spec *spec,
                                              interlace_threshold threshold,
                                              interlace_error *err);

/**
 * Gives an ordinal model effects that differ from threshold to threshold (partial proportional odds), by a one-sided
 * formula of fixed effects, "~ z": they are added to the thresholds. A variable is either here or in the formula of the
 * model. "~ 1" means none, as without this call. INTERLACE_E_FORMULA if it cannot be read or has a response; `position`
 * is then the byte in `formula`.
 * @param[in,out] spec The spec.
 * @param[in] formula A one-sided formula.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_nominal(interlace_spec *spec,
                                            const char *formula,
                                            interlace_error *err);

/**
 * Makes the scale of an ordinal model depend on the data by a one-sided formula of fixed effects and offset(), "~ z":
 * the predictor of its logarithm. The scale divides threshold minus linear predictor. "~ 1" means a scale of 1 for all
 * rows, as without this call. INTERLACE_E_FORMULA if it cannot be read or has a response; `position` is then the byte
 * in `formula`.
 * @param[in,out] spec The spec.
 * @param[in] formula A one-sided formula.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_scale(interlace_spec *spec,
                                          const char *formula,
                                          interlace_error *err);

/**
 * Sets the nominal effects of interlace_spec_set_nominal by their model matrix `x` [n,p], column-major with leading
 * dimension `ldx` >= n, for a spec made from arrays. `names` [p] may be NULL: "x1", "x2" and so on; a column named
 * "(Intercept)" is left out. All arrays are copied. New data for predictions need it too.
 * @param[in,out] spec The spec.
 * @param[in] x The model matrix [n,p], column-major.
 * @param[in] n The number of rows.
 * @param[in] p The number of columns of the model matrix.
 * @param[in] ldx The leading dimension of `x`, at least n: the distance between the starts of columns, in elements.
 * @param[in] names Names of the columns [p]; NULL is allowed.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_nominal_array(interlace_spec *spec,
                                                  const double *x,
                                                  size_t n,
                                                  size_t p,
                                                  size_t ldx,
                                                  const char *const *names,
                                                  interlace_error *err);

/**
 * Sets the predictor of interlace_spec_set_scale by its model matrix `x` [n,p], column-major with leading dimension
 * `ldx` >= n, for a spec made from arrays. `names` [p] may be NULL: "x1", "x2" and so on; a column named "(Intercept)"
 * is left out. All arrays are copied. New data for predictions need it too.
 * @param[in,out] spec The spec.
 * @param[in] x The model matrix [n,p], column-major.
 * @param[in] n The number of rows.
 * @param[in] p The number of columns of the model matrix.
 * @param[in] ldx The leading dimension of `x`, at least n: the distance between the starts of columns, in elements.
 * @param[in] names Names of the columns [p]; NULL is allowed.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_scale_array(interlace_spec *spec,
                                                const double *x,
                                                size_t n,
                                                size_t p,
                                                size_t ldx,
                                                const char *const *names,
                                                interlace_error *err);

/**
 * Sets the categories of the response of an ordinal model from lowest to highest: `levels` [n_levels], at least two.
 * They must include all that occur in the data; others are left out. A text response needs this unless the frame
 * declares its order; for an ordered factor these must be the same levels, and the order here counts. In a spec made
 * from arrays they are the labels of the codes 1, 2, ... of `y`. An empty list is the same as no call.
 * INTERLACE_E_ARGUMENT for a level given twice and for a model that is not INTERLACE_MODEL_CLMM.
 * @param[in,out] spec The spec.
 * @param[in] levels Array [n_levels].
 * @param[in] n_levels The number of categories.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_response_levels(interlace_spec *spec,
                                                    const char *const *levels,
                                                    size_t n_levels,
                                                    interlace_error *err);

/**
 * How events at the same time share the risk set.
 * @since 0.1
 */
typedef enum interlace_ties {
    /** No Cox model. */
    INTERLACE_TIES_NONE = -1,
    /**
     * Each event has the others of its time at risk on average (Efron 1977): close to what an exact treatment gives.
     */
    INTERLACE_TIES_EFRON = 0,
    /** Each event has all others of its time at risk (Breslow 1974). */
    INTERLACE_TIES_BRESLOW = 1
} interlace_ties;

/**
 * The name of a way to handle ties, such as "efron"; NULL for a number that is none. A static string.
 * @param[in] code How events at the same time share the risk set.
 * @since 0.1
 */
const char *interlace_ties_name(interlace_ties code);

/**
 * The way to handle ties that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_ties_from_name(const char *name,
                                          interlace_ties *out,
                                          interlace_error *err);

/**
 * Sets how a Cox model handles events at the same time; INTERLACE_TIES_EFRON is the default. INTERLACE_E_ARGUMENT for a
 * model that is not INTERLACE_MODEL_COXME.
 * @param[in,out] spec The spec.
 * @param[in] ties How events at the same time share the risk set.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_ties(interlace_spec *spec, interlace_ties ties, interlace_error *err);

/**
 * Sets the response of a Cox model from arrays: a row is at risk at times t with `start` [n] < t <= `stop` [n], in any
 * unit, from 0 up, and `event` [n] is 1 if it ends with an event, 0 if it ends without one. `start` may be NULL: all
 * rows are then at risk from the beginning. `event` may be NULL in new data for predictions. NaN is a missing value.
 * All arrays are copied; the last call counts. INTERLACE_E_ARGUMENT for a model that is not INTERLACE_MODEL_COXME. The
 * fit reports times and events that are none.
 * @param[in,out] spec The spec.
 * @param[in] start Times [n] from which rows are at risk; NULL for the beginning.
 * @param[in] stop Times [n] of events, or until which rows are at risk.
 * @param[in] event 1 for an event at `stop`, 0 for none [n]; NULL in new data for predictions.
 * @param[in] n The number of rows.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_survival_array(interlace_spec *spec,
                                                   const double *start,
                                                   const double *stop,
                                                   const double *event,
                                                   size_t n,
                                                   interlace_error *err);

/**
 * Divides the rows of a Cox model from arrays into strata, each with a baseline hazard of its own: `index` [n] holds
 * the stratum of each row, from 0 to `n_strata` - 1, or -1 if missing. `labels` [n_strata] may be NULL for "1", "2" and
 * so on. In new data for predictions, strata with labels match those of the fit by label, strata without by number. For
 * combinations of several factors, number the combinations. All arrays are copied; the last call counts.
 * INTERLACE_E_ARGUMENT for a model that is not INTERLACE_MODEL_COXME.
 * @param[in,out] spec The spec.
 * @param[in] index The stratum of each row [n], from 0; -1 is missing.
 * @param[in] n The number of rows.
 * @param[in] n_strata The number of strata.
 * @param[in] labels The names of the strata [n_strata]; NULL for "1", "2" and so on.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_strata_array(interlace_spec *spec,
                                                 const int64_t *index,
                                                 size_t n,
                                                 size_t n_strata,
                                                 const char *const *labels,
                                                 interlace_error *err);

/**
 * Makes the residuals of a linear model correlated within groups: "ar1(time | g)", "ar1(1 | g)", whose time is the
 * order of the rows used within each group, or "cs(1 | g)". If all times are whole numbers the model is AR(1), with a
 * parameter between -1 and 1; otherwise it is its continuous form, with a parameter from 0 to below 1. The parameter of
 * "cs" is between -1/(m - 1) and 1, m the size of the largest group. The residual of a row with prior weight w has the
 * variance sigma^2 / w. A model with residual correlation needs no random effects. A time that occurs twice in a group
 * is an error in the fit. If theta is given (starts, interlace_spec_objective) or reported during the search, the
 * parameter follows it. Predictions use only fixed and random effects, not residuals. The last call counts.
 * INTERLACE_E_FORMULA if it cannot be read; `position` is then the byte in `correlation`. INTERLACE_E_ARGUMENT for a
 * model that is not INTERLACE_MODEL_LMM.
 * @param[in,out] spec The spec.
 * @param[in] correlation "ar1(time | g)", "ar1(1 | g)" or "cs(1 | g)"; NULL for residuals that are independent, as
 *     without this call.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_correlation(interlace_spec *spec,
                                                const char *correlation,
                                                interlace_error *err);

/**
 * Makes the residuals of a spec made from arrays correlated within groups, as interlace_spec_set_correlation does;
 * `index` [n] holds the group of each row, from 0 to below `n_groups`, or -1 if missing; `time` [n] may be NULL, for
 * the order of the rows, and must be NULL for INTERLACE_CORRELATION_COMPOUND_SYMMETRY. All arrays are copied.
 * @param[in,out] spec The spec.
 * @param[in] correlation How residuals of one group are correlated.
 * @param[in] index Array [n].
 * @param[in] n The number of rows.
 * @param[in] n_groups The number of groups.
 * @param[in] time Times [n]; NULL for the order of the rows.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_correlation_array(interlace_spec *spec,
                                                      interlace_correlation correlation,
                                                      const int64_t *index,
                                                      size_t n,
                                                      size_t n_groups,
                                                      const double *time,
                                                      interlace_error *err);

/**
 * The columns that a model from a formula needs, before there are data, as a new frame with a row for each column and
 * use: "name", "role" and "part". "role" is response, fixed (a covariate or factor of the fixed effects), random (one
 * of the left-hand side of a random term), group (a grouping factor), offset, strata (of Cox models), weights or time
 * (of correlated residuals); "part" is mean, zero_inflation, dispersion, nominal, scale or correlation. Rows come in
 * that order, in each part in the order in which the formula names them. Columns that only interlace_spec_set_contrasts
 * names are not among them. INTERLACE_E_FORMULA if a formula cannot be read, or has `.`, which stands for the columns
 * of data; INTERLACE_E_UNSUPPORTED for arrays, which have no columns.
 * @param[in] spec The spec.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_variables(const interlace_spec *spec,
                                          interlace_frame **out,
                                          interlace_error *err);

/* ==================================================================================================================
 * Family: the families of the library, and your own
 * ================================================================================================================== */

/**
 * The working scale of a parameter of a user-defined family.
 * @since 0.1
 */
typedef enum interlace_parameter_scale {
    /** The parameter itself. */
    INTERLACE_PARAMETER_SCALE_IDENTITY = 0,
    /** The logarithm of a positive parameter. */
    INTERLACE_PARAMETER_SCALE_LOG = 1
} interlace_parameter_scale;

/**
 * The name of a scale of a parameter, such as "log"; NULL for a number that is none. A static string.
 * @param[in] code The working scale of a parameter of a user-defined family.
 * @since 0.1
 */
const char *interlace_parameter_scale_name(interlace_parameter_scale code);

/**
 * The scale of a parameter that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_parameter_scale_from_name(const char *name,
                                                     interlace_parameter_scale *out,
                                                     interlace_error *err);

/**
 * Number of families that interlace_spec_set_family accepts.
 * @since 0.1
 */
size_t interlace_family_count(void);

/**
 * Name of a family, by its index from 0; NULL if there is none. The first is the default without
 * interlace_spec_set_family. A static string.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_family_name(size_t i);

/**
 * Number of links that suit a family; 0 if there is no such family.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
size_t interlace_family_n_links(size_t i);

/**
 * Name of a link of a family, by its index from 0; the first is the family's default. NULL if there is none. A static
 * string.
 * @param[in] i The index, from 0.
 * @param[in] link The link, from 0.
 * @since 0.1
 */
const char *interlace_family_link(size_t i,
                                  size_t link);

/**
 * Number of parameters of a family besides the mean; 0 if there is no such family.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
size_t interlace_family_n_parameters(size_t i);

/**
 * Name of a parameter of a family, by its index from 0, as interlace_spec_fix_parameter takes it. A dispersion formula
 * is for the first. NULL if there is none. A static string.
 * @param[in] i The index, from 0.
 * @param[in] parameter The parameter, from 0.
 * @since 0.1
 */
const char *interlace_family_parameter(size_t i,
                                       size_t parameter);

/**
 * A function of a column: fills `out` [n] from `x` [n]. A return value other than 0 stops the fit with
 * INTERLACE_E_CANCELLED.
 * @param[in] x The column [n].
 * @param[in] n The number of rows.
 * @param[out] out Array [n].
 * @param[in] user_data Passed to the function unchanged. NULL is allowed.
 * @since 0.1
 */
typedef int32_t (*interlace_family_map_fn)(const double *x, size_t n, double *out, void *user_data);

/**
 * Fills `out` [n] with the squared deviance residuals of responses `y` [n] at means `mu` [n], times the weights [n]. A
 * return value other than 0 stops the fit with INTERLACE_E_CANCELLED.
 * @param[in] y Array [n].
 * @param[in] mu Array [n].
 * @param[in] weights Prior weights [n].
 * @param[in] n The number of rows.
 * @param[out] out Array [n].
 * @param[in] user_data Passed to the function unchanged. NULL is allowed.
 * @since 0.1
 */
typedef int32_t (*interlace_family_deviance_fn)(const double *y,
                                                const double *mu,
                                                const double *weights,
                                                size_t n,
                                                double *out,
                                                void *user_data);

/**
 * Fills `out` [n] with the log-densities of responses `y` [n] at linear predictors `eta` [n]. `weights` [n] are ones if
 * there are none, `psi` [n,n_parameters] are the parameters on their working scale (logarithms for
 * INTERLACE_PARAMETER_SCALE_LOG). A return value other than 0 stops the fit with INTERLACE_E_CANCELLED.
 * @param[in] y Array [n].
 * @param[in] eta Array [n].
 * @param[in] weights Array [n].
 * @param[in] psi Array [n,n_parameters].
 * @param[in] n The number of rows.
 * @param[in] n_parameters The number of parameters besides the mean.
 * @param[out] out Array [n].
 * @param[in] user_data Passed to the function unchanged. NULL is allowed.
 * @since 0.1
 */
typedef int32_t (*interlace_family_log_density_fn)(const double *y,
                                                   const double *eta,
                                                   const double *weights,
                                                   const double *psi,
                                                   size_t n,
                                                   size_t n_parameters,
                                                   double *out,
                                                   void *user_data);

/**
 * Fills `s` [n], `w` [n] and `t` [n] with the first, minus the second and minus the third derivative of the log-density
 * in eta. The inputs are those of the log-density. A return value other than 0 stops the fit with
 * INTERLACE_E_CANCELLED.
 * @param[in] y Responses [n].
 * @param[in] eta Linear predictors [n].
 * @param[in] weights Prior weights [n].
 * @param[in] psi Parameters [n,n_parameters], on their working scales.
 * @param[in] n The number of rows.
 * @param[in] n_parameters The number of parameters besides the mean.
 * @param[out] s Array [n].
 * @param[out] w Array [n].
 * @param[out] t Array [n].
 * @param[in] user_data Passed to the function unchanged. NULL is allowed.
 * @since 0.1
 */
typedef int32_t (*interlace_family_derivatives_fn)(const double *y,
                                                   const double *eta,
                                                   const double *weights,
                                                   const double *psi,
                                                   size_t n,
                                                   size_t n_parameters,
                                                   double *s,
                                                   double *w,
                                                   double *t,
                                                   void *user_data);

/**
 * The definition of a family. Fill it with zeros, then set `struct_size` to its size, `name`, `linkfun`, `linkinv`,
 * `mu_eta`, `variance`, `dev_resids`, and the other members that you need. The functions are called by the calls that
 * fit, predict or take residuals, on the thread of that call; two threads that fit with one family may call them at the
 * same time. They must not throw or longjmp. Outside the domain of the link they must give NaN: the search takes back
 * steps that go there.
 * @since 0.1
 */
typedef struct interlace_family_callbacks {
    /** sizeof(interlace_family_callbacks). */
    size_t struct_size;
    /** Passed to the functions unchanged, NULL or not; it must outlive the family and everything made with it. */
    void *user_data;
    /** The name, for summaries and messages. */
    const char *name;
    /**
     * The linear predictor, given the mean, for starting values: also means outside the range of the link, for which
     * NaN or infinity is right. Required, as are the four functions after it.
     */
    interlace_family_map_fn linkfun;
    /** The mean, given the linear predictor. */
    interlace_family_map_fn linkinv;
    /** The derivative of the mean in the linear predictor, given the linear predictor. */
    interlace_family_map_fn mu_eta;
    /** The variance function: the variance for a weight of one, given the mean. */
    interlace_family_map_fn variance;
    /** The squared deviance residuals. */
    interlace_family_deviance_fn dev_resids;
    /**
     * The log-density. If NULL, minus half of `dev_resids` replaces it: a quasi-likelihood without constants, which
     * must not be compared with the likelihood of another family.
     */
    interlace_family_log_density_fn log_density;
    /**
     * The derivatives of `log_density`. If NULL, they are differences; the third, and so the gradient of the fit, is
     * accurate to 1e-4.
     */
    interlace_family_derivatives_fn derivatives;
    /** The number of parameters of `log_density` besides the mean, at most 3. */
    size_t n_parameters;
    /** Their names [n_parameters]. NULL if there are none. */
    const char *const *parameter_names;
    /** The working scale of each [n_parameters]. NULL if there are none. */
    const interlace_parameter_scale *parameter_scales;
    /**
     * Starting values [n_parameters], NULL if there are none, on the reported scale: positive for
     * INTERLACE_PARAMETER_SCALE_LOG.
     */
    const double *parameter_starts;
} interlace_family_callbacks;

/**
 * Makes a family from functions. `callbacks` and the arrays and strings in it are copied.
 * @param[in] callbacks The functions of the family.
 * @param[out] out The new family. The caller frees it with interlace_family_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_family_new(const interlace_family_callbacks *callbacks,
                                      interlace_family **out,
                                      interlace_error *err);

/**
 * Frees a family. Specs and fits that use it keep what they need. NULL is allowed.
 * @param[in,out] family NULL is allowed.
 * @since 0.1
 */
void interlace_family_free(interlace_family *family);

/**
 * Sets a user-defined family for a model of kind INTERLACE_MODEL_GLMM. It replaces the previous family and its fixed
 * parameters.
 * @param[in,out] spec The spec.
 * @param[in] family The family.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_set_custom_family(interlace_spec *spec,
                                                  const interlace_family *family,
                                                  interlace_error *err);

/* ==================================================================================================================
 * Options: how a model is fitted; progress, cancelling, deadlines
 * ================================================================================================================== */

/**
 * Which likelihood a fit maximises.
 * @since 0.1
 */
typedef enum interlace_method {
    /** REML for linear models, maximum likelihood for others. */
    INTERLACE_METHOD_DEFAULT = 0,
    /** The restricted likelihood, with the fixed effects of the mean integrated out. */
    INTERLACE_METHOD_REML = 1,
    /** The likelihood. */
    INTERLACE_METHOD_ML = 2
} interlace_method;

/**
 * A minimiser of the criterion.
 * @since 0.1
 */
typedef enum interlace_optimizer {
    /** Newton's method with analytic gradients. The default. */
    INTERLACE_OPTIMIZER_NEWTON = 0,
    /** Limited-memory BFGS with analytic gradients. */
    INTERLACE_OPTIMIZER_LBFGSB = 1,
    /** Powell's quadratic models, from values only. */
    INTERLACE_OPTIMIZER_BOBYQA = 2,
    /** The simplex method, from values only. */
    INTERLACE_OPTIMIZER_NELDER_MEAD = 3
} interlace_optimizer;

/**
 * What is done with rows that have missing values.
 * @since 0.1
 */
typedef enum interlace_na {
    /** They are left out and reported. The default. */
    INTERLACE_NA_OMIT = 0,
    /** A missing value is an error, INTERLACE_E_DATA. */
    INTERLACE_NA_ERROR = 1,
    /** They are left out of the fit, and results per row have NaN for them. */
    INTERLACE_NA_PAD = 2
} interlace_na;

/**
 * What the Laplace approximation of a generalised model is made of.
 * @since 0.1
 */
typedef enum interlace_information {
    /** Not a generalised model. */
    INTERLACE_INFORMATION_NONE = -1,
    /** The observed information (the second derivatives of the log-likelihood). The default. */
    INTERLACE_INFORMATION_OBSERVED = 0,
    /** The expected second derivatives (Fisher information), as in lme4; the same for canonical links. */
    INTERLACE_INFORMATION_EXPECTED = 1
} interlace_information;

/**
 * What the fixed effects of a Cox model maximise.
 * @since 0.1
 */
typedef enum interlace_fixed_effects {
    /** The penalised likelihood, jointly with the random effects, as in coxme. The default. */
    INTERLACE_FIXED_EFFECTS_JOINT = 0,
    /** The integrated likelihood, jointly with the parameters of the random effects. */
    INTERLACE_FIXED_EFFECTS_INTEGRATED = 1
} interlace_fixed_effects;

/**
 * Where the standard errors of a generalised model come from.
 * @since 0.1
 */
typedef enum interlace_std_errors {
    /** The Hessian of the marginal log-likelihood in all parameters. The default. */
    INTERLACE_STD_ERRORS_MARGINAL = 0,
    /** The curvature given the parameters of the random effects: cheaper, but too small. */
    INTERLACE_STD_ERRORS_CONDITIONAL = 1
} interlace_std_errors;

/**
 * What is done with random effects that the data cannot tell from each other or from the residual.
 * @since 0.1
 */
typedef enum interlace_unidentified {
    /**
     * Random terms about which the data say nothing (as many random effects as rows, with a residual) are an error,
     * others get a warning. The default.
     */
    INTERLACE_UNIDENTIFIED_ERROR = 0,
    /** Always a warning. */
    INTERLACE_UNIDENTIFIED_WARNING = 1,
    /** Neither: the model is fitted without a check. */
    INTERLACE_UNIDENTIFIED_IGNORE = 2
} interlace_unidentified;

/**
 * Whether a model may be without random terms.
 * @since 0.1
 */
typedef enum interlace_random_terms {
    /**
     * A model without random terms or residual correlation is an error: most who leave them out have forgotten them.
     * The default.
     */
    INTERLACE_RANDOM_TERMS_REQUIRED = 0,
    /** It is fitted: a linear, generalised, ordinal or Cox model with fixed effects only. */
    INTERLACE_RANDOM_TERMS_OPTIONAL = 1
} interlace_random_terms;

/**
 * The name of a method, such as "reml"; NULL for a number that is none. A static string.
 * @param[in] code Which likelihood a fit maximises.
 * @since 0.1
 */
const char *interlace_method_name(interlace_method code);

/**
 * The method that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
 * the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_method_from_name(const char *name,
                                            interlace_method *out,
                                            interlace_error *err);

/**
 * The name of an optimizer, such as "bobyqa"; NULL for a number that is none. A static string.
 * @param[in] code A minimiser of the criterion.
 * @since 0.1
 */
const char *interlace_optimizer_name(interlace_optimizer code);

/**
 * The optimizer that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
 * none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_optimizer_from_name(const char *name,
                                               interlace_optimizer *out,
                                               interlace_error *err);

/**
 * The name of a policy for missing values, such as "omit"; NULL for a number that is none. A static string.
 * @param[in] code What is done with rows that have missing values.
 * @since 0.1
 */
const char *interlace_na_name(interlace_na code);

/**
 * The policy for missing values that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT
 * if there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_na_from_name(const char *name,
                                        interlace_na *out,
                                        interlace_error *err);

/**
 * The name of a kind of information, such as "expected"; NULL for a number that is none. A static string.
 * @param[in] code What the Laplace approximation of a generalised model is made of.
 * @since 0.1
 */
const char *interlace_information_name(interlace_information code);

/**
 * The kind of information that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_information_from_name(const char *name,
                                                 interlace_information *out,
                                                 interlace_error *err);

/**
 * The name of what fixed effects maximise, such as "integrated"; NULL for a number that is none. A static string.
 * @param[in] code What the fixed effects of a Cox model maximise.
 * @since 0.1
 */
const char *interlace_fixed_effects_name(interlace_fixed_effects code);

/**
 * What fixed effects maximise by its name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there
 * is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fixed_effects_from_name(const char *name,
                                                   interlace_fixed_effects *out,
                                                   interlace_error *err);

/**
 * The name of a kind of standard errors, such as "marginal"; NULL for a number that is none. A static string.
 * @param[in] code Where the standard errors of a generalised model come from.
 * @since 0.1
 */
const char *interlace_std_errors_name(interlace_std_errors code);

/**
 * The kind of standard errors that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_std_errors_from_name(const char *name,
                                                interlace_std_errors *out,
                                                interlace_error *err);

/**
 * The name of a code for unidentified terms, such as "warning"; NULL for a number that is none. A static string.
 * @param[in] code What is done with random effects that the data cannot tell from each other or from the residual.
 * @since 0.1
 */
const char *interlace_unidentified_name(interlace_unidentified code);

/**
 * The code for unidentified terms that has the name, to `out`. Hyphens and capitals are understood.
 * INTERLACE_E_ARGUMENT if there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_unidentified_from_name(const char *name,
                                                  interlace_unidentified *out,
                                                  interlace_error *err);

/**
 * The name of a code for the need of random terms, such as "optional"; NULL for a number that is none. A static string.
 * @param[in] code Whether a model may be without random terms.
 * @since 0.1
 */
const char *interlace_random_terms_name(interlace_random_terms code);

/**
 * The code for the need of random terms that has the name, to `out`. Hyphens and capitals are understood.
 * INTERLACE_E_ARGUMENT if there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_random_terms_from_name(const char *name,
                                                  interlace_random_terms *out,
                                                  interlace_error *err);

/**
 * What a call is at. Later versions may add phases.
 * @since 0.1
 */
typedef enum interlace_phase {
    /** No call. */
    INTERLACE_PHASE_NONE = -1,
    /** A fit makes its model matrices and starting values. step: 0. */
    INTERLACE_PHASE_START = 0,
    /** A fit searches its parameters. step: evaluations of the criterion so far. */
    INTERLACE_PHASE_SEARCH = 1,
    /** Standard errors of a generalised or ordinal fit. step: parameters done. */
    INTERLACE_PHASE_STANDARD_ERRORS = 2,
    /** Random effects of a fit and their covariances. step: terms done. */
    INTERLACE_PHASE_MODES = 3,
    /** Satterthwaite's or Kenward and Roger's degrees of freedom. step: parts of the derivatives done. */
    INTERLACE_PHASE_DEGREES_OF_FREEDOM = 4,
    /** Tests of hypotheses or of models. step: tests done. */
    INTERLACE_PHASE_TEST = 5,
    /** Several models are fitted, one after the other. step: models done. */
    INTERLACE_PHASE_MODEL = 6,
    /** One model is fitted by several optimisers. step: optimisers done. */
    INTERLACE_PHASE_OPTIMIZER = 7,
    /** Profiles of the likelihood. step: parameters done. */
    INTERLACE_PHASE_PROFILE = 8,
    /** A bootstrap. step: replicates done. */
    INTERLACE_PHASE_REPLICATE = 9,
    /** Refits to other responses. step: responses done. */
    INTERLACE_PHASE_REFIT = 10,
    /** A jackknife. step: deletions done. */
    INTERLACE_PHASE_DELETION = 11,
    /** A cross-validation. step: folds done. */
    INTERLACE_PHASE_FOLD = 12,
    /** Predictions. step: rows done. */
    INTERLACE_PHASE_PREDICTION = 13,
    /** Simulated responses. step: responses done. */
    INTERLACE_PHASE_SIMULATION = 14,
    /** Residuals. step: rows, or columns of the augmented frame, done. */
    INTERLACE_PHASE_RESIDUALS = 15,
    /** Marginal means and contrasts. step: means, or groups of contrasts, done. */
    INTERLACE_PHASE_MEANS = 16,
    /** Values of the criterion. step: points done. */
    INTERLACE_PHASE_OBJECTIVE = 17,
    /** A statistic of replicates. step: replicates done. */
    INTERLACE_PHASE_STATISTIC = 18
} interlace_phase;

/**
 * How far a call is. The record and what it points to are valid only during the call of the progress function.
 * @since 0.1
 */
typedef struct interlace_progress {
    /** The size of this record in the running library, in bytes. Later versions may add members at the end. */
    size_t struct_size;
    /** What the call is at. */
    interlace_phase phase;
    /** How much of the phase is done. */
    int64_t step;
    /** Of how many, or -1 if that is not known. */
    int64_t total;
    /** The criterion at the last evaluation, or of the fit that was done last; NaN if there is none. */
    double objective;
    /**
     * The covariance parameters there [n_theta], followed by the residual correlation if there is one. May be NULL if
     * `n_theta` is 0.
     */
    const double *theta;
    /** The length of `theta`; 0 if there is none. */
    size_t n_theta;
} interlace_progress;

/**
 * Hears how far a call is, with the pointer given to interlace_options_set_progress. It is called on the thread that
 * made the call: at each step of a phase, and otherwise about every 0.05 seconds, as far as no single evaluation or
 * factorisation takes longer. A return value other than 0 cancels the call, which then returns INTERLACE_E_CANCELLED
 * and changes nothing. It must not throw, longjmp, free the objects of the call or use them for another one that
 * changes them.
 * @param[in] progress How far the call is.
 * @param[in] user_data Passed to the function unchanged. NULL is allowed.
 * @since 0.1
 */
typedef int32_t (*interlace_progress_fn)(const interlace_progress *progress, void *user_data);

/**
 * The name of a phase, such as "search"; NULL for a number that is none. A static string.
 * @param[in] code What a call is at.
 * @since 0.1
 */
const char *interlace_phase_name(interlace_phase code);

/**
 * The phase that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
 * the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_phase_from_name(const char *name,
                                           interlace_phase *out,
                                           interlace_error *err);

/**
 * Makes options with their default values.
 * @param[out] out The new options. The caller frees it with interlace_options_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_new(interlace_options **out, interlace_error *err);

/**
 * Which likelihood to maximise; INTERLACE_METHOD_DEFAULT is the default. The restricted likelihood of a generalised
 * model integrates out the fixed effects.
 * @param[in,out] options The options.
 * @param[in] method Which likelihood a fit maximises.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_method(interlace_options *options,
                                              interlace_method method,
                                              interlace_error *err);

/**
 * The minimiser; INTERLACE_OPTIMIZER_NEWTON is the default.
 * @param[in,out] options The options.
 * @param[in] optimizer A minimiser of the criterion.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_optimizer(interlace_options *options,
                                                 interlace_optimizer optimizer,
                                                 interlace_error *err);

/**
 * The start of the search: `theta` [n_theta], copied, in the order of interlace_fit_theta_name. With `n_theta` 0 the
 * library chooses the start. The fit reports a wrong length.
 * @param[in,out] options The options.
 * @param[in] theta Array [n_theta].
 * @param[in] n_theta The number of elements of theta; 0 for the library's choice.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_theta0(interlace_options *options,
                                              const double *theta,
                                              size_t n_theta,
                                              interlace_error *err);

/**
 * The start of some parameters by their ids, as they are reported: a text such as "sd[g, x] = 2, cor[g, (Intercept), x]
 * = 0.5, fixef[x] = 1" (interlace_fit_parameter_id has the ids); the others begin where the library chooses. Standard
 * deviations of a linear model are in the units of the response. What a search finds by itself for each value of the
 * others has no start: the fixed effects of linear and Cox models, and those of a fit with nagq = 0 or by restricted
 * likelihood; its value is not used. The fit reports an id that it has not, a value that a parameter can't have, and a
 * start beside theta0. An empty text is the library's choice.
 * @param[in,out] options The options.
 * @param[in] start The assignments, separated by commas.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_start(interlace_options *options,
                                             const char *start,
                                             interlace_error *err);

/**
 * The search ends at this predicted decrease of the objective; positive, default 1e-13.
 * @param[in,out] options The options.
 * @param[in] tolerance Positive and finite.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_tolerance(interlace_options *options, double tolerance, interlace_error *err);

/**
 * The most evaluations of the objective; positive, default 1000. A fit that reaches this limit has not converged, but
 * is a fit.
 * @param[in,out] options The options.
 * @param[in] max_evaluations At least 1.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_max_evaluations(interlace_options *options,
                                                       int64_t max_evaluations,
                                                       interlace_error *err);

/**
 * The number of threads that one call may use; positive, default 1. No bit of a result depends on it. Fits of few rows
 * use one whatever is set. The threads end with the call. Progress functions and user-defined families of a fit stay on
 * the thread of the call.
 * @param[in,out] options The options.
 * @param[in] threads At least 1.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_threads(interlace_options *options,
                                               int32_t threads,
                                               interlace_error *err);

/**
 * Seconds after which a call stops; positive, default infinity. A fit stops with what it has: it has not converged, but
 * is a fit. Other calls return INTERLACE_E_DEADLINE. The time is that of the whole call, however many models it fits.
 * @param[in,out] options The options.
 * @param[in] seconds Positive; infinity for none.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_deadline(interlace_options *options,
                                                double seconds,
                                                interlace_error *err);

/**
 * What to do with rows that have missing values; INTERLACE_NA_OMIT is the default.
 * @param[in,out] options The options.
 * @param[in] na What is done with rows that have missing values.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_na(interlace_options *options, interlace_na na, interlace_error *err);

/**
 * The information in the Laplace approximation of a generalised model; INTERLACE_INFORMATION_OBSERVED is the default.
 * @param[in,out] options The options.
 * @param[in] information What the Laplace approximation of a generalised model is made of.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_information(interlace_options *options,
                                                   interlace_information information,
                                                   interlace_error *err);

/**
 * What the fixed effects of a Cox model maximise; INTERLACE_FIXED_EFFECTS_JOINT is the default. Those of other models
 * maximise the likelihood whatever this says.
 * @param[in,out] options The options.
 * @param[in] fixed_effects What the fixed effects of a Cox model maximise.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_fixed_effects(interlace_options *options,
                                                     interlace_fixed_effects fixed_effects,
                                                     interlace_error *err);

/**
 * Quadrature points for each random effect of a generalised model, -100 to 100: 1, the default, is the Laplace
 * approximation; more are adaptive Gauss-Hermite quadrature; 0 is the Laplace approximation with fixed effects at their
 * joint mode with the random ones, as in lme4: faster and less accurate. Below -1 it is Gauss-Hermite quadrature with
 * that many points at the nodes of the random effects' normal distribution, which do not adapt to the data; -1 is an
 * error.
 * @param[in,out] options The options.
 * @param[in] points The number of points, -100 to 100, but not -1.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_nagq(interlace_options *options,
                                            int32_t points,
                                            interlace_error *err);

/**
 * The kind of standard errors of a generalised model; INTERLACE_STD_ERRORS_MARGINAL is the default.
 * @param[in,out] options The options.
 * @param[in] std_errors Where the standard errors of a generalised model come from.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_std_errors(interlace_options *options,
                                                  interlace_std_errors std_errors,
                                                  interlace_error *err);

/**
 * What to do if the data cannot tell random effects apart from each other or from the residual;
 * INTERLACE_UNIDENTIFIED_ERROR is the default.
 * @param[in,out] options The options.
 * @param[in] unidentified What is done with random effects that the data cannot tell from each other or from the
 *     residual.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_unidentified(interlace_options *options,
                                                    interlace_unidentified unidentified,
                                                    interlace_error *err);

/**
 * Whether a model may be without random terms; INTERLACE_RANDOM_TERMS_REQUIRED is the default.
 * @param[in,out] options The options.
 * @param[in] random_terms Whether a model may be without random terms.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_random_terms(interlace_options *options,
                                                    interlace_random_terms random_terms,
                                                    interlace_error *err);

/**
 * Sets the progress function, with the pointer that it receives. Every call that is given these options calls it. NULL
 * removes it.
 * @param[in,out] options The options.
 * @param[in] progress The function; NULL for none.
 * @param[in] user_data Passed to the function unchanged. NULL is allowed.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set_progress(interlace_options *options,
                                                interlace_progress_fn progress,
                                                void *user_data,
                                                interlace_error *err);

/**
 * Frees options. NULL is allowed.
 * @param[in,out] options NULL is allowed.
 * @since 0.1
 */
void interlace_options_free(interlace_options *options);

/**
 * Sets an option by name from text, such as "tolerance" from "1e-8". interlace_options_name lists the names. An unknown
 * name is an error, INTERLACE_E_ARGUMENT, as is a value that cannot be read.
 * @param[in,out] options The options.
 * @param[in] name The name of the option.
 * @param[in] value Its value as text.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_set(interlace_options *options,
                                       const char *name,
                                       const char *value,
                                       interlace_error *err);

/**
 * The value of an option by name, as text that interlace_options_set accepts, to `*out`. It lives until the options
 * change or are freed. INTERLACE_E_ARGUMENT for an unknown name.
 * @param[in] options The options.
 * @param[in] name The name of the option.
 * @param[out] out The value [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_get(const interlace_options *options,
                                       const char *name,
                                       const char **out,
                                       interlace_error *err);

/**
 * The value of an option that a fit was made with, by name, as text that interlace_options_set accepts, to `*out`. It
 * lives as long as the fit. INTERLACE_E_ARGUMENT for an unknown name.
 * @param[in] fit The fit.
 * @param[in] name The name of the option.
 * @param[out] out The value [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_option(const interlace_fit *fit,
                                      const char *name,
                                      const char **out,
                                      interlace_error *err);

/**
 * Number of options that interlace_options_set accepts.
 * @since 0.1
 */
size_t interlace_options_count(void);

/**
 * Name of an option, by its index from 0; NULL if there is none. A static string.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_options_name(size_t i);

/**
 * What an option does, what values it takes and its default, in one line; NULL if there is none. A static string.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_options_doc(size_t i);

/* ==================================================================================================================
 * Fit: a fitted model: criterion, fixed and random effects, parameters, rows, matrices, outcome
 * ================================================================================================================== */

/**
 * Fits the model `spec` to `data`, which a formula needs and arrays ignore. `options` may be NULL. A fit whose
 * optimiser did not converge is still a fit: see interlace_fit_converged and interlace_fit_warning.
 * @param[in] spec The spec.
 * @param[in] data The data. A spec made from arrays ignores them: NULL.
 * @param[in] options How the model is fitted: method, optimizer, missing values and so on; threads, progress, deadline.
 *     NULL for the defaults.
 * @param[out] out The new fit. The caller frees it with interlace_fit_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_new(const interlace_spec *spec,
                                   const interlace_frame *data,
                                   const interlace_options *options,
                                   interlace_fit **out,
                                   interlace_error *err);

/**
 * Refits the model of a REML fit, on the same rows, by maximum likelihood, so that interlace_fit_compare can compare it
 * with a model with other fixed effects; a maximum likelihood fit is copied.
 * @param[in] fit The fit.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new fit. The caller frees it with interlace_fit_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_refit_ml(const interlace_fit *fit,
                                        const interlace_options *options,
                                        interlace_fit **out,
                                        interlace_error *err);

/**
 * Evaluates the objective of a model (the deviance, or for REML the REML criterion) without fitting it: `values`
 * [n_points] at the points `theta` [n_theta,n_points], one column per point, in the order of interlace_fit_theta_name.
 * A point of a generalised model is theta, then the fixed effects of the mean, the zero inflation and the dispersion,
 * then the family's parameters on their working scale. `data` and `options` are as for interlace_fit_new.
 * INTERLACE_E_ARGUMENT if `n_theta` is not the model's number of parameters.
 * @param[in] spec The spec.
 * @param[in] data The data. A spec made from arrays ignores them: NULL.
 * @param[in] theta Array [n_theta,n_points].
 * @param[in] n_theta The number of parameters of a point.
 * @param[in] n_points The number of points.
 * @param[in] options How the model is fitted: method, optimizer, missing values and so on; threads, progress, deadline.
 *     NULL for the defaults.
 * @param[out] values Array [n_points].
 * @param[in] len The number of elements of `values`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_objective(const interlace_spec *spec,
                                          const interlace_frame *data,
                                          const double *theta,
                                          size_t n_theta,
                                          size_t n_points,
                                          const interlace_options *options,
                                          double *values,
                                          size_t len,
                                          interlace_error *err);

/**
 * Frees a fit. NULL is allowed.
 * @param[in,out] fit NULL is allowed.
 * @since 0.1
 */
void interlace_fit_free(interlace_fit *fit);

/**
 * The kind of model; INTERLACE_MODEL_NONE for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
interlace_model interlace_fit_model(const interlace_fit *fit);

/**
 * The formula as it was given; empty for a model from arrays.
 * @param[in] fit The fit.
 * @since 0.1
 */
const char *interlace_fit_formula(const interlace_fit *fit);

/**
 * Which likelihood the fit maximises, INTERLACE_METHOD_REML or INTERLACE_METHOD_ML; INTERLACE_METHOD_DEFAULT for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
interlace_method interlace_fit_method(const interlace_fit *fit);

/**
 * Whether the fit is singular: some linear combination of random effects has a variance of exactly zero.
 * interlace_fit_boundary says which.
 * @param[in] fit The fit.
 * @since 0.1
 */
bool interlace_fit_is_singular(const interlace_fit *fit);

/**
 * Number of rows used.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_obs(const interlace_fit *fit);

/**
 * Residual degrees of freedom: rows used minus parameters.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_df_residual(const interlace_fit *fit);

/**
 * Standard deviation of the residuals, in units of the response. For a generalised model the dispersion as in R's
 * sigma(): the family's first parameter, but 1/sqrt(shape) for gamma and 1/sqrt(lambda) for inverse_gaussian; 1 for
 * families without parameters and for ordinal models, NaN with a dispersion formula and for Cox models. NaN for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_sigma(const interlace_fit *fit);

/**
 * Log-likelihood (natural logarithm, with all constants), restricted for a fit by REML. NaN for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_log_likelihood(const interlace_fit *fit);

/**
 * The minimised objective: the deviance, or for a fit by REML the REML criterion; with priors without what they add to
 * it (interlace_fit_prior_penalty). NaN for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_criterion(const interlace_fit *fit);

/**
 * Akaike's information criterion. NaN for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_aic(const interlace_fit *fit);

/**
 * Akaike's information criterion corrected for small samples (Hurvich & Tsai 1989), AIC + 2 k (k + 1) / (n - k - 1)
 * with k parameters and n rows used, of a Cox model n events. NaN for NULL, and where n is not larger than k + 1.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_aicc(const interlace_fit *fit);

/**
 * Bayesian information criterion. NaN for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_bic(const interlace_fit *fit);

/**
 * Why the search for the parameters of a fit ended.
 * @since 0.1
 */
typedef enum interlace_reason {
    /** No fit. */
    INTERLACE_REASON_NONE = -1,
    /** The optimum was reached. */
    INTERLACE_REASON_CONVERGED = 0,
    /**
     * No further decrease is possible in floating point, and the scaled gradient is small: below 1e-3, or below 0.03 if
     * the digits of the criterion have cancelled.
     */
    INTERLACE_REASON_ROUNDOFF_LIMITED = 1,
    /** The fit used all evaluations allowed. */
    INTERLACE_REASON_MAX_EVALUATIONS = 2,
    /** The fit used all the time allowed. */
    INTERLACE_REASON_DEADLINE = 3,
    /** The line search failed far from a stationary point. */
    INTERLACE_REASON_NO_PROGRESS = 4
} interlace_reason;

/**
 * A kind of residuals.
 * @since 0.1
 */
typedef enum interlace_residuals {
    /** Response minus fitted value; of a Cox model the martingale residual, events minus events expected. */
    INTERLACE_RESIDUALS_RESPONSE = 0,
    /**
     * Response minus fitted value, times the square root of the weight; for a generalised model, divided by the
     * standard deviation of the response.
     */
    INTERLACE_RESIDUALS_PEARSON = 1,
    /** Response minus fitted value, divided by the derivative of the mean in the linear predictor. */
    INTERLACE_RESIDUALS_WORKING = 2,
    /**
     * The signed square root of the unit deviance; for a linear model those of INTERLACE_RESIDUALS_PEARSON. Of a Cox
     * model those of Poisson counts whose means are the events expected. INTERLACE_E_UNSUPPORTED for a mixture with
     * zeros and for families without a deviance.
     */
    INTERLACE_RESIDUALS_DEVIANCE = 3,
    /**
     * Those of INTERLACE_RESIDUALS_PEARSON divided by the residual standard deviation and, if they are correlated
     * within groups, made independent: for AR(1) each minus its expectation given the previous one, for compound
     * symmetry by the symmetric root.
     */
    INTERLACE_RESIDUALS_NORMALIZED = 4,
    /**
     * Response minus fitted value, times the square root of the weight, divided by its own standard deviation sigma
     * sqrt(1 - h), h as by INTERLACE_LEVERAGE_OVERALL; if residuals are correlated, what is left of it after the other
     * rows have foretold it, by its standard deviation. NaN if a row determines a fixed effect by itself. Only of
     * linear models.
     */
    INTERLACE_RESIDUALS_STANDARDIZED = 5,
    /**
     * Response minus its mean without knowledge of the group: over the random effects. Not of ordinal and Cox models.
     */
    INTERLACE_RESIDUALS_MARGINAL = 6,
    /**
     * Those of INTERLACE_RESIDUALS_MARGINAL, times the square root of the weight, multiplied by the inverse of the
     * Cholesky factor of their covariance, in the order of the rows: independent with variance one if the model is
     * true, but for what is estimated. If residuals are correlated within groups these are made independent before, as
     * for INTERLACE_RESIDUALS_NORMALIZED. Only of linear models.
     */
    INTERLACE_RESIDUALS_CHOLESKY = 7,
    /**
     * Residuals of separate regressions of the response on the fixed-effects columns in each group of the random term
     * with most levels, by least squares with the weights. Columns that depend on others within a group are left out
     * there. Only of linear models with random effects.
     */
    INTERLACE_RESIDUALS_LEAST_SQUARES = 8,
    /**
     * Those of INTERLACE_RESIDUALS_LEAST_SQUARES times the square root of the weight, divided by sqrt(1 - h), where h
     * is the leverage within the group; NaN if h is 1.
     */
    INTERLACE_RESIDUALS_SEMI_STANDARDIZED = 9,
    /**
     * Those of INTERLACE_RESIDUALS_SEMI_STANDARDIZED divided by the residual standard deviation of the group's
     * regression; NaN if it has none.
     */
    INTERLACE_RESIDUALS_LEAST_SQUARES_STANDARDIZED = 10
} interlace_residuals;

/**
 * A kind of residuals of a Cox model with a number for each row and fixed effect.
 * @since 0.1
 */
typedef enum interlace_fixef_residuals {
    /** What the row adds to the score of the coefficient, for a weight of 1. Times the weights they add up to 0. */
    INTERLACE_FIXEF_RESIDUALS_SCORE = 0,
    /**
     * What the row adds to the coefficient, its weight included: the derivative of the estimate in the logarithm of the
     * weight. Random effects are estimated anew, their covariance is not.
     */
    INTERLACE_FIXEF_RESIDUALS_DFBETA = 1,
    /** Those of INTERLACE_FIXEF_RESIDUALS_DFBETA divided by the standard error of the coefficient. */
    INTERLACE_FIXEF_RESIDUALS_DFBETAS = 2
} interlace_fixef_residuals;

/**
 * Which part of a row's leverage.
 * @since 0.1
 */
typedef enum interlace_leverage {
    /**
     * The derivative of the fitted value in the response of the row, at the estimated covariances: the diagonal of the
     * matrix that turns responses into fitted values. lme4's hatvalues.
     */
    INTERLACE_LEVERAGE_OVERALL = 0,
    /** That of the fixed effects' part of the fitted value. Its sum is the number of fixed effects. */
    INTERLACE_LEVERAGE_FIXEF = 1,
    /** That of the random effects' part: INTERLACE_LEVERAGE_OVERALL less INTERLACE_LEVERAGE_FIXEF. */
    INTERLACE_LEVERAGE_RANEF = 2,
    /**
     * The variance of the random effects' part of the response, in units of the residual variance: a random part that
     * does not depend on the fixed effects.
     */
    INTERLACE_LEVERAGE_RANEF_VARIANCE = 3
} interlace_leverage;

/**
 * In what form all parameters of a fit are given. Fixed effects, thresholds and nominal effects are the same in both.
 * @since 0.1
 */
typedef enum interlace_parameter_form {
    /**
     * As they are estimated: theta; the family's parameters on their working scales, which are logarithms (for
     * gaussian, of the variance), logits (for tweedie, of the power minus 1), lower_cut itself; of a linear model
     * log(sigma), and the residual correlation as log((rho - l) / (1 - rho)), l being its least value.
     */
    INTERLACE_PARAMETER_FORM_WORKING = 0,
    /**
     * As they are reported: standard deviations and correlations of random effects, sigma, the residual correlation,
     * the family's parameters.
     */
    INTERLACE_PARAMETER_FORM_REPORTED = 1,
    /**
     * Variances and covariances of random effects, the square of sigma; the rest as reported. A correlation that all
     * effects of a term have in common stays one.
     */
    INTERLACE_PARAMETER_FORM_VARIANCE = 2,
    /**
     * Without bounds: the logarithms of standard deviations and of sigma, atanh of correlations (Fisher's z), log((rho
     * - l) / (1 - rho)) of a correlation that all effects or residuals have in common, l being its least value; the
     * family's parameters on their working scales.
     */
    INTERLACE_PARAMETER_FORM_LOG = 3
} interlace_parameter_form;

/**
 * The scale on which Wald limits of variances, correlations and family parameters are symmetric.
 * @since 0.1
 */
typedef enum interlace_parameter_limits {
    /**
     * That of INTERLACE_PARAMETER_FORM_LOG, from which they are taken back: they are within the range of the parameter.
     */
    INTERLACE_PARAMETER_LIMITS_UNBOUNDED = 0,
    /** The parameter's own. */
    INTERLACE_PARAMETER_LIMITS_PLAIN = 1
} interlace_parameter_limits;

/**
 * Which matrix is the information of a likelihood.
 * @since 0.1
 */
typedef enum interlace_information_matrix {
    /** Minus the second derivatives of the log-likelihood. */
    INTERLACE_INFORMATION_MATRIX_OBSERVED = 0,
    /**
     * Of a linear model: the average of the observed and the expected information of variances and covariances
     * (Gilmour, Thompson and Cullis 1995), and the expected one of the fixed effects.
     */
    INTERLACE_INFORMATION_MATRIX_AVERAGE = 1
} interlace_information_matrix;

/**
 * Degrees of freedom of tests and intervals of the fixed effects.
 * @since 0.1
 */
typedef enum interlace_df {
    /**
     * Satterthwaite's for linear models (the normal distribution if they cannot be computed, which the results say),
     * the normal distribution for others.
     */
    INTERLACE_DF_DEFAULT = 0,
    /** Infinite: the normal distribution for estimates divided by their standard errors. */
    INTERLACE_DF_NORMAL = 1,
    /** The rows used minus the fixed effects and, for an ordinal model, minus the parameters of its thresholds. */
    INTERLACE_DF_RESIDUAL = 2,
    /** Satterthwaite's, for linear models. */
    INTERLACE_DF_SATTERTHWAITE = 3,
    /**
     * Kenward and Roger's, with standard errors from their adjusted covariance and scaled F tests, for linear models
     * fitted by REML.
     */
    INTERLACE_DF_KENWARD_ROGER = 4
} interlace_df;

/**
 * The name of a reason, such as "max_evaluations"; NULL for a number that is none. A static string.
 * @param[in] code Why the search for the parameters of a fit ended.
 * @since 0.1
 */
const char *interlace_reason_name(interlace_reason code);

/**
 * The reason that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
 * the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_reason_from_name(const char *name,
                                            interlace_reason *out,
                                            interlace_error *err);

/**
 * The name of a kind of residuals, such as "pearson"; NULL for a number that is none. A static string.
 * @param[in] code A kind of residuals.
 * @since 0.1
 */
const char *interlace_residuals_name(interlace_residuals code);

/**
 * The kind of residuals that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there
 * is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_residuals_from_name(const char *name,
                                               interlace_residuals *out,
                                               interlace_error *err);

/**
 * The name of a kind of residuals of fixed effects, such as "dfbeta"; NULL for a number that is none. A static string.
 * @param[in] code A kind of residuals of a Cox model with a number for each row and fixed effect.
 * @since 0.1
 */
const char *interlace_fixef_residuals_name(interlace_fixef_residuals code);

/**
 * The kind of residuals of fixed effects that has the name, to `out`. Hyphens and capitals are understood.
 * INTERLACE_E_ARGUMENT if there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fixef_residuals_from_name(const char *name,
                                                     interlace_fixef_residuals *out,
                                                     interlace_error *err);

/**
 * The name of a part of the leverage, such as "fixef"; NULL for a number that is none. A static string.
 * @param[in] code Which part of a row's leverage.
 * @since 0.1
 */
const char *interlace_leverage_name(interlace_leverage code);

/**
 * The part of the leverage that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_leverage_from_name(const char *name,
                                              interlace_leverage *out,
                                              interlace_error *err);

/**
 * The name of a form of parameters, such as "reported"; NULL for a number that is none. A static string.
 * @param[in] code In what form all parameters of a fit are given.
 * @since 0.1
 */
const char *interlace_parameter_form_name(interlace_parameter_form code);

/**
 * The form of parameters that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_parameter_form_from_name(const char *name,
                                                    interlace_parameter_form *out,
                                                    interlace_error *err);

/**
 * The name of a scale of limits, such as "plain"; NULL for a number that is none. A static string.
 * @param[in] code The scale on which Wald limits of variances, correlations and family parameters are symmetric.
 * @since 0.1
 */
const char *interlace_parameter_limits_name(interlace_parameter_limits code);

/**
 * The scale of limits that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there
 * is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_parameter_limits_from_name(const char *name,
                                                      interlace_parameter_limits *out,
                                                      interlace_error *err);

/**
 * The name of an information matrix, such as "average"; NULL for a number that is none. A static string.
 * @param[in] code Which matrix is the information of a likelihood.
 * @since 0.1
 */
const char *interlace_information_matrix_name(interlace_information_matrix code);

/**
 * The information matrix that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_information_matrix_from_name(const char *name,
                                                        interlace_information_matrix *out,
                                                        interlace_error *err);

/**
 * The name of a kind of degrees of freedom, such as "kenward_roger"; NULL for a number that is none. A static string.
 * @param[in] code Degrees of freedom of tests and intervals of the fixed effects.
 * @since 0.1
 */
const char *interlace_df_name(interlace_df code);

/**
 * The kind of degrees of freedom that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT
 * if there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_df_from_name(const char *name,
                                        interlace_df *out,
                                        interlace_error *err);

/**
 * Which engine made a fit: "direct", or "iterative" for a linear or generalised model whose random effects were solved
 * for by iterations. NULL for NULL. A static string.
 * @param[in] fit The fit.
 * @since 0.1
 */
const char *interlace_fit_engine(const interlace_fit *fit);

/**
 * Why that engine was chosen, in one line; NULL where there was nothing to decide.
 * @param[in] fit The fit.
 * @since 0.1
 */
const char *interlace_fit_engine_decision(const interlace_fit *fit);

/**
 * The forecast of a factorisation: its multiplications. NaN where there was no forecast.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_forecast_multiplications(const interlace_fit *fit);

/**
 * The forecast of a factorisation: its memory in bytes. NaN where there was no forecast.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_forecast_bytes(const interlace_fit *fit);

/**
 * The Monte-Carlo standard error of the criterion, which is twice that of the log-likelihood. 0 for a fit by the direct
 * engine, NaN for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_criterion_error(const interlace_fit *fit);

/**
 * Monte-Carlo standard errors of theta, to `out` [n_theta]: what other random signs would change. 0 for a fit by the
 * direct engine. They are not the standard errors of estimation, which are much larger.
 * @param[in] fit The fit.
 * @param[out] out Array [n_theta].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_theta_errors(const interlace_fit *fit,
                                            double *out,
                                            size_t len,
                                            interlace_error *err);

/**
 * Whether the optimiser reached an optimum.
 * @param[in] fit The fit.
 * @since 0.1
 */
bool interlace_fit_converged(const interlace_fit *fit);

/**
 * Why the optimiser stopped; INTERLACE_REASON_NONE for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
interlace_reason interlace_fit_reason(const interlace_fit *fit);

/**
 * Number of evaluations of the objective.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_evaluations(const interlace_fit *fit);

/**
 * Distance to the optimum in units of the parameters' standard errors: sqrt(g' H^-1 g) with gradient g and Hessian H of
 * the objective. NaN for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_scaled_gradient(const interlace_fit *fit);

/**
 * Number of directions without variance, over all terms; 0 unless the fit is singular.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_boundary(const interlace_fit *fit);

/**
 * A direction without variance as text, "Subject: 0.98 (Intercept) - 0.20 Days", by its index from 0; NULL if there is
 * none.
 * @param[in] fit The fit.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_fit_boundary(const interlace_fit *fit,
                                   size_t i);

/**
 * Number of parameters without a finite maximum likelihood estimate: the likelihood of a model of counts, proportions
 * or ordered categories rises as they go to infinity, for example if a covariate separates all successes from all
 * failures. They are fixed effects, and for an ordinal model thresholds and nominal effects. The fit reports the values
 * where the search ended, with standard errors that are huge and otherwise meaningless. Other quantities keep their
 * proper standard errors. 0 for a linear model.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_separated(const interlace_fit *fit);

/**
 * Name of a parameter without a finite estimate, by its index from 0, as in interlace_fit_parameter_name (those of the
 * zero inflation begin with "zi."); NULL if there is none.
 * @param[in] fit The fit.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_fit_separated(const interlace_fit *fit,
                                    size_t i);

/**
 * Number of warnings: what the user of the fit should know.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_warnings(const interlace_fit *fit);

/**
 * A warning, one line of text, by its index from 0; NULL if there is none.
 * @param[in] fit The fit.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_fit_warning(const interlace_fit *fit, size_t i);

/**
 * Seconds of wall time from the data to the model matrices. NaN for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_design_seconds(const interlace_fit *fit);

/**
 * Seconds of wall time from the model matrices to estimates, standard errors and random effects. NaN for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_fit_seconds(const interlace_fit *fit);

/**
 * Whether the fit has a linear predictor. If it does not, functions of that predictor that return a status return
 * INTERLACE_E_ARGUMENT.
 * @param[in] fit The fit.
 * @param[in] predictor A linear predictor of a model.
 * @since 0.1
 */
bool interlace_fit_has_predictor(const interlace_fit *fit, interlace_predictor predictor);

/**
 * Number p of fixed effects of a predictor: the columns kept; 0 without the predictor.
 * @param[in] fit The fit.
 * @param[in] predictor A linear predictor of a model.
 * @since 0.1
 */
size_t interlace_fit_n_fixef(const interlace_fit *fit, interlace_predictor predictor);

/**
 * Name of a fixed effect of a predictor, by its index from 0; NULL if there is none.
 * @param[in] fit The fit.
 * @param[in] predictor A linear predictor of a model.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_fit_fixef_name(const interlace_fit *fit, interlace_predictor predictor, size_t i);

/**
 * Estimates of the fixed effects of a predictor, to `out` [p].
 * @param[in] fit The fit.
 * @param[in] predictor A linear predictor of a model.
 * @param[out] out Array [p].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_fixef(const interlace_fit *fit,
                                     interlace_predictor predictor,
                                     double *out,
                                     size_t len,
                                     interlace_error *err);

/**
 * Standard errors of the fixed effects of a predictor, to `out` [p].
 * @param[in] fit The fit.
 * @param[in] predictor A linear predictor of a model.
 * @param[out] out Array [p].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_fixef_std_error(const interlace_fit *fit,
                                               interlace_predictor predictor,
                                               double *out,
                                               size_t len,
                                               interlace_error *err);

/**
 * Covariance matrix of the estimates of the fixed effects of a predictor, to `out` [p,p].
 * @param[in] fit The fit.
 * @param[in] predictor A linear predictor of a model.
 * @param[out] out Array [p,p].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_fixef_vcov(const interlace_fit *fit,
                                          interlace_predictor predictor,
                                          double *out,
                                          size_t len,
                                          interlace_error *err);

/**
 * Two-sided p-values of the fixed effects of a predictor, to `out` [p]: for the mean by the degrees of freedom `df`,
 * for others, which know only INTERLACE_DF_DEFAULT and INTERLACE_DF_NORMAL, by the normal distribution.
 * @param[in] fit The fit.
 * @param[in] predictor A linear predictor of a model.
 * @param[in] df Degrees of freedom of tests and intervals of the fixed effects.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out Array [p].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_fixef_p_value(const interlace_fit *fit,
                                             interlace_predictor predictor,
                                             interlace_df df,
                                             const interlace_options *options,
                                             double *out,
                                             size_t len,
                                             interlace_error *err);

/**
 * Wald confidence intervals of the fixed effects of a predictor at a `level` such as 0.95, to `lower` [p] and `upper`
 * [p], by degrees of freedom as in interlace_fit_fixef_p_value. `len` is the length of either output.
 * @param[in] fit The fit.
 * @param[in] predictor A linear predictor of a model.
 * @param[in] df Degrees of freedom of tests and intervals of the fixed effects.
 * @param[in] level The level of the interval, between 0 and 1, such as 0.95.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] lower Array [p].
 * @param[out] upper Array [p].
 * @param[in] len The number of elements of each of `lower`, `upper`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_fixef_confint_wald(const interlace_fit *fit,
                                                  interlace_predictor predictor,
                                                  interlace_df df,
                                                  double level,
                                                  const interlace_options *options,
                                                  double *lower,
                                                  double *upper,
                                                  size_t len,
                                                  interlace_error *err);

/**
 * Number of columns left out of a predictor's fixed-effects model matrix because they are linear combinations of those
 * before them; 0 without the predictor.
 * @param[in] fit The fit.
 * @param[in] predictor A linear predictor of a model.
 * @since 0.1
 */
size_t interlace_fit_n_dropped_columns(const interlace_fit *fit,
                                       interlace_predictor predictor);

/**
 * Name of a column left out of a predictor, by its index from 0; NULL if there is none.
 * @param[in] fit The fit.
 * @param[in] predictor A linear predictor of a model.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_fit_dropped_column(const interlace_fit *fit, interlace_predictor predictor, size_t i);

/**
 * Predictor of a random term; INTERLACE_PREDICTOR_NONE if there is no such term.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @since 0.1
 */
interlace_predictor interlace_fit_term_predictor(const interlace_fit *fit, size_t term);

/**
 * Values of a predictor with fixed effects, random effects and offset, to `out` [m], m as in interlace_fit_n_rows.
 * Those of the mean of a linear model are the fitted values.
 * @param[in] fit The fit.
 * @param[in] predictor A linear predictor of a model.
 * @param[out] out Array [m].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_linear_predictor(const interlace_fit *fit,
                                                interlace_predictor predictor,
                                                double *out,
                                                size_t len,
                                                interlace_error *err);

/**
 * Number of covariance parameters.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_theta(const interlace_fit *fit);

/**
 * Name of a covariance parameter, by its index from 0: "group.effect" on the diagonal of the Cholesky factor,
 * "group.row.column" below it, with "zi." or "disp." before it for a term of the zero inflation or the dispersion; NULL
 * if there is none.
 * @param[in] fit The fit.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_fit_theta_name(const interlace_fit *fit,
                                     size_t i);

/**
 * Covariance parameters, to `out` [n_theta], term by term: for an unstructured covariance the lower triangle, by
 * columns, of the Cholesky factor of the random effects' covariance relative to sigma^2; for a generalised model, of
 * that covariance itself.
 * @param[in] fit The fit.
 * @param[out] out Array [n_theta].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_theta(const interlace_fit *fit,
                                     double *out,
                                     size_t len,
                                     interlace_error *err);

/**
 * Number of random terms, of all predictors.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_terms(const interlace_fit *fit);

/**
 * Grouping factor of a term, "g" or "a:b"; NULL if there is no such term. Terms may share a grouping factor.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @since 0.1
 */
const char *interlace_fit_term_group(const interlace_fit *fit, size_t term);

/**
 * Number of effects r of a term.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @since 0.1
 */
size_t interlace_fit_term_n_effects(const interlace_fit *fit, size_t term);

/**
 * Name of an effect of a term, by its index from 0; NULL if there is none.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @param[in] effect The effect, from 0.
 * @since 0.1
 */
const char *interlace_fit_term_effect_name(const interlace_fit *fit, size_t term, size_t effect);

/**
 * Number of levels l of a term's grouping factor.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @since 0.1
 */
size_t interlace_fit_term_n_levels(const interlace_fit *fit, size_t term);

/**
 * Label of a level of a term's grouping factor, by its index from 0; NULL if there is none.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @param[in] level The level, from 0.
 * @since 0.1
 */
const char *interlace_fit_term_level(const interlace_fit *fit, size_t term, size_t level);

/**
 * Covariance structure of a term; INTERLACE_STRUCTURE_NONE if there is no such term.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @since 0.1
 */
interlace_structure interlace_fit_term_structure(const interlace_fit *fit, size_t term);

/**
 * Whether a term's effects share one standard deviation by its structure.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @since 0.1
 */
bool interlace_fit_term_is_homogeneous(const interlace_fit *fit, size_t term);

/**
 * Covariance matrix of a term's effects, to `out` [r,r], in squared units of the response, or of the linear predictor.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @param[out] out Array [r,r].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_term_cov(const interlace_fit *fit,
                                        size_t term,
                                        double *out,
                                        size_t len,
                                        interlace_error *err);

/**
 * Standard deviations of a term's effects, to `out` [r].
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @param[out] out Array [r].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_term_sd(const interlace_fit *fit,
                                       size_t term,
                                       double *out,
                                       size_t len,
                                       interlace_error *err);

/**
 * Correlation matrix of a term's effects, to `out` [r,r]; NaN for an effect without variance.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @param[out] out Array [r,r].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_term_corr(const interlace_fit *fit,
                                         size_t term,
                                         double *out,
                                         size_t len,
                                         interlace_error *err);

/**
 * Conditional modes of a term's random effects, to `out` [r,l]: one column per level.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @param[out] out Array [r,l].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_term_ranef(const interlace_fit *fit,
                                          size_t term,
                                          double *out,
                                          size_t len,
                                          interlace_error *err);

/**
 * Conditional covariance matrices of a term's random effects given the parameters, to `out` [r,r,l]: one matrix per
 * level.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @param[out] out Array [r,r,l].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_term_ranef_cov(const interlace_fit *fit,
                                              size_t term,
                                              double *out,
                                              size_t len,
                                              interlace_error *err);

/**
 * Whether interlace_fit_term_ranef_cov_full is available. False for NULL.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @since 0.1
 */
bool interlace_fit_term_has_ranef_cov_full(const interlace_fit *fit, size_t term);

/**
 * As interlace_fit_term_ranef_cov, with the uncertainty of the estimated parameters added (delta method, as in TMB's
 * sdreport), to `out` [r,r,l]. INTERLACE_E_UNSUPPORTED for linear models and without marginal standard errors.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @param[out] out Array [r,r,l].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_term_ranef_cov_full(const interlace_fit *fit,
                                                   size_t term,
                                                   double *out,
                                                   size_t len,
                                                   interlace_error *err);

/**
 * Limits of a term's random effects at a level such as 0.95: the modes minus and plus a normal quantile times the
 * standard deviations, each [r,l]. The standard deviations are those of interlace_fit_term_ranef_cov, given the
 * parameters, or with `full` those of interlace_fit_term_ranef_cov_full, INTERLACE_E_UNSUPPORTED if the fit has none.
 * `len` is the length of either output.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @param[in] level The level of the interval, between 0 and 1, such as 0.95.
 * @param[in] full Whether standard deviations include the uncertainty of the parameters.
 * @param[out] lower Lower limits [r,l].
 * @param[out] upper Upper limits [r,l].
 * @param[in] len The number of elements of each of `lower`, `upper`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_term_ranef_confint_wald(const interlace_fit *fit,
                                                       size_t term,
                                                       double level,
                                                       bool full,
                                                       double *lower,
                                                       double *upper,
                                                       size_t len,
                                                       interlace_error *err);

/**
 * Number of directions in the space of a term's effects that have no variance; 0 unless the fit is singular.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @since 0.1
 */
size_t interlace_fit_term_n_boundary(const interlace_fit *fit, size_t term);

/**
 * A direction without variance, by its index from 0, to `out` [r]: the weights of the effects, of unit length.
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @param[in] direction The direction, from 0.
 * @param[out] out Array [r].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_term_boundary(const interlace_fit *fit,
                                             size_t term,
                                             size_t direction,
                                             double *out,
                                             size_t len,
                                             interlace_error *err);

/**
 * Number n of parameters, in the order that all functions of parameters have: the fixed effects of the mean, the zero
 * inflation and the dispersion; sigma and the residual correlation of a linear model, the estimated parameters of the
 * family of a generalised one, those of the thresholds and the nominal effects of an ordinal one; then those of the
 * random effects, as many as interlace_fit_n_theta.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_parameters(const interlace_fit *fit);

/**
 * The id of a parameter in a form, by its index from 0: a text that a program can take apart, such as "fixef[x]",
 * "zi.fixef[x]", "family[shape]", "sigma", "theta[g, x]", "sd[g, x]" or "cor[g, (Intercept), x]". It is the same in the
 * columns "id" of tables and in all fits with such a parameter, whatever the order of the model's terms. NULL if there
 * is none.
 * @param[in] fit The fit.
 * @param[in] parameter_form The form. It says whether the random effects have theta or standard deviations, variances
 *     and the like; the ids of the latter are the same.
 * @param[in] i The parameter, from 0.
 * @since 0.1
 */
const char *interlace_fit_parameter_id(const interlace_fit *fit,
                                       interlace_parameter_form parameter_form,
                                       size_t i);

/**
 * The name of a parameter in a form, by its index from 0, for people: "x", "zi.x" and "disp.x" of fixed effects,
 * "sigma", "ar1|g", "shape", "low|mid"; "theta.g.x" in the working form, "sd_x|g" and "cor_x.(Intercept)|g" in the
 * reported one, "var_x|g", "cov_x.(Intercept)|g" and "sigma^2" as variances, "log_sd_x|g", "atanh_cor_x.(Intercept)|g"
 * and "log_sigma" without bounds. NULL if there is none.
 * @param[in] fit The fit.
 * @param[in] parameter_form The form.
 * @param[in] i The parameter, from 0.
 * @since 0.1
 */
const char *interlace_fit_parameter_name(const interlace_fit *fit,
                                         interlace_parameter_form parameter_form,
                                         size_t i);

/**
 * The estimates of all parameters in a form, to `out` [n_parameters].
 * @param[in] fit The fit.
 * @param[in] parameter_form The form.
 * @param[out] out Array [n_parameters].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_parameters(const interlace_fit *fit,
                                          interlace_parameter_form parameter_form,
                                          double *out,
                                          size_t len,
                                          interlace_error *err);

/**
 * The covariance matrix of the estimates of all parameters in a form, to `out` [n_parameters,n_parameters]: twice the
 * inverse of the Hessian of the deviance. For a linear model by REML it has two blocks: interlace_fit_fixef_vcov, and
 * that of the other parameters by the REML criterion. NaN for a parameter that is at a boundary (an exact zero, a
 * correlation of one), which the others take as known, and for one that the data do not determine. That of the reported
 * form follows by the delta method. The time of a linear model is that of Satterthwaite's degrees of freedom.
 * INTERLACE_E_NUMERIC if there is no Hessian.
 * @param[in] fit The fit.
 * @param[in] parameter_form The form.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out Array [n_parameters,n_parameters].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_parameters_vcov(const interlace_fit *fit,
                                               interlace_parameter_form parameter_form,
                                               const interlace_options *options,
                                               double *out,
                                               size_t len,
                                               interlace_error *err);

/**
 * The parameters of variances as a new frame, with standard errors and Wald limits: term, id, estimate, std_error,
 * lower, upper. They are sigma and the residual correlation of a linear model, the estimated parameters of the family
 * of a generalised one, and those of the covariances of random effects. Standard errors are those of
 * interlace_fit_parameters_vcov; NaN, as the limits, for a parameter at a boundary. A covariance has symmetric limits
 * always. Estimates of variances are skewed: intervals by profiles (interlace_fit_parameters_confint_profile) are
 * better with few groups.
 * @param[in] fit The fit.
 * @param[in] parameter_form The form.
 * @param[in] parameter_limits The scale on which limits are symmetric.
 * @param[in] level The level of the limits, between 0 and 1; 0 means 0.95.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_variance_parameters(const interlace_fit *fit,
                                                   interlace_parameter_form parameter_form,
                                                   interlace_parameter_limits parameter_limits,
                                                   double level,
                                                   const interlace_options *options,
                                                   interlace_frame **out,
                                                   interlace_error *err);

/**
 * The log-likelihood at any values of the parameters of a form, to `values` [n_points]; by restricted likelihood where
 * the fit is. That of generalised and ordinal models is by the fit's approximation; that of a Cox model is the
 * integrated one, in which its coefficients are parameters. Where the likelihood is no function of a parameter, its
 * value is not looked at: the fixed effects of a fit by restricted likelihood, and those of the mean with nagq = 0.
 * INTERLACE_E_ARGUMENT for a value that a parameter can't have, such as a negative standard deviation.
 * INTERLACE_E_NUMERIC where the likelihood is not finite. INTERLACE_E_UNSUPPORTED for a fit without a factorisation,
 * and for a Cox model with a coefficient that has no finite estimate.
 * @param[in] fit The fit.
 * @param[in] parameter_form The form of the parameters.
 * @param[in] parameters Array [n_parameters,n_points], a column for each point, in the order of
 *     interlace_fit_parameters.
 * @param[in] n_parameters As interlace_fit_n_parameters says.
 * @param[in] n_points The number of points.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] values Array [n_points].
 * @param[in] len The number of elements of `values`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_log_likelihood_at(const interlace_fit *fit,
                                                 interlace_parameter_form parameter_form,
                                                 const double *parameters,
                                                 size_t n_parameters,
                                                 size_t n_points,
                                                 const interlace_options *options,
                                                 double *values,
                                                 size_t len,
                                                 interlace_error *err);

/**
 * The gradient of the log-likelihood at any values of the parameters of a form, to `out` [n_parameters];
 * interlace_fit_log_likelihood_at has more. NaN of parameters that the likelihood is no function of, and of those at
 * the end of their range without a slope there, as a correlation of one.
 * @param[in] fit The fit.
 * @param[in] parameter_form The form of the values and of the gradient.
 * @param[in] parameters Array [n_parameters], in the order of interlace_fit_parameters.
 * @param[in] n_parameters As interlace_fit_n_parameters says.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out Array [n_parameters].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_gradient_at(const interlace_fit *fit,
                                           interlace_parameter_form parameter_form,
                                           const double *parameters,
                                           size_t n_parameters,
                                           const interlace_options *options,
                                           double *out,
                                           size_t len,
                                           interlace_error *err);

/**
 * The information of the log-likelihood at any values of the parameters of a form, to `out`
 * [n_parameters,n_parameters]: minus its second derivatives, or the average information. NaN in the rows and columns of
 * parameters whose gradient is NaN, and of those within rounding of the end of their range; of the average information
 * also in those of a residual correlation. INTERLACE_E_UNSUPPORTED for the average information of models that are not
 * linear.
 * @param[in] fit The fit.
 * @param[in] parameter_form The form of the values and of the information.
 * @param[in] information_matrix Which information.
 * @param[in] parameters Array [n_parameters], in the order of interlace_fit_parameters.
 * @param[in] n_parameters As interlace_fit_n_parameters says.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out Array [n_parameters,n_parameters].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_information_at(const interlace_fit *fit,
                                              interlace_parameter_form parameter_form,
                                              interlace_information_matrix information_matrix,
                                              const double *parameters,
                                              size_t n_parameters,
                                              const interlace_options *options,
                                              double *out,
                                              size_t len,
                                              interlace_error *err);

/**
 * Name of the family of a generalised model, as in interlace_family_name; "cumulative" for an ordinal model; NULL for a
 * linear model.
 * @param[in] fit The fit.
 * @since 0.1
 */
const char *interlace_fit_family(const interlace_fit *fit);

/**
 * Name of the link of a generalised model; NULL for a linear model.
 * @param[in] fit The fit.
 * @since 0.1
 */
const char *interlace_fit_link(const interlace_fit *fit);

/**
 * The information in the Laplace approximation; INTERLACE_INFORMATION_NONE for a linear model.
 * @param[in] fit The fit.
 * @since 0.1
 */
interlace_information interlace_fit_information(const interlace_fit *fit);

/**
 * Number of quadrature points, as in interlace_options_set_nagq; -1 for a linear model.
 * @param[in] fit The fit.
 * @since 0.1
 */
int32_t interlace_fit_nagq(const interlace_fit *fit);

/**
 * Number k of the family's parameters besides the mean; for an ordinal model of those of the thresholds
 * (interlace_fit_n_threshold_parameters) and the nominal effects, a (1 + c); 0 for a linear model.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_family_parameters(const interlace_fit *fit);

/**
 * Name of a parameter of the family, by its index from 0; NULL if there is none. The nominal effect of a column x on
 * the threshold "low|mid" is "low|mid.x"; they come column by column after the parameters of the thresholds.
 * @param[in] fit The fit.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_fit_family_parameter_name(const interlace_fit *fit,
                                                size_t i);

/**
 * Whether a parameter of the family was fixed (interlace_spec_fix_parameter) and not estimated.
 * @param[in] fit The fit.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
bool interlace_fit_family_parameter_is_fixed(const interlace_fit *fit, size_t i);

/**
 * The family's parameters, to `out` [k]; the first is NaN with a dispersion formula. INTERLACE_E_ARGUMENT for a linear
 * model.
 * @param[in] fit The fit.
 * @param[out] out Array [k].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_family_parameters(const interlace_fit *fit,
                                                 double *out,
                                                 size_t len,
                                                 interlace_error *err);

/**
 * Standard errors of the family's parameters, by the delta method, to `out` [k]; NaN for a fixed parameter.
 * @param[in] fit The fit.
 * @param[out] out Array [k].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_family_parameters_std_error(const interlace_fit *fit,
                                                           double *out,
                                                           size_t len,
                                                           interlace_error *err);

/**
 * The family's first parameter for each row, to `out` [m], m as in interlace_fit_n_rows; the same in all rows without a
 * formula for the dispersion. For an ordinal model the scale, 1 without a scale formula. INTERLACE_E_ARGUMENT if the
 * family has no parameter.
 * @param[in] fit The fit.
 * @param[out] out Array [m].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_dispersion(const interlace_fit *fit,
                                          double *out,
                                          size_t len,
                                          interlace_error *err);

/**
 * Probability, for each row, of a zero from the zero inflation, to `out` [m]; zero without a zero-inflation formula.
 * @param[in] fit The fit.
 * @param[out] out Array [m].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_zero_probability(const interlace_fit *fit,
                                                double *out,
                                                size_t len,
                                                interlace_error *err);

/**
 * Number of categories K of an ordinal fit: those that occur in the rows used; 0 for other fits.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_categories(const interlace_fit *fit);

/**
 * Label of a category, by its index from 0, from lowest to highest; NULL if there is none. interlace_fit_response
 * numbers the first as 1.
 * @param[in] fit The fit.
 * @param[in] k The category, from 0.
 * @since 0.1
 */
const char *interlace_fit_category(const interlace_fit *fit,
                                   size_t k);

/**
 * The structure of the thresholds of an ordinal fit; INTERLACE_THRESHOLD_NONE for other fits. A single threshold is
 * always flexible.
 * @param[in] fit The fit.
 * @since 0.1
 */
interlace_threshold interlace_fit_threshold_structure(const interlace_fit *fit);

/**
 * Number of thresholds of an ordinal fit, one less than the number of categories; 0 for other fits.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_thresholds(const interlace_fit *fit);

/**
 * Name of a threshold, by its index from 0: the categories on either side, "low|mid"; NULL if there is none.
 * @param[in] fit The fit.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_fit_threshold_name(const interlace_fit *fit, size_t i);

/**
 * The thresholds, ascending, at nominal effects of zero, to `out` [K - 1]. INTERLACE_E_ARGUMENT for a fit that is not
 * ordinal.
 * @param[in] fit The fit.
 * @param[out] out Array [K - 1].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_thresholds(const interlace_fit *fit, double *out, size_t len, interlace_error *err);

/**
 * Standard errors of the thresholds, to `out` [K - 1].
 * @param[in] fit The fit.
 * @param[out] out Array [K - 1].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_thresholds_std_error(const interlace_fit *fit,
                                                    double *out,
                                                    size_t len,
                                                    interlace_error *err);

/**
 * Covariance matrix of the thresholds, to `out` [K - 1,K - 1]; singular if they are not all free.
 * @param[in] fit The fit.
 * @param[out] out Array [K - 1,K - 1].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_thresholds_vcov(const interlace_fit *fit, double *out, size_t len, interlace_error *err);

/**
 * Number a of parameters of the thresholds: K - 1 flexible ones, which are the thresholds themselves ("low|mid"); for
 * symmetric thresholds the middle one ("central") or the two middle ones ("central.1", "central.2") and distances from
 * these ("spacing.1", "spacing.2"); for equidistant ones the first and the distance ("threshold.1", "spacing"). 0 for
 * other fits. They are the first a parameters of interlace_fit_family_parameters; the others are the nominal effects.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_threshold_parameters(const interlace_fit *fit);

/**
 * The matrix that maps the parameters of the thresholds, as interlace_fit_n_threshold_parameters describes them, to
 * thresholds, to `out` [K - 1,a].
 * @param[in] fit The fit.
 * @param[out] out Array [K - 1,a].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_thresholds_jacobian(const interlace_fit *fit,
                                                   double *out,
                                                   size_t len,
                                                   interlace_error *err);

/**
 * Number c of columns with nominal effects, counting those kept; 0 without any.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_nominal(const interlace_fit *fit);

/**
 * Name of a column with nominal effects, by its index from 0; NULL if there is none.
 * @param[in] fit The fit.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_fit_nominal_name(const interlace_fit *fit, size_t i);

/**
 * Nominal effects of each column on each parameter of the thresholds, to `out` [a,c]: they are added to these
 * parameters, multiplied by the value of the column. Among the parameters of interlace_fit_family_parameters their
 * names are "low|mid.x".
 * @param[in] fit The fit.
 * @param[out] out Array [a,c].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_nominal(const interlace_fit *fit,
                                       double *out,
                                       size_t len,
                                       interlace_error *err);

/**
 * Standard errors of the nominal effects, to `out` [a,c].
 * @param[in] fit The fit.
 * @param[out] out Array [a,c].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_nominal_std_error(const interlace_fit *fit,
                                                 double *out,
                                                 size_t len,
                                                 interlace_error *err);

/**
 * Wald confidence intervals of the parameters of interlace_fit_family_parameters by the normal distribution, to `lower`
 * [k] and `upper` [k]; `level` is between 0 and 1, such as 0.95. Those of an ordinal fit are symmetric about the
 * estimates; those of other families are symmetric on the working scale (see interlace_fit_parameters), and within the
 * parameter's range. NaN for a fixed parameter and for one that varies between rows. INTERLACE_E_ARGUMENT for a linear
 * model.
 * @param[in] fit The fit.
 * @param[in] level The level of the interval, between 0 and 1, such as 0.95.
 * @param[out] lower Array [k].
 * @param[out] upper Array [k].
 * @param[in] len The number of elements of each of `lower`, `upper`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_family_parameters_confint_wald(const interlace_fit *fit,
                                                              double level,
                                                              double *lower,
                                                              double *upper,
                                                              size_t len,
                                                              interlace_error *err);

/**
 * How the fit handles events at the same time; INTERLACE_TIES_NONE for NULL and for other models than Cox's.
 * @param[in] fit The fit.
 * @since 0.1
 */
interlace_ties interlace_fit_ties(const interlace_fit *fit);

/**
 * Number of rows used that have an event; 0 for NULL and for other models than Cox's.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_events(const interlace_fit *fit);

/**
 * Log partial likelihood of a Cox model at the offset only, without fixed and random effects. NaN for NULL and for
 * other models.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_log_likelihood_null(const interlace_fit *fit);

/**
 * Log partial likelihood of a Cox model at its fixed effects and the modes of its random effects, less the penalty
 * b'V^-1 b / 2 of these, V their covariance. NaN for NULL and for other models. interlace_fit_log_likelihood() is that
 * integrated over the random effects.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_log_likelihood_penalised(const interlace_fit *fit);

/**
 * Log partial likelihood of a Cox model at its fixed effects and the modes of its random effects, without the penalty.
 * NaN for NULL and for other models.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_log_likelihood_fitted(const interlace_fit *fit);

/**
 * Concordance of a Cox model's linear predictor, random effects included: the share of pairs of rows, one of which has
 * an event while the other is at risk and has none then, in which it has the larger predictor; equal predictors count
 * half. Pairs are of one stratum and count the product of their weights. NaN for NULL, for other models and without
 * pairs.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_concordance(const interlace_fit *fit);

/**
 * Standard error of interlace_fit_concordance, by the infinitesimal jackknife in the weights of the rows, the predictor
 * being given. NaN for NULL, for other models and without pairs.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_concordance_std_error(const interlace_fit *fit);

/**
 * Degrees of freedom of the penalised likelihood of a Cox model: the number of fixed effects, and of each random effect
 * the share that is not shrunk away. NaN for NULL, for other models, and where the fixed effects maximise the
 * integrated likelihood.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_df_penalised(const interlace_fit *fit);

/**
 * The hazard ratios of a Cox model, the exponentials of its fixed effects, as a new frame, one row each: "term", "id",
 * "hazard_ratio", and the limits "lower" and "upper" of Wald's intervals at `level` on the scale of the logarithm.
 * INTERLACE_E_ARGUMENT for other models.
 * @param[in] fit The fit.
 * @param[in] level The level of the interval, between 0 and 1, such as 0.95.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_hazard_ratios(const interlace_fit *fit,
                                             double level,
                                             interlace_frame **out,
                                             interlace_error *err);

/**
 * The kind of a fit's residual correlation; INTERLACE_CORRELATION_NONE without one.
 * @param[in] fit The fit.
 * @since 0.1
 */
interlace_correlation interlace_fit_correlation(const interlace_fit *fit);

/**
 * Name of the groups within which residuals are correlated, "g" or "a:b"; NULL without residual correlation.
 * @param[in] fit The fit.
 * @since 0.1
 */
const char *interlace_fit_correlation_group(const interlace_fit *fit);

/**
 * Number of groups with correlated residuals in the rows used; 0 without residual correlation.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_correlation_n_groups(const interlace_fit *fit);

/**
 * Name of the time of a residual correlation; NULL if it is the order of the rows, and without residual correlation.
 * @param[in] fit The fit.
 * @since 0.1
 */
const char *interlace_fit_correlation_time(const interlace_fit *fit);

/**
 * The estimated parameter rho of the residual correlation, to `estimate`, and its standard error by the delta method
 * from the observed information, to `std_error`, which may be NULL; NaN if the parameter is at the end of its range.
 * INTERLACE_E_ARGUMENT for a fit without residual correlation.
 * @param[in] fit The fit.
 * @param[out] estimate rho [1].
 * @param[out] std_error Its standard error [1]; NULL is allowed.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_correlation_estimate(const interlace_fit *fit,
                                                    double *estimate,
                                                    double *std_error,
                                                    interlace_error *err);

/**
 * Wald limits of the residual correlation at a level such as 0.95, to `lower` and `upper`: symmetric on the scale
 * log((rho - a) / (1 - rho)), where a is the least possible value of rho.
 * @param[in] fit The fit.
 * @param[in] level The level of the interval, between 0 and 1, such as 0.95.
 * @param[out] lower The lower limit [1].
 * @param[out] upper The upper limit [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_correlation_confint_wald(const interlace_fit *fit,
                                                        double level,
                                                        double *lower,
                                                        double *upper,
                                                        interlace_error *err);

/**
 * Gives parameters a prior density, so that the fit maximises likelihood times density: estimates away from separation,
 * and from variances of zero. `prior` is a density and the parameters that have it, "normal(0, 2.5) on fixef",
 * "gamma(2.5, 0) on sd[g, (Intercept)]", "lkj(2) on cor[g]"; a list has semicolons between them. The call adds to the
 * priors that are there. Parameters are named by their ids (interlace_fit_parameter_id); without names all of a class
 * have the prior, coefficients of constant columns excepted. A prior with more names comes before one with less.
 * Densities are of numbers in the units of the data. docs/priors.md has all of it. INTERLACE_E_ARGUMENT if it cannot be
 * read. Whether the model has the parameters shows in the fit.
 * @param[in,out] spec The spec.
 * @param[in] prior A prior, or a list; NULL takes all priors out.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_add_prior(interlace_spec *spec,
                                          const char *prior,
                                          interlace_error *err);

/**
 * The number of priors that the fit was made with; 0 for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_priors(const interlace_fit *fit);

/**
 * A prior of the fit as text, "normal(0, 2.5) on fixef". NULL out of range.
 * @param[in] fit The fit.
 * @param[in] i From 0 to interlace_fit_n_priors() - 1.
 * @since 0.1
 */
const char *interlace_fit_prior(const interlace_fit *fit, size_t i);

/**
 * -2 log of the priors' density at the estimates, without the constants of improper ones. The fit has minimised
 * interlace_fit_criterion() plus this; the log-likelihood, AIC and BIC are without it. 0 for a fit without priors, NaN
 * for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
double interlace_fit_prior_penalty(const interlace_fit *fit);

/**
 * Length m of results per row: the rows used; with INTERLACE_NA_PAD all rows of the data, with NaN for those not used.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_rows(const interlace_fit *fit);

/**
 * Number of rows of the data, used or not.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_data_rows(const interlace_fit *fit);

/**
 * Fitted values, the mean of the response with random effects (and zero inflation), to `out` [m]. For an ordinal model
 * the probabilities of the observed categories, with random effects.
 * @param[in] fit The fit.
 * @param[out] out Array [m].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_fitted(const interlace_fit *fit,
                                      double *out,
                                      size_t len,
                                      interlace_error *err);

/**
 * Residuals of a kind, to `out` [m]. INTERLACE_E_UNSUPPORTED if a model has none of this kind; an ordinal model has
 * only those of interlace_fit_quantile_residuals.
 * @param[in] fit The fit.
 * @param[in] residuals A kind of residuals.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out Array [m].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_residuals(const interlace_fit *fit,
                                         interlace_residuals residuals,
                                         const interlace_options *options,
                                         double *out,
                                         size_t len,
                                         interlace_error *err);

/**
 * Residuals of a Cox model for each row used and fixed effect, to `out` [n_obs,p]. INTERLACE_E_UNSUPPORTED for other
 * models.
 * @param[in] fit The fit.
 * @param[in] fixef_residuals A kind of residuals of a Cox model with a number for each row and fixed effect.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out Array [n_obs,p].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_fixef_residuals(const interlace_fit *fit,
                                               interlace_fixef_residuals fixef_residuals,
                                               const interlace_options *options,
                                               double *out,
                                               size_t len,
                                               interlace_error *err);

/**
 * Schoenfeld residuals of a Cox model as a new frame, a row for each event, by stratum and time: "stratum" (missing
 * without strata), "time", "row" (of the data, from 0), then for each fixed effect under its name the covariate of the
 * event less the risk-weighted mean of those at risk, and under "scaled." and its name the scaled residual: the
 * coefficient plus the residuals times its covariances with all coefficients and the number of events, whose course
 * over time is that of the coefficient (Grambsch and Therneau 1994). INTERLACE_E_UNSUPPORTED for other models.
 * @param[in] fit The fit.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_schoenfeld_residuals(const interlace_fit *fit,
                                                    const interlace_options *options,
                                                    interlace_frame **out,
                                                    interlace_error *err);

/**
 * Randomised quantile residuals (Dunn and Smyth 1996), to `out` [m]: the normal quantile of the distribution function
 * at the response, at a uniform random point within the jump at a response with positive probability. If the model,
 * with the random effects as estimated, is true, they are standard normal for every family. The same `seed` gives the
 * same numbers; those of continuous responses do not depend on it.
 * @param[in] fit The fit.
 * @param[in] seed The seed of the random numbers; the same seed gives the same numbers.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out Array [m].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_quantile_residuals(const interlace_fit *fit,
                                                  uint64_t seed,
                                                  const interlace_options *options,
                                                  double *out,
                                                  size_t len,
                                                  interlace_error *err);

/**
 * Leverages of the rows of a linear model, to `out` [m], at the estimates of the covariances; any random terms, weights
 * and residual correlation. INTERLACE_E_UNSUPPORTED for other models, for a fit by the iterative engine, and for one
 * without rows.
 * @param[in] fit The fit.
 * @param[in] leverage Which part of a row's leverage.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out Array [m].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_leverage(const interlace_fit *fit,
                                        interlace_leverage leverage,
                                        const interlace_options *options,
                                        double *out,
                                        size_t len,
                                        interlace_error *err);

/**
 * The response, to `out` [m]; for an ordinal model the categories as 1, 2, .., K (interlace_fit_category).
 * @param[in] fit The fit.
 * @param[out] out Array [m].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_response(const interlace_fit *fit, double *out, size_t len, interlace_error *err);

/**
 * Prior weights, to `out` [m]; all 1 if there are none.
 * @param[in] fit The fit.
 * @param[out] out Array [m].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_weights(const interlace_fit *fit, double *out, size_t len, interlace_error *err);

/**
 * The offset, to `out` [m]; all 0 if there is none.
 * @param[in] fit The fit.
 * @param[out] out Array [m].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_offset(const interlace_fit *fit, double *out, size_t len, interlace_error *err);

/**
 * Number of rows of the data left out. A fit of an accumulator counts them, and does not know which they are.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_dropped_rows(const interlace_fit *fit);

/**
 * The number, from 0, of a row in the data that was left out, by its index from 0. The rows are in ascending order.
 * @param[in] fit The fit.
 * @param[in] i The index, from 0.
 * @param[out] out The row [1], from 0.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_dropped_row(const interlace_fit *fit, size_t i, size_t *out, interlace_error *err);

/**
 * The column, or expression of the formula, that is missing in a row that was left out; NULL if there is no such row.
 * @param[in] fit The fit.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_fit_dropped_row_reason(const interlace_fit *fit, size_t i);

/**
 * The fixed-effects model matrix of the mean, to `out` [n_obs,p]: the rows used and the columns kept.
 * @param[in] fit The fit.
 * @param[out] out Array [n_obs,p].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_x(const interlace_fit *fit, double *out, size_t len, interlace_error *err);

/**
 * The model matrix of a term's effects, to `out` [n_obs,r].
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @param[out] out Array [n_obs,r].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_term_z(const interlace_fit *fit,
                                      size_t term,
                                      double *out,
                                      size_t len,
                                      interlace_error *err);

/**
 * The level of each row used in a term's grouping factor, from 0, to `out` [n_obs].
 * @param[in] fit The fit.
 * @param[in] term The random term, from 0.
 * @param[out] out Array [n_obs].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_term_index(const interlace_fit *fit,
                                          size_t term,
                                          int64_t *out,
                                          size_t len,
                                          interlace_error *err);

/**
 * Number of random effects q of the mean: the sum over its terms of effects times levels.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_ranef(const interlace_fit *fit);

/**
 * Number of entries of the random-effects model matrix Z that interlace_fit_z writes.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_z_nnz(const interlace_fit *fit);

/**
 * The random-effects model matrix Z [n_obs,q] of the mean as compressed sparse columns: the entries of column j are
 * those from `colptr[j]` to `colptr[j + 1] - 1`, with their rows in `rowidx`, ascending, and their numbers in `values`.
 * `colptr` is [q + 1], `rowidx` and `values` are [nnz]. Columns are ordered by term, then level, then effect. Entries
 * may be zero.
 * @param[in] fit The fit.
 * @param[out] colptr Where columns start [n_colptr].
 * @param[in] n_colptr q + 1.
 * @param[out] rowidx Rows [nnz], from 0.
 * @param[out] values Values [nnz].
 * @param[in] nnz As interlace_fit_z_nnz gives it.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_z(const interlace_fit *fit,
                                 int64_t *colptr,
                                 size_t n_colptr,
                                 int64_t *rowidx,
                                 double *values,
                                 size_t nnz,
                                 interlace_error *err);

/* ==================================================================================================================
 * Tables: results as frames, the summary
 * ================================================================================================================== */

/**
 * Number of tables that interlace_fit_table can make.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_tables(const interlace_fit *fit);

/**
 * Name of a table, by its index from 0; NULL if there is none.
 * @param[in] fit The fit.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_fit_table_name(const interlace_fit *fit, size_t i);

/**
 * A table of results as a new frame, by name: "coefficients" (as in interlace_fit_coefficients, with limits of 95 %),
 * "varcorr", "ranef", "theta", "observations", "dropped_rows", "fit"; for a generalised model "zero_inflation",
 * "dispersion" (also coefficients; for an ordinal model those of the scale) and "family" (its parameters); for an
 * ordinal one "thresholds" and "nominal" (effects on the thresholds); for a Cox model "baseline_hazard" (by stratum and
 * event time, at a linear predictor of zero); and the others that interlace_fit_table_name lists. Tables of what the
 * model does not have are empty. Tests and intervals of the coefficients use the degrees of freedom `df`.
 * INTERLACE_E_ARGUMENT if there is no table of that name.
 * @param[in] fit The fit.
 * @param[in] name The name of the table.
 * @param[in] df Degrees of freedom of tests and intervals of the fixed effects.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_table(const interlace_fit *fit,
                                     const char *name,
                                     interlace_df df,
                                     const interlace_options *options,
                                     interlace_frame **out,
                                     interlace_error *err);

/**
 * The summary of the fit as lme4 prints it, with a section for each predictor as in glmmTMB, and for an ordinal model
 * as in clmm, to `*out`: several lines of text, which live as long as the fit. Tests of the fixed effects of a linear
 * model use the degrees of freedom `df`; the text names the method.
 * @param[in] fit The fit.
 * @param[in] df Degrees of freedom of tests and intervals of the fixed effects.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The text [1], which lives as long as the fit.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_summary(const interlace_fit *fit,
                                       interlace_df df,
                                       const interlace_options *options,
                                       const char **out,
                                       interlace_error *err);

/* ==================================================================================================================
 * Predictions: for the data of the fit and for new data
 * ================================================================================================================== */

/**
 * What a prediction is of.
 * @since 0.1
 */
typedef enum interlace_quantity {
    /**
     * The mean of the response: (1 - p) times the mean without extra zeros for a mixture with zeros, and including the
     * masses at 0 and 1 for a beta family that has them. An ordinal fit has no mean: INTERLACE_E_ARGUMENT. For a Cox
     * fit the number of events expected over (start, stop] of the row, that is the cumulative hazard; for the data of
     * the fit the fitted values.
     */
    INTERLACE_QUANTITY_RESPONSE = 0,
    /**
     * The linear predictor of the mean. For a linear model that is the mean of the response; for an ordinal fit x'beta
     * + z'b + offset, the location of the latent variable, without the thresholds and not divided by the scale; for a
     * Cox fit not centred.
     */
    INTERLACE_QUANTITY_LINK = 1,
    /** The mean of the response without the zeros of the zero part. Not for an ordinal fit. */
    INTERLACE_QUANTITY_CONDITIONAL = 2,
    /** The probability p of a zero of the zero part; 0 for a fit without one. Not for an ordinal fit. */
    INTERLACE_QUANTITY_ZERO_PROBABILITY = 3,
    /**
     * The family's first parameter on the reported scale; for a linear model sigma, 1 for a family without parameters;
     * for an ordinal fit the scale, 1 without a scale formula.
     */
    INTERLACE_QUANTITY_DISPERSION = 4,
    /**
     * The mean of the response over all groups, with the random effects integrated out. All groups count as new, so
     * their columns may be absent. NaN if there is no such mean, as with an inverse link. For an ordinal fit with K
     * categories, their K probabilities. For a Cox fit INTERLACE_QUANTITY_SURVIVAL over all groups.
     */
    INTERLACE_QUANTITY_MARGINAL = 5,
    /**
     * For an ordinal fit with K categories, their probabilities, lowest first, [rows,K]. NaN in a row whose nominal
     * effects put the thresholds out of order.
     */
    INTERLACE_QUANTITY_PROBABILITIES = 6,
    /**
     * For an ordinal fit with K categories, the cumulative probabilities of the first, the second, .., the one before
     * the highest, [rows,K-1].
     */
    INTERLACE_QUANTITY_CUMULATIVE = 7,
    /**
     * For an ordinal fit, the most probable category, a number from 1 to K, the lowest if there are ties. It has no
     * standard error.
     */
    INTERLACE_QUANTITY_CLASS = 8,
    /**
     * mu, the inverse link of the linear predictor: for ordered and zero-one-inflated beta the mean between 0 and 1,
     * without the masses at the ends; for truncated families the mean before truncation; for lognormal the mean of the
     * logarithms. For other families it is INTERLACE_QUANTITY_CONDITIONAL. Not for an ordinal fit.
     */
    INTERLACE_QUANTITY_LOCATION = 9,
    /**
     * For a Cox fit the hazard relative to that of a row of zeros without random effects, exp of the linear predictor.
     */
    INTERLACE_QUANTITY_RISK = 10,
    /**
     * For a Cox fit the probability of no event over (start, stop] of the row, with the stop and, if the model has it,
     * the start of its response; the event is not needed.
     */
    INTERLACE_QUANTITY_SURVIVAL = 11,
    /**
     * For an ordinal fit the mean of the latent variable, x'beta + z'b + offset less the mean of the row's thresholds:
     * zero is the middle of the categories. It is not divided by the scale. For other fits INTERLACE_QUANTITY_LINK.
     */
    INTERLACE_QUANTITY_LATENT = 12
} interlace_quantity;

/**
 * The random effects that a prediction has.
 * @since 0.1
 */
typedef enum interlace_random {
    /** The modes of all random terms, or of those that are chosen. */
    INTERLACE_RANDOM_ALL = 0,
    /** None: they are zero. */
    INTERLACE_RANDOM_NONE = 1,
    /**
     * Averaged over: all groups count as new, and their columns may be absent. Only for survival curves; predictions
     * have INTERLACE_QUANTITY_MARGINAL for it.
     */
    INTERLACE_RANDOM_AVERAGE = 2
} interlace_random;

/**
 * What is done with a level of a grouping factor that is missing, or that the fit does not know.
 * @since 0.1
 */
typedef enum interlace_new_levels {
    /** It is an error, INTERLACE_E_DATA. */
    INTERLACE_NEW_LEVELS_ERROR = 0,
    /** It has random effects of zero. */
    INTERLACE_NEW_LEVELS_ZERO = 1,
    /** The survival curve is averaged over the distribution of its random effects. Only for survival curves. */
    INTERLACE_NEW_LEVELS_AVERAGE = 2,
    /** The row has no prediction: NaN, INTERLACE_PREDICTION_STATUS_NEW_LEVEL. Not for survival curves. */
    INTERLACE_NEW_LEVELS_MISSING = 3
} interlace_new_levels;

/**
 * What an interval is for.
 * @since 0.1
 */
typedef enum interlace_interval {
    /** The predicted quantity, such as the mean: it includes the uncertainty of the estimates. */
    INTERLACE_INTERVAL_CONFIDENCE = 0,
    /** A new response, which also varies about its mean. */
    INTERLACE_INTERVAL_PREDICTION = 1
} interlace_interval;

/**
 * The scale on which limits of survival curves are symmetric.
 * @since 0.1
 */
typedef enum interlace_curve_limits {
    /** The cumulative hazard, the negative logarithm of the survival. */
    INTERLACE_CURVE_LIMITS_LOG = 0,
    /** The logarithm of the cumulative hazard. */
    INTERLACE_CURVE_LIMITS_LOG_LOG = 1,
    /** The survival. */
    INTERLACE_CURVE_LIMITS_PLAIN = 2,
    /** Neither limits nor standard errors, which is faster. */
    INTERLACE_CURVE_LIMITS_NONE = 3
} interlace_curve_limits;

/**
 * Whether a row has a prediction, or why not.
 * @since 0.1
 */
typedef enum interlace_prediction_status {
    /** It has one. */
    INTERLACE_PREDICTION_STATUS_OK = 0,
    /** It has none, because a predictor or an offset is missing. */
    INTERLACE_PREDICTION_STATUS_MISSING = 1,
    /**
     * It has none, because it cannot be estimated: the row breaks the dependency of columns that the fit left out, as
     * in a cell of factors without data. A number would depend on the contrasts.
     */
    INTERLACE_PREDICTION_STATUS_NOT_ESTIMABLE = 2,
    /** It has none, because the nominal effects of an ordinal fit make thresholds cross there. */
    INTERLACE_PREDICTION_STATUS_CROSSED = 3,
    /**
     * It has none, because its time is after the last one at which a row of its stratum is observed in the data of a
     * Cox fit.
     */
    INTERLACE_PREDICTION_STATUS_BEYOND = 4,
    /**
     * It has none, because a level of a grouping factor is missing, or one that the fit does not know, and
     * INTERLACE_NEW_LEVELS_MISSING was asked for.
     */
    INTERLACE_PREDICTION_STATUS_NEW_LEVEL = 5
} interlace_prediction_status;

/**
 * The name of a quantity, such as "zero_probability"; NULL for a number that is none. A static string.
 * @param[in] code What a prediction is of.
 * @since 0.1
 */
const char *interlace_quantity_name(interlace_quantity code);

/**
 * The quantity that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
 * the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_quantity_from_name(const char *name,
                                              interlace_quantity *out,
                                              interlace_error *err);

/**
 * The name of a choice of random effects, such as "none"; NULL for a number that is none. A static string.
 * @param[in] code The random effects that a prediction has.
 * @since 0.1
 */
const char *interlace_random_name(interlace_random code);

/**
 * The choice of random effects that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT
 * if there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_random_from_name(const char *name,
                                            interlace_random *out,
                                            interlace_error *err);

/**
 * The name of a code for new levels, such as "zero"; NULL for a number that is none. A static string.
 * @param[in] code What is done with a level of a grouping factor that is missing, or that the fit does not know.
 * @since 0.1
 */
const char *interlace_new_levels_name(interlace_new_levels code);

/**
 * The code for new levels that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_new_levels_from_name(const char *name,
                                                interlace_new_levels *out,
                                                interlace_error *err);

/**
 * The name of a kind of interval, such as "prediction"; NULL for a number that is none. A static string.
 * @param[in] code What an interval is for.
 * @since 0.1
 */
const char *interlace_interval_name(interlace_interval code);

/**
 * The kind of interval that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there
 * is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_interval_from_name(const char *name,
                                              interlace_interval *out,
                                              interlace_error *err);

/**
 * The name of a kind of limits of survival curves, such as "log_log"; NULL for a number that is none. A static string.
 * @param[in] code The scale on which limits of survival curves are symmetric.
 * @since 0.1
 */
const char *interlace_curve_limits_name(interlace_curve_limits code);

/**
 * The kind of limits of survival curves that has the name, to `out`. Hyphens and capitals are understood.
 * INTERLACE_E_ARGUMENT if there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_curve_limits_from_name(const char *name,
                                                  interlace_curve_limits *out,
                                                  interlace_error *err);

/**
 * The name of a status of a prediction, such as "not_estimable"; NULL for a number that is none. A static string.
 * @param[in] code Whether a row has a prediction, or why not.
 * @since 0.1
 */
const char *interlace_prediction_status_name(interlace_prediction_status code);

/**
 * The status of a prediction that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_prediction_status_from_name(const char *name,
                                                       interlace_prediction_status *out,
                                                       interlace_error *err);

/**
 * What is predicted, and with what. All members zero but the size are the defaults: INTERLACE_PREDICT_REQUEST_INIT.
 * @since 0.1
 */
typedef struct interlace_predict_request {
    /** sizeof(interlace_predict_request). */
    size_t struct_size;
    /** What is predicted. */
    interlace_quantity quantity;
    /** Whether the random effects are added or zero. */
    interlace_random random;
    /**
     * The random terms [n_terms] whose modes are added; NULL for all. Terms count from 0, those of the mean first, then
     * those of the zero part, then those of the dispersion.
     */
    const size_t *terms;
    /** The number of these terms. */
    size_t n_terms;
    /** What is done with levels of grouping factors that the fit does not know. */
    interlace_new_levels new_levels;
    /** What intervals are for. */
    interlace_interval interval;
    /** The level of intervals, between 0 and 1; 0 means 0.95. */
    double level;
    /**
     * Prior weights [rows] of the responses that prediction intervals are for, or for proportions the numbers of
     * trials. NULL for those of the data of the fit, and 1 for new data. They do not affect confidence intervals.
     */
    const double *weights;
    /**
     * New data of a fit from arrays: a spec with the same columns and terms, and the columns of the further predictors,
     * made by interlace_spec_new_array with or without `y`; of a Cox fit with the times and strata that the quantity
     * needs. NULL otherwise.
     */
    const interlace_spec *arrays;
    /**
     * The random effects that are added, as a formula: "~ (1 | g) + (0 + x | h)", those of the fit or a part of them,
     * also of a term; without random terms, "~ 0", none. Then `random` is 0 and `terms` NULL. NULL for these.
     */
    const char *random_formula;
} interlace_predict_request;

/** A request with all defaults: interlace_..._request request = INTERLACE_PREDICT_REQUEST_INIT. */
#define INTERLACE_PREDICT_REQUEST_INIT { sizeof(interlace_predict_request), (interlace_quantity)0, (interlace_random)0, NULL, 0, (interlace_new_levels)0, (interlace_interval)0, 0, NULL, NULL, NULL }

/**
 * The number of values per row of a quantity: 1, but for an ordinal fit with K categories K for
 * INTERLACE_QUANTITY_PROBABILITIES and INTERLACE_QUANTITY_MARGINAL, K - 1 for INTERLACE_QUANTITY_CUMULATIVE. 0 if the
 * fit has no such prediction.
 * @param[in] fit The fit.
 * @param[in] quantity What a prediction is of.
 * @since 0.1
 */
size_t interlace_fit_predict_width(const interlace_fit *fit,
                                   interlace_quantity quantity);

/**
 * Predictions for the rows of `data`, to `out` [rows,w], w as in interlace_fit_predict_width, 1 except for ordinal
 * fits. If `data` is NULL they are for `request->arrays` or, without these, for the data of the fit, `out` [m,w], m as
 * in interlace_fit_n_rows. `len` is the total number of elements. `request` may be NULL for the mean of the response
 * with all random effects. A row in which a predictor is missing gets NaN; see interlace_fit_predict_status.
 * INTERLACE_E_DATA if a column is absent or a category has a level that the fit does not know, INTERLACE_E_ARGUMENT if
 * the fit has no predictions of that quantity.
 * @param[in] fit The fit.
 * @param[in] data The rows to predict. NULL for those of the request's arrays or, without these, for the data of the
 *     fit.
 * @param[in] request What is asked. NULL for the defaults.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out Array [rows,w].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_predict(const interlace_fit *fit,
                                       const interlace_frame *data,
                                       const interlace_predict_request *request,
                                       const interlace_options *options,
                                       double *out,
                                       size_t len,
                                       interlace_error *err);

/**
 * Predictions with standard errors and intervals, to `values`, `std_error`, `lower` and `upper`, each as long as `out`
 * of interlace_fit_predict; any of them may be NULL.
 *
 * Standard errors come from the delta method. Fixed effects, parameters of the family and those of the covariances of
 * random effects vary as estimated, with their joint covariance, and the modes of the random effects move with them;
 * the random effects vary about their modes. The following count as known: for a linear model sigma, the covariances of
 * the random effects and the residual correlation, as in its standard errors of fixed effects; with conditional
 * standard errors or nagq = 0 the covariances; parameters that have no standard error; the covariance of a level that
 * the fit does not know, which varies as a new one of its group; the covariances that INTERLACE_QUANTITY_MARGINAL
 * integrates over. Intervals use the normal distribution and are symmetric on the scale of the linear predictor; an end
 * that is outside the link's domain is NaN. For an ordinal fit the thresholds and nominal effects vary like fixed
 * effects; intervals of the probabilities of categories are symmetric on the logit scale, whatever the link, those of
 * cumulative ones on the scale of the link, those of the scale on its logarithm; INTERLACE_QUANTITY_CLASS has none:
 * INTERLACE_E_ARGUMENT.
 *
 * That is INTERLACE_INTERVAL_CONFIDENCE. An INTERLACE_INTERVAL_PREDICTION is for a response in the row, for
 * INTERLACE_QUANTITY_RESPONSE and, for a response of new groups, INTERLACE_QUANTITY_MARGINAL; values and standard
 * errors remain those of the mean. For a linear model it uses the normal distribution with the variance of the
 * prediction plus sigma^2/w. For a generalised one its limits are quantiles of the family's distribution, averaged over
 * the normal distribution of the linear predictors: the lowest response that has at least (1 - level)/2 of the
 * probability at or below it, and the lowest that has at most as much above it. Sigma and the family's parameters count
 * as known. INTERLACE_E_UNSUPPORTED for ordinal fits and user-defined families. Otherwise as interlace_fit_predict.
 * @param[in] fit The fit.
 * @param[in] data The rows to predict. NULL for those of the request's arrays or, without these, for the data of the
 *     fit.
 * @param[in] request What is asked. NULL for the defaults.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] values Predictions [rows,w]; NULL is allowed.
 * @param[out] std_error Their standard errors [rows,w]; NULL is allowed.
 * @param[out] lower Lower limits [rows,w]; NULL is allowed.
 * @param[out] upper Upper limits [rows,w]; NULL is allowed.
 * @param[in] len The number of elements of each of `values`, `std_error`, `lower`, `upper`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_predict_interval(const interlace_fit *fit,
                                                const interlace_frame *data,
                                                const interlace_predict_request *request,
                                                const interlace_options *options,
                                                double *values,
                                                double *std_error,
                                                double *lower,
                                                double *upper,
                                                size_t len,
                                                interlace_error *err);

/**
 * Whether rows have a prediction, or why not, to `out` [rows], or [n] of `request->arrays`, or [m]. Predictions,
 * standard errors and intervals are NaN in rows without one. Otherwise as interlace_fit_predict.
 * @param[in] fit The fit.
 * @param[in] data The rows to predict. NULL for those of the request's arrays or, without these, for the data of the
 *     fit.
 * @param[in] request What is asked. NULL for the defaults.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out Array [rows].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_predict_status(const interlace_fit *fit,
                                              const interlace_frame *data,
                                              const interlace_predict_request *request,
                                              const interlace_options *options,
                                              interlace_prediction_status *out,
                                              size_t len,
                                              interlace_error *err);

/**
 * The joint covariance of predictions, to `out` [rows * w,rows * w], rows and w as for interlace_fit_predict, in the
 * order of its `out`. Its diagonal has the squares of the standard errors of interlace_fit_predict_interval, which says
 * what varies. Rows with the same new level of a grouping factor share its random effects; those in which it is missing
 * share them with no other row. `request->interval`, `request->level` and `request->weights` play no part. NaN in the
 * rows and columns of what has no prediction. INTERLACE_E_ARGUMENT if rows * w is more than 16384,
 * INTERLACE_E_UNSUPPORTED for Cox fits and, with random effects, fits by engine = iterative. Otherwise as
 * interlace_fit_predict.
 * @param[in] fit The fit.
 * @param[in] data The rows to predict. NULL for those of the request's arrays or, without these, for the data of the
 *     fit.
 * @param[in] request What is asked. NULL for the defaults.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out Array [rows * w,rows * w].
 * @param[in] len The total number of elements.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_predict_covariance(const interlace_fit *fit,
                                                  const interlace_frame *data,
                                                  const interlace_predict_request *request,
                                                  const interlace_options *options,
                                                  double *out,
                                                  size_t len,
                                                  interlace_error *err);

/**
 * Sums of predictions over rows as a new frame, a row for each group: "group" (from 0), "rows", "estimate",
 * "std_error", "lower" and "upper" (the joint covariance of the predictions makes the standard error; `request->level`
 * is that of the limits, which are symmetric), and "corrected". If a prediction has several numbers there is "part",
 * too, from 0, and the groups of each follow those before.
 *
 * `corrected` sums the means of the predictions over the distribution of the random effects given the response and the
 * parameters, which is taken for normal, not the predictions at its mode: on the scale of a response that bends, the
 * latter are biased (TMB corrects the same by its epsilon method). It is missing for ordinal fits and
 * INTERLACE_QUANTITY_MARGINAL. The standard error is that of the estimate. A group has no sum if one of its rows has no
 * prediction, or if it has no rows. Otherwise as interlace_fit_predict_covariance.
 * @param[in] fit The fit.
 * @param[in] data The rows to predict. NULL for those of the request's arrays or, without these, for the data of the
 *     fit.
 * @param[in] request What is asked. NULL for the defaults.
 * @param[in] groups The group of each row [rows], from 0 to below n_groups; negative for none. NULL for one group of
 *     all rows.
 * @param[in] weights What each row is multiplied by [rows]; NULL for means, one over the rows of the group.
 * @param[in] rows The number of rows, which must be exact.
 * @param[in] n_groups The number of groups.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_predict_sums(const interlace_fit *fit,
                                            const interlace_frame *data,
                                            const interlace_predict_request *request,
                                            const int64_t *groups,
                                            const double *weights,
                                            size_t rows,
                                            size_t n_groups,
                                            const interlace_options *options,
                                            interlace_frame **out,
                                            interlace_error *err);

/**
 * The distribution of predictions over the random effects given the response and the parameters, which is taken for
 * normal: of known levels about their modes, of new ones, where `request->new_levels` is INTERLACE_NEW_LEVELS_ZERO,
 * about zero. Its mean to `mean` [len], its variance to `variance` [len], and its quantiles to `quantiles` [len,n]; any
 * of them may be NULL. Quantiles are those of the linear predictor on the scale of the prediction, and exact. A mean
 * over a link with a pole is NaN. INTERLACE_E_UNSUPPORTED for ordinal and Cox fits, INTERLACE_QUANTITY_MARGINAL, and
 * quantiles of a prediction of which several linear predictors have random effects. Otherwise as interlace_fit_predict.
 * @param[in] fit The fit.
 * @param[in] data The rows to predict. NULL for those of the request's arrays or, without these, for the data of the
 *     fit.
 * @param[in] request What is asked. NULL for the defaults.
 * @param[in] probabilities Numbers between 0 and 1 [n].
 * @param[in] n The number of rows.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] mean Means [len]; NULL is allowed.
 * @param[out] variance Variances [len]; NULL is allowed.
 * @param[out] quantiles Quantiles [len,n]; NULL is allowed.
 * @param[in] len The number of rows, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_predict_distribution(const interlace_fit *fit,
                                                    const interlace_frame *data,
                                                    const interlace_predict_request *request,
                                                    const double *probabilities,
                                                    size_t n,
                                                    const interlace_options *options,
                                                    double *mean,
                                                    double *variance,
                                                    double *quantiles,
                                                    size_t len,
                                                    interlace_error *err);

/**
 * Simulates the response of the rows of `data` `nsim` times, to `out` [rows,nsim], one column per replicate. The random
 * effects of the terms that the request chooses (all by default) are at their modes; those of other terms are drawn
 * anew for each replicate, once for each level that occurs. A level that the fit does not know is drawn in any term
 * with INTERLACE_NEW_LEVELS_AVERAGE; with INTERLACE_NEW_LEVELS_ZERO it has effects of zero in the terms that are
 * chosen. `request->weights` are prior weights or numbers of trials; `request->quantity` must be
 * INTERLACE_QUANTITY_RESPONSE. A replicate depends only on `seed` and its number. Binomial responses are proportions,
 * ordinal ones numbers of categories from 1. INTERLACE_E_UNSUPPORTED for Cox fits, residual correlation, and
 * user-defined families. Otherwise as interlace_fit_predict.
 * @param[in] fit The fit.
 * @param[in] data The rows to predict. NULL for those of the request's arrays or, without these, for the data of the
 *     fit.
 * @param[in] request What is asked. NULL for the defaults.
 * @param[in] nsim The number of replicates.
 * @param[in] seed The seed of the random numbers; the same seed gives the same numbers.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out Array [rows,nsim].
 * @param[in] len The total number of elements.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_predict_simulate(const interlace_fit *fit,
                                                const interlace_frame *data,
                                                const interlace_predict_request *request,
                                                size_t nsim,
                                                uint64_t seed,
                                                const interlace_options *options,
                                                double *out,
                                                size_t len,
                                                interlace_error *err);

/**
 * Draws from the approximate posterior distribution under flat priors on the working scale of all parameters, as a new
 * frame with a row for each draw: "log_ratio", the logarithm of the importance ratio but for a constant; "weight", the
 * weight with its tail smoothed (Vehtari et al. 2024), which add up to one; the parameters by their ids, on the scale
 * of INTERLACE_PARAMETERS_WORKING; the random effects, "ranef[group, level, effect]".
 *
 * Parameters are drawn from the normal distribution of their estimates, spherical random effects from theirs at these
 * parameters, by its factor (the Laplace approximation). The fixed effects of a linear model are drawn with the random
 * ones. Parameters without a standard error stay at their estimates. Means with the weights are those of the posterior
 * distribution; `pareto_k` above 0.7 says that they are not reliable, above 0.5 that their variance is large. A draw
 * depends only on `seed` and its number. Draws at which the model cannot be evaluated have no random effects and no
 * weight. INTERLACE_E_NUMERIC if a coefficient has no finite estimate. INTERLACE_E_UNSUPPORTED for Cox fits, fits by
 * engine = iterative, and without rows.
 * @param[in] fit The fit.
 * @param[in] n The number of draws.
 * @param[in] seed The seed of the random numbers; the same seed gives the same numbers.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] pareto_k The shape of the largest weights [1]; NULL is allowed.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_posterior_draws(const interlace_fit *fit,
                                               size_t n,
                                               uint64_t seed,
                                               const interlace_options *options,
                                               interlace_frame **out,
                                               double *pareto_k,
                                               interlace_error *err);

/**
 * What is asked of survival curves. All members zero but the size are the defaults: INTERLACE_SURVIVAL_REQUEST_INIT.
 * @since 0.1
 */
typedef struct interlace_survival_request {
    /** sizeof(interlace_survival_request). */
    size_t struct_size;
    /** Whether the random effects are those of the fit, zero or averaged over. */
    interlace_random random;
    /** The random terms [n_terms] whose modes are added, counted from 0; NULL for all. */
    const size_t *terms;
    /** The number of these terms. */
    size_t n_terms;
    /** What is done with levels of grouping factors that the fit does not know. */
    interlace_new_levels new_levels;
    /**
     * The times [n_times] of the curves, finite and from 0 up, in any order; NULL for the event times of each row's
     * stratum.
     */
    const double *times;
    /** The number of these times. */
    size_t n_times;
    /** The scale on which limits are symmetric, or none. */
    interlace_curve_limits curve_limits;
    /** The level of the limits, between 0 and 1; 0 means 0.95. */
    double level;
    /** New data of a fit from arrays: a spec with the same columns, terms and strata. NULL otherwise. */
    const interlace_spec *arrays;
} interlace_survival_request;

/** A request with all defaults: interlace_..._request request = INTERLACE_SURVIVAL_REQUEST_INIT. */
#define INTERLACE_SURVIVAL_REQUEST_INIT { sizeof(interlace_survival_request), (interlace_random)0, NULL, 0, (interlace_new_levels)0, NULL, 0, (interlace_curve_limits)0, 0, NULL }

/**
 * Survival curves of the rows of `data` as a new frame, a row for each of them and each time: "row" (from 0), "stratum"
 * (missing without strata), "time", "status" ("ok", or why there is no number, as in interlace_fit_predict_status),
 * "survival" (the probability of no event from time 0 up to and at the time), and "cumulative_hazard", its negative
 * logarithm; with limits also "std_error", "lower", "upper" and "cumulative_hazard_std_error". The rows need their
 * predictors, grouping factors and strata, but not the response. A row in which one of these is missing has a single
 * line, without a time. A time after the last one at which a row of the stratum is observed in the data of the fit has
 * no number.
 *
 * With known levels, or random effects of zero, the survival is exp(-exp(eta) A(t)), A the cumulative hazard of the
 * stratum at a predictor of zero; averaged over random effects it is the mean of this over their normal distribution.
 * Standard errors contain the uncertainty of fixed and random effects and of A; covariances of random effects count as
 * known. A level that is not known and has random effects of zero varies as a new one. INTERLACE_E_ARGUMENT if the fit
 * is not of a Cox model, INTERLACE_E_DATA if a column is absent, or a stratum or level is not known.
 * @param[in] fit The fit.
 * @param[in] data The rows to predict. NULL for those of the request's arrays or, without these, for the data of the
 *     fit.
 * @param[in] request What is asked; NULL for the defaults.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_survival_curves(const interlace_fit *fit,
                                               const interlace_frame *data,
                                               const interlace_survival_request *request,
                                               const interlace_options *options,
                                               interlace_frame **out,
                                               interlace_error *err);

/**
 * Quantiles of the survival times of the rows of `data` as a new frame, a row for each of them and each of
 * `probabilities` [n]: "row" (from 0), "stratum" (missing without strata), "probability", "status" ("ok", or why there
 * is no time, as in interlace_fit_predict_status), "time", and with limits "lower" and "upper". The quantile for p is
 * the first time at which the row's survival curve is at most 1 - p, so 0.5 gives the median; its limits are the first
 * times at which the limits of the curve are. They are missing if that is at none of the times at which the row's
 * stratum is observed; without a quantile the status is "beyond". The curves and their limits are those of
 * interlace_fit_survival_curves, but `request->times` must be NULL. Otherwise as there.
 * @param[in] fit The fit.
 * @param[in] data The rows to predict. NULL for those of the request's arrays or, without these, for the data of the
 *     fit.
 * @param[in] request What is asked of the curves; NULL for the defaults.
 * @param[in] probabilities Numbers between 0 and 1 [n].
 * @param[in] n The number of rows.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_survival_quantiles(const interlace_fit *fit,
                                                  const interlace_frame *data,
                                                  const interlace_survival_request *request,
                                                  const double *probabilities,
                                                  size_t n,
                                                  const interlace_options *options,
                                                  interlace_frame **out,
                                                  interlace_error *err);

/**
 * Restricted means of the survival times of the rows of `data` as a new frame, a row for each of them and each of
 * `request->times`: "row" (from 0), "stratum" (missing without strata), "time", "status" ("ok", or why there is no
 * mean, as in interlace_fit_predict_status), "mean", and with limits "std_error", "lower" and "upper". The mean counts
 * a survival time as the given time at most: it is the area below the row's survival curve up to that time. Without
 * times it goes to the last time at which the row's stratum is observed; after that there is none. The limits are
 * symmetric, and not below 0 or above the time, whatever the scale of those of curves; the standard errors take the
 * covariances of the curve's points into account. The curves are those of interlace_fit_survival_curves. Otherwise as
 * there.
 * @param[in] fit The fit.
 * @param[in] data The rows to predict. NULL for those of the request's arrays or, without these, for the data of the
 *     fit.
 * @param[in] request What is asked of the curves, and the times; NULL for the defaults.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_survival_means(const interlace_fit *fit,
                                              const interlace_frame *data,
                                              const interlace_survival_request *request,
                                              const interlace_options *options,
                                              interlace_frame **out,
                                              interlace_error *err);

/* ==================================================================================================================
 * Tests: coefficients, analysis of variance, likelihood ratios, variances, marginal means, proportional hazards, R2; power
 * ================================================================================================================== */

/**
 * What the tests of an analysis of variance take as given.
 * @since 0.1
 */
typedef enum interlace_anova_type {
    /** The terms before the one that is tested. */
    INTERLACE_ANOVA_TYPE_I = 1,
    /** The terms that do not contain it. */
    INTERLACE_ANOVA_TYPE_II = 2,
    /**
     * All other terms: the coefficients of a term are made orthogonal to those of the terms that contain it (Goodnight
     * 1976), whatever the coding.
     */
    INTERLACE_ANOVA_TYPE_III = 3
} interlace_anova_type;

/**
 * A function of time that hazard ratios may change with.
 * @since 0.1
 */
typedef enum interlace_time_transform {
    /** 1 less Kaplan and Meier's estimate just before the time, of all rows together and without weights. */
    INTERLACE_TIME_TRANSFORM_KM = 0,
    /** The rank of the time among the ends of all rows, the mean rank of equal ones. */
    INTERLACE_TIME_TRANSFORM_RANK = 1,
    /** The time itself. */
    INTERLACE_TIME_TRANSFORM_IDENTITY = 2,
    /** Its logarithm. */
    INTERLACE_TIME_TRANSFORM_LOG = 3
} interlace_time_transform;

/**
 * How marginal means weight the levels that they average over.
 * @since 0.1
 */
typedef enum interlace_weighting {
    /** Equally. */
    INTERLACE_WEIGHTING_EQUAL = 0,
    /** Combinations of levels by their numbers of rows, or sums of weights, in the data. */
    INTERLACE_WEIGHTING_PROPORTIONAL = 1
} interlace_weighting;

/**
 * What of an ordinal model is averaged by marginal means.
 * @since 0.1
 */
typedef enum interlace_means_mode {
    /** The latent variable; of other models the linear predictor. */
    INTERLACE_MEANS_MODE_LATENT = 0,
    /** The linear predictor at each threshold, the link of P(Y <= k). */
    INTERLACE_MEANS_MODE_LINEAR_PREDICTOR = 1,
    /** P(Y <= k) at each threshold. */
    INTERLACE_MEANS_MODE_CUMULATIVE = 2,
    /** P(Y > k) at each threshold. */
    INTERLACE_MEANS_MODE_EXCEEDANCE = 3,
    /** P(Y = k) of each category. */
    INTERLACE_MEANS_MODE_PROBABILITIES = 4,
    /** The mean of the category's number, from 1. */
    INTERLACE_MEANS_MODE_MEAN_CLASS = 5
} interlace_means_mode;

/**
 * The scale of marginal means.
 * @since 0.1
 */
typedef enum interlace_means_scale {
    /** That of the linear predictor. */
    INTERLACE_MEANS_SCALE_LINK = 0,
    /**
     * That of the response: standard errors by the delta method, limits back-transformed. The same for a linear model
     * and for the identity link.
     */
    INTERLACE_MEANS_SCALE_RESPONSE = 1,
    /**
     * The same, corrected for random effects about the linear predictor by half their variance times the second
     * derivative of the link's inverse.
     */
    INTERLACE_MEANS_SCALE_BIAS_ADJUSTED = 2
} interlace_means_scale;

/**
 * Which marginal means are compared.
 * @since 0.1
 */
typedef enum interlace_comparisons {
    /** Each mean minus each later one. */
    INTERLACE_COMPARISONS_PAIRWISE = 0,
    /** Each mean minus the first. */
    INTERLACE_COMPARISONS_TREATMENT_CONTROL = 1,
    /** Each mean minus the average of all. */
    INTERLACE_COMPARISONS_EFFECTS = 2
} interlace_comparisons;

/**
 * How the p-values and intervals of several comparisons answer for each other.
 * @since 0.1
 */
typedef enum interlace_adjustment {
    /** Tukey's for pairwise comparisons, Holm's for others. */
    INTERLACE_ADJUSTMENT_DEFAULT = 0,
    /** Not at all. */
    INTERLACE_ADJUSTMENT_NONE = 1,
    /** The studentised range, only for pairwise comparisons. */
    INTERLACE_ADJUSTMENT_TUKEY = 2,
    /** Bonferroni's. */
    INTERLACE_ADJUSTMENT_BONFERRONI = 3,
    /** Holm's; intervals are Bonferroni's. */
    INTERLACE_ADJUSTMENT_HOLM = 4,
    /** The false discovery rate of Benjamini and Hochberg; intervals are Bonferroni's. */
    INTERLACE_ADJUSTMENT_FDR = 5,
    /** Sidak's. */
    INTERLACE_ADJUSTMENT_SIDAK = 6
} interlace_adjustment;

/**
 * The name of a type of sums of squares, such as "iii"; NULL for a number that is none. A static string.
 * @param[in] code What the tests of an analysis of variance take as given.
 * @since 0.1
 */
const char *interlace_anova_type_name(interlace_anova_type code);

/**
 * The type of sums of squares that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_anova_type_from_name(const char *name,
                                                interlace_anova_type *out,
                                                interlace_error *err);

/**
 * The name of a function of time, such as "km"; NULL for a number that is none. A static string.
 * @param[in] code A function of time that hazard ratios may change with.
 * @since 0.1
 */
const char *interlace_time_transform_name(interlace_time_transform code);

/**
 * The function of time that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there
 * is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_time_transform_from_name(const char *name,
                                                    interlace_time_transform *out,
                                                    interlace_error *err);

/**
 * The name of a weighting, such as "proportional"; NULL for a number that is none. A static string.
 * @param[in] code How marginal means weight the levels that they average over.
 * @since 0.1
 */
const char *interlace_weighting_name(interlace_weighting code);

/**
 * The weighting that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
 * none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_weighting_from_name(const char *name,
                                               interlace_weighting *out,
                                               interlace_error *err);

/**
 * The name of what marginal means of an ordinal model average, such as "mean_class"; NULL for a number that is none. A
 * static string.
 * @param[in] code What of an ordinal model is averaged by marginal means.
 * @since 0.1
 */
const char *interlace_means_mode_name(interlace_means_mode code);

/**
 * What marginal means of an ordinal model average, by its name, to `out`. Hyphens and capitals are understood.
 * INTERLACE_E_ARGUMENT if there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_means_mode_from_name(const char *name,
                                                interlace_means_mode *out,
                                                interlace_error *err);

/**
 * The name of a scale of marginal means, such as "response"; NULL for a number that is none. A static string.
 * @param[in] code The scale of marginal means.
 * @since 0.1
 */
const char *interlace_means_scale_name(interlace_means_scale code);

/**
 * The scale of marginal means that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_means_scale_from_name(const char *name,
                                                 interlace_means_scale *out,
                                                 interlace_error *err);

/**
 * The name of a kind of comparisons, such as "pairwise"; NULL for a number that is none. A static string.
 * @param[in] code Which marginal means are compared.
 * @since 0.1
 */
const char *interlace_comparisons_name(interlace_comparisons code);

/**
 * The kind of comparisons that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_comparisons_from_name(const char *name,
                                                 interlace_comparisons *out,
                                                 interlace_error *err);

/**
 * The name of an adjustment, such as "holm"; NULL for a number that is none. A static string.
 * @param[in] code How the p-values and intervals of several comparisons answer for each other.
 * @since 0.1
 */
const char *interlace_adjustment_name(interlace_adjustment code);

/**
 * The adjustment that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
 * none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_adjustment_from_name(const char *name,
                                                interlace_adjustment *out,
                                                interlace_error *err);

/**
 * Linear combinations L beta of the fixed effects as a new frame, one row each: "estimate", "std_error", "df",
 * "statistic" (t, or z with infinite degrees of freedom) and "p_value" of the hypothesis that it is `rhs` (two-sided).
 * `l` [k,p] is column-major with leading dimension `ldl` >= k, one column per fixed effect in the order of
 * interlace_fit_fixef_name; `rhs` [k], or NULL for zeros. With `joint`, one row that tests all of them together:
 * "statistic" (F, or Wald's chi-square with infinite degrees of freedom), "num_df" (the number of linearly independent
 * rows), "den_df" and "p_value"; Kenward and Roger's F is scaled. Rows of L that depend on others must not contradict
 * them. INTERLACE_E_NUMERIC if the covariance of L beta is not positive definite.
 * @param[in] fit The fit.
 * @param[in] l Array [k,p].
 * @param[in] k The number of combinations.
 * @param[in] p The number of fixed effects.
 * @param[in] ldl The leading dimension of `l`, at least k.
 * @param[in] rhs Hypothesised values [k]; NULL for zeros.
 * @param[in] joint Whether all are tested together.
 * @param[in] df Degrees of freedom of tests and intervals of the fixed effects.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_wald_test(const interlace_fit *fit,
                                         const double *l,
                                         size_t k,
                                         size_t p,
                                         size_t ldl,
                                         const double *rhs,
                                         bool joint,
                                         interlace_df df,
                                         const interlace_options *options,
                                         interlace_frame **out,
                                         interlace_error *err);

/**
 * The fixed effects of the mean with tests and intervals, as a new frame, one row each: "term", "id", "estimate",
 * "std_error", "df", "statistic" (t, or z with infinite degrees of freedom), "p_value" (two-sided), "lower" and
 * "upper".
 * @param[in] fit The fit.
 * @param[in] df Degrees of freedom of tests and intervals of the fixed effects.
 * @param[in] level The level of the interval, between 0 and 1, such as 0.95.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_coefficients(const interlace_fit *fit,
                                            interlace_df df,
                                            double level,
                                            const interlace_options *options,
                                            interlace_frame **out,
                                            interlace_error *err);

/**
 * Linear combinations of another linear predictor's fixed effects, such as those of the zero inflation, as by
 * interlace_fit_wald_test. `l` [k,p] is column-major with leading dimension `ldl` >= k, one column per fixed effect of
 * the predictor; `rhs` [k], or NULL for zeros. INTERLACE_E_ARGUMENT if the model has no formula for it.
 * @param[in] fit The fit.
 * @param[in] predictor A linear predictor of a model.
 * @param[in] l Array [k,p].
 * @param[in] k The number of combinations.
 * @param[in] p The number of fixed effects of the predictor.
 * @param[in] ldl The leading dimension of `l`, at least k.
 * @param[in] rhs Hypothesised values [k]; NULL for zeros.
 * @param[in] joint Whether all are tested together.
 * @param[in] df Degrees of freedom of tests and intervals of the fixed effects.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_wald_test_of(const interlace_fit *fit,
                                            interlace_predictor predictor,
                                            const double *l,
                                            size_t k,
                                            size_t p,
                                            size_t ldl,
                                            const double *rhs,
                                            bool joint,
                                            interlace_df df,
                                            const interlace_options *options,
                                            interlace_frame **out,
                                            interlace_error *err);

/**
 * The analysis of variance of a linear model, as a new frame, one row per term of the fixed effects: "term", "sum_sq",
 * "mean_sq", "num_df", "den_df", "statistic" (F) and "p_value". A model from arrays has one term per column. Sums of
 * squares are F (before Kenward and Roger's scaling) times degrees of freedom and residual variance. `data` is the
 * frame of the fit; it may be NULL unless `anova_type` is INTERLACE_ANOVA_TYPE_II or INTERLACE_ANOVA_TYPE_III and the
 * fit left out columns. For a Cox model the columns are "term", "df", "chi_square" and "p_value", and for
 * INTERLACE_ANOVA_TYPE_I "log_likelihood": that type compares the integrated likelihoods as each term is added, in the
 * order of the formula, beginning with a row "NULL" for the model without fixed effects (as anova in coxme); the other
 * types are Wald tests. For a generalised or ordinal model the tests are Wald's of the fixed effects of the mean
 * (interlace_fit_anova_of has those of the zero part, the dispersion and the scale), with the columns "term", "df",
 * "chi_square" and "p_value", or with finite degrees of freedom "term", "num_df", "den_df", "statistic" (F) and
 * "p_value". What a term adds to others in types I and II is by the covariance of the coefficients. INTERLACE_E_NUMERIC
 * if that is not known.
 * @param[in] fit The fit.
 * @param[in] data The data of the fit. NULL is allowed where they are not needed.
 * @param[in] anova_type What the tests of an analysis of variance take as given.
 * @param[in] df Degrees of freedom of tests and intervals of the fixed effects.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_anova(const interlace_fit *fit,
                                     const interlace_frame *data,
                                     interlace_anova_type anova_type,
                                     interlace_df df,
                                     const interlace_options *options,
                                     interlace_frame **out,
                                     interlace_error *err);

/**
 * The analysis of variance of another linear predictor, such as the zero inflation or the dispersion: Wald's tests of
 * the terms of its fixed effects, with the columns of interlace_fit_anova for a generalised model. `data` is the frame
 * of the fit; it may be NULL unless `anova_type` is INTERLACE_ANOVA_TYPE_II or INTERLACE_ANOVA_TYPE_III and the fit
 * left out columns. INTERLACE_E_ARGUMENT if the model has no formula for the predictor.
 * @param[in] fit The fit.
 * @param[in] predictor A linear predictor of a model.
 * @param[in] data The data of the fit. NULL is allowed where they are not needed.
 * @param[in] anova_type What the tests of an analysis of variance take as given.
 * @param[in] df Degrees of freedom of tests and intervals of the fixed effects.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_anova_of(const interlace_fit *fit,
                                        interlace_predictor predictor,
                                        const interlace_frame *data,
                                        interlace_anova_type anova_type,
                                        interlace_df df,
                                        const interlace_options *options,
                                        interlace_frame **out,
                                        interlace_error *err);

/**
 * The analysis of variance of a linear model with effect sizes of its terms, as a new frame: the columns of
 * interlace_fit_anova, then "partial_eta_sq", F df1 / (F df1 + df2), and "partial_omega_sq", (F - 1) df1 / (F df1 + df2
 * + 1), or zero where that is negative. Both are missing where there is no F, and where df2 is infinite.
 * INTERLACE_E_ARGUMENT for other models.
 * @param[in] fit The fit.
 * @param[in] data The data of the fit. NULL is allowed where they are not needed.
 * @param[in] anova_type What the tests of an analysis of variance take as given.
 * @param[in] df Degrees of freedom of tests and intervals of the fixed effects.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_effect_sizes(const interlace_fit *fit,
                                            const interlace_frame *data,
                                            interlace_anova_type anova_type,
                                            interlace_df df,
                                            const interlace_options *options,
                                            interlace_frame **out,
                                            interlace_error *err);

/**
 * The fixed effects of the mean in standard deviations, as a new frame, one row each: "term", "id", "estimate",
 * "std_error", "lower" and "upper", each times the standard deviation (with n - 1, without weights) of the column of
 * the model matrix over the rows used, and for a linear model divided by that of the response. A constant column has
 * zeros. Columns of factors count as others. INTERLACE_E_UNSUPPORTED for a fit without rows.
 * @param[in] fit The fit.
 * @param[in] df Degrees of freedom of tests and intervals of the fixed effects.
 * @param[in] level The level of the interval, between 0 and 1, such as 0.95.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_standardized(const interlace_fit *fit,
                                            interlace_df df,
                                            double level,
                                            const interlace_options *options,
                                            interlace_frame **out,
                                            interlace_error *err);

/**
 * Likelihood-ratio tests of an ordinal model against those in which a term of its fixed effects, with the terms that it
 * contains, also has nominal effects, which differ from threshold to threshold, as a new frame: a row "<none>" for the
 * model, then a row for each term: "term", "n_parameters" (those that it adds), "log_likelihood", "aic", "chi_square",
 * "p_value" and "warning" (missing, or why there is no test or what is to be known of it). Effects that the model has
 * already are kept. All models are fitted by maximum likelihood. `data` is the frame of the fit; it may be NULL unless
 * the fit left out columns. INTERLACE_E_ARGUMENT for other models.
 * @param[in] fit The fit.
 * @param[in] data The data of the fit. NULL is allowed where they are not needed.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_nominal_test(const interlace_fit *fit,
                                            const interlace_frame *data,
                                            const interlace_options *options,
                                            interlace_frame **out,
                                            interlace_error *err);

/**
 * The same against models in which a term is also in the scale of the latent variable. Otherwise as
 * interlace_fit_nominal_test.
 * @param[in] fit The fit.
 * @param[in] data The data of the fit. NULL is allowed where they are not needed.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_scale_test(const interlace_fit *fit,
                                          const interlace_frame *data,
                                          const interlace_options *options,
                                          interlace_frame **out,
                                          interlace_error *err);

/**
 * The covariance matrix of the estimates of the fixed effects with Kenward and Roger's adjustment (Kenward & Roger
 * 1997), to `out` [p,p]. INTERLACE_E_ARGUMENT unless the fit is a linear model by REML. INTERLACE_E_NUMERIC if the
 * correction by second derivatives of the covariance (for random terms ar1, and cs with a variance each, of three
 * effects or more; for AR(1) residuals) leaves no positive matrix.
 * @param[in] fit The fit.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out Array [p,p].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_fixef_vcov_kenward_roger(const interlace_fit *fit,
                                                        const interlace_options *options,
                                                        double *out,
                                                        size_t len,
                                                        interlace_error *err);

/**
 * Likelihood-ratio tests between `n` fits of nested models to the same data, as a new frame, one row per fit in the
 * order of the numbers of parameters: "fit" (the index in `fits`), "model" (its formula), "n_obs" (rows used),
 * "n_parameters", "aic", "bic", "log_likelihood", "deviance" (minus twice log_likelihood), and, against the row before,
 * "chi_square", "df", "p_value", "distribution" ("chisq" or "chibarsq") and "warning" (missing, or why the test is
 * invalid: the models are not nested). The fits must use the same response, weights and offset, and be by maximum
 * likelihood; fits by REML are compared if they have the same fixed effects. Generalised models must have the same
 * family, link, information and number of quadrature points; their models of zero inflation and dispersion may be
 * nested as well. Ordinal models must have the same categories; equidistant thresholds are nested in symmetric ones and
 * both in flexible ones, and an effect of the formula is nested in the nominal effect of the same column. A variance
 * that is zero under the hypothesis lies at the edge of its range, so chi-square gives too large a p-value. With
 * `chi_bar`, a comparison whose larger model has exactly one more variance, with its covariances, uses half of
 * chi-square with one degree of freedom less and half with all (Stram & Lee 1994).
 * @param[in] fits The fits [n].
 * @param[in] n The number of fits, at least 2.
 * @param[in] chi_bar Whether a variance at the edge of its range gets the mixture of chi-squares.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_compare(const interlace_fit *const *fits,
                                       size_t n,
                                       bool chi_bar,
                                       const interlace_options *options,
                                       interlace_frame **out,
                                       interlace_error *err);

/**
 * Fits `n` models by maximum likelihood to the rows that all of them can use, whatever is missing in columns that some
 * do not use, and compares the first with each of the others: a new frame with the columns of interlace_fit_compare and
 * two rows for each model but the first, in the order of `specs`: the smaller of the two models, and the larger with
 * its test against it. "fit" is the index in `specs`. Each model must be nested in the first, or the first in it; else
 * INTERLACE_E_ARGUMENT names what the larger one lacks. Fixed effects are nested by the space of their columns,
 * whatever their names, random terms by their groups, effects and structures. A model may be without random terms here:
 * `y ~ x` against `y ~ x + (1 | g)` is the test of the only variance. `data` and `options` are as for
 * interlace_fit_new.
 * @param[in] specs The models [n].
 * @param[in] n The number of models, at least 2.
 * @param[in] data The data. A spec made from arrays ignores them: NULL.
 * @param[in] chi_bar Whether a variance at the edge of its range gets the mixture of chi-squares.
 * @param[in] options How the model is fitted: method, optimizer, missing values and so on; threads, progress, deadline.
 *     NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_lrt(const interlace_spec *const *specs,
                                    size_t n,
                                    const interlace_frame *data,
                                    bool chi_bar,
                                    const interlace_options *options,
                                    interlace_frame **out,
                                    interlace_error *err);

/**
 * Likelihood-ratio tests of a model (of a Cox model by the integrated likelihood) against those without each of its
 * terms, as a new frame: a row "<none>" for the model, then a row for each term of the fixed effects that no other
 * contains: "term", "n_parameters" (those that it removes), "aic", "chi_square", "p_value" and "warning", which says
 * why a model without a term has no numbers: it could not be fitted, or has a higher likelihood than the model. All
 * models are fitted by maximum likelihood. `data` is the frame of the fit; it may be NULL unless the fit left out
 * columns, which may have an estimate without a term. Terms are those of the fixed effects of the mean.
 * INTERLACE_E_NUMERIC if the model itself did not converge.
 * @param[in] fit The fit.
 * @param[in] data The data of the fit. NULL is allowed where they are not needed.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_drop1(const interlace_fit *fit,
                                     const interlace_frame *data,
                                     const interlace_options *options,
                                     interlace_frame **out,
                                     interlace_error *err);

/**
 * Backward elimination, as a new frame: random terms and effects, then terms of the fixed effects that no other
 * contains, go one after the other as long as the largest p-value is above the level. One row per term, as it was
 * tested last, those that went first: "part" ("random" or "fixed"), "term", "test" ("lrt", or "f" with Satterthwaite's
 * degrees of freedom for the fixed effects of a linear model), "statistic", "df", "den_df", "p_value" (of random terms
 * by chi-square), "warning" and "eliminated" (1 for the first of its part that went, 0 for those that stay). Terms
 * inside others that stay have no test. INTERLACE_E_NUMERIC if the fit did not converge.
 * @param[in] fit The fit.
 * @param[in] alpha_random The level of random terms, at most 1, which leaves all of them; 0 means 0.1.
 * @param[in] alpha_fixed The level of terms of the fixed effects; 0 means 0.05.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_step(const interlace_fit *fit,
                                    double alpha_random,
                                    double alpha_fixed,
                                    const interlace_options *options,
                                    interlace_frame **out,
                                    interlace_error *err);

/**
 * F tests of a linear model against those without each of its terms, as a new frame: a row for each term of the fixed
 * effects that no other contains, with the columns of interlace_fit_anova. No model is fitted anew. `data` is the frame
 * of the fit; it may be NULL unless the fit left out columns. INTERLACE_E_ARGUMENT for other models.
 * @param[in] fit The fit.
 * @param[in] data The data of the fit. NULL is allowed where they are not needed.
 * @param[in] df Degrees of freedom of tests and intervals of the fixed effects.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_drop1_f(const interlace_fit *fit,
                                       const interlace_frame *data,
                                       interlace_df df,
                                       const interlace_options *options,
                                       interlace_frame **out,
                                       interlace_error *err);

/**
 * How the residuals of clusters become a robust covariance of the fixed effects.
 * @since 0.1
 */
typedef enum interlace_robust_kind {
    /** Without correction (Liang and Zeger 1986); of single rows HC0. */
    INTERLACE_ROBUST_KIND_CR0 = 0,
    /** Times m / (m - 1) for m clusters. */
    INTERLACE_ROBUST_KIND_CR1 = 1,
    /** Times m (n - 1) / ((m - 1)(n - p)) for n rows and p fixed effects; of single rows HC1. */
    INTERLACE_ROBUST_KIND_CR1S = 2,
    /**
     * Unbiased under the model, with Satterthwaite's degrees of freedom (Bell and McCaffrey 2002; Pustejovsky and
     * Tipton 2018); of single rows HC2. Of linear models.
     */
    INTERLACE_ROBUST_KIND_CR2 = 3,
    /** By residuals of deleted clusters, nearly the jackknife; of single rows HC3. Of linear models. */
    INTERLACE_ROBUST_KIND_CR3 = 4
} interlace_robust_kind;

/**
 * The name of a kind of robust covariances, such as "cr2"; NULL for a number that is none. A static string.
 * @param[in] code How the residuals of clusters become a robust covariance of the fixed effects.
 * @since 0.1
 */
const char *interlace_robust_kind_name(interlace_robust_kind code);

/**
 * The kind of robust covariances that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT
 * if there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_robust_kind_from_name(const char *name,
                                                 interlace_robust_kind *out,
                                                 interlace_error *err);

/**
 * The fit with a robust covariance of the fixed effects of its mean, as a new fit: M (sum_j X_j' V_j^-1 A_j e_j e_j'
 * A_j' V_j^-1 X_j) M with the model's covariance M, the residuals e_j of cluster j about the mean without random
 * effects, and A_j by the kind. Estimates are the same. Standard errors, tests, limits, marginal means and their
 * contrasts of the new fit are robust; INTERLACE_DF_DEFAULT is Satterthwaite's for INTERLACE_ROBUST_KIND_CR2, with
 * joint tests by Hotelling's distribution, and the number of clusters less one for others. Likelihoods, random effects
 * and what follows from them are those of the model.
 *
 * A cluster is the rows of a level of `group`, a grouping factor of the model ("g", "a:b") or columns of `data`; or
 * those with the same code; or, if both are NULL, a single row. Clusters should be independent: the kinds CR2 and CR3
 * want each level of each random term within one cluster, and at most 4,000 rows in each, of which they make dense
 * matrices.
 *
 * A generalised or ordinal fit has the kinds CR0, CR1 and CR1S, V (sum_j s_j s_j') V with the scores s_j of clusters in
 * all parameters and their covariance V, of which the block of the mean's fixed effects is taken; each level of each
 * random term is within one cluster. Its tests are normal. A Cox fit has the same kinds by sums of dfbeta residuals
 * (Lin and Wei 1989), given the covariances of its random effects. INTERLACE_E_UNSUPPORTED for Cox fits with
 * `fixed_effects` integrated, for `nagq` 0, and for fits without rows or by the iterative engine. The new fit cannot be
 * saved, and has no influence.
 * @param[in] fit The fit.
 * @param[in] robust_kind The kind.
 * @param[in] group The clusters are its levels. NULL for none.
 * @param[in] data The data of the fit. NULL is allowed where they are not needed.
 * @param[in] codes Codes [n_codes], one for each row of the data or for each row used, that are not negative. NULL for
 *     none.
 * @param[in] n_codes The number of codes.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new fit. The caller frees it with interlace_fit_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_robust(const interlace_fit *fit,
                                      interlace_robust_kind robust_kind,
                                      const char *group,
                                      const interlace_frame *data,
                                      const int32_t *codes,
                                      size_t n_codes,
                                      const interlace_options *options,
                                      interlace_fit **out,
                                      interlace_error *err);

/**
 * What the robust covariance of a fit is, such as "CR2 standard errors by 18 levels of Subject"; NULL of other fits. It
 * lives as long as the fit.
 * @param[in] fit The fit.
 * @since 0.1
 */
const char *interlace_fit_robust_description(const interlace_fit *fit);

/**
 * Likelihood-ratio tests of a model against those without each of its random terms, and without each effect of a term
 * that no other contains (`(1 + x | g)` against `(1 | g)`), as a new frame: a row "<none>" for the model, then a row
 * each: "term", "n_parameters", "log_likelihood", "aic", and against the model "chi_square", "df", "p_value",
 * "reference" (the distribution that it is by), "p_value_chi_square" (by chi-square, which is conservative) and
 * "warning". Likelihoods are restricted if those of the fit are. A model may be left without random terms. Variances
 * that are zero without the term are at the edge of their range: references are mixtures of chi-squares. One variance
 * with its covariances has half of chi-square with one degree of freedom less and half with all (Stram & Lee 1994).
 * Weights of several independent variances of a linear model follow from their information where they are zero. Of
 * others the reference "at most 0.5 chi2_2 + 0.5 chi2_3" gives an upper bound of the p-value, whatever the information.
 * @param[in] fit The fit.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_ranova(const interlace_fit *fit,
                                      const interlace_options *options,
                                      interlace_frame **out,
                                      interlace_error *err);

/**
 * The exact test that the variance of a linear model's only random effect is zero (Crainiceanu & Ruppert 2004), as a
 * new frame of one row: "method" (RLRT, or LRT of a fit by maximum likelihood), "statistic", "p_value", "std_error"
 * (what the draws may have missed it by), "zero_share" (of draws that are zero) and "draws". The distribution of the
 * statistic for this design is drawn `draws` times; the p-value is one more than the draws that are as large, by one
 * more than all. INTERLACE_E_UNSUPPORTED unless the model is linear, with independent residuals and one random effect
 * for each level of one grouping factor.
 * @param[in] fit The fit.
 * @param[in] draws The number of draws, at least 1; 10000 is usual.
 * @param[in] seed The seed of the draws.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_exact_rlrt(const interlace_fit *fit,
                                          size_t draws,
                                          uint64_t seed,
                                          const interlace_options *options,
                                          interlace_frame **out,
                                          interlace_error *err);

/**
 * The parametric bootstrap of a likelihood ratio (Halekoh & Hojsgaard 2014): simulates responses from `reduced`, fits
 * both models to each, and makes a frame with a row for each replicate: "replicate" (its number),
 * "log_likelihood_reduced", "log_likelihood", "chi_square" (not below zero) and "reason" (why it failed, else missing).
 * Numbers, seed and first replicate are those of `bootstrap`, what it draws does not count: random effects are drawn
 * anew. Both models are fitted by maximum likelihood. `reduced` must be nested in `full`, on the same rows. Frames of
 * parts of the replicates can be joined by interlace_frame_append.
 * @param[in] bootstrap The bootstrap.
 * @param[in] reduced The smaller model.
 * @param[in] full The larger model.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_bootstrap_lrt(const interlace_bootstrap *bootstrap,
                                         const interlace_fit *reduced,
                                         const interlace_fit *full,
                                         const interlace_options *options,
                                         interlace_frame **out,
                                         interlace_error *err);

/**
 * p-values of the likelihood ratio of two fits from `replicates`, a frame of interlace_bootstrap_lrt of the same fits,
 * as a new frame with a row for each "method": "chi_square", "bootstrap" (one more than the replicates that are as
 * large, by one more than all), "bartlett" (the ratio by the mean of the replicates, times the degrees of freedom, by
 * chi-square) and "gamma" (by the gamma distribution with the mean and variance of the replicates). The columns are
 * "method", "statistic", "df", "p_value", "lower" and "upper" (limits that the number of replicates leaves to the
 * bootstrap's p-value, of Clopper and Pearson), "n" (replicates that did not fail), "extreme" and "failed".
 * @param[in] bootstrap The bootstrap.
 * @param[in] reduced The smaller model.
 * @param[in] full The larger model.
 * @param[in] replicates The table of replicates.
 * @param[in] level The level of the limits, such as 0.95.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_bootstrap_lrt_test(const interlace_bootstrap *bootstrap,
                                              const interlace_fit *reduced,
                                              const interlace_fit *full,
                                              const interlace_frame *replicates,
                                              double level,
                                              const interlace_options *options,
                                              interlace_frame **out,
                                              interlace_error *err);

/**
 * What is asked of marginal means and their contrasts. All members zero but the size are the defaults:
 * INTERLACE_MEANS_REQUEST_INIT.
 * @since 0.1
 */
typedef struct interlace_means_request {
    /** sizeof(interlace_means_request). */
    size_t struct_size;
    /**
     * Values of columns instead of those of the reference grid, "x = 0, 5; f = a, b": for a covariate numbers, over
     * which means are averages unless `specs` names it; for a factor some of its levels; labels with a comma need
     * quotation marks. NULL for none.
     */
    const char *at;
    /** How the levels are weighted that means are averages of. */
    interlace_weighting weighting;
    /** The scale of the means. */
    interlace_means_scale means_scale;
    /** Degrees of freedom of tests and intervals. */
    interlace_df df;
    /** Which means are compared, unless there are `coefficients`. */
    interlace_comparisons comparisons;
    /**
     * How the p-values and intervals of the contrasts of a group answer for each other. With `coefficients` it must not
     * be INTERLACE_ADJUSTMENT_TUKEY.
     */
    interlace_adjustment adjustment;
    /** The level of intervals, between 0 and 1; 0 means 0.95. */
    double level;
    /**
     * Contrasts of your own: their weights [m,k], column-major with leading dimension `ldc` >= m, one column per
     * contrast, for the m means of a group in the order of interlace_fit_marginal_means. NULL for none.
     */
    const double *coefficients;
    /** The number of rows of `coefficients`, the means of a group. */
    size_t m;
    /** The number of columns of `coefficients`. */
    size_t k;
    /** The leading dimension of `coefficients`. */
    size_t ldc;
    /** The names [k] of these contrasts. NULL without `coefficients`. */
    const char *const *names;
    /**
     * The linear predictor that the means are of. On the scale of the response those of the zero inflation are
     * probabilities of an extra zero, those of the dispersion the family's first parameter, of an ordinal model the
     * scale.
     */
    interlace_predictor predictor;
    /**
     * What of an ordinal model is averaged. But for INTERLACE_MEANS_MODE_LATENT means are averages over the cells of
     * the grid, with standard errors by the delta method and symmetric limits; with it they are those of the linear
     * predictor, also of other models.
     */
    interlace_means_mode means_mode;
    /**
     * Of INTERLACE_MEANS_SCALE_BIAS_ADJUSTED the standard deviation of the random effects about the linear predictor; 0
     * for that of the fit, the root of the mean over the rows of their variance.
     */
    double bias_sigma;
} interlace_means_request;

/** A request with all defaults: interlace_..._request request = INTERLACE_MEANS_REQUEST_INIT. */
#define INTERLACE_MEANS_REQUEST_INIT { sizeof(interlace_means_request), NULL, (interlace_weighting)0, (interlace_means_scale)0, (interlace_df)0, (interlace_comparisons)0, (interlace_adjustment)0, 0, NULL, 0, 0, 0, NULL, (interlace_predictor)0, (interlace_means_mode)0, 0 }

/**
 * Estimated marginal means (least-squares means) as a new frame, one row per mean: the factors' columns, "estimate"
 * ("response" if a link is inverted), "std_error", "df", "lower" and "upper". A mean that cannot be estimated because
 * the fit left out columns is NaN. `specs` names columns of the data that the fixed effects depend on: "~ f" for the
 * levels of f, "~ f * g" for all combinations, "~ f | g" for the levels of f in groups by g, "~ 1" for the overall
 * mean. The means are averages over a reference grid: all combinations of the levels of the factors, with numeric
 * covariates and the offset at their means over the rows used. `data` is the frame of the fit; it may be NULL if the
 * fixed effects depend only on plain factors and no column was left out. For a generalised model with zero inflation
 * the means are those of the family, without the extra zeros. The means of an ordinal model are those of the latent
 * variable minus the mean of the thresholds, only with INTERLACE_MEANS_SCALE_LINK and without scale and nominal effects
 * (else INTERLACE_E_UNSUPPORTED), or by the request's `means_mode` of its probabilities: with a column of categories or
 * thresholds, named as the response or "cut", which are groups unless `specs` names them. `request` may be NULL.
 * INTERLACE_E_FORMULA if `specs` cannot be read, INTERLACE_E_DATA if `data` are not those of the fit.
 * @param[in] fit The fit.
 * @param[in] data The data of the fit. NULL is allowed where they are not needed.
 * @param[in] specs "~ f", "~ f * g", "~ f | g" or "~ 1".
 * @param[in] request What is asked. NULL for the defaults.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_marginal_means(const interlace_fit *fit,
                                              const interlace_frame *data,
                                              const char *specs,
                                              const interlace_means_request *request,
                                              const interlace_options *options,
                                              interlace_frame **out,
                                              interlace_error *err);

/**
 * Contrasts of marginal means as a new frame, one row per contrast: the groups' columns, "contrast", "estimate",
 * "std_error", "df", "lower", "upper", "statistic" (t, or z if the degrees of freedom are infinite) and "p_value". Each
 * group is a separate family of tests. A group of one mean has only contrasts of your own. On the scale of the response
 * the contrasts of a log link are ratios, in a column "ratio" instead of "estimate", those of a logit link
 * "odds_ratio", and those of a Cox model "hazard_ratio"; tests are on the scale of the link, and so are contrasts for
 * other links. Everything else is as for interlace_fit_marginal_means.
 * @param[in] fit The fit.
 * @param[in] data The data of the fit. NULL is allowed where they are not needed.
 * @param[in] specs "~ f", "~ f * g", "~ f | g" or "~ 1".
 * @param[in] request What is asked. NULL for the defaults.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_contrasts(const interlace_fit *fit,
                                         const interlace_frame *data,
                                         const char *specs,
                                         const interlace_means_request *request,
                                         const interlace_options *options,
                                         interlace_frame **out,
                                         interlace_error *err);

/**
 * R2 of Nakagawa and Schielzeth (2013): the share of variance explained by the fixed effects, and by fixed and random
 * effects, with random slopes (Johnson 2014) and for non-normal families (Nakagawa, Johnson and Schielzeth 2017). The
 * variance about the linear predictor is sigma^2 for gaussian models; pi^2/3 (logit), 1 (probit) or pi^2/6
 * (complementary log-log) for binomial ones; for others that of one observation at the mean of a model that has only an
 * intercept as fixed effect, which is fitted for this: log(1 + variance/mean^2) with a log link, by the delta method
 * otherwise. Ordinal models use the variance of the latent variable, like binomial ones. Random intercepts of single
 * observations count as part of this variance. All rows have equal weight. INTERLACE_E_UNSUPPORTED for mixtures with
 * zeros, if there is no such variance (for example with the cauchit link), and for ordinal models with a scale formula.
 * @param[in] fit The fit.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] marginal The share of the fixed effects [1].
 * @param[out] conditional The share of fixed and random effects [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_r2(const interlace_fit *fit,
                                  const interlace_options *options,
                                  double *marginal,
                                  double *conditional,
                                  interlace_error *err);

/**
 * Intraclass correlations from the variances of interlace_fit_r2: the share of the random effects in what the fixed
 * effects leave (`adjusted`), and in all (`unadjusted`).
 * @param[in] fit The fit.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] adjusted The share in what the fixed effects leave [1].
 * @param[out] unadjusted The share in all [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_icc(const interlace_fit *fit,
                                   const interlace_options *options,
                                   double *adjusted,
                                   double *unadjusted,
                                   interlace_error *err);

/**
 * The test of overdispersion: the sum of squared Pearson residuals, its ratio to the residual degrees of freedom `df`
 * (rows minus parameters), about 1 if the family's variance is right, and the probability of a larger sum by the
 * chi-square distribution. For binary responses it says nothing. INTERLACE_E_UNSUPPORTED if the family's variance is
 * estimated (linear models, gamma and the like), and for ordinal models.
 * @param[in] fit The fit.
 * @param[out] chi_square The sum of squares [1].
 * @param[out] ratio Its ratio to `df` [1].
 * @param[out] df The residual degrees of freedom [1].
 * @param[out] p_value The probability of a larger sum [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_overdispersion(const interlace_fit *fit,
                                              double *chi_square,
                                              double *ratio,
                                              double *df,
                                              double *p_value,
                                              interlace_error *err);

/**
 * Tests of proportional hazards of a Cox model (Grambsch and Therneau 1994), as a new frame: "kind", "name",
 * "chi_square", "df", "p_value". Rows are of kind "term", each followed by rows "coefficient" if the term has several,
 * and a last row "global", GLOBAL, for all of them. They are score tests, at the fit, of coefficients that change
 * linearly with a function of time, given that all coefficients and random effects are estimated, and the covariance of
 * the random effects as it is. chi_square and p_value are NaN where the data do not tell, as with a coefficient that
 * interlace_fit_separated names. INTERLACE_E_UNSUPPORTED for other models; INTERLACE_E_DATA if the function has one
 * value at all events, or none at one.
 * @param[in] fit The fit.
 * @param[in] time_transform A function of time that hazard ratios may change with.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_proportional_hazards(const interlace_fit *fit,
                                                    interlace_time_transform time_transform,
                                                    const interlace_options *options,
                                                    interlace_frame **out,
                                                    interlace_error *err);

/**
 * What is tested, and for which designs. All members zero but the size are the defaults: INTERLACE_POWER_REQUEST_INIT.
 * @since 0.1
 */
typedef struct interlace_power_request {
    /** sizeof(interlace_power_request). */
    size_t struct_size;
    /**
     * A fixed effect of the mean by its name, or a term, whose coefficients are tested together by Wald's test. NULL
     * for a likelihood ratio.
     */
    const char *test;
    /**
     * Parameters in place of the estimates, "x = 0.3; sigma = 20": fixed effects, parameters of a family, and standard
     * deviations and correlations by their names in the table of interlace_bootstrap_run ("sigma" of a linear model,
     * "sd_(Intercept)|g", "cor_x.(Intercept)|g"). NULL for none.
     */
    const char *effects;
    /** The degrees of freedom of the test. */
    interlace_df df;
    /** Simulated responses for each size. 0 means 1000. */
    size_t simulations;
    /** The seed of the simulations. */
    uint64_t seed;
    /** A test is significant if its p-value is below. 0 means 0.05. */
    double alpha;
    /** The level of the intervals of the power. 0 means 0.95. */
    double level;
    /** Sizes are numbers of levels of this grouping factor of the model or column of the data. NULL for none. */
    const char *along;
    /**
     * Sizes are numbers of rows in each level of this grouping factor or column, or in each combination of levels
     * ("g:h"). NULL for none. There must be no `along` beside it.
     */
    const char *within;
    /** The sizes [n_sizes]. NULL for the design of the fit. */
    const size_t *sizes;
    /** The number of sizes. */
    size_t n_sizes;
} interlace_power_request;

/** A request with all defaults: interlace_..._request request = INTERLACE_POWER_REQUEST_INIT. */
#define INTERLACE_POWER_REQUEST_INIT { sizeof(interlace_power_request), NULL, NULL, (interlace_df)0, 0, 0, 0, 0, NULL, NULL, NULL, 0 }

/**
 * The power of a test by simulation (Green & MacLeod 2016): responses are simulated from the fit with new random
 * effects, the model is fitted to each, and the share of significant tests is the power. A new frame with one row for
 * each size: "test", "size" (missing for the design of the fit), "n_obs", "effect" (the coefficient that responses are
 * simulated with), "power", "lower" and "upper" (limits that the number of simulations leaves, of Clopper and Pearson),
 * "successes", "n", "failed" (refits that failed, which count as not significant), "singular", "separated" (refits in
 * which what is tested has no finite estimate, which mean_estimate and type_m leave out; missing for a likelihood
 * ratio), "mean_estimate", "type_s" (the share of significant estimates with the wrong sign), "type_m" (their mean size
 * in units of the effect), "reason" (why the first refit failed, else missing) and "warning" (else missing). What is of
 * one coefficient is NaN for other tests.
 *
 * With `along` a design of fewer levels has the first ones, and one of more levels has copies of their rows as new
 * levels; levels of factors nested in it are new, too. With `within` each level has its first rows, and then copies of
 * them. Weights, offsets and covariates are copied. A replicate depends on the seed and its number alone, not on other
 * sizes or threads. The progress function is told of each replicate with the number done, and its deviance (NaN if it
 * failed).
 *
 * `reduced` is a smaller model of the same data for a likelihood ratio by chi-square, for which both are fitted by
 * maximum likelihood; otherwise it is NULL. `data`, which may be NULL, is the frame of the fit: it is needed if `along`
 * or `within` is no grouping factor of the model. INTERLACE_E_NUMERIC if all refits of a size fail.
 * INTERLACE_E_UNSUPPORTED for a fit by the iterative engine, one without rows, one with robust standard errors, a
 * family that cannot be simulated, and weights other than one that multiply the log-likelihood. INTERLACE_E_DATA for a
 * design whose fixed effects contain a random term.
 * @param[in] fit The fit.
 * @param[in] reduced A smaller model of the same data, or NULL.
 * @param[in] data The data of the fit. NULL is allowed where they are not needed.
 * @param[in] request What is asked. NULL for the defaults.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_power(const interlace_fit *fit,
                                     const interlace_fit *reduced,
                                     const interlace_frame *data,
                                     const interlace_power_request *request,
                                     const interlace_options *options,
                                     interlace_frame **out,
                                     interlace_error *err);

/* ==================================================================================================================
 * Simulation: simulated responses, refits to them, profiles
 * ================================================================================================================== */

/**
 * The random effects of simulated responses.
 * @since 0.1
 */
typedef enum interlace_simulation {
    /** Newly drawn in each replicate. */
    INTERLACE_SIMULATION_NEW = 0,
    /** Those of the fit, that is its conditional modes. */
    INTERLACE_SIMULATION_CONDITIONAL = 1
} interlace_simulation;

/**
 * The parameters that are profiled.
 * @since 0.1
 */
typedef enum interlace_profile_scale {
    /** All, with random effects as standard deviations and correlations. */
    INTERLACE_PROFILE_SCALE_SD_COR = 0,
    /** Only the elements of theta. */
    INTERLACE_PROFILE_SCALE_THETA = 1
} interlace_profile_scale;

/**
 * The name of a kind of simulation, such as "conditional"; NULL for a number that is none. A static string.
 * @param[in] code The random effects of simulated responses.
 * @since 0.1
 */
const char *interlace_simulation_name(interlace_simulation code);

/**
 * The kind of simulation that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_simulation_from_name(const char *name,
                                                interlace_simulation *out,
                                                interlace_error *err);

/**
 * The name of a scale of profiles, such as "theta"; NULL for a number that is none. A static string.
 * @param[in] code The parameters that are profiled.
 * @since 0.1
 */
const char *interlace_profile_scale_name(interlace_profile_scale code);

/**
 * The scale of profiles that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there
 * is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_profile_scale_from_name(const char *name,
                                                   interlace_profile_scale *out,
                                                   interlace_error *err);

/**
 * The number of columns that a response of the fit has where responses are simulated or fitted anew: 2 for a Cox model,
 * the time and 1 for an event or 0 without one; 1 for other models. 0 for NULL.
 * @param[in] fit The fit.
 * @since 0.1
 */
size_t interlace_fit_n_response_columns(const interlace_fit *fit);

/**
 * Simulates the response `nsim` times, to `out` [m,n_response_columns,nsim], one column per replicate; m as in
 * interlace_fit_n_rows. A Cox model has two columns per replicate (interlace_fit_n_response_columns): all times, then
 * all events. Binomial responses are proportions, ordinal ones numbers of categories from 1. Times of a Cox model are
 * drawn from the fitted baseline hazards of the strata, given survival to the start of late entry; a row without an
 * event is censored at its own time, one with an event at a time that is drawn from the Kaplan-Meier estimate of the
 * stratum's censoring, given that it is not before the event. A replicate depends only on `seed` and its number. NaN if
 * a drawn linear predictor is outside the range of the link.
 * @param[in] fit The fit.
 * @param[in] nsim The number of replicates.
 * @param[in] seed The seed of the random numbers; the same seed gives the same numbers.
 * @param[in] simulation The random effects of simulated responses.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out Array [m,n_response_columns,nsim].
 * @param[in] len The number of elements of `out`, which must be exact.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_simulate(const interlace_fit *fit,
                                        size_t nsim,
                                        uint64_t seed,
                                        interlace_simulation simulation,
                                        const interlace_options *options,
                                        double *out,
                                        size_t len,
                                        interlace_error *err);

/**
 * Fits the model to another response on the same rows, as lme4's refit() does: `y` [m,n_response_columns], m as in
 * interlace_fit_n_rows, of which only the rows used count. A Cox model has two columns
 * (interlace_fit_n_response_columns): the time and the event. Binomial responses are proportions, ordinal ones numbers
 * of categories from 1. The search begins at the estimates of the fit, by the options that it was made with, and ends
 * where one from any other start ends; a fit that was saved with its rows can be refitted, too. What the data had to
 * say of the design (levels that do not occur, for instance) `fit` says, not the new one. INTERLACE_E_DATA if the
 * response is missing or not finite in a row that is used.
 * @param[in] fit The fit.
 * @param[in] y The response [m,n_response_columns].
 * @param[in] len The number of elements of `y`, which must be exact.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new fit. The caller frees it with interlace_fit_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_refit(const interlace_fit *fit,
                                     const double *y,
                                     size_t len,
                                     const interlace_options *options,
                                     interlace_fit **out,
                                     interlace_error *err);

/**
 * Fits the model to other responses on the same rows: `y` [m,n_response_columns*k] with leading dimension `ldy` >= m,
 * one column per response; m as in interlace_fit_n_rows, of which only the rows used count. A Cox model has two columns
 * per response (interlace_fit_n_response_columns): the time and the event. Each search begins at the estimates of the
 * fit; for linear models the cross-products of the design are computed only once. Makes a frame with one row per
 * response: "status" (converged, singular, not_converged or failed), "reason" (why it failed, such as missing values or
 * a response without variance), "log_likelihood", all estimates by name as in interlace_bootstrap_run, and with
 * `std_errors` those of the fixed effects, whose names begin with se. (only linear models, otherwise
 * INTERLACE_E_UNSUPPORTED). Responses that failed have NaN; the others do not depend on them. The progress function is
 * told of each response with the number done, and the deviance and theta of that response (NaN and none if it failed).
 * @param[in] fit The fit.
 * @param[in] y Array [m,n_response_columns*k].
 * @param[in] m The number of rows, as in interlace_fit_n_rows.
 * @param[in] k The number of responses.
 * @param[in] ldy The leading dimension of `y`, at least m.
 * @param[in] std_errors Whether the frame has standard errors of the fixed effects.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_refit_many(const interlace_fit *fit,
                                          const double *y,
                                          size_t m,
                                          size_t k,
                                          size_t ldy,
                                          bool std_errors,
                                          const interlace_options *options,
                                          interlace_frame **out,
                                          interlace_error *err);

/**
 * What is profiled. All members zero but the size are the defaults: INTERLACE_PROFILE_REQUEST_INIT.
 * @since 0.1
 */
typedef struct interlace_profile_request {
    /** sizeof(interlace_profile_request). */
    size_t struct_size;
    /** The level of intervals, between 0 and 1; 0 means 0.95. */
    double level;
    /** The parameters that are profiled. */
    interlace_profile_scale profile_scale;
} interlace_profile_request;

/** A request with all defaults: interlace_..._request request = INTERLACE_PROFILE_REQUEST_INIT. */
#define INTERLACE_PROFILE_REQUEST_INIT { sizeof(interlace_profile_request), 0, (interlace_profile_scale)0 }

/**
 * Profile-likelihood intervals of all parameters as a new frame: term, id, estimate, lower, upper, warning. The ids are
 * those of interlace_fit_parameter_id. The terms have lme4's names, except for nested groups, which are a:b as
 * everywhere here, not b:a: standard deviations (sd_) and correlations (cor_) of random effects, sigma, the residual
 * correlation (ar1|g or cs|g), the family's parameters or those of thresholds with nominal effects, fixed effects
 * (those of the zero part and the dispersion or scale begin with zi. and disp.); with INTERLACE_PROFILE_SCALE_THETA
 * only the elements of theta, with the fit's names after "theta."; those of a linear model are relative to sigma, which
 * is maximised over. Likelihoods, and so the estimates here, are always those of maximum likelihood, whatever the
 * method of the fit. A limit is NaN if the profile never crosses; "warning" says why and is missing otherwise. A
 * coefficient of a Cox model without a finite estimate has an infinite limit on the side to which the likelihood does
 * not fall. INTERLACE_E_UNSUPPORTED for a fit with nagq 0. The progress function is told of each point of a profile,
 * with the deviance and theta there.
 * @param[in] fit The fit.
 * @param[in] request What is asked. NULL for the defaults.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_parameters_confint_profile(const interlace_fit *fit,
                                                          const interlace_profile_request *request,
                                                          const interlace_options *options,
                                                          interlace_frame **out,
                                                          interlace_error *err);

/**
 * Profiles of all parameters as a new frame of points: term, id, value, and zeta, the signed root of the deviance's
 * rise above its minimum when the parameter has that value, maximised over all others; then a column for each
 * parameter, by its name, with its value there (with a number behind a name that one of the other columns has). The
 * points of a term ascend, from slightly below its interval to slightly above; otherwise as
 * interlace_fit_parameters_confint_profile.
 * @param[in] fit The fit.
 * @param[in] request What is asked. NULL for the defaults.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_profile(const interlace_fit *fit,
                                       const interlace_profile_request *request,
                                       const interlace_options *options,
                                       interlace_frame **out,
                                       interlace_error *err);

/* ==================================================================================================================
 * Bootstrap: what is resampled, intervals from replicates
 * ================================================================================================================== */

/**
 * How limits follow from bootstrap replicates.
 * @since 0.1
 */
typedef enum interlace_bootstrap_interval {
    /** Quantiles of the replicates. */
    INTERLACE_BOOTSTRAP_INTERVAL_PERCENTILE = 0,
    /** Twice the estimate minus the quantiles of the replicates. */
    INTERLACE_BOOTSTRAP_INTERVAL_BASIC = 1,
    /** The normal distribution with the standard deviation of the replicates, corrected for their bias. */
    INTERLACE_BOOTSTRAP_INTERVAL_NORMAL = 2,
    /**
     * Quantiles of the replicates at levels corrected for bias and acceleration, the latter from fits without each
     * group.
     */
    INTERLACE_BOOTSTRAP_INTERVAL_BCA = 3
} interlace_bootstrap_interval;

/**
 * The name of a kind of bootstrap interval, such as "bca"; NULL for a number that is none. A static string.
 * @param[in] code How limits follow from bootstrap replicates.
 * @since 0.1
 */
const char *interlace_bootstrap_interval_name(interlace_bootstrap_interval code);

/**
 * The kind of bootstrap interval that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT
 * if there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_bootstrap_interval_from_name(const char *name,
                                                        interlace_bootstrap_interval *out,
                                                        interlace_error *err);

/**
 * Fills `out` [n_out] with statistics of a replicate, given its number (-1 for the fit itself and if groups or rows are
 * left out), its estimates [n_estimates], in the order of the columns after log_likelihood in the table of replicates,
 * and its response `y` [n], one value per row of the sample; of a Cox model the times of all rows, then their events (1
 * or 0); none of a fit of an accumulator. A return value other than 0 marks the replicate as failed. It is called on
 * the thread that called the library, and must not throw, longjmp or free the objects of the call.
 * @param[in] replicate Its number; -1 for the fit itself and if groups or rows are left out.
 * @param[in] estimates Its estimates [n_estimates].
 * @param[in] n_estimates The number of estimates.
 * @param[in] y Array [n].
 * @param[in] n The number of rows.
 * @param[out] out Array [n_out].
 * @param[in] n_out The number of statistics.
 * @param[in] user_data Passed to the function unchanged. NULL is allowed.
 * @since 0.1
 */
typedef int32_t (*interlace_statistic_fn)(int64_t replicate,
                                          const double *estimates,
                                          size_t n_estimates,
                                          const double *y,
                                          size_t n,
                                          double *out,
                                          size_t n_out,
                                          void *user_data);

/**
 * Returns a statistic of a response `y` [n], which it may reorder.
 * @param[out] y The response [n], in and out.
 * @param[in] n The number of rows.
 * @param[in] user_data Passed to the function unchanged. NULL is allowed.
 * @since 0.1
 */
typedef double (*interlace_response_statistic_fn)(double *y, size_t n, void *user_data);

/**
 * Makes a bootstrap of 1000 replicates with seed 0 that simulates responses with newly drawn random effects: the
 * parametric bootstrap.
 * @param[out] out The new bootstrap. The caller frees it with interlace_bootstrap_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_bootstrap_new(interlace_bootstrap **out,
                                         interlace_error *err);

/**
 * Frees a bootstrap; NULL is allowed.
 * @param[in,out] bootstrap NULL is allowed.
 * @since 0.1
 */
void interlace_bootstrap_free(interlace_bootstrap *bootstrap);

/**
 * Sets the replicates: `n` of them, from number `first`. A replicate depends only on the seed and its number, so a
 * stopped run can continue: tables of replicates 0 to 499 and 500 to 999, joined by interlace_frame_append, equal that
 * of 0 to 999.
 * @param[in,out] bootstrap The bootstrap.
 * @param[in] first The number of the first replicate.
 * @param[in] n The number of replicates.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_bootstrap_set_replicates(interlace_bootstrap *bootstrap,
                                                    size_t first,
                                                    size_t n,
                                                    interlace_error *err);

/**
 * Sets the seed of all random numbers.
 * @param[in,out] bootstrap The bootstrap.
 * @param[in] seed The seed of the random numbers; the same seed gives the same numbers.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_bootstrap_set_seed(interlace_bootstrap *bootstrap, uint64_t seed, interlace_error *err);

/**
 * Makes replicates responses simulated as by interlace_fit_simulate. Those of a fit of an accumulator are drawn as the
 * sums that the model sees of them, with other random numbers.
 * @param[in,out] bootstrap The bootstrap.
 * @param[in] simulation The random effects of simulated responses.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_bootstrap_set_parametric(interlace_bootstrap *bootstrap,
                                                    interlace_simulation simulation,
                                                    interlace_error *err);

/**
 * Makes replicates samples of the data: as many levels of the grouping factor `group` (NULL for the model's first) as
 * it has, drawn with replacement, with all their rows. A level drawn twice counts as two levels, and so do levels
 * within it of a nested factor; levels of factors crossed with it do not change.
 * @param[in,out] bootstrap The bootstrap.
 * @param[in] group The name of a grouping factor; NULL for the first of the model.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_bootstrap_set_groups(interlace_bootstrap *bootstrap,
                                                const char *group,
                                                interlace_error *err);

/**
 * Makes replicates samples of the data: as many rows as there are, drawn one by one with replacement. Standard errors
 * are too small if rows of a group are alike.
 * @param[in,out] bootstrap The bootstrap.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_bootstrap_set_rows(interlace_bootstrap *bootstrap,
                                              interlace_error *err);

/**
 * Adds statistics of each replicate to its estimates, with names [n], copied; `function` receives `user_data`. NULL for
 * none.
 * @param[in,out] bootstrap The bootstrap.
 * @param[in] names The names [n] of the statistics.
 * @param[in] n The number of statistics.
 * @param[in] function The function; NULL for none.
 * @param[in] user_data Passed to the function unchanged. NULL is allowed.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_bootstrap_set_statistic(interlace_bootstrap *bootstrap,
                                                   const char *const *names,
                                                   size_t n,
                                                   interlace_statistic_fn function,
                                                   void *user_data,
                                                   interlace_error *err);

/**
 * Fits the model to each replicate, and makes a frame with one row per replicate: "status" (converged, singular or
 * failed), "reason" (why it failed, else missing), "log_likelihood", all estimates by name, and the statistics. The
 * estimates are fixed effects (those of the zero part and the dispersion or scale begin with zi. and disp.), parameters
 * of the family, of the thresholds with nominal effects, or sigma, theta, standard deviations (sd_) and correlations
 * (cor_) of random effects. Replicates that failed have NaN, such as those in which a category of an ordinal response
 * does not occur. The progress function is told of each replicate with the number done, and the deviance and theta of
 * that replicate (NaN and none if it failed). Without replicates there are only the columns, whose names give the order
 * of the estimates that a statistic receives.
 * @param[in] bootstrap The bootstrap.
 * @param[in] fit The fit.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_bootstrap_run(const interlace_bootstrap *bootstrap,
                                         const interlace_fit *fit,
                                         const interlace_options *options,
                                         interlace_frame **out,
                                         interlace_error *err);

/**
 * The jackknife: fits the model without each group, or row, that the bootstrap draws; without each level of the first
 * grouping factor if it simulates. Makes a frame with one row for each: "left_out", then the columns of
 * interlace_bootstrap_run. Options as there.
 * @param[in] bootstrap The bootstrap.
 * @param[in] fit The fit.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_bootstrap_jackknife(const interlace_bootstrap *bootstrap,
                                               const interlace_fit *fit,
                                               const interlace_options *options,
                                               interlace_frame **out,
                                               interlace_error *err);

/**
 * Intervals of all estimates and statistics from `replicates`, a frame from interlace_bootstrap_run of the same fit, as
 * a new frame: term, id, estimate, bias, std_error, lower, upper, and n, the number of replicates that did not fail.
 * Only INTERLACE_BOOTSTRAP_INTERVAL_BCA needs `jackknife`, a frame from interlace_bootstrap_jackknife, and gives NaN
 * for terms with missing values there.
 * @param[in] bootstrap The bootstrap.
 * @param[in] fit The fit.
 * @param[in] replicates The table of replicates.
 * @param[in] jackknife The table of the jackknife; NULL is allowed where it is not needed. `level` is between 0 and 1,
 *     such as 0.95.
 * @param[in] level The level of the interval, between 0 and 1, such as 0.95.
 * @param[in] bootstrap_interval How limits follow from bootstrap replicates.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_bootstrap_confint(const interlace_bootstrap *bootstrap,
                                             const interlace_fit *fit,
                                             const interlace_frame *replicates,
                                             const interlace_frame *jackknife,
                                             double level,
                                             interlace_bootstrap_interval bootstrap_interval,
                                             interlace_frame **out,
                                             interlace_error *err);

/**
 * Writes the standard error of a statistic of only the response to `*out`: the standard deviation of its values in the
 * replicates, in which nothing is fitted. `function` NULL means the median. With interlace_bootstrap_set_groups it is
 * the cluster bootstrap.
 * @param[in] bootstrap The bootstrap.
 * @param[in] fit The fit.
 * @param[in] function The statistic; NULL for the median.
 * @param[in] user_data Passed to the function unchanged. NULL is allowed.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The standard error [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_bootstrap_response_std_error(const interlace_bootstrap *bootstrap,
                                                        const interlace_fit *fit,
                                                        interlace_response_statistic_fn function,
                                                        void *user_data,
                                                        const interlace_options *options,
                                                        double *out,
                                                        interlace_error *err);

/* ==================================================================================================================
 * Validation: all optimisers, cross-validation
 * ================================================================================================================== */

/**
 * Fits the model `spec` to `data` by each optimiser in turn, from several starts: those of interlace_fit_new, and
 * standard deviations of random effects that are a tenth and ten times those estimated. If the options have a theta0,
 * it is the only start. `*out` is a new frame with one row per optimiser, for its best result: "optimizer",
 * "log_likelihood", "criterion", "difference" (the criterion minus the lowest of all), "max_diff_theta" and
 * "max_diff_beta" (the largest differences of covariance parameters and, in standard errors, of fixed effects from
 * those of the lowest criterion), "converged", "singular" (1 or 0), "evaluations" (of all starts), "gradient" (as in
 * interlace_fit_scaled_gradient), "seconds" (of all starts), "error" (why there is no fit, else missing), and the
 * estimates: "theta." with the name of a covariance parameter, "beta." with that of a fixed effect ("zi." and "disp."
 * before those of the zero inflation and the dispersion), "family." with that of a parameter of the family or of the
 * thresholds. Optimisers that agree have found the same minimum: none has stopped short of it. A lower minimum may
 * still exist where no start leads. An optimiser that ends lower than the fit has found a better minimum; pass its
 * theta to the fit as theta0. `data` and `options`, except the optimiser, are as for interlace_fit_new.
 * @param[in] spec The spec.
 * @param[in] data The data. A spec made from arrays ignores them: NULL.
 * @param[in] options How the model is fitted: method, optimizer, missing values and so on; threads, progress, deadline.
 *     NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_all_optimizers(const interlace_spec *spec,
                                               const interlace_frame *data,
                                               const interlace_options *options,
                                               interlace_frame **out,
                                               interlace_error *err);

/**
 * Cross-validation: leaves out each part of the rows in turn, fits the model `spec` to the others, and predicts those
 * left out. `group` is the grouping factor whose levels stay together, that of a random term ("g", "a:b") or a column;
 * with NULL rows are independent. `folds` is the number of parts, 2 or more; with 0 each level, or row, is one. The
 * assignment of levels to folds depends only on `seed`.
 *
 * Predictions of the mean use the random effects of levels that occur in the other rows, and zero for other levels. The
 * logarithmic score of a row is the logarithm of the density (or probability) that the fit without it gives the
 * response, with the uncertainty of the linear predictor integrated out: new random effects, those of known levels
 * about their modes, fixed effects about their estimates. A larger score is better. Weights count as in the model, but
 * those that multiply the log-density are ignored.
 *
 * `*folds_out` is a new frame with one row per fold and a last one, "all", for all rows: "fold" ("1", "2" .. "all"),
 * "units" (levels, or rows), "rows" (predicted), "rmse", "mae" (NaN for an ordinal model: categories have no distance),
 * "log_score" (the mean over rows), "status" of the fit (converged, singular, not_converged, failed; missing for all)
 * and "reason" (of a failure). `*rows_out`, unless `rows_out` is NULL, is a new frame with one row per row used: "row"
 * (of the data, from 0), "fold" (from 1), "response", "prediction", "log_score"; those of an ordinal model are
 * categories, from 1, with the most probable one as prediction. A fold that cannot be fitted or predicted, say because
 * a level of a fixed effect occurs only in it, has status failed, and its rows have NaN.
 *
 * The threads of `options` (may be NULL) run folds in parallel and do not change results; with more than one, the
 * functions of a user-defined family are called from several threads. The progress function is told of each fold with
 * the number done, and the objective and theta of that fold (NaN and none if it failed). `spec` must be made from a
 * formula: INTERLACE_E_UNSUPPORTED for arrays. The caller frees `*folds_out` and `*rows_out` with interlace_frame_free.
 * @param[in] spec The spec.
 * @param[in] data The data. A spec made from arrays ignores them: NULL.
 * @param[in] group A grouping factor whose levels stay together; NULL for single rows.
 * @param[in] folds The number of parts; 0 for each level, or row, by itself.
 * @param[in] seed The seed of the random numbers; the same seed gives the same numbers.
 * @param[in] options How the model is fitted: method, optimizer, missing values and so on; threads, progress, deadline.
 *     NULL for the defaults.
 * @param[out] folds_out A new frame with a row per fold [1].
 * @param[out] rows_out A new frame with a row per row [1]; NULL if it is not wanted.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_cross_validate(const interlace_spec *spec,
                                               const interlace_frame *data,
                                               const char *group,
                                               size_t folds,
                                               uint64_t seed,
                                               const interlace_options *options,
                                               interlace_frame **folds_out,
                                               interlace_frame **rows_out,
                                               interlace_error *err);

/* ==================================================================================================================
 * Diagnostics: residuals by simulation, data beside what the fit says of them, convergence; influence of rows and groups
 * ================================================================================================================== */

/**
 * Quantile residuals by simulation, as DHARMa makes them, and tests of the model by them: the place of each response
 * among `nsim` responses simulated for its row, as a number between 0 and 1. If b of them are below the response and t
 * are equal to it, the residual is (b + U (t + 1)) / (nsim + 1), with a uniform random number U: exactly uniform if the
 * model is true, for every family, and whatever the number of simulations. With INTERLACE_SIMULATION_NEW the random
 * effects are drawn anew, so that their distribution is judged, too, and residuals of a group depend on each other;
 * with INTERLACE_SIMULATION_CONDITIONAL they are those of the fit. Simulated responses are those of
 * interlace_fit_simulate. Numbers depend on `seed` only, not on the threads of `options`.
 *
 * With `group`, the sums of responses over the rows of each group are compared instead (of proportions the successes):
 * a grouping factor of the model, or a column of `data`, the frame that the fit was made from.
 *
 * `*residuals_out` is a new frame with a row for each row used (with INTERLACE_NA_PAD for each row of the data, or with
 * `group` for each group): "row" (of the data, from 0) or "group", "observed", "mean" (of the simulated responses),
 * "uniform" (the residual), "normal" (its normal quantile), "outlier" (-1 if the response is below all simulated ones,
 * 1 if above all, else 0). Responses of ordinal models are numbers of categories, from 1, those of binomial models
 * successes. A residual is NaN if a simulated response is.
 *
 * `*tests_out`, unless `tests_out` is NULL, is a new frame with a row for each test: "test", "statistic", "observed",
 * "expected" (the mean over the simulated responses), "p_value". "uniformity" is Kolmogorov and Smirnov's test with the
 * distance as statistic, as if residuals were independent; "uniformity_simulated" compares the same distance with those
 * of the simulated responses, and so holds for residuals that depend on each other. "dispersion" compares the variance
 * of responses about the means of their rows, "zeros" (counts, proportions and mixtures with zeros) the number of
 * zeros, and "outliers" the number of responses below or above all others, each two-sided, with the ratio of observed
 * to expected as statistic. The p-values of all but the first are Monte-Carlo ones, at least 1/(nsim + 1), exact but
 * for the parameters, which are those of the fit: response and simulated responses are exchangeable if the model is
 * true and the random effects are new. With INTERLACE_SIMULATION_CONDITIONAL these were fitted to the response, and
 * "dispersion" rejects true models where groups have few rows. INTERLACE_E_UNSUPPORTED for Cox models, whose response
 * has no place in an order, and for families that cannot simulate. The memory is 8 (nsim + 1) bytes for each row or
 * group. The caller frees `*residuals_out` and `*tests_out` with interlace_frame_free.
 * @param[in] fit The fit.
 * @param[in] nsim The number of simulated responses; 250 is usual.
 * @param[in] seed The seed of the random numbers; the same seed gives the same numbers.
 * @param[in] simulation The random effects of simulated responses.
 * @param[in] data The frame that the fit was made from. NULL: `group` is a grouping factor of the model.
 * @param[in] group A grouping factor or column; NULL for single rows.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] residuals_out A new frame with a row per row or group [1].
 * @param[out] tests_out A new frame with a row per test [1]; NULL if it is not wanted.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_simulated_residuals(const interlace_fit *fit,
                                                   size_t nsim,
                                                   uint64_t seed,
                                                   interlace_simulation simulation,
                                                   const interlace_frame *data,
                                                   const char *group,
                                                   const interlace_options *options,
                                                   interlace_frame **residuals_out,
                                                   interlace_frame **tests_out,
                                                   interlace_error *err);

/**
 * Random effects as residuals, as a new frame with a row for each level and effect: "predictor" (not in linear models),
 * "term" (the random term, from 0), "group", "level", "effect", "mode", "std_dev" (the standard deviation of the mode
 * itself: smaller than that of the effect, because modes are shrunken), "standardized" (their ratio, standard normal if
 * the model is true), "distance" (of all effects of the level from zero, b' Cov(b)^-1 b: chi-square with as many
 * degrees of freedom as the term has effects with variance). The covariance of modes is that of the random effects
 * minus the covariance of what they are wrong by: for linear models exact given theta, for others an approximation. NaN
 * without variance.
 * @param[in] fit The fit.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_ranef_residuals(const interlace_fit *fit,
                                               const interlace_options *options,
                                               interlace_frame **out,
                                               interlace_error *err);

/**
 * How a fit ended and what its data determine, as a new frame with a row for each finding: "check", "status" (ok, note
 * or warning), "subject" (the parameters, columns or factors that it is about; missing: the whole fit), "value",
 * "meaning" and "advice" (missing if there is nothing to do) in plain English. The checks: "convergence" (value:
 * evaluations), "gradient" (the distance to the optimum in standard errors), "boundary" (combinations of effects
 * without variance), "curvature" (eigenvalues of the Hessian of the criterion in all parameters but the fixed effects,
 * over which it is minimised, scaled to a unit diagonal), "confounded_pair" (the correlation of two estimates, beyond
 * 0.95), "no_standard_error", "condition_index" (of X with columns of unit length; those above 30, and the largest),
 * "vif" (variance inflation factors of the columns), "dropped_column", "separation", "few_levels" (factors with less
 * than 5).
 * @param[in] fit The fit.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_diagnose(const interlace_fit *fit,
                                        const interlace_options *options,
                                        interlace_frame **out,
                                        interlace_error *err);

/**
 * The conditional AIC, as a new frame of one row: "log_likelihood" (given the random effects), "trace" (of the hat
 * matrix of a linear model, as if its variances were known), "df" (with what the estimation of the variances takes;
 * Greven and Kneib 2010) and "caic". Of Poisson models, and of binomial ones with a trial in each row, df is by a fit
 * for each row with another response (Saefken and others 2014). INTERLACE_E_UNSUPPORTED for other models and residual
 * correlation, INTERLACE_E_ARGUMENT without random effects.
 * @param[in] fit The fit.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_conditional_aic(const interlace_fit *fit,
                                               const interlace_options *options,
                                               interlace_frame **out,
                                               interlace_error *err);

/**
 * The data, and beside them what the fit says of each row, as a new frame: the rows used, with INTERLACE_NA_PAD all
 * rows, with all columns of `data`; then ".row" (the row of the data, from 0), ".fitted", ".fitted_marginal" (the mean
 * over the random effects; not of ordinal and Cox models), ".resid" (those of INTERLACE_RESIDUALS_RESPONSE), ".resid_"
 * and the name of each other kind of residuals that the model has, ".resid_quantile" (interlace_fit_quantile_residuals
 * with `seed`), of linear models ".leverage", ".leverage_fixef" and ".leverage_ranef"; with `influence` also
 * ".cooks_distance", ".mdffits", ".covtrace" and ".covratio" of leaving out the row, for linear models at the
 * parameters of the fit (INTERLACE_INFLUENCE_METHOD_FIXED), for others by a fit without each row, which takes long. If
 * `data` has a column of such a name, the new one has a number behind it. INTERLACE_E_DATA if `data` is not the frame
 * that the fit was made from, as far as that can be told.
 * @param[in] fit The fit.
 * @param[in] data The frame that the fit was made from.
 * @param[in] seed The seed of the random numbers; the same seed gives the same numbers.
 * @param[in] influence Whether it has the influence of each row.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_augment(const interlace_fit *fit,
                                       const interlace_frame *data,
                                       uint64_t seed,
                                       bool influence,
                                       const interlace_options *options,
                                       interlace_frame **out,
                                       interlace_error *err);

/**
 * How the estimates without a case are had.
 * @since 0.1
 */
typedef enum interlace_influence_method {
    /** The model is fitted to the other rows, from the estimates of all rows to the end of the search. */
    INTERLACE_INFLUENCE_METHOD_REFIT = 0,
    /** One Newton step from the estimates of all rows, with the Hessian of all rows. */
    INTERLACE_INFLUENCE_METHOD_ONE_STEP = 1,
    /** The covariances of random effects and residuals are held: HLMdiag's values. Of linear models. */
    INTERLACE_INFLUENCE_METHOD_FIXED = 2
} interlace_influence_method;

/**
 * The name of a method of influence, such as "one_step"; NULL for a number that is none. A static string.
 * @param[in] code How the estimates without a case are had.
 * @since 0.1
 */
const char *interlace_influence_method_name(interlace_influence_method code);

/**
 * The method of influence that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
 * there is none; the message lists the names.
 * @param[in] name The name.
 * @param[out] out The code [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_influence_method_from_name(const char *name,
                                                      interlace_influence_method *out,
                                                      interlace_error *err);

/**
 * What is left out, and how. All members zero but the size are the defaults: INTERLACE_INFLUENCE_REQUEST_INIT.
 * @since 0.1
 */
typedef struct interlace_influence_request {
    /** sizeof(interlace_influence_request). */
    size_t struct_size;
    /** How the estimates without a case are had. */
    interlace_influence_method influence_method;
    /**
     * Each level of this grouping factor of the model ("g", "a:b"), or of these columns of the data, is a case. NULL
     * for single rows.
     */
    const char *group;
    /**
     * Codes [n_codes], one for each row of the data or for each row used: rows with the same code are a case, those
     * with a negative one are never left out. NULL for none. There must be no `group` beside them.
     */
    const int32_t *codes;
    /** The number of codes. */
    size_t n_codes;
} interlace_influence_request;

/** A request with all defaults: interlace_..._request request = INTERLACE_INFLUENCE_REQUEST_INIT. */
#define INTERLACE_INFLUENCE_REQUEST_INIT { sizeof(interlace_influence_request), (interlace_influence_method)0, NULL, NULL, 0 }

/**
 * Influence: what the estimates become without each case, a row or a group of rows, as a new frame with one row per
 * case: "case" (the number of the row in the data, from 1; the level; the code), "rows" (how many are left out),
 * "status", "reason" (why there are no numbers, else missing), "cooks_distance", "mdffits", "covtrace", "covratio",
 * "likelihood_displacement"; "dfbetas." with the name of each fixed effect of the mean; "rvc." with the name of each
 * standard deviation; and all estimates without the case, named as those of interlace_bootstrap_run. Levels without
 * rows are no cases. Names that are taken get a number.
 *
 * With b, V the p fixed effects of the mean and their covariance, and b_i, V_i those without the case: cooks_distance
 * is (b - b_i)' V^-1 (b - b_i) / p, mdffits the same with V_i for V, covtrace |tr(V^-1 V_i) - p|, covratio det V_i /
 * det V, dfbetas (b - b_i) in standard errors of b_i, rvc the relative change of the variance. likelihood_displacement
 * is twice what the log-likelihood of all rows loses at the estimates without the case; of a restricted likelihood, and
 * of a Cox model, at those of the covariances, with the best fixed effects.
 *
 * status is "converged"; "singular", if a linear combination of random effects has no variance without the case;
 * "not_converged"; "rank_lost", if a fixed effect has no estimate without the case; or "failed", as for a case that has
 * all rows, or an ordinal category that occurs in no other. The numbers of the last two are NaN.
 *
 * `data`, which may be NULL, is the frame of the fit: it is needed if the group is no grouping factor of the model.
 * `request` may be NULL for single rows and refits. The threads of `options` work on cases in parallel and do not
 * change results. The progress function is told of each case with the number done, and the deviance and theta without
 * it (NaN and none if it failed). INTERLACE_E_UNSUPPORTED for INTERLACE_INFLUENCE_METHOD_FIXED if the model is not
 * linear, for a fit by the iterative engine, and for one without rows.
 * @param[in] fit The fit.
 * @param[in] data The data of the fit. NULL is allowed where they are not needed.
 * @param[in] request What is asked. NULL for the defaults.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_influence(const interlace_fit *fit,
                                         const interlace_frame *data,
                                         const interlace_influence_request *request,
                                         const interlace_options *options,
                                         interlace_frame **out,
                                         interlace_error *err);

/**
 * What stands out of a frame from interlace_fit_influence, by its column "cooks_distance", of which NaN does not count:
 * the number of cases above `threshold`, the largest gap between neighbours of the ordered distances, and how many
 * cases are above that. 0 as threshold means 4 divided by the number of cases.
 * @param[in] frame The frame.
 * @param[in] threshold A distance that is not negative; 0 means 4 divided by the number of cases.
 * @param[out] n_influential The number of cases above the threshold [1].
 * @param[out] gap The largest gap [1].
 * @param[out] n_above_gap The number of cases above it [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_frame_influential(const interlace_frame *frame,
                                             double threshold,
                                             size_t *n_influential,
                                             double *gap,
                                             size_t *n_above_gap,
                                             interlace_error *err);

/* ==================================================================================================================
 * Pictures: of a fit, drawn or as coordinates
 * ================================================================================================================== */

/**
 * Makes options of pictures, all of them at their defaults.
 * @param[out] out The new plot options. The caller frees it with interlace_plot_options_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_plot_options_new(interlace_plot_options **out, interlace_error *err);

/**
 * Sets an option of pictures by name from text, such as "term" from "Subject"; interlace_plot_options_name lists the
 * names, in which hyphens count as underscores. INTERLACE_E_ARGUMENT for an unknown name, and for a value that cannot
 * be read. Whether a fit has the term, effect or levels shows when a picture is made; a picture ignores options that it
 * has no use for.
 * @param[in,out] plot_options The plot options.
 * @param[in] name The name of the option.
 * @param[in] value Its value as text.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_plot_options_set(interlace_plot_options *plot_options,
                                            const char *name,
                                            const char *value,
                                            interlace_error *err);

/**
 * Frees options of pictures. NULL is allowed.
 * @param[in,out] plot_options NULL is allowed.
 * @since 0.1
 */
void interlace_plot_options_free(interlace_plot_options *plot_options);

/**
 * Number of options of pictures that can be set.
 * @since 0.1
 */
size_t interlace_plot_options_count(void);

/**
 * Name of an option of pictures, by its index from 0; NULL if there is none. A static string.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_plot_options_name(size_t i);

/**
 * What an option of pictures does, what values it takes and its default, in one line; NULL if there is none. A static
 * string.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_plot_options_doc(size_t i);

/**
 * Number of kinds of pictures.
 * @since 0.1
 */
size_t interlace_plot_options_picture_count(void);

/**
 * Name of a kind of picture, by its index from 0; NULL if there is none. A static string.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_plot_options_picture_name(size_t i);

/**
 * What a kind of picture shows, in one line; NULL if there is none. A static string.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_plot_options_picture_doc(size_t i);

/**
 * Whether a kind of picture, by its index from 0, needs rows, of the fit or of its data, so that fits of accumulators
 * do not have it; false if there is none.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
bool interlace_plot_options_picture_needs_rows(size_t i);

/**
 * A picture of a fit as SVG (UTF-8, not terminated) or, with the option "format", as PNG, of `*len` bytes to `*bytes`;
 * the same bytes for the same fit. interlace_plot_options_picture_name lists the kinds, docs/pictures.md shows them.
 * `data` is the frame of the fit. It may be NULL for pictures that need no column of it: "means", "probabilities" and
 * "survival" do, and "groups" over a column that is not in the model. `options` (may be NULL) has the progress function
 * of what takes long: profiles, degrees of freedom. INTERLACE_E_ARGUMENT if there is no picture of that name, or if the
 * fit has not what it shows, such as random effects; INTERLACE_E_UNSUPPORTED if the kind of model does not suit it, if
 * the fit has no rows and the picture needs them, and if the library was built without the feature `plot`, which draws;
 * interlace_fit_plot_data needs no such feature. Without the feature `png` it is interlace_plot_options_set that says
 * so of "format". A PNG has at most 32 million pixels, otherwise it is INTERLACE_E_ARGUMENT.
 * @param[in] fit The fit.
 * @param[in] picture The name of the kind of picture, such as "qq".
 * @param[in] data The data of the fit. NULL is allowed where it is not needed.
 * @param[in] plot_options What is chosen. NULL for the defaults.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] bytes The picture [1], which the caller frees with interlace_bytes_free.
 * @param[out] len The number of bytes [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_plot(const interlace_fit *fit,
                                    const char *picture,
                                    const interlace_frame *data,
                                    const interlace_plot_options *plot_options,
                                    const interlace_options *options,
                                    uint8_t **bytes,
                                    size_t *len,
                                    interlace_error *err);

/**
 * The coordinates of a picture as a new frame, for other programs to draw: "panel", "layer", "mark", "role", "x", "y",
 * "lower", "upper", "x_to", "y_to", "size" and "label", a row for each point. docs/pictures.md says what marks and
 * roles there are. Otherwise as interlace_fit_plot.
 * @param[in] fit The fit.
 * @param[in] picture The name of the kind of picture, such as "qq".
 * @param[in] data The data of the fit. NULL is allowed where it is not needed.
 * @param[in] plot_options What is chosen. NULL for the defaults.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new frame. The caller frees it with interlace_frame_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_plot_data(const interlace_fit *fit,
                                         const char *picture,
                                         const interlace_frame *data,
                                         const interlace_plot_options *plot_options,
                                         const interlace_options *options,
                                         interlace_frame **out,
                                         interlace_error *err);

/* ==================================================================================================================
 * Document: a fit and the answers to questions about it as one text
 * ================================================================================================================== */

/**
 * Makes questions that ask for nothing but the basics: estimates with tests, random effects, fitted values, residuals,
 * how the search ended.
 * @param[out] out The new questions. The caller frees it with interlace_questions_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_questions_new(interlace_questions **out,
                                         interlace_error *err);

/**
 * Sets a question by name from text, such as "confint" from "wald"; interlace_questions_name lists the names, in which
 * hyphens count as underscores. A question that can be repeated adds to what was asked before; any other value takes
 * the place of the one before. Questions without values (interlace_questions_values is NULL) are asked with `value`
 * NULL or "true". INTERLACE_E_ARGUMENT for an unknown name and for a value that cannot be read. Whether the fit has an
 * answer shows when it is computed.
 * @param[in,out] questions The questions.
 * @param[in] name The name of the question.
 * @param[in] value Its value as text. NULL for a question without values.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_questions_set(interlace_questions *questions,
                                         const char *name,
                                         const char *value,
                                         interlace_error *err);

/**
 * Sets a question whose value is data: "predict" (the rows to predict) or "refit" (other responses, a column each).
 * @param[in,out] questions The questions.
 * @param[in] name The name of the question.
 * @param[in] data The frame, which is copied.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_questions_set_frame(interlace_questions *questions,
                                               const char *name,
                                               const interlace_frame *data,
                                               interlace_error *err);

/**
 * Whether the questions go together and suit a kind of model: INTERLACE_E_ARGUMENT for one that says how to answer
 * another that is not asked, or that this kind of model has no answer to. interlace_fit_to_json and
 * interlace_fit_to_text look, too; here a host can look before it fits.
 * @param[in] questions The questions.
 * @param[in] model A kind of model.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_questions_check(const interlace_questions *questions,
                                           interlace_model model,
                                           interlace_error *err);

/**
 * Name of a question that was set and whose answer needs the rows of the data, so that a fit of an accumulator
 * (interlace_accumulator_fit) has none; NULL if there is no such question. A host can look before it reads the data. A
 * static string.
 * @param[in] questions The questions.
 * @since 0.1
 */
const char *interlace_questions_of_rows(const interlace_questions *questions);

/**
 * Frees questions. NULL is allowed.
 * @param[in,out] questions NULL is allowed.
 * @since 0.1
 */
void interlace_questions_free(interlace_questions *questions);

/**
 * Number of questions that can be set.
 * @since 0.1
 */
size_t interlace_questions_count(void);

/**
 * Name of a question, by its index from 0; NULL if there is none. A static string.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_questions_name(size_t i);

/**
 * What a question asks, in one line; NULL if there is none. A static string.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_questions_doc(size_t i);

/**
 * What the value of a question may be; NULL for a question that is asked or not, and if there is none. A static string.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
const char *interlace_questions_values(size_t i);

/**
 * Whether the value of a question is a frame, for interlace_questions_set_frame.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
bool interlace_questions_takes_frame(size_t i);

/**
 * Whether a question can be repeated, each value adding to those before.
 * @param[in] i The index, from 0.
 * @since 0.1
 */
bool interlace_questions_is_repeatable(size_t i);

/**
 * Name of another question that a question says how to answer, by its index `j` from 0: one of these must be asked,
 * too. NULL if there is none. A static string.
 * @param[in] i The index, from 0.
 * @param[in] j The index of the other question, from 0.
 * @since 0.1
 */
const char *interlace_questions_needs(size_t i,
                                      size_t j);

/**
 * Whether a kind of model has an answer to a question.
 * @param[in] i The index, from 0.
 * @param[in] model A kind of model.
 * @since 0.1
 */
bool interlace_questions_suits(size_t i, interlace_model model);

/**
 * A fit as one JSON document of `*len` bytes to `*text`, with a NUL after it: estimates with their covariances and
 * tests, random effects, values per row, how the search ended, and the answers to `questions` (NULL: none).
 * docs/document.md has its keys. Numbers have the shortest text that reads back to the same number, missing ones are
 * null, infinite ones "Inf" and "-Inf", and rows count from 0. `spec` and `data` are those of the fit. Either may be
 * NULL unless a question needs it: "lrt", "pb_lrt", "all_fit" and "cross_validate" fit models anew; prediction
 * intervals take the weights of new data from the column that `spec` names; "anova", "drop1", "nominal_test",
 * "scale_test" and "emmeans" need `data` as interlace_fit_anova, interlace_fit_drop1 and the like do. `options` (may be
 * NULL) has the threads and the progress function of what takes long, and how models are fitted anew.
 * INTERLACE_E_ARGUMENT if the questions do not go together or do not suit the fit; the other failures are those of the
 * functions that answer a question by itself.
 * @param[in] fit The fit.
 * @param[in] spec The model of the fit. NULL is allowed where it is not needed.
 * @param[in] data The data of the fit. NULL is allowed where they are not needed.
 * @param[in] questions What is asked. NULL for the basics.
 * @param[in] options How the model is fitted: method, optimizer, missing values and so on; threads, progress, deadline.
 *     NULL for the defaults.
 * @param[out] text The document [1], which the caller frees with interlace_text_free.
 * @param[out] len The number of bytes of the document [1], without the NUL after it.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_to_json(const interlace_fit *fit,
                                       const interlace_spec *spec,
                                       const interlace_frame *data,
                                       const interlace_questions *questions,
                                       const interlace_options *options,
                                       char **text,
                                       size_t *len,
                                       interlace_error *err);

/**
 * A fit as a report for people: the summary, then the answers to `questions`. Otherwise as interlace_fit_to_json.
 * @param[in] fit The fit.
 * @param[in] spec The model of the fit. NULL is allowed where it is not needed.
 * @param[in] data The data of the fit. NULL is allowed where they are not needed.
 * @param[in] questions What is asked. NULL for the basics.
 * @param[in] options How the model is fitted: method, optimizer, missing values and so on; threads, progress, deadline.
 *     NULL for the defaults.
 * @param[out] text The report [1], which the caller frees with interlace_text_free.
 * @param[out] len The number of bytes of the report [1], without the NUL after it.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_to_text(const interlace_fit *fit,
                                       const interlace_spec *spec,
                                       const interlace_frame *data,
                                       const interlace_questions *questions,
                                       const interlace_options *options,
                                       char **text,
                                       size_t *len,
                                       interlace_error *err);

/**
 * Frees a text that belongs to the caller, those of interlace_fit_to_json and interlace_fit_to_text. NULL is allowed.
 * @param[out] text The text.
 * @since 0.1
 */
void interlace_text_free(char *text);

/* ==================================================================================================================
 * Saved fits: a fit as bytes, and back
 * ================================================================================================================== */

/**
 * Saves a fit with all that it knows, and with its options, as `*len` bytes to `*bytes`, which interlace_fit_from_bytes
 * makes a fit of again, in another process, on another machine, or with a later version of the library. docs/saved.md
 * has the format. `spec` is the model of the fit, for the questions that fit models anew; NULL leaves it out. Without
 * rows the bytes are fewer, and the fit has no values per row: it gives its estimates, their covariances and Wald tests
 * with normal or residual degrees of freedom, its random effects, its summary, and predictions for new data without
 * intervals (none of a Cox model); all else is INTERLACE_E_UNSUPPORTED. INTERLACE_E_UNSUPPORTED for a family of the
 * caller's, whose functions are no bytes, and for formulas with expressions nested more than 400 deep;
 * INTERLACE_E_ARGUMENT if `spec` is of another model.
 * @param[in] fit The fit.
 * @param[in] spec The model of the fit. NULL is allowed.
 * @param[in] with_rows Whether what the fit knows of the rows of its data is saved, too.
 * @param[out] bytes The bytes [1], which the caller frees with interlace_bytes_free.
 * @param[out] len The number of bytes [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_to_bytes(const interlace_fit *fit,
                                        const interlace_spec *spec,
                                        bool with_rows,
                                        uint8_t **bytes,
                                        size_t *len,
                                        interlace_error *err);

/**
 * Makes a fit of the bytes of a saved one. It answers every question as the fit did that was saved, to the same bits.
 * All bytes that this version or an earlier one has written are read; those of a later format are
 * INTERLACE_E_UNSUPPORTED, and the message names both versions. Bytes that are damaged, incomplete or not a fit are
 * INTERLACE_E_DATA.
 * @param[in] bytes The bytes [len].
 * @param[in] len The number of bytes.
 * @param[out] out The fit, which the caller frees with interlace_fit_free.
 * @param[out] spec Its model, or NULL if none was saved with it [1]; the caller frees it with interlace_spec_free. NULL
 *     is allowed.
 * @param[out] options The options that it was made with, without a progress function [1]; the caller frees them with
 *     interlace_options_free. NULL is allowed.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_fit_from_bytes(const uint8_t *bytes,
                                          size_t len,
                                          interlace_fit **out,
                                          interlace_spec **spec,
                                          interlace_options **options,
                                          interlace_error *err);

/**
 * Saves a spec as `*len` bytes to `*bytes`, which interlace_spec_from_bytes makes a spec of again; of a model from
 * arrays with the arrays. INTERLACE_E_UNSUPPORTED for a spec that could not be fitted, such as a Cox model from arrays
 * without times, or with a family of the caller's.
 * @param[in] spec The spec.
 * @param[out] bytes The bytes [1], which the caller frees with interlace_bytes_free.
 * @param[out] len The number of bytes [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_to_bytes(const interlace_spec *spec,
                                         uint8_t **bytes,
                                         size_t *len,
                                         interlace_error *err);

/**
 * Makes a spec of the bytes of a saved one. Versions and errors are as for interlace_fit_from_bytes.
 * @param[in] bytes The bytes [len].
 * @param[in] len The number of bytes.
 * @param[out] out The new spec. The caller frees it with interlace_spec_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_spec_from_bytes(const uint8_t *bytes,
                                           size_t len,
                                           interlace_spec **out,
                                           interlace_error *err);

/**
 * Saves options as `*len` bytes to `*bytes`, which interlace_options_from_bytes makes options of again. A progress
 * function is not saved.
 * @param[in] options The options. NULL is an error.
 * @param[out] bytes The bytes [1], which the caller frees with interlace_bytes_free.
 * @param[out] len The number of bytes [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_to_bytes(const interlace_options *options,
                                            uint8_t **bytes,
                                            size_t *len,
                                            interlace_error *err);

/**
 * Makes options of the bytes of saved ones. Versions and errors are as for interlace_fit_from_bytes.
 * @param[in] bytes The bytes [len].
 * @param[in] len The number of bytes.
 * @param[out] out The new options. The caller frees it with interlace_options_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_options_from_bytes(const uint8_t *bytes,
                                              size_t len,
                                              interlace_options **out,
                                              interlace_error *err);

/**
 * Frees bytes that belong to the caller, those of all functions whose names end in _to_bytes, and of
 * interlace_fit_plot. NULL is allowed.
 * @param[out] bytes The bytes.
 * @since 0.1
 */
void interlace_bytes_free(uint8_t *bytes);

/* ==================================================================================================================
 * Data in parts: linear models of streams, and of data that are spread over workers
 * ================================================================================================================== */

/**
 * Makes a plan of a linear mixed model given by a formula. It has yet to learn from a sample: see interlace_plan_learn.
 * INTERLACE_E_UNSUPPORTED for models that do not reduce to sums over the rows: generalised, ordinal and Cox models, and
 * models from arrays. With a residual correlation all rows of one of its groups must come in one partition, one after
 * the other.
 * @param[in] spec The spec.
 * @param[in] options What becomes of rows with missing values is taken from them. NULL is allowed.
 * @param[out] out The new plan. The caller frees it with interlace_plan_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_plan_new(const interlace_spec *spec,
                                    const interlace_options *options,
                                    interlace_plan **out,
                                    interlace_error *err);

/**
 * Adds a response to a plan: a column, or an expression such as log(y). Accumulators then have the sums of all
 * responses, and interlace_accumulator_fit_response fits the model to each, at the cost of one pass over the data. Rows
 * with a missing value in any of the responses are left out. The plan has to learn anew. INTERLACE_E_ARGUMENT for a
 * response that the plan has already.
 * @param[in,out] plan The plan.
 * @param[in] response The column or expression.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_plan_add_response(interlace_plan *plan,
                                             const char *response,
                                             interlace_error *err);

/**
 * Counts the rows of a frame without missing values in the columns that the plan's model uses, of which a sample needs
 * one at least.
 * @param[in] plan The plan.
 * @param[in] data The frame; columns that are not there are not looked at.
 * @param[out] out The number of rows [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_plan_n_complete_rows(const interlace_plan *plan,
                                                const interlace_frame *data,
                                                size_t *out,
                                                interlace_error *err);

/**
 * Lets a plan learn from a sample of the data, such as its first thousand rows: which columns hold numbers and which
 * categories, the order of declared levels, and the units in which sums lose no digits. What expressions such as
 * scale(x), poly(x, 2) or ns(x, 3) learn from data they learn from the sample, so that a model with these is that of
 * the whole only where the sample is the whole, or where the formula gives their numbers. Levels that are not in the
 * sample may come later. The sample is not counted among the data. A plan that has learnt learns anew. On failure it is
 * as it was.
 * @param[in,out] plan The plan.
 * @param[in] sample Rows with the columns of the data.
 * @param[in] options A progress function and a deadline are taken from them. NULL is allowed.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_plan_learn(interlace_plan *plan,
                                      const interlace_frame *sample,
                                      const interlace_options *options,
                                      interlace_error *err);

/**
 * Saves a plan as `*len` bytes to `*bytes`, of which interlace_plan_from_bytes makes the same plan in another process.
 * @param[in] plan The plan.
 * @param[out] bytes The bytes [1], which the caller frees with interlace_bytes_free.
 * @param[out] len The number of bytes [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_plan_to_bytes(const interlace_plan *plan,
                                         uint8_t **bytes,
                                         size_t *len,
                                         interlace_error *err);

/**
 * Makes a plan of the bytes of one. Versions and errors are as for interlace_fit_from_bytes.
 * @param[in] bytes The bytes [len].
 * @param[in] len The number of bytes.
 * @param[out] out The new plan. The caller frees it with interlace_plan_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_plan_from_bytes(const uint8_t *bytes,
                                           size_t len,
                                           interlace_plan **out,
                                           interlace_error *err);

/**
 * Frees a plan. NULL is allowed.
 * @param[in,out] plan NULL is allowed.
 * @since 0.1
 */
void interlace_plan_free(interlace_plan *plan);

/**
 * Makes an accumulator without rows. Its rows are one partition of the data, to which the caller gives a number:
 * accumulators with the same partition are not merged, so that no row counts twice. INTERLACE_E_ARGUMENT if the plan
 * has not learnt.
 * @param[in] plan The plan.
 * @param[in] partition The number of the partition; 0 where there is but one.
 * @param[out] out The new accumulator. The caller frees it with interlace_accumulator_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_accumulator_new(const interlace_plan *plan,
                                           uint64_t partition,
                                           interlace_accumulator **out,
                                           interlace_error *err);

/**
 * Adds the rows of a frame to the accumulator's partition. Columns that the model does not use are ignored. On failure
 * the accumulator is as it was, and the error names column and row of the frame.
 * @param[in,out] accumulator The accumulator.
 * @param[in] data The rows to add.
 * @param[in] options A progress function and a deadline are taken from them. NULL is allowed.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_accumulator_add(interlace_accumulator *accumulator,
                                           const interlace_frame *data,
                                           const interlace_options *options,
                                           interlace_error *err);

/**
 * Adds the rows of a table in the Arrow C data interface; schema and array are as for interlace_frame_from_arrow, and
 * are released by the call whether it succeeds or fails. On failure the accumulator is as it was.
 * @param[in,out] accumulator The accumulator.
 * @param[in,out] schema The names and types of the columns. Released by the call.
 * @param[in,out] array The values. Released by the call.
 * @param[in] options A progress function and a deadline are taken from them. NULL is allowed.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_accumulator_add_arrow(interlace_accumulator *accumulator,
                                                 struct ArrowSchema *schema,
                                                 struct ArrowArray *array,
                                                 const interlace_options *options,
                                                 interlace_error *err);

/**
 * Adds the rows of all arrays of an Arrow stream, one array after the other: no more than one is in memory. The stream
 * is as for interlace_frame_from_arrow_stream, and is released by the call whether it succeeds or fails. On failure,
 * and so if the stream fails half-way, nothing of it has been added. If the accumulator's partition has no rows yet,
 * its sums have the bits of the arrays added one by one; otherwise those of the stream are made apart, and are added as
 * a whole.
 * @param[in,out] accumulator The accumulator.
 * @param[in,out] stream The stream, which is read to its end. Released by the call.
 * @param[in] options A progress function and a deadline are taken from them. NULL is allowed.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_accumulator_add_arrow_stream(interlace_accumulator *accumulator,
                                                        struct ArrowArrayStream *stream,
                                                        const interlace_options *options,
                                                        interlace_error *err);

/**
 * Adds what another accumulator of the same plan has, which stays as it is. A fit of the result does not depend on the
 * order of such calls, to the same bits; the bytes of the accumulator may. INTERLACE_E_DATA if a partition is in both,
 * if a group of correlated residuals is, or if the levels of a factor are declared in orders that contradict each
 * other; INTERLACE_E_ARGUMENT if the plans differ, which says in what. On failure the accumulator is as it was.
 * @param[in,out] accumulator The accumulator.
 * @param[in] part The accumulator whose rows are added.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_accumulator_merge(interlace_accumulator *accumulator,
                                             const interlace_accumulator *part,
                                             interlace_error *err);

/**
 * Saves an accumulator with its plan as `*len` bytes to `*bytes`, of which interlace_accumulator_from_bytes makes an
 * accumulator in another process, or on another machine.
 * @param[in] accumulator The accumulator.
 * @param[out] bytes The bytes [1], which the caller frees with interlace_bytes_free.
 * @param[out] len The number of bytes [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_accumulator_to_bytes(const interlace_accumulator *accumulator,
                                                uint8_t **bytes,
                                                size_t *len,
                                                interlace_error *err);

/**
 * Makes an accumulator of the bytes of one. Versions and errors are as for interlace_fit_from_bytes.
 * @param[in] bytes The bytes [len].
 * @param[in] len The number of bytes.
 * @param[out] out The new accumulator. The caller frees it with interlace_accumulator_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_accumulator_from_bytes(const uint8_t *bytes,
                                                  size_t len,
                                                  interlace_accumulator **out,
                                                  interlace_error *err);

/**
 * The number of rows that are used, of all partitions; 0 for NULL.
 * @param[in] accumulator The accumulator.
 * @since 0.1
 */
uint64_t interlace_accumulator_n_rows(const interlace_accumulator *accumulator);

/**
 * The number of rows that were left out for missing values or weights of zero, of all partitions; 0 for NULL.
 * @param[in] accumulator The accumulator.
 * @since 0.1
 */
uint64_t interlace_accumulator_n_dropped(const interlace_accumulator *accumulator);

/**
 * The bytes of memory that its sums take, about those of interlace_accumulator_to_bytes; 0 for NULL.
 * @param[in] accumulator The accumulator.
 * @since 0.1
 */
size_t interlace_accumulator_size(const interlace_accumulator *accumulator);

/**
 * What one factorisation of the model would take, of which a fit makes some ten to a hundred: an upper bound, before
 * anything of the kind is allocated.
 * @param[in] accumulator The accumulator.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] memory Bytes of the factor and its inverse [1].
 * @param[out] multiplications Multiplications of one factorisation [1].
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_accumulator_forecast(const interlace_accumulator *accumulator,
                                                const interlace_options *options,
                                                double *memory,
                                                double *multiplications,
                                                interlace_error *err);

/**
 * Fits the plan's model to the rows of all partitions. The fit answers what needs no rows: estimates, degrees of
 * freedom, tests, profiles, marginal means, predictions for new data with intervals, the parametric bootstrap (of
 * random numbers that are not those of a fit with rows), and interlace_fit_compare with fits of other accumulators of
 * the same rows. What is per row, such as residuals, is INTERLACE_E_UNSUPPORTED; it takes a second pass over the data,
 * with interlace_fit_predict for each part. interlace_fit_n_dropped_rows counts the rows that were left out. `options`
 * say how the model is fitted, by which method above all; NULL is INTERLACE_METHOD_REML and what else is usual.
 * @param[in] accumulator The accumulator.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new fit. The caller frees it with interlace_fit_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_accumulator_fit(const interlace_accumulator *accumulator,
                                           const interlace_options *options,
                                           interlace_fit **out,
                                           interlace_error *err);

/**
 * Fits the model to one of the responses of the plan (interlace_plan_add_response, or that of the formula); otherwise
 * as interlace_accumulator_fit. INTERLACE_E_ARGUMENT for a response that the plan does not have.
 * @param[in] accumulator The accumulator.
 * @param[in] response The column or expression. `options` may be NULL.
 * @param[in] options Threads, progress and deadline. NULL for the defaults.
 * @param[out] out The new fit. The caller frees it with interlace_fit_free.
 * @param[out] err Why the call failed. NULL is allowed. Written only on failure.
 * @since 0.1
 */
interlace_status interlace_accumulator_fit_response(const interlace_accumulator *accumulator,
                                                    const char *response,
                                                    const interlace_options *options,
                                                    interlace_fit **out,
                                                    interlace_error *err);

/**
 * Frees an accumulator. NULL is allowed.
 * @param[in,out] accumulator NULL is allowed.
 * @since 0.1
 */
void interlace_accumulator_free(interlace_accumulator *accumulator);

#ifdef __cplusplus
}
#endif

/* Codes have 32 bits, which -fshort-enums would change. */
#if defined(__cplusplus) && __cplusplus >= 201103L
static_assert(sizeof(interlace_column_kind) == 4, "interlace.h: codes must have 32 bits");
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
_Static_assert(sizeof(interlace_column_kind) == 4, "interlace.h: codes must have 32 bits");
#endif

#endif /* INTERLACE_H */
