/* The table of options. */
#ifndef INTERLACE_FIT_OPTION_TABLE_H
#define INTERLACE_FIT_OPTION_TABLE_H

#include "interlace_fit_options.h"
#include "interlace_fit_values.h"

struct option {
    const char *name;
    const char *wanted; /* the value that is wanted, for messages; NULL: the option has none */
    enum answer (*take)(struct arguments *arguments, const char *value);
};

/* The option of that name; NULL if there is none. */
const struct option *find_option(const char *name);
/* Only of the options that request something from a fit. */
const struct option *find_question(const char *name);

#endif
