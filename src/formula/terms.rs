//! The algebra of terms on one side of a formula, as R's `terms.formula` does it.

use super::bars::{Bars, first_bar, is_bar, is_call_around_bar};
use super::deparse::{brief, key};
use super::lexer::{is_constant, shorten};
use super::term_set::{Arithmetic, MAX_TERMS, Term, TermSet};
use super::{Argument, Expr, ExprKind, Op, TermList};
use crate::error::{Error, Result};
use std::collections::HashMap;

impl TermList {
    /// The name of a term: its variables joined by colons, `a:b`.
    pub fn label(&self, term: usize) -> String {
        let variables: Vec<String> = self.terms[term].iter().map(|&v| self.variables[v].to_string()).collect();
        variables.join(":")
    }

    /// The names of all terms.
    pub fn labels(&self) -> Vec<String> {
        (0..self.terms.len()).map(|term| self.label(term)).collect()
    }

    /// No terms, only the intercept.
    pub fn intercept_only() -> Self {
        TermList { intercept: true, ..TermList::default() }
    }
}

/// Expands `expr` to terms. `columns` are what `.` stands for (without the response); `bars` says what to do with random terms.
pub(super) fn term_list<'a>(expr: &'a Expr, columns: Option<&[String]>, bars: Bars<'a, '_>) -> Result<TermList> {
    let mut algebra = Algebra::new(columns.map_or(Dot::Unknown, Dot::Columns), bars);
    let terms = algebra.encode(expr, Place::Sum)?;
    Ok(algebra.finish(&terms))
}

/// What `.` stands for.
#[derive(Clone, Copy)]
pub(super) enum Dot<'a, 'b> {
    /// All columns but the response.
    Columns(&'b [String]),
    /// All columns, which are not known.
    Unknown,
    /// The terms of another formula, which this one changes.
    Old(&'b [&'a Expr]),
    /// All columns, as a term that stays as it is.
    Itself,
}

/// Where an operand stands; random terms are allowed in a sum only.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    Sum,
    Subtracted,
    Inside,
}

pub(super) struct Algebra<'a, 'b> {
    dot: Dot<'a, 'b>,
    bars: Bars<'a, 'b>,
    pub variables: Vec<Expr>,
    index: HashMap<String, usize>,
    pub intercept: bool,
    /// False inside what is subtracted: there `1` removes the intercept.
    adding: bool,
    /// Subtracted from `.`, of which it is not known whether it has them.
    pub left_out: TermSet,
    /// The variable of a `.` that stays as it is.
    itself: Option<usize>,
    arithmetic: Arithmetic,
}

impl<'a, 'b> Algebra<'a, 'b> {
    pub fn new(dot: Dot<'a, 'b>, bars: Bars<'a, 'b>) -> Self {
        Algebra {
            dot,
            bars,
            variables: Vec::new(),
            index: HashMap::new(),
            intercept: true,
            adding: true,
            left_out: TermSet::default(),
            itself: None,
            arithmetic: Arithmetic::default(),
        }
    }

    /// The terms of an expression. Goes down the left operands in a loop: a sum of thousands of terms is that high.
    pub fn encode(&mut self, expr: &'a Expr, place: Place) -> Result<TermSet> {
        let mut pending = Vec::new();
        let (mut leftmost, mut its_place) = (expr, place);
        while let ExprKind::Binary {
            op: op @ (Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Pow | Op::Colon | Op::In),
            left,
            right,
        } = &leftmost.kind
        {
            pending.push((*op, leftmost, &**right, its_place));
            if !matches!(op, Op::Add | Op::Sub) && its_place == Place::Sum {
                its_place = Place::Inside;
            }
            leftmost = left;
        }
        let mut terms = self.operand(leftmost, its_place)?;
        while let Some((op, whole, right, place)) = pending.pop() {
            terms = match op {
                Op::Add => {
                    let before = std::mem::take(&mut self.left_out);
                    let right = self.encode(right, place)?;
                    self.left_out = self.left_out_of_both((&terms, before), &right);
                    terms.add(right).map_err(|_| too_large(whole))?;
                    terms
                }
                Op::Sub => {
                    let removed = self.subtracted(right)?;
                    self.leave_out(&terms, &removed, right, place)?;
                    terms.remove(&removed);
                    terms
                }
                Op::Pow => self.power(&terms, whole, right)?,
                _ => self.product(op, terms, whole, right, place)?,
            };
        }
        Ok(terms)
    }

    /// `*`, `/`, `:` and `%in%`.
    fn product(&mut self, op: Op, left: TermSet, whole: &Expr, right: &'a Expr, place: Place) -> Result<TermSet> {
        let place = if place == Place::Sum { Place::Inside } else { place };
        let operand = self.encode(right, place)?;
        if left.is_empty() || operand.is_empty() {
            // R drops such a term without a word; most often `1/x` or `2*x` was meant as arithmetic.
            let message = format!("'{}' has an operand without variables; arithmetic is written I(...)", brief(whole));
            return Err(Error::formula(whole.span.start, message));
        }
        let (all_left, all_right) = (self.has_all(&left), self.has_all(&operand));
        let some_left_out = (all_left || all_right) && !self.left_out.is_empty();
        let within_all = (all_left && op == Op::Div) || (all_right && op == Op::In);
        if (all_left && all_right) || within_all || some_left_out {
            return Err(columns_unknown(whole));
        }
        match op {
            Op::Mul => self.arithmetic.cross(left, operand),
            Op::Div => self.arithmetic.nest(left, &operand),
            Op::In => self.arithmetic.within(&left, &operand),
            _ => self.arithmetic.interact(&left, &operand),
        }
        .map_err(|_| too_large(whole))
    }

    fn power(&mut self, base: &TermSet, whole: &Expr, exponent: &Expr) -> Result<TermSet> {
        match exponent.strip_parens().kind {
            _ if self.has_all(base) => Err(columns_unknown(whole)),
            ExprKind::Number(power) if power >= 1.0 && power.fract() == 0.0 => {
                self.arithmetic.power(base, power as u64).map_err(|_| too_large(whole))
            }
            _ => {
                let message = format!(
                    "the power '{}' of terms is not a whole number from 1 up; arithmetic is written I(...)",
                    brief(exponent)
                );
                Err(Error::formula(exponent.span.start, message))
            }
        }
    }

    fn subtracted(&mut self, expr: &'a Expr) -> Result<TermSet> {
        self.adding = !self.adding;
        let terms = self.encode(expr, Place::Subtracted);
        self.adding = !self.adding;
        terms
    }

    /// Anything but a binary operator of the algebra.
    fn operand(&mut self, expr: &'a Expr, place: Place) -> Result<TermSet> {
        let invalid = |what: &str| Err(Error::formula(expr.span.start, format!("{what} can't be a term of a formula")));
        match &expr.kind {
            ExprKind::Number(value) => self.number(*value, expr),
            ExprKind::Text(text) => invalid(&format!("the text \"{}\"", shorten(text))),
            ExprKind::Name(name) if is_constant(name) => invalid(&format!("the constant {name}")),
            ExprKind::Name(name) if name == "." => self.dot(expr, place),
            ExprKind::Name(_) => Ok(TermSet::single(self.variable(expr))),
            ExprKind::Paren(inner) if is_bar(inner) => self.random(expr, place),
            ExprKind::Paren(inner) => self.encode(inner, place),
            ExprKind::Unary { op: Op::Add, operand } => self.encode(operand, place),
            ExprKind::Unary { op: Op::Sub, operand } => self.subtracted(operand).map(|_| TermSet::default()),
            ExprKind::Binary { op: Op::Bar | Op::DoubleBar, .. } => Err(self.bars.bare(expr)),
            ExprKind::Call { .. } if is_call_around_bar(expr) => self.random(expr, place),
            ExprKind::Call { function, arguments } if function == "offset" && !self.bars.are_terms() => {
                self.offset(expr, arguments, place)
            }
            ExprKind::Call { function, arguments } if function == "strata" && !self.bars.are_terms() => {
                self.strata(expr, arguments, place)
            }
            ExprKind::Call { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. } => self.opaque(expr),
        }
    }

    fn number(&mut self, value: f64, expr: &Expr) -> Result<TermSet> {
        if value != 0.0 && value != 1.0 {
            let message =
                format!("the number {expr} can't be a term: only 0 and 1 (the intercept) can; arithmetic is written I(...)");
            return Err(Error::formula(expr.span.start, message));
        }
        self.intercept = (value == 1.0) == self.adding;
        Ok(TermSet::default())
    }

    /// What `.` stands for.
    fn dot(&mut self, expr: &'a Expr, place: Place) -> Result<TermSet> {
        match self.dot {
            Dot::Columns(columns) => self.all_columns(columns, expr),
            Dot::Unknown => Err(Error::formula(expr.span.start, self.bars.no_dot())),
            Dot::Itself => {
                let own = self.variable(expr);
                self.itself = Some(own);
                Ok(TermSet::single(own))
            }
            Dot::Old(parts) => {
                self.dot = Dot::Itself;
                let terms = self.old_terms(parts, expr, place);
                self.dot = Dot::Old(parts);
                // Their bytes are those of another text.
                terms.map_err(|error| Error { position: expr.span.start as i64, ..error })
            }
        }
    }

    fn old_terms(&mut self, parts: &[&'a Expr], dot: &Expr, place: Place) -> Result<TermSet> {
        let mut terms = TermSet::default();
        for part in parts {
            let own = self.encode(part, place)?;
            terms.add(own).map_err(|_| too_large(dot))?;
        }
        Ok(terms)
    }

    /// What a formula takes out of the one that it changes is there, or may be in its `.`.
    fn leave_out(&mut self, terms: &TermSet, removed: &TermSet, expr: &Expr, place: Place) -> Result<()> {
        if !self.bars.are_terms() {
            return Ok(());
        }
        let absent = removed.without(terms);
        if self.has_all(removed) || (self.has_all(terms) && !absent.is_empty() && place != Place::Sum) {
            return Err(columns_unknown(expr));
        }
        if self.has_all(terms) {
            // All of them: what is there may be in `.`, too.
            return self.left_out.add(removed.clone()).map_err(|_| too_large(expr));
        }
        let all_absent = !removed.is_empty() && absent.terms().len() == removed.terms().len();
        if matches!(self.dot, Dot::Old(_)) && self.adding && all_absent {
            let message = format!("'{}' is taken out, but the formula has no such term", brief(expr));
            return Err(Error::formula(expr.span.start, message));
        }
        Ok(())
    }

    /// What is left out of `.` on both sides of a `+`, before which some was, and is on neither.
    fn left_out_of_both(&mut self, (terms, before): (&TermSet, TermSet), right: &TermSet) -> TermSet {
        let own = std::mem::take(&mut self.left_out);
        match (self.has_all(terms), self.has_all(right)) {
            (true, true) => before.without(&before.without(&own)),
            (true, false) => before.without(right),
            (false, true) => own.without(terms),
            (false, false) => TermSet::default(),
        }
    }

    /// Whether terms have that of all columns, which are not known.
    fn has_all(&self, terms: &TermSet) -> bool {
        self.itself.is_some_and(|dot| terms.terms().iter().any(|term| term.contains(&dot)))
    }

    fn all_columns(&mut self, columns: &[String], dot: &Expr) -> Result<TermSet> {
        let mut terms = TermSet::default();
        for column in columns {
            let variable = self.variable(&Expr { kind: ExprKind::Name(column.clone()), span: dot.span });
            terms.add(TermSet::single(variable)).map_err(|_| too_large(dot))?;
        }
        Ok(terms)
    }

    /// A call or a comparison: one variable, whose inside is not interpreted.
    fn opaque(&mut self, expr: &'a Expr) -> Result<TermSet> {
        if let Some(bar) = first_bar(expr) {
            return Err(self.bars.misplaced(bar));
        }
        if expr.names().iter().any(|name| name == ".") {
            let what = if self.bars.are_terms() { "the terms of the old formula" } else { "all columns" };
            return Err(Error::formula(
                expr.span.start,
                format!("'.' stands for {what} only as a term, not inside '{}'", brief(expr)),
            ));
        }
        Ok(TermSet::single(self.variable(expr)))
    }

    fn offset(&mut self, expr: &'a Expr, arguments: &[Argument], place: Place) -> Result<TermSet> {
        let wrong = |message: &str| Err(Error::formula(expr.span.start, format!("'{}': {message}", brief(expr))));
        match place {
            Place::Subtracted => wrong("an offset can't be subtracted; leave it out"),
            Place::Inside => wrong("an offset stands alone between +"),
            Place::Sum if arguments.len() != 1 => wrong("offset() takes one argument"),
            Place::Sum => self.opaque(expr),
        }
    }

    fn strata(&mut self, expr: &'a Expr, arguments: &[Argument], place: Place) -> Result<TermSet> {
        let wrong = |message: &str| Err(Error::formula(expr.span.start, format!("'{}': {message}", brief(expr))));
        match place {
            Place::Subtracted => wrong("strata can't be subtracted; leave them out"),
            _ if arguments.is_empty() => wrong("strata() takes one or more factors"),
            _ if arguments.iter().any(|a| a.name.is_some()) => wrong("the arguments of strata() are factors, without names"),
            Place::Inside if arguments.len() > 1 => {
                wrong("effects by stratum are of one factor here; with several, write x:a:b + strata(a, b)")
            }
            Place::Sum | Place::Inside => self.opaque(expr),
        }
    }

    /// A random term, for another to interpret.
    fn random(&mut self, expr: &'a Expr, place: Place) -> Result<TermSet> {
        match place {
            Place::Sum | Place::Subtracted if self.bars.are_terms() => return self.random_as_term(expr),
            Place::Sum => self.bars.collect(expr)?,
            Place::Subtracted => return Err(Bars::subtracted(expr)),
            Place::Inside => return Err(self.bars.misplaced(first_bar(expr).unwrap_or(expr))),
        }
        Ok(TermSet::default())
    }

    fn random_as_term(&mut self, expr: &Expr) -> Result<TermSet> {
        if matches!(self.dot, Dot::Old(_)) && expr.names().iter().any(|name| name == ".") {
            let message = format!("'.' stands for the terms of the old formula, not for effects in '{}'", brief(expr));
            return Err(Error::formula(expr.span.start, message));
        }
        let bar = expr.strip_parens();
        let bar = match &bar.kind {
            ExprKind::Call { .. } => bar.clone(),
            _ => Expr { kind: ExprKind::Paren(Box::new(bar.clone())), span: expr.span },
        };
        Ok(TermSet::single(self.variable(&bar)))
    }

    /// The index of a variable, by its text: R too compares calls as they are written.
    fn variable(&mut self, expr: &Expr) -> usize {
        let next = self.variables.len();
        let index = *self.index.entry(key(expr)).or_insert(next);
        if index == next {
            self.variables.push(expr.clone());
        }
        index
    }

    /// Orders the terms by degree, takes offsets and strata out and drops variables that no term uses (R keeps them in the
    /// model frame, where a missing value in a removed variable would cost a row).
    fn finish(self, terms: &TermSet) -> TermList {
        let mut list = TermList { intercept: self.intercept, ..TermList::default() };
        let mut ordered: Vec<&Term> = Vec::new();
        let mut absorbed = Vec::new();
        for term in terms.terms() {
            for factor in term.iter().flat_map(|&v| strata_factors(&self.variables[v]).into_iter().flatten()) {
                if !list.strata.contains(factor) {
                    list.strata.push(factor.clone());
                }
            }
            match term.as_slice() {
                [single] if let Some(inside) = offset_argument(&self.variables[*single]) => list.offsets.push(inside.clone()),
                [single] if strata_factors(&self.variables[*single]).is_some() => absorbed.push(*single),
                _ => ordered.push(term),
            }
        }
        ordered.sort_by_key(|term| term.len());
        let mut used = vec![false; self.variables.len()];
        ordered.iter().flat_map(|term| term.iter()).for_each(|&v| used[v] = true);
        let mut renumbered = vec![0; self.variables.len()];
        for (v, variable) in self.variables.into_iter().enumerate().filter(|(v, _)| used[*v]) {
            renumbered[v] = list.variables.len();
            list.variables.push(variable);
        }
        list.absorbed = absorbed.into_iter().filter(|&v| used[v]).map(|v| renumbered[v]).collect();
        list.terms = ordered.into_iter().map(|term| term.iter().map(|&v| renumbered[v]).collect()).collect();
        list
    }
}

/// The argument of `offset()`.
fn offset_argument(variable: &Expr) -> Option<&Expr> {
    match &variable.kind {
        ExprKind::Call { function, arguments } if function == "offset" => arguments.first().map(|argument| &argument.value),
        _ => None,
    }
}

/// The arguments of `strata()`.
fn strata_factors(variable: &Expr) -> Option<impl Iterator<Item = &Expr>> {
    match &variable.kind {
        ExprKind::Call { function, arguments } if function == "strata" => Some(arguments.iter().map(|argument| &argument.value)),
        _ => None,
    }
}

/// What a formula with `.` says only together with the data.
fn columns_unknown(expr: &Expr) -> Error {
    let message =
        format!("what '{}' means depends on the columns for which '.' stands in the old formula: write them out", brief(expr));
    Error::formula(expr.span.start, message)
}

fn too_large(expr: &Expr) -> Error {
    Error::formula(expr.span.start, format!("the formula expands to too many terms (more than {MAX_TERMS}, or too much work)"))
}
