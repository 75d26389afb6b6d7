/* A small writer of JSON. */
#include "interlace_fit_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interlace_fit_number.h"

static void append(struct json *json, const char *bytes, size_t count)
{
    if (json->failed)
        return;
    if (count > json->capacity - json->length) {
        size_t capacity = 2 * json->capacity + count + 1024; /* doubling keeps the total work linear */
        char *text = realloc(json->text, capacity);
        if (text == NULL) {
            json->failed = true;
            return;
        }
        json->text = text;
        json->capacity = capacity;
    }
    memcpy(json->text + json->length, bytes, count);
    json->length += count;
}

static void append_text(struct json *json, const char *text)
{
    append(json, text, strlen(text));
}

/* What stands before a value: the comma after the value before it. */
static void begin_value(struct json *json)
{
    if (json->comma)
        append(json, ",", 1);
    json->comma = true;
}

static void append_escaped(struct json *json, const char *text)
{
    append(json, "\"", 1);
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') {
            append(json, "\\", 1);
            append(json, text, 1);
        } else if (byte < 0x20) {
            char escape[8];
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned)byte);
            append_text(json, escape);
        } else {
            append(json, text, 1);
        }
    }
    append(json, "\"", 1);
}

void json_open(struct json *json, char bracket)
{
    begin_value(json);
    append(json, &bracket, 1);
    json->comma = false;
    json->depth++;
}

void json_close(struct json *json, char bracket)
{
    json->depth--;
    if (json->depth == 0)
        append(json, "\n", 1);
    append(json, &bracket, 1);
    json->comma = true;
    if (json->depth == 0)
        append(json, "\n", 1);
}

void json_key(struct json *json, const char *key)
{
    begin_value(json);
    if (json->depth == 1)
        append_text(json, "\n ");
    append_escaped(json, key);
    append_text(json, ": ");
    json->comma = false;
}

void json_bool(struct json *json, bool value)
{
    begin_value(json);
    append_text(json, value ? "true" : "false");
}

void json_string(struct json *json, const char *value)
{
    begin_value(json);
    if (value == NULL)
        append_text(json, "null");
    else
        append_escaped(json, value);
}

void json_count(struct json *json, size_t value)
{
    char text[NUMBER_TEXT_SIZE];
    begin_value(json);
    snprintf(text, sizeof text, "%zu", value);
    append_text(json, text);
}

void json_number(struct json *json, double value)
{
    begin_value(json);
    if (isnan(value)) {
        append_text(json, "null");
    } else if (isinf(value)) {
        append_text(json, value > 0 ? "\"Inf\"" : "\"-Inf\"");
    } else {
        char text[NUMBER_TEXT_SIZE];
        int length = number_to_text(value, text);
        append(json, text, (size_t)length);
    }
}

void json_numbers(struct json *json, const double *values, size_t count)
{
    json_open(json, '[');
    for (size_t i = 0; i < count; i++)
        json_number(json, values[i]);
    json_close(json, ']');
}

void json_matrix(struct json *json, const double *values, size_t rows, size_t columns)
{
    json_open(json, '[');
    for (size_t i = 0; i < rows; i++) {
        json_open(json, '[');
        for (size_t j = 0; j < columns; j++)
            json_number(json, values[i + j * rows]);
        json_close(json, ']');
    }
    json_close(json, ']');
}

void json_free(struct json *json)
{
    free(json->text);
}
