/* A fit from a formula: its numbers, its strings, its tables, cancelling. */
#include "dyestuff.h"

static interlace_error err;

static void scalars(const interlace_fit *fit) {
    CHECK(interlace_fit_model(fit) == INTERLACE_MODEL_LMM);
    SAME(interlace_fit_formula(fit), "Yield ~ 1 + (1 | Batch)");
    const char *option = NULL;
    OK(interlace_fit_option(fit, "method", &option, &err));
    SAME(option, "default");
    OK(interlace_fit_option(fit, "max_evaluations", &option, &err));
    SAME(option, "1000");
    FAILS(INTERLACE_E_ARGUMENT, "'speed'", interlace_fit_option(fit, "speed", &option, &err));
    CHECK((interlace_fit_method(fit) == INTERLACE_METHOD_REML) && !interlace_fit_is_singular(fit) && interlace_fit_converged(fit));
    CHECK(interlace_fit_reason(fit) == INTERLACE_REASON_CONVERGED || interlace_fit_reason(fit) == INTERLACE_REASON_ROUNDOFF_LIMITED);
    CHECK(strlen(interlace_reason_name(interlace_fit_reason(fit))) > 0);
    CHECK(interlace_fit_n_evaluations(fit) > 0 && interlace_fit_scaled_gradient(fit) < 1e-2);
    CHECK(interlace_fit_n_boundary(fit) == 0 && interlace_fit_boundary(fit, 0) == NULL);
    CHECK(interlace_fit_design_seconds(fit) >= 0 && interlace_fit_fit_seconds(fit) >= 0);
    CHECK(interlace_fit_n_obs(fit) == 30 && interlace_fit_n_rows(fit) == 30 && interlace_fit_n_data_rows(fit) == 30);
    CHECK(interlace_fit_n_parameters(fit) == 3 && interlace_fit_df_residual(fit) == 27);
    CLOSE(interlace_fit_criterion(fit), dyestuff_criterion, 1e-3);
    CLOSE(interlace_fit_log_likelihood(fit), -dyestuff_criterion / 2, 1e-3);
    CLOSE(interlace_fit_aic(fit), dyestuff_criterion + 6, 1e-3);
    CLOSE(interlace_fit_aicc(fit), interlace_fit_aic(fit) + 2.0 * 3 * 4 / (30 - 3 - 1), 1e-12);
    CHECK(isnan(interlace_fit_aicc(NULL)));
    CLOSE(interlace_fit_bic(fit), dyestuff_criterion + 3 * log(30), 1e-3);
    CLOSE(interlace_fit_sigma(fit), dyestuff_sigma, 1e-2);
}

static void effects(const interlace_fit *fit) {
    double one = 0, se, theta, modes[6], cov[6];
    CHECK(interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_MEAN) == 1 && interlace_fit_n_dropped_columns(fit, INTERLACE_PREDICTOR_MEAN) == 0);
    SAME(interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_MEAN, 0), "(Intercept)");
    CHECK(interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_MEAN, 1) == NULL);
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, &one, 1, &err));
    CLOSE(one, dyestuff_intercept, 1e-6);
    OK(interlace_fit_fixef_std_error(fit, INTERLACE_PREDICTOR_MEAN, &se, 1, &err));
    CLOSE(se, dyestuff_std_error, 1e-2);
    OK(interlace_fit_fixef_vcov(fit, INTERLACE_PREDICTOR_MEAN, &one, 1, &err));
    CLOSE(one, se * se, 1e-6);

    CHECK(interlace_fit_n_theta(fit) == 1);
    SAME(interlace_fit_theta_name(fit, 0), "Batch.(Intercept)");
    OK(interlace_fit_theta(fit, &theta, 1, &err));
    CLOSE(theta * interlace_fit_sigma(fit), dyestuff_sd_batch, 1e-2);

    CHECK(interlace_fit_n_terms(fit) == 1 && interlace_fit_term_n_effects(fit, 0) == 1);
    CHECK(interlace_fit_term_n_levels(fit, 0) == 6 && interlace_fit_term_n_levels(fit, 1) == 0);
    SAME(interlace_fit_term_group(fit, 0), "Batch");
    SAME(interlace_fit_term_effect_name(fit, 0, 0), "(Intercept)");
    SAME(interlace_fit_term_level(fit, 0, 5), "F");
    CHECK(interlace_fit_term_level(fit, 0, 6) == NULL && interlace_fit_term_group(fit, 1) == NULL);
    CHECK(interlace_fit_term_structure(fit, 0) == INTERLACE_STRUCTURE_UNSTRUCTURED && interlace_fit_term_structure(fit, 1) == -1);
    OK(interlace_fit_term_sd(fit, 0, &one, 1, &err));
    CLOSE(one, dyestuff_sd_batch, 1e-2);
    OK(interlace_fit_term_cov(fit, 0, cov, 1, &err));
    CLOSE(cov[0], one * one, 1e-6);
    OK(interlace_fit_term_corr(fit, 0, &one, 1, &err));
    CHECK(one == 1.0);
    OK(interlace_fit_term_ranef(fit, 0, modes, 6, &err));
    OK(interlace_fit_term_ranef_cov(fit, 0, cov, 6, &err));
    double sum = 0;
    for (int i = 0; i < 6; i++) {
        sum += modes[i];
        CLOSE(cov[i], cov[0], 1e-8);
    }
    CLOSE(sum, 0.0, 1e-6);
    CLOSE(modes[0], -17.607, 1e-2);
    CHECK(interlace_fit_term_n_boundary(fit, 0) == 0);
}

static void rows(const interlace_fit *fit) {
    double y[30], fitted[30], residuals[30], pearson[30], weights[30], offset[30], x[30], z[30];
    int64_t index[30], colptr[7], rowidx[30];
    OK(interlace_fit_response(fit, y, 30, &err));
    OK(interlace_fit_fitted(fit, fitted, 30, &err));
    OK(interlace_fit_residuals(fit, INTERLACE_RESIDUALS_RESPONSE, NULL, residuals, 30, &err));
    OK(interlace_fit_residuals(fit, INTERLACE_RESIDUALS_PEARSON, NULL, pearson, 30, &err));
    OK(interlace_fit_weights(fit, weights, 30, &err));
    OK(interlace_fit_offset(fit, offset, 30, &err));
    OK(interlace_fit_x(fit, x, 30, &err));
    OK(interlace_fit_term_index(fit, 0, index, 30, &err));
    OK(interlace_fit_term_z(fit, 0, z, 30, &err));
    for (int i = 0; i < 30; i++) {
        CHECK(y[i] == dyestuff_yield[i] && weights[i] == 1 && offset[i] == 0 && x[i] == 1 && z[i] == 1);
        CLOSE(fitted[i] + residuals[i], y[i], 1e-9);
        CHECK(pearson[i] == residuals[i] && index[i] == i / 5);
    }
    CHECK(interlace_fit_n_ranef(fit) == 6 && interlace_fit_z_nnz(fit) == 30);
    OK(interlace_fit_z(fit, colptr, 7, rowidx, z, 30, &err));
    for (int i = 0; i < 30; i++) CHECK(rowidx[i] == i && z[i] == 1 && colptr[i / 5] == i / 5 * 5);
    CHECK(colptr[6] == 30);
    CHECK(interlace_fit_n_dropped_rows(fit) == 0 && interlace_fit_dropped_row_reason(fit, 0) == NULL);
}

static void tables(const interlace_fit *fit) {
    CHECK(strstr(summary_of(fit), "Batch") != NULL);
    CHECK(summary_of(fit) == summary_of(fit));
    CHECK(interlace_fit_n_tables(fit) > 0 && interlace_fit_table_name(fit, 1000) == NULL);
    for (size_t i = 0; i < interlace_fit_n_tables(fit); i++) {
        interlace_frame *table = NULL;
        OK(interlace_fit_table(fit, interlace_fit_table_name(fit, i), INTERLACE_DF_DEFAULT, NULL, &table, &err));
        CHECK(interlace_frame_n_columns(table) > 0);
        interlace_frame_free(table);
    }
    interlace_frame *table = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "astrology", interlace_fit_table(fit, "astrology", INTERLACE_DF_DEFAULT, NULL, &table, &err));
    CHECK(table == NULL);
}

/* Random slopes: matrices in their shapes, and Z such that X beta + Z b are the fitted values. */
static void slopes(void) {
    interlace_frame *frame = dyestuff();
    interlace_spec *spec;
    interlace_fit *fit;
    double x[60], y[30], z[60], fitted[30], eta[30] = {0}, beta[2], modes[12], sd[2], cov[4], corr[4], condvar[24], dense[60];
    int64_t colptr[13], rowidx[60], index[30];
    for (int i = 0; i < 30; i++) {
        x[i] = i % 5 - 0.01 * i;
        y[i] = dyestuff_yield[i] + 30 * (i / 5 % 3) * x[i];
    }
    OK(interlace_frame_add_f64(frame, "x", x, 30, &err));
    OK(interlace_frame_add_f64(frame, "y", y, 30, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ x + (x | Batch)", &spec, &err));
    OK(interlace_fit_new(spec, frame, NULL, &fit, &err));
    CHECK(interlace_fit_n_theta(fit) == 3 && interlace_fit_n_ranef(fit) == 12 && interlace_fit_z_nnz(fit) == 60);
    SAME(interlace_fit_theta_name(fit, 1), "Batch.x.(Intercept)");
    OK(interlace_fit_x(fit, x, 60, &err));
    OK(interlace_fit_z(fit, colptr, 13, rowidx, z, 60, &err));
    OK(interlace_fit_term_z(fit, 0, dense, 60, &err));
    OK(interlace_fit_term_index(fit, 0, index, 30, &err));
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, beta, 2, &err));
    OK(interlace_fit_term_ranef(fit, 0, modes, 12, &err));
    OK(interlace_fit_term_ranef_cov(fit, 0, condvar, 24, &err));
    OK(interlace_fit_fitted(fit, fitted, 30, &err));
    CHECK(colptr[0] == 0 && colptr[12] == 60);
    for (int j = 0; j < 12; j++) {
        for (int64_t e = colptr[j]; e < colptr[j + 1]; e++) {
            CHECK(e == colptr[j] || rowidx[e - 1] < rowidx[e]);
            CHECK(index[rowidx[e]] == j / 2 && z[e] == dense[j % 2 * 30 + rowidx[e]]);
            eta[rowidx[e]] += z[e] * modes[j]; /* modes [2,6] are in the order of Z's columns */
        }
    }
    for (int i = 0; i < 30; i++) CLOSE(eta[i] + x[i] * beta[0] + x[30 + i] * beta[1], fitted[i], 1e-8);
    OK(interlace_fit_term_sd(fit, 0, sd, 2, &err));
    OK(interlace_fit_term_cov(fit, 0, cov, 4, &err));
    OK(interlace_fit_term_corr(fit, 0, corr, 4, &err));
    CHECK(sd[0] > 0 && sd[1] > 0 && cov[1] == cov[2] && corr[1] == corr[2]);
    CLOSE(corr[1] * sd[0] * sd[1], cov[1], 1e-8 * fabs(cov[1]));
    for (int l = 0; l < 6; l++) CHECK(condvar[4 * l] >= 0 && fabs(condvar[4 * l + 1] - condvar[4 * l + 2]) < 1e-9);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
}

/* No batch differs from another: exact zeros, a flag, and the direction without variance by number and by name. */
static void singular(void) {
    interlace_frame *frame = dyestuff();
    interlace_spec *spec;
    interlace_fit *fit;
    double y[30], one;
    for (int i = 0; i < 30; i++) y[i] = i % 5 + 1e-3 * dyestuff_yield[(i * 7) % 30];
    OK(interlace_frame_add_f64(frame, "y", y, 30, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ 1 + (1 | Batch)", &spec, &err));
    OK(interlace_fit_new(spec, frame, NULL, &fit, &err));
    CHECK(interlace_fit_is_singular(fit) && interlace_fit_n_boundary(fit) == 1 && interlace_fit_term_n_boundary(fit, 0) == 1);
    CHECK(strstr(interlace_fit_boundary(fit, 0), "Batch") != NULL);
    OK(interlace_fit_term_boundary(fit, 0, 0, &one, 1, &err));
    CHECK(fabs(one) == 1.0);
    OK(interlace_fit_theta(fit, &one, 1, &err));
    CHECK(one == 0.0);
    CHECK(interlace_fit_n_warnings(fit) > 0 && strlen(interlace_fit_warning(fit, 0)) > 0);
    CHECK(interlace_fit_warning(fit, interlace_fit_n_warnings(fit)) == NULL);
    interlace_fit_free(fit);
    interlace_spec_free(spec);

    /* A column that is a combination of those before it is left out and named. */
    for (int i = 0; i < 30; i++) y[i] = 2.0;
    OK(interlace_frame_add_f64(frame, "two", y, 30, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Yield ~ two + (1 | Batch)", &spec, &err));
    OK(interlace_fit_new(spec, frame, NULL, &fit, &err));
    CHECK(interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_MEAN) == 1 && interlace_fit_n_dropped_columns(fit, INTERLACE_PREDICTOR_MEAN) == 1);
    SAME(interlace_fit_dropped_column(fit, INTERLACE_PREDICTOR_MEAN, 0), "two");
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
}

struct watch {
    int64_t calls, stop_at, evaluations;
    int32_t phase;
};

static int32_t watch(const interlace_progress *progress, void *user_data) {
    struct watch *w = (struct watch *) user_data;
    CHECK(progress->struct_size >= sizeof *progress && progress->phase >= w->phase);
    CHECK(progress->step >= 0 && (progress->total == -1 || progress->step <= progress->total));
    if (progress->n_theta > 0) {
        CHECK(progress->phase == INTERLACE_PHASE_SEARCH && isfinite(progress->objective));
        CHECK(progress->n_theta == 1 && isfinite(progress->theta[0]) && progress->step > w->evaluations);
        w->evaluations = progress->step;
    }
    w->phase = progress->phase;
    w->calls++;
    return w->calls == w->stop_at;
}

static void progress(void) {
    struct watch w = {0, 0, 0, 0};
    interlace_options *options;
    interlace_frame *frame = dyestuff();
    interlace_spec *spec;
    interlace_fit *fit = NULL;
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_progress(options, watch, &w, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Yield ~ 1 + (1 | Batch)", &spec, &err));
    OK(interlace_fit_new(spec, frame, options, &fit, &err));
    CHECK(w.evaluations > 0 && w.calls > w.evaluations / 2 && w.phase == INTERLACE_PHASE_MODES);
    interlace_fit_free(fit);

    fit = NULL;
    w.calls = w.evaluations = w.phase = 0;
    w.stop_at = 1;
    FAILS(INTERLACE_E_CANCELLED, "", interlace_fit_new(spec, frame, options, &fit, &err));
    CHECK(fit == NULL && w.calls == 1);

    /* The objective at given points, the optimum among them. */
    const double theta[2] = {42.001 / 49.510, 0.0};
    double values[2];
    OK(interlace_spec_objective(spec, frame, theta, 1, 2, NULL, values, 2, &err));
    CLOSE(values[0], dyestuff_criterion, 1e-3);
    CHECK(values[1] > values[0] + 1);
    FAILS(INTERLACE_E_ARGUMENT, "theta", interlace_spec_objective(spec, frame, theta, 2, 1, NULL, values, 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "values", interlace_spec_objective(spec, frame, theta, 1, 2, NULL, values, 1, &err));

    FAILS(INTERLACE_E_ARGUMENT, "data is NULL", interlace_fit_new(spec, NULL, NULL, &fit, &err));
    interlace_spec_free(spec);
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Yield ~ 1 + (1 | Nobody)", &spec, &err));
    FAILS(INTERLACE_E_DATA, "Nobody", interlace_fit_new(spec, frame, NULL, &fit, &err));
    CHECK(fit == NULL);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    interlace_options_free(options);
}

/* Missing values: left out, padded, refused. */
static void missing(void) {
    interlace_options *options;
    interlace_frame *frame;
    interlace_spec *spec;
    interlace_fit *fit;
    double y[30], out[30];
    int32_t batch[30];
    for (int i = 0; i < 30; i++) {
        y[i] = i == 4 || i == 17 ? NAN : dyestuff_yield[i];
        batch[i] = i == 9 ? -1 : i / 5;
    }
    OK(interlace_frame_new(30, &frame, &err));
    OK(interlace_frame_add_f64(frame, "Yield", y, 30, &err));
    OK(interlace_frame_add_categorical(frame, "Batch", batch, 30, dyestuff_batches, 6, false, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Yield ~ 1 + (1 | Batch)", &spec, &err));
    OK(interlace_options_new(&options, &err));

    OK(interlace_fit_new(spec, frame, options, &fit, &err));
    CHECK(interlace_fit_n_obs(fit) == 27 && interlace_fit_n_rows(fit) == 27 && interlace_fit_n_data_rows(fit) == 30);
    size_t row = 99;
    CHECK(interlace_fit_n_dropped_rows(fit) == 3);
    OK(interlace_fit_dropped_row(fit, 1, &row, &err));
    CHECK(row == 9);
    SAME(interlace_fit_dropped_row_reason(fit, 0), "Yield");
    SAME(interlace_fit_dropped_row_reason(fit, 1), "Batch");
    FAILS(INTERLACE_E_ARGUMENT, "i is 3", interlace_fit_dropped_row(fit, 3, &row, &err));
    interlace_fit_free(fit);

    OK(interlace_options_set_na(options, INTERLACE_NA_PAD, &err));
    OK(interlace_fit_new(spec, frame, options, &fit, &err));
    CHECK(interlace_fit_n_obs(fit) == 27 && interlace_fit_n_rows(fit) == 30);
    OK(interlace_fit_fitted(fit, out, 30, &err));
    CHECK(isnan(out[4]) && isnan(out[9]) && isnan(out[17]) && isfinite(out[29]));
    interlace_fit_free(fit);

    fit = NULL;
    OK(interlace_options_set_na(options, INTERLACE_NA_ERROR, &err));
    FAILS(INTERLACE_E_DATA, "Yield", interlace_fit_new(spec, frame, options, &fit, &err));
    CHECK(fit == NULL && err.position == 4);
    interlace_options_free(options);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
}

int main(void) {
    interlace_fit *fit = dyestuff_fit(NULL);
    scalars(fit);
    effects(fit);
    rows(fit);
    tables(fit);
    interlace_fit_free(fit);
    slopes();
    singular();
    progress();
    missing();
    return 0;
}
