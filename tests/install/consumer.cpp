// The header for C++ in a project of its own.
#include <iostream>

#include <interlace.hpp>

int main() {
    const auto data = interlace::Frame::read_csv_bytes("y,g\n1,a\n2,a\n4,b\n6,b\n3,c\n5,c\n");
    const auto fit = interlace::Fit::make(interlace::Spec::make(interlace::Model::lmm, "y ~ 1 + (1 | g)"), data);
    std::cout << "interlace " << interlace::version() << ": " << fit.n_obs() << " rows\n";
    return 0;
}
