# Pictures of fits, drawn by the library; their coordinates for other programs to draw.

"""
A picture of a fit: `svg` is its text. Notebooks and editors show it, and `write("fit.svg", picture)` writes its bytes to a file.
"""
struct Picture
    kind::Symbol
    svg::String
end

Base.show(io::IO, ::MIME"image/svg+xml", own::Picture) = write(io, own.svg)
Base.show(io::IO, own::Picture) = print(io, "Picture(:", own.kind, "), ", length(own.svg), " characters of SVG")
Base.write(io::IO, own::Picture) = write(io, own.svg)

"""What [`picture`](@ref) can draw, as a table: `kind`, what it `shows`, and whether it `needs_rows`, which fits of data in parts do not have."""
function pictures()
    places = 0:C.plot_options_picture_count() - 1
    return (kind = Symbol.(unsafe_string.(C.plot_options_picture_name.(places))), shows = unsafe_string.(C.plot_options_picture_doc.(places)),
            needs_rows = Bool[C.plot_options_picture_needs_rows(i) for i in places])
end

"""
    picture(m, kind = :dashboard; data, width, height, title, level, term, effect, levels, residual, seed)

A picture of a fit: `:residuals`, `:qq`, `:caterpillar`, `:coefficients`, `:profile_zeta` and others, which [`pictures`](@ref) lists. `term` is a grouping factor, `effect` an effect,
covariate or factor. `data` are those of the fit with a column that is not in the model.
"""
function picture(m::FittedModel, kind = :dashboard; kwargs...)
    string(get(kwargs, :format, "svg")) == "svg" || throw(ArgumentError("format: pictures in Julia are SVG"))
    return drawn((arguments...) -> Picture(Symbol(kind), String(bytes_of(C.fit_plot, C.bytes_free, arguments...))), m, kind; kwargs...)
end

"""
    picture_data(m, kind; ...)

The coordinates of a [`picture`](@ref) as a table, a row for each point: panel, layer, mark, role, x, y, lower, upper, x_to, y_to, size, label.
"""
picture_data(m::FittedModel, kind; kwargs...) = drawn((arguments...) -> tabled(C.fit_plot_data, arguments...), m, kind; kwargs...)

function drawn(ask, m, kind; data = nothing, progress = nothing, threads = nothing, deadline = nothing, chosen...)
    own = made(C.PlotOptions, C.plot_options_new)
    for (name, value) in chosen
        value === nothing || call(C.plot_options_set, own, String(name), choice(value))
    end
    frame = data_if_any(m, data)
    return asked(options -> ask(m.fit, String(kind), frame, own, options), m; progress = progress, threads = threads, deadline = deadline)
end

choice(value) = string(value)
choice(values::Union{AbstractVector, Tuple}) = join((occursin(',', string(value)) ? string('"', value, '"') : string(value) for value in values), ", ")
