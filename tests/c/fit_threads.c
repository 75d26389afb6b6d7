/* A fit by several threads gives the bits of one by one thread and leaves no thread behind; by one thread it starts none; a family of the
 * caller's stays on the thread of the call. */
#define _DEFAULT_SOURCE /* directories */
#include <dirent.h>
#include <pthread.h>

#include "check.h"

enum { GROUPS = 500, EACH = 40, ROWS = GROUPS * EACH };

static interlace_error err;
static double x[ROWS], count[ROWS];
static int32_t group[ROWS];
static pthread_t caller;
static int heard, called, most;

/* The threads of this process; 1 where the system does not tell. */
static int threads(void) {
    DIR *tasks = opendir("/proc/self/task");
    int n = 0;
    if (tasks == NULL) return 1;
    for (struct dirent *task; (task = readdir(tasks)) != NULL;) n += task->d_name[0] != '.';
    closedir(tasks);
    return n;
}

static int32_t hear(const interlace_progress *progress, void *user) {
    (void)progress;
    (void)user;
    const int now = threads();
    CHECK(pthread_equal(pthread_self(), caller));
    if (now > most) most = now;
    heard++;
    return 0;
}

static int32_t on_the_call(void) {
    CHECK(pthread_equal(pthread_self(), caller));
    called++;
    return 0;
}

static int32_t logarithm(const double *v, size_t n, double *out, void *user) {
    (void)user;
    for (size_t i = 0; i < n; i++) out[i] = log(v[i]);
    return on_the_call();
}

static int32_t exponential(const double *v, size_t n, double *out, void *user) {
    (void)user;
    for (size_t i = 0; i < n; i++) out[i] = exp(v[i]);
    return on_the_call();
}

static int32_t same(const double *v, size_t n, double *out, void *user) {
    (void)user;
    memcpy(out, v, n * sizeof *v);
    return on_the_call();
}

static int32_t deviance(const double *y, const double *mu, const double *weights, size_t n, double *out, void *user) {
    (void)user;
    for (size_t i = 0; i < n; i++) out[i] = 2 * weights[i] * ((y[i] == 0 ? 0 : y[i] * log(y[i] / mu[i])) - (y[i] - mu[i]));
    return on_the_call();
}

static interlace_frame *data(void) {
    interlace_frame *frame;
    uint32_t seed = 1;
    for (int i = 0; i < ROWS; i++) {
        seed = seed * 1664525u + 1013904223u;
        group[i] = i / EACH;
        x[i] = seed / 4294967296.0 - 0.5;
        count[i] = (double)(seed % 7 * (uint32_t)(group[i] % 5) / 6);
    }
    OK(interlace_frame_new(ROWS, &frame, &err));
    OK(interlace_frame_add_f64(frame, "x", x, ROWS, &err));
    OK(interlace_frame_add_f64(frame, "y", count, ROWS, &err));
    OK(interlace_frame_add_i32(frame, "g", group, ROWS, &err));
    return frame;
}

/* Estimates, their covariance, random effects and likelihood of a fit by so many threads. */
static void fit(const interlace_spec *spec, const interlace_frame *frame, int32_t n, double out[7 + GROUPS]) {
    interlace_options *options;
    interlace_fit *own;
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_threads(options, n, &err));
    OK(interlace_options_set_progress(options, hear, NULL, &err));
    heard = most = 0;
    OK(interlace_fit_new(spec, frame, options, &own, &err));
    CHECK(heard >= 10);
    CHECK(threads() == 1);
    OK(interlace_fit_fixef(own, INTERLACE_PREDICTOR_MEAN, out, 2, &err));
    OK(interlace_fit_fixef_vcov(own, INTERLACE_PREDICTOR_MEAN, out + 2, 4, &err));
    out[6] = interlace_fit_log_likelihood(own);
    OK(interlace_fit_term_ranef(own, 0, out + 7, GROUPS, &err));
    interlace_fit_free(own);
    interlace_options_free(options);
}

static void same_by_any(const interlace_spec *spec, const interlace_frame *frame) {
    static double one[7 + GROUPS], more[7 + GROUPS];
    const int32_t numbers[] = {2, 3, 4, 8};
    fit(spec, frame, 1, one);
    CHECK(most == 1);
    for (size_t k = 0; k < COUNT(numbers); k++) {
        fit(spec, frame, numbers[k], more);
        CHECK(memcmp(one, more, sizeof one) == 0 && most <= numbers[k]);
    }
}

static void families_of_the_caller_stay_on_his_thread(const interlace_frame *frame) {
    static double out[7 + GROUPS];
    interlace_family_callbacks callbacks;
    interlace_family *family;
    interlace_spec *spec;
    memset(&callbacks, 0, sizeof callbacks);
    callbacks.struct_size = sizeof callbacks;
    callbacks.name = "counts";
    callbacks.linkfun = logarithm;
    callbacks.linkinv = callbacks.mu_eta = exponential;
    callbacks.variance = same;
    callbacks.dev_resids = deviance;
    OK(interlace_family_new(&callbacks, &family, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_GLMM, "y ~ x + (1 | g)", &spec, &err));
    OK(interlace_spec_set_custom_family(spec, family, &err));
    fit(spec, frame, 4, out);
    CHECK(called > 0);
    interlace_spec_free(spec);
    interlace_family_free(family);
}

int main(void) {
    interlace_spec *spec;
    interlace_frame *frame = data();
    caller = pthread_self();
    OK(interlace_spec_new(INTERLACE_MODEL_GLMM, "y ~ x + (1 | g)", &spec, &err));
    OK(interlace_spec_set_family(spec, "poisson", NULL, &err));
    same_by_any(spec, frame);
    interlace_spec_free(spec);
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ x + (1 | g)", &spec, &err));
    same_by_any(spec, frame);
    interlace_spec_free(spec);
    families_of_the_caller_stay_on_his_thread(frame);
    interlace_frame_free(frame);
    return 0;
}
