# Pictures of fits: as SVG by the library, or their coordinates by R's own graphics.

il_plot_kinds <- function() {
  own <- .Call(C_picture_kinds)
  data.frame(own, stringsAsFactors = FALSE)
}

# The options of pictures as text: title, width, height, level, term, effect, levels, residual, seed.
picture_options <- function(...) {
  given <- Filter(Negate(is.null), list(...))
  if (length(given) && (is.null(names(given)) || any(!nzchar(names(given)))))
    raise("argument", -1, "options of pictures have names, such as term = \"Subject\"")
  vapply(given, function(value) {
    own <- if (is.numeric(value)) format(value, digits = 17, trim = TRUE) else as.character(value)
    paste(if (length(own) > 1L) ifelse(grepl(",", own, fixed = TRUE), paste0("\"", own, "\""), own) else own, collapse = ", ")
  }, "")
}

il_plot_data <- function(fit, kind = "dashboard", data = NULL, ...) {
  need_fit(fit)
  plain(fit, .Call(C_picture_data, handle_of(fit), kind, frame_with(fit, data), picture_options(...)))
}

il_svg <- function(fit, kind = "dashboard", data = NULL, ...) {
  need_fit(fit)
  format <- list(...)$format
  if (!is.null(format) && !identical(format, "svg")) raise("unsupported", -1, "format: pictures in R are SVG")
  .Call(C_picture, handle_of(fit), kind, frame_with(fit, data), picture_options(...))
}

# With `file` an SVG file; without it the picture on the current device of R.
il_plot <- function(fit, kind = "dashboard", file = NULL, data = NULL, ...) {
  if (!is.null(file)) {
    if (grepl("[.]png$", file, ignore.case = TRUE)) raise("unsupported", -1, sprintf("file: '%s' would have SVG in it; use png() and il_plot() without a file", file))
    svg <- il_svg(fit, kind, data, ...)
    out <- file(file, "wb")
    on.exit(close(out))
    writeBin(charToRaw(svg), out)
    return(invisible(file))
  }
  points <- il_plot_data(fit, kind, data, ...)
  draw_panels(points, title = list(...)$title)
  invisible(points)
}

plot.interlace <- function(x, kind = "dashboard", file = NULL, data = NULL, ...) il_plot(x, kind, file, data, ...)

need_fit <- function(fit)
  if (!inherits(fit, "interlace")) raise("argument", -1, sprintf("'fit' is of class '%s', no fit of this package", class(fit)[1L]))

COLOURS <- c(data = "#2b5f8a", fit = "#b5502c", reference = "#8a8a8a", limit = "#5a5a5a")
SERIES <- c("#2b5f8a", "#b5502c", "#5b8c3e", "#7d4f9e", "#b8860b", "#3a9aa0")

draw_panels <- function(points, title = NULL) {
  panels <- split(points, panel_of(points))
  if (length(panels) > 1L) {
    old <- graphics::par(mfrow = grDevices::n2mfrow(length(panels)), mar = c(3, 3.5, 2, 0.8), mgp = c(1.8, 0.6, 0))
    on.exit(graphics::par(old))
  }
  for (own in panels) draw_panel(own, if (length(panels) == 1L && !is.null(title)) title else own$panel[1L])
}

# The number of the panel of each point. Panels follow each other, and two of them may have one title: a layer that begins again is one of the next.
panel_of <- function(points) {
  layer <- paste(points$layer, points$mark, points$role, sep = "\r")
  new_title <- c(TRUE, points$panel[-1L] != points$panel[-nrow(points)])
  begins <- which(new_title | c(TRUE, layer[-1L] != layer[-nrow(points)]))
  number <- integer(nrow(points))
  seen <- character()
  panel <- 0L
  for (i in begins) {
    if (new_title[i] || layer[i] %in% seen) {
      panel <- panel + 1L
      seen <- character()
    }
    seen <- c(seen, layer[i])
    number[i] <- panel
  }
  number[begins][cumsum(seq_len(nrow(points)) %in% begins)]
}

draw_panel <- function(own, title) {
  names <- label_axes(own)
  graphics::plot.default(range_of(own, "x"), range_of(own, "y"), type = "n", main = title, xlab = "", ylab = "",
                         xaxt = if (is.null(names$x)) "s" else "n", yaxt = if (is.null(names$y)) "s" else "n")
  if (!is.null(names$x)) graphics::axis(1, names$x$at, names$x$labels)
  if (!is.null(names$y)) graphics::axis(2, names$y$at, names$y$labels, las = 1, cex.axis = 0.7)
  layers <- split(own, factor(paste(own$layer, own$mark, own$role), unique(paste(own$layer, own$mark, own$role))))
  series <- unique(own$layer[own$role == "series"])
  for (layer in layers) {
    role <- layer$role[1L]
    draw_layer(layer, if (role == "series") SERIES[(match(layer$layer[1L], series) - 1L) %% length(SERIES) + 1L] else COLOURS[[role]])
  }
}

# Intervals beside each other have the names of their levels or coefficients on the axis.
label_axes <- function(own) {
  named <- function(mark, column) {
    rows <- own[own$mark == mark & !is.na(own$label), ]
    if (nrow(rows) && all(rows[[column]] == round(rows[[column]]))) list(at = rows[[column]], labels = rows$label)
  }
  list(x = named("interval_y", "x"), y = named("interval_x", "y"))
}

# Everything that a panel has along an axis, finite.
range_of <- function(own, axis) {
  across <- own$mark %in% (if (axis == "x") "interval_x" else c("band", "step_band", "interval_y", "bars"))
  cells <- own$mark == "cells"
  values <- c(own[[axis]][!(own$mark == (if (axis == "x") "rule_y" else "rule_x"))], own[[paste0(axis, "_to")]], own$lower[across & !cells],
              own$upper[across & !cells])
  values <- values[is.finite(values)]
  if (length(values)) range(values) else c(0, 1)
}

draw_layer <- function(own, colour) {
  pale <- grDevices::adjustcolor(colour, 0.2)
  dashed <- if (own$role[1L] == "reference") 2L else 1L
  switch(own$mark[1L],
    points = graphics::points(own$x, own$y, col = colour, pch = if (own$role[1L] == "fit") 1L else 19L, cex = 0.6),
    line = graphics::lines(own$x, own$y, col = colour, lty = dashed),
    steps = graphics::lines(own$x, own$y, col = colour, lty = dashed, type = "s"),
    band = graphics::polygon(c(own$x, rev(own$x)), c(own$lower, rev(own$upper)), col = pale, border = NA),
    step_band = draw_step_band(own, pale),
    interval_x = graphics::segments(own$lower, own$y, own$upper, own$y, col = colour),
    interval_y = graphics::segments(own$x, own$lower, own$x, own$upper, col = colour),
    arrows = suppressWarnings(graphics::arrows(own$x, own$y, own$x_to, own$y_to, length = 0.06, col = colour)),
    bars = draw_bars(own, colour),
    cells = graphics::points(own$x, own$y, pch = 15, cex = 0.5, col = shades(colour, own$size)),
    rule_x = graphics::abline(v = own$x, col = colour, lty = 2L),
    rule_y = graphics::abline(h = own$y, col = colour, lty = 2L))
}

shades <- function(colour, size) vapply(0.15 + 0.85 * size / max(size), function(share) grDevices::adjustcolor(colour, share), "")

draw_bars <- function(own, colour) {
  half <- 0.4 * if (nrow(own) > 1L) min(diff(sort(unique(own$x)))) else 1
  graphics::rect(own$x - half, own$lower, own$x + half, own$upper, col = grDevices::adjustcolor(colour, 0.5), border = colour)
}

draw_step_band <- function(own, pale) {
  n <- nrow(own)
  if (n < 2L) return(invisible())
  graphics::rect(own$x[-n], own$lower[-n], own$x[-1L], own$upper[-n], col = pale, border = NA)
}
