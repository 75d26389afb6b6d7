/* Lists of texts and of numbers, as they are written on the command line: "a,b,c". */
#include "interlace_fit_lists.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace.h"

bool text_list_add(struct text_list *list, const char *text, size_t length)
{
    char **items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (items == NULL)
        return false;
    list->items = items;
    char *copy = malloc(length + 1);
    if (copy == NULL)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    list->items[list->count++] = copy;
    return true;
}

bool text_list_add_split(struct text_list *list, const char *text, char separator)
{
    for (;;) {
        const char *end = strchr(text, separator);
        if (end == NULL)
            return text_list_add(list, text, strlen(text));
        if (!text_list_add(list, text, (size_t)(end - text)))
            return false;
        text = end + 1;
    }
}

bool text_list_has(const struct text_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

void text_list_free(struct text_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
}

bool number_list_add(struct number_list *list, double value)
{
    double *items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (items == NULL)
        return false;
    list->items = items;
    list->items[list->count++] = value;
    return true;
}

void number_list_free(struct number_list *list)
{
    free(list->items);
}

bool parse_number(const char *text, double *out)
{
    char *end;
    double value = strtod(text, &end);
    while (*end == ' ')
        end++;
    if (end == text || *end != '\0' || !isfinite(value))
        return false;
    *out = value;
    return true;
}

double *new_numbers(size_t count, struct interlace_error *error)
{
    /* calloc(0) may return NULL, which would look like a failure. */
    double *numbers = calloc(count > 0 ? count : 1, sizeof *numbers);
    if (numbers == NULL) {
        error->code = INTERLACE_E_MEMORY;
        error->position = -1;
        snprintf(error->message, sizeof error->message, "no memory for %zu numbers", count);
    }
    return numbers;
}
