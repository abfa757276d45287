//! The report as one self-contained page: no request leaves it, no script runs in it.

use std::io::{self, Write};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};

use super::view;
use super::{Format, Locale, RenderOptions, Report};

/// The template escapes every value; the style sheet is put in by [`Html::write`].
const TEMPLATE: &str = include_str!("html/report.html.j2");
const STYLE: &str = include_str!("html/report.css");

/// One HTML page.
pub(super) struct Html;

impl Format for Html {
    fn write(
        &self,
        report: &Report,
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut templates = Environment::new();
        templates.set_auto_escape_callback(|_| AutoEscape::Html);
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()
                .map_err(io::Error::other)?,
        );
        let locale: Locale = options.locale.clone();
        // `t("why")` is the text of `label.why`.
        templates.add_function("t", move |id: String| locale.label(&format!("label.{id}")));
        let locale = options.locale.clone();
        templates.add_function("labelled", move |label: String, text: String| {
            locale.labelled_text(&label, &text)
        });
        let page = templates
            .render_str(
                TEMPLATE,
                context! {
                    view => Serde(view::view(report, &options.locale)),
                    language => options.locale.code(),
                    style => minijinja::Value::from_safe_string(STYLE.to_owned()),
                },
            )
            .map_err(io::Error::other)?;
        out.write_all(page.as_bytes())
    }
}
