module Tables
istable(own) = false
columnaccess(own) = false
columns(own) = own
Columns(own) = columns(own)
end
