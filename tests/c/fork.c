/* Processes that are forked: after a fit, and while other threads are in the library. The child may use what there was, and fits as the
 * parent does. */
#define _DEFAULT_SOURCE /* fork */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kinds.h"

enum { THREADS = 4, FORKS = 12 };

static interlace_frame *frame;
static interlace_fit *fits[KINDS];
static volatile int ended;

/* Whatever the library does, over and over. */
static void *work(void *argument) {
    for (size_t kind = *(const size_t *) argument; !ended; kind = (kind + 1) % KINDS) {
        interlace_fit *fit = kinds_fit(kind, frame);
        kinds_same(fit, fits[kind]);
        interlace_fit_free(fit);
    }
    return NULL;
}

/* In the child: the parent's fits, new ones, an error, threads of its own. */
static void child(size_t kind) {
    interlace_error err;
    interlace_options *options;
    interlace_frame *table;
    CHECK(summary_of(fits[kind]) != NULL);
    interlace_fit *fit = kinds_fit(kind, frame);
    kinds_same(fit, fits[kind]);
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_fitted(fit, NULL, interlace_fit_n_rows(fit), &err));
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_threads(options, 2, &err));
    OK(bootstrap_of(fits[0], 4, 1, INTERLACE_SIMULATION_NEW, options, &table, &err));
    interlace_frame_free(table);
    interlace_options_free(options);
    interlace_fit_free(fit);
}

static void forked(size_t kind) {
    int status;
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        alarm(120); /* a child that waits for ever is ended */
        child(kind);
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void) {
    pthread_t threads[THREADS];
    size_t first[THREADS];
    frame = kinds_frame();
    for (size_t kind = 0; kind < KINDS; kind++) fits[kind] = kinds_fit(kind, frame);
    for (size_t kind = 0; kind < KINDS; kind++) forked(kind);
    for (size_t i = 0; i < THREADS; i++) {
        first[i] = i * KINDS / THREADS;
        CHECK(pthread_create(&threads[i], NULL, work, &first[i]) == 0);
    }
    for (size_t i = 0; i < FORKS; i++) forked(i % KINDS);
    ended = 1;
    for (size_t i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    for (size_t kind = 0; kind < KINDS; kind++) interlace_fit_free(fits[kind]);
    interlace_frame_free(frame);
    return 0;
}
