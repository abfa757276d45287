//! What a sentence says of whom, whether or not a frame knows it: verbs and nominal predicates
//! with their lemma, negation and arguments, read off the dependencies.

use serde::{Deserialize, Serialize};

use super::factuality::SentenceCues;
use super::mentions::MentionTokens;
use super::tokens::Token;
use super::{Factuality, Quantity, TimeExpression};
use crate::span::Span;
use crate::syntax::{Model, Tree, Upos, Word};

/// A verb, or a noun or adjective with a copula, and what fills its places.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Predicate {
    /// The lemma, a particle before it ("over take", "auf geben"). Not from a dictionary: most
    /// often the word a dictionary lists, else a form that words of like endings share.
    pub lemma: String,
    /// The word.
    pub span: Span,
    /// The clause denies it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub negated: bool,
    /// A finite verb, or one with a finite auxiliary or copula; else an infinitive or participle. Where verbs have
    /// one form, all but those that complete another.
    #[serde(default, skip_serializing_if = "is_false")]
    pub finite: bool,
    /// A noun or adjective that a copula joins to its subject.
    #[serde(default, skip_serializing_if = "is_false")]
    pub nominal: bool,
    /// The relation of the clause to the word above it: `root`, `ccomp`, `acl:relcl` …
    pub relation: String,
    /// How far it is presented as fact, by the cues that govern it; a negation is in `negated`.
    #[serde(default = "Factuality::asserted", skip_serializing_if = "Factuality::is_plain")]
    pub factuality: Factuality,
    /// What fills its places, in the order of the text, subjects taken over from another clause last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<Argument>,
}

/// A noun phrase or clause that depends on a predicate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Argument {
    /// The relation of UD: `nsubj`, `nsubj:pass`, `obj`, `iobj`, `obl`, `obl:agent`, `xcomp`,
    /// `ccomp`. What a participle or an infinitive shares with another clause has the relation
    /// that it would have in a clause of its own.
    pub relation: String,
    /// The preposition or postposition, in its normal form; several with a space between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preposition: Option<String>,
    /// Lemma of the phrase's head.
    pub lemma: String,
    /// The phrase without its preposition and without clauses that describe it.
    pub span: Span,
    /// Index into the claim's `mentions` of the name that the head is or stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mention: Option<usize>,
    /// Index into the claim's `quantities` of the number that counts the head, or is the head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<usize>,
    /// Index into the claim's `times` of the time that the phrase is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<usize>,
    /// The phrase itself denies ("no deaths", "aucun accord").
    #[serde(default, skip_serializing_if = "is_false")]
    pub negated: bool,
}

impl Predicate {
    /// The predicate with all that fills its places.
    pub fn whole(&self) -> Span {
        self.arguments.iter().fold(self.span, |whole, argument| whole.cover(&argument.span))
    }

    /// Who does it: subjects of an active clause, agents of a passive one.
    pub fn doers(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|a| matches!(a.relation.as_str(), "nsubj" | "obl:agent"))
    }

    /// To whom or what it is done: objects of an active clause, subjects of a passive one.
    pub fn objects(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|a| matches!(a.relation.as_str(), "obj" | "nsubj:pass"))
    }
}

/// A sentence with its syntax and what was read off it so far.
#[derive(Debug, Clone, Copy)]
pub struct Parsed<'s> {
    /// The article's text.
    pub text: &'s str,
    /// The sentence's tokens.
    pub tokens: &'s [Token],
    /// One word for each token.
    pub tree: &'s Tree<'s>,
    /// The model that parsed it.
    pub model: &'s Model,
    /// The sentence's mentions.
    pub mentions: &'s [MentionTokens],
    /// Its times.
    pub times: &'s [TimeExpression],
    /// Its quantities.
    pub quantities: &'s [Quantity],
    /// Prepositions of the agent of a passive.
    pub passive_by: &'s [String],
    /// Cues of factuality; none for a language without a pack.
    pub cues: Option<&'s SentenceCues<'s>>,
    /// A source says the sentence.
    pub attributed: bool,
}

/// The predicates of a sentence, in order.
pub fn find(s: Parsed<'_>) -> Vec<Predicate> {
    (0..s.tree.words().len().min(s.tokens.len()))
        .filter(|&i| is_predicate(s.tree, i))
        .map(|i| predicate(s, i))
        .collect()
}

/// A verb that heads a clause, or whatever has a copula.
fn is_predicate(tree: &Tree<'_>, i: usize) -> bool {
    const WITHIN_PHRASES: [&str; 11] =
        ["amod", "aux", "cop", "case", "mark", "fixed", "flat", "compound", "det", "nummod", "cc"];
    // A participle that the tagger took for an adjective has its auxiliary.
    let verb = tree.upos(i) == Upos::Verb
        || tree.children_by(i, "aux").next().is_some()
        || tree.upos(i) == Upos::Aux
            && (tree.head(i).is_none() || tree.children_by(i, "nsubj").next().is_some());
    let nominal = tree.children_by(i, "cop").next().is_some();
    (verb || nominal) && !WITHIN_PHRASES.contains(&tree.plain_relation(i))
}

fn predicate(s: Parsed<'_>, i: usize) -> Predicate {
    let tree = s.tree;
    let nominal = tree.children_by(i, "cop").next().is_some();
    let mut arguments: Vec<Argument> = own_arguments(s, i);
    if !arguments.iter().any(|a| a.relation.starts_with("nsubj"))
        && let Some((head, relation)) = shared_subject(tree, i, 0)
    {
        let members = coordinated(tree, head);
        arguments.extend(members.into_iter().map(|head| argument(s, head, relation, None)));
    }
    let mut lemma = lemma_of(s, i);
    for particle in tree.children(i).iter().filter(|&&c| tree.relation(c) == "compound:prt") {
        lemma = format!("{} {lemma}", s.tokens[*particle].lower);
    }
    Predicate {
        lemma,
        span: s.tokens[i].span,
        negated: negates(tree, i),
        finite: is_finite(tree, i),
        nominal,
        relation: if tree.head(i).is_none() { "root" } else { tree.relation(i) }.to_owned(),
        factuality: s
            .cues
            .map_or_else(Factuality::asserted, |cues| cues.read(s.tokens[i].span, s.attributed)),
        arguments,
    }
}

/// The phrases that depend on a predicate; members of a list apart.
fn own_arguments(s: Parsed<'_>, i: usize) -> Vec<Argument> {
    let tree = s.tree;
    let passive = is_passive(tree, i);
    let mut found = Vec::new();
    for &child in tree.children(i) {
        let Some(mut relation) = argument_relation(tree.relation(child)) else { continue };
        let preposition = preposition(s.tokens, tree, child);
        if passive
            && relation == "obl"
            && preposition.as_ref().is_some_and(|p| s.passive_by.contains(p))
        {
            relation = "obl:agent";
        }
        // "qui", "that": what the clause describes.
        let antecedent = tree.words()[child].tag.relative.then(|| antecedent(tree, i)).flatten();
        for member in coordinated(tree, antecedent.unwrap_or(child)) {
            found.push(argument(s, member, relation, preposition.clone()));
        }
    }
    found
}

/// A finite verb, or one with a finite helper.
fn is_finite(tree: &Tree<'_>, i: usize) -> bool {
    let helper = |c: &&usize| matches!(tree.plain_relation(**c), "aux" | "cop");
    // "closed the school and sold the building": the form of the first is that of the second, for
    // which the tagger may have taken a past tense for a participle.
    let joined = tree.plain_relation(i) == "conj"
        && tree.word(i).is_some_and(|word| word.tag.past)
        && tree.head(i).is_some_and(|first| is_finite(tree, first));
    let own = |word: &Word<'_>| {
        word.tag.finite || word.tag.uninflected && tree.plain_relation(i) != "xcomp"
    };
    joined
        || tree.word(i).is_some_and(own)
        || tree.children(i).iter().filter(helper).any(|&c| {
            let helper = tree.words()[c].tag;
            helper.finite || helper.uninflected
        })
}

/// Whether a verb is passive: by its auxiliary, or a participle of the past without one.
pub(crate) fn is_passive(tree: &Tree<'_>, i: usize) -> bool {
    let helped = tree.children(i).iter().any(|&c| tree.plain_relation(c) == "aux");
    // "was seized and sold", "avoir pris et pillé": the helper serves both.
    if !helped
        && tree.plain_relation(i) == "conj"
        && let Some(first) = tree.head(i)
        && tree.word(first).is_some_and(|word| word.tag.past || word.tag.finite)
    {
        return tree.word(first).is_some_and(|word| word.tag.past) && is_passive(tree, first);
    }
    let object = tree.children_by(i, "obj").next().is_some();
    tree.children(i).iter().any(|&c| matches!(tree.relation(c), "aux:pass" | "nsubj:pass"))
        || !helped && !object && tree.word(i).is_some_and(|word| word.tag.past)
}

/// The relations that fill a predicate's places, in the form in which arguments carry them.
fn argument_relation(relation: &str) -> Option<&'static str> {
    const KEPT: [&str; 10] = [
        "nsubj",
        "nsubj:pass",
        "obj",
        "iobj",
        "obl",
        "obl:agent",
        "xcomp",
        "ccomp",
        "csubj",
        "csubj:pass",
    ];
    let plain = relation.split(':').next().unwrap_or(relation);
    KEPT.into_iter()
        .find(|&kept| kept == relation)
        .or_else(|| KEPT.into_iter().find(|&kept| kept == plain))
}

/// The noun that a relative clause describes.
fn antecedent(tree: &Tree<'_>, mut clause: usize) -> Option<usize> {
    for _ in 0..tree.words().len() {
        let head = tree.head(clause)?;
        match tree.plain_relation(clause) {
            "acl" => return Some(head),
            "conj" | "xcomp" | "ccomp" => clause = head,
            _ => return None,
        }
    }
    None
}

/// How far a subject is looked for in clauses above.
const MOST_CLAUSES: usize = 4;

/// The subject of a clause that has none of its own, and its relation there: that of the verb it
/// is joined to or completes, or the noun it describes.
pub(crate) fn shared_subject(
    tree: &Tree<'_>,
    i: usize,
    depth: usize,
) -> Option<(usize, &'static str)> {
    if depth > MOST_CLAUSES {
        return None;
    }
    let word = tree.word(i)?;
    let passive = is_passive(tree, i);
    let relation = if passive { "nsubj:pass" } else { "nsubj" };
    let finite = is_finite(tree, i);
    let head = word.head?;
    let subject_of = |verb: usize| {
        let own = tree.children_by(verb, "nsubj").next().map(|subject| {
            let relative = tree.words()[subject].tag.relative;
            relative.then(|| antecedent(tree, verb)).flatten().unwrap_or(subject)
        });
        own.or_else(|| shared_subject(tree, verb, depth + 1).map(|(subject, _)| subject))
    };
    match tree.plain_relation(i) {
        "conj" => subject_of(head),
        "xcomp" => {
            // "forced the army to leave": the object leaves.
            let object = tree.children_by(head, "obj").chain(tree.children_by(head, "iobj")).next();
            object.or_else(|| subject_of(head))
        }
        "advcl" if !finite => subject_of(head),
        // "troops sent to the border"; "a plan to leave" says not who leaves.
        "acl" if word.tag.participle && !finite => Some(head),
        _ => None,
    }
    .map(|subject| (subject, relation))
}

/// A phrase's head with those that are joined to it.
pub(crate) fn coordinated(tree: &Tree<'_>, head: usize) -> Vec<usize> {
    let mut members = vec![head];
    members.extend(
        tree.children_by(head, "conj")
            .filter(|&c| tree.upos(c) != Upos::Verb || tree.upos(head) == Upos::Verb),
    );
    members
}

fn argument(s: Parsed<'_>, head: usize, relation: &str, preposition: Option<String>) -> Argument {
    let tree = s.tree;
    let phrase = phrase(tree, head);
    let (first, last) = (phrase.first().copied(), phrase.last().copied());
    let span = s.tokens[first.unwrap_or(head)].span.cover(&s.tokens[last.unwrap_or(head)].span);
    let token_in = |at: usize, span: &Span| s.tokens.get(at).is_some_and(|t| t.span.overlaps(span));
    let counts = |q: &Quantity| {
        phrase.iter().any(|&word| {
            let near = word == head || tree.head(word) == Some(head);
            near && token_in(word, &q.span)
        })
    };
    let mention = s.mentions.iter().position(|m| m.first <= head && head < m.end).or_else(|| {
        s.mentions.iter().position(|m| tree.head_of_range(m.first, m.end) == Some(head))
    });
    Argument {
        relation: relation.to_owned(),
        preposition,
        lemma: lemma_of(s, head),
        span,
        mention,
        quantity: s.quantities.iter().position(counts),
        time: s.times.iter().position(|time| token_in(head, &time.span)),
        negated: tree.words()[head].tag.negative
            || tree.children_by(head, "det").any(|c| tree.words()[c].tag.negative),
    }
}

/// The words of a phrase: all below its head but prepositions, other members of a list, what is
/// put in beside it and clauses.
pub(crate) fn phrase(tree: &Tree<'_>, head: usize) -> Vec<usize> {
    const APART: [&str; 12] = [
        "case",
        "mark",
        "cc",
        "conj",
        "punct",
        "acl",
        "advcl",
        "appos",
        "parataxis",
        "cop",
        "nsubj",
        "aux",
    ];
    let mut words = vec![head];
    for &child in tree.children(head) {
        if !APART.contains(&tree.plain_relation(child)) {
            words.extend(tree.subtree(child));
        }
    }
    words.sort_unstable();
    words
}

/// The words that mark the case of a phrase; of a member of a list, those of the list.
pub(crate) fn preposition(tokens: &[Token], tree: &Tree<'_>, head: usize) -> Option<String> {
    let own: Vec<&str> = tree
        .children_by(head, "case")
        .filter_map(|c| Some(tokens.get(c)?.lower.as_str()))
        .collect();
    if !own.is_empty() {
        return Some(own.join(" "));
    }
    let above = tree.head(head).filter(|_| tree.plain_relation(head) == "conj")?;
    preposition(tokens, tree, above)
}

fn negates(tree: &Tree<'_>, i: usize) -> bool {
    let by_child = tree.children(i).iter().any(|&c| {
        matches!(
            tree.plain_relation(c),
            "advmod" | "aux" | "cop" | "det" | "cc" | "dep" | "compound"
        ) && tree.words()[c].tag.negative
    });
    by_child || tree.words()[i].tag.negative
}

fn lemma_of(s: Parsed<'_>, i: usize) -> String {
    s.tree.word(i).map_or_else(String::new, |word| s.model.lemma(word, &s.tokens[i].lower))
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
