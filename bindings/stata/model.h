/* The model that a command asks for, in the library's words. */
#ifndef INTERLACE_STATA_MODEL_H
#define INTERLACE_STATA_MODEL_H

#include "call.h"
#include "command.h"
#include "varlist.h"

typedef struct model {
    interlace_model kind;
    /* The command of Stata's whose defaults hold; "" for the library's. */
    const char *word;
    /* The formula of the user, or NULL: then it is the response, the fixed terms and the random terms. */
    const char *formula;
    const char *depvar, *response;
    terms fixed;
    bool constant;
    /* Random terms of a formula, and for each the level it belongs to: "_all", or a group. */
    list random, random_levels;
    size_t n_effects;
    /* Grouping factors of Stata's levels, outermost first, as formulas have them: "school", "school:class". */
    list levels;
    /* NULL if they are not asked for. */
    const char *family, *link, *offset, *exposure, *correlation, *dispersion, *zero_inflation, *nominal, *scale, *threshold, *ties;
    /* Of a binomial response: a variable or number of trials; NULL for a response of zeros and ones. */
    const char *trials;
    bool is_binomial;
    /* The variable of residuals(independent, by()), or NULL. */
    const char *by;
    interlace_df df;
    bool has_df;
    /* Options of the library, by name. */
    list option_names, option_values;
    /* "fweight", "aweight" or "". */
    const char *weight;
    double level;
    bool log, header, groups, fixed_table, random_table, variances, eform;
    /* What the user should know of the translation; "" if nothing. */
    const char *note;
    names names;
} model;

/* A name as a formula has it, in backticks where it needs them. */
const char *quoted(call *c, const char *name);
/* The model; `names` says what its variables stand for, and collects them. */
model *model_of(call *c, const command *own, names known);
/* The model in one line, with factors as Stata writes them. */
char *model_text(call *c, const model *own);
/* The formula, with `fixed` for the fixed part. */
char *formula_of(call *c, const model *own, const list *fixed);
/* The spec of the library, which the arena owns. */
interlace_spec *spec_of(call *c, const model *own, const char *formula);
/* Adds all variables of formulas to the names, or, if these were looked up, checks that they are written in full. */
void find_variables(call *c, model *own);

/* settings.c: what the options say. */
void take_settings(call *c, const command *command, model *own);
const char *value_of(call *c, const option *own);
double number_of(call *c, const option *own, double least, double most);

#endif
