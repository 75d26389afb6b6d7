# Predictions, and the columns of new data.

# The library's words for R's types.
quantity_name <- function(type, model) {
  own <- switch(type, zprob = "zero_probability", disp = "dispersion", lp = "link", linear.predictor = "link", prob = "probabilities",
                cum.prob = "cumulative", expected = "response", type)
  if (own == "response" && model == "clmm") "probabilities" else own
}

# New data: the expressions that R evaluated for the fit are evaluated anew; factors of the fit are factors again.
new_columns <- function(fit, newdata) {
  if (!is.list(newdata)) raise("argument", -1, sprintf("'newdata' is of class '%s', not a data frame", class(newdata)[1L]))
  n <- if (is.data.frame(newdata)) nrow(newdata) else NROW(newdata[[1L]])
  if (is.null(fit$recipes)) {
    own <- lapply(stats::setNames(names(newdata), names(newdata)), function(name) as_column(newdata[[name]], name))
    return(structure(own, rows = n))
  }
  own <- list()
  for (name in names(fit$recipes)) {
    value <- new_column(fit, name, newdata, n)
    if (!is.null(value)) own[[name]] <- value
  }
  structure(own, rows = n)
}

# NULL for what the new data do not have: the library says so if it is needed.
new_column <- function(fit, name, newdata, n) {
  recipe <- fit$recipes[[name]]
  variables <- all.vars(recipe)
  present <- variables %in% names(newdata)
  if (is.symbol(recipe) && !present) return(NULL)
  if (length(variables) && !any(present)) return(NULL)
  value <- tryCatch(eval(recipe, newdata, fit$env), error = function(problem)
    if (any(startsWith(fit$uses[[name]], "response"))) NULL else
      raise("data", -1, sprintf("'%s' cannot be evaluated in the new data: %s", name, conditionMessage(problem))))
  if (is.null(value)) return(NULL)
  if (name %in% fit$moving && !any(startsWith(fit$uses[[name]], "response")))
    raise("unsupported", -1, sprintf(paste0("'%s' depends on other rows than its own, so new data would give it another meaning. ",
      "Put it into the data as a column"), name))
  if (is.matrix(value) && ncol(value) == 1L) value <- value[, 1L]
  if (length(value) != n) raise("data", -1, sprintf("'%s' has %d values, and the new data have %d rows", name, length(value), n))
  like_fit(value, (if (is.null(fit$columns)) fit$prototypes else fit$columns)[[name]], name)
}

# As the fit's column: a factor that was made of text, truths or a group's numbers is made again.
like_fit <- function(value, old, name) {
  if (is.factor(old)) {
    if (is.factor(value)) return(with_na_level(value))
    return(factor(if (is.numeric(value) && !is.object(value)) format_numbers(value) else as.character(value)))
  }
  if (is.numeric(old) && (is.factor(value) || is.character(value))) return(as_column(value, name))
  if (is.logical(value)) return(as.numeric(value))
  if (is.object(value)) return(as.numeric(value))
  as.vector(value)
}

format_numbers <- function(value) ifelse(is.na(value), NA, as.character(value))

# Which random terms re.form names: NULL all, NA or ~0 none, otherwise those with the same group and effects.
random_choice <- function(fit, re.form) {
  if (is.null(re.form)) return(list(random = "all", terms = NULL))
  if (!inherits(re.form, "formula")) {
    if (length(re.form) == 1L && is.na(re.form)) return(list(random = "none", terms = NULL))
    if (identical(re.form, "average")) return(list(random = "average", terms = NULL))
    raise("argument", -1, "'re.form' must be NULL (all random effects), NA (none) or a formula such as ~ (1 | g)")
  }
  right <- re.form[[length(re.form)]]
  if (identical(right, 0) || identical(right, 0L)) return(list(random = "none", terms = NULL))
  bars <- bars_of(right)
  if (!length(bars)) raise("argument", -1, sprintf("'re.form' is '%s', which has no random terms", deparsed(re.form)))
  chosen <- unlist(lapply(bars, term_numbers, fit = fit))
  list(random = "all", terms = as.integer(sort(unique(chosen))))
}

bars_of <- function(e) {
  if (is_call(e, c("|", "||"))) return(list(e))
  if (is.call(e)) unlist(lapply(as.list(e)[-1L], bars_of), recursive = FALSE)
}

# A bar names a term by its group and effects. R's rules make effects of the bar's left side: the library's own, without a response.
term_numbers <- function(bar, fit) {
  terms <- plain(fit, .Call(C_terms, handle_of(fit)))
  groups <- expanded_groups(bar[[3L]])
  wanted <- effects_of(bar[[2L]])
  at <- which(vapply(terms, function(term) same_group(term$group, groups), NA))
  if (!length(at)) raise("argument", -1, sprintf("'re.form' names the group '%s', and the model has no random effects of it", deparsed(bar[[3L]])))
  exact <- Filter(function(i) covers(terms[[i]]$effects, wanted), at)
  together <- unlist(lapply(terms[at], `[[`, "effects"))
  found <- if (length(exact)) exact else if (covers(together, wanted)) at
  if (!length(found))
    raise("argument", -1, sprintf("'re.form' has '%s', and the model has no such term: its effects of '%s' are %s", deparsed(bar), groups[1L],
                                  paste(unlist(lapply(terms[at], `[[`, "effects")), collapse = ", ")))
  found - 1L
}

# Whether effects are the columns of these labels: those of a factor begin with its name.
covers <- function(effects, labels) {
  plain <- setdiff(labels, "(Intercept)")
  if (("(Intercept)" %in% effects) != ("(Intercept)" %in% labels)) return(FALSE)
  slopes <- setdiff(effects, "(Intercept)")
  begins <- outer(slopes, plain, startsWith)
  if (!length(plain)) !length(slopes) else all(rowSums(begins) > 0) && all(colSums(begins) > 0)
}

effects_of <- function(e) {
  own <- stats::terms(stats::as.formula(call("~", e)))
  c(if (attr(own, "intercept")) "(Intercept)", attr(own, "term.labels"))
}

expanded_groups <- function(e) {
  if (is_call(e, "/")) return(c(expanded_groups(e[[2L]]), paste(gsub(" ", "", deparsed(e[[2L]])), gsub(" ", "", deparsed(e[[3L]])), sep = ":")))
  gsub(" ", "", gsub("/", ":", deparsed(e)))
}

same_group <- function(group, names) {
  parts <- function(name) sort(strsplit(name, ":", fixed = TRUE)[[1L]])
  any(vapply(names, function(name) identical(parts(gsub(" ", "", group)), parts(name)), NA))
}

predict.interlace <- function(object, newdata = NULL, re.form = NULL, type = NULL, se.fit = FALSE,
                              interval = c("none", "confidence", "prediction"), level = 0.95, allow.new.levels = FALSE, weights = NULL, ...) {
  model <- object$info$model
  interval <- match.arg(interval)
  if (is.null(type)) type <- switch(model, glmm = "link", coxme = "link", clmm = "prob", "response")
  if (interval == "prediction" && type == "link" && model == "lmm") type <- "response"
  request <- c(list(quantity = quantity_name(type, model), new_levels = if (truth_value(allow.new.levels, "allow.new.levels")) "zero" else "error",
                    interval = if (interval == "prediction") "prediction" else "confidence", level = level,
                    weights = if (!is.null(weights)) as.numeric(weights), uncertainty = se.fit || interval != "none"),
               random_choice(object, re.form))
  columns <- if (!is.null(newdata)) new_columns(object, newdata)
  if (interval == "prediction" && is.null(weights) && !is.null(newdata) && length(object$settings$weights))
    request$weights <- columns[[object$settings$weights]]
  own <- .Call(C_predict, handle_of(object), columns, request)
  own <- lapply(own, shaped, fit = object, newdata = newdata, quantity = request$quantity)
  if (interval == "none") return(if (se.fit) list(fit = own$fit, se.fit = own$se.fit) else own$fit)
  if (NCOL(own$fit) == 1L) {
    table <- cbind(fit = own$fit, lwr = own$lwr, upr = own$upr)
    return(if (se.fit) list(fit = table, se.fit = own$se.fit) else table)
  }
  own
}

# A vector with the names of the rows, or a matrix with those of categories or thresholds.
shaped <- function(values, fit, newdata, quantity) {
  if (quantity == "class") values <- factor(fit$info$categories[values], levels = fit$info$categories) else
  if (ncol(values) == 1L) values <- values[, 1L] else
    colnames(values) <- if (quantity == "cumulative") fit$info$thresholds else fit$info$categories
  if (is.null(newdata)) return(named_rows(fit, values))
  labels <- attr(newdata, "row.names")
  if (length(labels) == NROW(values)) if (is.matrix(values)) rownames(values) <- labels else names(values) <- labels
  values
}

# Survival curves, quantiles and restricted means of a Cox model.
il_survival <- function(fit, newdata = NULL, what = c("curves", "quantiles", "means"), times = NULL, probabilities = c(0.25, 0.5, 0.75),
                        re.form = NULL, allow.new.levels = FALSE, limits = c("log", "log_log", "plain", "none"), level = 0.95) {
  what <- match.arg(what)
  if (what == "means" && is.null(times)) raise("argument", -1, "'times' is missing: restricted means need the times that they are restricted to")
  request <- c(list(new_levels = if (isTRUE(allow.new.levels)) "zero" else "error", limits = match.arg(limits), level = level,
                    times = if (!is.null(times)) as.numeric(times), probabilities = as.numeric(probabilities)), random_choice(fit, re.form))
  from_one(.Call(C_survival, handle_of(fit), if (!is.null(newdata)) new_columns(fit, newdata), what, request))
}
