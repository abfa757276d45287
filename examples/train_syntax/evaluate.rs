//! How good a model is on sentences it did not learn from.

use std::collections::HashMap;

use crossclaim::syntax::Model;

use crate::conllu::{Sentence, UdSentence, as_surface};

/// Right answers out of all words.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    pub words: usize,
    pub upos: usize,
    pub with_lemma: usize,
    pub lemmas: usize,
    pub heads: usize,
    /// Head and relation, subtypes left aside, as in the CoNLL shared tasks.
    pub labelled: usize,
}

impl Figures {
    pub fn percent(&self, right: usize) -> f64 {
        100.0 * right as f64 / self.words.max(1) as f64
    }

    pub fn percent_of_lemmas(&self) -> f64 {
        100.0 * self.lemmas as f64 / self.with_lemma.max(1) as f64
    }
}

fn plain(name: &str) -> &str {
    name.split([':', '|']).next().unwrap_or(name)
}

/// Figures with the words given.
pub fn evaluate(model: &Model, sentences: &[Sentence]) -> Figures {
    let mut figures = Figures::default();
    for s in sentences {
        let tree = model.parse_forms(&s.forms);
        for (i, word) in tree.words().iter().enumerate() {
            figures.words += 1;
            figures.upos += usize::from(plain(&word.tag.name) == plain(&s.tags[i]));
            // "_" is no lemma.
            let lemma = &s.lemmas[i];
            figures.with_lemma += usize::from(lemma != "_");
            figures.lemmas += usize::from(lemma != "_" && model.lemma(word, &s.lower[i]) == *lemma);
            let head = word.head.map_or(0, |head| head + 1) == usize::from(s.heads[i]);
            figures.heads += usize::from(head);
            figures.labelled += usize::from(head && plain(word.relation) == plain(&s.relations[i]));
        }
    }
    figures
}

/// F1 of UPOS, heads and labelled heads on raw sentences: our tokens against the treebank's
/// surface tokens. A token is right if the treebank has it, and its tag or its head is right.
pub fn evaluate_raw(model: &Model, sentences: &[UdSentence]) -> [f64; 4] {
    let (mut ours, mut theirs, mut right) = (0, 0, [0usize; 4]);
    for (text, gold) in sentences.iter().filter_map(|s| Some((&s.text, as_surface(s)?))) {
        let tokens = model.tokenize(text, 0);
        let tree = model.parse(text, &tokens);
        let range = |i: usize| (tokens[i].span.start, tokens[i].span.end);
        let at: HashMap<(usize, usize), usize> =
            gold.ranges.iter().enumerate().map(|(i, &range)| (range, i)).collect();
        ours += tokens.len();
        theirs += gold.ranges.len();
        for (i, word) in tree.words().iter().enumerate() {
            let Some(&g) = at.get(&range(i)) else { continue };
            let head = usize::from(gold.heads[g]).checked_sub(1).map(|h| gold.ranges[h]);
            let same_head = head == word.head.map(range);
            let same_label = plain(word.relation) == plain(&gold.relations[g]);
            right[0] += 1;
            right[1] += usize::from(plain(&word.tag.name) == plain(&gold.tags[g]));
            right[2] += usize::from(same_head);
            right[3] += usize::from(same_head && same_label);
        }
    }
    right.map(|right| 200.0 * right as f64 / (ours + theirs).max(1) as f64)
}
