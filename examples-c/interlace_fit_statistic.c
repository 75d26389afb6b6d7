/* Statistics of the bootstrap's replicates: combinations of two estimates, and the response's mean or median. */
#include "interlace_fit_statistic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the bootstrap's table the estimates come after status, reason and logLik. */
enum { FIRST_ESTIMATE = 3 };

/* Called by the library for each replicate. A return value other than 0 would make it one that failed. */
static int32_t combine(int64_t replicate, const double *estimates, size_t n_estimates, const double *y, size_t n, double *out,
                       size_t n_out, void *user_data)
{
    const struct combinations *combinations = user_data;
    (void)replicate, (void)n_estimates, (void)y, (void)n;
    for (size_t i = 0; i < n_out; i++) {
        const struct combination *own = &combinations->items[i];
        double left = estimates[own->left], right = estimates[own->right];
        out[i] = own->sign == '+' ? left + right : own->sign == '-' ? left - right : own->sign == '*' ? left * right : left / right;
    }
    return 0;
}

/* The place of an estimate whose name is the first `length` bytes of `name`. */
static bool find_estimate(const interlace_frame *table, const char *name, size_t length, size_t *out)
{
    for (size_t column = FIRST_ESTIMATE; column < interlace_frame_n_columns(table); column++) {
        const char *own = interlace_frame_column_name(table, column);
        if (strlen(own) == length && strncmp(own, name, length) == 0) {
            *out = column - FIRST_ESTIMATE;
            return true;
        }
    }
    return false;
}

/* Names may have blanks and signs themselves, so that every " / " is tried. */
static bool understand(const char *text, const interlace_frame *table, struct combination *out)
{
    for (const char *blank = strchr(text, ' '); blank != NULL; blank = strchr(blank + 1, ' ')) {
        if (blank[1] == '\0' || strchr("+-*/", blank[1]) == NULL || blank[2] != ' ')
            continue;
        out->sign = blank[1];
        if (find_estimate(table, text, (size_t)(blank - text), &out->left) &&
            find_estimate(table, blank + 3, strlen(blank + 3), &out->right))
            return true;
    }
    return false;
}

static bool fail(interlace_error *error, const char *text, const interlace_frame *table)
{
    *error = (interlace_error){INTERLACE_E_ARGUMENT, 0, -1, ""};
    int length = snprintf(error->message, sizeof error->message,
                          "--statistic: wanted two estimates with ' + ', ' - ', ' * ' or ' / ' between them, not '%s'; there are", text);
    for (size_t column = FIRST_ESTIMATE; column < interlace_frame_n_columns(table); column++) {
        size_t room = sizeof error->message - (size_t)length;
        if (length < 0 || (size_t)length >= sizeof error->message)
            break;
        length += snprintf(error->message + length, room, "%s '%s'", column > FIRST_ESTIMATE ? "," : "",
                           interlace_frame_column_name(table, column));
    }
    return false;
}

static bool understand_all(const struct text_list *texts, const interlace_frame *table, struct combinations *out,
                           interlace_error *error)
{
    out->items = calloc(texts->count, sizeof *out->items);
    if (out->items == NULL) {
        *error = (interlace_error){INTERLACE_E_MEMORY, 0, -1, "no memory for the statistics"};
        return false;
    }
    out->count = texts->count;
    for (size_t i = 0; i < texts->count; i++)
        if (!understand(texts->items[i], table, &out->items[i]))
            return fail(error, texts->items[i], table);
    return true;
}

bool add_statistics(const struct text_list *texts, const interlace_fit *fit, interlace_bootstrap *bootstrap,
                    struct combinations *out, interlace_error *error)
{
    if (texts->count == 0)
        return true;
    /* A table without replicates tells the names of the estimates. */
    interlace_bootstrap *none = NULL;
    interlace_frame *table = NULL;
    bool ok = interlace_bootstrap_new(&none, error) == INTERLACE_OK &&
              interlace_bootstrap_set_replicates(none, 0, 0, error) == INTERLACE_OK &&
              interlace_bootstrap_run(none, fit, NULL, &table, error) == INTERLACE_OK &&
              understand_all(texts, table, out, error) &&
              interlace_bootstrap_set_statistic(bootstrap, (const char *const *)texts->items, texts->count, combine, out, error) ==
                  INTERLACE_OK;
    interlace_frame_free(table);
    interlace_bootstrap_free(none);
    return ok;
}

void combinations_free(struct combinations *combinations)
{
    free(combinations->items);
    *combinations = (struct combinations){NULL, 0};
}

double response_mean(double *y, size_t n, void *user_data)
{
    double sum = 0.0;
    (void)user_data;
    for (size_t i = 0; i < n; i++)
        sum += y[i];
    return sum / (double)n;
}
