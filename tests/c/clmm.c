/* Ordinal fits: from a formula and from arrays, with nominal effects and a scale. Figures are those of ordinal 2022.11-16 for R, polished
 * by Newton steps. */
#include "check.h"
#include "cells.h"

static interlace_error err;

enum { WINE = 72, JUDGES = 9, CATEGORIES = 5, THRESHOLDS = 4 };

static interlace_frame *wine(void) {
    interlace_frame *frame;
    OK(read_csv("tests/reference/data/wine.csv", NULL, 0, &frame, &err));
    return frame;
}

static interlace_spec *model(const char *formula) {
    interlace_spec *spec;
    OK(interlace_spec_new(INTERLACE_MODEL_CLMM, formula, &spec, &err));
    return spec;
}

/* The frame may be NULL. */
static interlace_fit *fitted(interlace_spec *spec, interlace_frame *frame) {
    interlace_fit *fit;
    OK(interlace_fit_new(spec, frame, NULL, &fit, &err));
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    CHECK(interlace_fit_converged(fit));
    return fit;
}

static void scalars(const interlace_fit *fit) {
    CHECK(interlace_fit_model(fit) == INTERLACE_MODEL_CLMM && !(interlace_fit_method(fit) == INTERLACE_METHOD_REML) && !interlace_fit_is_singular(fit));
    SAME(interlace_fit_family(fit), "cumulative");
    SAME(interlace_fit_link(fit), "logit");
    CHECK(interlace_fit_information(fit) == INTERLACE_INFORMATION_OBSERVED && interlace_fit_nagq(fit) == 1);
    CLOSE(interlace_fit_log_likelihood(fit), -81.56541277649266, 1e-7);
    CLOSE(interlace_fit_aic(fit), 177.13082555298533, 1e-7);
    CHECK(interlace_fit_n_parameters(fit) == 7 && interlace_fit_df_residual(fit) == WINE - 7 && interlace_fit_n_obs(fit) == WINE);
    CHECK(interlace_fit_sigma(fit) == 1 && interlace_fit_n_separated(fit) == 0 && interlace_fit_n_warnings(fit) == 0);
}

/* Terms that might differ between thresholds, or be in the scale. */
static void terms(const interlace_fit *fit) {
    interlace_frame *table;
    OK(interlace_fit_nominal_test(fit, NULL, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 3 && number(table, "n_parameters", 1) == 3 && number(table, "p_value", 2) > 0.05);
    SAME(word(table, "term", 0), "<none>");
    CLOSE(number(table, "aic", 0), 177.13082555298533, 1e-7);
    interlace_frame_free(table);
    OK(interlace_fit_scale_test(fit, NULL, NULL, &table, &err));
    CHECK(number(table, "n_parameters", 2) == 1 && number(table, "chi_square", 1) >= 0);
    interlace_frame_free(table);
    OK(interlace_fit_anova(fit, NULL, INTERLACE_ANOVA_TYPE_III, INTERLACE_DF_DEFAULT, NULL, &table, &err));
    CHECK(number(table, "df", 0) == 1 && number(table, "chi_square", 1) > 10);
    interlace_frame_free(table);
    OK(interlace_fit_drop1(fit, NULL, NULL, &table, &err));
    CLOSE(number(table, "chi_square", 2), 14.346811, 2e-4);
    interlace_frame_free(table);
    /* emmeans 1.8.4 with mode = "prob" and "mean.class". */
    interlace_means_request request = INTERLACE_MEANS_REQUEST_INIT;
    request.means_mode = INTERLACE_MEANS_MODE_PROBABILITIES;
    OK(interlace_fit_marginal_means(fit, NULL, "~ rating | temp", &request, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 10);
    CLOSE(number(table, "estimate", 1), 0.52232509438186, 1e-5);
    CLOSE(number(table, "std_error", 1), 0.09101905505092, 1e-5);
    interlace_frame_free(table);
    OK(interlace_fit_contrasts(fit, NULL, "~ temp", &request, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 5);
    SAME(word(table, "rating", 4), "5");
    CLOSE(number(table, "estimate", 1), 0.4236651138445, 1e-5);
    interlace_frame_free(table);
    request.means_mode = INTERLACE_MEANS_MODE_MEAN_CLASS;
    OK(interlace_fit_marginal_means(fit, NULL, "~ temp", &request, NULL, &table, &err));
    CLOSE(number(table, "estimate", 1), 3.47993613502, 1e-5);
    interlace_frame_free(table);
    table = NULL;
    request.means_scale = INTERLACE_MEANS_SCALE_RESPONSE;
    FAILS(INTERLACE_E_ARGUMENT, "means_mode", interlace_fit_marginal_means(fit, NULL, "~ temp", &request, NULL, &table, &err));
    request.means_mode = (interlace_means_mode)9;
    FAILS(INTERLACE_E_ARGUMENT, "request->means_mode is 9", interlace_fit_marginal_means(fit, NULL, "~ temp", &request, NULL, &table, &err));
    SAME(interlace_means_mode_name(INTERLACE_MEANS_MODE_CUMULATIVE), "cumulative");
    FAILS(INTERLACE_E_ARGUMENT, "no formula for the dispersion", interlace_fit_anova_of(fit, INTERLACE_PREDICTOR_DISPERSION, NULL, INTERLACE_ANOVA_TYPE_II, INTERLACE_DF_DEFAULT, NULL, &table, &err));
    double l[2] = {0, 1};
    OK(interlace_fit_wald_test_of(fit, INTERLACE_PREDICTOR_MEAN, l, 1, 2, 1, NULL, true, INTERLACE_DF_DEFAULT, NULL, &table, &err));
    CHECK(number(table, "num_df", 0) == 1);
    interlace_frame_free(table);
    table = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "no formula for the zero inflation", interlace_fit_wald_test_of(fit, INTERLACE_PREDICTOR_ZERO_INFLATION, l, 1, 2, 1, NULL, true, INTERLACE_DF_DEFAULT, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_nominal_test(NULL, NULL, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_scale_test(fit, NULL, NULL, NULL, &err));
    CHECK(table == NULL);
}

static void thresholds(const interlace_fit *fit) {
    static const char *const names[THRESHOLDS] = {"1|2", "2|3", "3|4", "4|5"};
    static const double estimate[THRESHOLDS] = {-1.62366948219881, 1.5133569007921452, 4.228520413072746, 6.088769389227951};
    static const double error[THRESHOLDS] = {0.6824365566235586, 0.603735101146052, 0.8089554045261684, 0.9724558560989447};
    double theta[THRESHOLDS], se[THRESHOLDS], vcov[THRESHOLDS * THRESHOLDS], alpha[THRESHOLDS], of_alpha[THRESHOLDS];
    double jacobian[THRESHOLDS * THRESHOLDS], lower[THRESHOLDS], upper[THRESHOLDS], all[7];
    CHECK(interlace_fit_n_categories(fit) == CATEGORIES && interlace_fit_n_thresholds(fit) == THRESHOLDS);
    SAME(interlace_fit_category(fit, 0), "1");
    SAME(interlace_fit_category(fit, 4), "5");
    CHECK(interlace_fit_category(fit, 5) == NULL && interlace_fit_threshold_name(fit, 4) == NULL);
    CHECK(interlace_fit_threshold_structure(fit) == INTERLACE_THRESHOLD_FLEXIBLE);
    CHECK(interlace_fit_n_threshold_parameters(fit) == 4 && interlace_fit_n_family_parameters(fit) == 4);
    OK(interlace_fit_thresholds(fit, theta, THRESHOLDS, &err));
    OK(interlace_fit_thresholds_std_error(fit, se, THRESHOLDS, &err));
    OK(interlace_fit_thresholds_vcov(fit, vcov, THRESHOLDS * THRESHOLDS, &err));
    OK(interlace_fit_thresholds_jacobian(fit, jacobian, THRESHOLDS * THRESHOLDS, &err));
    OK(interlace_fit_family_parameters(fit, alpha, THRESHOLDS, &err));
    OK(interlace_fit_family_parameters_std_error(fit, of_alpha, THRESHOLDS, &err));
    OK(interlace_fit_family_parameters_confint_wald(fit, 0.95, lower, upper, THRESHOLDS, &err));
    OK(interlace_fit_parameters(fit, INTERLACE_PARAMETER_FORM_WORKING, all, 7, &err));
    for (size_t i = 0; i < THRESHOLDS; i++) {
        SAME(interlace_fit_threshold_name(fit, i), names[i]);
        SAME(interlace_fit_family_parameter_name(fit, i), names[i]);
        SAME(interlace_fit_parameter_name(fit, INTERLACE_PARAMETER_FORM_WORKING, 2 + i), names[i]);
        CHECK(!interlace_fit_family_parameter_is_fixed(fit, i) && alpha[i] == theta[i] && all[2 + i] == theta[i]);
        CLOSE(theta[i], estimate[i], 1e-6);
        CLOSE(se[i], error[i], 1e-5);
        CLOSE(of_alpha[i], error[i], 1e-5);
        CLOSE(vcov[5 * i], se[i] * se[i], 1e-12);
        for (size_t j = 0; j < THRESHOLDS; j++) CHECK(jacobian[THRESHOLDS * j + i] == (i == j));
    }
    CLOSE(lower[0], -2.961220554914514, 1e-5);
    CLOSE(upper[3], 7.994747843736948, 1e-5);
}

static void effects(const interlace_fit *fit) {
    double beta[2], se[2], lower[2], upper[2], theta, modes[JUDGES], given[JUDGES];
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, beta, 2, &err));
    OK(interlace_fit_fixef_std_error(fit, INTERLACE_PREDICTOR_MEAN, se, 2, &err));
    OK(interlace_fit_fixef_confint_wald(fit, INTERLACE_PREDICTOR_MEAN, INTERLACE_DF_DEFAULT, 0.95, NULL, lower, upper, 2, &err));
    SAME(interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_MEAN, 0), "tempwarm");
    CLOSE(beta[0], 3.063000392506454, 1e-6);
    CLOSE(beta[1], 1.8349006205721448, 1e-6);
    CLOSE(se[0], 0.5953909752367998, 1e-5);
    CLOSE(lower[1], 0.8303049038604902, 1e-5);
    CLOSE(upper[1], 2.8394963372837996, 1e-5);
    OK(interlace_fit_theta(fit, &theta, 1, &err));
    CLOSE(theta, 1.1311395578333343, 1e-6);
    SAME(interlace_fit_parameter_name(fit, INTERLACE_PARAMETER_FORM_WORKING, 6), "theta.judge.(Intercept)");
    OK(interlace_fit_term_ranef(fit, 0, modes, JUDGES, &err));
    OK(interlace_fit_term_ranef_cov(fit, 0, given, JUDGES, &err));
    CLOSE(modes[0], 1.6961722195328397, 1e-6);
    CLOSE(given[0], 0.3067382262851429, 1e-5);
}

static void rows(const interlace_fit *fit) {
    double y[WINE], p[WINE], eta[WINE], scale[WINE], again[WINE], residuals[WINE];
    OK(interlace_fit_response(fit, y, WINE, &err));
    OK(interlace_fit_fitted(fit, p, WINE, &err));
    OK(interlace_fit_linear_predictor(fit, INTERLACE_PREDICTOR_MEAN, eta, WINE, &err));
    OK(interlace_fit_dispersion(fit, scale, WINE, &err));
    CHECK(y[0] == 2 && y[1] == 3);
    CLOSE(p[0], 0.4195262975182599, 1e-6);
    CLOSE(p[1], 0.47195562655156154, 1e-6);
    CLOSE(eta[2], 3.5310728401049847, 1e-6);
    OK(interlace_fit_quantile_residuals(fit, 1, NULL, residuals, WINE, &err));
    OK(interlace_fit_quantile_residuals(fit, 1, NULL, again, WINE, &err));
    for (int i = 0; i < WINE; i++) {
        CHECK(scale[i] == 1 && p[i] > 0 && p[i] < 1);
        CHECK(fabs(residuals[i]) < 4 && residuals[i] == again[i]);
    }
}

/* What an ordinal fit doesn't have; outputs stay as they are. */
static void absent(const interlace_fit *fit) {
    static const int32_t kinds[] = {INTERLACE_RESIDUALS_RESPONSE, INTERLACE_RESIDUALS_PEARSON, INTERLACE_RESIDUALS_WORKING,
                                    INTERLACE_RESIDUALS_DEVIANCE};
    double out[WINE] = {-7}, b = -7, c = -7, d = -7;
    for (size_t i = 0; i < COUNT(kinds); i++)
        FAILS(INTERLACE_E_UNSUPPORTED, "quantile residuals", interlace_fit_residuals(fit, kinds[i], NULL, out, WINE, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, "ordinal", interlace_fit_overdispersion(fit, out, &b, &c, &d, &err));
    CHECK(interlace_fit_n_nominal(fit) == 0 && interlace_fit_nominal_name(fit, 0) == NULL);
    OK(interlace_fit_nominal(fit, NULL, 0, &err));
    OK(interlace_fit_nominal_std_error(fit, NULL, 0, &err));
    CHECK(!interlace_fit_has_predictor(fit, INTERLACE_PREDICTOR_DISPERSION) && !interlace_fit_has_predictor(fit, INTERLACE_PREDICTOR_ZERO_INFLATION));
    CHECK(out[0] == -7 && b == -7 && c == -7 && d == -7);
}

static void wrong_lengths_and_null(const interlace_fit *fit) {
    double out[16] = {-7}, other[16] = {-7};
    FAILS(INTERLACE_E_ARGUMENT, "exactly 4", interlace_fit_thresholds(fit, out, 5, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 4", interlace_fit_thresholds_std_error(fit, out, 0, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 16", interlace_fit_thresholds_vcov(fit, out, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 16", interlace_fit_thresholds_jacobian(fit, out, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 0", interlace_fit_nominal(fit, out, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 0", interlace_fit_nominal_std_error(fit, out, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 4", interlace_fit_family_parameters_confint_wald(fit, 0.9, out, other, 3, &err));
    FAILS(INTERLACE_E_ARGUMENT, "level is 1", interlace_fit_family_parameters_confint_wald(fit, 1, out, other, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "upper is NULL", interlace_fit_family_parameters_confint_wald(fit, 0.9, out, NULL, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_thresholds(fit, NULL, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_thresholds(NULL, out, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_thresholds_std_error(NULL, out, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_thresholds_vcov(NULL, out, 16, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_thresholds_jacobian(NULL, out, 16, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_nominal(NULL, out, 0, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_nominal_std_error(NULL, out, 0, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_family_parameters_confint_wald(NULL, 0.9, out, other, 4, &err));
    CHECK(interlace_fit_n_categories(NULL) == 0 && interlace_fit_category(NULL, 0) == NULL);
    CHECK(interlace_fit_n_thresholds(NULL) == 0 && interlace_fit_threshold_name(NULL, 0) == NULL);
    CHECK(interlace_fit_threshold_structure(NULL) == -1 && interlace_fit_n_threshold_parameters(NULL) == 0);
    CHECK(interlace_fit_n_nominal(NULL) == 0 && interlace_fit_nominal_name(NULL, 0) == NULL);
    CHECK(out[0] == -7 && other[0] == -7);
}

/* The same model from the matrices of the fit, with labels for the codes of the response, and for a sixth that no row has. */
static void arrays(const interlace_fit *fit) {
    static const char *const labels[] = {"poor", "fair", "good", "better", "best", "perfect"};
    static const char *const names[] = {"warm", "contact"};
    double y[WINE], x[2 * WINE], b[2], again[2], theta[THRESHOLDS], same_theta[THRESHOLDS];
    int64_t judge[WINE];
    interlace_spec *spec;
    OK(interlace_fit_response(fit, y, WINE, &err));
    OK(interlace_fit_x(fit, x, 2 * WINE, &err));
    OK(interlace_fit_term_index(fit, 0, judge, WINE, &err));
    OK(interlace_spec_new_array(INTERLACE_MODEL_CLMM, y, x, WINE, 2, WINE, &spec, &err));
    OK(interlace_spec_set_fixef_names(spec, names, 2, &err));
    OK(interlace_spec_set_response_levels(spec, labels, COUNT(labels), &err));
    OK(interlace_spec_add_term_i64(spec, "judge", NULL, WINE, 1, 0, judge, JUDGES, INTERLACE_STRUCTURE_UNSTRUCTURED, INTERLACE_VARIANCES_HETEROGENEOUS, &err));
    interlace_fit *same = fitted(spec, NULL);
    CHECK(interlace_fit_n_categories(same) == CATEGORIES);
    SAME(interlace_fit_category(same, 4), "best");
    SAME(interlace_fit_threshold_name(same, 3), "better|best");
    CHECK(interlace_fit_n_warnings(same) == 1 && strstr(interlace_fit_warning(same, 0), "'perfect'") != NULL);
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, b, 2, &err));
    OK(interlace_fit_fixef(same, INTERLACE_PREDICTOR_MEAN, again, 2, &err));
    OK(interlace_fit_thresholds(fit, theta, THRESHOLDS, &err));
    OK(interlace_fit_thresholds(same, same_theta, THRESHOLDS, &err));
    for (int i = 0; i < 2; i++) CLOSE(again[i], b[i], 1e-7);
    for (int i = 0; i < THRESHOLDS; i++) CLOSE(same_theta[i], theta[i], 1e-7);
    interlace_fit_free(same);
}

/* Thresholds at equal distances are made of two parameters. */
static void equidistant(void) {
    interlace_spec *spec = model("rating ~ temp + contact + (1 | judge)");
    OK(interlace_spec_set_threshold(spec, INTERLACE_THRESHOLD_EQUIDISTANT, &err));
    interlace_fit *fit = fitted(spec, wine());
    double alpha[2], se[2], lower[2], upper[2], theta[THRESHOLDS], jacobian[2 * THRESHOLDS];
    CHECK(interlace_fit_threshold_structure(fit) == INTERLACE_THRESHOLD_EQUIDISTANT);
    CHECK(interlace_fit_n_threshold_parameters(fit) == 2 && interlace_fit_n_thresholds(fit) == THRESHOLDS);
    SAME(interlace_fit_family_parameter_name(fit, 0), "threshold.1");
    SAME(interlace_fit_family_parameter_name(fit, 1), "spacing");
    OK(interlace_fit_family_parameters(fit, alpha, 2, &err));
    OK(interlace_fit_family_parameters_std_error(fit, se, 2, &err));
    OK(interlace_fit_thresholds(fit, theta, THRESHOLDS, &err));
    OK(interlace_fit_thresholds_jacobian(fit, jacobian, 2 * THRESHOLDS, &err));
    OK(interlace_fit_family_parameters_confint_wald(fit, 0.95, lower, upper, 2, &err));
    CLOSE(alpha[1], 2.5592617730117655, 1e-6);
    CLOSE(se[1], 0.32389599112907574, 1e-5);
    CLOSE(lower[1], 1.9244372956618725, 1e-5);
    CLOSE(upper[0], -0.1092030636680712, 1e-5);
    for (int i = 0; i < THRESHOLDS; i++) {
        CHECK(jacobian[i] == 1 && jacobian[THRESHOLDS + i] == i);
        CLOSE(theta[i], alpha[0] + i * alpha[1], 1e-12);
    }
    interlace_fit_free(fit);
}

/* Effects on each threshold, figures of clmm2; and a scale, whose reciprocal multiplies the distances from the thresholds. */
static void nominal_and_scale(void) {
    interlace_spec *spec = model("rating ~ temp + (1 | judge)");
    OK(interlace_spec_set_nominal(spec, "~ contact", &err));
    interlace_fit *fit = fitted(spec, wine());
    double gamma[THRESHOLDS], se[THRESHOLDS], all[2 * THRESHOLDS], zeta, scale[WINE];
    CHECK(interlace_fit_n_nominal(fit) == 1 && interlace_fit_n_family_parameters(fit) == 2 * THRESHOLDS);
    CHECK(interlace_fit_n_threshold_parameters(fit) == THRESHOLDS);
    SAME(interlace_fit_nominal_name(fit, 0), "contactyes");
    CHECK(interlace_fit_nominal_name(fit, 1) == NULL);
    SAME(interlace_fit_family_parameter_name(fit, 4), "1|2.contactyes");
    SAME(interlace_fit_family_parameter_name(fit, 7), "4|5.contactyes");
    OK(interlace_fit_nominal(fit, gamma, THRESHOLDS, &err));
    OK(interlace_fit_nominal_std_error(fit, se, THRESHOLDS, &err));
    OK(interlace_fit_family_parameters(fit, all, 2 * THRESHOLDS, &err));
    CLOSE(interlace_fit_log_likelihood(fit), -81.3147231, 1e-6);
    CLOSE(gamma[0], -1.8298, 1e-3);
    CLOSE(gamma[3], -1.3589, 1e-3);
    for (int i = 0; i < THRESHOLDS; i++) CHECK(gamma[i] == all[THRESHOLDS + i] && se[i] > 0.3 && se[i] < 2);
    interlace_fit_free(fit);

    spec = model("rating ~ temp + contact + (1 | judge)");
    OK(interlace_spec_set_scale(spec, "~ temp", &err));
    fit = fitted(spec, wine());
    CHECK(interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_DISPERSION) == 1 && interlace_fit_sigma(fit) == 1);
    SAME(interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_DISPERSION, 0), "tempwarm");
    SAME(interlace_fit_parameter_name(fit, INTERLACE_PARAMETER_FORM_WORKING, 2), "disp.tempwarm");
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_DISPERSION, &zeta, 1, &err));
    OK(interlace_fit_dispersion(fit, scale, WINE, &err));
    CHECK(scale[0] == 1); /* cold */
    CLOSE(scale[WINE - 1], exp(zeta), 1e-12);
    interlace_fit_free(fit);
}

static size_t rows_of_table(const interlace_fit *fit, const char *name) {
    interlace_frame *table;
    OK(interlace_fit_table(fit, name, INTERLACE_DF_DEFAULT, NULL, &table, &err));
    size_t n = interlace_frame_n_rows(table);
    interlace_frame_free(table);
    return n;
}

static void tables(const interlace_fit *fit) {
    interlace_frame *table;
    size_t column;
    CHECK(rows_of_table(fit, "coefficients") == 2 && rows_of_table(fit, "thresholds") == THRESHOLDS);
    CHECK(rows_of_table(fit, "family") == THRESHOLDS && rows_of_table(fit, "nominal") == 0);
    CHECK(rows_of_table(fit, "dispersion") == 0);
    OK(interlace_fit_table(fit, "observations", INTERLACE_DF_DEFAULT, NULL, &table, &err));
    OK(interlace_frame_column_index(table, "scale", &column, &err));
    FAILS(INTERLACE_E_DATA, "residual", interlace_frame_column_index(table, "residual", &column, &err));
    interlace_frame_free(table);
    CHECK(strstr(summary_of(fit), "Threshold coefficients:\n") != NULL);
}

/* A fit of another kind has no thresholds, but intervals of its family's parameter: symmetric for the logarithm. */
static void others(void) {
    interlace_frame *frame;
    interlace_spec *spec;
    double value, se, lower, upper, out[1] = {-7};
    OK(read_csv("tests/reference/data/sim_families.csv", NULL, 0, &frame, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_GLMM, "y_nb2 ~ x + (1 | g)", &spec, &err));
    OK(interlace_spec_set_family(spec, "nbinom2", NULL, &err));
    interlace_fit *fit = fitted(spec, frame);
    OK(interlace_fit_family_parameters(fit, &value, 1, &err));
    OK(interlace_fit_family_parameters_std_error(fit, &se, 1, &err));
    OK(interlace_fit_family_parameters_confint_wald(fit, 0.95, &lower, &upper, 1, &err));
    CLOSE(sqrt(lower * upper), value, 1e-9);
    CLOSE(log(upper / lower), 2 * 1.959963984540054 * se / value, 1e-9);
    CHECK(interlace_fit_n_categories(fit) == 0 && interlace_fit_threshold_structure(fit) == -1);
    CHECK(interlace_fit_n_thresholds(fit) == 0 && interlace_fit_n_nominal(fit) == 0);
    FAILS(INTERLACE_E_ARGUMENT, "not of an ordinal model", interlace_fit_thresholds(fit, out, 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "not of an ordinal model", interlace_fit_nominal(fit, out, 1, &err));
    interlace_fit_free(fit);

    OK(read_csv("tests/reference/data/sim_families.csv", NULL, 0, &frame, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_GLMM, "y_nb2 ~ x + (1 | g)", &spec, &err));
    OK(interlace_spec_set_family(spec, "nbinom2", NULL, &err));
    OK(interlace_spec_fix_parameter(spec, "size", 2, &err));
    fit = fitted(spec, frame);
    OK(interlace_fit_family_parameters_confint_wald(fit, 0.95, &lower, &upper, 1, &err));
    CHECK(isnan(lower) && isnan(upper));
    interlace_fit_free(fit);
    CHECK(out[0] == -7);
}

int main(void) {
    interlace_fit *fit = fitted(model("rating ~ temp + contact + (1 | judge)"), wine());
    scalars(fit);
    terms(fit);
    thresholds(fit);
    effects(fit);
    rows(fit);
    absent(fit);
    wrong_lengths_and_null(fit);
    arrays(fit);
    tables(fit);
    interlace_fit_free(fit);
    equidistant();
    nominal_and_scale();
    others();
    return 0;
}
