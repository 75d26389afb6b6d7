/* Predictions for new data. */
#ifndef INTERLACE_FIT_PREDICT_H
#define INTERLACE_FIT_PREDICT_H

#include <stdbool.h>

#include "interlace.h"
#include "interlace_fit_options.h"
#include "interlace_fit_report.h"

/* Predictions for the data of --predict, if that was given. False, with `error` filled in, if they can't be done. */
bool predict_new(const struct arguments *asked, struct results *results, interlace_error *error);

#endif
