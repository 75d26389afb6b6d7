# What belongs to one kind of model: zero inflation and dispersion, nominal and scale effects, residual correlation, Cox models; statistics of the
# bootstrap; other processes; unusual data.
source(file.path(Sys.getenv("INTERLACE_ROOT"), "tests/hosts/r/harness.R"))
suppressPackageStartupMessages({
  library(interlace)
  library(lme4)
  library(nlme)
})
fm <- il_lmer(Reaction ~ Days + (Days | Subject), sleepstudy)

test("zero inflation and dispersion", {
  data(Salamanders, package = "glmmTMB")
  own <- il_glmer(count ~ mined + (1 | site), Salamanders, "nbinom2", ziformula = ~ mined + (1 | spp))
  dispersed <- il_glmer(count ~ mined + (1 | site), Salamanders, "nbinom2", dispformula = ~spp)
  is_true(identical(names(fixef(own, "zi")), c("(Intercept)", "minedno")))
  is_true(identical(names(ranef(own, component = "zi")), "spp"))
  is_true(identical(names(VarCorr(own)), "site") && identical(names(VarCorr(own, component = "zi")), "spp"))
  is_true(identical(dim(vcov(dispersed, "disp")), c(7L, 7L)))
  near(predict(own, type = "conditional") * (1 - predict(own, type = "zprob")), predict(own, type = "response"), 1e-12)
  near(predict(own, type = "conditional"), exp(predict(own)), 1e-12)
  fails(fixef(own, "zero"), "it may be cond, zi or disp")
  full <- vcov(own, full = TRUE)
  near(full["minedno", "minedno"], vcov(own)["minedno", "minedno"], 1e-6)
})

test("families of R that the library does not have", {
  home <- binomial()
  home$family <- "mine"
  own <- suppressMessages(il_glmer(incidence / size ~ period + (1 | herd), cbpp, home, weights = size))
  wanted <- il_glmer(incidence / size ~ period + (1 | herd), cbpp, binomial, weights = size)
  near(fixef(own), fixef(wanted), 1e-4)
  near(sqrt(diag(vcov(own))), sqrt(diag(vcov(wanted))), 1e-3)
  near(predict(own, cbpp[1:4, ], type = "response"), predict(wanted, cbpp[1:4, ], type = "response"), 1e-4)
  root <- suppressMessages(il_glmer(incidence / size ~ period + (1 | herd), cbpp, binomial(power(0.9)), weights = size))
  is_true(root$info$numbers[["converged"]] == 1)
  fails(unserialize(serialize(own, NULL)), "", "interlace_unsupported_error")
  fails(il_glmer(incidence ~ period + (1 | herd), cbpp, home, control = il_control(threads = 2)), "one thread only")
  fails(il_glmer(incidence ~ period + (1 | herd), cbpp, glmmTMB::compois()), "compois")
  data(Salamanders, package = "glmmTMB")
  near(fixef(il_glmer(count ~ mined + (1 | site), Salamanders, glmmTMB::nbinom1())), fixef(il_glmer(count ~ mined + (1 | site), Salamanders, "nbinom1")), 0)
  broken <- home
  broken$variance <- function(mu) stop("no variance")
  fails(il_glmer(incidence / size ~ period + (1 | herd), cbpp, broken, weights = size), "variance", "interlace_error")
  broken$variance <- NULL
  fails(il_glmer(incidence / size ~ period + (1 | herd), cbpp, broken, weights = size), "has no function variance")
})

test("nominal and scale effects", {
  data(wine, package = "ordinal")
  own <- il_clmm(rating ~ temp + (1 | judge), wine, nominal = ~contact, scale = ~temp)
  is_true(length(coef(own)) == 9L && identical(names(fixef(own, "scale")), "tempwarm"))
  near(rowSums(predict(own)), rep(1, nrow(wine)), 1e-12)
  is_true(identical(colnames(predict(own, type = "cum.prob")), c("1|2", "2|3", "3|4", "4|5")))
  is_true(nobs(il_clmm(rating ~ temp + (1 | judge), wine, weights = 1 + (contact == "yes"))) == 72L)
})

test("residual correlation beside nlme", {
  own <- il_lmer(follicles ~ sin(2 * pi * Time) + cos(2 * pi * Time) + (1 | Mare), as.data.frame(Ovary), correlation = ~ ar1(1 | Mare))
  theirs <- lme(follicles ~ sin(2 * pi * Time) + cos(2 * pi * Time), Ovary, ~ 1 | Mare, corAR1(),
                control = lmeControl(tolerance = 1e-10, msTol = 1e-12))
  near(logLik(own), logLik(theirs), 1e-6)
  near(fixef(own), nlme::fixef(theirs), 1e-4)
  is_true(identical(names(fixef(own)), names(nlme::fixef(theirs))))
})

test("Cox models", {
  own <- suppressWarnings(il_coxme(Surv(time, status) ~ age + strata(sex) + (1 | inst), survival::lung))
  again <- suppressWarnings(il_coxme(survival::Surv(time, status) ~ age + strata(sex) + (1 | inst), survival::lung))
  near(fixef(own), fixef(again), 1e-15)
  suppressPackageStartupMessages(library(survival))
  joined <- lung
  joined$s <- Surv(lung$time, lung$status)
  near(fixef(suppressWarnings(il_coxme(s ~ age + strata(sex) + (1 | inst), joined))), fixef(own), 1e-12)
  fails(il_coxme(Surv(time, status) ~ age + cluster(inst) + (1 | inst), lung), "cluster(), which these models do not have")
  fails(il_lmer(age ~ s(time) + (1 | inst), lung), "s(), which these models do not have")
  curves <- il_survival(own, survival::lung[1:2, ], times = c(100, 300), re.form = "average")
  is_true(identical(curves$row, c(1L, 1L, 2L, 2L)) && all(curves$survival > 0 & curves$survival < 1))
  is_true(nrow(il_survival(own, survival::lung[1:2, ], "quantiles", probabilities = 0.5)) == 2L)
  fails(il_survival(own, what = "means"), "'times' is missing")
  is_true(nrow(residuals(own, "schoenfeld")) == own$info$numbers[["n_events"]])
  is_true(identical(dim(residuals(own, "dfbeta")), c(227L, 1L)))
  is_true(abs(sum(residuals(own))) < 1e-6)
  is_true(identical(attr(logLik(own), "nobs"), as.integer(own$info$numbers[["n_events"]])))
})

test("a statistic of the bootstrap", {
  slope <- function(estimates, y) c(ratio = estimates[["Days"]] / estimates[["sigma"]], top = max(y))
  own <- il_bootstrap(fm, 25, slope, seed = 2)
  near(own$t0[["ratio"]], fixef(fm)[["Days"]] / sigma(fm), 1e-12)
  near(own$t0[["top"]], max(sleepstudy$Reaction), 1e-12)
  near(own$t[, "ratio"], own$t[, "Days"] / own$t[, "sigma"], 1e-12)
  near(own$t[, "top"], vapply(simulate(fm, 25, seed = 2), max, 0), 1e-12)
  is_true(all(confint(own, c("ratio", "top"))[, 1L] < own$t0[c("ratio", "top")]))
  some <- il_bootstrap(fm, 10, function(estimates, y) if (estimates[["Days"]] > 10.5) stop("too high") else 1, seed = 2)
  is_true(some$failed > 0L && some$failed < 10L)
  fails(il_bootstrap(fm, 10, function(estimates, y) "a"), "gives no numbers")
})

test("other processes", {
  if (.Platform$OS.type == "unix")
    near(unlist(parallel::mclapply(1:2, function(i) fixef(update(fm))[["Days"]], mc.cores = 2)), rep(fixef(fm)[["Days"]], 2), 1e-15)
  own <- il_control(threads = 2)
  is_true(identical(vcov(update(fm, control = own)), vcov(fm)))
})

test("data as they come", {
  d <- data.frame(y = c(3, 5, 4, 6, 8, 7, 9, 12, 11, 10, 13, 15), x = 1:12, stringsAsFactors = FALSE)
  d$g <- rep(c("\u00e4", "\u00df", "z", "\u4e2d"), each = 3)
  own <- il_lmer(y ~ x + (1 | g), d)
  is_true(setequal(rownames(ranef(own)$g), unique(d$g)))
  latin <- d
  latin$g <- iconv(d$g, "UTF-8", "latin1")
  latin$g[is.na(latin$g)] <- "\u4e2d"
  near(fixef(il_lmer(y ~ x + (1 | g), latin)), fixef(own), 1e-15)
  odd <- setNames(d, c("y", "gr\u00f6\u00dfe", "g"))
  is_true(identical(names(fixef(il_lmer(as.formula("y ~ gr\u00f6\u00dfe + (1 | g)"), odd)))[2L], "gr\u00f6\u00dfe"))
  if (requireNamespace("tibble", quietly = TRUE)) near(fixef(il_lmer(y ~ x + (1 | g), tibble::as_tibble(d))), fixef(own), 1e-15)
  if (requireNamespace("data.table", quietly = TRUE)) near(fixef(il_lmer(y ~ x + (1 | g), data.table::as.data.table(d))), fixef(own), 1e-15)
  labelled <- d
  labelled$g <- addNA(factor(replace(d$g, 1, NA)))
  is_true(nobs(il_lmer(y ~ x + (1 | g), labelled)) == 12L)
  is_true("gNA" %in% names(fixef(il_lmer(y ~ g + (1 | h), transform(labelled, h = rep(1:4, 3))))))
  fails(il_lmer(y ~ x + (1 | g), d[0, ]), "", "interlace_error")
  fails(il_lmer(y ~ x + (1 | g), d[1, ]), "", "interlace_error")
  d$m <- matrix(1:24, 12)
  fails(il_lmer(y ~ m + (1 | g), d), "2 columns")
  d$m <- matrix(as.numeric(1:12), 12)
  near(fixef(il_lmer(y ~ m + (1 | g), d)), fixef(own), 1e-15)
  d$when <- as.POSIXct("2024-01-01", tz = "UTC") + 3600 * d$x
  is_true(is.finite(fixef(il_lmer(y ~ I(x / 2) + (1 | g), d))[2L]))
  near(predict(il_lmer(y ~ when + (1 | g), d), d[1:2, ]), predict(own, d[1:2, ]), 1e-6)
})

finish()
