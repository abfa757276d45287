//! JSON and JSON Lines, with the field names of trafilatura, newspaper, news-please, fundus,
//! NewsAPI and schema.org.

use serde_json::{Map, Value};

use super::draft::{Draft, Fields, Notes, fold_name, is_list_name, is_text_name};
use super::feed;
use super::reading::{FieldNames, Reading};
use super::table::record;

/// Whether `content` opens with a JSON object, or an array of them; "[1]" may open prose.
pub(super) fn looks_like_json(content: &str) -> bool {
    let mut values = serde_json::Deserializer::from_str(content).into_iter::<Value>();
    match values.next() {
        Some(Ok(Value::Object(_))) => true,
        Some(Ok(Value::Array(records))) => records.first().is_some_and(Value::is_object),
        _ => false,
    }
}

/// Reads one record a line; blank lines are passed over, bad ones noted as problems.
pub(super) fn read_lines(content: &str, reading: &Reading, notes: &mut Notes) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (i, line) in content.trim_start_matches('\u{feff}').lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let number = Some(i + 1);
        match serde_json::from_str(line) {
            Ok(Value::Object(object)) => {
                let fields = fields_of(&object, number, &reading.names);
                drafts.extend(record(&fields, number, reading, notes));
            }
            Ok(_) => notes.problem(
                number,
                "the line is no JSON object",
                "write one object with a `text` a line; a JSON array is read from a .json file",
            ),
            Err(error) => notes.problem(
                number,
                // serde_json counts lines too, but within this line.
                format!(
                    "the line is not valid JSON at column {}: {}",
                    error.column(),
                    reason(&error)
                ),
                "write one JSON object a line",
            ),
        }
    }
    drafts
}

/// Reads one object, an array of them, or JSON Lines under the name `.json`. A walked file whose
/// JSON is no article is passed over with a warning.
pub(super) fn read(
    content: &str,
    walked: bool,
    reading: &Reading,
    notes: &mut Notes,
) -> Vec<Draft> {
    let content = content.trim_start_matches('\u{feff}');
    let value = match serde_json::from_str(content) {
        Ok(value) => value,
        Err(error) => {
            if is_lines(content) {
                return read_lines(content, reading, notes);
            }
            notes.problem(
                Some(error.line()),
                format!("not valid JSON at column {}: {}", error.column(), reason(&error)),
                "correct it, or name the file .txt if it is plain text",
            );
            return Vec::new();
        }
    };
    if feed::is_json_feed(&value) {
        return feed::read(content, reading, notes);
    }
    let holds_text = |object: &Map<String, Value>| {
        object.keys().any(|name| reading.names.ours(name).is_some_and(|name| is_text_name(&name)))
            || reading
                .names
                .paths()
                .any(|(ours, path)| is_text_name(ours) && at(object, &path).is_some())
    };
    let is_article = |value: &Value| value.as_object().is_some_and(holds_text);
    let (records, in_array) = match value {
        Value::Array(records) => (records, true),
        // NewsAPI and its like wrap the list.
        Value::Object(mut object) if !holds_text(&object) => match object.remove("articles") {
            Some(Value::Array(records)) => (records, true),
            _ => (vec![Value::Object(object)], false),
        },
        value => (vec![value], false),
    };
    if !records.iter().any(is_article) {
        let problem = "the JSON holds no article: there is no field `text`";
        if walked {
            notes.warning(None, problem, "name it in .crossclaimignore if it should hold none");
        } else {
            notes.problem(
                None,
                problem,
                "an article is an object with `text`, `body`, `maintext`, `plaintext` or `content`",
            );
        }
        return Vec::new();
    }
    let mut drafts = Vec::new();
    for (i, value) in records.iter().enumerate() {
        let number = in_array.then_some(i + 1);
        if let (Value::Object(object), true) = (value, is_article(value)) {
            let fields = fields_of(object, None, &reading.names);
            // Serde keeps no lines; what tells records apart is their place in the array.
            let at = notes.log.problems.len();
            if let Some(mut draft) = record(&fields, None, reading, notes) {
                draft.line = number;
                drafts.push(draft);
            }
            if let Some(number) = number {
                notes.name_record(at, number);
            }
        } else {
            notes.problem(
                None,
                format!("record {} has no field `text`", i + 1),
                "give it one, or remove it",
            );
        }
    }
    drafts
}

/// Several JSON values, each on a line of its own.
fn is_lines(content: &str) -> bool {
    let mut lines = content.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default();
    lines.next().is_some() && matches!(serde_json::from_str(first), Ok(Value::Object(_)))
}

/// serde_json's message without the position, which is given apart.
fn reason(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or_default().to_owned()
}

fn fields_of(object: &Map<String, Value>, line: Option<usize>, names: &FieldNames) -> Fields {
    let mut fields = Fields::default();
    for (ours, path) in names.paths() {
        if let Some(value) = at(object, &path).and_then(|value| flat(value, is_text_name(ours))) {
            fields.insert(ours, &value, line);
        }
    }
    for (name, value) in object {
        let Some(name) = names.ours(name) else { continue };
        if let (Value::Array(ids), true) = (value, is_list_name(&name)) {
            let ids: Vec<String> = ids.iter().filter_map(|id| flat(id, false)).collect();
            fields.insert(&name, &ids.join(";"), line);
        } else if let Some(value) = flat(value, is_text_name(&name)) {
            fields.insert(&name, &value, line);
        }
    }
    fields
}

/// What stands at a path of folded names.
fn at<'v>(object: &'v Map<String, Value>, path: &[&str]) -> Option<&'v Value> {
    let (first, rest) = path.split_first()?;
    let value =
        object.iter().find(|(name, _)| fold_name(name) == *first).map(|(_, value)| value)?;
    if rest.is_empty() { Some(value) } else { at(value.as_object()?, rest) }
}

/// A field's value as text. A publisher may be an object with a name; a body may be an array of
/// paragraphs, or fundus' summary and sections.
fn flat(value: &Value, is_text: bool) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(parts) if is_text => {
            let parts: Vec<String> = parts.iter().filter_map(|part| flat(part, true)).collect();
            Some(parts.join("\n"))
        }
        Value::Array(parts) => parts.iter().find_map(|part| flat(part, false)),
        Value::Object(object) if is_text => {
            let names = ["summary", "sections", "headline", "paragraphs", "text"];
            let parts = names.iter().filter_map(|name| flat(object.get(*name)?, true));
            let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
            Some(parts.join("\n"))
        }
        Value::Object(object) => flat(object.get("name")?, false),
        Value::Null | Value::Bool(_) => None,
    }
}
