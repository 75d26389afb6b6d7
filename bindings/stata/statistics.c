/* What Stata's e() has beside the estimates: sizes of groups, degrees of freedom, the test of all fixed effects. */
#include <math.h>
#include <stdlib.h>

#include "fitted.h"
#include "table.h"

/* A column of a table as numbers. */
static void column_of(call *c, const interlace_frame *table, const char *name, double *out, size_t n)
{
    interlace_error err;
    size_t at;
    check(c, interlace_frame_column_index(table, name, &at, &err), &err);
    check(c, interlace_frame_column_f64(table, at, out, n, &err), &err);
}

/* The number of groups, and the least, mean and greatest number of rows in one. */
static void size_groups(call *c, const interlace_fit *fit, size_t term, double figures[4])
{
    interlace_error err;
    size_t n = interlace_fit_n_obs(fit), levels = interlace_fit_term_n_levels(fit, term);
    int64_t *index = take(c, n, sizeof *index);
    size_t *count = take(c, levels, sizeof *count), least = n, most = 0;
    if (interlace_fit_term_index(fit, term, index, n, &err) == INTERLACE_OK) {
        for (size_t i = 0; i < n; i++)
            if (index[i] >= 0)
                count[index[i]]++;
        for (size_t k = 0; k < levels; k++) {
            least = count[k] < least ? count[k] : least;
            most = count[k] > most ? count[k] : most;
        }
        figures[1] = (double)least;
        figures[2] = (double)n / (double)levels;
        figures[3] = (double)most;
    }
    figures[0] = (double)levels;
    give_back(c, index);
    give_back(c, count);
}

static void make_groups(call *c, fitted *own)
{
    size_t n = own->levels.n;
    double rows = (double)interlace_fit_n_obs(own->fit);
    own->group_figures = take(c, 4 * n, sizeof(double));
    for (size_t i = 0; i < n; i++) {
        double figures[4] = {NAN, NAN, NAN, NAN};
        bool is_all = same(own->levels.item[i], "_all");
        if (is_all) {
            figures[0] = 1;
            figures[1] = figures[2] = figures[3] = rows;
        }
        for (size_t k = own->n_effects; !is_all && k-- > 0;)
            if (same(interlace_fit_term_group(own->fit, own->effects[k].term), own->levels.item[i])) {
                size_groups(c, own->fit, own->effects[k].term, figures);
                break;
            }
        for (size_t k = 0; k < 4; k++)
            own->group_figures[k * n + i] = figures[k];
    }
}

static void make_df(call *c, fitted *own, const interlace_options *options)
{
    interlace_error err;
    interlace_frame *table = NULL;
    size_t p = interlace_fit_n_fixef(own->fit, INTERLACE_PREDICTOR_MEAN);
    double *df = take(c, p, sizeof *df);
    check(c, interlace_fit_coefficients(own->fit, own->df_method, 0.95, options, &table, &err), &err);
    keep_frame(c, table);
    column_of(c, table, "df", df, p);
    for (size_t i = 0; i < own->n_fixed; i++)
        if (own->parameters[i].source != NO_SOURCE)
            own->df[i] = df[own->parameters[i].source];
    give_back(c, table);
    give_back(c, df);
}

/* That all fixed effects but the constant are zero. */
static void make_test(call *c, fitted *own, const interlace_options *options)
{
    const interlace_predictor mean = INTERLACE_PREDICTOR_MEAN;
    size_t p = interlace_fit_n_fixef(own->fit, mean);
    size_t skipped = p > 0 && same(interlace_fit_fixef_name(own->fit, mean, 0), "(Intercept)"), k = p - skipped;
    own->num_df = (double)k;
    if (k == 0)
        return;
    interlace_error err;
    interlace_frame *table = NULL;
    double *l = take(c, k * p, sizeof *l);
    for (size_t i = 0; i < k; i++)
        l[i + (i + skipped) * k] = 1;
    interlace_status status = interlace_fit_wald_test(own->fit, l, k, p, k, NULL, true, own->df_method, options, &table, &err);
    give_back(c, l);
    if (status == INTERLACE_E_NUMERIC)
        return;
    check(c, status, &err);
    keep_frame(c, table);
    column_of(c, table, "statistic", &own->statistic, 1);
    column_of(c, table, "num_df", &own->num_df, 1);
    column_of(c, table, "den_df", &own->den_df, 1);
    column_of(c, table, "p_value", &own->p, 1);
    give_back(c, table);
}

void make_statistics(call *c, fitted *own, const interlace_options *options)
{
    own->df = take(c, own->n_fixed, sizeof(double));
    for (size_t i = 0; i < own->n_fixed; i++)
        own->df[i] = NAN;
    own->statistic = own->den_df = own->p = NAN;
    make_groups(c, own);
    if (own->has_df)
        make_df(c, own, options);
    make_test(c, own, options);
}
