/* A host that loads the library at run time, uses it on another thread, unloads it while that thread lives, and loads it again. */
#define _XOPEN_SOURCE 600 /* pthread_barrier_t */
#include <dlfcn.h>
#include <pthread.h>

#include "check.h"

static const char *path;
static pthread_barrier_t used, unloaded;

static void *work(void *unused) {
    (void) unused;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    CHECK(library != NULL);
    interlace_status (*frame_new)(size_t, interlace_frame **, interlace_error *);
    *(void **) &frame_new = dlsym(library, "interlace_frame_new");
    interlace_error err;
    CHECK(frame_new(1, NULL, &err) == INTERLACE_E_ARGUMENT);
    CHECK(dlclose(library) == 0);
    pthread_barrier_wait(&used);
    pthread_barrier_wait(&unloaded);
    return NULL; /* destructors of the thread's variables run here */
}

int main(int argc, char **argv) {
    CHECK(argc == 2);
    path = argv[1];
    for (int i = 0; i < 3; i++) {
        pthread_t thread;
        CHECK(pthread_barrier_init(&used, NULL, 2) == 0 && pthread_barrier_init(&unloaded, NULL, 2) == 0);
        CHECK(pthread_create(&thread, NULL, work, NULL) == 0);
        pthread_barrier_wait(&used);
        pthread_barrier_wait(&unloaded);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    return 0;
}
