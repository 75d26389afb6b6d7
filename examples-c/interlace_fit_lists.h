/* Lists of texts and of numbers, as they are written on the command line: "a,b,c". */
#ifndef INTERLACE_FIT_LISTS_H
#define INTERLACE_FIT_LISTS_H

#include <stdbool.h>
#include <stddef.h>

struct interlace_error;

struct text_list {
    char **items;
    size_t count;
};

struct number_list {
    double *items;
    size_t count;
};

/* Appends the pieces of `text` between `separator`s. False if memory is short. */
bool text_list_add_split(struct text_list *list, const char *text, char separator);
/* Appends the first `length` bytes of `text`. False if memory is short. */
bool text_list_add(struct text_list *list, const char *text, size_t length);
bool text_list_has(const struct text_list *list, const char *text);
void text_list_free(struct text_list *list);

/* False if memory is short. */
bool number_list_add(struct number_list *list, double value);
void number_list_free(struct number_list *list);

/* Reads the whole of `text` as a finite number; false if it isn't one. */
bool parse_number(const char *text, double *out);

/* Memory for `count` numbers, all zero. NULL, with the error filled in, if there is too little. */
double *new_numbers(size_t count, struct interlace_error *error);

#endif
