# Fits one model again and again with a package of R, default settings, data already in memory: prints a line of JSON, as fit_repeatedly does.
# Rscript peers.R ENGINE DATA.csv SECONDS KEY=VALUE ...     the keys are those of tasks.json; values of a list are joined by commas
args <- commandArgs(TRUE)
engine <- args[1]
pairs <- regmatches(args[-(1:3)], regexpr("=", args[-(1:3)]), invert = TRUE)
task <- setNames(lapply(pairs, `[`, 2), vapply(pairs, `[`, "", 1))
items <- function(key) if (is.null(task[[key]])) character() else strsplit(task[[key]], ",")[[1]]
suppressPackageStartupMessages(library(engine, character.only = TRUE))
data <- read.csv(args[2], stringsAsFactors = TRUE)
for (name in items("categorical")) data[[name]] <- factor(data[[name]])
if (!is.null(task$levels)) data[[task$response]] <- factor(data[[task$response]], levels = items("levels"), ordered = TRUE)
formula <- as.formula(task$formula)
reml <- identical(task$method, "reml")
points <- as.integer(task$quadrature)

fit_model <- switch(engine,
  lme4 = if (is.null(task$family)) {
    function() lmer(formula, data, REML = reml)
  } else {
    family <- get(task$family, mode = "function")(link = task$link)
    function() glmer(formula, data, family = family, nAGQ = points)
  },
  glmmTMB = {
    family <- get(task$family, mode = "function")(link = task$link)
    zeros <- as.formula(if (is.null(task$ziformula)) "~ 0" else task$ziformula)
    function() glmmTMB(formula, data, family = family, ziformula = zeros)
  },
  ordinal = function() clmm(formula, data = data, link = task$link, threshold = task$threshold, nAGQ = points),
  coxme = function() coxme(formula, data = data),
  survival = {
    frail <- as.formula(gsub("\\(1 \\| (\\w+)\\)", "frailty(\\1, distribution = \"gaussian\")", task$formula))
    function() coxph(frail, data = data)
  })
log_likelihood <- function(fit) switch(engine,
  coxme = fit$loglik[["Integrated"]],
  survival = fit$loglik[2],
  as.numeric(logLik(fit)))
evaluations <- function(fit) if (engine == "lme4") fit@optinfo$feval else NULL

# A line of Linux' account of this process, in bytes.
of_process <- function(key) {
  lines <- if (file.exists("/proc/self/status")) readLines("/proc/self/status")
  own <- lines[startsWith(lines, key)]
  if (length(own) == 1) 1024 * as.numeric(gsub("\\D", "", own)) else 0
}
forget_peak <- function() if (file.exists("/proc/self/clear_refs")) try(cat("5", file = "/proc/self/clear_refs"), silent = TRUE)

cpu <- function() sum(proc.time()[c("user.self", "sys.self")])
invisible(gc())
peak <- of_process("VmHWM:")
forget_peak()
before <- of_process("VmRSS:")
limit <- as.numeric(args[3])
seconds <- numeric()
while (length(seconds) == 0 || (sum(seconds) < limit && length(seconds) < 2000)) {
  start <- cpu()
  fit <- suppressWarnings(suppressMessages(fit_model()))
  seconds <- c(seconds, cpu() - start)
}
highest <- of_process("VmHWM:")
count <- evaluations(fit)
cat(sprintf('{"minimum": %.6f, "median": %.6f, "fits": %d, "evaluations": %s, "log_likelihood": %.10f, "memory": %.0f, "peak": %.0f}\n',
            min(seconds), median(seconds), length(seconds), if (is.null(count)) "null" else count, log_likelihood(fit), highest - before,
            max(peak, highest)))
