/* A host that loads the library at run time, fits on another thread, unloads the library while that thread lives, and loads it again. Data
 * of the thread's own are freed by the library as the thread ends, when its other variables are gone. */
#define _XOPEN_SOURCE 600 /* pthread_barrier_t */
#include <dlfcn.h>
#include <pthread.h>

#include "check.h"

enum { ROUNDS = 5, ROWS = 24 };

static const char *path;
static pthread_barrier_t used, unloaded;
static pthread_key_t of_thread;
static double criterion;

/* The library as a host that has no header of link time knows it. */
struct library {
    void *handle;
    interlace_status (*frame_new)(size_t, interlace_frame **, interlace_error *);
    interlace_status (*frame_add_f64)(interlace_frame *, const char *, const double *, size_t, interlace_error *);
    void (*frame_free)(interlace_frame *);
    interlace_status (*spec_new)(interlace_model, const char *, interlace_spec **, interlace_error *);
    void (*spec_free)(interlace_spec *);
    interlace_status (*fit_new)(const interlace_spec *, const interlace_frame *, const interlace_options *, interlace_fit **, interlace_error *);
    double (*fit_criterion)(const interlace_fit *);
    void (*fit_free)(interlace_fit *);
};

static void find(struct library *own, const char *name, void *function) {
    *(void **) function = dlsym(own->handle, name);
    CHECK(*(void **) function != NULL);
}

static struct library load(void) {
    struct library own;
    own.handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    CHECK(own.handle != NULL);
    find(&own, "interlace_frame_new", &own.frame_new);
    find(&own, "interlace_frame_add_f64", &own.frame_add_f64);
    find(&own, "interlace_frame_free", &own.frame_free);
    find(&own, "interlace_spec_new", &own.spec_new);
    find(&own, "interlace_spec_free", &own.spec_free);
    find(&own, "interlace_fit_new", &own.fit_new);
    find(&own, "interlace_fit_criterion", &own.fit_criterion);
    find(&own, "interlace_fit_free", &own.fit_free);
    return own;
}

static interlace_fit *fit_with(const struct library *own) {
    interlace_error err;
    interlace_frame *frame;
    interlace_spec *spec;
    interlace_fit *fit;
    double y[ROWS], x[ROWS], g[ROWS];
    for (int i = 0; i < ROWS; i++) x[i] = i % 5, g[i] = i % 4, y[i] = 1 + 0.5 * x[i] + g[i] + 0.1 * (i * i % 7);
    CHECK(own->frame_new(1, NULL, &err) == INTERLACE_E_ARGUMENT);
    OK(own->frame_new(ROWS, &frame, &err));
    OK(own->frame_add_f64(frame, "y", y, ROWS, &err));
    OK(own->frame_add_f64(frame, "x", x, ROWS, &err));
    OK(own->frame_add_f64(frame, "g", g, ROWS, &err));
    OK(own->spec_new(INTERLACE_MODEL_LMM, "y ~ x + (1 | g)", &spec, &err));
    OK(own->fit_new(spec, frame, NULL, &fit, &err));
    own->spec_free(spec);
    own->frame_free(frame);
    return fit;
}

/* The destructor of a thread's variable: it calls a library that was unloaded, loaded again or not. */
static void ends(void *kept) {
    struct library own = load();
    interlace_fit *another = fit_with(&own);
    CHECK(own.fit_criterion(kept) == criterion && own.fit_criterion(another) == criterion);
    own.fit_free(another);
    own.fit_free(kept);
    CHECK(dlclose(own.handle) == 0);
}

static void *work(void *unused) {
    (void) unused;
    struct library own = load();
    interlace_fit *fit = fit_with(&own);
    criterion = own.fit_criterion(fit);
    CHECK(pthread_setspecific(of_thread, fit) == 0);
    CHECK(dlclose(own.handle) == 0);
    pthread_barrier_wait(&used);
    pthread_barrier_wait(&unloaded);
    return NULL; /* destructors of the thread's variables run here */
}

int main(int argc, char **argv) {
    CHECK(argc == 2);
    path = argv[1];
    CHECK(pthread_key_create(&of_thread, ends) == 0);
    for (int i = 0; i < ROUNDS; i++) {
        pthread_t thread;
        CHECK(pthread_barrier_init(&used, NULL, 2) == 0 && pthread_barrier_init(&unloaded, NULL, 2) == 0);
        CHECK(pthread_create(&thread, NULL, work, NULL) == 0);
        pthread_barrier_wait(&used);
        struct library own = load();
        interlace_fit *fit = fit_with(&own);
        CHECK(own.fit_criterion(fit) == criterion);
        own.fit_free(fit);
        CHECK(dlclose(own.handle) == 0);
        pthread_barrier_wait(&unloaded);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    return 0;
}
