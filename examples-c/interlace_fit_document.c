/* The JSON document: arrays, names and numbers of a fit. */
#include "interlace_fit_document.h"

#include <stdlib.h>

#include "interlace_fit_lists.h"

/* ---- arrays of a fit ---- */

double *fetch(struct document *document, fit_getter get, size_t size)
{
    double *values = document->failed ? NULL : new_numbers(size, document->error);
    if (values != NULL && get(document->fit, values, size, document->error) == INTERLACE_OK)
        return values;
    free(values);
    document->failed = true;
    return NULL;
}

double *fetch_of_term(struct document *document, term_getter get, size_t term, size_t size)
{
    double *values = document->failed ? NULL : new_numbers(size, document->error);
    if (values != NULL && get(document->fit, term, values, size, document->error) == INTERLACE_OK)
        return values;
    free(values);
    document->failed = true;
    return NULL;
}

double *fetch_of_predictor(struct document *document, predictor_getter get, int32_t predictor, size_t size)
{
    double *values = document->failed ? NULL : new_numbers(size, document->error);
    if (values != NULL && get(document->fit, predictor, values, size, document->error) == INTERLACE_OK)
        return values;
    free(values);
    document->failed = true;
    return NULL;
}

/* Numbers that were fetched, if they were, and frees them. */
static void put_fetched(struct document *document, const char *key, double *values, size_t size)
{
    if (values != NULL) {
        json_key(&document->json, key);
        json_numbers(&document->json, values, size);
    }
    free(values);
}

void put_vector(struct document *document, const char *key, fit_getter get, size_t size)
{
    put_fetched(document, key, fetch(document, get, size), size);
}

void put_vector_of_predictor(struct document *document, const char *key, predictor_getter get, int32_t predictor, size_t size)
{
    put_fetched(document, key, fetch_of_predictor(document, get, predictor, size), size);
}

static void put_fetched_matrix(struct document *document, const char *key, double *values, size_t rows, size_t columns)
{
    if (values != NULL) {
        json_key(&document->json, key);
        json_matrix(&document->json, values, rows, columns);
    }
    free(values);
}

void put_rectangle(struct document *document, const char *key, fit_getter get, size_t rows, size_t columns)
{
    put_fetched_matrix(document, key, fetch(document, get, rows * columns), rows, columns);
}

void put_matrix(struct document *document, const char *key, fit_getter get, size_t size)
{
    put_rectangle(document, key, get, size, size);
}

void put_matrix_of_term(struct document *document, const char *key, term_getter get, size_t term, size_t size)
{
    put_fetched_matrix(document, key, fetch_of_term(document, get, term, size * size), size, size);
}

/* ---- names ---- */

void put_names(struct document *document, const char *key, name_getter get, size_t count)
{
    json_key(&document->json, key);
    json_open(&document->json, '[');
    for (size_t i = 0; i < count; i++)
        json_string(&document->json, get(document->fit, i));
    json_close(&document->json, ']');
}

/* ---- scalars ---- */

void put_text(struct document *document, const char *key, const char *value)
{
    json_key(&document->json, key);
    json_string(&document->json, value);
}

void put_number(struct document *document, const char *key, double value)
{
    json_key(&document->json, key);
    json_number(&document->json, value);
}

void put_count(struct document *document, const char *key, size_t value)
{
    json_key(&document->json, key);
    json_count(&document->json, value);
}

void put_bool(struct document *document, const char *key, bool value)
{
    json_key(&document->json, key);
    json_bool(&document->json, value);
}
