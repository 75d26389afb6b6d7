/* Numbers as text. */
#ifndef INTERLACE_FIT_NUMBER_H
#define INTERLACE_FIT_NUMBER_H

enum { NUMBER_TEXT_SIZE = 32 };

/* Writes a finite number with as few digits as read back to the same double, and returns the length of the text. */
int number_to_text(double value, char text[NUMBER_TEXT_SIZE]);

#endif
