#include "interlace.hpp"

double without_exceptions(const interlace_fit *fit);

double without_exceptions(const interlace_fit *fit)
{
    const auto wrong = interlace::Spec::make(interlace::Model::lmm, "Reaction ~ (");
    if (wrong.has_value() || wrong.error().code() != interlace::Status::formula) return 1.0;
    auto frame = interlace::Frame::read_csv("examples-c/data/sleepstudy.csv");
    if (!frame.has_value() || !frame->make_categorical("Subject")) return 2.0;
    const auto spec = interlace::Spec::make(interlace::Model::lmm, "Reaction ~ Days + (Days | Subject)");
    const auto own = interlace::Fit::make(*spec, *frame);
    if (!own || own->log_likelihood() != interlace_fit_log_likelihood(fit)) return 3.0;
    return (*own->fixef())[1];
}
