/* What interlace-fit prints: one JSON document, or a summary to read. */
#ifndef INTERLACE_FIT_REPORT_H
#define INTERLACE_FIT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interlace.h"
#include "interlace_fit_diagnose.h"
#include "interlace_fit_refit.h"
#include "interlace_fit_resample.h"
#include "interlace_fit_tests.h"
#include "interlace_fit_validate.h"

struct explained {
    double marginal, conditional; /* R2 */
    double icc_adjusted, icc_unadjusted;
};

/* The results. NULL: not requested. */
struct results {
    int32_t model; /* INTERLACE_LMM, INTERLACE_GLMM or INTERLACE_CLMM */
    const char *formula;
    interlace_fit *fit; /* NULL with --objective */

    double *objective;
    size_t n_objective;

    struct tests tests; /* of the fixed effects */
    double *p_value;    /* as long as the fixed effects */
    double *lower;      /* intervals: of an ordinal model's thresholds and nominal effects, then of the fixed effects */
    double *upper;
    double level;

    interlace_frame *means; /* marginal means, and the differences of pairs */
    interlace_frame *pairs;
    interlace_frame *comparison; /* likelihood-ratio tests */

    double *predictions;       /* n_predictions rows, prediction_width columns */
    int32_t *prediction_status; /* INTERLACE_PREDICTED_* of each row */
    double *prediction_limits; /* in the same memory: standard errors, lower limits, upper limits, as many of each */
    size_t n_predictions;
    size_t prediction_width;
    int32_t prediction_type;

    struct resampled resampled;
    struct refitted refitted;
    struct validated validated;
    struct diagnosed diagnosed;
    bool has_explained;
    struct explained explained;

    double read_seconds;
    double inference_seconds;
};

/* The number of parameters with intervals, and their names. */
size_t n_intervals(const interlace_fit *fit);
const char *interval_name(const interlace_fit *fit, size_t i);

/* The names of the columns that predictions of an ordinal model have: the categories, or the thresholds; NULL for one number per row. */
typedef const char *(*prediction_name)(const interlace_fit *, size_t);
prediction_name prediction_names(const struct results *results);

/* The message about rows without a prediction for a reason INTERLACE_PREDICTED_*; false if there are none. */
bool prediction_warning(const struct results *results, int32_t status, char *text, size_t size);

/* Prints to standard output. False, with `error` filled in and nothing printed, on failure. */
bool print_json(const struct results *results, interlace_error *error);
/* Prints to standard output. */
void print_text(const struct results *results);

#endif
