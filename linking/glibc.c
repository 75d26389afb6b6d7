/* Linked into the shared library on Linux with glibc, so that it runs where glibc is older than where it was built: as old as Cargo.toml
 * says, at `glibc`. Linkers bind a function to its newest version. The functions here, which nothing outside the library sees, take the
 * calls instead, and call the oldest version. What newer versions of the same functions compute is the same. */
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#if defined __x86_64__
#define FIRST "GLIBC_2.2.5"
#define NAMES_OF_THREADS "GLIBC_2.12"
#define LAYOUT_OF_STAT 1
#elif defined __aarch64__
#define FIRST "GLIBC_2.17"
#define NAMES_OF_THREADS "GLIBC_2.17"
#define LAYOUT_OF_STAT 0
#else
#error "the first versions of glibc's functions are known for x86-64 and aarch64 only"
#endif

#define HIDDEN __attribute__((visibility("hidden")))

/* The functions of glibc are declared here, not by its headers: their types are the same in all versions. */
#define OLDER(type, name, parameters, arguments, version)                                                                                 \
    __asm__(".symver older_" #name ", " #name "@" version);                                                                               \
    extern type older_##name parameters;                                                                                                  \
    HIDDEN type name parameters;                                                                                                          \
    type name parameters { return older_##name arguments; }

/* New in 2.29, which no longer call matherr(). */
OLDER(double, exp, (double x), (x), FIRST)
OLDER(double, exp2, (double x), (x), FIRST)
OLDER(double, log, (double x), (x), FIRST)
OLDER(double, log2, (double x), (x), FIRST)
OLDER(double, pow, (double x, double y), (x, y), FIRST)

/* New in 2.27 for the same reason; PNG needs it. */
OLDER(float, powf, (float x, float y), (x, y), FIRST)

/* New in 2.32 and 2.34, in another library: before, they were in libpthread and libdl, which build.rs names to the linker. */
typedef unsigned long thread;
OLDER(void *, dlsym, (void *library, const char *name), (library, name), FIRST)
OLDER(int, pthread_attr_getguardsize, (const void *attributes, size_t *size), (attributes, size), FIRST)
OLDER(int, pthread_attr_getstack, (const void *attributes, void **stack, size_t *size), (attributes, stack, size), FIRST)
OLDER(int, pthread_attr_setstacksize, (void *attributes, size_t size), (attributes, size), FIRST)
OLDER(int, pthread_create, (thread *made, const void *attributes, void *(*run)(void *), void *data), (made, attributes, run, data), FIRST)
OLDER(int, pthread_detach, (thread own), (own), FIRST)
OLDER(int, pthread_getattr_np, (thread own, void *attributes), (own, attributes), FIRST)
OLDER(int, pthread_join, (thread own, void **result), (own, result), FIRST)
OLDER(int, pthread_key_create, (unsigned *key, void (*end)(void *)), (key, end), FIRST)
OLDER(int, pthread_key_delete, (unsigned key), (key), FIRST)
OLDER(int, pthread_setspecific, (unsigned key, const void *value), (key, value), FIRST)
OLDER(int, pthread_setname_np, (thread own, const char *name), (own, name), NAMES_OF_THREADS)

/* Functions since 2.33. Before, headers made of them calls that name the layout of the structure. */
OLDER(int, __xstat64, (int layout, const char *path, void *out), (layout, path, out), FIRST)
OLDER(int, __fxstat64, (int layout, int file, void *out), (layout, file, out), FIRST)
HIDDEN int stat64(const char *path, void *out);
int stat64(const char *path, void *out) { return older___xstat64(LAYOUT_OF_STAT, path, out); }
HIDDEN int fstat64(int file, void *out);
int fstat64(int file, void *out) { return older___fxstat64(LAYOUT_OF_STAT, file, out); }

/* What Rust's standard library takes from glibc where it is there. Without it, it makes the same system call. */
extern long syscall(long number, ...);
HIDDEN int gettid(void);
int gettid(void) { return (int) syscall(SYS_gettid); }
HIDDEN intptr_t getrandom(void *out, size_t size, unsigned flags);
intptr_t getrandom(void *out, size_t size, unsigned flags) { return syscall(SYS_getrandom, out, size, flags); }
HIDDEN int statx(int directory, const char *path, int flags, unsigned mask, void *out);
int statx(int directory, const char *path, int flags, unsigned mask, void *out) { return (int) syscall(SYS_statx, directory, path, flags, mask, out); }

/* Runs at the end of a thread what its variables need; in 2.17 nothing does, and they are not freed. */
HIDDEN int __cxa_thread_atexit_impl(void (*end)(void *), void *variable, void *library);
int __cxa_thread_atexit_impl(void (*end)(void *), void *variable, void *library) {
    int (*own)(void (*)(void *), void *, void *);
    void *found = older_dlsym(NULL, "__cxa_thread_atexit_impl");
    if (found == NULL) return 0;
    __builtin_memcpy(&own, &found, sizeof own);
    return own(end, variable, library);
}

/* For the directory in which a program starts. The library starts none there. */
HIDDEN int posix_spawn_file_actions_addchdir_np(void *actions, const char *path);
int posix_spawn_file_actions_addchdir_np(void *actions, const char *path) {
    (void) actions, (void) path;
    return 38; /* ENOSYS */
}
