#include "call.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

struct block {
    struct block *next;
    void *object;
    void (*release)(void *);
};

int attempt(call *c, void (*work)(call *c, void *data), void *data)
{
    c->code = 0;
    c->message[0] = 0;
    if (setjmp(c->end) == 0)
        work(c, data);
    return c->code;
}

void fail(call *c, int code, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(c->message, sizeof c->message, format, values);
    va_end(values);
    c->code = code;
    longjmp(c->end, 1);
}

static int code_of(interlace_status status)
{
    switch (status) {
    case INTERLACE_E_CANCELLED: return STATA_BREAK;
    case INTERLACE_E_NUMERIC:
    case INTERLACE_E_DEADLINE: return STATA_NOT_CONVERGED;
    case INTERLACE_E_MEMORY: return STATA_MEMORY;
    case INTERLACE_E_IO: return STATA_FILE_NOT_OPENED;
    case INTERLACE_E_UNSUPPORTED:
    case INTERLACE_E_INTERNAL: return STATA_OTHER;
    default: return STATA_SYNTAX;
    }
}

void check(call *c, interlace_status status, const interlace_error *err)
{
    if (status != INTERLACE_OK)
        fail(c, code_of(status), "%s", err->message);
}

void check_text(call *c, interlace_status status, const interlace_error *err, const char *text)
{
    if (status == INTERLACE_E_FORMULA && err->position >= 0 && (size_t)err->position < strlen(text))
        fail(c, STATA_SYNTAX, "%s, at '%.60s'", err->message, text + err->position);
    check(c, status, err);
}

static void *remember(call *c, void *object, void (*release)(void *))
{
    block *b = object == NULL ? NULL : malloc(sizeof *b);
    if (b == NULL) {
        if (object != NULL)
            release(object);
        fail(c, STATA_MEMORY, "there is not enough memory");
    }
    *b = (block){c->arena.first, object, release};
    c->arena.first = b;
    return object;
}

static void free_frame(void *frame)
{
    interlace_frame_free(frame);
}

void keep_frame(call *c, interlace_frame *frame)
{
    keep(c, frame, free_frame);
}

static void free_spec(void *spec)
{
    interlace_spec_free(spec);
}

void keep_spec(call *c, interlace_spec *spec)
{
    keep(c, spec, free_spec);
}

static void free_fit(void *fit)
{
    interlace_fit_free(fit);
}

void keep_fit(call *c, interlace_fit *fit)
{
    keep(c, fit, free_fit);
}

static void free_options(void *options)
{
    interlace_options_free(options);
}

void keep_options(call *c, interlace_options *options)
{
    keep(c, options, free_options);
}

void *take(call *c, size_t n, size_t size)
{
    return remember(c, calloc(n > 0 ? n : 1, size), free);
}

void keep(call *c, void *object, void (*release)(void *))
{
    if (object != NULL)
        remember(c, object, release);
}

/* The block is taken out of the chain; NULL if it is not there. */
static block *unlinked(arena *a, const void *object)
{
    for (block **at = &a->first; *at != NULL; at = &(*at)->next)
        if ((*at)->object == object) {
            block *b = *at;
            *at = b->next;
            return b;
        }
    return NULL;
}

void give_back(call *c, void *object)
{
    block *b = object == NULL ? NULL : unlinked(&c->arena, object);
    if (b != NULL) {
        b->release(b->object);
        free(b);
    }
}

void let_go(call *c, void *object)
{
    free(unlinked(&c->arena, object));
}

void arena_free(arena *a)
{
    while (a->first != NULL) {
        block *b = a->first;
        a->first = b->next;
        b->release(b->object);
        free(b);
    }
}

char *text_of(call *c, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = take(c, (size_t)(n < 0 ? 0 : n) + 1, 1);
    vsnprintf(text, (size_t)(n < 0 ? 0 : n) + 1, format, values);
    va_end(values);
    return text;
}

char *copy_of(call *c, const char *text, size_t n)
{
    char *copy = take(c, n + 1, 1);
    memcpy(copy, text, n);
    return copy;
}

char *trimmed(call *c, const char *text, size_t n)
{
    while (n > 0 && isspace((unsigned char)text[0])) {
        text++;
        n--;
    }
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        n--;
    return copy_of(c, text, n);
}

void push(call *c, list *own, const char *text)
{
    if (own->n == own->room) {
        size_t room = own->room == 0 ? 8 : 2 * own->room;
        char **items = take(c, room, sizeof *items);
        if (own->n > 0)
            memcpy(items, own->item, own->n * sizeof *items);
        give_back(c, own->item);
        own->item = items;
        own->room = room;
    }
    own->item[own->n++] = copy_of(c, text, strlen(text));
}

bool holds(const list *own, const char *text)
{
    for (size_t i = 0; i < own->n; i++)
        if (same(own->item[i], text))
            return true;
    return false;
}

void push_new(call *c, list *own, const char *text)
{
    if (!holds(own, text))
        push(c, own, text);
}

char *joined(call *c, const list *own, const char *separator)
{
    size_t n = 0, gap = strlen(separator);
    for (size_t i = 0; i < own->n; i++)
        n += strlen(own->item[i]) + gap;
    char *text = take(c, n + 1, 1), *end = text;
    for (size_t i = 0; i < own->n; i++) {
        if (i > 0) {
            memcpy(end, separator, gap);
            end += gap;
        }
        size_t length = strlen(own->item[i]);
        memcpy(end, own->item[i], length);
        end += length;
    }
    return text;
}

bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}
