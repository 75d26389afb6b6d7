/* A generalised model: how often cows of 15 herds fell ill in four periods (Lesnoff et al. 2004), with a level for each herd.
 *
 *     cc generalised.c -linterlace -o generalised && ./generalised */
#include <interlace.h>
#include <stdio.h>

static interlace_status fit_herds(interlace_frame **frame, interlace_spec **spec, interlace_options **options, interlace_fit **fit,
                                  interlace_error *error)
{
    interlace_status status = interlace_frame_read_csv("data/cbpp.csv", NULL, frame, error);
    if (status == INTERLACE_OK) /* successes and failures; "prop" with weights "size" would do as well */
        status = interlace_spec_new(INTERLACE_MODEL_GLMM, "cbind(incidence, size - incidence) ~ period + (1 | herd)", spec, error);
    if (status == INTERLACE_OK)
        status = interlace_spec_set_family(*spec, "binomial", "logit", error);
    if (status == INTERLACE_OK)
        status = interlace_options_new(options, error);
    if (status == INTERLACE_OK) /* adaptive quadrature with nine nodes instead of the Laplace approximation */
        status = interlace_options_set_nagq(*options, 9, error);
    if (status == INTERLACE_OK)
        status = interlace_fit_new(*spec, *frame, *options, fit, error);
    return status;
}

static interlace_status print_fit(const interlace_fit *fit, interlace_error *error)
{
    const interlace_predictor mean = INTERLACE_PREDICTOR_MEAN;
    double beta[4], se[4], p_value[4], sd;
    interlace_status status = interlace_fit_fixef(fit, mean, beta, 4, error);
    if (status == INTERLACE_OK)
        status = interlace_fit_fixef_std_error(fit, mean, se, 4, error);
    if (status == INTERLACE_OK)
        status = interlace_fit_fixef_p_value(fit, mean, INTERLACE_DF_DEFAULT, NULL, p_value, 4, error);
    if (status == INTERLACE_OK) /* the only random term is number 0, and has one effect */
        status = interlace_fit_term_sd(fit, 0, &sd, 1, error);
    if (status != INTERLACE_OK)
        return status;

    printf("%s with link %s, log-likelihood %.4f\n", interlace_fit_family(fit), interlace_fit_link(fit),
           interlace_fit_log_likelihood(fit));
    for (size_t i = 0; i < interlace_fit_n_fixef(fit, mean); i++)
        printf("%-12s %8.4f  (standard error %.4f, p = %.2g)\n", interlace_fit_fixef_name(fit, mean, i), beta[i], se[i], p_value[i]);
    printf("standard deviation of %s: %.4f\n", interlace_fit_term_group(fit, 0), sd);
    return status;
}

int main(void)
{
    interlace_frame *frame = NULL;
    interlace_spec *spec = NULL;
    interlace_options *options = NULL;
    interlace_fit *fit = NULL;
    interlace_error error;

    interlace_status status = fit_herds(&frame, &spec, &options, &fit, &error);
    if (status == INTERLACE_OK)
        status = print_fit(fit, &error);
    if (status != INTERLACE_OK)
        fprintf(stderr, "%s\n", error.message);

    interlace_fit_free(fit);
    interlace_options_free(options);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return status != INTERLACE_OK;
}
