/* Boxes, errors, progress and interrupts, values. */
#include "interlace_r.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

#define BOX(name, type, release)                                            \
    static void finalize_##name(SEXP box)                                   \
    {                                                                       \
        release((type *)R_ExternalPtrAddr(box));                            \
        R_ClearExternalPtr(box);                                            \
    }                                                                       \
    SEXP box_##name(void)                                                   \
    {                                                                       \
        SEXP box = PROTECT(R_MakeExternalPtr(NULL, Rf_install("interlace_" #name), R_NilValue)); \
        R_RegisterCFinalizerEx(box, finalize_##name, TRUE);                 \
        UNPROTECT(1);                                                       \
        return box;                                                         \
    }

BOX(frame, interlace_frame, interlace_frame_free)
BOX(spec, interlace_spec, interlace_spec_free)
BOX(options, interlace_options, interlace_options_free)
BOX(fit, interlace_fit, interlace_fit_free)
BOX(bootstrap, interlace_bootstrap, interlace_bootstrap_free)
BOX(family, interlace_family, interlace_family_free)
BOX(questions, interlace_questions, interlace_questions_free)
BOX(text, char, interlace_text_free)
BOX(bytes, uint8_t, interlace_bytes_free)
BOX(plot_options, interlace_plot_options, interlace_plot_options_free)
BOX(plan, interlace_plan, interlace_plan_free)
BOX(accumulator, interlace_accumulator, interlace_accumulator_free)
BOX(csv_options, interlace_csv_options, interlace_csv_options_free)
BOX(csv_stream, interlace_csv_stream, interlace_csv_stream_free)

void box_fill(SEXP box, void *object)
{
    R_SetExternalPtrAddr(box, object);
}

/* Large objects do not wait for the collector, which does not know how large they are. */
void box_empty(SEXP box)
{
    SEXP tag = R_ExternalPtrTag(box);
    if (tag == Rf_install("interlace_frame"))
        finalize_frame(box);
    else if (tag == Rf_install("interlace_bytes"))
        finalize_bytes(box);
    else if (tag == Rf_install("interlace_text"))
        finalize_text(box);
}

/* The function `raise` of this package makes the condition. */
static void raise_condition(const char *kind, double position, const char *message)
{
    SEXP name = PROTECT(Rf_mkString("interlace"));
    SEXP space = PROTECT(R_FindNamespace(name));
    SEXP a = PROTECT(Rf_mkString(kind)), b = PROTECT(Rf_ScalarReal(position)), c = PROTECT(Rf_ScalarString(text(message)));
    SEXP call = PROTECT(Rf_lang4(Rf_install("raise"), a, b, c));
    Rf_eval(call, space);
    UNPROTECT(6);
    Rf_error("%s", message);
}

void check(interlace_status status, const interlace_error *err)
{
    if (status == INTERLACE_OK)
        return;
    const char *kind = interlace_status_name(status);
    raise_condition(kind ? kind : "internal", (double)err->position, err->message);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct {
    watch *own;
    const interlace_progress *progress;
} hearing;

static void look(void *data)
{
    (void)data;
    R_CheckUserInterrupt();
}

static void tell(void *data)
{
    hearing *heard = data;
    const interlace_progress *p = heard->progress;
    const char *phase = interlace_phase_name(p->phase);
    if (heard->own->line) {
        Rprintf("\r%-20s %8.0f", phase ? phase : "", (double)p->step);
        if (p->total >= 0)
            Rprintf(" of %.0f", (double)p->total);
        if (!ISNAN(p->objective))
            Rprintf("   criterion %.6f", p->objective);
        Rprintf("   ");
        R_FlushConsole();
        heard->own->printed = true;
        return;
    }
    SEXP a = PROTECT(Rf_mkString(phase ? phase : "")), b = PROTECT(Rf_ScalarReal((double)p->step));
    SEXP c = PROTECT(Rf_ScalarReal(p->total < 0 ? NA_REAL : (double)p->total)), d = PROTECT(Rf_ScalarReal(p->objective));
    SEXP name = PROTECT(Rf_mkString("interlace")), space = PROTECT(R_FindNamespace(name));
    SEXP call = PROTECT(Rf_lang6(Rf_install("tell"), heard->own->teller, a, b, c, d));
    SEXP said = PROTECT(Rf_eval(call, space));
    const char *word = string(said);
    heard->own->interrupted = word && strcmp(word, "interrupt") == 0;
    snprintf(heard->own->failed, sizeof heard->own->failed, "%s", word ? word : "");
    UNPROTECT(8);
}

/* R leaves by a long jump on an interrupt: R_ToplevelExec catches it, and the library returns in its own way. */
static int32_t hear(const interlace_progress *progress, void *user_data)
{
    watch *own = user_data;
    hearing heard = {own, progress};
    if (!R_ToplevelExec(look, NULL)) {
        own->interrupted = true;
        return 1;
    }
    if (!own->line && own->teller == R_NilValue)
        return 0;
    double t = now();
    if (own->line && (t - own->began < 2.0 || t - own->told < 0.2))
        return 0;
    own->told = t;
    if (!R_ToplevelExec(tell, &heard)) {
        own->interrupted = true;
        return 1;
    }
    return own->failed[0] != 0;
}

/* options(interlace.progress = ): a function of phase, step, total, criterion; or TRUE for a line after two seconds, the default where
 * somebody looks. */
void watch_begin(watch *own, interlace_options *options)
{
    SEXP wanted = Rf_GetOption1(Rf_install("interlace.progress"));
    memset(own, 0, sizeof *own);
    own->teller = Rf_isFunction(wanted) ? wanted : R_NilValue;
    own->line = own->teller == R_NilValue && (Rf_isLogical(wanted) && Rf_length(wanted) == 1 && LOGICAL(wanted)[0] == 1);
    own->options = options;
    own->began = now();
    interlace_error err;
    if (options)
        check(interlace_options_set_progress(options, hear, own, &err), &err);
}

void watch_end(watch *own, interlace_status status, const interlace_error *err)
{
    interlace_error ignored;
    if (own->options)
        interlace_options_set_progress(own->options, NULL, NULL, &ignored);
    if (own->printed)
        Rprintf("\r%79s\r", "");
    if (status == INTERLACE_E_CANCELLED && own->interrupted)
        raise_condition("interrupt", -1, "interrupted");
    if (status == INTERLACE_E_CANCELLED && own->failed[0])
        raise_condition("cancelled", -1, own->failed);
    check(status, err);
}

SEXP text(const char *utf8)
{
    return utf8 ? Rf_mkCharCE(utf8, CE_UTF8) : NA_STRING;
}

const char *element(SEXP value, R_xlen_t i)
{
    SEXP own = STRING_ELT(value, i);
    return own == NA_STRING ? NULL : Rf_translateCharUTF8(own);
}

const char *string(SEXP value)
{
    return Rf_isString(value) && XLENGTH(value) > 0 ? element(value, 0) : NULL;
}

const char *const *strings(SEXP value)
{
    R_xlen_t n = XLENGTH(value);
    const char **all = (const char **)R_alloc((size_t)n + 1, sizeof *all);
    for (R_xlen_t i = 0; i < n; i++)
        all[i] = element(value, i);
    return all;
}

bool truth(SEXP value)
{
    return Rf_asLogical(value) == TRUE;
}

SEXP named(SEXP list, const char *name)
{
    SEXP names = Rf_getAttrib(list, R_NamesSymbol);
    for (R_xlen_t i = 0; names != R_NilValue && i < XLENGTH(list); i++)
        if (strcmp(CHAR(STRING_ELT(names, i)), name) == 0)
            return VECTOR_ELT(list, i);
    return R_NilValue;
}

SEXP list_of(const char *const *names, int n)
{
    SEXP list = PROTECT(Rf_allocVector(VECSXP, n)), own = PROTECT(Rf_allocVector(STRSXP, n));
    for (int i = 0; i < n; i++)
        SET_STRING_ELT(own, i, Rf_mkChar(names[i]));
    Rf_setAttrib(list, R_NamesSymbol, own);
    UNPROTECT(2);
    return list;
}
