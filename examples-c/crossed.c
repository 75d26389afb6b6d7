/* Crossed random effects and factors: every judge tasted every bottle. The means of a factor's levels come out as a table, which is
 * a frame as data are.
 *
 *     cc crossed.c -linterlace -o crossed && ./crossed */
#include <interlace.h>
#include <stdio.h>

/* Prints a column of text and three of numbers. */
static interlace_status print_table(const interlace_frame *table, const char *label, const char *const numbers[3], interlace_error *error)
{
    double values[3][32];
    size_t column, rows = interlace_frame_n_rows(table), text;
    interlace_status status = rows > 32 ? INTERLACE_E_ARGUMENT : interlace_frame_column_index(table, label, &text, error);
    for (int j = 0; j < 3 && status == INTERLACE_OK; j++) {
        status = interlace_frame_column_index(table, numbers[j], &column, error);
        if (status == INTERLACE_OK)
            status = interlace_frame_column_f64(table, column, values[j], rows, error);
    }
    if (status != INTERLACE_OK)
        return status;
    printf("%-12s %10s %10s %10s\n", label, numbers[0], numbers[1], numbers[2]);
    for (size_t i = 0; i < rows; i++)
        printf("%-12s %10.4g %10.4g %10.4g\n", interlace_frame_column_string(table, text, i), values[0][i], values[1][i], values[2][i]);
    return status;
}

static interlace_status print_means(const interlace_fit *fit, const interlace_frame *data, interlace_error *error)
{
    static const char *const means[3] = {"estimate", "lower", "upper"}, *const tests[3] = {"estimate", "std_error", "p_value"};
    interlace_frame *table = NULL, *contrasts = NULL;
    interlace_status status = interlace_fit_marginal_means(fit, data, "~ temp", NULL, NULL, &table, error);
    if (status == INTERLACE_OK)
        status = print_table(table, "temp", means, error);
    if (status == INTERLACE_OK)
        status = interlace_fit_contrasts(fit, data, "~ temp", NULL, NULL, &contrasts, error);
    if (status == INTERLACE_OK)
        status = print_table(contrasts, "contrast", tests, error);
    interlace_frame_free(contrasts);
    interlace_frame_free(table);
    return status;
}

int main(void)
{
    interlace_frame *frame = NULL;
    interlace_spec *spec = NULL;
    interlace_fit *fit = NULL;
    interlace_error error;

    interlace_status status = interlace_frame_read_csv("data/wine.csv", NULL, &frame, &error);
    if (status == INTERLACE_OK)
        status = interlace_spec_new(INTERLACE_MODEL_LMM, "response ~ temp * contact + (1 | judge) + (1 | bottle)", &spec, &error);
    if (status == INTERLACE_OK)
        status = interlace_fit_new(spec, frame, NULL, &fit, &error);
    for (size_t term = 0; term < interlace_fit_n_terms(fit) && status == INTERLACE_OK; term++) {
        double sd;
        status = interlace_fit_term_sd(fit, term, &sd, 1, &error);
        printf("standard deviation of %-7s %.3f\n", interlace_fit_term_group(fit, term), sd);
    }
    if (status == INTERLACE_OK)
        status = print_means(fit, frame, &error);
    if (status != INTERLACE_OK)
        fprintf(stderr, "%s\n", error.message);

    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return status != INTERLACE_OK;
}
