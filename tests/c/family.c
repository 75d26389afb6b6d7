/* Families of the caller's: what they are made of, and what is refused. */
#include "check.h"

static interlace_error err;

static int32_t logarithm(void *user, size_t n, const double *x, double *out) {
    (void)user;
    for (size_t i = 0; i < n; i++)
        out[i] = log(x[i]);
    return 0;
}

static int32_t exponential(void *user, size_t n, const double *x, double *out) {
    (void)user;
    for (size_t i = 0; i < n; i++)
        out[i] = exp(x[i]);
    return 0;
}

static int32_t same(void *user, size_t n, const double *x, double *out) {
    (void)user;
    memcpy(out, x, n * sizeof *x);
    return 0;
}

static int32_t poisson_deviance(void *user, size_t n, const double *y, const double *mu, const double *weights, double *out) {
    (void)user;
    for (size_t i = 0; i < n; i++)
        out[i] = 2 * weights[i] * ((y[i] == 0 ? 0 : y[i] * log(y[i] / mu[i])) - (y[i] - mu[i]));
    return 0;
}

static int32_t density(void *user, size_t n, size_t n_parameters, const double *y, const double *eta, const double *weights,
                       const double *psi, double *out) {
    (void)user;
    for (size_t i = 0; i < n; i++)
        out[i] = weights[i] * (y[i] * eta[i] - exp(eta[i])) * (n_parameters > 0 ? exp(psi[i]) : 1);
    return 0;
}

static interlace_family_callbacks counts(void) {
    interlace_family_callbacks callbacks;
    memset(&callbacks, 0, sizeof callbacks);
    callbacks.struct_size = sizeof callbacks;
    callbacks.name = "counts";
    callbacks.linkfun = logarithm;
    callbacks.linkinv = callbacks.mu_eta = exponential;
    callbacks.variance = same;
    callbacks.dev_resids = poisson_deviance;
    return callbacks;
}

static void families_and_specs_live_apart(void) {
    interlace_family_callbacks callbacks = counts();
    interlace_family *family = NULL;
    interlace_spec *spec = NULL;
    OK(interlace_family_new(&callbacks, &family, &err));
    memset(&callbacks, 0, sizeof callbacks);
    OK(interlace_spec_new(INTERLACE_LMM, "y ~ x + (1 | g)", &spec, &err));
    OK(interlace_spec_set_custom_family(spec, family, &err));
    FAILS(INTERLACE_E_ARGUMENT, "family is NULL", interlace_spec_set_custom_family(spec, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "spec is NULL", interlace_spec_set_custom_family(NULL, family, &err));
    interlace_family_free(family);
    interlace_spec_free(spec);
    interlace_family_free(NULL);
}

static void parameters(void) {
    const char *const names[2] = {"shape", "shift"};
    const int32_t scales[2] = {INTERLACE_SCALE_LOG, INTERLACE_SCALE_IDENTITY}, wrong[2] = {INTERLACE_SCALE_LOG, 7};
    const double starts[2] = {2, -1}, below[2] = {-2, 1};
    interlace_family_callbacks callbacks = counts();
    interlace_family *family = NULL;
    callbacks.log_density = density;
    callbacks.n_parameters = SIZE_MAX;
    FAILS(INTERLACE_E_ARGUMENT, "at most 3", interlace_family_new(&callbacks, &family, &err));
    callbacks.n_parameters = 2;
    FAILS(INTERLACE_E_ARGUMENT, "parameter_names is NULL", interlace_family_new(&callbacks, &family, &err));
    callbacks.parameter_names = names;
    callbacks.parameter_scales = wrong;
    callbacks.parameter_starts = starts;
    FAILS(INTERLACE_E_ARGUMENT, "parameter_scales[1] is 7", interlace_family_new(&callbacks, &family, &err));
    callbacks.parameter_scales = scales;
    callbacks.parameter_starts = below;
    FAILS(INTERLACE_E_ARGUMENT, "parameter shape: start -2", interlace_family_new(&callbacks, &family, &err));
    callbacks.parameter_starts = starts;
    callbacks.log_density = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "without a log-density", interlace_family_new(&callbacks, &family, &err));
    CHECK(family == NULL);
    callbacks.log_density = density;
    OK(interlace_family_new(&callbacks, &family, &err));
    interlace_family_free(family);
}

static void bad_input(void) {
    interlace_family_callbacks callbacks = counts();
    interlace_family *family = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "callbacks is NULL", interlace_family_new(NULL, &family, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_family_new(&callbacks, NULL, &err));
    callbacks.struct_size = 8;
    FAILS(INTERLACE_E_ARGUMENT, "struct_size is 8", interlace_family_new(&callbacks, &family, &err));
    callbacks = counts();
    callbacks.linkinv = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "linkinv is NULL", interlace_family_new(&callbacks, &family, &err));
    callbacks = counts();
    callbacks.dev_resids = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "dev_resids is NULL", interlace_family_new(&callbacks, &family, &err));
    callbacks = counts();
    callbacks.name = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "name is NULL", interlace_family_new(&callbacks, &family, &err));
    callbacks.name = "";
    FAILS(INTERLACE_E_ARGUMENT, "name is empty", interlace_family_new(&callbacks, &family, &err));
    CHECK(family == NULL);

    /* A later version's structure is longer. */
    struct {
        interlace_family_callbacks known;
        void *further;
    } later;
    later.known = counts();
    later.known.struct_size = sizeof later;
    later.further = &later;
    OK(interlace_family_new(&later.known, &family, &err));
    interlace_family_free(family);
}

int main(void) {
    families_and_specs_live_apart();
    parameters();
    bad_input();
    return 0;
}
