/* How errors look. Every call that can fail returns a status, 0 for success, and writes what went wrong to an interlace_error:
 * memory that the caller provides, which needs no initialisation and is never freed. */
#include <inttypes.h>
#include <interlace.h>
#include <stdio.h>

static void show(const char *call, interlace_status status, const interlace_error *error)
{
    printf("%s\n", call);
    if (status == INTERLACE_OK)
        printf("  ok\n");
    else
        printf("  status %d (%s), position %" PRId64 "\n  %s\n", (int)status, interlace_status_name(status), error->position,
               error->message);
}

/* In a formula the position is a byte, so a program can point at it. */
static void show_formula_error(const char *formula)
{
    interlace_spec *spec = NULL;
    interlace_error error;
    interlace_status status = interlace_spec_new(INTERLACE_MODEL_LMM, formula, &spec, &error);
    show("a formula that can't be read", status, &error);
    if (status == INTERLACE_E_FORMULA && error.position >= 0)
        printf("    %s\n    %*s\n", formula, (int)error.position + 1, "^");
    interlace_spec_free(spec); /* still NULL: outputs are written only on success */
}

/* The library looks up names of columns when it reads a formula against data. */
static void show_data_error(void)
{
    static const double y[] = {1, 2, 3, 4, 5, 6};
    static const char *const g[] = {"a", "a", "b", "b", "c", "c"};
    interlace_frame *frame = NULL;
    interlace_spec *spec = NULL;
    interlace_fit *fit = NULL;
    interlace_error error;

    interlace_status status = interlace_frame_new(6, &frame, &error);
    if (status == INTERLACE_OK)
        status = interlace_frame_add_f64(frame, "yield", y, 6, &error);
    if (status == INTERLACE_OK)
        status = interlace_frame_add_strings(frame, "group", g, 6, &error);
    if (status == INTERLACE_OK)
        status = interlace_spec_new(INTERLACE_MODEL_LMM, "yeild ~ 1 + (1 | group)", &spec, &error);
    if (status == INTERLACE_OK)
        status = interlace_fit_new(spec, frame, NULL, &fit, &error);
    show("a column that the data don't have", status, &error);

    /* A length must match exactly. */
    show("an array of the wrong length", interlace_frame_add_f64(frame, "x", y, 5, &error), &error);

    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(frame);
}

/* Pass NULL for the error if you do not need the details. The status still gives the kind. */
static void show_status_alone(void)
{
    interlace_frame *frame = NULL;
    interlace_status status = interlace_frame_read_csv("no-such-file.csv", NULL, &frame, NULL);
    printf("a file that can't be read, without an interlace_error\n  status %d (%s)\n", (int)status,
           interlace_status_name(status));
    interlace_frame_free(frame);
}

int main(void)
{
    show_formula_error("yield ~ 1 + (1 | group");
    show_data_error();
    show_status_alone();
    return 0;
}
