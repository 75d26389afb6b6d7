/* The summary to read. */
#include <stdio.h>

#include "interlace_fit_inference.h"
#include "interlace_fit_number.h"
#include "interlace_fit_report.h"

static void print_numbers(const char *title, const double *values, size_t count)
{
    printf("%s\n", title);
    for (size_t i = 0; i < count; i++) {
        char text[NUMBER_TEXT_SIZE];
        number_to_text(values[i], text);
        printf("%s\n", values[i] == values[i] ? text : "NA"); /* NaN differs from itself */
    }
}

/* Columns below titles that are there already, `step` numbers apart. */
static void print_columns(const double *values, size_t rows, size_t columns, size_t step)
{
    for (size_t i = 0; i < rows; i++) {
        for (size_t column = 0; column < columns; column++) {
            double value = values[column * step + i];
            if (value == value)
                printf("%s%14.7g", column > 0 ? " " : "", value);
            else
                printf("%s%14s", column > 0 ? " " : "", "NA"); /* NaN differs from itself */
        }
        printf("\n");
    }
}

prediction_name prediction_names(const struct results *results)
{
    if (results->model != INTERLACE_CLMM)
        return NULL;
    switch (results->prediction_type) {
    case INTERLACE_PREDICT_PROBABILITIES:
    case INTERLACE_PREDICT_MARGINAL:
        return interlace_fit_category;
    case INTERLACE_PREDICT_CUMULATIVE:
        return interlace_fit_threshold_name;
    default:
        return NULL;
    }
}

/* Predictions with standard errors and intervals, for each category separately. */
static void print_limits(const struct results *results)
{
    size_t n = results->n_predictions, width = results->prediction_width;
    prediction_name name = prediction_names(results);
    for (size_t k = 0; k < width; k++) {
        if (name != NULL)
            printf("%s%s\n", k > 0 ? "\n" : "", name(results->fit, k));
        printf("%14s %14s %14s %14s\n", "prediction", "std. error", "lower", "upper");
        print_columns(results->predictions + k * n, n, 4, n * width);
    }
}

bool prediction_warning(const struct results *results, int32_t status, char *text, size_t size)
{
    static const char *const reasons[] = {
        "", "", "can't be estimated: columns that were left out of the model differ there from what they are in the data",
        "has no probabilities: its nominal effects have thresholds cross"};
    if (results->prediction_status == NULL || status < INTERLACE_PREDICTED_NOT_ESTIMABLE || status > INTERLACE_PREDICTED_CROSSED)
        return false;
    size_t count = 0, length = 0;
    for (size_t i = 0; i < results->n_predictions; i++) {
        if (results->prediction_status[i] != status)
            continue;
        if (count < 10 && length < size)
            length += (size_t)snprintf(text + length, size - length, "%s%zu", count == 0 ? "prediction: row " : ", ", i + 1);
        count++;
    }
    if (count > 10 && length < size)
        length += (size_t)snprintf(text + length, size - length, " and %zu more", count - 10);
    if (count > 0 && length < size)
        snprintf(text + length, size - length, " of the new data %s", reasons[status]);
    return count > 0;
}

static void print_predictions(const struct results *results)
{
    size_t n = results->n_predictions, width = results->prediction_width;
    prediction_name name = prediction_names(results);
    printf("\n");
    if (results->prediction_limits != NULL) {
        print_limits(results);
    } else if (name != NULL) {
        for (size_t k = 0; k < width; k++)
            printf("%s%14s", k > 0 ? " " : "", name(results->fit, k));
        printf("\n");
        print_columns(results->predictions, n, width, n);
    } else {
        print_numbers("prediction", results->predictions, n);
    }
    char text[400];
    for (int32_t status = INTERLACE_PREDICTED_NOT_ESTIMABLE; status <= INTERLACE_PREDICTED_CROSSED; status++)
        if (prediction_warning(results, status, text, sizeof text))
            printf("\n%s\n", text);
}

/* In the order of INTERLACE_DF_*. */
static const char *const df_names[] = {"normal", "residual degrees of freedom", "Satterthwaite", "Kenward-Roger"};

static void print_intervals(const struct results *results)
{
    printf("\nWald %g %% confidence intervals (%s):\n", 100 * results->level, df_names[results->tests.df]);
    for (size_t i = 0; i < n_intervals(results->fit); i++)
        printf("  %-24s %14.6g %14.6g\n", interval_name(results->fit, i), results->lower[i], results->upper[i]);
}

/* With tests by the requested degrees of freedom. */
static void print_summary(const struct results *results)
{
    const char *text = interlace_fit_summary(results->fit);
    interlace_error error;
    if (interlace_fit_model(results->fit) == INTERLACE_LMM)
        interlace_fit_summary_with_df(results->fit, results->tests.df, &text, &error);
    printf("%s", text);
}

void print_text(const struct results *results)
{
    if (results->fit != NULL)
        print_summary(results);
    if (results->objective != NULL)
        print_numbers("objective", results->objective, results->n_objective);
    if (results->lower != NULL)
        print_intervals(results);
    print_tests(&results->tests);
    if (results->has_explained) {
        const struct explained *r2 = &results->explained;
        printf("\nR2: marginal %.4g, conditional %.4g; intraclass correlation: adjusted %.4g, unadjusted %.4g\n", r2->marginal,
               r2->conditional, r2->icc_adjusted, r2->icc_unadjusted);
    }
    if (results->means != NULL) {
        print_frame("Marginal means:", results->means);
        print_frame("Pairs:", results->pairs);
    }
    if (results->comparison != NULL)
        print_frame("Likelihood-ratio tests (maximum likelihood):", results->comparison);
    if (results->predictions != NULL)
        print_predictions(results);
    print_resampled(&results->resampled);
    print_refitted(&results->refitted);
    print_validated(&results->validated);
    print_diagnosed(&results->diagnosed);
}
