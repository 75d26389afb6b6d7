# Estimates, standard errors, log-likelihoods and predictions beside lme4, glmmTMB, ordinal and coxme: 1e-6 relative. The searches of these
# packages end earlier than ours, so their tolerances are set as sharp as they go; a larger number says where that is not enough. Standard errors of
# glmmTMB and ordinal are differences.
source(file.path(Sys.getenv("INTERLACE_ROOT"), "tests/hosts/r/harness.R"))
suppressPackageStartupMessages({
  library(interlace)
  library(lme4)
  library(glmmTMB)
  library(ordinal)
  library(survival)
  library(splines)
})

sharper <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-11, maxfun = 1e5), calc.derivs = FALSE)

lmm <- function(name, formula, data, ..., tolerance = 1e-6) test(name, {
  own <- il_lmer(formula, data, ...)
  theirs <- lmer(formula, data, ..., control = sharper)
  near(logLik(own), logLik(theirs), 1e-9)
  is_true(identical(names(fixef(own)), names(fixef(theirs))), "names of coefficients")
  near(fixef(own), fixef(theirs), tolerance)
  near(sqrt(diag(vcov(own))), sqrt(diag(as.matrix(vcov(theirs)))), tolerance)
  near(sigma(own), sigma(theirs), tolerance)
  near(fitted(own), fitted(theirs), tolerance)
  near(predict(own, re.form = NA), predict(theirs, re.form = NA), tolerance)
  near(AIC(own), AIC(theirs), 1e-9)
  near(BIC(own), BIC(theirs), 1e-9)
  near(residuals(own), residuals(theirs), 10 * tolerance)
  near(residuals(own, "pearson"), residuals(theirs, "pearson"), 10 * tolerance)
  is_true(identical(df.residual(own), as.integer(df.residual(theirs))))
  is_true(identical(nobs(own), nobs(theirs)))
  own_ranef <- ranef(own)
  their_ranef <- ranef(theirs)
  for (group in intersect(names(their_ranef), names(own_ranef))) near(own_ranef[[group]], their_ranef[[group]], 10 * tolerance, paste("ranef", group))
  some <- utils::head(data, 20L)
  near(predict(own, some), predict(theirs, some), tolerance)
})

options(na.action = "na.omit")
lmm("sleepstudy, slopes", Reaction ~ Days + (Days | Subject), sleepstudy)
lmm("sleepstudy, maximum likelihood", Reaction ~ Days + (Days | Subject), sleepstudy, REML = FALSE)
lmm("sleepstudy, no correlation", Reaction ~ Days + (Days || Subject), sleepstudy)
lmm("Dyestuff", Yield ~ 1 + (1 | Batch), Dyestuff)
lmm("Penicillin, crossed", diameter ~ 1 + (1 | plate) + (1 | sample), Penicillin)
lmm("Pastes, nested", strength ~ 1 + (1 | batch / cask), Pastes)
lmm("cake, a factor and an ordered one", angle ~ recipe * temperature + (1 | recipe:replicate), cake)
lmm("cake, a polynomial", angle ~ recipe + poly(temp, 2) + (1 | recipe:replicate), cake)
lmm("Machines", score ~ Machine + (Machine | Worker), as.data.frame(nlme::Machines))
lmm("Orthodont", distance ~ I(age - 11) * Sex + (I(age - 11) | Subject), as.data.frame(nlme::Orthodont))
lmm("Oats", yield ~ nitro + Variety + (1 | Block / Variety), as.data.frame(nlme::Oats))
lmm("ergoStool, sum contrasts", effort ~ Type + (1 | Subject), as.data.frame(nlme::ergoStool), contrasts = list(Type = "contr.sum"))
lmm("mtcars, text and truths and dates", mpg ~ label + fast + day + (1 | gear),
    transform(mtcars, label = ifelse(carb > 2, "many", "few"), fast = qsec > 18, day = as.Date("2024-01-01") + hp))
lmm("ChickWeight, splines", weight ~ ns(Time, 3) + Diet + (1 | Chick), as.data.frame(ChickWeight))
sleep_weights <- transform(sleepstudy, w = rep(c(1, 2, 4), 60), o = Days / 2)
test("weights and offset", {
  own <- il_lmer(Reaction ~ Days + (Days | Subject), sleep_weights, weights = w, offset = 2 * o)
  theirs <- lmer(Reaction ~ Days + (Days | Subject), sleep_weights, weights = w, offset = 2 * o, control = sharper)
  near(logLik(own), logLik(theirs), 1e-9)
  near(fixef(own), fixef(theirs))
  near(fitted(own), fitted(theirs))
  near(weights(own), weights(theirs))
  near(predict(own, head(sleep_weights), re.form = NA), head(predict(own, re.form = NA), 6L))
})

glmm <- function(name, formula, data, family, ..., control = il_control(), tolerance = 1e-6, se = 1e-5) test(name, {
  own <- il_glmer(formula, data, family, ..., control = control)
  tight <- glmmTMBControl(optCtrl = list(rel.tol = 1e-14, x.tol = 1e-12, iter.max = 1000, eval.max = 1000))
  theirs <- suppressWarnings(glmmTMB(formula, data, family, ..., control = tight))
  near(logLik(own), logLik(theirs), 1e-10)
  is_true(logLik(own) >= logLik(theirs) - 1e-8, "the maximum is no lower than theirs")
  near(fixef(own), fixef(theirs)$cond, tolerance)
  is_true(identical(names(fixef(own)), names(fixef(theirs)$cond)), "names of coefficients")
  near(sqrt(diag(vcov(own))), sqrt(diag(vcov(theirs)$cond)), se)
  near(predict(own, re.form = NA), predict(theirs, re.form = NA), tolerance)
  near(predict(own, type = "response"), predict(theirs, type = "response"), 10 * tolerance)
  near(AIC(own), AIC(theirs), 1e-8)
  is_true(identical(attr(logLik(own), "df"), as.integer(attr(logLik(theirs), "df"))))
})

data(Owls, Salamanders, package = "glmmTMB")
glmm("cbpp, binomial with a matrix", cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial())
glmm("Contraception, binary", use ~ age + I(age^2) + urban + livch + (1 | district), data_of("Contraception"), binomial, se = 3e-4)
glmm("grouseticks, counts", TICKS ~ YEAR + scale(HEIGHT) + (1 | BROOD) + (1 | LOCATION), grouseticks, poisson(), tolerance = 3e-6)
glmm("Owls, negative binomial with an offset", SiblingNegotiation ~ FoodTreatment * SexParent + offset(log(BroodSize)) + (1 | Nest), Owls, nbinom2(),
     tolerance = 3e-5)
glmm("Salamanders, zero inflation", count ~ spp + mined + (1 | site), Salamanders, poisson, ziformula = ~mined, tolerance = 2e-5)
glmm("Salamanders, dispersion", count ~ mined + (1 | site), Salamanders, nbinom2, dispformula = ~spp, tolerance = 2e-5)
glmm("sleepstudy, gamma", Reaction ~ Days + (1 | Subject), sleepstudy, Gamma("log"))

test("cbpp beside glmer", {
  own <- il_glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial)
  theirs <- glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial,
                  control = glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10), tolPwrss = 1e-12))
  near(logLik(own), logLik(theirs), 1e-8)
  near(fixef(own), fixef(theirs))
  near(residuals(own), residuals(theirs))
  near(residuals(own, "pearson"), residuals(theirs, "pearson"))
  near(deviance(own), deviance(theirs))
  quadrature <- glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, nAGQ = 9,
                      control = glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10), tolPwrss = 1e-12))
  near(fixef(il_glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, nAGQ = 9)), fixef(quadrature))
})

test("wine beside clmm", {
  own <- il_clmm(rating ~ temp + contact + (1 | judge), wine)
  theirs <- clmm(rating ~ temp + contact + (1 | judge), data = wine, control = clmm.control(gradTol = 1e-7))
  other <- clmm2(rating ~ temp + contact, random = judge, data = wine, Hess = TRUE)
  near(logLik(own), logLik(theirs), 1e-7)
  near(coef(own), coef(theirs)[names(coef(own))], 1e-5)
  near(sqrt(diag(vcov(own))), sqrt(diag(solve(other$Hessian)))[1:6], 1e-4)
  near(fitted(own), fitted(theirs), 1e-5)
  near(rowSums(predict(own, wine[1:3, ])), rep(1, 3), 1e-12)
})

test("soup beside clmm, probit and equidistant", {
  own <- il_clmm(SURENESS ~ PROD + (1 | RESP), soup, link = "probit", threshold = "equidistant")
  theirs <- clmm(SURENESS ~ PROD + (1 | RESP), data = soup, link = "probit", threshold = "equidistant", control = clmm.control(gradTol = 1e-7))
  near(logLik(own), logLik(theirs), 1e-8)
  near(fixef(own), theirs$beta, 1e-5)
})

# coxme is in no distribution that has R 4.2: its figures are those that the project keeps.
test("Cox models beside coxme's figures", {
  for (case in jsonlite::fromJSON(file.path(Sys.getenv("INTERLACE_ROOT"), "tests/reference/coxme.json"), simplifyDataFrame = FALSE)) {
    if (!is.null(case$weights) || !is.null(case$offset)) next
    data <- data_of(sub(".csv", "", case$data, fixed = TRUE))
    for (column in intersect(case$categorical, names(data))) data[[column]] <- factor(data[[column]])
    own <- suppressWarnings(suppressMessages(il_coxme(as.formula(case$formula), data, ties = case$ties)))
    near(logLik(own), case$loglik_integrated, 1e-9, paste(case$id, "logLik"))
    near(fixef(own), case$fixed$estimate, 1e-6, paste(case$id, "fixef"))
    near(sqrt(diag(vcov(own))), case$fixed$std_error, 1e-6, paste(case$id, "standard errors"))
    near(BIC(own), case$BIC, 1e-9, paste(case$id, "BIC"))
  }
})

test("lung, strata, predictions", {
  own <- suppressMessages(il_coxme(Surv(time, status) ~ age + strata(sex) + (1 | inst), lung))
  is_true(nobs(own) == sum(!is.na(lung$inst)))
  near(exp(predict(own, lung[1:5, ], re.form = NA)), predict(own, lung[1:5, ], re.form = NA, type = "risk"), 1e-12)
  is_true(is.data.frame(il_survival(own, lung[1:2, ], times = c(100, 200))))
})

finish()
