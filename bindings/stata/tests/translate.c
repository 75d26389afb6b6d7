/* What commands mean, and what is wrong with those that mean nothing: the plugin's reader, without data. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../model.h"
#include "../table.h"

static const struct {
    const char *command, *model;
} RIGHT[] = {
    {"mixed y x || g:", "lmm: y ~ x + (1 | g) method=ml"},
    {"mixed y || g:", "lmm: y ~ 1 + (1 | g) method=ml"},
    {"xtmixed y x || g:, mle", "lmm: y ~ x + (1 | g) method=ml"},
    {"mixed y x || g: x, cov(un)", "lmm: y ~ x + (1 + x | g) method=ml"},
    {"mixed y x || g: x", "lmm: y ~ x + diag(1 + x | g) method=ml"},
    {"mixed y x || g: x, covariance(exchangeable) reml", "lmm: y ~ x + cs(1 + x | g, hom = TRUE) method=reml"},
    {"mixed y x || g: x z, cov(id) nocons", "lmm: y ~ x + diag(0 + x + z | g, hom = TRUE) method=ml"},
    {"mixed y x || g: x, nocons", "lmm: y ~ x + (0 + x | g) method=ml"},
    {"mixed y x || school: || class: x, cov(uns)", "lmm: y ~ x + (1 | school) + (1 + x | school:class) method=ml"},
    {"mixed y x || a: || b: || c:", "lmm: y ~ x + (1 | a) + (1 | a:b) + (1 | a:b:c) method=ml"},
    {"mixed y x || _all: R.a || b:", "lmm: y ~ x + (1 | a) + (1 | b) method=ml"},
    {"mixed y x || _all: R.a || _all: R.b", "lmm: y ~ x + (1 | a) + (1 | b) method=ml"},
    {"mixed y x || g: R.h", "lmm: y ~ x + (1 | g:h) method=ml"},
    {"mixed y x || g: x, nocons || g: z", "lmm: y ~ x + (0 + x | g) + diag(1 + z | g) method=ml"},
    {"mixed y x, noconstant || g:", "lmm: y ~ 0 + x + (1 | g) method=ml"},
    {"mixed y i.f##c.x ib3.h || g:", "lmm: y ~ i.f + x + i.f#c.x + ib3.h + (1 | g) method=ml"},
    {"mixed y c.x##c.x || g:", "lmm: y ~ x + c.x#c.x + (1 | g) method=ml"},
    {"mixed y a#b || g:", "lmm: y ~ i.a#i.b + (1 | g) method=ml"},
    {"mixed y i.(a b)#c.x x || g:", "lmm: y ~ i.a#c.x + i.b#c.x + x + (1 | g) method=ml"},
    {"mixed y (a b)##c || g:", "lmm: y ~ i.a + i.b + i.c + i.a#i.c + i.b#i.c + (1 | g) method=ml"},
    {"mixed y x x i.x x || g:", "lmm: y ~ x + i.x + (1 | g) method=ml"},
    {"mixed y 2.f ib(last).h ibn.k || g:", "lmm: y ~ 2.f + ib(last).h + ibn.k + (1 | g) method=ml"},
    {"mixed y x if x > 3 & z == \"a||b\" in 2/9 [fw=n] || g:", "lmm: y ~ x + (1 | g) method=ml"},
    {"mixed y x || g:, residuals(ar 1, t(week))", "lmm: y ~ x + (1 | g) correlation ar1(week | g) method=ml"},
    {"mixed y x || g:, nocons residuals(exch)", "lmm: y ~ x correlation cs(1 | g) method=ml"},
    {"mixed y x || g: || h:, residuals(exchangeable)", "lmm: y ~ x + (1 | g) + (1 | g:h) correlation cs(1 | g:h) method=ml"},
    {"mixed y x || g:, residuals(independent, by(sex))", "glmm: y ~ x + (1 | g) family gaussian by sex method=ml"},
    {"mixed y x || g:, dfmethod(kroger) reml tolerance(1e-9)", "lmm: y ~ x + (1 | g) method=reml tolerance=1e-9"},
    {"melogit y x || g:", "glmm: y ~ x + (1 | g) family binomial link logit method=ml nagq=7"},
    {"melogit y x || g:, binomial(n) intpoints(5)", "glmm: cbind(y, n - y) ~ x + (1 | g) family binomial link logit method=ml nagq=5"},
    {"meprobit y x || g: || h:", "glmm: y ~ x + (1 | g) + (1 | g:h) family binomial link probit method=ml"},
    {"melogit y x || g: x, cov(un)", "glmm: y ~ x + (1 + x | g) family binomial link logit method=ml nagq=7"},
    {"melogit y x || g: a b c", "glmm: y ~ x + diag(1 + a + b + c | g) family binomial link logit method=ml"},
    {"melogit y x || _all: R.a || b:", "glmm: y ~ x + (1 | a) + (1 | b) family binomial link logit method=ml"},
    {"mecloglog y x || g:, intmethod(laplace)", "glmm: y ~ x + (1 | g) family binomial link cloglog method=ml nagq=1"},
    {"mepoisson y x || g:, exposure(e) irr", "glmm: y ~ x + offset(log(e)) + (1 | g) family poisson link log method=ml nagq=7"},
    {"mepoisson y x || g:, offset(o) intmethod(gh) intpoints(9)", "glmm: y ~ x + (1 | g) family poisson link log offset o method=ml nagq=-9"},
    {"menbreg y x || g:", "glmm: y ~ x + (1 | g) family nbinom2 link log method=ml nagq=7"},
    {"menbreg y x || g:, dispersion(constant)", "glmm: y ~ x + (1 | g) family nbinom1 link log method=ml nagq=7"},
    {"meologit y x || g:", "clmm: y ~ x + (1 | g) link logit method=ml nagq=7"},
    {"meoprobit y x || g:, iterate(50)", "clmm: y ~ x + (1 | g) link probit method=ml max_evaluations=50 nagq=7"},
    {"meglm y x || g:", "glmm: y ~ x + (1 | g) family gaussian link identity method=ml nagq=7"},
    {"meglm y x || g:, family(gamma) intp(3)", "glmm: y ~ x + (1 | g) family gamma link log method=ml nagq=3"},
    {"meglm y x || g:, family(binomial 12) link(probit) intm(lap)", "glmm: cbind(y, 12 - y) ~ x + (1 | g) family binomial link probit method=ml nagq=1"},
    {"meglm y x || g:, fam(ordinal)", "clmm: y ~ x + (1 | g) link logit method=ml nagq=7"},
    {"y x || g: x, cov(un)", "lmm: y ~ x + (1 + x | g) method=ml"},
    {"y x, re((1 + x | g))", "lmm: y ~ x + (1 + x | g)"},
    {"y x, re(1 + x | g)", "lmm: y ~ x + (1 + x | g)"},
    {"y i.f, re((1 | g) + ar1(0 + x | h)) ml", "lmm: y ~ i.f + (1 | g) + ar1(0 + x | h) method=ml"},
    {"y x, re((x || g))", "lmm: y ~ x + (x || g)"},
    {"y x, re((1 | g)) family(tweedie) link(log) nagq(1)", "glmm: y ~ x + (1 | g) family tweedie link log nagq=1"},
    {"y x, re((1 | g)) family(gamma)", "glmm: y ~ x + (1 | g) family gamma"},
    {"y ~ x + (1 + x | g)", "lmm: y ~ x + (1 + x | g)"},
    {"y ~ x + (1 + x || g) if x > 3, reml", "lmm: y ~ x + (1 + x || g) method=reml"},
    {"log(y) ~ poly(x, 2) + (1 | g)", "lmm: log(y) ~ poly(x, 2) + (1 | g)"},
    {"y~x+(1|g)", "lmm: y~x+(1|g)"},
    {"Surv(time, event) ~ x + (1 | g), model(coxme)", "coxme: Surv(time, event) ~ x + (1 | g)"},
    {"mixed _y if_ || _g:", "lmm: `_y` ~ if_ + (1 | `_g`) method=ml"},
};

static const struct {
    const char *command, *part;
} WRONG[] = {
    {"", "there is no response"},
    {"mixed", "there is no response"},
    {"mixed y x || g", "a level has the form || group: variables"},
    {"mixed y x || g:, cov(foo)", "covariance(foo): independent, exchangeable, identity or unstructured"},
    {"mixed y x, cov(un) || g: x", "covariance() belongs to a level"},
    {"y ~ x + (1 | g), noconstant", "noconstant is for lists of variables"},
    {"mixed y x || g:, covariance", "option covariance needs a value"},
    {"mixed y x || g: i.f", "a level's equation takes variables, and R.f"},
    {"mixed y x || _all: x", "_all: only takes R.variable"},
    {"mixed y x || g: || _all: R.a", "_all: comes before all other levels"},
    {"mixed y x || g: || h: || g:", "the level g occurs twice"},
    {"mixed y x || g: || g: z", "the level g has a constant in two equations"},
    {"mixed y x || g:, foo(3)", "option foo is not one of interlace"},
    {"mixed y x || g:, reml reml", "option reml is given twice"},
    {"mixed y x || g:, reml mle", "reml and mle exclude each other"},
    {"mixed y x || g:, vce(robust)", "vce(robust): only standard errors from the likelihood"},
    {"mixed y x || g:, level(200)", "a number from 10 to 99.99"},
    {"mixed y x [pw=w] || g:", "pweights are not allowed"},
    {"mixed y x [aw=w] || g:", "aweights are not allowed"},
    {"mixed y x [w] || g:", "a weight has the form"},
    {"mixed y x [zw=w] || g:", "weights are fweight or aweight"},
    {"mixed y (x || g:", "the ( at character"},
    {"mixed y x if z == \"a || g:", "has no end"},
    {"mixed y x) || g:", "is found where a variable should be"},
    {"mixed y L.x || g:", "time-series operators"},
    {"mixed y ibz.x || g:", "operators are c, i"},
    {"mixed y i.a#i.a || g:", "a factor cannot interact with itself"},
    {"mixed y i.(x 2.z) || g:", "an operator before parentheses is for names"},
    {"mixed y x || g:, residuals(toeplitz 2, t(w))", "independent, by(), exchangeable, or ar 1, t() is wanted"},
    {"mixed y x || g:, residuals(ar 1, t(w) by(s))", "by() is offered for independent residuals"},
    {"mixed y x, residuals(ar 1, t(w))", "needs a level"},
    {"mixed y x || g:, intpoints(7)", "not for linear models"},
    {"mixed y x, re((1 | g))", "re() is for the syntax of interlace"},
    {"mestreg x || g:, distribution(weibull)", "option distribution is not one"},
    {"mestreg x || g:", "mestreg has no counterpart"},
    {"melogit y x || g:, family(poisson)", "family() is an option of meglm"},
    {"mepoisson y x || g:, binomial(n)", "binomial() is for binomial responses"},
    {"mepoisson y x || g:, offset(a) exposure(b)", "exclude each other"},
    {"mepoisson y x || g:, intmethod(foo)", "intmethod(foo)"},
    {"y x, re((1 | g)) family(foo)", "foo"},
    {"y x, re(foo)", "random terms such as (1 + x | g) are wanted"},
    {"y ~ x + (1 | g", "the ( at character"},
    {"y ~ x + (1 | )", "expected a name, a number or '(', found ')', at ')'"},
    {"y ~ x + (1 | g), ziformula(~ x +) family(poisson)", "found the end"},
    {"y ~ . + (1 | g)", "."},
};

typedef struct job {
    const char *text;
    char *model;
} job;

static void translate(call *c, void *data)
{
    job *own = data;
    own->model = model_text(c, model_of(c, command_of(c, own->text), (names){0}));
}

static int failures = 0;

static void expect(int holds, const char *command, const char *wanted, const char *seen)
{
    if (!holds) {
        failures++;
        fprintf(stderr, "interlace %s\n  wanted: %s\n  seen:   %s\n", command, wanted, seen);
    }
}

/* Text that a user may type by mistake ends in a model or a message, whatever it is. */
static void survive_anything(void)
{
    static const char *const PARTS[] = {"mixed ", "y ", "x ", "|| ", "g: ", "g ", ", ", "cov(", "un) ", "i.", "##", "#", "(", ")", "[fw=", "] ", "if ", "in ", "~ ", "| ",
                                        "\"", "`\"", "\"'", "R.", "_all: ", "re(", "1 + ", "ib(", "2.", "c.", "melogit ", "-", "*", "reml ", "{", "}", "`", "\xc3\xa9", "'"};
    unsigned long state = 12345;
    for (int trial = 0; trial < 20000; trial++) {
        char text[400] = "";
        call c;
        memset(&c, 0, sizeof c);
        for (int n = 1 + trial % 25; n > 0; n--) {
            state = state * 6364136223846793005UL + 1442695040888963407UL;
            strcat(text, PARTS[(state >> 33) % (sizeof PARTS / sizeof PARTS[0])]);
        }
        job own = {text, NULL};
        int code = attempt(&c, translate, &own);
        expect(code == 0 || c.message[0] != 0, text, "a message", "none");
        arena_free(&c.arena);
    }
    char *deep = calloc(300001, 1);
    memset(deep, '(', 300000);
    call c;
    memset(&c, 0, sizeof c);
    job own = {deep, NULL};
    expect(attempt(&c, translate, &own) != 0, "((((...", "an error", "none");
    arena_free(&c.arena);
    free(deep);
}

/* The table of interface 3.0 on machines of 64 bits, by the places of its members. */
static void check_layout(void)
{
    static const struct {
        const char *member;
        size_t seen, wanted;
    } PLACES[] = {
        {"display", offsetof(stata_table, display), 0},           {"poll", offsetof(stata_table, poll), 40},
        {"macro_save", offsetof(stata_table, macro_save), 80},    {"macro_use", offsetof(stata_table, macro_use), 88},
        {"scalar_use", offsetof(stata_table, scalar_use), 96},    {"matsize", offsetof(stata_table, matsize), 144},
        {"data", offsetof(stata_table, data), 152},               {"n_all_variables", offsetof(stata_table, n_all_variables), 176},
        {"missing", offsetof(stata_table, missing), 184},         {"is_missing", offsetof(stata_table, is_missing), 192},
        {"is_string", offsetof(stata_table, is_string), 208},     {"stop", offsetof(stata_table, stop), 224},
        {"store_unchecked", offsetof(stata_table, store_unchecked), 280}, {"store", offsetof(stata_table, store), 288},
        {"store_string", offsetof(stata_table, store_string), 296}, {"is_selected", offsetof(stata_table, is_selected), 304},
        {"first", offsetof(stata_table, first), 312},             {"last", offsetof(stata_table, last), 320},
        {"n_variables", offsetof(stata_table, n_variables), 328}, {"error", offsetof(stata_table, error), 336},
        {"matrix_element", offsetof(stata_table, matrix_element), 344}, {"matrix_store", offsetof(stata_table, matrix_store), 352},
        {"value", offsetof(stata_table, value), 376},             {"columns", offsetof(stata_table, columns), 392},
        {"rows", offsetof(stata_table, rows), 400},               {"scalar_save", offsetof(stata_table, scalar_save), 408},
        {"string", offsetof(stata_table, string), 416},           {"major", offsetof(stata_table, major), 424},
        {"is_strl", offsetof(stata_table, is_strl), 432},         {"string_length", offsetof(stata_table, string_length), 448},
        {"strl", offsetof(stata_table, strl), 456},               {"the table", sizeof(stata_table), 464},
    };
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++)
        if (PLACES[i].seen != PLACES[i].wanted) {
            failures++;
            fprintf(stderr, "%s is at %zu, not %zu\n", PLACES[i].member, PLACES[i].seen, PLACES[i].wanted);
        }
}

int main(void)
{
    check_layout();
    for (size_t i = 0; i < sizeof RIGHT / sizeof RIGHT[0]; i++) {
        call c;
        memset(&c, 0, sizeof c);
        job own = {RIGHT[i].command, NULL};
        int code = attempt(&c, translate, &own);
        expect(code == 0 && strcmp(own.model, RIGHT[i].model) == 0, RIGHT[i].command, RIGHT[i].model, code == 0 ? own.model : c.message);
        arena_free(&c.arena);
    }
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        call c;
        memset(&c, 0, sizeof c);
        job own = {WRONG[i].command, NULL};
        int code = attempt(&c, translate, &own);
        expect(code != 0 && strstr(c.message, WRONG[i].part) != NULL, WRONG[i].command, WRONG[i].part, code == 0 ? own.model : c.message);
        arena_free(&c.arena);
    }
    survive_anything();
    return failures > 0;
}
