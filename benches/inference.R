# One kind of inference about a linear model with lme4, lmerTest or pbkrtest: prints CPU seconds, without those of the fit, then its
# results, a line a number, as infer_repeatedly does.
# Rscript inference.R WHAT FORMULA DATA.csv CATEGORICAL,COLUMNS reml|ml COUNT REPEATS [RESPONSES.csv]
args <- commandArgs(TRUE)
names(args) <- c("what", "formula", "data", "categorical", "method", "count", "repeats", "responses")[seq_along(args)]
suppressPackageStartupMessages({library(lme4); library(lmerTest); library(pbkrtest)})
data <- read.csv(args[["data"]], stringsAsFactors = TRUE)
for (name in strsplit(args[["categorical"]], ",")[[1]]) data[[name]] <- factor(data[[name]])
# influence() evaluates the call elsewhere.
fit <- eval(bquote(lme4::lmer(.(as.formula(args[["formula"]])), data, REML = .(args[["method"]] == "reml"))))
count <- as.integer(args[["count"]])
responses <- if ("responses" %in% names(args)) as.matrix(read.csv(args[["responses"]], header = FALSE))
group <- sub("^influence:", "", args[["what"]])
kind <- sub(":.*", "", args[["what"]])
work <- switch(kind,
  influence = function() {
    own <- if (group == "observation") influence(fit, obs = TRUE) else influence(fit, groups = group)
    deleted <- own[[grep("^fixed.effects\\[", names(own))]]
    c(deleted[if (group == "observation") seq_len(nrow(deleted)) else levels(data[[group]]), ])
  },
  profile = function() c(confint(profile(fit, signames = FALSE))),
  satterthwaite = function() c(coef(summary(as_lmerModLmerTest(fit)))[, c("df", "Std. Error")]),
  "kenward-roger" = function() {
    adjusted <- vcovAdj(fit)
    basis <- diag(length(fixef(fit)))
    df <- apply(basis, 1, function(l) Lb_ddf(l, vcov(fit), adjusted))
    c(df, sqrt(diag(as.matrix(adjusted))))
  },
  bootstrap = function() apply(bootMer(fit, fixef, nsim = count, seed = 1)$t, 2, sd),
  # What a response costs, times their number; standard errors are those of vcov().
  refit = function() c(t(apply(responses, 2, function(y) {
    own <- refit(fit, y)
    vcov(own)
    fixef(own)
  }))))
share <- if (args[["what"]] == "refit") count / ncol(responses) else 1
cpu <- function() sum(proc.time()[c("user.self", "sys.self")])
seconds <- numeric(as.integer(args[["repeats"]]))
for (i in seq_along(seconds)) {
  start <- cpu()
  result <- suppressWarnings(suppressMessages(work()))
  seconds[i] <- cpu() - start
}
cat(sprintf("%.6f\n", c(min(seconds), median(seconds)) * share), sep = "")
cat(sprintf("%.12g\n", result), sep = "")
