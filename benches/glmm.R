# Fits one generalised model again and again with lme4 or glmmTMB, default settings; prints mean CPU seconds of a fit and log-likelihood.
# Rscript glmm.R lme4|glmmTMB FORMULA DATA.csv CATEGORICAL,COLUMNS FAMILY QUADRATURE ZIFORMULA|- REPEATS
args <- commandArgs(TRUE)
names(args) <- c("engine", "formula", "data", "categorical", "family", "quadrature", "ziformula", "repeats")
suppressPackageStartupMessages(library(args[["engine"]], character.only = TRUE))
data <- read.csv(args[["data"]], stringsAsFactors = TRUE)
for (name in strsplit(args[["categorical"]], ",")[[1]]) data[[name]] <- factor(data[[name]])
formula <- as.formula(args[["formula"]])
family <- args[["family"]]
quadrature <- as.integer(args[["quadrature"]])
fit_model <- function() {
  if (args[["engine"]] == "glmmTMB") {
    zero_inflation <- as.formula(if (args[["ziformula"]] == "-") "~ 0" else args[["ziformula"]])
    glmmTMB(formula, data, family = get(family, mode = "function"), ziformula = zero_inflation)
  } else if (family == "nbinom2") {
    glmer.nb(formula, data)
  } else {
    glmer(formula, data, family = family, nAGQ = quadrature)
  }
}
cpu <- function() sum(proc.time()[c("user.self", "sys.self")])
start <- cpu()
for (i in seq_len(as.integer(args[["repeats"]]))) fit <- suppressWarnings(suppressMessages(fit_model()))
cat(sprintf("%.6f %.8f\n", (cpu() - start) / as.integer(args[["repeats"]]), as.numeric(logLik(fit))))
