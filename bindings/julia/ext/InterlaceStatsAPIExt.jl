module InterlaceStatsAPIExt

using Interlace, StatsAPI
using Interlace: FittedModel

StatsAPI.fit(T::Type{<:Interlace.MixedModel}, formula, data, rest...; kwargs...) = Interlace.fit(T, formula, data, rest...; kwargs...)
StatsAPI.coef(m::FittedModel) = Interlace.coef(m)
StatsAPI.coefnames(m::FittedModel) = Interlace.coefnames(m)
StatsAPI.coeftable(m::FittedModel; kwargs...) = Interlace.coeftable(m; kwargs...)
StatsAPI.stderror(m::FittedModel) = Interlace.stderror(m)
StatsAPI.vcov(m::FittedModel; kwargs...) = Interlace.vcov(m; kwargs...)
StatsAPI.confint(m::FittedModel; kwargs...) = Interlace.confint(m; kwargs...)
StatsAPI.loglikelihood(m::FittedModel) = Interlace.loglikelihood(m)
StatsAPI.deviance(m::FittedModel) = Interlace.deviance(m)
StatsAPI.nobs(m::FittedModel) = Interlace.nobs(m)
StatsAPI.dof(m::FittedModel) = Interlace.dof(m)
StatsAPI.dof_residual(m::FittedModel) = Interlace.dof_residual(m)
StatsAPI.aic(m::FittedModel) = Interlace.aic(m)
StatsAPI.aicc(m::FittedModel) = Interlace.aicc(m)
StatsAPI.bic(m::FittedModel) = Interlace.bic(m)
StatsAPI.islinear(m::FittedModel) = Interlace.islinear(m)
StatsAPI.isfitted(m::FittedModel) = Interlace.isfitted(m)
StatsAPI.fitted(m::FittedModel) = Interlace.fitted(m)
StatsAPI.response(m::FittedModel) = Interlace.response(m)
StatsAPI.weights(m::FittedModel) = Interlace.weights(m)
StatsAPI.offset(m::FittedModel) = Interlace.offset(m)
StatsAPI.residuals(m::FittedModel, rest...; kwargs...) = Interlace.residuals(m, rest...; kwargs...)
StatsAPI.modelmatrix(m::FittedModel) = Interlace.modelmatrix(m)
StatsAPI.predict(m::FittedModel, rest...; kwargs...) = Interlace.predict(m, rest...; kwargs...)
StatsAPI.leverage(m::FittedModel, rest...; kwargs...) = Interlace.leverage(m, rest...; kwargs...)
StatsAPI.cooksdistance(m::FittedModel; kwargs...) = Interlace.cooksdistance(m; kwargs...)
StatsAPI.r2(m::FittedModel; kwargs...) = Interlace.r2(m; kwargs...)

end
