//! Calls into libraries that read foreign files: a panic there becomes an error.
//!
//! Model files and cache files are foreign input. The libraries that read them check them and are memory-safe,
//! yet on files that were cut off or made up they can still meet a failing assertion deep inside; that must not
//! end a run over thousands of articles. This is the one place where panics are caught.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a call into `library` and makes an error of a panic.
///
/// The caller keeps nothing that an interrupted call may have left half done: rten's model is not changed by
/// running it, a tokenizer neither, and what failed to load or to open is dropped.
pub(crate) fn contained<T>(
    library: &str,
    call: impl FnOnce() -> Result<T, String>,
) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|panic| Err(format!("{library} failed: {}", said(&*panic))))
}

/// The message of a panic.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}
