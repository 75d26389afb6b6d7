/* Priors: given as text, kept by the fit, and what is wrong. */
#include "dyestuff.h"

int main(void)
{
    interlace_error err;
    interlace_frame *frame = dyestuff();
    interlace_spec *spec;
    interlace_fit *plain, *fit, *again;
    double sd;

    OK(interlace_spec_new(INTERLACE_MODEL_LMM, "Yield ~ 1 + (1 | Batch)", &spec, &err));
    OK(interlace_fit_new(spec, frame, NULL, &plain, &err));
    CHECK(interlace_fit_n_priors(plain) == 0 && interlace_fit_prior_penalty(plain) == 0 && interlace_fit_prior(plain, 0) == NULL);

    FAILS(INTERLACE_E_ARGUMENT, "has no target", interlace_spec_add_prior(spec, "gamma(2, 1)", &err));
    FAILS(INTERLACE_E_ARGUMENT, "did you mean 'gamma'?", interlace_spec_add_prior(spec, "gama(2, 1) on sd", &err));
    FAILS(INTERLACE_E_ARGUMENT, "is no density of", interlace_spec_add_prior(spec, "normal(0, 1) on sd", &err));
    FAILS(INTERLACE_E_ARGUMENT, "spec", interlace_spec_add_prior(NULL, "gamma(2, 1) on sd", &err));
    OK(interlace_spec_add_prior(spec, "gamma(2, 0.1) on sd[Nothing]", &err));
    FAILS(INTERLACE_E_ARGUMENT, "sd[Nothing]", interlace_fit_new(spec, frame, NULL, &fit, &err));
    OK(interlace_spec_add_prior(spec, NULL, &err));

    OK(interlace_spec_add_prior(spec, "gamma(2, 0.1) on sd[Batch]; half_t(3, 20) on sigma", &err));
    OK(interlace_fit_new(spec, frame, NULL, &fit, &err));
    CHECK(interlace_fit_converged(fit) && interlace_fit_n_priors(fit) == 2);
    SAME(interlace_fit_prior(fit, 0), "gamma(2, 0.1) on sd[Batch]");
    SAME(interlace_fit_prior(fit, 1), "half_t(3, 20) on sigma");
    CHECK(interlace_fit_prior(fit, 2) == NULL && interlace_fit_prior_penalty(fit) > 0);
    CHECK(interlace_fit_criterion(fit) > interlace_fit_criterion(plain));
    CLOSE(interlace_fit_log_likelihood(fit), -0.5 * interlace_fit_criterion(fit), 1e-9);
    CHECK(interlace_fit_sigma(fit) < interlace_fit_sigma(plain));
    OK(interlace_fit_term_sd(fit, 0, &sd, 1, &err));
    CHECK(sd > 10 && sd < 42);
    const char *summary;
    OK(interlace_fit_summary(fit, INTERLACE_DF_DEFAULT, NULL, &summary, &err));
    CHECK(strstr(summary, "penalised by priors\nPrior: gamma(2, 0.1) on sd[Batch]\n") != NULL);

    /* A copy of the spec has them, and without them the fit is the plain one. */
    interlace_spec *copy;
    OK(interlace_spec_update(spec, NULL, &copy, &err));
    OK(interlace_fit_new(copy, frame, NULL, &again, &err));
    CHECK(interlace_fit_n_priors(again) == 2);
    CLOSE(interlace_fit_criterion(again), interlace_fit_criterion(fit), 1e-9);
    interlace_fit_free(again);
    OK(interlace_spec_add_prior(copy, NULL, &err));
    OK(interlace_fit_new(copy, frame, NULL, &again, &err));
    CLOSE(interlace_fit_criterion(again), interlace_fit_criterion(plain), 1e-9);

    CHECK(interlace_fit_n_priors(NULL) == 0 && interlace_fit_prior(NULL, 0) == NULL && isnan(interlace_fit_prior_penalty(NULL)));
    interlace_fit_free(again);
    interlace_fit_free(fit);
    interlace_fit_free(plain);
    interlace_spec_free(copy);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return 0;
}
