/* What the user typed, taken apart: equations between `||`, each with its options; if, in and weight. */
#ifndef INTERLACE_STATA_COMMAND_H
#define INTERLACE_STATA_COMMAND_H

#include "call.h"

typedef struct option {
    /* The full name, whatever was typed; NULL for `value` without parentheses. */
    const char *name, *value;
} option;

typedef struct equation {
    const char *body;
    option *options;
    size_t n_options;
} equation;

typedef struct command {
    /* The command of Stata's that is meant, such as "mixed"; "" for the syntax of interlace. */
    const char *word;
    equation *equations;
    size_t n_equations;
    /* "if ... in ..." as it was typed; "fweight" and so on with its expression, or "" without. */
    const char *condition, *weight, *weight_expression;
} command;

command *command_of(call *c, const char *text);
/* The option in an equation, or in any; NULL if it is not there. */
const option *option_of(const equation *e, const char *name);
const option *any_option(const command *own, const char *name);
/* The index after the bracket, parenthesis or quotation that begins at `i`, or after the character there. */
size_t skip(call *c, const char *text, size_t i);
/* Whether `given` is `full` or an abbreviation of it with at least `least` letters. */
bool abbreviates(const char *given, const char *full, size_t least);

#endif
