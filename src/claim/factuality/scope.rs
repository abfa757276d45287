//! Which cue governs which words: clauses by punctuation and by the pack's break words.

use std::collections::HashSet;
use std::ops::Range;

use super::{COORDINATION, Certainty, FactualityKind, FactualitySection, NEAR, REACH};
use crate::claim::tokens::{Token, TokenKind};
use crate::span::Span;

/// How far a cue reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Forward to the end of its clause.
    Clause,
    /// The same, but never a whole sentence.
    Complement,
    /// Its whole clause, backward too.
    Anywhere,
    /// The next few words.
    Near,
    /// [`Reach::Anywhere`], but never a whole sentence.
    Behind,
    /// The verb right behind, an auxiliary between.
    Verb,
    /// The noun right before or behind.
    Beside,
}

/// A cue found in a sentence, as token indices.
#[derive(Debug, Clone)]
pub(super) struct Cue {
    pub first: usize,
    pub end: usize,
    pub kind: FactualityKind,
    pub certainty: Certainty,
    pub reach: Reach,
    /// A form of the verb itself: a future, a conditional.
    pub form: bool,
    pub conditional: bool,
}

impl Cue {
    /// Whether it says something with reserve, or denies it so.
    pub fn hedges(&self) -> bool {
        matches!(self.certainty, Certainty::Probable | Certainty::Possible)
            || self.kind == FactualityKind::Hedged && !self.conditional
    }

    /// A verb of possibility: what a negation around it denies is that very possibility.
    pub fn is_modal(&self) -> bool {
        self.certainty == Certainty::Possible && self.reach == Reach::Clause
    }
}

/// The clause rules of one language.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    breaks: HashSet<String>,
    coordinators: HashSet<String>,
    relatives: HashSet<String>,
}

impl Scope {
    pub fn new(section: &FactualitySection) -> Self {
        let set = |list: &[String]| list.iter().cloned().collect();
        Scope {
            breaks: set(&section.breaks),
            coordinators: set(&section.coordinators),
            relatives: set(&section.relatives),
        }
    }

    /// Whether the token at `at` begins a clause: a conditional "si", not the "si" of degree.
    pub fn opens_clause(&self, tokens: &[Token], at: usize) -> bool {
        let Some(before) = at.checked_sub(1).map(|i| &tokens[i]) else { return true };
        before.kind == TokenKind::Punctuation
            || self.breaks.contains(&before.lower)
            || self.coordinators.contains(&before.lower)
    }

    /// Whether `cue` governs the tokens of `focus`.
    pub fn governs(&self, tokens: &[Token], cue: &Cue, focus: &Range<usize>) -> bool {
        if cue.first < focus.end && focus.start < cue.end {
            // "[ordered] the closure": the focus is the cue itself, which governs what follows.
            let inside = cue.end < focus.end && cue.reach != Reach::Complement;
            return cue.form || cue.first < focus.start || inside;
        }
        if cue.end <= focus.start {
            let gap = self.after_insertion(tokens, cue)..focus.start;
            let limit = match cue.reach {
                Reach::Near => NEAR,
                Reach::Verb => 1,
                Reach::Beside => 0,
                Reach::Clause | Reach::Complement | Reach::Anywhere | Reach::Behind => REACH,
            };
            return gap.start >= gap.end || (gap.len() <= limit && !self.parted(tokens, gap));
        }
        if cue.reach == Reach::Beside {
            return cue.first == focus.end;
        }
        // ", semble-t-il.": an adverb set off by commas speaks for what stands before it.
        let set_off = is_comma(&tokens[cue.first - 1])
            && tokens.get(cue.end).is_none_or(|t| t.kind == TokenKind::Punctuation);
        let end = cue.first - usize::from(set_off);
        matches!(cue.reach, Reach::Anywhere | Reach::Behind)
            && cue.first - focus.end <= REACH / 2
            && (end <= focus.end || !self.parted(tokens, focus.end..end))
    }

    /// Where the words that `cue` governs begin: behind the comma that closes it off, if it is an
    /// adverb set between commas or at the sentence's start ("Apparemment, l'armée a fui").
    fn after_insertion(&self, tokens: &[Token], cue: &Cue) -> usize {
        let set_off = cue.first == 0 || is_comma(&tokens[cue.first - 1]);
        let closed = tokens.get(cue.end).is_some_and(is_comma);
        cue.end + usize::from(cue.reach == Reach::Anywhere && set_off && closed)
    }

    /// Whether a clause ends within `gap`.
    fn parted(&self, tokens: &[Token], gap: Range<usize>) -> bool {
        let mut i = gap.start;
        while i < gap.end {
            let token = &tokens[i];
            if is_comma(token) {
                // A short insertion between two commas is stepped over.
                let close = (i + 1..gap.end.min(i + 9)).find(|&j| is_comma(&tokens[j]));
                match close {
                    Some(close) => i = close,
                    None => return true,
                }
            } else if ends_clause(token)
                || self.breaks.contains(&token.lower)
                || (self.coordinators.contains(&token.lower) && gap.end - i - 1 > COORDINATION)
            {
                return true;
            }
            i += 1;
        }
        false
    }

    /// Whether `cue` stands outside relative clauses and parentheses, and so speaks for the
    /// sentence. `near` cues and conditional clauses never do.
    pub fn in_main_clause(&self, tokens: &[Token], cue: &Cue) -> bool {
        if matches!(cue.reach, Reach::Near | Reach::Beside | Reach::Complement | Reach::Behind) {
            return false;
        }
        let mut depth = 0usize;
        let mut relative = false;
        for token in &tokens[..cue.first] {
            match token.lower.as_str() {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                "," | ";" | ":" | "،" => relative = false,
                word if self.relatives.contains(word) => relative = true,
                _ => {}
            }
        }
        // "… et sera fermé": a second predicate does not speak for the first.
        let second = tokens[cue.first.saturating_sub(2)..cue.first]
            .iter()
            .any(|t| self.coordinators.contains(&t.lower));
        depth == 0 && !relative && !second
    }
}

fn is_comma(token: &Token) -> bool {
    matches!(token.lower.as_str(), "," | "،")
}

/// Punctuation that parts clauses; hyphens, percent signs and the like do not.
fn ends_clause(token: &Token) -> bool {
    token.kind == TokenKind::Punctuation
        && matches!(
            token.lower.as_str(),
            ";" | ":"
                | "("
                | ")"
                | "."
                | "!"
                | "?"
                | "…"
                | "–"
                | "—"
                | "؛"
                | "؟"
                | "»"
                | "«"
                | "“"
                | "”"
                | "\""
        )
}

/// The tokens that `span` covers or touches.
pub(super) fn token_range(tokens: &[Token], span: Span) -> Option<Range<usize>> {
    let first = tokens.iter().position(|t| t.span.overlaps(&span))?;
    let last = tokens.iter().rposition(|t| t.span.overlaps(&span))?;
    Some(first..last + 1)
}
