/* Results per row and per random effect besides the summary: residuals of every kind, limits of random effects, tables as files. */
#ifndef INTERLACE_FIT_DIAGNOSE_H
#define INTERLACE_FIT_DIAGNOSE_H

#include <stdbool.h>

#include "interlace.h"
#include "interlace_fit_json.h"
#include "interlace_fit_options.h"

enum { MOST_RESIDUALS = 8 };

/* NULL: not requested. */
struct diagnosed {
    size_t n_rows;
    double *residuals[MOST_RESIDUALS]; /* in the order of the names of kinds */
    interlace_frame *ranef_intervals;
};

/* False, with `error` filled in, on failure. The caller always frees with diagnosed_free. */
bool diagnose(const struct arguments *asked, const interlace_fit *fit, int32_t df, struct diagnosed *out, interlace_error *error);
void diagnosed_free(struct diagnosed *diagnosed);

/* The number of a kind of residuals by its name; -1 if there is no such kind. */
int residual_kind(const char *name);

/* "residuals_KIND": an array for each; "ranef_ci": an array per column, with an element per effect of a level. */
void json_diagnosed(struct json *json, const struct diagnosed *diagnosed);
void print_diagnosed(const struct diagnosed *diagnosed);

/* Tables of results as CSV files: "coefficients=FILE.csv", which has tests by the degrees of freedom `df`. */
bool write_tables(const struct text_list *requests, const interlace_fit *fit, int32_t df, interlace_error *error);

#endif
