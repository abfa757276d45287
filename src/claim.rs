//! Claims: sentences with everything that is read off them, one article at a time.
//!
//! [`annotate`] is the stage: an [`Article`](crate::article::Article) in, its claims out. Each
//! annotation has a module of its own; none of them sees another article.

pub mod annotate;
pub mod attribution;
pub mod events;
pub mod factuality;
pub mod mentions;
pub mod order;
pub mod phrase;
pub mod poles;
pub mod predicates;
pub mod quantity;
pub mod sentences;
pub mod time;
pub mod tokens;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::span::Span;
pub use attribution::Attribution;
pub use factuality::{Certainty, Factuality, FactualityKind};
pub use order::{Order, OrderWord};
pub use poles::Pole;
pub use predicates::{Argument, Predicate};
pub use quantity::Quantity;
pub use time::TimeExpression;

/// One sentence that can be true or false, with its annotations. All spans point into the
/// article's text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// `article#n`, n counting the article's sentences from 0.
    pub id: String,
    /// The article's id.
    pub article: String,
    /// Where the sentence stands.
    pub span: Span,
    /// The sentence.
    pub text: String,
    /// BCP 47 language code of the sentence.
    pub language: String,
    /// Index of the sentence in its article.
    pub sentence: usize,
    /// How far the sentence is presented as fact.
    pub factuality: Factuality,
    /// Who says it, outermost source first; empty when the outlet itself does.
    pub attribution: Vec<Attribution>,
    /// Time expressions, in order.
    pub times: Vec<TimeExpression>,
    /// Quantities, in order.
    pub quantities: Vec<Quantity>,
    /// Names and groups, in order.
    pub mentions: Vec<Mention>,
    /// Events, in order of their triggers.
    pub events: Vec<Event>,
    /// What the sentence says of whom, in a frame or in none; empty for a language without a
    /// syntax model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predicates: Vec<Predicate>,
    /// The words that say that it takes back what was said before: "Erratum".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Span>,
    /// Words that tell one event from others of its kind: "the second", "another".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<OrderWord>,
    /// On which side of which oppositions it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub poles: Vec<Pole>,
    /// The stems of its content words: no stop words, names, dates or numbers.
    #[serde(default, skip)]
    pub content: Vec<Word>,
}

/// A content word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Its stem, the same for most forms.
    pub stem: String,
    /// Where it stands.
    pub span: Span,
    /// The sentence denies it: "no crack", "has not been seen". Known where the syntax is.
    pub denied: bool,
}

/// What kind of thing a mention names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MentionKind {
    /// A city, region, river, country as a place.
    Place,
    /// A person.
    Person,
    /// An organisation, company, army, ministry, outlet, or a country as an actor.
    Organization,
    /// People in the plural: "the rebels", "les djihadistes".
    Group,
    /// A name of unknown kind.
    Name,
}

/// A name, or a noun phrase that stands for an actor or a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// Where it stands.
    pub span: Span,
    /// As written.
    pub text: String,
    /// What it names.
    pub kind: MentionKind,
    /// The entity's id: within the article after `annotate`, across the corpus after `resolve`.
    pub entity: String,
    /// The article's own words declare this mention the same as another name: "EI (ou Daech)".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_alias_of: Option<String>,
}

/// The part that a participant plays in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Who does it.
    Agent,
    /// To whom it is done.
    Patient,
    /// What it is about: the city taken, the law voted, the river that floods.
    Theme,
    /// Who supports the agent.
    Helper,
    /// Against whom, under whose fire.
    Adversary,
    /// In whose favour.
    Beneficiary,
    /// Who took no part, as the text says.
    Excluded,
    /// Where from.
    Origin,
    /// Where to.
    Destination,
    /// Where.
    #[serde(alias = "place")]
    Location,
}

/// One who takes part in an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Participant {
    /// Where the sentence names it.
    pub span: Span,
    /// As written.
    pub text: String,
    /// The entity's id.
    pub entity: String,
    /// The words that give it the role ("appuyé par"), where cues did rather than word order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cue: Option<Span>,
    /// The text says that no other had this role ("seule", "alone").
    #[serde(default)]
    pub exclusive: bool,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The frame's id: `capture`, `flood`, `resign` …
    #[serde(rename = "type")]
    pub kind: String,
    /// The words that name it.
    pub trigger: Span,
    /// Who takes part, by role.
    pub roles: BTreeMap<Role, Vec<Participant>>,
    /// Indices into the claim's `times` that date the event.
    pub times: Vec<usize>,
    /// Indices into the claim's `quantities` that count in the event.
    pub quantities: Vec<usize>,
    /// The text denies that it happened.
    pub negated: bool,
    /// How far the event itself is presented as fact ("qui doit être libérée": planned).
    pub factuality: Factuality,
    /// Words that make it one of several of its kind ("deuxième bataille", "retaken").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repetition: Option<Span>,
}
