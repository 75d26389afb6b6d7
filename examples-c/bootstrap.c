/* A bootstrap with a statistic of your own: the standard deviation between people relative to that within them.
 *     cc bootstrap.c -linterlace -o bootstrap && ./bootstrap */
#include <interlace.h>
#include <stdio.h>
#include <string.h>

struct places { /* where the estimates are that the statistic needs */
    size_t sd, sigma;
};

/* Called for each replicate, and for the fit itself, which is replicate -1. */
static int32_t ratio(int64_t replicate, const double *estimates, size_t n_estimates, const double *y, size_t n, double *out, size_t n_out,
                     void *user_data)
{
    const struct places *places = (const struct places *)user_data;
    (void)replicate, (void)n_estimates, (void)y, (void)n, (void)n_out;
    out[0] = estimates[places->sd] / estimates[places->sigma];
    return 0; /* anything but 0 marks the replicate as failed */
}

/* A table without replicates has the columns: three about the fit, then the estimates in the order in which a statistic gets them. */
static interlace_status find_places(interlace_bootstrap *bootstrap, const interlace_fit *fit, struct places *places, interlace_error *error)
{
    interlace_frame *table = NULL;
    interlace_status status = interlace_bootstrap_set_replicates(bootstrap, 0, 0, error);
    if (status == INTERLACE_OK)
        status = interlace_bootstrap_run(bootstrap, fit, NULL, &table, error);
    for (size_t i = 3; i < interlace_frame_n_columns(table); i++) {
        const char *name = interlace_frame_column_name(table, i);
        places->sd = strcmp(name, "sd_(Intercept)|Subject") == 0 ? i - 3 : places->sd;
        places->sigma = strcmp(name, "sigma") == 0 ? i - 3 : places->sigma;
    }
    interlace_frame_free(table);
    return status;
}

/* The last row of the table of intervals is that of the statistic. */
static interlace_status print_last(const interlace_frame *table, interlace_error *error)
{
    double values[16]; /* the model has fewer parameters */
    size_t rows = interlace_frame_n_rows(table);
    interlace_status status = INTERLACE_OK;
    for (size_t column = 0; column < interlace_frame_n_columns(table) && status == INTERLACE_OK; column++) {
        if (interlace_frame_column_kind(table, column) == INTERLACE_COLUMN_KIND_CATEGORY) continue;
        status = interlace_frame_column_f64(table, column, values, rows, error);
        printf("%-10s %.4f\n", interlace_frame_column_name(table, column), values[rows - 1]);
    }
    return status;
}

int main(void)
{
    static const char *const names[] = {"ratio"};
    interlace_frame *frame = NULL, *replicates = NULL, *table = NULL;
    interlace_spec *spec = NULL;
    interlace_fit *fit = NULL;
    interlace_bootstrap *bootstrap = NULL;
    struct places places = {0, 0};
    interlace_error error;
    int failed = interlace_frame_read_csv("data/sleepstudy.csv", NULL, &frame, &error) ||
                 interlace_frame_make_categorical(frame, "Subject", &error) ||
                 interlace_spec_new(INTERLACE_MODEL_LMM, "Reaction ~ Days + (1 | Subject)", &spec, &error) ||
                 interlace_fit_new(spec, frame, NULL, &fit, &error) || interlace_bootstrap_new(&bootstrap, &error) ||
                 find_places(bootstrap, fit, &places, &error) ||
                 interlace_bootstrap_set_statistic(bootstrap, names, 1, ratio, &places, &error) ||
                 interlace_bootstrap_set_replicates(bootstrap, 0, 500, &error) || /* from number 0 */
                 interlace_bootstrap_run(bootstrap, fit, NULL, &replicates, &error) ||
                 interlace_bootstrap_confint(bootstrap, fit, replicates, NULL, 0.95, INTERLACE_BOOTSTRAP_INTERVAL_BASIC, &table, &error) ||
                 print_last(table, &error);
    if (failed)
        fprintf(stderr, "%s\n", error.message);
    interlace_frame_free(table);
    interlace_frame_free(replicates);
    interlace_bootstrap_free(bootstrap);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return failed;
}
