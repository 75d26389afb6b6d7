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

static void print_intervals(const struct results *results)
{
    printf("\nWald %g %% confidence intervals (normal):\n", 100 * results->level);
    size_t p = interlace_fit_n_fixef(results->fit);
    for (size_t i = 0; i < p; i++)
        printf("  %-24s %14.6g %14.6g\n", interlace_fit_fixef_name(results->fit, i), results->lower[i], results->upper[i]);
}

void print_text(const struct results *results)
{
    if (results->fit != NULL)
        printf("%s", interlace_fit_summary(results->fit));
    if (results->objective != NULL)
        print_numbers("objective", results->objective, results->n_objective);
    if (results->lower != NULL)
        print_intervals(results);
    if (results->means != NULL) {
        print_frame("Marginal means:", results->means);
        print_frame("Pairs:", results->pairs);
    }
    if (results->comparison != NULL)
        print_frame("Likelihood-ratio tests (maximum likelihood):", results->comparison);
    if (results->predictions != NULL) {
        printf("\n");
        print_numbers("prediction", results->predictions, results->n_predictions);
    }
}
