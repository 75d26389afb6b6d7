//! From sums to a model: levels in their order, factors coded, columns of the design made of those that were summed.

use std::sync::Arc;

use super::accumulator::Accumulator;
use super::coded::{self, Coded, Effects};
use super::known::Known;
use super::order;
use super::pairs::sandwich;
use super::plan::Learnt;
use super::series::check_number;
use super::sums::{Piece, Sums, pairs_of};
use crate::design::outline::{Finished, response_of, with_response};
use crate::design::{Design, ModelProgram, NaPolicy, Program, RowLedger, TermDesign};
use crate::error::{Error, Result, try_collect, try_copy, try_vec};
use crate::fit::{Fit, FromSums, Reduced};
use crate::formula::CorrelationKind;
use crate::iterative::forecast::Forecast;
use crate::iterative::split::Split;
use crate::lmm::correlation::summed::SummedCorrelation;
use crate::lmm::cross_products::CrossProducts;
use crate::names::quoted;
use crate::options::Options;
use crate::random::{BlockMatrix, Layout, TermSize};
use crate::spec::Source;
use crate::watch::{Phase, Watch};

impl Accumulator {
    /// Fits the model to the rows of all partitions. The fit has no rows.
    pub fn fit(&self, options: &Options, watch: &Watch<'_>) -> Result<Fit> {
        self.fit_of(0, options, watch)
    }

    /// The same to one of the responses that the plan has, by its name.
    pub fn fit_response(&self, name: &str, options: &Options, watch: &Watch<'_>) -> Result<Fit> {
        let names: Vec<&str> = self.plan().learnt()?.outline.response_names().collect();
        let wanted = response_of(name)?.to_string();
        let place = names.iter().position(|own| *own == wanted).ok_or_else(|| {
            let known = names.iter().map(|own| quoted(own)).collect::<Vec<_>>().join(", ");
            Error::argument(format!("response: {} is not summed, the plan has {known}", quoted(name)))
        })?;
        self.fit_of(place, options, watch)
    }

    fn fit_of(&self, response: usize, options: &Options, watch: &Watch<'_>) -> Result<Fit> {
        let watch = &watch.of_fit();
        watch.at(Phase::Start, 0, None)?;
        Fit::of_sums(self.model(response, watch)?, options, watch)
    }

    /// What a factorisation would take, at most.
    pub fn forecast(&self, watch: &Watch<'_>) -> Result<Forecast> {
        let system = self.model(0, watch)?.system()?;
        if system.gram.layout.terms.is_empty() {
            return Ok(Forecast::of_factor(0.0, 0.0, true));
        }
        Ok(Forecast::bound(&Split::new(&system.gram)?))
    }

    /// The model of a response, by its place, of the rows of all partitions.
    fn model(&self, response: usize, watch: &Watch<'_>) -> Result<FromSums> {
        watch.pulse()?;
        let (total, space, seen, learnt) = self.total()?;
        if total.n == 0 {
            let reason = total
                .dropped
                .keys()
                .next()
                .map_or_else(String::new, |name| format!(": all have missing values, the first in '{name}'"));
            return Err(Error::data(format!("there are no rows to fit{reason}")));
        }
        let complete = self.plan().na == NaPolicy::Error;
        let known = Known::of(space, seen, learnt)?;
        // Those of the residual correlation, if there is one.
        let n_groups = known.combinations.last().map_or(0, Vec::len);
        let levels: Vec<_> = known.variables.iter().map(|own| own.levels.clone()).collect();
        let Finished { program, index, warnings } = learnt.outline.finish(response, (&levels, &known.groups), complete, watch)?;
        watch.pulse()?;
        let total = order::in_order(&total, space, learnt, (&known, &index, &program))?;
        watch.pulse()?;
        let mut model = self.of(total, (program, learnt, response, n_groups), warnings, watch)?;
        if let Source::Formula(source) = &self.plan().spec.source {
            let name = learnt.outline.response_names().nth(response).filter(|_| response > 0);
            model.formula = name.map_or_else(|| source.formula.clone(), |name| with_response(&source.formula, name));
        }
        Ok(model)
    }

    fn of(
        &self,
        total: order::Ordered,
        (mut program, learnt, response, n_groups): (Program, &Learnt, usize, usize),
        mut warnings: Vec<String>,
        watch: &Watch<'_>,
    ) -> Result<FromSums> {
        let order::Ordered { sums, fixed, effects: slots, levels } = total;
        let fixed = coded::fixed(&sums, &fixed, (&program, learnt, response), watch)?;
        let mut effects = vec![];
        for (k, slots) in slots.iter().enumerate() {
            effects.push(coded::effects(k, slots, &program)?);
        }
        let terms = kept_terms(&mut program, (&sums, learnt), &effects, &levels, &mut warnings)?;
        watch.pulse()?;
        let own = own_terms(&program, (&sums, learnt), &effects, &levels)?;
        let layout = Layout {
            p: fixed.basis.columns - 1,
            terms: own.iter().map(|own| TermSize { levels: levels[own.program], effects: own.kept.len() }).collect(),
        };
        let correlation = summed_correlation(&sums, &fixed, (&own, &layout), (learnt, n_groups), watch)?;
        let (cz, diagonal, off_diagonal) = blocks(&sums, &fixed, (&own, &layout), watch)?;
        let shifts = own.iter().map(|own| own.shifts.clone()).collect();
        let overlap = diagonal.iter().zip(&layout.terms).map(|(blocks, t)| overlaps(blocks, t.effects)).collect();
        let n = sums.n as usize;
        let correlated = learnt.outline.correlation().map(|own| own.design(n_groups));
        let products = CrossProducts::of_sums(layout, fixed.basis, (n, sums.log_weights), (fixed.gram, cz), diagonal, off_diagonal);
        warnings.extend(self.warnings().cloned());
        warnings.extend(fixed.warning);
        let means = sums.covariates.iter().map(|(name, sum)| (name.clone(), sum / n as f64)).collect();
        let mut rows = RowLedger { counted: sums.dropped, ..RowLedger::default() };
        rows.n_data = n + rows.n_dropped();
        let x_names = program.fixed_names().to_vec();
        let design = Design { n, x_names, terms, rows, warnings, correlation: correlated, ..Design::default() };
        Ok(FromSums {
            program: ModelProgram::Formula(Box::new(program)),
            design,
            reduced: Reduced {
                products,
                correlation,
                shifts,
                root: fixed.root,
                response: fixed.response,
                offset: sums.offset / n as f64,
                means,
            },
            unequal: sums.weights.is_some_and(|(low, high)| low != high),
            overlap,
            formula: String::new(),
        })
    }
}

/// One random term of the fit: effects of a random term of the program.
struct Own {
    program: usize,
    /// The effects, and the weights of the summed columns in each: `[slots, kept]`.
    kept: Vec<usize>,
    weights: Vec<f64>,
    /// What the effects' columns had taken off; empty for nothing.
    shifts: Vec<f64>,
}

/// The designs of the random terms, without rows; leaves out effects that depend on others.
fn kept_terms(
    program: &mut Program,
    (sums, learnt): (&Sums, &Learnt),
    effects: &[Effects],
    levels: &[usize],
    warnings: &mut Vec<String>,
) -> Result<Vec<TermDesign>> {
    let rows = effects.iter().map(|own| own.columns).max().unwrap_or(0).max(1);
    let mut terms = vec![];
    for (k, own) in effects.iter().enumerate() {
        let root = own.root(&sums.terms[k], levels[k], rows)?;
        let (names, group) = program.effect_names(k);
        let labels = program.group_labels(learnt.outline.group_of(k));
        let labels = Arc::new(try_collect("labels of the groups", labels.iter().cloned())?);
        let mut term = |effects: Vec<String>, z: Option<Vec<f64>>| -> Result<()> {
            let structure = program.structure_of(k, effects.len());
            let index = try_vec("group index", 0, rows)?;
            terms.push(TermDesign { group: group.to_owned(), structure, effects, levels: labels.clone(), index, z });
            Ok(())
        };
        if own.is_ones {
            term(names.to_vec(), None)?;
        } else if program.is_split(k) {
            for (name, z) in names.iter().zip(root.chunks_exact(rows)) {
                term(vec![name.clone()], Some(try_copy("random effects", z)?))?;
            }
        } else {
            term(names.to_vec(), Some(root))?;
        }
    }
    let mut terms = program.drop_dependent(terms, rows, warnings)?;
    for term in &mut terms {
        (term.index, term.z) = (vec![], term.z.take().map(|_| vec![]));
    }
    Ok(terms)
}

fn own_terms(program: &Program, (sums, learnt): (&Sums, &Learnt), effects: &[Effects], levels: &[usize]) -> Result<Vec<Own>> {
    let mut all = vec![];
    for (k, own) in effects.iter().enumerate() {
        let (all_weights, all_shifts) = if learnt.outline.may_shift(k) {
            own.shifted(&own.gram(&sums.terms[k], levels[k])?, &learnt.shifts[k])
        } else {
            (own.weights.clone(), vec![0.0; own.columns])
        };
        let (columns, kept) = program.effects(k);
        let kept: Vec<usize> = kept.map_or_else(|| (0..columns).collect(), <[usize]>::to_vec);
        let parts: Vec<Vec<usize>> = if program.is_split(k) { kept.iter().map(|e| vec![*e]).collect() } else { vec![kept] };
        for kept in parts {
            let slots = own.slots;
            let weights: Vec<f64> = kept.iter().flat_map(|e| all_weights[e * slots..(e + 1) * slots].iter().copied()).collect();
            let shifts: Vec<f64> = kept.iter().map(|e| all_shifts[*e]).collect();
            let shifts = if shifts.iter().any(|s| *s != 0.0) { shifts } else { vec![] };
            all.push(Own { program: k, kept, weights, shifts });
        }
    }
    Ok(all)
}

/// What the sums tell of a residual correlation.
fn summed_correlation(
    sums: &Sums,
    fixed: &Coded,
    (own, layout): (&[Own], &Layout),
    (learnt, groups): (&Learnt, usize),
    watch: &Watch<'_>,
) -> Result<Option<SummedCorrelation>> {
    let Some(outline) = learnt.outline.correlation() else { return Ok(None) };
    let classes = sums.pieces.iter().filter(|(key, _)| key.piece == Piece::Own && key.value() > 0.0);
    let classes: Vec<(f64, usize)> = classes.map(|(key, piece)| (key.value(), piece.n as usize)).collect();
    check_number(outline.kind, sums.pieces.keys())?;
    let single = outline.kind == CorrelationKind::CompoundSymmetry && classes.iter().all(|(size, _)| *size < 2.0);
    if single || classes.is_empty() {
        return Err(Error::data(format!(
            "correlation: no level of {} has more than one row, so that the residuals' correlation can't be told",
            quoted(&outline.group_name())
        )));
    }
    let mut pieces = vec![];
    for piece in sums.pieces.values() {
        let gram = coded::products_of(&piece.gram, sums.sizes().c, &fixed.columns, watch)?;
        let (cz, diagonal, off_diagonal) = blocks(piece, fixed, (own, layout), watch)?;
        let n = (piece.n as usize, 0.0);
        pieces.push(CrossProducts::of_sums(layout.clone(), fixed.basis.clone(), n, (gram, cz), diagonal, off_diagonal));
    }
    Ok(Some(SummedCorrelation { kind: outline.kind, continuous: sums.continuous, groups, classes, pieces }))
}

type Blocks = (Vec<f64>, Vec<Vec<f64>>, Vec<BlockMatrix>);

/// The cross-products with random effects, in the columns of the design.
fn blocks(sums: &Sums, fixed: &Coded, (own, layout): (&[Own], &Layout), watch: &Watch<'_>) -> Result<Blocks> {
    let (c, columns) = (sums.sizes().c, fixed.basis.columns);
    let mut cz = try_vec("cross-products of fixed and random effects", 0.0, columns * layout.q())?;
    let (mut diagonal, mut off_diagonal) = (vec![], vec![]);
    for (a, term) in own.iter().enumerate() {
        watch.pulse()?;
        let (source, r, s) = (&sums.terms[term.program], sums.terms[term.program].effects, term.kept.len());
        let levels = layout.terms[a].levels;
        let into = &mut cz[layout.offset(a) * columns..][..levels * s * columns];
        for (from, to) in source.cz.chunks_exact(c * r).zip(into.chunks_exact_mut(columns * s)) {
            sandwich([c, r], [&fixed.columns, &term.weights], from, to);
        }
        let mut own_blocks = try_vec("cross-products of the random effects", 0.0, levels * s * s)?;
        for (from, to) in source.diagonal.chunks_exact(r * r).zip(own_blocks.chunks_exact_mut(s * s)) {
            sandwich([r, r], [&term.weights, &term.weights], from, to);
        }
        diagonal.push(own_blocks);
    }
    for (a, b) in pairs_of(own.len()) {
        watch.pulse()?;
        let (k, m, sizes) = (&own[a], &own[b], &layout.terms);
        let weights = [&k.weights[..], &m.weights[..]];
        let effects = [sums.terms[k.program].effects, sums.terms[m.program].effects];
        off_diagonal.push(if k.program == m.program {
            within(&sums.terms[k.program].diagonal, weights, effects, (&sizes[a], &sizes[b]))?
        } else {
            sums.pairs[k.program * (k.program - 1) / 2 + m.program].matrix(weights, &sizes[a], &sizes[b], effects)?
        });
    }
    Ok((cz, diagonal, off_diagonal))
}

/// Of two effects of the same term, which are terms of their own: a block for each level.
fn within(diagonal: &[f64], weights: [&[f64]; 2], effects: [usize; 2], sizes: (&TermSize, &TermSize)) -> Result<BlockMatrix> {
    let mut matrix = BlockMatrix::empty(sizes.0, sizes.1)?;
    let (levels, len) = (sizes.0.levels, matrix.block_len());
    matrix.rows = try_vec("cross-products of the random effects", 0, levels)?;
    matrix.values = try_vec("cross-products of the random effects", 0.0, levels * len)?;
    matrix.col_ptr.iter_mut().enumerate().for_each(|(level, at)| *at = level);
    let from = diagonal.chunks_exact(effects[0] * effects[1]);
    for (level, (from, to)) in from.zip(matrix.values.chunks_exact_mut(len)).enumerate() {
        matrix.rows[level] = level as u32;
        sandwich(effects, weights, from, to);
    }
    Ok(matrix)
}

/// Whether some row has several effects of a term.
fn overlaps(blocks: &[f64], r: usize) -> bool {
    blocks.chunks_exact(r * r).any(|block| (0..r * r).any(|e| e % r != e / r && block[e] != 0.0))
}
