/* The same as glibc.c for interlace-fit, which so runs where the library does: what calls main() is new in glibc 2.34. Older systems ran
 * constructors by two of its arguments, which are NULL now; the program has none. On other platforms this file is empty. */
#include <stdlib.h>

typedef int nothing_else;

#if defined __linux__ && defined __GLIBC__ && defined __LP64__ && (defined __x86_64__ || defined __aarch64__)

#ifdef __x86_64__
__asm__(".symver older_start, __libc_start_main@GLIBC_2.2.5");
#else
__asm__(".symver older_start, __libc_start_main@GLIBC_2.17");
#endif

typedef int program(int, char **, char **);
typedef void function(void);
extern int older_start(program *, int, char **, function *, function *, function *, void *);
__attribute__((visibility("hidden"))) int __libc_start_main(program *, int, char **, function *, function *, function *, void *);

int __libc_start_main(program *main, int count, char **arguments, function *first, function *last, function *loader, void *stack)
{
    return older_start(main, count, arguments, first, last, loader, stack);
}
#endif
