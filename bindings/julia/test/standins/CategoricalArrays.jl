module CategoricalArrays

using DataAPI
export CategoricalValue, categorical, levels, isordered

struct CategoricalValue
    label::String
end
Base.string(own::CategoricalValue) = own.label

struct Categorical <: AbstractVector{Union{CategoricalValue, Missing}}
    refs::Vector{UInt32}
    levels::Vector{String}
    ordered::Bool
end
Base.size(own::Categorical) = size(own.refs)
Base.getindex(own::Categorical, i::Int) = own.refs[i] == 0 ? missing : CategoricalValue(own.levels[own.refs[i]])
levels(own::Categorical) = own.levels
isordered(own::Categorical) = own.ordered
categorical(values; levels = sort(unique(skipmissing(values))), ordered = false) =
    Categorical([ismissing(value) ? 0 : findfirst(==(value), levels) for value in values], levels, ordered)

# From 0, which is missing.
struct Pool
    levels::Vector{String}
end
Base.eachindex(own::Pool) = 0:length(own.levels)
Base.getindex(own::Pool, i) = i == 0 ? missing : CategoricalValue(own.levels[i])
DataAPI.refarray(own::Categorical) = own.refs
DataAPI.refpool(own::Categorical) = Pool(own.levels)

end
