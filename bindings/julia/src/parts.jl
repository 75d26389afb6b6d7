# Linear models of data in parts: streams larger than memory, data spread over workers.

"""
    Plan(formula, sample; weights, offset, contrasts, random, groups, correlation, responses = [], REML = true, ...)

What all parts of the data have in common: a linear model, and what it learns from a sample, such as the first thousand rows. `weights` and `offset` are names of columns;
`responses` are further ones, `"log(cost)"`, which the same pass over the data serves. Plans can be serialised, and so sent to workers.
"""
struct Plan
    object::C.Plan
    columns::Union{Vector{String}, Nothing}   # that the model needs; `nothing` if that is not known
    Plan(object::C.Plan, columns) = new(object, columns)
end

function Plan(formula, sample; responses = String[], kwargs...)
    described, options = parted(kwargs)
    spec = made(C.Spec, C.spec_new, C.Model.LMM, String(formula))
    family_of!(spec, :lmm, get(described, :family, nothing), get(described, :link, nothing))
    for (name, value) in described
        name in (:weights, :offset) && !(value isa Union{Nothing, Symbol, AbstractString}) &&
            throw(ArgumentError("$name must be the name of a column of each part"))
        value === nothing || describe!(spec, Val(name), value, Dict{String, Any}())
    end
    further = String[string(response) for response in listed(responses)]
    columns = columns_of_all(spec, further)
    frame = frame_of(sample, columns)
    object = watched(; options...) do own
        plan = made(C.Plan, C.plan_new, spec, own)
        foreach(response -> call(C.plan_add_response, plan, response), further)
        call(C.plan_learn, plan, frame, own)
        plan
    end
    return Plan(object, columns)
end

"""The columns of the model and of further responses."""
function columns_of_all(spec, responses)
    own = columns_wanted(spec)
    own === nothing && return nothing
    others = map(response -> columns_wanted(made(C.Spec, C.spec_new, C.Model.LMM, "$response ~ 1")), responses)
    return nothing in others ? nothing : union(own, others...)
end

"""
    Accumulator(plan; partition = 0)

Sums over rows, of a size that does not grow with them. `append!(sums, data)` adds rows, `merge!(sums, other)` what another accumulator of the same plan has, and
`fit(LinearMixedModel, sums)` fits the model to all. Each part of the data has a number of its own, `partition`: parts with the same number are not merged, so that no row counts twice.
"""
struct Accumulator
    object::C.Accumulator
    columns::Union{Vector{String}, Nothing}
end
Accumulator(plan::Plan; partition = 0) = Accumulator(made(C.Accumulator, C.accumulator_new, plan.object, partition), plan.columns)

Base.show(io::IO, own::Plan) = print(io, "Plan of a model of ", own.columns === nothing ? "all columns" : join(own.columns, ", "))
Base.show(io::IO, own::Accumulator) = print(io, "Accumulator of ", nobs(own), " rows")

"""
    append!(sums, data)

Adds the rows of a table to an [`Accumulator`](@ref). If it fails nothing has been added.
"""
function Base.append!(sums::Accumulator, data; options...)
    frame = frame_of(data, something(sums.columns, String[]))
    try
        watched(own -> call(C.accumulator_add, sums.object, frame, own); options...)
    finally
        finalize(frame)
    end
    return sums
end

"""
    merge!(sums, others...)

Adds what other accumulators of the same plan have, which stay as they are. The order changes no bit of a fit.
"""
function Base.merge!(sums::Accumulator, others::Accumulator...)
    foreach(other -> call(C.accumulator_merge, sums.object, other.object), others)
    return sums
end

"""The rows that an accumulator uses."""
nobs(sums::Accumulator) = Int(C.accumulator_n_rows(sums.object))
"""The rows that an accumulator has left out for missing values or weights of zero."""
ndropped(sums::Accumulator) = Int(C.accumulator_n_dropped(sums.object))
"""The bytes of memory that the sums of an accumulator take."""
sumsize(sums::Accumulator) = Int(C.accumulator_size(sums.object))
"""What one factorisation of the model would take: bytes of `memory`, and `multiplications`."""
forecast(sums::Accumulator; options...) =
    watched(own -> NamedTuple{(:memory, :multiplications)}(values_of(C.accumulator_forecast, 2, sums.object, own)); options...)

"""
    fit(LinearMixedModel, sums; response, REML = true, ...)

The linear model of an [`Accumulator`](@ref)'s plan, fitted to all of its rows; of several responses the one that is named. The fit has nothing per row, such as residuals:
`predict` has it for each part again.
"""
function fit(::Type{LinearMixedModel}, sums::Accumulator; response = nothing, options...)
    own = watched(; options...) do own
        response === nothing ? made(C.Fit, C.accumulator_fit, sums.object, own) :
            made(C.Fit, C.accumulator_fit_response, sums.object, String(response), own)
    end
    return LinearMixedModel(own, nothing, nothing, nothing)
end
fit(::Type{MixedModel}, sums::Accumulator; kwargs...) = fit(LinearMixedModel, sums; kwargs...)
lmm(sums::Accumulator; kwargs...) = fit(LinearMixedModel, sums; kwargs...)

"""The bytes of a plan or an accumulator, which every host of the library reads: `frombytes(Plan, bytes)`, `frombytes(Accumulator, bytes)`."""
tobytes(plan::Plan) = bytes_of(C.plan_to_bytes, C.bytes_free, plan.object)
tobytes(sums::Accumulator) = bytes_of(C.accumulator_to_bytes, C.bytes_free, sums.object)
frombytes(::Type{Plan}, bytes::AbstractVector{UInt8}) = Plan(from_bytes(C.Plan, C.plan_from_bytes, bytes), nothing)
frombytes(::Type{Accumulator}, bytes::AbstractVector{UInt8}) = Accumulator(from_bytes(C.Accumulator, C.accumulator_from_bytes, bytes), nothing)
from_bytes(T, f, bytes) = (own = Vector{UInt8}(bytes); made(T, f, own, length(own)))

# As of models: what is serialised are the bytes, and the columns.
function Serialization.serialize(s::AbstractSerializer, own::Union{Plan, Accumulator})
    Serialization.serialize_type(s, typeof(own))
    Serialization.serialize(s, (tobytes(own), own.columns))
end
function Serialization.deserialize(s::AbstractSerializer, T::Type{<:Union{Plan, Accumulator}})
    bytes, columns = Serialization.deserialize(s)
    return T(frombytes(T, bytes).object, columns)
end

"""
    csvparts(path; categorical = String[], separator, decimal, quotes, na_strings, strict_numbers)

The parts of a CSV file, 8 MB of it each, one after the other: `for part in csvparts("large.csv")`. Each is a table as [`readcsv`](@ref) gives it. The first part decides which
columns are numbers; `categorical` names those that are categories even if they look like numbers.
"""
struct CsvParts
    path::String
    named::Any
end
csvparts(path; named...) = CsvParts(String(path), named)

Base.IteratorSize(::Type{CsvParts}) = Base.SizeUnknown()
Base.eltype(::Type{CsvParts}) = NamedTuple
function Base.iterate(own::CsvParts, stream = made(C.CsvStream, C.csv_stream_open, own.path, csv_options(; own.named...)))
    frame = made(C.Frame, C.csv_stream_next, stream)
    C.frame_n_rows(frame) == 0 && return nothing
    part = columns_as_data(frame)
    finalize(frame)
    return part, stream
end
