/* predict: from the options to what it needs, then the numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"
#include "groups.h"
#include "host.h"

typedef enum statistic { XB, MU, MUFIXED, ETA, RESIDUALS, RSTANDARD, REFFECTS, RESES, STDP, PR } statistic;

/* What the options of predict ask for. */
typedef struct request {
    statistic statistic;
    bool fixed_only, marginal;
    /* The category of pr, from 1, or 0 for all; the level whose effects are wanted, or NULL. */
    int outcome;
    const char *level;
} request;

static const struct {
    const char *name;
    size_t least;
    statistic statistic;
} STATISTICS[] = {{"xb", 2, XB},           {"fitted", 3, ETA},    {"mu", 2, MU},     {"mufixed", 3, MUFIXED}, {"eta", 3, ETA},   {"residuals", 3, RESIDUALS}, {"rstandard", 3, RSTANDARD},
                  {"reffects", 3, REFFECTS}, {"reses", 4, RESES}, {"stdp", 4, STDP}, {"pr", 2, PR}};

/* Takes the value in parentheses off a word such as "outcome(2)"; NULL without. */
static char *value_in(call *c, char *word)
{
    char *open = strchr(word, '(');
    if (open == NULL)
        return NULL;
    size_t n = strlen(open);
    if (open[n - 1] != ')')
        fail(c, STATA_SYNTAX, "%s has no closing parenthesis", word);
    char *value = trimmed(c, open + 1, n - 2);
    *open = 0;
    return value;
}

static request request_of(call *c, const fitted *own, const char *options)
{
    bool linear = interlace_fit_model(own->fit) == INTERLACE_MODEL_LMM, ordinal = interlace_fit_model(own->fit) == INTERLACE_MODEL_CLMM;
    request r = {linear || interlace_fit_model(own->fit) == INTERLACE_MODEL_COXME ? XB : ordinal ? PR : MU, false, false, 0, NULL};
    bool chosen = false;
    for (size_t i = strspn(options, " ,"); options[i] != 0; i += strspn(options + i, " ,")) {
        size_t n = strcspn(options + i, " ,");
        char *word = copy_of(c, options + i, n), *value = value_in(c, word);
        bool known = false;
        i += n;
        for (size_t k = 0; k < sizeof STATISTICS / sizeof STATISTICS[0] && !known; k++)
            if (value == NULL && abbreviates(word, STATISTICS[k].name, STATISTICS[k].least)) {
                if (chosen)
                    fail(c, STATA_SYNTAX, "only one statistic can be predicted at a time");
                r.statistic = STATISTICS[k].statistic;
                chosen = known = true;
            }
        if (!known && ((value == NULL && abbreviates(word, "fixedonly", 5)) || (value != NULL && abbreviates(word, "conditional", 4) && same(value, "fixedonly"))))
            r.fixed_only = known = true;
        if (!known && value != NULL && abbreviates(word, "conditional", 4) && same(value, "ebmodes"))
            known = true;
        if (!known && value == NULL && same(word, "marginal"))
            r.marginal = known = true;
        if (!known && value != NULL && abbreviates(word, "outcome", 3)) {
            r.outcome = atoi(value[0] == '#' ? value + 1 : value);
            known = true;
            if (r.outcome < 1 || (size_t)r.outcome > interlace_fit_n_categories(own->fit))
                fail(c, STATA_SYNTAX, "outcome(%s): a category from 1 to %zu is wanted", value, interlace_fit_n_categories(own->fit));
        }
        if (!known && value != NULL && abbreviates(word, "relevel", 4)) {
            r.level = value;
            known = true;
        }
        if (!known)
            fail(c, STATA_SYNTAX, "predict, %s: %s", word,
                 same(value == NULL ? "" : value, "ebmeans") ? "means of random effects are not offered; conditional(ebmodes) has their modes"
                                                            : "xb, fitted, mu, mufixed, eta, residuals, rstandard, reffects, reses, stdp or pr is wanted");
    }
    if (r.statistic == MUFIXED)
        r = (request){MU, true, r.marginal, r.outcome, r.level};
    if (ordinal && (r.statistic == MU || r.statistic == RESIDUALS || r.statistic == RSTANDARD))
        fail(c, STATA_SYNTAX, "an ordinal model has no mean; pr has its probabilities");
    return r;
}

/* The variables that the numbers depend on: of residuals with the response. */
static list needed(call *c, const fitted *own, const request *r)
{
    list all = {0};
    interlace_frame *table = NULL;
    interlace_error err;
    if (own->spec == NULL)
        fail(c, STATA_OTHER, "the file of this fit has no model, which says what variables predictions need; save it with its model");
    check(c, interlace_spec_variables(own->spec, &table, &err), &err);
    keep_frame(c, table);
    bool with_response = r->statistic == RESIDUALS || r->statistic == RSTANDARD, without_groups = r->fixed_only || r->marginal || r->statistic == STDP || r->statistic == XB;
    for (size_t i = 0; i < interlace_frame_n_rows(table); i++) {
        const char *role = interlace_frame_column_string(table, 1, i);
        bool is_used = !same(role, "weights") && !same(role, "time") && (with_response || !same(role, "response")) && !(without_groups && same(role, "group"));
        if (is_used)
            push_new(c, &all, interlace_frame_column_string(table, 0, i));
    }
    bool is_proportion = own->model != NULL && own->model->trials != NULL;
    if (with_response && (is_proportion || !holds(&all, own->depvar)))
        fail(c, STATA_OTHER, "residuals are offered for a response that is a variable, not for an expression or successes of trials");
    give_back(c, table);
    return all;
}

static bool is_effect_wanted(const request *r, const effect *e)
{
    return r->level == NULL || same(r->level, e->level_name);
}

static size_t width_of(call *c, const fitted *own, const request *r)
{
    size_t n = 0;
    if (r->statistic == PR && interlace_fit_model(own->fit) == INTERLACE_MODEL_CLMM)
        return r->outcome > 0 ? 1 : interlace_fit_n_categories(own->fit);
    if (r->statistic != REFFECTS && r->statistic != RESES)
        return 1;
    for (size_t i = 0; i < own->n_effects; i++)
        n += is_effect_wanted(r, &own->effects[i]);
    if (n == 0)
        fail(c, STATA_SYNTAX, "relevel(%s): the model has no random effects of that level", r->level == NULL ? "" : r->level);
    return n;
}

static const char *label_of(call *c, const fitted *own, const request *r, size_t k)
{
    static const char *const LABELS[] = {"Linear prediction, fixed portion", "Mean", "Mean", "Linear prediction with random effects", "Residuals",
                                         "Standardized residuals", "", "", "S.E. of the linear prediction, fixed portion", "Pr(category)"};
    if (r->statistic != REFFECTS && r->statistic != RESES)
        return r->statistic == PR && r->outcome == 0 ? text_of(c, "Pr(category %zu)", k + 1) : LABELS[r->statistic];
    for (size_t i = 0; i < own->n_effects; i++)
        if (is_effect_wanted(r, &own->effects[i]) && k-- == 0)
            return text_of(c, "%s for %s[%s]", r->statistic == REFFECTS ? "Random effects" : "S.E. of random effects",
                           same(own->effects[i].name, "(Intercept)") ? "_cons" : own->effects[i].name, own->effects[i].level_name);
    return "";
}

void plan_action(call *c, const arguments *given)
{
    const fitted *own = fitted_of(c, argument(c, given, 0, "the number of a fit"));
    request r = request_of(c, own, macro(c, "options"));
    size_t n = width_of(c, own, &r);
    bool from_b = has_stata_columns(own) && (r.statistic == XB || (r.statistic == MU && r.fixed_only));
    set_macro(c, "how", from_b ? (r.statistic == XB ? "xb" : "mean") : "fit");
    set_macro(c, "n", text_of(c, "%zu", n));
    list none = {0}, all = from_b ? none : needed(c, own, &r);
    set_macro(c, "vars", joined(c, &all, " "));
    for (size_t k = 0; k < n; k++)
        set_macro(c, text_of(c, "label%zu", k + 1), label_of(c, own, &r, k));
}

/* A number for each observation and new variable [n,w]. */
static void predicted(call *c, const fitted *own, const request *r, const interlace_frame *frame, double *out, size_t n, size_t width)
{
    interlace_predict_request asked = INTERLACE_PREDICT_REQUEST_INIT;
    interlace_options *options = watched_options(c, false);
    interlace_error err;
    bool is_link = r->statistic == XB || r->statistic == ETA || r->statistic == STDP;
    bool ordinal = r->statistic == PR && interlace_fit_model(own->fit) == INTERLACE_MODEL_CLMM;
    asked.quantity = is_link ? INTERLACE_QUANTITY_LINK : r->marginal ? INTERLACE_QUANTITY_MARGINAL
                     : ordinal ? INTERLACE_QUANTITY_PROBABILITIES : INTERLACE_QUANTITY_RESPONSE;
    asked.random = r->fixed_only || r->statistic == STDP || r->statistic == XB ? INTERLACE_RANDOM_NONE : INTERLACE_RANDOM_ALL;
    asked.new_levels = INTERLACE_NEW_LEVELS_ZERO;
    if (r->statistic == STDP)
        check(c, interlace_fit_predict_interval(own->fit, frame, &asked, options, NULL, out, NULL, NULL, n * width, &err), &err);
    else
        check(c, interlace_fit_predict(own->fit, frame, &asked, options, out, n * width, &err), &err);
    give_back(c, options);
}

/* Random effects, or their standard errors given the parameters, of the groups that observations are in. */
static void effects_of(call *c, const fitted *own, const request *r, const sample *data, double *out)
{
    interlace_error err;
    size_t at = 0;
    for (size_t i = 0; i < own->n_effects; i++) {
        const effect *e = &own->effects[i];
        if (!is_effect_wanted(r, e))
            continue;
        size_t size = interlace_fit_term_n_effects(own->fit, e->term), levels = interlace_fit_term_n_levels(own->fit, e->term);
        bool modes = r->statistic == REFFECTS;
        size_t each = modes ? size : size * size, place = modes ? e->effect : e->effect * size + e->effect;
        double *values = take(c, each * levels, sizeof *values);
        check(c, modes ? interlace_fit_term_ranef(own->fit, e->term, values, each * levels, &err)
                       : interlace_fit_term_ranef_cov(own->fit, e->term, values, each * levels, &err), &err);
        size_t *level = levels_of(c, own->fit, e->term, data);
        for (size_t k = 0; k < data->n; k++) {
            double value = level[k] == NO_LEVEL ? NAN : values[level[k] * each + place];
            out[k + at * data->n] = modes ? value : sqrt(value);
        }
        give_back(c, values);
        give_back(c, level);
        at++;
    }
}

/* Numbers that need random effects are missing in groups that the fit does not know. */
static void hide_unknown(call *c, const fitted *own, const sample *data, double *out, size_t width)
{
    for (size_t t = 0; t < interlace_fit_n_terms(own->fit); t++) {
        size_t *level = levels_of(c, own->fit, t, data);
        for (size_t k = 0; k < data->n; k++)
            for (size_t w = 0; level[k] == NO_LEVEL && w < width; w++)
                out[k + w * data->n] = NAN;
        give_back(c, level);
    }
}

static void subtract(call *c, const fitted *own, const request *r, const sample *data, double *out)
{
    const variable *y = variable_named(data, own->depvar);
    if (y == NULL || y->numbers == NULL)
        fail(c, STATA_TYPE_MISMATCH, "%s is not numeric", own->depvar);
    double divisor = r->statistic == RSTANDARD ? interlace_fit_sigma(own->fit) : 1;
    for (size_t i = 0; i < data->n; i++)
        out[i] = (y->numbers[i] - out[i]) / divisor;
}

void predict_action(call *c, const arguments *given)
{
    const fitted *own = fitted_of(c, argument(c, given, 0, "the number of a fit"));
    request r = request_of(c, own, macro(c, "options"));
    size_t width = width_of(c, own, &r);
    list names = needed(c, own, &r);
    if ((size_t)stata->n_variables() != names.n + width)
        fail(c, STATA_OTHER, "%d variables were passed, and %zu are needed", stata->n_variables(), names.n + width);
    sample *data = read_sample(c, &names, true);
    if (data->n == 0)
        return;
    size_t all = r.outcome > 0 ? interlace_fit_n_categories(own->fit) : width;
    double *out = take(c, data->n * all, sizeof *out);
    if (r.statistic == REFFECTS || r.statistic == RESES) {
        effects_of(c, own, &r, data, out);
    } else {
        predicted(c, own, &r, frame_of(c, data), out, data->n, all);
        if (!r.fixed_only && !r.marginal && r.statistic != STDP && r.statistic != XB)
            hide_unknown(c, own, data, out, all);
    }
    if (r.statistic == RESIDUALS || r.statistic == RSTANDARD)
        subtract(c, own, &r, data, out);
    size_t first = r.outcome > 0 ? (size_t)r.outcome - 1 : 0;
    for (size_t w = 0; w < width; w++)
        for (size_t i = 0; i < data->n; i++)
            store_at(c, (int)(names.n + w) + 1, data->observations[i], out[i + (first + w) * data->n]);
}

/* The mean of a linear predictor, for links without more to it. */
static double mean_of(call *c, const char *link, double eta)
{
    if (same(link, "identity"))
        return eta;
    if (same(link, "log"))
        return exp(eta);
    if (same(link, "logit"))
        return eta > 0 ? 1 / (1 + exp(-eta)) : exp(eta) / (1 + exp(eta));
    if (same(link, "probit"))
        return 0.5 * erfc(-eta / sqrt(2));
    if (same(link, "cloglog"))
        return -expm1(-exp(eta));
    if (same(link, "loglog"))
        return exp(-exp(-eta));
    if (same(link, "cauchit"))
        return 0.5 + atan(eta) / acos(-1.0);
    if (same(link, "inverse"))
        return 1 / eta;
    if (same(link, "sqrt"))
        return eta * eta;
    fail(c, STATA_OTHER, "the mean is not offered for the link %s", link);
}

void mean_action(call *c, const arguments *given)
{
    static const char *const PLAIN[] = {"gaussian", "binomial", "poisson", "gamma", "nbinom1", "nbinom2", "inverse_gaussian", "beta", "betabinomial", "student_t", "tweedie"};
    const fitted *own = fitted_of(c, argument(c, given, 0, "the number of a fit"));
    bool linear = interlace_fit_model(own->fit) == INTERLACE_MODEL_LMM, plain = linear;
    for (size_t i = 0; i < sizeof PLAIN / sizeof PLAIN[0] && !plain; i++)
        plain = interlace_fit_model(own->fit) == INTERLACE_MODEL_GLMM && same(interlace_fit_family(own->fit), PLAIN[i]) &&
                !interlace_fit_has_predictor(own->fit, INTERLACE_PREDICTOR_ZERO_INFLATION);
    if (!plain)
        fail(c, STATA_OTHER, "the mean without random effects is not a function of the linear predictor in this model; mu marginal has the mean over them");
    const char *link = linear ? "identity" : interlace_fit_link(own->fit);
    for (int i = stata->first(); i <= stata->last(); i++)
        if (stata->is_selected(i)) {
            double eta = number_at(c, 1, i);
            if (!isnan(eta))
                store_at(c, 1, i, mean_of(c, link, eta));
        }
}
