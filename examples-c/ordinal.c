/* An ordinal model: the bitterness of wines, rated from 1 to 5 by nine judges (Randall 1989).
 *
 *     cc ordinal.c -linterlace -o ordinal && ./ordinal */
#include <interlace.h>
#include <stdio.h>

enum { CATEGORIES = 5, MOST = 80 };

static interlace_status print_fit(const interlace_fit *fit, interlace_error *error)
{
    double thresholds[CATEGORIES - 1], beta[2], se[2];
    interlace_status status = interlace_fit_thresholds(fit, thresholds, CATEGORIES - 1, error);
    if (status == INTERLACE_OK)
        status = interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, beta, 2, error);
    if (status == INTERLACE_OK)
        status = interlace_fit_fixef_std_error(fit, INTERLACE_PREDICTOR_MEAN, se, 2, error);
    if (status != INTERLACE_OK)
        return status;
    for (size_t i = 0; i < interlace_fit_n_thresholds(fit); i++)
        printf("threshold %-6s %8.4f\n", interlace_fit_threshold_name(fit, i), thresholds[i]);
    for (size_t i = 0; i < 2; i++)
        printf("%-16s %8.4f  (standard error %.4f)\n", interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_MEAN, i), beta[i], se[i]);
    return status;
}

/* The probabilities of the five categories for a wine, averaged over judges. A matrix has one row per row of the data, column-major. */
static interlace_status print_probabilities(const interlace_fit *fit, interlace_error *error)
{
    double values[MOST * CATEGORIES];
    size_t rows = interlace_fit_n_rows(fit);
    interlace_predict_request request = INTERLACE_PREDICT_REQUEST_INIT;
    request.quantity = INTERLACE_QUANTITY_MARGINAL;
    if (rows > MOST)
        return INTERLACE_E_ARGUMENT;
    interlace_status status = interlace_fit_predict(fit, NULL, &request, NULL, values, rows * CATEGORIES, error);
    if (status != INTERLACE_OK)
        return status;
    printf("the first wine: ");
    for (size_t k = 0; k < interlace_fit_n_categories(fit); k++)
        printf(" P(%s) = %.3f", interlace_fit_category(fit, k), values[k * rows]);
    printf("\n");
    return status;
}

int main(void)
{
    interlace_frame *frame = NULL;
    interlace_spec *spec = NULL;
    interlace_fit *fit = NULL;
    interlace_error error;

    interlace_status status = interlace_frame_read_csv("data/wine.csv", NULL, &frame, &error);
    if (status == INTERLACE_OK) /* whole numbers are the codes of categories; text would need their order */
        status = interlace_spec_new(INTERLACE_MODEL_CLMM, "rating ~ temp + contact + (1 | judge)", &spec, &error);
    if (status == INTERLACE_OK)
        status = interlace_fit_new(spec, frame, NULL, &fit, &error);
    if (status == INTERLACE_OK)
        status = print_fit(fit, &error);
    if (status == INTERLACE_OK)
        status = print_probabilities(fit, &error);
    if (status != INTERLACE_OK)
        fprintf(stderr, "%s\n", error.message);

    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return status != INTERLACE_OK;
}
