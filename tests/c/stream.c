/* Data in parts: a plan, accumulators of partitions, their bytes, and the fit of all. */
#include "check.h"

enum { N = 60, PARTS = 3 };

static interlace_error err;
static double y[N], x[N];
static const char *g[N], *f[N];

static void make_columns(void) {
    static const char *const groups[] = {"a", "b", "c", "d", "e", "f"}, *const levels[] = {"low", "mid", "high"};
    for (int i = 0; i < N; i++) {
        x[i] = 2000 + i % 11;
        g[i] = groups[(i / 4) % 6];
        f[i] = levels[i * 7 / 5 % 3];
        y[i] = 40 + 0.3 * (i % 11) + (i / 4 * 5) % 6 + i * 7 / 5 % 3 + 0.5 * sin(13.0 * i);
    }
}

/* The rows from one to before another. */
static interlace_frame *rows(int from, int to) {
    interlace_frame *frame;
    const size_t n = (size_t) (to - from);
    OK(interlace_frame_new(n, &frame, &err));
    OK(interlace_frame_add_f64(frame, "y", y + from, n, &err));
    OK(interlace_frame_add_f64(frame, "x", x + from, n, &err));
    OK(interlace_frame_add_strings(frame, "g", g + from, n, &err));
    OK(interlace_frame_add_strings(frame, "f", f + from, n, &err));
    return frame;
}

static interlace_spec *model(interlace_model kind, const char *formula) {
    interlace_spec *spec;
    OK(interlace_spec_new(kind, formula, &spec, &err));
    return spec;
}

/* What a worker does: bytes in, rows of its own, bytes out. */
static void work(const uint8_t *plan_bytes, size_t plan_len, uint64_t partition, uint8_t **bytes, size_t *len) {
    interlace_plan *plan;
    interlace_accumulator *own;
    interlace_frame *frame;
    const int from = (int) partition * N / PARTS, middle = from + 7, to = from + N / PARTS;
    struct ArrowSchema schema;
    struct ArrowArray array;
    struct ArrowArrayStream stream;
    OK(interlace_plan_from_bytes(plan_bytes, plan_len, &plan, &err));
    OK(interlace_accumulator_new(plan, partition, &own, &err));
    frame = rows(from, middle);
    OK(interlace_accumulator_add(own, frame, NULL, &err));
    interlace_frame_free(frame);
    frame = rows(middle, middle + 3);
    OK(interlace_frame_to_arrow(frame, &schema, &array, &err));
    OK(interlace_accumulator_add_arrow(own, &schema, &array, NULL, &err));
    CHECK(schema.release == NULL && array.release == NULL);
    interlace_frame_free(frame);
    frame = rows(middle + 3, to);
    OK(interlace_frame_to_arrow_stream(frame, &stream, &err));
    OK(interlace_accumulator_add_arrow_stream(own, &stream, NULL, &err));
    CHECK(stream.release == NULL);
    interlace_frame_free(frame);
    CHECK(interlace_accumulator_n_rows(own) == N / PARTS && interlace_accumulator_n_dropped(own) == 0);
    OK(interlace_accumulator_to_bytes(own, bytes, len, &err));
    CHECK(interlace_accumulator_size(own) < *len);
    interlace_accumulator_free(own);
    interlace_plan_free(plan);
}

static void compare(const interlace_fit *fit, const interlace_fit *whole) {
    double ours[4], theirs[4];
    CHECK(interlace_fit_n_obs(fit) == N && interlace_fit_n_fixef(fit, INTERLACE_PREDICTOR_MEAN) == 4);
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, ours, 4, &err));
    OK(interlace_fit_fixef(whole, INTERLACE_PREDICTOR_MEAN, theirs, 4, &err));
    for (int j = 0; j < 4; j++) CLOSE(ours[j], theirs[j], 1e-8 * (1 + fabs(theirs[j])));
    CLOSE(interlace_fit_criterion(fit), interlace_fit_criterion(whole), 1e-9);
    CLOSE(interlace_fit_sigma(fit), interlace_fit_sigma(whole), 1e-9);
}

/* Rows that are equal as one: the fit of trials is the same. */
static void counted(void) {
    static const char *const columns[] = {"e", "g"};
    double e[N], ours[1], theirs[1];
    interlace_frame *frame = rows(0, N), *few, *untouched = NULL;
    interlace_spec *spec;
    interlace_fit *fit, *whole;
    int64_t counts[12], all = 0;
    for (int i = 0; i < N; i++) e[i] = (i * i + i / 4) % 3 == 1;
    OK(interlace_frame_add_f64(frame, "e", e, N, &err));
    OK(interlace_frame_aggregate(frame, columns, 2, "n", &few, &err));
    const size_t n = interlace_frame_n_rows(few);
    CHECK(n <= 12 && interlace_frame_n_columns(few) == 3);
    OK(interlace_frame_column_i64(few, 2, counts, n, &err));
    for (size_t i = 0; i < n; i++) all += counts[i];
    CHECK(all == N);
    FAILS(INTERLACE_E_ARGUMENT, "already has", interlace_frame_aggregate(frame, columns, 2, "g", &untouched, &err));
    CHECK(untouched == NULL);
    spec = model(INTERLACE_MODEL_GLMM, "e ~ 1 + (1 | g)");
    OK(interlace_spec_set_family(spec, "binomial", NULL, &err));
    OK(interlace_fit_new(spec, frame, NULL, &whole, &err));
    OK(interlace_spec_set_weights(spec, "n", &err));
    OK(interlace_fit_new(spec, few, NULL, &fit, &err));
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, ours, 1, &err));
    OK(interlace_fit_fixef(whole, INTERLACE_PREDICTOR_MEAN, theirs, 1, &err));
    CLOSE(ours[0], theirs[0], 1e-6);
    interlace_fit_free(fit);
    interlace_fit_free(whole);
    interlace_spec_free(spec);
    interlace_frame_free(few);
    interlace_frame_free(frame);
}

/* Tables that need no rows are those of the whole. */
static void answers(const interlace_fit *fit, const interlace_fit *whole) {
    for (int table = 0; table < 4; table++) {
        interlace_frame *both[2];
        for (int i = 0; i < 2; i++) {
            const interlace_fit *own = i == 0 ? fit : whole;
            if (table == 0) OK(interlace_fit_coefficients(own, INTERLACE_DF_SATTERTHWAITE, 0.95, NULL, &both[i], &err));
            if (table == 1)
                OK(interlace_fit_anova(own, NULL, INTERLACE_ANOVA_TYPE_II, INTERLACE_DF_KENWARD_ROGER, NULL, &both[i], &err));
            if (table == 2) OK(interlace_fit_profile(own, NULL, NULL, &both[i], &err));
            if (table == 3) OK(interlace_fit_parameters_confint_profile(own, NULL, NULL, &both[i], &err));
        }
        CHECK(interlace_frame_n_columns(both[0]) == interlace_frame_n_columns(both[1]));
        const size_t n = interlace_frame_n_rows(both[1]);
        CHECK(table == 2 || interlace_frame_n_rows(both[0]) == n);
        for (size_t j = 0; table != 2 && j < interlace_frame_n_columns(both[1]); j++) {
            double a[64], b[64];
            if (interlace_frame_column_kind(both[1], j) != INTERLACE_COLUMN_KIND_REAL) continue;
            OK(interlace_frame_column_f64(both[0], j, a, n, &err));
            OK(interlace_frame_column_f64(both[1], j, b, n, &err));
            for (size_t row = 0; row < n; row++) CHECK((a[row] != a[row] && b[row] != b[row]) || fabs(a[row] - b[row]) <= 1e-5 * (1 + fabs(b[row])));
        }
        interlace_frame_free(both[0]);
        interlace_frame_free(both[1]);
    }
}

/* The sums of all rows of a model. */
static interlace_accumulator *summed(const interlace_spec *spec, const char *response) {
    interlace_frame *frame = rows(0, N);
    interlace_plan *plan;
    interlace_accumulator *all;
    size_t complete = 0;
    OK(interlace_plan_new(spec, NULL, &plan, &err));
    if (response != NULL) {
        OK(interlace_plan_add_response(plan, response, &err));
        FAILS(INTERLACE_E_ARGUMENT, "already", interlace_plan_add_response(plan, response, &err));
        FAILS(INTERLACE_E_ARGUMENT, "'y' already", interlace_plan_add_response(plan, "y", &err));
    }
    OK(interlace_plan_n_complete_rows(plan, frame, &complete, &err));
    CHECK(complete == N);
    OK(interlace_plan_learn(plan, frame, NULL, &err));
    OK(interlace_accumulator_new(plan, 0, &all, &err));
    OK(interlace_accumulator_add(all, frame, NULL, &err));
    interlace_plan_free(plan);
    interlace_frame_free(frame);
    return all;
}

static int32_t spread(int64_t replicate, const double *estimates, size_t n_estimates, const double *response, size_t n, double *out,
                      size_t n_out, void *user_data) {
    (void) response;
    *(size_t *) user_data += n;
    out[0] = estimates[0] - estimates[n_estimates - 1];
    return replicate >= -1 && n_out == 1 ? 0 : 1;
}

/* Replicates, further responses, and comparisons, all without rows. */
static void without_rows(void) {
    interlace_spec *spec = model(INTERLACE_MODEL_LMM, "y ~ x + f + (1 | g)"), *small = model(INTERLACE_MODEL_LMM, "y ~ x + (1 | g)");
    interlace_options *ml;
    interlace_accumulator *all, *few;
    interlace_fit *fit, *other, *smaller, *none = NULL;
    interlace_bootstrap *bootstrap;
    interlace_frame *replicates, *table, *untouched = NULL;
    static const char *const names[] = {"difference"};
    size_t values = 0;
    double own[4], twice[4], chi_square[2];
    OK(interlace_options_new(&ml, &err));
    OK(interlace_options_set_method(ml, INTERLACE_METHOD_ML, &err));
    all = summed(spec, "I(2 * y)");
    few = summed(small, NULL);
    OK(interlace_accumulator_fit(all, ml, &fit, &err));
    OK(interlace_accumulator_fit_response(all, "I(2 * y)", ml, &other, &err));
    FAILS(INTERLACE_E_ARGUMENT, "'z' is not summed, the plan has 'y', 'I(2 * y)'", interlace_accumulator_fit_response(all, "z", ml, &none, &err));
    CHECK(none == NULL && strcmp(interlace_fit_formula(other), "I(2 * y) ~ x + f + (1 | g)") == 0);
    OK(interlace_fit_fixef(fit, INTERLACE_PREDICTOR_MEAN, own, 4, &err));
    OK(interlace_fit_fixef(other, INTERLACE_PREDICTOR_MEAN, twice, 4, &err));
    for (int j = 0; j < 4; j++) CLOSE(twice[j], 2 * own[j], 1e-8 * (1 + fabs(own[j])));

    OK(interlace_accumulator_fit(few, ml, &smaller, &err));
    const interlace_fit *fits[] = {smaller, fit};
    OK(interlace_fit_compare(fits, 2, false, NULL, &table, &err));
    OK(interlace_frame_column_f64(table, 8, chi_square, 2, &err));
    CLOSE(chi_square[1], interlace_fit_criterion(smaller) - interlace_fit_criterion(fit), 1e-9);
    interlace_frame_free(table);
    fits[0] = other;
    FAILS(INTERLACE_E_ARGUMENT, "their responses, or their offsets, differ", interlace_fit_compare(fits, 2, false, NULL, &untouched, &err));

    OK(interlace_bootstrap_new(&bootstrap, &err));
    OK(interlace_bootstrap_set_replicates(bootstrap, 0, 20, &err));
    OK(interlace_bootstrap_set_statistic(bootstrap, names, 1, spread, &values, &err));
    OK(interlace_bootstrap_run(bootstrap, fit, NULL, &replicates, &err));
    CHECK(interlace_frame_n_rows(replicates) == 20 && values == 0);
    OK(interlace_bootstrap_confint(bootstrap, fit, replicates, NULL, 0.9, INTERLACE_BOOTSTRAP_INTERVAL_BASIC, &table, &err));
    CHECK(interlace_frame_n_rows(table) + 3 == interlace_frame_n_columns(replicates));
    FAILS(INTERLACE_E_UNSUPPORTED, "a parametric bootstrap needs none", interlace_bootstrap_jackknife(bootstrap, fit, NULL, &untouched, &err));
    OK(interlace_bootstrap_set_rows(bootstrap, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, "a parametric bootstrap needs none", interlace_bootstrap_run(bootstrap, fit, NULL, &untouched, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, "interlace_plan_add_response", interlace_fit_refit(fit, own, 4, NULL, &none, &err));
    FAILS(INTERLACE_E_UNSUPPORTED, "interlace_fit_compare", interlace_fit_drop1(fit, NULL, NULL, &untouched, &err));
    CHECK(untouched == NULL && none == NULL);
    interlace_frame_free(table);
    interlace_frame_free(replicates);
    interlace_bootstrap_free(bootstrap);
    interlace_fit_free(fit);
    interlace_fit_free(other);
    interlace_fit_free(smaller);
    interlace_accumulator_free(all);
    interlace_accumulator_free(few);
    interlace_options_free(ml);
    interlace_spec_free(spec);
    interlace_spec_free(small);
}

/* Which questions need rows is known before there are data. */
static void questions(void) {
    interlace_questions *asked;
    OK(interlace_questions_new(&asked, &err));
    CHECK(interlace_questions_of_rows(NULL) == NULL && interlace_questions_of_rows(asked) == NULL);
    OK(interlace_questions_set(asked, "bootstrap", "10", &err));
    OK(interlace_questions_set(asked, "confint", "boot", &err));
    OK(interlace_questions_set(asked, "anova", "2", &err));
    CHECK(interlace_questions_of_rows(asked) == NULL);
    OK(interlace_questions_set(asked, "boot_interval", "bca", &err));
    CHECK(strcmp(interlace_questions_of_rows(asked), "boot_interval") == 0);
    OK(interlace_questions_set(asked, "boot_interval", "basic", &err));
    OK(interlace_questions_set(asked, "bootstrap_type", "case", &err));
    CHECK(strcmp(interlace_questions_of_rows(asked), "bootstrap_type") == 0);
    interlace_questions_free(asked);
}

/* Residual correlation: the rows of a group are in one partition. */
static void correlated(void) {
    interlace_spec *spec = model(INTERLACE_MODEL_LMM, "y ~ x + f");
    interlace_frame *everything = rows(0, 24), *again = rows(24, 26);
    interlace_plan *plan;
    interlace_accumulator *all, *part;
    interlace_fit *fit, *whole;
    double ours[2], theirs[2];
    OK(interlace_spec_set_correlation(spec, "ar1(1 | g)", &err));
    OK(interlace_plan_new(spec, NULL, &plan, &err));
    OK(interlace_plan_learn(plan, everything, NULL, &err));
    OK(interlace_accumulator_new(plan, 0, &all, &err));
    for (int from = 0; from < 24; from += 6) {
        interlace_frame *frame = rows(from, from + 6);
        OK(interlace_accumulator_add(all, frame, NULL, &err));
        interlace_frame_free(frame);
    }
    FAILS(INTERLACE_E_DATA, "g 'a' is in two parts", interlace_accumulator_add(all, again, NULL, &err));
    OK(interlace_accumulator_new(plan, 1, &part, &err));
    OK(interlace_accumulator_add(part, again, NULL, &err));
    FAILS(INTERLACE_E_DATA, "g 'a' is in two parts", interlace_accumulator_merge(all, part, &err));
    OK(interlace_accumulator_fit(all, NULL, &fit, &err));
    OK(interlace_fit_new(spec, everything, NULL, &whole, &err));
    OK(interlace_fit_correlation_estimate(fit, &ours[0], &ours[1], &err));
    OK(interlace_fit_correlation_estimate(whole, &theirs[0], &theirs[1], &err));
    for (int j = 0; j < 2; j++) CLOSE(ours[j], theirs[j], 1e-5);
    CLOSE(interlace_fit_criterion(fit), interlace_fit_criterion(whole), 1e-9);
    interlace_fit_free(fit);
    interlace_fit_free(whole);
    interlace_accumulator_free(all);
    interlace_accumulator_free(part);
    interlace_plan_free(plan);
    interlace_frame_free(everything);
    interlace_frame_free(again);
    interlace_spec_free(spec);
}

int main(void) {
    interlace_spec *spec = model(INTERLACE_MODEL_LMM, "y ~ x + f + (1 | g)");
    interlace_plan *plan;
    interlace_accumulator *all, *part, *untouched = NULL;
    interlace_frame *sample, *everything;
    interlace_fit *fit, *whole;
    uint8_t *plan_bytes, *bytes[PARTS];
    size_t plan_len, len[PARTS];
    double memory = -1, multiplications = -1, values[N];
    make_columns();
    sample = rows(0, 30);
    everything = rows(0, N);

    OK(interlace_plan_new(spec, NULL, &plan, &err));
    FAILS(INTERLACE_E_ARGUMENT, "has not learnt", interlace_accumulator_new(plan, 0, &untouched, &err));
    CHECK(untouched == NULL);
    OK(interlace_plan_learn(plan, sample, NULL, &err));
    OK(interlace_plan_to_bytes(plan, &plan_bytes, &plan_len, &err));
    CHECK(memcmp(plan_bytes, "ILPL", 4) == 0);
    for (uint64_t k = 0; k < PARTS; k++) work(plan_bytes, plan_len, k, &bytes[k], &len[k]);

    OK(interlace_accumulator_from_bytes(bytes[2], len[2], &all, &err));
    for (int k = 0; k < PARTS - 1; k++) {
        OK(interlace_accumulator_from_bytes(bytes[k], len[k], &part, &err));
        OK(interlace_accumulator_merge(all, part, &err));
        FAILS(INTERLACE_E_DATA, "is in both accumulators", interlace_accumulator_merge(all, part, &err));
        interlace_accumulator_free(part);
    }
    FAILS(INTERLACE_E_DATA, "is in both accumulators", interlace_accumulator_merge(all, all, &err));
    CHECK(interlace_accumulator_n_rows(all) == N);
    OK(interlace_accumulator_forecast(all, NULL, &memory, &multiplications, &err));
    CHECK(memory >= 0 && multiplications >= 0);

    OK(interlace_accumulator_fit(all, NULL, &fit, &err));
    OK(interlace_fit_new(spec, everything, NULL, &whole, &err));
    compare(fit, whole);
    answers(fit, whole);
    FAILS(INTERLACE_E_UNSUPPORTED, "second pass", interlace_fit_residuals(fit, INTERLACE_RESIDUALS_RESPONSE, NULL, values, N, &err));

    FAILS(INTERLACE_E_DATA, "they are a plan", interlace_accumulator_from_bytes(plan_bytes, plan_len, &part, &err));
    bytes[0][len[0] / 2] ^= 1;
    FAILS(INTERLACE_E_DATA, "checksum", interlace_accumulator_from_bytes(bytes[0], len[0], &part, &err));
    FAILS(INTERLACE_E_DATA, "bytes", interlace_accumulator_from_bytes(bytes[1], len[1] - 1, &part, &err));

    interlace_spec_free(spec);
    spec = model(INTERLACE_MODEL_COXME, "Surv(x, y) ~ 1 + (1 | g)");
    interlace_plan *none = NULL;
    FAILS(INTERLACE_E_UNSUPPORTED, "do not reduce to sums", interlace_plan_new(spec, NULL, &none, &err));
    CHECK(none == NULL);

    for (int k = 0; k < PARTS; k++) interlace_bytes_free(bytes[k]);
    interlace_bytes_free(plan_bytes);
    interlace_accumulator_free(all);
    interlace_fit_free(fit);
    interlace_fit_free(whole);
    interlace_plan_free(plan);
    interlace_spec_free(spec);
    interlace_frame_free(sample);
    interlace_frame_free(everything);
    counted();
    without_rows();
    questions();
    correlated();
    return 0;
}
