# Errors of the library as conditions of R: their classes are interlace_<status>_error, interlace_error, error; they have the status, the
# position (byte of the formula or row of the data, from 0; -1 for none) and the message.
raise <- function(status, position, message) {
  message <- sub("INTERLACE_NEW_LEVELS_ZERO (--new-levels zero)", "allow.new.levels = TRUE", message, fixed = TRUE)
  if (status == "interrupt") {
    signalCondition(structure(class = c("interrupt", "condition"), list(message = message, call = NULL)))
    invokeRestart("abort")
  }
  stop(structure(class = c(paste0("interlace_", status, "_error"), "interlace_error", "error", "condition"),
                 list(message = message, call = NULL, status = status, position = position)))
}

# A whole number from `least` up, as a double: what C takes for a count or a seed.
whole <- function(value, name, least = 0) {
  if (!is.numeric(value) || length(value) != 1L || is.na(value) || value < least || value != floor(value) || value > 2^53)
    raise("argument", -1, sprintf("'%s' is %s, it must be a whole number from %g up", name, deparsed(value), least))
  as.numeric(value)
}

truth_value <- function(value, name) {
  if (!is.logical(value) || length(value) != 1L || is.na(value))
    raise("argument", -1, sprintf("'%s' is %s, it must be TRUE or FALSE", name, deparsed(value)))
  value
}

# Calls the function of options(interlace.progress): "" to go on, or why to stop. It stops a call by FALSE, by an error and by Ctrl-C.
tell <- function(teller, phase, step, total, criterion)
  tryCatch(if (isFALSE(teller(phase, step, total, criterion))) "the function of options(interlace.progress) stopped the call" else "",
           error = function(problem) paste("the function of options(interlace.progress) failed:", conditionMessage(problem)),
           interrupt = function(signal) "interrupt")

.onLoad <- function(libname, pkgname) {
  if (is.null(getOption("interlace.progress"))) options(interlace.progress = interactive())
}

.onUnload <- function(libpath) library.dynam.unload("interlace", libpath)

#' The version of the library that runs.
il_version <- function() .Call(C_version)

il_families <- function() .Call(C_families)
