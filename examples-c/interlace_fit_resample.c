/* Simulated responses, the bootstrap, and profile-likelihood intervals. */
#include "interlace_fit_resample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace_fit_inference.h"
#include "interlace_fit_lists.h"
#include "interlace_fit_nesting.h"
#include "interlace_fit_options.h"

static bool set_type(const struct resample_request *request, interlace_bootstrap *bootstrap, interlace_error *error)
{
    switch (request->bootstrap_type) {
    case BOOTSTRAP_CASES:
        return interlace_bootstrap_set_groups(bootstrap, NULL, error) == INTERLACE_OK;
    case BOOTSTRAP_ROWS:
        return interlace_bootstrap_set_rows(bootstrap, error) == INTERLACE_OK;
    default:
        return interlace_bootstrap_set_parametric(bootstrap, request->simulate_type, error) == INTERLACE_OK;
    }
}

/* Replicates, and intervals from them. */
static bool bootstrap_fit(const interlace_fit *fit, const struct resample_request *request, interlace_bootstrap *bootstrap,
                          struct resampled *out, interlace_error *error)
{
    const interlace_options *options = request->options;
    if (!add_statistics(request->statistics, fit, bootstrap, &out->combinations, error))
        return false;
    if (interlace_bootstrap_set_replicates(bootstrap, 0, request->bootstrap, error) != INTERLACE_OK ||
        interlace_bootstrap_set_seed(bootstrap, request->seed, error) != INTERLACE_OK)
        return false;
    if (!set_type(request, bootstrap, error))
        return false;
    if (interlace_bootstrap_run(bootstrap, fit, options, &out->replicates, error) != INTERLACE_OK)
        return false;
    out->response_se_of = request->response_se_of;
    /* The library's own statistic of a response is the median. */
    interlace_response_statistic_fn function = request->response_se_of == RESPONSE_MEAN ? response_mean : NULL;
    if (request->response_se_of != 0 && interlace_bootstrap_response_std_error(bootstrap, fit, function, NULL, &out->response_se,
                                                                               error) != INTERLACE_OK)
        return false;
    if (!request->boot)
        return true;
    out->interval = request->interval;
    interlace_frame *jackknife = NULL;
    bool ok = request->interval != INTERLACE_BOOTSTRAP_BCA ||
              interlace_bootstrap_jackknife(bootstrap, fit, options, &jackknife, error) == INTERLACE_OK;
    ok = ok && interlace_bootstrap_confint(bootstrap, fit, out->replicates, jackknife, request->level, request->interval,
                                           &out->boot, error) == INTERLACE_OK;
    interlace_frame_free(jackknife);
    return ok;
}

bool resample_fit(const interlace_fit *fit, const struct resample_request *request, struct resampled *out,
                  interlace_error *error)
{
    if (request->nsim > 0) {
        out->nsim = request->nsim;
        out->n_rows = interlace_fit_n_rows(fit);
        size_t count = out->n_rows * out->nsim;
        out->simulations = new_numbers(count, error);
        if (out->simulations == NULL ||
            interlace_fit_simulate(fit, out->nsim, request->seed, request->simulate_type, out->simulations, count, error) !=
                INTERLACE_OK)
            return false;
    }
    if (request->bootstrap > 0) {
        interlace_bootstrap *bootstrap;
        if (interlace_bootstrap_new(&bootstrap, error) != INTERLACE_OK)
            return false;
        bool ok = bootstrap_fit(fit, request, bootstrap, out, error);
        interlace_bootstrap_free(bootstrap);
        if (!ok)
            return false;
    }
    if (request->profile &&
        interlace_fit_confint_profile(fit, request->level, request->profile_scale, request->options, &out->profile, error) != INTERLACE_OK)
        return false;
    return !request->points ||
           interlace_fit_profile(fit, request->level, request->profile_scale, request->options, &out->points, error) == INTERLACE_OK;
}

void resampled_free(struct resampled *resampled)
{
    free(resampled->simulations);
    interlace_frame_free(resampled->replicates);
    interlace_frame_free(resampled->boot);
    interlace_frame_free(resampled->profile);
    interlace_frame_free(resampled->points);
    combinations_free(&resampled->combinations);
    *resampled = (struct resampled){0};
}

/* The numbers of a column, which the caller frees; NULL if there are none, or no memory for them. */
static double *numbers_of(struct json *json, const interlace_frame *table, size_t column)
{
    interlace_error error;
    double *values = new_numbers(interlace_frame_n_rows(table), &error);
    if (values == NULL ||
        interlace_frame_column_f64(table, column, values, interlace_frame_n_rows(table), &error) != INTERLACE_OK) {
        free(values);
        json->failed = true;
        return NULL;
    }
    return values;
}

/* With a `formula`, groups that it nests are named as lme4 has it in its profiles. */
static void put_intervals(struct json *json, const char *key, const interlace_frame *table, double level, const char *formula)
{
    static const char *const limits[] = {"lower", "upper"};
    interlace_error error;
    size_t column;
    json_key(json, key);
    json_open(json, '{');
    json_key(json, "level");
    json_number(json, level);
    json_key(json, "names");
    json_open(json, '[');
    if (interlace_frame_column_index(table, "term", &column, &error) == INTERLACE_OK)
        for (size_t row = 0; row < interlace_frame_n_rows(table); row++) {
            const char *name = interlace_frame_column_string(table, column, row);
            char *inside_out = formula != NULL ? nested_inside_out(formula, name) : NULL;
            json_string(json, inside_out != NULL ? inside_out : name);
            free(inside_out);
        }
    json_close(json, ']');
    for (size_t i = 0; i < 2; i++) {
        if (interlace_frame_column_index(table, limits[i], &column, &error) != INTERLACE_OK)
            continue;
        double *values = numbers_of(json, table, column);
        if (values != NULL) {
            json_key(json, limits[i]);
            json_numbers(json, values, interlace_frame_n_rows(table));
        }
        free(values);
    }
    json_close(json, '}');
}

/* The columns of estimates come after status, reason and logLik. */
enum { FIRST_ESTIMATE = 3 };

static void put_replicates(struct json *json, const interlace_frame *table)
{
    size_t rows = interlace_frame_n_rows(table), columns = interlace_frame_n_columns(table) - FIRST_ESTIMATE;
    size_t failed = 0;
    json_key(json, "bootstrap");
    json_open(json, '{');
    json_key(json, "names");
    json_open(json, '[');
    for (size_t column = 0; column < columns; column++)
        json_string(json, interlace_frame_column_name(table, column + FIRST_ESTIMATE));
    json_close(json, ']');

    interlace_error error;
    double *matrix = new_numbers(rows * columns, &error);
    json->failed = json->failed || matrix == NULL;
    for (size_t column = 0; column < columns && matrix != NULL; column++)
        if (interlace_frame_column_f64(table, column + FIRST_ESTIMATE, matrix + column * rows, rows, &error) != INTERLACE_OK)
            json->failed = true;
    json_key(json, "values");
    if (matrix != NULL)
        json_matrix(json, matrix, rows, columns);
    free(matrix);

    for (size_t row = 0; row < rows; row++)
        failed += strcmp(interlace_frame_column_string(table, 0, row), "failed") == 0;
    json_key(json, "failed");
    json_count(json, failed);
    json_key(json, "reason");
    json_open(json, '[');
    for (size_t row = 0; row < rows; row++)
        json_string(json, interlace_frame_column_string(table, 1, row));
    json_close(json, ']');
    json_close(json, '}');
}

/* In the order of RESPONSE_*. */
static const char *const response_names[] = {"", "median", "mean"};

void json_resampled(struct json *json, const struct resampled *resampled, double level, const char *formula)
{
    if (resampled->simulations != NULL) {
        json_key(json, "simulations");
        json_open(json, '[');
        for (size_t i = 0; i < resampled->nsim; i++)
            json_numbers(json, resampled->simulations + i * resampled->n_rows, resampled->n_rows);
        json_close(json, ']');
    }
    if (resampled->replicates != NULL)
        put_replicates(json, resampled->replicates);
    if (resampled->response_se_of != 0) {
        json_key(json, "response_se");
        json_open(json, '{');
        json_key(json, "statistic");
        json_string(json, response_names[resampled->response_se_of]);
        json_key(json, "value");
        json_number(json, resampled->response_se);
        json_close(json, '}');
    }
    if (resampled->boot != NULL)
        put_intervals(json, "boot_ci", resampled->boot, level, NULL);
    if (resampled->profile != NULL)
        put_intervals(json, "profile_ci", resampled->profile, level, formula);
    if (resampled->points != NULL)
        json_frame(json, "profile", resampled->points);
}

/* How many replicates have no estimates, and why the first of them. */
static void print_failures(const interlace_frame *table)
{
    const char *reason = NULL;
    size_t failed = 0, rows = interlace_frame_n_rows(table);
    for (size_t row = rows; row > 0; row--) {
        const char *own = interlace_frame_column_string(table, 1, row - 1);
        failed += own != NULL;
        reason = own != NULL ? own : reason;
    }
    printf("\n%zu bootstrap replicates, %zu failed%s%s\n", rows, failed, reason != NULL ? ": " : "", reason != NULL ? reason : "");
}

void print_resampled(const struct resampled *resampled)
{
    if (resampled->replicates != NULL)
        print_failures(resampled->replicates);
    static const char *const titles[] = {"Bootstrap percentile intervals:", "Bootstrap basic intervals:",
                                         "Bootstrap normal intervals:", "Bootstrap BCa intervals:"};
    if (resampled->response_se_of != 0)
        printf("\nStandard error of the response's %s: %.6g\n", response_names[resampled->response_se_of], resampled->response_se);
    if (resampled->boot != NULL)
        print_frame(titles[resampled->interval], resampled->boot);
    if (resampled->profile != NULL)
        print_frame("Profile-likelihood intervals:", resampled->profile);
    if (resampled->points != NULL)
        print_frame("Profiles:", resampled->points);
}
