# The four functions that fit models.

il_lmer <- function(formula, data = NULL, REML = TRUE, weights, offset, subset, na.action = getOption("na.action"), contrasts = NULL,
                    correlation = NULL, start = NULL, control = il_control(), prior = NULL) {
  call <- match.call()
  reader <- reading(formula, data, call, parent.frame())
  settings <- common_settings(reader, call, contrasts)
  settings$prior <- prior
  settings$correlation <- correlation_setting(reader, correlation)
  text <- library_formula(reader, formula)
  options <- c(as_control(control), method = if (truth_value(REML, "REML")) "reml" else "ml")
  made(reader, "lmm", call, formula, text, settings, options, start, na.action, "il_lmer")
}

il_glmer <- function(formula, data = NULL, family = stats::gaussian(), weights, offset, subset, na.action = getOption("na.action"),
                     contrasts = NULL, ziformula = NULL, dispformula = NULL, fix = NULL, REML = FALSE, nAGQ = 1L, start = NULL,
                     control = il_control(), prior = NULL) {
  call <- match.call()
  reader <- reading(formula, data, call, parent.frame())
  settings <- common_settings(reader, call, contrasts)
  settings$prior <- prior
  chosen <- family_setting(family)
  settings$family <- c(chosen$family, chosen$link)
  settings$family_functions <- chosen$functions
  if (!is.null(chosen$functions) && !as_control(control)["threads"] %in% c(NA, "1"))
    raise("unsupported", -1, "a family of R works with one thread only")
  settings$fix <- unlist(c(chosen$fix, fix))
  if (!is.null(settings$fix)) storage.mode(settings$fix) <- "double"
  if (!is.null(ziformula)) settings$zero_inflation <- library_formula(reader, ziformula, 1L)
  if (!is.null(dispformula)) settings$dispersion <- library_formula(reader, dispformula, 1L)
  text <- library_formula(reader, formula)
  options <- c(as_control(control), method = if (truth_value(REML, "REML")) "reml" else "ml", nagq = as.character(nAGQ))
  made(reader, "glmm", call, formula, text, settings, options, start, na.action, "il_glmer")
}

il_clmm <- function(formula, data = NULL, link = c("logit", "probit", "cloglog", "loglog", "cauchit"),
                    threshold = c("flexible", "symmetric", "equidistant"), nominal = NULL, scale = NULL, weights, offset, subset,
                    na.action = getOption("na.action"), contrasts = NULL, nAGQ = 1L, start = NULL, control = il_control(), prior = NULL) {
  call <- match.call()
  reader <- reading(formula, data, call, parent.frame())
  settings <- common_settings(reader, call, contrasts)
  settings$prior <- prior
  settings$link <- match.arg(link)
  settings$threshold <- match.arg(threshold)
  if (!is.null(nominal)) settings$nominal <- library_formula(reader, nominal, 1L)
  if (!is.null(scale)) settings$scale <- library_formula(reader, scale, 1L)
  text <- library_formula(reader, formula)
  made(reader, "clmm", call, formula, text, settings, c(as_control(control), nagq = as.character(nAGQ)), start, na.action, "il_clmm")
}

il_coxme <- function(formula, data = NULL, ties = c("efron", "breslow"), weights, offset, subset, na.action = getOption("na.action"),
                     contrasts = NULL, fixed_effects = c("joint", "integrated"), start = NULL, control = il_control(), prior = NULL) {
  call <- match.call()
  reader <- reading(formula, data, call, parent.frame())
  settings <- common_settings(reader, call, contrasts)
  settings$prior <- prior
  settings$ties <- match.arg(ties)
  text <- library_formula(reader, formula)
  made(reader, "coxme", call, formula, text, settings, c(as_control(control), fixed_effects = match.arg(fixed_effects)), start, na.action, "il_coxme")
}

# Options of the search by the library's names; il_options() lists them. Those that are not given have the library's defaults.
il_control <- function(optimizer = NULL, tolerance = NULL, max_evaluations = NULL, threads = NULL, deadline = NULL, ...) {
  given <- Filter(Negate(is.null), list(optimizer = optimizer, tolerance = tolerance, max_evaluations = max_evaluations,
                                        threads = threads, deadline = deadline, ...))
  known <- names(.Call(C_option_names))
  wrong <- setdiff(names(given), known)
  if (length(wrong)) raise("argument", -1, sprintf("there is no option '%s'; the options are %s", wrong[1L], paste(known, collapse = ", ")))
  if (!length(given)) return(character())
  vapply(given, function(v) if (is.numeric(v)) format(v, digits = 17, scientific = NA, trim = TRUE) else tolower(as.character(v)), "")
}

as_control <- function(control) {
  if (is.character(control) && length(control) == length(names(control))) return(control)
  if (!is.list(control) || is.object(control))
    raise("argument", -1, sprintf("'control' is of class '%s', it must be il_control(...)", class(control)[1L]))
  do.call(il_control, control)
}

il_options <- function() .Call(C_option_names)

# What reads the formulas: with the rows of `subset`, and the expressions of `weights` and `offset`, which are evaluated as R does it, in the
# data and then where the formula was written.
reading <- function(formula, data, call, caller) {
  if (!inherits(formula, "formula")) raise("argument", -1, "the first argument is no formula, such as y ~ x + (1 | g)")
  env <- environment(formula)
  if (is.null(env)) env <- caller
  if (is.null(data)) data <- free_variables(formula, env)
  if (is.environment(data) || !is.list(data)) raise("argument", -1, sprintf("'data' is of class '%s', not a data frame", class(data)[1L]))
  n <- if (is.data.frame(data)) nrow(data) else if (length(data)) NROW(data[[1L]]) else 0L
  own <- reader(unclass_frame(data), env, n)
  own$rows <- chosen_rows(call$subset, data, env, n)
  own$row_names <- if (is.data.frame(data)) attr(data, "row.names") else seq_len(n)
  if (!is.null(own$rows)) own$row_names <- own$row_names[own$rows]
  own
}

# The rows of `subset`; NULL for all. As in R, variables are evaluated for all rows, and chosen then.
chosen_rows <- function(subset, data, env, n) {
  if (is.null(subset)) return(NULL)
  rows <- eval(subset, data, env)
  if (is.null(rows)) return(NULL)
  if (is.logical(rows) && length(rows) != n)
    raise("argument", -1, sprintf("'subset' has %d values, and the data have %d rows", length(rows), n))
  if (!is.logical(rows) && !is.numeric(rows)) raise("argument", -1, sprintf("'subset' is of class '%s': neither truths nor rows", class(rows)[1L]))
  seq_len(n)[if (is.logical(rows)) which(rows) else rows]
}

unclass_frame <- function(data) lapply(stats::setNames(seq_along(data), names(data)), function(i) data[[i]])

free_variables <- function(formula, env) {
  n <- NROW(eval(formula[[2L]], env))
  names <- all.vars(formula)
  values <- lapply(stats::setNames(names, names), get0, envir = env)
  Filter(function(v) is.atomic(v) && NROW(v) == n, values)
}

common_settings <- function(reader, call, contrasts) {
  settings <- list()
  for (what in c("weights", "offset")) {
    e <- call[[what]]
    if (is.null(e) || is.null(eval(e, reader$data, reader$env))) next
    name <- if (is.symbol(e) && as.character(e) %in% names(reader$data)) as.character(e) else sprintf("(%s)", what)
    take(reader, e, what, name)
    settings[[what]] <- name
  }
  reader$contrasts <- contrasts
  settings
}

# "ar1(time | g)" as text, or as a formula ~ ar1(time | g).
correlation_setting <- function(reader, correlation) {
  if (is.null(correlation)) return(NULL)
  e <- if (inherits(correlation, "formula")) correlation[[length(correlation)]] else str2lang(correlation)
  deparsed(translate(reader, e, "fixed"))
}

# Names of the library for families of R's packages; a family with a parameter of its own keeps it.
family_setting <- function(family) {
  if (is.function(family)) family <- family()
  if (is.character(family)) return(list(family = family, link = NA_character_))
  if (!is.list(family) || is.null(family$family)) raise("argument", -1, "'family' is no family: give its name, or a family object")
  name <- family$family
  fix <- NULL
  if (grepl("^Negative Binomial\\(", name)) {
    fix <- c(size = as.numeric(sub("^Negative Binomial\\((.*)\\)$", "\\1", name)))
    name <- "nbinom2"
  }
  if (grepl("^quasi", name)) raise("argument", -1, sprintf("the family '%s' has no likelihood; nbinom1, nbinom2 or betabinomial may serve", name))
  if (!known_family(name, family$link)) return(own_family(family))
  list(family = name, link = family$link, fix = fix)
}

FAMILY_FUNCTIONS <- c("linkfun", "linkinv", "mu.eta", "variance", "dev.resids")

# Names of glmmTMB's families: the library has them, or has no such family.
TMB_FAMILIES <- c("nbinom1", "nbinom2", "nbinom12", "compois", "truncated_compois", "genpois", "truncated_genpois", "truncated_poisson",
                  "truncated_nbinom1", "truncated_nbinom2", "beta", "betabinomial", "tweedie", "skewnormal", "lognormal", "ziGamma", "ordbeta", "t",
                  "bell")

known_family <- function(name, link) {
  if (name %in% TMB_FAMILIES) return(TRUE)
  links <- il_families()[[c(Gamma = "gamma", inverse.gaussian = "inverse_gaussian")[name] %|% name]]
  !is.null(links) && link %in% links
}

`%|%` <- function(a, b) if (is.na(a)) b else unname(a)

# A family or link that the library does not have: its functions are called back. What is maximised is the quasi-likelihood of its deviance.
own_family <- function(family) {
  if (inherits(family, "extended.family")) raise("unsupported", -1, sprintf("the family '%s' of mgcv is none of the library's", family$family))
  missing <- Filter(function(f) !is.function(family[[f]]), FAMILY_FUNCTIONS)
  if (length(missing)) raise("argument", -1, sprintf("the family '%s' has no function %s", family$family, missing[1L]))
  name <- sprintf("%s(%s)", family$family, family$link)
  message(sprintf("the library has no family %s: its functions are called back, and the fit maximises the quasi-likelihood of its deviance", name))
  list(family = name, link = NA_character_, functions = unname(family[FAMILY_FUNCTIONS]))
}

family_value <- function(f, arguments) tryCatch(as.numeric(do.call(f, arguments)), error = function(problem) NULL)

na_setting <- function(na.action) {
  if (is.null(na.action)) return("omit")
  known <- c(na.omit = "omit", na.exclude = "pad", na.fail = "error")
  name <- na.action
  if (is.function(name)) name <- Filter(function(n) identical(na.action, get(n, asNamespace("stats"))), names(known))
  if (length(name) != 1L || is.na(known[name]))
    raise("argument", -1, "'na.action' must be na.omit, na.exclude (results have NA in rows with missing values) or na.fail")
  unname(known[name])
}

# The columns as they go to the library. A column that only groups rows is a factor whatever it is.
columns_of <- function(reader, model) {
  own <- lapply(stats::setNames(names(reader$columns), names(reader$columns)), function(name) {
    value <- reader$columns[[name]]
    if (!is.null(reader$rows)) value <- value[reader$rows]
    uses <- reader$uses[[name]]
    if (is.logical(value) && any(startsWith(uses, "response")) && model != "clmm") return(as.numeric(value))
    if (is.logical(value) && any(uses %in% c("weights", "offset"))) return(as.numeric(value))
    if (all(uses == "group") && is.object(value) && !is.factor(value) && !inherits(value, "integer64")) return(factor(value))
    as_column(value, name, drop = !any(endsWith(uses, "inside")))
  })
  structure(own, rows = if (is.null(reader$rows)) reader$n else length(reader$rows))
}

# Contrasts by their names: those of the argument, then of the factor, then of options(contrasts = ).
contrast_settings <- function(reader, columns) {
  usual <- getOption("contrasts")
  names <- Filter(function(name) is.factor(columns[[name]]) && any(reader$uses[[name]] %in% c("fixed", "fixed inside")), names(columns))
  wrong <- setdiff(names(reader$contrasts), names)
  if (length(wrong)) raise("argument", -1, sprintf("'contrasts' names '%s', which is no factor of the fixed effects", wrong[1L]))
  all <- lapply(stats::setNames(names, names), function(name) {
    own <- reader$contrasts[[name]]
    if (is.null(own)) own <- attr(reader$columns[[name]], "contrasts")
    if (is.null(own)) own <- usual[[if (is.ordered(columns[[name]])) 2L else 1L]]
    contrast_name(own, name)
  })
  plain <- vapply(names, function(name) all[[name]] == if (is.ordered(columns[[name]])) "contr.poly" else "contr.treatment", NA)
  unlist(all[!plain])
}

contrast_name <- function(own, column) {
  known <- c("contr.treatment", "contr.sum", "contr.helmert", "contr.poly", "contr.SAS", "contr.sdif")
  if (is.function(own)) own <- Filter(function(n) identical(own, get0(n, asNamespace("stats"))), known)
  if (!is.character(own) || length(own) != 1L || !own %in% known)
    raise("unsupported", -1, sprintf("the contrasts of '%s' are none of %s: other contrasts go into the data as columns of numbers", column,
                                     paste(known, collapse = ", ")))
  own
}

made <- function(reader, model, call, formula, text, settings, options, start, na.action, class) {
  columns <- columns_of(reader, model)
  settings$contrasts <- contrast_settings(reader, columns)
  na <- na_setting(na.action)
  options["na"] <- na
  handle <- .Call(C_fit, model, text, settings, columns, options, if (!is.null(start)) as.numeric(start))
  fit <- structure(list(handle = handle, call = call, formula = formula, columns = columns, recipes = reader$recipes, uses = reader$uses,
                        moving = unique(reader$moving), env = reader$env, row_names = reader$row_names, settings = settings, na = na,
                        info = .Call(C_info, handle)),
                   class = c(class, "interlace"))
  say_outcome(fit)
  fit
}

# What the library has to say of the fit. Rows with missing values are no news to users of R: print() counts them.
say_outcome <- function(fit) {
  own <- plain(fit, .Call(C_table, fit$handle, "outcome", "default"))
  for (i in seq_along(own$kind)) {
    if (own$kind[i] %in% c("boundary", "dropped_column")) message(own$text[i])
    if (own$kind[i] == "warning" || (own$kind[i] == "convergence" && fit$info$numbers[["converged"]] == 0)) warning(own$text[i], call. = FALSE)
  }
  invisible(fit)
}

handle_of <- function(fit) {
  own <- fit$handle
  if (.Call(C_is_handle, own)) own else .Call(C_from_raw, own)
}
