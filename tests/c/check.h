/* What the test programs share: a check that ends the program, and a data set. */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace.h"

#define CHECK(condition)                                                                   \
    do {                                                                                   \
        if (!(condition)) {                                                                \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);        \
            exit(1);                                                                       \
        }                                                                                  \
    } while (0)

/* The call, whose last argument must be `&err`, succeeds. */
#define OK(call)                                                                           \
    do {                                                                                   \
        if ((call) != INTERLACE_OK) {                                                      \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, err.message);    \
            exit(1);                                                                       \
        }                                                                                  \
    } while (0)

/* The call fails with that status, and says so with a text that has `part` in it. */
#define FAILS(status, part, call)                                                          \
    do {                                                                                   \
        memset(&err, 0x5a, sizeof err);                                                    \
        CHECK((call) == (status));                                                         \
        CHECK(err.code == (status) && err.reserved == 0);                                  \
        if (strstr(err.message, part) == NULL) {                                           \
            fprintf(stderr, "%s:%d: '%s' is not in: %s\n", __FILE__, __LINE__, part, err.message); \
            exit(1);                                                                       \
        }                                                                                  \
    } while (0)

#define CLOSE(a, b, tolerance) CHECK(fabs((a) - (b)) <= (tolerance))

#define SAME(a, b) CHECK(strcmp(a, b) == 0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Requests with some members set. */
#define PREDICT(...) (&(interlace_predict_request){.struct_size = sizeof(interlace_predict_request), __VA_ARGS__})
#define MEANS_OF(...) (&(interlace_means_request){.struct_size = sizeof(interlace_means_request), __VA_ARGS__})

/* A path in the directory that the test may write to. */
#define SCRATCH(path, name) snprintf(path, sizeof(path), "%s/%s", getenv("INTERLACE_TEST_DIRECTORY"), name)

/* A frame from a CSV file, or from text, with columns of categories. */
static inline interlace_status read_csv_with(const char *path, const char *bytes, size_t len, const char *const *categorical, size_t n,
                                             interlace_frame **out, interlace_error *err)
{
    interlace_csv_options *options = NULL;
    interlace_status status = interlace_csv_options_new(&options, err);
    if (status == INTERLACE_OK)
        status = interlace_csv_options_set_categorical(options, categorical, n, err);
    if (status == INTERLACE_OK)
        status = path != NULL || bytes == NULL ? interlace_frame_read_csv(path, options, out, err)
                                               : interlace_frame_read_csv_bytes(bytes, len, options, out, err);
    interlace_csv_options_free(options);
    return status;
}

static inline interlace_status read_csv(const char *path, const char *const *categorical, size_t n, interlace_frame **out,
                                        interlace_error *err)
{
    return read_csv_with(path, NULL, 0, categorical, n, out, err);
}

static inline interlace_status read_csv_bytes(const char *bytes, size_t len, const char *const *categorical, size_t n,
                                              interlace_frame **out, interlace_error *err)
{
    return read_csv_with(NULL, bytes, len, categorical, n, out, err);
}

/* The summary with the default degrees of freedom; NULL if it fails. */
static inline const char *summary_of(const interlace_fit *fit)
{
    const char *text = NULL;
    interlace_fit_summary(fit, INTERLACE_DF_DEFAULT, NULL, &text, NULL);
    return text;
}

/* A table of replicates of the parametric bootstrap. */
static inline interlace_status bootstrap_of(const interlace_fit *fit, size_t n, uint64_t seed, interlace_simulation simulation,
                                            const interlace_options *options, interlace_frame **out, interlace_error *err)
{
    interlace_bootstrap *bootstrap = NULL;
    interlace_status status = interlace_bootstrap_new(&bootstrap, err);
    if (status == INTERLACE_OK)
        status = interlace_bootstrap_set_replicates(bootstrap, 0, n, err);
    if (status == INTERLACE_OK)
        status = interlace_bootstrap_set_seed(bootstrap, seed, err);
    if (status == INTERLACE_OK)
        status = interlace_bootstrap_set_parametric(bootstrap, simulation, err);
    if (status == INTERLACE_OK)
        status = interlace_bootstrap_run(bootstrap, fit, options, out, err);
    interlace_bootstrap_free(bootstrap);
    return status;
}

/* Intervals from such a table, with a jackknife where they need it. */
static inline interlace_status bootstrap_confint_of(const interlace_fit *fit, const interlace_frame *replicates, double level,
                                                    interlace_bootstrap_interval interval, interlace_frame **out,
                                                    interlace_error *err)
{
    interlace_bootstrap *bootstrap = NULL;
    interlace_frame *jackknife = NULL;
    interlace_status status = interlace_bootstrap_new(&bootstrap, err);
    if (status == INTERLACE_OK && interval == INTERLACE_BOOTSTRAP_INTERVAL_BCA)
        status = interlace_bootstrap_jackknife(bootstrap, fit, NULL, &jackknife, err);
    if (status == INTERLACE_OK)
        status = interlace_bootstrap_confint(bootstrap, fit, replicates, jackknife, level, interval, out, err);
    interlace_frame_free(jackknife);
    interlace_bootstrap_free(bootstrap);
    return status;
}

#endif
