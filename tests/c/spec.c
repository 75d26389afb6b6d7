/* Specs from formulas and from arrays: what is accepted, what is refused and how that is said. */
#include "check.h"

static interlace_error err;

static void formulas(void) {
    interlace_spec *spec = NULL;
    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ x * f + (1 + x | g)", &spec, &err));
    OK(interlace_spec_add_random(spec, "(1 | h)", &err));
    OK(interlace_spec_add_groups(spec, "school/class", &err));
    OK(interlace_spec_set_weights(spec, "w", &err));
    OK(interlace_spec_set_offset(spec, "o", &err));
    OK(interlace_spec_set_contrasts(spec, "f", "contr.sum", &err));
    FAILS(INTERLACE_E_FORMULA, "", interlace_spec_add_random(spec, "(1 | ", &err));
    const double w[2] = {1, 2};
    FAILS(INTERLACE_E_ARGUMENT, "arrays", interlace_spec_set_weights_array(spec, w, 2, &err));
    interlace_spec_free(spec);

    spec = NULL;
    FAILS(INTERLACE_E_FORMULA, "", interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ x + )", &spec, &err));
    CHECK(err.position == 8);
    FAILS(INTERLACE_E_ARGUMENT, "model is 77", interlace_spec_new(77, "y ~ x", &spec, &err));
    FAILS(INTERLACE_E_ARGUMENT, "UTF-8", interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ \xff", &spec, &err));
    FAILS(INTERLACE_E_ARGUMENT, "formula is NULL", interlace_spec_new(INTERLACE_MODEL_LMM, NULL, &spec, &err));
    CHECK(spec == NULL);
}

static void arrays(void) {
    const double y[3] = {1, 2, 3}, x[8] = {1, 1, 1, -99, 0, 1, 2, -99};
    const int32_t g[3] = {0, 1, 0};
    const int64_t h[3] = {-1, 0, 1};
    const char *const names[2] = {"(Intercept)", "x"}, *const twice[2] = {"x", "x"}, *const holes[2] = {"x", NULL};
    interlace_spec *spec = NULL;
    OK(interlace_spec_new_array(INTERLACE_MODEL_LMM, y, x, 3, 2, 4, &spec, &err));
    OK(interlace_spec_set_fixef_names(spec, names, 2, &err));
    OK(interlace_spec_set_weights_array(spec, y, 3, &err));
    OK(interlace_spec_set_offset_array(spec, y, 3, &err));
    OK(interlace_spec_add_term_i32(spec, "g", NULL, 3, 1, 0, g, 2, INTERLACE_STRUCTURE_UNSTRUCTURED, INTERLACE_VARIANCES_DEFAULT, &err));
    OK(interlace_spec_add_term_i64(spec, NULL, x, 3, 2, 4, h, 2, INTERLACE_STRUCTURE_DIAGONAL, INTERLACE_VARIANCES_HOMOGENEOUS, &err));
    OK(interlace_spec_set_term_levels(spec, 0, names, 2, &err));
    OK(interlace_spec_set_term_effects(spec, 1, names, 2, &err));

    FAILS(INTERLACE_E_ARGUMENT, "'x' twice", interlace_spec_set_fixef_names(spec, twice, 2, &err));
    FAILS(INTERLACE_E_ARGUMENT, "names[1] is NULL", interlace_spec_set_fixef_names(spec, holes, 2, &err));
    FAILS(INTERLACE_E_ARGUMENT, "p = 1", interlace_spec_set_fixef_names(spec, names, 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "n = 2", interlace_spec_set_weights_array(spec, y, 2, &err));
    FAILS(INTERLACE_E_ARGUMENT, "n = 4", interlace_spec_set_offset_array(spec, x, 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "term is 2", interlace_spec_set_term_levels(spec, 2, names, 2, &err));
    FAILS(INTERLACE_E_ARGUMENT, "n_levels = 1", interlace_spec_set_term_levels(spec, 0, names, 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "k = 1", interlace_spec_set_term_effects(spec, 1, names, 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "formula", interlace_spec_add_random(spec, "(1 | g)", &err));

    const int32_t high[3] = {0, 2, 0}, low[3] = {0, 1, -2};
    FAILS(INTERLACE_E_ARGUMENT, "index[1] is 2", interlace_spec_add_term_i32(spec, "b", NULL, 3, 1, 0, high, 2, 0, INTERLACE_VARIANCES_DEFAULT, &err));
    CHECK(err.position == 1);
    FAILS(INTERLACE_E_ARGUMENT, "index[2] is -2", interlace_spec_add_term_i32(spec, "b", NULL, 3, 1, 0, low, 2, 0, INTERLACE_VARIANCES_DEFAULT, &err));
    FAILS(INTERLACE_E_ARGUMENT, "n = 2", interlace_spec_add_term_i32(spec, "b", NULL, 2, 1, 0, g, 2, 0, INTERLACE_VARIANCES_DEFAULT, &err));
    FAILS(INTERLACE_E_ARGUMENT, "k = 2", interlace_spec_add_term_i32(spec, "b", NULL, 3, 2, 0, g, 2, 0, INTERLACE_VARIANCES_DEFAULT, &err));
    FAILS(INTERLACE_E_ARGUMENT, "k is 0", interlace_spec_add_term_i32(spec, "b", x, 3, 0, 4, g, 2, 0, INTERLACE_VARIANCES_DEFAULT, &err));
    FAILS(INTERLACE_E_ARGUMENT, "ldz is 2", interlace_spec_add_term_i32(spec, "b", x, 3, 2, 2, g, 2, 0, INTERLACE_VARIANCES_DEFAULT, &err));
    FAILS(INTERLACE_E_ARGUMENT, "structure is 9", interlace_spec_add_term_i32(spec, "b", NULL, 3, 1, 0, g, 2, 9, INTERLACE_VARIANCES_DEFAULT, &err));
    FAILS(INTERLACE_E_ARGUMENT, "variances is 3", interlace_spec_add_term_i32(spec, "b", NULL, 3, 1, 0, g, 2, 0, 3, &err));
    FAILS(INTERLACE_E_ARGUMENT, "variances is homogeneous", interlace_spec_add_term_i32(spec, "b", NULL, 3, 1, 0, g, 2, 0, INTERLACE_VARIANCES_HOMOGENEOUS, &err));
    interlace_spec_free(spec);

    spec = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "ldx is 2", interlace_spec_new_array(INTERLACE_MODEL_LMM, y, x, 3, 2, 2, &spec, &err));
    FAILS(INTERLACE_E_ARGUMENT, "x is NULL", interlace_spec_new_array(INTERLACE_MODEL_LMM, y, NULL, 3, 2, 3, &spec, &err));
    CHECK(spec == NULL);
    OK(interlace_spec_new_array(INTERLACE_MODEL_LMM, NULL, NULL, 3, 0, 3, &spec, &err));
    interlace_spec_free(spec);
}

static void families(void) {
    interlace_spec *spec = NULL, *linear = NULL;
    OK(interlace_spec_new(INTERLACE_MODEL_GLMM, "cbind(k, n - k) ~ x + (1 | g)", &spec, &err));
    FAILS(INTERLACE_E_ARGUMENT, "no family yet", interlace_spec_fix_parameter(spec, "df", 4, &err));
    OK(interlace_spec_set_family(spec, "binomial", NULL, &err));
    OK(interlace_spec_set_family(spec, "student_t", "log", &err));
    OK(interlace_spec_fix_parameter(spec, "df", 4, &err));
    OK(interlace_spec_fix_parameter(spec, "df", 5, &err));
    static const char *const spellings[] = {"Gamma", "inverse.gaussian", "t", "betabinomial", "ordbeta", "negativebinomial",
                                            "nbinom1", "beta", "bernoulli"};
    for (size_t i = 0; i < COUNT(spellings); i++)
        OK(interlace_spec_set_family(spec, spellings[i], NULL, &err));

    FAILS(INTERLACE_E_ARGUMENT, "\"binomal\" is not known", interlace_spec_set_family(spec, "binomal", NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "\"logti\" is not known", interlace_spec_set_family(spec, "binomial", "logti", &err));
    FAILS(INTERLACE_E_ARGUMENT, "does not suit family poisson", interlace_spec_set_family(spec, "poisson", "logit", &err));
    OK(interlace_spec_set_family(spec, "student_t", "identity", &err));
    FAILS(INTERLACE_E_ARGUMENT, "no parameter \"shape\"", interlace_spec_fix_parameter(spec, "shape", 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "df = -1", interlace_spec_fix_parameter(spec, "df", -1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "df = NaN", interlace_spec_fix_parameter(spec, "df", NAN, &err));

    OK(interlace_spec_set_dispersion(spec, "~ z + offset(o) + (1 + z | g)", &err));
    OK(interlace_spec_set_zero_inflation(spec, "~ 0", &err));
    FAILS(INTERLACE_E_FORMULA, "has a response", interlace_spec_set_zero_inflation(spec, "k ~ z", &err));
    FAILS(INTERLACE_E_FORMULA, "", interlace_spec_set_dispersion(spec, "~ z + )", &err));
    CHECK(err.position == 6);
    FAILS(INTERLACE_E_FORMULA, "no '~'", interlace_spec_set_dispersion(spec, "z", &err));
    const double x[3] = {1, 2, 3};
    FAILS(INTERLACE_E_ARGUMENT, "arrays", interlace_spec_set_dispersion_array(spec, x, 3, 1, 3, NULL, &err));
    interlace_spec_free(spec);

    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ x + (1 | g)", &linear, &err));
    FAILS(INTERLACE_E_ARGUMENT, "INTERLACE_MODEL_GLMM", interlace_spec_set_family(linear, "poisson", NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "INTERLACE_MODEL_GLMM", interlace_spec_fix_parameter(linear, "df", 4, &err));
    FAILS(INTERLACE_E_ARGUMENT, "INTERLACE_MODEL_GLMM", interlace_spec_set_dispersion(linear, "~ z", &err));
    FAILS(INTERLACE_E_ARGUMENT, "INTERLACE_MODEL_GLMM", interlace_spec_set_zero_inflation(linear, "~ z", &err));
    interlace_spec_free(linear);
}

static void further_columns(void) {
    const double y[3] = {1, 2, 3}, x[8] = {1, 1, 1, -99, 0, 1, 2, -99};
    const char *const names[2] = {"(Intercept)", "z"}, *const twice[2] = {"z", "z"};
    interlace_spec *spec = NULL;
    OK(interlace_spec_new_array(INTERLACE_MODEL_GLMM, y, x, 3, 2, 4, &spec, &err));
    OK(interlace_spec_set_family(spec, "nbinom2", NULL, &err));
    OK(interlace_spec_set_dispersion_array(spec, x, 3, 2, 4, names, &err));
    OK(interlace_spec_set_zero_inflation_array(spec, x, 3, 1, 3, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "ldx is 2", interlace_spec_set_dispersion_array(spec, x, 3, 2, 2, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "x is NULL", interlace_spec_set_zero_inflation_array(spec, NULL, 3, 2, 3, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "'z' twice", interlace_spec_set_zero_inflation_array(spec, x, 3, 2, 4, twice, &err));
    FAILS(INTERLACE_E_ARGUMENT, "formula", interlace_spec_set_dispersion(spec, "~ z", &err));
    interlace_spec_free(spec);
    OK(interlace_spec_new_array(INTERLACE_MODEL_LMM, y, x, 3, 2, 4, &spec, &err));
    FAILS(INTERLACE_E_ARGUMENT, "INTERLACE_MODEL_GLMM", interlace_spec_set_dispersion_array(spec, x, 4, 2, 4, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "INTERLACE_MODEL_GLMM", interlace_spec_set_zero_inflation_array(spec, x, 4, 2, 4, NULL, &err));
    interlace_spec_free(spec);
}

static void ordinal(void) {
    const char *const levels[3] = {"lo", "mid", "hi"}, *const twice[2] = {"lo", "lo"}, *const names[2] = {"(Intercept)", "z"};
    const double y[3] = {1, 2, 3}, x[8] = {1, 1, 1, -99, 0, 1, 2, -99};
    interlace_spec *spec = NULL, *other = NULL;
    OK(interlace_spec_new(INTERLACE_MODEL_CLMM, "r ~ x + (1 | g)", &spec, &err));
    static const char *const links[] = {"logit", "probit", "cloglog", "loglog", "cauchit"};
    for (size_t i = 0; i < COUNT(links); i++)
        OK(interlace_spec_set_link(spec, links[i], &err));
    OK(interlace_spec_set_threshold(spec, INTERLACE_THRESHOLD_FLEXIBLE, &err));
    OK(interlace_spec_set_threshold(spec, INTERLACE_THRESHOLD_EQUIDISTANT, &err));
    OK(interlace_spec_set_threshold(spec, INTERLACE_THRESHOLD_SYMMETRIC, &err));
    OK(interlace_spec_set_nominal(spec, "~ z", &err));
    OK(interlace_spec_set_scale(spec, "~ z + offset(o)", &err));
    OK(interlace_spec_set_response_levels(spec, levels, 3, &err));
    OK(interlace_spec_set_response_levels(spec, NULL, 0, &err));
    OK(interlace_spec_set_weights(spec, "w", &err));
    OK(interlace_spec_set_offset(spec, "o", &err));
    OK(interlace_spec_set_contrasts(spec, "f", "contr.sum", &err));
    OK(interlace_spec_add_random(spec, "(1 | h)", &err));

    FAILS(INTERLACE_E_ARGUMENT, "expected one of logit, probit, cloglog, loglog, cauchit",
          interlace_spec_set_link(spec, "identity", &err));
    FAILS(INTERLACE_E_ARGUMENT, "link is NULL", interlace_spec_set_link(spec, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "threshold is 3", interlace_spec_set_threshold(spec, 3, &err));
    FAILS(INTERLACE_E_FORMULA, "has a response", interlace_spec_set_nominal(spec, "r ~ z", &err));
    FAILS(INTERLACE_E_FORMULA, "", interlace_spec_set_scale(spec, "~ z + )", &err));
    CHECK(err.position == 6);
    FAILS(INTERLACE_E_ARGUMENT, "'lo' twice", interlace_spec_set_response_levels(spec, twice, 2, &err));
    FAILS(INTERLACE_E_ARGUMENT, "one level 'lo'", interlace_spec_set_response_levels(spec, levels, 1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "levels is NULL", interlace_spec_set_response_levels(spec, NULL, 3, &err));
    FAILS(INTERLACE_E_ARGUMENT, "arrays", interlace_spec_set_scale_array(spec, x, 3, 1, 3, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "an ordinal model", interlace_spec_set_family(spec, "poisson", NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "an ordinal model", interlace_spec_set_dispersion(spec, "~ z", &err));
    FAILS(INTERLACE_E_ARGUMENT, "an ordinal model", interlace_spec_set_zero_inflation(spec, "~ z", &err));
    interlace_spec_free(spec);

    OK(interlace_spec_new_array(INTERLACE_MODEL_CLMM, y, x, 3, 2, 4, &spec, &err));
    OK(interlace_spec_set_fixef_names(spec, names, 2, &err));
    OK(interlace_spec_set_nominal_array(spec, x, 3, 2, 4, names, &err));
    OK(interlace_spec_set_scale_array(spec, x, 3, 1, 3, NULL, &err));
    OK(interlace_spec_set_response_levels(spec, levels, 3, &err));
    FAILS(INTERLACE_E_ARGUMENT, "ldx is 2", interlace_spec_set_nominal_array(spec, x, 3, 2, 2, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "x is NULL", interlace_spec_set_scale_array(spec, NULL, 3, 2, 3, NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "formula", interlace_spec_set_nominal(spec, "~ z", &err));
    interlace_spec_free(spec);

    OK(interlace_spec_new(INTERLACE_MODEL_GLMM, "y ~ x + (1 | g)", &other, &err));
    FAILS(INTERLACE_E_ARGUMENT, "INTERLACE_MODEL_CLMM", interlace_spec_set_link(other, "logit", &err));
    FAILS(INTERLACE_E_ARGUMENT, "INTERLACE_MODEL_CLMM", interlace_spec_set_threshold(other, 0, &err));
    FAILS(INTERLACE_E_ARGUMENT, "INTERLACE_MODEL_CLMM", interlace_spec_set_nominal(other, "~ z", &err));
    FAILS(INTERLACE_E_ARGUMENT, "INTERLACE_MODEL_CLMM", interlace_spec_set_scale(other, "~ z", &err));
    FAILS(INTERLACE_E_ARGUMENT, "INTERLACE_MODEL_CLMM", interlace_spec_set_response_levels(other, levels, 3, &err));
    interlace_spec_free(other);
}

/* A response without declared order, and what the errors of a fit say of it. */
static void ordinal_responses(void) {
    const char *const text[4] = {"good", "bad", "mid", "bad"}, *const levels[2] = {"bad", "good"};
    const double x[4] = {1, 2, 3, 4.5};
    interlace_frame *frame = NULL;
    interlace_spec *spec = NULL;
    interlace_fit *fit = NULL;
    OK(interlace_frame_new(4, &frame, &err));
    OK(interlace_frame_add_strings(frame, "t", text, 4, &err));
    OK(interlace_frame_add_f64(frame, "x", x, 4, &err));
    OK(interlace_spec_new(INTERLACE_MODEL_CLMM, "t ~ x", &spec, &err));
    FAILS(INTERLACE_E_DATA, "interlace_spec_set_response_levels", interlace_fit_new(spec, frame, NULL, &fit, &err));
    OK(interlace_spec_set_response_levels(spec, levels, 2, &err));
    FAILS(INTERLACE_E_DATA, "'t' is 'mid' in row 3", interlace_fit_new(spec, frame, NULL, &fit, &err));
    CHECK(err.position == 2);
    interlace_spec_free(spec);
    OK(interlace_spec_new(INTERLACE_MODEL_CLMM, "x ~ 1", &spec, &err));
    FAILS(INTERLACE_E_DATA, "'x' is 4.5 in row 4", interlace_fit_new(spec, frame, NULL, &fit, &err));
    CHECK(fit == NULL);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
}

/* Every family that is listed can be chosen, with each of its links. */
static void listing(void) {
    interlace_spec *spec = NULL;
    bool found = false;
    OK(interlace_spec_new(INTERLACE_MODEL_GLMM, "y ~ x + (1 | g)", &spec, &err));
    CHECK(interlace_family_count() >= 17);
    for (size_t i = 0; i < interlace_family_count(); i++) {
        const char *name = interlace_family_name(i);
        CHECK(interlace_family_n_links(i) > 0);
        for (size_t j = 0; j < interlace_family_n_links(i); j++)
            OK(interlace_spec_set_family(spec, name, interlace_family_link(i, j), &err));
        for (size_t j = 0; j < interlace_family_n_parameters(i); j++)
            CHECK(strlen(interlace_family_parameter(i, j)) > 0);
        CHECK(interlace_family_link(i, interlace_family_n_links(i)) == NULL);
        CHECK(interlace_family_parameter(i, interlace_family_n_parameters(i)) == NULL);
        if (strcmp(name, "student_t") == 0) {
            found = true;
            SAME(interlace_family_link(i, 0), "identity");
            CHECK(interlace_family_n_parameters(i) == 2);
            SAME(interlace_family_parameter(i, 1), "df");
        }
    }
    CHECK(found);
    CHECK(interlace_family_name(interlace_family_count()) == NULL);
    CHECK(interlace_family_n_links(SIZE_MAX) == 0 && interlace_family_n_parameters(SIZE_MAX) == 0);
    CHECK(interlace_family_link(SIZE_MAX, 0) == NULL && interlace_family_parameter(SIZE_MAX, 0) == NULL);
    interlace_spec_free(spec);
}

int main(void) {
    formulas();
    arrays();
    families();
    further_columns();
    ordinal();
    ordinal_responses();
    listing();
    return 0;
}
