/* What the plugin asks of Stata: text, macros, matrices, data. */
#ifndef INTERLACE_STATA_HOST_H
#define INTERLACE_STATA_HOST_H

#include "call.h"
#include "table.h"

/* Set by pginit. */
extern stata_table *stata;

/* Shows text; braces, which SMCL reads, are escaped. */
void say(call *c, const char *format, ...) PRINTS(2, 3);
/* A line in red. */
void complain(const char *text);
/* Whether the user wants to stop. */
bool is_stopped(void);

/* The macro of the program that called; "" if there is none. */
char *macro(call *c, const char *name);
void set_macro(call *c, const char *name, const char *text);
/* Fills a matrix that is there, [rows,columns], by columns; NaN is stored as missing. */
void set_matrix(call *c, const char *name, const double *values, size_t rows, size_t columns);

/* Whether a number is one of Stata's missing values. */
bool is_missing(double value);
double number_at(call *c, int variable, int observation);
/* Stores a number, NaN as missing. */
void store_at(call *c, int variable, int observation, double value);
/* The text of a string variable of either kind, which the caller gives back. */
char *text_at(call *c, int variable, int observation);

#endif
