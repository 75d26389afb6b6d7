/* The text of --help. One literal per group: C99 only guarantees literals of 4,095 bytes. */
#include <stdio.h>
#include <string.h>

#include "interlace_fit.h"

/* Placeholders for what the library lists. */
static const char family_names[] = "";
static const char link_names[] = "";
static const char questions[] = "";
static const char picture_names[] = "";
static const char plot_options[] = "";

static const char *const help_text[] = {
    "interlace-fit - fits a mixed-effects model to a CSV file\n"
    "\n"
    "interlace-fit MODEL FORMULA DATA.csv [OPTIONS]\n"
    "interlace-fit load FILE [DATA.csv] [OPTIONS]\n"
    "interlace-fit --help [OPTION] | --version\n"
    "\n"
    "MODEL is lmm (linear mixed model), glmm (generalised linear mixed model), clmm (cumulative link model, ordered response)\n"
    "or coxme (Cox model with Gaussian frailties).\n"
    "FORMULA uses lme4's language: \"y ~ x + (1 + x | g)\". The response of a binomial glmm may be\n"
    "\"cbind(successes, failures)\"; that of a clmm is an --ordered column or whole numbers;\n"
    "that of a coxme \"Surv(time, event)\" or \"Surv(start, stop, event)\", and \"strata(a, b)\" has a baseline hazard each.\n"
    "FILE is a fit that was saved with --save; questions that fit models anew need DATA.csv, the data of the fit.\n"
    "\n",

    "data: a file, or - for standard input\n"
    "  --sep C                    the separator of cells: a comma by default; \";\", tab or another character\n"
    "  --dec .|,                  the decimal mark; with a comma, semicolons separate cells unless --sep says otherwise\n"
    "  --na-strings \"NA,.\"        cells that mean a missing value, instead of NA, NaN and the empty cell\n"
    "  --strict-numbers           stop at text in a column of numbers, even if it could be a factor\n"
    "  --quote C                  the quote around cells with separators: \", another character or none\n"
    "  --categorical A,B          read these columns as categories, even if they look like numbers\n"
    "  --ordered \"A=lo<mid<hi\"    an ordered factor with its order (repeatable)\n"
    "  --stream                   fit a lmm to data that are read in parts and never held: what is per row is no question then\n"
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
    "  --contrasts COL=NAME       contr.treatment, contr.sum, ..., or weights of the levels, \"1,0,-1; 0,1,-1\" (repeatable)\n"
    "  --prior \"DENSITY on ID\"   penalised estimates: \"normal(0, 2.5) on fixef\", \"gamma(2.5, 0) on sd\", \"lkj(2) on cor[g]\" (repeatable)\n"
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

    "Cox models (coxme)\n"
    "  --ties efron|breslow       how events at the same time share the risk set (efron by default)\n"
    "  --fixed-effects joint|integrated   which likelihood they maximise: the penalised one (the default) or the integrated one\n"
    "\n",

    "fit\n"
    "  --optimizer NAME           newton (the default), lbfgsb, bobyqa or nelder_mead\n"
    "  --theta0 a,b,c             the start of the search, in the order of theta_names\n"
    "  --start \"ID = X, ...\"       the start of some parameters by their ids, such as sd[g, x]\n"
    "  --tolerance X              the search ends at this predicted decrease of the objective; default 1e-13\n"
    "  --max-evaluations N        the most evaluations of the objective; default 1000\n"
    "  --unidentified error|warning|ignore   random effects that the data cannot tell apart from each other or the residual\n"
    "  --random-terms required|optional      optional: also fit models without random terms\n"
    "  --engine auto|direct|iterative   factorise the random effects' system, or solve it by iterations, with a\n"
    "                             Monte-Carlo error, if it is too large; auto decides by a forecast (lmm, glmm)\n"
    "  --engine-seed N            of the iterations' random signs (default 0)\n"
    "  --memory-limit BYTES       what a factorisation may take before auto chooses iterations (default 4e9)\n"
    "  --threads N                default 1; the results do not depend on it\n"
    "  --deadline SECONDS         end the search after this time with what it has\n"
    "  --progress                 print each evaluation to standard error\n"
    "  --objective \"a,b,c; a,b,c\" evaluate the objective at these theta instead of fitting\n"
    "\n",

    "a fit that is loaded (load FILE)\n"
    "  --update FORMULA           fit its model to DATA.csv with the formula changed as R's update() does it: \". ~ . + x - (1 | g)\";\n"
    "                             \". ~ .\" keeps it. Options of the model and of the fit change what they say, and\n"
    "                             --weights \"\", --offset \"\", --correlation \"\" and --prior \"\" take these out\n"
    "  --response FILE.csv        fit its model to another response on the same rows, in a column of numbers (coxme: time and event)\n"
    "\n",

    "questions that the fit answers\n",
    questions,
    "\n",

    "output\n"
    "  --write TABLE=FILE.csv     write a table of results as a CSV file: coefficients, varcorr, ranef and others (repeatable)\n"
    "  --plot KIND=FILE.svg       draw a picture, or with FILE.png that (repeatable); the kinds are:\n",
    picture_names,
    "\n"
    "  --plot-data KIND=FILE.csv  write its coordinates, for other programs to draw (repeatable)\n"
    "  --plot-option NAME=VALUE   of all pictures (repeatable):\n",
    plot_options,
    "  --augment FILE.csv         write the data beside fitted values, residuals and leverages; with --influence observation\n"
    "                             also the influence of each row\n"
    "  --save FILE                write the fit to a file, which \"interlace-fit load FILE\" asks further questions of\n"
    "  --without-rows             leave what the fit knows of the rows out of the file: smaller, and questions that need them fail\n"
    "  --json                     one JSON document with everything, rows counted from 0, instead of the summary\n"
    "\n"
    "Exit status: 0 if fitted, even if singular or not converged (the output says so); 1 for an error; 2 for wrong usage.\n",

    NULL,
};

enum { INDENT = 29, WIDTH = 120, SIZE = 32768 };

/* The whole text, as it is put together. */
static char text[SIZE];
static size_t length;

static void put(const char *piece)
{
    int more = snprintf(text + length, SIZE - length, "%s", piece);
    length = more < 0 || (size_t)more >= SIZE - length ? SIZE - 1 : length + (size_t)more;
}

/* Puts a text that may be longer than a line; *column is where it starts. */
static void put_words(const char *words, int *column)
{
    while (*words != '\0') {
        char word[128];
        int own = (int)strcspn(words, " ");
        if (*column > INDENT && *column + 1 + own > WIDTH) {
            put("\n                             ");
            *column = INDENT;
        } else if (*column > INDENT) {
            put(" ");
            ++*column;
        }
        snprintf(word, sizeof word, "%.*s", own, words);
        put(word);
        *column += own;
        words += own;
        words += strspn(words, " ");
    }
}

/* Puts the next name of a list. */
static void put_name(const char *name, const char *after, bool last, int *column)
{
    char text[128];
    snprintf(text, sizeof text, "%s%s%s", name, after, last ? "" : ",");
    put_words(text, column);
}

static void put_families(void)
{
    int column = INDENT;
    size_t count = interlace_family_count();
    for (size_t i = 0; i < count; i++)
        put_name(interlace_family_name(i), i == 0 ? " (the default)" : "", i + 1 == count, &column);
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

/* The line after them begins with a semicolon. */
static void put_links(void)
{
    int column = INDENT;
    const char *before = NULL;
    for (size_t i = 0; i < interlace_family_count(); i++)
        for (size_t j = 0; j < interlace_family_n_links(i); j++) {
            const char *link = interlace_family_link(i, j);
            if (is_repeated(i, link))
                continue;
            if (before != NULL)
                put_name(before, "", false, &column);
            before = link;
        }
    if (before != NULL)
        put_name(before, "", true, &column);
}

/* What may be asked: values, then what it is. */
static void put_questions(void)
{
    for (size_t i = 0; i < interlace_questions_count(); i++) {
        char line[NAME_SIZE];
        int column = INDENT;
        const struct option *option = option_of_question(i);
        snprintf(line, sizeof line, "  %-*s", INDENT - 2, option->name);
        put(line);
        if (option->wanted != NULL) {
            put_words(option->wanted, &column);
            put(":");
            column++;
        }
        put_words(interlace_questions_doc(i), &column);
        put("\n");
    }
}

/* Kinds of pictures, a line each. */
static void put_pictures(void)
{
    for (size_t i = 0; i < interlace_plot_options_picture_count(); i++) {
        char line[NAME_SIZE];
        int column = INDENT;
        snprintf(line, sizeof line, "                             %s:", interlace_plot_options_picture_name(i));
        put(line);
        column += (int)strlen(interlace_plot_options_picture_name(i)) + 1;
        put_words(interlace_plot_options_picture_doc(i), &column);
        put(i + 1 < interlace_plot_options_picture_count() ? "\n" : "");
    }
}

static void put_plot_options(void)
{
    for (size_t i = 0; i < interlace_plot_options_count(); i++) {
        char line[NAME_SIZE];
        int column = INDENT;
        snprintf(line, sizeof line, "                             %s:", interlace_plot_options_name(i));
        put(line);
        column += (int)strlen(interlace_plot_options_name(i)) + 1;
        put_words(interlace_plot_options_doc(i), &column);
        put("\n");
    }
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
        else if (help_text[i] == questions)
            put_questions();
        else if (help_text[i] == picture_names)
            put_pictures();
        else if (help_text[i] == plot_options)
            put_plot_options();
        else
            put(help_text[i]);
    }
    if (option == NULL) {
        fputs(text, stdout);
        return;
    }
    print_part(option->name);
    const char *doc = option->kind == OPTIONS ? option_doc(option) : NULL;
    if (option->kind != QUESTION && option->wanted != NULL)
        printf("value: %s\n", option->wanted);
    if (doc != NULL)
        printf("library: %s\n", doc);
}
