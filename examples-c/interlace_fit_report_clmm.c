/* What only ordinal models have in the JSON document. */
#include <stdlib.h>

#include "interlace_fit_document.h"

static const char *structure_name(int32_t structure)
{
    return structure == INTERLACE_THRESHOLD_SYMMETRIC     ? "symmetric"
           : structure == INTERLACE_THRESHOLD_EQUIDISTANT ? "equidistant"
                                                          : "flexible";
}

/* Only the first of the distribution's parameters, of which nominal effects are the others. */
static void put_first(struct document *document, const char *key, fit_getter get, size_t count)
{
    double *values = fetch(document, get, interlace_fit_n_family_parameters(document->fit));
    if (values != NULL) {
        json_key(&document->json, key);
        json_numbers(&document->json, values, count);
    }
    free(values);
}

/* The thresholds, their parameters alpha, and the matrix that maps these to thresholds. */
static void put_thresholds(struct document *document)
{
    const interlace_fit *fit = document->fit;
    size_t n = interlace_fit_n_thresholds(fit);
    size_t m = interlace_fit_n_threshold_parameters(fit);
    json_key(&document->json, "thresholds");
    json_open(&document->json, '{');
    put_names(document, "names", interlace_fit_threshold_name, n);
    put_vector(document, "estimate", interlace_fit_thresholds, n);
    put_vector(document, "std_error", interlace_fit_thresholds_std_error, n);
    put_matrix(document, "vcov", interlace_fit_thresholds_vcov, n);
    put_names(document, "alpha_names", interlace_fit_family_parameter_name, m);
    put_first(document, "alpha", interlace_fit_family_parameters, m);
    put_first(document, "alpha_std_error", interlace_fit_family_parameters_std_error, m);
    put_rectangle(document, "jacobian", interlace_fit_thresholds_jacobian, n, m);
    json_close(&document->json, '}');
}

/* Effects that differ from threshold to threshold: a row for each parameter of the thresholds, a column for each nominal column. */
static void put_nominal(struct document *document)
{
    const interlace_fit *fit = document->fit;
    size_t m = interlace_fit_n_threshold_parameters(fit);
    size_t columns = interlace_fit_n_nominal(fit);
    if (columns == 0)
        return;
    json_key(&document->json, "nominal");
    json_open(&document->json, '{');
    put_names(document, "names", interlace_fit_nominal_name, columns);
    put_names(document, "alpha_names", interlace_fit_family_parameter_name, m);
    put_rectangle(document, "estimate", interlace_fit_nominal, m, columns);
    put_rectangle(document, "std_error", interlace_fit_nominal_std_error, m, columns);
    json_close(&document->json, '}');
}

void put_ordinal(struct document *document)
{
    const interlace_fit *fit = document->fit;
    put_text(document, "link", interlace_fit_link(fit));
    put_text(document, "threshold", structure_name(interlace_fit_threshold_structure(fit)));
    put_names(document, "categories", interlace_fit_category, interlace_fit_n_categories(fit));
    put_text(document, "information", interlace_fit_information(fit) == INTERLACE_OBSERVED ? "observed" : "expected");
    put_number(document, "nagq", interlace_fit_nagq(fit));
    put_thresholds(document);
    put_nominal(document);
    if (interlace_fit_has_predictor(fit, INTERLACE_DISPERSION))
        put_tested_coefficients(document, "scale", INTERLACE_DISPERSION);
    put_names(document, "separated", interlace_fit_separated, interlace_fit_n_separated(fit));
    put_all_parameters(document);
    put_vector_of_predictor(document, "linear_predictor", interlace_fit_linear_predictor, INTERLACE_MEAN, interlace_fit_n_rows(fit));
}
