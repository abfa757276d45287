//! Learns where words begin in a script without spaces.

use crossclaim::claim::tokens::{TokenKind, tokenize};
use crossclaim::syntax::segmenter::{
    BEGINS, CLASSES, Line, SegmenterParts, Words, is_run, word_features,
};
use crossclaim::syntax::tagger::argmax;
use crossclaim::syntax::variants::Variants;
use crossclaim::syntax::weights::Scorer;

use crate::conllu::UdSentence;
use crate::learn::Settings;
use crate::perceptron::{Perceptron, Random};

/// Whether a treebank's language needs a segmenter: most of the words that we tokenize are runs.
pub fn is_needed(sentences: &[UdSentence]) -> bool {
    let (mut runs, mut words) = (0, 0);
    for s in sentences {
        let tokens = tokenize(&s.text, 0);
        runs += tokens.iter().filter(|token| is_run(token, &s.text, 0)).count();
        words += tokens.iter().filter(|token| token.kind == TokenKind::Word).count();
    }
    2 * runs > words
}

/// A segmenter of these sentences, whose variants are one already.
pub fn learn(sentences: &[UdSentence], variants: Variants, settings: Settings) -> SegmenterParts {
    let lines: Vec<(Line, Vec<usize>)> = sentences
        .iter()
        .map(|s| {
            let line = Line::new(&s.text, 0, &tokenize(&s.text, 0), &Variants::default());
            (line, s.words.iter().map(|word| word.range.0).collect())
        })
        .collect();
    let mut perceptron = Perceptron::new(CLASSES, settings.needed);
    let mut random = Random::new(settings.seed);
    let mut order: Vec<usize> = (0..lines.len()).collect();
    let mut features = Vec::new();
    for _ in 0..settings.segmenter_epochs {
        random.shuffle(&mut order);
        for &i in &order {
            let (line, starts) = &lines[i];
            let mut words = Words::default();
            for at in 0..line.len() {
                let begins = line.given(at).unwrap_or_else(|| {
                    features.clear();
                    word_features(line, &words, at, &mut features);
                    let mut scores = [0f32; CLASSES];
                    for &feature in &features {
                        perceptron.add(feature, &mut scores);
                    }
                    let gold = usize::from(starts.binary_search(&line.offset(at)).is_ok());
                    let other = 1 - gold;
                    perceptron.tick();
                    if scores[other] + settings.margin >= scores[gold] {
                        perceptron.update(&features, gold, other);
                    }
                    argmax(&scores) == BEGINS
                });
                if begins {
                    words.begin(at);
                }
            }
        }
    }
    SegmenterParts { variants, rows: perceptron.quantised(settings.keep[3]) }
}
