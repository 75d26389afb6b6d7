/* A bootstrap with a statistic of your own: the standard deviation between people relative to that within them.
 *
 *     cc bootstrap.c -linterlace -o bootstrap && ./bootstrap */
#include <interlace.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Where the estimates are that the statistic needs. */
struct places {
    size_t sd, sigma;
};

/* Called for each replicate, and for the fit itself, which is replicate -1. */
static int32_t ratio(int64_t replicate, const double *estimates, size_t n_estimates, const double *y, size_t n, double *out, size_t n_out,
                     void *user_data)
{
    const struct places *places = (const struct places *)user_data;
    (void)replicate, (void)n_estimates, (void)y, (void)n, (void)n_out;
    out[0] = estimates[places->sd] / estimates[places->sigma];
    return isfinite(out[0]) ? 0 : 1; /* anything but 0 marks the replicate as failed */
}

/* A table without replicates has the columns: a few about the fit, then the estimates in the order in which a statistic gets them. */
static interlace_status find_places(interlace_bootstrap *bootstrap, const interlace_fit *fit, struct places *places, interlace_error *error)
{
    interlace_frame *table = NULL;
    size_t first = 0;
    interlace_status status = interlace_bootstrap_set_replicates(bootstrap, 0, 0, error);
    if (status == INTERLACE_OK)
        status = interlace_bootstrap_run(bootstrap, fit, NULL, &table, error);
    for (size_t i = 0; i < interlace_frame_n_columns(table); i++) {
        const char *name = interlace_frame_column_name(table, i);
        if (strcmp(name, interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_MEAN, 0)) == 0)
            first = i;
        else if (strcmp(name, "sd_(Intercept)|Subject") == 0)
            places->sd = i - first;
        else if (strcmp(name, "sigma") == 0)
            places->sigma = i - first;
    }
    interlace_frame_free(table);
    return status;
}

int main(void)
{
    static const char *const names[] = {"ratio"};
    interlace_frame *frame = NULL, *replicates = NULL, *intervals = NULL;
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
                 interlace_bootstrap_confint(bootstrap, fit, replicates, NULL, 0.95, INTERLACE_BOOTSTRAP_INTERVAL_PERCENTILE, &intervals,
                                             &error) ||
                 interlace_frame_write_csv(intervals, "/dev/stdout", &error);
    if (failed)
        fprintf(stderr, "%s\n", error.message);
    interlace_frame_free(intervals);
    interlace_frame_free(replicates);
    interlace_bootstrap_free(bootstrap);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return failed;
}
