# Options of a call, its progress, and how it is stopped.

"""
What the progress function of the library sees: the caller's function, and what it or Ctrl-C has thrown. No exception may pass through the library, so it
waits here until the call is over.
"""
mutable struct Watch
    progress::Any
    thrown::Any
    Watch(progress) = new(progress, nothing)
end

const TELL = Ref{Ptr{Cvoid}}(C_NULL)

"""The progress function. Ctrl-C is held back during a call of the library; here, where nothing of it is interrupted, it may come."""
function tell(progress::Ptr{C.Progress}, data::Ptr{Cvoid})::Int32
    watch = unsafe_pointer_to_objref(data)::Watch
    watch.thrown === nothing || return 1
    try
        going = Base.reenable_sigint(() -> watch.progress === nothing ? true : watch.progress(state(unsafe_load(progress))))
        return going === false ? 1 : 0
    catch thrown
        watch.thrown = thrown
        return 1
    end
end

function state(own::C.Progress)
    theta = own.n_theta == 0 ? Float64[] : copy(unsafe_wrap(Array, own.theta, own.n_theta))
    return (phase = word(C.phase_name, own.phase), step = Int(own.step), total = own.total < 0 ? nothing : Int(own.total), objective = own.objective, theta = theta)
end

"""
    watched(run; progress, options...)

`run(options)` with the options given, as the library knows them by name, and a progress function: `true` for a line on the terminal, or a function of a
named tuple with `phase`, `step`, `total`, `objective` and `theta`. The call is cancelled if that function returns `false`, and by Ctrl-C.
"""
function watched(run; progress = nothing, watch = Watch(listener(progress)), kept = nothing, options...)
    own = options_of(options)
    kept === nothing || parse(Int, option(own, "threads")) == 1 || throw(ArgumentError("a family of functions in Julia runs in one thread"))
    call(C.options_set_progress, own, TELL[], pointer_from_objref(watch))
    GC.@preserve watch kept begin
        try
            result = Base.disable_sigint(() -> run(own))
            throw_kept(watch, kept)
            return result
        catch
            throw_kept(watch, kept)
            rethrow()
        finally
            finalize(own)
            watch.progress isa ProgressLine && println(stderr)
        end
    end
end

"""Throws what a function of the caller's has thrown inside the library."""
function throw_kept(owners...)
    for owner in owners
        thrown = take_thrown!(owner)
        thrown === nothing || throw(thrown)
    end
end

take_thrown!(owner::Nothing) = nothing
take_thrown!(owner) = (own = owner.thrown; owner.thrown = nothing; own)

function options_of(options)
    own = made(C.Options, C.options_new)
    for (name, value) in options
        value === nothing && continue
        if name === :REML
            call(C.options_set, own, "method", value === true ? "reml" : value === false ? "ml" : throw(ArgumentError("REML is $(repr(value)); true or false is wanted")))
        else
            call(C.options_set, own, lowercase(String(name)), written(value))
        end
    end
    return own
end

"""The value of an option as text."""
function option(own::C.Options, name)
    out = Ref{Cstring}()
    GC.@preserve own begin
        call(C.options_get, own, name, out)
        return unsafe_string(out[])
    end
end

written(value) = string(value)
written(value::AbstractVector) = join(value, ",")

"""A line on the terminal that says how far a call is."""
mutable struct ProgressLine
    next::Float64
end

function (line::ProgressLine)(own)
    now = time()
    now < line.next && return true
    line.next = now + 0.1
    of = own.total === nothing ? "" : " of $(own.total)"
    print(stderr, "\r", replace(String(own.phase), '_' => ' '), " ", own.step, of, isnan(own.objective) ? "" : ", objective $(own.objective)", "\e[K")
    return true
end

listener(progress::Union{Nothing, Function, ProgressLine}) = progress
listener(progress) = applicable(progress, NamedTuple()) ? progress : throw(ArgumentError("progress is $(repr(progress)); true, false or a function is wanted"))
listener(progress::Bool) = progress ? ProgressLine(0.0) : nothing
