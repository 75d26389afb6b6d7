/* A defect inside the library comes back as an error. Needs a library built with debug assertions. */
#include "check.h"

interlace_status interlace_test_panic(const char *message, interlace_error *err);

int main(void) {
    interlace_error err;
    for (int i = 0; i < 3; i++) {
        FAILS(INTERLACE_E_INTERNAL, "the sky fell", interlace_test_panic("the sky fell", &err));
        CHECK(strstr(err.message, "test_hooks.rs:") != NULL);
        CHECK(err.position == -1);
    }
    CHECK(interlace_test_panic("nobody listens", NULL) == INTERLACE_E_INTERNAL);
    FAILS(INTERLACE_E_ARGUMENT, "message is NULL", interlace_test_panic(NULL, &err));
    return 0;
}
