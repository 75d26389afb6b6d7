/* The model fitted to many responses. */
#ifndef INTERLACE_FIT_REFIT_H
#define INTERLACE_FIT_REFIT_H

#include <stdbool.h>

#include "interlace.h"
#include "interlace_fit_json.h"
#include "interlace_fit_options.h"

/* The results. NULL: not requested. */
struct refitted {
    interlace_frame *responses; /* the columns of --refit */
    interlace_frame *table;     /* a row per response */
};

/* False, with `error` filled in, on failure. The caller always frees with refitted_free. */
bool refit_responses(const struct arguments *asked, const interlace_fit *fit, size_t n_data, const interlace_options *options,
                     struct refitted *out, interlace_error *error);
void refitted_free(struct refitted *refitted);

/* "refits": {"names": those of the responses, and the columns of the table}. */
void json_refitted(struct json *json, const struct refitted *refitted);
void print_refitted(const struct refitted *refitted);

#endif
