/* Fits that live beyond the call that made them, under numbers that Stata keeps: a number that is unknown is an error, never a pointer. */
#ifndef INTERLACE_STATA_FITTED_H
#define INTERLACE_STATA_FITTED_H

#include "columns.h"
#include "model.h"

/* A parameter as Stata has it: `value` follows from the library's parameter `source` with the derivative `slope`. */
typedef struct parameter {
    const char *stripe;
    double value, slope;
    /* NO_SOURCE for a column without a coefficient. */
    size_t source;
} parameter;

#define NO_SOURCE ((size_t)-1)

/* An effect of a random term, in Stata's order: levels, their equations, effects with the constant last. */
typedef struct effect {
    size_t term, effect;
    int level, equation, number;
    const char *level_name, *name;
    /* Places in `parameters` of the standard deviation, shared where the covariance says so, and NO_SOURCE without one. */
    size_t sd;
} effect;

typedef struct fitted {
    char id[40];
    interlace_fit *fit;
    interlace_spec *spec;
    /* NULL for a fit from a file. */
    const model *model;
    columns columns;
    const char *command_line, *depvar, *weight;
    parameter *parameters;
    size_t n, room, n_fixed;
    /* Their covariance [n,n]. */
    double *covariance;
    effect *effects;
    size_t n_effects;
    /* The names of levels, and what Stata's e(N_g), e(g_min), e(g_avg), e(g_max) hold [levels.n]. */
    list levels;
    double *group_figures;
    /* Degrees of freedom of the fixed effects [n_fixed], NaN without one; statistics of all of them together. */
    double *df;
    double statistic, num_df, den_df, p;
    interlace_df df_method;
    bool has_df;
    arena arena;
} fitted;

/* Keeps a fit with the memory of the call, which has none afterwards; the oldest goes if there are many. The arena's `fit` and `spec` are
 * objects that it owns. */
const fitted *keep_fitted(call *c, fitted *own);
/* Fails if there is none of that number. */
const fitted *fitted_of(call *c, const char *id);
void forget_fits(void);

/* parameters.c: fills in parameters, effects and covariance. */
void make_parameters(call *c, fitted *own, const interlace_options *options);
/* statistics.c: groups, degrees of freedom, the test of all fixed effects. */
void make_statistics(call *c, fitted *own, const interlace_options *options);
/* Whether e(b) has columns that Stata can compute: not after a formula, nor of a fit from a file. */
bool has_stata_columns(const fitted *own);
/* A name that Stata allows, of at most 32 characters. */
char *stata_name(call *c, const char *text);

#endif
