//! Lines of text for a terminal: styled words, wrapped by the columns they take.

use std::fmt::Write as _;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Wraps `parts` to `width` columns; every line begins with `indent`, the first with `first`
/// instead. Words longer than a line and scripts without spaces are cut between characters.
pub(super) fn wrap(parts: &[(Style, &str)], first: &str, indent: &str, width: usize) -> String {
    // A very narrow terminal gets long lines rather than one letter a line.
    let width = width.max(indent.width() + 20);
    let mut text = first.to_owned();
    let mut column = first.width();
    let mut fresh = true;
    let mut pending_space = false;
    for (index, (style, part)) in parts.iter().enumerate() {
        let mut open = false;
        for word in part.split_inclusive(' ') {
            let (letters, space) = match word.strip_suffix(' ') {
                Some(letters) => (letters, true),
                None => (word, false),
            };
            let size = letters.width();
            if !letters.is_empty() {
                let gap = usize::from(pending_space);
                // A word may go on in the next part, where its style changes.
                let glued = if space { 0 } else { leading_width(&parts[index + 1..]) };
                let glued = if part.ends_with(word) { glued } else { 0 };
                if !fresh && pending_space && column + gap + size + glued > width {
                    close(&mut text, *style, &mut open);
                    text.push('\n');
                    text.push_str(indent);
                    column = indent.width();
                } else if pending_space && !fresh {
                    text.push(' ');
                    column += 1;
                }
                if !open && *style != Style::new() {
                    let _ = write!(text, "{style}");
                    open = true;
                }
                for letter in letters.chars() {
                    let size = letter.width().unwrap_or(0);
                    if size > 0 && column + size > width && column > indent.width() {
                        close(&mut text, *style, &mut open);
                        text.push('\n');
                        text.push_str(indent);
                        column = indent.width();
                        if *style != Style::new() {
                            let _ = write!(text, "{style}");
                            open = true;
                        }
                    }
                    text.push(letter);
                    column += size;
                }
                fresh = false;
                pending_space = false;
            }
            pending_space |= space;
        }
        close(&mut text, *style, &mut open);
    }
    text.push('\n');
    text
}

/// Columns of what stands before the first space.
fn leading_width(parts: &[(Style, &str)]) -> usize {
    let mut columns = 0;
    for (_, part) in parts {
        let letters = part.split(' ').next().unwrap_or_default();
        columns += letters.width();
        if letters.len() < part.len() {
            break;
        }
    }
    columns
}

fn close(text: &mut String, style: Style, open: &mut bool) {
    if *open {
        let _ = write!(text, "{style:#}");
        *open = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, width: usize) -> Vec<String> {
        let wrapped = wrap(&[(Style::new(), text)], "> ", "  ", width);
        wrapped.lines().map(str::to_owned).collect()
    }

    #[test]
    fn words_wrap_at_the_width() {
        assert_eq!(lines("one two three four five", 22), ["> one two three four", "  five"]);
        assert!(lines(&"wörd ".repeat(40), 40).iter().all(|line| line.width() <= 40));
    }

    #[test]
    fn scripts_without_spaces_are_cut_by_columns() {
        let text = "矛盾する報道を見つけるための道具です。".repeat(4);
        let lines = lines(&text, 30);
        assert!(lines.len() > 3 && lines.iter().all(|line| line.width() <= 30), "{lines:?}");
        let joined: String = lines.iter().map(|line| &line[2..]).collect();
        assert_eq!(joined, text);
    }

    #[test]
    fn styles_do_not_run_over_line_ends() {
        let bold = Style::new().bold();
        let text = wrap(&[(bold, "one two three four five six")], "", "", 20);
        for line in text.lines() {
            assert!(line.starts_with("\u{1b}[1m") && line.ends_with("\u{1b}[0m"), "{line:?}");
        }
        // A mark that ends inside a word does not part it.
        assert_eq!(
            wrap(&[(Style::new(), "in"), (bold, "side")], "", "", 20),
            "in\u{1b}[1mside\u{1b}[0m\n"
        );
    }
}
