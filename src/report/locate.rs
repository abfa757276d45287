//! Where a sentence stands in its file: what annotations, SARIF and their like point at. It is worked out when
//! findings are made, so that a report needs no file to be rendered.

use serde::{Deserialize, Serialize};

use crate::article::Article;
use crate::span::Span;

use super::Report;

/// Where a sentence stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file, as the user named it.
    pub path: String,
    /// 1-based line of the file on which the sentence begins. Where `columns` are missing, the line of the record
    /// or paragraph that holds it, or 1.
    pub line: usize,
    /// 1-based line on which it ends; `line` where that is not known.
    pub end_line: usize,
    /// First column and the one after the last; none where the text is not the file itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Columns>,
}

/// 1-based columns, the last one exclusive, in the two units that readers count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// In characters (Unicode scalar values): GitHub, editors.
    pub characters: (usize, usize),
    /// In UTF-16 code units: SARIF.
    pub utf16: (usize, usize),
}

/// The place of a span of an article's text.
pub fn place(article: &Article, span: Span) -> Place {
    let path = article.path.clone();
    if let Some(line) = article.layout.line_at(span.start) {
        return Place { path, line, end_line: line, columns: None };
    }
    let (Some(before), Some(inside)) =
        (article.text.get(..span.start), article.text.get(span.start..span.end))
    else {
        return Place { path, line: 1, end_line: 1, columns: None };
    };
    let line = 1 + newlines(before);
    let end_line = line + newlines(inside);
    let first = last_line(before);
    let ends = article.text.get(..span.end).map_or(first, last_line);
    let columns = Columns {
        characters: (1 + first.chars().count(), 1 + ends.chars().count()),
        utf16: (1 + first.encode_utf16().count(), 1 + ends.encode_utf16().count()),
    };
    Place { path, line, end_line, columns: Some(columns) }
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|&byte| byte == b'\n').count()
}

/// What stands on the last line, without the byte order mark that no one counts.
fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or_default().trim_start_matches('\u{feff}')
}

impl Report {
    /// Makes the paths of all places relative to a folder, as annotations need them: `./news/a.md` and
    /// `/home/me/repository/news/a.md` become `news/a.md`. What lies elsewhere keeps its path. `folder` has
    /// forward slashes, as [`Place::path`] does.
    pub fn relative_to(&mut self, folder: &str) {
        let folder = folder.trim_end_matches('/');
        for finding in &mut self.findings {
            for side in [&mut finding.a, &mut finding.b] {
                if let Some(place) = &mut side.place {
                    place.path = relative(&place.path, folder);
                }
            }
        }
    }
}

fn relative(path: &str, folder: &str) -> String {
    let inside = path
        .strip_prefix(folder)
        .filter(|_| !folder.is_empty())
        .and_then(|rest| rest.strip_prefix('/'))
        .unwrap_or(path);
    let mut rest = inside;
    while let Some(shorter) = rest.strip_prefix("./") {
        rest = shorter.trim_start_matches('/');
    }
    if rest.is_empty() { inside.to_owned() } else { rest.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{DateSource, Layout};

    fn article(text: &str, layout: Layout) -> Article {
        Article {
            id: "a".to_owned(),
            path: "news/a.md".to_owned(),
            outlet: None,
            country: None,
            editorial: Default::default(),
            title: None,
            url: None,
            language: "fr".to_owned(),
            date: None,
            date_source: DateSource::Unknown,
            body: Span::new(0, text.len()),
            layout,
            cut: false,
            hash: String::new(),
            text: text.to_owned(),
        }
    }

    fn place_of(text: &str, part: &str) -> Place {
        let start = text.find(part).unwrap_or_default();
        place(&article(text, Layout::File), Span::new(start, start + part.len()))
    }

    #[test]
    fn columns_count_characters_and_utf16_units() {
        let place = place_of("Titre\n\nÉté 🏳 là. Il est tombé.\n", "Il est tombé.");
        assert_eq!((place.line, place.end_line), (3, 3));
        let columns = place.columns.unwrap_or(Columns { characters: (0, 0), utf16: (0, 0) });
        assert_eq!(columns.characters, (11, 24));
        assert_eq!(columns.utf16, (12, 25));
    }

    #[test]
    fn a_sentence_may_go_over_lines() {
        let place = place_of("Un.\r\nIl est\r\ntombé. Puis", "Il est\r\ntombé.");
        assert_eq!((place.line, place.end_line), (2, 3));
        assert_eq!(place.columns.map(|columns| columns.characters), Some((1, 7)));
    }

    #[test]
    fn the_byte_order_mark_takes_no_column() {
        let place = place_of("\u{feff}Il est tombé.", "Il est tombé.");
        assert_eq!(place.columns.map(|columns| columns.utf16), Some((1, 14)));
    }

    #[test]
    fn what_is_not_the_file_has_a_line_and_no_columns() {
        let article = article("Il est tombé.", Layout::Lines(vec![(0, 9)]));
        let place = place(&article, Span::new(0, 4));
        assert_eq!((place.line, place.columns), (9, None));
    }

    #[test]
    fn a_span_outside_the_text_breaks_nothing() {
        let place = place(&article("Été", Layout::File), Span::new(1, 90));
        assert_eq!((place.line, place.columns), (1, None));
    }

    #[test]
    fn paths_are_told_from_the_folder() {
        assert_eq!(relative("/repo/news/a.md", "/repo"), "news/a.md");
        assert_eq!(relative("././news/a.md", "/repo"), "news/a.md");
        assert_eq!(relative("../a.md", "/repo"), "../a.md");
        assert_eq!(relative("/repository/a.md", "/repo"), "/repository/a.md");
        assert_eq!(relative("-", "/repo"), "-");
    }
}
