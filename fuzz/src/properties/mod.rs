//! What must hold of whatever comes in. The fuzz targets look for input that breaks it, `tests/fuzz_corpora.rs` tries
//! all that they have kept.
//!
//! A function takes any bytes, gives them to one reader, and stops (panics) where a property does not hold.

pub mod annotation;
pub mod readers;
pub mod settings;

/// A reader with what must hold of it. Its corpus is in `fuzz/corpus/NAME/`.
pub struct Target {
    /// The target's name.
    pub name: &'static str,
    /// Reads these bytes.
    pub check: fn(&[u8]),
}

/// All targets.
pub const TARGETS: [Target; 15] = [
    Target { name: "text", check: readers::text },
    Target { name: "front_matter", check: readers::front_matter },
    Target { name: "html", check: readers::html },
    Target { name: "json_ld", check: readers::json_ld },
    Target { name: "json", check: readers::json },
    Target { name: "table", check: readers::table },
    Target { name: "sidecar", check: readers::sidecar },
    Target { name: "feed", check: readers::feed },
    Target { name: "warc", check: readers::warc },
    Target { name: "baseline", check: settings::baseline },
    Target { name: "configuration", check: settings::configuration },
    Target { name: "time", check: annotation::time },
    Target { name: "numbers", check: annotation::numbers },
    Target { name: "names", check: annotation::names },
    Target { name: "annotate", check: annotation::annotate },
];
