# Leverage, influence, residuals by simulation, the convergence report, the data beside the fit.

hatvalues.interlace <- function(model, type = c("overall", "fixef", "ranef", "ranef_variance"), ...)
  named_rows(model, .Call(C_leverage, handle_of(model), match.arg(type)))

# What the estimates become without each row, or without each level of a group: by a refit, one Newton step, or with the covariances held.
# A group that the model does not have is a column of `data`, in the rows of the data of the fit.
il_influence <- function(fit, group = NULL, method = c("refit", "one_step", "fixed"), data = NULL)
  plain(fit, .Call(C_influence, handle_of(fit), frame_with(fit, data), if (!is.null(group)) as.character(group), match.arg(method)))

influence.interlace <- function(model, groups = NULL, method = c("refit", "one_step", "fixed"), data = NULL, ...)
  il_influence(model, groups, method, data)

cooks.distance.interlace <- function(model, group = NULL, method = c("refit", "one_step", "fixed"), data = NULL, ...) {
  own <- il_influence(model, group, method, data)
  names <- if (is.null(group)) row_labels(model)[as.integer(own$case)] else own$case
  stats::setNames(own$cooks_distance, names)
}

# Residuals between 0 and 1 by simulation, as DHARMa makes them, and tests of the model by them.
il_simulated_residuals <- function(fit, nsim = 250, seed = NULL, re.form = NA, group = NULL, data = NULL) {
  own <- .Call(C_simulated, handle_of(fit), whole(nsim, "nsim", 1), a_seed(seed), if (is.null(re.form)) "conditional" else "new",
               frame_with(fit, data), if (!is.null(group)) as.character(group))
  lapply(own, from_one)
}

il_diagnose <- function(fit) plain(fit, .Call(C_diagnose, handle_of(fit), "fit"))

il_ranef_residuals <- function(fit) from_one(plain(fit, .Call(C_diagnose, handle_of(fit), "ranef")))

# The data with what the fit says of each row: fitted values, residuals, leverages, and with `influence` distances.
il_augment <- function(fit, seed = 1, influence = FALSE) {
  need_data(fit)
  own <- plain(fit, .Call(C_augment, handle_of(fit), frame_for_library(fit), whole(seed, "seed"), truth_value(influence, "influence")))
  own$.row <- own$.row + 1L
  own
}

augment.interlace <- function(x, ...) il_augment(x, ...)
