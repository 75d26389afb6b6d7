# Formulas of R to formulas of the library, and the columns that they need.
#
# The library reads lme4's language and knows a set of functions (WORDS). It learns what scale(), poly(), ns() and the like need from the
# data, and uses it again in predictions. Any other call in a formula is evaluated here, by R, and goes to the library as a column whose
# name is the call, so that coefficients have R's names.

# Functions that the library evaluates as R does, with the package where R has them; "" for those that base R does not have.
WORDS <- c(
  log = "base", log2 = "base", log10 = "base", log1p = "base", exp = "base", expm1 = "base", sqrt = "base", abs = "base", sin = "base",
  cos = "base", tan = "base", tanh = "base", floor = "base", ceiling = "base", I = "base", identity = "base", round = "base",
  pmin = "base", pmax = "base", ifelse = "base", scale = "base", factor = "base", as.factor = "base", ordered = "base",
  as.ordered = "base", as.numeric = "base", as.double = "base", relevel = "stats", C = "stats", poly = "stats", bs = "splines",
  ns = "splines", center = "", dummy = "lme4")
# Those among them that learn from the data of the fit: R would not do that to a plain column.
LEARNERS <- c("scale", "center", "poly", "bs", "ns", "factor", "as.factor", "ordered", "as.ordered", "relevel", "C", "dummy")
ARITHMETIC <- c("+", "-", "*", "/", "^", "(", "==", "!=", "<", ">", "<=", ">=", "!", "&", "|", "c", ":")
CONTRASTS <- c("contr.treatment", "contr.sum", "contr.helmert", "contr.poly", "contr.SAS", "contr.sdif", "treatment", "sum", "helmert")
# Terms of survival and mgcv that are no functions of a column: as one they would be another model.
FOREIGN <- c("cluster", "tt", "frailty", "frailty.gaussian", "frailty.gamma", "frailty.t", "pspline", "ridge", "s", "te", "ti", "t2")
STRUCTURES <- c("us", "diag", "cs", "ar1")

deparsed <- function(e) paste(deparse(e, width.cutoff = 500L, backtick = TRUE), collapse = " ")

is_call <- function(e, names) is.call(e) && is.symbol(e[[1L]]) && as.character(e[[1L]]) %in% names

# The name of a function, without the package before it.
head_of <- function(e) {
  f <- e[[1L]]
  if (is_call(f, c("::", ":::"))) as.character(f[[3L]]) else if (is.symbol(f)) as.character(f) else ""
}

# The names of all functions in an expression.
heads <- function(e) if (is.call(e)) c(head_of(e), unlist(lapply(as.list(e)[-1L], heads)))

# What a model's formulas need, gathered while they are read: a reader has `data`, `env`, `n` and the columns so far.
reader <- function(data, env, n) {
  own <- new.env(parent = emptyenv())
  own$data <- data
  own$env <- env
  own$n <- n
  own$columns <- list()   # values by name, as they go to the library
  own$recipes <- list()   # expressions by name, for new data
  own$uses <- list()      # for each column: fixed, group, response, ...
  own$moving <- character() # columns that depend on other rows than their own
  own
}

# The value of an expression with one element for each row, from the data or the formula's environment.
evaluated <- function(reader, e) {
  value <- tryCatch(eval(e, reader$data, reader$env), error = function(problem)
    raise("data", -1, if (is.symbol(e)) unknown_column(reader, as.character(e)) else
      sprintf("'%s' cannot be evaluated: %s", deparsed(e), conditionMessage(problem))))
  if (is.null(value) || is.function(value)) raise("data", -1, unknown_column(reader, deparsed(e)))
  if (is.matrix(value) && ncol(value) == 1L) value <- value[, 1L]
  if (is.matrix(value) || is.data.frame(value))
    raise("formula", -1, sprintf(paste0("'%s' has %d columns, and the library does not know this function. ",
      "Put the columns into the data, and name them in the formula"), deparsed(e), ncol(value)))
  if (length(value) != reader$n)
    raise("data", -1, sprintf("'%s' has %d values, and the data have %d rows", deparsed(e), length(value), reader$n))
  value
}

# addNA() makes a level of missing values, which R names NA.
with_na_level <- function(value) {
  if (anyNA(levels(value))) levels(value)[is.na(levels(value))] <- "NA"
  value
}

unknown_column <- function(reader, name) {
  distance <- if (length(reader$data)) utils::adist(name, names(reader$data), ignore.case = TRUE)
  close <- length(distance) && min(distance) <= min(2, nchar(name) %/% 2)
  sprintf("there is no column '%s'%s", name, if (close) sprintf("; did you mean '%s'?", names(reader$data)[which.min(distance)]) else "")
}

# A column of the library from a vector of R. Text becomes a factor here, because R sorts it by the locale and the library by bytes. Levels that
# do not occur are dropped, unless a call counts them: as.numeric(f).
as_column <- function(value, name, drop = TRUE) {
  if (is.factor(value)) return(if (drop) droplevels(with_na_level(value)) else with_na_level(value))
  if (is.character(value) || is.logical(value)) return(factor(value))
  if (inherits(value, "integer64"))
    raise("data", -1, sprintf("the column '%s' has 64-bit integers: use as.numeric(), or factor() for a group", name))
  if (is.complex(value) || is.list(value) || is.raw(value) || !is.numeric(unclass(value)))
    raise("data", -1, sprintf("the column '%s' is of class '%s', which is no number, factor or text", name, class(value)[1L]))
  if (is.object(value)) return(as.numeric(value))
  as.vector(value)
}

# Takes a column, and returns the symbol that stands for it in the formula.
take <- function(reader, e, use, name = if (is.symbol(e)) as.character(e) else deparsed(e)) {
  if (is.null(reader$recipes[[name]])) {
    value <- evaluated(reader, e)
    if (!is.symbol(e) && !by_row(reader, e, value)) reader$moving <- c(reader$moving, name)
    reader$columns[[name]] <- value
    reader$recipes[[name]] <- e
  }
  reader$uses[[name]] <- union(reader$uses[[name]], use)
  as.name(name)
}

# Whether the values of an expression depend on their own rows only: it is evaluated once more for either half of the rows, in another order, and for
# one more than a third, because halves of balanced data may have the mean of the whole.
by_row <- function(reader, e, value) {
  half <- reader$n %/% 2L
  parts <- list(seq.int(half + 1L, length.out = reader$n - half), seq_len(half), seq_len(min(reader$n, reader$n %/% 3L + 1L)))
  all(vapply(parts, function(rows) same_for(reader, e, value, rev(rows)), NA))
}

same_for <- function(reader, e, value, rows) {
  if (!length(rows)) return(TRUE)
  data <- lapply(stats::setNames(all.vars(e), all.vars(e)), function(v) {
    own <- tryCatch(eval(as.name(v), reader$data, reader$env), error = function(problem) NULL)
    if (is.atomic(own) && length(own) == reader$n) own[rows] else own
  })
  again <- tryCatch(eval(e, data[lengths(data) > 0L], reader$env), error = function(problem) NULL)
  if (is.matrix(again) && ncol(again) == 1L) again <- again[, 1L]
  plain <- function(v) if (is.factor(v)) as.character(v) else as.vector(unclass(v))
  identical(plain(again), plain(value)[rows])
}

# The library writes a column with an unusual name in backticks. Those that are calls R writes without: names, texts and tables are rewritten.
plain <- function(fit, value) {
  calls <- names(Filter(is.call, fit$recipes))
  if (length(calls)) rewritten(value, calls) else value
}

rewritten <- function(value, calls) {
  change <- function(text) {
    for (name in calls) text <- gsub(paste0("`", name, "`"), name, text, fixed = TRUE)
    text
  }
  if (is.list(value)) value[] <- lapply(value, rewritten, calls)
  if (is.character(value)) value[] <- change(value)
  if (is.character(names(value))) names(value) <- change(names(value))
  if (is.list(dimnames(value)) && !is.data.frame(value))
    dimnames(value) <- lapply(dimnames(value), function(names) if (!is.null(names)) change(names))
  value
}

# Whether a name is a column: of the data, or a vector of their length where the formula was written.
is_column <- function(reader, name) {
  if (name %in% names(reader$data)) return(TRUE)
  value <- get0(name, envir = reader$env, inherits = TRUE)
  is.atomic(value) && !is.null(value) && length(value) == reader$n && (reader$n > 1L || is.null(reader$data))
}

# Whether the library reads a call as R does: all functions are words of its language and R's own, all columns numbers or factors.
understood <- function(reader, e) {
  if (is.symbol(e)) {
    name <- as.character(e)
    if (name == "pi" || name %in% CONTRASTS) return(TRUE)
    if (!is_column(reader, name)) return(FALSE)
    value <- eval(e, reader$data, reader$env)
    return(is.factor(value) || (is.numeric(value) && !is.object(value)))
  }
  if (!is.call(e)) return(is.numeric(e) || is.character(e) || is.logical(e) || is.null(e))
  name <- head_of(e)
  if (!name %in% ARITHMETIC && !is_word(reader, name)) return(FALSE)
  if (name %in% c("factor", "as.factor", "ordered", "as.ordered") && is.symbol(e[[2L]]) && is_text(reader, e[[2L]]))
    return(all(vapply(as.list(e)[-(1:2)], understood, NA, reader = reader)))
  all(vapply(as.list(e)[-1L], understood, NA, reader = reader))
}

is_text <- function(reader, e) is_column(reader, as.character(e)) && is.character(eval(e, reader$data, reader$env))

# A function of the user's with the name of a word is the user's.
is_word <- function(reader, name) {
  home <- WORDS[name]
  if (is.na(home)) return(FALSE)
  own <- get0(name, envir = reader$env, mode = "function", inherits = TRUE)
  if (is.null(own)) return(TRUE)
  nzchar(home) && (is.primitive(own) || identical(environmentName(environment(own)), unname(home)))
}

# Constants of the formula's environment, written into a call that learns from the data: poly(x, k) with k = 2 is poly(x, 2).
with_constants <- function(reader, e) {
  if (is.symbol(e)) {
    name <- as.character(e)
    if (is_column(reader, name)) return(e)
    value <- if (name != "pi") get0(name, envir = reader$env, inherits = TRUE)
    if (is.atomic(value) && length(value) >= 1L && !is.object(value))
      return(if (length(value) == 1L) value else as.call(c(as.name("c"), as.list(unname(value)))))
    return(e)
  }
  if (is.call(e)) for (i in seq_along(e)[-1L]) if (!identical(e[[i]], quote(expr = ))) e[[i]] <- with_constants(reader, e[[i]])
  e
}

# A variable of the formula: what the library understands stays, with its columns taken; the rest becomes a column.
variable <- function(reader, e, use) {
  if (is.symbol(e)) {
    return(take(reader, e, use))
  }
  if (!is.call(e)) return(e)
  refuse_foreign(reader, e)
  if (any(heads(e) %in% LEARNERS)) e <- with_constants(reader, e)
  if (!understood(reader, e)) return(take(reader, e, use))
  for (name in setdiff(all.vars(e), c("pi", CONTRASTS))) take(reader, as.name(name), paste(use, "inside"))
  e
}

refuse_foreign <- function(reader, e) {
  for (name in intersect(heads(e), FOREIGN)) {
    own <- get0(name, envir = reader$env, mode = "function", inherits = TRUE)
    if (is.null(own) || environmentName(environment(own)) %in% c("survival", "mgcv", "gam"))
      raise("formula", -1, sprintf("'%s' has %s(), which these models do not have", deparsed(e), name))
  }
}

# The right-hand side: operators of formulas are followed, all else is a variable.
translate <- function(reader, e, use) {
  if (is.symbol(e)) return(if (identical(as.character(e), ".")) every_column(reader, use) else variable(reader, e, use))
  if (!is.call(e)) return(e)
  name <- head_of(e)
  if (is_call(e, c("|", "||"))) {
    if (is_call(e, "||")) warn_double_bar(reader, e[[2L]])
    e[[2L]] <- translate(reader, e[[2L]], "random")
    e[[3L]] <- translate(reader, e[[3L]], "group")
  } else if (name %in% c("+", "-", "*", "/", ":", "%in%", "(")) {
    for (i in seq_along(e)[-1L]) e[[i]] <- translate(reader, e[[i]], use)
  } else if (name == "^") {
    e[[2L]] <- translate(reader, e[[2L]], use)
  } else if (name %in% STRUCTURES && length(e) > 1L && is_call(e[[2L]], c("|", "||"))) {
    e[[2L]] <- translate(reader, e[[2L]], use)
  } else if (name == "offset") {
    e[[2L]] <- variable(reader, e[[2L]], "offset")
  } else if (name == "strata" || (name == "interaction" && use == "group")) {
    for (i in seq_along(e)[-1L]) e[[i]] <- variable(reader, e[[i]], "group")
  } else {
    e <- variable(reader, e, use)
  }
  e
}

# lme4 keeps the columns of a factor together and correlated in (f || g); the library takes them apart, as the bars say.
warn_double_bar <- function(reader, e) {
  factors <- Filter(function(v) is_column(reader, v) && !is.numeric(eval(as.name(v), reader$data, reader$env)), all.vars(e))
  if (length(factors))
    warning(sprintf(paste0("'||' takes the columns of the factor '%s' apart, without correlations; lme4 would correlate them. ",
      "Write (1 | g) + (0 + %s | g) for lme4's model"), factors[1L], factors[1L]), call. = FALSE)
}

# `.` is every column of the data that the response does not use.
every_column <- function(reader, use) {
  names <- setdiff(names(reader$data), reader$response)
  if (!length(names)) raise("formula", -1, "'.' stands for the columns of the data, and there are none beside the response")
  Reduce(function(a, b) call("+", a, b), lapply(names, function(name) take(reader, as.name(name), use)))
}

# The response: Surv(...), cbind(...), a division and other arithmetic go as they are, their parts are variables.
translate_response <- function(reader, e) {
  reader$response <- all.vars(e)
  if (is.call(e) && head_of(e) %in% c("Surv", "cbind")) {
    for (i in seq_along(e)[-1L]) e[[i]] <- variable(reader, e[[i]], "response")
    return(as.call(c(as.name(head_of(e)), as.list(e)[-1L])))
  }
  value <- tryCatch(eval(e, reader$data, reader$env), error = function(problem) NULL)
  if (inherits(value, "Surv")) return(columns_apart(reader, e, "Surv", ncol(value)))
  if (is.matrix(value) && ncol(value) == 2L) return(columns_apart(reader, e, "cbind", 2L))
  variable(reader, e, "response")
}

# A matrix of successes and failures, or an object of Surv().
columns_apart <- function(reader, e, head, n) {
  parts <- lapply(seq_len(n), function(j) take(reader, call("[", e, quote(expr = ), j), "response"))
  as.call(c(as.name(head), parts))
}

# A whole formula as text for the library. `sided` is 1 for a formula without a response.
library_formula <- function(reader, formula, sided = 2L) {
  if (sided == 2L && length(formula) != 3L) raise("formula", 0, sprintf("'%s' has no response", deparsed(formula)))
  if (sided == 1L && length(formula) != 2L) raise("formula", 0, sprintf("'%s' must have no response", deparsed(formula)))
  if (sided == 2L) formula[[2L]] <- translate_response(reader, formula[[2L]])
  formula[[length(formula)]] <- translate(reader, formula[[length(formula)]], "fixed")
  attributes(formula) <- NULL
  deparsed(formula)
}

# Without random terms: for terms() and what builds on it.
without_bars <- function(e) {
  if (is_call(e, c("|", "||")) || (is.call(e) && head_of(e) %in% STRUCTURES)) return(NULL)
  if (is_call(e, "(")) {
    inner <- without_bars(e[[2L]])
    return(if (is.null(inner)) NULL else as.call(list(as.name("("), inner)))
  }
  if (is_call(e, c("+", "-")) && length(e) == 3L) {
    left <- without_bars(e[[2L]])
    right <- without_bars(e[[3L]])
    if (is.null(left) && as.character(e[[1L]]) == "-") left <- 1
    if (is.null(left)) return(right)
    if (is.null(right)) return(left)
    return(as.call(list(e[[1L]], left, right)))
  }
  e
}

fixed_formula <- function(formula) {
  right <- without_bars(formula[[length(formula)]])
  formula[[length(formula)]] <- if (is.null(right)) 1 else right
  formula
}
