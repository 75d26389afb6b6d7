/* --stream: a linear model of data that are never in memory as a whole. Parts of the file are summed, and the sums are fitted. */
#include "interlace_fit.h"

/* The sums so far, and what they are sums for. */
struct sums {
    interlace_plan *plan;
    interlace_accumulator *accumulator;
};

/* The next part, its columns declared; one without rows behind the last. */
static bool next_part(const struct arguments *arguments, interlace_csv_stream *stream, interlace_frame **out, interlace_error *error)
{
    return interlace_csv_stream_next(stream, out, error) == INTERLACE_OK && set_orders(arguments, *out, error);
}

/* The first part teaches what the model has to know of its data; it is summed like the others. One that has no row without missing values
 * teaches nothing: the next is joined to it. */
static bool begin(const struct arguments *arguments, interlace_csv_stream *stream, interlace_frame *first, struct sums *sums,
                  interlace_error *error)
{
    size_t complete = 0, more = interlace_frame_n_rows(first);
    bool ok = interlace_plan_new(arguments->spec, arguments->options, &sums->plan, error) == INTERLACE_OK &&
              interlace_plan_n_complete_rows(sums->plan, first, &complete, error) == INTERLACE_OK;
    while (ok && complete == 0 && more > 0) {
        interlace_frame *next = NULL;
        ok = next_part(arguments, stream, &next, error);
        more = interlace_frame_n_rows(next);
        ok = ok && (more == 0 || interlace_frame_append(first, next, error) == INTERLACE_OK) &&
             interlace_plan_n_complete_rows(sums->plan, next, &complete, error) == INTERLACE_OK;
        interlace_frame_free(next);
    }
    return ok && interlace_plan_learn(sums->plan, first, arguments->options, error) == INTERLACE_OK &&
           interlace_accumulator_new(sums->plan, 0, &sums->accumulator, error) == INTERLACE_OK;
}

static bool add_part(const struct arguments *arguments, interlace_csv_stream *stream, interlace_frame *part, struct sums *sums,
                     interlace_error *error)
{
    return (sums->accumulator != NULL || begin(arguments, stream, part, sums, error)) &&
           interlace_accumulator_add(sums->accumulator, part, arguments->options, error) == INTERLACE_OK;
}

bool fit_stream(const struct arguments *arguments, interlace_fit **out, interlace_error *error)
{
    interlace_csv_stream *stream = NULL;
    struct sums sums = {NULL, NULL};
    bool ok = declare_columns(arguments, &arguments->categorical, arguments->strict_numbers, error) &&
              interlace_csv_stream_open(arguments->data_path, arguments->csv, &stream, error) == INTERLACE_OK;
    for (bool more = true; ok && more;) {
        interlace_frame *part = NULL;
        ok = next_part(arguments, stream, &part, error) && add_part(arguments, stream, part, &sums, error);
        more = interlace_frame_n_rows(part) > 0;
        interlace_frame_free(part);
    }
    ok = ok && interlace_accumulator_fit(sums.accumulator, arguments->options, out, error) == INTERLACE_OK;
    interlace_csv_stream_free(stream);
    interlace_accumulator_free(sums.accumulator);
    interlace_plan_free(sums.plan);
    return ok;
}
