# Tests, intervals, marginal means, comparisons of models.

data_if_any(m, data) = data === nothing ? optional_object(m.data) : frame_of(data, String[])

"""
    anova(m; type = 3, df = :default, data)

The analysis of variance of a linear model of type 1, 2 or 3, or that of deviance of a Cox model. A fit that was loaded needs its `data` if it left out columns.
"""
anova(m::FittedModel; type = 3, df = :default, data = nothing, options...) =
    asked(own -> tabled(C.fit_anova, m.fit, data_if_any(m, data), code(C.anova_type_from_name, type), code(C.df_from_name, df), own), m; options...)

"""Likelihood-ratio tests of a linear or Cox model against those without each term."""
drop1(m::FittedModel; data = nothing, options...) = asked(own -> tabled(C.fit_drop1, m.fit, data_if_any(m, data), own), m; options...)

"""
    waldtest(m, L, rhs = nothing; joint = true, df = :default)

Tests of the linear combinations `L * coef(m)` (or of `rhs`): all together, or each with `joint = false`.
"""
function waldtest(m::FittedModel, L::AbstractMatrix, rhs = nothing; joint = true, df = :default, options...)
    own, (k, p) = Matrix{Float64}(L), size(L)
    rhs === nothing || length(rhs) == k || throw(DimensionMismatch("rhs has $(length(rhs)) values for $k rows of L"))
    right = rhs === nothing ? C_NULL : Vector{Float64}(rhs)
    return asked(options -> tabled(C.fit_wald_test, m.fit, own, k, p, k, right, joint, code(C.df_from_name, df), options), m; options...)
end
waldtest(m::FittedModel, l::AbstractVector, rhs = nothing; kwargs...) = waldtest(m, permutedims(l), rhs; kwargs...)

"""
    confint(m; level = 0.95, method = :wald, df = :default)

Confidence intervals as a table. `method` is `:wald` (the fixed effects), `:profile` (all parameters; `scale = :theta` for the elements of theta instead), `:ranef`
(the random effects given the parameters). Those of a bootstrap are `confint(bootstrap)`.
"""
function confint(m::FittedModel; level = 0.95, method = :wald, df = :default, scale = :sd_cor, full = false, options...)
    own = Symbol(method)
    own === :profile && return profiled(C.fit_parameters_confint_profile, m, level, scale; options...)
    own === :ranef && return ranef_limits(m, level, full)
    own === :wald || throw(ArgumentError("method = :$own is not known; :wald, :profile or :ranef is wanted"))
    all = coeftable(m; df = df, level = level, options...)
    return (term = all.term, id = all.id, estimate = all.estimate, lower = all.lower, upper = all.upper)
end

"""In the order of the table `:ranef`: all levels of an effect, then of the next."""
function ranef_limits(m, level, full)
    down(own) = vec(permutedims(own))
    parts = map(1:n_terms(m)) do term
        size = effects, levels = size_of(m, term)
        lower, upper = Matrix{Float64}(undef, size), Matrix{Float64}(undef, size)
        call(C.fit_term_ranef_confint_wald, m.fit, term - 1, level, full, lower, upper, length(lower))
        (group = fill(group(m, term), prod(size)), level = repeat(Interlace.levels(m, term), effects), effect = repeat(Interlace.effects(m, term), inner = levels),
         mode = down(numbers(C.fit_term_ranef, size, m.fit, term - 1)), lower = down(lower), upper = down(upper))
    end
    empty = (String[], String[], String[], Float64[], Float64[], Float64[])   # of a model without random terms
    return NamedTuple{(:group, :level, :effect, :mode, :lower, :upper)}(Tuple(reduce(vcat, getindex.(parts, i); init = empty[i]) for i in 1:6))
end

"""
    varianceparameters(m; form = :reported, limits = :unbounded, level = 0.95)

Standard errors and Wald limits of variances, correlations and family parameters: term, id, estimate, std_error, lower, upper. `form` is `:reported` (standard deviations and
correlations), `:variance`, `:log` or `:working` (theta); `limits` are symmetric without bounds (`:unbounded`, so within the range of the parameter) or as they are (`:plain`).
"""
function varianceparameters(m::FittedModel; form = :reported, limits = :unbounded, level = 0.95, options...)
    own, kind = code(C.parameter_form_from_name, form), code(C.parameter_limits_from_name, limits)
    return asked(options -> tabled(C.fit_variance_parameters, m.fit, own, kind, level, options), m; options...)
end

"""
    profile(m; level = 0.95, scale = :sd_cor)

The points of the profiles of all parameters: term, id, value, zeta, and a column for each parameter with its value there. `confint(m, method = :profile)` has the intervals.
"""
profile(m::FittedModel; level = 0.95, scale = :sd_cor, options...) = profiled(C.fit_profile, m, level, scale; options...)

function profiled(f, m, level, scale; options...)
    request = Ref(C.ProfileRequest(level = level, profile_scale = code(C.profile_scale_from_name, scale)))
    return asked(own -> tabled(f, m.fit, request, own), m; options...)
end

"""
    likelihoodratiotest(m, others...; chi_bar = false, refit = true)
    likelihoodratiotest(m, formulas...; chi_bar = false)

Likelihood-ratio tests between nested models, in the order of their numbers of parameters; the column `fit` is the place in the list. Fits by REML are fitted
anew by maximum likelihood, as R's `anova` does it, unless `refit = false`. With formulas the models are fitted to the rows that all of them can use; one may
be without random terms. `chi_bar` gives the p-value for a variance at the edge of its range.
"""
function likelihoodratiotest(m::FittedModel, others::FittedModel...; chi_bar = false, refit = true, options...)
    models = [refit ? refitML(own; options...) : own for own in (m, others...)]
    fits = [own.fit for own in models]
    return asked(m; options...) do own
        GC.@preserve fits tabled(C.fit_compare, [fit.pointer for fit in fits], length(fits), chi_bar, own)
    end
end
function likelihoodratiotest(m::FittedModel, formula::AbstractString, formulas::AbstractString...; data = nothing, chi_bar = false, options...)
    specs = [spec_of(m); [made(C.Spec, C.spec_update, spec_of(m), String(own)) for own in (formula, formulas...)]]
    frame = data_of(m, data)
    return asked(m; options...) do own
        GC.@preserve specs tabled(C.spec_lrt, [spec.pointer for spec in specs], length(specs), frame, chi_bar, own)
    end
end

"""
    refitML(m)

The model of a fit by REML fitted to the same rows by maximum likelihood; a fit by maximum likelihood stays as it is.
"""
refitML(m::FittedModel; options...) =
    method(m) === :reml ? FittedModel{kind_of(typeof(m))}(asked(own -> made(C.Fit, C.fit_refit_ml, m.fit, own), m; options...), m.spec, m.data, m.kept) : m

"""
    emmeans(m, specs; at, type = :link, weights = :equal, df = :default, level = 0.95, data)

Marginal means by `specs`, such as `"~ f"` or `"~ f | g"`. `at` gives values of covariates, or levels: `(x = [0, 5], f = ["a", "b"])`. With `type = :response` they
are on the scale of the response.
"""
emmeans(m::FittedModel, specs; kwargs...) = means(C.fit_marginal_means, m, specs; kwargs...)

"""
    contrasts(m, specs; comparisons = :pairwise, adjust = :default, ...)

Comparisons of marginal means: `:pairwise`, `:treatment_control`, `:effects`, or a matrix whose columns are weights of the means of a group, with their `names`. `adjust`
is `:tukey`, `:bonferroni`, `:holm`, `:fdr`, `:sidak` or `:none`. Other keywords are those of [`emmeans`](@ref).
"""
contrasts(m::FittedModel, specs; kwargs...) = means(C.fit_contrasts, m, specs; kwargs...)

function means(f, m, specs; at = nothing, type = :link, weights = :equal, df = :default, level = 0.95, comparisons = :pairwise, names = nothing,
               adjust = :default, data = nothing, options...)
    given = comparisons isa AbstractMatrix ? Matrix{Float64}(comparisons) : nothing
    rows, columns = given === nothing ? (0, 0) : size(given)
    called = given === nothing ? nothing : String[string(name) for name in something(names, 1:columns)]
    given === nothing || length(called) == columns || throw(DimensionMismatch("there are $(length(called)) names for $columns contrasts"))
    values = at === nothing ? nothing : at_text(at)
    name_list = called === nothing ? nothing : Base.cconvert(Ptr{Cstring}, called)
    GC.@preserve given called values name_list begin
        request = Ref(C.MeansRequest(
            at = values === nothing ? Cstring(C_NULL) : Base.unsafe_convert(Cstring, values), weighting = code(C.weighting_from_name, weights),
            means_scale = code(C.means_scale_from_name, type), df = code(C.df_from_name, df),
            comparisons = given === nothing ? code(C.comparisons_from_name, comparisons) : 0, adjustment = code(C.adjustment_from_name, adjust), level = level,
            coefficients = given === nothing ? C_NULL : pointer(given), m = rows, k = columns, ldc = rows,
            names = called === nothing ? C_NULL : Base.unsafe_convert(Ptr{Cstring}, name_list)))
        return asked(own -> tabled(f, m.fit, data_if_any(m, data), String(specs), request, own; counted = ()), m; options...)
    end
end

"""Values of columns as the library reads them: `"x = 0, 5; f = a, b"`."""
at_text(at::AbstractString) = String(at)
at_text(at) = join(("$name = $(join(quoted.(value isa AbstractVector ? value : [value]), ", "))" for (name, value) in pairs(at)), "; ")
quoted(value::Real) = string(value)
quoted(value) = string('"', replace(string(value), '"' => "\"\""), '"')

"""Hazard ratios of a Cox model with limits."""
hazardratios(m::CoxMixedModel; level = 0.95) = tabled(C.fit_hazard_ratios, m.fit, level)
"""Concordance of a Cox model's linear predictor with the order of events, and its standard error."""
concordance(m::CoxMixedModel) = (concordance = C.fit_concordance(m.fit), std_error = C.fit_concordance_std_error(m.fit))
"""Tests of proportional hazards of a Cox model against change with a `transform` of time: `:km`, `:rank`, `:identity` or `:log`."""
proportionalhazards(m::CoxMixedModel; transform = :km, options...) =
    asked(own -> tabled(C.fit_proportional_hazards, m.fit, code(C.time_transform_from_name, transform), own), m; options...)
