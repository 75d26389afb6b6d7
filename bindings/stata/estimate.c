/* From a command and data to a fit. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"
#include "host.h"

const char *argument(call *c, const arguments *given, size_t i, const char *what)
{
    if (i >= given->n || given->text[i][0] == 0)
        fail(c, STATA_SYNTAX, "plugin call _interlace: %s is missing", what);
    return given->text[i];
}

/* How far a search was when it was last shown. It must not fail: frames of the library are above it. */
typedef struct watcher {
    int64_t step;
    bool log;
} watcher;

static int32_t watch(const interlace_progress *progress, void *data)
{
    watcher *own = data;
    char line[120];
    if (own->log && progress->phase == INTERLACE_PHASE_SEARCH && progress->step > own->step && isfinite(progress->objective)) {
        own->step = progress->step;
        snprintf(line, sizeof line, "Evaluation %3lld:  log likelihood = %.10g\n", (long long)progress->step, -progress->objective / 2);
        stata->display(line);
    }
    return is_stopped();
}

interlace_options *watched_options(call *c, bool log)
{
    interlace_options *options = NULL;
    interlace_error err;
    watcher *own = take(c, 1, sizeof *own);
    own->log = log;
    check(c, interlace_options_new(&options, &err), &err);
    keep_options(c, options);
    check(c, interlace_options_set_progress(options, watch, own, &err), &err);
    return options;
}

void parse_action(call *c, const arguments *given)
{
    (void)given;
    command *typed = command_of(c, macro(c, "0"));
    model *own = model_of(c, typed, (names){0});
    set_macro(c, "vars", joined(c, &own->names.typed, " "));
    set_macro(c, "condition", typed->condition);
    set_macro(c, "exp", typed->weight_expression);
    set_macro(c, "wtype", typed->weight);
    set_macro(c, "depvar", stata_name(c, own->depvar));
}

/* All variables that were meant, each once, in the order in which the list has them. */
static list variables_of(call *c, const model *own)
{
    list all = {0};
    for (size_t i = 0; i < own->names.meant.n; i++) {
        const char *words = own->names.meant.item[i];
        for (size_t at = 0; words[at] != 0; at += strspn(words + at, " ")) {
            size_t n = strcspn(words + at, " ");
            push_new(c, &all, copy_of(c, words + at, n));
            at += n;
        }
    }
    return all;
}

static void check_binary(call *c, const model *own, const sample *data)
{
    const variable *y = own->is_binomial && own->trials == NULL && own->word[0] != 0 ? variable_named(data, own->depvar) : NULL;
    for (size_t i = 0; y != NULL && y->numbers != NULL && i < data->n; i++)
        if (y->numbers[i] != 0 && y->numbers[i] != 1)
            fail(c, STATA_DATA, "%s is %g in observation %d; a response of 0 and 1 is wanted, or binomial(trials)", own->depvar, y->numbers[i],
                 data->observations[i]);
}

static const char WEIGHT[] = "_weight";

/* Reads the weight after the variables of the model. */
static double *take_weights(call *c, const model *own, sample *data, size_t n_names)
{
    if (own->weight[0] == 0)
        return NULL;
    double *weights = read_numbers(c, data, (int)n_names + 1);
    if (same(own->weight, "fweight"))
        repeat_rows(c, data, weights);
    return weights;
}

/* The dispersion of residuals(independent, by()): a column for each value but the first. */
static void take_by(call *c, model *own, const sample *data)
{
    if (own->by == NULL)
        return;
    piece *p = take(c, 1, sizeof *p);
    *p = (piece){own->by, true, BASE_FIRST, 0};
    term *one = take(c, 1, sizeof *one);
    *one = (term){p, 1};
    columns columns = columns_of(c, &(terms){one, 1, 1}, data);
    list parts = formula_parts(c, &columns);
    own->dispersion = text_of(c, "~ 1 %s%s", parts.n > 0 ? "+ " : "", joined(c, &parts, " + "));
}

/* Sets the mark of the estimation sample, the last variable: 1 for the observations used, 0 for the others that are selected. */
static void mark(call *c, const sample *data, const interlace_fit *fit)
{
    bool *used = take(c, data->n, sizeof *used);
    bool *dropped = take(c, data->n_rows, sizeof *dropped);
    interlace_error err;
    for (size_t i = 0; i < interlace_fit_n_dropped_rows(fit); i++) {
        size_t row;
        check(c, interlace_fit_dropped_row(fit, i, &row, &err), &err);
        dropped[row] = true;
    }
    for (size_t row = 0; row < data->n_rows; row++)
        if (!dropped[row])
            used[data->rows[row]] = true;
    size_t at = 0;
    for (int i = stata->first(); i <= stata->last(); i++) {
        if (!stata->is_selected(i))
            continue;
        bool here = at < data->n && data->observations[at] == i;
        store_at(c, stata->n_variables(), i, here && used[at]);
        at += here;
    }
    give_back(c, used);
    give_back(c, dropped);
}

static interlace_options *options_of_model(call *c, const model *own)
{
    interlace_options *options = watched_options(c, own->log);
    interlace_error err;
    for (size_t i = 0; i < own->option_names.n; i++)
        check(c, interlace_options_set(options, own->option_names.item[i], own->option_values.item[i], &err), &err);
    return options;
}

/* The message of a fit that failed: a row becomes Stata's observation. */
static void check_fit(call *c, interlace_status status, const interlace_error *err, const sample *data)
{
    if (status == INTERLACE_E_DATA && err->position >= 0 && (size_t)err->position < data->n_rows)
        fail(c, STATA_DATA, "%s (observation %d of the data)", err->message, data->observations[data->rows[err->position]]);
    if (status == INTERLACE_E_CANCELLED)
        fail(c, STATA_BREAK, "--Break--");
    check(c, status, err);
}

void announce(call *c, const fitted *own)
{
    set_macro(c, "fit", own->id);
    set_macro(c, "k", text_of(c, "%zu", own->n));
    set_macro(c, "levels", text_of(c, "%zu", own->levels.n > 0 ? own->levels.n : 1));
    set_macro(c, "k_df", text_of(c, "%zu", own->n_fixed > 0 ? own->n_fixed : 1));
    set_macro(c, "N", text_of(c, "%zu", interlace_fit_n_obs(own->fit)));
}

void fit_action(call *c, const arguments *given)
{
    (void)given;
    const char *line = macro(c, "0");
    command *typed = command_of(c, line);
    names known = {0};
    give_names(c, &known, macro(c, "vars"), macro(c, "names"));
    model *own = model_of(c, typed, known);
    list variables = variables_of(c, own);
    if ((size_t)stata->n_variables() != variables.n + (own->weight[0] != 0) + 1)
        fail(c, STATA_OTHER, "%d variables were passed, and %zu are needed", stata->n_variables(), variables.n + (own->weight[0] != 0) + 1);
    sample *data = read_sample(c, &variables, true);
    if (data->n == 0)
        fail(c, STATA_NO_OBSERVATIONS, "no observations: in each a variable of the model is missing");
    double *weights = take_weights(c, own, data, variables.n);
    check_binary(c, own, data);
    take_by(c, own, data);

    fitted *result = take(c, 1, sizeof *result);
    result->columns = columns_of(c, &own->fixed, data);
    list parts = formula_parts(c, &result->columns);
    interlace_error err;
    result->spec = spec_of(c, own, formula_of(c, own, &parts));
    interlace_frame *frame = frame_of(c, data);
    const char *weight = variable_named(data, typed->weight_expression) != NULL ? typed->weight_expression : WEIGHT;
    if (same(own->weight, "aweight")) {
        if (same(weight, WEIGHT))
            check(c, interlace_frame_add_f64(frame, WEIGHT, weights, data->n, &err), &err);
        check(c, interlace_spec_set_weights(result->spec, weight, &err), &err);
    }
    interlace_options *options = options_of_model(c, own);
    check_fit(c, interlace_fit_new(result->spec, frame, options, &result->fit, &err), &err, data);
    keep_fit(c, result->fit);
    give_back(c, frame);
    result->model = own;
    result->command_line = text_of(c, "interlace %s", line);
    result->depvar = stata_name(c, own->depvar);
    result->weight = own->weight;
    result->df_method = own->df;
    result->has_df = own->has_df;
    interlace_options *quiet = watched_options(c, false);
    make_parameters(c, result, quiet);
    make_statistics(c, result, quiet);
    mark(c, data, result->fit);
    give_back(c, options);
    give_back(c, quiet);
    give_back(c, weights);
    release_sample(c, data);
    announce(c, keep_fitted(c, result));
}
