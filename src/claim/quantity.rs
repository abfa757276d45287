//! Quantities: numbers as intervals, with what they count.

mod counted;
mod numeral;
mod section;

use serde::{Deserialize, Serialize};

use self::numeral::Numeral;
use self::section::{Bound, Lexicon, Unit};
pub use self::section::{QuantitySection, UnitWords};
use super::Factuality;
use super::tokens::{Token, TokenKind};
use crate::span::Span;
use crate::syntax::{Tree, has_model};

/// A number in a sentence: an interval of values, its unit, and what is counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// Where the numeral stands, approximator and unit included.
    pub span: Span,
    /// As written.
    pub text: String,
    /// Smallest value, included; none for "moins de 40".
    pub low: Option<f64>,
    /// Largest value, included; none for "plus de 150".
    pub high: Option<f64>,
    /// The text rounds ("environ", "une vingtaine"): the interval already says how far.
    pub approximate: bool,
    /// `percent`, an ISO 4217 currency, or a unit of measure in its base form (`metre`,
    /// `kilogram`, `hour` …; values are converted to it). None for a plain count.
    pub unit: Option<String>,
    /// What is counted: a concept id shared by all languages (`dead`, `injured`, `missing`,
    /// `evacuated`, `votes` …), or else the folded head noun.
    pub of: Option<String>,
    /// Where the counted noun stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_span: Option<Span>,
    /// It is added to another number ("two more bodies"), and no total.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub increment: bool,
    /// The whole that the number is said of, where words beside a name say so ("across the
    /// district"): a level of the packs, `municipality`, `district`, `region`, `nation`, `world`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// How far the number is presented as fact, by the cues that govern it.
    #[serde(default = "Factuality::asserted", skip_serializing_if = "Factuality::is_plain")]
    pub factuality: Factuality,
}

/// How far round numbers and "about" may be off.
const ROUNDING: f64 = 0.1;
/// Words that an approximator phrase may have.
const MAX_BOUND_WORDS: usize = 5;

/// Finds quantities of one language.
#[derive(Debug, Clone)]
pub struct QuantityReader {
    spelled: numeral::Spelled,
    lexicon: Lexicon,
    range_and: Vec<String>,
    /// Words that no noun phrase's head is: stop words, prepositions, determiners.
    stops: Vec<Vec<String>>,
    /// Numbers stand next to words without a space, and a syntax model tells the words apart.
    unspaced: bool,
}

/// A number read so far: tokens, bounds.
#[derive(Debug, Clone, Copy)]
struct Amount {
    first: usize,
    end: usize,
    low: Option<f64>,
    high: Option<f64>,
    approximate: bool,
    /// Not a quantity unless something known is counted.
    doubtful: bool,
    /// A share of a whole, in per cent.
    share: bool,
    /// The counted noun itself says that there are two.
    dual: bool,
    /// Half of what the last digit written stands for.
    precision: f64,
}

impl QuantityReader {
    /// Compiles the pack's `[quantity]` section.
    ///
    /// # Errors
    /// When a value in the section is not a number.
    pub fn new(pack: &crate::language::Pack) -> crate::error::Result<Self> {
        Ok(QuantityReader {
            spelled: numeral::Spelled::new(&pack.code),
            lexicon: Lexicon::new(pack)?,
            range_and: pack.quantity.range_and.clone(),
            stops: vec![
                pack.stop_words.clone(),
                pack.prepositions.clone(),
                pack.determiners.clone(),
            ],
            unspaced: pack.time.unspaced && has_model(&pack.code),
        })
    }

    /// The quantities of one sentence, in order; numbers inside `dates` are none, and those inside `durations` only
    /// where something known is measured ("lasted three weeks", "aged 12 years"). `text` is the article's text, which
    /// the token spans point into.
    /// `tree` is the sentence's syntax, where the language has a model.
    pub fn find(
        &self,
        text: &str,
        tokens: &[Token],
        dates: &[Span],
        durations: &[Span],
        tree: Option<&Tree<'_>>,
    ) -> Vec<Quantity> {
        let words = self.spelled.language();
        let mut found: Vec<Quantity> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let dated = dates.iter().any(|date| date.overlaps(&tokens[at].span));
            if let Some(end) = self.score(words, tokens, at) {
                at = end;
                continue;
            }
            let amount = if dated { None } else { self.amount(words, tokens, at) };
            let Some(amount) = amount else {
                at += 1;
                continue;
            };
            at = amount.end;
            let span = tokens[amount.first].span.cover(&tokens[amount.end - 1].span);
            if dates.iter().any(|date| date.overlaps(&span)) {
                continue;
            }
            let lasts = durations.iter().any(|duration| duration.overlaps(&span));
            if let Some((quantity, end)) = self.quantity(text, tokens, amount, lasts, tree) {
                at = end.max(at);
                found.push(quantity);
            }
        }
        found
    }

    /// The interval that begins at token `at`, with the words around it that widen it.
    fn amount(
        &self,
        words: Option<&text2num::Language>,
        tokens: &[Token],
        at: usize,
    ) -> Option<Amount> {
        let mut amount = self.core(words, tokens, at)?;
        if let Some(m) = longest(self.lexicon.bounds_after.find_at(tokens, amount.end)) {
            bounded(&mut amount, *m.1);
            amount.end = m.0;
        }
        // "au moins une vingtaine": two words may widen one number.
        for _ in 0..2 {
            let Some((first, bound)) = self.bound_before(tokens, amount.first) else { break };
            bounded(&mut amount, bound);
            amount.first = first;
            amount.doubtful = false;
        }
        Some(amount)
    }

    fn core(
        &self,
        words: Option<&text2num::Language>,
        tokens: &[Token],
        at: usize,
    ) -> Option<Amount> {
        let amount = |end, low, high, approximate, doubtful| Amount {
            first: at,
            end,
            low: Some(low),
            high: Some(high),
            approximate,
            doubtful,
            share: false,
            dual: false,
            precision: 0.0,
        };
        if let Some((end, &percent)) = longest(self.lexicon.fractions.find_at(tokens, at)) {
            return Some(Amount { share: true, ..amount(end, percent, percent, false, true) });
        }
        if let Some((end, ())) = longest(self.lexicon.zero.find_at(tokens, at))
            && self.lexicon.bounds.find_at(tokens, at).is_empty()
        {
            return Some(amount(end, 0.0, 0.0, false, true));
        }
        if let Some((end, &(low, high))) = longest(self.lexicon.vague.find_at(tokens, at)) {
            return Some(amount(end, low, high, true, false));
        }
        if let Some((end, &value)) = longest(self.lexicon.collectives.find_at(tokens, at)) {
            let (low, high) = (value * (1.0 - ROUNDING), value * (1.0 + ROUNDING));
            return Some(amount(end, low, high, true, false));
        }
        if !self.lexicon.duals.find_at(tokens, at).is_empty() {
            return Some(Amount { dual: true, ..amount(at + 1, 2.0, 2.0, false, true) });
        }
        if numeral::telephone(tokens, at) {
            return None;
        }
        let first = numeral::read(&self.lexicon, words, tokens, at)?;
        if self.is_code(tokens, &first) {
            return None;
        }
        let range = match self.range(words, tokens, &first) {
            Some(second) if second.value > first.value => Some(second),
            // "3-1" and "12-10" are scores.
            Some(_) if tokens.get(first.end).is_some_and(|t| !t.spaced) => return None,
            _ => None,
        };
        if let Some(second) = range {
            // "10 à 15 millions", "three to five million": the magnitude is of both.
            let of = |numeral| numeral::magnitude(&self.lexicon, tokens, numeral);
            let factor = of(&second)
                .filter(|factor| of(&first).is_none() && first.value < second.value / factor)
                .unwrap_or(1.0);
            return Some(amount(second.end, first.value * factor, second.value, false, false));
        }
        let doubtful = first.year_like || first.ambiguous;
        let precision = numeral::precision(&tokens[first.first].lower, first.value);
        Some(Amount { precision, ..amount(first.end, first.value, first.value, false, doubtful) })
    }

    /// The other end of a range that `first` opens: "10-15", "10 à 15", "entre 10 et 20".
    fn range(
        &self,
        words: Option<&text2num::Language>,
        tokens: &[Token],
        first: &Numeral,
    ) -> Option<Numeral> {
        let opened = self.opens_range(tokens, first.first);
        // Arabic "بين 60 و80": the particle is written onto the number.
        let glued = tokens.get(first.end).filter(|_| opened).is_some_and(|next| {
            let particle = numeral::clitic(&self.lexicon, next).map(|(particle, _)| particle);
            particle.is_some_and(|p| self.range_and.iter().any(|and| and == p))
        });
        if glued {
            return numeral::read(&self.lexicon, words, tokens, first.end);
        }
        let to = longest(self.lexicon.range_to.find_at(tokens, first.end));
        let and = longest(self.lexicon.range_and.find_at(tokens, first.end)).filter(|_| opened);
        let (end, _) = to.or(and)?;
        let second = numeral::read(&self.lexicon, words, tokens, end)?;
        // "2017-2018" is a span of years.
        (!first.year_like || !second.year_like).then_some(second)
    }

    fn opens_range(&self, tokens: &[Token], first: usize) -> bool {
        (first.saturating_sub(2)..first)
            .any(|i| self.lexicon.range_open.find_at(tokens, i).iter().any(|m| m.end == first))
    }

    /// The end of a score that begins at token `at`: "25 to 17". A range goes up.
    fn score(
        &self,
        words: Option<&text2num::Language>,
        tokens: &[Token],
        at: usize,
    ) -> Option<usize> {
        if tokens[at].kind != TokenKind::Number || self.opens_range(tokens, at) {
            return None;
        }
        let first = numeral::read(&self.lexicon, words, tokens, at)?;
        let (to, ()) = longest(self.lexicon.range_to.find_at(tokens, first.end))?;
        let second = numeral::read(&self.lexicon, words, tokens, to)?;
        let ends = tokens.get(second.end).is_none_or(|t| t.kind == TokenKind::Punctuation);
        (second.value < first.value && ends && tokens[to].kind == TokenKind::Number)
            .then_some(second.end)
    }

    /// Ordinals, clock times, scores with colons, numbers in names.
    fn is_code(&self, tokens: &[Token], numeral: &Numeral) -> bool {
        let before = numeral.first.checked_sub(1).and_then(|i| tokens.get(i));
        let after = tokens.get(numeral.end);
        if tokens[numeral.first].kind == TokenKind::Number {
            let glued_before = before.filter(|_| !tokens[numeral.first].spaced).is_some_and(|t| {
                t.kind == TokenKind::Word && !self.unspaced && !t.lower.ends_with('\'')
                    || matches!(t.lower.as_str(), ":" | "/" | "-" | "–" | "#" | "№" | "_")
            });
            let glued_after = after.filter(|t| !t.spaced).is_some_and(|t| {
                let number_next = tokens
                    .get(numeral.end + 1)
                    .is_some_and(|next| !next.spaced && next.kind == TokenKind::Number);
                let unit = !self.lexicon.units.find_at(tokens, numeral.end).is_empty();
                let money = !self.lexicon.money_magnitudes.find_at(tokens, numeral.end).is_empty()
                    && before.is_some_and(|t| t.kind == TokenKind::Punctuation);
                (t.kind == TokenKind::Word && !self.unspaced && !unit && !money)
                    || (matches!(t.lower.as_str(), ":" | "/") && number_next)
            });
            let ordinal = self.lexicon.ordinal_dot
                && after.is_some_and(|t| !t.spaced && t.lower == ".")
                && numeral.end + 1 < tokens.len();
            if glued_before || glued_after || ordinal {
                return true;
            }
        }
        let named = (numeral.first.saturating_sub(3)..numeral.first).any(|i| {
            self.lexicon.not_after.find_at(tokens, i).iter().any(|m| m.end == numeral.first)
        });
        named || !self.lexicon.not_before.find_at(tokens, numeral.end).is_empty()
    }

    fn bound_before(&self, tokens: &[Token], first: usize) -> Option<(usize, Bound)> {
        (first.saturating_sub(MAX_BOUND_WORDS)..first).find_map(|i| {
            let here = self.lexicon.bounds.find_at(tokens, i);
            here.iter().find(|m| m.end == first).map(|m| (i, *m.payload))
        })
    }

    /// The quantity of an amount: unit, counted noun, and the token to go on from.
    fn quantity(
        &self,
        text: &str,
        tokens: &[Token],
        mut amount: Amount,
        lasts: bool,
        tree: Option<&Tree<'_>>,
    ) -> Option<(Quantity, usize)> {
        let share = Unit { name: "percent".to_owned(), factor: 1.0, ..Unit::default() };
        let unit = if amount.share { Some(share) } else { self.unit(tokens, &mut amount) };
        // Of money and measures only a known noun tells more than the unit does.
        let any_noun = unit.as_ref().is_none_or(|unit| unit.name == "percent");
        let noun = if amount.dual { amount.first } else { amount.end };
        let age = self.is_age(tokens, amount.first, unit.as_ref());
        let in_time = unit.as_ref().is_some_and(|unit| TIME_UNITS.contains(&unit.name.as_str()));
        let counted = if in_time {
            // Years are not killed: "lasted three weeks" is all that counts them.
            counted::total_before(&self.lexicon, tokens, amount.first).filter(|_| !age)
        } else {
            let (first, measure) = (amount.first, !any_noun);
            counted::counted(&self.lexicon, &self.stops, tokens, tree, first, noun, measure)
                .filter(|counted| counted.known || any_noun)
        };
        let (unit, counted) = match (age, unit) {
            (true, unit) => {
                let name = "year".to_owned();
                let years = unit.unwrap_or(Unit { name, factor: 1.0, ..Unit::default() });
                (Some(Unit { of: Some("age".to_owned()), ..years }), None)
            }
            (false, unit) => (unit, counted),
        };
        if lasts && !age && !counted.as_ref().is_some_and(|c| c.known) {
            return None;
        }
        if amount.doubtful
            && !age
            && (unit.is_none() || amount.share)
            && !counted.as_ref().is_some_and(|c| c.known)
        {
            return None;
        }
        // What is converted is no more exact than it was written: "100 miles" is some 161 km.
        if unit.as_ref().is_some_and(|unit| unit.converted) && amount.low == amount.high {
            amount.low = amount.low.map(|value| value - amount.precision);
            amount.high = amount.high.map(|value| value + amount.precision);
        }
        let in_base_form = |value: f64| match &unit {
            Some(unit) => value * unit.factor + unit.offset,
            None => value,
        };
        let span = tokens[amount.first].span.cover(&tokens[amount.end - 1].span);
        let end = amount.end;
        let ends_before = |at: usize| {
            let added = self.lexicon.increments.find_at(tokens, at);
            added.iter().any(|m| m.end == amount.first)
        };
        let increment = !self.lexicon.increments.find_at(tokens, end).is_empty()
            || (amount.first.saturating_sub(2)..amount.first).any(ends_before);
        let quantity = Quantity {
            span,
            text: span.of(text).to_owned(),
            low: amount.low.map(in_base_form),
            high: amount.high.map(in_base_form),
            approximate: amount.approximate,
            of: unit
                .as_ref()
                .and_then(|unit| unit.of.clone())
                .or_else(|| counted.as_ref().map(|c| c.of.clone())),
            unit: unit.map(|unit| unit.name),
            of_span: counted.map(|c| c.span),
            increment,
            level: self.level(tokens, amount.first),
            factuality: Factuality::asserted(),
        };
        Some((quantity, end))
    }

    /// "Âgé de 45 ans", "aged 45", "niño de 12 años": the words before make an age of a number of years.
    fn is_age(&self, tokens: &[Token], first: usize, unit: Option<&Unit>) -> bool {
        unit.is_none_or(|unit| unit.name == "year")
            && (first.saturating_sub(MAX_BOUND_WORDS)..first)
                .any(|i| self.lexicon.ages.find_at(tokens, i).iter().any(|m| m.end == first))
    }

    /// The level whose words stand nearest to the numeral at token `at`.
    fn level(&self, tokens: &[Token], at: usize) -> Option<String> {
        let levels = self.lexicon.levels.find_all(tokens);
        levels.iter().min_by_key(|m| m.first.abs_diff(at)).map(|m| m.payload.clone())
    }

    /// The unit behind the number, or a currency sign before it; the amount grows over it.
    fn unit(&self, tokens: &[Token], amount: &mut Amount) -> Option<Unit> {
        let before = amount.first.checked_sub(1);
        let m = before.map_or_else(Vec::new, |i| self.lexicon.units.find_at(tokens, i));
        let currency = m.iter().find(|m| m.end == amount.first && is_currency(m.payload));
        // "£45m", "12 M€": letters that mean millions beside a currency alone.
        if let Some((end, factor)) =
            longest(self.lexicon.money_magnitudes.find_at(tokens, amount.end))
        {
            let behind = self.lexicon.units.find_at(tokens, end);
            if currency.is_some() || behind.iter().any(|m| is_currency(m.payload)) {
                amount.low = amount.low.map(|value| value * factor);
                amount.high = amount.high.map(|value| value * factor);
                amount.end = end;
            }
        }
        if let Some((end, unit)) = longest(self.lexicon.units.find_at(tokens, amount.end)) {
            amount.end = end;
            return Some(unit.clone());
        }
        let (before, currency) = (before?, currency?);
        amount.first = before;
        // "about $5": the approximator stands before the sign.
        if let Some((first, bound)) = self.bound_before(tokens, before) {
            bounded(amount, bound);
            amount.first = first;
        }
        Some(currency.payload.clone())
    }
}

/// Units of time, which no verb of what happens to people counts.
const TIME_UNITS: [&str; 6] = ["year", "month", "week", "hour", "minute", "second"];

fn is_currency(unit: &Unit) -> bool {
    unit.name.chars().all(|c| c.is_ascii_uppercase())
}

/// The longest of some matches: its end and payload.
fn longest<'s, P>(
    matches: Vec<crate::claim::phrase::PhraseMatch<'s, P>>,
) -> Option<(usize, &'s P)> {
    matches.into_iter().max_by_key(|m| m.end).map(|m| (m.end, m.payload))
}

fn bounded(amount: &mut Amount, bound: Bound) {
    match bound {
        Bound::About => {
            if !amount.approximate {
                amount.low = amount.low.map(|value| value * (1.0 - ROUNDING));
                amount.high = amount.high.map(|value| value * (1.0 + ROUNDING));
            }
            amount.approximate = true;
        }
        Bound::AtLeast => amount.high = None,
        Bound::AtMost => amount.low = None,
        Bound::Nearly => {
            amount.low = amount.low.map(|value| value * (1.0 - ROUNDING));
            amount.approximate = true;
        }
    }
}

#[cfg(test)]
mod tests;
