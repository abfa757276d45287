//! Markdown of our own pages as plain text, for a terminal and for SARIF's help: links become their words, code
//! loses its ticks, and a row of a table becomes a paragraph.

/// The plain text of a page.
pub fn plain(page: &str) -> String {
    let mut text = String::new();
    // A link may go over the end of a line, so lines of prose are read together.
    let mut prose = String::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        if !line.starts_with(['#', '|']) {
            prose.push_str(line);
            prose.push('\n');
            continue;
        }
        text.push_str(&spans(&std::mem::take(&mut prose)));
        // The header of a table tells what a reader sees from the cells; the rule below it is decoration.
        if lines.next_if(|next| next.starts_with("|-") || next.starts_with("|:")).is_some() {
            continue;
        }
        match line.strip_prefix('|') {
            Some(row) => {
                let cells = row.trim().trim_end_matches('|').split(" | ");
                let cells: Vec<String> = cells.map(|cell| spans(cell.trim())).collect();
                text.push_str(&format!("- {}\n", cells.join("\n  → ")));
            }
            None => {
                let title = spans(line.trim_start_matches('#').trim());
                let mark = if line.starts_with("##") { '-' } else { '=' };
                let rule = String::from_iter(std::iter::repeat_n(mark, title.chars().count()));
                text.push_str(&format!("{title}\n{rule}\n"));
            }
        }
    }
    text.push_str(&spans(&prose));
    text.trim_end().to_owned() + "\n"
}

/// Text without its marks of emphasis, code and links.
fn spans(marked: &str) -> String {
    let mut text = String::with_capacity(marked.len());
    let mut rest = marked;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        match c {
            '`' => rest = after,
            '*' if after.starts_with('*') => rest = &after[1..],
            '[' => match link(after) {
                Some((words, end)) => {
                    text.push_str(&spans(words));
                    rest = end;
                }
                None => {
                    text.push(c);
                    rest = after;
                }
            },
            _ => {
                text.push(c);
                rest = after;
            }
        }
    }
    text
}

/// The words of `[words](target)` after its first bracket, and what follows it.
fn link(after: &str) -> Option<(&str, &str)> {
    let (words, rest) = after.split_once("](")?;
    let (target, rest) = rest.split_once(')')?;
    let is_link = !words.contains(['[', ']']) && !target.contains([' ', '\n']);
    is_link.then_some((words, rest))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn marks_go_and_words_stay() {
        let page = "# Kind `time`\n\nSee [the\nmethod](../method.md#x): **both** in `[time]`.\n\n| pair | why |\n|---|---|\n| \"a\" · \"b\" | not `c` |\n";
        assert_eq!(
            plain(page),
            "Kind time\n=========\n\nSee the\nmethod: both in [time].\n\n- \"a\" · \"b\"\n  → not c\n"
        );
    }
}
