# Errors of the library as conditions of R: their classes are interlace_<status>_error, interlace_error, error; they have the status, the
# position (byte of the formula or row of the data, from 0; -1 for none) and the message.
raise <- function(status, position, message) {
  if (status == "interrupt") {
    signalCondition(structure(class = c("interrupt", "condition"), list(message = message, call = NULL)))
    invokeRestart("abort")
  }
  stop(structure(class = c(paste0("interlace_", status, "_error"), "interlace_error", "error", "condition"),
                 list(message = message, call = NULL, status = status, position = position)))
}

.onLoad <- function(libname, pkgname) {
  if (is.null(getOption("interlace.progress"))) options(interlace.progress = interactive())
}

.onUnload <- function(libpath) library.dynam.unload("interlace", libpath)

#' The version of the library that runs.
il_version <- function() .Call(C_version)

il_families <- function() .Call(C_families)
