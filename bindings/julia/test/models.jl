# Models of all kinds: the numbers are those of interlace-fit, to the last bit.

struct Case
    kind::Type
    formula::String
    data::String
    categorical::Vector{String}
    keywords::NamedTuple
end
Case(kind, formula, data; categorical = String[], keywords...) = Case(kind, formula, data, categorical, (; keywords...))

const CASES = [
    Case(LinearMixedModel, SLOPES, "sleepstudy"; categorical = ["Subject"]),
    Case(LinearMixedModel, "Reaction ~ Days + (Days || Subject)", "sleepstudy"; categorical = ["Subject"], method = "ml"),
    Case(LinearMixedModel, "diameter ~ 1 + (1 | plate) + (1 | sample)", "Penicillin"),
    Case(LinearMixedModel, "strength ~ 1 + (1 | batch / cask)", "Pastes"; optimizer = "bobyqa"),
    Case(LinearMixedModel, "angle ~ recipe * temp", "cake"; random = "(1 | recipe:replicate)", contrasts = :recipe => "contr.sum"),
    Case(LinearMixedModel, "follicles ~ sin2t + cos2t + (1 | Mare)", "Ovary"; correlation = "ar1(1 | Mare)"),
    Case(LinearMixedModel, "yield ~ nitro + cs(0 + Variety | Block)", "Oats"),
    Case(LinearMixedModel, "y ~ x1 + x2", "sim_weights"; groups = "g", weights = "w"),
    Case(LinearMixedModel, "y ~ x2 + (1 | g)", "sim_offset"; offset = "off"),
    Case(GeneralizedLinearMixedModel, "cbind(incidence, size - incidence) ~ period + (1 | herd)", "cbpp"; family = "binomial", nagq = 9),
    Case(GeneralizedLinearMixedModel, "outcome ~ treatment * time + (1 | patientID)", "toenail"; family = "binomial", link = "probit", information = "expected"),
    Case(GeneralizedLinearMixedModel, "TICKS ~ YEAR + cHEIGHT + (1 | BROOD) + (1 | LOCATION)", "grouseticks"; family = "poisson"),
    Case(GeneralizedLinearMixedModel, "calls ~ FoodTreatment * SexParent + (1 | Nest)", "Owls"; family = "nbinom2", ziformula = "~ 1", offset = "logBroodSize"),
    Case(GeneralizedLinearMixedModel, "count ~ mined + (1 | site)", "Salamanders"; family = "nbinom1", dispformula = "~ DOY"),
    Case(GeneralizedLinearMixedModel, "y_gamma ~ x + (1 | g)", "sim_families"; family = "gamma", link = "log"),
    Case(GeneralizedLinearMixedModel, "y_beta ~ x + (1 | g)", "sim_families"; family = "beta"),
    Case(GeneralizedLinearMixedModel, "y_t ~ x + (1 | g)", "sim_families"; family = "student_t", fix = :df => 5),
    Case(GeneralizedLinearMixedModel, "y_tweedie ~ x + (1 | g)", "sim_families"; family = "tweedie"),
    Case(CumulativeLinkMixedModel, "rating ~ temp + contact + (1 | judge)", "wine"),
    Case(CumulativeLinkMixedModel, "rating ~ temp + (1 | judge)", "wine"; nominal = "~ contact", link = "probit"),
    Case(CumulativeLinkMixedModel, "rating ~ temp + contact + (1 | judge)", "wine"; threshold = "equidistant", scale = "~ contact"),
    Case(CoxMixedModel, "Surv(time, status) ~ age + sex + (1 | id)", "kidney"),
    Case(CoxMixedModel, "Surv(time, status) ~ rx + (1 | litter)", "rats"; ties = "breslow", fixed_effects = "integrated"),
    Case(CoxMixedModel, "Surv(time, status) ~ age + strata(sex) + (1 | inst)", "lung"),
]

fitted_case(case) = fit(case.kind, case.formula, csv(case.data; categorical = case.categorical); case.keywords...)

"""The same as arguments of interlace-fit."""
function arguments(case)
    options = String[]
    for (name, value) in pairs(case.keywords)
        text = value isa Pair ? "$(first(value))=$(last(value))" : string(value)
        append!(options, ["--" * replace(String(name), '_' => '-'), text])
    end
    isempty(case.categorical) || append!(options, ["--categorical", join(case.categorical, ",")])
    return [String(Interlace.kind_of(case.kind)), case.formula, joinpath(DATA, "$(case.data).csv"), options...]
end

function compare(m, wanted)
    fixed = wanted["fixed"]
    @test coefnames(m) == fixed["names"]
    @test same(coef(m), Float64.(fixed["estimate"])) && same(stderror(m), Float64.(fixed["std_error"]))
    @test same(vcov(m), isempty(fixed["names"]) ? zeros(0, 0) : rows(fixed["vcov"]))
    @test same(theta(m), Float64.(wanted["theta"])) && thetanames(m) == wanted["theta_names"]
    @test same([loglikelihood(m), objective(m), aic(m), bic(m)], Float64[wanted[key] for key in ("logLik", "criterion", "AIC", "BIC")])
    @test nobs(m) == wanted["nobs"] && dof(m) == wanted["npar"] && issingular(m) == wanted["singular"]
    haskey(wanted, "sigma") && @test same(sdest(m), wanted["sigma"])
    @test same(fitted(m), Float64.(wanted["fitted"]))
    haskey(wanted, "residuals") && @test same(residuals(m), Float64.(wanted["residuals"]))
    predictors = table(m, :ranef)
    @test length(predictors.mode) == sum(length, ranef(m)) && same(predictors.mode, reduce(vcat, vec.(permutedims.(ranef(m)))))
    for (factor, own) in wanted["ranef"]
        found = collect(Base.values(raneftables(m)[Symbol(factor)]))
        @test found[1] == own["levels"] && same(reduce(hcat, found[2:end]), rows(own["values"]))
    end
    haskey(wanted, "thresholds") && @test same(table(m, :thresholds).estimate, Float64.(wanted["thresholds"]["estimate"]))
    haskey(wanted, "family_parameter_table") && @test same(table(m, :family).estimate, Float64.(wanted["family_parameter_table"]["estimate"]))
    haskey(wanted, "hazard_ratio") && @test same(hazardratios(m).hazard_ratio, Float64.(wanted["hazard_ratio"]))
    @test Interlace.warnings(m) == wanted["warnings"]
end

@testset "models" begin
    for case in CASES
        m = fitted_case(case)
        @test m isa case.kind && m isa MixedModel && converged(m)
        @test occursin(case.formula, sprint(show, m)) && !isempty(sprint(show, MIME"text/plain"(), m))
        if !isempty(PROGRAM)
            @testset "$(case.formula)" begin compare(m, document(read(`$PROGRAM $(arguments(case)) --json`, String))) end
        end
    end
    @test length(CASES) >= 15
end

@testset "ways to say it" begin
    d = sleepstudy()
    m = slopes()
    @test coef(lmm(SLOPES, d)) == coef(m) == coef(fit(MixedModel, SLOPES, d)) == fixef(m)
    @test loglikelihood(lmm(SLOPES, d; REML = false)) == loglikelihood(refitML(m)) && refitML(refitML(m)) isa LinearMixedModel
    cbpp = csv("cbpp")
    binomial = glmm("prop ~ period + (1 | herd)", cbpp, "binomial"; weights = "size")
    @test coef(fit(MixedModel, "prop ~ period + (1 | herd)", cbpp, :binomial, :logit; weights = Float64.(cbpp.size))) == coef(binomial)
    @test coef(fit(GeneralizedLinearMixedModel, "prop ~ period + (1 | herd)", cbpp; family = "binomial", weights = :size)) == coef(binomial)
    # As Distributions.jl and GLM.jl name them.
    @test coef(glmm("prop ~ period + (1 | herd)", cbpp, Binomial(), LogitLink(); weights = "size")) == coef(binomial)
    @test occursin("the distribution Laplace", said(() -> glmm("prop ~ period + (1 | herd)", cbpp, Laplace())))
    @test occursin("belongs to a generalised model", said(() -> fit(LinearMixedModel, SLOPES, d, "poisson")))
    @test occursin("belongs to a generalised model", said(() -> clmm("rating ~ 1 + (1 | judge)", csv("wine"); family = "poisson")))
    @test coef(lmm("Reaction ~ Days", d; random = ["(1 | Subject)"])) == coef(lmm("Reaction ~ Days", d; groups = [:Subject]))
    wine = csv("wine")
    ordered = merge(wine, (rating = Factor(string.(wine.rating); levels = string.(1:5), ordered = true),))
    @test coef(clmm("rating ~ temp + contact + (1 | judge)", ordered)) == coef(clmm("rating ~ temp + contact + (1 | judge)", wine))
    text = merge(wine, (rating = string.(wine.rating),))
    # An order of letters is no order.
    for own in (text.rating, Factor(text.rating))
        @test thrown(() -> clmm("rating ~ temp + contact + (1 | judge)", merge(wine, (rating = "r" .* own,)))).code === :data
    end
    @test coef(clmm("rating ~ temp + contact + (1 | judge)", text; levels = 1:5)) == coef(clmm("rating ~ temp + contact + (1 | judge)", wine))
end

@testset "models changed" begin
    m = slopes()
    d = sleepstudy()
    @test loglikelihood(update(m, ". ~ . - (1 + Days | Subject) + (1 | Subject)")) == loglikelihood(lmm("Reaction ~ Days + (1 | Subject)", d))
    @test loglikelihood(update(m; REML = false)) == loglikelihood(slopes(REML = false))
    @test loglikelihood(update(slopes(REML = false), ". ~ . + I(Days^2)")) == loglikelihood(lmm("Reaction ~ Days + I(Days^2) + (1 + Days | Subject)", d; REML = false))
    wider = merge(d, (z = sin.(1:180), w = fill(2.0, 180)))
    @test loglikelihood(update(m, ". ~ . + z"; data = wider)) == loglikelihood(lmm("Reaction ~ Days + z + (1 + Days | Subject)", wider))
    @test sdest(update(m; data = wider, weights = "w")) ≈ sqrt(2) * sdest(m)
    @test Interlace.option(update(glmm("prop ~ period + (1 | herd)", csv("cbpp"), "binomial"; weights = "size"); nAGQ = 5), "nagq") == "5"
    @test occursin("'z'", said(() -> update(m, ". ~ . + z")))
    binomial = glmm("prop ~ period + (1 | herd)", csv("cbpp"), "binomial"; weights = "size")
    @test coef(update(binomial; link = "probit")) == coef(glmm("prop ~ period + (1 | herd)", csv("cbpp"), "binomial", "probit"; weights = "size"))
    fixed = glmm("y_t ~ x + (1 | g)", csv("sim_families"), "student_t"; fix = (df = 5,))
    @test coef(update(fixed; link = "identity")) == coef(fixed) && table(update(fixed; link = "identity"), :family).fixed == [0, 1]
end
