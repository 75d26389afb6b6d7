/* What the files of this glue share. Every object of the library lies in a box, an external pointer whose finaliser frees it: R may leave
 * any function by a long jump (an error, an interrupt, no memory), and what a box holds is then freed with the next garbage collection. */
#ifndef INTERLACE_R_H
#define INTERLACE_R_H

#define R_NO_REMAP
#include <R.h>
#include <Rinternals.h>
#include <interlace.h>

/* Boxes. They are made empty, and filled right after the library has made the object: nothing can jump in between. */
SEXP box_frame(void);
SEXP box_spec(void);
SEXP box_options(void);
SEXP box_fit(void);
SEXP box_bootstrap(void);
SEXP box_family(void);
SEXP box_questions(void);
SEXP box_text(void);
SEXP box_bytes(void);
SEXP box_plot_options(void);
SEXP box_plan(void);
SEXP box_accumulator(void);
SEXP box_csv_options(void);
SEXP box_csv_stream(void);
void box_fill(SEXP box, void *object);
void box_empty(SEXP box); /* frees now */

/* Raises an R error of the class of the status, unless it is INTERLACE_OK. */
void check(interlace_status status, const interlace_error *err);

/* A call that may take long: it hears R's interrupts and tells its progress. */
typedef struct {
    interlace_options *options;
    double began, told;
    SEXP teller; /* a function, or R_NilValue */
    bool line, interrupted, printed;
    char failed[256]; /* why the teller wants the call to stop; empty */
} watch;
void watch_begin(watch *own, interlace_options *options);
void watch_end(watch *own, interlace_status status, const interlace_error *err);

/* Fits with their spec and options, as one object of R that can be saved. */
void handle_register(DllInfo *dll);
SEXP handle_new(SEXP fit, SEXP spec, SEXP options);
interlace_fit *handle_fit(SEXP handle);
interlace_spec *handle_spec(SEXP handle);       /* NULL if a saved fit had none */
interlace_options *handle_options(SEXP handle);

/* Specs and options in boxes. */
SEXP spec_made(SEXP model, SEXP formula, SEXP settings);
SEXP options_made(SEXP values, SEXP theta0);

/* A family of R: a list of its functions. */
void family_set(interlace_spec *spec, SEXP functions, const char *name);

/* Values. */
SEXP text(const char *utf8);                    /* a CHARSXP; NA for NULL */
const char *string(SEXP value);                 /* the first string in UTF-8; NULL for NULL and NA */
const char *element(SEXP value, R_xlen_t i);
SEXP named(SEXP list, const char *name);        /* an element of a list, or R_NilValue */
const char *const *strings(SEXP value);         /* all of them; lives until the .Call ends */
bool truth(SEXP value);
SEXP list_of(const char *const *names, int n);  /* a list with these names */

/* Frames. `frame_of` gives NULL for NULL. */
SEXP frame_box(SEXP columns);
const interlace_frame *frame_of(SEXP box);
SEXP frame_list(SEXP box);                      /* the columns as a list; frees the frame */

SEXP C_version(void);
SEXP C_families(void);
SEXP C_option_names(void);
SEXP C_fit(SEXP model, SEXP formula, SEXP settings, SEXP data, SEXP options, SEXP theta0);
SEXP C_variables(SEXP model, SEXP formula, SEXP settings);
SEXP C_is_handle(SEXP handle);
SEXP C_from_raw(SEXP bytes);
SEXP C_to_raw(SEXP handle, SEXP rows);
SEXP C_option(SEXP handle, SEXP name);
SEXP C_info(SEXP handle);
SEXP C_fixef(SEXP handle, SEXP predictor);
SEXP C_parameters(SEXP handle, SEXP form, SEXP with_vcov);
SEXP C_terms(SEXP handle);
SEXP C_condvar(SEXP handle, SEXP term, SEXP full);
SEXP C_rows(SEXP handle, SEXP what, SEXP kind);
SEXP C_x(SEXP handle);
SEXP C_z(SEXP handle);
SEXP C_term_z(SEXP handle, SEXP term);
SEXP C_table(SEXP handle, SEXP name, SEXP df);
SEXP C_coefficients(SEXP handle, SEXP df, SEXP level);
SEXP C_summary(SEXP handle, SEXP df);
SEXP C_document(SEXP handle, SEXP data, SEXP names, SEXP values, SEXP json);
SEXP C_anova(SEXP handle, SEXP data, SEXP type, SEXP df);
SEXP C_drop1(SEXP handle, SEXP data);
SEXP C_compare(SEXP handles, SEXP chi_bar);
SEXP C_refit_ml(SEXP handle);
SEXP C_means(SEXP handle, SEXP data, SEXP specs, SEXP request, SEXP contrasts);
SEXP C_wald(SEXP handle, SEXP l, SEXP rhs, SEXP joint, SEXP df);
SEXP C_r2(SEXP handle);
SEXP C_overdispersion(SEXP handle);
SEXP C_variance_parameters(SEXP handle, SEXP form, SEXP limits, SEXP level);
SEXP C_vcov_kr(SEXP handle);
SEXP C_cox(SEXP handle, SEXP what, SEXP argument);
SEXP C_predict(SEXP handle, SEXP data, SEXP request);
SEXP C_survival(SEXP handle, SEXP data, SEXP what, SEXP request);
SEXP C_simulate(SEXP handle, SEXP nsim, SEXP seed, SEXP kind);
SEXP C_refit(SEXP handle, SEXP y);
SEXP C_profile(SEXP handle, SEXP level, SEXP scale, SEXP points);
SEXP C_bootstrap(SEXP handle, SEXP settings, SEXP jackknife);
SEXP C_boot_confint(SEXP handle, SEXP settings, SEXP replicates, SEXP jackknife, SEXP level, SEXP kind);
SEXP C_all_optimizers(SEXP handle, SEXP data);
SEXP C_cross_validate(SEXP handle, SEXP data, SEXP group, SEXP folds, SEXP seed);
SEXP C_leverage(SEXP handle, SEXP part);
SEXP C_influence(SEXP handle, SEXP data, SEXP group, SEXP method);
SEXP C_diagnose(SEXP handle, SEXP what);
SEXP C_augment(SEXP handle, SEXP data, SEXP seed, SEXP influence);
SEXP C_simulated(SEXP handle, SEXP nsim, SEXP seed, SEXP kind, SEXP data, SEXP group);
SEXP C_picture(SEXP handle, SEXP kind, SEXP data, SEXP choices);
SEXP C_picture_data(SEXP handle, SEXP kind, SEXP data, SEXP choices);
SEXP C_picture_kinds(void);
SEXP C_plan(SEXP formula, SEXP settings, SEXP sample, SEXP options, SEXP responses);
SEXP C_accumulator(SEXP plan, SEXP partition);
SEXP C_accumulator_add(SEXP box, SEXP data, SEXP options);
SEXP C_accumulator_merge(SEXP box, SEXP part);
SEXP C_accumulator_to_raw(SEXP box);
SEXP C_accumulator_from_raw(SEXP bytes);
SEXP C_accumulator_numbers(SEXP box, SEXP forecast);
SEXP C_accumulator_fit(SEXP box, SEXP options, SEXP theta0, SEXP response);
SEXP C_csv_open(SEXP path, SEXP categorical);
SEXP C_csv_next(SEXP stream);

#endif
