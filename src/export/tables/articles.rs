//! The table of articles.

use super::super::columns::Column;
use super::super::columns::{integer, maybe, text};
use super::super::{Privacy, Type, Value};
use super::Source;
use crate::report::locale::key;
use crate::resolve::CorpusArticle;

use Privacy::{Drop, Pseudonym, Text as OfText};
use Type::{Date, Flag, Integer, Text};

pub(super) struct ArticleRow<'s> {
    pub(super) of: &'s Source<'s>,
    pub(super) entry: &'s CorpusArticle,
    pub(super) claims: usize,
}

fn day(day: Option<jiff::civil::Date>) -> Value {
    day.map_or(Value::Null, Value::Date)
}

pub(super) const ARTICLES: (&str, &str) = ("articles", "One row for each article read.");

pub(super) fn articles<'s>() -> Vec<Column<ArticleRow<'s>>> {
    vec![
        Column::new("article_id", Text, "The article's id: the file's stem, or the field `id`.", |r: &ArticleRow<'_>| {
            text(r.of.names.article(&r.entry.article.id))
        })
        .privacy(Pseudonym),
        Column::new("outlet", Text, "Who published it; the article's id where no outlet is known.", |r: &ArticleRow<'_>| {
            text(r.of.outlet(r.entry))
        })
        .privacy(Pseudonym),
        Column::new("outlet_known", Flag, "The metadata name an outlet.", |r: &ArticleRow<'_>| {
            Value::Flag(r.entry.article.outlet.is_some())
        }),
        Column::new("country", Text, "The outlet's country, as the metadata write it.", |r: &ArticleRow<'_>| {
            maybe(r.entry.article.country.clone())
        })
        .nullable(),
        Column::new("language", Text, "BCP 47 code of the article's language.", |r: &ArticleRow<'_>| {
            text(&r.entry.article.language)
        }),
        Column::new("title", Text, "Headline, where the metadata give one.", |r: &ArticleRow<'_>| {
            maybe(r.entry.article.title.clone())
        })
        .nullable()
        .privacy(OfText),
        Column::new("url", Text, "Address, where the metadata give one.", |r: &ArticleRow<'_>| {
            maybe(r.entry.article.url.clone())
        })
        .nullable()
        .privacy(Drop),
        Column::new("path", Text, "The file it was read from, as named on the command line.", |r: &ArticleRow<'_>| {
            text(&r.entry.article.path)
        })
        .privacy(Drop),
        Column::new("published", Text, "Publication date as the metadata give it: 2017, 2017-11 or 2017-11-08.", |r: &ArticleRow<'_>| {
            maybe(r.entry.article.date.map(|date| date.to_string()))
        })
        .nullable(),
        Column::new("published_first", Date, "First day on which it can have been published, after the corpus was solved; empty where nothing is known.", |r: &ArticleRow<'_>| {
            day(crate::compare::published(r.entry).map(|days| days.first))
        })
        .nullable(),
        Column::new("published_last", Date, "Last day on which it can have been published.", |r: &ArticleRow<'_>| {
            day(crate::compare::published(r.entry).map(|days| days.last))
        })
        .nullable(),
        Column::new("date_source", Text, "Where the date came from: metadata, sidecar, assumed (command line), unknown.", |r: &ArticleRow<'_>| {
            text(key(&r.entry.article.date_source))
        }),
        Column::new("date_borrowed", Flag, "Year or month were taken from the story's other articles.", |r: &ArticleRow<'_>| {
            Value::Flag(r.entry.assumed.is_some())
        }),
        Column::new("origin", Text, "Id of the first article by id that carries this text: copies and near-copies share it.", |r: &ArticleRow<'_>| {
            text(r.of.names.article(&r.entry.origin))
        })
        .privacy(Pseudonym),
        Column::new("is_copy", Flag, "It is a copy or near-copy of the article `origin`.", |r: &ArticleRow<'_>| {
            Value::Flag(r.entry.origin != r.entry.article.id)
        }),
        Column::new("story", Integer, "Number of the story; articles of one story share it. Numbers hold within one export.", |r: &ArticleRow<'_>| {
            integer(r.entry.story)
        }),
        Column::new("claims", Integer, "Claims read off it.", |r: &ArticleRow<'_>| integer(r.claims)).unit("claims"),
        Column::new("characters", Integer, "Length of its prose.", |r: &ArticleRow<'_>| {
            integer(r.entry.article.body.of(&r.entry.article.text).chars().count())
        })
        .unit("Unicode characters"),
        Column::new("text_sha256", Text, "SHA-256 of the decoded text, hexadecimal.", |r: &ArticleRow<'_>| {
            text(&r.entry.article.hash)
        })
        .privacy(Drop),
        Column::new("text", Text, "The decoded text; all offsets count in its UTF-8 bytes.", |r: &ArticleRow<'_>| {
            text(&r.entry.article.text)
        })
        .privacy(OfText),
    ]
}
