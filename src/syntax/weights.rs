//! A linear classifier over hashed features, as small as its file: a row of signed bytes for
//! each feature that counts.
//!
//! Features are hashed into [`ROWS`] rows (the hashing trick; Ganchev and Dredze, "Small
//! statistical models by random feature mixing", 2008). Only rows with a weight that survived
//! pruning are stored, and found again in an open-addressing table.

use super::file::{Damage, Reader, Writer};

/// How many bits of a feature's hash name its row.
pub const ROW_BITS: u32 = 22;
/// How many rows there can be.
pub const ROWS: usize = 1 << ROW_BITS;
/// Most classes that a classifier can have.
pub const MAX_CLASSES: usize = 128;

/// The row of a feature.
#[inline]
pub fn row_of(feature: u64) -> u32 {
    (feature >> (64 - ROW_BITS)) as u32
}

/// What gives classes scores for features: the quantised [`Weights`] at run time, the
/// perceptron while it learns.
pub trait Scorer {
    /// Adds the feature's weight for each class to `scores`.
    fn add(&self, feature: u64, scores: &mut [f32]);
}

/// Quantised weights.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    classes: usize,
    /// Row + 1 and position in `values`; 0 is an empty slot.
    slots: Vec<(u32, u32)>,
    values: Vec<i8>,
}

impl Scorer for Weights {
    #[inline]
    fn add(&self, feature: u64, scores: &mut [f32]) {
        if let Some(position) = self.position(row_of(feature)) {
            let row = &self.values[position * self.classes..][..self.classes];
            for (score, &weight) in scores.iter_mut().zip(row) {
                *score += f32::from(weight);
            }
        }
    }
}

impl Weights {
    /// Weights of the rows given, each with one value for every class.
    pub fn new(classes: usize, rows: &[(u32, Vec<i8>)]) -> Self {
        let capacity = (rows.len() * 2).next_power_of_two().max(2);
        let mut weights = Weights {
            classes,
            slots: vec![(0, 0); capacity],
            values: Vec::with_capacity(rows.len() * classes),
        };
        for (i, (row, values)) in rows.iter().enumerate() {
            let mut slot = weights.first_slot(*row);
            while weights.slots[slot].0 != 0 {
                slot = (slot + 1) & (capacity - 1);
            }
            weights.slots[slot] = (row + 1, i as u32);
            weights.values.extend(values);
        }
        weights
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// How many rows have weights.
    pub fn len(&self) -> usize {
        self.values.len() / self.classes.max(1)
    }

    /// Whether no row has any.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    #[inline]
    fn first_slot(&self, row: u32) -> usize {
        row.wrapping_mul(0x9e37_79b1) as usize >> 7 & (self.slots.len() - 1)
    }

    #[inline]
    fn position(&self, row: u32) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut slot = self.first_slot(row);
        loop {
            let (key, position) = self.slots[slot];
            if key == row + 1 {
                return Some(position as usize);
            }
            if key == 0 {
                return None;
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Writes the rows in the form that [`Weights::read`] reads: gaps between rows, the classes
    /// that have a weight, and the weights, each in a stream of its own, which compresses best.
    pub fn write(classes: usize, rows: &[(u32, Vec<i8>)], out: &mut Writer) {
        let (mut gaps, mut which, mut values) =
            (Writer::default(), Writer::default(), Vec::<u8>::new());
        let mut before = 0;
        for (row, weights) in rows {
            gaps.number(u64::from(row - before));
            before = *row;
            let used: Vec<usize> = (0..classes).filter(|&c| weights[c] != 0).collect();
            which.number(used.len() as u64);
            let mut last = 0;
            for class in used {
                which.number((class - last) as u64);
                last = class;
                values.push(weights[class].cast_unsigned());
            }
        }
        out.number(classes as u64);
        out.number(rows.len() as u64);
        out.bytes(&gaps.into_bytes());
        out.bytes(&which.into_bytes());
        out.bytes(&values);
    }

    /// Reads what [`Weights::write`] wrote.
    ///
    /// # Errors
    /// When the bytes end early, or name a row or class that cannot be.
    pub fn read(from: &mut Reader<'_>) -> Result<Self, Damage> {
        let classes = from.size(MAX_CLASSES)?;
        let count = from.size(ROWS)?;
        let mut gaps = Reader::new(from.bytes()?);
        let mut which = Reader::new(from.bytes()?);
        let mut values = from.bytes()?.iter();
        let mut rows = Vec::new();
        let mut row = 0u32;
        for _ in 0..count {
            row += gaps.size(ROWS - 1)? as u32;
            if row as usize >= ROWS {
                return Err(Damage("a row of weights beyond the last"));
            }
            let mut weights = vec![0i8; classes];
            let mut class = 0;
            for _ in 0..which.size(classes)? {
                class += which.size(classes)?;
                let value = values.next().ok_or(Damage("the weights end early"))?;
                *weights.get_mut(class).ok_or(Damage("a class that does not exist"))? =
                    value.cast_signed();
            }
            rows.push((row, weights));
        }
        Ok(Weights::new(classes, &rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn weights_survive_writing_and_reading(
            rows in prop::collection::btree_map(
                0..ROWS as u32, prop::collection::vec(any::<i8>(), 5), 0..40),
        ) {
            let rows: Vec<(u32, Vec<i8>)> = rows.into_iter().collect();
            let mut out = Writer::default();
            Weights::write(5, &rows, &mut out);
            let bytes = out.into_bytes();
            let read = Weights::read(&mut Reader::new(&bytes)).unwrap();
            for (row, values) in &rows {
                let mut scores = [0.0; 5];
                read.add(u64::from(*row) << (64 - ROW_BITS), &mut scores);
                let expected: Vec<f32> = values.iter().map(|&v| f32::from(v)).collect();
                prop_assert_eq!(&scores[..], &expected[..]);
            }
        }

        #[test]
        fn damaged_bytes_are_an_error_and_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = Weights::read(&mut Reader::new(&bytes));
        }
    }
}
