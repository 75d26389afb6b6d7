#include "host.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

stata_table *stata = NULL;

static char *escaped(call *c, const char *text)
{
    char *out = take(c, 6 * strlen(text) + 1, 1), *end = out;
    for (; *text != 0; text++) {
        const char *code = *text == '{' ? "{c -(}" : *text == '}' ? "{c )-}" : NULL;
        if (code == NULL) {
            *end++ = *text;
        } else {
            memcpy(end, code, 6);
            end += 6;
        }
    }
    return out;
}

void say(call *c, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = take(c, (size_t)(n < 0 ? 0 : n) + 1, 1);
    vsnprintf(text, (size_t)(n < 0 ? 0 : n) + 1, format, values);
    va_end(values);
    char *shown = escaped(c, text);
    stata->display(shown);
    give_back(c, text);
    give_back(c, shown);
}

void complain(const char *text)
{
    /* Without the arena, which may be what is full. */
    char line[2048];
    size_t n = 0;
    for (; *text != 0 && n + 8 < sizeof line; text++)
        n += (size_t)sprintf(line + n, *text == '{' ? "{c -(}" : *text == '}' ? "{c )-}" : "%c", *text);
    line[n++] = '\n';
    line[n] = 0;
    stata->error(line);
}

bool is_stopped(void)
{
    return stata->poll() != 0 || (stata->stop != NULL && *stata->stop != 0);
}

/* Locals have an underscore before their name. */
static char *local_name(call *c, const char *name)
{
    return text_of(c, "_%s", name);
}

char *macro(call *c, const char *name)
{
    for (size_t room = 4096;; room *= 8) {
        char *text = take(c, room, 1);
        if (stata->macro_use(local_name(c, name), text, (int)room - 1) != 0)
            return text_of(c, "%s", "");
        if (strlen(text) + 8 < room || room > 100000000)
            return text;
        give_back(c, text);
    }
}

void set_macro(call *c, const char *name, const char *text)
{
    int code = stata->macro_save(local_name(c, name), copy_of(c, text, strlen(text)));
    if (code != 0)
        fail(c, code, "the macro %s could not be set", name);
}

void set_matrix(call *c, const char *name, const double *values, size_t rows, size_t columns)
{
    char *own = copy_of(c, name, strlen(name));
    int r = stata->rows(own), k = stata->columns(own);
    if (r <= 0 || k <= 0)
        fail(c, STATA_NOT_FOUND, "matrix %s not found", name);
    if ((size_t)r != rows || (size_t)k != columns)
        fail(c, STATA_CONFORMABILITY, "matrix %s has %d rows and %d columns, and %zu and %zu are needed", name, r, k, rows, columns);
    for (size_t j = 0; j < columns; j++)
        for (size_t i = 0; i < rows; i++) {
            double value = values[i + j * rows];
            int code = stata->matrix_store(own, (int)i + 1, (int)j + 1, isfinite(value) ? value : stata->missing);
            if (code != 0)
                fail(c, code, "matrix %s: the element in row %zu and column %zu could not be stored", name, i + 1, j + 1);
        }
}

bool is_missing(double value)
{
    return !(value < STATA_MISSING) || stata->is_missing(value);
}

double number_at(call *c, int variable, int observation)
{
    double value = 0;
    int code = stata->value(variable, observation, &value);
    if (code != 0)
        fail(c, code, "variable %d of the list could not be read in observation %d", variable, observation);
    return is_missing(value) ? NAN : value;
}

void store_at(call *c, int variable, int observation, double value)
{
    int code = stata->store(variable, observation, isfinite(value) ? value : stata->missing);
    if (code != 0)
        fail(c, code, "variable %d of the list could not be stored in observation %d", variable, observation);
}

char *text_at(call *c, int variable, int observation)
{
    if (!stata->is_strl(variable)) {
        char text[STATA_STR_MAX + 1] = "";
        int code = stata->string(variable, observation, text);
        if (code != 0)
            fail(c, code, "string variable %d of the list could not be read in observation %d", variable, observation);
        return copy_of(c, text, strlen(text));
    }
    int n = stata->string_length(variable, observation);
    if (stata->is_binary(variable, observation))
        fail(c, STATA_TYPE_MISMATCH, "variable %d of the list holds binary data in observation %d", variable, observation);
    char *text = take(c, (size_t)(n < 0 ? 0 : n) + 1, 1);
    if (n > 0 && stata->strl(variable, observation, text, n + 1) < n)
        fail(c, STATA_OTHER, "string variable %d of the list could not be read in observation %d", variable, observation);
    return text;
}
