/* Names of nested groups. */
#ifndef INTERLACE_FIT_NESTING_H
#define INTERLACE_FIT_NESTING_H

/* The library names the groups of (1 | a/b/c) a, a:b and a:b:c; lme4's intervals have them inside out: a, b:a and c:(b:a). The name
 * of a parameter "sd_x|a:b" as there, if the formula has "a/b", which the caller frees. NULL for any other, and if memory is short. */
char *nested_inside_out(const char *formula, const char *name);

#endif
