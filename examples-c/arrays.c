/* A model from arrays, without data frame or formula: for programs that have their own model matrices.
 *
 *     y = X beta + Z b + e,    b_j ~ N(0, Sigma) for each pot j,    e_i ~ N(0, sigma^2)
 *
 * The heights of seedlings in six pots over five weeks. X has a column of ones and the week; Z has the same two columns, so
 * each pot has its own start and growth rate. As a formula this is height ~ week + (1 + week | pot). */
#include <interlace.h>
#include <stdint.h>
#include <stdio.h>

enum { N = 30, P = 2, K = 2, POTS = 6 };

static const double height[N] = {
    4.1, 6.4, 8.0, 10.3, 12.1, /* pot A */
    5.2, 6.9, 9.1, 10.6, 12.9, /* pot B */
    3.0, 5.8, 8.9, 11.7, 15.1, /* pot C */
    4.4, 5.7, 7.3, 8.6,  10.2, /* pot D */
    3.6, 6.1, 8.3, 11.2, 13.2, /* pot E */
    5.0, 7.6, 9.9, 13.0, 15.2, /* pot F */
};

/* Matrices are column-major: element (i, j) is at i + j N. The pot of a row is an index from 0. */
static double x[N * P];
static int32_t pot[N];

static void fill_design(void)
{
    for (int i = 0; i < N; i++) {
        x[i] = 1.0;
        x[i + N] = i % 5;
        pot[i] = i / 5;
    }
}

static interlace_status describe_model(interlace_spec **spec, interlace_error *error)
{
    static const char *const columns[P] = {"(Intercept)", "week"};
    static const char *const pots[POTS] = {"A", "B", "C", "D", "E", "F"};

    interlace_status status = interlace_spec_new_array(INTERLACE_MODEL_LMM, height, x, N, P, N, spec, error);
    if (status == INTERLACE_OK)
        status = interlace_spec_set_fixef_names(*spec, columns, P, error);
    if (status == INTERLACE_OK) /* Z is X here; -1: the structure's default for standard deviations */
        status = interlace_spec_add_term_i32(*spec, "pot", x, N, K, N, pot, POTS, INTERLACE_STRUCTURE_UNSTRUCTURED, INTERLACE_VARIANCES_DEFAULT, error);
    if (status == INTERLACE_OK) /* the first term is number 0 */
        status = interlace_spec_set_term_effects(*spec, 0, columns, K, error);
    if (status == INTERLACE_OK)
        status = interlace_spec_set_term_levels(*spec, 0, pots, POTS, error);
    return status;
}

static interlace_status print_fit(const interlace_fit *fit, interlace_error *error)
{
    double beta[P], sd[K], modes[K * POTS];
    interlace_status status = interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, beta, P, error);
    if (status == INTERLACE_OK)
        status = interlace_fit_term_sd(fit, 0, sd, K, error);
    if (status == INTERLACE_OK) /* one column per pot */
        status = interlace_fit_term_ranef(fit, 0, modes, K * POTS, error);
    if (status != INTERLACE_OK)
        return status;

    printf("%-12s %11s %9s\n", "", interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_MEAN, 0), interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_MEAN, 1));
    printf("%-12s %11.4f %9.4f\n", "all pots", beta[0], beta[1]);
    printf("%-12s %11.4f %9.4f\n", "std. dev.", sd[0], sd[1]);
    for (size_t j = 0; j < POTS; j++)
        printf("pot %-8s %11.4f %9.4f\n", interlace_fit_term_level(fit, 0, j), modes[j * K], modes[j * K + 1]);
    printf("residual standard deviation %.4f\n", interlace_fit_sigma(fit));
    return status;
}

int main(void)
{
    interlace_spec *spec = NULL;
    interlace_fit *fit = NULL;
    interlace_error error;

    fill_design();
    interlace_status status = describe_model(&spec, &error);
    if (status == INTERLACE_OK) /* no frame, and default options */
        status = interlace_fit_new(spec, NULL, NULL, &fit, &error);
    if (status == INTERLACE_OK)
        status = print_fit(fit, &error);
    if (status != INTERLACE_OK)
        fprintf(stderr, "%s\n", error.message);

    interlace_fit_free(fit);
    interlace_spec_free(spec);
    return status != INTERLACE_OK;
}
