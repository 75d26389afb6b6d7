#include "mock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

mock host;

void *claim(size_t n)
{
    void *memory = calloc(n > 0 ? n : 1, 1);
    if (memory == NULL)
        abort();
    return memory;
}

char *copied(const char *text)
{
    return strcpy(claim(strlen(text) + 1), text);
}

void append(char **to, const char *text)
{
    size_t n = *to == NULL ? 0 : strlen(*to);
    *to = realloc(*to, n + strlen(text) + 1);
    if (*to == NULL)
        abort();
    strcpy(*to + n, text);
}

mock_variable *mock_find(const char *name)
{
    for (int i = 0; i < host.n_variables; i++)
        if (strcmp(host.variables[i].name, name) == 0)
            return &host.variables[i];
    return NULL;
}

int mock_add_variable(const char *name, bool is_text)
{
    mock_variable *v = &host.variables[host.n_variables];
    *v = (mock_variable){copied(name), NULL, NULL, false, false};
    if (is_text)
        v->texts = claim((size_t)host.n * sizeof *v->texts);
    else
        v->numbers = claim((size_t)host.n * sizeof *v->numbers);
    for (int i = 0; i < host.n; i++)
        if (is_text)
            v->texts[i] = copied("");
        else
            v->numbers[i] = 0x1p1023;
    return host.n_variables++;
}

static void free_variable(mock_variable *v)
{
    for (int i = 0; v->texts != NULL && i < host.n; i++)
        free(v->texts[i]);
    free(v->texts);
    free(v->numbers);
    free(v->name);
}

void mock_drop_variable(const char *name)
{
    mock_variable *v = mock_find(name);
    if (v == NULL)
        return;
    free_variable(v);
    *v = host.variables[--host.n_variables];
}

const char *mock_macro_text(const char *name)
{
    for (int i = 0; i < host.n_macros; i++)
        if (strcmp(host.macros[i].name, name) == 0)
            return host.macros[i].text;
    return NULL;
}

void mock_set_macro(const char *name, const char *text)
{
    for (int i = 0; i < host.n_macros; i++)
        if (strcmp(host.macros[i].name, name) == 0) {
            free(host.macros[i].text);
            host.macros[i].text = copied(text);
            return;
        }
    host.macros[host.n_macros++] = (mock_macro){copied(name), copied(text)};
}

mock_matrix *mock_find_matrix(const char *name)
{
    for (int i = 0; i < host.n_matrices; i++)
        if (strcmp(host.matrices[i].name, name) == 0)
            return &host.matrices[i];
    return NULL;
}

void mock_make_matrix(const char *name, int rows, int columns)
{
    mock_matrix *m = mock_find_matrix(name);
    if (m == NULL) {
        m = &host.matrices[host.n_matrices++];
        m->name = copied(name);
    }
    free(m->values);
    m->rows = rows;
    m->columns = columns;
    m->values = claim((size_t)rows * (size_t)columns * sizeof(double));
}

/* The functions of the table. */

static int display(char *text)
{
    append(&host.shown, text);
    return 0;
}

static int error(char *text)
{
    append(&host.errors, text);
    return 0;
}

static int poll(void)
{
    host.polls++;
    if (host.break_at > 0 && host.polls >= host.break_at)
        host.stop = 1;
    return host.stop;
}

static int macro_save(char *name, char *text)
{
    if (strlen(name) > 32)
        return 198;
    mock_set_macro(name, text);
    return 0;
}

static int macro_use(char *name, char *text, int room)
{
    const char *found = mock_macro_text(name);
    text[0] = 0;
    strncat(text, found == NULL ? "" : found, (size_t)room - 1);
    return 0;
}

static mock_variable *listed(int variable)
{
    return variable < 1 || variable > host.n_list ? NULL : &host.variables[host.list[variable - 1]];
}

static int value(int variable, int observation, double *out)
{
    mock_variable *v = listed(variable);
    host.calls++;
    if (v == NULL || v->numbers == NULL || observation < 1 || observation > host.n)
        return v != NULL && v->texts != NULL ? 109 : 498;
    *out = v->numbers[observation - 1];
    return 0;
}

static int store(int variable, int observation, double number)
{
    mock_variable *v = listed(variable);
    if (v == NULL || v->numbers == NULL || observation < 1 || observation > host.n || isnan(number) || isinf(number))
        return 498;
    v->numbers[observation - 1] = number;
    return 0;
}

static int string(int variable, int observation, char *text)
{
    mock_variable *v = listed(variable);
    if (v == NULL || v->texts == NULL || v->is_strl || observation < 1 || observation > host.n)
        return 109;
    strncpy(text, v->texts[observation - 1], STATA_STR_MAX);
    text[STATA_STR_MAX] = 0;
    return 0;
}

static int strl(int variable, int observation, char *text, int room)
{
    mock_variable *v = listed(variable);
    if (v == NULL || !v->is_strl || observation < 1 || observation > host.n)
        return -1;
    int n = (int)strlen(v->texts[observation - 1]);
    n = n < room ? n : room;
    memcpy(text, v->texts[observation - 1], (size_t)n);
    return n;
}

static int string_length(int variable, int observation)
{
    return (int)strlen(listed(variable)->texts[observation - 1]);
}

static unsigned char is_string(int variable)
{
    return listed(variable) != NULL && listed(variable)->texts != NULL;
}

static unsigned char is_strl(int variable)
{
    return listed(variable) != NULL && listed(variable)->is_strl;
}

static unsigned char is_binary(int variable, int observation)
{
    (void)observation;
    return listed(variable) != NULL && listed(variable)->is_binary;
}

static unsigned char is_missing(double number)
{
    return !(number < 0x1p1023);
}

static unsigned char is_selected(int observation)
{
    return host.selected == NULL || host.selected[observation - 1];
}

static int first(void)
{
    return host.first;
}

static int last(void)
{
    return host.last;
}

static int n_listed(void)
{
    return host.n_list;
}

static int rows(char *name)
{
    mock_matrix *m = mock_find_matrix(name);
    return m == NULL ? 0 : m->rows;
}

static int columns(char *name)
{
    mock_matrix *m = mock_find_matrix(name);
    return m == NULL ? 0 : m->columns;
}

static int matrix_store(char *name, int row, int column, double number)
{
    mock_matrix *m = mock_find_matrix(name);
    if (m == NULL)
        return 111;
    if (row < 1 || column < 1 || row > m->rows || column > m->columns)
        return 503;
    m->values[(row - 1) + (column - 1) * m->rows] = number;
    return 0;
}

void mock_begin(void)
{
    memset(&host, 0, sizeof host);
    host.table = (stata_table){.display = display, .error = error, .poll = poll, .poll_now = poll, .macro_save = macro_save, .macro_use = macro_use,
                               .missing = 0x1p1023, .is_missing = is_missing, .is_string = is_string, .stop = &host.stop, .store = store,
                               .is_selected = is_selected, .first = first, .last = last, .n_variables = n_listed, .matrix_store = matrix_store,
                               .value = value, .columns = columns, .rows = rows, .string = string, .major = 3, .is_strl = is_strl,
                               .is_binary = is_binary, .string_length = string_length, .strl = strl};
}

void mock_end(void)
{
    for (int i = 0; i < host.n_variables; i++)
        free_variable(&host.variables[i]);
    for (int i = 0; i < host.n_macros; i++) {
        free(host.macros[i].name);
        free(host.macros[i].text);
    }
    for (int i = 0; i < host.n_matrices; i++) {
        free(host.matrices[i].name);
        free(host.matrices[i].values);
    }
    free(host.selected);
    free(host.shown);
    free(host.errors);
}

/* A number of Stata's; false if the cell is none. */
static bool number_of(const char *cell, double *out)
{
    char *end;
    if (cell[0] == 0 || strcmp(cell, "NA") == 0 || strcmp(cell, ".") == 0) {
        *out = 0x1p1023;
        return true;
    }
    if (cell[0] == '.' && cell[1] >= 'a' && cell[1] <= 'z' && cell[2] == 0) {
        *out = 0x1p1023 * (1 + (cell[1] - 'a' + 1) / 4096.0);
        return true;
    }
    *out = strtod(cell, &end);
    return *end == 0;
}

/* The next cell of a line, which ends with NUL, without quotes. */
static char *cell_of(char **at)
{
    bool is_quoted = **at == '"';
    char *start = *at + is_quoted, *end = start + strcspn(start, is_quoted ? "\"" : ",\n\r");
    *at = end + is_quoted;
    *at += strcspn(*at, ",\n\r");
    *at += **at == ',';
    *end = 0;
    return start;
}

void mock_use(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[8192];
    if (file == NULL || fgets(line, sizeof line, file) == NULL) {
        fprintf(stderr, "mock: cannot read %s\n", path);
        exit(2);
    }
    char *names[200], *at = line, ***cells = claim(200 * sizeof *cells);
    int k = 0, n = 0, room = 0;
    for (line[strcspn(line, "\r\n")] = 0; *at != 0;)
        names[k++] = copied(cell_of(&at));
    while (fgets(line, sizeof line, file) != NULL) {
        if (n == room) {
            room = 2 * room + 64;
            for (int j = 0; j < k; j++)
                cells[j] = realloc(cells[j], (size_t)room * sizeof **cells);
        }
        at = line;
        line[strcspn(line, "\r\n")] = 0;
        for (int j = 0; j < k; j++)
            cells[j][n] = copied(cell_of(&at));
        n++;
    }
    fclose(file);
    for (int i = 0; i < host.n_variables; i++)
        free_variable(&host.variables[i]);
    host.n_variables = 0;
    host.n = n;
    for (int j = 0; j < k; j++) {
        double number;
        bool is_text = false;
        for (int i = 0; i < n && !is_text; i++)
            is_text = !number_of(cells[j][i], &number);
        mock_variable *v = &host.variables[mock_add_variable(names[j][0] == 0 ? "X" : names[j], is_text)];
        for (int i = 0; i < n; i++) {
            if (is_text) {
                free(v->texts[i]);
                v->texts[i] = strcmp(cells[j][i], "NA") == 0 ? copied("") : copied(cells[j][i]);
            } else {
                number_of(cells[j][i], &v->numbers[i]);
            }
            free(cells[j][i]);
        }
        free(cells[j]);
        free(names[j]);
    }
    free(cells);
}
