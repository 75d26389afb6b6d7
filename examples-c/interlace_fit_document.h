/* The JSON document being written, and what it is made of: arrays, names and numbers of a fit. */
#ifndef INTERLACE_FIT_DOCUMENT_H
#define INTERLACE_FIT_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interlace.h"
#include "interlace_fit_json.h"

/* After a failure the functions below do nothing, so that only print_json has to look. */
struct document {
    struct json json;
    const interlace_fit *fit;
    interlace_error *error;
    bool failed;
};

/* The library fills arrays of the caller: ask for the size, bring the memory, call the getter. Most getters have one of
 * these shapes. */
typedef interlace_status (*fit_getter)(const interlace_fit *, double *, size_t, interlace_error *);
typedef interlace_status (*term_getter)(const interlace_fit *, size_t, double *, size_t, interlace_error *);
typedef interlace_status (*predictor_getter)(const interlace_fit *, int32_t, double *, size_t, interlace_error *);

/* The `size` numbers of a getter, which the caller frees; NULL after a failure. */
double *fetch(struct document *document, fit_getter get, size_t size);
double *fetch_of_term(struct document *document, term_getter get, size_t term, size_t size);
double *fetch_of_predictor(struct document *document, predictor_getter get, int32_t predictor, size_t size);

void put_vector(struct document *document, const char *key, fit_getter get, size_t size);
void put_vector_of_predictor(struct document *document, const char *key, predictor_getter get, int32_t predictor, size_t size);
/* [size,size] */
void put_matrix(struct document *document, const char *key, fit_getter get, size_t size);
/* [rows,columns] */
void put_rectangle(struct document *document, const char *key, fit_getter get, size_t rows, size_t columns);
void put_matrix_of_term(struct document *document, const char *key, term_getter get, size_t term, size_t size);

/* Names come one at a time, by index. */
typedef const char *(*name_getter)(const interlace_fit *, size_t);
void put_names(struct document *document, const char *key, name_getter get, size_t count);

void put_text(struct document *document, const char *key, const char *value);
void put_number(struct document *document, const char *key, double value);
void put_count(struct document *document, const char *key, size_t value);
void put_bool(struct document *document, const char *key, bool value);

/* ---- parts of the document ---- */

/* Fixed effects of a predictor. Without `p_value` [p] there are none in the document. */
void put_coefficients(struct document *document, const char *key, int32_t predictor, const double *p_value);
/* The same with p values by the normal distribution. */
void put_tested_coefficients(struct document *document, const char *key, int32_t predictor);
/* "ngroups", over all predictors. */
void put_group_sizes(struct document *document);
/* Variances, and the random effects themselves, of the terms of a predictor. */
void put_varcorr(struct document *document, const char *key, int32_t predictor);
void put_ranef(struct document *document, const char *key, int32_t predictor);
/* What only generalised models have, and what only ordinal ones. */
void put_generalised(struct document *document);
void put_ordinal(struct document *document);
/* All parameters with their covariance. */
void put_all_parameters(struct document *document);

#endif
