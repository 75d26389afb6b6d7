/* Simulated responses, the parametric bootstrap and profile-likelihood intervals. */
#include "dyestuff.h"

static interlace_error err;

static int32_t count_two(const interlace_progress *progress, void *user_data) {
    if (progress->phase != INTERLACE_PHASE_REPLICATE && progress->phase != INTERLACE_PHASE_PROFILE)
        return 0;
    CHECK(progress->n_theta == 0 || (progress->n_theta == 1 && progress->objective > 0));
    CHECK(progress->step <= progress->total);
    *(int64_t *)user_data = progress->step;
    return progress->step == 2;
}

/* The number in a column of a table. */
static double number(const interlace_frame *table, const char *column, size_t row) {
    double values[16];
    size_t at;
    CHECK(row < interlace_frame_n_rows(table) && interlace_frame_n_rows(table) <= COUNT(values));
    OK(interlace_frame_column_index(table, column, &at, &err));
    OK(interlace_frame_column_f64(table, at, values, interlace_frame_n_rows(table), &err));
    return values[row];
}

static void simulates(const interlace_fit *fit) {
    double out[90], again[60];
    OK(interlace_fit_simulate(fit, 3, 7, INTERLACE_SIMULATION_NEW, NULL, out, 90, &err));
    OK(interlace_fit_simulate(fit, 2, 7, INTERLACE_SIMULATION_NEW, NULL, again, 60, &err));
    CHECK(memcmp(out, again, sizeof again) == 0);
    CHECK(out[0] != out[30]);
    OK(interlace_fit_simulate(fit, 2, 7, INTERLACE_SIMULATION_CONDITIONAL, NULL, again, 60, &err));
    CHECK(again[0] != out[0]);
    OK(interlace_fit_simulate(fit, 0, 7, INTERLACE_SIMULATION_NEW, NULL, NULL, 0, &err));

    out[0] = 5;
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_simulate(NULL, 1, 7, INTERLACE_SIMULATION_NEW, NULL, out, 30, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 60", interlace_fit_simulate(fit, 2, 7, INTERLACE_SIMULATION_NEW, NULL, out, 90, &err));
    FAILS(INTERLACE_E_ARGUMENT, "simulation is 2", interlace_fit_simulate(fit, 1, 7, 2, NULL, out, 30, &err));
    FAILS(INTERLACE_E_ARGUMENT, "address space", interlace_fit_simulate(fit, SIZE_MAX, 7, 0, NULL, out, 90, &err));
    CHECK(out[0] == 5);
}

static void bootstraps(const interlace_fit *fit) {
    interlace_options *options;
    interlace_frame *replicates, *threaded, *intervals, *none = NULL;
    int64_t done = 0;
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_threads(options, 3, &err));
    OK(bootstrap_of(fit, 12, 1, INTERLACE_SIMULATION_NEW, NULL, &replicates, &err));
    OK(bootstrap_of(fit, 12, 1, INTERLACE_SIMULATION_NEW, options, &threaded, &err));
    CHECK(interlace_frame_n_rows(replicates) == 12);
    SAME(interlace_frame_column_name(replicates, 0), "status");
    for (size_t i = 0; i < 12; i++) {
        CHECK(number(replicates, "sigma", i) == number(threaded, "sigma", i));
        CHECK(number(replicates, "sd_(Intercept)|Batch", i) >= 0);
    }
    OK(bootstrap_confint_of(fit, replicates, 0.8, INTERLACE_BOOTSTRAP_INTERVAL_PERCENTILE, &intervals, &err));
    CHECK(number(intervals, "lower", 0) < dyestuff_intercept && number(intervals, "upper", 0) > dyestuff_intercept);
    CLOSE(number(intervals, "estimate", 1), dyestuff_sigma, 1e-2);
    CHECK(number(intervals, "n", 0) == 12);
    interlace_frame_free(intervals);

    OK(interlace_options_set_threads(options, 1, &err));
    OK(interlace_options_set_progress(options, count_two, &done, &err));
    FAILS(INTERLACE_E_CANCELLED, "cancelled", bootstrap_of(fit, 12, 1, 0, options, &none, &err));
    CHECK(done == 2);
    OK(interlace_options_set_progress(options, NULL, NULL, &err));
    OK(interlace_options_set_deadline(options, 1e-9, &err));
    FAILS(INTERLACE_E_DEADLINE, "the deadline passed in phase replicate, step 0 of 12", bootstrap_of(fit, 12, 1, 0, options, &none, &err));
    FAILS(INTERLACE_E_DEADLINE, "the deadline passed in phase start", interlace_fit_profile(fit, NULL, options, &none, &err));
    FAILS(INTERLACE_E_ARGUMENT, "simulation is 7", bootstrap_of(fit, 12, 1, 7, NULL, &none, &err));
    FAILS(INTERLACE_E_ARGUMENT, "level is 2", bootstrap_confint_of(fit, replicates, 2, 0, &none, &err));
    FAILS(INTERLACE_E_ARGUMENT, "bootstrap_interval is 4", bootstrap_confint_of(fit, replicates, 0.9, 4, &none, &err));
    FAILS(INTERLACE_E_ARGUMENT, "replicates is NULL", bootstrap_confint_of(fit, NULL, 0.9, 0, &none, &err));
    CHECK(none == NULL);
    interlace_frame_free(replicates);
    interlace_frame_free(threaded);
    interlace_options_free(options);
}

/* Roots of lme4's deviance. */
static void profiles(const interlace_fit *fit) {
    interlace_frame *intervals, *none = NULL;
    static const double lower[3] = {12.196505, 38.230123, 1486.451488}, upper[3] = {84.063411, 67.657673, 1568.548512};
    OK(interlace_fit_parameters_confint_profile(fit, &(interlace_profile_request){.struct_size = sizeof(interlace_profile_request)}, NULL, &intervals, &err));
    CHECK(interlace_frame_n_rows(intervals) == 3);
    for (size_t i = 0; i < 3; i++) {
        CLOSE(number(intervals, "lower", i), lower[i], 1e-5);
        CLOSE(number(intervals, "upper", i), upper[i], 1e-5);
    }
    interlace_frame_free(intervals);
    FAILS(INTERLACE_E_ARGUMENT, "profile_scale is 2", interlace_fit_parameters_confint_profile(fit, &(interlace_profile_request){.struct_size = sizeof(interlace_profile_request), .level = 0.9, .profile_scale = 2}, NULL, &none, &err));
    FAILS(INTERLACE_E_ARGUMENT, "level is 1", interlace_fit_parameters_confint_profile(fit, &(interlace_profile_request){.struct_size = sizeof(interlace_profile_request), .level = 1, .profile_scale = 0}, NULL, &none, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_parameters_confint_profile(fit, &(interlace_profile_request){.struct_size = sizeof(interlace_profile_request), .level = 0.9, .profile_scale = 0}, NULL, NULL, &err));

    interlace_options *options;
    int64_t points = 0;
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_progress(options, count_two, &points, &err));
    FAILS(INTERLACE_E_CANCELLED, "cancelled", interlace_fit_profile(fit, &(interlace_profile_request){.struct_size = sizeof(interlace_profile_request), .profile_scale = 0}, options, &none, &err));
    CHECK(points == 2 && none == NULL);
    interlace_options_free(options);

    OK(interlace_fit_profile(fit, &(interlace_profile_request){.struct_size = sizeof(interlace_profile_request), .profile_scale = 0}, NULL, &intervals, &err));
    SAME(interlace_frame_column_name(intervals, 1), "id");
    SAME(interlace_frame_column_name(intervals, 2), "value");
    CHECK(interlace_frame_n_columns(intervals) == 4 + interlace_fit_n_parameters(fit) && interlace_frame_n_rows(intervals) >= 9);
    interlace_frame_free(intervals);
}

int main(void) {
    interlace_fit *fit = dyestuff_fit(NULL);
    simulates(fit);
    bootstraps(fit);
    profiles(fit);
    interlace_fit_free(fit);
    return 0;
}
