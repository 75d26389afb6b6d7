# What the packages emmeans, generics (broom) and lme4 ask of a fit. They need not be installed.

recover_data.interlace <- function(object, ...) {
  need_data(object)
  if (length(object$moving)) raise("unsupported", -1, sprintf("'%s' depends on other rows than its own: use il_emmeans()", object$moving[1L]))
  frame <- as.data.frame(model.frame.interlace(object), optional = TRUE)
  emmeans::recover_data(object$call, stats::delete.response(terms.interlace(object)), NULL, frame = frame, ...)
}

emm_basis.interlace <- function(object, trms, xlev, grid, ...) {
  frame <- stats::model.frame(trms, grid, na.action = stats::na.pass, xlev = xlev)
  contrasts <- lapply(stats::setNames(names(xlev), names(xlev)), function(name) {
    own <- object$settings$contrasts[name]
    if (length(own) && !is.na(own)) unname(own) else if (is.ordered(object$columns[[name]])) "contr.poly" else "contr.treatment"
  })
  x <- stats::model.matrix(trms, frame, contrasts.arg = contrasts[names(xlev) %in% names(object$columns)])
  fixed <- fixef.interlace(object)
  missing <- setdiff(colnames(x), names(fixed))
  if (length(missing)) raise("unsupported", -1, sprintf("the column '%s' is not among the fixed effects: use il_emmeans()", missing[1L]))
  df <- function(k, dfargs) dfargs$test(dfargs$fit, matrix(k, 1L))$df # emmeans gives it an environment of its own
  list(X = x[, names(fixed), drop = FALSE], bhat = unname(fixed), nbasis = matrix(NA), V = vcov.interlace(object), dffun = df,
       dfargs = list(fit = object, test = il_test),
       misc = if (object$info$model == "glmm") emmeans::.std.link.labels(family.interlace(object), list()) else list())
}

tidy.interlace <- function(x, conf.int = FALSE, conf.level = 0.95, ...) {
  table <- plain(x, .Call(C_coefficients, handle_of(x), "default", conf.level))
  fixed <- data.frame(effect = "fixed", group = NA_character_, term = table$term, estimate = table$estimate, std.error = table$std_error,
                      statistic = table$statistic, df = table$df, p.value = table$p_value)
  if (conf.int) fixed <- cbind(fixed, conf.low = table$lower, conf.high = table$upper)
  random <- as.data.frame(VarCorr.interlace(x))
  single <- paste0("sd__", ifelse(is.na(random$var1), "Observation", random$var1))
  names <- ifelse(is.na(random$var2), single, paste0("cor__", random$var1, ".", random$var2))
  rest <- fixed[rep(NA_integer_, nrow(random)), ]
  rest$effect <- "ran_pars"
  rest$group <- random$grp
  rest$term <- names
  rest$estimate <- random$sdcor
  structure(rbind(fixed, rest), row.names = seq_len(nrow(fixed) + nrow(random)))
}

glance.interlace <- function(x, ...) {
  own <- x$info$numbers
  data.frame(nobs = own[["n_obs"]], sigma = own[["sigma"]], logLik = own[["log_likelihood"]], AIC = own[["aic"]], BIC = own[["bic"]],
             df.residual = own[["df_residual"]])
}
