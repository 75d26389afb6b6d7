# Fits as objects: the generic functions beside lme4's, saving, interrupts, progress, memory.
source(file.path(Sys.getenv("INTERLACE_ROOT"), "tests/hosts/r/harness.R"))
suppressPackageStartupMessages({
  library(interlace)
  library(lme4)
})
sharp <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-11, maxfun = 1e5), calc.derivs = FALSE)
fm <- il_lmer(Reaction ~ Days + (Days | Subject), sleepstudy)
theirs <- lmer(Reaction ~ Days + (Days | Subject), sleepstudy, control = sharp)
cb <- il_glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial)
data(wine, package = "ordinal")
wi <- il_clmm(rating ~ temp + contact + (1 | judge), wine)
lung <- survival::lung
co <- suppressWarnings(il_coxme(Surv(time, status == 2) ~ age + sex + (1 | ph.ecog), lung))

test("ranef, coef, VarCorr as lme4's", {
  near(ranef(fm)$Subject, ranef(theirs)$Subject, 1e-5)
  near(attr(ranef(fm)$Subject, "postVar"), attr(ranef(theirs, condVar = TRUE)$Subject, "postVar"), 1e-5)
  near(coef(fm)$Subject, coef(theirs)$Subject, 1e-6)
  is_true(identical(rownames(coef(fm)$Subject), rownames(coef(theirs)$Subject)))
  own <- as.data.frame(VarCorr(fm))
  wanted <- as.data.frame(VarCorr(theirs))
  is_true(identical(own$grp, wanted$grp) && identical(own$var1, wanted$var1) && identical(own$var2, wanted$var2))
  near(own$vcov, wanted$vcov, 1e-5)
  near(own$sdcor, wanted$sdcor, 1e-5)
  flat <- as.data.frame(ranef(fm))
  is_true(identical(dim(flat), c(36L, 5L)))
  near(flat$condsd, as.data.frame(ranef(theirs))$condsd, 1e-5)
})

test("model matrices, formulas, terms", {
  near(model.matrix(fm), model.matrix(theirs), 1e-15)
  near(as.matrix(model.matrix(fm, "random")), as.matrix(getME(theirs, "Z")), 1e-15)
  is_true(identical(formula(fm), formula(theirs)))
  is_true(identical(deparse(formula(fm, fixed.only = TRUE)), "Reaction ~ Days"))
  is_true(identical(attr(terms(fm), "term.labels"), "Days"))
  is_true(identical(dim(model.frame(fm)), dim(model.frame(theirs))))
  near(ngrps(fm), ngrps(theirs), 0)
})

test("update and anova", {
  small <- update(fm, . ~ . - Days)
  is_true(identical(deparse(formula(small)), "Reaction ~ (Days | Subject)"))
  own <- suppressMessages(anova(fm, small))
  wanted <- suppressMessages(anova(theirs, update(theirs, . ~ . - Days)))
  is_true(identical(rownames(own), c("small", "fm")))
  near(own$Chisq[2L], wanted$Chisq[2L], 1e-6)
  near(own$`Pr(>Chisq)`[2L], wanted$`Pr(>Chisq)`[2L], 1e-5)
  near(own$AIC, wanted$AIC, 1e-8)
  one <- anova(fm)
  near(one$`F value`, 45.8530, 1e-5)
  near(one$DenDF, 17, 1e-4)
  kr <- anova(fm, ddf = "Kenward-Roger")
  near(kr$`F value`, 45.8530, 1e-4)
  near(drop1(fm)$LRT[2L], own$Chisq[2L], 1e-9)
  is_true(identical(class(one), c("anova", "data.frame")))
})

test("summary and print", {
  own <- summary(fm)
  is_true(identical(colnames(coef(own)), c("Estimate", "Std. Error", "df", "t value", "Pr(>|t|)")))
  near(coef(own)[, "df"], c(17, 17), 1e-4)
  is_true(any(grepl("REML criterion at convergence: 1743.6", capture.output(print(own)), fixed = TRUE)))
  is_true(any(grepl("Number of obs: 180, groups:  Subject, 18", capture.output(print(fm)), fixed = TRUE)))
  is_true(identical(colnames(coef(summary(cb))), c("Estimate", "Std. Error", "z value", "Pr(>|z|)")))
  for (fit in list(cb, wi, co)) is_true(length(capture.output(print(fit), print(summary(fit)))) > 20L)
})

test("intervals", {
  own <- confint(fm)
  wanted <- suppressMessages(confint(theirs, oldNames = FALSE, quiet = TRUE))
  near(own[rownames(wanted), ], wanted, 2e-3) # lme4 interpolates its profile by splines
  near(confint(fm, method = "Wald", df = "normal"), confint(theirs, method = "Wald", parm = "beta_"), 1e-6)
  is_true(identical(rownames(confint(fm, "beta_", method = "Wald")), c("(Intercept)", "Days")))
  is_true(nrow(confint(fm, "theta_")) == 4L)
  is_true(identical(confint(fm, method = "boot", nsim = 20, seed = 1), confint(il_bootstrap(fm, 20, seed = 1))))
  is_true(nrow(confint(wi, method = "Wald")) == 6L)
  fails(confint(fm, "Dayz"), "there is no parameter 'Dayz'")
  points <- profile(fm)
  is_true(all(c("term", "value", "zeta") %in% names(points)))
})

test("bootstrap, simulate, refit follow set.seed()", {
  set.seed(7)
  first <- simulate(fm, 2)
  set.seed(7)
  is_true(identical(first, simulate(fm, 2)))
  again <- il_refit(fm, first[[1L]])
  wanted <- lmer(y ~ Days + (Days | Subject), transform(sleepstudy, y = first[[1L]]), control = sharp) # lme4's refit() ends elsewhere
  near(logLik(again), logLik(wanted), 1e-8)
  is_true(identical(logLik(refit(fm, sleepstudy$Reaction)) - logLik(fm) < 1e-9, TRUE))
  is_true(is.ordered(simulate(wi, 1, seed = 1)[[1L]]))
  is_true(identical(names(simulate(co, 1, seed = 1)[[1L]]), c("time", "event")))
  boot <- il_bootstrap(fm, 30, type = "groups", seed = 3)
  is_true(identical(dim(boot$t), c(30L, length(boot$t0))))
  bca <- il_bootstrap(fm, 40, type = "groups", seed = 3, jackknife = TRUE)
  is_true(!anyNA(confint(bca, "Days", type = "bca")))
})

test("predictions", {
  some <- data.frame(Days = c(0, 5), Subject = c("308", "999"))
  fails(predict(fm, some), "allow.new.levels = TRUE", "interlace_data_error")
  near(predict(fm, some, allow.new.levels = TRUE), predict(theirs, some, allow.new.levels = TRUE), 1e-6)
  near(predict(fm, some["Days"], re.form = NA), predict(theirs, some, re.form = NA), 1e-6)
  near(predict(fm, some["Days"], re.form = ~0), predict(fm, some["Days"], re.form = NA), 1e-15)
  near(predict(fm, sleepstudy, re.form = ~ (Days | Subject)), fitted(fm), 1e-12)
  two <- il_lmer(diameter ~ 1 + (1 | plate) + (1 | sample), Penicillin)
  near(predict(two, re.form = ~ (1 | plate)), predict(lmer(diameter ~ 1 + (1 | plate) + (1 | sample), Penicillin, control = sharp), re.form = ~ (1 | plate)), 1e-6)
  fails(predict(two, re.form = ~ (1 | plates)), "no random effects of it")
  fails(predict(fm, some[-1], re.form = NA), "Days")
  limits <- predict(fm, some["Days"], re.form = NA, interval = "confidence")
  is_true(identical(colnames(limits), c("fit", "lwr", "upr")) && all(limits[, 2] < limits[, 1]))
  wider <- predict(fm, some["Days"], re.form = NA, interval = "prediction")
  is_true(all(wider[, "upr"] > limits[, "upr"]))
  near(plogis(predict(cb)), predict(cb, type = "response"), 1e-12)
  is_true(is.factor(predict(wi, type = "class")))
  is_true(identical(colnames(predict(wi, wine[1:2, ])), levels(wine$rating)))
  near(predict(fm, se.fit = TRUE)$fit, fitted(fm), 1e-15)
})

test("marginal means beside emmeans", {
  cake_fit <- il_lmer(angle ~ recipe * temperature + (1 | recipe:replicate), cake)
  own <- il_emmeans(cake_fit, ~ recipe)
  wanted <- as.data.frame(emmeans::emmeans(lmer(angle ~ recipe * temperature + (1 | recipe:replicate), cake, control = sharp), ~ recipe, lmer.df = "satterthwaite"))
  near(own$estimate, wanted$emmean, 1e-6)
  near(own$std_error, wanted$SE, 1e-5)
  by_package <- as.data.frame(suppressMessages(emmeans::emmeans(cake_fit, ~ recipe)))
  near(by_package$emmean, own$estimate, 1e-9)
  near(by_package$SE, own$std_error, 1e-9)
  pairs <- il_contrasts(cake_fit, ~ recipe | temperature, adjust = "holm")
  is_true(nrow(pairs) == 18L)
  weights <- il_contrasts(cake_fit, ~ recipe, list("A - BC" = c(1, -0.5, -0.5)))
  near(weights$estimate, sum(c(1, -0.5, -0.5) * own$estimate), 1e-9)
  is_true(nrow(generics::tidy(fm)) == 6L)
})

test("R2, tests, documents", {
  near(il_r2(fm)[c("marginal", "conditional")], c(0.2786520, 0.7992189), 1e-6)
  near(il_test(fm, c(0, 1))$statistic, coef(summary(fm))["Days", "t value"], 1e-9)
  is_true(grepl("\"r2\"", il_document(fm, r2 = TRUE, json = TRUE), fixed = TRUE))
  is_true(nrow(il_all_fit(fm)) >= 3L)
  folds <- il_cross_validate(fm, "Subject", folds = 3, seed = 1)
  is_true(identical(folds$folds$fold, c("1", "2", "3", "all")))
  is_true("GLOBAL" %in% il_proportional_hazards(co)$name)
  near(il_hazard_ratios(co)$hazard_ratio, exp(fixef(co)), 1e-12)
})

test("saveRDS, readRDS, workspaces and files of other hosts", {
  file <- tempfile()
  for (fit in list(fm, cb, wi, co)) {
    for (version in 2:3) {
      saveRDS(fit, file, version = version)
      again <- readRDS(file)
      is_true(identical(predict(again, type = "link"), predict(fit, type = "link")))
      is_true(identical(vcov(again), vcov(fit)))
    }
    il_save(fit, file)
    loaded <- il_load(file)
    is_true(identical(fixef(loaded), fixef(fit)))
    is_true(identical(class(loaded), class(fit)))
    is_true(identical(unname(predict(loaded, type = "link")), unname(predict(fit, type = "link"))))
  }
  copy <- unserialize(serialize(fm, NULL))
  copy$note <- "a copy"
  is_true(identical(logLik(copy), logLik(fm)))
  near(fixef(update(readRDS({saveRDS(fm, file); file}), . ~ . + I(Days^2)))[1:2], fixef(lmer(Reaction ~ Days + I(Days^2) + (Days | Subject), sleepstudy, control = sharp))[1:2], 1e-5)
  fails(il_from_raw(as.raw(1:50)), "", "interlace_data_error")
  bytes <- il_to_raw(fm, rows = FALSE)
  is_true(length(bytes) < length(il_to_raw(fm)))
  bytes[100] <- xor(bytes[100], as.raw(1))
  own <- error_of(il_from_raw(bytes))
  fails(fixef(structure(list(handle = 1), class = "interlace")), "", "error")
})

test("progress is told, and stops a call", {
  told <- list()
  options(interlace.progress = function(phase, step, total, criterion) told[[length(told) + 1L]] <<- list(phase, step, total))
  boot <- il_bootstrap(fm, 20, seed = 1)
  is_true(length(told) >= 20L && told[[length(told)]][[3L]] == 20)
  options(interlace.progress = function(...) FALSE)
  fails(il_bootstrap(fm, 20, seed = 1), "stopped the call", "interlace_cancelled_error")
  options(interlace.progress = function(...) stop("no such file"))
  fails(il_bootstrap(fm, 20, seed = 1), "no such file", "interlace_cancelled_error")
  options(interlace.progress = FALSE)
})

test("Ctrl-C", {
  options(interlace.progress = function(phase, step, ...) if (step == 3) tools::pskill(Sys.getpid(), tools::SIGINT))
  own <- tryCatch(il_bootstrap(fm, 1e6, seed = 1), interrupt = function(signal) "interrupted")
  is_true(identical(own, "interrupted"))
  options(interlace.progress = FALSE)
  near(fixef(update(fm)), fixef(fm), 1e-15)
})

test("objects are freed, whatever ends a call", {
  gc()
  resident <- function() as.numeric(sub("\\D*(\\d+).*", "\\1", grep("^VmRSS", readLines("/proc/self/status"), value = TRUE)))
  big <- data.frame(y = rnorm(2e5), x = rnorm(2e5), g = rep(1:100, 2000))
  run <- function(times) for (i in seq_len(times)) {
    tryCatch(il_lmer(y ~ x + nothing + (1 | g), big), error = identity)
    tryCatch(il_lmer(y ~ x + (1 | g) + x:z, transform(big, z = NaN)), error = identity)
    update(fm)
    gc()
  }
  if (file.exists("/proc/self/status")) {
    run(3)
    before <- resident()
    run(12)
    grown <- resident() - before
    if (grown > 40e3) wrong("grew by", grown, "kB")
  }
})

finish()
