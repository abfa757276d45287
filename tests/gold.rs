//! What a careful reader finds in a corpus, the tool finds; what is no conflict, it does not
//! call one.

mod support;

use crossclaim::eval::gold::GoldCorpus;
use crossclaim::judge::{Finding, Relation};
use support::{articles, in_repository, run};

fn print_report(gold: &GoldCorpus, findings: &[Finding]) -> (usize, usize, usize) {
    let mut missed = 0;
    for conflict in &gold.conflicts {
        let answers = GoldCorpus::answers(conflict, findings);
        if answers.is_empty() {
            missed += 1;
            println!(
                "missed  {} {:?} {:?}\n     a {} «{}»\n     b {} «{}»",
                conflict.id,
                conflict.kinds,
                conflict.relations,
                conflict.a.article,
                conflict.a.quote,
                conflict.b.article,
                conflict.b.quote
            );
        } else {
            println!("found   {}", conflict.id);
        }
    }
    let violated = gold.violated(findings);
    for negative in &violated {
        println!("WRONG   {} «{}» «{}»", negative.id, negative.a.quote, negative.b.quote);
    }
    let unexplained = gold.unexplained(findings);
    for f in &unexplained {
        println!(
            "unexplained {:?} {:.2} {}\n     a {} {} «{}»\n     b {} {} «{}»",
            f.kind,
            f.confidence,
            f.dossier,
            f.a.article,
            f.a.value,
            f.a.sentence,
            f.b.article,
            f.b.value,
            f.b.sentence
        );
    }
    let shown = findings.iter().filter(|f| f.relation == Relation::Contradiction).count();
    println!(
        "{} of {} conflicts found; {} of {} negatives called contradictions; {} of {shown} contradictions unexplained",
        gold.conflicts.len() - missed,
        gold.conflicts.len(),
        violated.len(),
        gold.negatives.len(),
        unexplained.len()
    );
    (missed, violated.len(), unexplained.len())
}

#[test]
fn the_sample_corpus_is_read_as_its_annotation_reads_it() {
    let gold = GoldCorpus::read(&in_repository("seeds/gold.json")).expect("an annotation");
    let stages = run(articles(&in_repository("seeds"), None));
    let (_missed, violated, _unexplained) = print_report(&gold, &stages.findings);
    assert_eq!(violated, 0);
}

/// The five articles that the project began with, where they are at hand.
#[test]
fn the_first_articles_are_read_as_their_annotation_reads_them() {
    let folder = in_repository("../shared/seeds");
    if !folder.exists() {
        return;
    }
    let gold =
        GoldCorpus::read(&in_repository("../shared/gold/seeds.json")).expect("an annotation");
    for date in [None, Some("2017-11")] {
        let stages = run(articles(&folder, date));
        assert_eq!(print_report(&gold, &stages.findings), (0, 0, 0), "assumed date: {date:?}");
    }
}

#[test]
fn a_corpus_without_conflicts_is_quiet() {
    let stages = run(articles(&in_repository("tests/corpus/quiet"), None));
    let gold = GoldCorpus::default();
    let (_, _, false_alarms) = print_report(&gold, &stages.findings);
    assert_eq!(false_alarms, 0);
}
