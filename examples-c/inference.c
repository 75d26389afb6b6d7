/* Inference: an analysis of variance, the same with Kenward and Roger's degrees of freedom, and profile-likelihood intervals.
 *
 *     cc inference.c -linterlace -o inference && ./inference */
#include <interlace.h>
#include <stdio.h>

enum { MOST = 16 };

/* The numbers of a column of a table. */
static interlace_status numbers(const interlace_frame *table, const char *name, double values[MOST], interlace_error *error)
{
    size_t column;
    interlace_status status = interlace_frame_column_index(table, name, &column, error);
    if (status == INTERLACE_OK && interlace_frame_n_rows(table) > MOST)
        status = INTERLACE_E_ARGUMENT;
    if (status == INTERLACE_OK)
        status = interlace_frame_column_f64(table, column, values, interlace_frame_n_rows(table), error);
    return status;
}

static interlace_status print_anova(const interlace_fit *fit, const interlace_frame *data, interlace_df df, interlace_error *error)
{
    double statistic[MOST], den_df[MOST], p_value[MOST];
    interlace_frame *table = NULL;
    interlace_status status = interlace_fit_anova(fit, data, INTERLACE_ANOVA_TYPE_III, df, NULL, &table, error);
    if (status == INTERLACE_OK)
        status = numbers(table, "statistic", statistic, error);
    if (status == INTERLACE_OK)
        status = numbers(table, "den_df", den_df, error);
    if (status == INTERLACE_OK)
        status = numbers(table, "p_value", p_value, error);
    for (size_t i = 0; status == INTERLACE_OK && i < interlace_frame_n_rows(table); i++)
        printf("%-14s %-6s F = %.3f with %.2f degrees of freedom, p = %.2g\n", interlace_df_name(df),
               interlace_frame_column_string(table, 0, i), statistic[i], den_df[i], p_value[i]);
    interlace_frame_free(table);
    return status;
}

static interlace_status print_profiles(const interlace_fit *fit, interlace_error *error)
{
    double estimate[MOST], lower[MOST], upper[MOST];
    interlace_frame *table = NULL;
    interlace_status status = interlace_fit_parameters_confint_profile(fit, NULL, NULL, &table, error); /* NULL: 95 % */
    if (status == INTERLACE_OK)
        status = numbers(table, "estimate", estimate, error);
    if (status == INTERLACE_OK)
        status = numbers(table, "lower", lower, error);
    if (status == INTERLACE_OK)
        status = numbers(table, "upper", upper, error);
    for (size_t i = 0; status == INTERLACE_OK && i < interlace_frame_n_rows(table); i++)
        printf("%-26s %9.4f  %9.4f to %9.4f\n", interlace_frame_column_string(table, 0, i), estimate[i], lower[i], upper[i]);
    interlace_frame_free(table);
    return status;
}

int main(void)
{
    interlace_frame *frame = NULL;
    interlace_spec *spec = NULL;
    interlace_fit *fit = NULL;
    interlace_error error = {INTERLACE_OK, 0, 0, ""};
    int failed = interlace_frame_read_csv("data/sleepstudy.csv", NULL, &frame, &error) ||
                 interlace_frame_make_categorical(frame, "Subject", &error) ||
                 interlace_spec_new(INTERLACE_MODEL_LMM, "Reaction ~ Days + (Days | Subject)", &spec, &error) ||
                 interlace_fit_new(spec, frame, NULL, &fit, &error) ||
                 print_anova(fit, frame, INTERLACE_DF_SATTERTHWAITE, &error) ||
                 print_anova(fit, frame, INTERLACE_DF_KENWARD_ROGER, &error) || print_profiles(fit, &error);
    if (failed)
        fprintf(stderr, "%s\n", error.message);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return failed;
}
