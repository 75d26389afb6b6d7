/* A small writer of JSON. The document grows in memory, so that a failure half-way leaves nothing on standard output.
 *
 *     struct json json = {0};
 *     json_open(&json, '{');
 *     json_key(&json, "estimate");
 *     json_numbers(&json, estimate, p);
 *     json_close(&json, '}');
 *     if (!json.failed) fwrite(json.text, 1, json.length, stdout);
 *     json_free(&json);
 *
 * The writer places commas. It doesn't check that the calls nest. */
#ifndef INTERLACE_FIT_JSON_H
#define INTERLACE_FIT_JSON_H

#include <stdbool.h>
#include <stddef.h>

struct json {
    char *text;
    size_t length;
    size_t capacity;
    int depth;
    bool comma;  /* whether a comma belongs before the next value or key */
    bool failed; /* memory was short; all later calls do nothing */
};

void json_open(struct json *json, char bracket);
void json_close(struct json *json, char bracket);
void json_key(struct json *json, const char *key);

void json_bool(struct json *json, bool value);
/* A NULL string is written as null. */
void json_string(struct json *json, const char *value);
void json_count(struct json *json, size_t value);
/* The shortest number that reads back to the same double; NaN becomes null, infinities "Inf" and "-Inf". */
void json_number(struct json *json, double value);
void json_numbers(struct json *json, const double *values, size_t count);
/* A column-major matrix, as the library returns it, becomes an array of rows. */
void json_matrix(struct json *json, const double *values, size_t rows, size_t columns);

void json_free(struct json *json);

#endif
