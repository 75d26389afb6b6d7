/* Facts about Stata's plugin interface 3.0 on machines of 64 bits: the table of functions that Stata gives to a plugin, and its return codes.
 * Variables and observations count from 1; a variable counts in the list that was given to `plugin call`. */
#ifndef INTERLACE_STATA_TABLE_H
#define INTERLACE_STATA_TABLE_H

#include <stdint.h>

typedef struct stata_table {
    int (*display)(char *text);
    int (*display_plain)(char *text);
    void (*flush)(void);
    void (*set_output_level)(unsigned char level);
    int (*get_input)(char *text, int room);
    int (*poll)(void);
    int (*poll_now)(void);
    char *(*format)(char *out, char *format, double value);
    char *(*format_key)(char *out, char *format, double *value);
    char *(*token)(char *text, int i);
    int (*macro_save)(char *name, char *text);
    int (*macro_use)(char *name, char *text, int room);
    int (*scalar_use)(char *name, double *value);
    int (*scalar_save_old)(char *name, double *value);
    void (*matrix_store_old)(void);
    void (*matrix_load_old)(void);
    void (*matrix_info_old)(void);
    void (*matrix_element_old)(void);
    int matsize;
    double (*data)(int variable, int observation);
    double (*data_safe)(int variable, int observation);
    int (*n_observations)(void);
    int (*n_all_variables)(void);
    double missing;
    unsigned char (*is_missing)(double value);
    int (*find_variable)(char *name, int exact);
    unsigned char (*is_string)(int variable);
    void (*abbreviation)(char *name, double value);
    int *stop;
    void (*arithmetic[6])(void);
    int (*store_unchecked)(int variable, int observation, double value);
    int (*store)(int variable, int observation, double value);
    int (*store_string)(int variable, int observation, char *text);
    unsigned char (*is_selected)(int observation);
    int (*first)(void);
    int (*last)(void);
    int (*n_variables)(void);
    int (*error)(char *text);
    int (*matrix_element)(char *name, int row, int column, double *value);
    int (*matrix_store)(char *name, int row, int column, double value);
    int (*matrix_element_unchecked)(char *name, int row, int column, double *value);
    int (*matrix_store_unchecked)(char *name, int row, int column, double value);
    int (*value)(int variable, int observation, double *value);
    int (*value_unchecked)(int variable, int observation, double *value);
    int (*columns)(char *matrix);
    int (*rows)(char *matrix);
    int (*scalar_save)(char *name, double value);
    int (*string)(int variable, int observation, char *text);
    int16_t major, minor;
    unsigned char (*is_strl)(int variable);
    unsigned char (*is_binary)(int variable, int observation);
    int (*string_length)(int variable, int observation);
    int (*strl)(int variable, int observation, char *text, int room);
} stata_table;

/* What pginit returns: minor version << 16 | major version. */
#define STATA_PLUGIN_VERSION 3
/* The longest text of a variable of type str#, in bytes. */
#define STATA_STR_MAX 2045
/* The least value that is missing: `.` itself; .a to .z are above it. */
#define STATA_MISSING 0x1p1023

enum stata_code {
    STATA_OK = 0,
    STATA_BREAK = 1,
    STATA_WEIGHTS_NOT_ALLOWED = 101,
    STATA_TYPE_MISMATCH = 109,
    STATA_NOT_FOUND = 111,
    STATA_SYNTAX = 198,
    STATA_ESTIMATES_NOT_FOUND = 301,
    STATA_NONINTEGER_WEIGHTS = 401,
    STATA_NOT_CONVERGED = 430,
    STATA_FACTOR_VALUES = 452,
    STATA_DATA = 459,
    STATA_OTHER = 498,
    STATA_CONFORMABILITY = 503,
    STATA_FILE_NOT_FOUND = 601,
    STATA_FILE_NOT_OPENED = 603,
    STATA_MEMORY = 909,
    STATA_NO_OBSERVATIONS = 2000
};

#if defined(_WIN32)
#define STATA_EXPORT __declspec(dllexport)
#else
#define STATA_EXPORT __attribute__((visibility("default")))
#endif

/* The two functions that Stata looks for. */
STATA_EXPORT int pginit(stata_table *table);
STATA_EXPORT int stata_call(int argc, char *argv[]);

#endif
