/* Wald tests and intervals by the normal distribution. */
#ifndef INTERLACE_FIT_WALD_H
#define INTERLACE_FIT_WALD_H

/* The probability of a standard normal variate beyond |z| on either side. */
double normal_p_value(double z);

/* The z > 0 such that a standard normal variate is between -z and z with probability `level`, 0 < level < 1. */
double normal_two_sided_quantile(double level);

#endif
