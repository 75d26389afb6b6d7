/* Results per row and per random effect besides the summary: residuals of every kind, limits of random effects, tables as files. */
#include "interlace_fit_diagnose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace_fit_inference.h"
#include "interlace_fit_lists.h"

enum { QUANTILE = -1 };

static const struct {
    const char *name;
    int32_t code; /* INTERLACE_RESIDUALS_* */
} kinds[] = {
    {"response", INTERLACE_RESIDUALS_RESPONSE}, {"pearson", INTERLACE_RESIDUALS_PEARSON},
    {"working", INTERLACE_RESIDUALS_WORKING},   {"deviance", INTERLACE_RESIDUALS_DEVIANCE},
    {"normalized", INTERLACE_RESIDUALS_NORMALIZED}, {"quantile", QUANTILE},
};

enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

int residual_kind(const char *name)
{
    for (int kind = 0; kind < N_KINDS; kind++)
        if (strcmp(kinds[kind].name, name) == 0)
            return kind;
    return -1;
}

static bool find_residuals(const interlace_fit *fit, int kind, uint64_t seed, struct diagnosed *out, interlace_error *error)
{
    size_t n = interlace_fit_n_rows(fit);
    if (out->residuals[kind] != NULL)
        return true; /* asked for twice */
    double *values = out->residuals[kind] = new_numbers(n, error);
    out->n_rows = n;
    if (values == NULL)
        return false;
    if (kinds[kind].code == QUANTILE)
        return interlace_fit_quantile_residuals(fit, seed, values, n, error) == INTERLACE_OK;
    return interlace_fit_residuals(fit, kinds[kind].code, values, n, error) == INTERLACE_OK;
}

/* ---- limits of random effects: one table of all terms ---- */

/* Columns of the table, as long as there are effects of levels in all terms. */
struct effects {
    size_t count;
    const char **group, **level, **effect;
    double *values[3]; /* modes, lower and upper limits */
};

static bool effects_new(size_t count, struct effects *out, interlace_error *error)
{
    *out = (struct effects){.count = count};
    out->group = calloc(3 * count + 1, sizeof *out->group);
    out->values[0] = new_numbers(3 * count, error);
    if (out->group == NULL || out->values[0] == NULL) {
        free(out->group);
        free(out->values[0]);
        *error = (interlace_error){INTERLACE_E_MEMORY, 0, -1, "no memory for the limits of random effects"};
        return false;
    }
    out->level = out->group + count;
    out->effect = out->level + count;
    for (int i = 1; i < 3; i++)
        out->values[i] = out->values[i - 1] + count;
    return true;
}

static bool fill_term(const interlace_fit *fit, size_t term, double level, size_t *at, struct effects *out, interlace_error *error)
{
    size_t r = interlace_fit_term_n_effects(fit, term), levels = interlace_fit_term_n_levels(fit, term), first = *at;
    for (size_t i = 0; i < r * levels; i++, ++*at) {
        out->group[*at] = interlace_fit_term_group(fit, term);
        out->effect[*at] = interlace_fit_term_effect_name(fit, term, i % r);
        out->level[*at] = interlace_fit_term_level(fit, term, i / r);
    }
    return interlace_fit_term_ranef(fit, term, out->values[0] + first, r * levels, error) == INTERLACE_OK &&
           interlace_fit_term_ranef_interval(fit, term, level, false, out->values[1] + first, out->values[2] + first, r * levels,
                                             error) == INTERLACE_OK;
}

static bool tabulate(const struct effects *all, interlace_frame **out, interlace_error *error)
{
    static const char *const names[] = {"mode", "lower", "upper"};
    interlace_frame *table;
    if (interlace_frame_new(all->count, &table, error) != INTERLACE_OK)
        return false;
    bool ok = interlace_frame_add_strings(table, "group", all->group, all->count, error) == INTERLACE_OK &&
              interlace_frame_add_strings(table, "level", all->level, all->count, error) == INTERLACE_OK &&
              interlace_frame_add_strings(table, "effect", all->effect, all->count, error) == INTERLACE_OK;
    for (int i = 0; ok && i < 3; i++)
        ok = interlace_frame_add_f64(table, names[i], all->values[i], all->count, error) == INTERLACE_OK;
    if (ok)
        *out = table;
    else
        interlace_frame_free(table);
    return ok;
}

static bool find_ranef_intervals(const interlace_fit *fit, double level, interlace_frame **out, interlace_error *error)
{
    struct effects all;
    size_t count = 0, at = 0;
    for (size_t term = 0; term < interlace_fit_n_terms(fit); term++)
        count += interlace_fit_term_n_effects(fit, term) * interlace_fit_term_n_levels(fit, term);
    if (!effects_new(count, &all, error))
        return false;
    bool ok = true;
    for (size_t term = 0; ok && term < interlace_fit_n_terms(fit); term++)
        ok = fill_term(fit, term, level, &at, &all, error);
    ok = ok && tabulate(&all, out, error);
    free(all.group);
    free(all.values[0]);
    return ok;
}

/* ---- the whole ---- */

bool diagnose(const struct arguments *asked, const interlace_fit *fit, int32_t df, struct diagnosed *out, interlace_error *error)
{
    for (size_t i = 0; i < asked->residuals.count; i++)
        if (!find_residuals(fit, residual_kind(asked->residuals.items[i]), (uint64_t)asked->seed, out, error))
            return false;
    if (asked->confint_ranef && !find_ranef_intervals(fit, asked->level, &out->ranef_intervals, error))
        return false;
    return write_tables(&asked->tables, fit, df, error);
}

void diagnosed_free(struct diagnosed *diagnosed)
{
    for (int kind = 0; kind < N_KINDS; kind++)
        free(diagnosed->residuals[kind]);
    interlace_frame_free(diagnosed->ranef_intervals);
}

void json_diagnosed(struct json *json, const struct diagnosed *diagnosed)
{
    for (int kind = 0; kind < N_KINDS; kind++) {
        char key[32];
        snprintf(key, sizeof key, "residuals_%s", kinds[kind].name);
        if (diagnosed->residuals[kind] == NULL)
            continue;
        json_key(json, key);
        json_numbers(json, diagnosed->residuals[kind], diagnosed->n_rows);
    }
    if (diagnosed->ranef_intervals != NULL)
        json_frame(json, "ranef_ci", diagnosed->ranef_intervals);
}

void print_diagnosed(const struct diagnosed *diagnosed)
{
    for (int kind = 0; kind < N_KINDS; kind++) {
        const double *values = diagnosed->residuals[kind];
        if (values == NULL)
            continue;
        printf("\nResiduals, %s:\n", kinds[kind].name);
        for (size_t row = 0; row < diagnosed->n_rows; row++)
            if (values[row] == values[row])
                printf("%.7g\n", values[row]);
            else
                printf("NA\n"); /* NaN differs from itself */
    }
    if (diagnosed->ranef_intervals != NULL)
        print_frame("Random effects:", diagnosed->ranef_intervals);
}

bool write_tables(const struct text_list *requests, const interlace_fit *fit, int32_t df, interlace_error *error)
{
    for (size_t i = 0; i < requests->count; i++) {
        char *name = requests->items[i], *equals = strchr(name, '=');
        interlace_frame *table = NULL;
        *equals = '\0'; /* the options have seen to it that there is one */
        bool ok = interlace_fit_table_with_df(fit, name, df, &table, error) == INTERLACE_OK &&
                  interlace_frame_write_csv(table, equals + 1, error) == INTERLACE_OK;
        *equals = '=';
        interlace_frame_free(table);
        if (!ok)
            return false;
    }
    return true;
}
