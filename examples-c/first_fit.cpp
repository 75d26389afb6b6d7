// The shortest program in C++: reaction times of 18 people over ten days without sleep, each with their own level and slope.
//
//     c++ -std=c++17 first_fit.cpp -linterlace -o first_fit && ./first_fit data/sleepstudy.csv
#include <cstdio>
#include <interlace.hpp>

int main(int argc, char **argv)
try {
    auto data = interlace::Frame::read_csv(argc > 1 ? argv[1] : "data/sleepstudy.csv");
    data.make_categorical("Subject"); // numbers that identify people
    const auto spec = interlace::Spec::make(interlace::Model::lmm, "Reaction ~ Days + (Days | Subject)");
    const auto fit = interlace::Fit::make(spec, data);

    const auto names = fit.fixef_names();
    const auto beta = fit.fixef(), se = fit.fixef_std_error();
    for (std::size_t i = 0; i < beta.size(); i++)
        std::printf("%-12s %9.4f  (standard error %.4f)\n", names[i].data(), beta[i], se[i]);
    return 0;
} catch (const interlace::Error &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
