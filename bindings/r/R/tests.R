# Tests of terms, comparisons of models, marginal means, R2.

# One fit: a table of its terms, of type 1, 2 or 3. Several: likelihood-ratio tests, of maximum likelihood refits.
anova.interlace <- function(object, ..., type = 3, ddf = "default", refit = TRUE, chi_bar = FALSE, model.names = NULL) {
  others <- Filter(function(x) inherits(x, "interlace"), list(...))
  if (length(others)) {
    expressions <- c(list(substitute(object)), as.list(substitute(list(...)))[-1L])
    fits <- vapply(c(list(object), list(...)), inherits, NA, "interlace")
    return(compared(c(list(object), others), if (is.null(model.names)) short_names(expressions[fits]) else model.names, refit, chi_bar))
  }
  roman <- c("1" = "i", "2" = "ii", "3" = "iii", I = "i", II = "ii", III = "iii")[as.character(type)]
  if (is.na(roman)) raise("argument", -1, sprintf("'type' is %s; it may be 1, 2 or 3", deparsed(type)))
  own <- plain(object, .Call(C_anova, handle_of(object), frame_for_library(object), unname(roman), df_name(ddf)))
  terms <- own$term
  own$term <- NULL
  names(own) <- c(sum_sq = "Sum Sq", mean_sq = "Mean Sq", num_df = "NumDF", den_df = "DenDF", statistic = "F value", p_value = "Pr(>F)",
                  log_likelihood = "loglik", df = "Df", chi_square = "Chisq")[names(own)]
  if ("Chisq" %in% names(own)) names(own)[names(own) == "Pr(>F)"] <- "Pr(>Chisq)"
  heading <- sprintf("Type %s Analysis of %s Table%s", toupper(roman), if (object$info$model != "lmm") "Deviance" else "Variance",
                     if (object$info$model == "lmm") sprintf(" with %s degrees of freedom", method_title(ddf)) else "")
  structure(without_nan(own), row.names = terms, heading = heading, class = c("anova", "data.frame"))
}

without_nan <- function(table) {
  table[] <- lapply(table, function(v) replace(v, is.nan(v), NA))
  table
}

# Fits by their names, where they have short ones.
short_names <- function(expressions) {
  names <- vapply(expressions, deparsed, "")
  if (any(nchar(names) > 30L)) paste0("MODEL", seq_along(names)) else names
}

method_title <- function(df)
  switch(df_name(df), default = , satterthwaite = "Satterthwaite's", kenward_roger = "Kenward and Roger's", residual = "residual", "infinite")

compared <- function(fits, names, refit, chi_bar) {
  handles <- lapply(fits, handle_of)
  reml <- vapply(fits, function(fit) fit$info$method == "reml", NA)
  if (any(reml) && refit) {
    message("refitting model(s) with ML (instead of REML)")
    handles[reml] <- lapply(handles[reml], function(handle) .Call(C_refit_ml, handle))
  }
  own <- .Call(C_compare, handles, chi_bar)
  table <- data.frame(npar = own$n_parameters, AIC = own$aic, BIC = own$bic, logLik = own$log_likelihood, deviance = own$deviance,
                      Chisq = own$chi_square, Df = own$df, "Pr(>Chisq)" = own$p_value, check.names = FALSE)
  order <- own$fit + 1L
  for (line in unique(own$warning[!is.na(own$warning)])) warning(line, call. = FALSE)
  formulas <- vapply(fits, function(fit) if (is.null(fit$formula)) "" else deparsed(fit$formula), "")
  structure(without_nan(table), row.names = make.unique(names[order]), heading = c("Models:", paste0(names[order], ": ", formulas[order])),
            class = c("anova", "data.frame"))
}

drop1.interlace <- function(object, scope, ...) {
  own <- plain(object, .Call(C_drop1, handle_of(object), frame_for_library(object)))
  if (!missing(scope)) own <- own[own$term %in% c("<none>", if (inherits(scope, "formula")) attr(stats::terms(scope), "term.labels") else scope), ]
  for (i in which(!is.na(own$warning))) warning(own$term[i], ": ", own$warning[i], call. = FALSE)
  table <- data.frame(npar = own$n_parameters, AIC = own$aic, LRT = own$chi_square, "Pr(Chi)" = own$p_value, check.names = FALSE)
  structure(without_nan(table), row.names = own$term, heading = c("Single term deletions", "", paste("Model:", deparsed(formula(object)))),
            class = c("anova", "data.frame"))
}

# Linear combinations of the fixed effects; L is a matrix, or a vector for one.
il_test <- function(fit, L, rhs = NULL, joint = FALSE, ddf = "default") {
  if (!is.matrix(L)) L <- matrix(L, 1L)
  storage.mode(L) <- "double"
  .Call(C_wald, handle_of(fit), L, if (!is.null(rhs)) as.numeric(rhs), joint, df_name(ddf))
}

# Marginal means as in emmeans: `specs` is ~ f, ~ f * g, ~ f | g or pairwise ~ f; `at` a list of values.
il_emmeans <- function(fit, specs, at = NULL, type = c("link", "response"), weights = c("equal", "proportional"), ddf = "default", level = 0.95)
  means(fit, one_sided(specs), at, match.arg(type), match.arg(weights), ddf, level)

il_contrasts <- function(fit, specs, method = "pairwise", adjust = "default", at = NULL, type = c("link", "response"),
                         weights = c("equal", "proportional"), ddf = "default", level = 0.95)
  means(fit, one_sided(specs), at, match.arg(type), match.arg(weights), ddf, level, method, adjust)

one_sided <- function(specs)
  paste("~", if (inherits(specs, "formula")) deparsed(specs[[length(specs)]]) else paste(specs, collapse = " * "))

means <- function(fit, specs, at, type, weights, ddf, level, method = NULL, adjust = "default") {
  request <- list(at = at_text(at), weights = weights, scale = type, df = df_name(ddf), level = level, comparisons = "pairwise", adjust = adjust)
  if (is.character(method)) request$comparisons <- switch(method, trt.vs.ctrl = "treatment_control", eff = "effects", method)
  if (is.list(method)) {
    request$coefficients <- do.call(cbind, lapply(method, as.numeric))
    request$coefficient_names <- if (is.null(names(method))) paste0("contrast", seq_along(method)) else names(method)
  }
  .Call(C_means, handle_of(fit), frame_for_library(fit), specs, request, !is.null(method))
}

at_text <- function(at) {
  if (is.null(at)) return(NULL)
  if (!is.list(at) || is.null(names(at))) raise("argument", -1, "'at' must be a list with names, such as list(x = c(0, 5), f = \"a\")")
  quoted <- function(v) if (is.numeric(v)) format(v, digits = 17, trim = TRUE) else paste0("\"", v, "\"")
  paste(vapply(names(at), function(name) paste(name, "=", paste(quoted(at[[name]]), collapse = ", ")), ""), collapse = "; ")
}

il_r2 <- function(fit) {
  own <- .Call(C_r2, handle_of(fit))
  c(marginal = own$marginal, conditional = own$conditional)
}

il_icc <- function(fit) {
  own <- .Call(C_r2, handle_of(fit))
  c(adjusted = own$icc_adjusted, unadjusted = own$icc_unadjusted)
}

il_overdispersion <- function(fit) unlist(.Call(C_overdispersion, handle_of(fit)))

# Standard errors and Wald limits of variances, correlations and family parameters.
il_variance_parameters <- function(fit, form = c("reported", "variance", "log", "working"), limits = c("unbounded", "plain"), level = 0.95)
  plain(fit, .Call(C_variance_parameters, handle_of(fit), match.arg(form), match.arg(limits), level))

# What Cox models have of their own.
il_hazard_ratios <- function(fit, level = 0.95) plain(fit, .Call(C_cox, handle_of(fit), "hazard_ratios", level))

il_proportional_hazards <- function(fit, transform = c("km", "rank", "identity", "log"))
  plain(fit, .Call(C_cox, handle_of(fit), "proportional_hazards", match.arg(transform)))

# A fit and answers to questions about it, as text or JSON: il_document(fit, anova = 3, r2 = TRUE, json = TRUE).
il_document <- function(fit, ..., json = FALSE) {
  asked <- list(...)
  values <- lapply(asked, function(v) if (is.data.frame(v)) new_columns(fit, v) else
    if (inherits(v, "formula")) deparsed(v) else if (is.logical(v)) tolower(as.character(v)) else as.character(v))
  .Call(C_document, handle_of(fit), frame_for_library(fit), names(asked), unname(values), json)
}
