# What rows and groups do to a fit, residuals by simulation, and how a fit ended.

"""
    leverage(m, part = :overall)

The leverages of the rows of a linear model: the diagonal of the hat matrix, or its part `:fixef` or `:ranef`, whose sum it is. `:ranef_variance` is the variance of the
random part in units of the residual variance.
"""
leverage(m::FittedModel, part = :overall; options...) =
    asked(own -> per_row(C.fit_leverage, m, code(C.leverage_from_name, part), own), m; options...)

"""
    influence(m; by, method = :refit, data)

What the estimates become without each row, or with `by` without each level of a grouping factor or other column: a table with a row for each case, its `case` (the number of the row, or the level), `rows`,
`status`, `cooks_distance`, `mdffits`, `covtrace`, `covratio`, `likelihood_displacement`, `dfbetas.` and each fixed effect, `rvc.` and each standard deviation (the relative change
of the variance), and all estimates without the case. `method` is `:refit`, `:one_step`, or of a linear model `:fixed` (the covariances are held).
A column that the model does not have needs its `data`, in the rows of the fit.
"""
function influence(m::FittedModel; by = nothing, kwargs...)
    own = influenced(table, m; by = by, kwargs...)
    return by === nothing ? merge(own, (case = parse.(Int, own.case),)) : own
end

function influenced(read, m; by = nothing, method = :refit, data = nothing, options...)
    group = by === nothing ? nothing : String(by)
    GC.@preserve group begin
        request = Ref(C.InfluenceRequest(influence_method = code(C.influence_method_from_name, method),
                                         group = group === nothing ? Cstring(C_NULL) : Base.unsafe_convert(Cstring, group)))
        frame = asked(own -> made(C.Frame, C.fit_influence, m.fit, data_if_any(m, data), request, own), m; options...)
        own = read(frame)
        finalize(frame)
        return own
    end
end

"""Cook's distances: of each row used, or with `by` of each level. Keywords as for [`influence`](@ref)."""
cooksdistance(m::FittedModel; kwargs...) = influence(m; kwargs...).cooks_distance

"""
    influential(m; threshold, by, method = :refit, data)

What stands out by Cook's distance: `n_influential` cases are above the threshold (by default 4 divided by the number of cases), `gap` is the largest gap between neighbours of
the ordered distances, and `n_above_gap` cases are above it.
"""
influential(m::FittedModel; threshold = nothing, kwargs...) = influenced(m; kwargs...) do frame
    n, gap, above = Ref{Csize_t}(0), Ref(NaN), Ref{Csize_t}(0)
    call(C.frame_influential, frame, something(threshold, 0.0), n, gap, above)
    (n_influential = Int(n[]), gap = gap[], n_above_gap = Int(above[]))
end

"""
    simulated_residuals([rng,] m; nsim = 250, seed = 0, type = :new, by, data)

Quantile residuals by simulation, as DHARMa makes them: the place of each response among `nsim` simulated ones, uniform between 0 and 1 if the model is true. The table
`residuals` has a row for each row used, or with `by`, whose sums are then compared, for each level; `tests` has uniformity, dispersion, zeros and outliers. Random effects are newly
drawn, or with `type = :conditional` those of the fit.
"""
function simulated_residuals(m::FittedModel; nsim = 250, seed = 0, type = :new, by = nothing, data = nothing, options...)
    kind, group = code(C.simulation_from_name, type), optional(by === nothing ? nothing : String(by))
    return asked(m; options...) do own
        residuals, tests = Ref{Ptr{Cvoid}}(C_NULL), Ref{Ptr{Cvoid}}(C_NULL)
        call(C.fit_simulated_residuals, m.fit, counted(nsim), seed_of(seed), kind, data_if_any(m, data), group, own, residuals, tests)
        frames = C.Frame(residuals[]), C.Frame(tests[])
        tables = map(table, frames)
        foreach(finalize, frames)
        (residuals = tables[1], tests = tables[2])
    end
end
simulated_residuals(rng::AbstractRNG, m::FittedModel; kwargs...) = simulated_residuals(m; seed = seed_of(rng), kwargs...)

"""Random effects as residuals: the `mode` of each level and effect, its `standardized` value, and the `distance` of all effects of the level from zero."""
ranefresiduals(m::FittedModel; options...) = asked(own -> tabled(C.fit_ranef_residuals, m.fit, own), m; options...)

"""
    convergence(m)

How the fit ended and what its data determine: a row for each finding, with `check`, `status` (ok, note or warning), `subject`, `value`, `meaning` and `advice`.
"""
convergence(m::FittedModel; options...) = asked(own -> tabled(C.fit_diagnose, m.fit, own), m; options...)

"""
    augment(m; influence = false, seed = 0, data)

The columns of the data that the model uses (or of `data`, in the rows of the fit) and what the fit says of each row: `.row`, `.fitted`, `.resid` and so on; with `influence`
also Cook's distances and the like of each row.
"""
augment(m::FittedModel; influence = false, seed = 0, data = nothing, options...) =
    asked(own -> tabled(C.fit_augment, m.fit, data_of(m, data), seed_of(seed), influence, own; counted = (Symbol(".row"),)), m; options...)
