"""
Mixed-effects models by the library interlace: linear, generalised, ordinal and Cox ones, in the words of StatsAPI and MixedModels.jl.

    m = fit(LinearMixedModel, "Reaction ~ Days + (1 + Days | Subject)", data)
    coef(m), VarCorr(m), ranef(m), predict(m, new)
"""
module Interlace

using Libdl: dlopen, dlsym, dlpath
using Random: AbstractRNG
using Serialization: Serialization, AbstractSerializer

export MixedModel, LinearMixedModel, GeneralizedLinearMixedModel, CumulativeLinkMixedModel, CoxMixedModel, Factor, Family, InterlaceError
export fit, lmm, glmm, clmm, coxme, update, refit, refitML, refitmany
export coef, coefnames, coeftable, vcov, stderror, fixef, fixefnames, loglikelihood, objective, deviance, nobs, dof, dof_residual, aic, aicc, bic, islinear, isfitted
export fitted, response, residuals, modelmatrix, predict, predictionstatus, r2, overdispersion, sdest, varest, issingular, converged, outcome
export ranef, raneftables, condVar, VarCorr, theta, thetanames, table, tables
export confint, varianceparameters, profile, likelihoodratiotest, anova, drop1, waldtest, emmeans, contrasts
export hazardratios, concordance, proportionalhazards, survival, survivalquantiles, survivalmeans
export simulate, bootstrap, parametricbootstrap, crossvalidate, alloptimizers
export leverage, influence, cooksdistance, influential, simulated_residuals, ranefresiduals, convergence, augment
export Picture, picture, picture_data, pictures
export Plan, Accumulator, csvparts, ndropped, forecast
export readcsv, tobytes, frombytes, savefit, loadfit

include("C.jl")
include("library.jl")
include("calls.jl")
include("watch.jl")
include("tables.jl")
include("columns.jl")
include("family.jl")
include("model.jl")
include("estimates.jl")
include("random.jl")
include("inference.jl")
include("prediction.jl")
include("resampling.jl")
include("diagnostics.jl")
include("pictures.jl")
include("saved.jl")
include("parts.jl")

function __init__()
    load_library()
    TELL[] = @cfunction(tell, Int32, (Ptr{C.Progress}, Ptr{Cvoid}))
    STATISTIC[] = @cfunction(statistic, Int32, (Int64, Ptr{Float64}, Csize_t, Ptr{Float64}, Csize_t, Ptr{Float64}, Csize_t, Ptr{Cvoid}))
    find_family_functions()
end

end
