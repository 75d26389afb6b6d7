/* Progress, cancelling and deadlines: a function of yours hears what a call does, and may stop it. The library's objects stay as they are.
 *
 *     cc progress.c -linterlace -o progress && ./progress */
#include <interlace.h>
#include <stdio.h>

/* What to do after so many calls; the phases that were seen. */
struct watcher {
    int calls, last;
    interlace_phase phase;
};

static int32_t watch(const interlace_progress *progress, void *user_data)
{
    struct watcher *watcher = (struct watcher *)user_data;
    if (watcher->calls == 0 || progress->phase != watcher->phase)
        printf("  %s\n", interlace_phase_name(progress->phase));
    watcher->phase = progress->phase;
    watcher->calls++;
    return watcher->calls == watcher->last; /* anything but 0 cancels */
}

static void report(const char *call, interlace_status status, const interlace_error *error)
{
    printf("%s: %s\n", call, status == INTERLACE_OK ? "done" : error->message);
}

int main(void)
{
    interlace_frame *frame = NULL, *table = NULL;
    interlace_spec *spec = NULL;
    interlace_options *options = NULL;
    interlace_fit *fit = NULL;
    interlace_error error;
    struct watcher all = {0, 0, INTERLACE_PHASE_NONE}, some = {0, 10, INTERLACE_PHASE_NONE};

    interlace_status status = interlace_frame_read_csv("data/sleepstudy.csv", NULL, &frame, &error);
    if (status == INTERLACE_OK)
        status = interlace_frame_make_categorical(frame, "Subject", &error);
    if (status == INTERLACE_OK)
        status = interlace_spec_new(INTERLACE_MODEL_LMM, "Reaction ~ Days + (Days | Subject)", &spec, &error);
    if (status == INTERLACE_OK)
        status = interlace_options_new(&options, &error);
    if (status == INTERLACE_OK)
        status = interlace_options_set_progress(options, watch, &all, &error);
    if (status == INTERLACE_OK)
        status = interlace_fit_new(spec, frame, options, &fit, &error);
    report("a fit", status, &error);

    /* Options with a progress function serve every call that may take long. This one stops profiles at the tenth call. */
    if (status == INTERLACE_OK)
        status = interlace_options_set_progress(options, watch, &some, &error);
    if (status == INTERLACE_OK)
        report("profiles", interlace_fit_parameters_confint_profile(fit, NULL, options, &table, &error), &error);

    /* A deadline ends a fit with what it has; other calls end with INTERLACE_E_DEADLINE. */
    if (status == INTERLACE_OK)
        status = interlace_options_set_progress(options, NULL, NULL, &error);
    if (status == INTERLACE_OK)
        status = interlace_options_set_deadline(options, 1e-9, &error);
    if (status == INTERLACE_OK)
        report("profiles", interlace_fit_parameters_confint_profile(fit, NULL, options, &table, &error), &error);

    interlace_frame_free(table);
    interlace_fit_free(fit);
    interlace_options_free(options);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return status != INTERLACE_OK;
}
