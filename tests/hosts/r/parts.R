# Linear models of data in parts, beside fits of the whole.
source(file.path(Sys.getenv("INTERLACE_ROOT"), "tests/hosts/r/harness.R"))
suppressPackageStartupMessages({
  library(interlace)
  library(lme4)
})
formula <- Reaction ~ Days + (Days | Subject)
fm <- il_lmer(formula, sleepstudy)
plan <- il_plan(formula, head(sleepstudy, 50))
quarters <- function(plan, data) lapply(0:3, function(i) il_accumulate(plan, data[45 * i + 1:45, ], partition = i))

test("sums and their fit", {
  parts <- quarters(plan, sleepstudy)
  all <- il_merge(plan, parts)
  is_true(nobs(all) == 180 && nobs(parts[[1]]) == 45)
  own <- il_fit_sums(all)
  near(fixef(own), fixef(fm), 1e-8)
  near(logLik(own), logLik(fm), 1e-12)
  near(as.matrix(ranef(own)$Subject), as.matrix(ranef(fm)$Subject), 1e-5)
  near(predict(own, sleepstudy), fitted(fm), 1e-7)
  near(summary(own)$coefficients[, "df"], summary(fm)$coefficients[, "df"], 1e-5)
  near(logLik(il_fit_sums(all, REML = FALSE)), logLik(il_lmer(formula, sleepstudy, REML = FALSE)), 1e-12)
  is_true(inherits(own, "il_lmer") && nobs(own) == 180 && identical(deparse(formula(own)), deparse(formula)))
  backwards <- il_fit_sums(il_merge(plan, rev(parts)))
  is_true(identical(fixef(backwards), fixef(own)) && identical(logLik(backwards), logLik(own)))
  is_true(all(il_forecast(all) > 0) && any(grepl("180 rows (0 left out)", capture.output(print(all)), fixed = TRUE)))
  fails(residuals(own), "", "interlace_unsupported_error")
  fails(update(own, . ~ . - Days), "data in parts")
  is_true(is.character(il_svg(own, "caterpillar")))
})

test("what is wrong", {
  parts <- quarters(plan, sleepstudy)
  fails(il_merge(plan, parts[[1]], parts[[1]]), "", "interlace_data_error")
  other <- il_accumulate(il_plan(Reaction ~ Days + (1 | Subject), sleepstudy), sleepstudy, partition = 7)
  fails(il_merge(plan, parts[[1]], other), "", "interlace_argument_error")
  fails(il_accumulate(parts[[1]], data.frame(Days = 1, Subject = "308")), "Reaction", "interlace_data_error")
  is_true(nobs(parts[[1]]) == 45)
  Reaction <- rnorm(10)
  weighted <- il_plan(formula, transform(sleepstudy, w = 1), weights = 2 * w)
  w <- rep(1, 180)
  fails(il_accumulate(weighted, sleepstudy), "no column 'w'", "interlace_data_error")
  fails(il_accumulate(parts[[1]], sleepstudy, partition = 2), "a number of new sums")
  fails(il_accumulate(sleepstudy, sleepstudy), "neither a plan nor sums")
  fails(il_merge(parts[[1]], parts[[2]]), "not a plan")
  fails(il_plan(Reaction ~ I(Days - mean(Days)) + (1 | Subject), sleepstudy), "depends on other rows", "interlace_unsupported_error")
  fails(il_plan(Reaction ~ Dayz + (1 | Subject), sleepstudy), "did you mean 'Days'", "interlace_data_error")
  dropped <- il_accumulate(plan, transform(sleepstudy, Days = replace(Days, 7, NA)))
  is_true(nobs(dropped) == 179 && any(grepl("1 left out", capture.output(print(dropped)))))
  file <- tempfile()
  saveRDS(parts[[1]], file)
  own <- tryCatch(nobs(readRDS(file)), error = conditionMessage)
  is_true(grepl("belongs to the session", own))
})

# Factors with levels that a part lacks, text, truths, expressions that R evaluates, weights, an offset.
test("columns", {
  set.seed(1)
  n <- 400
  data <- data.frame(x = rnorm(n), f = factor(sample(c("lo", "mid", "hi"), n, TRUE), c("lo", "mid", "hi")), t = rnorm(n) > 0, w = runif(n, 1, 2), z = runif(n),
                     g = sample(letters, n, TRUE), day = as.Date("2020-01-01") + sample(8, n, TRUE))
  data$y <- data$x + as.integer(data$f) + data$t + rnorm(26)[match(data$g, letters)] + rnorm(8)[as.integer(data$day - as.Date("2020-01-01"))] + rnorm(n)
  data <- data[order(data$f, data$g), ]
  mixed <- y ~ cospi(x) + f + t + scale(x) + (1 | g) + (1 | day)
  whole <- il_lmer(mixed, data, weights = 2 * w, offset = z^2)
  plan <- il_plan(mixed, data, weights = 2 * w, offset = z^2)
  parts <- lapply(1:5, function(i) il_accumulate(plan, data[80 * (i - 1) + 1:80, ], partition = i))
  own <- il_fit_sums(il_merge(plan, parts))
  is_true(identical(names(fixef(own)), names(fixef(whole))))
  near(fixef(own), fixef(whole), 1e-6)
  near(logLik(own), logLik(whole), 1e-10)
  near(predict(own, data), fitted(whole), 1e-6)
  sent <- unserialize(serialize(plan, NULL))
  again <- il_merge(sent, lapply(parts, il_sums_to_raw))
  is_true(identical(fixef(il_fit_sums(again)), fixef(own)))
})

test("several responses", {
  data <- transform(sleepstudy, other = Reaction^2)
  plan <- il_plan(formula, data, responses = c("log(other)", "sqrt(Reaction)"))
  sums <- il_accumulate(plan, data)
  near(fixef(il_fit_sums(sums, response = "log(other)")), fixef(il_lmer(log(other) ~ Days + (Days | Subject), data)), 1e-6)
  near(fixef(il_fit_sums(sums, response = ~ sqrt(Reaction))), fixef(il_lmer(sqrt(Reaction) ~ Days + (Days | Subject), data)), 1e-6)
  near(fixef(il_fit_sums(sums)), fixef(fm), 1e-8)
  fails(il_fit_sums(sums, response = "Days"), "", "interlace_argument_error")
})

test("CSV files in parts", {
  file <- tempfile(fileext = ".csv")
  n <- 400000L
  data <- data.frame(y = round(rnorm(n) + rep(1:50, length.out = n) / 10, 6), x = round(runif(n), 6), g = paste0("group", rep(1:50, length.out = n)))
  utils::write.csv(data, file, row.names = FALSE, quote = FALSE)
  plan <- il_plan(y ~ x + (1 | g), head(data, 1000))
  sums <- il_accumulate(plan)
  parts <- 0L
  il_each_part(file, function(part) {
    parts <<- parts + 1L
    il_accumulate(sums, part)
  })
  is_true(parts >= 2L && nobs(sums) == n)
  near(fixef(il_fit_sums(sums)), fixef(il_lmer(y ~ x + (1 | g), data)), 1e-6)
  fails(il_each_part("nowhere.csv", print), "nowhere.csv", "interlace_io_error")
})

finish()
