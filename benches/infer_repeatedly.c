/* One kind of inference about a linear model again and again: CPU seconds of it, without those of the fit, then its results.
 *
 *     infer_repeatedly WHAT FORMULA DATA.csv CATEGORICAL,COLUMNS reml|ml COUNT REPEATS [RESPONSES.csv]
 *
 * WHAT is profile, satterthwaite, kenward-roger, bootstrap (COUNT replicates), refit (COUNT simulated responses, of which the
 * first 50 are written to RESPONSES.csv, a column each), or influence:GROUP, influence:observation for single rows. The first lines are minimum and median of seconds; a line a number follows: limits,
 * lower ones first; degrees of freedom, then standard errors; standard deviations of the replicates of the fixed effects; or the
 * fixed effects of the 50 responses, or without each case, one coefficient after the other. */
#include <interlace.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SEED = 1, SHOWN = 50 };

static const char INFLUENCE[] = "influence:";

struct job {
    const char *what;
    size_t count;
    const char *responses;
    const interlace_frame *data;
};

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int complain(const interlace_error *error)
{
    fprintf(stderr, "infer_repeatedly: %s\n", error->message);
    return 1;
}

/* The numbers of a column; NULL, and a word of it, if there are none. The caller frees them. */
static double *column(const interlace_frame *frame, const char *name)
{
    interlace_error error;
    size_t index, n = interlace_frame_n_rows(frame);
    double *values = malloc((n > 0 ? n : 1) * sizeof *values);
    if (values == NULL || interlace_frame_column_index(frame, name, &index, &error) ||
        interlace_frame_column_f64(frame, index, values, n, &error)) {
        fprintf(stderr, "infer_repeatedly: no column %s\n", name);
        free(values);
        return NULL;
    }
    return values;
}

static int print_column(const interlace_frame *frame, const char *name, size_t n)
{
    double *values = column(frame, name);
    for (size_t i = 0; values != NULL && i < n; i++)
        printf("%.12g\n", values[i]);
    free(values);
    return values == NULL;
}

static int print_deviation(const interlace_frame *frame, const char *name)
{
    double *values = column(frame, name), mean = 0.0, squares = 0.0;
    size_t n = interlace_frame_n_rows(frame);
    if (values == NULL)
        return 1;
    for (size_t i = 0; i < n; i++)
        mean += values[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    printf("%.12g\n", sqrt(squares / (double)(n - 1)));
    free(values);
    return 0;
}

static int print_results(const struct job *job, const interlace_fit *fit, const interlace_frame *table)
{
    size_t p = interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_MEAN), rows = interlace_frame_n_rows(table);
    int wrong = 0;
    if (strcmp(job->what, "profile") == 0)
        return print_column(table, "lower", rows) || print_column(table, "upper", rows);
    bool influence = strncmp(job->what, INFLUENCE, strlen(INFLUENCE)) == 0;
    if (strcmp(job->what, "bootstrap") != 0 && strcmp(job->what, "refit") != 0 && !influence)
        return print_column(table, "df", rows) || print_column(table, "std_error", rows);
    for (size_t j = 0; j < p && !wrong; j++) {
        const char *name = interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_MEAN, j);
        wrong = influence                         ? print_column(table, name, rows)
                : strcmp(job->what, "refit") == 0 ? print_column(table, name, rows < SHOWN ? rows : SHOWN)
                                                  : print_deviation(table, name);
    }
    return wrong;
}

static int write_responses(const char *path, const double *y, size_t rows, size_t count)
{
    FILE *file = fopen(path, "w");
    for (size_t i = 0; file != NULL && i < rows; i++)
        for (size_t k = 0; k < count && k < SHOWN; k++)
            fprintf(file, "%.17g%c", y[k * rows + i], k + 1 < count && k + 1 < SHOWN ? ',' : '\n');
    return file == NULL || fclose(file) != 0;
}

/* New responses come of the fit, and are the same every time. */
static interlace_status refit(const struct job *job, const interlace_fit *fit, double *seconds, interlace_frame **table,
                              interlace_error *error)
{
    size_t rows = interlace_fit_n_rows(fit);
    double *y = malloc(rows * job->count * sizeof *y);
    snprintf(error->message, sizeof error->message, "no memory for the responses, or no file for them");
    if (y == NULL || interlace_fit_simulate(fit, job->count, SEED, INTERLACE_SIMULATION_NEW, NULL, y, rows * job->count, error) ||
        (job->responses != NULL && write_responses(job->responses, y, rows, job->count))) {
        free(y);
        return INTERLACE_E_MEMORY;
    }
    double start = cpu_seconds();
    interlace_status status = interlace_fit_refit_many(fit, y, rows, job->count, rows, true, NULL, table, error);
    *seconds = cpu_seconds() - start;
    free(y);
    return status;
}

static interlace_status bootstrap(const interlace_fit *fit, size_t count, interlace_frame **table, interlace_error *error)
{
    interlace_bootstrap *bootstrap = NULL;
    interlace_status status = interlace_bootstrap_new(&bootstrap, error);
    if (status == INTERLACE_OK)
        status = interlace_bootstrap_set_replicates(bootstrap, 0, count, error);
    if (status == INTERLACE_OK)
        status = interlace_bootstrap_set_seed(bootstrap, SEED, error);
    if (status == INTERLACE_OK)
        status = interlace_bootstrap_run(bootstrap, fit, NULL, table, error);
    interlace_bootstrap_free(bootstrap);
    return status;
}

static interlace_status infer(const struct job *job, const interlace_fit *fit, double *seconds, interlace_frame **table,
                              interlace_error *error)
{
    if (strcmp(job->what, "refit") == 0)
        return refit(job, fit, seconds, table, error);
    const char *group = strchr(job->what, ':');
    interlace_influence_request request = INTERLACE_INFLUENCE_REQUEST_INIT;
    request.group = group == NULL || strcmp(group, ":observation") == 0 ? NULL : group + 1;
    interlace_df df = strcmp(job->what, "kenward-roger") == 0 ? INTERLACE_DF_KENWARD_ROGER : INTERLACE_DF_SATTERTHWAITE;
    double start = cpu_seconds();
    interlace_status status;
    if (strcmp(job->what, "profile") == 0)
        status = interlace_fit_parameters_confint_profile(fit, &(interlace_profile_request){.struct_size = sizeof(interlace_profile_request)}, NULL, table, error);
    else if (strcmp(job->what, "bootstrap") == 0)
        status = bootstrap(fit, job->count, table, error);
    else if (group != NULL)
        status = interlace_fit_influence(fit, job->data, &request, NULL, table, error);
    else
        status = interlace_fit_coefficients(fit, df, 0.95, NULL, table, error);
    *seconds = cpu_seconds() - start;
    return status;
}

/* A fit remembers its degrees of freedom, so that each repeat has a fit of its own. */
static int repeat(const struct job *job, const interlace_spec *spec, const interlace_options *options, int repeats)
{
    interlace_error error;
    double *seconds = calloc((size_t)repeats, sizeof *seconds);
    interlace_fit *fit = NULL;
    interlace_frame *table = NULL;
    int wrong = seconds == NULL;
    for (int i = 0; i < repeats && !wrong; i++) {
        interlace_frame_free(table);
        interlace_fit_free(fit);
        table = NULL;
        fit = NULL;
        wrong = interlace_fit_new(spec, job->data, options, &fit, &error) || infer(job, fit, &seconds[i], &table, &error);
        if (wrong)
            complain(&error);
    }
    if (!wrong) {
        qsort(seconds, (size_t)repeats, sizeof *seconds, ascending);
        printf("%.9f\n%.9f\n", seconds[0], seconds[repeats / 2]);
        wrong = print_results(job, fit, table);
    }
    interlace_frame_free(table);
    interlace_fit_free(fit);
    free(seconds);
    return wrong;
}

int main(int argc, char **argv)
{
    interlace_error error;
    interlace_frame *frame = NULL;
    interlace_spec *spec = NULL;
    interlace_options *options = NULL;
    if (argc < 8 || atoi(argv[7]) < 1) {
        fprintf(stderr, "usage: infer_repeatedly WHAT FORMULA DATA.csv COLUMNS reml|ml COUNT REPEATS [RESPONSES.csv]\n");
        return 2;
    }
    interlace_csv_options *csv = NULL;
    const char *categorical[64];
    size_t n_categorical = 0;
    for (char *name = strtok(argv[4], ","); name != NULL && n_categorical < 64; name = strtok(NULL, ","))
        categorical[n_categorical++] = name;
    int wrong = interlace_csv_options_new(&csv, &error) ||
                interlace_csv_options_set_categorical(csv, categorical, n_categorical, &error) ||
                interlace_frame_read_csv(argv[3], csv, &frame, &error) ||
                interlace_spec_new(INTERLACE_MODEL_LMM, argv[2], &spec, &error) || interlace_options_new(&options, &error) ||
                interlace_options_set_method(options, strcmp(argv[5], "reml") == 0 ? INTERLACE_METHOD_REML : INTERLACE_METHOD_ML, &error);
    if (wrong) {
        complain(&error);
    } else {
        struct job job = {argv[1], (size_t)strtoul(argv[6], NULL, 10), argc > 8 ? argv[8] : NULL, frame};
        wrong = repeat(&job, spec, options, atoi(argv[7]));
    }
    interlace_options_free(options);
    interlace_spec_free(spec);
    interlace_csv_options_free(csv);
    interlace_frame_free(frame);
    return wrong;
}
