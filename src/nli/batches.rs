//! Which pairs go together, and how many batches run at once.
//!
//! Measured on two cores with models of 6 and 12 layers: small batches of equal length, one to a core, are faster
//! than large ones of which each operator is shared out over the cores. What a layer writes then stays in the
//! core's own cache until the next one reads it, no operator waits for the slower core, and nothing is padding.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use crate::error::Result;

/// How a backend likes its batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batching {
    /// Batches to run at once, each in a thread of its own.
    pub lanes: usize,
    /// Tokens in a batch, padding included; a longer pair is a batch of its own.
    pub tokens: usize,
    /// Whether a pair's logits depend on what else is in its batch, so that each pair is scored alone.
    pub alone: bool,
}

impl Default for Batching {
    /// One batch after the other, of 2,048 tokens.
    fn default() -> Batching {
        Batching { lanes: 1, tokens: 2048, alone: false }
    }
}

/// Of this many tokens of a batch at most one is padding.
const TOKENS_PER_PADDING: usize = 32;

/// Cuts pairs that are sorted by length, shortest first, into batches. Returns ranges of `lengths`.
pub fn cut(lengths: &[usize], batching: Batching) -> Vec<Range<usize>> {
    let mut batches = Vec::new();
    let mut start = 0;
    let mut tokens = 0;
    for (index, &length) in lengths.iter().enumerate() {
        let padded = length * (index + 1 - start);
        let padding = padded - (tokens + length);
        let full =
            batching.alone || padded > batching.tokens || padding * TOKENS_PER_PADDING > padded;
        if index > start && full {
            batches.push(start..index);
            start = index;
            tokens = 0;
        }
        tokens += length;
    }
    if start < lengths.len() {
        batches.push(start..lengths.len());
    }
    batches
}

/// Runs `work(i)` for every `i` below `count` on `lanes` threads, and hands each result, as it comes, to `done` on
/// the calling thread.
///
/// # Errors
///
/// The error of the first batch that failed; those not begun by then are left out.
pub fn at_once<T: Send>(
    count: usize,
    lanes: usize,
    work: impl Fn(usize) -> Result<T> + Sync,
    mut done: impl FnMut(usize, T),
) -> Result<()> {
    let next = AtomicUsize::new(0);
    let mut failed = None;
    std::thread::scope(|scope| {
        let (sender, results) = mpsc::channel();
        for _ in 0..lanes.min(count) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        return;
                    }
                    let result = work(index);
                    if result.is_err() {
                        next.store(count, Ordering::Relaxed);
                    }
                    // Nobody listens any more only if the calling thread is unwinding.
                    let _ = sender.send((index, result));
                }
            });
        }
        drop(sender);
        for (index, result) in results {
            match result {
                Ok(result) => done(index, result),
                // Others may fail while the first failure is under way: the earliest batch is told of.
                Err(error) => {
                    if failed.as_ref().is_none_or(|(first, _)| index < *first) {
                        failed = Some((index, error));
                    }
                }
            }
        }
    });
    failed.map_or(Ok(()), |(_, error)| Err(error))
}

#[cfg(test)]
mod tests {
    use super::{Batching, at_once, cut};
    use crate::error::Error;

    fn batching(tokens: usize) -> Batching {
        Batching { lanes: 1, tokens, alone: false }
    }

    #[test]
    fn batches_stay_within_the_budget_and_cover_all() {
        assert!(cut(&[], batching(10)).is_empty());
        assert_eq!(cut(&[4, 4, 4], batching(10)), [0..2, 2..3]);
        assert_eq!(cut(&[20, 20], batching(10)), [0..1, 1..2]);
        assert_eq!(cut(&[0, 0], batching(0)), vec![0..2]);
    }

    #[test]
    fn batches_hold_next_to_no_padding() {
        assert_eq!(cut(&[4, 5, 5], batching(1000)), [0..1, 1..3]);
        // One token of 64.
        assert_eq!(cut(&[31, 32, 32, 40], batching(1000)), [0..3, 3..4]);
    }

    #[test]
    fn where_company_matters_each_pair_is_alone() {
        assert_eq!(cut(&[4, 4], Batching { alone: true, ..batching(1000) }), [0..1, 1..2]);
    }

    #[test]
    fn every_batch_is_run_once_and_the_earliest_error_is_told() {
        let mut seen = Vec::new();
        at_once(100, 3, Ok, |index, result| seen.push((index, result))).unwrap();
        seen.sort_unstable();
        assert_eq!(seen, (0..100).map(|i| (i, i)).collect::<Vec<_>>());

        let work = |index: usize| match index {
            5.. => Err(Error::Model {
                path: "model".into(),
                problem: index.to_string(),
                remedy: String::new(),
            }),
            _ => Ok(index),
        };
        let mut done = 0;
        let error = at_once(1000, 4, work, |_, _| done += 1).unwrap_err();
        assert_eq!(done, 5);
        assert!(matches!(error, Error::Model { problem, .. } if problem == "5"));
    }
}
