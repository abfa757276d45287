//! How far a sentence presents what it says as fact, after FactBank's distinctions (Saurí and
//! Pustejovsky 2009).
//!
//! # Scope
//!
//! A cue counts only if it governs the focus:
//!
//! - it stands in the focus's own clause, before it and at most [`REACH`] tokens away, or it is
//!   the focus, or it is an adverb that may follow ("reportedly"; German "nicht");
//! - clauses end at punctuation and at the pack's `breaks` (relative pronouns, conjunctions); a
//!   short insertion between two commas is stepped over; "et" and "and" end a clause only when
//!   more than [`COORDINATION`] tokens follow before the focus ("auraient été arrêtés et
//!   transférés" is one);
//! - `near` cues (purpose, "sans") reach [`NEAR`] tokens and never a whole sentence;
//! - when the focus is a whole sentence, its relative clauses and parentheses are left out.
//!
//! A cue within a longer one is dropped, which is how the pack's `harmless` phrases ("n'hésitent
//! plus à", "not only") undo the negation inside them. If several cues govern the focus, a
//! conditional clause comes first, then denial (a negated modal is a denial), then hedges, then
//! plans.

mod scope;

use serde::{Deserialize, Serialize};

use super::phrase::PhraseSet;
use super::tokens::{Token, TokenKind};
use crate::language::Pack;
use crate::span::Span;
use scope::{Cue, Reach, Scope};

/// How many tokens before the focus a cue may stand.
pub const REACH: usize = 14;
/// How many tokens after a `near` cue the focus may begin.
pub const NEAR: usize = 3;
/// How many tokens after "et" or "and" still belong to what stands before it.
pub const COORDINATION: usize = 2;

/// Degree of factuality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactualityKind {
    /// Told as fact by the outlet.
    Asserted,
    /// Told as fact by a source that the outlet names.
    Reported,
    /// Held open: conditional, "peut-être", "reportedly".
    Hedged,
    /// Said not to be so.
    Denied,
    /// Future, intended, demanded, feared.
    Planned,
    /// Asked.
    Question,
}

/// A degree of factuality with the words that show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factuality {
    /// The degree.
    pub kind: FactualityKind,
    /// The words that show it; none for plain assertion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cue: Option<Span>,
    /// Only supposed ("si le tribunal annule le vote"): hedged, and put forward by nobody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub supposed: bool,
}

impl Factuality {
    /// Plain assertion.
    pub fn asserted() -> Self {
        Factuality { kind: FactualityKind::Asserted, cue: None, supposed: false }
    }

    /// Whether nothing is said of it: told as fact.
    pub fn is_plain(&self) -> bool {
        *self == Factuality::asserted()
    }
}

/// Verb forms known by their ending: the French conditional, the Spanish future.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Forms {
    /// Endings of lower-case words.
    pub endings: Vec<String>,
    /// Words, and with a leading `*` endings, that only look like it.
    pub except: Vec<String>,
}

/// The pack section `[factuality]`. All lists hold phrases as in [`super::phrase`].
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FactualitySection {
    /// Cues that hold open what follows in the clause.
    pub hedged: Vec<String>,
    /// Words that open a conditional clause.
    pub conditional: Vec<String>,
    /// Negations and verbs of denial.
    pub denied: Vec<String>,
    /// Futures, intentions, demands.
    pub planned: Vec<String>,
    /// Hedges that may also follow the focus.
    pub hedged_anywhere: Vec<String>,
    /// Negations that may also follow the focus.
    pub denied_anywhere: Vec<String>,
    /// Negations whose second half stands far behind, after the object: "n'a aidé la fuite d'aucun".
    /// Only the verb between is denied.
    pub denied_split: Vec<String>,
    /// Negations of the next words only ("sans").
    pub denied_near: Vec<String>,
    /// Purpose and the like: plans for the next words only ("afin de").
    pub planned_near: Vec<String>,
    /// What a newsroom writes when it takes something back: "Erratum", "by mistake".
    pub corrections: Vec<String>,
    /// Phrases that hold a cue and mean none.
    pub harmless: Vec<String>,
    /// Words that end a clause.
    pub breaks: Vec<String>,
    /// Coordinators.
    pub coordinators: Vec<String>,
    /// Words that open a relative clause (a subset of `breaks`).
    pub relatives: Vec<String>,
    /// Verb forms that hold open.
    pub hedged_forms: Forms,
    /// Verb forms of the future.
    pub planned_forms: Forms,
}

/// What a phrase of the section says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Cue(FactualityKind, Reach),
    Conditional,
    Harmless,
}

/// Reads the degree of factuality in one language.
#[derive(Debug, Clone)]
pub struct FactualityReader {
    cues: PhraseSet<Meaning>,
    corrections: PhraseSet<()>,
    scope: Scope,
    hedged_forms: Forms,
    planned_forms: Forms,
}

impl FactualityReader {
    /// Compiles the pack's `[factuality]` section.
    ///
    /// # Errors
    /// None at present; the signature is that of all readers.
    pub fn new(pack: &Pack) -> crate::error::Result<Self> {
        use FactualityKind::{Denied, Hedged, Planned};
        let section = &pack.factuality;
        let lists = [
            (&section.hedged, Meaning::Cue(Hedged, Reach::Clause)),
            (&section.hedged_anywhere, Meaning::Cue(Hedged, Reach::Anywhere)),
            (&section.denied, Meaning::Cue(Denied, Reach::Clause)),
            (&section.denied_anywhere, Meaning::Cue(Denied, Reach::Anywhere)),
            (&section.denied_split, Meaning::Cue(Denied, Reach::Verb)),
            (&section.denied_near, Meaning::Cue(Denied, Reach::Near)),
            (&section.planned, Meaning::Cue(Planned, Reach::Clause)),
            (&section.planned_near, Meaning::Cue(Planned, Reach::Near)),
            (&section.conditional, Meaning::Conditional),
            (&section.harmless, Meaning::Harmless),
        ];
        let phrases = lists
            .iter()
            .flat_map(|(list, meaning)| list.iter().map(|phrase| (phrase.as_str(), *meaning)));
        Ok(FactualityReader {
            cues: PhraseSet::new(phrases, pack.morphology()),
            corrections: PhraseSet::new(
                section.corrections.iter().map(|phrase| (phrase.as_str(), ())),
                pack.morphology(),
            ),
            scope: Scope::new(section),
            hedged_forms: section.hedged_forms.clone(),
            planned_forms: section.planned_forms.clone(),
        })
    }

    /// The words of a sentence that say that it takes back what was said before.
    pub fn correction(&self, tokens: &[Token]) -> Option<Span> {
        self.corrections.find(tokens).first().map(|found| found.span(tokens))
    }

    /// The factuality of what the words at `focus` (an event's trigger, or a whole sentence)
    /// say, from the cues whose scope covers them; `attributed` tells that a source says it.
    pub fn read(&self, text: &str, tokens: &[Token], focus: Span, attributed: bool) -> Factuality {
        let plain = Factuality {
            kind: if attributed { FactualityKind::Reported } else { FactualityKind::Asserted },
            ..Factuality::asserted()
        };
        let Some(focused) = scope::token_range(tokens, focus) else { return plain };
        let whole = focused.len() * 5 >= tokens.len() * 3 && focused.len() > 4;
        if let Some(mark) = question_mark(text, tokens, focused.end) {
            return Factuality { kind: FactualityKind::Question, cue: Some(mark), supposed: false };
        }
        let mut best: Option<(u8, &Cue)> = None;
        let cues = self.cues_of(tokens);
        for cue in &cues {
            let governs = if whole {
                self.scope.in_main_clause(tokens, cue)
            } else {
                self.scope.governs(tokens, cue, &focused)
            };
            if governs {
                let rank = rank(cue);
                if best.is_none_or(|(r, _)| rank < r) {
                    best = Some((rank, cue));
                }
            }
        }
        best.map_or(plain, |(_, cue)| Factuality {
            kind: cue.kind,
            cue: Some(tokens[cue.first].span.cover(&tokens[cue.end - 1].span)),
            supposed: cue.conditional,
        })
    }

    /// All cues of a sentence, those within longer ones and the harmless left out.
    fn cues_of(&self, tokens: &[Token]) -> Vec<Cue> {
        let all = self.cues.find_all(tokens);
        let mut cues: Vec<Cue> = Vec::new();
        for found in &all {
            let covered = all.iter().any(|other| {
                other.first <= found.first
                    && found.end <= other.end
                    && (other.end - other.first > found.end - found.first
                        || (*other.payload == Meaning::Harmless && other != found))
            });
            let (kind, reach, conditional) = match *found.payload {
                Meaning::Cue(kind, reach) => (kind, reach, false),
                Meaning::Conditional if self.scope.opens_clause(tokens, found.first) => {
                    (FactualityKind::Hedged, Reach::Clause, true)
                }
                Meaning::Conditional | Meaning::Harmless => continue,
            };
            if !covered {
                let end = if reach == Reach::Verb { found.first + 1 } else { found.end };
                cues.push(Cue { first: found.first, end, kind, reach, conditional });
            }
        }
        for (i, token) in tokens.iter().enumerate() {
            let covered = all.iter().any(|m| m.first <= i && i < m.end);
            // A capital makes a name of a verb form, but not of the word that opens the sentence.
            if token.kind != TokenKind::Word || token.capitalised && i > 0 || covered {
                continue;
            }
            let kind = if has_form(&token.lower, &self.hedged_forms) {
                FactualityKind::Hedged
            } else if has_form(&token.lower, &self.planned_forms) {
                FactualityKind::Planned
            } else {
                continue;
            };
            cues.push(Cue { first: i, end: i + 1, kind, reach: Reach::Clause, conditional: false });
        }
        cues
    }
}

fn rank(cue: &Cue) -> u8 {
    match cue.kind {
        _ if cue.conditional => 0,
        FactualityKind::Denied => 1,
        FactualityKind::Hedged => 2,
        _ => 3,
    }
}

fn has_form(word: &str, forms: &Forms) -> bool {
    forms.endings.iter().any(|ending| word.ends_with(ending.as_str()))
        && !forms.except.iter().any(|except| match except.strip_prefix('*') {
            Some(ending) => word.ends_with(ending),
            None => word == except,
        })
}

/// The question mark that ends the question around the focus: the next end mark after it.
fn question_mark(text: &str, tokens: &[Token], after: usize) -> Option<Span> {
    let last = after.saturating_sub(1);
    let mark = tokens[last.min(tokens.len())..]
        .iter()
        .find(|t| matches!(t.span.of(text), "?" | "؟" | "？" | "!" | "." | "…" | "»" | "”"))?;
    matches!(mark.span.of(text), "?" | "؟" | "？").then_some(mark.span)
}
