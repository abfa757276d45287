//! Which label each output of a model stands for.
//!
//! Most NLI models have three outputs. Those with two tell one label from the rest, and the rest is taken for
//! [`Label::Neutral`]: a model of entailment and `not_entailment` never claims a contradiction, one of
//! contradiction and `not_contradiction` never an entailment.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::Label;
use super::problem;
use crate::error::Result;

/// Reads the labels of a model's outputs, in the order of the outputs: three different ones, or two of which one
/// may be `not_entailment` or `not_contradiction`. `None` if they are something else.
pub fn parse_labels<S: AsRef<str>>(names: &[S]) -> Option<Vec<Label>> {
    let labels: Vec<Label> = names
        .iter()
        .map(|name| Label::parse(name.as_ref()).or_else(|| rest(name.as_ref(), names.len())))
        .collect::<Option<_>>()?;
    is_complete(&labels).then_some(labels)
}

/// Whether these can be the labels of a model's outputs: three different ones or two.
pub(super) fn is_complete(labels: &[Label]) -> bool {
    let different = labels.iter().enumerate().all(|(i, label)| !labels[..i].contains(label));
    different && matches!(labels.len(), 2 | 3)
}

/// `not_entailment` and `not_contradiction`, as the second label of two.
fn rest(name: &str, outputs: usize) -> Option<Label> {
    let name = name.trim().to_lowercase().replace([' ', '-'], "_");
    let positive = ["not_", "non_", "no_"].iter().find_map(|prefix| name.strip_prefix(prefix))?;
    let of_two =
        outputs == 2 && matches!(Label::parse(positive)?, Label::Entailment | Label::Contradiction);
    of_two.then_some(Label::Neutral)
}

const REMEDY: &str = "an NLI model has the labels entailment, neutral and contradiction, in any order, or two of them: take \
     such a model, or if its card says which output is which, say so with --labels \
     entailment,neutral,contradiction (in the order of the outputs), or in crossclaim.json beside config.json as \
     {\"labels\": [\"entailment\", \"neutral\", \"contradiction\"]}";

/// The label of each output: the caller's, else the sidecar's, else those of `config.json`.
pub(super) fn labels(
    given: Option<&[Label]>,
    sidecar: Option<&[String]>,
    id2label: Option<&BTreeMap<String, String>>,
    folder: &Path,
) -> Result<Vec<Label>> {
    let wrong = |what: String| problem(folder, what, REMEDY);
    let of_config = id2label.map(in_order).transpose().map_err(wrong)?;
    let outputs = of_config.as_ref().map(Vec::len);
    let checked = |labels: Vec<Label>, whose: &str| match outputs {
        Some(outputs) if outputs != labels.len() => Err(wrong(format!(
            "{whose} are {}, but config.json's id2label has {outputs}",
            labels.len()
        ))),
        _ => Ok(labels),
    };
    if let Some(labels) = given {
        if !is_complete(labels) {
            return Err(wrong("the labels given are not two or three different ones".into()));
        }
        return checked(labels.to_vec(), "the labels given");
    }
    if let Some(names) = sidecar {
        let labels = parse_labels(names)
            .ok_or_else(|| wrong(format!("the sidecar's labels are {}", listed(names))))?;
        return checked(labels, "the sidecar's labels");
    }
    let names = of_config
        .ok_or_else(|| wrong("config.json has no id2label: its labels are not named".into()))?;
    parse_labels(&names).ok_or_else(|| {
        let unnamed = names.iter().all(|n| n.to_lowercase().starts_with("label_"));
        wrong(if unnamed {
            format!("its labels are called {}: which one is entailment is not said", listed(&names))
        } else {
            format!("not an NLI classifier: its labels are {}", listed(&names))
        })
    })
}

/// Names in a message, and no more of them than a reader wants.
pub(super) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The names in `id2label`, in the order of the outputs.
fn in_order(id2label: &BTreeMap<String, String>) -> std::result::Result<Vec<String>, String> {
    let mut columns: Vec<(usize, &String)> = Vec::new();
    for (index, label) in id2label {
        let number =
            index.parse().map_err(|_| format!("config.json's id2label has the index {index:?}"))?;
        columns.push((number, label));
    }
    columns.sort();
    if columns.iter().enumerate().any(|(i, (index, _))| i != *index) {
        return Err("config.json's id2label skips an index".into());
    }
    Ok(columns.into_iter().map(|(_, label)| label.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::{Label::*, parse_labels};

    #[test]
    fn three_different_labels_or_two() {
        assert_eq!(
            parse_labels(&["NEUTRAL", " entailment", "Contradictory"]),
            Some(vec![Neutral, Entailment, Contradiction])
        );
        assert_eq!(
            parse_labels(&["contradiction", "entailment"]),
            Some(vec![Contradiction, Entailment])
        );
        for other in ["not_entailment", "NOT-ENTAILMENT", "non entailment", "no_entailment"] {
            assert_eq!(
                parse_labels(&["entailment", other]),
                Some(vec![Entailment, Neutral]),
                "{other}"
            );
        }
        assert_eq!(
            parse_labels(&["not_contradiction", "contradiction"]),
            Some(vec![Neutral, Contradiction])
        );
    }

    #[test]
    fn other_labels_are_none() {
        let wrong: [&[&str]; 8] = [
            &[],
            &["entailment"],
            &["entailment", "entailment"],
            &["entailment", "neutral", "neutral"],
            &["entailment", "not_entailment", "contradiction"],
            &["not_entailment", "not_contradiction"],
            &["neutral", "not_neutral"],
            &["LABEL_0", "LABEL_1", "LABEL_2"],
        ];
        for names in wrong {
            assert_eq!(parse_labels(names), None, "{names:?}");
        }
    }
}
