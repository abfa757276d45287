//! `crossclaim features`: the judge's features for labelled pairs, to fit its weights on.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use crossclaim::article::{Article, DateSource, PartialDate};
use crossclaim::judge::fingerprint::hex;
use crossclaim::span::Span;
use serde::Deserialize;
use serde_json::json;

use super::Outcome;
use super::options::ModelArgs;

#[derive(Debug, Args)]
pub(crate) struct FeaturesArgs {
    /// Labelled pairs, one JSON object a line, in the form of seeds/pairs.jsonl.
    pairs: PathBuf,
    #[command(flatten)]
    model: ModelArgs,
}

#[derive(Deserialize)]
struct LabelledPair {
    id: String,
    split: String,
    a: LabelledClaim,
    b: LabelledClaim,
    kind: String,
    relation: String,
}

#[derive(Deserialize)]
struct LabelledClaim {
    text: String,
    language: String,
    date: Option<PartialDate>,
    outlet: Option<String>,
}

pub(crate) fn run(args: &FeaturesArgs) -> anyhow::Result<Outcome> {
    let mut pipeline = args.model.pipeline()?;
    pipeline.one_story = true;
    let path = args.pairs.display();
    let file = std::fs::File::open(&args.pairs)
        .with_context(|| format!("{path}: cannot read the labelled pairs"))?;
    let mut out = BufWriter::new(std::io::stdout());
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let line = line.with_context(|| format!("{path}: cannot read"))?;
        if line.trim().is_empty() {
            continue;
        }
        let pair: LabelledPair = serde_json::from_str(&line).with_context(|| {
            format!("{path}:{}: no labelled pair; compare with seeds/pairs.jsonl", number + 1)
        })?;
        let articles = vec![article("a", pair.a), article("b", pair.b)];
        let stages = pipeline.run(articles, &|_, _| ())?;
        let findings: Vec<_> = stages
            .findings
            .iter()
            .map(|f| {
                json!({"kind": f.kind, "relation": f.relation, "confidence": f.confidence,
                    "features": f.features})
            })
            .collect();
        let row = json!({"id": pair.id, "split": pair.split, "kind": pair.kind,
            "relation": pair.relation, "findings": findings});
        writeln!(out, "{row}")?;
    }
    out.flush()?;
    args.model.tell_stats(pipeline.scorer.as_deref());
    Ok(Outcome::Done)
}

fn article(id: &str, claim: LabelledClaim) -> Article {
    Article {
        id: id.to_owned(),
        path: String::new(),
        outlet: claim.outlet,
        title: None,
        url: None,
        language: claim.language,
        date: claim.date,
        date_source: DateSource::Metadata,
        body: Span::new(0, claim.text.len()),
        hash: hex(&claim.text),
        text: claim.text,
    }
}
