# Fits one Cox model with a Gaussian frailty again and again, by survival's coxph(... + frailty()) or by coxme; prints mean CPU seconds of a
# fit and the standard deviation of the frailties. Prints nothing where the package is missing.
# Rscript coxme.R survival|coxme DATA.csv REPEATS
args <- commandArgs(TRUE)
names(args) <- c("engine", "data", "repeats")
if (!suppressWarnings(suppressPackageStartupMessages(require(args[["engine"]], character.only = TRUE, quietly = TRUE)))) quit("no")
data <- read.csv(args[["data"]], stringsAsFactors = TRUE)
fit_model <- if (args[["engine"]] == "survival") {
  function() coxph(Surv(time, status) ~ x + z + frailty(g, distribution = "gaussian"), data = data)
} else {
  function() coxme(Surv(time, status) ~ x + z + (1 | g), data = data)
}
variance_of <- function(fit) if (args[["engine"]] == "survival") fit$history[[1]]$theta else as.numeric(VarCorr(fit)$g)
cpu <- function() sum(proc.time()[c("user.self", "sys.self")])
start <- cpu()
for (i in seq_len(as.integer(args[["repeats"]]))) fit <- suppressWarnings(fit_model())
cat(sprintf("%.6f %.8f\n", (cpu() - start) / as.integer(args[["repeats"]]), sqrt(variance_of(fit))))
