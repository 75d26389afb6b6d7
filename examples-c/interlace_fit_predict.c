/* Predictions for new data: which random terms, which weights, which interval. */
#include "interlace_fit_predict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace_fit_data.h"
#include "interlace_fit_lists.h"

/* What the library's function takes. */
struct request {
    bool random;
    size_t *terms; /* those of --re, or NULL: all */
    size_t n_terms;
    double *weights; /* NULL: 1 */
};

static bool fail(interlace_error *error, int32_t code, const char *message, const char *name)
{
    *error = (interlace_error){code, 0, -1, ""};
    snprintf(error->message, sizeof error->message, "%s%s", message, name);
    return false;
}

/* All terms with a grouping factor of the list, whichever predictor they are of. */
static bool choose_terms(const interlace_fit *fit, const struct text_list *groups, struct request *request, interlace_error *error)
{
    size_t n = interlace_fit_n_terms(fit);
    request->random = groups->count > 0;
    if (groups->count == 0)
        return true;
    for (size_t i = 0; i < groups->count; i++) {
        size_t term = 0;
        while (term < n && strcmp(groups->items[i], interlace_fit_term_group(fit, term)) != 0)
            term++;
        if (term == n)
            return fail(error, INTERLACE_E_ARGUMENT, "--re: the model has no random term on ", groups->items[i]);
    }
    request->terms = calloc(n, sizeof *request->terms);
    if (request->terms == NULL)
        return fail(error, INTERLACE_E_MEMORY, "no memory for the random terms", "");
    for (size_t term = 0; term < n; term++)
        if (text_list_has(groups, interlace_fit_term_group(fit, term)))
            request->terms[request->n_terms++] = term;
    return true;
}

/* New data may have the column of --weights. */
static bool read_weights(const struct arguments *asked, const interlace_frame *data, struct request *request,
                         interlace_error *error)
{
    size_t column, n = interlace_frame_n_rows(data);
    if (asked->interval != INTERVAL_PREDICTION || asked->weights == NULL ||
        interlace_frame_column_index(data, asked->weights, &column, NULL) != INTERLACE_OK)
        return true;
    request->weights = new_numbers(n, error);
    return request->weights != NULL && interlace_frame_column_f64(data, column, request->weights, n, error) == INTERLACE_OK;
}

static bool call(const struct arguments *asked, const struct request *request, const interlace_frame *data,
                 struct results *results, interlace_error *error)
{
    int32_t type = results->prediction_type;
    results->n_predictions = interlace_frame_n_rows(data);
    results->prediction_width = interlace_fit_predict_width(results->fit, type);
    /* The prediction itself reports a type that the fit does not have. */
    size_t n = results->n_predictions * results->prediction_width;
    /* One allocation for predictions, standard errors, lower and upper limits. */
    double *values = new_numbers(4 * n, error);
    results->predictions = values;
    if (values == NULL)
        return false;
    results->prediction_status = calloc(results->n_predictions + 1, sizeof *results->prediction_status);
    if (results->prediction_status == NULL)
        return fail(error, INTERLACE_E_MEMORY, "no memory for the predictions", "");
    if (interlace_fit_predict_status(results->fit, data, type, request->random, request->terms, request->n_terms,
                                     asked->new_levels, results->prediction_status, results->n_predictions, error) !=
        INTERLACE_OK)
        return false;
    bool limits = asked->interval != INTERVAL_NONE;
    /* Without an interval the terms can still be chosen: outputs that are not wanted are NULL. */
    if (!limits && request->terms == NULL)
        return interlace_fit_predict(results->fit, data, type, request->random, asked->new_levels, values, n, error) ==
               INTERLACE_OK;
    if (limits)
        results->prediction_limits = values + n;
    int32_t interval = asked->interval == INTERVAL_PREDICTION ? INTERLACE_INTERVAL_PREDICTION : INTERLACE_INTERVAL_CONFIDENCE;
    return interlace_fit_predict_interval(results->fit, data, type, request->random, request->terms, request->n_terms,
                                          asked->new_levels, interval, asked->level, request->weights, values,
                                          limits ? values + n : NULL, limits ? values + 2 * n : NULL,
                                          limits ? values + 3 * n : NULL, n, error) == INTERLACE_OK;
}

bool predict_new(const struct arguments *asked, struct results *results, interlace_error *error)
{
    if (asked->predict_path == NULL)
        return true;
    interlace_frame *data = NULL;
    struct request request = {.random = true};
    results->prediction_type = asked->model == INTERLACE_CLMM && !asked->has_type ? INTERLACE_PREDICT_PROBABILITIES : asked->type;
    bool ok = read_new_data(asked, &data, error) == INTERLACE_OK &&
              (!asked->has_re || choose_terms(results->fit, &asked->re, &request, error)) &&
              read_weights(asked, data, &request, error) && call(asked, &request, data, results, error);
    interlace_frame_free(data);
    free(request.terms);
    free(request.weights);
    return ok;
}
