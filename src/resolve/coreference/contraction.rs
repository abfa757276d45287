//! Greedy additive edge contraction (Keuper et al. 2015) with cannot-links.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// An edge that may be contracted; the heaviest first, among equals the one of the smallest numbers.
#[derive(Debug, PartialEq)]
struct Candidate {
    weight: f64,
    a: usize,
    b: usize,
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_weight = self.weight.total_cmp(&other.weight);
        by_weight.then_with(|| (other.a, other.b).cmp(&(self.a, self.b)))
    }
}

/// The cluster of each node that has an edge, named after its smallest member: edges are contracted, the heaviest first,
/// while their summed weight is positive and no cannot-link holds their ends apart.
pub(super) fn contract(
    edges: impl Iterator<Item = (usize, usize, f64)>,
    cannot_link: impl Iterator<Item = (usize, usize)>,
) -> BTreeMap<usize, usize> {
    let mut weights: BTreeMap<usize, BTreeMap<usize, f64>> = BTreeMap::new();
    for (a, b, weight) in edges {
        *weights.entry(a).or_default().entry(b).or_default() += weight;
        *weights.entry(b).or_default().entry(a).or_default() += weight;
    }
    let mut forbidden: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (a, b) in cannot_link {
        forbidden.entry(a).or_default().insert(b);
        forbidden.entry(b).or_default().insert(a);
    }
    let nodes: Vec<usize> = weights.keys().copied().collect();
    let mut joined: BTreeMap<usize, usize> = BTreeMap::new();
    let mut heap: BinaryHeap<Candidate> = BinaryHeap::new();
    for (&a, others) in &weights {
        let later = others.range(a + 1..).filter(|(_, weight)| **weight > 0.0);
        heap.extend(later.map(|(&b, &weight)| Candidate { weight, a, b }));
    }
    while let Some(Candidate { weight, a, b }) = heap.pop() {
        // An entry whose edge has changed since, or is gone, is stale.
        let is_current = weights.get(&a).and_then(|others| others.get(&b)) == Some(&weight);
        let is_forbidden = forbidden.get(&a).is_some_and(|others| others.contains(&b));
        if !is_current || is_forbidden {
            continue;
        }
        // The smaller number stays.
        let gone = weights.remove(&b).unwrap_or_default();
        for (node, weight) in gone {
            if let Some(others) = weights.get_mut(&node) {
                others.remove(&b);
            }
            if node == a {
                continue;
            }
            let sum = weights.get_mut(&a).map(|others| {
                let sum = others.entry(node).or_default();
                *sum += weight;
                *sum
            });
            let Some(sum) = sum else { continue };
            if let Some(others) = weights.get_mut(&node) {
                others.insert(a, sum);
            }
            if sum > 0.0 {
                heap.push(Candidate { weight: sum, a: a.min(node), b: a.max(node) });
            }
        }
        for node in forbidden.remove(&b).unwrap_or_default() {
            forbidden.entry(a).or_default().insert(node);
            if let Some(others) = forbidden.get_mut(&node) {
                others.remove(&b);
                others.insert(a);
            }
        }
        joined.insert(b, a);
    }
    // A node was joined to a smaller one, whose cluster is known before it.
    let mut cluster: BTreeMap<usize, usize> = BTreeMap::new();
    for node in nodes {
        let of = joined.get(&node).map_or(node, |earlier| cluster[earlier]);
        cluster.insert(node, of);
    }
    cluster
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clusters(edges: &[(usize, usize, f64)], apart: &[(usize, usize)]) -> Vec<Vec<usize>> {
        let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (node, cluster) in contract(edges.iter().copied(), apart.iter().copied()) {
            found.entry(cluster).or_default().push(node);
        }
        found.into_values().collect()
    }

    #[test]
    fn what_speaks_for_one_happening_is_joined_and_what_speaks_against_is_not() {
        let edges = [(0, 1, 2.0), (1, 2, -1.0), (2, 3, 1.0), (0, 2, -0.5)];
        assert_eq!(clusters(&edges, &[]), [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn evidence_adds_up_over_clusters() {
        // 2 is a little like 0 and much unlike 1, which is all but the same as 0.
        assert_eq!(clusters(&[(0, 1, 3.0), (0, 2, 1.0), (1, 2, -2.0)], &[]), [vec![0, 1], vec![2]]);
        assert_eq!(clusters(&[(0, 1, 3.0), (0, 2, 1.0), (1, 2, -0.5)], &[]), [vec![0, 1, 2]]);
    }

    #[test]
    fn a_cannot_link_holds_whole_clusters_apart() {
        let edges = [(0, 1, 3.0), (1, 2, 2.0), (2, 3, 1.0)];
        assert_eq!(clusters(&edges, &[(0, 3)]), [vec![0, 1, 2], vec![3]]);
        assert_eq!(clusters(&edges, &[(0, 2)]), [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn the_order_of_the_edges_does_not_matter() {
        let edges = [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (0, 3, -1.5), (1, 3, 0.2)];
        let mut backward = edges;
        backward.reverse();
        assert_eq!(clusters(&edges, &[(0, 2)]), clusters(&backward, &[(0, 2)]));
    }
}
