/* Leverage, and what estimates become without rows and groups. */
#include "check.h"
#include "kinds.h"

enum { N = 180, SUBJECTS = 18 };

static interlace_error err;

#define INFLUENCE(...) (&(interlace_influence_request){.struct_size = sizeof(interlace_influence_request), __VA_ARGS__})

static double at(const interlace_frame *table, const char *name, size_t row)
{
    static double values[N];
    size_t column, n = interlace_frame_n_rows(table);
    CHECK(n <= N && row < n);
    OK(interlace_frame_column_index(table, name, &column, &err));
    OK(interlace_frame_column_f64(table, column, values, n, &err));
    return values[row];
}

static const char *label(const interlace_frame *table, const char *name, size_t row)
{
    size_t column;
    OK(interlace_frame_column_index(table, name, &column, &err));
    return interlace_frame_column_string(table, column, row);
}

static void leverages(const interlace_fit *fit)
{
    double overall[N], fixef[N], ranef[N], variance[N], sum = 0;
    OK(interlace_fit_leverage(fit, INTERLACE_LEVERAGE_OVERALL, NULL, overall, N, &err));
    OK(interlace_fit_leverage(fit, INTERLACE_LEVERAGE_FIXEF, NULL, fixef, N, &err));
    OK(interlace_fit_leverage(fit, INTERLACE_LEVERAGE_RANEF, NULL, ranef, N, &err));
    OK(interlace_fit_leverage(fit, INTERLACE_LEVERAGE_RANEF_VARIANCE, NULL, variance, N, &err));
    for (int i = 0; i < N; i++) {
        CLOSE(overall[i], fixef[i] + ranef[i], 1e-12);
        CHECK(overall[i] > 0 && overall[i] < 1 && variance[i] > 0);
        sum += fixef[i];
    }
    CLOSE(sum, 2, 1e-10);
    /* lme4: hatvalues(fit)[1] */
    CLOSE(overall[0], 0.229303013, 1e-7);
    interlace_leverage kind;
    OK(interlace_leverage_from_name("Ranef-Variance", &kind, &err));
    CHECK(kind == INTERLACE_LEVERAGE_RANEF_VARIANCE);
    SAME(interlace_leverage_name(INTERLACE_LEVERAGE_FIXEF), "fixef");
    FAILS(INTERLACE_E_ARGUMENT, "exactly 180", interlace_fit_leverage(fit, INTERLACE_LEVERAGE_FIXEF, NULL, fixef, N - 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "leverage is 9", interlace_fit_leverage(fit, (interlace_leverage)9, NULL, fixef, N, &err));
}

/* Figures of R's refits, which are good to four or five digits, and of HLMdiag. */
static void subjects(const interlace_fit *fit)
{
    interlace_frame *refit, *fixed;
    OK(interlace_fit_influence(fit, NULL, INFLUENCE(.group = "Subject"), NULL, &refit, &err));
    OK(interlace_fit_influence(fit, NULL, INFLUENCE(.influence_method = INTERLACE_INFLUENCE_METHOD_FIXED, .group = "Subject"), NULL,
                               &fixed, &err));
    CHECK(interlace_frame_n_rows(refit) == SUBJECTS);
    SAME(label(refit, "case", 0), "308");
    SAME(label(refit, "status", 0), "converged");
    CHECK(label(refit, "reason", 0) == NULL && at(refit, "rows", 0) == 10);
    CLOSE(at(refit, "cooks_distance", 0), 0.09241704, 1e-6);
    CLOSE(at(refit, "mdffits", 0), 0.10077424, 1e-5);
    CLOSE(at(refit, "covtrace", 0), 0.04208601, 1e-4);
    CLOSE(at(refit, "covratio", 0), 1.03171844, 1e-4);
    CLOSE(at(fixed, "mdffits", 0), 0.08728276, 1e-6);
    CLOSE(at(fixed, "covtrace", 0), 0.11764706, 1e-7);
    CLOSE(at(fixed, "covratio", 0), 1.12110727, 1e-7);
    /* Full less deleted: R's dfbetas(influence()) has the opposite sign. */
    CLOSE(at(refit, "dfbetas.Days", 0), 0.448927457, 1e-4);
    CHECK(at(refit, "rvc.sigma", 0) < 0 && at(fixed, "rvc.sigma", 0) == 0);

    size_t influential = 99, above = 99;
    double gap = -1;
    OK(interlace_frame_influential(refit, 0, &influential, &gap, &above, &err));
    CHECK(influential <= SUBJECTS && gap > 0 && above >= 1 && above < SUBJECTS);
    size_t counted = 0;
    for (size_t i = 0; i < SUBJECTS; i++)
        counted += at(refit, "cooks_distance", i) > 4.0 / SUBJECTS;
    CHECK(influential == counted);
    OK(interlace_frame_influential(refit, 1e9, &influential, &gap, &above, &err));
    CHECK(influential == 0);
    FAILS(INTERLACE_E_ARGUMENT, "threshold is -1", interlace_frame_influential(refit, -1, &influential, &gap, &above, &err));
    FAILS(INTERLACE_E_ARGUMENT, "gap", interlace_frame_influential(refit, 0, &influential, NULL, &above, &err));
    interlace_frame_free(refit);
    interlace_frame_free(fixed);
}

static int32_t stop(const interlace_progress *progress, void *user_data)
{
    int *seen = user_data;
    CHECK(progress->phase == INTERLACE_PHASE_DELETION && progress->total == SUBJECTS);
    return ++*seen == 5;
}

static void rest(const interlace_fit *fit, const interlace_frame *data)
{
    interlace_frame *out = NULL, *again = NULL;
    /* Groups that the model does not have: by a column of the data, and by codes. */
    int32_t codes[N];
    for (int i = 0; i < N; i++)
        codes[i] = i % 10;
    OK(interlace_fit_influence(fit, data, INFLUENCE(.group = "Days"), NULL, &out, &err));
    OK(interlace_fit_influence(fit, NULL, INFLUENCE(.codes = codes, .n_codes = N), NULL, &again, &err));
    CHECK(interlace_frame_n_rows(out) == 10 && interlace_frame_n_rows(again) == 10);
    for (size_t i = 0; i < 10; i++)
        CHECK(at(out, "cooks_distance", i) == at(again, "cooks_distance", i));
    interlace_frame_free(out);
    interlace_frame_free(again);

    out = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "'Days'", interlace_fit_influence(fit, NULL, INFLUENCE(.group = "Days"), NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "a group and codes",
          interlace_fit_influence(fit, NULL, INFLUENCE(.group = "Subject", .codes = codes, .n_codes = N), NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "3 numbers", interlace_fit_influence(fit, NULL, INFLUENCE(.codes = codes, .n_codes = 3), NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "influence_method is 7",
          interlace_fit_influence(fit, NULL, INFLUENCE(.influence_method = (interlace_influence_method)7), NULL, &out, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_fit_influence(fit, NULL, NULL, NULL, NULL, &err));

    interlace_options *options;
    int seen = 0;
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_progress(options, stop, &seen, &err));
    FAILS(INTERLACE_E_CANCELLED, "deletion", interlace_fit_influence(fit, NULL, INFLUENCE(.group = "Subject"), options, &out, &err));
    CHECK(out == NULL);
    interlace_options_free(options);
}

/* One step is for every kind of model: a case has numbers, or a reason. */
static void steps(void)
{
    interlace_frame *frame = kinds_frame(), *out;
    int seen = 0;
    for (size_t kind = 0; kind < KINDS; kind++) {
        interlace_fit *fit = kinds_fit(kind, frame);
        OK(interlace_fit_influence(fit, kinds_has_data(kind) ? frame : NULL,
                                   INFLUENCE(.influence_method = INTERLACE_INFLUENCE_METHOD_ONE_STEP, .group = "g"), NULL, &out, &err));
        for (size_t i = 0; i < interlace_frame_n_rows(out); i++) {
            const int has_reason = label(out, "reason", i) != NULL;
            CHECK(has_reason || (at(out, "cooks_distance", i) >= 0 && at(out, "cooks_distance", i) < 1e3));
            seen += !has_reason;
        }
        interlace_frame_free(out);
        interlace_fit_free(fit);
    }
    CHECK(seen > 4 * KINDS);
    interlace_frame_free(frame);
}

int main(void)
{
    static const char *const categorical[] = {"Subject"};
    interlace_frame *data;
    interlace_spec *spec;
    interlace_fit *fit;
    OK(read_csv("tests/reference/data/sleepstudy.csv", categorical, 1, &data, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Reaction ~ Days + (Days | Subject)", &spec, &err));
    OK(interlace_fit_new(spec, data, NULL, &fit, &err));
    leverages(fit);
    subjects(fit);
    rest(fit, data);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(data);
    steps();
    return 0;
}
