# Data of the caller as frames of the library.

kind(data) = Interlace.C.frame_column_kind(Interlace.frame_of(data, nothing), 0)
const KIND = Interlace.C.ColumnKind

@testset "columns" begin
    for x in ([1.5, NaN, -2.0], Float32[1.5, NaN, -2], Union{Float64, Missing}[1.5, missing, -2], Any[1.5, missing, -2], view([0.0, 1.5, NaN, -2.0], 2:4), [3 // 2, missing, -2 // 1])
        @test isequal(back((x = x,)).x, [1.5, NaN, -2.0]) && kind((x = x,)) == KIND.REAL
    end
    for x in ([1, 2, 3], Int8[1, 2, 3], UInt64[1, 2, 3], 1:3, big.([1, 2, 3]), Any[1, 2, 3])
        @test back((x = x,)).x == [1, 2, 3] && kind((x = x,)) == KIND.INTEGER
    end
    @test isequal(back((x = [1, missing, 3],)).x, [1, missing, 3])
    @test back((x = Any[1, 2.5],)).x == [1.0, 2.5]
    for x in (["b", "a", missing], [:b, :a, missing], ['b', 'a', missing], SubString.(["b", "a"], 1), Any["b", missing], Factor(["b", missing]))
        @test isequal(back((x = x,)).x, [ismissing(own) ? missing : string(own) for own in x]) && kind((x = x,)) == KIND.CATEGORY
    end
    @test isequal(back((x = [true, missing, false],)).x, ["TRUE", missing, "FALSE"]) && back((x = [true],)).x == ["TRUE"]
    @test all(isnan, back((x = [missing, missing],)).x)
    @test back((x = ["gro\u00df", ""],)).x == ["gro\u00df", ""]
end

@testset "tables in" begin
    m = slopes()
    d = sleepstudy()
    labels = String[own for own in d.Subject]
    struct_like = (Reaction = d.Reaction, Days = d.Days, Subject = labels)
    for own in (struct_like, Dict(pairs(struct_like)), Dict(string(name) => own for (name, own) in pairs(struct_like)), [map(column -> column[i], struct_like) for i in 1:180])
        @test objective(lmm(SLOPES, own)) == objective(m)
    end
    # Only the columns of the model are asked for.
    @test objective(lmm(SLOPES, merge(struct_like, (when = [nothing for _ in 1:180],)))) == objective(m)
    @test objective(lmm("Reaction ~ . - Subject + (1 + Days | Subject)", struct_like)) == objective(m)
end

@testset "factors" begin
    own = Factor(["mid", "lo", missing, "hi"]; levels = ["lo", "mid", "hi"], ordered = true)
    @test own.codes == [1, 0, -1, 2] && isequal(collect(own), ["mid", "lo", missing, "hi"])
    frame = Interlace.frame_of((own = own,), nothing)
    @test Interlace.factor(frame, 0).levels == ["lo", "mid", "hi"] && Interlace.factor(frame, 0).ordered
    @test Factor(["b", "a"]).levels == ["a", "b"] && !Factor(["b", "a"]).ordered
    @test occursin("\"c\" is not among the levels: a, b", said(() -> Factor(["a", "c"]; levels = ["a", "b"])))
    @test occursin("given twice", said(() -> Factor(["a"]; levels = ["a", "a"])))
end

@testset "what is refused" begin
    d = (y = rand(6), x = rand(6), g = repeat(["a", "b", "c"], 2))
    tries(; columns...) = said(() -> lmm("y ~ x + (1 | g)", merge(d, (; columns...))))
    @test occursin("column 'x'", tries(x = fill(nothing, 6))) && occursin("Nothing", tries(x = fill(nothing, 6)))
    @test occursin("column 'x' has values of several types", tries(x = Any[1, "a", 2, 3, 4, 5]))
    @test occursin("column 'x' has $(typemin(Int)) in row 2", tries(x = [1, typemin(Int), 3, 4, 5, 6]))
    @test occursin("in row 1", tries(x = fill(big(2)^70, 6)))
    @test occursin("zero byte", tries(g = fill("a\0b", 6)))
    @test occursin("5", tries(x = rand(5))) && occursin("6", tries(x = rand(5)))
    @test occursin("column 'x' is of type Float64", tries(x = 1.0))
    @test occursin("complex", lowercase(tries(x = rand(ComplexF64, 6))))
    for own in (3, nothing, rand(3, 3), [1, 2], Dict(), NamedTuple())
        @test occursin("no columns", said(() -> lmm("y ~ x + (1 | g)", own)))
    end
    @test occursin("there is no column 'xx'; the frame has 'y', 'x', 'g'", said(() -> lmm("y ~ xx + (1 | g)", merge(d, (when = fill(nothing, 6),)))))
end

@testset "files" begin
    mktempdir() do folder
        path = joinpath(folder, "a.csv")
        write(path, "x;g;n\n1,5;a;1\n-;b;2\n")
        own = readcsv(path; separator = ';', decimal = ',', na_strings = ["-"], categorical = [:n])
        @test isequal(own.x, [1.5, NaN]) && collect(own.g) == ["a", "b"] && own.n isa Factor
        error = thrown(() -> readcsv(joinpath(folder, "absent.csv")))
        @test error isa InterlaceError && error.code === :io
    end
end
