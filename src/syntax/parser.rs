//! Dependencies by transitions: arc-hybrid (Kuhlmann, Gómez-Rodríguez and Satta 2011), greedy,
//! with the features of Zhang and Nivre (2011) as far as they carry over. A move is chosen
//! without its label; the label is chosen when the arc is made, with the arc's own features.

use super::form::{Form, feature};
use super::tagger::{argmax, best};
use super::weights::Scorer;

/// Where no head is yet.
pub const NO_HEAD: u16 = u16::MAX;
/// How many moves there are.
pub const MOVES: usize = 3;

/// What the parser does next. The stack's top is s0, the one below s1, the buffer's front b0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// b0 goes onto the stack.
    Shift,
    /// b0 becomes the head of s0, which leaves the stack.
    Left,
    /// s1 becomes the head of s0, which leaves the stack.
    Right,
}

/// All moves, by their class.
pub const ALL_MOVES: [Move; MOVES] = [Move::Shift, Move::Left, Move::Right];

/// A sentence to parse. Node 0 is the root; the words are nodes 1 to n.
#[derive(Debug, Clone)]
pub struct Nodes {
    form: Vec<Form>,
    /// Hash of the full tag.
    tag: Vec<u64>,
    /// Part of speech alone.
    upos: Vec<u64>,
}

impl Nodes {
    /// The nodes of a tagged sentence. `upos_of` gives each tag's part of speech as a number.
    pub fn new(forms: &[Form], tags: &[u8], upos_of: &[u8]) -> Self {
        let mut nodes = Nodes {
            form: vec![Form { word: 0x61, ..Form::OUTSIDE }],
            tag: vec![0x62],
            upos: vec![0x63],
        };
        nodes.form.extend(forms);
        nodes.tag.extend(tags.iter().map(|&t| 256 + u64::from(t)));
        nodes.upos.extend(
            tags.iter()
                .map(|&t| 1024 + u64::from(upos_of.get(usize::from(t)).copied().unwrap_or(0))),
        );
        nodes
    }

    /// How many nodes there are, the root included.
    pub fn len(&self) -> usize {
        self.form.len()
    }

    /// Whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.form.len() <= 1
    }
}

/// A partial parse.
#[derive(Debug, Clone)]
pub struct State {
    stack: Vec<u16>,
    front: u16,
    end: u16,
    /// Head of each node.
    pub heads: Vec<u16>,
    /// Label of each node's arc.
    pub labels: Vec<u8>,
    /// The two outermost children on each side, outermost first; 0 is none.
    left: Vec<[u16; 2]>,
    right: Vec<[u16; 2]>,
    count: Vec<(u8, u8)>,
    /// Labels of the children on each side, a bit each.
    seen: Vec<(u64, u64)>,
}

impl State {
    /// Nothing read yet.
    pub fn new(nodes: usize) -> Self {
        State {
            stack: vec![0],
            front: 1,
            end: nodes as u16,
            heads: vec![NO_HEAD; nodes],
            labels: vec![0; nodes],
            left: vec![[0; 2]; nodes],
            right: vec![[0; 2]; nodes],
            count: vec![(0, 0); nodes],
            seen: vec![(0, 0); nodes],
        }
    }

    /// Whether all words have heads.
    pub fn is_done(&self) -> bool {
        self.front == self.end && self.stack.len() == 1
    }

    /// Nodes on the stack, the top last.
    pub fn stack(&self) -> &[u16] {
        &self.stack
    }

    /// The buffer's front, unless it is empty.
    pub fn front(&self) -> Option<u16> {
        (self.front < self.end).then_some(self.front)
    }

    /// Nodes in the buffer.
    pub fn buffer(&self) -> std::ops::Range<u16> {
        self.front..self.end
    }

    /// Whether a move can be made. The root takes one child, the last of all.
    pub fn allows(&self, step: Move) -> bool {
        let words = self.stack.len() > 1;
        let buffer = self.front < self.end;
        match step {
            Move::Shift => buffer,
            Move::Left => buffer && words,
            Move::Right => words && (self.stack.len() > 2 || !buffer),
        }
    }

    /// The head and the dependent of the arc that a move would make.
    pub fn arc(&self, step: Move) -> Option<(u16, u16)> {
        let top = self.stack.len() - 1;
        match step {
            Move::Shift => None,
            Move::Left => Some((self.front, self.stack[top])),
            Move::Right => Some((self.stack[top.checked_sub(1)?], self.stack[top])),
        }
    }

    /// Makes a move that is allowed; `label` is that of its arc.
    pub fn make(&mut self, step: Move, label: u8) {
        let Some((head, dependent)) = self.arc(step) else {
            self.stack.push(self.front);
            self.front += 1;
            return;
        };
        self.stack.pop();
        let (h, d) = (usize::from(head), usize::from(dependent));
        self.heads[d] = head;
        self.labels[d] = label;
        let bit = 1u64 << (label & 63);
        if head > dependent {
            self.left[h] = [dependent, self.left[h][0]];
            self.count[h].0 = self.count[h].0.saturating_add(1);
            self.seen[h].0 |= bit;
        } else {
            self.right[h] = [dependent, self.right[h][0]];
            self.count[h].1 = self.count[h].1.saturating_add(1);
            self.seen[h].1 |= bit;
        }
    }
}

/// Heads (0 is the root, words count from 1) and labels of the words. `labels` is how many
/// labels there are.
pub fn parse(
    nodes: &Nodes,
    labels: usize,
    moves: &impl Scorer,
    labeller: &impl Scorer,
) -> (Vec<u16>, Vec<u8>) {
    let mut state = State::new(nodes.len());
    let mut features = Vec::with_capacity(128);
    while !state.is_done() {
        features.clear();
        move_features(nodes, &state, &mut features);
        let mut scores = [0f32; MOVES];
        for &feature in &features {
            moves.add(feature, &mut scores);
        }
        for (score, &step) in scores.iter_mut().zip(&ALL_MOVES) {
            if !state.allows(step) {
                *score = f32::NEG_INFINITY;
            }
        }
        let step = ALL_MOVES[argmax(&scores)];
        let label = match state.arc(step) {
            Some((head, dependent)) => {
                features.clear();
                label_features(nodes, &state, head, dependent, &mut features);
                best(&features, labels, labeller) as u8
            }
            None => 0,
        };
        state.make(step, label);
    }
    (state.heads.split_off(1), state.labels.split_off(1))
}

/// One node as features see it; `None` stands outside the sentence.
struct View<'n> {
    nodes: &'n Nodes,
    state: &'n State,
}

impl View<'_> {
    fn word(&self, node: Option<u16>) -> u64 {
        node.map_or(1, |n| self.nodes.form[usize::from(n)].word)
    }
    fn tag(&self, node: Option<u16>) -> u64 {
        node.map_or(2, |n| self.nodes.tag[usize::from(n)])
    }
    fn upos(&self, node: Option<u16>) -> u64 {
        node.map_or(3, |n| self.nodes.upos[usize::from(n)])
    }
    fn suffix(&self, node: Option<u16>) -> u64 {
        node.map_or(4, |n| self.nodes.form[usize::from(n)].suffixes[2])
    }
    fn shape(&self, node: Option<u16>) -> u64 {
        node.map_or(5, |n| self.nodes.form[usize::from(n)].shape)
    }
    fn child(&self, node: Option<u16>, right: bool, i: usize) -> Option<u16> {
        let children = if right { &self.state.right } else { &self.state.left };
        node.map(|n| children[usize::from(n)][i]).filter(|&child| child != 0)
    }
    fn label(&self, node: Option<u16>) -> u64 {
        node.map_or(255, |n| u64::from(self.state.labels[usize::from(n)]))
    }
    fn count(&self, node: Option<u16>) -> (u64, u64) {
        node.map_or((9, 9), |n| {
            let (left, right) = self.state.count[usize::from(n)];
            (u64::from(left.min(4)), u64::from(right.min(4)))
        })
    }
    fn seen(&self, node: Option<u16>) -> (u64, u64) {
        node.map_or((0, 0), |n| self.state.seen[usize::from(n)])
    }
    /// How far apart two nodes are, in a few steps.
    fn distance(&self, a: Option<u16>, b: Option<u16>) -> u64 {
        let (Some(a), Some(b)) = (a, b) else { return 9 };
        match a.abs_diff(b) {
            n @ 0..=4 => u64::from(n),
            5..=7 => 5,
            8..=12 => 6,
            _ => 7,
        }
    }
}

/// The features that choose the next move.
pub fn move_features(nodes: &Nodes, state: &State, out: &mut Vec<u64>) {
    let v = View { nodes, state };
    let top = |i: usize| state.stack.len().checked_sub(i + 1).map(|at| state.stack[at]);
    let ahead = |i: u16| Some(state.front + i).filter(|&n| n < state.end);
    let (s0, s1, s2) = (top(0), top(1), top(2));
    let (b0, b1, b2) = (ahead(0), ahead(1), ahead(2));
    let (s0w, s1w, b0w, b1w) = (v.word(s0), v.word(s1), v.word(b0), v.word(b1));
    let (s0t, s1t, s2t) = (v.tag(s0), v.tag(s1), v.tag(s2));
    let (b0t, b1t, b2t) = (v.tag(b0), v.tag(b1), v.tag(b2));
    let (s0p, s1p, s2p, b0p, b1p) = (v.upos(s0), v.upos(s1), v.upos(s2), v.upos(b0), v.upos(b1));
    let (s0l, s0r) = (v.child(s0, false, 0), v.child(s0, true, 0));
    let (s0l2, s0r2) = (v.child(s0, false, 1), v.child(s0, true, 1));
    let (s1l, s1r) = (v.child(s1, false, 0), v.child(s1, true, 0));
    let s1r2 = v.child(s1, true, 1);
    let (b0l, b0l2) = (v.child(b0, false, 0), v.child(b0, false, 1));
    let (near, below) = (v.distance(s0, b0), v.distance(s1, s0));
    let (s0seen, s1seen, b0seen) = (v.seen(s0), v.seen(s1), v.seen(b0));
    let (s0n, s1n, b0n) = (v.count(s0), v.count(s1), v.count(b0));
    let mut template = 100;
    let mut put = |a: u64, b: u64, c: u64| {
        template += 1;
        out.push(feature(template, a, b, c));
    };
    put(0, 0, 0);
    // One node.
    put(s0w, s0t, 0);
    put(s0w, 0, 0);
    put(s0t, 0, 0);
    put(v.suffix(s0), s0p, 0);
    put(s1w, s1t, 0);
    put(s1t, 0, 0);
    put(v.suffix(s1), s1p, 0);
    put(v.word(s2), s2t, 0);
    put(s2t, 0, 0);
    put(b0w, b0t, 0);
    put(b0w, 0, 0);
    put(b0t, 0, 0);
    put(v.suffix(b0), b0p, 0);
    put(b1w, b1t, 0);
    put(b1t, 0, 0);
    put(v.word(b2), 0, 0);
    put(b2t, 0, 0);
    // Two.
    put(s0w, b0w, 0);
    put(s0w, s0t, b0t);
    put(s0t, b0w, b0t);
    put(s0t, b0t, 0);
    put(s0p, b0p, 1);
    put(s1w, s0w, 0);
    put(s1w, s1t, s0t);
    put(s1t, s0w, s0t);
    put(s1t, s0t, 0);
    put(s1p, s0p, 1);
    put(s1t, b0t, 0);
    put(s1w, b0t, 0);
    put(s1t, b0w, 0);
    put(s0w, b1t, 0);
    put(b0t, b1t, 0);
    put(b0w, b1t, 0);
    put(b0t, b1w, 0);
    // Three.
    put(s1t, s0t, b0t);
    put(s1p, s0p, b0p);
    put(s1w, s0p, b0p);
    put(s1p, s0w, b0p);
    put(s1p, s0p, b0w);
    put(s0t, b0t, b1t);
    put(s0p, b0p, b1p);
    put(b0t, b1t, b2t);
    put(s2t, s1t, s0t);
    put(s2p, s1p, s0p);
    put(s2p, s0p, b0p);
    put(s2p, s1p, b0p);
    put(feature(1, s2p, s1p, s0p), b0p, 0);
    put(feature(1, s1p, s0p, b0p), b1p, 0);
    // Children.
    put(s0t, v.tag(s0l), b0t);
    put(s0t, v.tag(s0r), b0t);
    put(s1t, s0t, v.tag(s0l));
    put(s1t, s0t, v.tag(s0r));
    put(s1t, v.tag(s1r), s0t);
    put(s1t, v.tag(s1l), s0t);
    put(s0t, b0t, v.tag(b0l));
    put(s1p, v.label(s1r), s0p);
    put(s0p, v.label(s0r), b0p);
    put(s0w, v.label(s0r), b0p);
    put(s0p, v.label(s0l), b0p);
    put(b0p, v.label(b0l), s0p);
    put(s0p, v.label(s0l), v.label(s0l2));
    put(s0p, v.label(s0r), v.label(s0r2));
    put(s1p, v.label(s1r), v.label(s1r2));
    put(b0p, v.label(b0l), v.label(b0l2));
    // The preposition or conjunction that marks s0 stands leftmost under it.
    put(v.word(s0l), s1w, s0p);
    put(v.word(s0l), s1t, s0t);
    put(v.word(s0l), feature(2, s2p, s1p, s0p), 0);
    put(v.word(s0l), s1p, s0w);
    put(v.word(b0l), s0t, b0t);
    put(v.word(b0l), s0w, b0p);
    put(v.word(s0l), s0p, b0p);
    put(v.word(s0r), s0p, b0p);
    put(v.word(s1r), s1p, s0p);
    // What each has already.
    put(s0seen.0, s0seen.1, s0p);
    put(s1seen.0, s1seen.1, s1p);
    put(s1seen.1, s1t, s0t);
    put(s1seen.0 | s1seen.1, s1p, s0p);
    put(s0seen.1, s0t, b0t);
    put(s0seen.0, s0t, b0t);
    put(b0seen.0, b0t, s0t);
    put(s1seen.1, s1w, s0p);
    put(s0seen.1, s0w, b0p);
    put(s0n.0 << 8 | s0n.1, s0t, 0);
    put(s1n.0 << 8 | s1n.1, s1t, 0);
    put(b0n.0, b0t, 0);
    put(s1n.1, s1w, s0p);
    // How far.
    put(near, s0t, b0t);
    put(near, s0w, 0);
    put(near, b0w, 0);
    put(below, s1t, s0t);
    put(below, s1w, 0);
    put(below, s1p, feature(3, s0p, b0p, near));
    put(v.shape(s0), v.shape(b0), s0p << 12 | b0p);
    put(v.shape(s1), v.shape(s0), s1p << 12 | s0p);
    put(u64::from(b0.is_none()), s1p, s0p);
    put(u64::from(state.stack.len().min(5) as u8), s0p, b0p);
}

/// The features that choose the label of an arc about to be made.
pub fn label_features(nodes: &Nodes, state: &State, head: u16, dependent: u16, out: &mut Vec<u64>) {
    let v = View { nodes, state };
    let at = |n: i32| u16::try_from(n).ok().filter(|&n| n > 0 && n < state.end);
    let (h, d) = (Some(head), Some(dependent));
    let right = head < dependent;
    let (hw, ht, hp) = (v.word(h), v.tag(h), v.upos(h));
    let (dw, dt, dp) = (v.word(d), v.tag(d), v.upos(d));
    let (dl, dr) = (v.child(d, false, 0), v.child(d, true, 0));
    let (dl2, far) = (v.child(d, false, 1), v.distance(h, d));
    let (dseen, hseen) = (v.seen(d), v.seen(h));
    let h_all = hseen.0 | hseen.1;
    let last = v.child(h, right, 0);
    let mut template = if right { 300 } else { 400 };
    let mut put = |a: u64, b: u64, c: u64| {
        template += 1;
        out.push(feature(template, a, b, c));
    };
    put(0, 0, 0);
    put(hw, ht, 0);
    put(ht, 0, 0);
    put(dw, dt, 0);
    put(dw, 0, 0);
    put(dt, 0, 0);
    put(hw, dw, 0);
    put(hw, dt, 0);
    put(ht, dw, 0);
    put(ht, dt, 0);
    put(hp, dp, far);
    put(ht, v.suffix(d), dp);
    put(v.suffix(h), hp, dt);
    put(v.suffix(d), dp, 0);
    put(v.word(dl), ht, dt);
    put(v.word(dl), hw, dp);
    put(v.word(dl), hp, dw);
    put(v.word(dl), hp, dp);
    put(v.word(dl2), hp, dp);
    put(v.tag(dl), ht, dt);
    put(v.tag(dr), ht, dt);
    put(v.label(dl), ht, dt);
    put(dseen.0, ht, dt);
    put(dseen.0 | dseen.1, hp, dp);
    put(dseen.0, hw, dp);
    put(h_all, ht, dt);
    put(h_all, hp, dp);
    put(if right { hseen.1 } else { hseen.0 }, hp, dt);
    put(h_all, dseen.0, feature(4, hp, dp, 0));
    put(v.label(last), hp, dt);
    put(v.word(last), hp, dt);
    put(v.tag(at(i32::from(dependent) - 1)), dt, hp);
    put(v.tag(at(i32::from(dependent) + 1)), dt, hp);
    put(v.word(at(i32::from(dependent) - 1)), dt, hp);
    put(v.word(at(i32::from(dependent) + 1)), dt, hp);
    put(v.tag(at(i32::from(head) + 1)), ht, dt);
    put(v.tag(at(i32::from(head) - 1)), ht, dt);
    put(v.shape(h), v.shape(d), hp << 12 | dp);
    put(u64::from(state.front().is_none()), hp, dt);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Prefers a move whatever the features.
    struct Always(usize);

    impl Scorer for Always {
        fn add(&self, _: u64, scores: &mut [f32]) {
            scores[self.0] += 1.0;
        }
    }

    #[test]
    fn every_word_gets_a_head_and_one_hangs_on_the_root() {
        let forms = [Form::new("a"), Form::new("b"), Form::new("c")];
        for step in 0..MOVES {
            let nodes = Nodes::new(&forms, &[0, 0, 0], &[0]);
            let (heads, labels) = parse(&nodes, 2, &Always(step), &Always(1));
            assert_eq!(heads.iter().filter(|&&h| h == 0).count(), 1, "{heads:?}");
            assert!(heads.iter().all(|&h| h <= 3));
            assert_eq!(labels, [1, 1, 1]);
        }
    }

    #[test]
    fn no_words_have_no_heads() {
        let nodes = Nodes::new(&[], &[], &[]);
        assert_eq!(parse(&nodes, 2, &Always(0), &Always(0)).0, Vec::<u16>::new());
    }
}
