//! How two sentences stand to each other: one test for each relation that news is full of, with the look-alikes
//! that are no contradiction. Names, figures and towns are invented or stand for any.

#![allow(clippy::unwrap_used, reason = "a test stops at what surprises it")]

mod support;

use crossclaim::article::{Article, DateSource};
use crossclaim::judge::fingerprint::hex;
use crossclaim::judge::{Finding, Kind, Relation, Voices};
use crossclaim::nli::NliScores;
use crossclaim::pipeline::Pipeline;
use crossclaim::span::Span;
use support::{Answering, Asked, name};

/// One side: outlet, day, language, text.
type Told<'t> = (&'t str, &'t str, &'t str, &'t str);

fn article(id: &str, (outlet, date, language, text): Told<'_>) -> Article {
    Article {
        id: id.to_owned(),
        path: String::new(),
        outlet: Some(outlet.to_owned()),
        language: language.to_owned(),
        date: Some(date.parse().unwrap()),
        date_source: DateSource::Metadata,
        body: Span::new(0, text.len()),
        hash: hex(text),
        text: text.to_owned(),
        title: None,
        url: None,
        country: None,
        layout: Default::default(),
        cut: false,
        editorial: Default::default(),
    }
}

fn findings(told: &[Told<'_>]) -> Vec<Finding> {
    let mut pipeline = Pipeline::builtin(None).unwrap();
    pipeline.one_story = true;
    found_by(&pipeline, told)
}

fn found_by(pipeline: &Pipeline, told: &[Told<'_>]) -> Vec<Finding> {
    let ids = ["a", "b", "c", "d"];
    let articles = ids.iter().zip(told).map(|(id, told)| article(id, *told)).collect();
    pipeline.run(articles, &|_, _| ()).unwrap().findings
}

/// Kinds and relations of what is found between the first two, in order, each once.
fn relations(a: Told<'_>, b: Told<'_>) -> Vec<String> {
    let told = |f: &Finding| format!("{} {}", name(&f.kind), name(&f.relation));
    let mut found: Vec<String> = findings(&[a, b]).iter().map(told).collect();
    found.sort();
    found.dedup();
    found
}

fn contradict(a: Told<'_>, b: Told<'_>) -> bool {
    let found = findings(&[a, b]);
    found.iter().any(|f| f.relation == Relation::Contradiction)
}

const MON: &str = "2020-03-09";
const TUE: &str = "2020-03-10";
const FRI: &str = "2020-03-13";

// Numbers.

#[test]
fn two_tolls_of_one_moment_contradict_each_other() {
    let a =
        ("Post", TUE, "en", "The collapse of the Lindberg bridge killed 12 people, police said.");
    let b = ("Mail", TUE, "en", "The collapse of the Lindberg bridge killed 19 people.");
    assert_eq!(relations(a, b), ["quantity contradiction"]);
}

#[test]
fn a_toll_that_a_later_article_puts_higher_is_an_update() {
    let a = ("Post", TUE, "en", "The collapse of the Lindberg bridge killed 12 people.");
    let b = ("Mail", FRI, "en", "The collapse of the Lindberg bridge killed 19 people.");
    assert_eq!(relations(a, b), ["quantity update"]);
}

#[test]
fn the_dead_are_not_compared_with_the_injured() {
    let a = ("Post", TUE, "en", "The collapse of the Lindberg bridge killed 12 people.");
    let b = ("Mail", TUE, "en", "The collapse of the Lindberg bridge left 19 people injured.");
    assert!(!contradict(a, b));
}

#[test]
fn a_count_of_something_else_in_one_event_is_no_conflict() {
    let a = ("Le Jour", TUE, "fr", "Quarante pompiers ont été envoyés à l'incendie de Sauverny.");
    let b = ("Le Soir", TUE, "fr", "L'incendie de Sauverny a détruit six hangars.");
    assert!(!contradict(a, b));
}

#[test]
fn what_is_added_to_a_number_is_no_total() {
    let a = ("Post", TUE, "en", "The fire at Sauverny killed 9 people.");
    let b = ("Mail", TUE, "en", "Two more people died in the fire at Sauverny.");
    assert!(!contradict(a, b));
}

#[test]
fn a_count_outside_every_tally_is_compared_where_the_sentences_share_enough() {
    let a = (
        "Post",
        TUE,
        "en",
        "The ferry Olmira carried 140 passengers when it left Tarbek on Monday.",
    );
    let b = (
        "Mail",
        TUE,
        "en",
        "When the ferry Olmira left Tarbek on Monday, it carried 320 passengers.",
    );
    assert_eq!(relations(a, b), ["quantity contradiction"]);
}

// Sides of an opposition.

#[test]
fn opposite_sides_contradict_each_other_in_any_language() {
    let pairs = [
        (
            "en",
            "The bridge at Lindberg was closed on Monday.",
            "The bridge at Lindberg stayed open on Monday.",
        ),
        (
            "fr",
            "Le pont de Lindberg était fermé lundi.",
            "Le pont de Lindberg est resté ouvert lundi.",
        ),
        (
            "es",
            "El puente de Lindberg estaba cerrado el lunes.",
            "El puente de Lindberg siguió abierto el lunes.",
        ),
    ];
    for (language, a, b) in pairs {
        assert!(contradict(("Post", TUE, language, a), ("Mail", TUE, language, b)), "{a} / {b}");
    }
}

#[test]
fn what_can_change_and_is_told_later_is_an_update() {
    let a = ("Post", MON, "en", "The bridge at Lindberg is closed.");
    let b = ("Mail", FRI, "en", "The bridge at Lindberg is open again.");
    assert_eq!(relations(a, b), ["outcome update"]);
}

#[test]
fn what_cannot_change_contradicts_however_much_later() {
    let a = ("Post", MON, "en", "The minister Hanna Oderberg left of her own accord.");
    let b = ("Mail", FRI, "en", "The minister Hanna Oderberg was forced out.");
    assert_eq!(relations(a, b), ["claim contradiction"]);
}

#[test]
fn opposite_sides_of_two_things_are_no_conflict() {
    let a = ("Post", TUE, "en", "The school in Tarbek was closed on Monday.");
    let b = ("Mail", TUE, "en", "The bridge at Lindberg stayed open on Monday.");
    assert!(!contradict(a, b));
}

#[test]
fn a_plan_and_a_question_take_no_side() {
    let shut = ("Post", TUE, "en", "The bridge at Lindberg is closed.");
    for other in
        ["The bridge at Lindberg will be open on Sunday.", "Is the bridge at Lindberg open?"]
    {
        assert!(!contradict(shut, ("Mail", TUE, "en", other)), "{other}");
    }
}

#[test]
fn neither_won_nor_lost_is_no_conflict() {
    let a = ("Post", TUE, "en", "The bridge at Lindberg is not closed.");
    let b = ("Mail", TUE, "en", "The bridge at Lindberg is open.");
    assert!(!contradict(a, b));
}

#[test]
fn alone_and_with_help_contradict_each_other() {
    let a = ("Le Jour", TUE, "fr", "L'armée a repris Tarbek lundi sans aucune aide extérieure.");
    let b =
        ("Le Soir", TUE, "fr", "L'armée a repris Tarbek lundi avec l'appui de drones étrangers.");
    assert!(contradict(a, b));
}

// Times.

#[test]
fn two_hours_of_one_day_contradict_each_other() {
    let a = ("Post", TUE, "en", "The earthquake hit Tarbek on Monday morning.");
    let b = ("Mail", TUE, "en", "The earthquake hit Tarbek on Monday evening.");
    assert_eq!(relations(a, b), ["time contradiction"]);
}

#[test]
fn a_night_and_its_small_hours_are_one_time() {
    let a = ("Post", TUE, "en", "The earthquake hit Tarbek on Monday night.");
    let b = ("Mail", TUE, "en", "The earthquake hit Tarbek at 2 a.m. on Monday.");
    assert!(!contradict(a, b));
}

#[test]
fn a_month_and_a_day_of_it_are_granularity() {
    let a = ("Le Jour", "2020-12-01", "fr", "L'armée a pris Tarbek en novembre.");
    let b = ("Le Soir", "2020-12-01", "fr", "L'armée a pris Tarbek le 8 novembre.");
    assert!(!contradict(a, b));
}

#[test]
fn how_sure_the_less_sure_side_is_lowers_a_conflict_and_is_told() {
    let fell = ("One", "2016-03-06", "en", "The army took the town of Tal Rifat on 3 March 2016.");
    let lowered = |text| -> Vec<String> {
        let found = findings(&[fell, ("Two", "2016-03-06", "en", text)]);
        found.iter().flat_map(|f| &f.lowered).map(|message| message.id.clone()).collect()
    };
    let reported = "The army reportedly took the town of Tal Rifat on 5 March 2016.";
    let possible = "The army may have taken the town of Tal Rifat on 5 March 2016.";
    assert_eq!(lowered(reported), ["hedged.probable"]);
    assert_eq!(lowered(possible), ["hedged.possible"]);
}

#[test]
fn a_thursday_that_may_be_the_day_of_the_other_does_not_conflict() {
    let thursday = ("One", "2016-03", "en", "The rebels took the town of Tal Rifat on Thursday.");
    let again = ("Two", "2016-03", "en", "The town of Tal Rifat fell to the rebels on Thursday.");
    let dated =
        ("Two", "2016-03", "en", "The town of Tal Rifat fell to the rebels on 10 March 2016.");
    let other =
        ("Two", "2016-03", "en", "The town of Tal Rifat fell to the rebels on 9 March 2016.");
    assert!(!contradict(thursday, again));
    assert!(!contradict(thursday, dated));
    assert!(contradict(thursday, other), "the 9th was a Wednesday");
}

#[test]
fn a_siege_on_friday_and_a_capture_on_monday_are_two_events() {
    let a = ("Le Jour", "2020-03-17", "fr", "L'armée a encerclé Tarbek vendredi.");
    let b = ("Le Soir", "2020-03-17", "fr", "L'armée a pris Tarbek lundi.");
    assert!(!contradict(a, b));
}

#[test]
fn a_capture_after_a_loss_is_an_update_and_the_loss_is_quoted() {
    let a = ("Post", "2020-03-20", "en", "The Northern Front captured Tarbek on 2 March.");
    let b = ("Mail", "2020-03-20", "en", "The Northern Front captured Tarbek on 16 March.");
    assert!(contradict(a, b));
    let between = ("News", "2020-03-20", "en", "The army captured Tarbek on 9 March.");
    let found = findings(&[a, b, between]);
    let pair = found.iter().find(|f| f.a.article == "a" && f.b.article == "b").unwrap();
    assert_eq!(pair.relation, Relation::Update);
}

#[test]
fn a_siege_that_a_capture_ends_is_an_update() {
    let a = ("Le Jour", "2020-03-10", "fr", "L'armée a encerclé Tarbek vendredi.");
    let b = ("Le Soir", "2020-03-17", "fr", "L'armée a pris Tarbek lundi.");
    assert_eq!(relations(a, b), ["outcome update"]);
    // Told the other way round there is no such succession.
    let a = ("Le Jour", "2020-03-10", "fr", "L'armée a pris Tarbek vendredi.");
    let b = ("Le Soir", "2020-03-17", "fr", "L'armée a encerclé Tarbek lundi.");
    assert!(!relations(a, b).contains(&"outcome update".to_owned()));
}

#[test]
fn what_an_outlet_takes_back_with_a_word_is_a_correction() {
    let a = ("Post", MON, "en", "The fire in Tarbek on Sunday killed 12 people.");
    let b = ("Post", TUE, "en", "Correction: the fire in Tarbek on Sunday killed 21 people.");
    assert_eq!(relations(a, b), ["quantity correction"]);
    // Another outlet corrects nobody but itself.
    let b = ("Mail", TUE, "en", "Correction: the fire in Tarbek on Sunday killed 21 people.");
    assert!(!relations(a, b).contains(&"quantity correction".to_owned()));
}

#[test]
fn a_contradiction_less_sure_than_asked_is_left_out() {
    let a = ("Post", TUE, "en", "The collapse of the Lindberg bridge killed 12 people.");
    let b = ("Mail", TUE, "en", "The collapse of the Lindberg bridge killed 19 people.");
    let mut pipeline = Pipeline::builtin(None).unwrap();
    pipeline.one_story = true;
    let sure = found_by(&pipeline, &[a, b])[0].confidence;
    assert!(sure >= pipeline.judging.min_contradiction);
    pipeline.judging.min_contradiction = sure + 0.001;
    assert!(found_by(&pipeline, &[a, b]).is_empty());
}

// NLI alone.

/// A model that holds everything for a contradiction, both ways and in any language.
fn contradicting() -> Answering {
    let answer = NliScores { entailment: 0.0, neutral: 0.01, contradiction: 0.99 };
    Answering { answer, asked: Asked::default() }
}

#[test]
fn what_nli_alone_sees_is_shown_where_the_two_were_chosen_or_it_is_asked() {
    let a = ("Post", MON, "en", "Ilse Brandvold leads the new orchestra of Tarbek.");
    let b = ("Mail", MON, "en", "The orchestra of Tarbek turned Ilse Brandvold away.");
    let by_nli = |pipeline: &Pipeline, told: &[Told<'_>]| -> bool {
        let found = found_by(pipeline, told);
        found.iter().any(|f| f.kind == Kind::Claim && f.dossier.starts_with("claim:"))
    };
    let pipeline = || Pipeline::builtin(Some(Box::new(contradicting()))).unwrap();
    let mut corpus = pipeline();
    corpus.one_story = true;
    assert!(!by_nli(&corpus, &[a, b]));
    corpus.judging.nli_alone = true;
    assert!(by_nli(&corpus, &[a, b]));
    let mut chosen = pipeline();
    chosen.compare_chosen_pairs();
    assert!(by_nli(&chosen, &[a, b]));
    // What is told days later may be a later state.
    let later = ("Mail", FRI, b.2, b.3);
    assert!(!by_nli(&chosen, &[a, later]));
}

// Denials.

#[test]
fn a_denial_in_the_same_words_contradicts_what_it_denies() {
    // Which words are denied is known from the syntax.
    if crossclaim::syntax::model("en").is_none() {
        return;
    }
    let a = ("Post", TUE, "en", "The mayor of Tarbek, Ilse Brandvold, received a bribe on Monday.");
    let b = ("Mail", TUE, "en", "The mayor of Tarbek, Ilse Brandvold, received no bribe.");
    assert!(contradict(a, b));
}

#[test]
fn a_denial_of_something_else_is_no_conflict() {
    let a = ("Post", TUE, "en", "The mayor of Tarbek, Ilse Brandvold, received a bribe on Monday.");
    let b = ("Mail", TUE, "en", "The mayor of Tarbek, Ilse Brandvold, has not resigned.");
    assert!(!contradict(a, b));
}

#[test]
fn a_restatement_is_no_conflict() {
    let a = ("Post", TUE, "en", "Nobody was hurt in the fire at Sauverny.");
    let b = ("Mail", TUE, "en", "The fire at Sauverny caused no injuries.");
    assert!(!contradict(a, b));
}

#[test]
fn what_is_only_supposed_is_denied_by_nobody() {
    let a = (
        "Post",
        TUE,
        "en",
        "If the dam at Tarbek had been closed, the town would have been spared.",
    );
    let b = ("Mail", TUE, "en", "The dam at Tarbek was open.");
    assert!(!contradict(a, b));
}

#[test]
fn a_plan_in_another_clause_leaves_a_number_a_fact() {
    let told = |text| ("Telegraf", MON, "en", text);
    let owed = told(
        "Velmora FC has debts of 340,000 euros, which the club that will be founded in June is to take over.",
    );
    let found = relations(
        owed,
        ("Kurier", MON, "en", "Velmora FC has debts of 1.9 million euros, the auditors found."),
    );
    assert_eq!(found, ["quantity contradiction"]);
}

#[test]
fn two_counts_of_a_story_that_name_no_place_are_of_the_same() {
    let nine =
        ("Telegraf", MON, "en", "Velmora burned. The town hall closed its list with nine dead.");
    let ten =
        ("Kurier", MON, "en", "Fire in Velmora and Tarn. Fourteen people died, the court said.");
    assert_eq!(relations(nine, ten), ["quantity contradiction"]);
}

#[test]
fn a_town_with_its_surroundings_is_another_whole() {
    let town = ("Telegraf", MON, "en", "In Velmora 29 people died, the governor said.");
    let around = ("Kurier", MON, "en", "In Velmora and its surrounding villages 112 people died.");
    assert_eq!(relations(town, around), ["quantity scope"]);
}

#[test]
fn no_warning_is_a_denial_of_one() {
    let none = ("Telegraf", MON, "en", "No warning was issued in Velmora before the flood.");
    let one = ("Kurier", MON, "en", "A warning was issued in Velmora before the flood.");
    assert!(contradict(none, one));
}

// Voices.

/// Between whom the first finding of two English sentences of one day lies.
fn voices(a: &str, b: &str) -> Option<Voices> {
    let found = findings(&[("Post", TUE, "en", a), ("Mail", TUE, "en", b)]);
    found.first().map(|finding| finding.voices)
}

#[test]
fn a_source_quoted_by_two_outlets_in_other_words_is_one_source_against_itself() {
    let a = "The collapse of the Lindberg bridge killed 12 people, Interior Minister Karla Ostrov said.";
    let b = "The collapse of the Lindberg bridge killed 19 people, Ostrov said on Tuesday.";
    assert_eq!(voices(a, b), Some(Voices::SameSource));
    let b = "According to Ms Ostrov, the collapse of the Lindberg bridge killed 19 people.";
    assert_eq!(voices(a, b), Some(Voices::SameSource));
}

#[test]
fn two_sources_two_outlets_and_an_outlet_against_a_source_are_told_apart() {
    let told = "The collapse of the Lindberg bridge killed 12 people.";
    let quoted =
        "The collapse of the Lindberg bridge killed 12 people, Governor Karla Ostrov said.";
    let other = "The collapse of the Lindberg bridge killed 19 people, Mayor Henrik Sand said.";
    let plain = "The collapse of the Lindberg bridge killed 19 people.";
    assert_eq!(voices(quoted, other), Some(Voices::SourceSource));
    assert_eq!(voices(told, plain), Some(Voices::OutletOutlet));
    assert_eq!(voices(told, other), Some(Voices::OutletSource));
}

#[test]
fn what_happened_in_a_neighbouring_place_is_another_event() {
    let here = "The floods hit Tarbek on Monday.";
    let there = "Tarbek has stayed dry. The floods hit the neighbouring town a month ago.";
    assert!(!contradict(("Post", TUE, "en", here), ("Mail", TUE, "en", there)));
}
