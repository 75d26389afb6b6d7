# Pictures: SVG, their coordinates, R's own drawing.
source(file.path(Sys.getenv("INTERLACE_ROOT"), "tests/hosts/r/harness.R"))
suppressPackageStartupMessages({
  library(interlace)
  library(lme4)
})
fm <- il_lmer(Reaction ~ Days + (Days | Subject), sleepstudy)
folder <- tempfile()
dir.create(folder)

test("SVG", {
  path <- file.path(folder, "people.svg")
  is_true(identical(il_plot(fm, "caterpillar", file = path, term = "Subject", title = "People, in order", width = 700), path))
  svg <- readChar(path, file.size(path), useBytes = TRUE)
  is_true(startsWith(svg, "<svg") && grepl("People, in order", svg, fixed = TRUE))
  is_true(identical(svg, il_svg(fm, "caterpillar", term = "Subject", title = "People, in order", width = 700)))
  is_true(identical(plot(fm, "qq", file = path), path) && file.size(path) > 1000)
  kinds <- il_plot_kinds()
  is_true(all(c("dashboard", "qq", "survival") %in% kinds$kind) && !kinds$needs_rows[kinds$kind == "caterpillar"])
})

test("coordinates", {
  points <- il_plot_data(fm, "caterpillar", level = 0.9)
  is_true(is.data.frame(points) && all(c("panel", "layer", "mark", "role", "x", "y", "lower", "upper", "x_to", "y_to", "size", "label") %in% names(points)))
  slopes <- points[points$panel == "Days | Subject" & points$mark == "interval_x", ]
  modes <- ranef(fm, condVar = TRUE)$Subject
  near(slopes$x, modes[slopes$label, "Days"], 1e-12)
  spread <- sqrt(attr(modes, "postVar")[2, 2, ])
  near(slopes$upper - slopes$x, qnorm(0.95) * spread[match(slopes$label, rownames(modes))], 1e-9)
  beside <- il_plot_data(fm, "groups", data = transform(sleepstudy, age = seq_along(Days)), effect = "age", levels = c("308", "309"))
  is_true(identical(range(beside$x), c(1, 20)) && all(beside$panel %in% c("308", "309")))
  transformed <- il_lmer(Reaction ~ cospi(Days) + (1 | Subject), sleepstudy)
  is_true("cospi(Days)" %in% il_plot_data(transformed, "coefficients")$label)
})

# Every kind is drawn by R for one of the models, and those that it does not suit say so.
test("R's graphics", {
  fits <- list(fm, il_glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial),
               il_glmer(TICKS ~ YEAR + (1 | BROOD), grouseticks, poisson),
               il_clmm(factor(rating, ordered = TRUE) ~ temp + (1 | judge), data_of("wine")),
               il_coxme(Surv(time, status) ~ age + (1 | id), data_of("kidney")))
  grDevices::pdf(file.path(folder, "all.pdf"))
  for (kind in il_plot_kinds()$kind) {
    drawn <- 0L
    for (fit in fits) {
      own <- tryCatch(il_plot(fit, kind), interlace_unsupported_error = identity, interlace_argument_error = identity)
      if (is.data.frame(own)) drawn <- drawn + 1L else is_true(nchar(conditionMessage(own)) > 20, kind)
    }
    is_true(drawn > 0L, kind)
  }
  old <- par("mfrow")
  points <- plot(fm)
  is_true(identical(par("mfrow"), old) && is.data.frame(points) && identical(max(interlace:::panel_of(points)), 6L))
  grDevices::dev.off()
  is_true(file.size(file.path(folder, "all.pdf")) > 10000)
})

test("what is wrong", {
  fails(il_plot(fm, "piechart"), "piechart", "interlace_argument_error")
  fails(il_plot(fm, "qq", colour = "red"), "colour", "interlace_argument_error")
  fails(il_svg(fm, "qq", NULL, 3), "have names")
  fails(il_plot(sleepstudy, "qq"), "'data.frame', no fit")
  fails(il_plot_data(fm, "groups", data = head(sleepstudy)), "'data' has 6 rows, and the data of the fit had 180", "interlace_data_error")
})

test("fits of files", {
  again <- il_from_raw(il_to_raw(fm, rows = FALSE))
  is_true(identical(il_svg(again, "caterpillar"), il_svg(fm, "caterpillar")))
  fails(il_svg(again, "qq"), "rows", "interlace_unsupported_error")
})

finish()
