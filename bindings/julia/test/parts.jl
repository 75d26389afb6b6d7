# Linear models of data in parts, beside fits of the whole.

"""Sums of each quarter of the rows of sleepstudy."""
quarters(plan, d) = [append!(Accumulator(plan; partition = i), map(values -> values[45i + 1:45i + 45], d)) for i in 0:3]

@testset "data in parts" begin
    d = sleepstudy()
    m = slopes()
    plan = Plan(SLOPES, d)
    @test sort(plan.columns) == ["Days", "Reaction", "Subject"] && occursin("Reaction", sprint(show, plan))
    sums = merge!(quarters(plan, d)...)
    @test nobs(sums) == 180 && ndropped(sums) == 0 && Interlace.sumsize(sums) > 0 && forecast(sums).memory > 0 && sprint(show, sums) == "Accumulator of 180 rows"
    own = fit(LinearMixedModel, sums)
    @test own isa LinearMixedModel
    @test coef(own) ≈ coef(m) rtol = 1e-8
    @test theta(own) ≈ theta(m) rtol = 1e-6
    @test loglikelihood(own) ≈ loglikelihood(m) rtol = 1e-12
    @test nobs(own) == 180 && Interlace.method(own) === :reml && Interlace.formula(own) == SLOPES
    @test predict(own, d) ≈ fitted(m) rtol = 1e-8
    @test coeftable(own).df ≈ coeftable(m).df rtol = 1e-5
    @test ranef(own)[1] ≈ ranef(m)[1] rtol = 1e-6
    @test loglikelihood(fit(MixedModel, sums; REML = false)) ≈ loglikelihood(slopes(REML = false)) rtol = 1e-12
    @test thrown(() -> residuals(own)).code === :unsupported && thrown(() -> leverage(own)).code === :unsupported
    @test picture(own, :caterpillar) isa Picture && thrown(() -> picture(own, :qq)).code === :unsupported
    @test coef(frombytes(tobytes(own))) == coef(own)
    # The order of merging changes no bit.
    parts = quarters(plan, d)
    backwards = merge!(Accumulator(plan; partition = 9), reverse(parts)...)
    @test loglikelihood(lmm(backwards)) == loglikelihood(own) && coef(lmm(backwards)) == coef(own)
    # Twice the same part, another plan, a part that does not suit.
    error = thrown(() -> merge!(backwards, parts[2]))
    @test error.code === :data && nobs(backwards) == 180
    other = append!(Accumulator(Plan("Reaction ~ Days + (1 | Subject)", d); partition = 11), d)
    @test thrown(() -> merge!(backwards, other)).code === :argument
    @test thrown(() -> append!(backwards, (Days = [1.0], Subject = ["308"]))).code === :data && nobs(backwards) == 180
    missing_rows = merge(d, (Days = [i == 7 ? missing : day for (i, day) in enumerate(d.Days)],))
    @test ndropped(append!(Accumulator(plan), missing_rows)) == 1
end

@testset "plans" begin
    d = sleepstudy()
    @test occursin("name of a column", said(() -> Plan(SLOPES, d; weights = ones(180))))
    @test thrown(() -> Plan("Reaction ~ Dayz + (1 | Subject)", d)).code === :data
    @test occursin("belongs to a generalised model", said(() -> Plan(SLOPES, d; family = "poisson")))
    weighted = csv("sim_weights")
    plan = Plan("y ~ x1 + x2 + (1 | g)", weighted; weights = :w, REML = false)
    @test coef(lmm(append!(Accumulator(plan), weighted); REML = false)) ≈ coef(lmm("y ~ x1 + x2 + (1 | g)", weighted; weights = :w, REML = false)) rtol = 1e-8
    # Several responses in one pass.
    both = merge(d, (other = d.Reaction .^ 2,))
    plan = Plan(SLOPES, both; responses = ["log(other)"])
    @test sort(plan.columns) == ["Days", "Reaction", "Subject", "other"]
    sums = append!(Accumulator(plan), both)
    @test coef(lmm(sums; response = "log(other)")) ≈ coef(lmm("log(other) ~ Days + (1 + Days | Subject)", both)) rtol = 1e-7
    @test coef(lmm(sums; response = "Reaction")) == coef(lmm(sums))
    @test thrown(() -> lmm(sums; response = "nothing")).code === :argument
end

@testset "bytes of parts" begin
    d = sleepstudy()
    plan = Plan(SLOPES, d)
    sums = append!(Accumulator(plan; partition = 3), d)
    again = frombytes(Plan, tobytes(plan))
    @test tobytes(again) == tobytes(plan)
    other = append!(Accumulator(again; partition = 3), d)
    @test tobytes(other) == tobytes(sums) && coef(lmm(frombytes(Accumulator, tobytes(sums)))) == coef(lmm(sums))
    @test thrown(() -> frombytes(Accumulator, tobytes(plan))) isa InterlaceError
    io = IOBuffer()
    serialize(io, (plan, sums))
    sent, back = deserialize(seekstart(io))
    @test sent.columns == plan.columns && tobytes(sent) == tobytes(plan) && nobs(back) == 180 && coef(lmm(back)) == coef(lmm(sums))
end

@testset "parts of a CSV file" begin
    path = joinpath(DATA, "sleepstudy.csv")
    parts = csvparts(path; categorical = ["Subject"])
    whole = readcsv(path; categorical = ["Subject"])
    @test isequal(collect(parts), [whole]) && length(collect(parts)) == 1
    mktempdir() do folder
        # More than 8 MB, so that there are several parts.
        large = joinpath(folder, "large.csv")
        n = 400_000
        group, x = ["g$(i % 50)" for i in 1:n], [Float64(i * i % 1009) for i in 1:n]
        y = [x[i] / 7 + i % 50 + (i * 7919 % 101) / 10 for i in 1:n]
        open(io -> (println(io, "y,x,group"); foreach(i -> println(io, y[i], ",", x[i], ",", group[i]), 1:n)), large, "w")
        parts = csvparts(large)
        plan = Plan("y ~ x + (1 | group)", first(parts))
        sums, count = Accumulator(plan), 0
        for part in parts
            append!(sums, part)
            count += 1
        end
        @test count >= 2 && nobs(sums) == n
        own, wanted = lmm(sums), lmm("y ~ x + (1 | group)", (y = y, x = x, group = group))
        @test coef(own) ≈ coef(wanted) rtol = 1e-8
        @test loglikelihood(own) ≈ loglikelihood(wanted) rtol = 1e-10
    end
    @test thrown(() -> collect(csvparts("nowhere.csv"))).code === :io
end
