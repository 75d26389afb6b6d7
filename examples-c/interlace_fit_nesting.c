/* Names of nested groups. */
#include "interlace_fit_nesting.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Where the formula has the factors of `group` [length], "a:b", with slashes between them, at the beginning of what is right of a bar. */
static bool is_nesting(const char *formula, const char *group, size_t length)
{
    for (const char *bar = strchr(formula, '|'); bar != NULL; bar = strchr(bar + 1, '|')) {
        const char *at = bar + 1;
        size_t i = 0;
        for (; i < length && *at != '\0'; at++) {
            if (isspace((unsigned char)*at))
                continue;
            if (*at != (group[i] == ':' ? '/' : group[i]))
                break;
            i++;
        }
        bool whole = i == length && *at != '.' && *at != '_' && !isalnum((unsigned char)*at);
        if (whole)
            return true;
    }
    return false;
}

char *nested_inside_out(const char *formula, const char *name)
{
    const char *bar = name != NULL ? strrchr(name, '|') : NULL;
    if (bar == NULL || strchr(bar, ':') == NULL || !is_nesting(formula, bar + 1, strlen(bar + 1)))
        return NULL;
    /* Two more characters, for parentheses, at most for each. */
    char *out = malloc(3 * strlen(name) + 1);
    if (out == NULL)
        return NULL;
    size_t length = (size_t)(bar + 1 - name), open = 0;
    memcpy(out, name, length);
    for (const char *end = name + strlen(name); end > bar;) {
        const char *start = end;
        while (start[-1] != ':' && start[-1] != '|')
            start--;
        memcpy(out + length, start, (size_t)(end - start));
        length += (size_t)(end - start);
        end = start - 1;
        if (end > bar)
            out[length++] = ':';
        if (end > bar && memchr(bar + 1, ':', (size_t)(end - bar - 1)) != NULL) {
            out[length++] = '(';
            open++;
        }
    }
    memset(out + length, ')', open);
    out[length + open] = '\0';
    return out;
}
