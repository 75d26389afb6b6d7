/* The command line of interlace-fit, argument by argument, and the checks for options that do not go together. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace_fit.h"

/* Wrong usage, with exit status 2. */
static int wrong(const char *format, ...)
{
    char message[1024];
    va_list values;
    va_start(values, format);
    vsnprintf(message, sizeof message, format, values);
    va_end(values);
    return complain(message, "; see interlace-fit --help", 2);
}

/* ---- what was given ---- */

const char *next_value(const struct arguments *arguments, const char *name, size_t *at)
{
    while (*at < arguments->n_given) {
        const struct given *given = &arguments->given[(*at)++];
        if (strcmp(given->option->name, name) == 0)
            return given->value != NULL ? given->value : "";
    }
    return NULL;
}

const char *value_of(const struct arguments *arguments, const char *name)
{
    size_t at = 0;
    return next_value(arguments, name, &at);
}

static bool has_value(const struct arguments *arguments, const char *name, const char *value)
{
    const char *own;
    for (size_t at = 0; (own = next_value(arguments, name, &at)) != NULL;)
        if (strcmp(own, value) == 0)
            return true;
    return false;
}

/* ---- one argument ---- */

/* Called by the library, among others after each evaluation. A return value other than 0 would cancel the call. */
static int32_t show_evaluation(const interlace_progress *progress, void *user_data)
{
    FILE *stream = user_data;
    if (progress->n_theta == 0)
        return 0;
    fprintf(stream, "%5" PRId64 "  %.10g  theta", progress->step, progress->objective);
    for (size_t i = 0; i < progress->n_theta; i++)
        fprintf(stream, " %.6g", progress->theta[i]);
    fputc('\n', stream);
    return 0;
}

/* Those of the model wait until the model is known. */
static enum answer take(struct arguments *arguments, const struct option *option, const char *value, interlace_error *error)
{
    char name[NAME_SIZE];
    interlace_status status = INTERLACE_OK;
    library_name(option, name);
    if (option->kind == CSV)
        return option->take(arguments, value, error);
    if (option->kind == OPTIONS)
        status = interlace_options_set(arguments->options, name, value, error);
    else if (option->kind == QUESTION && !interlace_questions_takes_frame(option->question))
        status = interlace_questions_set(arguments->questions, name, value, error);
    else if (strcmp(name, "progress") == 0)
        status = interlace_options_set_progress(arguments->options, show_evaluation, stderr, error);
    else if (strcmp(name, "objective") == 0)
        return is_points(value) ? TAKEN : NOT_UNDERSTOOD;
    else if (strcmp(name, "write") == 0 || strncmp(name, "plot", 4) == 0)
        return strchr(value, '=') > value && strchr(value, '=')[1] != '\0' ? TAKEN : NOT_UNDERSTOOD;
    return status == INTERLACE_OK ? TAKEN : status == INTERLACE_E_ARGUMENT ? NOT_UNDERSTOOD : FAILED;
}

static int misunderstood(const struct option *option, const char *value, const interlace_error *error)
{
    const char *hint = strstr(error->message, ", did you mean");
    if (option->wanted == NULL)
        return wrong("%s: %s", option->name, error->message);
    return wrong("%s needs %s, not '%s'%s", option->name, option->wanted, value, hint != NULL ? hint : "");
}

/* Takes the option at argv[*at], "--name value" or "--name=value", and moves *at to the last argument used. */
static int read_option(struct arguments *arguments, int argc, char **argv, int *at)
{
    const char *name = argv[*at], *equals = strchr(name, '='), *value = equals != NULL ? equals + 1 : NULL;
    size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const struct option *option = find_option(name, length);
    interlace_error error = {0};
    if (option == NULL) {
        const char *near = nearest_option(name, length);
        return wrong("unknown option %.*s%s%s%s", (int)length, name, near != NULL ? ", did you mean " : "", near != NULL ? near : "",
                     near != NULL ? "?" : "");
    }
    if (option->wanted == NULL && value != NULL)
        return wrong("%s has no value", option->name);
    if (option->wanted != NULL && value == NULL) {
        if (*at + 1 == argc)
            return wrong("%s needs %s", option->name, option->wanted);
        value = argv[++*at];
    }
    bool single = option->wanted != NULL && !option->repeatable && (option->kind == SPEC || option->kind == QUESTION);
    if (single && value_of(arguments, option->name) != NULL && !has_value(arguments, option->name, value))
        return wrong("%s is given twice, but holds one value", option->name);
    arguments->given[arguments->n_given++] = (struct given){option, value};
    switch (take(arguments, option, value, &error)) {
    case TAKEN:
        return READY;
    case NOT_UNDERSTOOD:
        return misunderstood(option, value, &error);
    default:
        return complain_of(&error);
    }
}

static int read_model(struct arguments *arguments, const char *model)
{
    arguments->loads = strcmp(model, "load") == 0;
    if (!arguments->loads && interlace_model_from_name(model, &arguments->model, NULL) != INTERLACE_OK)
        return wrong("unknown model '%s', wanted lmm, glmm, clmm, coxme or load", model);
    return READY;
}

/* ---- all together ---- */

/* Options that not all models have. */
static int check_model(const struct arguments *arguments)
{
    static const interlace_model all[] = {INTERLACE_MODEL_LMM, INTERLACE_MODEL_GLMM, INTERLACE_MODEL_CLMM,
                                          INTERLACE_MODEL_COXME};
    const char *model = interlace_model_name(arguments->model);
    for (size_t i = 0; i < arguments->n_given; i++) {
        const struct option *option = arguments->given[i].option;
        char names[64] = "";
        size_t count = 0;
        bool suits = false;
        for (size_t m = 0; m < sizeof all / sizeof *all; m++) {
            bool own = option->kind == QUESTION ? interlace_questions_suits(option->question, all[m])
                                                : option->models == 0 || (option->models & 1u << m) != 0;
            if (own)
                snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", count++ > 0 ? " and " : "", interlace_model_name(all[m]));
            suits = suits || (own && all[m] == arguments->model);
        }
        if (!suits)
            return wrong("%s is for the model%s %s, not %s", option->name, count > 1 ? "s" : "", names, model);
    }
    const char *df = value_of(arguments, "--df");
    if (arguments->model != INTERLACE_MODEL_LMM && df != NULL && strcmp(df, "normal") != 0)
        return wrong("--df %s is for the model lmm, not %s", df, model);
    return READY;
}

/* Questions that say how to answer others. */
static int check_needs(const struct arguments *arguments)
{
    if (has_value(arguments, "--confint", "boot") && value_of(arguments, "--bootstrap") == NULL)
        return wrong("--confint boot needs --bootstrap N");
    if (value_of(arguments, "--boot-interval") != NULL && !has_value(arguments, "--confint", "boot"))
        return wrong("--boot-interval is for --confint boot, which was not given");
    for (size_t i = 0; i < arguments->n_given; i++) {
        const struct option *option = arguments->given[i].option;
        char names[256] = "", name[NAME_SIZE];
        size_t n = 0;
        bool met = false;
        const char *need;
        for (; option->kind == QUESTION && (need = interlace_questions_needs(option->question, n)) != NULL; n++) {
            option_name(need, name);
            met = met || value_of(arguments, name) != NULL;
            size_t length = strlen(names);
            snprintf(names + length, sizeof names - length, "%s%s", n > 0 ? " and " : "", name);
        }
        if (n > 0 && !met)
            return wrong(n == 1 ? "%s is for %s, which was not given" : "%s is for %s, of which none was given", option->name, names);
    }
    return READY;
}

static bool reads_input(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

/* What may go with a fit that is loaded, and only with one. */
static int check_loaded(const struct arguments *arguments)
{
    bool updates = value_of(arguments, "--update") != NULL, responds = value_of(arguments, "--response") != NULL;
    if (!arguments->loads && (updates || responds))
        return wrong("%s changes a fit that is loaded: interlace-fit load FILE", updates ? "--update" : "--response");
    if (arguments->loads && value_of(arguments, "--stream") != NULL)
        return wrong("--stream says how data are read for a fit, but the fit is loaded");
    if (updates && responds)
        return wrong("--update fits to DATA.csv, so --response can't go with it");
    if (updates && arguments->data_path == NULL)
        return wrong("--update fits a model, so it needs data: load FILE DATA.csv");
    if (arguments->loads && value_of(arguments, "--augment") != NULL && arguments->data_path == NULL)
        return wrong("--augment writes the data of the fit, so it needs them: load FILE DATA.csv");
    if (responds && arguments->data_path != NULL)
        return wrong("--response takes the rows of the fit, so DATA.csv can't go with it");
    for (size_t i = 0; arguments->loads && i < arguments->n_given; i++) {
        const struct option *option = arguments->given[i].option;
        bool is_work = strcmp(option->name, "--threads") == 0 || strcmp(option->name, "--deadline") == 0;
        if (strcmp(option->name, "--objective") == 0)
            return wrong("--objective says what is fitted, but the fit is loaded");
        if (!updates && !is_work && (option->kind == SPEC || option->kind == OPTIONS))
            return wrong("%s says %s is fitted, but the fit is loaded; with --update \". ~ .\" its model is fitted anew", option->name,
                         option->kind == SPEC ? "what" : "how it");
    }
    return READY;
}

/* An option that wants the rows of the data without being a question about the fit, to `name`. */
static bool wants_rows(const struct arguments *arguments, char *name)
{
    static const char *const options[] = {"--plot", "--plot-data"};
    const char *value;
    bool correlated = value_of(arguments, "--correlation") != NULL;
    if (correlated && value_of(arguments, "--bootstrap") != NULL)
        return snprintf(name, NAME_SIZE, "--bootstrap with --correlation") > 0;
    if (correlated && has_value(arguments, "--df", "kenward-roger"))
        return snprintf(name, NAME_SIZE, "--df kenward-roger with --correlation") > 0;
    for (size_t at = 0; (value = next_value(arguments, "--write", &at)) != NULL;)
        if (strncmp(value, "observations=", 13) == 0)
            return snprintf(name, NAME_SIZE, "--write observations") > 0;
    for (size_t o = 0; o < sizeof options / sizeof options[0]; o++)
        for (size_t at = 0; (value = next_value(arguments, options[o], &at)) != NULL;)
            if (picture_needs_rows(value))
                return snprintf(name, NAME_SIZE, "%s %.*s", options[o], (int)strcspn(value, "="), value) > 0;
    return value_of(arguments, "--augment") != NULL && snprintf(name, NAME_SIZE, "--augment") > 0;
}

/* --stream keeps no rows: what asks for them is refused before the data are read. */
static int check_stream(const struct arguments *arguments)
{
    const char *question = interlace_questions_of_rows(arguments->questions);
    char name[NAME_SIZE];
    if (value_of(arguments, "--stream") == NULL)
        return READY;
    if (value_of(arguments, "--objective") != NULL)
        return wrong("--objective needs the whole data, so --stream can't go with it");
    if (question == NULL && value_of(arguments, "--refit") != NULL)
        question = "refit"; /* its data are read later */
    if (question != NULL)
        option_name(question, name);
    if (wants_rows(arguments, name) || question != NULL)
        return wrong("%s needs the rows of the data, which --stream does not keep; leave --stream out", name);
    return READY;
}

static int check_together(const struct arguments *arguments)
{
    static const char *const modifiers[] = {"--df", "--level", "--seed"}; /* they ask for nothing */
    if (arguments->loads ? arguments->saved_path == NULL : arguments->data_path == NULL)
        return wrong(arguments->loads ? "wanted load FILE" : "wanted MODEL FORMULA DATA.csv");
    int of_loaded = check_loaded(arguments);
    if (of_loaded != READY)
        return of_loaded;
    if (reads_input(arguments->data_path) + reads_input(arguments->saved_path) + reads_input(value_of(arguments, "--predict")) + reads_input(value_of(arguments, "--survival")) +
            reads_input(value_of(arguments, "--refit")) + reads_input(value_of(arguments, "--response")) > 1)
        return wrong("standard input, -, can be read for one file only");
    if (value_of(arguments, "--without-rows") != NULL && value_of(arguments, "--save") == NULL)
        return wrong("--without-rows is for --save, which was not given");
    int of_stream = check_stream(arguments);
    if (of_stream != READY)
        return of_stream;
    for (size_t i = 0; value_of(arguments, "--objective") != NULL && i < arguments->n_given; i++) {
        const struct option *option = arguments->given[i].option;
        bool asks = option->kind == QUESTION || strcmp(option->name, "--write") == 0 || strcmp(option->name, "--augment") == 0 ||
                    strncmp(option->name, "--plot", 6) == 0 || strcmp(option->name, "--save") == 0;
        for (size_t m = 0; m < sizeof modifiers / sizeof modifiers[0]; m++)
            asks = asks && strcmp(option->name, modifiers[m]) != 0;
        if (asks)
            return wrong("--objective evaluates without a fit, so %s can't go with it", option->name);
    }
    if (arguments->loads)
        return READY; /* the model is not known yet */
    int exit_status = check_model(arguments);
    return exit_status != READY ? exit_status : check_needs(arguments);
}

/* What the options of the model say of it. */
static int complete_spec(struct arguments *arguments, enum answer answer, interlace_error error)
{
    for (size_t i = 0; answer == TAKEN && i < arguments->n_given; i++) {
        const struct given *given = &arguments->given[i];
        if (given->option->kind == SPEC)
            answer = given->option->take(arguments, given->value, &error);
        if (answer == NOT_UNDERSTOOD)
            return wrong("%s needs %s, not '%s'", given->option->name, given->option->wanted, given->value);
    }
    return answer == TAKEN ? READY : complain_of(&error);
}

/* The model, once its kind, its formula and its family are known. */
static int make_spec(struct arguments *arguments)
{
    interlace_error error;
    enum answer answer =
        interlace_spec_new(arguments->model, arguments->formula, &arguments->spec, &error) == INTERLACE_OK ? TAKEN : FAILED;
    if (answer == TAKEN)
        answer = take_distribution(arguments, interlace_family_name(0), &error);
    return complete_spec(arguments, answer, error);
}

/* The model of a fit that was loaded, with another formula and other options. */
static int update_spec(struct arguments *arguments, const interlace_fit *fit)
{
    interlace_error error;
    interlace_spec *old = arguments->spec;
    if (old == NULL)
        return complain("--update: the fit was saved without its model", "", 1);
    enum answer answer =
        interlace_spec_update(old, value_of(arguments, "--update"), &arguments->spec, &error) == INTERLACE_OK ? TAKEN : FAILED;
    if (answer == TAKEN)
        interlace_spec_free(old);
    if (answer == TAKEN && (value_of(arguments, "--family") != NULL || value_of(arguments, "--link") != NULL))
        answer = take_distribution(arguments, interlace_fit_family(fit), &error);
    return complete_spec(arguments, answer, error);
}

/* --help, or --help OPTION */
static int help(int argc, char **argv, int at)
{
    char name[NAME_SIZE + 2] = "";
    const struct option *option = NULL;
    if (at + 1 < argc) {
        snprintf(name, sizeof name, "%s%s", argv[at + 1][0] == '-' ? "" : "--", argv[at + 1]);
        option = find_option(name, strlen(name));
        const char *near = option == NULL ? nearest_option(name, strlen(name)) : NULL;
        if (option == NULL)
            return wrong("unknown option %s%s%s%s", name, near != NULL ? ", did you mean " : "", near != NULL ? near : "",
                         near != NULL ? "?" : "");
    }
    print_help(option);
    return 0;
}

int arguments_read(struct arguments *arguments, int argc, char **argv)
{
    interlace_error error;
    arguments->model = INTERLACE_MODEL_NONE;
    arguments->given = calloc((size_t)argc + 1, sizeof *arguments->given);
    if (arguments->given == NULL)
        return complain("no memory for the arguments", "", 1);
    if (interlace_csv_options_new(&arguments->csv, &error) != INTERLACE_OK ||
        interlace_options_new(&arguments->options, &error) != INTERLACE_OK ||
        interlace_questions_new(&arguments->questions, &error) != INTERLACE_OK)
        return complain_of(&error);
    int exit_status = READY;
    for (int at = 1; at < argc && exit_status == READY; at++) {
        if (strcmp(argv[at], "--help") == 0)
            return help(argc, argv, at);
        if (strcmp(argv[at], "--version") == 0) {
            printf("interlace-fit %s\n", interlace_version());
            return 0;
        }
        if (argv[at][0] == '-' && argv[at][1] != '\0')
            exit_status = read_option(arguments, argc, argv, &at);
        else if (arguments->model == INTERLACE_MODEL_NONE && !arguments->loads)
            exit_status = read_model(arguments, argv[at]);
        else if (arguments->loads && arguments->saved_path == NULL)
            arguments->saved_path = argv[at];
        else if (!arguments->loads && arguments->formula == NULL)
            arguments->formula = argv[at];
        else if (arguments->data_path == NULL)
            arguments->data_path = argv[at];
        else
            exit_status = wrong("unexpected argument '%s'", argv[at]);
    }
    if (exit_status == READY)
        exit_status = check_together(arguments);
    return exit_status == READY && !arguments->loads ? make_spec(arguments) : exit_status;
}

int arguments_of_fit(struct arguments *arguments, const interlace_fit *fit, interlace_spec *spec, interlace_options *options)
{
    interlace_error error = {0};
    interlace_options_free(arguments->options);
    arguments->options = options;
    arguments->spec = spec;
    arguments->model = interlace_fit_model(fit);
    /* What is given here goes before what the fit was made with. */
    for (size_t i = 0; i < arguments->n_given; i++) {
        const struct given *given = &arguments->given[i];
        bool again = given->option->kind == OPTIONS || strcmp(given->option->name, "--progress") == 0;
        if (again && take(arguments, given->option, given->value, &error) != TAKEN)
            return complain_of(&error);
    }
    int exit_status = check_model(arguments);
    if (exit_status == READY)
        exit_status = check_needs(arguments);
    return exit_status == READY && value_of(arguments, "--update") != NULL ? update_spec(arguments, fit) : exit_status;
}

void arguments_free(struct arguments *arguments)
{
    free(arguments->given);
    list_free(&arguments->categorical);
    list_free(&arguments->ordered);
    interlace_csv_options_free(arguments->csv);
    interlace_spec_free(arguments->spec);
    interlace_options_free(arguments->options);
    interlace_questions_free(arguments->questions);
}
