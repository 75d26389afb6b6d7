# Fits as files that every host of the library reads. saveRDS() and readRDS() need nothing of this.

il_save <- function(fit, file, rows = TRUE) {
  writeBin(il_to_raw(fit, rows), file)
  invisible(file)
}

il_to_raw <- function(fit, rows = TRUE) .Call(C_to_raw, handle_of(fit), rows)

il_load <- function(file) il_from_raw(readBin(file, "raw", file.size(file)))

il_from_raw <- function(bytes) from_handle(.Call(C_from_raw, bytes))

# A fit without what R knew of it: its formula and data are the library's.
from_handle <- function(handle, like = NULL) {
  own <- .Call(C_info, handle)
  class <- c(lmm = "il_lmer", glmm = "il_glmer", clmm = "il_clmm", coxme = "il_coxme")[[own$model]]
  if (!is.null(like)) {
    like$handle <- handle
    like$info <- own
    return(like)
  }
  text <- own$formula
  formula <- if (!is.na(text) && nzchar(text)) tryCatch(stats::as.formula(text, globalenv()), error = function(problem) NULL)
  structure(list(handle = handle, call = NULL, formula = formula, columns = NULL, recipes = NULL, uses = NULL, moving = character(),
                 env = globalenv(), row_names = NULL, settings = NULL, na = .Call(C_option, handle, "na"), info = own),
            class = c(class, "interlace"))
}
