/* What only generalised models have in the JSON document. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "interlace_fit_document.h"
#include "interlace_fit_lists.h"

void put_tested_coefficients(struct document *document, const char *key, int32_t predictor)
{
    size_t p = interlace_fit_predictor_n_fixef(document->fit, predictor);
    double *p_value = fetch_of_predictor(document, interlace_fit_predictor_fixef_p_value, predictor, p);
    if (p_value != NULL)
        put_coefficients(document, key, predictor, p_value);
    free(p_value);
}

/* A further predictor: its fixed effects, the variances of its random effects, and these. */
static void put_predictor(struct document *document, int32_t predictor, const char *key, const char *varcorr, const char *ranef)
{
    if (!interlace_fit_has_predictor(document->fit, predictor))
        return;
    put_tested_coefficients(document, key, predictor);
    put_varcorr(document, varcorr, predictor);
    put_ranef(document, ranef, predictor);
}

/* The family's parameters after the first, as in R's family_params(). */
static void put_family_parameters(struct document *document)
{
    const interlace_fit *fit = document->fit;
    struct json *json = &document->json;
    size_t k = interlace_fit_n_family_parameters(fit);
    double *values = fetch(document, interlace_fit_family_parameters, k);
    if (values == NULL)
        return;
    const char *second = interlace_fit_family_parameter_name(fit, 1);
    if (k == 3 && second != NULL && strcmp(second, "lower_cut") == 0) { /* probabilities instead of lower cut and width */
        double lower = values[1], upper = values[1] + values[2];
        values[1] = 1 / (1 + exp(-lower));
        values[2] = 1 / (1 + exp(-upper));
    }
    json_key(json, "family_parameters");
    json_open(json, '[');
    for (size_t i = 1; i < k; i++)
        json_number(json, values[i]);
    json_close(json, ']');
    free(values);
}

static void put_dispersion_parameter(struct document *document)
{
    json_key(&document->json, "dispersion_parameter");
    json_open(&document->json, '{');
    put_number(document, "sigma", interlace_fit_sigma(document->fit));
    json_close(&document->json, '}');
}

/* All parameters of the family, as the library reports them. */
static void put_parameter_table(struct document *document)
{
    const interlace_fit *fit = document->fit;
    size_t k = interlace_fit_n_family_parameters(fit);
    json_key(&document->json, "family_parameter_table");
    json_open(&document->json, '{');
    put_names(document, "names", interlace_fit_family_parameter_name, k);
    put_vector(document, "estimate", interlace_fit_family_parameters, k);
    put_vector(document, "std_error", interlace_fit_family_parameters_std_error, k);
    json_close(&document->json, '}');
}

void put_all_parameters(struct document *document)
{
    size_t npar = interlace_fit_npar(document->fit);
    json_key(&document->json, "vcov_all");
    json_open(&document->json, '{');
    put_names(document, "names", interlace_fit_parameter_name, npar);
    put_vector(document, "estimate", interlace_fit_parameters, npar);
    put_matrix(document, "vcov", interlace_fit_parameters_vcov, npar);
    json_close(&document->json, '}');
}

/* Residuals of a kind; nothing if the model has none. */
static void put_residuals(struct document *document, const char *key, int32_t kind)
{
    interlace_error error;
    size_t m = interlace_fit_n_rows(document->fit);
    double *values = document->failed ? NULL : new_numbers(m, document->error);
    if (values == NULL) {
        document->failed = true;
    } else {
        interlace_status status = interlace_fit_residuals(document->fit, kind, values, m, &error);
        if (status == INTERLACE_OK) {
            json_key(&document->json, key);
            json_numbers(&document->json, values, m);
        } else if (status != INTERLACE_E_UNSUPPORTED) {
            *document->error = error;
            document->failed = true;
        }
    }
    free(values);
}

/* Only for families whose variance is not estimated. */
static void put_overdispersion(struct document *document)
{
    double chisq, ratio, df, p;
    if (interlace_fit_overdispersion(document->fit, &chisq, &ratio, &df, &p, NULL) != INTERLACE_OK)
        return;
    json_key(&document->json, "overdispersion");
    json_open(&document->json, '{');
    put_number(document, "chisq", chisq);
    put_number(document, "ratio", ratio);
    put_number(document, "df", df);
    put_number(document, "p", p);
    json_close(&document->json, '}');
}

void put_generalised(struct document *document)
{
    const interlace_fit *fit = document->fit;
    size_t m = interlace_fit_n_rows(fit);
    put_text(document, "family", interlace_fit_family(fit));
    put_text(document, "link", interlace_fit_link(fit));
    put_text(document, "information", interlace_fit_information(fit) == INTERLACE_OBSERVED ? "observed" : "expected");
    put_number(document, "nagq", interlace_fit_nagq(fit));
    put_dispersion_parameter(document);
    put_family_parameters(document);
    put_parameter_table(document);
    put_names(document, "separated", interlace_fit_separated, interlace_fit_n_separated(fit));
    put_predictor(document, INTERLACE_ZERO_INFLATION, "zero_inflation", "varcorr_zi", "ranef_zi");
    put_predictor(document, INTERLACE_DISPERSION, "dispersion", "varcorr_disp", "ranef_disp");
    put_all_parameters(document);
    put_vector_of_predictor(document, "linear_predictor", interlace_fit_linear_predictor, INTERLACE_MEAN, m);
    if (interlace_fit_has_predictor(fit, INTERLACE_ZERO_INFLATION))
        put_vector(document, "zprob", interlace_fit_zero_probability, m);
    put_residuals(document, "residuals_pearson", INTERLACE_RESIDUALS_PEARSON);
    put_residuals(document, "residuals_deviance", INTERLACE_RESIDUALS_DEVIANCE);
    put_overdispersion(document);
}
