# The extensions, which Julia loads by itself from 1.9 on. Packages that are not installed have stand-ins here, with the functions that the extensions use.

push!(LOAD_PATH, joinpath(@__DIR__, "standins"))
using Tables, DataAPI, CategoricalArrays, StatsAPI

const EXT = joinpath(@__DIR__, "..", "ext")
for name in ("Tables", "DataAPI", "CategoricalArrays", "StatsAPI")
    loaded = isdefined(Base, :get_extension) && Base.get_extension(Interlace, Symbol("Interlace", name, "Ext")) !== nothing
    loaded || include(joinpath(EXT, "Interlace$(name)Ext.jl"))
end

struct ByColumns
    columns::NamedTuple
end
Tables.istable(::Type{ByColumns}) = true
Tables.columnaccess(::Type{ByColumns}) = true
Tables.columns(own::ByColumns) = own.columns

@testset "extensions" begin
    m = slopes()
    d = sleepstudy()
    labels = collect(d.Subject)
    @test objective(lmm(SLOPES, ByColumns(d))) == objective(m)
    pooled = categorical(labels)
    @test objective(lmm(SLOPES, merge(d, (Subject = pooled,)))) == objective(m)
    ordered = categorical(["mid", "lo", missing, "hi"]; levels = ["lo", "mid", "hi"], ordered = true)
    own = Interlace.pooled(ordered)
    @test own.codes == [1, 0, -1, 2] && own.levels == ["lo", "mid", "hi"] && own.ordered && isequal(back((x = ordered,)).x, ["mid", "lo", missing, "hi"])
    for name in (:coef, :coefnames, :coeftable, :stderror, :vcov, :confint, :loglikelihood, :deviance, :nobs, :dof, :dof_residual, :aic, :aicc, :bic, :islinear, :isfitted, :fitted, :response, :weights,
                 :offset, :residuals, :modelmatrix, :predict, :r2, :leverage, :cooksdistance)
        @test isequal(getfield(StatsAPI, name)(m), getfield(Interlace, name)(m))
    end
    @test coef(StatsAPI.fit(LinearMixedModel, SLOPES, d; REML = false)) == coef(slopes(REML = false))
end
