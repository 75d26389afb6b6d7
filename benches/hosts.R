# What a fit costs in R: sleepstudy with slopes, by the package interlace, by the library alone, by lme4 and glmmTMB, in turn, the least time of
# each. Rscript benches/hosts.R prints a table.
suppressPackageStartupMessages(library(interlace))
data <- read.csv("examples-c/data/sleepstudy.csv")
data$Subject <- factor(data$Subject)
formula <- Reaction ~ Days + (Days | Subject)

read <- function(fit) list(fixef(fit), sqrt(diag(as.matrix(vcov(fit)))), ranef(fit), VarCorr(fit))
ready <- structure(as.list(data), rows = nrow(data))
alone <- function() .Call(interlace:::C_fit, "lmm", "Reaction ~ Days + (Days | Subject)", list(), ready, character(), NULL)
programs <- list(
  "interlace" = list(function() il_lmer(formula, data), function() read(il_lmer(formula, data))),
  "the library alone, by .Call" = list(alone, NULL))
if (requireNamespace("lme4", quietly = TRUE))
  programs[["lme4"]] <- list(function() lme4::lmer(formula, data), function() read(lme4::lmer(formula, data)))
if (requireNamespace("glmmTMB", quietly = TRUE)) {
  fit <- function() glmmTMB::glmmTMB(formula, data, REML = TRUE)
  programs[["glmmTMB"]] <- list(fit, function() {
    own <- fit()
    list(glmmTMB::fixef(own), sqrt(diag(vcov(own)$cond)), glmmTMB::ranef(own), glmmTMB::VarCorr(own))
  })
}

least <- function(call, seconds = 1) {
  if (is.null(call)) return(NA)
  call()
  best <- Inf
  end <- proc.time()[["elapsed"]] + seconds
  repeat {
    begun <- Sys.time()
    call()
    best <- min(best, 1e3 * as.numeric(Sys.time() - begun, units = "secs"))
    if (proc.time()[["elapsed"]] > end) return(best)
  }
}

times <- lapply(programs, function(own) c(Inf, Inf))
for (round in 1:3) for (name in names(programs)) times[[name]] <- pmin(times[[name]], vapply(programs[[name]], least, 0))
cat("| sleepstudy with slopes, milliseconds | a fit | with its results read |\n|---|---|---|\n")
for (name in names(times)) {
  own <- ifelse(is.na(times[[name]]), "", formatC(times[[name]], digits = 3))
  cat(sprintf("| %s | %s |\n", name, paste(own, collapse = " | ")))
}
