/* The options of interlace-fit: a table, each for one of the library's objects. Questions, and options of how to fit, are set by name from
 * text; the library lists the questions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace_fit.h"

/* ---- CSV files ---- */

static enum answer answer_of(interlace_status status)
{
    return status == INTERLACE_OK ? TAKEN : FAILED;
}

/* One character, or the name of one that is awkward to type. */
static bool is_character(const char *value, const char *name, char named, char *out)
{
    *out = strcmp(value, name) == 0 ? named : value[0];
    return strcmp(value, name) == 0 || (value[0] != '\0' && value[1] == '\0');
}

static enum answer take_sep(struct arguments *arguments, const char *value, interlace_error *error)
{
    char c;
    return is_character(value, "tab", '\t', &c) ? answer_of(interlace_csv_options_set_separator(arguments->csv, c, error)) : NOT_UNDERSTOOD;
}

static enum answer take_dec(struct arguments *arguments, const char *value, interlace_error *error)
{
    char c;
    return is_character(value, "comma", ',', &c) ? answer_of(interlace_csv_options_set_decimal(arguments->csv, c, error)) : NOT_UNDERSTOOD;
}

static enum answer take_quote(struct arguments *arguments, const char *value, interlace_error *error)
{
    char c;
    return is_character(value, "none", '\0', &c) ? answer_of(interlace_csv_options_set_quote(arguments->csv, c, error)) : NOT_UNDERSTOOD;
}

static enum answer take_na_strings(struct arguments *arguments, const char *value, interlace_error *error)
{
    struct list strings = {0};
    enum answer answer = FAILED;
    if (!list_split(&strings, value, ','))
        fail(error, INTERLACE_E_MEMORY, "no memory for --na-strings");
    else /* C does not convert char ** to const char *const * implicitly, hence the cast. */
        answer = answer_of(interlace_csv_options_set_na_strings(arguments->csv, (const char *const *)strings.items, strings.count, error));
    list_free(&strings);
    return answer;
}

static enum answer take_strict_numbers(struct arguments *arguments, const char *value, interlace_error *error)
{
    (void)value, (void)error;
    arguments->strict_numbers = true;
    return TAKEN;
}

static enum answer remembered(bool memory_sufficed, interlace_error *error)
{
    return memory_sufficed || fail(error, INTERLACE_E_MEMORY, "no memory for the names of columns") ? TAKEN : FAILED;
}

static enum answer take_categorical(struct arguments *arguments, const char *value, interlace_error *error)
{
    return remembered(list_split(&arguments->categorical, value, ','), error);
}

/* "A=lo<mid<hi" */
static enum answer take_ordered(struct arguments *arguments, const char *value, interlace_error *error)
{
    const char *equals = strchr(value, '=');
    if (equals == NULL || equals == value || equals[1] == '\0')
        return NOT_UNDERSTOOD;
    return remembered(list_add(&arguments->ordered, value, strlen(value)) &&
                          list_add(&arguments->categorical, value, (size_t)(equals - value)), error);
}

/* ---- the model ---- */

/* Options whose value goes to the spec as it is. */
#define SPEC_SETTER(name, call)                                                                              \
    static enum answer name(struct arguments *arguments, const char *value, interlace_error *error)          \
    {                                                                                                        \
        return answer_of(call(arguments->spec, value, error));                                               \
    }

SPEC_SETTER(take_random, interlace_spec_add_random)
SPEC_SETTER(take_dispformula, interlace_spec_set_dispersion)
SPEC_SETTER(take_ziformula, interlace_spec_set_zero_inflation)
SPEC_SETTER(take_nominal, interlace_spec_set_nominal)
SPEC_SETTER(take_scale, interlace_spec_set_scale)

/* The same; nothing takes out what the model of a loaded fit has. */
#define SPEC_SETTER_OR_NONE(name, call)                                                                      \
    static enum answer name(struct arguments *arguments, const char *value, interlace_error *error)          \
    {                                                                                                        \
        return answer_of(call(arguments->spec, value[0] != '\0' ? value : NULL, error));                     \
    }

SPEC_SETTER_OR_NONE(take_weights, interlace_spec_set_weights)
SPEC_SETTER_OR_NONE(take_offset, interlace_spec_set_offset)
SPEC_SETTER_OR_NONE(take_correlation, interlace_spec_set_correlation)

SPEC_SETTER_OR_NONE(take_prior, interlace_spec_add_prior)

static enum answer take_groups(struct arguments *arguments, const char *value, interlace_error *error)
{
    struct list groups = {0};
    enum answer answer = remembered(list_split(&groups, value, ','), error);
    for (size_t i = 0; answer == TAKEN && i < groups.count; i++)
        answer = answer_of(interlace_spec_add_groups(arguments->spec, groups.items[i], error));
    list_free(&groups);
    return answer;
}

/* "COL=contr.sum" */
static enum answer take_contrasts(struct arguments *arguments, const char *value, interlace_error *error)
{
    struct list parts = {0};
    const char *equals = strchr(value, '=');
    if (equals == NULL || equals == value || equals[1] == '\0')
        return NOT_UNDERSTOOD;
    enum answer answer = remembered(list_add(&parts, value, (size_t)(equals - value)), error);
    if (answer == TAKEN)
        answer = answer_of(interlace_spec_set_contrasts(arguments->spec, parts.items[0], equals + 1, error));
    list_free(&parts);
    return answer;
}

/* "df=4" */
static enum answer take_fix(struct arguments *arguments, const char *value, interlace_error *error)
{
    struct list parts = {0};
    const char *equals = strchr(value, '=');
    char *end = NULL;
    double number = equals != NULL ? strtod(equals + 1, &end) : 0;
    if (equals == NULL || equals == value || end == equals + 1 || *end != '\0')
        return NOT_UNDERSTOOD;
    enum answer answer = remembered(list_add(&parts, value, (size_t)(equals - value)), error);
    if (answer == TAKEN)
        answer = answer_of(interlace_spec_fix_parameter(arguments->spec, parts.items[0], number, error));
    list_free(&parts);
    return answer;
}

static enum answer take_ties(struct arguments *arguments, const char *value, interlace_error *error)
{
    interlace_ties ties;
    return interlace_ties_from_name(value, &ties, error) == INTERLACE_OK
               ? answer_of(interlace_spec_set_ties(arguments->spec, ties, error))
               : NOT_UNDERSTOOD;
}

static enum answer take_threshold(struct arguments *arguments, const char *value, interlace_error *error)
{
    interlace_threshold threshold;
    return interlace_threshold_from_name(value, &threshold, error) == INTERLACE_OK
               ? answer_of(interlace_spec_set_threshold(arguments->spec, threshold, error))
               : NOT_UNDERSTOOD;
}

/* The family needs the link, and other options the family, so these come first. */
enum answer take_distribution(struct arguments *arguments, const char *usual, interlace_error *error)
{
    const char *family = value_of(arguments, "--family"), *link = value_of(arguments, "--link");
    if (arguments->model == INTERLACE_MODEL_GLMM)
        return answer_of(interlace_spec_set_family(arguments->spec, family != NULL ? family : usual, link, error));
    return link == NULL ? TAKEN : answer_of(interlace_spec_set_link(arguments->spec, link, error));
}

static enum answer take_nothing(struct arguments *arguments, const char *value, interlace_error *error)
{
    (void)arguments, (void)value, (void)error;
    return TAKEN;
}

/* ---- the table ---- */

static const struct option table[] = {
    {"--sep", "a character or \"tab\"", CSV, 0, false, take_sep, 0},
    {"--dec", "'.' or ','", CSV, 0, false, take_dec, 0},
    {"--quote", "a character or \"none\"", CSV, 0, false, take_quote, 0},
    {"--na-strings", "texts, \"NA,.\"", CSV, 0, false, take_na_strings, 0},
    {"--strict-numbers", NULL, CSV, 0, false, take_strict_numbers, 0},
    {"--categorical", "columns, \"A,B\"", CSV, 0, true, take_categorical, 0},
    {"--ordered", "a column and its levels, \"A=lo<mid<hi\"", CSV, 0, true, take_ordered, 0},
    {"--weights", "a column", SPEC, 0, false, take_weights, 0},
    {"--offset", "a column", SPEC, 0, false, take_offset, 0},
    {"--random", "a random term, \"(1 + x | g)\"", SPEC, 0, true, take_random, 0},
    {"--groups", "columns, \"A,B\"", SPEC, 0, true, take_groups, 0},
    {"--contrasts", "a column and its contrasts, \"COL=contr.sum\"", SPEC, 0, true, take_contrasts, 0},
    {"--correlation", "a structure, \"ar1(time | g)\"", SPEC, LMM, false, take_correlation, 0},
    {"--prior", "a density and its parameters, \"normal(0, 2.5) on fixef[x]\"", SPEC, 0, true, take_prior, 0},
    {"--family", "a family", SPEC, GLMM, false, take_nothing, 0},
    {"--link", "a link", SPEC, GLMM | CLMM, false, take_nothing, 0},
    {"--fix", "a parameter and its value, \"df=4\"", SPEC, GLMM, true, take_fix, 0},
    {"--dispformula", "a formula, \"~ z\"", SPEC, GLMM, false, take_dispformula, 0},
    {"--ziformula", "a formula, \"~ z\"", SPEC, GLMM, false, take_ziformula, 0},
    {"--threshold", "flexible, symmetric or equidistant", SPEC, CLMM, false, take_threshold, 0},
    {"--nominal", "a formula, \"~ z\"", SPEC, CLMM, false, take_nominal, 0},
    {"--scale", "a formula, \"~ z\"", SPEC, CLMM, false, take_scale, 0},
    {"--ties", "efron or breslow", SPEC, COXME, false, take_ties, 0},
    {"--fixed-effects", "joint or integrated", OPTIONS, COXME, false, NULL, 0},
    {"--na", "omit, error or pad", OPTIONS, 0, false, NULL, 0},
    {"--method", "reml or ml", OPTIONS, 0, false, NULL, 0},
    {"--information", "observed or expected", OPTIONS, GLMM | CLMM, false, NULL, 0},
    {"--nagq", "a whole number from -100 to 100", OPTIONS, GLMM | CLMM, false, NULL, 0},
    {"--std-errors", "marginal or conditional", OPTIONS, GLMM | CLMM, false, NULL, 0},
    {"--optimizer", "the name of a minimiser", OPTIONS, 0, false, NULL, 0},
    {"--theta0", "numbers, \"a,b,c\"", OPTIONS, 0, false, NULL, 0},
    {"--start", "parameters and their values, \"sd[g, x] = 2, fixef[x] = 0\"", OPTIONS, 0, false, NULL, 0},
    {"--tolerance", "a positive number", OPTIONS, 0, false, NULL, 0},
    {"--max-evaluations", "a positive integer", OPTIONS, 0, false, NULL, 0},
    {"--unidentified", "error, warning or ignore", OPTIONS, 0, false, NULL, 0},
    {"--random-terms", "required or optional", OPTIONS, 0, false, NULL, 0},
    {"--engine", "auto, direct or iterative", OPTIONS, LMM | GLMM, false, NULL, 0},
    {"--engine-seed", "an integer that is not negative", OPTIONS, LMM | GLMM, false, NULL, 0},
    {"--memory-limit", "a positive number of bytes", OPTIONS, LMM | GLMM, false, NULL, 0},
    {"--threads", "a positive integer", OPTIONS, 0, false, NULL, 0},
    {"--deadline", "a positive number of seconds", OPTIONS, 0, false, NULL, 0},
    {"--progress", NULL, PROGRAM, 0, false, NULL, 0},
    {"--update", "a formula, \". ~ . + x\"", PROGRAM, 0, false, NULL, 0},
    {"--response", "a CSV file", PROGRAM, 0, false, NULL, 0},
    {"--stream", NULL, PROGRAM, LMM, false, NULL, 0},
    {"--objective", "points of equal length, \"a,b,c; a,b,c\"", PROGRAM, 0, false, NULL, 0},
    {"--write", "a table and a file, \"coefficients=FILE.csv\"", PROGRAM, 0, true, NULL, 0},
    {"--plot", "a kind of picture and a file, \"qq=FILE.svg\"", PROGRAM, 0, true, NULL, 0},
    {"--plot-data", "a kind of picture and a file, \"qq=FILE.csv\"", PROGRAM, 0, true, NULL, 0},
    {"--plot-option", "an option of pictures and its value, \"term=Subject\"", PROGRAM, 0, true, NULL, 0},
    {"--augment", "a CSV file", PROGRAM, 0, false, NULL, 0},
    {"--save", "a file", PROGRAM, 0, false, NULL, 0},
    {"--without-rows", NULL, PROGRAM, 0, false, NULL, 0},
    {"--json", NULL, PROGRAM, 0, false, NULL, 0},
    {"--help", NULL, PROGRAM, 0, false, NULL, 0},
    {"--version", NULL, PROGRAM, 0, false, NULL, 0},
};

enum { N_TABLE = sizeof table / sizeof table[0], MAX_QUESTIONS = 128 };

void option_name(const char *library_name, char name[NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "--%s", library_name);
    for (char *c = name; *c != '\0'; c++)
        *c = *c == '_' ? '-' : *c;
}

/* Behind those of the table the library's questions. */
static size_t all_options(const struct option **out)
{
    static struct option all[N_TABLE + MAX_QUESTIONS];
    static char names[MAX_QUESTIONS][NAME_SIZE];
    static size_t count;
    size_t questions = interlace_questions_count() < MAX_QUESTIONS ? interlace_questions_count() : MAX_QUESTIONS;
    for (size_t i = 0; count == 0 && i < N_TABLE; i++)
        all[i] = table[i];
    for (size_t i = 0; count == 0 && i < questions; i++) {
        option_name(interlace_questions_name(i), names[i]);
        all[N_TABLE + i] = (struct option){names[i], interlace_questions_takes_frame(i) ? "a CSV file" : interlace_questions_values(i), QUESTION, 0, interlace_questions_is_repeatable(i), NULL, i};
    }
    count = N_TABLE + questions;
    *out = all;
    return count;
}

const struct option *option_of_question(size_t i)
{
    const struct option *all;
    all_options(&all);
    return &all[N_TABLE + i];
}

const struct option *find_option(const char *name, size_t length)
{
    const struct option *all;
    size_t count = all_options(&all);
    for (size_t i = 0; i < count; i++)
        if (strlen(all[i].name) == length && strncmp(all[i].name, name, length) == 0)
            return &all[i];
    return NULL;
}

void library_name(const struct option *option, char name[NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "%s", option->name + 2);
    for (char *c = name; *c != '\0'; c++)
        *c = *c == '-' ? '_' : *c;
}

const char *option_doc(const struct option *option)
{
    char name[NAME_SIZE];
    library_name(option, name);
    if (option->kind == QUESTION)
        return interlace_questions_doc(option->question);
    for (size_t i = 0; option->kind == OPTIONS && i < interlace_options_count(); i++)
        if (strcmp(interlace_options_name(i), name) == 0)
            return interlace_options_doc(i);
    return NULL;
}

/* How many characters must be added, removed or changed to make one name the other (Levenshtein's distance). */
static size_t distance(const char *name, size_t length, const char *other)
{
    size_t row[NAME_SIZE];
    size_t n = strlen(other) < NAME_SIZE ? strlen(other) : NAME_SIZE - 1;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; i < length; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            size_t best = diagonal + (name[i] != other[j]);
            diagonal = row[j + 1];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j + 1] = diagonal + 1 < best ? diagonal + 1 : best;
        }
    }
    return row[n];
}

const char *nearest_option(const char *name, size_t length)
{
    const struct option *all;
    const char *best = NULL;
    size_t count = all_options(&all), least = (length - 2) / 3 + 1;
    for (size_t i = 0; length > 2 && i < count; i++) {
        size_t own = distance(name, length, all[i].name);
        if (own < least) {
            least = own;
            best = all[i].name;
        }
    }
    return best;
}
