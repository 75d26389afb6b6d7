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

/* Predictions with standard errors and intervals. */
static void print_limits(const struct results *results)
{
    size_t n = results->n_predictions;
    printf("%14s %14s %14s %14s\n", "prediction", "std. error", "lower", "upper");
    for (size_t i = 0; i < n; i++) {
        for (size_t column = 0; column < 4; column++) {
            double value = results->predictions[column * n + i];
            if (value == value)
                printf("%s%14.7g", column > 0 ? " " : "", value);
            else
                printf("%s%14s", column > 0 ? " " : "", "NA"); /* NaN differs from itself */
        }
        printf("\n");
    }
}

/* In the order of INTERLACE_DF_*. */
static const char *const df_names[] = {"normal", "residual degrees of freedom", "Satterthwaite", "Kenward-Roger"};

static void print_intervals(const struct results *results)
{
    printf("\nWald %g %% confidence intervals (%s):\n", 100 * results->level, df_names[results->tests.df]);
    size_t p = interlace_fit_n_fixef(results->fit);
    for (size_t i = 0; i < p; i++)
        printf("  %-24s %14.6g %14.6g\n", interlace_fit_fixef_name(results->fit, i), results->lower[i], results->upper[i]);
}

/* With tests by the degrees of freedom that were asked for. */
static void print_summary(const struct results *results)
{
    const char *text = interlace_fit_summary(results->fit);
    interlace_error error;
    if (results->has_df)
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
    if (results->predictions != NULL) {
        printf("\n");
        if (results->prediction_limits != NULL)
            print_limits(results);
        else
            print_numbers("prediction", results->predictions, results->n_predictions);
    }
    print_resampled(&results->resampled);
}
