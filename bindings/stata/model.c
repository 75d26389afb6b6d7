/* From a command to a model: Stata's equations, or the syntax of interlace. */
#include "model.h"

#include <ctype.h>
#include <string.h>

#include "table.h"

const char *quoted(call *c, const char *name)
{
    static const char *const WORDS[] = {"if",   "else", "repeat", "while", "function", "for", "next", "break", "TRUE",
                                        "FALSE", "NULL", "Inf",    "NaN",   "NA",       "in",  "T",    "F"};
    bool plain = isalpha((unsigned char)name[0]) != 0;
    for (const char *at = name; *at != 0; at++)
        plain = plain && (unsigned char)*at < 0x80 && (isalnum((unsigned char)*at) || *at == '_');
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        plain = plain && !same(name, WORDS[i]);
    return plain ? name : text_of(c, "`%s`", name);
}

/* A random term's covariance in the language of formulas. */
static char *random_term(call *c, const equation *e, const char *effects, size_t n, const char *group)
{
    static const struct {
        const char *name, *format;
    } STRUCTURES[] = {
        {"independent", "diag(%s | %s)"}, {"exchangeable", "cs(%s | %s, hom = TRUE)"}, {"identity", "diag(%s | %s, hom = TRUE)"}, {"unstructured", "(%s | %s)"}};
    const option *given = option_of(e, "covariance");
    const char *name = given == NULL ? "independent" : value_of(c, given);
    for (size_t i = 0; i < 4; i++)
        if (abbreviates(name, STRUCTURES[i].name, 2))
            return n == 1 ? text_of(c, "(%s | %s)", effects, group) : text_of(c, STRUCTURES[i].format, effects, group);
    fail(c, STATA_SYNTAX, "covariance(%s): independent, exchangeable, identity or unstructured is wanted", name);
}

/* An equation's effects: `R.v` is an intercept for each value of v within the level; otherwise variables, and a constant. */
static void take_effects(call *c, model *own, const equation *e, const char *effects, const list *path, bool *has_constant)
{
    bool constant = option_of(e, "noconstant") == NULL;
    list group = {0}, parts = {0};
    for (size_t i = 0; i < path->n; i++)
        push(c, &group, quoted(c, path->item[i]));
    if (strncmp(effects, "R.", 2) == 0) {
        const char *variable = resolved_one(c, &own->names, trimmed(c, effects + 2, strlen(effects + 2)));
        push(c, &group, quoted(c, variable));
        push(c, &own->random_levels, path->n == 0 ? "_all" : own->levels.item[own->levels.n - 1]);
        push(c, &own->random, text_of(c, "(1 | %s)", joined(c, &group, ":")));
        own->n_effects++;
        return;
    }
    terms all = terms_of(c, &own->names, effects);
    push(c, &parts, constant ? "1" : "0");
    for (size_t i = 0; i < all.n; i++) {
        if (all.term[i].n != 1 || all.term[i].pieces[0].is_factor)
            fail(c, STATA_SYNTAX, "%s: a level's equation takes variables, and R.%s for an effect of each value", term_text(c, &all.term[i]),
                 all.term[i].pieces[0].variable);
        push(c, &parts, quoted(c, all.term[i].pieces[0].variable));
    }
    if (parts.n == 1 && !constant)
        return;
    if (group.n == 0)
        fail(c, STATA_SYNTAX, "_all: only takes R.variable here, a group of all observations has no variance to estimate");
    if (constant && *has_constant)
        fail(c, STATA_SYNTAX, "the level %s has a constant in two equations; all but one need noconstant", path->item[path->n - 1]);
    *has_constant = *has_constant || constant;
    own->n_effects += all.n + constant;
    push(c, &own->random_levels, joined(c, &group, ":"));
    push(c, &own->random, random_term(c, e, joined(c, &parts, " + "), all.n + constant, joined(c, &group, ":")));
}

/* The equations after `||`: levels, the outermost first, each within those before it. */
static void take_levels(call *c, const command *command, model *own)
{
    list path = {0};
    bool has_constant = false;
    for (size_t i = 1; i < command->n_equations; i++) {
        const equation *e = &command->equations[i];
        const char *colon = strchr(e->body, ':');
        if (colon == NULL)
            fail(c, STATA_SYNTAX, "|| %s: a level has the form || group: variables", e->body);
        const char *level = trimmed(c, e->body, (size_t)(colon - e->body));
        if (!same(level, "_all")) {
            const char *variable = resolved_one(c, &own->names, level);
            if (path.n == 0 || !same(path.item[path.n - 1], variable)) {
                if (holds(&path, variable))
                    fail(c, STATA_SYNTAX, "the level %s occurs twice, with another between", variable);
                push(c, &path, variable);
                has_constant = false;
            }
            list group = {0};
            for (size_t j = 0; j < path.n; j++)
                push(c, &group, quoted(c, path.item[j]));
            push_new(c, &own->levels, joined(c, &group, ":"));
        } else if (path.n > 0) {
            fail(c, STATA_SYNTAX, "_all: comes before all other levels");
        }
        take_effects(c, own, e, trimmed(c, colon + 1, strlen(colon + 1)), &path, &has_constant);
    }
}

/* residuals(): of the innermost level. */
static void take_residuals(call *c, const command *command, model *own)
{
    const option *given = any_option(command, "residuals");
    if (given == NULL)
        return;
    if (own->kind != INTERLACE_MODEL_LMM)
        fail(c, STATA_SYNTAX, "residuals() is for linear models");
    /* Its own options are read as those of a command are. */
    const char *value = value_of(c, given), *comma = strchr(value, ',');
    const char *kind = trimmed(c, value, comma == NULL ? strlen(value) : (size_t)(comma - value));
    const char *rest = comma == NULL ? "" : comma + 1, *by = strstr(rest, "by("), *time = strstr(rest, "t(");
    const char *inside[2] = {by == NULL ? NULL : by + 3, time == NULL ? NULL : time + 2};
    for (size_t i = 0; i < 2; i++)
        inside[i] = inside[i] == NULL ? NULL : resolved_one(c, &own->names, trimmed(c, inside[i], strcspn(inside[i], ")")));
    const char *group = own->levels.n == 0 ? NULL : own->levels.item[own->levels.n - 1];
    bool is_ar = same(kind, "ar 1") || same(kind, "ar1") || same(kind, "ar");
    if (abbreviates(kind, "independent", 3)) {
        own->by = inside[0];
        if (own->by != NULL) {
            own->kind = INTERLACE_MODEL_GLMM;
            own->family = "gaussian";
        }
        return;
    }
    if (inside[0] != NULL)
        fail(c, STATA_SYNTAX, "residuals(%s): by() is offered for independent residuals", value);
    if (group == NULL)
        fail(c, STATA_SYNTAX, "residuals(%s) needs a level, || group:", value);
    if (is_ar && inside[1] != NULL)
        own->correlation = text_of(c, "ar1(%s | %s)", quoted(c, inside[1]), group);
    else if (abbreviates(kind, "exchangeable", 3))
        own->correlation = text_of(c, "cs(1 | %s)", group);
    else
        fail(c, STATA_SYNTAX, "residuals(%s): independent, by(), exchangeable, or ar 1, t() is wanted", value);
}

/* Stata integrates by 7 adaptive points, but crossed effects by Laplace's approximation; the library has points for up to three effects of one
 * grouping factor. */
static void take_points(call *c, model *own)
{
    if (own->kind == INTERLACE_MODEL_LMM || own->by != NULL || holds(&own->option_names, "nagq") || holds(&own->random_levels, "_all"))
        return;
    if (own->levels.n == 1 && own->random.n == 1 && own->n_effects <= 3) {
        push(c, &own->option_names, "nagq");
        push(c, &own->option_values, "7");
    } else if (own->random.n > 0) {
        own->note = "integrated by Laplace's approximation, where Stata takes 7 points";
    }
}

/* re(): random terms in the language of lme4, "(1 | g) (1 + x | h)" or "1 + x | g". */
static void take_random(call *c, const command *command, model *own)
{
    const option *given = any_option(command, "re");
    if (given == NULL)
        return;
    const char *text = value_of(c, given);
    for (size_t i = 0; text[i] != 0; i = skip(c, text, i))
        if (text[i] == '|') {
            push(c, &own->random, text_of(c, "(%s)", text));
            return;
        }
    for (size_t i = 0; text[i] != 0;) {
        if (text[i] == ' ' || text[i] == '+' || text[i] == ',') {
            i++;
            continue;
        }
        size_t start = i;
        while (isalnum((unsigned char)text[i]))
            i++;
        if (text[i] != '(')
            fail(c, STATA_SYNTAX, "re(%s): random terms such as (1 + x | g) are wanted", text);
        i = skip(c, text, i);
        push(c, &own->random, copy_of(c, text + start, i - start));
    }
}

/* The first equation: the response, then the fixed effects; or a formula. */
static void take_fixed(call *c, const command *command, model *own)
{
    const char *body = command->equations[0].body, *tilde = strchr(body, '~');
    size_t n = strcspn(body, " \t");
    bool apart = tilde != NULL && (tilde[1] == ' ' || tilde == body || tilde[-1] == ' ');
    bool is_formula = own->word[0] == 0 && tilde != NULL && (apart || strpbrk(tilde, "(+|") != NULL);
    if (is_formula) {
        if (!own->constant)
            fail(c, STATA_SYNTAX, "noconstant is for lists of variables; a formula has 0 + ... for it");
        own->formula = body;
        own->depvar = trimmed(c, body, (size_t)(tilde - body));
        own->response = own->depvar;
        return;
    }
    own->depvar = resolved_one(c, &own->names, copy_of(c, body, n));
    own->response = quoted(c, own->depvar);
    own->fixed = terms_of(c, &own->names, body + n);
    if (own->is_binomial && own->trials != NULL) {
        bool is_number = own->trials[strspn(own->trials, "0123456789")] == 0;
        const char *trials = is_number ? own->trials : quoted(c, resolved_one(c, &own->names, own->trials));
        own->response = text_of(c, "cbind(%s, %s - %s)", own->response, trials, own->response);
    }
}

static const char *variable_option(call *c, const command *command, model *own, const char *name)
{
    const option *given = any_option(command, name);
    return given == NULL ? NULL : resolved_one(c, &own->names, value_of(c, given));
}

model *model_of(call *c, const command *command, names known)
{
    model *own = take(c, 1, sizeof *own);
    own->names = known;
    own->word = command->word;
    own->note = "";
    own->weight = command->weight;
    if (own->word[0] == 0 && command->n_equations > 1)
        own->word = any_option(command, "family") == NULL ? "mixed" : "meglm";
    if (same(own->word, "mestreg") || same(own->word, "metobit") || same(own->word, "meintreg") || same(own->word, "menl"))
        fail(c, STATA_SYNTAX, "%s has no counterpart here%s", own->word,
             same(own->word, "mestreg") ? ", whose survival models are Cox models: interlace Surv(time, event) ~ x + (1 | g), model(coxme)" : "");
    if (own->word[0] != 0 && any_option(command, "re") != NULL)
        fail(c, STATA_SYNTAX, "re() is for the syntax of interlace; %s has || group: variables", own->word);
    if (option_of(&command->equations[0], "covariance") != NULL)
        fail(c, STATA_SYNTAX, "covariance() belongs to a level, || group: variables, covariance()");
    take_settings(c, command, own);
    take_fixed(c, command, own);
    take_levels(c, command, own);
    take_random(c, command, own);
    take_residuals(c, command, own);
    own->offset = variable_option(c, command, own, "offset");
    own->exposure = variable_option(c, command, own, "exposure");
    if (own->offset != NULL && own->exposure != NULL)
        fail(c, STATA_SYNTAX, "offset() and exposure() exclude each other");
    if (own->word[0] != 0)
        take_points(c, own);
    if (same(own->weight, "pweight") || same(own->weight, "iweight") || (same(own->weight, "aweight") && own->word[0] != 0))
        fail(c, STATA_WEIGHTS_NOT_ALLOWED, "%ss are not allowed: fweights count equal rows%s", own->weight,
             own->word[0] == 0 ? ", aweights divide the variance" : "");
    find_variables(c, own);
    return own;
}
