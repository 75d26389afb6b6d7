# A small test harness: test(name, code) runs code, is(...) and near(...) say what is wrong; finish() ends with the number of failures.
failures <- 0L
tests <- 0L
current <- ""

test <- function(name, code) {
  current <<- name
  tests <<- tests + 1L
  tryCatch(force(code), error = function(problem) wrong("error: ", conditionMessage(problem)))
  invisible()
}

wrong <- function(...) {
  failures <<- failures + 1L
  cat("FAILED", current, "-", ..., "\n")
}

is_true <- function(what, text = deparse(substitute(what))[1L]) if (!isTRUE(what)) wrong(text)

# The largest difference relative to the largest magnitude of what is wanted.
near <- function(own, wanted, tolerance = 1e-6, text = deparse(substitute(own))[1L]) {
  own <- as.vector(unlist(own))
  wanted <- as.vector(unlist(wanted))
  if (length(own) != length(wanted)) return(wrong(text, "has", length(own), "numbers, wanted", length(wanted)))
  if (!identical(is.na(own), is.na(wanted))) return(wrong(text, "has other missing values"))
  difference <- max(0, abs(own - wanted), na.rm = TRUE) / max(abs(wanted), 1e-300, na.rm = TRUE)
  if (!is.finite(difference) || difference > tolerance) wrong(text, sprintf("differs by %.2e, allowed %.0e", difference, tolerance))
}

# The error that an expression raises.
error_of <- function(code) {
  own <- tryCatch({
    force(code)
    NULL
  }, error = identity)
  if (is.null(own)) wrong("no error")
  own
}

fails <- function(code, text, class = "interlace_error") {
  own <- error_of(code)
  if (!is.null(own) && !(inherits(own, class) && grepl(text, conditionMessage(own), fixed = TRUE)))
    wrong("the error is:", class(own)[1L], conditionMessage(own))
}

finish <- function() {
  cat(sprintf("%d tests, %d failures\n", tests, failures))
  quit(status = as.integer(failures > 0L))
}

data_of <- function(name) read.csv(file.path(Sys.getenv("INTERLACE_ROOT"), "tests/reference/data", paste0(name, ".csv")), stringsAsFactors = TRUE)
