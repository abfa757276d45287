//! schema.org metadata in JSON-LD: `NewsArticle` and its relatives.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// What a page's JSON-LD says of its article.
#[derive(Debug, Default, PartialEq)]
pub(super) struct LinkedData {
    pub title: Option<String>,
    pub outlet: Option<String>,
    pub url: Option<String>,
    pub language: Option<String>,
    pub date: Option<String>,
    pub body: Option<String>,
    /// The page says that not everybody may read it.
    pub paywalled: bool,
}

/// Reads the article out of the contents of a page's JSON-LD scripts; scripts that are no JSON
/// are passed over, as browsers do.
pub(super) fn read(scripts: &[String]) -> LinkedData {
    let values: Vec<Value> = scripts.iter().filter_map(|script| parse(script)).collect();
    let mut nodes = Vec::new();
    for value in &values {
        collect(value, &mut nodes);
    }
    let by_id: BTreeMap<&str, &Object> = nodes
        .iter()
        // References have an `@id` and nothing else.
        .filter(|node| node.len() > 1)
        .filter_map(|node| Some((node.get("@id")?.as_str()?, *node)))
        .collect();
    let mut articles = nodes.iter().filter(|node| is_article(node));
    let dated =
        |node: &&&Object| node.contains_key("datePublished") || node.contains_key("headline");
    let Some(article) = articles.clone().find(dated).or_else(|| articles.next()) else {
        return LinkedData::default();
    };
    LinkedData {
        title: article.get("headline").or_else(|| article.get("name")).and_then(string),
        outlet: ["publisher", "sourceOrganization"]
            .iter()
            .find_map(|key| name_of(article.get(*key)?, &by_id)),
        url: article
            .get("url")
            .and_then(string)
            .or_else(|| address(article.get("mainEntityOfPage")?))
            .or_else(|| address(article.get("@id")?)),
        language: article.get("inLanguage").and_then(language),
        date: article.get("datePublished").or_else(|| article.get("dateCreated")).and_then(string),
        paywalled: article.get("isAccessibleForFree").is_some_and(is_false),
        body: article.get("articleBody").and_then(string).filter(|body| !body.trim().is_empty()),
    }
}

/// schema.org allows the word as well as the value.
fn is_false(value: &Value) -> bool {
    value.as_bool() == Some(false)
        || value.as_str().is_some_and(|word| word.eq_ignore_ascii_case("false"))
}

/// Parses a script, forgiving what pages do: comment and CDATA marks, a last `;`, line ends
/// within strings.
fn parse(script: &str) -> Option<Value> {
    let cleaned: String = script.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let start = cleaned.find(['{', '['])?;
    let end = cleaned.rfind(['}', ']'])? + 1;
    // CDATA marks hold brackets of their own.
    let inner = cleaned.get(start..end)?;
    serde_json::from_str(inner).ok().or_else(|| {
        let start = cleaned.find('{')?;
        let end = cleaned.rfind('}')? + 1;
        serde_json::from_str(cleaned.get(start..end)?).ok()
    })
}

/// All objects that stand for things of their own: top level, arrays, `@graph`, main entities,
/// and the publishers within. serde_json bounds the depth.
fn collect<'v>(value: &'v Value, nodes: &mut Vec<&'v Object>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, nodes)),
        Value::Object(object) => {
            nodes.push(object);
            for key in ["@graph", "mainEntity", "mainEntityOfPage", "publisher"] {
                if let Some(value) = object.get(key) {
                    collect(value, nodes);
                }
            }
        }
        _ => {}
    }
}

fn is_article(node: &Object) -> bool {
    let is_name = |value: &Value| {
        value.as_str().is_some_and(|name| {
            let name = name.rsplit(['/', ':', '#']).next().unwrap_or(name);
            name.ends_with("Article")
                || matches!(name, "BlogPosting" | "LiveBlogPosting" | "Report")
        })
    };
    match node.get("@type") {
        Some(Value::Array(types)) => types.iter().any(is_name),
        Some(name) => is_name(name),
        None => false,
    }
}

fn string(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(values) => values.iter().find_map(string),
        Value::Object(object) => object.get("@value").and_then(string),
        _ => None,
    }
}

/// A thing's name; it may be the name itself, or a reference to a node elsewhere.
fn name_of(value: &Value, by_id: &BTreeMap<&str, &Object>) -> Option<String> {
    match value {
        Value::Array(values) => values.iter().find_map(|value| name_of(value, by_id)),
        Value::Object(object) => object
            .get("name")
            .and_then(string)
            .or_else(|| by_id.get(object.get("@id")?.as_str()?)?.get("name").and_then(string)),
        value => string(value),
    }
}

fn address(value: &Value) -> Option<String> {
    let found = match value {
        Value::Object(object) => object.get("@id").or_else(|| object.get("url")).and_then(string),
        value => string(value),
    };
    found.filter(|found| found.starts_with("http"))
}

/// `"fr"`, or `{"@type": "Language", "name": "French", "alternateName": "fr"}`.
fn language(value: &Value) -> Option<String> {
    match value {
        Value::Array(values) => values.iter().find_map(language),
        Value::Object(object) => ["alternateName", "identifier", "name"]
            .iter()
            .find_map(|key| object.get(*key).and_then(string)),
        value => string(value),
    }
}
