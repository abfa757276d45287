//! What goes into the archive comes out as it was.

use std::path::{Path, PathBuf};

use crossclaim::archive::{AddOptions, Archive, RetrievalOptions};
use crossclaim::article::Article;
use crossclaim::article::ingest::{IngestOptions, ingest};
use crossclaim::claim::annotate::annotate;
use crossclaim::language::Languages;

/// The sample corpus and the corpora in other languages.
fn articles() -> Vec<Article> {
    let folder = |name: &str| -> PathBuf { Path::new(env!("CARGO_MANIFEST_DIR")).join(name) };
    let paths = [folder("seeds"), folder("tests/corpus")];
    ingest(&paths, &IngestOptions::default()).unwrap().articles
}

#[test]
fn archived_articles_and_claims_are_those_of_fresh_annotation() {
    let languages = Languages::builtin().unwrap();
    let mut archived = articles();
    let mut codes: Vec<&str> = archived.iter().map(|article| article.language.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert!(codes.len() > 2, "several languages: {codes:?}");
    // Any article serves as the batch; it is looked for no more in the archive then.
    let batch = vec![archived.remove(0)];
    let archive = Archive::in_memory().unwrap();
    archive.add(archived.clone(), &languages, &AddOptions { batch: 7 }, &|_, _| ()).unwrap();
    let everything = RetrievalOptions { whole: usize::MAX, ..RetrievalOptions::default() };
    let claims = annotate(&batch[0], &languages);
    let found = archive.retrieve(&batch, &claims, &languages, &everything).unwrap();
    assert_eq!(found.articles.len(), archived.len());
    for ((article, claims), wanted) in found.articles.into_iter().zip(archived) {
        // Paths alone are written in one way.
        let path = article.path.clone();
        assert_eq!(article, Article { path, ..wanted.clone() });
        let fresh = annotate(&wanted, &languages);
        assert!(!fresh.is_empty());
        // Also what a dump of claims leaves out: equality is of all fields.
        assert_eq!(claims, fresh, "{}", wanted.id);
        assert!(fresh.iter().any(|claim| !claim.content.is_empty()), "{}", wanted.id);
    }
}
