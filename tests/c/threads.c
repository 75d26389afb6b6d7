/* Eight threads share const fits of every kind, specs and a frame: strings that are made when first asked for, predictions, further fits.
 * Some of them have just enough stack. */
#include <pthread.h>

#include "kinds.h"

enum { THREADS = 8, ROUNDS = 3, STACK = 1 << 20 };

static interlace_frame *frame;
static interlace_spec *specs[KINDS];
static interlace_options *options[KINDS];
static interlace_fit *fits[KINDS];
static const char *first_label[THREADS][KINDS], *summary[THREADS][KINDS];

static void ask(int me, size_t kind) {
    interlace_error err;
    double fitted[ROWS], again[ROWS];
    const interlace_fit *fit = fits[kind];
    interlace_fit *own;
    summary[me][kind] = summary_of(fit);
    first_label[me][kind] = interlace_fit_term_level(fit, 0, 0);
    CHECK(summary[me][kind] != NULL && first_label[me][kind] != NULL);
    SAME(interlace_frame_column_level(frame, 8, 5), "f");
    OK(interlace_fit_fitted(fit, fitted, ROWS, &err));
    OK(interlace_fit_new(specs[kind], kinds_has_data(kind) ? frame : NULL, options[kind], &own, &err));
    kinds_same(own, fit);
    if (interlace_fit_model(fit) != INTERLACE_MODEL_CLMM) {
        OK(interlace_fit_predict(own, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_RESPONSE), NULL, again, ROWS, &err));
        for (int i = 0; i < ROWS; i++) CLOSE(again[i], fitted[i], 1e-9 * (1 + fabs(fitted[i])));
    }
    interlace_fit_free(own);
    FAILS(INTERLACE_E_ARGUMENT, "exactly 36", interlace_fit_fitted(fit, fitted, (size_t) me, &err));
}

/* Each thread begins with another kind. */
static void *work(void *argument) {
    const int me = *(const int *) argument;
    for (size_t i = 0; i < ROUNDS * KINDS; i++) ask(me, ((size_t) me + i) % KINDS);
    return NULL;
}

/* The bootstrap has threads of its own, which divide the replicates and change none. */
static void threads_of_the_library(void) {
    interlace_error err;
    interlace_frame *one, *more;
    interlace_options *own;
    double a[40], b[40];
    OK(interlace_options_new(&own, &err));
    for (size_t kind = 0; kind < KINDS; kind += 3) {
        OK(interlace_options_set_threads(own, 1, &err));
        OK(bootstrap_of(fits[kind], COUNT(a), 1, INTERLACE_SIMULATION_NEW, own, &one, &err));
        OK(interlace_options_set_threads(own, THREADS, &err));
        OK(bootstrap_of(fits[kind], COUNT(b), 1, INTERLACE_SIMULATION_NEW, own, &more, &err));
        for (size_t column = 0; column < interlace_frame_n_columns(one); column++) {
            if (interlace_frame_column_kind(one, column) != INTERLACE_COLUMN_KIND_REAL) continue;
            OK(interlace_frame_column_f64(one, column, a, COUNT(a), &err));
            OK(interlace_frame_column_f64(more, column, b, COUNT(b), &err));
            CHECK(memcmp(a, b, sizeof a) == 0);
        }
        interlace_frame_free(one);
        interlace_frame_free(more);
    }
    interlace_options_free(own);
}

int main(void) {
    interlace_error err;
    pthread_t threads[THREADS];
    pthread_attr_t small;
    int number[THREADS];
    frame = kinds_frame();
    for (size_t kind = 0; kind < KINDS; kind++) {
        specs[kind] = kinds_spec(kind);
        options[kind] = kinds_options(kind);
        OK(interlace_fit_new(specs[kind], kinds_has_data(kind) ? frame : NULL, options[kind], &fits[kind], &err));
    }
    CHECK(pthread_attr_init(&small) == 0 && pthread_attr_setstacksize(&small, STACK) == 0);
    for (int i = 0; i < THREADS; i++) {
        number[i] = i;
        CHECK(pthread_create(&threads[i], i % 2 ? &small : NULL, work, &number[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(pthread_attr_destroy(&small) == 0);
    for (int i = 1; i < THREADS; i++)
        for (size_t kind = 0; kind < KINDS; kind++)
            CHECK(first_label[i][kind] == first_label[0][kind] && summary[i][kind] == summary[0][kind]);
    threads_of_the_library();
    for (size_t kind = 0; kind < KINDS; kind++) {
        interlace_fit_free(fits[kind]);
        interlace_spec_free(specs[kind]);
        interlace_options_free(options[kind]);
    }
    interlace_frame_free(frame);
    return 0;
}
