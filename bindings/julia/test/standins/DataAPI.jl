module DataAPI
refarray(own) = own
refpool(own) = nothing
end
