/* Inference on request: marginal means with their differences, and likelihood-ratio tests. Results are tables, frames of the library. */
#ifndef INTERLACE_FIT_INFERENCE_H
#define INTERLACE_FIT_INFERENCE_H

#include <stdbool.h>

#include "interlace.h"
#include "interlace_fit_json.h"
#include "interlace_fit_lists.h"

/* The request for marginal means. */
struct means_request {
    const char *specs;  /* "~ f", "~ f | g" */
    const char *at;          /* "x = 0, 5"; NULL: the means of covariates */
    const char *comparisons; /* NULL: pairwise */
    const struct number_list *contrasts; /* if these are weights of means: row after row, each of n_contrasts numbers */
    size_t n_contrasts;
    int32_t weights;         /* INTERLACE_MEANS_* */
    const char *adjust; /* of the pairs' p values; NULL: tukey */
    int32_t type;       /* INTERLACE_PREDICT_LINK or INTERLACE_PREDICT_RESPONSE */
    int32_t df;         /* INTERLACE_DF_* */
    double level;
};

/* The means and all their pairs as frames, which the caller frees. `data` is the frame of the fit.
 * False, with `error` filled in and nothing to free, if it can't be done. */
bool marginal_means(const interlace_fit *fit, const interlace_frame *data, const struct means_request *request,
                    interlace_frame **means, interlace_frame **pairs, interlace_error *error);

/* Makes the spec of a formula, with the other options of the command line: weights, offset, contrasts. */
typedef bool (*spec_maker)(void *context, const char *formula, interlace_spec **out, interlace_error *error);

/* The models that are compared: the one of the command line and smaller ones. */
struct comparison_request {
    const char *formula;
    const struct text_list *reduced;
    const interlace_frame *data;
    const interlace_options *options; /* by maximum likelihood */
    spec_maker make_spec;         /* of the formula */
    spec_maker make_reduced_spec; /* of the others, which are taken as they are written */
    void *context;                /* for these */
    bool chi_bar;  /* allow for a variance at the edge of its range */
};

/* Fits all the models and compares the formula's with each smaller one, two rows of the table for each; the caller frees the frame. */
bool likelihood_ratio(const struct comparison_request *request, interlace_frame **table, interlace_error *error);

/* "emmeans": {"means": {...}, "pairs": {...}}, with an array per column. */
void json_marginal_means(struct json *json, const interlace_frame *means, const interlace_frame *pairs);
/* "lrt": {"formulas": [...], "npar": [...], ..., "chisq": [...], "df": [...], "p_value": [...]}. */
void json_likelihood_ratio(struct json *json, const interlace_frame *table);

/* An array for each column of the table, in the open object. */
void json_frame_columns(struct json *json, const interlace_frame *table);
/* "key": {...}, the same as a separate object. */
void json_frame(struct json *json, const char *key, const interlace_frame *table);
/* Columns of a table by other names, {name in the table, key}; those that it doesn't have are left out. */
void json_columns(struct json *json, const interlace_frame *table, const char *const names[][2], size_t count);

/* A table to read, under its title. */
void print_frame(const char *title, const interlace_frame *table);

#endif
