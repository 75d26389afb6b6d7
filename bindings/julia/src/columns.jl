# Data of the caller as frames of the library.

# What the extensions for Tables.jl and DataAPI.jl put here when these packages are loaded.
const TABLES = Ref{Any}(nothing)
const DATA_API = Ref{Any}(nothing)

"""The names of the columns, and a function that gives one."""
columns_of(data::NamedTuple) = String[string(name) for name in keys(data)], name -> data[Symbol(name)]
function columns_of(data::AbstractDict)
    keyed = Dict(string(key) => key for key in keys(data))
    return sort!(collect(keys(keyed))), name -> data[keyed[name]]
end
# Rows, without Tables.jl.
columns_of(data::AbstractVector{<:NamedTuple}) =
    isempty(data) ? throw(ArgumentError("data have no rows")) : (String[string(name) for name in keys(first(data))], name -> [row[Symbol(name)] for row in data])
function columns_of(data)
    own = TABLES[] === nothing ? data : TABLES[](data)
    names = String[string(name) for name in propertynames(own)]
    if isempty(names) || own isa AbstractArray
        throw(ArgumentError("data of type $(typeof(data)) have no columns: a named tuple or dictionary of vectors is wanted, or a table of Tables.jl"))
    end
    return names, name -> getproperty(own, Symbol(name))
end

"""
    frame_of(data, wanted, welcome = String[])

A frame of the columns that are wanted and of those that are welcome, or of all if `wanted` is `nothing`. If one that is wanted is not there, the frame has
all columns that it can hold: the library then says which one is missing, and what else there is.
"""
function frame_of(data, wanted, welcome = String[])
    names, values = columns_of(data)
    everything = wanted === nothing || isempty(wanted) || !issubset(wanted, names)
    isempty(names) && throw(ArgumentError("the data have no columns"))
    chosen = everything ? names : union(wanted, intersect(welcome, names))
    frame = made(C.Frame, C.frame_new, length(values(first(names))))
    for name in chosen
        own = values(name)
        own isa AbstractVector || throw(ArgumentError("column '$name' is of type $(typeof(own)); a vector is wanted"))
        wanted === nothing || name in wanted || holds(own) || continue
        add!(frame, name, own)
    end
    return frame
end

plain(values) = nonmissingtype(eltype(values))

"""Whether a frame has a kind of column for these values."""
holds(values) = plain(values) <: Union{Real, AbstractString, Symbol, AbstractChar} || pooled(values) !== nothing

function add!(frame, name, values::AbstractVector)
    encoding = pooled(values)
    encoding === nothing || return add!(frame, name, encoding)
    kind = plain(values)
    isconcretetype(kind) || kind === Union{} || kind <: Union{Real, AbstractString} || return narrowed!(frame, name, values)
    return add!(frame, name, values, kind)
end

add!(frame, name, own::Factor) = own.declared ? add_levels!(frame, name, own) : add_text!(frame, name, own)
add_levels!(frame, name, own) =
    call(C.frame_add_categorical, frame, name, own.codes, length(own.codes), clean(name, own.levels), length(own.levels), own.ordered)

"""Text whose labels have no order of their own: the library sorts them, and refuses them where an order matters."""
function add_text!(frame, name, own::Factor)
    levels = clean(name, own.levels)
    GC.@preserve levels begin
        starts = map(pointer, levels)
        rows = Cstring[Cstring(code < 0 ? Ptr{UInt8}(C_NULL) : starts[code + 1]) for code in own.codes]
        call(C.frame_add_strings, frame, name, rows, length(rows))
    end
end

add!(frame, name, values, ::Type{<:Union{AbstractFloat, AbstractIrrational, Rational}}) = reals!(frame, name, values)
add!(frame, name, values, ::Type{Union{}}) = reals!(frame, name, fill(NaN, length(values)))
add!(frame, name, values, ::Type{<:Union{AbstractString, Symbol, AbstractChar}}) = add_text!(frame, name, Factor(encoded(values)..., false, false))
# Truth values are categories, as in Arrow data and CSV files.
add!(frame, name, values, ::Type{Bool}) = add!(frame, name, Factor([ismissing(x) ? Int32(-1) : Int32(x) for x in values], ["FALSE", "TRUE"], false, true))
add!(frame, name, values, kind::Type{<:Real}) = isconcretetype(kind) ? reals!(frame, name, values) : narrowed!(frame, name, values)
add!(frame, name, values, kind::Type) =
    throw(ArgumentError("column '$name' has values of type $kind; numbers, text, symbols, truth values and categories are understood"))

function add!(frame, name, values, ::Type{<:Integer})
    least, most = Int128(typemin(Int64)) + 1, typemax(Int64)
    wrong = findfirst(x -> !ismissing(x) && !(least <= x <= most), values)
    wrong === nothing || throw(ArgumentError("column '$name' has $(values[wrong]) in row $wrong; whole numbers of 64 bits are wanted, or text"))
    own = Int64[ismissing(x) ? typemin(Int64) : x for x in values]
    call(C.frame_add_i64, frame, name, own, length(own))
end

function reals!(frame, name, values)
    own = values isa Vector{Float64} ? values : Float64[ismissing(x) ? NaN : x for x in values]
    call(C.frame_add_f64, frame, name, own, length(own))
end

"""Columns whose type says little, such as `Vector{Any}`, by what is in them."""
function narrowed!(frame, name, values)
    kinds = unique(typeof(x) for x in values if !ismissing(x))
    length(kinds) == 1 && return add!(frame, name, values, only(kinds))
    for general in (Union{}, Integer, Real, AbstractString)
        all(kind -> kind <: general && !(kind <: Bool), kinds) && return add!(frame, name, values, general === Real ? Float64 : general)
    end
    throw(ArgumentError("column '$name' has values of several types ($(join(kinds, ", "))); one type is wanted"))
end

function clean(name, levels)
    wrong = findfirst(level -> '\0' in level, levels)
    wrong === nothing || throw(ArgumentError("column '$name' has a text with a zero byte: $(repr(levels[wrong]))"))
    return levels
end

"""A column that keeps its categories apart from its rows (`Factor`, PooledArrays.jl, CategoricalArrays.jl) as a `Factor`; `nothing` for others."""
pooled(values::Factor) = values
function pooled(values)
    (DATA_API[] === nothing || plain(values) <: Real) && return nothing
    pool = DATA_API[].refpool(values)
    pool === nothing && return nothing
    refs = DATA_API[].refarray(values)
    places = collect(eachindex(pool))
    order = level_order(values)
    levels = order === nothing ? sort!(unique(string(pool[ref]) for ref in unique(refs) if !ismissing(pool[ref]))) : String[string(x) for x in order]
    place = Dict(level => Int32(i - 1) for (i, level) in enumerate(levels))
    start = first(places)
    codes = Int32[ismissing(pool[ref]) ? -1 : get(place, string(pool[ref]), Int32(-1)) for ref in start:last(places)]
    return Factor(Int32[codes[ref - start + 1] for ref in refs], levels, is_ordered(values), order !== nothing)
end

# The extension for CategoricalArrays.jl adds methods for its arrays: their order of levels is part of the data.
level_order(values) = nothing
is_ordered(values) = false
