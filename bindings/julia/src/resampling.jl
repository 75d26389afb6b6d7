# Simulated responses, refits, bootstraps, cross-validation.

seed_of(rng::AbstractRNG) = rand(rng, UInt64)
seed_of(seed::Integer) = 0 <= seed <= typemax(UInt64) ? UInt64(seed) : throw(ArgumentError("seed is $seed; a whole number from 0 to $(typemax(UInt64)) is wanted"))
counted(n) = n < 0 ? throw(ArgumentError("the number of replicates is $n; it cannot be negative")) : Int(n)

"""
    simulate([rng,] m; seed = 0, type = :new)
    simulate([rng,] m, n; ...)

A simulated response, or `n` of them as the columns of a matrix. Random effects are newly drawn, or with `type = :conditional` those of the fit. A response of a Cox
model has two columns, the times and the events. Without `rng` the seed decides.
"""
simulate(m::FittedModel; kwargs...) = (own = simulate(m, 1; kwargs...); m isa CoxMixedModel ? own[:, :, 1] : vec(own))
function simulate(m::FittedModel, n::Integer; seed = 0, type = :new, options...)
    rows, columns = Int(C.fit_n_rows(m.fit)), Int(C.fit_n_response_columns(m.fit))
    size = columns == 1 ? (rows, counted(n)) : (rows, columns, counted(n))
    return asked(m; options...) do own
        out = Array{Float64}(undef, size)
        call(C.fit_simulate, m.fit, n, seed_of(seed), code(C.simulation_from_name, type), own, out, length(out))
        out
    end
end
simulate(rng::AbstractRNG, m::FittedModel, n::Integer...; kwargs...) = simulate(m, n...; seed = seed_of(rng), kwargs...)

"""
    refit(m, y)

The model fitted to another response on the same rows; of a Cox model a matrix of times and events. With a matrix of several responses (for a Cox model
several pairs of columns) `refitmany` gives a table instead of models.
"""
function refit(m::FittedModel{kind}, y::AbstractVecOrMat; options...) where {kind}
    own = Array{Float64}(y)
    return FittedModel{kind}(asked(options -> made(C.Fit, C.fit_refit, m.fit, own, length(own), options), m; options...), m.spec, m.data, m.kept)
end
"""Fits of the model to the responses in the columns of `y`: status, reason, log_likelihood and all estimates, a row for each."""
function refitmany(m::FittedModel, y::AbstractArray; std_errors = false, options...)
    columns = Int(C.fit_n_response_columns(m.fit))
    own = Matrix{Float64}(reshape(y, size(y, 1), :))
    k, rest = divrem(size(own, 2), columns)
    rest == 0 || throw(DimensionMismatch("y has $(size(own, 2)) columns; a response of this model has $columns"))
    return asked(options -> tabled(C.fit_refit_many, m.fit, own, size(own, 1), k, size(own, 1), std_errors, options), m; options...)
end

"""
Replicates of a bootstrap: `table(b)` has a row for each, [`confint`](@ref) gives intervals.
"""
struct Replicates
    model::FittedModel
    plan::C.Bootstrap
    frame::C.Frame
    statistic::Any   # the caller's function, which intervals ask for the value of the fit itself
end

table(own::Replicates) = table(own.frame)
Base.length(own::Replicates) = Int(C.frame_n_rows(own.frame))
Base.show(io::IO, own::Replicates) = print(io, length(own), " replicates of ", own.model)

mutable struct Statistic
    f::Any
    watch::Watch
end

const STATISTIC = Ref{Ptr{Cvoid}}(C_NULL)

"""What the library calls for each replicate. An error in the caller's function stops the bootstrap, and is thrown after it."""
function statistic(replicate::Int64, estimates::Ptr{Float64}, n_estimates::Csize_t, y::Ptr{Float64}, n::Csize_t, out::Ptr{Float64}, n_out::Csize_t,
                   data::Ptr{Cvoid})::Int32
    own = unsafe_pointer_to_objref(data)::Statistic
    own.watch.thrown === nothing || return 1
    try
        result = own.f(copy(unsafe_wrap(Array, estimates, n_estimates)), copy(unsafe_wrap(Array, y, n)))
        length(result) == n_out || throw(DimensionMismatch("the statistic has $(length(result)) values for $n_out names"))
        for (i, value) in enumerate(result)
            unsafe_store!(out, value, i)
        end
        return 0
    catch thrown
        own.watch.thrown = thrown
        return 1
    end
end

"""
    bootstrap(m, n; type = :parametric, group, simulation = :new, seed = 0, first = 0, statistic = (names, f))

`n` replicates, from number `first`: of simulated responses (`:parametric`), of samples of the levels of a grouping factor (`:groups`), or of rows (`:rows`). `f(estimates, y)`
gives further statistics, as many as names, after all replicates have been fitted; `estimates` are in the order of the table's columns.
"""
function bootstrap(m::FittedModel, n::Integer; type = :parametric, group = nothing, simulation = :new, seed = 0, first = 0, statistic = nothing,
                   progress = nothing, options...)
    plan = made(C.Bootstrap, C.bootstrap_new)
    call(C.bootstrap_set_replicates, plan, counted(first), counted(n))
    call(C.bootstrap_set_seed, plan, seed_of(seed))
    if Symbol(type) === :parametric
        call(C.bootstrap_set_parametric, plan, code(C.simulation_from_name, simulation))
    elseif Symbol(type) === :groups
        call(C.bootstrap_set_groups, plan, optional(group))
    elseif Symbol(type) === :rows
        call(C.bootstrap_set_rows, plan)
    else
        throw(ArgumentError("type = :$type is not known; :parametric, :groups or :rows is wanted"))
    end
    watch = Watch(listener(progress))
    own = statistic === nothing ? nothing : Statistic(statistic[2], watch)
    GC.@preserve own begin
        if own !== nothing
            names = String[string(name) for name in listed(statistic[1])]
            call(C.bootstrap_set_statistic, plan, names, length(names), STATISTIC[], pointer_from_objref(own))
        end
        frame = asked(options -> made(C.Frame, C.bootstrap_run, plan, m.fit, options), m; watch = watch, options...)
        return Replicates(m, plan, frame, own)
    end
end

"""
    parametricbootstrap([rng,] n, m; ...)

[`bootstrap`](@ref) of simulated responses, in the words of MixedModels.jl.
"""
parametricbootstrap(n::Integer, m::FittedModel; kwargs...) = bootstrap(m, n; kwargs...)
parametricbootstrap(rng::AbstractRNG, n::Integer, m::FittedModel; kwargs...) = bootstrap(m, n; seed = seed_of(rng), kwargs...)

"""
    confint(replicates; level = 0.95, method = :percentile)

Bootstrap intervals: term, id, estimate, bias, std_error, lower, upper, n. `method` is `:percentile`, `:basic`, `:normal` or `:bca`, which fits the model without each group.
"""
function confint(own::Replicates; level = 0.95, method = :percentile, progress = nothing, options...)
    kind = code(C.bootstrap_interval_from_name, method)
    watch = own.statistic === nothing ? Watch(nothing) : own.statistic.watch
    watch.progress = listener(progress)
    jackknife(options) = made(C.Frame, C.bootstrap_jackknife, own.plan, own.model.fit, options)
    GC.@preserve own begin
        left_out = kind == C.BootstrapInterval.BCA ? asked(jackknife, own.model; watch = watch, options...) : C_NULL
        intervals = made(C.Frame, C.bootstrap_confint, own.plan, own.model.fit, own.frame, left_out, level, kind)
        throw_kept(watch, own.model.kept)
        return table(intervals)
    end
end

"""
    crossvalidate(m; group, folds = 0, seed = 0)

Leaves out each level of a grouping factor in turn (without `group` each row; with `folds` as many parts), and predicts it by the others: the tables `folds` and `rows`.
"""
function crossvalidate(m::FittedModel; group = nothing, folds = 0, seed = 0, data = nothing, options...)
    frame = data_of(m, data)
    return asked(m; options...) do own
        by_fold, by_row = Ref{Ptr{Cvoid}}(C_NULL), Ref{Ptr{Cvoid}}(C_NULL)
        call(C.spec_cross_validate, spec_of(m), frame, optional(group), folds, seed_of(seed), own, by_fold, by_row)
        (folds = table(C.Frame(by_fold[])), rows = table(C.Frame(by_row[])))
    end
end

"""The model fitted by each optimiser, each from several starts: if they agree, none has stopped short of the minimum."""
function alloptimizers(m::FittedModel; data = nothing, options...)
    frame = data_of(m, data)
    return asked(own -> tabled(C.spec_all_optimizers, spec_of(m), frame, own), m; options...)
end
