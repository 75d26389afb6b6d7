module InterlaceCategoricalArraysExt

using Interlace, CategoricalArrays

const Categorical = AbstractArray{<:Union{Missing, CategoricalValue}}

Interlace.level_order(values::Categorical) = levels(values)
Interlace.is_ordered(values::Categorical) = isordered(values)

end
