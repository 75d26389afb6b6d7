/* Options of a command: family and link, method, tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "table.h"

/* Stata's commands with what they fit. `link` is that of the command, or NULL. */
static const struct {
    const char *word;
    interlace_model kind;
    const char *family, *link;
} COMMANDS[] = {
    {"mixed", INTERLACE_MODEL_LMM, NULL, NULL},
    {"meglm", INTERLACE_MODEL_GLMM, "gaussian", NULL},
    {"melogit", INTERLACE_MODEL_GLMM, "binomial", "logit"},
    {"meprobit", INTERLACE_MODEL_GLMM, "binomial", "probit"},
    {"mecloglog", INTERLACE_MODEL_GLMM, "binomial", "cloglog"},
    {"mepoisson", INTERLACE_MODEL_GLMM, "poisson", "log"},
    {"menbreg", INTERLACE_MODEL_GLMM, "nbinom2", "log"},
    {"meologit", INTERLACE_MODEL_CLMM, NULL, "logit"},
    {"meoprobit", INTERLACE_MODEL_CLMM, NULL, "probit"},
};

/* Stata's families with their names here and Stata's default links. */
static const struct {
    const char *name;
    size_t least;
    const char *family, *link;
} FAMILIES[] = {
    {"gaussian", 3, "gaussian", "identity"}, {"bernoulli", 3, "binomial", "logit"}, {"binomial", 3, "binomial", "logit"}, {"gamma", 3, "gamma", "log"},
    {"nbinomial", 3, "nbinom2", "log"},      {"ordinal", 3, NULL, "logit"},         {"poisson", 3, "poisson", "log"},     {"beta", 4, "beta", "logit"},
};

const char *value_of(call *c, const option *own)
{
    if (own->value == NULL || own->value[0] == 0)
        fail(c, STATA_SYNTAX, "option %s needs a value in parentheses", own->name);
    return own->value;
}

double number_of(call *c, const option *own, double least, double most)
{
    char *end = NULL;
    double value = strtod(value_of(c, own), &end);
    if (*end != 0 || !(value >= least && value <= most))
        fail(c, STATA_SYNTAX, "%s(%s): a number from %g to %g is wanted", own->name, own->value, least, most);
    return value;
}

static void take_option(call *c, model *own, const char *name, const char *value)
{
    push(c, &own->option_names, name);
    push(c, &own->option_values, value);
}

/* family(): a family of Stata's with what follows it, or one of the library's. */
static void take_family(call *c, model *own, const char *value)
{
    size_t n = strcspn(value, " ");
    const char *name = copy_of(c, value, n), *rest = trimmed(c, value + n, strlen(value + n));
    for (size_t i = 0; i < sizeof FAMILIES / sizeof FAMILIES[0]; i++)
        if (abbreviates(name, FAMILIES[i].name, FAMILIES[i].least)) {
            own->kind = FAMILIES[i].family == NULL ? INTERLACE_MODEL_CLMM : INTERLACE_MODEL_GLMM;
            own->family = FAMILIES[i].family;
            own->link = own->word[0] != 0 || own->family == NULL ? FAMILIES[i].link : NULL;
            if (same(FAMILIES[i].name, "binomial") && rest[0] != 0)
                own->trials = rest;
            else if (same(FAMILIES[i].name, "nbinomial") && abbreviates(rest, "constant", 4))
                own->family = "nbinom1";
            else if (rest[0] != 0 && !(same(FAMILIES[i].name, "nbinomial") && same(rest, "mean")))
                fail(c, STATA_SYNTAX, "family(%s): '%s' is not understood", value, rest);
            return;
        }
    own->kind = INTERLACE_MODEL_GLMM;
    own->family = value;
    own->link = NULL;
}

static void take_distribution(call *c, const command *command, model *own)
{
    own->kind = INTERLACE_MODEL_LMM;
    for (size_t i = 0; i < sizeof COMMANDS / sizeof COMMANDS[0]; i++)
        if (same(COMMANDS[i].word, own->word)) {
            own->kind = COMMANDS[i].kind;
            own->family = COMMANDS[i].family;
            own->link = COMMANDS[i].link;
        }
    const option *family = any_option(command, "family"), *link = any_option(command, "link");
    const option *kind = any_option(command, "model"), *dispersion = any_option(command, "dispersion");
    if (family != NULL && own->word[0] != 0 && !same(own->word, "meglm"))
        fail(c, STATA_SYNTAX, "family() is an option of meglm, not of %s", own->word);
    if (same(own->word, "meglm") && family == NULL)
        own->link = "identity";
    if (family != NULL)
        take_family(c, own, value_of(c, family));
    if (link != NULL)
        own->link = value_of(c, link);
    if (kind != NULL) {
        interlace_error err;
        check(c, interlace_model_from_name(value_of(c, kind), &own->kind, &err), &err);
    }
    if (dispersion != NULL && !same(own->word, "menbreg"))
        fail(c, STATA_SYNTAX, "dispersion() is an option of menbreg");
    if (dispersion != NULL && abbreviates(value_of(c, dispersion), "constant", 4))
        own->family = "nbinom1";
    else if (dispersion != NULL && !same(dispersion->value, "mean"))
        fail(c, STATA_SYNTAX, "dispersion(%s): mean or constant is wanted", dispersion->value);
    own->is_binomial = own->kind == INTERLACE_MODEL_GLMM && own->family != NULL && same(own->family, "binomial");
    const option *trials = any_option(command, "binomial");
    if (trials != NULL && !own->is_binomial)
        fail(c, STATA_SYNTAX, "binomial() is for binomial responses");
    if (trials != NULL)
        own->trials = value_of(c, trials);
}

static void take_df(call *c, model *own, const char *value)
{
    static const struct {
        const char *name;
        size_t least;
        interlace_df df;
    } METHODS[] = {{"kroger", 2, INTERLACE_DF_KENWARD_ROGER},
                   {"kenward_roger", 3, INTERLACE_DF_KENWARD_ROGER},
                   {"satterthwaite", 4, INTERLACE_DF_SATTERTHWAITE},
                   {"residual", 3, INTERLACE_DF_RESIDUAL},
                   {"normal", 4, INTERLACE_DF_NORMAL}};
    for (size_t i = 0; i < sizeof METHODS / sizeof METHODS[0]; i++)
        if (abbreviates(value, METHODS[i].name, METHODS[i].least)) {
            own->df = METHODS[i].df;
            own->has_df = own->df != INTERLACE_DF_NORMAL;
            return;
        }
    fail(c, STATA_SYNTAX, "dfmethod(%s): kroger, satterthwaite, residual or normal is wanted", value);
}

/* Stata's words for the integral over the random effects, and its options of the search. */
static void take_numerics(call *c, const command *command, model *own)
{
    const option *method = any_option(command, "intmethod"), *points = any_option(command, "intpoints"), *iterate = any_option(command, "iterate");
    double n = points == NULL ? 7 : number_of(c, points, 1, 100);
    if (method != NULL && abbreviates(value_of(c, method), "laplace", 3))
        n = 1;
    else if (method != NULL && abbreviates(method->value, "ghermite", 2))
        n = -n;
    else if (method != NULL && !abbreviates(method->value, "mvaghermite", 2) && !abbreviates(method->value, "mcaghermite", 2))
        fail(c, STATA_SYNTAX, "intmethod(%s): mvaghermite, mcaghermite, ghermite or laplace is wanted", method->value);
    if ((method != NULL || points != NULL) && own->kind == INTERLACE_MODEL_LMM)
        fail(c, STATA_SYNTAX, "intmethod() and intpoints() are not for linear models, whose integral is exact");
    if (method != NULL || points != NULL)
        take_option(c, own, "nagq", text_of(c, "%.0f", n == -1 ? 1 : n));
    if (iterate != NULL)
        take_option(c, own, "max_evaluations", text_of(c, "%.0f", number_of(c, iterate, 1, 1e9)));
    for (size_t i = 0; i < interlace_options_count(); i++) {
        const char *name = interlace_options_name(i);
        const option *given = any_option(command, name);
        if (given != NULL && given != iterate)
            take_option(c, own, name, value_of(c, given));
    }
}

static bool is_given(const command *command, const char *name)
{
    return any_option(command, name) != NULL;
}

static const char *formula_option(call *c, const command *command, const char *name)
{
    const option *given = any_option(command, name);
    return given == NULL ? NULL : value_of(c, given);
}

void take_settings(call *c, const command *command, model *own)
{
    take_distribution(c, command, own);
    if (is_given(command, "reml") && is_given(command, "mle"))
        fail(c, STATA_SYNTAX, "reml and mle exclude each other");
    if (is_given(command, "reml") || is_given(command, "mle") || own->word[0] != 0)
        take_option(c, own, "method", is_given(command, "reml") ? "reml" : "ml");
    own->df = own->word[0] == 0 && own->kind == INTERLACE_MODEL_LMM ? INTERLACE_DF_SATTERTHWAITE : INTERLACE_DF_NORMAL;
    own->has_df = own->df != INTERLACE_DF_NORMAL;
    if (is_given(command, "dfmethod"))
        take_df(c, own, value_of(c, any_option(command, "dfmethod")));
    take_numerics(c, command, own);
    const option *vce = any_option(command, "vce"), *level = any_option(command, "level");
    if (vce != NULL && !same(value_of(c, vce), "oim"))
        fail(c, STATA_SYNTAX, "vce(%s): only standard errors from the likelihood are offered, vce(oim)", vce->value);
    own->level = level == NULL ? 95 : number_of(c, level, 10, 99.99);
    own->correlation = formula_option(c, command, "correlation");
    own->dispersion = formula_option(c, command, "dispformula");
    own->zero_inflation = formula_option(c, command, "ziformula");
    own->nominal = formula_option(c, command, "nominal");
    own->scale = formula_option(c, command, "scale");
    own->threshold = formula_option(c, command, "threshold");
    own->ties = formula_option(c, command, "ties");
    own->constant = option_of(&command->equations[0], "noconstant") == NULL;
    own->log = !is_given(command, "nolog");
    own->header = !is_given(command, "noheader");
    own->groups = !is_given(command, "nogroup");
    own->fixed_table = !is_given(command, "notable") && !is_given(command, "nofetable");
    own->random_table = !is_given(command, "notable") && !is_given(command, "noretable");
    own->variances = own->word[0] != 0 ? !is_given(command, "stddeviations") : is_given(command, "variance");
    own->eform = is_given(command, "or") || is_given(command, "irr") || is_given(command, "eform");
}
