/* Threads share a const fit, spec and frame: the strings that are made when first asked for, predictions, further fits. */
#include <pthread.h>

#include "dyestuff.h"

enum { THREADS = 4, ROUNDS = 25 };

static interlace_frame *frame;
static interlace_spec *spec;
static interlace_fit *fit;
static const char *first_label[THREADS], *summary[THREADS];

static void *work(void *argument) {
    const int me = *(const int *) argument;
    interlace_error err;
    double fitted[30], again[30];
    summary[me] = summary_of(fit);
    first_label[me] = interlace_fit_term_level(fit, 0, 0);
    SAME(first_label[me], "A");
    SAME(interlace_frame_column_level(frame, 1, 5), "F");
    OK(interlace_fit_fitted(fit, fitted, 30, &err));
    for (int round = 0; round < ROUNDS; round++) {
        interlace_fit *own;
        OK(interlace_fit_new(spec, frame, NULL, &own, &err));
        CHECK(interlace_fit_criterion(own) == interlace_fit_criterion(fit)); /* to the bit */
        OK(interlace_fit_predict(own, frame, PREDICT(.quantity = INTERLACE_QUANTITY_RESPONSE), NULL, again, 30, &err));
        for (int i = 0; i < 30; i++) CLOSE(again[i], fitted[i], 1e-9);
        interlace_fit_free(own);
        FAILS(INTERLACE_E_ARGUMENT, "exactly 30", interlace_fit_fitted(fit, fitted, me, &err));
    }
    return NULL;
}

int main(void) {
    interlace_error err;
    pthread_t threads[THREADS];
    int number[THREADS];
    frame = dyestuff();
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Yield ~ 1 + (1 | Batch)", &spec, &err));
    OK(interlace_fit_new(spec, frame, NULL, &fit, &err));
    for (int i = 0; i < THREADS; i++) {
        number[i] = i;
        CHECK(pthread_create(&threads[i], NULL, work, &number[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    for (int i = 1; i < THREADS; i++) CHECK(first_label[i] == first_label[0] && summary[i] == summary[0]);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return 0;
}
