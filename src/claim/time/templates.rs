//! A list of templates with an index of what each can begin with, so that a token is tried against
//! the few that it can begin and not against all.

use std::collections::HashMap;

use super::lexicon::Readings;
use super::pattern::{Begin, Captures, Template};
use super::slot::Slot;

/// Templates with what each means.
#[derive(Debug, Clone)]
pub(super) struct Templates<T> {
    list: Vec<(T, Template)>,
    by_word: HashMap<String, Vec<usize>>,
    by_slot: Vec<Vec<usize>>,
    anywhere: Vec<usize>,
}

/// A template's match.
pub(super) struct Found<T> {
    /// The template's meaning.
    pub what: T,
    /// Its first token.
    pub first: usize,
    /// One past its last token.
    pub end: usize,
    /// What its slots took.
    pub captures: Captures,
}

impl<T: Copy> Templates<T> {
    /// Indexes a list.
    pub fn new(list: Vec<(T, Template)>) -> Self {
        let mut templates = Templates {
            by_word: HashMap::new(),
            by_slot: vec![Vec::new(); Slot::ALL.len()],
            anywhere: Vec::new(),
            list: Vec::new(),
        };
        for (index, (_, template)) in list.iter().enumerate() {
            let (begins, any) = template.begins();
            if any {
                templates.anywhere.push(index);
                continue;
            }
            for begin in begins {
                match begin {
                    Begin::Word(word) => templates.by_word.entry(word).or_default().push(index),
                    Begin::Slot(slot) => templates.by_slot[slot as usize].push(index),
                    Begin::Anything => {}
                }
            }
        }
        templates.list = list;
        templates
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The matches anywhere in the sentence that take a token or more: by first token, then in the
    /// order of the list.
    pub fn find(&self, readings: &Readings<'_>) -> Vec<Found<T>> {
        let mut found = Vec::new();
        let mut here: Vec<usize> = Vec::new();
        for first in 0..readings.len() {
            here.clear();
            here.extend(&self.anywhere);
            for form in readings.forms(first) {
                here.extend(self.by_word.get(form).into_iter().flatten());
            }
            for slot in Slot::ALL {
                if !readings.read(slot, first).is_empty() {
                    here.extend(&self.by_slot[slot as usize]);
                }
            }
            here.sort_unstable();
            here.dedup();
            for &index in &here {
                let Some((what, template)) = self.list.get(index) else { continue };
                for (end, captures) in template.matches(readings, first) {
                    if end > first {
                        found.push(Found { what: *what, first, end, captures });
                    }
                }
            }
        }
        found
    }
}
