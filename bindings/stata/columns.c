#include "columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

/* A factor of the model: its values in the sample, ascending, and the place of the base; `n` for none. */
typedef struct factor {
    const char *variable;
    double *levels;
    size_t n, base;
    /* The place of each observation's value. */
    size_t *place;
} factor;

typedef struct factors {
    factor *factor;
    size_t n;
} factors;

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static size_t place_of(const factor *own, double value)
{
    size_t low = 0, high = own->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (own->levels[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const variable *numeric(call *c, const sample *data, const char *name)
{
    const variable *v = variable_named(data, name);
    if (v == NULL)
        fail(c, STATA_NOT_FOUND, "variable %s not found", name);
    if (v->numbers == NULL)
        fail(c, STATA_TYPE_MISMATCH, "%s: string variables are not allowed in the fixed effects; encode makes numbers of them", name);
    return v;
}

static factor factor_of(call *c, const sample *data, const char *name)
{
    const variable *v = numeric(c, data, name);
    factor own = {name, take(c, data->n, sizeof(double)), 0, 0, take(c, data->n, sizeof(size_t))};
    for (size_t i = 0; i < data->n; i++)
        if (v->numbers[i] < 0 || v->numbers[i] != floor(v->numbers[i]) || v->numbers[i] > 2147483620)
            fail(c, STATA_FACTOR_VALUES, "%s: factor variables hold whole numbers from 0; it is %g in observation %d", name, v->numbers[i],
                 data->observations[i]);
    double *sorted = take(c, data->n, sizeof *sorted);
    memcpy(sorted, v->numbers, data->n * sizeof *sorted);
    qsort(sorted, data->n, sizeof *sorted, ascending);
    for (size_t i = 0; i < data->n; i++)
        if (i == 0 || sorted[i] != sorted[i - 1])
            own.levels[own.n++] = sorted[i];
    give_back(c, sorted);
    for (size_t i = 0; i < data->n; i++)
        own.place[i] = place_of(&own, v->numbers[i]);
    return own;
}

static size_t most_frequent(call *c, const sample *data, const factor *own)
{
    size_t best = 0, *count = take(c, own->n, sizeof *count);
    for (size_t i = 0; i < data->n_rows; i++)
        count[own->place[data->rows[i]]]++;
    for (size_t k = 1; k < own->n; k++)
        if (count[k] > count[best])
            best = k;
    give_back(c, count);
    return best;
}

/* Where a term says something of the base it holds for all terms. */
static void take_base(call *c, const sample *data, factor *own, const piece *said)
{
    switch (said->base) {
    case BASE_LAST: own->base = own->n - 1; break;
    case BASE_FREQUENT: own->base = most_frequent(c, data, own); break;
    case BASE_NONE: own->base = own->n; break;
    case BASE_VALUE:
        own->base = place_of(own, said->value);
        if (own->base == own->n || own->levels[own->base] != said->value)
            fail(c, STATA_DATA, "ib%.0f.%s: %.0f is not a value of %s in the sample", said->value, own->variable, said->value, own->variable);
        break;
    default: break;
    }
}

static factor *factor_named(const factors *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++)
        if (same(all->factor[i].variable, name))
            return &all->factor[i];
    return NULL;
}

static factors factors_of(call *c, const terms *fixed, const sample *data)
{
    factors all = {take(c, 1, sizeof(factor)), 0};
    for (size_t t = 0; t < fixed->n; t++)
        for (size_t j = 0; j < fixed->term[t].n; j++) {
            const piece *p = &fixed->term[t].pieces[j];
            if (!p->is_factor)
                continue;
            if (factor_named(&all, p->variable) == NULL) {
                factor *more = take(c, all.n + 1, sizeof *more);
                memcpy(more, all.factor, all.n * sizeof *more);
                more[all.n++] = factor_of(c, data, p->variable);
                all.factor = more;
            }
            take_base(c, data, factor_named(&all, p->variable), p);
        }
    return all;
}

/* What the columns of a term are made with. `factor` and `place` have an entry for each piece: NULL for a continuous one. */
typedef struct maker {
    call *c;
    const terms *fixed;
    const sample *data;
    const term *term;
    factor **factor;
    size_t *place;
} maker;

static bool at_base(const maker *m, size_t j)
{
    return m->factor[j] != NULL && m->term->pieces[j].base != BASE_LEVEL && m->place[j] == m->factor[j]->base;
}

/* Whether the model has the term without a piece. */
static bool has_rest(const maker *m, size_t without)
{
    term rest = {take(m->c, m->term->n, sizeof(piece)), 0};
    for (size_t j = 0; j < m->term->n; j++)
        if (j != without)
            rest.pieces[rest.n++] = m->term->pieces[j];
    return rest.n == 0 || has_term(m->fixed, &rest);
}

/* A combination has no coefficient if all its factors are at their bases, or if without one at its base it is in the model already. */
static bool is_base(const maker *m)
{
    bool all = true, any = false;
    for (size_t j = 0; j < m->term->n; j++) {
        all = all && at_base(m, j);
        any = any || (at_base(m, j) && has_rest(m, j));
    }
    return all || any;
}

static bool occurs(const maker *m)
{
    for (size_t i = 0; i < m->data->n; i++) {
        bool here = true;
        for (size_t j = 0; here && j < m->term->n; j++)
            here = m->factor[j] == NULL || m->factor[j]->place[i] == m->place[j];
        if (here)
            return true;
    }
    return false;
}

/* What stands before the point: the base is marked, and the first level of a factor without one. */
static const char *mark_of(const maker *m, size_t j, bool omitted)
{
    bool is_first = m->factor[j]->base == m->factor[j]->n && m->place[j] == 0 && m->term->pieces[j].base != BASE_LEVEL;
    return at_base(m, j) ? "b" : omitted ? "o" : is_first ? "bn" : "";
}

static const char *stripe_of(const maker *m, bool omitted)
{
    list parts = {0};
    call *c = m->c;
    bool alone = m->term->n == 1;
    for (size_t j = 0; j < m->term->n; j++) {
        const piece *p = &m->term->pieces[j];
        const char *o = omitted ? "o" : "";
        if (m->factor[j] == NULL)
            push(c, &parts, text_of(c, "%s%s%s%s", alone ? "" : "c", o, alone && !omitted ? "" : ".", p->variable));
        else
            push(c, &parts, text_of(c, "%.0f%s.%s", m->factor[j]->levels[m->place[j]], mark_of(m, j, omitted), p->variable));
    }
    return joined(c, &parts, "#");
}

/* "x", "as.numeric(f == 2)", or the product of several in I(). */
static const char *formula_of_column(const maker *m)
{
    list parts = {0};
    call *c = m->c;
    for (size_t j = 0; j < m->term->n; j++) {
        const char *name = quoted(c, m->term->pieces[j].variable);
        if (m->factor[j] == NULL)
            push(c, &parts, name);
        else
            push(c, &parts, text_of(c, m->term->n == 1 ? "as.numeric(%s == %.0f)" : "(%s == %.0f)", name, m->factor[j]->levels[m->place[j]]));
    }
    return parts.n == 1 ? parts.item[0] : text_of(c, "I(%s)", joined(c, &parts, " * "));
}

static void add_column(maker *m, columns *all)
{
    call *c = m->c;
    bool kept = !is_base(m) && occurs(m);
    column own = {stripe_of(m, !kept), stripe_of(m, true), kept ? formula_of_column(m) : NULL};
    if (all->n == all->room) {
        column *more = take(c, all->room = 2 * all->room + 16, sizeof *more);
        if (all->n > 0)
            memcpy(more, all->column, all->n * sizeof *more);
        give_back(c, all->column);
        all->column = more;
    }
    if (all->n >= 10000)
        fail(c, STATA_SYNTAX, "%s: the fixed effects have more than 10,000 columns", term_text(c, m->term));
    all->column[all->n++] = own;
}

/* The combination after this one, the last factor first; false after the last. */
static bool advance(maker *m)
{
    for (size_t j = m->term->n; j-- > 0;) {
        if (m->factor[j] == NULL || m->term->pieces[j].base == BASE_LEVEL)
            continue;
        if (++m->place[j] < m->factor[j]->n)
            return true;
        m->place[j] = 0;
    }
    return false;
}

static void add_term_columns(call *c, const terms *fixed, const term *own, const factors *all, const sample *data, columns *out)
{
    maker m = {c, fixed, data, own, take(c, own->n, sizeof(factor *)), take(c, own->n, sizeof(size_t))};
    for (size_t j = 0; j < own->n; j++) {
        const piece *p = &own->pieces[j];
        m.factor[j] = p->is_factor ? factor_named(all, p->variable) : NULL;
        if (!p->is_factor)
            numeric(c, data, p->variable);
        if (p->is_factor && p->base == BASE_LEVEL) {
            m.place[j] = place_of(m.factor[j], p->value);
            if (m.place[j] == m.factor[j]->n || m.factor[j]->levels[m.place[j]] != p->value)
                fail(c, STATA_DATA, "%.0f.%s: %.0f is not a value of %s in the sample", p->value, p->variable, p->value, p->variable);
        }
    }
    do
        add_column(&m, out);
    while (advance(&m));
}

columns columns_of(call *c, const terms *fixed, const sample *data)
{
    columns out = {0};
    factors all = factors_of(c, fixed, data);
    for (size_t t = 0; t < fixed->n; t++)
        add_term_columns(c, fixed, &fixed->term[t], &all, data, &out);
    for (size_t i = 0; i < all.n; i++) {
        give_back(c, all.factor[i].levels);
        give_back(c, all.factor[i].place);
    }
    return out;
}

list formula_parts(call *c, const columns *own)
{
    list parts = {0};
    for (size_t i = 0; i < own->n; i++)
        if (own->column[i].formula != NULL)
            push(c, &parts, own->column[i].formula);
    return parts;
}

/* One factor of a product, "x" or "(f == 2)", as Stata has it; NULL for anything else. `open` is what an indicator begins with. */
static char *part_from_formula(call *c, const char *text, const char *open, const char *continuous)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t n = strlen(open);
    bool is_indicator = strncmp(text, open, n) == 0;
    const char *name = text + (is_indicator ? n : 0);
    name += *name == '`';
    size_t length = strspn(name, LETTERS);
    const char *rest = name + length + (name[length] == '`');
    if (length == 0)
        return NULL;
    if (!is_indicator)
        return *rest == 0 ? text_of(c, "%s%.*s", continuous, (int)length, name) : NULL;
    char *end = NULL;
    double value = strncmp(rest, " == ", 4) == 0 ? strtod(rest + 4, &end) : NAN;
    bool is_level = end != NULL && end != rest + 4 && same(end, ")") && value >= 0 && value == floor(value) && value < 2147483648.0;
    return is_level ? text_of(c, "%.0f.%.*s", value, (int)length, name) : NULL;
}

char *stripe_from_formula(call *c, const char *formula)
{
    size_t n = strlen(formula);
    if (strncmp(formula, "I(", 2) != 0 || formula[n - 1] != ')')
        return part_from_formula(c, formula, "as.numeric(", "");
    list parts = {0};
    char *inside = copy_of(c, formula + 2, n - 3), *star;
    do {
        star = strstr(inside, " * ");
        const char *part = part_from_formula(c, star == NULL ? inside : copy_of(c, inside, (size_t)(star - inside)), "(", "c.");
        if (part == NULL)
            return NULL;
        push(c, &parts, part);
        inside = star + 3;
    } while (star != NULL);
    return joined(c, &parts, "#");
}
