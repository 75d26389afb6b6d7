/* Data frames of R to frames of the library, and tables of the library to lists of R. */
#include "interlace_r.h"

static void add_factor(interlace_frame *frame, const char *name, SEXP column, interlace_error *err)
{
    SEXP levels = Rf_getAttrib(column, R_LevelsSymbol);
    size_t n = (size_t)XLENGTH(column);
    int32_t *codes = (int32_t *)R_alloc(n + 1, sizeof *codes);
    const int *own = INTEGER(column);
    for (size_t i = 0; i < n; i++)
        codes[i] = own[i] == NA_INTEGER ? -1 : own[i] - 1;
    check(interlace_frame_add_categorical(frame, name, codes, n, strings(levels), (size_t)XLENGTH(levels), Rf_inherits(column, "ordered"), err),
          err);
}

/* A column: R has prepared it as doubles, integers, truths, a factor or text. NA of integers and truths is the library's. */
static void add_column(interlace_frame *frame, const char *name, SEXP column)
{
    interlace_error err;
    size_t n = (size_t)XLENGTH(column);
    const void *memory = vmaxget();
    if (Rf_isFactor(column))
        add_factor(frame, name, column, &err);
    else if (TYPEOF(column) == REALSXP)
        check(interlace_frame_add_f64(frame, name, REAL(column), n, &err), &err);
    else if (TYPEOF(column) == INTSXP)
        check(interlace_frame_add_i32(frame, name, INTEGER(column), n, &err), &err);
    else if (TYPEOF(column) == LGLSXP)
        check(interlace_frame_add_i32(frame, name, LOGICAL(column), n, &err), &err);
    else if (TYPEOF(column) == STRSXP)
        check(interlace_frame_add_strings(frame, name, strings(column), n, &err), &err);
    else
        Rf_error("the column '%s' is of type %s, which is no number, factor or text", name, Rf_type2char(TYPEOF(column)));
    vmaxset(memory);
}

SEXP frame_box(SEXP columns)
{
    if (columns == R_NilValue)
        return R_NilValue;
    interlace_error err;
    interlace_frame *frame = NULL;
    SEXP names = Rf_getAttrib(columns, R_NamesSymbol), rows = Rf_getAttrib(columns, Rf_install("rows"));
    SEXP box = PROTECT(box_frame());
    check(interlace_frame_new((size_t)Rf_asReal(rows), &frame, &err), &err);
    box_fill(box, frame);
    for (R_xlen_t i = 0; i < XLENGTH(columns); i++)
        add_column(frame, Rf_translateCharUTF8(STRING_ELT(names, i)), VECTOR_ELT(columns, i));
    UNPROTECT(1);
    return box;
}

const interlace_frame *frame_of(SEXP box)
{
    return box == R_NilValue ? NULL : R_ExternalPtrAddr(box);
}

static SEXP text_column(const interlace_frame *frame, size_t j, R_xlen_t n)
{
    interlace_error err;
    size_t n_levels = interlace_frame_column_n_levels(frame, j);
    SEXP levels = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)n_levels)), column = PROTECT(Rf_allocVector(STRSXP, n));
    int32_t *codes = (int32_t *)R_alloc((size_t)n + 1, sizeof *codes);
    for (size_t k = 0; k < n_levels; k++)
        SET_STRING_ELT(levels, (R_xlen_t)k, text(interlace_frame_column_level(frame, j, k)));
    check(interlace_frame_column_codes(frame, j, codes, (size_t)n, &err), &err);
    for (R_xlen_t i = 0; i < n; i++)
        SET_STRING_ELT(column, i, codes[i] < 0 ? NA_STRING : STRING_ELT(levels, codes[i]));
    UNPROTECT(2);
    return column;
}

/* Numbers; whole ones that R's integers hold become integers. */
static SEXP number_column(const interlace_frame *frame, size_t j, R_xlen_t n)
{
    interlace_error err;
    SEXP column = PROTECT(Rf_allocVector(REALSXP, n));
    check(interlace_frame_column_f64(frame, j, REAL(column), (size_t)n, &err), &err);
    bool whole = interlace_frame_column_kind(frame, j) == INTERLACE_COLUMN_KIND_INTEGER;
    for (R_xlen_t i = 0; whole && i < n; i++)
        whole = ISNAN(REAL(column)[i]) || (REAL(column)[i] > -2147483648.0 && REAL(column)[i] < 2147483648.0);
    SEXP own = PROTECT(whole ? Rf_coerceVector(column, INTSXP) : column);
    UNPROTECT(2);
    return own;
}

SEXP frame_list(SEXP box)
{
    const interlace_frame *frame = frame_of(box);
    R_xlen_t n = (R_xlen_t)interlace_frame_n_rows(frame), k = (R_xlen_t)interlace_frame_n_columns(frame);
    SEXP list = PROTECT(Rf_allocVector(VECSXP, k)), names = PROTECT(Rf_allocVector(STRSXP, k));
    for (R_xlen_t j = 0; j < k; j++) {
        bool category = interlace_frame_column_kind(frame, (size_t)j) == INTERLACE_COLUMN_KIND_CATEGORY;
        SET_VECTOR_ELT(list, j, category ? text_column(frame, (size_t)j, n) : number_column(frame, (size_t)j, n));
        SET_STRING_ELT(names, j, text(interlace_frame_column_name(frame, (size_t)j)));
    }
    Rf_setAttrib(list, R_NamesSymbol, names);
    SEXP rows = PROTECT(Rf_allocVector(INTSXP, 2));
    INTEGER(rows)[0] = NA_INTEGER;
    INTEGER(rows)[1] = -(int)n;
    Rf_setAttrib(list, R_RowNamesSymbol, rows);
    Rf_setAttrib(list, R_ClassSymbol, Rf_mkString("data.frame"));
    box_empty(box);
    UNPROTECT(3);
    return list;
}
