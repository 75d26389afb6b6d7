/* Values of options on the command line: words, numbers, lists. */
#include "interlace_fit_values.h"

#include <string.h>

enum answer taken_if(bool memory_sufficed)
{
    return memory_sufficed ? TAKEN : NO_MEMORY;
}

enum answer choose(const struct choice *choices, size_t count, const char *value, int32_t *out)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(value, choices[i].name) == 0) {
            if (choices[i].code == LATER)
                return NOT_AVAILABLE;
            *out = choices[i].code;
            return TAKEN;
        }
    }
    return NOT_UNDERSTOOD;
}

enum answer take_once(const char *value, const char **out)
{
    if (*out != NULL)
        return GIVEN_BEFORE;
    *out = value;
    return TAKEN;
}

enum answer take_positive(const char *value, double most, double *out)
{
    double number;
    if (!parse_number(value, &number) || number <= 0 || number > most)
        return NOT_UNDERSTOOD;
    *out = number;
    return TAKEN;
}

enum answer take_count(const char *value, double least, double most, int64_t *out)
{
    double number;
    if (!parse_number(value, &number) || number < least || number > most || number != (double)(int64_t)number)
        return NOT_UNDERSTOOD;
    *out = (int64_t)number;
    return TAKEN;
}

enum answer take_numbers(const char *value, struct number_list *out)
{
    struct text_list pieces = {0};
    enum answer answer = taken_if(text_list_add_split(&pieces, value, ','));
    for (size_t i = 0; i < pieces.count && answer == TAKEN; i++) {
        double number;
        if (!parse_number(pieces.items[i], &number))
            answer = NOT_UNDERSTOOD;
        else
            answer = taken_if(number_list_add(out, number));
    }
    text_list_free(&pieces);
    return answer;
}

enum answer take_pair(const char *value, struct text_list *names, const char **rest)
{
    const char *equals = strchr(value, '=');
    if (equals == NULL || equals == value || equals[1] == '\0')
        return NOT_UNDERSTOOD;
    *rest = equals + 1;
    return taken_if(text_list_add(names, value, (size_t)(equals - value)));
}

enum answer take_points(const char *value, struct number_list *out, size_t *length)
{
    struct text_list points = {0};
    enum answer answer = taken_if(text_list_add_split(&points, value, ';'));
    out->count = 0;
    for (size_t i = 0; i < points.count && answer == TAKEN; i++) {
        size_t before = out->count;
        answer = take_numbers(points.items[i], out);
        if (i == 0)
            *length = out->count;
        else if (answer == TAKEN && out->count - before != *length)
            answer = NOT_UNDERSTOOD;
    }
    text_list_free(&points);
    return answer;
}
