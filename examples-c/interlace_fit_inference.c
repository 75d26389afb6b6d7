/* Marginal means, likelihood-ratio tests, and frames as JSON and as text. */
#include "interlace_fit_inference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the questions ---- */

/* Contrasts with weights from the command line, which are their names. */
static bool weighted_contrasts(const interlace_fit *fit, const interlace_frame *data, const struct means_request *request,
                               const char *adjust, interlace_frame **out, interlace_error *error)
{
    size_t m = request->n_contrasts, k = request->contrasts->count / m;
    struct text_list names = {0};
    bool ok = text_list_add_split(&names, request->comparisons, ';');
    if (!ok)
        *error = (interlace_error){INTERLACE_E_MEMORY, 0, -1, "no memory for the names of contrasts"};
    for (size_t i = 0; i < names.count; i++) {
        size_t blanks = strspn(names.items[i], " ");
        memmove(names.items[i], names.items[i] + blanks, strlen(names.items[i] + blanks) + 1);
    }
    /* A row of the command line is a column of the library's matrix. */
    ok = ok && interlace_fit_custom_contrasts(fit, data, request->specs, request->at, request->weights, request->contrasts->items,
                                              m, k, m, (const char *const *)names.items, adjust, request->type, request->df,
                                              request->level, out, error) == INTERLACE_OK;
    text_list_free(&names);
    return ok;
}

static bool contrasts(const interlace_fit *fit, const interlace_frame *data, const struct means_request *request,
                      interlace_frame **out, interlace_error *error)
{
    const char *comparisons = request->comparisons != NULL ? request->comparisons : "pairwise";
    /* Tukey's is for all pairs. */
    const char *usual = strcmp(comparisons, "pairwise") == 0 ? "tukey" : "holm";
    const char *adjust = request->adjust != NULL ? request->adjust : usual;
    if (request->contrasts->count > 0)
        return weighted_contrasts(fit, data, request, adjust, out, error);
    return interlace_fit_contrasts(fit, data, request->specs, request->at, request->weights, comparisons, adjust, request->type,
                                   request->df, request->level, out, error) == INTERLACE_OK;
}

bool marginal_means(const interlace_fit *fit, const interlace_frame *data, const struct means_request *request,
                    interlace_frame **means, interlace_frame **pairs, interlace_error *error)
{
    if (interlace_fit_marginal_means(fit, data, request->specs, request->at, request->weights, request->type, request->df,
                                     request->level, means, error) != INTERLACE_OK)
        return false;
    if (contrasts(fit, data, request, pairs, error))
        return true;
    interlace_frame_free(*means);
    *means = NULL;
    return false;
}

bool likelihood_ratio(const struct comparison_request *request, interlace_frame **table, interlace_error *error)
{
    size_t n = request->reduced->count + 1;
    interlace_spec **specs = calloc(n, sizeof *specs);
    if (specs == NULL) {
        *error = (interlace_error){INTERLACE_E_MEMORY, 0, -1, "no memory for the models"};
        return false;
    }
    bool ok = request->make_spec(request->context, request->formula, &specs[0], error);
    for (size_t i = 1; ok && i < n; i++)
        ok = request->make_reduced_spec(request->context, request->reduced->items[i - 1], &specs[i], error);
    ok = ok && interlace_fit_lrt((const interlace_spec *const *)specs, n, request->data, request->options, request->chi_bar, table,
                                 error) == INTERLACE_OK;
    for (size_t i = 0; i < n; i++)
        interlace_spec_free(specs[i]);
    free(specs);
    return ok;
}

/* ---- frames as JSON ---- */

static bool is_number(const interlace_frame *table, size_t column)
{
    return interlace_frame_column_kind(table, column) != INTERLACE_COLUMN_CATEGORY;
}

/* The numbers of a column, which the caller frees; NULL if memory is short. */
static double *column_numbers(const interlace_frame *table, size_t column)
{
    interlace_error error;
    size_t n = interlace_frame_n_rows(table);
    double *values = new_numbers(n, &error);
    if (values != NULL && interlace_frame_column_f64(table, column, values, n, &error) == INTERLACE_OK)
        return values;
    free(values);
    return NULL;
}

static void put_column(struct json *json, const char *key, const interlace_frame *table, size_t column)
{
    json_key(json, key);
    if (is_number(table, column)) {
        double *values = column_numbers(table, column);
        if (values != NULL)
            json_numbers(json, values, interlace_frame_n_rows(table));
        else
            json->failed = true;
        free(values);
        return;
    }
    json_open(json, '[');
    for (size_t row = 0; row < interlace_frame_n_rows(table); row++)
        json_string(json, interlace_frame_column_string(table, column, row));
    json_close(json, ']');
}

void json_frame_columns(struct json *json, const interlace_frame *table)
{
    for (size_t column = 0; column < interlace_frame_n_columns(table); column++)
        put_column(json, interlace_frame_column_name(table, column), table, column);
}

void json_frame(struct json *json, const char *key, const interlace_frame *table)
{
    json_key(json, key);
    json_open(json, '{');
    json_frame_columns(json, table);
    json_close(json, '}');
}

void json_columns(struct json *json, const interlace_frame *table, const char *const names[][2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t column;
        interlace_error error;
        if (interlace_frame_column_index(table, names[i][0], &column, &error) == INTERLACE_OK)
            put_column(json, names[i][1], table, column);
    }
}

void json_marginal_means(struct json *json, const interlace_frame *means, const interlace_frame *pairs)
{
    json_key(json, "emmeans");
    json_open(json, '{');
    json_frame(json, "means", means);
    json_frame(json, "pairs", pairs);
    json_close(json, '}');
}

void json_likelihood_ratio(struct json *json, const interlace_frame *table)
{
    static const char *const names[][2] = {{"model", "formulas"},    {"nobs", "nobs"},     {"npar", "npar"},   {"logLik", "logLik"},
                                           {"deviance", "deviance"}, {"AIC", "AIC"},     {"BIC", "BIC"},
                                           {"Chisq", "chisq"},       {"Df", "df"},       {"p.value", "p_value"},
                                           {"distribution", "distribution"}, {"warning", "warning"}};
    json_key(json, "lrt");
    json_open(json, '{');
    json_columns(json, table, names, sizeof names / sizeof names[0]);
    json_close(json, '}');
}

/* ---- frames as text ---- */

enum { CELL_SIZE = 128 };

/* As much of the label as there is room for, cut between characters of UTF-8. */
static void copy_label(const char *label, char text[CELL_SIZE])
{
    size_t length = strlen(label);
    if (length >= CELL_SIZE) {
        length = CELL_SIZE - 1;
        while (length > 0 && ((unsigned char)label[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(text, label, length);
    text[length] = '\0';
}

/* The text of a cell: labels as they are, or cut, and numbers to five digits. */
static void cell_text(const interlace_frame *table, size_t column, size_t row, const double *numbers, char text[CELL_SIZE])
{
    const char *label = numbers == NULL ? interlace_frame_column_string(table, column, row) : NULL;
    if (label != NULL)
        copy_label(label, text);
    else if (numbers == NULL || isnan(numbers[row]))
        snprintf(text, CELL_SIZE, "%s", numbers == NULL ? "" : "NA");
    else if (isinf(numbers[row]))
        snprintf(text, CELL_SIZE, "%s", numbers[row] > 0 ? "Inf" : "-Inf");
    else if (interlace_frame_column_kind(table, column) == INTERLACE_COLUMN_INTEGER)
        snprintf(text, CELL_SIZE, "%.0f", numbers[row]);
    else
        snprintf(text, CELL_SIZE, "%.5g", numbers[row]);
}

static int text_width(const char *text)
{
    int width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80; /* characters of UTF-8, not bytes */
    return width;
}

static void print_cell(const char *text, int width, bool left)
{
    int blanks = width - text_width(text);
    printf("%*s%s%*s", left ? 2 : 2 + blanks, "", text, left ? blanks : 0, "");
}

/* A column as it is printed. */
struct text_column {
    double *numbers; /* NULL: labels */
    int width;
};

static void measure(const interlace_frame *table, size_t column, struct text_column *out)
{
    char text[CELL_SIZE];
    out->numbers = is_number(table, column) ? column_numbers(table, column) : NULL;
    out->width = text_width(interlace_frame_column_name(table, column));
    for (size_t row = 0; row < interlace_frame_n_rows(table); row++) {
        cell_text(table, column, row, out->numbers, text);
        if (text_width(text) > out->width)
            out->width = text_width(text);
    }
}

void print_frame(const char *title, const interlace_frame *table)
{
    size_t n_columns = interlace_frame_n_columns(table);
    struct text_column *columns = calloc(n_columns > 0 ? n_columns : 1, sizeof *columns);
    printf("\n%s\n", title);
    if (columns == NULL)
        return;
    for (size_t column = 0; column < n_columns; column++) {
        measure(table, column, &columns[column]);
        print_cell(interlace_frame_column_name(table, column), columns[column].width, columns[column].numbers == NULL);
    }
    putchar('\n');
    for (size_t row = 0; row < interlace_frame_n_rows(table); row++) {
        char text[CELL_SIZE];
        for (size_t column = 0; column < n_columns; column++) {
            cell_text(table, column, row, columns[column].numbers, text);
            print_cell(text, columns[column].width, columns[column].numbers == NULL);
        }
        putchar('\n');
    }
    for (size_t column = 0; column < n_columns; column++)
        free(columns[column].numbers);
    free(columns);
}
