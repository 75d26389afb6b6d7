# The tests of Interlace.jl. tests/hosts/julia.py runs them beside interlace-fit, whose path INTERLACE_FIT has; INTERLACE_LIBRARY has that of the library.

using Interlace
using Random, Serialization, Test

# What Distributions.jl and GLM.jl have under these names.
struct Binomial end
struct Laplace end
struct LogitLink end

include("helpers.jl")
const FILES = isempty(ARGS) ? ["models", "columns", "calls", "answers", "resampling", "diagnostics", "saved", "parts", "extensions"] : ARGS
@testset "Interlace" begin foreach(name -> include("$name.jl"), FILES) end
