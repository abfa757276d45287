//! Bootstrap intervals: how much a figure would move on other rows of the same kind (Efron 1979).
//!
//! Rows of one group (a source page, a premise) depend on each other, so whole groups are drawn. Resamples
//! are seeded one by one: the same seed gives the same intervals on any number of threads.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

/// A figure with the interval that 95 of 100 resamples lie in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measured {
    /// The figure on all rows.
    pub value: f64,
    /// The interval's lower end; none where resamples give no figure (one group, or one class).
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
}

/// How intervals are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resampling {
    /// Number of resamples; 0 leaves the intervals out.
    pub resamples: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for Resampling {
    fn default() -> Self {
        Resampling { resamples: 1000, seed: 13 }
    }
}

/// Numbers each row's group: equal names get equal numbers, in the order of first appearance.
pub fn number_groups<T: Ord>(names: impl IntoIterator<Item = T>) -> Vec<usize> {
    let mut known: BTreeMap<T, usize> = BTreeMap::new();
    names
        .into_iter()
        .map(|name| {
            let next = known.len();
            *known.entry(name).or_insert(next)
        })
        .collect()
}

/// Computes figures on all rows, and their percentile intervals over resamples of whole groups.
///
/// `groups` numbers the group of each row, from 0 on. `figures` is called with how often each row counts and
/// gives the same number of figures each time.
pub fn measure(
    groups: &[usize],
    how: Resampling,
    figures: impl Fn(&[u32]) -> Vec<Option<f64>> + Sync,
) -> Vec<Option<Measured>> {
    let values = figures(&vec![1; groups.len()]);
    let number = groups.iter().max().map_or(0, |last| last + 1);
    let resamples: Vec<Vec<Option<f64>>> = if number < 2 {
        Vec::new()
    } else {
        let draw = |resample: usize| {
            let mut random = Random::new(how.seed, resample as u64);
            let mut drawn = vec![0u32; number];
            for _ in 0..number {
                drawn[random.below(number)] += 1;
            }
            figures(&groups.iter().map(|&group| drawn[group]).collect::<Vec<u32>>())
        };
        (0..how.resamples).into_par_iter().map(draw).collect()
    };
    let interval = |at: usize| {
        let mut seen: Vec<f64> = resamples.iter().filter_map(|figures| figures[at]).collect();
        // Resamples without the figure are rare, or the interval would leave something out.
        if seen.is_empty() || seen.len() * 10 < resamples.len() * 9 {
            return (None, None);
        }
        seen.sort_by(f64::total_cmp);
        (Some(quantile(&seen, 0.025)), Some(quantile(&seen, 0.975)))
    };
    let measured = values.iter().enumerate().map(|(at, value)| {
        let (low, high) = interval(at);
        value.map(|value| Measured { value, low, high })
    });
    measured.collect()
}

/// The quantile of sorted numbers, by linear interpolation between neighbours.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * (sorted.len() - 1) as f64;
    let (below, above) = (at.floor() as usize, at.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * (at - below as f64)
}

/// SplitMix64 (Steele et al. 2014): small, seeded, the same on every machine.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A generator for one of many streams of a seed.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut mixed = Random(seed);
        Random(mixed.next() ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, each as likely to within `bound` in 2⁶⁴.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// `size` of the numbers below `total`, in rising order: a sample without replacement. All if there are
    /// fewer.
    pub fn sample(&mut self, total: usize, size: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..total).collect();
        if size >= total {
            return numbers;
        }
        for at in 0..size {
            let from = at + self.below(total - at);
            numbers.swap(at, from);
        }
        numbers.truncate(size);
        numbers.sort_unstable();
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_of(values: Vec<f64>) -> impl Fn(&[u32]) -> Vec<Option<f64>> + Sync {
        move |counts| {
            let total: f64 = counts.iter().map(|&n| f64::from(n)).sum();
            let sum: f64 = values.iter().zip(counts).map(|(v, &n)| v * f64::from(n)).sum();
            vec![(total > 0.0).then(|| sum / total)]
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_interval_and_another_seed_another() {
        let values: Vec<f64> = (0..40).map(|i| f64::from(i * i % 17)).collect();
        let groups: Vec<usize> = (0..40).collect();
        let run = |seed| {
            measure(&groups, Resampling { resamples: 200, seed }, mean_of(values.clone()))[0]
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }

    #[test]
    fn the_interval_is_about_two_standard_errors_wide_on_each_side() {
        // 400 rows, half 0 and half 1: the standard error of the mean is 0.025.
        let values: Vec<f64> = (0..400).map(|i| f64::from(i % 2)).collect();
        let groups: Vec<usize> = (0..400).collect();
        let mean = measure(&groups, Resampling::default(), mean_of(values))[0].unwrap();
        let (low, high) = (mean.low.unwrap(), mean.high.unwrap());
        assert!((0.435..0.465).contains(&low) && (0.535..0.565).contains(&high), "{low} {high}");
    }

    #[test]
    fn rows_of_one_group_are_drawn_together() {
        // Two groups of 50 rows: a resample has the mean 0, 0.5 or 1, and nothing between.
        let values: Vec<f64> = (0..100).map(|i| f64::from(i / 50)).collect();
        let groups: Vec<usize> = (0..100).map(|i| i / 50).collect();
        let mean = measure(&groups, Resampling::default(), mean_of(values))[0].unwrap();
        assert_eq!((mean.low, mean.high), (Some(0.0), Some(1.0)));
    }

    #[test]
    fn one_group_has_no_interval() {
        let mean = measure(&[0, 0], Resampling::default(), mean_of(vec![1.0, 3.0]))[0].unwrap();
        assert_eq!((mean.value, mean.low), (2.0, None));
    }

    #[test]
    fn groups_are_numbered_in_the_order_they_appear() {
        assert_eq!(number_groups(["b", "a", "b", "c"]), [0, 1, 0, 2]);
    }

    #[test]
    fn a_sample_has_each_number_once_and_in_order() {
        let sample = Random::new(5, 0).sample(100, 30);
        assert_eq!(sample.len(), 30);
        assert!(sample.windows(2).all(|pair| pair[0] < pair[1]) && sample[29] < 100);
        assert_eq!(sample, Random::new(5, 0).sample(100, 30));
        assert_eq!(Random::new(5, 0).sample(3, 9), [0, 1, 2]);
    }
}
