//! How an article's text lies in the file that it was read from: what turns a byte of the text into a line of the
//! file.

use serde::{Deserialize, Serialize};

/// How the text lies in its file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// The text is the whole file, so lines and columns of the one are those of the other.
    #[default]
    File,
    /// The text was taken out of a record or a page. Bytes of the text, ascending, with the file's 1-based line
    /// on which what begins there stands; empty where nothing of it was found in the file word for word.
    Lines(Vec<(usize, usize)>),
}

/// A paragraph is looked for by this much of its beginning: enough to tell it apart, and short enough to end
/// before the next tag.
const PROBE_BYTES: usize = 60;
/// Shorter beginnings occur by chance.
const LEAST_BYTES: usize = 16;
/// After so many paragraphs that are not there the rest is not looked for: each costs a pass over the file.
const MOST_MISSES: usize = 30;

impl Layout {
    /// Whether the text is the whole file.
    pub fn is_file(&self) -> bool {
        *self == Layout::File
    }

    /// The text of a record that begins on a line.
    pub(super) fn record(line: usize) -> Self {
        Layout::Lines(vec![(0, line)])
    }

    /// The paragraphs of `text` that stand in `content` word for word, in their order.
    pub(super) fn found_in(content: &str, text: &str) -> Self {
        let mut lines = Vec::new();
        let (mut from, mut line, mut misses, mut offset) = (0, 1, 0, 0);
        for paragraph in text.split_inclusive('\n') {
            let start = offset + paragraph.len() - paragraph.trim_start().len();
            offset += paragraph.len();
            let probe = paragraph.trim();
            let probe = &probe[..probe.floor_char_boundary(PROBE_BYTES)];
            if probe.len() < LEAST_BYTES {
                continue;
            }
            let Some(at) = content[from..].find(probe) else {
                misses += 1;
                if misses == MOST_MISSES {
                    break;
                }
                continue;
            };
            line += content[from..from + at].matches('\n').count();
            from += at;
            lines.push((start, line));
        }
        Layout::Lines(lines)
    }

    /// The file's line of what stands at a byte of the text, as far as known: that of the last beginning before
    /// it; 1 where there is none. None where the text is the file, which tells by itself.
    pub fn line_at(&self, byte: usize) -> Option<usize> {
        match self {
            Layout::File => None,
            Layout::Lines(lines) => {
                let after = lines.partition_point(|(start, _)| *start <= byte);
                let known = after.checked_sub(1).and_then(|at| lines.get(at)).or(lines.first());
                Some(known.map_or(1, |(_, line)| *line))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_of_a_page_are_found_on_their_lines() {
        let page = "<html>\n<p>The river rose on Monday night.\n<p>Nobody &amp; nothing was hurt there.</p>\n\n<p>The bridge stayed open until dawn.";
        let text = "The river rose on Monday night.\nNobody & nothing was hurt there.\nThe bridge stayed open until dawn.";
        let layout = Layout::found_in(page, text);
        assert_eq!(layout, Layout::Lines(vec![(0, 2), (65, 5)]));
        assert_eq!(layout.line_at(10), Some(2));
        // What is not found is said to stand where the last thing found does.
        assert_eq!(layout.line_at(40), Some(2));
        assert_eq!(layout.line_at(70), Some(5));
    }

    #[test]
    fn what_is_nowhere_in_the_file_stands_on_its_first_line() {
        let layout = Layout::found_in("nothing of it", "The river rose on Monday night.");
        assert_eq!(layout.line_at(3), Some(1));
        assert_eq!(Layout::record(7).line_at(3), Some(7));
        assert_eq!(Layout::File.line_at(3), None);
    }
}
