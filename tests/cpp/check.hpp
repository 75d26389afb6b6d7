// What the programs share: checks that end the program, in both kinds of the header, and data.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "interlace.hpp"

#define CHECK(condition)                                                                \
    do {                                                                                \
        if (!(condition)) {                                                             \
            std::fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
            std::exit(1);                                                               \
        }                                                                               \
    } while (0)

// The value of a call that succeeds.
#if INTERLACE_THROWS
template <class T>
T take(T value)
{
    return value;
}
#define OK(call) (call)
#define FAILS(status, part, call)                                              \
    do {                                                                       \
        bool failed = false;                                                   \
        try {                                                                  \
            static_cast<void>(call);                                           \
        } catch (const interlace::Error &error) {                              \
            failed = true;                                                     \
            expected(error, status, part, __LINE__);                           \
        }                                                                      \
        CHECK(failed);                                                         \
    } while (0)
#else
template <class T>
T take(interlace::Expected<T> own)
{
    if (!own) std::fprintf(stderr, "%s\n", own.error().what());
    CHECK(own.has_value());
    return *std::move(own);
}
#define OK(call) CHECK((call).has_value())
#define FAILS(status, part, call)                               \
    do {                                                        \
        const auto outcome = (call);                            \
        CHECK(!outcome);                                        \
        expected(outcome.error(), status, part, __LINE__);      \
    } while (0)
#endif

inline void expected(const interlace::Error &error, interlace::Status status, const char *part, int line)
{
    if (error.code() == status && std::strstr(error.what(), part) != nullptr) return;
    std::fprintf(stderr, "line %d: '%s' is not in: %s (%d)\n", line, part, error.what(), static_cast<int>(error.code()));
    std::exit(1);
}

inline bool close(double a, double b, double tolerance) { return std::fabs(a - b) <= tolerance; }

inline interlace::Frame sleepstudy()
{
    auto data = take(interlace::Frame::read_csv("examples-c/data/sleepstudy.csv"));
    OK(data.make_categorical("Subject"));
    return data;
}

inline interlace::Spec model(const char *formula) { return take(interlace::Spec::make(interlace::Model::lmm, formula)); }

inline interlace::Fit sleepstudy_fit(interlace::Maybe<interlace::Options> options = interlace::none)
{
    return take(interlace::Fit::make(model("Reaction ~ Days + (Days | Subject)"), sleepstudy(), options));
}

#endif
