/* Instead of a fit: the objective at given parameters. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace_fit.h"

/* "a,b,c; a,b,c": one point after another, each of `*length` numbers, which the caller frees; NULL if that is not what it is. */
static double *read_points(const char *text, size_t *length, size_t *count)
{
    double *values = malloc((strlen(text) + 1) * sizeof *values);
    size_t n = 0, before = 0;
    for (*count = 0; values != NULL;) {
        char *end;
        values[n++] = strtod(text, &end);
        const char *next = end + strspn(end, " ");
        if (end == text || !(values[n - 1] - values[n - 1] == 0) || strchr(",;", *next) == NULL)
            break;
        if (*next != ',') {
            *length = *count == 0 ? n : *length;
            if (n - before != *length)
                break;
            before = n;
            ++*count;
        }
        if (*next == '\0')
            return values;
        text = next + 1;
    }
    free(values);
    return NULL;
}

/* The shortest text of a number that reads back; 17 digits tell any two apart. */
static void print_number(double value)
{
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    fputs(text, stdout);
}

static void print_escaped(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else if ((unsigned char)*text < ' ')
            printf("\\u%04x", (unsigned)(unsigned char)*text);
        else
            putchar(*text);
}

static void print_objective(const struct arguments *asked, const interlace_frame *data, const double *values, size_t count)
{
    bool json = value_of(asked, "--json") != NULL;
    if (json) {
        printf("{\n \"version\": \"%s\",\n \"model\": \"%s\",\n \"formula\": \"", interlace_version(), interlace_model_name(asked->model));
        print_escaped(asked->formula);
        printf("\",\n \"objective\": {\"value\": [");
    } else {
        puts("objective");
    }
    for (size_t i = 0; i < count; i++) {
        if (json && i > 0)
            putchar(',');
        if (values[i] - values[i] == 0)
            print_number(values[i]);
        else
            fputs(!json ? "NA" : values[i] > 0 ? "\"Inf\"" : values[i] < 0 ? "\"-Inf\"" : "null", stdout);
        if (!json)
            putchar('\n');
    }
    if (json) {
        printf("]},\n \"timing\": {\"read\": ");
        print_number(interlace_frame_read_seconds(data));
        puts("}\n}");
    }
}

bool evaluate_objective(const struct arguments *asked, const interlace_frame *data, interlace_error *error)
{
    size_t n_theta, count;
    double *theta = read_points(value_of(asked, "--objective"), &n_theta, &count);
    double *values = theta != NULL ? calloc(count, sizeof *values) : NULL;
    bool ok = values != NULL || fail(error, INTERLACE_E_MEMORY, "no memory for the objective");
    ok = ok && interlace_spec_objective(asked->spec, data, theta, n_theta, count, asked->options, values, count, error) == INTERLACE_OK;
    if (ok)
        print_objective(asked, data, values, count);
    free(theta);
    free(values);
    return ok;
}

bool is_points(const char *text)
{
    size_t length, count;
    double *points = read_points(text, &length, &count);
    free(points);
    return points != NULL;
}
