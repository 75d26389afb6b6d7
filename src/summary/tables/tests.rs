use super::{table as table_by, *};
use crate::summary::fixture::{SIGMA, diagonal_term, ordered, own_of, sleepstudy, strings, tweedie};

/// With tests by the normal distribution.
fn table(fit: &Fit, name: &str) -> Result<Frame> {
    table_by(fit, name, &|| Ok(DegreesOfFreedom::Same(f64::INFINITY)))
}

fn csv(fit: &Fit, name: &str) -> String {
    let mut out = Vec::new();
    table(fit, name).unwrap().write_csv(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn real(frame: &Frame, name: &str) -> Vec<f64> {
    frame.column(name).unwrap().as_real().unwrap().unwrap().into_owned()
}

#[test]
fn every_named_table_can_be_made_and_others_not() {
    let fit = sleepstudy();
    for name in names() {
        assert!(table(&fit, name).is_ok(), "{name}");
    }
    let e = table(&fit, "ranefs").unwrap_err();
    assert!(e.message.starts_with("there is no table 'ranefs', wanted one of coefficients, varcorr"), "{e}");
    assert!(e.message.ends_with("outcome"));
}

#[test]
fn coefficients_have_normal_intervals() {
    let frame = table(&sleepstudy(), "coefficients").unwrap();
    let columns: Vec<&str> = frame.names().collect();
    assert_eq!(columns, ["term", "id", "estimate", "std_error", "df", "statistic", "p_value", "lower", "upper"]);
    let close = |name: &str, row: usize, value: f64| {
        let got = real(&frame, name)[row];
        assert!((got - value).abs() <= 1e-9 * value.abs(), "{name}: {got} {value}");
    };
    close("statistic", 1, 6.771_481_488_997_5);
    close("lower", 1, 7.437_593_929_867_4);
    close("upper", 1, 13.496_977_989_332_6);
    assert!(real(&frame, "p_value")[0] > 0.0);
}

#[test]
fn variance_components_are_listed_as_lme4_does() {
    let text = csv(&sleepstudy(), "varcorr");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "group,effect1,effect2,id,vcov,sdcor,term");
    assert!(lines[1].starts_with("Subject,(Intercept),NA,\"sd[Subject, (Intercept)]\",612.1001") && lines[1].ends_with(",0"));
    assert!(lines[2].starts_with("Subject,Days,NA,\"sd[Subject, Days]\",35.07"));
    assert!(lines[3].starts_with("Subject,(Intercept),Days,\"cor[Subject, (Intercept), Days]\",9.604"));
    assert!((lines[3].rsplit(',').nth(1).unwrap().parse::<f64>().unwrap() - 0.065_551_238_2).abs() < 1e-9);
    assert!(lines[4].starts_with("Residual,NA,NA,sigma,654.94") && lines[4].ends_with(",NA"));
    assert_eq!(lines.len(), 5);
}

#[test]
fn uncorrelated_effects_have_no_correlations_listed() {
    let mut fit = sleepstudy();
    fit.terms = vec![diagonal_term("g", &["a", "b"], 2, &[4.0, 9.0])];
    fit.sigma = 1.0;
    assert_eq!(
        csv(&fit, "varcorr"),
        "group,effect1,effect2,id,vcov,sdcor,term\ng,a,NA,\"sd[g, a]\",4,2,0\ng,b,NA,\"sd[g, b]\",9,3,0\nResidual,NA,NA,sigma,1,1,NA\n"
    );
}

#[test]
fn modes_come_by_term_effect_and_level() {
    let mut fit = sleepstudy();
    fit.terms = vec![diagonal_term("g", &["a", "b"], 2, &[4.0, 9.0]), diagonal_term("g", &["c"], 1, &[1.0])];
    fit.terms[1].condvar.clear();
    let expected = "\
group,level,effect,mode,std_error,term
g,l0,a,0,0,0
g,l1,a,2,4,0
g,l0,b,1,3,0
g,l1,b,3,7,0
g,l0,c,0,NA,1
";
    let table = table(&fit, "ranef").unwrap();
    let mut without = Frame::new(table.n_rows());
    without.columns = table.columns.iter().filter(|c| c.name != "lower" && c.name != "upper").cloned().collect();
    let mut text = vec![];
    without.write_csv(&mut text).unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), expected);
    let limits = |name: &str| table.column(name).unwrap().as_real().unwrap().unwrap().into_owned();
    for (i, (mode, error)) in [(0.0, 0.0), (2.0, 4.0), (1.0, 3.0), (3.0, 7.0)].into_iter().enumerate() {
        let reach = 1.959_963_984_540_054 * error;
        assert!((limits("lower")[i] - mode + reach).abs() < 1e-12 && (limits("upper")[i] - mode - reach).abs() < 1e-12);
    }
    assert!(limits("upper")[4].is_nan());
}

#[test]
fn observations_name_the_rows_of_the_data() {
    let mut fit = sleepstudy();
    (fit.n_obs, fit.sigma) = (3, SIGMA);
    for v in [&mut fit.fitted, &mut fit.residuals, &mut fit.residuals_pearson] {
        *v = vec![1.0, 2.0, 3.0];
    }
    fit.weights = Some(vec![0.5, 1.5, 2.5]);
    fit.rows.n_data = 5;
    fit.rows.dropped = vec![(0, "x".into()), (2, "y".into())];
    let expected = "row,fitted,residual,pearson,weight,offset\n1,1,1,1,0.5,0\n3,2,2,2,1.5,0\n4,3,3,3,2.5,0\n";
    assert_eq!(csv(&fit, "observations"), expected);

    fit.rows.pad = true;
    fit.fitted = vec![f64::NAN, 1.0, f64::NAN, 2.0, 3.0];
    let expected = "\
row,fitted,residual,pearson,weight,offset
0,NA,NA,NA,NA,NA
1,1,1,1,0.5,0
2,NA,NA,NA,NA,NA
3,2,2,2,1.5,0
4,3,3,3,2.5,0
";
    assert_eq!(csv(&fit, "observations"), expected);
}

#[test]
fn what_was_left_out_is_listed() {
    let mut fit = sleepstudy();
    assert_eq!(csv(&fit, "dropped_rows"), "row,column\n");
    assert_eq!(csv(&fit, "dropped_columns"), "name\n");
    fit.rows.n_data = 7;
    fit.rows.dropped = vec![(4, "log(x)".into()), (6, "y".into())];
    fit.fixed.dropped = strings(&["b", "a"]);
    assert_eq!(csv(&fit, "dropped_rows"), "row,column\n4,log(x)\n6,y\n");
    assert_eq!(csv(&fit, "dropped_columns"), "name\nb\na\n");
}

#[test]
fn the_fit_is_one_row_and_the_outcome_is_in_words() {
    let mut fit = sleepstudy();
    let frame = table(&fit, "fit").unwrap();
    assert_eq!(frame.n_rows(), 1);
    assert_eq!(real(&frame, "log_likelihood"), [-871.814_135_98]);
    assert_eq!((real(&frame, "converged")[0], real(&frame, "singular")[0], real(&frame, "n_parameters")[0]), (1.0, 0.0, 6.0));
    assert!(csv(&fit, "outcome").starts_with("kind,text\nconvergence,\"converged: the predicted decrease"));
    assert_eq!(table(&fit, "outcome").unwrap().n_rows(), 1);
    fit.singular = true;
    fit.design_warnings = strings(&["w"]);
    assert_eq!(csv(&fit, "outcome").lines().skip(2).collect::<Vec<_>>(), ["boundary,boundary (singular) fit", "warning,w"]);
    assert_eq!(
        csv(&fit, "theta").lines().nth(2),
        Some("Subject.Days.(Intercept),\"theta[Subject, Days, (Intercept)]\",0.015169058896")
    );
}

#[test]
fn generalised_fits_have_tables_of_predictors_and_parameters() {
    let fit = tweedie();
    let zero = csv(&fit, "zero_inflation");
    assert!(
        zero.starts_with("term,id,estimate,std_error,df,statistic,p_value,lower,upper\nz,zi.fixef[z],0.5,0.25,Inf,2,0.0455"),
        "{zero}"
    );
    assert_eq!(table(&fit, "dispersion").unwrap().n_rows(), 0);
    assert_eq!(
        csv(&fit, "family"),
        "name,id,estimate,std_error,fixed\nphi,family[phi],0.77,0.07,0\npower,family[power],1.64,0.03,0\n"
    );
    assert_eq!(table(&sleepstudy(), "family").unwrap().n_rows(), 0);
}

#[test]
fn terms_of_a_generalised_fit_say_of_which_predictor_and_there_is_no_residual() {
    let expected = "group,effect1,effect2,id,vcov,sdcor,term,predictor\n\
        g,(Intercept),NA,\"sd[g, (Intercept)]\",0.25,0.5,0,mean\nh,(Intercept),NA,\"zi.sd[h, (Intercept)]\",4,2,1,zero_inflation\n";
    assert_eq!(csv(&tweedie(), "varcorr"), expected);
    let modes = csv(&tweedie(), "ranef");
    assert!(modes.starts_with("group,level,effect,mode,std_error,lower,upper,term,predictor\ng,l0,"), "{modes}");
    assert_eq!(modes.lines().count(), 1 + 4 + 3);
}

#[test]
fn an_ordinal_fit_has_thresholds_and_nominal_effects() {
    let mut fit = ordered();
    let text = csv(&fit, "thresholds");
    assert!(
        text.starts_with("term,id,estimate,std_error,df,statistic,lower,upper\nlo|mid,threshold[lo|mid],-1,0.5,Inf,-2,-1.97"),
        "{text}"
    );
    let text = csv(&fit, "nominal");
    assert!(
        text.starts_with("term,threshold,id,estimate,std_error,df,statistic,p_value,lower,upper\nw,lo|mid,\"nominal[lo|mid, w]\",0.25,0.25,Inf,1,0.31"),
        "{text}"
    );
    assert!(text.contains("\nw,mid|hi,\"nominal[mid|hi, w]\",0.75,0.25,Inf,3,0.00"), "{text}");
    assert_eq!(csv(&tweedie(), "thresholds").lines().count(), 1);
    assert_eq!(csv(&sleepstudy(), "nominal").lines().count(), 1);

    fit.n_obs = 1;
    fit.fitted = vec![0.5];
    fit.rows.n_data = 1;
    let (own, ordinal) = own_of(&mut fit);
    own.eta = vec![0.25];
    own.psi = own.parameters.iter().map(|p| p.estimate).collect();
    own.dispersion.as_mut().unwrap().eta = vec![0.0];
    ordinal.nominal.as_mut().unwrap().x = vec![1.0];
    assert_eq!(csv(&fit, "observations"), "row,fitted,weight,offset,linear_predictor,scale\n0,0.5,1,0,0.25,1\n");
}
