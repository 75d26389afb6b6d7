/* The tables of a fit, in the layout of Stata's mixed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "actions.h"
#include "host.h"

static const int WIDTH = 78;

static void rule(call *c, const char *cross)
{
    char line[80];
    memset(line, '-', sizeof line);
    line[13] = cross[0];
    line[WIDTH] = 0;
    say(c, "%s\n", line);
}

/* A number in 9 places at most, as %9.0g has it; "." if it is missing. */
static const char *short_number(call *c, double value)
{
    if (!isfinite(value))
        return ".";
    for (int digits = 7; digits > 1; digits--) {
        const char *text = text_of(c, "%.*g", digits, value);
        if (strlen(text) <= 9)
            return text;
    }
    return text_of(c, "%.3g", value);
}

/* Normal quantile by the library's own distribution would need a function that it does not export; this inverts erfc. */
static double normal_quantile(double p)
{
    double low = 0, high = 40;
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        if (0.5 * erfc(-middle / sqrt(2)) < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

static void show_header(call *c, const fitted *own, const char *title)
{
    say(c, "\n%-47s Number of obs     = %10zu\n", title, interlace_fit_n_obs(own->fit));
    if (own->model != NULL && !own->model->groups)
        return;
    size_t n = own->levels.n;
    for (size_t i = 0; i < n; i++) {
        const double *f = own->group_figures + i;
        say(c, "Group variable: %-31.31s Number of groups  = %10s\n", own->levels.item[i], short_number(c, f[0]));
        say(c, "%-47s Obs per group: min %s, avg %s, max %s\n", "", short_number(c, f[n]), short_number(c, round(f[2 * n] * 10) / 10), short_number(c, f[3 * n]));
    }
}

static void show_test(call *c, const fitted *own)
{
    const char *test = isfinite(own->den_df) ? text_of(c, "F(%.0f, %.2f)", own->num_df, own->den_df) : text_of(c, "Wald chi2(%.0f)", own->num_df);
    bool reml = interlace_fit_method(own->fit) == INTERLACE_METHOD_REML;
    say(c, "%-47s %-17s = %10s\n", "", test, short_number(c, own->statistic));
    say(c, "%s = %-*.8g %-17s = %10s\n\n", reml ? "Log restricted-likelihood" : "Log likelihood", reml ? 19 : 30,
        interlace_fit_log_likelihood(own->fit), isfinite(own->den_df) ? "Prob > F" : "Prob > chi2",
        isfinite(own->p) ? text_of(c, "%.4f", own->p) : ".");
}

/* Tests and limits of the fixed effects come from the library: statistic, p, lower, upper [p] each. */
static double *tests_of(call *c, const fitted *own, double level)
{
    static const char *const COLUMNS[] = {"statistic", "p_value", "lower", "upper"};
    size_t p = interlace_fit_n_fixef(own->fit, INTERLACE_PREDICTOR_MEAN), at;
    double *out = take(c, 4 * p, sizeof *out);
    interlace_frame *table = NULL;
    interlace_error err;
    interlace_options *options = watched_options(c, false);
    check(c, interlace_fit_coefficients(own->fit, own->df_method, level, options, &table, &err), &err);
    keep_frame(c, table);
    for (size_t k = 0; k < 4; k++) {
        check(c, interlace_frame_column_index(table, COLUMNS[k], &at, &err), &err);
        check(c, interlace_frame_column_f64(table, at, out + k * p, p, &err), &err);
    }
    give_back(c, table);
    return out;
}

static double std_error(const fitted *own, size_t i)
{
    double v = own->covariance[i + i * own->n];
    return v > 0 ? sqrt(v) : NAN;
}

static void show_fixed(call *c, const fitted *own, double level, bool eform)
{
    size_t p = interlace_fit_n_fixef(own->fit, INTERLACE_PREDICTOR_MEAN);
    double *tests = tests_of(c, own, level);
    rule(c, "-");
    say(c, "%12.12s | %10s  Std. err.  %6s   P>|%s|     [%g%% conf. interval]\n", own->depvar, eform ? "exp(b)" : "Coef.", own->has_df ? "t" : "z",
        own->has_df ? "t" : "z", 100 * level);
    rule(c, "+");
    for (size_t i = 0; i < own->n_fixed; i++) {
        const parameter *b = &own->parameters[i];
        const char *name = strchr(b->stripe, ':') + 1;
        if (b->source == NO_SOURCE) {
            bool is_base = strstr(name, "b.") != NULL;
            if (!is_base)
                say(c, "%12.12s | %10s  (omitted)\n", name, "0");
            continue;
        }
        double se = std_error(own, i), scale = eform ? exp(b->value) : 1, lower = tests[2 * p + b->source], upper = tests[3 * p + b->source];
        say(c, "%12.12s | %10s  %9s  %7.2f   %5.3f    %9s   %9s\n", name, short_number(c, eform ? scale : b->value), short_number(c, se * scale),
            tests[b->source], tests[p + b->source], short_number(c, eform ? exp(lower) : lower), short_number(c, eform ? exp(upper) : upper));
    }
    for (size_t i = own->n_fixed; i < own->n; i++) {
        const parameter *b = &own->parameters[i];
        bool is_variance = strstr(b->stripe, "lns") != NULL || strstr(b->stripe, "atr") != NULL;
        if (is_variance)
            continue;
        double se = std_error(own, i), q = normal_quantile(0.5 + level / 2);
        if (strstr(b->stripe, ":o.") != NULL) {
            say(c, "%12.12s | %10s  (not determined)\n", b->stripe, ".");
            continue;
        }
        say(c, "%12.12s | %10s  %9s  %7s   %5s    %9s   %9s\n", b->stripe, short_number(c, b->value), short_number(c, se), "", "",
            short_number(c, b->value - q * se), short_number(c, b->value + q * se));
    }
    rule(c, "-");
}

/* A row of the random effects' table: a deviation or variance from a logarithm, a correlation from its atanh. */
static void show_variance(call *c, const fitted *own, size_t i, const char *name, double level, bool variances)
{
    const parameter *b = &own->parameters[i];
    double se = std_error(own, i), q = normal_quantile(0.5 + level / 2), lower = b->value - q * se, upper = b->value + q * se;
    bool is_correlation = strstr(b->stripe, "atr") != NULL;
    if (strstr(b->stripe, ":o.") != NULL) {
        say(c, "%29.29s | %10s  (not determined)\n", text_of(c, "corr(%s)", name), ".");
        return;
    }
    double power = variances && !is_correlation ? 2 : 1, estimate = is_correlation ? tanh(b->value) : exp(power * b->value);
    double slope = is_correlation ? 1 - estimate * estimate : power * estimate;
    const char *what = is_correlation ? "corr" : variances ? "var" : "sd";
    say(c, "%29.29s | %10s  %9s    %9s   %9s\n", text_of(c, "%s(%s)", what, name), short_number(c, estimate), short_number(c, slope * se),
        short_number(c, is_correlation ? tanh(lower) : exp(power * lower)), short_number(c, is_correlation ? tanh(upper) : exp(power * upper)));
}

/* The name of an effect by its numbers, for a deviation "lns1_1_2" or a correlation "atr1_1_1_2". */
static const char *effect_named(call *c, const fitted *own, int level, int equation, int number)
{
    for (size_t i = 0; i < own->n_effects; i++) {
        const effect *e = &own->effects[i];
        if (e->level == level && e->equation == equation && e->number == number)
            return text_of(c, "%s", same(e->name, "(Intercept)") ? "_cons" : e->name);
    }
    return "?";
}

static void show_random(call *c, const fitted *own, double level, bool variances)
{
    const char *shown = "";
    say(c, "\n%29s | %10s  Std. err.    [%g%% conf. interval]\n%s\n", "Random-effects parameters", "Estimate", 100 * level,
        "------------------------------+------------------------------------------------");
    for (size_t i = own->n_fixed; i < own->n; i++) {
        const char *stripe = own->parameters[i].stripe, *lns = strstr(stripe, "lns"), *atr = strstr(stripe, "atr");
        const char *at = lns != NULL ? lns : atr;
        int n[4] = {0};
        if (at == NULL)
            continue;
        int found = sscanf(at + 3, "%d_%d_%d_%d", &n[0], &n[1], &n[2], &n[3]);
        if (found >= 3 && n[0] >= 1 && (size_t)n[0] <= own->levels.n) {
            const char *group = own->levels.item[n[0] - 1];
            if (!same(group, shown))
                say(c, "%s:\n", group);
            shown = group;
            const char *first = effect_named(c, own, n[0], n[1], n[2]), *second = atr != NULL ? effect_named(c, own, n[0], n[1], n[3]) : "";
            const char *name = atr == NULL ? first : n[2] == n[3] ? "all" : text_of(c, "%s,%s", first, second);
            show_variance(c, own, i, name, level, variances);
        } else {
            show_variance(c, own, i, strncmp(stripe, "lnsig_e", 7) == 0 ? "Residual" : copy_of(c, stripe, strcspn(stripe, ":")), level, variances);
        }
    }
    say(c, "%s\n", "------------------------------------------------------------------------------");
}

static void show_notes(call *c, const fitted *own)
{
    if (own->model != NULL && own->model->word[0] != 0)
        say(c, "Note: %s as formula: %s\n", own->model->word, interlace_fit_formula(own->fit));
    if (own->model != NULL && own->model->note[0] != 0)
        say(c, "Note: %s\n", own->model->note);
    if (!interlace_fit_converged(own->fit))
        say(c, "Warning: the search did not converge (%s)\n", interlace_reason_name(interlace_fit_reason(own->fit)));
    for (size_t i = 0; i < interlace_fit_n_boundary(own->fit); i++)
        say(c, "Note: no variance: %s\n", interlace_fit_boundary(own->fit, i));
    for (size_t i = 0; i < interlace_fit_n_warnings(own->fit); i++)
        say(c, "Warning: %s\n", interlace_fit_warning(own->fit, i));
}

/* What the tables are like: as the command said, or as a replay says in `0', ", level(90) or". */
typedef struct looks {
    double level;
    bool header, fixed, random, variances, eform;
} looks;

static looks looks_of(call *c, const model *m)
{
    looks own = {0.95, true, true, true, false, false};
    const char *typed = macro(c, "0");
    if (m != NULL)
        own = (looks){m->level / 100, m->header, m->fixed_table, m->random_table, m->variances, m->eform};
    if (typed[strspn(typed, " ")] != ',')
        return own;
    const command *given = command_of(c, text_of(c, "y %s", typed));
    const option *level = any_option(given, "level");
    if (level != NULL)
        own.level = number_of(c, level, 10, 99.99) / 100;
    own.eform = own.eform || any_option(given, "or") != NULL || any_option(given, "irr") != NULL || any_option(given, "eform") != NULL;
    own.variances = any_option(given, "variance") != NULL || (own.variances && any_option(given, "stddeviations") == NULL);
    return own;
}

void show_action(call *c, const arguments *given)
{
    const fitted *own = fitted_of(c, argument(c, given, 0, "the number of a fit"));
    looks how = looks_of(c, own->model);
    if (how.header) {
        show_header(c, own, given->n > 1 ? given->text[1] : "");
        show_test(c, own);
    }
    if (how.fixed)
        show_fixed(c, own, how.level, how.eform);
    if (how.random && own->n > own->n_fixed)
        show_random(c, own, how.level, how.variances);
    show_notes(c, own);
}
