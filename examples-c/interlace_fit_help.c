/* The text of --help. One literal a group: C99 promises literals of 4,095 bytes only. */
#include <interlace.h>
#include <stdio.h>
#include <string.h>

#include "interlace_fit_options.h"

/* In the place of these stand names that the library lists. */
static const char family_names[] = "";
static const char link_names[] = "";

static const char *const help_text[] = {
    "interlace-fit - fits a mixed-effects model to a CSV file\n"
    "\n"
    "interlace-fit MODEL FORMULA DATA.csv [OPTIONS]\n"
    "interlace-fit --help | --version\n"
    "\n"
    "MODEL is lmm, a linear mixed model, glmm, a generalised one, or clmm, one of an ordered response (cumulative link).\n"
    "FORMULA is in lme4's language: \"y ~ x + (1 + x | g)\"; the response of a binomial glmm may be\n"
    "\"cbind(successes, failures)\", that of a clmm is --ordered, or whole numbers.\n"
    "\n",

    "data: a file, or - for standard input\n"
    "  --sep C                    what separates cells: a comma by default; \";\", tab or another character\n"
    "  --dec .|,                  the decimal mark; with a comma cells are separated by semicolons, unless --sep says otherwise\n"
    "  --na-strings \"NA,.\"        cells that mean a missing value, instead of NA, NaN and the empty cell\n"
    "  --strict-numbers           stop at text in a column of numbers, also where it could be a factor\n"
    "  --quote C                  what cells with separators stand in: \", another character or none\n"
    "  --categorical A,B          read these columns as categories, though they look like numbers\n"
    "  --ordered \"A=lo<mid<hi\"    an ordered category with its order (repeatable)\n"
    "  --na omit|error|pad        rows with missing values: leave them out (the default), stop,\n"
    "                             or leave them out and have null for them in results per row\n"
    "  --weights COL              prior weights: the residual variance is sigma^2 / weight; for a binomial\n"
    "                             proportion the numbers of trials; in a clmm a row counts that often\n"
    "  --offset COL               a known part of the linear predictor\n"
    "\n",

    "model\n"
    "  --correlation \"ar1(time | g)\" | \"cs(1 | g)\"   of the residuals within groups (lmm); ar1(1 | g) takes the order of the rows\n"
    "  --method reml|ml           restricted maximum likelihood (the default of lmm) or maximum likelihood (of glmm, clmm)\n"
    "  --random \"(1 + x | g)\"     a random term besides those of FORMULA (repeatable)\n"
    "  --groups A,B               random intercepts, as --random \"(1 | A)\" --random \"(1 | B)\"\n"
    "  --contrasts COL=NAME       contr.treatment, contr.sum, contr.helmert or contr.poly (repeatable)\n"
    "\n",

    "generalised models (glmm); --link, --information, --nagq and --std-errors also ordinal ones\n"
    "  --family F                 ",
    family_names,
    "\n"
    "  --link L                   ",
    link_names,
    ";\n"
    "                             each family has a default; clmm: logit (the default), probit, cloglog, loglog or cauchit\n"
    "  --fix NAME=VALUE           a parameter of the family that is not estimated (repeatable)\n"
    "  --dispformula \"~ z\"        what the dispersion depends on\n"
    "  --ziformula \"~ z\"          zeros of their own: what their probability depends on, on the logit scale\n"
    "  --information observed|expected   the Laplace approximation by second derivatives as they are (the default)\n"
    "                             or by their expectation, as lme4\n"
    "  --nagq N                   quadrature points, -100 to 100: 1 is the Laplace approximation (the default), 0 lme4's fast one,\n"
    "                             -N are N points that are not adaptive\n"
    "  --std-errors marginal|conditional   from all parameters (the default) or given the random effects' parameters\n"
    "\n",

    "ordinal models (clmm): thresholds less linear predictor, divided by the scale\n"
    "  --threshold flexible|symmetric|equidistant   the thresholds free (the default), symmetric, or at equal distances\n"
    "  --nominal \"~ z\"            effects that differ from threshold to threshold (partial proportional odds)\n"
    "  --scale \"~ z\"              what the logarithm of the scale depends on\n"
    "\n",

    "fit\n"
    "  --optimizer NAME           newton (the default), lbfgsb, bobyqa or nelder_mead\n"
    "  --theta0 a,b,c             where the search starts, in the order of theta_names\n"
    "  --tolerance X              predicted decrease of the objective at which the search ends, 1e-13\n"
    "  --max-evaluations N        1000\n"
    "  --unidentified error|warning|ignore   random effects that the data can't tell from each other or from the residual\n"
    "  --threads N                1; the results don't depend on it\n"
    "  --deadline SECONDS         stop after that time with what there is\n"
    "  --progress                 print each evaluation to standard error\n"
    "  --objective \"a,b,c; a,b,c\" evaluate the objective at these theta instead of fitting\n"
    "\n",

    "inference\n"
    "  --df satterthwaite|kenward-roger|residual|normal   degrees of freedom of tests and intervals of the fixed effects (lmm:\n"
    "                             satterthwaite by default; glmm, clmm: normal, that is infinite)\n"
    "  --anova 1|2|3              F tests of the terms, type I, II or III (repeatable; lmm)\n"
    "  --drop1                    likelihood-ratio tests of the model without each term (lmm)\n"
    "  --confint wald             confidence intervals of the fixed effects\n"
    "  --confint profile          profile-likelihood intervals of all parameters\n"
    "  --confint boot             bootstrap intervals of all parameters, from --bootstrap N\n"
    "  --confint ranef            intervals of the random effects, given the parameters\n"
    "  --profile                  the points of the profiles, with the signed roots of the deviance's rise\n"
    "  --profile-scale sdcor|theta   of all parameters, random effects by standard deviations and correlations (the default), or\n"
    "                             of the elements of theta alone\n"
    "  --test \"0,1,-1; 0,0,1\"    linear combinations of the fixed effects, a row each: tests of each and of all together\n"
    "  --boot-interval percentile|basic|normal|bca   their kind: percentile is the default; bca needs fits without each group, too\n"
    "  --level 0.95\n"
    "  --emmeans \"~ f\"            marginal means of f, \"~ f | g\" within the levels of g, and their pairwise differences, on the scale\n"
    "                             of the linear predictor or by --type response\n"
    "  --at \"x = 0, 5; f = a\"    values of covariates other than their means, and some levels of factors alone\n"
    "  --comparisons pairwise|trt.vs.ctrl|eff   of each mean with each later one (the default), the first, or their average;\n"
    "                             or with weights of one's own, a row each: \"1,-0.5,-0.5; 0,1,-1\"\n"
    "  --means-weights equal|proportional   of the levels of other factors: equal is the default\n"
    "  --adjust none|tukey|bonferroni|holm|fdr|sidak   of the comparisons' p values: tukey is the default of pairwise ones, else holm\n"
    "  --lrt \"REDUCED FORMULA\"    likelihood-ratio test of FORMULA against a smaller model (repeatable), one without random terms,\n"
    "                             say; all of them are fitted by maximum likelihood for it, whatever --method says, to the rows\n"
    "                             that all can use; it is an error if neither is nested in the other. Each is a test of its own.\n"
    "                             REDUCED is taken as written: random terms of --random and --groups are FORMULA's alone, all\n"
    "                             other options hold for both\n"
    "  --chi-bar                  these with the p value of a variance at the edge of its range\n"
    "  --r2                       marginal and conditional R2, and intraclass correlations\n"
    "\n",

    "after the fit\n"
    "  --predict NEW.csv          predictions for these rows\n"
    "  --type response|link       the mean of the response (lmm, glmm: the default), or the linear predictor: the same for lmm\n"
    "  --type conditional|zprob   glmm: the mean without zeros of the zero part, or the probability of such a zero\n"
    "  --type location            glmm: the link's inverse: of beta with masses at 0 and 1 the mean between, of truncated counts that\n"
    "                             before truncation\n"
    "  --type dispersion|marginal glmm: the family's first parameter, or the mean over the random effects; clmm: the scale, or\n"
    "                             the probabilities over the random effects\n"
    "  --type prob|cum.prob|class clmm: the probabilities of the categories (the default), those of a category not above each\n"
    "                             but the highest, or the number of the most probable category\n"
    "  --re all|none|g,h          with random effects (the default), without, or with those of these grouping factors\n"
    "  --new-levels zero|error    groups that the fit doesn't know: random effects of zero, or stop (the default)\n"
    "  --interval none|confidence|prediction   predictions alone (the default), or with standard errors and intervals of --level\n"
    "                             for what is predicted, or (lmm, glmm; types response and marginal) for new responses, whose\n"
    "                             weights are in the column of --weights, if it is there\n"
    "  --simulate N               N responses simulated from the fit\n"
    "  --simulate-type new|conditional   with new random effects (the default) or those of the fit; also in the bootstrap\n"
    "  --bootstrap N              the estimates of fits to N simulated responses\n"
    "  --bootstrap-type parametric|case|rows   these (the default), or fits to N samples of the levels of the first grouping\n"
    "                             factor, or of single rows\n"
    "  --statistic \"A / B\"        of each replicate also the ratio of two estimates, by their names in the bootstrap's table, or\n"
    "                             \"A + B\", \"A - B\", \"A * B\" (repeatable); intervals are of these, too\n"
    "  --response-se median|mean  their standard error by the bootstrap's samples of the response, without any fits\n"
    "  --refit RESPONSES.csv      the model fitted to each column of this file, which has a row for each row of the data\n"
    "  --residuals response|pearson|working|deviance|normalized|quantile   residuals of other kinds (repeatable)\n"
    "  --write TABLE=FILE.csv     a table of results as a CSV file: coefficients, varcorr, ranef and others (repeatable)\n"
    "  --all-fit                  the model fitted by all optimisers, each from several starts, and how far apart they end: if they\n"
    "                             agree, none has stopped short of the minimum; a lower one may be where no start leads\n"
    "  --cross-validate G|rows    levels of the grouping factor G, or rows, predicted by fits without them: errors and logarithmic\n"
    "                             scores\n"
    "  --folds K                  in K parts, which the seed chooses, not one level or row at a time\n"
    "  --seed S                   of simulations, bootstrap and parts; 0\n"
    "\n",

    "output\n"
    "  --json                     one JSON document with everything, rows counted from 0, instead of the summary\n"
    "\n"
    "Exit status: 0 fitted, even if singular or not converged, which the output says; 1 an error; 2 wrong usage.\n",

    NULL,
};

enum { INDENT = 29, WIDTH = 120 };

/* The next name of a list that is written from column `*column` on. */
static void put_name(const char *name, const char *after, int *column)
{
    int length = (int)(strlen(name) + strlen(after));
    if (*column > INDENT) {
        bool fits = *column + 2 + length < WIDTH;
        *column = fits ? *column + 2 : INDENT;
        if (fits)
            printf(", ");
        else
            printf(",\n%*s", INDENT, "");
    }
    printf("%s%s", name, after);
    *column += length;
}

static void put_families(void)
{
    int column = INDENT;
    for (size_t i = 0; i < interlace_family_count(); i++)
        put_name(interlace_family_name(i), i == 0 ? " (the default)" : "", &column);
}

/* Whether a family before this one has the link. */
static bool is_repeated(size_t family, const char *link)
{
    for (size_t i = 0; i < family; i++)
        for (size_t j = 0; j < interlace_family_n_links(i); j++)
            if (strcmp(interlace_family_link(i, j), link) == 0)
                return true;
    return false;
}

static void put_links(void)
{
    int column = INDENT;
    for (size_t i = 0; i < interlace_family_count(); i++)
        for (size_t j = 0; j < interlace_family_n_links(i); j++)
            if (!is_repeated(i, interlace_family_link(i, j)))
                put_name(interlace_family_link(i, j), "", &column);
}

void print_help(void)
{
    for (size_t i = 0; help_text[i] != NULL; i++) {
        if (help_text[i] == family_names)
            put_families();
        else if (help_text[i] == link_names)
            put_links();
        else
            fputs(help_text[i], stdout);
    }
}
