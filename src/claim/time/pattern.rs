//! Templates: the phrase syntax of [`crate::claim::phrase`] with slots and groups.
//!
//! Beside words (`a|b`, `stem~`, `stem*`, `_`, final `?`) a template has slots that take what the
//! lexicon reads (`{day}`, `{month}`, `{weekday_2}`, also optional: `{year}?`), groups
//! (`( a b | c )`, and `[ a b ]` which may be absent), and `<name>` for a macro of the pack.
//! `\(` is a parenthesis in the text.

use std::collections::BTreeMap;

use super::lexicon::{Readings, fold, time_tokens};
use super::slot::Slot;
use crate::claim::tokens::normal_form;

/// What the slots of a match took, in the order of the template.
pub(super) type Captures = Vec<Capture>;

/// One slot's find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Capture {
    /// The slot.
    pub slot: Slot,
    /// Whether it is the second of its kind (`{day_2}`).
    pub second: bool,
    /// What it means; the slot says how to read it.
    pub value: i32,
}

/// A compiled template.
#[derive(Debug, Clone)]
pub(super) struct Template(Vec<Node>);

#[derive(Debug, Clone)]
enum Node {
    Any,
    Exact(String),
    Prefix(String),
    Stem(String),
    Slot(Slot, bool),
    Either(Vec<Vec<Node>>),
}

/// How many nested macros are followed, so that one that names itself ends.
const MACRO_DEPTH: usize = 8;

impl Template {
    /// Compiles a template; the error is a sentence for the pack's author.
    pub fn parse(
        source: &str,
        macros: &BTreeMap<String, String>,
        unspaced: bool,
    ) -> Result<Self, String> {
        let expanded = expand(source, macros, MACRO_DEPTH)?;
        let pieces: Vec<&str> = expanded.split_whitespace().collect();
        let mut at = 0;
        let nodes = parse_sequence(&pieces, &mut at, source, unspaced)?;
        if at < pieces.len() {
            return Err(format!("{source:?} closes a group that it does not open"));
        }
        Ok(Template(nodes))
    }

    /// What a match can begin with; the flag says that it can begin with anything.
    pub fn begins(&self) -> (Vec<Begin>, bool) {
        let mut begins = Vec::new();
        let open = collect_begins(&self.0, &mut begins);
        let any = open || begins.contains(&Begin::Anything);
        (begins, any)
    }

    /// Every end of a match that begins at token `first`, with what its slots took.
    pub fn matches(&self, readings: &Readings<'_>, first: usize) -> Vec<(usize, Captures)> {
        run(&self.0, readings, first)
    }
}

/// What a template can begin with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Begin {
    /// This word.
    Word(String),
    /// What a slot takes.
    Slot(Slot),
    /// Any token, or a stem.
    Anything,
}

/// Collects what a sequence can begin with; whether all of it may be absent.
fn collect_begins(nodes: &[Node], begins: &mut Vec<Begin>) -> bool {
    for node in nodes {
        let begin = match node {
            Node::Exact(word) => Begin::Word(word.clone()),
            Node::Slot(Slot::Stop, _) => continue,
            Node::Slot(slot, _) => Begin::Slot(*slot),
            Node::Any | Node::Prefix(_) | Node::Stem(_) => Begin::Anything,
            Node::Either(ways) => {
                // Every way must be looked at, whatever the ones before it say.
                let absent = ways.iter().filter(|way| collect_begins(way, begins)).count();
                if absent > 0 {
                    continue;
                }
                return false;
            }
        };
        if !begins.contains(&begin) {
            begins.push(begin);
        }
        return false;
    }
    true
}

fn run(nodes: &[Node], readings: &Readings<'_>, at: usize) -> Vec<(usize, Captures)> {
    let Some((node, rest)) = nodes.split_first() else { return vec![(at, Vec::new())] };
    let mut found = Vec::new();
    for (end, captures) in step(node, readings, at) {
        for (last, more) in run(rest, readings, end) {
            let mut all = captures.clone();
            all.extend(more);
            found.push((last, all));
        }
    }
    found
}

fn step(node: &Node, readings: &Readings<'_>, at: usize) -> Vec<(usize, Captures)> {
    let one = |matched: bool| if matched { vec![(at + 1, Vec::new())] } else { Vec::new() };
    match node {
        Node::Any => one(at < readings.len()),
        Node::Exact(word) => one(readings.forms(at).iter().any(|f| f == word)),
        Node::Prefix(stem) => one(readings.forms(at).iter().any(|f| f.starts_with(stem.as_str()))),
        Node::Stem(stem) => one(readings.forms(at).iter().any(|f| {
            f.strip_prefix(stem.as_str()).is_some_and(|ending| readings.is_ending(ending))
        })),
        Node::Slot(Slot::Stop, _) if readings.stops(at) => vec![(at, Vec::new())],
        Node::Slot(slot, second) => readings
            .read(*slot, at)
            .iter()
            .map(|&(end, value)| (end, vec![Capture { slot: *slot, second: *second, value }]))
            .collect(),
        Node::Either(ways) => {
            let mut found: Vec<(usize, Captures)> = Vec::new();
            for way in ways {
                for matched in run(way, readings, at) {
                    if !found.contains(&matched) {
                        found.push(matched);
                    }
                }
            }
            found
        }
    }
}

/// Replaces `<name>` and puts white space round the brackets.
fn expand(source: &str, macros: &BTreeMap<String, String>, depth: usize) -> Result<String, String> {
    if depth == 0 {
        return Err(format!("{source:?}: macros nest too deep"));
    }
    let mut out = String::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let escaped = after.chars().next().map_or(0, char::len_utf8);
                out.push('\\');
                out.push_str(&after[..escaped]);
                rest = &after[escaped..];
                continue;
            }
            '<' => {
                let (name, tail) =
                    after.split_once('>').ok_or_else(|| format!("{source:?} has < without >"))?;
                let body = macros.get(name).ok_or_else(|| {
                    format!("{source:?} names the macro <{name}>, which is not there")
                })?;
                out.push_str(" ( ");
                out.push_str(&expand(body, macros, depth - 1)?);
                // A question mark belongs to the group.
                match tail.strip_prefix('?') {
                    Some(tail) => {
                        out.push_str(" )? ");
                        rest = tail;
                    }
                    None => {
                        out.push_str(" ) ");
                        rest = tail;
                    }
                }
                continue;
            }
            '(' | '[' => {
                out.push(' ');
                out.push(c);
                out.push(' ');
            }
            ')' | ']' => {
                out.push(' ');
                out.push(c);
                if !after.starts_with('?') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
        rest = after;
    }
    Ok(out)
}

fn parse_sequence(
    pieces: &[&str],
    at: &mut usize,
    source: &str,
    unspaced: bool,
) -> Result<Vec<Node>, String> {
    let mut nodes = Vec::new();
    while let Some(&piece) = pieces.get(*at) {
        match piece {
            "|" | ")" | ")?" | "]" => break,
            "(" | "[" => {
                *at += 1;
                let mut ways = vec![parse_sequence(pieces, at, source, unspaced)?];
                while pieces.get(*at) == Some(&"|") {
                    *at += 1;
                    ways.push(parse_sequence(pieces, at, source, unspaced)?);
                }
                match (piece, pieces.get(*at).copied()) {
                    ("(", Some(")")) => {}
                    ("(", Some(")?")) | ("[", Some("]")) => ways.push(Vec::new()),
                    _ => return Err(format!("{source:?} does not close a group")),
                }
                *at += 1;
                nodes.push(Node::Either(ways));
            }
            word => {
                *at += 1;
                nodes.push(parse_word(word, source, unspaced)?);
            }
        }
    }
    Ok(nodes)
}

fn parse_word(word: &str, source: &str, unspaced: bool) -> Result<Node, String> {
    let (word, optional) = match word.strip_suffix('?') {
        Some(rest) if !rest.is_empty() => (rest, true),
        _ => (word, false),
    };
    let mut ways: Vec<Vec<Node>> = word
        .split('|')
        .map(|alternative| parse_alternative(alternative, source, unspaced))
        .collect::<Result<_, _>>()?;
    if optional {
        ways.push(Vec::new());
    }
    Ok(Node::Either(ways))
}

fn parse_alternative(word: &str, source: &str, unspaced: bool) -> Result<Vec<Node>, String> {
    if let Some(name) = word.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
        let (name, second) = match name.strip_suffix("_2") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let slot = Slot::from_name(name)
            .ok_or_else(|| format!("{source:?} has the slot {{{name}}}, which is not known"))?;
        return Ok(vec![Node::Slot(slot, second)]);
    }
    Ok(match word {
        "_" => vec![Node::Any],
        _ => {
            let word = word.strip_prefix('\\').unwrap_or(word);
            let normal = |w: &str| fold(&normal_form(w));
            if let Some(stem) = word.strip_suffix('~') {
                vec![Node::Stem(normal(stem))]
            } else if let Some(stem) = word.strip_suffix('*') {
                vec![Node::Prefix(normal(stem))]
            } else if word.ends_with('\'') {
                // An elided word is a token of its own only where a letter follows.
                vec![Node::Exact(normal(word))]
            } else {
                // A word of the template may be several tokens of the text ("p.m.").
                let tokens = time_tokens(word, 0, unspaced).into_iter();
                tokens.map(|t| Node::Exact(fold(&t.lower))).collect()
            }
        }
    })
}
