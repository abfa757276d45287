//! `crossclaim calibrate`: fits a model's temperature and the judge's weights on labelled pairs.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use crossclaim::article::ingest::{IngestOptions, ingest};
use crossclaim::calibrate::{self, CalibrateOptions, Calibrated, LabelledCorpus, Proof, diagram};
use crossclaim::eval::gold::GoldCorpus;
use crossclaim::eval::labelled::LabelledSet;
use crossclaim::eval::table::{Section, number};
use crossclaim::nli::Direction;
use serde_json::{Map, Value, json};

use super::eval::corpora::CorpusArg;
use super::eval::{EvalFormat, write};
use super::options::{ModelArgs, progress_bar};
use super::output::Output;
use super::{Outcome, tell};

#[derive(Debug, Args)]
pub(crate) struct CalibrateArgs {
    /// Labelled pairs. In the form of seeds/pairs.jsonl (claims with relations) they fit the judge's weights
    /// and the temperature; in any other form of `crossclaim eval`, the temperature alone.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    model: ModelArgs,
    /// Where to write the calibration: calibration.json in the model's folder, to have it used. Other keys of
    /// a file that is there are kept. Without this, nothing is written.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the reliability diagrams as an SVG.
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Corpora with an annotation of their conflicts, to fit the judge's weights on their findings too: folders that
    /// hold it as gold.json, or FOLDER=GOLD.json.
    #[arg(long, value_name = "FOLDER", num_args = 1..)]
    corpora: Vec<CorpusArg>,
    /// Articles without conflicts, to correct the confidence of contradictions for how rare conflicts are
    /// among candidate pairs.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    quiet: Vec<PathBuf>,
    /// Share of conflicts among the candidate pairs of a real corpus.
    #[arg(long, value_name = "P", default_value_t = 0.01)]
    base_rate: f64,
    /// Which direction of a pair the judge takes: forward, reverse, mean, max or min.
    #[arg(long, value_name = "DIRECTION", default_value_t = Direction::Mean)]
    direction: Direction,
    /// Column of rows that depend on each other; group, url, the stem of id, or the premise if not given.
    #[arg(long, value_name = "COLUMN")]
    group: Option<String>,
    /// Language of rows that name none.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Parts of the cross-fit.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(2..))]
    folds: u16,
    /// Penalty on the judge's weights; the one that does best in a cross-fit if not given.
    #[arg(long, value_name = "PENALTY")]
    l2: Option<f64>,
    /// Seed of the folds.
    #[arg(long, value_name = "SEED", default_value_t = 13)]
    seed: u64,
    /// How to write the figures.
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    format: EvalFormat,
}

pub(crate) fn run(args: &CalibrateArgs) -> anyhow::Result<Outcome> {
    if !(args.base_rate > 0.0 && args.base_rate < 1.0) {
        bail!("--base-rate {}: give a share between 0 and 1, such as 0.01", args.base_rate);
    }
    if let Some(l2) = args.l2.filter(|l2| !(*l2 >= 0.0 && l2.is_finite())) {
        bail!("--l2 {l2}: give a number from 0 on");
    }
    let mut outcome = Outcome::Done;
    let mut sets = Vec::new();
    for file in &args.files {
        let set = LabelledSet::read(file, args.language.as_deref())?.told_apart(file, &args.files);
        for problem in &set.problems {
            tell(format_args!("warning: {problem}"));
            outcome = Outcome::Problems;
        }
        if set.pairs.is_empty() {
            bail!("{}: no labelled pair in it", file.display());
        }
        sets.push(set);
    }
    let mut quiet = Vec::new();
    if !args.quiet.is_empty() {
        let read = ingest(&args.quiet, &IngestOptions::default())?;
        for problem in &read.problems {
            tell(format_args!("warning: {problem}"));
            outcome = Outcome::Problems;
        }
        quiet = read.articles;
    }
    let mut corpora = Vec::new();
    for corpus in &args.corpora {
        let gold = GoldCorpus::read(&corpus.gold)?;
        let read = ingest(std::slice::from_ref(&corpus.folder), &IngestOptions::default())?;
        for problem in &read.problems {
            tell(format_args!("warning: {problem}"));
            outcome = Outcome::Problems;
        }
        if read.articles.is_empty() {
            bail!("--corpora {}: no articles found in it", corpus.name());
        }
        let (name, articles) = (corpus.name(), read.articles);
        corpora.push(LabelledCorpus { name, articles, gold });
    }
    let pipeline = args.model.pipeline()?;
    let temperature = args.model.temperature()?.map(f64::from);
    if temperature.is_none()
        && corpora.is_empty()
        && !sets.iter().any(|set| set.pairs.iter().any(|p| p.relation.is_some()))
    {
        bail!(
            "--model {} has no temperature to fit; give pairs in the form of seeds/pairs.jsonl too",
            args.model.name()
        );
    }
    let options = CalibrateOptions {
        folds: usize::from(args.folds),
        l2: args.l2,
        base_rate: args.base_rate,
        direction: args.direction,
        group: args.group.clone(),
        seed: args.seed,
    };
    let calibrated_before = pipeline.calibrated;
    let bar = progress_bar();
    let fitted =
        calibrate::calibrate(pipeline, &sets, &corpora, quiet, &options, &|done, total| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        })?;
    bar.finish_and_clear();
    if let Some(base) = &fitted.base_rate
        && (base.candidates as f64) < 1.0 / base.base_rate
    {
        bail!(
            "--quiet: the articles have {} candidate pairs, too few to count false alarms among; give articles with \
             {:.0} or more, or leave --quiet out",
            base.candidates,
            (1.0 / base.base_rate).ceil()
        );
    }
    if !calibrated_before {
        tell(format_args!(
            "note: {} had no calibration; before are the documented defaults: temperature 1, and the judge's \
             weights without NLI",
            args.model.name()
        ));
    }
    let temperature =
        temperature.zip(fitted.factor).map(|(before, factor)| (before, before * factor));
    let mut sections = sections(&fitted, temperature);
    if args.format == EvalFormat::Markdown {
        // Diagrams of characters are for terminals.
        sections.truncate(1);
    }
    write(args.format, None, "calibration", &fitted, &sections)?;
    if let Some(plot) = &args.plot {
        let panels: Vec<diagram::Panel> = fitted
            .proofs
            .iter()
            .map(|proof| diagram::Panel {
                title: format!("{} ({})", proof.of, proof.rows_from),
                before: proof.before.reliability.clone(),
                after: proof.after.reliability.clone(),
            })
            .collect();
        let mut out = Output::open(Some(plot))?;
        out.write_all(diagram::svg(&panels).as_bytes())?;
        out.finish()?;
    }
    if let Some(target) = &args.out {
        save(target, &fitted, temperature.map(|(_, after)| after))?;
    }
    Ok(outcome)
}

fn sections(fitted: &Calibrated, temperature: Option<(f64, f64)>) -> Vec<Section> {
    let header = [
        "probability that",
        "rows",
        "of them true",
        "groups",
        "measured",
        "ECE before",
        "after",
        "log loss before",
        "after",
        "Brier before",
        "after",
        "AUROC before",
        "after",
    ];
    let mut table = Section::new("Before and after", &header);
    for proof in &fitted.proofs {
        let Proof { before, after, .. } = proof;
        let mut row: Vec<String> = [proof.of.to_owned(), proof.rows.to_string()].into();
        row.extend([proof.positive.to_string(), proof.groups.to_string()]);
        row.push(proof.rows_from.to_owned());
        for (before, after) in [
            (before.calibration_error, after.calibration_error),
            (before.log_loss, after.log_loss),
            (before.brier, after.brier),
            (before.auroc, after.auroc),
        ] {
            row.extend([number(before), number(after)]);
        }
        table.row(row);
    }
    if let Some((before, after)) = temperature {
        table.notes.push(format!("temperature {before:.4} before, {after:.4} fitted"));
    }
    if let Some(base) = &fitted.base_rate {
        table.notes.push(format!(
            "base rate {}: shown are {} of {} labelled conflicts, and {} of {} candidates of the articles \
             without conflicts; of contradictions shown {:.2} are right on labelled pairs, {:.2} expected on \
             candidates: log-odds {:+.2}",
            base.base_rate,
            base.conflicts_shown,
            base.conflicts,
            base.candidates_shown,
            base.candidates,
            base.share_labelled,
            base.share_expected,
            base.shift
        ));
    }
    if let Some(judge) = &fitted.judge {
        table.notes.push(format!("judge fitted on {}", judge.fitted_on));
    }
    let mut sections = vec![table];
    for proof in &fitted.proofs {
        for (when, figures) in [("before", &proof.before), ("after", &proof.after)] {
            let lines = diagram::text(&figures.reliability);
            let title = format!("{}, {}: {when}", proof.of, proof.rows_from);
            sections.push(Section { title, notes: lines, ..Section::default() });
        }
    }
    sections
}

/// Writes the calibration into a file, and leaves its other keys alone.
fn save(target: &Path, fitted: &Calibrated, temperature: Option<f64>) -> anyhow::Result<()> {
    let shown = target.display();
    let mut keys: Map<String, Value> = match std::fs::read_to_string(target) {
        Ok(text) => serde_json::from_str(&text)
            .with_context(|| format!("{shown}: not a calibration; name another file"))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Map::new(),
        Err(error) => return Err(error).with_context(|| format!("{shown}: cannot read")),
    };
    if let Some(temperature) = temperature {
        keys.insert("temperature".to_owned(), json!(rounded(temperature)));
    }
    match &fitted.judge {
        Some(judge) => {
            // A base rate or a line for NLI alone that was not fitted now is not kept from before.
            for stale in ["nli_alone", "base_rate_shift"] {
                keys.remove(stale);
            }
            let Value::Object(mut weights) = serde_json::to_value(judge)? else { return Ok(()) };
            round(&mut weights);
            keys.extend(weights);
        }
        None if keys.contains_key("weights") => tell(format_args!(
            "note: {shown}: its weights were fitted with the temperature before; fit them again on pairs in \
             the form of seeds/pairs.jsonl"
        )),
        None => {}
    }
    let mut out = Output::open(Some(target))?;
    serde_json::to_writer_pretty(&mut out, &keys)?;
    out.write_all(b"\n")?;
    out.finish()
}

fn round(keys: &mut Map<String, Value>) {
    for value in keys.values_mut() {
        match value {
            Value::Number(number) => {
                if let Some(x) = number.as_f64().filter(|_| number.is_f64()) {
                    *value = json!(rounded(x));
                }
            }
            Value::Object(inner) => round(inner),
            _ => {}
        }
    }
}

/// Four decimals; adding 0 makes −0 a 0.
fn rounded(x: f64) -> f64 {
    (x * 1e4).round() / 1e4 + 0.0
}
