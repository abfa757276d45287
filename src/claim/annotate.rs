//! The annotation of one article.
