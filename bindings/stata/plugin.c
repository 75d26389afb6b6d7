/* The two functions that Stata calls. */
#include <string.h>

#include "actions.h"
#include "host.h"

/* "forget": frees all fits. */
static void forget_action(call *c, const arguments *given)
{
    (void)c;
    (void)given;
    forget_fits();
}

static const struct {
    const char *name;
    void (*run)(call *c, const arguments *given);
} ACTIONS[] = {{"parse", parse_action},     {"fit", fit_action},   {"results", results_action}, {"show", show_action}, {"plan", plan_action},
               {"predict", predict_action}, {"mean", mean_action}, {"save", save_action},       {"use", use_action},
               {"forget", forget_action}};

static void run(call *c, void *data)
{
    const arguments *all = data;
    const arguments rest = {all->n > 0 ? all->n - 1 : 0, all->text + (all->n > 0)};
    const char *name = argument(c, all, 0, "what is asked for");
    for (size_t i = 0; i < sizeof ACTIONS / sizeof ACTIONS[0]; i++)
        if (same(name, ACTIONS[i].name)) {
            ACTIONS[i].run(c, &rest);
            return;
        }
    fail(c, STATA_SYNTAX, "plugin call _interlace: '%s' is not understood; the versions of interlace.ado and interlace.plugin may differ", name);
}

STATA_EXPORT int pginit(stata_table *table)
{
    stata = table;
    return STATA_PLUGIN_VERSION;
}

STATA_EXPORT int stata_call(int argc, char *argv[])
{
    call c;
    arguments given = {argc > 0 ? (size_t)argc : 0, argv};
    if (stata == NULL)
        return STATA_OTHER;
    memset(&c, 0, sizeof c);
    int code = attempt(&c, run, &given);
    if (code != 0)
        complain(c.message);
    arena_free(&c.arena);
    return code;
}
