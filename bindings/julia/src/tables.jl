# Frames of the library as named tuples of vectors, which are tables for Tables.jl.

frame_names(frame::C.Frame) = texts(C.frame_column_name, C.frame_n_columns(frame), frame)

"""
A result as a named tuple of vectors. Missing numbers are NaN; missing whole numbers and texts are `missing`. The library counts rows of the data, random
terms and models of a list from 0: these columns count from 1 here.
"""
function table(frame::C.Frame; counted = (:row, :term, :fit))
    names = Symbol.(frame_names(frame))
    columns = [column(frame, i - 1) for i in 1:length(names)]
    for (i, name) in enumerate(names)
        if name in counted && C.frame_column_kind(frame, i - 1) == C.ColumnKind.INTEGER
            columns[i] = columns[i] .+ 1
        end
    end
    return NamedTuple{Tuple(names)}(Tuple(columns))
end

"""The table that a call makes. Its frame is freed at once: the collector does not know how large it is."""
function tabled(f, arguments...; kwargs...)
    frame = made(C.Frame, f, arguments...)
    own = table(frame; kwargs...)
    finalize(frame)
    return own
end

function column(frame, index)
    kind, n = C.frame_column_kind(frame, index), C.frame_n_rows(frame)
    kind == C.ColumnKind.CATEGORY && return labels(factor(frame, index))
    kind == C.ColumnKind.INTEGER || return numbers(C.frame_column_f64, n, frame, index)
    own = Vector{Int64}(undef, n)
    call(C.frame_column_i64, frame, index, own, n)
    return typemin(Int64) in own ? Union{Int, Missing}[x == typemin(Int64) ? missing : x for x in own] : Vector{Int}(own)
end

function factor(frame, index)
    codes = Vector{Int32}(undef, C.frame_n_rows(frame))
    call(C.frame_column_codes, frame, index, codes, length(codes))
    levels = texts(C.frame_column_level, C.frame_column_n_levels(frame, index), frame, index)
    return Factor(codes, levels, C.frame_column_is_ordered(frame, index), false)
end

"""
    Factor(values; levels, ordered = false)

A column of categories with its levels in an order of your own, which decides about contrasts and about the categories of an ordinal response. Without
`levels` they are those that occur, sorted, which is no order for an ordinal response. Columns of CategoricalArrays.jl say the same of themselves.
"""
struct Factor <: AbstractVector{Union{String, Missing}}
    codes::Vector{Int32}   # from 0; -1 is missing
    levels::Vector{String}
    ordered::Bool
    declared::Bool         # whether the levels are in an order that somebody has given
end

function Factor(values::AbstractVector; levels = nothing, ordered = false)
    codes, found = encoded(values)
    levels === nothing && return Factor(codes, found, ordered, ordered)
    wanted = String[string(level) for level in levels]
    place = Dict(level => Int32(i - 1) for (i, level) in enumerate(wanted))
    length(place) == length(wanted) || throw(ArgumentError("a level is given twice: $(join(wanted, ", "))"))
    absent = findfirst(level -> !haskey(place, level), found)
    absent === nothing || throw(ArgumentError("the value \"$(found[absent])\" is not among the levels: $(join(wanted, ", "))"))
    moved = Int32[place[level] for level in found]
    return Factor(Int32[code < 0 ? code : moved[code + 1] for code in codes], wanted, ordered, true)
end

Base.size(own::Factor) = size(own.codes)
Base.getindex(own::Factor, i::Int) = (code = own.codes[i]; code < 0 ? missing : own.levels[code + 1])

labels(own::Factor) = any(<(0), own.codes) ? collect(own) : String[own.levels[code + 1] for code in own.codes]

"""Codes, and the labels that occur, sorted by their bytes as the library sorts them."""
function encoded(values)
    place, found = Dict{String, Int32}(), String[]
    codes = Vector{Int32}(undef, length(values))
    for (i, value) in enumerate(values)
        codes[i] = ismissing(value) ? -1 : get!(place, string(value)) do
            push!(found, string(value))
            Int32(length(found) - 1)
        end
    end
    order = sortperm(found)
    rank = Vector{Int32}(undef, length(found))
    rank[order] = 0:length(found) - 1
    return Int32[code < 0 ? code : rank[code + 1] for code in codes], found[order]
end

"""
    readcsv(path; categorical = String[], separator, decimal, quotes, na_strings, strict_numbers)

A CSV file as a named tuple of columns, for data of a model: numbers, and text as [`Factor`](@ref)s. `categorical` names columns that are categories even
if they look like numbers.
"""
function readcsv(path; named...)
    frame = made(C.Frame, C.frame_read_csv, String(path), csv_options(; named...))
    own = columns_as_data(frame)
    finalize(frame)
    return own
end

function csv_options(; categorical = String[], separator = nothing, decimal = nothing, quotes = nothing, na_strings = nothing, strict_numbers = false)
    options = made(C.CsvOptions, C.csv_options_new)
    separator === nothing || call(C.csv_options_set_separator, options, separator)
    decimal === nothing || call(C.csv_options_set_decimal, options, decimal)
    quotes === nothing || call(C.csv_options_set_quote, options, quotes)
    na_strings === nothing || call(C.csv_options_set_na_strings, options, String[na_strings...], length(na_strings))
    isempty(categorical) || call(C.csv_options_set_categorical, options, String[string(name) for name in categorical], length(categorical))
    call(C.csv_options_set_strict_numbers, options, strict_numbers)
    return options
end

"""The columns of a frame as data of a model: text as `Factor`s."""
function columns_as_data(frame)
    names = frame_names(frame)
    columns = [C.frame_column_kind(frame, i - 1) == C.ColumnKind.CATEGORY ? factor(frame, i - 1) : column(frame, i - 1) for i in 1:length(names)]
    return NamedTuple{Tuple(Symbol.(names))}(Tuple(columns))
end
