/* A fit from arrays is the fit from the formula. */
#include "dyestuff.h"

int main(void) {
    interlace_error err;
    interlace_spec *spec, *newdata;
    interlace_fit *fit;
    double ones[2 * DYESTUFF_ROWS], out[DYESTUFF_ROWS], value;
    int64_t batch[DYESTUFF_ROWS];
    for (int i = 0; i < DYESTUFF_ROWS; i++) {
        ones[i] = 1;
        batch[i] = i / 5;
    }
    const char *const name[1] = {"(Intercept)"};
    OK(interlace_spec_new_array(INTERLACE_MODEL_LMM, dyestuff_yield, ones, DYESTUFF_ROWS, 1, DYESTUFF_ROWS, &spec, &err));
    OK(interlace_spec_set_fixef_names(spec, name, 1, &err));
    OK(interlace_spec_add_term_i64(spec, "Batch", NULL, DYESTUFF_ROWS, 1, 0, batch, DYESTUFF_BATCHES, INTERLACE_STRUCTURE_UNSTRUCTURED, INTERLACE_VARIANCES_DEFAULT, &err));
    OK(interlace_spec_set_term_levels(spec, 0, dyestuff_batches, DYESTUFF_BATCHES, &err));
    OK(interlace_fit_new(spec, NULL, NULL, &fit, &err));
    interlace_spec_free(spec);

    CLOSE(interlace_fit_criterion(fit), dyestuff_criterion, 1e-3);
    SAME(interlace_fit_formula(fit), "");
    SAME(interlace_fit_term_group(fit, 0), "Batch");
    SAME(interlace_fit_term_level(fit, 0, 5), "F");
    SAME(interlace_fit_theta_name(fit, 0), "Batch.(Intercept)");
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, &value, 1, &err));
    CLOSE(value, dyestuff_intercept, 1e-6);

    /* New data: a known level by its label, whatever its number; an unknown one. */
    const double one[2] = {1, 1};
    const int32_t levels[2] = {0, 1};
    const char *const labels[2] = {"C", "new"};
    double modes[DYESTUFF_BATCHES];
    OK(interlace_fit_term_ranef(fit, 0, modes, DYESTUFF_BATCHES, &err));
    OK(interlace_spec_new_array(INTERLACE_MODEL_LMM, NULL, one, 2, 1, 2, &newdata, &err));
    OK(interlace_spec_add_term_i32(newdata, "Batch", NULL, 2, 1, 0, levels, 2, INTERLACE_STRUCTURE_UNSTRUCTURED, INTERLACE_VARIANCES_DEFAULT, &err));
    OK(interlace_spec_set_term_levels(newdata, 0, labels, 2, &err));
    OK(interlace_fit_predict(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_RESPONSE, .new_levels = INTERLACE_NEW_LEVELS_ZERO, .arrays = newdata), NULL, out, 2, &err));
    CLOSE(out[0], value + modes[2], 1e-9);
    CLOSE(out[1], value, 1e-9);
    FAILS(INTERLACE_E_DATA, "new",
          interlace_fit_predict(fit, NULL, PREDICT(.quantity = INTERLACE_QUANTITY_RESPONSE, .arrays = newdata), NULL, out, 2, &err));
    interlace_spec_free(newdata);
    interlace_fit_free(fit);

    /* A model without a name for anything. */
    for (int i = 0; i < DYESTUFF_ROWS; i++) ones[DYESTUFF_ROWS + i] = i % 5;
    OK(interlace_spec_new_array(INTERLACE_MODEL_LMM, dyestuff_yield, ones, DYESTUFF_ROWS, 2, DYESTUFF_ROWS, &spec, &err));
    OK(interlace_spec_add_term_i64(spec, NULL, ones, DYESTUFF_ROWS, 2, DYESTUFF_ROWS, batch, DYESTUFF_BATCHES, INTERLACE_STRUCTURE_DIAGONAL, INTERLACE_VARIANCES_DEFAULT, &err));
    OK(interlace_fit_new(spec, NULL, NULL, &fit, &err));
    SAME(interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_MEAN, 1), "x2");
    SAME(interlace_fit_term_group(fit, 0), "g1");
    SAME(interlace_fit_term_effect_name(fit, 0, 1), "z2");
    SAME(interlace_fit_term_level(fit, 0, 0), "1");
    CHECK(interlace_fit_term_structure(fit, 0) == INTERLACE_STRUCTURE_DIAGONAL && interlace_fit_n_ranef(fit) == 12);
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    return 0;
}
