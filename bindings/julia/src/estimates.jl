# Estimates, criteria, and values of rows: the words of StatsAPI.

predictor(own) = code(C.predictor_from_name, own)
n_fixef(m, own = C.Predictor.MEAN) = Int(C.fit_n_fixef(m.fit, own))

"""
    coef(m; predictor = :mean)

The fixed effects; those of `:zero_inflation` and `:dispersion` (of an ordinal model the scale) if the model has them. `fixef` is the same.
"""
coef(m::FittedModel; predictor = :mean) = (own = Interlace.predictor(predictor); numbers(C.fit_fixef, n_fixef(m, own), m.fit, own))
"""The names of the fixed effects. `fixefnames` is the same."""
coefnames(m::FittedModel; predictor = :mean) = (own = Interlace.predictor(predictor); texts(C.fit_fixef_name, n_fixef(m, own), m.fit, own))
"""The standard errors of the fixed effects."""
stderror(m::FittedModel; predictor = :mean) = (own = Interlace.predictor(predictor); numbers(C.fit_fixef_std_error, n_fixef(m, own), m.fit, own))
"""The covariance matrix of the fixed effects; `df = :kenward_roger` adjusts that of a linear model."""
function vcov(m::FittedModel; predictor = :mean, df = :default, options...)
    own = Interlace.predictor(predictor)
    n = n_fixef(m, own)
    Symbol(df) === :kenward_roger || return numbers(C.fit_fixef_vcov, (n, n), m.fit, own)
    return asked(options -> numbers(C.fit_fixef_vcov_kenward_roger, (n, n), m.fit, options), m; options...)
end
const fixef = coef
const fixefnames = coefnames

"""
    coeftable(m; df = :default, level = 0.95)

The fixed effects with tests and limits: term, id, estimate, std_error, df, statistic, p_value, lower, upper. `df` is `:satterthwaite` (the default of linear
models), `:kenward_roger`, `:residual` or `:normal`.
"""
coeftable(m::FittedModel; df = :default, level = 0.95, options...) =
    asked(own -> tabled(C.fit_coefficients, m.fit, code(C.df_from_name, df), level, own), m; options...)

loglikelihood(m::FittedModel) = C.fit_log_likelihood(m.fit)
"""The minimised objective: minus twice the log-likelihood, restricted for a fit by REML."""
objective(m::FittedModel) = C.fit_criterion(m.fit)
"""Minus twice the log-likelihood, restricted for a fit by REML, as in MixedModels.jl."""
deviance(m::FittedModel) = -2loglikelihood(m)
nobs(m::FittedModel) = Int(C.fit_n_obs(m.fit))
dof(m::FittedModel) = Int(C.fit_n_parameters(m.fit))
dof_residual(m::FittedModel) = Int(C.fit_df_residual(m.fit))
aic(m::FittedModel) = C.fit_aic(m.fit)
bic(m::FittedModel) = C.fit_bic(m.fit)
aicc(m::FittedModel) = (k = dof(m); aic(m) + 2k * (k + 1) / (nobs(m) - k - 1))
islinear(m::FittedModel) = m isa LinearMixedModel
isfitted(m::FittedModel) = true
"""Whether a combination of random effects has a variance of exactly zero."""
issingular(m::FittedModel) = C.fit_is_singular(m.fit)
converged(m::FittedModel) = C.fit_converged(m.fit)
"""The formula as it was given."""
formula(m::FittedModel) = text(C.fit_formula, m.fit)
"""`:reml` or `:ml`."""
method(m::FittedModel) = word(C.method_name, C.fit_method(m.fit))
"""The standard deviation of the residuals, or what R's `sigma()` gives for a generalised model."""
sdest(m::FittedModel) = C.fit_sigma(m.fit)
varest(m::FittedModel) = sdest(m)^2
"""What a statistician must know about the fit, a line each."""
warnings(m::FittedModel) = texts(C.fit_warning, C.fit_n_warnings(m.fit), m.fit)
"""How the search ended: converged, reason, evaluations, scaled_gradient, boundary."""
outcome(m::FittedModel) =
    (converged = converged(m), reason = word(C.reason_name, C.fit_reason(m.fit)), evaluations = Int(C.fit_n_evaluations(m.fit)),
     scaled_gradient = C.fit_scaled_gradient(m.fit), boundary = texts(C.fit_boundary, C.fit_n_boundary(m.fit), m.fit))

per_row(f, m, arguments...) = numbers(f, C.fit_n_rows(m.fit), m.fit, arguments...)

"""Fitted values, with random effects; of an ordinal model the probabilities of the observed categories."""
fitted(m::FittedModel) = per_row(C.fit_fitted, m)
response(m::FittedModel) = per_row(C.fit_response, m)
weights(m::FittedModel) = per_row(C.fit_weights, m)
offset(m::FittedModel) = per_row(C.fit_offset, m)
"""
    residuals(m, kind = :response)

`kind` is `:response`, `:pearson`, `:working`, `:deviance`, `:normalized`, `:standardized` and others that a wrong name lists, or `:quantile` (with a `seed`); of a Cox model also `:score`, `:dfbeta` and `:dfbetas`,
matrices with a column for each fixed effect.
"""
function residuals(m::FittedModel, kind = :response; seed = 0, options...)
    own = Symbol(kind)
    own === :quantile && return asked(options -> per_row(C.fit_quantile_residuals, m, seed_of(seed), options), m; options...)
    own in (:score, :dfbeta, :dfbetas) || return asked(options -> per_row(C.fit_residuals, m, code(C.residuals_from_name, own), options), m; options...)
    return asked(options -> numbers(C.fit_fixef_residuals, (nobs(m), n_fixef(m)), m.fit, code(C.fixef_residuals_from_name, own), options), m; options...)
end
"""The model matrix of the fixed effects: the rows used, the columns kept."""
modelmatrix(m::FittedModel) = numbers(C.fit_x, (nobs(m), n_fixef(m)), m.fit)

"""
    r2(m)

Marginal and conditional R2 of Nakagawa and Schielzeth, and intraclass correlations: `(marginal, conditional, icc_adjusted, icc_unadjusted)`.
"""
r2(m::FittedModel; options...) = asked(m; options...) do own
    marginal, conditional = values_of(C.fit_r2, 2, m.fit, own)
    adjusted, unadjusted = values_of(C.fit_icc, 2, m.fit, own)
    (marginal = marginal, conditional = conditional, icc_adjusted = adjusted, icc_unadjusted = unadjusted)
end
"""The test of overdispersion of counts and proportions: chi_square, ratio, df, p_value."""
overdispersion(m::FittedModel) = NamedTuple{(:chi_square, :ratio, :df, :p_value)}(values_of(C.fit_overdispersion, 4, m.fit))

"""The names of the tables that [`table`](@ref) makes."""
tables(m::FittedModel) = Symbol.(texts(C.fit_table_name, C.fit_n_tables(m.fit), m.fit))
"""
    table(m, name; df = :default)

A table of the model by name: `:coefficients`, `:varcorr`, `:ranef`, `:theta`, `:observations`, `:thresholds`, `:family`, `:fit`, `:outcome` and so on.
"""
table(m::FittedModel, name; df = :default, options...) =
    asked(own -> tabled(C.fit_table, m.fit, String(name), code(C.df_from_name, df), own), m; options...)

"""The ids of all parameters, `form` `:reported` or `:working`."""
parameternames(m::FittedModel; form = :reported) = (own = code(C.parameter_form_from_name, form); texts(C.fit_parameter_id, dof(m), m.fit, own))
"""All parameters, fixed effects, sigma or the family's parameters, and those of the random effects."""
parameters(m::FittedModel; form = :reported) = numbers(C.fit_parameters, dof(m), m.fit, code(C.parameter_form_from_name, form))
"""The covariance matrix of all parameters."""
parametersvcov(m::FittedModel; form = :reported, options...) =
    asked(own -> numbers(C.fit_parameters_vcov, (dof(m), dof(m)), m.fit, code(C.parameter_form_from_name, form), own), m; options...)

"""A question to a fit, with threads, progress and deadline."""
asked(ask, m::FittedModel; options...) = watched(ask; kept = m.kept, options...)

"""The summary, as lme4 prints it."""
function summary_text(m::FittedModel; df = :default, options...)
    out = Ref{Cstring}()
    GC.@preserve m begin
        asked(own -> call(C.fit_summary, m.fit, code(C.df_from_name, df), own, out), m; options...)
        return unsafe_string(out[])
    end
end

Base.show(io::IO, ::MIME"text/plain", m::FittedModel) = print(io, chomp(summary_text(m)))
Base.show(io::IO, m::FittedModel{kind}) where {kind} = print(io, "Interlace.FittedModel{:", kind, "}(", repr(formula(m)), ")")
