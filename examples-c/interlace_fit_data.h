/* CSV files as frames, read as the command line says; the path "-" is standard input. */
#ifndef INTERLACE_FIT_DATA_H
#define INTERLACE_FIT_DATA_H

#include "interlace.h"
#include "interlace_fit_options.h"

/* Reads the data of the fit. Every column that --categorical and --ordered name must exist. */
interlace_status read_data(const struct arguments *arguments, interlace_frame **out, interlace_error *error);

/* Reads new data for predictions. The same columns are categories if they exist; the response, for example, may be absent. */
interlace_status read_new_data(const struct arguments *arguments, interlace_frame **out, interlace_error *error);

/* Reads the responses of --refit. */
interlace_status read_responses(const struct arguments *arguments, interlace_frame **out, interlace_error *error);

#endif
