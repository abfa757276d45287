//! The syntax of one sentence.

use super::tag::{Tag, Upos};

/// One word: its tag, its head and how it hangs on it.
#[derive(Debug, Clone, Copy)]
pub struct Word<'m> {
    /// What the tagger says.
    pub tag: &'m Tag,
    /// The tag's index in the model.
    pub tag_index: u8,
    /// Index of the head; none for the sentence's root.
    pub head: Option<usize>,
    /// The relation to it, as UD names it: `nsubj:pass`.
    pub relation: &'m str,
}

/// The words of a sentence, one for each of its tokens, with who hangs on whom.
#[derive(Debug, Clone, Default)]
pub struct Tree<'m> {
    words: Vec<Word<'m>>,
    children: Vec<Vec<usize>>,
}

impl<'m> Tree<'m> {
    /// A tree of these words. Heads that lie outside are taken for none.
    pub fn new(words: Vec<Word<'m>>) -> Self {
        let mut children = vec![Vec::new(); words.len()];
        for (i, word) in words.iter().enumerate() {
            if let Some(list) = word.head.and_then(|head| children.get_mut(head)) {
                list.push(i);
            }
        }
        Tree { words, children }
    }

    /// The words, in order.
    pub fn words(&self) -> &[Word<'m>] {
        &self.words
    }

    /// One word.
    pub fn word(&self, i: usize) -> Option<&Word<'m>> {
        self.words.get(i)
    }

    /// A word's part of speech; `X` outside the sentence.
    pub fn upos(&self, i: usize) -> Upos {
        self.words.get(i).map_or(Upos::X, |word| word.tag.upos)
    }

    /// A word's relation to its head; empty outside the sentence.
    pub fn relation(&self, i: usize) -> &'m str {
        self.words.get(i).map_or("", |word| word.relation)
    }

    /// A word's relation without its subtype.
    pub fn plain_relation(&self, i: usize) -> &'m str {
        let relation = self.relation(i);
        relation.split(':').next().unwrap_or(relation)
    }

    /// A word's head.
    pub fn head(&self, i: usize) -> Option<usize> {
        self.words.get(i)?.head
    }

    /// The words that hang on a word, in order.
    pub fn children(&self, i: usize) -> &[usize] {
        self.children.get(i).map_or(&[], Vec::as_slice)
    }

    /// The children that hang on a word by this relation, whatever its subtype.
    pub fn children_by<'t>(&'t self, i: usize, relation: &'t str) -> impl Iterator<Item = usize> {
        self.children(i)
            .iter()
            .copied()
            .filter(move |&child| self.plain_relation(child) == relation)
    }

    /// A word and all that hangs on it, directly or not, in order.
    pub fn subtree(&self, top: usize) -> Vec<usize> {
        let mut found = vec![top];
        let mut at = 0;
        while at < found.len() && found.len() <= self.words.len() {
            found.extend(self.children(found[at]));
            at += 1;
        }
        found.sort_unstable();
        found
    }

    /// The word of `first..end` whose head lies outside of it: the head of a phrase.
    pub fn head_of_range(&self, first: usize, end: usize) -> Option<usize> {
        let end = end.min(self.words.len());
        let outside = |i: &usize| self.head(*i).is_none_or(|head| head < first || head >= end);
        let heads: Vec<usize> = (first..end).filter(outside).collect();
        let content = heads.iter().copied().find(|&i| self.upos(i).is_nominal());
        content.or_else(|| heads.into_iter().find(|&i| self.upos(i) != Upos::Punct))
    }
}
