//! NLI as a slot test: what the model is asked about a slot that two claims fill differently, and what its answers do.

#![allow(clippy::unwrap_used, reason = "a test stops at what surprises it")]

mod support;

use std::sync::Arc;

use crossclaim::eval::judged;
use crossclaim::eval::labelled::LabelledSet;
use crossclaim::judge::Finding;
use crossclaim::nli::NliScores;
use crossclaim::pipeline::Pipeline;
use support::{Answering, Asked};

/// Two accounts of one event that differ in its date.
const CAPTURES: (&str, &str) = (
    "The army captured the town of Tarbek on 8 November 2017.",
    "The town of Tarbek was captured by the army on 11 November 2017.",
);

const OPEN: NliScores = NliScores { entailment: 0.1, neutral: 0.8, contradiction: 0.1 };

/// What is asked about two sentences of two articles, and what is found.
fn asked(
    language: &str,
    a: &str,
    b: &str,
    answer: NliScores,
) -> (Vec<(String, String)>, Vec<Finding>) {
    let table = format!("premise\thypothesis\tlabel\tlang\n{a}\t{b}\tcontradiction\t{language}\n");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pairs.tsv");
    std::fs::write(&file, table).unwrap();
    let set = LabelledSet::read(&file, None).unwrap();
    let asked = Asked::default();
    let scorer = Answering { asked: Arc::clone(&asked), answer };
    let mut pipeline = Pipeline::builtin(Some(Box::new(scorer))).unwrap();
    pipeline.compare_chosen_pairs();
    let mut runs = judged::run(&pipeline, &set.pairs, &|_| ()).unwrap();
    let asked = asked.lock().unwrap().clone();
    (asked, runs.remove(0).findings)
}

fn asks(asked: &[(String, String)], premise: &str, hypothesis: &str) -> bool {
    asked.contains(&(premise.to_owned(), hypothesis.to_owned()))
}

#[test]
fn one_claim_should_entail_the_other_without_its_date() {
    let (a, b) = CAPTURES;
    let (asked, _) = asked("en", a, b, OPEN);
    assert!(asks(&asked, a, "The town of Tarbek was captured by the army"), "{asked:#?}");
    assert!(asks(&asked, b, "The army captured the town of Tarbek"), "{asked:#?}");
}

#[test]
fn a_clause_is_asked_against_itself_with_the_other_value() {
    let (a, b) = CAPTURES;
    let (asked, _) = asked("en", a, b, OPEN);
    let (with_the_other, as_it_is) = (
        "The town of Tarbek was captured by the army on 8 November 2017",
        "The town of Tarbek was captured by the army on 11 November 2017",
    );
    assert!(asks(&asked, with_the_other, as_it_is), "{asked:#?}");
}

#[test]
fn clauses_are_asked_without_what_surrounds_them() {
    if crossclaim::syntax::model("en").is_none() {
        return;
    }
    let a = "The fire killed 12 people in Tarbek on Monday, the mayor said before he left for a meeting in the capital.";
    let b = "The fire killed 19 people in Tarbek on Monday.";
    let (asked, _) = asked("en", a, b, OPEN);
    assert!(
        asked.iter().any(|(premise, _)| premise.starts_with("The fire killed 12 people")
            && !premise.contains("meeting")),
        "{asked:#?}"
    );
}

#[test]
fn a_number_goes_and_what_it_counts_stays() {
    let a = "The fire killed 12 people in Tarbek on Monday.";
    let b = "The fire in Tarbek killed 19 people on Monday.";
    let (asked, _) = asked("en", a, b, OPEN);
    assert!(asks(&asked, b, "The fire killed people in Tarbek on Monday"), "{asked:#?}");
    assert!(
        asked.iter().any(|(premise, _)| premise == "The fire killed 19 people in Tarbek on Monday"),
        "{asked:#?}"
    );
}

#[test]
fn prepositions_and_articles_go_with_the_date_in_any_language_of_a_pack() {
    let a = "L'armée a pris la ville de Tarbek le 8 novembre 2017.";
    let b = "La ville de Tarbek a été prise par l'armée le 11 novembre 2017.";
    let (asked, _) = asked("fr", a, b, OPEN);
    assert!(asks(&asked, b, "L'armée a pris la ville de Tarbek"), "{asked:#?}");
}

#[test]
fn agreement_is_not_asked_about() {
    let a = "The army captured the town of Tarbek on 8 November 2017.";
    let b = "The town of Tarbek was captured by the army on 8 November 2017.";
    let (asked, _) = asked("en", a, b, OPEN);
    // The raw pair, both ways.
    assert_eq!(asked.len(), 2, "{asked:#?}");
}

#[test]
fn the_answers_are_told_and_make_a_finding_surer() {
    let (a, b) = CAPTURES;
    let (_, open) = asked("en", a, b, OPEN);
    let entailed = NliScores { entailment: 0.9, neutral: 0.05, contradiction: 0.05 };
    let (_, same) = asked("en", a, b, entailed);
    let told = |found: &[Finding]| found[0].why.iter().any(|why| why.id == "nli.same-event");
    assert!(!told(&open) && told(&same));
    let same_event = |found: &[Finding]| found[0].features["slot-same-event"];
    assert!(same_event(&open) < same_event(&same));
}
