/* The functions that R calls. */
#include "interlace_r.h"
#include <R_ext/Rdynload.h>

#define ENTRY(name, n) {#name, (DL_FUNC)&name, n}

static const R_CallMethodDef ENTRIES[] = {
    ENTRY(C_version, 0),      ENTRY(C_families, 0),    ENTRY(C_option_names, 0), ENTRY(C_fit, 6),           ENTRY(C_variables, 3),
    ENTRY(C_is_handle, 1),    ENTRY(C_from_raw, 1),    ENTRY(C_to_raw, 2),       ENTRY(C_option, 2),        ENTRY(C_info, 1),
    ENTRY(C_fixef, 2),        ENTRY(C_parameters, 3),  ENTRY(C_terms, 1),        ENTRY(C_condvar, 3),       ENTRY(C_rows, 3),
    ENTRY(C_x, 1),            ENTRY(C_z, 1),           ENTRY(C_term_z, 2),       ENTRY(C_table, 3),         ENTRY(C_coefficients, 3),
    ENTRY(C_summary, 2),      ENTRY(C_document, 5),    ENTRY(C_anova, 4),        ENTRY(C_drop1, 2),         ENTRY(C_compare, 2),
    ENTRY(C_refit_ml, 1),     ENTRY(C_means, 5),       ENTRY(C_wald, 5),         ENTRY(C_r2, 1),            ENTRY(C_overdispersion, 1),
    ENTRY(C_vcov_kr, 1),      ENTRY(C_cox, 3),         ENTRY(C_predict, 3),      ENTRY(C_survival, 4),      ENTRY(C_simulate, 4),
    ENTRY(C_refit, 2),        ENTRY(C_profile, 4),     ENTRY(C_bootstrap, 3),    ENTRY(C_boot_confint, 6),  ENTRY(C_all_optimizers, 2),
    ENTRY(C_cross_validate, 5), ENTRY(C_leverage, 2), ENTRY(C_influence, 4),   ENTRY(C_diagnose, 2),      ENTRY(C_augment, 4),
    ENTRY(C_simulated, 6),    ENTRY(C_picture, 4),     ENTRY(C_picture_data, 4), ENTRY(C_picture_kinds, 0), ENTRY(C_plan, 5),
    ENTRY(C_accumulator, 2),  ENTRY(C_accumulator_add, 3), ENTRY(C_accumulator_merge, 2), ENTRY(C_accumulator_to_raw, 1),
    ENTRY(C_accumulator_from_raw, 1), ENTRY(C_accumulator_numbers, 2), ENTRY(C_accumulator_fit, 4), ENTRY(C_csv_open, 2),
    ENTRY(C_csv_next, 1),     ENTRY(C_variance_parameters, 4), {NULL, NULL, 0}};

void R_init_interlace(DllInfo *dll)
{
    R_registerRoutines(dll, NULL, ENTRIES, NULL, NULL);
    R_useDynamicSymbols(dll, FALSE);
    R_forceSymbols(dll, TRUE);
    handle_register(dll);
}
