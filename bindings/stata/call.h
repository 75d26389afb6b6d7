/* One call of the plugin: its memory, and how it ends early. Everything that a call makes lives in its arena, so that a function that cannot
 * go on says why, with `fail`, and nobody has to clean up after it. `fail` leaves for the `setjmp` of `attempt`, which is below all frames of
 * Stata and of the library: no frame but the plugin's own is left. */
#ifndef INTERLACE_STATA_CALL_H
#define INTERLACE_STATA_CALL_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "interlace.h"

typedef struct block block;

/* Blocks of memory, and objects of the library with what frees them. */
typedef struct arena {
    block *first;
} arena;

typedef struct call {
    jmp_buf end;
    int code;
    char message[1400];
    arena arena;
} call;

/* Texts, in order. */
typedef struct list {
    char **item;
    size_t n, room;
} list;

#if defined(__GNUC__)
#define PRINTS(text, first) __attribute__((format(printf, text, first)))
#define NEVER_RETURNS __attribute__((noreturn))
#else
#define PRINTS(text, first)
#define NEVER_RETURNS
#endif

/* Runs `work`; 0, or the code and `c->message` of what failed. The arena stays as it is. */
int attempt(call *c, void (*work)(call *c, void *data), void *data);
NEVER_RETURNS void fail(call *c, int code, const char *format, ...) PRINTS(3, 4);
/* Does nothing for INTERLACE_OK; otherwise fails with the library's message and Stata's code for the status. */
void check(call *c, interlace_status status, const interlace_error *err);

/* The same for a call that reads a formula, whose text is shown from the error on. */
void check_text(call *c, interlace_status status, const interlace_error *err, const char *text);

void arena_free(arena *a);
/* Memory of `n` elements of a size, with zeros. It lives as long as the arena. */
void *take(call *c, size_t n, size_t size);
/* Gives memory, or an owned object, back before the arena ends; NULL is allowed. */
void give_back(call *c, void *object);
/* Leaves an object of the library to the arena; NULL is allowed. */
void keep(call *c, void *object, void (*release)(void *));
void keep_frame(call *c, interlace_frame *frame);
void keep_spec(call *c, interlace_spec *spec);
void keep_fit(call *c, interlace_fit *fit);
void keep_options(call *c, interlace_options *options);
/* Takes it out again. */
void let_go(call *c, void *object);

char *text_of(call *c, const char *format, ...) PRINTS(2, 3);
char *copy_of(call *c, const char *text, size_t n);
/* Without blanks at its ends. */
char *trimmed(call *c, const char *text, size_t n);
void push(call *c, list *own, const char *text);
/* Adds it unless it is there. */
void push_new(call *c, list *own, const char *text);
bool holds(const list *own, const char *text);
char *joined(call *c, const list *own, const char *separator);
bool same(const char *a, const char *b);

#endif
