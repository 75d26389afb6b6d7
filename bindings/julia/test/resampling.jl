# Simulated responses, refits, bootstraps with functions of the caller's, cross-validation, families of functions.

@testset "simulation and refits" begin
    m = slopes()
    y = simulate(m, 3; seed = 4)
    @test size(y) == (180, 3) && y == simulate(m, 3; seed = 4) != simulate(m, 3; seed = 5) && simulate(m; seed = 4) == y[:, 1]
    @test rows(asked(m; simulate = 3, seed = 4)["simulations"]) == permutedims(y)
    @test simulate(MersenneTwister(1), m) == simulate(MersenneTwister(1), m) != simulate(MersenneTwister(2), m)
    again = refit(m, y[:, 1])
    @test again isa LinearMixedModel && response(again) == y[:, 1] && predict(again, sleepstudy()) == fitted(again)
    many = refitmany(m, y; std_errors = true)
    @test many.log_likelihood[1] ≈ loglikelihood(again) && many.status == fill("converged", 3) && haskey(many, Symbol("se.Days"))
    @test thrown(() -> refit(m, y[1:10, 1])).code === :argument
    @test occursin("seed is -1", said(() -> simulate(m; seed = -1))) && occursin("cannot be negative", said(() -> simulate(m, -1)))
    cox = coxme("Surv(time, status) ~ age + (1 | id)", csv("kidney"))
    @test size(simulate(cox)) == (76, 2) && size(simulate(cox, 2)) == (76, 2, 2) && refit(cox, simulate(cox)) isa CoxMixedModel
    @test length(refitmany(cox, simulate(cox, 2)).status) == 2
    @test thrown(() -> refitmany(cox, rand(76, 3))) isa DimensionMismatch
end

@testset "bootstrap" begin
    m = slopes()
    b = parametricbootstrap(20, m; seed = 7)
    wanted = asked(m; bootstrap = 20, seed = 7, confint = "boot")
    own = table(b)
    @test length(b) == 20 && length(own.status) == 20 && own.Days == [row[2] for row in wanted["bootstrap"]["values"]]
    @test confint(b).lower == wanted["boot_ci"]["lower"] && confint(b; method = :bca).term == wanted["boot_ci"]["names"]
    @test table(bootstrap(m, 5; first = 15, seed = 7)).Days == own.Days[16:20]
    @test length(bootstrap(m, 3; type = :groups, group = "Subject")) == 3 && length(bootstrap(m, 3; type = :rows)) == 3
    @test occursin(":groups or :rows", said(() -> bootstrap(m, 3; type = :levels)))
    # A statistic in Julia sees each replicate, its errors come through, and a wrong number of values is one.
    seen = Int[]
    b = bootstrap(m, 4; seed = 7, statistic = ([:slope, :largest], (estimates, y) -> (push!(seen, length(y)); [estimates[2], maximum(y)])))
    @test table(b).slope == table(b).Days && all(>(200), table(b).largest) && all(==(180), seen) && "largest" in confint(b).term && "slope" in confint(b; method = :bca).term
    mine = ErrorException("mine")
    @test thrown(() -> bootstrap(m, 100; statistic = ("s", (estimates, y) -> throw(mine)))) === mine
    @test thrown(() -> bootstrap(m, 100; statistic = ("s", (estimates, y) -> [1.0, 2.0]))) isa DimensionMismatch
    @test occursin("20 replicates", sprint(show, parametricbootstrap(MersenneTwister(3), 20, m)))
end

@testset "validation" begin
    m = slopes()
    own, wanted = crossvalidate(m; group = "Subject", folds = 3, seed = 2), asked(m; cross_validate = "Subject", folds = 3, seed = 2)["cross_validation"]
    @test own.folds.rmse == wanted["folds"]["rmse"] && own.rows.prediction == wanted["rows"]["prediction"] && own.rows.row == 1:180
end

@testset "families of functions" begin
    d = csv("grouseticks")
    poisson(; changes...) = Family("mypoisson"; linkfun = log, linkinv = exp, mu_eta = exp, variance = identity,
                                   dev_resids = (y, mu, w) -> 2w * ((y == 0 ? 0.0 : y * log(y / mu)) - (y - mu)), changes...)
    FORMULA = "TICKS ~ YEAR + cHEIGHT + (1 | BROOD)"
    wanted = glmm(FORMULA, d, "poisson")
    quasi = glmm(FORMULA, d, poisson())
    @test coef(quasi) ≈ coef(wanted) rtol = 1e-4
    exact = poisson(log_density = (y, eta, w, psi) -> w * (y * eta - exp(eta) - lgamma_of(y)), derivatives = (y, eta, w, psi) -> (w * (y - exp(eta)), w * exp(eta), w * exp(eta)))
    own = glmm(FORMULA, d, exact)
    @test coef(own) ≈ coef(wanted) rtol = 1e-6
    @test loglikelihood(own) ≈ loglikelihood(wanted) rtol = 1e-8
    GC.gc()
    @test loglikelihood(refit(own, response(own))) ≈ loglikelihood(own) && length(table(bootstrap(own, 2; type = :rows)).status) == 2
    @test glmm(FORMULA, d, "nbinom2") isa GeneralizedLinearMixedModel
    negative = Family("mynbinom"; linkfun = log, linkinv = exp, mu_eta = exp, variance = identity, dev_resids = (y, mu, w) -> 0.0, parameters = (size = (:log, 1.0),),
                      log_density = (y, eta, w, psi) -> (k = exp(psi[1]); lgamma_of(y + k - 1) - lgamma_of(k - 1) - lgamma_of(y) + k * log(k) + y * eta - (y + k) * log(k + exp(eta))))
    @test loglikelihood(glmm(FORMULA, d, negative)) ≈ loglikelihood(glmm(FORMULA, d, "nbinom2")) rtol = 1e-6
    mine = ErrorException("mine")
    @test thrown(() -> glmm(FORMULA, d, poisson(linkinv = eta -> throw(mine)))) === mine
    @test occursin("one thread", said(() -> glmm(FORMULA, d, poisson(); threads = 2)))
    @test thrown(() -> tobytes(own)).code === :unsupported
    @test thrown(() -> Family("f"; linkfun = log, linkinv = exp, mu_eta = exp, variance = identity, dev_resids = -, parameters = (a = (:cubic, 1.0),))).code === :argument
end
