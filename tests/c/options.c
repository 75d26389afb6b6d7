/* Options: typed setters, setting by name, the listing. */
#include "check.h"

static interlace_error err;

static void setters(interlace_options *options) {
    OK(interlace_options_set_method(options, INTERLACE_METHOD_ML, &err));
    OK(interlace_options_set_optimizer(options, INTERLACE_OPTIMIZER_BOBYQA, &err));
    OK(interlace_options_set_tolerance(options, 1e-6, &err));
    OK(interlace_options_set_max_evaluations(options, 50, &err));
    OK(interlace_options_set_threads(options, 2, &err));
    OK(interlace_options_set_deadline(options, 1.5, &err));
    OK(interlace_options_set_deadline(options, INFINITY, &err));
    OK(interlace_options_set_na(options, INTERLACE_NA_PAD, &err));
    const double theta0[2] = {1.0, 0.0}, bad[2] = {1.0, NAN};
    OK(interlace_options_set_theta0(options, theta0, 2, &err));
    OK(interlace_options_set_theta0(options, NULL, 0, &err));
    OK(interlace_options_set_progress(options, NULL, NULL, &err));
    OK(interlace_options_set_information(options, INTERLACE_INFORMATION_EXPECTED, &err));
    OK(interlace_options_set_information(options, INTERLACE_INFORMATION_OBSERVED, &err));
    OK(interlace_options_set_nagq(options, 0, &err));
    OK(interlace_options_set_nagq(options, 100, &err));
    OK(interlace_options_set_nagq(options, -100, &err));
    OK(interlace_options_set_nagq(options, -2, &err));
    OK(interlace_options_set_fixed_effects(options, INTERLACE_FIXED_EFFECTS_INTEGRATED, &err));
    OK(interlace_options_set_fixed_effects(options, INTERLACE_FIXED_EFFECTS_JOINT, &err));
    SAME(interlace_fixed_effects_name(INTERLACE_FIXED_EFFECTS_INTEGRATED), "integrated");
    OK(interlace_options_set_std_errors(options, INTERLACE_STD_ERRORS_CONDITIONAL, &err));
    OK(interlace_options_set_std_errors(options, INTERLACE_STD_ERRORS_MARGINAL, &err));
    OK(interlace_options_set_unidentified(options, INTERLACE_UNIDENTIFIED_IGNORE, &err));
    OK(interlace_options_set_unidentified(options, INTERLACE_UNIDENTIFIED_WARNING, &err));
    OK(interlace_options_set_unidentified(options, INTERLACE_UNIDENTIFIED_ERROR, &err));
    FAILS(INTERLACE_E_ARGUMENT, "unidentified is 3", interlace_options_set_unidentified(options, 3, &err));
    OK(interlace_options_set_random_terms(options, INTERLACE_RANDOM_TERMS_OPTIONAL, &err));
    OK(interlace_options_set_random_terms(options, INTERLACE_RANDOM_TERMS_REQUIRED, &err));
    FAILS(INTERLACE_E_ARGUMENT, "random_terms is 2", interlace_options_set_random_terms(options, 2, &err));

    FAILS(INTERLACE_E_ARGUMENT, "optimizer is 4", interlace_options_set_optimizer(options, (interlace_optimizer)4, &err));
    const char *value = NULL;
    OK(interlace_options_set(options, "theta0", "1, 0.25", &err));
    OK(interlace_options_get(options, "theta0", &value, &err));
    SAME(value, "1,0.25");
    OK(interlace_options_set(options, "theta0", "", &err));
    OK(interlace_options_set_nagq(options, -7, &err));
    OK(interlace_options_get(options, "nagq", &value, &err));
    SAME(value, "-7");
    OK(interlace_options_set_nagq(options, 1, &err));
    OK(interlace_options_get(options, "unidentified", &value, &err));
    SAME(value, "error");
    FAILS(INTERLACE_E_ARGUMENT, "did you mean 'nagq'?", interlace_options_get(options, "nagk", &value, &err));
    FAILS(INTERLACE_E_ARGUMENT, "options is NULL", interlace_options_get(NULL, "nagq", &value, &err));
    FAILS(INTERLACE_E_ARGUMENT, "out is NULL", interlace_options_get(options, "nagq", NULL, &err));
    FAILS(INTERLACE_E_ARGUMENT, "tolerance is 0", interlace_options_set_tolerance(options, 0.0, &err));
    FAILS(INTERLACE_E_ARGUMENT, "tolerance is NaN", interlace_options_set_tolerance(options, NAN, &err));
    FAILS(INTERLACE_E_ARGUMENT, "max_evaluations is -1", interlace_options_set_max_evaluations(options, -1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "deadline is NaN", interlace_options_set_deadline(options, NAN, &err));
    FAILS(INTERLACE_E_ARGUMENT, "na is 3", interlace_options_set_na(options, 3, &err));
    FAILS(INTERLACE_E_ARGUMENT, "theta[1] is NaN", interlace_options_set_theta0(options, bad, 2, &err));

    FAILS(INTERLACE_E_ARGUMENT, "information is 2", interlace_options_set_information(options, 2, &err));
    FAILS(INTERLACE_E_ARGUMENT, "nagq is 101", interlace_options_set_nagq(options, 101, &err));
    FAILS(INTERLACE_E_ARGUMENT, "from -100 to 100", interlace_options_set_nagq(options, INT32_MIN, &err));
    FAILS(INTERLACE_E_ARGUMENT, "nagq is -1: one node", interlace_options_set_nagq(options, -1, &err));
    FAILS(INTERLACE_E_ARGUMENT, "fixed_effects is 2", interlace_options_set_fixed_effects(options, 2, &err));
    interlace_fixed_effects fixed_effects = INTERLACE_FIXED_EFFECTS_JOINT;
    OK(interlace_fixed_effects_from_name("Integrated", &fixed_effects, &err));
    CHECK(fixed_effects == INTERLACE_FIXED_EFFECTS_INTEGRATED);
    FAILS(INTERLACE_E_ARGUMENT, "joint", interlace_fixed_effects_from_name("both", &fixed_effects, &err));
    FAILS(INTERLACE_E_ARGUMENT, "auto, direct, iterative", interlace_options_set(options, "engine", "sparse", &err));
    FAILS(INTERLACE_E_ARGUMENT, "engine_seed is -1, it must not be negative", interlace_options_set(options, "engine_seed", "-1", &err));
    FAILS(INTERLACE_E_ARGUMENT, "memory_limit is 0, it must be positive", interlace_options_set(options, "memory_limit", "0", &err));
    FAILS(INTERLACE_E_ARGUMENT, "std_errors is 2", interlace_options_set_std_errors(options, 2, &err));
}

/* Every option that is listed can be set, and has a line of text. */
static void by_name(interlace_options *options) {
    static const char *const settings[][2] = {
        {"method", "ml"}, {"optimizer", "nelder_mead"}, {"theta0", "1, 0.5,2e-1"}, {"start", "sd[g, x] = 2, cor[g,a,x]=0.5"}, {"tolerance", "1e-8"},
        {"max_evaluations", "10"}, {"threads", "1"}, {"deadline", "inf"}, {"na", "error"},
        {"information", "expected"}, {"nagq", "25"}, {"fixed_effects", "integrated"}, {"std_errors", "conditional"},
        {"unidentified", "warning"}, {"random_terms", "optional"}, {"engine", "iterative"}, {"engine_seed", "7"}, {"memory_limit", "1e9"}};
    CHECK(interlace_options_count() == COUNT(settings));
    for (size_t i = 0; i < interlace_options_count(); i++) {
        SAME(interlace_options_name(i), settings[i][0]);
        CHECK(strlen(interlace_options_doc(i)) > 10);
        OK(interlace_options_set(options, settings[i][0], settings[i][1], &err));
    }
    CHECK(interlace_options_name(interlace_options_count()) == NULL);
    CHECK(interlace_options_doc(interlace_options_count()) == NULL);

    FAILS(INTERLACE_E_ARGUMENT, "'tolerence'", interlace_options_set(options, "tolerence", "1e-8", &err));
    FAILS(INTERLACE_E_ARGUMENT, "'many'", interlace_options_set(options, "threads", "many", &err));
    FAILS(INTERLACE_E_ARGUMENT, "no assignment", interlace_options_set(options, "start", "sd[g, x]", &err));
    FAILS(INTERLACE_E_ARGUMENT, "must be finite", interlace_options_set_start(options, "sd[g, x] = inf", &err));
    FAILS(INTERLACE_E_ARGUMENT, "start is NULL", interlace_options_set_start(options, NULL, &err));
    const char *value;
    OK(interlace_options_set_start(options, "sigma = 2", &err));
    OK(interlace_options_get(options, "start", &value, &err));
    SAME(value, "sigma = 2");
    OK(interlace_options_set_start(options, "", &err));
    FAILS(INTERLACE_E_ARGUMENT, "'1;2'", interlace_options_set(options, "theta0", "1;2", &err));
    FAILS(INTERLACE_E_ARGUMENT, "'keep'", interlace_options_set(options, "na", "keep", &err));
    FAILS(INTERLACE_E_ARGUMENT, "'fisher'", interlace_options_set(options, "information", "fisher", &err));
    OK(interlace_options_set(options, "nagq", "-15", &err));
    FAILS(INTERLACE_E_ARGUMENT, "nagq is 1000", interlace_options_set(options, "nagq", "1000", &err));
    FAILS(INTERLACE_E_ARGUMENT, "'1.5'", interlace_options_set(options, "nagq", "1.5", &err));
    FAILS(INTERLACE_E_ARGUMENT, "'robust'", interlace_options_set(options, "std_errors", "robust", &err));
}

int main(void) {
    interlace_options *options;
    OK(interlace_options_new(&options, &err));
    setters(options);
    by_name(options);
    interlace_options_free(options);
    return 0;
}
