/* The command line of interlace-fit, argument by argument, and the checks for options that conflict. */
#include "interlace_fit_options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace.h"
#include "interlace_fit_option_table.h"

static enum arguments_outcome say(char message[ARGUMENTS_MESSAGE_SIZE], enum arguments_outcome outcome, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(message, ARGUMENTS_MESSAGE_SIZE, format, values);
    va_end(values);
    return outcome;
}

/* Takes the option at argv[*at] and its value, and moves *at to the last argument used. */
static enum arguments_outcome read_option(struct arguments *arguments, int argc, char **argv, int *at, char *message)
{
    const struct option *option = find_option(argv[*at]);
    if (option == NULL)
        return say(message, ARGUMENTS_WRONG, "unknown option %s", argv[*at]);
    const char *value = NULL;
    if (option->wanted != NULL) {
        if (*at + 1 == argc)
            return say(message, ARGUMENTS_WRONG, "%s needs %s", option->name, option->wanted);
        value = argv[++*at];
    }
    switch (option->take(arguments, value)) {
    case TAKEN:
        return ARGUMENTS_READY;
    case GIVEN_BEFORE:
        return say(message, ARGUMENTS_WRONG, "%s is given twice, but holds one value", option->name);
    case NO_MEMORY:
        return say(message, ARGUMENTS_UNAVAILABLE, "no memory for the arguments");
    default:
        return say(message, ARGUMENTS_WRONG, "%s needs %s, not '%s'", option->name, option->wanted, value);
    }
}

static enum arguments_outcome read_model(struct arguments *arguments, const char *model, char *message)
{
    static const struct choice models[] = {
        {"lmm", INTERLACE_LMM}, {"glmm", INTERLACE_GLMM}, {"clmm", INTERLACE_CLMM}, {"coxme", LATER}};
    switch (CHOOSE(models, model, &arguments->model)) {
    case TAKEN:
        return ARGUMENTS_READY;
    case NOT_AVAILABLE:
        return say(message, ARGUMENTS_UNAVAILABLE, "%s is not available in this version", model);
    default:
        return say(message, ARGUMENTS_WRONG, "unknown model '%s', wanted lmm, glmm or clmm", model);
    }
}

/* Options that not all models have; NULL if none was given. */

static const char *generalised_option(const struct arguments *arguments)
{
    return arguments->family != NULL                 ? "--family"
           : arguments->fixed_parameters.count > 0   ? "--fix"
           : arguments->dispformula != NULL          ? "--dispformula"
           : arguments->ziformula != NULL            ? "--ziformula"
                                                     : NULL;
}

static const char *ordinal_option(const struct arguments *arguments)
{
    return arguments->has_threshold     ? "--threshold"
           : arguments->nominal != NULL ? "--nominal"
           : arguments->scale != NULL   ? "--scale"
                                        : NULL;
}

static const char *nonlinear_option(const struct arguments *arguments)
{
    return arguments->link != NULL        ? "--link"
           : arguments->has_information   ? "--information"
           : arguments->has_nagq          ? "--nagq"
           : arguments->has_std_errors    ? "--std-errors"
                                          : NULL;
}

static bool asks_anova(const struct arguments *arguments)
{
    return arguments->anova[0] || arguments->anova[1] || arguments->anova[2];
}

static const char *linear_option(const struct arguments *arguments)
{
    return asks_anova(arguments) ? "--anova" : arguments->drop1 ? "--drop1" : NULL;
}

/* In the order of INTERLACE_DF_*. */
static const char *const df_names[] = {"normal", "residual", "satterthwaite", "kenward-roger"};

static enum arguments_outcome check_model(const struct arguments *arguments, char *message)
{
    const char *model = arguments->model == INTERLACE_LMM    ? "lmm"
                        : arguments->model == INTERLACE_GLMM ? "glmm"
                                                             : "clmm";
    if (arguments->model != INTERLACE_LMM && arguments->correlation != NULL)
        return say(message, ARGUMENTS_WRONG, "--correlation is for the model lmm, not %s", model);
    if (arguments->model != INTERLACE_GLMM && generalised_option(arguments) != NULL)
        return say(message, ARGUMENTS_WRONG, "%s is for the model glmm, not %s", generalised_option(arguments), model);
    if (arguments->model != INTERLACE_CLMM && ordinal_option(arguments) != NULL)
        return say(message, ARGUMENTS_WRONG, "%s is for the model clmm, not %s", ordinal_option(arguments), model);
    if (arguments->model == INTERLACE_LMM && nonlinear_option(arguments) != NULL)
        return say(message, ARGUMENTS_WRONG, "%s is for the models glmm and clmm, not lmm", nonlinear_option(arguments));
    if (arguments->model != INTERLACE_LMM && arguments->df != INTERLACE_DF_NORMAL)
        return say(message, ARGUMENTS_WRONG, "--df %s is for the model lmm, not %s", df_names[arguments->df], model);
    if (arguments->model != INTERLACE_LMM && linear_option(arguments) != NULL)
        return say(message, ARGUMENTS_WRONG, "%s is for the model lmm, not %s", linear_option(arguments), model);
    return ARGUMENTS_READY;
}

static bool asks_confint(const struct arguments *arguments)
{
    return arguments->confint || arguments->confint_profile || arguments->confint_boot || arguments->confint_ranef;
}

/* An option that was given and needs a fit; NULL if there is none. */
static const char *option_of_fit(const struct arguments *arguments)
{
    return linear_option(arguments) != NULL   ? linear_option(arguments)
           : asks_confint(arguments)          ? "--confint"
           : arguments->profile               ? "--profile"
           : arguments->hypothesis.count > 0  ? "--test"
           : arguments->emmeans != NULL       ? "--emmeans"
           : arguments->lrt.count > 0         ? "--lrt"
           : arguments->r2                    ? "--r2"
           : arguments->predict_path != NULL  ? "--predict"
           : arguments->simulate > 0          ? "--simulate"
           : arguments->bootstrap > 0         ? "--bootstrap"
           : arguments->refit_path != NULL    ? "--refit"
           : arguments->residuals.count > 0   ? "--residuals"
           : arguments->tables.count > 0      ? "--write"
           : arguments->all_fit               ? "--all-fit"
           : arguments->cross_validate != NULL ? "--cross-validate"
                                              : NULL;
}

/* An option that was given and needs --bootstrap; NULL if there is none. */
static const char *of_bootstrap(const struct arguments *arguments)
{
    return arguments->confint_boot           ? "--confint boot"
           : arguments->bootstrap_type != 0  ? "--bootstrap-type"
           : arguments->statistics.count > 0 ? "--statistic"
           : arguments->response_se != 0     ? "--response-se"
                                             : NULL;
}

static const char *of_means(const struct arguments *arguments)
{
    return arguments->adjust != NULL        ? "--adjust"
           : arguments->at != NULL          ? "--at"
           : arguments->comparisons != NULL ? "--comparisons"
           : arguments->proportional        ? "--means-weights"
                                            : NULL;
}

/* An option that says how to predict; NULL if there is none. */
static const char *prediction_option(const struct arguments *arguments)
{
    return arguments->interval != INTERVAL_NONE                     ? "--interval"
           : arguments->has_re                                      ? "--re"
           : arguments->new_levels != INTERLACE_NEW_LEVELS_ERROR    ? "--new-levels"
                                                                    : NULL;
}

static bool reads_input(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

/* Errors that involve more than one argument. */
static enum arguments_outcome check_together(const struct arguments *arguments, char *message)
{
    if (arguments->data_path == NULL)
        return say(message, ARGUMENTS_WRONG, "wanted MODEL FORMULA DATA.csv");
    if (reads_input(arguments->data_path) + reads_input(arguments->predict_path) + reads_input(arguments->refit_path) > 1)
        return say(message, ARGUMENTS_WRONG, "standard input, -, can be read for one file only");
    if (arguments->n_points > 0 && option_of_fit(arguments) != NULL)
        return say(message, ARGUMENTS_WRONG, "--objective evaluates without a fit, so %s can't go with it",
                   option_of_fit(arguments));
    if (of_bootstrap(arguments) != NULL && arguments->bootstrap == 0)
        return say(message, ARGUMENTS_WRONG, "%s needs --bootstrap N", of_bootstrap(arguments));
    if (arguments->boot_interval != INTERLACE_BOOTSTRAP_PERCENTILE && !arguments->confint_boot)
        return say(message, ARGUMENTS_WRONG, "--boot-interval is for --confint boot, which was not given");
    if (check_model(arguments, message) != ARGUMENTS_READY)
        return ARGUMENTS_WRONG;
    if (arguments->folds > 0 && arguments->cross_validate == NULL)
        return say(message, ARGUMENTS_WRONG, "--folds is for --cross-validate, which was not given");
    if (arguments->chi_bar && arguments->lrt.count == 0)
        return say(message, ARGUMENTS_WRONG, "--chi-bar is for --lrt, which was not given");
    if (arguments->has_type && arguments->predict_path == NULL && arguments->emmeans == NULL)
        return say(message, ARGUMENTS_WRONG, "--type is for --predict and --emmeans, of which none was given");
    if (prediction_option(arguments) != NULL && arguments->predict_path == NULL)
        return say(message, ARGUMENTS_WRONG, "%s is for --predict, which was not given", prediction_option(arguments));
    if (of_means(arguments) != NULL && arguments->emmeans == NULL)
        return say(message, ARGUMENTS_WRONG, "%s is for --emmeans, which was not given", of_means(arguments));
    return ARGUMENTS_READY;
}

enum arguments_outcome arguments_read(struct arguments *arguments, int argc, char **argv, char message[ARGUMENTS_MESSAGE_SIZE])
{
    *arguments = (struct arguments){.level = 0.95};

    for (int at = 1; at < argc; at++) {
        enum arguments_outcome outcome = ARGUMENTS_READY;
        if (strcmp(argv[at], "--help") == 0)
            return ARGUMENTS_HELP;
        if (strcmp(argv[at], "--version") == 0)
            return ARGUMENTS_VERSION;
        if (argv[at][0] == '-' && argv[at][1] != '\0')
            outcome = read_option(arguments, argc, argv, &at, message);
        else if (arguments->model == 0)
            outcome = read_model(arguments, argv[at], message);
        else if (arguments->formula == NULL)
            arguments->formula = argv[at];
        else if (arguments->data_path == NULL)
            arguments->data_path = argv[at];
        else
            outcome = say(message, ARGUMENTS_WRONG, "unexpected argument '%s'", argv[at]);
        if (outcome != ARGUMENTS_READY)
            return outcome;
    }
    /* Other models only have normal ones. */
    if (arguments->model == INTERLACE_LMM && !arguments->has_df)
        arguments->df = INTERLACE_DF_SATTERTHWAITE;
    arguments->needs_df = arguments->has_df || arguments->confint || arguments->emmeans != NULL || arguments->hypothesis.count > 0 || asks_anova(arguments);
    return check_together(arguments, message);
}

void arguments_free(struct arguments *arguments)
{
    text_list_free(&arguments->na_strings);
    text_list_free(&arguments->categorical);
    for (size_t i = 0; i < arguments->n_ordered; i++) {
        free(arguments->ordered[i].name);
        text_list_free(&arguments->ordered[i].levels);
    }
    free(arguments->ordered);
    text_list_free(&arguments->random);
    text_list_free(&arguments->groups);
    text_list_free(&arguments->contrast_columns);
    text_list_free(&arguments->contrast_names);
    text_list_free(&arguments->fixed_parameters);
    number_list_free(&arguments->fixed_values);
    text_list_free(&arguments->lrt);
    text_list_free(&arguments->re);
    text_list_free(&arguments->statistics);
    text_list_free(&arguments->residuals);
    text_list_free(&arguments->tables);
    number_list_free(&arguments->hypothesis);
    number_list_free(&arguments->contrasts);
    number_list_free(&arguments->theta0);
    number_list_free(&arguments->objective);
}
