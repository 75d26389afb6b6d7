/* What interlace-fit says when something is wrong: functions that its other files share. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "interlace_fit.h"

int complain(const char *message, const char *hint, int exit_status)
{
    fprintf(stderr, "interlace-fit: %s%s\n", message, hint);
    return exit_status;
}

bool fail(interlace_error *error, interlace_status code, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    *error = (interlace_error){code, 0, -1, ""};
    vsnprintf(error->message, sizeof error->message, format, values);
    va_end(values);
    return false;
}

/* A message about a question begins with its name, which is an option here; for formulas the position says where. */
int complain_of(const interlace_error *error)
{
    char where[48] = "", option[64] = "--";
    const char *message = error->message;
    size_t length = strcspn(message, ": ");
    if (message[length] == ':' && length < sizeof option - 2) {
        for (size_t i = 0; i < length; i++)
            option[2 + i] = message[i] == '_' ? '-' : message[i];
        if (find_option(option, length + 2) != NULL)
            message += length;
        else
            option[0] = '\0';
    } else {
        option[0] = '\0';
    }
    if (error->code == INTERLACE_E_FORMULA && error->position >= 0)
        snprintf(where, sizeof where, " (at byte %" PRId64 ")", error->position);
    fprintf(stderr, "interlace-fit: %s", option);
    fprintf(stderr, "%s%s\n", message, where);
    return 1;
}
