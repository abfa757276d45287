//! What the checks and benchmarks in `scripts/` ask of the engine.
//!
//!     nli_probe logits MODEL PAIRS        token ids and logits of each pair, one JSON object a line
//!     nli_probe serve MODEL [THREADS [BACKEND]]
//!                                         opens the model, says so, and answers requests from standard input
//!
//! MODEL is a model folder or `builtin`. PAIRS is JSON Lines, each line an array of premise and hypothesis.
//! A request is a line: `score FILE` or `latency FILE`; the answer is a JSON object on one line. `score` times all
//! pairs together, `latency` one pair after the other.

use std::io::{BufRead, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use crossclaim::nli::{BackendKind, ModelOptions, NliModel, NliPair, NliScores, Scorer};
use serde_json::json;

type Texts = Vec<(String, String)>;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["logits", model, pairs] => logits(&open(model, None, None)?, pairs),
        ["serve", model] => serve(model, None, None),
        ["serve", model, threads] => serve(model, Some(threads.parse()?), None),
        ["serve", model, threads, backend] => serve(model, Some(threads.parse()?), Some(backend)),
        _ => {
            bail!("usage: nli_probe logits MODEL PAIRS | nli_probe serve MODEL [THREADS [BACKEND]]")
        }
    }
}

fn open(
    model: &str,
    threads: Option<NonZeroUsize>,
    backend: Option<&str>,
) -> anyhow::Result<NliModel> {
    let backend = backend
        .map(|name| {
            let kind = BackendKind::ALL.into_iter().find(|kind| kind.name() == name);
            kind.with_context(|| format!("no such backend: {name}"))
        })
        .transpose()?;
    let onnxruntime_library = std::env::var_os("ORT_DYLIB_PATH").map(Into::into);
    let options = ModelOptions { threads, backend, onnxruntime_library, ..ModelOptions::default() };
    Ok(match model {
        "builtin" => NliModel::builtin()?,
        folder => NliModel::open_with(Path::new(folder), &options)?,
    })
}

fn read(path: &str) -> anyhow::Result<Texts> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {path}"))?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn pairs(texts: &Texts) -> Vec<NliPair<'_>> {
    texts.iter().map(|(premise, hypothesis)| NliPair { premise, hypothesis }).collect()
}

/// Logits in batches as the engine makes them would hide which pair is wrong: each pair by itself.
fn logits(model: &NliModel, path: &str) -> anyhow::Result<()> {
    let texts = read(path)?;
    let mut out = std::io::stdout().lock();
    for pair in pairs(&texts) {
        let encoded = model.encode(&[pair])?;
        let logits = model.logits(&[pair])?;
        writeln!(out, "{}", json!({"ids": encoded[0].ids, "logits": logits.row(0).to_vec()}))?;
    }
    Ok(())
}

fn serve(model: &str, threads: Option<NonZeroUsize>, backend: Option<&str>) -> anyhow::Result<()> {
    let start = Instant::now();
    let model = open(model, threads, backend)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", json!({"load_s": start.elapsed().as_secs_f64()}))?;
    for request in std::io::stdin().lock().lines() {
        let request = request?;
        let (what, path) = request.split_once(' ').context("a request is two words")?;
        let texts = read(path)?;
        let pairs = pairs(&texts);
        let answer = match what {
            "score" => {
                let start = Instant::now();
                let scores = model.score(&pairs, &|_| ())?;
                let seconds = start.elapsed().as_secs_f64();
                let start = Instant::now();
                model.encode(&pairs)?;
                let tokenizing = start.elapsed().as_secs_f64();
                let labels: Vec<String> = scores.iter().map(label).collect();
                json!({"seconds": seconds, "tokenize_s": tokenizing, "labels": labels, "peak_kib": peak_memory()})
            }
            "latency" => {
                let times: anyhow::Result<Vec<Duration>> = pairs
                    .iter()
                    .map(|pair| {
                        let start = Instant::now();
                        model.score(&[*pair], &|_| ())?;
                        Ok(start.elapsed())
                    })
                    .collect();
                let times: Vec<f64> = times?.iter().map(Duration::as_secs_f64).collect();
                json!({"seconds": times})
            }
            other => bail!("no such request: {other}"),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn label(scores: &NliScores) -> String {
    format!("{:?}", scores.label()).to_lowercase()
}

/// The most memory that this process has held, in KiB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
