/* A deliberate error, to see that the sanitizer is at work: it must not end well. */
#include "check.h"

int main(void) {
    interlace_error *err = malloc(sizeof *err / 2);
    volatile interlace_status status = interlace_frame_new(0, NULL, NULL);
    memset(err, status, sizeof *err / 2 + (size_t) status);
    free(err);
    return 0;
}
