# The generic functions of stats and nlme: what is asked most.

frame_for_library <- function(fit) fit$columns

# The data of the fit, and beside them columns that are not in the model.
frame_with <- function(fit, data) {
  own <- frame_for_library(fit)
  if (is.null(data)) return(own)
  if (!is.data.frame(data)) raise("argument", -1, sprintf("'data' is of class '%s', not a data frame", class(data)[1L]))
  if (is.null(own)) return(new_columns(fit, data))
  if (nrow(data) != attr(own, "rows"))
    raise("data", -1, sprintf("'data' has %d rows, and the data of the fit had %d", nrow(data), attr(own, "rows")))
  for (name in setdiff(names(data), names(own)))
    if (is.null(dim(data[[name]]))) own[[name]] <- tryCatch(as_column(data[[name]], name), interlace_error = function(problem) NULL)
  own
}

predictor_name <- function(component) {
  known <- c(cond = "mean", mean = "mean", zi = "zero_inflation", zero_inflation = "zero_inflation", disp = "dispersion",
             dispersion = "dispersion", scale = "dispersion")
  own <- known[component]
  if (is.na(own)) raise("argument", -1, sprintf("'component' is '%s'; it may be cond, zi or disp (scale of ordinal models)", component))
  unname(own)
}

fixed_part <- function(fit, component = "cond") plain(fit, .Call(C_fixef, handle_of(fit), predictor_name(component)))

fixef.interlace <- function(object, component = "cond", ...) fixed_part(object, component)$estimate

# Of an ordinal model thresholds and nominal effects first, as in ordinal; of others the coefficients of each group, as in lme4.
coef.interlace <- function(object, ...) {
  if (object$info$model == "clmm") return(c(family_values(object)$estimate, fixef.interlace(object)))
  if (object$info$model == "coxme") return(fixef.interlace(object))
  fixed <- fixef.interlace(object)
  lapply(ranef.interlace(object, condVar = FALSE), function(modes) {
    all <- c(names(fixed), setdiff(names(modes), names(fixed)))
    own <- lapply(stats::setNames(all, all), function(name)
      rep(if (name %in% names(fixed)) fixed[[name]] else 0, nrow(modes)) + if (name %in% names(modes)) modes[[name]] else 0)
    structure(own, class = "data.frame", row.names = row.names(modes))
  })
}

family_values <- function(fit) {
  own <- plain(fit, .Call(C_table, handle_of(fit), "family", "default"))
  list(estimate = stats::setNames(own$estimate, own$name), std_error = stats::setNames(own$std_error, own$name), table = own)
}

# The covariance of the fixed effects; of an ordinal model of coef(); with `full` that of all parameters, standard deviations and correlations
# among them.
vcov.interlace <- function(object, component = "cond", full = FALSE, df = "default", ...) {
  if (identical(df, "Kenward-Roger")) return(named_vcov(object, .Call(C_vcov_kr, handle_of(object))))
  if (full) return(plain(object, .Call(C_parameters, handle_of(object), "reported", TRUE))$vcov)
  if (object$info$model == "clmm" && component == "cond") {
    all <- plain(object, .Call(C_parameters, handle_of(object), "reported", TRUE))$vcov
    names <- names(coef.interlace(object))
    return(all[match(names, rownames(all)), match(names, rownames(all)), drop = FALSE])
  }
  fixed_part(object, component)$vcov
}

named_vcov <- function(fit, matrix) {
  names <- names(fixef.interlace(fit))
  dimnames(matrix) <- list(names, names)
  matrix
}

random_terms <- function(fit, component = "cond") {
  all <- plain(fit, .Call(C_terms, handle_of(fit)))
  for (i in seq_along(all)) all[[i]]$number <- i - 1L
  Filter(function(term) term$predictor == predictor_name(component), all)
}

# For each grouping factor a data frame, the terms of one factor side by side. The attribute postVar has the conditional covariances
# [effects, effects, levels], of several terms as a list.
ranef.interlace <- function(object, condVar = TRUE, component = "cond", ...) {
  terms <- random_terms(object, component)
  groups <- unique(vapply(terms, `[[`, "", "group"))
  own <- lapply(stats::setNames(groups, groups), function(group) {
    mine <- Filter(function(term) term$group == group, terms)
    modes <- do.call(cbind, lapply(mine, function(term) t(term$modes)))
    dimnames(modes) <- list(mine[[1L]]$levels, unlist(lapply(mine, `[[`, "effects")))
    frame <- as.data.frame(modes, optional = TRUE)
    if (condVar) {
      variances <- lapply(mine, function(term) .Call(C_condvar, handle_of(object), term$number, FALSE))
      attr(frame, "postVar") <- if (length(variances) == 1L) variances[[1L]] else variances
    }
    frame
  })
  structure(own, class = "ranef.interlace")
}

print.ranef.interlace <- function(x, ...) {
  print(lapply(unclass(x), function(frame) {
    attr(frame, "postVar") <- NULL
    frame
  }), ...)
  invisible(x)
}

as.data.frame.ranef.interlace <- function(x, ...) {
  parts <- lapply(names(x), function(group) {
    frame <- x[[group]]
    variances <- attr(frame, "postVar")
    arrays <- if (is.list(variances)) variances else if (!is.null(variances)) list(variances)
    sds <- unlist(lapply(arrays, function(a) lapply(seq_len(dim(a)[1L]), function(i) sqrt(a[i, i, ]))))
    own <- data.frame(grpvar = group, term = rep(names(frame), each = nrow(frame)), grp = rep(row.names(frame), ncol(frame)),
                      condval = unlist(frame, use.names = FALSE), stringsAsFactors = FALSE)
    if (length(sds)) own$condsd <- sds
    own
  })
  do.call(rbind, parts)
}

sigma.interlace <- function(object, ...) object$info$numbers[["sigma"]]

nobs.interlace <- function(object, ...) as.integer(object$info$numbers[["n_obs"]])

# The events of a Cox model are what BIC counts.
logLik.interlace <- function(object, ...) {
  own <- object$info$numbers
  n <- if (object$info$model == "coxme") own[["n_events"]] else own[["n_obs"]]
  structure(own[["log_likelihood"]], df = as.integer(own[["n_parameters"]]), nobs = as.integer(n), class = "logLik")
}

df.residual.interlace <- function(object, ...) as.integer(object$info$numbers[["df_residual"]])

# Of a linear model the deviance or the REML criterion; of a generalised one the sum of the squared deviance residuals, as in lme4.
deviance.interlace <- function(object, ...) {
  if (object$info$model == "glmm") return(sum(residuals.interlace(object, "deviance")^2, na.rm = TRUE))
  object$info$numbers[["criterion"]]
}

formula.interlace <- function(x, fixed.only = FALSE, ...) {
  if (is.null(x$formula)) raise("argument", -1, "the fit has no formula: it was made from arrays in another host")
  if (fixed.only) fixed_formula(x$formula) else x$formula
}

getCall.interlace <- function(x, ...) {
  if (!is.null(x$prototypes)) need_data(x)
  x$call
}

family.interlace <- function(object, ...) {
  name <- object$info$family
  link <- object$info$link
  if (object$info$model == "lmm") return(stats::gaussian())
  known <- c(gaussian = "gaussian", binomial = "binomial", poisson = "poisson", gamma = "Gamma", inverse_gaussian = "inverse.gaussian")
  if (name %in% names(known)) {
    own <- tryCatch(do.call(get(known[[name]], asNamespace("stats")), list(link = link)), error = function(problem) NULL)
    if (!is.null(own)) return(own)
  }
  structure(list(family = name, link = link), class = "family")
}

terms.interlace <- function(x, ...) stats::terms(formula(x, fixed.only = TRUE), ...)

# The rows used, in the columns that the model needs.
model.frame.interlace <- function(formula, ...) {
  need_data(formula)
  frame <- structure(formula$columns, rows = NULL, class = "data.frame", row.names = row_labels(formula))
  frame[used_rows(formula), , drop = FALSE]
}

need_data <- function(fit)
  if (is.null(fit$columns)) raise("argument", -1, if (is.null(fit$prototypes))
    "the fit comes from a file without the data of R: fit the model anew in this session" else "the fit is one of data in parts, and has no rows of them")

row_labels <- function(fit) if (is.null(fit$row_names)) seq_len(fit$info$numbers[["n_data_rows"]]) else fit$row_names

used_rows <- function(fit) {
  left <- .Call(C_table, handle_of(fit), "dropped_rows", "default")$row + 1L
  setdiff(seq_len(fit$info$numbers[["n_data_rows"]]), left)
}

# Names of what is per row: with na.exclude of all rows of the data.
named_rows <- function(fit, values) {
  labels <- row_labels(fit)
  if (fit$na != "pad") labels <- labels[used_rows(fit)]
  if (length(labels) == NROW(values)) if (is.matrix(values)) rownames(values) <- labels else names(values) <- labels
  values
}

model.matrix.interlace <- function(object, type = c("fixed", "random"), ...) {
  type <- match.arg(type)
  labels <- row_labels(object)[used_rows(object)]
  if (type == "fixed") {
    x <- .Call(C_x, handle_of(object))
    dimnames(x) <- list(labels, names(fixef.interlace(object)))
    return(x)
  }
  if (!requireNamespace("Matrix", quietly = TRUE)) raise("unsupported", -1, "model.matrix(type = \"random\") needs the package Matrix")
  z <- .Call(C_z, handle_of(object))
  names <- unlist(lapply(random_terms(object), function(term) paste(rep(term$levels, each = length(term$effects)), term$effects, sep = ":")))
  Matrix::sparseMatrix(i = z$i, p = z$p, x = z$x, dims = z$dim, index1 = FALSE, dimnames = list(labels, names))
}

fitted.interlace <- function(object, ...) named_rows(object, .Call(C_rows, handle_of(object), "fitted", NULL))

weights.interlace <- function(object, ...) named_rows(object, .Call(C_rows, handle_of(object), "weights", NULL))

# Kinds: those of the library, quantile (randomised, by `seed`), and of Cox models score, dfbeta, dfbetas, schoenfeld.
residuals.interlace <- function(object, type = NULL, scaled = FALSE, seed = 1, ...) {
  if (is.null(type)) type <- switch(object$info$model, glmm = "deviance", coxme = "martingale", clmm = "quantile", "response")
  handle <- handle_of(object)
  if (type == "schoenfeld") return(from_one(plain(object, .Call(C_cox, handle, "schoenfeld", NULL))))
  if (type %in% c("score", "dfbeta", "dfbetas"))
    return(structure(.Call(C_cox, handle, "residuals", type), dimnames = list(row_labels(object)[used_rows(object)], names(fixef.interlace(object)))))
  if (type == "martingale") type <- "response"
  own <- if (type == "quantile") .Call(C_rows, handle, "quantile", whole(seed, "seed")) else .Call(C_rows, handle, "residuals", type)
  if (scaled) own <- own / sigma.interlace(object)
  named_rows(object, own)
}

# What lme4's functions have under other names.
il_theta <- function(fit) {
  own <- plain(fit, .Call(C_table, handle_of(fit), "theta", "default"))
  stats::setNames(own$value, own$name)
}

il_singular <- function(fit) fit$info$numbers[["singular"]] == 1
il_boundary <- function(fit) plain(fit, fit$info$boundary)
il_outcome <- function(fit) plain(fit, .Call(C_table, handle_of(fit), "outcome", "default"))
il_table <- function(fit, name, df = "default") from_one(plain(fit, .Call(C_table, handle_of(fit), name, df_name(df))))

# Rows of the data, and random terms, count from 1 in R.
from_one <- function(table) {
  for (column in intersect(c("row", "term"), names(table))) if (is.numeric(table[[column]])) table[[column]] <- table[[column]] + 1L
  table
}

ngrps.interlace <- function(object, ...) {
  terms <- random_terms(object)
  counts <- stats::setNames(vapply(terms, function(term) length(term$levels), 0L), vapply(terms, `[[`, "", "group"))
  counts[!duplicated(names(counts))]
}
