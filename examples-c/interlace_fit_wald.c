/* Wald tests and intervals by the normal distribution. */
#include "interlace_fit_wald.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

double normal_p_value(double z)
{
    return erfc(fabs(z) / sqrt(2.0));
}

double normal_two_sided_quantile(double level)
{
    /* Newton's method for normal_p_value(z) = 1 - level. The left side is decreasing and convex for z > 0, so the steps
     * from 0 never pass the root. */
    double z = 0.0;
    for (int step = 0; step < 200; step++) {
        double slope = sqrt(2.0 / PI) * exp(-0.5 * z * z);
        double next = z + (normal_p_value(z) - (1.0 - level)) / slope;
        if (next <= z)
            break;
        z = next;
    }
    return z;
}
