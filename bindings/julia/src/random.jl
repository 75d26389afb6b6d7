# Random effects.

n_terms(m) = Int(C.fit_n_terms(m.fit))
group(m, term) = text(C.fit_term_group, m.fit, term - 1)
effects(m, term) = texts(C.fit_term_effect_name, C.fit_term_n_effects(m.fit, term - 1), m.fit, term - 1)
levels(m, term) = texts(C.fit_term_level, C.fit_term_n_levels(m.fit, term - 1), m.fit, term - 1)
size_of(m, term) = Int(C.fit_term_n_effects(m.fit, term - 1)), Int(C.fit_term_n_levels(m.fit, term - 1))

"""The conditional modes: for each random term a matrix with a row for each effect and a column for each level."""
ranef(m::FittedModel) = [numbers(C.fit_term_ranef, size_of(m, term), m.fit, term - 1) for term in 1:n_terms(m)]

"""
    condVar(m; full = false)

The conditional covariances of the random effects: for each term an array [effects, effects, levels]. `full` adds the uncertainty of the parameters, for
generalised models.
"""
condVar(m::FittedModel; full = false) = map(1:n_terms(m)) do term
    effects, levels = size_of(m, term)
    numbers(full ? C.fit_term_ranef_cov_full : C.fit_term_ranef_cov, (effects, effects, levels), m.fit, term - 1)
end

"""
    raneftables(m)

The conditional modes of each grouping factor as a table: the level in a column with the factor's name, then a column for each effect. A factor with several
terms has all their effects; a name that is there already gets a number.
"""
function raneftables(m::FittedModel)
    names, tables = String[], NamedTuple[]
    for (term, modes) in enumerate(ranef(m))
        name, labels = group(m, term), levels(m, term)
        predictor = word(C.predictor_name, C.fit_term_predictor(m.fit, term - 1))
        predictor === :mean || (name = "$predictor.$name")
        place = findfirst(i -> names[i] == name && first(tables[i]) == labels, eachindex(names))
        if place === nothing
            push!(names, String(unused(name, Symbol.(names))))
            push!(tables, NamedTuple{(Symbol(group(m, term)),)}((labels,)))
            place = length(names)
        end
        for (i, effect) in enumerate(effects(m, term))
            tables[place] = merge(tables[place], NamedTuple{(unused(effect, keys(tables[place])),)}((modes[i, :],)))
        end
    end
    return NamedTuple{Tuple(Symbol.(names))}(Tuple(tables))
end

function unused(name, taken)
    own, number = Symbol(name), 1
    while own in taken
        number += 1
        own = Symbol(name, ".", number)
    end
    return own
end

"""Variances, covariances, standard deviations and correlations of the random effects, and of a linear model the residual, as a table."""
VarCorr(m::FittedModel) = table(m, :varcorr)

"""The covariance matrix of each random term's effects."""
covariances(m::FittedModel) = [numbers(C.fit_term_cov, (size_of(m, term)[1], size_of(m, term)[1]), m.fit, term - 1) for term in 1:n_terms(m)]

"""The covariance parameters. `thetanames` has their names."""
theta(m::FittedModel) = numbers(C.fit_theta, C.fit_n_theta(m.fit), m.fit)
thetanames(m::FittedModel) = texts(C.fit_theta_name, C.fit_n_theta(m.fit), m.fit)

"""The grouping factor, effects and levels of each random term."""
randomterms(m::FittedModel) = [(group = group(m, term), effects = effects(m, term), levels = levels(m, term)) for term in 1:n_terms(m)]
