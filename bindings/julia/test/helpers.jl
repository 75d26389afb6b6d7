# What the tests have in common: data, the documents of interlace-fit, a reader of JSON.

const ROOT = normpath(joinpath(@__DIR__, "..", "..", ".."))
const DATA = joinpath(ROOT, "tests", "reference", "data")
# interlace-fit, which tests/hosts/julia.py builds; comparisons with it need it.
const PROGRAM = get(ENV, "INTERLACE_FIT", "")

csv(name; categorical = String[]) = readcsv(joinpath(DATA, "$name.csv"); categorical = categorical)
sleepstudy() = csv("sleepstudy"; categorical = ["Subject"])
const SLOPES = "Reaction ~ Days + (1 + Days | Subject)"
slopes(; kwargs...) = fit(LinearMixedModel, SLOPES, sleepstudy(); kwargs...)

"""The error that a call throws."""
function thrown(call)
    try
        call()
    catch error
        return error
    end
    return nothing
end
said(call) = sprint(showerror, thrown(call))

"""A document of interlace-fit as dictionaries, vectors, numbers and texts. `null` is NaN, "Inf" infinite."""
function document(text)
    value, rest = read_json(text, 1)
    return value
end

skip(text, at) = something(findnext(!isspace, text, at), lastindex(text) + 1)

function read_json(text, at)
    at = skip(text, at)
    mark = text[at]
    mark == '{' && return read_many(text, at, '}', Dict{String, Any}())
    mark == '[' && return read_many(text, at, ']', Any[])
    if mark == '"'
        stop = at
        while true
            stop = findnext(isequal('"'), text, stop + 1)
            text[prevind(text, stop)] == '\\' || break
        end
        own = unescape_string(text[nextind(text, at):prevind(text, stop)])
        return own in ("Inf", "-Inf") ? parse(Float64, own) : own, stop + 1
    end
    stop = prevind(text, findnext(in(",]} \n"), text, at))
    word = text[at:stop]
    return word == "null" ? NaN : word in ("true", "false") ? word == "true" : parse(Float64, word), stop + 1
end

function read_many(text, at, close, own)
    at = skip(text, at + 1)
    while text[at] != close
        key = nothing
        if own isa Dict
            key, at = read_json(text, at)
            at = skip(text, at) + 1
        end
        value, at = read_json(text, at)
        own isa Dict ? (own[key] = value) : push!(own, value)
        at = skip(text, at)
        text[at] == ',' && (at = skip(text, at + 1))
    end
    return own, at + 1
end

"""The matrix of a document: its rows are vectors."""
rows(own) = isempty(own) ? zeros(0, 0) : Float64[own[i][j] for i in 1:length(own), j in 1:length(own[1])]

same(a, b) = isequal(a, b)

"""The command with another value in its environment."""
addenv_to(command, pair) = setenv(command, merge(Dict(ENV), Dict(pair)))

function wait_for_interrupt()
    for _ in 1:10^4
        yield()
        GC.safepoint()
    end
end

"""How a fit ends whose time is over."""
deadline_reason() = outcome(slopes(deadline = 1e-9)).reason

"""log(y!), also of numbers between the whole ones: by the C library."""
lgamma_of(y) = ccall(:lgamma, Float64, (Float64,), y + 1)

"""The columns of a frame as they come back."""
back(data) = Interlace.table(Interlace.frame_of(data, nothing); counted = ())
