/* Version, status and error record. */
#include "check.h"

int main(void) {
    CHECK(sizeof(interlace_error) == 1024);
    CHECK(interlace_version_number() == INTERLACE_VERSION_NUMBER);
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", INTERLACE_VERSION_MAJOR, INTERLACE_VERSION_MINOR, INTERLACE_VERSION_PATCH);
    SAME(interlace_version(), version);

    SAME(interlace_status_name(INTERLACE_OK), "ok");
    SAME(interlace_status_name(INTERLACE_E_FORMULA), "formula");
    SAME(interlace_status_name(INTERLACE_E_IO), "io");
    SAME(interlace_status_name(INTERLACE_E_DEADLINE), "deadline");
    SAME(interlace_status_name(INTERLACE_E_INTERNAL), "internal");
    CHECK(interlace_status_name((interlace_status)-1) == NULL);

    /* A success leaves the record alone, a failure fills it, without it the status is the same. */
    interlace_error err, before;
    memset(&err, 0x5a, sizeof err);
    before = err;
    interlace_options *options = NULL;
    CHECK(interlace_options_new(&options, &err) == INTERLACE_OK);
    CHECK(memcmp(&err, &before, sizeof err) == 0);
    FAILS(INTERLACE_E_ARGUMENT, "threads is 0", interlace_options_set_threads(options, 0, &err));
    CHECK(err.position == -1);
    CHECK(interlace_options_set_threads(options, 0, NULL) == INTERLACE_E_ARGUMENT);
    interlace_options_free(options);
    return 0;
}
