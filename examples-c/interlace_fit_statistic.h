/* Statistics of the bootstrap's replicates: combinations of two estimates, and the response's mean or median. */
#ifndef INTERLACE_FIT_STATISTIC_H
#define INTERLACE_FIT_STATISTIC_H

#include <stdbool.h>
#include <stddef.h>

#include "interlace.h"
#include "interlace_fit_lists.h"

/* Two estimates, by their places among all, and +, -, * or /. */
struct combination {
    size_t left, right;
    char sign;
};

struct combinations {
    struct combination *items; /* NULL: none */
    size_t count;
};

/* Understands `texts` such as "Days / sigma" and gives them to the bootstrap, which calls back with `out`: the caller frees it by
 * combinations_free when the bootstrap is done. False, with `error` filled in, for a text that is not understood. */
bool add_statistics(const struct text_list *texts, const interlace_fit *fit, interlace_bootstrap *bootstrap,
                    struct combinations *out, interlace_error *error);
void combinations_free(struct combinations *combinations);

/* The mean of a response, with the signature that the library expects. */
double response_mean(double *y, size_t n, void *user_data);

#endif
