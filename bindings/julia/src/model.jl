# Models: what is fitted, and the fit.

abstract type MixedModel end

"""
A fitted model. It has the fit, and if they are known the model and the data that it was made of, for the questions that fit models anew. It never changes;
many tasks may ask it at once.
"""
struct FittedModel{kind} <: MixedModel
    fit::C.Fit
    spec::Union{C.Spec, Nothing}
    data::Union{C.Frame, Nothing}
    kept::Any   # what the objects of the library point to: the functions of a family of your own
end

"""A linear mixed model: `fit(LinearMixedModel, formula, data)`, or `lmm(formula, data)`."""
const LinearMixedModel = FittedModel{:lmm}
"""A generalised linear mixed model: `fit(GeneralizedLinearMixedModel, formula, data, family, link)`, or `glmm`."""
const GeneralizedLinearMixedModel = FittedModel{:glmm}
"""A cumulative link mixed model, of an ordered response: `fit(CumulativeLinkMixedModel, formula, data)`, or `clmm`."""
const CumulativeLinkMixedModel = FittedModel{:clmm}
"""A Cox model with Gaussian frailties: `fit(CoxMixedModel, formula, data)`, or `coxme`."""
const CoxMixedModel = FittedModel{:coxme}

kind_of(::Type{FittedModel{kind}}) where {kind} = kind

"""
    fit(LinearMixedModel, formula, data; REML = true, weights, offset, contrasts, correlation, ...)
    fit(GeneralizedLinearMixedModel, formula, data, family = "gaussian", link; dispformula, ziformula, fix, ...)
    fit(CumulativeLinkMixedModel, formula, data; link, threshold, nominal, scale, levels, ...)
    fit(CoxMixedModel, formula, data; ties, ...)

Fits the model of an lme4 formula, a text such as `"y ~ x + (1 + x | g)"`, to a table: a named tuple or dictionary of vectors, or any table of Tables.jl.

Of every model: `weights` and `offset` (the name of a column, or a vector), `contrasts` (pairs of a column and one of R's names, `:f => "contr.sum"`),
`random` (further terms, `"(1 | h)"`), `groups` (grouping factors of random intercepts), `progress` (`true`, or a function), and all options of the library by
name: `method`, `nagq`, `threads`, `deadline`, `optimizer`, `theta0`, `na`, `tolerance` and so on. `correlation` is `"ar1(time | g)"` or `"cs(1 | g)"`,
`prior` a prior such as `"normal(0, 2.5) on fixef"`, or several (docs/priors.md).
"""
function fit(::Type{FittedModel{kind}}, formula, data, family = nothing, link = nothing; progress = nothing, kwargs...) where {kind}
    described, options = parted(kwargs)
    family, link = something(family, get(described, :family, nothing), Some(nothing)), something(link, get(described, :link, nothing), Some(nothing))
    spec = made(C.Spec, C.spec_new, code(C.model_from_name, kind), String(formula))
    kept = family_of!(spec, kind, family, link)
    extra = Dict{String, Any}()
    for (name, value) in described
        value === nothing || describe!(spec, Val(name), value, extra)
    end
    frame = frame_of(data, columns_but(spec, extra))
    foreach(((name, values),) -> add!(frame, name, values), extra)
    return fitted_model(FittedModel{kind}, spec, frame, kept; progress = progress, options...)
end
fit(::Type{MixedModel}, formula, data; kwargs...) = fit(LinearMixedModel, formula, data; kwargs...)
fit(::Type{MixedModel}, formula, data, family, link = nothing; kwargs...) = fit(GeneralizedLinearMixedModel, formula, data, family, link; kwargs...)

function fitted_model(T, spec, frame, kept; options...)
    own = T(watched(own -> made(C.Fit, C.fit_new, spec, frame, own); kept = kept, options...), spec, frame, kept)
    grown!(8 * nobs(own) * (C.frame_n_columns(frame) + n_fixef(own) + 8))
    return own
end

const GROWN = Threads.Atomic{Int}(0)
const MUCH = 2^28

"""Tells the collector of memory that it does not see: models that nobody holds any more are freed after each 256 MB of new ones, about."""
function grown!(bytes)
    if Threads.atomic_add!(GROWN, Int(bytes)) + bytes > MUCH
        GROWN[] = 0
        GC.gc()
    end
end

"""`fit(LinearMixedModel, ...)`"""
lmm(formula, data; kwargs...) = fit(LinearMixedModel, formula, data; kwargs...)
"""`fit(GeneralizedLinearMixedModel, ...)`"""
glmm(formula, data, family = nothing, link = nothing; kwargs...) = fit(GeneralizedLinearMixedModel, formula, data, family, link; kwargs...)
"""`fit(CumulativeLinkMixedModel, ...)`"""
clmm(formula, data; kwargs...) = fit(CumulativeLinkMixedModel, formula, data; kwargs...)
"""`fit(CoxMixedModel, ...)`"""
coxme(formula, data; kwargs...) = fit(CoxMixedModel, formula, data; kwargs...)

const DESCRIBING = (:weights, :offset, :contrasts, :random, :groups, :correlation, :family, :link, :fix, :dispformula, :ziformula, :threshold, :nominal, :scale,
                    :levels, :ties, :prior)

"""Keywords that say what the model is, and those that say how it is fitted."""
parted(kwargs) = filter(pair -> first(pair) in DESCRIBING, Dict(kwargs)), filter(pair -> !(first(pair) in DESCRIBING), Dict(kwargs))

describe!(spec, ::Union{Val{:family}, Val{:link}}, value, extra) = nothing
describe!(spec, ::Val{:weights}, value, extra) = call(C.spec_set_weights, spec, column_name("(weights)", value, extra))
describe!(spec, ::Val{:offset}, value, extra) = call(C.spec_set_offset, spec, column_name("(offset)", value, extra))
describe!(spec, ::Val{:correlation}, value, extra) = call(C.spec_set_correlation, spec, String(value))
describe!(spec, ::Val{:prior}, value, extra) = foreach(prior -> call(C.spec_add_prior, spec, String(prior)), listed(value))
describe!(spec, ::Val{:random}, value, extra) = foreach(term -> call(C.spec_add_random, spec, String(term)), listed(value))
describe!(spec, ::Val{:groups}, value, extra) = foreach(name -> call(C.spec_add_groups, spec, String(name)), listed(value))
describe!(spec, ::Val{:contrasts}, value, extra) =
    foreach(((column, name),) -> call(C.spec_set_contrasts, spec, String(column), String(name)), value isa Pair ? (value,) : pairs(value))
describe!(spec, ::Val{:fix}, value, extra) = foreach(((name, own),) -> call(C.spec_fix_parameter, spec, String(name), own), value isa Pair ? (value,) : pairs(value))
describe!(spec, ::Val{:dispformula}, value, extra) = call(C.spec_set_dispersion, spec, String(value))
describe!(spec, ::Val{:ziformula}, value, extra) = call(C.spec_set_zero_inflation, spec, String(value))
describe!(spec, ::Val{:threshold}, value, extra) = call(C.spec_set_threshold, spec, code(C.threshold_from_name, value))
describe!(spec, ::Val{:nominal}, value, extra) = call(C.spec_set_nominal, spec, String(value))
describe!(spec, ::Val{:scale}, value, extra) = call(C.spec_set_scale, spec, String(value))
describe!(spec, ::Val{:levels}, value, extra) = call(C.spec_set_response_levels, spec, String[string(level) for level in value], length(value))
describe!(spec, ::Val{:ties}, value, extra) = call(C.spec_set_ties, spec, code(C.ties_from_name, value))

listed(value::AbstractString) = (value,)
listed(value::Symbol) = (value,)
listed(value) = value

column_name(name, value::Union{Symbol, AbstractString}, extra) = String(value)
column_name(name, value::AbstractVector, extra) = (extra[name] = value; name)

"""The columns that a model needs; `nothing` if a `.` in a formula stands for those of the data."""
function columns_wanted(spec; roles = nothing)
    try
        variables = tabled(C.spec_variables, spec)
        return unique(variables.name[[roles === nothing || role in roles for role in variables.role]])
    catch error
        error isa InterlaceError && error.code === :formula || rethrow()
        return nothing
    end
end

"""Those that the data have to have: not the vectors that were given beside them."""
columns_but(spec, extra) = (wanted = columns_wanted(spec); wanted === nothing ? nothing : setdiff(wanted, keys(extra)))

"""Sets the family of a generalised model and the link; what must live as long as the model is returned."""
function family_of!(spec, kind, family, link)
    family === nothing || kind === :glmm || throw(ArgumentError("a family belongs to a generalised model, not to one of kind $kind"))
    if kind === :clmm
        link === nothing || call(C.spec_set_link, spec, link_name(link))
    elseif kind !== :glmm
        link === nothing || throw(ArgumentError("a link belongs to a generalised or ordinal model, not to one of kind $kind"))
    elseif family isa Family
        link === nothing || throw(ArgumentError("a family of your own has its link in its functions"))
        call(C.spec_set_custom_family, spec, family.object)
        return family
    else
        call(C.spec_set_family, spec, family_name(something(family, "gaussian")), optional(link === nothing ? nothing : link_name(link)))
    end
    return nothing
end

const DISTRIBUTIONS = Dict(:Normal => "gaussian", :Bernoulli => "binomial", :Binomial => "binomial", :Poisson => "poisson", :Gamma => "gamma",
                           :InverseGaussian => "inverse_gaussian", :Beta => "beta", :LogNormal => "lognormal")
const LINKS = Dict(:IdentityLink => "identity", :LogLink => "log", :LogitLink => "logit", :ProbitLink => "probit", :CloglogLink => "cloglog", :CauchitLink => "cauchit",
                   :InverseLink => "inverse", :InverseSquareLink => "1/mu^2", :SqrtLink => "sqrt")

"""Families and links by name, or as the distributions of Distributions.jl and the links of GLM.jl that are the same."""
family_name(own::Union{Symbol, AbstractString}) = String(own)
family_name(own) = named(own, DISTRIBUTIONS, "distribution")
link_name(own::Union{Symbol, AbstractString}) = String(own)
link_name(own) = named(own, LINKS, "link")

function named(own, names, what)
    type = nameof(own isa Type ? own : typeof(own))
    haskey(names, type) && return names[type]
    known = join(sort!(collect(keys(names))), ", ")
    throw(ArgumentError("the $what $type is not among those with a name here ($known); give the name of a $(what == "link" ? what : "family") as text"))
end

"""
    update(model, formula; data, ...)

The model fitted anew with its formula changed as R's `update` does it: `update(m, ". ~ . + x - (1 | g)")`. `data` are needed for columns that the model
did not have. Other keywords are those of [`fit`](@ref), and change what they say.
"""
function update(m::FittedModel{kind}, formula = ". ~ ."; data = nothing, progress = nothing, kwargs...) where {kind}
    spec = made(C.Spec, C.spec_update, spec_of(m), String(formula))
    described, options = parted(kwargs)
    kept = other_family!(spec, m, get(described, :family, nothing), get(described, :link, nothing))
    extra = Dict{String, Any}()
    foreach(((name, value),) -> value === nothing || describe!(spec, Val(name), value, extra), collect(described))
    isempty(extra) || data !== nothing || throw(ArgumentError("weights or offset as a vector need `data`"))
    frame = data === nothing ? data_of(m) : frame_of(data, columns_but(spec, extra))
    foreach(((name, values),) -> add!(frame, name, values), extra)
    same = merge(options_of_fit(m), Dict{Symbol, Any}((name === :REML ? name : Symbol(lowercase(String(name)))) => value for (name, value) in options))
    haskey(options, :REML) && delete!(same, :method)
    return fitted_model(FittedModel{kind}, spec, frame, kept; progress = progress, same...)
end

"""Another family or another link for a model; with another link only, parameters that were fixed stay so."""
function other_family!(spec, m::FittedModel{kind}, family, link) where {kind}
    family === nothing && link === nothing && return m.kept
    kind === :glmm && family === nothing || return family_of!(spec, kind, family, link)
    kept = family_of!(spec, kind, text(C.fit_family, m.fit), link)
    parameters = numbers(C.fit_family_parameters, C.fit_n_family_parameters(m.fit), m.fit)
    for (i, value) in enumerate(parameters)
        C.fit_family_parameter_is_fixed(m.fit, i - 1) && call(C.spec_fix_parameter, spec, text(C.fit_family_parameter_name, m.fit, i - 1), value)
    end
    return kept
end

options_of_fit(m) = Dict{Symbol, Any}(Symbol(name) => option(m, name) for name in unsafe_string.(C.options_name.(0:C.options_count() - 1)) if name != "theta0")

"""The value of an option that a model was fitted with, as text."""
function option(m::FittedModel, name)
    out = Ref{Cstring}()
    GC.@preserve m begin
        call(C.fit_option, m.fit, String(name), out)
        return unsafe_string(out[])
    end
end

spec_of(m) = m.spec === nothing ? throw(ArgumentError("the model was saved without its formula's model (`spec`), which this needs")) : m.spec
data_of(m, data = nothing) =
    data !== nothing ? frame_of(data, String[]) : m.data === nothing ? throw(ArgumentError("the data of a fit are not saved with it; give them as `data`")) : m.data
