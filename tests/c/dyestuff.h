/* Yield of dyestuff from five preparations of each of six batches (Davies & Goldsmith 1972, table 6.2), and its lme4 fit. */
#ifndef DYESTUFF_H
#define DYESTUFF_H

#include "check.h"

enum { DYESTUFF_ROWS = 30, DYESTUFF_BATCHES = 6 };

static const double dyestuff_yield[DYESTUFF_ROWS] = {
    1545, 1440, 1440, 1520, 1580, 1540, 1555, 1490, 1560, 1495, 1595, 1550, 1605, 1510, 1560,
    1445, 1440, 1595, 1465, 1545, 1595, 1630, 1515, 1635, 1625, 1520, 1455, 1450, 1480, 1445};

static const char *const dyestuff_batches[DYESTUFF_BATCHES] = {"A", "B", "C", "D", "E", "F"};

/* By REML: the criterion, the intercept and its standard error, the standard deviations of batches and of the residuals. */
static const double dyestuff_criterion = 319.6543, dyestuff_intercept = 1527.5, dyestuff_std_error = 19.383,
                    dyestuff_sd_batch = 42.001, dyestuff_sigma = 49.510;

static inline interlace_frame *dyestuff(void) {
    interlace_error err;
    interlace_frame *frame;
    int32_t batch[DYESTUFF_ROWS];
    for (int i = 0; i < DYESTUFF_ROWS; i++) batch[i] = i / 5;
    OK(interlace_frame_new(DYESTUFF_ROWS, &frame, &err));
    OK(interlace_frame_add_f64(frame, "Yield", dyestuff_yield, DYESTUFF_ROWS, &err));
    OK(interlace_frame_add_categorical(frame, "Batch", batch, DYESTUFF_ROWS, dyestuff_batches, DYESTUFF_BATCHES, false, &err));
    return frame;
}

static inline interlace_fit *dyestuff_fit(const interlace_options *options) {
    interlace_error err;
    interlace_frame *frame = dyestuff();
    interlace_spec *spec;
    interlace_fit *fit;
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Yield ~ 1 + (1 | Batch)", &spec, &err));
    OK(interlace_fit_new(spec, frame, options, &fit, &err));
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return fit;
}

#endif
