# Linear models of data in parts: streams larger than memory, data spread over workers.

# What all parts have in common: the model, and what it learns from a sample. It is bytes and expressions, and so may be saved and sent.
il_plan <- function(formula, sample, weights, offset, contrasts = NULL, correlation = NULL, responses = NULL, na.action = getOption("na.action"),
                    control = il_control()) {
  call <- match.call()
  if (!is.data.frame(sample)) raise("argument", -1, sprintf("'sample' is of class '%s', not a data frame", class(sample)[1L]))
  reader <- reading(formula, sample, call, parent.frame())
  settings <- common_settings(reader, call, contrasts)
  settings$correlation <- correlation_setting(reader, correlation)
  text <- library_formula(reader, formula)
  further <- vapply(as_list(responses), function(own) deparsed(translate_response(reader, response_of(own))), "")
  if (length(reader$moving))
    raise("unsupported", -1, sprintf("'%s' depends on other rows than its own, so each part would give it another meaning", reader$moving[1L]))
  settings$contrasts <- contrast_settings(reader, columns_of(reader, "lmm"))
  na <- na_setting(na.action)
  if (na == "pad") na <- "omit"
  plan <- structure(list(call = call, formula = formula, recipes = reader$recipes, uses = reader$uses, env = reader$env, settings = settings, na = na,
                         responses = further, names = names(sample), prototypes = lapply(columns_of(reader, "lmm"), `[`, 0L)), class = "il_plan")
  plan$bytes <- .Call(C_plan, text, settings, part_columns(plan, sample), c(as_control(control), na = na), further)
  plan
}

as_list <- function(own) if (is.null(own) || is.list(own)) own else if (inherits(own, "formula")) list(own) else as.list(own)

# "log(cost)", or ~ log(cost).
response_of <- function(own) if (inherits(own, "formula")) own[[length(own)]] else str2lang(own)

# The columns of a part. Levels of a factor are declared in all parts, whether they occur there or not; text has the library's order.
part_columns <- function(plan, data) {
  if (!is.list(data)) raise("argument", -1, sprintf("'data' is of class '%s', not a data frame", class(data)[1L]))
  n <- if (is.data.frame(data)) nrow(data) else NROW(data[[1L]])
  own <- list()
  for (name in names(plan$recipes)) {
    own[[name]] <- part_column(part_value(plan, name, data, n), name, plan$uses[[name]])
  }
  structure(own, rows = n)
}

# Columns of the sample are columns of each part: what has their name elsewhere is something else.
part_value <- function(plan, name, data, n) {
  recipe <- plan$recipes[[name]]
  absent <- setdiff(intersect(all.vars(recipe), plan$names), names(data))
  if (length(absent)) raise("data", -1, sprintf("this part of the data has no column '%s'", absent[1L]))
  value <- tryCatch(eval(recipe, data, plan$env), error = function(problem)
    raise("data", -1, sprintf("'%s' cannot be evaluated in this part of the data: %s", name, conditionMessage(problem))))
  if (is.matrix(value) && ncol(value) == 1L) value <- value[, 1L]
  if (length(value) != n) raise("data", -1, sprintf("'%s' has %d values, and this part has %d rows", name, length(value), n))
  value
}

part_column <- function(value, name, uses) {
  if (is.character(value)) return(value)
  if (is.logical(value) && any(startsWith(uses, "response") | uses %in% c("weights", "offset"))) return(as.numeric(value))
  if (is.logical(value)) return(factor(value, c(FALSE, TRUE)))
  if (all(uses == "group") && is.object(value) && !is.factor(value) && !inherits(value, "integer64")) return(as.character(value))
  as_column(value, name, drop = FALSE)
}

# Sums of the rows of a part. A plan gives new ones, of the partition with this number; sums get the rows added, themselves.
il_accumulate <- function(sums, data = NULL, partition = 0) {
  if (inherits(sums, "il_plan")) {
    own <- sums_from(.Call(C_accumulator, sums$bytes, whole(partition, "partition")), sums)
  } else {
    need_sums(sums)
    if (!missing(partition)) raise("argument", -1, "'partition' is a number of new sums, il_accumulate(plan, data, partition)")
    own <- sums
  }
  if (!is.null(data)) .Call(C_accumulator_add, own$box, part_columns(own$plan, data), character())
  own
}

sums_from <- function(box, plan) structure(list(box = box, plan = plan), class = "il_sums")

need_sums <- function(sums)
  if (!inherits(sums, "il_sums")) raise("argument", -1, sprintf("'sums' is of class '%s': neither a plan nor sums of il_accumulate()", class(sums)[1L]))

# New sums of all that are given: sums, or raw vectors of il_sums_to_raw() that other processes have sent.
il_merge <- function(plan, ...) {
  if (!inherits(plan, "il_plan")) raise("argument", -1, sprintf("'plan' is of class '%s', not a plan of il_plan()", class(plan)[1L]))
  parts <- list(...)
  if (length(parts) == 1L && is.list(parts[[1L]]) && !inherits(parts[[1L]], "il_sums")) parts <- parts[[1L]]
  if (!length(parts)) raise("argument", -1, "there are no sums to merge")
  boxes <- lapply(parts, function(part) {
    if (is.raw(part)) return(.Call(C_accumulator_from_raw, part))
    need_sums(part)
    part$box
  })
  first <- if (is.raw(parts[[1L]])) boxes[[1L]] else .Call(C_accumulator_from_raw, .Call(C_accumulator_to_raw, boxes[[1L]]))
  for (box in boxes[-1L]) .Call(C_accumulator_merge, first, box)
  sums_from(first, plan)
}

il_sums_to_raw <- function(sums) {
  need_sums(sums)
  .Call(C_accumulator_to_raw, sums$box)
}

# The model fitted to all rows. What is per row is not there: predict() has it for each part.
il_fit_sums <- function(sums, REML = TRUE, response = NULL, start = NULL, control = il_control()) {
  need_sums(sums)
  plan <- sums$plan
  options <- c(as_control(control), method = if (truth_value(REML, "REML")) "reml" else "ml")
  name <- if (!is.null(response)) deparsed(response_of(response))
  handle <- .Call(C_accumulator_fit, sums$box, options, if (!is.null(start)) as.numeric(start), name)
  formula <- plan$formula
  if (!is.null(response)) formula[[2L]] <- response_of(response)
  fit <- structure(list(handle = handle, call = match.call(), formula = formula, columns = NULL, prototypes = plan$prototypes, recipes = plan$recipes,
                        uses = plan$uses, moving = character(), env = plan$env, row_names = NULL, settings = plan$settings, na = plan$na,
                        info = .Call(C_info, handle)), class = c("il_lmer", "interlace"))
  say_outcome(fit)
  fit
}

il_forecast <- function(sums) {
  need_sums(sums)
  stats::setNames(.Call(C_accumulator_numbers, sums$box, TRUE)[4:5], c("memory", "multiplications"))
}

nobs.il_sums <- function(object, ...) .Call(C_accumulator_numbers, object$box, FALSE)[1L]

print.il_sums <- function(x, ...) {
  own <- .Call(C_accumulator_numbers, x$box, FALSE)
  cat(sprintf("Sums of %.0f rows (%.0f left out), %.0f bytes, for %s\n", own[1L], own[2L], own[3L], deparsed(x$plan$formula)))
  invisible(x)
}

print.il_plan <- function(x, ...) {
  cat(sprintf("Plan of %s\n", deparsed(x$formula)))
  invisible(x)
}

# Calls a function with each part of a CSV file, 8 MB of it, as a data frame.
il_each_part <- function(file, f, categorical = character()) {
  stream <- .Call(C_csv_open, path.expand(file), as.character(categorical))
  repeat {
    part <- .Call(C_csv_next, stream)
    if (!nrow(part)) return(invisible())
    f(part)
  }
}
