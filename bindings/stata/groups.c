#include "groups.h"

#include <stdlib.h>
#include <string.h>

#include "table.h"

/* The names in "a:b", without backticks. */
static list parts_of(call *c, const char *group)
{
    list parts = {0};
    for (const char *at = group; *at != 0;) {
        bool in_backticks = *at == '`';
        at += in_backticks;
        size_t n = strcspn(at, in_backticks ? "`" : ":");
        push(c, &parts, copy_of(c, at, n));
        at += n;
        at += strspn(at, "`:");
    }
    return parts;
}

/* A frame with one variable as categories, labelled as the library labels groups. */
static interlace_frame *categories_of(call *c, const sample *data, const char *name, const char *group)
{
    interlace_frame *frame = NULL;
    interlace_error err;
    const variable *v = variable_named(data, name);
    if (v == NULL)
        fail(c, STATA_OTHER, "the groups %s are an expression; predictions for each of them need groups that are variables", group);
    check(c, interlace_frame_new(data->n, &frame, &err), &err);
    keep_frame(c, frame);
    if (v->texts != NULL)
        check(c, interlace_frame_add_strings(frame, name, v->texts, data->n, &err), &err);
    else
        check(c, interlace_frame_add_f64(frame, name, v->numbers, data->n, &err), &err);
    check(c, interlace_frame_make_categorical(frame, name, &err), &err);
    return frame;
}

typedef struct labelled {
    const char *label;
    size_t level;
} labelled;

static int by_label(const void *a, const void *b)
{
    return strcmp(((const labelled *)a)->label, ((const labelled *)b)->label);
}

size_t *levels_of(call *c, const interlace_fit *fit, size_t term, const sample *data)
{
    const char *group = interlace_fit_term_group(fit, term);
    list parts = parts_of(c, group);
    size_t n = interlace_fit_term_n_levels(fit, term), *level = take(c, data->n, sizeof *level);
    interlace_frame **frames = take(c, parts.n, sizeof *frames);
    labelled *levels = take(c, n, sizeof *levels);
    for (size_t j = 0; j < parts.n; j++)
        frames[j] = categories_of(c, data, parts.item[j], group);
    for (size_t k = 0; k < n; k++)
        levels[k] = (labelled){interlace_fit_term_level(fit, term, k), k};
    qsort(levels, n, sizeof *levels, by_label);
    for (size_t i = 0; i < data->n; i++) {
        list labels = {0};
        for (size_t j = 0; j < parts.n; j++) {
            const char *label = interlace_frame_column_string(frames[j], 0, i);
            if (parts.n > 1 && strchr(label, ':') != NULL)
                fail(c, STATA_OTHER, "%s is '%s' in observation %d; the colon makes groups of %s ambiguous", parts.item[j], label, data->observations[i],
                     group);
            push(c, &labels, label);
        }
        char *own = joined(c, &labels, ":");
        labelled *found = bsearch(&(labelled){own, 0}, levels, n, sizeof *levels, by_label);
        level[i] = found == NULL ? NO_LEVEL : found->level;
        give_back(c, own);
        for (size_t j = labels.n; j-- > 0;)
            give_back(c, labels.item[j]);
        give_back(c, labels.item);
    }
    for (size_t j = 0; j < parts.n; j++)
        give_back(c, frames[j]);
    give_back(c, frames);
    give_back(c, levels);
    return level;
}
