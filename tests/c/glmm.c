/* Generalised fits: from a formula and from arrays, with further predictors and parameters of the family. Figures are those of lme4 1.1-31
 * and glmmTMB 1.1.5. */
#include "dyestuff.h"

static interlace_error err;

enum { CBPP = 56, SALAMANDERS = 644, SIMULATED = 400 };

static interlace_frame *data(const char *path, const char *category) {
    interlace_frame *frame;
    OK(read_csv(path, &category, category != NULL, &frame, &err));
    return frame;
}

static interlace_spec *model(const char *formula, const char *family) {
    interlace_spec *spec;
    OK(interlace_spec_new(INTERLACE_MODEL_GLMM, formula, &spec, &err));
    OK(interlace_spec_set_family(spec, family, NULL, &err));
    return spec;
}

static interlace_fit *fitted(interlace_spec *spec, interlace_frame *frame) {
    interlace_fit *fit;
    OK(interlace_fit_new(spec, frame, NULL, &fit, &err));
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    CHECK(interlace_fit_converged(fit));
    return fit;
}

static interlace_fit *cbpp(void) {
    return fitted(model("cbind(incidence, size - incidence) ~ period + (1 | herd)", "binomial"),
                  data("tests/reference/data/cbpp.csv", NULL));
}

static void scalars_of_cbpp(const interlace_fit *fit) {
    CHECK(interlace_fit_model(fit) == INTERLACE_MODEL_GLMM && !(interlace_fit_method(fit) == INTERLACE_METHOD_REML) && !interlace_fit_is_singular(fit));
    SAME(interlace_fit_family(fit), "binomial");
    SAME(interlace_fit_link(fit), "logit");
    CHECK(interlace_fit_information(fit) == INTERLACE_INFORMATION_OBSERVED && interlace_fit_nagq(fit) == 1);
    CLOSE(interlace_fit_log_likelihood(fit), -92.02628187149722, 1e-6);
    CLOSE(interlace_fit_aic(fit), 194.05256374299444, 1e-6);
    CLOSE(interlace_fit_bic(fit), 204.17932219667017, 1e-6);
    CHECK(interlace_fit_n_parameters(fit) == 5 && interlace_fit_df_residual(fit) == 51 && interlace_fit_n_obs(fit) == CBPP);
    CHECK(interlace_fit_sigma(fit) == 1 && interlace_fit_n_family_parameters(fit) == 0);
    CHECK(interlace_fit_family_parameter_name(fit, 0) == NULL && !interlace_fit_family_parameter_is_fixed(fit, 0));
}

static void effects_of_cbpp(const interlace_fit *fit) {
    static const double estimate[4] = {-1.3985321315001438, -0.9923327168856202, -1.1286720640206875, -1.5803138597083466};
    static const double std_error[4] = {0.23247190404358464, 0.3066422933774045, 0.3266376252019201, 0.42743626701027754};
    static const double p_value[4] = {1.7886906213295396e-09, 0.0012116441605022781, 0.0005494244768882297, 0.00021799764047201423};
    double b[4], se[4], p[4], lower[4], upper[4], all[5], vcov[25], theta, modes[15], given[15], full[15];
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, b, 4, &err));
    OK(interlace_fit_fixef_std_error(fit, INTERLACE_PREDICTOR_MEAN, se, 4, &err));
    OK(interlace_fit_fixef_p_value(fit, INTERLACE_PREDICTOR_MEAN, INTERLACE_DF_DEFAULT, NULL, p, 4, &err));
    OK(interlace_fit_fixef_confint_wald(fit, INTERLACE_PREDICTOR_MEAN, INTERLACE_DF_DEFAULT, 0.95, NULL, lower, upper, 4, &err));
    OK(interlace_fit_parameters(fit, INTERLACE_PARAMETER_FORM_WORKING, all, 5, &err));
    OK(interlace_fit_parameters_vcov(fit, INTERLACE_PARAMETER_FORM_WORKING, NULL, vcov, 25, &err));
    for (int i = 0; i < 4; i++) {
        CLOSE(b[i], estimate[i], 1e-6);
        CLOSE(se[i], std_error[i], 1e-5);
        CLOSE(p[i] / p_value[i], 1, 1e-4);
        CHECK(all[i] == b[i]);
        CLOSE(vcov[6 * i], se[i] * se[i], 1e-12);
        SAME(interlace_fit_parameter_name(fit, INTERLACE_PARAMETER_FORM_WORKING, i), interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_MEAN, i));
    }
    CLOSE(lower[0], -1.854168690843021, 1e-5);
    CLOSE(upper[0], -0.9428955721572666, 1e-5);
    OK(interlace_fit_theta(fit, &theta, 1, &err));
    CLOSE(theta, 0.6422614349349557, 1e-6);
    CHECK(all[4] == theta);
    CLOSE(vcov[24], 0.03188439861341803, 1e-6);
    SAME(interlace_fit_parameter_name(fit, INTERLACE_PARAMETER_FORM_WORKING, 4), "theta.herd.(Intercept)");
    CHECK(interlace_fit_parameter_name(fit, INTERLACE_PARAMETER_FORM_WORKING, 5) == NULL);
    OK(interlace_fit_term_ranef(fit, 0, modes, 15, &err));
    CLOSE(modes[0], 0.5900200115016503, 1e-6);
    OK(interlace_fit_term_ranef_cov(fit, 0, given, 15, &err));
    CHECK(interlace_fit_term_has_ranef_cov_full(fit, 0));
    OK(interlace_fit_term_ranef_cov_full(fit, 0, full, 15, &err));
    CLOSE(given[0], 0.12128854940, 1e-6);
    CLOSE(full[0], 0.155174644481, 1e-5);
    CHECK(interlace_fit_term_predictor(fit, 0) == INTERLACE_PREDICTOR_MEAN && interlace_fit_term_predictor(fit, 1) == -1);
}

static void rows_of_cbpp(const interlace_fit *fit) {
    double eta[CBPP], mean[CBPP], pearson[CBPP], zero[CBPP], trials[CBPP];
    OK(interlace_fit_linear_predictor(fit, INTERLACE_PREDICTOR_MEAN, eta, CBPP, &err));
    OK(interlace_fit_fitted(fit, mean, CBPP, &err));
    OK(interlace_fit_residuals(fit, INTERLACE_RESIDUALS_PEARSON, NULL, pearson, CBPP, &err));
    OK(interlace_fit_zero_probability(fit, zero, CBPP, &err));
    OK(interlace_fit_weights(fit, trials, CBPP, &err));
    CLOSE(eta[0], -0.8085121199984935, 1e-6);
    CLOSE(mean[0], 0.30820764450153737, 1e-6);
    CLOSE(pearson[0], -1.3398616358229793, 1e-5);
    CHECK(trials[0] == 14 && trials[1] == 12);
    for (int i = 0; i < CBPP; i++) {
        CLOSE(mean[i], 1 / (1 + exp(-eta[i])), 1e-12);
        CHECK(zero[i] == 0);
    }
}

/* What a binomial fit doesn't have; outputs stay as they are. */
static void absent_from_cbpp(const interlace_fit *fit) {
    double out[CBPP] = {-7};
    CHECK(!interlace_fit_has_predictor(fit, INTERLACE_PREDICTOR_DISPERSION) && !interlace_fit_has_predictor(fit, 3));
    CHECK(interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_ZERO_INFLATION) == 0);
    CHECK(interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_ZERO_INFLATION, 0) == NULL);
    FAILS(INTERLACE_E_ARGUMENT, "no linear predictor of the zero inflation",
          interlace_fit_linear_predictor(fit, INTERLACE_PREDICTOR_ZERO_INFLATION, out, CBPP, &err));
    FAILS(INTERLACE_E_ARGUMENT, "predictor is 3", interlace_fit_fixef(fit, 3, out, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "binomial has no dispersion", interlace_fit_dispersion(fit, out, CBPP, &err));
    FAILS(INTERLACE_E_ARGUMENT, "room for 4", interlace_fit_parameters(fit, INTERLACE_PARAMETER_FORM_WORKING, out, 4, &err));
    CHECK(out[0] == -7);
}

/* The same model from the matrices of the fit. */
static void arrays(const interlace_fit *fit) {
    double y[CBPP], x[4 * CBPP], trials[CBPP], b[4], again[4];
    int64_t herd[CBPP];
    interlace_spec *spec;
    OK(interlace_fit_response(fit, y, CBPP, &err));
    OK(interlace_fit_x(fit, x, 4 * CBPP, &err));
    OK(interlace_fit_weights(fit, trials, CBPP, &err));
    OK(interlace_fit_term_index(fit, 0, herd, CBPP, &err));
    OK(interlace_spec_new_array(INTERLACE_MODEL_GLMM, y, x, CBPP, 4, CBPP, &spec, &err));
    OK(interlace_spec_set_family(spec, "binomial", "logit", &err));
    OK(interlace_spec_set_weights_array(spec, trials, CBPP, &err));
    OK(interlace_spec_add_term_i64(spec, "herd", NULL, CBPP, 1, 0, herd, 15, INTERLACE_STRUCTURE_UNSTRUCTURED, INTERLACE_VARIANCES_HETEROGENEOUS, &err));
    interlace_fit *same = fitted(spec, NULL);
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, b, 4, &err));
    OK(interlace_fit_fixef(same, INTERLACE_PREDICTOR_MEAN, again, 4, &err));
    for (int i = 0; i < 4; i++) CLOSE(again[i], b[i], 1e-7);
    CLOSE(interlace_fit_criterion(same), interlace_fit_criterion(fit), 1e-9);
    SAME(interlace_fit_parameter_name(same, INTERLACE_PARAMETER_FORM_WORKING, 4), "theta.herd.(Intercept)");
    interlace_fit_free(same);
}

/* Zero-inflated counts. */
static void salamanders(void) {
    interlace_spec *spec = model("count ~ spp + mined + (1 | site)", "poisson");
    OK(interlace_spec_set_zero_inflation(spec, "~ mined", &err));
    interlace_fit *fit = fitted(spec, data("tests/reference/data/Salamanders.csv", NULL));
    double mean[8], zero[2], se[2], p[2], vcov[4], lower[2], upper[2], all[11];
    double probability[SALAMANDERS], eta[SALAMANDERS], expected[SALAMANDERS], pearson[SALAMANDERS];
    CLOSE(interlace_fit_log_likelihood(fit), -886.7642662428428, 1e-6);
    CHECK(interlace_fit_n_parameters(fit) == 11);
    CHECK(interlace_fit_has_predictor(fit, INTERLACE_PREDICTOR_ZERO_INFLATION) && !interlace_fit_has_predictor(fit, INTERLACE_PREDICTOR_DISPERSION));
    CHECK(interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_MEAN) == 8);
    CHECK(interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_ZERO_INFLATION) == 2);
    SAME(interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_ZERO_INFLATION, 1), "minedyes");
    SAME(interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_MEAN, 7), "minedyes");
    CHECK(interlace_fit_n_dropped_columns(fit, INTERLACE_PREDICTOR_ZERO_INFLATION) == 0);
    CHECK(interlace_fit_dropped_column(fit, INTERLACE_PREDICTOR_ZERO_INFLATION, 0) == NULL);
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, mean, 8, &err));
    CLOSE(mean[7], -1.2714272837621605, 1e-5);
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_ZERO_INFLATION, zero, 2, &err));
    CLOSE(zero[1], 1.8449093223917004, 1e-5);
    OK(interlace_fit_fixef_std_error(fit, INTERLACE_PREDICTOR_ZERO_INFLATION, se, 2, &err));
    CLOSE(se[1], 0.31405555637517546, 1e-4);
    OK(interlace_fit_fixef_vcov(fit, INTERLACE_PREDICTOR_ZERO_INFLATION, vcov, 4, &err));
    CLOSE(vcov[1], -0.025702517854205503, 1e-5);
    OK(interlace_fit_fixef_p_value(fit, INTERLACE_PREDICTOR_ZERO_INFLATION, INTERLACE_DF_DEFAULT, NULL, p, 2, &err));
    CLOSE(p[0] / 1.6097331752151733e-10, 1, 1e-3);
    OK(interlace_fit_fixef_confint_wald(fit, INTERLACE_PREDICTOR_ZERO_INFLATION, INTERLACE_DF_DEFAULT, 0.95, NULL, lower, upper, 2, &err));
    CLOSE(upper[1] - lower[1], 2 * 1.959963984540054 * se[1], 1e-12);

    OK(interlace_fit_parameters(fit, INTERLACE_PARAMETER_FORM_WORKING, all, 11, &err));
    CHECK(all[7] == mean[7] && all[9] == zero[1]);
    SAME(interlace_fit_parameter_name(fit, INTERLACE_PARAMETER_FORM_WORKING, 9), "zi.minedyes");
    OK(interlace_fit_zero_probability(fit, probability, SALAMANDERS, &err));
    CLOSE(probability[0], 0.6878324040635305, 1e-6);
    CLOSE(probability[3], 0.2582844488449662, 1e-6);
    OK(interlace_fit_fitted(fit, expected, SALAMANDERS, &err));
    CLOSE(expected[0], 0.21775411119769095, 1e-5);
    OK(interlace_fit_residuals(fit, INTERLACE_RESIDUALS_PEARSON, NULL, pearson, SALAMANDERS, &err));
    CLOSE(pearson[0], -0.38360257969858264, 1e-5);
    OK(interlace_fit_linear_predictor(fit, INTERLACE_PREDICTOR_ZERO_INFLATION, eta, SALAMANDERS, &err));
    CLOSE(eta[0], zero[0] + zero[1], 1e-12);
    OK(interlace_fit_linear_predictor(fit, INTERLACE_PREDICTOR_MEAN, eta, SALAMANDERS, &err));
    CLOSE(eta[0], -0.3601737141390962, 1e-5);
    interlace_fit_free(fit);
}

/* A parameter of the family, estimated and given. */
static void parameters(void) {
    double value, se, rows[SIMULATED];
    interlace_fit *fit = fitted(model("y_nb2 ~ x + (1 | g)", "nbinom2"), data("tests/reference/data/sim_families.csv", NULL));
    CHECK(interlace_fit_n_family_parameters(fit) == 1 && !interlace_fit_family_parameter_is_fixed(fit, 0));
    SAME(interlace_fit_family_parameter_name(fit, 0), "size");
    OK(interlace_fit_family_parameters(fit, &value, 1, &err));
    CLOSE(value, 2.2143722544890996, 1e-5);
    CHECK(interlace_fit_sigma(fit) == value);
    OK(interlace_fit_family_parameters_std_error(fit, &se, 1, &err));
    CLOSE(se, 2.2143722544890996 * 0.16798823146383574, 1e-4);
    OK(interlace_fit_dispersion(fit, rows, SIMULATED, &err));
    CHECK(rows[0] == rows[SIMULATED - 1]);
    CLOSE(rows[0], value, 1e-12);
    SAME(interlace_fit_parameter_name(fit, INTERLACE_PARAMETER_FORM_WORKING, 2), "size");
    interlace_fit_free(fit);

    interlace_spec *spec = model("y_nb2 ~ x + (1 | g)", "nbinom2");
    OK(interlace_spec_fix_parameter(spec, "size", 2, &err));
    fit = fitted(spec, data("tests/reference/data/sim_families.csv", NULL));
    CHECK(interlace_fit_family_parameter_is_fixed(fit, 0) && interlace_fit_n_parameters(fit) == 3);
    OK(interlace_fit_family_parameters(fit, &value, 1, &err));
    CLOSE(value, 2, 1e-12);
    OK(interlace_fit_family_parameters_std_error(fit, &se, 1, &err));
    CHECK(isnan(se));
    interlace_fit_free(fit);
}

/* A predictor of the dispersion: for gaussian, the logarithm of the variance. */
static void dispersion(void) {
    double b[2], value, eta[SIMULATED], sd[SIMULATED];
    interlace_spec *spec = model("y_het ~ x + (1 | g)", "gaussian");
    OK(interlace_spec_set_dispersion(spec, "~ z", &err));
    interlace_fit *fit = fitted(spec, data("tests/reference/data/sim_families.csv", NULL));
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_DISPERSION, b, 2, &err));
    CLOSE(b[0], -0.9105059934527401, 1e-5);
    CLOSE(b[1], 1.6545266433162555, 1e-5);
    OK(interlace_fit_linear_predictor(fit, INTERLACE_PREDICTOR_DISPERSION, eta, SIMULATED, &err));
    OK(interlace_fit_dispersion(fit, sd, SIMULATED, &err));
    for (int i = 0; i < SIMULATED; i++) CLOSE(sd[i], exp(eta[i] / 2), 1e-12);
    OK(interlace_fit_family_parameters(fit, &value, 1, &err));
    CHECK(isnan(value) && isnan(interlace_fit_sigma(fit)));
    SAME(interlace_fit_parameter_name(fit, INTERLACE_PARAMETER_FORM_WORKING, 3), "disp.z");
    interlace_fit_free(fit);
}

/* A generalised fit's tables, and its summary. */
static void tables(const interlace_fit *fit) {
    interlace_frame *frame;
    size_t column;
    double z[4], b[4], se[4];
    for (size_t i = 0; i < interlace_fit_n_tables(fit); i++) {
        OK(interlace_fit_table(fit, interlace_fit_table_name(fit, i), INTERLACE_DF_DEFAULT, NULL, &frame, &err));
        interlace_frame_free(frame);
    }
    OK(interlace_fit_table(fit, "coefficients", INTERLACE_DF_DEFAULT, NULL, &frame, &err));
    OK(interlace_frame_column_index(frame, "statistic", &column, &err));
    OK(interlace_frame_column_f64(frame, column, z, 4, &err));
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, b, 4, &err));
    OK(interlace_fit_fixef_std_error(fit, INTERLACE_PREDICTOR_MEAN, se, 4, &err));
    for (int i = 0; i < 4; i++) CHECK(z[i] == b[i] / se[i]);
    interlace_frame_free(frame);
    CHECK(strstr(summary_of(fit), "Family: binomial (logit)") != NULL);
}

/* A negative number of points, at nodes that are not adaptive, comes back as it was given. */
static void fixed_nodes(void) {
    interlace_frame *frame = data("tests/reference/data/cbpp.csv", NULL);
    interlace_spec *spec = model("cbind(incidence, size - incidence) ~ period + (1 | herd)", "binomial");
    interlace_options *options;
    interlace_fit *fit;
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_nagq(options, -15, &err));
    OK(interlace_fit_new(spec, frame, options, &fit, &err));
    CHECK(interlace_fit_converged(fit) && interlace_fit_nagq(fit) == -15);
    CHECK(strstr(summary_of(fit), "non-adaptive Gauss-Hermite quadrature with 15 points") != NULL);
    interlace_fit_free(fit);
    OK(interlace_options_set_information(options, INTERLACE_INFORMATION_EXPECTED, &err));
    FAILS(INTERLACE_E_ARGUMENT, "information", interlace_fit_new(spec, frame, options, &fit, &err));
    interlace_options_free(options);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
}

/* A linear fit has the mean's predictor, and no family. */
static void linear(void) {
    interlace_fit *fit = dyestuff_fit(NULL);
    double out[DYESTUFF_ROWS] = {-7}, mean[DYESTUFF_ROWS], one;
    CHECK(interlace_fit_family(fit) == NULL && interlace_fit_link(fit) == NULL);
    CHECK(interlace_fit_information(fit) == -1 && interlace_fit_nagq(fit) == -1);
    CHECK(interlace_fit_n_family_parameters(fit) == 0);
    FAILS(INTERLACE_E_ARGUMENT, "linear model", interlace_fit_family_parameters(fit, out, 0, &err));
    FAILS(INTERLACE_E_ARGUMENT, "linear model", interlace_fit_family_parameters_std_error(fit, out, 0, &err));
    FAILS(INTERLACE_E_ARGUMENT, "linear model", interlace_fit_dispersion(fit, out, DYESTUFF_ROWS, &err));
    FAILS(INTERLACE_E_ARGUMENT, "linear model", interlace_fit_zero_probability(fit, out, DYESTUFF_ROWS, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, "marginal standard errors", interlace_fit_term_ranef_cov_full(fit, 0, out, 6, &err));
    CHECK(out[0] == -7);
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, &one, 1, &err));
    CLOSE(one, dyestuff_intercept, 1e-6);
    OK(interlace_fit_linear_predictor(fit, INTERLACE_PREDICTOR_MEAN, out, DYESTUFF_ROWS, &err));
    OK(interlace_fit_fitted(fit, mean, DYESTUFF_ROWS, &err));
    CHECK(memcmp(out, mean, sizeof out) == 0);
    interlace_fit_free(fit);

    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_parameters(NULL, INTERLACE_PARAMETER_FORM_WORKING, out, 1, &err));
    CHECK(interlace_fit_family(NULL) == NULL && interlace_fit_term_predictor(NULL, 0) == -1);
}

int main(void) {
    interlace_fit *fit = cbpp();
    scalars_of_cbpp(fit);
    effects_of_cbpp(fit);
    rows_of_cbpp(fit);
    absent_from_cbpp(fit);
    tables(fit);
    arrays(fit);
    interlace_fit_free(fit);
    salamanders();
    parameters();
    dispersion();
    fixed_nodes();
    linear();
    return 0;
}
