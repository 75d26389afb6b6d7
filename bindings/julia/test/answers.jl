# Answers to questions, compared with the document of the same fit, which the library makes by another way.

asked(m; questions...) = document(Interlace.json(m; questions...))
column(table, name) = Float64[own === missing ? NaN : own for own in table[name]]

@testset "rows and parameters" begin
    m = slopes()
    d = sleepstudy()
    @test response(m) == d.Reaction && residuals(m) ≈ d.Reaction - fitted(m) && Interlace.weights(m) == ones(180) && Interlace.offset(m) == zeros(180)
    @test modelmatrix(m) == [ones(180) d.Days] && islinear(m) && isfitted(m) && dof_residual(m) == 174 && deviance(m) == -2loglikelihood(m)
    @test aicc(m) ≈ aic(m) + 2 * 6 * 7 / (180 - 7) && varest(m) == sdest(m)^2
    @test Interlace.formula(m) == SLOPES && Interlace.method(m) === :reml && Interlace.option(slopes(nagq = 3), "nagq") == "3" && outcome(m).reason in (:converged, :roundoff_limited)
    for kind in (:pearson, :working, :deviance, :normalized, :standardized, :quantile)
        own = residuals(m, kind)
        @test length(own) == 180 && same(own, Float64.(asked(m; residuals = kind)["residuals_$kind"]))
    end
    @test Interlace.parameternames(m)[end-1] == "cor[Subject, (Intercept), Days]" && length(Interlace.parameters(m)) == dof(m)
    @test Interlace.parametersvcov(m)[1:2, 1:2] ≈ vcov(m)
    @test vcov(m; df = :kenward_roger) == rows(asked(m; df = "kenward-roger")["vcov_kenward_roger"])
    @test :varcorr in tables(m) && table(m, :observations).row == 1:180 && table(m, :fit).n_obs == [180]
    mixture = glmm("calls ~ FoodTreatment + (1 | Nest)", csv("Owls"), "nbinom2"; ziformula = "~ SexParent + (1 | Nest)")
    @test coefnames(mixture; predictor = :zero_inflation) == ["(Intercept)", "SexParentMale"] && length(coef(mixture; predictor = :zero_inflation)) == 2
    @test coef(mixture; predictor = :zero_inflation) == asked(mixture)["zero_inflation"]["estimate"]
    @test keys(raneftables(mixture)) == (:Nest, Symbol("zero_inflation.Nest"))
    @test thrown(() -> coef(mixture; predictor = :dispersion)).code === :argument
    missing_rows = merge(d, (Days = [i == 7 ? missing : day for (i, day) in enumerate(d.Days)],))
    short = lmm(SLOPES, missing_rows)
    @test nobs(short) == 179 && table(short, :dropped_rows).row == [7] && table(short, :dropped_rows).column == ["Days"]
    @test isnan(fitted(lmm(SLOPES, missing_rows; na = :pad))[7])
    @test thrown(() -> lmm(SLOPES, missing_rows; na = :error)).position == 7
end

@testset "random effects" begin
    m = slopes()
    own = asked(m)["ranef"]["Subject"]
    @test permutedims(ranef(m)[1]) == rows(own["values"]) && raneftables(m).Subject.Subject == own["levels"]
    @test permutedims(condVar(m)[1], (3, 1, 2))[4, :, :] == rows(own["condvar"][4])
    @test Interlace.covariances(m)[1] == rows(asked(m)["varcorr"][1]["cov"])
    @test VarCorr(m).sdcor[1:2] == asked(m)["varcorr"][1]["sd"] && isequal(VarCorr(m).term, [1, 1, 1, missing])
    @test Interlace.randomterms(m)[1].effects == ["(Intercept)", "Days"]
    uncorrelated = lmm("Reaction ~ Days + (Days || Subject)", sleepstudy())
    @test length(ranef(uncorrelated)) == 2 && keys(raneftables(uncorrelated).Subject) == (:Subject, Symbol("(Intercept)"), :Days)
    own, wanted = confint(m; method = :ranef), table(m, :ranef)
    @test all(getproperty(own, name) == getproperty(wanted, name) for name in (:group, :level, :effect, :mode, :lower, :upper))
    @test sort(confint(m; method = :ranef, level = 0.9).upper) == sort(asked(m; confint = "ranef", level = 0.9)["ranef_ci"]["upper"])
    binomial = glmm("cbind(incidence, size - incidence) ~ period + (1 | herd)", csv("cbpp"), "binomial")
    @test condVar(binomial; full = true)[1][1, 1, 1] > condVar(binomial)[1][1, 1, 1]
    @test thrown(() -> condVar(m; full = true)).code === :unsupported
end

@testset "without random terms" begin
    d = sleepstudy()
    m = lmm("Reaction ~ Days", d; random_terms = "optional")
    x = [ones(180) d.Days]
    @test coef(m) ≈ x \ d.Reaction && varest(m) ≈ sum(abs2, d.Reaction - x * coef(m)) / 178
    @test ranef(m) == [] && raneftables(m) == NamedTuple() && length(confint(m; method = :ranef).mode) == 0 && VarCorr(m).sdcor == [sdest(m)]
    @test leverage(m) ≈ [x[i, :]' * ((x' * x) \ x[i, :]) for i in 1:180] && picture(m) isa Picture && convergence(m).status[1] == "ok"
    @test thrown(() -> lmm("Reaction ~ Days", d)).code === :argument
end

@testset "tests and intervals" begin
    m = slopes()
    for (df, name) in ((:satterthwaite, "satterthwaite"), (:kenward_roger, "kenward_roger"), (:normal, "normal"))
        own, wanted = coeftable(m; df = df, level = 0.9), asked(m; df = df, level = 0.9)[name]
        @test all(same(getproperty(own, a), Float64.(wanted[b])) for (a, b) in ((:df, "df"), (:statistic, "t_value"), (:p_value, "p_value"), (:lower, "lower"), (:upper, "upper")))
    end
    own, wanted = confint(m), asked(m; confint = "wald")["wald_ci"]
    @test own.term == wanted["names"] && own.lower == wanted["lower"] && own.upper == wanted["upper"]
    own, wanted = confint(m; method = :profile, level = 0.8), asked(m; confint = "profile", level = 0.8)["profile_ci"]
    @test own.term == wanted["names"] && own.lower == wanted["lower"] && own.upper == wanted["upper"]
    @test confint(m; method = :profile, scale = :theta).term[1] == "theta.Subject.(Intercept)"
    reported, plain, logs = varianceparameters(m), varianceparameters(m; limits = :plain), varianceparameters(m; form = :log, level = 0.9)
    places = [findfirst(==(id), Interlace.parameternames(m)) for id in reported.id]
    vcov_of_all = Interlace.parametersvcov(m)
    @test reported.estimate == Interlace.parameters(m)[places] && reported.std_error ≈ [sqrt(vcov_of_all[i, i]) for i in places]
    @test plain.upper ≈ plain.estimate + 1.959963984540054 * plain.std_error && plain.std_error == reported.std_error
    sigma = findfirst(==("sigma"), reported.id)
    @test logs.estimate[sigma] ≈ log(sdest(m)) && reported.lower[sigma] ≈ exp(log(sdest(m)) - 1.959963984540054 * logs.std_error[sigma])
    @test varianceparameters(m; form = :variance).estimate[sigma] ≈ varest(m) && occursin("unbounded", said(() -> varianceparameters(m; limits = :none)))
    @test profile(m).zeta == asked(m; profile = true)["profile"]["zeta"]
    @test occursin(":profile or :ranef", said(() -> confint(m; method = :boot)))
    cake = lmm("angle ~ recipe * temp + (1 | recipe:replicate)", csv("cake"))
    for type in 1:3
        own, wanted = anova(cake; type = type), asked(cake; anova = type)["satterthwaite"]["anova"]["type$type"]
        @test own.term == wanted["term"] && own.statistic == wanted["F.value"] && own.p_value == wanted["p.value"]
    end
    @test anova(cake; type = :ii, df = :normal).den_df == fill(Inf, 3)
    @test isequal(drop1(cake).p_value[2:end], column(asked(cake; drop1 = true)["drop1"], "p.value")[2:end])
    L = [0 0 1 0 0 0; 0 1 -1 0 0 0]
    joint, single = asked(cake; test = "0,0,1,0,0,0; 0,1,-1,0,0,0")["test"]["joint"], asked(cake; test = "0,0,1,0,0,0; 0,1,-1,0,0,0")["test"]["rows"]
    @test waldtest(cake, L).p_value == joint["p.value"] && waldtest(cake, L; joint = false).estimate == single["estimate"]
    @test waldtest(cake, L[1, :]).p_value ≈ single["p.value"][1:1] && thrown(() -> waldtest(cake, L, [1.0])) isa DimensionMismatch
    @test waldtest(cake, L[1, :], coef(cake)[3:3]).p_value ≈ [1.0]
    r = r2(m)
    @test [r.marginal, r.conditional, r.icc_adjusted, r.icc_unadjusted] == [asked(m; r2 = true)["r2"][key] for key in ("marginal", "conditional", "icc_adjusted", "icc_unadjusted")]
    counts = glmm("TICKS ~ YEAR + (1 | BROOD)", csv("grouseticks"), "poisson")
    @test overdispersion(counts).ratio == asked(counts)["overdispersion"]["ratio"]
end

@testset "comparisons" begin
    d = sleepstudy()
    large, small = slopes(), lmm("Reaction ~ 1 + (1 + Days | Subject)", d)
    own, wanted = likelihoodratiotest(small, large), asked(large; lrt = "Reaction ~ 1 + (1 + Days | Subject)")["lrt"]
    @test own.fit == [1, 2] && own.chi_square[2] ≈ wanted["chisq"][2] && isapprox(own.p_value[2], wanted["p_value"][2]; rtol = 1e-6)
    @test likelihoodratiotest(large, small).fit == [2, 1]
    @test likelihoodratiotest(large, ". ~ . - Days").p_value[2] == wanted["p_value"][2]
    @test likelihoodratiotest(lmm("Reaction ~ Days + (1 | Subject)", d), "Reaction ~ Days"; chi_bar = true).distribution[2] == "chibarsq"
    @test thrown(() -> likelihoodratiotest(small, large; refit = false)).code === :argument
    @test length(alloptimizers(large).optimizer) == 4
end

@testset "marginal means" begin
    cake = lmm("angle ~ recipe * temp + (1 | recipe:replicate)", csv("cake"))
    wanted = asked(cake; emmeans = "~ recipe", at = "temp = 180, 200", adjust = "bonferroni", level = 0.9)["emmeans"]
    own = emmeans(cake, "~ recipe"; at = (temp = [180, 200],), level = 0.9)
    @test own.recipe == wanted["means"]["recipe"] && own.estimate == wanted["means"]["emmean"] && own.lower == wanted["means"]["lower.CL"]
    pairs = contrasts(cake, "~ recipe"; at = (temp = [180, 200],), adjust = :bonferroni, level = 0.9)
    @test pairs.contrast == wanted["pairs"]["contrast"] && pairs.p_value == wanted["pairs"]["p.value"] && pairs.upper == wanted["pairs"]["upper.CL"]
    @test emmeans(cake, "~ recipe"; at = (recipe = ["A", "C"], temp = 200)).recipe == ["A", "C"]
    @test Interlace.at_text((x = [0, 5.5], f = ["a, b", "c\"d"])) == "x = 0.0, 5.5; f = \"a, b\", \"c\"\"d\""
    mine = contrasts(cake, "~ recipe"; comparisons = [1 0; -0.5 1; -0.5 -1], names = ["first", "rest"])
    means = emmeans(cake, "~ recipe").estimate
    @test mine.contrast == ["first", "rest"] && mine.estimate ≈ [means[1] - (means[2] + means[3]) / 2, means[2] - means[3]]
    @test thrown(() -> contrasts(cake, "~ recipe"; comparisons = [1 0; -1 1; 0 -1], names = ["one"])) isa DimensionMismatch
    @test contrasts(cake, "~ recipe"; comparisons = :treatment_control).contrast == ["B - A", "C - A"]
    binomial = glmm("cbind(incidence, size - incidence) ~ period + (1 | herd)", csv("cbpp"), "binomial")
    @test haskey(contrasts(binomial, "~ period"; type = :response), :odds_ratio) && all(0 .< emmeans(binomial, "~ period"; type = :response).response .< 1)
end

@testset "predictions" begin
    m = slopes()
    d = sleepstudy()
    new = (Days = [0, 5, missing, 2], Subject = ["308", "309", "308", "999"])
    @test predict(m) == fitted(m) && predict(m, d) == fitted(m)
    @test thrown(() -> predict(m, new)).code === :data
    own = predict(m, new; new_levels = :zero)
    @test own[1] ≈ coef(m)[1] + ranef(m)[1][1, 1] && isnan(own[3]) && own[4] ≈ coef(m)[1] + 2 * coef(m)[2]
    @test predictionstatus(m, new; new_levels = :zero) == [:ok, :ok, :missing, :ok]
    @test predict(m, new; random = :none)[1] == coef(m)[1]
    known = (Days = new.Days[1:2], Subject = new.Subject[1:2])
    for interval in (:confidence, :prediction)
        own, wanted = predict(m, known; interval = interval, level = 0.9), asked(m; predict = known, interval = interval, level = 0.9)["predictions"]
        @test [own.prediction, own.std_error, own.lower, own.upper] == [wanted[key] for key in ("values", "std_error", "lower", "upper")]
    end
    weighted = lmm("y ~ x1 + x2 + (1 | g)", csv("sim_weights"); weights = "w")
    some = map(column -> column[1:5], csv("sim_weights"))
    own = predict(weighted, some; interval = :prediction)
    @test own.lower == asked(weighted; predict = some, interval = "prediction")["predictions"]["lower"] == predict(weighted, some; interval = :prediction, weights = some.w).lower
    @test own.lower != predict(weighted, some; interval = :prediction, weights = ones(5)).lower
    two = lmm("diameter ~ 1 + (1 | plate) + (1 | sample)", csv("Penicillin"))
    @test predict(two; terms = [2])[1] ≈ coef(two)[1] + ranef(two)[2][1]
    @test occursin("terms has 0; the model has 1 random term, counted from 1", said(() -> predict(m; terms = [0])))
    @test thrown(() -> predict(m, known; weights = [1.0])) isa DimensionMismatch
    @test occursin("'Days'", said(() -> predict(m, (Subject = ["308"],))))
    wine = csv("wine")
    ordinal = clmm("rating ~ temp + contact + (1 | judge)", wine)
    own = predict(ordinal, wine)
    @test size(own) == (72, 5) && sum(own; dims = 2) ≈ ones(72) && [own[i, wine.rating[i]] for i in 1:72] ≈ fitted(ordinal)
    @test size(predict(ordinal; type = :cumulative)) == (72, 4) && extrema(predict(ordinal; type = :class)) <= (1, 5)
    @test predictionstatus(ordinal) == fill(:ok, 72)
end

@testset "survival" begin
    kidney = csv("kidney")
    m = coxme("Surv(time, status) ~ age + sex + (1 | id)", kidney)
    new = (age = [30, 60], sex = [1, 2], id = ["k01", "k02"])
    own, wanted = survival(m, new; times = [10, 50], level = 0.9), asked(m; survival = new, times = "10,50", level = 0.9)["survival"]
    @test own.row == [1, 1, 2, 2] && all(same(getproperty(own, Symbol(key)), column(wanted, key)) for key in ("survival", "std_error", "lower", "upper"))
    @test survivalquantiles(m, new).probability == [0.5, 0.5] && survivalmeans(m, new; times = [100]).time == [100, 100]
    @test survival(m, (age = [30], sex = [1]); random = :average, times = [50]).survival[1] < 1
    @test predict(m, new; type = :risk) ≈ exp.(predict(m, new; type = :link))
    @test 0.5 < concordance(m).concordance < 1 && hazardratios(m).hazard_ratio == exp.(coef(m))
    @test proportionalhazards(m; transform = :rank).p_value == asked(m; proportional_hazards = "rank")["proportional_hazards"]["p"]
    @test size(residuals(m, :dfbeta)) == (76, 2) && residuals(m, :dfbeta) == rows(asked(m; residuals = "dfbeta")["residuals_dfbeta"])
    @test_throws MethodError hazardratios(slopes())
end

@testset "documents" begin
    m = slopes()
    text = Interlace.json(m; confint = ["wald", "ranef"], r2 = true, drop1 = false)
    @test haskey(document(text), "wald_ci") && haskey(document(text), "ranef_ci") && haskey(document(text), "r2") && !haskey(document(text), "drop1")
    @test length(Interlace.report(m; confint = :wald)) > length(Interlace.report(m)) > 500
    @test thrown(() -> Interlace.json(m; confidence = true)).code === :argument
end
