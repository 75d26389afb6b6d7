// The header in a C++ program.
#include <iostream>
#include <memory>

#include <interlace.h>

int main() {
    interlace_frame *frame = nullptr;
    if (interlace_frame_new(3, &frame, nullptr) != INTERLACE_OK) return 1;
    std::unique_ptr<interlace_frame, decltype(&interlace_frame_free)> owner(frame, &interlace_frame_free);
    std::cout << "interlace " << interlace_version() << ": " << interlace_frame_n_rows(owner.get()) << " rows\n";
    return 0;
}
