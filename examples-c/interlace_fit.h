/* interlace-fit: what its files share. */
#ifndef INTERLACE_FIT_H
#define INTERLACE_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interlace.h"

/* Texts of one's own. */
struct list {
    char **items;
    size_t count;
};

bool list_add(struct list *list, const char *text, size_t length);
/* Adds the pieces between separators. */
bool list_split(struct list *list, const char *text, char separator);
bool list_has(const struct list *list, const char *text);
void list_free(struct list *list);

struct arguments;

/* A value can be taken, is not what is wanted, or the library has failed with it. */
enum answer { TAKEN, NOT_UNDERSTOOD, FAILED };

enum { LMM = 1, GLMM = 2, CLMM = 4, COXME = 8 }; /* the models that have an option: 1 << (model - INTERLACE_MODEL_LMM) */

/* An option of the command line, by the object that it is for. */
struct option {
    const char *name;
    const char *wanted; /* the value, for messages; NULL: it has none */
    enum { PROGRAM, CSV, SPEC, OPTIONS, QUESTION } kind;
    int models; /* 0: all */
    bool repeatable;
    enum answer (*take)(struct arguments *, const char *value, interlace_error *error); /* of CSV and SPEC */
    size_t question;                                                                    /* its index in the library */
};

/* One that was given, with its value; texts point into argv. */
struct given {
    const struct option *option;
    const char *value; /* NULL: it has none */
};

/* The command line. The caller frees it with arguments_free, also after a failure. */
struct arguments {
    interlace_model model; /* INTERLACE_MODEL_NONE: not given, or that of a fit that is yet to be loaded */
    bool loads;            /* "load FILE" instead of a model and its formula */
    const char *saved_path, *formula, *data_path;
    struct given *given;
    size_t n_given;

    interlace_csv_options *csv;
    bool strict_numbers;
    struct list categorical; /* columns, also those of --ordered */
    struct list ordered;     /* "A=lo<mid<hi" */

    interlace_spec *spec;
    interlace_options *options;
    interlace_questions *questions;
};

enum { READY = -1, NAME_SIZE = 64 };

/* Reads the command line. READY, or the exit status of a program that has said all that there is to say. */
int arguments_read(struct arguments *arguments, int argc, char **argv);
void arguments_free(struct arguments *arguments);
/* Takes the model, which --update changes, and the options of a fit that was loaded; then as arguments_read. */
int arguments_of_fit(struct arguments *arguments, const interlace_fit *fit, interlace_spec *spec, interlace_options *options);

/* The value of an option such as "--objective", from the one after *at on, which moves on; NULL if it is not given. */
const char *next_value(const struct arguments *arguments, const char *name, size_t *at);
/* The only value of an option; "" if it is given without one, NULL if it is not given. */
const char *value_of(const struct arguments *arguments, const char *name);

/* The option of that name, of `length` bytes; NULL if there is none. */
const struct option *find_option(const char *name, size_t length);
/* The option that an unknown one was meant to be; NULL if none is near. */
const char *nearest_option(const char *name, size_t length);
/* What the library says that an option does; NULL: nothing. */
const char *option_doc(const struct option *option);
/* The family, or the usual one, with its link, on which other options of the model depend. */
enum answer take_distribution(struct arguments *arguments, const char *usual, interlace_error *error);
/* The option of a question of the library, by its index there. */
const struct option *option_of_question(size_t i);
/* The name of an option as the library has it, "max_evaluations", and the other way round. */
void library_name(const struct option *option, char name[NAME_SIZE]);
void option_name(const char *library_name, char name[NAME_SIZE]);

/* The columns that are categories, and whether text in a column of numbers is an error, for what is read next. */
bool declare_columns(const struct arguments *arguments, const struct list *categorical, bool strict, interlace_error *error);
/* Gives the columns of --ordered their levels, "A=lo<mid<hi". */
bool set_orders(const struct arguments *arguments, interlace_frame *frame, interlace_error *error);
/* The frame of the fit: every column that --categorical and --ordered name must exist. */
bool read_data(const struct arguments *arguments, interlace_frame **out, interlace_error *error);
/* New data: the same columns are categories if they exist; the response, for example, may be absent. */
bool read_new_data(const struct arguments *arguments, const char *path, interlace_frame **out, interlace_error *error);
/* Other responses: columns of numbers. */
bool read_responses(const struct arguments *arguments, const char *path, interlace_frame **out, interlace_error *error);

/* A fit of data that are read in parts, which no frame holds. */
bool fit_stream(const struct arguments *arguments, interlace_fit **out, interlace_error *error);

/* A fit as a file, and back, with its model and its options. */
bool save_fit(const char *path, const interlace_fit *fit, const interlace_spec *spec, bool with_rows, interlace_error *error);
bool load_fit(const char *path, interlace_fit **fit, interlace_spec **spec, interlace_options **options, interlace_error *error);

/* --help; with an option only what is said of this one. */
void print_help(const struct option *option);

/* Whether the pictures of --plot and --plot-data, and their options, are known: looked at before a fit is made. */
bool check_pictures(const struct arguments *arguments, interlace_error *error);
/* Whether the picture of "KIND=..." takes rows of the fit or of its data. */
bool picture_needs_rows(const char *text);
/* Writes them. */
bool write_pictures(const struct arguments *arguments, const interlace_fit *fit, const interlace_frame *data, interlace_error *error);

/* Whether a text is one for --objective. */
bool is_points(const char *text);
/* Instead of a fit: prints the objective at the points of --objective. */
bool evaluate_objective(const struct arguments *arguments, const interlace_frame *data, interlace_error *error);

/* One line on standard error; returns the exit status. */
int complain(const char *message, const char *hint, int exit_status);
/* The same of an error of the library's. */
int complain_of(const interlace_error *error);
/* Fills in an error of the program's own; false. */
bool fail(interlace_error *error, interlace_status code, const char *format, ...);

#endif
