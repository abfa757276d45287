//! `crossclaim pair`: what every stage makes of two claims.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use crossclaim::article::{Article, DateSource, PartialDate, ingest};
use crossclaim::claim::Claim;
use crossclaim::judge::slots;
use crossclaim::pipeline::Stages;
use crossclaim::report::Locale;
use crossclaim::resolve::Corpus;
use crossclaim::span::Span;

use super::Outcome;
use super::names::NamesArgs;
use super::options::{ModelArgs, locale};
use super::output::Output;

#[derive(Debug, Args)]
pub(crate) struct PairArgs {
    /// A sentence, or FILE:BYTE for the sentence at that byte of an article.
    a: String,
    /// The sentence to compare it with, written the same way.
    b: String,
    /// Publication date of the first.
    #[arg(long, value_name = "DATE")]
    date_a: Option<PartialDate>,
    /// Publication date of the second.
    #[arg(long, value_name = "DATE")]
    date_b: Option<PartialDate>,
    /// Language of both; detected if not given.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    #[command(flatten)]
    names: NamesArgs,
    #[command(flatten)]
    model: ModelArgs,
    /// Language of the explanation: en or fr.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = locale)]
    locale: Locale,
}

pub(crate) fn run(args: &PairArgs) -> anyhow::Result<Outcome> {
    let locale = &args.locale;
    let mut pipeline = args.model.pipeline()?;
    pipeline.names_in = args.locale.code().to_owned();
    args.names.extend(&mut pipeline, &args.model.packs)?;
    let known: Vec<&str> = pipeline.languages.codes().collect();
    let language = args.language.as_deref();
    let (a, focus_a) = side("a", &args.a, args.date_a, language, &known)?;
    let (b, focus_b) = side("b", &args.b, args.date_b, language, &known)?;
    let apart = told_apart(&pipeline.resolve(vec![a.clone(), b.clone()]));
    // Whoever asks about two sentences has decided that they belong together.
    pipeline.compare_chosen_pairs();
    let stages = pipeline.run(vec![a, b], &|_, _| ())?;
    args.model.tell_stats(pipeline.scorer.as_deref());
    let corpus = &stages.corpus;
    let shown = |claim: &Claim| {
        let focus = if claim.article == "a" { focus_a } else { focus_b };
        focus.is_none_or(|byte| claim.span.start <= byte && byte < claim.span.end)
    };
    for (id, given) in [("a", &args.a), ("b", &args.b)] {
        if !corpus.claims.iter().any(|claim| claim.article == id && shown(claim)) {
            bail!(
                "{given}: no claim stands there; give a sentence of three words or more, or the byte of a \
                 word in one"
            );
        }
    }
    let mut out = Output::standard();
    for (i, claim) in corpus.claims.iter().enumerate().filter(|(_, claim)| shown(claim)) {
        print_claim(claim, &mut out)?;
        for value in stages.values.iter().filter(|value| value.claim == i) {
            writeln!(
                out,
                "  slot        {} of {}: {}",
                value.slot.name(),
                value.about,
                value.value
            )?;
        }
    }
    writeln!(out, "pairs")?;
    if apart {
        writeln!(
            out,
            "  compared here; a report would not: the texts share too few names, or their dates \
             lie too far apart, for one story (gate: same story)"
        )?;
    }
    let mut compared = false;
    for scored in &stages.scored {
        let (a, b) = (&corpus.claims[scored.pair.a], &corpus.claims[scored.pair.b]);
        if !shown(a) || !shown(b) {
            continue;
        }
        compared = true;
        let reasons = serde_json::to_string(&scored.pair.reasons)?;
        writeln!(out, "  {} × {}: {reasons}", a.id, b.id)?;
        if let Some(nli) = &scored.nli {
            let show = |n: &crossclaim::nli::NliScores| {
                format!(
                    "entailment {:.2}, neutral {:.2}, contradiction {:.2}",
                    n.entailment, n.neutral, n.contradiction
                )
            };
            writeln!(out, "    a → b: {}", show(&nli.forward))?;
            writeln!(out, "    b → a: {}", show(&nli.backward))?;
        }
    }
    if !compared {
        writeln!(out, "  none: {}", why_unpaired(&stages))?;
    }
    writeln!(out, "findings")?;
    let findings: Vec<_> = stages
        .findings
        .iter()
        .filter(|f| {
            let claim = |id: &str| corpus.claims.iter().find(|c| c.id == id).is_some_and(shown);
            claim(&f.a.claim) && claim(&f.b.claim)
        })
        .collect();
    for finding in &findings {
        writeln!(out, "  {}", locale.text(&finding.question))?;
        writeln!(
            out,
            "    {} ({}), confidence {:.2}",
            locale.relation(finding.relation),
            locale.kind(finding.kind),
            finding.confidence
        )?;
        for message in finding.why.iter() {
            writeln!(out, "    + {}", locale.text(message))?;
        }
        for message in finding.lowered.iter() {
            writeln!(out, "    - {}", locale.text(message))?;
        }
    }
    if findings.is_empty() && compared {
        writeln!(out, "  none: {}", why_none(&stages, &shown))?;
    }
    out.finish()?;
    Ok(Outcome::Done)
}

/// The gate that stopped a pair which was not compared.
fn why_unpaired(stages: &Stages) -> &'static str {
    let [a, b] = stages.corpus.articles.as_slice() else { return "there are no two articles" };
    if a.origin == b.origin {
        "the texts are copies of one another (gate: copies)"
    } else {
        "the sentences share no event, count, or rare name (gate: pair)"
    }
}

/// Whether a report would take the two articles for two stories.
fn told_apart(corpus: &Corpus) -> bool {
    matches!(corpus.articles.as_slice(), [a, b] if a.story != b.story)
}

/// The gate that stopped a pair which was compared and found no conflict.
fn why_none(stages: &Stages, shown: &dyn Fn(&Claim) -> bool) -> &'static str {
    let of = |article: &str| -> Vec<&slots::SlotValue> {
        let claims = &stages.corpus.claims;
        let of_side = |claim: &Claim| claim.article == article && shown(claim);
        stages.values.iter().filter(|v| of_side(&claims[v.claim])).collect()
    };
    let (a, b) = (of("a"), of("b"));
    if a.is_empty() || b.is_empty() {
        return "one side gives no value to any slot (gate: annotate)";
    }
    let shares = a.iter().any(|x| b.iter().any(|y| x.slot == y.slot && x.about == y.about));
    if shares {
        "the values agree, or one side is a plan, a question or another event (gate: judge)"
    } else {
        "no slot of one event has a value on both sides (gate: same event)"
    }
}

fn side(
    id: &str,
    text: &str,
    date: Option<PartialDate>,
    language: Option<&str>,
    known: &[&str],
) -> anyhow::Result<(Article, Option<usize>)> {
    if let Some((path, byte)) = text.rsplit_once(':')
        && let Ok(byte) = byte.parse::<usize>()
        // A sentence may end in a time of day: "… à 20:30".
        && (Path::new(path).exists() || !text.contains(char::is_whitespace))
    {
        let options = ingest::IngestOptions {
            reading: Default::default(),
            outlet: None,
            assume_date: date,
            sidecar: None,
            max_bytes: 20_000_000,
        };
        let read = ingest::ingest(&[PathBuf::from(path)], &options)?;
        if let Some(problem) = read.problems.into_iter().next() {
            return Err(problem.into());
        }
        let mut article = read
            .articles
            .into_iter()
            .next()
            .with_context(|| format!("{path}: no article in it"))?;
        if byte >= article.text.len() {
            bail!(
                "{path}:{byte}: the article has {} bytes; give a smaller number",
                article.text.len()
            );
        }
        article.id = id.to_owned();
        if let Some(language) = language {
            article.language = language.to_owned();
        }
        return Ok((article, Some(byte)));
    }
    if text.trim().is_empty() {
        bail!("claim {id} is empty; give a sentence, or FILE:BYTE");
    }
    let language = language.map_or_else(|| ingest::detect_language(text, known), str::to_owned);
    Ok((
        Article {
            id: id.to_owned(),
            path: String::new(),
            outlet: None,
            title: None,
            url: None,
            country: None,
            editorial: Default::default(),
            language,
            date,
            date_source: if date.is_some() { DateSource::Metadata } else { DateSource::Unknown },
            text: text.to_owned(),
            body: Span::new(0, text.len()),
            layout: Default::default(),
            cut: false,
            hash: crossclaim::judge::fingerprint::hex(text),
        },
        None,
    ))
}

fn print_claim(claim: &Claim, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} [{}] {}", claim.id, claim.language, claim.text.trim())?;
    let factuality = &claim.factuality;
    writeln!(out, "  factuality  {:?} ({})", factuality.kind, factuality.degree())?;
    if !crossclaim::syntax::has_model(&claim.language) {
        writeln!(
            out,
            "  syntax      no model of this language: roles come from cues and word order"
        )?;
    }
    for source in &claim.attribution {
        writeln!(out, "  source      {} ({})", source.source, source.cue)?;
    }
    for time in &claim.times {
        let intervals: Vec<String> =
            time.intervals.iter().map(|i| format!("{}..{}", i.first, i.last)).collect();
        writeln!(out, "  time        {:?} {} {}", time.text, time.value, intervals.join(" "))?;
    }
    for quantity in &claim.quantities {
        let bound = |b: Option<f64>| b.map_or("∞".to_owned(), |n| n.to_string());
        writeln!(
            out,
            "  quantity    {:?} [{}, {}] {} {}",
            quantity.text,
            bound(quantity.low),
            bound(quantity.high),
            quantity.unit.as_deref().unwrap_or(""),
            quantity.of.as_deref().unwrap_or("")
        )?;
    }
    for mention in &claim.mentions {
        writeln!(out, "  mention     {:?} → {}", mention.text, mention.entity)?;
    }
    for predicate in &claim.predicates {
        let negated = if predicate.negated { "not " } else { "" };
        let arguments: Vec<String> = predicate
            .arguments
            .iter()
            .map(|argument| {
                let preposition = argument.preposition.as_deref().unwrap_or_default();
                let phrase = argument.span.of_claim(claim);
                format!("{} {preposition} {phrase:?}", argument.relation).replace("  ", " ")
            })
            .collect();
        writeln!(out, "  predicate   {negated}{}: {}", predicate.lemma, arguments.join(", "))?;
    }
    for event in &claim.events {
        let negated = if event.negated { ", negated" } else { "" };
        writeln!(out, "  event       {} {:?}{negated}", event.kind, event.trigger.of_claim(claim))?;
        for (role, participants) in &event.roles {
            let names: Vec<&str> = participants.iter().map(|p| p.text.as_str()).collect();
            writeln!(out, "    {role:?}: {}", names.join(", "))?;
        }
    }
    Ok(())
}
