/* A call that is cancelled, at whichever callback: it says so, leaves its outputs alone and nothing behind, and the next one gives the same
 * numbers to the last bit. Fits of every kind, and what is made of them. */
#include "kinds.h"

static interlace_error err;

/* Counts the calls, and cancels at one of them. */
struct count { size_t calls, cancelled_at; };

static int32_t heard(const interlace_progress *progress, void *user_data) {
    struct count *count = user_data;
    CHECK(progress->struct_size == sizeof *progress && progress->step >= 0);
    return ++count->calls == count->cancelled_at;
}

enum { FIT, PROFILE, BOOTSTRAP, CROSS_VALIDATION, OBJECTS };

/* A call that gives an object, with options that are listened to. */
struct call { size_t kind; int what; const interlace_frame *data; const interlace_spec *spec; const interlace_fit *fit; interlace_options *options; };

static interlace_status made(const struct call *own, void **out) {
    interlace_frame *table = NULL;
    interlace_fit *fit = NULL;
    interlace_status status;
    interlace_bootstrap *bootstrap;
    switch (own->what) {
    case FIT:
        status = interlace_fit_new(own->spec, own->data, own->options, &fit, &err);
        *out = fit;
        return status;
    case PROFILE: status = interlace_fit_parameters_confint_profile(own->fit, NULL, own->options, &table, &err); break;
    case BOOTSTRAP:
        OK(interlace_bootstrap_new(&bootstrap, &err));
        OK(interlace_bootstrap_set_replicates(bootstrap, 0, 3, &err));
        status = interlace_bootstrap_run(bootstrap, own->fit, own->options, &table, &err);
        interlace_bootstrap_free(bootstrap);
        break;
    default: status = interlace_spec_cross_validate(own->spec, own->data, NULL, 2, 1, own->options, &table, NULL, &err);
    }
    *out = table;
    return status;
}

static void release(const struct call *own, void *object) {
    if (own->what == FIT) interlace_fit_free(object);
    else interlace_frame_free(object);
}

/* The same as before it was cancelled. */
static void same(const struct call *own, const void *one, const void *other) {
    if (own->what == FIT) {
        kinds_same(one, other);
        return;
    }
    double a[512], b[512];
    const size_t n = interlace_frame_n_rows(one);
    CHECK(n <= COUNT(a) && n == interlace_frame_n_rows(other) && interlace_frame_n_columns(one) == interlace_frame_n_columns(other));
    for (size_t column = 0; column < interlace_frame_n_columns(one); column++) {
        if (interlace_frame_column_kind(one, column) != INTERLACE_COLUMN_KIND_REAL) continue;
        OK(interlace_frame_column_f64(one, column, a, n, &err));
        OK(interlace_frame_column_f64(other, column, b, n, &err));
        CHECK(memcmp(a, b, n * sizeof *a) == 0);
    }
}

/* Of the callbacks the first ones, the last ones, and every 2^k-th; returns how many. */
static size_t cancelled_everywhere(const struct call *own) {
    struct count count = {0, 0};
    void *whole, *again, *nothing = NULL;
    size_t tried = 0;
    OK(interlace_options_set_progress(own->options, heard, &count, &err));
    interlace_status status = made(own, &whole);
    if (status == INTERLACE_E_UNSUPPORTED) return 0; /* not of this kind */
    CHECK(status == INTERLACE_OK);
    const size_t total = count.calls;
    CHECK(total > 0);
    for (size_t k = 1; k <= total; k++) {
        if (k > 40 && (k & (k - 1)) != 0 && k + 5 < total && k % 37 != 0) continue;
        count = (struct count){0, k};
        status = made(own, &nothing);
        if (count.calls < k) { /* some reports come by the clock, and this time there were fewer */
            CHECK(status == INTERLACE_OK);
            release(own, nothing);
            nothing = NULL;
            continue;
        }
        CHECK(status == INTERLACE_E_CANCELLED && err.code == status && err.message[0] != '\0');
        CHECK(nothing == NULL && count.calls == k);
        tried++;
    }
    count = (struct count){0, 0};
    CHECK(made(own, &again) == INTERLACE_OK);
    same(own, whole, again);
    release(own, whole);
    release(own, again);
    return tried;
}

int main(void) {
    interlace_frame *frame = kinds_frame();
    size_t tried = 0, calls = 0;
    for (size_t kind = 0; kind < KINDS; kind++) {
        interlace_fit *fit = kinds_fit(kind, frame);
        interlace_spec *spec = kinds_spec(kind);
        for (int what = FIT; what < OBJECTS; what++) {
            /* One kind of each model is enough for what takes long; models from arrays have no folds. */
            if (what != FIT && ((kind != 0 && kind != 3 && kind != 8 && kind != 10) || (what == CROSS_VALIDATION && kind == 10))) continue;
            struct call own = {kind, what, kinds_has_data(kind) ? frame : NULL, spec, fit, kinds_options(kind)};
            const size_t found = cancelled_everywhere(&own);
            tried += found, calls += found > 0;
            interlace_options_free(own.options);
        }
        interlace_spec_free(spec);
        interlace_fit_free(fit);
    }
    CHECK(calls == KINDS + 11 && tried > 500);
    interlace_frame_free(frame);
    return 0;
}
