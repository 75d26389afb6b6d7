module InterlaceDataAPIExt

using Interlace, DataAPI

__init__() = (Interlace.DATA_API[] = DataAPI; nothing)

end
