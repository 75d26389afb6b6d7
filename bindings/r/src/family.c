/* Families that R has and the library does not: the functions of a family object are called back. */
#include "interlace_r.h"
#include <string.h>

/* A call of one of the functions, made where R's errors and interrupts end: the values, or nothing. */
typedef struct {
    SEXP function;
    const double *arguments[3];
    size_t n_arguments, n;
    double *out;
    bool done;
} family_call;

static void evaluate(void *data)
{
    family_call *own = data;
    SEXP name = PROTECT(Rf_mkString("interlace")), space = PROTECT(R_FindNamespace(name));
    SEXP arguments = PROTECT(Rf_allocVector(VECSXP, (R_xlen_t)own->n_arguments));
    for (size_t i = 0; i < own->n_arguments; i++) {
        SEXP column = Rf_allocVector(REALSXP, (R_xlen_t)own->n);
        SET_VECTOR_ELT(arguments, (R_xlen_t)i, column);
        memcpy(REAL(column), own->arguments[i], own->n * sizeof(double));
    }
    SEXP call = PROTECT(Rf_lang3(Rf_install("family_value"), own->function, arguments));
    SEXP value = PROTECT(Rf_eval(call, space));
    if (TYPEOF(value) == REALSXP && (size_t)XLENGTH(value) == own->n) {
        memcpy(own->out, REAL(value), own->n * sizeof(double));
        own->done = true;
    }
    UNPROTECT(5);
}

static int32_t called(family_call *own)
{
    return R_ToplevelExec(evaluate, own) && own->done ? 0 : 1;
}

/* The elements of the list that the callbacks get: linkfun, linkinv, mu.eta, variance, dev.resids. */
#define MAP(name, i)                                                                               \
    static int32_t name(const double *x, size_t n, double *out, void *user_data)                   \
    {                                                                                              \
        family_call own = {VECTOR_ELT((SEXP)user_data, i), {x, NULL, NULL}, 1, n, out, false};      \
        return called(&own);                                                                       \
    }

MAP(linkfun, 0)
MAP(linkinv, 1)
MAP(mu_eta, 2)
MAP(variance, 3)

static int32_t dev_resids(const double *y, const double *mu, const double *weights, size_t n, double *out, void *user_data)
{
    family_call own = {VECTOR_ELT((SEXP)user_data, 4), {y, mu, weights}, 3, n, out, false};
    return called(&own);
}

/* The functions are kept for ever: fits, and what is made of them, call them without R's knowledge. */
void family_set(interlace_spec *spec, SEXP functions, const char *name)
{
    interlace_error err;
    interlace_family *family = NULL;
    interlace_family_callbacks callbacks;
    memset(&callbacks, 0, sizeof callbacks);
    callbacks.struct_size = sizeof callbacks;
    callbacks.user_data = functions;
    callbacks.name = name;
    callbacks.linkfun = linkfun;
    callbacks.linkinv = linkinv;
    callbacks.mu_eta = mu_eta;
    callbacks.variance = variance;
    callbacks.dev_resids = dev_resids;
    SEXP box = PROTECT(box_family());
    check(interlace_family_new(&callbacks, &family, &err), &err);
    box_fill(box, family);
    check(interlace_spec_set_custom_family(spec, family, &err), &err);
    R_PreserveObject(functions);
    UNPROTECT(1);
}
