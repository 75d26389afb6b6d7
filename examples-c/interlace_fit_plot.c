/* --plot KIND=FILE.svg (or .png) and --plot-data KIND=FILE.csv: pictures of the fit, and their coordinates. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "interlace_fit.h"

/* A text "name=rest": the name and what comes after it. */
struct request {
    struct list name; /* of one */
    const char *rest;
};

static bool split(struct request *request, const char *text, interlace_error *error)
{
    const char *equals = strchr(text, '=');
    *request = (struct request){{0}, equals == NULL ? "" : equals + 1};
    return (equals != NULL && list_add(&request->name, text, (size_t)(equals - text))) ||
           fail(error, INTERLACE_E_MEMORY, "no memory for the name of a picture");
}

/* The index of a picture, whose name ends at '=' or with the text; their number if there is none. */
static size_t picture_of(const char *name)
{
    size_t i = 0;
    for (; i < interlace_plot_options_picture_count(); i++) {
        const char *own = interlace_plot_options_picture_name(i);
        size_t k = 0;
        while (own[k] != '\0' && (own[k] == name[k] || (own[k] == '_' && name[k] == '-')))
            k++;
        if (own[k] == '\0' && (name[k] == '\0' || name[k] == '='))
            break;
    }
    return i;
}

bool picture_needs_rows(const char *text)
{
    return interlace_plot_options_picture_needs_rows(picture_of(text));
}

/* Options as they were given, at the level of all intervals unless they have their own; for a file that is called .png or .svg with the format that it is called by. */
static bool read_options(const struct arguments *arguments, const char *file, interlace_plot_options **out, interlace_error *error)
{
    const char *text, *level = value_of(arguments, "--level");
    bool ok = interlace_plot_options_new(out, error) == INTERLACE_OK;
    ok = ok && (level == NULL || interlace_plot_options_set(*out, "level", level, error) == INTERLACE_OK);
    for (size_t at = 0; ok && (text = next_value(arguments, "--plot-option", &at)) != NULL;) {
        struct request request;
        ok = split(&request, text, error) && interlace_plot_options_set(*out, request.name.items[0], request.rest, error) == INTERLACE_OK;
        list_free(&request.name);
    }
    for (size_t i = 0; ok && i < 2; i++) {
        static const char *const formats[] = {"svg", "png"};
        size_t length = strlen(file);
        if (length > 4 && file[length - 4] == '.' && strcmp(file + length - 3, formats[i]) == 0)
            ok = interlace_plot_options_set(*out, "format", formats[i], error) == INTERLACE_OK;
    }
    return ok;
}

/* A misspelt picture is found before the model is fitted. The library has the message. */
static bool check(const struct arguments *arguments, const char *option, interlace_error *error)
{
    const char *text;
    for (size_t at = 0; (text = next_value(arguments, option, &at)) != NULL;) {
        struct request request;
        bool ok = split(&request, text, error);
        if (ok && picture_of(text) == interlace_plot_options_picture_count()) {
            interlace_frame *none = NULL;
            ok = interlace_fit_plot_data(NULL, request.name.items[0], NULL, NULL, NULL, &none, error) == INTERLACE_OK;
        }
        /* A library may be without PNG. */
        interlace_plot_options *options = NULL;
        ok = ok && read_options(arguments, request.rest, &options, error);
        interlace_plot_options_free(options);
        list_free(&request.name);
        if (!ok)
            return false;
    }
    return true;
}

bool check_pictures(const struct arguments *arguments, interlace_error *error)
{
    interlace_plot_options *options = NULL;
    bool ok = check(arguments, "--plot", error) && check(arguments, "--plot-data", error) && read_options(arguments, "", &options, error);
    interlace_plot_options_free(options);
    return ok;
}

static bool write_file(const char *path, const uint8_t *bytes, size_t length, interlace_error *error)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return fail(error, INTERLACE_E_IO, "can't write '%.400s': %s", path, strerror(errno));
    bool ok = fwrite(bytes, 1, length, file) == length;
    return (fclose(file) == 0 && ok) || fail(error, INTERLACE_E_IO, "can't write '%.400s': %s", path, strerror(errno));
}

bool write_pictures(const struct arguments *arguments, const interlace_fit *fit, const interlace_frame *data, interlace_error *error)
{
    const char *text;
    bool ok = true;
    for (size_t at = 0; ok && (text = next_value(arguments, "--plot", &at)) != NULL;) {
        struct request request;
        interlace_plot_options *options = NULL;
        uint8_t *bytes = NULL;
        size_t length = 0;
        ok = split(&request, text, error) && read_options(arguments, request.rest, &options, error) &&
             interlace_fit_plot(fit, request.name.items[0], data, options, arguments->options, &bytes, &length, error) == INTERLACE_OK &&
             write_file(request.rest, bytes, length, error);
        interlace_bytes_free(bytes);
        interlace_plot_options_free(options);
        list_free(&request.name);
    }
    for (size_t at = 0; ok && (text = next_value(arguments, "--plot-data", &at)) != NULL;) {
        struct request request;
        interlace_plot_options *options = NULL;
        interlace_frame *table = NULL;
        ok = split(&request, text, error) && read_options(arguments, request.rest, &options, error) &&
             interlace_fit_plot_data(fit, request.name.items[0], data, options, arguments->options, &table, error) == INTERLACE_OK &&
             interlace_frame_write_csv(table, request.rest, error) == INTERLACE_OK;
        interlace_frame_free(table);
        interlace_plot_options_free(options);
        list_free(&request.name);
    }
    return ok;
}
