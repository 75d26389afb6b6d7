/* All parameters of fits of every kind: ids, names, estimates and covariance in both forms. */
#include "dyestuff.h"

static interlace_error err;

enum { INTERCEPT, SIGMA, SD, N };

/* Of six batches of five: with the mean squares within and between batches the restricted likelihood has closed forms. */
static void covariance(const interlace_fit *fit) {
    double values[N], vcov[N * N], std_error, sigma = interlace_fit_sigma(fit), sd;
    CHECK(interlace_fit_n_parameters(fit) == N);
    OK(interlace_fit_parameters(fit, INTERLACE_PARAMETER_FORM_REPORTED, values, N, &err));
    OK(interlace_fit_parameters_vcov(fit, INTERLACE_PARAMETER_FORM_REPORTED, NULL, vcov, N * N, &err));
    OK(interlace_fit_term_sd(fit, 0, &sd, 1, &err));
    CHECK(values[SIGMA] == sigma && values[SD] == sd);
    CLOSE(values[INTERCEPT], dyestuff_intercept, 1e-3);
    double s2 = sigma * sigma, phi = s2 + 5 * sd * sd, of_s2 = 2 * s2 * s2 / 24, of_phi = 2 * phi * phi / 5;
    CLOSE(vcov[SIGMA * N + SIGMA], of_s2 / (4 * s2), 1e-6 * s2);
    CLOSE(vcov[SD * N + SD], (of_phi + of_s2) / 25 / (4 * sd * sd), 1e-6 * s2);
    CLOSE(vcov[SD * N + SIGMA], -of_s2 / 5 / (4 * sigma * sd), 1e-6 * s2);
    OK(interlace_fit_fixef_std_error(fit, INTERLACE_PREDICTOR_MEAN, &std_error, 1, &err));
    CLOSE(sqrt(vcov[INTERCEPT]), std_error, 1e-9 * std_error);
    CHECK(vcov[SIGMA] == 0 && vcov[SD] == 0);

    OK(interlace_fit_parameters(fit, INTERLACE_PARAMETER_FORM_WORKING, values, N, &err));
    CLOSE(values[SIGMA], log(sigma), 1e-14);
    CLOSE(values[SD], sd / sigma, 1e-14);
    OK(interlace_fit_parameters_vcov(fit, INTERLACE_PARAMETER_FORM_WORKING, NULL, vcov, N * N, &err));
    CLOSE(vcov[SIGMA * N + SIGMA], 1.0 / 48, 1e-9);
}

static const char *text(const interlace_frame *frame, const char *name, size_t row) {
    size_t column;
    const char *found;
    OK(interlace_frame_column_index(frame, name, &column, &err));
    found = interlace_frame_column_string(frame, column, row);
    CHECK(found != NULL);
    return found;
}

static void names(const interlace_fit *fit) {
    static const char *const working[N] = {"fixef[(Intercept)]", "sigma", "theta[Batch, (Intercept)]"};
    static const char *const reported[N] = {"fixef[(Intercept)]", "sigma", "sd[Batch, (Intercept)]"};
    for (size_t i = 0; i < N; i++) {
        SAME(interlace_fit_parameter_id(fit, INTERLACE_PARAMETER_FORM_WORKING, i), working[i]);
        SAME(interlace_fit_parameter_id(fit, INTERLACE_PARAMETER_FORM_REPORTED, i), reported[i]);
    }
    SAME(interlace_fit_parameter_name(fit, INTERLACE_PARAMETER_FORM_WORKING, SD), "theta.Batch.(Intercept)");
    SAME(interlace_fit_parameter_name(fit, INTERLACE_PARAMETER_FORM_REPORTED, SD), "sd_(Intercept)|Batch");
    CHECK(interlace_fit_parameter_id(fit, INTERLACE_PARAMETER_FORM_REPORTED, N) == NULL);
    CHECK(interlace_fit_parameter_name(fit, INTERLACE_PARAMETER_FORM_WORKING, N) == NULL);
    CHECK(interlace_fit_parameter_id(fit, (interlace_parameter_form)4, 0) == NULL);
    CHECK(interlace_fit_parameter_id(NULL, INTERLACE_PARAMETER_FORM_WORKING, 0) == NULL);

    interlace_parameter_form form;
    OK(interlace_parameter_form_from_name("reported", &form, &err));
    CHECK(form == INTERLACE_PARAMETER_FORM_REPORTED);
    SAME(interlace_parameter_form_name(INTERLACE_PARAMETER_FORM_WORKING), "working");
}

/* The same ids in every table. */
static void tables(const interlace_fit *fit) {
    static const struct { const char *name; size_t row; const char *id; } places[] = {
        {"coefficients", 0, "fixef[(Intercept)]"}, {"varcorr", 0, "sd[Batch, (Intercept)]"},
        {"varcorr", 1, "sigma"}, {"theta", 0, "theta[Batch, (Intercept)]"}};
    for (size_t i = 0; i < COUNT(places); i++) {
        interlace_frame *table;
        OK(interlace_fit_table(fit, places[i].name, INTERLACE_DF_DEFAULT, NULL, &table, &err));
        SAME(text(table, "id", places[i].row), places[i].id);
        interlace_frame_free(table);
    }
    interlace_frame *intervals;
    OK(interlace_fit_parameters_confint_profile(fit, &(interlace_profile_request){.struct_size = sizeof(interlace_profile_request)}, NULL, &intervals, &err));
    SAME(text(intervals, "id", 0), "sd[Batch, (Intercept)]");
    SAME(text(intervals, "id", 1), "sigma");
    SAME(text(intervals, "id", 2), "fixef[(Intercept)]");
    interlace_frame_free(intervals);
}

/* With standard errors and limits. */
static void variances(const interlace_fit *fit) {
    interlace_frame *table = NULL;
    double errors[2], lower[2], sigma = interlace_fit_sigma(fit), s2 = sigma * sigma;
    OK(interlace_fit_variance_parameters(fit, INTERLACE_PARAMETER_FORM_VARIANCE, INTERLACE_PARAMETER_LIMITS_PLAIN, 0, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 2);
    SAME(text(table, "term", 0), "sigma^2");
    SAME(text(table, "id", 0), "sigma");
    SAME(text(table, "term", 1), "var_(Intercept)|Batch");
    size_t column;
    OK(interlace_frame_column_index(table, "std_error", &column, &err));
    OK(interlace_frame_column_f64(table, column, errors, 2, &err));
    CLOSE(errors[0], s2 * sqrt(2.0 / 24), 1e-6 * s2);
    OK(interlace_frame_column_index(table, "lower", &column, &err));
    OK(interlace_frame_column_f64(table, column, lower, 2, &err));
    CLOSE(lower[0], s2 - 1.959963984540054 * errors[0], 1e-9 * s2);
    interlace_frame_free(table);
    table = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "parameter_form is 9", interlace_fit_variance_parameters(fit, (interlace_parameter_form)9, INTERLACE_PARAMETER_LIMITS_PLAIN, 0, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "level is 2", interlace_fit_variance_parameters(fit, INTERLACE_PARAMETER_FORM_LOG, INTERLACE_PARAMETER_LIMITS_UNBOUNDED, 2, NULL, &table, &err));
    CHECK(table == NULL);
    interlace_parameter_limits limits;
    OK(interlace_parameter_limits_from_name("plain", &limits, &err));
    CHECK(limits == INTERLACE_PARAMETER_LIMITS_PLAIN);
    SAME(interlace_parameter_limits_name(INTERLACE_PARAMETER_LIMITS_UNBOUNDED), "unbounded");
}

/* The likelihood at parameters of one's own: that of balanced data has a closed form. */
static void evaluated(const interlace_fit *fit) {
    double values[N], gradient[N], own[N], information[N * N], average[N * N], log_likelihood, other;
    OK(interlace_fit_parameters(fit, INTERLACE_PARAMETER_FORM_REPORTED, values, N, &err));
    OK(interlace_fit_log_likelihood_at(fit, INTERLACE_PARAMETER_FORM_REPORTED, values, N, 1, NULL, &log_likelihood, 1, &err));
    CLOSE(log_likelihood, interlace_fit_log_likelihood(fit), 1e-9 * fabs(log_likelihood));
    OK(interlace_fit_gradient_at(fit, INTERLACE_PARAMETER_FORM_REPORTED, values, N, NULL, gradient, N, &err));
    double two[2 * N], both[2];
    for (int i = 0; i < N; i++) two[i] = two[N + i] = values[i];
    two[N + SIGMA] *= 2;
    OK(interlace_fit_log_likelihood_at(fit, INTERLACE_PARAMETER_FORM_REPORTED, two, N, 2, NULL, both, 2, &err));
    CHECK(both[0] == log_likelihood && both[1] < log_likelihood - 1);
    FAILS(INTERLACE_E_ARGUMENT, "values has room for 1", interlace_fit_log_likelihood_at(fit, INTERLACE_PARAMETER_FORM_REPORTED, two, N, 2, NULL, both, 1, &err));
    CHECK(isnan(gradient[INTERCEPT]));
    CLOSE(gradient[SIGMA], 0, 1e-6);
    CLOSE(gradient[SD], 0, 1e-6);
    OK(interlace_fit_information_at(fit, INTERLACE_PARAMETER_FORM_REPORTED, INTERLACE_INFORMATION_MATRIX_OBSERVED, values, N, NULL, information, N * N, &err));
    OK(interlace_fit_information_at(fit, INTERLACE_PARAMETER_FORM_REPORTED, INTERLACE_INFORMATION_MATRIX_AVERAGE, values, N, NULL, average, N * N, &err));
    /* At the maximum of a balanced layout the observed, the expected and so the average information are one. */
    for (int i = SIGMA; i <= SD; i++)
        for (int j = SIGMA; j <= SD; j++) CLOSE(information[i * N + j], average[i * N + j], 1e-5 * average[SIGMA * N + SIGMA]);
    CHECK(isnan(information[INTERCEPT * N + INTERCEPT]));
    /* 2 l = -24 log s2 - 5 log(s2 + 5 t2) - SSW / s2 - SSB / (s2 + 5 t2) and a constant; s2 and s2 + 5 t2 are the mean squares at the maximum. */
    double sigma = values[SIGMA], sd = values[SD], s2 = sigma * sigma, phi = s2 + 5 * sd * sd, within = 24 * s2, between = 5 * phi;
    for (int i = 0; i < N; i++) own[i] = values[i];
    own[SIGMA] = 60;
    own[SD] = 30;
    OK(interlace_fit_log_likelihood_at(fit, INTERLACE_PARAMETER_FORM_REPORTED, own, N, 1, NULL, &other, 1, &err));
    double t2 = 60 * 60, psi = t2 + 5 * 30 * 30;
    double want = -0.5 * (24 * log(t2 / s2) + 5 * log(psi / phi) + within * (1 / t2 - 1 / s2) + between * (1 / psi - 1 / phi));
    CLOSE(other - log_likelihood, want, 1e-9 * fabs(log_likelihood));
    OK(interlace_fit_gradient_at(fit, INTERLACE_PARAMETER_FORM_REPORTED, own, N, NULL, gradient, N, &err));
    CLOSE(gradient[SD], 0.5 * (between / psi - 5) / psi * 10 * 30, 1e-8);
    for (int i = 0; i < N; i++) gradient[i] = 7;
    FAILS(INTERLACE_E_ARGUMENT, "n_parameters is 2", interlace_fit_gradient_at(fit, INTERLACE_PARAMETER_FORM_REPORTED, own, 2, NULL, gradient, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "parameters is NULL", interlace_fit_gradient_at(fit, INTERLACE_PARAMETER_FORM_REPORTED, NULL, N, NULL, gradient, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out has room for 2", interlace_fit_gradient_at(fit, INTERLACE_PARAMETER_FORM_REPORTED, own, N, NULL, gradient, 2, &err));
    own[SIGMA] = -1;
    FAILS(INTERLACE_E_ARGUMENT, "sigma is -1", interlace_fit_gradient_at(fit, INTERLACE_PARAMETER_FORM_REPORTED, own, N, NULL, gradient, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "sigma is -1", interlace_fit_log_likelihood_at(fit, INTERLACE_PARAMETER_FORM_REPORTED, own, N, 1, NULL, &other, 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "information_matrix is 7", interlace_fit_information_at(fit, INTERLACE_PARAMETER_FORM_REPORTED, (interlace_information_matrix)7, values, N, NULL, information, N * N, &err));
    for (int i = 0; i < N; i++) CHECK(gradient[i] == 7);
    interlace_information_matrix matrix;
    OK(interlace_information_matrix_from_name("average", &matrix, &err));
    CHECK(matrix == INTERLACE_INFORMATION_MATRIX_AVERAGE);
    SAME(interlace_information_matrix_name(INTERLACE_INFORMATION_MATRIX_OBSERVED), "observed");
}

static void refused(const interlace_fit *fit) {
    double out[N * N];
    for (size_t i = 0; i < N * N; i++) out[i] = 7;
    FAILS(INTERLACE_E_ARGUMENT, "out has room for 2", interlace_fit_parameters(fit, INTERLACE_PARAMETER_FORM_WORKING, out, 2, &err));
    FAILS(INTERLACE_E_ARGUMENT, "form is 4", interlace_fit_parameters(fit, (interlace_parameter_form)4, out, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_parameters(NULL, INTERLACE_PARAMETER_FORM_WORKING, out, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "room for 3", interlace_fit_parameters_vcov(fit, INTERLACE_PARAMETER_FORM_WORKING, NULL, out, N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "form is -1", interlace_fit_parameters_vcov(fit, (interlace_parameter_form)-1, NULL, out, N * N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_parameters_vcov(fit, INTERLACE_PARAMETER_FORM_WORKING, NULL, NULL, N * N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_parameters_vcov(NULL, INTERLACE_PARAMETER_FORM_WORKING, NULL, out, N * N, &err));
    FAILS(INTERLACE_E_ARGUMENT, "parameter_form is 'sd'", interlace_parameter_form_from_name("sd", &(interlace_parameter_form){0}, &err));
    for (size_t i = 0; i < N * N; i++) CHECK(out[i] == 7);
}

int main(void) {
    interlace_fit *fit = dyestuff_fit(NULL);
    covariance(fit);
    names(fit);
    variances(fit);
    tables(fit);
    evaluated(fit);
    refused(fit);
    interlace_fit_free(fit);
    return 0;
}
