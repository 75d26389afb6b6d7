# What a fit costs in R, for benches/hosts.py: sleepstudy with slopes, by the package interlace, by the library alone, by lme4 and glmmTMB. A line for each:
# its label, the least time of a fit, and with its results read, in milliseconds. What is not installed is left out.
suppressPackageStartupMessages(library(interlace))
data <- read.csv("examples-c/data/sleepstudy.csv")
data$Subject <- factor(data$Subject)
formula <- Reaction ~ Days + (Days | Subject)

read <- function(fit) list(fixef(fit), sqrt(diag(as.matrix(vcov(fit)))), ranef(fit), VarCorr(fit))
ready <- structure(as.list(data), rows = nrow(data))
alone <- function() .Call(interlace:::C_fit, "lmm", "Reaction ~ Days + (Days | Subject)", list(), ready, character(), NULL)
programs <- list(
  "R: il_lmer" = list(function() il_lmer(formula, data), function() read(il_lmer(formula, data))),
  "R: the C API alone, by .Call" = list(alone, NULL))
version_of <- function(package) as.character(utils::packageVersion(package))
if (requireNamespace("lme4", quietly = TRUE))
  programs[[paste("R: lme4", version_of("lme4"))]] <- list(function() lme4::lmer(formula, data), function() read(lme4::lmer(formula, data)))
if (requireNamespace("glmmTMB", quietly = TRUE)) {
  fit <- function() glmmTMB::glmmTMB(formula, data, REML = TRUE)
  programs[[paste("R: glmmTMB", version_of("glmmTMB"))]] <- list(fit, function() {
    own <- fit()
    list(glmmTMB::fixef(own), sqrt(diag(vcov(own)$cond)), glmmTMB::ranef(own), glmmTMB::VarCorr(own))
  })
}

least <- function(call, seconds = 1) {
  if (is.null(call)) return("")
  call()
  best <- Inf
  end <- proc.time()[["elapsed"]] + seconds
  repeat {
    begun <- Sys.time()
    call()
    best <- min(best, 1e3 * as.numeric(Sys.time() - begun, units = "secs"))
    if (proc.time()[["elapsed"]] > end) return(format(best, digits = 15))
  }
}

for (name in names(programs)) cat(name, vapply(programs[[name]], least, ""), sep = "\t", fill = 1e6)
