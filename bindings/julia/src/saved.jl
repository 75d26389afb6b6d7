# Fits as bytes, which every host of the library reads; documents.

"""
    tobytes(m; rows = true)

The fit as bytes, which the library reads in every language and on every machine. Without `rows` they are few, and the fit then gives estimates, tests and
predictions for new data. The data are not among them.
"""
tobytes(m::FittedModel; rows = true) = bytes_of(C.fit_to_bytes, C.bytes_free, m.fit, optional_object(m.spec), rows)

"""
    frombytes(bytes)

The model that was saved as these bytes, by any program that uses the library. It answers every question to the same bits.
"""
function frombytes(bytes::AbstractVector{UInt8})
    own = Vector{UInt8}(bytes)
    fit, spec = Ref{Ptr{Cvoid}}(C_NULL), Ref{Ptr{Cvoid}}(C_NULL)
    call(C.fit_from_bytes, own, length(own), fit, spec, C_NULL)
    loaded = C.Fit(fit[])
    kind = word(C.model_name, C.fit_model(loaded))
    return FittedModel{kind}(loaded, spec[] == C_NULL ? nothing : C.Spec(spec[]), nothing, nothing)
end

"""`savefit(path, m)` writes the bytes of [`tobytes`](@ref) to a file, which `interlace-fit load` and `loadfit` read."""
savefit(path, m::FittedModel; rows = true) = (write(path, tobytes(m; rows = rows)); path)
"""The model in a file of [`savefit`](@ref), or of `interlace-fit --save`."""
loadfit(path) = frombytes(read(path))

# Pointers do not survive a process: what is serialised, for a file or for another worker, are the bytes.
function Serialization.serialize(s::AbstractSerializer, m::FittedModel)
    Serialization.serialize_type(s, typeof(m))
    Serialization.serialize(s, tobytes(m))
end
Serialization.deserialize(s::AbstractSerializer, ::Type{<:FittedModel}) = frombytes(Serialization.deserialize(s))

"""
    json(m; questions...)

The fit and the answers to questions as one JSON document, as `interlace-fit --json` prints it: `json(m; confint = "wald", emmeans = "~ recipe")`. A vector asks a question
several times, `true` asks one without a value, and a table is the data of `predict`, `survival` or `refit`. `report` gives the same as text for people.
"""
json(m::FittedModel; kwargs...) = document(C.fit_to_json, m; kwargs...)
report(m::FittedModel; kwargs...) = document(C.fit_to_text, m; kwargs...)

function document(f, m; data = nothing, progress = nothing, threads = nothing, deadline = nothing, questions...)
    asking = made(C.Questions, C.questions_new)
    for (name, value) in questions
        ask!(asking, String(name), value)
    end
    frame = data_if_any(m, data)
    return asked(m; progress = progress, threads = threads, deadline = deadline) do own
        String(bytes_of(f, C.text_free, m.fit, optional_object(m.spec), frame, asking, own))
    end
end

ask!(asking, name, value::Union{AbstractString, Symbol, Real}) = call(C.questions_set, asking, name, string(value))
ask!(asking, name, value::Bool) = value && call(C.questions_set, asking, name, C_NULL)
ask!(asking, name, value::AbstractVector{<:Union{AbstractString, Symbol, Real}}) = foreach(own -> ask!(asking, name, own), value)
ask!(asking, name, value) = call(C.questions_set_frame, asking, name, frame_of(value, String[]))
