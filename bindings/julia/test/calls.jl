# Errors, progress, interrupts, what the collector does.

@testset "errors" begin
    d = sleepstudy()
    error = thrown(() -> lmm("Reaction ~ Days + (1 | Subject", d))
    @test error isa InterlaceError && error.code === :formula && error.position == 31
    @test startswith(sprint(showerror, error), "InterlaceError (formula, byte 31): ")
    error = thrown(() -> lmm("Reaction ~ Dayz + (1 | Subject)", d))
    @test error.code === :data && occursin("did you mean 'Days'?", error.message)
    error = thrown(() -> glmm("n ~ 1 + (1 | g)", (n = [1, 2, -3, 4], g = ["a", "a", "b", "b"]), "poisson"))
    @test error.code === :data && error.position == 3 && occursin("row 3", sprint(showerror, error))
    @test thrown(() -> glmm("Reaction ~ 1 + (1 | Subject)", d, "poison")).code === :argument
    @test occursin("there is no option 'nag'", said(() -> lmm(SLOPES, d; nag = 1)))
    @test occursin("kenward_roger", said(() -> coeftable(slopes(); df = :kenwardroger)))
    @test thrown(() -> lmm("Reaction ~ Days + (1 | Sub\0ject)", d)) isa ArgumentError
    @test occursin("REML is 1", said(() -> lmm(SLOPES, d; REML = 1))) && occursin("progress is 3", said(() -> lmm(SLOPES, d; progress = 3)))
    # The types of the low-level calls tell objects of one class from those of another.
    @test_throws MethodError Interlace.C.fit_aic(Interlace.frame_of(d, nothing))
end

@testset "library" begin
    @test isfile(Interlace.library_path()) && Interlace.version() == VersionNumber(Interlace.C.VERSION_OF_HEADER)
    code = "using Interlace"
    command = addenv_to(`$(Base.julia_cmd()) --project=$(Base.active_project()) --startup-file=no -e $code`, "INTERLACE_LIBRARY" => "/nowhere/libinterlace.so")
    output = IOBuffer()
    @test !success(pipeline(ignorestatus(command), stderr = output))
    @test occursin("set the environment variable INTERLACE_LIBRARY", String(take!(output)))
end

@testset "progress" begin
    seen = NamedTuple[]
    m = slopes(progress = own -> push!(seen, own))
    search = filter(own -> own.phase === :search, seen)
    @test 2 < length(search) <= outcome(m).evaluations && [own.step for own in search] == 1:length(search)
    @test last(search).theta ≈ theta(m) rtol = 1e-3
    error = thrown(() -> slopes(progress = own -> own.step < 3))
    @test error.code === :cancelled && occursin("cancelled", error.message)
    # An error in the function passes the library by, and is the same object.
    mine = DomainError(3, "mine")
    @test thrown(() -> slopes(progress = own -> throw(mine))) === mine
    @test theta(slopes()) == theta(m)
    # It may use the library itself.
    inner = Ref{Any}(nothing)
    slopes(progress = own -> (inner[] = slopes(); true))
    @test theta(inner[]) == theta(m)
    @test thrown(() -> bootstrap(m, 100; progress = own -> own.phase !== :replicate)).code === :cancelled
    @test thrown(() -> bootstrap(m, 10^6; deadline = 0.05)).code === :deadline
    @test deadline_reason() === :deadline
    lines = mktemp() do path, io
        redirect_stderr(() -> bootstrap(m, 3; progress = true), io)
        flush(io)
        read(path, String)
    end
    @test occursin("replicate", lines) && endswith(lines, "\n")
end

@testset "interrupts" begin
    # Ctrl-C, from inside the progress function, where a real one is seen, too. It must not end a program that is no session.
    ccall(:jl_exit_on_sigint, Cvoid, (Cint,), 0)
    interrupt() = (ccall(:kill, Cint, (Cint, Cint), getpid(), 2); true)
    m = slopes()
    for ask in (f -> slopes(progress = f), f -> bootstrap(m, 10^7; progress = f), f -> crossvalidate(m; progress = f))
        steps = Ref(0)
        stopped = try
            ask(own -> (steps[] += 1; steps[] == 2 ? interrupt() : true))
            # The signal may come late: after a short call.
            wait_for_interrupt()
        catch error
            error
        end
        @test stopped isa InterruptException
    end
    @test theta(slopes()) == theta(m)
end

@testset "collector" begin
    m = slopes()
    wanted = (coef(m), theta(m), fitted(m))
    m = nothing
    # While the library works, and between calls, with models and tables that nobody holds any more.
    for i in 1:300
        own = slopes(progress = i % 10 == 0 ? (state -> (GC.gc(i % 100 == 0); true)) : nothing)
        @test (coef(own), theta(own), fitted(own)) == wanted
        table(own, :ranef), predict(own, (Days = [1], Subject = ["308"]))
        i % 25 == 0 && GC.gc()
    end
    # What is asked after its objects are out of sight.
    names = [coefnames(slopes()) for _ in 1:50]
    GC.gc()
    @test all(==(["(Intercept)", "Days"]), names)
    # Memory that the collector does not see does not pile up.
    if Sys.islinux()
        resident() = parse(Int, split(read("/proc/self/statm", String))[2]) * 4096
        n = 100_000
        d = (y = sin.(1:n), x = cos.(1:n), g = repeat(1:100, n ÷ 100))
        lmm("y ~ x + (1 | g)", d)
        GC.gc()
        before = resident()
        foreach(_ -> lmm("y ~ x + (1 | g)", d), 1:100)
        @test resident() - before < 2^30
    end
end

@testset "threads" begin
    d = sleepstudy()
    wanted = theta(slopes())
    found = Vector{Any}(undef, 64)
    Threads.@threads for i in 1:64
        own = lmm(SLOPES, d)
        i % 8 == 0 && GC.gc(false)
        found[i] = theta(own)
    end
    @test all(==(wanted), found)
    m = slopes()
    @test isequal(confint(m; method = :profile, threads = 2), confint(m; method = :profile))
end
