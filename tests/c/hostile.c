/* NULL everywhere, wrong lengths, unknown numbers, values that are no numbers, objects freed in every order. */
#include "dyestuff.h"

static interlace_error err;

#define NULL_OBJECT(name, call) FAILS(INTERLACE_E_ARGUMENT, name " is NULL", call)

static void null_outputs(void) {
    double x[1] = {0};
    interlace_frame_free(NULL);
    interlace_spec_free(NULL);
    interlace_options_free(NULL);
    interlace_fit_free(NULL);

    NULL_OBJECT("out", interlace_frame_new(1, NULL, &err));
    NULL_OBJECT("out", interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ x", NULL, &err));
    NULL_OBJECT("out", interlace_spec_new_array(INTERLACE_MODEL_LMM, x, x, 1, 1, 1, NULL, &err));
    NULL_OBJECT("out", interlace_options_new(NULL, &err));
    NULL_OBJECT("out", read_csv("x.csv", NULL, 0, NULL, &err));
    NULL_OBJECT("out", read_csv_bytes("x", 1, NULL, 0, NULL, &err));
}

static void null_frames(void) {
    double x[1] = {0};
    int64_t i[1] = {0};
    int32_t c[1] = {0};
    size_t n;
    const char *const s[1] = {"s"};
    interlace_frame *frame;
    NULL_OBJECT("frame", interlace_frame_add_f64(NULL, "x", x, 1, &err));
    NULL_OBJECT("frame", interlace_frame_add_i32(NULL, "x", c, 1, &err));
    NULL_OBJECT("frame", interlace_frame_add_i64(NULL, "x", i, 1, &err));
    NULL_OBJECT("frame", interlace_frame_add_categorical(NULL, "x", c, 1, s, 1, false, &err));
    NULL_OBJECT("frame", interlace_frame_add_strings(NULL, "x", s, 1, &err));
    NULL_OBJECT("frame", interlace_frame_set_levels(NULL, "x", s, 1, false, &err));
    NULL_OBJECT("frame", interlace_frame_make_categorical(NULL, "x", &err));
    NULL_OBJECT("frame", interlace_frame_write_csv(NULL, "x.csv", &err));
    NULL_OBJECT("path", read_csv(NULL, NULL, 0, &frame, &err));
    NULL_OBJECT("bytes", interlace_frame_read_csv_bytes(NULL, 1, NULL, &frame, &err));
    NULL_OBJECT("frame", interlace_frame_column_index(NULL, "x", &n, &err));
    NULL_OBJECT("frame", interlace_frame_column_f64(NULL, 0, x, 1, &err));
    NULL_OBJECT("frame", interlace_frame_column_i64(NULL, 0, i, 1, &err));
    NULL_OBJECT("frame", interlace_frame_column_codes(NULL, 0, c, 1, &err));
    CHECK(interlace_frame_n_rows(NULL) == 0 && interlace_frame_n_columns(NULL) == 0);
    CHECK(interlace_frame_column_kind(NULL, 0) == -1 && interlace_frame_column_name(NULL, 0) == NULL);
    CHECK(interlace_frame_column_n_levels(NULL, 0) == 0 && interlace_frame_column_level(NULL, 0, 0) == NULL);
    CHECK(interlace_frame_column_string(NULL, 0, 0) == NULL && !interlace_frame_column_is_ordered(NULL, 0));
}

static void null_specs(void) {
    double x[1] = {0};
    int64_t i[1] = {0};
    int32_t c[1] = {0};
    const char *const s[1] = {"s"};
    NULL_OBJECT("spec", interlace_spec_add_random(NULL, "(1 | g)", &err));
    NULL_OBJECT("spec", interlace_spec_add_groups(NULL, "g", &err));
    NULL_OBJECT("spec", interlace_spec_set_weights(NULL, "w", &err));
    NULL_OBJECT("spec", interlace_spec_set_offset(NULL, "o", &err));
    NULL_OBJECT("spec", interlace_spec_set_contrasts(NULL, "f", "contr.sum", &err));
    NULL_OBJECT("spec", interlace_spec_set_fixef_names(NULL, s, 1, &err));
    NULL_OBJECT("spec", interlace_spec_set_weights_array(NULL, x, 1, &err));
    NULL_OBJECT("spec", interlace_spec_set_offset_array(NULL, x, 1, &err));
    NULL_OBJECT("spec", interlace_spec_add_term_i32(NULL, "g", NULL, 1, 1, 1, c, 1, 0, INTERLACE_VARIANCES_DEFAULT, &err));
    NULL_OBJECT("spec", interlace_spec_add_term_i64(NULL, "g", NULL, 1, 1, 1, i, 1, 0, INTERLACE_VARIANCES_DEFAULT, &err));
    NULL_OBJECT("spec", interlace_spec_set_term_levels(NULL, 0, s, 1, &err));
    NULL_OBJECT("spec", interlace_spec_set_term_effects(NULL, 0, s, 1, &err));
    NULL_OBJECT("spec", interlace_spec_set_family(NULL, "poisson", NULL, &err));
    NULL_OBJECT("spec", interlace_spec_fix_parameter(NULL, "df", 1, &err));
    NULL_OBJECT("spec", interlace_spec_set_dispersion(NULL, "~ 1", &err));
    NULL_OBJECT("spec", interlace_spec_set_zero_inflation(NULL, "~ 1", &err));
    NULL_OBJECT("spec", interlace_spec_set_dispersion_array(NULL, x, 1, 1, 1, NULL, &err));
    NULL_OBJECT("spec", interlace_spec_set_zero_inflation_array(NULL, x, 1, 1, 1, NULL, &err));
    NULL_OBJECT("spec", interlace_spec_objective(NULL, NULL, x, 1, 1, NULL, x, 1, &err));
}

static void null_options(void) {
    double x[1] = {0};
    NULL_OBJECT("options", interlace_options_set_information(NULL, 0, &err));
    NULL_OBJECT("options", interlace_options_set_nagq(NULL, 1, &err));
    NULL_OBJECT("options", interlace_options_set_std_errors(NULL, 0, &err));
    NULL_OBJECT("options", interlace_options_set_unidentified(NULL, 0, &err));
    NULL_OBJECT("options", interlace_options_set_method(NULL, INTERLACE_METHOD_REML, &err));
    NULL_OBJECT("options", interlace_options_set_optimizer(NULL, INTERLACE_OPTIMIZER_NEWTON, &err));
    NULL_OBJECT("options", interlace_options_set_theta0(NULL, x, 1, &err));
    NULL_OBJECT("options", interlace_options_set_tolerance(NULL, 1, &err));
    NULL_OBJECT("options", interlace_options_set_max_evaluations(NULL, 1, &err));
    NULL_OBJECT("options", interlace_options_set_threads(NULL, 1, &err));
    NULL_OBJECT("options", interlace_options_set_deadline(NULL, 1, &err));
    NULL_OBJECT("options", interlace_options_set_na(NULL, 0, &err));
    NULL_OBJECT("options", interlace_options_set_progress(NULL, NULL, NULL, &err));
    NULL_OBJECT("options", interlace_options_set(NULL, "threads", "1", &err));
}

static void null_fits(void) {
    double x[1] = {0};
    int64_t i[1] = {0};
    size_t n;
    interlace_frame *frame;
    interlace_fit *fit;
    NULL_OBJECT("spec", interlace_fit_new(NULL, NULL, NULL, &fit, &err));
    NULL_OBJECT("fit", interlace_fit_fixef(NULL, INTERLACE_PREDICTOR_MEAN, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_fixef_std_error(NULL, INTERLACE_PREDICTOR_MEAN, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_fixef_vcov(NULL, INTERLACE_PREDICTOR_MEAN, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_theta(NULL, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_term_cov(NULL, 0, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_term_sd(NULL, 0, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_term_corr(NULL, 0, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_term_ranef(NULL, 0, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_term_ranef_cov(NULL, 0, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_term_boundary(NULL, 0, 0, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_fitted(NULL, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_residuals(NULL, 0, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_response(NULL, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_weights(NULL, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_offset(NULL, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_dropped_row(NULL, 0, &n, &err));
    NULL_OBJECT("fit", interlace_fit_x(NULL, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_term_z(NULL, 0, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_term_index(NULL, 0, i, 1, &err));
    NULL_OBJECT("fit", interlace_fit_z(NULL, i, 1, i, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_table(NULL, "coefficients", INTERLACE_DF_DEFAULT, NULL, &frame, &err));
    NULL_OBJECT("fit", interlace_fit_predict(NULL, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_RESPONSE), NULL, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_predict(NULL, NULL, PREDICT(.quantity = 0, .arrays = NULL), NULL, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_predict_interval(NULL, NULL, PREDICT(.quantity = 0, .level = 0.9), NULL, x, x, x, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_predict_interval(NULL, NULL, PREDICT(.quantity = 0, .level = 0.9, .arrays = NULL), NULL, x, x, x, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_term_ranef_confint_wald(NULL, 0, 0.9, false, x, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_refit_ml(NULL, NULL, &fit, &err));
    NULL_OBJECT("spec", interlace_spec_all_optimizers(NULL, NULL, NULL, &frame, &err));
    NULL_OBJECT("spec", interlace_spec_cross_validate(NULL, NULL, NULL, 2, 0, NULL, &frame, NULL, &err));
    NULL_OBJECT("fit", interlace_fit_quantile_residuals(NULL, 1, NULL, x, 1, &err));
    NULL_OBJECT("fit", interlace_fit_r2(NULL, NULL, x, x, &err));
    NULL_OBJECT("fit", interlace_fit_icc(NULL, NULL, x, x, &err));
    NULL_OBJECT("fit", interlace_fit_overdispersion(NULL, x, x, x, x, &err));
}

static void null_objects(void) {
    null_outputs();
    null_frames();
    null_specs();
    null_options();
    null_fits();
}

static void null_fit_values(void) {
    CHECK(interlace_fit_model(NULL) == INTERLACE_MODEL_NONE && interlace_fit_formula(NULL) == NULL && summary_of(NULL) == NULL);
    CHECK(!(interlace_fit_method(NULL) == INTERLACE_METHOD_REML) && !interlace_fit_is_singular(NULL) && !interlace_fit_converged(NULL));
    CHECK(interlace_fit_n_obs(NULL) == 0 && interlace_fit_n_rows(NULL) == 0 && interlace_fit_n_data_rows(NULL) == 0);
    CHECK(interlace_fit_n_parameters(NULL) == 0 && interlace_fit_df_residual(NULL) == 0 && interlace_fit_n_evaluations(NULL) == 0);
    CHECK(isnan(interlace_fit_sigma(NULL)) && isnan(interlace_fit_log_likelihood(NULL)));
    CHECK(isnan(interlace_fit_criterion(NULL)) && isnan(interlace_fit_aic(NULL)) && isnan(interlace_fit_bic(NULL)));
    CHECK(isnan(interlace_fit_scaled_gradient(NULL)) && isnan(interlace_fit_design_seconds(NULL)));
    CHECK(isnan(interlace_fit_fit_seconds(NULL)) && isnan(interlace_fit_criterion_error(NULL)));
    CHECK(interlace_fit_engine(NULL) == NULL && interlace_fit_engine_decision(NULL) == NULL);
    CHECK(isnan(interlace_fit_forecast_multiplications(NULL)) && isnan(interlace_fit_forecast_bytes(NULL)));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_theta_errors(NULL, NULL, 0, &err));
    CHECK(interlace_fit_n_fixef(NULL, INTERLACE_PREDICTOR_MEAN) == 0 && interlace_fit_fixef_name(NULL, INTERLACE_PREDICTOR_MEAN, 0) == NULL);
    CHECK(interlace_fit_n_dropped_columns(NULL, INTERLACE_PREDICTOR_MEAN) == 0 && interlace_fit_dropped_column(NULL, INTERLACE_PREDICTOR_MEAN, 0) == NULL);
    CHECK(interlace_fit_n_theta(NULL) == 0 && interlace_fit_theta_name(NULL, 0) == NULL);
    CHECK(interlace_fit_n_terms(NULL) == 0 && interlace_fit_term_group(NULL, 0) == NULL);
    CHECK(interlace_fit_term_n_effects(NULL, 0) == 0 && interlace_fit_term_effect_name(NULL, 0, 0) == NULL);
    CHECK(interlace_fit_term_n_levels(NULL, 0) == 0 && interlace_fit_term_level(NULL, 0, 0) == NULL);
    CHECK(interlace_fit_term_structure(NULL, 0) == -1 && !interlace_fit_term_is_homogeneous(NULL, 0));
    CHECK(interlace_fit_term_n_boundary(NULL, 0) == 0 && interlace_fit_n_ranef(NULL) == 0 && interlace_fit_z_nnz(NULL) == 0);
    CHECK(interlace_fit_reason(NULL) == -1 && interlace_reason_name(interlace_fit_reason(NULL)) == NULL);
    CHECK(interlace_fit_n_boundary(NULL) == 0 && interlace_fit_boundary(NULL, 0) == NULL);
    CHECK(interlace_fit_n_warnings(NULL) == 0 && interlace_fit_warning(NULL, 0) == NULL);
    CHECK(interlace_fit_n_dropped_rows(NULL) == 0 && interlace_fit_dropped_row_reason(NULL, 0) == NULL);
    CHECK(interlace_fit_n_tables(NULL) == 0 && interlace_fit_table_name(NULL, 0) == NULL);
}

/* Lengths that no memory holds are errors, not reads past the end and not aborts. */
static void absurd_sizes(void) {
    const double x[2] = {1, 2};
    const int32_t index[2] = {0, 0};
    interlace_frame *frame;
    interlace_spec *spec = NULL;
    OK(interlace_frame_new(SIZE_MAX, &frame, &err));
    CHECK(interlace_frame_add_f64(frame, "x", x, SIZE_MAX, &err) == INTERLACE_E_ARGUMENT);
    CHECK(interlace_frame_add_i32(frame, "x", index, SIZE_MAX / 2, &err) == INTERLACE_E_ARGUMENT);
    FAILS(INTERLACE_E_ARGUMENT, "values", interlace_frame_add_f64(frame, "x", (const double *) ((const char *) x + 1), 1, &err));
    interlace_frame_free(frame);

    CHECK(interlace_spec_new_array(INTERLACE_MODEL_LMM, x, x, 2, SIZE_MAX, 2, &spec, &err) == INTERLACE_E_ARGUMENT);
    CHECK(interlace_spec_new_array(INTERLACE_MODEL_LMM, x, x, SIZE_MAX, 1, SIZE_MAX, &spec, &err) == INTERLACE_E_ARGUMENT);
    CHECK(spec == NULL);
    OK(interlace_spec_new_array(INTERLACE_MODEL_LMM, x, x, 2, 1, 2, &spec, &err));
    CHECK(interlace_spec_add_term_i32(spec, "g", x, 2, SIZE_MAX, 2, index, 1, 0, INTERLACE_VARIANCES_DEFAULT, &err) == INTERLACE_E_ARGUMENT);
    interlace_spec_free(spec);
}

/* A length that is not what the object has is refused before the array is read: of these arrays nothing is behind their first element. */
static void lying_lengths(const interlace_fit *fit) {
    double *x = malloc(sizeof *x);
    int32_t *i = malloc(sizeof *i);
    int64_t *l = malloc(sizeof *l);
    const char **s = malloc(sizeof *s);
    size_t *terms = malloc(sizeof *terms);
    interlace_frame *frame, *out = NULL;
    CHECK(x != NULL && i != NULL && l != NULL && s != NULL && terms != NULL);
    *x = 1, *i = 0, *l = 0, *s = "a", *terms = 0;
    OK(interlace_frame_new(1, &frame, &err));
    FAILS(INTERLACE_E_ARGUMENT, "8 values, the frame has 1 rows", interlace_frame_add_f64(frame, "x", x, 8, &err));
    FAILS(INTERLACE_E_ARGUMENT, "8 values", interlace_frame_add_i32(frame, "x", i, 8, &err));
    FAILS(INTERLACE_E_ARGUMENT, "8 values", interlace_frame_add_i64(frame, "x", l, 8, &err));
    FAILS(INTERLACE_E_ARGUMENT, "8 values", interlace_frame_add_categorical(frame, "x", i, 8, s, 1, false, &err));
    FAILS(INTERLACE_E_ARGUMENT, "8 values", interlace_frame_add_strings(frame, "x", s, 8, &err));
    FAILS(INTERLACE_E_ARGUMENT, "p is 8, wanted 1 columns",
          interlace_fit_wald_test(fit, x, 1, 8, 1, NULL, false, INTERLACE_DF_NORMAL, NULL, &out, &err));
    double value[1];
    FAILS(INTERLACE_E_ARGUMENT, "n_terms is 8, the fit has 1",
          interlace_fit_predict_interval(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_LINK, .terms = terms, .n_terms = 8), NULL, value, NULL, NULL, NULL, 1, &err));
    CHECK(out == NULL && interlace_frame_n_columns(frame) == 0);
    interlace_frame_free(frame);
    free(x), free(i), free(l), free(s), free(terms);
}

/* Numbers that can't be counted any more. */
static void sums_beyond_counting(void) {
    interlace_frame *frame, *other;
    interlace_bootstrap *bootstrap;
    OK(interlace_frame_new(SIZE_MAX, &frame, &err));
    OK(interlace_frame_new(SIZE_MAX, &other, &err));
    FAILS(INTERLACE_E_ARGUMENT, "more than can be counted", interlace_frame_append(frame, other, &err));
    CHECK(interlace_frame_n_rows(frame) == SIZE_MAX);
    interlace_frame_free(frame);
    interlace_frame_free(other);
    OK(interlace_bootstrap_new(&bootstrap, &err));
    FAILS(INTERLACE_E_ARGUMENT, "numbers of replicates", interlace_bootstrap_set_replicates(bootstrap, SIZE_MAX, 2, &err));
    FAILS(INTERLACE_E_ARGUMENT, "numbers of replicates", interlace_bootstrap_set_replicates(bootstrap, (size_t) INT64_MAX, 1, &err));
    interlace_bootstrap_free(bootstrap);
}

/* Wrong lengths leave the output alone. */
static void wrong_lengths(const interlace_fit *fit) {
    double out[40];
    int64_t colptr[7], rowidx[30];
    for (int i = 0; i < 40; i++) out[i] = 7;
    FAILS(INTERLACE_E_ARGUMENT, "exactly 1", interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, out, 0, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 1", interlace_fit_fixef_vcov(fit, INTERLACE_PREDICTOR_MEAN, out, 2, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, NULL, 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 30", interlace_fit_fitted(fit, out, 40, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 6", interlace_fit_term_ranef(fit, 0, out, 5, &err));
    FAILS(INTERLACE_E_ARGUMENT, "term is 1", interlace_fit_term_ranef(fit, 1, out, 6, &err));
    FAILS(INTERLACE_E_ARGUMENT, "residuals is 7", interlace_fit_residuals(fit, 7, out, 30, &err));
    FAILS(INTERLACE_E_ARGUMENT, "direction is 0", interlace_fit_term_boundary(fit, 0, 0, out, 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "exactly 7", interlace_fit_z(fit, colptr, 6, rowidx, out, 30, &err));
    FAILS(INTERLACE_E_ARGUMENT, "rowidx", interlace_fit_z(fit, colptr, 7, rowidx, out, 29, &err));
    FAILS(INTERLACE_E_ARGUMENT, "values is NULL", interlace_fit_z(fit, colptr, 7, rowidx, NULL, 30, &err));
    for (int i = 0; i < 40; i++) CHECK(out[i] == 7);
}

/* Data that are no data: an error or a fit, never a crash. */
static void no_numbers(void) {
    static const double kinds[] = {NAN, INFINITY, -INFINITY, 1e308, 0.0};
    for (size_t k = 0; k < COUNT(kinds); k++) {
        double y[30];
        for (int i = 0; i < 30; i++) y[i] = k % 2 && i < 15 ? 1.0 : kinds[k];
        interlace_frame *frame = dyestuff();
        interlace_spec *spec;
        interlace_fit *fit = NULL;
        OK(interlace_frame_add_f64(frame, "y", y, 30, &err));
        OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ 1 + (1 | Batch)", &spec, &err));
        interlace_status status = interlace_fit_new(spec, frame, NULL, &fit, &err);
        CHECK(status != INTERLACE_E_INTERNAL && (status == INTERLACE_OK) == (fit != NULL));
        interlace_fit_free(fit);
        interlace_spec_free(spec);
        interlace_frame_free(frame);
    }
}

/* All orders of freeing frame, spec, options and fit; the fit works for as long as it lives. */
static void any_order(void) {
    for (int order = 0; order < 256; order++) {
        const int at[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
        if ((1 << at[0] | 1 << at[1] | 1 << at[2] | 1 << at[3]) != 15) continue;
        interlace_frame *frame = dyestuff();
        interlace_spec *spec;
        interlace_options *options;
        interlace_fit *fit;
        OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Yield ~ 1 + (1 | Batch)", &spec, &err));
        OK(interlace_options_new(&options, &err));
        OK(interlace_fit_new(spec, frame, options, &fit, &err));
        for (int i = 0; i < 4; i++) {
            switch (at[i]) {
            case 0: interlace_frame_free(frame); break;
            case 1: interlace_spec_free(spec); break;
            case 2: interlace_options_free(options); break;
            default:
                SAME(interlace_fit_term_level(fit, 0, 0), "A");
                interlace_fit_free(fit);
            }
        }
    }
}

int main(void) {
    null_objects();
    null_fit_values();
    absurd_sizes();
    interlace_fit *fit = dyestuff_fit(NULL);
    wrong_lengths(fit);
    lying_lengths(fit);
    sums_beyond_counting();
    interlace_fit_free(fit);
    no_numbers();
    any_order();
    return 0;
}
