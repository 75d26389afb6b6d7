// Callables: progress and cancelling, statistics, families of one's own; exceptions that cross the library.
#include <atomic>
#include <thread>

#include "check.hpp"

using namespace interlace;

static void progress()
{
    Options options;
    int calls = 0;
    double last = 0.0;
    OK(options.set_progress([&](const Progress &told) {
        calls++;
        if (told.phase == Phase::search && told.theta.size() == 3) last = told.objective;
    }));
    const Fit fit = sleepstudy_fit(options);
    CHECK(calls > 2 && close(last, 1743.628, 1.0));

    OK(options.set_progress([](const Progress &) { return Next::cancel; }));
    const auto spec = model("Reaction ~ Days + (Days | Subject)");
    FAILS(Status::cancelled, "cancel", Fit::make(spec, sleepstudy(), options));
    const Options moved = std::move(options);
    FAILS(Status::cancelled, "cancel", fit.parameters_confint_profile({}, moved));

    Options again;
    OK(again.set_progress([&calls](const Progress &) { calls = -1; }));
    OK(again.set_progress(nullptr));
    CHECK(take(Fit::make(spec, sleepstudy(), again)).criterion() == fit.criterion() && calls > 0);
}

static Bootstrap resampled(std::size_t n)
{
    Bootstrap bootstrap;
    OK(bootstrap.set_replicates(0, n));
    OK(bootstrap.set_seed(3));
    return bootstrap;
}

static void statistics()
{
    const Fit fit = take(Fit::make(model("Reaction ~ Days + (1 | Subject)"), sleepstudy()));
    Bootstrap bootstrap = resampled(20);
    std::size_t rows = 0;
    OK(bootstrap.set_statistic({"slope", "twice"}, [&rows](std::int64_t, View<double> estimates, View<double> y, Output out) {
        rows = y.size();
        out[0] = estimates[1];
        out[1] = 2 * estimates[1];
    }));
    const Frame replicates = take(bootstrap.run(fit));
    const auto slope = take(replicates.column_f64("slope")), twice = take(replicates.column_f64("twice"));
    CHECK(rows == 180 && slope.size() == 20 && twice[7] == 2 * slope[7] && slope[7] != slope[8]);
    CHECK(take(bootstrap.confint(fit, replicates, none, 0.9, BootstrapInterval::basic)).n_rows() > 2);
    OK(bootstrap.set_statistic({"some"}, [](std::int64_t replicate, View<double>, View<double>, Output out) {
        out[0] = 1.0;
        return replicate == 5 ? Next::cancel : Next::go_on;
    }));
    CHECK(take(bootstrap.run(fit)).n_rows() == 20);

    const double median = take(bootstrap.response_std_error(fit));
    const double largest = take(bootstrap.response_std_error(fit, [](Output y) {
        double most = y[0];
        for (const double value : y) most = value > most ? value : most;
        return most;
    }));
    CHECK(median > 0.0 && largest > 0.0 && median != largest);
}

static FamilyFunctions counts()
{
    FamilyFunctions own;
    own.name = "counts";
    own.linkfun = [](View<double> x, Output out) {
        for (std::size_t i = 0; i < x.size(); i++) out[i] = std::log(x[i]);
    };
    own.linkinv = own.mu_eta = [](View<double> x, Output out) {
        for (std::size_t i = 0; i < x.size(); i++) out[i] = std::exp(x[i]);
    };
    own.variance = [](View<double> x, Output out) {
        for (std::size_t i = 0; i < x.size(); i++) out[i] = x[i];
    };
    own.dev_resids = [](View<double> y, View<double> mu, View<double> weights, Output out) {
        for (std::size_t i = 0; i < y.size(); i++)
            out[i] = 2 * weights[i] * ((y[i] > 0 ? y[i] * std::log(y[i] / mu[i]) : 0.0) - (y[i] - mu[i]));
    };
    own.log_density = [](View<double> y, View<double> eta, View<double> weights, MatrixView psi, Output out) {
        CHECK(psi.cols() == 0);
        for (std::size_t i = 0; i < y.size(); i++) out[i] = weights[i] * (y[i] * eta[i] - std::exp(eta[i]) - std::lgamma(y[i] + 1));
    };
    return own;
}

static Frame few_counts()
{
    auto data = take(Frame::make(12));
    OK(data.add_f64("y", {1, 3, 2, 5, 0, 2, 7, 9, 4, 12, 3, 6}));
    OK(data.add_f64("x", {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2}));
    OK(data.add_strings("g", {"a", "a", "a", "b", "b", "b", "c", "c", "c", "d", "d", "d"}));
    return data;
}

static Spec counted(const char *family)
{
    auto spec = take(Spec::make(Model::glmm, "y ~ x + (1 | g)"));
    if (family != nullptr) OK(spec.set_family(family));
    return spec;
}

// The functions live as long as the fit, whatever becomes of the family and the spec.
static void families()
{
    Fit fit;
    {
        auto spec = counted(nullptr);
        OK(spec.set_custom_family(take(Family::make(counts()))));
        fit = take(Fit::make(spec, few_counts()));
    }
    const Fit built_in = take(Fit::make(counted("poisson"), few_counts()));
    CHECK(close(fit.log_likelihood(), built_in.log_likelihood(), 1e-5) && fit.family() == "counts");
    CHECK(close(take(fit.predict(few_counts()))(4, 0), take(built_in.predict(few_counts()))(4, 0), 1e-3));

    FamilyFunctions incomplete = counts();
    incomplete.variance = nullptr;
    FAILS(Status::argument, "variance", Family::make(std::move(incomplete)));
    FamilyFunctions stops = counts();
    stops.linkinv = [](View<double>, Output) { return Next::cancel; };
    auto spec = counted(nullptr);
    OK(spec.set_custom_family(take(Family::make(std::move(stops)))));
    FAILS(Status::cancelled, "", Fit::make(spec, few_counts()));
}

#if INTERLACE_THROWS

struct Own {
    int number;
};

template <class F>
static int thrown_by(F &&call)
{
    try {
        call();
    } catch (const Own &own) {
        return own.number;
    }
    return 0;
}

static void exceptions_leave_the_call_that_ran_the_callable()
{
    Options options;
    int calls = 0;
    options.set_progress([&](const Progress &) -> Next {
        calls++;
        // A callable may use the library for other objects, also when that fails.
        try {
            static_cast<void>(Spec::make(Model::lmm, "y ~"));
            return Next::cancel;
        } catch (const Error &) {
        }
        throw Own{7};
    });
    CHECK(thrown_by([&] { static_cast<void>(sleepstudy_fit(options)); }) == 7 && calls == 1);
    // The next call is not concerned.
    CHECK(sleepstudy_fit().converged());

    const Fit fit = take(Fit::make(model("Reaction ~ Days + (1 | Subject)"), sleepstudy()));
    Bootstrap bootstrap = resampled(20);
    calls = 0;
    bootstrap.set_statistic({"none"}, [&](std::int64_t, View<double>, View<double>, Output) {
        calls++;
        throw Own{8};
    });
    CHECK(thrown_by([&] { static_cast<void>(bootstrap.run(fit)); }) == 8 && calls == 1);
    CHECK(thrown_by([&] { static_cast<void>(bootstrap.response_std_error(fit, [](Output) -> double { throw Own{9}; })); }) == 9);

    FamilyFunctions stops = counts();
    stops.linkinv = [](View<double>, Output) { throw Own{10}; };
    auto spec = counted(nullptr);
    spec.set_custom_family(Family::make(std::move(stops)));
    CHECK(thrown_by([&] { static_cast<void>(Fit::make(spec, few_counts())); }) == 10);
}

// One fit and one set of options serve both threads; each has its own exception.
static void exceptions_stay_in_their_threads()
{
    const Fit fit = sleepstudy_fit();
    Options options;
    const auto first = std::this_thread::get_id();
    options.set_progress([first](const Progress &) -> Next { throw Own{std::this_thread::get_id() == first ? 1 : 2}; });
    const auto profile = [&] { static_cast<void>(fit.parameters_confint_profile({}, options)); };
    int other = 0;
    std::thread thread([&] { other = thrown_by(profile); });
    const int own = thrown_by(profile);
    thread.join();
    CHECK(own == 1 && other == 2);
}

// A family's function may run on a thread of the library's, which an exception cannot leave.
static void exceptions_on_other_threads_end_the_call()
{
    FamilyFunctions stops = counts();
    std::atomic<bool> was_elsewhere{false};
    const auto first = std::this_thread::get_id();
    stops.linkinv = [&was_elsewhere, first, own = stops.linkinv](View<double> x, Output out) {
        if (std::this_thread::get_id() != first) {
            was_elsewhere = true;
            throw Own{3};
        }
        own(x, out);
    };
    auto spec = counted(nullptr);
    spec.set_custom_family(Family::make(std::move(stops)));
    Options options;
    options.set_threads(2);
    bool cancelled = false;
    try {
        static_cast<void>(spec.cross_validate(few_counts(), std::nullopt, 4, 1, options));
    } catch (const Error &error) {
        cancelled = error.code() == Status::cancelled;
    }
    CHECK(cancelled == was_elsewhere);
}

#endif

int main()
{
    progress();
    statistics();
    families();
#if INTERLACE_THROWS
    exceptions_leave_the_call_that_ran_the_callable();
    exceptions_stay_in_their_threads();
    exceptions_on_other_threads_end_the_call();
#endif
    return 0;
}
