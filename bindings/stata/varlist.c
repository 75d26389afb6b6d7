#include "varlist.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "table.h"

static list words_of(call *c, const char *text)
{
    list own = {0};
    for (size_t i = strspn(text, " "); text[i] != 0; i += strspn(text + i, " ")) {
        size_t n = strcspn(text + i, " ");
        push(c, &own, copy_of(c, text + i, n));
        i += n;
    }
    return own;
}

list resolved(call *c, names *own, const char *token)
{
    push_new(c, &own->typed, token);
    if (own->meant.n == 0) {
        list itself = {0};
        push(c, &itself, token);
        return itself;
    }
    for (size_t i = 0; i < own->meant.n && i < own->typed.n; i++)
        if (same(own->typed.item[i], token))
            return words_of(c, own->meant.item[i]);
    fail(c, STATA_NOT_FOUND, "variable %s was not looked up", token);
}

const char *resolved_one(call *c, names *own, const char *token)
{
    list found = resolved(c, own, token);
    if (found.n != 1)
        fail(c, STATA_SYNTAX, "%s stands for %zu variables, and one is needed here", token, found.n);
    return found.item[0];
}

void give_names(call *c, names *own, const char *typed, const char *meant)
{
    own->typed = words_of(c, typed);
    own->meant = (list){0};
    for (const char *at = meant; *at != 0;) {
        size_t n = strcspn(at, ";");
        push(c, &own->meant, trimmed(c, at, n));
        at += n;
        at += strspn(at, "; ");
    }
    if (own->meant.n != own->typed.n)
        fail(c, STATA_OTHER, "%zu variables were looked up, and %zu are used", own->meant.n, own->typed.n);
}

static void add_term(call *c, terms *all, term own)
{
    if (all->n == all->room) {
        term *more = take(c, all->room = 2 * all->room + 8, sizeof *more);
        if (all->n > 0)
            memcpy(more, all->term, all->n * sizeof *more);
        all->term = more;
    }
    all->term[all->n++] = own;
}

static bool is_name(char at)
{
    return isalnum((unsigned char)at) || at == '_' || at == '*' || at == '?' || at == '~' || (unsigned char)at >= 0x80;
}

static bool is_number(const char *text)
{
    return text[0] != 0 && text[strspn(text, "0123456789")] == 0;
}

/* What an operator such as "ib3" says of its variables; `inside` is the text in its parentheses, or NULL. */
static piece operated(call *c, const char *operator, const char *inside)
{
    piece own = {NULL, true, BASE_FIRST, 0};
    const char *rest = operator + (operator[0] == 'i');
    if (same(operator, "c") && inside == NULL) {
        own.is_factor = false;
        return own;
    }
    if (same(operator, "i") && inside == NULL)
        return own;
    if (inside == NULL && is_number(rest)) {
        own.base = BASE_LEVEL;
        own.value = strtod(rest, NULL);
        return own;
    }
    if (rest[0] == 'b') {
        const char *which = inside != NULL && rest[1] == 0 ? inside : rest + 1;
        if (same(which, "first"))
            return own;
        own.base = same(which, "n") || same(which, "none") ? BASE_NONE : same(which, "last") ? BASE_LAST : same(which, "freq") ? BASE_FREQUENT : BASE_VALUE;
        own.value = strtod(which, NULL);
        if (own.base != BASE_VALUE || is_number(which))
            return own;
    }
    if (strchr("LFDS", operator[0]) != NULL)
        fail(c, STATA_SYNTAX, "%s.: time-series operators are not understood; tsrevar makes variables of them", operator);
    fail(c, STATA_SYNTAX, "%s%s%s%s.: operators are c, i, ib#, ibn, ib(first), ib(last), ib(freq) and #", operator, inside ? "(" : "", inside ? inside : "",
         inside ? ")" : "");
}

typedef struct reader {
    call *c;
    names *names;
    const char *text;
    size_t at;
    int depth;
} reader;

static terms list_until(reader *r, char end);

/* The variables of a token with what an operator says, or, if `operator` is NULL, with nothing said. */
static void add_variables(reader *r, terms *all, const char *token, const piece *operator)
{
    list found = resolved(r->c, r->names, token);
    for (size_t i = 0; i < found.n; i++) {
        piece *own = take(r->c, 1, sizeof *own);
        /* BASE_LEVEL without being a factor marks a plain name until it is known whether it stands in an interaction. */
        *own = operator != NULL ? *operator : (piece){NULL, false, BASE_LEVEL, 0};
        own->variable = found.item[i];
        add_term(r->c, all, (term){own, 1});
    }
}

/* A name, also a range such as x1-x5, or a group in parentheses. */
static terms operand(reader *r, const piece *operator)
{
    terms all = {0};
    size_t start = r->at;
    if (r->text[r->at] == '(') {
        r->at++;
        all = list_until(r, ')');
        for (size_t i = 0; operator != NULL && i < all.n; i++) {
            bool plain = all.term[i].n == 1 && !all.term[i].pieces[0].is_factor;
            if (!plain)
                fail(r->c, STATA_SYNTAX, "an operator before parentheses is for names, and '%s' is not one", term_text(r->c, &all.term[i]));
            const char *variable = all.term[i].pieces[0].variable;
            all.term[i].pieces[0] = *operator;
            all.term[i].pieces[0].variable = variable;
        }
        return all;
    }
    while (is_name(r->text[r->at]) || (r->text[r->at] == '-' && r->at > start && is_name(r->text[r->at + 1])))
        r->at++;
    if (r->at == start)
        fail(r->c, STATA_SYNTAX, "'%.40s' is found where a variable should be", r->text + r->at);
    add_variables(r, &all, copy_of(r->c, r->text + start, r->at - start), operator);
    return all;
}

/* An operand with or without an operator before it. */
static terms factor(reader *r)
{
    size_t at = r->at, end;
    while (isalnum((unsigned char)r->text[at]))
        at++;
    end = at;
    if (end > r->at && r->text[at] == '(')
        at = skip(r->c, r->text, at);
    if (end == r->at || r->text[at] != '.')
        return operand(r, NULL);
    const char *inside = at > end ? trimmed(r->c, r->text + end + 1, at - end - 2) : NULL;
    piece said = operated(r->c, copy_of(r->c, r->text + r->at, end - r->at), inside);
    r->at = at + 1;
    return operand(r, &said);
}

/* In an interaction a plain name is a factor; elsewhere it is continuous. */
static void settle(terms *all, bool in_interaction)
{
    for (size_t i = 0; i < all->n; i++)
        for (size_t j = 0; j < all->term[i].n; j++) {
            piece *own = &all->term[i].pieces[j];
            if (!own->is_factor && own->base == BASE_LEVEL)
                *own = (piece){own->variable, in_interaction, BASE_FIRST, 0};
        }
}

static term product(call *c, const term *a, const term *b)
{
    term own = {take(c, a->n + b->n, sizeof(piece)), a->n + b->n};
    memcpy(own.pieces, a->pieces, a->n * sizeof(piece));
    memcpy(own.pieces + a->n, b->pieces, b->n * sizeof(piece));
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++)
            if (a->pieces[i].is_factor && b->pieces[j].is_factor && same(a->pieces[i].variable, b->pieces[j].variable))
                fail(c, STATA_SYNTAX, "%s: a factor cannot interact with itself", term_text(c, &own));
    return own;
}

/* Factors joined by # or ##. */
static terms interaction(reader *r)
{
    terms left = factor(r);
    bool is_one = r->text[r->at] != '#';
    if (is_one)
        return left;
    settle(&left, true);
    while (r->text[r->at] == '#') {
        bool full = r->text[r->at + 1] == '#';
        r->at += full ? 2 : 1;
        terms right = factor(r), all = {0};
        settle(&right, true);
        for (size_t i = 0; full && i < left.n; i++)
            add_term(r->c, &all, left.term[i]);
        for (size_t j = 0; full && j < right.n; j++)
            add_term(r->c, &all, right.term[j]);
        for (size_t i = 0; i < left.n; i++)
            for (size_t j = 0; j < right.n; j++)
                add_term(r->c, &all, product(r->c, &left.term[i], &right.term[j]));
        if (all.n > 10000)
            fail(r->c, STATA_SYNTAX, "'%.40s' has more than 10,000 terms", r->text);
        left = all;
    }
    return left;
}

static terms list_until(reader *r, char end)
{
    terms all = {0};
    if (++r->depth > 50)
        fail(r->c, STATA_SYNTAX, "parentheses are nested more than 50 deep in '%.40s'", r->text);
    for (;;) {
        while (isspace((unsigned char)r->text[r->at]))
            r->at++;
        if (r->text[r->at] == end || r->text[r->at] == 0)
            break;
        terms more = interaction(r);
        for (size_t i = 0; i < more.n; i++)
            add_term(r->c, &all, more.term[i]);
    }
    if (r->text[r->at] != end)
        fail(r->c, STATA_SYNTAX, "'%.40s' has a parenthesis that is never closed", r->text);
    r->at += end != 0;
    r->depth--;
    return all;
}

terms terms_of(call *c, names *own, const char *text)
{
    reader r = {c, own, text, 0, 0};
    terms all = list_until(&r, 0), once = {0};
    settle(&all, false);
    for (size_t i = 0; i < all.n; i++)
        if (!has_term(&once, &all.term[i]))
            add_term(c, &once, all.term[i]);
    return once;
}

static const char *operator_text(call *c, const piece *own)
{
    switch (own->base) {
    case BASE_LAST: return "ib(last).";
    case BASE_FREQUENT: return "ib(freq).";
    case BASE_NONE: return "ibn.";
    case BASE_VALUE: return text_of(c, "ib%.0f.", own->value);
    case BASE_LEVEL: return text_of(c, "%.0f.", own->value);
    default: return "i.";
    }
}

char *term_text(call *c, const term *own)
{
    list parts = {0};
    for (size_t i = 0; i < own->n; i++) {
        const piece *p = &own->pieces[i];
        const char *operator = p->is_factor ? operator_text(c, p) : own->n > 1 ? "c." : "";
        push(c, &parts, text_of(c, "%s%s", operator, p->variable));
    }
    return joined(c, &parts, "#");
}

static size_t count_of(const term *own, const piece *wanted)
{
    size_t n = 0;
    for (size_t i = 0; i < own->n; i++) {
        const piece *p = &own->pieces[i];
        bool one_level = p->base == BASE_LEVEL || wanted->base == BASE_LEVEL;
        bool equal = !one_level || (p->base == wanted->base && p->value == wanted->value);
        n += p->is_factor == wanted->is_factor && same(p->variable, wanted->variable) && equal;
    }
    return n;
}

bool has_term(const terms *all, const term *own)
{
    for (size_t i = 0; i < all->n; i++) {
        bool equal = all->term[i].n == own->n;
        for (size_t j = 0; equal && j < own->n; j++)
            equal = count_of(&all->term[i], &own->pieces[j]) == count_of(own, &own->pieces[j]);
        if (equal)
            return true;
    }
    return false;
}
