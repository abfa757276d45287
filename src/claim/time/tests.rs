use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::claim::tokens::tokenize;
use crate::language::Languages;

fn find(code: &str, sentence: &str) -> Vec<TimeExpression> {
    let languages = Languages::builtin().expect("the built-in packs compile");
    let language = languages.get(code).expect("a built-in pack");
    language.time.find(sentence, &tokenize(sentence, 0))
}

fn first(code: &str, sentence: &str) -> TimeExpression {
    find(code, sentence).into_iter().next().expect(sentence)
}

fn days_of(text: &str) -> Vec<Date> {
    publication_days(Some(&text.parse().expect("a partial date")))
}

fn day(year: i16, month: i8, day: i8) -> DateInterval {
    DateInterval::day(date(year, month, day))
}

#[test]
fn a_partial_date_is_a_set_of_days() {
    assert_eq!(days_of("2017-11").len(), 30);
    assert_eq!(days_of("2016").len(), 366);
    assert_eq!(days_of("2017-11-08"), [date(2017, 11, 8)]);
    assert!(publication_days(None).is_empty());
}

#[test]
fn a_sunday_of_november_2017_is_never_the_8th() {
    let sunday = first("fr", "La ville est tombée dimanche.");
    let found = resolve(&sunday.rule, &days_of("2017-11"), &[], None);
    assert_eq!(found.len(), 5);
    assert_eq!(found[0], day(2017, 10, 29));
    assert!(!found.contains(&day(2017, 11, 8)));
    assert_eq!(disjoint_probability(&found, &[day(2017, 11, 8)]), 1.0);
}

#[test]
fn what_does_not_hang_on_the_day_collapses() {
    let fixed = first("fr", "La ville est tombée le 8 novembre 2017.");
    assert_eq!(fixed.intervals, [day(2017, 11, 8)]);
    assert_eq!(resolve(&fixed.rule, &days_of("2017"), &[], None), [day(2017, 11, 8)]);
    let month = first("fr", "L'usine a fermé le mois dernier.");
    assert_eq!(resolve(&month.rule, &days_of("2017-11"), &[], None).len(), 1);
}

#[test]
fn last_night_counts_from_the_quoted_friday() {
    let quoting = find("fr", "« La ville est tombée », écrit vendredi la revue en ligne Horizon.");
    let friday = quoted_anchor(&quoting).expect("a reporting time");
    assert_eq!(friday.text, "vendredi");
    let mut night = first("fr", "La nuit dernière, les derniers soldats ont fui.");
    night.resolve(&[date(2017, 11, 12)], &[], Some(&friday.rule));
    assert_eq!(
        night.intervals,
        [DateInterval { first: date(2017, 11, 9), last: date(2017, 11, 10) }]
    );
    assert_eq!(night.anchor, Anchor::Quoted);
}

#[test]
fn times_of_saying_are_told_from_times_of_events() {
    for (code, sentence, role) in [
        ("fr", "Le ministère a annoncé mercredi la prise de la ville.", TimeRole::Reporting),
        ("fr", "La ville a été prise mercredi, selon le ministère.", TimeRole::Event),
        ("fr", "« C'est fini », a déclaré le porte-parole de l'armée lundi.", TimeRole::Reporting),
        ("fr", "Vendredi, le ministère a annoncé que la ville était libre.", TimeRole::Reporting),
        ("fr", "Le ministre, Jean Roux, a annoncé que la ville est tombée mardi.", TimeRole::Event),
        ("fr", "La ville est tombée mardi, a annoncé le ministère.", TimeRole::Event),
        ("fr", "Le pont a cédé, écrivait mardi le journal.", TimeRole::Reporting),
        ("en", "The agency reported on Friday that the town had fallen.", TimeRole::Reporting),
        ("en", "The ministry said the town was captured on Friday.", TimeRole::Event),
        ("es", "El ministerio anunció el viernes la toma de la ciudad.", TimeRole::Reporting),
        (
            "de",
            "Das Ministerium teilte am Freitag mit, die Stadt sei gefallen.",
            TimeRole::Reporting,
        ),
        ("ru", "Министерство сообщило в пятницу о взятии города.", TimeRole::Reporting),
        ("ar", "قالت الوزارة إن المدينة سقطت الجمعة.", TimeRole::Event),
    ] {
        assert_eq!(first(code, sentence).role, role, "{sentence}");
    }
}

#[test]
fn a_state_at_a_date_reaches_back() {
    let mut state = first("fr", "Au 6 novembre, l'armée avait nettoyé la rive.");
    assert!(state.rule.as_of());
    state.resolve(&[date(2017, 11, 10)], &[], None);
    assert_eq!(state.intervals, [day(2017, 11, 6)]);
    assert_eq!(state.event_intervals(30)[0].first, date(2017, 10, 7));
}

#[test]
fn evidence_cuts_the_publication_days() {
    let state = first("fr", "Au 6 novembre, l'armée avait nettoyé la rive.");
    let left = constrain(days_of("2017-11"), &[&state]);
    assert_eq!((left[0], left.len()), (date(2017, 11, 6), 25));

    let friday = first("fr", "Ce vendredi, la ville est tombée.");
    let left = constrain(days_of("2017-11"), &[&state, &friday]);
    assert_eq!(left, [date(2017, 11, 10), date(2017, 11, 17), date(2017, 11, 24)]);

    let clock = first("fr", "Le pont a cédé vendredi 15H.");
    let left = constrain(days_of("2017-11"), &[&clock]);
    assert!(left.contains(&date(2017, 11, 10)) && left.contains(&date(2017, 11, 12)));
    assert!(!left.contains(&date(2017, 11, 14)));
}

#[test]
fn a_weekday_betrays_the_year() {
    let wednesday = first("fr", "Mercredi 8 novembre, la ville est tombée.");
    assert_eq!(possible_years(&wednesday.rule, 2000..=2020), [2000, 2006, 2017]);
    let days: Vec<Date> = ["2016", "2017", "2018"].iter().flat_map(|y| days_of(y)).collect();
    let left = constrain(days, &[&wednesday]);
    assert_eq!(left.first(), Some(&date(2017, 11, 8)));
}

#[test]
fn contradictory_evidence_leaves_days_all_the_same() {
    let monday = first("fr", "Ce lundi, il pleut.");
    let friday = first("fr", "Ce vendredi, il pleut.");
    assert!(!constrain(days_of("2017-11"), &[&monday, &friday]).is_empty());
    assert!(constrain(Vec::new(), &[&monday]).is_empty());
}

#[test]
fn a_planned_date_reads_forward() {
    let sunday = first("fr", "Le scrutin aura lieu dimanche.");
    let found = resolve(&sunday.rule.toward_future(), &[date(2017, 11, 10)], &[], None);
    assert_eq!(found, [day(2017, 11, 12)]);
}

#[test]
fn relations_of_times() {
    let november = DateInterval { first: date(2017, 11, 1), last: date(2017, 11, 30) };
    let eighth = day(2017, 11, 8);
    assert_eq!(relation(&[november], &[november]), TimeRelation::Same);
    assert_eq!(relation(&[november], &[eighth]), TimeRelation::AContainsB);
    assert_eq!(relation(&[eighth], &[november]), TimeRelation::BContainsA);
    assert_eq!(relation(&[eighth], &[day(2017, 11, 9)]), TimeRelation::Disjoint);
    assert_eq!(relation(&[], &[eighth]), TimeRelation::Overlap);
    assert_eq!(
        relation(&[eighth, day(2017, 11, 9)], &[eighth, day(2017, 11, 12)]),
        TimeRelation::PossiblyDisjoint(0.75)
    );
}

#[test]
fn expressions_survive_serialisation() {
    let night = first("fr", "Ils ont fui dans la nuit de mardi à mercredi.");
    let json = serde_json::to_string(&night).expect("it serialises");
    assert_eq!(serde_json::from_str::<TimeExpression>(&json).expect("it reads back"), night);
}

#[test]
fn a_wrong_template_is_an_error_and_no_panic() {
    for section in [
        "[time.templates]\n\"no.such\" = [\"a\"]",
        "[time.templates]\ndate = [\"[ {day}\"]",
        "[time.templates]\ndate = [\"{dya}\"]",
        "[time.templates]\ndate = [\"<loop>\"]\n[time.macros]\nloop = \"<loop>\"",
        "[time]\nclocks = [\"(\"]",
        "[time.units]\nfortnight = [\"fortnight\"]",
    ] {
        let pack = format!("code = \"xx\"\nname = \"x\"\n{section}");
        assert!(Languages::builtin().expect("packs").add("xx.toml", &pack).is_err(), "{section}");
    }
}

fn any_rule() -> impl Strategy<Value = TimeRule> {
    let date = (
        prop::option::of(any::<i16>()),
        prop::option::of(-1..14i8),
        prop::option::of(-1..40i8),
        prop::option::of(0..9i8),
    )
        .prop_map(|(year, month, day, weekday)| {
            TimeRule::Date(CalendarDate { year, month, day, weekday, ..CalendarDate::default() })
        });
    let offset = (any::<i32>(), any::<bool>()).prop_map(|(n, forward)| TimeRule::Offset {
        unit: Unit::Decade,
        amount: Some(n.saturating_abs()),
        forward,
        base: Base::Anchor,
    });
    let relative = any::<i32>().prop_map(|offset| TimeRule::Relative {
        unit: Unit::Week,
        offset,
        part: Some(Part::End),
        base: Base::Anchor,
    });
    let leaf = prop_oneof![date, offset, relative];
    (leaf.clone(), leaf).prop_map(|(from, to)| TimeRule::Range {
        from: Box::new(from),
        to: Box::new(TimeRule::Until { end: Box::new(to) }),
        night: false,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn finding_never_panics_and_spans_fit(
        words in prop::collection::vec(
            prop_oneof![
                Just("le".to_owned()), Just("8".to_owned()), Just("novembre".to_owned()),
                Just("mardi".to_owned()), Just("nuit de".to_owned()), Just("2017".to_owned()),
                Just("il y a".to_owned()), Just("15h".to_owned()), Just("٨".to_owned()),
                Just("в ночь на".to_owned()), Just("am 3.".to_owned()), "\\PC{0,6}",
            ],
            0..12,
        ),
        base in 0..3usize,
    ) {
        let text = format!("{}{}", "é".repeat(base), words.join(" "));
        let languages = Languages::builtin().expect("packs");
        for language in languages.iter() {
            // Tokens of the whole text, and tokens that do not belong to it.
            for tokens in [tokenize(&text, 0), tokenize(&text, 1)] {
                let found = language.time.find(&text, &tokens);
                for pair in found.windows(2) {
                    prop_assert!(pair[0].span.end <= pair[1].span.start);
                }
                for mut expression in found {
                    expression.resolve(&[date(2017, 11, 10)], &[], None);
                }
            }
            for expression in language.time.find(&text, &tokenize(&text, 0)) {
                prop_assert!(text.is_char_boundary(expression.span.start));
                prop_assert!(text.is_char_boundary(expression.span.end));
                prop_assert_eq!(expression.span.of(&text), expression.text.as_str());
            }
        }
    }

    #[test]
    fn resolving_never_panics(rule in any_rule(), year in -9000..9000i16) {
        let anchor = date(year, 2, 28);
        let _ = rule.value(&resolve(&rule, &[anchor], &[], None), None);
        let _ = resolve(&rule, &[], &[], Some(&rule));
    }
}
