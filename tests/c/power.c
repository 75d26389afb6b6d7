/* The power of tests for a design. */
#include "check.h"

static interlace_error err;

#define POWER(...) (&(interlace_power_request){.struct_size = sizeof(interlace_power_request), __VA_ARGS__})

static double at(const interlace_frame *table, const char *name, size_t row)
{
    double values[8];
    size_t column, n = interlace_frame_n_rows(table);
    CHECK(n <= 8 && row < n);
    OK(interlace_frame_column_index(table, name, &column, &err));
    OK(interlace_frame_column_f64(table, column, values, n, &err));
    return values[row];
}

static void curve(const interlace_fit *fit, const interlace_frame *data)
{
    static const size_t sizes[] = {6, 18, 40};
    interlace_frame *table, *one, *within;
    OK(interlace_fit_power(fit, NULL, data, POWER(.test = "Days", .effects = "Days = 4; sigma = 30", .simulations = 60, .seed = 3, .along = "Subject", .sizes = sizes, .n_sizes = 3), NULL, &table, &err));
    CHECK(interlace_frame_n_rows(table) == 3);
    for (size_t i = 0; i < 3; i++) {
        CHECK(at(table, "size", i) == (double)sizes[i] && at(table, "n_obs", i) == 10.0 * (double)sizes[i]);
        CHECK(at(table, "n", i) == 60 && at(table, "effect", i) == 4 && at(table, "failed", i) == 0);
        CLOSE(at(table, "power", i), at(table, "successes", i) / 60, 1e-15);
        CHECK(at(table, "lower", i) < at(table, "power", i) && at(table, "power", i) <= at(table, "upper", i));
    }
    CHECK(at(table, "power", 0) <= at(table, "power", 1) && at(table, "power", 1) <= at(table, "power", 2));
    /* The design of the fit is that of as many levels, or rows in each, as it has. */
    const size_t own[] = {10};
    OK(interlace_fit_power(fit, NULL, NULL, POWER(.test = "Days", .effects = "Days = 4; sigma = 30", .simulations = 60, .seed = 3), NULL, &one, &err));
    OK(interlace_fit_power(fit, NULL, NULL, POWER(.test = "Days", .effects = "Days = 4; sigma = 30", .simulations = 60, .seed = 3, .within = "Subject", .sizes = own, .n_sizes = 1), NULL, &within, &err));
    CHECK(interlace_frame_n_rows(one) == 1 && at(one, "power", 0) == at(table, "power", 1) && at(within, "mean_estimate", 0) == at(one, "mean_estimate", 0));
    interlace_frame_free(table);
    interlace_frame_free(one);
    interlace_frame_free(within);
}

static void refused(const interlace_fit *fit, const interlace_fit *reduced)
{
    static const size_t sizes[] = {1};
    interlace_frame *out = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "no test", interlace_fit_power(fit, NULL, NULL, NULL, NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "wanted one of them", interlace_fit_power(fit, reduced, NULL, POWER(.test = "Days"), NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "no fixed effect or term", interlace_fit_power(fit, NULL, NULL, POWER(.test = "Nights"), NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "effects names 'Nights'", interlace_fit_power(fit, NULL, NULL, POWER(.test = "Days", .effects = "Nights = 1"), NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "alpha", interlace_fit_power(fit, NULL, NULL, POWER(.test = "Days", .alpha = 2), NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "df is 9", interlace_fit_power(fit, NULL, NULL, POWER(.test = "Days", .df = (interlace_df)9), NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "neither along nor within", interlace_fit_power(fit, NULL, NULL, POWER(.test = "Days", .sizes = sizes, .n_sizes = 1), NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "along and within", interlace_fit_power(fit, NULL, NULL, POWER(.test = "Days", .along = "Subject", .within = "Subject"), NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "no sizes", interlace_fit_power(fit, NULL, NULL, POWER(.test = "Days", .along = "Subject"), NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "at least 2", interlace_fit_power(fit, NULL, NULL, POWER(.test = "Days", .along = "Subject", .sizes = sizes, .n_sizes = 1), NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fit is NULL", interlace_fit_power(NULL, NULL, NULL, POWER(.test = "Days"), NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_power(fit, NULL, NULL, POWER(.test = "Days"), NULL, NULL, &err));
    CHECK(out == NULL);
}

int main(void)
{
    static const char *const categorical[] = {"Subject"};
    interlace_frame *data, *ratio;
    interlace_spec *spec, *smaller;
    interlace_fit *fit, *reduced;
    OK(read_csv("tests/reference/data/sleepstudy.csv", categorical, 1, &data, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Reaction ~ Days + (Days | Subject)", &spec, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Reaction ~ 1 + (Days | Subject)", &smaller, &err));
    OK(interlace_fit_new(spec, data, NULL, &fit, &err));
    OK(interlace_fit_new(smaller, data, NULL, &reduced, &err));
    curve(fit, data);
    refused(fit, reduced);
    OK(interlace_fit_power(fit, reduced, NULL, POWER(.effects = "Days = 20", .simulations = 20), NULL, &ratio, &err));
    CHECK(at(ratio, "power", 0) == 1 && at(ratio, "successes", 0) == 20);
    interlace_frame_free(ratio);
    interlace_fit_free(reduced);
    interlace_fit_free(fit);
    interlace_spec_free(smaller);
    interlace_spec_free(spec);
    interlace_frame_free(data);
    return 0;
}
