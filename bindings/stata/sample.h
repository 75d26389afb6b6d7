/* The observations of a model: what is selected and complete, from Stata's data to a frame of the library. */
#ifndef INTERLACE_STATA_SAMPLE_H
#define INTERLACE_STATA_SAMPLE_H

#include "call.h"

typedef struct variable {
    const char *name;
    /* One of the two; a text is NULL where it is missing. */
    double *numbers;
    const char **texts;
    char *storage;
} variable;

typedef struct sample {
    variable *variables;
    size_t n_variables;
    /* Stata's numbers of the observations [n]. */
    int *observations;
    size_t n;
    /* The observation, from 0 to n - 1, of each row of the frame [n_rows]: repeated by frequency weights. */
    size_t *rows;
    size_t n_rows;
} sample;

/* Reads the first variables of the list, whose names are given, in the selected observations. With `complete` those in which one is missing
 * are left out, which may be all. */
sample *read_sample(call *c, const list *names, bool complete);
/* A further numeric variable of the list, in the observations of the sample. */
double *read_numbers(call *c, const sample *own, int variable);
/* Repeats observations by frequency weights; those of weight 0 are left out. */
void repeat_rows(call *c, sample *own, const double *weights);
const variable *variable_named(const sample *own, const char *name);
interlace_frame *frame_of(call *c, const sample *own);
/* Gives the memory of the data back. */
void release_sample(call *c, sample *own);

#endif
