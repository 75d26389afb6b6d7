/* The options of interlace-fit that request something from a fit: a table, and for each a function that takes its value. */
#include <string.h>

#include "interlace.h"
#include "interlace_fit_diagnose.h"
#include "interlace_fit_option_table.h"
#include "interlace_fit_values.h"

/* ---- inference ---- */

static enum answer take_df(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {{"normal", INTERLACE_DF_NORMAL},
                                            {"residual", INTERLACE_DF_RESIDUAL},
                                            {"satterthwaite", INTERLACE_DF_SATTERTHWAITE},
                                            {"kenward-roger", INTERLACE_DF_KENWARD_ROGER}};
    enum answer answer = CHOOSE(choices, value, &arguments->df);
    if (answer == TAKEN)
        arguments->has_df = true;
    return answer;
}

static enum answer take_anova(struct arguments *arguments, const char *value)
{
    int64_t type;
    enum answer answer = take_count(value, 1, 3, &type);
    if (answer == TAKEN)
        arguments->anova[type - 1] = true;
    return answer;
}

static enum answer take_chi_bar(struct arguments *arguments, const char *value)
{
    (void)value;
    arguments->chi_bar = true;
    return TAKEN;
}

static enum answer take_drop1(struct arguments *arguments, const char *value)
{
    (void)value;
    arguments->drop1 = true;
    return TAKEN;
}

static enum answer take_confint(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {{"wald", CONFINT_WALD}, {"profile", CONFINT_PROFILE}, {"boot", CONFINT_BOOT},
                                            {"ranef", CONFINT_RANEF}};
    int32_t kind;
    enum answer answer = CHOOSE(choices, value, &kind);
    if (answer != TAKEN)
        return answer;
    arguments->confint = arguments->confint || kind == CONFINT_WALD;
    arguments->confint_profile = arguments->confint_profile || kind == CONFINT_PROFILE;
    arguments->confint_boot = arguments->confint_boot || kind == CONFINT_BOOT;
    arguments->confint_ranef = arguments->confint_ranef || kind == CONFINT_RANEF;
    return TAKEN;
}

static enum answer take_profile(struct arguments *arguments, const char *value)
{
    (void)value;
    arguments->profile = true;
    return TAKEN;
}

static enum answer take_profile_scale(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {{"sdcor", INTERLACE_PROFILE_SD_COR}, {"theta", INTERLACE_PROFILE_THETA}};
    return CHOOSE(choices, value, &arguments->profile_scale);
}

/* "1,-1,0; 0,1,-1" */
static enum answer take_test(struct arguments *arguments, const char *value)
{
    return take_points(value, &arguments->hypothesis, &arguments->n_hypothesis);
}

static enum answer take_r2(struct arguments *arguments, const char *value)
{
    (void)value;
    arguments->r2 = true;
    return TAKEN;
}

static enum answer take_level(struct arguments *arguments, const char *value)
{
    double level;
    if (take_positive(value, 1, &level) != TAKEN || level == 1)
        return NOT_UNDERSTOOD;
    arguments->level = level;
    return TAKEN;
}

static enum answer take_emmeans(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->emmeans);
}

static enum answer take_at(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->at);
}

static enum answer take_comparisons(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {{"pairwise", 0}, {"trt.vs.ctrl", 1}, {"eff", 2}};
    int32_t known;
    if (take_once(value, &arguments->comparisons) != TAKEN)
        return GIVEN_BEFORE;
    arguments->contrasts.count = 0;
    if (CHOOSE(choices, value, &known) == TAKEN)
        return TAKEN;
    return take_points(value, &arguments->contrasts, &arguments->n_contrasts);
}

static enum answer take_means_weights(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {{"equal", 0}, {"proportional", 1}};
    int32_t proportional;
    enum answer answer = CHOOSE(choices, value, &proportional);
    if (answer == TAKEN)
        arguments->proportional = proportional;
    return answer;
}

static enum answer take_adjust(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {{"none", 0}, {"tukey", 1}, {"bonferroni", 2}, {"holm", 3}, {"sidak", 4}, {"fdr", 5}};
    int32_t known;
    enum answer answer = CHOOSE(choices, value, &known);
    if (answer == TAKEN)
        arguments->adjust = value;
    return answer;
}

static enum answer take_lrt(struct arguments *arguments, const char *value)
{
    return taken_if(text_list_add(&arguments->lrt, value, strlen(value)));
}

/* ---- after the fit ---- */

static enum answer take_predict(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->predict_path);
}

static enum answer take_type(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {
        {"response", INTERLACE_PREDICT_RESPONSE}, {"link", INTERLACE_PREDICT_LINK},
        {"conditional", INTERLACE_PREDICT_CONDITIONAL}, {"zprob", INTERLACE_PREDICT_ZERO_PROBABILITY},
        {"dispersion", INTERLACE_PREDICT_DISPERSION}, {"marginal", INTERLACE_PREDICT_MARGINAL},
        {"prob", INTERLACE_PREDICT_PROBABILITIES}, {"cum.prob", INTERLACE_PREDICT_CUMULATIVE},
        {"class", INTERLACE_PREDICT_CLASS}, {"location", INTERLACE_PREDICT_LOCATION}};
    enum answer answer = CHOOSE(choices, value, &arguments->type);
    if (answer == TAKEN)
        arguments->has_type = true;
    return answer;
}

/* "all", "none" or grouping factors, "g,h". */
static enum answer take_re(struct arguments *arguments, const char *value)
{
    text_list_free(&arguments->re); /* the last --re counts */
    arguments->has_re = strcmp(value, "all") != 0;
    if (!arguments->has_re || strcmp(value, "none") == 0)
        return TAKEN;
    return value[0] == '\0' ? NOT_UNDERSTOOD : taken_if(text_list_add_split(&arguments->re, value, ','));
}

static enum answer take_new_levels(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {{"error", INTERLACE_NEW_LEVELS_ERROR}, {"zero", INTERLACE_NEW_LEVELS_ZERO}};
    return CHOOSE(choices, value, &arguments->new_levels);
}

static enum answer take_interval(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {
        {"none", INTERVAL_NONE}, {"confidence", INTERVAL_CONFIDENCE}, {"prediction", INTERVAL_PREDICTION}};
    return CHOOSE(choices, value, &arguments->interval);
}

static enum answer take_simulate(struct arguments *arguments, const char *value)
{
    return take_count(value, 1, 1e9, &arguments->simulate);
}

static enum answer take_bootstrap(struct arguments *arguments, const char *value)
{
    return take_count(value, 1, 1e9, &arguments->bootstrap);
}

static enum answer take_bootstrap_type(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {
        {"parametric", BOOTSTRAP_PARAMETRIC}, {"case", BOOTSTRAP_CASES}, {"rows", BOOTSTRAP_ROWS}};
    return CHOOSE(choices, value, &arguments->bootstrap_type);
}

static enum answer take_statistic(struct arguments *arguments, const char *value)
{
    return taken_if(text_list_add(&arguments->statistics, value, strlen(value)));
}

static enum answer take_response_se(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {{"median", RESPONSE_MEDIAN}, {"mean", RESPONSE_MEAN}};
    return CHOOSE(choices, value, &arguments->response_se);
}

static enum answer take_simulate_type(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {{"new", INTERLACE_SIMULATE_NEW}, {"conditional", INTERLACE_SIMULATE_CONDITIONAL}};
    return CHOOSE(choices, value, &arguments->simulate_type);
}

static enum answer take_boot_interval(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {{"percentile", INTERLACE_BOOTSTRAP_PERCENTILE},
                                            {"basic", INTERLACE_BOOTSTRAP_BASIC},
                                            {"normal", INTERLACE_BOOTSTRAP_NORMAL},
                                            {"bca", INTERLACE_BOOTSTRAP_BCA}};
    return CHOOSE(choices, value, &arguments->boot_interval);
}

static enum answer take_refit(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->refit_path);
}

static enum answer take_residuals(struct arguments *arguments, const char *value)
{
    return residual_kind(value) < 0 ? NOT_UNDERSTOOD : taken_if(text_list_add(&arguments->residuals, value, strlen(value)));
}

static enum answer take_write(struct arguments *arguments, const char *value)
{
    const char *equals = strchr(value, '=');
    if (equals == NULL || equals == value || equals[1] == '\0')
        return NOT_UNDERSTOOD;
    return taken_if(text_list_add(&arguments->tables, value, strlen(value)));
}

static enum answer take_seed(struct arguments *arguments, const char *value)
{
    return take_count(value, 0, 9e15, &arguments->seed);
}

static enum answer take_all_fit(struct arguments *arguments, const char *value)
{
    (void)value;
    arguments->all_fit = true;
    return TAKEN;
}

static enum answer take_cross_validate(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->cross_validate);
}

static enum answer take_folds(struct arguments *arguments, const char *value)
{
    return take_count(value, 2, 1e9, &arguments->folds);
}

/* ---- the table ---- */

static const struct option questions[] = {
    {"--df", "satterthwaite, kenward-roger, residual or normal", take_df},
    {"--anova", "1, 2 or 3", take_anova},
    {"--drop1", NULL, take_drop1},
    {"--confint", "wald, profile, boot or ranef", take_confint},
    {"--profile", NULL, take_profile},
    {"--profile-scale", "sdcor or theta", take_profile_scale},
    {"--test", "rows of coefficients, \"0,1,-1; 0,0,1\"", take_test},
    {"--r2", NULL, take_r2},
    {"--level", "a number between 0 and 1", take_level},
    {"--emmeans", "a formula, \"~ f\"", take_emmeans},
    {"--at", "columns and values, \"x = 0, 5\"", take_at},
    {"--comparisons", "pairwise, trt.vs.ctrl, eff or rows of weights, \"1,-1,0; 0,1,-1\"", take_comparisons},
    {"--means-weights", "equal or proportional", take_means_weights},
    {"--adjust", "none, tukey, bonferroni, holm, fdr or sidak", take_adjust},
    {"--lrt", "a formula", take_lrt},
    {"--chi-bar", NULL, take_chi_bar},
    {"--predict", "a CSV file", take_predict},
    {"--type", "response, link, conditional, zprob, location, dispersion, marginal, prob, cum.prob or class", take_type},
    {"--re", "all, none or grouping factors, \"g,h\"", take_re},
    {"--new-levels", "zero or error", take_new_levels},
    {"--interval", "none, confidence or prediction", take_interval},
    {"--simulate", "a positive integer", take_simulate},
    {"--simulate-type", "new or conditional", take_simulate_type},
    {"--bootstrap", "a positive integer", take_bootstrap},
    {"--bootstrap-type", "parametric, case or rows", take_bootstrap_type},
    {"--boot-interval", "percentile, basic, normal or bca", take_boot_interval},
    {"--statistic", "two estimates and a sign, \"Days / sigma\"", take_statistic},
    {"--response-se", "median or mean", take_response_se},
    {"--refit", "a CSV file", take_refit},
    {"--residuals", "response, pearson, working, deviance, normalized or quantile", take_residuals},
    {"--write", "a table and a file, \"coefficients=FILE.csv\"", take_write},
    {"--seed", "an integer that is not negative", take_seed},
    {"--all-fit", NULL, take_all_fit},
    {"--cross-validate", "a grouping factor, or rows", take_cross_validate},
    {"--folds", "a whole number of at least 2", take_folds},
};

const struct option *find_question(const char *name)
{
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (strcmp(questions[i].name, name) == 0)
            return &questions[i];
    return NULL;
}
