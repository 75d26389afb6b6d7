# What R's formulas and data frames may hold: names of coefficients, functions of R's, contrasts, subsets, missing values, and clear errors.
source(file.path(Sys.getenv("INTERLACE_ROOT"), "tests/hosts/r/harness.R"))
suppressPackageStartupMessages({
  library(interlace)
  library(lme4)
})
sharp <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-11, maxfun = 1e5), calc.derivs = FALSE, check.rankX = "silent.drop.cols")
set.seed(1)
n <- 240
d <- data.frame(g = factor(rep(1:24, each = 10)), x = rnorm(n), z = round(runif(n, 1, 9), 1), k = sample(1:4, n, TRUE),
                f = factor(sample(c("c", "a", "b"), n, TRUE), levels = c("c", "a", "b")), t = sample(c("Zoe", "adam", "Ben"), n, TRUE),
                b = runif(n) > 0.4, o = factor(sample(c("lo", "mid", "hi"), n, TRUE), levels = c("lo", "mid", "hi"), ordered = TRUE),
                day = as.Date("2024-02-01") + sample(0:20, n, TRUE), h = rep(101:112, 20), stringsAsFactors = FALSE)
d$y <- 1 + d$x + (d$f == "a") + 0.5 * d$b + rnorm(24)[d$g] + rnorm(12)[d$h - 100] + rnorm(n)

# The same model by lme4: names, estimates and predictions.
same <- function(formula, data = d, ..., new = TRUE) test(deparse(formula)[1L], {
  own <- il_lmer(formula, data, ...)
  theirs <- lmer(formula, data, ..., control = sharp)
  if (!identical(names(fixef(own)), names(fixef(theirs)))) wrong("names:", names(fixef(own)), "wanted:", names(fixef(theirs)))
  near(logLik(own), logLik(theirs), 1e-9)
  near(fixef(own), fixef(theirs), 2e-6)
  if (new) near(predict(own, data[5:30, ]), predict(theirs, data[5:30, ]), 2e-6)
  own
})

same(y ~ x + f + t + b + o + (1 | g))
same(y ~ f * b + t:x + (x | g))
same(y ~ 0 + t + x + (1 | g))
same(y ~ I(x^2) + log(z) + sqrt(z) + exp(x / 9) + (1 | g))
same(y ~ poly(x, 3) + (1 | g))
same(y ~ poly(z, 2, raw = TRUE) * f + (1 | g))
same(y ~ scale(x) + scale(z, scale = FALSE) + (1 | g), new = FALSE) # lme4 predicts with means of the new data
same(y ~ factor(k) + (1 | g))
same(y ~ as.factor(t) + as.numeric(f) + (1 | g))
same(y ~ offset(2 * z) + x + (1 | g))
same(y ~ (x > 0.5) + (f == "a") + (1 | g))
same(y ~ ifelse(b, x, 0) + (1 | g))
same(y ~ I(b * x) + I(b + 1) + (1 | g))
same(y ~ nchar(t) + toupper(t) + (1 | g))
same(y ~ x %% 2 + (1 | g))
same(y ~ day + (1 | g))
same(y ~ x + (1 | g) + (1 | h))
same(y ~ x + (1 | t) + (1 | day), new = FALSE)
same(y ~ x + (1 | g:f))
same(y ~ (x + z + f)^2 - x:z + (1 | g))
same(y ~ x + (0 + x | g) + (1 | g))
same(y ~ x + (b | g))
same(log(z) ~ x + (1 | g))
same(I(y^2) ~ x + (1 | g))
same(b ~ x + (1 | g))
same(y ~ x + x2 + (1 | g), transform(d, x2 = 2 * x), new = FALSE)
same(`my y` ~ `a b` + log(`a b`) + (`a b` | g), setNames(d, sub("^z$", "a b", sub("^y$", "my y", names(d)))), new = FALSE)
same(y ~ . - g - h - t - day + (1 | g), d)
twice <- function(v) 2 * v
limit <- 0.3
degree <- 2
mine <- d$x^2
same(y ~ twice(x) + pmax(x, limit) + (1 | g))
same(y ~ mine + (1 | g), new = FALSE)
same(y ~ x * f + (1 | g), contrasts = list(f = "contr.sum"))
same(y ~ x + f + (1 | g), contrasts = list(f = contr.helmert))
same(y ~ C(f, contr.sum) + x + (1 | g))
same(y ~ x + f + (1 | g), within(d, contrasts(f) <- "contr.SAS"))
same(y ~ x + f + (1 | g), d[d$f != "a", ])
same(y ~ x + f + (1 | g), replace(d, "x", list(replace(d$x, 7:9, NA))), new = FALSE)

test("columns with names of functions", {
  named <- setNames(d[c("y", "x", "z", "g", "f")], c("log", "s", "scale", "C", "factor"))
  own <- il_lmer(log ~ exp(s) + log(scale) + factor(factor) + (1 | C), named)
  near(fixef(own), fixef(il_lmer(y ~ exp(x) + log(z) + factor(f) + (1 | g), d)), 1e-12)
  is_true(identical(names(fixef(own))[2:3], c("exp(s)", "log(scale)")))
})

test("levels that do not occur", {
  some <- subset(d, f != "c")
  own <- il_lmer(y ~ as.numeric(f) + x + (1 | g), some)
  theirs <- lmer(y ~ as.numeric(f) + x + (1 | g), some, control = sharp)
  near(fixef(own), fixef(theirs), 2e-6)
  near(predict(own, some[1:9, ]), predict(theirs, some[1:9, ]), 2e-6)
  near(predict(own, transform(some[1:9, ], f = as.character(f))), predict(own, some[1:9, ]), 1e-12)
  near(fixef(il_lmer(y ~ f + (1 | g), d, subset = f != "c")), fixef(lmer(y ~ f + (1 | g), d, subset = f != "c", control = sharp)), 2e-6)
})

test("options(contrasts)", {
  old <- options(contrasts = c("contr.sum", "contr.helmert"))
  on.exit(options(old))
  own <- il_lmer(y ~ f + o + (1 | g), d)
  theirs <- lmer(y ~ f + o + (1 | g), d, control = sharp)
  is_true(identical(names(fixef(own)), names(fixef(theirs))))
  near(fixef(own), fixef(theirs), 2e-6)
  options(old)
})

test("constants of the environment", {
  own <- il_lmer(y ~ poly(x, degree) + (1 | g), d)
  is_true(identical(names(fixef(own)), c("(Intercept)", "poly(x, 2)1", "poly(x, 2)2")))
  near(predict(own, d[1:9, ]), fitted(own)[1:9], 1e-12)
})

test("no data frame", {
  y <- d$y
  x <- d$x
  g <- d$g
  near(fixef(il_lmer(y ~ x + (1 | g))), fixef(il_lmer(y ~ x + (1 | g), d)), 1e-15)
})

test("in a function, with weights and subsets of its own", {
  fitted_in <- function(data, rows) {
    w <- data$z
    formula <- y ~ x + (1 | g)
    il_lmer(formula, data, weights = w, subset = rows)
  }
  own <- fitted_in(d, d$x > -1)
  w <- d$z
  theirs <- lmer(y ~ x + (1 | g), d, weights = w, subset = x > -1, control = sharp)
  near(fixef(own), fixef(theirs), 2e-6)
  is_true(nobs(own) == nobs(theirs))
  is_true(identical(names(fitted(own)), names(fitted(theirs))))
  near(logLik(il_lmer(y ~ x + (1 | g), d, subset = 1:100)), logLik(lmer(y ~ x + (1 | g), d, subset = 1:100)), 1e-8)
})

test("missing values: na.omit, na.exclude, na.fail", {
  hole <- replace(d, "x", list(replace(d$x, c(2, 5), NA)))
  own <- il_lmer(y ~ x + (1 | g), hole)
  is_true(nobs(own) == n - 2 && length(fitted(own)) == n - 2 && !"2" %in% names(fitted(own)))
  padded <- il_lmer(y ~ x + (1 | g), hole, na.action = na.exclude)
  is_true(length(fitted(padded)) == n && identical(which(is.na(residuals(padded))), c("2" = 2L, "5" = 5L)))
  is_true(nrow(model.frame(padded)) == n - 2)
  is_true(sum(is.na(simulate(padded, seed = 1)[[1L]])) == 2L)
  fails(il_lmer(y ~ x + (1 | g), hole, na.action = na.fail), "x")
})

test("|| with a factor is no lme4's, and says so", {
  warned <- NULL
  own <- withCallingHandlers(suppressMessages(il_lmer(y ~ x + (f || g), d)), warning = function(w) {
    warned <<- conditionMessage(w)
    invokeRestart("muffleWarning")
  })
  is_true(grepl("(0 + f | g)", warned, fixed = TRUE))
})

test("a column that depends on other rows fits, and does not predict", {
  own <- il_lmer(y ~ cut(x, 3) + (1 | g), d)
  near(fixef(own), fixef(lmer(y ~ cut(x, 3) + (1 | g), d, control = sharp)), 2e-6)
  fails(predict(own, d[1:5, ]), "depends on other rows")
  # Each half of sleepstudy has the mean of the whole.
  balanced <- il_lmer(Reaction ~ I(Days - mean(Days)) + (1 | Subject), lme4::sleepstudy)
  fails(predict(balanced, lme4::sleepstudy[1:5, ]), "depends on other rows")
  fixed <- il_lmer(y ~ cut(x, c(-9, 0, 9)) + (1 | g), d)
  near(predict(fixed, d[1:5, ]), fitted(fixed)[1:5], 1e-12)
})

test("a function of the user's with a word's name", {
  scale <- function(x) x / 10
  near(fixef(il_lmer(y ~ scale(x) + (1 | g), d))[2L], 10 * fixef(il_lmer(y ~ x + (1 | g), d))[2L], 1e-9)
})

test("responses of binomial models", {
  rated <- transform(d, k = rpois(n, 3), m = rpois(n, 3) + 1)
  both <- il_glmer(cbind(k, m) ~ x + (1 | g), rated, binomial)
  rated$both <- with(rated, cbind(k, m))
  near(fixef(il_glmer(both ~ x + (1 | g), rated, "binomial")), fixef(both), 1e-12)
  near(fixef(il_glmer(k / (k + m) ~ x + (1 | g), rated, binomial(), weights = k + m)), fixef(both), 1e-9)
  truth <- il_glmer(b ~ x + (1 | g), d, binomial)
  near(fixef(il_glmer(factor(b) ~ x + (1 | g), d, binomial)), fixef(truth), 1e-12)
  near(fixef(il_glmer(as.numeric(b) ~ x + (1 | g), d, binomial)), fixef(truth), 1e-12)
})

test("families", {
  counts <- transform(d, k = rpois(n, exp(0.2 + 0.3 * x)))
  near(fixef(il_glmer(k ~ x + (1 | g), counts, poisson(link = "log"))), fixef(il_glmer(k ~ x + (1 | g), counts, "poisson")), 1e-15)
  own <- il_glmer(k ~ x + (1 | g), counts, MASS::negative.binomial(3))
  is_true(own$info$family == "nbinom2")
  near(interlace::il_table(own, "family")$estimate, 3, 1e-12)
  is_true(interlace::il_table(own, "family")$fixed == 1)
  is_true(identical(family(il_glmer(b ~ x + (1 | g), d, binomial("probit")))$link, "probit"))
  fails(il_glmer(k ~ x + (1 | g), counts, quasipoisson()), "no likelihood")
  fails(il_glmer(k ~ x + (1 | g), counts, "poison"), "poison")
})

test("errors", {
  fails(il_lmer(y ~ xx + (1 | g), d), "there is no column 'xx'; did you mean 'x'?", "interlace_data_error")
  fails(il_lmer(y ~ x, d), "random", "interlace_error")
  fails(il_lmer(~ x + (1 | g), d), "no response")
  fails(il_lmer("y ~ x", d), "no formula")
  fails(il_lmer(y ~ x + (1 | g), list2env(d)), "not a data frame")
  fails(il_lmer(y ~ stats::model.matrix(~f) + (1 | g), d), "3 columns")
  fails(il_lmer(y ~ x + (1 | g), d, weights = 1:3), "has 3 values")
  fails(il_lmer(y ~ x + (1 | g), d, contrasts = list(x = "contr.sum")), "no factor of the fixed effects")
  fails(il_lmer(y ~ f + (1 | g), d, contrasts = list(f = matrix(c(1, 0, 0, 0, 1, 0), 3))), "contrasts of 'f'", "interlace_unsupported_error")
  fails(il_lmer(y ~ x + (1 | g), d, control = il_control(optimiser = "bobyqa")), "there is no option 'optimiser'")
  fails(il_lmer(y ~ x + (1 | g), d, control = il_control(optimizer = "bobica")), "bobica")
  fails(il_lmer(y ~ x + (1 | g), d, control = lmerControl()), "it must be il_control(...)")
  near(fixef(il_lmer(y ~ x + (1 | g), d, control = list(optimizer = "bobyqa"))), fixef(il_lmer(y ~ x + (1 | g), d)), 1e-6)
  fails(il_lmer(y ~ x + (1 | g), d, REML = "ML"), "'REML' is \"ML\", it must be TRUE or FALSE")
  fails(il_lmer(y ~ x + (1 | g), d, start = 1:2), "theta has 2 elements")
  fitted <- il_lmer(y ~ x + (1 | g), d)
  for (n in list(-1, 0, 1.5, NA, "a", 1:2)) {
    fails(simulate(fitted, n), "it must be a whole number from 1 up")
    fails(il_bootstrap(fitted, n), "it must be a whole number from 1 up")
  }
  fails(simulate(fitted, 1, seed = -1), "'seed' is -1, it must be a whole number from 0 up")
  fails(il_cross_validate(fitted, folds = -2), "'folds' is -2")
  fails(confint(fitted, level = 95), "level is 95")
  fails(residuals(fitted, "none"), "pearson")
  fails(il_test(fitted, 1:3), "wanted 2 columns")
  fails(il_survival(fitted), "Cox models")
  fails(anova(fitted, type = 4), "it may be 1, 2 or 3")
  fails(il_lmer(y ~ x + (1 | g), replace(d, "x", list(replace(d$x, 3, Inf)))), "Inf")
  fails(il_lmer(y ~ x + list(1) + (1 | g), d), "list")
  fails(il_lmer(complex(real = y, imaginary = 1) ~ x + (1 | g), d), "complex")
  fails(il_lmer(y ~ x + (1 | g), d, subset = c(TRUE, FALSE)), "'subset' has 2 values")
})

finish()
