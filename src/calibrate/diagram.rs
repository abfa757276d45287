//! Reliability diagrams: mean probability against the share that is true, bin by bin.

use std::fmt::Write;

use crate::eval::metrics::Bin;

/// Width of the bars of a text diagram, in characters.
const WIDTH: usize = 30;

/// A diagram for a terminal: one line a bin that holds rows, with a bar of the share that is true and a mark
/// where the mean probability lies.
pub fn text(bins: &[Bin]) -> Vec<String> {
    let column = |share: f64| ((share * WIDTH as f64).round() as usize).min(WIDTH);
    bins.iter()
        .filter_map(|bin| Some((bin, bin.mean?, bin.share?)))
        .map(|(bin, mean, share)| {
            let (filled, mark) = (column(share), column(mean).max(1) - 1);
            let bar: String = (0..WIDTH)
                .map(|at| match (at == mark, at < filled) {
                    (true, _) => '|',
                    (false, true) => '#',
                    (false, false) => '.',
                })
                .collect();
            format!(
                "  {:.1}–{:.1}  {bar}  said {mean:.2}, true {share:.2}, {} rows",
                bin.low, bin.high, bin.rows
            )
        })
        .collect()
}

/// One panel of a plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// What it shows.
    pub title: String,
    /// The bins before calibration.
    pub before: Vec<Bin>,
    /// The bins after.
    pub after: Vec<Bin>,
}

/// Side of a panel's square, and the room around it.
const SIDE: f64 = 220.0;
const MARGIN: f64 = 50.0;

/// A plot of panels side by side, as a self-contained SVG: a dot a bin, its area after the rows in it; on the
/// diagonal what is said is what is true.
pub fn svg(panels: &[Panel]) -> String {
    let step = SIDE + 2.0 * MARGIN;
    let (width, height) = (step * panels.len().max(1) as f64, step + 20.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Reliability before and after calibration</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    for (at, panel) in panels.iter().enumerate() {
        let left = step * at as f64 + MARGIN;
        let (x, y) = (|p: f64| left + p * SIDE, |p: f64| MARGIN + (1.0 - p) * SIDE);
        let _ = writeln!(
            out,
            "<g><text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-weight=\"bold\">{}</text>",
            x(0.5),
            MARGIN - 16.0,
            escape(&panel.title)
        );
        let _ = writeln!(
            out,
            "<rect x=\"{left}\" y=\"{MARGIN}\" width=\"{SIDE}\" height=\"{SIDE}\" fill=\"none\" stroke=\"#888\"/>\n\
             <line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"#888\" stroke-dasharray=\"4 4\"/>",
            x(0.0),
            y(0.0),
            x(1.0),
            y(1.0)
        );
        for tick in [0.0, 0.5, 1.0] {
            let _ = writeln!(
                out,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{tick}</text>\
                 <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{tick}</text>",
                x(tick),
                y(0.0) + 16.0,
                left - 6.0,
                y(tick) + 4.0
            );
        }
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">probability said (share true upwards)</text>",
            x(0.5),
            y(0.0) + 34.0
        );
        for (bins, colour, name) in
            [(&panel.before, "#b5651d", "before"), (&panel.after, "#1f5fa8", "after")]
        {
            let rows: u64 = bins.iter().map(|bin| bin.rows).sum();
            for (bin, mean, share) in bins.iter().filter_map(|b| Some((b, b.mean?, b.share?))) {
                let radius = 3.0 + 12.0 * (bin.rows as f64 / rows.max(1) as f64).sqrt();
                let _ = writeln!(
                    out,
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" fill=\"{colour}\" \
                     fill-opacity=\"0.55\"><title>{name}: said {mean:.3}, true {share:.3}, {} rows</title></circle>",
                    x(mean),
                    y(share),
                    bin.rows
                );
            }
            let shift = if name == "before" { 0.0 } else { 90.0 };
            let _ = writeln!(
                out,
                "<circle cx=\"{}\" cy=\"{}\" r=\"5\" fill=\"{colour}\" fill-opacity=\"0.55\"/>\
                 <text x=\"{}\" y=\"{}\">{name}</text>",
                left + 40.0 + shift,
                y(0.0) + 50.0,
                left + 50.0 + shift,
                y(0.0) + 54.0
            );
        }
        out.push_str("</g>\n");
    }
    out.push_str("</svg>\n");
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::metrics::reliability;

    fn bins() -> Vec<Bin> {
        reliability(&[0.05, 0.95, 0.95], &[false, true, false], &[1, 1, 1], 10)
    }

    #[test]
    fn a_line_a_bin_shows_what_was_said_and_what_is_true() {
        let lines = text(&bins());
        assert_eq!(lines.len(), 2);
        assert!(lines[1].contains("said 0.95, true 0.50, 2 rows"), "{}", lines[1]);
        assert!(lines[1].contains("###############.............|"), "{}", lines[1]);
    }

    #[test]
    fn a_plot_has_a_dot_a_bin_and_escapes_its_title() {
        let panel = Panel { title: "a < b".to_owned(), before: bins(), after: bins() };
        let plot = svg(&[panel]);
        assert_eq!(plot.matches("<circle").count(), 2 * 2 + 2);
        assert!(plot.contains("a &lt; b") && plot.ends_with("</svg>\n"));
    }
}
