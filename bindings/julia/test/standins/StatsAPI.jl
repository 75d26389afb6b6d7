module StatsAPI
for name in (:fit, :coef, :coefnames, :coeftable, :stderror, :vcov, :confint, :loglikelihood, :deviance, :nobs, :dof, :dof_residual, :aic, :aicc, :bic, :islinear, :isfitted, :fitted, :response, :weights, :offset,
             :residuals, :modelmatrix, :predict, :r2, :leverage, :cooksdistance)
    @eval function $name end
end
end
