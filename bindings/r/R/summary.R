# print() and summary(): the text is the library's, in the layout of lme4, glmmTMB, clmm or coxme.

df_name <- function(df) {
  own <- gsub("-", "_", tolower(df[1L]))
  if (own %in% c("lme4", "z", "asymptotic")) "normal" else own
}

# Degrees of freedom: "Satterthwaite" (linear models), "Kenward-Roger", "residual", "normal".
summary.interlace <- function(object, df = "default", level = 0.95, ...) {
  handle <- handle_of(object)
  table <- plain(object, .Call(C_coefficients, handle, df_name(df), level))
  structure(list(text = plain(object, .Call(C_summary, handle, df_name(df))), call = object$call, coefficients = coefficient_matrix(table),
                 confint = limits(table$term, table$lower, table$upper, level),
                 varcor = if (length(random_terms(object))) VarCorr.interlace(object), vcov = vcov.interlace(object),
                 sigma = sigma.interlace(object), logLik = logLik.interlace(object), ngrps = ngrps.interlace(object), info = object$info),
            class = "summary.interlace")
}

coefficient_matrix <- function(table) {
  t <- any(is.finite(table$df))
  own <- cbind(Estimate = table$estimate, "Std. Error" = table$std_error, if (t) table$df, table$statistic, table$p_value)
  dimnames(own) <- list(table$term, c("Estimate", "Std. Error", if (t) "df", if (t) "t value" else "z value", if (t) "Pr(>|t|)" else "Pr(>|z|)"))
  own
}

coef.summary.interlace <- function(object, ...) object$coefficients

vcov.summary.interlace <- function(object, ...) object$vcov

print.summary.interlace <- function(x, ...) {
  cat(x$text)
  invisible(x)
}

print.interlace <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  own <- x$info
  title <- c(lmm = "Linear mixed model", glmm = "Generalised linear mixed model", clmm = "Cumulative link mixed model", coxme = "Cox mixed model")
  random <- length(random_terms(x)) > 0L
  if (!random) title <- c(lmm = "Linear model", glmm = "Generalised linear model", clmm = "Cumulative link model", coxme = "Cox model")
  how <- if (own$model == "lmm" || own$method == "reml") toupper(own$method) else "maximum likelihood"
  cat(sprintf("%s fit by %s ['%s']\n", title[[own$model]], how, class(x)[1L]))
  if (own$model %in% c("glmm", "clmm")) cat(sprintf(" Family: %s ( %s )\n", own$family, own$link))
  if (!is.null(x$formula)) cat("Formula:", deparsed(x$formula), "\n")
  if (is.symbol(x$call$data)) cat("   Data:", deparsed(x$call$data), "\n")
  print(c(AIC = own$numbers[["aic"]], BIC = own$numbers[["bic"]], logLik = own$numbers[["log_likelihood"]]), digits = max(digits, 6L))
  if (random || own$model == "lmm") {
    cat("Random effects:\n")
    print(VarCorr.interlace(x), digits = digits)
  }
  groups <- ngrps.interlace(x)
  cat(sprintf("Number of obs: %d%s\n", nobs.interlace(x), if (random) paste0(", groups:  ", paste(names(groups), groups, sep = ", ", collapse = "; ")) else ""))
  left <- own$numbers[["n_data_rows"]] - own$numbers[["n_obs"]]
  if (left > 0) cat(sprintf("(%d rows left out: missing values or no weight)\n", as.integer(left)))
  if (own$model == "clmm") {
    cat("Threshold coefficients:\n")
    print(family_values(x)$estimate, digits = digits)
  }
  cat("Fixed effects:\n")
  print(fixef.interlace(x), digits = digits)
  invisible(x)
}
