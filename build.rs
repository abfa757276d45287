//! Lists the syntax models that there are, and tells the program where libtorch lies, so that nobody
//! has to set `LD_LIBRARY_PATH` (without the feature `libtorch` there is nothing to tell).

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    // torch-sys hands the folder on to the packages that depend on it.
    if let Ok(folder) = env::var("DEP_TCH_LIBTORCH_LIB") {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}");
    }
    list_syntax_models()
}

/// Writes `syntax_models.rs`: code and bytes of each `models/syntax/CODE.bin`, by code. A language is
/// added by putting its file there.
fn list_syntax_models() -> io::Result<()> {
    println!("cargo::rerun-if-changed=models/syntax");
    let variable = |name: &str| env::var(name).map_err(io::Error::other);
    let folder = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("models/syntax");
    let mut files: Vec<_> = match fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(_) => Vec::new(),
    };
    files.retain(|path| path.extension().is_some_and(|extension| extension == "bin"));
    files.sort();
    let models: Vec<String> = files
        .iter()
        .filter_map(|path| {
            let code = path.file_stem()?.to_str()?;
            Some(format!("({code:?}, include_bytes!({:?})),", path.to_str()?))
        })
        .collect();
    let out = Path::new(&variable("OUT_DIR")?).join("syntax_models.rs");
    fs::write(out, format!("&[{}]", models.join("\n")))
}
