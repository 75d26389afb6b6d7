/* Cells of tables of at most 64 rows. */
#ifndef CELLS_H
#define CELLS_H

#include "check.h"

/* The number in a column of a table. */
static inline double number(const interlace_frame *table, const char *column, size_t row) {
    double values[64];
    size_t at;
    interlace_error err;
    OK(interlace_frame_column_index(table, column, &at, &err));
    OK(interlace_frame_column_f64(table, at, values, interlace_frame_n_rows(table), &err));
    return values[row];
}

/* The text there. */
static inline const char *word(const interlace_frame *table, const char *column, size_t row) {
    size_t at;
    interlace_error err;
    OK(interlace_frame_column_index(table, column, &at, &err));
    return interlace_frame_column_string(table, at, row);
}

#endif
