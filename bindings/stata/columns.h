/* The columns that Stata makes of fixed terms: one for each combination of levels, with the name that Stata gives it. */
#ifndef INTERLACE_STATA_COLUMNS_H
#define INTERLACE_STATA_COLUMNS_H

#include "model.h"
#include "sample.h"

typedef struct column {
    /* Stata's name, such as "2.a#c.x", or "1b.a" for a base, which has no coefficient. */
    const char *stripe;
    /* The same with `o`, for a column that the fit leaves out because others determine it. */
    const char *omitted_stripe;
    /* What it is in a formula; NULL for a base, and for a combination that does not occur. */
    const char *formula;
} column;

typedef struct columns {
    column *column;
    size_t n, room;
} columns;

/* The columns of the fixed terms in a sample. */
columns columns_of(call *c, const terms *fixed, const sample *data);
/* Stata's name of a column from what it is in a formula, as `columns_of` writes them; NULL for any other text. */
char *stripe_from_formula(call *c, const char *formula);
/* What stands in the formula. */
list formula_parts(call *c, const columns *own);

#endif
