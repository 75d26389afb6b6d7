# Leverage, influence, simulated residuals, the convergence report and pictures: beside dense matrices, models fitted anew, simulated responses and the document.

using LinearAlgebra

"""Leverages of the model of sleepstudy by dense matrices: the derivatives of fitted values in responses."""
function dense_leverages(m, d)
    x, people = modelmatrix(m), unique(collect(d.Subject))
    z = hcat((hcat(d.Subject .== person, d.Days .* (d.Subject .== person)) for person in people)...)
    random = z * kron(Matrix(1.0I, 18, 18), Interlace.covariances(m)[1]) * z'
    inverse = inv(random + varest(m) * I)
    fixed = x * inv(x' * inverse * x) * x' * inverse
    return diag(fixed), diag(random * inverse * (I - fixed)), diag(random) / varest(m)
end

@testset "leverage" begin
    m = slopes()
    fixed, random, variance = dense_leverages(m, sleepstudy())
    @test leverage(m, :fixef) ≈ fixed && leverage(m, :ranef) ≈ random && leverage(m) ≈ fixed + random && leverage(m, :ranef_variance) ≈ variance
    @test occursin("ranef_variance", said(() -> leverage(m, :hat)))
    @test thrown(() -> leverage(clmm("rating ~ temp + (1 | judge)", csv("wine")))).code === :unsupported
end

@testset "influence" begin
    m = slopes()
    d = sleepstudy()
    kept = findall(!=("309"), collect(d.Subject))
    without = lmm(SLOPES, map(values -> values[kept], d))
    apart = coef(m) - coef(without)
    own = influence(m; by = :Subject)
    @test own.case[1:2] == ["308", "309"] && own.rows == fill(10, 18) && own.status == fill("converged", 18)
    @test own.cooks_distance[2] ≈ apart' * (vcov(m) \ apart) / 2 rtol = 1e-6
    @test own.mdffits[2] ≈ apart' * (vcov(without) \ apart) / 2 rtol = 1e-6
    @test own.Days[2] ≈ coef(without)[2] rtol = 1e-6
    @test getproperty(own, Symbol("dfbetas.Days"))[2] ≈ apart[2] / stderror(without)[2] rtol = 1e-5
    @test getproperty(own, Symbol("rvc.sigma"))[2] ≈ varest(without) / varest(m) - 1 rtol = 1e-5
    fixed = influence(m; by = :Subject, method = :fixed)
    @test all(==(0), getproperty(fixed, Symbol("rvc.sigma"))) && fixed.cooks_distance != own.cooks_distance
    rows = cooksdistance(m; method = :one_step)
    @test length(rows) == 180 && isapprox(rows, cooksdistance(m); rtol = 0.01) && influence(m; method = :one_step).case == 1:180
    stands = influential(m; by = :Subject)
    ordered = sort(own.cooks_distance)
    @test stands.n_influential == count(>(4 / 18), own.cooks_distance) && stands.gap == maximum(diff(ordered)) && stands.n_above_gap == 17 - argmax(diff(ordered)) + 1
    @test influential(m; by = :Subject, threshold = 0.1).n_influential == count(>(0.1), own.cooks_distance)
    # A column that the model does not have.
    late = merge(d, (late = d.Days .> 4,))
    @test influence(m; by = :late, data = late).case == ["FALSE", "TRUE"]
    @test occursin("'late'", said(() -> influence(m; by = :late)))
    @test occursin("one_step", said(() -> influence(m; method = :exact)))
    told = Ref(0)
    cooksdistance(m; by = :Subject, progress = own -> (told[] += own.phase === :deletion; true))
    @test told[] >= 18
    poisson = glmm("TICKS ~ YEAR + (1 | BROOD)", csv("grouseticks"), "poisson")
    @test thrown(() -> influence(poisson; method = :fixed)).code === :unsupported
end

@testset "simulated residuals" begin
    m = slopes()
    y = response(m)
    for (type, seed) in ((:new, 3), (:conditional, 4))
        own = simulated_residuals(m; nsim = 50, seed = seed, type = type)
        below = sum(simulate(m, 50; seed = seed, type = type) .< y; dims = 2)
        @test own.residuals.row == 1:180 && own.residuals.observed == y && all(below ./ 51 .<= own.residuals.uniform .<= (below .+ 1) ./ 51)
        @test isequal(own, simulated_residuals(m; nsim = 50, seed = seed, type = type)) && !isequal(own, simulated_residuals(m; nsim = 50, seed = 9, type = type))
    end
    @test "dispersion" in simulated_residuals(m; nsim = 50).tests.test
    @test isequal(simulated_residuals(MersenneTwister(1), m; nsim = 20), simulated_residuals(MersenneTwister(1), m; nsim = 20))
    d = sleepstudy()
    @test simulated_residuals(m; nsim = 20, by = :Subject).residuals.group == raneftables(m).Subject.Subject
    @test length(simulated_residuals(m; nsim = 20, by = :late, data = merge(d, (late = d.Days .> 4,))).residuals.uniform) == 2
    @test thrown(() -> simulated_residuals(coxme("Surv(time, status) ~ age + (1 | id)", csv("kidney")))).code === :unsupported
    counts = simulated_residuals(glmm("TICKS ~ YEAR + (1 | BROOD)", csv("grouseticks"), "poisson"); nsim = 100, seed = 1)
    @test counts.tests.test == ["uniformity", "uniformity_simulated", "dispersion", "zeros", "outliers"]
end

@testset "reports" begin
    m = slopes()
    d = sleepstudy()
    own = convergence(m)
    @test issubset(("convergence", "gradient"), own.check) && issubset(own.status, ("ok", "note", "warning"))
    @test own.value[own.check .== "convergence"] == [outcome(m).evaluations] && own.value[own.check .== "gradient"] == [outcome(m).scaled_gradient]
    few = convergence(lmm("y ~ 1 + (1 | g)", (y = [1.0, 2, 3, 4, 2, 7], g = ["a", "a", "b", "b", "c", "c"])))
    @test few.subject[few.check .== "few_levels"] == ["g"]
    own = ranefresiduals(m)
    @test own.term == ones(36) && sort(own.mode) == sort(vec(ranef(m)[1])) && own.standardized ≈ own.mode ./ own.std_dev
    own = augment(m)
    @test getproperty(own, Symbol(".row")) == 1:180 && getproperty(own, Symbol(".fitted")) == fitted(m) && getproperty(own, Symbol(".leverage")) == leverage(m) && own.Days == d.Days
    own = augment(m; influence = true, data = merge(d, (note = fill("x", 180),)))
    @test getproperty(own, Symbol(".cooks_distance")) ≈ cooksdistance(m; method = :fixed) && own.note == fill("x", 180)
    @test thrown(() -> augment(m; data = map(values -> values[1:170], d))).code === :data
    @test occursin("give them as `data`", said(() -> augment(frombytes(tobytes(m)))))
end

@testset "pictures" begin
    m = slopes()
    d = sleepstudy()
    own = picture(m, :caterpillar; term = :Subject, title = "People, in order", width = 700, level = 0.9)
    @test startswith(own.svg, "<svg") && occursin("People, in order", own.svg) && occursin("700", own.svg) && own.kind === :caterpillar
    @test sprint(show, MIME("image/svg+xml"), own) == own.svg && startswith(sprint(show, own), "Picture(:caterpillar), ")
    mktempdir() do folder
        path = joinpath(folder, "people.svg")
        @test write(path, own) == sizeof(own.svg)
        @test read(path, String) == own.svg
    end
    points = picture_data(m, :caterpillar; level = 0.9)
    limits = confint(m; method = :ranef, level = 0.9)
    @test issubset((:panel, :layer, :mark, :role, :x, :y, :lower, :upper, :label), keys(points))
    @test sort(points.lower[points.mark .== "interval_x"]) ≈ sort(limits.lower) && Set(skipmissing(points.label)) >= Set(raneftables(m).Subject.Subject)
    known = pictures()
    @test issubset((:dashboard, :qq, :survival), known.kind) && known.needs_rows[known.kind .== :caterpillar] == [false] && all(length.(known.shows) .> 10)
    fits = (m, glmm("calls ~ FoodTreatment + (1 | Nest)", csv("Owls"), "poisson"), glmm("incidence / size ~ period + (1 | herd)", csv("cbpp"), "binomial"; weights = :size),
            clmm("rating ~ temp + (1 | judge)", csv("wine")), coxme("Surv(time, status) ~ age + (1 | id)", csv("kidney")))
    for kind in known.kind
        refused = [thrown(() -> picture(own, kind)) for own in fits]
        @test any(isnothing, refused) && all(error -> error === nothing || error isa InterlaceError && error.code in (:unsupported, :argument), refused)
    end
    beside = merge(d, (age = Float64.(1:180),))
    @test extrema(picture_data(m, :groups; effect = :age, data = beside, levels = ["308", "309"]).x) == (1, 20)
    @test Interlace.choice(["a", "b, c"]) == "a, \"b, c\""
    @test thrown(() -> picture(m, :piechart)).code === :argument && occursin("'colour'", said(() -> picture(m, :qq; colour = "red")))
    @test picture(frombytes(tobytes(m; rows = false)), :caterpillar).svg == picture(m, :caterpillar).svg
    if !isempty(PROGRAM)
        mktempdir() do folder
            path = joinpath(folder, "qq.svg")
            run(pipeline(`$PROGRAM lmm $SLOPES $(joinpath(DATA, "sleepstudy.csv")) --categorical Subject --plot qq=$path`; stdout = devnull))
            @test read(path, String) == picture(m, :qq).svg
        end
    end
end
