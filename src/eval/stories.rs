//! Stories with gold event ids: which sentences of several articles speak of one event.
//!
//! The form is text, to be read and written by people:
//!
//! ```text
//! = story-id | type of event | split
//! @ Outlet | language | 2024-03-05
//! e1<tab>A sentence that speaks of the story's first event.
//! -<tab>One that speaks of none, or of several.
//! ```

use std::path::Path;

use crate::article::{Article, DateSource, PartialDate};
use crate::error::{Error, Result};
use crate::judge::fingerprint::hex;
use crate::span::Span;

/// A story: a few articles on two or three events of one type.
#[derive(Debug, Clone, PartialEq)]
pub struct GoldStory {
    /// The story's id.
    pub id: String,
    /// The type of event, in words.
    pub of: String,
    /// The split: `fit` or `test`.
    pub split: String,
    /// The articles, in order.
    pub articles: Vec<Article>,
    /// For each article the event of each of its sentences; none for one of no event, or of several.
    pub events: Vec<Vec<Sentence>>,
}

/// A sentence of a story.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// Where it stands in its article.
    pub span: Span,
    /// The event it speaks of.
    pub event: Option<String>,
}

/// Reads a file of stories.
///
/// # Errors
/// When the file cannot be read, or a line is none of the form; the message names file and line.
pub fn read(path: &Path) -> Result<Vec<GoldStory>> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Io {
        path: path.to_owned(),
        action: "read",
        source,
        remedy: "give a file of stories, as those in tests/events".to_owned(),
    })?;
    parse(&path.to_string_lossy(), &text)
}

/// Reads stories from text; `file` is named in errors.
///
/// # Errors
/// When a line is none of the form.
pub fn parse(file: &str, text: &str) -> Result<Vec<GoldStory>> {
    let mut stories: Vec<GoldStory> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = |problem: &str| Error::Input {
            path: file.into(),
            line: Some(number + 1),
            problem: problem.to_owned(),
            remedy: "see tests/events/README.md for the form of stories".to_owned(),
        };
        if line.trim().is_empty() {
            continue;
        }
        if let Some(head) = line.strip_prefix("= ") {
            let [id, of, split] = fields(head).ok_or_else(|| wrong("no “id | type | split”"))?;
            stories.push(GoldStory { id, of, split, articles: Vec::new(), events: Vec::new() });
            continue;
        }
        let story = stories.last_mut().ok_or_else(|| wrong("a line before the first story"))?;
        if let Some(head) = line.strip_prefix("@ ") {
            let [outlet, language, date] =
                fields(head).ok_or_else(|| wrong("no “outlet | language | date”"))?;
            let date: PartialDate = date.parse().map_err(|_| wrong("no date"))?;
            let id = format!("{}-{}", story.id, story.articles.len());
            story.articles.push(article(id, outlet, language, date));
            story.events.push(Vec::new());
            continue;
        }
        let (event, sentence) =
            line.split_once('\t').ok_or_else(|| wrong("no tab between event and sentence"))?;
        let (Some(article), Some(events)) = (story.articles.last_mut(), story.events.last_mut())
        else {
            return Err(wrong("a sentence before the first article"));
        };
        let start = article.text.len();
        article.text.push_str(sentence.trim());
        let span = Span::new(start, article.text.len());
        article.text.push('\n');
        article.body = Span::new(0, article.text.len());
        article.hash = hex(&article.text);
        events.push(Sentence { span, event: (event != "-").then(|| event.to_owned()) });
    }
    Ok(stories)
}

/// Three fields with bars between.
fn fields(head: &str) -> Option<[String; 3]> {
    let all: Vec<String> = head.split(" | ").map(|field| field.trim().to_owned()).collect();
    all.try_into().ok()
}

fn article(id: String, outlet: String, language: String, date: PartialDate) -> Article {
    Article {
        id,
        path: String::new(),
        outlet: Some(outlet),
        title: None,
        url: None,
        country: None,
        editorial: Default::default(),
        language,
        date: Some(date),
        date_source: DateSource::Metadata,
        body: Span::new(0, 0),
        layout: Default::default(),
        cut: false,
        hash: String::new(),
        text: String::new(),
    }
}
