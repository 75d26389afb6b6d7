/* Robust covariances of the fixed effects, as new fits. */
#include "check.h"

enum { N = 180 };

static interlace_error err;

/* clubSandwich: vcovCR(m, type = "CR2") and coef_test(..., test = "Satterthwaite"); the design is balanced. */
static void of_subjects(const interlace_fit *fit)
{
    interlace_fit *robust = NULL;
    double errors[2], model[2], vcov[4];
    OK(interlace_fit_robust(fit, INTERLACE_ROBUST_KIND_CR2, "Subject", NULL, NULL, 0, NULL, &robust, &err));
    OK(interlace_fit_fixef_std_error(robust, INTERLACE_PREDICTOR_MEAN, errors, 2, &err));
    CLOSE(errors[0], 6.8245569, 1e-5);
    CLOSE(errors[1], 1.5457889, 1e-5);
    OK(interlace_fit_fixef_vcov(robust, INTERLACE_PREDICTOR_MEAN, vcov, 4, &err));
    CLOSE(vcov[1], -1.4510957, 1e-4);
    SAME(interlace_fit_robust_description(robust), "CR2 standard errors by 18 levels of Subject");
    CHECK(interlace_fit_robust_description(fit) == NULL);
    const char *summary = NULL;
    OK(interlace_fit_summary(robust, INTERLACE_DF_DEFAULT, NULL, &summary, &err));
    CHECK(strstr(summary, "Std. Error: CR2") != NULL);

    /* A joint test by Hotelling's distribution: HTZ of Wald_test. */
    interlace_frame *test = NULL;
    const double l[4] = {1, 0, 0, 1}, rhs[2] = {0, 0};
    double statistic, df;
    size_t column;
    OK(interlace_fit_wald_test(robust, l, 2, 2, 2, rhs, true, INTERLACE_DF_DEFAULT, NULL, &test, &err));
    OK(interlace_frame_column_index(test, "statistic", &column, &err));
    OK(interlace_frame_column_f64(test, column, &statistic, 1, &err));
    CLOSE(statistic, 705.844298846878, 1e-2);
    OK(interlace_frame_column_index(test, "den_df", &column, &err));
    OK(interlace_frame_column_f64(test, column, &df, 1, &err));
    CLOSE(df, 16, 1e-6);
    interlace_frame_free(test);

    /* The fit itself is as it was, and a robust one has no saved form, nor Kenward and Roger's degrees of freedom. */
    OK(interlace_fit_fixef_std_error(fit, INTERLACE_PREDICTOR_MEAN, model, 2, &err));
    /* In a balanced design with a slope for each subject the unbiased covariance is that of the model. */
    CLOSE(model[1], errors[1], 1e-6);
    interlace_fit *again = NULL;
    FAILS(INTERLACE_E_ARGUMENT, "has robust standard errors",
          interlace_fit_robust(robust, INTERLACE_ROBUST_KIND_CR1, "Subject", NULL, NULL, 0, NULL, &again, &err));
    FAILS(INTERLACE_E_ARGUMENT, "not for robust", interlace_fit_fixef_confint_wald(robust, INTERLACE_PREDICTOR_MEAN, INTERLACE_DF_KENWARD_ROGER, 0.9, NULL, errors, model, 2, &err));
    interlace_fit_free(robust);
    CHECK(again == NULL);
}

static void of_codes(const interlace_fit *fit)
{
    int32_t codes[N];
    double errors[2], other[2];
    interlace_fit *robust = NULL, *same = NULL;
    for (int i = 0; i < N; i++) codes[i] = 100 - i / 10;
    OK(interlace_fit_robust(fit, INTERLACE_ROBUST_KIND_CR0, NULL, NULL, codes, N, NULL, &robust, &err));
    OK(interlace_fit_robust(fit, INTERLACE_ROBUST_KIND_CR0, "Subject", NULL, NULL, 0, NULL, &same, &err));
    OK(interlace_fit_fixef_std_error(robust, INTERLACE_PREDICTOR_MEAN, errors, 2, &err));
    OK(interlace_fit_fixef_std_error(same, INTERLACE_PREDICTOR_MEAN, other, 2, &err));
    CLOSE(errors[1], sqrt(2.25671535013534), 1e-5);
    CLOSE(errors[0], other[0], 1e-9);
    CLOSE(errors[1], other[1], 1e-9);
    interlace_fit_free(robust);
    interlace_fit_free(same);
    robust = NULL;
    codes[5] = -1;
    FAILS(INTERLACE_E_ARGUMENT, "1 of 180 rows are in no cluster",
          interlace_fit_robust(fit, INTERLACE_ROBUST_KIND_CR0, NULL, NULL, codes, N, NULL, &robust, &err));
    FAILS(INTERLACE_E_ARGUMENT, "a group and codes", interlace_fit_robust(fit, INTERLACE_ROBUST_KIND_CR0, "Subject", NULL, codes, N, NULL, &robust, &err));
    FAILS(INTERLACE_E_ARGUMENT, "robust_kind is 7", interlace_fit_robust(fit, (interlace_robust_kind)7, NULL, NULL, NULL, 0, NULL, &robust, &err));
    FAILS(INTERLACE_E_ARGUMENT, "codes is NULL, but n_codes is 3", interlace_fit_robust(fit, INTERLACE_ROBUST_KIND_CR0, NULL, NULL, NULL, 3, NULL, &robust, &err));
    CHECK(robust == NULL);
    interlace_robust_kind kind;
    OK(interlace_robust_kind_from_name("CR1S", &kind, &err));
    CHECK(kind == INTERLACE_ROBUST_KIND_CR1S);
    SAME(interlace_robust_kind_name(INTERLACE_ROBUST_KIND_CR3), "cr3");
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
    of_subjects(fit);
    of_codes(fit);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(data);
    return 0;
}
