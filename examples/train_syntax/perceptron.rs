//! An averaged perceptron over hashed features (Collins 2002), with a row for a feature once it
//! was updated, which counts once it was updated often enough (Goldberg and Elhadad, "Learning
//! sparser perceptron models", 2011).

use crossclaim::syntax::weights::{ROWS, Scorer, row_of};

const NONE: u32 = u32::MAX;

pub struct Perceptron {
    classes: usize,
    /// How many updates a row needs before it counts.
    needed: u32,
    slots: Vec<u32>,
    weights: Vec<f32>,
    /// Sum over time of what each update adds, times the step at which it did.
    sums: Vec<f32>,
    updates: Vec<u32>,
    step: f32,
}

impl Scorer for Perceptron {
    #[inline]
    fn add(&self, feature: u64, scores: &mut [f32]) {
        let slot = self.slots[row_of(feature) as usize];
        if slot != NONE && self.updates[slot as usize] >= self.needed {
            let row = &self.weights[slot as usize * self.classes..][..self.classes];
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += weight;
            }
        }
    }
}

impl Perceptron {
    pub fn new(classes: usize, needed: u32) -> Self {
        Perceptron {
            classes,
            needed,
            slots: vec![NONE; ROWS],
            weights: Vec::new(),
            sums: Vec::new(),
            updates: Vec::new(),
            step: 0.0,
        }
    }

    /// One decision was made.
    pub fn tick(&mut self) {
        self.step += 1.0;
    }

    /// The features speak for `gold` and against `wrong`.
    pub fn update(&mut self, features: &[u64], gold: usize, wrong: usize) {
        for &feature in features {
            let row = row_of(feature) as usize;
            if self.slots[row] == NONE {
                self.slots[row] = self.updates.len() as u32;
                self.updates.push(0);
                self.weights.resize(self.weights.len() + self.classes, 0.0);
                self.sums.resize(self.sums.len() + self.classes, 0.0);
            }
            let slot = self.slots[row] as usize;
            self.updates[slot] += 1;
            let base = slot * self.classes;
            for (class, change) in [(gold, 1.0), (wrong, -1.0)] {
                self.weights[base + class] += change;
                self.sums[base + class] += change * self.step;
            }
        }
    }

    /// The averaged weights as signed bytes, of the rows that matter most: at most `keep`
    /// weights that are not zero. Rows come in order.
    pub fn quantised(&self, keep: usize) -> Vec<(u32, Vec<i8>)> {
        let average = |at: usize| self.weights[at] - self.sums[at] / self.step.max(1.0);
        let used: Vec<(u32, usize)> = (0..ROWS)
            .filter(|&row| self.slots[row] != NONE)
            .map(|row| (row as u32, self.slots[row] as usize))
            .filter(|&(_, slot)| self.updates[slot] >= self.needed)
            .collect();
        let mut sizes: Vec<f32> = used
            .iter()
            .flat_map(|&(_, slot)| slot * self.classes..(slot + 1) * self.classes)
            .map(|at| average(at).abs())
            .filter(|&size| size > 0.0)
            .collect();
        sizes.sort_by(|a, b| b.total_cmp(a));
        // The few largest are clipped, so that the many have finer steps.
        let largest = sizes.get(sizes.len() / 2000).copied().unwrap_or(1.0);
        let smallest = sizes.get(keep).copied().unwrap_or(0.0);
        let scale = 127.0 / largest.max(f32::MIN_POSITIVE);
        used.iter()
            .map(|&(row, slot)| {
                let row_weights = (slot * self.classes..(slot + 1) * self.classes)
                    .map(average)
                    .map(|w| if w.abs() < smallest { 0.0 } else { w })
                    .map(|w| (w * scale).round().clamp(-127.0, 127.0) as i8);
                (row, row_weights.collect::<Vec<i8>>())
            })
            .filter(|(_, weights)| weights.iter().any(|&w| w != 0))
            .collect()
    }
}

/// A small generator of pseudo-random numbers (xorshift64*), so that training is the same
/// everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, (self.next() >> 33) as usize % (i + 1));
        }
    }

    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}
