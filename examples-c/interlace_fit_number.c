/* Numbers as text. */
#include "interlace_fit_number.h"

#include <stdio.h>
#include <stdlib.h>

int number_to_text(double value, char text[NUMBER_TEXT_SIZE])
{
    /* 15 digits are always kept by a double, 17 always tell two doubles apart. The decimal separator is a point,
     * because this program never calls setlocale. */
    int length = 0;
    for (int digits = 15; digits <= 17; digits++) {
        length = snprintf(text, NUMBER_TEXT_SIZE, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return length;
}
