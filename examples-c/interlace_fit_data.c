/* CSV files as frames, with the columns declared on the command line. */
#include "interlace_fit_data.h"

#include <stdio.h>
#include <string.h>

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
        /* In C a char ** does not become a const char *const * by itself, hence the cast. */
        const char *const *levels = (const char *const *)column->levels.items;
        interlace_status status = interlace_frame_set_levels(frame, column->name, levels, column->levels.count, true, error);
        if (status != INTERLACE_OK)
            return status;
    }
    return INTERLACE_OK;
}

static interlace_status read_declared(const struct arguments *arguments, const char *path, const interlace_frame *present,
                                      interlace_frame **out, interlace_error *error)
{
    struct text_list columns = {0};
    interlace_frame *frame = NULL;
    interlace_status status;
    if (declared_columns(arguments, present, &columns)) {
        status = interlace_frame_from_csv(path, (const char *const *)columns.items, columns.count, &frame, error);
    } else {
        status = error->code = INTERLACE_E_MEMORY;
        error->position = -1;
        strcpy(error->message, "no memory for the names of columns");
    }
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
    return read_declared(arguments, arguments->data_path, NULL, out, error);
}

interlace_status read_new_data(const struct arguments *arguments, interlace_frame **out, interlace_error *error)
{
    if (arguments->categorical.count == 0 && arguments->n_ordered == 0)
        return interlace_frame_from_csv(arguments->predict_path, NULL, 0, out, error);
    /* Naming an absent column is an error, so the file is read once to see what it has, and then as declared: a label
     * such as "007" would not survive being read as a number. */
    interlace_frame *plain = NULL;
    interlace_status status = interlace_frame_from_csv(arguments->predict_path, NULL, 0, &plain, error);
    if (status == INTERLACE_OK)
        status = read_declared(arguments, arguments->predict_path, plain, out, error);
    interlace_frame_free(plain);
    return status;
}
