*! interlace_p 0.1.0: predict after interlace.
program interlace_p
    version 14.0
    interlace predict `0'
end
