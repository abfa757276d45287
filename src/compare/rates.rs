//! Rates of conflict and agreement with their intervals, and how likely they are if groups made no difference.
//!
//! Intervals are percentiles of a cluster bootstrap: whole stories (or events) are drawn, since the pairs of one
//! depend on each other (Cameron, Gelbach and Miller, "Bootstrap-based improvements for inference with clustered
//! errors", 2008). p-values come from permuting the group labels, with the +1 correction (Phipson and Smyth,
//! "Permutation P-values should never be zero", 2010); q-values from these by Benjamini and Hochberg (1995).

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::CompareOptions;
use super::groups::{Exchange, Grouping};
use super::pairs::{Counted, Standing, Unit};
use crate::eval::bootstrap::{Measured, Random, measure, number_groups};
use crate::judge::Kind;

/// Numbers of pairs of statements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All that are comparable: the sum of the following.
    pub comparable: usize,
    /// Contradictions.
    pub conflict: usize,
    /// Contradictions below the confidence asked for.
    pub unsure: usize,
    /// Divergent accounts.
    pub divergent: usize,
    /// Updates and corrections.
    pub change: usize,
    /// Agreement, one being more precise included.
    pub agreement: usize,
}

impl Counts {
    fn add(&mut self, standing: Standing) {
        self.comparable += 1;
        *match standing {
            Standing::Conflict => &mut self.conflict,
            Standing::Unsure => &mut self.unsure,
            Standing::Divergent => &mut self.divergent,
            Standing::Change => &mut self.change,
            Standing::Agreement => &mut self.agreement,
        } += 1;
    }

    fn of<'p>(pairs: impl IntoIterator<Item = &'p Counted>) -> Self {
        let mut counts = Counts::default();
        pairs.into_iter().for_each(|pair| counts.add(pair.standing));
        counts
    }
}

/// Counts with the shares of conflict and agreement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
    /// Conflicts per comparable pair; none where no pair is comparable.
    pub conflict_rate: Option<Measured>,
    /// Agreements per comparable pair.
    pub agreement_rate: Option<Measured>,
}

/// A kind and its rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct KindRate {
    /// The kind.
    pub kind: Kind,
    /// Its rate.
    #[serde(flatten)]
    pub rate: Rate,
}

/// A kind and its counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct KindCounts {
    /// The kind.
    pub kind: Kind,
    /// Its counts.
    #[serde(flatten)]
    pub counts: Counts,
}

/// Two groups against each other, or the origins of one among themselves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupPair {
    /// The first group's name; none for articles of which it is not known.
    pub a: Option<String>,
    /// The second group's name; that of the first for pairs within a group.
    pub b: Option<String>,
    /// Their rate.
    #[serde(flatten)]
    pub rate: Rate,
    /// By kind, those that occur.
    pub kinds: Vec<KindCounts>,
    /// How often a permutation of the labels gives a count of conflicts as far from what the overall rate leads
    /// one to expect; both directions.
    pub p: Option<f64>,
    /// The p-value adjusted for the number of pairs of groups.
    pub q: Option<f64>,
}

/// All rates of a study.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rates {
    /// Of all pairs.
    pub overall: Rate,
    /// By kind.
    pub by_kind: Vec<KindRate>,
    /// By pair of groups, in the groups' order; only those with a comparable pair.
    pub by_groups: Vec<GroupPair>,
    /// The p-value for all pairs of groups together: whether the groups matter at all.
    pub p: Option<f64>,
    /// What was permuted: articles within their story, or whole outlets.
    pub permuted: Permuted,
    /// Stories or events that the pairs come from, which the bootstrap draws.
    pub units: usize,
}

/// What carries the labels that are permuted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permuted {
    /// Articles, within their story.
    Articles,
    /// Outlets as a whole.
    Outlets,
}

/// Every rate of a grouping.
pub fn rates(grouping: &Grouping, pairs: &[Counted], options: &CompareOptions) -> Rates {
    let mut kinds: BTreeMap<Kind, Vec<usize>> = BTreeMap::new();
    let mut groups: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (i, pair) in pairs.iter().enumerate() {
        kinds.entry(pair.kind).or_default().push(i);
        groups.entry(groups_of(pair, &grouping.of_origin)).or_default().push(i);
    }
    let all: Vec<usize> = (0..pairs.len()).collect();
    let sets: Vec<&Vec<usize>> =
        std::iter::once(&all).chain(kinds.values()).chain(groups.values()).collect();
    let units = match options.unit {
        Unit::Story => number_groups(pairs.iter().map(|pair| pair.story)),
        Unit::Event => number_groups(pairs.iter().map(|pair| &pair.about)),
    };
    let measured = measure(&units, options.resampling, |counts| {
        sets.iter().flat_map(|set| shares(pairs, set, counts)).collect()
    });
    let mut rates = sets.iter().enumerate().map(|(i, set)| Rate {
        counts: Counts::of(set.iter().map(|&at| &pairs[at])),
        conflict_rate: measured[2 * i],
        agreement_rate: measured[2 * i + 1],
    });
    let nothing = Rate { counts: Counts::default(), conflict_rate: None, agreement_rate: None };
    let overall = rates.next().unwrap_or(nothing);
    let by_kind: Vec<KindRate> =
        kinds.keys().zip(rates.by_ref()).map(|(&kind, rate)| KindRate { kind, rate }).collect();
    let null = permute(grouping, pairs, options);
    let mut by_groups: Vec<GroupPair> = groups
        .iter()
        .zip(rates)
        .map(|((&(a, b), set), rate)| GroupPair {
            a: grouping.names[a].clone(),
            b: grouping.names[b].clone(),
            rate,
            kinds: by_kind_of(pairs, set),
            p: null.as_ref().and_then(|null| null.of_pair.get(&(a, b)).copied()),
            q: None,
        })
        .collect();
    adjust(&mut by_groups);
    Rates {
        overall,
        by_kind,
        by_groups,
        p: null.as_ref().map(|null| null.of_all),
        permuted: match grouping.exchange.outlets {
            true => Permuted::Outlets,
            false => Permuted::Articles,
        },
        units: units.iter().max().map_or(0, |last| last + 1),
    }
}

fn groups_of(pair: &Counted, of_origin: &[usize]) -> (usize, usize) {
    let (a, b) = (of_origin[pair.origins.0], of_origin[pair.origins.1]);
    (a.min(b), a.max(b))
}

fn shares(pairs: &[Counted], set: &[usize], counts: &[u32]) -> [Option<f64>; 2] {
    let (mut all, mut conflict, mut agreement) = (0.0, 0.0, 0.0);
    for &at in set {
        let times = f64::from(counts[at]);
        all += times;
        match pairs[at].standing {
            Standing::Conflict => conflict += times,
            Standing::Agreement => agreement += times,
            _ => {}
        }
    }
    [conflict, agreement].map(|share| (all > 0.0).then(|| share / all))
}

fn by_kind_of(pairs: &[Counted], set: &[usize]) -> Vec<KindCounts> {
    let mut kinds: BTreeMap<Kind, Counts> = BTreeMap::new();
    for &at in set {
        kinds.entry(pairs[at].kind).or_default().add(pairs[at].standing);
    }
    kinds.into_iter().map(|(kind, counts)| KindCounts { kind, counts }).collect()
}

/// p-values of all pairs of groups.
struct Null {
    of_pair: BTreeMap<(usize, usize), f64>,
    of_all: f64,
}

/// Conflicts of each pair of groups beyond what the overall rate leads one to expect. Defined for every labelling,
/// also one under which two groups share no comparable pair.
fn excess(pairs: &[Counted], labels: &[usize], groups: usize, rate: f64) -> (Vec<f64>, f64) {
    let (mut conflicts, mut all) = (vec![0.0; groups * groups], vec![0.0; groups * groups]);
    for pair in pairs {
        let (a, b) = groups_of(pair, labels);
        all[a * groups + b] += 1.0;
        if pair.standing == Standing::Conflict {
            conflicts[a * groups + b] += 1.0;
        }
    }
    let excess: Vec<f64> =
        conflicts.iter().zip(&all).map(|(conflicts, all)| conflicts - rate * all).collect();
    let squares = excess.iter().zip(&all).filter(|(_, all)| **all > 0.0);
    let together = squares.map(|(excess, all)| excess * excess / (rate * all)).sum();
    (excess, together)
}

fn permute(grouping: &Grouping, pairs: &[Counted], options: &CompareOptions) -> Option<Null> {
    let groups = grouping.names.len();
    let conflicts = pairs.iter().filter(|pair| pair.standing == Standing::Conflict).count();
    if options.permutations == 0 || groups < 2 || conflicts == 0 {
        return None;
    }
    let rate = conflicts as f64 / pairs.len() as f64;
    let (seen, seen_together) = excess(pairs, &grouping.of_origin, groups, rate);
    // Rounding must not make a labelling differ from itself.
    let as_far = |x: f64, seen: f64| x.abs() >= seen.abs() - 1e-9;
    // A stream of its own, apart from the bootstrap's resamples.
    let seed = options.resampling.seed ^ 0x7065_726D;
    let counts = (0..options.permutations)
        .into_par_iter()
        .map(|round| {
            let labels = shuffled(&grouping.exchange, &mut Random::new(seed, round as u64));
            let (excess, together) = excess(pairs, &labels, groups, rate);
            let each: Vec<u32> =
                excess.iter().zip(&seen).map(|(&x, &seen)| u32::from(as_far(x, seen))).collect();
            (each, u32::from(as_far(together, seen_together)))
        })
        .reduce(
            || (vec![0; groups * groups], 0),
            |mut x, y| {
                x.0.iter_mut().zip(&y.0).for_each(|(x, y)| *x += y);
                (x.0, x.1 + y.1)
            },
        );
    let p = |count: u32| f64::from(count + 1) / (options.permutations as f64 + 1.0);
    let of_pair = (0..groups)
        .flat_map(|a| (a..groups).map(move |b| (a, b)))
        .map(|(a, b)| ((a, b), p(counts.0[a * groups + b])))
        .collect();
    Some(Null { of_pair, of_all: p(counts.1) })
}

/// The labels of the origins after units of one stratum have traded theirs (Fisher–Yates).
fn shuffled(exchange: &Exchange, random: &mut Random) -> Vec<usize> {
    let mut strata: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (unit, &(_, stratum)) in exchange.units.iter().enumerate() {
        strata.entry(stratum).or_default().push(unit);
    }
    let mut labels: Vec<usize> = exchange.units.iter().map(|&(label, _)| label).collect();
    for units in strata.values() {
        for at in (1..units.len()).rev() {
            labels.swap(units[at], units[random.below(at + 1)]);
        }
    }
    exchange.unit_of_origin.iter().map(|&unit| labels[unit]).collect()
}

/// Benjamini and Hochberg's step-up: q is the smallest share of false discoveries at which the pair would count.
fn adjust(pairs: &mut [GroupPair]) {
    let mut order: Vec<usize> = (0..pairs.len()).filter(|&i| pairs[i].p.is_some()).collect();
    order.sort_by(|&x, &y| {
        let p = |i: usize| pairs[i].p.unwrap_or(1.0);
        p(x).total_cmp(&p(y)).then(x.cmp(&y))
    });
    let total = order.len() as f64;
    let mut smallest = 1.0f64;
    for (rank, &i) in order.iter().enumerate().rev() {
        let p = pairs[i].p.unwrap_or(1.0);
        // The factor is 1 at the last rank, so no rounding takes q below p.
        smallest = smallest.min(p * (total / (rank + 1) as f64));
        pairs[i].q = Some(smallest);
    }
}

#[cfg(test)]
mod tests {
    use super::super::groups::Exchange;
    use super::*;
    use crate::eval::bootstrap::Resampling;

    fn grouping(of_origin: &[usize], groups: usize) -> Grouping {
        let units = of_origin.iter().map(|&group| (group, 0)).collect();
        let exchange =
            Exchange { unit_of_origin: (0..of_origin.len()).collect(), units, outlets: false };
        let names = (0..groups).map(|g| Some(format!("g{g}"))).collect();
        Grouping::for_tests(names, of_origin.to_vec(), exchange)
    }

    fn pair(a: usize, b: usize, story: usize, standing: Standing) -> Counted {
        Counted {
            comparable: 0,
            origins: (a, b),
            kind: Kind::Time,
            standing,
            story,
            about: format!("event-{story}"),
        }
    }

    fn options(permutations: usize) -> CompareOptions {
        CompareOptions {
            permutations,
            resampling: Resampling { resamples: 200, seed: 7 },
            ..CompareOptions::default()
        }
    }

    /// Ten stories, each told by two origins of each of two groups; the groups contradict each other always, and
    /// agree among themselves.
    fn two_camps() -> (Grouping, Vec<Counted>) {
        let mut pairs = Vec::new();
        for story in 0..10 {
            let origin = |k: usize| story * 4 + k;
            for (a, b) in [(0, 1), (2, 3)] {
                pairs.push(pair(origin(a), origin(b), story, Standing::Agreement));
            }
            for (a, b) in [(0, 2), (0, 3), (1, 2), (1, 3)] {
                pairs.push(pair(origin(a), origin(b), story, Standing::Conflict));
            }
        }
        let labels: Vec<usize> = (0..40).map(|origin| (origin % 4) / 2).collect();
        (grouping(&labels, 2), pairs)
    }

    #[test]
    fn rates_are_conflicts_per_comparable_pair() {
        let (groups, pairs) = two_camps();
        let rates = rates(&groups, &pairs, &options(0));
        assert_eq!(rates.overall.counts.comparable, 60);
        assert_eq!(rates.overall.conflict_rate.unwrap().value, 40.0 / 60.0);
        let of = |a: &str, b: &str| {
            let named = |x: &Option<String>, y: &str| x.as_deref() == Some(y);
            rates.by_groups.iter().find(|p| named(&p.a, a) && named(&p.b, b)).unwrap()
        };
        assert_eq!(of("g0", "g1").rate.conflict_rate.unwrap().value, 1.0);
        assert_eq!(of("g0", "g0").rate.agreement_rate.unwrap().value, 1.0);
        assert!(rates.p.is_none());
    }

    #[test]
    fn groups_that_matter_have_small_p_values_and_never_zero() {
        let (groups, pairs) = two_camps();
        let rates = rates(&groups, &pairs, &options(200));
        assert_eq!(rates.p, Some(1.0 / 201.0));
        assert!(rates.by_groups.iter().all(|p| p.p.unwrap() >= 1.0 / 201.0));
    }

    #[test]
    fn groups_that_do_not_matter_have_p_values_all_over() {
        // Conflicts fall on origins without regard to labels, which alternate.
        let labels: Vec<usize> = (0..40).map(|origin| origin % 2).collect();
        let pairs: Vec<Counted> = (0..39)
            .map(|i| {
                let standing = if i % 4 < 2 { Standing::Conflict } else { Standing::Agreement };
                pair(i, i + 1, i / 4, standing)
            })
            .collect();
        let rates = rates(&grouping(&labels, 2), &pairs, &options(200));
        assert!(rates.p.unwrap() > 0.05, "{:?}", rates.p);
    }

    #[test]
    fn pairs_of_one_story_move_together_and_one_story_has_no_interval() {
        // One story conflicts throughout, one agrees throughout: a resample has 0, a half or all.
        let pairs: Vec<Counted> = (0..40)
            .map(|i| {
                let standing = if i < 20 { Standing::Conflict } else { Standing::Agreement };
                pair(2 * i, 2 * i + 1, i / 20, standing)
            })
            .collect();
        let labels = vec![0; 80];
        let rate = rates(&grouping(&labels, 1), &pairs, &options(0)).overall.conflict_rate.unwrap();
        assert_eq!((rate.value, rate.low, rate.high), (0.5, Some(0.0), Some(1.0)));
        let one: Vec<Counted> = pairs.iter().map(|p| Counted { story: 0, ..p.clone() }).collect();
        let rate = rates(&grouping(&labels, 1), &one, &options(0)).overall.conflict_rate.unwrap();
        assert_eq!((rate.value, rate.low), (0.5, None));
    }

    #[test]
    fn a_permutation_keeps_the_labels_of_each_stratum() {
        let exchange = Exchange {
            unit_of_origin: vec![0, 1, 2, 3, 4, 5],
            units: vec![(0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (5, 1)],
            outlets: false,
        };
        for round in 0..20 {
            let labels = shuffled(&exchange, &mut Random::new(1, round));
            let (mut first, mut second) = (labels[..3].to_vec(), labels[3..].to_vec());
            first.sort_unstable();
            second.sort_unstable();
            assert_eq!((first, second), (vec![0, 1, 2], vec![3, 4, 5]));
        }
    }

    #[test]
    fn q_values_are_those_of_benjamini_and_hochberg() {
        let rate = Rate { counts: Counts::default(), conflict_rate: None, agreement_rate: None };
        let mut pairs: Vec<GroupPair> = [0.01, 0.04, 0.03, 0.005]
            .map(|p| GroupPair { a: None, b: None, rate, kinds: Vec::new(), p: Some(p), q: None })
            .to_vec();
        adjust(&mut pairs);
        let q: Vec<f64> = pairs.iter().map(|p| p.q.unwrap()).collect();
        for (q, expected) in q.iter().zip([0.02, 0.04, 0.04, 0.02]) {
            assert!((q - expected).abs() < 1e-12, "{q} {expected}");
        }
    }
}
