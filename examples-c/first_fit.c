/* The shortest program: reaction times of 18 people over ten days without sleep, each with their own level and slope.
 *
 *     cc first_fit.c -linterlace -o first_fit && ./first_fit data/sleepstudy.csv */
#include <interlace.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    interlace_frame *frame = NULL;
    interlace_spec *spec = NULL;
    interlace_fit *fit = NULL;
    interlace_error error;
    double beta[2], se[2];

    int failed = interlace_frame_read_csv(argc > 1 ? argv[1] : "data/sleepstudy.csv", NULL, &frame, &error) ||
                 interlace_frame_make_categorical(frame, "Subject", &error) || /* numbers that identify people */
                 interlace_spec_new(INTERLACE_MODEL_LMM, "Reaction ~ Days + (Days | Subject)", &spec, &error) ||
                 interlace_fit_new(spec, frame, NULL, &fit, &error) || /* NULL: default options */
                 interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, beta, 2, &error) ||
                 interlace_fit_fixef_std_error(fit, INTERLACE_PREDICTOR_MEAN, se, 2, &error);
    if (failed)
        fprintf(stderr, "%s\n", error.message);
    else
        for (size_t i = 0; i < interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_MEAN); i++)
            printf("%-12s %9.4f  (standard error %.4f)\n", interlace_fit_fixef_name(fit, INTERLACE_PREDICTOR_MEAN, i), beta[i],
                   se[i]);

    interlace_fit_free(fit); /* these accept NULL, so one exit serves all cases */
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return failed;
}
