/* A Cox model from arrays: days until infections of the catheters of 38 kidney patients, two each (McGilchrist and Aisbett 1991).
 *     hazard = h_s(t) exp(age beta_1 + sex beta_2 + b_j),    b_j ~ N(0, theta^2) for patient j, h_s the baseline of the disease s */
#include <interlace.h>
#include <math.h>
#include <stdio.h>

enum { PATIENTS = 38, N = 2 * PATIENTS, P = 2, DISEASES = 4 };

static const double days[N] = {
    8,  16,  23,  13,  22,  28,  447, 318, 30,  12, 24, 245, 7,  9,  511, 30, 53,  196, 15,  154, 7,   333, 141, 8,  96, 38,
    149, 70, 536, 25,  17,  4,   185, 177, 292, 114, 22, 159, 15, 108, 152, 562, 402, 24, 13, 66,  39,  46,  12,  40, 113, 201, 132, 156, 34, 30, 2, 25,
    130, 26, 27,  58,  5,   43,  152, 30,  190, 5,  119, 8,  54, 16,  6,   78,  63,  8,
};
static const double infected[N] = {
    1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0,
    1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0,
};
static const double age[N] = {
    28, 28, 48, 48, 32, 32, 31, 32, 10, 10, 16, 17, 51, 51, 55, 56, 69, 69, 51, 52, 44, 44, 34, 34, 35, 35, 42, 42, 17, 17, 60, 60, 60, 60, 43, 44, 53, 53,
    44, 44, 46, 47, 30, 30, 62, 63, 42, 43, 43, 43, 57, 58, 10, 10, 52, 52, 53, 53, 54, 54, 56, 56, 50, 51, 57, 57, 44, 45, 22, 22, 42, 42, 52, 52, 60, 60,
};
static const double sex[PATIENTS] = {0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0};
static const int disease[PATIENTS] = {0, 1, 0, 0, 0, 0, 1, 1, 2, 1, 2, 0, 2, 2, 0, 2, 0, 0, 1, 0, 3, 0, 2, 2, 2, 2, 1, 2, 1, 1, 2, 2, 3, 1, 0, 0, 3, 3};

static interlace_status describe_model(interlace_spec **spec, interlace_error *error)
{
    static const char *const columns[P] = {"age", "sex"}, *const diseases[DISEASES] = {"other", "GN", "AN", "PKD"};
    static double x[N * P]; /* column-major, without a column of ones */
    static int64_t patient[N], stratum[N];
    for (int i = 0; i < N; i++) {
        x[i] = age[i];
        x[i + N] = sex[i / 2];
        patient[i] = i / 2;
        stratum[i] = disease[i / 2];
    }
    interlace_status status = interlace_spec_new_array(INTERLACE_MODEL_COXME, NULL, x, N, P, N, spec, error);
    if (status == INTERLACE_OK)
        status = interlace_spec_set_fixef_names(*spec, columns, P, error);
    if (status == INTERLACE_OK) /* all catheters are at risk from day 0 */
        status = interlace_spec_set_survival_array(*spec, NULL, days, infected, N, error);
    if (status == INTERLACE_OK)
        status = interlace_spec_set_strata_array(*spec, stratum, N, DISEASES, diseases, error);
    if (status == INTERLACE_OK)
        status = interlace_spec_add_term_i64(*spec, "patient", NULL, N, 1, N, patient, PATIENTS, INTERLACE_STRUCTURE_UNSTRUCTURED,
                                             INTERLACE_VARIANCES_DEFAULT, error);
    return status;
}

static interlace_status print_fit(const interlace_fit *fit, interlace_error *error)
{
    double beta[P], se[P], sd;
    interlace_status status = interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, beta, P, error);
    if (status == INTERLACE_OK)
        status = interlace_fit_fixef_std_error(fit, INTERLACE_PREDICTOR_MEAN, se, P, error);
    if (status == INTERLACE_OK)
        status = interlace_fit_term_sd(fit, 0, &sd, 1, error);
    if (status != INTERLACE_OK)
        return status;
    for (size_t j = 0; j < P; j++)
        printf("%s: hazard ratio %.3f, standard error of its logarithm %.3f\n", interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_MEAN, j), exp(beta[j]), se[j]);
    printf("standard deviation of the frailties %.3f, %zu infections\n", sd, interlace_fit_n_events(fit));
    return status;
}

int main(void)
{
    interlace_spec *spec = NULL;
    interlace_fit *fit = NULL;
    interlace_error error;
    interlace_status status = describe_model(&spec, &error);
    if (status == INTERLACE_OK)
        status = interlace_fit_new(spec, NULL, NULL, &fit, &error);
    if (status == INTERLACE_OK)
        status = print_fit(fit, &error);
    if (status != INTERLACE_OK) fprintf(stderr, "%s\n", error.message);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    return status != INTERLACE_OK;
}
