# Families made of functions in Julia.

"""The functions of a family, and what one of them has thrown inside the library."""
mutable struct Functions
    linkfun::Any
    linkinv::Any
    mu_eta::Any
    variance::Any
    dev_resids::Any
    log_density::Any
    derivatives::Any
    thrown::Any
end

"""
    Family(name; linkfun, linkinv, mu_eta, variance, dev_resids, log_density, derivatives, parameters)

A family for `glmm(formula, data, family)`, of functions of numbers: the link, its inverse, the derivative of the mean in the linear predictor, the variance
function, the squared deviance residuals `(y, mu, weight)`, and if you have them the log-density `(y, eta, weight, psi)` and its derivatives in eta: the first,
minus the second and minus the third. `parameters` are those besides the mean, at most three, with starting values: `(size = (:log, 1.0),)`; the functions get
them in `psi` on their working scale, `:log` or `:identity`.
"""
struct Family
    object::C.Family
    functions::Functions
end

const MAPS = (:linkfun, :linkinv, :mu_eta, :variance)
const FAMILY = Dict{Symbol, Ptr{Cvoid}}()

function Family(name; linkfun, linkinv, mu_eta, variance, dev_resids, log_density = nothing, derivatives = nothing, parameters = NamedTuple())
    functions = Functions(linkfun, linkinv, mu_eta, variance, dev_resids, log_density, derivatives, nothing)
    names = String[string(own) for own in keys(parameters)]
    scales = Int32[code(C.parameter_scale_from_name, first(own)) for own in values(parameters)]
    starts = Float64[last(own) for own in values(parameters)]
    called, list = Base.cconvert(Cstring, String(name)), Base.cconvert(Ptr{Cstring}, names)
    GC.@preserve functions names scales starts called list begin
        callbacks = Ref(C.FamilyCallbacks(;
            user_data = pointer_from_objref(functions), name = Base.unsafe_convert(Cstring, called), (map => FAMILY[map] for map in MAPS)...,
            dev_resids = FAMILY[:dev_resids], log_density = log_density === nothing ? C_NULL : FAMILY[:log_density], derivatives = derivatives === nothing ? C_NULL : FAMILY[:derivatives],
            n_parameters = length(names), parameter_names = isempty(names) ? C_NULL : Base.unsafe_convert(Ptr{Cstring}, list),
            parameter_scales = isempty(names) ? C_NULL : pointer(scales), parameter_starts = isempty(names) ? C_NULL : pointer(starts)))
        return Family(made(C.Family, C.family_new, callbacks), functions)
    end
end

take_thrown!(own::Family) = take_thrown!(own.functions)

"""Runs `fill` with the functions; an error in one of them ends the call of the library, and is thrown after it."""
function guarded(fill, data)::Int32
    own = unsafe_pointer_to_objref(data)::Functions
    own.thrown === nothing || return 1
    try
        fill(own)
        return 0
    catch thrown
        own.thrown = thrown
        return 1
    end
end

"""A value, or NaN where the function is not defined: the library asks outside of the range, too."""
function value(f, arguments...)
    try
        return Float64(f(arguments...))
    catch error
        error isa DomainError || rethrow()
        return NaN
    end
end

row(start, n, columns, i) = ntuple(j -> unsafe_load(start, i + (j - 1) * n), columns)

function mapped(which, x, n, out, data)::Int32
    return guarded(data) do own
        f = getfield(own, which)
        foreach(i -> unsafe_store!(out, value(f, unsafe_load(x, i)), i), 1:Int(n))
    end
end
linkfun_of(x::Ptr{Float64}, n::Csize_t, out::Ptr{Float64}, data::Ptr{Cvoid})::Int32 = mapped(:linkfun, x, n, out, data)
linkinv_of(x::Ptr{Float64}, n::Csize_t, out::Ptr{Float64}, data::Ptr{Cvoid})::Int32 = mapped(:linkinv, x, n, out, data)
mu_eta_of(x::Ptr{Float64}, n::Csize_t, out::Ptr{Float64}, data::Ptr{Cvoid})::Int32 = mapped(:mu_eta, x, n, out, data)
variance_of(x::Ptr{Float64}, n::Csize_t, out::Ptr{Float64}, data::Ptr{Cvoid})::Int32 = mapped(:variance, x, n, out, data)

function dev_resids_of(y::Ptr{Float64}, mu::Ptr{Float64}, w::Ptr{Float64}, n::Csize_t, out::Ptr{Float64}, data::Ptr{Cvoid})::Int32
    return guarded(data) do own
        foreach(i -> unsafe_store!(out, value(own.dev_resids, unsafe_load(y, i), unsafe_load(mu, i), unsafe_load(w, i)), i), 1:Int(n))
    end
end

function log_density_of(y::Ptr{Float64}, eta::Ptr{Float64}, w::Ptr{Float64}, psi::Ptr{Float64}, n::Csize_t, k::Csize_t, out::Ptr{Float64}, data::Ptr{Cvoid})::Int32
    return guarded(data) do own
        foreach(i -> unsafe_store!(out, value(own.log_density, unsafe_load(y, i), unsafe_load(eta, i), unsafe_load(w, i), row(psi, Int(n), Int(k), i)), i), 1:Int(n))
    end
end

function derivatives_of(y::Ptr{Float64}, eta::Ptr{Float64}, w::Ptr{Float64}, psi::Ptr{Float64}, n::Csize_t, k::Csize_t, first::Ptr{Float64}, second::Ptr{Float64},
                        third::Ptr{Float64}, data::Ptr{Cvoid})::Int32
    return guarded(data) do own
        for i in 1:Int(n)
            all = own.derivatives(unsafe_load(y, i), unsafe_load(eta, i), unsafe_load(w, i), row(psi, Int(n), Int(k), i))
            foreach((out, value) -> unsafe_store!(out, value, i), (first, second, third), all)
        end
    end
end

"""Pointers to functions do not survive precompilation: they are made when the module is loaded."""
function find_family_functions()
    FAMILY[:linkfun] = @cfunction(linkfun_of, Int32, (Ptr{Float64}, Csize_t, Ptr{Float64}, Ptr{Cvoid}))
    FAMILY[:linkinv] = @cfunction(linkinv_of, Int32, (Ptr{Float64}, Csize_t, Ptr{Float64}, Ptr{Cvoid}))
    FAMILY[:mu_eta] = @cfunction(mu_eta_of, Int32, (Ptr{Float64}, Csize_t, Ptr{Float64}, Ptr{Cvoid}))
    FAMILY[:variance] = @cfunction(variance_of, Int32, (Ptr{Float64}, Csize_t, Ptr{Float64}, Ptr{Cvoid}))
    FAMILY[:dev_resids] = @cfunction(dev_resids_of, Int32, (Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Csize_t, Ptr{Float64}, Ptr{Cvoid}))
    FAMILY[:log_density] =
        @cfunction(log_density_of, Int32, (Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Csize_t, Csize_t, Ptr{Float64}, Ptr{Cvoid}))
    FAMILY[:derivatives] = @cfunction(derivatives_of, Int32, (Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Csize_t, Csize_t, Ptr{Float64}, Ptr{Float64},
                                                              Ptr{Float64}, Ptr{Cvoid}))
end
