/* What interlace-fit prints: one JSON document, or a summary to read. */
#ifndef INTERLACE_FIT_REPORT_H
#define INTERLACE_FIT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interlace.h"
#include "interlace_fit_resample.h"
#include "interlace_fit_tests.h"

struct explained {
    double marginal, conditional; /* R2 */
    double icc_adjusted, icc_unadjusted;
};

/* What was found out. NULL means: not asked for. */
struct results {
    int32_t model; /* INTERLACE_LMM or INTERLACE_GLMM */
    const char *formula;
    interlace_fit *fit; /* NULL with --objective */

    double *objective;
    size_t n_objective;

    bool has_df;        /* degrees of freedom were asked for */
    struct tests tests; /* of the fixed effects by these */
    double *p_value;    /* these three are as long as the fixed effects */
    double *lower;
    double *upper;
    double level;

    interlace_frame *means; /* marginal means, and the differences of pairs */
    interlace_frame *pairs;
    interlace_frame *comparison; /* likelihood-ratio tests */

    double *predictions;
    double *prediction_limits; /* in the same memory: standard errors, lower limits, upper limits, n_predictions of each */
    size_t n_predictions;

    struct resampled resampled;
    bool has_explained;
    struct explained explained;

    double read_seconds;
    double inference_seconds;
};

/* Prints to standard output. False, with `error` filled in and nothing printed, if it can't be done. */
bool print_json(const struct results *results, interlace_error *error);
/* Prints to standard output. */
void print_text(const struct results *results);

#endif
