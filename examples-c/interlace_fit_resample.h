/* Simulated responses, the bootstrap, and profile-likelihood intervals. */
#ifndef INTERLACE_FIT_RESAMPLE_H
#define INTERLACE_FIT_RESAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interlace.h"
#include "interlace_fit_json.h"
#include "interlace_fit_statistic.h"

/* The request. 0 and false: not requested. */
struct resample_request {
    size_t nsim;      /* simulated responses */
    size_t bootstrap; /* replicates */
    int32_t bootstrap_type; /* BOOTSTRAP_PARAMETRIC ... */
    int32_t simulate_type;  /* INTERLACE_SIMULATE_* */
    int32_t interval; /* INTERLACE_BOOTSTRAP_PERCENTILE ... */
    uint64_t seed;
    const struct text_list *statistics; /* of replicates, besides the estimates */
    int32_t response_se_of; /* RESPONSE_MEDIAN, RESPONSE_MEAN or 0 */
    bool boot;    /* intervals from the replicates */
    bool profile; /* profile-likelihood intervals */
    bool points;  /* the profiles themselves */
    int32_t profile_scale; /* INTERLACE_PROFILE_* */
    double level;
    const interlace_options *options; /* threads and progress */
};

/* The results. NULL: not requested. */
struct resampled {
    double *simulations; /* [n_rows,nsim] */
    size_t n_rows, nsim;
    interlace_frame *replicates;
    interlace_frame *boot;
    int32_t interval; /* of boot */
    interlace_frame *profile;
    interlace_frame *points;
    struct combinations combinations; /* of the statistics */
    int32_t response_se_of;           /* what response_se is of */
    double response_se;
};

/* False, with `error` filled in, on failure. The caller always frees with resampled_free. */
bool resample_fit(const interlace_fit *fit, const struct resample_request *request, struct resampled *out,
                  interlace_error *error);
void resampled_free(struct resampled *resampled);

/* "simulations": an array per replicate; "bootstrap": {"names", "values": an array per replicate, "failed", "reason": one per
 * replicate}; "response_se": {"statistic", "value"}; "boot_ci", "profile_ci" and "profile". */
void json_resampled(struct json *json, const struct resampled *resampled, double level, const char *formula);
void print_resampled(const struct resampled *resampled);

#endif
