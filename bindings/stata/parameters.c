/* From the library's parameters to Stata's: e(b) with its names, and e(V) by the delta method. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fitted.h"
#include "table.h"

/* A standard deviation of zero has no logarithm; Stata holds neither infinity nor missing values in e(b). */
static const double LEAST_SD = 1e-20;
static const double MOST_CORRELATION = 1 - 1e-15;

char *stata_name(call *c, const char *text)
{
    char *name = take(c, 40, 1);
    size_t n = 0;
    for (; *text != 0 && n < 32; text++) {
        bool plain = isalnum((unsigned char)*text) || *text == '_';
        if (plain || (n > 0 && name[n - 1] != '_'))
            name[n++] = plain ? *text : '_';
    }
    while (n > 1 && name[n - 1] == '_')
        n--;
    if (n == 0 || isdigit((unsigned char)name[0])) {
        memmove(name + 1, name, n < 31 ? n : 31);
        name[0] = '_';
        n = n < 31 ? n + 1 : 32;
    }
    name[n] = 0;
    return name;
}

/* The library's parameters of a fit, in its order: fixed effects of the mean, zero part, dispersion; distribution; random effects. */
typedef struct reported {
    size_t n, n_mean, n_zero, n_dispersion, n_distribution, n_theta;
    double *values;
} reported;

static reported reported_of(call *c, const interlace_fit *fit)
{
    interlace_error err;
    reported own = {interlace_fit_n_parameters(fit), interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_MEAN),
                    interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_ZERO_INFLATION), interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_DISPERSION), 0,
                    interlace_fit_n_theta(fit), NULL};
    own.n_distribution = own.n - own.n_mean - own.n_zero - own.n_dispersion - own.n_theta;
    own.values = take(c, own.n, sizeof(double));
    check(c, interlace_fit_parameters(fit, INTERLACE_PARAMETER_FORM_REPORTED, own.values, own.n, &err), &err);
    return own;
}

static size_t add(call *c, fitted *own, const char *stripe, double value, double slope, size_t source)
{
    if (own->n == own->room) {
        parameter *more = take(c, own->room = 2 * own->room + 16, sizeof *more);
        if (own->n > 0)
            memcpy(more, own->parameters, own->n * sizeof *more);
        own->parameters = more;
    }
    if (!isfinite(value)) {
        /* Stata holds no missing coefficients: it is one that is omitted. */
        const char *name = strchr(stripe, ':') + 1;
        stripe = text_of(c, "%.*so.%s", (int)(name - stripe), stripe, name);
        value = slope = 0;
    }
    own->parameters[own->n] = (parameter){stripe, value, isfinite(slope) ? slope : 0, source};
    return own->n++;
}

static size_t add_sd(call *c, fitted *own, const char *stripe, const reported *all, size_t source)
{
    double sd = all->values[source];
    return add(c, own, text_of(c, "%s:_cons", stripe), log(sd > LEAST_SD ? sd : LEAST_SD), sd > LEAST_SD ? 1 / sd : 0, source);
}

static size_t add_correlation(call *c, fitted *own, const char *stripe, const reported *all, size_t source)
{
    double r = all->values[source];
    double within = r > MOST_CORRELATION ? MOST_CORRELATION : r < -MOST_CORRELATION ? -MOST_CORRELATION : r;
    return add(c, own, text_of(c, "%s:_cons", stripe), atanh(within), within == r ? 1 / (1 - r * r) : 0, source);
}

/* Whether a fixed effect has the text of a formula, which may differ in blanks, in backticks, and in how it writes numbers: 1e+05, 100000. */
static bool names_it(const char *name, const char *formula)
{
    bool in_word = false;
    for (;;) {
        name += strspn(name, " `");
        formula += strspn(formula, " `");
        if (!in_word && isdigit((unsigned char)*name) && isdigit((unsigned char)*formula)) {
            char *after_name, *after_formula;
            if (strtod(name, &after_name) != strtod(formula, &after_formula))
                return false;
            name = after_name;
            formula = after_formula;
            continue;
        }
        if (*name != *formula)
            return false;
        if (*name == 0)
            return true;
        in_word = isalnum((unsigned char)*name) || *name == '_';
        name++;
        formula++;
    }
}

/* A stripe of a name that was changed to be one of Stata's, and so may be that of another. */
static const char *free_stripe(call *c, const fitted *own, const char *equation, const char *name)
{
    const char *stripe = text_of(c, "%s:%s", equation, name);
    for (int copy = 2;; copy++) {
        bool taken = false;
        for (size_t i = 0; i < own->n && !taken; i++)
            taken = same(own->parameters[i].stripe, stripe);
        if (!taken)
            return stripe;
        stripe = text_of(c, "%s:%.28s_%d", equation, name, copy);
    }
}

/* The columns that Stata has, those without a coefficient with zeros; then the constant. */
static void add_mean(call *c, fitted *own, const reported *all)
{
    const interlace_predictor mean = INTERLACE_PREDICTOR_MEAN;
    size_t at = 0, constant = NO_SOURCE;
    if (all->n_mean > 0 && same(interlace_fit_fixef_name(own->fit, mean, 0), "(Intercept)"))
        constant = at++;
    for (size_t i = 0; i < own->columns.n; i++) {
        const column *k = &own->columns.column[i];
        bool kept = k->formula != NULL && at < all->n_mean && names_it(interlace_fit_fixef_name(own->fit, mean, at), k->formula);
        const char *stripe = kept || k->formula == NULL ? k->stripe : k->omitted_stripe;
        add(c, own, text_of(c, "%s:%s", own->depvar, stripe), kept ? all->values[at] : 0, kept, kept ? at : NO_SOURCE);
        at += kept;
    }
    /* A formula of the user's, or a fit from a file, has no columns of Stata's. */
    for (; at < all->n_mean; at++) {
        if (own->columns.n > 0)
            fail(c, STATA_OTHER, "the coefficient %s belongs to no column; please report it", interlace_fit_fixef_name(own->fit, mean, at));
        const char *given = interlace_fit_fixef_name(own->fit, mean, at), *name = stripe_from_formula(c, given);
        name = name == NULL ? stata_name(c, given) : name;
        add(c, own, free_stripe(c, own, own->depvar, name), all->values[at], 1, at);
    }
    if (constant != NO_SOURCE)
        add(c, own, text_of(c, "%s:_cons", own->depvar), all->values[constant], 1, constant);
    own->n_fixed = own->n;
}

/* The zero part and the dispersion. residuals(independent, by()) are the logarithms of standard deviations. */
static void add_parts(call *c, fitted *own, const reported *all)
{
    for (size_t i = 0; i < all->n_zero; i++) {
        const char *name = interlace_fit_fixef_name(own->fit, INTERLACE_PREDICTOR_ZERO_INFLATION, i);
        add(c, own, free_stripe(c, own, "zero", same(name, "(Intercept)") ? "_cons" : stata_name(c, name)), all->values[all->n_mean + i], 1, all->n_mean + i);
    }
    for (size_t i = 0; i < all->n_dispersion; i++) {
        const char *name = interlace_fit_fixef_name(own->fit, INTERLACE_PREDICTOR_DISPERSION, i);
        size_t source = all->n_mean + all->n_zero + i;
        if (own->model != NULL && own->model->by != NULL)
            add(c, own, i == 0 ? "lnsig_e:_cons" : text_of(c, "r_lns%zuose:_cons", i + 1), all->values[source] / 2, 0.5, source);
        else
            add(c, own, free_stripe(c, own, "disp", same(name, "(Intercept)") ? "_cons" : stata_name(c, name)), all->values[source], 1, source);
    }
}

/* Sigma, a residual correlation, thresholds, parameters of families. */
static void add_distribution(call *c, fitted *own, const reported *all)
{
    static const char *const POSITIVE[] = {"shape", "lambda", "phi", "sigma", "df", "cut_width"};
    interlace_model kind = interlace_fit_model(own->fit);
    bool flexible = interlace_fit_threshold_structure(own->fit) == INTERLACE_THRESHOLD_FLEXIBLE;
    size_t n_cuts = flexible ? interlace_fit_n_thresholds(own->fit) : 0;
    for (size_t i = 0; i < all->n_distribution; i++) {
        size_t source = all->n_mean + all->n_zero + all->n_dispersion + i;
        const char *name = interlace_fit_parameter_name(own->fit, INTERLACE_PARAMETER_FORM_REPORTED, source);
        double value = all->values[source];
        bool positive = false;
        for (size_t k = 0; k < sizeof POSITIVE / sizeof POSITIVE[0]; k++)
            positive = positive || same(name, POSITIVE[k]);
        if (kind == INTERLACE_MODEL_LMM && i > 0)
            add_correlation(c, own, "r_atr1", all, source);
        else if (kind == INTERLACE_MODEL_LMM || (kind == INTERLACE_MODEL_GLMM && same(interlace_fit_family(own->fit), "gaussian")))
            add_sd(c, own, "lnsig_e", all, source);
        else if (i < n_cuts)
            add(c, own, text_of(c, "cut%zu:_cons", i + 1), value, 1, source);
        else if (same(name, "size"))
            add(c, own, "lnalpha:_cons", -log(value), -1 / value, source);
        else if (same(name, "alpha"))
            add(c, own, "lndelta:_cons", log(value), 1 / value, source);
        else if (positive)
            add(c, own, text_of(c, "ln%s:_cons", name), log(value), 1 / value, source);
        else
            add(c, own, text_of(c, "%s:_cons", stata_name(c, name)), value, 1, source);
    }
}

/* One random term with its place among Stata's levels and equations. */
typedef struct placed {
    size_t term, r, first;
    int level, equation;
    const char *prefix;
} placed;

static void add_effect(fitted *own, const placed *p, size_t effect_number, int number, size_t sd)
{
    own->effects[own->n_effects++] = (effect){p->term, effect_number, p->level, p->equation, number, own->levels.item[p->level - 1],
                                              interlace_fit_term_effect_name(own->fit, p->term, effect_number), sd};
}

/* The place of (row, column), row >= column, in a lower triangle of r columns. */
static size_t in_triangle(size_t r, size_t row, size_t column)
{
    return column * r - column * (column + 1) / 2 + row;
}

/* The effects of a term, the constant last. */
static size_t *stata_order(call *c, const interlace_fit *fit, size_t term, size_t r)
{
    size_t *order = take(c, r, sizeof *order), n = 0;
    for (int constants = 0; constants < 2; constants++)
        for (size_t k = 0; k < r; k++)
            if (same(interlace_fit_term_effect_name(fit, term, k), "(Intercept)") == (constants == 1))
                order[n++] = k;
    return order;
}

/* The parameters of a term; how many of the library's they are. */
static size_t add_term(call *c, fitted *own, const reported *all, const placed *p)
{
    size_t r = p->r, *order = stata_order(c, own->fit, p->term, r);
    interlace_structure structure = interlace_fit_term_structure(own->fit, p->term);
    bool is_one = interlace_fit_term_is_homogeneous(own->fit, p->term), full = structure == INTERLACE_STRUCTURE_UNSTRUCTURED;
    size_t shared = NO_SOURCE;
    for (size_t a = 0; a < r; a++) {
        size_t k = order[a], source = p->first + (full ? in_triangle(r, k, k) : is_one ? 0 : k);
        const char *stripe = text_of(c, "%slns%d_%d_%zu", p->prefix, p->level, p->equation, a + 1);
        size_t at = is_one && a > 0 ? shared : add_sd(c, own, stripe, all, source);
        shared = at;
        add_effect(own, p, k, (int)a + 1, at);
    }
    if (full)
        for (size_t a = 0; a < r; a++)
            for (size_t b = a + 1; b < r; b++) {
                size_t row = order[a] > order[b] ? order[a] : order[b], column = order[a] + order[b] - row;
                add_correlation(c, own, text_of(c, "%satr%d_%d_%zu_%zu", p->prefix, p->level, p->equation, a + 1, b + 1), all,
                                p->first + in_triangle(r, row, column));
            }
    size_t n = full ? r * (r + 1) / 2 : is_one ? 1 : r;
    bool has_rho = r > 1 && (structure == INTERLACE_STRUCTURE_COMPOUND_SYMMETRY || structure == INTERLACE_STRUCTURE_AR1);
    if (has_rho)
        add_correlation(c, own, text_of(c, "%satr%d_%d_1_1", p->prefix, p->level, p->equation), all, p->first + n);
    return n + has_rho;
}

static void add_random(call *c, fitted *own, const reported *all)
{
    static const char *const PREFIXES[] = {"", "zi_", "disp_"};
    size_t n = interlace_fit_n_terms(own->fit), at = all->n - all->n_theta, total = 0;
    int *equations = take(c, n + 1, sizeof *equations);
    for (size_t t = 0; t < n; t++)
        total += interlace_fit_term_n_effects(own->fit, t);
    own->effects = take(c, total, sizeof *own->effects);
    for (size_t t = 0; t < n; t++) {
        interlace_predictor predictor = interlace_fit_term_predictor(own->fit, t);
        bool is_stata = own->model != NULL && t < own->model->random_levels.n && own->model->formula == NULL;
        const char *level = is_stata ? own->model->random_levels.item[t] : interlace_fit_term_group(own->fit, t);
        push_new(c, &own->levels, level);
        int place = 0;
        while (!same(own->levels.item[place], level))
            place++;
        placed p = {t, interlace_fit_term_n_effects(own->fit, t), at, place + 1, ++equations[place], PREFIXES[predictor > 0 ? predictor : 0]};
        at += add_term(c, own, all, &p);
    }
    if (at != all->n)
        fail(c, STATA_OTHER, "%zu of %zu parameters of the random effects were named; please report it", at - (all->n - all->n_theta), all->n_theta);
}

/* The covariance of the fixed effects that their tests use. */
static double *fixed_covariance(call *c, const fitted *own, size_t p, const interlace_options *options)
{
    interlace_error err;
    double *fixed = take(c, p * p, sizeof *fixed);
    if (own->df_method == INTERLACE_DF_KENWARD_ROGER)
        check(c, interlace_fit_fixef_vcov_kenward_roger(own->fit, options, fixed, p * p, &err), &err);
    else
        check(c, interlace_fit_fixef_vcov(own->fit, INTERLACE_PREDICTOR_MEAN, fixed, p * p, &err), &err);
    return fixed;
}

/* The library's covariance. Where that of the fixed effects is not a part of it (linear models, Cox models), it replaces that part, and the
 * fixed effects do not correlate with the others. */
static double *source_covariance(call *c, const fitted *own, const reported *all, const interlace_options *options)
{
    interlace_error err;
    size_t n = all->n, p = all->n_mean;
    double *v = take(c, n * n, sizeof *v), *fixed = fixed_covariance(c, own, p, options);
    interlace_status status = interlace_fit_parameters_vcov(own->fit, INTERLACE_PARAMETER_FORM_REPORTED, options, v, n * n, &err);
    if (status == INTERLACE_E_CANCELLED || status == INTERLACE_E_MEMORY)
        check(c, status, &err);
    bool replaces = status != INTERLACE_OK || interlace_fit_model(own->fit) == INTERLACE_MODEL_LMM;
    for (size_t i = 0; i < p && !replaces; i++)
        replaces = !(fabs(v[i + i * n] - fixed[i + i * p]) <= 1e-9 * fixed[i + i * p]);
    for (size_t i = 0; i < n && replaces; i++)
        for (size_t j = 0; j < p; j++)
            v[i + j * n] = v[j + i * n] = i < p ? fixed[i + j * p] : 0;
    give_back(c, fixed);
    return v;
}

void make_parameters(call *c, fitted *own, const interlace_options *options)
{
    reported all = reported_of(c, own->fit);
    add_mean(c, own, &all);
    add_parts(c, own, &all);
    bool residual_last = interlace_fit_model(own->fit) == INTERLACE_MODEL_LMM;
    if (!residual_last)
        add_distribution(c, own, &all);
    add_random(c, own, &all);
    if (residual_last)
        add_distribution(c, own, &all);
    double *v = source_covariance(c, own, &all, options);
    own->covariance = take(c, own->n * own->n, sizeof(double));
    for (size_t i = 0; i < own->n; i++)
        for (size_t j = 0; j < own->n; j++) {
            const parameter *a = &own->parameters[i], *b = &own->parameters[j];
            bool both = a->source != NO_SOURCE && b->source != NO_SOURCE;
            double value = both ? a->slope * b->slope * v[a->source + b->source * all.n] : 0;
            own->covariance[i + j * own->n] = isfinite(value) ? value : 0;
        }
    give_back(c, v);
}
