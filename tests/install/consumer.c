/* Uses enough of the library that most of it is linked. */
#include <stdio.h>
#include <string.h>

#include <interlace.h>

int main(void) {
    static const char csv[] = "y,g\n1,a\n2,a\n4,b\n6,b\n3,c\n5,c\n";
    interlace_error err;
    interlace_frame *frame = NULL;
    interlace_spec *spec = NULL;
    interlace_fit *fit = NULL;
    if (interlace_version_number() != INTERLACE_VERSION_NUMBER) return 1;
    if (interlace_frame_read_csv_bytes(csv, strlen(csv), NULL, &frame, &err)) return 2;
    if (interlace_spec_new(INTERLACE_MODEL_LMM, "y ~ 1 + (1 | g)", &spec, &err)) return 3;
    if (interlace_fit_new(spec, frame, NULL, &fit, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 4;
    }
    printf("interlace %s: %d rows\n", interlace_version(), (int) interlace_fit_n_obs(fit));
    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return 0;
}
