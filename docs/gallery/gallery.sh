#!/bin/sh
# Draws the pictures of this folder with interlace-fit, and writes README.md. From the root of the project:
#     docs/gallery/gallery.sh target/release/interlace-fit
set -eu
fit=$1
data=tests/reference/data
folder=docs/gallery
page=$folder/README.md

{
    echo '# Gallery'
    echo
    echo '`make gallery` draws these pictures and writes this page. [pictures.md](../pictures.md) says what each shows, and how to have it from C.'
} > "$page"

# section TITLE MODEL FORMULA DATA [OPTIONS]: begins a section; what follows draws its pictures.
section() {
    name=$1
    shift
    model=$1 formula=$2 file=$3
    shift 3
    options="$*"
    {
        echo
        echo "## $name"
        echo
        echo "    interlace-fit $model \"$formula\" $data/$file${options:+ $options} --plot KIND=FILE.svg"
    } >> "$page"
}

# picture FILE KIND [OPTIONS OF PICTURES]
picture() {
    svg=$1 kind=$2
    shift 2
    chosen=''
    said=''
    for option; do
        chosen="$chosen --plot-option $option"
        said="$said, \`--plot-option $option\`"
    done
    # shellcheck disable=SC2086
    "$fit" "$model" "$formula" "$data/$file" $options --plot "$kind=$folder/$svg.svg" $chosen > /dev/null
    {
        echo
        echo "\`$kind\`$said"
        echo
        echo "![$kind]($svg.svg)"
    } >> "$page"
}

section 'A linear model with random slopes' lmm 'Reaction ~ Days + (Days | Subject)' sleepstudy.csv --categorical Subject
picture sleepstudy_dashboard dashboard
picture sleepstudy_residuals residuals
picture sleepstudy_scale_location scale_location
picture sleepstudy_qq qq
picture sleepstudy_leverage leverage
picture sleepstudy_influence influence term=Subject
picture sleepstudy_caterpillar caterpillar
picture sleepstudy_qq_ranef qq_ranef
picture sleepstudy_ranef_pairs ranef_pairs
picture sleepstudy_shrinkage shrinkage
picture sleepstudy_groups groups
picture sleepstudy_profile_zeta profile_zeta
picture sleepstudy_profile_density profile_density
picture sleepstudy_profile_pairs profile_pairs

section 'A linear model with two groups' lmm 'distance ~ age * Sex + (age | Subject)' Orthodont.csv
picture orthodont_means means 'effect=age|Sex'
picture orthodont_coefficients coefficients

section 'A binomial model' glmm 'cbind(incidence, size - incidence) ~ period + (1 | herd)' cbpp.csv --family binomial
picture cbpp_dharma dharma
picture cbpp_binned binned
picture cbpp_calibration calibration
picture cbpp_means means

section 'A model of counts with extra zeros' glmm 'count ~ spp + mined + (1 | site)' Salamanders.csv --family nbinom2 --ziformula ~mined
picture salamanders_rootogram rootogram
picture salamanders_dashboard dashboard

section 'An ordinal model' clmm 'rating ~ temp + contact + (1 | judge)' wine.csv '--ordered rating=1<2<3<4<5'
picture wine_probabilities probabilities
picture wine_caterpillar caterpillar

section 'A Cox model with frailties' coxme 'Surv(time, status) ~ rx + (1 | litter)' rats.csv
picture rats_survival survival
picture rats_baseline baseline

section 'Many rows' lmm 'y ~ service + (1 | s) + (1 | d) + (1 | dept)' InstEval.csv '--categorical s --categorical d'
picture insteval_residuals residuals
picture insteval_caterpillar caterpillar term=d
