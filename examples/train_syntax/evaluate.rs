//! How good a model is on sentences it did not learn from.

use crossclaim::syntax::Model;

use crate::conllu::Sentence;

/// Right answers out of all words.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    pub words: usize,
    pub upos: usize,
    pub lemmas: usize,
    pub heads: usize,
    /// Head and relation, subtypes left aside, as in the CoNLL shared tasks.
    pub labelled: usize,
}

impl Figures {
    pub fn percent(&self, right: usize) -> f64 {
        100.0 * right as f64 / self.words.max(1) as f64
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
            figures.lemmas += usize::from(model.lemma(word, &s.lower[i]) == s.lemmas[i]);
            let head = word.head.map_or(0, |head| head + 1) == usize::from(s.heads[i]);
            figures.heads += usize::from(head);
            figures.labelled += usize::from(head && plain(word.relation) == plain(&s.relations[i]));
        }
    }
    figures
}
