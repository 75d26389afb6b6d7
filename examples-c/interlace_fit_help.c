/* The text of --help. One literal per group: C99 only guarantees literals of 4,095 bytes. */
#include <stdio.h>
#include <string.h>

#include "interlace_fit.h"

/* Placeholders for names that the library lists. */
static const char family_names[] = "";
static const char link_names[] = "";

static const char *const help_text[] = {
    "interlace-fit - fits a mixed-effects model to a CSV file\n"
    "\n"
    "interlace-fit MODEL FORMULA DATA.csv [OPTIONS]\n"
    "interlace-fit --help [OPTION] | --version\n"
    "\n"
    "MODEL is lmm (linear mixed model), glmm (generalised linear mixed model) or clmm (cumulative link model, ordered response).\n"
    "FORMULA uses lme4's language: \"y ~ x + (1 + x | g)\". The response of a binomial glmm may be\n"
    "\"cbind(successes, failures)\"; that of a clmm is an --ordered column or whole numbers.\n"
    "\n",

    "data: a file, or - for standard input\n"
    "  --sep C                    the separator of cells: a comma by default; \";\", tab or another character\n"
    "  --dec .|,                  the decimal mark; with a comma, semicolons separate cells unless --sep says otherwise\n"
    "  --na-strings \"NA,.\"        cells that mean a missing value, instead of NA, NaN and the empty cell\n"
    "  --strict-numbers           stop at text in a column of numbers, even if it could be a factor\n"
    "  --quote C                  the quote around cells with separators: \", another character or none\n"
    "  --categorical A,B          read these columns as categories, even if they look like numbers\n"
    "  --ordered \"A=lo<mid<hi\"    an ordered factor with its order (repeatable)\n"
    "  --na omit|error|pad        rows with missing values: leave them out (the default), stop,\n"
    "                             or leave them out and give null for them in results per row\n"
    "  --weights COL              prior weights: the residual variance is sigma^2 / weight; for a binomial\n"
    "                             proportion the number of trials; in a clmm a row counts that many times\n"
    "  --offset COL               a known part of the linear predictor\n"
    "\n",

    "model\n"
    "  --correlation \"ar1(time | g)\" | \"cs(1 | g)\"   of the residuals within groups (lmm); ar1(1 | g) uses the order of the rows\n"
    "  --method reml|ml           restricted maximum likelihood (default for lmm) or maximum likelihood (for glmm, clmm)\n"
    "  --random \"(1 + x | g)\"     a random term in addition to those of FORMULA (repeatable)\n"
    "  --groups A,B               random intercepts, short for --random \"(1 | A)\" --random \"(1 | B)\"\n"
    "  --contrasts COL=NAME       contr.treatment, contr.sum, contr.helmert or contr.poly (repeatable)\n"
    "\n",

    "generalised models (glmm); --link, --information, --nagq and --std-errors also for ordinal models\n"
    "  --family F                 ",
    family_names,
    "\n"
    "  --link L                   ",
    link_names,
    ";\n"
    "                             each family has a default; clmm: logit (the default), probit, cloglog, loglog or cauchit\n"
    "  --fix NAME=VALUE           fix a parameter of the family instead of estimating it (repeatable)\n"
    "  --dispformula \"~ z\"        formula for the dispersion\n"
    "  --ziformula \"~ z\"          extra zeros (zero inflation): formula for the logit of their probability\n"
    "  --information observed|expected   use the second derivatives in the Laplace approximation (the default)\n"
    "                             or their expectations, as lme4 does\n"
    "  --nagq N                   quadrature points, -100 to 100: 1 is the Laplace approximation (the default), 0 lme4's fast one,\n"
    "                             -N means N non-adaptive points\n"
    "  --std-errors marginal|conditional   from all parameters (the default) or given the random effects' parameters\n"
    "\n",

    "ordinal models (clmm): thresholds minus linear predictor, divided by the scale\n"
    "  --threshold flexible|symmetric|equidistant   thresholds free (the default), symmetric, or equally spaced\n"
    "  --nominal \"~ z\"            effects that differ from threshold to threshold (partial proportional odds)\n"
    "  --scale \"~ z\"              formula for the logarithm of the scale\n"
    "\n",

    "fit\n"
    "  --optimizer NAME           newton (the default), lbfgsb, bobyqa or nelder_mead\n"
    "  --theta0 a,b,c             the start of the search, in the order of theta_names\n"
    "  --tolerance X              the search ends at this predicted decrease of the objective; default 1e-13\n"
    "  --max-evaluations N        the most evaluations of the objective; default 1000\n"
    "  --unidentified error|warning|ignore   random effects that the data cannot tell apart from each other or the residual\n"
    "  --threads N                default 1; the results do not depend on it\n"
    "  --deadline SECONDS         stop after this time with what the fit has\n"
    "  --progress                 print each evaluation to standard error\n"
    "  --objective \"a,b,c; a,b,c\" evaluate the objective at these theta instead of fitting\n"
    "\n",

    "inference\n"
    "  --df satterthwaite|kenward-roger|residual|normal   degrees of freedom of tests and intervals of the fixed effects (lmm:\n"
    "                             satterthwaite by default; glmm, clmm: normal, that is infinite)\n"
    "  --anova 1|2|3              F tests of the terms: type I, II or III (repeatable; lmm)\n"
    "  --drop1                    likelihood-ratio tests against the model without each term (lmm)\n"
    "  --confint wald             confidence intervals of the fixed effects\n"
    "  --confint profile          profile-likelihood intervals of all parameters\n"
    "  --confint boot             bootstrap intervals of all parameters, from --bootstrap N\n"
    "  --confint ranef            intervals of the random effects, given the parameters\n"
    "  --profile                  the points of the profiles, with the signed root of the rise in deviance\n"
    "  --profile-scale sdcor|theta   of all parameters, with random effects as standard deviations and correlations (the default),\n"
    "                             or only of the elements of theta\n"
    "  --test \"0,1,-1; 0,0,1\"    linear combinations of the fixed effects, one per row: tests of each and of all together\n"
    "  --boot-interval percentile|basic|normal|bca   their kind: percentile is the default; bca also needs fits without each group\n"
    "  --level 0.95               the level of intervals\n"
    "  --emmeans \"~ f\"            marginal means of f, \"~ f | g\" within the levels of g, and their pairwise differences, on the scale\n"
    "                             of the linear predictor or by --type response\n"
    "  --at \"x = 0, 5; f = a\"    values of covariates instead of their means, and selected levels of factors\n"
    "  --comparisons pairwise|trt.vs.ctrl|eff   each mean against each later one (the default), the first, or the average;\n"
    "                             or your own weights, one row per comparison: \"1,-0.5,-0.5; 0,1,-1\"\n"
    "  --means-weights equal|proportional   weights of the levels of other factors: equal is the default\n"
    "  --adjust none|tukey|bonferroni|holm|fdr|sidak   of the comparisons' p-values; the default is tukey for pairwise ones, else holm\n"
    "  --lrt \"REDUCED FORMULA\"    likelihood-ratio test of FORMULA against a smaller model (repeatable), for example one without\n"
    "                             random terms. All are fitted by maximum likelihood, whatever --method says, to the rows that\n"
    "                             all can use. It is an error if neither is nested in the other. Each is a separate test.\n"
    "                             REDUCED is taken as written: --random and --groups add terms only to FORMULA, all other\n"
    "                             options apply to both\n"
    "  --chi-bar                  use the p-value for a variance at the edge of its range in these tests\n"
    "  --r2                       marginal and conditional R2, and intraclass correlations\n"
    "\n",

    "after the fit\n"
    "  --predict NEW.csv          predictions for these rows\n"
    "  --type response|link       the mean of the response (default for lmm, glmm) or the linear predictor, the same for lmm\n"
    "  --type conditional|zprob   glmm: the mean without the extra zeros, or the probability of an extra zero\n"
    "  --type location            glmm: the inverse link: the mean between 0 and 1 for beta with masses at 0 and 1, the mean before\n"
    "                             truncation for truncated counts\n"
    "  --type dispersion|marginal glmm: the family's first parameter, or the mean averaged over the random effects; clmm: the scale, or\n"
    "                             the probabilities averaged over the random effects\n"
    "  --type prob|cum.prob|class clmm: the probabilities of the categories (the default), the cumulative probabilities of all\n"
    "                             but the highest, or the number of the most probable category\n"
    "  --re all|none|g,h          with random effects (the default), without, or with those of these grouping factors\n"
    "  --new-levels zero|error    groups that the fit does not know: random effects of zero, or stop (the default)\n"
    "  --interval none|confidence|prediction   only predictions (the default), or with standard errors and intervals at --level\n"
    "                             for what is predicted, or (lmm, glmm; types response and marginal) for new responses, whose\n"
    "                             weights are in the column of --weights, if it is there\n"
    "  --simulate N               simulate N responses from the fit\n"
    "  --simulate-type new|conditional   with new random effects (the default) or those of the fit; also in the bootstrap\n"
    "  --bootstrap N              fit the model to N simulated responses, and give the estimates\n"
    "  --bootstrap-type parametric|case|rows   simulated responses (the default), N samples of the levels of the first\n"
    "                             grouping factor, or N samples of single rows\n"
    "  --statistic \"A / B\"        for each replicate also the ratio of two estimates, named as in the bootstrap table, or\n"
    "                             \"A + B\", \"A - B\", \"A * B\" (repeatable); they get intervals too\n"
    "  --response-se median|mean  the standard error of the median or mean response from bootstrap samples, without any fits\n"
    "  --refit RESPONSES.csv      fit the model to each column of this file, which has one row for each row of the data\n"
    "  --residuals response|pearson|working|deviance|normalized|quantile   residuals of these kinds (repeatable)\n"
    "  --write TABLE=FILE.csv     write a table of results as a CSV file: coefficients, varcorr, ranef and others (repeatable)\n"
    "  --all-fit                  fit the model by all optimisers, each from several starts, and show how far apart they end: if they\n"
    "                             agree, none has stopped short of the minimum; a lower one may still exist where no start leads\n"
    "  --cross-validate G|rows    predict levels of the grouping factor G, or rows, by fits without them: errors and logarithmic\n"
    "                             scores\n"
    "  --folds K                  leave out K random parts in turn, not one level or row at a time\n"
    "  --seed S                   of simulations, bootstrap and parts; default 0\n"
    "\n",

    "output\n"
    "  --json                     one JSON document with everything, rows counted from 0, instead of the summary\n"
    "\n"
    "Exit status: 0 if fitted, even if singular or not converged (the output says so); 1 for an error; 2 for wrong usage.\n",

    NULL,
};

enum { INDENT = 29, WIDTH = 120, SIZE = 16384 };

/* The whole text, as it is put together. */
static char text[SIZE];
static size_t length;

static void put(const char *piece)
{
    int more = snprintf(text + length, SIZE - length, "%s", piece);
    length = more < 0 || (size_t)more >= SIZE - length ? SIZE - 1 : length + (size_t)more;
}

/* Puts the next name of a list, which starts in column `*column`. */
static void put_name(const char *name, const char *after, int *column)
{
    int own = (int)(strlen(name) + strlen(after));
    if (*column > INDENT) {
        bool fits = *column + 2 + own < WIDTH;
        *column = fits ? *column + 2 : INDENT;
        put(fits ? ", " : ",\n                             ");
    }
    put(name);
    put(after);
    *column += own;
}

static void put_families(void)
{
    int column = INDENT;
    for (size_t i = 0; i < interlace_family_count(); i++)
        put_name(interlace_family_name(i), i == 0 ? " (the default)" : "", &column);
}

/* Whether an earlier family has the link. */
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

/* What the text says of one option: its lines, and those below that are indented further. */
static void print_part(const char *name)
{
    bool inside = false;
    for (const char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        size_t own = strlen(name);
        if (strncmp(line, "  --", 4) == 0)
            inside = strncmp(line + 2, name, own) == 0 && (line[2 + own] == ' ' || line[2 + own] == '\n');
        else if (line[0] != ' ')
            inside = false;
        if (inside)
            printf("%.*s", (int)(end + 1 - line), line);
    }
}

void print_help(const struct option *option)
{
    for (size_t i = 0; help_text[i] != NULL; i++) {
        if (help_text[i] == family_names)
            put_families();
        else if (help_text[i] == link_names)
            put_links();
        else
            put(help_text[i]);
    }
    if (option == NULL) {
        fputs(text, stdout);
        return;
    }
    print_part(option->name);
    const char *doc = option_doc(option);
    printf("\nvalue: %s\n", option->wanted != NULL ? option->wanted : "none");
    if (doc != NULL)
        printf("library: %s\n", doc);
}
