# Leverage, influence, residuals by simulation, the convergence report, beside lme4.
source(file.path(Sys.getenv("INTERLACE_ROOT"), "tests/hosts/r/harness.R"))
suppressPackageStartupMessages({
  library(interlace)
  library(lme4)
})
sharp <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-11, maxfun = 1e5), calc.derivs = FALSE)
fm <- il_lmer(Reaction ~ Days + (Days | Subject), sleepstudy)
theirs <- lmer(Reaction ~ Days + (Days | Subject), sleepstudy, control = sharp)

test("leverage", {
  near(hatvalues(fm), hatvalues(theirs), 1e-6)
  near(sum(hatvalues(fm, "fixef")), 2, 1e-9)
  near(hatvalues(fm, "fixef") + hatvalues(fm, "ranef"), hatvalues(fm), 1e-12)
  is_true(identical(names(hatvalues(fm)), names(fitted(fm))))
})

test("influence", {
  own <- il_influence(fm, "Subject")
  without <- lmer(Reaction ~ Days + (Days | Subject), subset(sleepstudy, Subject != "308"), control = sharp)
  near(unlist(own[own$case == "308", c("(Intercept)", "Days")]), fixef(without), 1e-5)
  wanted <- suppressWarnings(cooks.distance(influence(theirs, "Subject", data = sleepstudy)))
  near(cooks.distance(fm, "Subject") / sum(cooks.distance(fm, "Subject")), wanted / sum(wanted), 1e-3) # lme4's have another factor
  is_true(length(cooks.distance(fm, method = "fixed")) == 180L)
  fails(il_influence(fm, "Day"), "Day")
  late <- transform(sleepstudy, late = Days > 4, other = I(rep(list(1), 180)), raw = as.raw(0))
  own <- il_influence(fm, "late", data = late)
  is_true(identical(own$case, c("FALSE", "TRUE")) && identical(own$rows, c(90L, 90L)))
  early <- lmer(Reaction ~ Days + (Days | Subject), subset(sleepstudy, Days <= 4), control = sharp)
  near(own$Days[2], fixef(early)[2], 1e-5)
  fails(il_influence(fm, "late", data = late[-1, ]), "'data' has 179 rows", "interlace_data_error")
})

test("reports", {
  is_true(all(c("check", "status", "meaning") %in% names(il_diagnose(fm))))
  both <- il_simulated_residuals(fm, 100, seed = 1)
  is_true(nrow(both$residuals) == 180L && nrow(both$tests) > 0L)
  is_true(nrow(il_simulated_residuals(fm, 20, seed = 1, group = "late", data = transform(sleepstudy, late = Days > 4))$residuals) == 2L)
  own <- il_augment(fm)
  near(own$.fitted, fitted(fm), 1e-15)
  is_true(identical(own$.row, 1:180))
  near(residuals(fm, "standardized"), residuals(fm) / (sigma(fm) * sqrt(1 - hatvalues(fm))), 1e-9)
  is_true(nrow(il_ranef_residuals(fm)) == 36L)
  is_true(nrow(generics::augment(fm)) == 180L)
})

finish()
