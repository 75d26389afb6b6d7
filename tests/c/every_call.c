/* Every function of the header with arguments that are bad in every way that C allows, one beside good ones, on fits of every kind.
 * What there is to call is in every_call.h, which tests/library/hostile.rs makes of include/interlace.json.
 *
 * Arrays end where a page begins that nobody may touch: what reads or writes one element too many, in the library too, ends the program,
 * which then says what it was calling. Numbers of calls are printed at the end. */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kinds.h"

enum kind {
    ERROR, CODE, OBJECT, OWN, OBJECT_OUT, OBJECTS, STRUCTURE, ARROW, CALLBACK, LEADING, EXTENT, EXTENT_OUT, SIZE, REAL, TRUTH, LETTER,
    INTEGER, TEXT, TEXTS, POINTER_OUT, TEXT_OUT, BYTES_OUT, DATA, ARRAY_OUT, ARRAY, STRUCT_SIZE, STATUS, NOTHING
};
enum { PARAMETERS = 16, CODES = 32, REGION = 1 << 23, DISTINCT = 977, LONG = 1 << 20, LONG_FORMULA = 1 << 17, PATTERN = 0x5a };

typedef void (*function)(void);
struct codes { const char *name; int64_t none; size_t n; int64_t values[CODES]; };
struct class { const char *name; void (*free)(void *); };
struct member { const char *name; enum kind kind; int of; size_t offset, size; function stub; };
struct structure { const char *name; size_t size, n; const struct member *members; };
struct parameter { const char *name; enum kind kind; int of; size_t size; int real, nullable; size_t n_dims; size_t dims[3]; };
struct function { const char *name; function call; enum kind returns; int of; size_t n; struct parameter parameters[PARAMETERS]; };
struct value { void *p; double d; size_t z; int64_t i; };

static struct value in[PARAMETERS], returned_to_nobody;
static struct { double d; int64_t i; size_t z; const char *text; } returned;
static interlace_error err, *err_out = &err;

/* What the callbacks of the host fill in and return. */
static double stub_value = 1;
static int64_t stub_returns;
static void fill(double *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = stub_value;
}

#include "every_call.h"

/* Under the sanitizer a request for more memory than there is fails, as it does without. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "allocator_may_return_null=1:allow_user_segv_handler=1:print_legend=0"; }

/* ---- where the program is ---- */

static const struct function *now;
static size_t choice[PARAMETERS];
static bool lying; /* the buffers are shorter than is said */
static size_t calls, failures, n_succeeded;

static void where(const char *why) {
    fprintf(stderr, "%s: %s(", why, now == NULL ? "?" : now->name);
    for (size_t i = 0; now != NULL && i < now->n; i++) fprintf(stderr, "%s%s: choice %zu", i > 0 ? ", " : "", now->parameters[i].name, choice[i]);
    fprintf(stderr, ")%s\n", lying ? " with short arrays" : "");
}

static void dies(int number) {
    where(number == SIGXCPU ? "no end" : "crash");
    signal(number, SIG_DFL);
    raise(number);
}

#define HOLDS(condition, why)                                            \
    do {                                                                 \
        if (!(condition)) {                                              \
            where(why);                                                  \
            fprintf(stderr, "    status %d: %s\n", (int) returned.i, err.code == returned.i ? err.message : "-"); \
            exit(1);                                                     \
        }                                                                \
    } while (0)

/* ---- the objects ---- */

enum { POOL = 64 };
static struct { void *objects[POOL]; size_t n; } pools[POOL]; /* by class */
static uint8_t *saved;
static size_t saved_len;

static size_t class_of(const char *name) {
    for (size_t i = 0; i < COUNT(classes); i++)
        if (strcmp(classes[i].name, name) == 0) return i;
    where(name);
    exit(1);
}

static void keep(const char *class, void *object) {
    const size_t of = class_of(class);
    CHECK(pools[of].n < POOL);
    pools[of].objects[pools[of].n++] = object;
}

static interlace_family *own_family(void) {
    interlace_family *family;
    interlace_family_callbacks callbacks;
    memset(&callbacks, 0, sizeof callbacks);
    callbacks.struct_size = sizeof callbacks;
    callbacks.name = "own";
    callbacks.linkfun = callbacks.linkinv = callbacks.mu_eta = callbacks.variance = stub_interlace_family_map_fn;
    callbacks.dev_resids = stub_interlace_family_deviance_fn;
    OK(interlace_family_new(&callbacks, &family, &err));
    return family;
}

/* A plan that has learnt, and an accumulator of it with the rows of its sample. */
static interlace_plan *own_plan(void) {
    interlace_plan *plan;
    interlace_spec *spec = kinds_spec(0);
    interlace_frame *frame = kinds_frame();
    OK(interlace_plan_new(spec, NULL, &plan, &err));
    OK(interlace_plan_learn(plan, frame, NULL, &err));
    interlace_spec_free(spec);
    interlace_frame_free(frame);
    return plan;
}

static interlace_accumulator *own_accumulator(uint64_t partition) {
    interlace_plan *plan = own_plan();
    interlace_frame *frame = kinds_frame();
    interlace_accumulator *accumulator;
    OK(interlace_accumulator_new(plan, partition, &accumulator, &err));
    OK(interlace_accumulator_add(accumulator, frame, NULL, &err));
    interlace_plan_free(plan);
    interlace_frame_free(frame);
    return accumulator;
}

/* A fresh object of a class for functions that change it; NULL beyond the last. A new class of objects needs a line here. */
static void *fresh(size_t class, size_t k) {
    const char *name = classes[class].name + strlen("interlace_");
    interlace_frame *frame;
    interlace_options *options;
    interlace_csv_options *csv;
    interlace_csv_stream *stream;
    interlace_bootstrap *bootstrap;
    interlace_questions *questions;
    interlace_plot_options *plot_options;
    if (strcmp(name, "spec") == 0) return k < KINDS ? kinds_spec(k) : NULL;
    if (strcmp(name, "fit") == 0) return k == 0 ? kinds_reloaded(pools[class].objects[0], false) : NULL;
    if (strcmp(name, "frame") == 0) {
        if (k == 0) return kinds_frame();
        if (k > 2) return NULL;
        OK(interlace_frame_new(k == 1 ? 0 : SIZE_MAX, &frame, &err));
        return frame;
    }
    if (k > 0) return NULL;
    if (strcmp(name, "options") == 0) return interlace_options_new(&options, &err) == INTERLACE_OK ? options : NULL;
    if (strcmp(name, "csv_options") == 0) return interlace_csv_options_new(&csv, &err) == INTERLACE_OK ? csv : NULL;
    if (strcmp(name, "csv_stream") == 0) return interlace_csv_stream_open("/dev/null", NULL, &stream, &err) == INTERLACE_OK ? stream : NULL;
    if (strcmp(name, "questions") == 0) return interlace_questions_new(&questions, &err) == INTERLACE_OK ? questions : NULL;
    if (strcmp(name, "plot_options") == 0) return interlace_plot_options_new(&plot_options, &err) == INTERLACE_OK ? plot_options : NULL;
    if (strcmp(name, "family") == 0) return own_family();
    if (strcmp(name, "plan") == 0) return own_plan();
    if (strcmp(name, "accumulator") == 0) return own_accumulator(0);
    if (strcmp(name, "bootstrap") == 0) {
        OK(interlace_bootstrap_new(&bootstrap, &err));
        OK(interlace_bootstrap_set_replicates(bootstrap, 0, 2, &err));
        return bootstrap;
    }
    where(name);
    exit(1);
}

static size_t n_fresh(size_t class) {
    static size_t known[POOL];
    size_t n = 0;
    if (known[class] > 0) return known[class];
    for (void *object; (object = fresh(class, n)) != NULL; n++) classes[class].free(object);
    return known[class] = n;
}

static void make_pools(void) {
    interlace_frame *data = kinds_frame(), *none, *table;
    interlace_bootstrap *bootstrap;
    interlace_options *options;
    for (size_t kind = 0; kind < KINDS; kind++) keep("interlace_fit", kinds_fit(kind, data));
    const size_t fits = class_of("interlace_fit");
    for (size_t kind = 0; kind < KINDS; kind++) keep("interlace_fit", kinds_reloaded(pools[fits].objects[kind], true));
    for (size_t kind = 0; kind < KINDS; kind += 3) keep("interlace_fit", kinds_reloaded(pools[fits].objects[kind], false));
    OK(interlace_fit_to_bytes(pools[fits].objects[0], NULL, true, &saved, &saved_len, &err));

    const size_t classes_made[] = {class_of("interlace_spec"), class_of("interlace_csv_options"), class_of("interlace_bootstrap"),
                                   class_of("interlace_questions"), class_of("interlace_plot_options"), class_of("interlace_family"),
                                   class_of("interlace_plan"), class_of("interlace_csv_stream")};
    for (size_t i = 0; i < COUNT(classes_made); i++)
        for (size_t k = 0; k < n_fresh(classes_made[i]); k++) keep(classes[classes_made[i]].name, fresh(classes_made[i], k));

    OK(interlace_options_new(&options, &err)); /* whatever is fitted ends soon */
    OK(interlace_options_set_max_evaluations(options, 4, &err));
    keep("interlace_options", options);

    keep("interlace_accumulator", own_accumulator(1));
    keep("interlace_frame", data);
    OK(interlace_bootstrap_new(&bootstrap, &err));
    OK(interlace_bootstrap_set_replicates(bootstrap, 0, 10, &err));
    OK(interlace_bootstrap_run(bootstrap, pools[fits].objects[1], options, &table, &err));
    interlace_bootstrap_free(bootstrap);
    keep("interlace_frame", table);
    OK(interlace_frame_new(0, &none, &err));
    keep("interlace_frame", none);
    OK(interlace_frame_new(SIZE_MAX, &none, &err));
    keep("interlace_frame", none);
}

static void free_pools(void) {
    for (size_t of = 0; of < COUNT(classes); of++)
        while (pools[of].n > 0) classes[of].free(pools[of].objects[--pools[of].n]);
    interlace_bytes_free(saved);
}

/* ---- the arrays ---- */

static char *regions[PARAMETERS + 1];

static void make_regions(void) {
    const size_t page = (size_t) sysconf(_SC_PAGESIZE);
    for (size_t i = 0; i < COUNT(regions); i++) {
        char *start = mmap(NULL, REGION + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(start != MAP_FAILED && mprotect(start + REGION, page, PROT_NONE) == 0);
        regions[i] = start + REGION;
    }
}

static void *array(size_t i, size_t bytes) { return regions[i] - bytes; }

/* ---- the values of a parameter: the first is the likeliest to be good ---- */

static char long_name[LONG + 1], long_nest[LONG_FORMULA + 1], long_sum[LONG_FORMULA + 1];
static const char *const texts[] = {
    "y ~ x + (1 | g)", "x", "g", "1", "~ x", "(1 | g)", "f", "coefficients", "poisson", "log", "~ z", "method", "ml", "none.csv",
    "count ~ x + (1 | g)", "Surv(time, event) ~ x + (1 | g)", "rating ~ x + (1 | g)", "argument", "real", "glmm", "df", "~ f", "contr.sum",
    "cs(1 | g)", "threads", "confint", "wald", "new", "predict", "probit", "(Intercept)", "h", "anova", "none", "III", "y", "~ 1",
    "newdata", "level", "shape", "in.csv", "0.9", "", " ", "\n", "'", "\\", "`a b`", "%s%n", "NA", "1e999", "-", "/", "/dev/null", "\xc3\xa9", "a\x01", "(((((", "y ~"};
static const char *const long_texts[] = {long_name, long_nest, long_sum}, *const bad_texts[] = {"\xff\xfe", "x\xc3"};
enum { SHORT_TEXTS = COUNT(texts) + COUNT(code_names), GOOD_TEXTS = SHORT_TEXTS + COUNT(long_texts), ALL_TEXTS = GOOD_TEXTS + COUNT(bad_texts) };

static const char *text_at(size_t c) {
    return c < COUNT(texts) ? texts[c] : c < SHORT_TEXTS ? code_names[c - COUNT(texts)] : c < GOOD_TEXTS ? long_texts[c - SHORT_TEXTS] : c < ALL_TEXTS ? bad_texts[c - GOOD_TEXTS] : NULL;
}

static const double reals[] = {0.95, 0.5, 1, 0, 3, -1, 1e-300, 1e308, 4.9e-324, NAN, INFINITY, -INFINITY};
static const int64_t integers[] = {1, 0, 2, -1, 7, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};
static const int64_t letters[] = {'.', ',', ';', '"', '\t', 0, '\n', '\r', 'a', '1', -1, 127};
static const size_t sizes[] = {0, 1, 2, 3, 4, GROUPS, 10, ROWS, DISTINCT, SIZE_MAX, SIZE_MAX / 2 + 1, SIZE_MAX / 8 + 1, INT64_MAX};
static const size_t extents[] = {ROWS, 1, 2, 3, 4, 5, GROUPS, 0, DISTINCT, SIZE_MAX, SIZE_MAX / 2 + 1};
enum { ABSURD = 2, CONTENTS = 6, OFF = 6 }; /* extents that no array has; what arrays hold; lengths of outputs, of which the first is right */

static size_t n_choices(const struct parameter *p) {
    switch (p->kind) {
    case CODE: return codes[p->of].n + 4;
    case OBJECT: return pools[p->of].n + 1;
    case OWN: return n_fresh((size_t) p->of) + 1;
    case STRUCTURE: return 1 + structures[p->of].n * 12;
    case LEADING: return COUNT(extents);
    case EXTENT: return COUNT(extents) + 1;
    case EXTENT_OUT: return OFF;
    case SIZE: return COUNT(sizes);
    case REAL: return COUNT(reals);
    case LETTER: return COUNT(letters);
    case INTEGER: return COUNT(integers);
    case TEXT: return ALL_TEXTS + 1;
    case TEXTS: return 9;
    case OBJECTS: return 3;
    case ARRAY: return CONTENTS + 1;
    case ERROR: case TRUTH: case CALLBACK: case DATA: case OBJECT_OUT: case POINTER_OUT: case TEXT_OUT: case BYTES_OUT: case ARRAY_OUT: return 2;
    case ARROW: return p->of == 0 ? 3 : 2;
    default: return 1;
    }
}

/* Whether a choice is bad whatever the others are: then the call must fail, and names the argument if `named`. */
static bool is_bad(const struct parameter *p, size_t c, bool *named) {
    const bool last = c + 1 == n_choices(p);
    *named = false;
    switch (p->kind) {
    case CODE: *named = true; return c >= codes[p->of].n;
    case TEXT: *named = last; return (last && !p->nullable) || (!last && c >= GOOD_TEXTS && strcmp(p->name, "path") != 0);
    case OBJECT: case OWN: case OBJECT_OUT: case POINTER_OUT: case TEXT_OUT: case BYTES_OUT: case ARRAY_OUT: case ARROW:
        *named = last && !p->nullable;
        return *named;
    case TEXTS: *named = last; return (last && !p->nullable) || c == 7; /* NULL among them may be a missing value */
    case OBJECTS: *named = last; return c > 0;
    case ARRAY: *named = last; return last && !p->nullable;
    case EXTENT: return c >= COUNT(extents) - ABSURD && c < COUNT(extents);
    case EXTENT_OUT: return c > 0;
    default: return false;
    }
}

static size_t product(const struct function *f, const struct parameter *p) {
    size_t rows = p->n_dims == 0 ? 1 : in[p->dims[0]].z, leading = rows, columns = 1;
    for (size_t k = 1; k < p->n_dims; k++) columns *= in[p->dims[k]].z;
    for (size_t i = 0; i < f->n; i++) {
        const struct parameter *other = &f->parameters[i];
        if (p->n_dims > 1 && p->kind == ARRAY && other->kind == LEADING && other == &f->parameters[p->dims[p->n_dims - 1] + 1]) leading = in[i].z;
    }
    if (strncmp(f->name, "interlace_fit_refit", strlen("interlace_fit_refit")) == 0) columns *= 2; /* a response of two columns */
    if (rows == 0 || columns == 0) return 0;
    const size_t limit = REGION / 16;
    if (leading > limit || columns > limit || rows > limit || (columns - 1) * leading + rows > limit) return 1; /* nothing is that long */
    return (columns - 1) * leading + rows;
}

/* Puts values into an array, as if it were what the first choices want. */
static void put(const struct parameter *p, char *to, size_t n, size_t c) {
    static const double doubles[CONTENTS] = {0, NAN, INFINITY, 1e308, 0, -1};
    static const int64_t whole[CONTENTS] = {0, -1, INT64_MAX, INT64_MIN, 0, INT32_MAX};
    for (size_t i = 0; i < n; i++) {
        const int64_t w = c == 0 ? (int64_t) (i % GROUPS) : whole[c];
        if (p->size == 1) to[i] = c == 0 && saved_len == n ? (char) saved[i] : c == 0 ? "y,x,g\n1,2,a\n"[i % 12] : (char) w;
        else if (p->size == 4) ((int32_t *) (void *) to)[i] = (int32_t) w;
        else if (p->real) ((double *) (void *) to)[i] = c == 0 ? 0.05 * (double) (1 + (i * 7 + i / 5) % 19) : doubles[c];
        else ((int64_t *) (void *) to)[i] = w;
    }
}

static void *texts_of(size_t i, size_t n, size_t c) {
    static const char *const levels[] = {"a", "b", "c", "d", "e", "f", "g", "h"}, *const names[] = {"f", "x", "g", "h"};
    static char numbered[DISTINCT + 1][8];
    const char **own = array(i, n * sizeof *own);
    for (size_t k = 0; k < n; k++) {
        sprintf(numbered[k % DISTINCT], "l%zu", k % DISTINCT);
        own[k] = c == 0 ? (k < COUNT(levels) ? levels[k] : numbered[k % DISTINCT]) : c == 1 ? numbered[k % DISTINCT] : c == 2 ? "a"
                 : c == 3 ? names[k % COUNT(names)] : c == 4 ? long_name : c == 5 ? "" : k + 1 < n ? numbered[k % DISTINCT] : c == 6 ? NULL : "\xff";
    }
    return own;
}

/* A structure with one member that is set to one of its values, or NULL, which are its defaults. */
/* Refits by the thousand, the default of a request, are what is asked for, and take as long. Whether the request has simulations. */
static bool few_simulations(const struct structure *own, char *at) {
    const size_t few = 2;
    for (size_t k = 0; k < own->n; k++)
        if (strcmp(own->members[k].name, "simulations") == 0) return memcpy(at + own->members[k].offset, &few, sizeof few) != NULL;
    return false;
}

static void *structure(size_t i, const struct structure *own, size_t c) {
    char *at = array(i, own->size);
    memset(at, 0, own->size);
    const bool simulates = few_simulations(own, at);
    if (c == 0 && own->members[1].kind != CALLBACK && strstr(own->name, "callbacks") == NULL && !simulates) return NULL;
    memcpy(at, &own->size, sizeof own->size);
    for (size_t k = 0; k < own->n; k++) { /* what callers must give */
        const struct member *m = &own->members[k];
        if (m->kind == CALLBACK) memcpy(at + m->offset, &m->stub, sizeof m->stub);
        if (m->kind == TEXT && strcmp(m->name, "name") == 0) memcpy(at + m->offset, &texts[1], sizeof texts[1]);
        const char *coefficient = "x";
        if (m->kind == TEXT && strcmp(m->name, "test") == 0) memcpy(at + m->offset, &coefficient, sizeof coefficient);
    }
    if (c == 0) return at;
    const struct member *m = &own->members[(c - 1) / 12];
    const size_t v = (c - 1) % 12;
    const size_t struct_sizes[] = {0, 1, own->size - 1, SIZE_MAX, (size_t) INT64_MAX, 8};
    const function no_function = NULL;
    const int32_t code = v < 6 ? (int32_t) v : v == 6 ? -1 : v == 7 ? INT32_MAX : v == 8 ? INT32_MIN : (int32_t) v * 11;
    const char *text = v < 6 ? texts[v * 5] : v == 6 ? long_name : v == 7 ? long_nest : v == 8 ? "\xff" : NULL;
    void *pointer = NULL;
    switch (m->kind) {
    case STRUCT_SIZE: memcpy(at + m->offset, &struct_sizes[v % COUNT(struct_sizes)], m->size); break;
    case CODE: memcpy(at + m->offset, &code, m->size); break;
    case REAL: memcpy(at + m->offset, &reals[v % COUNT(reals)], m->size); break;
    case SIZE: memcpy(at + m->offset, &sizes[v % COUNT(sizes)], m->size); break;
    case CALLBACK: memcpy(at + m->offset, &no_function, m->size); break;
    case TEXT: memcpy(at + m->offset, &text, m->size); break;
    case OBJECT: pointer = v < pools[m->of].n ? pools[m->of].objects[v] : NULL; memcpy(at + m->offset, &pointer, m->size); break;
    case TEXTS: case ARRAY: { /* with every count of the structure set to the same */
        const size_t n = sizes[v % 9];
        pointer = m->kind == TEXTS ? texts_of(PARAMETERS, n * n, 1) : memset(array(PARAMETERS, n * n * 8), 0, n * n * 8);
        for (size_t k = 1; k < own->n; k++)
            if (own->members[k].kind == SIZE) memcpy(at + own->members[k].offset, &n, sizeof n);
        memcpy(at + m->offset, &pointer, m->size);
        break;
    }
    default: break;
    }
    few_simulations(own, at);
    return at;
}

static size_t right[PARAMETERS]; /* lengths of outputs as they must be */

static size_t off(size_t length, size_t c) {
    return c == 0 ? length : c == 1 ? length + 1 : c == 2 ? length - 1 : c == 3 ? SIZE_MAX : c == 4 ? length + DISTINCT : SIZE_MAX / 8 + 1;
}

static void choose_scalar(const struct function *f, size_t i) {
    const struct parameter *p = &f->parameters[i];
    const size_t c = choice[i];
    in[i] = returned_to_nobody;
    switch (p->kind) {
    case ERROR: err_out = c == 0 ? &err : NULL; break;
    case CODE: in[i].i = c < codes[p->of].n ? codes[p->of].values[c] : c == codes[p->of].n ? 1001 : c == codes[p->of].n + 1 ? -2 : c == codes[p->of].n + 2 ? INT32_MAX : INT32_MIN; break;
    case OBJECT: in[i].p = c < pools[p->of].n ? pools[p->of].objects[c] : NULL; break;
    case OWN: in[i].p = fresh((size_t) p->of, c); break;
    case STRUCTURE: in[i].p = structure(i, &structures[p->of], c); break;
    case LEADING: in[i].z = extents[c]; break;
    case EXTENT: in[i].z = c < COUNT(extents) ? extents[c] : saved_len; break;
    case EXTENT_OUT: in[i].z = off(right[i], c); break;
    case SIZE: in[i].z = sizes[c]; break;
    case REAL: in[i].d = reals[c]; break;
    case TRUTH: in[i].i = (int64_t) c; break;
    case LETTER: in[i].i = letters[c]; break;
    case INTEGER: in[i].i = integers[c]; break;
    case TEXT: in[i].p = (void *) (size_t) text_at(c); break;
    case CALLBACK: case DATA: in[i].p = c == 0 ? &stub_value : NULL; break;
    default: break;
    }
}

static size_t out_bytes[PARAMETERS];

/* A frame as Arrow data, for functions that take it; what they do not take is released. */
static struct ArrowSchema schema;
static struct ArrowArray batch;
static struct ArrowArrayStream stream;

static void make_arrow(void) {
    const void *frame = pools[class_of("interlace_frame")].objects[0];
    OK(interlace_frame_to_arrow(frame, &schema, &batch, &err));
    OK(interlace_frame_to_arrow_stream(frame, &stream, &err));
}

static void release_arrow(void) {
    if (schema.release != NULL) schema.release(&schema);
    if (batch.release != NULL) batch.release(&batch);
    if (stream.release != NULL) stream.release(&stream);
}

/* Moved to where the function finds it, or nothing. */
static void take_arrow(const struct parameter *p, void *to, size_t c) {
    void *from = p->size == sizeof schema ? (void *) &schema : p->size == sizeof batch ? (void *) &batch : (void *) &stream;
    memset(to, 0, p->size);
    if (c > 0) return;
    memcpy(to, from, p->size);
    memset(from, 0, p->size);
}

static void release_taken(const struct parameter *p, void *at) {
    if (p->size == sizeof stream && ((struct ArrowArrayStream *) at)->release != NULL) ((struct ArrowArrayStream *) at)->release(at);
    if (p->size == sizeof batch && ((struct ArrowArray *) at)->release != NULL) ((struct ArrowArray *) at)->release(at);
    if (p->size == sizeof schema && ((struct ArrowSchema *) at)->release != NULL) ((struct ArrowSchema *) at)->release(at);
}

static void choose_array(const struct function *f, size_t i) {
    const struct parameter *p = &f->parameters[i];
    const bool last = choice[i] + 1 == n_choices(p);
    size_t n = product(f, p);
    if (lying && p->kind != ARRAY_OUT && n > 0) n = 1;
    out_bytes[i] = 0;
    switch (p->kind) {
    case ARRAY:
        if (last) break;
        in[i].p = array(i, n * p->size);
        put(p, in[i].p, n, choice[i]);
        break;
    case TEXTS: in[i].p = last ? NULL : texts_of(i, n, choice[i]); break;
    case OBJECTS:
        in[i].p = last ? NULL : array(i, n * sizeof(void *));
        for (size_t k = 0; !last && k < n; k++)
            ((void **) in[i].p)[k] = choice[i] == 1 && k + 1 == n ? NULL : pools[p->of].objects[k % pools[p->of].n];
        break;
    case ARROW: case ARRAY_OUT: case OBJECT_OUT: case POINTER_OUT: case TEXT_OUT: case BYTES_OUT:
        if (last) break;
        out_bytes[i] = (p->kind == ARRAY_OUT ? n : 1) * p->size;
        in[i].p = array(i, out_bytes[i]);
        memset(in[i].p, PATTERN, out_bytes[i]);
        if (p->kind == ARROW && p->of == 0) take_arrow(p, in[i].p, choice[i]);
        break;
    default: break;
    }
}

/* ---- one call ---- */

static bool untouched(const void *at, size_t bytes) {
    for (size_t k = 0; k < bytes; k++)
        if (((const unsigned char *) at)[k] != PATTERN) return false;
    return true;
}

/* What a call that worked gave, or was given. */
static void release(const struct function *f, bool worked) {
    for (size_t i = 0; i < f->n; i++) {
        const struct parameter *p = &f->parameters[i];
        if (p->kind == OWN && f->returns != NOTHING) classes[p->of].free(in[i].p);
        if (in[i].p != NULL && p->kind == ARROW && (worked || p->of == 0)) release_taken(p, in[i].p);
        if (!worked || in[i].p == NULL) continue;
        void *given;
        memcpy(&given, in[i].p, p->kind == OBJECT_OUT || p->kind == TEXT_OUT || p->kind == BYTES_OUT ? sizeof given : 0);
        if (p->kind == OBJECT_OUT) classes[p->of].free(given);
        if (p->kind == TEXT_OUT) interlace_text_free(given);
        if (p->kind == BYTES_OUT) interlace_bytes_free(given);
    }
    release_arrow();
}

static void check_failure(const struct function *f) {
    failures++;
    HOLDS(returned.i != INTERLACE_E_INTERNAL, "an internal error");
    HOLDS(interlace_status_name((interlace_status) returned.i) != NULL, "an unknown status");
    if (err_out != NULL) {
        HOLDS(err.code == returned.i && err.reserved == 0, "the record is not that of the status");
        HOLDS(memchr(err.message, 0, sizeof err.message) != NULL && err.message[0] != '\0', "no message");
        HOLDS(strpbrk(err.message, "\n\r\t\x01") == NULL, "the message is not one line");
    }
    for (size_t i = 0; i < f->n; i++)
        HOLDS(out_bytes[i] == 0 || f->parameters[i].kind == ARROW || untouched(in[i].p, out_bytes[i]), "a failure wrote an output");
}

/* Whether it worked; what cannot fail always does. */
static bool call_once(const struct function *f) {
    for (size_t i = 0; i < f->n; i++) choose_scalar(f, i);
    for (size_t i = 0; i < f->n; i++)
        if (f->parameters[i].kind == ARROW && f->parameters[i].of == 0) { release_arrow(); make_arrow(); }
    for (size_t i = 0; i < f->n; i++) choose_array(f, i);
    memset(&err, PATTERN, sizeof err);
    memset(&returned, 0, sizeof returned);
    calls++;
    f->call();
    if (f->returns != STATUS) return true;
    if (returned.i == INTERLACE_OK) {
        HOLDS(untouched(&err, sizeof err), "a success wrote the error");
        for (size_t i = 0; i < f->n; i++) {
            const enum kind kind = f->parameters[i].kind;
            if (in[i].p != NULL && (kind == OBJECT_OUT || kind == POINTER_OUT || kind == TEXT_OUT || kind == BYTES_OUT))
                HOLDS(!untouched(in[i].p, out_bytes[i]), "a success did not write an output");
        }
        return true;
    }
    check_failure(f);
    return false;
}

/* If the message says how long an output must be, that is learnt. */
static bool learnt_length(const struct function *f) {
    if (returned.i != INTERLACE_E_ARGUMENT || err_out == NULL) return false;
    if (strstr(err.message, " elements, it must have room for exactly ") == NULL) return false;
    const size_t wanted = strtoull(strrchr(err.message, ' '), NULL, 10);
    for (size_t i = 0; i < f->n; i++) {
        const struct parameter *p = &f->parameters[i];
        if (p->kind != ARRAY_OUT || strncmp(err.message, p->name, strlen(p->name)) != 0 || p->n_dims == 0) continue;
        const size_t extent = p->dims[0];
        if (choice[extent] != 0 || right[extent] == wanted) return false;
        right[extent] = wanted;
        return true;
    }
    return false;
}

static bool call_now(const struct function *f) {
    now = f;
    bool worked = call_once(f);
    for (int round = 0; round < 4 && !worked && learnt_length(f); round++) {
        release(f, false);
        worked = call_once(f);
    }
    release(f, worked && f->returns == STATUS);
    return worked;
}

/* ---- all calls ---- */

static unsigned long long state = 1;
static size_t below(size_t n) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (size_t) (state >> 33) % n;
}

static bool any_bad(const struct function *f) {
    bool named;
    for (size_t i = 0; i < f->n; i++)
        if (is_bad(&f->parameters[i], choice[i], &named)) return true;
    return false;
}

/* Looks for arguments with which the call works, all but that of `fixed`: from those at hand, one changed, or several. */
static bool found_good(const struct function *f, size_t fixed, size_t tries) {
    size_t base[PARAMETERS];
    if (call_now(f)) return true;
    if (returned.i == INTERLACE_E_UNSUPPORTED) return false;
    memcpy(base, choice, sizeof base);
    for (size_t i = 0; i < f->n; i++) {
        for (size_t c = 0; i != fixed && c < n_choices(&f->parameters[i]); c++) {
            if (f->parameters[i].kind == TEXT && c >= SHORT_TEXTS) continue;
            choice[i] = c;
            if (!any_bad(f) && call_now(f)) return true;
        }
        choice[i] = base[i];
    }
    for (size_t i = 0; i < f->n && tries > 0; i++) { /* a name and its value */
        for (size_t j = i + 1; j < f->n; j++) {
            if (f->parameters[i].kind != TEXT || f->parameters[j].kind != TEXT) continue;
            for (size_t c = 0; c < SHORT_TEXTS * SHORT_TEXTS; c++) {
                choice[i] = c / SHORT_TEXTS, choice[j] = c % SHORT_TEXTS;
                if (call_now(f)) return true;
            }
            choice[i] = base[i], choice[j] = base[j];
        }
    }
    for (size_t t = 0; t < tries; t++) {
        for (size_t i = 0; i < f->n; i++) choice[i] = i == fixed ? base[i] : below(4) == 0 ? base[i] : below(f->parameters[i].kind == TEXT ? SHORT_TEXTS : n_choices(&f->parameters[i]));
        if (!any_bad(f) && call_now(f)) return true;
    }
    memcpy(choice, base, sizeof base);
    return false;
}

/* A function that cannot fail says nothing of what is not there. */
static void check_nothing(const struct function *f) {
    switch (f->returns) {
    case SIZE: HOLDS(returned.z == 0, "not 0"); break;
    case REAL: HOLDS(isnan(returned.d), "not NaN"); break;
    case TRUTH: HOLDS(returned.i == 0, "not false"); break;
    case TEXT: HOLDS(returned.text == NULL, "not NULL"); break;
    case CODE: HOLDS(returned.i == codes[f->of].none, "not the code that means none"); break;
    default: break;
    }
}

/* A call that was refused for a length has not read the array: it is refused in the same way if there is no such array. */
static void lie(const struct function *f) {
    char number[24];
    sprintf(number, "%d", DISTINCT);
    if (returned.i != INTERLACE_E_ARGUMENT || err_out == NULL || strstr(err.message, number) == NULL) return;
    lying = true;
    HOLDS(!call_now(f), "a length that is not there was believed");
    lying = false;
}

/* Every value of every parameter, beside values of the others that are good or not; as many of the calls may work as `most`. */
static void vary(const struct function *f, bool good, size_t most) {
    size_t worked = 0;
    bool several = false;
    for (size_t i = 0; i < f->n; i++) several |= f->parameters[i].kind == OBJECTS;
    for (size_t i = 0; i < f->n; i++) {
        const struct parameter *p = &f->parameters[i];
        const size_t base = choice[i];
        for (size_t c = 0; c < n_choices(p); c++) {
            bool named, bad = is_bad(p, c, &named);
            if (!bad && worked > most) continue;
            if (p->kind == EXTENT && several && c < COUNT(extents) - ABSURD && extents[c] > GROUPS) continue; /* as many fits */
            if (!named && c > 0 && most < 2 && p->kind == OBJECT && strcmp(p->name, "options") == 0) continue; /* without them it takes long */
            choice[i] = c;
            const bool works = call_now(f);
            if ((p->kind == ARRAY || p->kind == TEXTS || p->kind == OBJECTS || p->kind == ARRAY_OUT) && product(f, p) == 0) bad = false;
            worked += works && !bad;
            if (bad && f->returns == STATUS) {
                HOLDS(!works, "a bad argument was taken for a good one");
                HOLDS(!good || !named || err_out == NULL || strstr(err.message, p->name) != NULL, "the message does not name the argument");
            } else if (bad) {
                check_nothing(f);
            }
            if (!works && p->kind == EXTENT && c < COUNT(extents) && extents[c] == DISTINCT) lie(f);
        }
        choice[i] = base;
    }
}

static void call_all(const struct function *f) {
    size_t object = f->n;
    bool any = false;
    for (size_t i = f->n; i-- > 0;)
        if (f->parameters[i].kind == OBJECT || f->parameters[i].kind == OWN) object = i;
    for (size_t i = 0; i < f->n; i++)
        if (f->parameters[i].kind == OBJECT && strcmp(classes[f->parameters[i].of].name, "interlace_fit") == 0) object = i;
    memset(choice, 0, sizeof choice);
    OK(interlace_frame_write_csv(pools[class_of("interlace_frame")].objects[0], "in.csv", &err));
    if (f->returns == NOTHING) { /* a free: of an object, and of NULL */
        for (size_t c = 0; f->parameters[0].kind == OWN && c < n_choices(&f->parameters[0]); c++) choice[0] = c, call_now(f);
        choice[0] = 1;
        if (f->parameters[0].kind != OWN) call_now(f);
        n_succeeded++;
        return;
    }
    bool slow = false;
    for (size_t i = 0; i < f->n; i++) slow |= strcmp(f->parameters[i].name, "options") == 0 && f->parameters[i].kind == OBJECT;
    const size_t n = object < f->n ? n_choices(&f->parameters[object]) - 1 : 1;
    for (size_t k = 0; k < n; k++) {
        if (object < f->n) choice[object] = k;
        const bool good = found_good(f, object, any || k > 3 ? 0 : 400);
        any |= good;
        vary(f, good, slow ? (k == 0 ? 4 : 1) : 60);
    }
    n_succeeded += any;
    if (!any) printf("%s never worked: %s\n", f->name, err.code == returned.i ? err.message : "-");
}

int main(void) {
    const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU};
    for (size_t i = 0; i < COUNT(signals); i++) signal(signals[i], dies);
    const struct rlimit seconds = {900, 960};
    CHECK(setrlimit(RLIMIT_CPU, &seconds) == 0); /* of computing: if it does not end */
    memset(long_name, 'x', LONG);
    memset(long_nest, '(', LONG_FORMULA);
    for (size_t i = 0; i < LONG_FORMULA; i++) long_sum[i] = "y~x+"[i < 2 ? i : 2 + i % 2];
    make_regions();
    make_pools();
    for (size_t i = 0; i < COUNT(functions); i++) call_all(&functions[i]);
    printf("%zu calls, %zu refused, of %zu functions of which %zu succeeded, on %zu fits\n", calls, failures, COUNT(functions), n_succeeded,
           pools[class_of("interlace_fit")].n);
    free_pools();
    return 0;
}
