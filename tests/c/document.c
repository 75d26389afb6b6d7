/* Questions by name, a fit as one document, and the columns that a spec needs. */
#include "check.h"

static interlace_error err;

static size_t question(const char *name) {
    for (size_t i = 0; i < interlace_questions_count(); i++)
        if (strcmp(interlace_questions_name(i), name) == 0)
            return i;
    CHECK(!"there is such a question");
    return 0;
}

static void listing(void) {
    size_t n = interlace_questions_count();
    CHECK(n > 30);
    for (size_t i = 0; i < n; i++) {
        const char *values = interlace_questions_values(i), *need = interlace_questions_needs(i, 0);
        CHECK(strlen(interlace_questions_doc(i)) > 10 && strchr(interlace_questions_name(i), '-') == NULL);
        CHECK(values == NULL || strlen(values) > 3);
        CHECK(need == NULL || question(need) < n);
        CHECK(interlace_questions_suits(i, INTERLACE_MODEL_LMM) || interlace_questions_suits(i, INTERLACE_MODEL_CLMM) ||
              interlace_questions_suits(i, INTERLACE_MODEL_COXME));
    }
    CHECK(interlace_questions_name(n) == NULL && interlace_questions_doc(n) == NULL && interlace_questions_values(n) == NULL);
    CHECK(!interlace_questions_takes_frame(n) && !interlace_questions_is_repeatable(n) && interlace_questions_needs(n, 0) == NULL);
    CHECK(interlace_questions_values(question("drop1")) == NULL && interlace_questions_suits(question("drop1"), INTERLACE_MODEL_GLMM));
    CHECK(!interlace_questions_suits(question("nominal_test"), INTERLACE_MODEL_GLMM));
    CHECK(interlace_questions_takes_frame(question("predict")) && interlace_questions_is_repeatable(question("lrt")));
    SAME(interlace_questions_needs(question("type"), 1), "emmeans");
    CHECK(interlace_questions_needs(question("type"), 2) == NULL && interlace_questions_needs(question("df"), 0) == NULL);
}

/* Values that are right, and what is said of others. */
static void setting(interlace_questions *questions) {
    static const char *const right[][2] = {
        {"df", "kenward-roger"}, {"df", "kenward_roger"}, {"df", "normal"}, {"anova", "3"}, {"drop1", NULL}, {"drop1", "true"}, {"drop1_test", "lrt"}, {"drop1-test", "F"},
        {"caic", NULL}, {"step", NULL}, {"step_alpha_random", "1"}, {"step-alpha-fixed", "0.01"}, {"part", "zi"}, {"part", "scale"}, {"means_mode", "mean.class"}, {"means-mode", "probabilities"}, {"bias_adjust", NULL}, {"bias_sigma", "0.5"},
        {"effect_sizes", NULL}, {"standardized", "true"}, {"nominal_test", NULL}, {"scale-test", "false"}, {"test", "0,1 = 2; 1,0"},
        {"confint", "wald"}, {"profile", "false"}, {"profile_scale", "theta"}, {"profile-scale", "sdcor"}, {"variance_parameters", "variance"}, {"robust", "cr2"}, {"cluster", "observation"}, {"parameter_limits", "plain"}, {"evaluate", "sigma = 1, sd[g, x] = 2"}, {"information_matrix", "average"}, {"test", "0,1; 1,0"},
        {"r2", NULL}, {"level", "0.9"}, {"emmeans", "~ f"}, {"at", "x = 1"}, {"comparisons", "eff"}, {"comparisons", "1,-1"}, {"comparisons", "a - b: 1,-1; half: 0.5,0.5"},
        {"means_weights", "proportional"}, {"adjust", "holm"}, {"lrt", "y ~ 1"}, {"chi_bar", NULL}, {"ranova", NULL}, {"rlrt", "1e4"}, {"pb_lrt", "y ~ 1"}, {"replicates", "99"}, {"first_replicate", "0"}, {"power", "x"}, {"power_effect", "x = 0.3"}, {"power-effect", "sigma = 2; x = -1e-3"}, {"simulations", "1e3"}, {"alpha", "0.01"}, {"power_along", "g"}, {"power_within", "g:h"}, {"power_sizes", "10, 20,40"}, {"type", "cum.prob"},
        {"type", "zero_probability"}, {"re", "g,h"}, {"re", "none"}, {"re", "(1 | g)"}, {"type", "latent"}, {"new_levels", "missing"}, {"predict_covariance", NULL}, {"predict_quantiles", "0.1, 0.9"}, {"predict_simulate", "3"}, {"predict-simulate", "1e2"}, {"aggregate", "all"}, {"aggregate_sum", NULL}, {"draws", "10"}, {"re", "average"}, {"new_levels", "zero"}, {"new_levels", "average"}, {"type", "lp"}, {"type", "expected"},
        {"times", "1, 2.5"}, {"curve_limits", "log-log"}, {"curve-limits", "none"},
        {"survival_quantiles", "0.25, 0.5"}, {"survival-means", "365"}, {"interval", "none"},
        {"interval", "prediction"}, {"simulate", "3"}, {"simulate_type", "conditional"}, {"bootstrap", "1e3"},
        {"bootstrap_type", "case"}, {"boot_interval", "bca"}, {"statistic", "a / b"}, {"response_se", "mean"},
        {"influence", "observation"}, {"influence_method", "one-step"}, {"influence_threshold", "0.1"}, {"residuals", "quantile"}, {"residuals", "schoenfeld"}, {"residuals", "cholesky"}, {"residuals", "random_effects"}, {"simulated_residuals", "250"}, {"residual_group", "g"}, {"diagnose", NULL}, {"proportional_hazards", "km"}, {"all_fit", NULL}, {"cross_validate", "rows"}, {"folds", "5"}, {"seed", "0"}};
    static const char *const wrong[][3] = {
        {"df", "satterthwait", "did you mean satterthwaite?"}, {"anova", "4", "anova is '4', it must be 1, 2 or 3"},
        {"drop1", "yes", "true or false"}, {"drop1_test", "t", "lrt or f"},
        {"caic", "2", "true or false"}, {"step", "both", "true or false"}, {"step_alpha_random", "0", "above 0 and at most 1"}, {"step_alpha_fixed", "2", "above 0 and at most 1"}, {"part", "sigma", "mean, zero_inflation (zi) or dispersion"}, {"means_mode", "class", "latent, linear_predictor"}, {"bias_adjust", "0.5", "true or false"}, {"bias_sigma", "-1", "not negative"},
        {"effect_sizes", "omega", "true or false"}, {"standardized", "no", "true or false"}, {"nominal_test", "x", "true or false"},
        {"scale_test", "1", "true or false"}, {"test", "0,1 = x", "the value that is tested"}, {"test", "0,1 = 2 = 3", "rows of coefficients"}, {"confint", NULL, "wald, profile, boot or ranef"}, {"test", "1,2; 3", "rows of coefficients"},
        {"test", "", "rows"}, {"level", "1", "between 0 and 1"}, {"level", "x", "level is 'x'"}, {"emmeans", " ", "a formula"},
        {"comparisons", "1,x", "pairwise"}, {"comparisons", "a: b", "pairwise"}, {"type", "mean", "survival, expected or latent"}, {"re", "", "grouping factors"},
        {"new_levels", "one", "zero, missing, error or average"}, {"predict_covariance", "yes", "true or false"}, {"predict_quantiles", "0, 1", "probabilities"}, {"predict_simulate", "0", "positive"}, {"aggregate", "", "all, or a column"}, {"aggregate_sum", "1", "true or false"}, {"draws", "-3", "positive"}, {"times", "1,x", "numbers"}, {"curve_limits", "logit", "log, log_log, plain or none"},
        {"survival_quantiles", "half", "probabilities"}, {"survival_means", "1;2", "times"},
        {"survival", "new.csv", "takes a frame"}, {"interval", "predicted", "did you mean prediction?"}, {"simulate", "0", "positive"},
        {"bootstrap", "-1", "positive"}, {"ranova", "no", "true or false"}, {"rlrt", "0", "positive"}, {"pb_lrt", " ", "a formula"}, {"replicates", "1.5", "positive"}, {"first_replicate", "-1", "not negative"}, {"power", " ", "a fixed effect or term"}, {"power_effect", "x", "a parameter and a number"}, {"power_effect", "x = y", "a parameter and a number"}, {"simulations", "0", "positive"}, {"alpha", "5", "between 0 and 1"}, {"power_along", "", "a grouping factor"}, {"power_within", " ", "a grouping factor"}, {"power_sizes", "10, 0", "whole numbers"}, {"folds", "1", "at least 2"}, {"seed", "0.5", "integer"}, {"residuals", "raw", "pearson"}, {"simulated_residuals", "none", "positive"}, {"residual_group", "", "column"}, {"diagnose", "no", "true or false"},
        {"influence", " ", "a grouping factor, or observation"}, {"influence_method", "exact", "refit, one_step or fixed"}, {"influence_threshold", "-1", "not negative"},
        {"proportional_hazards", "sqrt", "km, rank, identity or log"},
        {"variance_parameters", "vars", "sd, variance, log or theta"}, {"robust", "hc3", "cr0, cr1, cr1s, cr2 or cr3"}, {"cluster", "", "observation"}, {"parameter_limits", "log", "unbounded or plain"}, {"evaluate", " ", "parameters by their ids"}, {"information_matrix", "expected", "observed or average"},
        {"predict", "new.csv", "takes a frame"}, {"confinf", "wald", "did you mean 'confint'?"}, {"nothing", "x", "there is no question"}};
    for (size_t i = 0; i < COUNT(right); i++)
        OK(interlace_questions_set(questions, right[i][0], right[i][1], &err));
    for (size_t i = 0; i < COUNT(wrong); i++)
        FAILS(INTERLACE_E_ARGUMENT, wrong[i][2], interlace_questions_set(questions, wrong[i][0], wrong[i][1], &err));
    FAILS(INTERLACE_E_ARGUMENT, "questions is NULL", interlace_questions_set(NULL, "df", "normal", &err));
    FAILS(INTERLACE_E_ARGUMENT, "name is NULL", interlace_questions_set(questions, NULL, "normal", &err));
    FAILS(INTERLACE_E_ARGUMENT, "data is NULL", interlace_questions_set_frame(questions, "predict", NULL, &err));
}

static void checks(const interlace_frame *frame) {
    interlace_questions *questions;
    OK(interlace_questions_new(&questions, &err));
    OK(interlace_questions_check(questions, INTERLACE_MODEL_GLMM, &err));
    OK(interlace_questions_set(questions, "interval", "confidence", &err));
    FAILS(INTERLACE_E_ARGUMENT, "interval is for predict", interlace_questions_check(questions, INTERLACE_MODEL_GLMM, &err));
    FAILS(INTERLACE_E_ARGUMENT, "df takes text", interlace_questions_set_frame(questions, "df", frame, &err));
    OK(interlace_questions_set_frame(questions, "predict", frame, &err));
    OK(interlace_questions_set(questions, "anova", "1", &err));
    OK(interlace_questions_check(questions, INTERLACE_MODEL_CLMM, &err));
    OK(interlace_questions_set(questions, "effect_sizes", NULL, &err));
    OK(interlace_questions_check(questions, INTERLACE_MODEL_LMM, &err));
    FAILS(INTERLACE_E_ARGUMENT, "effect_sizes is for the model lmm, not clmm", interlace_questions_check(questions, INTERLACE_MODEL_CLMM, &err));
    OK(interlace_questions_set(questions, "proportional_hazards", "rank", &err));
    FAILS(INTERLACE_E_ARGUMENT, "proportional_hazards is for the model coxme, not lmm",
          interlace_questions_check(questions, INTERLACE_MODEL_LMM, &err));
    interlace_questions_free(questions);
    OK(interlace_questions_new(&questions, &err));
    OK(interlace_questions_set(questions, "confint", "boot", &err));
    FAILS(INTERLACE_E_ARGUMENT, "bootstrap", interlace_questions_check(questions, INTERLACE_MODEL_LMM, &err));
    interlace_questions_free(questions);
    interlace_questions_free(NULL);
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_questions_new(NULL, &err));
}

static int32_t stop(const interlace_progress *progress, void *user_data) {
    ++*(int64_t *)user_data;
    return progress->phase == INTERLACE_PHASE_REPLICATE && progress->step >= 2;
}

/* Who cancels gets no document. */
static void cancelled(const interlace_fit *fit) {
    interlace_questions *questions;
    interlace_options *options;
    int64_t calls = 0;
    char *text = NULL;
    size_t length = 7;
    OK(interlace_questions_new(&questions, &err));
    OK(interlace_questions_set(questions, "bootstrap", "50", &err));
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_progress(options, stop, &calls, &err));
    FAILS(INTERLACE_E_CANCELLED, "cancelled", interlace_fit_to_json(fit, NULL, NULL, questions, options, &text, &length, &err));
    CHECK(calls > 1 && text == NULL && length == 7);
    OK(interlace_options_set_progress(options, NULL, NULL, &err));
    OK(interlace_fit_to_json(fit, NULL, NULL, questions, options, &text, &length, &err));
    CHECK(strstr(text, "\"bootstrap\": {\"names\": [\"(Intercept)\",\"Days\",\"sigma\"") != NULL);
    interlace_text_free(text);
    interlace_questions_free(questions);
    interlace_options_free(options);
}

static void documents(const interlace_fit *fit, const interlace_spec *spec, const interlace_frame *frame) {
    interlace_questions *questions;
    char *text, *other;
    size_t length, other_length;
    OK(interlace_fit_to_json(fit, NULL, NULL, NULL, NULL, &text, &length, &err));
    CHECK(length == strlen(text) && text[0] == '{' && text[length - 2] == '}' && text[length - 1] == '\n');
    CHECK(strstr(text, "\"satterthwaite\": {") != NULL && strstr(text, "\"read\": null") != NULL && strstr(text, "\"wald_ci\"") == NULL);
    OK(interlace_fit_to_text(fit, NULL, NULL, NULL, NULL, &other, &other_length, &err));
    CHECK(other_length == strlen(other));
    const char *summary;
    OK(interlace_fit_summary(fit, INTERLACE_DF_DEFAULT, NULL, &summary, &err));
    SAME(other, summary);
    interlace_text_free(other);

    OK(interlace_questions_new(&questions, &err));
    OK(interlace_questions_set(questions, "confint", "wald", &err));
    OK(interlace_questions_set(questions, "lrt", "Reaction ~ Days + (1 | Subject)", &err));
    other = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "lrt: spec is NULL", interlace_fit_to_json(fit, NULL, frame, questions, NULL, &other, &other_length, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_to_json(NULL, spec, frame, questions, NULL, &other, &other_length, &err));
    FAILS(INTERLACE_E_ARGUMENT, "text is NULL", interlace_fit_to_json(fit, spec, frame, questions, NULL, NULL, &other_length, &err));
    FAILS(INTERLACE_E_ARGUMENT, "len is NULL", interlace_fit_to_text(fit, spec, frame, questions, NULL, &other, NULL, &err));
    CHECK(other == NULL);
    OK(interlace_fit_to_json(fit, spec, frame, questions, NULL, &other, &other_length, &err));
    CHECK(other_length > length && strstr(other, "\"wald_ci\": {\"level\": 0.95,") != NULL && strstr(other, "\"lrt\": {\"formulas\": [") != NULL);
    CHECK(strstr(other, "\"read\": null") == NULL);
    interlace_text_free(other);
    interlace_text_free(text);
    interlace_text_free(NULL);

    OK(interlace_questions_set_frame(questions, "predict", frame, &err));
    OK(interlace_questions_set(questions, "re", "Item", &err));
    FAILS(INTERLACE_E_ARGUMENT, "re: the model has no random term on Item",
          interlace_fit_to_text(fit, spec, frame, questions, NULL, &other, &other_length, &err));
    interlace_questions_free(questions);
}

static const char *cell(const interlace_frame *table, size_t column, size_t row) {
    return interlace_frame_column_string(table, column, row);
}

static void variables(const interlace_spec *spec) {
    static const char *const wanted[][3] = {
        {"Reaction", "response", "mean"}, {"Days", "fixed", "mean"}, {"Days", "random", "mean"}, {"Subject", "group", "mean"}};
    interlace_frame *table;
    OK(interlace_spec_variables(spec, &table, &err));
    CHECK(interlace_frame_n_rows(table) == COUNT(wanted) && interlace_frame_n_columns(table) == 3);
    SAME(interlace_frame_column_name(table, 0), "name");
    SAME(interlace_frame_column_name(table, 1), "role");
    SAME(interlace_frame_column_name(table, 2), "part");
    for (size_t i = 0; i < COUNT(wanted); i++)
        for (size_t j = 0; j < 3; j++)
            SAME(cell(table, j, i), wanted[i][j]);
    interlace_frame_free(table);
    table = NULL;
    interlace_spec *dot;
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ .", &dot, &err));
    FAILS(INTERLACE_E_FORMULA, "'.'", interlace_spec_variables(dot, &table, &err));
    FAILS(INTERLACE_E_ARGUMENT, "spec is NULL", interlace_spec_variables(NULL, &table, &err));
    CHECK(table == NULL);
    interlace_spec_free(dot);
}

int main(void) {
    interlace_frame *frame;
    interlace_spec *spec;
    interlace_fit *fit;
    interlace_questions *questions;
    OK(interlace_frame_read_csv("examples-c/data/sleepstudy.csv", NULL, &frame, &err));
    CHECK(interlace_frame_read_seconds(frame) >= 0 && isnan(interlace_frame_read_seconds(NULL)));
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Reaction ~ Days + (Days | Subject)", &spec, &err));
    OK(interlace_fit_new(spec, frame, NULL, &fit, &err));
    OK(interlace_questions_new(&questions, &err));
    listing();
    setting(questions);
    checks(frame);
    documents(fit, spec, frame);
    cancelled(fit);
    variables(spec);
    interlace_questions_free(questions);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return 0;
}
