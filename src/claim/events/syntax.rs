//! Roles from dependencies: who is subject, object and complement of a trigger, by the sentence's
//! tree. What the tree does not tell is left to word order.

use std::collections::BTreeMap;

use super::{EventReader, Sentence, Trigger};
use crate::claim::mentions::MentionTokens;
use crate::claim::predicates::{coordinated, is_passive, preposition, shared_subject};
use crate::claim::{MentionKind, Role};
use crate::syntax::{Tree, Upos};

/// What the tree says of a trigger. Lists hold indices of mentions.
#[derive(Debug, Default)]
pub(super) struct Syntactic {
    /// The subject; none where the tree has none or it names nobody: then word order looks.
    pub subject: Option<Vec<usize>>,
    /// The direct object, or what follows a phrase that ends in a preposition.
    pub object: Option<Vec<usize>>,
    /// Who does it, of a passive.
    pub doers: Vec<usize>,
    /// Whether the clause is passive.
    pub passive: bool,
    /// Roles of complements by their prepositions.
    pub complements: BTreeMap<Role, Vec<usize>>,
}

impl EventReader {
    /// The tree's view of a verb at `first..end`; none if the words are no verb to it.
    pub(super) fn verb_syntax(
        &self,
        s: Sentence<'_>,
        trigger: &Trigger,
        first: usize,
        end: usize,
    ) -> Option<Syntactic> {
        let tree = s.tree?;
        let verb = verb_in(tree, first, end)?;
        let inside = |i: usize| (first..end).contains(&i);
        let prepositional = self.prepositions.contains(&s.tokens[end - 1].lower);
        let passive = !trigger.intransitive
            && !prepositional
            && trigger.object.is_some()
            && is_passive(tree, verb);
        let mut found = Syntactic { passive, ..Syntactic::default() };

        // "…, X, who ordered": the pronoun right before the verb, whatever hangs on it.
        let pronoun = (first.saturating_sub(1)..first).find(|&i| {
            tree.word(i).is_some_and(|word| word.tag.relative) && named_before(s, i).is_some()
        });
        let own = pronoun.or_else(|| tree.children_by(verb, "nsubj").find(|&c| !inside(c)));
        let relative = own.is_some_and(|subject| tree.words()[subject].tag.relative);
        let subject = match own {
            Some(own) if !relative => Some(own),
            // "X, qui a pris": the name right before the pronoun, whatever the tree says.
            Some(pronoun) if named_before(s, pronoun).is_some() => named_before(s, pronoun),
            _ => shared_subject(tree, verb, 0).map(|(subject, _)| subject).filter(|&i| !inside(i)),
        };
        // A pronoun points to someone whom the tree cannot name.
        found.subject = subject
            .filter(|&head| tree.upos(head) != Upos::Pron)
            .map(|head| (head, self.mentions_of(s, tree, head)))
            .map(|(head, mentions)| self.ungoverned(s, tree, head, mentions, verb))
            .filter(|mentions| !mentions.is_empty());

        let mut objects: Vec<usize> =
            tree.children_by(verb, "obj").filter(|&c| !inside(c)).collect();
        if prepositional {
            // "pris le contrôle de X": X hangs on a word of the phrase.
            objects = (first..end)
                .flat_map(|word| tree.children(word).iter().copied())
                .filter(|&child| !inside(child) && tree.children_by(child, "case").any(inside))
                .collect();
        }
        found.object = (!objects.is_empty())
            .then(|| objects.iter().flat_map(|&head| self.mentions_of(s, tree, head)).collect());

        for word in first..end {
            for &child in tree.children(word) {
                let relation = tree.plain_relation(child);
                if inside(child) || !matches!(relation, "obl" | "nmod" | "iobj" | "advmod") {
                    continue;
                }
                let Some(preposition) = preposition(s.tokens, tree, child) else { continue };
                let mentions = self.mentions_of(s, tree, child);
                if passive && self.voice.passive_by.contains(&preposition) {
                    found.doers.extend(mentions);
                    continue;
                }
                self.complement(s, trigger, &preposition, mentions, &mut found.complements);
            }
        }
        Some(found)
    }

    /// The complements of a noun at `first..end`, by their prepositions.
    pub(super) fn noun_syntax(
        &self,
        s: Sentence<'_>,
        trigger: &Trigger,
        first: usize,
        end: usize,
    ) -> BTreeMap<Role, Vec<usize>> {
        let mut roles = BTreeMap::new();
        let Some(tree) = s.tree else { return roles };
        for word in first..end {
            for &child in tree.children(word) {
                if child < end || !matches!(tree.plain_relation(child), "nmod" | "obl") {
                    continue;
                }
                if let Some(preposition) = preposition(s.tokens, tree, child) {
                    let mentions = self.mentions_of(s, tree, child);
                    self.complement(s, trigger, &preposition, mentions, &mut roles);
                }
            }
        }
        roles
    }

    fn complement(
        &self,
        s: Sentence<'_>,
        trigger: &Trigger,
        preposition: &str,
        mentions: Vec<usize>,
        roles: &mut BTreeMap<Role, Vec<usize>>,
    ) {
        let Some(&first) = mentions.first() else { return };
        let kind = s.mentions[first].mention.kind;
        let place = matches!(kind, MentionKind::Place | MentionKind::Name);
        let role = trigger.prepositions.get(preposition).copied().or_else(|| {
            (place && self.place_prepositions.contains(preposition)).then_some(Role::Location)
        });
        if let Some(role) = role {
            roles.entry(role).or_insert(mentions);
        }
    }

    /// Those mentions that no preposition governs as far as word order can tell, and that no colon
    /// keeps apart from the verb: where the tree disagrees, it is wrong more often.
    fn ungoverned(
        &self,
        s: Sentence<'_>,
        tree: &Tree<'_>,
        subject: usize,
        mentions: Vec<usize>,
        verb: usize,
    ) -> Vec<usize> {
        let fits = |&i: &usize| {
            let head = self.coordination_head(s, i);
            let (from, to) = (s.mentions[i].end.min(verb), s.mentions[i].first.max(verb));
            let beside = tree
                .head_of_range(s.mentions[i].first, s.mentions[i].end)
                .is_some_and(|top| stands_beside(tree, top, subject));
            (beside || self.governor(s.tokens, s.mentions[head].phrase).is_none())
                && !s.tokens[from..to].iter().any(|t| matches!(t.lower.as_str(), ":" | ";" | "؛"))
        };
        mentions.into_iter().filter(fits).collect()
    }

    /// The mentions that a noun phrase and those joined to it are.
    fn mentions_of(&self, s: Sentence<'_>, tree: &Tree<'_>, head: usize) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        for member in coordinated(tree, head) {
            let Some(mention) = mention_of(s, tree, member) else { continue };
            // Lists that the tree cuts short are read on by their conjunctions.
            for i in self.coordinated(s, self.coordination_head(s, mention)) {
                if !found.contains(&i) {
                    found.push(i);
                }
            }
        }
        found
    }
}

/// The mention that a word heads, stands in, or is named by ("the city of X", "the group X"). A
/// name outranks the phrase that it is put beside ("his rival, X").
fn mention_of(s: Sentence<'_>, tree: &Tree<'_>, head: usize) -> Option<usize> {
    let position = |test: &dyn Fn(&MentionTokens) -> bool| s.mentions.iter().position(test);
    let top = |m: &MentionTokens| tree.head_of_range(m.first, m.end);
    let own = position(&|m| m.phrase.min(m.first) <= head && head < m.end)
        .or_else(|| position(&|m| top(m) == Some(head)));
    let beside = || {
        position(&|m| {
            let Some(top) = top(m) else { return false };
            if tree.head(top) != Some(head) {
                return stands_beside(tree, top, head);
            }
            let bare = tree.children_by(top, "case").next().is_none();
            match tree.plain_relation(top) {
                "flat" | "appos" | "compound" => true,
                "nmod" => bare,
                _ => false,
            }
        })
    };
    match own {
        Some(i)
            if s.mentions[i].anaphor.is_none()
                && !s.mentions[i].mention.entity.starts_with("group:") =>
        {
            own
        }
        _ => beside().or(own),
    }
}

/// The last word of the mention that ends right before a word, a comma between them or none.
fn named_before(s: Sentence<'_>, word: usize) -> Option<usize> {
    let right_before = |end: usize| {
        end == word || end + 1 == word && s.tokens.get(end).is_some_and(super::is_comma)
    };
    s.mentions.iter().find(|m| right_before(m.end)).map(|m| m.end - 1)
}

/// Whether a name is put beside a noun, or beside the noun's own complement: "the banker X", "l'homme d'affaires X".
fn stands_beside(tree: &Tree<'_>, top: usize, noun: usize) -> bool {
    let put = matches!(tree.plain_relation(top), "appos" | "flat")
        && tree.children_by(top, "case").next().is_none();
    let complement = |word: usize| {
        noun < word
            && word < top
            && tree.head(word) == Some(noun)
            && tree.plain_relation(word) == "nmod"
            && tree.upos(word) == Upos::Noun
    };
    put && tree.head(top).is_some_and(|head| head == noun || complement(head))
}

/// The verb of a trigger's words, or what has a verb's helpers.
fn verb_in(tree: &Tree<'_>, first: usize, end: usize) -> Option<usize> {
    let verbal = |&i: &usize| {
        matches!(tree.upos(i), Upos::Verb | Upos::Aux)
            || tree.children_by(i, "aux").next().is_some()
            || tree.children_by(i, "cop").next().is_some()
            || tree.children_by(i, "nsubj").next().is_some()
            || tree.upos(i) == Upos::Adj && tree.plain_relation(i) == "acl"
    };
    let head = tree.head_of_range(first, end).filter(verbal);
    head.or_else(|| (first..end).find(verbal))
}
