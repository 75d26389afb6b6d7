/* Which level of a random term observations are in. */
#ifndef INTERLACE_STATA_GROUPS_H
#define INTERLACE_STATA_GROUPS_H

#include "sample.h"

#define NO_LEVEL ((size_t)-1)

/* The level of each observation in a term's grouping factor [n], NO_LEVEL for one that the fit does not know. */
size_t *levels_of(call *c, const interlace_fit *fit, size_t term, const sample *data);

#endif
