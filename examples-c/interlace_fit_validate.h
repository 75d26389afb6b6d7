/* The model fitted again: by all optimisers, and without parts of the data. */
#ifndef INTERLACE_FIT_VALIDATE_H
#define INTERLACE_FIT_VALIDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "interlace.h"
#include "interlace_fit_json.h"

/* The request. */
struct validation_request {
    bool all_fit;
    const char *group; /* whose levels are left out together; "rows": single rows; NULL: no cross-validation */
    size_t folds;      /* 0: one level, or row, at a time */
    uint64_t seed;
    const interlace_spec *spec;
    const interlace_frame *data;
    const interlace_options *options;
};

/* The results. NULL: not requested. */
struct validated {
    interlace_frame *optimizers;
    interlace_frame *folds;
    interlace_frame *rows;
};

/* False, with `error` filled in, on failure. The caller always frees with validated_free. */
bool validate_model(const struct validation_request *request, struct validated *out, interlace_error *error);
void validated_free(struct validated *validated);

/* "all_fit": {...}, "cross_validation": {"folds": {...}, "rows": {...}}, with an array per column. */
void json_validated(struct json *json, const struct validated *validated);
void print_validated(const struct validated *validated);

#endif
