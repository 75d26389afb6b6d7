/* What the test programs share: a check that ends the program, and a data set. */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace.h"

#define CHECK(condition)                                                                   \
    do {                                                                                   \
        if (!(condition)) {                                                                \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);        \
            exit(1);                                                                       \
        }                                                                                  \
    } while (0)

/* The call, whose last argument must be `&err`, succeeds. */
#define OK(call)                                                                           \
    do {                                                                                   \
        if ((call) != INTERLACE_OK) {                                                      \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, err.message);    \
            exit(1);                                                                       \
        }                                                                                  \
    } while (0)

/* The call fails with that status, and says so with a text that has `part` in it. */
#define FAILS(status, part, call)                                                          \
    do {                                                                                   \
        memset(&err, 0x5a, sizeof err);                                                    \
        CHECK((call) == (status));                                                         \
        CHECK(err.code == (status) && err.reserved == 0);                                  \
        if (strstr(err.message, part) == NULL) {                                           \
            fprintf(stderr, "%s:%d: '%s' is not in: %s\n", __FILE__, __LINE__, part, err.message); \
            exit(1);                                                                       \
        }                                                                                  \
    } while (0)

#define CLOSE(a, b, tolerance) CHECK(fabs((a) - (b)) <= (tolerance))

#define SAME(a, b) CHECK(strcmp(a, b) == 0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A path in the directory that the test may write to. */
#define SCRATCH(path, name) snprintf(path, sizeof(path), "%s/%s", getenv("INTERLACE_TEST_DIRECTORY"), name)

#endif
