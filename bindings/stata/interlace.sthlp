{smcl}
{* *! interlace 0.1.0}{...}
{title:Title}

{phang}
{bf:interlace} {hline 2} Mixed-effects models: linear, generalised, ordinal, Cox


{title:Syntax}

{pstd}
As Stata's own commands, with their defaults:

{p 8 16 2}
{cmd:interlace} {it:command} {depvar} [{it:indepvars}] {ifin} {weight} [{cmd:, noconstant}]
{cmd:||} {it:levelvar}{cmd::} [{varlist}] [{cmd:, covariance(}{it:vartype}{cmd:)} {cmd:noconstant}]
[{cmd:||} ...] [{cmd:,} {it:options}]

{pstd}
where {it:command} is {cmd:mixed}, {cmd:meglm}, {cmd:melogit}, {cmd:meprobit}, {cmd:mecloglog}, {cmd:mepoisson},
{cmd:menbreg}, {cmd:meologit} or {cmd:meoprobit}. Levels are written outermost first; {cmd:_all: R.}{it:varname} and
{it:levelvar}{cmd:: R.}{it:varname} are effects of the values of a variable. {it:vartype} is {cmd:independent} (the
default), {cmd:exchangeable}, {cmd:identity} or {cmd:unstructured}.

{pstd}
With random terms in the language of lme4, and the defaults of the library (REML for linear models, the Laplace
approximation for others, Satterthwaite's degrees of freedom):

{p 8 16 2}
{cmd:interlace} {depvar} [{it:indepvars}] {ifin} {weight}{cmd:, re((1 + x | g) (1 | h))} [{it:options}]

{p 8 16 2}
{cmd:interlace} {it:response} {cmd:~} {it:terms} {cmd:+ (1 + x | g)} {ifin} {weight} [{cmd:,} {it:options}]

{p 8 16 2}
{cmd:interlace save} {it:filename}    {cmd:interlace use} {it:filename}

{pstd}
{it:indepvars} may contain {help fvvarlist:factor variables}: {cmd:i.}, {cmd:c.}, {cmd:ib}{it:#}{cmd:.}, {cmd:ib(first)}, {cmd:ib(last)},
{cmd:ib(freq)}, {cmd:ibn.}, {it:#}{cmd:.}, {cmd:#} and {cmd:##}. Time-series operators are not understood. {cmd:fweight}s count equal
observations; {cmd:aweight}s, in the syntax of interlace, divide the residual variance.


{title:Options}

{synoptset 30}{...}
{synopt:{opt reml}, {opt mle}}which likelihood is maximised{p_end}
{synopt:{opt dfmethod(method)}}{cmd:kroger}, {cmd:satterthwaite}, {cmd:residual} or {cmd:normal}{p_end}
{synopt:{opt residuals(type)}}{cmd:independent, by(}{it:varname}{cmd:)}, {cmd:exchangeable}, or {cmd:ar 1, t(}{it:varname}{cmd:)}{p_end}
{synopt:{opt family(name)}, {opt link(name)}}distribution and link, of Stata or of the library{p_end}
{synopt:{opt binomial(n)}}number of trials, a number or a variable{p_end}
{synopt:{opt dispersion(mean|constant)}}of {cmd:menbreg}{p_end}
{synopt:{opt offset(varname)}, {opt exposure(varname)}}known parts of the linear predictor{p_end}
{synopt:{opt intmethod(name)}, {opt intpoints(#)}}{cmd:mvaghermite}, {cmd:mcaghermite}, {cmd:ghermite} or {cmd:laplace}{p_end}
{synopt:{opt model(kind)}}{cmd:lmm}, {cmd:glmm}, {cmd:clmm} or {cmd:coxme}, in the syntax of interlace{p_end}
{synopt:{opt re(terms)}}random terms, in the syntax of interlace{p_end}
{synopt:{opt correlation(text)}}of the residuals, {cmd:ar1(time | g)} or {cmd:cs(1 | g)}{p_end}
{synopt:{opt dispformula(text)}, {opt ziformula(text)}}formulas for the dispersion and for extra zeros{p_end}
{synopt:{opt threshold(name)}, {opt nominal(text)}, {opt scale(text)}}of ordinal models{p_end}
{synopt:{opt ties(name)}}{cmd:efron} or {cmd:breslow}, of Cox models{p_end}
{synopt:{opt iterate(#)}}the most evaluations of the likelihood{p_end}
{synopt:{opt vce(oim)}, {opt nolrtest}}accepted; they change nothing{p_end}
{synopt:{it:name}({it:value})}any option of the library: {cmd:optimizer}, {cmd:tolerance}, {cmd:threads}, {cmd:deadline} ...{p_end}
{synopt:{opt level(#)}}confidence level{p_end}
{synopt:{opt or}, {opt irr}, {opt eform}}exponentials of the coefficients{p_end}
{synopt:{opt variance}, {opt stddeviations}}of the random effects{p_end}
{synopt:{opt nolog}, {opt log}, {opt noheader}, {opt nogroup}, {opt notable}, {opt nofetable}, {opt noretable}}what is shown{p_end}
{synopt:{opt covariance(vartype)}, {opt noconstant}}of one equation{p_end}


{title:predict}

{p 8 16 2}
{cmd:predict} {dtype} {it:newvar} {ifin} [{cmd:,} {it:statistic}]

{pstd}
{cmd:xb} (default of linear and Cox models), {cmd:fitted}, {cmd:residuals}, {cmd:rstandard}, {cmd:stdp}, {cmd:mu} (default of generalised
models), {cmd:eta}, {cmd:pr} (default of ordinal models, a variable for each category, or {cmd:outcome(}{it:#}{cmd:)}),
{cmd:reffects} and {cmd:reses} (a variable for each random effect, or {cmd:relevel(}{it:level}{cmd:)}). {cmd:fixedonly} leaves the random effects
out, as {cmd:mufixed} does for {cmd:mu}; {cmd:marginal} averages over them. {cmd:margins} takes {cmd:xb} and {cmd:mufixed}. What needs random effects is missing in groups that the fit does not know.


{title:Stored results}

{pstd}
{cmd:e(b)} has the columns of {it:depvar} with bases and omitted columns, then {cmd:cut1} ..., {cmd:lnalpha}, {cmd:lns1_1_1} ... (logarithms of
standard deviations: level, equation, effect), {cmd:atr1_1_1_2} ... (inverse hyperbolic tangents of correlations) and {cmd:lnsig_e}.
Scalars, macros and matrices are those of {help mixed}; {cmd:e(formula)} is the model as a formula.


{title:Examples}

{phang2}{cmd:. interlace mixed reaction days || subject: days, covariance(unstructured) reml}{p_end}
{phang2}{cmd:. interlace reaction days, re((1 + days | subject))}{p_end}
{phang2}{cmd:. interlace melogit outcome i.treatment##c.month || patient:, or}{p_end}
{phang2}{cmd:. predict p, mu}{p_end}
{phang2}{cmd:. interlace Surv(time, status) ~ age + (1 | id), model(coxme)}{p_end}


{title:Remark}

{pstd}
These files have been tested with a program that plays Stata's side, not yet in Stata itself.
{p_end}
