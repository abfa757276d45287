//! What the fuzz targets share: the properties, which `tests/fuzz_corpora.rs` tries too, and how a target starts.

pub mod properties;

/// A target that tries a property.
#[macro_export]
macro_rules! target {
    ($check:path) => {
        libfuzzer_sys::fuzz_target!(|content: &[u8]| {
            $crate::start();
            $check(content);
        });
    };
}

/// Before the first input.
pub fn start() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        // libFuzzer's own hook ends the process at every panic. Those of foreign parsers are caught, and become a
        // problem of the file; one that nobody catches still ends the process.
        drop(std::panic::take_hook());
        // On this thread, so that a run can be repeated. It fails where there is a pool, which serves as well.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global();
    });
}
