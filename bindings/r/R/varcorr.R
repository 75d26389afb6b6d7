# Variances and correlations of the random effects, in the layout of lme4.

# A list with a covariance matrix for each term, with the attributes stddev and correlation; the attribute sc is sigma.
VarCorr.interlace <- function(x, sigma = 1, component = "cond", ...) {
  terms <- random_terms(x, component)
  own <- lapply(terms, function(term) {
    names <- list(term$effects, term$effects)
    structure(sigma^2 * term$cov, dimnames = names, stddev = stats::setNames(sigma * as.vector(term$sd), term$effects),
              correlation = structure(term$corr, dimnames = names))
  })
  names(own) <- make.unique(vapply(terms, `[[`, "", "group"))
  residual <- x$info$model == "lmm" || (x$info$model == "glmm" && x$info$family == "gaussian")
  structure(own, sc = sigma.interlace(x), useSc = residual, groups = vapply(terms, `[[`, "", "group"), class = "VarCorr.interlace")
}

as.data.frame.VarCorr.interlace <- function(x, row.names = NULL, optional = FALSE, ...) {
  parts <- lapply(seq_along(x), function(k) {
    matrix <- x[[k]]
    names <- rownames(matrix)
    pairs <- which(lower.tri(matrix), arr.ind = TRUE)
    data.frame(grp = names(x)[k], var1 = c(names, names[pairs[, 2L]]), var2 = c(rep(NA, length(names)), names[pairs[, 1L]]),
               vcov = c(diag(matrix), matrix[pairs]), sdcor = c(attr(matrix, "stddev"), attr(matrix, "correlation")[pairs]),
               stringsAsFactors = FALSE)
  })
  own <- do.call(rbind, parts)
  if (attr(x, "useSc"))
    own <- rbind(own, data.frame(grp = "Residual", var1 = NA, var2 = NA, vcov = attr(x, "sc")^2, sdcor = attr(x, "sc")))
  rownames(own) <- row.names
  own
}

format_varcorr <- function(x, digits) {
  rows <- as.data.frame(x)
  rows <- rows[is.na(rows$var2), ]
  own <- cbind(Groups = ifelse(duplicated(rows$grp), "", rows$grp), Name = ifelse(is.na(rows$var1), "", rows$var1),
               Std.Dev. = format(rows$sdcor, digits = digits))
  size <- max(1L, vapply(x, nrow, 0L))
  if (size > 1L) {
    corr <- matrix("", nrow(own), size - 1L, dimnames = list(NULL, c("Corr", rep("", size - 2L))))
    at <- 0L
    for (matrix in x) {
      for (i in seq_len(nrow(matrix))[-1L])
        corr[at + i, seq_len(i - 1L)] <- format(round(attr(matrix, "correlation")[i, seq_len(i - 1L)], 3), nsmall = 3)
      at <- at + nrow(matrix)
    }
    own <- cbind(own, corr)
  }
  own
}

print.VarCorr.interlace <- function(x, digits = max(3L, getOption("digits") - 2L), ...) {
  own <- format_varcorr(x, digits)
  rownames(own) <- rep("", nrow(own))
  print(own, quote = FALSE, right = FALSE)
  invisible(x)
}
