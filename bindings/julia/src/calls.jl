# Calls of the library: errors, objects, arrays, texts, words.

"""
What the library says of a call that failed: `code` is the name of the status (`:argument`, `:formula`, `:data`, `:numeric`, `:memory`, `:cancelled`,
`:unsupported`, `:io`, `:deadline`), `position` the byte of the formula or the row of the data, counted from 1, or `nothing`.
"""
struct InterlaceError <: Exception
    code::Symbol
    position::Union{Int, Nothing}
    message::String
end

function Base.showerror(io::IO, own::InterlaceError)
    print(io, "InterlaceError (", own.code)
    own.position === nothing || print(io, own.code === :formula ? ", byte " : ", row ", own.position)
    print(io, "): ", own.message)
end

function failure(err)
    own = GC.@preserve err begin
        start = Ptr{UInt8}(pointer_from_objref(err))
        (unsafe_load(Ptr{Int32}(start)), unsafe_load(Ptr{Int64}(start + fieldoffset(C.Error, 3))), unsafe_string(start + fieldoffset(C.Error, 4)))
    end
    code, position, message = own
    return InterlaceError(Symbol(unsafe_string(C.status_name(code))), position < 0 ? nothing : position + 1, message)
end

"""A call that can fail."""
function call(f, arguments...)
    err = Ref{C.Error}()
    f(arguments..., err) == C.Status.OK || throw(failure(err))
    return nothing
end

"""The object that a call makes."""
function made(::Type{T}, f, arguments...) where {T}
    out = Ref{Ptr{Cvoid}}(C_NULL)
    call(f, arguments..., out)
    return T(out[])
end

"""The numbers that a call fills into an array of this size."""
function numbers(f, size, arguments...)
    out = Array{Float64}(undef, size)
    call(f, arguments..., out, length(out))
    return out
end

"""The single numbers that a call gives, `count` of them."""
function values_of(f, count, arguments...)
    out = ntuple(_ -> Ref(NaN), count)
    call(f, arguments..., out...)
    return map(getindex, out)
end

"""A text that lives as long as the object; `nothing` if there is none."""
function text(f, object, arguments...)
    GC.@preserve object begin
        own = f(object, arguments...)
        return convert(Ptr{UInt8}, own) == C_NULL ? nothing : unsafe_string(own)
    end
end

texts(f, count, object, arguments...) = String[text(f, object, arguments..., i - 1) for i in 1:count]

"""A text for a call, or NULL."""
optional(own::Nothing) = Cstring(C_NULL)
optional(own) = String(own)

optional_object(own::Nothing) = C_NULL
optional_object(own) = own

"""The code that a word has in the list of this function, such as `:kenward_roger`."""
function code(from_name, word::Union{Symbol, AbstractString})
    out = Ref{Int32}(0)
    call(from_name, String(word), out)
    return out[]
end
code(from_name, number::Integer) = Int32(number)

word(name, code) = Symbol(unsafe_string(name(code)))

"""Bytes that belong to the caller, copied and freed."""
function bytes_of(f, free, arguments...)
    start, len = Ref{Ptr{UInt8}}(C_NULL), Ref{Csize_t}(0)
    call(f, arguments..., start, len)
    own = copy(unsafe_wrap(Array, start[], len[]))
    free(start[])
    return own
end
