# What a fit costs in Julia: for benches/hosts.py. A line for each way: its label, the least time of a fit, and with its results read, in milliseconds.

using Interlace

const DATA = readcsv(joinpath(@__DIR__, "..", "examples-c", "data", "sleepstudy.csv"); categorical = ["Subject"])
const SLOPES = "Reaction ~ Days + (1 + Days | Subject)"

function least(f, seconds = 1.5)
    f()
    best, stop = Inf, time() + seconds
    while time() < stop
        best = min(best, @elapsed f())
    end
    return 1e3 * best
end

read_all(m) = coef(m), stderror(m), coeftable(m), VarCorr(m), ranef(m)
say(label, fit, read = nothing) = println(label, '\t', least(fit), '\t', read === nothing ? "" : least(read))

"""fit_new on a frame and a spec that are there."""
function c_api()
    C = Interlace.C
    frame, spec = Interlace.frame_of(DATA, nothing), Interlace.made(C.Spec, C.spec_new, C.Model.LMM, SLOPES)
    return () -> Interlace.made(C.Fit, C.fit_new, spec, frame, C_NULL)
end

strings = merge(DATA, (Subject = String[subject for subject in DATA.Subject],))
say("Julia: lmm, the group a Factor", () -> lmm(SLOPES, DATA), () -> read_all(lmm(SLOPES, DATA)))
say("Julia: lmm, the group a Vector{String}", () -> lmm(SLOPES, strings), () -> read_all(lmm(SLOPES, strings)))
say("Julia: the C API alone, by ccall", c_api())
if Base.find_package("MixedModels") !== nothing
    # Its formula is a macro, which must not be read where the package is not there.
    include_string(Main, """
        import MixedModels
        peer = MixedModels.@formula(Reaction ~ 1 + Days + (1 + Days | Subject))
        own() = MixedModels.fit(MixedModels.MixedModel, peer, strings; REML = true, progress = false)
        say("Julia: MixedModels.jl", own, () -> (m = own(); (MixedModels.coef(m), MixedModels.stderror(m), MixedModels.coeftable(m), MixedModels.VarCorr(m), MixedModels.ranef(m))))
        """)
end
