//! `crossclaim explain`: what a word of the reports means, or one finding in full.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::{Args, ValueHint};
use crossclaim::judge::calibration::{CONTRADICTION, Calibration, logistic};
use crossclaim::report::locale::Locale;
use crossclaim::report::plain::plain;
use crossclaim::report::visible::visible;
use crossclaim::report::{RenderOptions, ReportFormat, render, rules};
use serde_json::Value;

use super::Outcome;
use super::articles::{self, Read};
use super::options::{InputArgs, ModelArgs, locale};
use super::output::Output;

/// Fewer digits than this name too many findings.
const LEAST_DIGITS: usize = 4;

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A kind (time, quantity …), a relation (update …), a severity (high …), between whom it lies
    /// (outlet-source …), or the fingerprint of a finding, of which the first digits suffice.
    #[arg(value_name = "WORD|FINGERPRINT")]
    word: String,
    #[command(flatten)]
    input: InputArgs,
    /// Report to look for the finding in, in the format json or jsonl; may be given several times.
    /// Otherwise the articles are read and compared anew.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    report: Vec<PathBuf>,
    #[command(flatten)]
    model: ModelArgs,
    /// Language of questions and labels: en or fr.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = locale)]
    locale: Locale,
}

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Outcome> {
    let word = args.word.to_lowercase();
    if let Some(page) = page(&word) {
        let mut out = Output::standard();
        out.write_all(plain(page).as_bytes())?;
        out.finish()?;
        return Ok(Outcome::Done);
    }
    let is_fingerprint =
        (LEAST_DIGITS..=16).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_fingerprint {
        let kinds = rules::KINDS.map(|kind| name(&kind)).join(", ");
        let words: Vec<&str> = rules::words().collect();
        bail!(
            "`{}` is no word of the reports and no fingerprint (16 hexadecimal digits, or at least the first {LEAST_DIGITS}); words are {kinds}; {}",
            visible(&args.word),
            words.join(", ")
        );
    }
    let mut found: Vec<Found> = Vec::new();
    let mut looked = 0;
    for path in &args.report {
        let findings = read(path)?;
        looked += findings.len();
        found.extend(findings);
    }
    if args.report.is_empty() {
        if args.input.paths.is_empty() {
            bail!(
                "to explain a finding, name a report (--report FILE, in the format json or jsonl) or the articles"
            );
        }
        let findings = compared(args)?;
        looked += findings.len();
        found.extend(findings);
    }
    found.retain(|found| text(&found.finding["fingerprint"]).starts_with(&word));
    let mut names: Vec<&str> = found.iter().map(|f| text(&f.finding["fingerprint"])).collect();
    names.dedup();
    match names.as_slice() {
        [] => bail!("none of {looked} findings has the fingerprint {word}"),
        [_] => {}
        several => bail!("{word} begins several fingerprints: {}", several.join(", ")),
    }
    let mut out = Output::standard();
    if let Some(found) = found.first() {
        let weights = weights(args, found)?;
        out.write_all(told(&found.finding, weights.as_ref(), &args.locale).as_bytes())?;
    }
    out.finish()?;
    Ok(Outcome::Done)
}

/// The page on a word.
fn page(word: &str) -> Option<&'static str> {
    let kind = rules::KINDS.into_iter().find(|kind| name(kind) == word);
    kind.map(rules::page).or_else(|| rules::section(word))
}

fn name<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A finding as the formats json and jsonl have it.
struct Found {
    finding: Value,
    /// What the report says of the run; null in JSON Lines.
    run: Value,
}

fn read(path: &Path) -> anyhow::Result<Vec<Found>> {
    let shown = path.display();
    let content = std::fs::read_to_string(path)
        .with_context(|| format!("{shown}: cannot read the report"))?;
    if let Ok(mut report) = serde_json::from_str::<Value>(&content)
        && report["schema"] == "crossclaim-report"
    {
        let run = report["run"].take();
        let Value::Array(findings) = report["findings"].take() else {
            bail!("{shown}: the report has no list of findings; write it again");
        };
        let with_run = |finding| Found { finding, run: run.clone() };
        return Ok(findings.into_iter().map(with_run).collect());
    }
    let mut findings = Vec::new();
    for (at, line) in content.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let finding: Option<Value> = serde_json::from_str(line).ok();
        let finding =
            finding.filter(|finding| finding["fingerprint"].is_string()).ok_or_else(|| {
                anyhow!(
                    "{shown}:{}: this is no finding; give a report in the format json or jsonl",
                    at + 1
                )
            })?;
        findings.push(Found { finding, run: Value::Null });
    }
    Ok(findings)
}

/// The findings of a run over the articles.
fn compared(args: &ExplainArgs) -> anyhow::Result<Vec<Found>> {
    let Read::Articles(articles, _) = articles::read(&args.input)? else { return Ok(Vec::new()) };
    let mut pipeline = args.model.pipeline()?;
    pipeline.names_in = args.locale.code().to_owned();
    let stages = articles::run(&pipeline, articles)?;
    let mut report = pipeline.report(stages, Vec::new());
    report.relative_to(&super::report::here());
    let options = RenderOptions { locale: args.locale.clone(), width: 100, colour: false };
    let mut json = Vec::new();
    render(&report, ReportFormat::Json, &options, &mut json)?;
    let mut report: Value = serde_json::from_slice(&json)?;
    let run = report["run"].take();
    let Value::Array(findings) = report["findings"].take() else { return Ok(Vec::new()) };
    Ok(findings.into_iter().map(|finding| Found { finding, run: run.clone() }).collect())
}

/// The weights that the finding's confidence was made with: those of the model that the report names, else of the
/// one on the command line.
fn weights(args: &ExplainArgs, found: &Found) -> anyhow::Result<Option<Calibration>> {
    if found.run.is_object() && (found.run["model"].is_null() || found.run["calibrated"] == false) {
        return Ok(Some(Calibration::without_nli()?));
    }
    args.model.calibration()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A message's text: an object in JSON, the text alone in JSON Lines.
fn message(value: &Value) -> String {
    visible(value["text"].as_str().unwrap_or_else(|| text(value)))
}

fn messages(value: &Value) -> Vec<String> {
    value.as_array().map(|list| list.iter().map(message).collect()).unwrap_or_default()
}

/// The finding in full.
fn told(finding: &Value, weights: Option<&Calibration>, locale: &Locale) -> String {
    let mut page = String::new();
    let mut put = |line: &str| {
        page.push_str(line.trim_end());
        page.push('\n');
    };
    put(&message(&finding["question"]));
    put("");
    for key in ["fingerprint", "dossier", "kind", "relation", "confidence", "severity", "voices"] {
        let value = &finding[key];
        let shown = value.as_str().map_or_else(|| value.to_string(), visible);
        put(&format!("{key:<12} {shown}"));
    }
    for key in ["a", "b"] {
        put("");
        side(key, &finding[key], locale, &mut put);
    }
    for (key, title) in [("why", "Why this relation"), ("lowered", "What lowered the confidence")] {
        let lines = messages(&finding[key]);
        if !lines.is_empty() {
            put("");
            put(title);
            lines.iter().for_each(|line| put(&format!("  - {line}")));
        }
    }
    put("");
    if finding["nli"].is_object() {
        put("Language model        follows    open  contradicts");
        for (key, title) in [("forward", "a taken as true"), ("backward", "b taken as true")] {
            let score = |name: &str| finding["nli"][key][name].as_f64().unwrap_or(f64::NAN);
            put(&format!(
                "  {title:<18} {:>8.4}{:>8.4}{:>13.4}",
                score("entailment"),
                score("neutral"),
                score("contradiction")
            ));
        }
        if finding["nli"]["validated"] == false {
            put("  not validated on this pair of languages: the scores count for nothing");
        }
    } else {
        put("No language model scored this pair.");
    }
    put("");
    for line in features(finding, weights) {
        put(&line);
    }
    put("");
    let (kind, relation) = (text(&finding["kind"]), text(&finding["relation"]));
    put(&format!("See `crossclaim explain {kind}` and `crossclaim explain {relation}`."));
    page
}

fn side(key: &str, side: &Value, locale: &Locale, put: &mut impl FnMut(&str)) {
    let outlet = visible(text(&side["outlet"]));
    let published = side["published"].as_str();
    let published = published.map(|date| format!(", {}", visible(date))).unwrap_or_default();
    put(&format!("{key}  {outlet} [{}]{published}", visible(text(&side["article"]))));
    if let Some(path) = side["place"]["path"].as_str() {
        put(&format!("   {}:{}", visible(path), side["place"]["line"]));
    }
    put(&format!("   {}", locale.quoted(&visible(text(&side["sentence"])))));
    put(&format!("   value      {}", visible(text(&side["value"]))));
    if side["value_label"].is_object() {
        put(&format!("   reads      {}", message(&side["value_label"])));
    }
    for interval in side["intervals"].as_array().into_iter().flatten() {
        put(&format!("   possible   {} to {}", text(&interval[0]), text(&interval[1])));
    }
    for source in side["attribution"].as_array().into_iter().flatten() {
        let (name, cue) = (visible(text(&source["source"])), visible(text(&source["cue"])));
        put(&format!("   source     {name} ({cue})"));
    }
    let evidence = side["evidence"].as_array().into_iter().flatten();
    let sentence = text(&side["sentence"]);
    let start = side["span"][0].as_u64().unwrap_or(0);
    for mark in evidence {
        let bound = |at: usize| usize::try_from(mark[at].as_u64()?.checked_sub(start)?).ok();
        let part = bound(0).zip(bound(1)).and_then(|(from, to)| sentence.get(from..to));
        if let Some(part) = part {
            put(&format!("   evidence   {}", visible(part)));
        }
    }
}

/// The features with their weights, and what they add up to.
fn features(finding: &Value, weights: Option<&Calibration>) -> Vec<String> {
    let Some(features) = finding["features"].as_object() else {
        return vec!["This report has no features: it was written by an older version.".to_owned()];
    };
    let features: Vec<(&String, f64)> =
        features.iter().filter_map(|(name, value)| Some((name, value.as_f64()?))).collect();
    let Some(weights) = weights.filter(|_| finding["kind"] != "claim") else {
        let mut lines = vec!["Feature                  value".to_owned()];
        lines.extend(features.iter().map(|(name, value)| format!("  {name:<22} {value:>6.4}")));
        return lines;
    };
    let mut odds = weights.intercept;
    let mut lines = vec!["Feature                  value    weight  log-odds".to_owned()];
    let row = |name: &str, value: f64, weight: f64| {
        format!("  {name:<22} {value:>6.4}  {weight:>+8.4}  {:>+8.4}", value * weight)
    };
    lines.push(row("(intercept)", 1.0, weights.intercept));
    for (name, value) in &features {
        let weight = weights.weights.get(*name).copied().unwrap_or(0.0);
        odds += weight * value;
        lines.push(row(name, *value, weight));
    }
    let is_contradiction = features.iter().any(|(name, _)| *name == CONTRADICTION);
    if is_contradiction && weights.base_rate_shift != 0.0 {
        odds += weights.base_rate_shift;
        lines.push(row("(base rate)", 1.0, weights.base_rate_shift));
    }
    let probability = logistic(odds);
    lines.push(format!("  together {odds:+.4}, which is a confidence of {probability:.4}"));
    let told = finding["confidence"].as_f64().unwrap_or(f64::NAN);
    // Features have four decimals in a report.
    if (told - probability).abs() > 0.002 {
        lines.push(format!(
            "  The report says {told:.4}: it was made with other weights (give its model with --model)."
        ));
    }
    lines
}
