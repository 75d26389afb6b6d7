/* Pictures of fits as SVG, and their coordinates. */
#include "interlace_r.h"

/* Options of pictures by name, as text. */
static SEXP choices_made(SEXP values)
{
    interlace_error err;
    interlace_plot_options *options = NULL;
    SEXP box = PROTECT(box_plot_options());
    check(interlace_plot_options_new(&options, &err), &err);
    box_fill(box, options);
    for (R_xlen_t i = 0; i < Rf_xlength(values); i++)
        check(interlace_plot_options_set(options, element(Rf_getAttrib(values, R_NamesSymbol), i), element(values, i), &err), &err);
    UNPROTECT(1);
    return box;
}

SEXP C_picture(SEXP handle, SEXP kind, SEXP data, SEXP choices)
{
    interlace_error err;
    uint8_t *bytes = NULL;
    size_t len = 0;
    watch heard;
    SEXP chosen = PROTECT(choices_made(choices)), frame = PROTECT(frame_box(data)), box = PROTECT(box_bytes());
    watch_begin(&heard, handle_options(handle));
    interlace_status status = interlace_fit_plot(handle_fit(handle), string(kind), frame_of(frame), R_ExternalPtrAddr(chosen), heard.options,
                                                 &bytes, &len, &err);
    box_fill(box, bytes);
    watch_end(&heard, status, &err);
    if (len > 2147483647)
        Rf_error("the picture has %.0f bytes, more than a text of R holds", (double)len);
    SEXP svg = PROTECT(Rf_ScalarString(Rf_mkCharLenCE((const char *)bytes, (int)len, CE_UTF8)));
    box_empty(box);
    UNPROTECT(4);
    return svg;
}

SEXP C_picture_data(SEXP handle, SEXP kind, SEXP data, SEXP choices)
{
    interlace_error err;
    interlace_frame *out = NULL;
    watch heard;
    SEXP chosen = PROTECT(choices_made(choices)), frame = PROTECT(frame_box(data)), box = PROTECT(box_frame());
    watch_begin(&heard, handle_options(handle));
    interlace_status status = interlace_fit_plot_data(handle_fit(handle), string(kind), frame_of(frame), R_ExternalPtrAddr(chosen),
                                                      heard.options, &out, &err);
    box_fill(box, out);
    watch_end(&heard, status, &err);
    SEXP list = frame_list(box);
    UNPROTECT(3);
    return list;
}

/* A list with `kind`, `shows` and `needs_rows`. */
SEXP C_picture_kinds(void)
{
    static const char *const NAMES[] = {"kind", "shows", "needs_rows"};
    R_xlen_t n = (R_xlen_t)interlace_plot_options_picture_count();
    SEXP list = PROTECT(list_of(NAMES, 3));
    SET_VECTOR_ELT(list, 0, Rf_allocVector(STRSXP, n));
    SET_VECTOR_ELT(list, 1, Rf_allocVector(STRSXP, n));
    SET_VECTOR_ELT(list, 2, Rf_allocVector(LGLSXP, n));
    for (R_xlen_t i = 0; i < n; i++) {
        SET_STRING_ELT(VECTOR_ELT(list, 0), i, text(interlace_plot_options_picture_name((size_t)i)));
        SET_STRING_ELT(VECTOR_ELT(list, 1), i, text(interlace_plot_options_picture_doc((size_t)i)));
        LOGICAL(VECTOR_ELT(list, 2))[i] = interlace_plot_options_picture_needs_rows((size_t)i);
    }
    UNPROTECT(1);
    return list;
}
