# Fits as bytes, to and from other programs.

"""All numbers of a model, by name."""
everything(m) = (coef(m), stderror(m), theta(m), loglikelihood(m), sdest(m), fitted(m), table(m, :ranef), table(m, :coefficients), predict(m))

@testset "bytes" begin
    for case in CASES
        m = fitted_case(case)
        again = frombytes(tobytes(m))
        @test typeof(again) == typeof(m) && isequal(everything(again), everything(m)) && tobytes(again) == tobytes(m)
    end
    m = slopes()
    d = sleepstudy()
    small = frombytes(tobytes(m; rows = false))
    @test coef(small) == coef(m) && predict(small, d) == fitted(m) && thrown(() -> residuals(small, :pearson)).code === :unsupported
    again = frombytes(tobytes(m))
    @test loglikelihood(update(again, ". ~ . - Days"; data = d)) == loglikelihood(update(m, ". ~ . - Days")) && confint(again; method = :profile) isa NamedTuple
    @test occursin("give them as `data`", said(() -> update(again, ". ~ . - Days")))
    @test crossvalidate(again; group = "Subject", folds = 3, data = d).folds.rmse == crossvalidate(m; group = "Subject", folds = 3).folds.rmse
    error = thrown(() -> frombytes(reverse(tobytes(m))))
    @test error isa InterlaceError && error.code === :data
    @test thrown(() -> frombytes(UInt8[])) isa InterlaceError
end

@testset "serialised" begin
    m = slopes()
    io = IOBuffer()
    serialize(io, (model = m, note = "kept", other = [m]))
    own = deserialize(seekstart(io))
    @test coef(own.model) == coef(own.other[1]) == coef(m) && own.model isa LinearMixedModel && own.note == "kept"
end

if !isempty(PROGRAM)
    timeless(text) = replace(text, r"\"timing\":.*?}" => "")
    @testset "to and from interlace-fit" begin
        mktempdir() do folder
            for case in CASES
                path = joinpath(folder, "fit")
                m = fitted_case(case)
                # Written there, read here.
                run(pipeline(`$PROGRAM $(arguments(case)) --save $path`; stdout = devnull))
                @test isequal(everything(loadfit(path)), everything(m))
                # Written here, read there.
                savefit(path, m)
                @test isequal(document(timeless(read(`$PROGRAM load $path --json`, String))), document(timeless(read(`$PROGRAM $(arguments(case)) --json`, String))))
            end
        end
    end
end

# What tests/hosts/julia.py compares with what Python reads and has written.
const EXCHANGE = get(ENV, "INTERLACE_EXCHANGE", "")
if !isempty(EXCHANGE)
    @testset "to and from Python" begin
        @test isequal(everything(loadfit(joinpath(EXCHANGE, "python.fit"))), everything(slopes()))
        for (i, case) in enumerate(CASES)
            m = fitted_case(case)
            savefit(joinpath(EXCHANGE, "julia$i.fit"), m)
            write(joinpath(EXCHANGE, "julia$i.txt"), join([loglikelihood(m); objective(m); sdest(m); theta(m); table(m, :coefficients).estimate; table(m, :ranef).mode], "\n"))
        end
    end
end
