# Predictions, and survival of Cox models.

"""New data: the columns of the model that they have, the response among them or not."""
new_frame(m, data::Nothing) = C_NULL
function new_frame(m, data)
    m.spec === nothing && return frame_of(data, String[])
    needed = columns_wanted(m.spec; roles = ("fixed", "random", "group", "offset", "strata", "time"))
    needed === nothing && return frame_of(data, String[])
    return frame_of(data, needed, columns_wanted(m.spec))
end

"""
    predict(m, data = nothing; type = :response, random = :all, new_levels = :error, terms, interval = nothing, level = 0.95, weights)

Predictions for the rows of `data`, or for those of the fit. `type` is `:response`, `:link`, `:conditional`, `:zero_probability`, `:dispersion`, `:marginal`,
`:location`; of an ordinal model `:probabilities`, `:cumulative`, `:class` (matrices, or numbers of categories from 1); of a Cox model `:risk` or `:survival`. `random = :none` leaves the random effects
out, `terms` takes only these (from 1), `new_levels = :zero` gives levels that the fit does not know effects of zero. A row with a missing predictor has NaN;
[`predictionstatus`](@ref) says why.

With `interval = :confidence` or `:prediction` it is a named tuple: prediction, std_error, lower, upper. Prediction intervals are for responses with `weights`, by default
those in the column of weights of the model if new data have it, else 1.
"""
function predict(m::FittedModel, data = nothing; interval = nothing, weights = nothing, options...)
    weighted = weights === nothing && interval !== nothing && Symbol(interval) === :prediction ? weights_in(m, data) : weights
    return predicted(m, data; interval = something(interval, :confidence), weights = weighted, options...) do frame, request, size, own
        interval === nothing && return numbers(C.fit_predict, size, m.fit, frame, request, own)
        arrays = ntuple(_ -> Array{Float64}(undef, size), 4)
        call(C.fit_predict_interval, m.fit, frame, request, own, arrays..., prod(size))
        return NamedTuple{(:prediction, :std_error, :lower, :upper)}(arrays)
    end
end

"""The column of weights of the model in new data, for prediction intervals; `nothing` if they do not have it, and then each row weighs 1."""
function weights_in(m, data)
    (data === nothing || m.spec === nothing) && return nothing
    names, values = columns_of(data)
    own = filter(in(names), something(columns_wanted(m.spec; roles = ("weights",)), String[]))
    return isempty(own) ? nothing : Float64[ismissing(weight) ? NaN : weight for weight in values(only(own))]
end

predict(m::CumulativeLinkMixedModel, data = nothing; type = :probabilities, kwargs...) = invoke(predict, Tuple{FittedModel, Any}, m, data; type = type, kwargs...)

"""Whether rows have a prediction, or why not: `:ok`, `:missing`, `:not_estimable`, `:crossed` or `:beyond`. Keywords as for [`predict`](@ref)."""
function predictionstatus(m::FittedModel, data = nothing; type = m isa CumulativeLinkMixedModel ? :probabilities : :response, options...)
    return predicted(m, data; type = type, options...) do frame, request, size, own
        out = Vector{Int32}(undef, first(size))
        call(C.fit_predict_status, m.fit, frame, request, own, out, length(out))
        return word.(Ref(C.prediction_status_name), out)
    end
end

function predicted(ask, m, data; type = :response, random = :all, new_levels = :error, terms = nothing, interval = :confidence, level = 0.95, weights = nothing,
                   options...)
    quantity, frame = code(C.quantity_from_name, type), new_frame(m, data)
    rows, width = frame === C_NULL ? C.fit_n_rows(m.fit) : C.frame_n_rows(frame), C.fit_predict_width(m.fit, quantity)
    weights === nothing || length(weights) == rows || throw(DimensionMismatch("there are $(length(weights)) weights for $rows rows"))
    own_terms = terms === nothing ? nothing : [chosen(m, term) for term in terms]
    own_weights = weights === nothing ? nothing : Vector{Float64}(weights)
    GC.@preserve own_terms own_weights begin
        request = Ref(C.PredictRequest(
            quantity = quantity, random = code(C.random_from_name, random), terms = address(own_terms), n_terms = terms === nothing ? 0 : length(own_terms),
            new_levels = code(C.new_levels_from_name, new_levels), interval = code(C.interval_from_name, interval), level = level, weights = address(own_weights)))
        size = width > 1 ? (Int(rows), Int(width)) : (Int(rows),)
        return with(frame, own -> ask(frame, request, size, own), m; options...)
    end
end

function chosen(m, term)
    n = n_terms(m)
    1 <= term <= n || throw(ArgumentError("terms has $term; the model has $n random term$(n == 1 ? "" : "s"), counted from 1"))
    return Csize_t(term - 1)
end

"""A question about a frame of new data, which is freed at once."""
function with(frame, ask, m; options...)
    try
        return asked(ask, m; options...)
    finally
        frame === C_NULL || finalize(frame)
    end
end

address(own::Nothing) = C_NULL
address(own) = pointer(own)

"""
    survival(m, data = nothing; times, random = :all, new_levels = :error, limits = :log, level = 0.95)

Survival curves of a Cox model for each row: row, stratum, time, status, survival, std_error, lower, upper and so on. Without `times` they are the event times
of the row's stratum. `limits` is the scale on which limits are symmetric, `:log`, `:log_log`, `:plain` or `:none`; `random = :average` averages over the random effects.
"""
survival(m::CoxMixedModel, data = nothing; kwargs...) =
    survived((frame, request, own) -> tabled(C.fit_survival_curves, m.fit, frame, request, own), m, data; kwargs...)
"""Quantiles of survival times for each row. Keywords as for [`survival`](@ref)."""
function survivalquantiles(m::CoxMixedModel, data = nothing; probabilities = [0.5], kwargs...)
    shares = Vector{Float64}(probabilities)
    return survived((frame, request, own) -> tabled(C.fit_survival_quantiles, m.fit, frame, request, shares, length(shares), own), m, data; kwargs...)
end
"""Restricted means of survival times for each row, up to `times`. Keywords as for [`survival`](@ref)."""
survivalmeans(m::CoxMixedModel, data = nothing; kwargs...) =
    survived((frame, request, own) -> tabled(C.fit_survival_means, m.fit, frame, request, own), m, data; kwargs...)

function survived(ask, m, data; times = nothing, random = :all, new_levels = :error, limits = :log, level = 0.95, options...)
    own_times, frame = times === nothing ? nothing : Vector{Float64}(times), new_frame(m, data)
    GC.@preserve own_times begin
        request = Ref(C.SurvivalRequest(
            random = code(C.random_from_name, random), new_levels = code(C.new_levels_from_name, new_levels), times = address(own_times),
            n_times = times === nothing ? 0 : length(own_times), curve_limits = code(C.curve_limits_from_name, limits), level = level))
        return with(frame, own -> ask(frame, request, own), m; options...)
    end
end
