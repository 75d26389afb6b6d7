#include "sample.h"

#include <math.h>
#include <string.h>

#include "host.h"

/* All selected observations. */
static void select_observations(call *c, sample *own)
{
    int first = stata->first(), last = stata->last();
    own->observations = take(c, last >= first ? (size_t)(last - first) + 1 : 1, sizeof(int));
    for (int i = first; i <= last; i++)
        if (stata->is_selected(i))
            own->observations[own->n++] = i;
    if (own->n == 0)
        fail(c, STATA_NO_OBSERVATIONS, "no observations");
}

static void stop_if_wanted(call *c, size_t i)
{
    if (i % 100000 == 99999 && is_stopped())
        fail(c, STATA_BREAK, "stopped while data were read");
}

double *read_numbers(call *c, const sample *own, int variable)
{
    double *numbers = take(c, own->n, sizeof *numbers);
    for (size_t i = 0; i < own->n; i++) {
        numbers[i] = number_at(c, variable, own->observations[i]);
        stop_if_wanted(c, i);
    }
    return numbers;
}

/* All texts one after the other in one block, which grows; then pointers to them. An empty text is missing. */
static void read_texts(call *c, const sample *own, int variable, struct variable *to)
{
    size_t used = 0, room = 65536;
    char *storage = take(c, room, 1);
    size_t *starts = take(c, own->n, sizeof *starts);
    for (size_t i = 0; i < own->n; i++) {
        char *text = text_at(c, variable, own->observations[i]);
        size_t n = strlen(text) + 1;
        if (used + n > room) {
            char *more = take(c, room = 2 * room + n, 1);
            memcpy(more, storage, used);
            give_back(c, storage);
            storage = more;
        }
        memcpy(storage + used, text, n);
        starts[i] = used;
        used += n;
        give_back(c, text);
        stop_if_wanted(c, i);
    }
    to->storage = storage;
    to->texts = take(c, own->n, sizeof *to->texts);
    for (size_t i = 0; i < own->n; i++)
        to->texts[i] = storage[starts[i]] == 0 ? NULL : storage + starts[i];
    give_back(c, starts);
}

static bool is_complete(const sample *own, size_t i)
{
    for (size_t j = 0; j < own->n_variables; j++)
        if (own->variables[j].texts != NULL ? own->variables[j].texts[i] == NULL : isnan(own->variables[j].numbers[i]))
            return false;
    return true;
}

static void move(sample *own, size_t from, size_t to)
{
    own->observations[to] = own->observations[from];
    for (size_t j = 0; j < own->n_variables; j++) {
        variable *v = &own->variables[j];
        if (v->texts != NULL)
            v->texts[to] = v->texts[from];
        else
            v->numbers[to] = v->numbers[from];
    }
}

sample *read_sample(call *c, const list *names, bool complete)
{
    sample *own = take(c, 1, sizeof *own);
    if ((size_t)stata->n_variables() < names->n)
        fail(c, STATA_OTHER, "%d variables were passed, and %zu are needed", stata->n_variables(), names->n);
    select_observations(c, own);
    own->variables = take(c, names->n, sizeof *own->variables);
    for (size_t j = 0; j < names->n; j++) {
        variable *v = &own->variables[j];
        v->name = names->item[j];
        if (stata->is_string((int)j + 1))
            read_texts(c, own, (int)j + 1, v);
        else
            v->numbers = read_numbers(c, own, (int)j + 1);
        own->n_variables = j + 1;
    }
    size_t kept = 0;
    for (size_t i = 0; i < own->n; i++)
        if (!complete || is_complete(own, i))
            move(own, i, kept++);
    own->n = kept;
    own->rows = take(c, kept, sizeof *own->rows);
    for (own->n_rows = 0; own->n_rows < kept; own->n_rows++)
        own->rows[own->n_rows] = own->n_rows;
    return own;
}

void repeat_rows(call *c, sample *own, const double *weights)
{
    size_t total = 0;
    for (size_t i = 0; i < own->n; i++) {
        if (isnan(weights[i]) || weights[i] == 0)
            continue;
        if (weights[i] != floor(weights[i]) || weights[i] < 0 || weights[i] > 1e9)
            fail(c, weights[i] < 0 ? 402 : STATA_NONINTEGER_WEIGHTS, "the frequency weight of observation %d is %g; whole numbers from 0 are wanted",
                 own->observations[i], weights[i]);
        total += (size_t)weights[i];
    }
    if (total == 0)
        fail(c, STATA_NO_OBSERVATIONS, "no observations: all weights are zero or missing");
    give_back(c, own->rows);
    own->rows = take(c, total, sizeof *own->rows);
    own->n_rows = 0;
    for (size_t i = 0; i < own->n; i++)
        for (double w = weights[i]; w >= 1; w--)
            own->rows[own->n_rows++] = i;
}

const variable *variable_named(const sample *own, const char *name)
{
    for (size_t j = 0; j < own->n_variables; j++)
        if (same(own->variables[j].name, name))
            return &own->variables[j];
    return NULL;
}

interlace_frame *frame_of(call *c, const sample *own)
{
    interlace_frame *frame = NULL;
    interlace_error err;
    check(c, interlace_frame_new(own->n_rows, &frame, &err), &err);
    keep_frame(c, frame);
    for (size_t j = 0; j < own->n_variables; j++) {
        const variable *v = &own->variables[j];
        if (v->texts != NULL) {
            const char **texts = take(c, own->n_rows, sizeof *texts);
            for (size_t i = 0; i < own->n_rows; i++)
                texts[i] = v->texts[own->rows[i]];
            check(c, interlace_frame_add_strings(frame, v->name, texts, own->n_rows, &err), &err);
            give_back(c, texts);
        } else {
            double *numbers = take(c, own->n_rows, sizeof *numbers);
            for (size_t i = 0; i < own->n_rows; i++)
                numbers[i] = v->numbers[own->rows[i]];
            check(c, interlace_frame_add_f64(frame, v->name, numbers, own->n_rows, &err), &err);
            give_back(c, numbers);
        }
    }
    return frame;
}

void release_sample(call *c, sample *own)
{
    for (size_t j = 0; j < own->n_variables; j++) {
        give_back(c, own->variables[j].numbers);
        give_back(c, own->variables[j].texts);
        give_back(c, own->variables[j].storage);
    }
    give_back(c, own->rows);
    give_back(c, own->observations);
}
