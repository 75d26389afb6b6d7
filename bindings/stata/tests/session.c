/* A session of the mock host: reads commands and writes what comes of each as a line of JSON. `interlace` and `predict` do what
 * interlace.ado and interlace_p.ado do, call by call. */
#include <ctype.h>
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mock.h"

typedef struct plugin {
    void *library;
    int (*call)(int argc, char *argv[]);
} plugin;

static plugin loaded;

static void load(const char *path)
{
    loaded.library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (loaded.library == NULL) {
        fprintf(stderr, "mock: %s\n", dlerror());
        exit(2);
    }
    int (*begin)(stata_table *);
    *(void **)&begin = dlsym(loaded.library, "pginit");
    *(void **)&loaded.call = dlsym(loaded.library, "stata_call");
    if (begin(&host.table) != 3)
        exit(2);
}

static void unload(void)
{
    dlclose(loaded.library);
}

static void json_text(const char *text)
{
    putchar('"');
    for (; text != NULL && *text != 0; text++)
        if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            printf("\\u%04x", *text);
        else
            putchar(*text);
    putchar('"');
}

static void json_number(double value)
{
    if (value >= 0x1p1023)
        printf("null");
    else
        printf("%.17g", value);
}

/* The variables that a token stands for, "" if there are none: a name, the only one that it begins, a pattern with *, a range. */
static void unabbreviate(const char *token, char *out)
{
    const char *star = strchr(token, '*'), *dash = strchr(token, '-');
    int found = 0;
    out[0] = 0;
    if (mock_find(token) != NULL) {
        strcpy(out, token);
        return;
    }
    bool within = false;
    for (int i = 0; i < host.n_variables; i++) {
        const char *name = host.variables[i].name;
        size_t n = star != NULL ? (size_t)(star - token) : strlen(token);
        bool is_first = dash != NULL && strncmp(name, token, (size_t)(dash - token)) == 0 && name[dash - token] == 0;
        within = within || is_first;
        bool here = dash != NULL ? within : strncmp(name, token, n) == 0;
        if (here)
            sprintf(out + strlen(out), "%s%s", found++ > 0 ? " " : "", name);
        if (dash != NULL && strcmp(name, dash + 1) == 0)
            within = false;
    }
    if (star == NULL && dash == NULL && found != 1)
        out[0] = 0;
}

/* "if x > 3", "in 1/10", or both. */
static void select_observations(const char *condition)
{
    char name[64], op[4], *at;
    double limit;
    free(host.selected);
    host.selected = claim((size_t)host.n);
    host.first = 1;
    host.last = host.n;
    if ((at = strstr(condition, "in ")) != NULL)
        sscanf(at, "in %d/%d", &host.first, &host.last);
    bool has_if = (at = strstr(condition, "if ")) != NULL && sscanf(at, "if %63[A-Za-z0-9_] %3[<>=!] %lf", name, op, &limit) == 3;
    mock_variable *v = has_if ? mock_find(name) : NULL;
    for (int i = 0; i < host.n; i++) {
        double x = v == NULL ? 0 : v->numbers[i];
        bool yes = v == NULL || (strcmp(op, ">") == 0 && x > limit) || (strcmp(op, "<") == 0 && x < limit) || (strcmp(op, "==") == 0 && x == limit) ||
                   (strcmp(op, "!=") == 0 && x != limit) || (strcmp(op, "<=") == 0 && x <= limit) || (strcmp(op, ">=") == 0 && x >= limit);
        host.selected[i] = yes && i + 1 >= host.first && i + 1 <= host.last;
    }
}

/* Adds the variables with these names to what `plugin call` is given. */
static void list_variables(const char *names)
{
    char *own = copied(names);
    for (char *word = strtok(own, " ;"); word != NULL; word = strtok(NULL, " ;")) {
        int at = (int)(mock_find(word) - host.variables);
        bool is_new = true;
        for (int i = 0; i < host.n_list; i++)
            is_new = is_new && host.list[i] != at;
        if (is_new)
            host.list[host.n_list++] = at;
    }
    free(own);
}

static int call(const char *action, const char *a, const char *const *rest, int n)
{
    char *argv[16] = {copied(action), copied(a)};
    int argc = 2;
    for (int i = 0; i < n; i++)
        argv[argc++] = copied(rest[i]);
    int code = loaded.call(argc, argv);
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    return code;
}

static const char *local(const char *name)
{
    char own[64];
    snprintf(own, sizeof own, "_%s", name);
    const char *text = mock_macro_text(own);
    return text == NULL ? "" : text;
}

/* The weight's variable: an expression here is a name. */
static void weigh(void)
{
    if (local("exp")[0] == 0)
        return;
    int w = mock_add_variable("__w", false);
    mock_variable *from = mock_find(local("exp"));
    for (int i = 0; from != NULL && i < host.n; i++)
        host.variables[w].numbers[i] = from->numbers[i];
    list_variables("__w");
}

/* As `interlace` of interlace.ado does. */
static int estimate(const char *line)
{
    mock_set_macro("_0", line);
    mock_set_macro("_fit", "");
    host.n_list = 0;
    int code = call("parse", "", NULL, 0);
    if (code != 0)
        return code;
    char names[8192] = "", *vars = copied(local("vars"));
    for (char *word = strtok(vars, " "), one[4096]; word != NULL && code == 0; word = strtok(NULL, " ")) {
        unabbreviate(word, one);
        code = one[0] == 0 ? 111 : 0;
        sprintf(names + strlen(names), "%s ; ", one);
        if (code != 0) {
            append(&host.errors, "variable ");
            append(&host.errors, word);
            append(&host.errors, " not found\n");
        }
    }
    free(vars);
    if (code != 0)
        return code;
    mock_set_macro("_names", names);
    mock_drop_variable("__touse");
    select_observations(local("condition"));
    list_variables(names);
    weigh();
    mock_add_variable("__touse", false);
    list_variables("__touse");
    for (int i = 0; i < host.n; i++)
        mock_find("__touse")->numbers[i] = host.selected[i];
    code = call("fit", "", NULL, 0);
    mock_drop_variable("__w");
    return code;
}

static const char *const MATRICES[] = {"b", "V", "N_g", "g_min", "g_avg", "g_max", "df"};

static int take_results(void)
{
    int k = atoi(local("k")), levels = atoi(local("levels")), sizes[7][2] = {{1, k}, {k, k}, {1, levels}, {1, levels}, {1, levels}, {1, levels}, {1, atoi(local("k_df"))}};
    for (int i = 0; i < 7; i++)
        mock_make_matrix(MATRICES[i], sizes[i][0], sizes[i][1]);
    return call("results", local("fit"), MATRICES, 7);
}

static void json_matrix(const mock_matrix *m)
{
    putchar('[');
    for (int i = 0; i < m->rows * m->columns; i++) {
        printf(i > 0 ? "," : "");
        json_number(m->values[i]);
    }
    putchar(']');
}

static void json_list(const char *text, bool values)
{
    char *own = copied(text);
    int n = 0;
    putchar(values ? '{' : '[');
    for (char *word = strtok(own, " "); word != NULL; word = strtok(NULL, " ")) {
        printf(n++ > 0 ? "," : "");
        json_text(word);
        char name[64];
        snprintf(name, sizeof name, "e_%s", word);
        if (values) {
            putchar(':');
            json_text(local(name));
        }
    }
    putchar(values ? '}' : ']');
    free(own);
}

static void tell_results(void)
{
    printf(",\"fit\":");
    json_text(local("fit"));
    for (int i = 0; i < 7; i++) {
        printf(",\"%s\":", MATRICES[i]);
        json_matrix(mock_find_matrix(MATRICES[i]));
    }
    printf(",\"N\":%s,\"stripes\":", local("N"));
    json_list(local("stripes"), false);
    printf(",\"locals\":");
    json_list(local("locals"), true);
    printf(",\"scalars\":{");
    char *own = copied(local("scalars"));
    int n = 0;
    for (char *word = strtok(own, " "); word != NULL; word = strtok(NULL, " ")) {
        printf("%s\"%s\":", n++ > 0 ? "," : "", word);
        word = strtok(NULL, " ");
        printf("%s", strcmp(word, ".") == 0 ? "null" : word);
    }
    free(own);
    printf("}");
}

static void tell_macros(void)
{
    printf(",\"locals\":{");
    for (int i = 0; i < host.n_macros; i++) {
        printf(i > 0 ? "," : "");
        json_text(host.macros[i].name);
        putchar(':');
        json_text(host.macros[i].text);
    }
    putchar('}');
}

static void tell_variable(const char *name)
{
    mock_variable *v = mock_find(name);
    printf(",\"%s\":[", name);
    for (int i = 0; v != NULL && i < host.n; i++) {
        printf(i > 0 ? "," : "");
        if (v->numbers != NULL)
            json_number(v->numbers[i]);
        else
            json_text(v->texts[i]);
    }
    putchar(']');
}

/* As interlace_p.ado does, except what Stata's own _predict computes: `xb` is asked of the library, too. */
static int predict(char *line)
{
    char *options = strchr(line, ',');
    if (options != NULL)
        *options++ = 0;
    char *condition = strstr(line, " if ");
    mock_set_macro("_options", options == NULL ? "" : options);
    host.n_list = 0;
    int code = call("plan", local("fit"), NULL, 0);
    if (code != 0)
        return code;
    select_observations(condition == NULL ? "" : condition + 1);
    if (condition != NULL)
        *condition = 0;
    list_variables(local("vars"));
    int n = 0;
    char *own = copied(line);
    for (char *word = strtok(own, " "); word != NULL; word = strtok(NULL, " ")) {
        mock_drop_variable(word);
        host.list[host.n_list++] = mock_add_variable(word, false);
        n++;
    }
    free(own);
    if (n != atoi(local("n"))) {
        append(&host.errors, "another number of new variables is wanted\n");
        return 198;
    }
    return call("predict", local("fit"), NULL, 0);
}

/* As interlace_p.ado does with what Stata's _predict gave. */
static int mean(const char *variable)
{
    select_observations("");
    host.n_list = 0;
    list_variables(variable);
    return call("mean", local("fit"), NULL, 0);
}

static int raw(char *line)
{
    char *argv[32];
    int argc = 0;
    for (char *word = strtok(line, " "); word != NULL; word = strtok(NULL, " "))
        argv[argc++] = strcmp(word, "FIT") == 0 ? (char *)local("fit") : word;
    return loaded.call(argc, argv);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Numbers from 1 for the texts of a variable in their order, as Stata's encode. */
static void encode(const char *from, const char *to)
{
    int at = mock_add_variable(to, false), n = 0;
    char **texts = mock_find(from)->texts, **sorted = claim((size_t)host.n * sizeof *sorted);
    for (int i = 0; i < host.n; i++)
        if (texts[i][0] != 0)
            sorted[n++] = texts[i];
    qsort(sorted, (size_t)n, sizeof *sorted, compare_texts);
    for (int i = 0; i < host.n; i++) {
        int rank = 0;
        for (int k = 0; k < n && strcmp(sorted[k], texts[i]) < 0; k++)
            rank += k == 0 || strcmp(sorted[k], sorted[k - 1]) != 0;
        if (texts[i][0] != 0)
            host.variables[at].numbers[i] = rank + 1;
    }
    free(sorted);
}

static int run(char *word, char *rest)
{
    char name[64], text[4096];
    int a, b;
    double value;
    if (strcmp(word, "load") == 0)
        load(rest);
    else if (strcmp(word, "unload") == 0)
        unload();
    else if (strcmp(word, "use") == 0)
        mock_use(rest);
    else if (strcmp(word, "interlace") == 0)
        return estimate(rest);
    else if (strcmp(word, "results") == 0)
        return take_results();
    else if (strcmp(word, "predict") == 0)
        return predict(rest);
    else if (strcmp(word, "raw") == 0)
        return raw(rest);
    else if (strcmp(word, "mean") == 0)
        return mean(rest);
    else if (strcmp(word, "break") == 0)
        host.break_at = host.polls + atoi(rest), host.stop = 0;
    else if (strcmp(word, "go") == 0)
        host.break_at = host.stop = 0;
    else if (strcmp(word, "strl") == 0)
        mock_find(rest)->is_strl = true;
    else if (strcmp(word, "binary") == 0)
        mock_find(rest)->is_binary = true;
    else if (sscanf(rest, "%63s %d %d", name, &a, &b) == 3 && strcmp(word, "matrix") == 0)
        mock_make_matrix(name, a, b);
    else if (strcmp(word, "set") == 0 && sscanf(rest, "%63s %d %lf", name, &a, &value) == 3)
        mock_find(name)->numbers[a - 1] = value;
    else if (strcmp(word, "text") == 0 && sscanf(rest, "%63s %d %4095[^\n]", name, &a, text) == 3) {
        free(mock_find(name)->texts[a - 1]);
        mock_find(name)->texts[a - 1] = copied(text);
    } else if (strcmp(word, "macro") == 0 && sscanf(rest, "%63s %4095[^\n]", name, text) == 2)
        mock_set_macro(name, text);
    else if (sscanf(rest, "%63s %4095s", name, text) == 2 && strcmp(word, "encode") == 0)
        encode(name, text);
    else if (strcmp(word, "equal") == 0 && sscanf(rest, "%63s %4095s %lf", name, text, &value) == 3) {
        a = mock_add_variable(name, false);
        for (b = 0; b < host.n; b++)
            host.variables[a].numbers[b] = mock_find(text)->numbers[b] == value;
    } else if (strcmp(word, "values") == 0)
        for (a = 0; a < 1000000; a++)
            host.table.value(1, 1 + a % host.n, &value);
    else if (strcmp(word, "tell") != 0 && strcmp(word, "locals") != 0)
        return 199;
    return 0;
}

int main(void)
{
    static char line[1 << 20];
    mock_begin();
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = 0;
        size_t n = strcspn(line, " ");
        char *rest = line + n + (line[n] == ' ');
        line[n] = 0;
        free(host.shown);
        free(host.errors);
        host.shown = host.errors = NULL;
        int code = run(line, rest);
        printf("{\"rc\":%d,\"error\":", code);
        json_text(host.errors);
        printf(",\"shown\":");
        json_text(host.shown);
        if (strcmp(line, "results") == 0 && code == 0)
            tell_results();
        if (strcmp(line, "locals") == 0)
            tell_macros();
        for (char *word = strcmp(line, "tell") == 0 ? strtok(rest, " ") : NULL; word != NULL; word = strtok(NULL, " "))
            tell_variable(word);
        printf("}\n");
        fflush(stdout);
    }
    mock_end();
    return 0;
}
