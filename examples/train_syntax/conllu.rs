//! Reads CoNLL-U and lays its trees over the words that we tokenize.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use crossclaim::claim::tokens::{Token, TokenKind, normal_form, tokenize};
use crossclaim::syntax::Tag;
use crossclaim::syntax::form::Form;
use crossclaim::syntax::segmenter::divide_at;
use crossclaim::syntax::variants::Variants;

/// One word of a treebank.
#[derive(Debug, Clone)]
pub struct UdWord {
    pub form: String,
    pub lemma: String,
    pub tag: String,
    pub head: usize,
    pub relation: String,
    /// Byte range of the surface token that it stands in.
    pub range: (usize, usize),
    /// Number of that surface token.
    pub surface: usize,
}

/// One sentence of a treebank.
#[derive(Debug, Clone, Default)]
pub struct UdSentence {
    pub id: String,
    pub text: String,
    pub words: Vec<UdWord>,
}

/// A sentence to learn from: one entry per word, heads counted from 1 with 0 for the root.
#[derive(Debug, Clone, Default)]
pub struct Sentence {
    pub forms: Vec<Form>,
    pub lower: Vec<String>,
    pub lemmas: Vec<String>,
    pub tags: Vec<String>,
    pub heads: Vec<u16>,
    pub relations: Vec<String>,
    pub ranges: Vec<(usize, usize)>,
}

/// Subtypes of relations that are kept; of all others the plain relation remains.
const SUBTYPES: [&str; 9] = [
    "nsubj:pass",
    "csubj:pass",
    "aux:pass",
    "obl:agent",
    "acl:relcl",
    "flat:name",
    "nmod:poss",
    "obl:tmod",
    "compound:prt",
];

pub fn relation(name: &str) -> String {
    let plain = name.split(':').next().unwrap_or(name);
    if SUBTYPES.contains(&name) { name.to_owned() } else { plain.to_owned() }
}

/// The sentences of a file, variants made one.
pub fn read(path: &Path, variants: &Variants) -> Result<Vec<UdSentence>> {
    let file = std::fs::read_to_string(path)
        .with_context(|| format!("{}: cannot read the treebank", path.display()))?;
    let file = variants.fold(&file);
    let mut sentences = Vec::new();
    for (number, block) in file.split("\n\n").filter(|b| !b.trim().is_empty()).enumerate() {
        let sentence = read_block(block)
            .with_context(|| format!("{}: sentence {}", path.display(), number + 1))?;
        sentences.push(sentence);
    }
    Ok(sentences)
}

fn read_block(block: &str) -> Result<UdSentence> {
    let mut s = UdSentence::default();
    // Where the next surface token is looked for; the last id of a token of several words.
    let (mut at, mut inside, mut surface) = (0, 0, 0);
    let mut range = (0, 0);
    for line in block.lines() {
        if let Some(text) = line.strip_prefix("# text = ") {
            s.text = text.to_owned();
        }
        if let Some(id) = line.strip_prefix("# sent_id = ") {
            s.id = id.to_owned();
        }
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let fields: Vec<&str> = line.split('\t').collect();
        let [id, form, lemma, upos, _, features, head, deprel, ..] = fields[..] else {
            bail!("a line of fewer than eight fields: {line}");
        };
        if id.contains('.') {
            continue;
        }
        if let Some((_, last)) = id.split_once('-') {
            inside = last.parse()?;
            range = find(&s.text, form, &mut at);
            surface += 1;
            continue;
        }
        let id: usize = id.parse()?;
        if id > inside {
            range = find(&s.text, form, &mut at);
            surface += 1;
        }
        s.words.push(UdWord {
            form: form.to_owned(),
            lemma: lemma.to_owned(),
            tag: Tag::name(upos, features),
            head: head.parse().unwrap_or(0),
            relation: relation(deprel),
            range,
            surface,
        });
    }
    Ok(s)
}

/// Where a token stands in the text from `at` on; an empty range where it is not found.
fn find(text: &str, form: &str, at: &mut usize) -> (usize, usize) {
    match text[*at..].find(form) {
        Some(offset) if text[*at..*at + offset].trim().is_empty() => {
            let start = *at + offset;
            *at = start + form.len();
            (start, *at)
        }
        _ => (*at, *at),
    }
}

/// The treebank's own words.
pub fn as_words(s: &UdSentence) -> Sentence {
    Sentence {
        forms: s.words.iter().map(|w| Form::new(&w.form)).collect(),
        lower: s.words.iter().map(|w| normal_form(&w.form)).collect(),
        lemmas: s.words.iter().map(|w| normal_form(&w.lemma)).collect(),
        tags: s.words.iter().map(|w| w.tag.clone()).collect(),
        heads: s.words.iter().map(|w| w.head as u16).collect(),
        relations: s.words.iter().map(|w| w.relation.clone()).collect(),
        ranges: s.words.iter().map(|w| w.range).collect(),
    }
}

/// Our own tokens, those that are runs of words divided as the treebank does.
pub fn given_tokens(s: &UdSentence) -> Vec<Token> {
    let starts: Vec<usize> = s.words.iter().map(|word| word.range.0).collect();
    divide_at(&s.text, 0, tokenize(&s.text, 0), &starts)
}

/// A token that a tree is laid over: byte range, and whether it is a mark.
type Laid = (usize, usize, bool);

/// The tree over these tokens; none where they do not fit.
pub fn over_tokens(s: &UdSentence, tokens: &[Token]) -> Option<Sentence> {
    let mark = TokenKind::Punctuation;
    lay(s, &tokens.iter().map(|t| (t.span.start, t.span.end, t.kind == mark)).collect::<Vec<_>>())
}

/// The tree over the treebank's surface tokens: words of several parts are one.
pub fn as_surface(s: &UdSentence) -> Option<Sentence> {
    let mut ranges: Vec<Laid> = s.words.iter().map(|w| (w.range.0, w.range.1, false)).collect();
    ranges.dedup();
    lay(s, &ranges)
}

/// The tree over given tokens. A token that holds several of the treebank's words takes the place
/// of the one whose head lies outside; of several tokens that make one word, those after the first
/// hang on it. None where the text does not hold the words, or no tree remains.
fn lay(s: &UdSentence, tokens: &[Laid]) -> Option<Sentence> {
    let count = s.words.len();
    let mut words_of: Vec<Vec<usize>> = vec![Vec::new(); tokens.len()];
    let mut token_of = vec![usize::MAX; count];
    let mut extra_of: Vec<Option<usize>> = vec![None; tokens.len()];
    let mut w = 0;
    while w < count {
        let end = (w..count).find(|&i| s.words[i].surface != s.words[w].surface).unwrap_or(count);
        let (from, to) = s.words[w].range;
        let covered: Vec<usize> =
            (0..tokens.len()).filter(|&t| tokens[t].0 < to && from < tokens[t].1).collect();
        let &first = covered.first()?;
        let free = covered.iter().copied().find(|&t| words_of[t].is_empty()).unwrap_or(first);
        for (i, word) in (w..end).enumerate() {
            let one_each = end - w > 1 && covered.len() == end - w;
            let token = if one_each { covered[i] } else { free };
            words_of[token].push(word);
            token_of[word] = token;
        }
        for &t in &covered {
            extra_of[t] = Some(free);
        }
        w = end;
    }
    let mut out = Sentence::default();
    for (t, &(start, end, mark)) in tokens.iter().enumerate() {
        let written = s.text.get(start..end)?;
        out.forms.push(Form::new(written));
        out.lower.push(normal_form(written));
        out.ranges.push((start, end));
        let outside = |&&w: &&usize| {
            let head = s.words[w].head;
            head == 0 || token_of[head - 1] != t
        };
        let heads: Vec<usize> = words_of[t].iter().filter(outside).copied().collect();
        if let Some(&word) = heads.first() {
            let word = &s.words[word];
            out.lemmas.push(normal_form(&word.lemma));
            out.tags.push(word.tag.clone());
            out.heads.push(word.head.checked_sub(1).map_or(0, |h| token_of[h] + 1) as u16);
            out.relations.push(word.relation.clone());
        } else {
            let of = extra_of[t].filter(|&of| of != t)?;
            let first = words_of[of].first().map(|&w| &s.words[w]);
            out.lemmas.push(normal_form(written));
            out.tags.push(match first {
                Some(word) if !mark => word.tag.clone(),
                _ => "PUNCT".to_owned(),
            });
            out.heads.push(of as u16 + 1);
            out.relations.push(if mark { "punct" } else { "flat" }.to_owned());
        }
    }
    is_tree(&out.heads).then_some(out)
}

fn is_tree(heads: &[u16]) -> bool {
    let reaches_root = |mut node: u16| {
        for _ in 0..=heads.len() {
            if node == 0 {
                return true;
            }
            node = heads[usize::from(node) - 1];
        }
        false
    };
    heads.iter().filter(|&&h| h == 0).count() == 1 && (1..=heads.len() as u16).all(reaches_root)
}

/// Lifts arcs that cross others to the head's head until none does (Nivre and Nilsson 2005,
/// without the marks that would undo it).
pub fn projective(heads: &[u16]) -> Vec<u16> {
    let mut heads = heads.to_vec();
    let dominated = |heads: &[u16], mut node: u16, by: u16| {
        for _ in 0..=heads.len() {
            if node == by {
                return true;
            }
            if node == 0 {
                return false;
            }
            node = heads[usize::from(node) - 1];
        }
        false
    };
    loop {
        let crossing = (1..=heads.len() as u16)
            .filter(|&d| {
                let h = heads[usize::from(d) - 1];
                h != 0 && (h.min(d) + 1..h.max(d)).any(|between| !dominated(&heads, between, h))
            })
            .min_by_key(|&d| heads[usize::from(d) - 1].abs_diff(d));
        let Some(d) = crossing else { return heads };
        let head = heads[usize::from(d) - 1];
        heads[usize::from(d) - 1] = heads[usize::from(head) - 1];
    }
}

/// The relations of these sentences, in order.
pub fn names(sentences: &[Sentence], of: impl Fn(&Sentence) -> &[String]) -> BTreeSet<String> {
    sentences.iter().flat_map(|s| of(s).iter().cloned()).collect()
}
