/* Variable lists with factor notation, such as `x i.f##c.x ib2.g`, as terms. */
#ifndef INTERLACE_STATA_VARLIST_H
#define INTERLACE_STATA_VARLIST_H

#include "call.h"

/* Which level of a factor has no column of its own: the least, the greatest, the most frequent, a value, or none. LEVEL is another thing: the
 * indicator of one level, as in `2.f`. */
typedef enum base { BASE_FIRST, BASE_LAST, BASE_FREQUENT, BASE_VALUE, BASE_NONE, BASE_LEVEL } base;

/* A variable in a term: continuous, or a factor with its base. */
typedef struct piece {
    const char *variable;
    bool is_factor;
    base base;
    double value;
} piece;

typedef struct term {
    piece *pieces;
    size_t n;
} term;

typedef struct terms {
    term *term;
    size_t n, room;
} terms;

/* What was typed for variables and what it stands for: abbreviations, wildcards. `typed` collects all that is looked up; the texts of `meant`
 * are those of `typed` in their order, several names with blanks between them. An empty `meant` takes what was typed. */
typedef struct names {
    list typed, meant;
} names;

/* The variables that a token stands for. */
list resolved(call *c, names *own, const char *token);
/* The one variable that a token stands for. */
const char *resolved_one(call *c, names *own, const char *token);
/* `meant`, from "y ; x1 x2 ; g ;" for the tokens in `typed`. */
void give_names(call *c, names *own, const char *typed, const char *meant);

terms terms_of(call *c, names *own, const char *text);
/* The term as Stata writes it: "2.a#c.x" with the levels left open, "i.a#c.x". */
char *term_text(call *c, const term *own);
/* Whether the terms have one with these pieces, in any order. */
bool has_term(const terms *all, const term *own);

#endif
