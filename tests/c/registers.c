/* The upper halves of the vector registers are free when a call returns, and in callbacks, as the ABI of x86-64 wants them: where they are
 * not, every later instruction of the older set waits for them. */
#include "check.h"

#if defined(__x86_64__) && defined(__GNUC__)

/* Whether one of ymm0 to ymm15 has anything above its lower half. */
static int upper_halves_are_used(void)
{
    unsigned char low[16][16], all[16][32];
    unsigned char *halves = &low[0][0], *wholes = &all[0][0];
#define STORE(n) "movups %%xmm" #n ", 16*" #n "(%0)\n\tvmovups %%ymm" #n ", 32*" #n "(%1)\n\t"
    __asm__ volatile(STORE(0) STORE(1) STORE(2) STORE(3) STORE(4) STORE(5) STORE(6) STORE(7) STORE(8) STORE(9) STORE(10) STORE(11)
                     STORE(12) STORE(13) STORE(14) STORE(15) : : "r"(halves), "r"(wholes) : "memory");
#undef STORE
    for (int i = 0; i < 16; i++)
        for (int j = 16; j < 32; j++)
            if (all[i][j] != 0) return 1;
    return 0;
}

static void use_upper_halves(void)
{
    static const unsigned char ones[32] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    __asm__ volatile("vmovups (%0), %%ymm13" : : "r"(&ones[0]) : "xmm13");
}

static void free_upper_halves(void) { __asm__ volatile("vzeroupper"); }

static int calls;

static int32_t progress(const interlace_progress *progress, void *used)
{
    (void) progress;
    *(int *) used |= upper_halves_are_used();
    calls++;
    return 0;
}

enum { SIDE = 90, ROWS = SIDE * SIDE };

/* A factorisation with large dense blocks: two crossed factors of many levels. */
static void fits_leave_them_free(interlace_model model, const char *formula, const char *family)
{
    static double y[ROWS], x[ROWS];
    static int32_t g[ROWS], h[ROWS];
    static char names[SIDE][8];
    static const char *levels[SIDE];
    unsigned state = 7;
    interlace_error err;
    interlace_frame *frame;
    interlace_spec *spec;
    interlace_options *options;
    interlace_fit *fit;
    int used = 0;
    for (int i = 0; i < SIDE; i++) {
        snprintf(names[i], sizeof names[i], "l%d", i);
        levels[i] = names[i];
    }
    for (int i = 0; i < ROWS; i++) {
        state = state * 1103515245u + 12345u;
        g[i] = i % SIDE;
        h[i] = i / SIDE;
        x[i] = (double) (state >> 16 & 1023) / 1024.0;
        y[i] = (double) ((state >> 20) % 4 + (unsigned) (g[i] % 3) + (unsigned) (h[i] % 2));
    }
    OK(interlace_frame_new(ROWS, &frame, &err));
    OK(interlace_frame_add_f64(frame, "y", y, ROWS, &err));
    OK(interlace_frame_add_f64(frame, "x", x, ROWS, &err));
    OK(interlace_frame_add_categorical(frame, "g", g, ROWS, levels, SIDE, false, &err));
    OK(interlace_frame_add_categorical(frame, "h", h, ROWS, levels, SIDE, false, &err));
    OK(interlace_spec_new(model, formula, &spec, &err));
    if (family != NULL) OK(interlace_spec_set_family(spec, family, NULL, &err));
    OK(interlace_options_new(&options, &err));
    OK(interlace_options_set_progress(options, progress, &used, &err));
    free_upper_halves();
    calls = 0;
    OK(interlace_fit_new(spec, frame, options, &fit, &err));
    CHECK(!upper_halves_are_used());
    CHECK(calls > 0 && !used);
    interlace_fit_free(fit);
    interlace_options_free(options);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
}

int main(void)
{
    if (!__builtin_cpu_supports("avx")) return 0; /* There are no upper halves. */
    free_upper_halves();
    CHECK(!upper_halves_are_used());
    use_upper_halves();
    CHECK(upper_halves_are_used());
    fits_leave_them_free(INTERLACE_MODEL_LMM, "y ~ x + (1 | g) + (1 | h)", NULL);
    fits_leave_them_free(INTERLACE_MODEL_GLMM, "y ~ x + (1 | g) + (1 | h)", "poisson");
    return 0;
}

#else

int main(void) { return 0; } /* Another ABI. */

#endif
