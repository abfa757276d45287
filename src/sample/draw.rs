//! Drawing a stratified, blinded sample.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use super::items::Item;
use super::{Predicted, table};
use crate::error::Result;
use crate::eval::bootstrap::Random;

/// What strata are made of, beside what the program says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stratify {
    /// The kind.
    Kind,
    /// The languages of the two sides.
    Language,
}

impl FromStr for Stratify {
    type Err = String;

    fn from_str(name: &str) -> std::result::Result<Self, Self::Err> {
        match name {
            "kind" => Ok(Stratify::Kind),
            "language" => Ok(Stratify::Language),
            _ => Err(format!("`{name}` makes no strata; use kind, language, or both with a comma")),
        }
    }
}

/// How to draw.
#[derive(Debug, Clone)]
pub struct DrawOptions {
    /// Items to draw; fewer if there are no more.
    pub size: usize,
    /// What strata are made of.
    pub by: Vec<Stratify>,
    /// Share of pairs that agree, 0 to 1.
    pub negatives: f64,
    /// Seed of all draws.
    pub seed: u64,
}

/// An item that was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// Its name in the sample: `s001`, in the sample's order.
    pub name: String,
    /// Its stratum: `conflict/time/fr`.
    pub stratum: String,
    /// How many items of its stratum it stands for.
    pub weight: f64,
    /// The sides are shown in the other order.
    pub swapped: bool,
    /// The item.
    pub item: Item,
}

/// A stratum and how much of it was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stratum {
    /// Its name.
    pub name: String,
    /// Items in it.
    pub size: usize,
    /// Items drawn from it.
    pub drawn: usize,
}

/// A sample in its random order, and the strata it was drawn from.
pub fn draw(items: Vec<Item>, options: &DrawOptions) -> (Vec<Drawn>, Vec<Stratum>) {
    let of = |predicted| items.iter().filter(|item| item.predicted == predicted).count();
    let (conflicts, agreements) = (of(Predicted::Conflict), of(Predicted::Agreement));
    let wanted = (options.size as f64 * options.negatives).round() as usize;
    // What one side lacks the other fills.
    let negatives = wanted.max(options.size.saturating_sub(conflicts)).min(agreements);
    let positives = options.size.saturating_sub(negatives).min(conflicts);
    let mut strata: BTreeMap<(Predicted, String), Vec<Item>> = BTreeMap::new();
    for item in items {
        let name = stratum(&item, &options.by);
        strata.entry((item.predicted, name)).or_default().push(item);
    }
    let mut random = Random::new(options.seed, 0);
    let mut drawn: Vec<Drawn> = Vec::new();
    let mut told = Vec::new();
    for (predicted, size) in [(Predicted::Conflict, positives), (Predicted::Agreement, negatives)] {
        let mine: Vec<(&String, &Vec<Item>)> = strata
            .iter()
            .filter(|((of, _), _)| *of == predicted)
            .map(|((_, name), items)| (name, items))
            .collect();
        let sizes: Vec<usize> = mine.iter().map(|(_, items)| items.len()).collect();
        for ((name, items), take) in mine.into_iter().zip(allot(&sizes, size)) {
            told.push(Stratum { name: name.clone(), size: items.len(), drawn: take });
            for at in random.sample(items.len(), take) {
                drawn.push(Drawn {
                    name: String::new(),
                    stratum: name.clone(),
                    weight: items.len() as f64 / take as f64,
                    swapped: random.below(2) == 1,
                    item: items[at].clone(),
                });
            }
        }
    }
    for at in (1..drawn.len()).rev() {
        drawn.swap(at, random.below(at + 1));
    }
    for (at, drawn) in drawn.iter_mut().enumerate() {
        drawn.name = format!("s{:03}", at + 1);
    }
    (drawn, told)
}

/// Writes the sample that annotators see, and its key.
///
/// # Errors
/// When a file cannot be written.
pub fn write(sample: &[Drawn], shown: &Path, key: &Path) -> Result<()> {
    table::write(shown, |out| table::shown(sample, out))?;
    table::write(key, |out| table::key(sample, out))
}

fn stratum(item: &Item, by: &[Stratify]) -> String {
    let mut parts = vec![item.predicted.name().to_owned()];
    parts.extend(by.iter().map(|by| match by {
        Stratify::Kind => item.kind.clone(),
        Stratify::Language => item.languages(),
    }));
    parts.join("/")
}

/// Divides a sample among strata: one each as far as it goes, largest first, and the rest in proportion by largest
/// remainders, no stratum above its size.
fn allot(sizes: &[usize], total: usize) -> Vec<usize> {
    let total = total.min(sizes.iter().sum());
    let mut shares = vec![0; sizes.len()];
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(sizes[at]), at));
    for &at in order.iter().take(total) {
        shares[at] = 1;
    }
    let all: usize = sizes.iter().sum();
    while shares.iter().sum::<usize>() < total {
        // The stratum that is furthest below its proportion.
        let lack = |at: usize| sizes[at] as f64 / all as f64 * total as f64 - shares[at] as f64;
        let next = order
            .iter()
            .copied()
            .filter(|&at| shares[at] < sizes[at])
            .max_by(|&x, &y| lack(x).total_cmp(&lack(y)).then(y.cmp(&x)));
        let Some(next) = next else { break };
        shares[next] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::allot;

    #[test]
    fn every_stratum_is_in_the_sample_and_the_rest_is_in_proportion() {
        assert_eq!(allot(&[80, 15, 5], 20), [16, 3, 1]);
        assert_eq!(allot(&[97, 1, 1, 1], 10), [7, 1, 1, 1]);
        assert_eq!(allot(&[3, 2], 10), [3, 2]);
        assert_eq!(allot(&[5, 5, 9], 1), [0, 0, 1]);
        assert_eq!(allot(&[], 3), Vec::<usize>::new());
    }

    proptest! {
        #[test]
        fn as_many_are_drawn_as_asked_for_and_none_that_is_not_there(
            sizes in prop::collection::vec(1usize..60, 0..12),
            total in 0usize..200,
        ) {
            let shares = allot(&sizes, total);
            prop_assert_eq!(shares.iter().sum::<usize>(), total.min(sizes.iter().sum()));
            prop_assert!(shares.iter().zip(&sizes).all(|(share, size)| share <= size));
        }
    }
}
