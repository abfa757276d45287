//! The report as one self-contained page: no request leaves it, no script runs in it. The templates, style sheets and
//! charts are shared with the researcher's page.

use std::io::{self, Write};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use super::view;
use super::{Format, Locale, RenderOptions, Report};

/// Colours of both schemes, of relations and positions.
pub(crate) const TOKENS: &str = include_str!("html/tokens.css");
/// What is drawn.
pub(crate) const CHART: &str = include_str!("html/chart.css");
/// Everything else in a page.
pub(crate) const STYLE: &str = include_str!("html/report.css");

/// Templates by name; all escape every value. Style sheets are given as values that are safe already.
const TEMPLATES: [(&str, &str); 5] = [
    ("report.html.j2", include_str!("html/report.html.j2")),
    ("parts.html.j2", include_str!("html/parts.html.j2")),
    ("charts.html.j2", include_str!("html/charts.html.j2")),
    ("study.html.j2", include_str!("html/study.html.j2")),
    ("chart.svg.j2", include_str!("html/chart.svg.j2")),
];

/// One HTML page.
pub(super) struct Html;

impl Format for Html {
    fn write(
        &self,
        report: &Report,
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let page = templates(&options.locale)
            .and_then(|templates| {
                templates.get_template("report.html.j2")?.render(context! {
                    view => Serde(view::view(report, &options.locale)),
                    language => options.locale.code(),
                    style => safe([TOKENS, CHART, STYLE].concat()),
                })
            })
            .map_err(io::Error::other)?;
        out.write_all(page.as_bytes())
    }
}

/// The templates, with the texts of a language.
pub(crate) fn templates(locale: &Locale) -> Result<Environment<'static>, minijinja::Error> {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    for (name, template) in TEMPLATES {
        templates.add_template(name, template)?;
    }
    // `t("why")` is the text of `label.why`, `c("p")` that of `compare.p`.
    for (name, section) in [("t", "label"), ("c", "compare")] {
        let locale = locale.clone();
        templates.add_function(name, move |id: String| locale.label(&format!("{section}.{id}")));
    }
    let locale = locale.clone();
    templates.add_function("labelled", move |label: String, text: String| {
        locale.labelled_text(&label, &text)
    });
    Ok(templates)
}

/// A text that is put into a page as it is.
pub(crate) fn safe(text: String) -> Value {
    Value::from_safe_string(text)
}
