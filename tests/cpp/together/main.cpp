// One program of three files: two with exceptions, one without. They share objects of C, and each has its own classes.
#include "../check.hpp"

double with_exceptions(const interlace_fit *fit, const interlace::Frame &data);
double without_exceptions(const interlace_fit *fit);

int main()
{
    const interlace::Fit fit = sleepstudy_fit();
    const interlace::Frame data = sleepstudy();
    CHECK(with_exceptions(fit.capi(), data) == fit.fixef()[1]);
    CHECK(without_exceptions(fit.capi()) == fit.fixef()[1]);
    return 0;
}
