/* Tests of the fixed effects by their degrees of freedom: of coefficients, of whole terms, and of the model without a term. */
#ifndef INTERLACE_FIT_TESTS_H
#define INTERLACE_FIT_TESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interlace.h"
#include "interlace_fit_json.h"
#include "interlace_fit_lists.h"

enum { ANOVA_TYPES = 3 };

/* The request. */
struct tests_request {
    int32_t df; /* INTERLACE_DF_* */
    bool anova[ANOVA_TYPES]; /* types I, II, III */
    bool drop1;
    const struct number_list *hypothesis; /* rows of coefficients, each of n_hypothesis numbers */
    size_t n_hypothesis;
    double level;
};

/* Tables. NULL: not requested. */
struct tests {
    int32_t df;
    interlace_frame *coefficients; /* always there */
    interlace_frame *anova[ANOVA_TYPES];
    interlace_frame *drop1;
    interlace_frame *rows, *joint; /* of the hypothesis */
};

/* `data` is the frame of the fit. The caller frees with tests_free, even after a failure. */
bool test_terms(const interlace_fit *fit, const interlace_frame *data, const struct tests_request *request, struct tests *tests,
                interlace_error *error);
void tests_free(struct tests *tests);

/* "satterthwaite": {"names": [...], "df": [...], ..., "anova": {"type1": {...}}}, or with the name of other degrees of freedom, and
 * "drop1": {...}. */
void json_tests(struct json *json, const struct tests *tests);
/* "test": {"rows": {...}, "joint": {...}}. */
void json_hypothesis(struct json *json, const struct tests *tests);
/* The tables that the summary does not have. */
void print_tests(const struct tests *tests);

#endif
