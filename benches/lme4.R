# Fits one model again and again with lme4, default settings; prints as fit_repeatedly does.
# Rscript lme4.R FORMULA DATA.csv CATEGORICAL,COLUMNS|- reml|ml REPEATS
suppressPackageStartupMessages(library(lme4))
args <- commandArgs(TRUE)
data <- read.csv(args[2], stringsAsFactors = TRUE)
if (args[3] != "-") for (name in strsplit(args[3], ",")[[1]]) data[[name]] <- factor(data[[name]])
formula <- as.formula(args[1])
repeats <- as.integer(args[5])
cpu <- function() sum(proc.time()[c("user.self", "sys.self")])
seconds <- numeric(repeats)
for (i in seq_len(repeats)) {
  start <- cpu()
  fit <- lmer(formula, data, REML = args[4] == "reml")
  seconds[i] <- cpu() - start
}
criterion <- if (args[4] == "reml") REMLcrit(fit) else deviance(fit)
# proc.time() counts milliseconds: the mean is all there is for a fast fit.
cat(sprintf("%.9f %.9f %d %.10f\n", min(seconds), mean(seconds), fit@optinfo$feval, criterion))
