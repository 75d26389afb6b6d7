# Which shared library, and where its functions are.

"""
The path of the shared library in use: that of the environment variable INTERLACE_LIBRARY, else of the preference `libinterlace_path` of this package,
else what the loader knows as libinterlace.
"""
library_path() = LIBRARY[]

const LIBRARY = Ref("")
const UUID = Base.UUID("4b6f1d7c-6e0b-4d39-9c53-2f8b6a1f7e40")

"""The names that a library of this header may have, by the part of the version that changes with the ABI."""
function candidates()
    chosen = get(ENV, "INTERLACE_LIBRARY", "")
    isempty(chosen) || return [chosen]
    # Preferences are part of Julia from 1.6.
    preferred = isdefined(Base, :get_preferences) ? get(Base.get_preferences(UUID), "libinterlace_path", "") : ""
    isempty(preferred) || return [preferred]
    abi = join(split(C.VERSION_OF_HEADER, '.')[1:2], '.')
    return Sys.isapple() ? ["libinterlace.$abi.dylib", "libinterlace"] : Sys.iswindows() ? ["interlace"] : ["libinterlace.so.$abi", "libinterlace"]
end

function load_library()
    names = candidates()
    found = findfirst(name -> dlopen(name; throw_error = false) !== nothing, names)
    if found === nothing
        error("the shared library of interlace cannot be opened ($(join(names, ", "))): set the environment variable INTERLACE_LIBRARY to its path, ",
              "/usr/local/lib/libinterlace.so for example, before you load Interlace")
    end
    library = dlopen(names[found])
    for (i, name) in enumerate(C.NAMES)
        address = dlsym(library, name; throw_error = false)
        address === nothing && error("$(names[found]) does not have the function $name: it is not interlace $(C.VERSION_OF_HEADER), for which this package is made")
        C.ADDRESS[i] = address
    end
    LIBRARY[] = dlpath(library)
    own = version()
    wanted = VersionNumber(C.VERSION_OF_HEADER)
    same = own.major == wanted.major && (own.major > 0 || own.minor == wanted.minor)
    same || error("$(LIBRARY[]) is interlace $own; this package needs $(wanted.major).$(wanted.minor)")
    return nothing
end

"""The version of the shared library."""
version() = VersionNumber(unsafe_string(C.version()))
