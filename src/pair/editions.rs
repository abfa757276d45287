//! Articles that an outlet published again with changes: one origin, and yet what is told differently is a change of
//! its story.

use std::collections::{BTreeMap, BTreeSet};

use crate::resolve::Corpus;

/// The sentences of every article that its outlet has published in more than one wording.
pub(super) struct Editions<'c> {
    corpus: &'c Corpus,
    /// Article and sentence, white space folded.
    sentences: BTreeSet<(&'c str, String)>,
}

impl<'c> Editions<'c> {
    /// Finds the articles of a corpus that share outlet and origin with another.
    pub(super) fn of(corpus: &'c Corpus) -> Self {
        let mut together: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let key = |article: &'c crate::resolve::CorpusArticle| {
            Some((article.article.outlet.as_deref()?, article.origin.as_str()))
        };
        for article in corpus.articles.iter().filter_map(key) {
            *together.entry(article).or_default() += 1;
        }
        let again = |claim: &crate::claim::Claim| {
            let article = corpus.article_of(claim).and_then(key);
            article.is_some_and(|article| together.get(&article).is_some_and(|&n| n > 1))
        };
        let sentences = corpus
            .claims
            .iter()
            .filter(|claim| again(claim))
            .map(|claim| (claim.article.as_str(), folded(&claim.text)))
            .collect();
        Editions { corpus, sentences }
    }

    /// Whether two claims of one origin stand in two editions of one outlet's article, neither sentence word for
    /// word in the other edition. What another outlet reprints with a change is the wire's story, not a change of it.
    pub(super) fn changed(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.corpus.claims[a], &self.corpus.claims[b]);
        if self.sentences.is_empty() {
            return false;
        }
        let outlet =
            |claim| self.corpus.article_of(claim).and_then(|a| a.article.outlet.as_deref());
        let holds =
            |article: &'c str, text: &str| self.sentences.contains(&(article, folded(text)));
        outlet(a).is_some()
            && outlet(a) == outlet(b)
            && !holds(&a.article, &b.text)
            && !holds(&b.article, &a.text)
    }
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
