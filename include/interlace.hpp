// interlace.hpp - mixed-effects models in C++17: interlace.h with owners, views, exceptions and callables. Header only.
// Generated from src/capi and tests/library/header/interlace.hpp.in (make header); do not edit.
//
//     auto data = interlace::Frame::read_csv("sleepstudy.csv");
//     data.make_categorical("Subject");
//     auto spec = interlace::Spec::make(interlace::Model::lmm, "Reaction ~ Days + (Days | Subject)");
//     auto fit = interlace::Fit::make(spec, data);
//     for (double beta : fit.fixef()) std::cout << beta << '\n';
//
// Rules:
//  - A function of the C header is a member of the class of its noun, under the rest of its name: interlace_fit_fixef is Fit::fixef, and
//    interlace_<noun>_new is <Noun>::make or the default constructor. interlace.h says what they do; here stands only what differs.
//  - Outputs are returned. An array and its length are one View, a matrix with its leading dimension one MatrixView; sizes of outputs
//    are asked of the library. What C accepts as NULL is a Maybe, an empty View, or a std::optional.
//  - A failure throws Error, which has the status, the position and the message. With INTERLACE_NO_EXCEPTIONS, or where the compiler has
//    exceptions switched off, the same functions return Expected<T> instead; lack of memory in the standard library then ends the program.
//    Files of both kinds can be linked into one program, but cannot pass these objects to each other.
//  - Strings that come out are views of the library's text and live as long as the object they came from (names of codes: for ever). Where C
//    returns NULL, data() is a null pointer.
//  - Objects that own are moved, not copied. One that was moved from is empty: calls with it fail, and say so.
//  - Views borrow. A function borrows its arguments during the call, and copies what it keeps.
//  - Callables may throw: the exception crosses the library and leaves the call that ran them. (One thrown on another thread than that of
//    the call, which a family in a cross-validation with threads may do, ends the call with Status::cancelled.)
//  - Many threads may use a const object at once; callables that such an object holds must then allow it.

#ifndef INTERLACE_HPP
#define INTERLACE_HPP

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "interlace.h"

static_assert(INTERLACE_VERSION_NUMBER == 1000, "interlace.hpp and interlace.h are of different versions");

#if defined(INTERLACE_NO_EXCEPTIONS) || !(defined(__cpp_exceptions) || defined(_CPPUNWIND))
#define INTERLACE_THROWS 0
#else
#define INTERLACE_THROWS 1
#endif

namespace interlace {

// The names of the two kinds differ, so that a program may have both.
#if INTERLACE_THROWS
inline namespace throwing {
#else
inline namespace expecting {
#endif

// ===================================================================================================================
// Codes
// ===================================================================================================================

/// What a call that can fail returns. interlace_status.
enum class Status : std::int32_t {
    ok = INTERLACE_OK,
    argument = INTERLACE_E_ARGUMENT,
    formula = INTERLACE_E_FORMULA,
    data = INTERLACE_E_DATA,
    numeric = INTERLACE_E_NUMERIC,
    memory = INTERLACE_E_MEMORY,
    cancelled = INTERLACE_E_CANCELLED,
    unsupported = INTERLACE_E_UNSUPPORTED,
    io = INTERLACE_E_IO,
    deadline = INTERLACE_E_DEADLINE,
    internal = INTERLACE_E_INTERNAL,
};

/// What a column of a frame holds. interlace_column_kind.
enum class ColumnKind : std::int32_t {
    none = INTERLACE_COLUMN_KIND_NONE,
    real = INTERLACE_COLUMN_KIND_REAL,
    integer = INTERLACE_COLUMN_KIND_INTEGER,
    category = INTERLACE_COLUMN_KIND_CATEGORY,
    time = INTERLACE_COLUMN_KIND_TIME,
};

/// A kind of model. interlace_model.
enum class Model : std::int32_t {
    none = INTERLACE_MODEL_NONE,
    lmm = INTERLACE_MODEL_LMM,
    glmm = INTERLACE_MODEL_GLMM,
    clmm = INTERLACE_MODEL_CLMM,
    coxme = INTERLACE_MODEL_COXME,
};

/// The covariance structure of the effects of a random term. interlace_structure.
enum class Structure : std::int32_t {
    none = INTERLACE_STRUCTURE_NONE,
    unstructured = INTERLACE_STRUCTURE_UNSTRUCTURED,
    diagonal = INTERLACE_STRUCTURE_DIAGONAL,
    compound_symmetry = INTERLACE_STRUCTURE_COMPOUND_SYMMETRY,
    ar1 = INTERLACE_STRUCTURE_AR1,
};

/// Whether all effects of a random term share one variance. interlace_variances.
enum class Variances : std::int32_t {
    default_ = INTERLACE_VARIANCES_DEFAULT,
    homogeneous = INTERLACE_VARIANCES_HOMOGENEOUS,
    heterogeneous = INTERLACE_VARIANCES_HETEROGENEOUS,
};

/// How residuals of one group are correlated. interlace_correlation.
enum class Correlation : std::int32_t {
    none = INTERLACE_CORRELATION_NONE,
    ar1 = INTERLACE_CORRELATION_AR1,
    compound_symmetry = INTERLACE_CORRELATION_COMPOUND_SYMMETRY,
};

/// How the thresholds of an ordinal model are tied to each other. interlace_threshold.
enum class Threshold : std::int32_t {
    none = INTERLACE_THRESHOLD_NONE,
    flexible = INTERLACE_THRESHOLD_FLEXIBLE,
    symmetric = INTERLACE_THRESHOLD_SYMMETRIC,
    equidistant = INTERLACE_THRESHOLD_EQUIDISTANT,
};

/// A linear predictor of a model. interlace_predictor.
enum class Predictor : std::int32_t {
    none = INTERLACE_PREDICTOR_NONE,
    mean = INTERLACE_PREDICTOR_MEAN,
    zero_inflation = INTERLACE_PREDICTOR_ZERO_INFLATION,
    dispersion = INTERLACE_PREDICTOR_DISPERSION,
};

/// How events at the same time share the risk set. interlace_ties.
enum class Ties : std::int32_t {
    none = INTERLACE_TIES_NONE,
    efron = INTERLACE_TIES_EFRON,
    breslow = INTERLACE_TIES_BRESLOW,
};

/// The working scale of a parameter of a user-defined family. interlace_parameter_scale.
enum class ParameterScale : std::int32_t {
    identity = INTERLACE_PARAMETER_SCALE_IDENTITY,
    log = INTERLACE_PARAMETER_SCALE_LOG,
};

/// Which likelihood a fit maximises. interlace_method.
enum class Method : std::int32_t {
    default_ = INTERLACE_METHOD_DEFAULT,
    reml = INTERLACE_METHOD_REML,
    ml = INTERLACE_METHOD_ML,
};

/// A minimiser of the criterion. interlace_optimizer.
enum class Optimizer : std::int32_t {
    newton = INTERLACE_OPTIMIZER_NEWTON,
    lbfgsb = INTERLACE_OPTIMIZER_LBFGSB,
    bobyqa = INTERLACE_OPTIMIZER_BOBYQA,
    nelder_mead = INTERLACE_OPTIMIZER_NELDER_MEAD,
};

/// What is done with rows that have missing values. interlace_na.
enum class Na : std::int32_t {
    omit = INTERLACE_NA_OMIT,
    error = INTERLACE_NA_ERROR,
    pad = INTERLACE_NA_PAD,
};

/// What the Laplace approximation of a generalised model is made of. interlace_information.
enum class Information : std::int32_t {
    none = INTERLACE_INFORMATION_NONE,
    observed = INTERLACE_INFORMATION_OBSERVED,
    expected = INTERLACE_INFORMATION_EXPECTED,
};

/// What the fixed effects of a Cox model maximise. interlace_fixed_effects.
enum class FixedEffects : std::int32_t {
    joint = INTERLACE_FIXED_EFFECTS_JOINT,
    integrated = INTERLACE_FIXED_EFFECTS_INTEGRATED,
};

/// Where the standard errors of a generalised model come from. interlace_std_errors.
enum class StdErrors : std::int32_t {
    marginal = INTERLACE_STD_ERRORS_MARGINAL,
    conditional = INTERLACE_STD_ERRORS_CONDITIONAL,
};

/// What is done with random effects that the data cannot tell from each other or from the residual. interlace_unidentified.
enum class Unidentified : std::int32_t {
    error = INTERLACE_UNIDENTIFIED_ERROR,
    warning = INTERLACE_UNIDENTIFIED_WARNING,
    ignore = INTERLACE_UNIDENTIFIED_IGNORE,
};

/// Whether a model may be without random terms. interlace_random_terms.
enum class RandomTerms : std::int32_t {
    required = INTERLACE_RANDOM_TERMS_REQUIRED,
    optional = INTERLACE_RANDOM_TERMS_OPTIONAL,
};

/// What a call is at. interlace_phase.
enum class Phase : std::int32_t {
    none = INTERLACE_PHASE_NONE,
    start = INTERLACE_PHASE_START,
    search = INTERLACE_PHASE_SEARCH,
    standard_errors = INTERLACE_PHASE_STANDARD_ERRORS,
    modes = INTERLACE_PHASE_MODES,
    degrees_of_freedom = INTERLACE_PHASE_DEGREES_OF_FREEDOM,
    test = INTERLACE_PHASE_TEST,
    model = INTERLACE_PHASE_MODEL,
    optimizer = INTERLACE_PHASE_OPTIMIZER,
    profile = INTERLACE_PHASE_PROFILE,
    replicate = INTERLACE_PHASE_REPLICATE,
    refit = INTERLACE_PHASE_REFIT,
    deletion = INTERLACE_PHASE_DELETION,
    fold = INTERLACE_PHASE_FOLD,
    prediction = INTERLACE_PHASE_PREDICTION,
    simulation = INTERLACE_PHASE_SIMULATION,
    residuals = INTERLACE_PHASE_RESIDUALS,
    means = INTERLACE_PHASE_MEANS,
    objective = INTERLACE_PHASE_OBJECTIVE,
    statistic = INTERLACE_PHASE_STATISTIC,
};

/// Why the search for the parameters of a fit ended. interlace_reason.
enum class Reason : std::int32_t {
    none = INTERLACE_REASON_NONE,
    converged = INTERLACE_REASON_CONVERGED,
    roundoff_limited = INTERLACE_REASON_ROUNDOFF_LIMITED,
    max_evaluations = INTERLACE_REASON_MAX_EVALUATIONS,
    deadline = INTERLACE_REASON_DEADLINE,
    no_progress = INTERLACE_REASON_NO_PROGRESS,
};

/// A kind of residuals. interlace_residuals.
enum class Residuals : std::int32_t {
    response = INTERLACE_RESIDUALS_RESPONSE,
    pearson = INTERLACE_RESIDUALS_PEARSON,
    working = INTERLACE_RESIDUALS_WORKING,
    deviance = INTERLACE_RESIDUALS_DEVIANCE,
    normalized = INTERLACE_RESIDUALS_NORMALIZED,
    standardized = INTERLACE_RESIDUALS_STANDARDIZED,
    marginal = INTERLACE_RESIDUALS_MARGINAL,
    cholesky = INTERLACE_RESIDUALS_CHOLESKY,
    least_squares = INTERLACE_RESIDUALS_LEAST_SQUARES,
    semi_standardized = INTERLACE_RESIDUALS_SEMI_STANDARDIZED,
    least_squares_standardized = INTERLACE_RESIDUALS_LEAST_SQUARES_STANDARDIZED,
};

/// A kind of residuals of a Cox model with a number for each row and fixed effect. interlace_fixef_residuals.
enum class FixefResiduals : std::int32_t {
    score = INTERLACE_FIXEF_RESIDUALS_SCORE,
    dfbeta = INTERLACE_FIXEF_RESIDUALS_DFBETA,
    dfbetas = INTERLACE_FIXEF_RESIDUALS_DFBETAS,
};

/// Which part of a row's leverage. interlace_leverage.
enum class Leverage : std::int32_t {
    overall = INTERLACE_LEVERAGE_OVERALL,
    fixef = INTERLACE_LEVERAGE_FIXEF,
    ranef = INTERLACE_LEVERAGE_RANEF,
    ranef_variance = INTERLACE_LEVERAGE_RANEF_VARIANCE,
};

/// In what form all parameters of a fit are given. interlace_parameter_form.
enum class ParameterForm : std::int32_t {
    working = INTERLACE_PARAMETER_FORM_WORKING,
    reported = INTERLACE_PARAMETER_FORM_REPORTED,
    variance = INTERLACE_PARAMETER_FORM_VARIANCE,
    log = INTERLACE_PARAMETER_FORM_LOG,
};

/// The scale on which Wald limits of variances, correlations and family parameters are symmetric. interlace_parameter_limits.
enum class ParameterLimits : std::int32_t {
    unbounded = INTERLACE_PARAMETER_LIMITS_UNBOUNDED,
    plain = INTERLACE_PARAMETER_LIMITS_PLAIN,
};

/// Which matrix is the information of a likelihood. interlace_information_matrix.
enum class InformationMatrix : std::int32_t {
    observed = INTERLACE_INFORMATION_MATRIX_OBSERVED,
    average = INTERLACE_INFORMATION_MATRIX_AVERAGE,
};

/// Degrees of freedom of tests and intervals of the fixed effects. interlace_df.
enum class Df : std::int32_t {
    default_ = INTERLACE_DF_DEFAULT,
    normal = INTERLACE_DF_NORMAL,
    residual = INTERLACE_DF_RESIDUAL,
    satterthwaite = INTERLACE_DF_SATTERTHWAITE,
    kenward_roger = INTERLACE_DF_KENWARD_ROGER,
};

/// What a prediction is of. interlace_quantity.
enum class Quantity : std::int32_t {
    response = INTERLACE_QUANTITY_RESPONSE,
    link = INTERLACE_QUANTITY_LINK,
    conditional = INTERLACE_QUANTITY_CONDITIONAL,
    zero_probability = INTERLACE_QUANTITY_ZERO_PROBABILITY,
    dispersion = INTERLACE_QUANTITY_DISPERSION,
    marginal = INTERLACE_QUANTITY_MARGINAL,
    probabilities = INTERLACE_QUANTITY_PROBABILITIES,
    cumulative = INTERLACE_QUANTITY_CUMULATIVE,
    class_ = INTERLACE_QUANTITY_CLASS,
    location = INTERLACE_QUANTITY_LOCATION,
    risk = INTERLACE_QUANTITY_RISK,
    survival = INTERLACE_QUANTITY_SURVIVAL,
    latent = INTERLACE_QUANTITY_LATENT,
};

/// The random effects that a prediction has. interlace_random.
enum class Random : std::int32_t {
    all = INTERLACE_RANDOM_ALL,
    none = INTERLACE_RANDOM_NONE,
    average = INTERLACE_RANDOM_AVERAGE,
};

/// What is done with a level of a grouping factor that is missing, or that the fit does not know. interlace_new_levels.
enum class NewLevels : std::int32_t {
    error = INTERLACE_NEW_LEVELS_ERROR,
    zero = INTERLACE_NEW_LEVELS_ZERO,
    average = INTERLACE_NEW_LEVELS_AVERAGE,
    missing = INTERLACE_NEW_LEVELS_MISSING,
};

/// What an interval is for. interlace_interval.
enum class Interval : std::int32_t {
    confidence = INTERLACE_INTERVAL_CONFIDENCE,
    prediction = INTERLACE_INTERVAL_PREDICTION,
};

/// The scale on which limits of survival curves are symmetric. interlace_curve_limits.
enum class CurveLimits : std::int32_t {
    log = INTERLACE_CURVE_LIMITS_LOG,
    log_log = INTERLACE_CURVE_LIMITS_LOG_LOG,
    plain = INTERLACE_CURVE_LIMITS_PLAIN,
    none = INTERLACE_CURVE_LIMITS_NONE,
};

/// Whether a row has a prediction, or why not. interlace_prediction_status.
enum class PredictionStatus : std::int32_t {
    ok = INTERLACE_PREDICTION_STATUS_OK,
    missing = INTERLACE_PREDICTION_STATUS_MISSING,
    not_estimable = INTERLACE_PREDICTION_STATUS_NOT_ESTIMABLE,
    crossed = INTERLACE_PREDICTION_STATUS_CROSSED,
    beyond = INTERLACE_PREDICTION_STATUS_BEYOND,
    new_level = INTERLACE_PREDICTION_STATUS_NEW_LEVEL,
};

/// What the tests of an analysis of variance take as given. interlace_anova_type.
enum class AnovaType : std::int32_t {
    i = INTERLACE_ANOVA_TYPE_I,
    ii = INTERLACE_ANOVA_TYPE_II,
    iii = INTERLACE_ANOVA_TYPE_III,
};

/// A function of time that hazard ratios may change with. interlace_time_transform.
enum class TimeTransform : std::int32_t {
    km = INTERLACE_TIME_TRANSFORM_KM,
    rank = INTERLACE_TIME_TRANSFORM_RANK,
    identity = INTERLACE_TIME_TRANSFORM_IDENTITY,
    log = INTERLACE_TIME_TRANSFORM_LOG,
};

/// How marginal means weight the levels that they average over. interlace_weighting.
enum class Weighting : std::int32_t {
    equal = INTERLACE_WEIGHTING_EQUAL,
    proportional = INTERLACE_WEIGHTING_PROPORTIONAL,
};

/// What of an ordinal model is averaged by marginal means. interlace_means_mode.
enum class MeansMode : std::int32_t {
    latent = INTERLACE_MEANS_MODE_LATENT,
    linear_predictor = INTERLACE_MEANS_MODE_LINEAR_PREDICTOR,
    cumulative = INTERLACE_MEANS_MODE_CUMULATIVE,
    exceedance = INTERLACE_MEANS_MODE_EXCEEDANCE,
    probabilities = INTERLACE_MEANS_MODE_PROBABILITIES,
    mean_class = INTERLACE_MEANS_MODE_MEAN_CLASS,
};

/// The scale of marginal means. interlace_means_scale.
enum class MeansScale : std::int32_t {
    link = INTERLACE_MEANS_SCALE_LINK,
    response = INTERLACE_MEANS_SCALE_RESPONSE,
    bias_adjusted = INTERLACE_MEANS_SCALE_BIAS_ADJUSTED,
};

/// Which marginal means are compared. interlace_comparisons.
enum class Comparisons : std::int32_t {
    pairwise = INTERLACE_COMPARISONS_PAIRWISE,
    treatment_control = INTERLACE_COMPARISONS_TREATMENT_CONTROL,
    effects = INTERLACE_COMPARISONS_EFFECTS,
};

/// How the p-values and intervals of several comparisons answer for each other. interlace_adjustment.
enum class Adjustment : std::int32_t {
    default_ = INTERLACE_ADJUSTMENT_DEFAULT,
    none = INTERLACE_ADJUSTMENT_NONE,
    tukey = INTERLACE_ADJUSTMENT_TUKEY,
    bonferroni = INTERLACE_ADJUSTMENT_BONFERRONI,
    holm = INTERLACE_ADJUSTMENT_HOLM,
    fdr = INTERLACE_ADJUSTMENT_FDR,
    sidak = INTERLACE_ADJUSTMENT_SIDAK,
};

/// How the residuals of clusters become a robust covariance of the fixed effects. interlace_robust_kind.
enum class RobustKind : std::int32_t {
    cr0 = INTERLACE_ROBUST_KIND_CR0,
    cr1 = INTERLACE_ROBUST_KIND_CR1,
    cr1s = INTERLACE_ROBUST_KIND_CR1S,
    cr2 = INTERLACE_ROBUST_KIND_CR2,
    cr3 = INTERLACE_ROBUST_KIND_CR3,
};

/// The random effects of simulated responses. interlace_simulation.
enum class Simulation : std::int32_t {
    new_ = INTERLACE_SIMULATION_NEW,
    conditional = INTERLACE_SIMULATION_CONDITIONAL,
};

/// The parameters that are profiled. interlace_profile_scale.
enum class ProfileScale : std::int32_t {
    sd_cor = INTERLACE_PROFILE_SCALE_SD_COR,
    theta = INTERLACE_PROFILE_SCALE_THETA,
};

/// How limits follow from bootstrap replicates. interlace_bootstrap_interval.
enum class BootstrapInterval : std::int32_t {
    percentile = INTERLACE_BOOTSTRAP_INTERVAL_PERCENTILE,
    basic = INTERLACE_BOOTSTRAP_INTERVAL_BASIC,
    normal = INTERLACE_BOOTSTRAP_INTERVAL_NORMAL,
    bca = INTERLACE_BOOTSTRAP_INTERVAL_BCA,
};

/// How the estimates without a case are had. interlace_influence_method.
enum class InfluenceMethod : std::int32_t {
    refit = INTERLACE_INFLUENCE_METHOD_REFIT,
    one_step = INTERLACE_INFLUENCE_METHOD_ONE_STEP,
    fixed = INTERLACE_INFLUENCE_METHOD_FIXED,
};

// ===================================================================================================================
// Errors
// ===================================================================================================================

/// Why a call failed.
class Error : public std::exception {
  public:
    explicit Error(const interlace_error &own) noexcept : own_(own) {}

    [[nodiscard]] Status code() const noexcept { return static_cast<Status>(own_.code); }
    /// Byte of the formula or row of the data, from 0; -1 if there is none.
    [[nodiscard]] std::int64_t position() const noexcept { return own_.position; }
    /// One line of UTF-8.
    [[nodiscard]] const char *what() const noexcept override { return own_.message; }
    [[nodiscard]] std::string_view message() const noexcept { return own_.message; }

  private:
    interlace_error own_;
};

#if INTERLACE_THROWS

/// What a function that can fail returns: here the value, because failures are thrown.
template <class T>
using Result = T;

#else

/// A value, or why there is none. To ask for the one that is not there ends the program (std::abort).
template <class T>
class [[nodiscard]] Expected {
  public:
    Expected(T value) noexcept : own_(std::in_place_index<0>, std::move(value)) {}
    Expected(const Error &error) noexcept : own_(std::in_place_index<1>, error) {}

    [[nodiscard]] bool has_value() const noexcept { return own_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    [[nodiscard]] T &value() & noexcept { return *there(std::get_if<0>(&own_)); }
    [[nodiscard]] const T &value() const & noexcept { return *there(std::get_if<0>(&own_)); }
    [[nodiscard]] T value() && noexcept { return std::move(*there(std::get_if<0>(&own_))); }
    [[nodiscard]] T &operator*() & noexcept { return value(); }
    [[nodiscard]] const T &operator*() const & noexcept { return value(); }
    [[nodiscard]] T operator*() && noexcept { return std::move(*this).value(); }
    [[nodiscard]] T *operator->() noexcept { return &value(); }
    [[nodiscard]] const T *operator->() const noexcept { return &value(); }

    [[nodiscard]] const Error &error() const noexcept { return *there(std::get_if<1>(&own_)); }

  private:
    template <class P>
    static P there(P pointer) noexcept
    {
        if (pointer == nullptr) std::abort();
        return pointer;
    }

    std::variant<T, Error> own_;
};

/// Success, or why not.
template <>
class [[nodiscard]] Expected<void> {
  public:
    Expected() noexcept = default;
    Expected(const Error &error) noexcept : error_(error) {}

    [[nodiscard]] bool has_value() const noexcept { return !error_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    [[nodiscard]] const Error &error() const noexcept
    {
        if (!error_) std::abort();
        return *error_;
    }

  private:
    std::optional<Error> error_;
};

/// What a function that can fail returns.
template <class T>
using Result = Expected<T>;

#endif

// ===================================================================================================================
// Arrays
// ===================================================================================================================

namespace detail {

template <class M, class = void>
struct is_vector : std::true_type {};
/// Eigen says of its types whether they are vectors; other types with rows are none.
template <class M>
struct is_vector<M, std::void_t<decltype(std::declval<const M &>().rows())>> : std::false_type {};

template <class M, class = void>
struct says_vector : std::false_type {};
template <class M>
struct says_vector<M, std::enable_if_t<bool(M::IsVectorAtCompileTime)>> : std::true_type {};

template <class M, class = void>
struct is_dense : std::true_type {};
/// Numbers with others between them, as in a row of an Eigen matrix.
template <class M>
struct is_dense<M, std::enable_if_t<(M::InnerStrideAtCompileTime != 1)>> : std::false_type {};

template <class M, class = void>
struct is_row_major : std::false_type {};
template <class M>
struct is_row_major<M, std::enable_if_t<bool(M::IsRowMajor)>> : std::true_type {};

template <class M, class T, class = void>
struct is_array : std::false_type {};
template <class M, class T>
struct is_array<M, T,
                std::enable_if_t<std::is_convertible_v<decltype(std::declval<const M &>().data()), const T *> &&
                                 std::is_integral_v<decltype(std::declval<const M &>().size())>>>
    : std::bool_constant<(is_vector<M>::value || says_vector<M>::value) && is_dense<M>::value> {};

template <class M, class = void>
struct is_matrix : std::false_type {};
template <class M>
struct is_matrix<M, std::enable_if_t<std::is_convertible_v<decltype(std::declval<const M &>().data()), const double *> &&
                                     std::is_integral_v<decltype(std::declval<const M &>().rows())> &&
                                     std::is_integral_v<decltype(std::declval<const M &>().cols())>>>
    : std::bool_constant<is_dense<M>::value && !is_row_major<M>::value> {};

template <class M, class = void>
struct has_outer_stride : std::false_type {};
template <class M>
struct has_outer_stride<M, std::void_t<decltype(std::declval<const M &>().outerStride())>> : std::true_type {};

} // namespace detail

/// Numbers in a row that somebody else owns, as std::span<const T>. Made from std::vector, std::array, arrays, vectors of Eigen, and anything
/// else with data() and size().
template <class T>
class View {
  public:
    constexpr View() noexcept = default;
    constexpr explicit View(const T *data, std::size_t size) noexcept : data_(data), size_(size) {}
    /// For an argument: {1.0, 2.0} ends with the expression that it is in.
    constexpr View(std::initializer_list<T> list) noexcept : View(list.size() == 0 ? nullptr : list.begin(), list.size()) {}
    template <std::size_t n>
    constexpr View(const T (&array)[n]) noexcept : data_(array), size_(n)
    {
    }
    template <class M, class = std::enable_if_t<detail::is_array<M, T>::value>>
    constexpr View(const M &array) noexcept : data_(array.data()), size_(static_cast<std::size_t>(array.size()))
    {
    }

    [[nodiscard]] constexpr const T *data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr const T *begin() const noexcept { return data_; }
    [[nodiscard]] constexpr const T *end() const noexcept { return data_ + size_; }
    [[nodiscard]] constexpr const T &operator[](std::size_t i) const noexcept
    {
        assert(i < size_);
        return data_[i];
    }

  private:
    const T *data_ = nullptr;
    std::size_t size_ = 0;
};

/// Numbers in a row that a callable fills.
class Output {
  public:
    constexpr Output(double *data, std::size_t size) noexcept : data_(data), size_(size) {}

    [[nodiscard]] constexpr double *data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr double *begin() const noexcept { return data_; }
    [[nodiscard]] constexpr double *end() const noexcept { return data_ + size_; }
    [[nodiscard]] constexpr double &operator[](std::size_t i) const noexcept
    {
        assert(i < size_);
        return data_[i];
    }

  private:
    double *data_;
    std::size_t size_;
};

/// A matrix by columns that somebody else owns. Made from Matrix, from column-major matrices of Eigen with their outer stride, and from
/// anything else with data(), rows() and cols(). Matrices by rows are refused by the compiler.
class MatrixView {
  public:
    constexpr MatrixView() noexcept = default;
    /// Element (i, j) is data[i + j * ld].
    constexpr explicit MatrixView(const double *data, std::size_t rows, std::size_t cols, std::size_t ld) noexcept
        : data_(data), rows_(rows), cols_(cols), ld_(ld)
    {
    }
    constexpr explicit MatrixView(const double *data, std::size_t rows, std::size_t cols) noexcept : MatrixView(data, rows, cols, rows) {}
    template <class M, class = std::enable_if_t<detail::is_matrix<M>::value>>
    constexpr MatrixView(const M &matrix) noexcept
        : data_(matrix.data()), rows_(static_cast<std::size_t>(matrix.rows())), cols_(static_cast<std::size_t>(matrix.cols())), ld_(rows_)
    {
        if constexpr (detail::has_outer_stride<M>::value && !detail::says_vector<M>::value) ld_ = static_cast<std::size_t>(matrix.outerStride());
    }

    [[nodiscard]] constexpr const double *data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] constexpr std::size_t cols() const noexcept { return cols_; }
    /// The leading dimension: elements from the start of a column to the start of the next.
    [[nodiscard]] constexpr std::size_t ld() const noexcept { return ld_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return rows_ == 0 || cols_ == 0; }
    [[nodiscard]] constexpr const double &operator()(std::size_t i, std::size_t j) const noexcept
    {
        assert(i < rows_ && j < cols_);
        return data_[i + j * ld_];
    }
    [[nodiscard]] constexpr View<double> col(std::size_t j) const noexcept
    {
        assert(j < cols_);
        return View<double>(data_ + j * ld_, rows_);
    }

  private:
    const double *data_ = nullptr;
    std::size_t rows_ = 0;
    std::size_t cols_ = 0;
    std::size_t ld_ = 0;
};

/// A matrix by columns. For Eigen: Eigen::Map<const Eigen::MatrixXd>(m.data(), m.rows(), m.cols()).
class Matrix {
  public:
    Matrix() noexcept = default;
    Matrix(std::size_t rows, std::size_t cols) : data_(rows * cols), rows_(rows), cols_(cols) {}
    explicit Matrix(MatrixView own) : Matrix(own.rows(), own.cols())
    {
        for (std::size_t j = 0; j < cols_; j++)
            for (std::size_t i = 0; i < rows_; i++) (*this)(i, j) = own(i, j);
    }

    [[nodiscard]] double *data() noexcept { return data_.data(); }
    [[nodiscard]] const double *data() const noexcept { return data_.data(); }
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
    [[nodiscard]] std::size_t size() const noexcept { return data_.size(); }
    [[nodiscard]] bool empty() const noexcept { return data_.empty(); }
    [[nodiscard]] double &operator()(std::size_t i, std::size_t j) noexcept
    {
        assert(i < rows_ && j < cols_);
        return data_[i + j * rows_];
    }
    [[nodiscard]] const double &operator()(std::size_t i, std::size_t j) const noexcept
    {
        assert(i < rows_ && j < cols_);
        return data_[i + j * rows_];
    }
    [[nodiscard]] View<double> col(std::size_t j) const noexcept { return MatrixView(*this).col(j); }

  private:
    std::vector<double> data_;
    std::size_t rows_ = 0;
    std::size_t cols_ = 0;
};

/// Matrices of one shape, one after the other: element (i, j) of matrix k.
class Cube {
  public:
    Cube() noexcept = default;
    Cube(std::size_t rows, std::size_t cols, std::size_t slices) : data_(rows * cols * slices), rows_(rows), cols_(cols), slices_(slices) {}

    [[nodiscard]] double *data() noexcept { return data_.data(); }
    [[nodiscard]] const double *data() const noexcept { return data_.data(); }
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
    [[nodiscard]] std::size_t slices() const noexcept { return slices_; }
    [[nodiscard]] std::size_t size() const noexcept { return data_.size(); }
    [[nodiscard]] const double &operator()(std::size_t i, std::size_t j, std::size_t k) const noexcept { return slice(k)(i, j); }
    [[nodiscard]] MatrixView slice(std::size_t k) const noexcept
    {
        assert(k < slices_);
        return MatrixView(data_.data() + k * rows_ * cols_, rows_, cols_);
    }

  private:
    std::vector<double> data_;
    std::size_t rows_ = 0;
    std::size_t cols_ = 0;
    std::size_t slices_ = 0;
};

/// A sparse matrix as compressed columns: those of column j are from colptr[j] to colptr[j + 1] - 1.
struct SparseMatrix {
    std::size_t rows = 0;
    std::vector<std::int64_t> colptr;
    std::vector<std::int64_t> rowidx;
    std::vector<double> values;
    [[nodiscard]] std::size_t cols() const noexcept { return colptr.empty() ? 0 : colptr.size() - 1; }
};

/// Texts that go in: {"a", "b"}, or a container of std::string, std::string_view, const char *, or std::optional of these. A null pointer
/// and an empty optional are missing values. Texts of std::string and const char * are borrowed, others copied.
class Texts {
  public:
    Texts() noexcept = default;
    Texts(std::initializer_list<std::string_view> texts) { add_all(texts); }
    template <class C, class = std::enable_if_t<!std::is_same_v<C, Texts> && !std::is_convertible_v<const C &, std::string_view>>,
              class = decltype(std::declval<const C &>().begin())>
    Texts(const C &texts)
    {
        add_all(texts);
    }
    Texts(const Texts &) = delete;
    Texts &operator=(const Texts &) = delete;
    Texts(Texts &&) = default;
    Texts &operator=(Texts &&) = default;

    [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }
    [[nodiscard]] bool empty() const noexcept { return texts_.empty(); }
    [[nodiscard]] const char *const *data() const noexcept { return texts_.data(); }
    /// Whether C would see only the beginning of one of them.
    [[nodiscard]] bool has_nul() const noexcept { return has_nul_; }

  private:
    template <class C>
    void add_all(const C &texts)
    {
        static_assert(std::is_lvalue_reference_v<decltype(*texts.begin())>, "texts are borrowed: give a container that has them");
        for (const auto &text : texts) add(text);
    }
    void add(const char *text) { texts_.push_back(text); }
    void add(const std::string &text)
    {
        has_nul_ = has_nul_ || text.find('\0') != std::string::npos;
        texts_.push_back(text.c_str());
    }
    void add(std::string_view text)
    {
        has_nul_ = has_nul_ || text.find('\0') != std::string_view::npos;
        std::unique_ptr<char[]> copy(new char[text.size() + 1]);
        if (!text.empty()) std::memcpy(copy.get(), text.data(), text.size());
        copy[text.size()] = '\0';
        texts_.push_back(copy.get());
        copies_.push_back(std::move(copy));
    }
    template <class T>
    void add(const std::optional<T> &text)
    {
        if (text)
            add(*text);
        else
            texts_.push_back(nullptr);
    }

    std::vector<const char *> texts_;
    std::vector<std::unique_ptr<char[]>> copies_;
    bool has_nul_ = false;
};

/// The lower and upper ends of intervals.
template <class T>
struct Limits {
    T lower{};
    T upper{};
};

// ===================================================================================================================
// Calls of the library
// ===================================================================================================================

/// What a callable answers; one that returns nothing goes on.
enum class Next : bool { go_on, cancel };

namespace detail {

inline std::string_view view(const char *text) noexcept { return text == nullptr ? std::string_view() : std::string_view(text); }

template <class V>
auto pointer(const V &own) noexcept
{
    return own.empty() ? nullptr : own.data();
}

inline std::size_t less_one(std::size_t n) noexcept { return n == 0 ? 0 : n - 1; }

/// One call that can fail. It remembers what a callable threw during the call, and becomes a Result.
class Call {
  public:
    Call() noexcept : outer_(innermost()) { innermost() = this; }
    ~Call() { innermost() = outer_; }
    Call(const Call &) = delete;
    Call &operator=(const Call &) = delete;

    [[nodiscard]] bool good() const noexcept { return status_ == INTERLACE_OK; }
    [[nodiscard]] interlace_error *error() noexcept { return &error_; }
    void ended(interlace_status status) noexcept { status_ = status; }

    /// A text with its NUL.
    [[nodiscard]] std::string text(const char *argument, std::string_view text)
    {
        whole(argument, text.find('\0') != std::string_view::npos);
        return std::string(text);
    }
    void whole(const char *argument, bool has_nul)
    {
        if (has_nul) refuse(INTERLACE_E_ARGUMENT, std::string(argument) + " has a NUL inside a text");
    }
    /// Arrays that belong together have one length.
    void same(const char *argument, std::size_t size, std::size_t wanted)
    {
        if (size != wanted)
            refuse(INTERLACE_E_ARGUMENT,
                   std::string(argument) + " has length " + std::to_string(size) + ", " + std::to_string(wanted) + " is wanted");
    }
    void dense(const char *argument, const MatrixView &own)
    {
        if (own.ld() != own.rows() && own.cols() > 1)
            refuse(INTERLACE_E_ARGUMENT, std::string(argument) + " has a leading dimension of " + std::to_string(own.ld()) +
                                             " for " + std::to_string(own.rows()) + " rows, it must have no gaps between columns");
    }

    /// Texts as C has them, which live as long as the call.
    [[nodiscard]] const char *const *texts(const char *argument, const std::vector<std::string> &own)
    {
        std::vector<const char *> all;
        for (const auto &text : own) {
            whole(argument, text.find('\0') != std::string::npos);
            all.push_back(text.c_str());
        }
        texts_.push_back(std::move(all));
        return pointer(texts_.back());
    }

    template <class T>
    [[nodiscard]] std::vector<T> array(std::size_t n)
    {
        return holds({n}) ? std::vector<T>(n) : std::vector<T>();
    }
    [[nodiscard]] Matrix matrix(std::size_t rows, std::size_t cols) { return holds({rows, cols}) ? Matrix(rows, cols) : Matrix(); }
    [[nodiscard]] Cube cube(std::size_t rows, std::size_t cols, std::size_t slices)
    {
        return holds({rows, cols, slices}) ? Cube(rows, cols, slices) : Cube();
    }

    void refuse(interlace_status status, const std::string &message) noexcept
    {
        if (!good()) return;
        status_ = status;
        error_.code = status;
        error_.reserved = 0;
        error_.position = -1;
        const std::size_t n = message.size() < sizeof error_.message ? message.size() : sizeof error_.message - 1;
        std::memcpy(error_.message, message.data(), n);
        error_.message[n] = '\0';
    }

    Result<void> result()
    {
#if INTERLACE_THROWS
        finish();
#else
        if (!good()) return Error(error_);
        return {};
#endif
    }
    template <class T>
    Result<T> result(T value)
    {
#if INTERLACE_THROWS
        finish();
        return value;
#else
        if (!good()) return Error(error_);
        return Result<T>(std::move(value));
#endif
    }

    /// Runs a callable that may throw; whether the library goes on.
    template <class F>
    static std::int32_t run(F &&function) noexcept
    {
#if INTERLACE_THROWS
        Call *const call = innermost();
        if (call != nullptr && call->thrown_) return 1;
        try {
            return function() == Next::cancel ? 1 : 0;
        } catch (...) {
            if (call != nullptr) call->thrown_ = std::current_exception();
            return 1;
        }
#else
        return function() == Next::cancel ? 1 : 0;
#endif
    }

  private:
    /// Of this thread: a callable may call the library, too.
    static Call *&innermost() noexcept
    {
        static thread_local Call *own = nullptr;
        return own;
    }

    bool holds(std::initializer_list<std::size_t> sizes)
    {
        std::size_t room = static_cast<std::size_t>((std::numeric_limits<std::ptrdiff_t>::max)()) / sizeof(double);
        for (const std::size_t size : sizes) {
            if (size > room) refuse(INTERLACE_E_MEMORY, "the result is too large for memory");
            room = size == 0 ? 0 : room / size;
        }
        return good();
    }

#if INTERLACE_THROWS
    void finish()
    {
        if (thrown_) std::rethrow_exception(thrown_);
        if (!good()) throw Error(error_);
    }

    std::exception_ptr thrown_;
#endif
    interlace_status status_ = INTERLACE_OK;
    interlace_error error_{};
    std::vector<std::vector<const char *>> texts_;
    Call *outer_;
};

/// Owns an object of the library.
template <class T, void (*Free)(T *)>
class Owner {
  public:
    /// An empty one.
    Owner() noexcept = default;
    /// Takes over an object of the C functions, and frees it.
    explicit Owner(T *own) noexcept : own_(own) {}
    Owner(Owner &&other) noexcept : own_(std::exchange(other.own_, nullptr)) {}
    Owner &operator=(Owner &&other) noexcept
    {
        if (this != &other) Free(std::exchange(own_, std::exchange(other.own_, nullptr)));
        return *this;
    }
    Owner(const Owner &) = delete;
    Owner &operator=(const Owner &) = delete;
    ~Owner() { Free(own_); }

    /// The object, for C functions; it stays with its owner.
    [[nodiscard]] T *capi() noexcept { return own_; }
    [[nodiscard]] const T *capi() const noexcept { return own_; }
    /// Whether there is an object.
    [[nodiscard]] explicit operator bool() const noexcept { return own_ != nullptr; }

  protected:
    T *own_ = nullptr;
};

/// A callable that returns Next, or nothing.
template <class... Arguments>
class Callable {
  public:
    Callable() noexcept = default;
    Callable(std::nullptr_t) noexcept {}
    template <class F, class = std::enable_if_t<!std::is_same_v<std::decay_t<F>, Callable> && std::is_invocable_v<F &, Arguments...>>>
    Callable(F function)
    {
        using Answer = std::invoke_result_t<F &, Arguments...>;
        static_assert(std::is_void_v<Answer> || std::is_same_v<Answer, Next>, "a callable returns interlace::Next or nothing");
        if constexpr (std::is_void_v<Answer>)
            function_ = [own = std::move(function)](Arguments... arguments) mutable {
                own(arguments...);
                return Next::go_on;
            };
        else
            function_ = std::move(function);
    }

    Next operator()(Arguments... arguments) const { return function_(arguments...); }
    explicit operator bool() const noexcept { return static_cast<bool>(function_); }

  private:
    std::function<Next(Arguments...)> function_;
};

/// The code of a list that has a name.
template <class Code, class Own>
Result<Code> code_of(std::string_view name, interlace_status (*find)(const char *, Own *, interlace_error *))
{
    Call call;
    const std::string text = call.text("name", name);
    Own own{};
    if (call.good()) call.ended(find(text.c_str(), &own, call.error()));
    return call.result(static_cast<Code>(own));
}

} // namespace detail

/// An object that may be left out: none, nullptr, or the object, which is borrowed.
template <class T>
class Maybe {
  public:
    constexpr Maybe(std::nullptr_t = nullptr) noexcept {}
    constexpr Maybe(const T &own) noexcept : own_(&own) {}

    [[nodiscard]] auto capi() const noexcept { return own_ == nullptr ? nullptr : own_->capi(); }
    [[nodiscard]] const T *get() const noexcept { return own_; }

  private:
    const T *own_ = nullptr;
};

inline constexpr std::nullptr_t none = nullptr;

// ===================================================================================================================
// Names of codes
// ===================================================================================================================

/// The code that has a name: from_name<Df>("satterthwaite").
template <class Code>
Result<Code> from_name(std::string_view name) = delete;

[[nodiscard]] inline std::string_view name(Status code) noexcept
{
    return detail::view(interlace_status_name(static_cast<interlace_status>(code)));
}
template <>
[[nodiscard]] inline Result<Status> from_name<Status>(std::string_view name)
{
    return detail::code_of<Status>(name, interlace_status_from_name);
}

[[nodiscard]] inline std::string_view name(ColumnKind code) noexcept
{
    return detail::view(interlace_column_kind_name(static_cast<interlace_column_kind>(code)));
}
template <>
[[nodiscard]] inline Result<ColumnKind> from_name<ColumnKind>(std::string_view name)
{
    return detail::code_of<ColumnKind>(name, interlace_column_kind_from_name);
}

[[nodiscard]] inline std::string_view name(Model code) noexcept
{
    return detail::view(interlace_model_name(static_cast<interlace_model>(code)));
}
template <>
[[nodiscard]] inline Result<Model> from_name<Model>(std::string_view name)
{
    return detail::code_of<Model>(name, interlace_model_from_name);
}

[[nodiscard]] inline std::string_view name(Structure code) noexcept
{
    return detail::view(interlace_structure_name(static_cast<interlace_structure>(code)));
}
template <>
[[nodiscard]] inline Result<Structure> from_name<Structure>(std::string_view name)
{
    return detail::code_of<Structure>(name, interlace_structure_from_name);
}

[[nodiscard]] inline std::string_view name(Variances code) noexcept
{
    return detail::view(interlace_variances_name(static_cast<interlace_variances>(code)));
}
template <>
[[nodiscard]] inline Result<Variances> from_name<Variances>(std::string_view name)
{
    return detail::code_of<Variances>(name, interlace_variances_from_name);
}

[[nodiscard]] inline std::string_view name(Correlation code) noexcept
{
    return detail::view(interlace_correlation_name(static_cast<interlace_correlation>(code)));
}
template <>
[[nodiscard]] inline Result<Correlation> from_name<Correlation>(std::string_view name)
{
    return detail::code_of<Correlation>(name, interlace_correlation_from_name);
}

[[nodiscard]] inline std::string_view name(Threshold code) noexcept
{
    return detail::view(interlace_threshold_name(static_cast<interlace_threshold>(code)));
}
template <>
[[nodiscard]] inline Result<Threshold> from_name<Threshold>(std::string_view name)
{
    return detail::code_of<Threshold>(name, interlace_threshold_from_name);
}

[[nodiscard]] inline std::string_view name(Predictor code) noexcept
{
    return detail::view(interlace_predictor_name(static_cast<interlace_predictor>(code)));
}
template <>
[[nodiscard]] inline Result<Predictor> from_name<Predictor>(std::string_view name)
{
    return detail::code_of<Predictor>(name, interlace_predictor_from_name);
}

[[nodiscard]] inline std::string_view name(Ties code) noexcept
{
    return detail::view(interlace_ties_name(static_cast<interlace_ties>(code)));
}
template <>
[[nodiscard]] inline Result<Ties> from_name<Ties>(std::string_view name)
{
    return detail::code_of<Ties>(name, interlace_ties_from_name);
}

[[nodiscard]] inline std::string_view name(ParameterScale code) noexcept
{
    return detail::view(interlace_parameter_scale_name(static_cast<interlace_parameter_scale>(code)));
}
template <>
[[nodiscard]] inline Result<ParameterScale> from_name<ParameterScale>(std::string_view name)
{
    return detail::code_of<ParameterScale>(name, interlace_parameter_scale_from_name);
}

[[nodiscard]] inline std::string_view name(Method code) noexcept
{
    return detail::view(interlace_method_name(static_cast<interlace_method>(code)));
}
template <>
[[nodiscard]] inline Result<Method> from_name<Method>(std::string_view name)
{
    return detail::code_of<Method>(name, interlace_method_from_name);
}

[[nodiscard]] inline std::string_view name(Optimizer code) noexcept
{
    return detail::view(interlace_optimizer_name(static_cast<interlace_optimizer>(code)));
}
template <>
[[nodiscard]] inline Result<Optimizer> from_name<Optimizer>(std::string_view name)
{
    return detail::code_of<Optimizer>(name, interlace_optimizer_from_name);
}

[[nodiscard]] inline std::string_view name(Na code) noexcept
{
    return detail::view(interlace_na_name(static_cast<interlace_na>(code)));
}
template <>
[[nodiscard]] inline Result<Na> from_name<Na>(std::string_view name)
{
    return detail::code_of<Na>(name, interlace_na_from_name);
}

[[nodiscard]] inline std::string_view name(Information code) noexcept
{
    return detail::view(interlace_information_name(static_cast<interlace_information>(code)));
}
template <>
[[nodiscard]] inline Result<Information> from_name<Information>(std::string_view name)
{
    return detail::code_of<Information>(name, interlace_information_from_name);
}

[[nodiscard]] inline std::string_view name(FixedEffects code) noexcept
{
    return detail::view(interlace_fixed_effects_name(static_cast<interlace_fixed_effects>(code)));
}
template <>
[[nodiscard]] inline Result<FixedEffects> from_name<FixedEffects>(std::string_view name)
{
    return detail::code_of<FixedEffects>(name, interlace_fixed_effects_from_name);
}

[[nodiscard]] inline std::string_view name(StdErrors code) noexcept
{
    return detail::view(interlace_std_errors_name(static_cast<interlace_std_errors>(code)));
}
template <>
[[nodiscard]] inline Result<StdErrors> from_name<StdErrors>(std::string_view name)
{
    return detail::code_of<StdErrors>(name, interlace_std_errors_from_name);
}

[[nodiscard]] inline std::string_view name(Unidentified code) noexcept
{
    return detail::view(interlace_unidentified_name(static_cast<interlace_unidentified>(code)));
}
template <>
[[nodiscard]] inline Result<Unidentified> from_name<Unidentified>(std::string_view name)
{
    return detail::code_of<Unidentified>(name, interlace_unidentified_from_name);
}

[[nodiscard]] inline std::string_view name(RandomTerms code) noexcept
{
    return detail::view(interlace_random_terms_name(static_cast<interlace_random_terms>(code)));
}
template <>
[[nodiscard]] inline Result<RandomTerms> from_name<RandomTerms>(std::string_view name)
{
    return detail::code_of<RandomTerms>(name, interlace_random_terms_from_name);
}

[[nodiscard]] inline std::string_view name(Phase code) noexcept
{
    return detail::view(interlace_phase_name(static_cast<interlace_phase>(code)));
}
template <>
[[nodiscard]] inline Result<Phase> from_name<Phase>(std::string_view name)
{
    return detail::code_of<Phase>(name, interlace_phase_from_name);
}

[[nodiscard]] inline std::string_view name(Reason code) noexcept
{
    return detail::view(interlace_reason_name(static_cast<interlace_reason>(code)));
}
template <>
[[nodiscard]] inline Result<Reason> from_name<Reason>(std::string_view name)
{
    return detail::code_of<Reason>(name, interlace_reason_from_name);
}

[[nodiscard]] inline std::string_view name(Residuals code) noexcept
{
    return detail::view(interlace_residuals_name(static_cast<interlace_residuals>(code)));
}
template <>
[[nodiscard]] inline Result<Residuals> from_name<Residuals>(std::string_view name)
{
    return detail::code_of<Residuals>(name, interlace_residuals_from_name);
}

[[nodiscard]] inline std::string_view name(FixefResiduals code) noexcept
{
    return detail::view(interlace_fixef_residuals_name(static_cast<interlace_fixef_residuals>(code)));
}
template <>
[[nodiscard]] inline Result<FixefResiduals> from_name<FixefResiduals>(std::string_view name)
{
    return detail::code_of<FixefResiduals>(name, interlace_fixef_residuals_from_name);
}

[[nodiscard]] inline std::string_view name(Leverage code) noexcept
{
    return detail::view(interlace_leverage_name(static_cast<interlace_leverage>(code)));
}
template <>
[[nodiscard]] inline Result<Leverage> from_name<Leverage>(std::string_view name)
{
    return detail::code_of<Leverage>(name, interlace_leverage_from_name);
}

[[nodiscard]] inline std::string_view name(ParameterForm code) noexcept
{
    return detail::view(interlace_parameter_form_name(static_cast<interlace_parameter_form>(code)));
}
template <>
[[nodiscard]] inline Result<ParameterForm> from_name<ParameterForm>(std::string_view name)
{
    return detail::code_of<ParameterForm>(name, interlace_parameter_form_from_name);
}

[[nodiscard]] inline std::string_view name(ParameterLimits code) noexcept
{
    return detail::view(interlace_parameter_limits_name(static_cast<interlace_parameter_limits>(code)));
}
template <>
[[nodiscard]] inline Result<ParameterLimits> from_name<ParameterLimits>(std::string_view name)
{
    return detail::code_of<ParameterLimits>(name, interlace_parameter_limits_from_name);
}

[[nodiscard]] inline std::string_view name(InformationMatrix code) noexcept
{
    return detail::view(interlace_information_matrix_name(static_cast<interlace_information_matrix>(code)));
}
template <>
[[nodiscard]] inline Result<InformationMatrix> from_name<InformationMatrix>(std::string_view name)
{
    return detail::code_of<InformationMatrix>(name, interlace_information_matrix_from_name);
}

[[nodiscard]] inline std::string_view name(Df code) noexcept
{
    return detail::view(interlace_df_name(static_cast<interlace_df>(code)));
}
template <>
[[nodiscard]] inline Result<Df> from_name<Df>(std::string_view name)
{
    return detail::code_of<Df>(name, interlace_df_from_name);
}

[[nodiscard]] inline std::string_view name(Quantity code) noexcept
{
    return detail::view(interlace_quantity_name(static_cast<interlace_quantity>(code)));
}
template <>
[[nodiscard]] inline Result<Quantity> from_name<Quantity>(std::string_view name)
{
    return detail::code_of<Quantity>(name, interlace_quantity_from_name);
}

[[nodiscard]] inline std::string_view name(Random code) noexcept
{
    return detail::view(interlace_random_name(static_cast<interlace_random>(code)));
}
template <>
[[nodiscard]] inline Result<Random> from_name<Random>(std::string_view name)
{
    return detail::code_of<Random>(name, interlace_random_from_name);
}

[[nodiscard]] inline std::string_view name(NewLevels code) noexcept
{
    return detail::view(interlace_new_levels_name(static_cast<interlace_new_levels>(code)));
}
template <>
[[nodiscard]] inline Result<NewLevels> from_name<NewLevels>(std::string_view name)
{
    return detail::code_of<NewLevels>(name, interlace_new_levels_from_name);
}

[[nodiscard]] inline std::string_view name(Interval code) noexcept
{
    return detail::view(interlace_interval_name(static_cast<interlace_interval>(code)));
}
template <>
[[nodiscard]] inline Result<Interval> from_name<Interval>(std::string_view name)
{
    return detail::code_of<Interval>(name, interlace_interval_from_name);
}

[[nodiscard]] inline std::string_view name(CurveLimits code) noexcept
{
    return detail::view(interlace_curve_limits_name(static_cast<interlace_curve_limits>(code)));
}
template <>
[[nodiscard]] inline Result<CurveLimits> from_name<CurveLimits>(std::string_view name)
{
    return detail::code_of<CurveLimits>(name, interlace_curve_limits_from_name);
}

[[nodiscard]] inline std::string_view name(PredictionStatus code) noexcept
{
    return detail::view(interlace_prediction_status_name(static_cast<interlace_prediction_status>(code)));
}
template <>
[[nodiscard]] inline Result<PredictionStatus> from_name<PredictionStatus>(std::string_view name)
{
    return detail::code_of<PredictionStatus>(name, interlace_prediction_status_from_name);
}

[[nodiscard]] inline std::string_view name(AnovaType code) noexcept
{
    return detail::view(interlace_anova_type_name(static_cast<interlace_anova_type>(code)));
}
template <>
[[nodiscard]] inline Result<AnovaType> from_name<AnovaType>(std::string_view name)
{
    return detail::code_of<AnovaType>(name, interlace_anova_type_from_name);
}

[[nodiscard]] inline std::string_view name(TimeTransform code) noexcept
{
    return detail::view(interlace_time_transform_name(static_cast<interlace_time_transform>(code)));
}
template <>
[[nodiscard]] inline Result<TimeTransform> from_name<TimeTransform>(std::string_view name)
{
    return detail::code_of<TimeTransform>(name, interlace_time_transform_from_name);
}

[[nodiscard]] inline std::string_view name(Weighting code) noexcept
{
    return detail::view(interlace_weighting_name(static_cast<interlace_weighting>(code)));
}
template <>
[[nodiscard]] inline Result<Weighting> from_name<Weighting>(std::string_view name)
{
    return detail::code_of<Weighting>(name, interlace_weighting_from_name);
}

[[nodiscard]] inline std::string_view name(MeansMode code) noexcept
{
    return detail::view(interlace_means_mode_name(static_cast<interlace_means_mode>(code)));
}
template <>
[[nodiscard]] inline Result<MeansMode> from_name<MeansMode>(std::string_view name)
{
    return detail::code_of<MeansMode>(name, interlace_means_mode_from_name);
}

[[nodiscard]] inline std::string_view name(MeansScale code) noexcept
{
    return detail::view(interlace_means_scale_name(static_cast<interlace_means_scale>(code)));
}
template <>
[[nodiscard]] inline Result<MeansScale> from_name<MeansScale>(std::string_view name)
{
    return detail::code_of<MeansScale>(name, interlace_means_scale_from_name);
}

[[nodiscard]] inline std::string_view name(Comparisons code) noexcept
{
    return detail::view(interlace_comparisons_name(static_cast<interlace_comparisons>(code)));
}
template <>
[[nodiscard]] inline Result<Comparisons> from_name<Comparisons>(std::string_view name)
{
    return detail::code_of<Comparisons>(name, interlace_comparisons_from_name);
}

[[nodiscard]] inline std::string_view name(Adjustment code) noexcept
{
    return detail::view(interlace_adjustment_name(static_cast<interlace_adjustment>(code)));
}
template <>
[[nodiscard]] inline Result<Adjustment> from_name<Adjustment>(std::string_view name)
{
    return detail::code_of<Adjustment>(name, interlace_adjustment_from_name);
}

[[nodiscard]] inline std::string_view name(RobustKind code) noexcept
{
    return detail::view(interlace_robust_kind_name(static_cast<interlace_robust_kind>(code)));
}
template <>
[[nodiscard]] inline Result<RobustKind> from_name<RobustKind>(std::string_view name)
{
    return detail::code_of<RobustKind>(name, interlace_robust_kind_from_name);
}

[[nodiscard]] inline std::string_view name(Simulation code) noexcept
{
    return detail::view(interlace_simulation_name(static_cast<interlace_simulation>(code)));
}
template <>
[[nodiscard]] inline Result<Simulation> from_name<Simulation>(std::string_view name)
{
    return detail::code_of<Simulation>(name, interlace_simulation_from_name);
}

[[nodiscard]] inline std::string_view name(ProfileScale code) noexcept
{
    return detail::view(interlace_profile_scale_name(static_cast<interlace_profile_scale>(code)));
}
template <>
[[nodiscard]] inline Result<ProfileScale> from_name<ProfileScale>(std::string_view name)
{
    return detail::code_of<ProfileScale>(name, interlace_profile_scale_from_name);
}

[[nodiscard]] inline std::string_view name(BootstrapInterval code) noexcept
{
    return detail::view(interlace_bootstrap_interval_name(static_cast<interlace_bootstrap_interval>(code)));
}
template <>
[[nodiscard]] inline Result<BootstrapInterval> from_name<BootstrapInterval>(std::string_view name)
{
    return detail::code_of<BootstrapInterval>(name, interlace_bootstrap_interval_from_name);
}

[[nodiscard]] inline std::string_view name(InfluenceMethod code) noexcept
{
    return detail::view(interlace_influence_method_name(static_cast<interlace_influence_method>(code)));
}
template <>
[[nodiscard]] inline Result<InfluenceMethod> from_name<InfluenceMethod>(std::string_view name)
{
    return detail::code_of<InfluenceMethod>(name, interlace_influence_method_from_name);
}

/// The version of the running library.
[[nodiscard]] inline std::string_view version() noexcept { return detail::view(interlace_version()); }
/// 1000000 major + 1000 minor + patch.
[[nodiscard]] inline std::int32_t version_number() noexcept { return interlace_version_number(); }

// ===================================================================================================================
// Classes
// ===================================================================================================================

class CsvOptions;
class Spec;
class Fit;

/// A data frame: data go in, tables of results come out.
class Frame : public detail::Owner<interlace_frame, interlace_frame_free> {
  public:
    using Owner::Owner;

    /// The object, which the caller now frees.
    [[nodiscard]] interlace_frame *release() noexcept { return std::exchange(own_, nullptr); }

    [[nodiscard]] std::vector<std::string_view> column_names() const;
    /// Columns by name, as those by index.
    [[nodiscard]] Result<std::vector<double>> column_f64(std::string_view name) const;
    [[nodiscard]] Result<std::vector<std::int64_t>> column_i64(std::string_view name) const;
    [[nodiscard]] Result<std::vector<std::int32_t>> column_codes(std::string_view name) const;
    /// The texts of a column; missing ones have a null pointer. They live as long as the frame.
    [[nodiscard]] Result<std::vector<std::string_view>> column_strings(std::string_view name) const;

    /// Both structures are taken over, also on failure.
    [[nodiscard]] static Result<Frame> from_arrow(ArrowSchema &schema, ArrowArray &array);
    [[nodiscard]] static Result<Frame> from_arrow_stream(ArrowArrayStream &stream);
    /// The caller releases what is written.
    Result<void> to_arrow(ArrowSchema &schema, ArrowArray &array) const;
    Result<void> to_arrow_stream(ArrowArrayStream &stream) const;

    /// interlace_frame_new: Makes a frame of `n_rows` rows and no columns.
    [[nodiscard]] static Result<Frame> make(std::size_t n_rows);

    /// interlace_frame_add_f64: Adds a column of real numbers `values` [n_rows], which are copied.
    Result<void> add_f64(std::string_view name, View<double> values);

    /// interlace_frame_add_i32: Adds a column of integers `values` [n_rows], which are copied.
    Result<void> add_i32(std::string_view name, View<std::int32_t> values);

    /// interlace_frame_add_i64: Adds a column of integers `values` [n_rows], which are copied.
    Result<void> add_i64(std::string_view name, View<std::int64_t> values);

    /// interlace_frame_add_categorical: Adds a column of categories.
    Result<void> add_categorical(std::string_view name, View<std::int32_t> codes, const Texts &levels, bool ordered);

    /// interlace_frame_add_strings: Adds a column of categories from their labels `values` [n_rows], which are copied; a NULL entry is a
    /// missing value.
    Result<void> add_strings(std::string_view name, const Texts &values);

    /// interlace_frame_set_levels: Declares the levels of a column and their order.
    Result<void> set_levels(std::string_view name, const Texts &levels, bool ordered);

    /// interlace_frame_make_categorical: Turns a column of numbers into categories labelled by the numbers' shortest texts, sorted by their
    /// bytes ("10" before "9"); times have their ISO text, in the order of time.
    Result<void> make_categorical(std::string_view name);

    /// interlace_frame_append: Adds the rows of `other`, whose columns must have the same names and types in the same order.
    Result<void> append(const Frame &other);

    /// interlace_frame_write_csv: Writes the frame as a CSV file, with a header.
    Result<void> write_csv(std::string_view path) const;

    /// interlace_frame_aggregate: Makes a frame of the rows of another that differ in the columns given: rows that are equal in all of them
    /// are one row, where they first occur, and a column of integers says how many they are.
    [[nodiscard]] Result<Frame> aggregate(const Texts &columns, std::string_view count) const;

    /// interlace_frame_n_rows: Number of rows; 0 for NULL.
    [[nodiscard]] std::size_t n_rows() const noexcept;

    /// interlace_frame_n_columns: Number of columns; 0 for NULL.
    [[nodiscard]] std::size_t n_columns() const noexcept;

    /// interlace_frame_column_name: Name of a column, by its index from 0; NULL if there is none.
    [[nodiscard]] std::string_view column_name(std::size_t column) const noexcept;

    /// interlace_frame_column_index: Index of the column of that name.
    [[nodiscard]] Result<std::size_t> column_index(std::string_view name) const;

    /// interlace_frame_column_kind: Kind of a column; INTERLACE_COLUMN_KIND_NONE if there is no such column.
    [[nodiscard]] ColumnKind column_kind(std::size_t column) const noexcept;

    /// interlace_frame_column_f64: Copies a column of numbers to `out` [n_rows].
    [[nodiscard]] Result<std::vector<double>> column_f64(std::size_t column) const;

    /// interlace_frame_column_i64: Copies a column of integers to `out` [n_rows]; INT64_MIN is missing.
    [[nodiscard]] Result<std::vector<std::int64_t>> column_i64(std::size_t column) const;

    /// interlace_frame_column_codes: Copies the codes of a column of categories to `out` [n_rows]: indices of levels from 0, -1 for
    /// missing.
    [[nodiscard]] Result<std::vector<std::int32_t>> column_codes(std::size_t column) const;

    /// interlace_frame_column_n_levels: Number of levels of a column of categories; 0 for other columns.
    [[nodiscard]] std::size_t column_n_levels(std::size_t column) const noexcept;

    /// interlace_frame_column_level: Label of a level; NULL if there is none.
    [[nodiscard]] std::string_view column_level(std::size_t column, std::size_t level) const noexcept;

    /// interlace_frame_column_is_ordered: Whether the order of a column's levels is meaningful.
    [[nodiscard]] bool column_is_ordered(std::size_t column) const noexcept;

    /// interlace_frame_column_string: Label of a row in a column of categories; NULL if it is missing, or if there is no such row or
    /// column.
    [[nodiscard]] std::string_view column_string(std::size_t column, std::size_t row) const noexcept;

    /// interlace_frame_read_csv: Reads a CSV file: UTF-8 with a header of distinct names, with the separator of `options` (NULL: a comma).
    [[nodiscard]] static Result<Frame> read_csv(std::string_view path, Maybe<CsvOptions> options = none);

    /// interlace_frame_read_csv_bytes: Reads CSV text of `len` bytes from memory; otherwise as interlace_frame_read_csv.
    [[nodiscard]] static Result<Frame> read_csv_bytes(std::string_view bytes, Maybe<CsvOptions> options = none);

    /// interlace_frame_read_seconds: Seconds that reading the CSV text of a frame took; NaN for a frame that was not read from CSV.
    [[nodiscard]] double read_seconds() const noexcept;

    struct Influential {
        std::size_t n_influential{};
        double gap{};
        std::size_t n_above_gap{};
    };
    /// interlace_frame_influential: What stands out of a frame from interlace_fit_influence, by its column "cooks_distance", of which NaN
    /// does not count: the number of cases above `threshold`, the largest gap between neighbours of the ordered distances, and how many
    /// cases are above that.
    [[nodiscard]] Result<Influential> influential(double threshold) const;
};

/// How to read CSV text.
class CsvOptions : public detail::Owner<interlace_csv_options, interlace_csv_options_free> {
  public:
    CsvOptions();
    using Owner::Owner;

    /// interlace_csv_options_set_separator: The separator of cells: an ASCII character such as ',', ';' or '\t', not a letter, digit, sign,
    /// point or line break.
    Result<void> set_separator(char separator);

    /// interlace_csv_options_set_decimal: The decimal mark of numbers, '.' (the default) or ','.
    Result<void> set_decimal(char decimal);

    /// interlace_csv_options_set_quote: The quote around a cell with separators, quotes or line breaks, '"' by default; 0 treats quotes as
    /// ordinary characters.
    Result<void> set_quote(char quote);

    /// interlace_csv_options_set_na_strings: The texts `strings` [n_strings] that mean a missing value, ignoring blanks around them,
    /// instead of the default: "NA", "NaN" and the empty cell.
    Result<void> set_na_strings(const Texts &strings);

    /// interlace_csv_options_set_categorical: The columns `names` [n_names] that are categories whatever they look like; each must exist.
    Result<void> set_categorical(const Texts &names);

    /// interlace_csv_options_set_strict_numbers: Whether a column of text most of whose cells are numbers, or dates, is INTERLACE_E_DATA
    /// with the line and the cell (true), unless it is categorical.
    Result<void> set_strict_numbers(bool strict);
};

/// CSV text that is read part by part.
class CsvStream : public detail::Owner<interlace_csv_stream, interlace_csv_stream_free> {
  public:
    using Owner::Owner;

    /// interlace_csv_stream_open: Opens a CSV file to be read in parts of 8 MB, of which memory holds one at a time.
    [[nodiscard]] static Result<CsvStream> open(std::string_view path, Maybe<CsvOptions> options = none);

    /// interlace_csv_stream_next: Reads the next part into a frame of its own.
    [[nodiscard]] Result<Frame> next();
};

/// What a call tells of its progress.
struct Progress {
    Phase phase;
    std::int64_t step;
    std::int64_t total;
    double objective;
    View<double> theta;
};

/// How a model is fitted.
class Options : public detail::Owner<interlace_options, interlace_options_free> {
  public:
    using ProgressFunction = detail::Callable<const Progress &>;

    /// The defaults.
    Options();
    using Owner::Owner;

    /// Hears of the progress of every call with these options, on its thread; Next::cancel, or an exception, ends the call. An empty
    /// function removes it.
    Result<void> set_progress(ProgressFunction progress);
    /// All but the function.
    [[nodiscard]] Result<std::vector<std::uint8_t>> to_bytes() const;
    [[nodiscard]] static Result<Options> from_bytes(View<std::uint8_t> bytes);

    /// interlace_options_set_method: Which likelihood to maximise; INTERLACE_METHOD_DEFAULT is the default.
    Result<void> set_method(Method method = Method::default_);

    /// interlace_options_set_optimizer: The minimiser; INTERLACE_OPTIMIZER_NEWTON is the default.
    Result<void> set_optimizer(Optimizer optimizer);

    /// interlace_options_set_theta0: The start of the search: `theta` [n_theta], copied, in the order of interlace_fit_theta_name.
    Result<void> set_theta0(View<double> theta);

    /// interlace_options_set_start: The start of some parameters by their ids, as they are reported: a text such as "sd[g, x] = 2, cor[g,
    /// (Intercept), x] = 0.5, fixef[x] = 1" (interlace_fit_parameter_id has the ids); the others begin where the library chooses.
    Result<void> set_start(std::string_view start);

    /// interlace_options_set_tolerance: The search ends at this predicted decrease of the objective; positive, default 1e-13.
    Result<void> set_tolerance(double tolerance);

    /// interlace_options_set_max_evaluations: The most evaluations of the objective; positive, default 1000.
    Result<void> set_max_evaluations(std::int64_t max_evaluations);

    /// interlace_options_set_threads: The number of threads that one call may use; positive, default 1.
    Result<void> set_threads(std::int32_t threads);

    /// interlace_options_set_deadline: Seconds after which a call stops; positive, default infinity.
    Result<void> set_deadline(double seconds);

    /// interlace_options_set_na: What to do with rows that have missing values; INTERLACE_NA_OMIT is the default.
    Result<void> set_na(Na na);

    /// interlace_options_set_information: The information in the Laplace approximation of a generalised model;
    /// INTERLACE_INFORMATION_OBSERVED is the default.
    Result<void> set_information(Information information);

    /// interlace_options_set_fixed_effects: What the fixed effects of a Cox model maximise; INTERLACE_FIXED_EFFECTS_JOINT is the default.
    Result<void> set_fixed_effects(FixedEffects fixed_effects);

    /// interlace_options_set_nagq: Quadrature points for each random effect of a generalised model, -100 to 100: 1, the default, is the
    /// Laplace approximation; more are adaptive Gauss-Hermite quadrature; 0 is the Laplace approximation with fixed effects at their joint
    /// mode with the random ones, as in lme4: faster and less accurate.
    Result<void> set_nagq(std::int32_t points);

    /// interlace_options_set_std_errors: The kind of standard errors of a generalised model; INTERLACE_STD_ERRORS_MARGINAL is the default.
    Result<void> set_std_errors(StdErrors std_errors);

    /// interlace_options_set_unidentified: What to do if the data cannot tell random effects apart from each other or from the residual;
    /// INTERLACE_UNIDENTIFIED_ERROR is the default.
    Result<void> set_unidentified(Unidentified unidentified);

    /// interlace_options_set_random_terms: Whether a model may be without random terms; INTERLACE_RANDOM_TERMS_REQUIRED is the default.
    Result<void> set_random_terms(RandomTerms random_terms);

    /// interlace_options_set: Sets an option by name from text, such as "tolerance" from "1e-8".
    Result<void> set(std::string_view name, std::string_view value);

    /// interlace_options_get: The value of an option by name, as text that interlace_options_set accepts.
    [[nodiscard]] Result<std::string_view> get(std::string_view name) const;

    /// interlace_options_count: Number of options that interlace_options_set accepts.
    [[nodiscard]] static std::size_t count() noexcept;

    /// interlace_options_name: Name of an option, by its index from 0; NULL if there is none.
    [[nodiscard]] static std::string_view name(std::size_t i) noexcept;

    /// interlace_options_doc: What an option does, what values it takes and its default, in one line; NULL if there is none.
    [[nodiscard]] static std::string_view doc(std::size_t i) noexcept;

  private:
    std::unique_ptr<ProgressFunction> progress_;
};

/// The functions of a family of one's own; interlace_family_callbacks says what each computes. The first five are needed.
struct FamilyFunctions {
    using Map = detail::Callable<View<double>, Output>;
    struct Parameter {
        std::string name;
        ParameterScale scale = ParameterScale::identity;
        /// The starting value.
        double start = 0.0;
    };

    std::string name;
    Map linkfun;
    Map linkinv;
    Map mu_eta;
    Map variance;
    /// y, mu, weights; out.
    detail::Callable<View<double>, View<double>, View<double>, Output> dev_resids;
    /// y, eta, weights, psi; out.
    detail::Callable<View<double>, View<double>, View<double>, MatrixView, Output> log_density;
    /// y, eta, weights, psi; s, w, t.
    detail::Callable<View<double>, View<double>, View<double>, MatrixView, Output, Output, Output> derivatives;
    /// Those of log_density besides the mean, at most 3.
    std::vector<Parameter> parameters;
};

/// A family of one's own. Specs and fits that use it keep its functions.
class Family : public detail::Owner<interlace_family, interlace_family_free> {
  public:
    using Owner::Owner;

    [[nodiscard]] static Result<Family> make(FamilyFunctions functions);

    /// interlace_family_count: Number of families that interlace_spec_set_family accepts.
    [[nodiscard]] static std::size_t count() noexcept;

    /// interlace_family_name: Name of a family, by its index from 0; NULL if there is none.
    [[nodiscard]] static std::string_view name(std::size_t i) noexcept;

    /// interlace_family_n_links: Number of links that suit a family; 0 if there is no such family.
    [[nodiscard]] static std::size_t n_links(std::size_t i) noexcept;

    /// interlace_family_link: Name of a link of a family, by its index from 0; the first is the family's default.
    [[nodiscard]] static std::string_view link(std::size_t i, std::size_t link) noexcept;

    /// interlace_family_n_parameters: Number of parameters of a family besides the mean; 0 if there is no such family.
    [[nodiscard]] static std::size_t n_parameters(std::size_t i) noexcept;

    /// interlace_family_parameter: Name of a parameter of a family, by its index from 0, as interlace_spec_fix_parameter takes it.
    [[nodiscard]] static std::string_view parameter(std::size_t i, std::size_t parameter) noexcept;

  private:
    friend class Spec;
    std::shared_ptr<const FamilyFunctions> functions_;
};

/// What is predicted, and with what. Its members are those of interlace_predict_request.
struct PredictRequest {
    /// What is predicted.
    Quantity quantity{};
    /// Whether the random effects are added or zero.
    Random random{};
    /// The random terms [n_terms] whose modes are added; NULL for all.
    std::vector<std::size_t> terms;
    /// What is done with levels of grouping factors that the fit does not know.
    NewLevels new_levels{};
    /// What intervals are for.
    Interval interval{};
    /// The level of intervals, between 0 and 1; 0 means 0.95.
    double level = 0.0;
    /// Prior weights [rows] of the responses that prediction intervals are for, or for proportions the numbers of trials.
    std::vector<double> weights;
    /// New data of a fit from arrays: a spec with the same columns and terms, and the columns of the further predictors, made by
    /// interlace_spec_new_array with or without `y`; of a Cox fit with the times and strata that the quantity needs.
    const Spec *arrays = nullptr;
    /// The random effects that are added, as a formula: "~ (1 | g) + (0 + x | h)", those of the fit or a part of them, also of a term;
    /// without random terms, "~ 0", none.
    std::string random_formula;

    /// For the functions of this header; it points into this one and the call.
    [[nodiscard]] interlace_predict_request capi(detail::Call &call) const;
};

/// What is asked of survival curves. Its members are those of interlace_survival_request.
struct SurvivalRequest {
    /// Whether the random effects are those of the fit, zero or averaged over.
    Random random{};
    /// The random terms [n_terms] whose modes are added, counted from 0; NULL for all.
    std::vector<std::size_t> terms;
    /// What is done with levels of grouping factors that the fit does not know.
    NewLevels new_levels{};
    /// The times [n_times] of the curves, finite and from 0 up, in any order; NULL for the event times of each row's stratum.
    std::vector<double> times;
    /// The scale on which limits are symmetric, or none.
    CurveLimits curve_limits{};
    /// The level of the limits, between 0 and 1; 0 means 0.95.
    double level = 0.0;
    /// New data of a fit from arrays: a spec with the same columns, terms and strata.
    const Spec *arrays = nullptr;

    /// For the functions of this header; it points into this one and the call.
    [[nodiscard]] interlace_survival_request capi(detail::Call &call) const;
};

/// What is asked of marginal means and their contrasts. Its members are those of interlace_means_request.
struct MeansRequest {
    /// Values of columns instead of those of the reference grid, "x = 0, 5; f = a, b": for a covariate numbers, over which means are
    /// averages unless `specs` names it; for a factor some of its levels; labels with a comma need quotation marks.
    std::string at;
    /// How the levels are weighted that means are averages of.
    Weighting weighting{};
    /// The scale of the means.
    MeansScale means_scale{};
    /// Degrees of freedom of tests and intervals.
    Df df{};
    /// Which means are compared, unless there are `coefficients`.
    Comparisons comparisons{};
    /// How the p-values and intervals of the contrasts of a group answer for each other.
    Adjustment adjustment{};
    /// The level of intervals, between 0 and 1; 0 means 0.95.
    double level = 0.0;
    /// Contrasts of your own: their weights [m,k], column-major with leading dimension `ldc` >= m, one column per contrast, for the m means
    /// of a group in the order of interlace_fit_marginal_means.
    Matrix coefficients;
    /// The names [k] of these contrasts.
    std::vector<std::string> names;
    /// The linear predictor that the means are of.
    Predictor predictor{};
    /// What of an ordinal model is averaged.
    MeansMode means_mode{};
    /// Of INTERLACE_MEANS_SCALE_BIAS_ADJUSTED the standard deviation of the random effects about the linear predictor; 0 for that of the
    /// fit, the root of the mean over the rows of their variance.
    double bias_sigma = 0.0;

    /// For the functions of this header; it points into this one and the call.
    [[nodiscard]] interlace_means_request capi(detail::Call &call) const;
};

/// What is tested, and for which designs. Its members are those of interlace_power_request.
struct PowerRequest {
    /// A fixed effect of the mean by its name, or a term, whose coefficients are tested together by Wald's test.
    std::string test;
    /// Parameters in place of the estimates, "x = 0.3; sigma = 20": fixed effects, parameters of a family, and standard deviations and
    /// correlations by their names in the table of interlace_bootstrap_run ("sigma" of a linear model, "sd_(Intercept)|g",
    /// "cor_x.(Intercept)|g").
    std::string effects;
    /// The degrees of freedom of the test.
    Df df{};
    /// Simulated responses for each size.
    std::size_t simulations = 0;
    /// The seed of the simulations.
    std::uint64_t seed = 0;
    /// A test is significant if its p-value is below.
    double alpha = 0.0;
    /// The level of the intervals of the power.
    double level = 0.0;
    /// Sizes are numbers of levels of this grouping factor of the model or column of the data.
    std::string along;
    /// Sizes are numbers of rows in each level of this grouping factor or column, or in each combination of levels ("g:h").
    std::string within;
    /// The sizes [n_sizes].
    std::vector<std::size_t> sizes;

    /// For the functions of this header; it points into this one and the call.
    [[nodiscard]] interlace_power_request capi(detail::Call &call) const;
};

/// What is profiled. Its members are those of interlace_profile_request.
struct ProfileRequest {
    /// The level of intervals, between 0 and 1; 0 means 0.95.
    double level = 0.0;
    /// The parameters that are profiled.
    ProfileScale profile_scale{};

    /// For the functions of this header; it points into this one and the call.
    [[nodiscard]] interlace_profile_request capi(detail::Call &call) const;
};

/// What is left out, and how. Its members are those of interlace_influence_request.
struct InfluenceRequest {
    /// How the estimates without a case are had.
    InfluenceMethod influence_method{};
    /// Each level of this grouping factor of the model ("g", "a:b"), or of these columns of the data, is a case.
    std::string group;
    /// Codes [n_codes], one for each row of the data or for each row used: rows with the same code are a case, those with a negative one
    /// are never left out.
    std::vector<std::int32_t> codes;

    /// For the functions of this header; it points into this one and the call.
    [[nodiscard]] interlace_influence_request capi(detail::Call &call) const;
};

/// Predictions with what is known of their errors, as matrices with a row per row of the data.
struct Predictions {
    Matrix values;
    Matrix std_error;
    Matrix lower;
    Matrix upper;
};

/// What is predicted over the distribution of the random effects, a value per row of the data; quantiles with a column per probability.
struct EffectDistribution {
    std::vector<double> mean;
    std::vector<double> variance;
    Matrix quantiles;
};

/// A cross-validation: a row per fold and one for all, and a row per row of the data.
struct CrossValidation {
    Frame folds;
    Frame rows;
};

/// Residuals by simulation: a row per row or group, and a row per test.
struct SimulatedResiduals {
    Frame residuals;
    Frame tests;
};

/// The model to fit.
class Spec : public detail::Owner<interlace_spec, interlace_spec_free> {
  public:
    using Owner::Owner;

    [[nodiscard]] static Result<Spec> make(Model model, std::string_view formula);
    /// From a response and a model matrix, which are copied; without a response for predictions.
    [[nodiscard]] static Result<Spec> make_array(Model model, View<double> y, MatrixView x);
    /// The spec with its formula changed, as ". ~ . + x"; without a change a copy.
    [[nodiscard]] Result<Spec> update(std::optional<std::string_view> formula = std::nullopt) const;
    [[nodiscard]] Result<std::vector<std::uint8_t>> to_bytes() const;
    [[nodiscard]] static Result<Spec> from_bytes(View<std::uint8_t> bytes);
    /// A term with the effects z, or with a random intercept if z is empty; the level of each row, and the number of levels.
    Result<void> add_term(std::optional<std::string_view> name, MatrixView z, View<std::int32_t> index, std::size_t n_levels,
                          Structure structure = Structure::unstructured, Variances variances = Variances::default_);
    Result<void> add_term(std::optional<std::string_view> name, MatrixView z, View<std::int64_t> index, std::size_t n_levels,
                          Structure structure = Structure::unstructured, Variances variances = Variances::default_);
    Result<void> set_custom_family(const Family &family);
    [[nodiscard]] static Result<Frame> lrt(View<const Spec *> specs, Maybe<Frame> data, bool chi_bar, Maybe<Options> options = none);
    [[nodiscard]] Result<CrossValidation> cross_validate(Maybe<Frame> data, std::optional<std::string_view> group, std::size_t folds,
                                                         std::uint64_t seed, Maybe<Options> options = none) const;

    /// interlace_spec_add_random: Adds a random term, "(1 + x | g)", to those of the formula.
    Result<void> add_random(std::string_view term);

    /// interlace_spec_add_groups: Adds a random intercept by the grouping factor of that name, short for the term "(1 | name)"; "a/b" means
    /// b within a.
    Result<void> add_groups(std::string_view name);

    /// interlace_spec_set_weights: Names the column of prior weights: the residual variance of a row is sigma^2 / weight; for a binomial
    /// proportion the weights are the numbers of trials; in ordinal and Cox models a row of weight w counts as w rows.
    Result<void> set_weights(std::optional<std::string_view> column = std::nullopt);

    /// interlace_spec_set_offset: Names the column of the offset, which is added to any offset() in the formula.
    Result<void> set_offset(std::optional<std::string_view> column = std::nullopt);

    /// interlace_spec_set_contrasts: Sets the contrasts of a column of categories by their R name: "contr.treatment", "contr.sum",
    /// "contr.helmert", "contr.poly", "contr.SAS" or "contr.sdif"; or by columns of your own, one less than the levels that occur, with a
    /// weight for each level, as "1,0,-1; 0,1,-1", or with names "ac: 1,0,-1; bc: 0,1,-1".
    Result<void> set_contrasts(std::string_view column, std::string_view contrasts);

    /// interlace_spec_n_rows: The number of rows of a spec made from arrays; 0 for one from a formula, and for NULL.
    [[nodiscard]] std::size_t n_rows() const noexcept;

    /// interlace_spec_set_fixef_names: Names the columns of `x`: `names` [p].
    Result<void> set_fixef_names(const Texts &names);

    /// interlace_spec_set_weights_array: Sets prior weights `weights` [n], which are copied: the residual variance of a row is sigma^2 /
    /// weight; for a binomial proportion they are the numbers of trials; in ordinal and Cox models a row of weight w counts as w rows.
    Result<void> set_weights_array(View<double> weights);

    /// interlace_spec_set_offset_array: Sets the offset `offset` [n], which is copied: a known part of the linear predictor.
    Result<void> set_offset_array(View<double> offset);

    /// interlace_spec_set_term_levels: Labels the levels of a term (from 0): `levels` [n_levels].
    Result<void> set_term_levels(std::size_t term, const Texts &levels);

    /// interlace_spec_set_term_effects: Names the effects of a term (from 0), which are the columns of its `z`: `names` [k].
    Result<void> set_term_effects(std::size_t term, const Texts &names);

    /// interlace_spec_set_family: Sets the distribution of the response of a generalised model by its name, such as "poisson" or
    /// "binomial"; interlace_family_name lists them, and names that R's packages have for them ("Gamma", "inverse.gaussian",
    /// "negative.binomial", "beta_family", "t_family", "ordbeta") are also accepted.
    Result<void> set_family(std::string_view family, std::optional<std::string_view> link = std::nullopt);

    /// interlace_spec_fix_parameter: Fixes a parameter of the family at a value instead of estimating it, such as the "df" of "student_t"
    /// at 5.
    Result<void> fix_parameter(std::string_view name, double value);

    /// interlace_spec_set_dispersion: Makes the first parameter of the family (its dispersion, say) depend on the data by a one-sided
    /// formula, "~ z + (1 | g)", on the scale on which the parameter is estimated.
    Result<void> set_dispersion(std::string_view formula);

    /// interlace_spec_set_zero_inflation: Adds extra zeros (zero inflation) to the response: a one-sided formula gives the predictor of
    /// their probability on the logit scale, "~ z + (1 | g)".
    Result<void> set_zero_inflation(std::string_view formula);

    /// interlace_spec_set_dispersion_array: Sets the predictor of interlace_spec_set_dispersion by its model matrix `x` [n,p], column-major
    /// with leading dimension `ldx` >= n, for a spec made from arrays.
    Result<void> set_dispersion_array(MatrixView x, const Texts &names = {});

    /// interlace_spec_set_zero_inflation_array: Sets the predictor of interlace_spec_set_zero_inflation by its model matrix `x` [n,p],
    /// column-major with leading dimension `ldx` >= n, for a spec made from arrays.
    Result<void> set_zero_inflation_array(MatrixView x, const Texts &names = {});

    /// interlace_spec_set_link: Sets the link of an ordinal model, which maps cumulative probabilities to threshold minus linear predictor:
    /// "logit" (the default: proportional odds), "probit", "cloglog" (proportional hazards), "loglog" or "cauchit".
    Result<void> set_link(std::string_view link);

    /// interlace_spec_set_threshold: Sets the structure of the thresholds of an ordinal model; INTERLACE_THRESHOLD_FLEXIBLE is the default.
    Result<void> set_threshold(Threshold threshold);

    /// interlace_spec_set_nominal: Gives an ordinal model effects that differ from threshold to threshold (partial proportional odds), by a
    /// one-sided formula of fixed effects, "~ z": they are added to the thresholds.
    Result<void> set_nominal(std::string_view formula);

    /// interlace_spec_set_scale: Makes the scale of an ordinal model depend on the data by a one-sided formula of fixed effects and
    /// offset(), "~ z": the predictor of its logarithm.
    Result<void> set_scale(std::string_view formula);

    /// interlace_spec_set_nominal_array: Sets the nominal effects of interlace_spec_set_nominal by their model matrix `x` [n,p],
    /// column-major with leading dimension `ldx` >= n, for a spec made from arrays.
    Result<void> set_nominal_array(MatrixView x, const Texts &names = {});

    /// interlace_spec_set_scale_array: Sets the predictor of interlace_spec_set_scale by its model matrix `x` [n,p], column-major with
    /// leading dimension `ldx` >= n, for a spec made from arrays.
    Result<void> set_scale_array(MatrixView x, const Texts &names = {});

    /// interlace_spec_set_response_levels: Sets the categories of the response of an ordinal model from lowest to highest: `levels`
    /// [n_levels], at least two.
    Result<void> set_response_levels(const Texts &levels);

    /// interlace_spec_set_ties: Sets how a Cox model handles events at the same time; INTERLACE_TIES_EFRON is the default.
    Result<void> set_ties(Ties ties);

    /// interlace_spec_set_survival_array: Sets the response of a Cox model from arrays: a row is at risk at times t with `start` [n] < t <=
    /// `stop` [n], in any unit, from 0 up, and `event` [n] is 1 if it ends with an event, 0 if it ends without one.
    Result<void> set_survival_array(View<double> start, View<double> stop, View<double> event = {});

    /// interlace_spec_set_strata_array: Divides the rows of a Cox model from arrays into strata, each with a baseline hazard of its own:
    /// `index` [n] holds the stratum of each row, from 0 to `n_strata` - 1, or -1 if missing.
    Result<void> set_strata_array(View<std::int64_t> index, std::size_t n_strata, const Texts &labels = {});

    /// interlace_spec_set_correlation: Makes the residuals of a linear model correlated within groups: "ar1(time | g)", "ar1(1 | g)", whose
    /// time is the order of the rows used within each group, or "cs(1 | g)".
    Result<void> set_correlation(std::optional<std::string_view> correlation = std::nullopt);

    /// interlace_spec_set_correlation_array: Makes the residuals of a spec made from arrays correlated within groups, as
    /// interlace_spec_set_correlation does; `index` [n] holds the group of each row, from 0 to below `n_groups`, or -1 if missing; `time`
    /// [n] may be NULL, for the order of the rows, and must be NULL for INTERLACE_CORRELATION_COMPOUND_SYMMETRY.
    Result<void> set_correlation_array(Correlation correlation, View<std::int64_t> index, std::size_t n_groups, View<double> time = {});

    /// interlace_spec_variables: The columns that a model from a formula needs, before there are data, as a new frame with a row for each
    /// column and use: "name", "role" and "part".
    [[nodiscard]] Result<Frame> variables() const;

    /// interlace_spec_objective: Evaluates the objective of a model (the deviance, or for REML the REML criterion) without fitting it:
    /// `values` [n_points] at the points `theta` [n_theta,n_points], one column per point, in the order of interlace_fit_theta_name.
    [[nodiscard]] Result<std::vector<double>> objective(Maybe<Frame> data, MatrixView theta, Maybe<Options> options = none) const;

    /// interlace_spec_add_prior: Gives parameters a prior density, so that the fit maximises likelihood times density: estimates away from
    /// separation, and from variances of zero.
    Result<void> add_prior(std::optional<std::string_view> prior = std::nullopt);

    /// interlace_spec_all_optimizers: Fits the model `spec` to `data` by each optimiser in turn, from several starts: those of
    /// interlace_fit_new, and standard deviations of random effects that are a tenth and ten times those estimated.
    [[nodiscard]] Result<Frame> all_optimizers(Maybe<Frame> data = none, Maybe<Options> options = none) const;

  private:
    friend class Fit;
    std::shared_ptr<const FamilyFunctions> functions_;
};

/// What is asked of a fit for a document.
class Questions : public detail::Owner<interlace_questions, interlace_questions_free> {
  public:
    /// The basics.
    Questions();
    using Owner::Owner;

    /// interlace_questions_set: Sets a question by name from text, such as "confint" from "wald"; interlace_questions_name lists the names,
    /// in which hyphens count as underscores.
    Result<void> set(std::string_view name, std::optional<std::string_view> value = std::nullopt);

    /// interlace_questions_set_frame: Sets a question whose value is data: "predict" (the rows to predict) or "refit" (other responses, a
    /// column each).
    Result<void> set_frame(std::string_view name, const Frame &data);

    /// interlace_questions_check: Whether the questions go together and suit a kind of model: INTERLACE_E_ARGUMENT for one that says how to
    /// answer another that is not asked, or that this kind of model has no answer to.
    Result<void> check(Model model) const;

    /// interlace_questions_of_rows: Name of a question that was set and whose answer needs the rows of the data, so that a fit of an
    /// accumulator (interlace_accumulator_fit) has none; NULL if there is no such question.
    [[nodiscard]] std::string_view of_rows() const noexcept;

    /// interlace_questions_count: Number of questions that can be set.
    [[nodiscard]] static std::size_t count() noexcept;

    /// interlace_questions_name: Name of a question, by its index from 0; NULL if there is none.
    [[nodiscard]] static std::string_view name(std::size_t i) noexcept;

    /// interlace_questions_doc: What a question asks, in one line; NULL if there is none.
    [[nodiscard]] static std::string_view doc(std::size_t i) noexcept;

    /// interlace_questions_values: What the value of a question may be; NULL for a question that is asked or not, and if there is none.
    [[nodiscard]] static std::string_view values(std::size_t i) noexcept;

    /// interlace_questions_takes_frame: Whether the value of a question is a frame, for interlace_questions_set_frame.
    [[nodiscard]] static bool takes_frame(std::size_t i) noexcept;

    /// interlace_questions_is_repeatable: Whether a question can be repeated, each value adding to those before.
    [[nodiscard]] static bool is_repeatable(std::size_t i) noexcept;

    /// interlace_questions_needs: Name of another question that a question says how to answer, by its index `j` from 0: one of these must
    /// be asked, too.
    [[nodiscard]] static std::string_view needs(std::size_t i, std::size_t j) noexcept;

    /// interlace_questions_suits: Whether a kind of model has an answer to a question.
    [[nodiscard]] static bool suits(std::size_t i, Model model) noexcept;
};

/// What is chosen of a picture.
class PlotOptions : public detail::Owner<interlace_plot_options, interlace_plot_options_free> {
  public:
    PlotOptions();
    using Owner::Owner;

    /// interlace_plot_options_set: Sets an option of pictures by name from text, such as "term" from "Subject"; interlace_plot_options_name
    /// lists the names, in which hyphens count as underscores.
    Result<void> set(std::string_view name, std::string_view value);

    /// interlace_plot_options_count: Number of options of pictures that can be set.
    [[nodiscard]] static std::size_t count() noexcept;

    /// interlace_plot_options_name: Name of an option of pictures, by its index from 0; NULL if there is none.
    [[nodiscard]] static std::string_view name(std::size_t i) noexcept;

    /// interlace_plot_options_doc: What an option of pictures does, what values it takes and its default, in one line; NULL if there is
    /// none.
    [[nodiscard]] static std::string_view doc(std::size_t i) noexcept;

    /// interlace_plot_options_picture_count: Number of kinds of pictures.
    [[nodiscard]] static std::size_t picture_count() noexcept;

    /// interlace_plot_options_picture_name: Name of a kind of picture, by its index from 0; NULL if there is none.
    [[nodiscard]] static std::string_view picture_name(std::size_t i) noexcept;

    /// interlace_plot_options_picture_doc: What a kind of picture shows, in one line; NULL if there is none.
    [[nodiscard]] static std::string_view picture_doc(std::size_t i) noexcept;

    /// interlace_plot_options_picture_needs_rows: Whether a kind of picture, by its index from 0, needs rows, of the fit or of its data, so
    /// that fits of accumulators do not have it; false if there is none.
    [[nodiscard]] static bool picture_needs_rows(std::size_t i) noexcept;
};

struct Saved;

/// A fitted model.
class Fit : public detail::Owner<interlace_fit, interlace_fit_free> {
  public:
    using Owner::Owner;

    /// Fits a model. A spec made from arrays needs no data.
    [[nodiscard]] static Result<Fit> make(const Spec &spec, Maybe<Frame> data = none, Maybe<Options> options = none);
    [[nodiscard]] Result<Fit> refit_ml(Maybe<Options> options = none) const;

    [[nodiscard]] std::vector<std::string_view> fixef_names(Predictor predictor = Predictor::mean) const;
    [[nodiscard]] std::vector<std::string_view> warnings() const;
    [[nodiscard]] std::vector<std::string_view> term_levels(std::size_t term) const;
    [[nodiscard]] std::vector<std::string_view> parameter_names(ParameterForm parameter_form) const;

    /// A row per row of the data, of the request's arrays, or of the data of the fit.
    [[nodiscard]] Result<Matrix> predict(Maybe<Frame> data = none, const PredictRequest &request = {}, Maybe<Options> options = none) const;
    [[nodiscard]] Result<Predictions> predict_interval(Maybe<Frame> data = none, const PredictRequest &request = {},
                                                       Maybe<Options> options = none) const;
    [[nodiscard]] Result<std::vector<PredictionStatus>> predict_status(Maybe<Frame> data = none, const PredictRequest &request = {},
                                                                       Maybe<Options> options = none) const;
    /// A row and a column per prediction, those of the first number of all rows first.
    [[nodiscard]] Result<Matrix> predict_covariance(Maybe<Frame> data = none, const PredictRequest &request = {},
                                                    Maybe<Options> options = none) const;
    /// A column per replicate.
    [[nodiscard]] Result<Matrix> predict_simulate(std::size_t nsim, std::uint64_t seed, Maybe<Frame> data = none,
                                                  const PredictRequest &request = {}, Maybe<Options> options = none) const;
    /// Over the random effects; a column of quantiles per probability.
    [[nodiscard]] Result<EffectDistribution> predict_distribution(View<double> probabilities, Maybe<Frame> data = none,
                                                                  const PredictRequest &request = {},
                                                                  Maybe<Options> options = none) const;
    /// Groups of the rows from 0 to below n_groups, negative for none; without groups of all rows, without weights means.
    [[nodiscard]] Result<Frame> predict_sums(View<std::int64_t> groups, std::size_t n_groups, View<double> weights = {},
                                             Maybe<Frame> data = none, const PredictRequest &request = {},
                                             Maybe<Options> options = none) const;
    /// Z as compressed columns.
    [[nodiscard]] Result<SparseMatrix> z() const;
    /// To another response, a value for each row; of a Cox model the times, then the events.
    [[nodiscard]] Result<Fit> refit(View<double> y, Maybe<Options> options = none) const;
    /// A column of y per response; of a Cox model two, the times and the events.
    [[nodiscard]] Result<Frame> refit_many(MatrixView y, bool std_errors, Maybe<Options> options = none) const;
    /// Of single rows, or of the sums over the rows of each group: a grouping factor, or a column of the data.
    [[nodiscard]] Result<SimulatedResiduals> simulated_residuals(std::size_t nsim, std::uint64_t seed, Simulation simulation,
                                                                 Maybe<Frame> data = none, std::optional<std::string_view> group = std::nullopt,
                                                                 Maybe<Options> options = none) const;
    [[nodiscard]] static Result<Frame> compare(View<const Fit *> fits, bool chi_bar, Maybe<Options> options = none);
    [[nodiscard]] Result<std::string> to_json(Maybe<Spec> spec = none, Maybe<Frame> data = none, Maybe<Questions> questions = none,
                                              Maybe<Options> options = none) const;
    [[nodiscard]] Result<std::string> to_text(Maybe<Spec> spec = none, Maybe<Frame> data = none, Maybe<Questions> questions = none,
                                              Maybe<Options> options = none) const;
    /// A picture as SVG.
    [[nodiscard]] Result<std::vector<std::uint8_t>> plot(std::string_view picture, Maybe<Frame> data = none,
                                                         Maybe<PlotOptions> plot_options = none, Maybe<Options> options = none) const;
    /// What from_bytes makes a fit of again; the spec is for the questions that fit models anew.
    [[nodiscard]] Result<std::vector<std::uint8_t>> to_bytes(Maybe<Spec> spec = none, bool with_rows = true) const;
    [[nodiscard]] static Result<Saved> from_bytes(View<std::uint8_t> bytes);

    /// interlace_fit_option: The value of an option that a fit was made with, by name, as text that interlace_options_set accepts.
    [[nodiscard]] Result<std::string_view> option(std::string_view name) const;

    /// interlace_fit_model: The kind of model; INTERLACE_MODEL_NONE for NULL.
    [[nodiscard]] Model model() const noexcept;

    /// interlace_fit_formula: The formula as it was given; empty for a model from arrays.
    [[nodiscard]] std::string_view formula() const noexcept;

    /// interlace_fit_method: Which likelihood the fit maximises, INTERLACE_METHOD_REML or INTERLACE_METHOD_ML; INTERLACE_METHOD_DEFAULT for
    /// NULL.
    [[nodiscard]] Method method() const noexcept;

    /// interlace_fit_is_singular: Whether the fit is singular: some linear combination of random effects has a variance of exactly zero.
    [[nodiscard]] bool is_singular() const noexcept;

    /// interlace_fit_n_obs: Number of rows used.
    [[nodiscard]] std::size_t n_obs() const noexcept;

    /// interlace_fit_df_residual: Residual degrees of freedom: rows used minus parameters.
    [[nodiscard]] std::size_t df_residual() const noexcept;

    /// interlace_fit_sigma: Standard deviation of the residuals, in units of the response.
    [[nodiscard]] double sigma() const noexcept;

    /// interlace_fit_log_likelihood: Log-likelihood (natural logarithm, with all constants), restricted for a fit by REML.
    [[nodiscard]] double log_likelihood() const noexcept;

    /// interlace_fit_criterion: The minimised objective: the deviance, or for a fit by REML the REML criterion; with priors without what
    /// they add to it (interlace_fit_prior_penalty).
    [[nodiscard]] double criterion() const noexcept;

    /// interlace_fit_aic: Akaike's information criterion.
    [[nodiscard]] double aic() const noexcept;

    /// interlace_fit_aicc: Akaike's information criterion corrected for small samples (Hurvich & Tsai 1989), AIC + 2 k (k + 1) / (n - k -
    /// 1) with k parameters and n rows used, of a Cox model n events.
    [[nodiscard]] double aicc() const noexcept;

    /// interlace_fit_bic: Bayesian information criterion.
    [[nodiscard]] double bic() const noexcept;

    /// interlace_fit_engine: Which engine made a fit: "direct", or "iterative" for a linear or generalised model whose random effects were
    /// solved for by iterations.
    [[nodiscard]] std::string_view engine() const noexcept;

    /// interlace_fit_engine_decision: Why that engine was chosen, in one line; NULL where there was nothing to decide.
    [[nodiscard]] std::string_view engine_decision() const noexcept;

    /// interlace_fit_forecast_multiplications: The forecast of a factorisation: its multiplications.
    [[nodiscard]] double forecast_multiplications() const noexcept;

    /// interlace_fit_forecast_bytes: The forecast of a factorisation: its memory in bytes.
    [[nodiscard]] double forecast_bytes() const noexcept;

    /// interlace_fit_criterion_error: The Monte-Carlo standard error of the criterion, which is twice that of the log-likelihood.
    [[nodiscard]] double criterion_error() const noexcept;

    /// interlace_fit_theta_errors: Monte-Carlo standard errors of theta [n_theta]: what other random signs would change.
    [[nodiscard]] Result<std::vector<double>> theta_errors() const;

    /// interlace_fit_converged: Whether the optimiser reached an optimum.
    [[nodiscard]] bool converged() const noexcept;

    /// interlace_fit_reason: Why the optimiser stopped; INTERLACE_REASON_NONE for NULL.
    [[nodiscard]] Reason reason() const noexcept;

    /// interlace_fit_n_evaluations: Number of evaluations of the objective.
    [[nodiscard]] std::size_t n_evaluations() const noexcept;

    /// interlace_fit_scaled_gradient: Distance to the optimum in units of the parameters' standard errors: sqrt(g' H^-1 g) with gradient g
    /// and Hessian H of the objective.
    [[nodiscard]] double scaled_gradient() const noexcept;

    /// interlace_fit_n_boundary: Number of directions without variance, over all terms; 0 unless the fit is singular.
    [[nodiscard]] std::size_t n_boundary() const noexcept;

    /// interlace_fit_boundary: A direction without variance as text, "Subject: 0.98 (Intercept) - 0.20 Days", by its index from 0; NULL if
    /// there is none.
    [[nodiscard]] std::string_view boundary(std::size_t i) const noexcept;

    /// interlace_fit_n_separated: Number of parameters without a finite maximum likelihood estimate: the likelihood of a model of counts,
    /// proportions or ordered categories rises as they go to infinity, for example if a covariate separates all successes from all
    /// failures.
    [[nodiscard]] std::size_t n_separated() const noexcept;

    /// interlace_fit_separated: Name of a parameter without a finite estimate, by its index from 0, as in interlace_fit_parameter_name
    /// (those of the zero inflation begin with "zi."); NULL if there is none.
    [[nodiscard]] std::string_view separated(std::size_t i) const noexcept;

    /// interlace_fit_n_warnings: Number of warnings: what the user of the fit should know.
    [[nodiscard]] std::size_t n_warnings() const noexcept;

    /// interlace_fit_warning: A warning, one line of text, by its index from 0; NULL if there is none.
    [[nodiscard]] std::string_view warning(std::size_t i) const noexcept;

    /// interlace_fit_design_seconds: Seconds of wall time from the data to the model matrices.
    [[nodiscard]] double design_seconds() const noexcept;

    /// interlace_fit_fit_seconds: Seconds of wall time from the model matrices to estimates, standard errors and random effects.
    [[nodiscard]] double fit_seconds() const noexcept;

    /// interlace_fit_has_predictor: Whether the fit has a linear predictor.
    [[nodiscard]] bool has_predictor(Predictor predictor = Predictor::mean) const noexcept;

    /// interlace_fit_n_fixef: Number p of fixed effects of a predictor: the columns kept; 0 without the predictor.
    [[nodiscard]] std::size_t n_fixef(Predictor predictor = Predictor::mean) const noexcept;

    /// interlace_fit_fixef_name: Name of a fixed effect of a predictor, by its index from 0; NULL if there is none.
    [[nodiscard]] std::string_view fixef_name(Predictor predictor, std::size_t i) const noexcept;

    /// interlace_fit_fixef: Estimates of the fixed effects of a predictor [p].
    [[nodiscard]] Result<std::vector<double>> fixef(Predictor predictor = Predictor::mean) const;

    /// interlace_fit_fixef_std_error: Standard errors of the fixed effects of a predictor [p].
    [[nodiscard]] Result<std::vector<double>> fixef_std_error(Predictor predictor = Predictor::mean) const;

    /// interlace_fit_fixef_vcov: Covariance matrix of the estimates of the fixed effects of a predictor [p,p].
    [[nodiscard]] Result<Matrix> fixef_vcov(Predictor predictor = Predictor::mean) const;

    /// interlace_fit_fixef_p_value: Two-sided p-values of the fixed effects of a predictor [p]: for the mean by the degrees of freedom
    /// `df`, for others, which know only INTERLACE_DF_DEFAULT and INTERLACE_DF_NORMAL, by the normal distribution.
    [[nodiscard]] Result<std::vector<double>> fixef_p_value(Predictor predictor = Predictor::mean, Df df = Df::default_,
            Maybe<Options> options = none) const;

    /// interlace_fit_fixef_confint_wald: Wald confidence intervals of the fixed effects of a predictor at a `level` such as 0.95, to
    /// `lower` [p] and `upper` [p], by degrees of freedom as in interlace_fit_fixef_p_value.
    [[nodiscard]] Result<Limits<std::vector<double>>> fixef_confint_wald(Predictor predictor = Predictor::mean, Df df = Df::default_,
            double level = 0.95, Maybe<Options> options = none) const;

    /// interlace_fit_n_dropped_columns: Number of columns left out of a predictor's fixed-effects model matrix because they are linear
    /// combinations of those before them; 0 without the predictor.
    [[nodiscard]] std::size_t n_dropped_columns(Predictor predictor = Predictor::mean) const noexcept;

    /// interlace_fit_dropped_column: Name of a column left out of a predictor, by its index from 0; NULL if there is none.
    [[nodiscard]] std::string_view dropped_column(Predictor predictor, std::size_t i) const noexcept;

    /// interlace_fit_term_predictor: Predictor of a random term; INTERLACE_PREDICTOR_NONE if there is no such term.
    [[nodiscard]] Predictor term_predictor(std::size_t term) const noexcept;

    /// interlace_fit_linear_predictor: Values of a predictor with fixed effects, random effects and offset [m], m as in
    /// interlace_fit_n_rows.
    [[nodiscard]] Result<std::vector<double>> linear_predictor(Predictor predictor = Predictor::mean) const;

    /// interlace_fit_n_theta: Number of covariance parameters.
    [[nodiscard]] std::size_t n_theta() const noexcept;

    /// interlace_fit_theta_name: Name of a covariance parameter, by its index from 0: "group.effect" on the diagonal of the Cholesky
    /// factor, "group.row.column" below it, with "zi." or "disp." before it for a term of the zero inflation or the dispersion; NULL if
    /// there is none.
    [[nodiscard]] std::string_view theta_name(std::size_t i) const noexcept;

    /// interlace_fit_theta: Covariance parameters [n_theta], term by term: for an unstructured covariance the lower triangle, by columns,
    /// of the Cholesky factor of the random effects' covariance relative to sigma^2; for a generalised model, of that covariance itself.
    [[nodiscard]] Result<std::vector<double>> theta() const;

    /// interlace_fit_n_terms: Number of random terms, of all predictors.
    [[nodiscard]] std::size_t n_terms() const noexcept;

    /// interlace_fit_term_group: Grouping factor of a term, "g" or "a:b"; NULL if there is no such term.
    [[nodiscard]] std::string_view term_group(std::size_t term) const noexcept;

    /// interlace_fit_term_n_effects: Number of effects r of a term.
    [[nodiscard]] std::size_t term_n_effects(std::size_t term) const noexcept;

    /// interlace_fit_term_effect_name: Name of an effect of a term, by its index from 0; NULL if there is none.
    [[nodiscard]] std::string_view term_effect_name(std::size_t term, std::size_t effect) const noexcept;

    /// interlace_fit_term_n_levels: Number of levels l of a term's grouping factor.
    [[nodiscard]] std::size_t term_n_levels(std::size_t term) const noexcept;

    /// interlace_fit_term_level: Label of a level of a term's grouping factor, by its index from 0; NULL if there is none.
    [[nodiscard]] std::string_view term_level(std::size_t term, std::size_t level) const noexcept;

    /// interlace_fit_term_structure: Covariance structure of a term; INTERLACE_STRUCTURE_NONE if there is no such term.
    [[nodiscard]] Structure term_structure(std::size_t term) const noexcept;

    /// interlace_fit_term_is_homogeneous: Whether a term's effects share one standard deviation by its structure.
    [[nodiscard]] bool term_is_homogeneous(std::size_t term) const noexcept;

    /// interlace_fit_term_cov: Covariance matrix of a term's effects [r,r], in squared units of the response, or of the linear predictor.
    [[nodiscard]] Result<Matrix> term_cov(std::size_t term) const;

    /// interlace_fit_term_sd: Standard deviations of a term's effects [r].
    [[nodiscard]] Result<std::vector<double>> term_sd(std::size_t term) const;

    /// interlace_fit_term_corr: Correlation matrix of a term's effects [r,r]; NaN for an effect without variance.
    [[nodiscard]] Result<Matrix> term_corr(std::size_t term) const;

    /// interlace_fit_term_ranef: Conditional modes of a term's random effects [r,l]: one column per level.
    [[nodiscard]] Result<Matrix> term_ranef(std::size_t term) const;

    /// interlace_fit_term_ranef_cov: Conditional covariance matrices of a term's random effects given the parameters [r,r,l]: one matrix
    /// per level.
    [[nodiscard]] Result<Cube> term_ranef_cov(std::size_t term) const;

    /// interlace_fit_term_has_ranef_cov_full: Whether interlace_fit_term_ranef_cov_full is available.
    [[nodiscard]] bool term_has_ranef_cov_full(std::size_t term) const noexcept;

    /// interlace_fit_term_ranef_cov_full: As interlace_fit_term_ranef_cov, with the uncertainty of the estimated parameters added (delta
    /// method, as in TMB's sdreport) [r,r,l].
    [[nodiscard]] Result<Cube> term_ranef_cov_full(std::size_t term) const;

    /// interlace_fit_term_ranef_confint_wald: Limits of a term's random effects at a level such as 0.95: the modes minus and plus a normal
    /// quantile times the standard deviations, each [r,l].
    [[nodiscard]] Result<Limits<Matrix>> term_ranef_confint_wald(std::size_t term, double level, bool full) const;

    /// interlace_fit_term_n_boundary: Number of directions in the space of a term's effects that have no variance; 0 unless the fit is
    /// singular.
    [[nodiscard]] std::size_t term_n_boundary(std::size_t term) const noexcept;

    /// interlace_fit_term_boundary: A direction without variance, by its index from 0 [r]: the weights of the effects, of unit length.
    [[nodiscard]] Result<std::vector<double>> term_boundary(std::size_t term, std::size_t direction) const;

    /// interlace_fit_n_parameters: Number n of parameters, in the order that all functions of parameters have: the fixed effects of the
    /// mean, the zero inflation and the dispersion; sigma and the residual correlation of a linear model, the estimated parameters of the
    /// family of a generalised one, those of the thresholds and the nominal effects of an ordinal one; then those of the random effects, as
    /// many as interlace_fit_n_theta.
    [[nodiscard]] std::size_t n_parameters() const noexcept;

    /// interlace_fit_parameter_id: The id of a parameter in a form, by its index from 0: a text that a program can take apart, such as
    /// "fixef[x]", "zi.fixef[x]", "family[shape]", "sigma", "theta[g, x]", "sd[g, x]" or "cor[g, (Intercept), x]".
    [[nodiscard]] std::string_view parameter_id(ParameterForm parameter_form, std::size_t i) const noexcept;

    /// interlace_fit_parameter_name: The name of a parameter in a form, by its index from 0, for people: "x", "zi.x" and "disp.x" of fixed
    /// effects, "sigma", "ar1|g", "shape", "low|mid"; "theta.g.x" in the working form, "sd_x|g" and "cor_x.(Intercept)|g" in the reported
    /// one, "var_x|g", "cov_x.(Intercept)|g" and "sigma^2" as variances, "log_sd_x|g", "atanh_cor_x.(Intercept)|g" and "log_sigma" without
    /// bounds.
    [[nodiscard]] std::string_view parameter_name(ParameterForm parameter_form, std::size_t i) const noexcept;

    /// interlace_fit_parameters: The estimates of all parameters in a form [n_parameters].
    [[nodiscard]] Result<std::vector<double>> parameters(ParameterForm parameter_form) const;

    /// interlace_fit_parameters_vcov: The covariance matrix of the estimates of all parameters in a form [n_parameters,n_parameters]: twice
    /// the inverse of the Hessian of the deviance.
    [[nodiscard]] Result<Matrix> parameters_vcov(ParameterForm parameter_form, Maybe<Options> options = none) const;

    /// interlace_fit_variance_parameters: The parameters of variances as a new frame, with standard errors and Wald limits: term, id,
    /// estimate, std_error, lower, upper.
    [[nodiscard]] Result<Frame> variance_parameters(ParameterForm parameter_form, ParameterLimits parameter_limits, double level = 0.95,
            Maybe<Options> options = none) const;

    /// interlace_fit_log_likelihood_at: The log-likelihood at any values of the parameters of a form, to `values` [n_points]; by restricted
    /// likelihood where the fit is.
    [[nodiscard]] Result<std::vector<double>> log_likelihood_at(ParameterForm parameter_form, MatrixView parameters,
            Maybe<Options> options = none) const;

    /// interlace_fit_gradient_at: The gradient of the log-likelihood at any values of the parameters of a form [n_parameters];
    /// interlace_fit_log_likelihood_at has more.
    [[nodiscard]] Result<std::vector<double>> gradient_at(ParameterForm parameter_form, View<double> parameters,
            Maybe<Options> options = none) const;

    /// interlace_fit_information_at: The information of the log-likelihood at any values of the parameters of a form
    /// [n_parameters,n_parameters]: minus its second derivatives, or the average information.
    [[nodiscard]] Result<Matrix> information_at(ParameterForm parameter_form, InformationMatrix information_matrix,
            View<double> parameters, Maybe<Options> options = none) const;

    /// interlace_fit_family: Name of the family of a generalised model, as in interlace_family_name; "cumulative" for an ordinal model;
    /// NULL for a linear model.
    [[nodiscard]] std::string_view family() const noexcept;

    /// interlace_fit_link: Name of the link of a generalised model; NULL for a linear model.
    [[nodiscard]] std::string_view link() const noexcept;

    /// interlace_fit_information: The information in the Laplace approximation; INTERLACE_INFORMATION_NONE for a linear model.
    [[nodiscard]] Information information() const noexcept;

    /// interlace_fit_nagq: Number of quadrature points, as in interlace_options_set_nagq; -1 for a linear model.
    [[nodiscard]] std::int32_t nagq() const noexcept;

    /// interlace_fit_n_family_parameters: Number k of the family's parameters besides the mean; for an ordinal model of those of the
    /// thresholds (interlace_fit_n_threshold_parameters) and the nominal effects, a (1 + c); 0 for a linear model.
    [[nodiscard]] std::size_t n_family_parameters() const noexcept;

    /// interlace_fit_family_parameter_name: Name of a parameter of the family, by its index from 0; NULL if there is none.
    [[nodiscard]] std::string_view family_parameter_name(std::size_t i) const noexcept;

    /// interlace_fit_family_parameter_is_fixed: Whether a parameter of the family was fixed (interlace_spec_fix_parameter) and not
    /// estimated.
    [[nodiscard]] bool family_parameter_is_fixed(std::size_t i) const noexcept;

    /// interlace_fit_family_parameters: The family's parameters [k]; the first is NaN with a dispersion formula.
    [[nodiscard]] Result<std::vector<double>> family_parameters() const;

    /// interlace_fit_family_parameters_std_error: Standard errors of the family's parameters, by the delta method [k]; NaN for a fixed
    /// parameter.
    [[nodiscard]] Result<std::vector<double>> family_parameters_std_error() const;

    /// interlace_fit_dispersion: The family's first parameter for each row [m], m as in interlace_fit_n_rows; the same in all rows without
    /// a formula for the dispersion.
    [[nodiscard]] Result<std::vector<double>> dispersion() const;

    /// interlace_fit_zero_probability: Probability, for each row, of a zero from the zero inflation [m]; zero without a zero-inflation
    /// formula.
    [[nodiscard]] Result<std::vector<double>> zero_probability() const;

    /// interlace_fit_n_categories: Number of categories K of an ordinal fit: those that occur in the rows used; 0 for other fits.
    [[nodiscard]] std::size_t n_categories() const noexcept;

    /// interlace_fit_category: Label of a category, by its index from 0, from lowest to highest; NULL if there is none.
    [[nodiscard]] std::string_view category(std::size_t k) const noexcept;

    /// interlace_fit_threshold_structure: The structure of the thresholds of an ordinal fit; INTERLACE_THRESHOLD_NONE for other fits.
    [[nodiscard]] Threshold threshold_structure() const noexcept;

    /// interlace_fit_n_thresholds: Number of thresholds of an ordinal fit, one less than the number of categories; 0 for other fits.
    [[nodiscard]] std::size_t n_thresholds() const noexcept;

    /// interlace_fit_threshold_name: Name of a threshold, by its index from 0: the categories on either side, "low|mid"; NULL if there is
    /// none.
    [[nodiscard]] std::string_view threshold_name(std::size_t i) const noexcept;

    /// interlace_fit_thresholds: The thresholds, ascending, at nominal effects of zero [K - 1].
    [[nodiscard]] Result<std::vector<double>> thresholds() const;

    /// interlace_fit_thresholds_std_error: Standard errors of the thresholds [K - 1].
    [[nodiscard]] Result<std::vector<double>> thresholds_std_error() const;

    /// interlace_fit_thresholds_vcov: Covariance matrix of the thresholds [K - 1,K - 1]; singular if they are not all free.
    [[nodiscard]] Result<Matrix> thresholds_vcov() const;

    /// interlace_fit_n_threshold_parameters: Number a of parameters of the thresholds: K - 1 flexible ones, which are the thresholds
    /// themselves ("low|mid"); for symmetric thresholds the middle one ("central") or the two middle ones ("central.1", "central.2") and
    /// distances from these ("spacing.1", "spacing.2"); for equidistant ones the first and the distance ("threshold.1", "spacing").
    [[nodiscard]] std::size_t n_threshold_parameters() const noexcept;

    /// interlace_fit_thresholds_jacobian: The matrix that maps the parameters of the thresholds, as interlace_fit_n_threshold_parameters
    /// describes them, to thresholds [K - 1,a].
    [[nodiscard]] Result<Matrix> thresholds_jacobian() const;

    /// interlace_fit_n_nominal: Number c of columns with nominal effects, counting those kept; 0 without any.
    [[nodiscard]] std::size_t n_nominal() const noexcept;

    /// interlace_fit_nominal_name: Name of a column with nominal effects, by its index from 0; NULL if there is none.
    [[nodiscard]] std::string_view nominal_name(std::size_t i) const noexcept;

    /// interlace_fit_nominal: Nominal effects of each column on each parameter of the thresholds [a,c]: they are added to these parameters,
    /// multiplied by the value of the column.
    [[nodiscard]] Result<Matrix> nominal() const;

    /// interlace_fit_nominal_std_error: Standard errors of the nominal effects [a,c].
    [[nodiscard]] Result<Matrix> nominal_std_error() const;

    /// interlace_fit_family_parameters_confint_wald: Wald confidence intervals of the parameters of interlace_fit_family_parameters by the
    /// normal distribution, to `lower` [k] and `upper` [k]; `level` is between 0 and 1, such as 0.95.
    [[nodiscard]] Result<Limits<std::vector<double>>> family_parameters_confint_wald(double level = 0.95) const;

    /// interlace_fit_ties: How the fit handles events at the same time; INTERLACE_TIES_NONE for NULL and for other models than Cox's.
    [[nodiscard]] Ties ties() const noexcept;

    /// interlace_fit_n_events: Number of rows used that have an event; 0 for NULL and for other models than Cox's.
    [[nodiscard]] std::size_t n_events() const noexcept;

    /// interlace_fit_log_likelihood_null: Log partial likelihood of a Cox model at the offset only, without fixed and random effects.
    [[nodiscard]] double log_likelihood_null() const noexcept;

    /// interlace_fit_log_likelihood_penalised: Log partial likelihood of a Cox model at its fixed effects and the modes of its random
    /// effects, less the penalty b'V^-1 b / 2 of these, V their covariance.
    [[nodiscard]] double log_likelihood_penalised() const noexcept;

    /// interlace_fit_log_likelihood_fitted: Log partial likelihood of a Cox model at its fixed effects and the modes of its random effects,
    /// without the penalty.
    [[nodiscard]] double log_likelihood_fitted() const noexcept;

    /// interlace_fit_concordance: Concordance of a Cox model's linear predictor, random effects included: the share of pairs of rows, one
    /// of which has an event while the other is at risk and has none then, in which it has the larger predictor; equal predictors count
    /// half.
    [[nodiscard]] double concordance() const noexcept;

    /// interlace_fit_concordance_std_error: Standard error of interlace_fit_concordance, by the infinitesimal jackknife in the weights of
    /// the rows, the predictor being given.
    [[nodiscard]] double concordance_std_error() const noexcept;

    /// interlace_fit_df_penalised: Degrees of freedom of the penalised likelihood of a Cox model: the number of fixed effects, and of each
    /// random effect the share that is not shrunk away.
    [[nodiscard]] double df_penalised() const noexcept;

    /// interlace_fit_hazard_ratios: The hazard ratios of a Cox model, the exponentials of its fixed effects, as a new frame, one row each:
    /// "term", "id", "hazard_ratio", and the limits "lower" and "upper" of Wald's intervals at `level` on the scale of the logarithm.
    [[nodiscard]] Result<Frame> hazard_ratios(double level = 0.95) const;

    /// interlace_fit_correlation: The kind of a fit's residual correlation; INTERLACE_CORRELATION_NONE without one.
    [[nodiscard]] Correlation correlation() const noexcept;

    /// interlace_fit_correlation_group: Name of the groups within which residuals are correlated, "g" or "a:b"; NULL without residual
    /// correlation.
    [[nodiscard]] std::string_view correlation_group() const noexcept;

    /// interlace_fit_correlation_n_groups: Number of groups with correlated residuals in the rows used; 0 without residual correlation.
    [[nodiscard]] std::size_t correlation_n_groups() const noexcept;

    /// interlace_fit_correlation_time: Name of the time of a residual correlation; NULL if it is the order of the rows, and without
    /// residual correlation.
    [[nodiscard]] std::string_view correlation_time() const noexcept;

    struct CorrelationEstimate {
        double estimate{};
        double std_error{};
    };
    /// interlace_fit_correlation_estimate: The estimated parameter rho of the residual correlation, to `estimate`, and its standard error
    /// by the delta method from the observed information, to `std_error`, which may be NULL; NaN if the parameter is at the end of its
    /// range.
    [[nodiscard]] Result<CorrelationEstimate> correlation_estimate() const;

    /// interlace_fit_correlation_confint_wald: Wald limits of the residual correlation at a level such as 0.95, to `lower` and `upper`:
    /// symmetric on the scale log((rho - a) / (1 - rho)), where a is the least possible value of rho.
    [[nodiscard]] Result<Limits<double>> correlation_confint_wald(double level = 0.95) const;

    /// interlace_fit_n_priors: The number of priors that the fit was made with; 0 for NULL.
    [[nodiscard]] std::size_t n_priors() const noexcept;

    /// interlace_fit_prior: A prior of the fit as text, "normal(0, 2.5) on fixef".
    [[nodiscard]] std::string_view prior(std::size_t i) const noexcept;

    /// interlace_fit_prior_penalty: -2 log of the priors' density at the estimates, without the constants of improper ones.
    [[nodiscard]] double prior_penalty() const noexcept;

    /// interlace_fit_n_rows: Length m of results per row: the rows used; with INTERLACE_NA_PAD all rows of the data, with NaN for those not
    /// used.
    [[nodiscard]] std::size_t n_rows() const noexcept;

    /// interlace_fit_n_data_rows: Number of rows of the data, used or not.
    [[nodiscard]] std::size_t n_data_rows() const noexcept;

    /// interlace_fit_fitted: Fitted values, the mean of the response with random effects (and zero inflation) [m].
    [[nodiscard]] Result<std::vector<double>> fitted() const;

    /// interlace_fit_residuals: Residuals of a kind [m].
    [[nodiscard]] Result<std::vector<double>> residuals(Residuals residuals, Maybe<Options> options = none) const;

    /// interlace_fit_fixef_residuals: Residuals of a Cox model for each row used and fixed effect [n_obs,p].
    [[nodiscard]] Result<Matrix> fixef_residuals(FixefResiduals fixef_residuals, Maybe<Options> options = none) const;

    /// interlace_fit_schoenfeld_residuals: Schoenfeld residuals of a Cox model as a new frame, a row for each event, by stratum and time:
    /// "stratum" (missing without strata), "time", "row" (of the data, from 0), then for each fixed effect under its name the covariate of
    /// the event less the risk-weighted mean of those at risk, and under "scaled." and its name the scaled residual: the coefficient plus
    /// the residuals times its covariances with all coefficients and the number of events, whose course over time is that of the
    /// coefficient (Grambsch and Therneau 1994).
    [[nodiscard]] Result<Frame> schoenfeld_residuals(Maybe<Options> options = none) const;

    /// interlace_fit_quantile_residuals: Randomised quantile residuals (Dunn and Smyth 1996) [m]: the normal quantile of the distribution
    /// function at the response, at a uniform random point within the jump at a response with positive probability.
    [[nodiscard]] Result<std::vector<double>> quantile_residuals(std::uint64_t seed, Maybe<Options> options = none) const;

    /// interlace_fit_leverage: Leverages of the rows of a linear model [m], at the estimates of the covariances; any random terms, weights
    /// and residual correlation.
    [[nodiscard]] Result<std::vector<double>> leverage(Leverage leverage, Maybe<Options> options = none) const;

    /// interlace_fit_response: The response [m]; for an ordinal model the categories as 1, 2, .., K (interlace_fit_category).
    [[nodiscard]] Result<std::vector<double>> response() const;

    /// interlace_fit_weights: Prior weights [m]; all 1 if there are none.
    [[nodiscard]] Result<std::vector<double>> weights() const;

    /// interlace_fit_offset: The offset [m]; all 0 if there is none.
    [[nodiscard]] Result<std::vector<double>> offset() const;

    /// interlace_fit_n_dropped_rows: Number of rows of the data left out.
    [[nodiscard]] std::size_t n_dropped_rows() const noexcept;

    /// interlace_fit_dropped_row: The number, from 0, of a row in the data that was left out, by its index from 0.
    [[nodiscard]] Result<std::size_t> dropped_row(std::size_t i) const;

    /// interlace_fit_dropped_row_reason: The column, or expression of the formula, that is missing in a row that was left out; NULL if
    /// there is no such row.
    [[nodiscard]] std::string_view dropped_row_reason(std::size_t i) const noexcept;

    /// interlace_fit_x: The fixed-effects model matrix of the mean [n_obs,p]: the rows used and the columns kept.
    [[nodiscard]] Result<Matrix> x() const;

    /// interlace_fit_term_z: The model matrix of a term's effects [n_obs,r].
    [[nodiscard]] Result<Matrix> term_z(std::size_t term) const;

    /// interlace_fit_term_index: The level of each row used in a term's grouping factor, from 0 [n_obs].
    [[nodiscard]] Result<std::vector<std::int64_t>> term_index(std::size_t term) const;

    /// interlace_fit_n_ranef: Number of random effects q of the mean: the sum over its terms of effects times levels.
    [[nodiscard]] std::size_t n_ranef() const noexcept;

    /// interlace_fit_z_nnz: Number of entries of the random-effects model matrix Z that interlace_fit_z writes.
    [[nodiscard]] std::size_t z_nnz() const noexcept;

    /// interlace_fit_n_tables: Number of tables that interlace_fit_table can make.
    [[nodiscard]] std::size_t n_tables() const noexcept;

    /// interlace_fit_table_name: Name of a table, by its index from 0; NULL if there is none.
    [[nodiscard]] std::string_view table_name(std::size_t i) const noexcept;

    /// interlace_fit_table: A table of results as a new frame, by name: "coefficients" (as in interlace_fit_coefficients, with limits of 95
    /// %), "varcorr", "ranef", "theta", "observations", "dropped_rows", "fit"; for a generalised model "zero_inflation", "dispersion" (also
    /// coefficients; for an ordinal model those of the scale) and "family" (its parameters); for an ordinal one "thresholds" and "nominal"
    /// (effects on the thresholds); for a Cox model "baseline_hazard" (by stratum and event time, at a linear predictor of zero); and the
    /// others that interlace_fit_table_name lists.
    [[nodiscard]] Result<Frame> table(std::string_view name, Df df = Df::default_, Maybe<Options> options = none) const;

    /// interlace_fit_summary: The summary of the fit as lme4 prints it, with a section for each predictor as in glmmTMB, and for an ordinal
    /// model as in clmm: several lines of text, which live as long as the fit.
    [[nodiscard]] Result<std::string_view> summary(Df df = Df::default_, Maybe<Options> options = none) const;

    /// interlace_fit_predict_width: The number of values per row of a quantity: 1, but for an ordinal fit with K categories K for
    /// INTERLACE_QUANTITY_PROBABILITIES and INTERLACE_QUANTITY_MARGINAL, K - 1 for INTERLACE_QUANTITY_CUMULATIVE.
    [[nodiscard]] std::size_t predict_width(Quantity quantity) const noexcept;

    struct PosteriorDraws {
        Frame out{};
        double pareto_k{};
    };
    /// interlace_fit_posterior_draws: Draws from the approximate posterior distribution under flat priors on the working scale of all
    /// parameters, as a new frame with a row for each draw: "log_ratio", the logarithm of the importance ratio but for a constant;
    /// "weight", the weight with its tail smoothed (Vehtari et al.
    [[nodiscard]] Result<PosteriorDraws> posterior_draws(std::size_t n, std::uint64_t seed, Maybe<Options> options = none) const;

    /// interlace_fit_survival_curves: Survival curves of the rows of `data` as a new frame, a row for each of them and each time: "row"
    /// (from 0), "stratum" (missing without strata), "time", "status" ("ok", or why there is no number, as in
    /// interlace_fit_predict_status), "survival" (the probability of no event from time 0 up to and at the time), and "cumulative_hazard",
    /// its negative logarithm; with limits also "std_error", "lower", "upper" and "cumulative_hazard_std_error".
    [[nodiscard]] Result<Frame> survival_curves(Maybe<Frame> data = none, const SurvivalRequest &request = {},
            Maybe<Options> options = none) const;

    /// interlace_fit_survival_quantiles: Quantiles of the survival times of the rows of `data` as a new frame, a row for each of them and
    /// each of `probabilities` [n]: "row" (from 0), "stratum" (missing without strata), "probability", "status" ("ok", or why there is no
    /// time, as in interlace_fit_predict_status), "time", and with limits "lower" and "upper".
    [[nodiscard]] Result<Frame> survival_quantiles(Maybe<Frame> data, const SurvivalRequest &request, View<double> probabilities,
            Maybe<Options> options = none) const;

    /// interlace_fit_survival_means: Restricted means of the survival times of the rows of `data` as a new frame, a row for each of them
    /// and each of `request->times`: "row" (from 0), "stratum" (missing without strata), "time", "status" ("ok", or why there is no mean,
    /// as in interlace_fit_predict_status), "mean", and with limits "std_error", "lower" and "upper".
    [[nodiscard]] Result<Frame> survival_means(Maybe<Frame> data = none, const SurvivalRequest &request = {},
            Maybe<Options> options = none) const;

    /// interlace_fit_wald_test: Linear combinations L beta of the fixed effects as a new frame, one row each: "estimate", "std_error",
    /// "df", "statistic" (t, or z with infinite degrees of freedom) and "p_value" of the hypothesis that it is `rhs` (two-sided).
    [[nodiscard]] Result<Frame> wald_test(MatrixView l, View<double> rhs, bool joint, Df df = Df::default_,
            Maybe<Options> options = none) const;

    /// interlace_fit_coefficients: The fixed effects of the mean with tests and intervals, as a new frame, one row each: "term", "id",
    /// "estimate", "std_error", "df", "statistic" (t, or z with infinite degrees of freedom), "p_value" (two-sided), "lower" and "upper".
    [[nodiscard]] Result<Frame> coefficients(Df df = Df::default_, double level = 0.95, Maybe<Options> options = none) const;

    /// interlace_fit_wald_test_of: Linear combinations of another linear predictor's fixed effects, such as those of the zero inflation, as
    /// by interlace_fit_wald_test.
    [[nodiscard]] Result<Frame> wald_test_of(Predictor predictor, MatrixView l, View<double> rhs, bool joint, Df df = Df::default_,
            Maybe<Options> options = none) const;

    /// interlace_fit_anova: The analysis of variance of a linear model, as a new frame, one row per term of the fixed effects: "term",
    /// "sum_sq", "mean_sq", "num_df", "den_df", "statistic" (F) and "p_value".
    [[nodiscard]] Result<Frame> anova(Maybe<Frame> data, AnovaType anova_type, Df df = Df::default_, Maybe<Options> options = none) const;

    /// interlace_fit_anova_of: The analysis of variance of another linear predictor, such as the zero inflation or the dispersion: Wald's
    /// tests of the terms of its fixed effects, with the columns of interlace_fit_anova for a generalised model.
    [[nodiscard]] Result<Frame> anova_of(Predictor predictor, Maybe<Frame> data, AnovaType anova_type, Df df = Df::default_,
            Maybe<Options> options = none) const;

    /// interlace_fit_effect_sizes: The analysis of variance of a linear model with effect sizes of its terms, as a new frame: the columns
    /// of interlace_fit_anova, then "partial_eta_sq", F df1 / (F df1 + df2), and "partial_omega_sq", (F - 1) df1 / (F df1 + df2 + 1), or
    /// zero where that is negative.
    [[nodiscard]] Result<Frame> effect_sizes(Maybe<Frame> data, AnovaType anova_type, Df df = Df::default_,
            Maybe<Options> options = none) const;

    /// interlace_fit_standardized: The fixed effects of the mean in standard deviations, as a new frame, one row each: "term", "id",
    /// "estimate", "std_error", "lower" and "upper", each times the standard deviation (with n - 1, without weights) of the column of the
    /// model matrix over the rows used, and for a linear model divided by that of the response.
    [[nodiscard]] Result<Frame> standardized(Df df = Df::default_, double level = 0.95, Maybe<Options> options = none) const;

    /// interlace_fit_nominal_test: Likelihood-ratio tests of an ordinal model against those in which a term of its fixed effects, with the
    /// terms that it contains, also has nominal effects, which differ from threshold to threshold, as a new frame: a row "<none>" for the
    /// model, then a row for each term: "term", "n_parameters" (those that it adds), "log_likelihood", "aic", "chi_square", "p_value" and
    /// "warning" (missing, or why there is no test or what is to be known of it).
    [[nodiscard]] Result<Frame> nominal_test(Maybe<Frame> data = none, Maybe<Options> options = none) const;

    /// interlace_fit_scale_test: The same against models in which a term is also in the scale of the latent variable.
    [[nodiscard]] Result<Frame> scale_test(Maybe<Frame> data = none, Maybe<Options> options = none) const;

    /// interlace_fit_fixef_vcov_kenward_roger: The covariance matrix of the estimates of the fixed effects with Kenward and Roger's
    /// adjustment (Kenward & Roger 1997) [p,p].
    [[nodiscard]] Result<Matrix> fixef_vcov_kenward_roger(Maybe<Options> options = none) const;

    /// interlace_fit_drop1: Likelihood-ratio tests of a model (of a Cox model by the integrated likelihood) against those without each of
    /// its terms, as a new frame: a row "<none>" for the model, then a row for each term of the fixed effects that no other contains:
    /// "term", "n_parameters" (those that it removes), "aic", "chi_square", "p_value" and "warning", which says why a model without a term
    /// has no numbers: it could not be fitted, or has a higher likelihood than the model.
    [[nodiscard]] Result<Frame> drop1(Maybe<Frame> data = none, Maybe<Options> options = none) const;

    /// interlace_fit_step: Backward elimination, as a new frame: random terms and effects, then terms of the fixed effects that no other
    /// contains, go one after the other as long as the largest p-value is above the level.
    [[nodiscard]] Result<Frame> step(double alpha_random, double alpha_fixed, Maybe<Options> options = none) const;

    /// interlace_fit_drop1_f: F tests of a linear model against those without each of its terms, as a new frame: a row for each term of the
    /// fixed effects that no other contains, with the columns of interlace_fit_anova.
    [[nodiscard]] Result<Frame> drop1_f(Maybe<Frame> data = none, Df df = Df::default_, Maybe<Options> options = none) const;

    /// interlace_fit_robust: The fit with a robust covariance of the fixed effects of its mean, as a new fit: M (sum_j X_j' V_j^-1 A_j e_j
    /// e_j' A_j' V_j^-1 X_j) M with the model's covariance M, the residuals e_j of cluster j about the mean without random effects, and A_j
    /// by the kind.
    [[nodiscard]] Result<Fit> robust(RobustKind robust_kind, std::optional<std::string_view> group, Maybe<Frame> data,
            View<std::int32_t> codes, std::size_t n_codes, Maybe<Options> options = none) const;

    /// interlace_fit_robust_description: What the robust covariance of a fit is, such as "CR2 standard errors by 18 levels of Subject";
    /// NULL of other fits.
    [[nodiscard]] std::string_view robust_description() const noexcept;

    /// interlace_fit_ranova: Likelihood-ratio tests of a model against those without each of its random terms, and without each effect of a
    /// term that no other contains (`(1 + x | g)` against `(1 | g)`), as a new frame: a row "<none>" for the model, then a row each:
    /// "term", "n_parameters", "log_likelihood", "aic", and against the model "chi_square", "df", "p_value", "reference" (the distribution
    /// that it is by), "p_value_chi_square" (by chi-square, which is conservative) and "warning".
    [[nodiscard]] Result<Frame> ranova(Maybe<Options> options = none) const;

    /// interlace_fit_exact_rlrt: The exact test that the variance of a linear model's only random effect is zero (Crainiceanu & Ruppert
    /// 2004), as a new frame of one row: "method" (RLRT, or LRT of a fit by maximum likelihood), "statistic", "p_value", "std_error" (what
    /// the draws may have missed it by), "zero_share" (of draws that are zero) and "draws".
    [[nodiscard]] Result<Frame> exact_rlrt(std::size_t draws, std::uint64_t seed, Maybe<Options> options = none) const;

    /// interlace_fit_marginal_means: Estimated marginal means (least-squares means) as a new frame, one row per mean: the factors' columns,
    /// "estimate" ("response" if a link is inverted), "std_error", "df", "lower" and "upper".
    [[nodiscard]] Result<Frame> marginal_means(Maybe<Frame> data, std::string_view specs, const MeansRequest &request = {},
            Maybe<Options> options = none) const;

    /// interlace_fit_contrasts: Contrasts of marginal means as a new frame, one row per contrast: the groups' columns, "contrast",
    /// "estimate", "std_error", "df", "lower", "upper", "statistic" (t, or z if the degrees of freedom are infinite) and "p_value".
    [[nodiscard]] Result<Frame> contrasts(Maybe<Frame> data, std::string_view specs, const MeansRequest &request = {},
            Maybe<Options> options = none) const;

    struct R2 {
        double marginal{};
        double conditional{};
    };
    /// interlace_fit_r2: R2 of Nakagawa and Schielzeth (2013): the share of variance explained by the fixed effects, and by fixed and
    /// random effects, with random slopes (Johnson 2014) and for non-normal families (Nakagawa, Johnson and Schielzeth 2017).
    [[nodiscard]] Result<R2> r2(Maybe<Options> options = none) const;

    struct Icc {
        double adjusted{};
        double unadjusted{};
    };
    /// interlace_fit_icc: Intraclass correlations from the variances of interlace_fit_r2: the share of the random effects in what the fixed
    /// effects leave (`adjusted`), and in all (`unadjusted`).
    [[nodiscard]] Result<Icc> icc(Maybe<Options> options = none) const;

    struct Overdispersion {
        double chi_square{};
        double ratio{};
        double df{};
        double p_value{};
    };
    /// interlace_fit_overdispersion: The test of overdispersion: the sum of squared Pearson residuals, its ratio to the residual degrees of
    /// freedom `df` (rows minus parameters), about 1 if the family's variance is right, and the probability of a larger sum by the
    /// chi-square distribution.
    [[nodiscard]] Result<Overdispersion> overdispersion() const;

    /// interlace_fit_proportional_hazards: Tests of proportional hazards of a Cox model (Grambsch and Therneau 1994), as a new frame:
    /// "kind", "name", "chi_square", "df", "p_value".
    [[nodiscard]] Result<Frame> proportional_hazards(TimeTransform time_transform, Maybe<Options> options = none) const;

    /// interlace_fit_power: The power of a test by simulation (Green & MacLeod 2016): responses are simulated from the fit with new random
    /// effects, the model is fitted to each, and the share of significant tests is the power.
    [[nodiscard]] Result<Frame> power(Maybe<Fit> reduced = none, Maybe<Frame> data = none, const PowerRequest &request = {},
            Maybe<Options> options = none) const;

    /// interlace_fit_n_response_columns: The number of columns that a response of the fit has where responses are simulated or fitted anew:
    /// 2 for a Cox model, the time and 1 for an event or 0 without one; 1 for other models.
    [[nodiscard]] std::size_t n_response_columns() const noexcept;

    /// interlace_fit_simulate: Simulates the response `nsim` times [m,n_response_columns,nsim], one column per replicate; m as in
    /// interlace_fit_n_rows.
    [[nodiscard]] Result<Cube> simulate(std::size_t nsim, std::uint64_t seed, Simulation simulation, Maybe<Options> options = none) const;

    /// interlace_fit_parameters_confint_profile: Profile-likelihood intervals of all parameters as a new frame: term, id, estimate, lower,
    /// upper, warning.
    [[nodiscard]] Result<Frame> parameters_confint_profile(const ProfileRequest &request = {}, Maybe<Options> options = none) const;

    /// interlace_fit_profile: Profiles of all parameters as a new frame of points: term, id, value, and zeta, the signed root of the
    /// deviance's rise above its minimum when the parameter has that value, maximised over all others; then a column for each parameter, by
    /// its name, with its value there (with a number behind a name that one of the other columns has).
    [[nodiscard]] Result<Frame> profile(const ProfileRequest &request = {}, Maybe<Options> options = none) const;

    /// interlace_fit_ranef_residuals: Random effects as residuals, as a new frame with a row for each level and effect: "predictor" (not in
    /// linear models), "term" (the random term, from 0), "group", "level", "effect", "mode", "std_dev" (the standard deviation of the mode
    /// itself: smaller than that of the effect, because modes are shrunken), "standardized" (their ratio, standard normal if the model is
    /// true), "distance" (of all effects of the level from zero, b' Cov(b)^-1 b: chi-square with as many degrees of freedom as the term has
    /// effects with variance).
    [[nodiscard]] Result<Frame> ranef_residuals(Maybe<Options> options = none) const;

    /// interlace_fit_diagnose: How a fit ended and what its data determine, as a new frame with a row for each finding: "check", "status"
    /// (ok, note or warning), "subject" (the parameters, columns or factors that it is about; missing: the whole fit), "value", "meaning"
    /// and "advice" (missing if there is nothing to do) in plain English.
    [[nodiscard]] Result<Frame> diagnose(Maybe<Options> options = none) const;

    /// interlace_fit_conditional_aic: The conditional AIC, as a new frame of one row: "log_likelihood" (given the random effects), "trace"
    /// (of the hat matrix of a linear model, as if its variances were known), "df" (with what the estimation of the variances takes; Greven
    /// and Kneib 2010) and "caic".
    [[nodiscard]] Result<Frame> conditional_aic(Maybe<Options> options = none) const;

    /// interlace_fit_augment: The data, and beside them what the fit says of each row, as a new frame: the rows used, with INTERLACE_NA_PAD
    /// all rows, with all columns of `data`; then ".row" (the row of the data, from 0), ".fitted", ".fitted_marginal" (the mean over the
    /// random effects; not of ordinal and Cox models), ".resid" (those of INTERLACE_RESIDUALS_RESPONSE), ".resid_" and the name of each
    /// other kind of residuals that the model has, ".resid_quantile" (interlace_fit_quantile_residuals with `seed`), of linear models
    /// ".leverage", ".leverage_fixef" and ".leverage_ranef"; with `influence` also ".cooks_distance", ".mdffits", ".covtrace" and
    /// ".covratio" of leaving out the row, for linear models at the parameters of the fit (INTERLACE_INFLUENCE_METHOD_FIXED), for others by
    /// a fit without each row, which takes long.
    [[nodiscard]] Result<Frame> augment(const Frame &data, std::uint64_t seed, bool influence, Maybe<Options> options = none) const;

    /// interlace_fit_influence: Influence: what the estimates become without each case, a row or a group of rows, as a new frame with one
    /// row per case: "case" (the number of the row in the data, from 1; the level; the code), "rows" (how many are left out), "status",
    /// "reason" (why there are no numbers, else missing), "cooks_distance", "mdffits", "covtrace", "covratio", "likelihood_displacement";
    /// "dfbetas." with the name of each fixed effect of the mean; "rvc." with the name of each standard deviation; and all estimates
    /// without the case, named as those of interlace_bootstrap_run.
    [[nodiscard]] Result<Frame> influence(Maybe<Frame> data = none, const InfluenceRequest &request = {},
            Maybe<Options> options = none) const;

    /// interlace_fit_plot_data: The coordinates of a picture as a new frame, for other programs to draw: "panel", "layer", "mark", "role",
    /// "x", "y", "lower", "upper", "x_to", "y_to", "size" and "label", a row for each point.
    [[nodiscard]] Result<Frame> plot_data(std::string_view picture, Maybe<Frame> data = none, Maybe<PlotOptions> plot_options = none,
            Maybe<Options> options = none) const;

  private:
    [[nodiscard]] std::size_t rows_of(Maybe<Frame> data, const PredictRequest &request) const noexcept;
    [[nodiscard]] interlace_predict_request asked(detail::Call &call, const PredictRequest &request, std::size_t rows) const;

    std::shared_ptr<const FamilyFunctions> functions_;
};

/// What was saved: a fit, its model if there was one, and its options.
struct Saved {
    Fit fit;
    Spec spec;
    Options options;
};

/// What is resampled, and what is computed of each replicate.
class Bootstrap : public detail::Owner<interlace_bootstrap, interlace_bootstrap_free> {
  public:
    /// The number of a replicate, its estimates and its response; the statistics. Next::cancel marks the replicate as failed; an exception
    /// leaves the call when the replicates are done.
    using Statistic = detail::Callable<std::int64_t, View<double>, View<double>, Output>;

    Bootstrap();
    using Owner::Owner;

    /// An empty function removes it.
    Result<void> set_statistic(const Texts &names, Statistic function);
    /// Of the median of the response, or of a function of the response, which may reorder it.
    [[nodiscard]] Result<double> response_std_error(const Fit &fit, const std::function<double(Output)> &function = nullptr,
                                                    Maybe<Options> options = none) const;

    /// interlace_bootstrap_lrt: The parametric bootstrap of a likelihood ratio (Halekoh & Hojsgaard 2014): simulates responses from
    /// `reduced`, fits both models to each, and makes a frame with a row for each replicate: "replicate" (its number),
    /// "log_likelihood_reduced", "log_likelihood", "chi_square" (not below zero) and "reason" (why it failed, else missing).
    [[nodiscard]] Result<Frame> lrt(const Fit &reduced, const Fit &full, Maybe<Options> options = none) const;

    /// interlace_bootstrap_lrt_test: p-values of the likelihood ratio of two fits from `replicates`, a frame of interlace_bootstrap_lrt of
    /// the same fits, as a new frame with a row for each "method": "chi_square", "bootstrap" (one more than the replicates that are as
    /// large, by one more than all), "bartlett" (the ratio by the mean of the replicates, times the degrees of freedom, by chi-square) and
    /// "gamma" (by the gamma distribution with the mean and variance of the replicates).
    [[nodiscard]] Result<Frame> lrt_test(const Fit &reduced, const Fit &full, const Frame &replicates, double level = 0.95,
            Maybe<Options> options = none) const;

    /// interlace_bootstrap_interval_name: The name of a kind of bootstrap interval, such as "bca"; NULL for a number that is none.
    [[nodiscard]] static std::string_view interval_name(BootstrapInterval code) noexcept;

    /// interlace_bootstrap_interval_from_name: The kind of bootstrap interval that has the name.
    [[nodiscard]] static Result<BootstrapInterval> interval_from_name(std::string_view name);

    /// interlace_bootstrap_set_replicates: Sets the replicates: `n` of them, from number `first`.
    Result<void> set_replicates(std::size_t first, std::size_t n);

    /// interlace_bootstrap_set_seed: Sets the seed of all random numbers.
    Result<void> set_seed(std::uint64_t seed);

    /// interlace_bootstrap_set_parametric: Makes replicates responses simulated as by interlace_fit_simulate.
    Result<void> set_parametric(Simulation simulation);

    /// interlace_bootstrap_set_groups: Makes replicates samples of the data: as many levels of the grouping factor `group` (NULL for the
    /// model's first) as it has, drawn with replacement, with all their rows.
    Result<void> set_groups(std::optional<std::string_view> group = std::nullopt);

    /// interlace_bootstrap_set_rows: Makes replicates samples of the data: as many rows as there are, drawn one by one with replacement.
    Result<void> set_rows();

    /// interlace_bootstrap_run: Fits the model to each replicate, and makes a frame with one row per replicate: "status" (converged,
    /// singular or failed), "reason" (why it failed, else missing), "log_likelihood", all estimates by name, and the statistics.
    [[nodiscard]] Result<Frame> run(const Fit &fit, Maybe<Options> options = none) const;

    /// interlace_bootstrap_jackknife: The jackknife: fits the model without each group, or row, that the bootstrap draws; without each
    /// level of the first grouping factor if it simulates.
    [[nodiscard]] Result<Frame> jackknife(const Fit &fit, Maybe<Options> options = none) const;

    /// interlace_bootstrap_confint: Intervals of all estimates and statistics from `replicates`, a frame from interlace_bootstrap_run of
    /// the same fit, as a new frame: term, id, estimate, bias, std_error, lower, upper, and n, the number of replicates that did not fail.
    [[nodiscard]] Result<Frame> confint(const Fit &fit, const Frame &replicates, Maybe<Frame> jackknife, double level,
            BootstrapInterval bootstrap_interval) const;

  private:
    std::unique_ptr<Statistic> statistic_;
};

/// A linear model for data that come in parts.
class Plan : public detail::Owner<interlace_plan, interlace_plan_free> {
  public:
    using Owner::Owner;

    /// It has yet to learn from a sample.
    [[nodiscard]] static Result<Plan> make(const Spec &spec, Maybe<Options> options = none);
    [[nodiscard]] Result<std::vector<std::uint8_t>> to_bytes() const;
    [[nodiscard]] static Result<Plan> from_bytes(View<std::uint8_t> bytes);

    /// interlace_plan_add_response: Adds a response to a plan: a column, or an expression such as log(y).
    Result<void> add_response(std::string_view response);

    /// interlace_plan_n_complete_rows: Counts the rows of a frame without missing values in the columns that the plan's model uses, of
    /// which a sample needs one at least.
    [[nodiscard]] Result<std::size_t> n_complete_rows(const Frame &data) const;

    /// interlace_plan_learn: Lets a plan learn from a sample of the data, such as its first thousand rows: which columns hold numbers and
    /// which categories, the order of declared levels, and the units in which sums lose no digits.
    Result<void> learn(const Frame &sample, Maybe<Options> options = none);
};

/// What a factorisation would take at most: bytes, and multiplications.
struct Forecast {
    double memory;
    double multiplications;
};

/// The rows of a linear model reduced to sums.
class Accumulator : public detail::Owner<interlace_accumulator, interlace_accumulator_free> {
  public:
    using Owner::Owner;

    [[nodiscard]] static Result<Accumulator> make(const Plan &plan, std::uint64_t partition = 0);
    /// The structures are released, whether this succeeds or fails.
    Result<void> add_arrow(ArrowSchema &schema, ArrowArray &array, Maybe<Options> options = none);
    Result<void> add_arrow_stream(ArrowArrayStream &stream, Maybe<Options> options = none);
    [[nodiscard]] Result<std::vector<std::uint8_t>> to_bytes() const;
    [[nodiscard]] static Result<Accumulator> from_bytes(View<std::uint8_t> bytes);
    [[nodiscard]] Result<Forecast> forecast(Maybe<Options> options = none) const;
    [[nodiscard]] Result<Fit> fit(Maybe<Options> options = none) const;

    /// interlace_accumulator_add: Adds the rows of a frame to the accumulator's partition.
    Result<void> add(const Frame &data, Maybe<Options> options = none);

    /// interlace_accumulator_merge: Adds what another accumulator of the same plan has, which stays as it is.
    Result<void> merge(const Accumulator &part);

    /// interlace_accumulator_n_rows: The number of rows that are used, of all partitions; 0 for NULL.
    [[nodiscard]] std::uint64_t n_rows() const noexcept;

    /// interlace_accumulator_n_dropped: The number of rows that were left out for missing values or weights of zero, of all partitions; 0
    /// for NULL.
    [[nodiscard]] std::uint64_t n_dropped() const noexcept;

    /// interlace_accumulator_size: The bytes of memory that its sums take, about those of interlace_accumulator_to_bytes; 0 for NULL.
    [[nodiscard]] std::size_t size() const noexcept;

    /// interlace_accumulator_fit_response: Fits the model to one of the responses of the plan (interlace_plan_add_response, or that of the
    /// formula); otherwise as interlace_accumulator_fit.
    [[nodiscard]] Result<Fit> fit_response(std::optional<std::string_view> response = std::nullopt, Maybe<Options> options = none) const;
};

// ===================================================================================================================
// How they are done
// ===================================================================================================================

namespace detail {

template <class F>
std::vector<std::string_view> listed(std::size_t n, F &&name)
{
    std::vector<std::string_view> all;
    all.reserve(n);
    for (std::size_t i = 0; i < n; i++) all.push_back(view(name(i)));
    return all;
}

/// An object that its constructor makes; throws, or leaves it empty, if there is no memory for it.
template <class T>
T *made(interlace_status (*make)(T **, interlace_error *))
{
    T *own = nullptr;
#if INTERLACE_THROWS
    Call call;
    call.ended(make(&own, call.error()));
    call.result();
#else
    static_cast<void>(make(&own, nullptr));
#endif
    return own;
}

/// A document, whose text is freed whatever happens.
template <class F>
Result<std::string> document(F &&make)
{
    Call call;
    char *text = nullptr;
    std::size_t len = 0;
    call.ended(make(&text, &len, call.error()));
    const std::unique_ptr<char, void (*)(char *)> owner(text, interlace_text_free);
    return call.result(text == nullptr ? std::string() : std::string(text, len));
}

/// Bytes, which are freed whatever happens.
template <class F>
Result<std::vector<std::uint8_t>> bytes(F &&make)
{
    Call call;
    std::uint8_t *own = nullptr;
    std::size_t len = 0;
    call.ended(make(&own, &len, call.error()));
    const std::unique_ptr<std::uint8_t, void (*)(std::uint8_t *)> owner(own, interlace_bytes_free);
    return call.result(own == nullptr ? std::vector<std::uint8_t>() : std::vector<std::uint8_t>(own, own + len));
}

/// The functions of a family as C calls them.
struct FamilyCalls {
    static const FamilyFunctions &own(void *user_data) noexcept { return *static_cast<const FamilyFunctions *>(user_data); }
    template <FamilyFunctions::Map FamilyFunctions::*map>
    static std::int32_t apply(const double *x, std::size_t n, double *out, void *user_data) noexcept
    {
        return Call::run([&] { return (own(user_data).*map)(View<double>(x, n), Output(out, n)); });
    }
    static std::int32_t dev_resids(const double *y, const double *mu, const double *weights, std::size_t n, double *out,
                                   void *user_data) noexcept
    {
        return Call::run([&] {
            return own(user_data).dev_resids(View<double>(y, n), View<double>(mu, n), View<double>(weights, n), Output(out, n));
        });
    }
    static std::int32_t log_density(const double *y, const double *eta, const double *weights, const double *psi, std::size_t n,
                                    std::size_t n_parameters, double *out, void *user_data) noexcept
    {
        return Call::run([&] {
            return own(user_data).log_density(View<double>(y, n), View<double>(eta, n), View<double>(weights, n),
                                              MatrixView(psi, n, n_parameters), Output(out, n));
        });
    }
    static std::int32_t derivatives(const double *y, const double *eta, const double *weights, const double *psi, std::size_t n,
                                    std::size_t n_parameters, double *s, double *w, double *t, void *user_data) noexcept
    {
        return Call::run([&] {
            return own(user_data).derivatives(View<double>(y, n), View<double>(eta, n), View<double>(weights, n),
                                              MatrixView(psi, n, n_parameters), Output(s, n), Output(w, n), Output(t, n));
        });
    }
};

} // namespace detail

inline CsvOptions::CsvOptions() : Owner(detail::made<interlace_csv_options>(interlace_csv_options_new)) {}

inline Options::Options() : Owner(detail::made<interlace_options>(interlace_options_new)) {}

inline PlotOptions::PlotOptions() : Owner(detail::made<interlace_plot_options>(interlace_plot_options_new)) {}
inline Questions::Questions() : Owner(detail::made<interlace_questions>(interlace_questions_new)) {}

inline Bootstrap::Bootstrap() : Owner(detail::made<interlace_bootstrap>(interlace_bootstrap_new)) {}

inline std::vector<std::string_view> Frame::column_names() const
{
    return detail::listed(n_columns(), [this](std::size_t i) { return interlace_frame_column_name(capi(), i); });
}

inline Result<std::vector<double>> Frame::column_f64(std::string_view name) const
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    std::size_t column = 0;
    std::vector<double> out = call.array<double>(n_rows());
    if (call.good()) call.ended(interlace_frame_column_index(capi(), name_text.c_str(), &column, call.error()));
    if (call.good()) call.ended(interlace_frame_column_f64(capi(), column, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<std::int64_t>> Frame::column_i64(std::string_view name) const
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    std::size_t column = 0;
    std::vector<std::int64_t> out = call.array<std::int64_t>(n_rows());
    if (call.good()) call.ended(interlace_frame_column_index(capi(), name_text.c_str(), &column, call.error()));
    if (call.good()) call.ended(interlace_frame_column_i64(capi(), column, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<std::int32_t>> Frame::column_codes(std::string_view name) const
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    std::size_t column = 0;
    std::vector<std::int32_t> out = call.array<std::int32_t>(n_rows());
    if (call.good()) call.ended(interlace_frame_column_index(capi(), name_text.c_str(), &column, call.error()));
    if (call.good()) call.ended(interlace_frame_column_codes(capi(), column, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<std::string_view>> Frame::column_strings(std::string_view name) const
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    std::size_t column = 0;
    if (call.good()) call.ended(interlace_frame_column_index(capi(), name_text.c_str(), &column, call.error()));
    if (call.good() && column_kind(column) != ColumnKind::category)
        call.refuse(INTERLACE_E_ARGUMENT, "column '" + name_text + "' has numbers, not texts");
    const auto text = [this, column](std::size_t row) { return interlace_frame_column_string(capi(), column, row); };
    return call.result(detail::listed(call.good() ? n_rows() : 0, text));
}

inline Result<Frame> Frame::from_arrow(ArrowSchema &schema, ArrowArray &array)
{
    detail::Call call;
    interlace_frame *out = nullptr;
    call.ended(interlace_frame_from_arrow(&schema, &array, &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Frame::from_arrow_stream(ArrowArrayStream &stream)
{
    detail::Call call;
    interlace_frame *out = nullptr;
    call.ended(interlace_frame_from_arrow_stream(&stream, &out, call.error()));
    return call.result(Frame(out));
}

inline Result<void> Frame::to_arrow(ArrowSchema &schema, ArrowArray &array) const
{
    detail::Call call;
    call.ended(interlace_frame_to_arrow(capi(), &schema, &array, call.error()));
    return call.result();
}

inline Result<void> Frame::to_arrow_stream(ArrowArrayStream &stream) const
{
    detail::Call call;
    call.ended(interlace_frame_to_arrow_stream(capi(), &stream, call.error()));
    return call.result();
}

inline Result<void> Options::set_progress(ProgressFunction progress)
{
    detail::Call call;
    auto own = progress ? std::make_unique<ProgressFunction>(std::move(progress)) : nullptr;
    const interlace_progress_fn function = [](const interlace_progress *told, void *user_data) noexcept -> std::int32_t {
        return detail::Call::run([&] {
            return (*static_cast<const ProgressFunction *>(user_data))(Progress{static_cast<Phase>(told->phase), told->step, told->total,
                                                                                 told->objective, View<double>(told->theta, told->n_theta)});
        });
    };
    call.ended(interlace_options_set_progress(capi(), own ? function : nullptr, own.get(), call.error()));
    if (call.good()) progress_ = std::move(own);
    return call.result();
}

inline Result<Family> Family::make(FamilyFunctions functions)
{
    detail::Call call;
    auto own = std::make_shared<const FamilyFunctions>(std::move(functions));
    std::vector<const char *> names;
    std::vector<interlace_parameter_scale> scales;
    std::vector<double> starts;
    for (const auto &parameter : own->parameters) {
        call.whole("parameters", parameter.name.find('\0') != std::string::npos);
        names.push_back(parameter.name.c_str());
        scales.push_back(static_cast<interlace_parameter_scale>(parameter.scale));
        starts.push_back(parameter.start);
    }
    call.whole("name", own->name.find('\0') != std::string::npos);
    using Calls = detail::FamilyCalls;
    interlace_family_callbacks callbacks{};
    callbacks.struct_size = sizeof callbacks;
    callbacks.user_data = const_cast<FamilyFunctions *>(own.get()); // it comes back as const
    callbacks.name = own->name.c_str();
    if (own->linkfun) callbacks.linkfun = Calls::apply<&FamilyFunctions::linkfun>;
    if (own->linkinv) callbacks.linkinv = Calls::apply<&FamilyFunctions::linkinv>;
    if (own->mu_eta) callbacks.mu_eta = Calls::apply<&FamilyFunctions::mu_eta>;
    if (own->variance) callbacks.variance = Calls::apply<&FamilyFunctions::variance>;
    if (own->dev_resids) callbacks.dev_resids = Calls::dev_resids;
    if (own->log_density) callbacks.log_density = Calls::log_density;
    if (own->derivatives) callbacks.derivatives = Calls::derivatives;
    callbacks.n_parameters = names.size();
    callbacks.parameter_names = detail::pointer(names);
    callbacks.parameter_scales = detail::pointer(scales);
    callbacks.parameter_starts = detail::pointer(starts);
    interlace_family *out = nullptr;
    if (call.good()) call.ended(interlace_family_new(&callbacks, &out, call.error()));
    Family family(out);
    family.functions_ = std::move(own);
    return call.result(std::move(family));
}

inline Result<Spec> Spec::make(Model model, std::string_view formula)
{
    detail::Call call;
    const std::string text = call.text("formula", formula);
    interlace_spec *out = nullptr;
    if (call.good()) call.ended(interlace_spec_new(static_cast<interlace_model>(model), text.c_str(), &out, call.error()));
    return call.result(Spec(out));
}

inline Result<Spec> Spec::update(std::optional<std::string_view> formula) const
{
    detail::Call call;
    const std::string text = call.text("formula", formula.value_or(std::string_view()));
    interlace_spec *out = nullptr;
    if (call.good()) call.ended(interlace_spec_update(capi(), formula ? text.c_str() : nullptr, &out, call.error()));
    Spec spec(out);
    spec.functions_ = functions_;
    return call.result(std::move(spec));
}

inline Result<std::vector<std::uint8_t>> Spec::to_bytes() const
{
    return detail::bytes([&](std::uint8_t **bytes, std::size_t *len, interlace_error *error) {
        return interlace_spec_to_bytes(capi(), bytes, len, error);
    });
}

inline Result<Spec> Spec::from_bytes(View<std::uint8_t> bytes)
{
    detail::Call call;
    interlace_spec *out = nullptr;
    call.ended(interlace_spec_from_bytes(bytes.data(), bytes.size(), &out, call.error()));
    return call.result(Spec(out));
}

inline Result<std::vector<std::uint8_t>> Options::to_bytes() const
{
    return detail::bytes([&](std::uint8_t **bytes, std::size_t *len, interlace_error *error) {
        return interlace_options_to_bytes(capi(), bytes, len, error);
    });
}

inline Result<Options> Options::from_bytes(View<std::uint8_t> bytes)
{
    detail::Call call;
    interlace_options *out = nullptr;
    call.ended(interlace_options_from_bytes(bytes.data(), bytes.size(), &out, call.error()));
    return call.result(Options(out));
}

inline Result<Spec> Spec::make_array(Model model, View<double> y, MatrixView x)
{
    detail::Call call;
    if (!y.empty()) call.same("y", y.size(), x.rows());
    interlace_spec *out = nullptr;
    if (call.good())
        call.ended(interlace_spec_new_array(static_cast<interlace_model>(model), detail::pointer(y), x.data(), x.rows(), x.cols(), x.ld(), &out,
                                            call.error()));
    return call.result(Spec(out));
}

inline Result<void> Spec::add_term(std::optional<std::string_view> name, MatrixView z, View<std::int32_t> index, std::size_t n_levels,
                                   Structure structure, Variances variances)
{
    detail::Call call;
    const std::string text = call.text("name", name.value_or(std::string_view()));
    if (z.cols() != 0) call.same("z", z.rows(), index.size());
    if (call.good())
        call.ended(interlace_spec_add_term_i32(capi(), name ? text.c_str() : nullptr, detail::pointer(z), index.size(),
                                               z.cols() == 0 ? 1 : z.cols(), z.ld(), index.data(), n_levels,
                                               static_cast<interlace_structure>(structure), static_cast<interlace_variances>(variances),
                                               call.error()));
    return call.result();
}

inline Result<void> Spec::add_term(std::optional<std::string_view> name, MatrixView z, View<std::int64_t> index, std::size_t n_levels,
                                   Structure structure, Variances variances)
{
    detail::Call call;
    const std::string text = call.text("name", name.value_or(std::string_view()));
    if (z.cols() != 0) call.same("z", z.rows(), index.size());
    if (call.good())
        call.ended(interlace_spec_add_term_i64(capi(), name ? text.c_str() : nullptr, detail::pointer(z), index.size(),
                                               z.cols() == 0 ? 1 : z.cols(), z.ld(), index.data(), n_levels,
                                               static_cast<interlace_structure>(structure), static_cast<interlace_variances>(variances),
                                               call.error()));
    return call.result();
}

inline Result<void> Spec::set_custom_family(const Family &family)
{
    detail::Call call;
    call.ended(interlace_spec_set_custom_family(capi(), family.capi(), call.error()));
    if (call.good()) functions_ = family.functions_;
    return call.result();
}

inline Result<Frame> Spec::lrt(View<const Spec *> specs, Maybe<Frame> data, bool chi_bar, Maybe<Options> options)
{
    detail::Call call;
    std::vector<const interlace_spec *> all;
    for (const Spec *spec : specs) all.push_back(spec == nullptr ? nullptr : spec->capi());
    interlace_frame *out = nullptr;
    call.ended(interlace_spec_lrt(all.data(), all.size(), data.capi(), chi_bar, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<CrossValidation> Spec::cross_validate(Maybe<Frame> data, std::optional<std::string_view> group, std::size_t folds,
                                                    std::uint64_t seed, Maybe<Options> options) const
{
    detail::Call call;
    const std::string text = call.text("group", group.value_or(std::string_view()));
    interlace_frame *by_fold = nullptr;
    interlace_frame *by_row = nullptr;
    if (call.good())
        call.ended(interlace_spec_cross_validate(capi(), data.capi(), group ? text.c_str() : nullptr, folds, seed, options.capi(), &by_fold,
                                                 &by_row, call.error()));
    return call.result(CrossValidation{Frame(by_fold), Frame(by_row)});
}

inline Result<SimulatedResiduals> Fit::simulated_residuals(std::size_t nsim, std::uint64_t seed, Simulation simulation, Maybe<Frame> data,
                                                           std::optional<std::string_view> group, Maybe<Options> options) const
{
    detail::Call call;
    const std::string text = call.text("group", group.value_or(std::string_view()));
    interlace_frame *residuals = nullptr;
    interlace_frame *tests = nullptr;
    if (call.good())
        call.ended(interlace_fit_simulated_residuals(capi(), nsim, seed, static_cast<interlace_simulation>(simulation), data.capi(),
                                                     group ? text.c_str() : nullptr, options.capi(), &residuals, &tests, call.error()));
    return call.result(SimulatedResiduals{Frame(residuals), Frame(tests)});
}

inline Result<Fit> Fit::make(const Spec &spec, Maybe<Frame> data, Maybe<Options> options)
{
    detail::Call call;
    interlace_fit *out = nullptr;
    call.ended(interlace_fit_new(spec.capi(), data.capi(), options.capi(), &out, call.error()));
    Fit fit(out);
    fit.functions_ = spec.functions_;
    return call.result(std::move(fit));
}

inline Result<Fit> Fit::refit_ml(Maybe<Options> options) const
{
    detail::Call call;
    interlace_fit *out = nullptr;
    call.ended(interlace_fit_refit_ml(capi(), options.capi(), &out, call.error()));
    Fit fit(out);
    fit.functions_ = functions_;
    return call.result(std::move(fit));
}

inline std::vector<std::string_view> Fit::fixef_names(Predictor predictor) const
{
    const auto code = static_cast<interlace_predictor>(predictor);
    return detail::listed(n_fixef(predictor), [this, code](std::size_t i) { return interlace_fit_fixef_name(capi(), code, i); });
}

inline std::vector<std::string_view> Fit::warnings() const
{
    return detail::listed(n_warnings(), [this](std::size_t i) { return interlace_fit_warning(capi(), i); });
}

inline std::vector<std::string_view> Fit::term_levels(std::size_t term) const
{
    return detail::listed(term_n_levels(term), [this, term](std::size_t i) { return interlace_fit_term_level(capi(), term, i); });
}

inline std::vector<std::string_view> Fit::parameter_names(ParameterForm parameter_form) const
{
    const auto code = static_cast<interlace_parameter_form>(parameter_form);
    return detail::listed(n_parameters(), [this, code](std::size_t i) { return interlace_fit_parameter_name(capi(), code, i); });
}

inline std::size_t Fit::rows_of(Maybe<Frame> data, const PredictRequest &request) const noexcept
{
    if (data.get() != nullptr) return data.get()->n_rows();
    return request.arrays == nullptr ? n_rows() : request.arrays->n_rows();
}

/// The request as C has it. The library knows how many weights there must be, but not how many there are.
inline interlace_predict_request Fit::asked(detail::Call &call, const PredictRequest &request, std::size_t rows) const
{
    if (!request.weights.empty()) call.same("request.weights", request.weights.size(), rows);
    return request.capi(call);
}

inline Result<Matrix> Fit::predict(Maybe<Frame> data, const PredictRequest &request, Maybe<Options> options) const
{
    detail::Call call;
    Matrix out = call.matrix(rows_of(data, request), predict_width(request.quantity));
    const auto own = asked(call, request, rows_of(data, request));
    if (call.good()) call.ended(interlace_fit_predict(capi(), data.capi(), &own, options.capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Predictions> Fit::predict_interval(Maybe<Frame> data, const PredictRequest &request, Maybe<Options> options) const
{
    detail::Call call;
    const std::size_t rows = rows_of(data, request);
    const std::size_t width = predict_width(request.quantity);
    Predictions out{call.matrix(rows, width), call.matrix(rows, width), call.matrix(rows, width), call.matrix(rows, width)};
    const auto own = asked(call, request, rows);
    if (call.good())
        call.ended(interlace_fit_predict_interval(capi(), data.capi(), &own, options.capi(), out.values.data(), out.std_error.data(),
                                                  out.lower.data(), out.upper.data(), out.values.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<PredictionStatus>> Fit::predict_status(Maybe<Frame> data, const PredictRequest &request,
                                                                 Maybe<Options> options) const
{
    detail::Call call;
    std::vector<interlace_prediction_status> codes = call.array<interlace_prediction_status>(rows_of(data, request));
    const auto own = asked(call, request, codes.size());
    if (call.good())
        call.ended(interlace_fit_predict_status(capi(), data.capi(), &own, options.capi(), codes.data(), codes.size(), call.error()));
    std::vector<PredictionStatus> out;
    for (const auto code : codes) out.push_back(static_cast<PredictionStatus>(code));
    return call.result(std::move(out));
}

inline Result<Matrix> Fit::predict_covariance(Maybe<Frame> data, const PredictRequest &request, Maybe<Options> options) const
{
    detail::Call call;
    const std::size_t rows = rows_of(data, request);
    const auto own = asked(call, request, rows);
    const std::size_t total = rows * predict_width(request.quantity);
    /* More than the library gives take no memory. */
    Matrix out = total > 16384 ? Matrix{} : call.matrix(total, total);
    if (call.good())
        call.ended(interlace_fit_predict_covariance(capi(), data.capi(), &own, options.capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Matrix> Fit::predict_simulate(std::size_t nsim, std::uint64_t seed, Maybe<Frame> data, const PredictRequest &request,
                                            Maybe<Options> options) const
{
    detail::Call call;
    Matrix out = call.matrix(rows_of(data, request), nsim);
    const auto own = asked(call, request, rows_of(data, request));
    if (call.good())
        call.ended(interlace_fit_predict_simulate(capi(), data.capi(), &own, nsim, seed, options.capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<EffectDistribution> Fit::predict_distribution(View<double> probabilities, Maybe<Frame> data, const PredictRequest &request,
                                                            Maybe<Options> options) const
{
    detail::Call call;
    const std::size_t rows = rows_of(data, request);
    EffectDistribution out{call.array<double>(rows), call.array<double>(rows), call.matrix(rows, probabilities.size())};
    const auto own = asked(call, request, rows);
    if (call.good())
        call.ended(interlace_fit_predict_distribution(capi(), data.capi(), &own, probabilities.data(), probabilities.size(), options.capi(),
                                                      out.mean.data(), out.variance.data(), out.quantiles.data(), rows, call.error()));
    return call.result(std::move(out));
}

inline Result<Frame> Fit::predict_sums(View<std::int64_t> groups, std::size_t n_groups, View<double> weights, Maybe<Frame> data,
                                       const PredictRequest &request, Maybe<Options> options) const
{
    detail::Call call;
    const std::size_t rows = rows_of(data, request);
    if (!groups.empty()) call.same("groups", groups.size(), rows);
    if (!weights.empty()) call.same("weights", weights.size(), rows);
    const auto own = asked(call, request, rows);
    interlace_frame *out{};
    if (call.good())
        call.ended(interlace_fit_predict_sums(capi(), data.capi(), &own, groups.empty() ? nullptr : groups.data(),
                                              weights.empty() ? nullptr : weights.data(), rows, n_groups, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<SparseMatrix> Fit::z() const
{
    detail::Call call;
    SparseMatrix out;
    out.rows = n_obs();
    out.colptr = call.array<std::int64_t>(n_ranef() + 1);
    out.rowidx = call.array<std::int64_t>(z_nnz());
    out.values = call.array<double>(z_nnz());
    if (call.good())
        call.ended(interlace_fit_z(capi(), out.colptr.data(), out.colptr.size(), out.rowidx.data(), out.values.data(), out.values.size(),
                                   call.error()));
    return call.result(std::move(out));
}

inline Result<Fit> Fit::refit(View<double> y, Maybe<Options> options) const
{
    detail::Call call;
    interlace_fit *out = nullptr;
    call.ended(interlace_fit_refit(capi(), y.data(), y.size(), options.capi(), &out, call.error()));
    Fit fit(out);
    fit.functions_ = functions_;
    return call.result(std::move(fit));
}

inline Result<Frame> Fit::refit_many(MatrixView y, bool std_errors, Maybe<Options> options) const
{
    detail::Call call;
    const std::size_t width = n_response_columns() == 0 ? 1 : n_response_columns();
    const std::size_t k = y.cols() / width;
    call.same("y", y.cols(), k * width);
    interlace_frame *out = nullptr;
    if (call.good()) call.ended(interlace_fit_refit_many(capi(), y.data(), y.rows(), k, y.ld(), std_errors, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::compare(View<const Fit *> fits, bool chi_bar, Maybe<Options> options)
{
    detail::Call call;
    std::vector<const interlace_fit *> all;
    for (const Fit *fit : fits) all.push_back(fit == nullptr ? nullptr : fit->capi());
    interlace_frame *out = nullptr;
    call.ended(interlace_fit_compare(all.data(), all.size(), chi_bar, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<std::string> Fit::to_json(Maybe<Spec> spec, Maybe<Frame> data, Maybe<Questions> questions, Maybe<Options> options) const
{
    return detail::document([&](char **text, std::size_t *len, interlace_error *error) {
        return interlace_fit_to_json(capi(), spec.capi(), data.capi(), questions.capi(), options.capi(), text, len, error);
    });
}

inline Result<std::string> Fit::to_text(Maybe<Spec> spec, Maybe<Frame> data, Maybe<Questions> questions, Maybe<Options> options) const
{
    return detail::document([&](char **text, std::size_t *len, interlace_error *error) {
        return interlace_fit_to_text(capi(), spec.capi(), data.capi(), questions.capi(), options.capi(), text, len, error);
    });
}

inline Result<std::vector<std::uint8_t>> Fit::to_bytes(Maybe<Spec> spec, bool with_rows) const
{
    return detail::bytes([&](std::uint8_t **bytes, std::size_t *len, interlace_error *error) {
        return interlace_fit_to_bytes(capi(), spec.capi(), with_rows, bytes, len, error);
    });
}

inline Result<std::vector<std::uint8_t>> Fit::plot(std::string_view picture, Maybe<Frame> data, Maybe<PlotOptions> plot_options,
                                                   Maybe<Options> options) const
{
    detail::Call call;
    const std::string name = call.text("picture", picture);
    if (!call.good()) return call.result(std::vector<std::uint8_t>());
    return detail::bytes([&](std::uint8_t **bytes, std::size_t *len, interlace_error *error) {
        return interlace_fit_plot(capi(), name.c_str(), data.capi(), plot_options.capi(), options.capi(), bytes, len, error);
    });
}

inline Result<Saved> Fit::from_bytes(View<std::uint8_t> bytes)
{
    detail::Call call;
    interlace_fit *fit = nullptr;
    interlace_spec *spec = nullptr;
    interlace_options *options = nullptr;
    call.ended(interlace_fit_from_bytes(bytes.data(), bytes.size(), &fit, &spec, &options, call.error()));
    return call.result(Saved{Fit(fit), Spec(spec), Options(options)});
}

inline Result<void> Bootstrap::set_statistic(const Texts &names, Statistic function)
{
    detail::Call call;
    auto own = function ? std::make_unique<Statistic>(std::move(function)) : nullptr;
    const interlace_statistic_fn in_c = [](std::int64_t replicate, const double *estimates, std::size_t n_estimates, const double *y,
                                          std::size_t n, double *out, std::size_t n_out, void *user_data) noexcept -> std::int32_t {
        return detail::Call::run([&] {
            return (*static_cast<const Statistic *>(user_data))(replicate, View<double>(estimates, n_estimates), View<double>(y, n),
                                                                Output(out, n_out));
        });
    };
    call.whole("names", names.has_nul());
    if (call.good())
        call.ended(interlace_bootstrap_set_statistic(capi(), names.data(), names.size(), own ? in_c : nullptr, own.get(), call.error()));
    if (call.good()) statistic_ = std::move(own);
    return call.result();
}

inline Result<double> Bootstrap::response_std_error(const Fit &fit, const std::function<double(Output)> &function,
                                                    Maybe<Options> options) const
{
    detail::Call call;
    const interlace_response_statistic_fn in_c = [](double *y, std::size_t n, void *user_data) noexcept -> double {
        double value = std::numeric_limits<double>::quiet_NaN();
        static_cast<void>(detail::Call::run([&] {
            value = (*static_cast<const std::function<double(Output)> *>(user_data))(Output(y, n));
            return Next::go_on;
        }));
        return value;
    };
    void *const user_data = const_cast<std::function<double(Output)> *>(&function); // it comes back as const
    double out = 0.0;
    call.ended(interlace_bootstrap_response_std_error(capi(), fit.capi(), function ? in_c : nullptr, user_data, options.capi(), &out,
                                                      call.error()));
    return call.result(out);
}

inline Result<Plan> Plan::make(const Spec &spec, Maybe<Options> options)
{
    detail::Call call;
    interlace_plan *out = nullptr;
    call.ended(interlace_plan_new(spec.capi(), options.capi(), &out, call.error()));
    return call.result(Plan(out));
}

inline Result<std::vector<std::uint8_t>> Plan::to_bytes() const
{
    return detail::bytes([&](std::uint8_t **bytes, std::size_t *len, interlace_error *error) {
        return interlace_plan_to_bytes(capi(), bytes, len, error);
    });
}

inline Result<Plan> Plan::from_bytes(View<std::uint8_t> bytes)
{
    detail::Call call;
    interlace_plan *out = nullptr;
    call.ended(interlace_plan_from_bytes(bytes.data(), bytes.size(), &out, call.error()));
    return call.result(Plan(out));
}

inline Result<Accumulator> Accumulator::make(const Plan &plan, std::uint64_t partition)
{
    detail::Call call;
    interlace_accumulator *out = nullptr;
    call.ended(interlace_accumulator_new(plan.capi(), partition, &out, call.error()));
    return call.result(Accumulator(out));
}

inline Result<void> Accumulator::add_arrow(ArrowSchema &schema, ArrowArray &array, Maybe<Options> options)
{
    detail::Call call;
    call.ended(interlace_accumulator_add_arrow(capi(), &schema, &array, options.capi(), call.error()));
    return call.result();
}

inline Result<void> Accumulator::add_arrow_stream(ArrowArrayStream &stream, Maybe<Options> options)
{
    detail::Call call;
    call.ended(interlace_accumulator_add_arrow_stream(capi(), &stream, options.capi(), call.error()));
    return call.result();
}

inline Result<std::vector<std::uint8_t>> Accumulator::to_bytes() const
{
    return detail::bytes([&](std::uint8_t **bytes, std::size_t *len, interlace_error *error) {
        return interlace_accumulator_to_bytes(capi(), bytes, len, error);
    });
}

inline Result<Accumulator> Accumulator::from_bytes(View<std::uint8_t> bytes)
{
    detail::Call call;
    interlace_accumulator *out = nullptr;
    call.ended(interlace_accumulator_from_bytes(bytes.data(), bytes.size(), &out, call.error()));
    return call.result(Accumulator(out));
}

inline Result<Forecast> Accumulator::forecast(Maybe<Options> options) const
{
    detail::Call call;
    Forecast out{};
    call.ended(interlace_accumulator_forecast(capi(), options.capi(), &out.memory, &out.multiplications, call.error()));
    return call.result(out);
}

inline Result<Fit> Accumulator::fit(Maybe<Options> options) const
{
    detail::Call call;
    interlace_fit *out = nullptr;
    call.ended(interlace_accumulator_fit(capi(), options.capi(), &out, call.error()));
    return call.result(Fit(out));
}

inline interlace_predict_request PredictRequest::capi(detail::Call &call) const
{
    call.whole("random_formula", random_formula.find('\0') != std::string::npos);
    interlace_predict_request own{};
    own.struct_size = sizeof own;
    own.quantity = static_cast<interlace_quantity>(quantity);
    own.random = static_cast<interlace_random>(random);
    own.terms = detail::pointer(terms);
    own.n_terms = terms.size();
    own.new_levels = static_cast<interlace_new_levels>(new_levels);
    own.interval = static_cast<interlace_interval>(interval);
    own.level = level;
    own.weights = detail::pointer(weights);
    own.arrays = arrays == nullptr ? nullptr : arrays->capi();
    own.random_formula = random_formula.empty() ? nullptr : random_formula.c_str();
    return own;
}

inline interlace_survival_request SurvivalRequest::capi(detail::Call &) const
{
    interlace_survival_request own{};
    own.struct_size = sizeof own;
    own.random = static_cast<interlace_random>(random);
    own.terms = detail::pointer(terms);
    own.n_terms = terms.size();
    own.new_levels = static_cast<interlace_new_levels>(new_levels);
    own.times = detail::pointer(times);
    own.n_times = times.size();
    own.curve_limits = static_cast<interlace_curve_limits>(curve_limits);
    own.level = level;
    own.arrays = arrays == nullptr ? nullptr : arrays->capi();
    return own;
}

inline interlace_means_request MeansRequest::capi(detail::Call &call) const
{
    call.whole("at", at.find('\0') != std::string::npos);
    if (!names.empty()) call.same("names", names.size(), coefficients.cols());
    interlace_means_request own{};
    own.struct_size = sizeof own;
    own.at = at.empty() ? nullptr : at.c_str();
    own.weighting = static_cast<interlace_weighting>(weighting);
    own.means_scale = static_cast<interlace_means_scale>(means_scale);
    own.df = static_cast<interlace_df>(df);
    own.comparisons = static_cast<interlace_comparisons>(comparisons);
    own.adjustment = static_cast<interlace_adjustment>(adjustment);
    own.level = level;
    own.coefficients = detail::pointer(coefficients);
    own.m = coefficients.rows();
    own.k = coefficients.cols();
    own.ldc = coefficients.rows();
    own.names = call.texts("names", names);
    own.predictor = static_cast<interlace_predictor>(predictor);
    own.means_mode = static_cast<interlace_means_mode>(means_mode);
    own.bias_sigma = bias_sigma;
    return own;
}

inline interlace_power_request PowerRequest::capi(detail::Call &call) const
{
    call.whole("test", test.find('\0') != std::string::npos);
    call.whole("effects", effects.find('\0') != std::string::npos);
    call.whole("along", along.find('\0') != std::string::npos);
    call.whole("within", within.find('\0') != std::string::npos);
    interlace_power_request own{};
    own.struct_size = sizeof own;
    own.test = test.empty() ? nullptr : test.c_str();
    own.effects = effects.empty() ? nullptr : effects.c_str();
    own.df = static_cast<interlace_df>(df);
    own.simulations = simulations;
    own.seed = seed;
    own.alpha = alpha;
    own.level = level;
    own.along = along.empty() ? nullptr : along.c_str();
    own.within = within.empty() ? nullptr : within.c_str();
    own.sizes = detail::pointer(sizes);
    own.n_sizes = sizes.size();
    return own;
}

inline interlace_profile_request ProfileRequest::capi(detail::Call &) const
{
    interlace_profile_request own{};
    own.struct_size = sizeof own;
    own.level = level;
    own.profile_scale = static_cast<interlace_profile_scale>(profile_scale);
    return own;
}

inline interlace_influence_request InfluenceRequest::capi(detail::Call &call) const
{
    call.whole("group", group.find('\0') != std::string::npos);
    interlace_influence_request own{};
    own.struct_size = sizeof own;
    own.influence_method = static_cast<interlace_influence_method>(influence_method);
    own.group = group.empty() ? nullptr : group.c_str();
    own.codes = detail::pointer(codes);
    own.n_codes = codes.size();
    return own;
}

inline Result<Frame> Frame::make(std::size_t n_rows)
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_frame_new(n_rows, &out, call.error()));
    return call.result(Frame(out));
}

inline Result<void> Frame::add_f64(std::string_view name, View<double> values)
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    if (call.good()) call.ended(interlace_frame_add_f64(capi(), name_text.c_str(), values.data(), values.size(), call.error()));
    return call.result();
}

inline Result<void> Frame::add_i32(std::string_view name, View<std::int32_t> values)
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    if (call.good()) call.ended(interlace_frame_add_i32(capi(), name_text.c_str(), values.data(), values.size(), call.error()));
    return call.result();
}

inline Result<void> Frame::add_i64(std::string_view name, View<std::int64_t> values)
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    if (call.good()) call.ended(interlace_frame_add_i64(capi(), name_text.c_str(), values.data(), values.size(), call.error()));
    return call.result();
}

inline Result<void> Frame::add_categorical(std::string_view name, View<std::int32_t> codes, const Texts &levels, bool ordered)
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    call.whole("levels", levels.has_nul());
    if (call.good()) call.ended(interlace_frame_add_categorical(capi(), name_text.c_str(), codes.data(), codes.size(), levels.data(),
            levels.size(), ordered, call.error()));
    return call.result();
}

inline Result<void> Frame::add_strings(std::string_view name, const Texts &values)
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    call.whole("values", values.has_nul());
    if (call.good()) call.ended(interlace_frame_add_strings(capi(), name_text.c_str(), values.data(), values.size(), call.error()));
    return call.result();
}

inline Result<void> Frame::set_levels(std::string_view name, const Texts &levels, bool ordered)
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    call.whole("levels", levels.has_nul());
    if (call.good()) call.ended(interlace_frame_set_levels(capi(), name_text.c_str(), levels.data(), levels.size(), ordered, call.error()));
    return call.result();
}

inline Result<void> Frame::make_categorical(std::string_view name)
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    if (call.good()) call.ended(interlace_frame_make_categorical(capi(), name_text.c_str(), call.error()));
    return call.result();
}

inline Result<void> Frame::append(const Frame &other)
{
    detail::Call call;
    call.ended(interlace_frame_append(capi(), other.capi(), call.error()));
    return call.result();
}

inline Result<void> Frame::write_csv(std::string_view path) const
{
    detail::Call call;
    const std::string path_text = call.text("path", path);
    if (call.good()) call.ended(interlace_frame_write_csv(capi(), path_text.c_str(), call.error()));
    return call.result();
}

inline Result<Frame> Frame::aggregate(const Texts &columns, std::string_view count) const
{
    detail::Call call;
    call.whole("columns", columns.has_nul());
    const std::string count_text = call.text("count", count);
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_frame_aggregate(capi(), columns.data(), columns.size(), count_text.c_str(), &out, call.error()));
    return call.result(Frame(out));
}

inline std::size_t Frame::n_rows() const noexcept
{
    return interlace_frame_n_rows(capi());
}

inline std::size_t Frame::n_columns() const noexcept
{
    return interlace_frame_n_columns(capi());
}

inline std::string_view Frame::column_name(std::size_t column) const noexcept
{
    return detail::view(interlace_frame_column_name(capi(), column));
}

inline Result<std::size_t> Frame::column_index(std::string_view name) const
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    std::size_t out{};
    if (call.good()) call.ended(interlace_frame_column_index(capi(), name_text.c_str(), &out, call.error()));
    return call.result(out);
}

inline ColumnKind Frame::column_kind(std::size_t column) const noexcept
{
    return static_cast<ColumnKind>(interlace_frame_column_kind(capi(), column));
}

inline Result<std::vector<double>> Frame::column_f64(std::size_t column) const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_frame_n_rows(capi()));
    if (call.good()) call.ended(interlace_frame_column_f64(capi(), column, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<std::int64_t>> Frame::column_i64(std::size_t column) const
{
    detail::Call call;
    std::vector<std::int64_t> out = call.array<std::int64_t>(interlace_frame_n_rows(capi()));
    if (call.good()) call.ended(interlace_frame_column_i64(capi(), column, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<std::int32_t>> Frame::column_codes(std::size_t column) const
{
    detail::Call call;
    std::vector<std::int32_t> out = call.array<std::int32_t>(interlace_frame_n_rows(capi()));
    if (call.good()) call.ended(interlace_frame_column_codes(capi(), column, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline std::size_t Frame::column_n_levels(std::size_t column) const noexcept
{
    return interlace_frame_column_n_levels(capi(), column);
}

inline std::string_view Frame::column_level(std::size_t column, std::size_t level) const noexcept
{
    return detail::view(interlace_frame_column_level(capi(), column, level));
}

inline bool Frame::column_is_ordered(std::size_t column) const noexcept
{
    return interlace_frame_column_is_ordered(capi(), column);
}

inline std::string_view Frame::column_string(std::size_t column, std::size_t row) const noexcept
{
    return detail::view(interlace_frame_column_string(capi(), column, row));
}

inline Result<Frame> Frame::read_csv(std::string_view path, Maybe<CsvOptions> options)
{
    detail::Call call;
    const std::string path_text = call.text("path", path);
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_frame_read_csv(path_text.c_str(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Frame::read_csv_bytes(std::string_view bytes, Maybe<CsvOptions> options)
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_frame_read_csv_bytes(bytes.data(), bytes.size(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline double Frame::read_seconds() const noexcept
{
    return interlace_frame_read_seconds(capi());
}

inline Result<Frame::Influential> Frame::influential(double threshold) const
{
    detail::Call call;
    std::size_t n_influential{};
    double gap{};
    std::size_t n_above_gap{};
    call.ended(interlace_frame_influential(capi(), threshold, &n_influential, &gap, &n_above_gap, call.error()));
    return call.result(Influential{n_influential, gap, n_above_gap});
}

inline Result<void> CsvOptions::set_separator(char separator)
{
    detail::Call call;
    call.ended(interlace_csv_options_set_separator(capi(), separator, call.error()));
    return call.result();
}

inline Result<void> CsvOptions::set_decimal(char decimal)
{
    detail::Call call;
    call.ended(interlace_csv_options_set_decimal(capi(), decimal, call.error()));
    return call.result();
}

inline Result<void> CsvOptions::set_quote(char quote)
{
    detail::Call call;
    call.ended(interlace_csv_options_set_quote(capi(), quote, call.error()));
    return call.result();
}

inline Result<void> CsvOptions::set_na_strings(const Texts &strings)
{
    detail::Call call;
    call.whole("strings", strings.has_nul());
    if (call.good()) call.ended(interlace_csv_options_set_na_strings(capi(), strings.data(), strings.size(), call.error()));
    return call.result();
}

inline Result<void> CsvOptions::set_categorical(const Texts &names)
{
    detail::Call call;
    call.whole("names", names.has_nul());
    if (call.good()) call.ended(interlace_csv_options_set_categorical(capi(), names.data(), names.size(), call.error()));
    return call.result();
}

inline Result<void> CsvOptions::set_strict_numbers(bool strict)
{
    detail::Call call;
    call.ended(interlace_csv_options_set_strict_numbers(capi(), strict, call.error()));
    return call.result();
}

inline Result<CsvStream> CsvStream::open(std::string_view path, Maybe<CsvOptions> options)
{
    detail::Call call;
    const std::string path_text = call.text("path", path);
    interlace_csv_stream *out{};
    if (call.good()) call.ended(interlace_csv_stream_open(path_text.c_str(), options.capi(), &out, call.error()));
    return call.result(CsvStream(out));
}

inline Result<Frame> CsvStream::next()
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_csv_stream_next(capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<void> Spec::add_random(std::string_view term)
{
    detail::Call call;
    const std::string term_text = call.text("term", term);
    if (call.good()) call.ended(interlace_spec_add_random(capi(), term_text.c_str(), call.error()));
    return call.result();
}

inline Result<void> Spec::add_groups(std::string_view name)
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    if (call.good()) call.ended(interlace_spec_add_groups(capi(), name_text.c_str(), call.error()));
    return call.result();
}

inline Result<void> Spec::set_weights(std::optional<std::string_view> column)
{
    detail::Call call;
    const std::string column_text = call.text("column", column.value_or(std::string_view()));
    if (call.good()) call.ended(interlace_spec_set_weights(capi(), column ? column_text.c_str() : nullptr, call.error()));
    return call.result();
}

inline Result<void> Spec::set_offset(std::optional<std::string_view> column)
{
    detail::Call call;
    const std::string column_text = call.text("column", column.value_or(std::string_view()));
    if (call.good()) call.ended(interlace_spec_set_offset(capi(), column ? column_text.c_str() : nullptr, call.error()));
    return call.result();
}

inline Result<void> Spec::set_contrasts(std::string_view column, std::string_view contrasts)
{
    detail::Call call;
    const std::string column_text = call.text("column", column);
    const std::string contrasts_text = call.text("contrasts", contrasts);
    if (call.good()) call.ended(interlace_spec_set_contrasts(capi(), column_text.c_str(), contrasts_text.c_str(), call.error()));
    return call.result();
}

inline std::size_t Spec::n_rows() const noexcept
{
    return interlace_spec_n_rows(capi());
}

inline Result<void> Spec::set_fixef_names(const Texts &names)
{
    detail::Call call;
    call.whole("names", names.has_nul());
    if (call.good()) call.ended(interlace_spec_set_fixef_names(capi(), names.data(), names.size(), call.error()));
    return call.result();
}

inline Result<void> Spec::set_weights_array(View<double> weights)
{
    detail::Call call;
    call.ended(interlace_spec_set_weights_array(capi(), weights.data(), weights.size(), call.error()));
    return call.result();
}

inline Result<void> Spec::set_offset_array(View<double> offset)
{
    detail::Call call;
    call.ended(interlace_spec_set_offset_array(capi(), offset.data(), offset.size(), call.error()));
    return call.result();
}

inline Result<void> Spec::set_term_levels(std::size_t term, const Texts &levels)
{
    detail::Call call;
    call.whole("levels", levels.has_nul());
    if (call.good()) call.ended(interlace_spec_set_term_levels(capi(), term, levels.data(), levels.size(), call.error()));
    return call.result();
}

inline Result<void> Spec::set_term_effects(std::size_t term, const Texts &names)
{
    detail::Call call;
    call.whole("names", names.has_nul());
    if (call.good()) call.ended(interlace_spec_set_term_effects(capi(), term, names.data(), names.size(), call.error()));
    return call.result();
}

inline Result<void> Spec::set_family(std::string_view family, std::optional<std::string_view> link)
{
    detail::Call call;
    const std::string family_text = call.text("family", family);
    const std::string link_text = call.text("link", link.value_or(std::string_view()));
    if (call.good()) call.ended(interlace_spec_set_family(capi(), family_text.c_str(), link ? link_text.c_str() : nullptr, call.error()));
    return call.result();
}

inline Result<void> Spec::fix_parameter(std::string_view name, double value)
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    if (call.good()) call.ended(interlace_spec_fix_parameter(capi(), name_text.c_str(), value, call.error()));
    return call.result();
}

inline Result<void> Spec::set_dispersion(std::string_view formula)
{
    detail::Call call;
    const std::string formula_text = call.text("formula", formula);
    if (call.good()) call.ended(interlace_spec_set_dispersion(capi(), formula_text.c_str(), call.error()));
    return call.result();
}

inline Result<void> Spec::set_zero_inflation(std::string_view formula)
{
    detail::Call call;
    const std::string formula_text = call.text("formula", formula);
    if (call.good()) call.ended(interlace_spec_set_zero_inflation(capi(), formula_text.c_str(), call.error()));
    return call.result();
}

inline Result<void> Spec::set_dispersion_array(MatrixView x, const Texts &names)
{
    detail::Call call;
    call.whole("names", names.has_nul());
    if (!names.empty()) call.same("names", names.size(), x.cols());
    if (call.good()) call.ended(interlace_spec_set_dispersion_array(capi(), x.data(), x.rows(), x.cols(), x.ld(), detail::pointer(names),
            call.error()));
    return call.result();
}

inline Result<void> Spec::set_zero_inflation_array(MatrixView x, const Texts &names)
{
    detail::Call call;
    call.whole("names", names.has_nul());
    if (!names.empty()) call.same("names", names.size(), x.cols());
    if (call.good()) call.ended(interlace_spec_set_zero_inflation_array(capi(), x.data(), x.rows(), x.cols(), x.ld(),
            detail::pointer(names), call.error()));
    return call.result();
}

inline Result<void> Spec::set_link(std::string_view link)
{
    detail::Call call;
    const std::string link_text = call.text("link", link);
    if (call.good()) call.ended(interlace_spec_set_link(capi(), link_text.c_str(), call.error()));
    return call.result();
}

inline Result<void> Spec::set_threshold(Threshold threshold)
{
    detail::Call call;
    call.ended(interlace_spec_set_threshold(capi(), static_cast<interlace_threshold>(threshold), call.error()));
    return call.result();
}

inline Result<void> Spec::set_nominal(std::string_view formula)
{
    detail::Call call;
    const std::string formula_text = call.text("formula", formula);
    if (call.good()) call.ended(interlace_spec_set_nominal(capi(), formula_text.c_str(), call.error()));
    return call.result();
}

inline Result<void> Spec::set_scale(std::string_view formula)
{
    detail::Call call;
    const std::string formula_text = call.text("formula", formula);
    if (call.good()) call.ended(interlace_spec_set_scale(capi(), formula_text.c_str(), call.error()));
    return call.result();
}

inline Result<void> Spec::set_nominal_array(MatrixView x, const Texts &names)
{
    detail::Call call;
    call.whole("names", names.has_nul());
    if (!names.empty()) call.same("names", names.size(), x.cols());
    if (call.good()) call.ended(interlace_spec_set_nominal_array(capi(), x.data(), x.rows(), x.cols(), x.ld(), detail::pointer(names),
            call.error()));
    return call.result();
}

inline Result<void> Spec::set_scale_array(MatrixView x, const Texts &names)
{
    detail::Call call;
    call.whole("names", names.has_nul());
    if (!names.empty()) call.same("names", names.size(), x.cols());
    if (call.good()) call.ended(interlace_spec_set_scale_array(capi(), x.data(), x.rows(), x.cols(), x.ld(), detail::pointer(names),
            call.error()));
    return call.result();
}

inline Result<void> Spec::set_response_levels(const Texts &levels)
{
    detail::Call call;
    call.whole("levels", levels.has_nul());
    if (call.good()) call.ended(interlace_spec_set_response_levels(capi(), levels.data(), levels.size(), call.error()));
    return call.result();
}

inline Result<void> Spec::set_ties(Ties ties)
{
    detail::Call call;
    call.ended(interlace_spec_set_ties(capi(), static_cast<interlace_ties>(ties), call.error()));
    return call.result();
}

inline Result<void> Spec::set_survival_array(View<double> start, View<double> stop, View<double> event)
{
    detail::Call call;
    if (!start.empty()) call.same("start", start.size(), stop.size());
    if (!event.empty()) call.same("event", event.size(), stop.size());
    if (call.good()) call.ended(interlace_spec_set_survival_array(capi(), detail::pointer(start), stop.data(), detail::pointer(event),
            stop.size(), call.error()));
    return call.result();
}

inline Result<void> Spec::set_strata_array(View<std::int64_t> index, std::size_t n_strata, const Texts &labels)
{
    detail::Call call;
    call.whole("labels", labels.has_nul());
    if (!labels.empty()) call.same("labels", labels.size(), n_strata);
    if (call.good()) call.ended(interlace_spec_set_strata_array(capi(), index.data(), index.size(), n_strata, detail::pointer(labels),
            call.error()));
    return call.result();
}

inline Result<void> Spec::set_correlation(std::optional<std::string_view> correlation)
{
    detail::Call call;
    const std::string correlation_text = call.text("correlation", correlation.value_or(std::string_view()));
    if (call.good()) call.ended(interlace_spec_set_correlation(capi(), correlation ? correlation_text.c_str() : nullptr, call.error()));
    return call.result();
}

inline Result<void> Spec::set_correlation_array(Correlation correlation, View<std::int64_t> index, std::size_t n_groups, View<double> time)
{
    detail::Call call;
    if (!time.empty()) call.same("time", time.size(), index.size());
    if (call.good()) call.ended(interlace_spec_set_correlation_array(capi(), static_cast<interlace_correlation>(correlation), index.data(),
            index.size(), n_groups, detail::pointer(time), call.error()));
    return call.result();
}

inline Result<Frame> Spec::variables() const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_spec_variables(capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<std::vector<double>> Spec::objective(Maybe<Frame> data, MatrixView theta, Maybe<Options> options) const
{
    detail::Call call;
    call.dense("theta", theta);
    std::vector<double> values = call.array<double>(theta.cols());
    if (call.good()) call.ended(interlace_spec_objective(capi(), data.capi(), theta.data(), theta.rows(), theta.cols(), options.capi(),
            values.data(), values.size(), call.error()));
    return call.result(std::move(values));
}

inline Result<void> Spec::add_prior(std::optional<std::string_view> prior)
{
    detail::Call call;
    const std::string prior_text = call.text("prior", prior.value_or(std::string_view()));
    if (call.good()) call.ended(interlace_spec_add_prior(capi(), prior ? prior_text.c_str() : nullptr, call.error()));
    return call.result();
}

inline Result<Frame> Spec::all_optimizers(Maybe<Frame> data, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_spec_all_optimizers(capi(), data.capi(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline std::size_t Family::count() noexcept
{
    return interlace_family_count();
}

inline std::string_view Family::name(std::size_t i) noexcept
{
    return detail::view(interlace_family_name(i));
}

inline std::size_t Family::n_links(std::size_t i) noexcept
{
    return interlace_family_n_links(i);
}

inline std::string_view Family::link(std::size_t i, std::size_t link) noexcept
{
    return detail::view(interlace_family_link(i, link));
}

inline std::size_t Family::n_parameters(std::size_t i) noexcept
{
    return interlace_family_n_parameters(i);
}

inline std::string_view Family::parameter(std::size_t i, std::size_t parameter) noexcept
{
    return detail::view(interlace_family_parameter(i, parameter));
}

inline Result<void> Options::set_method(Method method)
{
    detail::Call call;
    call.ended(interlace_options_set_method(capi(), static_cast<interlace_method>(method), call.error()));
    return call.result();
}

inline Result<void> Options::set_optimizer(Optimizer optimizer)
{
    detail::Call call;
    call.ended(interlace_options_set_optimizer(capi(), static_cast<interlace_optimizer>(optimizer), call.error()));
    return call.result();
}

inline Result<void> Options::set_theta0(View<double> theta)
{
    detail::Call call;
    call.ended(interlace_options_set_theta0(capi(), theta.data(), theta.size(), call.error()));
    return call.result();
}

inline Result<void> Options::set_start(std::string_view start)
{
    detail::Call call;
    const std::string start_text = call.text("start", start);
    if (call.good()) call.ended(interlace_options_set_start(capi(), start_text.c_str(), call.error()));
    return call.result();
}

inline Result<void> Options::set_tolerance(double tolerance)
{
    detail::Call call;
    call.ended(interlace_options_set_tolerance(capi(), tolerance, call.error()));
    return call.result();
}

inline Result<void> Options::set_max_evaluations(std::int64_t max_evaluations)
{
    detail::Call call;
    call.ended(interlace_options_set_max_evaluations(capi(), max_evaluations, call.error()));
    return call.result();
}

inline Result<void> Options::set_threads(std::int32_t threads)
{
    detail::Call call;
    call.ended(interlace_options_set_threads(capi(), threads, call.error()));
    return call.result();
}

inline Result<void> Options::set_deadline(double seconds)
{
    detail::Call call;
    call.ended(interlace_options_set_deadline(capi(), seconds, call.error()));
    return call.result();
}

inline Result<void> Options::set_na(Na na)
{
    detail::Call call;
    call.ended(interlace_options_set_na(capi(), static_cast<interlace_na>(na), call.error()));
    return call.result();
}

inline Result<void> Options::set_information(Information information)
{
    detail::Call call;
    call.ended(interlace_options_set_information(capi(), static_cast<interlace_information>(information), call.error()));
    return call.result();
}

inline Result<void> Options::set_fixed_effects(FixedEffects fixed_effects)
{
    detail::Call call;
    call.ended(interlace_options_set_fixed_effects(capi(), static_cast<interlace_fixed_effects>(fixed_effects), call.error()));
    return call.result();
}

inline Result<void> Options::set_nagq(std::int32_t points)
{
    detail::Call call;
    call.ended(interlace_options_set_nagq(capi(), points, call.error()));
    return call.result();
}

inline Result<void> Options::set_std_errors(StdErrors std_errors)
{
    detail::Call call;
    call.ended(interlace_options_set_std_errors(capi(), static_cast<interlace_std_errors>(std_errors), call.error()));
    return call.result();
}

inline Result<void> Options::set_unidentified(Unidentified unidentified)
{
    detail::Call call;
    call.ended(interlace_options_set_unidentified(capi(), static_cast<interlace_unidentified>(unidentified), call.error()));
    return call.result();
}

inline Result<void> Options::set_random_terms(RandomTerms random_terms)
{
    detail::Call call;
    call.ended(interlace_options_set_random_terms(capi(), static_cast<interlace_random_terms>(random_terms), call.error()));
    return call.result();
}

inline Result<void> Options::set(std::string_view name, std::string_view value)
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    const std::string value_text = call.text("value", value);
    if (call.good()) call.ended(interlace_options_set(capi(), name_text.c_str(), value_text.c_str(), call.error()));
    return call.result();
}

inline Result<std::string_view> Options::get(std::string_view name) const
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    const char *out{};
    if (call.good()) call.ended(interlace_options_get(capi(), name_text.c_str(), &out, call.error()));
    return call.result(detail::view(out));
}

inline std::size_t Options::count() noexcept
{
    return interlace_options_count();
}

inline std::string_view Options::name(std::size_t i) noexcept
{
    return detail::view(interlace_options_name(i));
}

inline std::string_view Options::doc(std::size_t i) noexcept
{
    return detail::view(interlace_options_doc(i));
}

inline Result<std::string_view> Fit::option(std::string_view name) const
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    const char *out{};
    if (call.good()) call.ended(interlace_fit_option(capi(), name_text.c_str(), &out, call.error()));
    return call.result(detail::view(out));
}

inline Model Fit::model() const noexcept
{
    return static_cast<Model>(interlace_fit_model(capi()));
}

inline std::string_view Fit::formula() const noexcept
{
    return detail::view(interlace_fit_formula(capi()));
}

inline Method Fit::method() const noexcept
{
    return static_cast<Method>(interlace_fit_method(capi()));
}

inline bool Fit::is_singular() const noexcept
{
    return interlace_fit_is_singular(capi());
}

inline std::size_t Fit::n_obs() const noexcept
{
    return interlace_fit_n_obs(capi());
}

inline std::size_t Fit::df_residual() const noexcept
{
    return interlace_fit_df_residual(capi());
}

inline double Fit::sigma() const noexcept
{
    return interlace_fit_sigma(capi());
}

inline double Fit::log_likelihood() const noexcept
{
    return interlace_fit_log_likelihood(capi());
}

inline double Fit::criterion() const noexcept
{
    return interlace_fit_criterion(capi());
}

inline double Fit::aic() const noexcept
{
    return interlace_fit_aic(capi());
}

inline double Fit::aicc() const noexcept
{
    return interlace_fit_aicc(capi());
}

inline double Fit::bic() const noexcept
{
    return interlace_fit_bic(capi());
}

inline std::string_view Fit::engine() const noexcept
{
    return detail::view(interlace_fit_engine(capi()));
}

inline std::string_view Fit::engine_decision() const noexcept
{
    return detail::view(interlace_fit_engine_decision(capi()));
}

inline double Fit::forecast_multiplications() const noexcept
{
    return interlace_fit_forecast_multiplications(capi());
}

inline double Fit::forecast_bytes() const noexcept
{
    return interlace_fit_forecast_bytes(capi());
}

inline double Fit::criterion_error() const noexcept
{
    return interlace_fit_criterion_error(capi());
}

inline Result<std::vector<double>> Fit::theta_errors() const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_theta(capi()));
    if (call.good()) call.ended(interlace_fit_theta_errors(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline bool Fit::converged() const noexcept
{
    return interlace_fit_converged(capi());
}

inline Reason Fit::reason() const noexcept
{
    return static_cast<Reason>(interlace_fit_reason(capi()));
}

inline std::size_t Fit::n_evaluations() const noexcept
{
    return interlace_fit_n_evaluations(capi());
}

inline double Fit::scaled_gradient() const noexcept
{
    return interlace_fit_scaled_gradient(capi());
}

inline std::size_t Fit::n_boundary() const noexcept
{
    return interlace_fit_n_boundary(capi());
}

inline std::string_view Fit::boundary(std::size_t i) const noexcept
{
    return detail::view(interlace_fit_boundary(capi(), i));
}

inline std::size_t Fit::n_separated() const noexcept
{
    return interlace_fit_n_separated(capi());
}

inline std::string_view Fit::separated(std::size_t i) const noexcept
{
    return detail::view(interlace_fit_separated(capi(), i));
}

inline std::size_t Fit::n_warnings() const noexcept
{
    return interlace_fit_n_warnings(capi());
}

inline std::string_view Fit::warning(std::size_t i) const noexcept
{
    return detail::view(interlace_fit_warning(capi(), i));
}

inline double Fit::design_seconds() const noexcept
{
    return interlace_fit_design_seconds(capi());
}

inline double Fit::fit_seconds() const noexcept
{
    return interlace_fit_fit_seconds(capi());
}

inline bool Fit::has_predictor(Predictor predictor) const noexcept
{
    return interlace_fit_has_predictor(capi(), static_cast<interlace_predictor>(predictor));
}

inline std::size_t Fit::n_fixef(Predictor predictor) const noexcept
{
    return interlace_fit_n_fixef(capi(), static_cast<interlace_predictor>(predictor));
}

inline std::string_view Fit::fixef_name(Predictor predictor, std::size_t i) const noexcept
{
    return detail::view(interlace_fit_fixef_name(capi(), static_cast<interlace_predictor>(predictor), i));
}

inline Result<std::vector<double>> Fit::fixef(Predictor predictor) const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_fixef(capi(), static_cast<interlace_predictor>(predictor)));
    if (call.good()) call.ended(interlace_fit_fixef(capi(), static_cast<interlace_predictor>(predictor), out.data(), out.size(),
            call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<double>> Fit::fixef_std_error(Predictor predictor) const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_fixef(capi(), static_cast<interlace_predictor>(predictor)));
    if (call.good()) call.ended(interlace_fit_fixef_std_error(capi(), static_cast<interlace_predictor>(predictor), out.data(), out.size(),
            call.error()));
    return call.result(std::move(out));
}

inline Result<Matrix> Fit::fixef_vcov(Predictor predictor) const
{
    detail::Call call;
    Matrix out = call.matrix(interlace_fit_n_fixef(capi(), static_cast<interlace_predictor>(predictor)), interlace_fit_n_fixef(capi(),
            static_cast<interlace_predictor>(predictor)));
    if (call.good()) call.ended(interlace_fit_fixef_vcov(capi(), static_cast<interlace_predictor>(predictor), out.data(), out.size(),
            call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<double>> Fit::fixef_p_value(Predictor predictor, Df df, Maybe<Options> options) const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_fixef(capi(), static_cast<interlace_predictor>(predictor)));
    if (call.good()) call.ended(interlace_fit_fixef_p_value(capi(), static_cast<interlace_predictor>(predictor),
            static_cast<interlace_df>(df), options.capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Limits<std::vector<double>>> Fit::fixef_confint_wald(Predictor predictor, Df df, double level, Maybe<Options> options) const
{
    detail::Call call;
    std::vector<double> lower = call.array<double>(interlace_fit_n_fixef(capi(), static_cast<interlace_predictor>(predictor)));
    std::vector<double> upper = call.array<double>(interlace_fit_n_fixef(capi(), static_cast<interlace_predictor>(predictor)));
    if (call.good()) call.ended(interlace_fit_fixef_confint_wald(capi(), static_cast<interlace_predictor>(predictor),
            static_cast<interlace_df>(df), level, options.capi(), lower.data(), upper.data(), upper.size(), call.error()));
    return call.result(Limits<std::vector<double>>{std::move(lower), std::move(upper)});
}

inline std::size_t Fit::n_dropped_columns(Predictor predictor) const noexcept
{
    return interlace_fit_n_dropped_columns(capi(), static_cast<interlace_predictor>(predictor));
}

inline std::string_view Fit::dropped_column(Predictor predictor, std::size_t i) const noexcept
{
    return detail::view(interlace_fit_dropped_column(capi(), static_cast<interlace_predictor>(predictor), i));
}

inline Predictor Fit::term_predictor(std::size_t term) const noexcept
{
    return static_cast<Predictor>(interlace_fit_term_predictor(capi(), term));
}

inline Result<std::vector<double>> Fit::linear_predictor(Predictor predictor) const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_rows(capi()));
    if (call.good()) call.ended(interlace_fit_linear_predictor(capi(), static_cast<interlace_predictor>(predictor), out.data(), out.size(),
            call.error()));
    return call.result(std::move(out));
}

inline std::size_t Fit::n_theta() const noexcept
{
    return interlace_fit_n_theta(capi());
}

inline std::string_view Fit::theta_name(std::size_t i) const noexcept
{
    return detail::view(interlace_fit_theta_name(capi(), i));
}

inline Result<std::vector<double>> Fit::theta() const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_theta(capi()));
    if (call.good()) call.ended(interlace_fit_theta(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline std::size_t Fit::n_terms() const noexcept
{
    return interlace_fit_n_terms(capi());
}

inline std::string_view Fit::term_group(std::size_t term) const noexcept
{
    return detail::view(interlace_fit_term_group(capi(), term));
}

inline std::size_t Fit::term_n_effects(std::size_t term) const noexcept
{
    return interlace_fit_term_n_effects(capi(), term);
}

inline std::string_view Fit::term_effect_name(std::size_t term, std::size_t effect) const noexcept
{
    return detail::view(interlace_fit_term_effect_name(capi(), term, effect));
}

inline std::size_t Fit::term_n_levels(std::size_t term) const noexcept
{
    return interlace_fit_term_n_levels(capi(), term);
}

inline std::string_view Fit::term_level(std::size_t term, std::size_t level) const noexcept
{
    return detail::view(interlace_fit_term_level(capi(), term, level));
}

inline Structure Fit::term_structure(std::size_t term) const noexcept
{
    return static_cast<Structure>(interlace_fit_term_structure(capi(), term));
}

inline bool Fit::term_is_homogeneous(std::size_t term) const noexcept
{
    return interlace_fit_term_is_homogeneous(capi(), term);
}

inline Result<Matrix> Fit::term_cov(std::size_t term) const
{
    detail::Call call;
    Matrix out = call.matrix(interlace_fit_term_n_effects(capi(), term), interlace_fit_term_n_effects(capi(), term));
    if (call.good()) call.ended(interlace_fit_term_cov(capi(), term, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<double>> Fit::term_sd(std::size_t term) const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_term_n_effects(capi(), term));
    if (call.good()) call.ended(interlace_fit_term_sd(capi(), term, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Matrix> Fit::term_corr(std::size_t term) const
{
    detail::Call call;
    Matrix out = call.matrix(interlace_fit_term_n_effects(capi(), term), interlace_fit_term_n_effects(capi(), term));
    if (call.good()) call.ended(interlace_fit_term_corr(capi(), term, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Matrix> Fit::term_ranef(std::size_t term) const
{
    detail::Call call;
    Matrix out = call.matrix(interlace_fit_term_n_effects(capi(), term), interlace_fit_term_n_levels(capi(), term));
    if (call.good()) call.ended(interlace_fit_term_ranef(capi(), term, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Cube> Fit::term_ranef_cov(std::size_t term) const
{
    detail::Call call;
    Cube out = call.cube(interlace_fit_term_n_effects(capi(), term), interlace_fit_term_n_effects(capi(), term),
            interlace_fit_term_n_levels(capi(), term));
    if (call.good()) call.ended(interlace_fit_term_ranef_cov(capi(), term, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline bool Fit::term_has_ranef_cov_full(std::size_t term) const noexcept
{
    return interlace_fit_term_has_ranef_cov_full(capi(), term);
}

inline Result<Cube> Fit::term_ranef_cov_full(std::size_t term) const
{
    detail::Call call;
    Cube out = call.cube(interlace_fit_term_n_effects(capi(), term), interlace_fit_term_n_effects(capi(), term),
            interlace_fit_term_n_levels(capi(), term));
    if (call.good()) call.ended(interlace_fit_term_ranef_cov_full(capi(), term, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Limits<Matrix>> Fit::term_ranef_confint_wald(std::size_t term, double level, bool full) const
{
    detail::Call call;
    Matrix lower = call.matrix(interlace_fit_term_n_effects(capi(), term), interlace_fit_term_n_levels(capi(), term));
    Matrix upper = call.matrix(interlace_fit_term_n_effects(capi(), term), interlace_fit_term_n_levels(capi(), term));
    if (call.good()) call.ended(interlace_fit_term_ranef_confint_wald(capi(), term, level, full, lower.data(), upper.data(), upper.size(),
            call.error()));
    return call.result(Limits<Matrix>{std::move(lower), std::move(upper)});
}

inline std::size_t Fit::term_n_boundary(std::size_t term) const noexcept
{
    return interlace_fit_term_n_boundary(capi(), term);
}

inline Result<std::vector<double>> Fit::term_boundary(std::size_t term, std::size_t direction) const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_term_n_effects(capi(), term));
    if (call.good()) call.ended(interlace_fit_term_boundary(capi(), term, direction, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline std::size_t Fit::n_parameters() const noexcept
{
    return interlace_fit_n_parameters(capi());
}

inline std::string_view Fit::parameter_id(ParameterForm parameter_form, std::size_t i) const noexcept
{
    return detail::view(interlace_fit_parameter_id(capi(), static_cast<interlace_parameter_form>(parameter_form), i));
}

inline std::string_view Fit::parameter_name(ParameterForm parameter_form, std::size_t i) const noexcept
{
    return detail::view(interlace_fit_parameter_name(capi(), static_cast<interlace_parameter_form>(parameter_form), i));
}

inline Result<std::vector<double>> Fit::parameters(ParameterForm parameter_form) const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_parameters(capi()));
    if (call.good()) call.ended(interlace_fit_parameters(capi(), static_cast<interlace_parameter_form>(parameter_form), out.data(),
            out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Matrix> Fit::parameters_vcov(ParameterForm parameter_form, Maybe<Options> options) const
{
    detail::Call call;
    Matrix out = call.matrix(interlace_fit_n_parameters(capi()), interlace_fit_n_parameters(capi()));
    if (call.good()) call.ended(interlace_fit_parameters_vcov(capi(), static_cast<interlace_parameter_form>(parameter_form),
            options.capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Frame> Fit::variance_parameters(ParameterForm parameter_form, ParameterLimits parameter_limits, double level,
        Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_variance_parameters(capi(), static_cast<interlace_parameter_form>(parameter_form),
            static_cast<interlace_parameter_limits>(parameter_limits), level, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<std::vector<double>> Fit::log_likelihood_at(ParameterForm parameter_form, MatrixView parameters, Maybe<Options> options) const
{
    detail::Call call;
    call.dense("parameters", parameters);
    std::vector<double> values = call.array<double>(parameters.cols());
    if (call.good()) call.ended(interlace_fit_log_likelihood_at(capi(), static_cast<interlace_parameter_form>(parameter_form),
            parameters.data(), parameters.rows(), parameters.cols(), options.capi(), values.data(), values.size(), call.error()));
    return call.result(std::move(values));
}

inline Result<std::vector<double>> Fit::gradient_at(ParameterForm parameter_form, View<double> parameters, Maybe<Options> options) const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(parameters.size());
    if (call.good()) call.ended(interlace_fit_gradient_at(capi(), static_cast<interlace_parameter_form>(parameter_form), parameters.data(),
            parameters.size(), options.capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Matrix> Fit::information_at(ParameterForm parameter_form, InformationMatrix information_matrix, View<double> parameters,
        Maybe<Options> options) const
{
    detail::Call call;
    Matrix out = call.matrix(parameters.size(), parameters.size());
    if (call.good()) call.ended(interlace_fit_information_at(capi(), static_cast<interlace_parameter_form>(parameter_form),
            static_cast<interlace_information_matrix>(information_matrix), parameters.data(), parameters.size(), options.capi(),
            out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline std::string_view Fit::family() const noexcept
{
    return detail::view(interlace_fit_family(capi()));
}

inline std::string_view Fit::link() const noexcept
{
    return detail::view(interlace_fit_link(capi()));
}

inline Information Fit::information() const noexcept
{
    return static_cast<Information>(interlace_fit_information(capi()));
}

inline std::int32_t Fit::nagq() const noexcept
{
    return interlace_fit_nagq(capi());
}

inline std::size_t Fit::n_family_parameters() const noexcept
{
    return interlace_fit_n_family_parameters(capi());
}

inline std::string_view Fit::family_parameter_name(std::size_t i) const noexcept
{
    return detail::view(interlace_fit_family_parameter_name(capi(), i));
}

inline bool Fit::family_parameter_is_fixed(std::size_t i) const noexcept
{
    return interlace_fit_family_parameter_is_fixed(capi(), i);
}

inline Result<std::vector<double>> Fit::family_parameters() const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_family_parameters(capi()));
    if (call.good()) call.ended(interlace_fit_family_parameters(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<double>> Fit::family_parameters_std_error() const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_family_parameters(capi()));
    if (call.good()) call.ended(interlace_fit_family_parameters_std_error(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<double>> Fit::dispersion() const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_rows(capi()));
    if (call.good()) call.ended(interlace_fit_dispersion(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<double>> Fit::zero_probability() const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_rows(capi()));
    if (call.good()) call.ended(interlace_fit_zero_probability(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline std::size_t Fit::n_categories() const noexcept
{
    return interlace_fit_n_categories(capi());
}

inline std::string_view Fit::category(std::size_t k) const noexcept
{
    return detail::view(interlace_fit_category(capi(), k));
}

inline Threshold Fit::threshold_structure() const noexcept
{
    return static_cast<Threshold>(interlace_fit_threshold_structure(capi()));
}

inline std::size_t Fit::n_thresholds() const noexcept
{
    return interlace_fit_n_thresholds(capi());
}

inline std::string_view Fit::threshold_name(std::size_t i) const noexcept
{
    return detail::view(interlace_fit_threshold_name(capi(), i));
}

inline Result<std::vector<double>> Fit::thresholds() const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(detail::less_one(interlace_fit_n_categories(capi())));
    if (call.good()) call.ended(interlace_fit_thresholds(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<double>> Fit::thresholds_std_error() const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(detail::less_one(interlace_fit_n_categories(capi())));
    if (call.good()) call.ended(interlace_fit_thresholds_std_error(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Matrix> Fit::thresholds_vcov() const
{
    detail::Call call;
    Matrix out = call.matrix(detail::less_one(interlace_fit_n_categories(capi())), detail::less_one(interlace_fit_n_categories(capi())));
    if (call.good()) call.ended(interlace_fit_thresholds_vcov(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline std::size_t Fit::n_threshold_parameters() const noexcept
{
    return interlace_fit_n_threshold_parameters(capi());
}

inline Result<Matrix> Fit::thresholds_jacobian() const
{
    detail::Call call;
    Matrix out = call.matrix(detail::less_one(interlace_fit_n_categories(capi())), interlace_fit_n_threshold_parameters(capi()));
    if (call.good()) call.ended(interlace_fit_thresholds_jacobian(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline std::size_t Fit::n_nominal() const noexcept
{
    return interlace_fit_n_nominal(capi());
}

inline std::string_view Fit::nominal_name(std::size_t i) const noexcept
{
    return detail::view(interlace_fit_nominal_name(capi(), i));
}

inline Result<Matrix> Fit::nominal() const
{
    detail::Call call;
    Matrix out = call.matrix(interlace_fit_n_threshold_parameters(capi()), interlace_fit_n_nominal(capi()));
    if (call.good()) call.ended(interlace_fit_nominal(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Matrix> Fit::nominal_std_error() const
{
    detail::Call call;
    Matrix out = call.matrix(interlace_fit_n_threshold_parameters(capi()), interlace_fit_n_nominal(capi()));
    if (call.good()) call.ended(interlace_fit_nominal_std_error(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Limits<std::vector<double>>> Fit::family_parameters_confint_wald(double level) const
{
    detail::Call call;
    std::vector<double> lower = call.array<double>(interlace_fit_n_family_parameters(capi()));
    std::vector<double> upper = call.array<double>(interlace_fit_n_family_parameters(capi()));
    if (call.good()) call.ended(interlace_fit_family_parameters_confint_wald(capi(), level, lower.data(), upper.data(), upper.size(),
            call.error()));
    return call.result(Limits<std::vector<double>>{std::move(lower), std::move(upper)});
}

inline Ties Fit::ties() const noexcept
{
    return static_cast<Ties>(interlace_fit_ties(capi()));
}

inline std::size_t Fit::n_events() const noexcept
{
    return interlace_fit_n_events(capi());
}

inline double Fit::log_likelihood_null() const noexcept
{
    return interlace_fit_log_likelihood_null(capi());
}

inline double Fit::log_likelihood_penalised() const noexcept
{
    return interlace_fit_log_likelihood_penalised(capi());
}

inline double Fit::log_likelihood_fitted() const noexcept
{
    return interlace_fit_log_likelihood_fitted(capi());
}

inline double Fit::concordance() const noexcept
{
    return interlace_fit_concordance(capi());
}

inline double Fit::concordance_std_error() const noexcept
{
    return interlace_fit_concordance_std_error(capi());
}

inline double Fit::df_penalised() const noexcept
{
    return interlace_fit_df_penalised(capi());
}

inline Result<Frame> Fit::hazard_ratios(double level) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_hazard_ratios(capi(), level, &out, call.error()));
    return call.result(Frame(out));
}

inline Correlation Fit::correlation() const noexcept
{
    return static_cast<Correlation>(interlace_fit_correlation(capi()));
}

inline std::string_view Fit::correlation_group() const noexcept
{
    return detail::view(interlace_fit_correlation_group(capi()));
}

inline std::size_t Fit::correlation_n_groups() const noexcept
{
    return interlace_fit_correlation_n_groups(capi());
}

inline std::string_view Fit::correlation_time() const noexcept
{
    return detail::view(interlace_fit_correlation_time(capi()));
}

inline Result<Fit::CorrelationEstimate> Fit::correlation_estimate() const
{
    detail::Call call;
    double estimate{};
    double std_error{};
    call.ended(interlace_fit_correlation_estimate(capi(), &estimate, &std_error, call.error()));
    return call.result(CorrelationEstimate{estimate, std_error});
}

inline Result<Limits<double>> Fit::correlation_confint_wald(double level) const
{
    detail::Call call;
    double lower{};
    double upper{};
    call.ended(interlace_fit_correlation_confint_wald(capi(), level, &lower, &upper, call.error()));
    return call.result(Limits<double>{lower, upper});
}

inline std::size_t Fit::n_priors() const noexcept
{
    return interlace_fit_n_priors(capi());
}

inline std::string_view Fit::prior(std::size_t i) const noexcept
{
    return detail::view(interlace_fit_prior(capi(), i));
}

inline double Fit::prior_penalty() const noexcept
{
    return interlace_fit_prior_penalty(capi());
}

inline std::size_t Fit::n_rows() const noexcept
{
    return interlace_fit_n_rows(capi());
}

inline std::size_t Fit::n_data_rows() const noexcept
{
    return interlace_fit_n_data_rows(capi());
}

inline Result<std::vector<double>> Fit::fitted() const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_rows(capi()));
    if (call.good()) call.ended(interlace_fit_fitted(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<double>> Fit::residuals(Residuals residuals, Maybe<Options> options) const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_rows(capi()));
    if (call.good()) call.ended(interlace_fit_residuals(capi(), static_cast<interlace_residuals>(residuals), options.capi(), out.data(),
            out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Matrix> Fit::fixef_residuals(FixefResiduals fixef_residuals, Maybe<Options> options) const
{
    detail::Call call;
    Matrix out = call.matrix(interlace_fit_n_obs(capi()), interlace_fit_n_fixef(capi(), INTERLACE_PREDICTOR_MEAN));
    if (call.good()) call.ended(interlace_fit_fixef_residuals(capi(), static_cast<interlace_fixef_residuals>(fixef_residuals),
            options.capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Frame> Fit::schoenfeld_residuals(Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_schoenfeld_residuals(capi(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<std::vector<double>> Fit::quantile_residuals(std::uint64_t seed, Maybe<Options> options) const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_rows(capi()));
    if (call.good()) call.ended(interlace_fit_quantile_residuals(capi(), seed, options.capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<double>> Fit::leverage(Leverage leverage, Maybe<Options> options) const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_rows(capi()));
    if (call.good()) call.ended(interlace_fit_leverage(capi(), static_cast<interlace_leverage>(leverage), options.capi(), out.data(),
            out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<double>> Fit::response() const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_rows(capi()));
    if (call.good()) call.ended(interlace_fit_response(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<double>> Fit::weights() const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_rows(capi()));
    if (call.good()) call.ended(interlace_fit_weights(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<double>> Fit::offset() const
{
    detail::Call call;
    std::vector<double> out = call.array<double>(interlace_fit_n_rows(capi()));
    if (call.good()) call.ended(interlace_fit_offset(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline std::size_t Fit::n_dropped_rows() const noexcept
{
    return interlace_fit_n_dropped_rows(capi());
}

inline Result<std::size_t> Fit::dropped_row(std::size_t i) const
{
    detail::Call call;
    std::size_t out{};
    call.ended(interlace_fit_dropped_row(capi(), i, &out, call.error()));
    return call.result(out);
}

inline std::string_view Fit::dropped_row_reason(std::size_t i) const noexcept
{
    return detail::view(interlace_fit_dropped_row_reason(capi(), i));
}

inline Result<Matrix> Fit::x() const
{
    detail::Call call;
    Matrix out = call.matrix(interlace_fit_n_obs(capi()), interlace_fit_n_fixef(capi(), INTERLACE_PREDICTOR_MEAN));
    if (call.good()) call.ended(interlace_fit_x(capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Matrix> Fit::term_z(std::size_t term) const
{
    detail::Call call;
    Matrix out = call.matrix(interlace_fit_n_obs(capi()), interlace_fit_term_n_effects(capi(), term));
    if (call.good()) call.ended(interlace_fit_term_z(capi(), term, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<std::vector<std::int64_t>> Fit::term_index(std::size_t term) const
{
    detail::Call call;
    std::vector<std::int64_t> out = call.array<std::int64_t>(interlace_fit_n_obs(capi()));
    if (call.good()) call.ended(interlace_fit_term_index(capi(), term, out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline std::size_t Fit::n_ranef() const noexcept
{
    return interlace_fit_n_ranef(capi());
}

inline std::size_t Fit::z_nnz() const noexcept
{
    return interlace_fit_z_nnz(capi());
}

inline std::size_t Fit::n_tables() const noexcept
{
    return interlace_fit_n_tables(capi());
}

inline std::string_view Fit::table_name(std::size_t i) const noexcept
{
    return detail::view(interlace_fit_table_name(capi(), i));
}

inline Result<Frame> Fit::table(std::string_view name, Df df, Maybe<Options> options) const
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_fit_table(capi(), name_text.c_str(), static_cast<interlace_df>(df), options.capi(), &out,
            call.error()));
    return call.result(Frame(out));
}

inline Result<std::string_view> Fit::summary(Df df, Maybe<Options> options) const
{
    detail::Call call;
    const char *out{};
    call.ended(interlace_fit_summary(capi(), static_cast<interlace_df>(df), options.capi(), &out, call.error()));
    return call.result(detail::view(out));
}

inline std::size_t Fit::predict_width(Quantity quantity) const noexcept
{
    return interlace_fit_predict_width(capi(), static_cast<interlace_quantity>(quantity));
}

inline Result<Fit::PosteriorDraws> Fit::posterior_draws(std::size_t n, std::uint64_t seed, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    double pareto_k{};
    call.ended(interlace_fit_posterior_draws(capi(), n, seed, options.capi(), &out, &pareto_k, call.error()));
    return call.result(PosteriorDraws{Frame(out), pareto_k});
}

inline Result<Frame> Fit::survival_curves(Maybe<Frame> data, const SurvivalRequest &request, Maybe<Options> options) const
{
    detail::Call call;
    const auto request_for_c = request.capi(call);
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_fit_survival_curves(capi(), data.capi(), &request_for_c, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::survival_quantiles(Maybe<Frame> data, const SurvivalRequest &request, View<double> probabilities,
        Maybe<Options> options) const
{
    detail::Call call;
    const auto request_for_c = request.capi(call);
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_fit_survival_quantiles(capi(), data.capi(), &request_for_c, probabilities.data(),
            probabilities.size(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::survival_means(Maybe<Frame> data, const SurvivalRequest &request, Maybe<Options> options) const
{
    detail::Call call;
    const auto request_for_c = request.capi(call);
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_fit_survival_means(capi(), data.capi(), &request_for_c, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::wald_test(MatrixView l, View<double> rhs, bool joint, Df df, Maybe<Options> options) const
{
    detail::Call call;
    if (!rhs.empty()) call.same("rhs", rhs.size(), l.rows());
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_fit_wald_test(capi(), l.data(), l.rows(), l.cols(), l.ld(), detail::pointer(rhs), joint,
            static_cast<interlace_df>(df), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::coefficients(Df df, double level, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_coefficients(capi(), static_cast<interlace_df>(df), level, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::wald_test_of(Predictor predictor, MatrixView l, View<double> rhs, bool joint, Df df, Maybe<Options> options) const
{
    detail::Call call;
    if (!rhs.empty()) call.same("rhs", rhs.size(), l.rows());
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_fit_wald_test_of(capi(), static_cast<interlace_predictor>(predictor), l.data(), l.rows(),
            l.cols(), l.ld(), detail::pointer(rhs), joint, static_cast<interlace_df>(df), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::anova(Maybe<Frame> data, AnovaType anova_type, Df df, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_anova(capi(), data.capi(), static_cast<interlace_anova_type>(anova_type), static_cast<interlace_df>(df),
            options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::anova_of(Predictor predictor, Maybe<Frame> data, AnovaType anova_type, Df df, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_anova_of(capi(), static_cast<interlace_predictor>(predictor), data.capi(),
            static_cast<interlace_anova_type>(anova_type), static_cast<interlace_df>(df), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::effect_sizes(Maybe<Frame> data, AnovaType anova_type, Df df, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_effect_sizes(capi(), data.capi(), static_cast<interlace_anova_type>(anova_type),
            static_cast<interlace_df>(df), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::standardized(Df df, double level, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_standardized(capi(), static_cast<interlace_df>(df), level, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::nominal_test(Maybe<Frame> data, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_nominal_test(capi(), data.capi(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::scale_test(Maybe<Frame> data, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_scale_test(capi(), data.capi(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Matrix> Fit::fixef_vcov_kenward_roger(Maybe<Options> options) const
{
    detail::Call call;
    Matrix out = call.matrix(interlace_fit_n_fixef(capi(), INTERLACE_PREDICTOR_MEAN), interlace_fit_n_fixef(capi(),
            INTERLACE_PREDICTOR_MEAN));
    if (call.good()) call.ended(interlace_fit_fixef_vcov_kenward_roger(capi(), options.capi(), out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Frame> Fit::drop1(Maybe<Frame> data, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_drop1(capi(), data.capi(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::step(double alpha_random, double alpha_fixed, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_step(capi(), alpha_random, alpha_fixed, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::drop1_f(Maybe<Frame> data, Df df, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_drop1_f(capi(), data.capi(), static_cast<interlace_df>(df), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Fit> Fit::robust(RobustKind robust_kind, std::optional<std::string_view> group, Maybe<Frame> data, View<std::int32_t> codes,
        std::size_t n_codes, Maybe<Options> options) const
{
    detail::Call call;
    const std::string group_text = call.text("group", group.value_or(std::string_view()));
    if (!codes.empty()) call.same("codes", codes.size(), n_codes);
    interlace_fit *out{};
    if (call.good()) call.ended(interlace_fit_robust(capi(), static_cast<interlace_robust_kind>(robust_kind),
            group ? group_text.c_str() : nullptr, data.capi(), detail::pointer(codes), n_codes, options.capi(), &out, call.error()));
    return call.result(Fit(out));
}

inline std::string_view Fit::robust_description() const noexcept
{
    return detail::view(interlace_fit_robust_description(capi()));
}

inline Result<Frame> Fit::ranova(Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_ranova(capi(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::exact_rlrt(std::size_t draws, std::uint64_t seed, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_exact_rlrt(capi(), draws, seed, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::marginal_means(Maybe<Frame> data, std::string_view specs, const MeansRequest &request,
        Maybe<Options> options) const
{
    detail::Call call;
    const std::string specs_text = call.text("specs", specs);
    const auto request_for_c = request.capi(call);
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_fit_marginal_means(capi(), data.capi(), specs_text.c_str(), &request_for_c, options.capi(), &out,
            call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::contrasts(Maybe<Frame> data, std::string_view specs, const MeansRequest &request, Maybe<Options> options) const
{
    detail::Call call;
    const std::string specs_text = call.text("specs", specs);
    const auto request_for_c = request.capi(call);
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_fit_contrasts(capi(), data.capi(), specs_text.c_str(), &request_for_c, options.capi(), &out,
            call.error()));
    return call.result(Frame(out));
}

inline Result<Fit::R2> Fit::r2(Maybe<Options> options) const
{
    detail::Call call;
    double marginal{};
    double conditional{};
    call.ended(interlace_fit_r2(capi(), options.capi(), &marginal, &conditional, call.error()));
    return call.result(R2{marginal, conditional});
}

inline Result<Fit::Icc> Fit::icc(Maybe<Options> options) const
{
    detail::Call call;
    double adjusted{};
    double unadjusted{};
    call.ended(interlace_fit_icc(capi(), options.capi(), &adjusted, &unadjusted, call.error()));
    return call.result(Icc{adjusted, unadjusted});
}

inline Result<Fit::Overdispersion> Fit::overdispersion() const
{
    detail::Call call;
    double chi_square{};
    double ratio{};
    double df{};
    double p_value{};
    call.ended(interlace_fit_overdispersion(capi(), &chi_square, &ratio, &df, &p_value, call.error()));
    return call.result(Overdispersion{chi_square, ratio, df, p_value});
}

inline Result<Frame> Fit::proportional_hazards(TimeTransform time_transform, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_proportional_hazards(capi(), static_cast<interlace_time_transform>(time_transform), options.capi(), &out,
            call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::power(Maybe<Fit> reduced, Maybe<Frame> data, const PowerRequest &request, Maybe<Options> options) const
{
    detail::Call call;
    const auto request_for_c = request.capi(call);
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_fit_power(capi(), reduced.capi(), data.capi(), &request_for_c, options.capi(), &out,
            call.error()));
    return call.result(Frame(out));
}

inline std::size_t Fit::n_response_columns() const noexcept
{
    return interlace_fit_n_response_columns(capi());
}

inline Result<Cube> Fit::simulate(std::size_t nsim, std::uint64_t seed, Simulation simulation, Maybe<Options> options) const
{
    detail::Call call;
    Cube out = call.cube(interlace_fit_n_rows(capi()), interlace_fit_n_response_columns(capi()), nsim);
    if (call.good()) call.ended(interlace_fit_simulate(capi(), nsim, seed, static_cast<interlace_simulation>(simulation), options.capi(),
            out.data(), out.size(), call.error()));
    return call.result(std::move(out));
}

inline Result<Frame> Fit::parameters_confint_profile(const ProfileRequest &request, Maybe<Options> options) const
{
    detail::Call call;
    const auto request_for_c = request.capi(call);
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_fit_parameters_confint_profile(capi(), &request_for_c, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::profile(const ProfileRequest &request, Maybe<Options> options) const
{
    detail::Call call;
    const auto request_for_c = request.capi(call);
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_fit_profile(capi(), &request_for_c, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::ranef_residuals(Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_ranef_residuals(capi(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::diagnose(Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_diagnose(capi(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::conditional_aic(Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_conditional_aic(capi(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::augment(const Frame &data, std::uint64_t seed, bool influence, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_fit_augment(capi(), data.capi(), seed, influence, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::influence(Maybe<Frame> data, const InfluenceRequest &request, Maybe<Options> options) const
{
    detail::Call call;
    const auto request_for_c = request.capi(call);
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_fit_influence(capi(), data.capi(), &request_for_c, options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Fit::plot_data(std::string_view picture, Maybe<Frame> data, Maybe<PlotOptions> plot_options,
        Maybe<Options> options) const
{
    detail::Call call;
    const std::string picture_text = call.text("picture", picture);
    interlace_frame *out{};
    if (call.good()) call.ended(interlace_fit_plot_data(capi(), picture_text.c_str(), data.capi(), plot_options.capi(), options.capi(),
            &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Bootstrap::lrt(const Fit &reduced, const Fit &full, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_bootstrap_lrt(capi(), reduced.capi(), full.capi(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Bootstrap::lrt_test(const Fit &reduced, const Fit &full, const Frame &replicates, double level,
        Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_bootstrap_lrt_test(capi(), reduced.capi(), full.capi(), replicates.capi(), level, options.capi(), &out,
            call.error()));
    return call.result(Frame(out));
}

inline std::string_view Bootstrap::interval_name(BootstrapInterval code) noexcept
{
    return detail::view(interlace_bootstrap_interval_name(static_cast<interlace_bootstrap_interval>(code)));
}

inline Result<BootstrapInterval> Bootstrap::interval_from_name(std::string_view name)
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    interlace_bootstrap_interval out{};
    if (call.good()) call.ended(interlace_bootstrap_interval_from_name(name_text.c_str(), &out, call.error()));
    return call.result(static_cast<BootstrapInterval>(out));
}

inline Result<void> Bootstrap::set_replicates(std::size_t first, std::size_t n)
{
    detail::Call call;
    call.ended(interlace_bootstrap_set_replicates(capi(), first, n, call.error()));
    return call.result();
}

inline Result<void> Bootstrap::set_seed(std::uint64_t seed)
{
    detail::Call call;
    call.ended(interlace_bootstrap_set_seed(capi(), seed, call.error()));
    return call.result();
}

inline Result<void> Bootstrap::set_parametric(Simulation simulation)
{
    detail::Call call;
    call.ended(interlace_bootstrap_set_parametric(capi(), static_cast<interlace_simulation>(simulation), call.error()));
    return call.result();
}

inline Result<void> Bootstrap::set_groups(std::optional<std::string_view> group)
{
    detail::Call call;
    const std::string group_text = call.text("group", group.value_or(std::string_view()));
    if (call.good()) call.ended(interlace_bootstrap_set_groups(capi(), group ? group_text.c_str() : nullptr, call.error()));
    return call.result();
}

inline Result<void> Bootstrap::set_rows()
{
    detail::Call call;
    call.ended(interlace_bootstrap_set_rows(capi(), call.error()));
    return call.result();
}

inline Result<Frame> Bootstrap::run(const Fit &fit, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_bootstrap_run(capi(), fit.capi(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Bootstrap::jackknife(const Fit &fit, Maybe<Options> options) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_bootstrap_jackknife(capi(), fit.capi(), options.capi(), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<Frame> Bootstrap::confint(const Fit &fit, const Frame &replicates, Maybe<Frame> jackknife, double level,
        BootstrapInterval bootstrap_interval) const
{
    detail::Call call;
    interlace_frame *out{};
    call.ended(interlace_bootstrap_confint(capi(), fit.capi(), replicates.capi(), jackknife.capi(), level,
            static_cast<interlace_bootstrap_interval>(bootstrap_interval), &out, call.error()));
    return call.result(Frame(out));
}

inline Result<void> PlotOptions::set(std::string_view name, std::string_view value)
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    const std::string value_text = call.text("value", value);
    if (call.good()) call.ended(interlace_plot_options_set(capi(), name_text.c_str(), value_text.c_str(), call.error()));
    return call.result();
}

inline std::size_t PlotOptions::count() noexcept
{
    return interlace_plot_options_count();
}

inline std::string_view PlotOptions::name(std::size_t i) noexcept
{
    return detail::view(interlace_plot_options_name(i));
}

inline std::string_view PlotOptions::doc(std::size_t i) noexcept
{
    return detail::view(interlace_plot_options_doc(i));
}

inline std::size_t PlotOptions::picture_count() noexcept
{
    return interlace_plot_options_picture_count();
}

inline std::string_view PlotOptions::picture_name(std::size_t i) noexcept
{
    return detail::view(interlace_plot_options_picture_name(i));
}

inline std::string_view PlotOptions::picture_doc(std::size_t i) noexcept
{
    return detail::view(interlace_plot_options_picture_doc(i));
}

inline bool PlotOptions::picture_needs_rows(std::size_t i) noexcept
{
    return interlace_plot_options_picture_needs_rows(i);
}

inline Result<void> Questions::set(std::string_view name, std::optional<std::string_view> value)
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    const std::string value_text = call.text("value", value.value_or(std::string_view()));
    if (call.good()) call.ended(interlace_questions_set(capi(), name_text.c_str(), value ? value_text.c_str() : nullptr, call.error()));
    return call.result();
}

inline Result<void> Questions::set_frame(std::string_view name, const Frame &data)
{
    detail::Call call;
    const std::string name_text = call.text("name", name);
    if (call.good()) call.ended(interlace_questions_set_frame(capi(), name_text.c_str(), data.capi(), call.error()));
    return call.result();
}

inline Result<void> Questions::check(Model model) const
{
    detail::Call call;
    call.ended(interlace_questions_check(capi(), static_cast<interlace_model>(model), call.error()));
    return call.result();
}

inline std::string_view Questions::of_rows() const noexcept
{
    return detail::view(interlace_questions_of_rows(capi()));
}

inline std::size_t Questions::count() noexcept
{
    return interlace_questions_count();
}

inline std::string_view Questions::name(std::size_t i) noexcept
{
    return detail::view(interlace_questions_name(i));
}

inline std::string_view Questions::doc(std::size_t i) noexcept
{
    return detail::view(interlace_questions_doc(i));
}

inline std::string_view Questions::values(std::size_t i) noexcept
{
    return detail::view(interlace_questions_values(i));
}

inline bool Questions::takes_frame(std::size_t i) noexcept
{
    return interlace_questions_takes_frame(i);
}

inline bool Questions::is_repeatable(std::size_t i) noexcept
{
    return interlace_questions_is_repeatable(i);
}

inline std::string_view Questions::needs(std::size_t i, std::size_t j) noexcept
{
    return detail::view(interlace_questions_needs(i, j));
}

inline bool Questions::suits(std::size_t i, Model model) noexcept
{
    return interlace_questions_suits(i, static_cast<interlace_model>(model));
}

inline Result<void> Plan::add_response(std::string_view response)
{
    detail::Call call;
    const std::string response_text = call.text("response", response);
    if (call.good()) call.ended(interlace_plan_add_response(capi(), response_text.c_str(), call.error()));
    return call.result();
}

inline Result<std::size_t> Plan::n_complete_rows(const Frame &data) const
{
    detail::Call call;
    std::size_t out{};
    call.ended(interlace_plan_n_complete_rows(capi(), data.capi(), &out, call.error()));
    return call.result(out);
}

inline Result<void> Plan::learn(const Frame &sample, Maybe<Options> options)
{
    detail::Call call;
    call.ended(interlace_plan_learn(capi(), sample.capi(), options.capi(), call.error()));
    return call.result();
}

inline Result<void> Accumulator::add(const Frame &data, Maybe<Options> options)
{
    detail::Call call;
    call.ended(interlace_accumulator_add(capi(), data.capi(), options.capi(), call.error()));
    return call.result();
}

inline Result<void> Accumulator::merge(const Accumulator &part)
{
    detail::Call call;
    call.ended(interlace_accumulator_merge(capi(), part.capi(), call.error()));
    return call.result();
}

inline std::uint64_t Accumulator::n_rows() const noexcept
{
    return interlace_accumulator_n_rows(capi());
}

inline std::uint64_t Accumulator::n_dropped() const noexcept
{
    return interlace_accumulator_n_dropped(capi());
}

inline std::size_t Accumulator::size() const noexcept
{
    return interlace_accumulator_size(capi());
}

inline Result<Fit> Accumulator::fit_response(std::optional<std::string_view> response, Maybe<Options> options) const
{
    detail::Call call;
    const std::string response_text = call.text("response", response.value_or(std::string_view()));
    interlace_fit *out{};
    if (call.good()) call.ended(interlace_accumulator_fit_response(capi(), response ? response_text.c_str() : nullptr, options.capi(),
            &out, call.error()));
    return call.result(Fit(out));
}

} // inline namespace
} // namespace interlace

#endif // INTERLACE_HPP
