/* What `plugin call _interlace, "..."` can ask for. Each takes its arguments after the name. */
#ifndef INTERLACE_STATA_ACTIONS_H
#define INTERLACE_STATA_ACTIONS_H

#include "fitted.h"

typedef struct arguments {
    size_t n;
    char *const *text;
} arguments;

/* estimate.c. "parse": from the macro `0' to the macros that say what to read. "fit": from these and the data to a fit. */
void parse_action(call *c, const arguments *given);
void fit_action(call *c, const arguments *given);
/* results.c. "results" ID b V N_g g_min g_avg g_max df: fills matrices and macros for e(). */
void results_action(call *c, const arguments *given);
/* show.c. "show" ID: the tables. */
void show_action(call *c, const arguments *given);
/* predict.c. "plan" ID: from the options of predict in `options' to what it needs. "predict" ID: the numbers. "mean" ID: from the linear
 * predictor in a variable to the mean. */
void plan_action(call *c, const arguments *given);
void predict_action(call *c, const arguments *given);
void mean_action(call *c, const arguments *given);
/* files.c. "save" ID FILE, "use" FILE. */
void save_action(call *c, const arguments *given);
void use_action(call *c, const arguments *given);

const char *argument(call *c, const arguments *given, size_t i, const char *what);
/* Options of the library that stop when the user wants to, and with `log` say how far a search is. */
interlace_options *watched_options(call *c, bool log);
/* Tells Stata the number of a fit and the sizes of its matrices. */
void announce(call *c, const fitted *own);

#endif
