# Simulation, refits, profiles, the bootstrap, cross-validation.

# A seed for the library from R's generator, so that set.seed() decides.
a_seed <- function(seed) if (is.null(seed)) as.numeric(sample.int(.Machine$integer.max, 1L)) else whole(seed, "seed")

# A data frame with a response in each column. re.form NA (the default) draws new random effects, NULL keeps those of the fit.
simulate.interlace <- function(object, nsim = 1, seed = NULL, re.form = NA, ...) {
  kind <- if (is.null(re.form)) "conditional" else if (identical(random_choice(object, re.form)$random, "none")) "new" else
    raise("unsupported", -1, "'re.form' of simulate() must be NA (new random effects) or NULL (those of the fit)")
  own <- .Call(C_simulate, handle_of(object), whole(nsim, "nsim", 1), a_seed(seed), kind)
  if (object$info$model == "clmm") own <- as_categories(own, object$info$categories)
  names <- paste0("sim_", seq_len(nsim))
  if (object$info$model == "coxme") return(two_column_responses(own, names))
  own <- if (is.list(own)) own else lapply(seq_len(nsim), function(i) own[, i])
  labels <- row_labels(object)
  if (object$na != "pad") labels <- labels[used_rows(object)]
  structure(stats::setNames(own, names), class = "data.frame", row.names = labels)
}

as_categories <- function(codes, labels) lapply(seq_len(ncol(codes)), function(i) factor(labels[codes[, i]], levels = labels, ordered = TRUE))

two_column_responses <- function(own, names) {
  n <- nrow(own) / 2L
  stats::setNames(lapply(seq_len(ncol(own)), function(i)
    data.frame(time = own[seq_len(n), i], event = own[n + seq_len(n), i])), names)
}

# The model fitted to another response: numbers, categories, or times and events.
refit.interlace <- function(object, newresp, ...) il_refit(object, newresp)

il_refit <- function(fit, newresp) {
  if (is.factor(newresp)) newresp <- if (fit$info$model == "clmm") match(as.character(newresp), fit$info$categories) else as.integer(newresp) - 1L
  if (is.data.frame(newresp)) newresp <- as.matrix(newresp)
  if (!is.numeric(newresp) && !is.logical(newresp)) raise("argument", -1, "the new response is neither numbers nor categories")
  own <- from_handle(.Call(C_refit, handle_of(fit), as.numeric(newresp)), like = fit)
  own$refitted <- TRUE
  say_outcome(own)
}

refitML.interlace <- function(x, ...) from_handle(.Call(C_refit_ml, handle_of(x)), like = x)

profile.interlace <- function(fitted, level = 0.99, scale = c("sd_cor", "theta"), ...) {
  own <- plain(fitted, .Call(C_profile, handle_of(fitted), level, match.arg(scale), TRUE))
  structure(own, class = c("profile.interlace", "data.frame"))
}

limits <- function(names, lower, upper, level) {
  percent <- paste(format(100 * c((1 - level) / 2, 1 - (1 - level) / 2), trim = TRUE, scientific = FALSE, digits = 3), "%")
  matrix(c(lower, upper), ncol = 2L, dimnames = list(names, percent))
}

# Intervals of all parameters by their profile likelihoods or by the bootstrap, of the fixed effects (and thresholds) by Wald.
confint.interlace <- function(object, parm, level = 0.95, method = c("profile", "Wald", "boot"), df = "default", nsim = 500, seed = NULL,
                              boot.type = c("percentile", "basic", "normal", "bca"), ...) {
  method <- match.arg(tolower(method[1L]), c("profile", "wald", "boot"))
  own <- switch(method,
    profile = {
      table <- plain(object, .Call(C_profile, handle_of(object), level, "sd_cor", FALSE))
      for (line in unique(table$warning[!is.na(table$warning)])) warning(line, call. = FALSE)
      limits(table$term, table$lower, table$upper, level)
    },
    wald = wald_limits(object, level, df),
    boot = {
      boot.type <- match.arg(boot.type)
      confint.boot_interlace(il_bootstrap(object, nsim, seed = seed, jackknife = boot.type == "bca"), level = level, type = boot.type)
    })
  if (missing(parm)) return(own)
  fixed <- rownames(own) %in% c(names(fixef.interlace(object)), if (object$info$model == "clmm") names(coef.interlace(object)))
  if (identical(parm, "beta_")) return(own[fixed, , drop = FALSE])
  if (identical(parm, "theta_")) return(own[!fixed, , drop = FALSE])
  wrong <- if (is.character(parm)) setdiff(parm, rownames(own))
  if (length(wrong)) raise("argument", -1, sprintf("there is no parameter '%s'; there are %s", wrong[1L], paste(rownames(own), collapse = ", ")))
  own[parm, , drop = FALSE]
}

wald_limits <- function(fit, level, df) {
  table <- plain(fit, .Call(C_coefficients, handle_of(fit), df_name(df), level))
  own <- limits(table$term, table$lower, table$upper, level)
  if (fit$info$model != "clmm") return(own)
  values <- family_values(fit)
  wide <- stats::qnorm(1 - (1 - level) / 2) * values$std_error
  rbind(limits(names(values$estimate), values$estimate - wide, values$estimate + wide, level), own)
}

# The model fitted to `nsim` simulated responses, or to samples of the groups or rows. The result has the estimates t0, the replicates t and
# why replicates failed; confint() makes intervals of it. `statistic` is a function of the estimates (with names) and the response.
il_bootstrap <- function(fit, nsim = 1000, statistic = NULL, type = c("parametric", "groups", "rows"), group = NULL, re.form = NA, seed = NULL,
                         jackknife = FALSE) {
  settings <- list(kind = match.arg(type), group = if (!is.null(group)) as.character(group), nsim = whole(nsim, "nsim", 1), seed = a_seed(seed),
                   simulation = if (is.null(re.form)) "conditional" else "new")
  if (!is.null(statistic)) settings <- c(settings, statistic_settings(fit, statistic, settings))
  own <- .Call(C_bootstrap, handle_of(fit), settings, FALSE)
  left <- if (jackknife) .Call(C_bootstrap, handle_of(fit), settings, TRUE)
  estimates <- setdiff(names(own), c("status", "reason", "log_likelihood"))
  table <- plain(fit, .Call(C_boot_confint, handle_of(fit), settings, as_frame(own), NULL, 0.95, "percentile"))
  structure(list(t0 = stats::setNames(table$estimate, table$term), t = as.matrix(own[estimates]), bias = stats::setNames(table$bias, table$term),
                 se = stats::setNames(table$std_error, table$term), R = nsim, failed = sum(own$status == "failed"), replicates = own,
                 jackknife = left, settings = settings, fit = fit), class = "boot_interlace")
}

# The names of what a statistic gives: it is asked once, of the fit itself.
statistic_settings <- function(fit, statistic, settings) {
  settings$nsim <- 0
  empty <- .Call(C_bootstrap, handle_of(fit), settings, FALSE)
  table <- .Call(C_boot_confint, handle_of(fit), settings, as_frame(empty), NULL, 0.95, "percentile")
  value <- statistic(stats::setNames(table$estimate, plain(fit, table$term)), .Call(C_rows, handle_of(fit), "response", NULL))
  if (!is.numeric(value) || !length(value)) raise("argument", -1, "'statistic' gives no numbers")
  names <- names(value)
  if (is.null(names)) names <- paste0("statistic", seq_along(value))
  list(statistic = statistic, statistic_names = names, estimate_names = plain(fit, table$term))
}

# NULL where a statistic fails: its replicate then counts as failed.
statistic_value <- function(statistic, estimates, y, n) {
  value <- tryCatch(as.numeric(statistic(estimates, y)), error = function(problem) NULL)
  if (length(value) == n) value
}

as_frame <- function(table) if (!is.null(table)) structure(as.list(table), rows = nrow(table))

print.boot_interlace <- function(x, ...) {
  cat(sprintf("%d replicates, %d of them failed\n", as.integer(x$R), x$failed))
  print(cbind(original = x$t0, bias = x$bias, std.error = x$se), ...)
  invisible(x)
}

confint.boot_interlace <- function(object, parm, level = 0.95, type = c("percentile", "basic", "normal", "bca"), ...) {
  own <- .Call(C_boot_confint, handle_of(object$fit), object$settings, as_frame(object$replicates), as_frame(object$jackknife), level,
               match.arg(type))
  own <- plain(object$fit, own)
  table <- limits(own$term, own$lower, own$upper, level)
  if (missing(parm)) table else table[parm, , drop = FALSE]
}

# The same model by each optimiser, and cross-validation.
il_all_fit <- function(fit) {
  need_data(fit)
  .Call(C_all_optimizers, handle_of(fit), frame_for_library(fit))
}

il_cross_validate <- function(fit, group = NULL, folds = 10, seed = NULL) {
  need_data(fit)
  own <- .Call(C_cross_validate, handle_of(fit), frame_for_library(fit), if (!is.null(group)) as.character(group),
               whole(folds, "folds"), a_seed(seed))
  lapply(own, from_one)
}
