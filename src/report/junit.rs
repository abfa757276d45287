//! JUnit XML, as Jenkins, GitLab and others read it: a suite of the questions, which fail where a finding does,
//! and a suite of the articles, which were read or not.

use std::collections::BTreeSet;
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use crate::judge::Finding;

use super::locale::{Locale, key};
use super::standing::{Standing, Standings};
use super::told::Told;
use super::verdict;
use super::visible::visible;
use super::{Format, RenderOptions, Report};

/// JUnit XML.
pub(super) struct JunitXml;

impl Format for JunitXml {
    fn write(
        &self,
        report: &Report,
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut junit = Junit::new("crossclaim");
        junit.add_test_suite(questions(report, &options.locale));
        junit.add_test_suite(articles(report, &options.locale));
        let text = junit.to_string().map_err(io::Error::other)?;
        // Jenkins' schema has no such count on the outermost element, and nothing is ever skipped here.
        let text = text.replacen(" skipped=\"0\"", "", 1);
        out.write_all(text.as_bytes())
    }
}

/// A case for each dossier; and for each finding that no dossier holds.
fn questions(report: &Report, locale: &Locale) -> TestSuite {
    let standings = Standings::new(report);
    let mut suite = TestSuite::new("questions");
    let held: BTreeSet<usize> =
        report.dossiers.iter().flat_map(|d| d.findings.iter().copied()).collect();
    let groups = report.dossiers.iter().map(|dossier| dossier.findings.clone());
    let alone = (0..report.findings.len()).filter(|at| !held.contains(at)).map(|at| vec![at]);
    for group in groups.chain(alone) {
        let findings: Vec<&Finding> =
            group.iter().filter_map(|at| report.findings.get(*at)).collect();
        let Some(first) = findings.first() else { continue };
        let name = format!("{} [{}]", visible(&locale.text(&first.question)), first.dossier);
        let told: Vec<Told<'_>> =
            findings.iter().map(|finding| Told::new(finding, &standings, locale)).collect();
        let (failing, others): (Vec<&Told<'_>>, Vec<&Told<'_>>) =
            told.iter().partition(|told| told.standing == Standing::Fails);
        let mut case = TestCase::new(visible(&name), status(&failing, locale));
        case.set_classname(format!("crossclaim.{}", key(&first.kind)));
        if !others.is_empty() {
            case.set_system_out(all(&others, locale));
        }
        suite.add_test_case(case);
    }
    suite
}

fn status(failing: &[&Told<'_>], locale: &Locale) -> TestCaseStatus {
    let Some(first) = failing.first() else { return TestCaseStatus::success() };
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(key(&first.finding.relation));
    status.set_message(first.line(locale));
    status.set_description(all(failing, locale));
    status
}

fn all(told: &[&Told<'_>], locale: &Locale) -> String {
    told.iter().map(|told| describe(told, locale)).collect::<Vec<_>>().join("\n\n")
}

fn describe(told: &Told<'_>, locale: &Locale) -> String {
    let mut lines = vec![format!(
        "{} · {} · {} · {}",
        told.relation, told.confidence, told.voices, told.finding.fingerprint
    )];
    for side in [&told.here, &told.there] {
        lines.push(format!("{}  {}", side.at, locale.labelled_text(&side.who, &side.value)));
        lines.push(format!("  {}", side.sentence));
    }
    lines.extend(told.why.iter().map(|why| format!("- {why}")));
    lines.extend(told.lowered.iter().map(|lowered| format!("- {lowered}")));
    lines.extend(told.counts.iter().cloned());
    lines.join("\n")
}

/// A case for each article that was read, and an error for what could not be; in a check for the new articles,
/// with what went wrong otherwise.
fn articles(report: &Report, locale: &Locale) -> TestSuite {
    let mut suite = TestSuite::new("articles");
    let check = report.check.as_ref();
    for article in &report.run.articles {
        if check.is_some_and(|c| c.new_articles.binary_search(&article.id).is_err()) {
            continue;
        }
        let mut case = TestCase::new(visible(&article.id), TestCaseStatus::success());
        case.set_classname("crossclaim.article");
        suite.add_test_case(case);
    }
    let errors = check.iter().flat_map(|check| &check.errors);
    for problem in verdict::problems(report).chain(errors) {
        suite.add_test_case(error(visible(problem), "reading", locale));
    }
    if let Some(check) =
        check.filter(|check| check.verdict.exit_code() == 1 && check.failing.is_empty())
    {
        // Stale entries of the baseline fail a check that has no failing finding.
        suite.add_test_case(error(verdict::title(check, locale), "baseline", locale));
    }
    suite
}

fn error(problem: String, class: &str, locale: &Locale) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type(class);
    status.set_message(&problem);
    let name = locale.label("label.problems");
    let mut case = TestCase::new(format!("{name}: {problem}"), status);
    case.set_classname(format!("crossclaim.{class}"));
    case
}
