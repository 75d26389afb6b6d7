/* The options of interlace-fit for the model, the data and the fit: a table, and for each a function that takes
 * its value. */
#include "interlace_fit_option_table.h"

#include <stdlib.h>
#include <string.h>

#include "interlace.h"
#include "interlace_fit_values.h"

/* ---- data ---- */

/* One character, or the name of one that is awkward to type. */
static enum answer take_character(const char *value, const char *name, char named, char *out)
{
    if (strcmp(value, name) == 0)
        *out = named;
    else if (value[0] != '\0' && value[1] == '\0')
        *out = value[0];
    else
        return NOT_UNDERSTOOD;
    return TAKEN;
}

static enum answer take_sep(struct arguments *arguments, const char *value)
{
    return take_character(value, "tab", '\t', &arguments->separator);
}

static enum answer take_dec(struct arguments *arguments, const char *value)
{
    return take_character(value, "comma", ',', &arguments->decimal);
}

static enum answer take_quote(struct arguments *arguments, const char *value)
{
    arguments->has_quote = true;
    return take_character(value, "none", '\0', &arguments->quote);
}

/* "NA,." */
static enum answer take_na_strings(struct arguments *arguments, const char *value)
{
    return taken_if(text_list_add_split(&arguments->na_strings, value, ','));
}

static enum answer take_strict_numbers(struct arguments *arguments, const char *value)
{
    (void)value;
    arguments->strict_numbers = true;
    return TAKEN;
}

static enum answer take_categorical(struct arguments *arguments, const char *value)
{
    return taken_if(text_list_add_split(&arguments->categorical, value, ','));
}

/* "A=lo<mid<hi" */
static enum answer take_ordered(struct arguments *arguments, const char *value)
{
    const char *equals = strchr(value, '=');
    if (equals == NULL || equals == value || equals[1] == '\0')
        return NOT_UNDERSTOOD;

    struct ordered_column *columns = realloc(arguments->ordered, (arguments->n_ordered + 1) * sizeof *columns);
    if (columns == NULL)
        return NO_MEMORY;
    arguments->ordered = columns;

    size_t length = (size_t)(equals - value);
    struct ordered_column column = {malloc(length + 1), {NULL, 0}};
    if (column.name == NULL)
        return NO_MEMORY;
    memcpy(column.name, value, length);
    column.name[length] = '\0';
    bool complete = text_list_add_split(&column.levels, equals + 1, '<');
    columns[arguments->n_ordered++] = column;
    return taken_if(complete);
}

static enum answer take_na(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {
        {"omit", INTERLACE_NA_OMIT}, {"error", INTERLACE_NA_ERROR}, {"pad", INTERLACE_NA_PAD}};
    return CHOOSE(choices, value, &arguments->na);
}

static enum answer take_weights(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->weights);
}

static enum answer take_offset(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->offset);
}

/* ---- model ---- */

static enum answer take_method(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {{"reml", METHOD_REML}, {"ml", METHOD_ML}};
    return CHOOSE(choices, value, &arguments->method);
}

static enum answer take_random(struct arguments *arguments, const char *value)
{
    return taken_if(text_list_add(&arguments->random, value, strlen(value)));
}

static enum answer take_groups(struct arguments *arguments, const char *value)
{
    return taken_if(text_list_add_split(&arguments->groups, value, ','));
}

/* "COL=contr.sum" */
static enum answer take_contrasts(struct arguments *arguments, const char *value)
{
    const char *name;
    enum answer answer = take_pair(value, &arguments->contrast_columns, &name);
    if (answer == TAKEN)
        answer = taken_if(text_list_add(&arguments->contrast_names, name, strlen(name)));
    return answer;
}

/* ---- generalised models ---- */

static enum answer take_family(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->family);
}

static enum answer take_link(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->link);
}

/* "df=4" */
static enum answer take_fix(struct arguments *arguments, const char *value)
{
    const char *text;
    double number;
    enum answer answer = take_pair(value, &arguments->fixed_parameters, &text);
    if (answer == TAKEN && !parse_number(text, &number))
        answer = NOT_UNDERSTOOD;
    if (answer == TAKEN)
        answer = taken_if(number_list_add(&arguments->fixed_values, number));
    return answer;
}

static enum answer take_dispformula(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->dispformula);
}

static enum answer take_correlation(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->correlation);
}

static enum answer take_ziformula(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->ziformula);
}

static enum answer take_information(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {{"observed", INTERLACE_OBSERVED}, {"expected", INTERLACE_EXPECTED}};
    arguments->has_information = true;
    return CHOOSE(choices, value, &arguments->information);
}

static enum answer take_nagq(struct arguments *arguments, const char *value)
{
    int64_t points;
    enum answer answer = take_count(value, -100, 100, &points);
    if (answer == TAKEN) {
        arguments->has_nagq = true;
        arguments->nagq = (int32_t)points;
    }
    return answer;
}

static enum answer take_std_errors(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {
        {"marginal", INTERLACE_STD_ERRORS_MARGINAL}, {"conditional", INTERLACE_STD_ERRORS_CONDITIONAL}};
    arguments->has_std_errors = true;
    return CHOOSE(choices, value, &arguments->std_errors);
}

static enum answer take_unidentified(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {{"error", INTERLACE_UNIDENTIFIED_ERROR},
                                            {"warning", INTERLACE_UNIDENTIFIED_WARNING},
                                            {"ignore", INTERLACE_UNIDENTIFIED_IGNORE}};
    arguments->has_unidentified = true;
    return CHOOSE(choices, value, &arguments->unidentified);
}

/* ---- ordinal models ---- */

static enum answer take_threshold(struct arguments *arguments, const char *value)
{
    static const struct choice choices[] = {{"flexible", INTERLACE_THRESHOLD_FLEXIBLE},
                                            {"symmetric", INTERLACE_THRESHOLD_SYMMETRIC},
                                            {"equidistant", INTERLACE_THRESHOLD_EQUIDISTANT}};
    arguments->has_threshold = true;
    return CHOOSE(choices, value, &arguments->threshold);
}

static enum answer take_nominal(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->nominal);
}

static enum answer take_scale(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->scale);
}

/* ---- fit ---- */

static enum answer take_optimizer(struct arguments *arguments, const char *value)
{
    return take_once(value, &arguments->optimizer);
}

static enum answer take_theta0(struct arguments *arguments, const char *value)
{
    arguments->theta0.count = 0; /* the last --theta0 holds */
    return take_numbers(value, &arguments->theta0);
}

static enum answer take_tolerance(struct arguments *arguments, const char *value)
{
    return take_positive(value, 1e300, &arguments->tolerance);
}

static enum answer take_max_evaluations(struct arguments *arguments, const char *value)
{
    return take_count(value, 1, 1e15, &arguments->max_evaluations);
}

static enum answer take_threads(struct arguments *arguments, const char *value)
{
    int64_t threads;
    enum answer answer = take_count(value, 1, INT32_MAX, &threads);
    if (answer == TAKEN)
        arguments->threads = (int32_t)threads;
    return answer;
}

static enum answer take_deadline(struct arguments *arguments, const char *value)
{
    return take_positive(value, 1e300, &arguments->deadline);
}

static enum answer take_progress(struct arguments *arguments, const char *value)
{
    (void)value;
    arguments->progress = true;
    return TAKEN;
}

static enum answer take_objective(struct arguments *arguments, const char *value)
{
    enum answer answer = take_points(value, &arguments->objective, &arguments->n_theta);
    if (answer == TAKEN)
        arguments->n_points = arguments->objective.count / arguments->n_theta;
    return answer;
}

/* ---- output ---- */

static enum answer take_json(struct arguments *arguments, const char *value)
{
    (void)value;
    arguments->json = true;
    return TAKEN;
}

/* ---- the table ---- */

static const struct option options[] = {
    {"--sep", "a character or \"tab\"", take_sep},
    {"--dec", "'.' or ','", take_dec},
    {"--quote", "a character or \"none\"", take_quote},
    {"--na-strings", "texts, \"NA,.\"", take_na_strings},
    {"--strict-numbers", NULL, take_strict_numbers},
    {"--categorical", "columns, \"A,B\"", take_categorical},
    {"--ordered", "a column and its levels, \"A=lo<mid<hi\"", take_ordered},
    {"--na", "omit, error or pad", take_na},
    {"--weights", "a column", take_weights},
    {"--offset", "a column", take_offset},
    {"--method", "reml or ml", take_method},
    {"--random", "a random term, \"(1 + x | g)\"", take_random},
    {"--groups", "columns, \"A,B\"", take_groups},
    {"--contrasts", "a column and its contrasts, \"COL=contr.sum\"", take_contrasts},
    {"--family", "a family", take_family},
    {"--link", "a link", take_link},
    {"--fix", "a parameter and its value, \"df=4\"", take_fix},
    {"--dispformula", "a formula, \"~ z\"", take_dispformula},
    {"--ziformula", "a formula, \"~ z\"", take_ziformula},
    {"--correlation", "a structure, \"ar1(time | g)\"", take_correlation},
    {"--information", "observed or expected", take_information},
    {"--nagq", "a whole number from -100 to 100", take_nagq},
    {"--std-errors", "marginal or conditional", take_std_errors},
    {"--threshold", "flexible, symmetric or equidistant", take_threshold},
    {"--nominal", "a formula, \"~ z\"", take_nominal},
    {"--scale", "a formula, \"~ z\"", take_scale},
    {"--optimizer", "the name of a minimiser", take_optimizer},
    {"--theta0", "numbers, \"a,b,c\"", take_theta0},
    {"--tolerance", "a positive number", take_tolerance},
    {"--max-evaluations", "a positive integer", take_max_evaluations},
    {"--unidentified", "error, warning or ignore", take_unidentified},
    {"--threads", "a positive integer", take_threads},
    {"--deadline", "a positive number of seconds", take_deadline},
    {"--progress", NULL, take_progress},
    {"--objective", "points of equal length, \"a,b,c; a,b,c\"", take_objective},
    {"--json", NULL, take_json},
};

const struct option *find_option(const char *name)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    return find_question(name);
}
