//! A study cut into sections in the reader's language.

use super::super::groups::By;
use super::super::pairs::Unit;
use super::super::questions::{Order, day_or};
use super::super::rates::{Counts, Permuted, Rate};
use super::super::{Quote, Study};
use super::{Item, Line, Section, Table};
use crate::eval::bootstrap::Measured;
use crate::report::Locale;
use crate::report::visible::visible;

struct Builder<'s> {
    study: &'s Study,
    locale: &'s Locale,
}

/// All sections of a study; those of questions with nothing to tell have no items.
pub fn sections(study: &Study, locale: &Locale) -> Vec<Section> {
    let builder = Builder { study, locale };
    vec![
        builder.kinds(),
        builder.groups(),
        builder.disputed(),
        builder.omissions(),
        builder.first_tally(),
        builder.first(),
        builder.changes(),
        builder.copies(),
    ]
}

/// A group's name, or the word for "unknown".
pub(in crate::compare) fn group_name(name: Option<&String>, by: By, locale: &Locale) -> String {
    match (name, by) {
        (None, _) => locale.label("compare.unknown"),
        (Some(code), By::Language) => visible(&locale.language(code)),
        (Some(name), _) => visible(name),
    }
}

/// The name of a pair of groups: "A – B", "within A".
pub(in crate::compare) fn pair_name(
    a: Option<&String>,
    b: Option<&String>,
    by: By,
    locale: &Locale,
) -> String {
    let name = |group| group_name(group, by, locale);
    if a == b {
        locale.fill("compare.within", &[("group", name(a))])
    } else {
        format!("{} – {}", name(a), name(b))
    }
}

/// A rate with its interval, where there is one. Resamples of nothing but conflicts (or of none) all say the same,
/// which is no interval.
pub(in crate::compare) fn rate_text(rate: Option<Measured>, locale: &Locale) -> String {
    let Some(Measured { value, low, high }) = rate else { return "–".to_owned() };
    let value = locale.share(value);
    match (low, high) {
        (Some(low), Some(high)) if low < high => {
            let values =
                [("value", value), ("low", locale.share(low)), ("high", locale.share(high))];
            locale.fill("compare.interval", &values)
        }
        _ => value,
    }
}

/// A p-value with three decimals, never 0.
pub(in crate::compare) fn p_text(p: Option<f64>, locale: &Locale) -> String {
    p.map_or_else(|| "–".to_owned(), |p| locale.number((p * 1000.0).ceil() / 1000.0))
}

impl Builder<'_> {
    fn label(&self, id: &str) -> String {
        self.locale.label(&format!("compare.{id}"))
    }

    fn section(&self, id: &'static str, title: String, lead: String) -> Section {
        Section { id, title, lead, table: None, items: Vec::new() }
    }

    fn plain(&self, id: &'static str) -> Section {
        self.section(id, self.label(id), self.label(&format!("{id}-lead")))
    }

    fn columns(&self, ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| self.label(id)).collect()
    }

    /// Counts as cells; a column of zeros alone tells nothing where no threshold was set.
    fn counts(&self, counts: &Counts) -> Vec<String> {
        let number = |n: usize| self.locale.number(n as f64);
        let mut cells = vec![number(counts.comparable), number(counts.conflict)];
        if self.thresholded() {
            cells.push(number(counts.unsure));
        }
        cells.extend([counts.divergent, counts.change, counts.agreement].map(number));
        cells
    }

    fn thresholded(&self) -> bool {
        self.study.method.min_confidence > 0.0
    }

    fn count_columns(&self, first: &str) -> Vec<String> {
        let mut ids = vec![first, "comparable", "conflicts"];
        if self.thresholded() {
            ids.push("unsure");
        }
        ids.extend(["divergent", "change", "agree", "conflict-rate"]);
        self.columns(&ids)
    }

    fn row(&self, name: String, rate: &Rate) -> Vec<String> {
        let mut row = vec![name];
        row.extend(self.counts(&rate.counts));
        row.push(rate_text(rate.conflict_rate, self.locale));
        row
    }

    fn kinds(&self) -> Section {
        let rates = &self.study.rates;
        let unit = match self.study.method.unit {
            Unit::Story => "unit-story",
            Unit::Event => "unit-event",
        };
        let unit = self.locale.fill(&format!("compare.{unit}"), &[("n", rates.units.to_string())]);
        let mut lead = self.locale.fill(
            "compare.rates-lead",
            &[
                ("n", rates.overall.counts.comparable.to_string()),
                ("units", rates.units.to_string()),
                ("unit", unit.clone()),
            ],
        );
        if rates.units == 1 {
            lead = format!("{lead} {}", self.locale.fill("compare.no-interval", &[("unit", unit)]));
        }
        if self.thresholded() {
            let p = self.study.method.min_confidence.to_string();
            lead = format!("{lead} {}", self.locale.fill("compare.min-confidence", &[("p", p)]));
        }
        let mut section = self.section("rates", self.label("rates"), lead);
        let mut columns = self.count_columns("kind");
        columns.push(self.label("agreement-rate"));
        let row = |name: String, rate: &Rate| {
            let mut row = self.row(name, rate);
            row.push(rate_text(rate.agreement_rate, self.locale));
            row
        };
        let mut rows = vec![row(self.label("all"), &rates.overall)];
        rows.extend(rates.by_kind.iter().map(|k| row(self.locale.kind(k.kind), &k.rate)));
        section.table = Some(Table { columns, rows });
        section
    }

    fn groups(&self) -> Section {
        let (study, rates) = (self.study, &self.study.rates);
        let by = self.label(&format!("by-{}", study.by.name()));
        let permuted = match rates.permuted {
            Permuted::Articles => "permuted-articles",
            Permuted::Outlets => "permuted-outlets",
        };
        let lead = match rates.p {
            Some(p) => format!(
                "{} {}",
                self.locale.fill(
                    "compare.groups-lead",
                    &[
                        ("permuted", self.label(permuted)),
                        ("permutations", study.method.permutations.to_string()),
                    ],
                ),
                self.locale.fill("compare.groups-p", &[("p", p_text(Some(p), self.locale))]),
            ),
            None => self.label("groups-none"),
        };
        let title = self.locale.fill("compare.groups", &[("by", by)]);
        let mut section = self.section("groups", title, lead);
        let mut columns = self.count_columns("pair");
        columns.extend(self.columns(&["p", "q"]));
        let rows = rates.by_groups.iter().map(|pair| {
            let name = pair_name(pair.a.as_ref(), pair.b.as_ref(), study.by, self.locale);
            let mut row = self.row(name, &pair.rate);
            row.extend([pair.p, pair.q].map(|p| p_text(p, self.locale)));
            row
        });
        section.table = Some(Table { columns, rows: rows.collect() });
        section
    }

    /// "Le Matin, 2017-11-08".
    fn who(&self, quote: &Quote) -> String {
        let day = day_or(quote.published, &self.locale.label("label.unknown"));
        format!("{}, {day}", visible(&quote.outlet))
    }

    fn line(&self, label: String, quote: &Quote) -> Line {
        Line {
            label,
            text: visible(&quote.value),
            quote: Some(visible(&quote.sentence)),
            place: Some((quote.article.clone(), quote.span)),
        }
    }

    fn disputed(&self) -> Section {
        let mut section = self.plain("disputed");
        let items = self.study.disputed.iter().map(|disputed| Item {
            head: visible(&disputed.question),
            meta: self.locale.fill(
                "compare.disputed-camps",
                &[
                    ("leading", disputed.leading.to_string()),
                    ("opposing", disputed.opposing.to_string()),
                ],
            ),
            lines: disputed
                .answers
                .iter()
                .map(|(answer, origins)| Line {
                    label: self.locale.number(*origins as f64),
                    text: visible(answer),
                    ..Line::default()
                })
                .collect(),
        });
        section.items = items.collect();
        section
    }

    fn omissions(&self) -> Section {
        let mut section = self.plain("omissions");
        let items = self.study.omissions.iter().map(|omission| {
            let silent = omission.left_out.iter().map(|silent| Line {
                label: self.label("left-out"),
                text: format!(
                    "{} ({})",
                    visible(&silent.outlet),
                    visible(&silent.articles.join(", "))
                ),
                ..Line::default()
            });
            let told = omission.told.iter().map(|quote| self.line(self.who(quote), quote));
            Item {
                head: visible(&omission.question),
                meta: self.locale.fill(
                    "compare.omission-told",
                    &[
                        ("told", omission.told.len().to_string()),
                        ("covering", omission.covering.to_string()),
                    ],
                ),
                lines: silent.chain(told).collect(),
            }
        });
        section.items = items.collect();
        section
    }

    fn first_tally(&self) -> Section {
        let mut section = self.section("first-tally", self.label("first-tally"), String::new());
        let columns = self.columns(&["outlet", "first-alone", "first-tied", "first-undecided"]);
        let rows = self.study.first_tally.iter().map(|tally| {
            let number = |n: usize| self.locale.number(n as f64);
            vec![
                visible(&tally.outlet),
                number(tally.alone),
                number(tally.tied),
                number(tally.undecided),
            ]
        });
        section.table = Some(Table { columns, rows: rows.collect() });
        section
    }

    fn first(&self) -> Section {
        let mut section = self.plain("first");
        let items = self.study.first.iter().map(|report| Item {
            head: visible(&report.question),
            meta: self.label(match report.order {
                Order::Alone => "order-alone",
                Order::Tied => "order-tied",
                Order::Undecided => "order-undecided",
            }),
            lines: report.first.iter().map(|quote| self.line(self.who(quote), quote)).collect(),
        });
        section.items = items.collect();
        section
    }

    fn changes(&self) -> Section {
        let mut section = self.plain("changes");
        let items = self.study.changes.iter().map(|change| {
            let relation = self.locale.relation(change.relation);
            let meta = match change.order_known {
                true => format!("{} · {relation}", visible(&change.outlet)),
                false => format!(
                    "{} · {relation} · {}",
                    visible(&change.outlet),
                    self.label("order-unknown")
                ),
            };
            let line = |id: &str, quote: &Quote| {
                let day = day_or(quote.published, &self.locale.label("label.unknown"));
                let label = match change.order_known {
                    true => format!("{} ({day})", self.label(id)),
                    false => day,
                };
                self.line(label, quote)
            };
            Item {
                head: visible(&change.question),
                meta,
                lines: vec![line("earlier", &change.earlier), line("later", &change.later)],
            }
        });
        section.items = items.collect();
        section
    }

    fn copies(&self) -> Section {
        let mut section = self.plain("copies");
        let items = self.study.copies.iter().map(|chain| {
            let lines = chain.links.iter().map(|link| Line {
                label: day_or(link.published, &self.locale.label("label.unknown")),
                text: format!("{} ({})", visible(&link.outlet), visible(&link.article)),
                ..Line::default()
            });
            Item {
                head: visible(&chain.links[0].outlet),
                meta: self.label(match chain.first_is_certain {
                    true => "chain-certain",
                    false => "chain-uncertain",
                }),
                lines: lines.collect(),
            }
        });
        section.items = items.collect();
        section
    }
}
