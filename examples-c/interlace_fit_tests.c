/* Tests of the fixed effects: tables of the library, as JSON and as text. */
#include "interlace_fit_tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "interlace_fit_inference.h"

static const char *const type_names[ANOVA_TYPES] = {"I", "II", "III"};
static const char *const type_keys[ANOVA_TYPES] = {"type1", "type2", "type3"};

/* Each row of L, and all together. */
static bool test_hypothesis(const interlace_fit *fit, const struct tests_request *request, struct tests *tests,
                            interlace_error *error)
{
    size_t p = request->n_hypothesis, k = request->hypothesis->count / p;
    if (p != interlace_fit_n_fixef(fit)) {
        *error = (interlace_error){INTERLACE_E_ARGUMENT, 0, -1, ""};
        snprintf(error->message, sizeof error->message, "--test: a row has %zu coefficients, the model has %zu fixed effects", p,
                 interlace_fit_n_fixef(fit));
        return false;
    }
    /* The library wants columns. */
    double *l = new_numbers(k * p, error);
    for (size_t i = 0; l != NULL && i < k * p; i++)
        l[i % p * k + i / p] = request->hypothesis->items[i];
    bool ok = l != NULL &&
              interlace_fit_wald_test(fit, l, k, p, k, NULL, request->df, false, &tests->rows, error) == INTERLACE_OK &&
              interlace_fit_wald_test(fit, l, k, p, k, NULL, request->df, true, &tests->joint, error) == INTERLACE_OK;
    free(l);
    return ok;
}

bool test_terms(const interlace_fit *fit, const interlace_frame *data, const struct tests_request *request, struct tests *tests,
                interlace_error *error)
{
    tests->df = request->df;
    if (interlace_fit_coefficients(fit, request->df, request->level, &tests->coefficients, error) != INTERLACE_OK)
        return false;
    for (int32_t type = 1; type <= ANOVA_TYPES; type++)
        if (request->anova[type - 1] &&
            interlace_fit_anova(fit, data, type, request->df, &tests->anova[type - 1], error) != INTERLACE_OK)
            return false;
    if (request->drop1 && interlace_fit_drop1(fit, data, &tests->drop1, error) != INTERLACE_OK)
        return false;
    return request->hypothesis->count == 0 || test_hypothesis(fit, request, tests, error);
}

void tests_free(struct tests *tests)
{
    interlace_frame_free(tests->coefficients);
    for (int type = 0; type < ANOVA_TYPES; type++)
        interlace_frame_free(tests->anova[type]);
    interlace_frame_free(tests->drop1);
    interlace_frame_free(tests->rows);
    interlace_frame_free(tests->joint);
}

static const char *df_key(int32_t df)
{
    switch (df) {
    case INTERLACE_DF_SATTERTHWAITE:
        return "satterthwaite";
    case INTERLACE_DF_KENWARD_ROGER:
        return "kenward_roger";
    case INTERLACE_DF_RESIDUAL:
        return "residual";
    default:
        return "normal";
    }
}

void json_tests(struct json *json, const struct tests *tests)
{
    static const char *const names[][2] = {{"term", "names"},        {"estimate", "estimate"}, {"std_error", "std_error"},
                                           {"df", "df"},             {"statistic", "t_value"}, {"p_value", "p_value"},
                                           {"lower", "lower"},       {"upper", "upper"}};
    bool any = false;
    for (int type = 0; type < ANOVA_TYPES; type++)
        any = any || tests->anova[type] != NULL;
    if (tests->coefficients != NULL) {
        json_key(json, df_key(tests->df));
        json_open(json, '{');
        json_columns(json, tests->coefficients, names, sizeof names / sizeof names[0]);
        if (any) {
            json_key(json, "anova");
            json_open(json, '{');
            for (int type = 0; type < ANOVA_TYPES; type++)
                if (tests->anova[type] != NULL)
                    json_frame(json, type_keys[type], tests->anova[type]);
            json_close(json, '}');
        }
        json_close(json, '}');
    }
    if (tests->drop1 != NULL)
        json_frame(json, "drop1", tests->drop1);
}

void json_hypothesis(struct json *json, const struct tests *tests)
{
    if (tests->joint == NULL)
        return;
    json_key(json, "test");
    json_open(json, '{');
    json_frame(json, "rows", tests->rows);
    json_frame(json, "joint", tests->joint);
    json_close(json, '}');
}

void print_tests(const struct tests *tests)
{
    for (int type = 0; type < ANOVA_TYPES; type++) {
        char title[64];
        snprintf(title, sizeof title, "Analysis of variance, type %s:", type_names[type]);
        if (tests->anova[type] != NULL)
            print_frame(title, tests->anova[type]);
    }
    if (tests->drop1 != NULL)
        print_frame("Without each term (maximum likelihood):", tests->drop1);
    if (tests->joint != NULL) {
        print_frame("Linear combinations:", tests->rows);
        print_frame("All of them zero:", tests->joint);
    }
}
