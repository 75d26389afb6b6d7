/* The random effects in the JSON document: the library keeps them by term, R by grouping factor. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace_fit_document.h"
#include "interlace_fit_lists.h"

static void put_effect_names(struct document *document, size_t term)
{
    size_t effects = interlace_fit_term_n_effects(document->fit, term);
    for (size_t i = 0; i < effects; i++)
        json_string(&document->json, interlace_fit_term_effect_name(document->fit, term, i));
}

static bool same_group(const interlace_fit *fit, size_t term, size_t other)
{
    return strcmp(interlace_fit_term_group(fit, term), interlace_fit_term_group(fit, other)) == 0;
}

/* Whether two terms have the same grouping factor in the same predictor. */
static bool together(const interlace_fit *fit, size_t term, size_t other)
{
    return same_group(fit, term, other) && interlace_fit_term_predictor(fit, term) == interlace_fit_term_predictor(fit, other);
}

/* How many terms before `term` belong together with it. */
static size_t earlier_terms(const interlace_fit *fit, size_t term)
{
    size_t count = 0;
    for (size_t i = 0; i < term; i++)
        count += together(fit, i, term);
    return count;
}

void put_group_sizes(struct document *document)
{
    const interlace_fit *fit = document->fit;
    json_key(&document->json, "ngroups");
    json_open(&document->json, '{');
    for (size_t term = 0; term < interlace_fit_n_terms(fit); term++) {
        size_t first = 0;
        while (!same_group(fit, first, term))
            first++;
        if (first == term)
            put_count(document, interlace_fit_term_group(fit, term), interlace_fit_term_n_levels(fit, term));
    }
    /* Groups of correlated residuals, unless they also have random effects. */
    const char *group = interlace_fit_correlation_group(fit);
    for (size_t term = 0; group != NULL && term < interlace_fit_n_terms(fit); term++)
        if (strcmp(group, interlace_fit_term_group(fit, term)) == 0)
            group = NULL;
    if (group != NULL)
        put_count(document, group, interlace_fit_correlation_n_groups(fit));
    json_close(&document->json, '}');
}

/* The name of a term that is unique: "g", then "g.1", "g.2" for further terms on the same group. */
static void put_term_name(struct document *document, size_t term)
{
    const char *group = interlace_fit_term_group(document->fit, term);
    size_t earlier = earlier_terms(document->fit, term);
    size_t size = strlen(group) + 32;
    char *name = malloc(size);
    if (name == NULL) {
        document->json.failed = true;
        return;
    }
    if (earlier == 0)
        snprintf(name, size, "%s", group);
    else
        snprintf(name, size, "%s.%zu", group, earlier);
    put_text(document, "name", name);
    free(name);
}

static void put_variances(struct document *document, size_t term)
{
    struct json *json = &document->json;
    size_t effects = interlace_fit_term_n_effects(document->fit, term);
    json_open(json, '{');
    put_text(document, "group", interlace_fit_term_group(document->fit, term));
    put_term_name(document, term);
    json_key(json, "terms");
    json_open(json, '[');
    put_effect_names(document, term);
    json_close(json, ']');
    put_matrix_of_term(document, "cov", interlace_fit_term_cov, term, effects);
    double *sd = fetch_of_term(document, interlace_fit_term_sd, term, effects);
    if (sd != NULL) {
        json_key(json, "sd");
        json_numbers(json, sd, effects);
    }
    free(sd);
    put_matrix_of_term(document, "corr", interlace_fit_term_corr, term, effects);
    json_close(json, '}');
}

void put_varcorr(struct document *document, const char *key, int32_t predictor)
{
    json_key(&document->json, key);
    json_open(&document->json, '[');
    for (size_t term = 0; term < interlace_fit_n_terms(document->fit); term++)
        if (interlace_fit_term_predictor(document->fit, term) == predictor)
            put_variances(document, term);
    json_close(&document->json, ']');
}

/* The random effects of one grouping factor: its terms side by side. */
struct group {
    const char *name;
    size_t first_term;
    size_t n_levels;
    size_t width;   /* effects of all its terms */
    double *modes;  /* [width, n_levels] */
    double *covs;   /* [width, width, n_levels], zero between different terms */
};

/* Copies a term's effects to rows `offset` and following of the group's. */
static void place_term(struct document *document, struct group *group, size_t term, size_t offset)
{
    size_t r = interlace_fit_term_n_effects(document->fit, term);
    double *modes = fetch_of_term(document, interlace_fit_term_ranef, term, r * group->n_levels);
    /* With observed information as in glmmTMB, including the parameters' uncertainty; otherwise as in lme4, given the parameters, and so
     * of ordinal models, as R's ordinal. */
    const size_t n_covs = r * r * group->n_levels;
    const bool full = interlace_fit_term_has_ranef_cov_full(document->fit, term)
                      && interlace_fit_model(document->fit) == INTERLACE_GLMM
                      && interlace_fit_information(document->fit) == INTERLACE_OBSERVED;
    double *covs = fetch_of_term(document, full ? interlace_fit_term_ranef_cov_full : interlace_fit_term_ranef_cov, term, n_covs);
    for (size_t level = 0; level < group->n_levels && !document->failed; level++) {
        memcpy(group->modes + level * group->width + offset, modes + level * r, r * sizeof *modes);
        for (size_t j = 0; j < r; j++) {
            size_t column = (level * group->width + offset + j) * group->width;
            memcpy(group->covs + column + offset, covs + (level * r + j) * r, r * sizeof *covs);
        }
    }
    free(modes);
    free(covs);
}

static void put_group(struct document *document, const struct group *group)
{
    struct json *json = &document->json;
    json_key(json, group->name);
    json_open(json, '{');
    json_key(json, "levels");
    json_open(json, '[');
    for (size_t level = 0; level < group->n_levels; level++)
        json_string(json, interlace_fit_term_level(document->fit, group->first_term, level));
    json_close(json, ']');
    json_key(json, "terms");
    json_open(json, '[');
    for (size_t term = group->first_term; term < interlace_fit_n_terms(document->fit); term++)
        if (together(document->fit, term, group->first_term))
            put_effect_names(document, term);
    json_close(json, ']');
    json_key(json, "values");
    json_open(json, '[');
    for (size_t level = 0; level < group->n_levels; level++)
        json_numbers(json, group->modes + level * group->width, group->width);
    json_close(json, ']');
    /* The roots of the diagonals of condvar. */
    json_key(json, "std_error");
    json_open(json, '[');
    for (size_t level = 0; level < group->n_levels; level++) {
        json_open(json, '[');
        for (size_t i = 0; i < group->width; i++)
            json_number(json, sqrt(group->covs[(level * group->width + i) * group->width + i]));
        json_close(json, ']');
    }
    json_close(json, ']');
    json_key(json, "condvar");
    json_open(json, '[');
    for (size_t level = 0; level < group->n_levels; level++)
        json_matrix(json, group->covs + level * group->width * group->width, group->width, group->width);
    json_close(json, ']');
    json_close(json, '}');
}

static void put_group_of(struct document *document, size_t first_term)
{
    const interlace_fit *fit = document->fit;
    struct group group = {interlace_fit_term_group(fit, first_term), first_term, interlace_fit_term_n_levels(fit, first_term),
                          0, NULL, NULL};
    for (size_t term = first_term; term < interlace_fit_n_terms(fit); term++)
        if (together(fit, term, first_term))
            group.width += interlace_fit_term_n_effects(fit, term);

    group.modes = new_numbers(group.width * group.n_levels, document->error);
    group.covs = new_numbers(group.width * group.width * group.n_levels, document->error);
    if (group.modes == NULL || group.covs == NULL)
        document->failed = true;

    size_t offset = 0;
    for (size_t term = first_term; term < interlace_fit_n_terms(fit) && !document->failed; term++) {
        if (together(fit, term, first_term)) {
            place_term(document, &group, term, offset);
            offset += interlace_fit_term_n_effects(fit, term);
        }
    }
    if (!document->failed)
        put_group(document, &group);
    free(group.modes);
    free(group.covs);
}

void put_ranef(struct document *document, const char *key, int32_t predictor)
{
    const interlace_fit *fit = document->fit;
    json_key(&document->json, key);
    json_open(&document->json, '{');
    for (size_t term = 0; term < interlace_fit_n_terms(fit) && !document->failed; term++)
        if (interlace_fit_term_predictor(fit, term) == predictor && earlier_terms(fit, term) == 0)
            put_group_of(document, term);
    json_close(&document->json, '}');
}
