/* The model fitted to many responses: the columns of a file with one row for each row of the data. */
#include "interlace_fit_refit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace_fit_data.h"
#include "interlace_fit_inference.h"
#include "interlace_fit_lists.h"

/* Removes from y [n_data] the rows that the fit left out, unless the fit pads results to all rows. */
static bool keep_used_rows(const interlace_fit *fit, double *y, size_t n_data, interlace_error *error)
{
    size_t dropped = 0, used = 0, next = 0;
    if (interlace_fit_n_rows(fit) == n_data)
        return true;
    for (size_t row = 0; row < n_data; row++) {
        bool more = dropped < interlace_fit_n_dropped_rows(fit);
        if (more && interlace_fit_dropped_row(fit, dropped, &next, error) != INTERLACE_OK)
            return false;
        if (more && next == row)
            dropped++;
        else
            y[used++] = y[row];
    }
    return true;
}

/* The columns one after another. Each is read to where the previous one ends, so the end has room for one of full length. */
static bool read_columns(const interlace_fit *fit, const interlace_frame *responses, double *y, interlace_error *error)
{
    size_t n_data = interlace_frame_n_rows(responses);
    for (size_t column = 0; column < interlace_frame_n_columns(responses); column++) {
        double *own = y + column * interlace_fit_n_rows(fit);
        if (interlace_frame_column_f64(responses, column, own, n_data, error) != INTERLACE_OK ||
            !keep_used_rows(fit, own, n_data, error))
            return false;
    }
    return true;
}

static bool refit(const interlace_fit *fit, const interlace_options *options, struct refitted *out, interlace_error *error)
{
    size_t m = interlace_fit_n_rows(fit), k = interlace_frame_n_columns(out->responses);
    double *y = new_numbers(m * k + interlace_frame_n_rows(out->responses), error);
    bool std_errors = interlace_fit_model(fit) == INTERLACE_LMM;
    bool ok = y != NULL && read_columns(fit, out->responses, y, error) &&
              interlace_fit_refit(fit, y, m, k, std_errors, options, &out->table, error) == INTERLACE_OK;
    free(y);
    return ok;
}

bool refit_responses(const struct arguments *asked, const interlace_fit *fit, size_t n_data, const interlace_options *options,
                     struct refitted *out, interlace_error *error)
{
    if (asked->refit_path == NULL)
        return true;
    if (read_responses(asked, &out->responses, error) != INTERLACE_OK)
        return false;
    size_t rows = interlace_frame_n_rows(out->responses);
    if (rows == n_data)
        return refit(fit, options, out, error);
    *error = (interlace_error){INTERLACE_E_ARGUMENT, 0, -1, ""};
    snprintf(error->message, sizeof error->message, "--refit: %s has %zu rows, the data have %zu", asked->refit_path, rows, n_data);
    return false;
}

void refitted_free(struct refitted *refitted)
{
    interlace_frame_free(refitted->responses);
    interlace_frame_free(refitted->table);
    *refitted = (struct refitted){NULL, NULL};
}

void json_refitted(struct json *json, const struct refitted *refitted)
{
    if (refitted->table == NULL)
        return;
    json_key(json, "refits");
    json_open(json, '{');
    json_key(json, "names");
    json_open(json, '[');
    for (size_t column = 0; column < interlace_frame_n_columns(refitted->responses); column++)
        json_string(json, interlace_frame_column_name(refitted->responses, column));
    json_close(json, ']');
    json_frame_columns(json, refitted->table);
    json_close(json, '}');
}

void print_refitted(const struct refitted *refitted)
{
    if (refitted->table == NULL)
        return;
    size_t failed = 0, rows = interlace_frame_n_rows(refitted->table);
    for (size_t row = 0; row < rows; row++)
        failed += strcmp(interlace_frame_column_string(refitted->table, 0, row), "failed") == 0;
    char title[96];
    snprintf(title, sizeof title, "%zu other responses, %zu failed:", rows, failed);
    print_frame(title, refitted->table);
}
