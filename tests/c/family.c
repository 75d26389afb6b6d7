/* Families of the caller's: what they are made of, and what is refused. */
#include "check.h"

static interlace_error err;

static int32_t logarithm(const double *x, size_t n, double *out, void *user) {
    (void)user;
    for (size_t i = 0; i < n; i++)
        out[i] = log(x[i]);
    return 0;
}

static int32_t exponential(const double *x, size_t n, double *out, void *user) {
    (void)user;
    for (size_t i = 0; i < n; i++)
        out[i] = exp(x[i]);
    return 0;
}

static int32_t same(const double *x, size_t n, double *out, void *user) {
    (void)user;
    memcpy(out, x, n * sizeof *x);
    return 0;
}

static int32_t poisson_deviance(const double *y, const double *mu, const double *weights, size_t n, double *out, void *user) {
    (void)user;
    for (size_t i = 0; i < n; i++)
        out[i] = 2 * weights[i] * ((y[i] == 0 ? 0 : y[i] * log(y[i] / mu[i])) - (y[i] - mu[i]));
    return 0;
}

static int32_t density(const double *y, const double *eta, const double *weights, const double *psi, size_t n, size_t n_parameters,
                       double *out, void *user) {
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
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ x + (1 | g)", &spec, &err));
    FAILS(INTERLACE_E_ARGUMENT, "the family", interlace_spec_set_custom_family(spec, family, &err));
    interlace_spec_free(spec);
    OK(interlace_spec_new(INTERLACE_MODEL_GLMM, "y ~ x + (1 | g)", &spec, &err));
    OK(interlace_spec_set_custom_family(spec, family, &err));
    FAILS(INTERLACE_E_ARGUMENT, "family is NULL", interlace_spec_set_custom_family(spec, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "spec is NULL", interlace_spec_set_custom_family(NULL, family, &err));
    interlace_family_free(family);
    interlace_spec_free(spec);
    interlace_family_free(NULL);
}

static void parameters(void) {
    const char *const names[2] = {"shape", "shift"};
    const interlace_parameter_scale scales[2] = {INTERLACE_PARAMETER_SCALE_LOG, INTERLACE_PARAMETER_SCALE_IDENTITY}, wrong[2] = {INTERLACE_PARAMETER_SCALE_LOG, (interlace_parameter_scale)7};
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

static int32_t stops(const double *x, size_t n, double *out, void *user) {
    (void)x, (void)out;
    *(size_t *)user = n;
    return 3;
}

enum { N = 24 };

static interlace_spec *poisson_model(const interlace_family *family) {
    double y[N], x[2 * N];
    int32_t group[N];
    interlace_spec *spec = NULL;
    for (int i = 0; i < N; i++) {
        group[i] = i / 4;
        x[i] = 1;
        x[N + i] = i % 4;
        y[i] = (i * i + 3 * i) % 7 + (i / 4) % 3 * 2;
    }
    OK(interlace_spec_new_array(INTERLACE_MODEL_GLMM, y, x, N, 2, N, &spec, &err));
    OK(interlace_spec_add_term_i32(spec, "g", NULL, N, 1, 0, group, 6, INTERLACE_STRUCTURE_UNSTRUCTURED, INTERLACE_VARIANCES_DEFAULT, &err));
    if (family == NULL)
        OK(interlace_spec_set_family(spec, "poisson", NULL, &err));
    else
        OK(interlace_spec_set_custom_family(spec, family, &err));
    return spec;
}

/* The quasi-likelihood of Poisson counts has the estimates of the likelihood. */
static void fits(void) {
    interlace_family_callbacks callbacks = counts();
    interlace_family *family = NULL;
    OK(interlace_family_new(&callbacks, &family, &err));
    interlace_spec *specs[2] = {poisson_model(NULL), poisson_model(family)};
    interlace_family_free(family);
    double beta[2][2];
    for (int i = 0; i < 2; i++) {
        interlace_fit *fit = NULL;
        OK(interlace_fit_new(specs[i], NULL, NULL, &fit, &err));
        OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, beta[i], 2, &err));
        interlace_fit_free(fit);
        interlace_spec_free(specs[i]);
    }
    CLOSE(beta[0][0], beta[1][0], 1e-6);
    CLOSE(beta[0][1], beta[1][1], 1e-6);

    size_t seen = 0;
    interlace_fit *fit = NULL;
    callbacks.linkinv = stops;
    callbacks.user_data = &seen;
    OK(interlace_family_new(&callbacks, &family, &err));
    interlace_spec *spec = poisson_model(family);
    FAILS(INTERLACE_E_CANCELLED, "family counts: linkinv returned 3", interlace_fit_new(spec, NULL, NULL, &fit, &err));
    CHECK(fit == NULL && seen > 0);
    interlace_spec_free(spec);
    interlace_family_free(family);

    callbacks = counts();
    OK(interlace_family_new(&callbacks, &family, &err));
    spec = poisson_model(family);
    OK(interlace_fit_new(spec, NULL, NULL, &fit, &err));
    double simulated[N];
    simulated[0] = -1;
    FAILS(INTERLACE_E_UNSUPPORTED, "no function that draws responses",
          interlace_fit_simulate(fit, 1, 1, INTERLACE_SIMULATION_NEW, NULL, simulated, N, &err));
    CHECK(simulated[0] == -1);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_family_free(family);
}

int main(void) {
    fits();
    families_and_specs_live_apart();
    parameters();
    bad_input();
    return 0;
}
