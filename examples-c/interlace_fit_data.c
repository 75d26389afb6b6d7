/* CSV files as frames, read as the command line says; the path "-" is standard input. */
#include "interlace_fit_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static interlace_status fail(interlace_error *error, interlace_status code, const char *message)
{
    error->code = code;
    error->position = -1;
    snprintf(error->message, sizeof error->message, "%s", message);
    return code;
}

/* A file to be read, perhaps more than once: a stream that cannot be read again is kept in memory. */
struct source {
    const char *path;
    char *bytes; /* NULL: the file is read where it is */
    size_t size;
};

/* Reads all of a stream that can be read only once: standard input, a pipe. */
static interlace_status keep_stream(FILE *stream, struct source *source, interlace_error *error)
{
    size_t room = 0;
    do {
        char *bytes = source->size < room ? source->bytes : realloc(source->bytes, room = 2 * room + 65536);
        if (bytes == NULL)
            return fail(error, INTERLACE_E_MEMORY, "no memory for the CSV text");
        source->bytes = bytes;
        source->size += fread(bytes + source->size, 1, room - source->size, stream);
    } while (!feof(stream) && !ferror(stream));
    if (ferror(stream)) {
        char message[sizeof error->message];
        snprintf(message, sizeof message, "'%.400s' can't be read", source->path);
        return fail(error, INTERLACE_E_IO, message);
    }
    return INTERLACE_OK;
}

static interlace_status open_source(const char *path, struct source *source, interlace_error *error)
{
    *source = (struct source){.path = path};
    if (strcmp(path, "-") == 0)
        return keep_stream(stdin, source, error);
    /* The library reports what is wrong with a path. */
    FILE *stream = fopen(path, "rb");
    interlace_status status = INTERLACE_OK;
    if (stream != NULL && fseek(stream, 0, SEEK_END) != 0)
        status = keep_stream(stream, source, error);
    if (stream != NULL)
        fclose(stream);
    return status;
}

/* The options of all CSV files of a run, with the columns that are categories. */
static interlace_status csv_options(const struct arguments *arguments, const struct text_list *categorical,
                                    interlace_csv_options **out, interlace_error *error)
{
    if (interlace_csv_options_new(out, error) != INTERLACE_OK)
        return error->code;
    if (arguments->separator != 0)
        interlace_csv_options_set_separator(*out, arguments->separator, error);
    if (arguments->decimal != 0)
        interlace_csv_options_set_decimal(*out, arguments->decimal, error);
    if (arguments->has_quote)
        interlace_csv_options_set_quote(*out, arguments->quote, error);
    interlace_csv_options_set_strict_numbers(*out, arguments->strict_numbers, error);
    /* C does not convert char ** to const char *const * implicitly, hence the casts. */
    interlace_status status = INTERLACE_OK;
    if (arguments->na_strings.count > 0)
        status = interlace_csv_options_set_na_strings(*out, (const char *const *)arguments->na_strings.items,
                                                      arguments->na_strings.count, error);
    if (status == INTERLACE_OK && categorical->count > 0)
        status = interlace_csv_options_set_categorical(*out, (const char *const *)categorical->items, categorical->count, error);
    return status;
}

static interlace_status read_source(const struct arguments *arguments, const struct source *source,
                                    const struct text_list *categorical, interlace_frame **out, interlace_error *error)
{
    interlace_csv_options *options = NULL;
    interlace_status status = csv_options(arguments, categorical, &options, error);
    if (status == INTERLACE_OK && source->bytes != NULL)
        status = interlace_frame_read_csv_bytes(source->bytes, source->size, options, out, error);
    else if (status == INTERLACE_OK)
        status = interlace_frame_read_csv(source->path, options, out, error);
    interlace_csv_options_free(options);
    return status;
}

/* The columns to be read as categories: those of --categorical and of --ordered; of these only what `present` has, unless
 * it is NULL. False if memory is short. */
static bool declared_columns(const struct arguments *arguments, const interlace_frame *present, struct text_list *out)
{
    for (size_t i = 0; i < arguments->categorical.count + arguments->n_ordered; i++) {
        size_t index;
        const char *name = i < arguments->categorical.count ? arguments->categorical.items[i]
                                                            : arguments->ordered[i - arguments->categorical.count].name;
        if (present != NULL && interlace_frame_column_index(present, name, &index, NULL) != INTERLACE_OK)
            continue;
        if (!text_list_has(out, name) && !text_list_add(out, name, strlen(name)))
            return false;
    }
    return true;
}

/* Gives the columns of --ordered that are in `columns` their levels. */
static interlace_status set_orders(const struct arguments *arguments, const struct text_list *columns,
                                   interlace_frame *frame, interlace_error *error)
{
    for (size_t i = 0; i < arguments->n_ordered; i++) {
        const struct ordered_column *column = &arguments->ordered[i];
        if (!text_list_has(columns, column->name))
            continue;
        const char *const *levels = (const char *const *)column->levels.items;
        interlace_status status = interlace_frame_set_levels(frame, column->name, levels, column->levels.count, true, error);
        if (status != INTERLACE_OK)
            return status;
    }
    return INTERLACE_OK;
}

static interlace_status read_declared(const struct arguments *arguments, const struct source *source,
                                      const interlace_frame *present, interlace_frame **out, interlace_error *error)
{
    struct text_list columns = {0};
    interlace_frame *frame = NULL;
    interlace_status status;
    if (declared_columns(arguments, present, &columns))
        status = read_source(arguments, source, &columns, &frame, error);
    else
        status = fail(error, INTERLACE_E_MEMORY, "no memory for the names of columns");
    /* New data need no order: the fit knows it, and a grouping factor may have labels there that the order lacks. */
    if (status == INTERLACE_OK && present == NULL)
        status = set_orders(arguments, &columns, frame, error);
    if (status == INTERLACE_OK)
        *out = frame;
    else
        interlace_frame_free(frame);
    text_list_free(&columns);
    return status;
}

interlace_status read_data(const struct arguments *arguments, interlace_frame **out, interlace_error *error)
{
    struct source source;
    interlace_status status = open_source(arguments->data_path, &source, error);
    if (status == INTERLACE_OK)
        status = read_declared(arguments, &source, NULL, out, error);
    free(source.bytes);
    return status;
}

/* Naming an absent column is an error, so the text is read once to see what it has, and then as declared: a label such as "007"
 * would not survive being read as a number. */
interlace_status read_new_data(const struct arguments *arguments, interlace_frame **out, interlace_error *error)
{
    struct source source;
    struct text_list none = {0};
    interlace_frame *plain = NULL;
    struct arguments lenient = *arguments;
    lenient.strict_numbers = false; /* in the first pass */
    interlace_status status = open_source(arguments->predict_path, &source, error);
    if (status == INTERLACE_OK)
        status = read_source(&lenient, &source, &none, &plain, error);
    if (status == INTERLACE_OK)
        status = read_declared(arguments, &source, plain, out, error);
    interlace_frame_free(plain);
    free(source.bytes);
    return status;
}

interlace_status read_responses(const struct arguments *arguments, interlace_frame **out, interlace_error *error)
{
    struct source source;
    struct text_list none = {0};
    interlace_status status = open_source(arguments->refit_path, &source, error);
    if (status == INTERLACE_OK)
        status = read_source(arguments, &source, &none, out, error);
    free(source.bytes);
    return status;
}
