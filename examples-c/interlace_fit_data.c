/* CSV files as frames, read as the command line says; the path "-" is standard input. And lists of texts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace_fit.h"

/* ---- lists ---- */

bool list_add(struct list *list, const char *text, size_t length)
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
    items[list->count++] = copy;
    return true;
}

bool list_split(struct list *list, const char *text, char separator)
{
    for (const char *end; (end = strchr(text, separator)) != NULL; text = end + 1)
        if (!list_add(list, text, (size_t)(end - text)))
            return false;
    return list_add(list, text, strlen(text));
}

bool list_has(const struct list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

void list_free(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
}

/* ---- files ---- */

/* A file to be read, perhaps more than once: a stream that cannot be read again is kept in memory. */
struct source {
    const char *path;
    char *bytes; /* NULL: the file is read where it is */
    size_t size;
};

/* Reads all of a stream that can be read only once: standard input, a pipe. */
static bool keep_stream(FILE *stream, struct source *source, interlace_error *error)
{
    size_t room = 0;
    do {
        char *bytes = source->size < room ? source->bytes : realloc(source->bytes, room = 2 * room + 65536);
        if (bytes == NULL)
            return fail(error, INTERLACE_E_MEMORY, "no memory for a file");
        source->bytes = bytes;
        source->size += fread(bytes + source->size, 1, room - source->size, stream);
    } while (!feof(stream) && !ferror(stream));
    return !ferror(stream) || fail(error, INTERLACE_E_IO, "'%.400s' can't be read", source->path);
}

static bool open_source(const char *path, struct source *source, interlace_error *error)
{
    *source = (struct source){.path = path};
    if (strcmp(path, "-") == 0)
        return keep_stream(stdin, source, error);
    /* The library reports what is wrong with a path. */
    FILE *stream = fopen(path, "rb");
    bool ok = stream == NULL || fseek(stream, 0, SEEK_END) == 0 || keep_stream(stream, source, error);
    if (stream != NULL)
        fclose(stream);
    return ok;
}

bool declare_columns(const struct arguments *arguments, const struct list *categorical, bool strict, interlace_error *error)
{
    interlace_csv_options_set_strict_numbers(arguments->csv, strict, error);
    /* C does not convert char ** to const char *const * implicitly, hence the cast. */
    return interlace_csv_options_set_categorical(arguments->csv, (const char *const *)categorical->items, categorical->count, error) ==
           INTERLACE_OK;
}

/* With these columns as categories. */
static bool read_source(const struct arguments *arguments, const struct source *source, const struct list *categorical, bool strict,
                        interlace_frame **out, interlace_error *error)
{
    const interlace_csv_options *options = arguments->csv;
    if (!declare_columns(arguments, categorical, strict, error))
        return false;
    interlace_status status = source->bytes != NULL ? interlace_frame_read_csv_bytes(source->bytes, source->size, options, out, error)
                                                    : interlace_frame_read_csv(source->path, options, out, error);
    return status == INTERLACE_OK;
}

bool set_orders(const struct arguments *arguments, interlace_frame *frame, interlace_error *error)
{
    bool ok = true;
    for (size_t i = 0; ok && i < arguments->ordered.count; i++) {
        const char *text = arguments->ordered.items[i], *equals = strchr(text, '=');
        struct list name = {0}, levels = {0};
        ok = (list_add(&name, text, (size_t)(equals - text)) && list_split(&levels, equals + 1, '<')) ||
             fail(error, INTERLACE_E_MEMORY, "no memory for the levels of a column");
        ok = ok && interlace_frame_set_levels(frame, name.items[0], (const char *const *)levels.items, levels.count, true, error) ==
                       INTERLACE_OK;
        list_free(&name);
        list_free(&levels);
    }
    return ok;
}

bool read_data(const struct arguments *arguments, interlace_frame **out, interlace_error *error)
{
    struct source source;
    bool ok = open_source(arguments->data_path, &source, error) &&
              read_source(arguments, &source, &arguments->categorical, arguments->strict_numbers, out, error) &&
              set_orders(arguments, *out, error);
    free(source.bytes);
    return ok;
}

/* Those of the columns that a frame has. */
static bool present(const struct list *columns, const interlace_frame *frame, struct list *out, interlace_error *error)
{
    size_t index;
    for (size_t i = 0; i < columns->count; i++) {
        const char *name = columns->items[i];
        if (interlace_frame_column_index(frame, name, &index, NULL) == INTERLACE_OK && !list_has(out, name) &&
            !list_add(out, name, strlen(name)))
            return fail(error, INTERLACE_E_MEMORY, "no memory for the names of columns");
    }
    return true;
}

/* Naming an absent column is an error, so the text is read once to see what it has, and then as declared: a label such as "007"
 * would not survive being read as a number. The fit knows the orders of levels. */
bool read_new_data(const struct arguments *arguments, const char *path, interlace_frame **out, interlace_error *error)
{
    struct source source;
    struct list none = {0}, there = {0};
    interlace_frame *plain = NULL;
    bool ok = open_source(path, &source, error) && read_source(arguments, &source, &none, false, &plain, error) &&
              present(&arguments->categorical, plain, &there, error) &&
              read_source(arguments, &source, &there, arguments->strict_numbers, out, error);
    interlace_frame_free(plain);
    list_free(&there);
    free(source.bytes);
    return ok;
}

bool read_responses(const struct arguments *arguments, const char *path, interlace_frame **out, interlace_error *error)
{
    struct source source;
    struct list none = {0};
    bool ok = open_source(path, &source, error) && read_source(arguments, &source, &none, arguments->strict_numbers, out, error);
    free(source.bytes);
    return ok;
}

/* ---- saved fits ---- */

bool save_fit(const char *path, const interlace_fit *fit, const interlace_spec *spec, bool with_rows, interlace_error *error)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    if (interlace_fit_to_bytes(fit, spec, with_rows, &bytes, &size, error) != INTERLACE_OK)
        return false;
    FILE *file = fopen(path, "wb");
    bool ok = file != NULL && fwrite(bytes, 1, size, file) == size;
    ok = (file == NULL || fclose(file) == 0) && ok;
    interlace_bytes_free(bytes);
    return ok || fail(error, INTERLACE_E_IO, "'%.400s' can't be written", path);
}

bool load_fit(const char *path, interlace_fit **fit, interlace_spec **spec, interlace_options **options, interlace_error *error)
{
    struct source source = {path, NULL, 0};
    bool input = strcmp(path, "-") == 0;
    FILE *file = input ? stdin : fopen(path, "rb");
    if (file == NULL)
        return fail(error, INTERLACE_E_IO, "'%.400s' can't be read", path);
    bool ok = keep_stream(file, &source, error) &&
              interlace_fit_from_bytes((const uint8_t *)source.bytes, source.size, fit, spec, options, error) == INTERLACE_OK;
    if (!input)
        fclose(file);
    free(source.bytes);
    return ok;
}
