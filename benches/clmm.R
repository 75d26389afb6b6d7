# Fits one cumulative link mixed model again and again with ordinal's clmm(), default settings; prints mean CPU seconds of a fit and
# log-likelihood. The response is the formula's left-hand side, its categories given from lowest to highest.
# Rscript clmm.R FORMULA DATA.csv CATEGORICAL,COLUMNS LEVELS,OF,RESPONSE LINK THRESHOLD QUADRATURE REPEATS
# Rscript clmm.R --verbagg OUT.csv      writes lme4's VerbAgg with its three ordered answers
args <- commandArgs(TRUE)
if (args[1] == "--verbagg") {
  data(VerbAgg, package = "lme4")
  columns <- c("Anger", "Gender", "item", "id", "btype", "situ", "mode", "resp")
  write.csv(VerbAgg[columns], args[2], quote = FALSE, row.names = FALSE)
  quit("no")
}
names(args) <- c("formula", "data", "categorical", "levels", "link", "threshold", "quadrature", "repeats")
suppressPackageStartupMessages(library(ordinal))
data <- read.csv(args[["data"]], stringsAsFactors = TRUE)
for (name in strsplit(args[["categorical"]], ",")[[1]]) data[[name]] <- factor(data[[name]])
formula <- as.formula(args[["formula"]])
response <- all.vars(formula)[1]
data[[response]] <- factor(data[[response]], levels = strsplit(args[["levels"]], ",")[[1]], ordered = TRUE)
link <- args[["link"]]
threshold <- args[["threshold"]]
quadrature <- as.integer(args[["quadrature"]])
fit_model <- function() clmm(formula, data = data, link = link, threshold = threshold, nAGQ = quadrature)
cpu <- function() sum(proc.time()[c("user.self", "sys.self")])
start <- cpu()
for (i in seq_len(as.integer(args[["repeats"]]))) fit <- suppressWarnings(suppressMessages(fit_model()))
cat(sprintf("%.6f %.8f\n", (cpu() - start) / as.integer(args[["repeats"]]), as.numeric(logLik(fit))))
