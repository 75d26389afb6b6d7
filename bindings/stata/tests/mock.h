/* Stata's side of the plugin interface, as far as the tests need it: data, macros, matrices, the table of functions. */
#ifndef MOCK_H
#define MOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "../table.h"

typedef struct mock_variable {
    char *name;
    /* One of the two. */
    double *numbers;
    char **texts;
    bool is_strl, is_binary;
} mock_variable;

typedef struct mock_matrix {
    char *name;
    int rows, columns;
    double *values;
} mock_matrix;

typedef struct mock_macro {
    char *name, *text;
} mock_macro;

typedef struct mock {
    stata_table table;
    mock_variable variables[200];
    int n_variables, n;
    /* What `plugin call` was given: the variables, the observations. */
    int list[200], n_list;
    unsigned char *selected;
    int first, last;
    mock_macro macros[400];
    int n_macros;
    mock_matrix matrices[60];
    int n_matrices;
    int stop, polls, break_at;
    long calls;
    char *shown, *errors;
} mock;

extern mock host;

void mock_begin(void);
void mock_end(void);
void *claim(size_t n);
char *copied(const char *text);
void append(char **to, const char *text);
mock_variable *mock_find(const char *name);
/* The index of a new variable; texts or numbers, all missing. */
int mock_add_variable(const char *name, bool is_text);
void mock_drop_variable(const char *name);
const char *mock_macro_text(const char *name);
void mock_set_macro(const char *name, const char *text);
mock_matrix *mock_find_matrix(const char *name);
void mock_make_matrix(const char *name, int rows, int columns);
/* A CSV file: cells that are numbers, "NA" or "." to ".z" make a numeric variable. */
void mock_use(const char *path);

#endif
