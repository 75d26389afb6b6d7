# What a user sees first. The tests beside lme4 and others are in the project's tests/hosts.
library(interlace)
fit <- il_lmer(weight ~ Time + (Time | Chick), ChickWeight)
stopifnot(nobs(fit) == 578, all.equal(as.numeric(logLik(fit)), -2413.74973629, tolerance = 1e-6))
again <- unserialize(serialize(fit, NULL))
stopifnot(identical(predict(again), predict(fit)))
error <- tryCatch(il_lmer(weight ~ Tim + (1 | Chick), ChickWeight), error = identity)
stopifnot(inherits(error, "interlace_data_error"))
