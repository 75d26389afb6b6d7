/* Linear models of data in parts: plans, which are bytes in R, and accumulators in boxes. CSV files in parts. */
#include "interlace_r.h"
#include <string.h>

static SEXP raw_of(SEXP box, const uint8_t *bytes, size_t len)
{
    SEXP raw = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)len));
    memcpy(RAW(raw), bytes, len);
    box_empty(box);
    UNPROTECT(1);
    return raw;
}

/* What a box has that R may have saved, and so emptied. */
static void *kept(SEXP box, const char *what)
{
    void *object = TYPEOF(box) == EXTPTRSXP ? R_ExternalPtrAddr(box) : NULL;
    if (!object)
        Rf_error("%s is no longer there: it belongs to the session that made it", what);
    return object;
}

static interlace_accumulator *sums_of(SEXP box)
{
    return kept(box, "the accumulator");
}

/* The plan that has learnt from a sample, as bytes. */
SEXP C_plan(SEXP formula, SEXP settings, SEXP sample, SEXP options, SEXP responses)
{
    interlace_error err;
    interlace_plan *plan = NULL;
    uint8_t *bytes = NULL;
    size_t len = 0;
    watch heard;
    SEXP model = PROTECT(Rf_mkString("lmm")), spec = PROTECT(spec_made(model, formula, settings));
    SEXP own = PROTECT(options_made(options, R_NilValue)), frame = PROTECT(frame_box(sample));
    SEXP box = PROTECT(box_plan()), out = PROTECT(box_bytes());
    check(interlace_plan_new(R_ExternalPtrAddr(spec), R_ExternalPtrAddr(own), &plan, &err), &err);
    box_fill(box, plan);
    for (R_xlen_t i = 0; i < Rf_xlength(responses); i++)
        check(interlace_plan_add_response(plan, element(responses, i), &err), &err);
    watch_begin(&heard, R_ExternalPtrAddr(own));
    watch_end(&heard, interlace_plan_learn(plan, frame_of(frame), heard.options, &err), &err);
    check(interlace_plan_to_bytes(plan, &bytes, &len, &err), &err);
    box_fill(out, bytes);
    SEXP raw = raw_of(out, bytes, len);
    UNPROTECT(6);
    return raw;
}

SEXP C_accumulator(SEXP plan, SEXP partition)
{
    interlace_error err;
    interlace_plan *own = NULL;
    interlace_accumulator *sums = NULL;
    SEXP held = PROTECT(box_plan()), box = PROTECT(box_accumulator());
    check(interlace_plan_from_bytes(RAW(plan), (size_t)XLENGTH(plan), &own, &err), &err);
    box_fill(held, own);
    check(interlace_accumulator_new(own, (uint64_t)Rf_asReal(partition), &sums, &err), &err);
    box_fill(box, sums);
    UNPROTECT(2);
    return box;
}

SEXP C_accumulator_add(SEXP box, SEXP data, SEXP options)
{
    interlace_error err;
    watch heard;
    interlace_accumulator *sums = sums_of(box);
    SEXP own = PROTECT(options_made(options, R_NilValue)), frame = PROTECT(frame_box(data));
    watch_begin(&heard, R_ExternalPtrAddr(own));
    interlace_status status = interlace_accumulator_add(sums, frame_of(frame), heard.options, &err);
    box_empty(frame);
    watch_end(&heard, status, &err);
    UNPROTECT(2);
    return R_NilValue;
}

SEXP C_accumulator_merge(SEXP box, SEXP part)
{
    interlace_error err;
    check(interlace_accumulator_merge(sums_of(box), sums_of(part), &err), &err);
    return R_NilValue;
}

SEXP C_accumulator_to_raw(SEXP box)
{
    interlace_error err;
    uint8_t *bytes = NULL;
    size_t len = 0;
    SEXP out = PROTECT(box_bytes());
    check(interlace_accumulator_to_bytes(sums_of(box), &bytes, &len, &err), &err);
    box_fill(out, bytes);
    SEXP raw = raw_of(out, bytes, len);
    UNPROTECT(1);
    return raw;
}

SEXP C_accumulator_from_raw(SEXP bytes)
{
    interlace_error err;
    interlace_accumulator *sums = NULL;
    SEXP box = PROTECT(box_accumulator());
    check(interlace_accumulator_from_bytes(RAW(bytes), (size_t)XLENGTH(bytes), &sums, &err), &err);
    box_fill(box, sums);
    UNPROTECT(1);
    return box;
}

/* The rows used, the rows left out, bytes; with `forecast` also the memory and multiplications of a factorisation. */
SEXP C_accumulator_numbers(SEXP box, SEXP forecast)
{
    interlace_error err;
    const interlace_accumulator *sums = sums_of(box);
    bool more = truth(forecast);
    SEXP out = PROTECT(Rf_allocVector(REALSXP, more ? 5 : 3));
    REAL(out)[0] = (double)interlace_accumulator_n_rows(sums);
    REAL(out)[1] = (double)interlace_accumulator_n_dropped(sums);
    REAL(out)[2] = (double)interlace_accumulator_size(sums);
    if (more) {
        watch heard;
        SEXP own = PROTECT(options_made(R_NilValue, R_NilValue));
        watch_begin(&heard, R_ExternalPtrAddr(own));
        watch_end(&heard, interlace_accumulator_forecast(sums, heard.options, REAL(out) + 3, REAL(out) + 4, &err), &err);
        UNPROTECT(1);
    }
    UNPROTECT(1);
    return out;
}

SEXP C_accumulator_fit(SEXP box, SEXP options, SEXP theta0, SEXP response)
{
    interlace_error err;
    interlace_fit *fit = NULL;
    watch heard;
    const interlace_accumulator *sums = sums_of(box);
    const char *name = string(response);
    SEXP own = PROTECT(options_made(options, theta0)), out = PROTECT(box_fit());
    watch_begin(&heard, R_ExternalPtrAddr(own));
    interlace_status status = name ? interlace_accumulator_fit_response(sums, name, heard.options, &fit, &err)
                                   : interlace_accumulator_fit(sums, heard.options, &fit, &err);
    box_fill(out, fit);
    watch_end(&heard, status, &err);
    SEXP handle = handle_new(out, R_NilValue, own);
    UNPROTECT(2);
    return handle;
}

SEXP C_csv_open(SEXP path, SEXP categorical)
{
    interlace_error err;
    interlace_csv_options *options = NULL;
    interlace_csv_stream *stream = NULL;
    SEXP held = PROTECT(box_csv_options()), box = PROTECT(box_csv_stream());
    check(interlace_csv_options_new(&options, &err), &err);
    box_fill(held, options);
    check(interlace_csv_options_set_categorical(options, strings(categorical), (size_t)XLENGTH(categorical), &err), &err);
    check(interlace_csv_stream_open(string(path), options, &stream, &err), &err);
    box_fill(box, stream);
    UNPROTECT(2);
    return box;
}

/* The next part; one without rows is the end. */
SEXP C_csv_next(SEXP stream)
{
    interlace_error err;
    interlace_frame *out = NULL;
    SEXP box = PROTECT(box_frame());
    check(interlace_csv_stream_next(kept(stream, "the file"), &out, &err), &err);
    box_fill(box, out);
    SEXP list = frame_list(box);
    UNPROTECT(1);
    return list;
}
