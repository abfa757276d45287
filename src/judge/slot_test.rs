//! NLI as a slot test: short questions about one slot, beside the raw pair of sentences.
//!
//! Long sentences confuse NLI models, and a pair that differs in one detail of five says little about which. So where a
//! rule sees two values of a slot that differ, the model is asked about that slot:
//!
//! - *the same event?* One claim should entail the other's clause without the disputed slot;
//! - *do the values exclude each other?* A clause with the other claim's value put in should contradict the clause as
//!   it is;
//! - *the clauses*, cut out of their sentences, both ways.
//!
//! The answers are features of the judge's model; none is a veto. See `docs/method.md`.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Party};
use super::slots::Slot;
use crate::claim::tokens::tokenize;
use crate::claim::{Claim, Predicate};
use crate::language::{Languages, Pack};
use crate::nli::{Direction, NliPair, NliScores};
use crate::span::Span;

/// A premise and a hypothesis.
type Question = (String, String);

/// The questions about one slot of two claims. Each list holds them one way, or both ways.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SlotTest {
    /// A claim, and the other's clause without the slot: entailed if both speak of one event.
    pub without_slot: Vec<Question>,
    /// A clause with the other claim's value, and as it is: a contradiction if one value alone can hold.
    pub exchanged: Vec<Question>,
    /// The two clauses, both ways; none where they are their whole sentences.
    pub clauses: Option<[Question; 2]>,
}

/// What the model answered, each text once.
#[derive(Debug, Clone, Default)]
pub struct Answers(BTreeMap<Question, NliScores>);

/// The answers to a test, each a probability between 0 and 1, in the mean over the ways it was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SlotScores {
    /// That the claims entail each other without the slot.
    pub same_event: Option<f64>,
    /// That the values exclude each other.
    pub exclusive: Option<f64>,
    /// That the clauses contradict each other.
    pub clauses: Option<f64>,
}

impl Answers {
    /// The answer to a question that was asked.
    fn get(&self, question: &Question) -> Option<NliScores> {
        self.0.get(question).copied()
    }

    /// Those of the tests' questions that were not asked yet.
    pub fn missing<'t>(&self, tests: impl Iterator<Item = &'t SlotTest>) -> BTreeSet<Question> {
        let all = tests.flat_map(SlotTest::questions);
        all.filter(|question| !self.0.contains_key(*question)).cloned().collect()
    }

    /// Keeps answers, in the order of the questions.
    pub fn add(&mut self, questions: BTreeSet<Question>, scores: Vec<NliScores>) {
        self.0.extend(questions.into_iter().zip(scores));
    }
}

/// Questions as a scorer takes them.
pub fn as_pairs(questions: &BTreeSet<Question>) -> Vec<NliPair<'_>> {
    questions.iter().map(|(premise, hypothesis)| NliPair { premise, hypothesis }).collect()
}

impl SlotTest {
    /// The questions about the slot at stake; none of a slot whose value is no part of a sentence.
    pub fn of(context: &Context<'_>, languages: &Languages) -> SlotTest {
        let (a, b) = (&context.a, &context.b);
        let (Some(in_a), Some(in_b)) = (Clause::of(a, languages), Clause::of(b, languages)) else {
            return SlotTest::default();
        };
        let one_language = a.claim.language == b.claim.language;
        let mut test = SlotTest::default();
        for (this, other, clause, others) in [(a, b, &in_a, &in_b), (b, a, &in_b, &in_a)] {
            let exchanged = others.value_text().filter(|_| one_language);
            let exchanged = exchanged.and_then(|value| clause.with(value));
            let as_it_is = clause.text();
            let premise = || other.claim.text.clone();
            let bare = if is_adjunct(&this.value.slot) { clause.without() } else { None };
            // Where a clause needs the slot to be one, it gets the value that the other claim gives.
            if let Some(hypothesis) = bare.or_else(|| exchanged.clone()) {
                test.without_slot.push((premise(), hypothesis));
            }
            if let Some(premise) = exchanged.filter(|text| *text != as_it_is) {
                test.exchanged.push((premise, as_it_is));
            }
        }
        if in_a.is_part_of_sentence() || in_b.is_part_of_sentence() {
            let (x, y) = (in_a.text(), in_b.text());
            test.clauses = Some([(x.clone(), y.clone()), (y, x)]);
        }
        test
    }

    fn questions(&self) -> impl Iterator<Item = &Question> {
        self.without_slot.iter().chain(&self.exchanged).chain(self.clauses.iter().flatten())
    }

    /// The answers, as far as the questions were asked.
    pub fn scores(&self, answers: &Answers, direction: Direction) -> SlotScores {
        let mean = |questions: &[Question], of: fn(&NliScores) -> f32| -> Option<f64> {
            let all: Option<Vec<f64>> =
                questions.iter().map(|q| Some(f64::from(of(&answers.get(q)?)))).collect();
            let all = all.filter(|all| !all.is_empty())?;
            Some(all.iter().sum::<f64>() / all.len() as f64)
        };
        let clauses = self.clauses.as_ref().and_then(|[forward, backward]| {
            let scores = direction.combine(answers.get(forward)?, answers.get(backward)?);
            Some(f64::from(scores.contradiction))
        });
        SlotScores {
            same_event: mean(&self.without_slot, |scores| scores.entailment),
            exclusive: mean(&self.exchanged, |scores| scores.contradiction),
            clauses,
        }
    }
}

/// Whether a clause is whole without what fills the slot.
fn is_adjunct(slot: &Slot) -> bool {
    matches!(slot, Slot::Time | Slot::Place | Slot::Support | Slot::Quantity(_))
}

/// The part of a sentence that tells what a value belongs to, and where in it the value stands.
struct Clause<'c> {
    claim: &'c Claim,
    /// The clause.
    span: Span,
    /// The words that give the value, where they are one stretch of the clause.
    value: Option<Span>,
    /// The same with the prepositions and articles before it.
    phrase: Option<Span>,
}

impl<'c> Clause<'c> {
    fn of(side: &Party<'c>, languages: &Languages) -> Option<Clause<'c>> {
        let claim = side.claim;
        let pack = &languages.get(&claim.language)?.pack;
        let value = value_span(side);
        let span = clause_span(side, value);
        let value = value.filter(|value| span.contains(value));
        let phrase = value.map(|value| whole_phrase(claim, value, pack));
        Some(Clause { claim, span, value, phrase })
    }

    fn is_part_of_sentence(&self) -> bool {
        self.span.end - self.span.start < self.claim.span.end - self.claim.span.start
    }

    fn text(&self) -> String {
        tidy(self.span.of_claim(self.claim))
    }

    fn value_text(&self) -> Option<&'c str> {
        Some(self.value?.of_claim(self.claim))
    }

    /// The clause with other words for the value.
    fn with(&self, words: &str) -> Option<String> {
        self.replaced(self.value?, words)
    }

    /// The clause without the value; none where nothing else is left.
    fn without(&self) -> Option<String> {
        self.replaced(self.phrase?, "").filter(|text| text.split_whitespace().count() > 1)
    }

    fn replaced(&self, span: Span, words: &str) -> Option<String> {
        let before = Span::new(self.span.start, span.start.max(self.span.start));
        let after = Span::new(span.end.min(self.span.end), self.span.end);
        let text = [before.of_claim(self.claim), words, after.of_claim(self.claim)].concat();
        Some(tidy(&text)).filter(|text| !text.is_empty())
    }
}

/// The words that give the value, without the predicate it belongs to; none where they are no single stretch.
fn value_span(side: &Party<'_>) -> Option<Span> {
    let value = side.value;
    if matches!(
        value.slot,
        Slot::Denial | Slot::Outcome | Slot::State | Slot::Pole(_) | Slot::Claim
    ) {
        return None;
    }
    if let Slot::Quantity(_) = value.slot {
        // The number alone: what it counts is the same on both sides.
        let written = value.label.values.get("written").or_else(|| value.label.values.get("text"));
        return value.evidence.iter().copied().find(|span| {
            written.is_some_and(|written| span.of_claim(side.claim) == written.as_str())
        });
    }
    let predicate = side
        .event()
        .map(|event| event.trigger)
        .or_else(|| Some(side.claim.predicates.get(value.predicate?)?.span));
    let words: Vec<Span> =
        value.evidence.iter().copied().filter(|span| Some(*span) != predicate).collect();
    let (&first, &last) = (words.first()?, words.last()?);
    let whole = words.iter().fold(first, |whole, span| whole.cover(span));
    let around_predicate = predicate.is_some_and(|predicate| whole.overlaps(&predicate));
    let gap = last.start.saturating_sub(first.end) > MAX_GAP;
    (!around_predicate && !gap).then_some(whole)
}

/// Bytes between the words of a value that are still one stretch.
const MAX_GAP: usize = 40;

/// The smallest clause that has the value and what it belongs to: the predicate's words and arguments; the whole
/// sentence where no predicate of it is known.
fn clause_span(side: &Party<'_>, value: Option<Span>) -> Span {
    let claim = side.claim;
    let focus = side.event().map(|event| event.trigger).or(value);
    let own = side.value.predicate.and_then(|at| claim.predicates.get(at));
    let around = || {
        let focus = focus?;
        let holds = |p: &&Predicate| {
            p.span.overlaps(&focus) || p.arguments.iter().any(|a| a.span.overlaps(&focus))
        };
        claim.predicates.iter().filter(holds).min_by_key(|p| {
            let whole = p.whole();
            // The predicate itself before one whose argument it stands in.
            (!p.span.overlaps(&focus), whole.end - whole.start)
        })
    };
    let Some(predicate) = own.or_else(around) else { return claim.span };
    let mut whole = predicate.whole();
    for part in [focus, value].into_iter().flatten() {
        whole = whole.cover(&part);
    }
    // Articles and auxiliaries stand before the first argument, and the sentence begins soon before it.
    let lead = Span::new(claim.span.start, whole.start).of_claim(claim);
    if !lead.contains([',', ';', ':', '،', '«', '“', '"']) && lead.chars().count() <= MAX_LEAD {
        whole = Span::new(claim.span.start, whole.end);
    }
    whole
}

/// Characters before a clause that belong to it: an article, a conjunction.
const MAX_LEAD: usize = 12;

/// A value with the prepositions and articles that lead to it.
fn whole_phrase(claim: &Claim, value: Span, pack: &Pack) -> Span {
    let before = Span::new(claim.span.start, value.start);
    let mut start = value.start;
    for token in tokenize(before.of_claim(claim), claim.span.start).iter().rev() {
        let leads =
            pack.prepositions.contains(&token.lower) || pack.determiners.contains(&token.lower);
        if !leads {
            break;
        }
        start = token.span.start;
    }
    Span::new(start, value.end)
}

/// White space folded, and no punctuation left over at the ends or before other punctuation.
fn tidy(text: &str) -> String {
    let mut tidy = String::new();
    for word in text.split_whitespace() {
        let is_mark = word.chars().all(|c| matches!(c, ',' | ';' | ':' | '،' | '.'));
        if is_mark || word.starts_with([',', '.']) && !tidy.is_empty() {
            tidy.truncate(tidy.trim_end_matches([',', ';', ':', '،', ' ']).len());
        } else if !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    tidy.trim_matches([',', ';', ':', '،', ' ']).to_owned()
}
