/* Values of options on the command line: words, numbers, lists. */
#ifndef INTERLACE_FIT_VALUES_H
#define INTERLACE_FIT_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interlace_fit_lists.h"

enum answer { TAKEN, NOT_UNDERSTOOD, NOT_AVAILABLE, GIVEN_BEFORE, NO_MEMORY };

enum answer taken_if(bool memory_sufficed);

struct choice {
    const char *name;
    int32_t code;
};

/* The code of a word that a later version will know. */
enum { LATER = -1 };

enum answer choose(const struct choice *choices, size_t count, const char *value, int32_t *out);

#define CHOOSE(choices, value, out) choose(choices, sizeof(choices) / sizeof *(choices), value, out)

/* The value itself, if none was given before. */
enum answer take_once(const char *value, const char **out);
/* A number above 0. */
enum answer take_positive(const char *value, double most, double *out);
/* A whole number. */
enum answer take_count(const char *value, double least, double most, int64_t *out);
/* "a,b,c", added to the list. */
enum answer take_numbers(const char *value, struct number_list *out);
/* "a,b,c; a,b,c": points of equal length, one after another in the list, in place of what it had. That is a column-major matrix with
 * one column per point. */
enum answer take_points(const char *value, struct number_list *out, size_t *length);
/* "name=value": the name is added to the list, and *rest points to the value. */
enum answer take_pair(const char *value, struct text_list *names, const char **rest);

#endif
