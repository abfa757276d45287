//! How far a sentence presents what it says as fact, after FactBank's distinctions (Saurí and
//! Pustejovsky 2009).
//!
//! # Scope
//!
//! A cue counts only if it governs the focus:
//!
//! - it stands in the focus's own clause, before it and at most [`REACH`] tokens away, or it is an
//!   adverb that may follow ("reportedly"; German "nicht");
//! - it stands inside the focus as an auxiliary does ("[serait mort]"), or is its verb's very form
//!   ("[votera]"); a phrase that begins with the focus governs what follows ("[ordered] the
//!   closure" is a fact, the closure is not);
//! - clauses end at punctuation and at the pack's `breaks` (relative pronouns, conjunctions); a
//!   short insertion between two commas is stepped over; "et" and "and" end a clause only when
//!   more than [`COORDINATION`] tokens follow before the focus ("auraient été arrêtés et
//!   transférés" is one);
//! - `near` cues (purpose, "sans") reach [`NEAR`] tokens and never a whole sentence;
//! - `beside` cues are adjectives and speak for the noun next to them alone; what is `wanted` or
//!   `averted` is so by words that are facts themselves, which never speak for a whole sentence;
//! - when the focus is a whole sentence, its relative clauses and parentheses are left out.
//!
//! A cue within a longer one is dropped, which is how the pack's `harmless` phrases ("n'hésitent
//! plus à", "not only") undo the negation inside them. A negation takes in the modal it stands
//! around ("ne peut pas", "could not" deny), and no other hedge ("n'a peut-être pas" denies with
//! reserve).
//!
//! # Degree
//!
//! If several cues govern the focus, a conditional clause comes first, then denial, then hedges,
//! then plans: that is the [`FactualityKind`]. How sure the text is, FactBank's other axis, is the
//! least sure of the hedges, be it denied or not: the [`Certainty`]. The two make FactBank's
//! values (CT+, PR-, PS+, Uu …): [`Factuality::degree`].

mod scope;

use serde::{Deserialize, Serialize};

use super::phrase::PhraseSet;
use super::tokens::{Token, TokenKind};
use crate::language::Pack;
use crate::span::Span;
use crate::syntax::{Tree, Upos};
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

/// How sure a text is of what it says or denies: FactBank's axis of certainty.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// CT: without reserve.
    #[default]
    Certain,
    /// PR: "probably", "reportedly", the French conditional of hearsay.
    Probable,
    /// PS: "perhaps", "may have".
    Possible,
    /// U: not said; plans, questions, conditions, "unclear whether".
    Unknown,
}

impl Certainty {
    fn is_certain(&self) -> bool {
        *self == Certainty::Certain
    }
}

/// How far something is presented as fact, with the words that show it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Factuality {
    /// In what way.
    pub kind: FactualityKind,
    /// The words that show it; none for plain assertion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cue: Option<Span>,
    /// How sure the text is of it.
    #[serde(default, skip_serializing_if = "Certainty::is_certain")]
    pub certainty: Certainty,
    /// The words that hold it open, of what is denied or planned too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hedge: Option<Span>,
    /// Only supposed ("si le tribunal annule le vote"): hedged, and put forward by nobody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub supposed: bool,
}

impl Factuality {
    /// Plain assertion.
    pub fn asserted() -> Self {
        Factuality {
            kind: FactualityKind::Asserted,
            cue: None,
            certainty: Certainty::Certain,
            hedge: None,
            supposed: false,
        }
    }

    /// FactBank's value: certainty (CT, PR, PS) with polarity (+, -), or Uu where nobody says
    /// whether it is so.
    pub fn degree(&self) -> &'static str {
        match (self.certainty, self.kind == FactualityKind::Denied) {
            (Certainty::Certain, false) => "CT+",
            (Certainty::Certain, true) => "CT-",
            (Certainty::Probable, false) => "PR+",
            (Certainty::Probable, true) => "PR-",
            (Certainty::Possible, false) => "PS+",
            (Certainty::Possible, true) => "PS-",
            (Certainty::Unknown, _) => "Uu",
        }
    }

    /// The same with the denial taken away, where it is another's or has been told apart.
    #[must_use]
    pub fn affirmed(self) -> Self {
        match self.hedge {
            Some(_) => Factuality { kind: FactualityKind::Hedged, cue: self.hedge, ..self },
            None => Factuality::asserted(),
        }
    }

    /// Whether nothing is said of it: told as fact.
    pub fn is_plain(&self) -> bool {
        *self == Factuality::asserted()
    }
}

/// Verb forms known by their ending: the French conditional, the Spanish future. Unlike a phrase, a form also speaks for the
/// verb that it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Forms {
    /// Beginnings of lower-case words: the Arabic future.
    pub beginnings: Vec<String>,
    /// Endings of lower-case words; a whole word is its own ending.
    pub endings: Vec<String>,
    /// Words, with a leading `*` endings, with a final `*` beginnings, that only look like it.
    pub except: Vec<String>,
}

/// The pack section `[factuality]`. All lists hold phrases as in [`super::phrase`].
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FactualitySection {
    /// Cues that make what follows in the clause probable or hearsay.
    pub hedged: Vec<String>,
    /// Cues that make what follows in the clause no more than possible.
    pub possible: Vec<String>,
    /// Cues that make it probable that what follows in the clause is not so.
    pub doubted: Vec<String>,
    /// Cues that make it possible that what follows in the clause is not so.
    pub perhaps_not: Vec<String>,
    /// Cues that leave open whether what follows in the clause is so.
    pub open: Vec<String>,
    /// Words that open a conditional clause.
    pub conditional: Vec<String>,
    /// Negations and verbs of denial.
    pub denied: Vec<String>,
    /// Words that say that what they govern did not happen ("avoided", "rejected the offer"); as they did happen
    /// themselves, they never speak for a whole sentence.
    pub averted: Vec<String>,
    /// Futures, intentions, demands.
    pub planned: Vec<String>,
    /// Words that say that what they govern is asked for, offered or tried; as these are facts, they never speak for a
    /// whole sentence.
    pub wanted: Vec<String>,
    /// Futures that the text calls probable ("is expected to").
    pub expected: Vec<String>,
    /// `hedged` that may also follow the focus.
    pub hedged_anywhere: Vec<String>,
    /// `possible` that may also follow the focus.
    pub possible_anywhere: Vec<String>,
    /// `hedged` that speak for the noun beside them only ("the alleged theft").
    pub hedged_beside: Vec<String>,
    /// `possible` that speak for the noun beside them only ("a possible theft").
    pub possible_beside: Vec<String>,
    /// Negations that may also follow the focus.
    pub denied_anywhere: Vec<String>,
    /// `averted` that may also follow the focus ("was called off").
    pub averted_behind: Vec<String>,
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
    Cue(FactualityKind, Certainty, Reach),
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
        use Certainty::{Certain, Possible, Probable, Unknown};
        use FactualityKind::{Denied, Hedged, Planned};
        let section = &pack.factuality;
        let lists = [
            (&section.hedged, Meaning::Cue(Hedged, Probable, Reach::Clause)),
            (&section.hedged_anywhere, Meaning::Cue(Hedged, Probable, Reach::Anywhere)),
            (&section.hedged_beside, Meaning::Cue(Hedged, Probable, Reach::Beside)),
            (&section.possible, Meaning::Cue(Hedged, Possible, Reach::Clause)),
            (&section.possible_anywhere, Meaning::Cue(Hedged, Possible, Reach::Anywhere)),
            (&section.possible_beside, Meaning::Cue(Hedged, Possible, Reach::Beside)),
            (&section.open, Meaning::Cue(Hedged, Unknown, Reach::Clause)),
            (&section.perhaps_not, Meaning::Cue(Denied, Possible, Reach::Clause)),
            (&section.doubted, Meaning::Cue(Denied, Probable, Reach::Clause)),
            (&section.denied, Meaning::Cue(Denied, Certain, Reach::Clause)),
            (&section.averted, Meaning::Cue(Denied, Certain, Reach::Complement)),
            (&section.denied_anywhere, Meaning::Cue(Denied, Certain, Reach::Anywhere)),
            (&section.averted_behind, Meaning::Cue(Denied, Certain, Reach::Behind)),
            (&section.denied_split, Meaning::Cue(Denied, Certain, Reach::Verb)),
            (&section.denied_near, Meaning::Cue(Denied, Certain, Reach::Near)),
            (&section.planned, Meaning::Cue(Planned, Unknown, Reach::Clause)),
            (&section.expected, Meaning::Cue(Planned, Probable, Reach::Clause)),
            (&section.wanted, Meaning::Cue(Planned, Unknown, Reach::Complement)),
            (&section.planned_near, Meaning::Cue(Planned, Unknown, Reach::Near)),
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

    /// The cues of a sentence, for what is read in it. Its `tree` says which words are verbs.
    pub fn cues<'s>(
        &'s self,
        text: &'s str,
        tokens: &'s [Token],
        tree: Option<&Tree<'_>>,
    ) -> SentenceCues<'s> {
        SentenceCues { text, tokens, scope: &self.scope, cues: self.cues_of(tokens, tree) }
    }

    /// All cues of a sentence, those within longer ones and the harmless left out.
    fn cues_of(&self, tokens: &[Token], tree: Option<&Tree<'_>>) -> Vec<Cue> {
        let all = self.cues.find_all(tokens);
        let mut cues: Vec<Cue> = Vec::new();
        for found in &all {
            let cue = match *found.payload {
                Meaning::Cue(kind, certainty, reach) => Cue {
                    first: found.first,
                    end: if reach == Reach::Verb { found.first + 1 } else { found.end },
                    kind,
                    certainty,
                    reach,
                    form: false,
                    conditional: false,
                },
                Meaning::Conditional if self.scope.opens_clause(tokens, found.first) => Cue {
                    first: found.first,
                    end: found.end,
                    kind: FactualityKind::Hedged,
                    certainty: Certainty::Unknown,
                    reach: Reach::Clause,
                    form: false,
                    conditional: true,
                },
                Meaning::Conditional | Meaning::Harmless => continue,
            };
            let taken_in = all.iter().any(|other| {
                let around = other.first <= found.first && found.end <= other.end;
                let longer = other.end - other.first > found.end - found.first;
                around
                    && match *other.payload {
                        Meaning::Harmless => longer || other != found,
                        Meaning::Cue(FactualityKind::Denied, Certainty::Certain, _) => {
                            longer && (!cue.hedges() || cue.is_modal())
                        }
                        _ => longer,
                    }
            });
            if !taken_in {
                cues.push(cue);
            }
        }
        for (i, token) in tokens.iter().enumerate() {
            let covered = all.iter().any(|m| {
                m.first <= i
                    && i < m.end
                    && !matches!(
                        *m.payload,
                        Meaning::Cue(FactualityKind::Denied, Certainty::Certain, _)
                    )
            });
            // A capital makes a name of a verb form, but not of the word that opens the sentence.
            let no_verb = tree.is_some_and(|tree| !matches!(tree.upos(i), Upos::Verb | Upos::Aux));
            if token.kind != TokenKind::Word || token.capitalised && i > 0 || covered || no_verb {
                continue;
            }
            let (kind, certainty) = if has_form(&token.lower, &self.hedged_forms) {
                (FactualityKind::Hedged, Certainty::Probable)
            } else if has_form(&token.lower, &self.planned_forms) {
                (FactualityKind::Planned, Certainty::Unknown)
            } else {
                continue;
            };
            cues.push(Cue {
                first: i,
                end: i + 1,
                kind,
                certainty,
                reach: Reach::Clause,
                form: true,
                conditional: false,
            });
        }
        cues
    }
}

/// A sentence with its cues.
#[derive(Debug, Clone)]
pub struct SentenceCues<'s> {
    text: &'s str,
    tokens: &'s [Token],
    scope: &'s Scope,
    cues: Vec<Cue>,
}

impl SentenceCues<'_> {
    /// The factuality of what the words at `focus` (an event's trigger, or a whole sentence)
    /// say, from the cues whose scope covers them; `attributed` tells that a source says it.
    pub fn read(&self, focus: Span, attributed: bool) -> Factuality {
        let SentenceCues { text, tokens, scope, .. } = *self;
        let plain = Factuality {
            kind: if attributed { FactualityKind::Reported } else { FactualityKind::Asserted },
            ..Factuality::asserted()
        };
        let Some(focused) = scope::token_range(tokens, focus) else { return plain };
        let whole = focused.len() * 5 >= tokens.len() * 3 && focused.len() > 4;
        if let Some(mark) = question_mark(text, tokens, focused.end) {
            return Factuality {
                kind: FactualityKind::Question,
                cue: Some(mark),
                certainty: Certainty::Unknown,
                ..plain
            };
        }
        let governing: Vec<&Cue> = self
            .cues
            .iter()
            .filter(|cue| {
                if whole {
                    scope.in_main_clause(tokens, cue)
                } else {
                    scope.governs(tokens, cue, &focused)
                }
            })
            .collect();
        let Some(first) = governing.iter().min_by_key(|cue| rank(cue)) else { return plain };
        let span = |cue: &Cue| tokens[cue.first].span.cover(&tokens[cue.end - 1].span);
        // Of hedges as sure as each other the first one is shown.
        let hedge =
            governing.iter().rev().filter(|cue| cue.hedges()).max_by_key(|cue| cue.certainty);
        Factuality {
            kind: first.kind,
            cue: Some(span(first)),
            certainty: match (first.conditional, hedge) {
                (false, Some(hedge)) => hedge.certainty,
                _ => first.certainty,
            },
            hedge: hedge.map(|cue| span(cue)),
            supposed: first.conditional,
        }
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
    let looks_like_it = forms.endings.iter().any(|ending| word.ends_with(ending.as_str()))
        || forms.beginnings.iter().any(|beginning| word.starts_with(beginning.as_str()));
    let is_excepted = |except: &String| match (except.strip_prefix('*'), except.strip_suffix('*')) {
        (Some(ending), _) => word.ends_with(ending),
        (_, Some(beginning)) => word.starts_with(beginning),
        _ => word == except,
    };
    looks_like_it && !forms.except.iter().any(is_excepted)
}

/// The question mark that ends the question around the focus: the next end mark after it.
fn question_mark(text: &str, tokens: &[Token], after: usize) -> Option<Span> {
    let last = after.saturating_sub(1);
    let mark = tokens[last.min(tokens.len())..]
        .iter()
        .find(|t| matches!(t.span.of(text), "?" | "؟" | "？" | "!" | "." | "…" | "»" | "”"))?;
    matches!(mark.span.of(text), "?" | "؟" | "？").then_some(mark.span)
}
