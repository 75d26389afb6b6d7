/* interlace.h - mixed-effects models.
 * Generated from src/capi by cbindgen (make header); do not edit.
 *
 * Data go into an interlace_frame; an interlace_spec says what to fit and interlace_options how; interlace_fit_new makes an
 * interlace_fit from them. Constants come first, then types, then functions, grouped by noun.
 *
 * Rules that hold for every function:
 *  - It returns interlace_status (0 = INTERLACE_OK), or it cannot fail and returns its value. Functions that cannot fail return 0,
 *    false, NULL, NaN or -1 if the object is NULL or an index is out of range.
 *  - Arguments come in the order object, inputs, outputs, err. `err` may be NULL and is written only on failure; all other
 *    outputs are written only on success.
 *  - Any call may return INTERLACE_E_ARGUMENT (NULL, wrong length, unknown number), INTERLACE_E_MEMORY or INTERLACE_E_INTERNAL; the
 *    comments name the others.
 *  - Arrays are borrowed during the call; the library copies those it keeps. NULL is allowed if the length is 0.
 *  - Matrices are column-major; [n,p] means n rows and p columns, and element (i, j) is at i + j n.
 *  - `len` is the number of elements that the array before it holds, and must match exactly.
 *  - Indices count from 0.
 *  - Strings are NUL-terminated UTF-8. The caller never frees returned strings; they live as long as the object they came from.
 *  - The caller frees what interlace_*_new and similar functions return with interlace_*_free, which accepts NULL. Objects do not refer to
 *    each other and may be freed in any order.
 *  - Many threads may use a const object at once; only one thread at a time may use any other object. The only global state is the handler that turns
 *    a bug inside the library into INTERLACE_E_INTERNAL.
 *  - The library does not print, read environment variables, install signal handlers or call exit. */


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
 * The call succeeded.
 */
#define INTERLACE_OK 0

/**
 * An argument is NULL, out of range, of the wrong length, not UTF-8, or unknown.
 */
#define INTERLACE_E_ARGUMENT 1

/**
 * The formula cannot be read. `position` is the byte in the formula, from 0.
 */
#define INTERLACE_E_FORMULA 2

/**
 * The data do not suit the model: a column is absent or of the wrong kind, a level is unknown. `position` is the row, from 0, or -1.
 */
#define INTERLACE_E_DATA 3

/**
 * A numerical failure: a matrix is not positive definite, the objective is not finite.
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
 * A valid request that this version does not support.
 */
#define INTERLACE_E_UNSUPPORTED 7

/**
 * A file cannot be read or written.
 */
#define INTERLACE_E_IO 8

/**
 * The deadline of the options passed before there was a result. A fit is one with what it has at its deadline.
 */
#define INTERLACE_E_DEADLINE 9

/**
 * A bug in the library; please report it. Do nothing with the objects of the call except free them.
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
 * Cumulative link mixed model for an ordered response: thresholds, and a link as interlace_spec_set_link sets it.
 */
#define INTERLACE_CLMM 3

/**
 * Covariance structure: any positive semidefinite matrix, as with plain bars.
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
 * Thresholds of an ordinal model: symmetric about the middle one, or about the midpoint of the two middle ones.
 */
#define INTERLACE_THRESHOLD_SYMMETRIC 1

/**
 * Thresholds of an ordinal model: equally spaced, given by the first and one distance.
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
 * The working scale of a family's parameter is the parameter itself.
 */
#define INTERLACE_SCALE_IDENTITY 0

/**
 * The working scale of a family's positive parameter is its logarithm.
 */
#define INTERLACE_SCALE_LOG 1

/**
 * A fit makes its model matrices and starting values. step: 0.
 */
#define INTERLACE_PHASE_START 0

/**
 * A fit searches its parameters. step: evaluations of the criterion so far.
 */
#define INTERLACE_PHASE_SEARCH 1

/**
 * Standard errors of a generalised or ordinal fit. step: parameters done.
 */
#define INTERLACE_PHASE_STANDARD_ERRORS 2

/**
 * Random effects of a fit and their covariances. step: terms done.
 */
#define INTERLACE_PHASE_MODES 3

/**
 * Satterthwaite's or Kenward and Roger's degrees of freedom. step: parts of the derivatives done.
 */
#define INTERLACE_PHASE_DEGREES_OF_FREEDOM 4

/**
 * Tests of hypotheses or of models. step: tests done.
 */
#define INTERLACE_PHASE_TEST 5

/**
 * Several models are fitted, one after the other. step: models done.
 */
#define INTERLACE_PHASE_MODEL 6

/**
 * One model is fitted by several optimisers. step: optimisers done.
 */
#define INTERLACE_PHASE_OPTIMIZER 7

/**
 * Profiles of the likelihood. step: parameters done.
 */
#define INTERLACE_PHASE_PROFILE 8

/**
 * A bootstrap. step: replicates done.
 */
#define INTERLACE_PHASE_REPLICATE 9

/**
 * Refits to other responses. step: responses done.
 */
#define INTERLACE_PHASE_REFIT 10

/**
 * A jackknife. step: deletions done.
 */
#define INTERLACE_PHASE_DELETION 11

/**
 * A cross-validation. step: folds done.
 */
#define INTERLACE_PHASE_FOLD 12

/**
 * Predictions. step: rows done.
 */
#define INTERLACE_PHASE_PREDICTION 13

/**
 * Simulated responses. step: responses done.
 */
#define INTERLACE_PHASE_SIMULATION 14

/**
 * Quantile residuals. step: rows done.
 */
#define INTERLACE_PHASE_RESIDUALS 15

/**
 * Marginal means and contrasts. step: means, or groups of contrasts, done.
 */
#define INTERLACE_PHASE_MEANS 16

/**
 * Values of the criterion. step: points done.
 */
#define INTERLACE_PHASE_OBJECTIVE 17

/**
 * A statistic of replicates. step: replicates done.
 */
#define INTERLACE_PHASE_STATISTIC 18

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
 * The Laplace approximation with the observed information (the second derivatives of the log-likelihood). The default.
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
 * Standard errors given the parameters of the random effects: cheaper, but too small.
 */
#define INTERLACE_STD_ERRORS_CONDITIONAL 1

/**
 * Random terms about which the data say nothing (as many random effects as rows, with a residual) are an error, others that
 * cannot be told apart get a warning. The default.
 */
#define INTERLACE_UNIDENTIFIED_ERROR 0

/**
 * Always a warning.
 */
#define INTERLACE_UNIDENTIFIED_WARNING 1

/**
 * Neither: the model is fitted without a check.
 */
#define INTERLACE_UNIDENTIFIED_IGNORE 2

/**
 * The linear predictor of the mean, on the scale of the link.
 */
#define INTERLACE_MEAN 0

/**
 * The linear predictor of the zero inflation: the logit of the probability of an extra zero.
 */
#define INTERLACE_ZERO_INFLATION 1

/**
 * The linear predictor of the dispersion: the logarithm of the family's first parameter; for gaussian, of its square, the variance; for an
 * ordinal model, the logarithm of the scale.
 */
#define INTERLACE_DISPERSION 2

/**
 * Residuals: response minus fitted value.
 */
#define INTERLACE_RESIDUALS_RESPONSE 0

/**
 * Residuals: response minus fitted value, times the square root of the weight; for a generalised model, divided by the standard deviation of the
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
 * Residuals: those of INTERLACE_RESIDUALS_PEARSON divided by the residual standard deviation and, if they are correlated within
 * groups, made independent: for AR(1) each minus its expectation given the previous one, for compound symmetry by the symmetric root.
 */
#define INTERLACE_RESIDUALS_NORMALIZED 4

/**
 * The optimum was reached.
 */
#define INTERLACE_CONVERGED 0

/**
 * No further decrease is possible in floating point, and the scaled gradient is small: below 1e-3, or below 0.03 if the digits of the
 * criterion have cancelled.
 */
#define INTERLACE_ROUNDOFF_LIMITED 1

/**
 * The fit used all evaluations allowed.
 */
#define INTERLACE_MAX_EVALUATIONS 2

/**
 * The fit used all the time allowed.
 */
#define INTERLACE_DEADLINE 3

/**
 * The line search failed far from a stationary point.
 */
#define INTERLACE_NO_PROGRESS 4

/**
 * Predict the mean of the response: (1 - p) times the mean without extra zeros for a mixture with zeros, and including the masses at
 * 0 and 1 for a beta family that has them. An ordinal fit has no mean: INTERLACE_E_ARGUMENT.
 */
#define INTERLACE_PREDICT_RESPONSE 0

/**
 * Predict the linear predictor of the mean. For a linear model that is the mean of the response; for an ordinal fit x'beta + z'b + offset, the
 * location of the latent variable, without the thresholds and not divided by the scale.
 */
#define INTERLACE_PREDICT_LINK 1

/**
 * Predict the mean of the response without the zeros of the zero part. Not for an ordinal fit.
 */
#define INTERLACE_PREDICT_CONDITIONAL 2

/**
 * Predict the probability p of a zero of the zero part; 0 for a fit without one. Not for an ordinal fit.
 */
#define INTERLACE_PREDICT_ZERO_PROBABILITY 3

/**
 * Predict the family's first parameter on the reported scale; for a linear model sigma, 1 for a family without
 * parameters; for an ordinal fit the scale, 1 without a scale formula.
 */
#define INTERLACE_PREDICT_DISPERSION 4

/**
 * Predict the mean of the response over all groups, with the random effects integrated out. All groups count as new, so their
 * columns may be absent. NaN if there is no such mean, as with an inverse link. For an ordinal fit with K categories, their K probabilities.
 */
#define INTERLACE_PREDICT_MARGINAL 5

/**
 * For an ordinal fit with K categories, predict their probabilities, lowest first, [rows,K]. NaN in a row whose nominal effects put
 * the thresholds out of order.
 */
#define INTERLACE_PREDICT_PROBABILITIES 6

/**
 * For an ordinal fit with K categories, predict the cumulative probabilities of the first, the second, .., the one before the
 * highest, [rows,K-1].
 */
#define INTERLACE_PREDICT_CUMULATIVE 7

/**
 * For an ordinal fit, predict the most probable category, a number from 1 to K, the lowest if there are ties. It has no standard error.
 */
#define INTERLACE_PREDICT_CLASS 8

/**
 * Predict mu, the inverse link of the linear predictor: for ordered and zero-one-inflated beta the mean between 0 and 1, without the masses
 * at the ends; for truncated families the mean before truncation; for lognormal the mean of the logarithms. For other families it is
 * INTERLACE_PREDICT_CONDITIONAL. Not for an ordinal fit.
 */
#define INTERLACE_PREDICT_LOCATION 9

/**
 * A row has a prediction.
 */
#define INTERLACE_PREDICTED 0

/**
 * A row has no prediction, because a predictor or an offset is missing.
 */
#define INTERLACE_PREDICTED_MISSING 1

/**
 * A row has no prediction, because it cannot be estimated: it breaks the dependency of columns that the fit left out, as in
 * a cell of factors without data. A number would depend on the contrasts.
 */
#define INTERLACE_PREDICTED_NOT_ESTIMABLE 2

/**
 * A row of an ordinal fit has no prediction, because its nominal effects make thresholds cross.
 */
#define INTERLACE_PREDICTED_CROSSED 3

/**
 * An interval for the predicted quantity, such as the mean: it includes the uncertainty of the estimates.
 */
#define INTERLACE_INTERVAL_CONFIDENCE 0

/**
 * An interval for a new response, which also varies about its mean.
 */
#define INTERLACE_INTERVAL_PREDICTION 1

/**
 * A level of a grouping factor that is missing, or that the fit does not know, is an error, INTERLACE_E_DATA.
 */
#define INTERLACE_NEW_LEVELS_ERROR 0

/**
 * A level of a grouping factor that is missing, or that the fit does not know, has random effects of zero.
 */
#define INTERLACE_NEW_LEVELS_ZERO 1

/**
 * The normal distribution for estimates divided by their standard errors: infinite degrees of freedom.
 */
#define INTERLACE_DF_NORMAL 0

/**
 * Degrees of freedom are the rows used minus the fixed effects and, for an ordinal model, minus the parameters of its thresholds.
 */
#define INTERLACE_DF_RESIDUAL 1

/**
 * Satterthwaite's degrees of freedom, for linear models.
 */
#define INTERLACE_DF_SATTERTHWAITE 2

/**
 * Kenward and Roger's degrees of freedom, with standard errors from their adjusted covariance and scaled F tests, for linear models fitted by
 * REML.
 */
#define INTERLACE_DF_KENWARD_ROGER 3

/**
 * The default degrees of freedom of a fit: Satterthwaite's for linear models (the normal distribution if they
 * cannot be computed, which the results say), the normal distribution for others.
 */
#define INTERLACE_DF_DEFAULT -1

/**
 * Marginal means weight equally all levels of the factors that they average over.
 */
#define INTERLACE_MEANS_EQUAL 0

/**
 * Marginal means weight the combinations of levels that they average over by their numbers of rows, or sums of weights, in the data.
 */
#define INTERLACE_MEANS_PROPORTIONAL 1

/**
 * Simulated responses have newly drawn random effects in each replicate.
 */
#define INTERLACE_SIMULATE_NEW 0

/**
 * Simulated responses have the random effects of the fit, that is its conditional modes.
 */
#define INTERLACE_SIMULATE_CONDITIONAL 1

/**
 * Bootstrap intervals from quantiles of the replicates.
 */
#define INTERLACE_BOOTSTRAP_PERCENTILE 0

/**
 * Bootstrap intervals from twice the estimate minus the quantiles of the replicates.
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
 * Profiles of all parameters, with random effects as standard deviations and correlations.
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
 * How to read CSV text. Functions with CSV options accept NULL for the defaults.
 * Since 0.1.
 */
typedef struct interlace_csv_options interlace_csv_options;

/**
 * A user-defined family.
 * Since 0.1.
 */
typedef struct interlace_family interlace_family;

/**
 * A fitted model. It never changes, borrows nothing from its frame, spec and options, and many threads may use it at once.
 * Strings that its functions return live as long as the fit. Its random terms are numbered from 0 in the order of the formula; those of the
 * zero inflation and then those of the dispersion follow those of the mean.
 * Since 0.1.
 */
typedef struct interlace_fit interlace_fit;

/**
 * A data frame: named columns of equal length. Data go in as a frame, and every table of results comes out as a frame.
 * Since 0.1.
 */
typedef struct interlace_frame interlace_frame;

/**
 * How to fit a model. Functions with options accept NULL for the defaults.
 * Since 0.1.
 */
typedef struct interlace_options interlace_options;

/**
 * The model to fit: its kind, and either a formula to be read against a frame, or design arrays. It keeps no state of the data
 * that the formula is read against, so one spec serves many fits.
 * Since 0.1.
 */
typedef struct interlace_spec interlace_spec;

/**
 * What a call that can fail returns: INTERLACE_OK (0) or one of INTERLACE_E_*.
 * A status says whether the call succeeded, not whether a model converged: that is the outcome of a fit.
 */
typedef int32_t interlace_status;

/**
 * What went wrong, in memory that the caller provides: 1,024 bytes, now and in later versions. It needs no initialisation,
 * holds no pointer and is never freed. Only calls that fail write it.
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
     * Byte of the formula or row of the data, from 0, depending on the code; -1 if there is none.
     */
    int64_t position;
    /**
     * One line of UTF-8, NUL-terminated, truncated between characters if it is too long.
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
 * Fills `out` [n] with the log-densities of responses `y` [n] at linear predictors `eta` [n]. `weights` [n] are ones if there are none,
 * `psi` [n,n_parameters] are the parameters on their working scale (logarithms for INTERLACE_SCALE_LOG).
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
 * Fills `s` [n], `w` [n] and `t` [n] with the first, minus the second and minus the third derivative of the log-density in eta.
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
 * The definition of a family. Fill it with zeros, then set `struct_size` to its size, and the members you need. The functions are called
 * by the calls that fit, predict or take residuals, on the thread of that call; two threads that fit with one family may call them at the
 * same time. They must not throw or longjmp. Outside the domain of the link they must give NaN: the search takes back steps that go there.
 * Since 0.1.
 */
typedef struct interlace_family_callbacks {
    /**
     * sizeof(interlace_family_callbacks).
     */
    size_t struct_size;
    /**
     * Passed to the functions unchanged; it must outlive the family and everything made with it.
     */
    void *user_data;
    /**
     * The name, for summaries and messages.
     */
    const char *name;
    /**
     * The linear predictor, given the mean, for starting values.
     */
    interlace_family_map_fn linkfun;
    /**
     * The mean, given the linear predictor.
     */
    interlace_family_map_fn linkinv;
    /**
     * The derivative of the mean in the linear predictor, given the linear predictor.
     */
    interlace_family_map_fn mu_eta;
    /**
     * The variance function: the variance for a weight of one, given the mean.
     */
    interlace_family_map_fn variance;
    /**
     * The squared deviance residuals.
     */
    interlace_family_deviance_fn dev_resids;
    /**
     * The log-density. If NULL, minus half of `dev_resids` replaces it: a quasi-likelihood without constants, which must not be
     * compared with the likelihood of another family.
     */
    interlace_family_log_density_fn log_density;
    /**
     * The derivatives of `log_density`. If NULL, they are differences; the third, and so the gradient of the fit, is accurate to 1e-4.
     */
    interlace_family_derivatives_fn derivatives;
    /**
     * The number of parameters of `log_density` besides the mean, at most 3.
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
     * Starting values [n_parameters], on the reported scale: positive for INTERLACE_SCALE_LOG.
     */
    const double *parameter_starts;
} interlace_family_callbacks;

/**
 * How far a call is. The record and what it points to are valid only during the call of the progress function.
 * Since 0.1.
 */
typedef struct interlace_progress {
    /**
     * The size of this record in the running library, in bytes. Later versions may add members at the end.
     */
    size_t struct_size;
    /**
     * What the call is at, one of INTERLACE_PHASE_*. Later versions may add phases.
     */
    int32_t phase;
    /**
     * How much of the phase is done.
     */
    int64_t step;
    /**
     * Of how many, or -1 if that is not known.
     */
    int64_t total;
    /**
     * The criterion at the last evaluation, or of the fit that was done last; NaN if there is none.
     */
    double objective;
    /**
     * The covariance parameters there `[n_theta]`, followed by the residual correlation if there is one. May be NULL if `n_theta` is 0.
     */
    const double *theta;
    /**
     * The length of `theta`; 0 if there is none.
     */
    size_t n_theta;
} interlace_progress;

/**
 * Hears how far a call is, with the pointer given to interlace_options_set_progress. It is called on the thread that made the call: at each
 * step of a phase, and otherwise about every 0.05 seconds, as far as no single evaluation or factorisation takes longer. A return value
 * other than 0 cancels the call, which then returns INTERLACE_E_CANCELLED and changes nothing. It must not throw, longjmp, free the
 * objects of the call or use them for another one that changes them.
 * Since 0.1.
 */
typedef int32_t (*interlace_progress_fn)(const struct interlace_progress *progress, void *user_data);

/**
 * Fills `out` [n_out] with statistics of a replicate, given its number (-1 for the fit itself and if groups or rows are left out), its
 * estimates [n_estimates], in the order of the columns after logLik in the table of replicates, and its response `y` [n], one value
 * per row of the sample. A return value other than 0 marks the replicate as failed. It is called on the thread that
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
 * Returns a statistic of a response `y` [n], which it may reorder.
 * Since 0.1.
 */
typedef double (*interlace_response_statistic_fn)(double *y, size_t n, void *user_data);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the running library, "0.1.0". A static string.
 * Since 0.1.
 */
const char *interlace_version(void);

/**
 * The version of the running library as one number: 1000000 major + 1000 minor + patch.
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
 * The levels keep the order given here; `ordered` says that this order is meaningful (the contrasts are then polynomial).
 * Everything is copied. INTERLACE_E_ARGUMENT if `len` is not the number of rows, the name is taken, a level occurs twice, or
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
 * `ordered` says that the order is meaningful. This turns a column of numbers into categories, each number
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
 * Turns a column of numbers into categories labelled by the numbers' shortest texts, sorted by their bytes ("10" before "9").
 * A column of categories does not change. INTERLACE_E_DATA if there is no such column.
 * Since 0.1.
 */
interlace_status interlace_frame_make_categorical(struct interlace_frame *frame,
                                                  const char *name,
                                                  struct interlace_error *err);

/**
 * Adds the rows of `other`, whose columns must have the same names and types in the same order. Levels that `frame` does not have come
 * last or, if neither column has its own order, in byte order; pointers to the old labels become invalid.
 * Since 0.1.
 */
interlace_status interlace_frame_append(struct interlace_frame *frame,
                                        const struct interlace_frame *other,
                                        struct interlace_error *err);

/**
 * Writes the frame as a CSV file, with a header. Numbers have the shortest text that reads back to the same number, missing values
 * are NA. INTERLACE_E_IO if the file cannot be written.
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
 * Label of a level; NULL if there is none. Lives as long as the frame, unless the column gets other levels.
 * Since 0.1.
 */
const char *interlace_frame_column_level(const struct interlace_frame *frame, size_t column, size_t level);

/**
 * Whether the order of a column's levels is meaningful.
 * Since 0.1.
 */
bool interlace_frame_column_is_ordered(const struct interlace_frame *frame, size_t column);

/**
 * Label of a row in a column of categories; NULL if it is missing, or if there is no such row or column.
 * Lives as long as the frame, unless the column gets other levels.
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
 * The separator of cells: an ASCII character such as ',', ';' or '\t', not a letter, digit, sign, point or line break. 0, the default, is a
 * comma, or a semicolon with decimal commas; text that seems to use another separator is then INTERLACE_E_DATA, and the message names it.
 * There is no such check if a separator is given.
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
 * The quote around a cell with separators, quotes or line breaks, '"' by default; 0 treats quotes as ordinary characters.
 * Since 0.1.
 */
interlace_status interlace_csv_options_set_quote(struct interlace_csv_options *options,
                                                 char quote,
                                                 struct interlace_error *err);

/**
 * The texts `strings` [n_strings] that mean a missing value, ignoring blanks around them, instead of the default: "NA", "NaN" and the empty
 * cell. In a column of numbers an empty cell is always missing.
 * Since 0.1.
 */
interlace_status interlace_csv_options_set_na_strings(struct interlace_csv_options *options,
                                                      const char *const *strings,
                                                      size_t n_strings,
                                                      struct interlace_error *err);

/**
 * The columns `names` [n_names] that are categories whatever they look like; each must exist.
 * Since 0.1.
 */
interlace_status interlace_csv_options_set_categorical(struct interlace_csv_options *options,
                                                       const char *const *names,
                                                       size_t n_names,
                                                       struct interlace_error *err);

/**
 * Whether a column of text most of whose cells are numbers, or dates, is INTERLACE_E_DATA with the line and the cell (true), unless it is
 * categorical. The default is false: such a column is text, and a fit that uses it as a covariate warns, or fails where numbers are required.
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
 * Reads a CSV file: UTF-8 with a header of distinct names, with the separator of `options` (NULL: a comma). A column is integers if every cell
 * is one, otherwise real numbers if every cell is one, otherwise categories (levels sorted by their bytes); cells that are empty, NA or NaN
 * are missing. The frame keeps the line of each row, for messages. The path may be any bytes that the system accepts.
 * INTERLACE_E_IO if the file cannot be read; INTERLACE_E_DATA if it is not CSV (`position` is the row, from 0); INTERLACE_E_ARGUMENT if the
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
 * Reads a CSV file as interlace_frame_read_csv with the default options, except for the columns named in `categorical` [n_categorical], which
 * are categories whatever they look like; each must exist.
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
 * Makes a spec from a formula in lme4's language, such as "y ~ x + (1 + x | g)".
 * `model` is INTERLACE_LMM, INTERLACE_GLMM or INTERLACE_CLMM. The response of a binomial model is a proportion with the numbers of trials
 * as weights, "cbind(successes, failures)", or a category whose first level is failure. The response of INTERLACE_CLMM is a category with
 * declared levels, from lowest to highest (interlace_frame_add_categorical, interlace_frame_set_levels or, in the formula,
 * "ordered(y, levels = c(...))"); or whole numbers, the codes of the categories; or text, with
 * interlace_spec_set_response_levels. Its thresholds are the intercepts: "y ~ x" and "y ~ 0 + x" are the same.
 * INTERLACE_E_FORMULA if the formula cannot be read. The fit looks up the names of columns.
 * The caller frees `*out` with interlace_spec_free.
 * Since 0.1.
 */
interlace_status interlace_spec_new(int32_t model,
                                    const char *formula,
                                    struct interlace_spec **out,
                                    struct interlace_error *err);

/**
 * Adds a random term, "(1 + x | g)", to those of the formula. Call it again for further terms.
 * INTERLACE_E_FORMULA if it cannot be read; `position` is then the byte in `term`.
 * Since 0.1.
 */
interlace_status interlace_spec_add_random(struct interlace_spec *spec, const char *term, struct interlace_error *err);

/**
 * Adds a random intercept by the grouping factor of that name, short for the term "(1 | name)"; "a/b" means b within a.
 * Call it again for further factors.
 * Since 0.1.
 */
interlace_status interlace_spec_add_groups(struct interlace_spec *spec, const char *name, struct interlace_error *err);

/**
 * Names the column of prior weights: the residual variance of a row is sigma^2 / weight; for a binomial proportion the weights are the numbers of
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
 * Sets the contrasts of a column of categories by their R name: "contr.treatment", "contr.sum", "contr.helmert", "contr.poly" or
 * "contr.SAS".
 * Without this, categories have treatment contrasts and ordered ones polynomial contrasts. The last call for a column counts.
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
 * intercept unless `x` has a column of ones. INTERLACE_CLMM has thresholds instead: a column named "(Intercept)" is left out, and `y` holds
 * whole numbers, the codes of the categories in their order.
 * Add random terms with interlace_spec_add_term_i32 or _i64. `y` may be NULL for new data for predictions.
 * A row with a NaN has a missing value. All arrays are copied. `n` is at least 1.
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
 * from 0 to n_levels - 1; -1 is a missing level (in predictions: a level that the fit does not know). `z` may be NULL for a random
 * intercept; `k` is then 1 and `ldz` is ignored. `name` is the name of the grouping factor; NULL means "g1", "g2" and so on.
 * `structure` is INTERLACE_UNSTRUCTURED, INTERLACE_DIAGONAL, INTERLACE_COMPOUND_SYMMETRY or INTERLACE_AR1. `homogeneous` is 1 for one
 * standard deviation for all effects (not with INTERLACE_UNSTRUCTURED), 0 for one per effect, -1 for the structure's default: 1 for INTERLACE_AR1,
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
 * Adds a random term whose `index` [n] holds 64-bit integers; otherwise as interlace_spec_add_term_i32.
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
 * Labels the levels of a term (from 0): `levels` [n_levels]. Without this they are "1", "2" and so on. In new data for predictions,
 * levels with labels match those of the fit by label, levels without by number.
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
 * Sets the distribution of the response of a generalised model by its name, such as "poisson" or "binomial"; interlace_family_name lists
 * them, and names that R's packages have for them ("Gamma", "inverse.gaussian", "negative.binomial", "beta_family", "t_family", "ordbeta") are
 * also accepted. `link` is the name of a link function, NULL for the family's default. Without this call the
 * family is gaussian. The call resets parameters fixed before.
 * INTERLACE_E_ARGUMENT for an unknown family, for a link that does not suit it, and for a model that is not INTERLACE_GLMM.
 * Since 0.1.
 */
interlace_status interlace_spec_set_family(struct interlace_spec *spec,
                                           const char *family,
                                           const char *link,
                                           struct interlace_error *err);

/**
 * Fixes a parameter of the family at a value instead of estimating it, such as the "df" of "student_t" at 5. The value is on the
 * reported scale. Call interlace_spec_set_family first. The last call for a parameter counts.
 * INTERLACE_E_ARGUMENT for a parameter that the family does not have and for a value out of range.
 * Since 0.1.
 */
interlace_status interlace_spec_fix_parameter(struct interlace_spec *spec,
                                              const char *name,
                                              double value,
                                              struct interlace_error *err);

/**
 * Makes the first parameter of the family (its dispersion, say) depend on the data by a one-sided formula, "~ z + (1 | g)", on the
 * scale on which the parameter is estimated. "~ 1" is one value for all rows, as without this call.
 * INTERLACE_E_FORMULA if it cannot be read or has a response; `position` is then the byte in `formula`.
 * Since 0.1.
 */
interlace_status interlace_spec_set_dispersion(struct interlace_spec *spec,
                                               const char *formula,
                                               struct interlace_error *err);

/**
 * Adds extra zeros (zero inflation) to the response: a one-sided formula gives the predictor of their probability on the logit scale,
 * "~ z + (1 | g)". "~ 1" is one probability for all rows, "~ 0" none, as without this call.
 * INTERLACE_E_FORMULA if it cannot be read or has a response; `position` is then the byte in `formula`.
 * Since 0.1.
 */
interlace_status interlace_spec_set_zero_inflation(struct interlace_spec *spec,
                                                   const char *formula,
                                                   struct interlace_error *err);

/**
 * Sets the predictor of interlace_spec_set_dispersion by its model matrix `x` [n,p], column-major with leading dimension `ldx` >= n, for a
 * spec made from arrays. `names` [p] may be NULL: "x1", "x2" and so on. All arrays are copied. New data for predictions need it too.
 * Since 0.1.
 */
interlace_status interlace_spec_set_dispersion_columns(struct interlace_spec *spec,
                                                       const double *x,
                                                       size_t p,
                                                       size_t ldx,
                                                       const char *const *names,
                                                       struct interlace_error *err);

/**
 * Sets the predictor of interlace_spec_set_zero_inflation by its model matrix `x` [n,p], column-major with leading dimension `ldx` >= n, for a
 * spec made from arrays. `names` [p] may be NULL: "x1", "x2" and so on. All arrays are copied. New data for predictions need it too.
 * Since 0.1.
 */
interlace_status interlace_spec_set_zero_inflation_columns(struct interlace_spec *spec,
                                                           const double *x,
                                                           size_t p,
                                                           size_t ldx,
                                                           const char *const *names,
                                                           struct interlace_error *err);

/**
 * Sets the link of an ordinal model, which maps cumulative probabilities to threshold minus linear predictor: "logit" (the
 * default: proportional odds), "probit", "cloglog" (proportional hazards), "loglog" or "cauchit".
 * INTERLACE_E_ARGUMENT for another link and for a model that is not INTERLACE_CLMM.
 * Since 0.1.
 */
interlace_status interlace_spec_set_link(struct interlace_spec *spec,
                                         const char *link,
                                         struct interlace_error *err);

/**
 * Sets the structure of the thresholds of an ordinal model: INTERLACE_THRESHOLD_FLEXIBLE (the default),
 * INTERLACE_THRESHOLD_SYMMETRIC or INTERLACE_THRESHOLD_EQUIDISTANT.
 * INTERLACE_E_ARGUMENT for another number and for a model that is not INTERLACE_CLMM.
 * Since 0.1.
 */
interlace_status interlace_spec_set_threshold(struct interlace_spec *spec,
                                              int32_t threshold,
                                              struct interlace_error *err);

/**
 * Gives an ordinal model effects that differ from threshold to threshold (partial proportional odds), by a one-sided formula of fixed
 * effects, "~ z": they are added to the thresholds. A variable is either here or in the formula of the model. "~ 1" means none, as without
 * this call.
 * INTERLACE_E_FORMULA if it cannot be read or has a response; `position` is then the byte in `formula`.
 * Since 0.1.
 */
interlace_status interlace_spec_set_nominal(struct interlace_spec *spec,
                                            const char *formula,
                                            struct interlace_error *err);

/**
 * Makes the scale of an ordinal model depend on the data by a one-sided formula of fixed effects and offset(), "~ z": the predictor of its
 * logarithm. The scale divides threshold minus linear predictor. "~ 1" means a scale of 1 for all rows, as without this call.
 * INTERLACE_E_FORMULA if it cannot be read or has a response; `position` is then the byte in `formula`.
 * Since 0.1.
 */
interlace_status interlace_spec_set_scale(struct interlace_spec *spec,
                                          const char *formula,
                                          struct interlace_error *err);

/**
 * Sets the nominal effects of interlace_spec_set_nominal by their model matrix `x` [n,p], column-major with leading dimension `ldx` >= n, for a
 * spec made from arrays. `names` [p] may be NULL: "x1", "x2" and so on; a column named "(Intercept)" is left out. All arrays are copied.
 * New data for predictions need it too.
 * Since 0.1.
 */
interlace_status interlace_spec_set_nominal_columns(struct interlace_spec *spec,
                                                    const double *x,
                                                    size_t p,
                                                    size_t ldx,
                                                    const char *const *names,
                                                    struct interlace_error *err);

/**
 * Sets the predictor of interlace_spec_set_scale by its model matrix `x` [n,p], column-major with leading dimension `ldx` >= n, for a spec made
 * from arrays. `names` [p] may be NULL: "x1", "x2" and so on; a column named "(Intercept)" is left out. All arrays are copied. New data
 * for predictions need it too.
 * Since 0.1.
 */
interlace_status interlace_spec_set_scale_columns(struct interlace_spec *spec,
                                                  const double *x,
                                                  size_t p,
                                                  size_t ldx,
                                                  const char *const *names,
                                                  struct interlace_error *err);

/**
 * Sets the categories of the response of an ordinal model from lowest to highest: `levels` [n_levels], at least two. They must include
 * all that occur in the data; others are left out. A text response needs this unless the frame declares its order;
 * for an ordered factor these must be the same levels, and the order here counts. In a spec made from arrays they are the labels of
 * the codes 1, 2, ... of `y`. An empty list is the same as no call.
 * INTERLACE_E_ARGUMENT for a level given twice and for a model that is not INTERLACE_CLMM.
 * Since 0.1.
 */
interlace_status interlace_spec_set_response_levels(struct interlace_spec *spec,
                                                    const char *const *levels,
                                                    size_t n_levels,
                                                    struct interlace_error *err);

/**
 * Makes the residuals of a linear model correlated within groups: "ar1(time | g)", "ar1(1 | g)", whose time is the order of the rows used
 * within each group, or "cs(1 | g)". If all times are whole numbers the model is AR(1), with a parameter between -1 and 1; otherwise it is
 * its continuous form, with a parameter from 0 to below 1. The parameter of "cs" is between -1/(m - 1) and 1, m the size of the largest
 * group. The residual of a row with prior weight w has the variance sigma^2 / w. A model with residual correlation needs no random effects.
 * A time that occurs twice in a group is an error in the fit. If theta is given (starts, interlace_spec_objective) or reported during
 * the search, the parameter follows it. Predictions use only fixed and random effects, not residuals. The last
 * call counts.
 * INTERLACE_E_FORMULA if it cannot be read; `position` is then the byte in `correlation`. INTERLACE_E_ARGUMENT for a model that is not
 * INTERLACE_LMM.
 * Since 0.1.
 */
interlace_status interlace_spec_set_correlation(struct interlace_spec *spec,
                                                const char *correlation,
                                                struct interlace_error *err);

/**
 * The same for a spec made from arrays. `kind` is INTERLACE_CORRELATION_AR1 or INTERLACE_CORRELATION_CS; `index` [n] holds the group of each
 * row, from 0 to below `n_groups`, or -1 if missing; `time` [n] may be NULL, for the order of the rows, and must be NULL for
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
 * Number of families that interlace_spec_set_family accepts.
 * Since 0.1.
 */
size_t interlace_family_count(void);

/**
 * Name of a family, by its index from 0; NULL if there is none. The first is the default without interlace_spec_set_family. A static
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
 * Number of parameters of a family besides the mean; 0 if there is no such family.
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
 * Makes a family from functions. `callbacks` and the arrays and strings in it are copied.
 * The caller frees `*out` with interlace_family_free.
 * Since 0.1.
 */
interlace_status interlace_family_new(const struct interlace_family_callbacks *callbacks,
                                      struct interlace_family **out,
                                      struct interlace_error *err);

/**
 * Frees a family. Specs and fits that use it keep what they need. NULL is allowed.
 * Since 0.1.
 */
void interlace_family_free(struct interlace_family *family);

/**
 * Sets a user-defined family for a model of kind INTERLACE_GLMM. It replaces the previous family and its fixed parameters.
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
 * Restricted maximum likelihood (true, the default for linear models) or maximum likelihood (the default for generalised ones). The setting
 * applies to both. The restricted likelihood of a generalised model integrates out the fixed effects.
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
 * The start of the search: `theta` [n_theta], copied, in the order of interlace_fit_theta_name. With `n_theta` 0 the
 * library chooses the start. The fit reports a wrong length.
 * Since 0.1.
 */
interlace_status interlace_options_set_theta0(struct interlace_options *options,
                                              const double *theta,
                                              size_t n_theta,
                                              struct interlace_error *err);

/**
 * The search ends at this predicted decrease of the objective; positive, default 1e-13.
 * Since 0.1.
 */
interlace_status interlace_options_set_tolerance(struct interlace_options *options,
                                                 double tolerance,
                                                 struct interlace_error *err);

/**
 * The most evaluations of the objective; positive, default 1000. A fit that reaches this limit has not converged, but is a fit.
 * Since 0.1.
 */
interlace_status interlace_options_set_max_evaluations(struct interlace_options *options,
                                                       int64_t max_evaluations,
                                                       struct interlace_error *err);

/**
 * The number of threads that one fit may use; positive, default 1. Results do not depend on it.
 * Since 0.1.
 */
interlace_status interlace_options_set_threads(struct interlace_options *options,
                                               int32_t threads,
                                               struct interlace_error *err);

/**
 * Seconds after which a call stops; positive, default infinity. A fit stops with what it has: it has not converged, but is a fit. Other
 * calls return INTERLACE_E_DEADLINE. The time is that of the whole call, however many models it fits.
 * Since 0.1.
 */
interlace_status interlace_options_set_deadline(struct interlace_options *options,
                                                double seconds,
                                                struct interlace_error *err);

/**
 * What to do with rows that have missing values: INTERLACE_NA_OMIT (the default), INTERLACE_NA_ERROR or INTERLACE_NA_PAD.
 * Since 0.1.
 */
interlace_status interlace_options_set_na(struct interlace_options *options,
                                          int32_t policy,
                                          struct interlace_error *err);

/**
 * The information in the Laplace approximation of a generalised model: INTERLACE_OBSERVED (the default) or INTERLACE_EXPECTED.
 * Since 0.1.
 */
interlace_status interlace_options_set_information(struct interlace_options *options,
                                                   int32_t information,
                                                   struct interlace_error *err);

/**
 * Quadrature points for each random effect of a generalised model, -100 to 100: 1, the default, is the Laplace approximation; more are
 * adaptive Gauss-Hermite quadrature; 0 is the Laplace approximation with fixed effects at their joint mode with the random ones, as in
 * lme4: faster and less accurate. Below -1 it is Gauss-Hermite quadrature with that many points at the nodes of the random effects'
 * normal distribution, which do not adapt to the data; -1 is an error.
 * Since 0.1.
 */
interlace_status interlace_options_set_nagq(struct interlace_options *options,
                                            int32_t points,
                                            struct interlace_error *err);

/**
 * The kind of standard errors of a generalised model: INTERLACE_STD_ERRORS_MARGINAL (the default) or
 * INTERLACE_STD_ERRORS_CONDITIONAL.
 * Since 0.1.
 */
interlace_status interlace_options_set_std_errors(struct interlace_options *options,
                                                  int32_t source,
                                                  struct interlace_error *err);

/**
 * What to do if the data cannot tell random effects apart from each other or from the residual: INTERLACE_UNIDENTIFIED_ERROR (the default),
 * INTERLACE_UNIDENTIFIED_WARNING or INTERLACE_UNIDENTIFIED_IGNORE.
 * Since 0.1.
 */
interlace_status interlace_options_set_unidentified(struct interlace_options *options,
                                                    int32_t what,
                                                    struct interlace_error *err);

/**
 * Sets a function that calls with these options call with `user_data`, which is passed unchanged. NULL removes it.
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
 * Sets an option by name from text, such as "tolerance" from "1e-8". interlace_options_name lists the names. An unknown name is an error,
 * INTERLACE_E_ARGUMENT, as is a value that cannot be read.
 * Since 0.1.
 */
interlace_status interlace_options_set(struct interlace_options *options,
                                       const char *name,
                                       const char *value,
                                       struct interlace_error *err);

/**
 * Number of options that interlace_options_set accepts.
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
 * Fits the model `spec` to `frame`, which a formula needs and arrays ignore. `options` may be NULL.
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
 * Refits the model of a REML fit, on the same rows, by maximum likelihood, so that interlace_fit_compare can compare it with a
 * model with other fixed effects; a maximum likelihood fit is copied. The caller frees `*out` with interlace_fit_free.
 * Since 0.1.
 */
interlace_status interlace_fit_refit_ml(const struct interlace_fit *fit,
                                        struct interlace_fit **out,
                                        struct interlace_error *err);

/**
 * Evaluates the objective of a model (the deviance, or for REML the REML criterion) without fitting it: `values` [n_points] at the points
 * `theta` [n_theta,n_points], one column per point, in the order of interlace_fit_theta_name. A point of a generalised model is theta, then the
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
 * Number of parameters: fixed effects, theta and sigma; for a generalised model fixed effects of all predictors, the estimated parameters
 * of the family (for an ordinal model those of the thresholds, and the nominal effects), and theta.
 * Since 0.1.
 */
size_t interlace_fit_npar(const struct interlace_fit *fit);

/**
 * Residual degrees of freedom: rows used minus parameters.
 * Since 0.1.
 */
size_t interlace_fit_df_residual(const struct interlace_fit *fit);

/**
 * Standard deviation of the residuals, in units of the response. For a generalised model the dispersion as in R's sigma(): the family's
 * first parameter, but 1/sqrt(shape) for gamma and 1/sqrt(lambda) for inverse_gaussian; 1 for families without parameters and for ordinal
 * models, NaN with a dispersion formula. NaN for NULL.
 * Since 0.1.
 */
double interlace_fit_sigma(const struct interlace_fit *fit);

/**
 * Log-likelihood (natural logarithm, with all constants), restricted for a fit by REML. NaN for NULL.
 * Since 0.1.
 */
double interlace_fit_log_likelihood(const struct interlace_fit *fit);

/**
 * The minimised objective: the deviance, or for a fit by REML the REML criterion. NaN for NULL.
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
 * Number of fixed effects p of the mean: the columns kept.
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
 * Two-sided p-values of the fixed effects by INTERLACE_DF_DEFAULT, to `out` [p]. interlace_fit_coefficients also gives their degrees of
 * freedom, and p-values by other methods.
 * Since 0.1.
 */
interlace_status interlace_fit_fixef_p_value(const struct interlace_fit *fit,
                                             double *out,
                                             size_t len,
                                             struct interlace_error *err);

/**
 * Wald confidence intervals of the fixed effects by INTERLACE_DF_DEFAULT, to `lower` [p] and `upper` [p]; `level` is between 0 and 1,
 * such as 0.95. interlace_fit_coefficients also gives their degrees of freedom, and intervals by other methods.
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
 * Number of columns of the fixed-effects model matrix left out because they are linear combinations of those before them.
 * Since 0.1.
 */
size_t interlace_fit_n_dropped_columns(const struct interlace_fit *fit);

/**
 * Name of a column left out, by its index from 0; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_dropped_column(const struct interlace_fit *fit, size_t i);

/**
 * The functions below take one of INTERLACE_MEAN, INTERLACE_ZERO_INFLATION and INTERLACE_DISPERSION. This one says whether the fit has that
 * predictor; if it does not, those that return a status return INTERLACE_E_ARGUMENT.
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
 * Two-sided p-values of the fixed effects of a predictor, to `out` [p]: for the mean as in interlace_fit_fixef_p_value, for others by the
 * normal distribution.
 * Since 0.1.
 */
interlace_status interlace_fit_predictor_fixef_p_value(const struct interlace_fit *fit,
                                                       int32_t predictor,
                                                       double *out,
                                                       size_t len,
                                                       struct interlace_error *err);

/**
 * Wald confidence intervals of the fixed effects of a predictor: for the mean as in interlace_fit_confint_wald, for others by the normal
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
 * Number of columns left out of a predictor's fixed-effects model matrix; 0 without the predictor.
 * Since 0.1.
 */
size_t interlace_fit_predictor_n_dropped_columns(const struct interlace_fit *fit, int32_t predictor);

/**
 * Name of a column left out of a predictor, by its index from 0; NULL if there is none.
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
 * Values of a predictor with fixed effects, random effects and offset, to `out` [m], m as in interlace_fit_n_rows. Those of the mean of a
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
 * Number of groups with correlated residuals in the rows used; 0 without residual correlation.
 * Since 0.1.
 */
size_t interlace_fit_correlation_n_groups(const struct interlace_fit *fit);

/**
 * Name of the time of a residual correlation; NULL if it is the order of the rows, and without residual correlation.
 * Since 0.1.
 */
const char *interlace_fit_correlation_time(const struct interlace_fit *fit);

/**
 * The estimated parameter rho of the residual correlation, to `estimate`, and its standard error by the delta method from the observed
 * information, to `std_error`, which may be NULL; NaN if the parameter is at the end of its range.
 * INTERLACE_E_ARGUMENT for a fit without residual correlation.
 * Since 0.1.
 */
interlace_status interlace_fit_correlation(const struct interlace_fit *fit,
                                           double *estimate,
                                           double *std_error,
                                           struct interlace_error *err);

/**
 * Wald limits of the residual correlation at a level such as 0.95, to `lower` and `upper`: symmetric on the scale log((rho - a) / (1 - rho)),
 * where a is the least possible value of rho.
 * Since 0.1.
 */
interlace_status interlace_fit_correlation_confint(const struct interlace_fit *fit,
                                                   double level,
                                                   double *lower,
                                                   double *upper,
                                                   struct interlace_error *err);

/**
 * Name of the family of a generalised model, as in interlace_family_name; "cumulative" for an ordinal model; NULL for a linear model.
 * Since 0.1.
 */
const char *interlace_fit_family(const struct interlace_fit *fit);

/**
 * Name of the link of a generalised model; NULL for a linear model.
 * Since 0.1.
 */
const char *interlace_fit_link(const struct interlace_fit *fit);

/**
 * The information in the Laplace approximation: INTERLACE_OBSERVED or INTERLACE_EXPECTED; -1 for a linear model.
 * Since 0.1.
 */
int32_t interlace_fit_information(const struct interlace_fit *fit);

/**
 * Number of quadrature points, as in interlace_options_set_nagq; -1 for a linear model.
 * Since 0.1.
 */
int32_t interlace_fit_nagq(const struct interlace_fit *fit);

/**
 * Number k of the family's parameters besides the mean; for an ordinal model of those of the thresholds
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
 * Whether a parameter of the family was fixed (interlace_spec_fix_parameter) and not estimated.
 * Since 0.1.
 */
bool interlace_fit_family_parameter_is_fixed(const struct interlace_fit *fit, size_t i);

/**
 * The family's parameters, to `out` [k]; the first is NaN with a dispersion formula.
 * INTERLACE_E_ARGUMENT for a linear model, as for all similar functions below.
 * Since 0.1.
 */
interlace_status interlace_fit_family_parameters(const struct interlace_fit *fit,
                                                 double *out,
                                                 size_t len,
                                                 struct interlace_error *err);

/**
 * Standard errors of the family's parameters, by the delta method, to `out` [k]; NaN for a fixed parameter.
 * Since 0.1.
 */
interlace_status interlace_fit_family_parameters_std_error(const struct interlace_fit *fit,
                                                           double *out,
                                                           size_t len,
                                                           struct interlace_error *err);

/**
 * The family's first parameter for each row, to `out` [m], m as in interlace_fit_n_rows; the same in all rows without a formula for the
 * dispersion. For an ordinal model the scale, 1 without a scale formula. INTERLACE_E_ARGUMENT if the family has no parameter.
 * Since 0.1.
 */
interlace_status interlace_fit_dispersion(const struct interlace_fit *fit,
                                          double *out,
                                          size_t len,
                                          struct interlace_error *err);

/**
 * Probability, for each row, of a zero from the zero inflation, to `out` [m]; zero without a zero-inflation formula.
 * Since 0.1.
 */
interlace_status interlace_fit_zero_probability(const struct interlace_fit *fit,
                                                double *out,
                                                size_t len,
                                                struct interlace_error *err);

/**
 * Name of a parameter of a generalised model, by its index from 0 (interlace_fit_npar gives their number): the fixed effects of the mean, those
 * of the zero inflation ("zi.x") and the dispersion ("disp.x"; for an ordinal model the scale), the estimated parameters of the family
 * ("size"; for an ordinal model "low|mid"), theta ("theta.group.effect"). NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_parameter_name(const struct interlace_fit *fit,
                                         size_t i);

/**
 * All parameters of a generalised model, to `out` [npar], the family's on the scale on which they were estimated: logarithms (for
 * gaussian, of the variance), logits (for tweedie, of the power minus 1), lower_cut itself; those of thresholds as they are.
 * Since 0.1.
 */
interlace_status interlace_fit_parameters(const struct interlace_fit *fit,
                                          double *out,
                                          size_t len,
                                          struct interlace_error *err);

/**
 * Covariance matrix of all parameters of a generalised model, to `out` [npar,npar], on the scales of interlace_fit_parameters; NaN if it is
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
 * Label of a category, by its index from 0, from lowest to highest; NULL if there is none. interlace_fit_response numbers the first as 1.
 * Since 0.1.
 */
const char *interlace_fit_category(const struct interlace_fit *fit,
                                   size_t k);

/**
 * The structure of the thresholds of an ordinal fit: INTERLACE_THRESHOLD_FLEXIBLE, INTERLACE_THRESHOLD_SYMMETRIC or
 * INTERLACE_THRESHOLD_EQUIDISTANT; -1 for other fits. A single threshold is always flexible.
 * Since 0.1.
 */
int32_t interlace_fit_threshold_structure(const struct interlace_fit *fit);

/**
 * Number of thresholds of an ordinal fit, one less than the number of categories; 0 for other fits.
 * Since 0.1.
 */
size_t interlace_fit_n_thresholds(const struct interlace_fit *fit);

/**
 * Name of a threshold, by its index from 0: the categories on either side, "low|mid"; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_threshold_name(const struct interlace_fit *fit, size_t i);

/**
 * The thresholds, ascending, at nominal effects of zero, to `out` [K - 1].
 * INTERLACE_E_ARGUMENT for a fit that is not ordinal, as for all similar functions below.
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
 * Covariance matrix of the thresholds, to `out` [K - 1,K - 1]; singular if they are not all free.
 * Since 0.1.
 */
interlace_status interlace_fit_thresholds_vcov(const struct interlace_fit *fit,
                                               double *out,
                                               size_t len,
                                               struct interlace_error *err);

/**
 * Number m of parameters of the thresholds: K - 1 flexible ones, which are the thresholds themselves ("low|mid"); for
 * symmetric thresholds the middle one ("central") or the two middle ones ("central.1", "central.2") and distances from these
 * ("spacing.1", "spacing.2"); for equidistant ones the first and the distance ("threshold.1", "spacing"). 0 for other fits.
 * They are the first m parameters of interlace_fit_family_parameters; the others are the nominal effects.
 * Since 0.1.
 */
size_t interlace_fit_n_threshold_parameters(const struct interlace_fit *fit);

/**
 * The matrix that maps these parameters to thresholds, to `out` [K - 1,m].
 * Since 0.1.
 */
interlace_status interlace_fit_thresholds_jacobian(const struct interlace_fit *fit,
                                                   double *out,
                                                   size_t len,
                                                   struct interlace_error *err);

/**
 * Number c of columns with nominal effects, counting those kept; 0 without any.
 * Since 0.1.
 */
size_t interlace_fit_n_nominal(const struct interlace_fit *fit);

/**
 * Name of a column with nominal effects, by its index from 0; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_nominal_name(const struct interlace_fit *fit, size_t i);

/**
 * Nominal effects of each column on each parameter of the thresholds, to `out` [m,c]: they are added to these parameters, multiplied by the
 * value of the column. Among the parameters of interlace_fit_family_parameters their names are "low|mid.x".
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
 * symmetric on the working scale (see interlace_fit_parameters), and within the parameter's range. NaN for a fixed parameter
 * and for one that varies between rows. INTERLACE_E_ARGUMENT for a linear model.
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
 * Covariance parameters, to `out` [n_theta], term by term: for an unstructured covariance the lower triangle, by columns, of the Cholesky
 * factor of the random effects' covariance relative to sigma^2; for a generalised model, of that covariance itself.
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
 * Correlation matrix of a term's effects, to `out` [r,r]; NaN for an effect without variance.
 * Since 0.1.
 */
interlace_status interlace_fit_term_corr(const struct interlace_fit *fit,
                                         size_t term,
                                         double *out,
                                         size_t len,
                                         struct interlace_error *err);

/**
 * Conditional modes of a term's random effects, to `out` [r,l]: one column per level.
 * Since 0.1.
 */
interlace_status interlace_fit_term_ranef(const struct interlace_fit *fit,
                                          size_t term,
                                          double *out,
                                          size_t len,
                                          struct interlace_error *err);

/**
 * Conditional covariance matrices of a term's random effects given the parameters, to `out` [r,r,l]: one matrix per level.
 * Since 0.1.
 */
interlace_status interlace_fit_term_ranef_cov(const struct interlace_fit *fit,
                                              size_t term,
                                              double *out,
                                              size_t len,
                                              struct interlace_error *err);

/**
 * Whether interlace_fit_term_ranef_cov_full is available. False for NULL.
 * Since 0.1.
 */
bool interlace_fit_term_has_ranef_cov_full(const struct interlace_fit *fit, size_t term);

/**
 * As interlace_fit_term_ranef_cov, with the uncertainty of the estimated parameters added (delta method, as in TMB's sdreport), to `out`
 * [r,r,l]. INTERLACE_E_UNSUPPORTED for linear models and without marginal standard errors.
 * Since 0.1.
 */
interlace_status interlace_fit_term_ranef_cov_full(const struct interlace_fit *fit,
                                                   size_t term,
                                                   double *out,
                                                   size_t len,
                                                   struct interlace_error *err);

/**
 * Limits of a term's random effects at a level such as 0.95: the modes minus and plus a normal quantile times the standard deviations,
 * each [r,l]. The standard deviations are those of interlace_fit_term_ranef_cov, given the parameters, or with `full` those of
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
 * Length m of results per row: the rows used; with INTERLACE_NA_PAD all rows of the data, with NaN for those not used.
 * Since 0.1.
 */
size_t interlace_fit_n_rows(const struct interlace_fit *fit);

/**
 * Number of rows of the data, used or not.
 * Since 0.1.
 */
size_t interlace_fit_n_data_rows(const struct interlace_fit *fit);

/**
 * Fitted values, the mean of the response with random effects (and zero inflation), to `out` [m]. For an ordinal model the
 * probabilities of the observed categories, with random effects.
 * Since 0.1.
 */
interlace_status interlace_fit_fitted(const struct interlace_fit *fit,
                                      double *out,
                                      size_t len,
                                      struct interlace_error *err);

/**
 * Residuals, to `out` [m]; `kind` is INTERLACE_RESIDUALS_RESPONSE, INTERLACE_RESIDUALS_PEARSON, INTERLACE_RESIDUALS_WORKING,
 * INTERLACE_RESIDUALS_DEVIANCE or INTERLACE_RESIDUALS_NORMALIZED. INTERLACE_E_UNSUPPORTED if a model has no residuals of this kind; an
 * ordinal model has only those of interlace_fit_quantile_residuals.
 * Since 0.1.
 */
interlace_status interlace_fit_residuals(const struct interlace_fit *fit,
                                         int32_t kind,
                                         double *out,
                                         size_t len,
                                         struct interlace_error *err);

/**
 * Randomised quantile residuals (Dunn and Smyth 1996), to `out` [m]: the normal quantile of the distribution function at the response, at a
 * uniform random point within the jump at a response with positive probability. If the model, with the random effects as
 * estimated, is true, they are standard normal for every family. The same `seed` gives the same numbers; those of continuous
 * responses do not depend on it.
 * Since 0.1.
 */
interlace_status interlace_fit_quantile_residuals(const struct interlace_fit *fit,
                                                  uint64_t seed,
                                                  double *out,
                                                  size_t len,
                                                  struct interlace_error *err);

/**
 * The response, to `out` [m]; for an ordinal model the categories as 1, 2, .., K (interlace_fit_category).
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
 * Number of rows of the data left out.
 * Since 0.1.
 */
size_t interlace_fit_n_dropped_rows(const struct interlace_fit *fit);

/**
 * The number, from 0, of a row in the data that was left out, by its index from 0. The rows are in ascending order.
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
 * Number of random effects q of the mean: the sum over its terms of effects times levels.
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
 * are [nnz]. Columns are ordered by term, then level, then effect. Entries may be zero.
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
 * categories rises as they go to infinity, for example if a covariate separates all successes from all failures. They are fixed
 * effects, and for an ordinal model thresholds and nominal effects. The fit reports the values where the search ended, with standard
 * errors that are huge and otherwise meaningless. Other quantities keep their proper standard errors. 0 for a linear model.
 * Since 0.1.
 */
size_t interlace_fit_n_separated(const struct interlace_fit *fit);

/**
 * Name of a parameter without a finite estimate, by its index from 0, as in interlace_fit_parameter_name (those of the zero
 * inflation begin with "zi."); NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_separated(const struct interlace_fit *fit,
                                    size_t i);

/**
 * Number of warnings: what the user of the fit should know.
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
 * Number of tables that interlace_fit_table can make.
 * Since 0.1.
 */
size_t interlace_fit_n_tables(const struct interlace_fit *fit);

/**
 * Name of a table, by its index from 0; NULL if there is none.
 * Since 0.1.
 */
const char *interlace_fit_table_name(const struct interlace_fit *fit, size_t i);

/**
 * A table of results as a new frame, by name: "coefficients" (as in interlace_fit_coefficients, with INTERLACE_DF_DEFAULT and limits of
 * 95 %), "varcorr", "ranef", "theta",
 * "observations", "dropped_rows", "fit"; for a generalised model "zero_inflation", "dispersion" (also coefficients; for an ordinal model
 * those of the scale) and "family" (its parameters); for an ordinal one "thresholds" and "nominal" (effects on the thresholds); and
 * the others that interlace_fit_table_name lists. Tables of what the model does not have are empty.
 * INTERLACE_E_ARGUMENT if there is no table of that name. The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_table(const struct interlace_fit *fit,
                                     const char *name,
                                     struct interlace_frame **out,
                                     struct interlace_error *err);

/**
 * A table of results as in interlace_fit_table; that of the coefficients uses the degrees of freedom `df` for tests and intervals, one
 * of INTERLACE_DF_*. The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_table_with_df(const struct interlace_fit *fit,
                                             const char *name,
                                             int32_t df,
                                             struct interlace_frame **out,
                                             struct interlace_error *err);

/**
 * The summary of the fit as lme4 prints it, with a section for each predictor as in glmmTMB, and for an ordinal model as in clmm: several
 * lines of text. Tests of the fixed effects use INTERLACE_DF_DEFAULT, and the text names the method. NULL for NULL, and if memory is short.
 * Since 0.1.
 */
const char *interlace_fit_summary(const struct interlace_fit *fit);

/**
 * The summary with t tests of the fixed effects by these degrees of freedom, one of INTERLACE_DF_*, to `*out`; it lives as long as the
 * fit. For a generalised model it is that of interlace_fit_summary.
 * Since 0.1.
 */
interlace_status interlace_fit_summary_with_df(const struct interlace_fit *fit,
                                               int32_t df,
                                               const char **out,
                                               struct interlace_error *err);

/**
 * The number of values per row of a type of prediction, INTERLACE_PREDICT_RESPONSE to INTERLACE_PREDICT_LOCATION: 1, but for an ordinal fit
 * with K categories K for INTERLACE_PREDICT_PROBABILITIES and INTERLACE_PREDICT_MARGINAL, K - 1 for INTERLACE_PREDICT_CUMULATIVE. 0 if the fit
 * has no such prediction.
 * Since 0.1.
 */
size_t interlace_fit_predict_width(const struct interlace_fit *fit,
                                   int32_t type);

/**
 * Predictions for the rows of `newdata`, to `out` [rows of newdata,w], w as in interlace_fit_predict_width, 1 except for ordinal fits; if
 * `newdata` is NULL, for the data of the fit, to `out` [m,w], m as in interlace_fit_n_rows. `len` is the total number of elements.
 * `type` is one of INTERLACE_PREDICT_RESPONSE to INTERLACE_PREDICT_LOCATION. With `random` the random effects
 * are added, otherwise they are zero. `new_levels` is INTERLACE_NEW_LEVELS_ERROR or INTERLACE_NEW_LEVELS_ZERO.
 * A row in which any other predictor is missing gets NaN. A fit from arrays predicts with interlace_fit_predict_arrays.
 * INTERLACE_E_DATA if a column is absent or a category has a level that the fit does not know, INTERLACE_E_ARGUMENT if the fit has no
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
 * Whether rows have a prediction, or why not: INTERLACE_PREDICTED or an INTERLACE_PREDICTED_* for each row, to `out` [rows of newdata] ([m] without
 * `newdata`); the other arguments as for interlace_fit_predict_interval. Predictions, standard errors and intervals are NaN in rows without one.
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
 * Predictions with standard errors and intervals at a level such as 0.95, to `values`, `std_error`, `lower` and `upper`, each as
 * long as `out` of interlace_fit_predict; any of them may be NULL. With `random`, the modes of the random terms `terms` [n_terms] are added, or
 * with `terms` NULL of all terms. Terms count from 0, those of the mean first, then those of the zero part, then those of the dispersion.
 *
 * Standard errors come from the delta method. Fixed effects, parameters of the family and those of the covariances of random effects vary
 * as estimated, with their joint covariance, and the modes of the random effects move with them; the random effects vary about their modes.
 * The following count as known: for a linear model (INTERLACE_LMM) sigma, the covariances of the random effects and the residual correlation, as in its
 * standard errors of fixed effects; with conditional standard errors or nagq = 0 the covariances; parameters that have no standard error; the
 * covariance of a level that the fit does not know, which varies as a new one of its group; the covariances that INTERLACE_PREDICT_MARGINAL
 * integrates over. Intervals use the normal distribution and are symmetric on the scale of the linear predictor; an end that is outside
 * the link's domain is NaN. For an ordinal fit the thresholds and nominal effects vary like fixed effects; intervals of the probabilities of
 * categories are symmetric on the logit scale, whatever the link, those of cumulative ones on the scale of the link, those of the scale on
 * its logarithm; INTERLACE_PREDICT_CLASS has none: INTERLACE_E_ARGUMENT.
 *
 * That is INTERLACE_INTERVAL_CONFIDENCE. With `interval` INTERLACE_INTERVAL_PREDICTION the interval is for a response in the row, for
 * types INTERLACE_PREDICT_RESPONSE and, for a response of new groups, INTERLACE_PREDICT_MARGINAL; values and standard errors remain those of the mean. For
 * a linear model it uses the normal distribution with the variance of the prediction plus sigma^2/w. For a generalised one its limits are quantiles of
 * the family's distribution, averaged over the normal distribution of the linear predictors: the lowest response that
 * has at least (1 - level)/2 of the probability at or below it, and the lowest that has at most as much above it. Sigma and the family's parameters count as
 * known. `weights` [rows of newdata] (m without `newdata`) are the prior weights w of these responses, or for proportions the numbers of
 * trials; with NULL they are those of the data of the fit, and 1 for new data. They do not affect confidence intervals.
 * INTERLACE_E_UNSUPPORTED for ordinal fits and user-defined families. Otherwise as interlace_fit_predict.
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
 * R2 of Nakagawa and Schielzeth (2013): the share of variance explained by the fixed effects, and by fixed and random effects, with
 * random slopes (Johnson 2014) and for non-normal families (Nakagawa, Johnson and Schielzeth 2017). The variance about the linear
 * predictor is sigma^2 for gaussian models; pi^2/3 (logit), 1 (probit) or pi^2/6 (complementary log-log) for binomial ones; for others that of
 * one observation at the mean of a model that has only an intercept as fixed effect, which is fitted for this: log(1 + variance/mean^2) with
 * a log link, by the delta method otherwise. Ordinal models use the variance of the latent variable, like binomial ones. Random intercepts of
 * single observations count as part of this variance. All rows have equal weight.
 * INTERLACE_E_UNSUPPORTED for mixtures with zeros, if there is no such variance (for example with the cauchit link), and for ordinal
 * models with a scale formula.
 * Since 0.1.
 */
interlace_status interlace_fit_r2(const struct interlace_fit *fit,
                                  double *marginal,
                                  double *conditional,
                                  struct interlace_error *err);

/**
 * Intraclass correlations from the variances of interlace_fit_r2: the share of the random effects in what the fixed effects leave
 * (`adjusted`), and in all (`unadjusted`).
 * Since 0.1.
 */
interlace_status interlace_fit_icc(const struct interlace_fit *fit,
                                   double *adjusted,
                                   double *unadjusted,
                                   struct interlace_error *err);

/**
 * The test of overdispersion: the sum of squared Pearson residuals, its ratio to the residual degrees of freedom `df` (rows minus parameters),
 * about 1 if the family's variance is right, and the probability of a larger sum by the chi-square distribution. For binary responses
 * it says nothing. INTERLACE_E_UNSUPPORTED if the family's variance is estimated (linear models, gamma and the like), and
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
 * Linear combinations L beta of the fixed effects as a new frame, one row each: "estimate", "SE", "df", "t.ratio" ("z.ratio" with
 * infinite degrees of freedom) and "p.value" of the hypothesis that it is `rhs` (two-sided). `l` [k,p] is column-major with leading
 * dimension `ld` >= k, one column per fixed effect in the order of interlace_fit_fixef_name; `rhs` [k], or NULL for zeros. `df` is
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
 * The fixed effects of the mean with tests and intervals, as a new frame, one row each: "term", "estimate", "std_error", "df", "statistic" (t,
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
 * The analysis of variance of a linear model, as a new frame, one row per term of the fixed effects: "term", "Sum.Sq", "Mean.Sq", "NumDF",
 * "DenDF", "F.value" and "p.value". `type` 1 tests each term given those before it, 2 given those that do not contain it, 3 its
 * coefficients made orthogonal to those of the terms that contain it (Goodnight 1976), whatever the coding. A model from arrays has one
 * term per column. Sums of squares are F (before Kenward and Roger's scaling) times degrees of freedom and residual variance. `df` is one
 * of INTERLACE_DF_*. `data` is the frame of the fit; it may be NULL unless `type` is 2 or 3 and the fit left out columns.
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
 * row for each term of the fixed effects that no other contains: "term", "npar" (the parameters that it removes), "AIC", "LRT" and
 * "p.value" (chi-square). All models are fitted by maximum likelihood. `data` is the frame of the fit; it may be NULL
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
 * INTERLACE_E_ARGUMENT unless the fit is a linear model by REML. INTERLACE_E_NUMERIC if the correction by second derivatives of the
 * covariance (for random terms ar1, and cs with a variance each, of three effects or more; for AR(1) residuals) leaves no positive matrix.
 * Since 0.1.
 */
interlace_status interlace_fit_vcov_kenward_roger(const struct interlace_fit *fit,
                                                  double *out,
                                                  size_t len,
                                                  struct interlace_error *err);

/**
 * Likelihood-ratio tests between `n` fits of nested models to the same data, as a new frame, one row per fit in the order of the numbers
 * of parameters: "fit" (the index in `fits`), "model" (its formula), "nobs" (rows used), "npar", "AIC", "BIC", "logLik", "deviance" (minus twice logLik),
 * and, against the row before, "Chisq", "Df", "p.value", "distribution" ("chisq" or "chibarsq") and "warning" (missing, or why the
 * test is invalid: the models are not nested). The fits must use the same response, weights and offset, and be by maximum likelihood;
 * fits by REML are compared if they have the same fixed effects. Generalised models must have the same family, link, information and
 * number of quadrature points; their models of zero inflation and dispersion may be nested as well. Ordinal models must have the same
 * categories; equidistant thresholds are nested in symmetric ones and both in flexible ones, and an effect of the formula is nested in the
 * nominal effect of the same column.
 * A variance that is zero under the hypothesis lies at the edge of its range, so chi-square gives too large a p-value. With
 * `chi_bar`, a comparison whose larger model has exactly one more variance, with its covariances, uses half of chi-square with one
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
 * Fits `n` models by maximum likelihood to the rows that all of them can use, whatever is missing in columns that some do not use, and compares the first
 * with each of the others: a new frame with the columns of interlace_fit_compare and two rows for each model but the first, in the order of `specs`:
 * the smaller of the two models, and the larger with its test against it. "fit" is the index in `specs`. Each model must be nested in the first, or the first in it; else INTERLACE_E_ARGUMENT names what
 * the larger one lacks. Fixed effects are nested by the space of their columns, whatever their names, random terms by their groups,
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
 * Estimated marginal means (least-squares means) as a new frame, one row per mean: the factors' columns, "emmean" ("response" if a link
 * is inverted), "SE", "df", "lower.CL" and "upper.CL" for a confidence `level` such as 0.95. A mean that cannot be estimated because
 * the fit left out columns is NaN.
 * `specs` names columns of the data that the fixed effects depend on: "~ f" for the levels of f, "~ f * g" for all combinations,
 * "~ f | g" for the levels of f in groups by g, "~ 1" for the overall mean. The means are averages over a reference grid: all combinations
 * of the levels of the factors, with numeric covariates and the offset at their means over the rows used. `at`, unless it is NULL, gives
 * columns other values, "x = 0, 5; f = a, b": for a covariate numbers, over which means are averages unless `specs` names it; for a factor
 * some of its levels; labels with a comma need quotation marks. `weights` is INTERLACE_MEANS_EQUAL or INTERLACE_MEANS_PROPORTIONAL.
 * `data` is the frame of the fit; it may be NULL if the fixed effects depend only on plain factors and no column was
 * left out. `type` is INTERLACE_PREDICT_LINK or INTERLACE_PREDICT_RESPONSE (standard errors by the delta method, limits back-transformed),
 * which are the same for a linear model and for the identity link; for a generalised model with zero inflation the means are those of the
 * family, without the extra zeros. The means of an ordinal model are those of the latent variable minus the mean of the thresholds, only with
 * INTERLACE_PREDICT_LINK and without scale and nominal effects (else INTERLACE_E_UNSUPPORTED). `df` is one of INTERLACE_DF_*.
 * INTERLACE_E_FORMULA if `specs` cannot be read, INTERLACE_E_DATA if `data` are not those of the fit. The caller frees `*out`
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
 * Contrasts of marginal means as a new frame, one row per contrast: the groups' columns, "contrast", "estimate", "SE", "df", "lower.CL",
 * "upper.CL", "t.ratio" ("z.ratio" if all degrees of freedom are infinite) and "p.value". `contrasts` is "pairwise" (each mean minus
 * each later one), "trt.vs.ctrl" (each minus the first) or "eff" (each minus the average). `adjust` is "none", "tukey" (only pairwise
 * contrasts), "bonferroni", "holm" or "fdr" (intervals are then Bonferroni's) or "sidak"; each group is a separate family. A group of
 * one mean has no contrasts. On the scale of the response the contrasts of a log link are ratios, in a column "ratio" instead of
 * "estimate", and those of a logit link "odds.ratio"; tests are on the scale of the link, and so are contrasts for other links.
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
 * Contrasts of marginal means with weights from the caller: `coefficients` [m,k], column-major with leading dimension `ld` >= m, one
 * column per contrast, for the m means of a group in the order of interlace_fit_marginal_means; `names` [k]. `adjust` must not be "tukey".
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
 * Simulates the response `nsim` times, to `out` [m,nsim], one column per replicate; m as in interlace_fit_n_rows. `what` is
 * INTERLACE_SIMULATE_NEW or INTERLACE_SIMULATE_CONDITIONAL. Binomial responses are proportions, ordinal ones numbers of
 * categories from 1. A replicate depends only on `seed` and its number. NaN if a drawn linear predictor is outside the range of the
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
 * Fits the model to other responses on the same rows: `y` [m,k] with leading dimension `ldy`, one response per column; m as in
 * interlace_fit_n_rows, of which only the rows used count. Each search begins at the estimates of the fit; for linear models the
 * cross-products of the design are computed only once. Makes a frame with one row per response: "status" (converged, singular, not_converged or
 * failed), "reason" (why it failed, such as missing values or a response without variance), "logLik", all estimates by name as in
 * interlace_fit_bootstrap, and with `std_errors` those of the fixed effects, whose names begin with se. (only linear models,
 * otherwise INTERLACE_E_UNSUPPORTED). Responses that failed have NaN; the others do not depend on them.
 * Of `options` (may be NULL) it uses only the threads, which do not change results, the deadline and the progress function. That is told
 * of each response with the number done, and the deviance and theta of that response (NaN and none if it failed).
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
 * The parametric bootstrap: simulates the response `nsim` times as interlace_fit_simulate does, fits the model to each, and makes a
 * frame with one row per replicate: "status" (converged, singular or failed), "reason" (why it failed, else missing), "logLik", and all
 * estimates by name: fixed effects (those of the zero part and the dispersion or scale begin with zi. and disp.), parameters of the
 * family, of the thresholds with nominal effects, or sigma, theta, standard deviations (sd_) and correlations (cor_) of random effects.
 * Failed replicates have NaN, such as those in which a category of an ordinal response does not occur.
 * Of `options` (may be NULL) it uses only the threads, which do not change results, the deadline and the progress function. That is told
 * of each replicate with the number done, and the deviance and theta of that replicate (NaN and none if it failed).
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
 * Intervals from `replicates`, a frame that interlace_fit_bootstrap made from the same fit, as a new frame: term, estimate, bias,
 * std_error, lower, upper, and n, the number of replicates that did not fail. `type` is INTERLACE_BOOTSTRAP_PERCENTILE,
 * INTERLACE_BOOTSTRAP_BASIC, INTERLACE_BOOTSTRAP_NORMAL or INTERLACE_BOOTSTRAP_BCA, which fits the model without each level of the first
 * grouping factor and gives NaN for terms without an estimate in one of these fits (interlace_bootstrap_confint takes such fits as input).
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
 * Profile-likelihood intervals of all parameters as a new frame: term, estimate, lower, upper, warning. The terms have lme4's names, except for
 * nested groups, which are a:b as everywhere here, not b:a:
 * standard deviations (sd_) and correlations (cor_) of random effects, sigma, the residual correlation (ar1|g or cs|g), the
 * family's parameters or those of thresholds with nominal effects, fixed effects (those of the zero part and the dispersion or scale begin
 * with zi. and disp.); with `scale` INTERLACE_PROFILE_THETA only the elements of theta, with the fit's names after "theta."; those of a
 * linear model are relative to sigma, which is maximised over. Likelihoods, and so the estimates here, are always those of maximum
 * likelihood, whatever the method of the fit. A limit is NaN if the profile never crosses; "warning" says why and is missing
 * otherwise.
 * INTERLACE_E_UNSUPPORTED for a fit with nagq 0. Of `options` (may be NULL) it uses only the deadline and the progress function, which
 * is told of each point of a profile, with the deviance and theta there.
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
 * when the parameter has that value, maximised over all others. The points of a term ascend, from slightly below its interval
 * to slightly above; otherwise as interlace_fit_confint_profile.
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
 * Makes a bootstrap of 1000 replicates with seed 0 that simulates responses with newly drawn random effects: the parametric bootstrap.
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
 * Sets the replicates: `n` of them, from number `first`. A replicate depends only on the seed and its number, so a stopped run can
 * continue: tables of replicates 0 to 499 and 500 to 999, joined by interlace_frame_append, equal that of 0 to 999.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_set_replicates(struct interlace_bootstrap *bootstrap,
                                                    size_t first,
                                                    size_t n,
                                                    struct interlace_error *err);

/**
 * Sets the seed of all random numbers.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_set_seed(struct interlace_bootstrap *bootstrap,
                                              uint64_t seed,
                                              struct interlace_error *err);

/**
 * Makes replicates responses simulated as by interlace_fit_simulate; `what` is INTERLACE_SIMULATE_NEW or INTERLACE_SIMULATE_CONDITIONAL.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_set_parametric(struct interlace_bootstrap *bootstrap,
                                                    int32_t what,
                                                    struct interlace_error *err);

/**
 * Makes replicates samples of the data: as many levels of the grouping factor `group` (NULL for the model's first) as it has, drawn with
 * replacement, with all their rows. A level drawn twice counts as two levels, and so do levels within it of a nested factor; levels of
 * factors crossed with it do not change.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_set_groups(struct interlace_bootstrap *bootstrap,
                                                const char *group,
                                                struct interlace_error *err);

/**
 * Makes replicates samples of the data: as many rows as there are, drawn one by one with replacement. Standard errors are too small if
 * rows of a group are alike.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_set_rows(struct interlace_bootstrap *bootstrap,
                                              struct interlace_error *err);

/**
 * Adds statistics of each replicate to its estimates, with names [n], copied; `function` receives `user_data`. NULL for none.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_set_statistic(struct interlace_bootstrap *bootstrap,
                                                   const char *const *names,
                                                   size_t n,
                                                   interlace_statistic_fn function,
                                                   void *user_data,
                                                   struct interlace_error *err);

/**
 * Fits the model to each replicate, and makes a frame with one row per replicate: "status" (converged, singular or failed), "reason" (why
 * it failed, else missing), "logLik", all estimates by name as in interlace_fit_bootstrap, and the statistics. Replicates that
 * failed have NaN. Of `options` (may be NULL) it uses only the threads, the deadline and the progress function, as
 * in interlace_fit_bootstrap. Without replicates there are only the columns, whose names give the order of the estimates that a
 * statistic receives. The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_run(const struct interlace_bootstrap *bootstrap,
                                         const struct interlace_fit *fit,
                                         const struct interlace_options *options,
                                         struct interlace_frame **out,
                                         struct interlace_error *err);

/**
 * The jackknife: fits the model without each group, or row, that the bootstrap draws; without each level of the first grouping factor if
 * it simulates. Makes a frame with one row for each: "left_out", then the columns of interlace_bootstrap_run. Options as there.
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_jackknife(const struct interlace_bootstrap *bootstrap,
                                               const struct interlace_fit *fit,
                                               const struct interlace_options *options,
                                               struct interlace_frame **out,
                                               struct interlace_error *err);

/**
 * Computes intervals of all estimates and statistics from `replicates`, a frame from interlace_bootstrap_run, as a new frame like that of
 * interlace_fit_bootstrap_confint. `type` is INTERLACE_BOOTSTRAP_PERCENTILE, INTERLACE_BOOTSTRAP_BASIC, INTERLACE_BOOTSTRAP_NORMAL or
 * INTERLACE_BOOTSTRAP_BCA; only the last needs `jackknife`, a frame from interlace_bootstrap_jackknife, and gives NaN for terms with
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
 * Writes the standard error of a statistic of only the response to `*out`: the standard deviation of its values in the replicates, in
 * which nothing is fitted. `function` NULL means the median. With interlace_bootstrap_set_groups it is the cluster bootstrap.
 * Since 0.1.
 */
interlace_status interlace_bootstrap_response_std_error(const struct interlace_bootstrap *bootstrap,
                                                        const struct interlace_fit *fit,
                                                        interlace_response_statistic_fn function,
                                                        void *user_data,
                                                        double *out,
                                                        struct interlace_error *err);

/**
 * Fits the model `spec` to `frame` by each optimiser in turn, from several starts: those of interlace_fit_new, and standard
 * deviations of random effects that are a tenth and ten times those estimated. If the options have a theta0, it is the only start.
 * `*out` is a new frame with one row per optimiser, for its best result: "optimizer", "logLik", "criterion", "difference" (the
 * criterion minus the lowest of all), "max_diff_theta" and "max_diff_beta" (the largest differences of covariance parameters and, in
 * standard errors, of fixed effects from those of the lowest criterion), "converged", "singular" (1 or 0), "evaluations" (of all starts),
 * "gradient" (as in interlace_fit_scaled_gradient), "seconds" (of all starts), "error" (why there is no fit, else missing), and the estimates:
 * "theta." with the name of a covariance parameter, "beta." with that of a fixed effect ("zi." and "disp." before those of the zero
 * inflation and the dispersion), "family." with that of a parameter of the family or of the thresholds.
 * Optimisers that agree have found the same minimum: none has stopped short of it. A lower minimum may still exist where no start
 * leads. An optimiser that ends lower than the fit has found a better minimum; pass its theta to the fit as theta0.
 * `frame` and `options`, except the optimiser, are as for interlace_fit_new.
 * The caller frees `*out` with interlace_frame_free.
 * Since 0.1.
 */
interlace_status interlace_fit_all_optimizers(const struct interlace_spec *spec,
                                              const struct interlace_frame *frame,
                                              const struct interlace_options *options,
                                              struct interlace_frame **out,
                                              struct interlace_error *err);

/**
 * Cross-validation: leaves out each part of the rows in turn, fits the model `spec` to the others, and predicts those left out. `group` is
 * the grouping factor whose levels stay together, that of a random term ("g", "a:b") or a column; with NULL rows are independent. `folds`
 * is the number of parts, 2 or more; with 0 each level, or row, is one. The assignment of levels to folds depends only on `seed`.
 *
 * Predictions of the mean use the random effects of levels that occur in the other rows, and zero for other levels. The logarithmic
 * score of a row is the logarithm of the density (or probability) that the fit without it gives the response, with the uncertainty of
 * the linear predictor integrated out: new random effects, those of known levels about their modes, fixed effects about their estimates. A
 * larger score is better. Weights count as in the model, but those that multiply the log-density are ignored.
 *
 * `*folds_out` is a new frame with one row per fold and a last one, "all", for all rows: "fold" ("1", "2" .. "all"), "units" (levels, or rows),
 * "rows" (predicted), "rmse", "mae" (NaN for an ordinal model: categories have no distance), "log_score" (the mean over rows), "status"
 * of the fit (converged, singular, not converged, failed; missing for all) and "reason" (of a failure). `*rows_out`, unless `rows_out` is
 * NULL, is a new frame with one row per row used: "row" (of the data, from 0), "fold" (from 1), "response", "prediction", "log_score"; those
 * of an ordinal model are categories, from 1, with the most probable one as prediction. A fold that cannot be fitted or predicted, say because a
 * level of a fixed effect occurs only in it, has status failed, and its rows have NaN.
 *
 * The threads of `options` (may be NULL) run folds in parallel and do not change results; with more than one, the functions of a
 * user-defined family are called from several threads. The progress function is told of each fold with the number done, and the
 * objective and theta of that fold (NaN and none if it failed). `spec` must be made from a formula: INTERLACE_E_UNSUPPORTED for arrays.
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
