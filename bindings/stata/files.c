/* Fits in files, which every host of the library reads and writes. */
#include <stdio.h>
#include <string.h>

#include "actions.h"
#include "host.h"

static void free_bytes(void *bytes)
{
    interlace_bytes_free(bytes);
}

static void close_file(void *file)
{
    fclose(file);
}

static FILE *opened(call *c, const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    if (file == NULL)
        fail(c, mode[0] == 'r' ? STATA_FILE_NOT_FOUND : STATA_FILE_NOT_OPENED, "file %s could not be opened", path);
    keep(c, file, close_file);
    return file;
}

void save_action(call *c, const arguments *given)
{
    const fitted *own = fitted_of(c, argument(c, given, 0, "the number of a fit"));
    const char *path = argument(c, given, 1, "the name of a file");
    uint8_t *bytes = NULL;
    size_t n = 0;
    interlace_error err;
    check(c, interlace_fit_to_bytes(own->fit, own->spec, true, &bytes, &n, &err), &err);
    keep(c, bytes, free_bytes);
    FILE *file = opened(c, path, "wb");
    bool written = fwrite(bytes, 1, n, file) == n;
    let_go(c, file);
    if (fclose(file) != 0 || !written)
        fail(c, STATA_FILE_NOT_OPENED, "file %s could not be written", path);
}

static uint8_t *read_file(call *c, const char *path, size_t *n)
{
    FILE *file = opened(c, path, "rb");
    size_t room = 65536, got;
    uint8_t *bytes = take(c, room, 1);
    *n = 0;
    while ((got = fread(bytes + *n, 1, room - *n, file)) > 0) {
        *n += got;
        if (*n == room) {
            uint8_t *more = take(c, room *= 2, 1);
            memcpy(more, bytes, *n);
            give_back(c, bytes);
            bytes = more;
        }
    }
    if (ferror(file))
        fail(c, STATA_FILE_NOT_OPENED, "file %s could not be read", path);
    give_back(c, file);
    return bytes;
}

void use_action(call *c, const arguments *given)
{
    const char *path = argument(c, given, 0, "the name of a file");
    size_t n;
    uint8_t *bytes = read_file(c, path, &n);
    interlace_error err;
    fitted *own = take(c, 1, sizeof *own);
    check(c, interlace_fit_from_bytes(bytes, n, &own->fit, &own->spec, NULL, &err), &err);
    keep_fit(c, own->fit);
    keep_spec(c, own->spec);
    give_back(c, bytes);
    const char *formula = interlace_fit_formula(own->fit);
    own->depvar = stata_name(c, formula[0] == 0 ? "y" : copy_of(c, formula, strcspn(formula, "~")));
    own->command_line = text_of(c, "interlace use %s", path);
    own->weight = "";
    own->df_method = INTERLACE_DF_NORMAL;
    interlace_options *options = watched_options(c, false);
    make_parameters(c, own, options);
    make_statistics(c, own, options);
    give_back(c, options);
    announce(c, keep_fitted(c, own));
}
