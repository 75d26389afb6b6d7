// Every shape of result, against what the C functions give for the same fit, bit for bit.
#include "check.hpp"

using namespace interlace;

// The size of an array and of a matrix, then their numbers.
template <class T, class F>
static bool same(const std::vector<T> &own, F &&in_c)
{
    std::vector<T> out(own.size());
    return !own.empty() && in_c(out.data(), out.size()) == INTERLACE_OK && out == own;
}

template <class F>
static bool same_matrix(const Matrix &own, F &&in_c)
{
    std::vector<double> out(own.size());
    return !own.empty() && in_c(out.data(), out.size()) == INTERLACE_OK && std::memcmp(out.data(), own.data(), 8 * own.size()) == 0;
}

static void scalars_texts_and_codes(const Fit &fit, const interlace_fit *c)
{
    CHECK(fit.log_likelihood() == interlace_fit_log_likelihood(c));
    CHECK(close(fit.criterion(), 1743.628, 1e-3));
    CHECK(fit.n_obs() == 180 && fit.converged() && !fit.is_singular());
    CHECK(fit.model() == Model::lmm && fit.method() == Method::reml && fit.reason() == Reason::converged);
    CHECK(fit.term_structure(0) == Structure::unstructured);
    CHECK(fit.formula() == interlace_fit_formula(c) && fit.formula().data() == interlace_fit_formula(c));
    CHECK(fit.fixef_name(Predictor::mean, 1) == "Days");
    CHECK(fit.fixef_name(Predictor::mean, 2).data() == nullptr && fit.fixef_name(Predictor::mean, 2).empty());
    CHECK((fit.fixef_names() == std::vector<std::string_view>{"(Intercept)", "Days"}));
    CHECK(fit.term_levels(0).size() == 18 && fit.term_levels(0)[17] == "372");
    CHECK(fit.warnings().size() == fit.n_warnings());
    CHECK(fit.parameter_names(ParameterForm::reported).size() == fit.n_parameters());
    CHECK(take(fit.option("optimizer")) == "newton");
    CHECK(take(fit.summary()).find("Number of obs: 180") != std::string_view::npos);
    CHECK(std::isnan(Fit().sigma()) && Fit().n_obs() == 0 && !Fit());
}

static void checks(const Fit &fit, const Frame &data)
{
    const auto own = take(fit.simulated_residuals(40, 1, Simulation::new_, data, "Days"));
    CHECK(own.residuals.n_rows() == 10 && own.tests.n_rows() == 4);
    CHECK(take(fit.augment(data, 1, false)).n_rows() == 180 && take(fit.diagnose()).n_rows() > 3);
    CHECK(take(fit.ranef_residuals()).n_rows() == 36);
    FAILS(Status::argument, "nsim is 0", fit.simulated_residuals(0, 1, Simulation::new_));
}

static void arrays(const Fit &fit, const interlace_fit *c)
{
    CHECK(same(take(fit.fixef()), [c](double *out, std::size_t n) { return interlace_fit_fixef(c, INTERLACE_PREDICTOR_MEAN, out, n, nullptr); }));
    CHECK(same(take(fit.theta()), [c](double *out, std::size_t n) { return interlace_fit_theta(c, out, n, nullptr); }));
    CHECK(same(take(fit.residuals(Residuals::pearson)),
               [c](double *out, std::size_t n) { return interlace_fit_residuals(c, INTERLACE_RESIDUALS_PEARSON, nullptr, out, n, nullptr); }));
    CHECK(same(take(fit.term_index(0)), [c](std::int64_t *out, std::size_t n) { return interlace_fit_term_index(c, 0, out, n, nullptr); }));
    CHECK(same_matrix(take(fit.fixef_vcov()),
                      [c](double *out, std::size_t n) { return interlace_fit_fixef_vcov(c, INTERLACE_PREDICTOR_MEAN, out, n, nullptr); }));
    const Matrix ranef = take(fit.term_ranef(0));
    CHECK(ranef.rows() == 2 && ranef.cols() == 18);
    CHECK(same_matrix(ranef, [c](double *out, std::size_t n) { return interlace_fit_term_ranef(c, 0, out, n, nullptr); }));
    CHECK(ranef.col(3)[1] == ranef(1, 3) && &ranef(1, 3) == ranef.data() + 7);
    const Cube cov = take(fit.term_ranef_cov(0));
    CHECK(cov.rows() == 2 && cov.cols() == 2 && cov.slices() == 18 && cov.size() == 72);
    CHECK(cov(1, 0, 5) == cov(0, 1, 5) && cov(1, 0, 5) == cov.data()[21] && cov.slice(5)(0, 1) == cov.data()[22]);
    const auto limits = take(fit.fixef_confint_wald(Predictor::mean, Df::normal));
    const auto beta = take(fit.fixef()), se = take(fit.fixef_std_error());
    CHECK(close(limits.lower[1], beta[1] - 1.959964 * se[1], 1e-5) && close(limits.upper[1], beta[1] + 1.959964 * se[1], 1e-5));
    const auto r2 = take(fit.r2());
    CHECK(r2.marginal > 0.2 && r2.marginal < r2.conditional && r2.conditional < 1.0);
    CHECK(take(fit.term_ranef_confint_wald(0, 0.9, false)).upper.cols() == 18);
    const SparseMatrix z = take(fit.z());
    CHECK(z.rows == 180 && z.cols() == 36 && z.values.size() == 360 && z.colptr.back() == 360);
    CHECK(take(fit.x()).rows() == 180 && take(fit.x()).cols() == 2);
}

static void tables(const Fit &fit)
{
    const Frame table = take(fit.coefficients(Df::satterthwaite));
    const auto terms = take(table.column_strings("term"));
    CHECK(terms.size() == 2 && terms[1] == "Days");
    CHECK(take(table.column_f64("estimate")) == take(fit.fixef()));
    CHECK(close(take(table.column_f64("df"))[1], 17.0, 0.01));
    CHECK(take(fit.table("coefficients")).column_names() == table.column_names());
    const Frame anova = take(fit.anova(none, AnovaType::iii, Df::kenward_roger));
    CHECK(anova.n_rows() == 1);
    const Frame means = take(fit.marginal_means(sleepstudy(), "~ Days", MeansRequest()));
    CHECK(means.n_rows() == 1);
    Matrix l(1, 2);
    l(0, 1) = 2.0;
    const Frame wald = take(fit.wald_test(l, {20.0}, false));
    const double twice = 2 * take(fit.fixef())[1], error = 2 * take(fit.fixef_std_error())[1];
    CHECK(close(take(wald.column_f64("estimate"))[0], twice, 1e-9));
    CHECK(close(take(wald.column_f64("statistic"))[0], (twice - 20.0) / error, 1e-9));
}

static void whole_models()
{
    const auto data = sleepstudy();
    Options options;
    OK(options.set_method(Method::ml));
    const auto small = model("Reaction ~ 1 + (Days | Subject)"), large = model("Reaction ~ Days + (Days | Subject)");
    const Fit one = take(Fit::make(small, data, options)), other = take(Fit::make(large, data, options));
    CHECK(other.method() == Method::ml && take(other.option("method")) == "ml");
    const Frame compared = take(Fit::compare({&one, &other}, false));
    CHECK(compared.n_rows() == 2);
    CHECK(take(Spec::lrt({&small, &large}, data, false, options)).n_rows() == 2);
    CHECK(take(sleepstudy_fit().refit_ml()).log_likelihood() == other.log_likelihood());
    const auto parts = take(large.cross_validate(data, "Subject", 3, 1));
    CHECK(parts.folds.n_rows() == 4 && parts.rows.n_rows() == 180);
    Matrix theta(3, 2);
    for (std::size_t j = 0; j < 2; j++) theta(0, j) = theta(2, j) = 1.0 + static_cast<double>(j);
    const auto objective = take(large.objective(data, theta, options));
    CHECK(objective.size() == 2 && objective[0] != objective[1]);
    ProfileRequest request;
    request.level = 0.9;
    CHECK(take(other.parameters_confint_profile(request)).n_rows() > 2);
}

static void predictions(const Fit &fit)
{
    const auto data = sleepstudy();
    const Matrix own = take(fit.predict());
    CHECK(own.rows() == 180 && own.cols() == 1 && std::memcmp(own.data(), take(fit.fitted()).data(), 180 * 8) == 0);
    PredictRequest request;
    request.random = Random::none;
    request.interval = Interval::prediction;
    const Predictions future = take(fit.predict_interval(data, request));
    CHECK(future.lower(3, 0) < future.values(3, 0) && future.values(3, 0) < future.upper(3, 0) && future.std_error(3, 0) > 0.0);
    CHECK(take(fit.predict_status(data, request)) == std::vector<PredictionStatus>(180, PredictionStatus::ok));
    // The library would read as many weights as there are rows.
    request.weights = {1.0, 2.0};
    FAILS(Status::argument, "request.weights has length 2, 180 is wanted", fit.predict_interval(data, request));
    request.weights.assign(180, 4.0);
    const Predictions precise = take(fit.predict_interval(data, request));
    CHECK(precise.upper(3, 0) < future.upper(3, 0));
    CHECK(take(fit.simulate(5, 7, Simulation::new_)).slices() == 5);
    const Cube simulated = take(fit.simulate(2, 7, Simulation::new_));
    CHECK(simulated.rows() == 180 && simulated.cols() == 1);
    const Matrix responses(MatrixView(simulated.data(), 180, 2));
    const Frame refits = take(fit.refit_many(responses, true));
    CHECK(refits.n_rows() == 2 && take(refits.column_strings("status"))[1] == "converged");
    FAILS(Status::memory, "too large", fit.simulate(SIZE_MAX / 4, 7, Simulation::new_));
}

static void documents(const Fit &fit)
{
    Questions questions;
    OK(questions.set("confint", "wald"));
    const std::string json = take(fit.to_json(none, none, questions));
    CHECK(json.front() == '{' && json.find("\"wald_ci\"") != std::string::npos && json.find('\0') == std::string::npos);
    CHECK(take(fit.to_text()).find("Days") != std::string::npos);
    FAILS(Status::argument, "confint", questions.set("confint", "walt"));
    CHECK(Questions::count() > 5 && !Questions::name(0).empty());
}

static void saved(const Fit &fit)
{
    const std::vector<std::uint8_t> bytes = take(fit.to_bytes());
    const Saved again = take(Fit::from_bytes(bytes));
    CHECK(again.fit.log_likelihood() == fit.log_likelihood() && again.spec.capi() == nullptr && again.options.capi() != nullptr);
    FAILS(Status::data, "", Fit::from_bytes(View<std::uint8_t>(bytes.data(), bytes.size() - 1)));
    FAILS(Status::data, "the bytes are not a spec: they are a fit", Spec::from_bytes(bytes));
    FAILS(Status::data, "the bytes are not options: they are a fit", Options::from_bytes(bytes));
    Options options;
    OK(options.set_max_evaluations(17));
    const Options options_again = take(Options::from_bytes(take(options.to_bytes())));
    CHECK(take(options_again.get("max_evaluations")) == "17");
}

static void changed(const Fit &fit)
{
    const Frame data = sleepstudy();
    const Spec spec = take(Spec::make(Model::lmm, "Reaction ~ Days + (Days | Subject)"));
    const Spec again = take(Spec::from_bytes(take(spec.to_bytes())));
    const Spec other = take(again.update(". ~ . - (Days | Subject) + (1 | Subject)"));
    CHECK(take(Fit::make(other, data)).formula() == "Reaction ~ Days + (1 | Subject)");
    CHECK(take(Fit::make(take(other.update()), data)).formula() == "Reaction ~ Days + (1 | Subject)");
    FAILS(Status::formula, "no such term", spec.update(". ~ . - z"));
    const std::vector<double> y = take(data.column_f64("Reaction"));
    CHECK(std::fabs(take(fit.refit(y)).log_likelihood() - fit.log_likelihood()) < 1e-8);
    FAILS(Status::argument, "y has 3 elements", fit.refit(View<double>(y.data(), 3)));
}

int main()
{
    const Fit fit = sleepstudy_fit();
    scalars_texts_and_codes(fit, fit.capi());
    arrays(fit, fit.capi());
    checks(fit, sleepstudy());
    tables(fit);
    whole_models();
    predictions(fit);
    documents(fit);
    saved(fit);
    changed(fit);
    return 0;
}
