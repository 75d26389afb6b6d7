/* interlace-fit: fits a mixed-effects model to a CSV file, and shows how a C program uses the library.
 *
 *     interlace-fit lmm "Reaction ~ Days + (Days | Subject)" data/sleepstudy.csv --categorical Subject
 *
 * Read main() from below, then the steps in their order:
 *
 *     arguments   what to fit, how, and what to ask   arguments_read   interlace_spec, interlace_options, interlace_questions
 *     data        a frame of named columns            read_data        interlace_frame
 *                 or sums of its parts, for --stream  fit_stream       interlace_csv_stream, interlace_plan, interlace_accumulator
 *     fit         the fitted model                    interlace_fit_new, or one that was saved, interlace_fit_from_bytes
 *     print       one document with all answers       interlace_fit_to_json, interlace_fit_to_text
 *
 * Every step calls functions that return a status, INTERLACE_OK or the kind of failure, and that describe a failure in an
 * interlace_error of ours. So each step returns whether it worked, the steps are joined by &&, and one place reports. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace_fit.h"

/* Everything that a run owns. It all starts as NULL, and the library's free functions accept NULL. */
struct run {
    struct arguments arguments;
    interlace_frame *data;
    interlace_fit *fit;
    interlace_fit *robust; /* the same with robust standard errors, for --robust */
    char *text; /* the document */
    size_t length;
    interlace_error error;
};

/* ---- the fit ---- */

static bool fit_model(struct run *run)
{
    const struct arguments *asked = &run->arguments;
    if (run->fit == NULL && value_of(asked, "--stream") != NULL)
        return fit_stream(asked, &run->fit, &run->error);
    return run->fit != NULL || interlace_fit_new(asked->spec, run->data, asked->options, &run->fit, &run->error) == INTERLACE_OK;
}

/* --response: the model of the fit, fitted to another response. */
static bool refit_model(struct run *run)
{
    const char *path = value_of(&run->arguments, "--response");
    interlace_frame *frame = NULL;
    interlace_fit *other = NULL;
    size_t rows = interlace_fit_n_rows(run->fit), columns = interlace_fit_n_response_columns(run->fit);
    double *y = NULL;
    if (path == NULL)
        return true;
    bool ok = read_responses(&run->arguments, path, &frame, &run->error);
    if (ok && (interlace_frame_n_rows(frame) != rows || interlace_frame_n_columns(frame) != columns))
        ok = fail(&run->error, INTERLACE_E_ARGUMENT, "response: '%.400s' has %zu rows and %zu columns, the fit needs %zu and %zu", path,
                  interlace_frame_n_rows(frame), interlace_frame_n_columns(frame), rows, columns);
    if (ok && (y = malloc((rows * columns + 1) * sizeof *y)) == NULL)
        ok = fail(&run->error, INTERLACE_E_MEMORY, "no memory for the response");
    for (size_t i = 0; ok && i < columns; i++)
        ok = interlace_frame_column_f64(frame, i, y + i * rows, rows, &run->error) == INTERLACE_OK;
    ok = ok && interlace_fit_refit(run->fit, y, rows * columns, run->arguments.options, &other, &run->error) == INTERLACE_OK;
    free(y);
    interlace_frame_free(frame);
    if (ok) {
        interlace_fit_free(run->fit);
        run->fit = other;
    }
    return ok;
}

/* It ends a search, which then has a result; answers about the fit would be lost. */
static bool end_deadline(struct run *run)
{
    return interlace_options_set_deadline(run->arguments.options, HUGE_VAL, &run->error) == INTERLACE_OK;
}

static bool save_model(struct run *run)
{
    const char *path = value_of(&run->arguments, "--save");
    return path == NULL || save_fit(path, run->fit, run->arguments.spec, value_of(&run->arguments, "--without-rows") == NULL, &run->error);
}

/* ---- the document ---- */

typedef bool (*reader)(const struct arguments *, const char *, interlace_frame **, interlace_error *);

/* A question whose value is a file: the library takes a copy of the frame. */
static bool ask_of_file(struct run *run, const char *option, reader read)
{
    const char *path = value_of(&run->arguments, option);
    interlace_frame *frame = NULL;
    if (path == NULL)
        return true;
    bool ok = read(&run->arguments, path, &frame, &run->error) &&
              interlace_questions_set_frame(run->arguments.questions, option + 2, frame, &run->error) == INTERLACE_OK;
    interlace_frame_free(frame);
    return ok;
}

static bool make_document(struct run *run)
{
    const struct arguments *asked = &run->arguments;
    bool json = value_of(asked, "--json") != NULL;
    if (!ask_of_file(run, "--predict", read_new_data) || !ask_of_file(run, "--survival", read_new_data) ||
        !ask_of_file(run, "--refit", read_responses))
        return false;
    return (json ? interlace_fit_to_json : interlace_fit_to_text)(run->fit, asked->spec, run->data, asked->questions, asked->options,
                                                                   &run->text, &run->length, &run->error) == INTERLACE_OK;
}

/* --robust: tables and pictures are of the fit with robust standard errors; the document makes its own. */
static bool make_robust(struct run *run)
{
    const char *name = value_of(&run->arguments, "--robust"), *cluster = value_of(&run->arguments, "--cluster");
    interlace_robust_kind kind;
    bool shown = value_of(&run->arguments, "--write") != NULL || value_of(&run->arguments, "--plot") != NULL ||
                 value_of(&run->arguments, "--plot-data") != NULL;
    if (name == NULL || !shown)
        return true;
    if (cluster == NULL)
        cluster = interlace_fit_n_terms(run->fit) > 0 ? interlace_fit_term_group(run->fit, 0) : interlace_fit_correlation_group(run->fit);
    else if (strcmp(cluster, "observation") == 0)
        cluster = NULL;
    return interlace_robust_kind_from_name(name, &kind, &run->error) == INTERLACE_OK &&
           interlace_fit_robust(run->fit, kind, cluster, run->data, NULL, 0, run->arguments.options, &run->robust, &run->error) == INTERLACE_OK;
}

/* The fit whose tests are shown. */
static const interlace_fit *tested(const struct run *run)
{
    return run->robust != NULL ? run->robust : run->fit;
}

/* A table; coefficients with limits of the level that is asked for. */
static bool make_table(const struct run *run, const char *name, interlace_df df, interlace_frame **table, interlace_error *error)
{
    const char *level = value_of(&run->arguments, "--level");
    if (level != NULL && strcmp(name, "coefficients") == 0)
        return interlace_fit_coefficients(tested(run), df, strtod(level, NULL), run->arguments.options, table, error) == INTERLACE_OK;
    return interlace_fit_table(tested(run), name, df, run->arguments.options, table, error) == INTERLACE_OK;
}

/* --write TABLE=FILE.csv */
static bool write_tables(struct run *run)
{
    const char *request, *asked_df = value_of(&run->arguments, "--df");
    interlace_df df = INTERLACE_DF_DEFAULT;
    if (asked_df != NULL && interlace_df_from_name(asked_df, &df, &run->error) != INTERLACE_OK)
        return false;
    for (size_t at = 0; (request = next_value(&run->arguments, "--write", &at)) != NULL;) {
        const char *equals = strchr(request, '=');
        struct list name = {0};
        interlace_frame *table = NULL;
        bool ok = equals != NULL && list_add(&name, request, (size_t)(equals - request))
                      ? make_table(run, name.items[0], df, &table, &run->error) &&
                            interlace_frame_write_csv(table, equals + 1, &run->error) == INTERLACE_OK
                      : fail(&run->error, INTERLACE_E_MEMORY, "no memory for the name of a table");
        interlace_frame_free(table);
        list_free(&name);
        if (!ok)
            return false;
    }
    return true;
}

/* --augment FILE.csv */
static bool write_augmented(struct run *run)
{
    const char *path = value_of(&run->arguments, "--augment"), *seed = value_of(&run->arguments, "--seed"),
               *influence = value_of(&run->arguments, "--influence");
    interlace_frame *frame = NULL;
    if (path == NULL)
        return true;
    bool ok = interlace_fit_augment(run->fit, run->data, seed != NULL ? strtoull(seed, NULL, 10) : 0,
                                    influence != NULL && strcmp(influence, "observation") == 0, run->arguments.options, &frame,
                                    &run->error) == INTERLACE_OK &&
              interlace_frame_write_csv(frame, path, &run->error) == INTERLACE_OK;
    interlace_frame_free(frame);
    return ok;
}

/* Output comes last, so that an error leaves nothing on standard output. */
static bool print_document(struct run *run)
{
    fwrite(run->text, 1, run->length, stdout);
    return true;
}

/* ---- the whole ---- */

static int run_model(struct run *run)
{
    bool evaluate = value_of(&run->arguments, "--objective") != NULL;
    bool whole = run->arguments.data_path != NULL && value_of(&run->arguments, "--stream") == NULL;
    bool ok = check_pictures(&run->arguments, &run->error) && (!whole || read_data(&run->arguments, &run->data, &run->error)) &&
              (evaluate ? evaluate_objective(&run->arguments, run->data, &run->error)
                        : fit_model(run) && refit_model(run) && end_deadline(run) && make_document(run) && make_robust(run) && write_tables(run) && write_augmented(run) &&
                              write_pictures(&run->arguments, tested(run), run->data, &run->error) && save_model(run) && print_document(run));
    return ok ? 0 : complain_of(&run->error);
}

/* A fit that was saved, in the place of one that is made. */
static int load_model(struct run *run)
{
    interlace_spec *spec = NULL;
    interlace_options *options = NULL;
    if (!load_fit(run->arguments.saved_path, &run->fit, &spec, &options, &run->error))
        return complain_of(&run->error);
    int exit_status = arguments_of_fit(&run->arguments, run->fit, spec, options);
    if (value_of(&run->arguments, "--update") != NULL) { /* it is made anew */
        interlace_fit_free(run->fit);
        run->fit = NULL;
    }
    return exit_status;
}

/* A full disk shows only when the buffer is written. */
static int finish_output(int exit_status)
{
    if (exit_status == 0 && (fflush(stdout) != 0 || ferror(stdout)))
        return complain("can't write to standard output", "", 1);
    return exit_status;
}

int main(int argc, char **argv)
{
    struct run run = {0};
    int exit_status = arguments_read(&run.arguments, argc, argv);
    if (exit_status == READY && run.arguments.loads)
        exit_status = load_model(&run);
    if (exit_status == READY)
        exit_status = run_model(&run);
    interlace_text_free(run.text);
    interlace_fit_free(run.fit);
    interlace_fit_free(run.robust);
    interlace_frame_free(run.data);
    arguments_free(&run.arguments);
    return finish_output(exit_status);
}
