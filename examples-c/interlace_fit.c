/* interlace-fit: fits a mixed-effects model to a CSV file, and shows how a C program uses the library.
 *
 *     interlace-fit lmm "Reaction ~ Days + (Days | Subject)" data/sleepstudy.csv --categorical Subject
 *
 * Read main() from below, then the steps in their order:
 *
 *     frame      the data                          read_data           interlace_frame
 *     spec       the model to fit                  describe_model      interlace_spec
 *     options    how to fit it                     choose_options      interlace_options
 *     fit        the fitted model                  fit_model           interlace_fit
 *     and then   intervals, predictions, output    infer, predict, resample, print_json or print_text
 *
 * Every step calls functions that return a status, INTERLACE_OK or the kind of failure, and that describe a failure in an
 * interlace_error of ours. So each step returns whether it worked, the steps are joined by &&, and one place reports. */
#define _POSIX_C_SOURCE 199309L /* clock_gettime */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "interlace.h"
#include "interlace_fit_data.h"
#include "interlace_fit_inference.h"
#include "interlace_fit_lists.h"
#include "interlace_fit_options.h"
#include "interlace_fit_predict.h"
#include "interlace_fit_refit.h"
#include "interlace_fit_report.h"
#include "interlace_fit_resample.h"
#include "interlace_fit_validate.h"

/* Everything that a run owns. It all starts as NULL, and the library's free functions accept NULL. */
struct run {
    struct arguments arguments;
    interlace_frame *frame;
    interlace_spec *spec;
    interlace_options *options;
    struct results results; /* with the fit */
    interlace_error error;
    const char *about; /* the option that an error is about, if that is not obvious; NULL */
};

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- 1. the data: a frame of named columns ---- */

static bool read_frame(struct run *run)
{
    double start = seconds_now();
    bool ok = read_data(&run->arguments, &run->frame, &run->error) == INTERLACE_OK;
    run->results.read_seconds = seconds_now() - start;
    return ok;
}

/* ---- 2. the model to fit: a spec ---- */

/* For a generalised model: the distribution of the response, and its further predictors. */
static bool describe_family(const struct arguments *asked, interlace_spec *spec, interlace_error *error)
{
    const char *family = asked->family != NULL ? asked->family : interlace_family_name(0);

    if (interlace_spec_set_family(spec, family, asked->link, error) != INTERLACE_OK)
        return false;
    for (size_t i = 0; i < asked->fixed_values.count; i++)
        if (interlace_spec_fix_parameter(spec, asked->fixed_parameters.items[i], asked->fixed_values.items[i], error) !=
            INTERLACE_OK)
            return false;
    if (asked->dispformula != NULL && interlace_spec_set_dispersion(spec, asked->dispformula, error) != INTERLACE_OK)
        return false;
    if (asked->ziformula != NULL && interlace_spec_set_zero_inflation(spec, asked->ziformula, error) != INTERLACE_OK)
        return false;
    return true;
}

/* For an ordinal model: its link, and the predictors of thresholds and scale. */
static bool describe_thresholds(const struct arguments *asked, interlace_spec *spec, interlace_error *error)
{
    if (asked->link != NULL && interlace_spec_set_link(spec, asked->link, error) != INTERLACE_OK)
        return false;
    if (asked->has_threshold && interlace_spec_set_threshold(spec, asked->threshold, error) != INTERLACE_OK)
        return false;
    if (asked->nominal != NULL && interlace_spec_set_nominal(spec, asked->nominal, error) != INTERLACE_OK)
        return false;
    if (asked->scale != NULL && interlace_spec_set_scale(spec, asked->scale, error) != INTERLACE_OK)
        return false;
    return true;
}

/* A model by its formula, with everything on the command line (`context`) except random terms outside the formula; the caller
 * frees the spec, even after a failure. */
static bool make_reduced_spec(void *context, const char *formula, interlace_spec **out, interlace_error *error)
{
    const struct arguments *asked = context;

    if (interlace_spec_new(asked->model, formula, out, error) != INTERLACE_OK)
        return false;
    interlace_spec *spec = *out;
    for (size_t i = 0; i < asked->contrast_names.count; i++)
        if (interlace_spec_set_contrasts(spec, asked->contrast_columns.items[i], asked->contrast_names.items[i], error) !=
            INTERLACE_OK)
            return false;
    if (asked->model == INTERLACE_GLMM && !describe_family(asked, spec, error))
        return false;
    if (asked->model == INTERLACE_CLMM && !describe_thresholds(asked, spec, error))
        return false;
    if (asked->correlation != NULL && interlace_spec_set_correlation(spec, asked->correlation, error) != INTERLACE_OK)
        return false;
    if (asked->weights != NULL && interlace_spec_set_weights(spec, asked->weights, error) != INTERLACE_OK)
        return false;
    if (asked->offset != NULL && interlace_spec_set_offset(spec, asked->offset, error) != INTERLACE_OK)
        return false;
    return true;
}

/* The same with the random terms of --random and --groups. */
static bool make_spec(void *context, const char *formula, interlace_spec **out, interlace_error *error)
{
    const struct arguments *asked = context;

    if (!make_reduced_spec(context, formula, out, error))
        return false;
    for (size_t i = 0; i < asked->random.count; i++)
        if (interlace_spec_add_random(*out, asked->random.items[i], error) != INTERLACE_OK)
            return false;
    for (size_t i = 0; i < asked->groups.count; i++)
        if (interlace_spec_add_groups(*out, asked->groups.items[i], error) != INTERLACE_OK)
            return false;
    return true;
}

static bool describe_model(struct run *run)
{
    return make_spec(&run->arguments, run->arguments.formula, &run->spec, &run->error);
}

/* ---- 3. how to fit it: options, each with a default ---- */

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

/* The caller frees the options, even after a failure. Fits to be compared use maximum likelihood, whatever the options say. */
static bool make_options(const struct arguments *asked, bool to_compare, interlace_options **out, interlace_error *error)
{
    int32_t method = to_compare ? METHOD_ML : asked->method;

    if (interlace_options_new(out, error) != INTERLACE_OK)
        return false;
    interlace_options *options = *out;
    if (interlace_options_set_na(options, asked->na, error) != INTERLACE_OK)
        return false;
    if (method != 0 && interlace_options_set_reml(options, method == METHOD_REML, error) != INTERLACE_OK)
        return false;
    if (asked->optimizer != NULL && interlace_options_set_optimizer(options, asked->optimizer, error) != INTERLACE_OK)
        return false;
    if (asked->theta0.count > 0 && !to_compare &&
        interlace_options_set_theta0(options, asked->theta0.items, asked->theta0.count, error) != INTERLACE_OK)
        return false;
    if (asked->tolerance > 0 && interlace_options_set_tolerance(options, asked->tolerance, error) != INTERLACE_OK)
        return false;
    if (asked->max_evaluations > 0 &&
        interlace_options_set_max_evaluations(options, asked->max_evaluations, error) != INTERLACE_OK)
        return false;
    if (asked->threads > 0 && interlace_options_set_threads(options, asked->threads, error) != INTERLACE_OK)
        return false;
    if (asked->deadline > 0 && interlace_options_set_deadline(options, asked->deadline, error) != INTERLACE_OK)
        return false;
    if (asked->has_information && interlace_options_set_information(options, asked->information, error) != INTERLACE_OK)
        return false;
    if (asked->has_nagq && interlace_options_set_nagq(options, asked->nagq, error) != INTERLACE_OK)
        return false;
    if (asked->has_std_errors && interlace_options_set_std_errors(options, asked->std_errors, error) != INTERLACE_OK)
        return false;
    if (asked->has_unidentified && interlace_options_set_unidentified(options, asked->unidentified, error) != INTERLACE_OK)
        return false;
    if (asked->progress && interlace_options_set_progress(options, show_evaluation, stderr, error) != INTERLACE_OK)
        return false;
    return true;
}

static bool choose_options(struct run *run)
{
    return make_options(&run->arguments, false, &run->options, &run->error);
}

/* ---- 4. the fit: it keeps nothing of frame, spec and options, which could be freed here ---- */

static bool fit_model(struct run *run)
{
    return interlace_fit_new(run->spec, run->frame, run->options, &run->results.fit, &run->error) == INTERLACE_OK;
}

/* Instead of a fit: the objective at given parameters. */
static bool evaluate_objective(struct run *run)
{
    const struct arguments *asked = &run->arguments;
    struct results *results = &run->results;

    results->objective = new_numbers(asked->n_points, &run->error);
    results->n_objective = asked->n_points;
    return results->objective != NULL &&
           interlace_spec_objective(run->spec, run->frame, run->options, asked->objective.items, asked->n_theta,
                                    asked->n_points, results->objective, results->n_objective, &run->error) == INTERLACE_OK;
}

/* ---- 5. inference: tests and intervals of the fixed effects, marginal means, likelihood-ratio tests ---- */

/* A column of numbers of the table of coefficients. */
static bool fetch_tests(struct run *run, const char *name, double *out)
{
    const interlace_frame *table = run->results.tests.coefficients;
    size_t column;
    return interlace_frame_column_index(table, name, &column, &run->error) == INTERLACE_OK &&
           interlace_frame_column_f64(table, column, out, interlace_frame_n_rows(table), &run->error) == INTERLACE_OK;
}

/* For an ordinal model those of thresholds and nominal effects come first. */
static bool infer_intervals(struct run *run, size_t p)
{
    struct results *results = &run->results;
    const interlace_fit *fit = results->fit;
    size_t n = n_intervals(fit);
    size_t first = n - p;
    results->lower = new_numbers(n, &run->error);
    results->upper = new_numbers(n, &run->error);
    if (results->lower == NULL || results->upper == NULL)
        return false;
    if (first > 0 && interlace_fit_family_parameters_confint_wald(fit, results->level, results->lower, results->upper, first,
                                                                  &run->error) != INTERLACE_OK)
        return false;
    return fetch_tests(run, "lower", results->lower + first) && fetch_tests(run, "upper", results->upper + first);
}

static bool infer_coefficients(struct run *run)
{
    const struct arguments *asked = &run->arguments;
    struct results *results = &run->results;
    struct tests_request request = {.df = asked->df,
                                    .anova = {asked->anova[0], asked->anova[1], asked->anova[2]},
                                    .drop1 = asked->drop1,
                                    .hypothesis = &asked->hypothesis,
                                    .n_hypothesis = asked->n_hypothesis,
                                    .level = asked->level};
    results->level = asked->level;
    bool ok = test_terms(results->fit, run->frame, &request, &results->tests, &run->error);
    if (!ok && run->error.code == INTERLACE_E_NUMERIC && !asked->needs_df) {
        /* These degrees of freedom cannot be computed, but were not requested, so others will do; the output says which. */
        request.df = INTERLACE_DF_NORMAL;
        ok = test_terms(results->fit, run->frame, &request, &results->tests, &run->error);
    }
    if (!ok)
        return false;
    /* The caller provides arrays: ask for the size, allocate the memory, pass its length. */
    size_t p = interlace_fit_n_fixef(results->fit);
    results->p_value = new_numbers(p, &run->error);
    return results->p_value != NULL && fetch_tests(run, "p_value", results->p_value) &&
           (!asked->confint || infer_intervals(run, p));
}

static bool infer_means(struct run *run)
{
    const struct arguments *asked = &run->arguments;
    struct means_request request = {.specs = asked->emmeans,
                                    .at = asked->at,
                                    .comparisons = asked->comparisons,
                                    .contrasts = &asked->contrasts,
                                    .n_contrasts = asked->n_contrasts,
                                    .adjust = asked->adjust,
                                    .weights = asked->proportional ? INTERLACE_MEANS_PROPORTIONAL : INTERLACE_MEANS_EQUAL,
                                    .type = asked->has_type ? asked->type : INTERLACE_PREDICT_LINK,
                                    .df = asked->df,
                                    .level = asked->level};
    return marginal_means(run->results.fit, run->frame, &request, &run->results.means, &run->results.pairs, &run->error);
}

/* The models differ in their parameters, so all use the library's starts. */
static bool compare_models(struct run *run)
{
    interlace_options *options = NULL;
    bool ok = make_options(&run->arguments, true, &options, &run->error);
    struct comparison_request request = {.formula = run->arguments.formula,
                                         .reduced = &run->arguments.lrt,
                                         .data = run->frame,
                                         .options = options,
                                         .make_spec = make_spec,
                                         .make_reduced_spec = make_reduced_spec,
                                         .context = &run->arguments,
                                         .chi_bar = run->arguments.chi_bar};
    ok = ok && likelihood_ratio(&request, &run->results.comparison, &run->error);
    interlace_options_free(options);
    return ok;
}

static bool infer(struct run *run)
{
    double start = seconds_now();
    bool ok = infer_coefficients(run);
    if (ok && run->arguments.emmeans != NULL) {
        run->about = "--emmeans";
        ok = infer_means(run);
    }
    if (ok && run->arguments.lrt.count > 0) {
        run->about = "--lrt";
        ok = compare_models(run);
    }
    if (ok)
        run->about = NULL;
    run->results.inference_seconds = seconds_now() - start;
    return ok;
}

/* ---- 6. predictions for new data ---- */

static bool predict(struct run *run)
{
    return predict_new(&run->arguments, &run->results, &run->error);
}

/* ---- 7. simulated responses, intervals that take many fits, and other responses ---- */

static bool resample(struct run *run)
{
    const struct arguments *asked = &run->arguments;
    const struct resample_request request = {
        .nsim = (size_t)asked->simulate,
        .bootstrap = (size_t)asked->bootstrap,
        .bootstrap_type = asked->bootstrap_type,
        .simulate_type = asked->simulate_type,
        .interval = asked->boot_interval,
        .statistics = &asked->statistics,
        .response_se_of = asked->response_se,
        .seed = (uint64_t)asked->seed,
        .boot = asked->confint_boot,
        .profile = asked->confint_profile,
        .points = asked->profile,
        .profile_scale = asked->profile_scale,
        .level = asked->level,
        .options = run->options,
    };
    run->results.level = asked->level;
    return resample_fit(run->results.fit, &request, &run->results.resampled, &run->error) &&
           refit_responses(asked, run->results.fit, interlace_frame_n_rows(run->frame), run->options, &run->results.refitted,
                           &run->error);
}

/* ---- 8. the model fitted again: by all optimisers, and without parts of the data ---- */

static bool validate(struct run *run)
{
    const struct arguments *asked = &run->arguments;
    const struct validation_request request = {
        .all_fit = asked->all_fit,
        .group = asked->cross_validate,
        .folds = (size_t)asked->folds,
        .seed = (uint64_t)asked->seed,
        .spec = run->spec,
        .data = run->frame,
        .options = run->options,
    };
    return validate_model(&request, &run->results.validated, &run->error);
}

/* ---- 9. how much is explained, and what is left ---- */

static bool explain(struct run *run)
{
    struct results *results = &run->results;
    if (!diagnose(&run->arguments, results->fit, results->tests.df, &results->diagnosed, &run->error))
        return false;
    if (!run->arguments.r2)
        return true;
    struct explained *r2 = &results->explained;
    results->has_explained = true;
    return interlace_fit_r2(results->fit, &r2->marginal, &r2->conditional, &run->error) == INTERLACE_OK &&
           interlace_fit_icc(results->fit, &r2->icc_adjusted, &r2->icc_unadjusted, &run->error) == INTERLACE_OK;
}

/* ---- 10. output, which comes last, so that an error leaves nothing on standard output ---- */

static bool print_results(struct run *run)
{
    if (run->arguments.json)
        return print_json(&run->results, &run->error);
    print_text(&run->results);
    return true;
}

static void free_run(struct run *run)
{
    struct results *results = &run->results;
    free(results->objective);
    free(results->p_value);
    free(results->lower);
    free(results->upper);
    free(results->predictions);
    free(results->prediction_status);
    resampled_free(&results->resampled);
    refitted_free(&results->refitted);
    validated_free(&results->validated);
    diagnosed_free(&results->diagnosed);
    tests_free(&results->tests);
    interlace_frame_free(results->means);
    interlace_frame_free(results->pairs);
    interlace_frame_free(results->comparison);
    interlace_fit_free(results->fit);
    interlace_options_free(run->options);
    interlace_spec_free(run->spec);
    interlace_frame_free(run->frame);
    arguments_free(&run->arguments);
}

static int complain(const char *message, const char *hint, int exit_status)
{
    fprintf(stderr, "interlace-fit: %s%s\n", message, hint);
    return exit_status;
}

/* The message says what is wrong; for formulas and terms the position says where. */
static int complain_of(const char *about, const interlace_error *error)
{
    char where[48] = "";
    char message[sizeof error->message + 32];
    if (error->code == INTERLACE_E_FORMULA && error->position >= 0)
        snprintf(where, sizeof where, " (at byte %" PRId64 ")", error->position);
    snprintf(message, sizeof message, "%s%s%s", about != NULL ? about : "", about != NULL ? ": " : "", error->message);
    return complain(message, where, 1);
}

static int run_model(struct run *run)
{
    run->results.model = run->arguments.model;
    run->results.formula = run->arguments.formula;
    bool evaluate = run->arguments.n_points > 0;
    bool ok = read_frame(run) && describe_model(run) && choose_options(run) &&
              (evaluate ? evaluate_objective(run) : fit_model(run) && infer(run) && predict(run) && resample(run) && validate(run) && explain(run)) &&
              print_results(run);
    if (!ok)
        return complain_of(run->about, &run->error);
    return 0;
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
    char message[ARGUMENTS_MESSAGE_SIZE];
    int exit_status = 0;

    switch (arguments_read(&run.arguments, argc, argv, message)) {
    case ARGUMENTS_HELP:
        print_help();
        break;
    case ARGUMENTS_VERSION:
        printf("interlace-fit %s\n", interlace_version());
        break;
    case ARGUMENTS_WRONG:
        exit_status = complain(message, "; see interlace-fit --help", 2);
        break;
    case ARGUMENTS_UNAVAILABLE:
        exit_status = complain(message, "", 1);
        break;
    case ARGUMENTS_READY:
        exit_status = run_model(&run);
        break;
    }
    free_run(&run);
    return finish_output(exit_status);
}
