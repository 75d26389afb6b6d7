/* Predictions for new data, with intervals: two more days for a person of the data and for a new one.
 *
 *     cc predict.c -linterlace -o predict && ./predict */
#include <interlace.h>
#include <stdio.h>

enum { ROWS = 4 };

static const double days[ROWS] = {10, 11, 10, 11};
static const char *const subjects[ROWS] = {"308", "308", "new", "new"};

static interlace_status fit_sleep(interlace_frame **frame, interlace_spec **spec, interlace_fit **fit, interlace_error *error)
{
    interlace_status status = interlace_frame_read_csv("data/sleepstudy.csv", NULL, frame, error);
    if (status == INTERLACE_OK)
        status = interlace_frame_make_categorical(*frame, "Subject", error);
    if (status == INTERLACE_OK)
        status = interlace_spec_new(INTERLACE_MODEL_LMM, "Reaction ~ Days + (Days | Subject)", spec, error);
    if (status == INTERLACE_OK)
        status = interlace_fit_new(*spec, *frame, NULL, fit, error);
    return status;
}

/* New data need the columns of the formula without the response. */
static interlace_status make_rows(interlace_frame **rows, interlace_error *error)
{
    interlace_status status = interlace_frame_new(ROWS, rows, error);
    if (status == INTERLACE_OK)
        status = interlace_frame_add_f64(*rows, "Days", days, ROWS, error);
    if (status == INTERLACE_OK)
        status = interlace_frame_add_strings(*rows, "Subject", subjects, ROWS, error);
    return status;
}

static interlace_status predict(const interlace_fit *fit, const interlace_frame *rows, interlace_error *error)
{
    double value[ROWS], se[ROWS], lower[ROWS], upper[ROWS];
    interlace_predict_request request = INTERLACE_PREDICT_REQUEST_INIT;
    request.new_levels = INTERLACE_NEW_LEVELS_ZERO; /* the default is an error for people that the fit does not know */
    request.interval = INTERLACE_INTERVAL_PREDICTION;
    request.level = 0.9;
    interlace_status status = interlace_fit_predict_interval(fit, rows, &request, NULL, value, se, lower, upper, ROWS, error);
    if (status != INTERLACE_OK)
        return status;
    printf("person  day  prediction     90 %% of new responses\n");
    for (int i = 0; i < ROWS; i++)
        printf("%-6s  %3.0f  %10.2f  %9.2f to %7.2f\n", subjects[i], days[i], value[i], lower[i], upper[i]);
    return status;
}

int main(void)
{
    interlace_frame *frame = NULL, *rows = NULL;
    interlace_spec *spec = NULL;
    interlace_fit *fit = NULL;
    interlace_error error;

    interlace_status status = fit_sleep(&frame, &spec, &fit, &error);
    if (status == INTERLACE_OK)
        status = make_rows(&rows, &error);
    if (status == INTERLACE_OK)
        status = predict(fit, rows, &error);
    if (status != INTERLACE_OK)
        fprintf(stderr, "%s\n", error.message);

    interlace_fit_free(fit);
    interlace_spec_free(spec);
    interlace_frame_free(rows);
    interlace_frame_free(frame);
    return status != INTERLACE_OK;
}
