/* The model fitted again: by all optimisers, and without parts of the data. */
#include "interlace_fit_validate.h"

#include <string.h>

#include "interlace_fit_inference.h"

bool validate_model(const struct validation_request *request, struct validated *out, interlace_error *error)
{
    if (request->all_fit && interlace_fit_all_optimizers(request->spec, request->data, request->options, &out->optimizers,
                                                         error) != INTERLACE_OK)
        return false;
    if (request->group == NULL)
        return true;
    const char *group = strcmp(request->group, "rows") == 0 ? NULL : request->group;
    return interlace_cross_validate(request->spec, request->data, request->options, group, request->folds, request->seed,
                                    &out->folds, &out->rows, error) == INTERLACE_OK;
}

void validated_free(struct validated *validated)
{
    interlace_frame_free(validated->optimizers);
    interlace_frame_free(validated->folds);
    interlace_frame_free(validated->rows);
    *validated = (struct validated){NULL, NULL, NULL};
}

void json_validated(struct json *json, const struct validated *validated)
{
    if (validated->optimizers != NULL)
        json_frame(json, "all_fit", validated->optimizers);
    if (validated->folds == NULL)
        return;
    json_key(json, "cross_validation");
    json_open(json, '{');
    json_frame(json, "folds", validated->folds);
    json_frame(json, "rows", validated->rows);
    json_close(json, '}');
}

void print_validated(const struct validated *validated)
{
    if (validated->optimizers != NULL)
        print_frame("All optimisers:", validated->optimizers);
    if (validated->folds != NULL)
        print_frame("Cross-validation:", validated->folds);
}
