//! Which of a sentence's times date the saying and not what is said.

use super::{TimeExpression, TimeRole};
use crate::claim::phrase::PhraseSet;
use crate::claim::tokens::{Token, TokenKind};

/// How many words may stand between an inverted verb of saying and its day: "», a déclaré le
/// porte-parole de l'armée lundi".
const INVERTED_GAP: usize = 7;

/// Sets the role of expressions that stand next to a verb of saying.
pub(super) fn mark(
    expressions: &mut [TimeExpression],
    tokens: &[Token],
    verbs: &PhraseSet<()>,
    gap: &PhraseSet<()>,
) {
    let verbs = verbs.find(tokens);
    for expression in expressions {
        let inside = |t: &Token| expression.span.contains(&t.span);
        let Some(first) = tokens.iter().position(inside) else { continue };
        let end = tokens.iter().rposition(inside).map_or(first, |last| last + 1);
        let reports = verbs.iter().any(|verb| {
            if verb.end <= first {
                let between = &tokens[verb.end..first];
                let all_gap = gap_covers(gap, between);
                // After a quotation the verb comes first and its subject stands in between.
                let inverted = verb.first > 0
                    && tokens[..verb.first].iter().rev().take(3).any(closes_quotation)
                    && between.len() <= INVERTED_GAP
                    && between.iter().all(|t| t.kind == TokenKind::Word);
                all_gap || inverted
            } else if end <= verb.first {
                gap_covers(gap, &tokens[end..verb.first])
            } else {
                false
            }
        });
        if reports {
            expression.role = TimeRole::Reporting;
        }
    }
}

fn closes_quotation(token: &Token) -> bool {
    token.kind == TokenKind::Punctuation && matches!(token.lower.as_str(), "," | "»" | "\"" | "”" | "“")
}

/// Whether nothing stands in between but what the pack allows there.
fn gap_covers(gap: &PhraseSet<()>, between: &[Token]) -> bool {
    let mut at = 0;
    while at < between.len() {
        match gap.find_at(between, at).iter().map(|m| m.end).max() {
            Some(end) if end > at => at = end,
            _ => return false,
        }
    }
    true
}

/// The time at which a sentence says that something was said or published, if it says one: the
/// anchor of what it quotes, in this sentence and those after it.
///
/// Give its rule to [`super::resolve`] as `quoted`.
pub fn quoted_anchor(expressions: &[TimeExpression]) -> Option<&TimeExpression> {
    expressions.iter().find(|e| e.role == TimeRole::Reporting)
}
