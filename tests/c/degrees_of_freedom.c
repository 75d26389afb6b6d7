/* Degrees of freedom, analysis of variance and tests without terms, against lmerTest 3.1-3 and pbkrtest 0.5-2. */
#include "check.h"
#include "cells.h"

static interlace_error err;

enum { BLOCKS = 6, SIZE = 3, ROWS = BLOCKS * SIZE };

/* Blocks of three treatments. */
static interlace_frame *blocks(void) {
    static const char *const names[SIZE] = {"a", "b", "c"};
    static const char *const labels[BLOCKS] = {"1", "2", "3", "4", "5", "6"};
    interlace_frame *frame;
    int32_t treatment[ROWS], block[ROWS];
    double y[ROWS], x[ROWS];
    for (int i = 0; i < ROWS; i++) {
        treatment[i] = i % SIZE;
        block[i] = i / SIZE;
        x[i] = (i * 7) % 5;
        y[i] = treatment[i] + 2 * sin(3.0 * block[i]) + 0.3 * cos(11.0 * i);
    }
    OK(interlace_frame_new(ROWS, &frame, &err));
    OK(interlace_frame_add_f64(frame, "y", y, ROWS, &err));
    OK(interlace_frame_add_f64(frame, "x", x, ROWS, &err));
    OK(interlace_frame_add_categorical(frame, "treatment", treatment, ROWS, names, SIZE, false, &err));
    OK(interlace_frame_add_categorical(frame, "block", block, ROWS, labels, BLOCKS, false, &err));
    return frame;
}

static interlace_fit *fit_of(int32_t model, const interlace_frame *frame, const char *formula, bool reml) {
    interlace_spec *spec;
    interlace_options *options;
    interlace_fit *fit;
    OK(interlace_spec_new(model, formula, &spec, &err));
    OK(interlace_options_new(&options, &err));
    if (model == INTERLACE_MODEL_LMM)
        OK(interlace_options_set_method(options, reml ? INTERLACE_METHOD_REML : INTERLACE_METHOD_ML, &err));
    OK(interlace_fit_new(spec, frame, options, &fit, &err));
    interlace_options_free(options);
    interlace_spec_free(spec);
    return fit;
}

/* A balanced design: both methods have the degrees of freedom of the analysis of variance, (6 - 1) (3 - 1), and the same variances. */
static void coefficients(const interlace_fit *fit) {
    static const int32_t methods[2] = {INTERLACE_DF_SATTERTHWAITE, INTERLACE_DF_KENWARD_ROGER};
    for (int m = 0; m < 2; m++) {
        interlace_frame *table, *again;
        OK(interlace_fit_coefficients(fit, methods[m], 0.9, NULL, &table, &err));
        CHECK(interlace_frame_n_rows(table) == SIZE && interlace_frame_n_columns(table) == 9);
        SAME(word(table, "term", 1), "treatmentb");
        for (size_t i = 1; i < SIZE; i++) {
            CLOSE(number(table, "df", i), 10, 1e-5);
            CLOSE(number(table, "statistic", i), number(table, "estimate", i) / number(table, "std_error", i), 1e-10);
            /* qt(0.95, 10) */
            CLOSE(number(table, "upper", i), number(table, "estimate", i) + 1.8124611228 * number(table, "std_error", i), 1e-6);
        }
        OK(interlace_fit_coefficients(fit, methods[m], 0.9, NULL, &again, &err));
        CHECK(number(again, "df", 0) == number(table, "df", 0));
        interlace_frame_free(again);
        const double l[6] = {0, 0, 1, 0, 0, 1};
        OK(interlace_fit_wald_test(fit, l, 2, 3, 2, NULL, true, methods[m], NULL, &again, &err));
        CHECK(number(again, "num_df", 0) == 2);
        CLOSE(number(again, "den_df", 0), 10, 1e-5);
        interlace_frame_free(again);
        OK(interlace_fit_marginal_means(fit, NULL, "~ treatment", MEANS_OF(.df = methods[m]), NULL, &again, &err));
        CLOSE(number(again, "df", 0), number(table, "df", 0), 1e-6);
        interlace_frame_free(again);
        interlace_frame_free(table);
    }
    double vcov[9], adjusted[9];
    OK(interlace_fit_fixef_vcov(fit, INTERLACE_PREDICTOR_MEAN, vcov, 9, &err));
    OK(interlace_fit_fixef_vcov_kenward_roger(fit, NULL, adjusted, 9, &err));
    for (int i = 0; i < 9; i++)
        CLOSE(adjusted[i], vcov[i], 1e-8);
    FAILS(INTERLACE_E_ARGUMENT, "9", interlace_fit_fixef_vcov_kenward_roger(fit, NULL, adjusted, 8, &err));
    const char *text = NULL;
    OK(interlace_fit_summary(fit, INTERLACE_DF_KENWARD_ROGER, NULL, &text, &err));
    CHECK(strstr(text, "Pr(>|t|)") != NULL && strstr(text, "Kenward") != NULL);
}

/* One default: the table, the accessors and the summary have the same degrees of freedom, p values and limits. */
static void defaults(const interlace_fit *fit) {
    interlace_frame *asked, *table, *normal;
    OK(interlace_fit_coefficients(fit, INTERLACE_DF_SATTERTHWAITE, 0.95, NULL, &asked, &err));
    OK(interlace_fit_table(fit, "coefficients", INTERLACE_DF_DEFAULT, NULL, &table, &err));
    OK(interlace_fit_table(fit, "coefficients", INTERLACE_DF_NORMAL, NULL, &normal, &err));
    double p[SIZE], lower[SIZE], upper[SIZE];
    OK(interlace_fit_fixef_p_value(fit, INTERLACE_PREDICTOR_MEAN, INTERLACE_DF_DEFAULT, NULL, p, SIZE, &err));
    OK(interlace_fit_fixef_confint_wald(fit, INTERLACE_PREDICTOR_MEAN, INTERLACE_DF_DEFAULT, 0.95, NULL, lower, upper, SIZE, &err));
    for (size_t i = 0; i < SIZE; i++) {
        CHECK(number(table, "df", i) == number(asked, "df", i) && isinf(number(normal, "df", i)));
        CHECK(number(table, "p_value", i) == number(asked, "p_value", i) && p[i] == number(asked, "p_value", i));
        CHECK(lower[i] == number(asked, "lower", i) && upper[i] == number(table, "upper", i));
        CHECK(number(normal, "p_value", i) < p[i]);
    }
    OK(interlace_fit_fixef_p_value(fit, INTERLACE_PREDICTOR_MEAN, INTERLACE_DF_DEFAULT, NULL, lower, SIZE, &err));
    CHECK(lower[1] == p[1]);
    const char *text = NULL;
    OK(interlace_fit_summary(fit, INTERLACE_DF_SATTERTHWAITE, NULL, &text, &err));
    SAME(text, summary_of(fit));
    OK(interlace_fit_summary(fit, INTERLACE_DF_DEFAULT, NULL, &text, &err));
    SAME(text, summary_of(fit));
    CHECK(strstr(text, "Satterthwaite's degrees of freedom") != NULL);
    interlace_frame_free(asked);
    interlace_frame_free(table);
    FAILS(INTERLACE_E_ARGUMENT, "df is 9", interlace_fit_table(fit, "coefficients", 9, NULL, &normal, &err));
    interlace_frame_free(normal);
}

static void terms(const interlace_frame *frame) {
    interlace_fit *fit = fit_of(INTERLACE_MODEL_LMM, frame, "y ~ treatment + x + (1 | block)", true);
    interlace_frame *table;
    double f[3];
    for (int32_t type = 1; type <= 3; type++) {
        OK(interlace_fit_anova(fit, NULL, type, INTERLACE_DF_SATTERTHWAITE, NULL, &table, &err));
        CHECK(interlace_frame_n_rows(table) == 2 && number(table, "num_df", 0) == 2 && number(table, "num_df", 1) == 1);
        SAME(word(table, "term", 1), "x");
        f[type - 1] = number(table, "statistic", 0);
        CLOSE(number(table, "mean_sq", 0), f[type - 1] * pow(interlace_fit_sigma(fit), 2), 1e-8);
        interlace_frame_free(table);
    }
    CHECK(fabs(f[0] - f[1]) > 1e-6 * f[0]); /* x comes after the treatment */
    CLOSE(f[1], f[2], 1e-9 * f[1]);
    OK(interlace_fit_drop1(fit, NULL, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 3);
    SAME(word(table, "term", 0), "<none>");
    CHECK(number(table, "n_parameters", 1) == 2 && number(table, "chi_square", 1) > 0 && number(table, "p_value", 1) < 1e-3);
    interlace_frame_free(table);
    OK(interlace_fit_conditional_aic(fit, NULL, &table, &err));
    CLOSE(number(table, "caic", 0), 2 * (number(table, "df", 0) - number(table, "log_likelihood", 0)), 1e-9);
    CHECK(number(table, "df", 0) > number(table, "trace", 0));
    interlace_frame_free(table);
    table = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_conditional_aic(fit, NULL, NULL, &err));
    OK(interlace_fit_step(fit, 1, 1, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 3 && number(table, "eliminated", 0) == 0);
    SAME(word(table, "part", 0), "random");
    CLOSE(number(table, "statistic", 1), f[1], 1e-6 * f[1]);
    interlace_frame_free(table);
    table = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "alpha_fixed is -1", interlace_fit_step(fit, 0, -1, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_step(fit, 0, 0, NULL, NULL, &err));
    CHECK(table == NULL);
    OK(interlace_fit_drop1_f(fit, NULL, INTERLACE_DF_SATTERTHWAITE, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 2);
    CLOSE(number(table, "statistic", 0), f[1], 1e-9 * f[1]);
    interlace_frame_free(table);
    OK(interlace_fit_effect_sizes(fit, NULL, INTERLACE_ANOVA_TYPE_II, INTERLACE_DF_SATTERTHWAITE, NULL, &table, &err));
    double part = 2 * f[1] / (2 * f[1] + number(table, "den_df", 0));
    CLOSE(number(table, "partial_eta_sq", 0), part, 1e-9);
    CHECK(number(table, "partial_omega_sq", 0) < part);
    interlace_frame_free(table);
    OK(interlace_fit_standardized(fit, INTERLACE_DF_SATTERTHWAITE, 0.95, NULL, &table, &err));
    SAME(word(table, "term", 0), "(Intercept)");
    CHECK(number(table, "estimate", 0) == 0 && number(table, "lower", 3) < number(table, "estimate", 3));
    interlace_frame_free(table);
    table = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "level is 2", interlace_fit_standardized(fit, 0, 2, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "anova_type is 4", interlace_fit_anova(fit, NULL, 4, 0, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "df is 5", interlace_fit_anova(fit, NULL, INTERLACE_ANOVA_TYPE_I, 5, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_drop1(fit, NULL, NULL, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_drop1(NULL, NULL, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "level is 1", interlace_fit_coefficients(fit, 0, 1, NULL, &table, &err));
    CHECK(table == NULL);
    interlace_fit_free(fit);
}

static void other_models(const interlace_frame *frame) {
    interlace_frame *table = NULL;
    const char *text = NULL;
    interlace_fit *ml = fit_of(INTERLACE_MODEL_LMM, frame, "y ~ treatment + (1 | block)", false);
    FAILS(INTERLACE_E_ARGUMENT, "REML", interlace_fit_coefficients(ml, INTERLACE_DF_KENWARD_ROGER, 0.95, NULL, &table, &err));
    OK(interlace_fit_coefficients(ml, INTERLACE_DF_SATTERTHWAITE, 0.95, NULL, &table, &err));
    CHECK(number(table, "df", 1) > 10);
    interlace_frame_free(table);
    table = NULL;
    interlace_fit_free(ml);
    interlace_fit *glmm = fit_of(INTERLACE_MODEL_GLMM, frame, "y ~ treatment + (1 | block)", false);
    FAILS(INTERLACE_E_ARGUMENT, "linear", interlace_fit_coefficients(glmm, INTERLACE_DF_SATTERTHWAITE, 0.95, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "linear", interlace_fit_drop1_f(glmm, NULL, INTERLACE_DF_NORMAL, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "linear", interlace_fit_effect_sizes(glmm, NULL, INTERLACE_ANOVA_TYPE_I, INTERLACE_DF_NORMAL, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "ordinal", interlace_fit_nominal_test(glmm, NULL, NULL, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "ordinal", interlace_fit_scale_test(glmm, NULL, NULL, &table, &err));
    CHECK(table == NULL);
    OK(interlace_fit_anova(glmm, NULL, INTERLACE_ANOVA_TYPE_I, INTERLACE_DF_DEFAULT, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 1 && number(table, "df", 0) == 2 && number(table, "chi_square", 0) > 0);
    interlace_frame_free(table);
    OK(interlace_fit_anova(glmm, NULL, INTERLACE_ANOVA_TYPE_I, INTERLACE_DF_RESIDUAL, NULL, &table, &err));
    CHECK(number(table, "num_df", 0) == 2 && number(table, "statistic", 0) > 0 && number(table, "den_df", 0) > 1);
    interlace_frame_free(table);
    OK(interlace_fit_drop1(glmm, NULL, NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 2 && number(table, "n_parameters", 1) == 2 && number(table, "chi_square", 1) > 0);
    interlace_frame_free(table);
    table = NULL;
    OK(interlace_fit_summary(glmm, INTERLACE_DF_NORMAL, NULL, &text, &err));
    SAME(text, summary_of(glmm));
    OK(interlace_fit_table(glmm, "coefficients", INTERLACE_DF_DEFAULT, NULL, &table, &err));
    CHECK(isinf(number(table, "df", 1)));
    interlace_frame_free(table);
    table = NULL;
    CHECK(table == NULL);
    interlace_fit_free(glmm);
}

int main(void) {
    interlace_frame *frame = blocks();
    interlace_fit *fit = fit_of(INTERLACE_MODEL_LMM, frame, "y ~ treatment + (1 | block)", true);
    coefficients(fit);
    defaults(fit);
    terms(frame);
    other_models(frame);
    interlace_fit_free(fit);
    interlace_frame_free(frame);
    return 0;
}
