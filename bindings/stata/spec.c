/* From a model to a formula and a spec of the library. */
#include <string.h>

#include "model.h"
#include "table.h"

char *formula_of(call *c, const model *own, const list *fixed)
{
    list right = {0};
    if (own->formula != NULL && own->random.n == 0)
        return copy_of(c, own->formula, strlen(own->formula));
    if (own->formula != NULL)
        push(c, &right, own->formula);
    else if (!own->constant)
        push(c, &right, "0");
    else if (fixed->n == 0)
        push(c, &right, "1");
    for (size_t i = 0; i < fixed->n; i++)
        push(c, &right, fixed->item[i]);
    if (own->exposure != NULL)
        push(c, &right, text_of(c, "offset(log(%s))", quoted(c, own->exposure)));
    for (size_t i = 0; i < own->random.n; i++)
        push(c, &right, own->random.item[i]);
    const char *text = joined(c, &right, " + ");
    return own->formula != NULL ? copy_of(c, text, strlen(text)) : text_of(c, "%s ~ %s", own->response, text);
}

char *model_text(call *c, const model *own)
{
    list fixed = {0};
    for (size_t i = 0; i < own->fixed.n; i++)
        push(c, &fixed, term_text(c, &own->fixed.term[i]));
    char *formula = formula_of(c, own, &fixed);
    const char *family = own->family == NULL ? "" : text_of(c, " family %s", own->family);
    const char *link = own->link == NULL ? "" : text_of(c, " link %s", own->link);
    const char *correlation = own->correlation == NULL ? "" : text_of(c, " correlation %s", own->correlation);
    const char *by = own->by == NULL ? "" : text_of(c, " by %s", own->by);
    const char *offset = own->offset == NULL ? "" : text_of(c, " offset %s", own->offset);
    list options = {0};
    for (size_t i = 0; i < own->option_names.n; i++)
        push(c, &options, text_of(c, " %s=%s", own->option_names.item[i], own->option_values.item[i]));
    return text_of(c, "%s: %s%s%s%s%s%s%s", interlace_model_name(own->kind), formula, family, link, correlation, by, offset, joined(c, &options, ""));
}

interlace_spec *spec_of(call *c, const model *own, const char *formula)
{
    interlace_spec *spec = NULL;
    interlace_error err;
    check_text(c, interlace_spec_new(own->kind, formula, &spec, &err), &err, formula);
    keep_spec(c, spec);
    if (own->kind == INTERLACE_MODEL_GLMM && own->family != NULL)
        check(c, interlace_spec_set_family(spec, own->family, own->link, &err), &err);
    else if (own->link != NULL && !same(own->link, "identity"))
        check(c, interlace_spec_set_link(spec, own->link, &err), &err);
    if (own->offset != NULL)
        check(c, interlace_spec_set_offset(spec, own->offset, &err), &err);
    if (own->correlation != NULL)
        check_text(c, interlace_spec_set_correlation(spec, own->correlation, &err), &err, own->correlation);
    if (own->dispersion != NULL)
        check_text(c, interlace_spec_set_dispersion(spec, own->dispersion, &err), &err, own->dispersion);
    if (own->zero_inflation != NULL)
        check_text(c, interlace_spec_set_zero_inflation(spec, own->zero_inflation, &err), &err, own->zero_inflation);
    if (own->nominal != NULL)
        check_text(c, interlace_spec_set_nominal(spec, own->nominal, &err), &err, own->nominal);
    if (own->scale != NULL)
        check_text(c, interlace_spec_set_scale(spec, own->scale, &err), &err, own->scale);
    if (own->threshold != NULL) {
        interlace_threshold threshold;
        check(c, interlace_threshold_from_name(own->threshold, &threshold, &err), &err);
        check(c, interlace_spec_set_threshold(spec, threshold, &err), &err);
    }
    if (own->ties != NULL) {
        interlace_ties ties;
        check(c, interlace_ties_from_name(own->ties, &ties, &err), &err);
        check(c, interlace_spec_set_ties(spec, ties, &err), &err);
    }
    return spec;
}

static bool has_word(const char *words, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = strstr(words, name); at != NULL; at = strstr(at + 1, name))
        if ((at == words || at[-1] == ' ') && (at[n] == 0 || at[n] == ' '))
            return true;
    return false;
}

void find_variables(call *c, model *own)
{
    list none = {0};
    bool known = own->names.meant.n > 0;
    interlace_frame *table = NULL;
    interlace_error err;
    interlace_spec *spec = spec_of(c, own, formula_of(c, own, &none));
    check(c, interlace_spec_variables(spec, &table, &err), &err);
    keep_frame(c, table);
    for (size_t i = 0; i < interlace_frame_n_rows(table); i++) {
        const char *name = interlace_frame_column_string(table, 0, i);
        bool found = false;
        for (size_t j = 0; j < own->names.meant.n && !found; j++)
            found = has_word(own->names.meant.item[j], name);
        if (!known)
            push_new(c, &own->names.typed, name);
        else if (!found)
            fail(c, STATA_NOT_FOUND, "variable %s: names in formulas are written in full", name);
    }
    give_back(c, spec);
    give_back(c, table);
}
