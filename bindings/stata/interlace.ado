*! interlace 0.1.0: mixed-effects models. Not yet run in Stata: docs/hosts/stata.md says what was tested, and how.
* The plugin reads what was typed and says what to do; this file hands it data and puts its answers into e().
program interlace, eclass
    version 14.0
    if replay() {
        if `"`e(cmd)'"' != "interlace" error 301
        Show `0'
        exit
    }
    gettoken action rest : 0, parse(" ,")
    if "`action'" == "predict" {
        Predict `rest'
        exit
    }
    if inlist("`action'", "save", "use") {
        gettoken file rest : rest
        if "`action'" == "save" {
            if `"`e(cmd)'"' != "interlace" error 301
            plugin call _interlace, "save" "`e(fit)'" `"`file'"'
            exit
        }
        plugin call _interlace, "use" `"`file'"'
        Post `fit' `k' `levels' `k_df' `N'
        Show
        exit
    }
    plugin call _interlace, "parse"
    foreach token of local vars {
        unab one : `token'
        local names `names' `one' ;
    }
    local varlist : subinstr local names ";" "", all
    local varlist : list uniq varlist
    tempvar touse w
    mark `touse' `condition'
    if `"`exp'"' != "" {
        quietly generate double `w' = `exp' if `touse'
        local varlist `varlist' `w'
    }
    plugin call _interlace `varlist' `touse' if `touse', "fit"
    Post `fit' `k' `levels' `k_df' `N' `touse'
    if `"`wtype'"' != "" {
        ereturn local wtype `wtype'
        ereturn local wexp `"= `exp'"'
    }
    Show
end

* e() of a fit: matrices have to be there before the plugin fills them.
program Post, eclass
    args fit k levels k_df N touse
    tempname b V df N_g g_min g_avg g_max
    matrix `b' = J(1, `k', 0)
    matrix `V' = J(`k', `k', 0)
    matrix `df' = J(1, `k_df', 0)
    foreach m in N_g g_min g_avg g_max {
        matrix ``m'' = J(1, `levels', 0)
    }
    plugin call _interlace, "results" "`fit'" "`b'" "`V'" "`N_g'" "`g_min'" "`g_avg'" "`g_max'" "`df'"
    matrix colnames `b' = `stripes'
    matrix colnames `V' = `stripes'
    matrix rownames `V' = `stripes'
    if "`touse'" != "" local esample esample(`touse')
    ereturn post `b' `V', `esample' obs(`N') depname(`depvar') buildfvinfo
    while "`scalars'" != "" {
        gettoken name scalars : scalars
        gettoken value scalars : scalars
        ereturn scalar `name' = `value'
    }
    foreach name of local locals {
        ereturn local `name' `"`e_`name''"'
    }
    foreach m in N_g g_min g_avg g_max {
        ereturn matrix `m' = ``m''
    }
    if "`e_dfmethod'" != "" ereturn matrix df = `df'
    ereturn local depvar "`depvar'"
    ereturn local cmd "interlace"
end

* The tables; of a fit that the plugin does not know any more only the coefficients.
program Show
    capture noisily plugin call _interlace, "show" "`e(fit)'" "`e(title)'"
    if _rc == 301 ereturn display
    else if _rc exit _rc
end

* interlace_p.ado calls this. What follows from e(b) is computed from e(b), as margins needs.
program Predict
    syntax anything(name=new) [if] [in] [, *]
    marksample touse, novarlist
    plugin call _interlace, "plan" "`e(fit)'"
    _stubstar2names `new', nvars(`n') singleok
    local types `s(typlist)'
    local names `s(varlist)'
    if "`how'" != "fit" {
        _predict `types' `names' if `touse', xb
        if "`how'" == "mean" plugin call _interlace `names' if `touse', "mean" "`e(fit)'"
        label variable `names' "`label1'"
        exit
    }
    forvalues i = 1/`n' {
        tempvar new`i'
        quietly generate double `new`i'' = .
        local made `made' `new`i''
    }
    plugin call _interlace `vars' `made' if `touse', "predict" "`e(fit)'"
    forvalues i = 1/`n' {
        gettoken type types : types
        gettoken name names : names
        generate `type' `name' = `new`i''
        label variable `name' "`label`i''"
    }
end

program _interlace, plugin using("interlace.plugin")
