//! Words that tell one event from others of its kind: "the first blast", "a second strike", "another spill", "this
//! time".

use serde::{Deserialize, Serialize};

use super::phrase::PhraseSet;
use super::tokens::Token;
use crate::language::Pack;
use crate::span::Span;

/// Which of several events of a kind is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The first, or the one before.
    First,
    /// The second.
    Second,
    /// The third.
    Third,
    /// The fourth or a later one.
    Fourth,
    /// One more, whichever.
    Another,
}

/// A word of order in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderWord {
    /// What it says.
    pub order: Order,
    /// Where it stands.
    pub span: Span,
}

/// The pack section `[order]`. All lists hold phrases as in [`super::phrase`].
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OrderSection {
    /// "The first", "the previous".
    pub first: Vec<String>,
    /// "The second".
    pub second: Vec<String>,
    /// "The third".
    pub third: Vec<String>,
    /// "The fourth" and later.
    pub fourth: Vec<String>,
    /// "Another", "again", "this time".
    pub another: Vec<String>,
    /// Phrases that hold such a word and tell no event from another: "prime minister", "for the first time".
    pub none: Vec<String>,
}

/// Finds words of order in one language.
#[derive(Debug, Clone)]
pub struct OrderReader(PhraseSet<Option<Order>>);

impl OrderReader {
    /// Compiles the pack's section.
    pub fn new(pack: &Pack) -> Self {
        let section = &pack.order;
        let lists = [
            (&section.first, Some(Order::First)),
            (&section.second, Some(Order::Second)),
            (&section.third, Some(Order::Third)),
            (&section.fourth, Some(Order::Fourth)),
            (&section.another, Some(Order::Another)),
            (&section.none, None),
        ];
        let phrases: Vec<(String, Option<Order>)> = lists
            .iter()
            .flat_map(|(list, order)| list.iter().map(|phrase| (phrase.clone(), *order)))
            .collect();
        OrderReader(PhraseSet::new(phrases, pack.morphology()))
    }

    /// The words of order of a sentence, in order; the longest phrase at a place counts.
    pub fn find(&self, tokens: &[Token]) -> Vec<OrderWord> {
        let found = self.0.find(tokens);
        let word = |m: &super::phrase::PhraseMatch<'_, Option<Order>>| {
            Some(OrderWord { order: (*m.payload)?, span: m.span(tokens) })
        };
        found.iter().filter_map(word).collect()
    }
}
