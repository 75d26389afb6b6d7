/* Fits one model again and again, data already in a frame: what a caller of the C API pays.
 *
 *     fit_repeatedly SECONDS MODEL FORMULA DATA.csv [OPTIONS OF interlace-fit]
 *
 * The model is named as for interlace-fit, whose files this program is linked with. It is fitted until SECONDS of CPU time are over, at least
 * once. One line of JSON: CPU seconds of one fit, minimum and median; fits; evaluations; log-likelihood; bytes of memory that the fits took
 * beyond what the process had before (0 where the system does not tell), and the most that the process had. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "../examples-c/interlace_fit.h"

enum { MOST = 2000 };

struct timing {
    double seconds[MOST];
    size_t count;
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

/* A line of Linux' account of this process, in bytes; 0: there is none. */
static double of_process(const char *key)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    double kilobytes = 0;
    while (file != NULL && kilobytes == 0 && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, key, strlen(key)) == 0)
            kilobytes = strtod(line + strlen(key), NULL);
    if (file != NULL)
        fclose(file);
    return 1024 * kilobytes;
}

/* The most memory that the process has had becomes what it has now. */
static void forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (file != NULL) {
        fputs("5", file);
        fclose(file);
    }
}

/* getrusage would also count what the process had before it became this program: it is for systems without an account. */
static double most_memory(void)
{
    struct rusage usage;
    double own = of_process("VmHWM:");
    getrusage(RUSAGE_SELF, &usage);
    return own > 0 ? own : 1024 * (double)usage.ru_maxrss;
}

/* The last fit is the caller's. */
static bool repeat(const struct arguments *asked, const interlace_frame *data, double limit, struct timing *timing, interlace_fit **fit,
                   interlace_error *error)
{
    for (double total = 0; timing->count == 0 || (total < limit && timing->count < MOST); timing->count++) {
        interlace_fit_free(*fit);
        *fit = NULL;
        double start = cpu_seconds();
        if (interlace_fit_new(asked->spec, data, asked->options, fit, error) != INTERLACE_OK)
            return false;
        total += timing->seconds[timing->count] = cpu_seconds() - start;
    }
    qsort(timing->seconds, timing->count, sizeof *timing->seconds, ascending);
    return true;
}

static int measure(const struct arguments *asked, double limit)
{
    static struct timing timing;
    interlace_frame *data = NULL;
    interlace_fit *fit = NULL;
    interlace_error error = {0};
    bool ok = read_data(asked, &data, &error);
    double peak = most_memory();
    forget_peak();
    double before = of_process("VmRSS:");
    ok = ok && repeat(asked, data, limit, &timing, &fit, &error);
    double highest = most_memory();
    if (ok)
        printf("{\"minimum\": %.9f, \"median\": %.9f, \"fits\": %zu, \"evaluations\": %zu, \"log_likelihood\": %.10f, \"memory\": %.0f, "
               "\"peak\": %.0f}\n",
               timing.seconds[0], timing.seconds[timing.count / 2], timing.count, interlace_fit_n_evaluations(fit),
               interlace_fit_log_likelihood(fit), before > 0 ? highest - before : 0, peak > highest ? peak : highest);
    interlace_fit_free(fit);
    interlace_frame_free(data);
    return ok ? 0 : complain_of(&error);
}

int main(int argc, char **argv)
{
    struct arguments arguments = {0};
    double limit = argc > 1 ? strtod(argv[1], NULL) : 0;
    if (argc < 5 || !(limit > 0))
        return complain("wanted fit_repeatedly SECONDS MODEL FORMULA DATA.csv [OPTIONS]", "", 2);
    /* SECONDS takes the place of the program's name. */
    int exit_status = arguments_read(&arguments, argc - 1, argv + 1);
    if (exit_status == READY && arguments.loads)
        exit_status = complain("a saved fit is not fitted again", "", 2);
    if (exit_status == READY)
        exit_status = measure(&arguments, limit);
    arguments_free(&arguments);
    return exit_status;
}
