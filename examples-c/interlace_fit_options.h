/* The command line of interlace-fit. */
#ifndef INTERLACE_FIT_OPTIONS_H
#define INTERLACE_FIT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interlace_fit_lists.h"

struct ordered_column {
    char *name;
    struct text_list levels;
};

enum { METHOD_REML = 1, METHOD_ML = 2 };
enum { INTERVAL_NONE, INTERVAL_CONFIDENCE, INTERVAL_PREDICTION };
enum { BOOTSTRAP_PARAMETRIC, BOOTSTRAP_CASES, BOOTSTRAP_ROWS };
enum { RESPONSE_MEDIAN = 1, RESPONSE_MEAN = 2 };
enum { CONFINT_WALD = 1, CONFINT_PROFILE = 2, CONFINT_BOOT = 3, CONFINT_RANEF = 4 };

/* What the user requested. Zero, NULL or an empty list means not given, so the library's default applies. */
struct arguments {
    int32_t model; /* INTERLACE_LMM, INTERLACE_GLMM or INTERLACE_CLMM */
    const char *formula;
    const char *data_path;

    char separator, decimal; /* of all CSV files; 0: not given */
    bool has_quote;          /* of it 0 is a value: no quotes */
    char quote;
    struct text_list na_strings;
    bool strict_numbers;
    struct text_list categorical;
    struct ordered_column *ordered;
    size_t n_ordered;
    int32_t na;
    const char *weights;
    const char *offset;

    int32_t method; /* METHOD_REML or METHOD_ML */
    struct text_list random;
    struct text_list groups;
    struct text_list contrast_columns; /* parallel to contrast_names */
    struct text_list contrast_names;

    const char *correlation;

    const char *family;
    const char *link;
    struct text_list fixed_parameters; /* parallel to fixed_values */
    struct number_list fixed_values;
    const char *dispformula;
    const char *ziformula;
    const char *nominal;
    const char *scale;
    bool has_threshold; /* of it zero is a value */
    int32_t threshold;
    bool has_information, has_nagq, has_std_errors; /* of these zero is a value */
    int32_t information;
    int32_t nagq;
    int32_t std_errors;
    bool has_unidentified;
    int32_t unidentified;

    const char *optimizer;
    struct number_list theta0;
    double tolerance;
    int64_t max_evaluations;
    int32_t threads;
    double deadline;
    bool progress;
    struct number_list objective; /* point after point, each of n_theta numbers */
    size_t n_theta;
    size_t n_points;

    bool confint; /* Wald's */
    bool confint_profile;
    bool confint_boot;
    bool confint_ranef;
    bool profile; /* the points of the profiles */
    int32_t profile_scale; /* INTERLACE_PROFILE_* */
    double level;
    bool r2;
    bool has_df;
    int32_t df; /* INTERLACE_DF_* */
    bool needs_df; /* a requested result needs these degrees of freedom; others will not do */
    bool anova[3]; /* types I, II, III */
    bool drop1;
    bool chi_bar;
    struct number_list hypothesis; /* row after row, each of n_hypothesis numbers */
    size_t n_hypothesis;
    const char *emmeans;
    const char *at;
    const char *comparisons;
    struct number_list contrasts; /* if these are weights of means: row after row, each of n_contrasts numbers */
    size_t n_contrasts;
    bool proportional;
    const char *adjust;
    struct text_list lrt;

    const char *predict_path;
    bool has_type;
    int32_t type;
    bool has_re;
    struct text_list re; /* grouping factors whose effects are added; empty: none of them */
    int32_t interval;    /* INTERVAL_NONE, INTERVAL_CONFIDENCE or INTERVAL_PREDICTION */
    int32_t new_levels;

    int64_t simulate;  /* numbers of replicates */
    int64_t bootstrap;
    int32_t bootstrap_type; /* BOOTSTRAP_PARAMETRIC ... */
    int32_t simulate_type;  /* INTERLACE_SIMULATE_* */
    int32_t boot_interval;
    struct text_list statistics;
    int32_t response_se; /* RESPONSE_MEDIAN or RESPONSE_MEAN */
    const char *refit_path;
    int64_t seed;

    bool all_fit;
    const char *cross_validate; /* a grouping factor, or "rows" */
    int64_t folds;

    struct text_list residuals; /* names of kinds */
    struct text_list tables;    /* "NAME=FILE.csv" */

    bool json;
};

enum arguments_outcome {
    ARGUMENTS_READY,
    ARGUMENTS_HELP,
    ARGUMENTS_VERSION,
    ARGUMENTS_WRONG,       /* not the program's language: exit status 2 */
    ARGUMENTS_UNAVAILABLE, /* right, but not in this version: exit status 1 */
};

enum { ARGUMENTS_MESSAGE_SIZE = 512 };

/* Reads the command line. `message` is one line, written with the last two outcomes.
 * Whatever the outcome, the caller frees with arguments_free. Texts point into argv. */
enum arguments_outcome arguments_read(struct arguments *arguments, int argc, char **argv, char message[ARGUMENTS_MESSAGE_SIZE]);
void arguments_free(struct arguments *arguments);

/* Writes the text of --help to standard output. */
void print_help(void);

#endif
