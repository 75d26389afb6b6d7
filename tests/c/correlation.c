/* Residuals correlated within groups: asked for by text and by arrays, and what a fit says of it. */
#include "dyestuff.h"

static interlace_fit *fit_by_text(const char *formula, const char *correlation) {
    interlace_error err;
    interlace_frame *frame = dyestuff();
    interlace_spec *spec;
    interlace_fit *fit;
    double day[DYESTUFF_ROWS];
    for (int i = 0; i < DYESTUFF_ROWS; i++) day[i] = 10 - 2 * (i % 5);
    OK(interlace_frame_add_f64(frame, "day", day, DYESTUFF_ROWS, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, formula, &spec, &err));
    OK(interlace_spec_set_correlation(spec, "ar1(1 | nothing)", &err));
    OK(interlace_spec_set_correlation(spec, correlation, &err));
    OK(interlace_fit_new(spec, frame, NULL, &fit, &err));
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return fit;
}

static interlace_fit *fit_by_arrays(int32_t kind, const double *time) {
    interlace_error err;
    interlace_spec *spec;
    interlace_fit *fit;
    double ones[DYESTUFF_ROWS];
    int64_t batch[DYESTUFF_ROWS];
    for (int i = 0; i < DYESTUFF_ROWS; i++) {
        ones[i] = 1;
        batch[i] = i / 5;
    }
    OK(interlace_spec_new_array(INTERLACE_MODEL_LMM, dyestuff_yield, ones, DYESTUFF_ROWS, 1, DYESTUFF_ROWS, &spec, &err));
    FAILS(INTERLACE_E_ARGUMENT, "correlation is 3", interlace_spec_set_correlation_array(spec, 3, batch, DYESTUFF_ROWS, 6, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "index", interlace_spec_set_correlation_array(spec, 1, NULL, DYESTUFF_ROWS, 6, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "n = 29", interlace_spec_set_correlation_array(spec, 1, batch, 29, 6, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "index[25]", interlace_spec_set_correlation_array(spec, 1, batch, DYESTUFF_ROWS, 5, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "time",
          interlace_spec_set_correlation_array(spec, INTERLACE_CORRELATION_COMPOUND_SYMMETRY, batch, DYESTUFF_ROWS, 6, ones, &err));
    FAILS(INTERLACE_E_ARGUMENT, "arrays", interlace_spec_set_correlation(spec, "cs(1 | g)", &err));
    OK(interlace_spec_set_correlation_array(spec, INTERLACE_CORRELATION_AR1, batch, DYESTUFF_ROWS, 6, ones, &err));
    FAILS(INTERLACE_E_DATA, "once", interlace_fit_new(spec, NULL, NULL, &fit, &err));
    CHECK(err.position == 1);
    OK(interlace_spec_set_correlation_array(spec, kind, batch, DYESTUFF_ROWS, 6, time, &err));
    OK(interlace_fit_new(spec, NULL, NULL, &fit, &err));
    interlace_spec_free(spec);
    return fit;
}

int main(void) {
    interlace_error err;
    double rho, std_error, lower, upper, same, time[DYESTUFF_ROWS], drawn[DYESTUFF_ROWS];

    /* Compound symmetry is the random intercept of the batches: variances 42.0 and 49.5 squared. */
    interlace_fit *fit = fit_by_text("Yield ~ 1", "cs(1 | Batch)");
    CHECK(interlace_fit_converged(fit) && interlace_fit_n_terms(fit) == 0 && interlace_fit_n_parameters(fit) == 3);
    CHECK(interlace_fit_correlation(fit) == INTERLACE_CORRELATION_COMPOUND_SYMMETRY);
    SAME(interlace_fit_correlation_group(fit), "Batch");
    CHECK(interlace_fit_correlation_time(fit) == NULL && interlace_fit_correlation_n_groups(fit) == 6);
    CLOSE(interlace_fit_criterion(fit), dyestuff_criterion, 1e-3);
    OK(interlace_fit_correlation_estimate(fit, &rho, &std_error, &err));
    CLOSE(rho, 42.001 * 42.001 / (42.001 * 42.001 + 49.510 * 49.510), 1e-4);
    CHECK(std_error > 0.1 && std_error < 0.5);
    OK(interlace_fit_correlation_estimate(fit, &same, NULL, &err));
    CHECK(same == rho);
    OK(interlace_fit_correlation_confint_wald(fit, 0.95, &lower, &upper, &err));
    CHECK(-0.25 < lower && lower < rho && rho < upper && upper < 1);
    FAILS(INTERLACE_E_ARGUMENT, "level", interlace_fit_correlation_confint_wald(fit, 2, &lower, &upper, &err));
    FAILS(INTERLACE_E_ARGUMENT, "estimate", interlace_fit_correlation_estimate(fit, NULL, &std_error, &err));
    CHECK(strstr(summary_of(fit), "compound symmetry") != NULL);
    OK(interlace_fit_simulate(fit, 1, 5, INTERLACE_SIMULATION_NEW, NULL, drawn, DYESTUFF_ROWS, &err));
    interlace_fit_free(fit);

    /* AR(1) beside a random intercept: by text, whose whole-numbered days run backwards, and by arrays. */
    fit = fit_by_text("Yield ~ 1", "ar1(day | Batch)");
    SAME(interlace_fit_correlation_time(fit), "day");
    OK(interlace_fit_correlation_estimate(fit, &rho, NULL, &err));
    double criterion = interlace_fit_criterion(fit);
    interlace_fit_free(fit);
    for (int i = 0; i < DYESTUFF_ROWS; i++) time[i] = 10 - 2 * (i % 5);
    fit = fit_by_arrays(INTERLACE_CORRELATION_AR1, time);
    OK(interlace_fit_correlation_estimate(fit, &same, NULL, &err));
    CLOSE(same, rho, 1e-9);
    CLOSE(interlace_fit_criterion(fit), criterion, 1e-9);
    interlace_fit_free(fit);

    /* What is wrong. */
    interlace_spec *spec;
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ x", &spec, &err));
    FAILS(INTERLACE_E_FORMULA, "no residual correlation", interlace_spec_set_correlation(spec, "us(1 | g)", &err));
    FAILS(INTERLACE_E_FORMULA, "knows no time", interlace_spec_set_correlation(spec, "cs(t | g)", &err));
    CHECK(err.position == 3);
    OK(interlace_spec_set_correlation(spec, NULL, &err)); /* none, as before */
    FAILS(INTERLACE_E_ARGUMENT, "formula", interlace_spec_set_correlation_array(spec, 1, NULL, 0, 0, NULL, &err));
    interlace_spec_free(spec);
    OK(interlace_spec_new(INTERLACE_MODEL_GLMM, "y ~ x + (1 | g)", &spec, &err));
    FAILS(INTERLACE_E_ARGUMENT, "INTERLACE_MODEL_LMM", interlace_spec_set_correlation(spec, "ar1(1 | g)", &err));
    interlace_spec_free(spec);
    fit = dyestuff_fit(NULL);
    CHECK(interlace_fit_correlation(fit) == INTERLACE_CORRELATION_NONE && interlace_fit_correlation_group(fit) == NULL);
    FAILS(INTERLACE_E_ARGUMENT, "no residual correlation", interlace_fit_correlation_estimate(fit, &rho, NULL, &err));
    interlace_fit_free(fit);
    CHECK(interlace_fit_correlation(NULL) == INTERLACE_CORRELATION_NONE && interlace_fit_correlation_n_groups(NULL) == 0 && interlace_fit_correlation_time(NULL) == NULL);
    FAILS(INTERLACE_E_ARGUMENT, "NULL", interlace_fit_correlation_estimate(NULL, &rho, NULL, &err));
    return 0;
}
