/* Fits one model again and again and prints the CPU seconds of each fit: what a caller of the C API pays, data already in a frame.
 *
 *     fit_repeatedly FORMULA DATA.csv CATEGORICAL,COLUMNS|- reml|ml REPEATS
 *
 * One line: minimum, median, evaluations, criterion. */
#include <interlace.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double cpu_seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    interlace_error error;
    interlace_frame *frame = NULL;
    interlace_spec *spec = NULL;
    interlace_options *options = NULL;
    if (argc != 6) {
        fprintf(stderr, "usage: fit_repeatedly FORMULA DATA.csv COLUMNS|- reml|ml REPEATS\n");
        return 2;
    }
    interlace_csv_options *csv = NULL;
    const char *categorical[64];
    size_t n_categorical = 0;
    if (strcmp(argv[3], "-") != 0)
        for (char *name = strtok(argv[3], ","); name != NULL && n_categorical < 64; name = strtok(NULL, ","))
            categorical[n_categorical++] = name;
    int repeats = atoi(argv[5]);
    double *seconds = calloc((size_t)(repeats > 0 ? repeats : 1), sizeof *seconds);
    double criterion = 0.0;
    size_t evaluations = 0;

    if (seconds == NULL ||
        interlace_csv_options_new(&csv, &error) || interlace_csv_options_set_categorical(csv, categorical, n_categorical, &error) ||
        interlace_frame_read_csv(argv[2], csv, &frame, &error) ||
        interlace_spec_new(INTERLACE_MODEL_LMM, argv[1], &spec, &error) ||
        interlace_options_new(&options, &error) ||
        interlace_options_set_method(options, strcmp(argv[4], "reml") == 0 ? INTERLACE_METHOD_REML : INTERLACE_METHOD_ML, &error)) {
        fprintf(stderr, "fit_repeatedly: %s\n", error.message);
        return 1;
    }
    for (int i = 0; i < repeats; i++) {
        interlace_fit *fit = NULL;
        double start = cpu_seconds();
        if (interlace_fit_new(spec, frame, options, &fit, &error)) {
            fprintf(stderr, "fit_repeatedly: %s\n", error.message);
            return 1;
        }
        seconds[i] = cpu_seconds() - start;
        criterion = interlace_fit_criterion(fit);
        evaluations = interlace_fit_n_evaluations(fit);
        interlace_fit_free(fit);
    }
    qsort(seconds, (size_t)repeats, sizeof *seconds, ascending);
    printf("%.9f %.9f %zu %.10f\n", seconds[0], seconds[repeats / 2], evaluations, criterion);
    free(seconds);
    interlace_options_free(options);
    interlace_spec_free(spec);
    interlace_csv_options_free(csv);
    interlace_frame_free(frame);
    return 0;
}
