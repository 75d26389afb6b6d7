#include "command.h"

#include <ctype.h>
#include <string.h>

#include "table.h"

/* Options with the letters that an abbreviation needs. Those of the library are found by its own list. */
static const struct {
    const char *name;
    size_t least;
} OPTIONS[] = {
    {"covariance", 3},   {"noconstant", 6},   {"reml", 4},        {"mle", 2},         {"family", 3},      {"link", 4},
    {"dfmethod", 3},     {"residuals", 3},    {"offset", 3},      {"exposure", 3},    {"binomial", 5},    {"dispersion", 4},
    {"intmethod", 4},    {"intpoints", 4},    {"level", 3},       {"variance", 3},    {"stddeviations", 6}, {"or", 2},
    {"irr", 3},          {"eform", 5},        {"nolog", 5},       {"log", 3},         {"nogroup", 5},     {"noheader", 6},
    {"notable", 7},      {"noretable", 7},    {"nofetable", 7},   {"iterate", 4},     {"re", 2},          {"model", 5},
    {"correlation", 4},  {"dispformula", 5},  {"ziformula", 3},   {"threshold", 5},   {"nominal", 3},     {"scale", 5},
    {"ties", 4},         {"vce", 3},          {"nolrtest", 4},
};

bool abbreviates(const char *given, const char *full, size_t least)
{
    size_t n = strlen(given);
    return n >= least && strncmp(given, full, n) == 0;
}

/* The index after the quotation that begins at `i`; `i` if none does. */
static size_t after_quotation(call *c, const char *text, size_t i)
{
    bool compound = text[i] == '`' && text[i + 1] == '"';
    if (!compound && text[i] != '"')
        return i;
    const char *end = compound ? "\"'" : "\"", *found = strstr(text + i + 1 + compound, end);
    if (found == NULL)
        fail(c, STATA_SYNTAX, "the quotation that begins at character %zu has no end: %.40s", i + 1, text + i);
    return (size_t)(found - text) + strlen(end);
}

size_t skip(call *c, const char *text, size_t i)
{
    enum { DEEP = 200 };
    static const char OPEN[] = "([{", CLOSE[] = ")]}";
    char wanted[DEEP];
    size_t depth = 0, at = i;
    do {
        size_t after = after_quotation(c, text, at);
        const char *open = text[at] == 0 ? NULL : strchr(OPEN, text[at]);
        if (text[at] == 0)
            fail(c, STATA_SYNTAX, "the %c at character %zu is never closed: %.40s", text[i], i + 1, text + i);
        if (open != NULL && depth == DEEP)
            fail(c, STATA_SYNTAX, "brackets are nested more than %d deep at character %zu", (int)DEEP, at + 1);
        if (open != NULL)
            wanted[depth++] = CLOSE[open - OPEN];
        else if (depth > 0 && text[at] == wanted[depth - 1])
            depth--;
        at = after > at ? after : at + 1;
    } while (depth > 0);
    return at;
}

/* The full name of an option. */
static const char *full_name(call *c, const char *given)
{
    for (size_t i = 0; i < sizeof OPTIONS / sizeof OPTIONS[0]; i++)
        if (abbreviates(given, OPTIONS[i].name, OPTIONS[i].least))
            return OPTIONS[i].name;
    for (size_t i = 0; i < interlace_options_count(); i++)
        if (same(given, interlace_options_name(i)))
            return interlace_options_name(i);
    fail(c, STATA_SYNTAX, "option %s is not one of interlace; type: help interlace", given);
}

static char *without_quotes(call *c, const char *text)
{
    size_t n = strlen(text);
    if (n >= 4 && text[0] == '`' && text[1] == '"' && text[n - 1] == '\'' && text[n - 2] == '"')
        return trimmed(c, text + 2, n - 4);
    if (n >= 2 && text[0] == '"' && text[n - 1] == '"' && strchr(text + 1, '"') == text + n - 1)
        return trimmed(c, text + 1, n - 2);
    return copy_of(c, text, n);
}

static void options_of(call *c, equation *e, const char *text)
{
    size_t i = 0, room = 0;
    for (;;) {
        while (isspace((unsigned char)text[i]) || text[i] == ',')
            i++;
        if (text[i] == 0)
            return;
        size_t start = i;
        while (isalnum((unsigned char)text[i]) || text[i] == '_')
            i++;
        if (i == start)
            fail(c, STATA_SYNTAX, "'%s' is found where an option should be", text + start);
        option own = {full_name(c, copy_of(c, text + start, i - start)), NULL};
        if (text[i] == '(') {
            size_t end = skip(c, text, i);
            own.value = without_quotes(c, trimmed(c, text + i + 1, end - i - 2));
            i = end;
        }
        if (option_of(e, own.name) != NULL)
            fail(c, STATA_SYNTAX, "option %s is given twice", own.name);
        if (e->n_options == room) {
            option *more = take(c, room = 2 * room + 8, sizeof *more);
            if (e->n_options > 0)
                memcpy(more, e->options, e->n_options * sizeof *more);
            e->options = more;
        }
        e->options[e->n_options++] = own;
    }
}

/* The index of the next `,` or `||` that nothing encloses, or of the end. */
static size_t next_separator(call *c, const char *text, size_t i, bool comma)
{
    while (text[i] != 0 && !(text[i] == '|' && text[i + 1] == '|') && !(comma && text[i] == ','))
        i = skip(c, text, i);
    return i;
}

static void equations_of(call *c, command *own, const char *text)
{
    size_t count = 1;
    for (size_t i = next_separator(c, text, 0, false); text[i] != 0; i = next_separator(c, text, i + 2, false))
        count++;
    own->equations = take(c, count, sizeof *own->equations);
    size_t i = 0;
    while (own->n_equations < count) {
        equation *e = &own->equations[own->n_equations++];
        size_t end = next_separator(c, text, i, false), comma = next_separator(c, text, i, true);
        e->body = trimmed(c, text + i, comma - i);
        if (comma < end)
            options_of(c, e, copy_of(c, text + comma + 1, end - comma - 1));
        i = end + 2;
    }
}

/* The weight in brackets: its kind and its expression. */
static void weight_of(call *c, command *own, const char *text, size_t n)
{
    static const char *const KINDS[] = {"fweight", "aweight", "pweight", "iweight"};
    char *inside = trimmed(c, text + 1, n - 2), *equals = strchr(inside, '=');
    if (equals == NULL)
        fail(c, STATA_SYNTAX, "[%s]: a weight has the form [fweight=expression]", inside);
    const char *kind = trimmed(c, inside, (size_t)(equals - inside));
    if (same(kind, "fw") || abbreviates(kind, "frequency", 4))
        kind = "fweight";
    for (size_t i = 0; i < 4; i++)
        if (abbreviates(kind, KINDS[i], 2))
            own->weight = KINDS[i];
    own->weight_expression = trimmed(c, equals + 1, strlen(equals + 1));
    if (own->weight[0] == 0)
        fail(c, STATA_SYNTAX, "[%s]: weights are fweight or aweight", inside);
}

/* Takes `if`, `in` and the weight out of the first equation. */
static void clauses_of(call *c, command *own)
{
    const char *text = own->equations[0].body;
    size_t i = 0, start = 0, first = strlen(text);
    char clause = 0;
    list conditions = {0};
    while (true) {
        bool at_word = i == 0 || isspace((unsigned char)text[i - 1]) || text[i - 1] == ']';
        bool is_word = at_word && text[i] == 'i' && (text[i + 1] == 'f' || text[i + 1] == 'n') &&
                       (isspace((unsigned char)text[i + 2]) || text[i + 2] == '(');
        bool is_weight = at_word && text[i] == '[';
        if (is_word || is_weight || text[i] == 0) {
            if (clause == 'i')
                push(c, &conditions, trimmed(c, text + start, i - start));
            if (clause == 0)
                first = i;
            clause = is_word ? 'i' : is_weight ? 'w' : clause;
            start = i;
        }
        if (text[i] == 0)
            break;
        size_t end = skip(c, text, i);
        if (is_weight)
            weight_of(c, own, text + i, end - i);
        i = end;
    }
    own->condition = joined(c, &conditions, " ");
    own->equations[0].body = trimmed(c, text, first);
}

/* Takes the command's word off the first equation, if it begins with one. */
static void word_of(call *c, command *own)
{
    static const char *const WORDS[] = {"mixed",   "xtmixed",  "meglm",    "melogit",   "meprobit", "mecloglog", "mepoisson",
                                        "menbreg", "meologit", "meoprobit", "mestreg",  "metobit",  "meintreg",  "menl"};
    const char *text = own->equations[0].body;
    size_t n = strcspn(text, " \t\r\n");
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (strlen(WORDS[i]) == n && strncmp(text, WORDS[i], n) == 0) {
            own->word = same(WORDS[i], "xtmixed") ? "mixed" : WORDS[i];
            own->equations[0].body = trimmed(c, text + n, strlen(text + n));
            return;
        }
}

command *command_of(call *c, const char *text)
{
    command *own = take(c, 1, sizeof *own);
    own->word = own->condition = own->weight = own->weight_expression = "";
    equations_of(c, own, text);
    clauses_of(c, own);
    word_of(c, own);
    if (own->equations[0].body[0] == 0)
        fail(c, STATA_SYNTAX, "there is no response: interlace y x, re((1 | g)) or interlace mixed y x || g:");
    return own;
}

const option *option_of(const equation *e, const char *name)
{
    for (size_t i = 0; i < e->n_options; i++)
        if (same(e->options[i].name, name))
            return &e->options[i];
    return NULL;
}

const option *any_option(const command *own, const char *name)
{
    for (size_t i = 0; i < own->n_equations; i++)
        if (option_of(&own->equations[i], name) != NULL)
            return option_of(&own->equations[i], name);
    return NULL;
}
