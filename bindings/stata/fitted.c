#include "fitted.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "table.h"

enum { ROOM = 32 };

static fitted *fits[ROOM];
static unsigned long count = 0;

/* Differs from one loading of the plugin to the next, so that a number from before is unknown. */
static unsigned long loading(void)
{
    static unsigned long mark = 0;
    if (mark == 0)
        mark = ((unsigned long)time(NULL) ^ ((unsigned long)clock() << 20) ^ (unsigned long)(size_t)&fits) | 1;
    return mark;
}

static void drop(fitted *own)
{
    if (own != NULL) {
        arena mine = own->arena;
        arena_free(&mine);
    }
}

const fitted *keep_fitted(call *c, fitted *own)
{
    size_t at = count % ROOM;
    drop(fits[at]);
    fits[at] = NULL;
    count++;
    snprintf(own->id, sizeof own->id, "%lx-%lu", loading(), count);
    own->arena = c->arena;
    c->arena.first = NULL;
    fits[at] = own;
    return own;
}

const fitted *fitted_of(call *c, const char *id)
{
    for (size_t i = 0; i < ROOM; i++)
        if (fits[i] != NULL && same(fits[i]->id, id))
            return fits[i];
    fail(c, STATA_ESTIMATES_NOT_FOUND, "the fit %s is no longer in memory, which holds the last %d; fit the model again, or load it with interlace use", id,
         (int)ROOM);
}

bool has_stata_columns(const fitted *own)
{
    return own->model != NULL && own->model->formula == NULL;
}

void forget_fits(void)
{
    for (size_t i = 0; i < ROOM; i++) {
        drop(fits[i]);
        fits[i] = NULL;
    }
}
