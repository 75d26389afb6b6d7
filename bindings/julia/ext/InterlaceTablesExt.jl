module InterlaceTablesExt

using Interlace, Tables

__init__() = (Interlace.TABLES[] = Tables.Columns; nothing)

end
