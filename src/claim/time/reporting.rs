//! Which of a sentence's times date the saying and not what is said.

use super::{Granularity, TimeExpression, TimeRole};
use crate::claim::phrase::PhraseSet;
use crate::claim::tokens::{Token, TokenKind};

/// How many words may stand between an inverted verb of saying and its day: "», a déclaré le
/// porte-parole de l'armée lundi"; and between a day that opens a sentence and its verb.
const SUBJECT: usize = 8;

/// The pack's cues for times of saying.
pub(super) struct Cues<'p> {
    /// Verbs of saying and publishing.
    pub verbs: &'p PhraseSet<()>,
    /// What may stand between such a verb and its day.
    pub gap: &'p PhraseSet<()>,
    /// What opens the content of such a verb.
    pub complements: &'p PhraseSet<()>,
}

/// Sets the role of expressions that belong to a verb of saying.
pub(super) fn mark(expressions: &mut [TimeExpression], tokens: &[Token], cues: &Cues<'_>) {
    let verbs = cues.verbs.find(tokens);
    for expression in expressions {
        // Nobody dates the saying by the year: "told of 1945".
        if expression.granularity > Granularity::Month {
            continue;
        }
        let inside = |t: &Token| expression.span.contains(&t.span);
        let Some(first) = tokens.iter().position(inside) else { continue };
        let end = tokens.iter().rposition(inside).map_or(first, |last| last + 1);
        let reports = verbs.iter().any(|verb| {
            if verb.end <= first {
                cues.covers(&tokens[verb.end..first])
                    || ((verb.first == 0 || closes_quotation(&tokens[verb.first - 1]))
                        && cues.is_subject(&tokens[verb.end..first]))
            } else if end <= verb.first {
                let between = &tokens[end..verb.first];
                // "on Friday said"; across a comma the day belongs to what stands before it.
                let next = between.iter().all(is_word) && cues.covers(between);
                // "Vendredi, le ministère a annoncé que …".
                let opens = first <= 1 && !cues.complements.find_at(tokens, verb.end).is_empty();
                let subject = match between.split_first() {
                    Some((comma, subject)) if comma.lower == "," => subject,
                    _ => between,
                };
                next || (opens && cues.is_subject(subject))
            } else {
                false
            }
        });
        if reports {
            expression.role = TimeRole::Reporting;
        }
    }
}

impl Cues<'_> {
    /// Whether nothing stands in between but what the pack allows there.
    fn covers(&self, between: &[Token]) -> bool {
        let mut at = 0;
        while at < between.len() {
            match self.gap.find_at(between, at).iter().map(|m| m.end).max() {
                Some(end) if end > at => at = end,
                _ => return false,
            }
        }
        true
    }

    /// Whether the words can be the subject of a verb of saying: few, and none that opens what
    /// is said.
    fn is_subject(&self, words: &[Token]) -> bool {
        words.len() <= SUBJECT
            && words.iter().all(is_word)
            && self.complements.find(words).is_empty()
    }
}

fn is_word(token: &Token) -> bool {
    token.kind == TokenKind::Word
}

fn closes_quotation(token: &Token) -> bool {
    matches!(token.lower.as_str(), "," | "»" | "\"" | "”" | "“")
}

/// The time at which a sentence says that something was said or published, if it says one: the
/// anchor of what it quotes, in this sentence and those after it.
///
/// Give its rule to [`super::resolve`] as `quoted`.
pub fn quoted_anchor(expressions: &[TimeExpression]) -> Option<&TimeExpression> {
    expressions.iter().find(|e| e.role == TimeRole::Reporting)
}
