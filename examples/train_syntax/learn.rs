//! Learns a model: tagger, moves with a dynamic oracle, labels, lemmas.

use std::collections::{BTreeMap, HashMap};

use crossclaim::syntax::form::Form;
use crossclaim::syntax::lemma::{EditRule, Lemmas, suffixes};
use crossclaim::syntax::parser::{
    ALL_MOVES, MOVES, Move, Nodes, State, label_features, move_features,
};
use crossclaim::syntax::tagger::{argmax, best, tag, tag_features};
use crossclaim::syntax::weights::{MAX_CLASSES, Scorer};
use crossclaim::syntax::{Parts, upos_numbers};

use crate::conllu::{Sentence, names, projective};
use crate::perceptron::{Perceptron, Random};

/// What can be set on the command line.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub seed: u64,
    pub tagger_epochs: usize,
    pub parser_epochs: usize,
    pub segmenter_epochs: usize,
    /// Updates that a feature needs before it counts.
    pub needed: u32,
    /// By how much the right move, or the right end of a word, must win to be left alone.
    pub margin: f32,
    /// Weights kept of the tagger, the moves, the labels and the segmenter.
    pub keep: [usize; 4],
}

/// Tags rarer than this lose their features.
const RARE_TAG: usize = 5;
/// Parts in which the training tags are predicted, each by a tagger that learned on the others.
const FOLDS: usize = 4;
/// Epochs in which only right moves are followed.
const FIRST_EPOCHS: usize = 1;
/// How often a move is followed that the parser chose and that may be wrong.
const EXPLORE: f64 = 0.9;

/// A model of these sentences.
pub fn learn(mut sentences: Vec<Sentence>, settings: Settings, say: &dyn Fn(&str)) -> Parts {
    simplify_tags(&mut sentences);
    let tags: Vec<String> = names(&sentences, |s| &s.tags).into_iter().collect();
    let relations: Vec<String> = names(&sentences, |s| &s.relations).into_iter().collect();
    let index = |list: &[String]| -> HashMap<String, u8> {
        list.iter().enumerate().map(|(i, name)| (name.clone(), i as u8)).collect()
    };
    let (tag_index, relation_index) = (index(&tags), index(&relations));
    say(&format!(
        "{} sentences, {} tags, {} relations",
        sentences.len(),
        tags.len(),
        relations.len()
    ));
    let gold_tags: Vec<Vec<u8>> =
        sentences.iter().map(|s| s.tags.iter().map(|t| tag_index[t]).collect()).collect();
    let forms: Vec<&[Form]> = sentences.iter().map(|s| s.forms.as_slice()).collect();

    let all: Vec<usize> = (0..sentences.len()).collect();
    let tagger = learn_tagger(&forms, &gold_tags, &all, tags.len(), settings);
    say("tagger done");
    // The parser learns on tags with the tagger's own errors.
    let mut predicted = vec![Vec::new(); sentences.len()];
    for fold in 0..FOLDS {
        let (inside, outside): (Vec<usize>, Vec<usize>) =
            all.iter().partition(|&&i| i % FOLDS == fold);
        let tagger = learn_tagger(&forms, &gold_tags, &outside, tags.len(), settings);
        for i in inside {
            predicted[i] = tag(forms[i], tags.len(), &tagger);
        }
    }
    say("tags of the training data predicted");
    let upos_of = upos_numbers(&tags);
    let examples: Vec<Example> = sentences
        .iter()
        .zip(&predicted)
        .map(|(s, tags)| {
            let mut heads = vec![0];
            heads.extend(projective(&s.heads));
            let mut labels = vec![0];
            labels.extend(s.relations.iter().map(|r| relation_index[r]));
            Example { nodes: Nodes::new(&s.forms, tags, &upos_of), heads, labels }
        })
        .collect();
    let (moves, labels) = learn_parser(&examples, relations.len(), settings, say);
    Parts {
        lemmas: learn_lemmas(&sentences, &tag_index),
        tagger: tagger.quantised(settings.keep[0]),
        moves: moves.quantised(settings.keep[1]),
        labels: labels.quantised(settings.keep[2]),
        tags,
        relations,
        segmenter: None,
    }
}

/// Cuts features off tags that are rare, so that there are few enough, each with examples.
fn simplify_tags(sentences: &mut [Sentence]) {
    loop {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for tag in sentences.iter().flat_map(|s| &s.tags) {
            *counts.entry(tag.clone()).or_default() += 1;
        }
        let rare = |tag: &String| {
            tag.contains('|')
                && (counts[tag] < RARE_TAG
                    || counts.len() > MAX_CLASSES && {
                        let mut sizes: Vec<usize> = counts.values().copied().collect();
                        sizes.sort_unstable();
                        counts[tag] <= sizes[counts.len() - MAX_CLASSES]
                    })
        };
        let mut changed = false;
        for tag in sentences.iter_mut().flat_map(|s| &mut s.tags) {
            if rare(tag) {
                let shorter = tag.rsplit_once('|').map_or("X", |(rest, _)| rest).to_owned();
                *tag = shorter;
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

fn learn_tagger(
    forms: &[&[Form]],
    gold: &[Vec<u8>],
    which: &[usize],
    classes: usize,
    settings: Settings,
) -> Perceptron {
    let mut perceptron = Perceptron::new(classes, settings.needed);
    let mut random = Random::new(settings.seed);
    let mut order = which.to_vec();
    let mut features = Vec::new();
    for _ in 0..settings.tagger_epochs {
        random.shuffle(&mut order);
        for &i in &order {
            let mut tags = Vec::with_capacity(forms[i].len());
            for (at, &gold) in gold[i].iter().enumerate() {
                features.clear();
                tag_features(forms[i], &tags, at, &mut features);
                let guess = best(&features, classes, &perceptron) as u8;
                perceptron.tick();
                if guess != gold {
                    perceptron.update(&features, usize::from(gold), usize::from(guess));
                }
                tags.push(guess);
            }
        }
    }
    perceptron
}

struct Example {
    nodes: Nodes,
    heads: Vec<u16>,
    labels: Vec<u8>,
}

fn learn_parser(
    examples: &[Example],
    relations: usize,
    settings: Settings,
    say: &dyn Fn(&str),
) -> (Perceptron, Perceptron) {
    let mut moves = Perceptron::new(MOVES, settings.needed);
    let mut labels = Perceptron::new(relations, settings.needed);
    let mut random = Random::new(settings.seed ^ 0xabcd);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let (mut features, mut of_label) = (Vec::new(), Vec::new());
    for epoch in 0..settings.parser_epochs {
        random.shuffle(&mut order);
        let (mut wrong, mut made) = (0u64, 0u64);
        for &i in &order {
            let example = &examples[i];
            let mut state = State::new(example.nodes.len());
            while !state.is_done() {
                features.clear();
                move_features(&example.nodes, &state, &mut features);
                let mut scores = [0f32; MOVES];
                for &feature in &features {
                    moves.add(feature, &mut scores);
                }
                let costs = ALL_MOVES.map(|step| cost(&state, step, &example.heads));
                let least = costs.iter().flatten().copied().min().unwrap_or(0);
                let pick = |right: bool| {
                    let mut picked = scores;
                    for (score, cost) in picked.iter_mut().zip(costs) {
                        if cost.is_none_or(|c| (c == least) != right) {
                            *score = f32::NEG_INFINITY;
                        }
                    }
                    argmax(&picked)
                };
                let (gold, rival) = (pick(true), pick(false));
                let has_rival = costs[rival].is_some_and(|c| c > least);
                moves.tick();
                made += 1;
                let loses = has_rival && scores[rival] >= scores[gold];
                wrong += u64::from(loses);
                if has_rival && scores[rival] + settings.margin >= scores[gold] {
                    moves.update(&features, gold, rival);
                }
                let explore = epoch >= FIRST_EPOCHS && loses && random.unit() < EXPLORE;
                let step = ALL_MOVES[if explore { rival } else { gold }];
                let mut label = 0;
                if let Some((head, dependent)) = state.arc(step) {
                    of_label.clear();
                    label_features(&example.nodes, &state, head, dependent, &mut of_label);
                    let guess = best(&of_label, relations, &labels);
                    label = guess as u8;
                    // Of a wrong head no label can be learned.
                    if example.heads[usize::from(dependent)] == head {
                        labels.tick();
                        let gold = usize::from(example.labels[usize::from(dependent)]);
                        if guess != gold {
                            labels.update(&of_label, gold, guess);
                        }
                    }
                }
                state.make(step, label);
            }
        }
        say(&format!(
            "epoch {}: {:.2} % of moves wrong",
            epoch + 1,
            100.0 * wrong as f64 / made as f64
        ));
    }
    (moves, labels)
}

/// How many gold arcs can no longer be made after a move (Goldberg and Nivre 2013); none if the
/// move is not allowed.
fn cost(state: &State, step: Move, heads: &[u16]) -> Option<usize> {
    if !state.allows(step) {
        return None;
    }
    let head = |node: u16| heads[usize::from(node)];
    let stack = state.stack();
    let (&top, below) = stack.split_last()?;
    Some(match step {
        Move::Shift => {
            let front = state.front()?;
            let lost_head = below.contains(&head(front));
            let lost = stack.iter().filter(|&&d| d != 0 && head(d) == front).count();
            lost + usize::from(lost_head)
        }
        Move::Left | Move::Right => {
            let lost = state.buffer().filter(|&d| head(d) == top).count();
            let other = match step {
                Move::Left => {
                    below.last().is_some_and(|&s1| head(top) == s1)
                        || state.buffer().skip(1).any(|h| h == head(top))
                }
                _ => state.buffer().any(|h| h == head(top)),
            };
            lost + usize::from(other)
        }
    })
}

/// For each tag and suffix the commonest rule, where it differs from that of the next shorter
/// suffix and was seen twice, and for each word whose rule differs from its suffixes'.
fn learn_lemmas(sentences: &[Sentence], tag_index: &HashMap<String, u8>) -> Lemmas {
    type Counts = BTreeMap<EditRule, usize>;
    let mut by_suffix: BTreeMap<(u8, String), Counts> = BTreeMap::new();
    for s in sentences {
        for ((word, lemma), tag) in s.lower.iter().zip(&s.lemmas).zip(&s.tags) {
            let numeral = word.chars().any(char::is_numeric);
            if lemma == "_" || numeral || matches!(tag.as_str(), "PUNCT" | "SYM" | "X") {
                continue;
            }
            let tag = tag_index[tag];
            let rule = EditRule::between(word, lemma);
            let whole = format!("^{word}");
            for suffix in suffixes(word).chain([whole.as_str()]) {
                let counts = by_suffix.entry((tag, suffix.to_owned())).or_default();
                *counts.entry(rule.clone()).or_default() += 1;
            }
        }
    }
    let commonest = |counts: &Counts| {
        counts
            .iter()
            .max_by_key(|(rule, n)| (**n, std::cmp::Reverse((*rule).clone())))
            .map(|(rule, n)| (rule.clone(), *n))
    };
    let mut lemmas = Lemmas::default();
    let mut numbers: BTreeMap<EditRule, u16> = BTreeMap::new();
    let mut keep = |key: (u8, String), rule: EditRule| {
        let next = numbers.len() as u16;
        let number = *numbers.entry(rule.clone()).or_insert_with(|| {
            lemmas.rules.push(rule);
            next
        });
        lemmas.by_suffix.insert(key, number);
    };
    let mut chosen: BTreeMap<(u8, String), EditRule> = BTreeMap::new();
    let mut keys: Vec<&(u8, String)> = by_suffix.keys().collect();
    // Shorter suffixes first; whole words last.
    keys.sort_by_key(|(tag, suffix)| {
        (suffix.starts_with('^'), suffix.chars().count(), *tag, suffix)
    });
    for key in keys {
        let (tag, suffix) = key;
        let Some((rule, count)) = commonest(&by_suffix[key]) else { continue };
        let whole = suffix.strip_prefix('^');
        let parent = match whole {
            Some(word) => suffixes(word).find_map(|s| chosen.get(&(*tag, s.to_owned()))),
            None => suffixes(suffix).skip(1).find_map(|s| chosen.get(&(*tag, s.to_owned()))),
        };
        // What was seen once says nothing, unless it is the whole word.
        let clear = count >= 2 || whole.is_some();
        if suffix.is_empty() || parent != Some(&rule) && clear {
            chosen.insert(key.clone(), rule.clone());
            keep(key.clone(), rule);
        }
    }
    lemmas
}
