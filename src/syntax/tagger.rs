//! Parts of speech, from left to right, each with the tags before it as features.

use super::form::{Form, feature};
use super::weights::{MAX_CLASSES, Scorer};

/// A tag for each word: indices into the model's tags.
pub fn tag(forms: &[Form], classes: usize, scorer: &impl Scorer) -> Vec<u8> {
    let mut tags = Vec::with_capacity(forms.len());
    let mut features = Vec::with_capacity(FEATURES);
    for at in 0..forms.len() {
        features.clear();
        tag_features(forms, &tags, at, &mut features);
        tags.push(best(&features, classes, scorer) as u8);
    }
    tags
}

/// The class with the highest score; the first of equals.
pub fn best(features: &[u64], classes: usize, scorer: &impl Scorer) -> usize {
    let mut scores = [0f32; MAX_CLASSES];
    let scores = &mut scores[..classes.min(MAX_CLASSES)];
    for &feature in features {
        scorer.add(feature, scores);
    }
    argmax(scores)
}

/// The index of the highest value; the first of equals.
pub fn argmax(scores: &[f32]) -> usize {
    let mut best = 0;
    for (i, &score) in scores.iter().enumerate() {
        if score > scores[best] {
            best = i;
        }
    }
    best
}

/// How many features a word has.
const FEATURES: usize = 34;

/// The features of the word at `at`, after the tags of those before it.
pub fn tag_features(forms: &[Form], tags: &[u8], at: usize, out: &mut Vec<u64>) {
    let form = |offset: isize| {
        at.checked_add_signed(offset).and_then(|i| forms.get(i)).copied().unwrap_or(Form::OUTSIDE)
    };
    let tag =
        |back: usize| at.checked_sub(back).and_then(|i| tags.get(i)).map_or(255, |&t| u64::from(t));
    let (w, left, left2, right, right2) = (form(0), form(-1), form(-2), form(1), form(2));
    let (t1, t2) = (tag(1), tag(2));
    let first = u64::from(at == 0);
    let mut template = 0;
    let mut put = |a: u64, b: u64, c: u64| {
        template += 1;
        out.push(feature(template, a, b, c));
    };
    put(0, 0, 0);
    put(w.word, 0, 0);
    for affix in w.suffixes.into_iter().chain(w.prefixes) {
        put(affix, 0, 0);
    }
    put(w.shape, first, 0);
    put(w.shape, first, t1);
    put(w.shape, w.suffixes[2], first);
    put(t1, 0, 0);
    put(t1, t2, 0);
    put(t1, w.word, 0);
    put(t1, w.suffixes[2], 0);
    put(t1, w.suffixes[1], t2);
    put(left.word, 0, 0);
    put(left.word, w.suffixes[2], 0);
    put(left.word, w.word, 0);
    put(left.suffixes[2], t2, 0);
    put(left2.word, 0, 0);
    put(left2.word, left.word, 0);
    put(right.word, 0, 0);
    put(right.suffixes[2], 0, 0);
    put(right.suffixes[1], w.suffixes[1], t1);
    put(right.word, w.word, 0);
    put(right.word, t1, 0);
    put(right.shape, w.shape, first);
    put(right2.word, 0, 0);
    put(right2.suffixes[2], right.suffixes[2], 0);
}
