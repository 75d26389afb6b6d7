/* Cox fits: what they have, and of everything else that it is not available. Figures are those of coxme 2.2-22 for R without its sparse
 * approximation, polished by Newton steps. */
#include "check.h"

static interlace_error err;

enum { KIDNEY = 76, PATIENTS = 38 };

static interlace_frame *kidney(void) {
    interlace_frame *frame;
    static const char *const id[] = {"id"};
    OK(read_csv("tests/reference/data/kidney.csv", id, 1, &frame, &err));
    return frame;
}

static interlace_spec *model(void) {
    interlace_spec *spec;
    OK(interlace_spec_new(INTERLACE_MODEL_COXME, "Surv(time, status) ~ age + sex + (1 | id)", &spec, &err));
    return spec;
}

static void ties_by_name(void) {
    interlace_ties ties = INTERLACE_TIES_NONE;
    OK(interlace_ties_from_name("Breslow", &ties, &err));
    CHECK(ties == INTERLACE_TIES_BRESLOW);
    SAME(interlace_ties_name(INTERLACE_TIES_EFRON), "efron");
    CHECK(interlace_ties_name((interlace_ties)7) == NULL);
    FAILS(INTERLACE_E_ARGUMENT, "efron", interlace_ties_from_name("exact", &ties, &err));
    interlace_spec *linear;
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ x + (1 | g)", &linear, &err));
    FAILS(INTERLACE_E_ARGUMENT, "INTERLACE_MODEL_COXME", interlace_spec_set_ties(linear, INTERLACE_TIES_EFRON, &err));
    interlace_spec_free(linear);
    interlace_spec *spec = model();
    FAILS(INTERLACE_E_ARGUMENT, "ties", interlace_spec_set_ties(spec, (interlace_ties)7, &err));
    FAILS(INTERLACE_E_ARGUMENT, "Cox", interlace_spec_set_family(spec, "poisson", NULL, &err));
    interlace_spec_free(spec);
}

/* The kidney data as arrays: x [n,2], times, events, the strata and the patients of the rows. */
static double x[2 * KIDNEY], days[KIDNEY], infected[KIDNEY];
static int64_t strata[KIDNEY], patients[KIDNEY];

static void columns_of(const interlace_frame *data) {
    size_t column;
    int32_t codes[KIDNEY];
    OK(interlace_frame_column_index(data, "age", &column, &err));
    OK(interlace_frame_column_f64(data, column, x, KIDNEY, &err));
    OK(interlace_frame_column_index(data, "sex", &column, &err));
    OK(interlace_frame_column_f64(data, column, x + KIDNEY, KIDNEY, &err));
    OK(interlace_frame_column_index(data, "time", &column, &err));
    OK(interlace_frame_column_f64(data, column, days, KIDNEY, &err));
    OK(interlace_frame_column_index(data, "status", &column, &err));
    OK(interlace_frame_column_f64(data, column, infected, KIDNEY, &err));
    OK(interlace_frame_column_index(data, "disease", &column, &err));
    OK(interlace_frame_column_codes(data, column, codes, KIDNEY, &err));
    for (int i = 0; i < KIDNEY; i++) {
        strata[i] = codes[i];
        patients[i] = i / 2;
    }
}

static interlace_spec *from_arrays(void) {
    interlace_spec *spec;
    OK(interlace_spec_new_array(INTERLACE_MODEL_COXME, NULL, x, KIDNEY, 2, KIDNEY, &spec, &err));
    OK(interlace_spec_add_term_i64(spec, "id", NULL, KIDNEY, 1, KIDNEY, patients, PATIENTS, INTERLACE_STRUCTURE_UNSTRUCTURED,
                                   INTERLACE_VARIANCES_DEFAULT, &err));
    return spec;
}

/* Predictions of new data from arrays are those from a frame; a spec without strata has none. */
static void new_arrays(const interlace_fit *formula, const interlace_fit *fit, const interlace_frame *data, interlace_spec *spec) {
    double wanted[KIDNEY], found[KIDNEY];
    interlace_predict_request request = INTERLACE_PREDICT_REQUEST_INIT;
    interlace_survival_request curves = INTERLACE_SURVIVAL_REQUEST_INIT;
    interlace_frame *a = NULL, *b = NULL;
    size_t column;
    request.quantity = INTERLACE_QUANTITY_SURVIVAL;
    OK(interlace_fit_predict(formula, data, &request, NULL, wanted, KIDNEY, &err));
    OK(interlace_spec_set_survival_array(spec, NULL, days, NULL, KIDNEY, &err));
    request.arrays = spec;
    OK(interlace_fit_predict(fit, NULL, &request, NULL, found, KIDNEY, &err));
    CHECK(memcmp(wanted, found, sizeof wanted) == 0);
    static const double until[] = {100}, half[] = {0.5};
    curves.times = until, curves.n_times = 1;
    OK(interlace_fit_survival_means(formula, data, &curves, NULL, &a, &err));
    curves.arrays = spec;
    OK(interlace_fit_survival_means(fit, NULL, &curves, NULL, &b, &err));
    OK(interlace_frame_column_index(a, "mean", &column, &err));
    OK(interlace_frame_column_f64(a, column, wanted, KIDNEY, &err));
    OK(interlace_frame_column_f64(b, column, found, KIDNEY, &err));
    CHECK(memcmp(wanted, found, sizeof wanted) == 0 && wanted[0] > 0 && wanted[0] < 100);
    interlace_frame_free(a);
    interlace_frame_free(b);
    b = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "among all event times", interlace_fit_survival_quantiles(fit, NULL, &curves, half, 1, NULL, &b, &err));
    curves.times = NULL, curves.n_times = 0;
    FAILS(INTERLACE_E_ARGUMENT, "probabilities is NULL", interlace_fit_survival_quantiles(fit, NULL, &curves, NULL, 1, NULL, &b, &err));
    FAILS(INTERLACE_E_ARGUMENT, "both given", interlace_fit_survival_quantiles(fit, data, &curves, half, 1, NULL, &b, &err));
    CHECK(b == NULL);
    OK(interlace_fit_survival_quantiles(fit, NULL, &curves, half, 1, NULL, &b, &err));
    CHECK(interlace_frame_n_rows(b) == KIDNEY && interlace_frame_n_columns(b) == 7);
    interlace_frame_free(b);
    interlace_spec *without = from_arrays();
    request.arrays = without;
    FAILS(INTERLACE_E_ARGUMENT, "no times", interlace_fit_predict(fit, NULL, &request, NULL, found, KIDNEY, &err));
    interlace_spec_free(without);
}

/* The same numbers as from a formula, to the last bit. */
static void arrays(const interlace_frame *data) {
    interlace_spec *formula, *spec = from_arrays();
    interlace_fit *fit, *own = NULL;
    double a[2], b[2];
    FAILS(INTERLACE_E_ARGUMENT, "interlace_spec_set_survival_array", interlace_fit_new(spec, NULL, NULL, &own, &err));
    OK(interlace_spec_set_survival_array(spec, NULL, days, infected, KIDNEY, &err));
    OK(interlace_spec_set_strata_array(spec, strata, KIDNEY, 4, NULL, &err));
    OK(interlace_fit_new(spec, NULL, NULL, &own, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_COXME, "Surv(time, status) ~ age + sex + strata(disease) + (1 | id)", &formula, &err));
    OK(interlace_fit_new(formula, data, NULL, &fit, &err));
    CHECK(interlace_fit_log_likelihood(fit) == interlace_fit_log_likelihood(own));
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, a, 2, &err));
    OK(interlace_fit_fixef(own, INTERLACE_PREDICTOR_MEAN, b, 2, &err));
    CHECK(a[0] == b[0] && a[1] == b[1]);
    new_arrays(fit, own, data, spec);
    interlace_fit_free(own);
    interlace_fit_free(fit);
    interlace_spec_free(formula);
    interlace_spec_free(spec);
}

static void wrong_arrays(void) {
    static const char *const twice[] = {"a", "b", "a", "c"};
    interlace_spec *spec = from_arrays(), *linear;
    interlace_fit *fit = NULL;
    interlace_status bad = INTERLACE_E_ARGUMENT;
    FAILS(bad, "y must be NULL", interlace_spec_new_array(INTERLACE_MODEL_COXME, days, x, KIDNEY, 2, KIDNEY, &linear, &err));
    OK(interlace_spec_new_array(INTERLACE_MODEL_LMM, days, x, KIDNEY, 2, KIDNEY, &linear, &err));
    FAILS(bad, "INTERLACE_MODEL_COXME", interlace_spec_set_survival_array(linear, NULL, days, infected, KIDNEY, &err));
    FAILS(bad, "INTERLACE_MODEL_COXME", interlace_spec_set_strata_array(linear, strata, KIDNEY, 4, NULL, &err));
    interlace_spec_free(linear);
    interlace_spec *formula = model();
    FAILS(bad, "made from a formula", interlace_spec_set_survival_array(formula, NULL, days, infected, KIDNEY, &err));
    interlace_spec_free(formula);
    FAILS(bad, "spec is NULL", interlace_spec_set_survival_array(NULL, NULL, days, infected, KIDNEY, &err));
    FAILS(bad, "stop is NULL", interlace_spec_set_survival_array(spec, NULL, NULL, infected, KIDNEY, &err));
    FAILS(bad, "n = 75", interlace_spec_set_survival_array(spec, NULL, days, infected, KIDNEY - 1, &err));
    FAILS(bad, "n_strata - 1 = 2", interlace_spec_set_strata_array(spec, strata, KIDNEY, 3, NULL, &err));
    FAILS(bad, "'a' twice", interlace_spec_set_strata_array(spec, strata, KIDNEY, 4, twice, &err));
    FAILS(bad, "index is NULL", interlace_spec_set_strata_array(spec, NULL, KIDNEY, 4, NULL, &err));
    OK(interlace_spec_set_survival_array(spec, NULL, days, NULL, KIDNEY, &err));
    FAILS(bad, "event has 0 values", interlace_fit_new(spec, NULL, NULL, &fit, &err));
    OK(interlace_spec_set_survival_array(spec, days, days, infected, KIDNEY, &err));
    FAILS(INTERLACE_E_DATA, "row 1", interlace_fit_new(spec, NULL, NULL, &fit, &err));
    CHECK(fit == NULL);
    interlace_spec_free(spec);
}

static void likelihoods(const interlace_fit *fit, const interlace_fit *breslow) {
    CHECK(interlace_fit_model(fit) == INTERLACE_MODEL_COXME && interlace_fit_n_events(fit) == 58 && interlace_fit_n_obs(fit) == KIDNEY);
    CHECK(interlace_fit_ties(fit) == INTERLACE_TIES_EFRON && interlace_fit_ties(breslow) == INTERLACE_TIES_BRESLOW);
    CHECK(interlace_fit_method(fit) == INTERLACE_METHOD_ML && interlace_fit_n_parameters(fit) == 3);
    CLOSE(interlace_fit_log_likelihood_null(fit), -187.9027615888637, 1e-9);
    CLOSE(interlace_fit_log_likelihood(fit), -181.90451897814577, 1e-9);
    CHECK(interlace_fit_log_likelihood_penalised(fit) < interlace_fit_log_likelihood_fitted(fit));
    CHECK(interlace_fit_df_penalised(fit) > 3 && interlace_fit_df_penalised(fit) < 2 + PATIENTS);
    CHECK(isnan(interlace_fit_sigma(fit)) && interlace_fit_n_separated(fit) == 0);
    CHECK(interlace_fit_ties(NULL) == INTERLACE_TIES_NONE && interlace_fit_n_events(NULL) == 0);
    CHECK(isnan(interlace_fit_log_likelihood_null(NULL)) && isnan(interlace_fit_df_penalised(NULL)));
    CHECK(isnan(interlace_fit_log_likelihood_penalised(NULL)) && isnan(interlace_fit_log_likelihood_fitted(NULL)));
}

static void estimates(const interlace_fit *fit) {
    double beta[2], lower[2], upper[2], p[2], theta[1], frailties[PATIENTS], rows[KIDNEY], l[2] = {0, 1}, rhs[1] = {0};
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, beta, 2, &err));
    CLOSE(beta[1], -1.3556017080558795, 1e-6);
    OK(interlace_fit_fixef_confint_wald(fit, INTERLACE_PREDICTOR_MEAN, INTERLACE_DF_DEFAULT, 0.95, NULL, lower, upper, 2, &err));
    CHECK(lower[1] < beta[1] && beta[1] < upper[1] && upper[1] < 0);
    OK(interlace_fit_fixef_p_value(fit, INTERLACE_PREDICTOR_MEAN, INTERLACE_DF_NORMAL, NULL, p, 2, &err));
    CHECK(p[1] < 0.01 && p[0] > 0.05);
    OK(interlace_fit_theta(fit, theta, 1, &err));
    CLOSE(theta[0] * theta[0], 0.4573625455751593, 1e-6);
    OK(interlace_fit_term_ranef(fit, 0, frailties, PATIENTS, &err));
    OK(interlace_fit_linear_predictor(fit, INTERLACE_PREDICTOR_MEAN, rows, KIDNEY, &err));
    CLOSE(rows[0], 28 * beta[0] + frailties[0], 1e-12);
    OK(interlace_fit_response(fit, rows, KIDNEY, &err));
    CHECK(rows[0] == 1);
    OK(interlace_fit_fitted(fit, rows, KIDNEY, &err));
    CHECK(rows[0] > 0);
    double sum = 0;
    OK(interlace_fit_residuals(fit, INTERLACE_RESIDUALS_RESPONSE, NULL, rows, KIDNEY, &err));
    for (int i = 0; i < KIDNEY; i++)
        sum += rows[i];
    CLOSE(sum, 0, 1e-10);
    interlace_frame *table;
    OK(interlace_fit_wald_test(fit, l, 1, 2, 1, rhs, true, INTERLACE_DF_DEFAULT, NULL, &table, &err));
    interlace_frame_free(table);
    for (size_t i = 0; i < interlace_fit_n_tables(fit); i++) {
        OK(interlace_fit_table(fit, interlace_fit_table_name(fit, i), INTERLACE_DF_DEFAULT, NULL, &table, &err));
        interlace_frame_free(table);
    }
}

static double number(const interlace_frame *table, const char *column, size_t row) {
    double values[256];
    size_t at;
    CHECK(row < interlace_frame_n_rows(table) && interlace_frame_n_rows(table) <= COUNT(values));
    OK(interlace_frame_column_index(table, column, &at, &err));
    OK(interlace_frame_column_f64(table, at, values, interlace_frame_n_rows(table), &err));
    return values[row];
}

static void tests_and_intervals(const interlace_fit *fit, const interlace_fit *breslow, const interlace_frame *data) {
    interlace_frame *table = NULL;
    double beta[2], error[2], vcov[9];
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, beta, 2, &err));
    OK(interlace_fit_fixef_std_error(fit, INTERLACE_PREDICTOR_MEAN, error, 2, &err));
    OK(interlace_fit_hazard_ratios(fit, 0.95, &table, &err));
    CLOSE(number(table, "hazard_ratio", 1), exp(beta[1]), 1e-12);
    CLOSE(number(table, "upper", 1), exp(beta[1] + 1.959963984540054 * error[1]), 1e-12);
    interlace_frame_free(table);
    OK(interlace_fit_parameters_vcov(fit, INTERLACE_PARAMETER_FORM_REPORTED, NULL, vcov, 9, &err));
    CHECK(vcov[0] >= error[0] * error[0] && vcov[8] > 0);
    CLOSE(vcov[5], vcov[7], 1e-12);
    OK(interlace_fit_parameters_confint_profile(fit, NULL, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 3 && number(table, "lower", 2) < beta[1] && number(table, "upper", 2) > beta[1]);
    CLOSE(number(table, "estimate", 0), sqrt(0.4573625455751593), 1e-6);
    interlace_frame_free(table);
    OK(interlace_fit_profile(fit, NULL, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) > 9);
    interlace_frame_free(table);
    OK(interlace_fit_anova(fit, NULL, INTERLACE_ANOVA_TYPE_I, INTERLACE_DF_DEFAULT, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 3);
    CLOSE(number(table, "log_likelihood", 2), interlace_fit_log_likelihood(fit), 1e-12);
    interlace_frame_free(table);
    OK(interlace_fit_anova(fit, data, INTERLACE_ANOVA_TYPE_III, INTERLACE_DF_DEFAULT, NULL, &table, &err));
    CLOSE(number(table, "chi_square", 1), beta[1] * beta[1] / error[1] / error[1], 1e-9);
    interlace_frame_free(table);
    OK(interlace_fit_drop1(fit, data, NULL, &table, &err));
    CLOSE(number(table, "aic", 0), interlace_fit_aic(fit), 1e-9);
    CHECK(interlace_fit_aicc(fit) > interlace_fit_aic(fit));
    interlace_frame_free(table);
    OK(interlace_fit_marginal_means(fit, data, "~ sex", NULL, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 1);
    interlace_frame_free(table);
    interlace_spec *spec = model();
    OK(interlace_spec_all_optimizers(spec, data, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 4);
    interlace_frame_free(table);
    OK(interlace_spec_cross_validate(spec, data, "id", 3, 1, NULL, &table, NULL, &err));
    CHECK(interlace_frame_n_rows(table) == 4 && number(table, "log_score", 3) < 0 && isnan(number(table, "rmse", 3)));
    interlace_frame_free(table);
    interlace_spec_free(spec);
    table = NULL;
    const interlace_fit *both[2] = {fit, breslow};
    FAILS(INTERLACE_E_ARGUMENT, "ties", interlace_fit_compare(both, 2, false, NULL, &table, &err));
    CHECK(table == NULL);
}

/* Of a response both columns: times, events. */
static void responses(const interlace_fit *fit, const interlace_frame *data) {
    double y[4 * KIDNEY], times[KIDNEY];
    size_t at;
    interlace_frame *table;
    CHECK(interlace_fit_n_response_columns(fit) == 2 && interlace_fit_n_response_columns(NULL) == 0);
    FAILS(INTERLACE_E_ARGUMENT, "exactly 304", interlace_fit_simulate(fit, 2, 1, INTERLACE_SIMULATION_NEW, NULL, y, 2 * KIDNEY, &err));
    OK(interlace_fit_simulate(fit, 1, 1, INTERLACE_SIMULATION_NEW, NULL, y + 2 * KIDNEY, 2 * KIDNEY, &err));
    OK(interlace_frame_column_index(data, "time", &at, &err));
    OK(interlace_frame_column_f64(data, at, times, KIDNEY, &err));
    memcpy(y, times, sizeof times);
    OK(interlace_fit_response(fit, y + KIDNEY, KIDNEY, &err));
    OK(interlace_fit_refit_many(fit, y, KIDNEY, 2, KIDNEY, false, NULL, &table, &err));
    CLOSE(number(table, "log_likelihood", 0), interlace_fit_log_likelihood(fit), 1e-9);
    CHECK(isfinite(number(table, "log_likelihood", 1)) && number(table, "log_likelihood", 1) != number(table, "log_likelihood", 0));
    interlace_frame_free(table);
    interlace_bootstrap *bootstrap;
    OK(interlace_bootstrap_new(&bootstrap, &err));
    OK(interlace_bootstrap_set_replicates(bootstrap, 0, 5, &err));
    OK(interlace_bootstrap_run(bootstrap, fit, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 5 && isfinite(number(table, "theta.id.(Intercept)", 0)));
    interlace_frame_free(table);
    OK(interlace_bootstrap_set_groups(bootstrap, "id", &err));
    OK(interlace_bootstrap_run(bootstrap, fit, NULL, &table, &err));
    interlace_frame_free(table);
    interlace_bootstrap_free(bootstrap);
}

/* Expected events, hazard ratios and survival, per row and as curves. */
static void predictions(const interlace_fit *fit, const interlace_frame *data) {
    double fitted[KIDNEY], out[KIDNEY], se[KIDNEY], lower[KIDNEY], upper[KIDNEY], link[KIDNEY];
    interlace_predict_request request = INTERLACE_PREDICT_REQUEST_INIT;
    OK(interlace_fit_fitted(fit, fitted, KIDNEY, &err));
    OK(interlace_fit_predict(fit, NULL, NULL, NULL, out, KIDNEY, &err));
    CHECK(memcmp(out, fitted, sizeof out) == 0);
    request.quantity = INTERLACE_QUANTITY_LINK;
    OK(interlace_fit_predict(fit, data, &request, NULL, link, KIDNEY, &err));
    request.quantity = INTERLACE_QUANTITY_RISK;
    OK(interlace_fit_predict_interval(fit, data, &request, NULL, out, se, lower, upper, KIDNEY, &err));
    for (int i = 0; i < KIDNEY; i++) {
        CLOSE(out[i], exp(link[i]), 1e-12 * out[i]);
        CHECK(lower[i] < out[i] && out[i] < upper[i] && se[i] > 0);
    }
    request.quantity = INTERLACE_QUANTITY_SURVIVAL;
    OK(interlace_fit_predict_interval(fit, data, &request, NULL, out, se, lower, upper, KIDNEY, &err));
    CHECK(out[0] > 0 && out[0] < 1 && lower[0] < out[0] && upper[0] > out[0] && upper[0] < 1);
    request.random = INTERLACE_RANDOM_AVERAGE;
    FAILS(INTERLACE_E_ARGUMENT, "INTERLACE_QUANTITY_MARGINAL", interlace_fit_predict(fit, data, &request, NULL, out, KIDNEY, &err));
    request.random = INTERLACE_RANDOM_ALL;
    request.new_levels = INTERLACE_NEW_LEVELS_AVERAGE;
    FAILS(INTERLACE_E_ARGUMENT, "survival curves", interlace_fit_predict(fit, data, &request, NULL, out, KIDNEY, &err));
    interlace_curve_limits limits;
    OK(interlace_curve_limits_from_name("log-log", &limits, &err));
    CHECK(limits == INTERLACE_CURVE_LIMITS_LOG_LOG);
    SAME(interlace_curve_limits_name(INTERLACE_CURVE_LIMITS_PLAIN), "plain");
    CHECK(interlace_curve_limits_name((interlace_curve_limits)9) == NULL);
    SAME(interlace_quantity_name(INTERLACE_QUANTITY_RISK), "risk");
    SAME(interlace_prediction_status_name(INTERLACE_PREDICTION_STATUS_BEYOND), "beyond");
}

static void survival_curves(const interlace_fit *fit, const interlace_frame *data) {
    interlace_survival_request request = INTERLACE_SURVIVAL_REQUEST_INIT;
    interlace_frame *table = NULL;
    static const double times[] = {30, 1e6};
    double survival[2 * KIDNEY], averaged[2 * KIDNEY];
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_survival_curves(NULL, data, NULL, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_survival_curves(fit, data, NULL, NULL, NULL, &err));
    request.n_times = 2;
    FAILS(INTERLACE_E_ARGUMENT, "request->times is NULL", interlace_fit_survival_curves(fit, data, &request, NULL, &table, &err));
    request.times = times;
    request.curve_limits = (interlace_curve_limits)9;
    FAILS(INTERLACE_E_ARGUMENT, "request->curve_limits is 9", interlace_fit_survival_curves(fit, data, &request, NULL, &table, &err));
    request.curve_limits = INTERLACE_CURVE_LIMITS_LOG;
    request.level = 1.5;
    FAILS(INTERLACE_E_ARGUMENT, "level is 1.5", interlace_fit_survival_curves(fit, data, &request, NULL, &table, &err));
    request.level = 0.9;
    request.random = INTERLACE_RANDOM_AVERAGE;
    static const size_t terms[] = {0};
    request.terms = terms, request.n_terms = 1;
    FAILS(INTERLACE_E_ARGUMENT, "nothing to choose from", interlace_fit_survival_curves(fit, data, &request, NULL, &table, &err));
    CHECK(table == NULL);
    request.terms = NULL, request.n_terms = 0;
    size_t column;
    for (int i = 0; i < 2; i++) {
        request.random = i == 0 ? INTERLACE_RANDOM_ALL : INTERLACE_RANDOM_AVERAGE;
        OK(interlace_fit_survival_curves(fit, i == 0 ? NULL : data, &request, NULL, &table, &err));
        CHECK(interlace_frame_n_rows(table) == 2 * KIDNEY && interlace_frame_n_columns(table) == 10);
        OK(interlace_frame_column_index(table, "survival", &column, &err));
        OK(interlace_frame_column_f64(table, column, i == 0 ? survival : averaged, 2 * KIDNEY, &err));
        OK(interlace_frame_column_index(table, "status", &column, &err));
        SAME(interlace_frame_column_string(table, column, 0), "ok");
        SAME(interlace_frame_column_string(table, column, 1), "beyond");
        interlace_frame_free(table);
        table = NULL;
    }
    CHECK(survival[0] > 0 && survival[0] < 1 && isnan(survival[1]) && averaged[0] != survival[0] && isnan(averaged[1]));
    request.curve_limits = INTERLACE_CURVE_LIMITS_NONE;
    request.times = NULL, request.n_times = 0;
    OK(interlace_fit_survival_curves(fit, data, &request, NULL, &table, &err));
    CHECK(interlace_frame_n_columns(table) == 6 && interlace_frame_n_rows(table) % KIDNEY == 0);
    interlace_frame_free(table);
}

/* Residuals, concordance, proportional hazards. */
static void diagnosed(const interlace_fit *fit, const interlace_frame *data) {
    double rows[KIDNEY], score[2 * KIDNEY], dfbeta[2 * KIDNEY], dfbetas[2 * KIDNEY], se[2], sum = 0;
    interlace_fixef_residuals kind;
    interlace_time_transform transform;
    interlace_frame *table;
    OK(interlace_fit_residuals(fit, INTERLACE_RESIDUALS_DEVIANCE, NULL, rows, KIDNEY, &err));
    CHECK(rows[0] != 0);
    OK(interlace_fit_fixef_residuals(fit, INTERLACE_FIXEF_RESIDUALS_SCORE, NULL, score, 2 * KIDNEY, &err));
    for (int i = KIDNEY; i < 2 * KIDNEY; i++)
        sum += score[i];
    CLOSE(sum, 0, 1e-9);
    OK(interlace_fixef_residuals_from_name("dfbeta", &kind, &err));
    OK(interlace_fit_fixef_residuals(fit, kind, NULL, dfbeta, 2 * KIDNEY, &err));
    OK(interlace_fit_fixef_residuals(fit, INTERLACE_FIXEF_RESIDUALS_DFBETAS, NULL, dfbetas, 2 * KIDNEY, &err));
    OK(interlace_fit_fixef_std_error(fit, INTERLACE_PREDICTOR_MEAN, se, 2, &err));
    CLOSE(dfbetas[KIDNEY + 5] * se[1], dfbeta[KIDNEY + 5], 1e-12);
    FAILS(INTERLACE_E_ARGUMENT, "fixef_residuals", interlace_fit_fixef_residuals(fit, (interlace_fixef_residuals)9, NULL, dfbeta, 2 * KIDNEY, &err));
    FAILS(INTERLACE_E_ARGUMENT, "152", interlace_fit_fixef_residuals(fit, kind, NULL, dfbeta, KIDNEY, &err));
    SAME(interlace_fixef_residuals_name(INTERLACE_FIXEF_RESIDUALS_SCORE), "score");

    OK(interlace_fit_schoenfeld_residuals(fit, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 58 && interlace_frame_n_columns(table) == 7);
    SAME(interlace_frame_column_name(table, 6), "scaled.sex");
    interlace_frame_free(table);
    OK(interlace_time_transform_from_name("Rank", &transform, &err));
    SAME(interlace_time_transform_name(INTERLACE_TIME_TRANSFORM_KM), "km");
    OK(interlace_fit_proportional_hazards(fit, transform, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 3);
    SAME(interlace_frame_column_string(table, 1, 2), "GLOBAL");
    interlace_frame_free(table);
    table = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "time_transform", interlace_fit_proportional_hazards(fit, (interlace_time_transform)4, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_schoenfeld_residuals(NULL, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_proportional_hazards(fit, transform, NULL, NULL, &err));

    double concordance = interlace_fit_concordance(fit), error = interlace_fit_concordance_std_error(fit);
    CHECK(concordance > 0.7 && concordance < 1 && error > 0 && error < 0.1);
    CHECK(isnan(interlace_fit_concordance(NULL)) && isnan(interlace_fit_concordance_std_error(NULL)));

    interlace_spec *spec;
    interlace_fit *linear;
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "time ~ age + (1 | id)", &spec, &err));
    OK(interlace_fit_new(spec, data, NULL, &linear, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, "Cox", interlace_fit_fixef_residuals(linear, kind, NULL, dfbeta, 2 * KIDNEY, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, "Cox", interlace_fit_schoenfeld_residuals(linear, NULL, &table, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, "Cox", interlace_fit_proportional_hazards(linear, transform, NULL, &table, &err));
    CHECK(isnan(interlace_fit_concordance(linear)) && table == NULL);
    interlace_fit_free(linear);
    interlace_spec_free(spec);
}

/* Everything that takes a fit and has no meaning for this one, or is not there yet. Nothing is written. */
static void not_available(const interlace_fit *fit, const interlace_frame *data) {
    double out[KIDNEY * KIDNEY] = {0}, one = 7, two = 7, three = 7, four = 7;
    interlace_frame *table = NULL;
    interlace_prediction_status status[KIDNEY];
    interlace_status none = INTERLACE_E_UNSUPPORTED;
    interlace_predict_request wanted = INTERLACE_PREDICT_REQUEST_INIT;
    wanted.interval = INTERLACE_INTERVAL_PREDICTION;
    FAILS(none, "Cox", interlace_fit_predict_interval(fit, data, &wanted, NULL, out, out, out, out, KIDNEY, &err));
    wanted.quantity = INTERLACE_QUANTITY_DISPERSION;
    CHECK(interlace_fit_predict_width(fit, wanted.quantity) == 0);
    FAILS(INTERLACE_E_ARGUMENT, "Cox", interlace_fit_predict(fit, data, &wanted, NULL, out, KIDNEY, &err));
    FAILS(INTERLACE_E_ARGUMENT, "Cox", interlace_fit_predict_status(fit, data, &wanted, NULL, status, KIDNEY, &err));
    FAILS(none, "Cox", interlace_fit_r2(fit, NULL, &one, &two, &err));
    FAILS(none, "Cox", interlace_fit_icc(fit, NULL, &one, &two, &err));
    FAILS(none, "Cox", interlace_fit_overdispersion(fit, &one, &two, &three, &four, &err));
    FAILS(none, "Cox", interlace_fit_quantile_residuals(fit, 1, NULL, out, KIDNEY, &err));
    FAILS(none, "Cox", interlace_fit_residuals(fit, INTERLACE_RESIDUALS_PEARSON, NULL, out, KIDNEY, &err));
    FAILS(none, "Cox", interlace_fit_residuals(fit, INTERLACE_RESIDUALS_WORKING, NULL, out, KIDNEY, &err));
    FAILS(none, "Cox", interlace_fit_residuals(fit, INTERLACE_RESIDUALS_NORMALIZED, NULL, out, KIDNEY, &err));
    FAILS(none, "Cox", interlace_fit_fixef_vcov_kenward_roger(fit, NULL, out, 4, &err));
    static const interlace_df others[] = {INTERLACE_DF_SATTERTHWAITE, INTERLACE_DF_KENWARD_ROGER, INTERLACE_DF_RESIDUAL};
    for (size_t i = 0; i < COUNT(others); i++) {
        double l[2] = {0, 1};
        FAILS(none, "Cox", interlace_fit_fixef_p_value(fit, INTERLACE_PREDICTOR_MEAN, others[i], NULL, out, 2, &err));
        FAILS(none, "Cox", interlace_fit_fixef_confint_wald(fit, INTERLACE_PREDICTOR_MEAN, others[i], 0.95, NULL, out, out, 2, &err));
        FAILS(none, "Cox", interlace_fit_coefficients(fit, others[i], 0.95, NULL, &table, &err));
        FAILS(none, "Cox", interlace_fit_wald_test(fit, l, 1, 2, 1, NULL, true, others[i], NULL, &table, &err));
        FAILS(none, "Cox", interlace_fit_anova(fit, data, INTERLACE_ANOVA_TYPE_II, others[i], NULL, &table, &err));
    }
    FAILS(none, "Cox", interlace_fit_refit_many(fit, out, KIDNEY, 1, KIDNEY, true, NULL, &table, &err));
    interlace_bootstrap *bootstrap;
    OK(interlace_bootstrap_new(&bootstrap, &err));
    FAILS(none, "Cox", interlace_bootstrap_response_std_error(bootstrap, fit, NULL, NULL, NULL, &one, &err));
    interlace_bootstrap_free(bootstrap);
    CHECK(interlace_fit_family_parameters(fit, out, 0, &err) != INTERLACE_OK);
    CHECK(interlace_fit_thresholds(fit, out, 1, &err) != INTERLACE_OK && interlace_fit_n_thresholds(fit) == 0);
    CHECK(interlace_fit_nominal(fit, out, 1, &err) != INTERLACE_OK && interlace_fit_n_nominal(fit) == 0);
    CHECK(interlace_fit_zero_probability(fit, out, KIDNEY, &err) != INTERLACE_OK);
    CHECK(interlace_fit_dispersion(fit, out, KIDNEY, &err) != INTERLACE_OK);
    CHECK(interlace_fit_linear_predictor(fit, INTERLACE_PREDICTOR_DISPERSION, out, KIDNEY, &err) != INTERLACE_OK);
    CHECK(interlace_fit_correlation_estimate(fit, &one, &two, &err) != INTERLACE_OK);
    CHECK(interlace_fit_family(fit) == NULL && interlace_fit_link(fit) == NULL && interlace_fit_n_family_parameters(fit) == 0);
    CHECK(one == 7 && two == 7 && three == 7 && four == 7 && table == NULL);
    for (int i = 0; i < KIDNEY * KIDNEY; i++)
        CHECK(out[i] == 0);
}

int main(void) {
    ties_by_name();
    interlace_frame *data = kidney();
    interlace_spec *spec = model();
    interlace_fit *fit, *breslow, *ml;
    OK(interlace_fit_new(spec, data, NULL, &fit, &err));
    OK(interlace_spec_set_ties(spec, INTERLACE_TIES_BRESLOW, &err));
    OK(interlace_fit_new(spec, data, NULL, &breslow, &err));
    CHECK(interlace_fit_converged(fit) && interlace_fit_converged(breslow));
    columns_of(data);
    arrays(data);
    wrong_arrays();
    likelihoods(fit, breslow);
    estimates(fit);
    tests_and_intervals(fit, breslow, data);
    responses(fit, data);
    predictions(fit, data);
    survival_curves(fit, data);
    diagnosed(fit, data);
    not_available(fit, data);
    double theta[2] = {0.3, 0.6}, values[2];
    OK(interlace_spec_objective(spec, data, theta, 1, 2, NULL, values, 2, &err));
    CHECK(values[0] > 360 && values[1] > 360 && values[0] != values[1]);
    OK(interlace_fit_refit_ml(fit, NULL, &ml, &err));
    CHECK(interlace_fit_log_likelihood(ml) == interlace_fit_log_likelihood(fit));
    interlace_fit_free(ml);
    interlace_fit_free(breslow);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(data);
    return 0;
}
