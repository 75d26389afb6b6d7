/* interlace.h - mixed-effects models.
 * Generated from src/capi by cbindgen (make header); do not edit.
 *
 * Data go into an interlace_frame; an interlace_spec says what is fitted and interlace_options how; interlace_fit_new makes an
 * interlace_fit of them. First come constants, then types, then functions: those of a noun stand together.
 *
 * Rules that hold for every function:
 *  - It returns interlace_status (0 = INTERLACE_OK), or it can't fail and returns its value. Functions of the second sort give 0,
 *    false, NULL, NaN or -1 where the object is NULL or an index is out of range.
 *  - Arguments come in the order object, inputs, outputs, err. `err` may be NULL and is written only on failure; all other
 *    outputs are written only on success.
 *  - Any call may return INTERLACE_E_ARGUMENT (NULL, wrong length, unknown number), INTERLACE_E_MEMORY or INTERLACE_E_INTERNAL; the
 *    comments name the others.
 *  - Arrays are borrowed during the call and copied where they are kept. A length of 0 allows NULL.
 *  - Matrices are column-major; [n,p] means n rows and p columns, and element (i, j) is at i + j n.
 *  - `len` is the number of elements that the array before it holds, and must match exactly.
 *  - Indices count from 0.
 *  - Strings are NUL-terminated UTF-8. Those returned are never freed and live as long as the object they came from.
 *  - What interlace_*_new and the like return is freed with interlace_*_free, which accepts NULL. Objects don't refer to
 *    each other and may be freed in any order.
 *  - A const object may be used by many threads at once, another by one thread at a time. There is no global state but the handler that turns
 *    a defect inside the library into INTERLACE_E_INTERNAL.
 *  - Nothing prints, reads environment variables, installs signal handlers or calls exit. */


#ifndef INTERLACE_H
#define INTERLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The version as one number, as interlace_version_number() returns it. */
#define INTERLACE_VERSION_NUMBER (1000000 * INTERLACE_VERSION_MAJOR + 1000 * INTERLACE_VERSION_MINOR + INTERLACE_VERSION_PATCH)

/**
 * Major version of this header.
 */
#define INTERLACE_VERSION_MAJOR 0

/**
 * Minor version of this header.
 */
#define INTERLACE_VERSION_MINOR 1

/**
 * Patch version of this header.
 */
#define INTERLACE_VERSION_PATCH 0

/**
 * The call was carried out.
 */
#define INTERLACE_OK 0

/**
 * An argument is NULL, out of range, of the wrong length, not UTF-8, or unknown.
 */
#define INTERLACE_E_ARGUMENT 1

/**
 * The formula can't be read. `position` is the byte in the formula, from 0.
 */
#define INTERLACE_E_FORMULA 2

/**
 * The data don't suit the model: a column is absent or of the wrong kind, a level is unknown. `position` is the row, from 0, or -1.
 */
#define INTERLACE_E_DATA 3

/**
 * The numbers broke down: a matrix is not positive definite, the objective is not finite.
 */
#define INTERLACE_E_NUMERIC 4

/**
 * There is not enough memory for the data.
 */
#define INTERLACE_E_MEMORY 5

/**
 * The progress callback asked to stop.
 */
#define INTERLACE_E_CANCELLED 6

/**
 * A valid request that this version does not carry out.
 */
#define INTERLACE_E_UNSUPPORTED 7

/**
 * A file can't be read or written.
 */
#define INTERLACE_E_IO 8

/**
 * A defect of the library, please report it. The objects of the call should only be freed.
 */
#define INTERLACE_E_INTERNAL 99

/**
 * A column of real numbers; NaN is missing.
 */
#define INTERLACE_COLUMN_REAL 0

/**
 * A column of integers; INT64_MIN is missing.
 */
#define INTERLACE_COLUMN_INTEGER 1

/**
 * A column of categories: codes from 0 into a list of levels; -1 is missing.
 */
#define INTERLACE_COLUMN_CATEGORY 2

/**
 * Linear mixed model.
 */
#define INTERLACE_LMM 1

/**
 * Generalised linear mixed model: a family and a link, as interlace_spec_set_family sets them.
 */
#define INTERLACE_GLMM 2

/**
 * Cumulative link mixed model, of an ordered response: thresholds, and a link as interlace_spec_set_link sets it.
 */
#define INTERLACE_CLMM 3

/**
 * Covariance structure: any positive semidefinite matrix, as plain bars have it.
 */
#define INTERLACE_UNSTRUCTURED 0

/**
 * Covariance structure: no correlations.
 */
#define INTERLACE_DIAGONAL 1

/**
 * Covariance structure: one correlation for all pairs of effects.
 */
#define INTERLACE_COMPOUND_SYMMETRY 2

/**
 * Covariance structure: the correlation of effects i and j is rho to the power |i - j|.
 */
#define INTERLACE_AR1 3

/**
 * Thresholds of an ordinal model: ascending, otherwise free.
 */
#define INTERLACE_THRESHOLD_FLEXIBLE 0

/**
 * Thresholds of an ordinal model: symmetric about the middle one, or about the middle of the two middle ones.
 */
#define INTERLACE_THRESHOLD_SYMMETRIC 1

/**
 * Thresholds of an ordinal model: the first and one distance between neighbours.
 */
#define INTERLACE_THRESHOLD_EQUIDISTANT 2

/**
 * Residuals of one group at distance d in time have the correlation rho^d: autoregressive of order 1.
 */
#define INTERLACE_CORRELATION_AR1 1

/**
 * Any two residuals of one group have the correlation rho: compound symmetry.
 */
#define INTERLACE_CORRELATION_CS 2

/**
 * A parameter of a family is worked with as it is.
 */
#define INTERLACE_SCALE_IDENTITY 0

/**
 * A parameter of a family is positive and worked with as its logarithm.
 */
#define INTERLACE_SCALE_LOG 1

/**
 * Rows with missing values are left out and reported. The default.
 */
#define INTERLACE_NA_OMIT 0

/**
 * A missing value is an error, INTERLACE_E_DATA.
 */
#define INTERLACE_NA_ERROR 1

/**
 * Rows with missing values are left out of the fit, and results per row have NaN for them.
 */
#define INTERLACE_NA_PAD 2

/**
 * The Laplace approximation with second derivatives of the log-likelihood as they are. The default.
 */
#define INTERLACE_OBSERVED 0

/**
 * The Laplace approximation with expected second derivatives (Fisher information), as in lme4; the same for canonical links.
 */
#define INTERLACE_EXPECTED 1

/**
 * Standard errors from the Hessian of the marginal log-likelihood in all parameters. The default.
 */
#define INTERLACE_STD_ERRORS_MARGINAL 0

/**
 * Standard errors given the parameters of the random effects: cheaper, and smaller than they should be.
 */
#define INTERLACE_STD_ERRORS_CONDITIONAL 1

/**
 * Random terms of which nothing could be told by the data (as many random effects as rows, beside a residual) are an error, others that
 * can't be told apart get a warning. The default.
 */
#define INTERLACE_UNIDENTIFIED_ERROR 0

/**
 * A warning in any case.
 */
#define INTERLACE_UNIDENTIFIED_WARNING 1

/**
 * Neither: the model is fitted as it is.
 */
#define INTERLACE_UNIDENTIFIED_IGNORE 2

/**
 * The linear predictor of the mean, on the scale of the link.
 */
#define INTERLACE_MEAN 0

/**
 * The linear predictor of the zero inflation: of the logit of the probability of a zero that the family doesn't make.
 */
#define INTERLACE_ZERO_INFLATION 1

/**
 * The linear predictor of the dispersion: of the logarithm of the family's first parameter; for gaussian, of its square, the variance; of an
 * ordinal model that of the logarithm of the scale.
 */
#define INTERLACE_DISPERSION 2

/**
 * Residuals: response minus fitted value.
 */
#define INTERLACE_RESIDUALS_RESPONSE 0

/**
 * Residuals: response minus fitted value, times the square root of the weight; of a generalised model, over the standard deviation of the
 * response.
 */
#define INTERLACE_RESIDUALS_PEARSON 1

/**
 * Residuals: response minus fitted value, divided by the derivative of the mean in the linear predictor.
 */
#define INTERLACE_RESIDUALS_WORKING 2

/**
 * Residuals: the signed square root of the unit deviance; for a linear model those of INTERLACE_RESIDUALS_PEARSON. INTERLACE_E_UNSUPPORTED for
 * a mixture with zeros and for families without a deviance.
 */
#define INTERLACE_RESIDUALS_DEVIANCE 3

/**
 * Residuals: those of INTERLACE_RESIDUALS_PEARSON over the standard deviation of the residuals, and where these are correlated within
 * groups made independent: of AR(1) each less its expectation given the one before, of compound symmetry by the symmetric root.
 */
#define INTERLACE_RESIDUALS_NORMALIZED 4

/**
 * The optimum was reached.
 */
#define INTERLACE_CONVERGED 0

/**
 * No further decrease is possible in floating point, and the scaled gradient is small: below 1e-3, or below 0.03 where the digits of the
 * criterion have cancelled.
 */
#define INTERLACE_ROUNDOFF_LIMITED 1

/**
 * The number of evaluations allowed was used up.
 */
#define INTERLACE_MAX_EVALUATIONS 2

/**
 * The time allowed was used up.
 */
#define INTERLACE_DEADLINE 3

/**
 * The line search failed far from a stationary point.
 */
#define INTERLACE_NO_PROGRESS 4

/**
 * Predict the mean of the response: of a mixture with zeros (1 - p) times the mean without these, of a beta family with masses at 0 and 1
 * with these. An ordinal fit has no mean: INTERLACE_E_ARGUMENT.
 */
#define INTERLACE_PREDICT_RESPONSE 0

/**
 * Predict the linear predictor of the mean. For a linear model that is the mean of the response; of an ordinal fit x'beta + z'b + offset, the
 * location of the latent variable, without the thresholds and not divided by the scale.
 */
#define INTERLACE_PREDICT_LINK 1

/**
 * Predict the mean of the response without the zeros of the zero part. Not of an ordinal fit.
 */
#define INTERLACE_PREDICT_CONDITIONAL 2

/**
 * Predict the probability p of a zero of the zero part; 0 for a fit without one. Not of an ordinal fit.
 */
#define INTERLACE_PREDICT_ZERO_PROBABILITY 3

/**
 * Predict the family's first parameter on the scale on which it is reported; for a linear model sigma, 1 for a family without
 * parameters; of an ordinal fit the scale, 1 without a formula of the scale.
 */
#define INTERLACE_PREDICT_DISPERSION 4

/**
 * Predict the mean of the response over all groups, the random effects integrated out. Groups are new ones, whatever the data say: their
 * columns need not be there. NaN where there is no such mean, as with an inverse link. Of an ordinal fit with K categories the K probabilities of these.
 */
#define INTERLACE_PREDICT_MARGINAL 5

/**
 * Of an ordinal fit with K categories, predict the probabilities of these, lowest first, [rows,K]. NaN in a row whose nominal effects put
 * the thresholds out of order.
 */
#define INTERLACE_PREDICT_PROBABILITIES 6

/**
 * Of an ordinal fit with K categories, predict the probabilities of a category not above the first, the second, .., the one before the
 * highest, [rows,K-1].
 */
#define INTERLACE_PREDICT_CUMULATIVE 7

/**
 * Of an ordinal fit, predict the most probable category, a number from 1 to K; of several the lowest. It has no standard error.
 */
#define INTERLACE_PREDICT_CLASS 8

/**
 * Predict the link's inverse of the linear predictor, mu: of ordered and zero-one-inflated beta the mean between 0 and 1, without the masses
 * at the ends; of truncated families the mean before truncation; of lognormal the mean of the logarithms. Of other families it is
 * INTERLACE_PREDICT_CONDITIONAL. Not of an ordinal fit.
 */
#define INTERLACE_PREDICT_LOCATION 9

/**
 * A row has its prediction.
 */
#define INTERLACE_PREDICTED 0

/**
 * A row has no prediction, because a predictor or an offset is missing.
 */
#define INTERLACE_PREDICTED_MISSING 1

/**
 * A row has no prediction, because it can't be estimated: columns that the fit has left out differ there from what they are in its data, as in
 * a cell of factors without data. A number would depend on the contrasts.
 */
#define INTERLACE_PREDICTED_NOT_ESTIMABLE 2

/**
 * A row of an ordinal fit has no prediction, because its nominal effects have thresholds cross.
 */
#define INTERLACE_PREDICTED_CROSSED 3

/**
 * An interval for what is predicted, say the mean: it has the uncertainty of the estimates.
 */
#define INTERLACE_INTERVAL_CONFIDENCE 0

/**
 * An interval for a new response, which varies about its mean as well.
 */
#define INTERLACE_INTERVAL_PREDICTION 1

/**
 * A level of a grouping factor that is missing, or that the fit doesn't know, is an error, INTERLACE_E_DATA.
 */
#define INTERLACE_NEW_LEVELS_ERROR 0

/**
 * A level of a grouping factor that is missing, or that the fit doesn't know, has random effects of zero.
 */
#define INTERLACE_NEW_LEVELS_ZERO 1

/**
 * Estimates over their standard errors are normal: infinite degrees of freedom.
 */
#define INTERLACE_DF_NORMAL 0

/**
 * Degrees of freedom are the rows used less the fixed effects, and of an ordinal model less the parameters of its thresholds.
 */
#define INTERLACE_DF_RESIDUAL 1

/**
 * Satterthwaite's degrees of freedom: of linear models.
 */
#define INTERLACE_DF_SATTERTHWAITE 2

/**
 * Kenward and Roger's degrees of freedom, with standard errors by their adjusted covariance and scaled F tests: of linear models fitted by
 * REML.
 */
#define INTERLACE_DF_KENWARD_ROGER 3

/**
 * The degrees of freedom of a fit where nobody has asked for others: Satterthwaite's of linear models (the normal distribution where they
 * can't be had, which the results say), the normal distribution for others.
 */
#define INTERLACE_DF_DEFAULT -1

/**
 * Marginal means weigh all levels of the factors that they average over equally.
 */
#define INTERLACE_MEANS_EQUAL 0

/**
 * Marginal means weigh the combinations of levels that they average over by their numbers of rows, or sums of weights, in the data.
 */
#define INTERLACE_MEANS_PROPORTIONAL 1

/**
 * Simulated responses have random effects drawn anew for each replicate.
 */
#define INTERLACE_SIMULATE_NEW 0

/**
 * Simulated responses have the random effects of the fit, its conditional modes.
 */
#define INTERLACE_SIMULATE_CONDITIONAL 1

/**
 * Bootstrap intervals from quantiles of the replicates.
 */
#define INTERLACE_BOOTSTRAP_PERCENTILE 0

/**
 * Bootstrap intervals from twice the estimate less the quantiles of the replicates.
 */
#define INTERLACE_BOOTSTRAP_BASIC 1

/**
 * Bootstrap intervals from the normal distribution with the standard deviation of the replicates, corrected for their bias.
 */
#define INTERLACE_BOOTSTRAP_NORMAL 2

/**
 * Bootstrap intervals from quantiles of the replicates at levels corrected for bias and acceleration (BCa), the latter from fits without
 * each group.
 */
#define INTERLACE_BOOTSTRAP_BCA 3

/**
 * Profiles of all parameters, random effects by their standard deviations and correlations.
 */
#define INTERLACE_PROFILE_SD_COR 0

/**
 * Profiles of the elements of theta.
 */
#define INTERLACE_PROFILE_THETA 1

/**
 * What is resampled, and what is computed of each replicate.
 * Since 0.1.
 */
typedef struct interlace_bootstrap interlace_bootstrap;

/**
 * How CSV text is read. Wherever CSV options are wanted, NULL stands for the defaults.
 * Since 0.1.
 */
typedef struct interlace_csv_options interlace_csv_options;

/**
 * A family of the caller's.
 * Since 0.1.
 */
typedef struct interlace_family interlace_family;

/**
 * A fitted model. It never changes, borrows nothing from the frame, spec and options it came from, and may be used by many threads at once.
 * Strings that its functions return live as long as the fit. Its random terms are numbered from 0 in the order of the formula; those of the
 * zero inflation and then those of the dispersion follow the mean's.
 * Since 0.1.
 */
typedef struct interlace_fit interlace_fit;

/**
 * A data frame: named columns of one length. Data go in as a frame, and every table of results comes out as a frame.
 * Since 0.1.
 */
typedef struct interlace_frame interlace_frame;

/**
 * How a model is fitted. Wherever options are wanted, NULL stands for the defaults.
 * Since 0.1.
 */
typedef struct interlace_options interlace_options;

/**
 * What is fitted: the kind of model, and either a formula to be read against a frame, or design arrays. It has no state of the data
 * that a formula is read against, so one spec serves many fits.
 * Since 0.1.
 */
typedef struct interlace_spec interlace_spec;

/**
 * What a call that can fail returns: INTERLACE_OK (0) or one of INTERLACE_E_*.
 * A status says whether the call was carried out, not whether a model converged: that is the outcome of a fit.
 */
typedef int32_t interlace_status;

/**
 * What went wrong, in memory of the caller: 1,024 bytes, now and in later versions. It needs no initialisation,
 * holds no pointer and is never freed. It is written only by calls that fail.
 * Since 0.1.
 */
typedef struct interlace_error {
    /**
     * The status that the call returned.
     */
    int32_t code;
    /**
     * Zero.
     */
    int32_t reserved;
    /**
     * Byte of the formula or row of the data, from 0, by the code; -1 for nowhere.
     */
    int64_t position;
    /**
     * One line of UTF-8, NUL-terminated, cut between characters if it is too long.
     */
    char message[1008];
} interlace_error;

/**
 * A function of a column: fills `out` [n] from `x` [n]. A return value other than 0 stops the fit with INTERLACE_E_CANCELLED.
 * Since 0.1.
 */
typedef int32_t (*interlace_family_map_fn)(void *user_data, size_t n, const double *x, double *out);

/**
 * Fills `out` [n] with the squared deviance residuals of responses `y` [n] at means `mu` [n], times the weights [n].
 * A return value other than 0 stops the fit with INTERLACE_E_CANCELLED.
 * Since 0.1.
 */
typedef int32_t (*interlace_family_deviance_fn)(void *user_data,
                                                size_t n,
                                                const double *y,
                                                const double *mu,
                                                const double *weights,
                                                double *out);

/**
 * Fills `out` [n] with the log-densities of responses `y` [n] at linear predictors `eta` [n]. `weights` [n] are ones where there are none,
 * `psi` [n,n_parameters] are the parameters as they are worked with (logarithms, for INTERLACE_SCALE_LOG).
 * A return value other than 0 stops the fit with INTERLACE_E_CANCELLED.
 * Since 0.1.
 */
typedef int32_t (*interlace_family_log_density_fn)(void *user_data,
                                                   size_t n,
                                                   size_t n_parameters,
                                                   const double *y,
                                                   const double *eta,
                                                   const double *weights,
                                                   const double *psi,
                                                   double *out);

/**
 * Fills `s` [n], `w` [n] and `t` [n] with the first derivative of the log-density in eta, minus the second, and minus the third.
 * The inputs are those of the log-density. A return value other than 0 stops the fit with INTERLACE_E_CANCELLED.
 * Since 0.1.
 */
typedef int32_t (*interlace_family_derivatives_fn)(void *user_data,
                                                   size_t n,
                                                   size_t n_parameters,
                                                   const double *y,
                                                   const double *eta,
                                                   const double *weights,
                                                   const double *psi,
                                                   double *s,
                                                   double *w,
                                                   double *t);

/**
 * What a family is made of. Fill it with zeros, set `struct_size` to its size and the members that are wanted. The functions are called
 * by the calls that fit, predict or take residuals, on the thread of that call; two threads that fit with one family at once call them at
 * once. They must not throw or longjmp. Beyond the domain of the link they are to give NaN: a step that went there is taken back.
 * Since 0.1.
 */
typedef struct interlace_family_callbacks {
    /**
     * sizeof(interlace_family_callbacks).
     */
    size_t struct_size;
    /**
     * Handed to the functions as it is; it must outlive the family and all that was made with it.
     */
    void *user_data;
    /**
     * The name, for summaries and messages.
     */
    const char *name;
    /**
     * The linear predictor of a mean, for starting values.
     */
    interlace_family_map_fn linkfun;
    /**
     * The mean of a linear predictor.
     */
    interlace_family_map_fn linkinv;
    /**
     * The derivative of the mean in the linear predictor, of a linear predictor.
     */
    interlace_family_map_fn mu_eta;
    /**
     * The variance function, of a mean: the variance for a weight of one.
     */
    interlace_family_map_fn variance;
    /**
     * The squared deviance residuals.
     */
    interlace_family_deviance_fn dev_resids;
    /**
     * The log-density, or NULL: then minus half of `dev_resids` takes its place, a quasi-likelihood without constants, which must not be
     * compared with the likelihood of another family.
     */
    interlace_family_log_density_fn log_density;
    /**
     * The derivatives of `log_density`, or NULL: then they are differences, the third good to 1e-4 and the gradient of the fit with it.
     */
    interlace_family_derivatives_fn derivatives;
    /**
     * The number of parameters of `log_density` beside the mean, at most 3.
     */
    size_t n_parameters;
    /**
     * Their names [n_parameters].
     */
    const char *const *parameter_names;
    /**
     * INTERLACE_SCALE_* of each [n_parameters].
     */
    const int32_t *parameter_scales;
    /**
     * Values to start from [n_parameters], as reported: positive for INTERLACE_SCALE_LOG.
     */
    const double *parameter_starts;
} interlace_family_callbacks;

/**
 * Called after each evaluation of the objective, on the thread that called interlace_fit_new, with the number of evaluations so far, the
 * objective, `theta` [n_theta] and the pointer given to interlace_options_set_progress. A return value other than 0
 * cancels the fit, which then returns INTERLACE_E_CANCELLED. It must not throw, longjmp or free the objects of the fit.
 * Since 0.1.
 */
typedef int32_t (*interlace_progress_fn)(int64_t evaluation,
                                         double objective,
                                         const double *theta,
                                         size_t n_theta,
                                         void *user_data);

/**
 * Fills `out` [n_out] with statistics of a replicate: of its number, -1 for the fit itself and where groups or rows are left out; of its
 * estimates [n_estimates], in the order of the columns behind logLik in the table of replicates; of its response `y` [n], one value
 * per row of the sample. A return value other than 0 makes the replicate one that failed. It is called on the thread that
 * called the library, and must not throw, longjmp or free the objects of the call.
 * Since 0.1.
 */
typedef int32_t (*interlace_statistic_fn)(int64_t replicate,
                                          const double *estimates,
                                          size_t n_estimates,
                                          const double *y,
                                          size_t n,
                                          double *out,
                                          size_t n_out,
                                          void *user_data);

/**
 * The value of a statistic of a response `y` [n], which it may reorder.
 * Since 0.1.
 */
typedef double (*interlace_response_statistic_fn)(double *y, size_t n, void *user_data);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library that is running, "0.1.0". A static string.
 * Since 0.1.
 */
const char *interlace_version(void);

/**
 * The version of the library that is running as one number: 1000000 major + 1000 minor + patch.
 * Since 0.1.
 */
int32_t interlace_version_number(void);

/**
 * The name of a status: "ok", "argument", "formula" and so on; "unknown" for other numbers. A static string, never NULL.
 * Since 0.1.
 */
const char *interlace_status_name(interlace_status status);

/**
 * Makes a frame of `n_rows` rows and no columns.
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_frame_new(size_t n_rows, struct interlace_frame **out, struct interlace_error *err);

/**
 * Adds a column of real numbers `values` [n_rows], which are copied. NaN is a missing value.
 * INTERLACE_E_ARGUMENT if `len` is not the number of rows or the name is taken.
 * Since 0.1.
 */
interlace_status interlace_frame_add_f64(struct interlace_frame *frame,
                                         const char *name,
                                         const double *values,
                                         size_t len,
                                         struct interlace_error *err);

/**
 * Adds a column of integers `values` [n_rows], which are copied. INT32_MIN is a missing value.
 * INTERLACE_E_ARGUMENT if `len` is not the number of rows or the name is taken.
 * Since 0.1.
 */
interlace_status interlace_frame_add_i32(struct interlace_frame *frame,
                                         const char *name,
                                         const int32_t *values,
                                         size_t len,
                                         struct interlace_error *err);

/**
 * Adds a column of integers `values` [n_rows], which are copied. INT64_MIN is a missing value.
 * INTERLACE_E_ARGUMENT if `len` is not the number of rows or the name is taken.
 * Since 0.1.
 */
interlace_status interlace_frame_add_i64(struct interlace_frame *frame,
                                         const char *name,
                                         const int64_t *values,
                                         size_t len,
                                         struct interlace_error *err);

/**
 * Adds a column of categories. `codes` [n_rows] are indices into `levels` [n_levels], from 0; -1 is a missing value.
 * The levels keep the order given here; `ordered` says that this order means something (the contrasts are then polynomial).
 * All is copied. INTERLACE_E_ARGUMENT if `len` is not the number of rows, the name is taken, a level occurs twice, or
 * a code is out of range.
 * Since 0.1.
 */
interlace_status interlace_frame_add_categorical(struct interlace_frame *frame,
                                                 const char *name,
                                                 const int32_t *codes,
                                                 size_t len,
                                                 const char *const *levels,
                                                 size_t n_levels,
                                                 bool ordered,
                                                 struct interlace_error *err);

/**
 * Adds a column of categories from their labels `values` [n_rows], which are copied; a NULL entry is a missing value.
 * The levels are the labels that occur, sorted by their bytes; interlace_frame_set_levels gives them another order.
 * INTERLACE_E_ARGUMENT if `len` is not the number of rows or the name is taken.
 * Since 0.1.
 */
interlace_status interlace_frame_add_strings(struct interlace_frame *frame,
                                             const char *name,
                                             const char *const *values,
                                             size_t len,
                                             struct interlace_error *err);

/**
 * Declares the levels of a column and their order. `levels` [n_levels] must hold every label that occurs, and may hold more;
 * `ordered` says that the order means something. A column of numbers becomes categories by this, each number
 * labelled by its shortest text ("308"). Pointers to the column's earlier labels become invalid.
 * INTERLACE_E_DATA if there is no such column or a value is not among the levels.
 * Since 0.1.
 */
interlace_status interlace_frame_set_levels(struct interlace_frame *frame,
                                            const char *name,
                                            const char *const *levels,
                                            size_t n_levels,
                                            bool ordered,
                                            struct interlace_error *err);

/**
 * Makes a column of numbers into categories labelled by the numbers' shortest texts, sorted by their bytes ("10" before "9").
 * A column of categories stays as it is. INTERLACE_E_DATA if there is no such column.
 * Since 0.1.
 */
interlace_status interlace_frame_make_categorical(struct interlace_frame *frame,
                                                  const char *name,
                                                  struct interlace_error *err);

/**
 * Adds the rows of `other`, whose columns must have the same names and types in the same order. Levels that `frame` does not have come
 * last, or, where neither column has an order of its own, in their place bytewise; pointers to the old ones end here.
 * Since 0.1.
 */
interlace_status interlace_frame_append(struct interlace_frame *frame,
                                        const struct interlace_frame *other,
                                        struct interlace_error *err);

/**
 * Writes the frame as a CSV file, with a header. Numbers have the shortest text that reads back to the same number, missing values
 * are NA. INTERLACE_E_IO if the file can't be written.
 * Since 0.1.
 */
interlace_status interlace_frame_write_csv(const struct interlace_frame *frame,
                                           const char *path,
                                           struct interlace_error *err);

/**
 * Frees a frame. NULL is allowed.
 * Since 0.1.
 */
void interlace_frame_free(struct interlace_frame *frame);

/**
 * Number of rows; 0 for NULL.
 * Since 0.1.
 */
size_t interlace_frame_n_rows(const struct interlace_frame *frame);

/**
 * Number of columns; 0 for NULL.
 * Since 0.1.
 */
size_t interlace_frame_n_columns(const struct interlace_frame *frame);

/**
 * Name of a column, by its index from 0; NULL if there is none. Lives as long as the frame.
 * Since 0.1.
 */
const char *interlace_frame_column_name(const struct interlace_frame *frame, size_t column);

/**
 * Index of the column of that name. INTERLACE_E_DATA if there is none.
 * Since 0.1.
 */
interlace_status interlace_frame_column_index(const struct interlace_frame *frame,
                                              const char *name,
                                              size_t *out,
                                              struct interlace_error *err);

/**
 * Kind of a column: INTERLACE_COLUMN_REAL, _INTEGER or _CATEGORY; -1 if there is no such column.
 * Since 0.1.
 */
int32_t interlace_frame_column_kind(const struct interlace_frame *frame, size_t column);

/**
 * Copies a column of numbers to `out` [n_rows]. Integers are converted, missing ones to NaN.
 * INTERLACE_E_DATA for a column of categories.
 * Since 0.1.
 */
interlace_status interlace_frame_column_f64(const struct interlace_frame *frame,
                                            size_t column,
                                            double *out,
                                            size_t len,
                                            struct interlace_error *err);

/**
 * Copies a column of integers to `out` [n_rows]; INT64_MIN is missing. INTERLACE_E_DATA for other columns.
 * Since 0.1.
 */
interlace_status interlace_frame_column_i64(const struct interlace_frame *frame,
                                            size_t column,
                                            int64_t *out,
                                            size_t len,
                                            struct interlace_error *err);

/**
 * Copies the codes of a column of categories to `out` [n_rows]: indices of levels from 0, -1 for missing.
 * INTERLACE_E_DATA for other columns.
 * Since 0.1.
 */
interlace_status interlace_frame_column_codes(const struct interlace_frame *frame,
                                              size_t column,
                                              int32_t *out,
                                              size_t len,
                                              struct interlace_error *err);

/**
 * Number of levels of a column of categories; 0 for other columns.
 * Since 0.1.
 */
size_t interlace_frame_column_n_levels(const struct interlace_frame *frame, size_t column);

/**
 * Label of a level; NULL if there is none. Lives as long as the frame, unless the column is given other levels.
 * Since 0.1.
 */
const char *interlace_frame_column_level(const struct interlace_frame *frame, size_t column, size_t level);

/**
 * Whether the order of a column's levels means something.
 * Since 0.1.
 */
bool interlace_frame_column_is_ordered(const struct interlace_frame *frame, size_t column);

/**
 * Label of a row in a column of categories; NULL where it is missing, and where there is no such row or column.
 * Lives as long as the frame, unless the column is given other levels.
 * Since 0.1.
 */
const char *interlace_frame_column_string(const struct interlace_frame *frame, size_t column, size_t row);

/**
 * Makes CSV options with their default values.
 * The caller frees `*out` with interlace_csv_options_free.
 * Since 0.1.
 */
interlace_status interlace_csv_options_new(struct interlace_csv_options **out, struct interlace_error *err);

/**
 * What separates cells: an ASCII character such as ',', ';' or '\t', not a letter, digit, sign, point or line break. 0, the default, is a
 * comma, or beside decimal commas a semicolon; text that looks separated otherwise is then INTERLACE_E_DATA, and the message says by what.
 * With a separator given, no such guess is made.
 * Since 0.1.
 */
interlace_status interlace_csv_options_set_separator(struct interlace_csv_options *options,
                                                     char separator,
                                                     struct interlace_error *err);

/**
 * The decimal mark of numbers, '.' (the default) or ','.
 * Since 0.1.
 */
interlace_status interlace_csv_options_set_decimal(struct interlace_csv_options *options,
                                                   char decimal,
                                                   struct interlace_error *err);

/**
 * What a cell with separators, quotes or line breaks stands in, '"' by default; 0 reads quotes as any other character.
 * Since 0.1.
 */
interlace_status interlace_csv_options_set_quote(struct interlace_csv_options *options,
                                                 char quote,
                                                 struct interlace_error *err);

/**
 * The texts `strings` [n_strings] that mean a missing value, blanks around them apart, instead of the default: "NA", "NaN" and the empty
 * cell. In a column of numbers an empty cell is missing in any case.
 * Since 0.1.
 */
interlace_status interlace_csv_options_set_na_strings(struct interlace_csv_options *options,
                                                      const char *const *strings,
                                                      size_t n_strings,
                                                      struct interlace_error *err);

/**
 * The columns `names` [n_names] that are categories whatever they look like; each must be there.
 * Since 0.1.
 */
interlace_status interlace_csv_options_set_categorical(struct interlace_csv_options *options,
                                                       const char *const *names,
                                                       size_t n_names,
                                                       struct interlace_error *err);

/**
 * Whether a column of text most of whose cells are numbers, or dates, is INTERLACE_E_DATA with the line and the cell (true), unless it is
 * categorical. The default is false: such a column is text, and a fit that takes it for a covariate warns, or fails where numbers are wanted.
 * Since 0.1.
 */
interlace_status interlace_csv_options_set_strict_numbers(struct interlace_csv_options *options,
                                                          bool strict,
                                                          struct interlace_error *err);

/**
 * Frees CSV options. NULL is allowed.
 * Since 0.1.
 */
void interlace_csv_options_free(struct interlace_csv_options *options);

/**
 * Reads a CSV file: UTF-8 with a header of distinct names, separated as `options` say (NULL: by commas). A column is integers if every cell
 * is one, otherwise real numbers if every cell is one, otherwise categories (levels sorted by their bytes); cells that are empty, NA or NaN
 * are missing. The frame keeps the line of each row, for messages. The path may be any bytes that the system takes.
 * INTERLACE_E_IO if the file can't be read; INTERLACE_E_DATA if it is not CSV (`position` is the row, from 0); INTERLACE_E_ARGUMENT if the
 * options contradict each other.
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_frame_read_csv(const char *path,
                                          const struct interlace_csv_options *options,
                                          struct interlace_frame **out,
                                          struct interlace_error *err);

/**
 * Reads CSV text of `len` bytes from memory; otherwise as interlace_frame_read_csv.
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_frame_read_csv_bytes(const char *bytes,
                                                size_t len,
                                                const struct interlace_csv_options *options,
                                                struct interlace_frame **out,
                                                struct interlace_error *err);

/**
 * Reads a CSV file as interlace_frame_read_csv with the default options, but for the columns named in `categorical` [n_categorical], which
 * are categories whatever they look like; each must be there.
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_frame_from_csv(const char *path,
                                          const char *const *categorical,
                                          size_t n_categorical,
                                          struct interlace_frame **out,
                                          struct interlace_error *err);

/**
 * Reads CSV text of `len` bytes from memory; otherwise as interlace_frame_from_csv.
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_frame_from_csv_bytes(const char *bytes,
                                                size_t len,
                                                const char *const *categorical,
                                                size_t n_categorical,
                                                struct interlace_frame **out,
                                                struct interlace_error *err);

/**
 * Makes a spec from a formula in lme4's language, as "y ~ x + (1 + x | g)".
 * `model` is INTERLACE_LMM, INTERLACE_GLMM or INTERLACE_CLMM. The response of a binomial model is a proportion with the numbers of trials
 * as weights, "cbind(successes, failures)", or a category whose first level is failure. The response of INTERLACE_CLMM is a category with
 * declared levels, from lowest to highest (interlace_frame_add_categorical, interlace_frame_set_levels or, in the formula,
 * "ordered(y, levels = c(...))"); or whole numbers, the codes of the categories; or text, with
 * interlace_spec_set_response_levels. Its thresholds are the intercepts: "y ~ x" and "y ~ 0 + x" are the same.
 * INTERLACE_E_FORMULA if the formula can't be read. Names of columns are looked up when it is fitted.
 * The caller frees `*out` with interlace_spec_free.
 * Since 0.1.
 */
interlace_status interlace_spec_new(int32_t model,
                                    const char *formula,
                                    struct interlace_spec **out,
                                    struct interlace_error *err);

/**
 * Adds a random term, "(1 + x | g)", to those of the formula. May be called again for further terms.
 * INTERLACE_E_FORMULA if it can't be read; `position` is then the byte in `term`.
 * Since 0.1.
 */
interlace_status interlace_spec_add_random(struct interlace_spec *spec, const char *term, struct interlace_error *err);

/**
 * Adds a random intercept by the grouping factor of that name, short for the term "(1 | name)"; "a/b" stands for b within a.
 * May be called again.
 * Since 0.1.
 */
interlace_status interlace_spec_add_groups(struct interlace_spec *spec,
                                           const char *name,
                                           struct interlace_error *err);

/**
 * Names the column of prior weights: the residual variance of a row is sigma^2 / weight; for a binomial proportion they are the numbers of
 * trials; in an ordinal model a row of weight w counts as w rows. Rows of weight 0 are left out.
 * Since 0.1.
 */
interlace_status interlace_spec_set_weights(struct interlace_spec *spec,
                                            const char *column,
                                            struct interlace_error *err);

/**
 * Names the column of the offset, which is added to any offset() in the formula.
 * Since 0.1.
 */
interlace_status interlace_spec_set_offset(struct interlace_spec *spec,
                                           const char *column,
                                           struct interlace_error *err);

/**
 * Sets the contrasts of a column of categories by their name in R: "contr.treatment", "contr.sum", "contr.helmert", "contr.poly" or
 * "contr.SAS".
 * Without this, categories have treatment contrasts and ordered ones polynomial contrasts. The last call for a column holds.
 * Since 0.1.
 */
interlace_status interlace_spec_set_contrasts(struct interlace_spec *spec,
                                              const char *column,
                                              const char *contrasts,
                                              struct interlace_error *err);

/**
 * Frees a spec. NULL is allowed.
 * Since 0.1.
 */
void interlace_spec_free(struct interlace_spec *spec);

/**
 * Makes a spec of a model (INTERLACE_LMM, INTERLACE_GLMM or INTERLACE_CLMM) from the response `y` [n] and the fixed-effects model matrix
 * `x` [n,p], column-major with leading dimension `ldx` >= n (the distance between the starts of columns, in elements). There is no
 * intercept unless `x` has a column of ones. INTERLACE_CLMM has thresholds instead: a column named "(Intercept)" is left out, and `y` are
 * whole numbers, the codes of the categories in their order.
 * Random terms are added with interlace_spec_add_term_i32 or _i64. `y` may be NULL for new data to predict at.
 * A row with a NaN is a row with a missing value. All arrays are copied. `n` is at least 1.
 * The caller frees `*out` with interlace_spec_free.
 * Since 0.1.
 */
interlace_status interlace_spec_new_arrays(int32_t model,
                                           const double *y,
                                           size_t n,
                                           const double *x,
                                           size_t p,
                                           size_t ldx,
                                           struct interlace_spec **out,
                                           struct interlace_error *err);

/**
 * Names the columns of `x`: `names` [p]. Without this they are "x1", "x2" and so on.
 * Since 0.1.
 */
interlace_status interlace_spec_set_fixef_names(struct interlace_spec *spec,
                                                const char *const *names,
                                                size_t p,
                                                struct interlace_error *err);

/**
 * Sets prior weights `weights` [n], which are copied: the residual variance of a row is sigma^2 / weight; for a binomial proportion they
 * are the numbers of trials; in an ordinal model a row of weight w counts as w rows. Rows of weight 0 are left out.
 * Since 0.1.
 */
interlace_status interlace_spec_set_weights_array(struct interlace_spec *spec,
                                                  const double *weights,
                                                  size_t n,
                                                  struct interlace_error *err);

/**
 * Sets the offset `offset` [n], which is copied: a known part of the linear predictor.
 * Since 0.1.
 */
interlace_status interlace_spec_set_offset_array(struct interlace_spec *spec,
                                                 const double *offset,
                                                 size_t n,
                                                 struct interlace_error *err);

/**
 * Adds a random term with k effects: `z` [n,k], column-major with leading dimension `ldz` >= n, and the level `index` [n] of each row,
 * from 0 to n_levels - 1; -1 is a missing level (to predict: a level that the fit doesn't know). `z` may be NULL for a random
 * intercept; `k` is then 1 and `ldz` is ignored. `name` is that of the grouping factor; NULL stands for "g1", "g2" and so on.
 * `structure` is INTERLACE_UNSTRUCTURED, INTERLACE_DIAGONAL, INTERLACE_COMPOUND_SYMMETRY or INTERLACE_AR1. `homogeneous` is 1 for one
 * standard deviation for all effects (not with INTERLACE_UNSTRUCTURED), 0 for one each, -1 for the structure's default: 1 for INTERLACE_AR1,
 * 0 for the others.
 * The terms are numbered from 0 in the order of these calls. All arrays are copied.
 * Since 0.1.
 */
interlace_status interlace_spec_add_term_i32(struct interlace_spec *spec,
                                             const char *name,
                                             const double *z,
                                             size_t k,
                                             size_t ldz,
                                             const int32_t *index,
                                             size_t n,
                                             size_t n_levels,
                                             int32_t structure,
                                             int32_t homogeneous,
                                             struct interlace_error *err);

/**
 * Adds a random term whose `index` [n] is of 64-bit integers; otherwise as interlace_spec_add_term_i32.
 * Since 0.1.
 */
interlace_status interlace_spec_add_term_i64(struct interlace_spec *spec,
                                             const char *name,
                                             const double *z,
                                             size_t k,
                                             size_t ldz,
                                             const int64_t *index,
                                             size_t n,
                                             size_t n_levels,
                                             int32_t structure,
                                             int32_t homogeneous,
                                             struct interlace_error *err);

/**
 * Labels the levels of a term (from 0): `levels` [n_levels]. Without this they are "1", "2" and so on. In new data to predict at,
 * levels with labels are matched to those of the fit by label, levels without by number.
 * Since 0.1.
 */
interlace_status interlace_spec_set_term_levels(struct interlace_spec *spec,
                                                size_t term,
                                                const char *const *levels,
                                                size_t n_levels,
                                                struct interlace_error *err);

/**
 * Names the effects of a term (from 0), which are the columns of its `z`: `names` [k].
 * Without this they are "z1", "z2" and so on, and "(Intercept)" for a term without `z`.
 * Since 0.1.
 */
interlace_status interlace_spec_set_term_effects(struct interlace_spec *spec,
                                                 size_t term,
                                                 const char *const *names,
                                                 size_t k,
                                                 struct interlace_error *err);

/**
 * Sets the distribution of the response of a generalised model by its name, as "poisson" or "binomial"; interlace_family_name lists
 * them, and names that R's packages have for them ("Gamma", "inverse.gaussian", "negative.binomial", "beta_family", "t_family", "ordbeta") are
 * known, too. `link` is the name of a link function, NULL for the family's default. Without this call the
 * family is gaussian. Forgets the parameters fixed before.
 * INTERLACE_E_ARGUMENT for an unknown family, for a link that does not suit it, and for a model that is not INTERLACE_GLMM.
 * Since 0.1.
 */
interlace_status interlace_spec_set_family(struct interlace_spec *spec,
                                           const char *family,
                                           const char *link,
                                           struct interlace_error *err);

/**
 * Keeps a parameter of the family at a value instead of estimating it, as the "df" of "student_t" at 5. The value is on the scale on
 * which it is reported. interlace_spec_set_family comes first. The last call for a parameter holds.
 * INTERLACE_E_ARGUMENT for a parameter that the family does not have and for a value out of its range.
 * Since 0.1.
 */
interlace_status interlace_spec_fix_parameter(struct interlace_spec *spec,
                                              const char *name,
                                              double value,
                                              struct interlace_error *err);

/**
 * Lets the first parameter of the family (its dispersion, say) depend on the data by a one-sided formula, "~ z + (1 | g)", on the
 * scale on which the parameter is estimated. "~ 1" is one value for all rows, as without this call.
 * INTERLACE_E_FORMULA if it can't be read or has a response; `position` is then the byte in `formula`.
 * Since 0.1.
 */
interlace_status interlace_spec_set_dispersion(struct interlace_spec *spec,
                                               const char *formula,
                                               struct interlace_error *err);

/**
 * Adds zeros of their own to the response: their probability has, on the logit scale, the predictor of a one-sided formula,
 * "~ z + (1 | g)". "~ 1" is one probability for all rows, "~ 0" none, as without this call.
 * INTERLACE_E_FORMULA if it can't be read or has a response; `position` is then the byte in `formula`.
 * Since 0.1.
 */
interlace_status interlace_spec_set_zero_inflation(struct interlace_spec *spec,
                                                   const char *formula,
                                                   struct interlace_error *err);

/**
 * The predictor of interlace_spec_set_dispersion by its model matrix `x` [n,p], column-major with leading dimension `ldx` >= n, for a
 * spec made from arrays. `names` [p] may be NULL: "x1", "x2" and so on. All arrays are copied. New data to predict at need it, too.
 * Since 0.1.
 */
interlace_status interlace_spec_set_dispersion_columns(struct interlace_spec *spec,
                                                       const double *x,
                                                       size_t p,
                                                       size_t ldx,
                                                       const char *const *names,
                                                       struct interlace_error *err);

/**
 * The predictor of interlace_spec_set_zero_inflation by its model matrix `x` [n,p], column-major with leading dimension `ldx` >= n, for a
 * spec made from arrays. `names` [p] may be NULL: "x1", "x2" and so on. All arrays are copied. New data to predict at need it, too.
 * Since 0.1.
 */
interlace_status interlace_spec_set_zero_inflation_columns(struct interlace_spec *spec,
                                                           const double *x,
                                                           size_t p,
                                                           size_t ldx,
                                                           const char *const *names,
                                                           struct interlace_error *err);

/**
 * Sets the link of an ordinal model, which takes the probability of at most a category to threshold less linear predictor: "logit" (the
 * default: proportional odds), "probit", "cloglog" (proportional hazards), "loglog" or "cauchit".
 * INTERLACE_E_ARGUMENT for another link and for a model that is not INTERLACE_CLMM.
 * Since 0.1.
 */
interlace_status interlace_spec_set_link(struct interlace_spec *spec,
                                         const char *link,
                                         struct interlace_error *err);

/**
 * Sets how the thresholds of an ordinal model are tied to each other: INTERLACE_THRESHOLD_FLEXIBLE (the default),
 * INTERLACE_THRESHOLD_SYMMETRIC or INTERLACE_THRESHOLD_EQUIDISTANT.
 * INTERLACE_E_ARGUMENT for another number and for a model that is not INTERLACE_CLMM.
 * Since 0.1.
 */
interlace_status interlace_spec_set_threshold(struct interlace_spec *spec,
                                              int32_t threshold,
                                              struct interlace_error *err);

/**
 * Gives an ordinal model effects that differ from threshold to threshold (partial proportional odds), by a one-sided formula of fixed
 * effects, "~ z": they are added to the thresholds. A variable is either here or in the formula of the model. "~ 1" is none, as without
 * this call.
 * INTERLACE_E_FORMULA if it can't be read or has a response; `position` is then the byte in `formula`.
 * Since 0.1.
 */
interlace_status interlace_spec_set_nominal(struct interlace_spec *spec,
                                            const char *formula,
                                            struct interlace_error *err);

/**
 * Lets the scale of an ordinal model depend on the data by a one-sided formula of fixed effects and offset(), "~ z": the predictor of its
 * logarithm. Thresholds less linear predictor are divided by the scale. "~ 1" is a scale of 1 for all rows, as without this call.
 * INTERLACE_E_FORMULA if it can't be read or has a response; `position` is then the byte in `formula`.
 * Since 0.1.
 */
interlace_status interlace_spec_set_scale(struct interlace_spec *spec,
                                          const char *formula,
                                          struct interlace_error *err);

/**
 * The nominal effects of interlace_spec_set_nominal by their model matrix `x` [n,p], column-major with leading dimension `ldx` >= n, for a
 * spec made from arrays. `names` [p] may be NULL: "x1", "x2" and so on; a column named "(Intercept)" is left out. All arrays are copied.
 * New data to predict at need it, too.
 * Since 0.1.
 */
interlace_status interlace_spec_set_nominal_columns(struct interlace_spec *spec,
                                                    const double *x,
                                                    size_t p,
                                                    size_t ldx,
                                                    const char *const *names,
                                                    struct interlace_error *err);

/**
 * The predictor of interlace_spec_set_scale by its model matrix `x` [n,p], column-major with leading dimension `ldx` >= n, for a spec made
 * from arrays. `names` [p] may be NULL: "x1", "x2" and so on; a column named "(Intercept)" is left out. All arrays are copied. New data to
 * predict at need it, too.
 * Since 0.1.
 */
interlace_status interlace_spec_set_scale_columns(struct interlace_spec *spec,
                                                  const double *x,
                                                  size_t p,
                                                  size_t ldx,
                                                  const char *const *names,
                                                  struct interlace_error *err);

/**
 * Gives the categories of the response of an ordinal model from lowest to highest: `levels` [n_levels], at least two. They must include
 * all that the data have; those that the data lack are left out. A response that is text needs this unless the frame declares its order;
 * with an ordered category these must be the same levels, and their order here holds. In a spec made from arrays they are the labels of
 * the codes 1, 2, ... of `y`. No levels at all are as without this call.
 * INTERLACE_E_ARGUMENT for a level given twice and for a model that is not INTERLACE_CLMM.
 * Since 0.1.
 */
interlace_status interlace_spec_set_response_levels(struct interlace_spec *spec,
                                                    const char *const *levels,
                                                    size_t n_levels,
                                                    struct interlace_error *err);

/**
 * Lets the residuals of a linear model be correlated within groups: "ar1(time | g)", "ar1(1 | g)", whose time is the order of the rows used
 * within each group, or "cs(1 | g)". Times that are all whole numbers are those of AR(1), whose parameter is between -1 and 1; others are
 * of its continuous form, with a parameter from 0 to below 1. The parameter of "cs" is between -1/(m - 1) and 1, m the size of the largest
 * group. The residual of a row with prior weight w has the variance sigma^2 / w. A model with residual correlation needs no random effects.
 * A time that a group has twice is an error when it is fitted. Where theta is given (starts, interlace_spec_objective) or reported during
 * the search, the parameter stands behind it. Predictions are of fixed and random effects: residuals say nothing of new rows. The last
 * call holds.
 * INTERLACE_E_FORMULA if it can't be read; `position` is then the byte in `correlation`. INTERLACE_E_ARGUMENT for a model that is not
 * INTERLACE_LMM.
 * Since 0.1.
 */
interlace_status interlace_spec_set_correlation(struct interlace_spec *spec,
                                                const char *correlation,
                                                struct interlace_error *err);

/**
 * The same for a spec made from arrays. `kind` is INTERLACE_CORRELATION_AR1 or INTERLACE_CORRELATION_CS; `index` [n] has the group of each
 * row, from 0 to below `n_groups`, or -1, which is missing; `time` [n] may be NULL: the order of the rows; it must be for
 * INTERLACE_CORRELATION_CS. All arrays are copied.
 * Since 0.1.
 */
interlace_status interlace_spec_set_correlation_arrays(struct interlace_spec *spec,
                                                       int32_t kind,
                                                       const int64_t *index,
                                                       const double *time,
                                                       size_t n,
                                                       size_t n_groups,
                                                       struct interlace_error *err);

/**
 * Number of families that interlace_spec_set_family knows.
 * Since 0.1.
 */
size_t interlace_family_count(void);

/**
 * Name of a family, by its index from 0; NULL if there is none. The first is that of a model without interlace_spec_set_family. A static
 * string.
 * Since 0.1.
 */
const char *interlace_family_name(size_t i);

/**
 * Number of links that suit a family; 0 if there is no such family.
 * Since 0.1.
 */
size_t interlace_family_n_links(size_t i);

/**
 * Name of a link of a family, by its index from 0; the first is the family's default. NULL if there is none. A static string.
 * Since 0.1.
 */
const char *interlace_family_link(size_t i,
                                  size_t link);

/**
 * Number of parameters that a family has beside the mean; 0 if there is no such family.
 * Since 0.1.
 */
size_t interlace_family_n_parameters(size_t i);

/**
 * Name of a parameter of a family, by its index from 0, as interlace_spec_fix_parameter takes it. A dispersion formula is for the first.
 * NULL if there is none. A static string.
 * Since 0.1.
 */
const char *interlace_family_parameter(size_t i,
                                       size_t parameter);

/**
 * Makes a family of functions. `callbacks` and the arrays and strings in it are copied.
 * The caller frees `*out` with interlace_family_free.
 * Since 0.1.
 */
interlace_status interlace_family_new(const struct interlace_family_callbacks *callbacks,
                                      struct interlace_family **out,
                                      struct interlace_error *err);

/**
 * Frees a family. Specs and fits that were given it keep what they need. NULL is allowed.
 * Since 0.1.
 */
void interlace_family_free(struct interlace_family *family);

/**
 * Gives a model of kind INTERLACE_GLMM a family of the caller's, in place of the one before and what was fixed of it.
 * Since 0.1.
 */
interlace_status interlace_spec_set_custom_family(struct interlace_spec *spec,
                                                  const struct interlace_family *family,
                                                  struct interlace_error *err);

/**
 * Makes options with their default values.
 * The caller frees `*out` with interlace_options_free.
 * Since 0.1.
 */
interlace_status interlace_options_new(struct interlace_options **out, struct interlace_error *err);

/**
 * Restricted maximum likelihood (true, the default of linear models) or maximum likelihood (the default of generalised ones). What is set
 * holds for both. The restricted likelihood of a generalised model integrates the fixed effects out.
 * Since 0.1.
 */
interlace_status interlace_options_set_reml(struct interlace_options *options,
                                            bool reml,
                                            struct interlace_error *err);

/**
 * The minimiser: "newton" (the default), "lbfgsb", "bobyqa" or "nelder_mead".
 * Since 0.1.
 */
interlace_status interlace_options_set_optimizer(struct interlace_options *options,
                                                 const char *name,
                                                 struct interlace_error *err);

/**
 * Where the search starts: `theta` [n_theta], copied, in the order of interlace_fit_theta_name. With `n_theta` 0 the
 * library chooses the start. A wrong length is reported when the model is fitted.
 * Since 0.1.
 */
interlace_status interlace_options_set_theta0(struct interlace_options *options,
                                              const double *theta,
                                              size_t n_theta,
                                              struct interlace_error *err);

/**
 * The predicted decrease of the objective at which the optimum is taken as reached; positive, default 1e-13.
 * Since 0.1.
 */
interlace_status interlace_options_set_tolerance(struct interlace_options *options,
                                                 double tolerance,
                                                 struct interlace_error *err);

/**
 * The most evaluations of the objective; positive, default 1000. A fit that reaches it has not converged, but is a fit.
 * Since 0.1.
 */
interlace_status interlace_options_set_max_evaluations(struct interlace_options *options,
                                                       int64_t max_evaluations,
                                                       struct interlace_error *err);

/**
 * The number of threads that one fit may use; positive, default 1. Results don't depend on it.
 * Since 0.1.
 */
interlace_status interlace_options_set_threads(struct interlace_options *options,
                                               int32_t threads,
                                               struct interlace_error *err);

/**
 * Seconds after which a fit stops with what it has; positive, default infinity. Such a fit has not converged, but is a fit.
 * Since 0.1.
 */
interlace_status interlace_options_set_deadline(struct interlace_options *options,
                                                double seconds,
                                                struct interlace_error *err);

/**
 * What is done with rows that have missing values: INTERLACE_NA_OMIT (the default), INTERLACE_NA_ERROR or INTERLACE_NA_PAD.
 * Since 0.1.
 */
interlace_status interlace_options_set_na(struct interlace_options *options,
                                          int32_t policy,
                                          struct interlace_error *err);

/**
 * What the Laplace approximation of a generalised model is made of: INTERLACE_OBSERVED (the default) or INTERLACE_EXPECTED.
 * Since 0.1.
 */
interlace_status interlace_options_set_information(struct interlace_options *options,
                                                   int32_t information,
                                                   struct interlace_error *err);

/**
 * Quadrature points for each random effect of a generalised model, -100 to 100: 1, the default, is the Laplace approximation; more are
 * adaptive Gauss-Hermite quadrature; 0 is the Laplace approximation with fixed effects at their joint mode with the random ones, as in
 * lme4: faster and less accurate. Below -1 it is Gauss-Hermite quadrature with as many points at the nodes of the random effects' own
 * normal distribution, which don't adapt to the data; -1 is an error.
 * Since 0.1.
 */
interlace_status interlace_options_set_nagq(struct interlace_options *options,
                                            int32_t points,
                                            struct interlace_error *err);

/**
 * Where the standard errors of a generalised model come from: INTERLACE_STD_ERRORS_MARGINAL (the default) or
 * INTERLACE_STD_ERRORS_CONDITIONAL.
 * Since 0.1.
 */
interlace_status interlace_options_set_std_errors(struct interlace_options *options,
                                                  int32_t source,
                                                  struct interlace_error *err);

/**
 * What is done where the data can't tell random effects from each other or from the residual: INTERLACE_UNIDENTIFIED_ERROR (the default),
 * INTERLACE_UNIDENTIFIED_WARNING or INTERLACE_UNIDENTIFIED_IGNORE.
 * Since 0.1.
 */
interlace_status interlace_options_set_unidentified(struct interlace_options *options,
                                                    int32_t what,
                                                    struct interlace_error *err);

/**
 * Has `progress` called during fits, with `user_data`, which is handed on as it is. NULL ends that.
 * Since 0.1.
 */
interlace_status interlace_options_set_progress(struct interlace_options *options,
                                                interlace_progress_fn progress,
                                                void *user_data,
                                                struct interlace_error *err);

/**
 * Frees options. NULL is allowed.
 * Since 0.1.
 */
void interlace_options_free(struct interlace_options *options);

/**
 * Sets an option by name from text, as "tolerance" from "1e-8". interlace_options_name lists the names. An unknown name is an error,
 * INTERLACE_E_ARGUMENT, as is a value that can't be read.
 * Since 0.1.
 */
interlace_status interlace_options_set(struct interlace_options *options,
                                       const char *name,
                                       const char *value,
                                       struct interlace_error *err);

/**
 * Number of options that interlace_options_set knows.
 * Since 0.1.
 */
size_t interlace_options_count(void);

/**
 * Name of an option, by its index from 0; NULL if there is none. A static string.
 * Since 0.1.
 */
const char *interlace_options_name(size_t i);

/**
 * What an option does, what values it takes and its default, in one line; NULL if there is none. A static string.
 * Since 0.1.
 */
const char *interlace_options_doc(size_t i);

/**
 * Fits the model `spec` to `frame`, which is needed for a formula and ignored for arrays. `options` may be NULL.
 * A fit whose optimiser did not converge is still a fit: see interlace_fit_converged and interlace_fit_warning.
 * The caller frees `*out` with interlace_fit_free.
 * Since 0.1.
 */
interlace_status interlace_fit_new(const struct interlace_spec *spec,
                                   const struct interlace_frame *frame,
                                   const struct interlace_options *options,
                                   struct interlace_fit **out,
                                   struct interlace_error *err);

/**
 * The model of a fit by REML, on the same rows, fitted anew by maximum likelihood, so that interlace_fit_compare can compare it with a
 * model with other fixed effects; a fit that is by maximum likelihood is copied. The caller frees `*out` with interlace_fit_free.
 * Since 0.1.
 */
interlace_status interlace_fit_refit_ml(const struct interlace_fit *fit,
                                        struct interlace_fit **out,
                                        struct interlace_error *err);

/**
 * Evaluates the objective of a model (the deviance, or for REML the REML criterion) without fitting it: `values` [n_points] at the points
 * `theta` [n_theta,n_points], one column a point, in the order of interlace_fit_theta_name. A point of a generalised model is theta, then the
 * fixed effects of the mean, the zero inflation and the dispersion, then the family's parameters on their working scale.
 * `frame` and `options` are as for interlace_fit_new. INTERLACE_E_ARGUMENT if `n_theta` is not the model's number of parameters.
 * Since 0.1.
 */
interlace_status interlace_spec_objective(const struct interlace_spec *spec,
                                          const struct interlace_frame *frame,
                                          const struct interlace_options *options,
                                          const double *theta,
                                          size_t n_theta,
                                          size_t n_points,
                                          double *values,
                                          size_t len,
                                          struct interlace_error *err);

/**
 * Frees a fit. NULL is allowed.
 * Since 0.1.
 */
void interlace_fit_free(struct interlace_fit *fit);

/**
 * The kind of model: INTERLACE_LMM, INTERLACE_GLMM or INTERLACE_CLMM; 0 for NULL.
 * Since 0.1.
 */
int32_t interlace_fit_model(const struct interlace_fit *fit);

/**
 * The formula as it was given; empty for a model from arrays.
 * Since 0.1.
 */
const char *interlace_fit_formula(const struct interlace_fit *fit);

/**
 * Whether the fit is by restricted maximum likelihood.
 * Since 0.1.
 */
bool interlace_fit_is_reml(const struct interlace_fit *fit);

/**
 * Whether the fit is singular: some linear combination of random effects has a variance of exactly zero.
 * interlace_fit_boundary says which.
 * Since 0.1.
 */
bool interlace_fit_is_singular(const struct interlace_fit *fit);

/**
 * Number of rows used.
 * Since 0.1.
 */
size_t interlace_fit_n_obs(const struct interlace_fit *fit);

/**
 * Number of parameters: fixed effects, theta and sigma; of a generalised model fixed effects of all predictors, the family's parameters as
 * far as they were estimated (of an ordinal model those of the thresholds, and the nominal effects), and theta.
 * Since 0.1.
 */
size_t interlace_fit_npar(const struct interlace_fit *fit);

/**
 * Residual degrees of freedom: rows used minus parameters.
 * Since 0.1.
 */
size_t interlace_fit_df_residual(const struct interlace_fit *fit);

/**
 * Standard deviation of the residuals, in units of the response. Of a generalised model the dispersion as R's sigma() has it: the family's
 * first parameter, but 1/sqrt(shape) for gamma and 1/sqrt(lambda) for inverse_gaussian; 1 for families without parameters and for ordinal
 * models, NaN with a formula of the dispersion. NaN for NULL.
 * Since 0.1.
 */
double interlace_fit_sigma(const struct interlace_fit *fit);

/**
 * Log-likelihood (natural logarithm, all constants included), restricted for a fit by REML. NaN for NULL.
 * Since 0.1.
 */
double interlace_fit_log_likelihood(const struct interlace_fit *fit);

/**
 * What was minimised: the deviance, or for a fit by REML the REML criterion. NaN for NULL.
 * Since 0.1.
 */
double interlace_fit_criterion(const struct interlace_fit *fit);

/**
 * Akaike's information criterion. NaN for NULL.
 * Since 0.1.
 */
double interlace_fit_aic(const struct interlace_fit *fit);

/**
 * Bayesian information criterion. NaN for NULL.
 * Since 0.1.
 */
double interlace_fit_bic(const struct interlace_fit *fit);

/**
 * Number of fixed effects p of the mean: of the columns that were kept.
 * Since 0.1.
 */
size_t interlace_fit_n_fixef(const struct interlace_fit *fit);

/**
 * Name of a fixed effect, by its index from 0; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_fixef_name(const struct interlace_fit *fit, size_t i);

/**
 * Estimates of the fixed effects, to `out` [p].
 * Since 0.1.
 */
interlace_status interlace_fit_fixef(const struct interlace_fit *fit,
                                     double *out,
                                     size_t len,
                                     struct interlace_error *err);

/**
 * Standard errors of the fixed effects, to `out` [p].
 * Since 0.1.
 */
interlace_status interlace_fit_fixef_std_error(const struct interlace_fit *fit,
                                               double *out,
                                               size_t len,
                                               struct interlace_error *err);

/**
 * Two-sided p values of the fixed effects by INTERLACE_DF_DEFAULT, to `out` [p]: interlace_fit_coefficients has them with their degrees of
 * freedom, and by others.
 * Since 0.1.
 */
interlace_status interlace_fit_fixef_p_value(const struct interlace_fit *fit,
                                             double *out,
                                             size_t len,
                                             struct interlace_error *err);

/**
 * Wald confidence intervals of the fixed effects by INTERLACE_DF_DEFAULT, to `lower` [p] and `upper` [p]; `level` is between 0 and 1,
 * such as 0.95. interlace_fit_coefficients has them with their degrees of freedom, and by others.
 * Since 0.1.
 */
interlace_status interlace_fit_confint_wald(const struct interlace_fit *fit,
                                            double level,
                                            double *lower,
                                            double *upper,
                                            size_t len,
                                            struct interlace_error *err);

/**
 * Covariance matrix of the estimates of the fixed effects, to `out` [p,p].
 * Since 0.1.
 */
interlace_status interlace_fit_vcov(const struct interlace_fit *fit,
                                    double *out,
                                    size_t len,
                                    struct interlace_error *err);

/**
 * Number of columns of the fixed-effects model matrix that were left out, because they are linear combinations of those before them.
 * Since 0.1.
 */
size_t interlace_fit_n_dropped_columns(const struct interlace_fit *fit);

/**
 * Name of a column that was left out, by its index from 0; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_dropped_column(const struct interlace_fit *fit, size_t i);

/**
 * The functions below take one of INTERLACE_MEAN, INTERLACE_ZERO_INFLATION and INTERLACE_DISPERSION. This one says whether the fit has that
 * predictor; for one that it does not have those that return a status return INTERLACE_E_ARGUMENT.
 * Since 0.1.
 */
bool interlace_fit_has_predictor(const struct interlace_fit *fit,
                                 int32_t predictor);

/**
 * Number of fixed effects p of a predictor; 0 without it.
 * Since 0.1.
 */
size_t interlace_fit_predictor_n_fixef(const struct interlace_fit *fit, int32_t predictor);

/**
 * Name of a fixed effect of a predictor, by its index from 0; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_predictor_fixef_name(const struct interlace_fit *fit, int32_t predictor, size_t i);

/**
 * Estimates of the fixed effects of a predictor, to `out` [p].
 * Since 0.1.
 */
interlace_status interlace_fit_predictor_fixef(const struct interlace_fit *fit,
                                               int32_t predictor,
                                               double *out,
                                               size_t len,
                                               struct interlace_error *err);

/**
 * Standard errors of the fixed effects of a predictor, to `out` [p].
 * Since 0.1.
 */
interlace_status interlace_fit_predictor_fixef_std_error(const struct interlace_fit *fit,
                                                         int32_t predictor,
                                                         double *out,
                                                         size_t len,
                                                         struct interlace_error *err);

/**
 * Two-sided p values of the fixed effects of a predictor, to `out` [p]: of the mean as of interlace_fit_fixef_p_value, of others by the
 * normal distribution.
 * Since 0.1.
 */
interlace_status interlace_fit_predictor_fixef_p_value(const struct interlace_fit *fit,
                                                       int32_t predictor,
                                                       double *out,
                                                       size_t len,
                                                       struct interlace_error *err);

/**
 * Wald confidence intervals of the fixed effects of a predictor: of the mean those of interlace_fit_confint_wald, of others by the normal
 * distribution.
 * Since 0.1.
 */
interlace_status interlace_fit_predictor_confint_wald(const struct interlace_fit *fit,
                                                      int32_t predictor,
                                                      double level,
                                                      double *lower,
                                                      double *upper,
                                                      size_t len,
                                                      struct interlace_error *err);

/**
 * Covariance matrix of the estimates of the fixed effects of a predictor, to `out` [p,p].
 * Since 0.1.
 */
interlace_status interlace_fit_predictor_vcov(const struct interlace_fit *fit,
                                              int32_t predictor,
                                              double *out,
                                              size_t len,
                                              struct interlace_error *err);

/**
 * Number of columns of a predictor's fixed-effects model matrix that were left out; 0 without the predictor.
 * Since 0.1.
 */
size_t interlace_fit_predictor_n_dropped_columns(const struct interlace_fit *fit, int32_t predictor);

/**
 * Name of a column of a predictor that was left out, by its index from 0; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_predictor_dropped_column(const struct interlace_fit *fit, int32_t predictor, size_t i);

/**
 * Predictor of a random term: INTERLACE_MEAN, INTERLACE_ZERO_INFLATION or INTERLACE_DISPERSION; -1 if there is no such term.
 * Since 0.1.
 */
int32_t interlace_fit_term_predictor(const struct interlace_fit *fit,
                                     size_t term);

/**
 * Values of a predictor, fixed effects, random effects and offset, to `out` [m], m as interlace_fit_n_rows has it. Those of the mean of a
 * linear model are the fitted values.
 * Since 0.1.
 */
interlace_status interlace_fit_linear_predictor(const struct interlace_fit *fit,
                                                int32_t predictor,
                                                double *out,
                                                size_t len,
                                                struct interlace_error *err);

/**
 * The kind of a fit's residual correlation, INTERLACE_CORRELATION_AR1 or INTERLACE_CORRELATION_CS; 0 without one.
 * Since 0.1.
 */
int32_t interlace_fit_correlation_kind(const struct interlace_fit *fit);

/**
 * Name of the groups within which residuals are correlated, "g" or "a:b"; NULL without residual correlation.
 * Since 0.1.
 */
const char *interlace_fit_correlation_group(const struct interlace_fit *fit);

/**
 * Number of groups within which residuals are correlated that occur in the rows used; 0 without residual correlation.
 * Since 0.1.
 */
size_t interlace_fit_correlation_n_groups(const struct interlace_fit *fit);

/**
 * Name of the time of a residual correlation; NULL where it is the order of the rows, and without residual correlation.
 * Since 0.1.
 */
const char *interlace_fit_correlation_time(const struct interlace_fit *fit);

/**
 * The estimated parameter rho of the residual correlation, to `estimate`, and its standard error by the delta method from the observed
 * information, to `std_error`, which may be NULL; NaN where the parameter is at the end of its range.
 * INTERLACE_E_ARGUMENT for a fit without residual correlation.
 * Since 0.1.
 */
interlace_status interlace_fit_correlation(const struct interlace_fit *fit,
                                           double *estimate,
                                           double *std_error,
                                           struct interlace_error *err);

/**
 * Wald limits of the residual correlation at a level, as 0.95, to `lower` and `upper`: symmetric on the scale log((rho - a) / (1 - rho)),
 * a the least value that rho could have.
 * Since 0.1.
 */
interlace_status interlace_fit_correlation_confint(const struct interlace_fit *fit,
                                                   double level,
                                                   double *lower,
                                                   double *upper,
                                                   struct interlace_error *err);

/**
 * Name of the family of a generalised model, as interlace_family_name has it, and of an ordinal one "cumulative"; NULL for a linear model.
 * Since 0.1.
 */
const char *interlace_fit_family(const struct interlace_fit *fit);

/**
 * Name of the link of a generalised model; NULL for a linear model.
 * Since 0.1.
 */
const char *interlace_fit_link(const struct interlace_fit *fit);

/**
 * What the Laplace approximation was made of: INTERLACE_OBSERVED or INTERLACE_EXPECTED; -1 for a linear model.
 * Since 0.1.
 */
int32_t interlace_fit_information(const struct interlace_fit *fit);

/**
 * Number of quadrature points, as interlace_options_set_nagq takes it; -1 for a linear model.
 * Since 0.1.
 */
int32_t interlace_fit_nagq(const struct interlace_fit *fit);

/**
 * Number of parameters k that the family has beside the mean; of an ordinal model of those of the thresholds
 * (interlace_fit_n_threshold_parameters) and the nominal effects, m (1 + c); 0 for a linear model.
 * Since 0.1.
 */
size_t interlace_fit_n_family_parameters(const struct interlace_fit *fit);

/**
 * Name of a parameter of the family, by its index from 0; NULL if there is none. The nominal effect of a column x on the threshold "low|mid"
 * is "low|mid.x"; they come column by column after the parameters of the thresholds.
 * Since 0.1.
 */
const char *interlace_fit_family_parameter_name(const struct interlace_fit *fit,
                                                size_t i);

/**
 * Whether a parameter of the family was given (interlace_spec_fix_parameter) and not estimated.
 * Since 0.1.
 */
bool interlace_fit_family_parameter_is_fixed(const struct interlace_fit *fit, size_t i);

/**
 * The family's parameters, to `out` [k]; the first is NaN with a formula of the dispersion.
 * INTERLACE_E_ARGUMENT for a linear model, as with all functions of this kind that follow.
 * Since 0.1.
 */
interlace_status interlace_fit_family_parameters(const struct interlace_fit *fit,
                                                 double *out,
                                                 size_t len,
                                                 struct interlace_error *err);

/**
 * Standard errors of the family's parameters, by the delta method, to `out` [k]; NaN for a parameter that was given.
 * Since 0.1.
 */
interlace_status interlace_fit_family_parameters_std_error(const struct interlace_fit *fit,
                                                           double *out,
                                                           size_t len,
                                                           struct interlace_error *err);

/**
 * The family's first parameter for each row, to `out` [m], m as interlace_fit_n_rows has it; the same in all rows without a formula of the
 * dispersion. Of an ordinal model the scale, 1 without a formula of it. INTERLACE_E_ARGUMENT if the family has no parameter.
 * Since 0.1.
 */
interlace_status interlace_fit_dispersion(const struct interlace_fit *fit,
                                          double *out,
                                          size_t len,
                                          struct interlace_error *err);

/**
 * Probability, for each row, of a zero from the zero inflation, to `out` [m]; zero without a formula of the zero inflation.
 * Since 0.1.
 */
interlace_status interlace_fit_zero_probability(const struct interlace_fit *fit,
                                                double *out,
                                                size_t len,
                                                struct interlace_error *err);

/**
 * Name of a parameter of a generalised model, by its index from 0, npar of them (interlace_fit_npar): the fixed effects of the mean, those
 * of the zero inflation ("zi.x") and the dispersion ("disp.x", of an ordinal model the scale), the family's parameters that were estimated
 * ("size", of an ordinal model "low|mid"), theta ("theta.group.effect"). NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_parameter_name(const struct interlace_fit *fit,
                                         size_t i);

/**
 * All parameters of a generalised model, to `out` [npar], the family's on the scale on which they were estimated: logarithms (for
 * gaussian, of the variance), logits (for tweedie, of the power less 1), lower_cut itself; those of thresholds as they are.
 * Since 0.1.
 */
interlace_status interlace_fit_parameters(const struct interlace_fit *fit,
                                          double *out,
                                          size_t len,
                                          struct interlace_error *err);

/**
 * Covariance matrix of all parameters of a generalised model, to `out` [npar,npar], on the scales of interlace_fit_parameters; NaN where it is
 * not known.
 * Since 0.1.
 */
interlace_status interlace_fit_parameters_vcov(const struct interlace_fit *fit,
                                               double *out,
                                               size_t len,
                                               struct interlace_error *err);

/**
 * Number of categories K of an ordinal fit: those that occur in the rows used; 0 for other fits.
 * Since 0.1.
 */
size_t interlace_fit_n_categories(const struct interlace_fit *fit);

/**
 * Label of a category, by its index from 0, from lowest to highest; NULL if there is none. interlace_fit_response has the first as 1.
 * Since 0.1.
 */
const char *interlace_fit_category(const struct interlace_fit *fit,
                                   size_t k);

/**
 * How the thresholds of an ordinal fit are tied to each other: INTERLACE_THRESHOLD_FLEXIBLE, INTERLACE_THRESHOLD_SYMMETRIC or
 * INTERLACE_THRESHOLD_EQUIDISTANT; -1 for other fits. A single threshold is flexible whatever was asked for.
 * Since 0.1.
 */
int32_t interlace_fit_threshold_structure(const struct interlace_fit *fit);

/**
 * Number of thresholds of an ordinal fit, one less than categories; 0 for other fits.
 * Since 0.1.
 */
size_t interlace_fit_n_thresholds(const struct interlace_fit *fit);

/**
 * Name of a threshold, by its index from 0: the categories on either side, "low|mid"; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_threshold_name(const struct interlace_fit *fit, size_t i);

/**
 * The thresholds, ascending, where the nominal effects are zero, to `out` [K - 1].
 * INTERLACE_E_ARGUMENT for a fit that is not ordinal, as with all functions of this kind that follow.
 * Since 0.1.
 */
interlace_status interlace_fit_thresholds(const struct interlace_fit *fit,
                                          double *out,
                                          size_t len,
                                          struct interlace_error *err);

/**
 * Standard errors of the thresholds, to `out` [K - 1].
 * Since 0.1.
 */
interlace_status interlace_fit_thresholds_std_error(const struct interlace_fit *fit,
                                                    double *out,
                                                    size_t len,
                                                    struct interlace_error *err);

/**
 * Covariance matrix of the thresholds, to `out` [K - 1,K - 1]; singular where they are tied to each other.
 * Since 0.1.
 */
interlace_status interlace_fit_thresholds_vcov(const struct interlace_fit *fit,
                                               double *out,
                                               size_t len,
                                               struct interlace_error *err);

/**
 * Number of parameters m that the thresholds are made of: K - 1 flexible ones, which are the thresholds themselves ("low|mid"); for
 * symmetric thresholds the middle one ("central") or the two middle ones ("central.1", "central.2") and distances from these
 * ("spacing.1", "spacing.2"); for equidistant ones the first and the distance ("threshold.1", "spacing"). 0 for other fits.
 * They are the first m of the parameters of interlace_fit_family_parameters, whose remaining ones are the nominal effects.
 * Since 0.1.
 */
size_t interlace_fit_n_threshold_parameters(const struct interlace_fit *fit);

/**
 * The matrix that makes thresholds of their parameters, to `out` [K - 1,m].
 * Since 0.1.
 */
interlace_status interlace_fit_thresholds_jacobian(const struct interlace_fit *fit,
                                                   double *out,
                                                   size_t len,
                                                   struct interlace_error *err);

/**
 * Number of columns c with nominal effects, those that were kept; 0 without any.
 * Since 0.1.
 */
size_t interlace_fit_n_nominal(const struct interlace_fit *fit);

/**
 * Name of a column with nominal effects, by its index from 0; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_nominal_name(const struct interlace_fit *fit, size_t i);

/**
 * Nominal effects of each column on each of the thresholds' parameters, to `out` [m,c]: they are added to these parameters, times the
 * value of the column. In the parameters of interlace_fit_family_parameters they are named "low|mid.x".
 * Since 0.1.
 */
interlace_status interlace_fit_nominal(const struct interlace_fit *fit,
                                       double *out,
                                       size_t len,
                                       struct interlace_error *err);

/**
 * Standard errors of the nominal effects, to `out` [m,c].
 * Since 0.1.
 */
interlace_status interlace_fit_nominal_std_error(const struct interlace_fit *fit,
                                                 double *out,
                                                 size_t len,
                                                 struct interlace_error *err);

/**
 * Wald confidence intervals of the parameters of interlace_fit_family_parameters by the normal distribution, to `lower` [k] and `upper`
 * [k]; `level` is between 0 and 1, such as 0.95. Those of an ordinal fit are symmetric about the estimates; those of other families are
 * so on the scale of estimation (see interlace_fit_parameters), and are within the parameter's range. NaN for a parameter that was given
 * and for one that differs from row to row. INTERLACE_E_ARGUMENT for a linear model.
 * Since 0.1.
 */
interlace_status interlace_fit_family_parameters_confint_wald(const struct interlace_fit *fit,
                                                              double level,
                                                              double *lower,
                                                              double *upper,
                                                              size_t len,
                                                              struct interlace_error *err);

/**
 * Number of covariance parameters.
 * Since 0.1.
 */
size_t interlace_fit_n_theta(const struct interlace_fit *fit);

/**
 * Name of a covariance parameter, by its index from 0: "group.effect" on the diagonal of the Cholesky factor, "group.row.column" below it,
 * with "zi." or "disp." before it for a term of the zero inflation or the dispersion; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_theta_name(const struct interlace_fit *fit,
                                     size_t i);

/**
 * Covariance parameters, to `out` [n_theta]: term by term, for an unstructured covariance the lower triangle, by columns, of the Cholesky
 * factor of the random effects' covariance relative to sigma^2; of a generalised model, of that covariance itself.
 * Since 0.1.
 */
interlace_status interlace_fit_theta(const struct interlace_fit *fit,
                                     double *out,
                                     size_t len,
                                     struct interlace_error *err);

/**
 * Number of random terms, of all predictors.
 * Since 0.1.
 */
size_t interlace_fit_n_terms(const struct interlace_fit *fit);

/**
 * Grouping factor of a term, "g" or "a:b"; NULL if there is no such term. Terms may share a grouping factor.
 * Since 0.1.
 */
const char *interlace_fit_term_group(const struct interlace_fit *fit, size_t term);

/**
 * Number of effects r of a term.
 * Since 0.1.
 */
size_t interlace_fit_term_n_effects(const struct interlace_fit *fit, size_t term);

/**
 * Name of an effect of a term, by its index from 0; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_term_effect_name(const struct interlace_fit *fit, size_t term, size_t effect);

/**
 * Number of levels l of a term's grouping factor.
 * Since 0.1.
 */
size_t interlace_fit_term_n_levels(const struct interlace_fit *fit, size_t term);

/**
 * Label of a level of a term's grouping factor, by its index from 0; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_term_level(const struct interlace_fit *fit, size_t term, size_t level);

/**
 * Covariance structure of a term: INTERLACE_UNSTRUCTURED, INTERLACE_DIAGONAL, INTERLACE_COMPOUND_SYMMETRY or INTERLACE_AR1;
 * -1 if there is no such term.
 * Since 0.1.
 */
int32_t interlace_fit_term_structure(const struct interlace_fit *fit,
                                     size_t term);

/**
 * Whether a term's effects share one standard deviation by its structure.
 * Since 0.1.
 */
bool interlace_fit_term_is_homogeneous(const struct interlace_fit *fit, size_t term);

/**
 * Covariance matrix of a term's effects, to `out` [r,r], in squared units of the response, or of the linear predictor.
 * Since 0.1.
 */
interlace_status interlace_fit_term_cov(const struct interlace_fit *fit,
                                        size_t term,
                                        double *out,
                                        size_t len,
                                        struct interlace_error *err);

/**
 * Standard deviations of a term's effects, to `out` [r].
 * Since 0.1.
 */
interlace_status interlace_fit_term_sd(const struct interlace_fit *fit,
                                       size_t term,
                                       double *out,
                                       size_t len,
                                       struct interlace_error *err);

/**
 * Correlation matrix of a term's effects, to `out` [r,r]; NaN beside an effect without variance.
 * Since 0.1.
 */
interlace_status interlace_fit_term_corr(const struct interlace_fit *fit,
                                         size_t term,
                                         double *out,
                                         size_t len,
                                         struct interlace_error *err);

/**
 * Conditional modes of a term's random effects, to `out` [r,l]: one column a level.
 * Since 0.1.
 */
interlace_status interlace_fit_term_ranef(const struct interlace_fit *fit,
                                          size_t term,
                                          double *out,
                                          size_t len,
                                          struct interlace_error *err);

/**
 * Conditional covariance matrices of a term's random effects given the parameters, to `out` [r,r,l]: one matrix a level.
 * Since 0.1.
 */
interlace_status interlace_fit_term_ranef_cov(const struct interlace_fit *fit,
                                              size_t term,
                                              double *out,
                                              size_t len,
                                              struct interlace_error *err);

/**
 * Whether interlace_fit_term_ranef_cov_full has an answer. False for NULL.
 * Since 0.1.
 */
bool interlace_fit_term_has_ranef_cov_full(const struct interlace_fit *fit, size_t term);

/**
 * As interlace_fit_term_ranef_cov, with the uncertainty of the estimated parameters added (delta method, as TMB's sdreport), to `out`
 * [r,r,l]. INTERLACE_E_UNSUPPORTED for linear models and without marginal standard errors.
 * Since 0.1.
 */
interlace_status interlace_fit_term_ranef_cov_full(const struct interlace_fit *fit,
                                                   size_t term,
                                                   double *out,
                                                   size_t len,
                                                   struct interlace_error *err);

/**
 * Limits of a term's random effects at a level, say 0.95: the modes less and plus so many standard deviations of the normal distribution,
 * each to [r,l]. The standard deviations are those of interlace_fit_term_ranef_cov, given the parameters, or with `full` those of
 * interlace_fit_term_ranef_cov_full, INTERLACE_E_UNSUPPORTED if the fit has none. `len` is the length of either output.
 * Since 0.1.
 */
interlace_status interlace_fit_term_ranef_interval(const struct interlace_fit *fit,
                                                   size_t term,
                                                   double level,
                                                   bool full,
                                                   double *lower,
                                                   double *upper,
                                                   size_t len,
                                                   struct interlace_error *err);

/**
 * Number of directions in the space of a term's effects that have no variance; 0 unless the fit is singular.
 * Since 0.1.
 */
size_t interlace_fit_term_n_boundary(const struct interlace_fit *fit, size_t term);

/**
 * A direction without variance, by its index from 0, to `out` [r]: the weights of the effects, of unit length.
 * Since 0.1.
 */
interlace_status interlace_fit_term_boundary(const struct interlace_fit *fit,
                                             size_t term,
                                             size_t direction,
                                             double *out,
                                             size_t len,
                                             struct interlace_error *err);

/**
 * Length m of results per row: the rows used; with INTERLACE_NA_PAD the rows of the data, those not used having NaN.
 * Since 0.1.
 */
size_t interlace_fit_n_rows(const struct interlace_fit *fit);

/**
 * Number of rows of the data, used or not.
 * Since 0.1.
 */
size_t interlace_fit_n_data_rows(const struct interlace_fit *fit);

/**
 * Fitted values, the mean of the response with random effects (and zero inflation) included, to `out` [m]. Of an ordinal model the
 * probabilities of the categories observed, random effects included.
 * Since 0.1.
 */
interlace_status interlace_fit_fitted(const struct interlace_fit *fit,
                                      double *out,
                                      size_t len,
                                      struct interlace_error *err);

/**
 * Residuals, to `out` [m]; `kind` is INTERLACE_RESIDUALS_RESPONSE, INTERLACE_RESIDUALS_PEARSON, INTERLACE_RESIDUALS_WORKING,
 * INTERLACE_RESIDUALS_DEVIANCE or INTERLACE_RESIDUALS_NORMALIZED. INTERLACE_E_UNSUPPORTED where a model has no residuals of the kind; an
 * ordinal model has those of interlace_fit_quantile_residuals alone.
 * Since 0.1.
 */
interlace_status interlace_fit_residuals(const struct interlace_fit *fit,
                                         int32_t kind,
                                         double *out,
                                         size_t len,
                                         struct interlace_error *err);

/**
 * Randomised quantile residuals (Dunn and Smyth 1996), to `out` [m]: the normal quantile of the distribution function at the response, at a
 * uniform random place within the jump of a response that has a probability of its own. If the model is true, the random effects being what
 * they are estimated to be, they are standard normal, whatever the family. The same `seed` gives the same numbers; those of continuous
 * responses don't depend on it.
 * Since 0.1.
 */
interlace_status interlace_fit_quantile_residuals(const struct interlace_fit *fit,
                                                  uint64_t seed,
                                                  double *out,
                                                  size_t len,
                                                  struct interlace_error *err);

/**
 * The response, to `out` [m]; of an ordinal model the categories as 1, 2, .., K (interlace_fit_category).
 * Since 0.1.
 */
interlace_status interlace_fit_response(const struct interlace_fit *fit,
                                        double *out,
                                        size_t len,
                                        struct interlace_error *err);

/**
 * Prior weights, to `out` [m]; all 1 if there are none.
 * Since 0.1.
 */
interlace_status interlace_fit_weights(const struct interlace_fit *fit,
                                       double *out,
                                       size_t len,
                                       struct interlace_error *err);

/**
 * The offset, to `out` [m]; all 0 if there is none.
 * Since 0.1.
 */
interlace_status interlace_fit_offset(const struct interlace_fit *fit,
                                      double *out,
                                      size_t len,
                                      struct interlace_error *err);

/**
 * Number of rows of the data that were left out.
 * Since 0.1.
 */
size_t interlace_fit_n_dropped_rows(const struct interlace_fit *fit);

/**
 * A row that was left out, by its index among these from 0: its number in the data, from 0. They come in ascending order.
 * Since 0.1.
 */
interlace_status interlace_fit_dropped_row(const struct interlace_fit *fit,
                                           size_t i,
                                           size_t *out,
                                           struct interlace_error *err);

/**
 * The column, or expression of the formula, that is missing in a row that was left out; NULL if there is no such row.
 * Since 0.1.
 */
const char *interlace_fit_dropped_row_reason(const struct interlace_fit *fit, size_t i);

/**
 * The fixed-effects model matrix of the mean, to `out` [n_obs,p]: the rows used and the columns kept.
 * Since 0.1.
 */
interlace_status interlace_fit_x(const struct interlace_fit *fit, double *out, size_t len, struct interlace_error *err);

/**
 * The model matrix of a term's effects, to `out` [n_obs,r].
 * Since 0.1.
 */
interlace_status interlace_fit_term_z(const struct interlace_fit *fit,
                                      size_t term,
                                      double *out,
                                      size_t len,
                                      struct interlace_error *err);

/**
 * The level of each row used in a term's grouping factor, from 0, to `out` [n_obs].
 * Since 0.1.
 */
interlace_status interlace_fit_term_index(const struct interlace_fit *fit,
                                          size_t term,
                                          int64_t *out,
                                          size_t len,
                                          struct interlace_error *err);

/**
 * Number of random effects q of the mean: over its terms, effects times levels.
 * Since 0.1.
 */
size_t interlace_fit_n_ranef(const struct interlace_fit *fit);

/**
 * Number of entries of the random-effects model matrix Z that interlace_fit_z writes.
 * Since 0.1.
 */
size_t interlace_fit_z_nnz(const struct interlace_fit *fit);

/**
 * The random-effects model matrix Z [n_obs,q] of the mean as compressed sparse columns: the entries of column j are those from `colptr[j]` to
 * `colptr[j + 1] - 1`, with their rows in `rowidx`, ascending, and their numbers in `values`. `colptr` is [q + 1], `rowidx` and `values`
 * are [nnz]. Columns come by terms, within a term by levels, within a level by effects. Entries may be zero.
 * Since 0.1.
 */
interlace_status interlace_fit_z(const struct interlace_fit *fit,
                                 int64_t *colptr,
                                 size_t n_colptr,
                                 int64_t *rowidx,
                                 double *values,
                                 size_t nnz,
                                 struct interlace_error *err);

/**
 * Whether the optimiser reached an optimum.
 * Since 0.1.
 */
bool interlace_fit_converged(const struct interlace_fit *fit);

/**
 * Why the optimiser stopped: INTERLACE_CONVERGED, INTERLACE_ROUNDOFF_LIMITED, INTERLACE_MAX_EVALUATIONS, INTERLACE_DEADLINE or
 * INTERLACE_NO_PROGRESS; -1 for NULL.
 * Since 0.1.
 */
int32_t interlace_fit_reason(const struct interlace_fit *fit);

/**
 * Why the optimiser stopped, as text. A static string; NULL for NULL.
 * Since 0.1.
 */
const char *interlace_fit_reason_name(const struct interlace_fit *fit);

/**
 * Number of evaluations of the objective.
 * Since 0.1.
 */
size_t interlace_fit_n_evaluations(const struct interlace_fit *fit);

/**
 * Distance to the optimum in units of the parameters' standard errors: sqrt(g' H^-1 g) with gradient g and Hessian H of the objective.
 * NaN for NULL.
 * Since 0.1.
 */
double interlace_fit_scaled_gradient(const struct interlace_fit *fit);

/**
 * Number of directions without variance, over all terms; 0 unless the fit is singular.
 * Since 0.1.
 */
size_t interlace_fit_n_boundary(const struct interlace_fit *fit);

/**
 * A direction without variance as text, "Subject: 0.98 (Intercept) - 0.20 Days", by its index from 0; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_boundary(const struct interlace_fit *fit,
                                   size_t i);

/**
 * Number of parameters without a finite maximum likelihood estimate: the likelihood of a model of counts, proportions or ordered
 * categories rises as they go to infinity, as where a covariate tells all successes from all failures (separation). They are fixed
 * effects, and of an ordinal model thresholds and nominal effects. What the fit reports of them is where the search ended, with standard
 * errors that say no more than that they are huge. What does not depend on their direction has its own. 0 for a linear model.
 * Since 0.1.
 */
size_t interlace_fit_n_separated(const struct interlace_fit *fit);

/**
 * Name of a parameter without a finite estimate, by its index from 0, as interlace_fit_parameter_name has it (those of the zero
 * inflation begin with "zi."); NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_separated(const struct interlace_fit *fit,
                                    size_t i);

/**
 * Number of warnings: things about the fit that its user should know.
 * Since 0.1.
 */
size_t interlace_fit_n_warnings(const struct interlace_fit *fit);

/**
 * A warning, one line of text, by its index from 0; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_warning(const struct interlace_fit *fit, size_t i);

/**
 * Seconds of wall time from the data to the model matrices. NaN for NULL.
 * Since 0.1.
 */
double interlace_fit_design_seconds(const struct interlace_fit *fit);

/**
 * Seconds of wall time from the model matrices to estimates, standard errors and random effects. NaN for NULL.
 * Since 0.1.
 */
double interlace_fit_fit_seconds(const struct interlace_fit *fit);

/**
 * Number of tables that interlace_fit_table makes.
 * Since 0.1.
 */
size_t interlace_fit_n_tables(const struct interlace_fit *fit);

/**
 * Name of a table, by its index from 0; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_table_name(const struct interlace_fit *fit, size_t i);

/**
 * A table of results as a new frame, by name: "coefficients" (as interlace_fit_coefficients has it, with INTERLACE_DF_DEFAULT and limits of
 * 95 %), "varcorr", "ranef", "theta",
 * "observations", "dropped_rows", "fit", of a generalised model "zero_inflation", "dispersion" (coefficients as well; of an ordinal model
 * those of the scale) and "family" (its parameters), of an ordinal one "thresholds" and "nominal" (effects on the thresholds), and
 * whatever else interlace_fit_table_name lists. Tables of what the model does not have are without rows.
 * INTERLACE_E_ARGUMENT if there is no table of that name. The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_table(const struct interlace_fit *fit,
                                     const char *name,
                                     struct interlace_frame **out,
                                     struct interlace_error *err);

/**
 * A table of results by name as of interlace_fit_table; that of the coefficients has tests and intervals by the degrees of freedom `df`, one
 * of INTERLACE_DF_*. The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_table_with_df(const struct interlace_fit *fit,
                                             const char *name,
                                             int32_t df,
                                             struct interlace_frame **out,
                                             struct interlace_error *err);

/**
 * The summary of the fit as lme4 prints it, in sections for each predictor as glmmTMB has them, of an ordinal model as clmm has them: several
 * lines of text. Tests of the fixed effects are by INTERLACE_DF_DEFAULT, and the text says what they are. NULL for NULL, and where memory is short.
 * Since 0.1.
 */
const char *interlace_fit_summary(const struct interlace_fit *fit);

/**
 * The summary with tests of the fixed effects by t and these degrees of freedom, one of INTERLACE_DF_*, to `*out`; it lives as long as the
 * fit. Of a generalised model it is that of interlace_fit_summary.
 * Since 0.1.
 */
interlace_status interlace_fit_summary_with_df(const struct interlace_fit *fit,
                                               int32_t df,
                                               const char **out,
                                               struct interlace_error *err);

/**
 * How many numbers a prediction of a type has for each row, INTERLACE_PREDICT_RESPONSE to INTERLACE_PREDICT_LOCATION: 1, but of an ordinal fit
 * with K categories K for INTERLACE_PREDICT_PROBABILITIES and INTERLACE_PREDICT_MARGINAL, K - 1 for INTERLACE_PREDICT_CUMULATIVE. 0 if the fit
 * has no such prediction.
 * Since 0.1.
 */
size_t interlace_fit_predict_width(const struct interlace_fit *fit,
                                   int32_t type);

/**
 * Predictions for the rows of `newdata`, to `out` [rows of newdata,w], w as interlace_fit_predict_width has it, 1 but for ordinal fits; where
 * `newdata` is NULL for the data of the fit, to `out` [m,w], m as interlace_fit_n_rows has it. `len` is the number of all elements.
 * `type` is one of INTERLACE_PREDICT_RESPONSE to INTERLACE_PREDICT_LOCATION. With `random` the random effects
 * are added, otherwise they are taken as zero. `new_levels` is INTERLACE_NEW_LEVELS_ERROR or INTERLACE_NEW_LEVELS_ZERO.
 * A row in which another predictor is missing gets NaN. A fit from arrays predicts with interlace_fit_predict_arrays.
 * INTERLACE_E_DATA if a column is absent or a category has a level that the fit doesn't know, INTERLACE_E_ARGUMENT if the fit has no
 * predictions of that type.
 * Since 0.1.
 */
interlace_status interlace_fit_predict(const struct interlace_fit *fit,
                                       const struct interlace_frame *newdata,
                                       int32_t type,
                                       bool random,
                                       int32_t new_levels,
                                       double *out,
                                       size_t len,
                                       struct interlace_error *err);

/**
 * Why rows have no prediction, INTERLACE_PREDICTED or an INTERLACE_PREDICTED_* for each row, to `out` [rows of newdata] ([m] without
 * `newdata`); the other arguments as for interlace_fit_predict_interval. Predictions, standard errors and intervals are NaN in rows that have none.
 * Since 0.1.
 */
interlace_status interlace_fit_predict_status(const struct interlace_fit *fit,
                                              const struct interlace_frame *newdata,
                                              int32_t type,
                                              bool random,
                                              const size_t *terms,
                                              size_t n_terms,
                                              int32_t new_levels,
                                              int32_t *out,
                                              size_t len,
                                              struct interlace_error *err);

/**
 * The same for a fit from arrays: `newdata` as for interlace_fit_predict_arrays, `out` [n of newdata].
 * Since 0.1.
 */
interlace_status interlace_fit_predict_arrays_status(const struct interlace_fit *fit,
                                                     const struct interlace_spec *newdata,
                                                     int32_t type,
                                                     bool random,
                                                     const size_t *terms,
                                                     size_t n_terms,
                                                     int32_t new_levels,
                                                     int32_t *out,
                                                     size_t len,
                                                     struct interlace_error *err);

/**
 * Predictions of a fit from arrays for new arrays, to `out` [n of newdata,w]: `newdata` is a spec with the same columns and terms, and the
 * columns of the further predictors, made by interlace_spec_new_arrays with or without `y`. Otherwise as interlace_fit_predict.
 * Since 0.1.
 */
interlace_status interlace_fit_predict_arrays(const struct interlace_fit *fit,
                                              const struct interlace_spec *newdata,
                                              int32_t type,
                                              bool random,
                                              int32_t new_levels,
                                              double *out,
                                              size_t len,
                                              struct interlace_error *err);

/**
 * Predictions with standard errors and intervals of a level, say 0.95, to `values`, `std_error`, `lower` and `upper`, each as
 * long as `out` of interlace_fit_predict; any of them may be NULL. With `random`, the modes of the random terms `terms` [n_terms] are added, or
 * with `terms` NULL of all terms: they count from 0, those of the mean first, then those of the zero part, then those of the dispersion.
 *
 * Standard errors are those of the delta method. Fixed effects, parameters of the family and those of the covariances of random effects vary
 * as estimated, with their joint covariance, and the modes of the random effects move with them; the random effects vary about their modes.
 * Taken as known are, of a linear model (INTERLACE_LMM), sigma, the covariances of the random effects and the residual correlation, as in its
 * standard errors of fixed effects; with conditional standard errors or nagq = 0 the covariances; parameters that have no standard error; the
 * covariance of a level that the fit doesn't know, which varies as a new one of its group; the covariances that INTERLACE_PREDICT_MARGINAL
 * integrates over. Intervals use the normal distribution and are symmetric on the scale of the linear predictor; an end that is outside
 * the link's domain is NaN. Of an ordinal fit the thresholds and nominal effects vary as fixed effects do; intervals of the probabilities of
 * categories are symmetric on the logit scale, whatever the link, those of cumulative ones on the scale of the link, those of the scale on
 * its logarithm; INTERLACE_PREDICT_CLASS has none: INTERLACE_E_ARGUMENT.
 *
 * That is INTERLACE_INTERVAL_CONFIDENCE. With `interval` INTERLACE_INTERVAL_PREDICTION the interval is one for a response in the row, of
 * types INTERLACE_PREDICT_RESPONSE and, for a response of new groups, INTERLACE_PREDICT_MARGINAL; values and standard errors stay those of the mean. Of
 * a linear model it uses the normal distribution with the variance of the prediction plus sigma^2/w. Of a generalised one its limits are quantiles of
 * the family's distribution, averaged over the normal distribution of what is not known of the linear predictors: the lowest response that
 * has at least (1 - level)/2 of the probability at or below it, and the lowest that has at most as much above it. Sigma and the family's parameters are taken as
 * known. `weights` [rows of newdata] (m without `newdata`) are the prior weights w of these responses, or of proportions the numbers of
 * trials; with NULL they are those of the data of the fit, and 1 for new data. They do nothing to confidence intervals.
 * INTERLACE_E_UNSUPPORTED for ordinal fits and for families of the caller's. Otherwise as interlace_fit_predict.
 * Since 0.1.
 */
interlace_status interlace_fit_predict_interval(const struct interlace_fit *fit,
                                                const struct interlace_frame *newdata,
                                                int32_t type,
                                                bool random,
                                                const size_t *terms,
                                                size_t n_terms,
                                                int32_t new_levels,
                                                int32_t interval,
                                                double level,
                                                const double *weights,
                                                double *values,
                                                double *std_error,
                                                double *lower,
                                                double *upper,
                                                size_t len,
                                                struct interlace_error *err);

/**
 * The same for a fit from arrays: `newdata` as for interlace_fit_predict_arrays, the rest as for interlace_fit_predict_interval.
 * Since 0.1.
 */
interlace_status interlace_fit_predict_arrays_interval(const struct interlace_fit *fit,
                                                       const struct interlace_spec *newdata,
                                                       int32_t type,
                                                       bool random,
                                                       const size_t *terms,
                                                       size_t n_terms,
                                                       int32_t new_levels,
                                                       int32_t interval,
                                                       double level,
                                                       const double *weights,
                                                       double *values,
                                                       double *std_error,
                                                       double *lower,
                                                       double *upper,
                                                       size_t len,
                                                       struct interlace_error *err);

/**
 * R2 of Nakagawa and Schielzeth (2013): the share of the variance that the fixed effects explain, and that of fixed and random effects, with
 * random slopes (Johnson 2014) and for other families than the normal (Nakagawa, Johnson and Schielzeth 2017). The variance about the linear
 * predictor is sigma^2 for gaussian models; pi^2/3 (logit), 1 (probit) or pi^2/6 (complementary log-log) for binomial ones; for others that of
 * one observation at the mean of the model with an intercept instead of the fixed effects, which is fitted for it: log(1 + variance/mean^2) with
 * a log link, by the delta method otherwise. Ordinal models have the variance of the latent variable, as binomial ones. Random intercepts of single observations belong to it. All rows count alike.
 * INTERLACE_E_UNSUPPORTED for mixtures with zeros and for families without such a variance, as that of the cauchit link, and for ordinal
 * models with a scale formula.
 * Since 0.1.
 */
interlace_status interlace_fit_r2(const struct interlace_fit *fit,
                                  double *marginal,
                                  double *conditional,
                                  struct interlace_error *err);

/**
 * Intraclass correlations by the variances of interlace_fit_r2: the share of the random effects in what the fixed effects leave
 * (`adjusted`), and in all (`unadjusted`).
 * Since 0.1.
 */
interlace_status interlace_fit_icc(const struct interlace_fit *fit,
                                   double *adjusted,
                                   double *unadjusted,
                                   struct interlace_error *err);

/**
 * The test of overdispersion: the sum of squared Pearson residuals, its ratio to the residual degrees of freedom `df` (rows less parameters),
 * about 1 where the family's variance is right, and the probability of a larger sum by the chi-square distribution. For binary responses
 * it says nothing. INTERLACE_E_UNSUPPORTED for families whose variance is estimated: linear models, gamma, and the like, and
 * for ordinal models.
 * Since 0.1.
 */
interlace_status interlace_fit_overdispersion(const struct interlace_fit *fit,
                                              double *chi_square,
                                              double *ratio,
                                              double *df,
                                              double *p_value,
                                              struct interlace_error *err);

/**
 * Linear combinations L beta of the fixed effects as a new frame, a row each: "estimate", "SE", "df", "t.ratio" ("z.ratio" with
 * infinite degrees of freedom) and "p.value" of the hypothesis that it is `rhs` (two-sided). `l` [k,p] is column-major with leading
 * dimension `ld` >= k, one column a fixed effect in the order of interlace_fit_fixef_name; `rhs` [k], or NULL for zeros. `df` is
 * one of INTERLACE_DF_*.
 * With `joint`, one row that tests all of them together: "statistic" (F, or Wald's chi-square with infinite degrees of freedom), "df1"
 * (the number of linearly independent rows), "df2" and "p.value"; Kenward and Roger's F is scaled. Rows of L that depend on
 * others must not contradict them.
 * INTERLACE_E_NUMERIC if the covariance of L beta is not positive definite. The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_wald_test(const struct interlace_fit *fit,
                                         const double *l,
                                         size_t k,
                                         size_t p,
                                         size_t ld,
                                         const double *rhs,
                                         int32_t df,
                                         bool joint,
                                         struct interlace_frame **out,
                                         struct interlace_error *err);

/**
 * The fixed effects of the mean with tests and intervals, as a new frame, a row each: "term", "estimate", "std_error", "df", "statistic" (t,
 * or z with infinite degrees of freedom), "p_value" (two-sided), "lower" and "upper" for a confidence `level` such as 0.95. `df` is one of
 * INTERLACE_DF_*. The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_coefficients(const struct interlace_fit *fit,
                                            int32_t df,
                                            double level,
                                            struct interlace_frame **out,
                                            struct interlace_error *err);

/**
 * The analysis of variance of a linear model, as a new frame, a row a term of the fixed effects: "term", "Sum.Sq", "Mean.Sq", "NumDF",
 * "DenDF", "F.value" and "p.value". `type` 1 tests each term beyond those before it, 2 beyond those that do not contain it, 3 its
 * coefficients made orthogonal to those of the terms that contain it (Goodnight 1976), whatever the coding. A model from arrays has a
 * term a column. Sums of squares are F (before Kenward and Roger's scaling) times degrees of freedom and residual variance. `df` is one
 * of INTERLACE_DF_*. `data` is the frame that the fit was made of; it may be NULL unless `type` is 2 or 3 and the fit left out columns.
 * INTERLACE_E_ARGUMENT for other models. The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_anova(const struct interlace_fit *fit,
                                     const struct interlace_frame *data,
                                     int32_t type,
                                     int32_t df,
                                     struct interlace_frame **out,
                                     struct interlace_error *err);

/**
 * Likelihood-ratio tests of a linear model against those without each of its terms, as a new frame: a row "<none>" for the model, then a
 * row for each term of the fixed effects that no other contains: "term", "npar" (the parameters that go with it), "AIC", "LRT" and
 * "p.value" (chi-square). All models are fitted by maximum likelihood for it. `data` is the frame that the fit was made of; it may be NULL
 * unless the fit left out columns, which may have an estimate without a term. INTERLACE_E_ARGUMENT for other models. The caller frees
 * `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_drop1(const struct interlace_fit *fit,
                                     const struct interlace_frame *data,
                                     struct interlace_frame **out,
                                     struct interlace_error *err);

/**
 * The covariance matrix of the estimates of the fixed effects with Kenward and Roger's adjustment (Kenward & Roger 1997), to `out` [p,p].
 * INTERLACE_E_ARGUMENT unless the fit is of a linear model by REML. INTERLACE_E_NUMERIC if what second derivatives of the covariance take
 * off (of random terms ar1, and cs with a variance each, of three effects or more; of residuals with AR(1)) leaves no positive matrix.
 * Since 0.1.
 */
interlace_status interlace_fit_vcov_kenward_roger(const struct interlace_fit *fit,
                                                  double *out,
                                                  size_t len,
                                                  struct interlace_error *err);

/**
 * Likelihood-ratio tests between `n` fits of nested models to the same data, as a new frame, a row a fit in the order of the numbers
 * of parameters: "fit" (the index in `fits`), "model" (its formula), "nobs" (rows used), "npar", "AIC", "BIC", "logLik", "deviance" (minus twice logLik),
 * and, against the row before, "Chisq", "Df", "p.value", "distribution" ("chisq" or "chibarsq") and "warning" (missing, or why the
 * test is none: the models are not nested). The fits must use the same response, weights and offset, and be by maximum likelihood;
 * fits by REML are compared if they have the same fixed effects. Generalised models must have the same family, link, information and
 * number of quadrature points; their models of zero inflation and dispersion may be nested as well. Ordinal models must have the same
 * categories; equidistant thresholds are nested in symmetric ones and both in flexible ones, and an effect of the formula is nested in the
 * nominal effect of the same column.
 * A variance that is zero under the hypothesis lies at the edge of its range, so that chi-square gives too large a probability. With
 * `chi_bar`, a comparison whose larger model has exactly one variance more, with its covariances, takes half of chi-square with one
 * degree of freedom less and half with all (Stram & Lee 1994).
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_compare(const struct interlace_fit *const *fits,
                                       size_t n,
                                       bool chi_bar,
                                       struct interlace_frame **out,
                                       struct interlace_error *err);

/**
 * Fits `n` models by maximum likelihood to the rows that all of them can use, whatever is missing in columns that some lack, and compares the first
 * with each of the others: a new frame with the columns of interlace_fit_compare and two rows for each model but the first, in the order of `specs`:
 * the smaller of the two models, and the larger with its test against it. "fit" is the index in `specs`. Each model must be nested in the first, or the first in it; else INTERLACE_E_ARGUMENT names what
 * the larger one lacks. Fixed effects are nested by the space of their columns, whatever these are called, random terms by their groups,
 * effects and structures. A model may be without random terms here: `y ~ x` against `y ~ x + (1 | g)` is the test of the only variance.
 * `frame` and `options` are as for interlace_fit_new. The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_lrt(const struct interlace_spec *const *specs,
                                   size_t n,
                                   const struct interlace_frame *frame,
                                   const struct interlace_options *options,
                                   bool chi_bar,
                                   struct interlace_frame **out,
                                   struct interlace_error *err);

/**
 * Estimated marginal means (least-squares means) as a new frame, a row a mean: the factors' columns, "emmean" ("response" where a link
 * is taken back), "SE", "df", "lower.CL" and "upper.CL" for a confidence `level` such as 0.95. A mean that can't be estimated because
 * the fit left out columns has NaN.
 * `specs` names columns of the data that the fixed effects depend on: "~ f" for the levels of f, "~ f * g" for all combinations,
 * "~ f | g" for the levels of f in groups by g, "~ 1" for the overall mean. The means are averages over a reference grid: all combinations
 * of the levels of the factors, numeric covariates and the offset at their means over the rows used. `at`, unless it is NULL, gives
 * columns other values: "x = 0, 5; f = a, b", of a covariate numbers, over which means are averages unless `specs` names it, of a factor
 * some of its levels; labels with a comma stand in quotation marks. `weights` is INTERLACE_MEANS_EQUAL or INTERLACE_MEANS_PROPORTIONAL.
 * `data` is the frame that the fit was made of; it may be NULL where the fixed effects depend on plain factors only and no column was
 * left out. `type` is INTERLACE_PREDICT_LINK or INTERLACE_PREDICT_RESPONSE (standard errors by the delta method, limits taken back),
 * which are one for a linear model and for the identity link; of a generalised model with zero inflation the means are those of the
 * family, without the zeros. The means of an ordinal model are those of the latent variable less the mean of the thresholds, with
 * INTERLACE_PREDICT_LINK alone and without scale and nominal effects (else INTERLACE_E_UNSUPPORTED). `df` is one of INTERLACE_DF_*.
 * INTERLACE_E_FORMULA if `specs` can't be read, INTERLACE_E_DATA if `data` are others than those of the fit. The caller frees `*out`
 * with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_marginal_means(const struct interlace_fit *fit,
                                              const struct interlace_frame *data,
                                              const char *specs,
                                              const char *at,
                                              int32_t weights,
                                              int32_t type,
                                              int32_t df,
                                              double level,
                                              struct interlace_frame **out,
                                              struct interlace_error *err);

/**
 * Contrasts of marginal means as a new frame, a row a contrast: the groups' columns, "contrast", "estimate", "SE", "df", "lower.CL",
 * "upper.CL", "t.ratio" ("z.ratio" where all degrees of freedom are infinite) and "p.value". `contrasts` is "pairwise" (each mean less
 * each later one), "trt.vs.ctrl" (each less the first) or "eff" (each less the average). `adjust` is "none", "tukey" (pairwise
 * contrasts only), "bonferroni", "holm" or "fdr" (intervals are then Bonferroni's) or "sidak"; each group is a family of its own. A group of
 * one mean has no contrasts. On the scale of the response the contrasts of a log link are ratios, in a column "ratio" in place of
 * "estimate", and those of a logit link "odds.ratio"; tests are on the scale of the link, and other links stay there.
 * Everything else is as for interlace_fit_marginal_means.
 * Since 0.1.
 */
interlace_status interlace_fit_contrasts(const struct interlace_fit *fit,
                                         const struct interlace_frame *data,
                                         const char *specs,
                                         const char *at,
                                         int32_t weights,
                                         const char *contrasts,
                                         const char *adjust,
                                         int32_t type,
                                         int32_t df,
                                         double level,
                                         struct interlace_frame **out,
                                         struct interlace_error *err);

/**
 * Contrasts of marginal means with weights of the caller: `coefficients` [m,k], column-major with leading dimension `ld` >= m, one
 * column a contrast, for the m means of a group in the order of interlace_fit_marginal_means; `names` [k]. `adjust` is not "tukey".
 * Everything else is as for interlace_fit_contrasts.
 * Since 0.1.
 */
interlace_status interlace_fit_custom_contrasts(const struct interlace_fit *fit,
                                                const struct interlace_frame *data,
                                                const char *specs,
                                                const char *at,
                                                int32_t weights,
                                                const double *coefficients,
                                                size_t m,
                                                size_t k,
                                                size_t ld,
                                                const char *const *names,
                                                const char *adjust,
                                                int32_t type,
                                                int32_t df,
                                                double level,
                                                struct interlace_frame **out,
                                                struct interlace_error *err);

/**
 * Simulates the response `nsim` times, to `out` [m,nsim], one column a replicate; m as interlace_fit_n_rows has it. `what` is
 * INTERLACE_SIMULATE_NEW or INTERLACE_SIMULATE_CONDITIONAL. Binomial responses are proportions, those of ordinal models numbers of
 * categories from 1. A replicate depends on `seed` and its number alone. NaN where a drawn linear predictor is outside the range of the
 * link.
 * Since 0.1.
 */
interlace_status interlace_fit_simulate(const struct interlace_fit *fit,
                                        size_t nsim,
                                        uint64_t seed,
                                        int32_t what,
                                        double *out,
                                        size_t len,
                                        struct interlace_error *err);

/**
 * Fits the model to other responses on the same rows: `y` [m,k] with leading dimension `ldy`, one response a column; m as
 * interlace_fit_n_rows has it, of which the rows used count. Each search begins at the estimates of the fit; of linear models the
 * cross-products of the design are made once for all. A new frame with one row a response: "status" (converged, singular, not_converged or
 * failed), "reason" (why it failed, such as missing values or a response without variance), "logLik", all estimates by name as
 * interlace_fit_bootstrap has them, and with `std_errors` those of the fixed effects, whose names begin with se. (linear models only,
 * otherwise INTERLACE_E_UNSUPPORTED). Responses that failed have NaN; the others do not depend on them.
 * Of `options`, which may be NULL, the threads are used, which change no result, and the progress function, which is called after each
 * response with the number done, and the deviance and theta of one (NaN and none if it failed).
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_refit(const struct interlace_fit *fit,
                                     const double *y,
                                     size_t ldy,
                                     size_t k,
                                     bool std_errors,
                                     const struct interlace_options *options,
                                     struct interlace_frame **out,
                                     struct interlace_error *err);

/**
 * The parametric bootstrap: simulates the response `nsim` times as interlace_fit_simulate does, fits the model to each, and gives a new
 * frame with one row a replicate: "status" (converged, singular or failed), "reason" (why it failed, else missing), "logLik", and all
 * estimates by name: fixed effects (those of the zero part and the dispersion or scale begin with zi. and disp.), parameters of the
 * family, of the thresholds with nominal effects, or sigma, theta, standard deviations (sd_) and correlations (cor_) of random effects.
 * Replicates that failed have NaN, such as those in which a category of an ordinal response does not occur.
 * Of `options`, which may be NULL, the threads are used, which change no result, and the progress function, which is called after each
 * replicate with the number done, and the deviance and theta of one (NaN and none if it failed).
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_bootstrap(const struct interlace_fit *fit,
                                         size_t nsim,
                                         uint64_t seed,
                                         int32_t what,
                                         const struct interlace_options *options,
                                         struct interlace_frame **out,
                                         struct interlace_error *err);

/**
 * Intervals from `replicates`, a frame that interlace_fit_bootstrap has made of the same fit, as a new frame: term, estimate, bias,
 * std_error, lower, upper, and n, the number of replicates that did not fail. `type` is INTERLACE_BOOTSTRAP_PERCENTILE,
 * INTERLACE_BOOTSTRAP_BASIC, INTERLACE_BOOTSTRAP_NORMAL or INTERLACE_BOOTSTRAP_BCA, which fits the model without each level of the first
 * grouping factor and gives NaN for what has no estimate in one of these fits (interlace_bootstrap_confint takes these fits from outside).
 * `level` is between 0 and 1, such as 0.95.
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_bootstrap_confint(const struct interlace_fit *fit,
                                                 const struct interlace_frame *replicates,
                                                 double level,
                                                 int32_t type,
                                                 struct interlace_frame **out,
                                                 struct interlace_error *err);

/**
 * Profile-likelihood intervals of all parameters as a new frame: term, estimate, lower, upper, warning. The terms have lme4's names, but for
 * nested groups, which are a:b as everywhere here, not b:a:
 * standard deviations (sd_) and correlations (cor_) of random effects, sigma, the residual correlation (ar1|g or cs|g), the
 * family's parameters or those of thresholds with nominal effects, fixed effects (those of the zero part and the dispersion or scale begin
 * with zi. and disp.); with `scale` INTERLACE_PROFILE_THETA the elements of theta alone, by the names of the fit behind theta., those of a
 * linear model relative to sigma, which is at its best for each of their values. Likelihoods, and so the estimates here, are maximum
 * likelihood's whatever the method of the fit. A limit is NaN where the profile never crosses; "warning" says why and is missing
 * otherwise.
 * INTERLACE_E_UNSUPPORTED for a fit with no quadrature points (nagq 0). Of `options`, which may be NULL, the progress function is called
 * at each point of a profile with the number of these so far, the deviance and theta, the residual correlation behind it if there is one.
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_confint_profile(const struct interlace_fit *fit,
                                               double level,
                                               int32_t scale,
                                               const struct interlace_options *options,
                                               struct interlace_frame **out,
                                               struct interlace_error *err);

/**
 * Profiles of all parameters as a new frame of points: term, value, and zeta, the signed root of the deviance's rise above its minimum
 * where the parameter has that value and all others are at their best. The points of a term ascend, from somewhat outside its interval
 * to somewhat outside; otherwise as interlace_fit_confint_profile.
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_profile(const struct interlace_fit *fit,
                                       double level,
                                       int32_t scale,
                                       const struct interlace_options *options,
                                       struct interlace_frame **out,
                                       struct interlace_error *err);

/**
 * Makes a bootstrap of 1000 replicates with seed 0 that simulates responses with random effects drawn anew: the parametric bootstrap.
 * The caller frees `*out` with interlace_bootstrap_free.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_new(struct interlace_bootstrap **out,
                                         struct interlace_error *err);

/**
 * Frees a bootstrap; NULL is allowed.
 * Since 0.1.
 */
void interlace_bootstrap_free(struct interlace_bootstrap *bootstrap);

/**
 * The replicates: `n` of them, from number `first`. A replicate depends on the seed and its number alone, so that a run that was stopped goes
 * on where it was: tables of replicates 0 to 499 and 500 to 999, joined by interlace_frame_append, are that of 0 to 999.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_set_replicates(struct interlace_bootstrap *bootstrap,
                                                    size_t first,
                                                    size_t n,
                                                    struct interlace_error *err);

/**
 * The seed of all random numbers.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_set_seed(struct interlace_bootstrap *bootstrap,
                                              uint64_t seed,
                                              struct interlace_error *err);

/**
 * Replicates are responses simulated as by interlace_fit_simulate; `what` is INTERLACE_SIMULATE_NEW or INTERLACE_SIMULATE_CONDITIONAL.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_set_parametric(struct interlace_bootstrap *bootstrap,
                                                    int32_t what,
                                                    struct interlace_error *err);

/**
 * Replicates are samples of the data: as many levels of the grouping factor `group` (NULL for the model's first) as it has, drawn with
 * replacement, with all their rows. A level drawn twice is two levels, and so are levels within it of a factor nested in it; levels of
 * factors crossed with it stay what they are.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_set_groups(struct interlace_bootstrap *bootstrap,
                                                const char *group,
                                                struct interlace_error *err);

/**
 * Replicates are samples of the data: as many rows as there are, drawn one by one with replacement. Standard errors are too small where
 * rows of a group are alike.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_set_rows(struct interlace_bootstrap *bootstrap,
                                              struct interlace_error *err);

/**
 * Statistics of each replicate beside its estimates, with names [n], copied; `user_data` is handed to `function`. NULL for none.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_set_statistic(struct interlace_bootstrap *bootstrap,
                                                   const char *const *names,
                                                   size_t n,
                                                   interlace_statistic_fn function,
                                                   void *user_data,
                                                   struct interlace_error *err);

/**
 * Fits the model to each replicate, and gives a new frame with one row a replicate: "status" (converged, singular or failed), "reason" (why
 * it failed, else missing), "logLik", all estimates by name as interlace_fit_bootstrap has them, and the statistics. Replicates that
 * failed have NaN. Of `options`, which may be NULL, the threads are used, which change no result, and the progress function, as
 * in interlace_fit_bootstrap. Without replicates there are the columns alone, whose names tell the order of the estimates that a
 * statistic is given. The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_run(const struct interlace_bootstrap *bootstrap,
                                         const struct interlace_fit *fit,
                                         const struct interlace_options *options,
                                         struct interlace_frame **out,
                                         struct interlace_error *err);

/**
 * The jackknife: fits the model without each group, or row, that the bootstrap draws; without each level of the first grouping factor where
 * it simulates. A new frame with one row for each: "left_out", then the columns of interlace_bootstrap_run. Options as there.
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_jackknife(const struct interlace_bootstrap *bootstrap,
                                               const struct interlace_fit *fit,
                                               const struct interlace_options *options,
                                               struct interlace_frame **out,
                                               struct interlace_error *err);

/**
 * Intervals of all estimates and statistics from `replicates`, a frame of interlace_bootstrap_run, as a new frame like that of
 * interlace_fit_bootstrap_confint. `type` is INTERLACE_BOOTSTRAP_PERCENTILE, INTERLACE_BOOTSTRAP_BASIC, INTERLACE_BOOTSTRAP_NORMAL or
 * INTERLACE_BOOTSTRAP_BCA; the last alone needs `jackknife`, a frame of interlace_bootstrap_jackknife, and gives NaN for what has
 * missing values there. `level` is between 0 and 1, such as 0.95. The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_confint(const struct interlace_bootstrap *bootstrap,
                                             const struct interlace_fit *fit,
                                             const struct interlace_frame *replicates,
                                             const struct interlace_frame *jackknife,
                                             double level,
                                             int32_t type,
                                             struct interlace_frame **out,
                                             struct interlace_error *err);

/**
 * The standard error of a statistic of the response alone, to `*out`: the standard deviation of its values in the bootstrap's replicates, in
 * which nothing is fitted. `function` NULL stands for the median. With interlace_bootstrap_set_groups it is the cluster bootstrap.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_response_std_error(const struct interlace_bootstrap *bootstrap,
                                                        const struct interlace_fit *fit,
                                                        interlace_response_statistic_fn function,
                                                        void *user_data,
                                                        double *out,
                                                        struct interlace_error *err);

/**
 * Fits the model `spec` to `frame` by one optimiser after the other, each from several starts: those of interlace_fit_new, and standard
 * deviations of random effects that are a tenth and ten times those estimated. With a theta0 among the options that is the only start.
 * `*out` is a new frame with one row an optimiser, of the best of its ends: "optimizer", "logLik", "criterion", "difference" (the
 * criterion less the lowest of all), "max_diff_theta" and "max_diff_beta" (the largest differences of covariance parameters and, in
 * standard errors, of fixed effects from those of the lowest criterion), "converged", "singular" (1 or 0), "evaluations" (of all starts),
 * "gradient" (as interlace_fit_scaled_gradient), "seconds" (of all starts), "error" (why there is no fit, else missing), and the estimates:
 * "theta." with the name of a covariance parameter, "beta." with that of a fixed effect ("zi." and "disp." before those of the zero
 * inflation and the dispersion), "family." with that of a parameter of the family or of the thresholds.
 * Optimisers that agree have found the same minimum: none has stopped short of it. That no other minimum is lower is known as far as the
 * starts go. An optimiser that ends lower than the fit has found a better minimum, whose theta can be given to the fit as theta0.
 * `frame` and `options`, but for the optimiser, are as for interlace_fit_new.
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_all_optimizers(const struct interlace_spec *spec,
                                              const struct interlace_frame *frame,
                                              const struct interlace_options *options,
                                              struct interlace_frame **out,
                                              struct interlace_error *err);

/**
 * Cross-validation: leaves out part after part of the rows, fits the model `spec` to the others, and predicts those left out. `group` is
 * the grouping factor whose levels stay together, that of a random term ("g", "a:b") or a column; with NULL each row is for itself. `folds`
 * is the number of parts, 2 or more; with 0 each level, or row, is one. Levels come into folds by the random numbers of `seed` alone.
 *
 * Predictions of the mean have the random effects of levels that the other rows have, and zero for those of other levels. The logarithmic
 * score of a row is the logarithm of the density (or probability) that the fit without it gives the response, with what is not known of
 * the linear predictor integrated out: new random effects, those of known levels about their modes, fixed effects about their estimates. A
 * larger one is better. Weights count in it as in the model, but those that multiply the log-density play no part.
 *
 * `*folds_out` is a new frame with one row a fold and a last one, "all", for all rows: "fold" ("1", "2" .. "all"), "units" (levels, or rows),
 * "rows" (predicted), "rmse", "mae" (of an ordinal model NaN: categories have no distance), "log_score" (the mean of the rows), "status"
 * of the fit (converged, singular, not converged, failed; missing for all) and "reason" (of a failure). `*rows_out`, unless `rows_out` is
 * NULL, is a new frame with one row a row used: "row" (of the data, from 0), "fold" (from 1), "response", "prediction", "log_score"; those
 * of an ordinal model are categories, from 1, the most probable one predicted. A fold that can't be fitted or predicted, say because a
 * level of a fixed effect occurs in it alone, has failed, and its rows have NaN.
 *
 * Of `options`, which may be NULL, the threads are for folds at a time and change no result; with more than one the functions of a family
 * of the caller's are called from several threads. The progress function is called after each fold with the number done, and the
 * objective and theta of one (NaN and none if it failed). `spec` must be of a formula: INTERLACE_E_UNSUPPORTED for arrays.
 * The caller frees `*folds_out` and `*rows_out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_cross_validate(const struct interlace_spec *spec,
                                          const struct interlace_frame *frame,
                                          const struct interlace_options *options,
                                          const char *group,
                                          size_t folds,
                                          uint64_t seed,
                                          struct interlace_frame **folds_out,
                                          struct interlace_frame **rows_out,
                                          struct interlace_error *err);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* INTERLACE_H */
