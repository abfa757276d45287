//! Sources of headlines, which have no verb of saying: "X: « … »", "Road closed: governor".

use super::{AttributionReader, Form, Found, Line, stretch, within};
use crate::claim::tokens::TokenKind;

/// The longest source of a headline, in tokens.
const LONGEST: usize = 8;
/// The longest source at a headline's end, and the fewest words before it.
const LONGEST_BEHIND: usize = 4;
const WORDS_BEFORE: usize = 2;

impl AttributionReader {
    /// The source of a sentence without a cue of its own.
    pub(super) fn headline(&self, line: &Line<'_>) -> Option<Found> {
        self.before_colon(line).or_else(|| self.behind_mark(line))
    }

    /// "Le préfet : « La route est coupée »". What is not quoted may be about what stands before the colon.
    fn before_colon(&self, line: &Line<'_>) -> Option<Found> {
        let tokens = line.tokens;
        let colon = tokens.iter().take(LONGEST + 1).position(|t| t.lower == ":")?;
        let next = tokens.get(colon + 1)?.span.start;
        let quote = line.quotes.iter().find(|q| q.outer.start == next)?;
        let source = self.nouns.forward(tokens, 0, colon).filter(|np| np.end == colon)?;
        self.nouns.names_source(tokens, &source).then(|| Found {
            source,
            cue: colon..colon + 1,
            content: within(quote.inner, line.span),
            through: None,
            form: Form::Complement,
        })
    }

    /// "Road closed: governor", "La ville est tombée – Sana": a noun that can speak, or an outlet, ends the line, which
    /// has no full stop.
    fn behind_mark(&self, line: &Line<'_>) -> Option<Found> {
        let tokens = line.tokens;
        let from = tokens.len().saturating_sub(LONGEST_BEHIND + 1);
        let mark = (from..tokens.len())
            .rev()
            .find(|&i| matches!(tokens[i].lower.as_str(), ":" | "-" | "–" | "—"))?;
        let spaced = tokens[mark].lower == ":" || tokens[mark].spaced;
        let words = tokens[..mark].iter().filter(|t| t.kind == TokenKind::Word).count();
        let source = self.nouns.forward(tokens, mark + 1, tokens.len())?;
        let speaks = self.nouns.has_source_noun(tokens, &source)
            || !self.outlets.find(&tokens[source.clone()]).is_empty();
        (spaced
            && words >= WORDS_BEFORE
            && source.start == mark + 1
            && source.end == tokens.len()
            && speaks)
            .then(|| Found {
                source,
                cue: mark..mark + 1,
                content: stretch(line, 0, mark),
                through: None,
                form: Form::Complement,
            })
    }
}
